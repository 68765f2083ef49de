//! `coroner schema`: the JSON Schemas of what the program writes. The files lie in `report/schema/`.

use super::output::write_stdout;
use crate::error::Result;
use crate::report::json;
use clap::ValueEnum;

/// What a schema is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Schema {
    /// The report (--json)
    Report,
    /// Events of watch (--json)
    Watch,
    /// Findings of audit (--as json)
    Audit,
}

/// Prints a schema.
pub fn run(which: Schema) -> Result<()> {
    let text = match which {
        Schema::Report => json::SCHEMA,
        Schema::Watch => json::WATCH_SCHEMA,
        Schema::Audit => json::AUDIT_SCHEMA,
    };
    write_stdout(format!("{}\n", text.trim_end()).as_bytes()).map(|_| ())
}
