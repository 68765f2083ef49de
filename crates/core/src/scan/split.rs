//! The bytes of a stream that a split owns: whole records, of which each belongs to the split that holds its first byte.
//! Where a record begins depends on its first line alone, so that neighbours agree without knowing each other.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, Take};
use std::rc::Rc;

/// Says whether a line, without its newline, begins a record. Of an overlong line it sees the beginning.
pub(super) type Begins<'h> = Box<dyn Fn(&[u8]) -> bool + 'h>;

/// Where a split lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    /// Its first byte.
    pub off: u64,
    /// The first byte behind it.
    pub end: u64,
    /// Bytes of the input.
    pub size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SplitState {
    /// Before the end of the split: all bytes are ours.
    Inside,
    /// Behind it, in a line that is ours.
    Line,
    /// Behind it, at the beginning of a line.
    Between,
    Done,
}

/// A stream of what the split owns.
pub(super) struct Split<'h, R: Read> {
    from: BufReader<Take<R>>,
    begins: Begins<'h>,
    max_line: usize,
    bounds: Bounds,
    /// Offset of the next byte of `from`.
    at: u64,
    state: SplitState,
    /// Bytes that were looked at and are ours, and how many of them were given.
    held: (Vec<u8>, usize),
    /// Whether the stream has ended before the input should have.
    short: Rc<Cell<bool>>,
}

impl<'h, R: Read> Split<'h, R> {
    /// What a split owns of a stream that begins one byte before it (with its first byte, if that is the input's). Gives the
    /// offset of the first byte too; `None` if no record begins in it.
    pub(super) fn begin(
        from: R,
        bounds: Bounds,
        begins: Begins<'h>,
        max_line: usize,
    ) -> io::Result<Option<(u64, Split<'h, R>)>> {
        let at = bounds.off.saturating_sub(1);
        let mut split = Split {
            from: BufReader::with_capacity(256 << 10, from.take(bounds.size - at)),
            begins,
            max_line: max_line.max(1),
            bounds,
            at,
            state: SplitState::Inside,
            held: (Vec::new(), 0),
            short: Rc::default(),
        };
        if bounds.off == 0 {
            return Ok(Some((0, split)));
        }
        // a line that began before the split, if only with its newline
        split.skip_line()?;
        loop {
            if split.at >= bounds.end {
                return Ok(None);
            }
            let start = split.at;
            if !split.hold_line()? {
                return Ok(None);
            }
            if split.is_head() {
                if split.at >= bounds.end {
                    split.state = split.behind_held();
                }
                return Ok(Some((start, split)));
            }
            if split.held.0.last() != Some(&b'\n') {
                split.skip_line()?;
            }
        }
    }

    /// Whether the stream ended too early, known when all of it has been read.
    pub(super) fn short(&self) -> Rc<Cell<bool>> {
        self.short.clone()
    }

    fn fill(&mut self) -> io::Result<&[u8]> {
        loop {
            match self.from.fill_buf() {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
                Ok(_) => break,
            }
        }
        if self.from.buffer().is_empty() && self.at < self.bounds.size {
            self.short.set(true);
        }
        Ok(self.from.buffer())
    }

    fn consume(&mut self, n: usize) {
        self.from.consume(n);
        self.at += n as u64;
    }

    /// Passes over the rest of a line and its newline.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let more = self.fill()?;
            if more.is_empty() {
                return Ok(());
            }
            let (n, done) = match memchr::memchr(b'\n', more) {
                Some(i) => (i + 1, true),
                None => (more.len(), false),
            };
            self.consume(n);
            if done {
                return Ok(());
            }
        }
    }

    /// Takes the next line, with its newline, or as much of it as is looked at; `false` at the end.
    fn hold_line(&mut self) -> io::Result<bool> {
        self.held.0.clear();
        self.held.1 = 0;
        loop {
            let room = (self.max_line + 1).saturating_sub(self.held.0.len());
            let more = self.fill()?;
            let more = &more[..more.len().min(room)];
            if more.is_empty() {
                return Ok(!self.held.0.is_empty());
            }
            let (n, done) = match memchr::memchr(b'\n', more) {
                Some(i) => (i + 1, true),
                None => (more.len(), false),
            };
            let (line, from) = (&mut self.held.0, self.from.buffer());
            line.extend_from_slice(&from[..n]);
            self.consume(n);
            if done {
                return Ok(true);
            }
        }
    }

    /// Whether the line that is held begins a record.
    fn is_head(&self) -> bool {
        let line = self.held.0.strip_suffix(b"\n").unwrap_or(&self.held.0);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        (self.begins)(line)
    }

    /// The state behind the line that is held.
    fn behind_held(&self) -> SplitState {
        match self.held.0.last() {
            Some(b'\n') => SplitState::Between,
            _ => SplitState::Line,
        }
    }

    fn give(&mut self, into: &mut [u8]) -> usize {
        let rest = &self.held.0[self.held.1..];
        let n = rest.len().min(into.len());
        into[..n].copy_from_slice(&rest[..n]);
        self.held.1 += n;
        n
    }

    /// The next bytes, which lie before the end of the split.
    fn inside(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.bounds.end - self.at).unwrap_or(usize::MAX);
        let more = self.fill()?;
        let n = more.len().min(into.len()).min(most);
        into[..n].copy_from_slice(&more[..n]);
        let ended = n.checked_sub(1).map(|last| into[last] == b'\n');
        self.consume(n);
        if self.at >= self.bounds.end {
            self.state = match ended {
                Some(true) => SplitState::Between,
                _ => SplitState::Line,
            };
        }
        Ok(n)
    }

    /// The rest of a line that began in the split, or is of a record that did.
    fn line(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let more = self.fill()?;
        let more = &more[..more.len().min(into.len())];
        let end = memchr::memchr(b'\n', more);
        let n = end.map_or(more.len(), |i| i + 1);
        into[..n].copy_from_slice(&more[..n]);
        self.consume(n);
        if end.is_some() {
            self.state = SplitState::Between;
        }
        Ok(n)
    }
}

impl<R: Read> Read for Split<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            if self.held.1 < self.held.0.len() {
                return Ok(self.give(into));
            }
            match self.state {
                SplitState::Done => return Ok(0),
                SplitState::Inside => return self.inside(into),
                SplitState::Line => return self.line(into),
                SplitState::Between => {
                    self.state = SplitState::Done;
                    if !self.hold_line()? {
                        return Ok(0);
                    }
                    if self.is_head() {
                        self.held.0.clear();
                        return Ok(0);
                    }
                    self.state = self.behind_held();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heads<'h>() -> Begins<'h> {
        Box::new(|l: &[u8]| l.starts_with(b"h"))
    }

    /// What a split of some bytes owns, and where that begins.
    fn owned(data: &[u8], off: usize, end: usize, max_line: usize) -> Option<(usize, Vec<u8>)> {
        let bounds = Bounds {
            off: off as u64,
            end: end as u64,
            size: data.len() as u64,
        };
        let from = &data[off.saturating_sub(1)..];
        let (start, mut split) = Split::begin(from, bounds, heads(), max_line).unwrap()?;
        let mut all = Vec::new();
        split.read_to_end(&mut all).unwrap();
        assert!(!split.short().get());
        Some((start as usize, all))
    }

    #[test]
    fn a_record_belongs_to_the_split_of_its_first_byte() {
        let data = b"h1\n c\n c\nh2\nh3\n c\n";
        // the head lies in the first byte of the split, just before it, and just behind it
        assert_eq!(owned(data, 9, 10, 99), Some((9, b"h2\n".to_vec())));
        assert_eq!(owned(data, 10, 12, 99), None);
        assert_eq!(owned(data, 8, 10, 99), Some((9, b"h2\n".to_vec())));
        assert_eq!(owned(data, 0, 1, 99), Some((0, b"h1\n c\n c\n".to_vec())));
        assert_eq!(owned(data, 12, 18, 99), Some((12, b"h3\n c\n".to_vec())));
    }

    #[test]
    fn a_stream_that_ends_too_early_is_reported() {
        let bounds = Bounds {
            off: 0,
            end: 9,
            size: 9,
        };
        let (_, mut split) = Split::begin(&b"h1\nh2"[..], bounds, heads(), 99)
            .unwrap()
            .unwrap();
        let mut all = Vec::new();
        split.read_to_end(&mut all).unwrap();
        assert!(split.short().get());
    }

    proptest! {
        #[test]
        fn splits_join_to_the_whole(
            lines in proptest::collection::vec("(h| )[a-z]{0,9}\r?", 0..40), newline in any::<bool>(),
            cuts in proptest::collection::vec(0usize..400, 0..12), max_line in 1usize..12,
        ) {
            let mut data = lines.join("\n").into_bytes();
            if newline && !data.is_empty() {
                data.push(b'\n');
            }
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(data.len())).chain([0, data.len()]).collect();
            cuts.sort_unstable();
            cuts.dedup();
            let mut at = 0;
            for pair in cuts.windows(2) {
                let Some((start, bytes)) = owned(&data, pair[0], pair[1], max_line) else { continue };
                prop_assert_eq!(start, at);
                prop_assert!(start == 0 || (pair[0]..pair[1]).contains(&start));
                prop_assert_eq!(&data[start..start + bytes.len()], &bytes[..]);
                at += bytes.len();
            }
            prop_assert_eq!(at, data.len());
        }
    }
}
