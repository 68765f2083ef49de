//! Settings from `coroner.toml`, the environment and the options, in this order of weight; formats from configurations of servers.
//! The file is looked for in the working directory only: an archive from a stranger must not configure the program.

mod own;
mod place;
mod read;

pub(super) use place::{Place, pointed};

use super::args::{Defining, Reading, Telling};
use super::complain::{Complaint, escaped};
use super::env::Env;
use super::exit::Exit;
use super::value::{ForYear, ForZone, FormatFor};
use crate::format::custom::{compile, from_conf};
use crate::marker::own::OwnRule;
use crate::model::Sensitivity;
use crate::plan::{For, OwnFormat};
use crate::time::zone::Zone;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the file in the working directory.
const FILE: &str = "coroner.toml";

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// Zone in which times are written.
    pub tz: Option<Zone>,
    /// Service objective, 0–1.
    pub slo: Option<f64>,
    /// How small an incident is looked for.
    pub sensitivity: Option<Sensitivity>,
    /// Inputs that are the edge.
    pub edge: Vec<String>,
    /// Zones of lines without one.
    pub assume_tz: Vec<ForZone>,
    /// Formats.
    pub formats: Vec<OwnFormat>,
    /// Patterns and names of the formats, as the report tells them.
    pub told: Vec<(String, String)>,
    /// Marker rules.
    pub rules: Vec<OwnRule>,
    /// Keys that are right and say nothing to this subcommand.
    pub unused: Vec<String>,
}

/// Everything that is in force.
#[derive(Debug)]
pub(super) struct Settled {
    pub tz: Option<Zone>,
    pub slo: Option<f64>,
    pub sensitivity: Sensitivity,
    pub edge: Vec<String>,
    pub assume_tz: Vec<ForZone>,
    pub years: Vec<ForYear>,
    pub formats: Vec<FormatFor>,
    pub own_formats: Vec<OwnFormat>,
    pub told: Vec<(String, String)>,
    pub rules: Arc<Vec<OwnRule>>,
    /// Notes about where values came from, for `-v`.
    pub said: Vec<String>,
    /// Settings that change nothing, which whoever wrote them must know.
    pub unused: Vec<String>,
}

/// The file of settings: `--config`, else `CORONER_CONFIG`, else `coroner.toml` where the program was started.
fn file(args: &Defining, env: &Env) -> Option<PathBuf> {
    match (&args.config, args.no_config) {
        (Some(f), _) => Some(f.clone()),
        (None, true) => None,
        (None, false) => env
            .config
            .clone()
            .or_else(|| Some(PathBuf::from(FILE)).filter(|f| f.is_file())),
    }
}

/// The text of a file that the user names, at most 1 MiB of UTF-8.
fn text_of(path: &Path) -> Result<String, Complaint> {
    const MOST: u64 = 1 << 20;
    let shown = escaped(path.as_os_str().as_encoded_bytes());
    let failed = |why: String| {
        Complaint::error(format!("cannot read {shown}: {why}"), Exit::NotDone)
            .help("check the path and its permissions")
    };
    let meta = std::fs::metadata(path).map_err(|e| failed(e.to_string()))?;
    if meta.len() > MOST {
        return Err(failed("more than 1 MiB is no configuration".into()));
    }
    std::fs::read_to_string(path).map_err(|e| failed(e.to_string()))
}

/// Formats, from the file of settings and from `--format-from`; and what the file says beside.
pub(super) fn load(args: &Defining, env: &Env) -> Result<Config, Complaint> {
    let mut config = match file(args, env) {
        None => Config::default(),
        Some(path) => read::config(&path, &text_of(&path)?)?,
    };
    for path in &args.format_from {
        let text = text_of(path)?;
        let found = from_conf(&text);
        if found.is_empty() {
            let shown = escaped(path.as_os_str().as_encoded_bytes());
            let what = format!("{shown} holds no log format");
            return Err(Complaint::error(what, Exit::NotDone).help(
                "name a file with log_format (nginx), LogFormat (Apache), log-format (HAProxy) or a <pattern> (logback)",
            ));
        }
        for f in found {
            let format = compile(&f.definition).map_err(|e| {
                let place = Place { path, text: &text };
                pointed(
                    "a log format that cannot be used",
                    place,
                    f.at + e.at,
                    &e.why,
                )
            })?;
            config.told.push(("*".into(), f.definition.name.clone()));
            config.formats.push(OwnFormat {
                format: Arc::from(format),
                inputs: Vec::new(),
            });
        }
    }
    Ok(config)
}

/// Options over the file.
pub(super) fn settle(
    reading: &Reading,
    telling: &Telling,
    env: &Env,
) -> Result<Settled, Complaint> {
    let config = load(&reading.defining, env)?;
    let from = file(&reading.defining, env);
    let (mut said, mut unused) = (Vec::new(), Vec::new());
    if let Some(path) = &from {
        let shown = escaped(path.as_os_str().as_encoded_bytes());
        let mut tell = |what: &str, there: bool, given: bool| {
            if there {
                let by = if given { "the option" } else { &shown };
                said.push(format!("{what} is that of {by}"));
            }
        };
        tell("tz", config.tz.is_some(), telling.tz.is_some());
        tell("slo", config.slo.is_some(), reading.slo.is_some());
        tell(
            "sensitivity",
            config.sensitivity.is_some(),
            reading.sensitivity.is_some(),
        );
        for (what, n) in [
            ("edge", config.edge.len()),
            ("assume_tz", config.assume_tz.len()),
            ("format", config.formats.len()),
            ("marker", config.rules.len()),
        ] {
            if n > 0 {
                said.push(format!("{n} of {what} from {shown}"));
            }
        }
        for key in &config.unused {
            unused.push(format!("{key} in {shown} is not used yet"));
        }
    }
    Ok(Settled {
        tz: telling.tz.or(config.tz),
        slo: reading.slo.or(config.slo),
        sensitivity: reading
            .sensitivity
            .or(config.sensitivity)
            .unwrap_or_default(),
        edge: config.edge.iter().chain(&reading.edge).cloned().collect(),
        // the last that fits an input counts
        assume_tz: config
            .assume_tz
            .into_iter()
            .chain(reading.assume_tz.iter().cloned())
            .collect(),
        years: reading.year.clone(),
        formats: reading.defining.format.clone(),
        own_formats: config.formats,
        told: config.told,
        rules: Arc::new(config.rules),
        said,
        unused,
    })
}

/// Patterns of a list of globs.
fn globs(all: &[String]) -> crate::error::Result<Vec<For<()>>> {
    all.iter().map(|g| For::new(Some(g), ())).collect()
}
