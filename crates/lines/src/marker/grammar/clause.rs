//! A message as clauses of words: what stands in round brackets is left out, quotes and square brackets hold one word each.

use super::event::is_title;
use super::foreign;
use super::lexicon::{Bits, PARTICLES, PRODUCTION, Sense, Verb, VerbForm, sense};
use super::lists::{packed, words};
use crate::marker::fields::is_hash;
use crate::table::words;
use crate::text::likeness::LONGEST;

/// Bytes of a message in which its first clauses stand: all of one that has a key.
const LOOKED_AT: usize = LONGEST;
/// The same of a record, whose members may stand in any order.
const RECORD: usize = 1024;
/// Bytes of a quote that is one word, and of a name that may be that of a step.
pub(super) const QUOTED: usize = 120;
pub(super) const NAME: usize = 60;
/// Words of one clause, and clauses, that are looked at.
const WORDS: usize = 24;
const CLAUSES: usize = 8;

/// A word and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'t> {
    pub(super) text: &'t [u8],
    pub(super) name: u128,
    /// Where it begins and ends in the message.
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) sense: Sense,
    /// What stands in front of a `=`.
    pub(super) key: Option<&'t [u8]>,
    pub(super) quoted: bool,
    pub(super) bracketed: bool,
    /// Whether a colon follows.
    pub(super) tag: bool,
}

impl Word<'_> {
    pub(super) fn is(&self, bits: Bits) -> bool {
        self.sense.is & bits != 0
    }
    pub(super) fn verb(&self) -> Option<Verb> {
        self.sense.verb.map(|v| v.0)
    }
    pub(super) fn form(&self) -> Option<VerbForm> {
        self.sense.verb.map(|v| v.1)
    }
    pub(super) fn eq(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word.as_bytes())
    }
    pub(super) fn any(&self, words: &[u128]) -> bool {
        words.contains(&self.name)
    }
    /// Whether the first byte is of a kind: the word of a field without a value has none.
    pub(super) fn opens_with(&self, kind: impl Fn(&u8) -> bool) -> bool {
        self.text.first().is_some_and(kind)
    }
    /// In capitals, and more than one of them.
    pub(super) fn capitals(&self) -> bool {
        let letters = || self.text.iter().filter(|c| c.is_ascii_alphabetic());
        letters().count() > 1 && letters().all(u8::is_ascii_uppercase)
    }
    /// Of the shape of a name that somebody gave: quoted, or with a digit, a sign or a capital within it.
    pub(super) fn is_name(&self) -> bool {
        // a number in front says the same however long it is
        let front = self.text.iter().take_while(|c| c.is_ascii_digit()).count();
        let inner = self.text.get(front.max(1)..).unwrap_or_default();
        let sign = |c: &u8| c.is_ascii_digit() || b"-_./@:".contains(c);
        let camel = inner.iter().any(u8::is_ascii_uppercase)
            && self.text.iter().any(u8::is_ascii_lowercase);
        let plain = self.sense.verb.is_none() && self.sense.is & !PRODUCTION == 0;
        let named = plain && (inner.iter().any(sign) || camel);
        self.key.is_none() && (self.quoted || self.bracketed || named && !self.is_number())
    }
    /// Digits, and at most a sign before or a unit behind them.
    pub(super) fn is_number(&self) -> bool {
        let b = self.text.strip_prefix(b"#").unwrap_or(self.text);
        let n = b
            .iter()
            .take_while(|c| c.is_ascii_digit() || **c == b'.')
            .count();
        n > 0 && b.len() - n <= 1 && b.iter().filter(|c| **c == b'.').count() < 2
    }
    /// A version, a tag or a commit.
    pub(super) fn is_version(&self) -> bool {
        // most words have no digit, and so are none
        if self.key.is_some() || !self.text.iter().any(u8::is_ascii_digit) {
            return false;
        }
        let b = self.text.strip_prefix(b"v").unwrap_or(self.text);
        let dotted = b
            .windows(3)
            .any(|w| w[0].is_ascii_digit() && w[1] == b'.' && w[2].is_ascii_digit());
        let address = || {
            b.iter().all(|c| c.is_ascii_digit() || b".:".contains(c))
                && memchr::memchr_iter(b'.', b).count() == 3
        };
        let short = || {
            self.text.len() < 8
                && self.text.first().is_some_and(|c| b"vr".contains(c))
                && self.text.len() > 1
                && self.text[1..].iter().all(u8::is_ascii_digit)
        };
        // a release that is called by its time: `20260310101240`
        let dated = || b.len() == 14 && b.starts_with(b"20") && b.iter().all(u8::is_ascii_digit);
        let named = dotted && !address() && !unit(b) || is_hash(b) || short() || dated();
        !self.text.starts_with(b"/") && named
    }
}

/// Whether a number ends in a unit (`74.2s`, `89.5%`).
fn unit(b: &[u8]) -> bool {
    let n = b
        .iter()
        .take_while(|c| c.is_ascii_digit() || **c == b'.')
        .count();
    n < b.len() && crate::text::words::is_unit(&b[n..])
}

/// Gives every clause at the beginning of a message to `look`, until it says that it has seen enough.
pub(super) fn each(text: &[u8], mut look: impl FnMut(&[Word<'_>]) -> bool) {
    let most = if memchr::memmem::find(text, b"{\"").is_some() {
        RECORD
    } else {
        LOOKED_AT
    };
    let text = &text[..text.len().min(most)];
    let cells = is_cells(text);
    let mut words: Vec<Word<'_>> = Vec::with_capacity(WORDS);
    let (mut at, mut clauses) = (0, 0);
    while at <= text.len() && clauses < CLAUSES {
        let cut = step(text, cells, &mut at, &mut words);
        if cut != ClauseEnd::No {
            if !words.is_empty() {
                clauses += 1;
                speaker(&mut words);
                // a question states nothing
                if cut != ClauseEnd::Question && look(&words) {
                    return;
                }
            }
            words.clear();
            if cut == ClauseEnd::Last {
                // what it was done after is told up to the end of the sentence
                let Some(end) = end_of_sentence(&text[at.min(text.len())..]) else {
                    return;
                };
                at += end;
            }
        }
    }
}

/// Where a sentence ends behind which another one follows.
fn end_of_sentence(text: &[u8]) -> Option<usize> {
    let stop = |w: &[u8]| matches!(w, [b'.' | b'!', b' ']);
    text.windows(2).position(stop).map(|n| n + 2)
}

/// Whether a text is the row of a table: cells between commas behind which no blank stands.
fn is_cells(text: &[u8]) -> bool {
    let all = || memchr::memchr_iter(b',', text);
    let tight = all().filter(|n| text.get(n + 1).is_some_and(|c| !c.is_ascii_whitespace()));
    let (tight, all) = (tight.count(), all().count());
    tight > 1 && tight * 2 > all && !text.contains(&b'{')
}

/// A name in small letters in front of a sentence says who speaks (`heroku/web.1 Restarting`, `<0.402.0> memory`).
fn speaker(words: &mut [Word<'_>]) {
    let [first, next, ..] = words else { return };
    let process = first.text.first() == Some(&b'<') && first.sense == Sense::default();
    let path = first.opens_with(u8::is_ascii_lowercase) && first.text.contains(&b'/');
    let sentence = next.opens_with(u8::is_ascii_uppercase) && !next.quoted && next.key.is_none();
    // and so does a place in a program: `Daemon.java:670 - Startup complete`
    let mut parts = first.text.split(|b| *b == b':');
    let number = |b: &[u8]| !b.is_empty() && b.iter().all(u8::is_ascii_digit);
    let source = parts
        .next()
        .is_some_and(|f| f.contains(&b'.') && f.first().is_some_and(u8::is_ascii_alphabetic))
        && parts.next().is_some_and(number)
        && parts.next().is_none();
    first.tag |= !first.quoted && first.key.is_none() && (process || path && sentence || source);
}

#[derive(PartialEq, Eq)]
enum ClauseEnd {
    No,
    Clause,
    /// What follows is said of another time, or of why.
    Last,
    Question,
}

/// Reads the next word or the end of a clause.
fn step<'t>(text: &'t [u8], cells: bool, at: &mut usize, words: &mut Vec<Word<'t>>) -> ClauseEnd {
    let from = *at;
    let Some(&c) = text.get(from) else {
        *at = text.len() + 1;
        return ClauseEnd::Clause;
    };
    let blank = |n: usize| text.get(n).is_none_or(u8::is_ascii_whitespace);
    *at += 1;
    match c {
        b';' | b'|' | b'\t' => return ClauseEnd::Clause,
        b',' if cells => return ClauseEnd::Clause,
        // columns
        b' ' if text[*at..].starts_with(b"  ") => return ClauseEnd::Clause,
        b'?' if blank(from + 1) => return ClauseEnd::Question,
        b',' | b'.' | b'!' if blank(from + 1) => return ClauseEnd::Clause,
        // behind one name it is no other clause yet
        b'-' if blank(from + 1) && words.len() > 1 => return ClauseEnd::Clause,
        b'(' if from == 0 || !text[from - 1].is_ascii_alphanumeric() => {
            let close = memchr::memchr(b')', &text[from..]);
            *at = close.map_or(from + 1, |n| from + n + 1);
            return ClauseEnd::No;
        }
        b'"' | b'\'' | b'`' | b'[' | b'('
            if from == 0 || !text[from - 1].is_ascii_alphanumeric() || b"[(".contains(&c) =>
        {
            // what is said by a member or a field is read like what is said by the line
            let quote = !b"[(".contains(&c);
            let key = words.last().and_then(|w| key_of(text, w, from));
            if quote && key.is_some_and(|k| is_said(k, &text[from + 1..], c)) {
                words.pop();
                return ClauseEnd::Clause;
            }
            let bracket = b"[(".contains(&c);
            let end = match c {
                b'[' => b']',
                b'(' => b')',
                quote => quote,
            };
            let close = text[from + 1..].iter().take(QUOTED).position(|x| *x == end);
            if let Some(n) = close.filter(|n| *n > 0) {
                let inner = from + 1..from + 1 + n;
                *at = inner.end + 1;
                let key = key.filter(|_| {
                    quote && text[inner.end + 1..].trim_ascii_start().first() != Some(&b':')
                });
                if key.is_some() && words.last().is_some_and(|w| w.quoted) {
                    words.pop();
                }
                push(text, inner, words, |w| {
                    w.key = key.or(w.key);
                    w.quoted = !bracket;
                    w.bracketed = bracket;
                    w.tag = bracket && text.get(w.end + 1) == Some(&b':');
                });
            }
            return ClauseEnd::No;
        }
        c if !(c.is_ascii_alphanumeric() || c >= 0x80 || b"/$#@+_<".contains(&c)) => {
            return ClauseEnd::No;
        }
        _ => {}
    }
    let inside = |c: u8| c.is_ascii_alphanumeric() || c >= 0x80 || b"/_-.@:=+#$%&~\\".contains(&c);
    let mut end = from + 1;
    while text.get(end).is_some_and(|c| {
        inside(*c) || *c == b'\'' && text.get(end + 1).is_some_and(u8::is_ascii_alphabetic)
    }) {
        // a value in quotes is read as the word behind it
        end += 1;
        if text[end - 1] == b'=' && text.get(end).is_some_and(|c| b"\"'[".contains(c)) {
            break;
        }
    }
    *at = end;
    while end > from + 1 && b".:-".contains(&text[end - 1]) {
        end -= 1;
    }
    if text[end..].starts_with(b".") && blank(end + 1) {
        *at = end;
    }
    let name = packed(&text[from..end]);
    if words!("because after while since").contains(&name) {
        return ClauseEnd::Last;
    }
    if words!("but and").contains(&name) {
        return ClauseEnd::Clause;
    }
    // a prompt speaks, too: `mysql> drop table t`
    let prompt = words.is_empty() && text.get(end) == Some(&b'>') && blank(end + 1);
    let tag = text.get(end) == Some(&b':') || prompt;
    // a verb and its particle are one word
    if let Some(w) = words.last_mut()
        && w.end + 1 == from
        && !w.quoted
        && words!(PARTICLES).contains(&name)
    {
        let both = packed(&text[w.at..end]);
        let joined = sense(both);
        if joined != Sense::default() {
            (w.text, w.name, w.end) = (&text[w.at..end], both, end);
            (w.sense, w.tag) = (joined, tag);
            return ClauseEnd::No;
        }
    }
    let key = words
        .last()
        .filter(|w| w.quoted)
        .and_then(|w| key_of(text, w, from));
    if key.is_some() {
        words.pop();
    }
    push(text, from..end, words, |w| {
        w.tag = tag;
        w.key = key.or(w.key);
    });
    ClauseEnd::No
}

/// Whether a part of a name is the word for where customers are (`prod-nl`, `deploy-production`).
fn names_production(name: &[u8]) -> bool {
    let sign = |c: &u8| b"-_/.".contains(c);
    let mut parts = name.split(sign);
    let cut = name.len() > 4 && name.iter().any(sign);
    cut && parts.any(|p| sense(packed(p)).is & PRODUCTION != 0 && p != b"live")
}

/// The key in front of a value: of a member (`"key":`) or of a field (`key=`).
fn key_of<'t>(text: &[u8], w: &Word<'t>, value: usize) -> Option<&'t [u8]> {
    let field = w.text.is_empty() && w.end == value;
    // a file is the key of nothing
    let member = w.quoted
        && w.end < value
        && text[w.end + 1..value].trim_ascii() == b":"
        && !w.text.starts_with(b"/");
    match (field, member) {
        (true, _) => w.key,
        (_, true) => Some(w.text),
        _ => None,
    }
}

/// Whether a value in quotes is what somebody says: words, under a key that is not of what clients send.
fn is_said(key: &[u8], value: &[u8], quote: u8) -> bool {
    const SAY: [&str; 8] = words("msg message log text title description summary event");
    let end = memchr::memchr(quote, value).unwrap_or(value.len());
    let words = memchr::memchr_iter(b' ', &value[..end]).count();
    words > 1 && !is_title(&value[..end]) && !foreign::is_of_clients(key)
        || SAY.iter().any(|s| key.eq_ignore_ascii_case(s.as_bytes()))
}

fn push<'t>(
    text: &'t [u8],
    found: std::ops::Range<usize>,
    words: &mut Vec<Word<'t>>,
    with: impl Fn(&mut Word<'t>),
) {
    if words.len() >= WORDS {
        return;
    }
    let whole = &text[found.clone()];
    let pair = memchr::memchr(b'=', whole).filter(|n| {
        *n > 0
            && whole[..*n]
                .iter()
                .all(|c| c.is_ascii_alphanumeric() || b"_.-".contains(c))
    });
    let (key, value) = match pair {
        Some(n) => (Some(&whole[..n]), &whole[n + 1..]),
        None => (None, whole),
    };
    let name = packed(value);
    let mut w = Word {
        text: value,
        name,
        at: found.start,
        end: found.end,
        sense: sense(name),
        key,
        quoted: false,
        bracketed: false,
        tag: false,
    };
    if w.sense == Sense::default() && names_production(value) {
        w.sense.is = PRODUCTION;
    }
    // a task under the name of what it is part of: `deploy:rollback`
    if let Some(n) = memchr::memchr(b':', value)
        && sense(packed(&value[..n])).verb.is_some()
    {
        w.sense = sense(packed(&value[n + 1..]));
    }
    with(&mut w);
    // the value of the key in front of it
    if let Some(last) = words.last_mut()
        && last.key.is_some()
        && last.text.is_empty()
        && last.end + 1 == w.at
    {
        w.key = last.key;
        *last = w;
        return;
    }
    words.push(w);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::tried;

    fn clauses(text: &str) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        each(text.as_bytes(), |words| {
            all.push(
                words
                    .iter()
                    .map(|w| String::from_utf8_lossy(w.text).into_owned())
                    .collect(),
            );
            false
        });
        all
    }

    #[test]
    fn clauses_of_words() {
        for [text, want] in tried("clauses") {
            let got: Vec<String> = clauses(&text).iter().map(|c| c.join(" ")).collect();
            assert_eq!(got.join("|"), want);
        }
    }
}
