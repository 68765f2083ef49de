//! Whether lines of which none was read as a request speak of some.

use crate::plan::{PlanInput, clean, trim_line};
use crate::scan::dispatch::Tries;
use coroner_lines::format::Reader;
use coroner_lines::format::columns::mentions_request;
use coroner_lines::format::envelope::{Outer, peel};
use coroner_lines::record::{Body, Kind, Level};

/// Looks at lines of one input.
pub struct Onlooker {
    input: PlanInput,
    tries: Tries,
    readers: Vec<Option<Box<dyn Reader>>>,
    /// Lines that are still looked at for whether they speak of requests, and how many of those before did.
    doubts: u32,
    speaks: u32,
}

impl Onlooker {
    /// For a planned input, going on where another one was, as [`Onlooker::doubted`] gives it; `None` where records are more than lines.
    pub fn new(input: &PlanInput, (doubts, speaks): (u32, u32)) -> Option<Onlooker> {
        if input.frame.is_some() {
            return None;
        }
        Some(Onlooker {
            tries: Tries::new(input.stateful),
            readers: match input.stateful {
                true => input.formats.iter().map(|f| f.reader()).collect(),
                false => Vec::new(),
            },
            doubts,
            speaks,
            input: input.clone(),
        })
    }

    /// Asks of so many of the next lines that are no requests whether they speak of some.
    pub fn doubt(&mut self, lines: u32) {
        (self.doubts, self.speaks) = (lines, 0);
    }

    /// How many of them did not come yet, and how many of those that came speak of requests.
    pub fn doubted(&self) -> (u32, u32) {
        (self.doubts, self.speaks)
    }

    /// Looks at the next lines, as far as it doubts them.
    pub fn look(&mut self, lines: &[u8]) {
        let lines = lines.split(|c| *c == b'\n').take(self.doubts as usize);
        for raw in lines.filter(|l| !l.is_empty()) {
            let mut copy = raw.to_vec();
            if self.input.dirty {
                clean(&mut copy);
            }
            let line = trim_line(&copy).trim_ascii_end();
            match peel(line).filter(|_| self.input.wrapped) {
                Some((_, p)) => self.text(p.text.trim_ascii_end(), Some(&p.outer)),
                None => self.text(line, None),
            }
        }
    }

    /// Looks at what the first format makes of a text that accepts it.
    fn text(&mut self, text: &[u8], outer: Option<&Outer<'_>>) {
        let formats = &self.input.formats;
        let mut tries = self.tries.of(formats, text);
        let mut found = None;
        while let (None, Some(i)) = (&found, self.tries.next(&mut tries, text)) {
            let rec = match self.readers.get_mut(i) {
                Some(Some(reader)) => reader.read(text),
                _ => formats[i].parse(text),
            };
            found = rec.map(|rec| (formats[i].kind(), rec));
        }
        if let (Some((_, rec)), Some(o)) = (&mut found, outer) {
            o.dress(rec);
        }
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
