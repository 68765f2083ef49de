//! What may be learnt from one line of a format about those like it; see the modules of the kinds. What has been learnt may
//! change the time that reading takes, and nothing else.

use super::app::template::AppTemplate;
use super::app::text_template::{Heads, TextTemplate};
use super::between::TimeMemo;
use super::shape::Spans;
use super::web::json_template::JsonTemplate;
use super::web::{aws_alb_plain, haproxy_plain};
use crate::record::{Brief, Level, Line};

/// The lines of one writer.
#[derive(Clone, Debug)]
pub enum Template {
    /// JSON access lines.
    Access(JsonTemplate),
    /// Structured lines of an application.
    App(AppTemplate),
    /// Plain text of an application.
    Text(TextTemplate),
    /// HTTP lines of HAProxy.
    Haproxy,
    /// Lines of an AWS load balancer.
    Alb {
        /// Quotes in a line.
        quotes: usize,
    },
}

/// What is remembered from line to line.
#[derive(Clone, Debug, Default)]
pub struct Memo {
    /// The last written time.
    pub(super) time: TimeMemo,
    /// The last one in front of a plain text, and the heads behind such times.
    pub(super) written: TimeMemo,
    pub(super) heads: Heads,
    /// What the lines of proxies have in common.
    pub(super) haproxy: haproxy_plain::Last,
    pub(super) alb: aws_alb_plain::Last,
    /// Where the values of the line at hand stand.
    pub(super) spans: Spans,
    /// The last level: how it was written, in how many bytes, and what it is.
    pub(super) level: (u128, usize, Option<Level>),
    /// The last name that was a usual one, and its bytes.
    pub(super) name: (u128, usize),
}

/// Takes what has been read of a line.
pub trait Take<'a> {
    /// A usual line. To be inlined always.
    fn brief(self, brief: &Brief<'_, 'a>);
    /// Any line.
    fn line(self, line: Line<'_, 'a>);
}

impl Template {
    /// Quotes in a line; `None` where there may be any number of them.
    #[inline(always)]
    pub fn quotes(&self) -> Option<usize> {
        match self {
            Template::Access(t) => Some(t.quotes()),
            Template::App(t) => Some(t.quotes()),
            Template::Text(_) => None,
            Template::Haproxy => Some(2),
            Template::Alb { quotes } => Some(*quotes),
        }
    }

    /// Whether a line that begins so may be one of the writer.
    #[inline(always)]
    pub fn may_begin(&self, first: u8) -> bool {
        match self {
            Template::Text(t) => t.may_begin(first),
            _ => true,
        }
    }

    /// Reads a line of `len` bytes that is followed by whatever stands in `after`, and gives it to `take`; `None` where it is
    /// not like those of the writer. `marks` are the positions of its quotes and of its end, and from where they are counted.
    #[inline(always)]
    pub fn read<'a>(
        &self,
        after: &'a [u8],
        len: usize,
        marks: (&[u32], usize),
        memo: &mut Memo,
        take: impl Take<'a>,
    ) -> Option<()> {
        match self {
            Template::Access(t) => t.read(after, marks, memo, take),
            Template::App(t) => t.read(after, len, marks, memo, take),
            Template::Text(t) => t.read(after, len, marks.0.len() - 1, memo, take),
            Template::Haproxy => haproxy_plain::read(after, len, marks, &mut memo.haproxy, take),
            Template::Alb { .. } => aws_alb_plain::read(after, marks, &mut memo.alb, take),
        }
    }
}

/// A number of no value.
pub(super) const NO_VALUE: usize = usize::MAX;

/// Notes that a value has a meaning that only one may have; whether it is the first.
pub(super) fn only(slot: &mut usize, n: usize) -> bool {
    let first = *slot == NO_VALUE;
    *slot = n;
    first
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::record::Record;

    /// What a template makes of the first line of a piece.
    pub(in crate::format) fn read<'a>(
        t: &Template,
        piece: &'a [u8],
        memo: &mut Memo,
    ) -> Option<Record<'a>> {
        struct Kept<'k, 'a>(&'k mut Option<Record<'a>>);
        impl<'a> Take<'a> for Kept<'_, 'a> {
            fn brief(self, brief: &Brief<'_, 'a>) {
                *self.0 = Some(brief.record());
            }
            fn line(self, line: Line<'_, 'a>) {
                *self.0 = Some(line.record());
            }
        }
        let len = memchr::memchr(b'\n', piece)?;
        let marks = memchr::memchr_iter(b'"', &piece[..len]).chain([len]);
        let marks: Vec<u32> = marks.map(|m| m as u32 + 7).collect();
        if t.quotes().is_some_and(|n| marks.len() != n + 1) {
            return None;
        }
        let mut found = None;
        t.read(piece, len, (&marks, 7), memo, Kept(&mut found))?;
        found
    }

    /// A line in a piece that goes on behind it.
    pub(in crate::format) fn piece(line: &str) -> Vec<u8> {
        format!("{}\n{}", line.replace('\n', " "), "x".repeat(48)).into_bytes()
    }
}
