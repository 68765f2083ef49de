//! What spares the counting of lines like those before: keys by which endpoints, names and texts are known again. Whole keys are
//! compared and sums are the same, so that nothing but speed depends on it.

pub(super) mod endpoint_key;
pub(super) mod fold_brief;
pub(super) mod name_ids;
pub(super) mod silent_messages;
