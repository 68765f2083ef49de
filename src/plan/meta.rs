//! What the plan says about one input and the part carries on, so that what comes after merging needs no plan.
//! Plain data only.

use crate::record::Kind;
use crate::time::zone::Zone;

/// What the plan says about an input.
#[derive(Clone, Debug, PartialEq)]
pub struct InputMeta {
    /// Name for citations.
    pub name: String,
    /// Clock domain.
    pub domain: String,
    /// Host, where the name or the lines tell.
    pub host: Option<String>,
    /// Scope of marker rules, and kind of records that tell none.
    pub scope: Kind,
    /// Zone given by the user for lines without one.
    pub zone: Option<Zone>,
    /// Counted as edge because the user says so.
    pub edge: bool,
}
