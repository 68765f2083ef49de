//! Folds the numbers that messages state beside a name. Which numbers those are is known to the reader of the text.

use super::Fold;
use crate::summary::LineAt;
use crate::summary::gauges::GaugeLine;
use coroner_lines::record::Kind;
use coroner_lines::text::gauges::gauges;

impl Fold {
    /// Counts the numbers that the message of now states, of a host and a service, which have a number where it is not 0.
    #[inline(always)]
    pub(in crate::summary) fn see_gauges(
        &mut self,
        at: LineAt<'_>,
        (host, service, names): (Option<&[u8]>, Option<&[u8]>, u32),
        text: &[u8],
        scope: Kind,
    ) {
        // what deploy tools and pagers say of numbers makes rows
        if matches!(scope, Kind::Deploy | Kind::Pager) {
            return;
        }
        let line = GaugeLine {
            names,
            host,
            service,
            us: self.now.us,
            pos: at.pos,
            line: at.bytes(),
            again: self.scratch.again && at.lead == 0,
        };
        // before a text that is no member of the line stand its time and its names
        let place = at.place_of(text).map_or(at.start, |p| p.start);
        let from = match at.block[..place].last() {
            Some(b' ') => place,
            _ => at.start,
        };
        let track = self.part.track_mut(self.now.axis);
        // in an object whose message stands in a member of its own texts are texts
        let quoted = text.starts_with(b"{");
        gauges(&at.block[from..at.end], quoted, |g| {
            track.gauges.state(g, &line, &mut self.scratch.stated);
        });
    }
}
