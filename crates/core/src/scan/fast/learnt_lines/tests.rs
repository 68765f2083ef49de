//! Lines read by what others have shown, against the same lines read by their formats.

use crate::plan::{Plan, PlanConfig, Sampled, plan};
use crate::scan::{ScanConfig, Scanner};
use crate::source::cut;
use crate::summary::Part;
use crate::tests::tried;
use proptest::prelude::*;
use std::sync::LazyLock;

/// Lines that are alike, lines that belong to those before them, and lines that are neither; written in some ten seconds and counted
/// in the next ones, or the other way round.
static LINES: LazyLock<Vec<String>> =
    LazyLock::new(|| tried("learnt line").map(|[line]| line).collect());

/// Texts that wrappers hold beside [`LINES`].
static TEXTS: LazyLock<Vec<String>> =
    LazyLock::new(|| tried("wrapped text").map(|[text]| text).collect());

fn planned(data: &[u8]) -> Plan {
    let sample = Sampled {
        name: "all.log".into(),
        pieces: vec![data.to_vec()],
        ..Sampled::default()
    };
    plan(&[sample], &PlanConfig::default()).unwrap()
}

/// The part of what is read in pieces of that size, each by one that has learnt nothing.
fn read(plan: &Plan, data: &[u8], size: usize, plain: bool) -> Part {
    let config = ScanConfig {
        plain,
        ..ScanConfig::default()
    };
    let input = &plan.inputs[0];
    let pieces = cut(data, size, |d, at| !input.heads || input.begins_at(d, at));
    pieces.into_iter().fold(Part::default(), |part, r| {
        let mut s = Scanner::new(plan, 0, r.start as u64, config);
        s.block(&data[r]);
        part.merge(s.finish()).unwrap()
    })
}

/// A line in a wrapper of that number; several numbers have the usual one.
fn wrapped(line: &str, how: u8, ms: u16, error: bool) -> String {
    let stream = if error { "stderr" } else { "stdout" };
    let time = format!("2026-11-20T06:37:{:02}.{ms:03}", ms % 7);
    let json = |end: &str| {
        let text = format!("{line}{end}")
            .replace('\\', "\\\\")
            .replace('"', "\\\"");
        let text = text
            .replace('\n', "\\n")
            .replace('\t', "\\t")
            .replace('<', "\\u003c");
        let text = text.replace('\u{1b}', "\\u001b");
        format!(
            r#"{{"log":"{text}","stream":"{stream}","time":"{time}000{}Z"}}"#,
            ms % 1000 + 1
        )
    };
    let line = line.replace('\n', " ");
    match how {
        0..4 => format!("{time}456789Z {stream} F {line}"),
        4..8 => json("\n"),
        8 => format!("{time}456789Z {stream} P {line}"),
        9 => json(""),
        10 => format!("[pod/shop-7d4b9c5f6-x2x9z/shop] {line}"),
        11 => format!("{time}+01:00 {stream} F {line}"),
        12 => format!("<134>1 {time}Z web-1 shop 17 - - {line}"),
        13 => format!(
            r#"{{"@timestamp":"{time}Z","agent":{{"type":"filebeat"}},"message":"{}"}}"#,
            line.replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace(['\t', '\u{1b}'], " ")
        ),
        _ => line,
    }
}

/// The part of what one scanner reads in pieces of that size.
fn read_on(plan: &Plan, data: &[u8], size: usize, plain: bool) -> Part {
    let config = ScanConfig {
        plain,
        ..ScanConfig::default()
    };
    let mut s = Scanner::new(plan, 0, 0, config);
    for r in cut(data, size, |d, at| plan.inputs[0].begins_at(d, at)) {
        s.block(&data[r]);
    }
    s.finish()
}

proptest! {
    #[test]
    fn what_was_learnt_changes_nothing(
        first in 0..LINES.len(), near in 1usize..6,
        which in proptest::collection::vec((0usize..LINES.len(), 0u8..3, 0u8..10), 1..80),
    ) {
        let mut data = Vec::new();
        for (n, how, digit) in which {
            // most lines of a file are of few kinds
            let line = &LINES[if how == 0 { n } else { (first + n % near) % LINES.len() }];
            let at = line.rfind(|c: char| c.is_ascii_digit());
            let mut line = line.as_bytes().to_vec();
            if let Some(at) = at {
                line[at] = b'0' + digit;
            }
            data.extend_from_slice(&line);
            data.push(b'\n');
        }
        let plan = planned(&data);
        prop_assume!(!plan.inputs[0].whole);
        let whole = read(&plan, &data, usize::MAX / 2, false);
        prop_assert_eq!(&whole, &read(&plan, &data, usize::MAX / 2, true));
        prop_assert_eq!(&whole, &read(&plan, &data, 1, false));
        prop_assert_eq!(&whole, &read(&plan, &data, 700, false));
    }

    /// The same of lines in wrappers, whole and cut, of texts of several formats and of none.
    #[test]
    fn what_was_learnt_of_wrapped_lines_changes_nothing(
        first in 0..LINES.len() + TEXTS.len(), near in 1usize..6, usual in 0u8..8,
        which in proptest::collection::vec((0usize..LINES.len() + TEXTS.len(), 0u8..4, 0u8..16, 0u16..1000, any::<bool>()), 1..80),
    ) {
        let text = |n: usize| LINES.iter().chain(&*TEXTS).nth(n % (LINES.len() + TEXTS.len())).map_or("", String::as_str);
        let mut data = String::new();
        for (n, seldom, how, ms, error) in which {
            let line = text(if seldom == 0 { n } else { first + n % near });
            let line = match line.rfind(|c: char| c.is_ascii_digit()) {
                Some(at) => format!("{}{}{}", &line[..at], ms % 10, &line[at + 1..]),
                None => line.to_owned(),
            };
            data.push_str(&wrapped(&line, if seldom < 2 { how } else { usual }, ms, error && seldom < 2));
            data.push('\n');
        }
        let data = data.as_bytes();
        let plan = planned(data);
        let whole = read_on(&plan, data, usize::MAX / 2, false);
        prop_assert_eq!(&whole, &read_on(&plan, data, usize::MAX / 2, true));
        prop_assert_eq!(read_on(&plan, data, 700, false), read_on(&plan, data, 700, true));
        // what is joined may begin where it is cut
        if !plan.inputs[0].whole {
            prop_assert_eq!(&whole, &read(&plan, data, 700, false));
        }
    }
}
