//! Plain text, and objects, whose time stands in a field that was learnt from the file. Sentences hold times too, so this is no format of the
//! registry: a plan makes it for an input that no other format explains.

use super::head::head;
use super::json;
use super::late_level;
use super::message;
use super::stack::continuation;
use crate::format::{Format, Meta};
use crate::record::{Kind, Level, Record};
use crate::time::field::{BESIDE, TimeField};
use crate::time::stamp::DAYS;
use std::borrow::Cow;

/// Reads lines by a field of their time.
pub(in crate::format) struct TimedText {
    pub(in crate::format) name: String,
    pub(in crate::format) time: TimeField,
}

impl Format for TimedText {
    fn meta(&self) -> Meta<'_> {
        let about = "plain text whose time stands in a field that was learnt from the file";
        Meta::new(Kind::App, &self.name, about).heads()
    }

    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let set_in = matches!(line.first()?, b' ' | b'\t');
        if set_in && !self.time.set_in && continuation(line).is_some() {
            return None;
        }
        let found = self.time.find(line)?;
        let (first, last) = (found.places.first()?, found.places.last()?);
        let (shouted, front) = leading_level(words(open(unlabelled(&line[..first.start]))));
        // a day and a clock side by side are one time
        let between = match last.start.checked_sub(first.end) {
            Some(n) if n > BESIDE => words(&line[first.end..last.start]),
            _ => b"",
        };
        let behind = head(words(closed(&line[last.end..])));
        let rest = words(behind.text);
        // what stands around the time is one sentence
        let parts: Vec<&'a [u8]> = [front, between, rest]
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect();
        let text: Cow<'a, [u8]> = match parts[..] {
            [only] => message::plain(only),
            _ => Cow::Owned(parts.join(&b' ')),
        };
        let level = behind.level.or(shouted).or_else(|| leading_level(rest).0);
        let level = level.or_else(|| late_level::level_of(&text, false));
        Some(Record::said(
            Some(found.stamp),
            level.unwrap_or(Level::Info),
            text,
        ))
    }
}

/// Reads objects, of whose members the time alone is not known by its key.
pub(in crate::format) struct TimedObjects(pub(in crate::format) TimedText);

impl Format for TimedObjects {
    fn meta(&self) -> Meta<'_> {
        let about = "objects whose time stands in members that were learnt from the file";
        Meta::new(Kind::App, &self.0.name, about)
    }

    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let stamp = Some(self.0.time.find(line)?.stamp);
        json::parse(line).map(|r| Record { stamp, ..r })
    }
}

/// Words beside a time among which its level is.
const NEAR: usize = 6;

/// A level that stands as a word of capitals among the first of a text, and the rest of it: as the first word it says no more.
fn leading_level(front: &[u8]) -> (Option<Level>, &[u8]) {
    let all = front.split(|c| !c.is_ascii_alphabetic());
    let all = all.filter(|w| !w.is_empty()).take(NEAR);
    let mut shouted = all.filter(|w| w.len() > 2 && w.iter().all(u8::is_ascii_uppercase));
    let Some((word, level)) = shouted.find_map(|w| Some((w, Level::from_word(w)?))) else {
        return (None, front);
    };
    let rest = front.strip_prefix(word).map(words);
    (Some(level), rest.unwrap_or(front))
}

/// Without the label of the time that follows, and the name of its day: `at=`, `Time: "`, `Tue `.
fn unlabelled(b: &[u8]) -> &[u8] {
    let day = DAYS.iter().find_map(|day| {
        let rest = b.trim_ascii_end().strip_suffix(*day)?;
        let alone = rest.last().is_none_or(|c| !c.is_ascii_alphanumeric());
        alone.then_some(rest)
    });
    let b = day.unwrap_or(b);
    let quoted = b.trim_ascii_end();
    let quoted = quoted
        .strip_suffix(b"\"")
        .or_else(|| quoted.strip_suffix(b"'"))
        .unwrap_or(quoted);
    let Some(named) = quoted
        .strip_suffix(b"=")
        .or_else(|| quoted.strip_suffix(b":"))
    else {
        return b;
    };
    let letters = named
        .iter()
        .rev()
        .take_while(|c| c.is_ascii_alphanumeric() || **c == b'_');
    let n = letters.count();
    // what begins the line, or is no word, labels more than its time
    let label = n > 0 && n < named.len() && named[named.len() - n].is_ascii_alphabetic();
    if label { &named[..named.len() - n] } else { b }
}

/// Without the mark that opens around a time.
fn open(b: &[u8]) -> &[u8] {
    b.strip_suffix(b"[")
        .or_else(|| b.strip_suffix(b"("))
        .or_else(|| b.strip_suffix(b"<"))
        .unwrap_or(b)
}

/// Without the mark that closes around a time.
fn closed(b: &[u8]) -> &[u8] {
    let closes = |c: &u8| matches!(c, b']' | b')' | b'>');
    if b.first().is_some_and(closes) {
        &b[1..]
    } else {
        b
    }
}

/// Without the marks that part fields.
fn words(b: &[u8]) -> &[u8] {
    let mark = |c: &u8| b" \t=-*#|:,;\"'".contains(c);
    let from = b.iter().position(|c| !mark(c)).unwrap_or(b.len());
    let end = b.iter().rposition(|c| !mark(c)).map_or(from, |n| n + 1);
    &b[from..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Body;
    use crate::time::field::learn;

    /// Level and text of the second of four lines alike.
    fn said(line: &str) -> (Level, String) {
        let lines: Vec<String> = (5..9)
            .map(|m| line.replace("MIN", &format!("0{m}")))
            .collect();
        let lines: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
        let format = TimedText {
            name: "text with a time".into(),
            time: learn(&lines, None).unwrap(),
        };
        let Body::Message(m) = format.parse(lines[1]).unwrap().body else {
            panic!("{line}");
        };
        (m.level, String::from_utf8_lossy(&m.text).into_owned())
    }

    #[test]
    fn the_time_is_taken_out_of_the_sentence() {
        for (line, level, text) in [
            (
                "=== ship 2026-03-10 13:MIN:00 ann shop 4.2.0 (was 4.1.9)",
                Level::Info,
                "ship ann shop 4.2.0 (was 4.1.9)",
            ),
            (
                "--- 2026-03-10 13:MIN:00 +0100 | begin",
                Level::Info,
                "begin",
            ),
            (
                "[deploy] <2026-03-10T13:MIN:00Z> shop is up",
                Level::Info,
                "[deploy] shop is up",
            ),
            (
                "<shop-1> 20.11.2026 06:MIN:18 | ERROR | payment failed",
                Level::Error,
                "<shop-1> payment failed",
            ),
            (
                "ERR;node7;payment failed;10.03.2026;13:MIN:00",
                Level::Error,
                "node7;payment failed",
            ),
            (
                "WARN - disk is slow - Time: 2026-03-10 13:MIN:00",
                Level::Warn,
                "disk is slow",
            ),
            (
                "app-1 Tue Mar 10 13:MIN:00 2026 [vol] is full",
                Level::Info,
                "app-1 [vol] is full",
            ),
        ] {
            assert_eq!(said(line), (level, text.to_owned()), "{line}");
        }
    }
}
