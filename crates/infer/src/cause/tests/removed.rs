//! What was set otherwise, taken away or widened as the failures ended, and hosts that the new errors call.

use super::ends::quoting;
use super::*;
use MarkerKind as M;

fn command(w: World, s: i64, host: &str, typed: &str) -> World {
    let says = format!("Command on {host}: ");
    quoting(w, s, M::HumanNote, host, &says, typed)
}

#[test]
fn a_command_that_is_set_otherwise_as_the_failures_end_was_the_change_however_long_before() {
    let with = |last: &str| {
        let error = "reason '2053' ('MQRC_Q_FULL')";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", error);
        let w = command(w, -3200, "ops-1", "oc scale deploy/audit-sink --replicas=0");
        command(w, 400, "ops-1", last).rank()
    };
    let undone = with("oc scale deploy/audit-sink --replicas=2");
    names(&undone, CauseClass::Config, "audit-sink");
    let other = with("oc scale deploy/mail-sink --replicas=2");
    let config = other.causes.iter().find(|c| c.class == CauseClass::Config);
    assert!(config.is_none_or(|c| c.score < 0.5), "{}", show(&other));
}

#[test]
fn what_is_taken_away_by_name_filled_the_disk() {
    let with = |act: &str| {
        let full = "disk resource limit alarm set on node rabbit@mq-1";
        let w = plain().apps(&["web-1"]);
        let w = w.fault(-2, CauseClass::Disk, "web-1", "rabbit", full);
        command(w, 410, "web-1", act).rank()
    };
    names(
        &with("rabbitmqctl delete_queue audit-copy"),
        CauseClass::Disk,
        "audit-copy on web-1",
    );
    names(
        &with("rabbitmqctl list_queues name messages"),
        CauseClass::Disk,
        "web-1",
    );
}

#[test]
fn a_column_that_is_widened_as_the_failures_end_is_named() {
    let with = |statement: &str| {
        let error = "ERROR:  integer out of range";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", error);
        quoting(w, 300, M::MigrationStart, "db-1", "Migration: ", statement).rank()
    };
    let widened = with("ALTER TABLE picks ALTER COLUMN movement_id TYPE bigint");
    names(&widened, CauseClass::Database, "picks");
}

#[test]
fn the_errors_name_the_one_host_that_was_changed() {
    let with = |host: &str| {
        let error = "DBI connect('host=db1.int.shop.example;port=3306','app',...) failed: \
            Authentication plugin 'caching_sha2_password' reported error: Authentication requires secure connection.";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", error);
        let file = "Running state [/etc/mysql/grants.d/20_reporting.sql]";
        quoting(
            w,
            -400,
            M::ConfigChange,
            host,
            "Configuration changed: ",
            file,
        )
        .rank()
    };
    let called = with("db1");
    names(&called, CauseClass::Config, "20_reporting.sql");
    assert!(
        show(&called).contains("the host that was changed"),
        "{}",
        show(&called)
    );
    let other = with("mail1");
    assert!(
        !show(&other).contains("the host that was changed"),
        "{}",
        show(&other)
    );
}

#[test]
fn who_opens_the_file_of_a_change_as_the_failures_end_puts_it_right() {
    let with = |last: &str| {
        let error = "FATAL: unsupported startup parameter: extra_float_digits";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", error);
        let set = "File[/etc/pool/pool.ini]/content content changed 'a' to 'b'";
        let w = quoting(w, -480, M::ConfigChange, "db-1", "Changed: ", set);
        command(w, 380, "db-1", last).rank()
    };
    names(
        &with("vim /etc/pool/pool.ini"),
        CauseClass::Config,
        "/etc/pool/pool.ini",
    );
    let other = with("vim /etc/pool/users.ini");
    let config = other.causes.iter().find(|c| c.class == CauseClass::Config);
    assert!(config.is_none_or(|c| c.score < 0.5), "{}", show(&other));
}

#[test]
fn what_is_set_back_after_another_act_helped_is_suspected_more() {
    let with = |later: &str| {
        let error = "connection to server at \"db-1\", port 5432 failed: timeout expired";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", error);
        let set = "Firewall[110]/source source changed '10.0.0.0/23' to '10.0.0.0/24'";
        let w = quoting(w, -8, M::ConfigChange, "db-1", "Changed: ", set);
        let w = quoting(w, 1200, M::ConfigChange, "db-1", "Changed: ", later).rank();
        let config = w.causes.iter().find(|c| c.class == CauseClass::Config);
        config.map_or(0.0, |c| c.score)
    };
    let back = with("Firewall[110]/source source changed '10.0.0.0/24' to '10.0.0.0/23'");
    let other = with("Firewall[110]/source source changed '10.0.0.0/24' to '10.0.0.0/25'");
    assert!(back > 0.5 && other < 0.5, "{back} {other}");
}

#[test]
fn a_limit_of_size_is_that_of_the_file_which_raised_it() {
    let with = |error: &str| {
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", error);
        let set = "TASK [nginx : template]: /etc/nginx/snippets/buffers.conf";
        quoting(w, 415, M::ConfigChange, "web-1", "Changed: ", set).rank()
    };
    names(
        &with("upstream sent too big header while reading response header from upstream"),
        CauseClass::Overload,
        "/etc/nginx/snippets/buffers.conf",
    );
}

#[test]
fn a_limit_of_number_is_that_of_the_setting_in_whose_name_stands_what_is_counted() {
    let with = |set: &str| {
        let error = "this action would add [4] total shards, but this cluster currently has [30]/[30] maximum shards open";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", error);
        let set = quoting(w, 415, M::ConfigChange, "search-1", "Changed: ", set).rank();
        let first = &set.causes[0];
        let culprit = first.culprit.as_ref();
        (
            first.class,
            culprit.map_or(String::new(), |c| c.name.for_json().to_owned()),
        )
    };
    let (class, limit) = with("updating [cluster.max_shards_per_node] from [30] to [60]");
    assert_eq!(class, CauseClass::Overload);
    assert_eq!(limit, "cluster.max_shards_per_node");
    let (class, other) =
        with("updating [indices.recovery.max_bytes_per_sec] from [40mb] to [80mb]");
    assert_eq!(class, CauseClass::Overload);
    assert!(other.contains("maximum shards"), "{other}");
}

#[test]
fn what_is_set_higher_as_the_failures_end_is_a_limit_in_whatever_words() {
    let with = |set: &str| {
        let error = "frobnication refused: max_open_baskets (now 800)";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", error);
        command(w, 415, "db-1", set).rank()
    };
    let raised = with("shopctl -e SET GLOBAL max_open_baskets = 900");
    names(&raised, CauseClass::Overload, "max_open_baskets");
    for other in [
        "shopctl -e SHOW max_open_baskets",
        "shopctl -e SET GLOBAL max_wait = 900",
    ] {
        refuses(&with(other));
    }
}

#[test]
fn what_the_one_statement_alters_with_which_refusals_end_is_what_was_refused() {
    let with = |at: i64| {
        let error = "SQLSTATE[HY000] [1862] Your password has expired";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", error);
        let w = command(w, 300, "db-1", "mysql -e SET GLOBAL expired_ok = OFF");
        let unlock = "mysql -e ALTER USER 'rooms_app'@'10.7.%' ACCOUNT UNLOCK";
        let r = command(w, at, "db-1", unlock).rank();
        let first = &r.causes[0];
        let named = first.culprit.as_ref().map(|c| c.name.for_json().to_owned());
        (first.class, named.unwrap_or_default())
    };
    let end = plain().end;
    assert_eq!(with(end), (CauseClass::Config, "rooms_app".to_owned()));
    assert_ne!(with(end - 60).1, "rooms_app");
}

#[test]
fn a_part_of_a_machine_is_named_with_its_host() {
    let said = "The controller battery Learn cycle has timed out.: Battery 0 Controller 0";
    let w = plain().apps(&["web-1"]);
    let w = w.fault(-20, CauseClass::Host, "web-1", "", said).rank();
    names(&w, CauseClass::Host, "controller battery on web-1");
}

#[test]
fn a_refusal_is_not_laid_to_a_change_of_another_host_that_time_alone_ties() {
    let with = |host: &str| {
        let refused = "The identity of pool Portal is invalid: invalid username or password";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 20, "web-1", "shop", refused);
        let changed = "option 'max degree' changed from 8 to 4";
        quoting(w, -500, M::ConfigChange, host, "Changed: ", changed).rank()
    };
    assert!(with("web-1").change.is_some(), "{}", show(&with("web-1")));
    assert!(with("sql-9").change.is_none(), "{}", show(&with("sql-9")));
}

#[test]
fn a_revocation_list_that_has_run_out_is_no_certificate_that_has() {
    let with = |said: &str| {
        let alert = "SSLHandshakeException: Received fatal alert: certificate_expired";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", alert);
        w.says(0, 900, "db-1", "stunnel", said).rank()
    };
    let list = with("CERT: Pre-verification error: CRL has expired");
    names(&list, CauseClass::Certificate, "CRL");
    let own = with("CERT: Pre-verification error: certificate has expired");
    names(&own, CauseClass::Certificate, "web-1");
}

#[test]
fn what_is_masked_is_not_the_same_again() {
    let with = |role: &str| {
        let refused = "permission denied for sequence basket_id_seq";
        let w = plain()
            .apps(&["web-1"])
            .says(0, 900, "web-1", "shop", refused);
        let lends = format!("statement: CREATE ROLE {role} WITH LOGIN");
        let w = quoting(w, -25, M::ConfigChange, "db-1", "Changed: ", &lends);
        let again = format!("{lends} VALID UNTIL tomorrow");
        quoting(w, 300, M::ConfigChange, "db-1", "Changed: ", &again).rank()
    };
    let says = |role: &str| show(&with(role)).contains("as the change is undone");
    assert!(says("basket_rw"));
    assert!(!says("«secret»"));
}
