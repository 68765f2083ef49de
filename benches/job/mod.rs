//! The whole job as the command does it, from what is named on the command line to the JSON report.
//! On the threads of the pool that it is called in; nothing is measured here.
#![allow(dead_code, reason = "each bench uses its own part of this module")]

use coroner_core::plan::{Eye, Looked, PlanConfig, Sampled, settle};
use coroner_core::scan::{ReadConfig, summarize};
use coroner_core::source::{
    Encoding, Found, Input, Limits, Meter, MmapMode, OpenConfig, Sample, gather, walk,
};
use coroner_infer::infer::{InferConfig, infer};
use coroner_report::report::{Look, REPORTS};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// Files are mapped and never too new for it.
pub fn open() -> OpenConfig {
    OpenConfig {
        mmap: MmapMode::Always,
        now: SystemTime::UNIX_EPOCH,
        limits: Limits::default(),
        encoding: Encoding::Auto,
        spool: std::env::temp_dir(),
        meter: Arc::new(Meter::default()),
    }
}

/// The files of a path.
pub fn inputs(path: &Path) -> Vec<Input> {
    walk(&[path]).found.into_iter().map(Input::new).collect()
}

/// A file or folder to JSON.
pub fn job(path: &Path) -> String {
    let config = PlanConfig::default();
    let mut eye = Eye::new(&config);
    let found = gather(
        walk(&[path]).found,
        &open(),
        &|_| true,
        &mut |found, sample| {
            let looked = eye.look(&of(found, sample.expect("a file")));
            Box::new(looked.expect("a plan"))
        },
    );
    let (inputs, looked): (Vec<Input>, Vec<Box<Looked>>) = found.inputs.into_iter().unzip();
    let names = inputs.iter().map(|i| i.found.name.as_str());
    let plan = settle(names.zip(looked).collect(), &config);
    let summary = summarize(&plan, &inputs, &ReadConfig::of(open())).expect("files");
    let report = infer(&summary.part, &InferConfig::default());
    let json = REPORTS.iter().find(|f| f.name == "json").expect("a form");
    json.render(&report, &Look::default())
}

/// What is sampled of a file.
pub fn sampled(input: &Input) -> Sampled {
    of(&input.found, input.sample(&open()).expect("a file"))
}

fn of(found: &Found, sample: Sample) -> Sampled {
    Sampled {
        name: found.name.clone(),
        member: found.member.clone(),
        modified_us: None,
        pieces: sample.spots.into_iter().map(|s| s.bytes).collect(),
    }
}
