//! What is kept of lines that no format understood: of an input without any known format the faults that their words state, and
//! below a record with a time what else is stated there, at its place.

use super::{InputPart, LineAt, Marker, Seen};
use crate::summary::fold::messages::Scratch;
use coroner_lines::marker;
use coroner_lines::record::{Body, Kind, MarkerKind, Record};

/// Keeps what a line states that no format understood. Who writes such lines is not known where no record stands above them, so
/// that nothing but faults counts there; of what stands below a record, faults are that record's.
pub(crate) fn stated(part: &mut InputPart, scratch: &mut Scratch, at: LineAt<'_>, below: bool) {
    let text = at.bytes();
    if !below && !marker::may_state_fault(text) {
        return;
    }
    scratch.hits.clear();
    scratch.find_beside(text, Kind::App);
    let nobody = Record::new(None, Body::Nothing);
    for (rank, hit) in std::mem::take(&mut scratch.hits).into_iter().enumerate() {
        if (hit.kind == MarkerKind::Fault) != below {
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
