//! The main job: operands to inputs, inputs to the report, the report to screen and files.

use super::args::Analyse;
use super::complain::{Complaint, escaped};
use super::env::Env;
use super::exit::Exit;
use super::hint;
use super::job;
use super::output::{Outputs, write_stdout};
use super::progress::Progress;
use super::value::Kind;
use crate::error::Error;
use crate::model::{Report, Verdict};
use crate::report::{Look, REPORTS};
use crate::source::{Input, Limits, Meter, OpenConfig, Problem, ProblemKind, Sample, Walk, walk};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// How a run went.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The exit code.
    pub exit: Exit,
    /// What to say on standard error, in this order.
    pub complaints: Vec<Complaint>,
}

impl Outcome {
    pub(super) fn add(&mut self, c: Complaint) {
        self.exit = self.exit.max(c.exit());
        self.complaints.push(c);
    }
}

/// Does the job, writes the reports, and says how it went.
pub fn analyse(args: &Analyse, env: &Env) -> Outcome {
    let mut outcome = Outcome::default();
    if let Err(e) = try_analyse(args, env, &mut outcome) {
        outcome.add(Complaint::from(&e));
    }
    if args.quiet {
        outcome.complaints.retain(Complaint::is_error);
    }
    outcome
}

fn try_analyse(args: &Analyse, env: &Env, outcome: &mut Outcome) -> Result<(), Error> {
    let outputs = args.outputs()?;
    let stdin = [PathBuf::from("-")];
    let operands: &[PathBuf] = match args.logs.is_empty() {
        true => &stdin,
        false => &args.logs,
    };
    let Walk {
        mut found,
        problems,
    } = walk(operands);
    for p in &problems {
        if let Some(c) = told(p, args) {
            outcome.add(c);
        }
    }
    outputs.prepare(&mut found, args.force)?;
    let config = OpenConfig {
        mmap: args.mmap,
        now: env.now,
        limits: Limits::default(),
        meter: Arc::new(Meter::default()),
    };
    let inputs: Vec<Input> = found.into_iter().map(Input::new).collect();
    let count = inputs.len();
    let sampled = sample(inputs, &config, args, outcome);
    if sampled.is_empty() && outcome.exit == Exit::NotDone && count == 0 {
        return Ok(());
    }
    if sampled.is_empty() {
        return Err(no_logs(count, outcome));
    }

    let total = sampled.iter().map(|(i, _)| i.found.size).sum();
    let progress = Progress::start(
        args.progress,
        env,
        config.meter.clone(),
        total,
        sampled.len() as u64,
    );
    let report = job::run(sampled, &problems, config, args, env, outcome)?;
    drop(progress);
    show(&report, &outputs, args, env)?;
    if report.verdict == Verdict::Insufficient && args.strict {
        let what = "not enough data to say whether there was an incident";
        outcome.add(
            Complaint::error(what, Exit::NotDone)
                .help("add the access log of the outermost web server, or leave out --strict"),
        );
    }
    if report.verdict == Verdict::Incident && args.exit_code {
        outcome.exit = outcome.exit.max(Exit::Found);
    }
    Ok(())
}

/// Writes the files, and the screen view where standard output is free.
fn show(report: &Report, outputs: &Outputs, args: &Analyse, env: &Env) -> Result<(), Error> {
    let look = Look {
        width: args.width.map(usize::from).or(env.columns).unwrap_or(80),
        ascii: args.ascii || !env.utf8,
        color: args.color.on(env, env.stdout_is_terminal),
    };
    let form = |name: &str| {
        let form = REPORTS.iter().find(|f| f.name() == name);
        form.map_or_else(String::new, |f| f.render(report, &look))
    };
    outputs.write(args.force, |kind| {
        match kind {
            Kind::Markdown => form("md"),
            Kind::Json => form("json"),
        }
        .into_bytes()
    })?;
    if !outputs.takes_stdout() && !args.quiet {
        write_stdout(form("text").as_bytes())?;
    }
    Ok(())
}

/// What to say of a path that gives no input. An operand is an error; what was met on the way is a gap.
fn told(p: &Problem, args: &Analyse) -> Option<Complaint> {
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
            (args.verbose > 0).then(|| Complaint::note(format!("{shown}: {p}")))
        }
    }
}

/// Samples every input; what cannot be read or is no text is told and left out.
fn sample(
    inputs: Vec<Input>,
    config: &OpenConfig,
    args: &Analyse,
    outcome: &mut Outcome,
) -> Vec<(Input, Sample)> {
    let mut all = Vec::new();
    for input in inputs {
        let (name, operand) = (input.found.name.clone(), input.found.operand);
        let strict = |c: String| match operand || args.strict {
            true => Complaint::error(c, Exit::NotDone),
            false => Complaint::warning(c),
        };
        match input.sample(config) {
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
