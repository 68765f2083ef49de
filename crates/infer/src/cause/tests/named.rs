//! What a cause is named after: versions, tables and hosts that the lines state in other places than the change log.

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
fn what_is_released_minutes_after_the_onset_names_no_earlier_release() {
    let w = threw(World::new("shop"))
        .event(-270, M::DeployStart, "", "shop", "", "UpdateService shop")
        .event(500, M::DeployStart, "", "shop", "shop-00213-kuw", "back");
    let r = w.rank();
    let release = r.causes.iter().find(|c| c.class == CauseClass::Deploy);
    let named = release.and_then(|c| c.culprit.as_ref());
    let named = named.map(|n| n.name.for_json().to_owned());
    assert_ne!(named.as_deref(), Some("shop-00213-kuw"), "{}", show(&r));
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
    leads(&r, CauseClass::Deploy);
    assert_eq!(
        r.verdict,
        crate::model::CauseVerdict::Suspected,
        "{}",
        show(&r)
    );
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

#[test]
fn a_change_that_no_line_shows_is_not_said_for_sure() {
    let group = |r: &Ranking| -> f64 { r.causes[0].group_score };
    let r = threw(World::new("shop")).rank();
    leads(&r, CauseClass::Deploy);
    assert!(group(&r) < 0.9, "{}", show(&r));
    let r = threw(World::new("shop"))
        .release(-30, -5, "shop", "2.8.0")
        .rank();
    assert!(group(&r) > 0.9, "{}", show(&r));
}

#[test]
fn a_message_that_goes_on_after_the_failures_or_is_a_handful_of_them_is_no_sign() {
    let text = "unhandled error on GET /export: RuntimeError: exporter is not configured";
    let of = |after: u64, during: u64, failed: u64| {
        let mut w = World::new("shop")
            .apps(&["web-1"])
            .message(-2000, 1, 2, during, "web-1", "shop", text)
            .statuses(&[(500, failed)]);
        if let Some(t) = w.templates.last_mut() {
            t.after = after;
        }
        let r = w.rank();
        r.causes.iter().any(|c| {
            c.pro
                .iter()
                .any(|p| format!("{:?}", p.text).contains("many times"))
        })
    };
    assert!(of(0, 300, 400));
    assert!(!of(3000, 300, 400), "as often after the failures");
    assert!(!of(0, 12, 400), "a handful");
}

#[test]
fn what_all_servers_use_did_not_break_when_one_of_them_fails() {
    let text = "unhandled error: OperationalError: connection to server failed";
    let of = |one: bool| {
        let w = World::new("shop")
            .apps(&["web-1"])
            .says(1, 200, "web-1", "shop", text);
        let w = match one {
            true => w
                .share(Dim::Upstream, "10.0.0.1:80", (500, 0), (300, 290))
                .share(Dim::Upstream, "10.0.0.2:80", (500, 0), (300, 0)),
            false => w,
        };
        let r = w.rank();
        let database = r.causes.iter().find(|c| c.class == CauseClass::Database);
        database.map_or(0.0, |c| c.score)
    };
    assert!(of(false) < 0.8, "clients alone establish nothing");
    assert!(of(true) < of(false) - 0.03, "{} {}", of(true), of(false));
}

#[test]
fn the_edges_line_is_of_the_requests_that_it_counts() {
    let said = "upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream";
    let of = |during: u64| {
        let mut w = World::new("ledger").says(0, during, "", "books.example", said);
        w.templates[0].kind = Kind::Web;
        w.sources[0].host = None;
        w.rank()
    };
    names(&of(1000), CauseClass::Certificate, "");
    // a handful of lines beside a thousand failures may be of other requests
    let few = of(20);
    assert!(
        few.causes[0].score < of(1000).causes[0].score,
        "{}",
        show(&few)
    );
    // where an application says it, the name is that of a service: a few lines are that service's affair, but a line for each
    // failed request is about those, whoever is named in it
    let other = |during| {
        World::new("ledger")
            .says(0, during, "", "books", said)
            .rank()
    };
    assert_ne!(other(20).causes[0].class, CauseClass::Certificate);
    names(&other(1000), CauseClass::Certificate, "");
}

#[test]
fn the_sites_own_host_is_no_provider_and_a_page_is_no_file() {
    let w = plain().says(
        0,
        900,
        "web-1",
        "shop",
        "GET https://api.books.example/cart failed: 503",
    );
    names(&w.rank(), CauseClass::ThirdParty, "api.books.example");
    let own = plain()
        .share(Dim::Service, "api.books.example", (900, 0), (900, 900))
        .says(
            0,
            900,
            "web-1",
            "shop",
            "GET https://api.books.example/cart failed: 503",
        )
        .rank();
    assert!(
        !show(&own).contains("ThirdParty") && own.causes[0].class != CauseClass::ThirdParty,
        "{}",
        show(&own)
    );
    let full = |w: World| {
        let r = w
            .says(
                0,
                900,
                "web-1",
                "shop",
                "request failed path=/cart/17 error: No space left on device: /srv/media",
            )
            .rank();
        let top = &r.causes[0];
        (
            top.class,
            top.culprit.as_ref().map(|c| c.name.for_json().to_owned()),
        )
    };
    let page = plain().share(Dim::Endpoint, "POST /cart/:id", (90, 0), (900, 900));
    assert_eq!(
        full(page),
        (CauseClass::Disk, Some("/srv/media on web-1".to_owned()))
    );
}

#[test]
fn a_process_that_no_line_names_has_no_name() {
    let died = |text: &str| {
        plain()
            .event(0, MarkerKind::Crash, "web-1", "", "", text)
            .rank()
    };
    names(
        &died("systemd[1]: shop.service: Main process exited, status=9"),
        CauseClass::Crash,
        "shop on web-1",
    );
    let unnamed = died("main process exited, status=9");
    assert!(
        unnamed.causes.iter().all(|c| c.class != CauseClass::Crash
            || c.culprit.as_ref().is_some_and(|n| n.kind == "message")),
        "{}",
        show(&unnamed)
    );
}

#[test]
fn one_version_of_two_services_is_not_distinguished_without_a_service() {
    // the deploy log may name the version or not
    for version in ["v2", ""] {
        let w = plain()
            .release(-90, -85, "shop", version)
            .release(-60, -55, "cart", version)
            .share(Dim::Version, "v1", (900, 0), (900, 30))
            .share(Dim::Version, "v2", (90, 0), (900, 450));
        let shown = show(&w.rank());
        assert!(!shown.contains("of the requests to"), "{shown}");
    }
}

#[test]
fn who_is_refused_is_named_and_what_nothing_names_is_called_by_its_line() {
    let w = plain().apps(&["web-1"]);
    let refused =
        "server login has been failing: password authentication failed for user farmy_app";
    let r = w.says(0, 900, "web-1", "shop", refused).rank();
    let c = r.causes.iter().find(|c| c.class == CauseClass::Config);
    let named = c.and_then(|c| c.culprit.as_ref());
    assert!(
        named.is_some_and(|n| n.kind == "object" && n.name.for_json() == "farmy_app"),
        "{}",
        show(&r)
    );
    // who signs in are many: the account is another one in each line
    let mut w = plain()
        .apps(&["web-1"])
        .says(0, 900, "web-1", "shop", refused);
    w.templates[0].text =
        txt("server login has been failing: password authentication failed for user <*>");
    let r = w.rank();
    let c = r.causes.iter().find(|c| c.class == CauseClass::Config);
    let named = c.and_then(|c| c.culprit.as_ref());
    assert!(named.is_some_and(|n| n.kind == "message"), "{}", show(&r));
    let w = plain().apps(&["web-1"]);
    let line = "ALTER TABLE orders ADD COLUMN gift";
    let r = w
        .event(-5, MarkerKind::MigrationStart, "", "", "", line)
        .rank();
    let named = r.causes[0].culprit.as_ref();
    let named = named.map(|n| (n.kind, n.name.for_json()));
    assert_eq!(named, Some(("object", line)), "{}", show(&r));
}

/// The address of a service in an error ties what is stated of that service to the failures: here the end of its machine, which the
/// line states of each program on it, and another line of the machine by its name.
#[test]
fn what_is_stated_of_the_service_that_the_errors_call_is_why() {
    let lost =
        |w: World, s, service| w.fault(s, CauseClass::Host, "", service, "Node is not ready");
    let w = World::new("orders").apps(&["orders-1"]).says(
        60,
        400,
        "orders-1",
        "orders",
        "Communications link failure: Connect timed out (db-main.prod.svc.cluster.local:3306)",
    );
    let w = lost(lost(lost(w, 30, "orders"), 31, "db-main-0"), 32, "thumbs");
    let named = w.fault(
        29,
        CauseClass::Host,
        "node-5",
        "",
        "Node node-5 is not ready",
    );
    names(&named.rank(), CauseClass::Host, "node-5");
    // of another one it says nothing
    let other = lost(World::new("orders").apps(&["orders-1"]), 30, "thumbs").says(
        60,
        400,
        "orders-1",
        "orders",
        "Communications link failure: Connect timed out (db-main.prod.svc.cluster.local:3306)",
    );
    assert!(other.rank().causes[0].class != CauseClass::Host);
}
