//! Reads a file of which only a stretch of time is asked for: what lies outside is passed over, or not read at all.
//! Where the stretch lies is found in `window_search`.

use crate::error::Result;
use crate::plan::{Plan, PlanInput};
use crate::scan::window_search::{AskedBytes, ReadAt, WindowPiece, asked};
use crate::scan::{ReadConfig, Scanner, blocks_of, each, lines_of, nothing, streamed};
use crate::source::Notes;
use crate::summary::Part;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

/// Reads a mapped file; `None` if all of it is to be read.
pub(super) fn mapped(
    plan: &Plan,
    id: u32,
    data: &[u8],
    config: &ReadConfig,
) -> Option<Result<Part>> {
    let read: ReadAt<'_> = &mut |at, into| {
        let rest = usize::try_from(at).ok().and_then(|at| data.get(at..));
        rest.unwrap_or_default().read(into)
    };
    let asked = asked(&plan.inputs[id as usize], data.len() as u64, read)?;
    Some(in_pieces(plan, id, data, asked, config))
}

fn in_pieces(
    plan: &Plan,
    id: u32,
    data: &[u8],
    asked: AskedBytes,
    config: &ReadConfig,
) -> Result<Part> {
    let mut whole = Part::default();
    let mut next = Vec::new();
    for stretch in asked.stretches(data.len() as u64) {
        match stretch {
            WindowPiece::Read(r) => {
                let ranges = lines_of(plan, id, &data[r.clone()], config).into_iter();
                next.extend(ranges.map(|l| WindowPiece::Read(l.start + r.start..l.end + r.start)));
            }
            WindowPiece::Pass(r) if config.number_lines => {
                let size = config.block.max(1);
                let starts = r.clone().step_by(size);
                next.extend(starts.map(|a| WindowPiece::Pass(a..r.end.min(a + size))));
            }
            // what follows on a hole is another stretch
            WindowPiece::Pass(_) => {
                whole = whole.merge(pieces(plan, id, data, std::mem::take(&mut next), config)?)?;
            }
        }
    }
    whole = whole.merge(pieces(plan, id, data, next, config)?)?;
    with_notes(plan, id, whole, asked, data.len() as u64, config)
}

/// Reads or passes over pieces that follow each other.
fn pieces(
    plan: &Plan,
    id: u32,
    data: &[u8],
    all: Vec<WindowPiece>,
    config: &ReadConfig,
) -> Result<Part> {
    each(all, |s, piece| {
        let (WindowPiece::Read(r) | WindowPiece::Pass(r)) = &piece;
        let mut s = s.unwrap_or_else(|| Scanner::new(plan, id, r.start as u64, config.scan));
        config.open.meter.add(r.len() as u64);
        match piece {
            WindowPiece::Read(r) => s.block(&data[r]),
            WindowPiece::Pass(r) => {
                s.pass(&data[r.clone()]);
                if r.end == data.len() && data.last() != Some(&b'\n') {
                    s.pass_last();
                }
            }
        }
        s
    })
}

/// The stretches of a file whose lines lie well outside the stretch of time that is asked for; none where that cannot be known
/// from a few lines.
pub(super) fn outside(input: &PlanInput, path: &Path, size: u64) -> Vec<Range<u64>> {
    let Ok(mut file) = File::open(path) else {
        return Vec::new();
    };
    let read: ReadAt<'_> = &mut |at, into| read_at(&mut file, at, into);
    match asked(input, size, read) {
        None => Vec::new(),
        Some(a) => vec![a.head..a.from, a.to..size],
    }
}

/// Reads as many bytes as fit, fewer at the end of the file.
fn read_at(file: &mut File, at: u64, into: &mut [u8]) -> io::Result<usize> {
    file.seek(SeekFrom::Start(at))?;
    let mut n = 0;
    while n < into.len() {
        match file.read(&mut into[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(n)
}

/// A file that is read, not mapped, and where the stretch of time lies in it.
pub(super) struct WindowedFile<'p> {
    plan: &'p Plan,
    id: u32,
    file: File,
    asked: AskedBytes,
    size: u64,
}

impl<'p> WindowedFile<'p> {
    /// `None` if all of the file is to be read.
    pub(super) fn of(plan: &'p Plan, id: u32, mut file: File) -> Option<Self> {
        let size = file.metadata().ok()?.len();
        let read: ReadAt<'_> = &mut |at, into| read_at(&mut file, at, into);
        let asked = asked(&plan.inputs[id as usize], size, read)?;
        Some(WindowedFile {
            plan,
            id,
            file,
            asked,
            size,
        })
    }

    /// Reads the file from `stream`, which begins at its first byte.
    pub(super) fn read(
        mut self,
        mut stream: impl Read,
        notes: &Notes,
        config: &ReadConfig,
        busy: bool,
    ) -> Result<Part> {
        let mut whole = Part::default();
        for piece in self.asked.stretches(self.size) {
            let part = match piece {
                WindowPiece::Read(r) if r.is_empty() => continue,
                WindowPiece::Read(r) if config.number_lines => {
                    self.lines(&mut stream, r, notes, config, busy)?
                }
                WindowPiece::Read(r) => match self.file.seek(SeekFrom::Start(r.start as u64)) {
                    Ok(_) => self.lines(&self.file, r, notes, config, busy)?,
                    Err(e) => nothing(
                        self.plan,
                        self.id,
                        &[format!("could not be read from byte {} on: {e}", r.start)],
                    ),
                },
                WindowPiece::Pass(r) if config.number_lines => self.pass(&mut stream, r, config),
                WindowPiece::Pass(_) => continue,
            };
            whole = whole.merge(part)?;
        }
        with_notes(self.plan, self.id, whole, self.asked, self.size, config)
    }

    /// Reads the lines of a stretch, which is what comes next.
    fn lines(
        &self,
        from: impl Read,
        r: Range<usize>,
        notes: &Notes,
        config: &ReadConfig,
        busy: bool,
    ) -> Result<Part> {
        let next = Box::new(from.take(r.len() as u64));
        let blocks = blocks_of(self.plan, self.id, next, notes.clone(), config);
        let blocks = blocks.starting_at(r.start as u64);
        streamed(self.plan, self.id, blocks, config, busy)
    }

    /// Passes over a stretch, which is what comes next.
    fn pass(&self, from: impl Read, r: Range<usize>, config: &ReadConfig) -> Part {
        let mut s = Scanner::new(self.plan, self.id, r.start as u64, config.scan);
        let (open, ended) = s.pass_all(from.take(r.len() as u64));
        if let Err(e) = ended {
            s.note(format!("could not be read to its end: {e}"));
        }
        if r.end as u64 == self.size && open {
            s.pass_last();
        }
        s.finish()
    }
}

/// Says of a part what was not read for it.
fn with_notes(
    plan: &Plan,
    id: u32,
    part: Part,
    asked: AskedBytes,
    size: u64,
    config: &ReadConfig,
) -> Result<Part> {
    if config.number_lines {
        return Ok(part);
    }
    let AskedBytes { from, to, .. } = asked;
    let mut part = match part.inputs.contains_key(&id) {
        true => part,
        false => nothing(plan, id, &[]),
    };
    if let Some(p) = part.inputs.get_mut(&id) {
        p.notes.insert(format!(
            "was read from byte {from} to byte {to} of {size} only: its other lines lie outside the stretch of time, and are not counted"
        ));
    }
    Ok(part)
}
