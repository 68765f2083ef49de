//! From one inference to the next: which rows of the timeline are new, and which say something else by now.
//! Times of incidents are reported by the events of incidents.

use crate::watch::engine::Watch;
use crate::watch::event::{evidence, fields};
use crate::watch::incident_states::IncidentStage;
use coroner_infer::model::{Event, Report};
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use coroner_report::report::json;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is the same row in two reports: the kind, and the line that it rests on first.
pub(super) type RowKey = (String, u32, u64);

/// A row as it was reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct AnnouncedRow {
    seq: u64,
    pub time: Option<Instant>,
    text: String,
    /// What the last inference says of it, where that is something else: it is reported when the next one says so too.
    #[serde(default)]
    other: Option<(Option<Instant>, String)>,
}

/// A time of a row that moved by less is the same.
const MOVED: i64 = 10 * SECOND;

/// Rows later than this after what the logs have come to are not reported yet.
const AHEAD: i64 = MINUTE;

/// Rows that events of incidents report, and those that move with every line.
pub(super) fn is_said_elsewhere(kind: MarkerKind) -> bool {
    matches!(
        kind.word(),
        "onset" | "peak" | "recovery" | "partial_recovery" | "relapse" | "silence_finish"
    )
}

impl Watch {
    /// Emits the rows of a report that were not emitted, and corrects those that were.
    pub(super) fn rows(&mut self, report: &Report, last: bool) {
        let incidents = report.incidents.iter().flat_map(|i| &i.timeline);
        let mut all: Vec<&Event> = report.timeline.iter().chain(incidents).collect();
        all.retain(|e| !is_said_elsewhere(e.kind) && !e.evidence.is_empty());
        // of an input that is ahead of the others more is known than is to be reported
        let ahead = |e: &Event| {
            e.time
                .is_some_and(|t| t.0.saturating_sub(self.now.0) > AHEAD)
        };
        let before = all.len();
        if !last {
            all.retain(|e| !ahead(e));
        }
        self.news |= all.len() < before && !self.backlog.is_empty();
        if !last {
            all.retain(|e| !self.is_told(e));
        }
        all.sort_list_by(|a, b| {
            coroner_infer::infer::order(a).cmp(&coroner_infer::infer::order(b))
        });
        for e in all {
            let first = &e.evidence[0];
            let feed = self.feed_of(first.input);
            let key = (e.kind.word().to_owned(), feed, first.byte);
            let day = e.time.unwrap_or(self.now);
            let text = self.events.text(&e.text, day);
            let Some(row) = self.reported_rows.get_mut(&key) else {
                self.row(key, e, text);
                continue;
            };
            let moved = match (row.time, e.time) {
                (Some(a), Some(b)) => (a.0 - b.0).abs() >= MOVED,
                (a, b) => a != b,
            };
            if !moved && said(&row.text) == said(&text) {
                row.other = None;
                continue;
            }
            let now = Some((e.time, text));
            if last || row.other == now {
                self.changed(key, e, now.map(|n| n.1).unwrap_or_default());
            } else {
                row.other = now;
            }
        }
    }

    fn row(&mut self, key: RowKey, e: &Event, text: String) {
        let opt = |t: &Option<LogText>| t.as_ref().map(|t| Value::from(t.for_json()));
        let mut all = fields([
            ("kind", e.kind.word().into()),
            ("text", text.as_str().into()),
            ("basis", json::basis(e.basis).into()),
            (
                "confidence",
                (f64::from(e.confidence.min(100)) / 100.0).into(),
            ),
        ]);
        let named = [
            ("class", e.class.map(|c| c.word().into())),
            ("host", opt(&e.host)),
            ("service", opt(&e.service)),
            ("version", opt(&e.version)),
            ("upstream", opt(&e.upstream)),
        ];
        let named = named
            .into_iter()
            .filter_map(|(k, v)| Some((k.to_owned(), v?)));
        all.extend(named);
        if self.past {
            all.insert("backfill".into(), true.into());
        }
        if let Some(i) = self.reported.iter().rev().find(|t| {
            let end = t.recovery.unwrap_or(self.now);
            let stands = t.opened.is_some() && t.stage != IncidentStage::Gone;
            stands && e.time.is_some_and(|at| at >= t.onset && at <= end)
        }) {
            all.insert("incident".into(), i.id.as_str().into());
        }
        let lines = evidence(&e.evidence, |input| self.feed_of(input));
        all.insert("evidence".into(), lines);
        let seq = self.events.emit("marker", e.time, self.seen(), all);
        let time = e.time;
        self.reported_rows.insert(
            key,
            AnnouncedRow {
                seq,
                time,
                text,
                other: None,
            },
        );
    }

    fn changed(&mut self, key: RowKey, e: &Event, text: String) {
        let Some(row) = self.reported_rows.get_mut(&key) else {
            return;
        };
        let mut all = fields([("of", row.seq.into())]);
        if row.text != text {
            all.insert("text".into(), text.as_str().into());
        }
        all.insert("why".into(), "lines that came since".into());
        (row.time, row.text, row.other) = (e.time, text, None);
        let seen = self.seen();
        self.events.emit("correction", e.time, seen, all);
    }
}

/// A text without its figures, and without its tally (`(12 lines of this kind until 14:03:10)`): a count that runs on makes no other
/// row.
fn said(text: &str) -> String {
    let tally = |tail: &str| {
        let of = [" lines of this kind", " times"];
        tail.ends_with(')') && of.iter().any(|w| tail.contains(w))
    };
    let end = text.rfind(" (").filter(|at| tally(&text[*at..]));
    let letters = text[..end.unwrap_or(text.len())].chars();
    letters.filter(|c| !c.is_ascii_digit()).collect()
}
