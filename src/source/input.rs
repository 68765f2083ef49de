//! One input: first sampled, then opened as mapped bytes or as a stream of unpacked bytes.
//! A pipe can be read only once, so what its sample took is kept and handed on in front of the rest.

use super::magic::Codec;
use super::map::{Mapped, MmapMode};
use super::note::{Meter, Note, Notes};
use super::sample::{STREAM_HEAD, Sample};
use super::unpack::{Limits, Unpack};
use super::walk::{Found, Place};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// How inputs are opened.
#[derive(Clone, Debug)]
pub struct OpenConfig {
    /// Whether files are mapped.
    pub mmap: MmapMode,
    /// When the run began, to tell files at rest from young ones.
    pub now: SystemTime,
    /// When unpacking stops.
    pub limits: Limits,
    /// Where bytes that are read are counted; mapped bytes are counted by who walks over them.
    pub meter: Arc<Meter>,
}

/// The bytes of an input.
pub enum Content {
    /// In memory, to be cut with [`super::cut`].
    Mapped(Mapped),
    /// One after the other, unpacked, to be read through [`super::Blocks`].
    Stream(Box<dyn Read + Send>),
}

/// An input that is open.
pub struct Opened {
    /// Its bytes.
    pub content: Content,
    /// What happens while a stream is read; complete at its end. A mapped file is asked through [`Mapped::changed`].
    pub notes: Notes,
}

/// A stream whose head was taken for the sample.
struct Held {
    head: Vec<u8>,
    rest: Box<dyn Read + Send>,
    notes: Notes,
}

enum State {
    Fresh,
    Held(Held),
    Gone,
}

/// An input. Files may be sampled and opened as often as needed; streams once each, in this order.
pub struct Input {
    /// What it is.
    pub found: Found,
    state: Mutex<State>,
}

impl Input {
    /// Opens nothing yet.
    pub fn new(found: Found) -> Input {
        Input {
            found,
            state: Mutex::new(State::Fresh),
        }
    }

    /// Lines for the plan. For a stream this waits for up to [`STREAM_HEAD`] bytes or its end.
    pub fn sample(&self, config: &OpenConfig) -> Result<Sample> {
        if self.found.regular {
            return self.sample_file(config);
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (sample, held) = match std::mem::replace(&mut *state, State::Gone) {
            State::Fresh => {
                let notes = Notes::default();
                let raw = self.open_raw(config, &notes, false)?.0;
                let (mut rest, codecs) = self.layers(raw, config, &notes)?;
                let (head, whole) = self.head_of(&mut rest)?;
                let sample = Sample::of_head(head.clone(), whole, codecs);
                (sample, Held { head, rest, notes })
            }
            State::Held(_) | State::Gone => return Err(self.only_once()),
        };
        *state = State::Held(held);
        Ok(sample)
    }

    /// The content, from its first byte.
    pub fn open(&self, config: &OpenConfig) -> Result<Opened> {
        let notes = Notes::default();
        if !self.found.regular {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            return match std::mem::replace(&mut *state, State::Gone) {
                State::Fresh => {
                    let raw = self.open_raw(config, &notes, false)?.0;
                    let stream = self.layers(raw, config, &notes)?.0;
                    Ok(Opened {
                        content: Content::Stream(stream),
                        notes,
                    })
                }
                State::Held(h) => Ok(Opened {
                    content: Content::Stream(Box::new(Cursor::new(h.head).chain(h.rest))),
                    notes: h.notes,
                }),
                State::Gone => Err(self.only_once()),
            };
        }
        if let Some(mapped) = self.map(config)? {
            return Ok(Opened {
                content: Content::Mapped(mapped),
                notes,
            });
        }
        let raw = self.open_raw(config, &notes, true)?.0;
        let stream = self.layers(raw, config, &notes)?.0;
        Ok(Opened {
            content: Content::Stream(stream),
            notes,
        })
    }

    fn sample_file(&self, config: &OpenConfig) -> Result<Sample> {
        // Sampling is not reading: neither its bytes nor what happens meanwhile count.
        let (notes, quiet) = (
            Notes::default(),
            OpenConfig {
                meter: Arc::default(),
                ..config.clone()
            },
        );
        let (raw, size) = self.open_raw(&quiet, &notes, false)?;
        let (mut stream, codecs) = self.layers(raw, &quiet, &notes)?;
        if codecs.is_empty() {
            let mut file = self.open_file()?;
            return Sample::of_file(&mut file, size).map_err(|e| self.read_error(0, e));
        }
        let (head, whole) = self.head_of(&mut stream)?;
        Ok(Sample::of_head(head, whole, codecs))
    }

    /// Maps the file if that is allowed and it is not packed. Where the system refuses, it is read instead.
    fn map(&self, config: &OpenConfig) -> Result<Option<Mapped>> {
        let mut file = self.open_file()?;
        let meta = file.metadata().map_err(|e| self.open_error(e))?;
        if !config.mmap.allows(&meta, config.now) {
            return Ok(None);
        }
        let head = take(&mut file, Codec::NEEDS).map_err(|e| self.read_error(0, e))?;
        if Codec::of(&head) != Codec::Plain {
            return Ok(None);
        }
        Ok(Mapped::new(file).ok())
    }

    fn open_file(&self) -> Result<File> {
        let path = self.path();
        let file = File::open(&path).map_err(|e| self.open_error(e))?;
        let meta = file.metadata().map_err(|e| self.open_error(e))?;
        if meta.is_dir() {
            return Err(self.open_error(io::ErrorKind::IsADirectory.into()));
        }
        Ok(file)
    }

    /// The bytes as they lie there, and how many there are. With `watched`, a change of length is noted, and reading stops at
    /// the length that the file had: a writer that is faster than the reader would keep it for ever.
    fn open_raw(&self, config: &OpenConfig, notes: &Notes, watched: bool) -> Result<(Raw, u64)> {
        let (inner, size, watch): (Box<dyn Read + Send>, u64, _) = match self.found.place {
            Place::Stdin => (Box::new(io::stdin()), 0, None),
            Place::Path(_) => {
                let file = self.open_file()?;
                let size = file.metadata().map_err(|e| self.open_error(e))?.len();
                let watch = match watched {
                    true => Some((size, file.try_clone().map_err(|e| self.open_error(e))?)),
                    false => None,
                };
                (Box::new(file), size, watch)
            }
        };
        let raw = Raw {
            inner,
            read: 0,
            watch,
            meter: config.meter.clone(),
            notes: notes.clone(),
        };
        Ok((raw, size))
    }

    /// Wraps in as many unpackers as the bytes ask for: at most one inside another.
    fn layers(
        &self,
        raw: Raw,
        config: &OpenConfig,
        notes: &Notes,
    ) -> Result<(Box<dyn Read + Send>, Vec<Codec>)> {
        let mut stream: Box<dyn Read + Send> = Box::new(raw);
        let mut codecs = Vec::new();
        loop {
            let head = take(&mut stream, Codec::NEEDS).map_err(|e| self.read_error(0, e))?;
            let codec = Codec::of(&head);
            stream = Box::new(Cursor::new(head).chain(stream));
            if codec == Codec::Plain || codecs.len() == 2 {
                return Ok((stream, codecs));
            }
            codecs.push(codec);
            stream = Box::new(Unpack::new(stream, config.limits, notes.clone()));
        }
    }

    fn head_of(&self, stream: &mut Box<dyn Read + Send>) -> Result<(Vec<u8>, bool)> {
        let head = take(stream, STREAM_HEAD).map_err(|e| self.read_error(0, e))?;
        let whole = head.len() < STREAM_HEAD;
        Ok((head, whole))
    }

    fn path(&self) -> PathBuf {
        match &self.found.place {
            Place::Path(p) => p.clone(),
            Place::Stdin => PathBuf::from("stdin"),
        }
    }

    fn open_error(&self, source: io::Error) -> Error {
        Error::Open {
            path: self.path(),
            source,
        }
    }

    fn read_error(&self, byte: u64, source: io::Error) -> Error {
        Error::Read {
            path: self.path(),
            byte,
            source,
        }
    }

    fn only_once(&self) -> Error {
        self.open_error(io::Error::other("a stream can be read only once"))
    }
}

/// Up to `n` bytes; fewer only at the end.
fn take(from: &mut impl Read, n: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(n as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The bytes as they lie there: counted, and compared with the length at the start.
struct Raw {
    inner: Box<dyn Read + Send>,
    read: u64,
    /// Length at the start and the file to ask for its length again, until the end was seen.
    watch: Option<(u64, File)>,
    meter: Arc<Meter>,
    notes: Notes,
}

impl Read for Raw {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // Reading into nothing says nothing about the end.
        if into.is_empty() {
            return Ok(0);
        }
        // Files of the system (/proc) say length 0 and hold something all the same.
        let left = match &self.watch {
            Some((size @ 1.., _)) => size.saturating_sub(self.read),
            _ => u64::MAX,
        };
        let most = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let n = self.inner.read(&mut into[..most])?;
        self.read += n as u64;
        self.meter.add(n as u64);
        if n == 0 {
            self.ended(left == 0);
        }
        Ok(n)
    }
}

impl Raw {
    /// Compares lengths once, at the end. `whole`: all bytes that there were at the start have been read.
    fn ended(&mut self, whole: bool) {
        let Some((before, file)) = self.watch.take() else {
            return;
        };
        let after = match file.metadata() {
            Ok(now) if whole => now.len(),
            _ => self.read,
        };
        if before != after {
            self.notes.add(Note::Changed { before, after });
        }
        self.inner = Box::new(io::empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::walk;
    use std::io::Write;
    use std::path::Path;

    fn config(mmap: MmapMode) -> OpenConfig {
        OpenConfig {
            mmap,
            now: SystemTime::now(),
            limits: Limits::default(),
            meter: Arc::default(),
        }
    }

    fn input(path: &Path) -> Input {
        Input::new(walk(&[path]).found.remove(0))
    }

    fn read_all(opened: Opened) -> Vec<u8> {
        match opened.content {
            Content::Mapped(m) => m.to_vec(),
            Content::Stream(mut s) => {
                let mut out = Vec::new();
                s.read_to_end(&mut out).unwrap();
                out
            }
        }
    }

    fn gz(data: &[u8]) -> Vec<u8> {
        let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        e.write_all(data).unwrap();
        e.finish().unwrap()
    }

    #[test]
    fn mapped_and_read_bytes_are_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.log");
        std::fs::write(&path, b"one\r\ntwo\0\xff").unwrap();
        let i = input(&path);
        let mapped = i.open(&config(MmapMode::Always)).unwrap();
        assert!(matches!(mapped.content, Content::Mapped(_)));
        let read = i.open(&config(MmapMode::Auto)).unwrap();
        assert!(matches!(read.content, Content::Stream(_)), "a young file");
        assert_eq!(read_all(mapped), read_all(read));
    }

    #[test]
    fn packed_files_are_known_by_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("plain.log");
        let twice = zstd::encode_all(&gz(b"one\ntwo\n")[..], 1).unwrap();
        for (bytes, codecs) in [
            (gz(b"one\ntwo\n"), vec![Codec::Gz]),
            (twice.clone(), vec![Codec::Zst, Codec::Gz]),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let i = input(&path);
            let sample = i.sample(&config(MmapMode::Always)).unwrap();
            assert_eq!(sample.codecs, codecs);
            assert!(sample.whole);
            assert_eq!(sample.spots[0].bytes, b"one\ntwo\n");
            assert_eq!(
                read_all(i.open(&config(MmapMode::Always)).unwrap()),
                b"one\ntwo\n"
            );
        }
        std::fs::write(&path, gz(&twice)).unwrap();
        let sample = input(&path).sample(&config(MmapMode::Auto)).unwrap();
        assert_eq!(
            sample.binary.map(|b| b.what),
            Some("archive inside archives")
        );
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.log");
        // what came after the start is not read, as with a mapped file
        for (write, read, after) in [("one\ntwo\nthree\n", 8, 14), ("one\n", 4, 4)] {
            std::fs::write(&path, "one\ntwo\n").unwrap();
            let opened = input(&path).open(&config(MmapMode::Never)).unwrap();
            std::fs::write(&path, write).unwrap();
            let notes = opened.notes.clone();
            assert_eq!(read_all(opened).len(), read);
            assert_eq!(notes.all(), [Note::Changed { before: 8, after }]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_keeps_the_head_that_was_sampled() {
        let content: Vec<u8> = (0..90_000)
            .flat_map(|i| format!("line {i}\n").into_bytes())
            .collect();
        for sent in [content.clone(), gz(&content)] {
            let (reader, mut writer) = std::io::pipe().unwrap();
            let writing = std::thread::spawn(move || writer.write_all(&sent));
            use std::os::fd::AsRawFd;
            let path = format!("/proc/self/fd/{}", reader.as_raw_fd());
            if !Path::new(&path).exists() {
                return;
            }
            let i = input(Path::new(&path));
            let c = config(MmapMode::Auto);
            assert_eq!(i.found.name, "pipe");
            let sample = i.sample(&c).unwrap();
            assert!(!sample.whole && sample.spots[0].bytes.ends_with(b"\n"));
            assert!(content.starts_with(&sample.spots[0].bytes));
            let opened = i.open(&c).unwrap();
            drop(reader);
            assert!(read_all(opened) == content);
            writing.join().unwrap().unwrap();
            assert!(i.open(&c).is_err(), "only once");
        }
    }

    #[test]
    fn a_folder_in_the_place_of_a_file_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.log");
        std::fs::write(&path, "one\n").unwrap();
        let i = input(&path);
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        let e = i.open(&config(MmapMode::Auto)).err().unwrap();
        assert!(matches!(e, Error::Open { .. }), "{e}");
    }
}
