//! Cases shaped after recorded drills, facts as a person reads them in the logs; the right suspect, with decoys and noise beside it.

use super::*;
use MarkerKind as M;

const AUTH: &str = "auth.UnsupportedAuthError: provider acme-id requires auth protocol v3, this server supports v2";

#[test]
fn an_upgrade_that_needs_another_protocol() {
    let w = World::new("shop")
        .apps(&["web-1", "web-2", "web-3"])
        .noise(-70)
        .release(-13, 68, "shop", "v3.9.0")
        .rollback(377, 430, "shop", "v3.8.2")
        .says(0, 560, "web-1", "shop.web", AUTH)
        .says(30, 560, "web-2", "shop.web", AUTH);
    names(&w.rank(), CauseClass::Deploy, "v3.9.0");
}

#[test]
fn the_same_outage_a_quarter_of_an_hour_after_the_upgrade() {
    let mut w = World::new("client-portal")
        .apps(&["prod-web-01"])
        .release(-907, -828, "client-portal", "v2.0.0")
        .rollback(945, 1005, "client-portal", "v1.12.0")
        .event(
            1098,
            M::Restart,
            "prod-web-01",
            "client-portal",
            "",
            "Started client-portal.service",
        )
        .event(
            1257,
            M::Restart,
            "prod-web-03",
            "client-portal",
            "",
            "Started client-portal.service",
        )
        .says(0, 1300, "prod-web-01", "client-portal.web", AUTH);
    w.end = 1335;
    w.start = -1500;
    names(&w.rank(), CauseClass::Deploy, "v2.0.0");
}

#[test]
fn a_reload_with_a_wrong_port_and_an_older_harmless_release() {
    let w = World::new("orders")
        .apps(&["ord-a", "ord-b"])
        .source(Kind::Deploy, "", "")
        .noise(-100)
        .release(-1080, -1044, "orders", "2.15.0")
        .event(
            0,
            M::ConfigChange,
            "lb-1",
            "nginx",
            "",
            "signal 1 (SIGHUP) received from 24703, reconfiguring",
        )
        .event(
            420,
            M::ConfigChange,
            "lb-1",
            "nginx",
            "",
            "signal 1 (SIGHUP) received from 24705, reconfiguring",
        )
        .share(Dim::Upstream, "10.20.0.21:9000", (3000, 5), (20, 0))
        .share(Dim::Upstream, "10.20.0.22:9000", (3000, 5), (20, 0))
        .share(Dim::Upstream, "10.20.0.21:9090", (0, 0), (2000, 2000))
        .statuses(&[(502, 2000)])
        .message(
            -1080,
            0,
            96,
            2000,
            "lb-1",
            "",
            "connect() failed (111: Connection refused) while connecting to upstream",
        );
    names(&w.rank(), CauseClass::Config, "9090");
}

fn database_down() -> World {
    World::new("billing")
        .apps(&["app01", "app02"])
        .source(Kind::App, "pg-main", "postgresql")
        .source(Kind::Deploy, "", "")
        .noise(-115)
        .release(-601, -558, "billing", "5.1.1")
        .rollback(200, 227, "billing", "5.1.0")
        .event(-1, M::Crash, "pg-main", "postgresql@15-main", "", "postgresql@15-main.service: Main process exited, code=killed, status=9/KILL")
        .event(397, M::ServiceStart, "pg-main", "postgresql@15-main", "", "Started postgresql@15-main.service")
        .says(0, 2, "pg-main", "postgresql", "terminating connection due to unexpected postmaster exit")
        .says(0, 529, "app01", "billing.web", "psycopg2.OperationalError: connection to server at \"10.20.0.30\", port 5432 failed: Connection refused")
}

#[test]
fn a_killed_database_beats_a_release_and_its_vain_rollback() {
    names(&database_down().rank(), CauseClass::Database, "pg-main");
}

#[test]
fn a_leak_of_connections_names_pool_or_version() {
    let mut w = World::new("cart")
        .apps(&["cart-7f9c-a", "cart-7f9c-b"])
        .source(Kind::Deploy, "", "")
        .release(-719, -684, "cart", "1.32.0")
        .rollback(430, 463, "cart", "1.31.4")
        .says(
            0,
            900,
            "cart-7f9c-a",
            "cart.web",
            "unhandled error on GET /products/191 PoolError: connection pool exhausted",
        );
    w.end = 446;
    let r = w.rank();
    names(&r, CauseClass::Deploy, "1.32.0");
    let pool = r
        .causes
        .iter()
        .any(|c| c.class == CauseClass::ConnectionPool);
    assert!(pool, "the pool stays a lead");
}

#[test]
fn a_held_lock_behind_gateway_timeouts() {
    let w = World::new("portal")
        .apps(&["app-1", "app-2"])
        .source(Kind::App, "db-master", "postgresql")
        .statuses(&[(504, 300), (502, 1300)])
        .says(-29, 21, "db-master", "postgresql", "process 19498 still waiting for RowExclusiveLock on relation 16396 of database 16385 after 1001.884 ms at character 13")
        .says(0, 264, "gw", "", "upstream timed out (110: Connection timed out) while reading response header from upstream")
        .says(350, 1, "db-master", "postgresql", "terminating connection due to administrator command");
    let mut w = w;
    w.end = 352;
    names(&w.rank(), CauseClass::Lock, "RowExclusiveLock");
}

#[test]
fn a_full_disk_that_an_alert_announced() {
    let w = World::new("media")
        .apps(&["media1", "media2"])
        .event(-69, M::AlertFired, "front", "", "", "SERVICE ALERT: front;Disk /srv/media;WARNING;HARD;3;DISK WARNING - free space: /srv/media/data 256 KiB (9%)")
        .says(0, 420, "media1", "media.web", "unhandled error on POST /upload OSError: [Errno 28] No space left on device");
    names(&w.rank(), CauseClass::Disk, "/srv/media");
}

#[test]
fn the_kernel_ends_the_process_that_serves() {
    let kill = "Memory cgroup out of memory: Killed process 24296 (node) total-vm:11620072kB";
    let w = World::new("api")
        .apps(&["api-1"])
        .source(Kind::System, "api-1", "kernel")
        .source(Kind::Deploy, "", "")
        .release(-282, -271, "api", "7.4.0")
        .rollback(481, 492, "api", "7.3.0")
        .fault(0, CauseClass::Memory, "api-1", "kernel", kill)
        .fault(331, CauseClass::Memory, "api-1", "kernel", kill)
        .event(
            1,
            M::Crash,
            "api-1",
            "api",
            "",
            "api.service: Main process exited, code=killed, status=9/KILL",
        )
        .says(0, 2, "api-1", "kernel", kill)
        .message(
            -282,
            0,
            16,
            408,
            "nginx",
            "",
            "connect() failed (111: Connection refused) while connecting to upstream",
        )
        .statuses(&[(502, 420)]);
    let mut w = w;
    w.end = 484;
    let r = w.rank();
    // what is put back as the kills end brought them
    names(&r, CauseClass::Deploy, "7.4.0");
    let killed = r.causes.iter().any(|c| c.class == CauseClass::Memory);
    assert!(killed, "the kills stay a lead");
}

#[test]
fn a_payment_provider_that_fails_four_minutes_after_a_release() {
    let w = World::new("store")
        .apps(&["w1", "w2", "w3"])
        .source(Kind::Deploy, "", "")
        .noise(-61)
        .release(-301, -241, "store", "2023.49.2")
        .statuses(&[(502, 550), (200, 3000)])
        .share(Dim::Endpoint, "POST /checkout", (300, 0), (560, 550))
        .share(Dim::Endpoint, "GET /products/:id", (3000, 3), (2500, 2))
        .says(0, 540, "w1", "store.payments", "charge failed order=1372 provider=flutterpay error=HTTP Error 503: Service Unavailable");
    names(&w.rank(), CauseClass::ThirdParty, "flutterpay");
}

#[test]
fn a_web_server_that_was_stopped() {
    let w = World::new("tickets")
        .apps(&["tix1", "tix2"])
        .statuses(&[])
        .event(
            0,
            M::ServiceStop,
            "www-1",
            "nginx",
            "",
            "Stopping nginx.service - A high performance web server and a reverse proxy server...",
        )
        .event(
            420,
            M::ServiceStart,
            "www-1",
            "nginx",
            "",
            "Started nginx.service - A high performance web server",
        )
        .silent(0, 420, false, &["edge-1"], &[0]);
    names(&w.rank(), CauseClass::Crash, "nginx");
}

#[test]
fn power_lost_with_a_restore_that_is_called_a_rollback() {
    let boot = "kernel: [    0.000000] Linux version 5.10.0-21-amd64";
    let mut w = World::new("site")
        .apps(&["srv-a", "srv-b"])
        .source(Kind::App, "srv-db", "postgresql")
        .statuses(&[])
        .fault(
            -300,
            CauseClass::Power,
            "",
            "upsmon",
            "UPS rack-b@localhost on battery",
        )
        .says(
            0,
            1,
            "srv-db",
            "postgresql",
            "terminating connection due to unexpected postmaster exit",
        )
        .event(
            750,
            M::RollbackFinish,
            "",
            "site",
            "",
            "restore: site configuration rolled back to snapshot 2023-03-05_2300",
        )
        .event(751, M::Restart, "srv-a", "", "", boot)
        .event(752, M::Restart, "srv-b", "", "", boot)
        .event(753, M::Restart, "srv-db", "", "", boot)
        .event(
            960,
            M::ServiceStart,
            "srv-web",
            "nginx",
            "",
            "Started nginx.service",
        )
        .event(
            752,
            M::ServiceStart,
            "srv-db",
            "postgresql@15-main",
            "",
            "Started postgresql@15-main.service",
        )
        .silent(0, 750, true, &["srv-a", "srv-b", "srv-db"], &[0, 1, 2]);
    w.end = 961;
    names(&w.rank(), CauseClass::Power, "rack-b");
}

#[test]
fn a_canary_on_one_host_of_three() {
    let w = World::new("catalog")
        .apps(&["node-a", "node-b", "node-c"])
        .noise(-190)
        .release(-15, -4, "catalog", "12.1.0-rc1")
        .rollback(503, 514, "catalog", "12.0.3")
        .event(
            -13,
            M::ServiceStart,
            "node-c",
            "catalog",
            "",
            "Started catalog.service",
        )
        .alias("10.20.0.11", "node-a")
        .alias("10.20.0.12", "node-b")
        .alias("10.20.0.13", "node-c")
        .share(Dim::Upstream, "10.20.0.11:8080", (1000, 0), (600, 0))
        .share(Dim::Upstream, "10.20.0.12:8080", (1000, 0), (600, 1))
        .share(Dim::Upstream, "10.20.0.13:8080", (1000, 0), (600, 306))
        .statuses(&[(500, 306), (200, 1500)])
        .says(
            0,
            306,
            "node-c",
            "catalog.web",
            "unhandled error on GET /products/20 KeyError: 'NG'",
        );
    let mut w = w;
    w.end = 502;
    let r = w.rank();
    names(&r, CauseClass::Deploy, "12.1.0-rc1");
    assert!(r.causes[0].score >= 0.9, "{}", show(&r));
}

#[test]
fn a_frozen_host_is_not_explained() {
    let w = World::new("freight")
        .apps(&["quay1"])
        .source(Kind::System, "quay1", "")
        .source(Kind::Deploy, "", "")
        .noise(-65)
        .release(-981, -962, "freight", "0.18.1")
        .statuses(&[(504, 1400)])
        .says(0, 1496, "", "", "upstream timed out (110: Connection timed out) while reading response header from upstream");
    let r = w.rank();
    refuses(&r);
    assert!(r.causes[0].score < 0.5, "{}", show(&r));
}

#[test]
fn the_second_incident_after_a_release_that_was_rolled_back() {
    let mut w = World::new("tutor")
        .apps(&["ed1", "ed2"])
        .source(Kind::Deploy, "", "")
        .release(-1720, -1683, "tutor", "3.5.0")
        .rollback(-1280, -1253, "tutor", "3.4.0")
        .message(-1705, -1705, 580, 0, "ed1", "tutor.web", "KeyError: 'NG'")
        .statuses(&[(502, 345), (200, 1800)])
        .says(
            12,
            345,
            "ed1",
            "tutor.payments",
            "charge failed order=0 provider=mpesa-gw error=timed out",
        );
    w.start = -2300;
    names(&w.rank(), CauseClass::ThirdParty, "mpesa-gw");
}
