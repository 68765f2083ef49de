//! The facts about one incident that causes weigh: templates before and during, shares by dimension, silences, sources.

use super::incident::Maker;
use super::lines::run_lines;
use super::places::kind;
use super::raw::cite_many;
use super::view::{TEN, View};
use super::{named, places};
use crate::cause::{Case, Dim, DimShare, Family, SilenceFact, SourceFact, TemplateFact, family};
use crate::detect::{Found, RunKind};
use crate::model::{Component, Event, Evidence, NewTemplate, VersionSeen};
use crate::record::{CauseClass, Kind, Level};
use crate::summary::{Template, TemplateKey, latency_bucket_floor_us, starting, touching};
use crate::text::LogText;
use crate::time::{HOUR, Instant, MINUTE};
use std::collections::{BTreeMap, BTreeSet};

/// Facts, owned, so that a [`Case`] can borrow from them.
pub(crate) struct Facts {
    onset: Instant,
    interval: (Instant, Instant),
    end: Instant,
    recovered: bool,
    archive: (Instant, Instant),
    service: Option<LogText>,
    components: Vec<Component>,
    events: Vec<Event>,
    templates: Vec<TemplateFact>,
    sources: Vec<SourceFact>,
    first_failing: Vec<Evidence>,
    shares: Vec<DimShare>,
    statuses: Vec<(u16, u64)>,
    statuses_before: Vec<(u16, u64)>,
    surge: Option<f64>,
    latency_lead_s: Option<f64>,
    ramp: bool,
    silences: Vec<SilenceFact>,
    silent_hosts: Vec<(LogText, Evidence)>,
    top_client_share: Option<f64>,
    aliases: Vec<(LogText, LogText)>,
    versions: Vec<VersionSeen>,
}

impl Facts {
    /// Gathers everything about one incident.
    pub fn gather(
        m: &Maker<'_>,
        f: &Found,
        onset: Instant,
        end: Instant,
        recovered: bool,
    ) -> Facts {
        let view = m.view;
        let hour = Instant(onset.0 - HOUR);
        let quiet = Instant(onset.0 - MINUTE);
        let run = super::incident::onset_run(f);
        let interval = run.map_or((onset, onset), |r| {
            (
                Instant::from_second(r.start_interval.0),
                Instant::from_second(r.start_interval.1),
            )
        });
        let templates = templates(view, onset, end);
        let events = m
            .stated
            .iter()
            .enumerate()
            .map(|(i, e)| Event {
                id: format!("a{i}"),
                ..e.clone()
            })
            .collect::<Vec<_>>();
        // rows get ids of the incident's own timeline later; causes name changes by the place in `stated`
        let events = renumber(events, m, onset, end);
        let sources = places::sources(view, onset);
        let service = service(view, &sources, &templates, &events, onset, end);
        Facts {
            onset,
            interval,
            end,
            recovered,
            archive: view.span.unwrap_or((onset, end)),
            components: f
                .runs
                .iter()
                .map(|r| Component {
                    kind: match r.kind {
                        RunKind::Error => "error",
                        RunKind::Silence => "silence",
                        RunKind::Latency => "latency",
                        RunKind::TrafficDrop => "traffic_drop",
                    },
                    key: None,
                    start: Instant::from_second(r.start),
                    end: Some(Instant::from_second(r.end)),
                })
                .collect(),
            sources,
            first_failing: run.map(|r| run_lines(view, r)).unwrap_or_default(),
            shares: shares(view, hour, quiet, onset, end),
            statuses: statuses(view, onset, end),
            statuses_before: statuses(view, hour, quiet),
            surge: surge(view, onset),
            latency_lead_s: latency_lead(view, onset),
            ramp: ramp(view, f),
            silences: places::silences(view, f),
            silent_hosts: places::silent_hosts(view, onset, end),
            top_client_share: top_client(view, onset, end),
            aliases: places::aliases(view),
            versions: versions(view, end),
            service,
            events,
            templates,
        }
    }

    /// The facts as causes see them.
    pub fn case(&self) -> Case<'_> {
        Case {
            onset: self.onset,
            onset_interval: self.interval,
            end: self.end,
            recovered: self.recovered,
            archive: self.archive,
            service: self.service.as_ref(),
            components: &self.components,
            events: &self.events,
            templates: &self.templates,
            sources: &self.sources,
            first_failing: &self.first_failing,
            shares: &self.shares,
            statuses: &self.statuses,
            statuses_before: &self.statuses_before,
            surge: self.surge,
            latency_lead_s: self.latency_lead_s,
            ramp: self.ramp,
            silences: &self.silences,
            silent_hosts: &self.silent_hosts,
            top_client_share: self.top_client_share,
            aliases: &self.aliases,
            versions: &self.versions,
        }
    }

    /// The service that fails, where one is named.
    pub fn service(&self) -> Option<&LogText> {
        self.service.as_ref()
    }

    /// Versions seen up to the end of the incident.
    pub fn versions(&self) -> Vec<VersionSeen> {
        self.versions.clone()
    }

    /// Templates that the incident brought, most lines first.
    pub fn new_templates(&self) -> Vec<NewTemplate> {
        let mut v: Vec<&TemplateFact> = self
            .templates
            .iter()
            .filter(|t| t.new && t.during > 0 && t.level != "info")
            .collect();
        v.sort_by(|a, b| {
            b.during
                .cmp(&a.during)
                .then(a.first.cmp(&b.first))
                .then_with(|| a.text.cmp(&b.text))
        });
        let mut seen = BTreeSet::new();
        v.into_iter()
            .filter(|t| seen.insert(t.text.clone()))
            .take(20)
            .map(|t| NewTemplate {
                text: t.text.clone(),
                count: t.during,
                first: t.first_during.unwrap_or(t.first),
                last: t.last,
                family: family(t.example.for_json())
                    .and_then(Family::class)
                    .map(CauseClass::word),
                service: t.service.clone(),
                evidence: t.evidence.clone(),
            })
            .collect()
    }
}

/// Gives events the ids that [`Maker`] gives the same rows of the incident, so that a cause can name its change.
fn renumber(events: Vec<Event>, m: &Maker<'_>, onset: Instant, end: Instant) -> Vec<Event> {
    let kept = m.stated_rows(onset, end);
    let mut ids: BTreeMap<(u32, u64, &'static str, Option<Instant>), String> = BTreeMap::new();
    let key = |e: &Event| {
        e.evidence
            .first()
            .map(|x| (x.input, x.byte, e.kind.word(), e.time))
    };
    for e in &kept {
        if let Some(k) = key(e) {
            ids.insert(k, e.id.clone());
        }
    }
    events
        .into_iter()
        .map(|e| match key(&e).and_then(|k| ids.get(&k)) {
            Some(id) => Event {
                id: id.clone(),
                ..e
            },
            None => e,
        })
        .collect()
}

fn templates(view: &View<'_>, onset: Instant, end: Instant) -> Vec<TemplateFact> {
    let mut out = Vec::new();
    for l in &view.lanes {
        let first_line = l.track.span.map_or(onset, |s| l.utc(s.0));
        for (k, t) in l.track.templates.iter() {
            let count = |a: Instant, b: Instant| {
                touching(&t.minutes, MINUTE, l.on_axis(a), l.on_axis(b))
                    .map(|x| u64::from(*x.1))
                    .sum::<u64>()
            };
            let split = Instant(onset.0 - MINUTE);
            let before = count(Instant(onset.0 - HOUR), split);
            let ever = count(Instant(first_line.0 - HOUR), split);
            let first = l.utc(t.first.us);
            let at = first_in(t, l.on_axis(split), l.on_axis(end));
            let baseline = split.0 - first_line.0 >= 9 * MINUTE;
            let new = baseline
                && (ever == 0 || first >= split)
                && first >= Instant(onset.0 - 10 * MINUTE);
            let during = count(split, end);
            out.push(TemplateFact {
                text: LogText::new(&k.text),
                example: LogText::new(&t.example),
                level: word(k),
                host: named(k.host.as_deref())
                    .or_else(|| named(l.part.meta.host.as_deref().map(str::as_bytes))),
                service: named(k.service.as_deref()),
                kind: kind(&l.part.accounting.kinds, l.part.meta.scope),
                before,
                during,
                first,
                first_during: at.map(|s| l.utc(s.us)),
                last: l.utc(t.last_us),
                new,
                evidence: vec![cite_many(
                    l.input,
                    at.unwrap_or(&t.first),
                    if at.is_some() { during } else { t.count },
                )],
            });
        }
    }
    out.sort_by(|a, b| (a.first, &a.evidence).cmp(&(b.first, &b.evidence)));
    out
}

/// The first kept line of a template in `[from, to)` on its axis.
fn first_in(t: &Template, from: i64, to: i64) -> Option<&crate::summary::Seen> {
    if t.first.us >= from {
        return (t.first.us < to).then_some(&t.first);
    }
    t.tens.values().find(|s| s.us >= from && s.us < to)
}

fn word(k: &TemplateKey) -> &'static str {
    match k.level {
        Level::Trace | Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
        Level::Fatal => "fatal",
    }
}

fn shares(
    view: &View<'_>,
    hour: Instant,
    quiet: Instant,
    onset: Instant,
    end: Instant,
) -> Vec<DimShare> {
    let mut out = Vec::new();
    for dim in [
        Dim::Endpoint,
        Dim::Host,
        Dim::Upstream,
        Dim::Version,
        Dim::Service,
    ] {
        let (mut before, mut during) = (view.by(dim, hour, quiet), view.by(dim, onset, end));
        if dim == Dim::Version && during.is_empty() {
            // the edge knows no versions: the application's own request lines may
            before = versions_by_app(view, hour, quiet);
            during = versions_by_app(view, onset, end);
        }
        let names: BTreeSet<&Vec<u8>> = before.keys().chain(during.keys()).collect();
        for n in names {
            let get = |m: &BTreeMap<Vec<u8>, (u64, u64)>| m.get(n).copied().unwrap_or_default();
            out.push(DimShare {
                dim,
                name: LogText::name(n),
                before: get(&before),
                during: get(&during),
            });
        }
    }
    out
}

/// Requests and failed ones by version, as inner sources log them, in whole ten-second steps of `[from, to)`.
fn versions_by_app(view: &View<'_>, from: Instant, to: Instant) -> BTreeMap<Vec<u8>, (u64, u64)> {
    let mut out: BTreeMap<Vec<u8>, (u64, u64)> = BTreeMap::new();
    for l in &view.lanes {
        let (a, b) = (l.on_axis(from), l.on_axis(to));
        for (name, s) in l.track.by_version.sorted() {
            let n = s.n.sum(a, b);
            if n > 0 {
                let e = out.entry(name.to_vec()).or_default();
                e.0 += n;
                e.1 += starting(&s.failed, TEN, a, b)
                    .map(|x| u64::from(*x.1))
                    .sum::<u64>();
            }
        }
    }
    out
}

fn statuses(view: &View<'_>, from: Instant, to: Instant) -> Vec<(u16, u64)> {
    let mut v: Vec<(u16, u64)> = view
        .by(Dim::Status, from, to)
        .into_iter()
        .filter_map(|(s, (n, _))| Some((std::str::from_utf8(&s).ok()?.parse().ok()?, n)))
        .collect();
    v.sort_unstable();
    v
}

/// Requests per second in the five minutes up to the onset, over the hour before those; `None` below 60 requests.
fn surge(view: &View<'_>, onset: Instant) -> Option<f64> {
    let start = view.span?.0.max(Instant(onset.0 - HOUR));
    let five = Instant(onset.0 - 5 * MINUTE);
    let seconds = five.seconds_since(start);
    let (base, _) = view.requests(start, five);
    if base < 60 || seconds < 300.0 {
        return None;
    }
    // the first minute of the incident counts too: a surge often brings failures at once
    let (now, _) = view.requests(five, Instant(onset.0 + MINUTE));
    Some(now as f64 / 360.0 / (base as f64 / seconds))
}

/// Seconds before the onset from which at least a tenth of the requests was slower than the usual 99th percentile.
fn latency_lead(view: &View<'_>, onset: Instant) -> Option<f64> {
    let mut minutes: BTreeMap<i64, [u64; 64]> = BTreeMap::new();
    for l in view.edge() {
        for (m, h) in touching(
            &l.track.requests.latency,
            MINUTE,
            l.on_axis(Instant(onset.0 - HOUR)),
            l.on_axis(onset),
        ) {
            let cell = minutes
                .entry(l.utc(m * MINUTE).0.div_euclid(MINUTE))
                .or_insert([0; 64]);
            cell.iter_mut()
                .zip(h.iter())
                .for_each(|(a, b)| *a += u64::from(*b));
        }
    }
    let quiet_until = onset.0.div_euclid(MINUTE) - 15;
    let mut quiet = [0u64; 64];
    minutes
        .range(..quiet_until)
        .for_each(|(_, h)| quiet.iter_mut().zip(h).for_each(|(a, b)| *a += b));
    let total: u64 = quiet.iter().sum();
    if total < 200 {
        return None;
    }
    let mut above = 0;
    let limit = (0..64).rev().find(|b| {
        above += quiet[*b];
        above * 100 > total
    })?;
    let slow = |h: &[u64; 64]| {
        h[limit + 1..].iter().sum::<u64>() as f64 / h.iter().sum::<u64>().max(1) as f64
    };
    let lead = minutes
        .range(quiet_until..)
        .rev()
        .take_while(|(_, h)| slow(h) >= 0.10)
        .count();
    (lead >= 2 && latency_bucket_floor_us(limit) >= 0).then_some(lead as f64 * 60.0)
}

/// The failing share of the first two minutes stays below 0.4 of that of the whole stretch.
fn ramp(view: &View<'_>, f: &Found) -> bool {
    let Some(r) = super::incident::onset_run(f)
        .filter(|r| r.kind == RunKind::Error && r.end - r.start >= 600)
    else {
        return false;
    };
    let share = |a: i64, b: i64| {
        let (n, k) = view.requests(Instant::from_second(a), Instant::from_second(b));
        if n == 0 { 0.0 } else { k as f64 / n as f64 }
    };
    share(r.start, r.start + 120) < 0.4 * share(r.start, r.end)
}

fn top_client(view: &View<'_>, from: Instant, to: Instant) -> Option<f64> {
    let mut buckets = [0u64; 64];
    for l in view.edge() {
        for (_, h) in touching(
            &l.track.requests.failed_buckets,
            MINUTE,
            l.on_axis(from),
            l.on_axis(to),
        ) {
            buckets
                .iter_mut()
                .zip(h.iter())
                .for_each(|(x, y)| *x += u64::from(*y));
        }
    }
    let total: u64 = buckets.iter().sum();
    (total >= 20).then(|| buckets.iter().max().copied().unwrap_or(0) as f64 / total as f64)
}

fn versions(view: &View<'_>, end: Instant) -> Vec<VersionSeen> {
    type Key = (Option<Vec<u8>>, Vec<u8>);
    let mut all: BTreeMap<Key, (BTreeSet<LogText>, Instant, Instant, Vec<Evidence>)> =
        BTreeMap::new();
    for l in &view.lanes {
        for (k, s) in &l.track.versions {
            let (first, last) = (l.utc(s.first.us), l.utc(s.last.us));
            if first > end {
                continue;
            }
            let e = all
                .entry((k.service.clone(), k.version.clone()))
                .or_insert((BTreeSet::new(), first, last, Vec::new()));
            e.0.extend(
                named(k.host.as_deref())
                    .or_else(|| named(l.part.meta.host.as_deref().map(str::as_bytes))),
            );
            e.1 = e.1.min(first);
            e.2 = e.2.max(last);
            if e.3.len() < 4 {
                e.3.push(cite_many(l.input, &s.first, s.count));
            }
        }
    }
    let mut out: Vec<VersionSeen> = all
        .into_iter()
        .map(|((service, version), (hosts, first, last, mut evidence))| {
            evidence.sort();
            VersionSeen {
                service: named(service.as_deref()),
                name: LogText::name(&version),
                hosts: hosts.into_iter().collect(),
                first: Some(first),
                last: Some(last),
                evidence,
            }
        })
        .collect();
    out.sort_by(|a, b| (a.first, &a.name).cmp(&(b.first, &b.name)));
    out.truncate(40);
    out
}

/// The failing service: the one whose error lines the incident brought, else the one that the first page is about, else
/// the one application whose logs were given, else the one that the last change before the onset names, else the one that
/// starts and stops on most hosts around it, else the only one that names its version, else the virtual host that fails.
fn service(
    view: &View<'_>,
    sources: &[SourceFact],
    templates: &[TemplateFact],
    events: &[Event],
    onset: Instant,
    end: Instant,
) -> Option<LogText> {
    let mut votes: BTreeMap<&LogText, u64> = BTreeMap::new();
    for t in templates.iter().filter(|t| {
        t.kind == Kind::App && matches!(t.level, "error" | "fatal") && t.during > t.before
    }) {
        if let Some(s) = t
            .service
            .as_ref()
            .filter(|s| !is_infrastructure(s.for_json()))
        {
            *votes.entry(s).or_default() += t.during;
        }
    }
    if let Some((s, _)) = votes
        .iter()
        .max_by_key(|(s, n)| (**n, std::cmp::Reverse(**s)))
    {
        return Some((*s).clone());
    }
    let paged = events.iter().find(|e| {
        e.kind == crate::record::MarkerKind::AlertFired
            && e.service.is_some()
            && e.time.is_some_and(|t| t.0 >= onset.0 - MINUTE && t <= end)
    });
    if let Some(s) = paged.and_then(|e| e.service.clone()) {
        return Some(s);
    }
    if let Some(s) = only_application(sources) {
        return Some(s);
    }
    let named_by_change = events
        .iter()
        .rev()
        .find(|e| {
            matches!(e.kind, crate::record::MarkerKind::DeployStart)
                && e.time.is_some_and(|t| t <= onset)
                && e.service.is_some()
        })
        .and_then(|e| e.service.clone());
    if named_by_change.is_some() {
        return named_by_change;
    }
    if let Some(s) = restarted(events, onset, end) {
        return Some(s);
    }
    let mut by_version: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for l in &view.lanes {
        for (k, s) in &l.track.versions {
            if let Some(x) = &k.service {
                *by_version.entry(x.clone()).or_default() += s.count;
            }
        }
    }
    if by_version.len() == 1 {
        return by_version.keys().next().map(|s| LogText::name(s));
    }
    view.by(Dim::Service, onset, end)
        .into_iter()
        .max_by_key(|(_, (_, k))| *k)
        .filter(|(_, (_, k))| *k > 0)
        .map(|(s, _)| LogText::name(&s))
}

/// The one application whose logs were given, where they are all of one.
fn only_application(sources: &[SourceFact]) -> Option<LogText> {
    let mut all = sources
        .iter()
        .filter(|s| s.kind == Kind::App && !s.database)
        .filter_map(|s| s.service.as_ref())
        .filter(|s| !is_infrastructure(s.for_json()));
    let first = all.next()?;
    all.all(|s| s == first).then(|| first.clone())
}

/// Servers that applications stand on: they are not what users call the service.
fn is_infrastructure(name: &str) -> bool {
    const NAMES: [&str; 20] = [
        "postgres",
        "mysql",
        "mariadb",
        "mongo",
        "redis",
        "nginx",
        "haproxy",
        "apache",
        "httpd",
        "envoy",
        "kernel",
        "systemd",
        "gunicorn",
        "uwsgi",
        "cron",
        "ssh",
        "docker",
        "containerd",
        "kubelet",
        "rsyslog",
    ];
    let n = name.to_ascii_lowercase();
    NAMES.iter().any(|x| n.starts_with(x))
}

/// The application whose starts and stops stand around the onset and during the incident, most hosts first.
fn restarted(events: &[Event], onset: Instant, end: Instant) -> Option<LogText> {
    use crate::record::MarkerKind as M;
    let mut hosts: BTreeMap<&LogText, BTreeSet<Option<&LogText>>> = BTreeMap::new();
    for e in events {
        let lifecycle = matches!(
            e.kind,
            M::ServiceStart | M::ServiceStop | M::Restart | M::Crash
        );
        let near = e
            .time
            .is_some_and(|t| t.0 >= onset.0 - 10 * MINUTE && t.0 <= end.0 + MINUTE);
        if let (true, true, Some(s)) = (lifecycle, near, &e.service)
            && !is_infrastructure(s.for_json())
        {
            hosts.entry(s).or_default().insert(e.host.as_ref());
        }
    }
    hosts
        .into_iter()
        .max_by_key(|(s, h)| (h.len(), std::cmp::Reverse(*s)))
        .map(|(s, _)| s.clone())
}
