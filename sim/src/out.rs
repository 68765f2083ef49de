//! Log files in the making, the markers that sit in them, and the finished case as bytes.
//! A line's number is known only when all lines of a file are there, so markers are kept with their line.

use crate::clock::zulu_s;
use flate2::{Compression, GzBuilder};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// What a line states, in the words of the drills' truth files.
#[derive(Clone, Debug)]
pub struct Mark {
    /// `deploy_start`, `alert`, `ack`, `rollback_end`, …
    pub kind: &'static str,
    /// Extra fields (version, host, note, optional).
    pub extra: Vec<(&'static str, Value)>,
}

/// A marker of this kind without extras.
pub fn mark(kind: &'static str) -> Mark {
    Mark {
        kind,
        extra: Vec::new(),
    }
}

impl Mark {
    /// The same with one more field.
    pub fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.extra.push((key, value.into()));
        self
    }
}

struct Row {
    t: i64,
    text: String,
    mark: Option<Mark>,
}

/// One log file: lines in any order, sorted by instant when it is written.
pub struct Log {
    path: String,
    rows: Vec<Row>,
}

impl Log {
    /// An empty file; a name that ends in `.gz` is compressed.
    pub fn new(path: impl Into<String>) -> Self {
        Log {
            path: path.into(),
            rows: Vec::new(),
        }
    }

    /// Adds a line (or several, joined by newlines) written at `t`.
    pub fn line(&mut self, t: i64, text: impl Into<String>) {
        self.rows.push(Row {
            t,
            text: text.into(),
            mark: None,
        });
    }

    /// Adds a line that states something.
    pub fn mark(&mut self, t: i64, text: impl Into<String>, mark: Mark) {
        self.rows.push(Row {
            t,
            text: text.into(),
            mark: Some(mark),
        });
    }

    fn render(mut self, markers: &mut Vec<(i64, Value)>) -> io::Result<(String, Vec<u8>)> {
        self.rows.sort_by_key(|r| r.t);
        let mut raw = Vec::new();
        let mut number = 1;
        for row in &self.rows {
            if let Some(m) = &row.mark {
                let mut o = Map::new();
                o.insert("kind".into(), m.kind.into());
                o.insert("t_utc".into(), zulu_s(row.t).into());
                o.insert("epoch".into(), epoch(row.t));
                o.insert("file".into(), self.path.clone().into());
                o.insert("line".into(), number.into());
                o.extend(m.extra.iter().map(|(k, v)| ((*k).to_string(), v.clone())));
                markers.push((row.t, Value::Object(o)));
            }
            raw.extend_from_slice(row.text.as_bytes());
            raw.push(b'\n');
            number += 1 + row.text.matches('\n').count();
        }
        let bytes = if self.path.ends_with(".gz") {
            gzip(&raw)?
        } else {
            raw
        };
        Ok((self.path, bytes))
    }
}

fn epoch(t: i64) -> Value {
    json!((t / 1000) as f64 / 1000.0)
}

/// Compressed without a name and with time 0, so that equal input gives equal bytes.
fn gzip(raw: &[u8]) -> io::Result<Vec<u8>> {
    let mut gz = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::best());
    gz.write_all(raw)?;
    gz.finish()
}

/// What really happened, measured on the requests and taken from the plan of the case.
pub struct Incident {
    /// The fields that only the case knows: cause, culprit, mitigation, decoys.
    pub told: Value,
    /// First and last failed request of the incident (end of the request).
    pub failed: (i64, i64),
    /// Failed and all requests between them, and the failed ones by status.
    pub impact: Value,
}

/// A case before it is turned into bytes.
pub struct Case {
    /// Folder name.
    pub name: &'static str,
    /// Its files.
    pub logs: Vec<Log>,
    /// None on a quiet day.
    pub incident: Option<Incident>,
    /// Zones of the files, in words.
    pub tz: Vec<(&'static str, &'static str)>,
    /// Hosts whose clocks are wrong: seconds by which their stamps run ahead.
    pub offsets: Vec<(&'static str, i64)>,
    /// One sentence.
    pub title: &'static str,
}

/// A finished case: files (path below the case's folder, bytes) and the truth about it.
pub struct Built {
    /// Folder name.
    pub name: &'static str,
    /// Files in order of their paths.
    pub files: Vec<(String, Vec<u8>)>,
    /// Text of the truth file.
    pub truth: String,
}

impl Case {
    /// Sorts, numbers and compresses; fails only where compression does.
    pub fn build(self) -> io::Result<Built> {
        let mut markers = Vec::new();
        let mut files = self
            .logs
            .into_iter()
            .map(|l| l.render(&mut markers))
            .collect::<io::Result<Vec<_>>>()?;
        files.sort();
        markers.sort_by_key(|(t, _)| *t);
        let first = |kind: &str| {
            let hit = markers
                .iter()
                .find(|(_, m)| m["kind"] == kind && m["optional"].is_null());
            hit.map_or(Value::Null, |(_, m)| m["t_utc"].clone())
        };
        let incidents: Vec<Value> = self
            .incident
            .iter()
            .map(|i| {
                let mut o = json!({
                    "id": 1,
                    "onset_utc": zulu_s(i.failed.0), "onset_epoch": epoch(i.failed.0),
                    "last_failed_utc": zulu_s(i.failed.1),
                    "recovered_utc": zulu_s(i.failed.1), "recovered_epoch": epoch(i.failed.1),
                    "detected_utc": first("alert"), "acked_utc": first("ack"),
                    "restart_utc": first("restart"), "impact": i.impact,
                });
                if let (Some(o), Some(told)) = (o.as_object_mut(), i.told.as_object()) {
                    let start = if told["mitigation_kind"] == "rollback" {
                        "rollback_start"
                    } else {
                        "mitigation_start"
                    };
                    let end = if first("rollback_end").is_null() {
                        "mitigation_end"
                    } else {
                        "rollback_end"
                    };
                    o.insert("mitigation_start_utc".into(), first(start));
                    o.insert("mitigation_end_utc".into(), first(end));
                    o.extend(told.clone());
                }
                o
            })
            .collect();
        let truth = json!({
            "drill": self.name, "schema": 1, "title": self.title,
            "quiet": self.incident.is_none(), "incidents": incidents,
            "markers": markers.into_iter().map(|(_, m)| m).collect::<Vec<_>>(),
            "blips": [], "decoys": [], "notes": [],
            "clock_offsets_s": self.offsets.iter().map(|(h, s)| ((*h).to_string(), json!(s))).collect::<Map<_, _>>(),
            "tz": self.tz.iter().map(|(f, z)| ((*f).to_string(), json!(z))).collect::<Map<_, _>>(),
            "truth_source": "the generator's plan and its own list of requests",
        });
        let truth = format!(
            "{truth:#}
"
        );
        Ok(Built {
            name: self.name,
            files,
            truth,
        })
    }
}
