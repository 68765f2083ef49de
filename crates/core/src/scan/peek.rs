//! What a line shows at a glance, before anything is counted: when it was written, whether it is a request, whether that failed.
//! `watch` goes by it; nothing of it enters a part.

use crate::plan::{PlanInput, clean, trim_line};
use crate::scan::dispatch::Tries;
use crate::summary::{Axis, StampClock, is_health_check};
use coroner_lines::format::Reader;
use coroner_lines::format::columns::mentions_request;
use coroner_lines::format::envelope::{Outer, peel};
use coroner_lines::hash::hash64;
use coroner_lines::record::{Body, Kind, Level, Record};
use coroner_lines::time::Calendar;

/// What one line shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Glimpse {
    /// When, in microseconds on an axis of the input.
    pub at: Option<(Axis, i64)>,
    /// Requests, health checks left out.
    pub requests: u32,
    /// Of these, final status 5xx.
    pub failed: u32,
    /// Hash of the client's address, of a request that failed or not; 0 where there is none.
    pub client: u64,
    /// Whether the request was written by the application itself.
    pub by_app: bool,
    /// No request, though it speaks of one; of the lines that are doubted.
    pub speaks: bool,
}

/// Looks at the lines of one input, in order.
pub struct Onlooker {
    input: PlanInput,
    clock: StampClock,
    tries: Tries,
    readers: Vec<Option<Box<dyn Reader>>>,
    scratch: Vec<u8>,
    /// Lines that are still looked at for whether they speak of requests.
    doubts: u32,
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
            input: input.clone(),
        })
    }

    /// Reads open dates by another calendar from now on.
    pub fn follow(&mut self, calendar: Calendar) {
        self.clock.calendar = calendar;
    }

    /// Asks of so many of the next lines that are no requests whether they speak of some.
    pub fn doubt(&mut self, lines: u32) {
        self.doubts = lines;
    }

    /// How many of them did not come yet.
    pub fn doubted(&self) -> u32 {
        self.doubts
    }

    /// Looks at the next line, without its newline.
    pub fn look(&mut self, raw: &[u8]) -> Glimpse {
        let mut glimpse = Glimpse::default();
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
                self.speaks(text, None, &mut glimpse);
                let alone = Record::new(peeled.outer.stamp, Body::Nothing);
                glimpse.see(&self.clock, &alone);
            }
        } else if !self.first(line, None, &mut glimpse) {
            self.speaks(line, None, &mut glimpse);
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
            to.see(&self.clock, &rec);
            let kind = formats[i].kind();
            self.speaks(text, Some((kind, &rec)), to);
            return true;
        }
        false
    }

    fn speaks(&mut self, text: &[u8], found: Option<(Kind, &Record<'_>)>, to: &mut Glimpse) {
        if self.doubts > 0 && to.requests == 0 {
            self.doubts -= 1;
            // what servers and proxies write beside their requests speaks of them, and so do faults
            let open = found.is_none_or(|(kind, r)| match &r.body {
                Body::Message(m) => kind != Kind::Web && m.level < Level::Warn,
                Body::Nothing => true,
                _ => false,
            });
            to.speaks = open && mentions_request(text);
        }
    }
}

impl Glimpse {
    fn see(&mut self, clock: &StampClock, rec: &Record<'_>) {
        if let Body::Several(all) = &rec.body {
            return all.iter().for_each(|r| self.see(clock, r));
        }
        if matches!(rec.body, Body::Notices(_)) {
            // notices report other times than their own
            self.at = self.at.or(rec.stamp.and_then(|s| clock.tick(s)));
            return;
        }
        self.at = clock.over(rec).or(self.at);
        let Body::Request(r) = &rec.body else { return };
        if is_health_check(r.path, r.agent) {
            return;
        }
        self.requests += 1;
        self.failed += u32::from((500..600).contains(&r.status));
        self.by_app = r.by_app;
        self.client = match r.client {
            b"" | b"-" => 0,
            c => hash64(c, 0),
        };
    }
}
