//! Alerts of tools that nobody knows: an id that recurs in a small log, first where somebody is called, then where somebody takes it or
//! it is over; or what is down, then up, by the cells of a table. One such line alone says nothing, and what a grammar reads of an alert
//! is not said again.

use super::StatedMarker;
use super::alert_subjects::{behind_state, both_of, shouted, state};
use super::called_people::people;
use super::kept_lines::KeptLines;
use crate::infer::citing::cite;
use crate::infer::lanes::View;
use coroner_core::summary::{InputPart, Seen};
use coroner_lines::record::{Kind, MarkerKind};
use coroner_lines::sorting::SortList;
use coroner_lines::text::words::split;
use coroner_lines::time::{HOUR, Instant};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

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
pub(super) const DIGITS: std::ops::RangeInclusive<usize> = 2..=7;

/// Words of calling somebody, of an alert itself, of taking it and of its end, in the languages that the grammar reads and some more.
const CALLED: &str = "raised triggered fired page pages paged paging beep beeped sms texted call calls called calling phone phoned voice push pushes notified \
    notifies ring rings ringing rang pinged alarm alert alerts alerte larm alarma alarme astreinte bereitschaft guardia jour piket \
    oncall angerufen benachrichtigt appelee appelé appelée uppringd ringer gebeld llamada avisado acionado acionada ligação";
const TAKEN: &str = "ack acks acked acknowledged acknowledges take takes taken took taking got claimed claims accepted accepts mine yours \
    kvitterat kvitterad quittiert übernommen übernehme übernimmt uebernommen uebernehme acquitté acquittée prend tomada tomado asumida assumida assumiu asumió aangenomen";
const OVER: &str = "over end ended ends ende close closed closes resolved recovered cleared settled avslutat avslutad klar clos clôturé \
    cerrada cerrado fechado fechada encerrado encerrada geschlossen behoben beendet erledigt opgelost gesloten chiuso risolto";

/// What each of these words says: where a line has several, the first of these.
static TURNS: LazyLock<BTreeMap<&str, (usize, MarkerKind)>> = LazyLock::new(|| {
    use MarkerKind::{AlertAcknowledged, AlertFired, AlertResolved};
    let lists = [
        (CALLED, AlertFired),
        (TAKEN, AlertAcknowledged),
        (OVER, AlertResolved),
    ];
    let of = |(n, (words, kind)): (usize, (&'static str, MarkerKind))| {
        words.split(' ').map(move |w| (w, (lists.len() - n, kind)))
    };
    lists.into_iter().enumerate().flat_map(of).collect()
});

/// Whether a word, in small letters, is of calling somebody, taking it or its end.
pub(super) fn is_a_turn(word: &str) -> bool {
    TURNS.contains_key(word)
}

/// The line of an id.
struct Told {
    at: Instant,
    seen: Seen,
    text: Vec<u8>,
    turn: Option<MarkerKind>,
    /// Whether a grammar has read something in it.
    known: bool,
}

/// Adds what the ids of an input say, where they are those of alerts.
pub(super) fn alert_cycles(
    out: &mut Vec<StatedMarker>,
    input: u32,
    (p, kept): (&InputPart, &KeptLines<'_>),
    view: &View<'_>,
) {
    // of a log that is watched only the last lines may be looked at
    if kept.lines_of() > SMALL {
        return;
    }
    // what a kernel says of its links is no monitor's
    let system = Kind::of_most(&p.accounting.kinds) == Some(Kind::System);
    let mut ids: BTreeMap<Vec<u8>, Vec<Told>> = BTreeMap::new();
    for (id, told) in lines(input, system, view) {
        ids.entry(id).or_default().push(told);
    }
    if ids.len() > MOST {
        return;
    }
    join_subjects(&mut ids);
    let of_alerts = |told: &Vec<Told>| told.len() <= LINES;
    for (id, mut told) in ids.into_iter().filter(|(_, told)| of_alerts(told)) {
        // of one line what a grammar has read in it comes first
        told.sort_list_by_key(|l| (l.at, l.seen.pos.offset, !l.known));
        told.dedup_by_key(|l| l.seen.pos.offset);
        if is_asked(&told) {
            continue;
        }
        let mut rest = &told[..];
        loop {
            let turns = cycle(rest);
            let Some(last) = turns.last().map(|l| l.seen.pos.offset) else {
                break;
            };
            let text_of = |kind| {
                turns
                    .iter()
                    .find(|l| l.turn == Some(kind))
                    .map_or(&[][..], |l| &l.text)
            };
            let taken = text_of(MarkerKind::AlertAcknowledged);
            let people = people(&id, text_of(MarkerKind::AlertFired), taken);
            let new = turns.iter().filter(|l| !l.known);
            out.extend(new.filter_map(|l| row(input, &id, l, &people)));
            let done = rest.iter().position(|l| l.seen.pos.offset == last);
            rest = &rest[done.map_or(rest.len(), |n| n + 1)..];
        }
    }
}

/// Puts what is shouted of something and that it is over under the beginning that both have, where no other is shouted with that.
fn join_subjects(ids: &mut BTreeMap<Vec<u8>, Vec<Told>>) {
    let ends = |l: &Told| l.turn == Some(MarkerKind::AlertResolved);
    let calls = |l: &Told| l.turn == Some(MarkerKind::AlertFired);
    let of = |is: &dyn Fn(&[Told]) -> bool| {
        let only = ids.iter().filter(|(_, told)| is(told));
        only.map(|x| x.0.clone()).collect::<Vec<_>>()
    };
    let over = of(&|told| told.iter().all(ends));
    let called = of(&|told| told.iter().any(calls) && !told.iter().any(ends));
    for name in over {
        let alike = called.iter().filter_map(|c| Some((both_of(c, &name)?, c)));
        let alike: Vec<(usize, &Vec<u8>)> = alike.collect();
        let begins = |(length, _): &(usize, _)| *length == name.len();
        if alike.len() > 1 && !alike.iter().all(begins) {
            continue;
        }
        for (length, id) in alike {
            let both = [id, &name].map(|id| ids.remove(id).unwrap_or_default());
            let told = both.into_iter().flatten();
            ids.entry(name[..length].to_vec()).or_default().extend(told);
        }
    }
}

/// Whether something is asked how it is again and again, and each answer logged: nobody says three times that an alert is over.
fn is_asked(told: &[Told]) -> bool {
    let over = |l: &Told| l.turn == Some(MarkerKind::AlertResolved);
    told.windows(3).any(|w| w.iter().all(over))
}

/// The lines of an id at which it takes a turn; none where nobody is called, or nobody takes it and it does not end.
fn cycle(told: &[Told]) -> Vec<&Told> {
    use MarkerKind::{AlertAcknowledged, AlertFired, AlertResolved};
    let first = |kind, from: usize| {
        let mut rest = told.iter().enumerate().skip(from);
        rest.find(|(_, l)| l.turn == Some(kind))
    };
    let Some((at, called)) = first(AlertFired, 0) else {
        return Vec::new();
    };
    let soon = |l: &&Told| l.at.0 - called.at.0 <= LONGEST;
    let then = |kind| first(kind, at + 1).map(|(_, l)| l).filter(soon);
    let over = then(AlertResolved);
    let taken = then(AlertAcknowledged);
    let taken = taken.filter(|t| over.is_none_or(|o| t.seen.pos.offset < o.seen.pos.offset));
    if over.or(taken).is_none() {
        return Vec::new();
    }
    [Some(called), taken, over].into_iter().flatten().collect()
}

/// The row of a line that takes a turn: what the call says, and of what became of it no more than which it is.
fn row(input: u32, id: &[u8], l: &Told, people: &[Vec<u8>]) -> Option<StatedMarker> {
    let kind = l.turn?;
    Some(StatedMarker {
        time: Some(l.at),
        kind,
        text: match kind {
            MarkerKind::AlertFired => l.text.clone(),
            _ => id.to_vec(),
        },
        group: Some(id.to_vec()),
        actors: people.to_vec(),
        // no words of its own are looked for in it
        typed: true,
        ..StatedMarker::told(input, cite(input, &l.seen), CONFIDENCE)
    })
}

/// The lines of an input that name an id and may be a turn of it: those that say nothing else that is known, and those in which a
/// grammar has read something.
fn lines(input: u32, system: bool, view: &View<'_>) -> Vec<(Vec<u8>, Told)> {
    let mut out = Vec::new();
    let mut behind: BTreeMap<Vec<u8>, BTreeSet<MarkerKind>> = BTreeMap::new();
    for lane in view.lanes.iter().filter(|l| l.input == input) {
        // what people say to each other calls nobody, unless a monitor is among them
        let mut add = |seen: Seen, said: &[u8], known: bool, talk: bool| {
            let mut text = message(&seen.raw, said).to_vec();
            // what stands behind the subject of a mail is of its body
            let end = memchr::memchr(b'\t', &text);
            text.truncate(end.unwrap_or(text.len()));
            // what a program writes at length calls nobody
            if text.len() > LONG {
                return;
            }
            let cell = state(&text);
            let more = cell.as_ref().and_then(|_| behind_state(&text));
            let more = more.map(<[u8]>::to_vec);
            if let Some((name, turn)) = &cell {
                text.clone_from(name);
                if let Some(said) = &more {
                    behind.entry(said.clone()).or_default().insert(*turn);
                }
            }
            let shout = || shouted(std::str::from_utf8(&text).ok().filter(|_| !system)?);
            let told = || cell.or_else(|| called(&text));
            let Some((id, turn)) = (!talk).then(told).flatten().or_else(shout) else {
                return;
            };
            let (at, turn) = (lane.utc(seen.us), Some(turn));
            let told = Told {
                at,
                seen,
                text,
                turn,
                known,
            };
            out.push((id, told, more));
        };
        // the row of a table may say the same again
        for line in lane.track.edges() {
            if let Some(seen) = view.seen(input, line)
                && state(&seen.raw).is_some()
            {
                add(seen, b"", false, false);
            }
        }
        for (words, shape) in lane.track.shapes.iter() {
            for line in &shape.lines {
                if let Some(seen) = view.seen(input, line) {
                    add(seen, words.bytes(), false, false);
                }
            }
        }
        for (k, t) in lane.track.templates.iter() {
            add(t.first.clone(), &k.text, false, false);
        }
        for m in &lane.track.markers {
            add(m.seen.clone(), &m.text, true, false);
        }
        for r in lane.track.remarks.of_people() {
            add(r.seen.clone(), &r.text, false, true);
        }
    }
    // what both the beginning and the end have behind their state is what the alert is called
    let called = |said: &Vec<u8>| behind.get(said).is_some_and(|turns| turns.len() > 1);
    let whole = |(id, mut told, more): (Vec<u8>, Told, Option<Vec<u8>>)| {
        let Some(said) = more.filter(called) else {
            return (id, told);
        };
        told.text = [&id[..], b": ", &said].concat();
        (told.text.clone(), told)
    };
    out.into_iter().map(whole).collect()
}

/// The message of a line, by the words with which it begins, of which ids are masked; the whole line where it begins with one.
fn message<'l>(line: &'l [u8], said: &[u8]) -> &'l [u8] {
    let masked = memchr::memmem::find(said, b"<*>").unwrap_or(said.len());
    let begins = &said[..masked.min(BEGINS)];
    let at = memchr::memmem::find(line, begins).filter(|_| begins.len() > 2);
    let said = at.map_or(line, |at| &line[at..]);
    // of an object the member ends with its quote
    let member = line.first() == Some(&b'{') && at.is_some_and(|at| at > 0);
    let mut quotes =
        memchr::memchr_iter(b'"', said).filter(|n| member && said[..*n].last() != Some(&b'\\'));
    &said[..quotes.next().unwrap_or(said.len())]
}

/// Bytes of a message beyond which it is none of an alert's life.
const LONG: usize = 400;

/// Bytes of a beginning that are looked for.
const BEGINS: usize = 24;

/// The id of a line, and what that says of it; most lines call nobody and take nothing.
fn called(text: &[u8]) -> Option<(Vec<u8>, MarkerKind)> {
    let turn = turn(text)?;
    Some((id(text)?, turn))
}

/// What a line says of its id: that it is over, that somebody takes it, or that somebody is called.
fn turn(text: &[u8]) -> Option<MarkerKind> {
    let text = String::from_utf8_lossy(text);
    let words = split(&text.replace("on-call", "oncall"));
    let turns = words.iter().filter_map(|w| TURNS.get(w.as_str()));
    let turn = turns.min_by_key(|t| t.0).map(|t| t.1);
    turn.or_else(|| is_addressed(&text).then_some(MarkerKind::AlertFired))
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
pub(super) fn id(text: &[u8]) -> Option<Vec<u8>> {
    let inner =
        |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'#' | b'.' | b'+') || *c >= 0x80;
    let mut before: &[u8] = b"";
    text.split(|c| !inner(c)).find_map(|w| {
        // an empty piece: more than one sign stands between, as in an object
        let behind = std::mem::replace(&mut before, w);
        let year = |d: &[u8]| d.len() == 4 && (d.starts_with(b"19") || d.starts_with(b"20"));
        let digits =
            |d: &[u8]| DIGITS.contains(&d.len()) && d.iter().all(u8::is_ascii_digit) && !year(d);
        if let Some(number) = w.strip_prefix(b"#") {
            return digits(number).then(|| number.to_vec());
        }
        if let Some(at) = memchr::memchr(b'-', w) {
            let (name, number) = (&w[..at], &w[at + 1..]);
            let capital = |c: &u8| c.is_ascii_uppercase() || c.is_ascii_digit();
            let named = (1..=8).contains(&name.len())
                && name[0].is_ascii_uppercase()
                && name.iter().all(capital);
            return (named && digits(number)).then(|| w.to_vec());
        }
        let letters = behind.iter().all(|c| c.is_ascii_alphabetic() || *c >= 0x80);
        let other = || {
            NO_IDS
                .split(' ')
                .any(|o| o.as_bytes().eq_ignore_ascii_case(behind))
        };
        let word = behind.len() > 2 && letters && !other();
        (word && w.len() > 2 && digits(w)).then(|| w.to_vec())
    })
}

/// Words before numbers that are no ids.
const NO_IDS: &str = "status code port line pid http error errno exit signal after within over";

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_core::summary::Pos;

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
    fn a_message_begins_with_its_first_words() {
        let line = b"<29>1 2025-11-16T03:12:44Z sms1 jourd 811 - - larm 5521: SMS skickat";
        let own = message(line, b"larm <*>: SMS skickat");
        assert_eq!(own, b"larm 5521: SMS skickat");
        assert_eq!(message(b"at [7] closed", b"[<*>] closed"), b"at [7] closed");
        let member = br#"{"user":"bot","text":"FIRE api \"5xx\" 30%"}"#;
        assert_eq!(message(member, b"FIRE api"), br#"FIRE api \"5xx\" 30%"#);
    }

    #[test]
    fn a_call_that_somebody_takes_is_an_alert() {
        let told = |turns: &str| -> Vec<Told> {
            let each = turns.split_whitespace().enumerate();
            let pos = |n: usize| Pos {
                offset: n as u64,
                line: n as u64 + 1,
            };
            let line = |(n, t): (usize, &str)| Told {
                at: Instant(n as i64),
                seen: Seen::new(0, pos(n), b""),
                text: Vec::new(),
                turn: MarkerKind::from_word(t),
                known: false,
            };
            each.map(line).collect()
        };
        let found = |turns: &str| {
            let told = told(turns);
            cycle(&told)
                .iter()
                .map(|l| l.seen.pos.offset)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found("alert_fired - alert_acknowledged alert_resolved"),
            [0, 2, 3]
        );
        assert_eq!(found("- alert_fired alert_fired alert_resolved"), [1, 3]);
        assert!(found("alert_fired alert_fired -").is_empty());
        assert!(found("alert_acknowledged alert_resolved").is_empty());
    }
}
