//! Packed bytes to text: as many unpackers as the bytes ask for, at most one inside another, and the encoding under them.
//! Content decides, never the name. Archives with members are not opened here.

use super::encoding::{Encoding, TextStream};
use super::magic::Codec;
use super::note::Notes;
use super::unpack::{Limits, Unpack};
use std::io::{self, Cursor, Read};

/// Leading bytes that decide what a stream is: the header of a tar archive is the longest.
pub(super) const HEAD: usize = 512;

/// A stream whose first bytes were looked at.
pub(super) type Peeked<R> = io::Chain<Cursor<Vec<u8>>, R>;

type Once<R> = Peeked<Unpack<Peeked<R>>>;
type Twice<R> = Peeked<Unpack<Once<R>>>;

/// A stream with its unpackers.
pub(super) enum Layered<R: Read> {
    Plain(Peeked<R>),
    Once(Box<Once<R>>),
    Twice(Box<Twice<R>>),
}

impl<R: Read> Read for Layered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Layered::Plain(r) => r.read(into),
            Layered::Once(r) => r.read(into),
            Layered::Twice(r) => r.read(into),
        }
    }
}

/// A stream without its packing.
pub(super) struct Peeled<R: Read> {
    pub(super) stream: Layered<R>,
    /// How it was packed, outermost first.
    pub(super) codecs: Vec<Codec>,
    /// Its first bytes, unpacked: [`HEAD`] of them unless there are fewer.
    pub(super) head: Vec<u8>,
}

impl<R: Read> Peeled<R> {
    /// The stream as text in UTF-8.
    pub(super) fn text(self, encoding: Encoding) -> TextStream<Layered<R>> {
        TextStream::new(self.stream, encoding.settled(&self.head))
    }
}

/// Up to `n` bytes; fewer only at the end.
pub(super) fn take<R: Read + ?Sized>(from: &mut R, n: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    <&mut R as Read>::take(from, n as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn peek<R: Read>(mut stream: R) -> io::Result<(Vec<u8>, Peeked<R>)> {
    let head = take(&mut stream, HEAD)?;
    let whole = Cursor::new(head.clone()).chain(stream);
    Ok((head, whole))
}

/// Takes the packing off: two layers at most. A third stays, and is recognised as an archive inside archives.
pub(super) fn peel<R: Read>(raw: R, limits: Limits, notes: &Notes) -> io::Result<Peeled<R>> {
    let (head, stream) = peek(raw)?;
    let outer = Codec::of(&head);
    if outer == Codec::Plain {
        return Ok(Peeled {
            stream: Layered::Plain(stream),
            codecs: Vec::new(),
            head,
        });
    }
    let (head, stream) = peek(Unpack::new(stream, limits, notes.clone()))?;
    let inner = Codec::of(&head);
    if inner == Codec::Plain {
        return Ok(Peeled {
            stream: Layered::Once(Box::new(stream)),
            codecs: vec![outer],
            head,
        });
    }
    let (head, stream) = peek(Unpack::new(stream, limits, notes.clone()))?;
    Ok(Peeled {
        stream: Layered::Twice(Box::new(stream)),
        codecs: vec![outer, inner],
        head,
    })
}
