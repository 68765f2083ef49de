//! The report as plain data: what was read, which incidents there were, and what every claim rests on.
//! No computing and no formatting here; `infer` fills it and the sinks in `report` write it.

use crate::record::{CauseClass, Kind, MarkerKind};
use crate::text::LogText;
use crate::time::Instant;
use crate::time::zone::Zone;
use std::collections::BTreeMap;

/// The whole report (JSON v1 is a rendering of it).
#[derive(Clone, Debug)]
pub struct Report {
    /// Settings of the analysis.
    pub settings: Settings,
    /// What the logs allow to say.
    pub verdict: Verdict,
    /// Inputs, sorted by name; the id is the index.
    pub inputs: Vec<Input>,
    /// Incidents by onset.
    pub incidents: Vec<Incident>,
    /// Failures too short to be an incident.
    pub blips: Vec<Span>,
    /// Failures inside stated maintenance.
    pub planned: Vec<Span>,
    /// Real but small failures.
    pub minor: Vec<Span>,
    /// Every marker in scope, by time.
    pub timeline: Vec<Event>,
    /// What the logs cannot show.
    pub gaps: Vec<Gap>,
    /// Totals over the whole archive, for the "no incident" and "not enough data" sentences.
    pub totals: Totals,
}

/// Analysis settings in force. No operands, no output, screen or machine option.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Zone in which times are written.
    pub zone: Zone,
    /// Zones given for lines without one: name pattern to zone.
    pub assume_tz: BTreeMap<String, String>,
    /// Formats forced: name pattern to format.
    pub formats: BTreeMap<String, String>,
    /// Name patterns given as edge tier.
    pub edge: Vec<String>,
    /// Last year of year-less lines, where given.
    pub year: Option<i64>,
    /// Detector sensitivity.
    pub sensitivity: Sensitivity,
    /// Service objective, 0–1.
    pub slo: Option<f64>,
}

/// Detector sensitivity: the switch cost and the effect floors together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Sensitivity {
    /// Fewer, larger incidents.
    Low,
    /// As measured in the documentation.
    #[default]
    Normal,
    /// More, smaller incidents.
    High,
}

/// What the logs allow to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// At least one incident.
    Incident,
    /// Enough data, nothing found.
    None,
    /// Too little data to say either.
    Insufficient,
}

/// Totals of the edge tier over the whole archive.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Requests.
    pub requests: u64,
    /// Of these, final status 5xx.
    pub failed: u64,
    /// First and last instant of the archive, microseconds UTC.
    pub span: Option<(Instant, Instant)>,
    /// Worst minute with at least one request: start, requests, failed.
    pub worst_minute: Option<(Instant, u64, u64)>,
}

/// One input and what became of its lines.
#[derive(Clone, Debug)]
pub struct Input {
    /// Path relative to the operand; `stdin` for standard input.
    pub name: LogText,
    /// Clock domain.
    pub domain: LogText,
    /// Host, where known.
    pub host: Option<LogText>,
    /// Request tier; `None` without requests.
    pub tier: Option<Tier>,
    /// Names of the formats found, most lines first, joined by ` + `.
    pub format: String,
    /// What most of its records are; `None` when it has none.
    pub kind: Option<Kind>,
    /// Whether its records are of several kinds.
    pub mixed: bool,
    /// Unpacked bytes.
    pub bytes: u64,
    /// Lines = parsed + continuation + unparsed + out of range.
    pub lines: u64,
    /// Lines that began a record.
    pub parsed: u64,
    /// Lines that belong to the record before them, headers, blank lines.
    pub continuation: u64,
    /// Lines not understood.
    pub unparsed: u64,
    /// Lines outside the range asked for.
    pub out_of_range: u64,
    /// First unparsed lines, at most three.
    pub examples: Vec<Evidence>,
    /// First and last stamp.
    pub span: Option<(Instant, Instant)>,
    /// CRC-32 of the unpacked bytes.
    pub crc32: u32,
    /// The zone of its zone-less lines, or of its lines.
    pub zone: InputZone,
    /// Piecewise clock correction: from (`None`: the start), seconds added, margin, basis.
    pub clock: Vec<ClockPiece>,
    /// Records read.
    pub records: u64,
    /// Request records of any tier.
    pub requests: u64,
    /// Of these, final status 5xx.
    pub failed: u64,
}

/// Which lines count for totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Counted in totals, impact and onset.
    Edge,
    /// Not counted: the same requests seen from inside.
    Inner,
}

/// The zone of an input's stamps and where it comes from.
#[derive(Clone, Debug)]
pub struct InputZone {
    /// Offset or zone name.
    pub offset: String,
    /// Where it comes from.
    pub source: ZoneSource,
    /// 0–1, how far ahead of the next best zone; `None` when not estimated.
    pub margin: Option<f64>,
}

/// Where a zone comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneSource {
    /// Written in the lines.
    Line,
    /// Given by the user.
    Option,
    /// Found by joining with other inputs.
    Aligned,
    /// Nothing told it.
    Assumed,
}

/// One piece of a clock correction.
#[derive(Clone, Debug)]
pub struct ClockPiece {
    /// From this instant on; `None`: from the start.
    pub from: Option<Instant>,
    /// Microseconds added to what the lines say.
    pub add_us: i64,
    /// Microseconds of margin, where estimated.
    pub margin_us: Option<i64>,
    /// Why.
    pub basis: String,
}

/// A log line that something rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// Index of the input.
    pub input: u32,
    /// 1-based line of the unpacked input.
    pub line: u64,
    /// Last line, where a range is meant.
    pub end_line: Option<u64>,
    /// Offset of the line's first byte in the unpacked input.
    pub byte: u64,
    /// The line, cleaned and redacted.
    pub excerpt: Option<LogText>,
    /// How many lines say the same, where more than this one.
    pub count: Option<u64>,
}

/// A sentence with typed arguments, so that every sink renders and escapes it in its own way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sentence(pub Vec<Piece>);

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Our own words; never text from a log.
    Words(String),
    /// Text from a log, quoted by the sink.
    Log(LogText),
    /// A name from a log (service, host, version, endpoint), written plainly where it is harmless.
    Name(LogText),
    /// An instant, written in the report's zone (time of day; the date too where it differs from the incident's).
    Time(Instant),
    /// A length of time in microseconds.
    Span(i64),
    /// A count.
    Count(u64),
    /// A share, 0–1.
    Share(f64),
}

impl Sentence {
    /// A sentence of our own words only.
    pub fn words(s: impl Into<String>) -> Self {
        Sentence(vec![Piece::Words(s.into())])
    }
    /// Appends our own words.
    pub fn w(mut self, s: impl Into<String>) -> Self {
        self.0.push(Piece::Words(s.into()));
        self
    }
    /// Appends any piece.
    pub fn p(mut self, p: Piece) -> Self {
        self.0.push(p);
        self
    }
    /// Appends a name from a log.
    pub fn name(self, n: &LogText) -> Self {
        self.p(Piece::Name(n.clone()))
    }
    /// Appends quoted text from a log.
    pub fn log(self, n: &LogText) -> Self {
        self.p(Piece::Log(n.clone()))
    }
}

/// What a claim rests on.
#[derive(Clone, Debug, PartialEq)]
pub enum Cited {
    /// Lines that say so; never empty.
    Lines(Vec<Evidence>),
    /// It is not there; the inputs that were searched, never empty.
    Absent(Vec<u32>),
}

/// A row of the timeline.
#[derive(Clone, Debug)]
pub struct Event {
    /// Stable id within the report (`e1`, `e2`, … in timeline order).
    pub id: String,
    /// Letter in the chart.
    pub letter: Option<char>,
    /// When; `None` where only the order is known.
    pub time: Option<Instant>,
    /// Bounds of an untimed row.
    pub after: Option<Instant>,
    /// Bounds of an untimed row.
    pub before: Option<Instant>,
    /// 95 % interval of a measured time.
    pub interval: Option<(Instant, Instant)>,
    /// What happened.
    pub kind: MarkerKind,
    /// In words.
    pub text: Sentence,
    /// Stated by a line, measured from many, or assumed.
    pub basis: Basis,
    /// 0–100.
    pub confidence: u8,
    /// Lines it rests on; never empty.
    pub evidence: Vec<Evidence>,
    /// Cause class of a fault.
    pub class: Option<CauseClass>,
    /// Where.
    pub host: Option<LogText>,
    /// Which service.
    pub service: Option<LogText>,
    /// Which version.
    pub version: Option<LogText>,
    /// Which upstream.
    pub upstream: Option<LogText>,
    /// What ties alert, acknowledgement and resolution together.
    pub group: Option<LogText>,
    /// How a measured row was computed.
    pub method: Option<&'static str>,
}

/// How a row is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A log line says so.
    Stated,
    /// Computed from many lines.
    Measured,
    /// Taken for granted, and said so.
    Assumed,
}

/// A stretch of failures that is no incident of its own.
#[derive(Clone, Debug)]
pub struct Span {
    /// First failing second.
    pub start: Instant,
    /// End; `None` when the logs end first.
    pub end: Option<Instant>,
    /// Service, where known.
    pub service: Option<LogText>,
    /// Requests in it.
    pub requests: Option<u64>,
    /// Failed ones.
    pub failed: Option<u64>,
    /// In words.
    pub text: Sentence,
    /// Lines it rests on; never empty.
    pub evidence: Vec<Evidence>,
}

/// Something the logs cannot show.
#[derive(Clone, Debug)]
pub struct Gap {
    /// `clock`, `unparsed`, `missing_source`, `silence`, `no_baseline`, `stray_stamps`, `input`, `marker`, …
    pub kind: &'static str,
    /// In words.
    pub text: Sentence,
    /// What it rests on.
    pub cited: Cited,
}

/// One incident.
#[derive(Clone, Debug)]
pub struct Incident {
    /// `2023-05-01T1305-checkout-api`.
    pub id: String,
    /// Headline.
    pub title: Sentence,
    /// Service, where one is named.
    pub service: Option<LogText>,
    /// Whether it is over.
    pub state: State,
    /// Start.
    pub onset: Instant,
    /// 95 % interval of the start.
    pub onset_interval: Option<(Instant, Instant)>,
    /// The archive begins inside the incident.
    pub onset_precedes_log: bool,
    /// End; `None` when truncated.
    pub recovery: Option<Instant>,
    /// 95 % interval of the end.
    pub recovery_interval: Option<(Instant, Instant)>,
    /// Calm microseconds after recovery in the logs.
    pub held_us: Option<i64>,
    /// Durations in microseconds.
    pub durations: Durations,
    /// Where the time went.
    pub phases: Vec<Phase>,
    /// Harm.
    pub impact: Impact,
    /// Parts it was joined from.
    pub components: Vec<Component>,
    /// Rows, by time.
    pub timeline: Vec<Event>,
    /// How far the cause is known.
    pub cause_verdict: CauseVerdict,
    /// What the logs would need to show a cause.
    pub missing: Vec<Missing>,
    /// Ranked suspects.
    pub causes: Vec<Cause>,
    /// Contributing signals.
    pub signals: Vec<Signal>,
    /// Message templates never seen before the onset.
    pub new_templates: Vec<NewTemplate>,
    /// Versions seen running or being rolled out.
    pub versions: Vec<VersionSeen>,
    /// Questions for a person.
    pub prompts: Vec<Prompt>,
    /// Requests and failures over time.
    pub series: Option<Series>,
}

/// Whether an incident is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Calm for ≥ 600 s.
    Recovered,
    /// Calm for 60–599 s.
    RecoveredUnconfirmed,
    /// The logs end sooner, or still failing.
    Truncated,
}

/// Durations in microseconds; `None` when a needed marker is absent, never 0 for unknown, never negative.
#[derive(Clone, Debug, Default)]
pub struct Durations {
    /// Onset to first alert.
    pub detect: Option<i64>,
    /// That alert to its acknowledgement.
    pub acknowledge: Option<i64>,
    /// Acknowledgement to start of the first mitigation.
    pub decide: Option<i64>,
    /// Onset to end of the first mitigation step after which the failed share stays ≥ 10 points lower.
    pub mitigate: Option<i64>,
    /// Rollback start to finish.
    pub rollback: Option<i64>,
    /// Rollback finish to recovery.
    pub after_rollback: Option<i64>,
    /// Onset to recovery.
    pub recover: Option<i64>,
    /// Suspected change to onset.
    pub lead: Option<i64>,
}

/// One stretch between two markers of the incident.
#[derive(Clone, Debug)]
pub struct Phase {
    /// `detect`, `acknowledge`, `decide`, `rollback`, `mitigate`, `still_failing`, `restart`, `recover`.
    pub phase: &'static str,
    /// Event id.
    pub from: String,
    /// Event id.
    pub to: String,
    /// Microseconds.
    pub us: i64,
}

/// A row of a breakdown.
#[derive(Clone, Debug)]
pub struct Row {
    /// Name; `(other)` for the rest.
    pub name: LogText,
    /// Requests.
    pub requests: u64,
    /// Failed ones.
    pub failed: u64,
}

/// Harm done, counted on the edge tier in whole 10-second steps that cover onset to recovery.
#[derive(Clone, Debug, Default)]
pub struct Impact {
    /// Requests; `None` where no request series covers the incident.
    pub requests: Option<u64>,
    /// Failed ones.
    pub failed: Option<u64>,
    /// Failures expected at the usual rate.
    pub expected_failed: Option<u64>,
    /// Distinct client addresses with a failed request.
    pub addresses_hit: Option<u64>,
    /// Relative standard error of `addresses_hit`; 0 is exact.
    pub addresses_error: Option<f64>,
    /// Worst minute: start, requests, failed.
    pub peak: Option<(Instant, u64, u64)>,
    /// Share of a 30-day budget used, with the objective.
    pub error_budget: Option<(f64, f64)>,
    /// By status code.
    pub by_status: Vec<Row>,
    /// By endpoint.
    pub by_endpoint: Vec<Row>,
    /// By host.
    pub by_host: Vec<Row>,
    /// By service.
    pub by_service: Vec<Row>,
    /// By version.
    pub by_version: Vec<Row>,
    /// By upstream (tries).
    pub by_upstream: Vec<Row>,
}

/// A part of an incident.
#[derive(Clone, Debug)]
pub struct Component {
    /// `error`, `silence`, `traffic_drop`, `latency`, `log_errors`.
    pub kind: &'static str,
    /// Service, endpoint, host or upstream.
    pub key: Option<LogText>,
    /// Start.
    pub start: Instant,
    /// End.
    pub end: Option<Instant>,
}

/// How far the cause is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CauseVerdict {
    /// Top score ≥ .80.
    Established,
    /// .50–.79 and at least .15 ahead of the next.
    Suspected,
    /// The logs do not show a cause.
    NotEstablished,
}

/// What would be needed to see a cause.
#[derive(Clone, Debug)]
pub struct Missing {
    /// Kind of source or fact.
    pub kind: &'static str,
    /// In words.
    pub text: Sentence,
}

/// A ranked suspect.
#[derive(Clone, Debug)]
pub struct Cause {
    /// Class.
    pub class: CauseClass,
    /// Sum of the class scores of the group.
    pub group_score: f64,
    /// 0–1.
    pub score: f64,
    /// In words.
    pub title: Sentence,
    /// What is named.
    pub culprit: Option<Culprit>,
    /// Evidence for.
    pub pro: Vec<Claim>,
    /// Evidence against.
    pub con: Vec<Claim>,
    /// What would settle it.
    pub settle: Option<Sentence>,
}

/// What a cause names.
#[derive(Clone, Debug, PartialEq)]
pub struct Culprit {
    /// `version`, `host`, `service`, `upstream`, `flag`, `migration`, `file`, `process`, `query`, `table`, `lock`, `disk`,
    /// `memory`, `pool`, `power`, `certificate`, `dns`, `limit`, `client`, `provider`, `network`.
    pub kind: &'static str,
    /// What the lines call it.
    pub name: LogText,
    /// Bare service name.
    pub service: Option<LogText>,
}

/// A statement for or against a cause.
#[derive(Clone, Debug)]
pub struct Claim {
    /// In words.
    pub text: Sentence,
    /// Natural log-odds it adds; negative against.
    pub weight: f64,
    /// What it rests on.
    pub cited: Cited,
}

/// A contributing signal.
#[derive(Clone, Debug)]
pub struct Signal {
    /// `rollback_without_restart`, `slow_alert`, …
    pub class: &'static str,
    /// In words.
    pub text: Sentence,
    /// What it rests on.
    pub cited: Cited,
}

/// A message template never seen before the onset.
#[derive(Clone, Debug)]
pub struct NewTemplate {
    /// Masked text.
    pub text: LogText,
    /// Lines.
    pub count: u64,
    /// First.
    pub first: Instant,
    /// Last.
    pub last: Instant,
    /// Cause class its words point to.
    pub family: Option<&'static str>,
    /// Service.
    pub service: Option<LogText>,
    /// First line.
    pub evidence: Vec<Evidence>,
}

/// A version seen.
#[derive(Clone, Debug)]
pub struct VersionSeen {
    /// Service.
    pub service: Option<LogText>,
    /// Version.
    pub name: LogText,
    /// Hosts it was seen on.
    pub hosts: Vec<LogText>,
    /// First.
    pub first: Option<Instant>,
    /// Last.
    pub last: Option<Instant>,
    /// Lines.
    pub evidence: Vec<Evidence>,
}

/// A question for a person.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// Section of the document.
    pub section: &'static str,
    /// The question.
    pub text: Sentence,
    /// Path of the finding, e.g. `causes/1`.
    pub from: Option<String>,
    /// Microseconds that it could have saved.
    pub us: Option<i64>,
}

/// Requests and failures over time.
#[derive(Clone, Debug)]
pub struct Series {
    /// Start of the first bucket.
    pub start: Instant,
    /// Bucket length in seconds.
    pub bucket_s: u32,
    /// Requests per bucket.
    pub requests: Vec<u64>,
    /// Failed per bucket.
    pub failed: Vec<u64>,
}
