//! Work that is shared: the rows of a plan, and the part of a row. How each is written is the matter of `plan::row` and
//! `summary::wire`.

use super::logs::Logs;
use super::notice::Notice;
use super::planned_for::PlannedFor;
use super::scope::Scoped;
use super::settings::Settings;
use coroner_core::error::Result;
use coroner_core::plan::row::{PlanRow, RowReading};
use coroner_core::scan::{ReadConfig, RowConfig, RowFrom, Summary, read_row, rows, usual_split};
use coroner_core::summary::Part;
use coroner_core::summary::wire::file::{Parts, Planned, RowDone};
use coroner_infer::infer::InferConfig;
use coroner_lines::text::{LogText, People};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Whether files are cut.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// Into splits of so many bytes, by default of the usual size; whether files are looked into.
    Splits(Option<u64>, bool),
    /// Not at all.
    Whole,
}

impl Logs {
    /// The plan, and its rows. `redacted`: parts of them will hold no secrets.
    pub fn rows(&mut self, cut: Cut, redacted: bool) -> Result<(Scoped, Vec<PlanRow>)> {
        let scoped = self.plan()?;
        let read = &self.settings.read;
        let limits = &read.open.limits;
        let kept = PlannedFor {
            infer: InferConfig {
                window: scoped.window,
                ..self.inference(&scoped.plan)
            },
            services: self.settings.services(),
            number_lines: read.number_lines,
            redacted,
        };
        let config = RowConfig {
            split: match cut {
                Cut::Splits(each, _) => Some(each.unwrap_or_else(|| usual_split(self.bytes()))),
                Cut::Whole => None,
            },
            probe: matches!(cut, Cut::Splits(_, true)),
            number_lines: read.number_lines,
            reading: RowReading {
                max_line: read.scan.max_line,
                encoding: read.open.encoding,
                max_ratio: limits.ratio,
                max_unpacked: limits.bytes,
            },
            settings: kept.value()?,
        };
        let rows = rows(&scoped.plan, &self.inputs, &read.open, &config)?;
        Ok((scoped, rows))
    }

    /// Reads everything into one part.
    pub fn summarize(&mut self, redact: bool, noted: &mut dyn FnMut(Notice)) -> Result<Parts> {
        let (scoped, rows) = self.rows(Cut::Whole, redact)?;
        let mut summary = self.read(&scoped.plan, noted)?;
        let Some(first) = rows.first() else {
            return Ok(Parts::default());
        };
        summary.part.plan = first.id();
        let done = rows.iter().map(|r| (r.row, done(r, &summary))).collect();
        Ok(part_of(first, done, summary, redact))
    }
}

/// Reads the bytes of one row of a plan, at its `uri`, into a part. The other way is [`Analysis::plan`](crate::Analysis::plan).
///
/// # Errors
/// Where the file is not the one that was planned, or cannot be read whole.
pub fn summarize(row: &PlanRow) -> Result<Parts> {
    let from = RowFrom::Path(PathBuf::from(&row.uri));
    summarize_row(row, from, &Settings::default().read, false)
}

/// Reads one row of a plan into its part, on the thread of the caller and as many as it shares work with.
pub fn summarize_row(
    row: &PlanRow,
    from: RowFrom,
    config: &ReadConfig,
    redact: bool,
) -> Result<Parts> {
    let mut summary = read_row(row, from, config)?;
    if !summary.failed.is_empty() {
        return Err(summary.failed.swap_remove(0).1);
    }
    let done = BTreeMap::from([(row.row, done(row, &summary))]);
    Ok(part_of(row, done, summary, redact))
}

/// What is known of a row that has been read.
fn done(row: &PlanRow, summary: &Summary) -> RowDone {
    let mut crc = crc32fast::Hasher::new();
    for input in &row.inputs {
        if let Some(p) = summary.part.inputs.get(&input.id) {
            crc.update(&p.coverage.crc32().to_le_bytes());
        }
    }
    RowDone {
        input: row.inputs.first().map_or(0, |i| i.id),
        off: row.off,
        len: row.len,
        crc32: crc.finalize(),
    }
}

fn part_of(row: &PlanRow, rows: BTreeMap<u32, RowDone>, summary: Summary, redact: bool) -> Parts {
    let mut settings = row.settings.clone();
    let mut part = summary.part;
    if redact {
        let people = people(&mut part);
        let inputs = part.inputs.values_mut();
        inputs.for_each(|p| p.texts(&mut |t| *t = people.redacted(t)));
        if let Some(all) = settings.as_object_mut() {
            all.insert("redacted".into(), true.into());
        }
    }
    Parts::one(Planned {
        of: row.of,
        rows,
        settings,
        part,
        sha256: summary.sha256,
    })
}

/// The people that the texts of a part name.
fn people(part: &mut Part) -> People {
    let mut things: BTreeSet<String> = BTreeSet::new();
    for p in part.inputs.values() {
        things.extend(p.meta.host.iter().chain(&p.meta.service).cloned());
        for (_, track) in p.tracks() {
            let keys = [&track.by_host, &track.by_service, &track.said];
            let named = keys.into_iter().flat_map(|k| k.sorted());
            things.extend(named.map(|(name, _)| String::from_utf8_lossy(name).into_owned()));
        }
    }
    let things: Vec<&str> = things.iter().map(String::as_str).collect();
    let mut people = People::default();
    for p in part.inputs.values_mut() {
        let markers = p.tracks().flat_map(|(_, t)| &t.markers).chain(&p.untimed);
        let actors = markers.filter_map(|m| m.actor.as_deref());
        actors.for_each(|a| people.know(&LogText::name(a), &things));
        p.texts(&mut |t| people.meet(&LogText::new(t), &things));
    }
    people.settled()
}
