//! What is held, filled, set or read again, and how its end tells what it was: files that are put back, states that are cleared, files
//! that are taken away, sessions that hold a lock, processes that the errors call by their kind.

use super::ends::quoting;
use super::*;
use MarkerKind as M;

fn command(w: World, s: i64, host: &str, typed: &str) -> World {
    quoting(
        w,
        s,
        M::HumanNote,
        host,
        &format!("Command on {host}: "),
        typed,
    )
}

#[test]
fn a_file_that_is_put_back_was_the_change_and_took_force_when_it_was_read() {
    let with = |edit: &str, back: &str, program: &str, read: i64| {
        let error = "frobnication of basket 17 gave up";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", error);
        let w = w.release(-42, -22, "shop", "2.0");
        let w = command(w, -500, "web-1", edit);
        let w = w.event(read, M::ServiceStart, "web-1", program, "", "ready");
        let w = command(w, 400, "web-1", back);
        w.event(412, M::ConfigChange, "web-1", program, "", "reload")
            .rank()
    };
    for (edit, back, program) in [
        (
            "vim shop.conf",
            "cp -p /root/shop.conf.old /etc/php/8.2/fpm/pool.d/shop.conf",
            "php8.2-fpm",
        ),
        (
            "sed -i s/200/20/ /etc/postgresql/16/main/postgresql.conf",
            "nano postgresql.conf",
            "postgresql",
        ),
        (
            "tee /etc/haproxy/haproxy.cfg",
            "mv haproxy.cfg.1 /etc/haproxy/haproxy.cfg",
            "haproxy",
        ),
    ] {
        let r = with(edit, back, program, -30);
        names(
            &r,
            CauseClass::Config,
            edit.rsplit('/').next().unwrap_or(edit),
        );
        assert!(show(&r).contains("after what reads it is"), "{}", show(&r));
        // where nothing reads it between, it was in force at once
        let r = with(edit, back, program, -600);
        assert!(!show(&r).contains("after what reads it is"), "{}", show(&r));
    }
    for (first, last) in [
        ("less shop.conf", "cp shop.conf.old shop.conf"),
        ("vim shop.conf", "cp other.conf.old other.conf"),
        ("vim shop.conf", "diff shop.conf.old shop.conf"),
        ("systemctl start shop.service", "kill -HUP shop.service"),
    ] {
        let r = with(first, last, "nginx", -30);
        assert!(!show(&r).contains("The command"), "{first}: {}", show(&r));
    }
}

#[test]
fn a_process_of_the_kind_that_the_errors_call_is_why() {
    let with = |error: &str, process: &str| {
        let w = World::new("shop").apps(&["web-1"]);
        let w = w
            .source(Kind::App, "web-1", "")
            .source(Kind::System, "node-3", "kernel");
        let w = w.says(0, 900, "web-1", "shop", error);
        let w = w.event(
            1,
            M::Crash,
            "node-3",
            "redis-shared-0",
            "",
            "Back-off restarting failed container",
        );
        let killed = format!(
            "Memory cgroup out of memory: Killed process 1411000 ({process}) total-vm:1193208kB"
        );
        w.fault(0, CauseClass::Memory, "node-3", "", &killed).rank()
    };
    let closed = "run failed: redis.exceptions.ConnectionError: Connection closed by server.";
    names(
        &with(closed, "redis-server"),
        CauseClass::Memory,
        "redis-server",
    );
    let refused = "redis: connect ECONNREFUSED 10.43.18.7:6379";
    names(
        &with(refused, "redis-server"),
        CauseClass::Memory,
        "redis-server",
    );
    let other = with("could not reach MySQL server at 10.0.0.9:3306", "chrome");
    assert!(other.causes[0].class != CauseClass::Memory);
}

#[test]
fn what_is_ended_where_memory_ran_out_is_what_took_it() {
    let with = |typed: &str, host: &str, s: i64| {
        let killed = "Out of memory: Killed process 943256 (postgres) total-vm:8942752kB";
        let w = plain().apps(&["db-1"]).says(0, 900, "db-1", "shop", killed);
        let w = w.fault(0, CauseClass::Memory, "db-1", "kernel", killed);
        command(w, s, host, typed).rank()
    };
    let extract = "pkill -f bi_extract.py";
    let r = with(extract, "db-1", 395);
    names(&r, CauseClass::Memory, "bi_extract.py on db-1");
    assert!(show(&r).contains("the end of "), "{}", show(&r));
    let title = format!("{:?}", r.causes[0].title);
    assert!(title.contains("Memory used up by "), "{title}");
    let r = with("systemctl stop reports.service", "db-1", 395);
    names(&r, CauseClass::Memory, "reports.service on db-1");
    for (typed, host, s) in [
        // long before the end, elsewhere, a number, whose they are, and what only looks
        (extract, "db-1", 100),
        (extract, "web-9", 395),
        ("kill 943256", "db-1", 395),
        ("pkill -u dwh", "db-1", 395),
        ("systemctl status postgresql", "db-1", 395),
    ] {
        names(
            &with(typed, host, s),
            CauseClass::Memory,
            "postgres on db-1",
        );
    }
}

#[test]
fn a_state_that_is_cleared_as_the_failures_end_lasts_as_they_do() {
    let with = |set: &str, s: i64, cleared: &str| {
        let w = plain().apps(&["web-1"]).source(Kind::App, "mq-1", "");
        let w = w.fault(-20, CauseClass::Disk, "mq-1", "", set);
        let w = w.says(0, 20, "web-1", "shop", "publishing to mq-1:5672 gave up");
        let mut w = w.says(s, 0, "mq-1", "", cleared);
        w.statuses = vec![(504, 500)];
        show(&w.rank()).contains("clears as they end")
    };
    for (set, cleared) in [
        (
            "disk resource limit alarm set on node rabbit@mq-1",
            "disk resource limit alarm cleared on node rabbit@mq-1",
        ),
        (
            "flood stage disk watermark exceeded on [a]",
            "flood stage disk watermark ok on [a]",
        ),
        (
            "volume data-pool is full and read-only",
            "volume data-pool is ok",
        ),
    ] {
        assert!(with(set, 427, cleared), "{cleared}");
        assert!(!with(set, 200, cleared), "{cleared}");
        assert!(!with(set, 427, set), "{set}");
    }
}

#[test]
fn a_fault_that_clears_with_the_failures_is_theirs_on_any_host() {
    let with = |cleared: i64| {
        let w = plain().apps(&["web-1"]).source(Kind::App, "mq-1", "broker");
        let set = "disk resource limit alarm set on node rabbit@mq-1";
        let w = w.fault(-1, CauseClass::Disk, "mq-1", "broker", set);
        let over = "disk resource limit alarm cleared on node rabbit@mq-1";
        let mut w = quoting(
            w,
            cleared,
            M::AlertResolved,
            "mq-1",
            "Alert resolved: ",
            over,
        );
        w.statuses = vec![(500, 500)];
        let r = w.rank();
        r.causes
            .iter()
            .any(|c| c.class == CauseClass::Disk && c.score > 0.1)
    };
    assert!(with(427));
    assert!(!with(2000));
}

#[test]
fn what_is_taken_away_from_a_full_disk_filled_it() {
    let with = |act: &str| {
        let w = plain().apps(&["web-1"]).source(Kind::System, "mq-1", "");
        let error = "publishing to mq-1:5672 gave up";
        let w = w.says(0, 20, "web-1", "shop", error);
        let w = w.fault(-20, CauseClass::Disk, "mq-1", "", "No space left on device");
        command(w, 410, "mq-1", act).rank()
    };
    for (act, file) in [
        ("rm /var/tmp/capture.pcap", "capture.pcap"),
        ("truncate -s 0 /var/log/app/debug.log", "debug.log"),
        ("/usr/bin/rm -f /srv/dump.sql", "dump.sql"),
    ] {
        names(&with(act), CauseClass::Disk, file);
    }
    names(
        &with("systemctl restart broker.service"),
        CauseClass::Disk,
        "mq-1",
    );
}

#[test]
fn a_file_that_a_command_made_is_no_setting_that_is_put_back() {
    let with = |made: &str, away: &str| {
        let w = plain().apps(&["web-1"]).source(Kind::System, "mq-1", "");
        let w = command(w, -100, "mq-1", made);
        let w = w.fault(-20, CauseClass::Disk, "mq-1", "", "No space left on device");
        command(w, 419, "mq-1", away).rank()
    };
    let undone = "another command on the same host";
    let dump = with("pg_dump -f /srv/dump.sql shop", "rm /srv/dump.sql");
    assert!(!show(&dump).contains(undone), "{}", show(&dump));
    let set = with("tee /etc/shop/shop.conf", "rm /etc/shop/shop.conf");
    assert!(show(&set).contains(undone), "{}", show(&set));
}

#[test]
fn a_new_address_among_old_ones_that_fail_as_well_is_a_replacement() {
    let with = |old: (u64, u64)| {
        let w = quoting(
            plain(),
            -20,
            M::ConfigChange,
            "",
            "Changed: ",
            "revoke rule-3306-db",
        );
        let w = w.share(Dim::Upstream, "10.0.0.9:8080", (0, 0), (400, 400));
        w.share(Dim::Upstream, "10.0.0.4:8080", (3000, 0), old)
            .rank()
    };
    names(&with((500, 2)), CauseClass::Config, "10.0.0.9:8080");
    assert!(!show(&with((500, 480))).contains("never used before"));
}

#[test]
fn who_holds_what_others_wait_for_is_named() {
    let with = |held: &str| {
        let db = |w: World, n: u64, text: &str| w.says(-1, n, "db-1", "postgresql", text);
        let w = World::new("shop")
            .apps(&["web-1"])
            .source(Kind::App, "db-1", "postgresql");
        let w = db(
            w,
            40,
            "process 19498 still waiting for ShareLock on transaction 4821 after 1001.8 ms",
        );
        let w = db(w, 18, "STATEMENT:  update policy set n=1 where id=2");
        let mut w = db(w, 40, held);
        w.statuses = vec![(504, 900)];
        w.rank()
    };
    for held in [
        "Process holding the lock: 20987. Wait queue: 19498.",
        "lock request blocked by session 20987",
        "waiting_pid: 19498, blocking_pid: 20987",
    ] {
        names(
            &with(held),
            CauseClass::Lock,
            "policy, held by session 20987",
        );
    }
    names(
        &with("holding 20987 connections"),
        CauseClass::Lock,
        "policy",
    );
}

#[test]
fn a_session_that_is_ended_as_the_failures_end_held_the_lock() {
    let with = |command: &str| {
        let w = World::new("shop").apps(&["web-1"]);
        let wait = "SQLSTATE[HY000]: 1205 Lock wait timeout exceeded";
        let w = w.says(-1, 900, "web-1", "shop", wait);
        let mut w = quoting(w, 400, M::MitigationStart, "db-1", "Command: ", command);
        (w.end, w.recovered) = (430, true);
        let r = w.rank();
        let lock = r.causes.iter().find(|c| c.class == CauseClass::Lock);
        let named = lock.and_then(|c| c.culprit.as_ref());
        named.is_some_and(|n| n.name.for_json() == "session 88213")
    };
    assert!(with("mysqladmin -h 10.20.0.21 kill 88213"));
    assert!(with("psql -c 'SELECT pg_terminate_backend(88213)'"));
    assert!(!with("systemctl restart mysql"));
}

#[test]
fn connections_are_taken_by_what_was_scaled_up_before() {
    let with = |to: u64, s: i64| {
        let w = plain().says(0, 900, "web-1", "shop", "FATAL: too many connections");
        let said = format!("Scaled up replica set bulk-66d5f7cc9b to {to} from 4");
        let mut w = quoting(w, s, M::Scale, "", "Replicas changed: ", &said);
        let scaled = w.events.iter_mut().filter(|e| e.kind == M::Scale);
        scaled.for_each(|e| e.service = name("bulk"));
        let r = w.rank();
        let pool = r
            .causes
            .iter()
            .find(|c| c.class == CauseClass::ConnectionPool);
        let named = pool.and_then(|c| c.culprit.as_ref());
        named.is_some_and(|n| n.name.for_json() == "bulk")
    };
    assert!(with(40, -70));
    assert!(!with(5, -70));
    assert!(!with(40, -7_200));
}

#[test]
fn a_task_that_wrote_a_file_is_called_by_it() {
    for (task, file) in [
        ("TASK [varnish : deploy default.vcl]", "default.vcl"),
        ("TASK [nginx : template upstreams.conf]", "upstreams.conf"),
        ("RUNNING HANDLER [validate haproxy.cfg]", "haproxy.cfg"),
    ] {
        let w = quoting(plain(), -20, M::ConfigChange, "web-1", "Changed: ", task);
        let w = w.event(
            -18,
            M::ConfigChange,
            "web-1",
            "varnish",
            "",
            "Reloading varnish.service",
        );
        let r = w.rank();
        let named = r.causes.iter().find(|c| c.class == CauseClass::Config);
        let named = named
            .and_then(|c| c.culprit.as_ref())
            .map(|c| c.name.for_json());
        assert_eq!(named, Some(file), "{}", show(&r));
    }
}

#[test]
fn the_name_of_a_message_is_no_object_that_is_changed_back() {
    let said = |command: &str| format!("%PARSER-5-CFGLOG_LOGGEDCMD: logged command:{command}");
    let logged = |w, s, c: &str| {
        let text = said(c);
        quoting(
            w,
            s,
            M::ConfigChange,
            "sw-1",
            "Configuration changed: ",
            &text,
        )
    };
    let undone = |others: &[&str]| {
        let mut w = plain().apps(&["web-1"]);
        w = w.says(0, 900, "web-1", "shop", "frobnication of basket 17 gave up");
        for (n, command) in others.iter().enumerate() {
            w = logged(w, -900 + n as i64, command);
        }
        let r = logged(w, 412, "default interface Te1/0/12").rank();
        show(&r).contains("as the change is undone")
    };
    assert!(undone(&["interface Te1/0/12"]));
    assert!(!undone(&["interface Te1/0/19", "no shutdown"]));
}

#[test]
fn a_sync_that_brings_no_other_version_is_a_change_of_what_it_sets() {
    let synced = |after: &str| {
        let set = "configmap/prices-env configured";
        let w = plain()
            .apps(&["web-1"])
            .release(-40, -10, "prices", "8c7e84c2b571dc512b30")
            .event(-30, M::ServiceStart, "web-2", "prices", "2.3.0", "ready")
            .rollback(380, 400, "prices", "ec3d9e5c45bcf498ba70")
            .event(385, M::ServiceStart, "web-2", "prices", after, "ready");
        let w = quoting(w, -39, M::ConfigChange, "", "Configuration changed: ", set);
        let w = quoting(w, 381, M::ConfigChange, "", "Configuration changed: ", set);
        let full = "remaining connection slots are reserved for roles with SUPERUSER";
        w.says(0, 900, "web-1", "shop", full).rank()
    };
    let first = |r: &Ranking| {
        let top = &r.causes[0];
        (
            top.class,
            top.culprit.as_ref().map(|c| c.name.for_json().to_owned()),
        )
    };
    let (class, name) = first(&synced("2.3.0"));
    assert_eq!(
        (class, name.as_deref()),
        (CauseClass::Config, Some("configmap/prices-env"))
    );
    // another version ran before it
    assert_ne!(first(&synced("2.2.9")).0, CauseClass::Config);
}

#[test]
fn a_statement_that_builds_what_was_dropped_may_take_minutes() {
    let built = |s: i64| {
        let mut w = plain().apps(&["web-1"]);
        w.end = 900;
        let dropped = |name: &str| format!("statement: DROP INDEX \"{name}\"");
        let w = quoting(
            w,
            -20,
            M::MigrationStart,
            "db",
            "Migration begins: ",
            &dropped("ix_carts_token"),
        );
        let w = quoting(
            w,
            -19,
            M::MigrationStart,
            "db",
            "Migration begins: ",
            &dropped("ix_carts_zip"),
        );
        let made = "statement: CREATE INDEX CONCURRENTLY ix_carts_token ON carts (token)";
        let w = quoting(w, s, M::MigrationStart, "db", "Migration begins: ", made);
        let slow = "canceling statement due to statement timeout";
        w.says(0, 900, "web-1", "shop", slow).rank()
    };
    names(&built(400), CauseClass::Migration, "ix_carts_token");
    assert!(!show(&built(200)).contains("after the same is changed again"));
}
