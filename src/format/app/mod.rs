//! Formats of applications, databases and hosts: one file per grammar.
//! What several of them share (request-shaped messages, colours, loggers, heads) is in `message` and `head`; stacks are in `stack`.

pub mod capistrano;
mod fields;
mod head;
pub mod json;
pub mod klog;
pub mod level_first;
pub mod logfmt;
pub mod message;
pub mod postgres;
pub mod redis;
pub mod stack;
pub mod syslog;
pub mod text;
