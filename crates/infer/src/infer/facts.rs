//! The facts about one incident that causes weigh: templates before and during, shares by dimension, silences, sources.

use super::incident::{Maker, components};
use super::services::{service, site, versions};
use super::traffic::{latency_lead, ramp, shares, slow_share, statuses, surge, top_client};
use super::{passing, rare, remarks, topology};
use crate::cause;
use crate::cause::{
    BegunFact, Case, DimShare, PassingFact, RemarkFact, SaidText, SilenceFact, SourceFact,
    TemplateFact,
};
use crate::detect::DetectedIncident;
use crate::infer::cited_words::as_written;
use crate::infer::citing::cite_many;
use crate::infer::lanes::View;
use crate::infer::log_names::service_of_log;
use crate::infer::message_history::{Message, Past, count};
use crate::model::{Component, Event, Evidence, NewTemplate, VersionSeen};
use coroner_core::summary::{TemplateKey, is_bucket};
use coroner_lines::fault::Fault;
use coroner_lines::record::{CauseClass, Level};
use coroner_lines::sorting::SortList;
use coroner_lines::text::{LogText, only_reports_a_request};
use coroner_lines::time::{HOUR, Instant, MINUTE, SECOND};
use std::collections::BTreeMap;

/// Facts, owned, so that a [`Case`] can borrow from them.
pub(crate) struct Facts {
    onset: Instant,
    interval: (Instant, Instant),
    end: Instant,
    recovered: bool,
    stop: Instant,
    pauses: Vec<(Instant, Instant)>,
    archive: (Instant, Instant),
    service: Option<LogText>,
    site: Option<LogText>,
    components: Vec<Component>,
    events: Vec<Event>,
    templates: Vec<TemplateFact>,
    sources: Vec<SourceFact>,
    first_failing: Vec<Evidence>,
    shares: Vec<DimShare>,
    failed: Option<u64>,
    statuses: Vec<(u16, u64)>,
    statuses_before: Vec<(u16, u64)>,
    surge: Option<f64>,
    latency_lead_s: Option<f64>,
    slow_share: Option<f64>,
    ramp: bool,
    silences: Vec<SilenceFact>,
    silent_hosts: Vec<(LogText, Evidence)>,
    top_client: Option<(f64, Option<LogText>)>,
    aliases: Vec<(LogText, LogText)>,
    remarks: Vec<RemarkFact>,
    begun: Vec<BegunFact>,
    passing: Vec<PassingFact>,
    versions: Vec<VersionSeen>,
}

impl Facts {
    /// Gathers everything about one incident.
    pub fn gather(
        m: &Maker<'_>,
        f: &DetectedIncident,
        (onset, end): (Instant, Instant),
        (recovery, failed): (Option<Instant>, Option<u64>),
        pauses: Vec<(Instant, Instant)>,
    ) -> Facts {
        let view = m.view;
        let hour = Instant(onset.0 - HOUR);
        let quiet = Instant(onset.0 - MINUTE);
        let run = crate::infer::measured_rows::onset_run(f);
        let interval = run.map_or((onset, onset), |r| {
            let (from, to) = r.start_interval;
            let to = to + resolution(view) - 1;
            (Instant::from_second(from), Instant::from_second(to))
        });
        let templates = templates(view, m.past, onset, end);
        let events = events(m, onset, end);
        let sources = topology::sources(view, onset);
        let service = service(view, &sources, &templates, &events, onset, end);
        let mut facts = Facts {
            onset,
            interval,
            end,
            recovered: recovery.is_some(),
            stop: recovery.unwrap_or(end),
            pauses,
            archive: view.span.unwrap_or((onset, end)),
            components: components(f, true, (m.keys, m.loops)),
            sources,
            first_failing: run.map(|r| m.run_lines(r)).unwrap_or_default(),
            shares: shares(view, hour, quiet, onset, end),
            failed,
            statuses: statuses(view, onset, end),
            statuses_before: statuses(view, hour, quiet),
            surge: surge(view, onset),
            latency_lead_s: latency_lead(view, f, onset),
            slow_share: slow_share(view, onset, end),
            ramp: ramp(view, f),
            silences: topology::silences(view, f),
            silent_hosts: topology::silent_hosts(view, onset, end),
            top_client: top_client(view, onset, end),
            aliases: topology::aliases(view),
            remarks: Vec::new(),
            begun: rare::begun(view, m.rare, &events, onset),
            passing: recovery.map_or_else(Vec::new, |stop| {
                passing::facts(view, &events, (onset, stop))
            }),
            versions: versions(view, end),
            site: site(view, onset, end),
            service,
            events,
            templates,
        };
        let written = remarks::around(view, onset, end);
        facts.remarks = cause::read(&facts.case(), written);
        facts
    }

    /// The facts as causes see them.
    pub fn case(&self) -> Case<'_> {
        Case {
            onset: self.onset,
            onset_interval: self.interval,
            end: self.end,
            recovered: self.recovered,
            stop: self.stop,
            pauses: &self.pauses,
            archive: self.archive,
            service: self.service.as_ref(),
            components: &self.components,
            events: &self.events,
            templates: &self.templates,
            sources: &self.sources,
            first_failing: &self.first_failing,
            shares: &self.shares,
            failed: self.failed,
            statuses: &self.statuses,
            statuses_before: &self.statuses_before,
            surge: self.surge,
            latency_lead_s: self.latency_lead_s,
            slow_share: self.slow_share,
            ramp: self.ramp,
            silences: &self.silences,
            silent_hosts: &self.silent_hosts,
            top_client: self.top_client.as_ref(),
            aliases: &self.aliases,
            remarks: &self.remarks,
            spoken_of: None,
            begun: &self.begun,
            passing: &self.passing,
            versions: &self.versions,
        }
    }

    /// The service that fails, where one is named.
    pub fn service(&self) -> Option<&LogText> {
        self.service.as_ref()
    }

    /// The site that the requests that fail are for, where one is named.
    pub fn site(&self) -> Option<&LogText> {
        self.site.as_ref()
    }

    /// Versions seen up to the end of the incident.
    pub fn versions(&self) -> Vec<VersionSeen> {
        self.versions.clone()
    }

    /// Templates that the incident brought, most lines first.
    pub fn new_templates(&self) -> Vec<NewTemplate> {
        let mut out: Vec<NewTemplate> = Vec::new();
        let mut said: BTreeMap<&LogText, (usize, &SaidText)> = BTreeMap::new();
        // the facts are in the order of time: what a rotated log or another host says again goes to the first
        for t in self.templates.iter().filter(|t| t.brought()) {
            let (place, _) = *said.entry(&t.text).or_insert((out.len(), &t.example));
            if let Some(first) = out.get_mut(place) {
                first.count += t.during;
                first.last = first.last.max(t.last);
                continue;
            }
            out.push(NewTemplate {
                text: t.text.clone(),
                count: t.during,
                first: t.first_during.unwrap_or(t.first),
                last: t.last,
                family: None,
                service: t.service.clone(),
                none_for: t.none_for,
                evidence: t.evidence.clone(),
            });
        }
        out.sort_list_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then(a.first.cmp(&b.first))
                .then_with(|| a.text.cmp(&b.text))
        });
        out.truncate(20);
        for t in &mut out {
            let fault = said.get(&t.text).and_then(|(_, example)| example.fault());
            t.family = fault.and_then(Fault::class).map(CauseClass::word);
        }
        out
    }
}

/// Seconds for which a stamp of the edge stands: sixty where it writes whole minutes only.
fn resolution(view: &View<'_>) -> i64 {
    match view.edge().next().is_some() && view.edge().all(|l| l.track.is_by_minute()) {
        true => MINUTE / SECOND,
        false => 1,
    }
}

/// All stated rows, with the ids that [`Maker`] gives those of the incident, so that a cause can name its change.
fn events(m: &Maker<'_>, onset: Instant, end: Instant) -> Vec<Event> {
    let key = |e: &Event| {
        let first = e.evidence.first();
        first.map(|x| (x.input, x.byte, e.kind.word(), e.time))
    };
    let kept = m.stated_rows(onset, end).into_iter();
    let ids: BTreeMap<_, String> = kept.filter_map(|e| Some((key(&e)?, e.id))).collect();
    let all = m.stated.iter().enumerate().map(|(i, e)| {
        let known = key(e).and_then(|k| ids.get(&k)).cloned();
        let id = known.unwrap_or_else(|| format!("a{i}"));
        Event { id, ..e.clone() }
    });
    all.collect()
}

fn templates<'a>(
    view: &'a View<'a>,
    past: &'a Past<'a>,
    onset: Instant,
    end: Instant,
) -> Vec<TemplateFact> {
    let mut out = Vec::new();
    let split = Instant(onset.0 - MINUTE);
    let heads = past.heads(split, end);
    let mut names: BTreeMap<&[u8], LogText> = BTreeMap::new();
    // hosts and services of one log write the same texts: each is counted and read once
    for uses in past.forms() {
        let Message { key, lane, .. } = &uses[0];
        // a ruler (`*****`) is no message
        let ruler = !key
            .text
            .iter()
            .any(|c| c.is_ascii_alphabetic() || *c >= 0x80);
        if ruler || only_reports_a_request(&key.text) {
            continue;
        }
        let text = LogText::new(&uses[0].form);
        let first_line = past.since(lane, split);
        let used = |from: i64, to| count(uses, Instant(from), to);
        let before = used(onset.0 - HOUR, split);
        let ever = used(first_line.0 - HOUR, split);
        let after = used(end.0 + MINUTE, Instant(end.0 + HOUR));
        let baseline = split.0 - first_line.0 >= 9 * MINUTE || view.earlier.is_some();
        let knows = view
            .earlier
            .is_some_and(|e| uses.iter().any(|m| e.knows(&m.key.text)));
        for m in uses {
            let (l, t) = (m.lane, m.used);
            let mut name = |v: Option<&'a [u8]>| {
                let v = v.filter(|v| !v.is_empty() && !is_bucket(v))?;
                Some(names.entry(v).or_insert_with(|| LogText::name(v)).clone())
            };
            let first = l.utc(t.first.us);
            // a variant of what was seen before is not new, whatever name it holds
            let known = m.first < first.min(split) || knows;
            let at = t.first_in(l.on_axis(split), l.on_axis(end));
            let new = baseline
                && !known
                && (ever == 0 || first >= split)
                && first >= Instant(onset.0 - 10 * MINUTE);
            let during = count(std::slice::from_ref(m), split, end);
            // of what was said before, the words that are quoted are those of the line that is cited
            let again = at.filter(|s| s.us != t.first.us);
            let said = again.and_then(|s| as_written(&key.text, &s.raw));
            let said: &'a [u8] = said.unwrap_or(&t.example);
            let line = match at {
                Some(at) => cite_many(l.input, at, during),
                None => cite_many(l.input, &t.first, t.count),
            };
            out.push(TemplateFact {
                text: text.clone(),
                example: past.said(said),
                level: word(m.key),
                host: name(m.key.host.as_deref())
                    .or_else(|| name(l.part.meta.host.as_deref().map(str::as_bytes))),
                service: name(m.key.service.as_deref())
                    .or_else(|| name(service_of_log(&l.part.meta.name).map(str::as_bytes))),
                kind: l.part.kind_of_messages(),
                before,
                during,
                after,
                first,
                first_during: at.map(|s| l.utc(s.us)),
                last: l.utc(t.last().us),
                new,
                none_for: at.and_then(|s| heads.none_for(m, l.utc(s.us))),
                evidence: vec![line],
            });
        }
    }
    out.sort_list_by(|a, b| (a.first, &a.evidence).cmp(&(b.first, &b.evidence)));
    out
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
