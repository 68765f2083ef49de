//! Who held what is used up, as the end of the failures shows: what is ended, taken away or restarted then. Which cause that speaks for is
//! for the rules.

use crate::cause::case::{Case, excerpt, quoted};
use crate::cause::ends::{is_at_the_end, taken_away};
use crate::cause::ledger::{quote, stop_with};
use crate::cause::symptoms::ownership::akin;
use crate::model::{Event, Sentence};
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;
use coroner_lines::time::{Instant, MINUTE};

/// Who lets go of what it held as the failures end: what is taken away or put an end to, else the one service that is restarted; what
/// that says for it, and the row. What all depend on lets go of everybody's, whoever they are.
pub(super) fn let_go<'a>(
    case: &'a Case<'a>,
    on: (Option<&LogText>, &str),
) -> Option<(&'a str, Sentence, &'a Event)> {
    if let Some((name, e)) = taken_away(case, on) {
        let stop = case.end_near(e.time).1;
        let text = Sentence::words(format!(
            "The failures {stop} around the time somebody ends what may have used it up: "
        ));
        let text = text.p(quote(quoted(e).unwrap_or_default())).w(".");
        return Some((name.trim_end_matches(".service"), text, e));
    }
    let (name, e) = restarted_at_the_end(case)?;
    let what = Sentence::default().name(name).w(" is restarted");
    let name = name.for_json().trim_end_matches(".service");
    Some((name, stop_with(case, e.time, what), e))
}

/// The one service that is restarted as the failures end, and its row.
pub(super) fn restarted_at_the_end<'a>(case: &'a Case<'a>) -> Option<(&'a LogText, &'a Event)> {
    use MarkerKind::{Restart, ServiceStart, ServiceStop};
    let done = case.timed(&[Restart, ServiceStart, ServiceStop]);
    let done = done.map(|x| x.0).filter(|e| is_at_the_end(case, e));
    let mut named = done.filter_map(|e| Some((e.service.as_ref()?, e)));
    let first = named.next()?;
    let alone = named.all(|(n, _)| akin(n.for_json(), first.0.for_json()));
    Some(first).filter(|_| alone)
}

/// How long before the failures begin what is scaled up may use something up.
const FILLS: i64 = 2 * MINUTE;

/// The service of which others run from shortly before the failures begin until they end, and the row of the end: `replicas 1 -> 5`, then
/// back to 1.
pub(super) fn scaled_back<'a>(case: &'a Case<'a>) -> Option<(&'a LogText, &'a Event)> {
    let all = || case.timed(&[MarkerKind::Scale]);
    let (first, latest) = case.onset_bounds();
    let begins = |t: Instant| t.0 >= first.0 - FILLS && t <= latest;
    let ends = all().map(|x| x.0).filter(|e| is_at_the_end(case, e));
    let mut named = ends.filter_map(|e| Some((e.service.as_ref()?, e)));
    named.find(|(name, e)| {
        let more = |o: &Event, t| {
            begins(t) && o.service.as_ref() == Some(name) && goes_up(o) == Some(true)
        };
        goes_up(e) == Some(false) && all().any(|(o, t)| more(o, t))
    })
}

/// Whether more run than before, as a row says it: `Scaled up replica set shop-5c9 to 5 from 1`, `replicas 1 -> 5`.
fn goes_up(e: &Event) -> Option<bool> {
    let text = quoted(e).unwrap_or_else(|| excerpt(e)).to_lowercase();
    let says = |list: &str| holds_any(text.as_bytes(), list);
    match (
        says("scaled up | scale up"),
        says("scaled down | scale down"),
    ) {
        (false, false) => {}
        (up, _) => return Some(up),
    }
    let (old, new) = ["->", "→", "=>"].iter().find_map(|a| text.split_once(a))?;
    let count = |w: Option<&str>| {
        w?.trim_matches(|c: char| !c.is_ascii_digit())
            .parse::<u64>()
            .ok()
    };
    let (old, new) = (
        count(old.split_whitespace().next_back())?,
        count(new.split_whitespace().next())?,
    );
    (old != new).then_some(new > old)
}
