//! Which formats a line is tried with: all but those that take no line which begins with its first byte and, if the first ones
//! say no, those of which every line shows what this one does not; in the plan's order. What is left out would have said no,
//! so that nothing but time depends on it.

use crate::plan::Tried;
use coroner_lines::format::Framing;
use coroner_lines::format::line_features::Signs;

/// Formats that are distinguished; those behind them are always asked.
const MOST: usize = u128::BITS as usize;

/// Formats that are asked before the bytes of a line are looked at.
const FIRST: u32 = 2;

/// Kinds of lines that are remembered: by their first byte and what they show.
const KINDS: usize = 64;

/// A bit for each format.
pub(super) struct Tries {
    /// By first byte.
    begun: Box<[Option<Box<FirstByte>>; 256]>,
    /// Kinds of lines that were met, and the formats that they are tried with. One that was not met has no first byte.
    kinds: Box<[(Option<u8>, Signs, u128); KINDS]>,
    /// Whether no format took the line before: then it is likely that none takes the next, and its bytes are looked at first.
    lost: bool,
    /// Whether formats are read by what knows the lines before: then what one line shows says nothing of them.
    stateful: bool,
}

/// The formats of lines that begin with one byte.
struct FirstByte {
    may: u128,
    /// By number of a sign: the formats of which every line shows it.
    show: [u128; Signs::COUNT],
}

/// The formats that a line is still to be tried with.
pub(super) struct Rest {
    set: u128,
    /// The next one of those behind [`MOST`], and how many there are in all.
    far: usize,
    all: usize,
    asked: u32,
}

impl Tries {
    /// For lines of which each is understood alone, or not.
    pub(super) fn new(stateful: bool) -> Self {
        Tries {
            begun: Box::new([const { None }; 256]),
            kinds: Box::new([(None, Signs::NONE, 0); KINDS]),
            lost: false,
            stateful,
        }
    }

    /// The formats that a line is tried with.
    #[inline]
    pub(super) fn of(&mut self, formats: &[Tried], line: &[u8]) -> Rest {
        let set = line.first().map_or(u128::MAX, |c| {
            let known = &mut self.begun[usize::from(*c)];
            known
                .get_or_insert_with(|| begun(formats, *c, self.stateful))
                .may
        });
        Rest {
            set,
            far: MOST,
            all: formats.len(),
            asked: if std::mem::take(&mut self.lost) {
                FIRST
            } else {
                0
            },
        }
    }

    /// The next one of them, by its place in the plan.
    #[inline]
    pub(super) fn next(&mut self, rest: &mut Rest, line: &[u8]) -> Option<usize> {
        if rest.asked == FIRST {
            rest.set &= self.shown(line);
        }
        rest.asked += 1;
        let n = rest.set.trailing_zeros() as usize;
        rest.set &= rest.set.wrapping_sub(1);
        if n < rest.all {
            return Some(n);
        }
        rest.far += 1;
        self.lost = rest.far > rest.all;
        (!self.lost).then_some(rest.far - 1)
    }

    /// The formats of which no line shows what this one does not.
    #[inline(never)]
    fn shown(&mut self, line: &[u8]) -> u128 {
        let Some(begun) = line
            .first()
            .and_then(|c| self.begun[usize::from(*c)].as_ref())
        else {
            return u128::MAX;
        };
        let signs = Signs::of(line);
        let key = signs.bits() ^ u32::from(line[0]) << Signs::COUNT;
        let kind = &mut self.kinds[key.wrapping_mul(0x9E37_79B1) as usize >> 26];
        if (kind.0, kind.1) != (Some(line[0]), signs) {
            let without = signs.missing().fold(0, |set, n| set | begun.show[n]);
            *kind = (Some(line[0]), signs, begun.may & !without);
        }
        kind.2
    }
}

#[cold]
fn begun(formats: &[Tried], first: u8, stateful: bool) -> Box<FirstByte> {
    let mut all = FirstByte {
        may: 0,
        show: [0; Signs::COUNT],
    };
    for (n, f) in formats.iter().take(MOST).enumerate() {
        if is_known(f, stateful) {
            all.may |= 1 << n;
        } else if let Some(shows) = f.shows(first) {
            all.may |= 1 << n;
            for sign in (0..Signs::COUNT).filter(|s| shows.has(*s)) {
                all.show[sign] |= 1 << n;
            }
        }
    }
    Box::new(all)
}

/// Whether lines before show what a line of that format is.
fn is_known(f: &Tried, stateful: bool) -> bool {
    stateful && f.framing() == Framing::Stateful
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{PlanConfig, Sampled, plan};
    use crate::scan::{ScanConfig, Scanner};
    use coroner_lines::format::custom::{Definition, Spec};
    use coroner_lines::format::{FORMATS, Format, Meta};
    use coroner_lines::record::Record;
    use proptest::prelude::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// A format that counts how often it is asked.
    struct Counted {
        inner: Tried,
        asked: Arc<AtomicU64>,
    }

    impl Format for Counted {
        fn meta(&self) -> Meta<'_> {
            self.inner.meta()
        }
        fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            self.inner.parse(line)
        }
    }

    /// A stream in which the lines of some formats alternate, each line with numbers of its own.
    fn mixed(formats: &[&str], lines: usize) -> Vec<u8> {
        let samples: Vec<&str> = formats
            .iter()
            .map(|n| FORMATS.iter().find(|f| f.name() == *n).unwrap().sample())
            .collect();
        let mut out = Vec::new();
        for i in 0..lines {
            let digit = char::from(b'0' + (i % 10) as u8).to_string();
            // an irregular order
            let line = samples[(i * i + i / 7) % samples.len()];
            let at = line.rfind(|c: char| c.is_ascii_digit()).unwrap();
            out.extend_from_slice(
                [&line[..at], &digit, &line[at + 1..], "\n"]
                    .concat()
                    .as_bytes(),
            );
        }
        out
    }

    /// How often formats are asked for each line of a stream, and how many lines were understood.
    fn attempts(data: &[u8]) -> (f64, u64) {
        let sample = Sampled {
            name: "all.log".into(),
            pieces: vec![data[..data.len().min(1 << 16)].to_vec()],
            ..Sampled::default()
        };
        let mut plan = plan(&[sample], &PlanConfig::default()).unwrap();
        let asked = Arc::new(AtomicU64::new(0));
        for f in std::sync::Arc::make_mut(&mut plan.inputs[0].formats) {
            let (inner, asked) = (f.clone(), asked.clone());
            let none = Definition::new("counted", Spec::Regex(String::new()));
            *f = Tried::Made(Arc::new(Counted { inner, asked }), Arc::new(none));
        }
        let mut s = Scanner::new(&plan, 0, 0, ScanConfig::default());
        let half = memchr::memrchr(b'\n', &data[..data.len() / 2]).unwrap() + 1;
        s.block(&data[..half]);
        // what is asked once per worker is no matter of lines
        let before = (asked.load(Ordering::Relaxed), s.lines);
        s.block(&data[half..]);
        let (n, lines) = (asked.load(Ordering::Relaxed) - before.0, s.lines - before.1);
        let part = s.finish();
        (n as f64 / lines as f64, part.inputs[&0].accounting.parsed)
    }

    #[test]
    fn fewer_than_two_attempts_per_line_of_a_mixed_stream() {
        for formats in [
            ["nginx combined", "JSON access log", "logfmt", "syslog"],
            ["nginx combined", "nginx error", "JSON lines", "logfmt"],
            ["JSON access log", "logfmt", "syslog", "text with a time"],
            [
                "JSON access log",
                "JSON lines",
                "logfmt",
                "text with a time",
            ],
        ] {
            let data = mixed(&formats, 4000);
            let (each, parsed) = attempts(&data);
            assert_eq!(parsed, 4000, "{formats:?}");
            assert!(each < 2.0, "{formats:?}: {each}");
        }
    }

    fn is_as_declared(f: &dyn Format, line: &[u8]) -> bool {
        let first = line.first().copied().unwrap_or_default();
        f.shows(first).is_some_and(|s| Signs::of(line).shows(s))
    }

    #[test]
    fn samples_are_as_their_formats_say() {
        for f in FORMATS.iter() {
            let line = f.sample().as_bytes();
            assert!(f.may_begin(line[0]), "{}", f.name());
            assert!(is_as_declared(*f, line), "{}", f.name());
        }
    }

    #[test]
    fn few_formats_are_asked_for_what_none_knows() {
        let formats: Vec<Tried> = FORMATS.iter().map(|f| Tried::Listed(*f)).collect();
        for (line, most) in [
            (r#""x" "x" "x""#, 4),
            (
                r#"192.0.2.7 - - [05/Mar/2024:00:00:00 +0100 "GET / HTTP/1.1" 200 1"#,
                12,
            ),
            ("\tat shop.Main.run(Main.java:9)", 8),
            ("nobody knows what it is", 8),
            ("97742,91707,50161,38046", 12),
        ] {
            let mut tries = Tries::new(false);
            let mut rest = tries.of(&formats, line.as_bytes());
            let mut asked = 0;
            while tries.next(&mut rest, line.as_bytes()).is_some() {
                asked += 1;
            }
            assert!(asked <= most, "{line}: {asked}");
        }
    }

    #[test]
    fn the_lines_of_all_samples_are_as_their_formats_say() {
        for sample in FORMATS.iter().flat_map(|f| f.sample().lines()) {
            let line = sample.as_bytes();
            for f in FORMATS.iter().filter(|f| f.parse(line).is_some()) {
                assert!(f.may_begin(line[0]), "{} {sample}", f.name());
                assert!(is_as_declared(*f, line), "{} {sample}", f.name());
            }
        }
    }

    /// Who says that no line of it begins so takes none: every format, its own sample behind every byte.
    #[test]
    fn who_is_left_out_would_have_said_no() {
        let mut wrong = Vec::new();
        for (f, cut) in FORMATS.iter().flat_map(|f| (0..3).map(move |n| (f, n))) {
            let sample = f.sample().lines().next().unwrap_or_default().as_bytes();
            for first in 0..=255 {
                let line = [&[first], &sample[cut.min(sample.len())..]].concat();
                if !f.may_begin(first) && f.parse(&line).is_some() {
                    wrong.push((f.name(), String::from_utf8_lossy(&line).into_owned()));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    proptest! {
        /// The same for lines of other formats.
        #[test]
        fn who_is_left_out_would_have_said_no_to_others(which in 0..FORMATS.len(), other in 0..FORMATS.len(), first in any::<u8>(), cut in 0usize..3) {
            let sample = FORMATS[which].sample().lines().next().unwrap_or_default().as_bytes();
            let line = [&[first], &sample[cut.min(sample.len())..]].concat();
            let f = FORMATS[other];
            prop_assert!(f.may_begin(first) || f.parse(&line).is_none(), "{} {}", f.name(), String::from_utf8_lossy(&line));
        }

        /// The same for lines that begin as access lines do.
        #[test]
        fn who_wants_no_client_takes_no_access_line(
            line in r#"(10\.0\.0\.7|fe80::1|ERROR|web-1) - - \[(05/Mar/2024:00:00:00 \+0100|2026-03-10 13:05:00(,123| \+0100)?|ERROR|5|[ -~]{0,9})(\]|\] 2026-03-10 13:05:00)? "?(GET /a HTTP/1\.1" (200|2x0) [0-9]{1,3}|ERROR|x)[ -~]{0,30}(ms|INFO)?"#,
            which in 0..FORMATS.len(),
        ) {
            let f = FORMATS[which];
            prop_assert!(f.parse(line.as_bytes()).is_none() || is_as_declared(f, line.as_bytes()), "{} {}", f.name(), line);
        }

        /// Who says that every line of it shows something takes none that does not.
        #[test]
        fn who_lacks_a_sign_would_have_said_no(
            which in 0..FORMATS.len(), other in 0..FORMATS.len(), at in 0usize..120, skip in 0usize..12,
            put in r#"[ :;x0"=,|\[\]{}\t-]{0,4}|[0-9]{1,10}|10\.0\.0\.7 "#, from in r#"[":=,|;%\[\]{}\t0-9]"#, to in r#"|x| |[0-9]|[":=,|;%\[\]{}\t]"#,
        ) {
            let sample = FORMATS[which].sample();
            let cut = |n: usize| (0..=n.min(sample.len())).rev().find(|n| sample.is_char_boundary(*n)).unwrap_or(0);
            let changed = [&sample[..cut(at)], &put, &sample[cut(at + skip)..]].concat();
            for line in [sample.replace(&from, &to), changed.replace(&from, &to), changed] {
                for f in [FORMATS[which], FORMATS[other]] {
                    prop_assert!(f.parse(line.as_bytes()).is_none() || is_as_declared(f, line.as_bytes()), "{} {}", f.name(), line);
                }
            }
        }
    }
}
