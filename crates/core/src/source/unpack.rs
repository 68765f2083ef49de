//! Unpacking of gz, zst, xz and bz2 streams: what can be read is handed on, and how it ended goes to the notes.
//! The result is a function of the packed bytes alone: inner buffers have fixed sizes, whatever the reader asks for.

use super::inflate::{Inflate, gzip_header};
use super::magic::Codec;
use super::note::{Note, Notes};
use std::io::{self, BufRead, Read};

/// When unpacking stops. Both apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most unpacked bytes per packed byte, judged beyond [`Limits::ratio_from`].
    pub ratio: u64,
    /// Unpacked bytes from which the ratio is judged.
    pub ratio_from: u64,
    /// Most unpacked bytes of one input, and of all members of one archive.
    pub bytes: u64,
    /// Most members of one archive.
    pub members: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            ratio: 200,
            ratio_from: 64 << 20,
            bytes: 64 << 30,
            members: 100_000,
        }
    }
}

/// Size of the inner buffers. Fixed, so that damaged streams give the same bytes however they are read.
const CHUNK: usize = 64 << 10;

/// Memory that an xz stream may ask for: `xz -9` needs 65 MiB, and what asks for more is not a log that someone packed.
const XZ_MEMORY: u64 = 256 << 20;

/// The packed side: buffered in whole chunks, able to look ahead, counting what was taken.
struct Packed<R> {
    inner: R,
    buf: Vec<u8>,
    pos: usize,
    taken: u64,
    /// A read error of the system, kept apart from damage in the data.
    failed: Option<io::Error>,
}

impl<R: Read> Packed<R> {
    fn new(inner: R) -> Self {
        Packed {
            inner,
            buf: Vec::with_capacity(CHUNK),
            pos: 0,
            taken: 0,
            failed: None,
        }
    }

    /// Up to `n` bytes without taking them; fewer only at the end.
    fn peek(&mut self, n: usize) -> &[u8] {
        if self.buf.len() - self.pos < n && self.failed.is_none() {
            self.buf.drain(..self.pos);
            self.pos = 0;
            let room = (CHUNK - self.buf.len()) as u64;
            if let Err(e) = self.inner.by_ref().take(room).read_to_end(&mut self.buf) {
                self.failed = Some(e);
            }
        }
        self.buf.get(self.pos..).unwrap_or_default()
    }
}

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: Read> BufRead for Packed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.peek(1))
    }

    fn consume(&mut self, n: usize) {
        let n = n.min(self.buf.len() - self.pos);
        self.pos += n;
        self.taken += n as u64;
    }
}

enum Stage<R: Read> {
    Between(Packed<R>),
    Gz(Box<Inflate<Packed<R>>>),
    Zst(Box<zstd::stream::read::Decoder<'static, Packed<R>>>),
    Xz(Box<liblzma::bufread::XzDecoder<Packed<R>>>),
    Bz2(Box<bzip2::bufread::BzDecoder<Packed<R>>>),
    Done,
}

/// A reader of the unpacked bytes. It never fails: damage, early ends and limits end it and are noted.
pub struct Unpack<R: Read> {
    stage: Stage<R>,
    limits: Limits,
    notes: Notes,
    members: u64,
    unpacked: u64,
    /// A chunk for those who have no room for it, of which the bytes from `at` to `filled` were not handed on.
    out: Option<Box<[u8; CHUNK]>>,
    at: usize,
    filled: usize,
}

impl<R: Read> Unpack<R> {
    /// Unpacks `packed`, which begins with the magic number of a codec; plain bytes are noted as damage.
    pub fn new(packed: R, limits: Limits, notes: Notes) -> Self {
        Unpack {
            stage: Stage::Between(Packed::new(packed)),
            limits,
            notes,
            members: 0,
            unpacked: 0,
            out: None,
            at: 0,
            filled: 0,
        }
    }

    /// Between members: opens the next one, or ends.
    fn open_member(&mut self, mut packed: Packed<R>) -> Stage<R> {
        let head = packed.peek(Codec::NEEDS);
        let (codec, empty) = (Codec::of(head), head.is_empty());
        if empty || packed.failed.is_some() {
            self.note_failure(&mut packed);
            return Stage::Done;
        }
        match codec {
            Codec::Gz => self.begin_gzip(packed),
            Codec::Zst => match zstd::stream::read::Decoder::with_buffer(packed) {
                Ok(d) => Stage::Zst(Box::new(d.single_frame())),
                Err(e) => self.cannot_begin(&e),
            },
            Codec::Xz => match liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, 0) {
                Ok(stream) => Stage::Xz(Box::new(liblzma::bufread::XzDecoder::new_stream(
                    packed, stream,
                ))),
                Err(e) => self.cannot_begin(&e.into()),
            },
            Codec::Bz2 => Stage::Bz2(Box::new(bzip2::bufread::BzDecoder::new(packed))),
            Codec::Plain => {
                self.end_of_members(packed);
                Stage::Done
            }
        }
    }

    /// Begins with the bytes behind the header.
    fn begin_gzip(&self, mut packed: Packed<R>) -> Stage<R> {
        // mostly it lies there already: what follows is not waited for
        let torn = matches!(gzip_header(packed.peek(1)), Err(nom::Err::Incomplete(_)));
        let head = packed.peek(if torn { CHUNK } else { 1 });
        let (all, why) = match gzip_header(head) {
            Ok((rest, ())) => {
                let header = head.len() - rest.len();
                packed.consume(header);
                return Stage::Gz(Box::new(Inflate::new(packed, None)));
            }
            Err(nom::Err::Incomplete(_)) if head.len() < CHUNK => {
                (head.len(), io::ErrorKind::UnexpectedEof.into())
            }
            Err(_) => (0, io::Error::other("invalid gzip header")),
        };
        packed.consume(all);
        self.note_end(packed, &why);
        Stage::Done
    }

    fn cannot_begin(&self, e: &io::Error) -> Stage<R> {
        self.notes.add(Note::Damaged {
            unpacked: self.unpacked,
            packed: 0,
            reason: e.to_string(),
        });
        Stage::Done
    }

    /// What follows the last member: zero padding is usual on tapes and is not worth a word.
    fn end_of_members(&mut self, mut packed: Packed<R>) {
        let at = packed.taken;
        loop {
            let rest = packed.peek(1);
            if rest.is_empty() {
                break self.note_failure(&mut packed);
            }
            if rest.iter().any(|&b| b != 0) {
                break self.notes.add(Note::Trailing { packed: at });
            }
            let n = rest.len();
            packed.consume(n);
        }
    }

    /// A read error of the system, if there was one.
    fn note_failure(&self, packed: &mut Packed<R>) {
        if let Some(e) = packed.failed.take() {
            self.notes.add(Note::ReadFailed {
                byte: packed.taken,
                reason: e.to_string(),
            });
        }
    }

    /// Notes why a member could not be read on.
    fn note_end(&self, mut packed: Packed<R>, error: &io::Error) {
        if packed.failed.is_some() {
            return self.note_failure(&mut packed);
        }
        let (unpacked, packed) = (self.unpacked, packed.taken);
        self.notes.add(match error.kind() {
            io::ErrorKind::UnexpectedEof => Note::EndsEarly {
                unpacked,
                packed,
                members: self.members,
            },
            _ if wants_memory(error) => Note::Memory,
            _ => Note::Damaged {
                unpacked,
                packed,
                reason: error.to_string(),
            },
        });
    }

    /// Unpacks the next chunk into `out`, which has room for one; gives its length, 0 at the end. Always asked for as much, so
    /// that limits end the same input at the same byte however it is read.
    fn unpack(&mut self, out: &mut [u8; CHUNK]) -> usize {
        loop {
            let (read, taken) = match &mut self.stage {
                Stage::Done => return 0,
                Stage::Between(_) => {
                    if let Stage::Between(p) = std::mem::replace(&mut self.stage, Stage::Done) {
                        self.stage = self.open_member(p);
                    }
                    continue;
                }
                Stage::Gz(d) => (d.read(out), d.packed().taken),
                Stage::Zst(d) => (d.read(out), d.get_ref().taken),
                Stage::Xz(d) => (d.read(out), d.get_ref().taken),
                Stage::Bz2(d) => (d.read(out), d.get_ref().taken),
            };
            match read {
                Ok(0) => {
                    if let Some(packed) = self.close_member() {
                        self.members += 1;
                        self.stage = Stage::Between(packed);
                    }
                }
                Ok(n) => {
                    self.unpacked += n as u64;
                    self.check_limits(taken);
                    return n;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    if let Some(packed) = self.close_member() {
                        self.note_end(packed, &e);
                    }
                }
            }
        }
    }

    /// The packed side of the member that ended; the stage is `Done` after it.
    fn close_member(&mut self) -> Option<Packed<R>> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Gz(d) => Some(d.into_packed()),
            Stage::Zst(d) => Some(d.finish()),
            Stage::Xz(d) => Some(d.into_inner()),
            Stage::Bz2(d) => Some(d.into_inner()),
            Stage::Between(p) => Some(p),
            Stage::Done => None,
        }
    }

    fn check_limits(&mut self, packed: u64) {
        let l = &self.limits;
        let dense = self.unpacked > l.ratio_from && self.unpacked / packed.max(1) >= l.ratio.max(1);
        if dense || self.unpacked > l.bytes {
            self.notes.add(Note::TooLarge {
                unpacked: self.unpacked,
                packed,
            });
            self.stage = Stage::Done;
        }
    }
}

/// What zstd returns for a window of more than 128 MiB (`zstd_errors.h`: 16).
const ZSTD_WINDOW: usize = 0usize.wrapping_sub(16);

/// Whether an unpacker refuses because of the memory that it would take.
fn wants_memory(error: &io::Error) -> bool {
    let of_xz = error.get_ref().and_then(|e| e.downcast_ref());
    let of_zstd = zstd::zstd_safe::get_error_name(ZSTD_WINDOW);
    of_xz == Some(&liblzma::stream::Error::MemLimit) || error.to_string() == of_zstd
}

impl<R: Read> Read for Unpack<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.filled {
            // what has room for a chunk gets it without a copy
            if let Some(room) = into.first_chunk_mut() {
                return Ok(self.unpack(room));
            }
            let mut out = std::mem::take(&mut self.out);
            let room = out.get_or_insert_with(|| Box::new([0; CHUNK]));
            (self.at, self.filled) = (0, self.unpack(room));
            self.out = out;
        }
        let out = self
            .out
            .as_deref()
            .map_or(&[][..], |o| &o[self.at..self.filled]);
        let n = { out }.read(into)?;
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests;
