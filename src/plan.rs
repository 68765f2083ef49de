//! What all workers must agree on before a line is read: inputs, clock domains, formats, the year of year-less lines, zones
//! given by the user. Nothing here depends on thread count, block size or the order of operands.

use crate::error::{Error, Result};
use crate::format::{FORMATS, Format, Framing, custom};
use crate::marker::scope::scope_of;
use crate::record::{Body, Kind, Message, Record};
use crate::summary::{InputMeta, hash64};
use crate::time::zone::Zone;
use crate::time::{DAY, Dated, Stamp, days_from_civil};
use globset::{Glob, GlobMatcher};
use std::collections::BTreeMap;
use std::sync::Arc;

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
    pub formats: Vec<Arc<dyn Format>>,
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

/// Most lines of an input that are tried.
const SAMPLE_LINES: usize = 4000;

struct Sniffed {
    hits: Vec<u64>,
    unknown: u64,
    kinds: [u64; 5],
    newest: Option<i64>,
    yearless: bool,
}

/// Makes the plan from samples, which must be sorted by name.
pub fn plan(samples: &[Sampled], config: &PlanConfig) -> Result<Plan> {
    let hosts = hosts(&samples.iter().map(|s| s.name.as_str()).collect::<Vec<_>>());
    let mut inputs = Vec::with_capacity(samples.len());
    let (mut newest, mut yearless) = (None, false);
    for (s, host) in samples.iter().zip(hosts) {
        let forced = forced(&s.name, config)?;
        let all: Vec<Arc<dyn Format>> = forced
            .into_iter()
            .chain(
                FORMATS
                    .iter()
                    .map(|f| Arc::new(Builtin(*f)) as Arc<dyn Format>),
            )
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

fn forced(name: &str, config: &PlanConfig) -> Result<Option<Arc<dyn Format>>> {
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
        return Ok(Some(Arc::from(made)));
    }
    match FORMATS
        .iter()
        .find(|b| b.name().eq_ignore_ascii_case(&f.value))
    {
        Some(b) => Ok(Some(Arc::new(Builtin(*b)))),
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

/// A format of the registry, shared.
struct Builtin(&'static dyn Format);

impl Format for Builtin {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn kind(&self) -> Kind {
        self.0.kind()
    }
    fn about(&self) -> &str {
        self.0.about()
    }
    fn framing(&self) -> Framing {
        self.0.framing()
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        self.0.parse(line)
    }
    fn is_head(&self, line: &[u8]) -> bool {
        self.0.is_head(line)
    }
    fn sample(&self) -> &str {
        self.0.sample()
    }
}

impl PlanInput {
    /// The first format that accepts a line, with its record. The order is fixed by the plan, so that the answer hangs on the
    /// line alone.
    #[inline]
    pub fn parse<'a>(&self, line: &'a [u8]) -> Option<(usize, Record<'a>)> {
        self.formats
            .iter()
            .enumerate()
            .find_map(|(i, f)| f.parse(line).map(|r| (i, r)))
    }

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

fn sample_lines(s: &Sampled) -> Vec<&[u8]> {
    let per = SAMPLE_LINES / s.pieces.len().max(1);
    s.pieces
        .iter()
        .flat_map(|p| {
            p.split(|c| *c == b'\n')
                .map(trim_line)
                .filter(|l| !l.is_empty())
                .take(per)
        })
        .collect()
}

/// A line without its carriage return, byte order mark and the zero bytes that a power loss leaves before it.
pub fn trim_line(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if line.first() != Some(&0) {
        return line;
    }
    &line[line.iter().take_while(|c| **c == 0).count()..]
}

fn sniff(all: &[Arc<dyn Format>], lines: &[&[u8]]) -> Sniffed {
    let mut s = Sniffed {
        hits: vec![0; all.len()],
        unknown: 0,
        kinds: [0; 5],
        newest: None,
        yearless: false,
    };
    for line in lines {
        let Some((i, r)) = all
            .iter()
            .enumerate()
            .find_map(|(i, f)| f.parse(line).map(|r| (i, r)))
        else {
            s.unknown += 1;
            continue;
        };
        s.hits[i] += 1;
        s.kinds[r.scope.unwrap_or(all[i].kind()) as usize] += 1;
        match r.stamp {
            Some(Stamp {
                dated: Dated::Full,
                wall_us,
                ..
            }) => s.newest = s.newest.max(Some(wall_us)),
            Some(_) => s.yearless = true,
            None => {}
        }
    }
    s
}

fn dominant(kinds: &[u64; 5]) -> Option<Kind> {
    const ALL: [Kind; 5] = [
        Kind::Web,
        Kind::App,
        Kind::Pager,
        Kind::Deploy,
        Kind::System,
    ];
    ALL.into_iter()
        .zip(*kinds)
        .rev()
        .max_by_key(|(_, n)| *n)
        .filter(|(_, n)| *n > 0)
        .map(|(k, _)| k)
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

/// The clock domain of a file: its name without rotation numbers, dates and packing suffixes, which siblings share.
fn domain(name: &str) -> String {
    let mut n = name;
    loop {
        let Some((stem, last)) = n.rsplit_once(['.', '-']) else {
            return n.to_owned();
        };
        let packed = matches!(last, "gz" | "zst" | "xz" | "bz2");
        let number = !last.is_empty()
            && last.len() <= 8
            && last.bytes().all(|c| c.is_ascii_digit())
            && !stem.is_empty()
            && !stem.ends_with('/');
        // `app-1.log` is no rotation: only what stands behind the last extension is
        if packed
            || (number
                && stem
                    .rsplit('/')
                    .next()
                    .is_some_and(|s| s.contains('.') || last.len() == 8))
        {
            n = stem;
        } else {
            return n.to_owned();
        }
    }
}

/// Hosts told by names: the folder that varies between files of one base name (`web-1/app.log`, `web-2/app.log`), or a
/// first name part that differs only in its number (`w1.json.log`, `w2.json.log`).
fn hosts(names: &[&str]) -> Vec<Option<String>> {
    let base = |n: &str| domain(n).rsplit('/').next().unwrap_or_default().to_owned();
    let folder = |n: &str| n.rsplit_once('/').map(|(d, _)| d.to_owned());
    let mut by_base: BTreeMap<String, std::collections::BTreeSet<String>> = BTreeMap::new();
    let mut by_part: BTreeMap<String, std::collections::BTreeSet<String>> = BTreeMap::new();
    for n in names {
        if let Some(d) = folder(n) {
            by_base.entry(base(n)).or_default().insert(d);
        }
        if let Some((part, shape)) = numbered(n) {
            by_part.entry(shape).or_default().insert(part);
        }
    }
    let folders: std::collections::BTreeSet<&String> =
        by_base.values().filter(|d| d.len() > 1).flatten().collect();
    names
        .iter()
        .map(|n| {
            let d = folder(n);
            if let Some(d) = d.filter(|d| folders.contains(d)) {
                return d.rsplit('/').next().map(str::to_owned);
            }
            numbered(n)
                .filter(|(_, shape)| by_part[shape].len() > 1)
                .map(|(part, _)| part)
        })
        .collect()
}

/// `w1.json.log` → (`w1`, its name with `#` for the number).
fn numbered(name: &str) -> Option<(String, String)> {
    let (dir, file) = name.rsplit_once('/').unwrap_or(("", name));
    let end = file.find(['.', '-', '_'])?;
    let part = &file[..end];
    let digits = part.bytes().rev().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits == part.len() || digits > 4 {
        return None;
    }
    Some((
        part.to_owned(),
        format!("{dir}/{}#", &part[..part.len() - digits]),
    ))
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
    fn rotated_siblings_share_a_domain() {
        for (name, want) in [
            ("rp/access.log", "rp/access.log"),
            ("rp/access.log.1", "rp/access.log"),
            ("rp/access.log.2.gz", "rp/access.log"),
            ("a/app.log-20240305.gz", "a/app.log"),
            ("postgresql-15-main.log", "postgresql-15-main.log"),
            ("app-1.log", "app-1.log"),
            ("deploy-4412.txt", "deploy-4412.txt"),
        ] {
            assert_eq!(domain(name), want, "{name}");
        }
    }

    #[test]
    fn hosts_come_from_what_varies_between_siblings() {
        let got = hosts(&[
            "edge-1/access.log.gz",
            "web-1/shop.log.gz",
            "web-2/shop.log.gz",
            "web-2/syslog",
            "w1.json.log",
            "w2.json.log",
            "db.log",
        ]);
        let want = [
            None,
            Some("web-1"),
            Some("web-2"),
            Some("web-2"),
            Some("w1"),
            Some("w2"),
            None,
        ];
        assert_eq!(got.iter().map(Option::as_deref).collect::<Vec<_>>(), want);
    }

    #[test]
    fn patterns_match_the_name_or_its_last_component() {
        let f = For::new(Some("deploy*.log"), ()).unwrap();
        assert!(f.applies("ops/deploy-1.log") && f.applies("deploy.log") && !f.applies("app.log"));
        assert!(For::new(Some("[x"), ()).is_err());
    }
}
