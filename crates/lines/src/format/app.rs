//! Formats of applications, databases and hosts: one file per grammar.
//! What several of them share (request-shaped messages, colours, loggers, heads) is in `message` and `head`; stacks are in `stack`.

pub mod dated_pairs;
pub mod diff;
pub mod dotnet;
pub(crate) mod fields;
pub(crate) mod head;
pub(in crate::format) mod inline_request;
pub mod json;
pub mod jul;
pub(crate) mod keys;
pub mod klog;
pub mod label_first;
mod late_level;
pub mod level_first;
pub mod logfmt;
pub mod message;
pub mod mysql_slow;
pub mod object;
pub mod otlp;
pub mod placeholders;
pub mod postgres;
pub mod postgres_csv;
mod rpc;
pub mod stack;
pub mod syslog;
pub mod text;
pub mod time_line;
pub(in crate::format) mod timed_text;
pub(crate) mod values;
pub mod zap_console;
