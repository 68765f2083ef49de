//! Where records begin, so that an input may be cut there: what is read of the pieces is what is read of the whole.

use super::{PlanInput, Tried, clean, trim_line};
use coroner_lines::format::Framing;
use coroner_lines::format::app::stack;
use coroner_lines::format::envelope::{Inside, peel};
use std::borrow::Cow;

/// Lines before one among which the last of its stream is looked for.
const BACK: usize = 256;

impl PlanInput {
    /// Whether a line begins a record, as far as it shows by itself.
    fn is_head(&self, line: &[u8]) -> bool {
        if self.wrapped
            && let Some((_, p)) = peel(line)
        {
            // what a part of a text begins shows when it is joined
            let continues = || stack::continuation(p.text.trim_ascii_end()).is_some();
            return p.outer.more.is_none() && (p.outer.inside != Inside::Bare || !continues());
        }
        let begins = |f: &Tried| match f.framing() {
            // where no header names columns, a time in front makes no row of them
            Framing::Stateful if !self.stateful => f.parse(line).is_some(),
            _ => f.is_head(line),
        };
        !line.is_empty() && self.formats.iter().any(begins)
    }

    /// The same of a line as it lies in the input.
    pub fn begins(&self, raw: &[u8]) -> bool {
        self.is_head(&self.text_of(raw))
    }

    /// Whether an input may be cut before the line that begins at `at` of its bytes, of which some may be missing at the front.
    pub fn begins_at(&self, data: &[u8], at: usize) -> bool {
        self.begins(line_at(data, at)) && !(self.wrapped && self.may_be_a_rest(data, at))
    }

    /// Whether a line may hold the rest of a text that was cut: if the last line of its stream does not show that it is none.
    fn may_be_a_rest(&self, data: &[u8], at: usize) -> bool {
        let streams = |at: usize| {
            let text = self.text_of(line_at(data, at));
            peel(&text).map_or((None, None), |(_, p)| (p.outer.more, p.outer.stream))
        };
        let (_, Some(own)) = streams(at) else {
            return false;
        };
        let mut end = at;
        for _ in 0..BACK {
            if end == 0 {
                break;
            }
            end = memchr::memrchr(b'\n', &data[..end - 1]).map_or(0, |n| n + 1);
            match streams(end) {
                (Some(cut), _) if cut == own => return true,
                (None, Some(whole)) if whole == own => return false,
                _ => {}
            }
        }
        true
    }

    /// What is read of a line.
    fn text_of<'l>(&self, raw: &'l [u8]) -> Cow<'l, [u8]> {
        if !self.dirty {
            return Cow::Borrowed(trim_line(raw));
        }
        let mut copy = raw.to_vec();
        clean(&mut copy);
        Cow::Owned(trim_line(&copy).trim_ascii_end().to_vec())
    }
}

/// The line that begins at `at`.
fn line_at(data: &[u8], at: usize) -> &[u8] {
    let rest = data.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(rest, |n| &rest[..n])
}
