//! Which rows share a line and what it says, on rows made by hand.

use super::*;
use crate::report::sentence::{Clock, Medium, render};
use coroner_infer::model::fixture;
use coroner_infer::model::{Basis, Report};

/// A row at `s` seconds after the onset of the example, cited at a line of its own.
struct Row(K, i64, Option<&'static str>, Option<&'static str>, Sentence);

fn name(s: &str) -> LogText {
    LogText::name(s.as_bytes())
}

fn report(rows: Vec<Row>) -> Report {
    let mut r = fixture::report();
    let i = &mut r.incidents[0];
    let plain = i.timeline[0].clone();
    i.timeline = rows
        .into_iter()
        .enumerate()
        .map(|(n, Row(kind, s, service, host, text))| {
            let mut e = plain.clone();
            e.id = format!("r{n}");
            e.letter = None;
            e.basis = Basis::Stated;
            e.time = Some(Instant(i.onset.0 + s * SECOND));
            (e.kind, e.text, e.group) = (kind, text, None);
            (e.service, e.host, e.version) = (service.map(name), host.map(name), None);
            e.evidence.truncate(1);
            e.evidence[0].line = 100 + n as u64;
            e
        })
        .collect();
    r
}

/// `time text (rows)` of each line.
fn lines_of(r: &Report) -> Vec<String> {
    let i = &r.incidents[0];
    let clock = Clock {
        zone: r.settings.zone,
        day: i.onset,
    };
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

fn log(before: &'static str, quote: &str) -> Sentence {
    Sentence::words(before).log(&LogText::new(quote.as_bytes()))
}

fn on(before: &'static str, host: &str) -> Sentence {
    Sentence::words(before).w(" on ").name(&name(host))
}

#[test]
fn the_steps_of_an_autoscaler_are_one_line() {
    let row = |s, service, said: &str| {
        Row(
            K::Scale,
            s,
            Some(service),
            None,
            log("Replicas changed: ", said),
        )
    };
    let r = report(vec![
        row(0, "bulk", "to 4 from 1"),
        row(30, "bulk", "to 8 from 4"),
        row(60, "bulk", "to 16 from 8"),
        row(61, "web", "to 3 from 2"),
    ]);
    let until = "until 13:06:";
    let lines = lines_of(&r);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("0 Replicas changed: “to 4 from 1”, then “to 16 from 8”, "));
    assert!(
        lines[0].contains(until) && lines[0].ends_with("(3)"),
        "{lines:?}"
    );
}

#[test]
fn stops_and_starts_of_one_service_are_one_line() {
    let row = |k, s, service: Option<&'static str>, host| {
        let text = Sentence::words(format!("{} x", service.unwrap_or("it")));
        Row(k, s, service, Some(host), text)
    };
    let (stop, start) = (K::ServiceStop, K::ServiceStart);
    let mut rows = vec![
        row(stop, -1, Some("shop"), "web-1"),
        row(stop, -1, Some("shop"), "web-2"),
        row(stop, -1, Some("db@15"), "db-1"),
        Row(K::Onset, 0, None, None, Sentence::words("5xx begins")),
        // The process itself says so too, without the name of the unit.
        row(stop, 0, None, "web-1"),
        row(start, 1, Some("shop"), "web-1"),
        row(start, 4, Some("db"), "db-1"),
        row(start, 200, Some("shop"), "web-2"),
    ];
    rows[4].4 = log("A service stops: ", "Shutting down");
    assert_eq!(
        lines_of(&report(rows)),
        [
            "-1 shop restarts on web-1; stops on web-2 (4)",
            "-1 db@15 restarts on db-1 (2)",
            "0 5xx begins (1)",
            "200 shop x (1)",
        ]
    );
}

#[test]
fn what_was_asked_for_is_known_by_what_came_of_it() {
    let asked = |command: &str| {
        on("Command", "a")
            .w(": ")
            .log(&LogText::new(command.as_bytes()))
    };
    let rows = vec![
        Row(K::Restart, 0, None, Some("a"), asked("restart shop")),
        Row(
            K::ServiceStop,
            1,
            Some("shop"),
            Some("a"),
            on("shop stops", "a"),
        ),
        Row(K::ServiceStart, 90, None, Some("a"), asked("start shop")),
    ];
    assert_eq!(
        lines_of(&report(rows)),
        ["0 shop stops on a (2)", "90 Command on a: “start shop” (1)"]
    );
}

#[test]
fn a_restart_that_was_asked_for_takes_what_follows_on_its_host() {
    let rows = vec![
        Row(K::Restart, 0, None, Some("a"), on("Restart", "a")),
        Row(
            K::ServiceStop,
            1,
            Some("shop"),
            Some("a"),
            on("shop stops", "a"),
        ),
        Row(
            K::ServiceStop,
            2,
            Some("shop"),
            Some("b"),
            on("shop stops", "b"),
        ),
        Row(
            K::ServiceStart,
            3,
            Some("shop"),
            Some("a"),
            on("shop starts", "a"),
        ),
    ];
    assert_eq!(
        lines_of(&report(rows)),
        ["0 Restart on a (3)", "2 shop stops on b (1)"]
    );
}

#[test]
fn key_rows_keep_lines_of_their_own() {
    let rows = vec![
        Row(
            K::DeployStart,
            0,
            Some("s"),
            None,
            Sentence::words("Deploy begins"),
        ),
        Row(
            K::DeployFinish,
            1,
            Some("s"),
            None,
            Sentence::words("Deploy done"),
        ),
        Row(
            K::RollbackStart,
            2,
            Some("s"),
            None,
            Sentence::words("Rollback begins"),
        ),
        Row(
            K::AlertAcknowledged,
            3,
            None,
            None,
            Sentence::words("On-call acknowledges"),
        ),
        Row(
            K::AlertAcknowledged,
            3,
            None,
            None,
            Sentence::words("On-call acknowledges"),
        ),
        Row(K::Recovery, 4, None, None, Sentence::words("normal")),
    ];
    let all = lines_of(&report(rows));
    assert_eq!(all.len(), 6, "{all:?}");
}

#[test]
fn a_new_step_of_the_story_opens_a_new_line() {
    let row = |k, s| Row(k, s, Some("shop"), Some("a"), on("shop does", "a"));
    let rows = vec![
        row(K::ServiceStop, 0),
        row(K::ServiceStart, 1),
        row(K::RollbackStart, 20),
        row(K::ServiceStop, 30),
        row(K::ServiceStart, 31),
    ];
    let all = lines_of(&report(rows));
    assert_eq!(all[0], "0 shop restarts on a (2)");
    assert_eq!(all[2], "30 shop restarts on a (2)");
}

#[test]
fn a_lettered_row_leads_its_line_and_two_never_share_one() {
    let row = |k, s| Row(k, s, Some("shop"), Some("a"), on("shop does", "a"));
    let mut r = report(vec![
        row(K::ServiceStop, 0),
        row(K::ServiceStart, 1),
        row(K::ServiceStop, 50),
    ]);
    r.incidents[0].timeline[1].letter = Some('A');
    assert_eq!(
        lines_of(&r),
        ["1 shop restarts on a (3)"].map(|s| s.replace("restarts", "starts and stops"))
    );
    r.incidents[0].timeline[2].letter = Some('B');
    let leads: Vec<_> = of(&r.incidents[0]).iter().map(|l| l.lead.letter).collect();
    assert_eq!(leads, [Some('A'), Some('B')]);
}

#[test]
fn the_same_fault_on_several_hosts_names_them_all() {
    let fault = |s, host: &'static str, text: &str, lines: u64| {
        let t = on("Fault (power)", host)
            .w(": ")
            .log(&LogText::new(text.as_bytes()));
        let t = if lines > 1 {
            t.w(" (").p(Piece::Count(lines)).w(" lines)")
        } else {
            t
        };
        Row(K::Fault, s, None, Some(host), t)
    };
    let rows = vec![
        fault(0, "ups", "UPS rack-b on battery", 1),
        fault(1, "a", "Power Supply PS1 AC lost Asserted", 2),
        fault(1, "b", "Power Supply PS2 AC lost Asserted", 1),
    ];
    assert_eq!(
        lines_of(&report(rows)),
        [
            "0 Fault (power) on ups: “UPS rack-b on battery” (1)",
            "1 Fault (power) on a, b: “Power Supply PS1 AC lost Asserted” (3 lines) (2)",
        ]
    );
}

#[test]
fn other_words_are_counted_apart_and_the_last_line_is_the_last_of_all() {
    let crash = |s, text: &str, lines, until| {
        let t = log("Crash: ", text).w(" (").p(Piece::Count(lines));
        let until = Piece::Time(Instant::from_second(until));
        let t = t.w(" lines").w(" until ").p(until).w(")");
        Row(K::Crash, s, None, Some("a"), t)
    };
    let rows = vec![
        crash(0, "node 1 dies of a clock", 3, 60),
        crash(1, "node 2 dies of a clock", 4, 120),
        crash(2, "node 1 dies of a signal", 51, 90),
    ];
    let said = lines_of(&report(rows));
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("“node 1 dies of a clock” (7 lines until ")
            && said[0].contains(":02:00), and 51 in other words"),
        "{said:?}"
    );
}

#[test]
fn another_server_and_a_later_host_are_lines_of_their_own() {
    let down = |s, server: &str| {
        let text = format!("Server {server} is DOWN, reason: Layer4 connection problem");
        Row(
            K::BackendDown,
            s,
            Some("app"),
            None,
            log("Backend marked down: ", &text),
        )
    };
    let reload = |s, host| Row(K::ConfigChange, s, None, Some(host), on("Reloaded", host));
    let mut r = report(vec![
        down(0, "app/web1"),
        down(5, "app/web2"),
        down(45, "app/web1"),
        reload(60, "a"),
        reload(64, "b"),
        reload(135, "c"),
    ]);
    for (e, server) in r.incidents[0].timeline.iter_mut().zip(["1", "2", "1"]) {
        e.upstream = Some(name(server));
    }
    let lines = lines_of(&r);
    assert!(
        lines[0].ends_with("problem” (2 lines), until 13:05:49 (2)"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("5 ") && lines[1].ends_with("problem” (1)"),
        "{lines:?}"
    );
    assert_eq!(
        lines[2..],
        ["60 Reloaded on a, b (2 lines) (2)", "135 Reloaded on c (1)"]
    );
}

#[test]
fn one_log_line_is_one_line_here() {
    let mut r = report(vec![
        Row(
            K::NewError,
            0,
            None,
            None,
            log("New error: ", "no live upstreams"),
        ),
        Row(
            K::BackendDown,
            0,
            None,
            None,
            log("Backend marked down: ", "no live upstreams"),
        ),
        Row(
            K::MitigationFinish,
            5,
            None,
            None,
            log("Action done: ", "find -delete"),
        ),
        Row(
            K::MitigationStart,
            5,
            None,
            None,
            log("Action: ", "find -delete"),
        ),
    ]);
    let rows = &mut r.incidents[0].timeline;
    (rows[1].evidence, rows[3].evidence) = (rows[0].evidence.clone(), rows[2].evidence.clone());
    let i = &r.incidents[0];
    let lines = of(i);
    assert_eq!(
        lines.iter().map(|l| l.rows.len()).collect::<Vec<_>>(),
        [2, 2]
    );
    assert_eq!(lines[0].lead.kind, K::BackendDown);
    assert!(lines.iter().all(|l| l.evidence().len() == 1));
    assert_eq!(lines[1].text(), log("Action: ", "find -delete"));
}

#[test]
fn pages_repeat_and_resolve_in_one_line_each() {
    let page = |s, text: &str| Row(K::AlertFired, s, None, None, log("Page: ", text));
    let resolved = |s| {
        Row(
            K::AlertResolved,
            s,
            None,
            None,
            Sentence::words("Alert resolved"),
        )
    };
    let mut r = report(vec![
        page(0, "5xx high"),
        page(300, "5xx high"),
        page(600, "5xx high"),
        page(605, "host a down"),
        page(610, "host b down"),
        resolved(900),
        resolved(901),
        page(1000, "5xx high"),
    ]);
    r.incidents[0].timeline[0].letter = Some('A');
    assert_eq!(
        lines_of(&r),
        [
            "0 Page: “5xx high”; it fires 2 more times, until 13:15:04 (3)",
            "605 Page: “host a down”, “host b down” (2)",
            "900 Alert resolved (2)",
            "1000 Page: “5xx high” (1)",
        ]
    );
}
