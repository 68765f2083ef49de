//! coroner reads the logs of an outage and reconstructs what happened, with a citation for every claim.
//!
//! ```text
//!  logs, archives,   find     inputs,    plan     which formats, zone,   read      one Part: counts by second, endpoint,
//!  folders, pipes  ───────▶  a sample  ───────▶  year of each input   ───────▶    host, version; messages; stated acts;
//!                            of each                                   in         cited lines. Integers, so that parts
//!                                                                      parallel   merge exactly, in any order
//!                                                                                        │ infer
//!                                                                                        ▼
//!  HTML, Markdown,  forms     Report: incidents with onset, phases, impact   ◀───   clocks aligned, incidents found,
//!  JSON, CSV, text ◀───────   and ranked causes; timeline; gaps. Each claim        causes weighed against each other
//!                             has the lines that it rests on
//!                                  │
//!                                  ▼
//!                             audit: does a postmortem that a person wrote agree with it?
//! ```
//!
//! | to | use |
//! |---|---|
//! | analyse logs that are there | [`Analysis::run`] |
//! | read them in many places | [`Analysis::plan`], [`PlanRow`], [`summarize`](fn@summarize), [`Parts`], [`Analysis::report_of`] |
//! | follow logs that go on | [`Watch`] |
//! | say how lines are read, what is shown | [`settings`] |
//! | read lines of a format of one's own | [`formats`] |
//! | look at what was found | [`Report`], [`model`] |
//! | write it | [`forms`] |
//! | check a postmortem | [`audit`], [`Finding`] |
//!
//! ```
//! use coroner::Analysis;
//! use coroner::forms::{HTML, Look};
//!
//! let report = Analysis::new().logs(["sample-logs/upgrade-outage"]).run()?;
//! let page = HTML.render(&report, &Look::default());
//! assert!(page.starts_with("<!doctype html>") && report.incidents.len() == 1);
//! # Ok::<(), coroner::Error>(())
//! ```
//!
//! The library prints nothing and reads no clock, locale or environment: [`settings::Settings`] hands these in. The same input
//! gives the same bytes, whatever the number of threads and the order of inputs.

mod analysis;
#[doc(hidden)]
pub mod program;
mod watch;

pub use analysis::{Analysis, summarize};
pub use watch::Watch;

/// What can go wrong outside of the logs themselves: what, where, why, and what to do. A line that cannot be understood is
/// counted, and never an error.
///
/// ```
/// let missing = coroner::Analysis::new().logs(["no/such.log"]).run().unwrap_err();
/// assert!(matches!(missing, coroner::Error::Open { .. }));
/// assert!(missing.to_string().starts_with("cannot open no/such.log: "));
/// ```
pub use coroner_core::error::Error;

/// A result with [`Error`].
///
/// ```
/// fn incidents(folder: &str) -> coroner::Result<usize> {
///     Ok(coroner::Analysis::new().logs([folder]).run()?.incidents.len())
/// }
/// assert_eq!(incidents("sample-logs/quiet-day")?, 0);
/// # Ok::<(), coroner::Error>(())
/// ```
pub use coroner_core::error::Result;

/// What was found, as plain data; [`forms`] write it.
///
/// ```
/// let report = coroner::Analysis::new().logs(["sample-logs/upgrade-outage"]).run()?;
/// let incident = &report.incidents[0];
/// assert!(incident.impact.failed > Some(0));
/// for cause in &incident.causes {
///     println!("{:.2} {:?}", cause.score, cause.class);
/// }
/// # Ok::<(), coroner::Error>(())
/// ```
pub use coroner_infer::model::Report;

/// A range of bytes to read, as one line of JSON: made by [`Analysis::plan`], read by [`summarize`](fn@summarize).
///
/// ```
/// use coroner::{Analysis, PlanRow};
///
/// let rows = Analysis::new().logs(["sample-logs/quiet-day"]).plan(None)?;
/// let line = rows[0].text()?;
/// assert_eq!(PlanRow::parse(&line, "line 1")?.uri, rows[0].uri);
/// # Ok::<(), coroner::Error>(())
/// ```
pub use coroner_core::plan::row::PlanRow;

/// What reading leaves of logs: parts of one plan or several, which merge in any order, each row counted once.
///
/// ```
/// use coroner::{Analysis, Parts};
///
/// let part = Analysis::new().logs(["sample-logs/quiet-day"]).summarize()?;
/// let again = part.clone().merge(Parts::parse(&part.text()?, "here")?)?;
/// assert_eq!(again, part);
/// # Ok::<(), coroner::Error>(())
/// ```
pub use coroner_core::summary::wire::file::Parts;

/// Something that [`audit`] finds in a postmortem: which check, how bad, where, and what to do.
///
/// ```
/// use coroner::{Finding, audit};
///
/// let all = audit("Started 10:30 UTC, resolved 10:10 UTC: 25 minutes.", None);
/// let is_error = |f: &&Finding| f.severity.word() == "error";
/// println!("{} errors", all.iter().filter(is_error).count());
/// ```
pub use coroner_report::audit::Finding;

/// Checks a postmortem that a person wrote (Markdown or plain text) for contradictions, alone or against the report on the logs.
///
/// ```
/// let report = coroner::Analysis::new().logs(["sample-logs/upgrade-outage"]).run()?;
/// let text = "# Postmortem\n\n- 12:00 UTC the outage starts\n- 11:00 UTC the outage ends\n";
/// let findings = coroner::audit(text, Some(&report));
/// assert!(!findings.is_empty());
/// # Ok::<(), coroner::Error>(())
/// ```
pub fn audit(document: &str, report: Option<&Report>) -> Vec<Finding> {
    let document = coroner_report::audit::Document::read("postmortem", document);
    coroner_report::audit::judge(&document, report, &Default::default()).findings
}

/// What a [`Report`] consists of: incidents, causes, events, evidence.
///
/// ```
/// use coroner::model::{Event, Verdict};
///
/// let report = coroner::Analysis::new().logs(["sample-logs/upgrade-outage"]).run()?;
/// let stated: Vec<&Event> = report.timeline.iter().filter(|e| !e.evidence.is_empty()).collect();
/// assert!(report.verdict == Verdict::Incident && !stated.is_empty());
/// # Ok::<(), coroner::Error>(())
/// ```
pub use coroner_infer::model;

/// How logs are read, and what the report is about.
pub mod settings {
    pub use crate::analysis::{Settings, When};
    pub use coroner_core::plan::{For, PlanConfig};
    pub use coroner_core::scan::{ReadConfig, ScanConfig};
    pub use coroner_core::source::{Encoding, Limits, Meter, MmapMode, OpenConfig};
    pub use coroner_infer::model::{About, Sensitivity, Shown};
    pub use coroner_lines::marker::own::OwnRule;
    pub use coroner_lines::time::zone::Zone;
}

/// The forms in which a [`Report`] is written.
///
/// ```
/// use coroner::forms::{FORMS, Look, TEXT};
///
/// let report = coroner::Analysis::new().logs(["sample-logs/quiet-day"]).run()?;
/// let screen = TEXT.render(&report, &Look { width: 60, ascii: true, ..Look::default() });
/// assert!(screen.lines().all(|l| l.len() <= 60));
/// for form in FORMS {
///     println!("{:<6} {}", form.name, form.about);
/// }
/// # Ok::<(), coroner::Error>(())
/// ```
pub mod forms {
    pub use coroner_report::report::html::HTML;
    pub use coroner_report::report::json::JSON;
    pub use coroner_report::report::listing::{CSV, GRAFANA, TIMESKETCH};
    pub use coroner_report::report::markdown::MARKDOWN;
    pub use coroner_report::report::slack::SLACK;
    pub use coroner_report::report::terminal::TEXT;
    pub use coroner_report::report::{Colors, Form, Look, REPORTS as FORMS};
}

/// Formats of one's own, for lines that no known format fits.
///
/// ```
/// use coroner::formats::{Definition, OwnFormat, Spec};
/// use coroner::settings::Settings;
///
/// let spec = Spec::Nginx("$remote_addr [$time_local] \"$request\" $status $request_time".into());
/// let mut s = Settings::default();
/// s.plan.own_formats.push(OwnFormat::new(Definition::new("shop", spec)).unwrap());
/// assert!(OwnFormat::new(Definition::new("bad", Spec::Regex("(".into()))).is_err());
/// ```
pub mod formats {
    pub use coroner_core::plan::OwnFormat;
    pub use coroner_lines::format::custom::{CompileError, Definition, Markers, Spec};
}

#[cfg(test)]
#[path = "../tests/data/tried.rs"]
mod tests;
