//! Changes that somebody typed: statements of SQL and commands. What they alter is read by the grammar of markers.

use crate::cause::case::excerpt;
use crate::cause::case::quoted;
use crate::cause::change::Change;
use crate::model::Event;
use coroner_lines::marker::altered;

impl Change<'_> {
    /// What somebody typed, where that is the change.
    pub(in crate::cause) fn command(&self) -> Option<&str> {
        let typed = self.events.iter().find(|e| e.text.states_a_command());
        typed.and_then(|e| quoted(e))
    }

    /// Whether both are statements, of different things.
    pub(super) fn alters_another(&self, e: &Event) -> bool {
        let of = |e: &Event| altered(quoted(e)?);
        let own = self.events.first().and_then(|e| of(e));
        own.zip(of(e)).is_some_and(|(a, b)| a != b)
    }

    /// Whether its first line quotes a statement of SQL that changes something.
    pub(in crate::cause) fn is_statement(&self) -> bool {
        let first = self.events.first();
        let first = first.map(|e| quoted(e).unwrap_or_else(|| excerpt(e)));
        first.is_some_and(|t| altered(t).is_some())
    }
}
