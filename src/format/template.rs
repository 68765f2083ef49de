//! What may be learnt from one line of a format about those like it; see the modules of the kinds. What has been learnt may
//! change the time that reading takes, and nothing else.

use super::app::template::AppTemplate;
use super::between::TimeMemo;
use super::web::json_template::JsonTemplate;
use crate::record::Line;

/// The lines of one writer.
#[derive(Clone, Debug)]
pub enum Template {
    /// JSON access lines.
    Access(JsonTemplate),
    /// Structured lines of an application.
    App(AppTemplate),
}

impl Template {
    /// Quotes in a line.
    #[inline(always)]
    pub fn quotes(&self) -> usize {
        match self {
            Template::Access(t) => t.quotes(),
            Template::App(t) => t.quotes(),
        }
    }

    /// Reads a line that is followed by whatever stands in `after`, and calls `f` with it; `None` where it is not like those
    /// of the writer. `marks` are the positions of its quotes, and from where they are counted.
    #[inline(always)]
    pub fn read<'a, R>(
        &self,
        after: &'a [u8],
        len: usize,
        marks: (&[u32], usize),
        memo: &mut TimeMemo,
        f: impl FnOnce(Line<'_, 'a>) -> R,
    ) -> Option<R> {
        match self {
            Template::Access(t) => t.read(after, len, marks, memo, f),
            Template::App(t) => t.read(after, len, marks, memo, f),
        }
    }
}
