//! Records that are more than one line: whole JSON documents, length-prefixed exports, listings. A frame puts the texts of the
//! records together, each with the place where it begins; what a text means is the formats' affair.

pub mod csv;
pub mod document;
pub mod highstate;
pub mod job_sections;
pub mod journal_export;
pub mod listing;
pub mod mail;
pub mod task_log;
pub mod timetable;
pub mod transcript;
mod walk;
pub mod xml;

use super::Format;
use super::grammar::{Parse, grammar};
use crate::table;
use std::ops::Range;
use std::sync::LazyLock;

/// Bytes of one record's text at most; longer ones are counted, not read.
pub const LONGEST: usize = 1 << 20;

/// The text of one record and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Where its text lies in [`Units::bytes`]; empty where it was too long or broken off.
    pub text: Range<usize>,
    /// Offset of its first byte in the input.
    pub offset: u64,
    /// 1-based line of the input on which it begins.
    pub line: u64,
    /// The line on which it ends.
    pub end: u64,
}

/// Texts of records, put together from a stretch of an input.
#[derive(Debug, Default)]
pub struct Units {
    /// All texts.
    pub bytes: Vec<u8>,
    /// The records, in the order in which they end.
    pub list: Vec<Unit>,
}

impl Units {
    /// Adds a record whose text is these pieces, one after the other; it lies on the lines from the first to the second.
    pub fn add(&mut self, offset: u64, (line, end): (u64, u64), pieces: &[&[u8]]) {
        let from = self.bytes.len();
        pieces.iter().for_each(|p| self.bytes.extend_from_slice(p));
        self.list.push(Unit {
            text: from..self.bytes.len(),
            offset,
            line,
            end,
        });
    }

    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.list.clear();
    }
}

/// Puts the records of one input together. It is fed the input from its first byte, in stretches of any size, which never
/// changes the result; it holds at most a few records.
pub trait Framer: Send {
    /// Reads the next bytes.
    fn feed(&mut self, bytes: &[u8], out: &mut Units);
    /// The input is at its end.
    fn finish(&mut self, out: &mut Units);
}

/// A way to frame an input.
pub struct Frame {
    /// Its name, as reports print it.
    pub name: &'static str,
    /// A short input that is framed so.
    pub sample: &'static str,
    /// Whether an input that begins with these bytes (at most 64 KiB) is framed so.
    pub claims: Claims,
    /// A framer for one input.
    pub start: Start,
    /// The grammar of its texts, where that is the frame's own.
    pub format: Option<&'static dyn Format>,
}

/// Every frame; the first that claims an input has it.
pub static FRAMES: LazyLock<Vec<Frame>> = LazyLock::new(|| {
    let blocks = table::blocks(include_str!("frame/frames.txt"));
    let described = |block: &'static str| {
        let value = |key| table::value(block, key);
        let all = READ.iter().find(|r| r.0 == value("name"));
        let (name, claims, start, parse) = *all?;
        Some(Frame {
            name,
            sample: value("sample").replace("\\n", "\n").leak(),
            claims,
            start,
            format: parse.map(|parse| grammar(name, parse).listed()),
        })
    };
    blocks.filter_map(described).collect()
});

type Claims = fn(&[u8]) -> bool;
type Start = fn() -> Box<dyn Framer>;

/// Each frame's name, what claims an input for it, what reads one, and what reads its texts where its grammar is its own.
const READ: [(&str, Claims, Start, Option<Parse>); 11] = [
    ("JSON document", document::claims, document::start, None),
    (
        "journal export",
        journal_export::claims,
        framer::<journal_export::Entries>,
        None,
    ),
    (
        "listing",
        listing::claims,
        by_line::<listing::Listing>,
        None,
    ),
    ("mail", mail::claims, by_line::<mail::OpenMessage>, None),
    ("CSV export", csv::claims, framer::<csv::Rows>, None),
    (
        "transcript",
        transcript::claims,
        by_line::<transcript::OpenMessage>,
        Some(transcript::parse),
    ),
    (
        "Octopus task",
        task_log::claims,
        by_line::<task_log::Task>,
        Some(task_log::parse),
    ),
    (
        "GitLab job",
        job_sections::claims,
        by_line::<job_sections::Sections>,
        Some(job_sections::parse),
    ),
    (
        "Salt highstate",
        highstate::claims,
        by_line::<highstate::Highstate>,
        Some(highstate::parse),
    ),
    (
        "timetable",
        timetable::claims,
        by_line::<timetable::Day>,
        Some(timetable::parse),
    ),
    ("XML events", xml::claims, by_line::<xml::OpenEvent>, None),
];

fn framer<F: Framer + Default + 'static>() -> Box<dyn Framer> {
    Box::new(F::default())
}

fn by_line<J: LineJoiner + 'static>() -> Box<dyn Framer> {
    framer::<ByLine<J>>()
}

/// What puts the records of one input together line by line.
trait LineJoiner: Default + Send {
    /// Reads a line, with its offset and its number.
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units);
    /// The input is at its end.
    fn end(&mut self, _out: &mut Units) {}
}

/// A framer that reads lines.
#[derive(Debug, Default)]
struct ByLine<J> {
    lines: Cutter,
    open: J,
}

impl<J: LineJoiner> Framer for ByLine<J> {
    fn feed(&mut self, bytes: &[u8], out: &mut Units) {
        let open = &mut self.open;
        self.lines
            .feed(bytes, |l, offset, n| open.line(l, offset, n, out));
    }
    fn finish(&mut self, out: &mut Units) {
        let open = &mut self.open;
        self.lines
            .finish(|l, offset, n| open.line(l, offset, n, out));
        open.end(out);
    }
}

/// Cuts bytes into lines for framers that read lines: holds the line that the end of a stretch breaks off.
#[derive(Debug, Default)]
struct Cutter {
    rest: Vec<u8>,
    /// Offset of the line that is being read.
    start: u64,
    /// Offset of the next byte.
    next: u64,
    lines: u64,
}

impl Cutter {
    /// Calls `f` with each whole line, its offset and its number. A line longer than [`LONGEST`] is given without its end.
    fn feed(&mut self, mut bytes: &[u8], mut f: impl FnMut(&[u8], u64, u64)) {
        while let Some(n) = memchr::memchr(b'\n', bytes) {
            self.next += n as u64 + 1;
            self.lines += 1;
            if self.rest.is_empty() {
                f(&bytes[..n.min(LONGEST)], self.start, self.lines);
            } else {
                self.keep(&bytes[..n]);
                f(&self.rest, self.start, self.lines);
                self.rest.clear();
            }
            self.start = self.next;
            bytes = &bytes[n + 1..];
        }
        self.keep(bytes);
        self.next += bytes.len() as u64;
    }

    /// The last line, where no newline ends it.
    fn finish(&mut self, mut f: impl FnMut(&[u8], u64, u64)) {
        if !self.rest.is_empty() {
            f(&self.rest, self.start, self.lines + 1);
            self.rest.clear();
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = LONGEST.saturating_sub(self.rest.len());
        self.rest.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The texts and places of an input's records, fed in stretches of the given size.
    pub(super) fn framed(frame: &Frame, input: &[u8], size: usize) -> Vec<(Vec<u8>, u64, u64)> {
        let (mut f, mut out) = ((frame.start)(), Units::default());
        input.chunks(size.max(1)).for_each(|c| f.feed(c, &mut out));
        f.finish(&mut out);
        out.list
            .iter()
            .map(|u| {
                assert!(u.end >= u.line);
                (out.bytes[u.text.clone()].to_vec(), u.offset, u.line)
            })
            .collect()
    }

    pub(super) fn frame(name: &str) -> &'static Frame {
        FRAMES.iter().find(|f| f.name == name).unwrap()
    }

    #[test]
    fn each_frame_claims_its_sample_and_no_other() {
        for f in FRAMES.iter() {
            let claimed: Vec<&str> = FRAMES
                .iter()
                .filter(|g| (g.claims)(f.sample.as_bytes()))
                .map(|g| g.name)
                .collect();
            assert_eq!(claimed, [f.name]);
            assert!(
                !framed(f, f.sample.as_bytes(), 1 << 20).is_empty(),
                "{}",
                f.name
            );
        }
        for other in [
            &b""[..],
            b"\n",
            b"[2026-03-10 13:00:00] x\n",
            b"127.0.0.1 - -\n",
            b"{\"a\":1}\n{\"a\":2}\n",
        ] {
            assert!(FRAMES.iter().all(|f| !(f.claims)(other)));
        }
    }

    #[test]
    fn a_megabyte_of_one_byte_takes_no_time() {
        for byte in 0..=255u8 {
            let input = vec![byte; 1 << 20];
            for f in FRAMES.iter() {
                let _ = (f.claims)(&input[..64 << 10]);
                let _ = framed(f, &input, 1 << 16);
            }
        }
    }

    proptest! {
        #[test]
        fn stretches_change_nothing(bytes in proptest::collection::vec(prop_oneof![
            Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), Just(b'\\'), Just(b':'), Just(b','), Just(b'\n'),
            Just(b' '), Just(b'a'), Just(b'='), Just(0u8), any::<u8>()
        ], 0..400), size in 1usize..40) {
            for f in FRAMES.iter() {
                let _ = (f.claims)(&bytes);
                prop_assert_eq!(framed(f, &bytes, size), framed(f, &bytes, 1 << 20), "{}", f.name);
            }
        }
    }
}
