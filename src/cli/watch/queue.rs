//! Streams to one queue of bounded length: a thread for each reads, the engine takes. Where lines come faster than they are
//! taken, whoever writes them waits, or they are dropped and counted.

use clap::ValueEnum;
use coroner::program::source::{Codec, Container};
use std::cell::Cell;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
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
const CHUNK: usize = 256 << 10;
/// Bytes from which no more is taken at once of what a stream said while the engine was busy: each piece has a price of its own.
const ENOUGH: usize = 768 << 10;
/// Chunks that wait, at most.
const WAITING: usize = 16;

/// What a stream says.
#[derive(Debug)]
pub(super) enum FromStream {
    /// Its next bytes.
    Bytes(usize, Vec<u8>),
    /// It is at its end, or cannot be read any more.
    End(Option<io::Error>),
}

/// The queue.
pub(super) struct Inbox {
    queue: SyncSender<FromStream>,
    said: Receiver<FromStream>,
    /// What was taken too early.
    ahead: Cell<Option<FromStream>>,
    /// Lines that were dropped.
    dropped: Arc<AtomicU64>,
    overload: Overload,
    max_line: usize,
}

/// The writing end for one stream.
#[derive(Clone)]
pub(super) struct StreamEntry {
    queue: SyncSender<FromStream>,
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
        let (queue, said) = sync_channel(WAITING);
        Inbox {
            queue,
            said,
            ahead: Cell::default(),
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

    /// The next thing said, if any comes in time.
    pub fn next(&self, wait: Duration) -> Option<FromStream> {
        let next = self.ahead.take();
        let next = next.or_else(|| self.said.recv_timeout(wait).ok())?;
        let FromStream::Bytes(feed, mut bytes) = next else {
            return Some(next);
        };
        while bytes.len() < ENOUGH
            && let Ok(next) = self.said.try_recv()
        {
            match next {
                FromStream::Bytes(f, more) if f == feed => {
                    // grown once
                    bytes.reserve((ENOUGH + CHUNK).saturating_sub(bytes.len()));
                    bytes.extend(more);
                }
                other => {
                    self.ahead.set(Some(other));
                    break;
                }
            }
        }
        Some(FromStream::Bytes(feed, bytes))
    }

    /// Lines dropped so far.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl StreamEntry {
    /// Reads a stream to its end, as it comes.
    pub fn read(&self, from: impl Read) {
        let end = match self.shed {
            true => self.read_lines(from),
            false => self.read_bytes(from),
        };
        // Nobody takes it any more when the watch is at its end.
        let _ = self.queue.send(FromStream::End(end.err()));
    }

    /// Says that the stream could not even be opened.
    pub fn failed(&self, e: io::Error) {
        let _ = self.queue.send(FromStream::End(Some(e)));
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
            if !self.give(buffer[..n].to_vec()) {
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
            if !self.give(std::mem::take(&mut line)) {
                return Ok(());
            }
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
            self.give(line);
        }
    }

    /// Hands bytes on; whether anybody takes them.
    fn give(&self, bytes: Vec<u8>) -> bool {
        let said = FromStream::Bytes(self.feed, bytes);
        if !self.shed {
            return self.queue.send(said).is_ok();
        }
        match self.queue.try_send(said) {
            Ok(()) => true,
            Err(TrySendError::Full(FromStream::Bytes(_, lost))) => {
                let lines = memchr::memchr_iter(b'\n', &lost).count() as u64;
                self.dropped.fetch_add(lines, Ordering::Relaxed);
                true
            }
            Err(_) => false,
        }
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
            .flat_map(|n| format!("line {n}\n").into_bytes())
            .collect();
        inbox.entry(0).read_lines(Slow(&text, 7)).unwrap();
        let got = taken(&inbox);
        let kept = memchr::memchr_iter(b'\n', &got).count() as u64;
        assert!(inbox.dropped() > 0);
        assert_eq!(kept + inbox.dropped(), 100);
    }
}
