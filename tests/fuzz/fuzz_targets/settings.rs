//! A file of settings of any text: read, or refused with a reason. The command line belongs to the program, so that its sources
//! are compiled once more here.
#![no_main]
#![allow(dead_code)]

#[path = "../../../src"]
mod program {
    pub mod cli;
}
use program::cli;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = cli::settings_in(text);
    }
});
