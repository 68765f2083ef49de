//! The row of an act as it stands in the middle of a sentence. Where sentences say of what they come after is for those who write them.

use coroner_infer::model::{Event, Piece, Sentence};
use coroner_lines::record::MarkerKind;

/// The sentence of a row in the middle of another one: `the deploy of shop 4.12.0 started`; of what cannot stand so, behind a colon.
pub(super) fn within(e: &Event) -> Sentence {
    /// What the sentence of an act begins with.
    const ACTS: [&str; 17] = [
        "Action",
        "Change",
        "Command",
        "Configuration",
        "Deploy",
        "Failover",
        "Feature flag",
        "Maintenance",
        "Migration",
        "Package change",
        "Reload",
        "Replicas",
        "Restart",
        "Rollback",
        "Schema",
        "Size",
        "Upgrade",
    ];
    const ENDS: [(&str, &str); 7] = [
        ("Action done", "Action"),
        (" begins", " started"),
        (" changed", " change"),
        (" ends", " ended"),
        (" undone", " was undone"),
        (" reported done", " was reported done"),
        (" reported failed", " was reported failed"),
    ];
    let is_act = |w: &str| ACTS.iter().any(|a| w.starts_with(a));
    if !matches!(e.text.0.first(), Some(Piece::Words(w)) if is_act(w)) {
        let what = match e.kind {
            MarkerKind::Fault | MarkerKind::Crash => "this fault: ",
            _ => "this change: ",
        };
        let mut s = Sentence::words(what);
        s.0.extend(e.text.0.iter().cloned());
        return s;
    }
    let mut s = e.text.clone();
    for piece in &mut s.0 {
        if let Piece::Words(w) = piece {
            let told = |w: String, (said, told): &(&str, &str)| w.replace(said, told);
            *w = ENDS.iter().fold(w.to_string(), told).into();
        }
    }
    if let Some(Piece::Words(w)) = s.0.first_mut() {
        *w = format!("the {}", w[..1].to_lowercase() + &w[1..]).into();
    }
    s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sentence::{Clock, Medium, render};
    use coroner_infer::model::fixture;

    #[test]
    fn an_act_stands_in_the_middle_of_a_sentence() {
        let report = fixture::report();
        let e = &report.incidents[0].timeline[0];
        let clock = Clock::of(&report, report.incidents[0].onset);
        crate::tests::holds("row in a sentence", |words| {
            let mut e = e.clone();
            e.text = Sentence::words(words.to_owned());
            render(&within(&e), Medium::Plain, clock)
        });
    }
}
