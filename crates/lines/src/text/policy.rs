//! What a user may ask of redaction: to leave secrets, addresses or people's names as they are, and the raw bytes. Applied
//! to texts that are made already, so that inference does not know of it.

use crate::text::{LogText, People, capped, clean, redact};
use std::sync::{Arc, OnceLock};

/// A text as it was read, and what it shows.
pub(super) struct Made {
    raw: Raw,
    /// Made by [`LogText::name`]: addresses stay.
    name: bool,
    /// The user asked for the raw bytes.
    open: bool,
    /// Where that is not what was read.
    shown: OnceLock<Option<Box<str>>>,
}

enum Raw {
    Text(Box<str>),
    Bytes(Box<[u8]>),
}

impl Raw {
    fn bytes(&self) -> &[u8] {
        match self {
            Raw::Text(t) => t.as_bytes(),
            Raw::Bytes(b) => b,
        }
    }
}

impl Made {
    pub(super) fn read(raw: &[u8], name: bool) -> Made {
        let text = std::str::from_utf8(raw);
        Made {
            raw: text.map_or_else(|_| Raw::Bytes(raw.into()), |t| Raw::Text(t.into())),
            name,
            open: false,
            shown: OnceLock::new(),
        }
    }

    pub(super) fn was_read_with(&self, words: &[u8]) -> bool {
        memchr::memmem::find(self.raw.bytes(), words).is_some()
    }

    fn showing(self, shown: String) -> Made {
        let differs = shown.as_bytes() != self.raw.bytes();
        Made {
            shown: OnceLock::from(differs.then(|| shown.into())),
            ..self
        }
    }

    /// Where it is not what was read: what is shown.
    fn other(&self) -> Option<&str> {
        let made = self.shown.get_or_init(|| {
            let redact = if self.name {
                redact::secrets
            } else {
                redact::all
            };
            let shown = capped(redact(clean::clean(self.raw.bytes())));
            (shown.as_bytes() != self.raw.bytes()).then(|| shown.into())
        });
        made.as_deref()
    }

    /// Whether it shows something else for certain, seen without making what this one shows: plain names, of which the other is
    /// shown as it was read. Where something is taken out of a name, a sign stands for it that no plain one has.
    pub(super) fn differs(&self, o: &Made) -> bool {
        let sign = |b: &u8| (b' '..=b'~').contains(b) && *b != b'\\';
        let plain = |m: &Made| m.name && m.raw.bytes().iter().all(sign);
        let differ = self.raw.bytes() != o.raw.bytes() && plain(self) && plain(o);
        differ && o.other().is_none()
    }
}

/// What is taken out of texts.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Secrets, e-mail addresses and card numbers are replaced.
    pub secrets: bool,
    /// Public addresses are cut.
    pub addresses: bool,
    /// People whose names are replaced.
    pub people: People,
    /// Raw bytes may be written.
    pub raw: bool,
    /// What else is replaced, as the user says.
    pub extra: Vec<regex::Regex>,
}

impl LogText {
    pub(super) fn of(made: Made) -> LogText {
        LogText(Arc::new(made))
    }

    /// Of texts that are redacted already.
    pub(super) fn made(shown: String) -> LogText {
        LogText::of(Made::read(shown.as_bytes(), true).showing(shown))
    }

    pub(super) fn shown(&self) -> &str {
        match (self.0.other(), &self.0.raw) {
            (Some(other), _) => other,
            (None, Raw::Text(t)) => t,
            (None, Raw::Bytes(_)) => "",
        }
    }

    /// Whether it is a name that was made of these bytes, which costs less to see than whether it shows the same.
    pub fn is_name_of(&self, raw: &[u8]) -> bool {
        self.0.name && self.0.raw.bytes() == raw
    }

    /// Makes the text again under a policy. Returns whether anything is taken out of it.
    pub fn settle(&mut self, p: &Policy) -> bool {
        let whole = self.cleaned();
        let mut text = whole.clone();
        // where nothing was taken out of what was shown so far, there is nothing to take out
        let made = self.0.shown.get();
        let as_read = made.is_some_and(Option::is_none);
        if !as_read {
            if p.secrets {
                text = p.people.mask_secrets(text);
            }
            if p.addresses && !self.0.name {
                text = redact::addresses(text);
            }
        }
        let mut text = p.people.mask_names(text);
        for rule in &p.extra {
            if let std::borrow::Cow::Owned(t) = rule.replace_all(&text, "«redacted»") {
                text = t;
            }
        }
        let out = text != whole;
        let shown = capped(text);
        if p.raw != self.0.open || made.is_none() || shown != self.shown() {
            let (raw, name) = (self.0.raw.bytes(), self.0.name || as_read);
            let made = Made {
                open: p.raw,
                ..Made::read(raw, name)
            };
            *self = LogText::of(made.showing(shown));
        }
        out
    }

    /// The same for the name of a file, whose ending is no part of an address: `rabbit@mq1.log` is nobody's.
    pub fn settle_file(&mut self, p: &Policy) -> bool {
        self.settle(p);
        let whole = self.cleaned();
        let ending = whole.rfind('.').filter(|at| !whole[*at..].contains('/'));
        let (stem, ending) = whole.split_at(ending.unwrap_or(whole.len()));
        let mut stem = LogText::name(stem.as_bytes());
        let out = stem.settle(p);
        let made = Made {
            open: self.0.open,
            ..Made::read(self.0.raw.bytes(), self.0.name)
        };
        *self = LogText::of(made.showing([stem.shown(), ending].concat()));
        out
    }

    /// The text as it was read, cleaned but with everything in it: for finding people, never for a sink.
    pub(super) fn cleaned(&self) -> String {
        clean::clean(self.0.raw.bytes())
    }

    /// For `raw_b64` of the JSON: the bytes as they were read, where the user asked for them.
    pub fn for_raw_base64(&self) -> Option<String> {
        self.0.open.then(|| base64(self.0.raw.bytes()))
    }
}

/// Base64 with padding (RFC 4648 §4).
pub fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for c in bytes.chunks(3) {
        let n = c.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - c.len()));
        for k in 0..4 {
            let sign = SIGNS[(n >> (18 - 6 * k)) as usize & 63] as char;
            out.push(if k > c.len() { '=' } else { sign });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_the_standard() {
        crate::tests::holds("base64", |t| base64(t.as_bytes()));
    }

    #[test]
    fn the_ending_of_a_file_is_no_part_of_an_address() {
        let p = Policy {
            secrets: true,
            addresses: true,
            people: People::default(),
            raw: false,
            extra: Vec::new(),
        };
        for (name, shown) in [
            ("mq1/rabbit@mq1.log", "mq1/rabbit@mq1.log"),
            ("mail/amara@b.example.log", "mail/«email-1».log"),
        ] {
            let mut t = LogText::name(name.as_bytes());
            t.settle_file(&p);
            assert_eq!(t.for_json(), shown);
        }
    }

    const LINE: &[u8] = b"203.0.113.9 login by=amara mail a@b.example \x1b token=abc12345";

    #[test]
    fn each_policy_takes_out_what_it_says() {
        let shows = |p: &Policy, want: &str| {
            let mut t = LogText::new(LINE);
            let out = t.settle(p);
            assert_eq!(t.for_json(), want);
            out
        };
        let mut people = People::default();
        people.meet(&LogText::new(LINE), &[]);
        let all = Policy {
            secrets: true,
            addresses: true,
            people: people.settled(),
            raw: false,
            extra: Vec::new(),
        };
        let taken = "203.0.113.x login by=«user-1» mail «email-1» \\x1b token=«secret»";
        assert!(shows(&all, taken), "something was taken out");
        let names = Policy {
            people: People::default(),
            ..all
        };
        shows(&names, &taken.replace("«user-1»", "amara"));
        let addresses = Policy {
            addresses: false,
            ..names
        };
        let whole = "203.0.113.9 login by=amara mail «email-1» \\x1b token=«secret»";
        shows(&addresses, whole);
        let whole = "203.0.113.9 login by=amara mail a@b.example \\x1b token=abc12345";
        assert!(!shows(&Policy::default(), whole));
        assert!(!format!("{:?}", LogText::new(LINE)).contains("abc12345"));
    }

    #[test]
    fn names_are_equal_where_they_show_the_same() {
        let name = |raw: &str| LogText::name(raw.as_bytes());
        let secret = |n: u32| format!("POST /hook?token=Zk3vQ9xL{n}");
        assert_eq!(name(&secret(1)), name(&secret(2)));
        assert_eq!(name("GET /a\tb"), name("GET /a b"));
        assert_ne!(name("GET /cart"), name("GET /carts"));
        assert_ne!(name(&secret(1)), name("POST /hook"));
        assert_ne!(name("POST /hook"), name(&secret(1)));
    }

    #[test]
    fn raw_bytes_are_written_only_where_asked_for() {
        for line in [LINE, b"plain"] {
            let mut t = LogText::new(line);
            assert_eq!(t.for_raw_base64(), None);
            t.settle(&Policy {
                raw: true,
                ..Policy::default()
            });
            assert_eq!(t.for_raw_base64(), Some(base64(line)));
        }
    }

    #[test]
    fn names_of_machines_keep_their_address_and_lose_what_the_user_says() {
        let mut t = LogText::name(b"203.0.113.9:80\x07");
        t.settle(&Policy {
            secrets: true,
            addresses: true,
            people: People::default(),
            raw: false,
            extra: vec![regex::Regex::new("[0-9]{2}$").unwrap()],
        });
        assert_eq!(t.for_json(), "203.0.113.9:80\\x«redacted»");
    }
}
