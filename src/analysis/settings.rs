//! Settings of an analysis: one struct over what the plan, the reading, the inference and the finished report are given.

use super::When;
use coroner_core::error::{Error, Result};
use coroner_core::plan::{For, Plan, PlanConfig};
use coroner_core::scan::ReadConfig;
use coroner_core::source::{Encoding, Limits, MmapMode, OpenConfig};
use coroner_infer::infer::{Earlier, InferConfig};
use coroner_infer::model::{About, Report, Sensitivity, Shown};
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{DAY, civil_from_days};
use coroner_report::report::{privacy, scope};
use regex::Regex;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// How logs are read and what the report is about. The usual settings are [`Settings::default`]: everything is read, nothing is
/// assumed, secrets and addresses are taken out.
///
/// ```
/// use coroner::settings::{For, Settings};
/// use coroner::Analysis;
///
/// let mut s = Settings { slo: Some(0.999), threads: 1, ..Settings::default() };
/// s.exclude.push(For::new(Some("*.gz"), ())?);
/// s.plan.edge.push(For::new(Some("lb*"), ())?);
/// let report = Analysis::new().logs(["sample-logs/upgrade-outage"]).settings(s).run()?;
/// assert_eq!(report.settings.slo, Some(0.999));
/// # Ok::<(), coroner::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// How lines are understood: zones, years, formats and services given, formats and markers of the user's own, the edge.
    pub plan: PlanConfig,
    /// How bytes are read. The library asks no clock: a pipe is taken to have been written at `read.open.now`.
    pub read: ReadConfig,
    /// Only inputs with such names; empty: all.
    pub include: Vec<For<()>>,
    /// No inputs with such names.
    pub exclude: Vec<For<()>>,
    /// Inputs are named by their path below this folder.
    pub name_root: Option<PathBuf>,
    /// Lines before are left out.
    pub since: Option<When>,
    /// Lines at this time or later are left out.
    pub until: Option<When>,
    /// Zone in which the report writes times; `None`: that of the logs, else UTC.
    pub zone: Option<Zone>,
    /// Service objective, 0–1.
    pub slo: Option<f64>,
    /// Smallest incident to report.
    pub sensitivity: Sensitivity,
    /// Part file of a normal period: its share of errors and its messages are what is usual.
    pub baseline: Option<PathBuf>,
    /// What the report is restricted to.
    pub about: About,
    /// What is shown that is usually taken out.
    pub shown: Shown,
    /// What else is taken out of texts.
    pub redact: Vec<Regex>,
    /// Threads; 0: one per processor.
    pub threads: usize,
    /// Whether samples are kept beside what they show, to be shown.
    #[doc(hidden)]
    pub keep_samples: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        let open = OpenConfig {
            mmap: MmapMode::Auto,
            now: UNIX_EPOCH,
            limits: Limits::default(),
            encoding: Encoding::Auto,
            spool: PathBuf::from("."),
            meter: Arc::default(),
        };
        Settings {
            plan: PlanConfig::default(),
            read: ReadConfig::of(open),
            include: Vec::new(),
            exclude: Vec::new(),
            name_root: None,
            since: None,
            until: None,
            zone: None,
            slo: None,
            sensitivity: Sensitivity::default(),
            baseline: None,
            about: About::default(),
            shown: Shown::default(),
            redact: Vec::new(),
            threads: 0,
            keep_samples: false,
        }
    }
}

impl Settings {
    /// Whether an input of this name is to be read.
    #[doc(hidden)]
    pub fn wants(&self, name: &str) -> bool {
        let any = |globs: &[For<()>]| globs.iter().any(|g| g.applies(name));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }

    /// Services given for inputs whose lines name none, as the report shows them.
    #[doc(hidden)]
    pub fn services(&self) -> BTreeMap<String, String> {
        let given = self.plan.services.iter();
        given
            .filter_map(|f| Some((f.pattern.clone()?, f.value.clone())))
            .collect()
    }

    /// Does work on the threads that these settings allow.
    #[doc(hidden)]
    pub fn on_threads<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads);
        // one thread is the caller's own: what it has freed while scanning, it uses again afterwards
        let pool = match self.threads {
            1 => pool.use_current_thread(),
            _ => pool,
        };
        match pool.build() {
            Ok(pool) => pool.install(work),
            // no threads to be had: the caller's own does it all
            Err(_) => work(),
        }
    }

    /// Settings of the inference from what was read by this plan; `problems` are sentences about paths that gave no input.
    #[doc(hidden)]
    pub fn inference(&self, plan: &Plan, problems: Vec<String>) -> InferConfig {
        let pattern = |p: &Option<String>| p.clone().unwrap_or_else(|| "*".into());
        let given = &self.plan;
        let own = given.own_formats.iter().flat_map(|f| {
            let name = &f.definition.name;
            let all = f.inputs.is_empty().then_some(("*".into(), name.clone()));
            let some = f.inputs.iter().map(|g| (pattern(&g.pattern), name.clone()));
            all.into_iter().chain(some)
        });
        let formats = given.formats.iter();
        let formats = formats.map(|f| (pattern(&f.pattern), f.value.clone()));
        let zones = given.zones.iter();
        let years = given.years.iter().rev();
        let mut edge: Vec<String> = given.edge.iter().map(|g| pattern(&g.pattern)).collect();
        edge.sort();
        edge.dedup();
        let year = civil_from_days(plan.year_reference.div_euclid(DAY)).0;
        InferConfig {
            zone: self.zone,
            sensitivity: self.sensitivity,
            slo: self.slo,
            assume_tz: zones
                .map(|z| (pattern(&z.pattern), z.value.to_string()))
                .collect(),
            formats: own.chain(formats).collect(),
            edge,
            year: years
                .filter(|y| y.pattern.is_none())
                .map(|y| y.value)
                .next(),
            year_basis: Some((plan.year_basis, year)),
            problems,
            ..InferConfig::default()
        }
    }

    /// What the part file of a normal period shows, where one is named.
    #[doc(hidden)]
    pub fn usual(&self) -> Result<Option<Arc<Earlier>>> {
        let Some(path) = &self.baseline else {
            return Ok(None);
        };
        let failed = Error::open(path);
        let bytes = std::fs::read(path).map_err(failed)?;
        let crc = format!("{:08x}", crc32fast::hash(&bytes));
        let shown = coroner_lines::text::visible(path.as_os_str().as_encoded_bytes());
        let flat = super::flat(super::read_parts(&bytes[..], &shown, failed)?)?;
        let earlier = Earlier::of(&flat.part, &flat.kept.infer, crc);
        Ok(Some(Arc::new(earlier)))
    }

    /// Leaves out of a report what was not asked for, and what may not be shown.
    #[doc(hidden)]
    pub fn finish(&self, report: &mut Report) -> Result<()> {
        if self.about != About::default() {
            scope::apply(report, &self.about)?;
        }
        privacy::apply(report, self.shown, &self.redact);
        Ok(())
    }
}
