//! Listings: a key and its value per line, one record below the other, as programs print what is too wide for a table (Windows
//! events as text, PowerShell's Format-List, MySQL's `\G`, psql's `\x`, apt's history). A record becomes one object of strings,
//! which the formats of JSON lines read.

use super::csv::is_of_use;
use super::journal_export::member;
use super::{ByLine, Framer, LONGEST, LineJoiner, Units};

/// Bytes of a key, or of a line that stands above each record.
const HEADING: usize = 120;
/// Keys that one record has where it is the only one.
const KEYS: usize = 4;
/// Records that are asked for a format.
const RECORDS: usize = 40;

/// Whether an input begins so.
pub(super) fn claims(head: &[u8]) -> bool {
    let lines = || head.split(|c| *c == b'\n').map(<[u8]>::trim_ascii_end);
    let mut filled = lines().filter(|l| !l.is_empty());
    let keys = filled.next().and_then(Opener::of).is_some()
        && filled.next().is_some_and(|l| KeyPlace::of(l).is_some());
    if !keys {
        return false;
    }
    let (mut listing, mut units) = (ByLine::<Listing>::default(), Units::default());
    listing.feed(head, &mut units);
    listing.finish(&mut units);
    let texts = units.list.iter().take(RECORDS);
    let texts: Vec<&[u8]> = texts.map(|u| &units.bytes[u.text.clone()]).collect();
    let read = texts.iter().filter(|t| is_of_use(t)).count();
    let alone = texts.len() == 1 && listing.open.keys < KEYS;
    read > 0 && read * 2 >= texts.len() && !alone
}

/// The line that begins each record.
#[derive(Debug, PartialEq, Eq)]
enum Opener {
    /// `Event[0]`, `*** 1. row ***`, `-[ RECORD 1 ]---`: a number, and a word that is the same above each.
    Numbered(Vec<u8>),
    /// The key that comes first.
    Key(Vec<u8>),
}

impl Opener {
    fn of(line: &[u8]) -> Option<Opener> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        if let Some((key, _)) = KeyPlace::of(line).and_then(|s| s.cut(line)) {
            return Some(Opener::Key(key.to_vec()));
        }
        let numbers = line
            .split(|c| !c.is_ascii_digit())
            .filter(|n| !n.is_empty());
        let one = line.len() <= HEADING && numbers.count() == 1;
        let marked = line.iter().any(|c| b"[*-".contains(c));
        let word = line.iter().filter(|c| c.is_ascii_alphabetic());
        let word: Vec<u8> = word.copied().collect();
        (one && marked && !word.is_empty()).then_some(Opener::Numbered(word))
    }
}

/// Where the keys of a listing stand.
#[derive(Clone, Copy, Debug)]
struct KeyPlace {
    /// Blanks in front of a key.
    indent: usize,
    /// Where the mark behind it stands.
    mark: usize,
    /// `:` or `|`.
    sign: u8,
}

impl KeyPlace {
    /// Of the first line with a key.
    fn of(line: &[u8]) -> Option<KeyPlace> {
        let indent = line.iter().take_while(|c| **c == b' ').count();
        let mark = line.iter().take(HEADING).position(|c| b":|".contains(c))?;
        let shape = KeyPlace {
            indent,
            mark,
            sign: line[mark],
        };
        shape.cut(line).map(|_| shape)
    }

    /// Key and value of a line whose key stands where those of the listing begin, or end.
    fn cut<'a>(&self, line: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let mark = line.iter().take(HEADING).position(|c| *c == self.sign)?;
        let key = line[..mark].trim_ascii();
        let indent = line.iter().take_while(|c| **c == b' ').count();
        let named = key.first().is_some_and(u8::is_ascii_alphabetic)
            && key
                .iter()
                .all(|c| c.is_ascii_alphanumeric() || b" _-.".contains(c));
        let value = &line[mark + 1..];
        let apart = matches!(value.first(), None | Some(b' ' | b'\t'));
        let stands = indent == self.indent || mark == self.mark;
        (named && apart && stands).then(|| (key, value.trim_ascii()))
    }
}

/// The record that is being put together.
#[derive(Debug, Default)]
pub(super) struct Listing {
    opener: Option<Opener>,
    shape: Option<KeyPlace>,
    fields: Vec<(Vec<u8>, Vec<u8>)>,
    /// How many keys the last record had.
    keys: usize,
    bytes: usize,
    at: (u64, u64),
    last: u64,
}

impl LineJoiner for Listing {
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units) {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            return;
        }
        let shape = self.shape.or_else(|| KeyPlace::of(line));
        let field = shape.and_then(|s| s.cut(line));
        self.opener = self.opener.take().or_else(|| Opener::of(line));
        let opens = match &self.opener {
            Some(Opener::Key(first)) => field.is_some_and(|(key, _)| key == first),
            numbered => field.is_none() && *numbered == Opener::of(line),
        };
        if opens {
            self.end(out);
            self.at = (offset, number);
        }
        self.last = number;
        self.bytes += line.len();
        match (field, self.fields.last_mut()) {
            _ if self.bytes >= LONGEST => {}
            (Some((key, value)), _) => {
                self.shape = shape;
                self.fields.push((key.to_vec(), value.to_vec()));
            }
            (None, Some((_, value))) => {
                if !value.is_empty() {
                    value.push(b'\n');
                }
                value.extend_from_slice(line.trim_ascii());
            }
            (None, None) => {}
        }
    }

    fn end(&mut self, out: &mut Units) {
        let long = std::mem::take(&mut self.bytes) >= LONGEST;
        if self.fields.is_empty() {
            return;
        }
        let mut text = Vec::new();
        for (key, value) in &self.fields {
            member(&mut text, key, value);
        }
        text.push(b'}');
        // one that is too long is counted, not read
        if long {
            text.clear();
        }
        out.add(self.at.0, (self.at.1, self.last), &[&text]);
        self.keys = self.fields.len();
        self.fields.clear();
    }
}
