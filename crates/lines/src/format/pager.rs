//! Pagers and alert senders, one file per grammar; see the registry in the parent module.
//! Typed statements become notices; only plain-text pager lines become messages, on which the text rules of the pager scope run.

pub mod alertmanager;
pub mod chat;
pub mod pagerduty;
pub mod pagerduty_log;
pub mod plain;
pub mod prometheus;
pub(in crate::format) mod value;
pub mod weechat;
