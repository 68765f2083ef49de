//! `coroner report`: the report of parts, with all outputs of `analyse` and the same bytes.

use super::read_parts;
use crate::cli::args::{Defining, Presentation, Screen, Writing};
use crate::cli::diagnostics::Complaint;
use crate::cli::env::Env;
use crate::cli::exit::Exit;
use crate::cli::outcome::{Done, Outcome};
use crate::cli::read::{self, Care};
use crate::cli::{analyse, config, value};
use clap::Args;
use coroner::program::{Flat, flat};
use coroner::settings::{About, Sensitivity, Settings};
use coroner::{Error, Result};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  coroner report all.cor --md pm.md --html pm.html
  coroner report web-1.cor web-2.cor pager.cor";

/// Arguments of `report`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct ReportArgs {
    /// Parts, as `coroner summarize` and `coroner merge` write them; - for standard input
    #[arg(value_name = "PART", required = true)]
    pub parts: Vec<PathBuf>,
    /// What to write.
    #[command(flatten)]
    pub writing: Writing,
    /// How it is settled.
    #[command(flatten)]
    pub presentation: Presentation,
    /// What the screen shows.
    #[command(flatten)]
    pub screen: Screen,
    /// Only what is of this service, or of none
    #[arg(long, value_name = "NAME", value_parser = value::service, help_heading = "Scope")]
    pub service: Option<String>,
    /// Only incidents and rows of hosts whose name matches GLOB, and rows that name none
    #[arg(long, value_name = "GLOB", value_parser = value::glob_of, help_heading = "Scope")]
    pub host: Option<String>,
    /// Only the N-th incident of the logs, counted from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Scope")]
    pub incident: Option<u16>,
    /// Service objective, for the error budget: 99.9% [default: as planned]
    #[arg(long, value_name = "SHARE", value_parser = value::objective, help_heading = "Detection")]
    pub slo: Option<f64>,
    /// Smallest incident to report: low finds large ones only [default: as planned]
    #[arg(long, value_name = "LEVEL", value_parser = value::word::<Sensitivity>(), help_heading = "Detection")]
    pub sensitivity: Option<Sensitivity>,
    /// Part file of a normal period: the usual error share and known messages
    #[arg(long, value_name = "PART", help_heading = "Detection")]
    pub baseline: Option<PathBuf>,
    /// Exit with 0 even if rows of the plan are missing; the report names them in any case
    #[arg(long, help_heading = "Settings and limits")]
    pub allow_gaps: bool,
    /// Exit with 2 if anything was not understood
    #[arg(long, help_heading = "Settings and limits")]
    pub strict: bool,
    /// Exit with 1 if an incident was found
    #[arg(long, help_heading = "Settings and limits")]
    pub exit_code: bool,
    /// Warn when more than this share of an input's lines is not recognised (with --strict: fail)
    #[arg(long, value_name = "SHARE", value_parser = value::share, default_value = "5%", help_heading = "Settings and limits")]
    pub max_unparsed: f64,
    /// Read settings from F [default: $CORONER_CONFIG, else ./coroner.toml]
    #[arg(long, value_name = "F", help_heading = "Settings and limits")]
    pub config: Option<PathBuf>,
    /// Read no file of settings
    #[arg(long, conflicts_with = "config", help_heading = "Settings and limits")]
    pub no_config: bool,
}

/// Makes the report of parts.
pub fn run(args: &ReportArgs, env: &Env, outcome: &mut Outcome) -> Done<()> {
    let defining = Defining {
        config: args.config.clone(),
        no_config: args.no_config,
        ..Defining::default()
    };
    let settings = config::load(&defining, env)?;
    let (template, files) = args.writing.files.template(settings.template.as_deref())?;
    let pager = settings.pager.unwrap_or(true);
    let outputs = args.writing.outputs()?.shown_as(&args.presentation);
    let outputs = outputs.reading(files).reading(&args.parts);
    let outputs = outputs.reading(&args.baseline);
    outputs.prepare(&[], &settings.files)?;
    let mut flat = flat(read_parts(&args.parts)?)?;
    outcome.stages.done("read");
    refuse_what_is_gone(&flat, &args.presentation)?;
    let settled = Settings {
        baseline: args.baseline.clone(),
        about: About {
            service: args.service.clone(),
            host: args.host.clone(),
            incident: args.incident,
        },
        shown: args.presentation.shown(),
        redact: settings.redact,
        ..Settings::default()
    };
    let infer_with = &mut flat.kept.infer;
    infer_with.zone = args.presentation.tz.or(settings.tz);
    infer_with.slo = args.slo.or(infer_with.slo);
    infer_with.sensitivity = args.sensitivity.unwrap_or(infer_with.sensitivity);
    infer_with.earlier = settled.usual()?;
    infer_with.problems.extend(flat.missing.iter().cloned());
    let mut report = flat.report();
    outcome.stages.done("judge");
    let care = Care {
        strict: args.strict,
        max_unparsed: args.max_unparsed,
        verbose: args.screen.verbose,
    };
    read::finish(&mut report, &settled, care, outcome)?;
    let asked = analyse::Delivery {
        screen: &args.screen,
        pager,
        strict: args.strict,
        exit_code: args.exit_code,
    };
    analyse::deliver(&report, (&outputs, &template), &asked, env, outcome)?;
    for what in flat.missing.iter().filter(|_| !args.allow_gaps) {
        outcome.add(
            Complaint::error(what.clone(), Exit::NotDone)
                .help("the report says so; summarize the rest, or say --allow-gaps"),
        );
    }
    Ok(())
}

/// What a part without secrets cannot show.
fn refuse_what_is_gone(flat: &Flat, presentation: &Presentation) -> Result<()> {
    let shown = presentation.shown();
    let asked = [
        (shown.secrets, "--no-redact"),
        (shown.raw, "--raw-evidence"),
        (shown.names, "--show-names"),
        (shown.addresses, "--show-addresses"),
    ];
    match asked.iter().find(|(on, _)| *on) {
        Some((_, option)) if flat.kept.redacted => Err(Error::usage(
            *option,
            "a part was made with --redact, so this is not in it",
            "leave it out, or summarize the logs without --redact",
        )),
        _ => Ok(()),
    }
}
