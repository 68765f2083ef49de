//! The table of weights, caps and shares against the sources: which there are, what they are, and where each comes from. How far one may move
//! is measured by `scripts/weights.py`.

use super::files;
use regex::Regex;
use std::collections::BTreeSet;

/// Where a figure comes from: how chance counts, what was counted on outages, or what somebody thought.
const SOURCES: [&str; 3] = ["statistics", "counted", "judgement"];

#[test]
fn every_weight_stands_in_the_table() {
    let table = include_str!("../data/weights.tsv").lines();
    let rows: Vec<Vec<&str>> = table
        .filter(|l| !l.starts_with('#'))
        .map(|l| l.split('\t').collect())
        .collect();
    let moves = Regex::new(r"^\d+/\d+$").unwrap();
    for row in &rows {
        assert!(row.len() == 6 && SOURCES.contains(&row[3]), "{row:?}");
        assert!(row[4..].iter().all(|m| moves.is_match(m)), "{row:?}");
    }
    let listed: BTreeSet<String> = rows.iter().map(|r| r[..3].join(" ")).collect();
    let weight = Regex::new(r"const ([A-Z_0-9]+): f64 = ([^;]+);").unwrap();
    let mut found = BTreeSet::new();
    for f in files() {
        let infers = ["cause", "clock", "detect", "infer"].contains(&f.module());
        if !infers || f.is_test() {
            continue;
        }
        let code = f.code();
        let all = weight.captures_iter(&code);
        found.extend(all.map(|c| format!("{} {} {}", f.path, &c[1], &c[2])));
    }
    let missing: Vec<_> = found.symmetric_difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "in the sources or in the table alone: {missing:#?}"
    );
}
