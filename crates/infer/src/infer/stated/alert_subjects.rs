//! What a monitor shouts of something that it names alike each time: `[munin] web-1: WARNING disk /var 91.2%`, then `[munin] web-1: OK disk
//! /var`, or says in a cell of its table. One such line alone says nothing: which of them are an alert's life is for `alert_cycles`.

use super::alert_cycles::{DIGITS, id as id_of};
use coroner_lines::marker;
use coroner_lines::record::MarkerKind;
use coroner_lines::text::words::is_coined;

/// States that only monitors and their tables have; the others are the grammar's.
const STATES: [(&str, MarkerKind); 2] = [
    (
        "alert warn crit fatal offline unreachable red yellow warnung krit kritisch offen new neu nouveau nouvelle nuevo active aktiv actif",
        MarkerKind::AlertFired,
    ),
    (
        "online green solved wieder hersteld ende back återställd gjenopprettet zurückgesetzt zurueckgesetzt",
        MarkerKind::AlertResolved,
    ),
];

/// States that much else is in: doors, tickets, connections.
const OF_MUCH: &str = "open opened close closed offen geschlossen ouvert ouverte fermé ferme reset new neu nouveau nouvelle nuevo active aktiv actif";
/// States that say how bad it is, whatever became of it.
const SEVERITIES: &str =
    "alert warn warning crit critical fatal alarm problem red yellow warnung krit kritisch";

/// What only tells how bad it is, and names nothing.
const RANKS: &str = "high low medium average disaster information major minor moderate";

/// What a word says of an alert as monitors shout it, in small letters.
fn turn_of(word: &str) -> Option<MarkerKind> {
    let own = |(words, _): &&(&str, _)| is_of(words, word);
    let own = STATES.iter().find(own).map(|x| x.1);
    own.or_else(|| marker::state_of(word))
}

/// Whether a word is one of a list.
fn is_of(list: &str, word: &str) -> bool {
    list.split(' ').any(|w| w == word)
}

/// What a word in capitals says of an alert.
fn shouts(word: &str) -> Option<MarkerKind> {
    let small = word.to_lowercase();
    let loud = !word.contains(char::is_lowercase) && !is_of(OF_MUCH, &small);
    loud.then(|| turn_of(&small))?
}

/// The same as titles have them, behind nothing but brackets and with a colon: `[shop/production] Open: error rate`.
const TITLED_ILL: &str =
    "Open: Opened: Triggered: Firing: Alert: Problem: Warning: Critical: Down:";
const TITLED_WELL: &str = "Closed: Resolved: Recovered: OK: Up:";
/// How mails that answer others begin.
const REPLIES: [&str; 5] = ["Re: ", "RE: ", "AW: ", "SV: ", "Antw: "];

/// What is shouted and what is over are both of, by the words with which they begin: `probe kiosk-3` of `probe kiosk-3 no answer` and
/// `probe kiosk-3 answers`. One word is enough where it is a name and its end says no more.
pub(super) fn both_of(shouted: &[u8], over: &[u8]) -> Option<usize> {
    let words = |s: &'_ [u8]| {
        s.split(|c| *c == b' ')
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>()
    };
    let (shouted, over) = (words(shouted), words(over));
    let alike = shouted
        .iter()
        .zip(&over)
        .take_while(|(a, b)| a == b)
        .count();
    let whole = alike == over.len() && alike < shouted.len();
    let named = alike == 1 && is_coined(&over[0]);
    let length = over[..alike].iter().map(|w| w.len() + 1).sum::<usize>();
    (alike >= WORDS || named && whole).then(|| length.saturating_sub(1))
}

/// What a line is about, by its id or a number in brackets, else by its words without the state and what is measured; and what
/// the state says of it.
pub(super) fn shouted(text: &str) -> Option<(Vec<u8>, MarkerKind)> {
    // who answers the mail of an alert takes it
    if let Some(answered) = REPLIES.iter().find_map(|r| text.strip_prefix(r)) {
        let (subject, turn) = shouted(answered)?;
        let begun = turn == MarkerKind::AlertFired;
        return begun.then_some((subject, MarkerKind::AlertAcknowledged));
    }
    let text = passed_on(text);
    let plain = |w: &str| {
        let w = w.trim_matches(|c: char| !c.is_alphanumeric());
        w.split('[').next().unwrap_or_default().to_owned()
    };
    let state = |w: &str| shouts(&plain(w));
    let words: Vec<&str> = text.split_whitespace().collect();
    let titled = words.iter().position(|w| !w.starts_with('['));
    let titled = |list: &str, turn| Some((titled.filter(|n| is_of(list, words[*n]))?, turn));
    let mut loud = words.iter().enumerate();
    let mut loud = || loud.find_map(|(n, w)| Some((n, state(w)?)));
    let begun = titled(TITLED_ILL, MarkerKind::AlertFired);
    let over = || titled(TITLED_WELL, MarkerKind::AlertResolved);
    let (at, turn) = begun.or_else(over).or_else(&mut loud)?;
    // what it is of may stand right behind it: `ALERT[lobby_5xx] 14.9 %`
    let held = words[at].strip_suffix(']').and_then(|w| w.split_once('['));
    if let Some((_, of)) = held.filter(|(state, of)| !state.is_empty() && !of.is_empty()) {
        return Some((of.as_bytes().to_vec(), turn));
    }
    let inner = |w: &str| w.strip_prefix('[')?.strip_suffix(']').map(str::to_owned);
    let digits = |n: &String| DIGITS.contains(&n.len()) && n.bytes().all(|c| c.is_ascii_digit());
    let number = words.iter().find_map(|w| inner(w).filter(digits));
    // what is measured, and all that is said of it, is another each time
    let measured = |w: &str| {
        let letters = w.chars().filter(|c| c.is_alphabetic()).count();
        let number = letters * 2 < w.chars().count() && w.contains(|c: char| c.is_ascii_digit());
        number || w.starts_with('(') || w.chars().any(|c| "%<>=".contains(c))
    };
    // behind it in small letters, too: `OK login recovered`
    let over = |w: &str| state(&w.to_uppercase()) == Some(MarkerKind::AlertResolved);
    let again = |w: &&str| over(w) && w.len() > 2;
    let id = |w: &str| inner(w).as_ref().is_some_and(digits);
    let sign = |w: &str| !w.contains(char::is_alphanumeric);
    let front = words.iter().enumerate();
    let front = front
        .filter(|(n, w)| *n != at && !id(w) && !sign(w) && !again(w))
        .map(|x| *x.1);
    // a time may stand in front
    let named = front
        .skip_while(|w| measured(w))
        .take_while(|w| !measured(w));
    let named: Vec<&str> = named.collect();
    let subject = named.join(" ");
    let one = named.len() == 1 && is_coined(subject.as_bytes());
    let enough = named.len() >= WORDS && named.len() <= MOST_WORDS || one;
    let id = number.map(String::into_bytes);
    // a status of three digits is none
    match id.or_else(|| id_of(text.as_bytes()).filter(|id| id.len() != 3)) {
        Some(id) => Some((id, turn)),
        None => enough.then(|| (subject.into_bytes(), turn)),
    }
}

/// What a gateway of mails or short messages passes on in quotes, where that begins with a state: `to=+49… text="CRIT login timeout"`, and
/// the subject of a mail that stands in a line with who sent it.
fn passed_on(text: &str) -> &str {
    if let Some((_, subject)) = text.split_once(" Subject: ") {
        return subject;
    }
    let values = text.match_indices("=\"").map(|(at, _)| &text[at + 2..]);
    let values = values.map(|v| &v[..v.find('"').unwrap_or(v.len())]);
    let shouts = |v: &&str| {
        let first = v.split_whitespace().next().unwrap_or_default();
        let first = first.trim_matches(|c: char| !c.is_alphanumeric());
        v.contains(' ') && is_state(first)
    };
    { values }.find(shouts).unwrap_or(text)
}

/// Whether a word is a state, as monitors shout it.
pub(super) fn is_state(word: &str) -> bool {
    shouts(word).is_some()
}

/// Whether a text says that something is well again.
pub(super) fn is_well(text: &str) -> bool {
    let small = text.to_lowercase();
    let mut words = small.split(|c: char| !c.is_alphanumeric());
    words.any(|w| !is_of(OF_MUCH, w) && turn_of(w) == Some(MarkerKind::AlertResolved))
}

/// What a row of a table says of what it names: `portal API;Down;"HTTP 502"`, `shop.example,OK,response time 388 ms`. Of what stands in
/// front of the state that names it which has the most letters; how bad it is says less than what became of it.
pub(super) fn state(text: &[u8]) -> Option<(Vec<u8>, MarkerKind)> {
    let mut name: Option<&str> = None;
    let mut bad: Option<(Vec<u8>, MarkerKind)> = None;
    for cell in cells(std::str::from_utf8(text).ok()?) {
        let said = name.and_then(|n| Some((n, in_cell(cell)?)));
        match said {
            Some((name, _)) if is_of(OF_MUCH, &cell.to_lowercase()) && !name.contains(' ') => {}
            Some((name, (turn, severity))) => {
                let row = (name.as_bytes().to_vec(), turn);
                match severity {
                    true => bad = bad.or(Some(row)),
                    false => return Some(bad.map_or(row, |(name, _)| (name, turn))),
                }
            }
            // how it came to the state names nothing: `going_up_critical`
            None if cell.contains('_') && cell.split('_').any(is_a_state) => {}
            None if is_of(RANKS, &cell.to_lowercase()) => {}
            None if bad.is_none() && letters(cell) > name.map_or(0, letters) => name = Some(cell),
            None => {}
        }
    }
    bad
}

/// What the row of a table says of what it names behind its state; the words of an alert, if its end has the same.
pub(super) fn behind_state(text: &[u8]) -> Option<&[u8]> {
    let cells = cells(std::str::from_utf8(text).ok()?);
    let behind = cells.skip_while(|c| in_cell(c).is_none()).skip(1);
    let behind = behind.filter(|c| in_cell(c).is_none() && c.contains(' '));
    behind.max_by_key(|c| letters(c)).map(str::as_bytes)
}

/// The cells of a row, which may be an object.
fn cells(row: &str) -> impl Iterator<Item = &str> {
    row.split([',', ';', '|']).map(|cell| {
        let cell = cell.trim().trim_end_matches('}');
        let value = cell.split_once("\":\"").map_or(cell, |(_, value)| value);
        value.trim_matches('"')
    })
}

fn letters(cell: &str) -> usize {
    cell.chars().filter(|c| c.is_alphabetic()).count()
}

/// What a cell says of an alert, and whether that is how bad it is: `Down (Acknowledged)`, `QUITTIERT Guenther`.
fn in_cell(cell: &str) -> Option<(MarkerKind, bool)> {
    let small = cell.to_lowercase();
    let last = small.rsplit(['(', ' ']).next()?.trim_end_matches(')');
    let short = small.len() <= last.len() + "down ()".len();
    let by = || {
        let (first, who) = small.split_once(' ')?;
        let taken = turn_of(first) == Some(MarkerKind::AlertAcknowledged);
        (taken && !who.contains(' ')).then_some((MarkerKind::AlertAcknowledged, false))
    };
    let whole = marker::state_of(&small).map(|turn| (turn, false));
    let told = turn_of(last).filter(|_| short);
    let told = told.map(|turn| (turn, is_of(SEVERITIES, last)));
    told.or(whole).or_else(by)
}

/// Whether a word is a state as cells have it.
pub(super) fn is_a_state(word: &str) -> bool {
    turn_of(&word.to_lowercase()).is_some()
}

/// Words of a subject: fewer are anybody's, more a sentence.
const WORDS: usize = 2;
const MOST_WORDS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_down_and_up_is_read_from_the_cells_of_a_table() {
        crate::tests::holds("state in a cell", |row| {
            let found = state(row.as_bytes());
            crate::tests::or_dash(
                found.map(|(n, turn)| format!("{} {}", String::from_utf8_lossy(&n), turn.word())),
            )
        });
    }

    #[test]
    fn more_may_be_said_of_what_is_shouted_than_of_its_end() {
        let whole = b"probe kiosk-3 no answer";
        assert_eq!(both_of(whole, b"probe kiosk-3"), Some(13));
        assert_eq!(both_of(whole, b"probe kiosk-3 answers"), Some(13));
        assert_eq!(both_of(whole, b"probe kiosk"), None);
        assert_eq!(
            both_of(b"campus-login times out", b"campus-login"),
            Some(12)
        );
        assert_eq!(both_of(b"web-shop cpu", b"web-shop disk"), None);
    }

    #[test]
    fn what_is_shouted_of_what_is_read_whatever_is_measured() {
        crate::tests::holds("state that is shouted", |line| {
            let found = shouted(line);
            crate::tests::or_dash(
                found.map(|(n, turn)| format!("{} {}", String::from_utf8_lossy(&n), turn.word())),
            )
        });
    }
}
