//! What a line shows at a glance without being folded: for inputs that must be read in order, where time has to be seen to go on
//! before what lies before it is read, and for whether lines without a request speak of some.

use crate::plan::{PlanInput, clean, trim_line};
use crate::scan::dispatch::Tries;
use crate::summary::{
    Glimpse, Pos, StampClock, client_bit, is_client_fault, is_failed, is_health_check,
};
use coroner_lines::format::Reader;
use coroner_lines::format::columns::mentions_request;
use coroner_lines::format::envelope::{Outer, peel};
use coroner_lines::hash::hash64;
use coroner_lines::record::{Body, Kind, Level, Record};
use coroner_lines::time::Calendar;

/// Looks at the lines of one input, in order.
pub struct Onlooker {
    input: PlanInput,
    clock: StampClock,
    tries: Tries,
    readers: Vec<Option<Box<dyn Reader>>>,
    scratch: Vec<u8>,
    /// Lines that are still looked at for whether they speak of requests, and how many of those before did.
    doubts: u32,
    speaks: u32,
}

impl Onlooker {
    /// For a planned input; `None` where records are more than lines.
    pub fn new(input: &PlanInput) -> Option<Onlooker> {
        if input.frame.is_some() {
            return None;
        }
        Some(Onlooker {
            clock: StampClock {
                calendar: input.calendar,
                zone: input.meta.zone,
            },
            tries: Tries::new(input.stateful),
            readers: match input.stateful {
                true => input.formats.iter().map(|f| f.reader()).collect(),
                false => Vec::new(),
            },
            scratch: Vec::new(),
            doubts: 0,
            speaks: 0,
            input: input.clone(),
        })
    }

    /// Reads open dates by another calendar from now on.
    pub fn follow(&mut self, calendar: Calendar) {
        self.clock.calendar = calendar;
    }

    /// Asks of so many of the next lines that are no requests whether they speak of some.
    pub fn doubt(&mut self, lines: u32) {
        (self.doubts, self.speaks) = (lines, 0);
    }

    /// Goes on where another one was, as [`Onlooker::doubted`] gives it.
    pub fn doubting(mut self, doubted: (u32, u32)) -> Onlooker {
        (self.doubts, self.speaks) = doubted;
        self
    }

    /// How many of them did not come yet, and how many of those that came speak of requests.
    pub fn doubted(&self) -> (u32, u32) {
        (self.doubts, self.speaks)
    }

    /// Looks at the next line, without its newline, which lies there.
    pub fn look(&mut self, raw: &[u8], at: Pos) -> Glimpse {
        let mut glimpse = Glimpse {
            first: at,
            records: 1,
            ..Glimpse::default()
        };
        let mut scratch = std::mem::take(&mut self.scratch);
        let mut line = trim_line(raw);
        if self.input.dirty {
            scratch.clear();
            scratch.extend_from_slice(raw);
            clean(&mut scratch);
            line = trim_line(&scratch).trim_ascii_end();
        }
        if self.input.wrapped
            && let Some((_, peeled)) = peel(line)
        {
            let text = peeled.text.trim_ascii_end();
            if !self.first(text, Some(&peeled.outer), &mut glimpse) {
                self.doubted_line(text, None, &glimpse);
                let alone = Record::new(peeled.outer.stamp, Body::Nothing);
                see(&mut glimpse, &self.clock, &alone);
            }
        } else if !self.first(line, None, &mut glimpse) {
            self.doubted_line(line, None, &glimpse);
        }
        self.scratch = scratch;
        glimpse
    }

    /// What the first format makes of a text that accepts it.
    fn first(&mut self, text: &[u8], outer: Option<&Outer<'_>>, to: &mut Glimpse) -> bool {
        let formats = &self.input.formats;
        let mut tries = self.tries.of(formats, text);
        while let Some(i) = self.tries.next(&mut tries, text) {
            let found = match self.readers.get_mut(i) {
                Some(Some(reader)) => reader.read(text),
                _ => formats[i].parse(text),
            };
            let Some(mut rec) = found else { continue };
            if let Some(o) = outer {
                o.dress(&mut rec);
            }
            see(to, &self.clock, &rec);
            let kind = formats[i].kind();
            self.doubted_line(text, Some((kind, &rec)), to);
            return true;
        }
        false
    }

    fn doubted_line(&mut self, text: &[u8], found: Option<(Kind, &Record<'_>)>, to: &Glimpse) {
        if self.doubts > 0 && to.requests == 0 {
            self.doubts -= 1;
            // what servers and proxies write beside their requests speaks of them, and so do faults
            let open = found.is_none_or(|(kind, r)| match &r.body {
                Body::Message(m) => kind != Kind::Web && m.level < Level::Warn,
                Body::Nothing => true,
                _ => false,
            });
            self.speaks += u32::from(open && mentions_request(text));
        }
    }
}

fn see(to: &mut Glimpse, clock: &StampClock, rec: &Record<'_>) {
    if let Body::Several(all) = &rec.body {
        return all.iter().for_each(|r| see(to, clock, r));
    }
    if matches!(rec.body, Body::Notices(_)) {
        // notices report other times than their own
        to.at = to.at.or(rec.stamp.and_then(|s| clock.tick(s)));
        return;
    }
    to.at = clock.over(rec).or(to.at);
    let Body::Request(r) = &rec.body else { return };
    if is_health_check(r.path, r.agent) {
        return;
    }
    let client = match r.client {
        b"" | b"-" => 0,
        c => client_bit(hash64(c, 1)),
    };
    to.requests += 1;
    to.by_app = r.by_app;
    to.clients |= client;
    if is_failed(r.status) {
        to.failed.note(to.first, client);
    } else if is_client_fault(r.status) {
        to.refused.note(to.first, client);
    }
}
