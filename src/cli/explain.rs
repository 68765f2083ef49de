//! `coroner explain WHAT [REPORT.json | LOGS…]`: what a row, cause, duration or gap rests on.

use super::analyse::look;
use super::args::Explain;
use super::env::Env;
use super::exit::Exit;
use super::outcome::{Done, Outcome};
use super::output::{Outputs, write_stdout};
use super::read::{self, Request};
use crate::cli::diagnostics::{Complaint, escaped};
use coroner::program::audit::{Check, check};
use coroner::program::report::{Explained, Reported, TOPICS, define, explain, to_value};
use coroner::program::text::unmarked;
use coroner::{Error, Result};
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A report is read whole; one that is larger than this is none of ours.
const LARGEST: u64 = 1 << 30;

/// Finds what is asked for and shows it.
pub fn run(args: &Explain, env: &Env, outcome: &mut Outcome) -> Done<()> {
    let Some(what) = &args.what else {
        write_stdout(list().as_bytes())?;
        return Ok(());
    };
    let (what, operands) = asked(what, &args.reading.logs);
    if let Some(c) = check(what.trim()) {
        return show(&method(c), args, env);
    }
    if operands.is_empty() {
        let remedy = "name a REPORT.json or the logs";
        let known = define(&what).ok_or_else(|| unknown(&what, "without a report", remedy));
        return show(&known?, args, env);
    }
    let report = match operands.as_slice() {
        [one] => earlier(one)?,
        _ => None,
    };
    let report = match report {
        Some(r) => r,
        None => from_logs(args, operands, env, outcome)?,
    };
    let n = usize::from(args.incident);
    let incident = match report["incidents"].get(n - 1) {
        Some(i) => i,
        None if n == 1 => &Value::Null,
        None => {
            let has = report["incidents"].as_array().map_or(0, Vec::len);
            let why = format!("the report has {has}");
            let remedy = "name one of them, by its number";
            return Err(Error::usage(format!("--incident {n}"), why, remedy).into());
        }
    };
    let reported = Reported {
        report: &report,
        incident,
    };
    let remedy = "ask for one of these:";
    let found = explain(&reported, &what).ok_or_else(|| unknown(&what, "in this report", remedy));
    show(&found?, args, env)
}

/// What can be asked for.
fn list() -> String {
    let topics = TOPICS.iter().map(|t| (t.usage, t.about));
    let check = (
        "CHECK",
        "a check of audit, by its id: what it fires on, and how",
    );
    let all = topics.chain([check]);
    let line = |(usage, about)| format!("  {usage}\n      {about}\n");
    let all: String = all.map(line).collect();
    format!("coroner explain WHAT LOGS, or WHAT REPORT.json; WHAT is one of these:\n{all}")
}

/// What a check of `audit` looks for, and how.
fn method(c: &Check) -> Explained {
    let numbers = [
        ("fires when".to_owned(), c.fires.to_owned()),
        ("a hit is".to_owned(), c.severity.word().to_owned()),
    ];
    Explained {
        title: c.id.to_owned(),
        method: c.method.to_owned(),
        numbers: numbers.into(),
        ..Explained::default()
    }
}

/// `cause 1` may come as two words: a number or a kind after a word that wants one belongs to it, unless it is a file.
fn asked(what: &str, operands: &[PathBuf]) -> (String, Vec<PathBuf>) {
    const WANTS: [&str; 6] = ["cause", "gap", "signal", "blip", "minor", "planned"];
    let next = operands.first().and_then(|p| p.to_str());
    let is_word = |s: &str| s.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    match next {
        Some(n) if WANTS.contains(&what) && n.parse::<u32>().is_ok() => {
            (format!("{what} {n}"), operands[1..].to_vec())
        }
        Some(kind) if what == "gap" && is_word(kind) && !Path::new(kind).exists() => {
            (format!("{what} {kind}"), operands[1..].to_vec())
        }
        _ => (what.to_owned(), operands.to_vec()),
    }
}

/// The report that a file holds; `None` where it holds something else.
fn earlier(path: &Path) -> Result<Option<Value>> {
    let open = Error::open(path);
    let is_file = path.metadata().is_ok_and(|m| m.is_file());
    if !is_file || path.extension().is_none_or(|e| e != "json") {
        return Ok(None);
    }
    let mut text = Vec::new();
    let file = std::fs::File::open(path).map_err(open)?;
    file.take(LARGEST).read_to_end(&mut text).map_err(open)?;
    let value: Option<Value> = serde_json::from_slice(&text).ok();
    Ok(value.filter(|v| v["schema"] == "coroner.report"))
}

/// The report on logs.
fn from_logs(args: &Explain, logs: Vec<PathBuf>, env: &Env, outcome: &mut Outcome) -> Done<Value> {
    let mut reading = args.reading.clone();
    reading.logs = logs;
    let said = (&reading, &args.presentation, &args.screen);
    let settled = read::settled(said, None, env, outcome)?;
    let outputs = Outputs::default();
    let asked = Request::of(said, &settled, &outputs);
    Ok(to_value(&read::report(asked, env, outcome)?))
}

fn show(e: &Explained, args: &Explain, env: &Env) -> Done<()> {
    write_stdout(unmarked(&e.render(&look(&args.screen, env))).as_bytes())?;
    Ok(())
}

/// Says what can be asked for.
fn unknown(what: &str, place: &str, remedy: &str) -> Complaint {
    let what = format!(
        "explain {}: there is no such thing {place}",
        escaped(what.as_bytes())
    );
    let c = Complaint::error(what, Exit::NotDone).help(remedy);
    TOPICS
        .iter()
        .fold(c, |c, t| c.help(format!("{}: {}", t.usage, t.about)))
        .help("order.backwards: a check of audit, by its id")
}
