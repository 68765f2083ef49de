//! Options of how things are presented, on the screen and in files alike: the zone of times, what is redacted.
//! Nothing here may change what is found, only how it is spelled.

use clap::Args;
use coroner::settings::{Shown, Zone};

/// How things are presented.
#[derive(Args, Debug, Default)]
pub struct Presentation {
    /// Write times in ZONE: +01:00, UTC or a name like Africa/Lagos [default: the logs' own, else UTC]
    #[arg(long, value_name = "ZONE", value_parser = Zone::parse, allow_hyphen_values = true, help_heading = "Output")]
    pub tz: Option<Zone>,
    /// Show names of people instead of «user-1»
    #[arg(long, help_heading = "Output")]
    pub show_names: bool,
    /// Show client addresses whole
    #[arg(long, help_heading = "Output")]
    pub show_addresses: bool,
    /// Show secrets, e-mail addresses and names as they were logged; the report says so
    #[arg(long, help_heading = "Output")]
    pub no_redact: bool,
    /// Put the raw bytes of the lines that are cited into the JSON, not redacted; the report says so
    #[arg(long, help_heading = "Output")]
    pub raw_evidence: bool,
}

impl Presentation {
    /// What of texts from logs is shown.
    pub fn shown(&self) -> Shown {
        Shown {
            secrets: self.no_redact,
            addresses: self.show_addresses || self.no_redact,
            names: self.show_names || self.no_redact,
            raw: self.raw_evidence,
            redacted: 0,
        }
    }
}
