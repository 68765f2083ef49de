//! Which service failed and which versions ran: named from all inputs. What that means is said in `cause`.

use super::named;
use crate::cause::{Dim, SourceFact, TemplateFact, root};
use crate::infer::citing::cite_many;
use crate::infer::lanes::{ByName, Lane, TEN, View, by_app};
use crate::model::{Event, VersionSeen};
use coroner_core::summary::starting;
use coroner_lines::record::{Kind, MarkerKind};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};
use std::collections::BTreeMap;

/// Versions seen up to `end`, by first sight; at most 40.
pub(super) fn versions(view: &View<'_>, end: Instant) -> Vec<VersionSeen> {
    let mut all: BTreeMap<(Option<&[u8]>, &[u8]), VersionSeen> = BTreeMap::new();
    for l in &view.lanes {
        for (k, s) in &l.track.versions {
            let (first, last) = (l.utc(s.first.us), l.utc(s.last.us));
            if first > end || of_server(&s.first.raw, &k.version) {
                continue;
            }
            let key = (k.service.as_deref(), &k.version[..]);
            let v = all.entry(key).or_insert_with(|| VersionSeen {
                service: named(k.service.as_deref()),
                name: LogText::name(&k.version),
                hosts: Vec::new(),
                first: Some(first),
                last: Some(last),
                evidence: Vec::new(),
            });
            let own = l.part.meta.host.as_deref().map(str::as_bytes);
            v.hosts
                .extend(named(k.host.as_deref()).or_else(|| named(own)));
            v.first = v.first.min(Some(first));
            v.last = v.last.max(Some(last));
            if v.evidence.len() < 4 {
                v.evidence.push(cite_many(l.input, &s.first, s.count));
            }
        }
    }
    let mut out: Vec<VersionSeen> = all.into_values().collect();
    for v in &mut out {
        v.evidence.sort();
        v.hosts.sort();
        v.hosts.dedup();
    }
    out.sort_list_by(|a, b| (a.first, &a.name).cmp(&(b.first, &b.name)));
    out.truncate(40);
    out
}

/// The failing service: the application that has half of the failed requests, else the one whose error lines account for a good
/// part of them, else an application whose requests fail, else what the edge names for them, else the one that the first page is
/// about where another log names it too, else the one application that logs name. What only starts and stops is none of these, nor
/// is what was released last; a site is none either, whatever serves it.
pub(super) fn service(
    view: &View<'_>,
    sources: &[SourceFact],
    templates: &[TemplateFact],
    events: &[Event],
    onset: Instant,
    end: Instant,
) -> Option<LogText> {
    let mut votes: BTreeMap<&LogText, u64> = BTreeMap::new();
    let mut of_nobody = 0;
    for t in templates.iter().filter(|t| {
        t.kind == Kind::App && matches!(t.level, "error" | "fatal") && t.during > t.before
    }) {
        match &t.service {
            Some(s) if !is_infrastructure(s.for_json()) => *votes.entry(s).or_default() += t.during,
            Some(_) => {}
            None => of_nobody += t.during,
        }
    }
    let failed = view.failed(onset, end);
    let asked = asked(view, sources, onset, end).filter(|(n, _)| !is_site(n));
    if let Some((name, _)) = asked.as_ref().filter(|(_, n)| *n * 2 >= failed) {
        return Some(name.clone());
    }
    // where most lines name nobody, the few that do are of somebody else; where they are few beside the failures, they are noise
    let voted = votes
        .into_iter()
        .max_by_key(|(s, n)| (*n, std::cmp::Reverse(*s)))
        .filter(|(_, n)| *n >= of_nobody && *n * 4 >= failed);
    voted
        .map(|(s, _)| s.clone())
        .or_else(|| asked.map(|x| x.0))
        .or_else(|| of_requests(view, onset, end).filter(|n| !is_site(n)))
        .or_else(|| paged(view, templates, events, onset, end))
        .or_else(|| only_application(sources, templates))
}

/// The site that the requests that fail are for, where one is named.
pub(super) fn site(view: &View<'_>, onset: Instant, end: Instant) -> Option<LogText> {
    of_requests(view, onset, end).filter(is_site)
}

/// What the edge names for the requests that fail: a backend, a service or a site.
fn of_requests(view: &View<'_>, onset: Instant, end: Instant) -> Option<LogText> {
    let by = view.by(Dim::Service, onset, end);
    let failed: u64 = by.values().map(|x| x.1).sum();
    let most = most_failed(&by);
    // where it is not nearly all of them, others fail as well
    most.filter(|(_, n)| n * 10 >= failed * 9).map(|(s, _)| s)
}

/// Whether a name is that of a host on the net.
fn is_site(name: &LogText) -> bool {
    name.for_json().contains('.')
}

/// The name with the most failed requests, and how many failed; if any did.
fn most_failed(by: &ByName) -> Option<(LogText, u64)> {
    let most = by.iter().max_by_key(|(_, (_, failed))| *failed);
    most.filter(|(_, (_, failed))| *failed > 0)
        .and_then(|(s, (_, failed))| Some((named(Some(s))?, *failed)))
}

/// The application whose requests fail: by its own request lines, or by those of what stands before it, where that names an
/// application whose log is there, and how many failed.
fn asked(
    view: &View<'_>,
    sources: &[SourceFact],
    onset: Instant,
    end: Instant,
) -> Option<(LogText, u64)> {
    let own = by_its_own(view, onset, end);
    let edge = most_failed(&view.by(Dim::Service, onset, end));
    let logs = sources.iter().filter(|s| s.kind == Kind::App);
    let mut known = logs.filter_map(|s| s.service.as_ref());
    let backend = edge.and_then(|(name, failed)| {
        // `NAMESPACE-SERVICE`, as ingresses write it
        let is = |s: &&LogText| {
            let rest = name.for_json().strip_suffix(s.for_json());
            rest.is_some_and(|r| r.is_empty() || r.ends_with('-'))
        };
        // the longest name, since one may end as another one
        let known = known.by_ref().filter(is);
        let known = known.max_by_key(|s| s.for_json().len())?;
        Some((known.clone(), failed))
    });
    // of as many, those of its own lines
    [backend, own].into_iter().flatten().max_by_key(|x| x.1)
}

/// The application with the most failed requests by its own request lines, and how many failed.
fn by_its_own(view: &View<'_>, onset: Instant, end: Instant) -> Option<(LogText, u64)> {
    let mut by = ByName::new();
    for l in view.lanes.iter().filter(|l| by_app(l)) {
        let (a, b) = (l.on_axis(onset), l.on_axis(end));
        for (name, s) in l.track.by_service.sorted() {
            let e = by.entry(name.to_vec()).or_default();
            e.0 += s.n.sum(l.body.0, l.body.1);
            e.1 += s.failed.total(starting(TEN, a, b));
        }
    }
    most_failed(&by)
}

/// The service of the first page at the onset, where a log other than a pager's names it: what a pager calls it may stand for all
/// that it watches.
fn paged(
    view: &View<'_>,
    templates: &[TemplateFact],
    events: &[Event],
    onset: Instant,
    end: Instant,
) -> Option<LogText> {
    let due = |t: Instant| t.0 >= onset.0 - MINUTE && t <= end;
    let mut fired = events.iter().filter(|e| e.kind == MarkerKind::AlertFired);
    let fired = fired.find(|e| e.service.is_some() && e.time.is_some_and(due));
    let service = fired?.service.as_ref()?;
    let want = root(service.for_json()).to_ascii_lowercase();
    let is = |s: &str| root(s).eq_ignore_ascii_case(&want);
    let text = |s: &Option<LogText>| s.as_ref().is_some_and(|s| is(s.for_json()));
    let lane = |l: &Lane<'_>| {
        let mark = |c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c));
        let versions = l.track.versions.keys();
        let versions = versions.filter_map(|v| v.service.as_deref());
        let asked = l.track.by_service.sorted().into_iter().map(|x| x.0);
        let mut names = versions.chain(asked).map(LogText::name);
        l.part.kind() != Kind::Pager
            && (l.part.meta.name.split(mark).any(is) || names.any(|n| is(n.for_json())))
    };
    let of_program = |t: &TemplateFact| t.kind != Kind::Pager && text(&t.service);
    let said = templates.iter().any(of_program)
        || events.iter().any(|e| elsewhere(e.kind) && text(&e.service))
        || view.lanes.iter().any(lane);
    said.then(|| service.clone())
}

/// Whether a stated row is of another log than a pager's.
fn elsewhere(kind: MarkerKind) -> bool {
    use MarkerKind as K;
    !matches!(
        kind,
        K::AlertFired | K::AlertAcknowledged | K::AlertEscalated | K::AlertResolved | K::HumanNote
    )
}

/// The one application that logs name. Where a log beside its own names none, that may be another's: then it is said to fail only
/// where it complains, and at least as much as those.
fn only_application(sources: &[SourceFact], templates: &[TemplateFact]) -> Option<LogText> {
    let logs = sources
        .iter()
        .filter(|s| s.kind == Kind::App && !s.database);
    let (named, nameless): (Vec<_>, Vec<_>) = logs
        .map(|s| s.service.as_ref())
        .filter(|s| s.is_none_or(|n| !is_infrastructure(n.for_json())))
        .partition(Option::is_some);
    let first = *named.first()?;
    let complaints = |of: Option<&LogText>| -> u64 {
        let bad = |t: &&TemplateFact| matches!(t.level, "warn" | "error" | "fatal");
        let said = |t: &&TemplateFact| t.kind == Kind::App && t.service.as_ref() == of && bad(t);
        templates.iter().filter(said).map(|t| t.during).sum()
    };
    let own = complaints(first);
    let sure = nameless.is_empty() || own > 0 && own >= complaints(None);
    first
        .filter(|_| sure && named.iter().all(|s| *s == first))
        .cloned()
}

/// Servers that applications stand on: they are not what users call the service.
pub(super) fn is_infrastructure(name: &str) -> bool {
    const NAMES: &str = "postgres mysql mariadb mongo redis nginx haproxy apache httpd envoy kernel systemd gunicorn uwsgi \
        cron ssh docker containerd kubelet rsyslog";
    let n = name.to_ascii_lowercase();
    NAMES.split(' ').any(|x| n.starts_with(x))
}

/// Whether a line names a version as that of the software that serves or runs the application: `gunicorn 20.1.0`,
/// `nginx/1.18.0`, `Python/3.10`. A release of the service it is not.
fn of_server(line: &[u8], version: &[u8]) -> bool {
    const RUNTIMES: [&str; 10] = [
        "python", "node", "ruby", "java", "php", "puma", "uvicorn", "werkzeug", "tomcat", "openssl",
    ];
    let Some(at) = memchr::memmem::find(line, version).filter(|_| !version.is_empty()) else {
        return false;
    };
    let before = line[..at].to_ascii_lowercase();
    let mut words = before.rsplit(|b| !b.is_ascii_alphanumeric());
    let word = words.find(|w| !matches!(*w, b"" | b"v" | b"version" | b"js"));
    word.map(String::from_utf8_lossy).is_some_and(|w| {
        let runtime = RUNTIMES.iter().any(|r| w.starts_with(r));
        runtime || (is_infrastructure(&w) && w != "ssh")
    })
}

#[cfg(test)]
mod tests {
    use super::of_server;

    #[test]
    fn the_servers_own_version_is_none_of_the_service() {
        for [line, version, want] in crate::tests::tried("version of the server") {
            let own = of_server(line.as_bytes(), version.as_bytes());
            assert_eq!(own.to_string(), want, "{line}");
        }
    }
}
