//! Which series of a dimension a value is counted in, remembered by its hash, and what is counted of ten seconds before it goes to
//! the series: most lines then cost an addition to a small array. It saves time and never changes a result.

use super::keys::{ALL_SEGMENTS, BUCKETS, Keys, segments};
use super::{Cell, Track};
use crate::summary::fast::endpoint_key::Short;

/// By what requests, tries and messages are counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dimension {
    Status,
    Endpoint,
    Host,
    Service,
    Version,
    Upstream,
    Agent,
    /// Messages by service.
    Said,
}

impl Dimension {
    /// All of them, in order.
    pub(super) const ALL: [Dimension; 8] = [
        Dimension::Status,
        Dimension::Endpoint,
        Dimension::Host,
        Dimension::Service,
        Dimension::Version,
        Dimension::Upstream,
        Dimension::Agent,
        Dimension::Said,
    ];

    #[inline(always)]
    pub(super) fn keys(self, t: &mut Track) -> &mut Keys {
        match self {
            Dimension::Status => &mut t.by_status,
            Dimension::Endpoint => &mut t.by_endpoint,
            Dimension::Host => &mut t.by_host,
            Dimension::Service => &mut t.by_service,
            Dimension::Version => &mut t.by_version,
            Dimension::Upstream => &mut t.by_upstream,
            Dimension::Agent => &mut t.by_agent,
            Dimension::Said => &mut t.said,
        }
    }
}

/// Counts of some ten seconds, by the number of a series.
#[derive(Debug)]
struct Tallies {
    when: Cell,
    /// Requests and failed ones.
    by_number: Vec<(u32, u32)>,
    /// Numbers with a count.
    touched: Vec<u32>,
}

impl Tallies {
    const NONE: Tallies = Tallies {
        when: Cell::START,
        by_number: Vec::new(),
        touched: Vec::new(),
    };
}

/// The numbers of the values of a dimension.
#[derive(Debug)]
struct NumberTable {
    /// By hash.
    places: Vec<(u64, u32)>,
    /// By slot.
    by_slot: Vec<u32>,
    level: u8,
}

const NO_NUMBER: u32 = u32::MAX;
const NO_PLACE: (u64, u32) = (0, NO_NUMBER);

/// Places of a table, a power of two.
const PLACES: usize = 1024;

impl NumberTable {
    /// Knows nothing yet. Of most dimensions an input has no value or one: room for more comes with the second.
    fn new() -> Self {
        NumberTable {
            places: vec![NO_PLACE],
            by_slot: Vec::new(),
            level: 0,
        }
    }

    #[inline(always)]
    fn known(&self, h: u64) -> Option<u32> {
        let (hash, number) = self.places[(h as usize) & (self.places.len() - 1)];
        (hash == h && number != NO_NUMBER).then_some(number)
    }

    fn remember(&mut self, h: u64, number: u32) {
        if self.places.len() == 1 && self.places[0].1 != NO_NUMBER {
            // few values, but two in one place would take turns in it
            self.places = vec![NO_PLACE; PLACES];
        }
        let at = (h as usize) & (self.places.len() - 1);
        self.places[at] = (h, number);
    }
}

/// The endpoint of requests that begin alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShortPlace {
    key: Short,
    number: u32,
    /// Whether the path is one of those of health checks.
    pub(super) health: bool,
}

const NO_SHORT: ShortPlace = ShortPlace {
    key: Short::EMPTY,
    number: NO_NUMBER,
    health: false,
};

/// Bits of the number of requests that are remembered by their beginning.
const SHORT_BITS: u32 = 10;

/// What is counted by dimension.
#[derive(Debug)]
pub(super) struct SeriesCounts {
    now: Tallies,
    /// The ten seconds before, or others that wait.
    other: Tallies,
    tables: [NumberTable; Dimension::ALL.len()],
    /// By number: where its series lies.
    series: Vec<(Dimension, u32)>,
    /// Endpoints by the beginning of a request line.
    shorts: Vec<ShortPlace>,
    /// How many segments of a path show the name of its endpoint.
    pub(super) segments: u32,
    /// How often numbers came to mean something else.
    pub(super) changes: u32,
}

impl SeriesCounts {
    pub(super) fn new() -> Self {
        SeriesCounts {
            now: Tallies::NONE,
            other: Tallies::NONE,
            tables: std::array::from_fn(|_| NumberTable::new()),
            series: Vec::new(),
            shorts: Vec::new(),
            segments: ALL_SEGMENTS,
            changes: 0,
        }
    }

    /// The ten seconds that are counted now.
    #[inline(always)]
    pub(super) fn now(&self) -> Cell {
        self.now.when
    }

    /// The other ten seconds that wait.
    pub(super) fn beside(&self) -> Cell {
        self.other.when
    }

    /// Counts a request of the value whose hash is `h`; `name` finds its slot where it is not remembered. Gives its number.
    #[inline(always)]
    pub(super) fn count(
        &mut self,
        t: &mut Track,
        by: Dimension,
        h: u64,
        failed: bool,
        name: impl FnOnce(&mut Keys) -> usize,
    ) -> u32 {
        let number = match self.tables[by as usize].known(h) {
            Some(known) => known,
            None => self.meet(t, by, h, name),
        };
        self.tally(number, failed);
        number
    }

    /// Whether endpoints are no longer distinguished, but for their buckets.
    pub(super) fn has_endpoint_buckets(&self) -> bool {
        self.tables[Dimension::Endpoint as usize].level >= BUCKETS
    }

    /// Counts a request whose number is known.
    #[inline(always)]
    pub(super) fn tally(&mut self, number: u32, failed: bool) {
        let n = &mut self.now.by_number[number as usize];
        if n.0 == 0 {
            self.now.touched.push(number);
        }
        n.0 += 1;
        n.1 += u32::from(failed);
    }

    #[cold]
    fn meet(
        &mut self,
        t: &mut Track,
        by: Dimension,
        h: u64,
        name: impl FnOnce(&mut Keys) -> usize,
    ) -> u32 {
        let number = self.number(t, by, name);
        self.tables[by as usize].remember(h, number);
        number
    }

    /// The number of a value, whose slot `name` finds.
    #[inline(never)]
    pub(super) fn number(
        &mut self,
        t: &mut Track,
        by: Dimension,
        name: impl FnOnce(&mut Keys) -> usize,
    ) -> u32 {
        // a new name may make all names coarser, after which slots mean something else
        if by.keys(t).is_full() {
            self.write_all(t);
        }
        let keys = by.keys(t);
        let slot = name(keys);
        let table = &mut self.tables[by as usize];
        if table.level != keys.level() {
            table.level = keys.level();
            table.places.fill(NO_PLACE);
            table.by_slot.clear();
            self.changes += 1;
            if let Dimension::Endpoint = by {
                self.segments = segments(table.level);
                self.shorts.fill(NO_SHORT);
            }
        }
        if table.by_slot.len() <= slot {
            table.by_slot.resize(slot + 1, NO_NUMBER);
        }
        if table.by_slot[slot] == NO_NUMBER {
            table.by_slot[slot] = self.series.len() as u32;
            self.series.push((by, slot as u32));
            for side in [&mut self.now, &mut self.other] {
                side.by_number.push((0, 0));
            }
        }
        table.by_slot[slot]
    }

    /// What is known of requests that begin so.
    #[inline(always)]
    pub(super) fn short(&self, key: &Short) -> Option<ShortPlace> {
        let at = key.place(SHORT_BITS);
        let known = match self.shorts.get(at)? {
            first if first.key == *key => first,
            // two that meet in one place do not take turns in it
            _ => &self.shorts[at ^ 1],
        };
        (known.key == *key && known.number != NO_NUMBER).then_some(*known)
    }

    /// Counts a request of which something is known.
    #[inline(always)]
    pub(super) fn count_short(&mut self, known: ShortPlace, failed: bool) {
        self.tally(known.number, failed);
    }

    /// Remembers the number of the endpoint of requests that begin so.
    #[cold]
    pub(super) fn remember_short(&mut self, key: Short, number: u32, health: bool) {
        if self.shorts.is_empty() {
            self.shorts = vec![NO_SHORT; 1 << SHORT_BITS];
        }
        let at = key.place(SHORT_BITS);
        self.shorts[at ^ 1] = self.shorts[at];
        self.shorts[at] = ShortPlace {
            key,
            number,
            health,
        };
    }

    /// Goes to other ten seconds, which wait or are new; what waited before them must have been written.
    #[inline(always)]
    pub(super) fn turn(&mut self, cell: Cell) {
        std::mem::swap(&mut self.now, &mut self.other);
        self.now.when = cell;
    }

    /// Writes what waits of the ten seconds that are not counted now.
    #[inline(always)]
    pub(super) fn write_other(&mut self, t: &mut Track) {
        write(&mut self.other, &self.series, t);
    }

    /// Writes everything that waits.
    pub(super) fn write_all(&mut self, t: &mut Track) {
        write(&mut self.now, &self.series, t);
        write(&mut self.other, &self.series, t);
    }

    /// Adds to the series of a number at once.
    #[inline]
    pub(super) fn add(&self, t: &mut Track, number: u32, cell: Cell, counted: (u32, u32)) {
        add(self.series[number as usize], t, cell, counted);
    }
}

fn write(from: &mut Tallies, series: &[(Dimension, u32)], t: &mut Track) {
    for number in &from.touched {
        let counted = std::mem::take(&mut from.by_number[*number as usize]);
        add(series[*number as usize], t, from.when, counted);
    }
    from.touched.clear();
}

#[inline]
fn add((by, slot): (Dimension, u32), t: &mut Track, cell: Cell, (n, failed): (u32, u32)) {
    let s = by.keys(t).at(slot as usize);
    s.n.add_at(cell, n);
    if failed > 0 {
        s.fail(cell.tens(), failed);
    }
}
