//! Which service failed and which versions ran: named from all inputs. What that means is said in `cause`.

use super::named;
use super::raw::cite_many;
use super::view::View;
use crate::cause::{Dim, SourceFact, TemplateFact};
use crate::model::{Event, Evidence, VersionSeen};
use crate::record::Kind;
use crate::text::LogText;
use crate::time::{Instant, MINUTE};
use std::collections::{BTreeMap, BTreeSet};

/// Versions seen up to `end`, by first sight; at most 40.
pub(super) fn versions(view: &View<'_>, end: Instant) -> Vec<VersionSeen> {
    type Key = (Option<Vec<u8>>, Vec<u8>);
    let mut all: BTreeMap<Key, (BTreeSet<LogText>, Instant, Instant, Vec<Evidence>)> =
        BTreeMap::new();
    for l in &view.lanes {
        for (k, s) in &l.track.versions {
            let (first, last) = (l.utc(s.first.us), l.utc(s.last.us));
            if first > end || of_server(&s.first.raw, &k.version) {
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
pub(super) fn service(
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
pub(super) fn is_infrastructure(name: &str) -> bool {
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
    let word = before
        .rsplit(|b| !b.is_ascii_alphanumeric())
        .find(|w| !matches!(*w, b"" | b"v" | b"version" | b"js"))
        .map(String::from_utf8_lossy);
    word.is_some_and(|w| {
        let runtime = RUNTIMES.iter().any(|r| w.starts_with(r));
        runtime || (is_infrastructure(&w) && w != "ssh")
    })
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

#[cfg(test)]
mod tests {
    use super::of_server;

    #[test]
    fn the_servers_own_version_is_none_of_the_service() {
        let own = |line: &str, v: &str| of_server(line.as_bytes(), v.as_bytes());
        assert!(own("[INFO] Starting gunicorn 20.1.0", "20.1.0"));
        assert!(own("* Puma version: 5.6.5 (ruby 3.1.2-p20)", "5.6.5"));
        assert!(own("nginx/1.18.0 (Ubuntu)", "1.18.0"));
        assert!(own("Node.js v18.12.1", "18.12.1"));
        assert!(!own("shop starting version=v3.8.2 host=web-2", "v3.8.2"));
        assert!(!own("release 4.12.0 of shop is live", "4.12.0"));
        assert!(!own("no version here", "1.0"));
    }
}
