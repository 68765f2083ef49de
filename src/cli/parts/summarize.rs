//! `coroner summarize`: logs, or rows of a plan, to parts.

use super::plan::{Cut, planned};
use super::say;
use crate::cli::args::{Reading, Screen, Telling};
use crate::cli::diagnostics::escaped;
use crate::cli::env::Env;
use crate::cli::outcome::Outcome;
use crate::cli::output::{Output, Outputs, Target, What};
use crate::cli::read::{self, Request};
use clap::Args;
use coroner::error::{Error, Result};
use coroner::plan::row::Row;
use coroner::scan::{ReadConfig, RowFrom, Summary, read_row};
use coroner::source::{Limits, Meter, OpenConfig};
use coroner::summary::Part;
use coroner::summary::wire::file::{Parts, Planned, RowDone};
use coroner::text::{LogText, People};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const EXAMPLES: &str = "\
Examples:
  coroner summarize web-1/ -o web-1.cor      the logs of a machine, to be merged elsewhere
  coroner summarize --plan all.plan --shard 0/8 -o parts/  the first eighth of the rows of a plan
  coroner summarize --plan all.plan --row 17 -o parts/
  tail -c +$OFF big.log | coroner summarize --plan-row \"$ROW\" -   bytes on standard input";

/// Arguments of `summarize`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Summarize {
    /// What to read, and how.
    #[command(flatten)]
    pub reading: Reading,
    /// Read rows of a plan that `coroner plan` made; no option that says how to read is taken then
    #[arg(long, value_name = "P", conflicts_with = "logs", help_heading = "Plan")]
    pub plan: Option<PathBuf>,
    /// Only the I-th of N equal shares of the rows, counted from 0
    #[arg(long, value_name = "I/N", requires = "plan", value_parser = shard, help_heading = "Plan")]
    pub shard: Option<(u32, u32)>,
    /// Only row K, counted from 0
    #[arg(
        long,
        value_name = "K",
        requires = "plan",
        conflicts_with = "shard",
        help_heading = "Plan"
    )]
    pub row: Option<u32>,
    /// Read one row, given as the JSON of its line; with - its bytes come on standard input and begin one byte before the split
    #[arg(
        long,
        value_name = "JSON",
        conflicts_with = "plan",
        help_heading = "Plan"
    )]
    pub plan_row: Option<String>,
    /// Take secrets, e-mail addresses, names of people, client addresses and control characters out of what is kept, for parts
    /// that must travel
    #[arg(long, help_heading = "Output")]
    pub redact: bool,
    /// Write the part to F, readable for its owner only; with --plan the folder for PLAN-ROW.cor [default: standard output]
    #[arg(short, value_name = "F", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Replace files even if coroner did not write it
    #[arg(long, help_heading = "Output")]
    pub force: bool,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
}

impl Summarize {
    /// Whether it wants logs and none are named.
    pub fn reads_nothing(&self) -> bool {
        self.reading.logs.is_empty() && self.plan.is_none() && self.plan_row.is_none()
    }
}

/// Reads `I/N`.
fn shard(s: &str) -> std::result::Result<(u32, u32), String> {
    let told = s
        .split_once('/')
        .and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    told.filter(|(i, n): &(u32, u32)| i < n)
        .ok_or_else(|| format!("\"{s}\" is no share; write 0/8 for the first of eight"))
}

/// Summarizes logs or rows.
pub fn run(args: &Summarize, env: &Env, outcome: &mut Outcome) -> Result<()> {
    match (&args.plan, &args.plan_row) {
        (Some(plan), _) => of_plan(args, plan, env),
        (None, Some(row)) => of_row(args, row, env),
        (None, None) => of_logs(args, env, outcome),
    }
}

fn of_logs(args: &Summarize, env: &Env, outcome: &mut Outcome) -> Result<()> {
    let telling = Telling::default();
    let said = (&args.reading, &telling, &args.screen);
    let Some(settled) = read::settled(said, None, env, outcome) else {
        return Ok(());
    };
    let outputs = Outputs::one(What::Part, args.output.as_deref(), args.force);
    let asked = Request::of(said, &settled, &outputs);
    let Some(planned) = planned(asked, Cut::Whole, args.redact, env, outcome)? else {
        return Ok(());
    };
    let (job, rows) = (planned.job, planned.rows);
    let mut summary = job.read(&planned.plan)?;
    job.told(&summary, outcome);
    let Some(first) = rows.first() else {
        return Ok(());
    };
    summary.part.plan = first.id();
    let done = rows.iter().map(|r| (r.row, done(r, &summary)));
    let done = done.collect();
    let parts = Parts::one(of(first, done, summary, args.redact));
    outputs.write_only(&parts.text()?)
}

/// One row, from its file or from standard input.
fn of_row(args: &Summarize, text: &str, env: &Env) -> Result<()> {
    let row = Row::parse(text, "--plan-row")?;
    let from = match &args.reading.logs[..] {
        [] => RowFrom::Path(PathBuf::from(&row.uri)),
        [p] if p == Path::new("-") => RowFrom::Stdin,
        [p] => RowFrom::Path(p.clone()),
        _ => {
            return Err(Error::Usage {
                what: "--plan-row".into(),
                why: "a row has one file".into(),
                remedy: "give one, or - for standard input".into(),
            });
        }
    };
    let outputs = Outputs::one(What::Part, args.output.as_deref(), args.force);
    let outputs = match &from {
        RowFrom::Path(path) => outputs.reading([path]),
        RowFrom::Stdin => outputs,
    };
    outputs.prepare(&[], &[])?;
    outputs.write_only(&one(&row, from, args, env)?.text()?)
}

/// Rows of a plan, each to a file of its own.
fn of_plan(args: &Summarize, plan: &Path, env: &Env) -> Result<()> {
    let shown = escaped(plan.as_os_str().as_encoded_bytes());
    let text = std::fs::read_to_string(plan).map_err(|source| Error::Open {
        path: plan.to_owned(),
        source,
    })?;
    let folder = args.output.as_deref().ok_or_else(|| Error::Usage {
        what: "--plan".into(),
        why: "each row becomes a file, and no folder is named for them".into(),
        remedy: "add -o DIR".into(),
    })?;
    std::fs::create_dir_all(folder).map_err(|source| Error::Write {
        path: folder.to_owned(),
        source,
    })?;
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    let wanted = |n: u32| match (args.shard, args.row) {
        (Some((i, of)), _) => n % of == i,
        (None, Some(k)) => n == k,
        (None, None) => true,
    };
    if let Some(k) = args.row.filter(|k| *k as usize >= lines.len()) {
        return Err(Error::Usage {
            what: format!("--row {k}"),
            why: format!("the plan has {} rows, counted from 0", lines.len()),
            remedy: "name one of them".into(),
        });
    }
    let rows = lines.iter().zip(0u32..).filter(|(_, n)| wanted(*n));
    let rows = rows.map(|(line, n)| Row::parse(line, &format!("{shown} line {}", n + 1)));
    let rows: Vec<Row> = rows.collect::<Result<_>>()?;
    let output = |row: &Row| Output {
        what: What::Part,
        target: Target::File(folder.join(format!("{}-{:06}.cor", row.plan, row.row))),
    };
    let outputs = Outputs::new(rows.iter().map(output).collect(), args.force);
    let outputs = outputs.reading(rows.iter().map(|r| &r.uri)).reading([plan]);
    outputs.prepare(&[], &[])?;
    for row in &rows {
        if args.screen.verbose > 0 {
            say(&format!("row {} of {}: {}", row.row, row.of, row.name));
        }
        let parts = one(row, RowFrom::Path(PathBuf::from(&row.uri)), args, env)?;
        outputs.put(&output(row), parts.text()?.as_bytes())?;
    }
    Ok(())
}

fn one(row: &Row, from: RowFrom, args: &Summarize, env: &Env) -> Result<Parts> {
    let open = OpenConfig {
        mmap: args.reading.mmap,
        now: env.now,
        limits: Limits::default(),
        encoding: row.reading.encoding,
        spool: env.spool.clone(),
        meter: Arc::new(Meter::default()),
    };
    let config = ReadConfig {
        block: args.reading.block,
        ..ReadConfig::of(open)
    };
    let threads = args.reading.jobs.map(usize::from).or(env.threads);
    let read = || read_row(row, from, &config);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .build();
    let summary = match pool {
        Ok(pool) => pool.install(read),
        // no threads to be had: the caller's own does it all
        Err(_) => read(),
    }?;
    if let Some((_, error)) = summary.failed.into_iter().next() {
        return Err(error);
    }
    let summary = Summary {
        failed: Vec::new(),
        ..summary
    };
    let done = BTreeMap::from([(row.row, done(row, &summary))]);
    Ok(Parts::one(of(row, done, summary, args.redact)))
}

/// What is known of a row that has been read.
fn done(row: &Row, summary: &Summary) -> RowDone {
    let mut crc = crc32fast::Hasher::new();
    for input in &row.inputs {
        if let Some(p) = summary.part.inputs.get(&input.id) {
            crc.update(&p.coverage.crc32().to_le_bytes());
        }
    }
    RowDone {
        input: row.inputs.first().map_or(0, |i| i.id),
        off: row.off,
        len: row.len,
        crc32: crc.finalize(),
    }
}

fn of(row: &Row, rows: BTreeMap<u32, RowDone>, summary: Summary, redact: bool) -> Planned {
    let mut settings = row.settings.clone();
    let mut part = summary.part;
    if redact {
        let people = people(&mut part);
        let inputs = part.inputs.values_mut();
        inputs.for_each(|p| p.texts(&mut |t| *t = people.redacted(t)));
        if let Some(all) = settings.as_object_mut() {
            all.insert("redacted".into(), true.into());
        }
    }
    Planned {
        of: row.of,
        rows,
        settings,
        part,
        sha256: summary.sha256,
    }
}

/// The people that the texts of a part name.
fn people(part: &mut Part) -> People {
    let mut things: BTreeSet<String> = BTreeSet::new();
    for p in part.inputs.values() {
        things.extend(p.meta.host.iter().chain(&p.meta.service).cloned());
        for (_, track) in p.tracks() {
            let keys = [&track.by_host, &track.by_service, &track.said];
            let named = keys.into_iter().flat_map(|k| k.sorted());
            things.extend(named.map(|(name, _)| String::from_utf8_lossy(name).into_owned()));
        }
    }
    let things: Vec<&str> = things.iter().map(String::as_str).collect();
    let mut people = People::default();
    for p in part.inputs.values_mut() {
        let markers = p.tracks().flat_map(|(_, t)| &t.markers).chain(&p.untimed);
        let actors = markers.filter_map(|m| m.actor.as_deref());
        actors.for_each(|a| people.know(&LogText::name(a), &things));
        p.texts(&mut |t| people.meet(&LogText::new(t), &things));
    }
    people.settled()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        assert_eq!(shard("0/8"), Ok((0, 8)));
        for bad in ["8/8", "1", "a/b", "-1/2", "0/0"] {
            assert!(shard(bad).is_err(), "{bad}");
        }
    }
}
