//! Deflated bytes, of a member of a zip archive or of a gzip stream (RFC 1952). What unpacks them takes more room than most logs
//! of which there are many, and is aligned, so that some allocators leave a hole of its size between what is kept of one log
//! and of the next: those that a thread reads share one.

use flate2::{Decompress, FlushDecompress, Status};
use nom::bytes::streaming::{tag, take, take_till};
use nom::combinator::cond;
use nom::multi::length_data;
use nom::number::streaming::{le_u16, u8};
use nom::{IResult, Parser};
use std::cell::Cell;
use std::io::{self, BufRead, Read};

thread_local! {
    static UNPACKER: Cell<Option<Decompress>> = const { Cell::new(None) };
}

/// The one of the thread, which goes back when it is dropped; another one while that is in use.
struct Unpacker(Option<Decompress>);

impl Drop for Unpacker {
    fn drop(&mut self) {
        UNPACKER.set(self.0.take());
    }
}

/// A reader of the unpacked bytes, which fails at their end where they are not those that were packed.
pub(super) struct Inflate<R> {
    packed: R,
    unpacker: Unpacker,
    crc: crc32fast::Hasher,
    /// What the archive says that their CRC-32 is; a gzip stream says it behind them.
    expected: Option<u32>,
}

/// What stands in front of the bytes of a gzip stream.
pub(super) fn gzip_header(from: &[u8]) -> IResult<&[u8], ()> {
    const RESERVED: u8 = 0xe0;
    let (rest, _) = tag(&b"\x1f\x8b\x08"[..]).parse(from)?;
    let (rest, flags) = nom::combinator::verify(u8, |f| f & RESERVED == 0).parse(rest)?;
    let has = |bit: u8| flags & bit != 0;
    let text = || (take_till(|b| b == 0), take(1usize));
    // the time of its file and who wrote it; then extra fields, a name, a comment, and a sum of all that
    let (rest, _) = (
        take(6usize),
        cond(has(4), length_data(le_u16)),
        cond(has(8), text()),
        cond(has(16), text()),
        cond(has(2), take(2usize)),
    )
        .parse(rest)?;
    Ok((rest, ()))
}

impl<R: BufRead> Inflate<R> {
    /// Unpacks bytes of which `expected` is the CRC-32 when they are unpacked; `None` where it follows, as in a gzip stream.
    pub(super) fn new(packed: R, expected: Option<u32>) -> Self {
        let mut unpacker = UNPACKER.take().unwrap_or_else(|| Decompress::new(false));
        unpacker.reset(false);
        Inflate {
            packed,
            unpacker: Unpacker(Some(unpacker)),
            crc: crc32fast::Hasher::new(),
            expected,
        }
    }

    /// Where the packed bytes come from.
    pub(super) fn packed(&self) -> &R {
        &self.packed
    }

    /// The same, behind what was unpacked.
    pub(super) fn into_packed(self) -> R {
        self.packed
    }

    /// Whether all of the bytes are those that were packed.
    fn is_sound(&mut self, unpacked: u64) -> io::Result<bool> {
        let sum = self.crc.clone().finalize();
        if let Some(expected) = self.expected {
            return Ok(sum == expected);
        }
        let mut trailer = [0; 8];
        self.packed.read_exact(&mut trailer)?;
        let (sum, length) = (sum.to_le_bytes(), (unpacked as u32).to_le_bytes());
        Ok(trailer[..4] == sum && trailer[4..] == length)
    }
}

impl<R: BufRead> Read for Inflate<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(unpacker) = self.unpacker.0.as_mut().filter(|_| !into.is_empty()) else {
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
                Ok(Status::StreamEnd) if n == 0 && !self.is_sound(before.1)? => {
                    (io::ErrorKind::InvalidData, "invalid checksum")
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
