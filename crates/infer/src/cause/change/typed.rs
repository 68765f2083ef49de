//! What a change alters: by the statement of SQL or the command that somebody typed, or by the members that name a setting. Statements
//! are read by the grammar of markers.

use crate::cause::case::excerpt;
use crate::cause::case::quoted;
use crate::cause::change::Change;
use coroner_lines::marker::altered;

impl Change<'_> {
    /// What somebody typed, where that is the change.
    pub(in crate::cause) fn command(&self) -> Option<&str> {
        let typed = self.events.iter().find(|e| e.text.states_a_command());
        typed.and_then(|e| quoted(e))
    }

    /// Whether its first line quotes a statement of SQL that changes something.
    pub(in crate::cause) fn is_statement(&self) -> bool {
        let first = self.events.first();
        let first = first.map(|e| quoted(e).unwrap_or_else(|| excerpt(e)));
        first.is_some_and(|t| altered(t).is_some())
    }
}
