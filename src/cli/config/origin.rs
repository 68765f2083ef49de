//! Where each setting comes from, as `-v` shows it: option, environment, file, or the default.
//! Nothing is decided here; the order of weight is that of [`crate::cli::config::settle`].

use crate::cli::args::{Presentation, Reading};
use crate::cli::config::{Config, file};
use crate::cli::diagnostics::{escaped, shown};
use crate::cli::env::Env;
use crate::cli::value::Word;

/// A line per setting. Lists that are empty everywhere are left out.
pub(super) fn origins(
    reading: &Reading,
    presentation: &Presentation,
    template: Option<&str>,
    env: &Env,
    config: &Config,
) -> Vec<String> {
    let from = file(&reading.defining, env);
    let shown = from.as_ref().map_or_else(String::new, shown);
    let mut out = Vec::new();
    out.push(match (&from, reading.defining.no_config, &env.config) {
        (None, true, _) => line("settings", "no file", "--no-config"),
        (None, false, _) => line("settings", "no file", "there is no coroner.toml here"),
        (Some(_), _, _) if reading.defining.config.is_some() => {
            line("settings", &shown, "--config")
        }
        (Some(_), _, Some(_)) => line("settings", &shown, "CORONER_CONFIG"),
        (Some(_), _, None) => line("settings", &shown, "found in the working directory"),
    });
    let mut one = |what: &str, option: Option<String>, file: Option<String>, default: &str| {
        out.push(match (option, file) {
            (Some(v), _) => line(what, &v, &format!("--{what}")),
            (None, Some(v)) => line(what, &v, &shown),
            (None, None) => line(what, default, "default"),
        });
    };
    let zone = |z: coroner::settings::Zone| z.to_string();
    one(
        "tz",
        presentation.tz.map(zone),
        config.tz.map(zone),
        "that of the logs, else UTC",
    );
    let share = |s: f64| coroner::program::report::facts::percent_of_objective(s);
    one("slo", reading.slo.map(share), config.slo.map(share), "none");
    let level = |s: coroner::model::Sensitivity| s.word().to_owned();
    one(
        "sensitivity",
        reading.sensitivity.map(level),
        config.sensitivity.map(level),
        "normal",
    );
    let name = |t: &str| escaped(t.as_bytes());
    one(
        "template",
        template.map(name),
        config.template.as_deref().map(name),
        "default",
    );
    out.push(match (reading.jobs, env.threads) {
        (Some(n), _) => line("jobs", &n.to_string(), "--jobs"),
        (None, Some(n)) => line("jobs", &n.to_string(), "CORONER_THREADS"),
        (None, None) => line("jobs", "one per processor", "default"),
    });
    // What `--format-from` defines stands in one list with what the file does.
    let lists = [
        ("edge", reading.edge.len(), config.edge.len()),
        ("assume-tz", reading.assume_tz.len(), config.assume_tz.len()),
        ("format", reading.defining.format.len(), 0),
        ("own formats", 0, config.formats.len()),
        ("year", reading.year.len(), 0),
        ("marker", 0, config.rules.len()),
        ("services", 0, config.services.len()),
        ("redact.extra", 0, config.redact.len()),
    ];
    for (what, option, file) in lists.into_iter().filter(|l| l.1 + l.2 > 0) {
        let parts = [
            (option, format!("--{what}")),
            (file, defined(&shown, reading)),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|p| p.0 > 0)
            .map(|(n, by)| format!("{n} from {by}"))
            .collect();
        out.push(format!("{what:<13} {}", parts.join(", ")));
    }
    out
}

fn defined(shown: &str, reading: &Reading) -> String {
    match (shown.is_empty(), reading.defining.format_from.is_empty()) {
        (true, _) => "--format-from".into(),
        (false, true) => shown.to_owned(),
        (false, false) => format!("{shown} and --format-from"),
    }
}

fn line(what: &str, value: &str, from: &str) -> String {
    format!("{what:<13} {value}  ({from})")
}
