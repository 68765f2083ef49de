//! Log formats: the trait that each implements and the registry that lists them.
//! One file per grammar in the folder of its kind; nothing here knows files, plans or reports.

pub mod app;
pub mod brackets;
pub mod columns;
pub mod custom;
pub mod envelope;
pub mod flat_json;
pub mod frame;
mod grammar;
pub mod leaf;
pub mod line_features;
pub mod meta;
pub mod ops;
pub mod pager;
pub(crate) mod pairs;
pub mod patterns;
pub mod pods;
pub mod request_fields;
pub mod synonym;
pub mod web;
pub mod webhooks;

use crate::format::grammar::{Grammar, begun, grammar};
use crate::format::line_features::Signs;
pub use crate::format::meta::{ANY, Framing, Meta, NO_OBJECT, OBJECT};
use crate::format::web::clf::tail::own;
use crate::format::web::clf::{closed, prefix};
use crate::format::web::w3c;
use crate::record::{Kind, Record};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Reads the lines of one input of a [`Framing::Stateful`] format, in order, from its first line on.
pub trait Reader: Send + CopiedReader {
    /// Reads the next line, under the conditions of [`Format::parse`].
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>>;
}

/// A reader as it stands, to go back to.
pub trait CopiedReader {
    /// A copy.
    fn copied(&self) -> Box<dyn Reader>;
}

impl<R: Reader + Clone + 'static> CopiedReader for R {
    fn copied(&self) -> Box<dyn Reader> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Reader> {
    fn clone(&self) -> Self {
        self.as_ref().copied()
    }
}

/// A log format. Implementations are pure functions of the line: no state, no panic, no allocation on the hot path.
pub trait Format: Sync + Send {
    /// What it says of itself.
    fn meta(&self) -> Meta<'_>;
    /// Reads one line (without its newline and carriage return). `None` when it is not of this format.
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>>;
    /// Whether a line begins a record of this format; decidable from the line alone.
    fn is_head(&self, line: &[u8]) -> bool {
        self.parse(line).is_some()
    }
    /// What reads an input of this format where its lines need earlier ones. `parse` then shows by itself that an input is
    /// of this format, and the reader is asked instead of it.
    fn reader(&self) -> Option<Box<dyn Reader>> {
        None
    }
    /// What a line holds, by the names that the format's definition gives: for formats of the user's.
    fn values<'a>(&self, _line: &'a [u8]) -> Vec<(String, Cow<'a, [u8]>)> {
        Vec::new()
    }
    /// The one name of this grammar, as reports print it.
    fn name(&self) -> &str {
        self.meta().name
    }
    /// What its records are.
    fn kind(&self) -> Kind {
        self.meta().kind
    }
    /// One line for `coroner formats`.
    fn about(&self) -> &str {
        self.meta().about
    }
    /// How its lines make records.
    fn framing(&self) -> Framing {
        self.meta().framing
    }
    /// One line of this format, for tests and `coroner formats`.
    fn sample(&self) -> &str {
        self.meta().sample
    }
    /// What every line of it shows that begins with that byte; `None` where none of its lines begins so.
    fn shows(&self, first: u8) -> Option<Signs> {
        self.meta().shows(first)
    }
    /// Whether a line that begins with that byte may be of this format: false only where none is.
    fn may_begin(&self, first: u8) -> bool {
        self.shows(first).is_some()
    }
}

/// The format of that name out of those of a table.
fn named<F: Format>(all: &'static [F], name: &str) -> Option<&'static dyn Format> {
    let found = all.iter().find(|f| f.name() == name)?;
    Some(found)
}

/// Whether any built-in format takes a line. What a look at it shows spares most of them, so that it costs little more than
/// that look where none does.
pub fn is_any(line: &[u8]) -> bool {
    let Some(first) = line.first() else {
        return false;
    };
    let signs = Signs::of(line);
    let may = |f: &&&dyn Format| f.shows(*first).is_some_and(|s| signs.shows(s));
    FORMATS.iter().filter(may).any(|f| f.parse(line).is_some())
}

/// The grammars, each with what reads its lines; which are asked first, `order.txt` says.
static GRAMMARS: LazyLock<Vec<Grammar>> = LazyLock::new(|| {
    vec![
        grammar("nginx combined", |l| closed(l, false, 2)),
        grammar("vhost combined", |l| closed(l, true, 2)),
        grammar("nginx main", |l| closed(l, false, 3)),
        grammar("common log", |l| closed(l, false, 0)),
        grammar("vhost common log", |l| closed(l, true, 0)),
        grammar("ingress-nginx", web::clf::tail::ingress),
        grammar("traefik common log", web::clf::tail::traefik),
        grammar(web::clf::tail::OWN, |l| own(prefix(l)?)),
        grammar("lograge JSON", web::lograge::parse),
        grammar("JSON access log", web::nginx_json::parse),
        grammar("LTSV", web::ltsv::parse),
        grammar("nginx error", web::nginx_error::parse),
        grammar("Apache error", web::apache_error::parse),
        grammar("HAProxy", web::haproxy::parse),
        grammar("Envoy", web::envoy::parse),
        grammar("AWS ALB", web::aws_alb::parse),
        Grammar::stateful("W3C extended log", w3c::parse, begun::<w3c::W3cReader>)
            .headed_by(w3c::is_head),
        grammar("W3C without header", web::w3c::headless::parse),
        Grammar::stateful("uWSGI", web::uwsgi::parse, web::uwsgi::reader),
        Grammar::stateful("Rails", web::rails::parse, begun::<web::rails::RailsReader>),
        grammar("Heroku router", web::heroku_router::parse),
        grammar("PagerDuty webhook", pager::pagerduty::parse),
        grammar("PagerDuty log", pager::pagerduty_log::parse),
        grammar("Alertmanager webhook", pager::alertmanager::parse),
        grammar("chat message", pager::chat::parse),
        grammar("Prometheus ALERTS", pager::prometheus::parse),
        grammar("pager text", pager::plain::parse),
        grammar("WeeChat log", pager::weechat::parse),
        grammar("dpkg log", ops::dpkg::parse),
        grammar("Kubernetes event", ops::kubernetes::parse),
        grammar("applied objects", ops::applied::parse),
        grammar("Kubernetes audit", ops::kubernetes_audit::parse),
        grammar("Kubernetes event table", ops::kubernetes_table::parse),
        grammar("Helm history", ops::helm::parse),
        grammar("CloudTrail", ops::cloudtrail::parse),
        grammar("cloud audit", ops::cloud_audit::parse),
        grammar("AWS deployment", ops::ecs::parse),
        grammar("docker events", ops::docker_events::parse),
        grammar("apt history", ops::apt::history),
        grammar("dnf log", ops::apt::dnf),
        grammar("audit log", ops::auditd::parse),
        grammar("events", ops::events::parse),
        grammar("OTLP logs", app::otlp::parse),
        grammar("JSON lines", app::json::parse),
        grammar("JSON with a time", app::object::parse),
        grammar("pairs with date and time", app::dated_pairs::parse),
        grammar("logfmt", app::logfmt::parse),
        grammar("zap console", app::zap_console::parse),
        grammar("PostgreSQL csvlog", app::postgres_csv::parse),
        grammar("PostgreSQL", app::postgres::parse),
        Grammar::stateful(
            "MySQL slow log",
            app::mysql_slow::parse,
            begun::<app::mysql_slow::MysqlSlowReader>,
        ),
        grammar("klog", app::klog::parse),
        Grammar::stateful(
            ".NET console",
            app::dotnet::parse,
            begun::<app::dotnet::DotnetReader>,
        ),
        grammar("syslog", app::syslog::parse),
        Grammar::stateful(
            "java.util.logging",
            app::jul::parse,
            begun::<app::jul::JulReader>,
        ),
        grammar("text with a level", app::level_first::parse),
        Grammar::stateful(
            "text below a time",
            app::time_line::parse,
            begun::<app::time_line::TimeLineReader>,
        ),
        grammar("text with a time", app::text::parse),
        grammar("text with a label and a time", app::label_first::parse),
    ]
});

/// Every built-in format, in the order of `order.txt`: of two formats that accept a line, the first wins.
pub static FORMATS: LazyLock<Vec<&dyn Format>> = LazyLock::new(|| {
    let described = |name| {
        named(&GRAMMARS, name)
            .or_else(|| named(&patterns::PATTERNS, name))
            .or_else(|| named(&webhooks::WEBHOOKS, name))
            .or_else(|| named(&web::vendor_json::VENDORS, name))
    };
    order().filter_map(described).collect()
});

/// The names of all formats, the most specific first.
fn order() -> impl Iterator<Item = &'static str> {
    let lines = include_str!("format/order.txt").lines();
    lines.filter(|l| !l.is_empty() && !l.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::envelope::{ENVELOPES, peel};
    use super::{FORMATS, GRAMMARS, order, patterns, web};

    #[test]
    fn every_format_that_is_described_has_its_place() {
        let listed: Vec<&str> = FORMATS.iter().map(|f| f.name()).collect();
        assert!(order().eq(listed.iter().copied()), "each name is known");
        let grammars = GRAMMARS.iter().map(|g| g.meta.name);
        let patterns = patterns::PATTERNS.iter().map(|p| p.meta.name);
        let vendors = web::vendor_json::VENDORS.iter().map(|v| v.meta.name);
        for name in grammars.chain(patterns).chain(vendors) {
            assert!(listed.contains(&name), "{name}");
        }
    }

    /// An object with a blank behind each colon and comma, as many writers put them.
    fn spaced(line: &str) -> String {
        let (mut out, mut quoted, mut escaped) = (String::new(), false, false);
        for c in line.chars() {
            out.push(c);
            if !quoted && matches!(c, ':' | ',') {
                out.push(' ');
            }
            quoted ^= c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
        }
        out
    }

    #[test]
    fn blanks_in_an_object_change_nothing() {
        let objects = |s: &&str| s.starts_with('{');
        for f in FORMATS.iter().filter(|f| objects(&f.sample())) {
            let line = spaced(f.sample());
            let first = FORMATS.iter().find(|f| f.parse(line.as_bytes()).is_some());
            let before = FORMATS
                .iter()
                .find(|b| b.parse(f.sample().as_bytes()).is_some());
            assert_eq!(first.map(|f| f.name()), before.map(|f| f.name()), "{line}");
        }
        for e in ENVELOPES.iter().filter(|e| objects(&e.sample)) {
            let line = spaced(e.sample);
            let found = peel(line.as_bytes()).map(|p| ENVELOPES[p.0].name);
            assert_eq!(found, Some(e.name), "{line}");
        }
    }
}
