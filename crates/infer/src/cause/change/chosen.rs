//! Which of several changes of one kind a cause is about, and what flags and migrations are called. What speaks for and against
//! a change is in `change` and `reversal`.

use crate::cause::case::Case;
use crate::cause::case::excerpt;
use crate::cause::case::quoted;
use crate::cause::change::reversal::{once_more, put_back};
use crate::cause::change::timing::timing;
use crate::cause::change::{Change, What, none_found, what};
use crate::cause::ledger::Scale;
use crate::cause::names;
use crate::model::Event;
use coroner_lines::format::ops::is_change_number;
use coroner_lines::marker;
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;

/// What a flag or a migration is called in the line of a marker: the field that says so, else the word of its message, or of
/// its line, that can be nothing but a name.
pub(in crate::cause) fn object(e: &Event) -> Option<String> {
    let texts = [quoted(e).unwrap_or_default(), excerpt(e)];
    let step = || {
        let altered = texts.iter().find_map(|t| marker::altered(t));
        altered.or_else(|| texts.iter().find_map(|t| names::identifier(t)))
    };
    let field = e.version.as_ref().map(|v| v.for_json());
    // what its members call it
    let is_name =
        |g: &&LogText| !g.for_json().starts_with('#') && !is_change_number(g.for_json().as_bytes());
    let stated = e.group.as_ref().filter(is_name);
    let named = field.map(|v| v.strip_prefix('v').unwrap_or(v).to_owned());
    match what(e.kind)? {
        // a number is how far it is turned, and no name
        What::Flag => named
            .filter(|n| n.contains(|c: char| c.is_ascii_alphabetic()))
            .or_else(|| stated.map(|g| g.for_json().to_owned()))
            .or_else(step),
        What::Migration => named
            .map(|n| described(&n, &texts).unwrap_or(n))
            .or_else(step),
        What::Release | What::Config => None,
    }
}

/// A migration's number with what it does, where a line quotes both: `"118 - invoice due policy"`.
fn described(number: &str, texts: &[&str]) -> Option<String> {
    let whole = |t: &&str| {
        let from = t.find(&format!("\"{number} - "))? + 1;
        let said = t.get(from..)?.split('"').next()?;
        (said.len() <= 80).then(|| said.to_owned())
    };
    texts.iter().find_map(whole)
}

/// The change of a kind that a cause is about, with what speaks for and against it: the one for which most speaks, a name that people
/// come to speak of, too; of equals the latest; one that is undone as the failures end goes before what only time speaks for. Every
/// sentence of the cause, its culprit and the row that it rests on are of this one.
pub(in crate::cause) fn chosen<'c, 'a>(
    case: &Case<'a>,
    all: &'c [Change<'a>],
    kind: What,
    weigh: impl Fn(&Change<'a>) -> Scale,
) -> Option<(Scale, &'c Change<'a>)> {
    let spoken_of = |c: &Change<'a>| {
        let rows = c.events.iter().filter_map(|e| case.spoken_of?.get(&e.id));
        rows.copied().fold(0.0, f64::max)
    };
    let of_kind = all.iter().filter(|c| c.what == kind);
    let weighed = of_kind.map(|c| {
        let scale = weigh(c);
        let sum = scale.sum() + spoken_of(c);
        (scale, sum, c)
    });
    // of those of one second in one log the last one was still under way
    let place = |c: &Change<'a>| {
        let own = c.events.iter().find(|e| e.id == c.id);
        let line = own.and_then(|e| e.evidence.first());
        line.map(|l| (std::cmp::Reverse(l.input), l.line))
    };
    let best = weighed.max_by(|(a, m, x), (b, n, y)| {
        a.goes_with_acts()
            .cmp(&b.goes_with_acts())
            .then(m.total_cmp(n))
            .then(x.start.cmp(&y.start))
            .then(place(x).cmp(&place(y)))
            .then(y.id.cmp(x.id))
    });
    best.map(|(scale, _, c)| (scale, c))
}

/// What a change that can be put back is called, and the marker that shows it being put back.
pub(in crate::cause) struct Reversal {
    /// As what the errors follow.
    pub begins: &'static str,
    /// As what was not found.
    pub noun: &'static str,
    /// The marker that puts it back.
    pub back: MarkerKind,
    /// What that marker is called.
    pub later: &'static str,
}

/// Lays the timing of the chosen change of a kind on a scale, and what puts it back; or that there is none.
pub(in crate::cause) fn laid<'c, 'a>(
    case: &Case<'a>,
    all: &'c [Change<'a>],
    kind: What,
    reversal: &Reversal,
) -> (Scale, Option<&'c Change<'a>>) {
    let best = chosen(case, all, kind, |c| {
        let mut scale = Scale::default();
        let noun = match c.command() {
            Some(_) => "the command",
            None if c.events.iter().any(|e| e.id == c.id && e.package) => "the package change",
            None => reversal.begins,
        };
        timing(&mut scale, case, c, all, noun);
        put_back(&mut scale, case, c, reversal.back, reversal.later);
        once_more(&mut scale, case, c);
        scale
    });
    best.map_or_else(
        || {
            let mut scale = Scale::default();
            none_found(&mut scale, case, kind, reversal.noun);
            (scale, None)
        },
        |(scale, c)| (scale, Some(c)),
    )
}
