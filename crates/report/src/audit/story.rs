//! What a document says happened, and when: rows with their dates settled, slips of the half of the day found, and the
//! markers and spans that follow. No judgement here; `checks` compares.

use super::clock::Clock;
use super::date::iso;
use super::document::{Document, SectionKind};
use super::finding::{Place, clock as shown, quote};
use super::markers::Markers;
use super::mentions::Mention;
use super::rows::{Block, DocumentRow};
use super::words::{Family, family};
use super::zones::Zones;
use crate::report::time;
use coroner_lines::record::MarkerKind;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Instant, SECOND};

/// A row whose time is settled.
#[derive(Clone, Debug)]
pub struct TimedRow {
    /// The row.
    pub row: DocumentRow,
    /// Wall time in seconds since 1970 by the document's own clock; the day is 0 where the document names no date.
    pub at: i64,
    /// Seconds of the day as written, where a slip was put right.
    pub written: Option<i64>,
    /// Whether it is earlier than the row before it, and nothing explains that.
    pub backwards: bool,
    /// The day is written in the row itself.
    pub dated: bool,
}

impl TimedRow {
    /// What the row says first.
    pub fn kind(&self) -> MarkerKind {
        let first = self.row.kinds.first();
        *first.unwrap_or(&MarkerKind::HumanNote)
    }

    /// Whether the row reports something of a family.
    pub fn states(&self, f: Family) -> bool {
        self.row.kinds.iter().any(|k| family(*k) == f)
    }

    /// Whether a family is that of what it says first.
    pub fn is(&self, f: Family) -> bool {
        family(self.kind()) == f
    }

    /// Its time as it is shown.
    pub fn clock(&self) -> String {
        shown(self.at)
    }

    /// Its words and its time, as messages name it.
    pub fn named(&self) -> String {
        format!("{} ({})", quote(&self.row.text), self.clock())
    }

    /// Seconds that its writing leaves open.
    pub fn unit(&self) -> i64 {
        self.row.clock.as_ref().map_or(60, |c| c.unit)
    }

    /// Whether the other half of the day is what the same digits could mean.
    pub fn can_flip(&self) -> bool {
        self.row.clock.as_ref().is_some_and(Clock::can_flip)
    }

    /// How far the truth may be from it.
    pub fn tolerance(&self) -> i64 {
        self.row.clock.as_ref().map_or(30, Clock::tolerance)
    }
}

/// Times whose half of the day is wrong, put right.
#[derive(Clone, Debug)]
pub struct Slip {
    /// Indices of the rows.
    pub rows: Vec<usize>,
    /// Where the document shows the same event in the other half of the day.
    pub mention: Option<Place>,
}

/// What a document says happened.
#[derive(Debug, Default)]
pub struct Story {
    /// Days since 1970 of the incident, and where that is said.
    pub date: Option<(i64, Place)>,
    /// Rows of the incident with a time, in order of the document.
    pub rows: Vec<TimedRow>,
    /// The block that the rows are of.
    pub block: Option<Block>,
    /// Blocks that report incidents of their own.
    pub incidents: usize,
    /// Times put right.
    pub slips: Vec<Slip>,
    /// The markers.
    pub markers: Markers,
}

impl Story {
    /// Settles the times of the block that shows the incident.
    pub fn new(
        doc: &Document,
        blocks: &[Block],
        mentions: &[Mention],
        date: Option<(i64, Place)>,
        zones: &Zones,
    ) -> Story {
        let block = main(doc, blocks);
        let incidents = blocks
            .iter()
            .filter(|b| b.sure && has(b, Family::Onset) && has(b, Family::Recovery))
            .count();
        let mut story = Story {
            date,
            incidents,
            block: block.cloned(),
            ..Story::default()
        };
        if let Some(b) = block {
            story.settle(b, mentions, zones);
        }
        story.markers = Markers::of(&story);
        story
    }

    /// The date and time of wall seconds, as JSON has it: without an offset where the document has no zone.
    pub fn stamp(&self, at: i64, zones: &Zones) -> Option<String> {
        // a second day is no date
        let known = self.date.is_some() || at >= 86_400 * 365;
        let date = known.then(|| iso(at.div_euclid(86_400)))?;
        let clock = time::clock(Instant(at.saturating_mul(SECOND)), Zone::UTC);
        let offset = zones.offset(at).unwrap_or_default();
        Some(format!("{date}T{clock}{offset}"))
    }

    fn settle(&mut self, block: &Block, mentions: &[Mention], zones: &Zones) {
        let base = self.date.as_ref().map_or(0, |d| d.0);
        let mut last_date = None;
        for row in &block.rows {
            let Some(clock) = &row.clock else { continue };
            let own = row.date.as_ref().map(|d| d.near(base));
            let dated = own.is_some() && row.date_line == row.line;
            let fresh = own.is_some() && last_date != Some(row.date_line);
            last_date = row.date.as_ref().map(|_| row.date_line).or(last_date);
            let day = match (own, self.rows.last()) {
                (Some(d), _) if dated || fresh => d,
                // the day of the row before it: one that went past midnight stays there
                (_, Some(p)) => p.at.div_euclid(86_400),
                (Some(d), None) => d,
                (None, None) => base,
            };
            let wall = day * 86_400 + clock.secs;
            self.rows.push(TimedRow {
                // a row in another zone than the others is reported in theirs
                at: wall + zones.shift(clock, wall),
                row: row.clone(),
                written: None,
                backwards: false,
                dated,
            });
        }
        self.relative();
        if self.turn_round() || block.prose {
            return;
        }
        for i in 1..self.rows.len() {
            if self.rows[i].at < self.rows[i - 1].at {
                self.step_back(i, mentions);
            }
        }
    }

    /// `T+5m` counts from the onset, or from the first row with a time.
    fn relative(&mut self) {
        let after = |t: &TimedRow| t.row.clock.as_ref().and_then(|c| c.after_onset);
        let timed = || self.rows.iter().filter(|t| after(t).is_none());
        let onset = timed().find(|t| t.states(Family::Onset));
        let zero = onset.or_else(|| timed().next()).map(|t| t.at);
        let base = zero.unwrap_or_else(|| self.date.as_ref().map_or(0, |d| d.0 * 86_400));
        for t in &mut self.rows {
            if let Some(s) = after(t) {
                t.at = base + s;
            }
        }
    }

    /// The latest first: then the order is the other way round.
    fn turn_round(&mut self) -> bool {
        let steps: Vec<i64> = self.rows.windows(2).map(|w| w[1].at - w[0].at).collect();
        let down = steps.iter().filter(|s| **s < 0).count();
        let up = steps.iter().any(|s| *s > 0);
        let ends = |f| self.rows.iter().position(|t| t.states(f));
        let edges = ends(Family::Recovery).zip(ends(Family::Onset));
        let reversed = down >= 2 && !up && edges.is_none_or(|(r, o)| r < o);
        if reversed {
            self.rows.reverse();
        }
        reversed
    }

    /// Row `i` is earlier than the row before it: midnight, a slip of the half of the day, or out of order.
    fn step_back(&mut self, i: usize, mentions: &[Mention]) {
        let fall = self.rows[i - 1].at - self.rows[i].at;
        if fall > 43_200 && !self.rows[i].dated {
            return self.next_day(i);
        }
        // a wrong half of the day is off by half a day, less what lies between the rows
        let half_a_day = fall >= 6 * 3600;
        if let Some(slip) = half_a_day.then(|| self.slip(i, mentions)).flatten() {
            for r in &slip.rows {
                let t = &mut self.rows[*r];
                let clock = t.row.clock.as_ref();
                t.written = clock.map(|c| c.secs);
                t.at = t.at.div_euclid(86_400) * 86_400 + clock.map_or(0, Clock::flipped);
            }
            // one that was found further up is the same slip, where nothing stands between
            let first = slip.rows.first().copied();
            let goes_on = |last: &&mut Slip| last.rows.last().is_some_and(|r| first == Some(r + 1));
            match self.slips.last_mut().filter(goes_on) {
                Some(last) => last.rows.extend(slip.rows),
                None => self.slips.push(slip),
            }
            return;
        }
        let clock = self.rows[i].row.clock.as_ref();
        let halves = clock.is_some_and(|c| c.half.is_some());
        let stays = self.rows[i..].iter().all(|t| t.at < self.rows[i - 1].at);
        if fall >= 6 * 3600 && !self.rows[i].dated && !halves && stays {
            return self.next_day(i);
        }
        self.rows[i].backwards = true;
    }

    fn next_day(&mut self, from: usize) {
        let mut day = None;
        for t in &mut self.rows[from..] {
            let own = t.at.div_euclid(86_400);
            // a date that is written ends what was counted on
            if t.dated || *day.get_or_insert(own) != own {
                break;
            }
            t.at += 86_400;
        }
    }

    /// The shortest run of rows that ends before row `i`, or begins with it, and whose other half of the day restores the order.
    fn slip(&self, i: usize, mentions: &[Mention]) -> Option<Slip> {
        let flip = |r: usize| {
            let t = &self.rows[r];
            let flips = |c: &&Clock| c.can_flip() && t.written.is_none();
            let c = t.row.clock.as_ref().filter(flips)?;
            Some(t.at.div_euclid(86_400) * 86_400 + c.flipped())
        };
        let at = |r: usize| self.rows[r].at;
        let before = || {
            let mut j = i - 1;
            loop {
                let f = flip(j)?;
                let next = if j + 1 == i { at(i) } else { flip(j + 1)? };
                if f > next {
                    return None;
                }
                if j == 0 || at(j - 1) <= f {
                    return Some((j..i).collect::<Vec<_>>());
                }
                j -= 1;
            }
        };
        let behind = || {
            let mut k = i;
            loop {
                let f = flip(k)?;
                let last = if k == i { at(i - 1) } else { flip(k - 1)? };
                if f < last {
                    return None;
                }
                if k + 1 == self.rows.len() || at(k + 1) >= f {
                    return Some((i..k + 1).collect::<Vec<_>>());
                }
                k += 1;
            }
        };
        let made = |rows: Vec<usize>| {
            let mut slipped = rows.iter().map(|r| &self.rows[*r]);
            let mention = slipped.find_map(|t| mention_of(t, mentions));
            Slip { rows, mention }
        };
        let (a, b) = (before().map(made), behind().map(made));
        match (a, b) {
            (Some(a), Some(b)) => Some(match (a.mention.is_some(), b.mention.is_some()) {
                (true, false) => a,
                (false, true) => b,
                _ if a.rows.len() < b.rows.len() => a,
                _ => b,
            }),
            (a, b) => a.or(b),
        }
    }
}

/// Where the running text states the event of a row in the other half of the day.
pub(super) fn mention_of(timed: &TimedRow, mentions: &[Mention]) -> Option<Place> {
    let c = timed.row.clock.as_ref()?;
    let may_be = |k| timed.states(family(k)) || family(k) == Family::Other;
    let same = |m: &&Mention| {
        let flipped = m.clock.secs == c.flipped() && m.clock.after_onset.is_none();
        flipped && m.kind.is_none_or(may_be)
    };
    mentions.iter().find(same).map(|m| m.place.clone())
}

fn has(block: &Block, f: Family) -> bool {
    let mut kinds = block.rows.iter().flat_map(|r| &r.kinds);
    kinds.any(|k| family(*k) == f)
}

/// The block that shows the incident: a sure one with the most of a start, an end and acts; the first of equals.
fn main<'b>(doc: &Document, blocks: &'b [Block]) -> Option<&'b Block> {
    let score = |b: &&Block| {
        use Family::{Alert, Change, Onset, Recovery, Rollback};
        let families = [Onset, Recovery, Alert, Rollback, Change].into_iter();
        let stated = families.filter(|f| has(b, *f)).count();
        let section = doc.sections.get(b.section);
        let named = section.is_some_and(|s| s.kind == SectionKind::Timeline);
        let rows = b.rows.len();
        (b.sure, named && rows > 1, stated.min(3), rows > 2)
    };
    let best = blocks.iter().map(|b| score(&b)).max()?;
    blocks.iter().find(|b| score(b) == best)
}
