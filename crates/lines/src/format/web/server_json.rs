//! What the JSON access logs of proxies and clouds share: times in any of three encodings, and the note of a counter that begins
//! anew. Keys are known to each format alone.

use crate::format::synonym;
use crate::record::{Level, MarkerKind, Message};
use crate::time::Stamp;

/// A time, taken from the first value that is one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Time(pub(super) Option<Stamp>);

impl Time {
    /// Takes ISO 8601, or an epoch in seconds to nanoseconds.
    pub(super) fn take(&mut self, value: &[u8]) {
        self.0 = self.0.or_else(|| synonym::time(value));
    }
}

/// Traefik counts requests from its start: the first one shows that it started.
pub(super) fn told_again<'a>() -> Message<'a> {
    Message {
        states: Some(MarkerKind::Restart),
        ..Message::new(Level::Info, b"the count of requests begins anew")
    }
}
