//! The formats that `rows.txt` describes, in its order, and what reads it.

use super::{Row, Webhook};
use crate::format::line_features::Signs;
use crate::format::{Meta, OBJECT};
use crate::record::MarkerKind;
use crate::table;
use std::sync::LazyLock;

/// Every format that is described.
pub(in crate::format) static WEBHOOKS: LazyLock<Vec<Webhook>> = LazyLock::new(|| {
    let mut all: Vec<Webhook> = Vec::new();
    for block in table::blocks(include_str!("rows.txt")) {
        let meta = Meta::described(block).begins(OBJECT, Signs::BRACE);
        match all.last_mut() {
            Some(last) if meta.name.is_empty() => last.rows.push(row(block)),
            _ if meta.name.is_empty() => {}
            _ => all.push(Webhook {
                meta,
                rows: Vec::new(),
            }),
        }
    }
    all
});

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
