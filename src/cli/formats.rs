//! `coroner formats`: the list of formats, what of them fits a file, and a definition for a file that none fits.
//! Formats come from the registry and from the user's settings; nothing is listed by hand.

mod fits;
mod gain;
mod guess;
mod read;
mod shown;

use super::args::Defining;
use super::config;
use super::env::Env;
use super::outcome::{Done, Outcome};
use super::output::write_stdout;
use crate::cli::diagnostics::escaped;
use clap::Args;
use coroner::formats::OwnFormat;
use coroner::program::format::{FORMATS, Format, Framing};
use coroner::program::text::unmarked;
use serde_json::{Value, json};
use std::path::PathBuf;
use unicode_width::UnicodeWidthStr;

/// Arguments of `formats`.
#[derive(Args, Debug)]
pub struct Formats {
    /// Show which formats fit FILE, with the fields of its first lines and the first lines that none understands
    #[arg(long = "try", value_name = "FILE", conflicts_with = "guess")]
    pub attempt: Option<PathBuf>,
    /// Print a [[format]] for FILE, to paste into coroner.toml
    #[arg(long, value_name = "FILE")]
    pub guess: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Formats of the user's own.
    #[command(flatten)]
    pub defining: Defining,
}

/// Does the job.
pub(super) fn run(args: &Formats, env: &Env, outcome: &mut Outcome) -> Done<()> {
    let Some(path) = args.attempt.as_ref().or(args.guess.as_ref()) else {
        let own = config::load(&args.defining, env)?.formats;
        write_stdout(list(&own, args.json).as_bytes())?;
        return Ok(());
    };
    let looked = read::read(path, args, env, outcome)?;
    let text = match args.guess {
        None => fits::report(&looked, args.json),
        Some(_) => guess::report(&looked, args.json),
    };
    match args.json {
        true => write_stdout(text.as_bytes())?,
        false => write_stdout(unmarked(&text).as_bytes())?,
    };
    Ok(())
}

/// Formats of the user's, then the registry's, each with whether it is the user's.
fn all(own: &[OwnFormat]) -> impl Iterator<Item = (&dyn Format, bool)> {
    let mine = own.iter().map(|o| (&*o.format as &dyn Format, true));
    mine.chain(FORMATS.iter().map(|f| (*f as &dyn Format, false)))
}

fn framing(f: Framing) -> &'static str {
    match f {
        Framing::Line => "line",
        Framing::Head => "head",
        Framing::Stateful => "stateful",
        #[expect(unreachable_patterns, reason = "framings may be added")]
        _ => "document",
    }
}

fn list(own: &[OwnFormat], as_json: bool) -> String {
    if as_json {
        let all: Vec<Value> = all(own)
            .map(|(f, mine)| {
                json!({
                    "name": f.name(),
                    "kind": f.kind().word(),
                    "framing": framing(f.framing()),
                    "about": f.about(),
                    "sample": f.sample(),
                    "own": mine,
                })
            })
            .collect();
        return pretty(&json!({ "formats": all }));
    }
    let rows: Vec<(&str, &str, &str, bool)> = all(own)
        .map(|(f, mine)| (f.name(), f.kind().word(), f.about(), mine))
        .collect();
    let width = rows.iter().map(|r| r.0.width()).max().unwrap_or(0);
    let mut out = String::new();
    for (name, kind, about, mine) in rows {
        let pad = " ".repeat(width - name.width());
        let mark = if mine { " (own)" } else { "" };
        out.push_str(&format!(
            "{}{pad}  {kind:<6}  {}{mark}\n",
            escaped(name.as_bytes()),
            escaped(about.as_bytes())
        ));
    }
    out
}

fn pretty(v: &Value) -> String {
    format!("{v:#}\n")
}
