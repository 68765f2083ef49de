//! Holds reports against the truth of worlds, and sums them up in one table. Reads nothing but the report's JSON.

use crate::worlds::{Holds, World};
use serde_json::Value;
use std::fmt::Write;

/// What one report got right.
#[derive(Clone, Debug, Default)]
pub struct Scored {
    /// The world's kind.
    pub kind: &'static str,
    /// Requests per second.
    pub rate: f64,
    /// Whether there is an incident in it.
    pub truth: bool,
    /// Whether it was found.
    pub found: bool,
    /// Incidents that are none.
    pub wrong: usize,
    /// Onset and recovery error in seconds, where found.
    pub onset: Option<f64>,
    /// The same for the end; `None` where the report names none.
    pub recovery: Option<f64>,
    /// Whether the 95 % interval of the onset holds the true one.
    pub covered: Option<bool>,
    /// What was said of the cause.
    pub cause: Option<Said>,
}

/// What was said of a cause.
#[derive(Clone, Debug)]
pub struct Said {
    /// Class first named is right.
    pub top1: bool,
    /// Class is among the first three.
    pub top3: bool,
    /// Not refused.
    pub answered: bool,
    /// What the logs say of the cause.
    pub holds: Holds,
    /// Score of the first group, and whether it is the right one.
    pub group: (f64, bool),
    /// Score of the group of changes, and whether it was one.
    pub change: (f64, bool),
    /// An innocent release is named first.
    pub fooled: bool,
}

/// The class of the reports' vocabulary for a word of the truth files, and its group.
fn class(word: &str) -> (&'static str, &'static str) {
    match word {
        "bad_deploy" => ("deploy", "change"),
        "bad_config" => ("config", "change"),
        "feature_flag" => ("feature_flag", "change"),
        "bad_migration" => ("migration", "change"),
        "third_party_down" => ("third_party", "dependency"),
        "dependency_db_down" => ("database", "dependency"),
        "dependency_cache_down" => ("cache", "dependency"),
        "overload" => ("overload", "capacity"),
        "oom" => ("memory", "resource"),
        "disk_full" => ("disk", "resource"),
        "db_pool_exhausted" => ("connection_pool", "resource"),
        "db_lock" => ("lock", "data"),
        "bad_data" => ("bad_data", "data"),
        "power_loss" => ("power", "hardware"),
        "host_loss" => ("host", "hardware"),
        "dns_failure" => ("dns", "network"),
        "tls_expired" => ("certificate", "network"),
        "network_unreachable" => ("unreachable", "network"),
        "process_down" => ("crash", "process"),
        _ => ("unknown", "unknown"),
    }
}

/// Seconds since 1970 of `2023-11-14T05:12:03.250+01:00`.
fn seconds(v: &Value) -> Option<f64> {
    let s = v.as_str()?;
    let n = |a: usize, b: usize| s.get(a..b)?.parse::<i64>().ok();
    let (y, m, d) = (n(0, 4)?, n(5, 7)?, n(8, 10)?);
    let (h, mi, sec) = (n(11, 13)?, n(14, 16)?, n(17, 19)?);
    let rest = &s[19..];
    let (fraction, zone) = match rest.find(['+', '-', 'Z']) {
        Some(i) => rest.split_at(i),
        None => (rest, "Z"),
    };
    let offset = if zone.len() >= 6 {
        let of = |a: usize| zone.get(a..a + 2).and_then(|x| x.parse::<i64>().ok());
        let min = of(1)? * 60 + of(4)?;
        if zone.starts_with('-') { -min } else { min }
    } else {
        0
    };
    let at = crate::clock::Day::new(y, m, d, 0).at(h, mi, sec) / crate::clock::S - offset * 60;
    Some(at as f64 + format!("0{fraction}").parse::<f64>().unwrap_or(0.0))
}

/// Holds a report against a world.
pub fn score(world: &World, report: &Value) -> Scored {
    let none = Vec::new();
    let incidents = report["incidents"].as_array().unwrap_or(&none);
    let mut out = Scored {
        kind: world.kind,
        rate: world.rate,
        truth: world.truth.is_some(),
        ..Scored::default()
    };
    let Some(t) = &world.truth else {
        out.wrong = incidents.len();
        return out;
    };
    let (a, b) = (t.failing.0 as f64, t.failing.1 as f64);
    let touches = |i: &&Value| {
        let start = seconds(&i["onset"]).unwrap_or(0.0);
        let end = seconds(&i["recovery"]).unwrap_or(start + 3600.0);
        (end.min(b) - start.max(a)) >= -30.0 || (start - a).abs() <= 120.0
    };
    out.wrong = incidents.iter().filter(|i| !touches(i)).count();
    let nearest = |i: &&Value| (seconds(&i["onset"]).unwrap_or(0.0) - a).abs();
    let Some(hit) = incidents
        .iter()
        .filter(touches)
        .min_by(|x, y| nearest(x).total_cmp(&nearest(y)))
    else {
        return out;
    };
    out.found = true;
    out.onset = seconds(&hit["onset"]).map(|s| s - a);
    let last = incidents.iter().filter(touches);
    let end = last
        .filter_map(|i| seconds(&i["recovery"]))
        .reduce(f64::max);
    out.recovery = end.map(|s| s - b);
    let interval = &hit["onset_interval"];
    out.covered = seconds(&interval[0])
        .zip(seconds(&interval[1]))
        .map(|(x, y)| x <= a + 0.999 && a <= y + 0.999);
    if !t.class.is_empty() {
        out.cause = Some(said(t, hit));
    }
    out
}

fn said(t: &crate::worlds::Truth, hit: &Value) -> Said {
    let none = Vec::new();
    let causes = hit["causes"].as_array().unwrap_or(&none);
    let (want, group) = class(t.class);
    let is = |c: &Value| c["class"] == want;
    let answered = hit["cause_verdict"] != "not_established";
    let first = causes.first().unwrap_or(&Value::Null);
    let of_group = |g: &str| {
        let c = causes.iter().find(|c| c["group"] == g);
        c.and_then(|c| c["group_score"].as_f64()).unwrap_or(0.0)
    };
    let named = first["culprit"]["name"].as_str().unwrap_or("");
    Said {
        top1: if want == "unknown" {
            !answered
        } else {
            is(first)
        },
        top3: causes.iter().take(3).any(is) || want == "unknown" && !answered,
        answered,
        holds: t.holds,
        group: (
            first["group_score"].as_f64().unwrap_or(0.0),
            first["group"] == group,
        ),
        change: (of_group("change"), group == "change"),
        fooled: answered && t.decoys.iter().any(|d| d == named),
    }
}

fn share(hits: usize, of: usize) -> String {
    if of == 0 {
        "–".into()
    } else {
        format!("{:.3} ({hits}/{of})", hits as f64 / of as f64)
    }
}

fn quantile(v: &[f64], q: f64) -> String {
    let mut v: Vec<f64> = v.iter().map(|x| x.abs()).collect();
    v.sort_by(f64::total_cmp);
    match v.get(((v.len() as f64 - 1.0) * q).round().max(0.0) as usize) {
        Some(x) => format!("{x:.0}"),
        None => "–".into(),
    }
}

/// The table of all figures.
pub fn table(days: &[Scored], causes: &[Scored], other: &[Scored]) -> String {
    let mut out = String::from("| figure | must | measured |\n|---|---|---|\n");
    let mut row = |name: &str, must: &str, is: String| {
        let _ = writeln!(out, "| {name} | {must} | {is} |");
    };
    let of = |f: &dyn Fn(&&Scored) -> bool| -> Vec<&Scored> { days.iter().filter(f).collect() };
    let found = |v: &[&Scored]| share(v.iter().filter(|s| s.found).count(), v.len());
    let busy = of(&|s| s.truth && s.rate >= 0.5);
    row("recall, ≥ 0.5 requests a second", "≥ .96", found(&busy));
    let calm = of(&|s| s.truth && s.rate < 0.5);
    row("recall, below", "≥ .75", found(&calm));
    let hits = days.iter().filter(|s| s.found).count();
    let wrong: usize = days.iter().map(|s| s.wrong).sum();
    row("precision", "≥ .93", share(hits, hits + wrong));
    let quiet = of(&|s| !s.truth);
    let alarms: usize = quiet.iter().map(|s| s.wrong).sum();
    row(
        "false incidents per quiet day",
        "≤ .05",
        share(alarms, quiet.len()),
    );
    let slow = ["ramp", "latency only", "traffic drop"];
    let steps = of(&|s| s.truth && s.rate >= 0.5 && !slow.contains(&s.kind));
    let onsets: Vec<f64> = steps.iter().filter_map(|s| s.onset).collect();
    let ends: Vec<f64> = steps.iter().filter_map(|s| s.recovery).collect();
    let two = |v: &[f64]| format!("{} s / {} s", quantile(v, 0.5), quantile(v, 0.95));
    row(
        "onset of steps, ≥ 0.5: median / p95",
        "0 s / ≤ 10 s",
        two(&onsets),
    );
    row(
        "recovery of the same: median / p95",
        "≤ 1 s / ≤ 30 s",
        two(&ends),
    );
    let ramps = of(&|s| s.kind == "ramp");
    let ramps: Vec<f64> = ramps.iter().filter_map(|s| s.onset).collect();
    row(
        "onset of ramps: median",
        "≤ 180 s",
        format!("{} s", quantile(&ramps, 0.5)),
    );
    let known: Vec<bool> = steps.iter().filter_map(|s| s.covered).collect();
    let held = known.iter().filter(|c| **c).count();
    row(
        "95 % interval holds the onset, steps ≥ 0.5",
        "≥ .95",
        share(held, known.len()),
    );
    for (name, worlds) in [("causes", causes), ("causes, misspecified", other)] {
        let _ = writeln!(
            out,
            "\n**{name}**\n\n| figure | must | measured |\n|---|---|---|"
        );
        cause_rows(&mut out, worlds);
    }
    out.push_str("\n**by kind**\n\n| kind | found | wrong | onset: median / p90 | end: median / p90 |\n|---|---|---|---|---|\n");
    for (_, kind) in crate::worlds::KINDS {
        let v = of(&|s| s.kind == kind);
        let truths: Vec<&Scored> = v.iter().copied().filter(|s| s.truth).collect();
        let q = |f: &dyn Fn(&Scored) -> Option<f64>| {
            let v: Vec<f64> = truths.iter().filter_map(|s| f(s)).collect();
            format!("{} / {}", quantile(&v, 0.5), quantile(&v, 0.9))
        };
        let wrong: usize = v.iter().map(|s| s.wrong).sum();
        let _ = writeln!(
            out,
            "| {kind} | {} | {wrong} | {} | {} |",
            found(&truths),
            q(&|s| s.onset),
            q(&|s| s.recovery)
        );
    }
    out
}

fn cause_rows(out: &mut String, worlds: &[Scored]) {
    let mut row = |name: &str, must: &str, is: String| {
        let _ = writeln!(out, "| {name} | {must} | {is} |");
    };
    row(
        "incident found",
        "–",
        share(worlds.iter().filter(|s| s.found).count(), worlds.len()),
    );
    let said: Vec<&Said> = worlds.iter().filter_map(|s| s.cause.as_ref()).collect();
    let count = |f: &dyn Fn(&Said) -> bool| said.iter().filter(|s| f(s)).count();
    let n = said.len();
    row("right class first", "≥ .65", share(count(&|s| s.top1), n));
    row(
        "among the first three",
        "≥ .82",
        share(count(&|s| s.top3), n),
    );
    let answered = count(&|s| s.answered);
    row("answered", "≥ .50", share(answered, n));
    row(
        "right when answered",
        "≥ .82",
        share(count(&|s| s.answered && s.top1), answered),
    );
    let sure = count(&|s| s.change.0 >= 0.75);
    let right = count(&|s| s.change.0 >= 0.75 && s.change.1);
    row("“a change” at ≥ .75 is right", "≥ .95", share(right, sure));
    let nothing = count(&|s| s.holds == Holds::Nothing);
    let refused = count(&|s| s.holds == Holds::Nothing && !s.answered);
    row(
        "refused where the logs do not hold it",
        "≥ .80",
        share(refused, nothing),
    );
    for (name, holds) in [
        ("refused or right where they hold half of it", Holds::Half),
        ("refused or right where they lie", Holds::Lies),
    ] {
        let of = count(&|s| s.holds == holds);
        let good = count(&|s| s.holds == holds && (!s.answered || s.top1));
        row(name, "–", share(good, of));
    }
    row(
        "innocent release named",
        "0",
        share(count(&|s| s.fooled), n),
    );
    let mut error = 0.0;
    for bin in 0..10 {
        let of: Vec<&&Said> = said
            .iter()
            .filter(|s| ((s.group.0 * 10.0) as usize).min(9) == bin)
            .collect();
        let p: f64 = of.iter().map(|s| s.group.0).sum();
        let k = of.iter().filter(|s| s.group.1).count() as f64;
        error += (p - k).abs();
    }
    row(
        "calibration error of groups",
        "≤ .12",
        format!("{:.3}", error / n.max(1) as f64),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_with_zones_and_fractions() {
        let t = |s: &str| seconds(&json!(s));
        assert_eq!(t("2023-11-14T00:00:00+00:00"), Some(1_699_920_000.0));
        assert_eq!(t("2023-11-14T01:00:00.250+01:00"), Some(1_699_920_000.25));
        assert_eq!(t("2023-11-13T19:00:00-05:00"), Some(1_699_920_000.0));
        assert_eq!(seconds(&Value::Null), None);
    }
}
