//! Rows for Timesketch, as its importer of CSV wants them: `message`, `datetime` (ISO 8601) and `timestamp_desc` must be there,
//! `timestamp` counts microseconds, further columns are attributes of the event.

use super::{cell, object, rows};
use crate::report::{Form, time, whole};
use coroner_core::source::own::TIMESKETCH as COLUMNS;
use coroner_infer::model::{Basis, Report};
use coroner_lines::text::csv;

/// The form `timesketch`.
pub static TIMESKETCH: Form = Form {
    name: "timesketch",
    extension: None,
    about: "every row of the timeline as CSV for Timesketch",
    write: |report, _| whole(write(report)),
};

fn write(report: &Report) -> String {
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let mut out = line(COLUMNS.iter().map(|c| csv(c)).collect());
    for r in &rows(report) {
        let e = r.e;
        // An event needs a time there: that of a row without one is the bound nearest to it, and is called so.
        let known = match e.basis {
            Basis::Stated => "stated by a log line",
            Basis::Measured => "measured from many lines",
            Basis::Assumed => "assumed",
        };
        let at = [
            (e.time, known),
            (e.after, "not before"),
            (e.before, "not after"),
        ];
        let Some((t, desc)) = at.into_iter().find_map(|(t, desc)| Some((t?, desc))) else {
            continue;
        };
        let v = object(report, r);
        let value = |c: &&str| match *c {
            "message" => cell(&v["text"]),
            "timestamp" => t.0.to_string(),
            "datetime" => time::rfc3339(t, report.settings.zone),
            "timestamp_desc" => desc.to_owned(),
            other => cell(&v[other]),
        };
        out.push_str(&line(COLUMNS.iter().map(|c| csv(&value(c))).collect()));
    }
    out
}
