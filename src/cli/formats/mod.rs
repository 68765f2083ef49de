//! `coroner formats`: the list of formats, what of them fits a file, and a definition for a file that none fits.
//! Formats come from the registry and from the user's settings; nothing is listed by hand.

mod fits;
mod guess;
mod shown;
mod words;

use super::args::Defining;
use super::complain::{Complaint, escaped};
use super::config;
use super::env::Env;
use super::exit::Exit;
use super::outcome::Outcome;
use super::output::write_stdout;
use crate::error::{Error, Result};
use crate::format::custom::{Definition, Spec, compile};
use crate::format::frame::{FRAMES, Frame, Unit, Units};
use crate::format::{FORMATS, Format, Framing};
use crate::plan::OwnFormat;
use crate::source::{Encoding, Limits, MmapMode, OpenConfig, Sample, gather, walk};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
pub(super) fn run(args: &Formats, env: &Env, outcome: &mut Outcome) -> Result<()> {
    let own = match own_formats(args, env)? {
        Ok(own) => own,
        Err(c) => {
            outcome.add(c);
            return Ok(());
        }
    };
    let text = match (&args.attempt, &args.guess) {
        (Some(path), _) => match samples(path, env, outcome)? {
            None => return Ok(()),
            Some(all) => fits::report(&own, &all, args.json)?,
        },
        (_, Some(path)) => match samples(path, env, outcome)? {
            None => return Ok(()),
            Some(all) => guess::report(&all, args.json),
        },
        _ => list(&own, args.json),
    };
    write_stdout(text.as_bytes()).map(|_| ())
}

/// Formats of the settings and of `--format`, or what is wrong with them.
fn own_formats(
    args: &Formats,
    env: &Env,
) -> Result<std::result::Result<Vec<OwnFormat>, Complaint>> {
    let mut own = match config::load(&args.defining, env) {
        Ok(c) => c.formats,
        Err(c) => return Ok(Err(c)),
    };
    for f in &args.defining.format {
        let known = FORMATS
            .iter()
            .any(|b| b.name().eq_ignore_ascii_case(&f.format));
        let Some(spec) = Spec::guess(&f.format).filter(|_| !known) else {
            continue;
        };
        let def = Definition::new(spec.word(), spec);
        let made = compile(&def).map_err(|e| Error::Usage {
            what: "--format".into(),
            why: e.render(&f.format),
            remedy: "copy the string as it stands in the configuration of the writer".into(),
        })?;
        own.insert(
            0,
            OwnFormat {
                format: Arc::from(made),
                definition: Arc::new(def),
                inputs: Vec::new(),
            },
        );
    }
    Ok(Ok(own))
}

/// The lines of one input that are looked at.
struct Looked {
    name: String,
    lines: Vec<Line>,
    /// What puts its records together, where they are more than lines, and their texts.
    framed: Option<(&'static dyn Frame, Vec<Line>)>,
    /// Whether these are all lines there are.
    whole: bool,
}

/// A line and its number, where it is known.
struct Line {
    number: Option<usize>,
    bytes: Vec<u8>,
}

impl Line {
    /// `line 7`, or `a line`.
    fn place(&self) -> String {
        self.number
            .map_or("a later line".into(), |n| format!("line {n}"))
    }
}

/// Samples of a file, of the files in a folder or of an archive. `None`: it was told why there are none.
fn samples(path: &Path, env: &Env, outcome: &mut Outcome) -> Result<Option<Vec<Looked>>> {
    let shown = escaped(path.as_os_str().as_encoded_bytes());
    let walked = walk(&[path]);
    if let Some(p) = walked.problems.first() {
        outcome.add(
            Complaint::error(format!("cannot open {shown}: {p}"), Exit::NotDone)
                .help("check the path and its permissions"),
        );
        return Ok(None);
    }
    let config = OpenConfig {
        mmap: MmapMode::Never,
        now: env.now,
        limits: Limits::default(),
        encoding: Encoding::Auto,
        spool: env.spool.clone(),
        meter: Arc::default(),
    };
    let mut all = Vec::new();
    for (input, sample) in gather(walked.found, &config, &|_| true).inputs {
        let name = input.found.name;
        match sample {
            Err(e) => outcome.add(Complaint::from(&e)),
            Ok(s) => match (s.binary, s.ours) {
                (Some(b), _) => outcome.add(Complaint::warning(format!("{name}: {b}"))),
                (None, Some(ours)) => outcome.add(Complaint::warning(format!(
                    "{name}: no log, but what coroner wrote ({ours})"
                ))),
                (None, None) => all.push(looked(name, s)),
            },
        }
    }
    all.retain(|l| !l.lines.is_empty());
    if all.is_empty() {
        let none = format!("{shown} holds no lines of text");
        outcome.add(Complaint::error(none, Exit::NotDone).help("name a log file"));
        return Ok(None);
    }
    Ok(Some(all))
}

/// The frame that claims an input which begins so, and the texts of its records.
fn framed(head: &[u8]) -> Option<(&'static dyn Frame, Vec<Line>)> {
    let frame = *FRAMES.iter().find(|f| f.claims(head))?;
    let (mut framer, mut units) = (frame.start(), Units::default());
    framer.feed(head, &mut units);
    framer.finish(&mut units);
    let line = |u: &Unit| Line {
        number: usize::try_from(u.line).ok(),
        bytes: units.bytes[u.text.clone()].to_vec(),
    };
    let texts = units.list.iter().map(line);
    Some((frame, texts.filter(|l| !l.bytes.is_empty()).collect()))
}

fn looked(name: String, sample: Sample) -> Looked {
    let mut lines = Vec::new();
    let head = sample.spots.first().filter(|s| s.offset == 0);
    let framed = head.and_then(|s| framed(&s.bytes));
    for spot in sample.spots {
        let mut bytes = spot.bytes;
        crate::plan::clean(&mut bytes);
        let numbered = spot.offset == 0;
        let cut = bytes.split(|c| *c == b'\n').enumerate();
        lines.extend(cut.map(|(i, l)| Line {
            number: numbered.then_some(i + 1),
            bytes: crate::plan::trim_line(l).trim_ascii_end().to_vec(),
        }));
    }
    lines.retain(|l| !l.bytes.is_empty());
    Looked {
        name,
        lines,
        framed,
        whole: sample.whole,
    }
}

/// Formats to try: the user's, then the registry's, each with whether it is the user's.
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
    let mut s = serde_json::to_string_pretty(v).unwrap_or_default();
    s.push('\n');
    s
}
