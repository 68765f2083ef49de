//! The whole program, end to end: every test runs the main job as a user does and looks at what comes out.
//! One test binary, so that reports are made once and shared; what one module alone can show is tested beside the code.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of tests that cannot go on may end the test"
)]

mod agree;
mod as_written;
mod audit;
mod audit_logs;
mod channels;
mod claims;
mod cli;
mod commands;
mod common;
mod digests;
mod drills;
mod explain;
mod first_minute;
mod formats;
mod forms;
mod identity;
mod no_incident;
mod options;
mod own_outputs;
mod parts;
mod parts_refused;
mod parts_stretch;
mod passing;
mod piped;
mod readme;
mod remarks;
mod running;
mod samples;
#[path = "../../crates/report/src/report/tests/schema.rs"]
mod schema;
mod settings;
mod signals;
mod stretch;
mod tiers;
mod traps;
mod undone;
mod unexplained;
mod unread;
mod watch;
mod watch_files;
mod watch_state;
mod watch_told;
mod watch_ways;
mod who;
mod window;
mod words;
mod zones;
