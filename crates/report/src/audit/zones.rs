//! The zone of a document: what stands in headings, heads of tables, beside times, in sentences such as "all times in PST".
//! One zone is the document's; times that name another one are reported in it.

use super::clock::Clock;
use super::document::{Document, Form, SectionKind};
use super::finding::Place;
use super::patterns::Pattern;
use super::rows::Block;
use super::stamp::stamps;
use super::zone_said::{ZoneSaid, zone_at};
use crate::report::time::offset;
use coroner_lines::table::words;
use coroner_lines::time::Instant;
use coroner_lines::time::zone::Zone;

/// What a document says of zones.
#[derive(Debug, Default)]
pub struct Zones {
    /// The zone of its times, and where it is named.
    pub main: Option<(Zone, Place)>,
    /// Names with several meanings: the first place of each, and the choices.
    pub ambiguous: Vec<(String, Place, String)>,
    /// Whether a zone is named at all, be it an ambiguous one.
    pub named: bool,
}

static SCOPE: Pattern = Pattern::of("scope of a zone");
static LOCAL: Pattern = Pattern::of("local time");

impl Zones {
    /// Looks for zones.
    pub fn of(doc: &Document, blocks: &[Block]) -> Zones {
        let mut z = Zones::default();
        let mut weights: Vec<(ZoneSaid, Place, usize)> = Vec::new();
        for i in 0..doc.lines.len() {
            let seen = doc.seen(i);
            if matches!(doc.lines[i].form, Form::Code | Form::Blank)
                || doc.kind(i) == SectionKind::Appendix
            {
                continue;
            }
            let has = |b: &Block| b.head == Some(i) || b.rows.iter().any(|r| r.line == i);
            let in_rows = blocks.iter().any(has);
            for said in stamps(seen).into_iter().filter_map(|s| s.clock.zone) {
                let place = Place::new(i, said.at.clone());
                weights.push((said, place, if in_rows { 3 } else { 1 }));
            }
            z.named |= LOCAL.is_match(seen);
            if !SCOPE.is_match(seen) || seen.len() > 2_000 {
                continue;
            }
            for said in scoped(seen) {
                let heading = doc.lines[i].form == Form::Heading
                    || doc.kind(i) == SectionKind::Timeline
                    || in_rows;
                let place = Place::new(i, said.at.clone());
                weights.push((said, place, if heading { 50 } else { 10 }));
            }
        }
        z.settle(doc, weights);
        z
    }

    fn settle(&mut self, doc: &Document, weights: Vec<(ZoneSaid, Place, usize)>) {
        let mut best: Vec<(Zone, Place, usize)> = Vec::new();
        for (said, place, weight) in weights {
            self.named = true;
            if let Some(choices) = &said.choices {
                let name = doc.at(&place).to_owned();
                if !self.ambiguous.iter().any(|a| a.0 == name) {
                    self.ambiguous.push((name, place.clone(), choices.clone()));
                }
            }
            let Some(zone) = said.zone else { continue };
            match best.iter_mut().find(|b| b.0 == zone) {
                Some(b) => b.2 += weight,
                None => best.push((zone, place, weight)),
            }
        }
        let most = best.iter().map(|b| b.2).max().unwrap_or(0);
        let main = best.into_iter().find(|b| b.2 == most);
        self.main = main.map(|(z, p, _)| (z, p));
    }

    /// Seconds to add to the wall time of a clock with a zone of its own, so that it is one in the document's zone.
    pub fn shift(&self, clock: &Clock, wall: i64) -> i64 {
        let own = clock.zone.as_ref().and_then(|said| said.zone);
        let (Some((main, _)), Some(own)) = (&self.main, own) else {
            return 0;
        };
        if *main == own {
            return 0;
        }
        let wall_us = wall.saturating_mul(1_000_000);
        let instant = own.instant_of(wall_us, false);
        i64::from(main.offset_at(instant)) * 60 - (wall_us - instant.0) / 1_000_000
    }

    /// The instant of a wall time in the document's zone.
    pub fn instant(&self, wall: i64) -> Option<Instant> {
        let (zone, _) = self.main.as_ref()?;
        Some(zone.instant_of(wall.saturating_mul(1_000_000), false))
    }

    /// The numeric offset of the document's zone at a wall time: `+01:00`.
    pub fn offset(&self, wall: i64) -> Option<String> {
        let (zone, _) = self.main.as_ref()?;
        Some(offset(self.instant(wall)?, *zone))
    }
}

/// Words in capitals that are also zones: these stand behind "in".
const WORDS: [&str; 10] = words("MET ET CT MT PT Central Eastern Mountain CAT EAT");

/// Zones named in a line that speaks of times, wherever they stand in it.
fn scoped(seen: &str) -> Vec<ZoneSaid> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < seen.len() {
        let begins = seen.as_bytes()[at].is_ascii_alphabetic()
            && (at == 0 || !seen.as_bytes()[at - 1].is_ascii_alphanumeric());
        if begins && let Some(z) = zone_at(seen, at) {
            let name = &seen[z.at.clone()];
            if (z.zone.is_some() || z.choices.is_some()) && name.len() > 1 && !WORDS.contains(&name)
                || z.zone.is_some() && near_in(seen, z.at.start)
            {
                at = z.at.end;
                out.push(z);
                continue;
            }
        }
        at += 1;
    }
    out
}

fn near_in(seen: &str, at: usize) -> bool {
    let before = seen[..at].trim_end_matches([' ', '(', '[']);
    let before = before.to_ascii_lowercase();
    let near = words::<11>("in are : time times is timeline timestamps us all the");
    near.iter().any(|w| before.ends_with(w))
}
