//! What lies outside the stretch of time that is asked for: its lines are counted and its bytes summed, nothing is read of them.
//! Where it lies is not decided here.

use crate::scan::Scanner;
use crate::scan::lines::NEAR;
use std::io::{self, Read};

/// Bytes that are read at once.
const BUFFER: usize = 256 << 10;

impl Scanner<'_> {
    /// Passes over the next bytes, of which all lines lie outside the stretch of time that is asked for. They may end anywhere.
    pub fn pass(&mut self, bytes: &[u8]) {
        for near in bytes.chunks(NEAR) {
            let lines = memchr::memchr_iter(b'\n', near).count() as u64;
            self.lines += lines;
            self.fold.out_of_range(lines);
            self.crc.update(near);
        }
        self.end += bytes.len() as u64;
    }

    /// Passes over all that can be read. Whether its last line lacks a newline, and how the reading ended.
    pub fn pass_all(&mut self, mut from: impl Read) -> (bool, io::Result<()>) {
        let mut buffer = vec![0; BUFFER];
        let mut last = b'\n';
        let ended = loop {
            match from.read(&mut buffer) {
                Ok(0) => break Ok(()),
                Ok(n) => {
                    last = buffer[n - 1];
                    self.pass(&buffer[..n]);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => break Err(e),
            }
        };
        (last != b'\n', ended)
    }

    /// Counts the last line of the input, passed over too, which lacks its newline.
    pub fn pass_last(&mut self) {
        self.lines += 1;
        self.fold.out_of_range(1);
    }
}
