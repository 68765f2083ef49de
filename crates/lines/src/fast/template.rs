//! What may be learnt from one line of a format about those like it; see the modules of the kinds. What has been learnt may
//! change the time that reading takes, and nothing else.

pub mod access_template;
pub mod app_template;
pub mod aws_alb;
pub(in crate::fast) mod common_fields;
pub mod haproxy;
pub mod head_cache;
pub(in crate::fast) mod name_ids;
pub mod name_span;
pub mod syslog_template;
pub mod text_template;

use crate::fast::brief::Brief;
use crate::fast::clf::{self, Layout};
use crate::fast::line_shape::Spans;
use crate::fast::literal::TimeMemos;
use crate::fast::template::access_template::JsonTemplate;
use crate::fast::template::app_template::AppTemplate;
use crate::fast::template::head_cache::Heads;
use crate::fast::template::name_ids::Numbered;
use crate::fast::template::name_span::Stretches;
use crate::fast::template::syslog_template::{SyslogTemplate, SyslogTimes};
use crate::fast::template::text_template::TextTemplate;
use crate::record::Record;
use crate::time::Stamp;

/// The lines of one writer.
#[derive(Clone, Debug)]
pub enum LineTemplate {
    /// JSON access lines.
    Access(JsonTemplate),
    /// Structured lines of an application.
    App(AppTemplate),
    /// Plain text of an application.
    Text(TextTemplate),
    /// Lines of syslog with a tag.
    Syslog(SyslogTemplate),
    /// Access lines of the common log family.
    Plain(Layout),
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
    /// The last written times.
    pub(super) time: TimeMemos,
    /// The last ones in front of a plain text, and the heads behind such times.
    pub(super) written: TimeMemos,
    pub(super) heads: Heads,
    pub(super) syslog: SyslogTimes,
    pub(super) plain: (clf::Head, Option<Stamp>),
    /// What the lines of proxies have in common.
    pub(super) haproxy: haproxy::Last,
    pub(super) alb: aws_alb::Last,
    /// Where the values of the line at hand stand.
    pub(super) spans: Spans,
    /// What shows level and names in structured lines.
    pub(super) stretches: Stretches,
    /// Numbers of the names of JSON access lines, by host and upstream.
    pub(super) web: Numbered<8>,
    /// The last number of names that was given.
    pub(super) numbers: Numbers,
    /// The last text beside a status, and whether it says no more than that a request was answered.
    pub(super) reports: ([u64; 4], bool),
}

/// Numbers for what lines name; see [`Brief::names`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbers(u32);

impl Numbers {
    /// A number that was given to no other names; 0 when all are given.
    pub(super) fn next(&mut self) -> u32 {
        const MOST: u32 = 4096;
        if self.0 >= MOST {
            return 0;
        }
        self.0 += 1;
        self.0
    }
}

/// Takes what has been read of a line.
pub trait Take<'a> {
    /// A usual line. To be inlined always.
    fn brief(self, brief: &Brief<'_, 'a>);
    /// Any line.
    fn record(self, record: Record<'a>);
}

impl LineTemplate {
    /// The same with a number that no other template has with which it shares a memo.
    pub fn numbered(mut self, n: usize) -> Self {
        if let LineTemplate::App(t) = &mut self {
            t.number = n as u32;
        }
        self
    }

    /// Quotes in a line; `None` where there may be any number of them.
    #[inline(always)]
    pub fn quotes(&self) -> Option<usize> {
        match self {
            LineTemplate::Access(t) => Some(t.quotes()),
            LineTemplate::App(t) => Some(t.quotes()),
            LineTemplate::Text(_) | LineTemplate::Syslog(_) => None,
            LineTemplate::Plain(layout) => Some(layout.quotes),
            LineTemplate::Haproxy => Some(2),
            LineTemplate::Alb { quotes } => Some(*quotes),
        }
    }

    /// Whether a line that begins so may be one of the writer.
    #[inline(always)]
    pub fn may_begin(&self, first: u8) -> bool {
        match self {
            LineTemplate::Text(t) => t.may_begin(first),
            LineTemplate::Syslog(t) => t.may_begin(first),
            _ => true,
        }
    }

    /// Reads a line of `len` bytes that is followed by whatever stands in `after`, and gives it to `take`; `None` where it is
    /// not like those of the writer. `marks` are the positions of its quotes and of its end, and from where they are counted.
    /// With `by_keys` those of an object may stand in any order, and those of which nothing is read may be missing.
    #[inline(always)]
    pub fn read<'a>(
        &self,
        (after, len): (&'a [u8], usize),
        marks: (&[u32], usize),
        by_keys: bool,
        memo: &mut Memo,
        take: impl Take<'a>,
    ) -> Option<()> {
        match self {
            LineTemplate::Access(t) => t.read(after, marks, by_keys, memo, take),
            LineTemplate::App(t) => t.read((after, len), marks, by_keys, memo, take),
            _ if by_keys => None,
            LineTemplate::Text(t) => t.read(after, len, memo, take),
            LineTemplate::Syslog(t) => t.read(after, len, memo, take),
            LineTemplate::Plain(l) => clf::read(*l, (after, len), marks, &mut memo.plain, take),
            LineTemplate::Haproxy => haproxy::read(after, len, marks, memo, take),
            LineTemplate::Alb { .. } => aws_alb::read(after, marks, &mut memo.alb, take),
        }
    }
}

/// The number of the value that has a meaning, in lines of which one has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Nth(pub(super) usize);

impl Default for Nth {
    /// That of no value.
    fn default() -> Self {
        Nth(usize::MAX)
    }
}

impl Nth {
    /// Whether a value has the meaning.
    pub(super) fn is_there(self) -> bool {
        self != Nth::default()
    }

    /// Notes that a value has a meaning that only one may have; whether it is the first.
    pub(super) fn only(&mut self, n: usize) -> bool {
        let first = !self.is_there();
        if first {
            *self = Nth(n);
        }
        first
    }

    /// Notes that a value has a meaning of which the first that is one counts; those with another one behind them are `firm`.
    pub(super) fn first(&mut self, n: usize, firm: &mut u64) -> bool {
        if !self.only(n) {
            *firm |= self.bit();
        }
        true
    }

    /// A bit for it; none where it is no value.
    pub(super) fn bit(self) -> u64 {
        1u64.checked_shl(self.0 as u32).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
