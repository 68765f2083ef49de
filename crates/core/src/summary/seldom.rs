//! A large value that most of its kind never get anything into: it takes no room before. Knows nothing of what it holds.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::{Deref, DerefMut};

/// What an empty one is read as.
pub trait Empty: Default + PartialEq + 'static {
    /// The empty value, made once.
    fn empty() -> &'static Self;
}

/// A value that is made when it is first changed.
#[derive(Clone, Debug, Default)]
pub struct Seldom<T>(Option<Box<T>>);

impl<T> Seldom<T> {
    /// The value to be changed, where there is one.
    pub fn held(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }

    /// Joins another one with it; `join` does so where both are there.
    pub fn merge(&mut self, other: Self, join: impl FnOnce(&mut T, T)) {
        match (&mut self.0, other.0) {
            (Some(mine), Some(theirs)) => join(mine, *theirs),
            (mine, theirs) => *mine = mine.take().or(theirs),
        }
    }
}

impl<T> From<T> for Seldom<T> {
    fn from(value: T) -> Self {
        Seldom(Some(Box::new(value)))
    }
}

impl<T: Empty> Deref for Seldom<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Some(value) => value,
            None => T::empty(),
        }
    }
}

impl<T: Empty> DerefMut for Seldom<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_with(Box::default)
    }
}

impl<T: Empty> PartialEq for Seldom<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

/// Written as the value.
impl<T: Empty + Serialize> Serialize for Seldom<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(to)
    }
}

impl<'d, T: Empty + Deserialize<'d>> Deserialize<'d> for Seldom<T> {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let value = T::deserialize(from)?;
        Ok(Seldom((value != *T::empty()).then(|| Box::new(value))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::{Activity, Coarse, InputPart, Leveled, Pos, Track};
    use proptest::prelude::*;

    /// There may be 100,000 of them: what a log of a few lines does not have must take no room there.
    #[test]
    fn an_input_of_a_line_is_small() {
        assert!(size_of::<InputPart>() <= 376, "{}", size_of::<InputPart>());
        assert!(size_of::<Track>() <= 368, "{}", size_of::<Track>());
    }

    #[test]
    fn nothing_put_in_is_the_same_as_an_empty_value() {
        let (none, mut made) = (Seldom::<Track>::default(), Seldom::from(Track::default()));
        assert_eq!(none, made);
        let written = serde_json::to_string(&made).unwrap();
        assert_eq!(written, serde_json::to_string(&none).unwrap());
        let mut read: Seldom<Track> = serde_json::from_str(&written).unwrap();
        assert!(read.held().is_none() && made.held().is_some());
        made.merge(none, Track::merge);
        assert_eq!(made, read);
    }

    fn lines(minutes: &[i64]) -> Leveled<i64, Activity> {
        let mut all = Leveled::new(6);
        for (minute, n) in minutes.iter().zip(1..) {
            let line = Activity::of_line(minute * 60, Pos::default());
            all.add(*minute, Activity { n, ..line });
        }
        all
    }

    proptest! {
        #[test]
        fn steps_get_longer_whatever_the_order(minutes in proptest::collection::vec(-40_000i64..40_000, 0..40), cut in 0usize..40) {
            let cut = cut.min(minutes.len());
            let (mut left, right) = (lines(&minutes[..cut]), lines(&minutes[cut..]));
            let mut other = right.clone();
            other.merge(left.clone());
            left.merge(right);
            prop_assert_eq!(&left, &other);
            let whole = lines(&minutes);
            prop_assert_eq!(left.level(), whole.level());
            prop_assert!(left.keys().eq(whole.keys()));
            prop_assert!(whole.len() <= 6 || whole.level() == i64::LAST);
            let firsts = |l: &Leveled<i64, Activity>| -> Vec<(i64, i64)> { l.values().map(|a| (a.lines.first.us, a.lines.last().us)).collect() };
            prop_assert_eq!(firsts(&left), firsts(&whole));
        }
    }
}
