//! The SHA-256 of the bytes of an input as they are read: unpacked, from the first to the last. Made only on request.
//! Nothing here knows of lines.

use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

/// A SHA-256.
pub type Sha = [u8; 32];

/// The SHA-256 of some bytes.
pub(super) fn of(bytes: &[u8]) -> Sha {
    Sha256::digest(bytes).into()
}

/// What has been read of a stream so far; nothing where it was not asked for.
#[derive(Clone, Default)]
pub(super) struct Digested(Option<Rc<RefCell<Sha256>>>);

impl Digested {
    /// A stream, and what will have been read of it.
    pub(super) fn over<'s>(
        stream: Box<dyn Read + 's>,
        wanted: bool,
    ) -> (Box<dyn Read + 's>, Digested) {
        if !wanted {
            return (stream, Digested::default());
        }
        let sha = Rc::new(RefCell::new(Sha256::new()));
        let from = Digesting {
            from: stream,
            sha: sha.clone(),
        };
        (Box::new(from), Digested(Some(sha)))
    }

    /// The SHA-256 of what was read.
    pub(super) fn sha(self) -> Option<Sha> {
        let sha = self.0?.borrow().clone();
        Some(sha.finalize().into())
    }
}

struct Digesting<'s> {
    from: Box<dyn Read + 's>,
    sha: Rc<RefCell<Sha256>>,
}

impl Read for Digesting<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(into)?;
        self.sha.borrow_mut().update(&into[..n]);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn hex(sha: Sha) -> String {
        sha.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn a_stream_in_pieces_gives_what_its_bytes_give() {
        let (mut stream, digested) = Digested::over(Box::new(&b"abc"[..]), true);
        let mut byte = [0];
        while stream.read(&mut byte).unwrap() > 0 {}
        drop(stream);
        assert_eq!(hex(digested.sha().unwrap()), ABC);
        assert_eq!(hex(of(b"abc")), ABC);
        let (_, digested) = Digested::over(Box::new(&b"abc"[..]), false);
        assert_eq!(digested.sha(), None);
    }
}
