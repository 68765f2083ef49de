//! Numbers that lines state beside a name, by how high they have been: for each doubling the first line that reached it. What
//! grows shows in that, however long the log is. No knowledge of what the names mean.

use super::change::LineChange;
use super::{CitableLine, Coarse, Empty, Joined, Leveled, Pos, hash64};
use coroner_lines::text::gauges::{Gauge, gauges};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::sync::LazyLock;

/// Bytes of a line that are kept.
const LINE: usize = 300;
/// Bytes of a host or service that distinguish a number.
const NAMED: usize = 64;

/// Whose number it is and how it is called: host, service, name and unit, with a zero byte between them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GaugeName(#[serde(with = "super::wire::bytes")] Box<[u8]>);

impl GaugeName {
    /// Host, service, name and unit; what is not known is empty.
    pub fn parts(&self) -> [&[u8]; 4] {
        let mut parts = self.0.split(|c| *c == 0);
        [(); 4].map(|()| parts.next().unwrap_or_default())
    }
}

impl Borrow<[u8]> for GaugeName {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl Coarse for GaugeName {
    const LAST: u8 = 3;
    const MOST: usize = 400;

    fn at(self, level: u8) -> Option<Self> {
        let [_, service, name, unit] = self.parts();
        let service = match level {
            0 => return Some(self),
            1 => service,
            2 => b"",
            // with so many names they are those of something else
            _ => return None,
        };
        Some(GaugeName([b"", service, name, unit].join(&0).into()))
    }
}

/// The lines of one doubling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GaugeStep {
    /// Bits of the number in thousandths.
    pub bits: u8,
    /// Lines.
    pub lines: u64,
    /// The highest number, in thousandths.
    pub most: u64,
    /// When the last of them was written, microseconds on the track's axis.
    pub last_us: i64,
    /// The first line.
    pub first: CitableLine,
}

impl GaugeStep {
    /// The number of this doubling that a line states beside a name, in thousandths.
    pub fn stated(&self, name: &[u8], line: &[u8]) -> Option<u64> {
        let mut stated = None;
        gauges(line, true, |g| {
            if g.name == name && bits(g.milli) == self.bits {
                stated = stated.or(Some(g.milli));
            }
        });
        stated
    }

    fn join(&mut self, o: GaugeStep) {
        self.lines = self.lines.saturating_add(o.lines);
        self.most = self.most.max(o.most);
        self.last_us = self.last_us.max(o.last_us);
        if o.first.order() < self.first.order() {
            self.first = o.first;
        }
    }
}

/// How high a number has been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GaugeUse {
    /// By their bits.
    pub steps: Vec<GaugeStep>,
}

impl GaugeUse {
    fn put(&mut self, step: GaugeStep) {
        match self.steps.binary_search_by_key(&step.bits, |s| s.bits) {
            Ok(at) => self.steps[at].join(step),
            Err(at) => self.steps.insert(at, step),
        }
    }
}

impl Joined for GaugeUse {
    fn join(&mut self, o: GaugeUse) {
        o.steps.into_iter().for_each(|s| self.put(s));
    }
}

/// Numbers of one track.
pub type Gauges = Leveled<GaugeName, GaugeUse>;

impl Empty for Gauges {
    fn empty() -> &'static Gauges {
        static EMPTY: LazyLock<Gauges> = LazyLock::new(Gauges::default);
        &EMPTY
    }
}

/// Bits of a number.
fn bits(milli: u64) -> u8 {
    (u64::BITS - milli.leading_zeros()) as u8
}

/// Where a number stands: whose it is, when, and its line, which may be read again.
#[derive(Clone, Copy)]
pub(super) struct GaugeLine<'l> {
    /// The number that shows host and service; 0 where they have none.
    pub names: u32,
    pub host: Option<&'l [u8]>,
    pub service: Option<&'l [u8]>,
    pub us: i64,
    pub pos: Pos,
    pub line: &'l [u8],
    pub again: bool,
}

/// Names of numbers that were stated lately, and where they lie.
#[derive(Debug, Default)]
pub(in crate::summary) struct LatelyStated(Vec<StatedName>);

const LATELY: usize = 1024;

/// The name of a number of the names with that number, at that level.
#[derive(Clone, Debug, Default)]
struct StatedName {
    of: (u32, u8),
    name: Vec<u8>,
    place: (usize, usize),
}

impl LatelyStated {
    /// The name of a number that a line states.
    fn name(&mut self, g: Gauge<'_>, at: &GaugeLine<'_>, level: u8) -> &mut StatedName {
        self.0.resize_with(LATELY, StatedName::default);
        let known = &mut self.0[hash64(g.name, at.names.into()) as usize % LATELY];
        let ends = |name: &[u8]| {
            let named = name
                .strip_suffix(g.unit)
                .and_then(|n| n.strip_suffix(b"\0"));
            let before = named.and_then(|n| n.strip_suffix(g.name));
            before.is_some_and(|b| b.ends_with(b"\0"))
        };
        if at.names == 0 || known.of != (at.names, level) || !ends(&known.name) {
            known.of = (at.names, level);
            known.name.clear();
            for part in [
                at.host.filter(|_| level < 1),
                at.service.filter(|_| level < 2),
            ] {
                // a zero byte ends a part
                let part = part.filter(|p| !p.contains(&0)).unwrap_or_default();
                known.name.extend_from_slice(&part[..part.len().min(NAMED)]);
                known.name.push(0);
            }
            known.name.extend_from_slice(g.name);
            known.name.push(0);
            known.name.extend_from_slice(g.unit);
        }
        known
    }
}

impl Gauges {
    /// Whether nothing was seen.
    pub(super) fn is_none(&self) -> bool {
        self == Gauges::empty()
    }

    /// Counts a number that a line states.
    pub(super) fn state(&mut self, g: Gauge<'_>, at: &GaugeLine<'_>, lately: &mut LatelyStated) {
        if self.level() > 2 {
            return;
        }
        let StatedName { name, place, .. } = lately.name(g, at, self.level());
        let bits = bits(g.milli);
        let new = || GaugeStep {
            bits,
            lines: 1,
            most: g.milli,
            last_us: at.us,
            first: {
                let line = &at.line[..at.line.len().min(LINE)];
                CitableLine::new(at.us, at.pos, line, at.again)
            },
        };
        let Some(held) = self.held(name.as_slice(), place) else {
            let steps = vec![new()];
            return self.add(GaugeName(name.as_slice().into()), GaugeUse { steps });
        };
        match held.steps.iter_mut().find(|s| s.bits == bits) {
            Some(s) if s.first.order() <= (at.us, at.pos.offset) => {
                s.lines = s.lines.saturating_add(1);
                s.most = s.most.max(g.milli);
                s.last_us = s.last_us.max(at.us);
            }
            _ => held.put(new()),
        }
    }

    /// Keeps the doublings whose first line lies at a time that `holds` names.
    pub(super) fn keep(&mut self, holds: &dyn Fn(i64) -> bool) {
        self.retain(|_, g| {
            g.steps.retain(|s| holds(s.first.us));
            !g.steps.is_empty()
        });
    }

    /// Goes through every line that is kept, and the names. A number that its line does not state any more was a secret
    /// (`pin code: 4711`), and nothing of it is kept.
    pub(super) fn change(&mut self, c: &mut LineChange<'_>) {
        let steps = self.values_mut().flat_map(|g| &mut g.steps);
        steps.for_each(|s| c.line(&mut s.first));
        if let LineChange::Texts(f) = c {
            self.retain(|name, g| {
                let [_, _, name, _] = name.parts();
                let here =
                    |s: &GaugeStep| s.first.here().is_none_or(|l| s.stated(name, l).is_some());
                g.steps.iter().all(here)
            });
            *self = std::mem::take(self).map_keys(|name| {
                let mut parts = name.parts().map(<[u8]>::to_vec);
                parts.iter_mut().for_each(&mut *f);
                GaugeName(parts.join(&0).into())
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Lines, each with the second in which it was written; `cap` names at most before they get coarser.
    fn of(lines: &[(String, i64)], from: usize, cap: usize) -> Gauges {
        let mut all = Gauges::new(cap);
        for (n, (line, us)) in lines.iter().enumerate() {
            let offset = (from + n) as u64;
            let at = GaugeLine {
                names: 0,
                host: line.starts_with('a').then_some(b"web-1"),
                service: None,
                us: *us,
                pos: Pos {
                    offset,
                    line: offset + 1,
                },
                line: line.as_bytes(),
                again: false,
            };
            gauges(at.line, true, |g| {
                all.state(g, &at, &mut LatelyStated::default())
            });
        }
        all
    }

    #[test]
    fn the_first_line_of_each_doubling_is_kept() {
        let lines = [(1, 30), (0, 40), (9, 70), (5, 20), (11, 60), (1, 10)];
        let lines = lines.map(|(n, us)| (format!("runtime queue={n}"), us));
        let all = of(&lines, 0, 9);
        let (name, queue) = all.iter().next().unwrap();
        assert_eq!(name.parts(), [&b""[..], b"", b"queue", b""]);
        let steps: Vec<_> = queue
            .steps
            .iter()
            .map(|s| (s.lines, s.most, s.first.us, s.last_us))
            .collect();
        assert_eq!(
            steps,
            [
                (1, 0, 40, 40),
                (2, 1000, 10, 30),
                (1, 5000, 20, 20),
                (2, 11_000, 60, 70)
            ]
        );
    }

    #[test]
    fn too_many_names_are_those_of_something_else() {
        let lines: Vec<_> = (b'a'..=b'z')
            .map(|c| (format!("b {}x=1", char::from(c)), 0))
            .collect();
        assert_eq!(of(&lines[..12], 0, 12).len(), 12);
        assert_eq!(of(&lines, 0, 12).len(), 0);
    }

    proptest! {
        #[test]
        fn merging_in_any_order_gives_the_same(
            lines in proptest::collection::vec(("[ab] (queue|lag|[c-f]x)=[0-9]{1,4}(ms)? y=[0-9]", 0i64..50), 0..60),
            cut in any::<prop::sample::Index>(),
            cap in 1usize..9,
        ) {
            let at = cut.index(lines.len() + 1);
            let (a, b) = lines.split_at(at);
            let (mut left, mut right) = (of(a, 0, cap), of(b, at, cap));
            left.merge(of(b, at, cap));
            right.merge(of(a, 0, cap));
            prop_assert_eq!(&left, &of(&lines, 0, cap));
            prop_assert_eq!(&right, &left);
        }
    }
}
