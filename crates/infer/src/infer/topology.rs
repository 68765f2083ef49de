//! Who is where: which host and service each input belongs to, which addresses are which host's, and which hosts fell silent.
//! Facts only; what they mean is said in `cause`.

use crate::cause::{SilenceFact, SourceFact, is_database, root};
use crate::detect::{DetectedIncident, RunKind};
use crate::infer::lanes::{Lane, View};
use crate::infer::lines::run_lines;
use crate::infer::log_names::service_of_log;
use crate::infer::named;
use crate::model::Evidence;
use coroner_core::summary::starting;
use coroner_lines::record::Kind;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};
use std::collections::{BTreeMap, BTreeSet};

/// The host of a lane's input, where the plan or the lines state it.
fn host(l: &Lane<'_>) -> Option<LogText> {
    named(l.part.meta.host.as_deref().map(str::as_bytes))
}

/// Every input with its kind, host and service.
pub(super) fn sources(view: &View<'_>, onset: Instant) -> Vec<SourceFact> {
    view.part
        .inputs
        .iter()
        .map(|(id, p)| {
            let lanes = || view.lanes_of(*id).iter();
            let formats = &p.accounting.formats;
            let has = |w: &str| formats.keys().any(|f| f.to_ascii_lowercase().contains(w));
            let mut keys = lanes().flat_map(|l| l.track.templates.iter());
            let by_kernel = keys.any(|(k, _)| k.service.as_deref() == Some(b"kernel"));
            let versions = || lanes().flat_map(|l| l.track.versions.keys());
            let said = versions().find_map(|v| named(v.host.as_deref()));
            let names = versions().find_map(|v| named(v.service.as_deref()));
            let of_log = || service_of_log(&p.meta.name).map(str::as_bytes);
            let covers = |l: &Lane<'_>| l.utc(l.body.0) <= onset && onset <= l.utc(l.body.1);
            SourceFact {
                input: *id,
                name: LogText::name(p.meta.name.as_bytes()),
                kind: p.kind(),
                kinds: p.accounting.kinds.map(|n| n > 0),
                host: named(p.meta.host.as_deref().map(str::as_bytes)).or(said),
                service: names
                    .or_else(|| only_service(lanes()))
                    .or_else(|| named(of_log()).filter(|_| lanes().next().is_some())),
                covers_onset: lanes().any(covers),
                database: formats.keys().any(|f| is_database(f)) || is_database(file(&p.meta.name)),
                kernel: has("kernel") || by_kernel || p.meta.name.contains("kern"),
            }
        })
        .collect()
}

/// The last part of a path: `postgresql.log` of `db-1/postgresql.log`.
pub(super) fn file(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The service whose name all messages of an input share up to the first dot (`shop` of `shop.web` and `shop.auth`).
fn only_service<'l, 'a: 'l>(lanes: impl Iterator<Item = &'l Lane<'a>>) -> Option<LogText> {
    let mut names = BTreeSet::new();
    for l in lanes {
        for (k, _) in l.track.templates.iter() {
            names.insert(k.service.as_deref()?);
        }
    }
    let names = names.into_iter().map(LogText::name);
    let roots: BTreeSet<String> = names.map(|n| root(n.for_json()).to_owned()).collect();
    let one = roots.first().filter(|_| roots.len() == 1);
    named(one.map(String::as_bytes))
}

/// Addresses on which hosts say that they listen: `10.20.0.11:8080` is `web-1`. An address of which two hosts say so, and
/// addresses that mean any or the own machine, are left out.
pub(super) fn aliases(view: &View<'_>) -> Vec<(LogText, LogText)> {
    let mut found: BTreeMap<String, BTreeSet<LogText>> = BTreeMap::new();
    for l in &view.lanes {
        for (k, t) in l.track.templates.iter() {
            let Some(address) = listens(&t.example) else {
                continue;
            };
            if let Some(h) = named(k.host.as_deref()).or_else(|| host(l)) {
                found.entry(address).or_default().insert(h);
            }
        }
    }
    found
        .into_iter()
        .filter(|(_, hosts)| hosts.len() == 1)
        .filter_map(|(a, hosts)| Some((LogText::name(a.as_bytes()), hosts.into_iter().next()?)))
        .collect()
}

/// The address of `Listening at: http://10.20.0.11:8080` or `listening on IPv4 address "10.20.0.30", port 5432`.
fn listens(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let lower = text.to_ascii_lowercase();
    let at = lower.find("listening ")? + "listening ".len();
    let rest = lower.get(at..)?;
    let words = rest.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'));
    let token = words
        .map(|w| w.trim_matches(['.', ':']))
        .find(|w| w.bytes().filter(|c| *c == b'.').count() == 3)?;
    let (ip, port) = token.split_once(':').unzip();
    let ip = ip.unwrap_or(token);
    let address: std::net::Ipv4Addr = ip.parse().ok()?;
    if address.is_loopback() || address.is_unspecified() {
        return None;
    }
    let after = rest.split_once("port ").map(|x| x.1);
    let after = after.and_then(|p| p.split(|c: char| !c.is_ascii_digit()).next());
    Some(match port.or(after).filter(|p| !p.is_empty()) {
        Some(p) => format!("{ip}:{p}"),
        None => ip.to_owned(),
    })
}

/// Active minutes of a lane that begin in `[a, b)`.
fn minutes(l: &Lane<'_>, a: Instant, b: Instant) -> usize {
    if b <= a {
        return 0;
    }
    let whole = |t: Instant| l.on_axis(t) / MINUTE * MINUTE;
    let minutes = starting(MINUTE, whole(a), whole(b));
    l.track.activity.range(minutes).count()
}

/// How an input behaves as something falls silent.
enum Voice {
    /// It wrote before, and not a line in the first half of the stretch.
    Silent,
    /// It wrote before and goes on.
    Alive,
    /// It says too little to judge, or it is written from outside (pagers, deploy tools).
    Unheard,
}

fn voice(l: &Lane<'_>, start: Instant, end: Instant) -> Voice {
    let before = minutes(l, Instant(start.0 - 10 * MINUTE), start);
    let outside = matches!(l.part.kind(), Kind::Pager | Kind::Deploy);
    if before < 3 || outside {
        return Voice::Unheard;
    }
    // machines come back one after the other: what matters is that they fell silent together
    let half = Instant(start.0 + (end.0 - start.0) / 2);
    let until = Instant(half.0.max(start.0 + 2 * MINUTE).min(end.0 - MINUTE));
    match minutes(l, Instant(start.0 + MINUTE), until) {
        0 => Voice::Silent,
        _ => Voice::Alive,
    }
}

/// Stretches without requests, with the inputs that are silent too.
pub(super) fn silences(view: &View<'_>, f: &DetectedIncident) -> Vec<SilenceFact> {
    f.runs
        .iter()
        .filter(|r| r.kind == RunKind::Silence)
        .map(|r| {
            let (start, end) = r.moments();
            let (mut inputs, mut hosts, mut alive) = (Vec::new(), BTreeSet::new(), false);
            for l in &view.lanes {
                match voice(l, start, end) {
                    Voice::Silent => {
                        inputs.push(l.input);
                        hosts.extend(host(l));
                    }
                    Voice::Alive => alive = true,
                    Voice::Unheard => {}
                }
            }
            inputs.sort_unstable();
            inputs.dedup();
            SilenceFact {
                inputs,
                hosts: hosts.into_iter().collect(),
                all: !alive,
                start,
                end: Some(end),
                evidence: run_lines(view, r),
            }
        })
        .collect()
}

/// Hosts on which every log that can show it falls silent as the incident begins, each with its last line before.
pub(super) fn silent_hosts(
    view: &View<'_>,
    onset: Instant,
    end: Instant,
) -> Vec<(LogText, Evidence)> {
    if end.0 - onset.0 < 4 * MINUTE {
        return Vec::new();
    }
    let mut hosts: BTreeMap<LogText, (bool, Option<(Instant, Evidence)>)> = BTreeMap::new();
    for l in &view.lanes {
        let Some(h) = host(l) else { continue };
        let e = hosts.entry(h).or_insert((true, None));
        match voice(l, onset, end) {
            Voice::Silent => {
                let m = l.on_axis(Instant(onset.0 + MINUTE)).div_euclid(MINUTE);
                if let Some((_, a)) = l.track.activity.range(..m).next_back() {
                    let (line, at) = (a.lines.last(), l.utc(a.lines.last().us));
                    if e.1.as_ref().is_none_or(|x| x.0 < at) {
                        e.1 = Some((at, view.cite(l.input, line)));
                    }
                }
            }
            Voice::Alive => e.0 = false,
            Voice::Unheard => {}
        }
    }
    hosts
        .into_iter()
        .filter(|(_, (silent, _))| *silent)
        .filter_map(|(h, (_, last))| Some((h, last?.1)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn addresses_are_read_where_a_program_says_that_it_listens() {
        holds("address that is listened at", |t| {
            or_dash(listens(t.as_bytes()))
        });
    }
}
