//! What the new lines say against a change: another fault than it would bring, or nothing. What it has going for it is not weighed here.

use crate::cause::case::{Case, excerpt, quoted};
use crate::cause::change::{Change, shared_name};
use crate::cause::ends::UNDONE;
use crate::cause::failure_shape::brief;
use crate::cause::follows::root_of;
use crate::cause::ledger::{Aspect, Scale, lines, new_meanwhile, quote};
use crate::cause::symptoms::{Sign, application_speaks, fullness, stated_class};
use crate::model::{Cited, Sentence};
use coroner_lines::record::CauseClass;

/// Share of what the messages of a fault weigh that a change takes over which brought the fault about: it need not show so.
pub(in crate::cause) const SHOWS: f64 = 0.8;

/// Lays on the scale of a change of settings what the lines state: for it where what was changed is called after the fault that they state, as
/// no other of `all` is, else against it. Whether it speaks for it.
pub(in crate::cause) fn of_its_kind(
    scale: &mut Scale,
    case: &Case<'_>,
    (c, all): (Option<&Change<'_>>, &[Change<'_>]),
    signs: &[Sign<'_>],
    weight: f64,
) -> bool {
    // what goes with its acts speaks for itself
    let stated = stated_class(case, signs).filter(|_| !scale.goes_with_acts());
    let alone = |s: &Sign<'_>| all.iter().filter(|o| is_kin(o, s.info.kin)).count() == 1;
    let of_kin = |(c, s): &(&Change<'_>, &Sign<'_>)| is_kin(c, s.info.kin) && alone(s);
    let Some((c, s)) = c.zip(stated).filter(of_kin) else {
        stated_otherwise(scale, case, signs, weight);
        return false;
    };
    let text = Sentence::words("The errors are about what was changed: ");
    let text = text.p(quote(s.said)).w(".");
    let cited = c.evidence().into_iter().chain(s.evidence.iter().cloned());
    let cited = Some(Cited::Lines(cited.collect()));
    scale.add(Aspect::Message, shared_name::WEIGHT, text, cited);
    true
}

/// Whether a change is called after a kind of fault, by a part of a word in its lines.
fn is_kin(c: &Change<'_>, parts: &str) -> bool {
    let said = c.events.iter().flat_map(|e| [Some(excerpt(e)), quoted(e)]);
    let mut said = said.flatten().chain(c.object.as_deref());
    said.any(|t| {
        let small = t.to_ascii_lowercase();
        parts.split(' ').any(|p| !p.is_empty() && small.contains(p))
    })
}

/// What the lines say about failures that no program error explains, for the four kinds of changes: against them, but for a
/// change that was put back as the failures ended. What broke meanwhile is how that one shows.
pub(in crate::cause) fn stated_otherwise(
    scale: &mut Scale,
    case: &Case<'_>,
    signs: &[Sign<'_>],
    weight: f64,
) {
    // errors of the program, and servers that are not reached, are how any change shows
    let undone = scale.goes_with_acts() && !scale.speaks_for(Aspect::Message);
    let shows = |s: &&Sign<'_>| s.info.in_program || s.is(CauseClass::Unreachable);
    let shown = || signs.iter().find(shows).filter(|_| undone);
    let stated = stated_class(case, signs).or_else(shown);
    if let Some(s) = stated {
        broken_elsewhere(scale, case, signs, s, weight);
    }
}

/// The same of a sign that says what else broke, or waits for that.
pub(in crate::cause) fn broken_elsewhere(
    scale: &mut Scale,
    case: &Case<'_>,
    signs: &[Sign<'_>],
    s: &Sign<'_>,
    weight: f64,
) {
    let s = root_of(case, signs, s);
    if scale.goes_with_acts() {
        let its = s.info.heard(case, signs).0.sum();
        let text = match scale.weight(Aspect::Reversal) >= UNDONE {
            true if case.pauses.is_empty() => {
                "The change is undone around the time the failures stop, and may have caused "
            }
            true => {
                "The change is undone around the time the failures stop or pause, and may have caused "
            }
            false => "The failures come back as the same is done again, and it may have caused ",
        };
        let text = Sentence::words(text);
        let text = match s.said {
            "" => text.w("this fault."),
            said => text.p(quote(said)).w("."),
        };
        // what fills up or is used up does so in its own time
        if !s.info.in_program && scale.weight(Aspect::Timing) < 0.0 {
            scale.forget(Aspect::Timing);
        }
        let weight = SHOWS * its.max(0.0);
        scale.add(Aspect::Message, weight, text, lines(s.evidence));
        return;
    }
    // what states the fault of nearly all failed requests leaves hardly any for another cause
    let share = s.count as f64 / case.failed().max(1) as f64;
    // what is waited for, and how long, any change may bring about
    let part = if s.info.waits > 1 { 0.5 } else { 1.0 };
    let weight = weight * part * (1.0 + fullness(share));
    let text = of_another_kind(s);
    scale.add(Aspect::Another, -weight, text, lines(s.evidence));
}

/// What the new errors are about, where that is not what a cause would bring about.
pub(in crate::cause) fn of_another_kind(s: &Sign<'_>) -> Sentence {
    let about = match s.info.in_program {
        true => "The new errors are the program's own: ".to_owned(),
        false => format!(
            "The new errors are about something else, {}: ",
            s.info.word()
        ),
    };
    match s.said {
        "" => Sentence::words(about).w(brief(s)).w("."),
        said => Sentence::words(about).p(quote(said)).w("."),
    }
}

/// The application's log covers the onset and has no new message.
pub(in crate::cause) fn silent_application(
    scale: &mut Scale,
    case: &Case<'_>,
    signs: &[Sign<'_>],
    weight: f64,
) {
    if case.has_app_log() && !application_speaks(case, signs) {
        let text = "No new message was recognised in the application's log at the onset.";
        let searched = case.app_logs().map(|s| s.input).collect();
        let (new, weighs) = (new_meanwhile(case), (Aspect::Absence, -weight));
        scale.deny(case, weighs, text, searched, new);
    }
}
