//! Blocks of an input, line by line in the order of the logs: where the time goes on, what lies before is judged if it is due.
//! So what is reported depends on the lines alone, and not on how many of them came at once.

use super::Watch;
use super::input_states::{InputSign, Voice};
use coroner_core::error::Result;
use coroner_core::plan::{Plan, PlanInput};
use coroner_core::scan::{Onlooker, live};
use coroner_core::source::{Block, IsHead};
use coroner_core::summary::{Glimpse, InputPart, Part, Pos};
use coroner_lines::time::SECOND;

/// What is read of a block beside its lines.
enum BlockReading {
    /// All of it, and the offsets of its markers.
    Ahead(Box<InputPart>, Vec<u64>),
    /// Nothing yet: it is read once, in order.
    InOrder,
}

/// Seconds with lines that are read at a time: where an inference comes between two lines, what was read ahead of it is read
/// twice; and what is read by itself is learnt by itself.
const PIECE: usize = 1_500;

impl Watch {
    /// Reads what was pushed into a feed and is whole; `last`: nothing comes behind it.
    pub(super) fn drain(&mut self, f: usize, last: bool) -> Result<()> {
        if last {
            self.feeds[f].cutter.end();
        }
        self.with_plan(|w, plan| w.drain_with(plan, f, last))
            .map(drop)
    }

    fn drain_with(&mut self, plan: &Plan, f: usize, last: bool) -> Result<()> {
        let id = self.id(f);
        loop {
            let feed = &mut self.feeds[f];
            let Some(input) = &feed.planned else {
                return Ok(());
            };
            let ordered = input.whole || input.frame.is_some();
            // of what is read in order the last line waits, so that there is one to end with
            let head = |d: &[u8], at| !input.heads || input.begins_at(d, at);
            let heads: Option<IsHead<'_>> = (input.heads || ordered).then_some(&head);
            let Some(block) = feed.cutter.next(heads) else {
                return Ok(());
            };
            self.block(plan, (f, id), &block, last)?;
        }
    }

    fn block(
        &mut self,
        plan: &Plan,
        (f, id): (usize, u32),
        block: &Block,
        last: bool,
    ) -> Result<()> {
        let scan = self.settings.read.scan;
        let input = &plan.inputs[id as usize];
        let ordered = input.whole || input.frame.is_some();
        let feed = &mut self.feeds[f];
        if block.offset + block.length() <= feed.walked {
            // read before, by an earlier plan
            let part = match ordered {
                true => feed.sequel.read((plan, id), scan, block, last),
                false => live::stretch((plan, id), scan, block).0,
            };
            return feed.add(one(part, input));
        }
        // lines of the block that were looked at before, by an earlier plan
        let known = feed.walked.saturating_sub(block.offset) as usize;
        let known = &block.bytes[..known.min(block.bytes.len())];
        let before = feed.lines - memchr::memchr_iter(b'\n', known).count() as u64;
        let (mut seen, reading) = match ordered {
            true => (looked_at(&mut feed.onlooker, block), BlockReading::InOrder),
            false => {
                let (part, seen) = live::stretch((plan, id), scan, block);
                let part = one(part, input);
                if part.accounting.requests == 0 {
                    doubted(&mut feed.onlooker, block);
                }
                let marks = marks(&part);
                (seen, BlockReading::Ahead(Box::new(part), marks))
            }
        };
        if seen.len() >= PIECE {
            feed.piece = Some(block.bytes.len() / seen.len() * PIECE);
        }
        seen.retain(|g| g.first.offset >= feed.walked);
        self.lines(plan, (f, id, before), (block, last), &seen, reading)
    }

    /// Goes through the lines of a block; reads what lies before a line where that is to be judged before it.
    fn lines(
        &mut self,
        plan: &Plan,
        (f, id, before): (usize, u32, u64),
        (block, last): (&Block, bool),
        seen: &[Glimpse],
        reading: BlockReading,
    ) -> Result<()> {
        let whole = block.cuts.is_empty() && !block.continues;
        let framed = plan.inputs[id as usize].frame.is_some();
        let (mut read, mut from) = match reading {
            BlockReading::Ahead(part, marks) => (Some((Some(part), marks)), 0),
            BlockReading::InOrder => (None, 0),
        };
        let mut next_mark = 0;
        for g in seen {
            let offset = g.first.offset;
            self.feeds[f].lines = before + g.first.line.saturating_sub(1);
            self.feeds[f].place = offset;
            if let Some((_, marks)) = &read {
                while marks.get(next_mark).is_some_and(|m| *m < offset) {
                    next_mark += 1;
                    self.news = true;
                }
            }
            // only between records: what follows a record without a time of its own belongs to it
            let at = (offset - block.offset) as usize;
            if !whole {
                self.feeds[f].comes_to(g);
            } else if g.at.is_some() && self.goes_on(f, id, g) {
                self.earn()?;
                // in order: what is to be reported of the lines before shows only when they are read
                let step = read.is_none() && self.stepped != self.step();
                let due = self.due();
                if (due || step) && begins(&plan.inputs[id as usize], block, at) {
                    self.stepped = self.step();
                    if at > from {
                        self.stretch(plan, (f, id), (block, false), from..at)?;
                        from = at;
                        read = read.map(|(_, marks)| (None, marks));
                    }
                    if due || self.due() {
                        self.judge(plan)?;
                    }
                }
            }
            self.web |= g.requests > 0 && !g.by_app;
            if self.feeds[f].state.voice != Voice::Speaks
                && let Some(at) = self.speaks_at(f, id, g)
            {
                self.feeds[f].state.takes(InputSign::Line(at));
            }
            let feed = &mut self.feeds[f];
            feed.see(g, before, self.settings.sensitivity);
        }
        let feed = &mut self.feeds[f];
        let newlines = memchr::memchr_iter(b'\n', &block.bytes).count() as u64;
        feed.lines = before + newlines + u64::from(!block.bytes.ends_with(b"\n"));
        feed.walked = block.offset + block.length();
        feed.place = feed.walked;
        match read {
            Some((Some(part), marks)) => {
                self.news |= next_mark < marks.len();
                self.feeds[f].add(*part)?;
            }
            _ if whole && !framed => {
                self.stretch(plan, (f, id), (block, last), from..block.bytes.len())?;
            }
            _ => {
                let feed = &mut self.feeds[f];
                let part = feed
                    .sequel
                    .read((plan, id), self.settings.read.scan, block, last);
                let part = one(part, &plan.inputs[id as usize]);
                self.news |= !marks(&part).is_empty();
                if framed {
                    feed.see_part(&part);
                }
                feed.add(part)?;
            }
        }
        if !whole || framed {
            self.goes_on(f, id, &Glimpse::default());
            if self.due() {
                self.judge(plan)?;
            }
        }
        Ok(())
    }

    /// Reads a stretch of a block.
    fn stretch(
        &mut self,
        plan: &Plan,
        (f, id): (usize, u32),
        (block, last): (&Block, bool),
        range: std::ops::Range<usize>,
    ) -> Result<()> {
        if range.is_empty() {
            return Ok(());
        }
        let offset = block.offset_of(range.start);
        let bytes = &block.bytes[range];
        let scan = self.settings.read.scan;
        let input = &plan.inputs[id as usize];
        let feed = &mut self.feeds[f];
        let part = match input.whole {
            true => {
                let part = feed.sequel.bytes((plan, id), scan, (offset, last), bytes);
                let part = one(part, input);
                self.news |= !marks(&part).is_empty();
                part
            }
            false => one(live::bytes((plan, id), scan, offset, bytes), input),
        };
        self.feeds[f].add(part)
    }

    /// Tens of seconds that the logs have come to.
    fn step(&self) -> i64 {
        self.now.0.div_euclid(10 * SECOND)
    }
}

/// The only input of a part.
fn one(part: Part, input: &PlanInput) -> InputPart {
    let only = part.inputs.into_values().next();
    only.map_or_else(|| InputPart::new(input.meta.clone()), |p| *p)
}

/// Looks at the lines of a block, one by one.
fn looked_at(onlooker: &mut Option<Onlooker>, block: &Block) -> Vec<Glimpse> {
    let Some(onlooker) = onlooker else {
        return Vec::new();
    };
    let look = |(line, (from, to)): (u64, (usize, usize))| {
        let offset = block.offset_of(from);
        onlooker.look(&block.bytes[from..to], Pos { offset, line })
    };
    (1..).zip(line_ranges(&block.bytes)).map(look).collect()
}

/// Looks at lines without a request for whether they speak of some.
fn doubted(onlooker: &mut Option<Onlooker>, block: &Block) {
    if let Some(onlooker) = onlooker {
        for (from, to) in line_ranges(&block.bytes).take(onlooker.doubted().0 as usize) {
            onlooker.look(&block.bytes[from..to], Pos::default());
        }
    }
}

/// Where lines begin and end.
fn line_ranges(bytes: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let last = (!bytes.ends_with(b"\n") && !bytes.is_empty()).then_some(bytes.len());
    let mut from = 0;
    memchr::memchr_iter(b'\n', bytes)
        .chain(last)
        .map(move |to| {
            let line = (from, to);
            from = to + 1;
            line
        })
}

/// Whether a record begins at a line of a block.
fn begins(input: &PlanInput, block: &Block, at: usize) -> bool {
    !input.heads && !input.wrapped || input.begins_at(&block.bytes, at)
}

/// Offsets of the lines that state something.
fn marks(part: &InputPart) -> Vec<u64> {
    let timed = part.tracks().flat_map(|(_, t)| &t.markers);
    let mut all: Vec<u64> = timed
        .chain(&part.untimed)
        .map(|m| m.seen.pos.offset)
        .collect();
    all.sort_unstable();
    all
}
