//! Messages as programs write them, and the fault that each states.
//! No case here is a made-up wording.

use super::*;

#[test]
fn words_of_real_messages_point_to_their_class() {
    for (text, want) in [
        (
            "auth.UnsupportedAuthError: provider acme-id requires auth protocol v3, this server supports v2",
            Some(Fault::MISFIT),
        ),
        ("KeyError: 'NG'", Some(Fault::of(CauseClass::Deploy))),
        (
            "OSError: [Errno 28] No space left on device",
            Some(Fault::of(CauseClass::Disk)),
        ),
        (
            "PoolError: connection pool exhausted",
            Some(Fault::of(CauseClass::ConnectionPool)),
        ),
        (
            "psycopg2.OperationalError: connection to server at \"10.20.0.30\", port 5432 failed: Connection refused",
            Some(Fault::of(CauseClass::Database)),
        ),
        (
            "psycopg2.OperationalError: server closed the connection unexpectedly",
            Some(Fault::of(CauseClass::Database)),
        ),
        (
            "charge failed order=1372 provider=flutterpay error=HTTP Error 503: Service Unavailable",
            Some(Fault::of(CauseClass::ThirdParty)),
        ),
        (
            "charge failed order=7 provider=mpesa-gw error=timed out",
            Some(Fault::of(CauseClass::ThirdParty)),
        ),
        (
            "process 19498 still waiting for RowExclusiveLock on relation 16396 of database 16385",
            Some(Fault::of(CauseClass::Lock)),
        ),
        (
            "terminating connection due to unexpected postmaster exit",
            Some(Fault::stated(CauseClass::Database).unwrap()),
        ),
        (
            "UPS rack-b@localhost on battery",
            Some(Fault::of(CauseClass::Power)),
        ),
        ("UPS rack-b@localhost on line power", None),
        (
            "Memory cgroup out of memory: Killed process 24296 (node) total-vm:1kB",
            Some(Fault::of(CauseClass::Memory)),
        ),
        (
            "connect() failed (111: Connection refused) while connecting to upstream, upstream: \"http://10.20.0.11:8080/\"",
            Some(Fault::SYMPTOM),
        ),
        (
            "no live upstreams while connecting to upstream",
            Some(Fault::SYMPTOM),
        ),
        ("database \"reporting_old\" does not exist", None),
        (
            "Error=Unable to connect to Database DSN=user@tcp(items-db:3306)/items",
            Some(Fault::of(CauseClass::Database)),
        ),
        (
            "NameResolutionError(\"HTTPConnection: Failed to resolve 'items.test' ([Errno -3] Try again)\")",
            Some(Fault::of(CauseClass::Dns)),
        ),
        (
            "psycopg2.errors.UndefinedColumn: column \"price\" does not exist",
            Some(Fault::of(CauseClass::Migration)),
        ),
        (
            "Error 111 connecting to 10.20.0.40:6379. Connection refused.",
            Some(Fault::of(CauseClass::Cache)),
        ),
        ("unhandled error on GET /products/9", None),
    ] {
        assert_eq!(fault(text), want, "{text}");
    }
    // what is only possible says nothing of the pool
    let closed =
        "tcp recv: closed (the connection was closed by the pool, possibly due to a timeout)";
    assert_ne!(fault(closed), Some(Fault::of(CauseClass::ConnectionPool)));
}

/// Real messages of many programs, with what each states: the half that rules may be fitted to, and the half that only
/// counts. Sources stand in the third column.
const MESSAGES: &str = include_str!("../../../../../tests/data/messages.tsv");

/// What a message is said to state, in the words of the table.
fn stated(text: &str) -> String {
    match fault(text) {
        Some(f) if f == Fault::of(CauseClass::Deploy) => "program_error".to_owned(),
        f => f
            .and_then(Fault::class)
            .map_or("says_nothing", CauseClass::word)
            .to_owned(),
    }
}

/// Rows of a half whose class is said, of those that have one and of those that say nothing; and the rows that are not.
fn said(half: &str) -> ([(usize, usize); 2], Vec<String>) {
    let mut sums = [(0, 0); 2];
    let mut wrong = Vec::new();
    for row in MESSAGES.lines().skip(1) {
        let f: Vec<&str> = row.split('\t').collect();
        let (text, class) = (f[0], f[1]);
        if f[3] != half {
            continue;
        }
        let got = stated(text);
        let sum = &mut sums[usize::from(class == "says_nothing")];
        sum.1 += 1;
        if got == class {
            sum.0 += 1;
        } else {
            wrong.push(format!("{class}, said {got}: {text}"));
        }
    }
    (sums, wrong)
}

#[test]
fn real_messages_are_said_to_state_what_they_state() {
    let (fit, wrong) = said("fit");
    let (score, _) = said("score");
    println!("classes and nothings: fit {fit:?}, score {score:?}");
    println!("{}", wrong.join("\n"));
    assert!(fit[0].1 + fit[1].1 + score[0].1 + score[1].1 >= 200);
    assert_eq!(fit[1].0, fit[1].1, "of what says nothing a class is said");
    assert!(fit[0].0 >= 100 && score[0].0 >= 60, "{fit:?} {score:?}");
    assert!(score[1].0 >= 64, "{score:?}");
}
