//! Inputs that grow: stretches of them to parts, as they come, so that the parts merged are the part of all of it.
//! What an input's lines need of the lines before them is kept from one stretch to the next, and so is what these taught.

use super::{ScanConfig, Scanner};
use crate::plan::Plan;
use crate::scan::fast::Fast;
use crate::scan::lines::framed::Framed;
use crate::scan::lines::wrapped::Joiner;
use crate::source::Block;
use crate::summary::{Glimpse, Part, Scratch};
use coroner_lines::format::Reader;

/// What the next stretch of an input needs of those before it.
#[derive(Clone)]
struct CarriedState {
    readers: Vec<Option<Box<dyn Reader>>>,
    joiner: Joiner,
}

/// How far an input was read.
#[derive(Clone, Default)]
pub struct Reached {
    held: Option<CarriedState>,
    /// Lines of the input before the next stretch.
    lines: u64,
}

/// A plan, and the number of an input in it.
type To<'p> = (&'p Plan, u32);

/// Reads an input stretch by stretch. One that must be read from its first byte on, by one reader
/// ([`crate::plan::PlanInput::whole`]), in order: its lines bear their numbers in the whole input, since a record may be counted in
/// a later stretch than it began in.
#[derive(Default)]
pub struct Sequel {
    reached: Reached,
    framing: Option<Framed>,
    /// What lines have shown, so that others like them are read sooner.
    learnt: Option<(Fast, Scratch)>,
}

impl Sequel {
    /// One that goes on behind so many lines of which nothing else is known.
    pub fn behind(lines: u64) -> Sequel {
        let reached = Reached { held: None, lines };
        Sequel {
            reached,
            ..Sequel::default()
        }
    }

    /// How far it has come.
    pub fn reached(&self) -> Reached {
        self.reached.clone()
    }

    /// Goes back to where it was, in an input without a frame.
    pub fn go_back(&mut self, to: Reached) {
        self.reached = to;
    }

    /// Reads the next block, and what its lines show at a glance, where it has no frame; `last`: nothing comes behind it.
    pub fn read(
        &mut self,
        to: To<'_>,
        config: ScanConfig,
        block: &Block,
        last: bool,
    ) -> (Part, Vec<Glimpse>) {
        self.goes_on(to, config, (block.offset, last), |s| match &s.framing {
            // a frame is given the bytes that are there; of an overlong line its beginning
            Some(_) => s.stretch(&block.bytes),
            None => {
                s.fold.glimpse_lines();
                s.stream_block(block);
            }
        })
    }

    /// Reads the next bytes, which are whole lines and begin at a byte of the input, with a record; `last` as above.
    pub fn bytes(
        &mut self,
        to: To<'_>,
        config: ScanConfig,
        (offset, last): (u64, bool),
        bytes: &[u8],
    ) -> Part {
        self.goes_on(to, config, (offset, last), |s| s.block(bytes))
            .0
    }

    fn goes_on(
        &mut self,
        (plan, id): To<'_>,
        config: ScanConfig,
        (offset, last): (u64, bool),
        read: impl FnOnce(&mut Scanner<'_>),
    ) -> (Part, Vec<Glimpse>) {
        let mut s = Scanner::knowing(plan, id, offset, config, self.learnt.take());
        let in_order = s.input.whole || s.framing.is_some();
        if in_order {
            s = s.behind(self.reached.lines);
        }
        if let Some(held) = self.reached.held.take() {
            (s.readers, s.joiner) = (held.readers, held.joiner);
        }
        if let Some(framing) = self.framing.take() {
            s.framing = Some(framing);
        }
        read(&mut s);
        if last || !in_order {
            s.end_of_framing();
            s.end_of_joining();
        } else {
            self.framing = s.framing.take();
            self.reached = Reached {
                held: Some(CarriedState {
                    readers: std::mem::take(&mut s.readers),
                    joiner: std::mem::take(&mut s.joiner),
                }),
                lines: s.lines,
            };
        }
        let seen = s.fold.glimpses();
        let part = s.part();
        self.learnt = Some((s.fast, s.fold.scratch));
        (part, seen)
    }
}
