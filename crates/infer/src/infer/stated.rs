//! Stated markers on one clock: gathered from all inputs, mapped to UTC, sorted. No collapsing and no wording here.

mod alert_cycles;
mod alert_subjects;
mod answers;
mod arrows;
mod called_people;
mod elsewhere;
mod gateway;
pub(in crate::infer) mod job_logs;
mod kept_lines;
pub(in crate::infer) mod proxy_reloads;
mod routine;
pub(in crate::infer) mod runs;
mod silent_runs;
pub(in crate::infer) mod untimed_rows;

use crate::clock::Clocks;
use crate::infer::citing::{cite, cite_many};
use crate::infer::lanes::View;
use crate::infer::stated::job_logs::job;
use crate::infer::stated::kept_lines::KeptLines;
use crate::infer::stated::proxy_reloads::reloads;
use crate::infer::stated::runs::same_versions_are_restarts;
use crate::infer::stated::silent_runs::silent_runs;
use crate::model::Evidence;
use coroner_core::summary::{CitableLine, InputPart, Marker, Track};
use coroner_lines::marker;
use coroner_lines::record::{CauseClass, MarkerKind, Notice};
use coroner_lines::sorting::SortList;
use coroner_lines::text::words::holds_any;
use coroner_lines::time::{Instant, MINUTE};
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

/// One stated marker with its time in UTC.
#[derive(Clone, Debug)]
pub(crate) struct StatedMarker {
    pub time: Option<Instant>,
    pub after: Option<Instant>,
    pub before: Option<Instant>,
    /// Where an untimed one stands among the others; `None`: apart from them.
    pub place: Option<Instant>,
    pub input: u32,
    /// The first of the inputs that one tool writes, a file for each run or day.
    pub log: u32,
    pub offset: u64,
    pub kind: MarkerKind,
    pub class: Option<CauseClass>,
    pub confidence: u8,
    pub text: Vec<u8>,
    pub group: Option<Vec<u8>>,
    /// Who acted, or was notified.
    pub actors: Vec<Vec<u8>>,
    pub host: Option<Vec<u8>>,
    pub service: Option<Vec<u8>>,
    pub version: Option<Vec<u8>>,
    pub typed: bool,
    /// What a package manager did.
    pub package: bool,
    pub evidence: Vec<Evidence>,
    /// Last line of a repeated marker.
    pub last: Option<Instant>,
    /// Whether its time is but the minute that its line was stamped with.
    pub by_minute: bool,
    /// Lines of its input that say the same but for figures.
    pub alike: u64,
}

impl StatedMarker {
    /// Whether a database logged what it was sent.
    pub fn is_statement(&self) -> bool {
        self.text.starts_with(b"statement: ")
    }

    /// Whether a kernel says that it starts.
    pub fn is_boot(&self) -> bool {
        holds_any(&self.text, "linux version")
    }

    /// What a line of an input tells by where it stands, of no kind and at no time yet.
    fn told(input: u32, line: Evidence, confidence: u8) -> StatedMarker {
        StatedMarker {
            time: None,
            after: None,
            before: None,
            place: None,
            input,
            log: input,
            offset: line.byte,
            kind: MarkerKind::HumanNote,
            class: None,
            confidence,
            text: Vec::new(),
            group: None,
            actors: Vec::new(),
            host: None,
            service: None,
            version: None,
            typed: false,
            package: false,
            evidence: vec![line],
            last: None,
            by_minute: false,
            alike: 1,
        }
    }

    /// What a line of an input states, at no time yet.
    fn of(input: u32, m: &Marker) -> StatedMarker {
        StatedMarker {
            kind: m.kind,
            class: m.class,
            text: m.text.clone(),
            group: m.group.clone(),
            actors: m.actor.iter().cloned().collect(),
            host: m.host.clone(),
            service: m.service.clone(),
            version: m.version.as_deref().map(|v| short_commit(v).to_vec()),
            typed: m.typed,
            package: m.package,
            ..StatedMarker::told(input, cite(input, &m.seen), m.confidence)
        }
    }

    /// Until when it may have been: its line says no more than the minute.
    pub fn latest(&self) -> Option<Instant> {
        let within = if self.by_minute { MINUTE - 1 } else { 0 };
        Some(Instant(self.last.or(self.time)?.0 + within))
    }

    /// Whether it says that a run failed, and not what of it.
    pub fn fails_a_run(&self) -> bool {
        self.kind == MarkerKind::DeployFail
            && (marker::SAID + 1..=Notice::ALONE_NOTHING).contains(&self.confidence)
            && (!self.typed || self.group.is_none())
    }

    /// Whether it is what a person wrote to others of an act: nothing was done by that.
    pub fn is_said(&self) -> bool {
        let act = !matches!(
            self.kind,
            MarkerKind::RecoveryClaimed | MarkerKind::HumanNote
        );
        act && self.is_chat()
    }

    /// Whether a person wrote it to others.
    pub fn is_chat(&self) -> bool {
        !self.typed && self.confidence <= marker::SAID
    }

    /// Order of rows: time (untimed ones where they are placed, else last), input, place.
    pub fn order(&self) -> (Instant, u32, u64) {
        (
            self.time.or(self.place).unwrap_or(Instant(i64::MAX)),
            self.input,
            self.offset,
        )
    }
}

/// A version; of a whole commit the first letters, by which people and other tools call it.
fn short_commit(version: &[u8]) -> &[u8] {
    let whole = version.len() == 40 && version.iter().all(u8::is_ascii_hexdigit);
    if whole { &version[..7] } else { version }
}

/// An untimed line stands where the stamped lines around it stand, if these are no further apart.
const CLOSE: i64 = MINUTE;

/// Bytes that a command may print in front of its first stamped line.
const PRINTED: u64 = 800;

/// All stated markers of a part, by time.
pub(crate) fn gather(view: &View<'_>) -> Vec<StatedMarker> {
    let (part, clocks) = (view.part, view.clocks);
    let mut out = Vec::new();
    let mut logs = BTreeMap::new();
    for (&input, p) in &part.inputs {
        let host = p.meta.host.as_ref().map(|h| h.clone().into_bytes());
        let from = out.len();
        for (axis, t) in p.tracks() {
            let at = |us: i64, byte: u64| clocks.at(input, axis, us, byte);
            let reloaded = reloads(t);
            let by_minute = t.is_by_minute();
            out.extend(t.markers.iter().map(|m| {
                let mut row = StatedMarker::of(input, m);
                row.time = Some(at(m.seen.us, row.offset));
                row.by_minute = by_minute;
                row.host = row.host.or_else(|| host.clone());
                if reloaded.contains(&row.offset) {
                    row.kind = MarkerKind::ConfigChange;
                }
                row
            }));
            repeats(&mut out, input, t, &host, &at);
        }
        untimed(&mut out, input, p, clocks);
        job(&mut out, from, input, p, view);
        let kept = KeptLines::of(input, p, view);
        silent_runs(&mut out, from, input, p, &kept);
        alert_cycles::alert_cycles(&mut out, input, (p, &kept), view);
        gateway::gateway(&mut out, from, input, &kept);
        if from < out.len() {
            let log = *logs.entry(written_by(&p.meta)).or_insert(input);
            out[from..].iter_mut().for_each(|r| r.log = log);
        }
    }
    answers::answers(&mut out, view);
    elsewhere::of_elsewhere(&mut out);
    routine::of_connections(&mut out);
    routine::of_users(&mut out);
    routine::of_any_acts(&mut out);
    routine::of_alerts(&mut out);
    routine::of_units(&mut out);
    routine::on_demand(&mut out);
    routine::of_starts(&mut out);
    out.sort_list_by_key(StatedMarker::order);
    same_versions_are_restarts(&mut out, part, clocks);
    out
}

/// What one tool on one host writes, a file for each run or day: the folder, the name without its numbers, the host.
fn written_by(meta: &coroner_core::plan::InputMeta) -> (String, Option<String>) {
    let (folder, file) = meta.name.rsplit_once('/').unwrap_or(("", &meta.name));
    let file = file.replace(|c: char| c.is_ascii_digit(), "");
    (format!("{folder}/{file}"), meta.host.clone())
}

/// Repeated markers: minutes that follow each other within five minutes are one row with a count.
fn repeats(
    out: &mut Vec<StatedMarker>,
    input: u32,
    t: &Track,
    host: &Option<Vec<u8>>,
    at: &dyn Fn(i64, u64) -> Instant,
) {
    type Key<'a> = (
        MarkerKind,
        Option<CauseClass>,
        &'a Option<Vec<u8>>,
        &'a Option<Vec<u8>>,
    );
    let mut open: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    for (k, r) in &t.repeats {
        let key = (k.kind, k.class, &k.host, &k.service);
        if let Some(&i) = open.get(&key) {
            let row: &mut StatedMarker = &mut out[i];
            if row
                .last
                .is_some_and(|l| at(r.first.us, r.first.pos.offset).0 - l.0 <= 5 * MINUTE)
            {
                row.last = Some(at(r.last_us, r.first.pos.offset));
                let e = &mut row.evidence[0];
                e.count = Some(e.count.unwrap_or(1) + r.count);
                continue;
            }
        }
        open.insert(key, out.len());
        out.push(StatedMarker {
            time: Some(at(r.first.us, r.first.pos.offset)),
            after: None,
            before: None,
            place: None,
            input,
            log: input,
            offset: r.first.pos.offset,
            kind: k.kind,
            class: k.class,
            confidence: r.confidence,
            text: r.text.clone(),
            group: None,
            actors: Vec::new(),
            host: k.host.clone().or_else(|| host.clone()),
            service: k.service.clone(),
            version: None,
            typed: false,
            package: false,
            evidence: vec![cite_many(input, &r.first, r.count)],
            last: Some(at(r.last_us, r.first.pos.offset)),
            by_minute: false,
            alike: 1,
        });
    }
}

/// Untimed markers are bounded by the stamped lines around them in the same input.
fn untimed(out: &mut Vec<StatedMarker>, input: u32, p: &InputPart, clocks: &Clocks) {
    if p.untimed.is_empty() {
        return;
    }
    let mut known: Vec<(u64, Instant)> = Vec::new();
    for (axis, t) in p.tracks() {
        let place = |s: &CitableLine| (s.pos.offset, clocks.at(input, axis, s.us, s.pos.offset));
        known.extend(t.edges().map(place));
    }
    known.sort();
    // a fault that is stated line after line is one row with a count
    let mut open: Option<(usize, &Marker)> = None;
    for m in &p.untimed {
        let i = known.partition_point(|k| k.0 < m.seen.pos.offset);
        let (after, before) = (
            i.checked_sub(1).map(|j| known[j].1),
            known.get(i).map(|k| k.1),
        );
        if let Some((at, first)) = open
            && m.kind == MarkerKind::Fault
            && (m.kind, m.class, &m.host, &m.service)
                == (first.kind, first.class, &first.host, &first.service)
            && (after, before) == (out[at].after, out[at].before)
        {
            let e = &mut out[at].evidence[0];
            e.count = Some(e.count.unwrap_or(1) + 1);
            continue;
        }
        // what a command prints is stamped in one of the lines below it, above the next command
        let typed = |m: &Marker| marker::behind_prompt(&m.seen.raw).is_some();
        let below = m.seen.pos.offset + m.seen.raw.len() as u64 + PRINTED;
        let printed = known.get(i).filter(|k| k.0 <= below && typed(m));
        let behind = || p.untimed.range((Excluded(m), Unbounded));
        let other = |end| behind().take_while(|o| o.seen.pos.offset < end).any(&typed);
        let printed = printed.filter(|k| !other(k.0));
        let time = printed.map(|k| k.1);
        // sources, settings and guides name faults, too, but not again and again
        let happened = matches!(m.kind, MarkerKind::Fault | MarkerKind::Crash);
        let again = || p.untimed.iter().filter(|o| o.class == m.class).nth(2);
        if happened && time.is_none() && p.accounting.parsed == 0 && again().is_none() {
            continue;
        }
        let unknown = |_: &Instant| time.is_none();
        open = Some((out.len(), m));
        out.push(StatedMarker {
            time,
            after: after.filter(unknown),
            before: before.filter(unknown),
            place: (after.zip(before))
                .filter(|(a, b)| time.is_none() && b.0 - a.0 <= CLOSE)
                .map(|(a, _)| a),
            ..StatedMarker::of(input, m)
        });
    }
}
