//! Every text from logs in a report, in the order in which a reader meets it: what redaction walks.
//! Plain data only; nothing is decided here.

use super::{Cause, Cited, Event, Evidence, Impact, Incident, Piece, Report, Sentence, Span};
use coroner_lines::text::LogText;

type Visit<'f> = &'f mut dyn FnMut(&mut LogText);

impl Report {
    /// Calls `f` on every text from logs: the timelines first, names of machines among them.
    pub fn each_text(&mut self, f: Visit<'_>) {
        self.incidents.iter_mut().for_each(|i| incident(i, f));
        self.timeline.iter_mut().for_each(|e| event(e, f));
        let spans = [&mut self.blips, &mut self.planned, &mut self.minor];
        spans.into_iter().flatten().for_each(|s| span(s, f));
        for g in &mut self.gaps {
            sentence(&mut g.text, f);
            cited(&mut g.cited, f);
        }
        for i in &mut self.inputs {
            i.host.iter_mut().for_each(&mut *f);
            evidence(&mut i.examples, f);
        }
    }

    /// Calls `f` on the names of all inputs, in sentences too, and of the folders whose clock they share: what a citation is opened by.
    pub fn each_file_name(&mut self, f: Visit<'_>) {
        for i in &mut self.inputs {
            f(&mut i.name);
            f(&mut i.domain);
        }
        let pieces = self.gaps.iter_mut().flat_map(|g| &mut g.text.0);
        pieces.for_each(|p| {
            if let Piece::File(t) = p {
                f(t);
            }
        });
    }
}

impl Report {
    /// Calls `f` on every line that is cited.
    pub fn each_evidence(&mut self, f: &mut dyn FnMut(&mut Evidence)) {
        let mut lists: Vec<&mut Vec<Evidence>> = Vec::new();
        let mut claims: Vec<&mut Cited> = Vec::new();
        for i in &mut self.incidents {
            lists.extend(i.timeline.iter_mut().map(|e| &mut e.evidence));
            lists.extend(i.new_templates.iter_mut().map(|t| &mut t.evidence));
            lists.extend(i.unexplained.iter_mut().map(|u| &mut u.evidence));
            lists.extend(i.versions.iter_mut().map(|v| &mut v.evidence));
            claims.extend(i.signals.iter_mut().map(|s| &mut s.cited));
            for c in &mut i.causes {
                claims.extend(c.pro.iter_mut().chain(&mut c.con).map(|x| &mut x.cited));
            }
        }
        lists.extend(self.timeline.iter_mut().map(|e| &mut e.evidence));
        let spans = [&mut self.blips, &mut self.planned, &mut self.minor];
        lists.extend(spans.into_iter().flatten().map(|s| &mut s.evidence));
        lists.extend(self.inputs.iter_mut().map(|i| &mut i.examples));
        claims.extend(self.gaps.iter_mut().map(|g| &mut g.cited));
        lists.extend(claims.into_iter().filter_map(|c| match c {
            Cited::Lines(l) => Some(l),
            Cited::Absent(_) => None,
        }));
        lists.into_iter().flatten().for_each(f);
    }
}

fn sentence(s: &mut Sentence, f: Visit<'_>) {
    for p in &mut s.0 {
        if let Piece::Log(t) | Piece::Name(t) = p {
            f(t);
        }
    }
}

fn evidence(list: &mut [Evidence], f: Visit<'_>) {
    list.iter_mut()
        .filter_map(|e| e.excerpt.as_mut())
        .for_each(f);
}

fn cited(c: &mut Cited, f: Visit<'_>) {
    if let Cited::Lines(l) = c {
        evidence(l, f);
    }
}

fn event(e: &mut Event, f: Visit<'_>) {
    sentence(&mut e.text, f);
    evidence(&mut e.evidence, f);
    let names = [
        &mut e.host,
        &mut e.service,
        &mut e.version,
        &mut e.upstream,
        &mut e.group,
    ];
    names.into_iter().flatten().for_each(&mut *f);
    e.actors.iter_mut().for_each(f);
}

fn span(s: &mut Span, f: Visit<'_>) {
    sentence(&mut s.text, f);
    s.service.iter_mut().for_each(&mut *f);
    evidence(&mut s.evidence, f);
}

fn impact(m: &mut Impact, f: Visit<'_>) {
    let lists = [
        &mut m.by_status,
        &mut m.by_endpoint,
        &mut m.by_host,
        &mut m.by_service,
        &mut m.by_version,
        &mut m.by_upstream,
    ];
    lists.into_iter().flatten().for_each(|r| f(&mut r.name));
}

fn cause(c: &mut Cause, f: Visit<'_>) {
    sentence(&mut c.title, f);
    if let Some(x) = &mut c.culprit {
        f(&mut x.name);
        x.service.iter_mut().for_each(&mut *f);
    }
    for x in c.pro.iter_mut().chain(&mut c.con) {
        sentence(&mut x.text, f);
        cited(&mut x.cited, f);
    }
    c.settle.iter_mut().for_each(|s| sentence(s, f));
    if let Some(m) = &mut c.mechanism {
        sentence(&mut m.text, f);
        cited(&mut m.cited, f);
    }
}

fn incident(i: &mut Incident, f: Visit<'_>) {
    sentence(&mut i.title, f);
    i.service.iter_mut().for_each(&mut *f);
    i.timeline.iter_mut().for_each(|e| event(e, f));
    impact(&mut i.impact, f);
    i.components
        .iter_mut()
        .filter_map(|c| c.key.as_mut())
        .for_each(&mut *f);
    i.missing.iter_mut().for_each(|m| sentence(&mut m.text, f));
    i.causes.iter_mut().for_each(|c| cause(c, f));
    for s in &mut i.signals {
        sentence(&mut s.text, f);
        cited(&mut s.cited, f);
    }
    for t in &mut i.new_templates {
        f(&mut t.text);
        t.service.iter_mut().for_each(&mut *f);
        evidence(&mut t.evidence, f);
    }
    i.unexplained
        .iter_mut()
        .for_each(|u| evidence(&mut u.evidence, f));
    for v in &mut i.versions {
        v.service.iter_mut().for_each(&mut *f);
        f(&mut v.name);
        v.hosts.iter_mut().for_each(&mut *f);
        evidence(&mut v.evidence, f);
    }
    i.prompts.iter_mut().for_each(|p| sentence(&mut p.text, f));
    for s in [&mut i.series, &mut i.near].into_iter().flatten() {
        let lanes = [&mut s.by_host, &mut s.by_endpoint, &mut s.by_upstream];
        lanes.into_iter().flatten().for_each(|l| f(&mut l.name));
    }
}
