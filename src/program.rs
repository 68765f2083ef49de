//! What the command line needs beyond the library's own names. No promise is made about any of it; `tests/layers.rs` holds that
//! the command line takes the rest of the workspace through here, and that nothing stands here which it does not need.

pub use crate::analysis::{Cut, Flat, LeftOut, Logs, Notice, PlannedFor};
pub use crate::analysis::{flat, read_parts, summarize_row};
pub use crate::watch::{Hours, InputStanding, RollOver, Standing, added};
pub use coroner_core::scan::RowFrom;
pub use coroner_lines::table;

pub mod audit {
    //! Findings, and how they are printed.
    pub use coroner_report::audit::checks::{self, Check, check};
    pub use coroner_report::audit::sink::{diff, github, json, sarif, text};
    pub use coroner_report::audit::{Document, Severity, judge};
}

pub mod format {
    //! How lines of known formats are read, for who asks which one fits.
    pub use coroner_lines::format::app::stack;
    pub use coroner_lines::format::custom::{compile, from_conf, unit};
    pub use coroner_lines::format::envelope::worth_reading;
    pub use coroner_lines::format::envelope::{ENVELOPES, Inside, Outer, Peeled, peel};
    pub use coroner_lines::format::flat_json::{Value, fields_nested};
    pub use coroner_lines::format::frame::{Unit, Units};
    pub use coroner_lines::format::synonym::{Field, field};
    pub use coroner_lines::format::{FORMATS, Format, Framing, Reader, leaf};
}

pub mod plan {
    //! What a plan says of an input.
    pub use coroner_core::plan::{PlanInput, clean, trim_line};
}

pub mod record {
    //! What a line says.
    pub use coroner_lines::record::{At, Body, Kind, Level, MarkerKind, Message, Record};
}

pub mod report {
    //! Words, lists and explanations of a report.
    pub use coroner_report::report::command::shell;
    pub use coroner_report::report::explain::{Explained, Reported, TOPICS, define, explain};
    pub use coroner_report::report::gaps::zone;
    pub use coroner_report::report::json::to_value;
    pub use coroner_report::report::listing::LISTS;
    pub use coroner_report::report::scope::{hosts, services};
    pub use coroner_report::report::sentence::{Medium, count, counted, percent, share};
    pub use coroner_report::report::template::{LinkBase, Own, TEMPLATES, named};
    pub use coroner_report::report::time::rfc3339;
    pub use coroner_report::report::{Pieces, cite, facts, json, markdown, template, time};
}

pub mod source {
    //! Files: which there are, what they are, and those that are followed.
    pub use coroner_core::source::follow::{self, Answer, Disk, Follow, KeptFile, There};
    pub use coroner_core::source::{Codec, Container, Found, Note, Ours, Place, locked};
    pub use coroner_core::source::{Problem, ProblemKind, Walk, looks_binary};
    pub use coroner_core::source::{outlive_cut_files, stdout_was_closed, walk, walk_from};
}

pub mod summary {
    //! A part as a watch keeps it.
    pub use coroner_core::summary::wire::file::{Planned, RowDone};
    pub use coroner_core::summary::{Accounting, Part};
}

pub mod text {
    //! Text of logs that is safe to show.
    pub use coroner_lines::text::{LogText, nearest, unmarked, visible};
}

pub mod time {
    //! Instants and stamps.
    pub use coroner_lines::time::{Calendar, Dated, Instant, SECOND, Stamp, stamp};
}
