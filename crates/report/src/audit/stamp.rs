//! Which date, clock time and zone of a text belong together, and which two times are the ends of one span. Only what stands
//! between them decides: a date is that of the clock it depends on, and lends itself to the other end of a span that has none.

use super::clock::{Clock, Half, clocks};
use super::date::{DateSaid, dates};
use super::zone_said::{ZoneSaid, zone_at};
use coroner_lines::sorting::SortList;
use coroner_lines::table::words;
use std::ops::Range;

/// What a time is of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A time of its own.
    Alone,
    /// The first of a span.
    Start,
    /// The last of a span.
    End,
    /// Of a span whose ends, or days, cannot be determined.
    Unclear,
}

/// A clock time with what is said of its day.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// The time, with the half of the day and the zone that the other end of its span lends.
    pub clock: Clock,
    /// The date that it depends on.
    pub date: Option<DateSaid>,
    /// Days from that date: `the next day`, or an end past midnight.
    pub plus: i64,
    /// What it is of a span.
    pub side: Side,
    /// Bytes of the text that it takes, with its date, its zone and the small words before it.
    pub at: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    To,
    And,
    Slash,
}

/// What the words between two pieces of a time say.
#[derive(Default)]
struct Joint {
    join: Option<Join>,
    /// `the next day`, `the same day`.
    plus: Option<i64>,
    zone: Option<ZoneSaid>,
    /// Behind `between`, "and" makes a span.
    between: bool,
    /// Where the first word begins that is of something else.
    end: usize,
}

/// Words that may stand inside a time and say nothing of it.
const SMALL: &[&str] = &words::<28>(
    "at on of the a about around approximately approx approx. ca ca. circa roughly from starting beginning since \
    during period up time local hours hrs t ~ ≈",
);

/// Reads the words from one byte to another, up to the first that says something else.
fn gap(text: &str, from: usize, to: usize) -> Joint {
    let mut out = Joint {
        end: from,
        ..Joint::default()
    };
    let mut days = None;
    while let Some(rest) = text.get(out.end..to) {
        let rest = rest.trim_start_matches([' ', '\t', ',', '(', ')', '[', ']']);
        let at = to - rest.len();
        let Some(c) = rest.chars().next() else {
            out.end = to;
            break;
        };
        let named = || zone_at(text, at).filter(|z| z.at.end <= to && z.at.len() > 1);
        if out.zone.is_none()
            && c.is_ascii_uppercase()
            && let Some(z) = named()
        {
            out.end = z.at.end;
            out.zone = Some(z);
            continue;
        }
        let letters = rest.find(|c: char| !c.is_alphabetic());
        let n = match letters.unwrap_or(rest.len()) {
            0 if rest.starts_with("->") => 2,
            0 => c.len_utf8(),
            n => n,
        };
        let dotted = n + 1;
        let small = rest[..n].to_ascii_lowercase();
        match (days, small.as_str()) {
            (Some(d), "day" | "morning" | "evening" | "night") => {
                (out.plus, days) = (Some(d), None);
            }
            (Some(_), _) => break,
            (_, "next" | "following") => days = Some(1),
            (_, "same") => days = Some(0),
            (_, "to" | "until" | "till" | "through" | "thru" | "-" | "–" | "—" | "→" | "->") =>
            {
                out.join = Some(Join::To);
            }
            (_, "and") if out.join.is_none() => out.join = Some(Join::And),
            (_, "/") => out.join = Some(Join::Slash),
            (_, "between") => out.between = true,
            (_, s) if SMALL.contains(&s) || is_weekday(s) => {}
            _ => break,
        }
        let abbreviated = rest.get(..dotted).is_some_and(|w| SMALL.contains(&w));
        out.end = at + if abbreviated { dotted } else { n };
    }
    out
}

fn is_weekday(word: &str) -> bool {
    words::<7>("monday tuesday wednesday thursday friday saturday sunday")
        .iter()
        .any(|d| *d == word || (3..=5).contains(&word.len()) && d.starts_with(word))
}

/// The small words that lead to byte `to`, no further back than `from`.
fn before(text: &str, from: usize, to: usize) -> (Joint, usize) {
    let mut best = (gap(text, to, to), to);
    let mut start = to;
    for _ in 0..6 {
        let head = text[from..start].trim_end_matches([' ', '\t', ',', '(', '[']);
        let word = head.rfind([' ', '\t', ',', '(', '[', '|']);
        start = from + word.map_or(0, |n| n + 1);
        let g = gap(text, start, to);
        if g.end < to {
            break;
        }
        best = (g, start);
        if start == from {
            break;
        }
    }
    best
}

enum StampPiece {
    Clock(usize),
    Date(usize),
}

/// A clock, a date or both, that stand together.
#[derive(Default)]
struct StampPart {
    clock: Option<usize>,
    date: Option<usize>,
    /// The date stands behind the clock.
    behind: bool,
    plus: Option<i64>,
    zone: Option<ZoneSaid>,
    join: Option<Join>,
    at: Range<usize>,
}

/// Every clock time of a text, from left to right, with its day.
pub fn stamps(text: &str) -> Vec<Stamp> {
    let all = clocks(text);
    if all.is_empty() {
        return Vec::new();
    }
    let days = dates(text);
    let times = all.iter().enumerate();
    let times = times.map(|(n, c)| (c.at.start..c.end(text), StampPiece::Clock(n)));
    let dated = days.iter().enumerate();
    let mut pieces: Vec<_> = times
        .chain(dated.map(|(n, d)| (d.at.clone(), StampPiece::Date(n))))
        .collect();
    pieces.sort_list_by_key(|p| p.0.start);
    pieces.dedup_by(|b, a| b.0.start < a.0.end);
    let mut out = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        at = run(text, &pieces, at, &all, &days, &mut out);
    }
    out
}

/// Reads the pieces from `first` that hang together; the first one that does not.
fn run(
    text: &str,
    pieces: &[(Range<usize>, StampPiece)],
    first: usize,
    all: &[Clock],
    days: &[DateSaid],
    out: &mut Vec<Stamp>,
) -> usize {
    let from = first.checked_sub(1).map_or(0, |p| pieces[p].0.end);
    let (lead, start) = before(text, from, pieces[first].0.start);
    let mut between = lead.between;
    let mut parts = vec![StampPart {
        zone: lead.zone,
        at: start..start,
        ..StampPart::default()
    }];
    let mut n = first;
    loop {
        let (at, piece) = &pieces[n];
        let Some(part) = parts.last_mut() else { break };
        match piece {
            StampPiece::Clock(c) => part.clock = Some(*c),
            StampPiece::Date(d) => (part.date, part.behind) = (Some(*d), part.clock.is_some()),
        }
        part.at.end = at.end;
        n += 1;
        let to = pieces.get(n).map_or(text.len(), |p| p.0.start);
        let g = gap(text, at.end, to);
        let next = pieces.get(n).filter(|_| g.end == to).map(|p| &p.1);
        let opens = match (next, g.join) {
            (None, _) => None,
            // a list
            (Some(_), Some(Join::And)) if !between => None,
            (Some(StampPiece::Clock(_)), None) => Some(part.clock.is_some()),
            (Some(StampPiece::Date(_)), None) => Some(part.date.is_some()),
            // a dash between a date and its clock
            (Some(StampPiece::Clock(_)), _) => Some(part.clock.is_some()),
            (Some(StampPiece::Date(_)), _) => Some(true),
        };
        between |= g.between;
        part.plus = part.plus.or(g.plus);
        part.zone = part.zone.take().or(g.zone);
        match opens {
            None => break,
            Some(true) => parts.push(StampPart {
                join: g.join,
                at: to..to,
                ..StampPart::default()
            }),
            Some(false) => {}
        }
    }
    out.extend(settled(&parts, all, days));
    n
}

/// The times of parts that hang together: two that are joined are the ends of a span.
fn settled(parts: &[StampPart], all: &[Clock], days: &[DateSaid]) -> Vec<Stamp> {
    let joined = parts.iter().any(|p| p.join.is_some());
    let timed = parts.iter().filter_map(|p| Some((p, all.get(p.clock?)?)));
    let mut made: Vec<Stamp> = timed
        .map(|(p, c)| Stamp {
            clock: Clock {
                zone: c.zone.clone().or_else(|| p.zone.clone()),
                ..c.clone()
            },
            date: p.date.and_then(|d| days.get(d)).cloned(),
            plus: p.plus.unwrap_or(0),
            side: if joined { Side::Unclear } else { Side::Alone },
            at: p.at.clone(),
        })
        .collect();
    if let ([a, b], [_, y]) = (&mut made[..], parts)
        && let Some(join) = y.join
    {
        // `10:00 PT / 17:00 UTC` is one time
        if join != Join::Slash || a.date.is_some() && b.date.is_some() {
            share(a, b);
            if same_days(a, b, y) {
                (a.side, b.side) = (Side::Start, Side::End);
            }
        }
    }
    made
}

/// `from 7:31 to 9:21 PM PT`: what stands at one end only is said of both.
fn share(a: &mut Stamp, b: &mut Stamp) {
    let (x, y) = (&mut a.clock, &mut b.clock);
    if x.half.is_none()
        && x.odd.is_none()
        && (3600..46_800).contains(&x.secs)
        && let Some(half) = y.half
    {
        let noon = half == Half::Pm && y.odd.is_none() && x.secs < 43_200;
        let with = x.secs + if noon { 43_200 } else { 0 };
        if with <= y.secs {
            (x.secs, x.half) = (with, y.half);
        }
    }
    if x.zone.is_none() {
        x.zone = y.zone.clone();
    } else if y.zone.is_none() {
        y.zone = x.zone.clone();
    }
}

/// Settles the days of a span's ends; whether they can be determined.
fn same_days(a: &mut Stamp, b: &mut Stamp, last: &StampPart) -> bool {
    let falls = b.clock.secs <= a.clock.secs;
    match (&mut a.date, &mut b.date) {
        (Some(x), Some(y)) => {
            // over New Year the year is written once as well
            let turn = i64::from((y.month, y.day) < (x.month, x.day));
            x.year = x.year.or(y.year.map(|y| y - turn));
            y.year = y.year.or(x.year.map(|x| x + turn));
            true
        }
        // past midnight the one date may be that of either day
        (None, Some(_)) if last.behind && falls => false,
        (None, Some(y)) => {
            a.date = Some(y.clone());
            a.plus = -i64::from(falls);
            true
        }
        (_, None) => {
            b.date = a.date.clone();
            b.plus = a.plus + last.plus.unwrap_or(i64::from(falls));
            // `from 9:30 to 1:15` is an afternoon, or a night
            let twelve = |c: &Clock| c.half.is_some() || c.at.len() != 4;
            !falls || last.plus.is_some() || twelve(&b.clock)
        }
    }
}

#[cfg(test)]
mod tests;
