//! The bytes of a deflated member of a zip archive. What unpacks them takes more room than most logs of an archive of many, and
//! is aligned, so that some allocators leave a hole of its size between what is kept of one member and of the next: the members
//! that a thread reads share one.

use flate2::{Decompress, FlushDecompress, Status};
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};

thread_local! {
    static UNPACKER: Cell<Option<Decompress>> = const { Cell::new(None) };
}

/// A reader of the unpacked bytes, which fails at their end where they are not those that were packed.
pub(super) struct Inflate<R> {
    packed: BufReader<R>,
    /// Taken out when it is dropped, and never before.
    unpacker: Option<Decompress>,
    crc: crc32fast::Hasher,
    /// What the archive says that their CRC-32 is.
    told: u32,
}

impl<R: Read> Inflate<R> {
    /// Unpacks bytes of which the archive tells the CRC-32 when they are unpacked.
    pub(super) fn new(packed: R, told: u32) -> Self {
        let mut unpacker = UNPACKER.take().unwrap_or_else(|| Decompress::new(false));
        unpacker.reset(false);
        Inflate {
            packed: BufReader::new(packed),
            unpacker: Some(unpacker),
            crc: crc32fast::Hasher::new(),
            told,
        }
    }
}

impl<R> Drop for Inflate<R> {
    fn drop(&mut self) {
        UNPACKER.set(self.unpacker.take());
    }
}

impl<R: Read> Read for Inflate<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(unpacker) = self.unpacker.as_mut().filter(|_| !into.is_empty()) else {
            return Ok(0);
        };
        loop {
            let packed = self.packed.fill_buf()?;
            let (ended, before) = (
                packed.is_empty(),
                (unpacker.total_in(), unpacker.total_out()),
            );
            let flush = match ended {
                true => FlushDecompress::Finish,
                false => FlushDecompress::None,
            };
            let found = unpacker.decompress(packed, into, flush);
            self.packed
                .consume((unpacker.total_in() - before.0) as usize);
            let n = (unpacker.total_out() - before.1) as usize;
            let why = match found {
                Ok(Status::Ok | Status::BufError) if n == 0 && !ended => continue,
                Ok(Status::Ok | Status::BufError) if n == 0 => {
                    (io::ErrorKind::UnexpectedEof, "incomplete deflate stream")
                }
                Err(_) => (io::ErrorKind::InvalidInput, "corrupt deflate stream"),
                Ok(Status::StreamEnd) if n == 0 && self.crc.clone().finalize() != self.told => {
                    (io::ErrorKind::InvalidData, "Invalid checksum")
                }
                Ok(_) => {
                    self.crc.update(&into[..n]);
                    return Ok(n);
                }
            };
            return Err(io::Error::new(why.0, why.1));
        }
    }
}
