//! Operands to inputs, inputs to the report: what every subcommand that reads logs does first.
//! Nothing is shown or written here but warnings and the progress line.

use super::args::{Reading, Screen, Telling};
use super::complain::{Complaint, escaped};
use super::config::{self, Settled};
use super::env::Env;
use super::exit::Exit;
use super::hint;
use super::job;
use super::outcome::Outcome;
use super::output::Outputs;
use super::progress::Progress;
use super::told;
use crate::error::{Error, Result};
use crate::model::Report;
use crate::plan::For;
use crate::report::scope::{self as report_scope, Wanted};
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
    /// What is in force.
    pub settled: &'a Settled,
    /// What is said meanwhile.
    pub screen: &'a Screen,
    /// The only incident that is asked for, counted from 1.
    pub incident: Option<u16>,
    /// Earlier reports of ours among the inputs are not logs, if these are about to replace them.
    pub outputs: Option<(&'a Outputs, bool)>,
}

/// What is in force; `None` when that cannot be told, and the outcome says so already. With `-v` says where it comes from.
pub(super) fn settled(
    (reading, telling, screen): (&Reading, &Telling, &Screen),
    template: Option<&str>,
    env: &Env,
    outcome: &mut Outcome,
) -> Option<Settled> {
    match config::settle(reading, telling, template, env) {
        Ok(s) => {
            if screen.verbose > 0 {
                let note = Complaint::note("settings and where they come from");
                outcome.add(s.said.iter().fold(note, Complaint::line));
            }
            Some(s)
        }
        Err(c) => {
            outcome.add(c);
            None
        }
    }
}

/// Reads the logs and makes the report. `None` when there was nothing to read and the outcome says so already.
pub(super) fn report(asked: Request, env: &Env, outcome: &mut Outcome) -> Result<Option<Report>> {
    let Request {
        reading,
        screen,
        settled,
        ..
    } = asked;
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
        spool: env.spool.clone(),
        meter: Arc::new(Meter::default()),
    };
    let gathered = gather(found, &config, &wanted(reading)?);
    let count = gathered.inputs.len();
    let sampled = sample(gathered, reading, outcome);
    outcome.stages.done("find");
    if sampled.is_empty() && outcome.exit == Exit::NotDone && count == 0 {
        return Ok(None);
    }
    if sampled.is_empty() {
        return Err(no_logs(count, outcome));
    }
    let total = sampled.iter().map(|(i, _)| i.found.size).sum();
    let files = sampled.len() as u64;
    let progress = Progress::start(screen.progress, env, config.meter.clone(), total, files);
    let mut report = job::run(sampled, &problems, config, asked, env, outcome)?;
    drop(progress);
    report.settings.services = settled
        .services
        .iter()
        .filter_map(|f| Some((f.pattern.clone()?, f.value.clone())))
        .collect();
    if let Some(c) = only(&mut report, asked)? {
        outcome.add(c);
    }
    privacy::apply(&mut report, asked.telling.shown(), &settled.redact);
    told::not_understood(&report, reading.max_unparsed, reading.strict)
        .into_iter()
        .chain(told::without_zone(&report, reading.strict))
        .for_each(|c| outcome.add(c));
    if screen.verbose > 0 {
        outcome.add(told::inputs(&report));
    }
    if let Some(w) = facts::warning(&report.settings) {
        outcome.add(Complaint::warning(w).help("do not send it where the logs may not go"));
    }
    outcome.stages.done("judge");
    Ok(Some(report))
}

/// Leaves what was not asked for out of the report. A service that no row names gets a word.
fn only(report: &mut Report, asked: Request) -> Result<Option<Complaint>> {
    let reading = asked.reading;
    let host = reading.host.as_deref().map(|h| For::new(Some(h), ()));
    let wanted = Wanted {
        service: reading.service.clone(),
        host: host.transpose()?,
        incident: asked.incident,
    };
    if wanted.service.is_none() && wanted.host.is_none() && wanted.incident.is_none() {
        return Ok(None);
    }
    let known = report_scope::services(report);
    report_scope::apply(report, &wanted)?;
    let Some(service) = wanted.service.filter(|s| !known.contains(s)) else {
        return Ok(None);
    };
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let c = Complaint::warning(format!(
        "nothing in the report is of a service \"{service}\""
    ));
    Ok(Some(match (hint::nearest(&service, &names), names.len()) {
        (Some(near), _) => c.help(format!("did you mean {near}?")),
        (None, 0) => c.help(
            "no line names a service; coroner.toml can: services.NAME = { match = [\"web*\"] }",
        ),
        (None, _) => c.help(format!(
            "it names {}",
            names[..names.len().min(20)].join(", ")
        )),
    }))
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
        let strict = |why: String| match operand || args.strict {
            true => Complaint::error("", Exit::NotDone).about(&name, &why),
            false => Complaint::warning("").about(&name, &why),
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
                (Some(binary), _) => outcome.add(strict(binary.to_string())),
                (None, [only]) if only.bytes.is_empty() => {
                    let why = match sample.codecs.is_empty() {
                        true => "empty",
                        false => "empty after unpacking",
                    };
                    outcome.add(Complaint::warning("").about(&name, why));
                }
                (None, [only]) if sample.whole && only.bytes.iter().all(|b| *b == 0) => {
                    outcome.add(Complaint::warning("").about(&name, "nothing but zero bytes"));
                }
                _ => all.push((input, sample)),
            },
        }
    }
    all
}

/// The error when nothing is left, in place of the single complaints, whose reasons it lists.
fn no_logs(inputs: usize, outcome: &mut Outcome) -> Error {
    let all = std::mem::take(&mut outcome.complaints);
    let reasons: Vec<(&str, &str)> = all.iter().map(Complaint::input_and_reason).collect();
    let wide = reasons.iter().map(|r| r.0.chars().count()).max();
    let wide = wide.unwrap_or(0).min(40);
    let detail = reasons
        .iter()
        .map(|(name, why)| match name.is_empty() {
            true => format!("\n{why}"),
            false => format!("\n{name:<wide$}  {why}"),
        })
        .collect();
    Error::NoLogs { inputs, detail }
}
