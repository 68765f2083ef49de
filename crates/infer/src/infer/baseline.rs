//! What an earlier part shows of a system that works: the share of its requests that fails, and the messages that it writes.
//! Taken from what no incident of that part touches. Judges nothing of the part at hand.

use crate::detect;
use crate::infer::channels::KeyList;
use crate::infer::lanes::View;
use crate::infer::{InferConfig, clocks_of, in_bulk};
use coroner_core::summary::{InputPart, Part};
use coroner_lines::hash::hash64;
use coroner_lines::time::{Instant, MINUTE};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is usual.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Earlier {
    /// Share of the requests of the edge tier that fails, 0–1; `None` where too few are there to say.
    pub share: Option<f64>,
    /// Hashes of the masked texts of messages.
    messages: BTreeSet<u64>,
    /// CRC-32 of the file it comes from, as 8 hexadecimal digits.
    pub crc32: String,
}

impl Earlier {
    /// What a part shows. `crc32` is that of its file.
    pub fn of(part: &Part, config: &InferConfig, crc32: String) -> Earlier {
        let part = &*in_bulk(part);
        let clocks = clocks_of(part, config);
        let view = View::new(part, &clocks);
        let clients = KeyList::none(&view);
        let found = detect::detect(&view.counts(), &clients, config.sensitivity);
        let bad = |t: Instant| {
            let s = t.second();
            found.incidents.iter().any(|i| i.start <= s && s < i.end)
        };
        let mut messages = BTreeSet::new();
        for l in &view.lanes {
            messages.extend(l.track.shapes.keys().map(|w| hash64(w.bytes(), 0)));
            for (k, t) in l.track.templates.iter() {
                // one minute outside is enough: it was written when nothing was wrong
                if t.minutes
                    .counts()
                    .any(|(m, _)| !bad(l.utc(m.saturating_mul(MINUTE))))
                {
                    messages.insert(hash64(&k.text, 0));
                }
            }
        }
        Earlier {
            share: (found.enough_data && !found.no_clean_baseline).then_some(found.p0),
            messages,
            crc32,
        }
    }

    /// The messages of a part that is over were written before, too.
    pub fn knows_also(&mut self, part: &InputPart) {
        for (_, t) in part.tracks() {
            let shapes = t.shapes.keys().map(|w| hash64(w.bytes(), 0));
            self.messages.extend(shapes);
            let texts = t.templates.iter().map(|(k, _)| hash64(&k.text, 0));
            self.messages.extend(texts);
        }
    }

    /// Whether a message was written then.
    pub(super) fn knows(&self, text: &[u8]) -> bool {
        self.messages.contains(&hash64(text, 0))
    }
}
