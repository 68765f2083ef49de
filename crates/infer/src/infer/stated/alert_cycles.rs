//! Alerts of tools that nobody knows: an id that recurs in a small log, first where somebody is called, then where somebody takes it or
//! it is over. One such line alone says nothing, and what a grammar reads of an alert is not said again.

use super::StatedMarker;
use crate::infer::citing::cite;
use crate::infer::lanes::View;
use crate::model::Evidence;
use coroner_core::summary::{InputPart, Marker, Seen};
use coroner_lines::marker::fields;
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::text::words::split;
use coroner_lines::time::{HOUR, Instant};
use std::collections::BTreeMap;

/// Lines of a log beyond which it is no list of calls.
const SMALL: u64 = 5_000;
/// Ids of a log beyond which they are those of its everyday work.
const MOST: usize = 60;
/// Lines of an id beyond which it is no alert's, but a process's or a session's.
const LINES: usize = 20;
/// How long after a call somebody may take it, or it may end.
const LONGEST: i64 = 24 * HOUR;
/// That no grammar knows the tool, and several of its lines agree.
const CONFIDENCE: u8 = 70;
/// Digits of an id.
const DIGITS: std::ops::RangeInclusive<usize> = 2..=7;

/// Words of calling somebody, of an alert itself, of taking it and of its end, in the languages that the grammar reads and some more.
const CALLED: &str = "page pages paged paging beep beeped sms texted call calls called calling phone phoned voice push pushes notified \
    notifies ring rings ringing rang pinged alarm alert alerts alerte larm alarma alarme astreinte bereitschaft guardia jour piket \
    oncall angerufen benachrichtigt appelee appelé appelée uppringd ringer gebeld llamada avisado acionado acionada ligação";
const TAKEN: &str = "ack acks acked acknowledged acknowledges take takes taken took taking got claimed claims accepted accepts mine yours \
    kvitterat kvitterad quittiert übernommen übernehme übernimmt uebernommen uebernehme acquitté acquittée prend tomada tomado asumida assumida assumiu asumió aangenomen";
const OVER: &str = "over end ended ends ende close closed closes resolved recovered cleared settled avslutat avslutad klar clos clôturé \
    cerrada cerrado fechado fechada encerrado encerrada geschlossen behoben beendet erledigt opgelost gesloten chiuso risolto";

/// The line of an id.
struct Told<'a> {
    at: Instant,
    offset: u64,
    evidence: Evidence,
    text: Vec<u8>,
    turn: Option<MarkerKind>,
    /// What a grammar has read in it.
    known: Option<&'a Marker>,
}

/// Adds what the ids of an input say, where they are those of alerts.
pub(super) fn alert_cycles(
    out: &mut Vec<StatedMarker>,
    input: u32,
    p: &InputPart,
    view: &View<'_>,
) {
    if p.accounting.lines > SMALL {
        return;
    }
    let mut ids: BTreeMap<Vec<u8>, Vec<Told<'_>>> = BTreeMap::new();
    for (id, told) in lines(input, view) {
        ids.entry(id).or_default().push(told);
    }
    if ids.len() > MOST {
        return;
    }
    let of_alerts = |told: &Vec<Told<'_>>| told.len() <= LINES;
    for (id, mut told) in ids.into_iter().filter(|(_, told)| of_alerts(told)) {
        // of one line what a grammar has read in it comes first
        told.sort_list_by_key(|l| (l.at, l.offset, l.known.is_none()));
        told.dedup_by_key(|l| l.offset);
        for l in cycle(&told) {
            out.extend(row(input, &id, l));
        }
    }
}

/// The lines of an id at which it takes a turn; none where nobody is called, or nobody takes it and it does not end.
fn cycle<'t, 'a>(told: &'t [Told<'a>]) -> Vec<&'t Told<'a>> {
    use MarkerKind::{AlertAcknowledged, AlertFired, AlertResolved};
    let first = |kind, from: usize| {
        let mut rest = told.iter().enumerate().skip(from);
        rest.find(|(_, l)| l.turn == Some(kind))
    };
    let Some((at, called)) = first(AlertFired, 0) else {
        return Vec::new();
    };
    let soon = |found: Option<(usize, &'t Told<'a>)>| {
        let found = found.map(|(_, l)| l);
        found.filter(|l| l.at.0 - called.at.0 <= LONGEST)
    };
    let over = soon(first(AlertResolved, at + 1));
    let taken = soon(first(AlertAcknowledged, at + 1));
    let taken = taken.filter(|t| over.is_none_or(|o| t.offset < o.offset));
    if over.or(taken).is_none() {
        return Vec::new();
    }
    [Some(called), taken, over].into_iter().flatten().collect()
}

/// The row of a line that takes a turn, where no grammar has read that in it.
fn row(input: u32, id: &[u8], l: &Told<'_>) -> Option<StatedMarker> {
    let kind = l.turn.filter(|k| l.known.is_none_or(|m| m.kind != *k))?;
    Some(StatedMarker {
        time: Some(l.at),
        after: None,
        before: None,
        place: None,
        input,
        log: input,
        offset: l.offset,
        kind,
        class: None,
        confidence: CONFIDENCE,
        text: l.text.clone(),
        group: Some(id.to_vec()),
        actors: fields::actor(&l.text)
            .map(<[u8]>::to_vec)
            .into_iter()
            .collect(),
        host: None,
        service: None,
        version: None,
        typed: false,
        package: false,
        evidence: vec![l.evidence.clone()],
        last: None,
        by_minute: false,
        alike: 1,
    })
}

/// The lines of an input that name an id: those that say nothing else that is known, and those in which a grammar has read something.
fn lines<'a>(input: u32, view: &View<'a>) -> Vec<(Vec<u8>, Told<'a>)> {
    let mut out = Vec::new();
    for lane in view.lanes.iter().filter(|l| l.input == input) {
        let mut add = |us: i64, evidence: Evidence, known: Option<&'a Marker>| {
            let Some(line) = &evidence.excerpt else {
                return;
            };
            // what stands in columns may be taken for a head
            let texts = [line.said(), line.clone()].into_iter();
            let mut texts = texts.map(|t| t.for_json().as_bytes().to_vec());
            let found = texts.find_map(|t| Some((id(&t)?, t)));
            let Some((id, text)) = found else { return };
            let told = Told {
                at: lane.utc(us),
                offset: evidence.byte,
                turn: turn(&text),
                text,
                evidence,
                known,
            };
            out.push((id, told));
        };
        for shape in lane.track.shapes.iter().map(|(_, s)| s) {
            for line in &shape.lines {
                add(line.us, view.cite(input, line), None);
            }
        }
        let seen = |s: &Seen| (s.us, cite(input, s));
        for (_, t) in lane.track.templates.iter() {
            let (us, evidence) = seen(&t.first);
            add(us, evidence, None);
        }
        for m in &lane.track.markers {
            let (us, evidence) = seen(&m.seen);
            add(us, evidence, Some(m));
        }
    }
    out
}

/// What a line says of its id: that it is over, that somebody takes it, or that somebody is called.
fn turn(text: &[u8]) -> Option<MarkerKind> {
    let text = String::from_utf8_lossy(text);
    let words = split(&text.replace("on-call", "oncall"));
    let any = |list: &str| words.iter().any(|w| list.split(' ').any(|l| l == w));
    match () {
        () if any(OVER) => Some(MarkerKind::AlertResolved),
        () if any(TAKEN) => Some(MarkerKind::AlertAcknowledged),
        () if any(CALLED) || is_addressed(&text) => Some(MarkerKind::AlertFired),
        () => None,
    }
}

/// Whether somebody is spoken to: `@rhea`.
fn is_addressed(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.any(|w| {
        w.strip_prefix('@')
            .is_some_and(|n| n.starts_with(|c: char| c.is_alphabetic()))
    })
}

/// The first id of a line: `#5512`, `R-318`, or a number behind a word (`larm 5521`, `[ENDE 4471]`, `inc=775`).
fn id(text: &[u8]) -> Option<Vec<u8>> {
    let apart = |c: &u8| {
        !(c.is_ascii_alphanumeric() || matches!(c, b'-' | b'#' | b'.' | b'+') || *c >= 0x80)
    };
    let mut before: &[u8] = b"";
    text.split(apart).filter(|w| !w.is_empty()).find_map(|w| {
        let behind = std::mem::replace(&mut before, w);
        let w = w.trim_ascii_end();
        let year = |d: &[u8]| d.len() == 4 && (d.starts_with(b"19") || d.starts_with(b"20"));
        let digits =
            |d: &[u8]| DIGITS.contains(&d.len()) && d.iter().all(u8::is_ascii_digit) && !year(d);
        if let Some(number) = w.strip_prefix(b"#") {
            return digits(number).then(|| number.to_vec());
        }
        if let Some(at) = memchr::memchr(b'-', w) {
            let (name, number) = (&w[..at], &w[at + 1..]);
            let named = (1..=8).contains(&name.len()) && name.iter().all(u8::is_ascii_uppercase);
            return (named && digits(number)).then(|| w.to_vec());
        }
        let word = behind.len() > 2 && behind.iter().all(|c| c.is_ascii_alphabetic() || *c >= 0x80);
        (word && w.len() > 2 && digits(w)).then(|| w.to_vec())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_turns_are_read_from_lines() {
        crate::tests::holds("turn of an id", |line| {
            let found = id(line.as_bytes()).zip(turn(line.as_bytes()));
            crate::tests::or_dash(
                found.map(|(id, turn)| format!("{} {}", String::from_utf8_lossy(&id), turn.word())),
            )
        });
    }

    #[test]
    fn a_call_that_somebody_takes_is_an_alert() {
        let told = |turns: &str| -> Vec<Told<'static>> {
            let each = turns.split_whitespace().enumerate();
            let line = |(n, t): (usize, &str)| Told {
                at: Instant(n as i64),
                offset: n as u64,
                evidence: crate::infer::citing::cite(0, &Seen::new(0, Default::default(), b"")),
                text: Vec::new(),
                turn: MarkerKind::from_word(t),
                known: None,
            };
            each.map(line).collect()
        };
        let found = |turns: &str| {
            let told = told(turns);
            cycle(&told).iter().map(|l| l.offset).collect::<Vec<_>>()
        };
        assert_eq!(
            found("alert_fired - alert_acknowledged alert_resolved"),
            [0, 2, 3]
        );
        assert_eq!(found("- alert_fired alert_fired alert_resolved"), [1, 3]);
        assert!(
            found("alert_fired alert_fired -").is_empty(),
            "nobody took it"
        );
        assert!(
            found("alert_acknowledged alert_resolved").is_empty(),
            "nobody was called"
        );
    }
}
