//! How applications talk: one file per logging style, each a `Voice`.
//! A voice turns a request that reached a server into what that server's application logs about it.

use crate::clock::S;
use crate::out::Log;
use crate::rng::Rng;
use crate::traffic::Hit;

pub mod go;
pub mod java;
pub mod node;
pub mod python;

/// A way of logging.
pub trait Voice {
    /// An ordinary line about a request that went well, if this request gets one.
    fn fine(&self, t: i64, hit: &Hit, rng: &mut Rng) -> Option<String>;
    /// What the planned fault makes it say.
    fn fault(&self, t: i64, hit: &Hit, rng: &mut Rng) -> String;
    /// An ordinary failure that has nothing to do with the incident.
    fn oops(&self, t: i64, hit: &Hit, rng: &mut Rng) -> String;
}

/// Everything that server `index` logs about `hits`; its clock runs `ahead` microseconds fast.
pub fn tell(
    log: &mut Log,
    hits: &[Hit],
    index: usize,
    voice: &dyn Voice,
    ahead: i64,
    rng: &mut Rng,
) {
    for hit in hits.iter().filter(|h| h.answered() == Some(index)) {
        let t = hit.end - 1_500;
        let stamp = t + ahead;
        if hit.status == 500 && hit.planned {
            log.line(t, voice.fault(stamp, hit, rng));
        } else if hit.status >= 500 {
            log.line(t, voice.oops(stamp, hit, rng));
        } else if hit.status != 499
            && hit.user > 0
            && let Some(text) = voice.fine(stamp, hit, rng)
        {
            log.line(t, text);
        }
    }
}

/// Time that a request took, in whole milliseconds.
pub fn took_ms(hit: &Hit) -> i64 {
    hit.tries.last().map_or(0, |t| t.us % (60 * S)) / 1000
}
