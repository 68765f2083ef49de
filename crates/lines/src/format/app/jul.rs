//! java.util.logging's usual form, two lines for each event: `Mar 10, 2026 1:05:00 PM com.acme.Pay run`, then `SEVERE: text`. The
//! words of both follow the language of the machine. A stack below belongs to the event.

use super::message::{self, service_of_logger};
use super::stack;
use crate::format::line_features::Signs;
use crate::format::{Format, Framing, Reader, is_any};
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp;
use std::borrow::Cow;

/// The two lines of java.util.logging.
pub struct Jul;

impl Format for Jul {
    fn name(&self) -> &str {
        "java.util.logging"
    }
    fn kind(&self) -> Kind {
        Kind::App
    }
    fn about(&self) -> &str {
        "java.util.logging: time and place on one line, level and text on the next"
    }
    fn framing(&self) -> Framing {
        Framing::Stateful
    }
    fn may_begin(&self, first: u8) -> bool {
        stamp::may_begin_with(first)
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::TIMED
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (stamp, _) = head(line)?;
        Some(Record::new(Some(stamp), Body::Nothing))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Lines::default()))
    }
    fn sample(&self) -> &str {
        "Mar 10, 2026 1:05:00 PM com.acme.Pay run"
    }
}

/// A level of java.util.logging, in English, German, French, Spanish, Italian or Portuguese.
pub(in crate::format) fn level(word: &[u8]) -> Option<Level> {
    match word {
        b"SEVERE" | b"SCHWERWIEGEND" | b"GRAVE" => Some(Level::Error),
        b"WARNING"
        | b"WARNUNG"
        | b"AVERTISSEMENT"
        | b"ADVERTENCIA"
        | b"AVVERTENZA"
        | b"AVISO"
        | b"ADVERT\xc3\x8aNCIA" => Some(Level::Warn),
        b"INFO"
        | b"INFORMATION"
        | b"INFORMATIONEN"
        | b"INFOS"
        | b"INFORMACI\xc3\x93N"
        | b"CONFIG"
        | b"KONFIGURATION"
        | b"INFORMA\xc3\x87\xc3\x95ES"
        | b"INFORMAZIONI" => Some(Level::Info),
        b"FINE" | b"FEIN" | b"PR\xc3\x89CIS" | b"DETALLADO" => Some(Level::Debug),
        b"FINER" | b"FINEST" | b"FEINER" | b"AM FEINSTEN" => Some(Level::Trace),
        _ => None,
    }
}

/// The first line: a time with a date, a class with its package, a method, nothing else.
fn head(line: &[u8]) -> Option<(Stamp, &[u8])> {
    if !(20..=400).contains(&line.len()) || !stamp::may_begin(line) {
        return None;
    }
    let (rest, s) = stamp::half_day(stamp::named(line))
        .or_else(|_| stamp::abroad(line).map(|(rest, s)| stamp::half_abroad(s, rest)))
        .or_else(|_| stamp::half_day(stamp::numeric(line)))
        .or_else(|_| stamp::day_month(line))
        .ok()?;
    let mut words = rest.strip_prefix(b" ")?.split(|c| *c == b' ');
    let (class, method) = (words.next()?, words.next()?);
    let name = |b: &[u8]| {
        !b.is_empty()
            && b.iter()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'$' | b'<' | b'>'))
            && !b[0].is_ascii_digit()
    };
    let packaged = class.contains(&b'.') && !class.ends_with(b".");
    (packaged && name(class) && name(method) && words.next().is_none()).then_some((s, class))
}

/// Bytes of a line that is looked at.
const LONGEST: usize = 64 << 10;

/// The lines of one input.
#[derive(Default)]
struct Lines {
    /// Time and class above, whose text is awaited.
    awaited: Option<(Stamp, Vec<u8>)>,
    /// Behind a text.
    open: bool,
}

impl Reader for Lines {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some((stamp, class)) = head(line) {
            self.awaited = Some((stamp, class[..class.len().min(128)].to_vec()));
            self.open = false;
            return Some(Record::new(Some(stamp), Body::Nothing));
        }
        let said = memchr::memmem::find(&line[..line.len().min(24)], b": ")
            .and_then(|n| Some((level(&line[..n])?, &line[n + 2..])));
        if let Some((level, text)) = said
            && let Some((stamp, class)) = self.awaited.take()
        {
            self.open = true;
            let mut r = Record::new(Some(stamp), message::body(level, text));
            r.service = service_of_logger(&class).map(|s| Cow::Owned(s.to_vec()));
            return Some(r);
        }
        if !self.open || line.len() > LONGEST || is_any(line) {
            self.open = false;
            return None;
        }
        // the stack of the event: its exceptions are evidence
        Some(match stack::exception(line) {
            Some(e) => Record::new(None, Body::Detail(Message::new(Level::Error, e))),
            None => Record::new(None, Body::Nothing),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Seconds since 1970 as the digits stand, level and text of each line that is a record; "+" for one that adds to it.
    fn read(lines: &[&str]) -> Vec<String> {
        let mut reader = Jul.reader().unwrap();
        lines
            .iter()
            .map(|l| match reader.read(l.as_bytes()) {
                None => "?".into(),
                Some(r) => match r.body {
                    Body::Message(m) => format!(
                        "{} {:?} {}",
                        r.stamp.unwrap().wall_us / 1_000_000,
                        m.level,
                        String::from_utf8_lossy(&m.text)
                    ),
                    Body::Detail(m) => format!("+{}", String::from_utf8_lossy(&m.text)),
                    _ => "+".into(),
                },
            })
            .collect()
    }

    #[test]
    fn two_lines_are_one_event() {
        assert_eq!(
            read(&[
                "Mar 10, 2026 1:05:00 PM com.acme.Pay run",
                "SEVERE: could not connect",
                "java.net.ConnectException: Connection refused",
                "\tat com.acme.Pay.run(Pay.java:1)",
                "",
                "10. März 2026 13:05:00 com.acme.Pay run",
                "WARNUNG: langsam",
                "Dez. 10, 2025 1:05:00 NACHM. com.acme.Pay <init>",
                "INFORMATION: bereit",
                "2026-03-10 13:05:09 ERROR of another format",
                "SEVERE: of nobody",
            ]),
            [
                "+",
                "1773147900 Error could not connect",
                "+java.net.ConnectException: Connection refused",
                "+",
                "+",
                "+",
                "1773147900 Warn langsam",
                "+",
                "1765371900 Info bereit",
                "?",
                "?",
            ]
        );
    }

    #[test]
    fn other_first_lines() {
        for line in [
            "Mar 10, 2026 1:05:00 PM the server started",
            "Mar 10, 2026 1:05:00 PM com.acme.Pay",
            "Mar 10, 2026 1:05:00 PM com.acme.Pay run now",
            "Mar 10 13:05:00 host com.acme.Pay run",
            "",
        ] {
            assert!(Jul.parse(line.as_bytes()).is_none(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(s in "(Mar 10, 2026 1:05:00 PM )?[A-Za-z0-9:. é]{0,40}", t in "(SEVERE: )?[a-z: ]{0,20}") {
            let mut reader = Jul.reader().unwrap();
            let _ = (reader.read(s.as_bytes()), reader.read(t.as_bytes()));
        }
    }
}
