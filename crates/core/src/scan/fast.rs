//! Lines that are read by the ways of [`coroner_lines::fast`] and not by the grammars of their formats, and lines that are
//! known to be of none. Nothing but speed may depend on what is here: every other line goes to `lines`, which gives the same.

mod access_runs;
mod learnt_lines;
mod unknown_cache;

use super::lines::Scanner;
use super::lines::unwrapped::Unwrapped;
use crate::plan::{PlanInput, Tried};
pub(super) use access_runs::RunState;
pub(super) use learnt_lines::{Give, ReadLine};

use access_runs::QuickLines;
use coroner_lines::fast::wrapper::Runtimes;
use coroner_lines::fast::{Way, way};
use coroner_lines::vector::Marks;
use coroner_lines::vector::widely;
use learnt_lines::Alike;
use unknown_cache::UnknownCache;

/// What a scanner needs for it.
#[derive(Default)]
pub(super) struct Fast {
    /// The ways of the formats, in their order. None where lines are read plainly.
    ways: Vec<Option<Way>>,
    marks: Marks,
    alike: Alike,
    unknown: Option<UnknownCache>,
    /// Whether no format makes anything of an empty line, so that it need not be tried with all of them.
    skip_empty: Option<bool>,
    /// What takes off wrappers that are alike, where lines have some.
    runtimes: Option<Runtimes>,
}

impl Fast {
    /// For the lines of an input.
    pub(super) fn of(input: &PlanInput) -> Fast {
        let listed = |f: &Tried| match f {
            Tried::Listed(f) => way(f.name()),
            Tried::Made(..) => None,
        };
        // what is read in one piece only since its wrappers cut lines is joined before it is read
        let alone = match input.wrapped {
            true => !input.stateful,
            false => !input.whole,
        };
        let mut ways: Vec<_> = input.formats.iter().map(listed).collect();
        let good = alone && input.frame.is_none() && !input.unread && input.meta.service.is_none();
        if !good || !matches!(ways.first(), Some(Some(_))) {
            ways.clear();
        }
        Fast {
            ways,
            unknown: (!input.stateful).then(UnknownCache::default),
            runtimes: Runtimes::new().filter(|_| input.wrapped),
            ..Fast::default()
        }
    }

    /// Whether an empty line need not be tried.
    pub(super) fn skips_empty(&mut self, input: &PlanInput) -> bool {
        let of_none = || input.formats.iter().all(|f| f.parse(b"").is_none());
        *(self.skip_empty).get_or_insert_with(|| !input.stateful && of_none())
    }

    /// What takes off wrappers that are alike.
    pub(super) fn runtimes(&mut self) -> Option<&mut Runtimes> {
        self.runtimes.as_mut()
    }

    /// Whether a line is known to be of no format.
    pub(super) fn is_of_none(&self, line: &[u8]) -> bool {
        self.unknown.as_ref().is_some_and(|s| s.knows(line))
    }

    /// Remembers a line that no format takes.
    pub(super) fn learn_none(&mut self, line: &[u8]) {
        if let Some(s) = &mut self.unknown {
            s.learn(line);
        }
    }
}

impl Scanner<'_> {
    /// Reads a block without missing bytes by the ways of the formats, if the first has one.
    pub(super) fn quick(&mut self, block: &[u8], continues: bool, sum: bool) -> bool {
        let quick = !self.fast.ways.is_empty();
        if quick {
            widely(QuickLines {
                scanner: self,
                block,
                unwrapped: None,
                continues,
                sum,
            });
            self.fold.flush(block);
        }
        quick
    }

    /// Reads lines that are out of their wrappers.
    pub(super) fn texts<'b>(&mut self, block: &'b [u8], all: &'b Unwrapped<'b>) {
        widely(QuickLines {
            scanner: self,
            block,
            unwrapped: Some(all),
            continues: false,
            sum: false,
        });
    }
}
