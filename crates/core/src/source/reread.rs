//! Lines that are read once more when the report is made, from files that lie where they lay.
//! What was read the first time is for `input.rs`.

use crate::source::sample::read_at;
use crate::source::walk::{Found, Place};
use std::fs::File;
use std::path::PathBuf;

/// Files by the number of their input; `None` for what can be read only once, or is packed.
#[derive(Clone, Debug, Default)]
pub struct Again(Vec<Option<PathBuf>>);

impl Again {
    /// The files among inputs, in the order in which the plan numbers these.
    pub fn new<'f>(found: impl Iterator<Item = &'f Found>) -> Self {
        let path = |f: &Found| match &f.place {
            Place::Path(p) if f.regular && f.member.is_none() => Some(p.clone()),
            _ => None,
        };
        Again(found.map(path).collect())
    }

    /// Up to `n` bytes of an input from an offset on; `None` if it cannot be read.
    pub fn read(&self, input: u32, offset: u64, n: usize) -> Option<Vec<u8>> {
        let path = self.0.get(input as usize)?.as_ref()?;
        read_at(&mut File::open(path).ok()?, offset, n).ok()
    }
}
