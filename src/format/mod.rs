//! Log formats: the trait that each implements and the registry that lists them.
//! One file per grammar in the folder of its kind; nothing here knows files, plans or reports.

pub mod app;
pub mod custom;
pub mod ops;
pub mod pager;
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
    // pagers: typed ones before the generic rule
    &pager::pagerduty::PagerDuty,
    &pager::alertmanager::Alertmanager,
    &pager::opsgenie::Opsgenie,
    &pager::nagios::Nagios,
    &pager::plain::Plain,
    &pager::generic::Generic,
    // operations
    &ops::dpkg::Dpkg,
];
