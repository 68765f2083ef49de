//! What is counted by name: dimensions of requests, message templates, bounded maps.

use super::bytes::{Read, WireText};
use super::unheard;
use crate::summary::{
    Coarse, Joined, KeySeries, Keys, Leveled, TemplateKey, TemplateUse, Templates, Turns,
    VersionRun,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// Most entries, level, entries.
type Bounded<E> = (usize, u8, Vec<E>);

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let all = self.sorted().into_iter().map(|(n, s)| (WireText(n), s));
        (self.cap(), self.level(), all.collect::<Vec<_>>()).serialize(to)
    }
}

impl<'d> Deserialize<'d> for Keys {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let (cap, level, all): Bounded<(Read, KeySeries)> = Deserialize::deserialize(from)?;
        let all = all.into_iter().map(|(Read(n), s)| (n, s));
        Keys::of((cap, level), all).ok_or_else(|| unheard("a level of names"))
    }
}

impl Serialize for Templates {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (self.cap, self.level, self.sorted()).serialize(to)
    }
}

impl<'d> Deserialize<'d> for Templates {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let (cap, level, all): Bounded<(TemplateKey, TemplateUse)> =
            Deserialize::deserialize(from)?;
        Templates::of((cap, level), all).ok_or_else(|| unheard("a level of templates"))
    }
}

impl<K: Serialize + Coarse, V: Serialize + Joined> Serialize for Leveled<K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let all: Vec<(&K, &V)> = self.iter().collect();
        (self.cap(), self.level(), all).serialize(to)
    }
}

impl<'d, K, V> Deserialize<'d> for Leveled<K, V>
where
    K: Deserialize<'d> + Coarse,
    V: Deserialize<'d> + Joined,
{
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let (cap, level, all): Bounded<(K, V)> = Deserialize::deserialize(from)?;
        Leveled::of((cap, level), all).ok_or_else(|| unheard("a level"))
    }
}

impl Serialize for Turns {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter().map(|(name, runs)| (WireText(name), runs)))
    }
}

impl<'d> Deserialize<'d> for Turns {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let mut turns = Turns::default();
        for (Read(name), runs) in Vec::<(Read, BTreeMap<i64, VersionRun>)>::deserialize(from)? {
            for (start, run) in runs {
                if run.end < start || run.end == i64::MAX || start == i64::MIN {
                    return Err(unheard("a run of a version"));
                }
                turns.put(name.clone(), start, run);
            }
        }
        Ok(turns)
    }
}
