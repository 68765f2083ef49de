//! Encodings that are not supersets of ASCII, to UTF-8: UTF-16 with and without a byte order mark, and Latin-1 where asked.
//! Everything else goes through as it is: readers of lines take any bytes.

use serde::{Deserialize, Serialize};
use std::io::{self, Read};

/// How the bytes of an input are to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// As its first bytes show.
    #[default]
    Auto,
    /// As they are: UTF-8, ASCII and whatever shares their letters.
    Utf8,
    /// UTF-16, least significant byte first.
    Utf16Le,
    /// UTF-16, most significant byte first.
    Utf16Be,
    /// ISO 8859-1.
    Latin1,
}

impl Encoding {
    /// What it comes to for an input with these first bytes; never `Auto`.
    pub fn settled(self, head: &[u8]) -> Encoding {
        match self {
            Encoding::Auto => wide(head).unwrap_or(Encoding::Utf8),
            other => other,
        }
    }
}

/// Whether bytes are UTF-16, by their byte order mark or because nearly every second byte is NUL, always on the same side.
fn wide(head: &[u8]) -> Option<Encoding> {
    match head {
        [0xff, 0xfe, 0, 0, ..] => return None,
        [0xff, 0xfe, ..] => return Some(Encoding::Utf16Le),
        [0xfe, 0xff, ..] => return Some(Encoding::Utf16Be),
        _ => {}
    }
    let pairs = head.len() / 2;
    if pairs < 8 {
        return None;
    }
    let side = |s: usize| head.chunks_exact(2).filter(|p| p[s] == 0).count();
    let (even, odd) = (side(0), side(1));
    let mostly = |n: usize| n * 10 >= pairs * 8;
    let hardly = |n: usize| n * 10 <= pairs;
    match () {
        () if mostly(odd) && hardly(even) => Some(Encoding::Utf16Le),
        () if mostly(even) && hardly(odd) => Some(Encoding::Utf16Be),
        () => None,
    }
}

/// Bytes read at once. Fixed, so that the same bytes come out however they are asked for.
const CHUNK: usize = 32 << 10;

/// A stream of text in UTF-8, or in what is close enough to it.
pub(super) enum TextStream<R> {
    AsIs(R),
    Recoded(Box<Recoder<R>>),
}

impl<R: Read> TextStream<R> {
    /// `encoding` is settled.
    pub(super) fn new(from: R, encoding: Encoding) -> TextStream<R> {
        match encoding {
            Encoding::Auto | Encoding::Utf8 => TextStream::AsIs(from),
            _ => TextStream::Recoded(Box::new(Recoder {
                from,
                encoding,
                rest: Vec::new(),
                out: Vec::new(),
                pos: 0,
                started: false,
                ended: false,
            })),
        }
    }
}

impl<R: Read> Read for TextStream<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            TextStream::AsIs(r) => r.read(into),
            TextStream::Recoded(r) => r.read(into),
        }
    }
}

/// Rewrites a stream in UTF-8. What is no character becomes U+FFFD; a byte order mark at the start is left out.
pub(super) struct Recoder<R> {
    from: R,
    encoding: Encoding,
    /// Bytes that wait for the rest of their character.
    rest: Vec<u8>,
    out: Vec<u8>,
    pos: usize,
    started: bool,
    ended: bool,
}

impl<R: Read> Recoder<R> {
    fn refill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.pos = 0;
        while self.out.is_empty() && !self.ended {
            let n = self
                .from
                .by_ref()
                .take(CHUNK as u64)
                .read_to_end(&mut self.rest)?;
            self.ended = n == 0;
            match self.encoding {
                Encoding::Latin1 => self
                    .rest
                    .drain(..)
                    .for_each(|b| push(&mut self.out, char::from(b))),
                _ => self.pairs(),
            }
        }
        Ok(())
    }

    fn pairs(&mut self) {
        let little = self.encoding == Encoding::Utf16Le;
        let unit = |b: &[u8]| match little {
            true => u16::from_le_bytes([b[0], b[1]]),
            false => u16::from_be_bytes([b[0], b[1]]),
        };
        let mut at = 0;
        while let Some(pair) = self.rest.get(at..at + 2) {
            let first = unit(pair);
            let high = (0xd800..0xdc00).contains(&first);
            let second = self.rest.get(at + 2..at + 4).map(unit);
            if high && second.is_none() && !self.ended {
                break;
            }
            let mut units = char::decode_utf16([first].into_iter().chain(second.filter(|_| high)));
            let c = units.next().and_then(Result::ok);
            at += 2 * c.map_or(1, char::len_utf16);
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            if self.started || c != '\u{feff}' {
                push(&mut self.out, c);
            }
            self.started = true;
        }
        self.rest.drain(..at);
        if self.ended && !self.rest.is_empty() {
            self.rest.clear();
            push(&mut self.out, char::REPLACEMENT_CHARACTER);
        }
    }
}

fn push(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

impl<R: Read> Read for Recoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.pos == self.out.len() {
            self.refill()?;
        }
        let n = self.out.get(self.pos..).unwrap_or_default().read(into)?;
        self.pos += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn recode(bytes: &[u8], encoding: Encoding) -> Vec<u8> {
        let mut out = Vec::new();
        TextStream::new(bytes, encoding.settled(bytes))
            .read_to_end(&mut out)
            .unwrap();
        out
    }

    fn utf16(s: &str, little: bool) -> Vec<u8> {
        s.encode_utf16()
            .flat_map(|u| match little {
                true => u.to_le_bytes(),
                false => u.to_be_bytes(),
            })
            .collect()
    }

    #[test]
    fn utf16_is_seen_with_and_without_its_mark() {
        let text = "2026-11-20 06:33:21 INFO started\r\n";
        for little in [true, false] {
            for mark in ["", "\u{feff}"] {
                let bytes = utf16(&format!("{mark}{text}"), little);
                assert_eq!(recode(&bytes, Encoding::Auto), text.as_bytes());
            }
        }
        assert_eq!(recode(text.as_bytes(), Encoding::Auto), text.as_bytes());
        assert_eq!(recode(b"caf\xe9", Encoding::Latin1), "café".as_bytes());
        assert_eq!(recode(b"caf\xe9", Encoding::Auto), b"caf\xe9");
    }

    #[test]
    fn what_is_torn_does_not_hurt() {
        let mut bytes = utf16("\u{feff}ab\n\u{1f600}", true);
        bytes.truncate(bytes.len() - 1);
        assert_eq!(
            recode(&bytes, Encoding::Auto),
            "ab\n\u{fffd}\u{fffd}".as_bytes()
        );
        assert_eq!(
            recode(&[0x00, 0xdc, 0x41, 0x00], Encoding::Utf16Le),
            "\u{fffd}A".as_bytes()
        );
    }

    proptest! {
        #[test]
        fn any_text_comes_back(s in "\\PC{0,40}", little in any::<bool>()) {
            let encoding = if little { Encoding::Utf16Le } else { Encoding::Utf16Be };
            prop_assert_eq!(recode(&utf16(&s, little), encoding), s.as_bytes());
        }

        #[test]
        fn any_bytes_end(b in proptest::collection::vec(any::<u8>(), 0..200)) {
            for e in [Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Latin1] {
                prop_assert!(std::str::from_utf8(&recode(&b, e)).is_ok());
            }
        }
    }
}
