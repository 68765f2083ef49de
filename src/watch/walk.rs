//! Blocks of an input, line by line in the order of the logs: where the time goes on, what lies before is judged if it is due.
//! So what is reported depends on the lines alone, and not on how many of them came at once.

use super::Watch;
use super::input_states::{InputSign, Voice};
use coroner_core::error::Result;
use coroner_core::plan::{Plan, PlanInput};
use coroner_core::scan::live::Reached;
use coroner_core::source::{Block, IsHead};
use coroner_core::summary::{Glimpse, InputPart, Part};
use coroner_report::report::kinds::family;

/// Seconds with lines that are read at a time: where an inference comes between two lines, what was read ahead of it is read
/// twice.
const PIECE: usize = 300;
/// Bytes of them at most.
const MOST: usize = 512 << 10;

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
        let feed = &mut self.feeds[f];
        let begun = feed.sequel.reached();
        let (part, mut seen) = feed.sequel.read((plan, id), scan, block, last);
        let part = one(part, input);
        if block.offset + block.length() <= feed.walked {
            // read before, by an earlier plan
            return feed.add(part);
        }
        // lines of the block that were looked at before, by an earlier plan
        let known = feed.walked.saturating_sub(block.offset) as usize;
        let known = &block.bytes[..known.min(block.bytes.len())];
        let before = feed.lines - memchr::memchr_iter(b'\n', known).count() as u64;
        if part.accounting.requests == 0
            && let Some(onlooker) = &mut feed.onlooker
        {
            onlooker.look(&block.bytes);
        }
        let apart = block.bytes.len() / seen.len().max(1);
        feed.piece = Some((apart * PIECE).min(MOST));
        // a line that was cut may have begun before the block
        let new = |g: &Glimpse| !(block.offset..feed.walked).contains(&g.first.offset);
        seen.retain(new);
        self.lines(plan, (f, id, before), (block, last), &seen, (part, begun))
    }

    /// Goes through the lines of a block, which was read ahead, from where it had `begun`; reads it again up to a line where what lies
    /// before that is to be judged.
    fn lines(
        &mut self,
        plan: &Plan,
        (f, id, before): (usize, u32, u64),
        (block, last): (&Block, bool),
        seen: &[Glimpse],
        (part, begun): (InputPart, Reached),
    ) -> Result<()> {
        let input = &plan.inputs[id as usize];
        let whole = block.cuts.is_empty() && !block.continues;
        let framed = input.frame.is_some();
        // what is read in order has the numbers of its lines in all of the input
        let numbered = if input.whole { 0 } else { before };
        let marks = marks(&part);
        let newlines = memchr::memchr_iter(b'\n', &block.bytes).count() as u64;
        let (mut ahead, mut from, mut next_mark) = (Some((part, begun)), 0, 0);
        for g in seen {
            let offset = g.first.offset;
            self.feeds[f].lines = numbered + g.first.line.saturating_sub(1);
            self.feeds[f].place = offset;
            while let Some(m) = marks.get(next_mark).filter(|m| m.0 < offset) {
                next_mark += 1;
                self.met(*m);
            }
            // only between records: what follows a record without a time of its own belongs to it
            let at = offset.saturating_sub(block.offset) as usize;
            if !whole {
                self.feeds[f].comes_to(g);
            } else if g.at.is_some() && self.goes_on(f, id, g) {
                self.earn()?;
                if self.due() && begins(input, block, at) {
                    if at > from {
                        if let Some((_, begun)) = ahead.take() {
                            self.feeds[f].sequel.go_back(begun);
                        }
                        self.stretch(plan, (f, id), (block, false), from..at)?;
                        from = at;
                    }
                    self.judge(plan)?;
                }
            }
            self.web |= g.requests > 0 && !g.by_app;
            if self.feeds[f].state.voice != Voice::Speaks
                && let Some(at) = self.speaks_at(f, id, g)
            {
                self.feeds[f].state.takes(InputSign::Line(at));
            }
            let feed = &mut self.feeds[f];
            feed.see(g, numbered, self.settings.sensitivity);
        }
        marks[next_mark..].iter().for_each(|m| self.met(*m));
        let feed = &mut self.feeds[f];
        feed.lines = before + newlines + u64::from(!block.bytes.ends_with(b"\n"));
        feed.walked = block.offset + block.length();
        feed.place = feed.walked;
        match ahead {
            Some((part, _)) => {
                if framed {
                    feed.see_part(&part);
                }
                feed.add(part)?;
            }
            None => self.stretch(plan, (f, id), (block, last), from..block.bytes.len())?,
        }
        if !whole || framed {
            self.goes_on(f, id, &Glimpse::default());
            if self.due() {
                self.judge(plan)?;
            }
        }
        Ok(())
    }

    /// Meets what a line states.
    fn met(&mut self, (_, change): (u64, bool)) {
        self.news = true;
        if change {
            self.changed = self.now;
        }
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
        let to = (block.offset_of(range.start), last);
        let scan = self.settings.read.scan;
        let feed = &mut self.feeds[f];
        let part = feed.sequel.bytes((plan, id), scan, to, &block.bytes[range]);
        feed.add(one(part, &plan.inputs[id as usize]))
    }
}

/// The only input of a part.
fn one(part: Part, input: &PlanInput) -> InputPart {
    let only = part.inputs.into_values().next();
    only.map_or_else(|| InputPart::new(input.meta.clone()), |p| *p)
}

/// Whether a record begins at a line of a block.
fn begins(input: &PlanInput, block: &Block, at: usize) -> bool {
    !input.heads && !input.wrapped || input.begins_at(&block.bytes, at)
}

/// Offsets of the lines that state something, and whether that is a change.
fn marks(part: &InputPart) -> Vec<(u64, bool)> {
    let timed = part.tracks().flat_map(|(_, t)| &t.markers);
    let mut all: Vec<(u64, bool)> = timed
        .chain(&part.untimed)
        .map(|m| (m.seen.pos.offset, family(m.kind) == "change"))
        .collect();
    all.sort_unstable();
    all
}
