//! Lines to records, as the program parses them: usual lines by what those before them have shown, all others by the formats, in
//! turn. Nothing is folded, so that this is what parsing costs and no more. The loop is that of `scan::alike` and `scan::quick`
//! with a sum in place of the fold: theirs stays private, since it is inlined around the fold as a whole.
#![allow(dead_code, reason = "each bench uses its own part of this module")]

use super::logs::Kind;
use coroner_core::plan::{Plan, PlanConfig, PlanInput, Sampled, Tried, plan};
use coroner_lines::fast::brief::Brief;
use coroner_lines::fast::clf::Layout;
use coroner_lines::fast::template::{LineTemplate, Memo, Take};
use coroner_lines::fast::{Way, clf, way};
use coroner_lines::format::line_features::Signs;
use coroner_lines::record::{Body, Record};
use coroner_lines::vector::{Marks, Work};
use std::collections::HashMap;
use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::path::Path;

/// Bytes whose marks are found before they are read.
const NEAR: usize = 32 << 10;
/// Writers that are remembered.
const WRITERS: usize = 32;

/// Takes what is wanted of each record: when, in microseconds of its own clock, and the status of a request or 0.
pub trait Sink {
    /// To be inlined always.
    fn add(&mut self, wall_us: i64, status: u16);
}

/// What parsing gave, so that two ways can be compared: records, the sums of their times and statuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums(u64, i64, u64);

impl Sink for Sums {
    #[inline(always)]
    fn add(&mut self, wall_us: i64, status: u16) {
        self.0 += 1;
        self.1 = self.1.wrapping_add(wall_us);
        self.2 += u64::from(status);
    }
}

fn record(sink: &mut impl Sink, r: &Record<'_>) {
    let status = match &r.body {
        Body::Request(q) => q.status,
        _ => 0,
    };
    sink.add(r.stamp.map_or(0, |s| s.wall_us), status);
}

/// Takes a usual line; nothing that was read of it may be left out as of no use.
struct Taken<'s, S>(&'s mut S);

impl<'a, S: Sink> Take<'a> for Taken<'_, S> {
    #[inline(always)]
    fn brief(self, b: &Brief<'_, 'a>) {
        let status = black_box(b).request.map_or(0, |r| r.status);
        self.0.add(b.stamp.wall_us, status);
    }
    fn record(self, r: Record<'a>) {
        record(self.0, &r);
    }
}

/// The plan for lines of a kind.
pub fn planned(kind: &Kind, data: &[u8]) -> Plan {
    let sample = Sampled {
        name: kind.file.into(),
        member: None,
        modified_us: None,
        pieces: vec![data[..data.len().min(1 << 16)].to_vec()],
    };
    plan(&[sample], &PlanConfig::default()).expect("a plan")
}

/// Whole lines that lie in memory; what is behind the last newline is left out.
pub struct All<'p, S> {
    pub input: &'p PlanInput,
    pub data: &'p [u8],
    pub marks: &'p mut Marks,
    pub sink: S,
}

impl<S: Sink> Work for All<'_, S> {
    type Out = S;
    #[inline(always)]
    fn run(self) -> S {
        let mut like = Like::new(self.input, self.sink);
        like.lines(self.data, self.marks);
        like.sink
    }
}

/// One file, to be parsed on one thread.
pub struct Parse<'p> {
    pub input: &'p PlanInput,
    pub path: &'p Path,
    pub buffer: &'p mut [u8],
    pub marks: &'p mut Marks,
}

impl Work for Parse<'_> {
    type Out = Sums;
    #[inline(always)]
    fn run(self) -> Sums {
        let Parse {
            input,
            path,
            buffer,
            marks,
        } = self;
        let mut file = File::open(path).expect("a file");
        let mut like = Like::new(input, Sums::default());
        let mut held = 0;
        loop {
            let n = file.read(&mut buffer[held..]).expect("bytes");
            let len = held + n;
            let from = like.lines(&buffer[..len], marks);
            if n == 0 {
                return like.sink;
            }
            buffer.copy_within(from..len, 0);
            held = len - from;
        }
    }
}

/// What the lines have shown.
struct Like<'p, S> {
    input: &'p PlanInput,
    templates: Vec<LineTemplate>,
    memo: Memo,
    head: clf::Head,
    time: i64,
    /// Numbers of the formats that are asked for lines of one first byte and the same signs.
    asked: HashMap<(u8, u32), Vec<usize>>,
    sink: S,
}

impl<'p, S: Sink> Like<'p, S> {
    fn new(input: &'p PlanInput, sink: S) -> Self {
        Like {
            input,
            templates: Vec::new(),
            memo: Memo::default(),
            head: clf::Head::default(),
            time: 0,
            asked: HashMap::new(),
            sink,
        }
    }

    /// Reads whole lines; gives their bytes.
    #[inline(always)]
    fn lines(&mut self, all: &[u8], marks: &mut Marks) -> usize {
        let first = self.input.formats.first().and_then(|f| way(f.name()));
        let layout = match first {
            Some(Way::Access(l)) if l.quotes == 6 => Some(l),
            _ => None,
        };
        let mut from = 0;
        while from < all.len() {
            let piece = from..all.len().min(from + NEAR);
            let read = match layout {
                Some(l) => self.plain(all, piece, marks, l),
                None => self.piece(all, piece, marks),
            };
            if read == 0 {
                break;
            }
            from += read;
        }
        from
    }

    /// Reads the whole lines of a piece; gives their bytes.
    #[inline(always)]
    fn piece(&mut self, all: &[u8], piece: std::ops::Range<usize>, marks: &mut Marks) -> usize {
        let base = piece.start;
        let piece = &all[piece];
        let marks = marks.find(piece);
        let (mut at, mut k) = (0, 0);
        loop {
            let here = marks.get(k..).unwrap_or_default();
            let read = self.templated(&all[base + at..], at, piece, here);
            let newline = |m: &u32| piece.get(*m as usize) == Some(&b'\n');
            let Some(n) = read.or_else(|| here.iter().position(newline)) else {
                return at;
            };
            let nl = here[n] as usize;
            if read.is_none() {
                self.other(&piece[at..nl]);
            }
            (at, k) = (nl + 1, k + n + 1);
        }
    }

    /// Reads a line by what those of its writer have shown; gives its quotes.
    #[inline(always)]
    fn templated(&mut self, after: &[u8], at: usize, piece: &[u8], here: &[u32]) -> Option<usize> {
        for i in 0..self.templates.len() {
            let t = &self.templates[i];
            let newline = |m: &u32| piece.get(*m as usize) == Some(&b'\n');
            let n = match t.quotes() {
                Some(n) => n,
                None if !t.may_begin(*after.first()?) => continue,
                None => here.iter().position(newline)?,
            };
            let Some(nl) = here.get(n).filter(|m| newline(m)).map(|m| *m as usize) else {
                continue;
            };
            let (memo, take) = (&mut self.memo, Taken(&mut self.sink));
            if t.read((after, nl - at), (&here[..=n], at), false, memo, take)
                .is_some()
            {
                self.templates.swap(0, i);
                return Some(n);
            }
        }
        None
    }

    /// The same for plain lines of three quoted fields.
    #[inline(always)]
    fn plain(
        &mut self,
        all: &[u8],
        piece: std::ops::Range<usize>,
        marks: &mut Marks,
        layout: Layout,
    ) -> usize {
        let piece = &all[piece];
        let marks = marks.find(piece);
        let (mut at, mut k) = (0, 0);
        loop {
            let here = marks.get(k..).unwrap_or_default();
            if let Some(m) = here.first_chunk::<7>()
                && self.access(&piece[at..=m[6] as usize], at, m, layout)
            {
                (at, k) = (m[6] as usize + 1, k + 7);
                continue;
            }
            let Some(n) = here.iter().position(|m| piece[*m as usize] == b'\n') else {
                return at;
            };
            self.other(&piece[at..here[n] as usize]);
            (at, k) = (here[n] as usize + 1, k + n + 1);
        }
    }

    #[inline(always)]
    fn access(&mut self, line: &[u8], at: usize, marks: &[u32; 7], layout: Layout) -> bool {
        let quotes = [0, 1, 2, 3, 4, 5].map(|i| (marks[i] as usize).wrapping_sub(at));
        let Some((client, head)) = clf::head(line, quotes[0]) else {
            return false;
        };
        let Some(a) = clf::access(line, client, &quotes, layout) else {
            return false;
        };
        if line.last() != Some(&b'\n') {
            return false;
        }
        if *head != self.head {
            let Some(stamp) = clf::stamp(head) else {
                return false;
            };
            (self.head, self.time) = (*head, stamp.wall_us);
        }
        self.sink.add(self.time, black_box(a).status);
        true
    }

    /// A line like none before it, from which the next ones are learnt.
    #[inline(never)]
    fn other(&mut self, line: &[u8]) {
        let formats = &self.input.formats;
        let first = line.first().copied().unwrap_or_default();
        let shown = Signs::of(line);
        // whose lines begin otherwise or show what this one lacks is not asked, as in the program
        let asked = self.asked.entry((first, shown.bits())).or_insert_with(|| {
            let may = |f: &&Tried| f.shows(first).is_some_and(|s| shown.shows(s));
            let numbers = formats.iter().enumerate();
            numbers.filter(|(_, f)| may(f)).map(|(n, _)| n).collect()
        });
        if let Some(r) = asked.iter().find_map(|n| formats[*n].parse(line)) {
            record(&mut self.sink, &r);
        }
        let n = self.templates.len();
        if n < WRITERS
            && let Some(f) = formats.iter().find(|f| f.may_begin(first))
            && let Some(Way::Alike(learn)) = way(f.name())
            && let Some(t) = learn(line)
        {
            self.templates.push(t.numbered(n));
        }
    }
}

/// The same of every line at length.
pub fn at_length(input: &PlanInput, data: &[u8]) -> Sums {
    let mut sums = Sums::default();
    let lines = data.split(|c| *c == b'\n');
    for r in lines.filter_map(|l| input.formats.iter().find_map(|f| f.parse(l))) {
        record(&mut sums, &r);
    }
    sums
}
