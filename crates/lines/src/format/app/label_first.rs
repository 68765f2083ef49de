//! The last resort: lines with a short label before their time, as `[1] 2026/03/10 13:05:00.123456 [ERR] …` (NATS),
//! `WARN  [main] 2026-03-10 13:05:00,123 …` (Cassandra), `<Mar 10, 2026 1:05:00 PM CET> <Error> …` (WebLogic). Strict in what a
//! label may be, since sentences with a time in them are no records.

use crate::format::app::head::{bracket, head};
use crate::format::app::stack::{Continuation, continuation};
use crate::format::app::text::with_zone;
use crate::format::app::{late_level, message};
use crate::record::{Level, Record};
use crate::time::stamp::{self, Leaf};
use crate::time::{MONTHS, Precision, Stamp, written};

/// Bytes from the start of a line within which its time begins.
const REACH: usize = 72;

/// Words of a label at most.
const WORDS: usize = 5;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let indented = matches!(line.first()?, b' ' | b'\t');
    let (at, stamp, rest) = find(line)?;
    let label = Label::of(&line[..at], indented)?;
    let (stamp, rest) = label.close(stamp, rest)?;
    if !indented && continuation(line).is_some_and(|c| c != Continuation::Indented) {
        return None;
    }
    let (level, rest) = angled(rest);
    let h = head(rest);
    let behind = h.level.or(level);
    // who writes it stands in a bracket behind the time: `   2026-… [APP/PROC/WEB/0] OUT …` of Cloud Foundry
    let sourced = indented && rest.trim_ascii_start().starts_with(b"[");
    if !(label.is_certain || sourced)
        && (behind.or(label.level).is_none() || label.is_key && behind.is_none())
    {
        return None;
    }
    let level = behind
        .or(label.level)
        .or_else(|| late_level::level_of(h.text, h.sentence))
        .unwrap_or(Level::Info);
    let r = Record::new(Some(stamp), message::body(level, h.text)).at_host(h.host);
    // in capitals, or in a column of its own, it says what a row is
    let column = line[at - 1] == b'\t';
    let named = |n: &&[u8]| !column && n.iter().any(u8::is_ascii_lowercase);
    let label = label.name.filter(named);
    Some(r.of_service(h.logger.or(label).and_then(message::service_of_logger)))
}

/// A whole date with its clock at the start, in one of the shapes that cannot be anything else.
fn dated(b: &[u8]) -> Leaf<'_, Stamp> {
    match b.first() {
        Some(b'0'..=b'9') if !stamp::may_begin(b) => Err(nom::Err::Error(())),
        Some(b'0'..=b'9') => stamp::half_day(
            stamp::iso(b)
                .or_else(|_| stamp::day_month(b))
                .or_else(|_| stamp::numeric(b))
                .or_else(|_| stamp::iso_loose(b))
                .or_else(|_| stamp::named(b))
                .or_else(|_| tornado(b)),
        ),
        Some(b'A' | b'D' | b'F' | b'J' | b'M'..=b'O' | b'S' | b'T' | b'W') => stamp::ctime(b)
            .or_else(|_| stamp::named(b))
            .or_else(|_| stamp::weekday(b)),
        _ => Err(nom::Err::Error(())),
    }
}

/// Tornado's `261120 06:33:21`; other digits without marks are numbers.
fn tornado(b: &[u8]) -> Leaf<'_, Stamp> {
    match (b.get(6), b.get(9)) {
        (Some(b' '), Some(b':')) => stamp::compact(b),
        _ => Err(nom::Err::Error(())),
    }
}

/// Longest time in front of the minutes of its clock, in bytes.
const LONGEST: usize = 48;

/// Whether there is a colon between digits, as in every time that is looked for.
fn has_clock(b: &[u8]) -> bool {
    let digit = |at: Option<usize>| at.and_then(|at| b.get(at)).is_some_and(u8::is_ascii_digit);
    memchr::memchr_iter(b':', b).any(|at| digit(at.checked_sub(1)) && digit(Some(at + 1)))
}

/// The first time behind the start of a line: where it begins, what it is, and what follows.
pub(super) fn find(line: &[u8]) -> Option<(usize, Stamp, &[u8])> {
    if !has_clock(&line[..line.len().min(REACH + LONGEST)]) {
        return None;
    }
    (1..line.len().min(REACH)).find_map(|at| {
        let begins = matches!(
            line[at - 1],
            b' ' | b'\t' | b'[' | b'(' | b'<' | b'"' | b'|' | b':' | b','
        );
        if !begins {
            return None;
        }
        let (rest, stamp) = dated(&line[at..]).ok()?;
        let ends = rest.first().is_none_or(|c| !c.is_ascii_alphanumeric());
        ends.then_some((at, stamp, rest))
    })
}

/// The first whole date with a clock in a line, else a day, and the zone behind it: of what no format reads as a record, such as
/// the heading of a job's log (`Task started:   Tuesday, 14 May 2024 13:38:10 +02:00`).
pub fn dated_in(line: &[u8]) -> Option<Stamp> {
    // when a program was made says nothing of when it ran
    if crate::text::words::holds_any(line, "built | compiled | expires | copyright") {
        return None;
    }
    let mut line = short_months(&line[..line.len().min(REACH + LONGEST)]);
    line.iter_mut()
        .filter(|c| **c == b'\'')
        .for_each(|c| *c = b' ');
    let (stamp, rest) = match dated(&line) {
        Ok((rest, stamp)) => (stamp, rest),
        Err(_) => match find(&line) {
            Some((_, stamp, rest)) => (stamp, rest),
            None => return day_in(&line),
        },
    };
    let (stamp, _) = with_zone(stamp, rest.trim_ascii_start());
    stamp.dated.is_whole().then_some(stamp)
}

/// The beginning of the day that a heading names with its year.
fn day_in(line: &[u8]) -> Option<Stamp> {
    let h = written::heading(line)?;
    Some(Stamp::full(h.wall_us()?, h.offset_min, Precision::Second))
}

/// A text with the names of months as programs write them: `14 November 2023` as `14 Nov 2023`.
fn short_months(text: &[u8]) -> Vec<u8> {
    let letters = text.chunk_by(|a, b| a.is_ascii_alphabetic() == b.is_ascii_alphabetic());
    let short = |w: &[u8]| {
        let known = MONTHS.iter().any(|m| w.eq_ignore_ascii_case(m.as_bytes()));
        w[..if known { 3 } else { w.len() }].to_vec()
    };
    letters.flat_map(short).collect()
}

/// What stands before a time.
#[derive(Default)]
struct Label<'a> {
    /// A level among its words.
    level: Option<Level>,
    /// A word that names something.
    name: Option<&'a [u8]>,
    /// What the time is enclosed in: its closing mark.
    closing: Option<u8>,
    /// The whole head is one bracket with the time inside.
    is_open: bool,
    /// By itself enough to know a record.
    is_certain: bool,
    /// Ends like the key of a value (`Date: `): only a level behind the time makes it a label.
    is_key: bool,
}

impl<'a> Label<'a> {
    /// Reads a label; `None` where it is a sentence, or data.
    fn of(b: &'a [u8], indented: bool) -> Option<Label<'a>> {
        let mut l = Label::default();
        let b = match b.split_last()? {
            (b'[', front) => l.enclosed(b']', front),
            (b'(', front) => l.enclosed(b')', front),
            (b'<', front) => l.enclosed(b'>', front),
            (b'"', front) => l.enclosed(b'"', front),
            _ => b,
        };
        let words = b.trim_ascii();
        // only blanks, or nothing but signs: `==> 2026-…: Monitoring …`; `    2026-… [INFO] …` of Nomad needs its level
        let signs = words.iter().all(|c| b"#=>*-~".contains(c));
        if indented || signs {
            l.is_certain = !indented;
            return signs.then_some(l);
        }
        l.is_key = b.ends_with(b": ");
        let separated = b.ends_with(b"\t") || b.ends_with(b"|") || b.ends_with(b"| ");
        let (count, plain) = l.words(words)?;
        let shaped = count == 1 && (plain == 0 || separated);
        l.is_certain = shaped && !l.is_key;
        Some(l)
    }

    fn enclosed(&mut self, closing: u8, front: &'a [u8]) -> &'a [u8] {
        self.closing = Some(closing);
        front
    }

    /// Reads the words of a label: how many there are, and how many of them are letters only and no level.
    fn words(&mut self, mut b: &'a [u8]) -> Option<(usize, usize)> {
        let (mut count, mut plain) = (0, 0);
        loop {
            b = trim_marks(b);
            if b.is_empty() {
                return (count <= WORDS && plain <= 1).then_some((count, plain));
            }
            count += 1;
            if b[0] == b'[' {
                let Some((inner, rest)) = bracket(b) else {
                    // `[ E 2026-…` of Passenger: the time is inside, with the level
                    self.is_open = true;
                    b = &b[1..];
                    continue;
                };
                self.level = self.level.or_else(|| Level::from_word(inner));
                b = rest;
                continue;
            }
            let n = b
                .iter()
                .position(|c| matches!(c, b' ' | b'\t' | b'|' | b':' | b'['))
                .unwrap_or(b.len());
            let (word, rest) = b.split_at(n);
            match level_word(word, self.is_open) {
                Some(level) => self.level = self.level.or(Some(level)),
                None => plain += usize::from(self.word(word)?),
            }
            b = rest;
        }
    }

    /// Takes a word that is no level: whether it is letters only. `None` where it cannot be part of a label.
    fn word(&mut self, w: &'a [u8]) -> Option<bool> {
        const PROSE: [&[u8]; 9] = [
            b"at", b"on", b"since", b"until", b"from", b"by", b"before", b"after", b"is",
        ];
        let fits = w.iter().all(|c| {
            c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-' | b'/' | b'#' | b'@' | b'$')
        });
        if !fits || PROSE.iter().any(|p| p.eq_ignore_ascii_case(w)) {
            return None;
        }
        if w.first().is_some_and(u8::is_ascii_alphabetic) {
            self.name = self.name.or(Some(w));
        }
        Some(w.iter().all(u8::is_ascii_alphabetic))
    }

    /// The time with its zone, and what follows it and its closing mark.
    fn close(&self, stamp: Stamp, rest: &'a [u8]) -> Option<(Stamp, &'a [u8])> {
        let blank = usize::from(rest.first() == Some(&b' '));
        let (stamp, n) = with_zone(stamp, &rest[blank..]);
        let rest = if n > 0 { &rest[blank + n..] } else { rest };
        let rest = if self.is_open {
            let end = memchr::memchr(b']', &rest[..rest.len().min(REACH)])?;
            &rest[end + 1..]
        } else if let Some(c) = self.closing {
            rest.strip_prefix(&[c][..])?
        } else {
            rest
        };
        Some((stamp, trim_marks(rest)))
    }
}

/// Without the blanks and separators at the start.
fn trim_marks(b: &[u8]) -> &[u8] {
    let n = b
        .iter()
        .take_while(|c| matches!(c, b' ' | b'\t' | b'|' | b':' | b',' | b';'))
        .count();
    // one hyphen between parts
    match b[n..].strip_prefix(b"- ") {
        Some(rest) if n > 0 => rest.trim_ascii_start(),
        _ => &b[n..],
    }
}

/// A level in capitals, as labels carry it; a single letter only inside of the bracket that holds the time too.
fn level_word(w: &[u8], in_bracket: bool) -> Option<Level> {
    match w {
        b"TRACE" | b"DEBUG" | b"INFO" | b"NOTICE" | b"WARN" | b"WARNING" | b"ERROR" | b"SEVERE"
        | b"CRITICAL" | b"FATAL" => Level::from_word(w),
        [_] if in_bracket => Level::from_word(w),
        _ => None,
    }
}

/// WebLogic's `<Error> <Server> …`: the level in angle brackets.
fn angled(b: &[u8]) -> (Option<Level>, &[u8]) {
    let read = || {
        let inner = b.strip_prefix(b"<")?;
        let end = memchr::memchr(b'>', &inner[..inner.len().min(16)])?;
        let level = Level::from_word(&inner[..end])?;
        Some((Some(level), inner[end + 1..].trim_ascii_start()))
    };
    read().unwrap_or((None, b))
}
