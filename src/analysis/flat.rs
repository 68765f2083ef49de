//! Parts of one or several plans as one part to infer from, and what of their inputs is missing.
//! Inputs are numbered by name, as a plan of all of them would.

use super::PlannedFor;
use coroner_core::error::{Error, Result};
use coroner_core::summary::wire::file::Parts;
use coroner_core::summary::{InputPart, Part};
use coroner_infer::infer::infer;
use coroner_infer::model::Report;
use std::collections::BTreeMap;
use std::io::BufRead;

/// One part, and what to know of it.
pub struct Flat {
    /// The part.
    pub part: Part,
    /// What the report is to be made with.
    pub kept: PlannedFor,
    /// SHA-256 by input.
    sha256: BTreeMap<u32, [u8; 32]>,
    /// By input, the byte from which on lines cannot be numbered.
    unnumbered: BTreeMap<u32, u64>,
    /// What is missing, as sentences; empty where nothing is.
    pub missing: Vec<String>,
}

impl Flat {
    /// The report, with all that it shows.
    pub fn report(&self) -> Report {
        let mut report = infer(&self.part, &self.kept.infer);
        // what the inference does not know: services given, checksums, and where lines have no numbers
        report.settings.services = self.kept.services.clone();
        for (id, input) in self.part.inputs.keys().zip(&mut report.inputs) {
            input.sha256 = self.sha256.get(id).copied();
        }
        let unnumbered = |input: u32, byte: u64| {
            let from = self.unnumbered.get(&input);
            !self.kept.number_lines || from.is_some_and(|from| byte >= *from)
        };
        report.each_evidence(&mut |e| {
            if unnumbered(e.input, e.byte) {
                (e.line, e.end_line) = (0, None);
            }
        });
        report
    }
}

/// Reads a part file, one part a line; `at` names it, `failed` says that it could not be read.
///
/// # Errors
/// [`Error::Part`] where it holds none.
pub fn read_parts(
    from: impl BufRead,
    at: &str,
    failed: impl Fn(std::io::Error) -> Error,
) -> Result<Parts> {
    let mut all = Parts::default();
    let mut empty = true;
    for (line, n) in from.lines().zip(1..) {
        let line = line.map_err(|source| match source.kind() {
            std::io::ErrorKind::InvalidData => Error::part(
                format!("{at} line {n}"),
                "is no part: it is not UTF-8",
                "name files that `coroner summarize` wrote",
            ),
            _ => failed(source),
        })?;
        if line.trim().is_empty() {
            continue;
        }
        empty = false;
        all = all.merge(Parts::parse(&line, &format!("{at} line {n}"))?)?;
    }
    match empty {
        false => Ok(all),
        true => Err(Error::part(at, "holds no part", "summarize its logs again")),
    }
}

/// Joins them.
///
/// # Errors
/// [`Error::Part`] where they were made with other settings, or two of them have another input of the same name.
pub fn flat(parts: Parts) -> Result<Flat> {
    let mut kept: Option<PlannedFor> = None;
    let mut inputs: BTreeMap<Vec<u8>, (Box<InputPart>, Option<_>)> = BTreeMap::new();
    let mut missing = Vec::new();
    let mut plan = 0;
    for (id, mut planned) in parts.0 {
        plan ^= id;
        let own = PlannedFor::read(&planned.settings)?;
        let yearless = planned
            .part
            .inputs
            .values()
            .any(|p| p.accounting.yearless > 0);
        kept = Some(match kept {
            None => own,
            Some(all) => together(all, own, yearless)?,
        });
        if planned.missing() > 0 {
            missing.push(format!(
                "{} of {} rows of the plan {id:016x} are in no part",
                planned.missing(),
                planned.of
            ));
        }
        for (id, input) in planned.part.inputs {
            let name = input.meta.name.clone();
            let sha = planned.sha256.remove(&id);
            if inputs
                .insert(name.clone().into_bytes(), (input, sha))
                .is_some()
            {
                return Err(Error::part(
                    format!("an input named {name}"),
                    "is in parts of two plans",
                    "plan all logs together, or name them apart with --name-root",
                ));
            }
        }
    }
    let kept = kept.ok_or_else(|| {
        Error::part(
            "the parts",
            "hold nothing",
            "name files that `coroner summarize` wrote",
        )
    })?;
    let mut flat = Flat {
        part: Part {
            plan,
            inputs: BTreeMap::new(),
        },
        kept,
        sha256: BTreeMap::new(),
        unnumbered: BTreeMap::new(),
        missing,
    };
    for ((mut input, sha), id) in inputs.into_values().zip(0..) {
        if flat.kept.number_lines {
            let holes = holes(&input);
            if let Some((from, _)) = holes.first() {
                flat.unnumbered.insert(id, *from);
            }
            for (from, to) in holes {
                let of = format!("bytes {from} to {to} are in no part");
                flat.missing.push(format!("{}: {of}", input.meta.name));
                input
                    .notes
                    .insert(format!("{of}, so lines behind them have no numbers"));
            }
        }
        flat.sha256.extend(sha.map(|s| (id, s)));
        flat.part.inputs.insert(id, input);
    }
    Ok(flat)
}

/// The settings of parts of two plans.
fn together(mut all: PlannedFor, own: PlannedFor, yearless: bool) -> Result<PlannedFor> {
    let year = |k: &PlannedFor| k.infer.year_basis;
    if !all.agrees(&own) || (yearless && year(&all) != year(&own)) {
        return Err(Error::part(
            "the parts",
            "were made with different settings, or take year-less lines for different years",
            "summarize with the same options and --year N, or plan all logs together",
        ));
    }
    let newest = all.infer.year_basis.max(own.infer.year_basis);
    all.infer.year_basis = newest;
    all.infer.problems.extend(own.infer.problems);
    all.infer.problems.sort();
    all.infer.problems.dedup();
    Ok(all)
}

/// Stretches of an input that no part covers: first byte, and the byte behind the last one.
fn holes(input: &InputPart) -> Vec<(u64, u64)> {
    let mut at = 0;
    let mut holes = Vec::new();
    for (start, s, _) in input.coverage.stretches() {
        if start > at {
            holes.push((at, start));
        }
        at = s.end;
    }
    holes.extend(input.size.filter(|size| at < *size).map(|size| (at, size)));
    holes
}
