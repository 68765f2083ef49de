//! What the plan says about one input and the part carries on, so that what comes after merging needs no plan.
//! Plain data only.

use coroner_lines::record::Kind;
use coroner_lines::time::Window;
use coroner_lines::time::zone::Zone;
use serde::{Deserialize, Serialize};

/// What of an input is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Windows {
    /// Lines whose time shows its zone, by UTC as written.
    pub utc: Window,
    /// Lines whose time shows none, by wall time.
    pub wall: Window,
}

impl InputMeta {
    /// An input of which the name is known, which is its clock's domain too, and what its records are.
    pub fn named(name: &str, scope: Kind) -> InputMeta {
        InputMeta {
            name: name.to_owned(),
            member: None,
            domain: name.to_owned(),
            host: None,
            service: None,
            scope,
            zone: None,
            zone_written: false,
            edge: false,
            served: false,
            windows: Windows::default(),
            doubts: Vec::new(),
        }
    }
}

/// What the plan says about an input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputMeta {
    /// Name for citations.
    pub name: String,
    /// Path inside its archive, for a file of an archive.
    pub member: Option<String>,
    /// Clock domain.
    pub domain: String,
    /// Host, where the name or the lines state it.
    pub host: Option<String>,
    /// Service of records that name none, as the user says.
    pub service: Option<String>,
    /// Scope of marker rules, and kind of records that show none.
    pub scope: Kind,
    /// Zone of lines without one, as the user gives it or a line of the head states it.
    pub zone: Option<Zone>,
    /// Whether it is a line of the head that states it.
    #[serde(default)]
    pub zone_written: bool,
    /// Counted as edge because the user says so.
    pub edge: bool,
    /// Whether a proxy's own lines of the requests stand in it, too: then what an application logs of them is no further request.
    #[serde(default)]
    pub served: bool,
    /// The stretch of time that is asked for, on the clock of lines with a zone and on that of lines without.
    pub windows: Windows,
    /// What had to be assumed about its dates, as sentences without their subject.
    pub doubts: Vec<String>,
}
