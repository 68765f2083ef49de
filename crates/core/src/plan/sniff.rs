//! What the sampled lines of an input show: which formats accept them, the newest year, what kind of records they are.

use super::calendar::Dates;
use super::learnt::learnt;
use super::{Beginnings, Tried, trim_line};
use coroner_lines::format::columns::is_request;
use coroner_lines::format::envelope::{ENVELOPES, Inside, is_of_whole_files, peel};
use coroner_lines::format::frame::{Frame, Units};
use coroner_lines::record::{At, Body, Kind, Level, Record};
use coroner_lines::time::stamp::iso;
use coroner_lines::time::zone::{Zone, abbreviation};
use coroner_lines::time::{Dated, MINUTE, SECOND, Stamp, with_year};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Most lines of an input that are tried.
const SAMPLE_LINES: usize = 4000;

/// Zones differ by multiples of it.
const QUARTER: i64 = 15 * MINUTE;

/// Requests of a sample from which it is shown that they are logged by two.
const BOTH: u64 = 5;

/// What a sample shows.
#[derive(Default)]
pub(super) struct Sniffed {
    pub(super) hits: Vec<u64>,
    pub(super) unknown: u64,
    /// Objects that are read as messages without a date.
    pub(super) undated: u64,
    pub(super) kinds: [u64; 5],
    /// Requests as a proxy or server logs them, and as an application does.
    requests: [u64; 2],
    pub(super) dates: Dates,
    pub(super) zoneless: bool,
    /// The zone of times without one, by times with one beside them.
    pub(super) zone: Option<Zone>,
    /// How records begin.
    pub(super) beginnings: Beginnings,
    /// Whether any line has a wrapper around another format.
    pub(super) wrapped: bool,
    /// Whether a wrapper may have cut lines.
    pub(super) cut: bool,
    /// Texts that look like requests and are read as something else, or not at all.
    pub(super) unread: Vec<Vec<u8>>,
    /// How many quarters of an hour times without a zone lie ahead of those with one beside them: when a shipper read the line, or
    /// what wrote it says once more.
    ahead: BTreeMap<Option<i64>, u64>,
}

/// The lines of the sample, or the texts that the input's frame makes of its head.
pub(super) fn sample_texts<'s>(
    pieces: &'s [Vec<u8>],
    frame: Option<&'static Frame>,
) -> Vec<Cow<'s, [u8]>> {
    if let Some(frame) = frame {
        let (mut framer, mut units) = ((frame.start)(), Units::default());
        if let Some(head) = pieces.first() {
            framer.feed(head, &mut units);
            framer.finish(&mut units);
        }
        return units
            .list
            .iter()
            .filter(|u| !u.text.is_empty())
            .take(SAMPLE_LINES)
            .map(|u| Cow::Owned(units.bytes[u.text.clone()].to_vec()))
            .collect();
    }
    let per = SAMPLE_LINES / pieces.len().max(1);
    pieces
        .iter()
        .flat_map(|p| {
            p.split(|c| *c == b'\n')
                .map(trim_line)
                .filter(|l| !l.is_empty())
                .take(per)
                .map(Cow::Borrowed)
        })
        .collect()
}

pub(super) fn sniff(all: &[Tried], lines: &[&[u8]]) -> Sniffed {
    let mut s = Sniffed {
        hits: vec![0; all.len()],
        ..Sniffed::default()
    };
    let most = lines.iter().filter(|l| is_of_whole_files(l)).count() * 2 > lines.len();
    for line in lines {
        let may = most || !is_of_whole_files(line);
        let read = may && s.inside(all, line) || s.line(all, line);
        if !read {
            s.unknown += 1;
            s.dates.above(line);
        }
    }
    s.zone = s.zone.or_else(|| s.zone_beside());
    s
}

/// The first time in a line that says its zone: `2026-05-12 10:51:12 +0200`, `2026-05-12 10:51:12 CEST`.
fn zoned(line: &[u8]) -> Option<Stamp> {
    let mut years = memchr::memmem::find_iter(line, b"20");
    years.find_map(|at| {
        let (rest, s) = iso(&line[at..]).ok()?;
        let named = || Some(s.at_offset(abbreviation(rest.strip_prefix(b" ")?)?.0));
        let s = s.offset_min.map_or_else(named, |_| Some(s))?;
        s.offset_min.map(|_| s)
    })
}

/// The first format that accepts a text, and what it makes of it.
fn first<'t>(all: &[Tried], text: &'t [u8]) -> Option<(usize, Record<'t>)> {
    let may = |f: &Tried| text.first().is_none_or(|c| f.may_begin(*c));
    let mut all = all.iter().enumerate().filter(|(_, f)| may(f));
    all.find_map(|(i, f)| f.parse(text).map(|r| (i, r)))
}

impl Sniffed {
    /// The format that the lines teach which look like requests, of so many in all.
    pub(super) fn teaches(&self, texts: usize) -> Option<Tried> {
        let unread: Vec<&[u8]> = self.unread.iter().map(Vec::as_slice).collect();
        learnt(&unread, texts)
    }

    /// Counts the first format that accepts a line.
    fn line(&mut self, all: &[Tried], line: &[u8]) -> bool {
        let found = first(all, line);
        self.look(all, line, found.as_ref());
        let Some((i, r)) = found else {
            return false;
        };
        self.count(i, r.scope.unwrap_or(all[i].kind()));
        let dated = r.stamp.is_some_and(|t| t.dated != Dated::NoDate);
        let object = line.first() == Some(&b'{') && matches!(r.body, Body::Message(_));
        self.undated += u64::from(object && !dated);
        if let Some(time) = r.stamp {
            self.beginnings.learn(line, time);
        }
        self.stamp(r.stamp);
        if self.zone.is_none() && r.stamp.is_some_and(|own| own.offset_min.is_none()) {
            self.beside(r.stamp, zoned(line));
        }
        true
    }

    /// Counts what a wrapped line holds. A wrapper that is a record by itself counts only around a format.
    fn inside(&mut self, all: &[Tried], line: &[u8]) -> bool {
        let Some((e, p)) = peel(line) else {
            return false;
        };
        let found = first(all, &p.text);
        self.look(all, &p.text, found.as_ref());
        self.cut |= ENVELOPES[e].cuts_lines;
        match found {
            Some((i, mut r)) => {
                self.count(i, r.scope.unwrap_or(all[i].kind()));
                let outer = p.outer.stamp;
                match outer.is_some_and(|s| s.offset_min.is_some()) {
                    true => self.beside(r.stamp, outer.filter(|_| p.outer.at == At::Read)),
                    false => self.beside(outer, r.stamp.or_else(|| zoned(&p.text))),
                }
                p.outer.dress(&mut r);
                self.stamp(r.stamp);
            }
            None if p.outer.inside == Inside::Whole => return false,
            None => {
                self.kinds[Kind::App as usize] += 1;
                self.stamp(p.outer.stamp);
            }
        }
        self.wrapped = true;
        true
    }

    /// What a time without a zone and one with it say of each other that stand in one line: the zone where it is the same time again,
    /// else how far the one lies ahead of the other.
    fn beside(&mut self, bare: Option<Stamp>, zoned: Option<Stamp>) {
        let bare = bare.filter(|s| s.offset_min.is_none() && s.dated != Dated::NoDate);
        let zoned = zoned.and_then(|s| Some((s, i64::from(s.offset_min?))));
        let (Some(bare), Some((zoned, offset))) = (bare, zoned) else {
            return;
        };
        let utc = zoned.wall_us - offset * MINUTE;
        let bare = with_year(bare, utc);
        let ahead = bare.wall_us - utc;
        if bare.wall_us.div_euclid(SECOND) == zoned.wall_us.div_euclid(SECOND) {
            self.zone = self.zone.or(zoned.offset_min.map(Zone::Fixed));
        }
        // what is further off tells of another time
        let quarters = (ahead + QUARTER / 2).div_euclid(QUARTER);
        if quarters.abs() <= 14 * 4 {
            let at_once = (ahead - quarters * QUARTER).abs() <= MINUTE;
            *self.ahead.entry(at_once.then_some(quarters)).or_default() += 1;
        }
    }

    /// The zone of times that stand nearly always beside what a clock with a zone says at once.
    fn zone_beside(&self) -> Option<Zone> {
        let all: u64 = self.ahead.values().sum();
        let (quarters, n) = self.ahead.iter().max_by_key(|(_, n)| **n)?;
        let sure = all >= BOTH && n * 20 >= all * 19;
        let minutes = i16::try_from((*quarters)? * QUARTER / MINUTE).ok()?;
        sure.then_some(Zone::Fixed(minutes))
    }

    /// Whether a proxy's lines are there for the requests that an application logs as well.
    pub(super) fn is_served(&self) -> bool {
        let [by_proxy, by_app] = self.requests;
        by_proxy.min(by_app) >= BOTH && by_proxy * 2 >= by_app
    }

    /// Counts a request by who logs it, and keeps a text that looks like one where nothing made one of it.
    fn look(&mut self, all: &[Tried], text: &[u8], found: Option<&(usize, Record<'_>)>) {
        let found = found.map(|(i, r)| (all[*i].kind(), r));
        if let Some(Body::Request(r)) = found.map(|(_, r)| &r.body) {
            self.requests[usize::from(r.by_app)] += 1;
        }
        if may_be_unread(found) && is_request(text) {
            self.unread.push(text.to_vec());
        }
    }

    fn count(&mut self, format: usize, kind: Kind) {
        self.hits[format] += 1;
        self.kinds[kind as usize] += 1;
    }

    fn stamp(&mut self, stamp: Option<Stamp>) {
        self.zoneless |= stamp.is_some_and(|t| t.offset_min.is_none());
        stamp.into_iter().for_each(|t| self.dates.see(t));
    }
}

/// Whether what was made of a line, and by what kind of format, leaves open that it is a request: nothing, or a message of an
/// application. Those of servers and proxies report requests that stand elsewhere, and so do faults.
pub fn may_be_unread(found: Option<(Kind, &Record<'_>)>) -> bool {
    found.is_none_or(|(kind, r)| match &r.body {
        Body::Message(m) => kind == Kind::App && m.level < Level::Warn,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_lines::time::stamp::any_shape;

    #[test]
    fn a_time_beside_another_one_says_its_zone() {
        let zone = |line: &str, lines: u64| {
            let (_, own) = any_shape(line.as_bytes()).unwrap();
            let mut s = Sniffed::default();
            (0..lines).for_each(|_| s.beside(Some(own), zoned(line.as_bytes())));
            s.zone.or_else(|| s.zone_beside())
        };
        let again = "2026-05-12 10:51:12 [INFO] START 2026-05-12 10:51:12 +0200 cap production";
        assert_eq!(zone(again, 1), Some(Zone::Fixed(120)));
        let agent =
            "May 12 11:51:13 web-1 agent[7]: 2026-05-12 10:51:12 UTC | CORE | INFO | posted";
        assert_eq!(zone(agent, 1), None);
        assert_eq!(zone(agent, 9), Some(Zone::Fixed(60)));
        for other in [
            "2026-05-12 10:51:12 [INFO] next run at 2026-05-12T11:58:12+02:00",
            "2026-05-12 10:51:12 [INFO] expires 2027-05-12T10:51:12+02:00",
            "2026-05-12 10:51:12 [INFO] 2026-05-12 10:51:12",
        ] {
            assert_eq!(zone(other, 9), None, "{other}");
        }
    }
}
