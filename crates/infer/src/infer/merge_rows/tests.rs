//! Rows of one act: what is joined, stays apart, is dropped, as `tests/data/rows.txt` tells it.

use crate::infer::merge_rows::*;
use crate::told::{Rest, cases, number};
use coroner_lines::marker::SAID;
use coroner_lines::time::Instant;

pub(in crate::infer) fn row(
    s: i64,
    input: u32,
    offset: u64,
    kind: K,
    service: &str,
) -> StatedMarker {
    StatedMarker {
        time: Some(Instant::from_second(s)),
        after: None,
        before: None,
        place: None,
        input,
        log: input,
        offset,
        kind,
        class: None,
        confidence: 90,
        text: Vec::new(),
        group: None,
        actors: Vec::new(),
        host: None,
        service: (!service.is_empty()).then(|| service.into()),
        version: None,
        typed: false,
        package: false,
        evidence: vec![crate::model::Evidence {
            input,
            line: offset,
            end_line: None,
            byte: offset,
            excerpt: None,
            count: None,
        }],
        last: None,
        by_minute: false,
        alike: 1,
    }
}

const FILE: &str = include_str!("../../../../../tests/data/rows.txt");

#[test]
fn rows_come_out_as_they_are_told() {
    let mut wrong = Vec::new();
    for case in cases(FILE) {
        let mut pass = "";
        let mut rows = Vec::new();
        for fact in &case.facts {
            match fact.strip_prefix("by ") {
                Some(name) => pass = name,
                None => rows.push(told(fact, rows.len() as u64 + 1)),
            }
        }
        let got = passed(pass, rows);
        let as_told = match case.wanted.as_slice() {
            [n] if n.parse() == Ok(got.len()) => true,
            all => all.len() == got.len() && all.iter().zip(&got).all(|(w, r)| is_as(w, r)),
        };
        if !as_told {
            let got = got.iter().map(shown).collect::<Vec<_>>().join("\n");
            wrong.push(format!("{}, {}:\n{got}", case.title, case.row));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn passed(by: &str, mut rows: Vec<StatedMarker>) -> Vec<StatedMarker> {
    match by {
        "" => return acts(rows),
        "crash_loops" => crash_loops(&mut rows),
        "drop_listed_ends" => drop_listed_ends(&mut rows),
        "lower_ones" => lower_ones(&mut rows),
        "named_by_others" => named_by_others(&mut rows),
        "named_once" => named_once(&mut rows),
        "plays" => plays(&mut rows),
        "returns" => returns(&mut rows),
        "runs_are_no_starts" => runs_are_no_starts(&mut rows),
        other => panic!("{other} is no pass"),
    }
    rows
}

/// A row as a line tells it, of which as many as it says stand in the file up to it.
fn told(line: &str, n: u64) -> StatedMarker {
    let (line, text) = line.split_once(" : ").unwrap_or((line, ""));
    let mut rest = Rest(line);
    let (second, input) = rest.0.split_once(' ').map_or((line, ""), |w| (w.0, ""));
    let (second, input) = second.split_once('@').unwrap_or((second, input));
    rest.word();
    let kind = rest.known(K::ALL, K::word);
    let input = if input.is_empty() { 0 } else { number(input) };
    let mut r = row(0, input, n, kind, "");
    r.time = (second != "-").then(|| Instant::from_second(number(second)));
    r.text = text.into();
    for word in rest.0.split(' ') {
        match word.split_once('=').unwrap_or((word, "")) {
            ("", _) => {}
            ("v", version) => r.version = Some(version.into()),
            ("g", group) => r.group = Some(group.into()),
            ("h", host) => r.host = Some(host.into()),
            ("by", actor) => r.actors = vec![actor.into()],
            ("at", offset) => {
                r.offset = number(offset);
                (r.evidence[0].line, r.evidence[0].byte) = (r.offset, r.offset);
            }
            ("after", second) => r.after = Some(Instant::from_second(number(second))),
            ("minute", _) => r.by_minute = true,
            ("typed", _) => r.typed = true,
            ("package", _) => r.package = true,
            ("said", _) => r.confidence = SAID,
            ("step", _) => r.confidence = Notice::STEP,
            ("alone", _) => r.confidence = Notice::ALONE_NOTHING,
            (service, _) => r.service = Some(service.into()),
        }
    }
    r
}

/// Whether a row is as a line wants it.
fn is_as(want: &str, r: &StatedMarker) -> bool {
    let (want, text) = want.split_once(" : ").unwrap_or((want, ""));
    let named =
        |of: &Option<Vec<u8>>, want: &str| of.as_deref().unwrap_or_default() == want.as_bytes();
    let lines: u64 = r.evidence.iter().map(|e| e.count.unwrap_or(1)).sum();
    let alike = |n: &str| r.alike == n.parse::<u64>().unwrap_or_default();
    let holds = |(n, word): (usize, &str)| match word.split_once('=').unwrap_or((word, "")) {
        (kind, _) if n == 0 => r.kind.word() == kind,
        ("-", _) => r.service.is_none(),
        ("alike", n) => alike(n),
        ("v", version) => named(&r.version, version),
        ("h", host) => named(&r.host, host),
        ("t", second) => r.time == Some(Instant::from_second(number(second))),
        ("n", offset) => r.offset == number::<u64>(offset),
        ("last", second) => r.last == Some(Instant::from_second(number(second))),
        (word, _) => match word.strip_prefix('x').and_then(|n| n.parse::<u64>().ok()) {
            Some(n) => lines == n,
            None => named(&r.service, word),
        },
    };
    (text.is_empty() || r.text == text.as_bytes()) && want.split(' ').enumerate().all(holds)
}

/// A row for the message of a test that failed.
fn shown(r: &StatedMarker) -> String {
    let text = |of: &Option<Vec<u8>>| of.as_ref().map(|t| String::from_utf8_lossy(t).into_owned());
    format!(
        "{} {:?} v={:?} h={:?} {:?} n={} x{} : {}",
        r.kind.word(),
        text(&r.service),
        text(&r.version),
        text(&r.host),
        r.time,
        r.offset,
        r.evidence.len(),
        String::from_utf8_lossy(&r.text)
    )
}
