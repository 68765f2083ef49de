//! Walks a JSON document byte by byte and hands out the objects that are its records, without blanks, as they end. Holds the
//! text of the open objects around the place it has reached, never the document. Knows paths, not what they mean.

use super::{Framer, LONGEST, Units};

/// Where the records of a document stand.
pub(super) struct RecordPath {
    /// Path of the records: keys joined by `.`, `[]` for the elements of an array.
    pub path: &'static str,
    /// Key that the object around the array must have shown before, or empty.
    pub needs: &'static str,
    /// Whether what the object around the array has shown goes with each record, as its field `@in`.
    pub with_outer: bool,
}

/// What an object around a record may be long to go with it.
const OUTER: usize = 8 << 10;
/// What stands in front of the list of a page of records at most.
const PAGE: usize = 200;
/// Deeper levels have no path.
const DEEPEST: usize = 12;
/// Levels that are distinguished; a document that goes deeper is followed by its brackets alone.
const LEVELS: usize = 512;

/// An object or array that is open.
#[derive(Debug, Default)]
struct OpenValue {
    array: bool,
    /// Length of the path around it.
    path: usize,
    /// Where its text begins in the buffer, if it is kept.
    start: Option<usize>,
    offset: u64,
    line: u64,
    /// Where the member that is being read begins in the buffer.
    member: usize,
    expects_key: bool,
    /// Its text grew too long.
    broken: bool,
    /// Records in it were handed out.
    emptied: bool,
}

/// The state of a walk.
#[derive(Default)]
pub(super) struct Walk {
    places: &'static [RecordPath],
    levels: Vec<OpenValue>,
    /// Levels beyond [`LEVELS`].
    beyond: u64,
    buf: Vec<u8>,
    path: Vec<u8>,
    /// The text of the last string; a key when a colon follows.
    word: Vec<u8>,
    key: Vec<u8>,
    keep: bool,
    string: bool,
    escaped: bool,
    offset: u64,
    line: u64,
    /// A line outside of any value, and where it begins.
    stray: Option<(Vec<u8>, u64, u64)>,
    /// Records found by their place, not because they are a whole value.
    pub placed: u64,
    pub strays: u64,
}

impl Framer for Walk {
    fn feed(&mut self, bytes: &[u8], out: &mut Units) {
        let mut at = 0;
        while at < bytes.len() {
            let n = if self.stray.is_some() {
                self.stray_line(&bytes[at..], out)
            } else if self.string {
                self.in_string(&bytes[at..])
            } else {
                self.structure(bytes[at], out);
                1
            };
            self.offset += n as u64;
            at += n;
        }
    }

    /// The document ends; what is still open is handed out as a record without a text.
    fn finish(&mut self, out: &mut Units) {
        if let Some((text, offset, line)) = self.stray.take() {
            out.add(offset, (line, line), &[&text]);
        }
        let open = self.levels.iter().rev().find(|l| l.start.is_some());
        if let Some(l) = open.or(self.levels.first()) {
            out.add(l.offset, (l.line, self.line.max(l.line)), &[]);
        }
        self.levels.clear();
    }
}

impl Walk {
    pub(super) fn new(places: &'static [RecordPath]) -> Walk {
        Walk {
            places,
            line: 1,
            ..Walk::default()
        }
    }

    /// Whether no value is open.
    pub(super) fn is_closed(&self) -> bool {
        self.levels.is_empty() && self.stray.is_none()
    }

    /// Bytes of text that are held.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.buf.len() + self.path.len() + self.word.len() + self.key.len()
    }

    /// The rest of a line that belongs to no value.
    fn stray_line(&mut self, bytes: &[u8], out: &mut Units) -> usize {
        let end = memchr::memchr(b'\n', bytes);
        let n = end.unwrap_or(bytes.len());
        if let Some((text, ..)) = &mut self.stray {
            let room = LONGEST.saturating_sub(text.len());
            text.extend_from_slice(&bytes[..n.min(room)]);
        }
        if end.is_some()
            && let Some((text, offset, line)) = self.stray.take()
        {
            out.add(offset, (line, line), &[text.trim_ascii_end()]);
            self.line += 1;
        }
        n + usize::from(end.is_some())
    }

    fn in_string(&mut self, bytes: &[u8]) -> usize {
        if self.escaped {
            self.escaped = false;
            self.line += u64::from(bytes[0] == b'\n');
            self.text(&bytes[..1]);
            return 1;
        }
        let n = memchr::memchr3(b'"', b'\\', b'\n', bytes).unwrap_or(bytes.len());
        self.text(&bytes[..n]);
        match bytes.get(n) {
            None => return n,
            Some(b'"') => {
                self.string = false;
                self.push(b"\"");
            }
            Some(b'\\') => {
                self.escaped = true;
                self.text(b"\\");
            }
            Some(c) => {
                self.line += 1;
                self.text(&[*c]);
            }
        }
        n + 1
    }

    /// Text within a string.
    fn text(&mut self, t: &[u8]) {
        if self.word.len() < 64 {
            let n = t.len().min(64 - self.word.len());
            self.word.extend_from_slice(&t[..n]);
        }
        self.push(t);
    }

    fn push(&mut self, t: &[u8]) {
        if !self.keep {
            return;
        }
        self.buf.extend_from_slice(t);
        let Some(l) = self.levels.iter_mut().rev().find(|l| l.start.is_some()) else {
            return;
        };
        let start = l.start.unwrap_or(0);
        if self.buf.len() - start > LONGEST {
            l.broken = true;
            self.buf.truncate(start);
            self.keep = false;
        }
    }

    fn structure(&mut self, c: u8, out: &mut Units) {
        match c {
            b'\n' => self.line += 1,
            b' ' | b'\t' | b'\r' => {}
            b'{' | b'[' => self.open(c),
            _ if self.levels.is_empty() => {
                // between the values of a file that holds several
                if !matches!(c, b',' | 0x1e | 0xef | 0xbb | 0xbf) {
                    self.strays += 1;
                    self.stray = Some((vec![c], self.offset, self.line));
                }
            }
            b'}' | b']' => self.close(c, out),
            b'"' => {
                let at = self.buf.len();
                if let Some(l) = self.levels.last_mut().filter(|l| l.expects_key) {
                    l.member = at;
                }
                self.word.clear();
                self.string = true;
                self.push(b"\"");
            }
            b':' => {
                if let Some(l) = self.levels.last_mut() {
                    l.expects_key = false;
                }
                std::mem::swap(&mut self.key, &mut self.word);
                self.push(b":");
            }
            b',' => {
                let l = self.levels.last_mut();
                let skip = l.is_some_and(|l| {
                    l.expects_key = !l.array;
                    l.array && l.emptied
                });
                if !skip {
                    self.push(b",");
                }
            }
            _ => self.push(&[c]),
        }
    }

    fn open(&mut self, c: u8) {
        if self.levels.len() >= LEVELS {
            self.beyond += 1;
            return self.push(&[c]);
        }
        let around = self.path.len();
        let parent = self.levels.last().map(|l| l.array);
        if self.levels.len() < DEEPEST {
            match parent {
                None => {}
                Some(true) => self.path.extend_from_slice(b"[]"),
                Some(false) => {
                    if around > 0 {
                        self.path.push(b'.');
                    }
                    self.path.extend_from_slice(&self.key);
                }
            }
        }
        let whole = parent.is_none() && c == b'{';
        let kept = whole || (parent == Some(true) && (self.place().is_some() || self.is_a_list()));
        let start = kept.then_some(self.buf.len());
        self.keep |= kept;
        self.levels.push(OpenValue {
            array: c == b'[',
            path: around,
            start,
            offset: self.offset,
            line: self.line,
            member: self.buf.len() + 1,
            expects_key: c == b'{',
            broken: false,
            emptied: false,
        });
        self.push(&[c]);
    }

    /// The place that the path names, if what is around it allows.
    fn place(&self) -> Option<&'static RecordPath> {
        if self.levels.len() >= DEEPEST {
            return None;
        }
        let p = self
            .places
            .iter()
            .find(|p| p.path.as_bytes() == &self.path[..])?;
        if p.needs.is_empty() {
            return Some(p);
        }
        let outer = self.outer()?;
        memchr::memmem::find(outer, format!("\"{}\":", p.needs).as_bytes()).map(|_| p)
    }

    /// Whether the document is an object whose first list holds its records, on a line of its own: an answer of an API, whatever the
    /// list's name. What stands in front of it tells of the page: a few numbers and words, no object and no time.
    fn is_a_list(&self) -> bool {
        let [root, list] = self.levels.as_slice() else {
            return false;
        };
        let page = self.outer().is_some_and(|o| {
            let clock = |w: &[u8]| matches!(w, [b'0'..=b'9', b':', b'0'..=b'9']);
            let nested = o.iter().skip(1).any(|c| b"{[".contains(c));
            o.len() <= PAGE && !nested && !o.windows(3).any(clock)
        });
        !root.array && list.array && page && self.line > root.line
    }

    /// What the object around the innermost open array has shown before that array.
    fn outer(&self) -> Option<&[u8]> {
        let o = self.levels.iter().rev().find(|l| !l.array)?;
        let start = o.start.filter(|_| !o.broken)?;
        self.buf.get(start..o.member.max(start))
    }

    fn close(&mut self, c: u8, out: &mut Units) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return self.push(&[c]);
        }
        self.push(&[c]);
        let Some(l) = self.levels.pop() else { return };
        if let Some(start) = l.start {
            if !l.emptied {
                self.hand_out(&l, start, out);
            }
            self.buf.truncate(start);
            self.levels.iter_mut().for_each(|o| o.emptied = true);
            self.keep = self
                .levels
                .iter()
                .rev()
                .find(|o| o.start.is_some())
                .is_some_and(|o| !o.broken);
        }
        self.path.truncate(l.path);
    }

    fn hand_out(&mut self, l: &OpenValue, start: usize, out: &mut Units) {
        let lines = (l.line, self.line);
        if l.broken {
            return out.add(l.offset, lines, &[]);
        }
        let text = &self.buf[start..];
        let place = if self.levels.is_empty() {
            None
        } else {
            self.places
                .iter()
                .find(|p| p.path.as_bytes() == &self.path[..])
        };
        self.placed += u64::from(place.is_some());
        let outer = place
            .filter(|p| p.with_outer)
            .and_then(|_| self.outer())
            .map(|o| o.strip_suffix(b",").unwrap_or(o))
            .filter(|o| o.len() > 1 && o.len() <= OUTER);
        match (outer, l.array) {
            (Some(o), false) if text.len() > 2 => {
                let body = &text[..text.len() - 1];
                out.add(l.offset, lines, &[body, b",\"@in\":", o, b"}}"]);
            }
            (Some(o), true) => {
                out.add(
                    l.offset,
                    lines,
                    &[b"{\"@value\":", text, b",\"@in\":", o, b"}}"],
                );
            }
            _ => out.add(l.offset, lines, &[text]),
        }
    }
}
