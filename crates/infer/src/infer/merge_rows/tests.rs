//! Rows of one act: what is joined, stays apart, is dropped. Times are in seconds, small and made up.

use crate::infer::merge_rows::*;
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
    }
}

#[test]
fn a_finish_while_a_rollback_is_open_is_its_finish() {
    let got = acts(vec![
        row(0, 0, 1, K::DeployStart, "a"),
        row(60, 0, 2, K::DeployFinish, "a"),
        row(600, 0, 3, K::RollbackStart, "a"),
        row(660, 0, 4, K::DeployFinish, "a"),
    ]);
    assert_eq!(
        got.iter().map(|r| r.kind).collect::<Vec<_>>(),
        [
            K::DeployStart,
            K::DeployFinish,
            K::RollbackStart,
            K::RollbackFinish
        ]
    );
}

#[test]
fn a_recap_ends_the_deploy_before_it_and_one_failed_host_fails_it() {
    let recap = |s, o, kind| StatedMarker {
        text: b"web-1 : ok=6 changed=3 unreachable=0 failed=?".to_vec(),
        ..row(s, 0, o, kind, "")
    };
    let kinds = |rows| acts(rows).iter().map(|r| r.kind).collect::<Vec<_>>();
    let start = row(0, 0, 1, K::RollbackStart, "");
    let (done, failed) = (K::DeployFinish, K::DeployFail);
    assert_eq!(
        kinds(vec![start.clone(), recap(60, 2, done), recap(60, 3, done)]),
        [K::RollbackStart, K::RollbackFinish]
    );
    assert_eq!(
        kinds(vec![
            start.clone(),
            recap(60, 2, done),
            recap(60, 3, failed)
        ]),
        // a play that undoes a release and fails is a failed rollback, whatever words the recap has
        [K::RollbackStart, K::RollbackFail]
    );
    // the play of an hour later was no deploy: it set a host up, if it changed anything
    assert_eq!(
        kinds(vec![start, recap(60, 2, done), recap(3660, 3, done)]),
        [K::RollbackStart, K::RollbackFinish, K::ConfigChange]
    );
    let nothing = StatedMarker {
        text: b"web-1 : ok=6 changed=0 unreachable=0 failed=0".to_vec(),
        ..recap(60, 2, done)
    };
    assert_eq!(kinds(vec![nothing]), []);
}

#[test]
fn stopping_and_stopped_are_one_row_at_the_first_line() {
    let got = acts(vec![
        row(0, 0, 1, K::ServiceStop, "a"),
        row(3, 0, 2, K::ServiceStop, "a"),
        row(4, 0, 3, K::ServiceStop, "b"),
    ]);
    assert_eq!(got.len(), 2);
    assert_eq!(
        (got[0].time, got[0].evidence.len()),
        (Some(Instant::from_second(0)), 2)
    );
}

#[test]
fn the_same_words_later_are_of_another_instance() {
    let stop = |s, o, text: &str| StatedMarker {
        text: text.into(),
        ..row(s, 0, o, K::ServiceStop, "a")
    };
    let got = acts(vec![
        stop(0, 1, "Stopping a"),
        stop(2, 2, "Stopped a"),
        stop(60, 3, "Stopping a"),
        stop(61, 4, "Stopping a"),
    ]);
    let at = |r: &StatedMarker| (r.time.unwrap().second(), r.evidence.len());
    assert_eq!(got.iter().map(at).collect::<Vec<_>>(), [(0, 2), (60, 2)]);
}

#[test]
fn where_a_log_reports_a_release_what_people_write_is_a_note() {
    let said = StatedMarker {
        confidence: coroner_lines::marker::SAID,
        ..row(0, 0, 1, K::RollbackStart, "")
    };
    let kinds = |rows| acts(rows).iter().map(|r| r.kind).collect::<Vec<_>>();
    assert_eq!(kinds(vec![said.clone()]), [K::RollbackStart]);
    let done = row(100, 1, 1, K::RollbackStart, "a");
    assert_eq!(kinds(vec![said, done]), [K::HumanNote, K::RollbackStart]);
}

#[test]
fn a_start_between_two_stops_makes_two_of_them() {
    let kinds = [
        K::ServiceStop,
        K::ServiceStop,
        K::ServiceStart,
        K::ServiceStop,
    ];
    let rows = kinds.iter().enumerate();
    let got = acts(
        rows.map(|(i, k)| row(i as i64, 0, i as u64, *k, "a"))
            .collect(),
    );
    let left: Vec<K> = got.iter().map(|r| r.kind).collect();
    assert_eq!(left, [K::ServiceStop, K::ServiceStart, K::ServiceStop]);
}

#[test]
fn each_server_that_goes_down_is_a_row_and_its_backend_without_any_is_not() {
    let down = |s, o, text: &str| StatedMarker {
        typed: true,
        package: false,
        text: text.into(),
        ..row(s, 0, o, K::BackendDown, "app")
    };
    let got = acts(vec![
        down(0, 1, "Server app/web02 is DOWN, reason: x"),
        down(2, 2, "Server app/web01 is DOWN, reason: x"),
        down(2, 3, "backend app has no server available!"),
        down(9, 4, "Server app/web01 is DOWN, reason: x"),
    ]);
    let lines =
        |got: &[StatedMarker]| -> Vec<usize> { got.iter().map(|r| r.evidence.len()).collect() };
    assert_eq!(lines(&got), [1, 2, 1]);
    // known by words, and each stated again
    let said = |s, o, text: &str| StatedMarker {
        typed: false,
        ..down(s, o, text)
    };
    let got = acts(vec![
        said(0, 1, "Server app/web02 is DOWN, reason: x"),
        said(2, 2, "Server app/web01 is DOWN, reason: x"),
        said(9, 3, "Server app/web02 is DOWN, reason: y"),
    ]);
    assert_eq!(lines(&got), [2, 1]);
}

#[test]
fn releases_of_two_services_in_one_log_are_two_rows() {
    let got = acts(vec![
        row(0, 0, 1, K::DeployStart, "a"),
        row(1, 0, 2, K::DeployStart, ""),
        row(3, 0, 3, K::DeployStart, "b"),
    ]);
    assert_eq!(got.len(), 2);
}

#[test]
fn the_end_of_a_run_is_of_what_its_beginning_names() {
    let of = |kind, run: &str, service| StatedMarker {
        typed: true,
        confidence: Notice::ALONE_NOTHING,
        group: Some(run.into()),
        ..row(1, 0, 1, kind, service)
    };
    let end = |run| of(K::DeployFinish, run, "");
    let got = acts(vec![of(K::DeployStart, "a", "x"), end("b"), end("a")]);
    assert!(got.len() == 2 && got[1].service == got[0].service);
}

#[test]
fn acts_of_two_services_or_versions_are_never_one_row() {
    let of = |o: u64, input, kind, service: &str, version: &str| StatedMarker {
        typed: true,
        group: Some(b"g".to_vec()),
        version: (!version.is_empty()).then(|| version.into()),
        ..row(o as i64, input, o, kind, service)
    };
    for kind in [
        K::DeployStart,
        K::DeployFinish,
        K::RollbackStart,
        K::ConfigChange,
        K::AlertFired,
    ] {
        for input in [0, 1] {
            let two = acts(vec![of(1, 0, kind, "a", "1"), of(2, input, kind, "b", "1")]);
            assert_eq!(
                two.len(),
                if kind == K::AlertFired && input == 0 {
                    1
                } else {
                    2
                },
                "{kind:?} of two services"
            );
        }
    }
    // lines of each service lie between those of the other, and each keeps its own
    let steps = [
        ("a", ""),
        ("b", "2"),
        ("", ""),
        ("a", "1"),
        ("b", ""),
        ("a", "3"),
    ];
    let rows = steps.iter().zip(1..);
    let got = acts(
        rows.map(|((s, v), o)| of(o, 0, K::DeployStart, s, v))
            .collect(),
    );
    let named: Vec<_> = got
        .iter()
        .map(|r| (r.service.as_deref(), r.version.as_deref(), r.evidence.len()))
        .collect();
    assert_eq!(
        named,
        [
            (Some(&b"a"[..]), Some(&b"1"[..]), 2),
            (Some(b"b"), Some(b"2"), 3),
            (Some(b"a"), Some(b"3"), 1)
        ]
    );
}

#[test]
fn a_resent_alert_is_the_same_alert_until_it_is_resolved() {
    let alert = |s, o, k| StatedMarker {
        typed: true,
        package: false,
        group: Some(b"g".to_vec()),
        ..row(s, 0, o, k, "")
    };
    let got = acts(vec![
        alert(0, 1, K::AlertFired),
        alert(300, 2, K::AlertFired),
        alert(600, 3, K::AlertResolved),
        alert(900, 4, K::AlertFired),
    ]);
    assert_eq!(
        got.iter().map(|r| r.kind).collect::<Vec<_>>(),
        [K::AlertFired, K::AlertResolved, K::AlertFired]
    );
}

#[test]
fn an_alert_of_the_same_words_is_sent_again_until_it_is_resolved_or_long_silent() {
    let says = |s, o, k, text: &str| StatedMarker {
        text: text.into(),
        ..row(s, 0, o, k, "")
    };
    let (fired, over) = (K::AlertFired, K::AlertResolved);
    let got = acts(vec![
        says(0, 1, fired, "'srv' inode usage 90.1% matches limit"),
        says(5, 2, fired, "'web' load 6.4 matches limit"),
        says(120, 3, fired, "'srv' inode usage 90.2% matches limit"),
        says(130, 4, over, "'web' load check succeeded"),
        says(240, 5, fired, "'srv' inode usage 91.0% matches limit"),
        says(250, 6, fired, "'web' load 7.0 matches limit"),
        says(360, 7, over, "'srv' inode check succeeded"),
        says(3_000, 8, fired, "'web' load 7.0 matches limit"),
        says(3_010, 9, fired, "'web-2' load 7.0 matches limit"),
    ]);
    let merged: Vec<_> = got.iter().map(|r| (r.offset, r.evidence.len())).collect();
    assert_eq!(
        merged,
        [(1, 3), (2, 1), (4, 1), (6, 1), (7, 1), (8, 1), (9, 1)]
    );
}

#[test]
fn what_was_asked_for_and_failed_is_reported_as_failed() {
    let kinds_of = |rows: &[(i64, K, &str)]| -> Vec<(K, String)> {
        let mut rows: Vec<StatedMarker> = (rows.iter().zip(1..))
            .map(|((s, kind, text), n)| StatedMarker {
                text: text.as_bytes().to_vec(),
                ..row(*s, 0, n, *kind, "")
            })
            .collect();
        failed_orders(&mut rows);
        let text = |r: &StatedMarker| String::from_utf8_lossy(&r.text).into_owned();
        rows.iter().map(|r| (r.kind, text(r))).collect()
    };
    let start = "ops : USER=root ; COMMAND=/usr/bin/systemctl start nginx";
    let failed = "nginx.service: Failed with result 'exit-code'.";
    let up = "Started nginx.service - web server.";
    assert_eq!(
        kinds_of(&[(0, K::ServiceStart, start), (1, K::Crash, failed)]),
        [(K::Crash, failed.into())]
    );
    // it was up before it fell
    let fell = [
        (0, K::ServiceStart, start),
        (1, K::ServiceStart, up),
        (2, K::Crash, failed),
    ];
    assert_eq!(kinds_of(&fell).len(), 3);
    let refused = "Reload failed for nginx.service - web server.";
    let reload = [
        (0, K::ConfigChange, "Reloading nginx.service"),
        (1, K::ConfigChange, refused),
    ];
    let reload = kinds_of(&reload);
    assert!(reload.iter().all(|(_, text)| text == refused));
}

#[test]
fn orders_cost_what_there_are_of_them() {
    // to look through all rows for each of them would take hours
    let order = b"ops : USER=root ; COMMAND=/usr/bin/systemctl start app";
    let order = |n: u64| StatedMarker {
        text: order.to_vec(),
        service: Some(n.to_string().into_bytes()),
        ..row(n as i64, 0, n, K::ServiceStart, "")
    };
    let mut rows: Vec<StatedMarker> = (1..=200_000).map(order).collect();
    rows.push(row(200_001, 0, 200_001, K::Crash, ""));
    failed_orders(&mut rows);
    // what fell has no name, so that it may be any of those of the 90 s before
    assert_eq!(rows.len(), 200_001 - 90);
}

#[test]
fn a_page_that_a_pager_passes_on_is_one_at_the_time_it_was_sent() {
    let alert = |s, n, kind, text: &str, group: &str| StatedMarker {
        text: text.as_bytes().to_vec(),
        group: Some(group.into()),
        typed: true,
        ..row(s, 0, n, kind, "")
    };
    let sent = "[FIRING:1] HighErrorRatio (shop critical)";
    let got = acts(vec![
        alert(10, 1, K::AlertFired, "HighErrorRatio: too many 5xx", "f1"),
        alert(45, 2, K::AlertFired, sent, "5127"),
        alert(46, 3, K::AlertFired, "[FIRING:1] DiskFull (shop)", "5128"),
        alert(
            600,
            4,
            K::AlertResolved,
            "HighErrorRatio: too many 5xx",
            "f1",
        ),
        alert(636, 5, K::AlertResolved, sent, "5127"),
    ]);
    let times: Vec<_> = got.iter().filter_map(|r| r.time).collect();
    assert_eq!(times, [45, 46, 636].map(Instant::from_second));
    assert_eq!(got[0].evidence.len(), 2);
}

#[test]
fn the_end_that_a_foreign_log_states_ends_no_page_of_ours() {
    let count_of = |rows: Vec<StatedMarker>| acts(rows).len();
    let ours = || row(0, 0, 1, K::AlertFired, "");
    assert_eq!(
        count_of(vec![ours(), row(90, 1, 1, K::AlertResolved, "")]),
        1
    );
    assert_eq!(
        count_of(vec![ours(), row(90, 0, 2, K::AlertResolved, "")]),
        2
    );
    // where no page was recognised, it may be of one
    assert_eq!(count_of(vec![row(90, 1, 1, K::AlertResolved, "")]), 1);
}

#[test]
fn the_steps_of_a_rollback_are_its_own() {
    let set = |s, n, kind, version: &str| StatedMarker {
        version: (!version.is_empty()).then(|| version.into()),
        group: Some(b"prod/shop".to_vec()),
        typed: true,
        ..row(s, 0, n, kind, "shop")
    };
    let got = acts(vec![
        set(0, 1, K::DeployStart, "a1"),
        set(30, 2, K::DeployFinish, ""),
        set(600, 3, K::DeployStart, "b2"),
        set(630, 4, K::DeployFinish, ""),
        set(900, 5, K::DeployStart, "a1"),
        set(920, 6, K::DeployStart, "a1"),
        set(960, 7, K::DeployFinish, ""),
    ]);
    let last: Vec<_> = got.iter().rev().take(2).map(|r| r.kind).collect();
    assert_eq!(last, [K::RollbackFinish, K::RollbackStart]);
    assert_eq!(got.len(), 6);
}

#[test]
fn a_start_that_names_nothing_within_a_release_is_its_step_though_the_end_stands_above_it() {
    let named = |s, offset, kind| StatedMarker {
        version: Some(b"2025.6.3".to_vec()),
        ..row(s, 0, offset, kind, "portal")
    };
    let got = acts(vec![
        named(0, 1, K::DeployStart),
        row(290, 0, 2, K::DeployFinish, "portal"),
        row(20, 0, 3, K::DeployStart, ""),
        row(140, 0, 4, K::DeployStart, ""),
        // behind its end it is another one
        row(500, 0, 5, K::DeployStart, ""),
    ]);
    let kinds: Vec<_> = got.iter().map(|r| (r.kind, r.evidence.len())).collect();
    assert_eq!(
        kinds,
        [
            (K::DeployStart, 3),
            (K::DeployFinish, 1),
            (K::DeployStart, 1)
        ]
    );
}
