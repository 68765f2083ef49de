//! What people wrote, as text: a time and a name on a line of their own and the words below (Discord, Slack, notes of tickets), or
//! all on one line (messengers of phones, IRC). The day may stand in a line above. Each message becomes one record; which format
//! reads it is here, too.

use super::{LineJoiner, Units};
use crate::marker::{is_bot, posted};
use crate::record::{Body, Level, Message, Record};
use crate::table::words;
use crate::text::named::is_given;
use crate::time::written::{self, Heading};
use crate::time::{Dated, stamp};
use std::collections::BTreeSet;

/// Bytes of a name, and its words.
const NAME: usize = 48;
const NAME_WORDS: usize = 4;
/// Bytes of one message.
const LONGEST: usize = 8 << 10;
/// Messages that show what a file is.
const ENOUGH: usize = 3;

/// With which words people speak of themselves and to each other: pronouns of several languages.
const PERSONS: [&str; 34] = words(
    "i we you me us my our your i'm i'll i've we're we'll you're anyone anybody ich wir mir mich uns du ihr je nous vous yo \
    jeg vi jag meg oss deg dere",
);

/// The line with which a message begins.
struct FirstLine<'a> {
    time: When<'a>,
    author: Who<'a>,
    /// The words, where they stand on the same line.
    words: Option<&'a [u8]>,
    /// Whether programs write lines of that shape, too.
    common: bool,
}

/// When it was written.
enum When<'a> {
    /// With its day.
    Whole(&'a [u8]),
    /// The second of the day that a line above names.
    Clock(u32),
}

/// Who wrote it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who<'a> {
    Named(&'a [u8]),
    /// Who stands on the line above.
    Above,
    /// Who wrote the last message, too.
    Same,
    /// A client, of people who come and go.
    Nobody,
}

fn head(line: &[u8]) -> Option<FirstLine<'_>> {
    dated(line).or_else(|| clocked(line))
}

/// A line with a day, a time and a name.
fn dated(line: &[u8]) -> Option<FirstLine<'_>> {
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
    let colon = memchr::memmem::find(rest, b": ");
    let (author, words) = match colon {
        Some(at) => (&rest[..at], Some(&rest[at + 2..])),
        None => (rest, None),
    };
    let author = without_note(author);
    by_person(author, words).then_some(FirstLine {
        time: When::Whole(time),
        author: Who::Named(author),
        words,
        common: words.is_some() && !comma,
    })
}

/// A name without what stands in brackets behind it: which kind of note it is, what somebody is.
fn without_note(author: &[u8]) -> &[u8] {
    match memchr::memmem::find(author, b" (") {
        Some(at) if author.ends_with(b")") => &author[..at],
        _ => author,
    }
}

/// A line with a time of day: `21:56 <@kim> on it`, `22:02  * kim stopped it`, `[21:56] kim: on it`, `[2:20 PM] Kim Lee`, `Kim Lee  2:03 PM`, or nothing
/// else, where who wrote it stands above (`APP` and the time, for a program).
fn clocked(line: &[u8]) -> Option<FirstLine<'_>> {
    let line = line.trim_ascii_end();
    let alone = |text: &[u8]| written::clock(text).filter(|c| c.1.is_empty()).map(|c| c.0);
    let said = |second, author, words| FirstLine {
        time: When::Clock(second),
        author,
        words,
        common: false,
    };
    let start = line.trim_ascii_start();
    let bracket = start.strip_prefix(b"[");
    if let Some((second, rest)) = written::clock(bracket.unwrap_or(start)) {
        let rest = match bracket {
            Some(_) => rest.strip_prefix(b"]")?,
            None => rest,
        };
        let text = rest.trim_ascii_start();
        if text.is_empty() {
            let begins = line[0] == b' ' || line[line.len() - 1].is_ascii_alphabetic();
            let who = if begins { Who::Above } else { Who::Same };
            return Some(said(second, who, None));
        }
        if text.starts_with(b"-!- ") {
            return Some(said(second, Who::Nobody, None));
        }
        let (name, words) = match text {
            [b'<', text @ ..] => {
                let end = memchr::memchr(b'>', &text[..text.len().min(NAME)])?;
                (&text[..end], text[end + 1..].strip_prefix(b" ")?)
            }
            [b'*', b' ', text @ ..] => text.split_at(memchr::memchr(b' ', text)?),
            _ => {
                let (author, words) = match memchr::memmem::find(text, b": ") {
                    Some(at) => (&text[..at], Some(&text[at + 2..])),
                    // who speaks alone, and the words below
                    None => (bracket.and(Some(text))?, None),
                };
                let author = without_note(author);
                let common = words.is_some();
                return by_person(author, words).then(|| FirstLine {
                    common,
                    ..said(second, Who::Named(author), words)
                });
            }
        };
        // what an operator of a channel is marked with
        let name = name.trim_ascii();
        let name = name
            .strip_prefix(b"@")
            .or(name.strip_prefix(b"+"))
            .unwrap_or(name);
        return is_author(name).then(|| said(second, Who::Named(name), Some(words.trim_ascii())));
    }
    let at = memchr::memmem::find(&line[..line.len().min(NAME + 2)], b"  ")?;
    let second = alone(line[at..].trim_ascii_start())?;
    let author = match &line[..at] {
        b"APP" | b"BOT" => Who::Above,
        name => Who::Named(without_note(name)),
    };
    let named = !matches!(author, Who::Named(name) if !is_author(name));
    named.then(|| said(second, author, None))
}

/// Whether a name is an author's, and what is written no program's: a level in front is (`query-errors: info: client …`).
fn by_person(name: &[u8], words: Option<&[u8]>) -> bool {
    let mut parts = words.unwrap_or_default().splitn(2, |c| *c == b':');
    let leveled = parts.next().and_then(Level::from_word).is_some() && parts.next().is_some();
    is_author(name) && !leveled
}

fn is_author(name: &[u8]) -> bool {
    let word = |w: &[u8]| {
        let inner = |c: &u8| c.is_ascii_alphanumeric() || *c >= 0x80 || b"._-'#@,".contains(c);
        let first = w.strip_prefix(b"@").unwrap_or(w).first();
        first.is_some_and(|c| c.is_ascii_alphabetic() || *c >= 0x80) && w.iter().all(inner)
    };
    let words = name.split(|c| *c == b' ');
    (2..=NAME).contains(&name.len())
        && name.iter().filter(|c| **c == b' ').count() < NAME_WORDS
        && words.clone().all(word)
        && words
            .flat_map(|w| w.split(|c| *c == b'.'))
            .all(|w| w.len() < 2 || Level::from_word(w).is_none())
}

/// Whether a name begins with one that is given to people, or ends with it behind a comma.
fn is_person(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name);
    let given = name.rsplit(", ").next().unwrap_or_default();
    let given = given.split(' ').next().unwrap_or_default();
    given.starts_with(char::is_uppercase) && is_given(given)
}

/// What was written, where it speaks to somebody; without digits, in which what programs repeat differs.
fn addressed(said: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(said).to_lowercase();
    let said: String = said.chars().filter(|c| !c.is_ascii_digit()).collect();
    // a part of a name is no word: `mail.us.example`
    let words = said.split_whitespace();
    let mut words = words.map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()));
    let speaks = said.ends_with('?')
        || said.starts_with('@')
        || ["? ", " @"].iter().any(|sign| said.contains(sign))
        || words.any(|w| PERSONS.contains(&w));
    speaks.then_some(said)
}

/// Nearly all lines that begin with a time are heads of messages, several of one author. Where programs write such lines, too, several
/// authors speak, and half of them are called as people are, or of their lines one in ten speaks to somebody, each in words of its own.
pub(super) fn claims(start: &[u8]) -> bool {
    let mut lines = start
        .split(|c| *c == b'\n')
        .map(<[u8]>::trim_ascii_end)
        .peekable();
    let (mut heads, mut others, mut authors, mut above) = (0, 0, BTreeSet::new(), &b""[..]);
    let (mut common, mut spoken) = (0, BTreeSet::new());
    while let Some(line) = lines.next() {
        let begins = line.trim_ascii_start();
        let begins = begins.strip_prefix(b"[").unwrap_or(begins);
        let below = lines.peek().copied().unwrap_or_default();
        match head(line) {
            Some(h) if h.words.is_some() || !below.is_empty() && head(below).is_none() => {
                let author = match h.author {
                    Who::Named(name) => Some(name),
                    Who::Above => Some(without_note(above.trim_ascii())).filter(|a| is_author(a)),
                    Who::Same | Who::Nobody => None,
                };
                heads += usize::from(author.is_some());
                common += usize::from(h.common);
                spoken.extend(h.words.filter(|_| h.common).and_then(addressed));
                authors.extend(author);
            }
            Some(FirstLine {
                author: Who::Same | Who::Nobody,
                ..
            }) => {}
            // a time that stands alone is something said
            _ => {
                let behind = stamp::any_shape(begins).map(|(rest, _)| !rest.is_empty());
                others += usize::from(behind.unwrap_or(false));
            }
        }
        above = line;
    }
    let people = authors.iter().filter(|a| is_person(a)).count();
    let speak = spoken.len() > 1 && spoken.len() * 10 >= common || people * 2 >= authors.len();
    let talk = common == 0 || authors.len() > 1 && speak;
    heads >= ENOUGH && authors.len() < heads && others * 10 <= heads && talk
}

#[derive(Debug, Default)]
pub(super) struct OpenMessage {
    text: Vec<u8>,
    at: (u64, (u64, u64)),
    /// The last line of it and its number; it may name who writes the next.
    last: (Vec<u8>, u64),
    /// Who writes it.
    author: Vec<u8>,
    /// The day that a line above named, and the second of the last message in it.
    day: Option<Heading>,
    second: u32,
}

impl LineJoiner for OpenMessage {
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units) {
        if let Some(h) = head(line) {
            match h.author {
                Who::Named(name) => self.author = name.to_vec(),
                Who::Above if is_author(without_note(&self.last.0)) => {
                    self.author = without_note(&std::mem::take(&mut self.last.0)).to_vec();
                }
                _ => {}
            }
            self.end(out);
            if h.author == Who::Nobody {
                return;
            }
            let time = match h.time {
                When::Whole(time) => time.to_vec(),
                When::Clock(second) => {
                    // which half of the day stands behind the first time of who goes on
                    let noon = 12 * 3600;
                    let later = h.author == Who::Same && second < self.second && second < noon;
                    self.second = second + if later { noon } else { 0 };
                    self.of_day(self.second).into_bytes()
                }
            };
            let words = h.words.unwrap_or_default();
            self.text = [&time, &b"\t"[..], &self.author, b"\t", words].concat();
            self.at = (offset, (number, number));
            return;
        }
        let line = line.trim_ascii();
        // before anybody spoke, the title of an export may name the day in a sentence
        let title = self.text.is_empty() && self.day.is_none();
        let day = match title {
            true => written::heading(line),
            false => written::divider(line),
        };
        if let Some(day) = day {
            self.end(out);
            self.day = Some(day);
        } else if !line.is_empty() {
            self.take_last();
            self.last = (line[..line.len().min(LONGEST)].to_vec(), number);
        }
    }

    fn end(&mut self, out: &mut Units) {
        self.take_last();
        if !self.text.is_empty() {
            out.add(self.at.0, self.at.1, &[&self.text]);
            self.text.clear();
        }
    }
}

impl OpenMessage {
    /// The last line is one of the message.
    fn take_last(&mut self) {
        let (line, number) = std::mem::take(&mut self.last);
        if self.text.is_empty() || line.is_empty() || self.text.len() > LONGEST {
            return;
        }
        if !self.text.ends_with(b"\t") {
            self.text.push(b' ');
        }
        self.text.extend_from_slice(&line);
        self.at.1.1 = number;
    }

    /// A second of the day that is known; its year may stay open, and so may all of it.
    fn of_day(&self, second: u32) -> String {
        let (h, min, s) = (second / 3600, second / 60 % 60, second % 60);
        let clock = format!("{h:02}:{min:02}:{s:02}");
        match self.day {
            Some(Heading {
                year: Some(y),
                month,
                day,
                ..
            }) => {
                format!("{y:04}-{month:02}-{day:02} {clock}")
            }
            Some(Heading { month, day, .. }) => {
                let name = written::month_name(month);
                format!("{name} {day:>2} {clock}")
            }
            None => clock,
        }
    }
}

/// Reads one of the frame's own lines.
pub(super) fn parse(line: &[u8]) -> Option<Record<'_>> {
    let mut parts = line.splitn(3, |c| *c == b'\t');
    let at = stamp::whole(parts.next()?)?;
    let (author, words) = (parts.next()?, parts.next()?);
    let mut m = Message::new(Level::Info, words);
    let (scope, person) = posted(author, words, is_bot(&String::from_utf8_lossy(author)));
    m.author = person;
    Some(Record::new(Some(at), Body::Message(m)).in_scope(scope))
}
