//! What was found as inputs, files of archives among them, each with what its sample shows.

use super::input::{Input, InputStart, OpenConfig};
use super::members::Archive;
use super::note::Note;
use super::sample::Sample;
use super::walk::Found;
use crate::error::Result;
use std::sync::Arc;

/// What the inputs that were found come to.
pub struct Gathered<T> {
    /// Inputs by name, files of archives among them, each with what was made of its sample.
    pub inputs: Vec<(Input, T)>,
    /// What happened to archives of which no file could be read, and whether the user named them.
    pub archives: Vec<(Found, Note)>,
}

/// Samples every input whose name is wanted, and opens archives. Files of an archive have its name in front of theirs. Samples
/// may be all that small files hold: `make` takes of each what is needed, before the next one is read.
pub fn gather<T>(
    found: Vec<Found>,
    config: &OpenConfig,
    wanted: &dyn Fn(&str) -> bool,
    make: &mut dyn FnMut(&Found, Result<Sample>) -> T,
) -> Gathered<T> {
    // Sampling is not reading: its bytes do not count.
    let config = &OpenConfig {
        meter: Arc::default(),
        ..config.clone()
    };
    let mut all = Gathered {
        inputs: Vec::new(),
        archives: Vec::new(),
    };
    for f in found {
        match Archive::open(&f, config) {
            Ok(None) if !wanted(&f.name) => {}
            Ok(None) => {
                let input = Input::new(f.clone());
                let sample = match input.begin(config) {
                    Ok(InputStart::Archive(bytes, notes)) => {
                        match Archive::of_pipe(&input.found, bytes, config) {
                            Ok(archive) => {
                                Arc::new(archive).survey(config, wanted, make, &mut all);
                            }
                            Err(e) => all.add(input, Err(e), make),
                        }
                        // of the packing around it, which is read here for good
                        let said = notes.all().into_iter();
                        all.archives.extend(said.map(|n| (f.clone(), n)));
                        continue;
                    }
                    Ok(InputStart::Sampled(sample)) => Ok(sample),
                    Err(e) => Err(e),
                };
                all.add(input, sample, make);
            }
            Ok(Some(archive)) => Arc::new(archive).survey(config, wanted, make, &mut all),
            Err(e) => all.add(Input::new(f), Err(e), make),
        }
    }
    all.inputs
        .sort_by(|a, b| a.0.found.name.as_bytes().cmp(b.0.found.name.as_bytes()));
    let mut twins = 1;
    for i in 1..all.inputs.len() {
        let (before, rest) = all.inputs.split_at_mut(i);
        let (mine, first) = (&mut rest[0].0.found.name, &before[i - twins].0.found.name);
        twins = if mine == first { twins + 1 } else { 1 };
        if twins > 1 {
            mine.push_str(&format!("#{twins}"));
        }
    }
    all
}

impl<T> Gathered<T> {
    pub(super) fn add(
        &mut self,
        input: Input,
        sample: Result<Sample>,
        make: &mut dyn FnMut(&Found, Result<Sample>) -> T,
    ) {
        let made = make(&input.found, sample);
        self.inputs.push((input, made));
    }
}
