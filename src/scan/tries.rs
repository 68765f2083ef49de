//! Which formats a line is tried with: all but those that take no line which begins with its first byte and, if the first ones
//! say no, those that take none without some byte that the line lacks; in the plan's order. What is left out would have said
//! no, so that nothing but time hangs on it.

use crate::format::Framing;
use crate::plan::Tried;

/// Formats that are told apart; those behind them are always asked.
const MOST: usize = u128::BITS as usize;

/// Formats that are asked before the bytes of a line are looked at.
const FIRST: u32 = 2;

/// A bit for each format.
pub(super) struct Tries {
    /// By first byte; 0 where a byte was not met yet.
    begun: Box<[u128; 256]>,
    /// By a byte that lines must hold: the formats of which. None before the first line that needs it.
    held: Option<Vec<(u8, u128)>>,
    /// Whether formats are read by what knows the lines before: then what one line shows says nothing of them.
    stateful: bool,
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
            begun: Box::new([0; 256]),
            held: None,
            stateful,
        }
    }

    /// The formats that a line is tried with.
    #[inline]
    pub(super) fn of(&mut self, formats: &[Tried], line: &[u8]) -> Rest {
        let set = line.first().map_or(u128::MAX, |c| {
            let known = &mut self.begun[usize::from(*c)];
            if *known == 0 {
                *known = may_begin(formats, *c, self.stateful);
            }
            *known
        });
        Rest {
            set,
            far: MOST,
            all: formats.len(),
            asked: 0,
        }
    }

    /// The next one of them, by its place in the plan.
    #[inline]
    pub(super) fn next(
        &mut self,
        rest: &mut Rest,
        formats: &[Tried],
        line: &[u8],
    ) -> Option<usize> {
        if rest.asked == FIRST {
            rest.set &= !self.lacking(formats, line);
        }
        rest.asked += 1;
        let n = rest.set.trailing_zeros() as usize;
        rest.set &= rest.set.wrapping_sub(1);
        if n < rest.all {
            return Some(n);
        }
        rest.far += 1;
        (rest.far <= rest.all).then_some(rest.far - 1)
    }

    /// Formats of which no line lacks what this one lacks.
    #[inline(never)]
    fn lacking(&mut self, formats: &[Tried], line: &[u8]) -> u128 {
        let held = self
            .held
            .get_or_insert_with(|| held(formats, self.stateful));
        let absent = |c: u8| memchr::memchr(c, line).is_none();
        let all = held.iter();
        all.fold(0, |set, (c, f)| if absent(*c) { set | f } else { set })
    }
}

#[cold]
fn may_begin(formats: &[Tried], first: u8, stateful: bool) -> u128 {
    let each = formats.iter().take(MOST).enumerate();
    each.fold(0, |set, (n, f)| {
        set | u128::from(is_told(f, stateful) || f.may_begin(first)) << n
    })
}

/// Whether lines before tell what a line of that format is.
fn is_told(f: &Tried, stateful: bool) -> bool {
    stateful && f.framing() == Framing::Stateful
}

/// The formats whose lines hold a byte, by byte.
#[cold]
fn held(formats: &[Tried], stateful: bool) -> Vec<(u8, u128)> {
    let mut all: Vec<(u8, u128)> = Vec::new();
    let each = formats.iter().take(MOST).enumerate();
    for (n, f) in each.filter(|(_, f)| !is_told(f, stateful)) {
        for c in f.holds() {
            match all.iter_mut().find(|(known, _)| known == c) {
                Some((_, set)) => *set |= 1 << n,
                None => all.push((*c, 1 << n)),
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::custom::{Definition, Spec};
    use crate::format::{FORMATS, Format, template::Template, web::clf_plain::Plain};
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
        fn holds(&self) -> &'static [u8] {
            self.inner.holds()
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
    fn samples_are_as_their_formats_say() {
        for f in FORMATS {
            let line = f.sample().as_bytes();
            assert!(f.may_begin(line[0]), "{}", f.name());
            assert!(f.holds().iter().all(|c| line.contains(c)), "{}", f.name());
        }
    }

    #[test]
    fn few_formats_are_asked_for_what_none_knows() {
        let formats: Vec<Tried> = FORMATS.iter().map(|f| Tried::Listed(*f)).collect();
        for (line, most) in [
            (r#""x" "x" "x""#, 24),
            (
                r#"192.0.2.7 - - [05/Mar/2024:00:00:00 +0100 "GET / HTTP/1.1" 200 1"#,
                45,
            ),
            ("\tat shop.Main.run(Main.java:9)", 32),
        ] {
            let mut tries = Tries::new(false);
            let mut rest = tries.of(&formats, line.as_bytes());
            let mut asked = 0;
            while tries.next(&mut rest, &formats, line.as_bytes()).is_some() {
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
                assert!(
                    f.holds().iter().all(|c| line.contains(c)),
                    "{} {sample}",
                    f.name()
                );
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

        /// Who says that every line of it holds a byte takes none without.
        #[test]
        fn who_lacks_a_byte_would_have_said_no(which in 0..FORMATS.len(), other in 0..FORMATS.len(), with in "[ :;x0-]", cut in 0usize..9) {
            let sample = FORMATS[which].sample().lines().next().unwrap_or_default();
            for f in [FORMATS[which], FORMATS[other]] {
                for c in f.holds().iter().map(|c| char::from(*c)).filter(|c| !with.contains(*c)) {
                    for line in [sample.replace(c, ""), sample.replace(c, &with), sample.replace(c, &with)[..].chars().skip(cut).collect()] {
                        prop_assert!(f.parse(line.as_bytes()).is_none(), "{} {}", f.name(), line);
                    }
                }
            }
        }
    }
}
