//! `coroner demo`: unpacks a small incident and shows what a first look gives, and what to try next.

use super::analyse::look;
use super::args::{Screen, Unasked};
use super::diagnostics::shown;
use super::env::Env;
use super::outcome::{Done, Outcome};
use super::output::Outputs;
use super::page::Page;
use super::read::{self, Request};
use clap::Args;
use coroner::forms::TEXT;
use coroner::{Error, Result};
use std::path::{Path, PathBuf};

/// A failed upgrade of a shop with three web servers, as its machines logged it.
const INCIDENT: &[u8] = include_bytes!("demo/incident.tar.zst");
/// Bytes of the unpacked incident at most: it is ours, but a damaged program must not fill a disk.
const LARGEST: u64 = 64 << 20;

/// Arguments of `demo`.
#[derive(Args, Debug)]
pub struct Demo {
    /// Folder to unpack to; it must be empty or not there yet
    #[arg(value_name = "DIR", default_value = "coroner-demo")]
    pub dir: PathBuf,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
}

/// Unpacks, reads, shows.
pub fn run(args: &Demo, env: &Env, outcome: &mut Outcome) -> Done<()> {
    let files = unpack(&args.dir)?;
    let dir = shown(&args.dir);
    let mut plain = Unasked::of(&args.dir)?;
    plain.reading.defining.no_config = true;
    let said = (&plain.reading, &plain.presentation, &args.screen);
    let settled = read::settled(said, None, env, outcome)?;
    let outputs = Outputs::default();
    let asked = Request::of(said, &settled, &outputs);
    let report = read::report(asked, env, outcome)?;
    if args.screen.quiet {
        return Ok(());
    }
    let view = TEXT.render(&report, &look(&args.screen, env));
    let typed = match dir.contains(|c: char| !(c.is_alphanumeric() || "./_-".contains(c))) {
        true => format!("'{}'", dir.replace('\'', "'\\''")),
        false => dir.clone(),
    };
    let text = format!(
        "Unpacked {files} files to {dir}: the logs of a shop whose upgrade went wrong.\n\n$ coroner {typed}\n{view}\n{}",
        next(&typed)
    );
    let page = Page::new(&args.screen, settled.pager, env);
    page.show(&text)?;
    Ok(())
}

/// What to type next, in columns whatever the folder is called.
fn next(dir: &str) -> String {
    let rows = [
        (
            format!("coroner {dir} --html report.html"),
            "a report to read in a browser, and to send",
        ),
        (
            format!("coroner {dir} --md postmortem.md"),
            "a postmortem to finish: search for TODO",
        ),
        (
            format!("coroner explain B {dir}"),
            "what row B rests on: method, numbers, raw lines",
        ),
        (
            format!("coroner explain 1 {dir}"),
            "why this cause, weight by weight",
        ),
        (
            format!("coroner init {dir} -o -"),
            "settings for such a folder, to correct",
        ),
        ("coroner YOUR-LOGS/".to_owned(), "and now yours"),
    ];
    let width = rows.iter().map(|r| r.0.chars().count()).max().unwrap_or(0);
    let line = |(command, about): &(String, &str)| format!("  {command:<width$}   {about}\n");
    format!("TRY NEXT\n{}", rows.iter().map(line).collect::<String>())
}

/// Unpacks the incident; says how many files there are.
fn unpack(dir: &Path) -> Result<usize> {
    let failed = Error::write(dir);
    let taken = std::fs::read_dir(dir).map(|mut d| d.next().is_some());
    if taken.unwrap_or(dir.exists()) {
        return Err(Error::usage(
            format!("demo {}", shown(dir)),
            "the folder is not empty",
            "name another one: coroner demo DIR",
        ));
    }
    std::fs::create_dir_all(dir).map_err(failed)?;
    let unpacked = zstd::Decoder::new(INCIDENT).map_err(failed)?;
    let mut archive = tar::Archive::new(std::io::Read::take(unpacked, LARGEST));
    let mut files = 0;
    for entry in archive.entries().map_err(failed)? {
        let mut entry = entry.map_err(failed)?;
        files += usize::from(entry.header().entry_type().is_file());
        entry.unpack_in(dir).map_err(failed)?;
    }
    Ok(files)
}
