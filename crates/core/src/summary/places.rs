//! Where things lie in a list that only grows, by what they are known by: while they are few each is looked at, and no table is
//! made, of which there would be some for each of 100,000 inputs of a line.

use std::collections::HashMap;

/// Things that are looked at one by one; of more the hashes are kept.
const FEW: usize = 4;

/// Hash of a thing → its place. Of things with one hash, each later one has the next free number.
type Table = HashMap<u64, u32, foldhash::fast::FixedState>;

/// Places in a list that is kept elsewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(Option<Box<Table>>);

impl Places {
    /// The place of the thing with a hash, among `n`; `is` shows whether it lies there.
    pub fn find(
        &self,
        n: usize,
        hash: impl FnOnce() -> u64,
        is: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let Some(table) = &self.0 else {
            return (0..n).find(|at| is(*at));
        };
        let mut hash = hash();
        while let Some(at) = table.get(&hash) {
            if is(*at as usize) {
                return Some(*at as usize);
            }
            hash = hash.wrapping_add(1);
        }
        None
    }

    /// Takes up the last of `n`; `hash` is that of the thing at a place.
    pub fn add(&mut self, n: usize, hash: impl Fn(usize) -> u64) {
        let first = match &self.0 {
            Some(_) => n - 1,
            None if n > FEW => 0,
            None => return,
        };
        let table = self.0.get_or_insert_default();
        for at in first..n {
            let mut hash = hash(at);
            while table.contains_key(&hash) {
                hash = hash.wrapping_add(1);
            }
            table.insert(hash, at as u32);
        }
    }
}
