//! Rollbacks and changes back, and what it says of the first change that the failures end with them, long after, or not at all.

use super::ends::quoting;
use super::*;
use crate::model::CauseVerdict;
use MarkerKind as M;

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

#[test]
fn while_it_goes_on_a_rollback_that_has_not_helped_leaves_a_lead() {
    let error = "frobnication of basket 17 gave up";
    let w = plain().release(-40, -20, "shop", "2.0");
    let mut w = w.says(0, 900, "web-1", "shop", error);
    (w.end, w.recovered) = (1200, false);
    let r = w.rollback(200, 240, "shop", "1.9").rank();
    leads(&r, CauseClass::Deploy);
    let score = r.causes[0].score;
    assert!((0.1..=0.49).contains(&score), "{}", show(&r));
}

#[test]
fn a_restart_that_another_change_brings_is_not_the_rollback_s() {
    let with = |change: Option<i64>| {
        let error = "frobnication of basket 17 gave up";
        let w = plain().release(-40, -20, "shop", "2.0");
        let mut w = w.says(0, 900, "web-1", "shop", error);
        w.end = 1200;
        let w = w.rollback(200, 240, "shop", "1.9");
        let w = w.event(1190, M::Restart, "web-1", "shop", "", "Restarting");
        let w = match change {
            Some(s) => w.event(s, M::ConfigChange, "", "shop", "", "RATES_MODE set"),
            None => w,
        };
        let r = w.rank();
        let release = r.causes.iter().find(|c| c.class == CauseClass::Deploy);
        release.map_or(0.0, |c| c.score)
    };
    assert!(with(None) > 0.1);
    assert!(with(Some(1185)) <= 0.1);
    assert!(with(Some(600)) > 0.1);
}

#[test]
fn a_restart_long_after_the_one_of_the_rollback_is_not_its_doing() {
    let with = |first: Option<(i64, &str)>| {
        let w = plain().release(-40, -20, "shop", "2.0");
        let mut w = w.says(0, 900, "web-1", "shop", "frobnication of basket 17 gave up");
        w.end = 1200;
        let w = w.rollback(200, 240, "shop", "1.9");
        let restart = |w: World, s, host| w.event(s, M::Restart, host, "shop", "", "Restarting");
        let w = match first {
            Some((s, host)) => restart(w, s, host),
            None => w,
        };
        let r = restart(w, 1190, "web-1").rank();
        let release = r.causes.iter().find(|c| c.class == CauseClass::Deploy);
        release.map_or(0.0, |c| c.score)
    };
    assert!(with(None) > 0.1);
    assert!(with(Some((300, "web-2"))) > 0.1, "one host after the other");
    assert!(with(Some((300, "web-1"))) <= 0.1);
}

#[test]
fn a_change_that_was_turned_back_in_vain_has_that_against_it() {
    let (to, back) = (
        "content changed '{md5}0b41' to '{md5}d2c8'",
        "content changed '{md5}d2c8' to '{md5}0b41'",
    );
    let with = |then: &str, s: i64| {
        let w = plain().says(0, 900, "web-1", "shop", "frobnication of basket 17 gave up");
        let w = quoting(w, -300, M::ConfigChange, "web-1", "Changed: ", to);
        let mut w = quoting(w, s, M::ConfigChange, "web-1", "Changed: ", then);
        w.end = 1200;
        show(&w.rank()).contains("after the change was undone")
    };
    assert!(with(back, 300));
    assert!(!with("content changed '{md5}d2c8' to '{md5}77aa'", 300));
    assert!(!with(back, 1150));
}

#[test]
fn a_rollback_of_which_only_the_end_is_logged_was_under_way_before() {
    let with = |s: i64| {
        let w = plain().release(-40, -20, "shop", "2.0");
        let w = w.says(0, 900, "web-1", "shop", "KeyError: 'x'");
        let r = w
            .event(s, M::RollbackFinish, "", "shop", "1.9", "back")
            .rank();
        let release = r.causes.iter().find(|c| c.class == CauseClass::Deploy);
        release.is_some_and(|c| format!("{:?}", c.con).contains("over before the rollback"))
    };
    assert!(!with(426));
    assert!(with(900));
}

#[test]
fn a_release_at_both_ends_is_suspected_where_another_program_errs() {
    let errs = |w: World| {
        w.apps(&["web-1", "web-2"])
            .release(-600, -560, "shop-cart", "4.1.0")
            .rollback(120, 130, "shop-cart", "4.0.9")
            .release(-60, -20, "shop-prices", "9.9.9")
            .rollback(390, 440, "shop-prices", "9.9.8")
            .says(
                0,
                900,
                "web-1",
                "shop-cart",
                "TypeError: price.toFixed is not a function",
            )
    };
    let r = errs(World::new("shop-cart")).rank();
    names(&r, CauseClass::Deploy, "9.9.9");
    // not where something else was changed as the failures began
    let r = errs(World::new("shop-cart"))
        .event(-150, M::ConfigChange, "edge-1", "", "", "nginx reloaded")
        .rank();
    refuses(&r);
}
