//! What people wrote, as text: a time and a name on a line of their own and the words below (Discord, notes of tickets), or all on one
//! line as messengers of phones export it (`24/03/2026, 09:58 - Kim: …`). Each becomes one record; which format reads it is here, too.

use super::{ByLine, Frame, LineJoiner, Units};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::marker::is_person;
use crate::record::{Author, Body, Kind, Level, Message, Record};
use crate::time::{Dated, stamp};
use std::collections::BTreeSet;

/// Transcripts of conversations.
pub static TRANSCRIPT: Frame = Frame {
    name: "transcript",
    about: "what people wrote, as text: a time, a name and words (Discord, WhatsApp, notes of tickets)",
    sample: "[10/03/2026 13:05] kim\nrolling back to 4.1.9\n\n[10/03/2026 13:07] lee\nack\n\n[10/03/2026 13:09] kim\nit is over\n",
    claims,
    start: || Box::new(ByLine::<OpenMessage>::default()),
    format: Some(&TranscriptRow),
};

/// Bytes of a name, and its words.
const NAME: usize = 48;
const NAME_WORDS: usize = 4;
/// Bytes of one message.
const LONGEST: usize = 8 << 10;
/// Messages that show what a file is.
const ENOUGH: usize = 3;

/// The line with which a message begins.
struct FirstLine<'a> {
    time: &'a [u8],
    author: &'a [u8],
    /// The words, where they stand on the same line.
    words: Option<&'a [u8]>,
}

fn head(line: &[u8]) -> Option<FirstLine<'_>> {
    let line = line.trim_ascii_end();
    let bracket = line.strip_prefix(b"[");
    let start = bracket.unwrap_or(line);
    let (behind, at) = stamp::any_shape(start).ok()?;
    if at.dated == Dated::NoDate {
        return None;
    }
    let time = &start[..start.len() - behind.len()];
    // messengers write a comma between the day and the clock
    let comma = time.contains(&b',');
    let rest = match bracket {
        Some(_) => behind.strip_prefix(b"]")?,
        None => behind,
    };
    let rest = rest.strip_prefix(b" ")?;
    let rest = rest.strip_prefix(b"- ").unwrap_or(rest);
    let colon = memchr::memmem::find(rest, b": ").filter(|_| comma);
    let (author, words) = match colon {
        Some(at) => (&rest[..at], Some(&rest[at + 2..])),
        None => (rest, None),
    };
    // which kind of note it is
    let author = match memchr::memmem::find(author, b" (") {
        Some(at) if author.ends_with(b")") => &author[..at],
        _ => author,
    };
    is_author(author).then_some(FirstLine {
        time,
        author,
        words,
    })
}

fn is_author(name: &[u8]) -> bool {
    let word = |w: &[u8]| {
        let inner = |c: &u8| c.is_ascii_alphanumeric() || *c >= 0x80 || b"._-'#@".contains(c);
        let first = w.strip_prefix(b"@").unwrap_or(w).first();
        first.is_some_and(|c| c.is_ascii_alphabetic() || *c >= 0x80) && w.iter().all(inner)
    };
    let mut words = name.split(|c| *c == b' ');
    (2..=NAME).contains(&name.len())
        && name.iter().filter(|c| **c == b' ').count() < NAME_WORDS
        && words.clone().all(word)
        && words.all(|w| w.len() < 2 || Level::from_word(w).is_none())
}

/// Nearly all lines that begin with a time are heads of messages, several of one author.
fn claims(start: &[u8]) -> bool {
    let mut lines = start
        .split(|c| *c == b'\n')
        .map(<[u8]>::trim_ascii)
        .peekable();
    let (mut heads, mut others, mut authors) = (0, 0, BTreeSet::new());
    while let Some(line) = lines.next() {
        let begins = line.strip_prefix(b"[").unwrap_or(line);
        if !stamp::may_begin(begins) {
            continue;
        }
        let below = lines.peek().copied().unwrap_or_default();
        match head(line) {
            Some(h) if h.words.is_some() || !below.is_empty() && head(below).is_none() => {
                heads += 1;
                authors.insert(h.author.to_vec());
            }
            _ => others += usize::from(stamp::any_shape(begins).is_ok()),
        }
    }
    heads >= ENOUGH && authors.len() < heads && others * 10 <= heads
}

#[derive(Debug, Default)]
struct OpenMessage {
    text: Vec<u8>,
    at: (u64, (u64, u64)),
}

impl LineJoiner for OpenMessage {
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units) {
        if let Some(h) = head(line) {
            self.end(out);
            self.text = [h.time, b"\t", h.author, b"\t", h.words.unwrap_or_default()].concat();
            self.at = (offset, (number, number));
            return;
        }
        let line = line.trim_ascii();
        if self.text.is_empty() || line.is_empty() || self.text.len() > LONGEST {
            return;
        }
        if !self.text.ends_with(b"\t") {
            self.text.push(b' ');
        }
        self.text
            .extend_from_slice(&line[..line.len().min(LONGEST)]);
        self.at.1.1 = number;
    }

    fn end(&mut self, out: &mut Units) {
        if !self.text.is_empty() {
            out.add(self.at.0, self.at.1, &[&self.text]);
        }
        *self = OpenMessage::default();
    }
}

/// The time, the name and the words of a message, between tabs.
pub struct TranscriptRow;

impl Format for TranscriptRow {
    fn meta(&self) -> Meta<'_> {
        Meta::pager("transcript", "messages of a transcript")
            .begins(b"0-9", Signs::TAB)
            .sample("10/03/2026 13:05\tkim\trolling back to 4.1.9")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let mut parts = line.splitn(3, |c| *c == b'\t');
        let at = stamp::whole(parts.next()?)?;
        let (author, words) = (parts.next()?, parts.next()?);
        let mut m = Message::new(Level::Info, words);
        let person = is_person(author, words);
        m.author = person.then(|| Author::of(author));
        let mut r = Record::new(Some(at), Body::Message(m));
        r.scope = Some(Kind::Pager);
        Some(r)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::framed;
    use super::*;

    const DISCORD: &str = "=====\nGuild: Shop\n=====\n\n[24/03/2026 9:58 am] kim\nbackup moved to 10:30\n\n[24/03/2026 11:04 am] Zabbix\n\
        PROBLEM: few readings\n\n[24/03/2026 11:09 am] kim\nDuplicate entry.\ndid 218 touch it?\n";
    const PHONE: &str = "24/03/2026, 09:58 - Kim Lee: backup moved\n24/03/2026, 11:09 - Ada: and now?\nno idea\n24/03/2026, 11:10 - Kim Lee: found it\n";
    const NOTES: &str = "2026-03-03 10:54:10 - Rita D (Additional comments)\nService restored.\n\n2026-03-03 10:50:44 - Rita D (Work notes)\n\
        Change merged.\n\n2026-03-03 10:33:20 - Paul N (Work notes)\nRestarted.\n";

    fn read(text: &str) -> Vec<(String, String)> {
        assert!(claims(text.as_bytes()), "{text}");
        let rows = framed(&TRANSCRIPT, text.as_bytes(), 9);
        let row = |(text, _, _): &(Vec<u8>, u64, u64)| {
            let r = TranscriptRow
                .parse(text)
                .unwrap_or_else(|| panic!("{text:?}"));
            let Body::Message(m) = r.body else { panic!() };
            let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
            (
                m.author
                    .as_deref()
                    .map(|a| text(&a.name))
                    .unwrap_or_default(),
                text(&m.text),
            )
        };
        rows.iter().map(row).collect()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
        list.iter().map(owned).collect()
    }

    #[test]
    fn each_message_has_its_author_and_its_words() {
        let discord = [
            ("kim", "backup moved to 10:30"),
            ("", "PROBLEM: few readings"),
            ("kim", "Duplicate entry. did 218 touch it?"),
        ];
        assert_eq!(read(DISCORD), pairs(&discord));
        let phone = [
            ("Kim Lee", "backup moved"),
            ("Ada", "and now? no idea"),
            ("Kim Lee", "found it"),
        ];
        assert_eq!(read(PHONE), pairs(&phone));
        let notes = [
            ("Rita D", "Service restored."),
            ("Rita D", "Change merged."),
            ("Paul N", "Restarted."),
        ];
        assert_eq!(read(NOTES), pairs(&notes));
    }

    #[test]
    fn logs_are_none() {
        for text in [
            "2026-03-10 13:05:00 Server started\n2026-03-10 13:05:01 Listening\n2026-03-10 13:05:02 Server ready\n2026-03-10 13:05:02 Server ready\n",
            "2026-03-10 13:05:00 ERROR\nTraceback\n2026-03-10 13:05:01 ERROR\nTraceback\n2026-03-10 13:05:01 ERROR\nTraceback\n",
            "2026-03-10 13:05:00 - worker: started job\n2026-03-10 13:05:00 - worker: started job\n2026-03-10 13:05:00 - worker: ended job\n",
        ] {
            assert!(!claims(text.as_bytes()), "{text}");
        }
    }
}
