//! `coroner schema`: the JSON Schemas of what the program writes. The files lie in `report/schema/`.

use super::output::write_stdout;
use clap::ValueEnum;
use coroner::Result;
use coroner::program::report::json;

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

/// Prints a schema, or the list of them.
pub fn run(which: Option<Schema>) -> Result<()> {
    let text = match which {
        Some(Schema::Report) => json::SCHEMA,
        Some(Schema::Watch) => json::WATCH_SCHEMA,
        Some(Schema::Audit) => json::AUDIT_SCHEMA,
        None => {
            "report  the report (--json)\nwatch   events of watch (--json)\naudit   findings of audit (--as json)"
        }
    };
    write_stdout(format!("{}\n", text.trim_end()).as_bytes())
}
