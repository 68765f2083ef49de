//! `helm history`, as JSON and as the table: a release's revisions. The time is when the record was made, so the start; what a
//! revision was, its description says.

use crate::format::leaf::find;
use crate::format::pager::value::{self, Needles, first_text, time};
use crate::record::{Body, MarkerKind, Notice, Record};
use crate::time::{Stamp, stamp};
use serde_json::Value;

static NEEDLES: Needles = Needles::new(&["\"revision\"", "\"updated\"", "\"chart\""]);

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if NEEDLES.all(line) {
        let v: Value = serde_json::from_slice(line).ok()?;
        let field = |k: &str| first_text(&v, &[k]).unwrap_or_default();
        let stamp = time(&v, "updated")?;
        return Some(revision(
            stamp,
            &field("status"),
            &field("chart"),
            &field("app_version"),
            &field("description"),
        ));
    }
    if line.starts_with(b"REVISION") && find(line, b"UPDATED").is_some() {
        return Some(Record::new(None, Body::Nothing));
    }
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let row = std::str::from_utf8(line).ok()?;
    let mut cells = row.split('\t').map(str::trim);
    cells.next()?.parse::<u32>().ok()?;
    let stamp = updated(cells.next()?)?;
    let (status, chart, app, said) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    Some(revision(stamp, status, chart, app, said))
}

/// `Tue Mar 10 14:00:00 2026`, or an ISO time.
fn updated(cell: &str) -> Option<Stamp> {
    stamp::ctime(cell.as_bytes())
        .ok()
        .map(|(_, s)| s)
        .or_else(|| stamp::whole(cell.as_bytes()))
}

fn revision<'a>(at: Stamp, status: &str, chart: &str, app: &str, said: &str) -> Record<'a> {
    let rollback = said.starts_with("Rollback") || said.starts_with("Rolling back");
    let failed = status == "failed" || said.contains(" failed");
    let kind = match (rollback, failed) {
        (true, false) => MarkerKind::RollbackStart,
        (true, true) => MarkerKind::RollbackFail,
        (false, true) => MarkerKind::DeployFail,
        (false, false) if status.starts_with("uninstall") => {
            return value::record(Some(at), Vec::new());
        }
        (false, false) if status == "pending-rollback" => MarkerKind::RollbackStart,
        (false, false) => MarkerKind::DeployStart,
    };
    // `shop-1.5.0`: the chart's name, and its own version, which is not that of what it installs
    let name = match chart.rsplit_once('-') {
        Some((n, v)) if v.starts_with(|c: char| c.is_ascii_digit()) => n,
        _ => chart,
    };
    let mut n = Notice::new(kind, format!("{name} {app}: {said}").into_bytes());
    n.group = value::owned(Some(name.to_owned()));
    n.service = value::owned(Some(name.to_owned()).filter(|s| !s.is_empty()));
    n.version = value::owned(Some(app.to_owned()).filter(|s| !s.is_empty()));
    n.confidence = 90;
    value::record(Some(at), vec![n])
}
