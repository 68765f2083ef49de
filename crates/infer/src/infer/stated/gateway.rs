//! What a gateway sends to the phones of a few, and what they answer: in its log nearly each line bears a number, which way it went and a
//! text. A text is of an alert where another of the same beginning says later that it is over, or where it names trouble; who answers
//! takes it. What a grammar reads of an alert is not said again.

use super::StatedMarker;
use super::alert_subjects::is_well;
use super::kept_lines::{KeptLine, KeptLines};
use coroner_lines::record::MarkerKind;
use coroner_lines::time::{HOUR, Instant};
use std::collections::BTreeSet;

/// Lines of a log beyond which it is no list of calls.
const SMALL: u64 = 1_000;
/// Phones beyond which they are customers'.
const PHONES: usize = 6;
/// How long after a call somebody may answer it.
const ANSWERED: i64 = HOUR;
/// That no grammar knows the tool, and several of its lines agree.
const CONFIDENCE: u8 = 70;

/// Words of the way that a text went, the surest first: what came in, what went out, from whom and to whom.
const WAYS: [(&str, bool); 4] = [
    (
        "in received reply incoming rcvd answer antwort réponse mo",
        true,
    ),
    ("out sent abgesetzt gesendet delivered submitted mt", false),
    ("from", true),
    ("to", false),
];

/// What a line of such a log says.
#[derive(Debug, PartialEq)]
struct Sent<'t> {
    phone: &'t str,
    comes_in: bool,
    text: &'t str,
}

/// Adds what a gateway sent and what came back to the rows of an input.
pub(super) fn gateway(rows: &mut Vec<StatedMarker>, from: usize, input: u32, kept: &KeptLines<'_>) {
    use MarkerKind::{AlertAcknowledged, AlertFired, AlertResolved};
    if kept.lines_of() > SMALL {
        return;
    }
    let lines = kept.all();
    let all = lines.iter();
    let sent: Vec<(&KeptLine, Sent<'_>)> = all.filter_map(|l| Some((l, sent(&l.raw)?))).collect();
    let phones: BTreeSet<&str> = sent.iter().map(|(_, s)| s.phone).collect();
    if sent.len() < 2 || sent.len() * 2 < lines.len() || phones.len() > PHONES {
        return;
    }
    let known: BTreeSet<u64> = rows[from..].iter().map(|r| r.offset).collect();
    let mut called: Option<(Instant, String)> = None;
    for (n, (l, s)) in sent.iter().enumerate() {
        let of = subject(s.text);
        let earlier = || sent[..n].iter().rev();
        let over = is_well(s.text) && earlier().any(|(_, e)| !e.comes_in && subject(e.text) == of);
        let later = || sent[n + 1..].iter();
        let ends = || later().any(|(_, e)| !e.comes_in && subject(e.text) == of && is_well(e.text));
        let kind = match (&called, s.comes_in) {
            (Some((at, _)), true) if l.at.0 - at.0 <= ANSWERED => AlertAcknowledged,
            (_, true) => continue,
            (_, false) if over => AlertResolved,
            (_, false) if !is_well(s.text) && ends() => AlertFired,
            (_, false) => continue,
        };
        let group = match (kind, called.take()) {
            (AlertAcknowledged, Some((_, of))) => of,
            _ => of,
        };
        if kind == AlertFired {
            called = Some((l.at, group.clone()));
        }
        if known.contains(&l.line.byte) {
            continue;
        }
        rows.push(StatedMarker {
            time: Some(l.at),
            kind,
            text: s.text.as_bytes().to_vec(),
            group: Some(group.into_bytes()),
            ..StatedMarker::told(input, l.line.clone(), CONFIDENCE)
        });
    }
}

/// The phone, the way and the text of a line.
fn sent(line: &str) -> Option<Sent<'_>> {
    let digit = |c: char| c.is_ascii_digit() || c == '*';
    let is_phone = |w: &&str| {
        let number = w.strip_prefix('+').or_else(|| w.strip_prefix("00"));
        number.is_some_and(|n| {
            n.len() >= 7 && n.chars().all(digit) && n.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    let apart = |c: char| !(digit(c) || c == '+');
    let phone = line.split(apart).find(is_phone)?;
    let text = text(line, phone)?;
    let beside = line.replace(text, " ").to_lowercase();
    let words: Vec<&str> = beside.split(|c: char| !c.is_alphabetic()).collect();
    let says = |list: &str| list.split(' ').any(|w| words.contains(&w));
    let way = WAYS.iter().find(|(list, _)| says(list));
    Some(Sent {
        phone,
        comes_in: way.is_some_and(|w| w.1),
        text,
    })
}

/// The text that was sent: in quotes, in brackets behind its length, or the longest cell behind the phone.
fn text<'t>(line: &'t str, phone: &str) -> Option<&'t str> {
    let parts = line.split('"').enumerate();
    let inside = parts.filter(|(n, _)| n % 2 == 1).map(|x| x.1);
    let quoted = inside.max_by_key(|q| q.len());
    let counted = line.split("msg:").nth(1).and_then(|m| m.split_once(':'));
    let counted = counted.and_then(|(_, text)| text.strip_suffix(']').or(text.split(']').next()));
    let behind = line.find(phone).map(|at| &line[at + phone.len()..]);
    let cells = || behind.into_iter().flat_map(|b| b.split([';', '|']));
    let cell = || cells().max_by_key(|c| c.len()).map(str::trim);
    let text = quoted.or(counted).or_else(cell)?;
    (!text.is_empty()).then_some(text)
}

/// What a text is about: the word with which it begins, behind a state.
fn subject(text: &str) -> String {
    let plain = |w: &'_ str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let mut words = text.split_whitespace().map(plain).filter(|w| !w.is_empty());
    let first = words.next().unwrap_or_default();
    match super::alert_subjects::is_state(&first) {
        true => words.next().unwrap_or(first),
        false => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_gateway_has_a_phone_a_way_and_a_text() {
        crate::tests::holds("sent to a phone", |line| {
            let found = sent(line).map(|s| {
                let way = if s.comes_in { "in" } else { "out" };
                format!("{way} {}: {}", subject(s.text), s.text)
            });
            crate::tests::or_dash(found)
        });
    }
}
