//! The stated length of the outage against the spans of the table: which one it is, if not the outage.

use crate::audit::case::Case;
use crate::audit::document::{Paragraph, SectionKind};
use crate::audit::extent::outright;
use crate::audit::finding::{Finding, Severity, minutes, quote, said};
use crate::audit::length::{Bound, lengths};
use crate::audit::mentions::{By, Mention, speaks_of_outage};
use crate::audit::stamp::Side;
use crate::audit::stated::Stated;
use crate::audit::story::TimedRow;
use crate::audit::words::Family;
use coroner_lines::table::phrases;

/// A span that a stated length may be.
struct Candidate<'c> {
    name: String,
    from: &'c TimedRow,
    to: &'c TimedRow,
    secs: i64,
}

impl Candidate<'_> {
    /// Its name in a message.
    fn called(&self) -> String {
        quote(&self.name).trim_matches('"').to_owned()
    }
}

fn outage<'c>(case: &'c Case) -> Option<(&'c TimedRow, &'c TimedRow)> {
    let (o, r) = case.edges()?;
    (r.at >= o.at && case.comparable()).then_some((o, r))
}

fn others<'c>(case: &'c Case, o: &'c TimedRow, r: &'c TimedRow) -> Vec<Candidate<'c>> {
    let m = &case.story.markers;
    let named = [
        (m.change, "change"),
        (m.fault, "fault"),
        (m.alert, "page"),
        (m.ack, "acknowledgement"),
        (m.mitigation, "mitigation begins"),
        (m.rolled_back, "rollback done"),
        (m.restart, "restart"),
    ];
    let mut out = Vec::new();
    let mut add = |name: String, from: &'c TimedRow, to: &'c TimedRow| {
        if to.at > from.at {
            out.push(Candidate {
                name,
                secs: to.at - from.at,
                from,
                to,
            });
        }
    };
    for (row, name) in named {
        if let Some(t) = case.row(row) {
            let what = match name {
                "change" | "fault" => t.row.text.clone(),
                n => n.to_owned(),
            };
            add(format!("{what} -> traffic back"), t, r);
            if !matches!(name, "change" | "fault") {
                add(format!("outage begins -> {name}"), o, t);
                if let Some(c) = case.row(m.change) {
                    add(format!("{} -> {name}", c.row.text), c, t);
                }
            }
        }
    }
    out
}

/// The stated lengths that are not the outage: those that are another span, or those that are none.
pub(super) fn judged(case: &Case, other: bool) -> Vec<Finding> {
    let Some((o, r)) = outage(case) else {
        return Vec::new();
    };
    let unit = o.unit().max(r.unit());
    let mut out: Vec<Finding> = Vec::new();
    if several(case, o, unit) {
        return out;
    }
    // a slip of the half of the day is reported by its own check
    let slip = |s: &&Stated| !s.length.ordinal && !super::time::half_a_day_longer(s, r.at - o.at);
    for s in case.stated.iter().filter(slip) {
        // any recovery that the rows state will do, and any onset
        let fits = ends(case, o).any(|e| s.length.fits(e.at - o.at, unit));
        let exact = ends(case, o).any(|e| (e.at - o.at - s.length.secs).abs() < 60);
        let all = others(case, o, r);
        let near = |c: &&Candidate| (c.secs - s.length.secs).abs() < 60;
        // inside the rounding only the span that is reported most often for the outage counts
        let to_end = |c: &&Candidate| c.to.at == r.at;
        let exactly = |c: &&Candidate| to_end(c) && c.from.at < o.at && c.secs == s.length.secs;
        let hit = match fits {
            true => all.iter().find(exactly),
            false => {
                let ending = all.iter().find(|c| to_end(c) && near(c));
                ending.or_else(|| all.iter().find(near))
            }
        };
        // inside the rounding only a length without a bound is another span
        let reported = !exact && (!fits || hit.is_some() && s.length.bound == Bound::None);
        let told = || out.iter().any(|f| f.message.contains(&stated_as(case, s)));
        if !reported || hit.is_some() != other || told() {
            continue;
        }
        out.push(match hit {
            Some(c) => other_span(case, s, (o, r), c, fits),
            None => mismatch(case, s, (o, r), &all),
        });
    }
    out
}

/// Whether the document speaks of several lengths, none of which is the outage: then it reports more than its rows do.
fn several(case: &Case, o: &TimedRow, unit: i64) -> bool {
    let all: Vec<&Stated> = case.stated.iter().filter(|s| !s.length.ordinal).collect();
    let different = all.windows(2).any(|w| {
        (w[0].length.secs - w[1].length.secs).abs() > w[0].length.half.max(w[1].length.half)
    });
    let fits = |s: &&Stated| ends(case, o).any(|e| s.length.fits(e.at - o.at, unit));
    different && !all.iter().any(fits)
}

/// The recoveries that the rows state after the start.
fn ends<'c>(case: &'c Case, o: &TimedRow) -> impl Iterator<Item = &'c TimedRow> {
    let start = o.at;
    case.rows_of(Family::Recovery)
        .filter(move |t| t.at >= start)
}

fn stated_as(case: &Case, s: &Stated) -> String {
    quote(case.doc.at(&s.place))
}

/// From when to when.
pub(super) fn arrow(from: &TimedRow, to: &TimedRow) -> String {
    format!("{} -> {}", from.clock(), to.clock())
}

fn other_span(
    case: &Case,
    s: &Stated,
    (o, r): (&TimedRow, &TimedRow),
    c: &Candidate,
    inside: bool,
) -> Finding {
    let stated = stated_as(case, s);
    let mut message = format!(
        "stated {stated} is exactly {} ({}); outage begins -> traffic back is {} ({})",
        c.called(),
        arrow(c.from, c.to),
        said(r.at - o.at),
        arrow(o, r)
    );
    if !inside {
        return corrected(s, (o, r), message);
    }
    message += &format!("; within the rounding of {stated}");
    corrected(s, (o, r), message).as_bad_as(Severity::Warning)
}

/// At the words of a stated length, beside the rows of the outage, with the length by these.
fn corrected(s: &Stated, (o, r): (&TimedRow, &TimedRow), message: String) -> Finding {
    let secs = r.at - o.at;
    Finding::at(s.phrase.clone(), message)
        .also(o.row.place(), "outage begins")
        .also(r.row.place(), "traffic back")
        .help(format!("outage {} ({})", minutes(secs), arrow(o, r)))
        .fix(s.place.clone(), words(secs))
}

/// The length as a person writes it: `1 hour and 55 minutes`.
fn words(secs: i64) -> String {
    let part = |n: i64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match (secs / 3600, secs / 60 % 60, secs % 60) {
        (0, m, 0) => part(m, "minute"),
        (h, 0, 0) => part(h, "hour"),
        (h, m, 0) => format!("{} and {}", part(h, "hour"), part(m, "minute")),
        _ => said(secs),
    }
}

fn mismatch(case: &Case, s: &Stated, (o, r): (&TimedRow, &TimedRow), all: &[Candidate]) -> Finding {
    let nearest = all
        .iter()
        .filter(|c| c.to.at == r.at && c.from.at < o.at)
        .min_by_key(|c| (c.secs - s.length.secs).abs());
    let other = nearest.map(|c| {
        format!(
            "; nearest other span: {} {} ({}), which does not match either",
            c.called(),
            minutes(c.secs),
            arrow(c.from, c.to)
        )
    });
    let message = format!(
        "stated {}, but outage begins -> traffic back is {} ({}){}",
        stated_as(case, s),
        minutes(r.at - o.at),
        arrow(o, r),
        other.unwrap_or_default()
    );
    corrected(s, (o, r), message)
}

/// Whether the text itself says from when to when.
fn range(case: &Case) -> bool {
    let in_story = |k: SectionKind| !(k.is_beside() || k == SectionKind::Timeline);
    let said = |f: Family| case.mentions_of(f).next().is_some();
    let (start, end) = outright(&case.mentions);
    let spans = |m: &Mention| m.side != Side::Alone && (in_story(m.section) || m.by == By::Label);
    case.mentions.iter().any(spans)
        || start.is_some() && end.is_some()
        || said(Family::Onset) && said(Family::Recovery)
}

/// Whether something may say it in a way that is not understood: then it is not said to be missing.
fn perhaps(case: &Case) -> bool {
    let label = case.mentions.iter().any(|m| m.by == By::Label);
    let more = || case.mentions.iter().filter(|m| m.headline()).count() > 1;
    case.mentions.windows(2).any(|m| beside(&m[0], &m[1]))
        || label && more()
        || case.paragraphs.iter().any(|p| timed(case, p))
}

/// Two times that the headlines show side by side.
fn beside(a: &Mention, b: &Mention) -> bool {
    a.headline() && b.headline() && (a.place.line == b.place.line || a.at.line == b.at.line)
}

/// A sentence of the headlines that speaks of what went wrong and of a length.
fn timed(case: &Case, p: &Paragraph) -> bool {
    let speaks = |at: usize| speaks_of_outage(&p.text[p.sentence(at)]);
    let headline = case.doc.kind(p.line()).is_headline();
    headline && lengths(&p.text).iter().any(|l| speaks(l.at.start))
}

pub(super) fn unclear(case: &Case) -> Option<Finding> {
    let mut plain = case.stated.iter().filter(|s| !s.length.ordinal);
    let s = case.stated.iter().find(|s| s.length.ordinal)?;
    if plain.next().is_some() || range(case) {
        return None;
    }
    let message = "no plain duration is stated".to_owned();
    let Some((o, r)) = outage(case) else {
        return Some(Finding::at(s.place.clone(), message));
    };
    let equals = |c: &Candidate| c.to.at == r.at && (c.secs - s.length.secs).abs() < 60;
    let hit = others(case, o, r).into_iter().find(equals);
    let is = hit.map_or(String::new(), |c| {
        let stated = stated_as(case, s);
        format!("{stated} equals {} ({}); ", c.called(), arrow(c.from, c.to))
    });
    let by_rows = format!("{} ({})", minutes(r.at - o.at), arrow(o, r));
    let message = format!("{message}; {is}outage begins -> traffic back is {by_rows}");
    let f = Finding::at(s.place.clone(), message);
    Some(f.also(o.row.place(), "").also(r.row.place(), ""))
}

pub(super) fn missing(case: &Case) -> Option<Finding> {
    let said = !case.stated.is_empty() || range(case) || perhaps(case);
    if said || still_going(case) || case.eventless() {
        return None;
    }
    let message = "the document does not say how long the outage lasted";
    let f = Finding::at(case.summary(), message);
    Some(f.help(match outage(case) {
        Some((o, r)) => {
            let lasted = minutes(r.at - o.at);
            format!("by the table it lasted {lasted} ({})", arrow(o, r))
        }
        None => "say how long it lasted, from when to when".to_owned(),
    }))
}

/// Whether the document says that it is not over.
fn still_going(case: &Case) -> bool {
    let words = phrases::<10>(
        "still failing|not over|ongoing|logs end|not in the logs|no incident|not recovered|logs do not show|\
        not recognised|no recovery was recognised",
    );
    let says = |p: &Paragraph| {
        let text = p.text.to_ascii_lowercase();
        words.iter().any(|t| text.contains(t))
    };
    case.story.markers.recovery.is_none() && case.paragraphs.iter().any(says)
}
