//! What a line says that several rows share: the sentence of its lead with every host named, what became of each
//! service, how many more messages there were. Nothing here decides which rows share a line.

use super::{RowLine, TOGETHER, is_life};
use crate::report::{facts, kinds, sentence};
use coroner_infer::model::{Event, Incident, Piece, Sentence};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::text::LogText;
use coroner_lines::text::words::without_number;
use coroner_lines::time::{Instant, SECOND};
use std::collections::BTreeMap;

/// Hosts and messages named at most; the others are counted.
const NAMED: usize = 8;

/// The sentence of a line.
pub(super) fn of(l: &RowLine<'_>) -> Sentence {
    if l.rows.len() == 1 {
        return l.lead.text.clone();
    }
    match l.lead.kind {
        K::ServiceStart | K::ServiceStop => until(l, life(l)),
        K::Restart => restart(l),
        K::AlertFired | K::AlertResolved => alerts(l),
        K::NewError => new_errors(l),
        K::Scale => until(l, steps(l)),
        K::DeployStart | K::DeployFinish if l.lead.package => packages(l),
        K::MitigationFinish => {
            let start = l.rows.iter().find(|e| e.kind == K::MitigationStart);
            start.unwrap_or(&l.lead).text.clone()
        }
        _ => {
            let s = counted(l, everywhere(l, |e| e.kind == l.lead.kind));
            let says = |p: &Piece| matches!(p, Piece::Words(w) if w.contains(" until "));
            match s.0.iter().any(says) {
                true => s,
                false => until(l, s),
            }
        }
    }
}

/// The packages that one run changed, with the version that all of them have.
fn packages(l: &RowLine<'_>) -> Sentence {
    let names: Vec<&LogText> = l.rows.iter().filter_map(|e| e.service.as_ref()).collect();
    let version = l.lead.version.as_ref();
    let same = version.filter(|v| l.rows.iter().all(|e| e.version.as_ref() == Some(*v)));
    let s = list(Sentence::words("Package changes of "), &names);
    let s = same.into_iter().fold(s, |s, v| s.w(" to ").name(v));
    s.w(match l.lead.kind {
        K::DeployStart => " begin",
        _ => " reported done",
    })
}

/// The first and the last step of many.
fn steps(l: &RowLine<'_>) -> Sentence {
    let last = l.rows.iter().max_by_key(|e| e.time).unwrap_or(&l.lead);
    let s = l.lead.text.clone();
    match quote(last) {
        Some(said) => s.w(", then ").p(said.clone()),
        None => s,
    }
}

/// What goes on for longer than this is not of the one moment that stands in front.
const MOMENT: i64 = 5 * SECOND;

/// When what a row tells of was seen last: as it says, or when it was seen.
fn seen_last(e: &Event) -> Option<Instant> {
    let says = |w: &Piece| matches!(w, Piece::Words(w) if w.ends_with(" until "));
    let at = e.text.0.iter().position(says);
    match at.and_then(|at| e.text.0.get(at + 1)) {
        Some(Piece::Time(t)) => Some(*t),
        _ => e.time,
    }
}

/// What goes on after the time of its line says until when.
fn until(l: &RowLine<'_>, s: Sentence) -> Sentence {
    let last = l.rows.iter().filter_map(|e| seen_last(e)).max();
    match (l.lead.time, last) {
        (Some(from), Some(to)) if to.0 - from.0 > MOMENT => s.w(", until ").p(Piece::Time(to)),
        _ => s,
    }
}

/// Whether two rows can be about one service: the same name but for the instance after `@` or a number at its end, or one of them
/// unknown.
pub(super) fn agree(a: &Event, b: &Event) -> bool {
    fn base(e: &Event) -> Option<&str> {
        let name = e.service.as_ref()?.for_json();
        let name = name.split('@').next().unwrap_or_default();
        Some(without_number(name).unwrap_or(name))
    }
    match (base(a), base(b)) {
        (Some(x), Some(y)) => x == y,
        _ => true,
    }
}

/// The pieces of a row's sentence with its host taken out.
pub(super) fn without_host(e: &Event) -> Vec<&Piece> {
    let host = |p: &&Piece| !matches!((p, &e.host), (Piece::Name(n), Some(h)) if n == h);
    e.text.0.iter().filter(host).collect()
}

/// Hosts by first appearance among the rows that `which` picks.
fn hosts<'a>(l: &RowLine<'a>, which: impl Fn(&Event) -> bool) -> Vec<&'a LogText> {
    let mut out: Vec<&LogText> = Vec::new();
    for e in l.rows.iter().filter(|e| which(e)) {
        if let Some(h) = e.host.as_ref().filter(|h| !out.contains(h)) {
            out.push(h);
        }
    }
    out
}

fn list(s: Sentence, names: &[&LogText]) -> Sentence {
    let names: Vec<Piece> = names.iter().map(|n| Piece::Name((*n).clone())).collect();
    sentence::listed(s, &names, NAMED)
}

/// What a row quotes first.
fn quote(e: &Event) -> Option<&Piece> {
    e.text.0.iter().find(|p| matches!(p, Piece::Log(_)))
}

/// The lead's sentence, with all hosts of the picked rows in the place of its own.
fn everywhere(l: &RowLine<'_>, which: impl Fn(&Event) -> bool) -> Sentence {
    let names = hosts(l, which);
    let mut out = Sentence::default();
    let mut done = false;
    for p in &l.lead.text.0 {
        let own = matches!((p, &l.lead.host), (Piece::Name(n), Some(h)) if n == h);
        let after_on = matches!(out.0.last(), Some(Piece::Words(w)) if w.ends_with(" on "));
        if own && after_on && !done && names.len() > 1 {
            out = list(out, &names);
            done = true;
        } else {
            out.0.push(p.clone());
        }
    }
    out
}

/// ` (12 lines of this kind)`, ` (12 times)` or ` (12 lines of this kind until 14:03:10)` at the end of a sentence becomes the sum over all rows that quote the same but
/// for numbers; how many quote something else is said.
fn counted(l: &RowLine<'_>, mut s: Sentence) -> Sentence {
    let tail = |s: &Sentence| {
        let at = s.0.iter().rposition(|p| matches!(p, Piece::Count(_)))?;
        let of = [" lines of this kind", " lines", " times"];
        let until = |p: &Piece| matches!(p, Piece::Words(w) if of.iter().any(|o| w.starts_with(o)));
        match (s.0.get(at), s.0.get(at + 1).is_some_and(until)) {
            (Some(Piece::Count(n)), true) => Some((at, *n)),
            _ => None,
        }
    };
    // what follows is ` lines` or ` times`, ` until ` and the time
    let until = |s: &Sentence| match s.0.get(tail(s)?.0 + 3) {
        Some(Piece::Time(t)) => Some(*t),
        _ => None,
    };
    let without_digits = |e: &Event| -> Option<String> {
        let Piece::Log(said) = quote(e)? else {
            return None;
        };
        let letters = said.for_json().chars().filter(|c| !c.is_ascii_digit());
        Some(letters.collect())
    };
    let lead = without_digits(l.lead);
    let (mut sum, mut others, mut last) = (0, 0, None);
    for e in l.rows.iter().filter(|e| e.kind == l.lead.kind) {
        let n = tail(&e.text).map_or(1, |t| t.1);
        match without_digits(e) == lead {
            true => (sum, last) = (sum + n, last.max(seen_last(e))),
            false => others += n,
        }
    }
    match tail(&s) {
        Some((at, _)) => {
            s.0[at] = Piece::Count(sum);
            if let (Some(_), Some(t)) = (until(&s), last) {
                s.0[at + 3] = Piece::Time(t);
            }
        }
        None if sum > 1 => s = s.w(" (").p(Piece::Count(sum)).w(" lines)"),
        None => {}
    }
    match others {
        0 => s,
        n => s.w(", and ").p(Piece::Count(n)).w(" in other words"),
    }
}

/// `storefront restarts on web-01, web-02; stops on web-03`.
fn life(l: &RowLine<'_>) -> Sentence {
    let unit = |n: &LogText| n.for_json().split('@').next().map(str::to_owned);
    let is_instance = |n: &LogText| n.for_json().contains('@');
    let mut services: Vec<LogText> = Vec::new();
    for x in l.rows.iter().filter_map(|e| e.service.as_ref()) {
        match services.iter_mut().find(|known| unit(known) == unit(x)) {
            // of several instances the unit is named
            Some(known) if known != x && is_instance(known) && is_instance(x) => {
                *known = LogText::name(unit(x).unwrap_or_default().as_bytes());
            }
            Some(_) => {}
            None => services.push(x.clone()),
        }
    }
    let services: Vec<&LogText> = services.iter().collect();
    let service = services.first();
    let mut s = match service {
        Some(_) => list(Sentence::default(), &services),
        None if l.rows.iter().all(|e| e.text.states_a_command()) => return l.lead.text.clone(),
        None => Sentence::words("A service"),
    };
    let mut first = true;
    for (n, (verb, names)) in fates(l).into_iter().enumerate() {
        let verb = match services.len() {
            0 | 1 => verb.to_owned(),
            _ => verb.replace("starts", "start").replace("stops", "stop"),
        };
        s = s.w(if n > 0 { ";" } else { "" }).w(format!(" {verb}"));
        if !names.is_empty() {
            s = list(s.w(" on "), &names);
        }
        first = false;
    }
    if first {
        s = s.w(" restarts");
    }
    match quote(l.lead).filter(|_| service.is_none()) {
        Some(q) => s.w(": ").p(q.clone()),
        None => s,
    }
}

/// The kind that a line's words show: of stops and starts together a restart.
pub(super) fn kind(l: &RowLine<'_>) -> K {
    if !is_life(l.lead.kind) {
        return l.lead.kind;
    }
    let verbs: Vec<&str> = fates(l).iter().map(|(verb, _)| *verb).collect();
    match verbs.as_slice() {
        ["starts"] => K::ServiceStart,
        ["stops"] => K::ServiceStop,
        _ => K::Restart,
    }
}

/// What became of the service on which hosts; rows without a host count only where no row has one. What was asked for is
/// none of it, unless nothing else is known.
fn fates<'a>(l: &RowLine<'a>) -> Vec<(&'static str, Vec<&'a LogText>)> {
    let did = |e: &Event| is_life(e.kind) && !e.text.states_a_command();
    let any = l.rows.iter().any(|e| did(e));
    let counts = |e: &Event| if any { did(e) } else { is_life(e.kind) };
    let all = hosts(l, counts);
    if all.is_empty() {
        let kinds = l.rows.iter().filter(|e| counts(e)).map(|e| e.kind);
        return vec![(fate(kinds), Vec::new())];
    }
    let mut out: Vec<(&'static str, Vec<&LogText>)> = Vec::new();
    for h in all {
        // what starts because a restart was asked for had run before
        let asked = |e: &Event| e.kind == K::Restart && e.text.states_a_command();
        let here = |e: &&&Event| e.host.as_ref() == Some(h) && (counts(e) || asked(e));
        let verb = fate(l.rows.iter().filter(here).map(|e| e.kind));
        match out.iter_mut().find(|(v, _)| *v == verb) {
            Some((_, names)) => names.push(h),
            None => out.push((verb, vec![h])),
        }
    }
    out
}

/// The verb for a run of stops and starts.
fn fate(kinds: impl Iterator<Item = K>) -> &'static str {
    let kinds: Vec<K> = kinds.filter(|k| is_life(*k)).collect();
    let has = |k: K| kinds.contains(&k);
    let stop_last = kinds.last() == Some(&K::ServiceStop);
    match (has(K::ServiceStop), has(K::ServiceStart)) {
        (true, true) if stop_last => "starts and stops",
        (true, true) => "restarts",
        (true, false) => "stops",
        (false, true) if !has(K::Restart) => "starts",
        _ => "restarts",
    }
}

/// What was asked for, and in brackets what the service did where the sentence names no host.
fn restart(l: &RowLine<'_>) -> Sentence {
    let s = everywhere(l, |e| e.kind == K::Restart);
    let repeated = l.lead.text.0.iter().any(|p| matches!(p, Piece::Count(_)));
    let s = if repeated { counted(l, s) } else { s };
    let did = l.rows.iter().any(|e| e.kind != K::Restart);
    if did && l.lead.text.states_a_command() {
        return life(l);
    }
    if l.lead.host.is_some() || !did {
        return s;
    }
    let mut inner = life(l);
    inner.0.insert(0, Piece::Words(" (".into()));
    let mut s = s;
    s.0.extend(inner.0);
    s.w(")")
}

fn alerts(l: &RowLine<'_>) -> Sentence {
    let rows = l.rows.iter().filter(|e| !std::ptr::eq(**e, l.lead));
    let (again, others): (Vec<&Event>, Vec<&Event>) =
        rows.partition(|e| super::reminder(l.lead, e));
    let mut s = l.lead.text.clone();
    let mut names: Vec<&Piece> = Vec::new();
    for e in others {
        let new = |q: &&Piece| !names.contains(q) && !l.lead.text.0.contains(q);
        names.extend(quote(e).filter(new));
    }
    for q in names.iter().take(NAMED - 1) {
        s = s.w(", ").p((*q).clone());
    }
    s = sentence::more(s, names.len() + 1, NAMED);
    let Some(last) = again.iter().filter_map(|e| e.time).max() else {
        return s;
    };
    let count = Piece::Count(again.len() as u64);
    let s = s.w("; it fires ").p(count);
    let times = match again.len() {
        1 => " more time",
        _ => " more times",
    };
    // of several targets at once: `until` would name the moment at which it begins
    match l.lead.time.is_some_and(|t| last.0 - t.0 < SECOND) {
        true => s.w(times).w(" in the same second"),
        false if again.len() == 1 => s.w(times).w(", at ").p(Piece::Time(last)),
        false => s.w(times).w(", until ").p(Piece::Time(last)),
    }
}

/// Each of them is at its first line.
fn new_errors(l: &RowLine<'_>) -> Sentence {
    let similar = |e: &&&Event| e.kind == K::NewError && e.text != l.lead.text;
    let like = l.rows.iter().filter(similar).count();
    let s = l.lead.text.clone();
    let s = match like {
        0 => return s,
        1 => s.w(" and another new message"),
        n => s
            .w(" and ")
            .p(Piece::Count(n as u64))
            .w(" other new messages"),
    };
    match l.lead.time.zip(l.last()) {
        Some((a, b)) if b.0 - a.0 > TOGETHER => {
            let when = if like == 1 { " at " } else { " by " };
            s.w(when).p(Piece::Time(b))
        }
        _ => s,
    }
}

/// Rows that are folded, by kind, and by host where it is none of the incident's; several may be of one thing that happened:
/// `2 alerts, 3 acks; on jobs-1: 4 faults`; of many hosts their number: `on 22 other hosts: 30 starts`.
pub fn counts(folded: &[RowLine<'_>], i: &Incident) -> String {
    let mut by_place: BTreeMap<_, BTreeMap<_, usize>> = BTreeMap::new();
    for l in folded {
        let far = l.lead.host.as_ref().filter(|_| !super::is_here(i, l.lead));
        let text = l.text();
        let word = match l.kind() {
            // it was asked for, and need have done nothing
            _ if text.states_a_command() => "command",
            K::AlertResolved => "resolved alert",
            K::DeployStart => "deploy",
            K::DeployFinish => "finished deploy",
            K::RollbackFinish => "finished rollback",
            K::MigrationFinish => "finished migration",
            K::NewError => "new error",
            kind => kinds::word(kind, &text, facts::onset_kind(i)),
        };
        let counted = by_place.entry(far.map(|h| h.for_terminal())).or_default();
        *counted.entry(word).or_default() += l.events();
    }
    let listed = |counted: BTreeMap<_, usize>| {
        let counted: Vec<String> = counted.into_iter().map(|(w, n)| many(n, w)).collect();
        counted.join(", ")
    };
    let here = by_place.remove(&None).map(listed);
    let there: Vec<String> = match by_place.len() {
        ..=HOSTS => by_place
            .into_iter()
            .map(|(host, counted)| format!("on {}: {}", host.unwrap_or_default(), listed(counted)))
            .collect(),
        hosts => {
            let mut all: BTreeMap<_, usize> = BTreeMap::new();
            for (word, n) in by_place.into_values().flatten() {
                *all.entry(word).or_default() += n;
            }
            vec![format!("on {hosts} other hosts: {}", listed(all))]
        }
    };
    here.into_iter().chain(there).collect::<Vec<_>>().join("; ")
}

/// Hosts that are named where their rows are counted; more of them are counted themselves.
const HOSTS: usize = 4;

/// `4 faults`, `1 measurement`.
fn many(n: usize, word: &str) -> String {
    let noun = match word {
        "signal" => "measurement",
        "backend" => "backend change",
        "scale" => "scaling",
        "planned" => "maintenance row",
        w => w,
    };
    sentence::counted(n as u64, noun)
}
