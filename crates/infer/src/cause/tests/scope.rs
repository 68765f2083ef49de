//! Whom a change concerns: what it is held against where another host, another user or another service fails, and what it shares with
//! what is done as the failures end.

use super::effects::score;
use super::ends::quoting;
use super::*;
use MarkerKind as M;

const ERROR: &str = "TypeError: Cannot read properties of undefined (reading 'price')";

#[test]
fn a_flag_of_ten_minutes_before_is_a_guess() {
    let of = |s: i64| {
        let w = plain().says(0, 900, "web-1", "shop", ERROR);
        let w = quoting(
            w,
            s,
            M::FeatureFlag,
            "",
            "Flag changed: ",
            "ada turned on the flag wide-basket",
        );
        score(&w.rank(), CauseClass::FeatureFlag)
    };
    assert!(of(-600) < 0.5 && of(-5) > 0.5, "{} {}", of(-600), of(-5));
}

#[test]
fn an_act_of_another_kind_undoes_what_it_names_by_a_rare_name() {
    let with = |dropped: &str| {
        let w = plain().says(0, 900, "web-1", "shop", "frobnication gave up");
        let script = "Executing script Db.0147_IX_StockHeld.sql";
        let w = quoting(w, -400, M::MigrationFinish, "", "Migration: ", script);
        let said = format!("psql -d shop -c \"DROP INDEX {dropped}\"");
        let w = quoting(w, 415, M::MigrationStart, "db-1", "Migration: ", &said);
        score(&w.rank(), CauseClass::Migration)
    };
    let (same, other) = (with("IX_StockHeld"), with("IX_Tariffs"));
    assert!(same > 0.5 && same > 1.5 * other, "{same} {other}");
}

#[test]
fn a_machine_that_wrote_nothing_before_did_not_fall() {
    let with = |before: bool| {
        let mut w = plain().source(Kind::System, "web-9", "kernel");
        if let Some(s) = w.sources.last_mut() {
            s.covers_onset = before;
        }
        let boot = "kernel: Linux version 6.1.0-18-amd64";
        w.event(60, M::ServiceStart, "web-9", "", "", boot).rank()
    };
    assert!(show(&with(true)).contains("boots during the incident"));
    assert!(!show(&with(false)).contains("boots during the incident"));
}

#[test]
fn what_is_set_where_nothing_fails_weighs_less() {
    let with = |host: &str| {
        let w = plain().says(0, 900, "web-1", "shop", ERROR);
        let w = w.event(-20, M::ConfigChange, host, "", "", "reload");
        w.rank()
    };
    let said = "Hosts that were not changed fail.";
    let (here, there) = (with("web-1"), with("lb-9"));
    assert!(!show(&here).contains(said) && show(&there).contains(said));
    assert!(score(&here, CauseClass::Config) > score(&there, CauseClass::Config));
}

#[test]
fn a_user_who_is_allowed_again_does_not_lay_the_refusal_to_another_ones_change() {
    let expired = "FATAL: password authentication failed for user \"shop_rw\"";
    let with = |changed: &str| {
        let w = plain().says(0, 900, "web-1", "shop", expired);
        let before = format!("ALTER ROLE {changed} SET statement_timeout = 0");
        let w = quoting(w, -500, M::ConfigChange, "db-1", "Changed: ", &before);
        let after = "ALTER ROLE shop_rw VALID UNTIL 'infinity'";
        quoting(w, 418, M::ConfigChange, "db-1", "Changed: ", after).rank()
    };
    let other = with("reporter_ro");
    names(&other, CauseClass::Config, "shop_rw");
    assert!(other.change.is_none(), "{}", show(&other));
    assert!(with("shop_rw").change.is_some());
}

#[test]
fn how_often_releases_happen_is_asked_of_the_service_that_fails() {
    let with = |others: &str| {
        let w = plain().says(0, 900, "web-1", "shop", ERROR);
        let w = (0..6).fold(w, |w, n: i64| {
            w.release(-700 + n * 90, -690 + n * 90, others, &format!("1.{n}"))
        });
        let w = w.release(-60, -40, "shop", "2.0");
        score(&w.rank(), CauseClass::Deploy)
    };
    assert!(
        with("mailer") > with("shop"),
        "{} {}",
        with("mailer"),
        with("shop")
    );
}

#[test]
fn a_machine_that_stopped_in_order_before_it_starts_cold_did_not_fall() {
    let with = |stops: i64| {
        let w = plain().source(Kind::System, "web-9", "kernel");
        let w = w.event(stops, M::Restart, "web-9", "", "", "System is rebooting.");
        let boot = "kernel: Linux version 6.1.0-18-amd64";
        w.event(60, M::ServiceStart, "web-9", "", "", boot).rank()
    };
    assert!(!show(&with(-30)).contains("boots during the incident"));
    assert!(show(&with(-600)).contains("boots during the incident"));
}

#[test]
fn paths_that_begin_alike_are_asked_for_together() {
    let mut w = World::new("shop").apps(&["web-1"]);
    w.surge = Some(4.0);
    for name in ["desks", "lamps", "mirrors", "beds"] {
        w = w.share(
            Dim::Endpoint,
            &format!("GET /category/{name}/"),
            (20, 0),
            (400, 200),
        );
    }
    let r = w
        .share(Dim::Endpoint, "GET /cart", (400, 0), (500, 100))
        .rank();
    names(&r, CauseClass::Overload, "GET /category/*");
}

#[test]
fn what_services_share_is_used_up_by_the_one_whose_release_is_undone() {
    let full =
        "FATAL: remaining connection slots are reserved for non-replication superuser connections";
    let with = |undone: bool, service: &str| {
        let w = World::new("orders").apps(&["web-1"]);
        let w = w.says(0, 900, "web-1", "orders", full);
        let w = w.release(-60, -40, service, "2.9.4");
        match undone {
            true => w.rollback(400, 410, service, "2.9.3").rank(),
            false => w.rank(),
        }
    };
    // a release of which no line says whose it is may be any service's
    for service in ["stock", ""] {
        names(&with(true, service), CauseClass::Deploy, "2.9.4");
        leads(&with(false, service), CauseClass::ConnectionPool);
    }
}
