//! Inputs that grow: stretches of them to parts, as they come, so that the parts merged are the part of all of it.
//! What an input's lines need of the lines before them is kept from one stretch to the next.

use super::{ScanConfig, Scanner};
use crate::plan::Plan;
use crate::scan::lines::framed::Framed;
use crate::scan::lines::wrapped::Joiner;
use crate::source::Block;
use crate::summary::{Glimpse, Part};
use coroner_lines::format::Reader;

/// What the next stretch of an input needs of those before it.
struct CarriedState {
    readers: Vec<Option<Box<dyn Reader>>>,
    joiner: Joiner,
    framing: Option<Framed>,
}

/// A plan, and the number of an input in it.
type To<'p> = (&'p Plan, u32);

/// An input that must be read from its first byte on, by one reader ([`crate::plan::PlanInput::whole`]). Its lines bear their
/// numbers in the whole input, since a record may be counted in a later stretch than it began in.
#[derive(Default)]
pub struct Sequel {
    held: Option<CarriedState>,
    /// Lines of the input before the next stretch.
    lines: u64,
}

impl Sequel {
    /// One that goes on behind so many lines of which nothing else is known.
    pub fn behind(lines: u64) -> Sequel {
        Sequel { held: None, lines }
    }

    /// Reads the next block; `last`: nothing comes behind it.
    pub fn read(&mut self, to: To<'_>, config: ScanConfig, block: &Block, last: bool) -> Part {
        self.goes_on(to, config, (block.offset, last), |s| match &s.framing {
            // a frame is given the bytes that are there; of an overlong line its beginning
            Some(_) => s.stretch(&block.bytes),
            None => s.stream_block(block),
        })
    }

    /// Reads the next bytes, which are whole lines and begin at a byte of the input; `last` as above.
    pub fn bytes(
        &mut self,
        to: To<'_>,
        config: ScanConfig,
        (offset, last): (u64, bool),
        bytes: &[u8],
    ) -> Part {
        self.goes_on(to, config, (offset, last), |s| s.block(bytes))
    }

    fn goes_on(
        &mut self,
        (plan, id): To<'_>,
        config: ScanConfig,
        (offset, last): (u64, bool),
        read: impl FnOnce(&mut Scanner<'_>),
    ) -> Part {
        let mut s = Scanner::new(plan, id, offset, config).behind(self.lines);
        if let Some(held) = self.held.take() {
            (s.readers, s.joiner, s.framing) = (held.readers, held.joiner, held.framing);
        }
        read(&mut s);
        if last {
            return s.finish();
        }
        self.lines = s.lines;
        self.held = Some(CarriedState {
            readers: std::mem::take(&mut s.readers),
            joiner: std::mem::take(&mut s.joiner),
            framing: s.framing.take(),
        });
        s.part()
    }
}

/// The part of a block of whole records of any other input, and what they show at a glance.
pub fn stretch((plan, id): To<'_>, config: ScanConfig, block: &Block) -> (Part, Vec<Glimpse>) {
    let mut s = Scanner::new(plan, id, block.offset, config);
    s.fold = s.fold.glimpsing();
    s.stream_block(block);
    s.end_of_framing();
    s.end_of_joining();
    let seen = s.fold.glimpses();
    (s.part(), seen)
}

/// The same for bytes that begin at `offset` of the input, with a record, and end with one.
pub fn bytes((plan, id): To<'_>, config: ScanConfig, offset: u64, bytes: &[u8]) -> Part {
    let mut s = Scanner::new(plan, id, offset, config);
    s.block(bytes);
    s.finish()
}
