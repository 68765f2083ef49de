//! Operands to inputs, inputs to the report: what every subcommand that reads logs does first.
//! Nothing is shown or written here but warnings and the progress line.

use super::args::{Reading, Screen, Telling};
use super::complain::{Complaint, escaped};
use super::config;
use super::env::Env;
use super::exit::Exit;
use super::hint;
use super::job;
use super::outcome::Outcome;
use super::output::Outputs;
use super::progress::Progress;
use crate::error::{Error, Result};
use crate::model::Report;
use crate::plan::For;
use crate::report::{facts, privacy};
use crate::source::{
    Gathered, Input, Limits, Meter, OpenConfig, Problem, ProblemKind, Sample, Walk, gather,
    walk_from,
};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Everything that says how to read and what to make of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    /// What to read, and how.
    pub reading: &'a Reading,
    /// How it will be told.
    pub telling: &'a Telling,
    /// What is said meanwhile.
    pub screen: &'a Screen,
    /// Earlier reports of ours among the inputs are not logs, if these are about to replace them.
    pub outputs: Option<(&'a Outputs, bool)>,
}

/// Reads the logs and makes the report. `None` when there was nothing to read and the outcome says so already.
pub(super) fn report(asked: Request, env: &Env, outcome: &mut Outcome) -> Result<Option<Report>> {
    let Request {
        reading, screen, ..
    } = asked;
    let settled = match config::settle(reading, asked.telling, env) {
        Ok(s) => s,
        Err(c) => {
            outcome.add(c);
            return Ok(None);
        }
    };
    if screen.verbose > 0 {
        settled
            .said
            .iter()
            .for_each(|s| outcome.add(Complaint::note(s)));
    }
    let unused = settled.unused.iter();
    unused.for_each(|s| outcome.add(Complaint::warning(s)));
    let stdin = [PathBuf::from("-")];
    let operands: &[PathBuf] = match reading.logs.is_empty() {
        true => &stdin,
        false => &reading.logs,
    };
    let Walk {
        mut found,
        problems,
    } = walk_from(operands, reading.name_root.as_deref());
    for p in &problems {
        if let Some(c) = told(p, reading, screen) {
            outcome.add(c);
        }
    }
    if let Some((outputs, force)) = asked.outputs {
        outputs.prepare(&mut found, force)?;
    }
    let config = OpenConfig {
        mmap: reading.mmap,
        now: env.now,
        limits: Limits {
            ratio: reading.max_ratio,
            bytes: reading.max_unpacked,
            ..Limits::default()
        },
        encoding: reading.encoding,
        meter: Arc::new(Meter::default()),
    };
    let gathered = gather(found, &config, &wanted(reading)?);
    let count = gathered.inputs.len();
    let sampled = sample(gathered, reading, outcome);
    if sampled.is_empty() && outcome.exit == Exit::NotDone && count == 0 {
        return Ok(None);
    }
    if sampled.is_empty() {
        return Err(no_logs(count, outcome));
    }
    let total = sampled.iter().map(|(i, _)| i.found.size).sum();
    let files = sampled.len() as u64;
    let progress = Progress::start(screen.progress, env, config.meter.clone(), total, files);
    let mut report = job::run(sampled, &problems, config, asked, &settled, env, outcome)?;
    drop(progress);
    privacy::apply(&mut report, asked.telling.shown());
    if let Some(w) = facts::warning(&report.settings) {
        outcome.add(Complaint::warning(w).help("do not send it where the logs may not go"));
    }
    Ok(Some(report))
}

/// Which names `--include` and `--exclude` let through.
fn wanted(args: &Reading) -> Result<impl Fn(&str) -> bool + use<>> {
    let all = |globs: &[String]| -> Result<Vec<For<()>>> {
        globs.iter().map(|g| For::new(Some(g), ())).collect()
    };
    let (include, exclude) = (all(&args.include)?, all(&args.exclude)?);
    Ok(move |name: &str| {
        (include.is_empty() || include.iter().any(|g| g.applies(name)))
            && !exclude.iter().any(|g| g.applies(name))
    })
}

/// What to say of a path that gives no input. An operand is an error; what was met on the way is a gap.
fn told(p: &Problem, args: &Reading, screen: &Screen) -> Option<Complaint> {
    let shown = escaped(p.path.as_os_str().as_encoded_bytes());
    match &p.kind {
        ProblemKind::Io(e) if p.operand && e.kind() == io::ErrorKind::NotFound => {
            Some(hint::missing(&p.path, &p.to_string()))
        }
        ProblemKind::Io(_) if p.operand || args.strict => Some(
            Complaint::error(format!("cannot open {shown}: {p}"), Exit::NotDone)
                .help("check the path and its permissions"),
        ),
        ProblemKind::Io(_) => Some(Complaint::warning(format!("{shown}: {p}"))),
        ProblemKind::Link | ProblemKind::Special(_) => {
            (screen.verbose > 0).then(|| Complaint::note(format!("{shown}: {p}")))
        }
    }
}

/// Inputs that are text; what cannot be read or is no text is told and left out.
fn sample(gathered: Gathered, args: &Reading, outcome: &mut Outcome) -> Vec<(Input, Sample)> {
    for (found, note) in &gathered.archives {
        let strict = found.operand || args.strict;
        outcome.add(Complaint::of_note(&found.name, note, strict));
    }
    let mut all = Vec::new();
    for (input, sample) in gathered.inputs {
        let (name, operand) = (input.found.name.clone(), input.found.operand);
        let strict = |c: String| match operand || args.strict {
            true => Complaint::error(c, Exit::NotDone),
            false => Complaint::warning(c),
        };
        match sample {
            Err(e) => {
                let c = Complaint::from(&e);
                let exit = c.exit();
                outcome.add(match operand || args.strict || exit == Exit::Io {
                    true => c,
                    false => Complaint::warning(e.to_string()),
                });
            }
            Ok(sample) => match (sample.binary, &sample.spots[..]) {
                (Some(binary), _) => outcome.add(strict(format!("{name}: {binary}"))),
                (None, [only]) if only.bytes.is_empty() => {
                    let why = match sample.codecs.is_empty() {
                        true => "empty",
                        false => "empty after unpacking",
                    };
                    outcome.add(Complaint::warning(format!("{name}: {why}")));
                }
                (None, [only]) if sample.whole && only.bytes.iter().all(|b| *b == 0) => {
                    outcome.add(Complaint::warning(format!(
                        "{name}: nothing but zero bytes"
                    )));
                }
                _ => all.push((input, sample)),
            },
        }
    }
    all
}

/// The error when nothing is left, in place of the single complaints, whose reasons it lists.
fn no_logs(inputs: usize, outcome: &mut Outcome) -> Error {
    let detail = std::mem::take(&mut outcome.complaints)
        .iter()
        .map(|c| format!("\n{}", c.what()))
        .collect();
    Error::NoLogs { inputs, detail }
}
