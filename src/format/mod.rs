//! Log formats: the trait that each implements and the registry that lists them.
//! One file per grammar in the folder of its kind; nothing here knows files, plans or reports.

pub mod app;
pub mod custom;
pub mod flat_json;
pub mod leaf;
pub mod ops;
pub mod pager;
pub mod synonym;
pub mod web;

use crate::record::{Kind, Record};

/// How the lines of a format make records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// One line, understood without any other.
    Line,
    /// A head line, and continuation lines up to the next head.
    Head,
}

/// A log format. Implementations are pure functions of the line: no state, no panic, no allocation on the hot path.
pub trait Format: Sync + Send {
    /// The one name of this grammar, as reports print it (`nginx combined`, `JSON lines`).
    fn name(&self) -> &str;
    /// What its records are.
    fn kind(&self) -> Kind;
    /// One line for `coroner formats`.
    fn about(&self) -> &str;
    /// How its lines make records.
    fn framing(&self) -> Framing {
        Framing::Line
    }
    /// Reads one line (without its newline and carriage return). `None` when it is not of this format.
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>>;
    /// Whether a line begins a record of this format; decidable from the line alone.
    fn is_head(&self, line: &[u8]) -> bool {
        self.parse(line).is_some()
    }
    /// One line of this format, for tests and `coroner formats`.
    fn sample(&self) -> &str;
}

/// Every built-in format, most specific grammar first: of two formats that accept a line, the first wins.
pub static FORMATS: &[&dyn Format] = &[
    // web
    &web::clf::Combined,
    &web::clf::VHOST_COMBINED,
    &web::clf::MAIN,
    &web::clf::COMMON,
    &web::clf::VHOST_COMMON,
    &web::clf_tail::INGRESS,
    &web::clf_tail::TRAEFIK,
    &web::clf_tail::OWN,
    &web::nginx_json::NginxJson,
    &web::ltsv::Ltsv,
    &web::nginx_error::NginxError,
    // pagers: typed ones before the generic rule
    &pager::pagerduty::PagerDuty,
    &pager::alertmanager::Alertmanager,
    &pager::opsgenie::Opsgenie,
    &pager::nagios::Nagios,
    &pager::plain::Plain,
    &pager::generic::Generic,
    // operations
    &ops::dpkg::Dpkg,
    // applications, databases, hosts: the generic text format is the last of all
    &app::json::Json,
    &app::logfmt::Logfmt,
    &app::postgres::Postgres,
    &app::redis::Redis,
    &app::klog::Klog,
    &app::syslog::Syslog,
    &app::capistrano::Capistrano,
    &app::level_first::LevelFirst,
    &app::text::Text,
];
