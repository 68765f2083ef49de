//! `coroner analyse`, the main job: the report to the screen and to files.

use super::args::{Analyse, Screen};
use super::complain::Complaint;
use super::env::Env;
use super::exit::Exit;
use super::outcome::Outcome;
use super::output::{Outputs, show as show_page};
use super::read::{self, Request};
use super::value::Kind;
use crate::error::Result;
use crate::model::{Report, Verdict};
use crate::report::template::{self, Own};
use crate::report::{Look, REPORTS, markdown};

/// Does the job: reads, infers, writes the reports.
pub fn run(args: &Analyse, env: &Env, outcome: &mut Outcome) -> Result<()> {
    let outputs = args.writing.outputs()?;
    let template = args.writing.template()?;
    let asked = Request {
        reading: &args.reading,
        telling: &args.telling,
        screen: &args.screen,
        outputs: Some((&outputs, args.writing.force)),
    };
    let Some(report) = read::report(asked, env, outcome)? else {
        return Ok(());
    };
    show(&report, &outputs, &template, args, env)?;
    if report.verdict == Verdict::Insufficient && args.reading.strict {
        let what = "not enough data to say whether there was an incident";
        outcome.add(
            Complaint::error(what, Exit::NotDone)
                .help("add the access log of the outermost web server, or leave out --strict"),
        );
    }
    if report.verdict == Verdict::Incident && args.exit_code {
        outcome.exit = outcome.exit.max(Exit::Found);
    }
    Ok(())
}

/// How the screen view looks, from the options and the surroundings.
pub(super) fn look(screen: &Screen, env: &Env) -> Look {
    Look {
        width: screen.width.map(usize::from).or(env.columns).unwrap_or(80),
        ascii: screen.ascii || !env.utf8,
        color: screen.color.on(env, env.stdout_is_terminal),
    }
}

/// Writes the files, and the screen view where standard output is free.
fn show(
    report: &Report,
    outputs: &Outputs,
    template: &Own,
    args: &Analyse,
    env: &Env,
) -> Result<()> {
    let look = look(&args.screen, env);
    let form = |name: &str| {
        let form = REPORTS.iter().find(|f| f.name() == name);
        form.map_or_else(String::new, |f| f.render(report, &look))
    };
    // Before anything is written: a template of the user's can fail.
    let markdown = match outputs.kinds().any(|k| k == Kind::Markdown) {
        true => markdown::sealed(template::render(report, template)?),
        false => String::new(),
    };
    outputs.write(args.writing.force, |kind| {
        match kind {
            Kind::Markdown => markdown.clone(),
            Kind::Html => form("html"),
            Kind::Json => form("json"),
        }
        .into_bytes()
    })?;
    if !outputs.takes_stdout() && !args.screen.quiet {
        show_page(form("text").as_bytes(), &args.screen, env)?;
    }
    Ok(())
}
