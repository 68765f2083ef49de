//! Plan rows to a Part, in parallel: mapped files in line-aligned ranges, streams block by block, many files at once.
//! No inference: what a line means for the incident is decided after merging.

mod digest;
mod dispatch;
mod fast;
mod lines;
pub mod live;
mod peek;
mod row;
mod rows;
mod skip;
mod split;
mod window;
mod window_search;

pub use crate::scan::peek::Onlooker;
pub use digest::Sha;
pub use lines::{ScanConfig, Scanner};
pub use row::{RowFrom, read_row};
pub use rows::{RowConfig, rows, usual_split};

use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::source::{
    ArchiveFile, Block, BlockConfig, Blocks, Content, HeadTest, Input, Mapped, MmapMode, Note,
    Notes, OpenConfig, cut,
};
use crate::summary::{InputPart, Part};
use digest::Digested;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::ops::{ControlFlow, Range};

/// How inputs are read. Nothing but [`ReadConfig::number_lines`] changes the result.
#[derive(Clone, Debug)]
pub struct ReadConfig {
    /// How files are opened.
    pub open: OpenConfig,
    /// Bytes of a block.
    pub block: usize,
    /// How lines are read.
    pub scan: ScanConfig,
    /// Whether lines are numbered from the first one of their input. Where not, those well outside the stretch of time that
    /// is asked for are not even counted.
    pub number_lines: bool,
    /// Whether the SHA-256 of each input is made.
    pub sha256: bool,
}

impl ReadConfig {
    /// The usual: blocks of 4 MiB, lines numbered, no checksums, nothing read a second time.
    pub fn of(open: OpenConfig) -> ReadConfig {
        ReadConfig {
            open,
            block: 4 << 20,
            scan: ScanConfig::default(),
            number_lines: true,
            sha256: false,
        }
    }

    /// The same for bytes that lie in a file as they are read, or do not.
    fn lying(&self, as_read: bool) -> ReadConfig {
        let mut config = self.clone();
        config.scan.again &= as_read;
        config
    }
}

/// What a scan gives beside the part.
#[derive(Debug, Default)]
pub struct Summary {
    /// The part.
    pub part: Part,
    /// What happened while inputs were read, by name of the input or of the archive it lies in.
    pub notes: Vec<(String, Note)>,
    /// Inputs that could not be opened.
    pub failed: Vec<(u32, Error)>,
    /// SHA-256 of the unpacked bytes by input, where asked for.
    pub sha256: BTreeMap<u32, Sha>,
}

impl Summary {
    fn merge(mut self, other: Summary) -> Result<Summary> {
        self.part = self.part.merge(other.part)?;
        self.notes.extend(other.notes);
        self.failed.extend(other.failed);
        self.sha256.extend(other.sha256);
        Ok(self)
    }
}

/// Reads all inputs of a plan (`inputs[i]` is input `i` of the plan) into one part.
pub fn summarize(plan: &Plan, inputs: &[Input], config: &ReadConfig) -> Result<Summary> {
    // files of one archive, or of one piece of it, come one after the other
    let mut together: BTreeMap<(usize, usize), Vec<u32>> = BTreeMap::new();
    let mut jobs: Vec<Vec<u32>> = Vec::new();
    for (id, input) in inputs.iter().enumerate() {
        match input.together() {
            Some(key) => together.entry(key).or_default().push(id as u32),
            None => jobs.push(vec![id as u32]),
        }
    }
    jobs.extend(together.into_values());
    let busy = jobs.len() > rayon::current_num_threads();
    let mut s = jobs
        .par_iter()
        .map(|ids| match ids[..] {
            [id] if inputs[id as usize].together().is_none() => {
                one(plan, id, &inputs[id as usize], config, busy)
            }
            _ => archived(plan, ids, inputs, config, busy),
        })
        .try_reduce(Summary::default, Summary::merge)?;
    s.notes.sort_by(|a, b| a.0.cmp(&b.0));
    s.failed.sort_by_key(|(id, _)| *id);
    Ok(s)
}

fn one(plan: &Plan, id: u32, input: &Input, config: &ReadConfig, busy: bool) -> Result<Summary> {
    let mut out = Summary::default();
    let mut open = config.open.clone();
    if plan.inputs[id as usize].dirty {
        // what is read is a copy without what hides the text: by blocks, so that no line is copied beyond what is read of it
        open.mmap = MmapMode::Never;
    }
    let opened = match input.open(&open) {
        Ok(o) => o,
        Err(e) => {
            out.part = nothing(plan, id, &["could not be opened".to_owned()]);
            out.failed.push((id, e));
            return Ok(out);
        }
    };
    let mut notes = Vec::new();
    let as_it_lies = opened.file.is_some() || matches!(opened.content, Content::Mapped(_));
    let config = &config.lying(as_it_lies);
    out.part = match opened.content {
        Content::Mapped(map) => {
            let part = mapped(plan, id, &map, config);
            if config.sha256 {
                out.sha256.insert(id, digest::of(&map));
            }
            if map.was_cut() {
                // what is left of the file, and the note that it is less than was found
                let mut config = config.clone();
                config.open.mmap = MmapMode::Never;
                return one(plan, id, input, &config, busy);
            }
            notes.extend(map.grown());
            part?
        }
        Content::Stream(stream) => {
            let notes = opened.notes.clone();
            let (stream, digested) = Digested::over(stream, config.sha256);
            let part = match opened
                .file
                .and_then(|f| crate::scan::window::WindowedFile::of(plan, id, f))
            {
                Some(s) => s.read(stream, &notes, config, busy)?,
                None => stream_of(plan, id, stream, notes, config, busy)?,
            };
            out.sha256.extend(digested.sha().map(|sha| (id, sha)));
            part
        }
    };
    notes.extend(opened.notes.all());
    out.say(plan, id, &notes);
    out.note_all(&input.found.name, notes);
    Ok(out)
}

/// Files of one archive that are read together.
fn archived(
    plan: &Plan,
    ids: &[u32],
    inputs: &[Input],
    config: &ReadConfig,
    busy: bool,
) -> Result<Summary> {
    let Some(first) = ids.first().map(|id| &inputs[*id as usize]) else {
        return Ok(Summary::default());
    };
    let wanted: BTreeMap<u64, u32> = ids
        .iter()
        .filter_map(|id| Some((inputs[*id as usize].leaf()?, *id)))
        .collect();
    let mut done: Result<Summary> = Ok(Summary::default());
    let mut last = None;
    let notes = first.read_together(&config.open, &mut |leaf| {
        let Some(&id) = wanted.get(&leaf.number) else {
            return ControlFlow::Continue(());
        };
        last = Some(id);
        let so_far = std::mem::replace(&mut done, Ok(Summary::default()));
        done = so_far.and_then(|s| s.merge(leaf_of(plan, id, leaf, inputs, config, busy)?));
        match done {
            Ok(_) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    let mut out = done?;
    for id in ids {
        if !out.part.inputs.contains_key(id) {
            let gone = ["could not be read again in its archive".to_owned()];
            out.part = std::mem::take(&mut out.part).merge(nothing(plan, *id, &gone))?;
        }
    }
    if let (Some(id), false) = (last.or(ids.first().copied()), notes.is_empty()) {
        let said = notes.iter().map(|n| format!("lies in an archive that {n}"));
        if let Some(p) = out.part.inputs.get_mut(&id) {
            p.notes.extend(said);
        }
        out.note_all(first.archive().unwrap_or_default(), notes);
    }
    Ok(out)
}

fn leaf_of(
    plan: &Plan,
    id: u32,
    leaf: ArchiveFile<'_>,
    inputs: &[Input],
    config: &ReadConfig,
    busy: bool,
) -> Result<Summary> {
    let mut out = Summary::default();
    let config = &config.lying(false);
    match leaf.content {
        Err(why) => {
            out.part = nothing(plan, id, &[format!("could not be read: {why}")]);
        }
        Ok(content) => {
            let own = content.notes.clone();
            let (stream, digested) = Digested::over(Box::new(content.stream), config.sha256);
            out.part = stream_of(plan, id, stream, own, config, busy)?;
            out.sha256.extend(digested.sha().map(|sha| (id, sha)));
            let notes = content.notes.all();
            out.say(plan, id, &notes);
            out.note_all(&inputs[id as usize].found.name, notes);
        }
    }
    Ok(out)
}

impl Summary {
    /// Writes notes into the part of an input.
    fn say(&mut self, plan: &Plan, id: u32, notes: &[Note]) {
        let said: Vec<String> = notes.iter().map(ToString::to_string).collect();
        if said.is_empty() {
            return;
        }
        match self.part.inputs.get_mut(&id) {
            Some(p) => p.notes.extend(said),
            None => self.part = nothing(plan, id, &said),
        }
    }

    fn note_all(&mut self, name: &str, notes: Vec<Note>) {
        self.notes
            .extend(notes.into_iter().map(|n| (name.to_owned(), n)));
    }
}

fn stream_of<'s>(
    plan: &'s Plan,
    id: u32,
    stream: Box<dyn Read + 's>,
    notes: Notes,
    config: &ReadConfig,
    busy: bool,
) -> Result<Part> {
    if plan.inputs[id as usize].frame.is_some() {
        return framed(plan, id, stream, config);
    }
    let blocks = blocks_of(plan, id, stream, notes, config);
    streamed(plan, id, blocks, config, busy)
}

fn blocks_of<'s>(
    plan: &'s Plan,
    id: u32,
    stream: Box<dyn Read + 's>,
    notes: Notes,
    config: &ReadConfig,
) -> Blocks<'s> {
    let input = &plan.inputs[id as usize];
    let heads: Option<HeadTest<'_>> = input
        .heads
        .then(|| Box::new(|d: &[u8], at| input.begins_at(d, at)) as HeadTest<'_>);
    // what was just read is still near when it is understood
    let target = config.block.min(256 << 10);
    let max_line = config.scan.max_line;
    Blocks::new(stream, BlockConfig { target, max_line }, heads, notes)
}

/// Reads a mapped file, or until it is found to be cut.
fn mapped(plan: &Plan, id: u32, data: &Mapped, config: &ReadConfig) -> Result<Part> {
    let input = &plan.inputs[id as usize];
    if let Some(part) = crate::scan::window::mapped(plan, id, data, config) {
        return part;
    }
    let ranges = lines_of(plan, id, data, config);
    if ranges.is_empty() || data.is_zeros() {
        return Ok(nothing(plan, id, &[]));
    }
    if input.frame.is_some() {
        let mut s = Scanner::new(plan, id, 0, config.scan);
        for stretch in data.chunks(config.block.max(1)) {
            config.open.meter.add(stretch.len() as u64);
            s.stretch(stretch);
        }
        return Ok(s.finish());
    }
    if input.whole {
        let mut s = Scanner::new(plan, id, 0, config.scan);
        for r in ranges {
            config.open.meter.add(r.len() as u64);
            s.block(&data[r]);
        }
        return Ok(s.finish());
    }
    each(ranges, |s, r| {
        let mut s = s.unwrap_or_else(|| Scanner::new(plan, id, r.start as u64, config.scan));
        if !data.is_zeros() {
            config.open.meter.add(r.len() as u64);
            s.block(&data[r]);
        }
        s
    })
}

/// Ranges of whole records.
fn lines_of(plan: &Plan, id: u32, data: &[u8], config: &ReadConfig) -> Vec<Range<usize>> {
    let input = &plan.inputs[id as usize];
    if input.heads {
        cut(data, config.block, |d, at| input.begins_at(d, at))
    } else {
        cut(data, config.block, |_, _| true)
    }
}

/// Pieces for each thread: with more of them one that is late matters less, and each fills its samples and is merged anew.
const PIECES: usize = 2;

/// Reads stretches of one input in parallel: `read` is given a scanner if it has read what lies just before.
fn each<'p, T: Send>(
    all: Vec<T>,
    read: impl Fn(Option<Scanner<'p>>, T) -> Scanner<'p> + Sync,
) -> Result<Part> {
    if rayon::current_num_threads() == 1 {
        let s = all.into_iter().fold(None, |s, x| Some(read(s, x)));
        return Ok(s.map_or_else(Part::default, Scanner::finish));
    }
    // each piece of the fold takes stretches that follow each other
    let few = all.len() / (rayon::current_num_threads() * PIECES);
    all.into_par_iter()
        .with_min_len(few.max(1))
        .fold(|| None, |s, x| Some(read(s, x)))
        .filter_map(|s| s.map(Scanner::finish))
        .map(Ok)
        .try_reduce(Part::default, Part::merge)
}

/// An input whose records are more than lines, read from its first byte to its last.
fn framed(plan: &Plan, id: u32, mut stream: impl Read, config: &ReadConfig) -> Result<Part> {
    let mut s = Scanner::new(plan, id, 0, config.scan);
    let mut buffer = vec![0; config.block.clamp(1, 1 << 20)];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(s.finish()),
            Ok(n) => s.stretch(&buffer[..n]),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => {
                s.note(format!("could not be read to its end: {e}"));
                return Ok(s.finish());
            }
        }
    }
}

/// Bytes of a stream that wait for a worker, for each thread.
const BATCH: usize = 4 << 20;

fn streamed(
    plan: &Plan,
    id: u32,
    blocks: Blocks<'_>,
    config: &ReadConfig,
    busy: bool,
) -> Result<Part> {
    let threads = rayon::current_num_threads();
    let mut whole = Part::default();
    let mut blocks = blocks.peekable();
    if blocks.peek().is_none() {
        return Ok(nothing(plan, id, &[]));
    }
    if threads == 1 || busy || plan.inputs[id as usize].whole {
        // other inputs keep the other threads busy
        let start = blocks.peek().map_or(0, |b| b.offset);
        let mut s = Scanner::new(plan, id, start, config.scan);
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
        let part = each(batch, |s: Option<Scanner<'_>>, b| {
            let mut s = s.unwrap_or_else(|| Scanner::new(plan, id, b.offset, config.scan));
            s.stream_block(&b);
            s
        })?;
        whole = whole.merge(part)?;
    }
}

/// An input of which nothing could be read.
fn nothing(plan: &Plan, id: u32, notes: &[String]) -> Part {
    let mut p = InputPart::new(plan.inputs[id as usize].meta.clone());
    p.notes.extend(notes.iter().cloned());
    Part::of(plan.digest, [(id, p)])
}
