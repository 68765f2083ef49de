//! What the end of the failures says, and what their errors point at: acts that undo each other, hosts that are named, limits behind
//! which something else failed.

use super::*;
use crate::model::{CauseVerdict, Piece};
use MarkerKind as M;

/// An event whose row quotes its line.
fn quoting(w: World, s: i64, kind: M, host: &str, says: &str, line: &str) -> World {
    let mut w = w.event(s, kind, host, "", "", line);
    let quoted = |e: &&mut Event| e.time == Some(at(s)) && e.kind == kind;
    if let Some(e) = w.events.iter_mut().find(quoted) {
        e.text = Sentence::words(says).p(Piece::Log(txt(line)));
    }
    w
}

const POOL: &str = "connection pool exhausted: no free connection";

#[test]
fn a_change_and_what_undoes_it_as_the_failures_end_are_the_cause() {
    let with = |last: &str| {
        let w = plain().apps(&["web-1"]).says(0, 900, "web-1", "shop", POOL);
        let w = quoting(
            w,
            -500,
            M::ConfigChange,
            "",
            "Changed: ",
            "revoke rule-3306-db",
        );
        quoting(w, 419, M::ConfigChange, "", "Changed: ", last).rank()
    };
    let undone = with("authorize rule-3306-db");
    assert_eq!(
        undone.causes[0].class,
        CauseClass::Config,
        "{}",
        show(&undone)
    );
    let other = with("authorize rule-443-web");
    assert_eq!(
        other.causes[0].class,
        CauseClass::ConnectionPool,
        "{}",
        show(&other)
    );
}

#[test]
fn commands_that_undo_each_other_are_a_change_and_a_look_is_none() {
    let with = |first: &str, last: &str| {
        let w = plain().apps(&["web-1"]).says(
            2,
            900,
            "web-1",
            "shop",
            "Connection to Redis 10.0.0.9:6379 timed out",
        );
        let w = quoting(
            w,
            -3,
            M::HumanNote,
            "cache-1",
            "Command on cache-1: ",
            first,
        );
        quoting(
            w,
            419,
            M::HumanNote,
            "cache-1",
            "Command on cache-1: ",
            last,
        )
        .rank()
    };
    let undone = with("ufw enable", "ufw disable");
    assert_eq!(
        undone.causes[0].class,
        CauseClass::Config,
        "{}",
        show(&undone)
    );
    for (first, last) in [("ufw status", "ufw status"), ("ss -lntp", "ufw disable")] {
        let r = with(first, last);
        assert_eq!(r.causes[0].class, CauseClass::Cache, "{}", show(&r));
    }
}

#[test]
fn a_fault_of_the_host_that_the_errors_name_is_theirs() {
    let with = |error: &str| {
        plain()
            .apps(&["web-1"])
            .source(Kind::System, "mq-1", "broker")
            .fault(
                -20,
                CauseClass::Disk,
                "mq-1",
                "broker",
                "disk resource limit alarm set",
            )
            .says(0, 20, "web-1", "shop", error)
            .rank()
    };
    names(
        &with("publishing to mq-1:5672 gave up"),
        CauseClass::Disk,
        "",
    );
    refuses(&with("publishing gave up"));
}

#[test]
fn a_limit_hands_on_to_what_failed_before_it() {
    let payment = "POST https://api.payments.example/charge failed: 503";
    let with = |first: i64| {
        plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", POOL)
            .says(first, 100, "web-1", "shop", payment)
            .rank()
    };
    let before = with(-40);
    assert_eq!(
        before.causes[0].class,
        CauseClass::ThirdParty,
        "{}",
        show(&before)
    );
    let after = with(60);
    assert_eq!(
        after.causes[0].class,
        CauseClass::ConnectionPool,
        "{}",
        show(&after)
    );
}

#[test]
fn a_release_that_was_rolled_back_in_vain_is_not_convicted() {
    let mut w = plain().release(-40, -20, "shop", "2.0").says(
        0,
        900,
        "web-1",
        "shop",
        "frobnication of basket 17 gave up",
    );
    w.end = 1200;
    let stayed = w.rank();
    names(&stayed, CauseClass::Deploy, "2.0");
    let r = w.rollback(200, 240, "shop", "1.9").rank();
    assert_ne!(r.verdict, CauseVerdict::Established, "{}", show(&r));
    let release = r.causes.iter().find(|c| c.class == CauseClass::Deploy);
    assert!(release.is_none_or(|c| c.score <= 0.1), "{}", show(&r));
}
