//! Cases written by hand: a small builder, cases told in files and a few that are not, one with a class of its own, one about what
//! people write meanwhile. Times are seconds relative to the onset.

mod compared;
mod remarks;
mod told;
mod toy;

use super::{
    BegunFact, Case, Dim, DimShare, PassingFact, Ranking, RemarkFact, SaidText, SilenceFact,
    SourceFact, TemplateFact, change, fault, rank,
};
use crate::model::{
    Basis, CULPRIT_KINDS, Cause, CauseVerdict, Cited, Culprit, Event, Evidence, Piece, Sentence,
    VersionSeen,
};
use coroner_lines::record::{CauseClass, Kind, MarkerKind};
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// The onset of every case, in seconds since 1970.
const ONSET: i64 = 1_700_000_000;

fn at(s: i64) -> Instant {
    Instant((ONSET + s) * SECOND)
}

fn txt(s: &str) -> LogText {
    LogText::new(s.as_bytes())
}

fn name(s: &str) -> Option<LogText> {
    (!s.is_empty()).then(|| txt(s))
}

fn line(input: u32, line: u64, text: &str) -> Evidence {
    Evidence {
        input,
        line,
        end_line: None,
        byte: 0,
        excerpt: Some(txt(text)),
        count: None,
    }
}

/// An application log that covers the onset, a deploy log without entries.
fn plain() -> World {
    World::new("shop")
        .apps(&["web-1", "web-2"])
        .source(Kind::Deploy, "", "")
}

/// A case under construction.
#[derive(Default)]
struct World {
    end: i64,
    recovered: bool,
    start: i64,
    service: Option<LogText>,
    events: Vec<Event>,
    templates: Vec<TemplateFact>,
    sources: Vec<SourceFact>,
    shares: Vec<DimShare>,
    statuses: Vec<(u16, u64)>,
    before: Vec<(u16, u64)>,
    silences: Vec<SilenceFact>,
    aliases: Vec<(LogText, LogText)>,
    silent_hosts: Vec<(LogText, Evidence)>,
    versions: Vec<VersionSeen>,
    remarks: Vec<RemarkFact>,
    begun: Vec<BegunFact>,
    passing: Vec<PassingFact>,
    first: Vec<Evidence>,
    surge: Option<f64>,
    latency: Option<f64>,
    slow: Option<f64>,
    ramp: bool,
    top_client: Option<(f64, Option<LogText>)>,
    pauses: Vec<(Instant, Instant)>,
}

impl World {
    /// An incident of 7 minutes with 1,000 failures of 500 in an archive of 12 minutes before it; an edge log only.
    fn new(service: &str) -> World {
        World {
            end: 420,
            recovered: true,
            start: -720,
            service: name(service),
            statuses: vec![(200, 400), (500, 1000)],
            before: vec![(200, 3000)],
            first: vec![line(0, 4000, "GET / 500")],
            ..World::default()
        }
        .source(Kind::Web, "edge-1", "")
    }
    fn source(mut self, kind: Kind, host: &str, service: &str) -> World {
        let n = self.sources.len() as u32;
        self.sources.push(SourceFact {
            input: n,
            name: LogText::name(format!("{host}/{service}.log").as_bytes()),
            kind,
            kinds: Kind::ALL.map(|k| k == kind),
            host: name(host),
            service: name(service),
            covers_onset: true,
            database: service.starts_with("postgres"),
            kernel: service == "kernel",
        });
        self
    }
    /// Two application hosts with their own logs.
    fn apps(self, hosts: &[&str]) -> World {
        let service = self.service.clone();
        let service = service.as_ref().map_or("", |s| s.for_json());
        let source = |w: World, h: &&str| w.source(Kind::App, h, service);
        hosts.iter().fold(self, source)
    }
    fn event(
        mut self,
        s: i64,
        kind: MarkerKind,
        host: &str,
        service: &str,
        version: &str,
        text: &str,
    ) -> World {
        let id = format!("e{}", self.events.len() + 1);
        let n = self.events.len() as u64 + 1;
        self.events.push(Event {
            id,
            letter: None,
            time: Some(at(s)),
            after: None,
            before: None,
            place: None,
            interval: None,
            kind,
            text: Sentence::words("x"),
            basis: Basis::Stated,
            confidence: 90,
            evidence: vec![line(1, n, text)],
            class: None,
            host: name(host),
            service: name(service),
            version: name(version),
            upstream: None,
            group: None,
            actors: Vec::new(),
            package: false,
            method: None,
        });
        self.events.sort_by_key(|e| e.time);
        self
    }
    fn fault(self, s: i64, class: CauseClass, host: &str, service: &str, text: &str) -> World {
        let mut w = self.event(s, MarkerKind::Fault, host, service, "", text);
        w.at(s, MarkerKind::Fault).class = Some(class);
        w
    }
    /// The first event of a kind in a second.
    fn at(&mut self, s: i64, kind: MarkerKind) -> &mut Event {
        let is = |e: &&mut Event| e.time == Some(at(s)) && e.kind == kind;
        self.events.iter_mut().find(is).expect("one is there")
    }
    fn release(self, from: i64, to: i64, service: &str, version: &str) -> World {
        use MarkerKind::{DeployFinish, DeployStart};
        self.event(from, DeployStart, "", service, version, "deploy")
            .event(to, DeployFinish, "", service, version, "deployed")
    }
    fn rollback(self, from: i64, to: i64, service: &str, version: &str) -> World {
        use MarkerKind::{RollbackFinish, RollbackStart};
        self.event(from, RollbackStart, "", service, version, "rollback")
            .event(to, RollbackFinish, "", service, version, "rolled back")
    }
    /// A message first seen `first` seconds after the onset and never before.
    fn says(self, first: i64, during: u64, host: &str, service: &str, text: &str) -> World {
        self.message(first, first, 0, during, host, service, text)
    }
    #[expect(clippy::too_many_arguments, reason = "a row of a table of facts")]
    fn message(
        mut self,
        first: i64,
        first_during: i64,
        before: u64,
        during: u64,
        host: &str,
        service: &str,
        text: &str,
    ) -> World {
        self.templates.push(TemplateFact {
            text: txt(text),
            example: SaidText::of(text.as_bytes()),
            level: "error",
            host: name(host),
            service: name(service),
            kind: [Kind::App, Kind::System][usize::from(service == "kernel")],
            before,
            during,
            after: 0,
            first: at(first),
            first_during: (during > 0).then(|| at(first_during)),
            last: at(self.end.max(first)),
            new: before == 0 && first >= -60,
            none_for: (before == 0 && first >= -60).then_some(20 * MINUTE),
            evidence: vec![line(2, self.templates.len() as u64 + 10, text)],
        });
        self
    }
    fn share(mut self, dim: Dim, value: &str, before: (u64, u64), during: (u64, u64)) -> World {
        self.shares.push(DimShare {
            dim,
            name: txt(value),
            service: None,
            before,
            during,
        });
        self
    }
    /// A version that lines begin to name some seconds after the onset.
    fn version(mut self, first: i64, service: &str, version: &str, host: &str) -> World {
        self.versions.push(VersionSeen {
            service: name(service),
            name: txt(version),
            hosts: vec![txt(host)],
            first: Some(at(first)),
            last: Some(at(self.end)),
            evidence: vec![line(2, 5, "starting")],
        });
        self
    }
    /// A host whose logs end as the incident begins.
    fn falls_silent(mut self, host: &str) -> World {
        self.silent_hosts
            .push((txt(host), line(2, 9, "last words")));
        self
    }
    fn alias(mut self, address: &str, host: &str) -> World {
        self.aliases.push((txt(address), txt(host)));
        self
    }
    /// A line that is no error and seldom written.
    fn begins(mut self, text: &str) -> World {
        let evidence = line(5, 7, text);
        self.begun.push(BegunFact {
            time: at(-1),
            text: txt(text),
            evidence,
        });
        self
    }
    /// A line with a name that is named until the failures end.
    fn passes(mut self, name: &str, text: &str) -> World {
        self.passing.push(PassingFact {
            names: vec![name.to_owned()],
            name: name.to_owned(),
            quiet: None,
            first: at(-40),
            begins: line(5, 8, text),
            does: line(5, 8, text),
            last: at(self.end),
            ends: line(5, 90, name),
        });
        self
    }
    fn statuses(mut self, s: &[(u16, u64)]) -> World {
        self.statuses = s.to_vec();
        self
    }
    fn silent(mut self, from: i64, to: i64, all: bool, hosts: &[&str], inputs: &[u32]) -> World {
        self.silences.push(SilenceFact {
            inputs: inputs.to_vec(),
            hosts: hosts.iter().map(|h| txt(h)).collect(),
            all,
            start: at(from),
            end: Some(at(to)),
            evidence: vec![line(0, 3999, "last line")],
        });
        self
    }
    /// The noise of every archive: a broken export, an old certificate, a full backup disk, an OOM kill and a short
    /// lock wait, all of hosts that serve no request.
    fn noise(self, s: i64) -> World {
        self.source(Kind::System, "jobs01", "kernel")
            .says(s, 1, "jobs01", "export", "urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution> (http://reports.partner-x.invalid/export)")
            .says(s, 1, "jobs01", "certcheck", "error 10 at 0 depth lookup: certificate has expired")
            .says(s, 1, "jobs01", "backup", "cp: error writing 'offsite.tar': No space left on device")
            .says(s, 1, "jobs01", "kernel", "Memory cgroup out of memory: Killed process 1776 (python3) total-vm:36608kB")
            .fault(s, CauseClass::Memory, "jobs01", "kernel", "Memory cgroup out of memory: Killed process 1776 (python3) total-vm:36608kB")
            .message(-700, 20, 20, 12, "", "", "RuntimeError: legacy exporter is not configured")
    }
    fn case(&self) -> Case<'_> {
        let w = self;
        Case {
            remarks: &w.remarks,
            spoken_of: None,
            passing: &w.passing,
            begun: &w.begun,
            onset: at(0),
            onset_interval: (at(-1), at(1)),
            end: at(w.end),
            recovered: w.recovered,
            stop: at(w.end - 1),
            pauses: &w.pauses,
            archive: (at(w.start), at(w.end + 600)),
            service: w.service.as_ref(),
            components: &[],
            events: &w.events,
            templates: &w.templates,
            sources: &w.sources,
            first_failing: &w.first,
            shares: &w.shares,
            failed: None,
            statuses: &w.statuses,
            statuses_before: &w.before,
            surge: w.surge,
            latency_lead_s: w.latency,
            slow_share: w.slow,
            ramp: w.ramp,
            silences: &w.silences,
            top_client: w.top_client.as_ref(),
            aliases: &w.aliases,
            silent_hosts: &w.silent_hosts,
            versions: &w.versions,
        }
    }
    fn rank(&self) -> Ranking {
        let r = rank(&self.case());
        check(&r);
        r
    }
}

/// What holds for every ranking.
fn check(r: &Ranking) {
    let sum: f64 = r.causes.iter().map(|c| c.score).sum();
    assert!(sum <= 1.0 + 1e-9, "scores add up to {sum}");
    for c in &r.causes {
        let known = |k: &Culprit| CULPRIT_KINDS.contains(&k.kind);
        assert!(c.culprit.as_ref().is_none_or(known), "{:?}", c.culprit);
        assert!((0.0..=1.0).contains(&c.score) && c.group_score >= c.score - 1e-9);
        assert!(c.pro.iter().all(|x| x.weight > 0.0) && c.con.iter().all(|x| x.weight <= 0.0));
        for x in c.pro.iter().chain(&c.con) {
            match &x.cited {
                Cited::Lines(l) => assert!(!l.is_empty()),
                Cited::Absent(i) => assert!(!i.is_empty()),
            }
        }
    }
    if r.verdict != CauseVerdict::Established {
        assert!(!r.missing.is_empty());
    }
}

/// The ranking in words, for messages of failed tests.
fn show(r: &Ranking) -> String {
    let mut out = format!("{:?}\n", r.verdict);
    for c in &r.causes {
        out += &format!(
            "{:.2} {} {:?}\n",
            c.score,
            c.class.word(),
            c.culprit.as_ref().map(|k| (k.kind, k.name.for_json()))
        );
        for x in c.pro.iter().chain(&c.con) {
            out += &format!("   {:+.2} {:?}\n", x.weight, x.text.0);
        }
    }
    out
}

/// The world with an event whose row quotes its line, behind words of its own.
fn quoting(w: World, s: i64, kind: MarkerKind, of: [&str; 2], says: &str, line: &str) -> World {
    let [host, service] = of;
    let mut w = w.event(s, kind, host, service, "", line);
    w.at(s, kind).text = Sentence::words(says.to_owned()).p(Piece::Log(txt(line)));
    w
}

/// What is suspected of a class.
fn suspect(r: &Ranking, class: CauseClass) -> Option<&Cause> {
    r.causes.iter().find(|c| c.class == class)
}

/// The first suspect is of a class.
#[track_caller]
fn leads(r: &Ranking, class: CauseClass) {
    assert_eq!(r.causes[0].class, class, "{}", show(r));
}

/// Asserts the first suspect, that it is not refused, and what its culprit contains.
fn names(r: &Ranking, class: CauseClass, part: &str) {
    assert_ne!(r.verdict, CauseVerdict::NotEstablished, "{}", show(r));
    leads(r, class);
    let culprit = r.causes[0]
        .culprit
        .as_ref()
        .map_or("", |c| c.name.for_json());
    assert!(culprit.contains(part), "culprit {culprit:?}\n{}", show(r));
}

/// Asserts that no cause is established.
fn refuses(r: &Ranking) {
    assert_eq!(r.verdict, CauseVerdict::NotEstablished, "{}", show(r));
}
