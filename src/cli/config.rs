//! Settings from `coroner.toml`, the environment and the options, in this order of weight; formats from configurations of servers.
//! The file is looked for in the working directory only: an archive from a stranger must not configure the program.

mod caret;
mod origin;
mod read;
mod user_rules;

pub(super) use crate::cli::config::caret::{Place, pointed};

use super::args::{Defining, Reading, Telling};
use super::env::Env;
use super::exit::Exit;
use super::value::{ForYear, ForZone, FormatFor};
use crate::cli::diagnostics::{Complaint, escaped};
use coroner::format::custom::{compile, from_conf};
use coroner::marker::own::OwnRule;
use coroner::model::Sensitivity;
use coroner::plan::{For, OwnFormat};
use coroner::time::zone::Zone;
use regex::Regex;
use std::collections::BTreeMap;
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
    /// Layout of the Markdown.
    pub template: Option<String>,
    /// Services of inputs whose lines name none: pattern and name.
    pub services: Vec<For<String>>,
    /// What else is taken out of texts.
    pub redact: Vec<Regex>,
    /// Checks of `audit` that stay silent.
    pub allow: Vec<String>,
    /// The files that were read for it.
    pub files: Vec<PathBuf>,
}

impl Config {
    /// Reads the text of a file of settings.
    pub fn read(path: &Path, text: &str) -> Result<Config, Complaint> {
        read::config(path, text)
    }
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
    pub template: Option<String>,
    pub services: Vec<For<String>>,
    pub redact: Vec<Regex>,
    /// Checks of `audit` that stay silent.
    pub allow: Vec<String>,
    /// The files that say all this, and what is usual.
    pub files: Vec<PathBuf>,
    /// Threads; 0: one per processor.
    pub jobs: usize,
    /// Each setting, its value and where it comes from, for `-v`.
    pub said: Vec<String>,
}

impl Settled {
    /// Services given for inputs whose lines name none, as the report tells them.
    pub fn services_told(&self) -> BTreeMap<String, String> {
        let told = self.services.iter();
        told.filter_map(|f| Some((f.pattern.clone()?, f.value.clone())))
            .collect()
    }
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
    let file = file(args, env);
    let mut config = match &file {
        None => Config::default(),
        Some(path) => Config::read(path, &text_of(path)?)?,
    };
    config.files = file.into_iter().chain(args.format_from.clone()).collect();
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
                definition: Arc::new(f.definition),
                inputs: Vec::new(),
            });
        }
    }
    Ok(config)
}

/// Options over the environment, this over the file.
pub(super) fn settle(
    reading: &Reading,
    telling: &Telling,
    template: Option<&str>,
    env: &Env,
) -> Result<Settled, Complaint> {
    let config = load(&reading.defining, env)?;
    let said = crate::cli::config::origin::said(reading, telling, template, env, &config);
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
        template: template.map(str::to_owned).or(config.template),
        services: config.services,
        redact: config.redact,
        allow: config.allow,
        files: config
            .files
            .into_iter()
            .chain(reading.baseline.clone())
            .collect(),
        jobs: reading.jobs.map(usize::from).or(env.threads).unwrap_or(0),
        said,
    })
}

/// Patterns of a list of globs.
fn globs(all: &[String]) -> coroner::error::Result<Vec<For<()>>> {
    all.iter().map(|g| For::new(Some(g), ())).collect()
}
