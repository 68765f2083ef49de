//! One group of cases per rule: one it wins, one it loses, one where nobody may be named; then the principles.

use super::*;
use MarkerKind as M;

#[test]
fn nothing_but_symptoms_is_refused() {
    refuses(&plain().says(0, 900, "edge-1", "", REFUSED).rank());
    refuses(
        &World::new("shop")
            .says(0, 900, "edge-1", "", "upstream timed out")
            .rank(),
    );
    refuses(&plain().rank());
}

#[test]
fn a_refused_address_is_no_dependency_until_it_is_named() {
    let r = plain()
        .says(0, 900, "web-1", "shop", "connection refused")
        .rank();
    refuses(&r);
    let r = plain()
        .says(
            0,
            900,
            "web-1",
            "shop",
            "charge failed provider=paystar error=connection refused",
        )
        .rank();
    names(&r, CauseClass::ThirdParty, "paystar");
}

#[test]
fn background_that_was_there_before_convicts_nobody() {
    let r = plain()
        .message(
            -700,
            3,
            60,
            40,
            "web-1",
            "shop",
            "charge failed provider=paystar error=timed out",
        )
        .rank();
    refuses(&r);
    let r = plain().noise(-30).rank();
    refuses(&r);
}

#[test]
fn database_wins_when_named_and_is_refused_when_its_log_shows_it_running() {
    let gone = "connection to server at \"10.0.0.3\", port 5432 failed: Connection timed out";
    let named = plain().says(0, 800, "web-1", "shop", "psycopg2.OperationalError: connection to server at \"10.0.0.3\", port 5432 failed: FATAL: shutting down").rank();
    names(&named, CauseClass::Database, "10.0.0.3");
    let r = plain()
        .source(Kind::App, "pg1", "postgresql")
        .says(0, 800, "web-1", "shop", gone)
        .rank();
    leads(&r, CauseClass::Unreachable);
    let lost = plain()
        .says(
            0,
            900,
            "web-1",
            "shop.web",
            "OSError: [Errno 28] No space left on device",
        )
        .rank();
    assert_ne!(lost.causes[0].class, CauseClass::Database);
}

#[test]
fn cache_wins_when_its_server_ends() {
    let r = plain()
        .event(0, M::ServiceStop, "cache-1", "redis-server", "", "Stopping redis-server.service")
        .event(419, M::ServiceStart, "cache-1", "redis-server", "", "Started redis-server.service")
        .says(0, 700, "web-1", "shop", "redis.exceptions.ConnectionError: Error 111 connecting to 10.0.0.9:6379. Connection refused.")
        .rank();
    names(&r, CauseClass::Cache, "redis");
    let r = plain()
        .event(
            -5000,
            M::ServiceStop,
            "cache-1",
            "redis-server",
            "",
            "Stopping redis-server.service",
        )
        .rank();
    refuses(&r);
}

#[test]
fn network_classes_win_by_their_own_words() {
    let r = plain()
        .says(
            0,
            900,
            "web-1",
            "shop",
            "charge failed provider=paystar error=[Errno -3] Temporary failure in name resolution",
        )
        .rank();
    names(&r, CauseClass::Dns, "paystar");
    let r = plain()
        .says(
            0,
            900,
            "web-1",
            "shop",
            "x509: certificate has expired or is not yet valid: https://api.paystar.example/charge",
        )
        .rank();
    names(&r, CauseClass::Certificate, "api.paystar.example");
    let r = plain()
        .says(
            0,
            900,
            "web-1",
            "shop",
            "connection to server at \"10.0.0.3\", port 5432 failed: No route to host",
        )
        .rank();
    names(&r, CauseClass::Unreachable, "10.0.0.3");
}

#[test]
fn overload_needs_more_than_a_busy_hour() {
    let mut w = plain().statuses(&[(503, 900)]).says(
        0,
        900,
        "edge-1",
        "",
        "limiting requests, excess: 50.1 by zone \"api\"",
    );
    w.surge = Some(4.2);
    names(&w.rank(), CauseClass::Overload, "limiting requests");
    // limits that the usual traffic hits are no sign of too much of it
    w.surge = Some(1.0);
    refuses(&w.rank());
    let mut calm = plain();
    calm.surge = Some(1.3);
    refuses(&calm.rank());
}

#[test]
fn a_rise_of_requests_names_what_is_asked_for_else_the_limit_that_it_reaches() {
    let limit = "server reached pm.max_children setting (24), consider raising it";
    let mut w = plain().statuses(&[(503, 900)]).fault(
        5,
        CauseClass::ConnectionPool,
        "web-1",
        "shop",
        limit,
    );
    w.surge = Some(3.0);
    names(&w.rank(), CauseClass::Overload, "max_children");
    let one = w
        .share(Dim::Endpoint, "GET /sale", (10, 0), (900, 400))
        .share(Dim::Endpoint, "GET /", (9000, 3), (1200, 300));
    names(&one.rank(), CauseClass::Overload, "GET /sale");
}

#[test]
fn of_several_processes_that_were_killed_none_is_named() {
    let with = |others: &[&str]| {
        let mut w = plain().source(Kind::System, "web-1", "kernel");
        for (n, who) in ["redis-server"].iter().chain(others).enumerate() {
            let kill = format!("Out of memory: Killed process 77 ({who}) total-vm:9kB");
            w = w.fault(n as i64, CauseClass::Memory, "web-1", "kernel", &kill);
            w = w.says(n as i64, 1, "web-1", "kernel", &kill);
        }
        w.rank()
    };
    names(&with(&[]), CauseClass::Memory, "redis-server on web-1");
    let r = with(&["php8.2"]);
    names(&r, CauseClass::Memory, "web-1");
    assert!(!show(&r).contains("redis-server on"), "{}", show(&r));
}

#[test]
fn a_host_on_the_way_that_drops_packets_stands_before_the_provider() {
    let with = |full: Option<&str>| {
        let error =
            "call failed: Post \"https://api.flutterpay.com/v1/pay\": dial tcp: i/o timeout";
        let w = World::new("shop").source(Kind::System, "gw1", "kernel");
        let mut w = w.apps(&["web-1"]).says(2, 400, "web-1", "shop", error);
        w.statuses = vec![(502, 500)];
        match full {
            Some(text) => w
                .fault(-8, CauseClass::Unreachable, "gw1", "kernel", text)
                .rank(),
            None => w.rank(),
        }
    };
    leads(&with(None), CauseClass::ThirdParty);
    let r = with(Some("nf_conntrack: table full, dropping packet"));
    names(&r, CauseClass::Unreachable, "nf_conntrack: table full");
    let title = format!("{:?}", r.causes[0].title);
    assert!(
        title.contains("gw1") && title.contains(" drops packets (nf_conntrack: table full)"),
        "{title}"
    );
}

#[test]
fn a_release_is_a_lead_where_the_errors_are_in_another_programs_log() {
    let with = |released: &str| {
        let w = World::new("").source(Kind::Deploy, "", "");
        // its log is named after the service: `web-1/claims.log`
        let w = w.source(Kind::App, "web-1", "claims");
        let mut w = w.release(-240, -230, released, "2.0");
        w = w.says(0, 900, "web-1", "", "KeyError: 'x'");
        w.rank().causes[0].score
    };
    assert!(with("portal") <= 0.49);
    assert!(with("claims-api") > 0.49);
}

#[test]
fn memory_of_another_host_convicts_nobody() {
    let kill = "Out of memory: Killed process 77 (python3) total-vm:9kB";
    let own = plain()
        .source(Kind::System, "web-1", "kernel")
        .fault(0, CauseClass::Memory, "web-1", "kernel", kill)
        .says(0, 1, "web-1", "kernel", kill)
        .rank();
    names(&own, CauseClass::Memory, "python3");
    refuses(
        &plain()
            .source(Kind::System, "jobs01", "kernel")
            .fault(0, CauseClass::Memory, "jobs01", "kernel", kill)
            .says(0, 1, "jobs01", "kernel", kill)
            .rank(),
    );
}

#[test]
fn disk_of_another_host_convicts_nobody() {
    refuses(
        &plain()
            .says(
                0,
                5,
                "backup-1",
                "backup",
                "cp: error writing 'offsite.tar': No space left on device",
            )
            .rank(),
    );
}

#[test]
fn a_short_lock_wait_convicts_nobody() {
    let wait = "process 755 still waiting for RowExclusiveLock on relation 16406 of database 16385";
    refuses(
        &plain()
            .source(Kind::App, "db-1", "postgresql")
            .says(-30, 1, "db-1", "postgresql", wait)
            .rank(),
    );
}

#[test]
fn a_host_that_starts_cold_and_falls_silent_alone() {
    let r = plain()
        .source(Kind::System, "web-2", "")
        .alias("10.0.0.1", "web-1")
        .alias("10.0.0.2", "web-2")
        .share(Dim::Upstream, "10.0.0.1:80", (1000, 0), (900, 0))
        .share(Dim::Upstream, "10.0.0.2:80", (1000, 0), (900, 800))
        .silent(1, 300, false, &["web-2"], &[2, 4])
        .event(
            300,
            M::Restart,
            "web-2",
            "",
            "",
            "kernel: Linux version 6.1.0",
        )
        .rank();
    names(&r, CauseClass::Host, "web-2");
}

#[test]
fn a_crash_of_the_service_itself_and_one_of_a_job() {
    let own = plain()
        .event(
            0,
            M::Crash,
            "web-1",
            "shop",
            "",
            "shop.service: Main process exited, code=killed, status=11/SEGV",
        )
        .statuses(&[(502, 500)])
        .rank();
    names(&own, CauseClass::Crash, "shop");
    refuses(
        &plain()
            .event(
                0,
                M::Crash,
                "jobs01",
                "thumbs",
                "",
                "thumbs.service: Main process exited, code=killed",
            )
            .rank(),
    );
}

#[test]
fn ten_times_the_traffic_says_more_than_a_release_minutes_before() {
    let with = |surge| {
        let mut w = plain().release(-900, -880, "shop", "2.0");
        w.surge = Some(surge);
        w.statuses(&[(504, 500)]).rank()
    };
    let ten = with(10.0);
    names(&ten, CauseClass::Overload, "shop");
    assert!(ten.causes[0].score > with(2.0).causes[0].score);
}

#[test]
fn abuse_needs_few_clients_and_a_surge() {
    let mut w = plain();
    w.surge = Some(6.0);
    w.top_client = Some(0.95);
    w.statuses = vec![(404, 9000), (503, 900)];
    let r = w.rank();
    assert!(
        r.causes
            .iter()
            .take(2)
            .any(|c| c.class == CauseClass::Attack),
        "{}",
        show(&r)
    );
}

#[test]
fn bad_records_on_one_endpoint() {
    let r = plain()
        .share(Dim::Endpoint, "POST /import", (100, 0), (500, 490))
        .share(Dim::Endpoint, "GET /", (3000, 1), (3000, 1))
        .says(
            0,
            490,
            "web-1",
            "shop",
            "json.decoder.JSONDecodeError: malformed record in /srv/in/batch-7.json",
        )
        .statuses(&[(500, 490)])
        .rank();
    names(&r, CauseClass::BadData, "batch-7");
}

#[test]
fn the_same_case_gives_the_same_ranking() {
    let w = plain().noise(-30).release(-60, -40, "shop", "2.0").says(
        0,
        900,
        "web-1",
        "shop",
        "KeyError: 'x'",
    );
    assert_eq!(show(&w.rank()), show(&w.rank()));
}

#[test]
fn a_fault_that_keeps_time_with_the_failures_is_suspected_though_few_lines_report_it() {
    let words = "OSError: [Errno 28] No space left on device: '/srv/data/7.bin'";
    let world = plain().says(0, 60, "web-1", "shop.web", words);
    let r = world.rank();
    let top = &r.causes[0];
    assert_eq!(top.class, CauseClass::Disk, "{}", show(&r));
    assert!(top.score >= 0.5, "{}", show(&r));
    // what goes on long after the failures says less
    let mut later = plain().says(0, 60, "web-1", "shop.web", words);
    later.templates[0].last = at(later.end + 600);
    let after = later.rank();
    let disk = |r: &Ranking| {
        let c = r.causes.iter().find(|c| c.class == CauseClass::Disk);
        c.map_or(0.0, |c| c.score)
    };
    assert!(disk(&after) < disk(&r), "{}", show(&after));
}

#[test]
fn a_client_that_repeats_the_words_of_a_database_is_not_its_host() {
    let words = "could not connect: FATAL: the database system is shutting down";
    let r = plain().says(0, 900, "web-1", "shop.web", words).rank();
    let top = &r.causes[0];
    assert_eq!(top.class, CauseClass::Database, "{}", show(&r));
    let named = top.culprit.as_ref().map_or("", |c| c.name.for_json());
    assert!(!named.contains("web-1"), "{}", show(&r));
}
