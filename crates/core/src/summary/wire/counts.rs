//! Counts over time, samples by hash, and sets of clients.

use super::bytes::{Digits, Hash};
use super::unheard;
use crate::summary::{
    BITS, Bottom, ClientSet, ClientSets, FailedClients, Grid, Latencies, SETS, Spread,
};
use coroner_lines::time::HOUR;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// Seconds of a step, then by hour: pairs of step and count, or the counts of all steps.
type GridRow = (i64, Vec<(i64, Vec<u32>)>);

/// Steps with a count from which all of them are shorter to write.
const FEW: usize = 24;

impl<const SECONDS: i64> Serialize for Grid<SECONDS> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let step = Self::STEP;
        let per_hour = (HOUR / step) as usize;
        let mut hours: BTreeMap<i64, Vec<(usize, u32)>> = BTreeMap::new();
        for (us, n) in self.iter() {
            let at = (us.rem_euclid(HOUR) / step) as usize;
            hours.entry(us.div_euclid(HOUR)).or_default().push((at, n));
        }
        let hours = hours.into_iter().map(|(hour, counts)| {
            let mut row = Vec::new();
            if counts.len() <= FEW {
                row.extend(counts.iter().flat_map(|(at, n)| [*at as u32, *n]));
            } else {
                row.resize(per_hour, 0);
                counts.iter().for_each(|(at, n)| row[*at] = *n);
            }
            (hour, row)
        });
        let row: GridRow = (SECONDS, hours.collect());
        row.serialize(to)
    }
}

impl<'d, const SECONDS: i64> Deserialize<'d> for Grid<SECONDS> {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let (seconds, hours) = GridRow::deserialize(from)?;
        if seconds != SECONDS {
            return Err(unheard("a step of counts"));
        }
        let (mut grid, step) = (Self::default(), Self::STEP);
        let per_hour = HOUR / step;
        for (hour, row) in hours {
            if hour.unsigned_abs() > (i64::MAX / HOUR) as u64 - 1 {
                return Err(unheard("an hour"));
            }
            let mut add = |at: i64, n: u32| match at < per_hour {
                true => {
                    grid.add(hour * HOUR + at * step, n);
                    Ok(())
                }
                false => Err(unheard("a step of an hour")),
            };
            if row.len() as i64 == per_hour {
                (0..).zip(row).try_for_each(|(at, n)| add(at, n))?;
                continue;
            }
            let (pairs, rest) = row.as_chunks::<2>();
            if !rest.is_empty() || pairs.len() > FEW {
                return Err(unheard("the counts of an hour"));
            }
            pairs
                .iter()
                .try_for_each(|[at, n]| add(i64::from(*at), *n))?;
        }
        Ok(grid)
    }
}

impl Serialize for Latencies {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let rows = self.tens();
        to.collect_seq(rows.map(|(ten, of)| (ten, of.iter().collect::<Vec<_>>())))
    }
}

impl<'d> Deserialize<'d> for Latencies {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let mut all = Latencies::default();
        for (ten, counts) in Vec::<(i64, Vec<(u8, u32)>)>::deserialize(from)? {
            let mut buckets = [0u32; 64];
            for (bucket, n) in counts {
                let cell = buckets.get_mut(usize::from(bucket));
                *cell.ok_or_else(|| unheard("a latency bucket"))? = n;
            }
            all.add(ten, (0..).zip(buckets));
        }
        Ok(all)
    }
}

impl<V: Serialize> Serialize for Bottom<V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let all: Vec<(Hash, &V)> = self.iter().map(|(h, v)| (Hash(*h), v)).collect();
        (self.most(), all).serialize(to)
    }
}

impl<'d, V: Deserialize<'d>> Deserialize<'d> for Bottom<V> {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let (most, all): (usize, Vec<(Hash, V)>) = Deserialize::deserialize(from)?;
        if all.len() > most {
            return Err(unheard("a sample"));
        }
        let mut bottom = Bottom::new(most);
        for (h, v) in all {
            bottom.add(h.0, v, |_, _| ());
        }
        Ok(bottom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Clients {
    Exact(Vec<Hash>),
    Registers(Digits),
}

impl Serialize for ClientSet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            ClientSet::Exact(all) => Clients::Exact(all.iter().map(|h| Hash(*h)).collect()),
            ClientSet::Registers(r) => Clients::Registers(Digits(r.to_vec())),
        }
        .serialize(to)
    }
}

impl<'d> Deserialize<'d> for ClientSet {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        match Clients::deserialize(from)? {
            Clients::Exact(all) => {
                let mut set = ClientSet::default();
                all.iter().for_each(|h| set.insert(h.0));
                Ok(set)
            }
            Clients::Registers(Digits(r)) if r.len() == ClientSet::REGISTERS => {
                Ok(ClientSet::Registers(r.into_boxed_slice()))
            }
            Clients::Registers(_) => Err(unheard("a set of clients")),
        }
    }
}

/// Client hashes, by ten seconds the bits that are set, and by bucket the requests, where there are any.
type ClientRow<C, B> = (C, Vec<(u8, Vec<u16>)>, B);

impl Serialize for FailedClients {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let sets = self.sets();
        let tens = (0..SETS).map(|ten| (ten as u8, sets.tens.iter(ten).collect::<Vec<u16>>()));
        let tens = tens.filter(|x| !x.1.is_empty()).collect();
        let row: ClientRow<_, _> = (&sets.all, tens, &sets.buckets);
        row.serialize(to)
    }
}

impl<'d> Deserialize<'d> for FailedClients {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let (all, tens, buckets) = ClientRow::<ClientSet, Spread>::deserialize(from)?;
        let mut sets = ClientSets {
            all,
            buckets,
            ..ClientSets::default()
        };
        for (ten, set) in tens {
            if u16::from(ten) >= SETS || set.iter().any(|bit| *bit >= BITS) {
                return Err(unheard("a set of clients of ten seconds"));
            }
            let ten = u16::from(ten);
            set.iter().for_each(|bit| sets.tens.insert(ten, *bit));
        }
        Ok(sets.into())
    }
}

impl Serialize for Spread {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let counts = (0u8..).zip(self.row()).filter(|x| x.1 > 0);
        counts.collect::<Vec<_>>().serialize(to)
    }
}

impl<'d> Deserialize<'d> for Spread {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let mut spread = Spread::default();
        for (bucket, n) in Vec::<(u8, u32)>::deserialize(from)? {
            if bucket >= 64 {
                return Err(unheard("a bucket of clients"));
            }
            spread.add(bucket, n);
        }
        Ok(spread)
    }
}

/// First and last instant; none where the first is behind the last, as before anything was seen.
pub(in crate::summary) mod span {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::summary) fn serialize<S: Serializer>(
        span: &(i64, i64),
        to: S,
    ) -> Result<S::Ok, S::Error> {
        Some(span).filter(|s| s.0 <= s.1).serialize(to)
    }

    pub(in crate::summary) fn deserialize<'d, D: Deserializer<'d>>(
        from: D,
    ) -> Result<(i64, i64), D::Error> {
        Ok(Option::deserialize(from)?.unwrap_or((i64::MAX, i64::MIN)))
    }
}
