//! Events as JSON values: the members that all have, and how times, evidence and suspects are spelled.
//! What is worth an event is decided elsewhere. Schema: `report/schema/watch.schema.json`.

use coroner_infer::model::{Cause, CauseVerdict, Evidence, Settings};
use coroner_lines::text::LogText;
use coroner_lines::time::Instant;
use coroner_lines::time::zone::Zone;
use coroner_report::report::json;
use coroner_report::report::sentence::{Clock, Medium, render};
use coroner_report::report::time::rfc3339;
use serde_json::{Map, Value, json};

/// Suspects that an event lists.
pub(super) const SUSPECTS: usize = 3;

/// Members of an event.
pub(super) type EventFields = Map<String, Value>;

/// The events that were not taken yet, and what the next ones need.
#[derive(Debug)]
pub(super) struct Events {
    seq: u64,
    waiting: Vec<Value>,
    /// The zone in which times are written.
    pub zone: Zone,
    /// Maintenance windows.
    pub hours: Vec<super::hours::Hours>,
}

impl Default for Events {
    fn default() -> Self {
        Events {
            seq: 0,
            waiting: Vec::new(),
            zone: Zone::Fixed(0),
            hours: Vec::new(),
        }
    }
}

impl Events {
    /// The number of the last event.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The next event has the number behind this one.
    pub fn go_on(&mut self, seq: u64) {
        self.seq = seq;
    }

    pub fn take(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.waiting)
    }

    /// A time, as events write it.
    pub fn time(&self, t: Instant) -> Value {
        rfc3339(t, self.zone).into()
    }

    /// Whether a maintenance window holds an instant.
    pub fn in_maintenance(&self, t: Instant) -> bool {
        self.hours.iter().any(|h| h.hold(t, self.zone))
    }

    /// Emits an event; gives its number.
    pub fn emit(
        &mut self,
        event: &str,
        time: Option<Instant>,
        seen: Option<Instant>,
        fields: EventFields,
    ) -> u64 {
        self.seq += 1;
        let mut all = Map::new();
        all.insert("v".into(), 1.into());
        all.insert("seq".into(), self.seq.into());
        all.insert("event".into(), event.into());
        all.insert("time".into(), time.map_or(Value::Null, |t| self.time(t)));
        if let Some(seen) = seen {
            all.insert("seen_at".into(), self.time(seen));
            if self.in_maintenance(seen) {
                all.insert("maintenance".into(), true.into());
            }
        }
        all.extend(fields);
        self.waiting.push(Value::Object(all));
        self.seq
    }

    /// The first event.
    pub fn start(&mut self, names: &[&str], settings: &Settings, zone_is_known: bool) {
        let mut settings = json::settings(settings);
        if !zone_is_known && let Some(m) = settings.as_object_mut() {
            m.remove("zone");
        }
        let names: Vec<String> = names.iter().map(|n| shown(n)).collect();
        let fields = fields([("inputs", json!(names)), ("settings", settings)]);
        self.emit("start", None, None, fields);
    }

    /// An input that came later: it has the next number.
    pub fn input(&mut self, number: usize, name: &str, seen: Option<Instant>) {
        let fields = fields([("input", number.into()), ("name", shown(name).into())]);
        self.emit("input", seen, seen, fields);
    }

    /// Something that the logs cannot show.
    pub fn gap(&mut self, kind: &str, text: &str, time: Option<Instant>, seen: Option<Instant>) {
        let fields = fields([("kind", kind.into()), ("text", text.into())]);
        self.emit("gap", time, seen, fields);
    }

    /// The last event.
    pub fn end(
        &mut self,
        lines: u64,
        unparsed: u64,
        (late, shed): (u64, u64),
        incidents: u64,
        seen: Option<Instant>,
    ) {
        let fields = fields([
            ("lines", lines.into()),
            ("unparsed", unparsed.into()),
            ("late", late.into()),
            ("shed", shed.into()),
            ("incidents", incidents.into()),
            ("exit", 0.into()),
        ]);
        self.emit("end", seen, seen, fields);
    }

    /// A sentence about an incident of a day.
    pub fn text(&self, s: &coroner_infer::model::Sentence, day: Instant) -> String {
        let clock = Clock {
            zone: self.zone,
            day,
        };
        render(s, Medium::Plain, clock)
    }

    /// What speaks for a cause so far.
    pub fn causes(&self, verdict: CauseVerdict, causes: &[Cause], day: Instant) -> EventFields {
        let verdict = match verdict {
            CauseVerdict::Established => "established",
            CauseVerdict::Suspected => "suspected",
            CauseVerdict::NotEstablished => "not_established",
        };
        let one = |c: &Cause| {
            let culprit = c.culprit.as_ref().map(|x| {
                let service = x.service.as_ref().map(LogText::for_json);
                json!({"kind": x.kind, "name": x.name.for_json(), "service": service})
            });
            json!({
                "group": c.group.word,
                "group_score": rounded(c.group_score),
                "class": c.class.word(),
                "title": self.text(&c.title, day),
                "score": rounded(c.score),
                "culprit": culprit,
            })
        };
        let suspects: Vec<Value> = causes.iter().take(SUSPECTS).map(one).collect();
        fields([
            ("cause_verdict", verdict.into()),
            ("suspects", suspects.into()),
        ])
    }
}

/// Members from pairs.
pub(super) fn fields<const N: usize>(pairs: [(&str, Value); N]) -> EventFields {
    pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
}

/// Lines that something rests on, with the numbers that events give inputs.
pub(super) fn evidence(lines: &[Evidence], number: impl Fn(u32) -> u32) -> Value {
    let mut lines: Vec<Evidence> = lines.to_vec();
    lines.iter_mut().for_each(|e| e.input = number(e.input));
    json::evidence(&lines).into()
}

/// Requests, failed ones and their share.
pub(super) fn counts(requests: u64, failed: u64) -> EventFields {
    fields([
        ("requests", requests.into()),
        ("failed", failed.into()),
        (
            "share",
            rounded(failed as f64 / requests.max(1) as f64).into(),
        ),
    ])
}

/// Four decimals.
pub(super) fn rounded(x: f64) -> f64 {
    (x.clamp(0.0, 1.0) * 1e4).round() / 1e4
}

/// A name of an input, which may come from anywhere.
fn shown(name: &str) -> String {
    LogText::name(name.as_bytes()).for_json().to_owned()
}
