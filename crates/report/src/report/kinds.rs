//! What is known of kinds of rows, onsets and phases, in every form: their names, colour and weight, as rows of `kinds.tsv` and
//! `onsets.tsv`. How long a phase is, is not decided here.

use super::facts::{capital, onset_kind};
use coroner_infer::model::{Incident, Phase, Sentence};
use coroner_lines::record::MarkerKind;
use coroner_lines::table;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::sync::LazyLock;

/// By kind, in the order of the kinds, the columns of `kinds.tsv`.
static KINDS: LazyLock<Vec<[&str; 9]>> =
    LazyLock::new(|| table::rows(include_str!("kinds.tsv")).collect());

/// What an onset is that of, the columns of `onsets.tsv`; the first where nothing is known.
static ONSETS: LazyLock<Vec<[&str; 6]>> =
    LazyLock::new(|| table::rows(include_str!("onsets.tsv")).collect());

fn row(kind: MarkerKind) -> &'static [&'static str; 9] {
    &KINDS[kind as usize]
}

/// The row of the kind of part that an onset is that of.
fn onset(symptom: Option<&str>) -> &'static [&'static str; 6] {
    let of_kind = ONSETS.iter().find(|[of, ..]| Some(*of) == symptom);
    of_kind.unwrap_or(&ONSETS[0])
}

/// What fails, as the begin of a sentence about the onset, and the word that ties it to a service.
pub fn symptom(i: &Incident) -> (&'static str, &'static str) {
    let [_, fails, joint, ..] = onset(onset_kind(i));
    (fails, joint)
}

/// How a sentence says that it is over, up to the time.
pub fn over(i: &Incident) -> &'static str {
    let [.., over] = onset(onset_kind(i));
    over
}

/// The short word of a row on the screen: a command was asked for, whatever its kind, and need have done nothing.
pub fn word(kind: MarkerKind, says: &Sentence, symptom: Option<&str>) -> &'static str {
    let ([_, own, ..], [_, _, _, of_onset, ..]) = (row(kind), onset(symptom));
    match (says.states_a_command(), kind) {
        (true, _) => "command",
        (_, MarkerKind::Onset) => of_onset,
        _ => own,
    }
}

/// What a row is to a reader, for its colour: the kinds of the chart.
pub fn family(kind: MarkerKind) -> &'static str {
    let [_, _, family, ..] = row(kind);
    family
}

/// The words beside a letter in the chart.
pub fn label(kind: MarkerKind, says: &Sentence, symptom: Option<&str>) -> &'static str {
    let ([_, _, _, own, ..], [.., of_onset, _]) = (row(kind), onset(symptom));
    match (says.states_a_command(), kind) {
        (true, _) => "Command",
        (_, MarkerKind::Onset) => of_onset,
        _ => own,
    }
}

/// Whether a timeline is not without rows of a kind.
pub fn stays(kind: MarkerKind) -> bool {
    let [.., stays, _, _] = row(kind);
    *stays == "stays"
}

/// How much a row says of an outage that no request reports: less is more, nothing is too little.
pub fn weight(kind: MarkerKind) -> Option<u8> {
    let [.., weight, _] = row(kind);
    weight.parse().ok()
}

/// How near a row is to an outage that did not come: less is nearer, nothing is not worth a line.
pub fn calm(kind: MarkerKind) -> Option<u8> {
    let [.., calm] = row(kind);
    calm.parse().ok()
}

/// A phase in words.
pub fn phase(i: &Incident, p: &Phase) -> String {
    match p.phase {
        "rollback" => "roll back",
        "still_failing" => "still failing",
        // that it helped nobody knows
        "restart" => "after restart",
        "recover" if tried(i, p) => "attempts",
        "decide" | "recover" => return format!("{} to {}", bound(i, &p.from), bound(i, &p.to)),
        p => p,
    }
    .to_owned()
}

/// Whether a phase leads from a step to the one that helped.
fn tried(i: &Incident, p: &Phase) -> bool {
    [&p.from, &p.to].iter().all(|id| {
        let mut rows = i.timeline.iter();
        rows.any(|e| e.id == **id && is_act(e.kind))
    })
}

/// What a stretch begins or ends with that nothing recognised separates.
fn bound(i: &Incident, id: &str) -> &'static str {
    let event = i.timeline.iter().find(|e| e.id == id);
    if event.is_some_and(|e| e.text.states_a_reload()) {
        return "reload";
    }
    let [.., bound, _, _, _] = row(event.map_or(MarkerKind::Recovery, |e| e.kind));
    bound
}

/// What the edge of a phase is called; one before the onset is cut there.
pub fn moment(i: &Incident, id: &str) -> String {
    let Some(e) = i.timeline.iter().find(|e| e.id == id) else {
        return id.to_owned();
    };
    let kind = match e.time.is_some_and(|t| t < i.onset) {
        true => MarkerKind::Onset,
        false => e.kind,
    };
    let [_, _, _, _, edge, ..] = row(kind);
    match e.text.states_a_reload() {
        true => "reload".to_owned(),
        false => (*edge).to_owned(),
    }
}

/// What the time to mitigation ends with: the row of the first step after which fewer failed, or the recovery, where that step went on until then.
pub fn helped(i: &Incident) -> String {
    // a duration is that of the clocks that are shown
    let due = |t: Instant| {
        let at = i.durations.mitigate.map(|us| i.onset.0 + us);
        at.is_some_and(|at| (0..SECOND).contains(&(t.0 - at)))
    };
    let helps = |k: MarkerKind| is_act(k) && k != MarkerKind::ServiceStop;
    let mut acts = i.timeline.iter().filter(|e| helps(e.kind));
    let step = acts
        .rfind(|e| e.time.is_some_and(due))
        .map(|e| match e.letter {
            Some(letter) => format!("{letter}: {}", moment(i, &e.id)),
            None => moment(i, &e.id),
        });
    let over = i.durations.mitigate.is_some() && i.durations.mitigate == i.durations.recover;
    match step {
        Some(step) => format!("first step after which fewer failed ({step})"),
        None if over => "recovery".to_owned(),
        None => "first step after which fewer failed".to_owned(),
    }
}

/// Whether a row tells of something that is done.
fn is_act(kind: MarkerKind) -> bool {
    ["restart", "rollback", "change"].contains(&family(kind))
}

/// How long a phase was; in whole minutes where either of its moments is known to the minute.
pub fn phase_length(i: &Incident, p: &Phase, written: fn(i64) -> String) -> String {
    let by_minute = |id: &str| (i.timeline.iter()).any(|e| e.id == id && e.is_by_minute());
    // the middle of a minute lies half of one behind its beginning
    let later = |id: &str| if by_minute(id) { MINUTE / 2 } else { 0 };
    let middle = p.us + later(&p.to) - later(&p.from);
    match (middle + MINUTE / 2) / MINUTE {
        _ if !by_minute(&p.from) && !by_minute(&p.to) => written(p.us),
        ..1 => "under 1 min".to_owned(),
        n => format!("about {n} min"),
    }
}

/// The name of a phase in a table.
pub fn phase_label(i: &Incident, p: &Phase) -> String {
    match p.phase {
        "detect" if i.durations.detect == Some(p.us) => "Detect (TTD)".to_owned(),
        "acknowledge" if i.durations.acknowledge == Some(p.us) => "Acknowledge (TTA)".to_owned(),
        // who took it answered another alert than the first
        "acknowledge" if i.durations.acknowledge.is_some() => {
            "First alert to acknowledgement".to_owned()
        }
        _ => capital(&phase(i, p)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_a_command_whatever_it_does() {
        let said =
            |words: &'static str| label(MarkerKind::HumanNote, &Sentence::words(words), None);
        assert_eq!(said("Command on web-1: "), "Command");
        assert_eq!(said("Note: "), "Human note");
    }

    #[test]
    fn every_kind_has_its_row() {
        let rows: Vec<[&str; 9]> = table::rows(include_str!("kinds.tsv")).collect();
        let listed = rows.iter().map(|r| MarkerKind::from_word(r[0]));
        let listed = listed.map(|kind| kind.unwrap() as usize);
        assert!(listed.eq(0..=MarkerKind::ClockStep as usize));
        assert!(rows.iter().flatten().all(|word| !word.is_empty()));
        let number = |n: &str| n == "-" || n.parse::<u8>().is_ok();
        let known =
            |r: &[&str; 9]| ["stays", "folds"].contains(&r[6]) && r[7..].iter().all(|n| number(n));
        assert!(rows.iter().all(known));
        let onsets: Vec<[&str; 6]> = table::rows(include_str!("onsets.tsv")).collect();
        assert!(onsets.iter().flatten().all(|word| !word.is_empty()));
    }
}
