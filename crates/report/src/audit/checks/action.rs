//! The promised actions: whether they point the right way, at what cost the time, and whether somebody has them.

use crate::audit::actions::Action;
use crate::audit::case::Case;
use crate::audit::document::SectionKind;
use crate::audit::finding::{Finding, minutes, quote};
use crate::audit::patterns::{Pattern, pattern};
use coroner_lines::table;
use regex::Regex;
use std::sync::LazyLock;

static RAISE: Pattern = Pattern::of("raise a threshold");
static ALERT: Pattern = Pattern::of("alert");
static DETECT: Pattern = Pattern::of("detection");
static FASTER: Pattern = Pattern::of("faster detection");

fn raising<'c>(case: &'c Case) -> impl Iterator<Item = &'c Action> {
    case.actions
        .iter()
        .filter(|a| RAISE.is_match(&a.text) && ALERT.is_match(&a.text))
}

pub(super) fn threshold(case: &Case) -> Vec<Finding> {
    let message = "raising an alert threshold makes it fire later or less often";
    raising(case)
        .map(|a| Finding::at(a.place.clone(), message))
        .collect()
}

pub(super) fn phase(case: &Case) -> Option<Finding> {
    let outage = case.spans.outage.filter(|o| *o > 0)?;
    let detect = case.spans.detect?;
    if !case.comparable() || detect * 10 > outage {
        return None;
    }
    let mut all = case.actions.iter();
    // what waits for a person is no wrong answer
    let a = all.find(|a| DETECT.is_match(&a.text)).filter(|a| !a.open)?;
    let percent = |s: i64| (s * 100 + outage / 2) / outage;
    let share = match detect {
        0 => String::new(),
        _ => format!(" ({} %)", percent(detect)),
    };
    let longest = case.spans.phases().into_iter().max_by_key(|p| p.1);
    let rest = longest
        .filter(|p| p.1 > 0)
        .map_or(String::new(), |(name, s)| {
            let (took, share) = (minutes(s), percent(s));
            format!("; the longest phase is {name}, {took} ({share} %)")
        });
    let message = format!(
        "detection took {} of {}{share} by the table{rest}",
        detect / 60,
        minutes(outage)
    );
    Some(Finding::at(a.place.clone(), message))
}

pub(super) fn owners(case: &Case) -> Option<Finding> {
    let open: Vec<&Action> = case.actions.iter().filter(|a| !a.assigned).collect();
    let first = open.first()?;
    let mut by: Vec<(usize, usize)> = Vec::new();
    for a in &open {
        match by.last_mut() {
            Some(last) if last.0 == a.section => last.1 += 1,
            _ => by.push((a.section, 1)),
        }
    }
    let under = |(s, n): &(usize, usize)| {
        let title = quote(&case.doc.sections.get(*s)?.title);
        Some(format!("{n} under {title}"))
    };
    let names: Vec<String> = by.iter().take(5).filter_map(under).collect();
    let which = match by.len() {
        0 | 1 => String::new(),
        _ => format!(" ({})", names.join(", ")),
    };
    let have = if open.len() == 1 { "has" } else { "have" };
    let message = format!(
        "{} of {} preventive actions{which} {have} no owner and no due date",
        open.len(),
        case.actions.len()
    );
    let f = Finding::at(first.place.clone(), message);
    Some(f.also_at(open.iter().skip(1).map(|a| a.place.clone())))
}

pub(super) fn conflict(case: &Case) -> Option<Finding> {
    let up = raising(case).next()?;
    let faster =
        |a: &&Action| a.place != up.place && FASTER.is_match(&a.text) && !RAISE.is_match(&a.text);
    let f = case.actions.iter().find(faster)?;
    let message = format!(
        "line {} raises the alert threshold, line {} wants faster detection: they pull in opposite directions",
        up.place.line + 1,
        f.place.line + 1
    );
    Some(Finding::at(up.place.clone(), message).also(f.place.clone(), ""))
}

/// Factors: a name, what the cause says, what an action that covers it says.
static FACTORS: LazyLock<Vec<(&str, Regex, Regex)>> = LazyLock::new(|| {
    let whatever_case = |text: &str| pattern(&format!("(?i){text}"));
    table::rows(include_str!("../factors.tsv"))
        .map(|[name, named, covers]| (name, whatever_case(named), whatever_case(covers)))
        .collect()
});

pub(super) fn factor(case: &Case) -> Option<Finding> {
    if case.actions.is_empty() || case.actions.iter().any(|a| a.open) {
        return None;
    }
    for (name, named, covers) in FACTORS.iter() {
        if case.actions.iter().any(|a| covers.is_match(&a.text)) {
            continue;
        }
        let mut causes = case.paragraphs_of(SectionKind::Cause);
        let found = causes
            .find_map(|p| Some((p, named.find(&p.text)?)).filter(|_| !case.doc.is_table(p.line())));
        if let Some((p, m)) = found {
            let said = quote(m.as_str());
            let message = format!("{name} named here ({said}) has no preventive action");
            return Some(Finding::at(p.place(m.range()), message));
        }
    }
    None
}
