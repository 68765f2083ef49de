//! What is kept of lines that no format understood: faults that their words state, and nothing else.

use super::{InputPart, LineAt, Marker, Seen};
use crate::summary::fold::messages::Scratch;
use coroner_lines::marker;
use coroner_lines::record::{At, Body, Kind, MarkerKind, Record};

/// Keeps the faults of a line that no format understood. Who writes such lines is not known, so nothing else that their words
/// may mean counts.
pub(crate) fn faults(part: &mut InputPart, scratch: &mut Scratch, at: LineAt<'_>) {
    let text = at.bytes();
    if !marker::may_state_fault(text) {
        return;
    }
    scratch.hits.clear();
    marker::find(text, Kind::App, &mut scratch.hits);
    let nobody = Record {
        stamp: None,
        stamped: At::Read,
        host: None,
        service: None,
        version: None,
        scope: None,
        body: Body::Nothing,
    };
    for (rank, hit) in std::mem::take(&mut scratch.hits).into_iter().enumerate() {
        if hit.kind == MarkerKind::Fault {
            let seen = Seen::new(0, at.pos, text);
            part.add_untimed(Marker::of_hit(
                seen,
                false,
                rank,
                &nobody,
                text,
                hit,
                Kind::App,
            ));
        }
    }
}
