//! Stated faults beside what the requests show: an effect that fits, one that does not, and a change at once before.

use super::*;
use MarkerKind as M;

/// Failures of one status only.
pub(super) fn failing(status: u16) -> World {
    plain().statuses(&[(200, 400), (status, 1000)])
}

fn first(r: &Ranking) -> CauseClass {
    r.causes[0].class
}

/// How sure the ranking is of a class; 0 where it is not listed.
pub(super) fn score(r: &Ranking, class: CauseClass) -> f64 {
    let of = r.causes.iter().find(|c| c.class == class);
    of.map_or(0.0, |c| c.score)
}

#[test]
fn a_process_that_is_gone_answers_nothing() {
    let died = |status: u16| {
        let exit = "shop.service: Main process exited, code=killed, status=11/SEGV";
        World::new("shop")
            .source(Kind::System, "web-1", "")
            .apps(&["web-1", "web-2"])
            .statuses(&[(200, 400), (status, 1000)])
            .event(0, M::Crash, "web-1", "shop", "", exit)
            .rank()
    };
    assert_eq!(first(&died(502)), CauseClass::Crash);
    names(&died(502), CauseClass::Crash, "");
    refuses(&died(500));
    assert!(score(&died(500), CauseClass::Crash) < 0.5);
}

#[test]
fn what_waits_makes_requests_wait() {
    let pool = |text: &str, slow: Option<f64>| {
        let mut w = failing(500).says(0, 900, "web-1", "shop", text);
        w.slow = slow;
        w.rank()
    };
    let waited =
        "QueuePool limit of size 10 overflow 5 reached, connection timed out, timeout 5.00";
    // whatever its connections wait for uses up a pool: it leads, and no more
    for slow in [Some(0.6), None] {
        let r = pool(waited, slow);
        refuses(&r);
        assert!(score(&r, CauseClass::ConnectionPool) > 0.4);
    }
    let of = |slow| score(&pool(waited, Some(slow)), CauseClass::ConnectionPool);
    assert!(of(0.01) < of(0.6));
    // the limit of a server is one by itself, and may also refuse at once
    let refused = "FATAL: sorry, too many clients already";
    names(&pool(refused, Some(0.01)), CauseClass::ConnectionPool, "");
}

#[test]
fn a_supply_on_battery_is_no_loss_of_power() {
    let battery = "UPS rack-2 on battery: utility power lost";
    let w = || failing(502).fault(-20, CauseClass::Power, "web-1", "upsmon", battery);
    refuses(&w().rank());
    let dark = w()
        .silent(0, 400, true, &["web-1", "web-2"], &[0, 1, 2])
        .rank();
    names(&dark, CauseClass::Power, "");
}

#[test]
fn a_program_that_logs_each_failure_is_what_answers() {
    let full = |status: u16, text: &str| {
        let w = failing(status).says(0, 900, "web-1", "shop", text);
        w.rank()
    };
    let text = "write failed: no space left on device";
    names(&full(500, text), CauseClass::Disk, "");
    refuses(&full(502, text));
    // one that ends over it leaves nobody to answer
    let text = "fatal: write failed: no space left on device";
    names(&full(502, text), CauseClass::Disk, "");
}

#[test]
fn a_rare_change_at_once_before_leaves_a_stated_fault_in_doubt() {
    let text = "charge failed provider=paystar error=connection refused";
    let w = || failing(500).says(0, 900, "web-1", "shop", text);
    names(&w().rank(), CauseClass::ThirdParty, "paystar");
    let flag = w()
        .event(
            -20,
            M::FeatureFlag,
            "",
            "",
            "new_pricing",
            "flag new_pricing on",
        )
        .rank();
    refuses(&flag);
    assert_eq!(first(&flag), CauseClass::ThirdParty, "{}", show(&flag));
    assert!(
        score(&flag, CauseClass::FeatureFlag) > 0.1,
        "{}",
        show(&flag)
    );
    // a quarter of an hour is long enough for something else to break
    let early = w()
        .event(
            -900,
            M::FeatureFlag,
            "",
            "",
            "new_pricing",
            "flag new_pricing on",
        )
        .rank();
    names(&early, CauseClass::ThirdParty, "paystar");
}

#[test]
fn two_coincidences_do_not_convict_a_release_that_the_lines_acquit() {
    let text = "charge failed provider=paystar error=connection refused";
    let r = failing(500)
        .says(0, 900, "web-1", "shop", text)
        .release(-90, -70, "shop", "1.60.5")
        .rollback(380, 400, "shop", "previous")
        .rank();
    assert!(score(&r, CauseClass::Deploy) < 0.5, "{}", show(&r));
}

#[test]
fn a_status_alone_is_no_suspicion() {
    for status in [500, 502, 504] {
        let r = failing(status).rank();
        refuses(&r);
        assert_eq!(r.causes[0].class, CauseClass::Unknown, "{}", show(&r));
    }
}
