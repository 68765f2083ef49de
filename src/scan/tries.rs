//! Which formats a line is tried with: all but those that take no line which begins with its first byte, in the plan's order.
//! What is left out would have said no, so that nothing but time hangs on it.

use crate::plan::Tried;

/// Formats that are told apart; those behind them are always asked.
const MOST: usize = u128::BITS as usize;

/// A bit for each format, by first byte; 0 where a byte was not met yet.
pub(super) struct Tries(Box<[u128; 256]>);

impl Tries {
    pub(super) fn new() -> Self {
        Tries(Box::new([0; 256]))
    }

    /// The formats that a line is tried with.
    #[inline]
    pub(super) fn of(
        &mut self,
        formats: &[Tried],
        line: &[u8],
    ) -> impl Iterator<Item = usize> + use<> {
        let mut set = line.first().map_or(u128::MAX, |c| {
            let known = &mut self.0[usize::from(*c)];
            if *known == 0 {
                *known = may_begin(formats, *c);
            }
            *known
        });
        let all = formats.len();
        let told_apart = std::iter::from_fn(move || {
            let n = set.trailing_zeros() as usize;
            set &= set.wrapping_sub(1);
            (n < all).then_some(n)
        });
        told_apart.chain(MOST..all)
    }
}

#[cold]
fn may_begin(formats: &[Tried], first: u8) -> u128 {
    let each = formats.iter().take(MOST).enumerate();
    each.fold(0, |set, (n, f)| set | u128::from(f.may_begin(first)) << n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::custom::{Definition, Spec};
    use crate::format::{FORMATS, Format, Framing, template::Template, web::clf_plain::Plain};
    use crate::plan::{PlanConfig, Sampled, plan};
    use crate::record::{Kind, Record};
    use crate::scan::{ScanConfig, Scanner};
    use proptest::prelude::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// A format that counts how often it is asked.
    struct Counted {
        inner: Tried,
        asked: Arc<AtomicU64>,
    }

    impl Format for Counted {
        fn name(&self) -> &str {
            self.inner.name()
        }
        fn kind(&self) -> Kind {
            self.inner.kind()
        }
        fn about(&self) -> &str {
            self.inner.about()
        }
        fn framing(&self) -> Framing {
            self.inner.framing()
        }
        fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            self.inner.parse(line)
        }
        fn may_begin(&self, first: u8) -> bool {
            self.inner.may_begin(first)
        }
        fn plain(&self) -> Option<Plain> {
            self.inner.plain()
        }
        fn learn(&self, line: &[u8]) -> Option<Template> {
            self.inner.learn(line)
        }
        fn sample(&self) -> &str {
            self.inner.sample()
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
        for f in &mut plan.inputs[0].formats {
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
            ["JSON access log", "logfmt", "syslog", "time level message"],
            [
                "JSON access log",
                "JSON lines",
                "logfmt",
                "time level message",
            ],
        ] {
            let data = mixed(&formats, 4000);
            let (each, parsed) = attempts(&data);
            assert_eq!(parsed, 4000, "{formats:?}");
            assert!(each < 2.0, "{formats:?}: {each}");
        }
    }

    #[test]
    fn samples_begin_as_their_formats_say() {
        for f in FORMATS {
            assert!(f.may_begin(f.sample().as_bytes()[0]), "{}", f.name());
        }
    }

    proptest! {
        /// Who says that no line of it begins so takes none.
        #[test]
        fn who_is_left_out_would_have_said_no(which in 0..FORMATS.len(), other in 0..FORMATS.len(), first in any::<u8>(), cut in 0usize..3) {
            let sample = FORMATS[which].sample().lines().next().unwrap_or_default().as_bytes();
            let line = [&[first], &sample[cut.min(sample.len())..]].concat();
            for f in [FORMATS[which], FORMATS[other]] {
                prop_assert!(f.may_begin(first) || f.parse(&line).is_none(), "{} {}", f.name(), String::from_utf8_lossy(&line));
            }
        }
    }
}
