//! What the end of the failures says, and what their errors point at: acts that undo each other, hosts that are named, limits behind
//! which something else failed.

use super::*;
use crate::model::{CauseVerdict, Piece};
use MarkerKind as M;

/// An event whose row quotes its line.
pub(super) fn quoting(w: World, s: i64, kind: M, host: &str, says: &str, line: &str) -> World {
    let mut w = w.event(s, kind, host, "", "", line);
    let quoted = |e: &&mut Event| e.time == Some(at(s)) && e.kind == kind;
    if let Some(e) = w.events.iter_mut().find(quoted) {
        e.text = Sentence::words(says.to_owned()).p(Piece::Log(txt(line)));
    }
    w
}

const POOL: &str = "FATAL: sorry, too many clients already";

#[test]
fn a_change_and_what_undoes_it_as_the_failures_end_are_the_cause() {
    let with = |error: &str, last: &str| {
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", error);
        let first = "revoke rule-3306-db";
        let w = quoting(w, -500, M::ConfigChange, "", "Changed: ", first);
        quoting(w, 419, M::ConfigChange, "", "Changed: ", last).rank()
    };
    let undone = with(POOL, "authorize rule-3306-db");
    leads(&undone, CauseClass::Config);
    let other = with(POOL, "authorize rule-443-web");
    leads(&other, CauseClass::ConnectionPool);
    // that a server is not reached may be its doing
    let unanswered = "get cart: dial error (timeout: dial tcp 10.40.30.10:8443: i/o timeout)";
    let undone = with(unanswered, "authorize rule-3306-db");
    leads(&undone, CauseClass::Config);
    assert!(
        show(&undone).contains("may have caused"),
        "{}",
        show(&undone)
    );
    let other = with(unanswered, "authorize rule-443-web");
    assert!(
        !show(&other).contains("may have caused"),
        "{}",
        show(&other)
    );
}

#[test]
fn the_same_words_right_before_the_failures_and_as_they_end_are_a_change_and_its_way_back() {
    let with = |all: &[i64]| {
        let w = plain().apps(&["web-1"]).says(0, 900, "web-1", "shop", POOL);
        let said = |w, s: &i64| {
            let words = "new routing policy applied";
            quoting(w, *s, M::ConfigChange, "core-sw", "Changed: ", words)
        };
        all.iter().fold(w, said).rank()
    };
    leads(&with(&[-90, 419]), CauseClass::Config);
    // what is said again and again is said by a timer
    leads(&with(&[-90, 160, 419]), CauseClass::ConnectionPool);
}

#[test]
fn an_index_that_is_dropped_and_made_again_as_the_failures_end_is_the_cause() {
    let with = |last: &str| {
        let w = plain().apps(&["web-1"]).says(0, 900, "web-1", "shop", POOL);
        let first = "drop index shop.ix_stock_day";
        let w = quoting(w, -270, M::MigrationStart, "", "Migration: ", first);
        quoting(w, 419, M::MigrationStart, "", "Migration: ", last).rank()
    };
    let again = with("create index shop.ix_stock_day on stock (hotel, day) online");
    leads(&again, CauseClass::Migration);
    let other = with("create index shop.ix_member_mail on member (mail)");
    leads(&other, CauseClass::ConnectionPool);
}

#[test]
fn commands_that_undo_each_other_are_a_change_and_a_look_is_none() {
    let with = |first: &str, last: &str| {
        let w = plain().apps(&["web-1"]).says(
            2,
            900,
            "web-1",
            "shop",
            "Connection to Redis 10.0.0.9:6379 timed out",
        );
        let w = quoting(
            w,
            -3,
            M::HumanNote,
            "cache-1",
            "Command on cache-1: ",
            first,
        );
        quoting(
            w,
            419,
            M::HumanNote,
            "cache-1",
            "Command on cache-1: ",
            last,
        )
        .rank()
    };
    let undone = with("ufw enable", "ufw disable");
    leads(&undone, CauseClass::Config);
    for (first, last) in [("ufw status", "ufw status"), ("ss -lntp", "ufw disable")] {
        let r = with(first, last);
        leads(&r, CauseClass::Cache);
    }
}

#[test]
fn a_fault_of_the_host_that_the_errors_name_is_theirs() {
    let with = |error: &str| {
        plain()
            .apps(&["web-1"])
            .source(Kind::System, "mq-1", "broker")
            .fault(
                -20,
                CauseClass::Disk,
                "mq-1",
                "broker",
                "disk resource limit alarm set",
            )
            .says(0, 20, "web-1", "shop", error)
            .rank()
    };
    names(
        &with("publishing to mq-1:5672 gave up"),
        CauseClass::Disk,
        "",
    );
    refuses(&with("publishing gave up"));
}

#[test]
fn a_limit_hands_on_to_what_failed_before_it() {
    let payment = "POST https://api.payments.example/charge failed: 503";
    let with = |first: i64| {
        plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", POOL)
            .says(first, 100, "web-1", "shop", payment)
            .rank()
    };
    let before = with(-40);
    leads(&before, CauseClass::ThirdParty);
    let after = with(60);
    leads(&after, CauseClass::ConnectionPool);
}

#[test]
fn what_the_kernel_says_once_of_a_disk_is_what_statements_wait_for() {
    let late = "Execution Timeout Expired. The timeout period elapsed";
    let with = |first: i64, line: &str| {
        World::new("shop")
            .apps(&["web-1"])
            .source(Kind::System, "db-1", "kernel")
            .source(Kind::App, "db-1", "postgres")
            .says(first, 1, "db-1", "kernel", line)
            .says(90, 900, "web-1", "shop", late)
            .rank()
    };
    let worn = "Pool 'tank' has encountered an uncorrectable I/O failure and has been suspended.";
    names(&with(-20, worn), CauseClass::Host, "db-1");
    for r in [with(200, worn), with(-20, "disk 4 of 8 checked, no errors")] {
        leads(&r, CauseClass::Lock);
    }
}

#[test]
fn what_a_release_does_to_the_data_ends_with_it() {
    let with = |done: i64| {
        plain()
            .event(-155, M::DeployStart, "", "shop", "214", "deploying 214")
            .event(-60, M::MigrationStart, "", "", "", "Running migrations.")
            .event(done, M::DeployFinish, "", "shop", "214", "deployed 214")
            .rank()
    };
    let r = with(425);
    leads(&r, CauseClass::Migration);
    let ends = |r: &Ranking, class| {
        let c = r.causes.iter().find(|c| c.class == class);
        c.is_some_and(|c| format!("{:?}", c.pro).contains("the end of"))
    };
    assert!(ends(&r, CauseClass::Migration), "{}", show(&r));
    // the code of a release that is not done yet does not run
    assert!(!ends(&r, CauseClass::Deploy), "{}", show(&r));
    // done long before the failures end
    assert!(!ends(&with(100), CauseClass::Migration));
}

#[test]
fn what_is_begun_after_the_end_ended_nothing() {
    let freed = |s: i64| {
        let w = plain().says(0, 900, "web-1", "shop", POOL);
        let r = w
            .event(s, M::Restart, "web-1", "shop", "", "restarting")
            .rank();
        show(&r).contains("frees leaked connections")
    };
    assert!(freed(410));
    // four seconds after the last failure
    assert!(!freed(424));
}

#[test]
fn a_cache_is_called_by_the_end_of_the_connection_that_was_called() {
    let text = "session load: read tcp 10.0.7.159:54362->10.0.12.81:6379: i/o timeout";
    let r = plain().says(0, 900, "web-1", "shop", text).rank();
    let named = r.causes[0]
        .culprit
        .as_ref()
        .map(|c| (c.kind, c.name.for_json()));
    assert_eq!(named, Some(("host", "10.0.12.81")), "{}", show(&r));
}

#[test]
fn a_change_is_called_by_its_object() {
    let mut w = plain();
    w = quoting(
        w,
        -14,
        M::ConfigChange,
        "",
        "Changed: ",
        "iam PutRolePolicy web-task docs",
    );
    w.events[0].group = Some(txt("web-task"));
    w.events[0].service = Some(txt("web"));
    w = quoting(
        w,
        419,
        M::ConfigChange,
        "",
        "Changed: ",
        "iam PutRolePolicy web-task docs",
    );
    let r = w.rank();
    let named = r.causes[0]
        .culprit
        .as_ref()
        .map(|c| (c.kind, c.name.for_json()));
    let want = ("object", "iam PutRolePolicy web-task docs");
    assert_eq!(named, Some(want), "{}", show(&r));
}

#[test]
fn another_release_of_what_was_released_ends_the_failures_of_the_first() {
    let with = |service: &str, again: &str| {
        let w = plain().apps(&["web-1"]);
        let w = w.event(-10, M::DeployStart, "", service, "1.8", "sync");
        w.event(418, M::DeployStart, "", again, "1.9", "sync")
            .rank()
    };
    // what is called a configuration is one
    let r = with("mesh-config", "mesh-config");
    names(&r, CauseClass::Config, "mesh-config");
    assert_eq!(r.verdict, CauseVerdict::Established, "{}", show(&r));
    refuses(&with("mesh-config", "billing"));
    refuses(&with("mesh", "billing"));
}

#[test]
fn locks_that_a_migration_holds_are_how_it_shows() {
    let with = |migration: i64| {
        let w = plain().apps(&["web-1"]);
        let w = w.event(
            migration,
            M::MigrationStart,
            "",
            "",
            "20260101_add_index",
            "migrate",
        );
        let wait = "still waiting for RowExclusiveLock on relation 16455 after 1000 ms";
        w.says(0, 300, "web-1", "shop", wait)
            .says(20, 600, "web-1", "shop", POOL)
            .rank()
    };
    names(&with(-19), CauseClass::Migration, "20260101_add_index");
    let later = with(500);
    assert_ne!(
        later.causes[0].class,
        CauseClass::Migration,
        "{}",
        show(&later)
    );
}

#[test]
fn what_is_done_to_the_host_of_a_fault_as_the_failures_end_speaks_for_it() {
    let with = |host: &str, command: &str| {
        let w = plain().apps(&["web-1"]);
        let w = w.source(Kind::System, "nas-1", "").fault(
            -1,
            CauseClass::Host,
            "nas-1",
            "",
            "mpt3sas_cm0: SAS host is non-operational",
        );
        let w = w.says(0, 20, "web-1", "shop", "nfs: server nas-1 not responding");
        let r = quoting(
            w,
            410,
            M::HumanNote,
            host,
            &format!("Command on {host}: "),
            command,
        )
        .rank();
        show(&r).contains("Words(\" after \"), Log(")
    };
    assert!(with("nas-1", "reboot"));
    assert!(with("bastion", "ipmitool -H nas-1 chassis power cycle"));
    assert!(!with("bastion", "ipmitool -H nas-2 chassis power cycle"));
}

#[test]
fn an_alert_about_a_disk_counts_that_is_open_from_before_the_onset_to_the_end() {
    let with = |resolved: i64| {
        let alert = |w: World, s, kind| {
            let text = "db-1;Filesystem /var/lib/db";
            quoting(w, s, kind, "db-1", "Alert: ", text)
        };
        let w = alert(plain(), -3000, M::AlertFired);
        show(&alert(w, resolved, M::AlertResolved).rank()).contains("An alert about disk space")
    };
    assert!(with(500));
    assert!(!with(-600), "it was over");
    assert!(!with(9000), "it goes on long after");
    // the alert's file system is none of the host whose error is counted
    let w = plain().says(0, 900, "web-1", "shop", "error 28: No space left on device");
    let w = quoting(
        w,
        -3000,
        M::AlertFired,
        "db-1",
        "Alert: ",
        "db-1;Disk /var/lib/db",
    );
    let r = quoting(
        w,
        500,
        M::AlertResolved,
        "db-1",
        "Alert: ",
        "db-1;Disk /var/lib/db",
    )
    .rank();
    let culprit = r.causes[0].culprit.as_ref().map(|c| c.name.for_json());
    assert_eq!(culprit, Some("/var/lib/db"), "{}", show(&r));
}

#[test]
fn the_only_database_of_the_logs_is_the_one_that_is_used() {
    let with = |hosts: &[&str]| {
        let full = "could not write to file: No space left on device";
        let w = hosts
            .iter()
            .fold(plain(), |w, h| w.source(Kind::App, h, "postgres"));
        w.release(-1600, -1590, "shop", "2.0")
            .fault(-1, CauseClass::Disk, "db-1", "postgres", full)
            .rank()
    };
    let first = |r: &Ranking| r.causes.first().map(|c| c.class);
    assert_eq!(first(&with(&["db-1"])), Some(CauseClass::Disk));
    assert_eq!(first(&with(&["db-1", "db-2"])), Some(CauseClass::Deploy));
}

#[test]
fn a_command_at_the_onset_and_another_at_the_end_on_one_host_are_a_lead() {
    let with = |first: &str, last_host: &str| {
        let w = plain().apps(&["web-1"]).says(0, 900, "web-1", "shop", POOL);
        let w = quoting(w, -40, M::HumanNote, "db-1", "Command on db-1: ", first);
        let says = format!("Command on {last_host}: ");
        quoting(
            w,
            418,
            M::HumanNote,
            last_host,
            &says,
            "mysql -e KILL 58120",
        )
        .rank()
    };
    let named = |r: &Ranking| {
        let first = r.causes.first().and_then(|c| c.culprit.as_ref());
        first.is_some_and(|k| k.name.for_json().starts_with("mysqldump"))
    };
    let both = with("mysqldump --lock-tables shop", "db-1");
    assert!(named(&both), "{}", show(&both));
    assert!(both.causes[0].score < 0.75, "no line says how");
    assert!(!named(&with("mysqldump --lock-tables shop", "web-9")));
    assert!(!show(&with("mysql -e SHOW PROCESSLIST", "db-1")).contains("command"));
}
