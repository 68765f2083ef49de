//! Lines of plain text whose head was read before: the same bytes between the time and the text. What a head shows depends on the
//! text behind it only where that goes on like a head, so that a text which begins as none does has it as it was. All
//! else goes the general way, in `text`, which gives the same.

use crate::fast::brief::{Brief, PathSpan};
use crate::fast::template::head_cache::KnownHead;
use crate::fast::template::{Memo, Take};
use crate::format::app::head::head;
use crate::format::app::message::{self, service_of_logger};
use crate::format::app::text::{LineStart, deploy_tool, foreign, stamped};
use crate::format::leaf;
use crate::record::{At, Body, Level, Record};
use crate::time::Stamp;
use std::borrow::Cow;

/// Longest time.
const TIME: usize = 32;

/// The lines of one writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextTemplate {
    /// Bytes of the time, and whatever belongs to it.
    pub(in crate::fast) time: usize,
    /// The byte with which its lines begin; a zero for any digit.
    first: u8,
}

/// Whether a text begins with a plain word, perhaps with a colon, and another one behind a single blank.
fn is_plain(text: &[u8]) -> bool {
    let word = text.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let behind = text.get(word..).unwrap_or_default();
    let behind = behind.strip_prefix(b":").unwrap_or(behind);
    word > 1 && matches!(behind, [] | [b' ', b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9', ..])
}

/// Whether the head in front of a text ends there, since it stated a level: no word of a head is so written, or none goes on so.
fn ends_head(text: &[u8]) -> bool {
    let Some(first) = text.first() else {
        return false;
    };
    if !(first.is_ascii_alphabetic() || *first == b'_') {
        return !(first.is_ascii_digit() || b" \t\r\n\x0c\x1b[{<-|:".contains(first));
    }
    let ends = |c: &u8| matches!(c, b' ' | b'\t' | b'|' | 0x1b);
    let (word, behind) = text.split_at(text.iter().position(ends).unwrap_or(text.len()));
    let goes_on = word.ends_with(b":") && word.contains(&b'.') || text.starts_with(b"p=");
    let plain = |c: &u8| !b" \t\r\n\x0c\x1b-:".contains(c);
    !goes_on && (behind.is_empty() || behind[0] == b' ' && behind.get(1).is_some_and(plain))
}

/// A zero for any digit.
#[inline(always)]
pub(in crate::fast) fn zero(c: u8) -> u8 {
    if c.is_ascii_digit() { b'0' } else { c }
}

impl TextTemplate {
    /// What a line shows of those like it.
    pub fn learn(line: &[u8]) -> Option<TextTemplate> {
        let begun = stamped(line)?;
        let time = line.len() - begun.rest.len();
        // the offset of a place changes over the year
        let place = |w: &[u8]| w[1] == b'/' && w[0].is_ascii_lowercase();
        let usual = begun.level.is_none() && time <= TIME && !line[..time].windows(2).any(place);
        usual.then_some(TextTemplate {
            time,
            first: zero(*line.first()?),
        })
    }

    /// Whether a line that begins so may be one of them.
    #[inline(always)]
    pub fn may_begin(&self, first: u8) -> bool {
        zero(first) == self.first
    }

    /// The head of a line.
    fn head(&self, line: &[u8]) -> Option<KnownHead> {
        let LineStart { level, rest, .. } = stamped(line)?;
        if level.is_some() || rest.len() + self.time != line.len() {
            return None;
        }
        let h = head(rest);
        let bytes = rest.get(..rest.len() - h.text.len())?;
        // the same head before a text that is certainly none of it
        let other = [bytes, b"a b"].concat();
        let o = head(&other);
        let same = (o.level, o.bracketed, o.host, o.logger, o.scope, o.text)
            == (h.level, h.bracketed, h.host, h.logger, None, b"a b");
        if !same || foreign(&o, &other) {
            return None;
        }
        let service = h.logger.and_then(service_of_logger);
        // a level may be a word with a number, and a name is another one with another number
        let names = h.logger.into_iter().chain(h.host);
        let blind = !is_numbered(bytes) && !names.flatten().any(u8::is_ascii_digit);
        let of = (self.time, self.first);
        KnownHead::new((of, blind), bytes, (h.level?, None), [h.host, service])
    }

    /// As [`crate::fast::template::LineTemplate::read`]. The line is what [`crate::format::app::text`] reads.
    #[inline(always)]
    pub fn read<'a>(
        &self,
        after: &'a [u8],
        len: usize,
        memo: &mut Memo,
        take: impl Take<'a>,
    ) -> Option<()> {
        let line = after.get(..len)?;
        let rest = line.get(self.time..)?;
        if !self.may_begin(*line.first()?) || line.last() == Some(&b'\r') {
            return None;
        }
        let written = memo.written.of(after, 0, self.time);
        let stamp = written.time_by(after, 0, self.time, |t| time(t, rest))?;
        let behind = after.get(self.time..)?;
        let head = || self.head(line);
        let known = memo.heads.known(
            (self.time, self.first),
            behind,
            rest.len(),
            head,
            &mut memo.numbers,
        )?;
        let text = rest.get(known.len..)?;
        let part = |at: Option<(usize, usize)>| at.and_then(|(from, to)| rest.get(from..to));
        let (level, host, service) = (known.level, part(known.host), part(known.service));
        if !is_plain(text) && !ends_head(text) || deploy_tool(text) {
            return None;
        }
        give_text(stamp, (host, service, known.names), (level, text), take);
        Some(())
    }
}

/// Gives a text behind a head, as [`message::body`] reads it: nearly all are a message and nothing more.
#[inline(always)]
pub(in crate::fast) fn give_text<'a>(
    stamp: Stamp,
    (host, service, names): (Option<&'a [u8]>, Option<&'a [u8]>, u32),
    (level, text): (Level, &'a [u8]),
    take: impl Take<'a>,
) {
    let request = message::any_request(text);
    if request.is_some() || leaf::has_escape(text) {
        let body = message::body_of(level, text, request);
        return more(stamp, (host, service), body, take);
    }
    take.brief(&Brief {
        stamp,
        stamped: At::End,
        host,
        service,
        scope: None,
        version: None,
        names,
        request: None,
        path_at: PathSpan::Nowhere,
        said: Some((level, text, 0)),
    });
}

/// Gives a line of which more than little may have to be kept.
#[inline(never)]
fn more<'a>(
    stamp: Stamp,
    (host, service): (Option<&'a [u8]>, Option<&'a [u8]>),
    body: Body<'a>,
    take: impl Take<'a>,
) {
    take.record(Record {
        host: host.map(Cow::Borrowed),
        service: service.map(Cow::Borrowed),
        ..Record::new(Some(stamp), body)
    });
}

/// What the general way says of a written time in front of the rest of a line.
fn time(written: &[u8], rest: &[u8]) -> Option<Stamp> {
    let line = [written, rest].concat();
    let begun = stamped(&line)?;
    (begun.level.is_none() && begun.rest.len() == rest.len()).then_some(begun.stamp)
}

/// Whether a level may be known by its number: `debug5`.
fn is_numbered(head: &[u8]) -> bool {
    let mut all = head.array_windows();
    all.any(|w: &[u8; 6]| w[..5].eq_ignore_ascii_case(b"debug") && w[5].is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    /// A line with other digits.
    fn other(line: &str, digits: &[u8]) -> String {
        let mut digits = digits.iter().cycle();
        let digit = |c: char| {
            if c.is_ascii_digit() {
                digits.next().map_or(c, |d| char::from(*d))
            } else {
                c
            }
        };
        line.chars().map(digit).collect()
    }

    proptest! {
        /// A head that is one of many reads as all of them do.
        #[test]
        fn heads_that_differ_in_digits_read_the_same(
            head in proptest::collection::vec(prop_oneof![3 => select(vec![
                "INFO", "[main]", "DEBUG5", "debug1:", "[nio-8080-exec-7]", "[12]", "---", "1", "[7]", "-", ":", "|", "p=4", "u=a2", "n=ansible",
                "<Error>", "{a.py:12}", "com.shop.Pay", "app-7", "web2:", "module", "1234567890", "id=3", "[warn]", "[System]", "[MY-1]", "E!", "W",
                "a7.b:", "core/ERROR/7", "log4j.x", "[pid 7]", "[a:b]", "tid=x7", "ERROR", "shop.pay:7", "#12", "fail:", "00000000-0000-0000-0000-000000000000\t",
            ]).prop_map(String::from), 1 => "[a-zA-Z0-9._:<>\\[\\]-]{1,9}"], 1..8),
            digits in proptest::collection::vec(b'0'..=b'9', 40),
        ) {
            const TIME: &str = "2024-03-05 08:00:00 ";
            let head = head.join(" ");
            let read = |head: &str| {
                let line = format!("{TIME}{head} order sent");
                let of = TextTemplate::learn(line.as_bytes())?;
                of.head(line.as_bytes())
            };
            if let Some(one) = read(&head).filter(|k| k.blind) {
                prop_assert_eq!(read(&other(&head, &digits)), Some(one), "{}", head);
            }
        }
    }
}
