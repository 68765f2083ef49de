//! Lengths of time that a document states of its incident: how long the outage was, how long detection took.
//! A length counts only where its clause says what it is the length of; every other length is left alone.

use super::document::{Document, Form, Paragraph, SectionKind};
use super::finding::Place;
use super::length::{Length, lengths, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// What a length is said of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The outage.
    Outage,
    /// Onset to alert.
    Detection,
}

/// A stated length.
#[derive(Clone, Debug)]
pub struct Stated {
    /// The length; its bytes are those of its paragraph.
    pub length: Length,
    /// What it is said of.
    pub of: Of,
    /// Where it stands.
    pub place: Place,
    /// Where the words stand that make it a statement: `lasted for 45 minutes`.
    pub phrase: Place,
    /// The section that it is in.
    pub section: SectionKind,
}

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s|>\-*]*(the |total |overall |incident |outage |impact |service )*(duration|length|down ?time|outage( \(ttr\))?|time to (resolve|recover|recovery|resolution|restore)|ttr|mttr|total time|disruption)( of (the )?(outage|incident|impact|downtime))?( time)?\s*(\([^)]*\))?\s*[:|=]",
    )
});
static DETECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s|>\-*]*(time to (detect|detection)|ttd|mttd|detection time)\s*(\([^)]*\))?\s*[:|=]",
    )
});
/// Words before a length.
static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)\b(
        last(ed|s|ing)|persist(ed|s|ing)|for\s+a\s+(total|duration|period)\s+of|(total\s+)?(duration|downtime|outage|disruption|interruption)\s+(was|of|is|for|time\s+of)(\s+a\s+total\s+of)?
        |(outage|downtime|incident|disruption|interruption|degradation|unavailab\w+|offline|inaccessible|unreachable|unusable|unable\s+to\s+access|could\s+not\s+access|down|failing|failed|unresponsive)\b[^.;]{0,90}?\b(for|lasting|lasted|spanning|of|last(ed|ing)\s+for|over\s+a\s+period\s+of)
        |continued\s+for|went\s+on\s+for|took\s+place\s+over|experienced\b[^.;]{0,90}\bfor
    )(\s+(a\s+total\s+of|about|around|approximately|approx\.?|roughly|nearly|almost|over|more\s+than|at\s+least|just\s+(over|under)|less\s+than|under|up\s+to|some|the|a|an|another|exactly|only|just|~|≈))*[\s~≈(]*$",
    )
});
/// Words behind a length: `a 45-minute outage`.
static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s-]*(long |of |total |service |server |complete |full |partial )*(outage|downtime|disruption|interruption|incident)\b",
    )
});
/// Lengths of something else.
static ELSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(at most|maximum|every|each|within|after|before|last|past|previous|next|first|per|timeout|time-?out|interval|window|retention|ttl|delay\w*|latency|took|takes|spent|older than|cached|wait\w*|p9\d|response time|between|by)\s*(of |for |the |a |an |about |around |~|approximately )*$",
    )
});
static ORDINAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(on|at|in|until|by|for|till)( the)?\s*$"));

/// Words of an outage's length behind an ordinal or in its sentence.
static OUTAGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(outage|downtime|incident|disrupt\w*|issue|down|unavailable|experienc\w*)\b")
});

/// Every length that is stated of the incident, in order.
pub fn stated(
    doc: &Document,
    paragraphs: &[Paragraph],
    is_row: &dyn Fn(usize) -> bool,
) -> Vec<Stated> {
    let mut out = Vec::new();
    for p in paragraphs {
        let line = p.line();
        let kind = doc.kind(line);
        if is_row(line)
            || matches!(
                kind,
                SectionKind::Timeline | SectionKind::Actions | SectionKind::Appendix
            )
        {
            continue;
        }
        let table = matches!(doc.lines[line].form, Form::Pipes | Form::Tabs);
        for l in lengths(&p.text) {
            // lessons and causes speak of many lengths
            let about = of(p, &l, table, kind);
            if let Some((of, from)) = about {
                let to = l.at.end;
                out.push(Stated {
                    place: p.place(l.at.clone()),
                    phrase: p.place(from..to),
                    section: kind,
                    of,
                    length: l,
                });
            }
        }
    }
    out
}

/// What a length is said of, and where the words begin that say it.
fn of(p: &Paragraph, l: &Length, table: bool, kind: SectionKind) -> Option<(Of, usize)> {
    let text = &p.text;
    let sentence = p.sentence(l.at.start);
    // a label says it of the first length behind it
    let line = p.line_start(l.at.start);
    let head = &text[line..l.at.start];
    let first = head.len() < 90 && lengths(head).is_empty();
    let start = line + head.len() - head.trim_start_matches([' ', '|', '-', '*', '>']).len();
    if first && DETECTION.is_match(head) {
        return Some((Of::Detection, start));
    }
    if first && LABEL.is_match(head) {
        return Some((Of::Outage, start));
    }
    if table
        || matches!(
            kind,
            SectionKind::Lessons | SectionKind::Cause | SectionKind::Figures
        )
    {
        return None;
    }
    let before = &text[sentence.start..l.at.start];
    if l.ordinal {
        let fits = ORDINAL.is_match(before) && OUTAGE.is_match(&text[sentence]);
        return fits.then_some((Of::Outage, l.at.start));
    }
    if BEHIND.is_match(&text[l.at.end..]) && !ELSE.is_match(before) {
        return Some((Of::Outage, l.at.start));
    }
    let m = BEFORE.find(before)?;
    if ELSE.is_match(before) {
        return None;
    }
    // the words nearest the length: "lasted for", "downtime of", "for"
    let words: Vec<&str> = m
        .as_str()
        .trim_end_matches([' ', '('])
        .rsplitn(3, ' ')
        .take(2)
        .collect();
    let len: usize = words.iter().map(|w| w.len() + 1).sum();
    let mut from =
        l.at.start
            .saturating_sub(len)
            .max(sentence.start + m.start());
    while !text.is_char_boundary(from) {
        from += 1;
    }
    Some((Of::Outage, from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::audited;

    fn found(text: &str) -> Vec<(Of, i64)> {
        let doc = Document::read("x", text);
        let p = doc.paragraphs();
        stated(&doc, &p, &|_| false)
            .into_iter()
            .map(|s| (s.of, s.length.secs / 60))
            .collect()
    }

    #[test]
    fn only_what_is_said_of_the_outage_counts() {
        for (text, want) in audited("stated") {
            let found = found(&text.replace("\\n", "\n"));
            let found: Vec<_> = found
                .iter()
                .map(|(of, min)| format!("{of:?} {min}"))
                .collect();
            assert_eq!(found.join(", "), want, "{text}");
        }
    }
}
