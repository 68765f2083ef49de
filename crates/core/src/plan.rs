//! What all workers must agree on before a line is read: inputs, clock domains, formats, the year of year-less lines, zones
//! given by the user. Nothing here depends on thread count, block size or the order of operands.

mod beginnings;
mod calendar;
mod clean;
mod heads;
mod learnt;
mod looked;
mod meta;
mod names;
mod owner;
pub mod row;
mod sniff;
mod tried;
mod units;

use crate::error::{Error, Result};
pub use beginnings::Beginnings;
pub use calendar::YearBasis;
use calendar::{calendar, year};
use coroner_lines::format::envelope::ENVELOPES;
use coroner_lines::format::frame::Frame;
use coroner_lines::format::{Format, custom};
use coroner_lines::hash::hash64;
use coroner_lines::marker::own::OwnRule;
use coroner_lines::record::{Body, Message, Record};
use coroner_lines::time::Calendar;
use coroner_lines::time::zone::Zone;
use globset::{Glob, GlobMatcher};
use names::{domain, hosts};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use clean::behind_hole;
pub use clean::clean;
pub use looked::{Eye, Looked};
pub use meta::{InputMeta, Windows};
pub use sniff::may_be_unread;
pub use tried::{Recipe, Tried};

/// A setting for inputs whose name matches a pattern.
#[derive(Clone, Debug)]
pub struct For<T> {
    /// Pattern as written; `None`: all inputs.
    pub pattern: Option<String>,
    matcher: Option<GlobMatcher>,
    /// The setting.
    pub value: T,
}

impl<T> For<T> {
    /// A setting for inputs whose name, or whose last path component, matches the pattern.
    pub fn new(pattern: Option<&str>, value: T) -> Result<Self> {
        let matcher = match pattern {
            None => None,
            Some(p) => Some(Glob::new(p).map(|g| g.compile_matcher()).map_err(|e| {
                Error::usage(
                    format!("pattern \"{p}\""),
                    e.kind().to_string(),
                    "write it like 'deploy*.log'",
                )
            })?),
        };
        Ok(For {
            pattern: pattern.map(str::to_owned),
            matcher,
            value,
        })
    }

    /// Whether the setting is for an input.
    pub fn applies(&self, name: &str) -> bool {
        let last = name.rsplit('/').next().unwrap_or(name);
        self.matcher
            .as_ref()
            .is_none_or(|m| m.is_match(name) || m.is_match(last))
    }
}

/// A format of the user.
#[derive(Clone)]
pub struct OwnFormat {
    /// The format.
    pub format: Arc<dyn Format>,
    /// What it was made of.
    pub definition: Arc<custom::Definition>,
    /// Inputs whose lines are tried with it first; empty: all inputs.
    pub inputs: Vec<For<()>>,
}

impl OwnFormat {
    /// A format for all inputs whose lines it fits.
    ///
    /// # Errors
    /// Where the definition cannot be a format: why, and at which byte of its text.
    pub fn new(
        definition: custom::Definition,
    ) -> std::result::Result<OwnFormat, custom::CompileError> {
        Ok(OwnFormat {
            format: Arc::from(custom::compile(&definition)?),
            definition: Arc::new(definition),
            inputs: Vec::new(),
        })
    }
}

impl std::fmt::Debug for OwnFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnFormat")
            .field("format", &self.format.name())
            .field("inputs", &self.inputs)
            .finish()
    }
}

/// Settings of the plan.
#[derive(Clone, Debug, Default)]
pub struct PlanConfig {
    /// Zones for lines without one.
    pub zones: Vec<For<Zone>>,
    /// Formats forced: a name of the registry, or a `log_format` string.
    pub formats: Vec<For<String>>,
    /// Inputs that are the edge tier.
    pub edge: Vec<For<()>>,
    /// Services of inputs whose lines name none.
    pub services: Vec<For<String>>,
    /// Last years of year-less lines.
    pub years: Vec<For<i64>>,
    /// Formats of the user, and the inputs that they are for (none: those that they fit).
    pub own_formats: Vec<OwnFormat>,
    /// Marker rules of the user.
    pub rules: Arc<Vec<OwnRule>>,
    /// Newest modification time of the inputs, microseconds UTC; only used where no line of any input has a year.
    pub newest_file_us: Option<i64>,
    /// What of each input is asked for, by name; inputs that are not named are read whole.
    pub windows: BTreeMap<String, Windows>,
}

/// What was sampled of one input, before anything is planned.
#[derive(Clone, Debug, Default)]
pub struct Sampled {
    /// Name for citations.
    pub name: String,
    /// Path inside its archive, for a file of an archive.
    pub member: Option<String>,
    /// Last change of the file, microseconds UTC; only used where lines carry no date.
    pub modified_us: Option<i64>,
    /// Stretches of whole lines: the head, and where it could be had without reading all, the middle and the tail.
    pub pieces: Vec<Vec<u8>>,
}

/// One input, planned.
#[derive(Clone)]
pub struct PlanInput {
    /// What goes into the part.
    pub meta: Arc<InputMeta>,
    /// Formats in the order in which they are tried on each line.
    pub formats: Arc<[Tried]>,
    /// How that order was made, for those who read a stretch of the input elsewhere.
    pub recipe: Recipe,
    /// What completes the dates of its lines.
    pub calendar: Calendar,
    /// Whether a line that no format accepts is an untimed message (steps of deploy tools) instead of not understood.
    pub untimed: bool,
    /// Whether blocks must begin at a line that begins a record, because its records may have continuation lines.
    pub heads: bool,
    /// How its records begin.
    pub beginnings: Beginnings,
    /// Whether what a line says depends on earlier lines.
    pub stateful: bool,
    /// Whether lines need earlier lines, for that or to be joined with them, so that the input is read by one worker from its first
    /// byte on.
    pub whole: bool,
    /// Whether lines hold colours or zero bytes, so that they go through [`clean`] first.
    pub dirty: bool,
    /// What puts its records together, where they are more than lines. Such inputs are read in one piece too.
    pub frame: Option<&'static Frame>,
    /// Whether its lines have wrappers that are to be taken off.
    pub wrapped: bool,
    /// Whether most of its lines look like requests that nothing reads, so that these are counted.
    pub unread: bool,
}

/// What all workers agree on.
#[derive(Clone)]
pub struct Plan {
    /// Inputs, sorted by name.
    pub inputs: Vec<PlanInput>,
    /// Wall time in microseconds that year-less stamps are not later than (plus a day).
    pub year_reference: i64,
    /// How that is known.
    pub year_basis: YearBasis,
    /// Whether any sampled line has no year.
    pub yearless: bool,
    /// Whether any sampled line has a time without a zone, and nobody said which one.
    pub zoneless: bool,
    /// Marker rules of the user.
    pub rules: Arc<Vec<OwnRule>>,
    /// Digest of everything above.
    pub digest: u64,
}

/// Makes the plan from samples, which must be sorted by name.
pub fn plan(samples: &[Sampled], config: &PlanConfig) -> Result<Plan> {
    let mut eye = Eye::new(config);
    let looked = samples
        .iter()
        .map(|s| Ok((s.name.as_str(), Box::new(eye.look(s)?))));
    Ok(settle(looked.collect::<Result<_>>()?, config))
}

/// Makes the plan from what each sample shows, with the names of the inputs, by which they must be sorted.
pub fn settle(looked: Vec<(&str, Box<Looked>)>, config: &PlanConfig) -> Plan {
    let names: Vec<&str> = looked.iter().map(|l| l.0).collect();
    let said = |i: usize| looked[i].1.input.meta.host.as_deref();
    let hosts = hosts(&names, |i, folder| said(i) == Some(folder));
    let newest = calendar::newest(looked.iter().map(|l| &l.1.dates));
    let yearless = looked.iter().any(|l| l.1.dates.yearless);
    let (year_reference, year_basis) = year(config, newest);
    let mut inputs: Vec<PlanInput> = Vec::with_capacity(looked.len());
    let mut zoneless = false;
    for ((name, l), host) in looked.into_iter().zip(hosts) {
        let zone = config.zones.iter().rev().find(|z| z.applies(name));
        let written = l.zone.filter(|_| l.zoneless && zone.is_none());
        zoneless |= l.zoneless && zone.is_none() && written.is_none();
        let service = config.services.iter().find(|v| v.applies(name));
        let (calendar, doubts) = calendar(
            (name, l.modified_us),
            &l.dates,
            newest,
            year_reference,
            config,
        );
        let mut input = l.input;
        let meta = Arc::make_mut(&mut input.meta);
        name.clone_into(&mut meta.name);
        (meta.domain, meta.host) = (domain(name), host);
        meta.service = service.map(|v| v.value.clone());
        meta.zone = zone.map(|z| z.value).or(written);
        meta.zone_written = written.is_some();
        meta.edge = config.edge.iter().any(|e| e.applies(name));
        meta.windows = config.windows.get(name).copied().unwrap_or_default();
        meta.doubts.extend(doubts);
        input.calendar = calendar;
        inputs.push(input);
    }
    let digest = digest(&inputs, year_reference, &config.rules);
    Plan {
        inputs,
        year_reference,
        year_basis,
        yearless,
        zoneless,
        rules: config.rules.clone(),
        digest,
    }
}

impl PlanInput {
    /// Names of the formats in the plan's order, behind them the one for untimed lines, then those of the wrappers, for texts
    /// that are of no format. What only a frame made JSON of is called after the frame.
    pub fn format_names(&self) -> Vec<String> {
        let called = |name: &str| match self.frame {
            Some(frame) if name.starts_with("JSON") => frame.name.to_owned(),
            _ => name.to_owned(),
        };
        self.formats
            .iter()
            .map(|f| called(f.name()))
            .chain(["untimed text".to_owned()])
            .chain(ENVELOPES.iter().map(|e| e.name.to_owned()))
            .collect()
    }

    /// The record of a line without a time, in an input whose tool writes such lines.
    pub fn untimed<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        self.untimed.then(|| {
            Record::new(
                None,
                Body::Message(Message::new(
                    coroner_lines::record::Level::Info,
                    line.trim_ascii(),
                )),
            )
        })
    }
}

/// A line without its carriage return, byte order mark and the zero bytes that a power loss leaves before it.
#[inline]
pub fn trim_line(line: &[u8]) -> &[u8] {
    // most lines have none of these, as two bytes show
    if !matches!(line.first(), Some(0 | 0xef)) && line.last() != Some(&b'\r') {
        return line;
    }
    trim_rare(line)
}

#[cold]
fn trim_rare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if line.first() != Some(&0) {
        return line;
    }
    &line[line.iter().take_while(|c| **c == 0).count()..]
}

fn digest(inputs: &[PlanInput], year_reference: i64, rules: &[OwnRule]) -> u64 {
    let mut h = hash64(&year_reference.to_le_bytes(), 0);
    h = hash64(format!("{rules:?}").as_bytes(), h);
    for i in inputs {
        h = hash64(i.meta.name.as_bytes(), h);
        h = hash64(
            format!(
                "{:?} {:?} {:?} {:?} {} {} {} {} {} {} {} {:?} {:?} {:?}",
                i.meta.service,
                i.meta.scope,
                i.meta.zone,
                i.meta.edge,
                i.untimed,
                i.stateful,
                i.whole,
                i.frame.map_or("", |f| f.name),
                i.wrapped,
                i.dirty,
                i.unread,
                i.calendar,
                i.meta.windows,
                i.beginnings
            )
            .as_bytes(),
            h,
        );
        for f in i.formats.iter() {
            h = hash64(f.name().as_bytes(), h);
            if let Tried::Made(_, d) = f {
                h = hash64(format!("{:?}", d.spec).as_bytes(), h);
            }
        }
    }
    h
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_the_name_or_its_last_component() {
        let f = For::new(Some("deploy*.log"), ()).unwrap();
        assert!(f.applies("ops/deploy-1.log") && f.applies("deploy.log") && !f.applies("app.log"));
        assert!(For::new(Some("[x"), ()).is_err());
    }

    #[test]
    fn a_log_that_states_its_zone_needs_none_and_the_user_has_the_last_word() {
        let head = "2025-03-18 10:13:20.00 Server      UTC adjustment: -5:00\n";
        let lines = "2025-03-18 10:13:21.09 spid9s      Starting up database 'master'.\n".repeat(5);
        let planned = |text: String, config: &PlanConfig| {
            let sample = Sampled {
                name: "db2/ERRORLOG".into(),
                pieces: vec![text.into_bytes()],
                ..Sampled::default()
            };
            let plan = plan(&[sample], config).unwrap();
            let meta = &plan.inputs[0].meta;
            (meta.zone, meta.zone_written, plan.zoneless)
        };
        let plain = PlanConfig::default();
        let stated = (Some(Zone::Fixed(-300)), true, false);
        assert_eq!(planned(format!("{head}{lines}"), &plain), stated);
        assert_eq!(planned(lines.clone(), &plain), (None, false, true));
        let told = PlanConfig {
            zones: vec![For::new(None, Zone::Fixed(60)).unwrap()],
            ..PlanConfig::default()
        };
        let given = (Some(Zone::Fixed(60)), false, false);
        assert_eq!(planned(format!("{head}{lines}"), &told), given);
    }
}
