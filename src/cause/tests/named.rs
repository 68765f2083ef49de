//! What a cause is named after: versions, tables and hosts that the lines tell in other places than the change log.

use super::*;
use MarkerKind as M;

const COMMIT: &str = "2620ed09ffb088d317cd26bb79fda77f1e446d3b";

fn threw(w: World) -> World {
    w.apps(&["web-1", "web-2"])
        .says(0, 900, "web-1", "shop", "KeyError: 'x'")
}

#[test]
fn a_commit_gets_the_version_that_the_service_names_as_it_starts() {
    let w = threw(World::new("shop"))
        .release(-20, -1, "shop", COMMIT)
        .version(-8, "shop.web", "2.8.0", "web-1");
    names(&w.rank(), CauseClass::Deploy, "2.8.0");
}

#[test]
fn a_release_without_a_version_gets_it_from_the_lines() {
    let w = threw(World::new("shop"))
        .release(-20, -1, "shop", "")
        .version(-700, "shop.web", "2.7.1", "web-1")
        .version(-8, "shop.web", "2.8.0", "web-1");
    names(&w.rank(), CauseClass::Deploy, "2.8.0");
}

#[test]
fn a_long_rollout_gets_the_version_that_begins_near_its_end() {
    let w = threw(World::new("shop"))
        .release(-900, 4, "shop", "20230807084502")
        .version(-1, "", "7.4.0", "web-1");
    names(&w.rank(), CauseClass::Deploy, "7.4.0");
}

#[test]
fn the_version_of_another_service_is_not_taken() {
    let w = threw(World::new("shop"))
        .release(-20, -1, "shop", COMMIT)
        .version(-8, "billing", "9.9.9", "web-1");
    names(&w.rank(), CauseClass::Deploy, COMMIT);
}

#[test]
fn two_new_versions_are_no_answer() {
    let w = threw(World::new("shop"))
        .release(-20, -1, "shop", COMMIT)
        .version(-8, "shop", "2.8.0", "web-1")
        .version(-4, "shop", "2.8.1", "web-2");
    names(&w.rank(), CauseClass::Deploy, COMMIT);
}

#[test]
fn an_exception_is_no_version() {
    let w = threw(World::new("shop")).release(-20, -1, "shop", "");
    names(&w.rank(), CauseClass::Deploy, "web-1");
    let w = w.says(0, 900, "web-2", "shop", "KeyError: 'x'");
    names(&w.rank(), CauseClass::Deploy, "shop");
}

#[test]
fn the_table_stands_in_the_statement_beside_the_wait() {
    let db = |w: World, s: i64, n: u64, text: &str| w.says(s, n, "db-1", "postgresql", text);
    let mut w = World::new("shop")
        .apps(&["web-1"])
        .source(Kind::App, "db-1", "postgresql");
    w = db(
        w,
        -30,
        21,
        "process 19498 still waiting for RowExclusiveLock on relation 16396 of database 16385 after 1001.884 ms",
    );
    w = db(w, -30, 3, "STATEMENT:  update carts set n=1 where id=2");
    w = db(
        w,
        -30,
        18,
        "STATEMENT:  insert into orders(item, qty) values(24,2)",
    );
    w.statuses = vec![(504, 900)];
    names(&w.rank(), CauseClass::Lock, "orders");
}

#[test]
fn hosts_that_fall_silent_mean_power_only_where_a_supply_says_so() {
    let dark = || {
        World::new("site")
            .apps(&["srv-a", "srv-b"])
            .falls_silent("srv-a")
            .falls_silent("srv-b")
    };
    refuses(&dark().rank());
    let w = dark().fault(
        -60,
        CauseClass::Power,
        "",
        "upsmon",
        "UPS rack-b@localhost on battery",
    );
    names(&w.rank(), CauseClass::Power, "rack-b");
}

#[test]
fn a_database_without_power_is_not_the_cause() {
    let w = World::new("site")
        .apps(&["srv-a", "srv-b"])
        .source(Kind::App, "srv-db", "postgresql")
        .falls_silent("srv-a")
        .falls_silent("srv-b")
        .fault(
            -60,
            CauseClass::Power,
            "",
            "upsmon",
            "UPS rack-b@localhost on battery",
        )
        .event(
            0,
            M::ServiceStop,
            "srv-db",
            "postgresql",
            "",
            "Stopping postgresql",
        );
    names(&w.rank(), CauseClass::Power, "rack-b");
}

#[test]
fn a_release_in_no_change_log_is_seen_by_the_version_that_begins() {
    let w = threw(World::new("shop"))
        .version(-700, "shop", "2.7.1", "web-1")
        .version(-8, "shop", "2.8.0", "web-1");
    names(&w.rank(), CauseClass::Deploy, "2.8.0");
}

#[test]
fn a_program_error_alone_establishes_no_release() {
    let r = threw(World::new("shop"))
        .rollback(300, 360, "shop", "2.7.1")
        .rank();
    assert_ne!(
        r.verdict,
        crate::model::CauseVerdict::Established,
        "{}",
        show(&r)
    );
}

#[test]
fn a_rollback_that_coincides_with_the_end_establishes_nothing_by_itself() {
    let r = World::new("shop")
        .release(-30, -5, "shop", "2.8.0")
        .rollback(380, 410, "shop", "2.7.1")
        .rank();
    assert_eq!(r.causes[0].class, CauseClass::Deploy, "{}", show(&r));
    assert_eq!(
        r.verdict,
        crate::model::CauseVerdict::Suspected,
        "{}",
        show(&r)
    );
}

#[test]
fn services_are_akin_by_their_own_words() {
    use super::super::whose::akin;
    for (a, b, want) in [
        ("client-portal", "portal.web", true),
        ("shop", "Shop", true),
        ("newsletter", "catalog", false),
        ("web-api", "catalog", true),
        ("shop-api", "billing-api", false),
    ] {
        assert_eq!(akin(a, b), want, "{a} {b}");
    }
}

#[test]
fn starts_of_one_service_are_no_scope_of_the_release_of_another() {
    let w = World::new("catalog")
        .apps(&["node-a", "node-b", "node-c"])
        .release(-20, -5, "newsletter", "9.9.9")
        .release(-15, -4, "catalog", "12.1.0")
        .event(
            -13,
            M::ServiceStart,
            "node-c",
            "catalog",
            "",
            "Started catalog.service",
        )
        .says(0, 900, "node-c", "catalog", "KeyError: 'x'");
    names(&w.rank(), CauseClass::Deploy, "12.1.0");
}

#[test]
fn a_release_of_another_service_is_not_suspected_for_its_rollback() {
    let w = World::new("shop")
        .apps(&["web-1", "web-2"])
        .release(-60, -20, "newsletter", "9.9.9")
        .rollback(360, 400, "newsletter", "9.9.8");
    refuses(&w.rank());
}
