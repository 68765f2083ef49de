//! Unpacking of gz and zst streams: what can be read is handed on, and how it ended goes to the notes.
//! The result is a function of the packed bytes alone: inner buffers have fixed sizes, whatever the reader asks for.

use super::magic::Codec;
use super::note::{Note, Notes};
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, Read};

/// When unpacking stops. Both apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most unpacked bytes per packed byte, judged beyond [`Limits::ratio_from`].
    pub ratio: u64,
    /// Unpacked bytes from which the ratio is judged.
    pub ratio_from: u64,
    /// Most unpacked bytes of one input.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            ratio: 200,
            ratio_from: 64 << 20,
            bytes: 64 << 30,
        }
    }
}

/// Size of the inner buffers. Fixed, so that damaged streams give the same bytes however they are read.
const CHUNK: usize = 64 << 10;

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
    Gz(Box<GzDecoder<Packed<R>>>),
    Zst(Box<zstd::stream::read::Decoder<'static, Packed<R>>>),
    Done,
}

/// A reader of the unpacked bytes. It never fails: damage, early ends and limits end it and are noted.
pub struct Unpack<R: Read> {
    stage: Stage<R>,
    limits: Limits,
    notes: Notes,
    members: u64,
    unpacked: u64,
    out: Vec<u8>,
    pos: usize,
}

impl<R: Read> Unpack<R> {
    /// Unpacks `packed`, which begins with a gz or zst magic number; plain bytes are noted as damage.
    pub fn new(packed: R, limits: Limits, notes: Notes) -> Self {
        Unpack {
            stage: Stage::Between(Packed::new(packed)),
            limits,
            notes,
            members: 0,
            unpacked: 0,
            out: Vec::new(),
            pos: 0,
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
            Codec::Gz => Stage::Gz(Box::new(GzDecoder::new(packed))),
            Codec::Zst => match zstd::stream::read::Decoder::with_buffer(packed) {
                Ok(d) => Stage::Zst(Box::new(d.single_frame())),
                Err(e) => {
                    self.notes.add(Note::Damaged {
                        unpacked: self.unpacked,
                        packed: 0,
                        reason: e.to_string(),
                    });
                    Stage::Done
                }
            },
            Codec::Plain => {
                self.end_of_members(packed);
                Stage::Done
            }
        }
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
            _ => Note::Damaged {
                unpacked,
                packed,
                reason: error.to_string(),
            },
        });
    }

    /// Unpacks the next chunk into `out`. `out` stays empty at the end.
    fn refill(&mut self) {
        self.pos = 0;
        self.out.resize(CHUNK, 0);
        loop {
            let (read, taken) = match &mut self.stage {
                Stage::Done => {
                    self.out.clear();
                    return;
                }
                Stage::Between(_) => {
                    if let Stage::Between(p) = std::mem::replace(&mut self.stage, Stage::Done) {
                        self.stage = self.open_member(p);
                    }
                    continue;
                }
                Stage::Gz(d) => (d.read(&mut self.out), d.get_ref().taken),
                Stage::Zst(d) => (d.read(&mut self.out), d.get_ref().taken),
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
                    self.out.truncate(n);
                    self.check_limits(taken);
                    return;
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
            Stage::Gz(d) => Some(d.into_inner()),
            Stage::Zst(d) => Some(d.finish()),
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

impl<R: Read> Read for Unpack<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.pos == self.out.len() {
            self.refill();
        }
        let n = self.out.get(self.pos..).unwrap_or_default().read(into)?;
        self.pos += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gz(data: &[u8]) -> Vec<u8> {
        let mut e = GzEncoder::new(Vec::new(), Compression::default());
        e.write_all(data).unwrap();
        e.finish().unwrap()
    }

    fn lines(n: usize) -> Vec<u8> {
        (0..n)
            .flat_map(|i| format!("line {i} {}\n", i * 7919 % 1013).into_bytes())
            .collect()
    }

    fn unpack(packed: &[u8], limits: Limits) -> (Vec<u8>, Vec<Note>) {
        let notes = Notes::default();
        let mut out = Vec::new();
        Unpack::new(packed, limits, notes.clone())
            .read_to_end(&mut out)
            .unwrap();
        (out, notes.all())
    }

    #[test]
    fn members_and_frames_are_one_stream() {
        let data = lines(20_000);
        let (a, b) = data.split_at(77_777);
        let packed = [gz(a), gz(b)].concat();
        assert_eq!(unpack(&packed, Limits::default()), (data.clone(), vec![]));
        let frames = [
            zstd::encode_all(a, 3).unwrap(),
            b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec(),
            zstd::encode_all(b, 3).unwrap(),
        ]
        .concat();
        assert_eq!(unpack(&frames, Limits::default()), (data, vec![]));
    }

    #[test]
    fn a_truncated_stream_gives_what_it_has() {
        let data = lines(50_000);
        for packed in [gz(&data), zstd::encode_all(&data[..], 3).unwrap()] {
            let half = packed.len() / 2;
            let (out, notes) = unpack(&packed[..half], Limits::default());
            assert!(!out.is_empty() && data.starts_with(&out));
            let [
                Note::EndsEarly {
                    unpacked, packed, ..
                },
            ] = notes[..]
            else {
                panic!("{notes:?}")
            };
            assert_eq!((unpacked, packed), (out.len() as u64, half as u64));
        }
        // Cut in the header and in the trailer.
        let packed = gz(b"one\n");
        assert_eq!(unpack(&packed[..6], Limits::default()).0, b"");
        let (out, notes) = unpack(&packed[..packed.len() - 3], Limits::default());
        assert_eq!(out, b"one\n");
        assert!(matches!(notes[..], [Note::EndsEarly { members: 0, .. }]));
    }

    #[test]
    fn damage_is_named_and_padding_is_not() {
        let mut packed = gz(&lines(50_000));
        let middle = packed.len() / 2;
        packed[middle..middle + 64].fill(0xff);
        let (out, notes) = unpack(&packed, Limits::default());
        assert!(!out.is_empty());
        assert!(matches!(notes[..], [Note::Damaged { .. }]), "{notes:?}");

        let mut padded = gz(b"one\n");
        padded.extend([0; 512]);
        assert_eq!(
            unpack(&padded, Limits::default()),
            (b"one\n".to_vec(), vec![])
        );
        let at = gz(b"one\n").len() as u64;
        let junk = [gz(b"one\n"), b"junk".to_vec()].concat();
        assert_eq!(
            unpack(&junk, Limits::default()),
            (b"one\n".to_vec(), vec![Note::Trailing { packed: at }])
        );
    }

    #[test]
    fn bombs_stop() {
        let zeros = vec![0; 8 << 20];
        let limits = Limits {
            ratio_from: 1 << 20,
            ..Limits::default()
        };
        let (out, notes) = unpack(&gz(&zeros), limits);
        assert!(out.len() <= (1 << 20) + CHUNK);
        assert!(matches!(notes[..], [Note::TooLarge { .. }]));
        let cap = Limits {
            bytes: 100_000,
            ..Limits::default()
        };
        let (out, notes) = unpack(&gz(&lines(50_000)), cap);
        assert!(out.len() <= 100_000 + CHUNK);
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn damaged_bytes_do_not_depend_on_how_they_are_read() {
        let mut packed = gz(&lines(50_000));
        let middle = packed.len() / 3;
        packed[middle] ^= 0x55;
        let whole = unpack(&packed, Limits::default());
        let notes = Notes::default();
        let mut reader = Unpack::new(&packed[..], Limits::default(), notes.clone());
        let (mut out, mut small) = (Vec::new(), [0; 777]);
        while let Ok(n @ 1..) = reader.read(&mut small) {
            out.extend(&small[..n]);
        }
        assert_eq!((out, notes.all()), whole);
    }

    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_damage_ends_with_at_most_one_note(
            n in 1usize..400, at in any::<prop::sample::Index>(), bytes in proptest::collection::vec(any::<u8>(), 0..40),
            zst in any::<bool>(), cut in any::<prop::sample::Index>(),
        ) {
            let data = lines(n);
            let mut packed = if zst { zstd::encode_all(&data[..], 1)? } else { gz(&data) };
            let at = at.index(packed.len());
            for (to, from) in packed[at..].iter_mut().zip(&bytes) {
                *to = *from;
            }
            packed.truncate(cut.index(packed.len()) + 1);
            let (out, notes) = unpack(&packed, Limits::default());
            prop_assert!(notes.len() <= 1);
            // Only a stream that is whole may pass without a word; gz has a checksum.
            prop_assert!(zst || !notes.is_empty() || out == data || out.is_empty());
        }
    }
}
