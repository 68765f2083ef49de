//! Message templates: messages of level ≥ WARN (or with error words) with their variable tokens masked, and when they occur.
//! Bounded by level: with too many templates all of them keep fewer tokens.

use super::{Pos, Seen};
use crate::record::Level;
use std::collections::BTreeMap;

/// What tells one template from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplateKey {
    /// Host of the lines, where they name one.
    pub host: Option<Box<[u8]>>,
    /// Service of the lines, where they name one.
    pub service: Option<Box<[u8]>>,
    /// Severity.
    pub level: Level,
    /// Masked text.
    pub text: Box<[u8]>,
}

/// When a template occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Lines.
    pub count: u64,
    /// Its first line.
    pub first: Seen,
    /// Message text of the first line, with its error field; at most 512 bytes.
    pub example: Vec<u8>,
    /// Time of the last line, microseconds on the track's axis.
    pub last_us: i64,
    /// Minute number → lines.
    pub minutes: BTreeMap<i64, u32>,
    /// Ten-minute number → first line in it.
    pub tens: BTreeMap<i64, Seen>,
}

/// All templates of one track.
#[derive(Clone, Debug, PartialEq)]
pub struct Templates {
    cap: usize,
    level: u8,
    map: BTreeMap<TemplateKey, Template>,
}

impl Default for Templates {
    fn default() -> Self {
        Templates::new(2000)
    }
}

/// Tokens kept at each level; the next level keeps a hash bucket only, the ones behind it not even host and service.
const TOKENS: [usize; 4] = [24, 12, 8, 6];
/// From here on hosts are not told apart.
const NO_HOST: u8 = 5;
/// From here on services are not told apart: the last level.
const NO_SERVICE: u8 = 6;

/// Masks a message: a token with a digit becomes `<*>`, a path with two or more slashes `<P>`; runs of `<*>` are one; at most
/// `tokens` tokens. Tokens end at blanks and `= : , ( ) [ ] { } " ' | ; < >`, which stay as they are.
pub fn mask(text: &[u8], tokens: usize, out: &mut Vec<u8>) {
    out.clear();
    let is_break = |c: u8| {
        matches!(
            c,
            b' ' | b'\t'
                | b'='
                | b':'
                | b','
                | b'('
                | b')'
                | b'['
                | b']'
                | b'{'
                | b'}'
                | b'"'
                | b'\''
                | b'|'
                | b';'
                | b'<'
                | b'>'
        )
    };
    let (mut i, mut n) = (0, 0);
    while i < text.len() {
        if is_break(text[i]) {
            let c = if text[i] == b'\t' { b' ' } else { text[i] };
            if !(c == b' ' && out.last() == Some(&b' ')) {
                out.push(c);
            }
            i += 1;
            continue;
        }
        if n == tokens {
            out.extend_from_slice(b"...");
            break;
        }
        n += 1;
        let start = i;
        while i < text.len() && !is_break(text[i]) {
            i += 1;
        }
        let tok = &text[start..i];
        if tok.iter().any(u8::is_ascii_digit) {
            if !(out.ends_with(b"<*> ") || out.ends_with(b"<*>")) {
                out.extend_from_slice(b"<*>");
            } else if out.last() == Some(&b' ') {
                out.pop();
            }
        } else if tok.iter().filter(|c| **c == b'/').count() >= 2 {
            out.extend_from_slice(b"<P>");
        } else {
            out.extend_from_slice(&tok[..tok.len().min(64)]);
        }
        if out.len() > 400 {
            break;
        }
    }
    while out.last() == Some(&b' ') {
        out.pop();
    }
}

fn cut_tokens(text: &[u8], level: u8) -> Box<[u8]> {
    let mut out = Vec::new();
    match TOKENS.get(usize::from(level)) {
        Some(n) => mask(text, *n, &mut out),
        None => {
            // six tokens are what every finer level still has
            mask(text, TOKENS[3], &mut out);
            out = super::bucket::bucket(&out);
        }
    }
    out.into_boxed_slice()
}

impl Templates {
    /// An empty set of at most `cap` templates before they get coarser.
    pub fn new(cap: usize) -> Self {
        Templates {
            cap,
            level: 0,
            map: BTreeMap::new(),
        }
    }

    /// Counts one message. `masked` is its text masked with 24 tokens.
    pub fn add(&mut self, key: TemplateKey, message: &[u8], seen: (i64, Pos, &[u8])) {
        let (us, pos, line) = seen;
        let key = self.at_level(key);
        let t = self.map.entry(key).or_insert_with(|| Template {
            count: 0,
            first: Seen {
                us: i64::MAX,
                ..Seen::default()
            },
            example: Vec::new(),
            last_us: i64::MIN,
            minutes: BTreeMap::new(),
            tens: BTreeMap::new(),
        });
        t.count += 1;
        if (us, pos.offset) < t.first.order() {
            t.first.set(us, pos, line);
            t.example.clear();
            t.example
                .extend_from_slice(&message[..message.len().min(512)]);
        }
        t.last_us = t.last_us.max(us);
        *t.minutes
            .entry(us.div_euclid(crate::time::MINUTE))
            .or_default() += 1;
        let ten = us.div_euclid(10 * crate::time::MINUTE);
        let short = &line[..line.len().min(300)];
        match t.tens.get_mut(&ten) {
            Some(s) if (us, pos.offset) < s.order() => s.set(us, pos, short),
            Some(_) => {}
            None => {
                t.tens.insert(ten, Seen::new(us, pos, short));
            }
        }
        self.bound();
    }

    fn at_level(&self, key: TemplateKey) -> TemplateKey {
        if self.level == 0 {
            return key;
        }
        TemplateKey {
            host: key.host.filter(|_| self.level < NO_HOST),
            service: key.service.filter(|_| self.level < NO_SERVICE),
            text: match super::bucket::is_bucket(&key.text) {
                true => key.text,
                false => cut_tokens(&key.text, self.level),
            },
            level: key.level,
        }
    }

    fn bound(&mut self) {
        while self.map.len() > self.cap && self.level < NO_SERVICE {
            self.level += 1;
            for (k, t) in std::mem::take(&mut self.map) {
                let k = self.at_level(k);
                self.put(k, t);
            }
        }
    }

    fn put(&mut self, key: TemplateKey, t: Template) {
        match self.map.entry(key) {
            std::collections::btree_map::Entry::Vacant(e) => {
                e.insert(t);
            }
            std::collections::btree_map::Entry::Occupied(mut e) => {
                let c = e.get_mut();
                c.count += t.count;
                if t.first.order() < c.first.order() {
                    c.first = t.first;
                    c.example = t.example;
                }
                c.last_us = c.last_us.max(t.last_us);
                super::requests::sum_map(&mut c.minutes, t.minutes);
                for (k, s) in t.tens {
                    match c.tens.remove(&k) {
                        Some(x) => c.tens.insert(k, x.earlier(s)),
                        None => c.tens.insert(k, s),
                    };
                }
            }
        }
    }

    /// Sums two sets.
    pub fn merge(&mut self, o: Templates) {
        if o.level > self.level {
            self.level = o.level;
            for (k, t) in std::mem::take(&mut self.map) {
                let k = self.at_level(k);
                self.put(k, t);
            }
        }
        for (k, t) in o.map {
            let k = self.at_level(k);
            self.put(k, t);
        }
        self.bound();
    }

    /// Templates by key.
    pub fn iter(&self) -> impl Iterator<Item = (&TemplateKey, &Template)> {
        self.map.iter()
    }

    pub(crate) fn positions(&mut self, f: &mut dyn FnMut(&mut Pos)) {
        for t in self.map.values_mut() {
            f(&mut t.first.pos);
            t.tens.values_mut().for_each(|s| f(&mut s.pos));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn masked(s: &str) -> String {
        let mut out = Vec::new();
        mask(s.as_bytes(), 24, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn variable_tokens_are_masked() {
        assert_eq!(
            masked("charge failed order=92 after 3 tries"),
            "charge failed order=<*> after <*> tries"
        );
        assert_eq!(
            masked("cannot open /srv/media/data/up.bin: x"),
            "cannot open <P>: x"
        );
        assert_eq!(masked("ids 1 2 3 end"), "ids <*> end");
        assert_eq!(
            masked("unhandled error on GET /products/82"),
            "unhandled error on GET <*>"
        );
    }

    #[test]
    fn masking_twice_changes_nothing() {
        for s in [
            "a=1 b=2, c",
            "x <*> 12 13 y",
            "GET /a/b/c 500",
            "[ 12 ] (34) end",
        ] {
            let m = masked(s);
            assert_eq!(masked(&m), m, "{s}");
        }
    }

    #[test]
    fn hosts_without_end_stay_bounded() {
        let mut t = Templates::new(300);
        for i in 0..5000u32 {
            let name = Some(format!("host-{i}").into_bytes().into());
            let text = format!("(bucket {i} failed").into_bytes();
            let key = TemplateKey {
                host: name.clone(),
                service: name,
                level: Level::Error,
                text: text.clone().into(),
            };
            t.add(key, &text, (0, Pos::default(), b""));
        }
        assert!(t.iter().count() <= 64);
        assert_eq!(t.iter().map(|(_, x)| x.count).sum::<u64>(), 5000);
    }

    proptest! {
        #[test]
        fn masking_less_of_what_was_masked_is_masking_less(
            words in proptest::collection::vec(proptest::sample::select(vec![
                "a", "b7", "<*>", "<P>", "/a/b/c", "...", " ", "  ", "\t", "=", ":", "<", ">", "*", "12", "w/x",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "(bucket 11)",
            ]), 0..60), a in 0u8..4, b in 0u8..4,
        ) {
            let (a, b) = (a.min(b), a.max(b));
            let text = words.concat();
            let mut whole = Vec::new();
            mask(text.as_bytes(), 24, &mut whole);
            let (fine, coarse) = (cut_tokens(&whole, a), cut_tokens(&whole, b));
            prop_assert_eq!(cut_tokens(&fine, b), coarse);
            prop_assert_eq!(cut_tokens(&fine, 4), cut_tokens(&whole, 4));
        }

        #[test]
        fn any_order_of_merging_gives_the_same(v in proptest::collection::vec((0u8..30, 0u8..4, 0i64..5000), 0..150), cut in 0usize..150) {
            let cut = cut.min(v.len());
            let build = |v: &[(u8, u8, i64)], base: usize| {
                let mut t = Templates::new(12);
                for (i, (a, b, us)) in v.iter().enumerate() {
                    let text: Vec<u8> = (0..20).map(|n| format!("w{} ", char::from(b'a' + if n < 5 { *b } else { a % (n + 3) }))).collect::<String>().into_bytes();
                    let key = TemplateKey { host: None, service: None, level: Level::Error, text: text.clone().into() };
                    t.add(key, &text, (*us * 1_000_000, Pos { offset: (base + i) as u64, line: 1 }, &text));
                }
                t
            };
            let whole = build(&v, 0);
            let (mut a, b) = (build(&v[..cut], 0), build(&v[cut..], cut));
            let mut c = b.clone();
            c.merge(a.clone());
            a.merge(b);
            prop_assert_eq!(&a, &whole);
            prop_assert_eq!(&c, &whole);
        }
    }
}
