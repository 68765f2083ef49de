//! Pagers and alert senders, one file per grammar; see the registry in the parent module.
//! Typed statements become notices; only plain-text pager lines become messages, on which the text rules of the pager scope run.

pub mod alertmanager;
pub mod cloudwatch_alarm;
pub mod generic;
pub mod icinga2;
pub mod mail;
mod monitors;
pub mod nagios;
pub mod pagerduty;
pub mod pagerduty_events;
pub mod pagerduty_log;
pub mod plain;
pub mod prometheus;
pub mod sentry;
pub mod slack;
pub mod statuspage;
pub(in crate::format) mod value;
pub mod weechat;
