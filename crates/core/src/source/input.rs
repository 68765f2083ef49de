//! One input: first sampled, then opened as mapped bytes or as a stream of unpacked bytes.
//! A pipe can be read only once, so what its sample took is kept and handed on in front of the rest.

use super::encoding::Encoding;
use super::layers::{HEAD, Peeled, peel, take};
use super::magic::{Codec, Container};
use super::map::{Mapped, MmapMode};
use super::members::Spot;
use super::note::{Meter, Note, Notes, locked};
use super::sample::{STREAM_HEAD, Sample};
use super::unpack::Limits;
use super::walk::{Found, Place};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

/// How inputs are opened.
#[derive(Clone, Debug)]
pub struct OpenConfig {
    /// Whether files are mapped.
    pub mmap: MmapMode,
    /// When the run began, to distinguish files at rest from young ones.
    pub now: SystemTime,
    /// When unpacking stops.
    pub limits: Limits,
    /// How bytes are text.
    pub encoding: Encoding,
    /// The folder in which an archive from a pipe is kept while it is read.
    pub spool: PathBuf,
    /// Where bytes that are read are counted; mapped bytes are counted by who walks over them.
    pub meter: Arc<Meter>,
}

/// The bytes of an input.
pub enum Content {
    /// In memory, to be cut with [`crate::source::cut`].
    Mapped(Mapped),
    /// One after the other, unpacked, to be read through [`super::Blocks`].
    Stream(Box<dyn Read + Send>),
}

/// An input that is open.
pub struct Opened {
    /// Its bytes.
    pub content: Content,
    /// What happens while a stream is read; complete at its end. A mapped file is asked for itself, [`Mapped::was_cut`].
    pub notes: Notes,
    /// The file once more, to be read at any place, where the stream is what lies in it byte for byte.
    pub file: Option<File>,
}

/// A stream whose head was taken for the sample.
struct SampledStream {
    head: Vec<u8>,
    rest: Box<dyn Read + Send>,
    notes: Notes,
}

enum InputState {
    Fresh,
    Held(SampledStream),
    Gone,
}

/// What the beginning of an input shows.
pub(super) enum InputStart {
    /// Lines for the plan.
    Sampled(Sample),
    /// An archive that can be read only once: its bytes without outer packing, and what happens while they are read.
    Archive(Box<dyn Read + Send>, Notes),
}

/// An input. Files may be sampled and opened as often as needed; streams once each, in this order.
pub struct Input {
    /// What it is.
    pub found: Found,
    /// Where it lies, if it is a file of an archive: then it is read with the others ([`Input::read_together`]).
    pub(super) spot: Option<Spot>,
    state: Mutex<InputState>,
}

impl Input {
    /// Opens nothing yet.
    pub fn new(found: Found) -> Input {
        Input {
            found,
            spot: None,
            state: Mutex::new(InputState::Fresh),
        }
    }

    /// A file of an archive.
    pub(super) fn of_archive(found: Found, spot: Spot) -> Input {
        Input {
            spot: Some(spot),
            ..Input::new(found)
        }
    }

    /// Lines for the plan. For a stream this waits for up to [`STREAM_HEAD`] bytes or its end.
    pub fn sample(&self, config: &OpenConfig) -> Result<Sample> {
        match self.begin(config)? {
            InputStart::Sampled(sample) => Ok(sample),
            InputStart::Archive(..) => Err(self.open_error(io::Error::other("an archive"))),
        }
    }

    /// Its sample, or all of it where it is an archive that comes through a pipe.
    pub(super) fn begin(&self, config: &OpenConfig) -> Result<InputStart> {
        if self.found.regular {
            return self.sample_file(config).map(InputStart::Sampled);
        }
        let mut state = locked(&self.state);
        let (sample, held) = match std::mem::replace(&mut *state, InputState::Gone) {
            InputState::Fresh => {
                let notes = Notes::default();
                let (peeled, _) = self.peeled(config, &notes, false)?;
                if Container::of(&peeled.head).is_some() {
                    return Ok(InputStart::Archive(Box::new(peeled.stream), notes));
                }
                let codecs = peeled.codecs.clone();
                let mut rest: Box<dyn Read + Send> = Box::new(peeled.text(config.encoding));
                let (head, whole) = self.head_of(&mut rest)?;
                let sample = Sample::of_head(head.clone(), whole, codecs).noted(&notes);
                (sample, SampledStream { head, rest, notes })
            }
            InputState::Held(_) | InputState::Gone => return Err(self.only_once()),
        };
        *state = InputState::Held(held);
        Ok(InputStart::Sampled(sample))
    }

    /// The content, from its first byte.
    pub fn open(&self, config: &OpenConfig) -> Result<Opened> {
        let notes = Notes::default();
        if !self.found.regular {
            let mut state = locked(&self.state);
            return match std::mem::replace(&mut *state, InputState::Gone) {
                InputState::Fresh => {
                    let (peeled, _) = self.peeled(config, &notes, false)?;
                    Ok(Opened {
                        content: Content::Stream(Box::new(peeled.text(config.encoding))),
                        notes,
                        file: None,
                    })
                }
                InputState::Held(h) => Ok(Opened {
                    content: Content::Stream(Box::new(Cursor::new(h.head).chain(h.rest))),
                    notes: h.notes,
                    file: None,
                }),
                InputState::Gone => Err(self.only_once()),
            };
        }
        if let Some(mapped) = self.map(config)? {
            return Ok(Opened {
                content: Content::Mapped(mapped),
                notes,
                file: None,
            });
        }
        let (peeled, _) = self.peeled(config, &notes, true)?;
        let as_it_lies =
            peeled.codecs.is_empty() && config.encoding.settled(&peeled.head) == Encoding::Utf8;
        Ok(Opened {
            file: match as_it_lies {
                true => Some(self.open_file()?),
                false => None,
            },
            content: Content::Stream(Box::new(peeled.text(config.encoding))),
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
        let (peeled, size) = self.peeled(&quiet, &notes, false)?;
        let codecs = peeled.codecs.clone();
        if codecs.is_empty() && config.encoding.settled(&peeled.head) == Encoding::Utf8 {
            let mut file = self.open_file()?;
            return Sample::of_file(&mut file, size).map_err(|e| self.read_error(e));
        }
        let (head, whole) = self.head_of(&mut peeled.text(config.encoding))?;
        Ok(Sample::of_head(head, whole, codecs).noted(&notes))
    }

    /// Maps the file if that is allowed and it is not packed. Where the system refuses, it is read instead.
    fn map(&self, config: &OpenConfig) -> Result<Option<Mapped>> {
        let mut file = self.open_file()?;
        let meta = file.metadata().map_err(|e| self.open_error(e))?;
        if !config.mmap.allows(&meta, config.now) {
            return Ok(None);
        }
        let head = take(&mut file, HEAD).map_err(|e| self.read_error(e))?;
        if Codec::of(&head) != Codec::Plain || config.encoding.settled(&head) != Encoding::Utf8 {
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

    /// The bytes as they lie there, and how many there are. With `watched`, a change of length since the file was found is
    /// noted, and reading stops at the length that it had: a writer that is faster than the reader would keep it for ever.
    fn open_raw(
        &self,
        config: &OpenConfig,
        notes: &Notes,
        watched: bool,
    ) -> Result<(RawBytes, u64)> {
        let (inner, size, watch): (Box<dyn Read + Send>, u64, _) = match self.found.place {
            Place::Stdin => (Box::new(io::stdin()), 0, None),
            Place::Path(_) => {
                let file = self.open_file()?;
                let size = file.metadata().map_err(|e| self.open_error(e))?.len();
                let watch = match watched {
                    true => {
                        let file = file.try_clone().map_err(|e| self.open_error(e))?;
                        Some((size.max(self.found.size), file))
                    }
                    false => None,
                };
                (Box::new(file), size, watch)
            }
        };
        let raw = RawBytes {
            inner,
            read: 0,
            watch,
            meter: config.meter.clone(),
            notes: notes.clone(),
        };
        Ok((raw, size))
    }

    /// The bytes without their packing, and how many lie there.
    fn peeled(
        &self,
        config: &OpenConfig,
        notes: &Notes,
        watched: bool,
    ) -> Result<(Peeled<RawBytes>, u64)> {
        let (raw, size) = self.open_raw(config, notes, watched)?;
        let peeled = peel(raw, config.limits, notes).map_err(|e| self.read_error(e))?;
        Ok((peeled, size))
    }

    fn head_of(&self, stream: &mut impl Read) -> Result<(Vec<u8>, bool)> {
        let head = take(stream, STREAM_HEAD).map_err(|e| self.read_error(e))?;
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
        Error::open(&self.path())(source)
    }

    fn read_error(&self, source: io::Error) -> Error {
        Error::Read {
            path: self.path(),
            byte: 0,
            source,
        }
    }

    fn only_once(&self) -> Error {
        self.open_error(io::Error::other("a stream can be read only once"))
    }
}

/// The bytes as they lie there: counted, and compared with the length at the start.
pub(super) struct RawBytes {
    inner: Box<dyn Read + Send>,
    read: u64,
    /// Length at the start and the file to ask for its length again, until the end was seen.
    watch: Option<(u64, File)>,
    meter: Arc<Meter>,
    notes: Notes,
}

impl Read for RawBytes {
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

impl RawBytes {
    /// The bytes of an archive of `size` bytes that is read from its first byte to its last; `from` counts them.
    pub(super) fn of_archive(
        from: impl Read + Send + 'static,
        size: u64,
        file: &File,
        notes: &Notes,
    ) -> RawBytes {
        RawBytes {
            inner: Box::new(from),
            read: 0,
            watch: file.try_clone().ok().map(|f| (size, f)),
            meter: Arc::default(),
            notes: notes.clone(),
        }
    }

    /// Compares lengths at the end, each time that it is asked for more, until they differ: what looks at the head of a small
    /// file sees its end long before its reader does. `whole`: all bytes that there were at the start have been read.
    fn ended(&mut self, whole: bool) {
        let Some((before, file)) = &self.watch else {
            return;
        };
        let (before, after) = match file.metadata() {
            Ok(now) if whole => (*before, now.len()),
            _ => (*before, self.read),
        };
        if before != after {
            self.notes.add(Note::Changed { before, after });
            self.watch = None;
            self.inner = Box::new(io::empty());
        }
    }
}

#[cfg(test)]
mod tests;
