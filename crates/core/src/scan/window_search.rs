//! Which bytes of a sorted file can hold lines of the stretch of time that is asked for: a few lines are looked at in many
//! places, and what lies well before or behind the stretch need not be understood. What is found depends on the file alone.

use crate::plan::{PlanInput, trim_line};
use crate::summary::{Axis, StampClock, Windows};
use coroner_lines::record::Body;
use coroner_lines::time::{MINUTE, Window};
use std::io;
use std::ops::Range;

/// The bytes that are read. All others are lines outside the stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AskedBytes {
    /// From the first byte to here: what stands in front of the first line with a time.
    pub(super) head: u64,
    /// From here …
    pub(super) from: u64,
    /// … to here. All three are at the beginning of a record, or at the end of the file.
    pub(super) to: u64,
}

/// Smaller files are read whole.
const SMALL: u64 = 512 << 10;
/// Bytes between two places, at least.
const STRIDE: u64 = 64 << 10;
/// Places of one file, at most.
const PLACES: u64 = 4096;
/// Timed lines of one place.
const LINES: usize = 4;
/// Bytes of one place; a record that is longer shows nothing.
const NEAR: usize = 8 << 10;
/// A file in which a line lies further behind what came before it is not sorted.
const SORTED: i64 = 10 * MINUTE;
/// What lies so far in front of the stretch is passed over. Nothing is logged much earlier than its time.
const BEFORE: i64 = 2 * MINUTE;
/// What lies so far behind it.
const BEHIND: i64 = 5 * MINUTE;
/// The same for requests that do not show how long they took: their lines are written at their end, and may show their start.
const BEHIND_REQUESTS: i64 = 30 * MINUTE;

/// Reads bytes at an offset: as many as fit, fewer at the end of the file.
pub(super) type ReadAt<'r> = &'r mut dyn FnMut(u64, &mut [u8]) -> io::Result<usize>;

/// What the lines of one place show.
#[derive(Clone, Copy)]
struct TimedPlace {
    /// Where the first timed line begins.
    at: u64,
    axis: Axis,
    /// Earliest and latest time.
    times: (i64, i64),
    /// Whether there are requests that do not show how long they took.
    open: bool,
}

/// Why a place shows nothing.
enum Silent {
    /// It holds no timed line.
    NoTime,
    /// It holds records without a time, which lie in no stretch.
    Untimed,
}

/// The bytes of a file of `size` bytes to be read; `None`: all of them, because all is asked for, or because it cannot be known
/// from a few lines where the stretch lies.
pub(super) fn asked(input: &PlanInput, size: u64, read: ReadAt<'_>) -> Option<AskedBytes> {
    let windows = input.meta.windows;
    let apart = input.whole || input.wrapped || input.dirty || input.untimed;
    if windows == Windows::default() || apart || input.frame.is_some() || size < SMALL {
        return None;
    }
    let places = places(input, size, read)?;
    let first = places.first()?;
    let window = match first.axis {
        Axis::Utc => windows.utc,
        Axis::Wall => windows.wall,
    };
    let late = lateness(&places)?;
    let (from, to) = around(&places, window, late);
    Some(AskedBytes {
        head: first.at,
        from: from.unwrap_or(first.at),
        to: to.unwrap_or(size),
    })
    .filter(|a| a.from > a.head || a.to < size)
}

/// What many places show, in order; `None` where that is too little, or of two clocks.
fn places(input: &PlanInput, size: u64, read: ReadAt<'_>) -> Option<Vec<TimedPlace>> {
    let clock = StampClock {
        calendar: input.calendar,
        zone: input.meta.zone,
    };
    let n = (size / STRIDE).min(PLACES);
    let last = size - NEAR as u64;
    let starts = (0..n).map(|i| (u128::from(size) * u128::from(i) / u128::from(n)) as u64);
    let mut buffer = vec![0; NEAR];
    let mut places = Vec::new();
    for start in starts.chain([last]) {
        // one byte earlier, so that a line that begins exactly there is whole
        let begin = start.saturating_sub(1);
        let got = read(begin, &mut buffer).ok()?;
        match place(input, &clock, &buffer[..got], begin) {
            Ok(p) => places.push(p),
            Err(Silent::NoTime) if start > 0 => {}
            Err(_) => return None,
        }
    }
    let enough = places.len() as u64 * 4 >= (n + 1) * 3;
    let alike = places.windows(2).all(|p| p[0].axis == p[1].axis);
    (enough && alike).then_some(places)
}

/// The first timed lines of some bytes, which begin at offset `begin` of the file.
fn place(
    input: &PlanInput,
    clock: &StampClock,
    bytes: &[u8],
    begin: u64,
) -> Result<TimedPlace, Silent> {
    let mut from = match begin {
        0 => 0,
        _ => memchr::memchr(b'\n', bytes).map_or(bytes.len(), |n| n + 1),
    };
    let (mut found, mut lines): (Option<TimedPlace>, usize) = (None, 0);
    while let Some(n) = memchr::memchr(b'\n', &bytes[from..]) {
        let (at, raw) = (begin + from as u64, &bytes[from..from + n]);
        from += n + 1;
        if !input.begins(raw) {
            continue;
        }
        let line = trim_line(raw);
        let Some(rec) = input.formats.iter().find_map(|f| f.parse(line)) else {
            continue;
        };
        let Some((axis, us)) = clock.over(&rec) else {
            return Err(Silent::Untimed);
        };
        let open = matches!(&rec.body, Body::Request(r) if r.latency_us < 0);
        let p = found.get_or_insert(TimedPlace {
            at,
            axis,
            times: (us, us),
            open,
        });
        if p.axis != axis {
            return Err(Silent::Untimed);
        }
        p.times = (p.times.0.min(us), p.times.1.max(us));
        p.open |= open;
        lines += 1;
        if lines == LINES {
            break;
        }
    }
    found.ok_or(Silent::NoTime)
}

/// How far a line lies behind what came before it, at most; `None` for a file that is not sorted.
fn lateness(places: &[TimedPlace]) -> Option<i64> {
    let (mut latest, mut late) = (i64::MIN, 0);
    for p in places {
        latest = latest.max(p.times.1);
        late = late.max(latest - p.times.0);
    }
    (late <= SORTED).then_some(late)
}

/// Where what lies before the window ends, and where what lies behind it begins. Places that lie next to it are left to it:
/// what is written twice or late between two places shows in neither.
fn around(places: &[TimedPlace], window: Window, late: i64) -> (Option<u64>, Option<u64>) {
    let open = places.iter().any(|p| p.open);
    let before = BEFORE.max(2 * late);
    let behind = if open { BEHIND_REQUESTS } else { BEHIND }.max(2 * late);
    let mut latest = i64::MIN;
    let done = places.iter().take_while(|p| {
        latest = latest.max(p.times.1);
        window.since > latest.saturating_add(before)
    });
    let from = done.count().checked_sub(2).map(|n| places[n].at);
    let mut earliest = i64::MAX;
    let later = places.iter().rev().take_while(|p| {
        earliest = earliest.min(p.times.0);
        window.until != i64::MAX && earliest >= window.until.saturating_add(behind)
    });
    let to = (places.len() + 1).checked_sub(later.count());
    (from, to.and_then(|n| places.get(n)).map(|p| p.at))
}

/// A stretch of bytes, and whether its lines are read or passed over.
#[derive(Clone, Debug)]
pub(super) enum WindowPiece {
    /// Read.
    Read(Range<usize>),
    /// Passed over: only its lines are counted.
    Pass(Range<usize>),
}

impl AskedBytes {
    /// The stretches of a file of `size` bytes in order: in front of the first line, up to the window, the window, behind it.
    pub(super) fn stretches(self, size: u64) -> [WindowPiece; 4] {
        let at = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX);
        let [head, from, to, size] = [self.head, self.from, self.to, size].map(at);
        [
            WindowPiece::Read(0..head),
            WindowPiece::Pass(head..from),
            WindowPiece::Read(from..to),
            WindowPiece::Pass(to..size),
        ]
    }
}
