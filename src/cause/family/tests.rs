//! Messages as programs write them, and the family of each.
//! No case here is a made-up wording.

use super::*;

#[test]
fn words_of_real_messages_point_to_their_class() {
    for (text, want) in [
        (
            "auth.UnsupportedAuthError: provider acme-id requires auth protocol v3, this server supports v2",
            Some(Family::Incompatible),
        ),
        ("KeyError: 'NG'", Some(Family::Code)),
        (
            "OSError: [Errno 28] No space left on device",
            Some(Family::Disk),
        ),
        ("PoolError: connection pool exhausted", Some(Family::Pool)),
        (
            "psycopg2.OperationalError: connection to server at \"10.20.0.30\", port 5432 failed: Connection refused",
            Some(Family::Database),
        ),
        (
            "psycopg2.OperationalError: server closed the connection unexpectedly",
            Some(Family::Database),
        ),
        (
            "charge failed order=1372 provider=flutterpay error=HTTP Error 503: Service Unavailable",
            Some(Family::ThirdParty),
        ),
        (
            "charge failed order=7 provider=mpesa-gw error=timed out",
            Some(Family::ThirdParty),
        ),
        (
            "process 19498 still waiting for RowExclusiveLock on relation 16396 of database 16385",
            Some(Family::Lock),
        ),
        (
            "terminating connection due to unexpected postmaster exit",
            Some(Family::DatabaseDown),
        ),
        ("UPS rack-b@localhost on battery", Some(Family::Power)),
        ("UPS rack-b@localhost on line power", None),
        (
            "Memory cgroup out of memory: Killed process 24296 (node) total-vm:1kB",
            Some(Family::Memory),
        ),
        (
            "connect() failed (111: Connection refused) while connecting to upstream, upstream: \"http://10.20.0.11:8080/\"",
            Some(Family::Symptom),
        ),
        (
            "no live upstreams while connecting to upstream",
            Some(Family::Symptom),
        ),
        ("database \"reporting_old\" does not exist", None),
        (
            "Error=Unable to connect to Database DSN=user@tcp(items-db:3306)/items",
            Some(Family::Database),
        ),
        (
            "NameResolutionError(\"HTTPConnection: Failed to resolve 'items.test' ([Errno -3] Try again)\")",
            Some(Family::Dns),
        ),
        (
            "psycopg2.errors.UndefinedColumn: column \"price\" does not exist",
            Some(Family::Schema),
        ),
        (
            "Error 111 connecting to 10.20.0.40:6379. Connection refused.",
            Some(Family::Cache),
        ),
        ("unhandled error on GET /products/9", None),
    ] {
        assert_eq!(family(text), want, "{text}");
    }
}

#[test]
fn every_class_with_a_family_gets_it_back() {
    for c in CauseClass::ALL {
        if let Some(f) = Family::of_class(*c) {
            assert_eq!(f.class(), Some(*c));
        }
    }
}
