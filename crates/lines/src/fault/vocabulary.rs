//! The vocabulary of faults as `vocabulary.txt` has it: entries between empty lines, each with its keys.

use super::{Entry, Fault, Sense};
use crate::record::{CauseClass, Kind};
use crate::table::{blocks, value};
use std::sync::LazyLock;

/// The entries in the order in which they are tried: those that are plain, and those that are asked for where nothing else
/// names what broke.
pub static VOCABULARY: LazyLock<[Vec<Entry>; 2]> = LazyLock::new(|| {
    let entries = blocks(include_str!("vocabulary.txt")).filter(|b| !value(b, "fault").is_empty());
    let (rest, plain): (Vec<_>, Vec<_>) = entries.partition(|b| !value(b, "tried").is_empty());
    let symptom = rest.iter().find(|b| value(b, "fault") == "symptom");
    let symptom = symptom.map_or([""; 2], |b| ["outright", "words"].map(|key| value(b, key)));
    [plain, rest].map(|part| part.iter().map(|b| entry(b, symptom)).collect())
});

/// An entry, where the phrases of a symptom are known.
fn entry(block: &'static str, symptom: [&'static str; 2]) -> Entry {
    let value = |key| value(block, key);
    let of_log = |k: &Kind| value("logs").split(' ').any(|word| word == k.word());
    Entry {
        fault: fault(value("fault")),
        outright: value("outright"),
        logs: Kind::ALL.into_iter().filter(of_log).collect(),
        confidence: value("confidence").parse().unwrap_or(90),
        words: value("words"),
        beside: match value("beside") {
            "" => Vec::new(),
            "symptom" => symptom.to_vec(),
            phrases => vec![phrases],
        },
        called: value("called"),
        example: value("example"),
        not: value("not"),
    }
}

fn fault(word: &str) -> Fault {
    let class = |word| CauseClass::from_word(word).unwrap_or(CauseClass::Unknown);
    match (word, word.strip_suffix(" by server")) {
        ("symptom", _) => Fault::SYMPTOM,
        ("misfit", _) => Fault::MISFIT,
        (_, Some(word)) => Fault {
            class: class(word),
            sense: Sense::ByServer,
        },
        (word, None) => Fault::of(class(word)),
    }
}
