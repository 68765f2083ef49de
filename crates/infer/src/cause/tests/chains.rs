//! Chains: what a server says of its own end, what the disk under it said before, what a change brings about, and a limit that
//! says nothing but that it is reached.

use super::effects::{failing, score};
use super::ends::quoting;
use super::*;
use MarkerKind as M;

#[test]
fn a_server_that_ends_after_its_disk_is_full_ends_of_that() {
    let full = "could not extend file \"base/16402/18204\": No space left on device";
    let ends = "LOG:  database system was not properly shut down; automatic recovery in progress";
    let with = |host: &str| {
        plain()
            .apps(&["web-1"])
            .source(Kind::App, "db-1", "postgresql")
            .says(0, 104, host, "postgresql", full)
            .says(200, 3, "db-1", "postgresql", ends)
            .rank()
    };
    leads(&with("db-1"), CauseClass::Disk);
}

#[test]
fn a_server_whose_process_the_kernel_ended_fell_of_that() {
    let with = |ended: &str| {
        let kill = format!("Out of memory: Killed process {ended} (postgres) total-vm:2807616kB");
        let fell = "server process (PID 23871) was terminated by signal 9: Killed";
        let closed = "OperationalError: server closed the connection unexpectedly";
        let w = plain()
            .apps(&["web-1"])
            .says(1, 900, "web-1", "shop", closed);
        let w = w.source(Kind::App, "", "postgresql");
        let w = w.event(0, M::Crash, "", "postgresql", "", fell);
        w.fault(0, CauseClass::Memory, "vm", "kernel", &kill).rank()
    };
    leads(&with("23871"), CauseClass::Memory);
    assert_eq!(with("4711").causes[0].class, CauseClass::Database);
}

#[test]
fn a_host_that_is_called_like_a_database_is_the_services() {
    let with = |host: &str| {
        plain()
            .apps(&["web-1"])
            .says(
                0,
                104,
                host,
                "",
                "ORA-19809: limit exceeded for recovery files",
            )
            .rank()
    };
    leads(&with("db01"), CauseClass::Disk);
    assert!(score(&with("build01"), CauseClass::Disk) < 0.3);
}

#[test]
fn what_a_changed_host_states_right_after_it_the_change_may_have_brought_about() {
    let with = |host: &str, s: i64| {
        let alarm = format!("disk resource limit alarm set on node rabbit@{host}");
        let w = plain().apps(&["web-1"]).source(Kind::App, host, "");
        let task = "TASK [rabbitmq : Template rabbitmq.conf]: /etc/rabbitmq/rabbitmq.conf";
        let says = "Configuration changed: ";
        let w = quoting(w, s, M::ConfigChange, "mq-1", says, task);
        let w = w.fault(-8, CauseClass::Disk, host, "", &alarm);
        let gave_up = format!("publishing to {host}:5672 gave up");
        w.says(0, 700, "web-1", "shop", &gave_up).rank()
    };
    names(
        &with("mq-1", -25),
        CauseClass::Config,
        "/etc/rabbitmq/rabbitmq.conf",
    );
    // of another host, and long after the change
    for (host, s) in [("mq-9", -25), ("mq-1", -400)] {
        let r = with(host, s);
        assert!(!show(&r).contains("What was changed"), "{}", show(&r));
    }
}

#[test]
fn pools_that_run_out_while_a_migration_runs_are_its_doing() {
    let pool = "HikariPool-1 - Connection is not available, request timed out after 30000ms";
    let with = |migration: bool| {
        let mut w = plain().apps(&["web-1"]).says(0, 900, "web-1", "shop", pool);
        w.slow = Some(0.6);
        let w = match migration {
            true => quoting(w, -40, M::MigrationStart, "", "Migration: ", "V73 orders"),
            false => w,
        };
        w.rank()
    };
    leads(&with(true), CauseClass::Migration);
    refuses(&with(false));
}

#[test]
fn what_is_changed_again_before_the_end_was_changed_wrongly() {
    let limit = "ProvisionedThroughputExceededException: throughput exceeded";
    let with = |again: &str| {
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", limit);
        let first = "dynamodb UpdateTable session-ledger";
        let w = quoting(w, -500, M::ConfigChange, "", "Changed: ", first);
        let w = quoting(
            w,
            -480,
            M::ConfigChange,
            "",
            "Changed: ",
            "dynamodb UpdateTable friends",
        );
        // it takes its time to take effect
        quoting(w, 260, M::ConfigChange, "", "Changed: ", again).rank()
    };
    let same = with("dynamodb UpdateTable session-ledger");
    leads(&same, CauseClass::Config);
    let culprit = same.causes[0].culprit.as_ref();
    assert!(culprit.is_some_and(|c| c.name.for_json().contains("session-ledger")));
    assert!(score(&with("dynamodb UpdateTable audit"), CauseClass::Config) < 0.5);
}

#[test]
fn a_certificate_that_a_peer_refuses_is_the_writers() {
    let said =
        "http: TLS handshake error from 10.42.2.71:41244: remote error: tls: expired certificate";
    let r = plain()
        .apps(&["web-1"])
        .says(0, 900, "web-1", "shop", said)
        .rank();
    names(&r, CauseClass::Certificate, "web-1");
}

#[test]
fn an_error_or_two_beside_a_thousand_failures_convict_no_release() {
    let with = |n: u64| {
        let w = plain().apps(&["web-1"]);
        let w = quoting(w, -400, M::DeployStart, "", "Deploy ", "deploy shop 5.12.0");
        w.says(
            -20,
            n,
            "web-1",
            "shop",
            "NullPointerException: Unknown incoterm",
        )
        .rank()
    };
    assert!(score(&with(1), CauseClass::Deploy) < 0.5);
    assert!(score(&with(400), CauseClass::Deploy) > 0.5);
}

#[test]
fn credentials_that_are_refused_are_what_an_empty_pool_waits_for() {
    let pool = "HikariPool-1 - Connection is not available, request timed out after 5002ms";
    let denied = "Access denied for user 'booking_app'@'10.42.3.17' (using password: YES)";
    let with = |first: i64| {
        let mut w = plain()
            .apps(&["web-1"])
            .says(0, 600, "web-1", "shop", pool)
            .says(first, 700, "db-1", "mysqld", denied)
            // where changes are logged, one that is not seen may have been made elsewhere
            .event(-1100, M::DeployStart, "", "other", "", "deploy other");
        w.slow = Some(0.6);
        w.rank()
    };
    leads(&with(-40), CauseClass::Config);
}

#[test]
fn workers_that_run_out_of_time_did_not_die_of_themselves() {
    let lock = "process 9127 still waiting for AccessShareLock on relation 16734 after 1000.1 ms";
    let with = |died: &str| {
        let mut w = failing(502)
            .source(Kind::App, "db-1", "postgresql")
            .says(0, 700, "db-1", "postgresql", lock)
            .says(30, 20, "web-1", "shop", died);
        w.slow = Some(0.9);
        w.rank()
    };
    leads(&with("WORKER TIMEOUT (pid:36)"), CauseClass::Lock);
}

#[test]
fn an_operation_that_is_taken_back_by_its_name_is_the_cause() {
    let with = |name: &str| {
        let w = plain().apps(&["web-1"]);
        let started = "appconfig StartDeployment k3j9x1q prod";
        let w = quoting(w, -60, M::ConfigChange, "", "Changed: ", started);
        w.event(260, M::RollbackStart, "", name, "", "StopDeployment")
            .rank()
    };
    let same = with("k3j9x1q");
    names(&same, CauseClass::Config, "k3j9x1q");
    refuses(&with("other-app"));
}

#[test]
fn a_flag_that_is_turned_off_as_the_failures_end_was_turned_on_before() {
    let w = plain().apps(&["web-1"]);
    let on = "Marta Ruiz turned on the flag pdp-graph in `Production`";
    let other = "Lena Holt updated rules of the flag search-nl in `Production`";
    let off = "Devon Li turned off the flag pdp-graph in `Production`";
    let w = quoting(w, -230, M::FeatureFlag, "", "Changed: ", on);
    let w = quoting(w, -35, M::FeatureFlag, "", "Changed: ", other);
    let r = quoting(w, 400, M::FeatureFlag, "", "Changed: ", off).rank();
    names(&r, CauseClass::FeatureFlag, "pdp-graph");
}

#[test]
fn requests_that_did_not_grow_are_no_changes_doing() {
    let limit = "ProvisionedThroughputExceededException: throughput exceeded";
    let with = |surge: f64| {
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", limit);
        let set = "dynamodb UpdateTable session-ledger";
        let w = quoting(w, -60, M::ConfigChange, "", "Changed: ", set);
        let mut w = quoting(w, 400, M::ConfigChange, "", "Changed: ", set);
        w.surge = Some(surge);
        show(&w.rank())
    };
    assert!(with(1.8).contains("1.8 times the usual"));
    assert!(!with(1.0).contains("times the usual"));
    assert!(!with(1.0).contains("may have brought the requests"));
}

#[test]
fn a_server_that_is_up_again_at_once_is_not_why_the_failures_go_on() {
    let away = |down: (M, &str, &str), up: i64, class: CauseClass| {
        let (kind, host, server) = down;
        let w = plain().apps(&["web-1"]);
        let w = w.event(0, kind, host, server, "", "going down");
        let w = w.event(up, M::ServiceStart, host, server, "", "ready");
        score(&w.rank(), class)
    };
    for (server, class) in [
        ("redis", CauseClass::Cache),
        ("postgresql", CauseClass::Database),
    ] {
        let down = (M::ServiceStop, "db-1", server);
        assert!(away(down, 3, class) < 0.3, "{server}");
        assert!(away(down, 415, class) > 0.5, "{server}");
    }
}

#[test]
fn what_a_release_uses_up_takes_its_time() {
    let full = "django.db.utils.OperationalError: (1040, 'Too many connections')";
    let with = |back: bool| {
        let mut w = plain().apps(&["web-1"]);
        w.start = -9_000;
        let w = w
            .says(0, 1000, "web-1", "shop", full)
            .release(-4_500, -4_400, "shop", "4.18.0");
        match back {
            true => w.rollback(400, 520, "shop", "4.17.3"),
            false => w,
        }
        .rank()
    };
    names(&with(true), CauseClass::Deploy, "4.18.0");
    assert!(score(&with(false), CauseClass::Deploy) < 0.3);
}

#[test]
fn one_kind_of_request_that_grows_manifold_is_a_surge() {
    let limit = "[pool www] server reached pm.max_children setting (20), consider raising it";
    let with = |before: u64| {
        let mut w = plain()
            .apps(&["web-1"])
            .says(0, 40, "web-1", "shop", limit)
            .share(Dim::Endpoint, "GET /", (2_000, 0), (1_200, 300))
            .share(Dim::Endpoint, "GET /search", (before, 0), (3_000, 700));
        w.surge = Some(2.0);
        w.latency = Some(300.0);
        w.rank()
    };
    names(&with(20), CauseClass::Overload, "/search");
    // 3,000 in 7 minutes beside 20 in the 11 minutes of the archive before the last minute
    assert!(show(&with(20)).contains(", 236 times as many as before."));
    assert!(show(&with(0)).contains("of which there were none before"));
    let title = format!("{:?}", with(20).causes[0].title);
    assert!(title.contains("Too much traffic to "), "{title}");
    assert!(!show(&with(1_000)).contains("times as many as before"));
}

#[test]
fn a_handful_of_calls_that_fail_elsewhere_keeps_no_thousands_waiting() {
    let with = |outside: u64| {
        let w = World::new("orders").apps(&["orders-1"]);
        let full = "SQLSTATE[HY000] [2002] Cannot assign requested address";
        let w = w.says(60, 900, "orders-1", "orders", full);
        let call = "cURL error 28: Operation timed out for https://api.pay.example/v3";
        w.says(30, outside, "orders-1", "orders", call).rank()
    };
    leads(&with(4), CauseClass::ConnectionPool);
    assert!(with(400).causes[0].class != CauseClass::ConnectionPool);
}
