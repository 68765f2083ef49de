//! What all workers must agree on before a line is read: inputs, clock domains, formats, the year of year-less lines, zones
//! given by the user. Nothing here depends on thread count, block size or the order of operands.

mod meta;
mod names;
mod sniff;

use crate::error::{Error, Result};
use crate::format::{FORMATS, Format, custom};
use crate::hash::hash64;
use crate::marker::scope::scope_of;
use crate::record::{Body, Kind, Message, Record};
use crate::time::zone::Zone;
use crate::time::{DAY, days_from_civil};
use globset::{Glob, GlobMatcher};
use names::{domain, hosts};
use sniff::{dominant, sample_lines, sniff};
use std::ops::Deref;
use std::sync::Arc;

pub use meta::InputMeta;

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
            Some(p) => {
                Some(
                    Glob::new(p)
                        .map(|g| g.compile_matcher())
                        .map_err(|e| Error::Usage {
                            what: format!("pattern \"{p}\""),
                            why: e.kind().to_string(),
                            remedy: "write it like 'deploy*.log'".into(),
                        })?,
                )
            }
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

/// Settings of the plan.
#[derive(Clone, Debug, Default)]
pub struct PlanConfig {
    /// Zones for lines without one.
    pub zones: Vec<For<Zone>>,
    /// Formats forced: a name of the registry, or a `log_format` string.
    pub formats: Vec<For<String>>,
    /// Inputs that are the edge tier.
    pub edge: Vec<For<()>>,
    /// Last year of year-less lines.
    pub year: Option<i64>,
    /// Newest modification time of the inputs, microseconds UTC; only used where no line of any input has a year.
    pub newest_file_us: Option<i64>,
}

/// What was sampled of one input, before anything is planned.
#[derive(Clone, Debug, Default)]
pub struct Sampled {
    /// Name for citations.
    pub name: String,
    /// Stretches of whole lines: the head, and where it could be had without reading all, the middle and the tail.
    pub pieces: Vec<Vec<u8>>,
}

/// One input, planned.
#[derive(Clone)]
pub struct PlanInput {
    /// What goes into the part.
    pub meta: InputMeta,
    /// Formats in the order in which they are tried on each line.
    pub formats: Vec<Tried>,
    /// Whether a line that no format accepts is an untimed message (steps of deploy tools) instead of not understood.
    pub untimed: bool,
    /// Whether blocks must begin at a line that begins a record, because its records may have continuation lines.
    pub heads: bool,
}

/// How the year of year-less lines is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YearBasis {
    /// Given by the user.
    Given,
    /// The newest line with a year.
    Lines,
    /// The newest file time: an assumption.
    FileTime,
    /// Nothing tells it.
    Nothing,
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
    /// Digest of everything above.
    pub digest: u64,
}

/// Makes the plan from samples, which must be sorted by name.
pub fn plan(samples: &[Sampled], config: &PlanConfig) -> Result<Plan> {
    let hosts = hosts(&samples.iter().map(|s| s.name.as_str()).collect::<Vec<_>>());
    let mut inputs = Vec::with_capacity(samples.len());
    let (mut newest, mut yearless) = (None, false);
    for (s, host) in samples.iter().zip(hosts) {
        let forced = forced(&s.name, config)?;
        let all: Vec<Tried> = forced
            .into_iter()
            .chain(FORMATS.iter().map(|f| Tried::Listed(*f)))
            .collect();
        let lines = sample_lines(s);
        let found = sniff(&all, &lines);
        newest = newest.max(found.newest);
        yearless |= found.yearless;
        let scope = scope_of(&s.name, &lines, dominant(&found.kinds));
        let mut order: Vec<usize> = (0..all.len()).collect();
        // those that the sample shows come first, else in the order of the registry: most specific first
        order.sort_by_key(|i| (found.hits[*i] == 0, *i));
        inputs.push(PlanInput {
            meta: InputMeta {
                name: s.name.clone(),
                domain: domain(&s.name),
                host,
                scope,
                zone: config
                    .zones
                    .iter()
                    .rev()
                    .find(|z| z.applies(&s.name))
                    .map(|z| z.value),
                edge: config.edge.iter().any(|e| e.applies(&s.name)),
            },
            formats: order.into_iter().map(|i| all[i].clone()).collect(),
            untimed: scope == Kind::Deploy && found.unknown > 0,
            // a record of many lines may come where the sample shows none, so only a wholly unknown input is cut anywhere
            heads: found.hits.iter().any(|n| *n > 0),
        });
    }
    let (year_reference, year_basis) = year(config, newest);
    let digest = digest(&inputs, year_reference);
    Ok(Plan {
        inputs,
        year_reference,
        year_basis,
        yearless,
        digest,
    })
}

fn forced(name: &str, config: &PlanConfig) -> Result<Option<Tried>> {
    let Some(f) = config.formats.iter().rev().find(|f| f.applies(name)) else {
        return Ok(None);
    };
    if f.value.contains('$') {
        let made =
            custom::compile_nginx("nginx log_format", &f.value).map_err(|e| Error::Usage {
                what: "--format".into(),
                why: e.to_string(),
                remedy: "copy the string between the quotes of log_format in nginx.conf".into(),
            })?;
        return Ok(Some(Tried::Made(Arc::from(made))));
    }
    match FORMATS
        .iter()
        .find(|b| b.name().eq_ignore_ascii_case(&f.value))
    {
        Some(b) => Ok(Some(Tried::Listed(*b))),
        None => Err(Error::Usage {
            what: format!("--format {}", f.value),
            why: "no such format".into(),
            remedy: format!(
                "use one of: {}",
                FORMATS
                    .iter()
                    .map(|b| b.name())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        }),
    }
}

/// A format that lines are tried with.
#[derive(Clone)]
pub enum Tried {
    /// One of the registry.
    Listed(&'static dyn Format),
    /// One made for this run.
    Made(Arc<dyn Format>),
}

impl Deref for Tried {
    type Target = dyn Format;

    #[inline]
    fn deref(&self) -> &Self::Target {
        match self {
            Tried::Listed(f) => *f,
            Tried::Made(f) => &**f,
        }
    }
}

impl PlanInput {
    /// Whether a line begins a record.
    pub fn is_head(&self, line: &[u8]) -> bool {
        !line.is_empty() && self.formats.iter().any(|f| f.is_head(line))
    }

    /// Names of the formats in the plan's order, with the one for untimed lines behind them.
    pub fn format_names(&self) -> Vec<String> {
        self.formats
            .iter()
            .map(|f| f.name().to_owned())
            .chain(["untimed text".to_owned()])
            .collect()
    }

    /// The record of a line without a time, in an input whose tool writes such lines.
    pub fn untimed<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        self.untimed.then(|| {
            Record::new(
                None,
                Body::Message(Message::new(crate::record::Level::Info, line.trim_ascii())),
            )
        })
    }
}

/// A line without its carriage return, byte order mark and the zero bytes that a power loss leaves before it.
#[inline]
pub fn trim_line(line: &[u8]) -> &[u8] {
    // most lines have none of these: two bytes tell
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

fn year(config: &PlanConfig, newest: Option<i64>) -> (i64, YearBasis) {
    if let Some(y) = config.year {
        return (days_from_civil(y, 12, 31) * DAY - 1, YearBasis::Given);
    }
    match (newest, config.newest_file_us) {
        (Some(n), _) => (n, YearBasis::Lines),
        (None, Some(n)) => (n, YearBasis::FileTime),
        (None, None) => (days_from_civil(1970, 12, 31) * DAY, YearBasis::Nothing),
    }
}

fn digest(inputs: &[PlanInput], year_reference: i64) -> u64 {
    let mut h = hash64(&year_reference.to_le_bytes(), 0);
    for i in inputs {
        h = hash64(i.meta.name.as_bytes(), h);
        h = hash64(
            format!(
                "{:?} {:?} {:?} {}",
                i.meta.scope, i.meta.zone, i.meta.edge, i.untimed
            )
            .as_bytes(),
            h,
        );
        for f in &i.formats {
            h = hash64(f.name().as_bytes(), h);
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
}
