//! Log formats: the trait that each implements and the registry that lists them.
//! One file per grammar in the folder of its kind; nothing here knows files, plans or reports.

pub mod app;
pub mod brackets;
pub mod columns;
pub mod custom;
pub mod envelope;
pub mod flat_json;
pub mod frame;
pub mod leaf;
pub mod line_features;
pub mod meta;
pub mod ops;
pub mod pager;
pub mod patterns;
pub mod pods;
pub mod request_fields;
pub mod synonym;
pub mod web;
pub mod webhooks;

use crate::format::line_features::Signs;
pub use crate::format::meta::{ANY, Framing, Meta, NO_OBJECT, OBJECT};
use crate::record::{Kind, Record};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Reads the lines of one input of a [`Framing::Stateful`] format, in order, from its first line on.
pub trait Reader: Send {
    /// Reads the next line, under the conditions of [`Format::parse`].
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>>;
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

/// The format of that name out of those of a table; where there is none, one that takes no line.
fn named<F: Format>(all: &'static [F], name: &str) -> &'static dyn Format {
    struct Nothing;
    impl Format for Nothing {
        fn meta(&self) -> Meta<'_> {
            Meta::app("", "")
        }
        fn parse<'a>(&self, _: &'a [u8]) -> Option<Record<'a>> {
            None
        }
    }
    match all.iter().find(|f| f.name() == name) {
        Some(found) => found,
        None => &Nothing,
    }
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

/// The format of inputs that no format of [`FORMATS`] explains; a plan decides which these are.
pub static UNEXPLAINED: &dyn Format = &app::dated_text::DatedText;

/// Every built-in format, most specific grammar first: of two formats that accept a line, the first wins.
pub static FORMATS: LazyLock<Vec<&dyn Format>> = LazyLock::new(|| {
    let pattern = |name| named(&patterns::PATTERNS, name);
    let vendor = |name| named(&web::vendor_json::VENDORS, name);
    let webhook = |name| named(&webhooks::WEBHOOKS, name);
    vec![
        // web
        &web::clf::Combined,
        &web::clf::VHOST_COMBINED,
        &web::clf::MAIN,
        &web::clf::COMMON,
        &web::clf::VHOST_COMMON,
        &web::clf::tail::INGRESS,
        &web::clf::tail::TRAEFIK,
        &web::clf::tail::OWN,
        vendor("Envoy JSON"),
        &web::lograge::Lograge,
        &web::nginx_json::NginxJson,
        vendor("traefik JSON"),
        vendor("Cloudflare"),
        vendor("GCP HTTP request"),
        vendor("Azure access log"),
        vendor("API gateway JSON"),
        vendor("Suricata HTTP"),
        &web::ltsv::Ltsv,
        &web::nginx_error::NginxError,
        &web::apache_error::ApacheError,
        &web::haproxy::Haproxy,
        &web::envoy::Envoy,
        &web::aws_alb::AwsAlb,
        pattern("AWS ELB classic"),
        &web::aws_nlb::AwsNlb,
        &web::w3c::W3c,
        &web::w3c::headless::Headless,
        pattern("IIS native"),
        pattern("PHP-FPM access"),
        pattern("development server"),
        &web::uwsgi::Uwsgi,
        &web::rails::Rails,
        pattern("Puma cluster"),
        pattern("morgan"),
        pattern("Squid"),
        pattern("Gin"),
        pattern("Fiber"),
        pattern("S3 access log"),
        pattern("Nginx Proxy Manager"),
        pattern("Fastly default"),
        &web::heroku_router::HerokuRouter,
        &web::free_access::FreeAccess,
        // pagers: typed ones before the generic rule
        &pager::pagerduty::PagerDuty,
        webhook("PagerDuty events"),
        &pager::pagerduty_log::PagerDutyLog,
        &pager::alertmanager::Alertmanager,
        pattern("Nagios log"),
        &pager::chat::Chat,
        webhook("status page"),
        &pager::prometheus::PrometheusAlerts,
        webhook("Sentry issue"),
        webhook("CloudWatch alarm"),
        &pager::plain::Plain,
        &pager::icinga2::Icinga2,
        &pager::weechat::WeeChat,
        &pager::mail::Mail,
        // operations; the generic alert comes after all that are typed
        &ops::dpkg::Dpkg,
        &ops::github::GitHub,
        webhook("GitLab deployment"),
        pattern("GitLab job"),
        &ops::kubernetes::KubernetesEvent,
        &ops::applied::Applied,
        &ops::kubernetes_audit::KubernetesAudit,
        &ops::kubernetes_table::KubernetesTable,
        &ops::helm::HelmHistory,
        &ops::cloudtrail::CloudTrail,
        &ops::cloud_audit::CloudAudit,
        &ops::ecs::AwsDeploy,
        &ops::docker_events::DockerEvents,
        webhook("feature flag audit"),
        webhook("Spinnaker pipeline"),
        webhook("Terraform JSON"),
        pattern("Heroku release"),
        &ops::apt::AptHistory,
        &ops::apt::Dnf,
        pattern("CI job"),
        pattern("migration output"),
        pattern("supervisord"),
        &ops::auditd::Auditd,
        pattern("IPMI event log"),
        pattern("dmesg"),
        &ops::events::ChangeEvents,
        &envelope::tail::TailHeader,
        webhook("JSON alert"),
        // applications, databases, hosts: the generic text formats are the last of all
        &app::otlp::Otlp,
        &app::json::Json,
        &app::object::Object,
        &app::dated_pairs::DatedPairs,
        &app::logfmt::Logfmt,
        &app::semicolon_pairs::SemicolonPairs,
        &app::zap_console::ZapConsole,
        &app::postgres_csv::PostgresCsv,
        &app::postgres::Postgres,
        pattern("Redis"),
        &app::mysql_slow::MysqlSlow,
        &app::klog::Klog,
        pattern("Zabbix server"),
        pattern("Cisco"),
        &app::dotnet::Dotnet,
        &app::syslog::Syslog,
        pattern("Capistrano"),
        &app::csv_row::CsvRow,
        &app::jul::Jul,
        &app::level_first::LevelFirst,
        &app::time_line::TimeLine,
        &app::text::Text,
        &app::label_first::Labelled,
    ]
});

#[cfg(test)]
mod tests {
    use super::FORMATS;
    use super::envelope::{ENVELOPES, peel};

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
