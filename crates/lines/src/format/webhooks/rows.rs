//! The formats that `rows.txt` describes, in its order, and what reads it.

use super::{Described, Row, Webhook};
use crate::format::line_features::Signs;
use crate::format::{Meta, OBJECT};
use crate::record::{Kind, MarkerKind};
use crate::table;
use std::sync::LazyLock;

/// Sentry's issue webhooks.
pub static SENTRY: Webhook = Webhook(0);
/// Alarms of CloudWatch.
pub static CLOUDWATCH_ALARM: Webhook = Webhook(1);
/// What is sent to PagerDuty's Events API v2.
pub static PAGERDUTY_EVENTS: Webhook = Webhook(2);
/// Updates of a status page.
pub static STATUS_PAGE: Webhook = Webhook(3);
/// Alerts of Splunk On-Call, Zabbix and Uptime Kuma.
pub static JSON_ALERT: Webhook = Webhook(4);
/// GitLab's deployments.
pub static GITLAB: Webhook = Webhook(5);
/// Spinnaker's webhooks.
pub static SPINNAKER: Webhook = Webhook(6);
/// Terraform's machine-readable output.
pub static TERRAFORM: Webhook = Webhook(7);
/// Audit entries of feature flags.
pub static FEATURE_FLAGS: Webhook = Webhook(8);

/// Every format that is described.
pub(super) static DESCRIBED: LazyLock<Vec<Described>> = LazyLock::new(|| {
    let mut all: Vec<Described> = Vec::new();
    for block in table::blocks(include_str!("rows.txt")) {
        match (table::value(block, "format"), all.last_mut()) {
            ("", Some(last)) => last.rows.push(row(block)),
            ("", None) => {}
            (name, _) => all.push(Described {
                meta: meta(name, block),
                rows: Vec::new(),
            }),
        }
    }
    all
});

fn meta(name: &'static str, block: &'static str) -> Meta<'static> {
    let kind = match table::value(block, "kind") {
        "deploy" => Kind::Deploy,
        _ => Kind::Pager,
    };
    Meta::new(kind, name, table::value(block, "about"))
        .begins(OBJECT, Signs::BRACE)
        .sample(table::value(block, "sample"))
}

/// The parts of a list; none where there is nothing.
fn listed(list: &'static str) -> Vec<&'static str> {
    list.split(" | ").filter(|x| !x.is_empty()).collect()
}

fn row(block: &'static str) -> Row {
    let list = |key| listed(table::value(block, key));
    // what a body need not have
    let any = |key| {
        Some(list(key))
            .filter(|l| !l.is_empty())
            .unwrap_or(vec![""])
    };
    let kind = |of: &'static str| {
        let (state, kind) = of.rsplit_once(' ')?;
        Some((state, MarkerKind::from_word(kind)?))
    };
    Row {
        holds: list("holds")
            .iter()
            .map(|group| group.split(" & ").collect())
            .collect(),
        needs: any("needs"),
        times: list("times"),
        state: any("state"),
        kinds: list("kinds").into_iter().filter_map(kind).collect(),
        silent: match table::value(block, "silent") {
            "" => None,
            "none" => Some(Vec::new()),
            states => Some(listed(states)),
        },
        live: list("live"),
        back: list("back"),
        title: any("title"),
        group: list("group"),
        service: list("service"),
        version: list("version"),
        actor: list("actor"),
        since: list("since"),
        sure: table::value(block, "sure").parse().unwrap_or(90),
        bare: !table::value(block, "bare").is_empty(),
    }
}
