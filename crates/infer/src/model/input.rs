//! The settings of the analysis and the inputs: what was read and what became of its lines.
//! Plain data only.

use super::Evidence;
use coroner_lines::record::Kind;
use coroner_lines::text::LogText;
use coroner_lines::time::Instant;
use coroner_lines::time::zone::Zone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Services given for inputs whose lines name none: name pattern to service.
    pub services: BTreeMap<String, String>,
    /// Last year of year-less lines, where given.
    pub year: Option<i64>,
    /// Detector sensitivity.
    pub sensitivity: Sensitivity,
    /// Service objective, 0–1.
    pub slo: Option<f64>,
    /// CRC-32 of the earlier part that shows what is usual, as 8 hexadecimal digits.
    pub baseline: Option<String>,
    /// Start of the stretch of time that was asked for.
    pub since: Option<Instant>,
    /// Its end, itself outside.
    pub until: Option<Instant>,
    /// What of the logs the report is about.
    pub about: About,
    /// What of texts from logs is shown.
    pub shown: Shown,
}

/// What the report is about, where that is less than the logs hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The only service, by its name in the logs.
    pub service: Option<String>,
    /// The only hosts, by name pattern.
    pub host: Option<String>,
    /// The only incident, counted from 1 by onset.
    pub incident: Option<u16>,
}

/// What of texts from logs is shown that is taken out by default, and how many texts something was taken out of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Secrets, e-mail addresses and card numbers.
    pub secrets: bool,
    /// Whole client addresses.
    pub addresses: bool,
    /// Names of people.
    pub names: bool,
    /// Raw bytes of evidence in the JSON.
    pub raw: bool,
    /// Texts with something taken out.
    pub redacted: u64,
}

/// Detector sensitivity: the switch cost and the effect floors together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Fewer, larger incidents.
    Low,
    /// As measured in the documentation.
    #[default]
    Normal,
    /// More, smaller incidents.
    High,
}

/// One input and what became of its lines.
#[derive(Clone, Debug)]
pub struct Input {
    /// Path relative to the operand; `stdin` for standard input.
    pub name: LogText,
    /// Path inside its archive, for a file of an archive.
    pub member: Option<LogText>,
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
    /// Where there are such: a few lines that were understood, to hold their shape against these. They are shown nowhere.
    pub understood: Vec<Evidence>,
    /// First and last stamp.
    pub span: Option<(Instant, Instant)>,
    /// CRC-32 of the unpacked bytes.
    pub crc32: u32,
    /// SHA-256 of the same bytes, where asked for.
    pub sha256: Option<[u8; 32]>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneSource {
    /// Written in the lines.
    Line,
    /// Given by the user.
    Option,
    /// Found by joining with other inputs.
    Aligned,
    /// Nothing states it.
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
