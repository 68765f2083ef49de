//! The promised actions: whether they point the right way, at what cost the time, and whether somebody has them.

use crate::audit::actions::Action;
use crate::audit::case::Case;
use crate::audit::document::{Form, SectionKind};
use crate::audit::finding::{Finding, minutes, quote};
use crate::audit::length::pattern;
use regex::Regex;
use std::sync::LazyLock;

static RAISE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(increas|rais|lift|heighten|higher|bump|elevat)\w*\b[^.;]{0,50}\bthresholds?\b|\bthresholds?\b[^.;]{0,25}\b(increased|raised|lifted|higher|bumped)\b",
    )
});
static ALERT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(alert\w*|page|pager|paging|monitor\w*|alarm\w*|metrics?|notif\w*|on-?call)\b")
});
static DETECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(alert\w*|detect\w*|monitor\w*|page|pager|paging|alarm\w*|threshold\w*|notif\w*)\b",
    )
});
static FASTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(detect|alert|notic|identif|monitor)\w*\b[^.;]{0,60}\b(faster|quick\w*|earlier|sooner|swift\w*|prompt\w*|immediate\w*|rapid\w*)|\b(faster|quicker|earlier|sooner|early|prompt|rapid) (detection|alert\w*)",
    )
});

fn raising<'c>(case: &'c Case) -> impl Iterator<Item = &'c Action> {
    case.actions
        .iter()
        .filter(|a| RAISE.is_match(&a.text) && ALERT.is_match(&a.text))
}

pub(super) fn threshold(case: &Case) -> Vec<Finding> {
    raising(case)
        .map(|a| {
            Finding::at(
                a.place.clone(),
                "raising an alert threshold makes it fire later or less often",
            )
            .help("say which metric, from what value to what value, and whether it should go down")
        })
        .collect()
}

pub(super) fn phase(case: &Case) -> Vec<Finding> {
    let (Some(outage), Some(detect)) = (case.spans.outage.filter(|o| *o > 0), case.spans.detect)
    else {
        return Vec::new();
    };
    if !case.comparable() || detect * 10 > outage {
        return Vec::new();
    }
    let Some(a) = case.actions.iter().find(|a| DETECT.is_match(&a.text)) else {
        return Vec::new();
    };
    // what waits for a person is no wrong answer
    if a.open {
        return Vec::new();
    }
    let percent = |s: i64| (s * 100 + outage / 2) / outage;
    let share = if detect == 0 {
        String::new()
    } else {
        format!(" ({} %)", percent(detect))
    };
    let longest = case
        .spans
        .phases()
        .into_iter()
        .max_by_key(|p| p.1)
        .filter(|p| p.1 > 0);
    let rest = longest.map_or(String::new(), |(name, s)| {
        format!(
            "; the longest phase is {name}, {} ({} %)",
            minutes(s),
            percent(s)
        )
    });
    let message = format!(
        "detection took {} of {}{share} by the table{rest}",
        detect / 60,
        minutes(outage)
    );
    vec![
        Finding::at(a.place.clone(), message)
            .help("what would have made the longest phase shorter?"),
    ]
}

pub(super) fn owners(case: &Case) -> Vec<Finding> {
    let open: Vec<&Action> = case.actions.iter().filter(|a| !a.assigned).collect();
    let Some(first) = open.first() else {
        return Vec::new();
    };
    let mut by: Vec<(usize, usize)> = Vec::new();
    for a in &open {
        match by.last_mut() {
            Some(last) if last.0 == a.section => last.1 += 1,
            _ => by.push((a.section, 1)),
        }
    }
    let names: Vec<String> = by
        .iter()
        .take(5)
        .filter_map(|(s, n)| {
            Some(format!(
                "{n} under {}",
                quote(&case.doc.sections.get(*s)?.title)
            ))
        })
        .collect();
    let which = if by.len() > 1 {
        format!(" ({})", names.join(", "))
    } else {
        String::new()
    };
    let have = if open.len() == 1 { "has" } else { "have" };
    let message = format!(
        "{} of {} preventive actions{which} {have} no owner and no due date",
        open.len(),
        case.actions.len()
    );
    let f = Finding::at(first.place.clone(), message)
        .help("an action without an owner and a date will not happen");
    vec![
        open.iter()
            .skip(1)
            .take(Case::MOST)
            .fold(f, |f, a| f.also(a.place.clone(), "")),
    ]
}

pub(super) fn conflict(case: &Case) -> Vec<Finding> {
    let Some(up) = raising(case).next() else {
        return Vec::new();
    };
    let faster = case
        .actions
        .iter()
        .find(|a| a.place != up.place && FASTER.is_match(&a.text) && !RAISE.is_match(&a.text));
    faster
        .map(|f| {
            let message = format!("line {} raises the alert threshold, line {} wants faster detection: they pull in opposite directions", up.place.line + 1, f.place.line + 1);
            Finding::at(up.place.clone(), message).also(f.place.clone(), "").help("decide on one")
        })
        .into_iter()
        .collect()
}

/// Factors: a name, what the cause says, what an action that covers it says.
const FACTORS: &[(&str, &str, &str)] = &[
    (
        "the third-party authentication or unsupported version",
        r"\b(an )?authenticat\w*( \w+){0,4}? (third|3 ?rd)[- ]part(y|ies)( software)?|\b(third|3 ?rd)[- ]part(y|ies) (software|service|api|provider|authenticat\w*)",
        r"third[- ]part|3 ?rd[- ]part|authenticat|vendor|provider|dependenc|integrat|compatib|supported|version",
    ),
    (
        "the certificate",
        r"\b(tls |ssl )?certificates?\b",
        r"certificat|tls|ssl|expir",
    ),
    ("name resolution", r"\bdns\b", r"\bdns\b|resolv|name server"),
    (
        "the full disk",
        r"\bdisk (space|full|usage)|\bno space left|\bran out of disk",
        r"disk|space|storage|volume|retention|clean|purg",
    ),
    (
        "memory",
        r"\bmemory leak|\bout of memory|\boom\b",
        r"memory|oom|leak|limit",
    ),
    (
        "power",
        r"\bpower (overload|failure|outage|loss|supply|systems?)",
        r"power|ups\b|generator|electric|redundan|backup",
    ),
    (
        "the network",
        r"\bnetwork (partition|failure|outage)|\bfirewall rule",
        r"network|firewall|route|routing|switch|redundan",
    ),
    (
        "connections",
        r"\bconnection pool|\btoo many connections",
        r"connection|pool|limit",
    ),
];

static COMPILED: LazyLock<Vec<(&'static str, Regex, Regex)>> = LazyLock::new(|| {
    FACTORS
        .iter()
        .map(|(n, a, b)| {
            (
                *n,
                pattern(&format!("(?i){a}")),
                pattern(&format!("(?i){b}")),
            )
        })
        .collect()
});

pub(super) fn factor(case: &Case) -> Vec<Finding> {
    if case.actions.is_empty() || case.actions.iter().any(|a| a.open) {
        return Vec::new();
    }
    for (name, named, covers) in COMPILED.iter() {
        if case.actions.iter().any(|a| covers.is_match(&a.text)) {
            continue;
        }
        for p in case
            .paragraphs
            .iter()
            .filter(|p| case.doc.kind(p.line()) == SectionKind::Cause)
        {
            let table = matches!(case.doc.lines[p.line()].form, Form::Pipes | Form::Tabs);
            if let Some(m) = named.find(&p.text).filter(|_| !table) {
                let message = format!(
                    "{name} named here ({}) has no preventive action",
                    quote(m.as_str())
                );
                return vec![
                    Finding::at(p.place(m.range()), message)
                        .help("add an action for it, or say why none is needed"),
                ];
            }
        }
    }
    Vec::new()
}
