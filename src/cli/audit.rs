//! `coroner audit POSTMORTEM [LOGS]...`: a document that a person wrote, held against itself and against the logs.
//! Reads the document, makes the report on the logs as `analyse` does, and prints the findings.

use super::analyse::look;
use super::args::{Presentation, Reading, Screen};
use super::env::Env;
use super::exit::Exit;
use super::outcome::{Done, Outcome};
use super::output::{Outputs, write_stdout};
use super::page::Page;
use super::read::{self, Request};
use crate::cli::diagnostics::{Complaint, shown};
use clap::{Args, ValueEnum};
use coroner::program::audit::{Document, Severity, diff, github, json, judge, sarif, text};
use coroner::program::source::looks_binary;
use coroner::{Error, Result};
use std::io::Read;
use std::path::{Path, PathBuf};

/// What the help text ends with.
pub const EXAMPLES: &str = "\
Examples:
  coroner audit postmortem.md                    does it agree with itself?
  coroner audit postmortem.md logs/              and with the logs?
  coroner audit postmortem.md --suggest | patch -p0
                                                 mend what is mechanical: AM for PM, order, duration
  coroner audit postmortem.md --as github --fail-on warning
                                                 annotations for a pull request
  coroner explain duration.other-span            what a check looks for, and how

A check stays silent where coroner.toml says so ([audit] allow = [\"claim.swift\"]), or the document:
<!-- coroner: allow claim.swift -->

Exit codes: 0 nothing at or above --fail-on; 1 something; 2 not done, or an input could not be opened;
74 read or write error.";

/// Larger documents are none that a person wrote.
const LARGEST: u64 = 16 << 20;

/// Arguments of `audit`.
#[derive(Args, Debug)]
pub struct Audit {
    /// The document, in Markdown or plain text; - for standard input
    #[arg(value_name = "POSTMORTEM")]
    pub postmortem: PathBuf,
    /// The logs to hold it against.
    #[command(flatten)]
    pub reading: Reading,
    /// Kind of output
    #[arg(
        long = "as",
        value_name = "KIND",
        value_enum,
        default_value = "text",
        help_heading = "Output"
    )]
    pub kind: FindingsForm,
    /// Exit with 1 if a finding is at least this bad
    #[arg(
        long,
        value_name = "LEVEL",
        value_enum,
        default_value = "error",
        help_heading = "Settings and limits"
    )]
    pub fail_on: FailLevel,
    /// Print mechanical remedies as a diff instead; the document stays as it is
    #[arg(long, conflicts_with = "kind", help_heading = "Output")]
    pub suggest: bool,
    /// How it is presented.
    #[command(flatten)]
    pub presentation: Presentation,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
}

/// Kinds of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FindingsForm {
    /// For the screen
    Text,
    /// One JSON object
    Json,
    /// Annotations of a GitHub workflow
    Github,
    /// SARIF 2.1.0
    Sarif,
}

/// How bad a finding must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailLevel {
    /// Two statements cannot both be true
    Error,
    /// Probably wrong, misleading or not provable
    Warning,
    /// A gap, or advice
    Note,
}

impl From<FailLevel> for Severity {
    fn from(l: FailLevel) -> Severity {
        match l {
            FailLevel::Error => Severity::Error,
            FailLevel::Warning => Severity::Warning,
            FailLevel::Note => Severity::Note,
        }
    }
}

/// Reads the document and the logs, and prints what was found.
pub fn run(args: &Audit, env: &Env, outcome: &mut Outcome) -> Done<()> {
    let document = document(args, env)?;
    let said = (&args.reading, &args.presentation, &args.screen);
    let settled = read::settled(said, None, env, outcome)?;
    let report = match args.reading.logs.is_empty() {
        true => None,
        false => {
            let outputs = Outputs::default().reading([&args.postmortem]);
            let asked = Request::of(said, &settled, &outputs);
            Some(read::report(asked, env, outcome)?)
        }
    };
    // as the user named it, and without the folders that it lies in
    let path = match args.postmortem.as_os_str() == "-" {
        true => Path::new("stdin"),
        false => args.postmortem.as_path(),
    };
    let name = path.file_name().unwrap_or(path.as_os_str());
    let path = path.to_string_lossy();
    let doc = Document::read(&name.to_string_lossy(), &document);
    let allow = settled.allow.iter().cloned().collect();
    let judged = judge(&doc, report.as_ref(), &allow);
    let out = match args.kind {
        _ if args.suggest => diff::to_string(&judged, &path),
        FindingsForm::Text => text::to_string(&judged, &path, &look(&args.screen, env)),
        FindingsForm::Json => json::to_string(&judged),
        FindingsForm::Github => github::to_string(&judged, &path),
        FindingsForm::Sarif => sarif::to_string(&judged, &path),
    };
    match args.kind {
        FindingsForm::Text if !args.suggest => {
            Page::new(&args.screen, settled.pager, env).show(&out)?
        }
        _ => write_stdout(out.as_bytes())?,
    };
    if judged.has(args.fail_on.into()) {
        outcome.exit = outcome.exit.max(Exit::Found);
    }
    if args.suggest && out.is_empty() {
        outcome.add(Complaint::note("nothing that can be mended mechanically"));
    }
    Ok(())
}

/// The text of the document.
fn document(args: &Audit, env: &Env) -> Result<String> {
    let path = &args.postmortem;
    let stdin = path.as_os_str() == "-";
    if stdin && args.reading.logs.iter().any(|l| l.as_os_str() == "-") {
        return Err(refused(
            path,
            "both the document and the logs",
            "name a file for one of them",
        ));
    }
    if stdin && env.stdin_is_terminal {
        return Err(refused(
            path,
            "a terminal",
            "pipe the document in, or name a file",
        ));
    }
    let open = Error::open(path);
    let mut bytes = Vec::new();
    match stdin {
        true => std::io::stdin()
            .lock()
            .take(LARGEST + 1)
            .read_to_end(&mut bytes),
        false => {
            let file = std::fs::File::open(path).map_err(open)?;
            file.take(LARGEST + 1).read_to_end(&mut bytes)
        }
    }
    .map_err(open)?;
    if bytes.len() as u64 > LARGEST {
        return Err(refused(
            path,
            "larger than 16 MiB, which no postmortem is",
            "name the document first and the logs behind it",
        ));
    }
    text_of(path, bytes)
}

/// The text of bytes, if that is what they are.
fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String> {
    let save = "save it as plain text or Markdown in UTF-8";
    if let Some(binary) = looks_binary(&bytes[..bytes.len().min(64 << 10)]) {
        return Err(refused(path, &format!("no text ({binary})"), save));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(refused(path, "UTF-16, which is not read here", save));
    }
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        refused(
            path,
            &format!("not UTF-8 (byte {at}, in line {line})"),
            save,
        )
    })
}

fn refused(path: &Path, why: &str, remedy: &str) -> Error {
    Error::usage(shown(path), why, remedy)
}
