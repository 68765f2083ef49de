//! java.util.logging's usual form, two lines for each event: `Mar 10, 2026 1:05:00 PM com.acme.Pay run`, then `SEVERE: text`. The
//! words of both follow the language of the machine. A stack below belongs to the event.

use super::message::{self, service_of_logger};
use super::stack;
use crate::format::leaf::{Parser, alt, blank, eof, find, verify, word};
use crate::format::{Reader, is_any};
use crate::record::{Body, Level, Message, Record};
use crate::table::rows;
use crate::time::{Stamp, stamp};
use std::borrow::Cow;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let (stamp, _) = head(line)?;
    Some(Record::new(Some(stamp), Body::Nothing))
}

/// A level of java.util.logging, in English, German, French, Spanish, Italian or Portuguese.
pub(in crate::format) fn level(word: &[u8]) -> Option<Level> {
    let is = |words: &str| words.split('|').any(|w| w.as_bytes() == word);
    let mut levels = rows(include_str!("jul_levels.tsv"));
    let [level, _] = levels.find(|[_, words]| is(words))?;
    Level::from_word(level.as_bytes())
}

/// The first line: a time with a date, a class with its package, a method, nothing else.
fn head(line: &[u8]) -> Option<(Stamp, &[u8])> {
    if !(20..=400).contains(&line.len()) || !stamp::may_begin(line) {
        return None;
    }
    let time = alt((
        |i| stamp::half_day(stamp::named(i)),
        |i| stamp::half_day(stamp::abroad(i)),
        |i| stamp::half_day(stamp::numeric(i)),
        stamp::day_month,
    ));
    let packaged = |w: &[u8]| is_name(w) && w.contains(&b'.') && !w.ends_with(b".");
    let class = verify(word, packaged);
    let (_, (stamp, class, _, _)) = (time, blank(class), blank(verify(word, is_name)), eof)
        .parse(line)
        .ok()?;
    Some((stamp, class))
}

/// A name in Java.
fn is_name(b: &[u8]) -> bool {
    let fits = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'$' | b'<' | b'>');
    b.iter().all(fits) && !b[0].is_ascii_digit()
}

/// Bytes of a line that is looked at.
const LONGEST: usize = 64 << 10;

/// The lines of one input.
#[derive(Clone, Default)]
pub(in crate::format) struct JulReader {
    /// Time and class above, whose text is awaited.
    awaited: Option<(Stamp, Vec<u8>)>,
    /// Behind a text, with the time of its event.
    open: Option<Stamp>,
}

impl Reader for JulReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some((stamp, class)) = head(line) {
            self.awaited = Some((stamp, class[..class.len().min(128)].to_vec()));
            self.open = None;
            return Some(Record::new(Some(stamp), Body::Nothing));
        }
        let said = find(&line[..line.len().min(24)], b": ")
            .and_then(|n| Some((level(&line[..n])?, &line[n + 2..])));
        if let Some((level, text)) = said
            && let Some((stamp, class)) = self.awaited.take()
        {
            self.open = Some(stamp);
            let mut r = Record::new(Some(stamp), message::body(level, text));
            r.service = service_of_logger(&class).map(|s| Cow::Owned(s.to_vec()));
            return Some(r);
        }
        if self.open.is_none() || line.len() > LONGEST || is_any(line) {
            self.open = None;
            return None;
        }
        // the stack of the event: its exceptions are evidence
        Some(match stack::exception(line) {
            Some(e) => Record::new(self.open, Body::Detail(Message::new(Level::Error, e))),
            None => Record::new(None, Body::Nothing),
        })
    }
}
