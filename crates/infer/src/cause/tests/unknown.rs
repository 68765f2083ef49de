//! Cases in words that no vocabulary knows: where a message stands among the failures, and what it shares with a change, speaks.

use super::*;
use MarkerKind as M;

/// What no entry of the vocabulary states.
const WORDS: &str = "frobnication of basket 17 gave up";

#[test]
fn a_new_message_for_most_failures_speaks_for_the_release_before_it() {
    assert_eq!(fault(WORDS), None);
    let of = |lines: u64| {
        let w = plain().release(-40, -20, "shop", "2.0");
        w.says(0, lines, "web-1", "shop", WORDS).rank()
    };
    names(&of(900), CauseClass::Deploy, "2.0");
    // a handful of lines beside a thousand failures are no message about them
    refuses(&of(20));
}

#[test]
fn without_a_change_it_is_no_guess_at_one() {
    let r = plain().says(0, 900, "web-1", "shop", WORDS).rank();
    refuses(&r);
}

#[test]
fn what_no_change_explains_is_told_by_its_errors() {
    let error = "InvalidOperationException: The licence has ended";
    let r = plain().says(0, 900, "web-1", "shop", error).rank();
    refuses(&r);
    let unknown = r.causes.iter().find(|c| c.class == CauseClass::Unknown);
    let said = unknown.and_then(|c| c.culprit.as_ref());
    assert_eq!(said.map(|n| n.name.for_json()), Some(error), "{}", show(&r));
    let flag = r.causes.iter().find(|c| c.class == CauseClass::FeatureFlag);
    assert!(flag.is_none_or(|c| c.score < 0.1), "{}", show(&r));
}

#[test]
fn lines_for_most_failures_are_evidence_whoever_wrote_them() {
    let full = "no space left on device";
    let of = |lines: u64| plain().says(0, lines, "jobs-9", "printer", full).rank();
    names(&of(900), CauseClass::Disk, "");
    refuses(&of(20));
}

#[test]
fn a_name_in_the_change_and_in_the_errors_ties_them() {
    let of = |setting: &str| {
        let said = format!("settings: {setting} set to on by ann");
        let w = plain().event(-50, M::ConfigChange, "web-1", "shop", "", &said);
        w.says(0, 900, "web-1", "shop", "view orders_by_region gave up")
            .rank()
    };
    let claims = |r: &Ranking| {
        let config = r.causes.iter().find(|c| c.class == CauseClass::Config);
        let mut pro = config.into_iter().flat_map(|c| &c.pro);
        pro.any(|p| format!("{:?}", p.text).contains("which the change names too"))
    };
    assert!(claims(&of("orders_by_region")));
    // what goes on behind a mark is of the same thing
    assert!(claims(&of("orders_by_region_max")));
    assert!(!claims(&of("orders_by_regional")));
    assert!(!claims(&of("orders_by_colour")));
    names(&of("orders_by_region"), CauseClass::Config, "");
    // what another change names as well is no tie to this one
    let other = "region sync: orders_by_region kept for catalog by bob";
    let said = "settings: orders_by_region set to on by ann";
    let w = plain().event(-9000, M::DeployStart, "web-7", "catalog", "", other);
    let w = w.event(-50, M::ConfigChange, "web-1", "shop", "", said);
    let r = w.says(0, 900, "web-1", "shop", "view orders_by_region gave up");
    assert!(!claims(&r.rank()));
}

#[test]
fn a_name_that_its_errors_leave_out_is_the_one_that_the_others_name() {
    let with = |others: &[&str]| {
        let w = plain().says(
            0,
            900,
            "web-1",
            "shop",
            "provider: TCP Provider, error: 0 - No such host is known.",
        );
        let say = |w: World, t: &&str| w.says(0, 900, "web-1", "shop", t);
        others.iter().fold(w, say).rank()
    };
    let server = "connection to database 'Orders' on server 'tcp:sql-ord.corp.example,1433' failed";
    names(&with(&[server]), CauseClass::Dns, "sql-ord.corp.example");
    // a package is no host, and of two it may be either
    let package = "pool of com.zaxxer.hikari gave up";
    names(
        &with(&[server, package]),
        CauseClass::Dns,
        "sql-ord.corp.example",
    );
    let r = with(&[server, "call of pay.corp.example failed"]);
    assert!(!show(&r).contains("sql-ord.corp.example)"), "{}", show(&r));
}

#[test]
fn what_comes_later_than_the_failures_does_not_start_with_them() {
    let of = |first: i64| {
        let r = plain().says(first, 900, "web-1", "shop", "no space left on device");
        show(&r.rank())
    };
    assert!(of(5).contains("start and stop together"), "{}", of(5));
    let late = of(50);
    assert!(
        late.contains("about as long") && !late.contains("start and stop"),
        "{late}"
    );
}
