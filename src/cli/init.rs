//! `coroner init`: a file of settings, with every key explained, from what logs show. Nothing in it is in force until a person
//! takes the `#` away, so that a guess never becomes a setting by itself: `# ` begins a remark, `#key` a setting.

use super::args::{Presentation, Reading, Screen};
use super::diagnostics::shown;
use super::env::Env;
use super::outcome::{Done, Outcome};
use super::output::{Outputs, Target, What, write_stdout};
use super::read::{self, Request};
use clap::Args;
use coroner::Report;
use coroner::model::{Input, Tier, ZoneSource};
use coroner::program::report::{count, counted};
use coroner::program::text::LogText;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Arguments of `init`.
#[derive(Args, Debug)]
pub struct Init {
    /// What to read, and how.
    #[command(flatten)]
    pub reading: Reading,
    /// File to write (- for standard output)
    #[arg(
        short = 'o',
        value_name = "F",
        default_value = "coroner.toml",
        help_heading = "Output"
    )]
    pub output: PathBuf,
    /// Replace the file if it is there
    #[arg(long, help_heading = "Output")]
    pub force: bool,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
}

/// Inputs that are named one by one at most.
const NAMED: usize = 20;

/// Reads the logs as if there were no file of settings, and writes one.
pub fn run(args: &Init, env: &Env, outcome: &mut Outcome) -> Done<()> {
    let mut reading = args.reading.clone();
    reading.defining.no_config = reading.defining.config.is_none();
    let presentation = Presentation::default();
    let said = (&reading, &presentation, &args.screen);
    let settled = read::settled(said, None, env, outcome)?;
    let outputs = Outputs::one(What::Settings, Some(&args.output), args.force);
    let asked = Request::of(said, &settled, &outputs);
    let report = read::report(asked, env, outcome)?;
    outputs.write_only(&settings(&report))?;
    let to_file = matches!(Target::of(&args.output), Target::File(_));
    if to_file && !args.screen.quiet {
        let name = shown(&args.output);
        let guesses = assumed(&report).count() + odd(&report).count();
        let text = format!(
            "Wrote {name}: nothing in it is in force yet. {}\nTake the # away from what is right; coroner -v LOGS shows what is in force.\n",
            match guesses {
                0 => "Nothing had to be assumed.".to_owned(),
                n => format!("{} to check, marked CHECK.", counted(n as u64, "thing")),
            }
        );
        write_stdout(text.as_bytes())?;
    }
    Ok(())
}

/// Inputs whose zone nothing in their lines states.
fn assumed(report: &Report) -> impl Iterator<Item = &Input> {
    let all = report.inputs.iter().filter(|i| i.span.is_some());
    all.filter(|i| i.zone.source == ZoneSource::Assumed)
}

/// Inputs of which more than a twentieth was not understood.
fn odd(report: &Report) -> impl Iterator<Item = &Input> {
    let all = report.inputs.iter();
    all.filter(|i| i.unparsed.saturating_mul(20) > i.lines)
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The pattern that matches an input by its name, letter by letter.
fn pattern(name: &LogText) -> String {
    let special = |c: char| if "*?[]{}!\\".contains(c) { '?' } else { c };
    name.for_terminal().chars().map(special).collect()
}

/// The file.
fn settings(report: &Report) -> String {
    let mut out = format!(
        "# Settings of coroner, from what {} of logs show ({}).\n\
         # It is read where coroner is started. Remarks begin with \"# \"; a setting begins with \"#\" alone\n\
         # and is in force when that is taken away. coroner -v LOGS shows what is in force.\n",
        counted(report.inputs.len() as u64, "input"),
        counted(
            report
                .inputs
                .iter()
                .map(|i| i.lines)
                .fold(0, u64::saturating_add),
            "line"
        ),
    );
    out.push_str(
        "\n# The zone in which times are written. Without it: the zone that the logs agree on.\n",
    );
    let _ = writeln!(out, "#tz = {}", quoted(&report.settings.zone.to_string()));
    zones(report, &mut out);
    edge(report, &mut out);
    services(report, &mut out);
    formats(report, &mut out);
    out.push_str(
        "\n# The share of requests that must succeed, for the error budget.\n#slo = \"99.9%\"\n\
         \n# How small an incident is looked for: low, normal, high.\n#sensitivity = \"normal\"\n\
         \n# Layout of the postmortem: default, google, pagerduty, atlassian, gitlab, seed, or a file.\n#template = \"default\"\n\
         \n# What is taken out of texts beside passwords, keys, addresses and names of people.\n\
         #redact = { extra = [\"CUST-[0-9]{6}\"] }\n\
         \n# Checks of coroner audit that stay silent.\n#audit = { allow = [\"claim.swift\"] }\n",
    );
    out
}

/// Zones of lines without one: what was assumed is to be checked, what other logs show is only reported.
fn zones(report: &Report, out: &mut String) {
    out.push_str(
        "\n# Zones of lines that carry none, by pattern: held against the name of an input and its last part.\n",
    );
    let all: Vec<&Input> = assumed(report).collect();
    if all.is_empty() {
        out.push_str("# Every zone stands in the lines, or other logs show it.\n#assume_tz = { \"deploy*.log\" = \"+01:00\" }\n");
        return;
    }
    out.push_str("# CHECK: nothing in these lines tells their zone, it was assumed.\n");
    for i in all.iter().take(NAMED) {
        let (name, zone) = (quoted(&pattern(&i.name)), quoted(&i.zone.offset));
        let _ = writeln!(out, "#assume_tz.{name} = {zone}");
    }
    if all.len() > NAMED {
        let _ = writeln!(out, "# and {} more", count((all.len() - NAMED) as u64));
    }
}

/// Which inputs count requests.
fn edge(report: &Report, out: &mut String) {
    out.push_str("\n# The outermost web servers: only their requests are counted, each once.\n");
    let of = |tier| report.inputs.iter().filter(move |i| i.tier == Some(tier));
    let names: Vec<String> = of(Tier::Edge)
        .take(NAMED)
        .map(|i| quoted(&pattern(&i.name)))
        .collect();
    if names.is_empty() {
        out.push_str("# No log of requests was found.\n#edge = [\"lb-*/**\"]\n");
        return;
    }
    let inner = of(Tier::Inner).count();
    if inner > 0 {
        let _ = writeln!(
            out,
            "# Found by itself; {} the same requests from inside.",
            match inner {
                1 => "1 input logs".to_owned(),
                n => format!("{} inputs log", count(n as u64)),
            }
        );
    }
    let _ = writeln!(out, "#edge = [{}]", names.join(", "));
}

/// Services: the names that logs use, and folders to give a name to.
fn services(report: &Report, out: &mut String) {
    out.push_str("\n# The service of inputs whose lines name none.\n");
    let named = report
        .timeline
        .iter()
        .chain(report.incidents.iter().flat_map(|i| &i.timeline));
    let names: BTreeSet<String> = named
        .filter_map(|e| Some(e.service.as_ref()?.for_terminal().into_owned()))
        .collect();
    if !names.is_empty() {
        let names: Vec<&str> = names.iter().map(String::as_str).take(NAMED).collect();
        let _ = writeln!(out, "# Names that these logs use: {}", names.join(", "));
    }
    let mut folders: BTreeMap<String, u64> = BTreeMap::new();
    for i in &report.inputs {
        if let Some((folder, _)) = pattern(&i.name).split_once('/') {
            *folders.entry(folder.to_owned()).or_default() += 1;
        }
    }
    let folder = folders.keys().next().map_or("shop-*", String::as_str);
    let _ = writeln!(
        out,
        "#services.NAME = {{ match = [{}] }}",
        quoted(&format!("{folder}/**"))
    );
}

/// Inputs that no format reads well.
fn formats(report: &Report, out: &mut String) {
    let all: Vec<&Input> = odd(report).collect();
    if all.is_empty() {
        out.push_str("\n# Formats of your own: none is missing here. coroner formats --guess FILE writes one.\n");
        return;
    }
    out.push_str(
        "\n# CHECK: lines of these were not understood. coroner formats --guess FILE writes a definition to\n\
         # start from; a whole format string of nginx, Apache, HAProxy or logback may stand in its place.\n",
    );
    for i in all.iter().take(NAMED) {
        let _ = writeln!(
            out,
            "#   {}: {} of {} (read as {})",
            i.name.for_terminal(),
            count(i.unparsed),
            counted(i.lines, "line"),
            match i.format.as_str() {
                "" => "nothing",
                f => f,
            }
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_pattern_that_matches_it_and_a_string_of_toml() {
        let name = LogText::name(b"a[1]/\"x\\*.log");
        assert_eq!(pattern(&name), "a?1?/\"x??.log");
        let text = format!("edge = [{}]", quoted(&pattern(&name)));
        assert!(crate::cli::settings_in(&text).is_ok(), "{text}");
    }
}
