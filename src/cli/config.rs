//! Settings from `coroner.toml`, the environment and the options, in this order of weight; formats from configurations of servers.
//! The file is looked for in the working directory only: an archive from a stranger must not configure the program.

mod caret;
mod origin;
mod read;
mod user_rules;

pub(super) use crate::cli::config::caret::{FileText, pointed};

use super::args::{Defining, Presentation, Reading};
use super::env::Env;
use super::exit::Exit;
use crate::cli::diagnostics::{Complaint, shown};
use coroner::formats::OwnFormat;
use coroner::program::format::from_conf;
use coroner::settings::{
    About, For, Limits, Meter, OpenConfig, OwnRule, PlanConfig, ReadConfig, ScanConfig,
    Sensitivity, Settings, When, Zone,
};
use regex::Regex;
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
    pub assume_tz: Vec<For<Zone>>,
    /// Formats.
    pub formats: Vec<OwnFormat>,
    /// Marker rules.
    pub rules: Vec<OwnRule>,
    /// Layout of the Markdown.
    pub template: Option<String>,
    /// Whether what is longer than the screen is shown in a pager.
    pub pager: Option<bool>,
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
    /// Settings of the analysis.
    pub settings: Settings,
    /// Layout of the Markdown.
    pub template: Option<String>,
    /// Whether what is longer than the screen is shown in a pager.
    pub pager: bool,
    /// Checks of `audit` that stay silent.
    pub allow: Vec<String>,
    /// The files that say all this, and what is usual.
    pub files: Vec<PathBuf>,
    /// Each setting, its value and where it comes from, for `-v`.
    pub origins: Vec<String>,
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
    let shown = shown(path);
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
            let shown = shown(path);
            let what = format!("{shown} holds no log format");
            return Err(Complaint::error(what, Exit::NotDone).help(
                "name a file with log_format (nginx), LogFormat (Apache), log-format (HAProxy) or a <pattern> (logback)",
            ));
        }
        for f in found {
            let format = OwnFormat::new(f.definition).map_err(|e| {
                let place = FileText { path, text: &text };
                pointed(
                    "a log format that cannot be used",
                    place,
                    f.at + e.at,
                    &e.why,
                )
            })?;
            config.formats.push(format);
        }
    }
    Ok(config)
}

/// Options over the environment, this over the file.
pub(super) fn settle(
    reading: &Reading,
    presentation: &Presentation,
    template: Option<&str>,
    env: &Env,
) -> Result<Settled, Complaint> {
    let config = load(&reading.defining, env)?;
    let origins = origin::origins(reading, presentation, template, env, &config);
    let edge = [config.edge, reading.edge.clone()].concat();
    let some = |all: &[String]| globs(all).map_err(|e| Complaint::from(&e));
    let open = OpenConfig {
        mmap: reading.mmap,
        now: env.now,
        limits: Limits {
            ratio: reading.max_ratio,
            bytes: reading.max_unpacked,
            ..Limits::default()
        },
        encoding: reading.encoding,
        spool: env.spool.clone(),
        meter: Arc::new(Meter::default()),
    };
    let zone = presentation.tz.or(config.tz);
    let (since, until) = match reading.around.clone() {
        Some((from, to)) => (Some(from), Some(to)),
        None => (reading.since.clone(), reading.until.clone()),
    };
    let counted = |w: When| w.counted(env.instant(), zone.unwrap_or(Zone::UTC), false);
    let (since, until) = (since.map(counted), until.map(counted));
    let settings = Settings {
        plan: PlanConfig {
            // the last that fits an input counts
            zones: [config.assume_tz, reading.assume_tz.clone()].concat(),
            formats: reading.defining.format.clone(),
            edge: some(&edge)?,
            services: config.services,
            years: reading.year.clone(),
            own_formats: config.formats,
            rules: Arc::new(config.rules),
            ..PlanConfig::default()
        },
        keep_samples: false,
        read: ReadConfig {
            block: reading.block,
            scan: ScanConfig {
                max_line: reading.max_line,
                ..ScanConfig::default()
            },
            number_lines: !reading.no_line_numbers,
            sha256: reading.sha256,
            ..ReadConfig::of(open)
        },
        include: some(&reading.include)?,
        exclude: some(&reading.exclude)?,
        name_root: reading.name_root.clone(),
        since,
        until,
        zone,
        slo: reading.slo.or(config.slo),
        sensitivity: reading
            .sensitivity
            .or(config.sensitivity)
            .unwrap_or_default(),
        baseline: reading.baseline.clone(),
        about: About {
            service: reading.service.clone(),
            host: reading.host.clone(),
            incident: None,
        },
        shown: presentation.shown(),
        redact: config.redact,
        threads: reading.threads(env),
    };
    Ok(Settled {
        settings,
        template: template.map(str::to_owned).or(config.template),
        pager: config.pager.unwrap_or(true),
        allow: config.allow,
        files: config
            .files
            .into_iter()
            .chain(reading.baseline.clone())
            .collect(),
        origins,
    })
}

/// Patterns of a list of globs.
fn globs(all: &[String]) -> coroner::Result<Vec<For<()>>> {
    all.iter().map(|g| For::new(Some(g), ())).collect()
}
