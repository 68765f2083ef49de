//! States that are set as the failures begin and cleared as they end, by the words of both lines, and what falls and starts so. What a
//! state says of a cause is not weighed here.

use crate::cause::case::{Case, quoted};
use crate::cause::ends::is_at_the_end;
use crate::model::{Event, Evidence};
use coroner_lines::record::MarkerKind;
use coroner_lines::text::{LogText, words};
use coroner_lines::time::{Instant, MINUTE};

/// The line with which a state that a host said to be set at the beginning of the failures clears as they end.
pub(in crate::cause) fn cleared<'a>(
    case: &'a Case<'a>,
    host: Option<&LogText>,
    set: &str,
    first: Instant,
) -> Option<(&'a str, &'a [Evidence])> {
    if !case.recovered || first > case.onset_bounds().1 {
        return None;
    }
    let during = |t: Instant| t > case.onset_bounds().1 && (t.0 - case.end.0).abs() <= MINUTE;
    let messages = case.templates.iter().filter(|t| during(t.first));
    let messages = messages.map(|t| (t.host.as_ref(), t.example.text(), &t.evidence[..]));
    let events = case.events.iter().filter(|e| e.time.is_some_and(during));
    let events = events.filter_map(|e| Some((e.host.as_ref(), quoted(e)?, &e.evidence[..])));
    messages
        .chain(events)
        .find(|(h, said, _)| *h == host && clears(set, said))
        .map(|(_, said, evidence)| (said, evidence))
}

/// Whether what fell as the failures began is started as they end.
pub(super) fn starts_at_the_end(case: &Case<'_>, fell: &Event) -> bool {
    let names = |name: &LogText| {
        let mut said = fell.evidence.iter().filter_map(|v| v.excerpt.as_ref());
        said.any(|t| words::find(t.for_json().as_bytes(), name.for_json(), 0).is_some())
    };
    let mut starts = case.timed(&[MarkerKind::ServiceStart, MarkerKind::Restart]);
    let here = |s: &Event| s.host.is_some() && s.host == fell.host;
    fell.kind == MarkerKind::Crash
        && fell.time.is_some_and(|t| case.near(t, 60, 60))
        && starts.any(|(s, _)| {
            here(s) && is_at_the_end(case, s) && s.service.as_ref().is_some_and(names)
        })
}

/// Words with which a state is said to be over.
const OVER: &str = "clear cleared clears end ended normal ok over recovered resolved restored released unblocked up";

/// Whether a line says that the state of another one is over: it begins with the same words, and goes on with such a one.
fn clears(set: &str, line: &str) -> bool {
    let words = |t: &str| -> Vec<String> {
        let words = t.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let plain = words.filter(|w| !w.is_empty() && !w.bytes().any(|b| b.is_ascii_digit()));
        plain.map(str::to_ascii_lowercase).collect()
    };
    let (set, line) = (words(set), words(line));
    let same = set.iter().zip(&line).take_while(|(a, b)| a == b).count();
    let over = |w: &String| OVER.split(' ').any(|o| o == w);
    same >= 3 && line.get(same).is_some_and(over) && !set.get(same).is_some_and(over)
}
