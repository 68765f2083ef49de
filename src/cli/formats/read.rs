//! One file as a report would read it, by the same plan and the same scan: the lines that it was planned by, what each of them
//! shows, and what became of all lines.

use super::super::args::Unasked;
use super::super::env::Env;
use super::super::outcome::{Done, Outcome};
use super::super::output::Outputs;
use super::super::read::{Request, of_notice, opened, settled};
use super::Formats;
use coroner::program::format::{
    ENVELOPES, Inside, Outer, Peeled, Reader, Unit, Units, peel, stack, worth_reading,
};
use coroner::program::plan::PlanInput;
use coroner::program::record::{Body, Record};
use coroner::program::summary::Accounting;
use std::path::Path;

/// One input, read.
pub(super) struct Looked {
    pub(super) name: String,
    /// The lines of its sample, or the texts of its records where these are more than lines.
    pub(super) lines: Vec<SampleLine>,
    pub(super) input: PlanInput,
    /// What became of all of its lines.
    pub(super) all: Accounting,
}

/// A line and its number, where it is known.
pub(super) struct SampleLine {
    pub(super) number: Option<u64>,
    pub(super) bytes: Vec<u8>,
}

impl SampleLine {
    /// `line 7`, or `a line`.
    pub(super) fn place(&self) -> String {
        self.number
            .map_or("a later line".into(), |n| format!("line {n}"))
    }
}

/// Reads a file, the files in a folder or those of an archive.
pub(super) fn read(
    path: &Path,
    args: &Formats,
    env: &Env,
    outcome: &mut Outcome,
) -> Done<Vec<Looked>> {
    let mut plain = Unasked::of(path)?;
    plain.reading.defining = args.defining.clone();
    let options = (&plain.reading, &plain.presentation, &plain.screen);
    let mut settled = settled(options, None, env, outcome)?;
    settled.settings.keep_samples = true;
    let outputs = Outputs::default();
    let asked = Request::of(options, &settled, &outputs);
    let mut logs = opened(asked, false, outcome)?;
    let plan = logs.plan()?.plan;
    let mut summary = logs.read(&plan, &mut |n| outcome.add(of_notice(&n, false)))?;
    let samples = logs.samples().iter();
    let inputs = plan.inputs.into_iter().zip(samples).zip(0..);
    let looked = inputs.filter_map(|((input, sample), id)| {
        Some(Looked {
            name: input.meta.name.clone(),
            lines: lines(&input, &sample.pieces),
            input,
            all: summary.part.inputs.remove(&id)?.accounting,
        })
    });
    Ok(looked.collect())
}

/// The lines of a sample that hold anything.
fn lines(input: &PlanInput, sample: &[Vec<u8>]) -> Vec<SampleLine> {
    let mut lines = Vec::new();
    if let (Some(frame), Some(head)) = (input.frame, sample.first()) {
        let (mut framer, mut units) = ((frame.start)(), Units::default());
        framer.feed(head, &mut units);
        framer.finish(&mut units);
        lines.extend(units.list.iter().map(|u: &Unit| SampleLine {
            number: Some(u.line),
            bytes: units.bytes[u.text.clone()].to_vec(),
        }));
    } else {
        for (n, piece) in sample.iter().enumerate() {
            let mut bytes = piece.clone();
            coroner::program::plan::clean(&mut bytes);
            // only the first begins where the input does
            let numbered = n == 0;
            lines.extend(bytes.split(|c| *c == b'\n').zip(1..).map(|(l, n)| {
                SampleLine {
                    number: numbered.then_some(n),
                    bytes: coroner::program::plan::trim_line(l)
                        .trim_ascii_end()
                        .to_vec(),
                }
            }));
        }
    }
    lines.retain(|l| !l.bytes.is_empty());
    lines
}

/// Lines as the formats of their input read them, one after the other.
pub(super) struct Lines<'i> {
    input: &'i PlanInput,
    readers: Vec<Option<Box<dyn Reader>>>,
}

/// What a line is read as.
pub(super) struct Read<'l> {
    /// The place of its format in the plan; none for a message of a wrapper's.
    pub(super) format: Option<usize>,
    /// The name of its wrapper.
    pub(super) wrapper: Option<&'static str>,
    pub(super) text: &'l [u8],
}

impl<'i> Lines<'i> {
    /// From the first line on.
    pub(super) fn of(input: &'i PlanInput) -> Self {
        let readers = input.formats.iter().map(|f| f.reader());
        Lines {
            input,
            readers: match input.stateful {
                true => readers.collect(),
                false => Vec::new(),
            },
        }
    }

    /// Reads the next line; `each` is given the record and what it was read as, if it shows anything.
    pub(super) fn next<T>(
        &mut self,
        line: &[u8],
        mut each: impl FnMut(&Record<'_>, &Read<'_>) -> T,
    ) -> Option<T> {
        let wrapped = self.input.wrapped || self.input.frame.is_some();
        let Some((n, Peeled { outer, text })) = peel(line).filter(|_| wrapped) else {
            return self.first(line, None, None, &mut each).flatten();
        };
        let (wrapper, text) = (Some(ENVELOPES[n].name), text.trim_ascii_end());
        if outer.inside != Inside::Tagged || worth_reading(text) {
            let found = self.first(text, Some(&outer), wrapper, &mut each);
            if let Some(found) = found {
                return found;
            }
        }
        if outer.inside == Inside::Bare && stack::continuation(text).is_some() {
            return None;
        }
        let Some(rec) = outer.plain(text) else {
            return self.first(line, None, None, &mut each).flatten();
        };
        let format = None;
        let read = Read {
            format,
            wrapper,
            text,
        };
        Some(each(&rec, &read))
    }

    /// The first format that takes a text has it. The inner `None`: it shows nothing.
    fn first<T>(
        &mut self,
        text: &[u8],
        outer: Option<&Outer<'_>>,
        wrapper: Option<&'static str>,
        each: &mut impl FnMut(&Record<'_>, &Read<'_>) -> T,
    ) -> Option<Option<T>> {
        let readers = &mut self.readers;
        let mut formats = self.input.formats.iter().enumerate();
        let (format, mut rec) = formats.find_map(|(n, f)| {
            let rec = match readers.get_mut(n) {
                Some(Some(reader)) => reader.read(text),
                _ => f.parse(text),
            };
            Some((Some(n), rec?))
        })?;
        if matches!(rec.body, Body::Nothing) {
            return Some(None);
        }
        if let Some(outer) = outer {
            outer.dress(&mut rec);
        }
        let read = Read {
            format,
            wrapper,
            text,
        };
        Some(Some(each(&rec, &read)))
    }
}
