//! What a message states of what broke: the vocabulary of faults, and between its two halves the names of what failed.

use crate::cause::names;
use coroner_lines::fault::{Fault, coded, is_broken, is_innocent, is_program_error, stated};
use coroner_lines::record::CauseClass;
use coroner_lines::text::LogText;
use coroner_lines::text::words::{SearchedText, find, holds_any};
use std::cell::OnceCell;
use std::rc::Rc;

/// A message as it was written, and the fault that it states. Shared by all who wrote it, and looked at when it is asked for.
#[derive(Clone, Debug)]
pub struct SaidText(Rc<(LogText, OnceCell<Option<Fault>>)>);

impl SaidText {
    /// Of a raw message.
    pub fn of(raw: &[u8]) -> SaidText {
        SaidText(Rc::new((LogText::new(raw), OnceCell::new())))
    }

    /// The message.
    pub fn text(&self) -> &str {
        self.0.0.for_json()
    }

    /// Whether these words are in it.
    pub fn holds(&self, words: &str) -> bool {
        self.0.0.holds(words)
    }

    /// The fault that it states; see [`fault`].
    pub fn fault(&self) -> Option<Fault> {
        *self.0.1.get_or_init(|| fault(self.text()))
    }
}

/// The fault that a message states; `None` when its words say nothing about a cause.
pub fn fault(text: &str) -> Option<Fault> {
    let text = names::said(text);
    let message = &SearchedText::of(text.as_bytes());
    if is_innocent(message) {
        return None;
    }
    // that a database cannot be reached leaves open why, and its words may say that
    let leaves_open = |code: &Fault| code.class() == Some(CauseClass::Database);
    let code = coded(text);
    code.filter(|c| !leaves_open(c))
        .or_else(|| at_the_end(text))
        .or_else(|| stated(message, false))
        .or(code)
        .or_else(|| named(text, message))
        .or_else(|| match stated(message, true) {
            None | Some(Fault::SYMPTOM) if is_program_error(message) => {
                Some(Fault::of(CauseClass::Deploy))
            }
            other => other,
        })
}

/// What the end of a chain of errors states, each of which says why the one before it came about: `dial tcp: lookup db.acme.example:
/// socket: too many open files`.
fn at_the_end(text: &str) -> Option<Fault> {
    let (_, last) = text.rsplit_once(": ")?;
    // what may be so is only guessed at
    if ["possibly ", "maybe ", "perhaps "]
        .iter()
        .any(|w| last.starts_with(w))
    {
        return None;
    }
    let fault = stated(&SearchedText::of(last.as_bytes()), false)?;
    fault.class().map(|_| fault)
}

/// What the name in a message says of a fault that its words leave open.
fn named(text: &str, message: &SearchedText<'_>) -> Option<Fault> {
    use names::Target::{Cache, Client, Database, Named};
    if wants_another_version(text) {
        return Some(Fault::MISFIT);
    }
    let fails = |words: &str| is_broken(message) || holds_any(text.as_bytes(), words);
    let class = match names::target(text)? {
        Database(_) if fails("failed") => CauseClass::Database,
        Cache(_) if fails("failed") => CauseClass::Cache,
        Named(_) if fails(OUTSIDE_FAILED) => CauseClass::ThirdParty,
        Client(_) if fails(CALL_FAILED) && !is_program_error(message) => CauseClass::ThirdParty,
        _ => return None,
    };
    Some(Fault::of(class))
}

/// How a message says that a call to somebody else failed.
const OUTSIDE_FAILED: &str = "failed | error | 503 | 502 | 504 | 500 | 429 | declined | unavailable | rejected | slow | slowly | took too long";

/// How the library of a provider says that a call failed, and not what was asked for.
const CALL_FAILED: &str = "api error | connection error | 503 | 502 | 504 | 500 | 429 | unavailable | rate limit | timeout | timed out";

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
