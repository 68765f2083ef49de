//! What is known of kinds of rows, onsets and phases, in every form: their names, colour and weight, as rows of `kinds.tsv` and
//! `onsets.tsv`. How long a phase is, is not decided here.

use super::facts::{capital, onset_kind};
use coroner_infer::model::{Incident, Phase, Sentence};
use coroner_lines::record::MarkerKind;
use coroner_lines::table;
use std::sync::LazyLock;

/// What is known of a kind of row.
struct KindRow {
    short: &'static str,
    family: &'static str,
    label: &'static str,
    edge: &'static str,
    bound: &'static str,
    stays: bool,
    weight: Option<u8>,
    calm: Option<u8>,
}

/// What is known of what an onset is that of.
struct OnsetRow {
    of: &'static str,
    fails: &'static str,
    joint: &'static str,
    short: &'static str,
    label: &'static str,
    over: &'static str,
}

/// By kind, in the order of the kinds.
static KINDS: LazyLock<Vec<KindRow>> = LazyLock::new(|| {
    let row =
        |[_, short, family, label, edge, bound, stays, weight, calm]: [&'static str; 9]| KindRow {
            short,
            family,
            label,
            edge,
            bound,
            stays: stays == "stays",
            weight: weight.parse().ok(),
            calm: calm.parse().ok(),
        };
    table::rows(include_str!("kinds.tsv")).map(row).collect()
});

/// The first where nothing is known.
static ONSETS: LazyLock<Vec<OnsetRow>> = LazyLock::new(|| {
    let row = |[of, fails, joint, short, label, over]: [&'static str; 6]| OnsetRow {
        of,
        fails,
        joint,
        short,
        label,
        over,
    };
    table::rows(include_str!("onsets.tsv")).map(row).collect()
});

fn row(kind: MarkerKind) -> &'static KindRow {
    &KINDS[kind as usize]
}

/// The row of the kind of part that an onset is that of.
fn onset(symptom: Option<&str>) -> &'static OnsetRow {
    let of_kind = ONSETS.iter().find(|r| Some(r.of) == symptom);
    of_kind.unwrap_or(&ONSETS[0])
}

/// What fails, as the begin of a sentence about the onset, and the word that ties it to a service.
pub fn symptom(i: &Incident) -> (&'static str, &'static str) {
    let of = onset(onset_kind(i));
    (of.fails, of.joint)
}

/// How a sentence says that it is over, up to the time.
pub fn over(i: &Incident) -> &'static str {
    onset(onset_kind(i)).over
}

/// The short word of a row on the screen: a command was asked for, whatever its kind, and need have done nothing.
pub fn word(kind: MarkerKind, says: &Sentence, symptom: Option<&str>) -> &'static str {
    match (says.states_a_command(), kind) {
        (true, _) => "command",
        (_, MarkerKind::Onset) => onset(symptom).short,
        _ => row(kind).short,
    }
}

/// What a row is to a reader, for its colour: the kinds of the chart.
pub fn family(kind: MarkerKind) -> &'static str {
    row(kind).family
}

/// The words beside a letter in the chart.
pub fn label(kind: MarkerKind, symptom: Option<&str>) -> &'static str {
    match kind {
        MarkerKind::Onset => onset(symptom).label,
        _ => row(kind).label,
    }
}

/// Whether a timeline is not without rows of a kind.
pub fn stays(kind: MarkerKind) -> bool {
    row(kind).stays
}

/// How much a row says of an outage that no request reports: less is more, nothing is too little.
pub fn weight(kind: MarkerKind) -> Option<u8> {
    row(kind).weight
}

/// How near a row is to an outage that did not come: less is nearer, nothing is not worth a line.
pub fn calm(kind: MarkerKind) -> Option<u8> {
    row(kind).calm
}

/// A phase in words.
pub fn phase(i: &Incident, p: &Phase) -> String {
    match p.phase {
        "rollback" => "roll back",
        "still_failing" => "still failing",
        // that it helped nobody knows
        "restart" => "after restart",
        // what was done in it need not have a phase
        "recover" => return format!("{} to {}", bound(i, &p.from), bound(i, &p.to)),
        p => p,
    }
    .to_owned()
}

/// What a stretch begins or ends with that nothing recognised separates.
fn bound(i: &Incident, id: &str) -> &'static str {
    let event = i.timeline.iter().find(|e| e.id == id);
    row(event.map_or(MarkerKind::Recovery, |e| e.kind)).bound
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
    row(kind).edge.to_owned()
}

/// The name of a phase in a table.
pub fn phase_label(i: &Incident, p: &Phase) -> String {
    match p.phase {
        "detect" if i.durations.detect == Some(p.us) => "Detect (TTD)".to_owned(),
        "acknowledge" if i.durations.acknowledge == Some(p.us) => "Acknowledge (TTA)".to_owned(),
        _ => capital(&phase(i, p)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
