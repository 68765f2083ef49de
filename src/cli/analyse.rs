//! `coroner analyse`, the main job: the report to the screen and to files.

use super::args::{Analyse, Screen};
use super::env::Env;
use super::exit::Exit;
use super::outcome::{Done, Outcome};
use super::output::Outputs;
use super::page::Page;
use super::read::{self, Request};
use super::value::OutputKind;
use crate::cli::diagnostics::Complaint;
use coroner::forms::{Colors, Look};
use coroner::model::Verdict;
use coroner::program::report::{Own, Pieces, markdown, template};
use coroner::program::text::unmarked;
use coroner::{Report, Result};

/// Does the job: reads, infers, writes the reports.
pub fn run(args: &Analyse, env: &Env, outcome: &mut Outcome) -> Done<()> {
    let outputs = args.writing.outputs()?.shown_as(&args.presentation);
    let said = (&args.reading, &args.presentation, &args.screen);
    let mut settled = read::settled(said, args.writing.files.template.as_deref(), env, outcome)?;
    let (template, files) = args.writing.files.template(settled.template.as_deref())?;
    let outputs = outputs.reading(files);
    settled.settings.about.incident = args.incident;
    let asked = Request::of(said, &settled, &outputs);
    let report = read::report(asked, env, outcome)?;
    let asked = Delivery {
        screen: &args.screen,
        pager: settled.pager,
        strict: args.reading.strict,
        exit_code: args.exit_code,
    };
    deliver(&report, (&outputs, &template), &asked, env, outcome)?;
    Ok(())
}

/// How a report is to be delivered.
pub(super) struct Delivery<'a> {
    /// What the screen shows.
    pub screen: &'a Screen,
    /// Whether the settings want a pager.
    pub pager: bool,
    /// Whether too little data is an error.
    pub strict: bool,
    /// Whether an incident is reported by the exit code.
    pub exit_code: bool,
}

/// Writes and shows a report, wherever it comes from; what it says becomes the exit code.
pub(super) fn deliver(
    report: &Report,
    to: (&Outputs, &Own),
    args: &Delivery<'_>,
    env: &Env,
    outcome: &mut Outcome,
) -> Result<()> {
    let look = Look {
        read: env.stdout_is_terminal.then(|| outcome.stages.so_far()),
        ..look(args.screen, env)
    };
    let page = (!args.screen.quiet).then(|| Page::new(args.screen, args.pager, env));
    // what qualifies the report is read before it
    let color = args.screen.color.on(env, env.stderr_is_terminal);
    for c in outcome.complaints.drain(..) {
        if !args.screen.quiet || c.is_error() {
            c.print(color);
        }
    }
    show(report, to, page.as_ref(), &look)?;
    outcome.stages.done("write");
    if args.screen.verbose > 1 {
        let note = Complaint::note("where the time went");
        let lines = outcome.stages.lines();
        outcome.add(lines.into_iter().fold(note, Complaint::line));
    }
    if report.verdict == Verdict::Insufficient && args.strict {
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
        colors: match screen.color.on(env, env.stdout_is_terminal) {
            false => Colors::None,
            true if env.many_colors => Colors::Many,
            true => Colors::Sixteen,
        },
        all: screen.verbose > 0,
        read: None,
    }
}

/// Writes the files, and the screen view where standard output is free and it is wanted.
pub(super) fn show(
    report: &Report,
    (outputs, template): (&Outputs, &Own),
    page: Option<&Page>,
    look: &Look,
) -> Result<()> {
    let screen = || OutputKind::TEXT.0.render(report, look);
    // Before anything is written: a template of the user's can fail.
    let markdown = match outputs.kinds().any(|k| k == OutputKind::MARKDOWN) {
        true => markdown::sealed(unmarked(&template::render(report, template)?).into_owned()),
        false => String::new(),
    };
    let whole = |text| -> Pieces<'_> { Box::new(std::iter::once(text)) };
    outputs.write(|kind| match kind {
        k if k == OutputKind::MARKDOWN => whole(markdown.clone()),
        k if k == OutputKind::TEXT => whole(unmarked(&screen()).into_owned()),
        OutputKind(form) => form.pieces(report, look),
    })?;
    if let (false, Some(page)) = (outputs.takes_stdout(), page) {
        page.show(&screen())?;
    }
    Ok(())
}
