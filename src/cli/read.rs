//! Operands to inputs, inputs to the report: what every subcommand that reads logs does first.
//! Nothing is shown or written here but warnings and the progress line.

use super::args::{Reading, Screen, Telling};
use super::config::{self, Settled};
use super::env::Env;
use super::exit::Exit;
use super::hint;
use super::job;
use super::outcome::Outcome;
use super::output::Outputs;
use super::progress::Progress;
use crate::cli::diagnostics::{Complaint, escaped};
use crate::cli::input_notes;
use coroner::error::{Error, Result};
use coroner::model::{About, Report};
use coroner::plan::For;
use coroner::report::scope::{self as report_scope, Wanted};
use coroner::report::{facts, privacy};
use coroner::source::{
    Found, Gathered, Input, Limits, Meter, OpenConfig, Ours, Place, Problem, ProblemKind, Sample,
    Walk, gather, walk_from,
};
use regex::Regex;
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
    /// What is written.
    pub outputs: &'a Outputs,
}

impl<'a> Request<'a> {
    /// All incidents.
    pub fn of(
        (reading, telling, screen): (&'a Reading, &'a Telling, &'a Screen),
        settled: &'a Settled,
        outputs: &'a Outputs,
    ) -> Request<'a> {
        Request {
            reading,
            telling,
            settled,
            screen,
            incident: None,
            outputs,
        }
    }
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

/// Inputs that can be read, each with its sample, and how they are opened.
pub(super) struct Ready {
    /// Inputs by name.
    pub sampled: Vec<(Input, Sample)>,
    /// Paths that give none.
    pub problems: Vec<Problem>,
    /// How files are opened.
    pub open: OpenConfig,
}

/// Finds the inputs that the operands come to. `None` when there was nothing to read and the outcome says so already.
pub(super) fn ready(asked: Request, env: &Env, outcome: &mut Outcome) -> Result<Option<Ready>> {
    let reading = asked.reading;
    let stdin = [PathBuf::from("-")];
    let operands: &[PathBuf] = match reading.logs.is_empty() {
        true => &stdin,
        false => &reading.logs,
    };
    let Walk { found, problems } = walk_from(operands, reading.name_root.as_deref());
    for p in &problems {
        if let Some(c) = told(p, reading, asked.screen) {
            outcome.add(c);
        }
    }
    asked.outputs.prepare(&found, &asked.settled.files)?;
    let open = OpenConfig {
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
    let gathered = gather(found, &open, &wanted(reading)?);
    let count = gathered.inputs.len();
    let sampled = sample(gathered, reading, outcome);
    outcome.stages.done("find");
    if sampled.is_empty() && outcome.exit == Exit::NotDone && count == 0 {
        return Ok(None);
    }
    if sampled.is_empty() {
        return Err(no_logs(count, outcome));
    }
    Ok(Some(Ready {
        sampled,
        problems,
        open,
    }))
}

/// Reads the logs and makes the report. `None` when there was nothing to read and the outcome says so already.
pub(super) fn report(asked: Request, env: &Env, outcome: &mut Outcome) -> Result<Option<Report>> {
    let (reading, screen) = (asked.reading, asked.screen);
    let Some(ready) = ready(asked, env, outcome)? else {
        return Ok(None);
    };
    let total = ready.sampled.iter().map(|(i, _)| i.found.size).sum();
    let files = ready.sampled.len() as u64;
    let progress = Progress::start(screen.progress, env, ready.open.meter.clone(), total, files);
    let mut report = job::run(ready, asked, env, outcome)?;
    drop(progress);
    report.settings.services = asked.settled.services_told();
    let finish = Finish {
        about: About {
            service: reading.service.clone(),
            host: reading.host.clone(),
            incident: asked.incident,
        },
        strict: reading.strict,
        max_unparsed: reading.max_unparsed,
        verbose: screen.verbose,
        telling: asked.telling,
        redact: &asked.settled.redact,
    };
    finish.apply(&mut report, outcome)?;
    Ok(Some(report))
}

/// What is done to a report before it is shown, wherever its part came from.
pub(super) struct Finish<'a> {
    /// What it is to be about.
    pub about: About,
    /// Whether what was not understood is an error.
    pub strict: bool,
    /// Share of lines that may be not understood.
    pub max_unparsed: f64,
    /// How much is said.
    pub verbose: u8,
    /// How it is told.
    pub telling: &'a Telling,
    /// What else is taken out of texts.
    pub redact: &'a [Regex],
}

impl Finish<'_> {
    /// Leaves out what was not asked for and what may not be shown; says what a person should look at.
    pub fn apply(self, report: &mut Report, outcome: &mut Outcome) -> Result<()> {
        if let Some(c) = only(report, &self.about)? {
            outcome.add(c);
        }
        privacy::apply(report, self.telling.shown(), self.redact);
        input_notes::not_understood(report, self.max_unparsed, self.strict)
            .into_iter()
            .chain(input_notes::without_zone(report, self.strict))
            .for_each(|c| outcome.add(c));
        if self.verbose > 0 {
            outcome.add(input_notes::inputs(report));
        }
        if let Some(w) = facts::warning(&report.settings) {
            outcome.add(Complaint::warning(w).help("do not send it where the logs may not go"));
        }
        outcome.stages.done("judge");
        Ok(())
    }
}

/// Makes a report ready to be told while more is read: without what was not asked for, and redacted.
pub(super) fn settle(report: &mut Report, asked: Request) -> Result<()> {
    report.settings.services = asked.settled.services_told();
    let about = About {
        service: asked.reading.service.clone(),
        host: asked.reading.host.clone(),
        incident: asked.incident,
    };
    only(report, &about)?;
    privacy::apply(report, asked.telling.shown(), &asked.settled.redact);
    Ok(())
}

/// Leaves what was not asked for out of the report. A service that no row names gets a word.
fn only(report: &mut Report, about: &About) -> Result<Option<Complaint>> {
    let host = about.host.as_deref().map(|h| For::new(Some(h), ()));
    let wanted = Wanted {
        service: about.service.clone(),
        host: host.transpose()?,
        incident: about.incident,
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
pub(super) fn wanted(args: &Reading) -> Result<impl Fn(&str) -> bool + use<>> {
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

/// Inputs that are logs; what cannot be read, is no text, or is what this program wrote, is told and left out.
fn sample(gathered: Gathered, args: &Reading, outcome: &mut Outcome) -> Vec<(Input, Sample)> {
    for (found, note) in &gathered.archives {
        let strict = found.operand || args.strict;
        outcome.add(Complaint::of_note(&found.name, note, strict));
    }
    let (mut all, mut written) = (Vec::new(), Vec::new());
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
                _ if sample.ours.is_some() => written.extend(sample.ours.map(|o| (input.found, o))),
                (None, [only]) if only.bytes.is_empty() && sample.ended.is_some() => {
                    let strict = operand || args.strict;
                    let said = sample.ended.iter();
                    said.for_each(|n| outcome.add(Complaint::of_note(&name, n, strict)));
                }
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
    left_out(written, outcome);
    all
}

/// Says what was left out because this program wrote it: files of a folder in one line; an operand is an error.
fn left_out(written: Vec<(Found, Ours)>, outcome: &mut Outcome) {
    let (named, met): (Vec<_>, Vec<_>) = written.into_iter().partition(|w| w.0.operand);
    for (found, ours) in named {
        let path = match &found.place {
            Place::Path(p) => escaped(p.as_os_str().as_encoded_bytes()),
            Place::Stdin => "-".to_owned(),
        };
        // in one line, which stays when nothing else was given
        let next = match ours {
            Ours::Part => format!("coroner report {path} makes the report of it"),
            Ours::Plan => format!("coroner summarize --plan {path} reads what it lists"),
            _ => "name the logs that it was made of".to_owned(),
        };
        let why = format!("what coroner wrote ({ours}), no log; {next}");
        outcome.add(Complaint::error("", Exit::NotDone).about(&found.name, &why));
    }
    let all = met.iter().map(|(f, o)| format!("{} ({o})", f.name));
    let all: Vec<String> = all.collect();
    if !all.is_empty() {
        let what = format!("left out what coroner wrote: {}", all.join(", "));
        outcome.add(Complaint::note(what));
    }
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
