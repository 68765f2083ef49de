//! The least that any tool does with an access log, combined or JSON: requests per minute and class of status. Placed by hand,
//! with nom, and with what the program reads usual lines with; beside them the newlines of the same bytes. All must count the same.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up may end")]

mod learnt;
mod logs;

use coroner_core::plan::PlanInput;
use coroner_lines::fast::clf;
use coroner_lines::fast::clf::Layout;
use coroner_lines::time::MINUTE;
use coroner_lines::vector::{Marks, widely};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use learnt::{All, Sink, planned};
use logs::kind;
use memchr::{memchr, memchr_iter, memmem};
use nom::bytes::complete::{tag, take, take_until};
use nom::character::complete::u16 as number;
use nom::{IResult, Parser};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

/// The lines of this bench: nothing in front of the client, nothing behind the agent.
const COMBINED: Layout = Layout {
    quotes: 6,
    site: false,
    tail: false,
};

const BYTES: usize = 8 << 20;

/// Requests by written minute and first digit of the status. Lines of one minute follow each other.
#[derive(Default)]
struct Counts {
    minutes: BTreeMap<[u8; 17], [u64; 6]>,
    now: [u8; 17],
    classes: [u64; 6],
}

impl Counts {
    #[inline(always)]
    fn add(&mut self, time: &[u8], class: usize) {
        let Some(minute) = time.first_chunk::<17>() else {
            return;
        };
        if *minute != self.now {
            self.turn();
            self.now = *minute;
        }
        if let Some(n) = self.classes.get_mut(class) {
            *n += 1;
        }
    }

    fn turn(&mut self) {
        let sums = self.minutes.entry(self.now).or_default();
        let now = std::mem::take(&mut self.classes);
        sums.iter_mut().zip(now).for_each(|(s, n)| *s += n);
    }

    fn done(mut self) -> Vec<([u8; 17], [u64; 6])> {
        self.turn();
        let all = self.minutes.into_iter();
        all.filter(|(_, n)| n.iter().any(|n| *n > 0)).collect()
    }
}

fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    memchr_iter(b'\n', data).map(move |nl| {
        let line = &data[from..nl];
        from = nl + 1;
        line
    })
}

/// `[time] "request" 200`, found by the bracket and two quotes.
fn by_hand(line: &[u8]) -> Option<(&[u8], usize)> {
    let open = memchr(b'[', line)? + 1;
    let time = line.get(open..open + 26)?;
    let request = open + memchr(b'"', line.get(open..)?)? + 1;
    let close = request + memchr(b'"', line.get(request..)?)?;
    let class = line.get(close + 2)?.checked_sub(b'0')?;
    Some((time, usize::from(class)))
}

fn with_nom(line: &[u8]) -> IResult<&[u8], (&[u8], usize)> {
    let (rest, time) = (take_until("["), tag("["), take(26usize), tag("] \"")).parse(line)?;
    let (rest, (_, _, status)) = (take_until("\""), tag("\" "), number).parse(rest)?;
    Ok((rest, (time.2, usize::from(status / 100))))
}

/// Marks of pieces that lie in a near cache, then plain lines by position.
fn as_the_program(data: &[u8], marks: &mut Marks) -> Counts {
    let mut counts = Counts::default();
    let mut from = 0;
    while from < data.len() {
        let piece = &data[from..data.len().min(from + (32 << 10))];
        let marks = marks.find(piece);
        let (mut at, mut k) = (0, 0);
        while let Some(m) = marks.get(k..).and_then(|m| m.first_chunk::<7>()) {
            let nl = m[6] as usize;
            if let Some(line) = piece.get(at..=nl).filter(|l| l.last() == Some(&b'\n')) {
                let quotes = [0, 1, 2, 3, 4, 5].map(|i| (m[i] as usize).wrapping_sub(at));
                if let Some((client, _)) = clf::head(line, quotes[0])
                    && let Some(a) = clf::access(line, client, &quotes, COMBINED)
                {
                    counts.add(&line[client.len() + 6..], usize::from(a.status / 100));
                    (at, k) = (nl + 1, k + 7);
                    continue;
                }
            }
            // any other line, the general way
            let next = marks[k..].iter().position(|m| piece[*m as usize] == b'\n');
            let Some(n) = next else { break };
            let nl = marks[k + n] as usize;
            if let Some((time, class)) = by_hand(&piece[at..nl]) {
                counts.add(time, class);
            }
            (at, k) = (nl + 1, k + n + 1);
        }
        // what is left of the piece is less than a line, or one whose quotes are not all there
        while let Some(n) = memchr(b'\n', &piece[at..]) {
            if let Some((time, class)) = by_hand(&piece[at..at + n]) {
                counts.add(time, class);
            }
            at += n + 1;
        }
        from += if at == 0 { piece.len() } else { at };
    }
    counts
}

/// `"time":"…"` and `"status":200` of a JSON line, which begins with its time.
fn json_by_hand(line: &[u8]) -> Option<(&[u8], usize)> {
    let time = line.strip_prefix(br#"{"time":""#)?;
    let at = memmem::find(time, br#","status":"#)? + 10;
    let class = time.get(at)?.checked_sub(b'0')?;
    Some((time, usize::from(class)))
}

fn json_with_nom(line: &[u8]) -> IResult<&[u8], (&[u8], usize)> {
    let (rest, time) = (tag(r#"{"time":""#), take(17usize)).parse(line)?;
    let name = r#","status":"#;
    let (rest, (_, _, status)) = (take_until(name), tag(name), number).parse(rest)?;
    Ok((rest, (time.1, usize::from(status / 100))))
}

/// The same by the time in microseconds; its minutes come in the order in which they are written.
#[derive(Default)]
struct ByMinute(BTreeMap<i64, [u64; 6]>, i64, [u64; 6]);

impl Sink for ByMinute {
    #[inline(always)]
    fn add(&mut self, wall_us: i64, status: u16) {
        if !(0..MINUTE).contains(&wall_us.wrapping_sub(self.1)) {
            self.turn(wall_us.div_euclid(MINUTE) * MINUTE);
        }
        self.2[usize::from(status / 100) % 6] += 1;
    }
}

impl ByMinute {
    fn turn(&mut self, minute: i64) {
        let sums = self.0.entry(self.1).or_default();
        let now = std::mem::take(&mut self.2);
        sums.iter_mut().zip(now).for_each(|(s, n)| *s += n);
        self.1 = minute;
    }

    fn done(mut self) -> Vec<[u64; 6]> {
        self.turn(0);
        let all = self.0.into_values();
        all.filter(|n| n.iter().any(|n| *n > 0)).collect()
    }
}

fn json_as_the_program(data: &[u8], input: &PlanInput, marks: &mut Marks) -> Vec<[u64; 6]> {
    let sink = ByMinute::default();
    let all = All {
        input,
        data,
        marks,
        sink,
    };
    widely(all).done()
}

fn each(data: &[u8], read: impl Fn(&[u8]) -> Option<(&[u8], usize)>) -> Counts {
    let mut counts = Counts::default();
    for line in lines(data) {
        if let Some((time, class)) = read(line) {
            counts.add(time, class);
        }
    }
    counts
}

fn hand(data: &[u8]) -> Counts {
    each(data, by_hand)
}

fn nom(data: &[u8]) -> Counts {
    each(data, |line| with_nom(line).ok().map(|r| r.1))
}

fn json_hand(data: &[u8]) -> Counts {
    each(data, json_by_hand)
}

fn json_nom(data: &[u8]) -> Counts {
    each(data, |line| json_with_nom(line).ok().map(|r| r.1))
}

fn counting(c: &mut Criterion) {
    let data = kind("web: nginx combined").write(BYTES);
    let mut marks = Marks::default();
    let all = hand(&data).done();
    assert!(all.len() > 60, "{} minutes", all.len());
    assert_eq!(nom(&data).done(), all);
    assert_eq!(as_the_program(&data, &mut marks).done(), all);
    let mut g = c.benchmark_group("requests per minute and class");
    g.throughput(Throughput::Bytes(data.len() as u64));
    g.bench_function("newlines", |b| {
        b.iter(|| memchr_iter(b'\n', black_box(&data)).count());
    });
    g.bench_function("positions of newlines", |b| {
        b.iter(|| memchr_iter(b'\n', black_box(&data)).fold(0, |a, n| a ^ n));
    });
    g.bench_function("by hand", |b| b.iter(|| hand(black_box(&data)).done()));
    g.bench_function("nom", |b| b.iter(|| nom(black_box(&data)).done()));
    g.bench_function("marks and plain lines", |b| {
        b.iter(|| as_the_program(black_box(&data), &mut marks).done());
    });
    g.finish();
}

fn counting_json(c: &mut Criterion) {
    let data = kind("web: JSON access").write(BYTES);
    let mut marks = Marks::default();
    let plan = planned(kind("web: JSON access"), &data);
    let input = &plan.inputs[0];
    let all = json_hand(&data).done();
    assert!(all.len() > 60, "{} minutes", all.len());
    assert_eq!(json_nom(&data).done(), all);
    let sums: Vec<[u64; 6]> = all.iter().map(|m| m.1).collect();
    assert_eq!(json_as_the_program(&data, input, &mut marks), sums);
    let mut g = c.benchmark_group("requests per minute and class, JSON");
    g.throughput(Throughput::Bytes(data.len() as u64));
    g.bench_function("newlines", |b| {
        b.iter(|| memchr_iter(b'\n', black_box(&data)).count());
    });
    g.bench_function("positions of newlines", |b| {
        b.iter(|| memchr_iter(b'\n', black_box(&data)).fold(0, |a, n| a ^ n));
    });
    g.bench_function("by hand", |b| b.iter(|| json_hand(black_box(&data)).done()));
    g.bench_function("nom", |b| b.iter(|| json_nom(black_box(&data)).done()));
    g.bench_function("marks and lines like the first", |b| {
        b.iter(|| json_as_the_program(black_box(&data), input, &mut marks));
    });
    g.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    targets = counting, counting_json
}
criterion_main!(benches);
