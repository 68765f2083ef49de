//! Citations of kept lines, which are read again where only their place is kept.

use crate::model::Evidence;
use coroner_core::source::Again;
use coroner_core::summary::{CitableLine, Seen};
use coroner_lines::text::LogText;

/// The citation of a kept line.
pub(crate) fn cite(input: u32, s: &Seen) -> Evidence {
    Evidence {
        input,
        line: s.pos.line,
        end_line: (s.more > 0).then(|| s.pos.line + u64::from(s.more)),
        byte: s.pos.offset,
        excerpt: Some(LogText::new(&s.raw)),
        count: None,
    }
}

/// The citation of a line that may have to be read again; without its text where that cannot be had any more.
pub(crate) fn cite_again(again: Option<&Again>, input: u32, line: &CitableLine) -> Evidence {
    match line.seen(|at, n| again?.read(input, at, n)) {
        Some(seen) => cite(input, &seen),
        None => Evidence {
            excerpt: None,
            ..cite(input, &Seen::new(line.us, line.pos, b""))
        },
    }
}

/// The citation of a kept line with a number of lines.
pub(crate) fn cite_many(input: u32, s: &Seen, count: u64) -> Evidence {
    Evidence {
        count: (count > 1).then_some(count),
        ..cite(input, s)
    }
}
