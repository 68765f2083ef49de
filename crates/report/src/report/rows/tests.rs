//! Which rows share a line and what it says, on the rows of `tests/data/row_lines.txt`.

use super::*;
use crate::report::sentence::{Clock, Medium, render};
use coroner_infer::model::{Basis, Report, fixture};

fn name(s: &str) -> LogText {
    LogText::name(s.as_bytes())
}

/// A text from its pieces.
fn sentence(text: &str, onset: Instant) -> Sentence {
    let inner = |p: &str| {
        p.chars()
            .skip(1)
            .take(p.chars().count() - 2)
            .collect::<String>()
    };
    let number = |p: &str| p[1..].parse::<i64>().unwrap();
    text.split('|')
        .fold(Sentence::default(), |s, p| match p.chars().next() {
            Some('“') => s.log(&LogText::new(inner(p).as_bytes())),
            Some('‹') => s.name(&name(&inner(p))),
            Some('#') => s.p(Piece::Count(number(p) as u64)),
            Some('@') => s.p(Piece::Time(Instant(onset.0 + number(p) * SECOND))),
            _ => s.w(p.to_owned()),
        })
}

/// The worked example with other rows, each cited at a line of its own.
fn report(block: &str) -> Report {
    let mut r = fixture::report();
    let i = &mut r.incidents[0];
    let plain = i.timeline[0].clone();
    let rows = block.lines().filter_map(|l| l.strip_prefix("< "));
    let row = |(n, row): (usize, &str)| {
        let cells: Vec<&str> = row.splitn(6, ';').collect();
        let [s, kind, service, host, mark, text] = cells[..] else {
            panic!("{row}")
        };
        let named = |s: &str| (!s.is_empty()).then(|| name(s));
        let letter = mark.chars().next().filter(char::is_ascii_uppercase);
        let mut e = plain.clone();
        e.id = format!("r{n}");
        (e.letter, e.basis, e.group, e.version) = (letter, Basis::Stated, None, None);
        e.time = Some(Instant(i.onset.0 + s.parse::<i64>().unwrap() * SECOND));
        (e.kind, e.text) = (K::from_word(kind).unwrap(), sentence(text, i.onset));
        (e.service, e.host) = (named(service), named(host));
        e.package = mark == "package";
        e.upstream = named(mark).filter(|_| letter.is_none() && !e.package);
        e.evidence.truncate(1);
        e.evidence[0].line = 100 + n as u64;
        e
    };
    i.timeline = rows.enumerate().map(row).collect();
    r
}

/// `seconds text (rows)` of each line.
fn lines_of(r: &Report) -> Vec<String> {
    let i = &r.incidents[0];
    let clock = Clock::of(r, i.onset);
    of(i)
        .iter()
        .map(|l| {
            let s = (l.lead.time.unwrap().0 - i.onset.0) / SECOND;
            let text = render(&l.text(), Medium::Plain, clock);
            assert_eq!(l.evidence().len(), l.rows.len(), "{text}");
            format!("{s} {text} ({})", l.rows.len())
        })
        .collect()
}

#[test]
fn rows_share_lines_as_the_table_says() {
    let table = include_str!("../../../../../tests/data/row_lines.txt");
    for block in table.split("\n\n").skip(1) {
        let wanted = block.lines().filter_map(|l| l.strip_prefix("= "));
        let wanted: Vec<&str> = wanted.collect();
        assert_eq!(lines_of(&report(block)), wanted, "{block}");
        assert!(!wanted.is_empty(), "{block}");
    }
}

#[test]
fn two_lettered_rows_never_share_a_line() {
    let r = report(
        "< 0;service_stop;shop;a;;x\n< 1;service_start;shop;a;A;x\n< 50;service_stop;shop;a;B;x",
    );
    let leads: Vec<_> = of(&r.incidents[0]).iter().map(|l| l.lead.letter).collect();
    assert_eq!(leads, [Some('A'), Some('B')]);
}

#[test]
fn one_log_line_is_one_line_here() {
    let mut r = report(
        "< 0;new_error;;;;New error: |“no live upstreams”\n< 0;backend_down;;;;Marked down: |“no live upstreams”\n\
        < 5;mitigation_finish;;;;Action done: |“find -delete”\n< 5;mitigation_start;;;;Action: |“find -delete”",
    );
    let rows = &mut r.incidents[0].timeline;
    (rows[1].evidence, rows[3].evidence) = (rows[0].evidence.clone(), rows[2].evidence.clone());
    let i = &r.incidents[0];
    let lines = of(i);
    assert!(
        lines
            .iter()
            .all(|l| l.rows.len() == 2 && l.evidence().len() == 1)
    );
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].lead.kind, K::BackendDown);
    assert_eq!(
        lines[1].text(),
        sentence("Action: |“find -delete”", i.onset)
    );
}

#[test]
fn rows_on_many_hosts_are_counted_together() {
    let counted = |hosts: usize| {
        let row = |n: usize| format!("< {n};crash;job-{n};jobs-{n};;“it fell”\n");
        let r = report(&(1..=hosts).map(row).collect::<String>());
        let i = &r.incidents[0];
        let folded: Vec<RowLine<'_>> = i.timeline.iter().map(RowLine::of).collect();
        counts(&folded, i)
    };
    assert_eq!(counted(2), "on jobs-1: 1 crash; on jobs-2: 1 crash");
    assert_eq!(counted(22), "on 22 other hosts: 22 crashes");
}

#[test]
fn what_a_restart_stops_and_starts_is_counted_with_it() {
    let r = report(
        "< 3;restart;web-1;shop;;Restart of |shop\n< 4;service_stop;web-1;shop;;Stop of |shop\n\
        < 6;service_start;web-1;shop;;Start of |shop",
    );
    let i = &r.incidents[0];
    let lines = of(i);
    assert_eq!((lines.len(), lines[0].rows.len()), (1, 3));
    assert!(counts(&lines, i).ends_with("1 restart"));
}

#[test]
fn the_message_that_most_failing_requests_say_is_not_folded() {
    let shown = |count: u64| {
        let mut r =
            report("< 300;new_error;;;;New error: |“no form”\n< 301;new_error;;;;New error: |“b”");
        let i = &mut r.incidents[0];
        let mut said = i.new_templates[0].clone();
        (said.count, said.evidence) = (count, i.timeline[0].evidence.clone());
        (i.impact.failed, i.new_templates) = (Some(200), vec![said]);
        let (shown, folded) = folded(i, &[], 20);
        assert_eq!(shown.len() + folded.len(), 2);
        shown.iter().map(|l| l.lead.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(shown(100), ["r0"]);
    assert!(shown(99).is_empty());
}
