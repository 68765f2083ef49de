//! An analysis: which logs, how they are read, and what the report is about. [`Analysis::run`] goes from the logs to the report;
//! [`Analysis::open`] goes step by step, for those who show progress, keep parts or plan for other machines.

mod flat;
mod logs;
mod notice;
mod planned_for;
mod rows;
mod scope;
mod settings;
mod when;

pub use flat::{Flat, flat, read_parts};
pub use logs::Logs;
pub use notice::{LeftOut, Notice};
pub use planned_for::PlannedFor;
pub use rows::{Cut, summarize, summarize_row};
pub(crate) use scope::in_any_zone;
pub use settings::Settings;
pub use when::When;

use coroner_core::error::{Error, Result};
use coroner_core::plan::For;
use coroner_core::plan::row::PlanRow;
use coroner_core::source::{ProblemKind, Walk, walk_from};
use coroner_core::summary::wire::file::Parts;
use coroner_infer::model::Report;
use coroner_lines::time::zone::Zone;
use std::path::PathBuf;

/// Logs to read, and how. Nothing is opened before [`run`](Analysis::run), [`summarize`](Analysis::summarize),
/// [`plan`](Analysis::plan) or [`open`](Analysis::open).
///
/// ```
/// use coroner::{Analysis, model::Verdict};
///
/// let report = Analysis::new().logs(["sample-logs/upgrade-outage"]).run()?;
/// assert_eq!(report.verdict, Verdict::Incident);
/// for event in &report.timeline {
///     println!("{:?} {:?}", event.time, event.kind);
/// }
/// # Ok::<(), coroner::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    logs: Vec<PathBuf>,
    settings: Settings,
}

impl Analysis {
    /// No logs yet, and the usual settings.
    pub fn new() -> Analysis {
        Analysis::default()
    }

    /// Adds log files, archives, and folders of them; packed or not. `-` is standard input.
    pub fn logs<P: Into<PathBuf>>(mut self, paths: impl IntoIterator<Item = P>) -> Analysis {
        self.logs.extend(paths.into_iter().map(Into::into));
        self
    }

    /// Takes these settings instead of the usual ones.
    pub fn settings(mut self, settings: Settings) -> Analysis {
        self.settings = settings;
        self
    }

    /// The zone of lines that have none, in the inputs whose name matches `glob`: `+01:00`, `UTC`, `Africa/Lagos`.
    ///
    /// ```
    /// # use coroner::Analysis;
    /// let a = Analysis::new().logs(["logs/"]).assume_zone("deploy*.log", "Africa/Lagos")?;
    /// assert!(a.assume_zone("*", "Nowhere/City").is_err());
    /// # Ok::<(), coroner::Error>(())
    /// ```
    pub fn assume_zone(mut self, glob: &str, zone: &str) -> Result<Analysis> {
        let zone = Zone::parse(zone).map_err(|why| refused("a zone", &why))?;
        self.settings.plan.zones.push(For::new(Some(glob), zone)?);
        Ok(self)
    }

    /// Leaves out lines before a time: `2023-05-01T12:30:00Z`, `2023-05-01 12:30`, `12:30`, or `-3h` before the end of the logs.
    pub fn since(mut self, time: &str) -> Result<Analysis> {
        let when = When::parse(time).map_err(|why| refused("since", &why))?;
        self.settings.since = Some(when);
        Ok(self)
    }

    /// Leaves out lines at a time or later, written as for [`since`](Analysis::since).
    pub fn until(mut self, time: &str) -> Result<Analysis> {
        let when = When::parse(time).map_err(|why| refused("until", &why))?;
        self.settings.until = Some(when);
        Ok(self)
    }

    /// Finds the inputs, reads them and infers what happened. Paths that were named and cannot be read are an error; what is
    /// found in folders and is no log, or is damaged, is left out, and the report says so.
    pub fn run(self) -> Result<Report> {
        let settings = self.settings.clone();
        let mut logs = self.strictly(true)?;
        let scoped = logs.plan()?;
        let read = logs.read(&scoped.plan, &mut |_| ())?;
        let mut report = logs.infer(scoped, read)?;
        settings.finish(&mut report)?;
        Ok(report)
    }

    /// Reads the logs into a part file, for a report that is made later or elsewhere: [`Analysis::report_of`].
    ///
    /// ```
    /// use coroner::{Analysis, Parts};
    ///
    /// let a = Analysis::new().logs(["sample-logs/quiet-day"]);
    /// let text = a.clone().summarize()?.text()?;
    /// let parts = Parts::parse(&text, "quiet.cor")?;
    /// assert_eq!(a.report_of(parts)?.incidents.len(), 0);
    /// # Ok::<(), coroner::Error>(())
    /// ```
    pub fn summarize(self) -> Result<Parts> {
        self.strictly(false)?.summarize(false, &mut |_| ())
    }

    /// The ranges of bytes to read, for an engine that reads them on other machines: [`PlanRow`](crate::PlanRow). `split`:
    /// bytes of a range; `None`: as many as are handled well.
    ///
    /// ```
    /// use coroner::{Analysis, Parts, summarize};
    ///
    /// let a = Analysis::new().logs(["sample-logs/quiet-day"]);
    /// let mut all = Parts::default();
    /// for row in a.clone().plan(Some(1 << 20))? {
    ///     let row = row.text()?; // one line of JSON, to be sent wherever the bytes lie
    ///     all = all.merge(summarize(&coroner::PlanRow::parse(&row, "row")?)?)?;
    /// }
    /// assert!(a.report_of(all)?.totals.requests > 0);
    /// # Ok::<(), coroner::Error>(())
    /// ```
    pub fn plan(self, split: Option<u64>) -> Result<Vec<PlanRow>> {
        Ok(self
            .strictly(false)?
            .rows(Cut::Splits(split, false), false)?
            .1)
    }

    /// The report of part files. How lines were read is known from these; settings that concern the report count.
    pub fn report_of(&self, parts: Parts) -> Result<Report> {
        let mut flat = flat(parts)?;
        flat.kept.infer.zone = self.settings.zone;
        let mut report = flat.report();
        self.settings.finish(&mut report)?;
        Ok(report)
    }

    /// The inputs that the paths come to; nothing is opened yet.
    #[doc(hidden)]
    pub fn find(&self) -> Walk {
        walk_from(&self.logs, self.settings.name_root.as_deref())
    }

    /// Opens what was found and takes a sample of each. `here`: the report is made from the same logs, in this run. What gives
    /// no input, or not all of it, is noted.
    #[doc(hidden)]
    pub fn open(self, walk: Walk, here: bool, noted: &mut dyn FnMut(Notice)) -> Result<Logs> {
        Logs::open(walk, self.settings, here, noted)
    }

    fn strictly(self, here: bool) -> Result<Logs> {
        let mut walk = self.find();
        let unread =
            |p: &coroner_core::source::Problem| p.operand && matches!(p.kind, ProblemKind::Io(_));
        if let Some(n) = walk.problems.iter().position(unread)
            && let problem = walk.problems.swap_remove(n)
            && let ProblemKind::Io(source) = problem.kind
        {
            return Err(Error::open(&problem.path)(source));
        }
        let (mut failed, mut reasons) = (None, String::new());
        let logs = self.open(walk, here, &mut |n| match n {
            Notice::Failed {
                error,
                operand: true,
            } => failed = failed.take().or(Some(error)),
            n => reasons.push_str(&format!("\n{n}")),
        })?;
        match failed {
            Some(e) => Err(e),
            None if logs.is_empty() => Err(Error::NoLogs {
                inputs: logs.found(),
                detail: reasons,
            }),
            None => Ok(logs),
        }
    }
}

/// A value that cannot be read: why, and behind a semicolon what to write.
fn refused(what: &str, said: &str) -> Error {
    let (why, remedy) = said.rsplit_once("; ").unwrap_or((said, "leave it out"));
    Error::usage(what, why, remedy)
}
