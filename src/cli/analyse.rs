//! The main job: operands to inputs, inputs to the report, the report to screen and files.

use super::args::Analyse;
use super::complain::{Complaint, escaped};
use super::env::Env;
use super::exit::Exit;
use super::hint;
use super::output::write_stdout;
use crate::error::Error;
use crate::source::{
    Found, Input, Limits, Meter, OpenConfig, Problem, ProblemKind, Sample, Walk, walk,
};
use std::fmt::Write as _;
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
    fn add(&mut self, c: Complaint) {
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
    let sampled = sample(&inputs, &config, args, outcome);
    if sampled.is_empty() && outcome.exit == Exit::NotDone && inputs.is_empty() {
        return Ok(());
    }
    if sampled.is_empty() {
        return Err(no_logs(inputs.len(), outcome));
    }

    // ---- The middle goes here: plan, scan, infer, report. Until then: what would be read. ----
    let listing = sampled
        .iter()
        .fold(String::new(), |mut out, (input, sample)| {
            let _ = writeln!(out, "{}", describe(&input.found, sample));
            out
        });
    if !outputs.takes_stdout() && !args.quiet {
        write_stdout(listing.as_bytes())?;
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
fn sample<'a>(
    inputs: &'a [Input],
    config: &OpenConfig,
    args: &Analyse,
    outcome: &mut Outcome,
) -> Vec<(&'a Input, Sample)> {
    let mut all = Vec::new();
    for input in inputs {
        let (name, operand) = (&input.found.name, input.found.operand);
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

fn describe(found: &Found, sample: &Sample) -> String {
    let packed: String = sample
        .codecs
        .iter()
        .map(|c| format!(" {}", c.word()))
        .collect();
    let size = match found.regular {
        true => format!("{} bytes", found.size),
        false => "stream".into(),
    };
    let lines: usize = sample
        .spots
        .iter()
        .map(|s| memchr::memchr_iter(b'\n', &s.bytes).count())
        .sum();
    format!(
        "{}  {size}{packed}, {lines} lines sampled",
        escaped(found.name.as_bytes())
    )
}
