//! What a message states of what broke: the vocabulary of faults, and between its two halves the names of what failed.

use crate::cause::names;
use coroner_lines::fault::{Fault, VOCABULARY, is_broken, is_innocent, is_program_error, stated};
use coroner_lines::record::CauseClass;
use coroner_lines::text::words::{find, holds_any};

/// The fault that a message states; `None` when its words say nothing about a cause.
pub fn fault(text: &str) -> Option<Fault> {
    let text = names::said(text);
    if is_innocent(text.as_bytes()) {
        return None;
    }
    let [plain, rest] = VOCABULARY;
    stated(plain, text)
        .or_else(|| named(text))
        .or_else(|| match stated(rest, text) {
            None | Some(Fault::SYMPTOM) if is_program_error(text) => {
                Some(Fault::of(CauseClass::Deploy))
            }
            other => other,
        })
}

/// What the name in a message tells of a fault that its words leave open.
fn named(text: &str) -> Option<Fault> {
    use names::Target::{Cache, Database, Named};
    if is_unresolved(text) {
        return Some(Fault::of(CauseClass::Dns));
    }
    if wants_another_version(text) {
        return Some(Fault::MISFIT);
    }
    let fails = |words: &str| is_broken(text) || holds_any(text.as_bytes(), words);
    let class = match names::target(text)? {
        Database(_) if fails("failed") => CauseClass::Database,
        Cache(_) if fails("failed") => CauseClass::Cache,
        Named(_) if fails(OUTSIDE_FAILED) => CauseClass::ThirdParty,
        _ => return None,
    };
    Some(Fault::of(class))
}

/// How a message says that a call to somebody else failed.
const OUTSIDE_FAILED: &str =
    "failed | error | 503 | 502 | 504 | 500 | 429 | declined | unavailable | rejected";

/// Whether a name could not be resolved that is one of a host: it has a dot. Modules, placeholders and views are resolved too.
fn is_unresolved(text: &str) -> bool {
    const FAILS: &str = "could not resolve | couldn't resolve | cannot resolve | failed to resolve | could not be resolved";
    holds_any(text.as_bytes(), FAILS) && names::unresolved(text).is_some_and(|h| h.contains('.'))
}

/// Whether a message says which version of something is wanted, and which other one there is: `requires protocol v3, server
/// supports v2`.
fn wants_another_version(text: &str) -> bool {
    let t = text.as_bytes();
    let number_behind = |words: &[&str], from: usize| {
        let at = words.iter().find_map(|w| find(t, w, from))?.end;
        let mut tokens = text
            .get(at..)?
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        let number = tokens.find(|w| {
            w.trim_start_matches('v')
                .starts_with(|c: char| c.is_ascii_digit())
        })?;
        Some((at, number.trim_matches(['v', '.'])))
    };
    let wanted = number_behind(&["requires", "required", "expects", "expected"], 0);
    holds_any(t, "protocol | version")
        && wanted.is_some_and(|(at, wanted)| {
            number_behind(&["supports", "supported", "got", "found"], at)
                .is_some_and(|(_, there)| there != wanted)
        })
}

#[cfg(test)]
mod tests;
