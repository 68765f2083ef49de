//! What a change alters: by the statement of SQL or the command that somebody typed, or by the members that name a setting. Statements
//! are read by the grammar of markers.

use crate::cause::case::excerpt;
use crate::cause::case::quoted;
use crate::cause::change::Change;
use crate::cause::subjects::member;
use crate::model::Event;
use coroner_lines::marker::altered;

impl Change<'_> {
    /// What somebody typed, where that is the change.
    pub(in crate::cause) fn command(&self) -> Option<&str> {
        let typed = self.events.iter().find(|e| e.text.states_a_command());
        typed.and_then(|e| quoted(e))
    }

    /// Whether it says what it alters, and the other one that it alters something else.
    pub(super) fn alters_another(&self, e: &Event) -> bool {
        let set = |e: &Event| member(excerpt(e)).map(str::to_ascii_lowercase);
        let of = |e: &Event| set(e).or_else(|| altered(quoted(e)?));
        let own = self.events.first().and_then(|e| of(e));
        let names = |object: &str| {
            let lines = self.events.iter().map(|e| excerpt(e));
            lines
                .map(str::to_ascii_lowercase)
                .any(|l| l.contains(object))
        };
        match (own, of(e)) {
            (Some(own), Some(other)) => other != own,
            // a command names what it sets
            (Some(own), None) => {
                e.text.states_a_command() && !quoted(e).is_some_and(|t| t.contains(&own))
            }
            (None, Some(other)) => !names(&other.to_ascii_lowercase()),
            (None, None) => false,
        }
    }

    /// Whether its first line quotes a statement of SQL that changes something.
    pub(in crate::cause) fn is_statement(&self) -> bool {
        let first = self.events.first();
        let first = first.map(|e| quoted(e).unwrap_or_else(|| excerpt(e)));
        first.is_some_and(|t| altered(t).is_some())
    }
}
