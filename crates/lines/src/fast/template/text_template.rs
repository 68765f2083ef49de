//! Lines of plain text whose head was read before: the same bytes between the time and the text. What a head shows depends on the
//! text behind it only where that goes on like a head, so that a text which begins as none does has it as it was. All
//! else goes the general way, in `text`, which gives the same.

use crate::fast::brief::{Brief, Line, PathSpan};
use crate::fast::template::{Memo, Take};
use crate::format::app::message;
use crate::format::app::text::{deploy_tool, stamped};
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
        let stamp = memo
            .written
            .time_by(after, 0, self.time, |t| time(t, rest))?;
        let behind = after.get(self.time..)?;
        let heads = &mut memo.heads;
        let at = match heads.find(*self, behind, rest.len()) {
            Some(at) => at,
            None => heads.learn(*self, after, line, &mut memo.numbers)?,
        };
        let known = heads.at(at)?;
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
    take.line(Line::Record(Record {
        host: host.map(Cow::Borrowed),
        service: service.map(Cow::Borrowed),
        ..Record::new(Some(stamp), body)
    }));
}

/// What the general way says of a written time in front of the rest of a line.
fn time(written: &[u8], rest: &[u8]) -> Option<Stamp> {
    let line = [written, rest].concat();
    let begun = stamped(&line)?;
    (begun.level.is_none() && begun.rest.len() == rest.len()).then_some(begun.stamp)
}
