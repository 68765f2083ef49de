//! Operands to inputs, inputs to the report: what every subcommand that reads logs does first.
//! Nothing is shown or written here but warnings and the progress line.

use super::args::{Presentation, Reading, Screen};
use super::config::{self, Settled};
use super::env::Env;
use super::exit::Exit;
use super::hint;
use super::outcome::{Done, Outcome, Stopped};
use super::output::Outputs;
use super::progress::Progress;
use crate::cli::diagnostics::{Complaint, shown};
use crate::cli::input_notes;
use coroner::program::report::{facts, hosts, services};
use coroner::program::source::{Found, Ours, Place, Problem, ProblemKind};
use coroner::program::text::nearest;
use coroner::program::{LeftOut, Logs, Notice};
use coroner::settings::{For, Settings};
use coroner::{Analysis, Error, Report, Result};
use std::io;
use std::path::PathBuf;

/// Everything that says how to read and what to make of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    /// What to read, and how.
    pub reading: &'a Reading,
    /// What is in force.
    pub settled: &'a Settled,
    /// What is shown meanwhile.
    pub screen: &'a Screen,
    /// What is written.
    pub outputs: &'a Outputs,
}

impl<'a> Request<'a> {
    /// Of the options of a subcommand.
    pub fn of(
        (reading, _, screen): (&'a Reading, &'a Presentation, &'a Screen),
        settled: &'a Settled,
        outputs: &'a Outputs,
    ) -> Request<'a> {
        Request {
            reading,
            settled,
            screen,
            outputs,
        }
    }

    /// How hard a report is looked at.
    pub fn care(&self) -> Care {
        Care {
            strict: self.reading.strict,
            max_unparsed: self.reading.max_unparsed,
            verbose: self.screen.verbose,
        }
    }
}

/// How hard a report is looked at before it is shown.
#[derive(Clone, Copy)]
pub(super) struct Care {
    /// Whether what was not understood is an error.
    pub strict: bool,
    /// Share of lines that may be not understood.
    pub max_unparsed: f64,
    /// How much is noted.
    pub verbose: u8,
}

/// What is in force; with `-v` the outcome says where it comes from.
pub(super) fn settled(
    (reading, presentation, screen): (&Reading, &Presentation, &Screen),
    template: Option<&str>,
    env: &Env,
    outcome: &mut Outcome,
) -> Done<Settled> {
    let settled = config::settle(reading, presentation, template, env)?;
    if screen.verbose > 0 {
        let note = Complaint::note("settings and where they come from");
        outcome.add(settled.origins.iter().fold(note, Complaint::line));
    }
    Ok(settled)
}

/// Opens the inputs that the operands come to; `here`: the report is made in this run.
pub(super) fn opened(asked: Request, here: bool, outcome: &mut Outcome) -> Done<Logs> {
    let reading = asked.reading;
    let stdin = [PathBuf::from("-")];
    let operands: &[PathBuf] = match reading.logs.is_empty() {
        true => &stdin,
        false => &reading.logs,
    };
    if let Some(c) = operands.first().and_then(|p| hint::misspelt(p)) {
        return Err(c.into());
    }
    let analysis = Analysis::new().logs(operands);
    let analysis = analysis.settings(asked.settled.settings.clone());
    let walk = analysis.find();
    for p in &walk.problems {
        if let Some(c) = of_problem(p, reading, asked.screen) {
            outcome.add(c);
        }
    }
    asked.outputs.prepare(&walk.found, &asked.settled.files)?;
    let mut written = Vec::new();
    let logs = analysis.open(walk, here, &mut |n| match n {
        Notice::LeftOut {
            found,
            why: LeftOut::Ours(ours),
        } => written.push((found, ours)),
        n => outcome.add(of_notice(&n, reading.strict)),
    })?;
    left_out(written, outcome);
    outcome.stages.done("find");
    match (logs.is_empty(), logs.found()) {
        (true, 0) if outcome.exit == Exit::NotDone => Err(Stopped(None)),
        (true, found) => Err(no_logs(found, outcome).into()),
        (false, _) => Ok(logs),
    }
}

/// Reads the logs and makes the report.
pub(super) fn report(asked: Request, env: &Env, outcome: &mut Outcome) -> Done<Report> {
    let mut logs = opened(asked, true, outcome)?;
    let settings = &asked.settled.settings;
    let meter = settings.read.open.meter.clone();
    let shown = asked.screen.progress;
    let progress = Progress::start(shown, env, meter, logs.bytes(), logs.count());
    let scoped = logs.plan()?;
    outcome.stages.done("plan");
    let strict = asked.reading.strict;
    let read = logs.read(&scoped.plan, &mut |n| outcome.add(of_notice(&n, strict)))?;
    outcome.stages.done("read");
    let mut report = logs.infer(scoped, read)?;
    outcome.stages.done("judge");
    drop(progress);
    finish(&mut report, settings, asked.care(), outcome)?;
    Ok(report)
}

/// Leaves out what was not asked for and what may not be shown; says what a person should look at.
pub(super) fn finish(
    report: &mut Report,
    settings: &Settings,
    care: Care,
    outcome: &mut Outcome,
) -> Result<()> {
    let (services, hosts) = (services(report), hosts(report));
    settings.finish(report)?;
    for (option, asked, known) in [
        ("--service", &settings.about.service, services),
        ("--host", &settings.about.host, hosts),
    ] {
        if let Some(asked) = asked {
            named(option, asked, &known)?;
        }
    }
    look_over(report, care, outcome);
    outcome.stages.done("judge");
    Ok(())
}

/// Says what a person should look at before the report.
pub(super) fn look_over(report: &Report, care: Care, outcome: &mut Outcome) {
    input_notes::not_understood(report, care.max_unparsed, care.strict)
        .into_iter()
        .chain(input_notes::without_zone(report, care.strict))
        .for_each(|c| outcome.add(c));
    if care.verbose > 0 {
        outcome.add(input_notes::inputs(report));
    }
    if let Some(w) = facts::warning(&report.settings) {
        outcome.add(Complaint::warning(w).help("do not send it where the logs may not go"));
    }
}

/// Why a name is refused.
const NOTHING: &str = "no line of these logs belongs to it";

/// Refuses a name that no row names, and says which there are; a pattern is held against all of them.
fn named(option: &str, asked: &str, known: &[String]) -> Result<()> {
    let one = For::new(Some(asked), ())?;
    if known.iter().any(|k| k == asked || one.applies(k)) {
        return Ok(());
    }
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let there = names[..names.len().min(20)].join(", ");
    let remedy = match (nearest(asked, &names), option) {
        (Some(near), _) => format!("did you mean {near}? The logs name {there}"),
        (None, "--service") if names.is_empty() => {
            "no line names a service; coroner.toml can: services.NAME = { match = [\"web*\"] }"
                .to_owned()
        }
        (None, _) if names.is_empty() => "no line names a host".to_owned(),
        (None, _) => format!("the logs name {there}"),
    };
    Err(Error::usage(format!("{option} {asked}"), NOTHING, remedy))
}

/// What to say of an input that is not read as a whole.
pub(super) fn of_notice(notice: &Notice, strict: bool) -> Complaint {
    match notice {
        Notice::Damaged {
            name,
            note,
            operand,
        } => Complaint::of_note(name, note, *operand || strict),
        Notice::LeftOut { found, why } => {
            let foreign = matches!(why, LeftOut::Binary(_) | LeftOut::Ours(_));
            Complaint::gap("", foreign && (found.operand || strict))
                .about(&found.name, &why.to_string())
        }
        Notice::Failed { error, operand } => {
            let c = Complaint::from(error);
            match *operand || strict || c.exit() == Exit::Io {
                true => c,
                false => Complaint::warning(error.to_string()),
            }
        }
    }
}

/// What to say of a path that gives no input. An operand is an error; what was met on the way is a gap.
fn of_problem(p: &Problem, args: &Reading, screen: &Screen) -> Option<Complaint> {
    let shown = shown(&p.path);
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

/// Says what was left out because this program wrote it: files of a folder in one line; an operand is an error.
fn left_out(written: Vec<(Found, Ours)>, outcome: &mut Outcome) {
    let (named, met): (Vec<_>, Vec<_>) = written.into_iter().partition(|w| w.0.operand);
    for (found, ours) in named {
        let path = match &found.place {
            Place::Path(p) => shown(p),
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
