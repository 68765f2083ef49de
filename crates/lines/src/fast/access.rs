//! The few fields of a plain access line that are counted for each of millions. Borrowed from the line; no parsing here.

use std::ops::Range;

/// What a plain access line says beside its time: the fields of a [`Request`](crate::record::Request) that such a line has and
/// that are counted. All others are absent.
#[derive(Clone, Debug)]
pub struct Access<'a> {
    /// The line, with the newline that ends it.
    pub line: &'a [u8],
    /// Where the request line stands in it.
    pub request: Range<usize>,
    /// Final status, 100–599.
    pub status: u16,
    /// Client address, without port.
    pub client: &'a [u8],
    /// Virtual host in front, without port.
    pub service: Option<&'a [u8]>,
    /// Microseconds; -1 where the line does not state it.
    pub latency_us: i64,
    /// User agent.
    pub agent: &'a [u8],
}

impl<'a> Access<'a> {
    /// The request line.
    pub fn request_line(&self) -> &'a [u8] {
        &self.line[self.request.clone()]
    }
}
