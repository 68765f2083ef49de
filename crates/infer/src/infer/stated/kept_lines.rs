//! The lines of a small log that are kept, in their order: the first and last of each minute, the first of each kind of message. What they
//! say is for those who ask.

use crate::infer::lanes::View;
use crate::model::Evidence;
use coroner_core::summary::InputPart;
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::Instant;

/// A line: when, where it stands, and what it says.
pub(super) struct KeptLine {
    pub at: Instant,
    pub line: Evidence,
    pub said: String,
    /// The whole line as it was read, which is not to be shown.
    pub raw: String,
}

/// How many lines an input has.
pub(super) fn lines_of(p: &InputPart) -> u64 {
    p.coverage.stretches().map(|(_, s, _)| s.lines).sum()
}

/// The lines of an input that are kept.
pub(super) fn kept_lines(input: u32, p: &InputPart, view: &View<'_>) -> Vec<KeptLine> {
    let mut lines: Vec<KeptLine> = Vec::new();
    for (axis, track) in p.tracks() {
        let kept = track.shapes.iter().flat_map(|(_, shape)| &shape.lines);
        for l in track.edges().chain(kept) {
            let line = view.cite(input, l);
            let raw = view.seen(input, l).map(|seen| seen.raw);
            let said = line.excerpt.as_ref().map(LogText::said);
            lines.push(KeptLine {
                at: view.clocks.at(input, axis, l.us, l.pos.offset),
                said: said.map_or(String::new(), |t| without_stamp(t.for_json()).to_owned()),
                raw: String::from_utf8_lossy(&raw.unwrap_or_default()).into_owned(),
                line,
            });
        }
    }
    lines.sort_list_by(|a, b| (a.at, a.line.byte).cmp(&(b.at, b.line.byte)));
    lines.dedup_by_key(|l| l.line.byte);
    lines
}

/// A message without the pieces of a time in front of it, however that is written: `17:26:00 24.04.26 `.
fn without_stamp(mut said: &str) -> &str {
    let of_time = |c: char| c.is_ascii_digit() || ":.,-/+[]TZ".contains(c);
    while let Some((piece, rest)) = said.split_once(' ') {
        if piece.is_empty() || !piece.chars().all(of_time) {
            break;
        }
        said = rest;
    }
    said
}
