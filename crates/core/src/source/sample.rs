//! The lines of an input that the plan looks at: head, and where it can be reached cheaply middle and end.
//! A function of the content and of whether it can be read at any position, never of how it will be read later.

use super::magic::{Binary, Codec, looks_binary};
use super::note::{Note, Notes};
use super::own::Ours;
use memchr::{memchr, memrchr};
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of one spot, at most.
pub const SPOT: usize = 64 << 10;

/// Bytes of the head of a stream or a packed file, and the size up to which a file is sampled whole.
pub const STREAM_HEAD: usize = 4 * SPOT;

/// Some whole lines of an input (a line longer than the spot is there in part; so is the end of the input without a
/// newline, which is a line).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Offset of the first byte in the unpacked input.
    pub offset: u64,
    /// The lines.
    pub bytes: Vec<u8>,
}

/// What the plan looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Spots by offset, the first at 0; they do not overlap.
    pub spots: Vec<Spot>,
    /// Whether the first spot is the whole input.
    pub whole: bool,
    /// How it is packed, outermost first; empty when it is not.
    pub codecs: Vec<Codec>,
    /// What it is, if it is no text.
    pub binary: Option<Binary>,
    /// What it is, if this program wrote it.
    pub ours: Option<Ours>,
    /// What ended it, if that was not its end.
    pub ended: Option<Note>,
}

impl Sample {
    /// From the first bytes of an input; `whole` says that there are no more.
    pub(super) fn of_head(mut head: Vec<u8>, whole: bool, codecs: Vec<Codec>) -> Sample {
        let binary = looks_binary(&head);
        let ours = Ours::of(&head);
        if !whole {
            keep_whole_lines(&mut head);
        }
        head.shrink_to_fit();
        Sample {
            spots: vec![Spot {
                offset: 0,
                bytes: head,
            }],
            whole,
            codecs,
            binary,
            ours,
            ended: None,
        }
    }

    /// With what happened while it was taken.
    pub(super) fn noted(mut self, notes: &Notes) -> Sample {
        self.ended = notes.all().into_iter().next();
        self
    }

    /// From a plain file of `size` bytes: the whole file if small, else four spots.
    pub(super) fn of_file(file: &mut (impl Read + Seek), size: u64) -> io::Result<Sample> {
        if size <= STREAM_HEAD as u64 {
            // one more shows that nothing follows
            let bytes = read_at(file, 0, STREAM_HEAD.min(size as usize + 1))?;
            let whole = bytes.len() as u64 <= size;
            return Ok(Sample::of_head(bytes, whole, Vec::new()));
        }
        let spot = SPOT as u64;
        let mut sample = Sample::of_head(read_at(file, 0, SPOT)?, false, Vec::new());
        let near = |percent: u64| (u128::from(size) * u128::from(percent) / 100) as u64;
        let mut free = spot;
        for at in [near(37), near(73), size - spot] {
            // The first byte only shows whether a line begins behind it.
            let at = at.max(free - 1);
            let mut bytes = read_at(file, at, SPOT)?;
            let Some(first) = memchr(b'\n', &bytes) else {
                continue;
            };
            bytes.drain(..=first);
            if at + spot < size {
                keep_whole_lines(&mut bytes);
            }
            free = at + spot;
            if !bytes.is_empty() {
                sample.spots.push(Spot {
                    offset: at + 1 + first as u64,
                    bytes,
                });
            }
        }
        Ok(sample)
    }
}

fn keep_whole_lines(bytes: &mut Vec<u8>) {
    if let Some(last) = memrchr(b'\n', bytes) {
        bytes.truncate(last + 1);
    }
}

pub(super) fn read_at(file: &mut (impl Read + Seek), at: u64, n: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::with_capacity(n);
    file.take(n as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn sample(content: &[u8]) -> Sample {
        let mut f = tempfile::tempfile().unwrap();
        f.write_all(content).unwrap();
        Sample::of_file(&mut f, content.len() as u64).unwrap()
    }

    #[test]
    fn small_files_are_sampled_whole() {
        assert_eq!(sample(b"").spots[0].bytes, b"");
        let s = sample(b"one\ntwo");
        assert!(s.whole);
        assert_eq!(s.spots[0].bytes, b"one\ntwo");
    }

    #[test]
    fn large_files_give_whole_lines_from_four_spots() {
        for size in [STREAM_HEAD + 1, 5 * SPOT + 17, 20 * SPOT + 5] {
            let content: Vec<u8> = (0..)
                .flat_map(|i| format!("line {i}\n").into_bytes())
                .take(size)
                .collect();
            let s = sample(&content);
            assert!(!s.whole);
            assert_eq!(s.spots.len(), 4, "size {size}");
            let mut free = 0;
            for spot in &s.spots {
                let (from, to) = (
                    spot.offset as usize,
                    spot.offset as usize + spot.bytes.len(),
                );
                assert_eq!(content[from..to], spot.bytes);
                assert!(from == 0 || content[from - 1] == b'\n');
                assert!(to == size || content[to - 1] == b'\n');
                assert!(from >= free);
                free = to;
            }
            assert_eq!(free, size, "the end is looked at");
        }
    }

    /// A file that counts what is read of it.
    struct Counted {
        bytes: io::Cursor<Vec<u8>>,
        read: usize,
    }

    impl Read for Counted {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let n = self.bytes.read(into)?;
            self.read += n;
            Ok(n)
        }
    }

    impl Seek for Counted {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.bytes.seek(to)
        }
    }

    #[test]
    fn no_more_than_256_kib_of_a_file_are_read() {
        const MOST: usize = 256 << 10;
        for size in [100, MOST - 1, MOST, MOST + 1, MOST + SPOT, 40 * MOST + 3] {
            for line in [80, SPOT, 3 * SPOT] {
                let content: Vec<u8> = (1..=size)
                    .map(|i| if i % line == 0 { b'\n' } else { b'x' })
                    .collect();
                let mut file = Counted {
                    bytes: io::Cursor::new(content),
                    read: 0,
                };
                let s = Sample::of_file(&mut file, size as u64).unwrap();
                assert!(file.read <= MOST, "{size} {line}: {}", file.read);
                assert!(s.spots.iter().map(|s| s.bytes.len()).sum::<usize>() <= MOST);
            }
        }
    }

    #[test]
    fn a_line_longer_than_the_spot_stays_in_part() {
        let mut content = vec![b'x'; 10 * SPOT];
        content.push(b'\n');
        let s = sample(&content);
        assert_eq!(s.spots.len(), 1);
        assert_eq!(s.spots[0].bytes.len(), SPOT);
    }
}
