//! What the sample of an input shows by itself, so that its bytes need not be kept until the others are sampled too.

use super::calendar::Dates;
use super::owner::owner;
use super::sniff::{sample_texts, sniff};
use super::tried::{self, Recipe, Tried, forced};
use super::{InputMeta, PlanConfig, PlanInput, Sampled, clean, learnt, names, units};
use crate::error::Result;
use coroner_lines::format::Framing;
use coroner_lines::format::frame::FRAMES;
use coroner_lines::marker::scope::scope_of;
use coroner_lines::record::Kind;
use coroner_lines::time::zone::{Zone, stated};
use coroner_lines::time::{Calendar, Instant};
use std::sync::Arc;

/// An input as its own sample shows it.
#[derive(Clone)]
pub struct Looked {
    /// Without what names, settings and other inputs say.
    pub(super) input: PlanInput,
    pub(super) dates: Dates,
    /// Whether a line has a time without a zone.
    pub(super) zoneless: bool,
    /// The zone that a line of its head states, or that times beside its own show.
    pub(super) zone: Option<Zone>,
    /// Last change of the file, microseconds UTC.
    pub(super) modified_us: Option<i64>,
}

/// Looks at one sample after the other.
pub struct Eye<'c> {
    config: &'c PlanConfig,
    /// Orders of formats of the last inputs: there are many inputs of few kinds, and neighbours are mostly of one.
    known: Vec<(Recipe, Arc<[Tried]>)>,
}

/// Orders of formats that are known again.
const KNOWN: usize = 16;

/// Bytes at the beginning of an input by which a frame is found.
const HEAD: usize = 64 << 10;

/// Lines in which a log that begins says in what zone it is written.
const FIRST: usize = 50;

impl<'c> Eye<'c> {
    /// Has seen nothing yet.
    pub fn new(config: &'c PlanConfig) -> Eye<'c> {
        Eye {
            config,
            known: Vec::new(),
        }
    }

    /// What a sample shows.
    pub fn look(&mut self, s: &Sampled) -> Result<Looked> {
        let config = self.config;
        let forced = forced(&s.name, config)?;
        let head = s
            .pieces
            .first()
            .map_or(&b""[..], |p| &p[..p.len().min(HEAD)]);
        let frame = match forced {
            Some(_) => None,
            None => FRAMES.iter().find(|f| (f.claims)(head)),
        };
        // of what is a whole document or a list of messages what stands above the first of them
        let begun = |l: &&[u8]| {
            matches!(
                l.trim_ascii_start().first(),
                Some(b'{' | b'[' | b'<' | b'"')
            )
        };
        let above = head.split(|c| *c == b'\n').take(FIRST);
        let said = above
            .take_while(|l| frame.is_none() || !begun(l))
            .find_map(stated);
        let own = config
            .own_formats
            .iter()
            .filter(|o| o.inputs.is_empty() || o.inputs.iter().any(|g| g.applies(&s.name)))
            .map(|o| Tried::Made(o.format.clone(), o.definition.clone()));
        let is_forced = forced.is_some();
        let mut front: Vec<Tried> = forced.into_iter().chain(own).collect();
        let mut all = tried::all(&front, frame);
        let dirty = frame.is_none() && s.pieces.iter().any(|p| clean::is_dirty(p));
        let mut pieces = std::borrow::Cow::Borrowed(&s.pieces);
        if dirty {
            pieces.to_mut().iter_mut().for_each(|p| clean(p));
        }
        let texts = sample_texts(&pieces, frame);
        let lines: Vec<&[u8]> = texts.iter().map(|t| &**t).collect();
        let mut found = sniff(&all, &lines);
        let taught = found.teaches(lines.len());
        let taught = taught.or_else(|| {
            // lines below a header are read by what it says, and beside requests it is damage that is not read
            let web = found.kinds[Kind::Web as usize] * 10 > lines.len() as u64;
            let met = || all.iter().zip(&found.hits).filter(|(_, n)| **n > 0);
            let headed = met().any(|(f, _)| f.framing() == Framing::Stateful);
            let guessed = met().filter(|(f, _)| f.name() == tried::LAST_RESORT);
            let guessed = guessed.map(|(_, n)| n).sum();
            let newest = s.modified_us.or(config.newest_file_us).map(Instant);
            let timed = || learnt::timed(&lines, &found, guessed, newest);
            (!headed && !web).then(timed).flatten()
        });
        if let Some(format) = taught.filter(|_| !is_forced) {
            front.push(format);
            all = tried::all(&front, frame);
            found = sniff(&all, &lines);
        }
        let unit = units::settle(&mut all, &found.hits, &lines);
        let scope = scope_of(&s.name, &lines, Kind::of_most(&found.kinds));
        let stateful = all
            .iter()
            .zip(&found.hits)
            .any(|(f, n)| *n > 0 && f.framing() == Framing::Stateful)
            || frame.is_some();
        let mut order: Vec<usize> = (0..all.len()).collect();
        // those that the sample shows come first, else in the order of the registry: most specific first
        let owner = match found.wrapped || frame.is_some() {
            true => None,
            false => owner(&all, &found.hits, found.unknown, &lines),
        };
        order.sort_by_key(|i| (owner != Some(*i), found.hits[*i] == 0, *i));
        let recipe = Recipe::new(&front, &order, unit.is_some());
        Ok(Looked {
            input: PlanInput {
                meta: Arc::new(InputMeta {
                    member: s.member.clone(),
                    host: names::named_folder(&s.name, head),
                    served: found.is_served(),
                    doubts: unit.into_iter().collect(),
                    ..InputMeta::named("", scope)
                }),
                calendar: Calendar::default(),
                formats: self.formats(&recipe, frame.is_none(), || {
                    order.iter().map(|i| all[*i].clone()).collect()
                }),
                recipe,
                untimed: scope == Kind::Deploy && found.unknown > 0 && frame.is_none(),
                // a record of many lines may come where the sample shows none, so only a wholly unknown input is cut anywhere
                heads: found.wrapped || found.hits.iter().any(|n| *n > 0),
                beginnings: found.beginnings,
                stateful,
                whole: stateful || found.cut,
                dirty,
                frame,
                wrapped: found.wrapped,
                unread: found.unread.len() * 2 > lines.len(),
            },
            zoneless: found.zoneless && !found.dates.is_zoned_by_heading(),
            zone: said.or(found.zone),
            dates: found.dates,
            modified_us: s.modified_us,
        })
    }

    /// The formats of an order. Those of a frame are its own.
    fn formats(
        &mut self,
        recipe: &Recipe,
        shared: bool,
        make: impl FnOnce() -> Arc<[Tried]>,
    ) -> Arc<[Tried]> {
        let known = self.known.iter().position(|k| shared && k.0 == *recipe);
        if let Some(at) = known {
            self.known[at..].rotate_left(1);
            return self.known[self.known.len() - 1].1.clone();
        }
        let made = make();
        if shared {
            if self.known.len() == KNOWN {
                self.known.remove(0);
            }
            self.known.push((recipe.clone(), made.clone()));
        }
        made
    }
}

impl PlanInput {
    /// Whether lines are read by another plan as by this one; of which host they are is no matter.
    pub fn reads_like(&self, other: &PlanInput) -> bool {
        let meta = InputMeta {
            host: self.meta.host.clone(),
            ..(*other.meta).clone()
        };
        let flags = |p: &PlanInput| {
            let wholly = (p.heads, p.stateful, p.whole, p.frame.map(|f| f.name));
            (wholly, p.untimed, p.dirty, p.wrapped, p.unread)
        };
        *self.meta == meta
            && self.recipe == other.recipe
            && (self.calendar, &self.beginnings) == (other.calendar, &other.beginnings)
            && flags(self) == flags(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;

    #[test]
    fn more_of_the_same_is_read_alike() {
        let planned = |text: String| {
            let sample = Sampled {
                name: "app.log".into(),
                pieces: vec![text.into_bytes()],
                ..Sampled::default()
            };
            let plan = plan(&[sample], &PlanConfig::default()).unwrap();
            plan.inputs[0].clone()
        };
        let line = "2026-03-10T10:00:00Z INFO shop: order 7 paid\n";
        let few = planned(line.repeat(9));
        assert!(few.reads_like(&planned(line.repeat(99))));
        let request = "10.0.0.1 - - [10/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n";
        assert!(!few.reads_like(&planned(line.repeat(9) + request)));
    }

    #[test]
    fn a_zone_stands_above_what_a_file_lists_and_not_in_it() {
        let zone = |text: &str| {
            let sample = Sampled {
                name: "export".into(),
                pieces: vec![text.as_bytes().to_vec()],
                ..Sampled::default()
            };
            let plan = plan(&[sample], &PlanConfig::default()).unwrap();
            let input = &plan.inputs[0];
            assert!(input.frame.is_some());
            input.meta.zone
        };
        let said = "[2026-06-09 13:24:35] kim: who is on it?\n[2026-06-09 13:25:02] ada: I am\n";
        let chat = said.repeat(3);
        let head = "# export of #ops, all times in UTC\n";
        assert_eq!(zone(&format!("{head}{chat}")), Some(Zone::UTC));
        assert_eq!(zone(&chat), None);
        let job = "  {\n    \"at\": \"2026-06-09 13:24:35\",\n    \"timeZone\": \"Europe/Oslo\",\n    \"message\": \"job began\"\n  }";
        assert_eq!(zone(&format!("[\n{job},\n{job}\n]\n")), None);
    }
}
