//! Plan rows to a Part, in parallel: mapped files in line-aligned ranges, streams block by block, many files at once.
//! No inference: what a line means for the incident is decided after merging.

mod lines;

pub use lines::{ScanConfig, Scanner};

use crate::error::{Error, Result};
use crate::plan::{Plan, trim_line};
use crate::source::{Block, BlockConfig, Blocks, Content, HeadTest, Input, Note, OpenConfig, cut};
use crate::summary::{InputPart, Part};
use rayon::prelude::*;

/// How inputs are read. Nothing here changes the result.
#[derive(Clone, Debug)]
pub struct ReadConfig {
    /// How files are opened.
    pub open: OpenConfig,
    /// Bytes of a block.
    pub block: usize,
    /// How lines are read.
    pub scan: ScanConfig,
}

/// What a scan gives beside the part.
#[derive(Debug, Default)]
pub struct Summary {
    /// The part.
    pub part: Part,
    /// What happened while inputs were read, by number of the input.
    pub notes: Vec<(u32, Note)>,
    /// Inputs that could not be opened.
    pub failed: Vec<(u32, Error)>,
}

impl Summary {
    fn merge(mut self, other: Summary) -> Result<Summary> {
        self.part = self.part.merge(other.part)?;
        self.notes.extend(other.notes);
        self.failed.extend(other.failed);
        Ok(self)
    }
}

/// Reads all inputs of a plan (`inputs[i]` is input `i` of the plan) into one part.
pub fn summarize(plan: &Plan, inputs: &[Input], config: &ReadConfig) -> Result<Summary> {
    let mut s = inputs
        .par_iter()
        .enumerate()
        .map(|(id, input)| one(plan, id as u32, input, config))
        .try_reduce(Summary::default, Summary::merge)?;
    s.notes.sort_by_key(|(id, _)| *id);
    s.failed.sort_by_key(|(id, _)| *id);
    Ok(s)
}

fn one(plan: &Plan, id: u32, input: &Input, config: &ReadConfig) -> Result<Summary> {
    let mut out = Summary::default();
    let opened = match input.open(&config.open) {
        Ok(o) => o,
        Err(e) => {
            out.part = nothing(plan, id, &["could not be opened".to_owned()]);
            out.failed.push((id, e));
            return Ok(out);
        }
    };
    let mut notes = Vec::new();
    out.part = match opened.content {
        Content::Mapped(map) => {
            let part = mapped(plan, id, &map, config)?;
            notes.extend(map.changed());
            part
        }
        Content::Stream(stream) => {
            let heads: Option<HeadTest<'_>> = plan.inputs[id as usize].heads.then(|| {
                Box::new(|l: &[u8]| plan.inputs[id as usize].is_head(trim_line(l))) as HeadTest<'_>
            });
            let target = config.block.min(1 << 20);
            let blocks = Blocks::new(
                stream,
                BlockConfig {
                    target,
                    max_line: config.scan.max_line,
                },
                heads,
                opened.notes.clone(),
            );
            streamed(plan, id, blocks, config)?
        }
    };
    notes.extend(opened.notes.all());
    let said: Vec<String> = notes.iter().map(ToString::to_string).collect();
    if !said.is_empty() {
        match out.part.inputs.get_mut(&id) {
            Some(p) => p.notes.extend(said),
            None => out.part = nothing(plan, id, &said),
        }
    }
    out.notes = notes.into_iter().map(|n| (id, n)).collect();
    Ok(out)
}

fn mapped(plan: &Plan, id: u32, data: &[u8], config: &ReadConfig) -> Result<Part> {
    let input = &plan.inputs[id as usize];
    let ranges = if input.heads {
        cut(data, config.block, |l| input.is_head(trim_line(l)))
    } else {
        cut(data, config.block, |_| true)
    };
    if ranges.is_empty() {
        return Ok(nothing(plan, id, &[]));
    }
    // each piece of the fold takes ranges that follow each other
    ranges
        .into_par_iter()
        .fold(
            || None,
            |scanner: Option<Scanner<'_>>, r| {
                let mut s =
                    scanner.unwrap_or_else(|| Scanner::new(plan, id, r.start as u64, config.scan));
                config.open.meter.add(r.len() as u64);
                s.block(&data[r]);
                Some(s)
            },
        )
        .filter_map(|s| s.map(Scanner::finish))
        .map(Ok)
        .try_reduce(Part::default, Part::merge)
}

/// Bytes of a stream that wait for a worker, for each thread.
const BATCH: usize = 4 << 20;

fn streamed(plan: &Plan, id: u32, blocks: Blocks<'_>, config: &ReadConfig) -> Result<Part> {
    let threads = rayon::current_num_threads();
    let mut whole = Part::default();
    let mut blocks = blocks.peekable();
    if blocks.peek().is_none() {
        return Ok(nothing(plan, id, &[]));
    }
    if threads == 1 || plan.inputs.len() > threads {
        // other inputs keep the other threads busy
        let mut s = Scanner::new(plan, id, 0, config.scan);
        blocks.for_each(|b| s.stream_block(&b));
        return Ok(s.finish());
    }
    loop {
        // bounded by bytes too: a record without end makes large blocks
        let (mut batch, mut bytes) = (Vec::<Block>::new(), 0);
        while bytes < threads * BATCH && batch.len() < threads * 64 {
            let Some(b) = blocks.next() else { break };
            bytes += b.bytes.len();
            batch.push(b);
        }
        if batch.is_empty() {
            return Ok(whole);
        }
        let part = batch
            .into_par_iter()
            .fold(
                || None,
                |scanner: Option<Scanner<'_>>, b| {
                    let mut s =
                        scanner.unwrap_or_else(|| Scanner::new(plan, id, b.offset, config.scan));
                    s.stream_block(&b);
                    Some(s)
                },
            )
            .filter_map(|s| s.map(Scanner::finish))
            .map(Ok)
            .try_reduce(Part::default, Part::merge)?;
        whole = whole.merge(part)?;
    }
}

/// An input of which nothing could be read.
fn nothing(plan: &Plan, id: u32, notes: &[String]) -> Part {
    let mut p = InputPart::new(plan.inputs[id as usize].meta.clone());
    p.notes.extend(notes.iter().cloned());
    Part {
        plan: plan.digest,
        inputs: [(id, p)].into(),
    }
}
