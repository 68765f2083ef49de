//! Streams to one queue of bounded length: a thread for each reads, the engine takes. Where lines come faster than they are
//! taken, whoever writes them waits, or they are dropped and counted.

use clap::ValueEnum;
use coroner::program::source::{Codec, Container};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What happens to lines that come faster than they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Overload {
    /// Whoever writes them waits
    Block,
    /// They are dropped, counted and reported
    Shed,
}

/// Bytes that are read at once, at most.
const CHUNK: usize = 128 << 10;
/// Bytes of one stream from which no more are put to those that wait: each piece that is taken has a price of its own.
const ENOUGH: usize = 384 << 10;
/// Bytes that wait, at most, and pieces of several streams.
const MOST: usize = 2 << 20;
const PIECES: usize = 64;
/// Buffers that are kept to be filled again: as many as wait of one stream. They have all of their room at once, since one that grew
/// would leave a hole of each size behind.
const SPARE: usize = MOST / ENOUGH;

/// What a stream says.
#[derive(Debug)]
pub(super) enum FromStream {
    /// Its next bytes.
    Bytes(usize, Vec<u8>),
    /// It is at its end, or cannot be read any more.
    End(Option<io::Error>),
}

/// What was said and not taken.
#[derive(Default)]
struct Waiting {
    said: VecDeque<FromStream>,
    bytes: usize,
    spare: Vec<Vec<u8>>,
    /// Nobody takes it any more.
    closed: bool,
}

impl Waiting {
    /// Whether so many more have no room.
    fn is_full(&self, more: usize) -> bool {
        self.bytes > 0 && self.bytes + more > MOST || self.said.len() >= PIECES
    }

    /// Adds bytes of a stream to those of its that wait last.
    fn add(&mut self, feed: usize, bytes: &[u8]) {
        self.bytes += bytes.len();
        match self.said.back_mut() {
            Some(FromStream::Bytes(f, last)) if *f == feed && last.len() < ENOUGH => {
                last.extend_from_slice(bytes);
            }
            _ => {
                let spare = self.spare.pop();
                let mut first = spare.unwrap_or_else(|| Vec::with_capacity(ENOUGH + CHUNK));
                first.extend_from_slice(bytes);
                self.said.push_back(FromStream::Bytes(feed, first));
            }
        }
    }
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    /// Something was said, or taken.
    changed: Condvar,
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The queue.
pub(super) struct Inbox {
    queue: Arc<Queue>,
    /// Lines that were dropped.
    dropped: Arc<AtomicU64>,
    overload: Overload,
    max_line: usize,
}

/// The writing end for one stream.
#[derive(Clone)]
pub(super) struct StreamEntry {
    queue: Arc<Queue>,
    dropped: Arc<AtomicU64>,
    shed: bool,
    max_line: usize,
    /// The number of its input.
    feed: usize,
}

/// A stream of text: one that begins as packed bytes or an archive do is refused.
pub(super) struct Unpacked<R> {
    from: R,
    begun: bool,
}

impl<R> Unpacked<R> {
    pub fn new(from: R) -> Self {
        Unpacked { from, begun: false }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(into)?;
        if !std::mem::replace(&mut self.begun, true) {
            let head = &into[..n];
            if Codec::of(head) != Codec::Plain || Container::of(head).is_some() {
                let why = "it is packed, and what is packed has no end that could be watched";
                return Err(io::Error::new(ErrorKind::Unsupported, why));
            }
        }
        Ok(n)
    }
}

impl Inbox {
    pub fn new(overload: Overload, max_line: usize) -> Inbox {
        Inbox {
            queue: Arc::default(),
            dropped: Arc::default(),
            overload,
            max_line,
        }
    }

    /// The way in for an input.
    pub fn entry(&self, feed: usize) -> StreamEntry {
        StreamEntry {
            queue: self.queue.clone(),
            dropped: self.dropped.clone(),
            shed: self.overload == Overload::Shed,
            max_line: self.max_line,
            feed,
        }
    }

    /// The next thing said, if any comes in time; all that a stream said meanwhile is one.
    pub fn next(&self, wait: Duration) -> Option<FromStream> {
        let waiting = self.queue.waiting();
        let empty = |w: &mut Waiting| w.said.is_empty();
        let waited = self.queue.changed.wait_timeout_while(waiting, wait, empty);
        let (mut waiting, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let next = waiting.said.pop_front()?;
        if let FromStream::Bytes(_, bytes) = &next {
            waiting.bytes -= bytes.len();
        }
        self.queue.changed.notify_all();
        Some(next)
    }

    /// Takes a buffer back that was taken.
    pub fn give_back(&self, mut buffer: Vec<u8>) {
        let mut waiting = self.queue.waiting();
        if waiting.spare.len() < SPARE {
            buffer.clear();
            waiting.spare.push(buffer);
        }
    }

    /// Lines dropped so far.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.queue.waiting().closed = true;
        self.queue.changed.notify_all();
    }
}

impl StreamEntry {
    /// Reads a stream to its end, as it comes.
    pub fn read(&self, from: impl Read) {
        let end = match self.shed {
            true => self.read_lines(from),
            false => self.read_bytes(from),
        };
        self.ends(end.err());
    }

    /// Says that the stream could not even be opened.
    pub fn failed(&self, e: io::Error) {
        self.ends(Some(e));
    }

    fn ends(&self, error: Option<io::Error>) {
        let end = FromStream::End(error);
        self.queue.waiting().said.push_back(end);
        self.queue.changed.notify_all();
    }

    fn read_bytes(&self, mut from: impl Read) -> io::Result<()> {
        let mut buffer = vec![0; CHUNK];
        loop {
            let n = match from.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(n) => n,
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            if !self.give(&buffer[..n]) {
                return Ok(());
            }
        }
    }

    /// The same, line by line, so that lines of several streams are not mixed and none is dropped in part.
    pub fn read_lines(&self, mut from: impl Read) -> io::Result<()> {
        let mut buffer = vec![0; CHUNK];
        let mut line: Vec<u8> = Vec::new();
        loop {
            let n = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) => {
                    self.last(line);
                    return Err(e);
                }
            };
            let bytes = &buffer[..n];
            let Some(last) = memchr::memrchr(b'\n', bytes) else {
                self.keep(&mut line, bytes);
                continue;
            };
            let end = memchr::memchr(b'\n', bytes).unwrap_or(last);
            self.keep(&mut line, &bytes[..end]);
            line.extend_from_slice(&bytes[end..=last]);
            if !self.give(&line) {
                return Ok(());
            }
            line.clear();
            self.keep(&mut line, &bytes[last + 1..]);
        }
        self.last(line);
        Ok(())
    }

    /// Keeps so much of a line that it shows how long it is: the rest of an overlong one is not looked at.
    fn keep(&self, line: &mut Vec<u8>, more: &[u8]) {
        let room = (self.max_line + 1).saturating_sub(line.len());
        line.extend_from_slice(&more[..more.len().min(room)]);
    }

    /// A last line that lacks its newline.
    fn last(&self, mut line: Vec<u8>) {
        if !line.is_empty() {
            line.push(b'\n');
            self.give(&line);
        }
    }

    /// Hands bytes on; whether anybody takes them.
    fn give(&self, bytes: &[u8]) -> bool {
        let mut waiting = self.queue.waiting();
        while waiting.is_full(bytes.len()) && !waiting.closed {
            if self.shed {
                let lines = memchr::memchr_iter(b'\n', bytes).count() as u64;
                self.dropped.fetch_add(lines, Ordering::Relaxed);
                return true;
            }
            let waited = self.queue.changed.wait(waiting);
            waiting = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if !waiting.closed {
            waiting.add(self.feed, bytes);
        }
        let taken = !waiting.closed;
        drop(waiting);
        self.queue.changed.notify_all();
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes a few at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(self.0.len()).min(into.len());
            into[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn taken(inbox: &Inbox) -> Vec<u8> {
        let mut all = Vec::new();
        while let Some(FromStream::Bytes(_, b)) = inbox.next(Duration::ZERO) {
            all.extend(b);
        }
        all
    }

    #[test]
    fn lines_are_handed_on_whole() {
        for step in [1, 3, 7, 100] {
            let inbox = Inbox::new(Overload::Shed, 10);
            let text = b"one\ntwo and more than ten\nthree\nfour";
            inbox.entry(0).read_lines(Slow(text, step)).unwrap();
            let got = taken(&inbox);
            // of an overlong line so much that it is seen to be one
            assert!(got.starts_with(b"one\ntwo and mo"), "{step}");
            assert!(got.ends_with(b"\nthree\nfour\n"), "{step}");
        }
    }

    #[test]
    fn what_nobody_takes_is_dropped_and_counted() {
        let inbox = Inbox::new(Overload::Shed, 1 << 20);
        let text: Vec<u8> = (0..100)
            .flat_map(|n| format!("line {n} {}\n", "x".repeat(MOST / 60)).into_bytes())
            .collect();
        inbox.entry(0).read_lines(Slow(&text, MOST / 40)).unwrap();
        let got = taken(&inbox);
        assert!(got.len() <= MOST);
        let kept = memchr::memchr_iter(b'\n', &got).count() as u64;
        assert!(inbox.dropped() > 0);
        assert_eq!(kept + inbox.dropped(), 100);
    }
}
