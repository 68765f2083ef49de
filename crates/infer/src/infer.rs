//! Merged Part to Report: incidents, timeline, durations, impact, causes. No parsing, no formatting.

mod acknowledgement;
mod baseline;
mod channels;
mod cited_words;
mod citing;
mod collection_gaps;
mod consistency;
mod duplicate_inputs;
mod facts;
mod follow_ups;
mod gaps;
mod impact;
mod incident;
mod inputs;
mod lanes;
mod lines;
mod list_limits;
mod log_errors;
mod log_names;
mod lulls;
mod masked_failovers;
mod measured_rows;
mod merge_rows;
mod message_history;
mod mitigation;
mod moved_by_failures;
mod novelty;
mod outlier_stamps;
mod passing;
mod passing_logs;
mod phases;
mod rank;
mod rare;
mod refusals;
mod remarks;
mod restart_before;
mod restart_loops;
mod rollback_inference;
mod rows;
mod services;
mod stated;
mod story;
mod template_shift;
mod tiers;
mod title;
mod topology;
mod traffic;
mod undeclared_releases;
mod unexplained;
mod version_turns;
mod worst_minute;

use crate::clock::{self, Clocks};
use crate::detect::{self, Counts, Detection};
pub use crate::infer::baseline::Earlier;
use crate::infer::lanes::View;
use crate::infer::list_limits::Limit;
use crate::infer::outlier_stamps::OutlierStamps;
pub use crate::infer::refusals::{are_refused, goes_missing, is_refusal};
use crate::model::{Event, Report, Sensitivity, Sentence, Settings, Span, Tier, Totals, Verdict};
use coroner_core::plan::YearBasis;
use coroner_core::source::Again;
use coroner_core::summary::{Marker, Part, Track, is_bucket};
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Instant, SECOND, Window};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Settings of the inference. Zone, clocks and files to be read again belong to the run that makes the report and are not
/// written down.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct InferConfig {
    /// Zone in which times are written; `None`: the one local zone that inputs write, else UTC.
    #[serde(skip)]
    pub zone: Option<Zone>,
    /// Detector sensitivity.
    pub sensitivity: Sensitivity,
    /// Service objective, 0–1.
    pub slo: Option<f64>,
    /// Zones given for zone-less lines, as written.
    pub assume_tz: BTreeMap<String, String>,
    /// Formats forced, as written.
    pub formats: BTreeMap<String, String>,
    /// Edge patterns, as written.
    pub edge: Vec<String>,
    /// Year given.
    pub year: Option<i64>,
    /// How the year of year-less lines is known, and the year.
    pub year_basis: Option<(YearBasis, i64)>,
    /// The stretch of time that was asked for, microseconds UTC.
    pub window: Window,
    /// Clocks that are known already, from a look at more than is asked for.
    #[serde(skip)]
    pub clocks: Option<Clocks>,
    /// What an earlier part shows of a system that works, where one was given.
    #[serde(skip)]
    pub earlier: Option<Arc<Earlier>>,
    /// Files whose lines are read again where they are cited and the part keeps their place only.
    #[serde(skip)]
    pub again: Again,
    /// Whether what is only looked at by who reads a report is left out: pictures, and harm by what no row rests on.
    #[serde(skip)]
    pub brief: bool,
    /// Trouble with paths that gave no input, as sentences.
    pub problems: Vec<String>,
}

/// Makes the report of a part.
pub fn infer<'p>(part: impl Into<Cow<'p, Part>>, config: &InferConfig) -> Report {
    let (part, outliers) = crate::infer::outlier_stamps::set_aside(
        crate::infer::duplicate_inputs::counted_once(part.into()),
    );
    let clocks = match &config.clocks {
        Some(known) => known.clone(),
        None => clocks_of(&part, config),
    };
    let (mut report, tiers) = judged(&part, &clocks, &outliers, config);
    report.inputs = inputs::inputs(part, &clocks, &tiers, &config.again);
    report
}

/// The report but for the list of inputs, and which of them are of which tier.
fn judged(
    part: &Part,
    clocks: &Clocks,
    outliers: &[OutlierStamps],
    config: &InferConfig,
) -> (Report, BTreeMap<u32, Tier>) {
    let earlier = config.earlier.as_deref();
    let view = View::new(part, clocks)
        .reading(&config.again)
        .after(earlier);
    let keys = channels::keys(&view);
    let acts = crate::infer::merge_rows::acts(crate::infer::stated::gather(&view));
    let mut stated: Vec<Event> = rows::rows(acts);
    let alerts = alerts(&stated);
    let refused = refusals::runs(&view, &alerts, config.sensitivity);
    let counts = view
        .counts()
        .with_witnesses(view.behind(), alerts)
        .with_slow(channels::slow(&view))
        .with_always_failing(channels::always_failing(&view))
        .with_others(found_elsewhere(&view, &refused, config.sensitivity))
        .with_usual(earlier.and_then(|e| e.share));
    let mut found = detect::detect(&counts, &keys, config.sensitivity);
    let zone = zone(part, config);
    stated.extend(version_turns::version_turns(part, clocks));
    stated.extend(crate::infer::masked_failovers::rows(&view));
    stated.extend(crate::infer::undeclared_releases::rows(&view, &stated));
    stated.sort_list_by(|a, b| order(a).cmp(&order(b)));

    let loops = restart_loops::loops(&view);
    let falling = restart_loops::found(&view, &loops, &found.incidents);
    found.incidents.extend(falling);
    found.incidents.sort_list_by_key(|f| (f.start, f.end));

    let mut limit = Limit::default();
    let mut gaps = gaps::of_inputs(&view, outliers, &stated, config, &mut limit);
    let ranked = rank::ranked(&view, &counts, &found, &stated);
    found.incidents = ranked.incidents;
    let past = LazyCell::new(|| crate::infer::message_history::Past::of(&view));
    for f in &mut found.incidents {
        if let Some((later, passed)) = restart_before::parted(&counts, &stated, found.p0, f) {
            *f = later;
            found.blips.push(passed);
        }
        for moved in [moved_by_failures::moved_back, moved_by_failures::moved_on] {
            if let Some(moved) = moved(&view, &counts, &past, f) {
                *f = moved;
            }
        }
        if let Some(moved) = moved_by_failures::moved_up(&view, &past, &keys, f) {
            *f = moved;
        }
    }
    found.blips.sort_list_by_key(|r| r.start);
    let onsets = found.incidents.iter().map(|f| incident::onset(&view, f));
    let onsets: Vec<Instant> = onsets.collect();
    let rare = match onsets.is_empty() {
        true => Vec::new(),
        false => rare::messages(&view, &past, &onsets),
    };
    let mut incidents = Vec::new();
    for f in &found.incidents {
        let made = incident::Maker {
            view: &view,
            past: &past,
            counts: &counts,
            found: &found,
            stated: &stated,
            config,
            keys: &keys.names,
            loops: &loops,
            rare: &rare,
        };
        incidents.push(made.make(f, &mut gaps));
    }
    number_ids(&mut incidents, zone);
    let mut timeline = stated;
    let around = found.incidents.iter().map(|f| (f.start - 60, f.end + 60));
    let taken: Vec<(Instant, Instant)> = around.map(detect::moments).collect();
    timeline.extend(log_errors::listed(&view, &taken, &mut gaps));
    timeline.extend(crate::infer::collection_gaps::rows(&view, &taken));
    crate::infer::collection_gaps::odd_stamps(&view, &mut gaps);
    gaps::of_detection(&view, &found, &mut gaps);
    gaps.extend(refusals::beside(&view, &refused));
    first_5xx(&view, &mut timeline);
    timeline.sort_list_by(|a, b| order(a).cmp(&order(b)));
    for (i, e) in timeline.iter_mut().enumerate() {
        e.id = format!("e{}", i + 1);
    }
    let blips = crate::infer::list_limits::blips(&view, &found.blips, &mut gaps);
    let series = match incidents.is_empty() && !config.brief {
        true => impact::whole(&view, &counts),
        false => None,
    };
    let mut report = Report {
        settings: settings(config, zone),
        verdict: verdict(&found, &view, &timeline),
        inputs: Vec::new(),
        incidents,
        blips: spans(&view, &blips),
        planned: ranked.planned,
        minor: ranked.minor,
        timeline,
        gaps,
        series,
        totals: totals(&view, &counts),
    };
    unexplained::add(&view, &past, &rare, &mut report);
    consistency::settle(&mut report, &gaps::pagers(&view));
    report.gaps = limit.gaps(&view, report.gaps);
    let cited = |g: &crate::model::Gap| (g.kind, format!("{:?}", g.cited));
    report.gaps.sort_by_cached_key(cited);
    (report, view.tiers)
}

/// What shows where no share of failures and no latency does.
fn found_elsewhere(
    view: &View<'_>,
    refused: &[(detect::Run, bool)],
    s: Sensitivity,
) -> Vec<detect::Run> {
    let mut all = log_errors::runs(view, s);
    all.extend(refused.iter().filter(|x| x.1).map(|x| x.0.clone()));
    all.sort_list_by_key(|r| (r.start, r.end));
    all
}

/// Seconds at which alerts fired.
fn alerts(stated: &[Event]) -> BTreeSet<i64> {
    let fired = stated.iter().filter(|e| e.kind == MarkerKind::AlertFired);
    fired.filter_map(|e| Some(e.time?.second())).collect()
}

/// A part without what is stamped far from the bulk of it.
pub fn in_bulk(part: &Part) -> Cow<'_, Part> {
    crate::infer::outlier_stamps::set_aside(Cow::Borrowed(part)).0
}

/// How the clocks of a part's inputs go.
pub fn clocks(part: &Part, config: &InferConfig) -> Clocks {
    clocks_of(&in_bulk(part), config)
}

fn clocks_of(part: &Part, config: &InferConfig) -> Clocks {
    let mut clocks = clock::align(part, &episodes(part, config));
    clock::shifts(part, &crate::infer::tiers::edge_inputs(part), &mut clocks);
    clocks
}

/// The zone in which a report on a part is written.
pub fn zone(part: &Part, config: &InferConfig) -> Zone {
    config.zone.unwrap_or_else(|| inputs::common_zone(part))
}

/// A first look with what has a zone, so that alerts can help to align what has none; nothing where neither an alert lacks one, nor a
/// request beside an alert that has one.
fn episodes(part: &Part, config: &InferConfig) -> Vec<(i64, i64)> {
    let fired = |m: &Marker| m.kind == MarkerKind::AlertFired;
    let alerts = |t: &Track| t.markers.iter().any(fired);
    let all = || part.inputs.values();
    let unplaced =
        all().any(|p| !p.wall.requests.failed.is_empty()) && all().any(|p| alerts(&p.utc));
    if !unplaced && !all().any(|p| alerts(&p.wall)) {
        return Vec::new();
    }
    // zones that other inputs show must not depend on what the alerts would make of wrong ones
    let rough = clock::align(part, &[]);
    let view = View::new(part, &rough);
    let clients = channels::KeyList::none(&view);
    let first = detect::detect(&view.counts(), &clients, config.sensitivity);
    first.incidents.iter().map(|f| (f.start, f.end)).collect()
}

/// Order of rows: time (untimed ones where they are placed, else last), then place.
pub fn order(e: &Event) -> (Instant, u32, u64, &'static str) {
    let at = e.time.or(e.place).unwrap_or(Instant(i64::MAX));
    // what is measured to be over comes last in its second: whatever ended it stands before it
    let over = matches!(e.kind, MarkerKind::Recovery | MarkerKind::PartialRecovery);
    let late = if over { SECOND - 1 } else { 0 };
    let first = e.evidence.first();
    (
        Instant(at.0.saturating_add(late)),
        first.map_or(u32::MAX, |x| x.input),
        first.map_or(0, |x| x.byte),
        e.kind.word(),
    )
}

fn settings(c: &InferConfig, zone: Zone) -> Settings {
    Settings {
        zone,
        assume_tz: c.assume_tz.clone(),
        formats: c.formats.clone(),
        edge: c.edge.clone(),
        services: Default::default(),
        year: c.year,
        sensitivity: c.sensitivity,
        slo: c.slo,
        baseline: c.earlier.as_ref().map(|e| e.crc32.clone()),
        since: (c.window.since != i64::MIN).then_some(Instant(c.window.since)),
        until: (c.window.until != i64::MAX).then_some(Instant(c.window.until)),
        about: Default::default(),
        shown: Default::default(),
    }
}

fn verdict(d: &Detection, view: &View<'_>, rows: &[Event]) -> Verdict {
    if !d.incidents.is_empty() {
        return Verdict::Incident;
    }
    // where no line was collected most of the time that the log of requests covers, nothing was seen of it
    let (from, to) = view.request_span().unwrap_or_default();
    let (from, to) = (from.second(), to.second());
    let gaps = d.collection_gaps.iter();
    let dark: i64 = gaps
        .map(|r| (r.end.min(to) - r.start.max(from)).max(0))
        .sum();
    let whole = to - from;
    // an application that crashes does not log the requests that it does not serve
    let any = |kinds: &[MarkerKind]| rows.iter().any(|e| kinds.contains(&e.kind));
    let blind = view.edge().all(crate::infer::lanes::by_app)
        && any(&[MarkerKind::AlertFired])
        && any(&[MarkerKind::Crash, MarkerKind::Fault]);
    if d.enough_data && view.edge().next().is_some() && dark * 2 <= whole && !blind {
        Verdict::None
    } else {
        Verdict::Insufficient
    }
}

fn number_ids(incidents: &mut [crate::model::Incident], zone: Zone) {
    for i in incidents {
        i.id = phases::minute_label(i.onset, zone);
        let name = i.service.as_ref().map_or("", |s| s.for_json());
        let plain = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
        let mut plain = name.chars().filter(plain).peekable();
        i.id.extend(plain.peek().map(|_| '-'));
        i.id.extend(plain);
    }
}

/// Short stretches as footnotes.
fn spans(view: &View<'_>, runs: &[detect::Run]) -> Vec<Span> {
    const WHY: &str = " requests failed: failures too brief or too few to count as an incident";
    let footnote = |r: &detect::Run| {
        let (start, end) = r.moments();
        let lines = lines::failing_lines(view, start, end)?;
        let counts = (r.requests, r.failed);
        Some(rank::footnote(view, (start, end), counts, lines, WHY))
    };
    runs.iter().filter_map(footnote).collect()
}

fn totals(view: &View<'_>, counts: &Counts) -> Totals {
    let Some((a, b)) = view.request_span() else {
        return Totals::default();
    };
    let (requests, failed) = view.requests(a, Instant(b.0 + SECOND));
    // one failure of one request is no worse than twenty of a hundred: what counts is how many fail above the usual share
    let above = |(n, k): (u64, u64)| {
        i128::from(k) * i128::from(requests) - i128::from(n) * i128::from(failed)
    };
    let order = |(at, m): &(i64, (u64, u64))| (above(*m), std::cmp::Reverse(*at));
    // one in which none fails is not above it
    let failing = counts.failing_minutes().max_by_key(order);
    let worst = failing
        .filter(|(_, m)| above(*m) > 0)
        .or_else(|| counts.minutes().max_by_key(order));
    Totals {
        requests,
        failed,
        always_failed: counts.always_failed(),
        health: view.edge().map(|l| l.track.requests.health.total()).sum(),
        span: Some((a, b)),
        worst_minute: worst.map(|(at, (n, k))| (Instant::from_second(at), n, k)),
        withdrawn: 0,
    }
}

/// The first 5xx of the archive: a fact, not an onset.
fn first_5xx(view: &View<'_>, timeline: &mut Vec<Event>) {
    const METHOD: &str =
        "earliest request with a final status of 500 to 599, health checks left out";
    let text = Sentence::words("First 5xx of the logs");
    let first = lines::first(view, |l| l.track.requests.failed.first());
    timeline.extend(first.map(|(t, line)| {
        crate::infer::measured_rows::measured(MarkerKind::First5xx, t, text, vec![line], METHOD)
    }));
}

/// A name as log text, when there is one: what is not distinguished any more has none.
pub(crate) fn named(v: Option<&[u8]>) -> Option<LogText> {
    v.filter(|x| !x.is_empty() && !is_bucket(x))
        .map(LogText::name)
}
