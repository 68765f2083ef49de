//! What logs say when something breaks, by cause: where it is said, in which words, and what the failures look like.
//! Words of these tables are the simulator's own; a misspecified world draws them for other causes.

/// Which log says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    /// The application's own log.
    App,
    /// The database server's log.
    Database,
    /// The kernel's or the init system's log.
    System,
    /// The edge's error log.
    Edge,
}

/// How the failing share moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// At once.
    Step,
    /// Over minutes, slow responses first.
    Slow,
    /// More traffic first.
    Surge,
    /// Every source is silent.
    Dark,
}

/// One cause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cause {
    /// Class in the words of the drills.
    pub class: &'static str,
    /// How often it is drawn.
    pub weight: f64,
    /// The marker of a change that brings it, if it is one: `deploy`, `config`, `flag`, `migration`.
    pub change: &'static str,
    /// Where its message stands.
    pub place: Where,
    /// Messages; one is drawn. `#` is a number.
    pub says: &'static [&'static str],
    /// Status of the failures.
    pub status: u16,
    /// How it moves.
    pub shape: Shape,
    /// Whether one server alone fails.
    pub one_server: bool,
    /// Words of which one names the culprit.
    pub names: &'static [&'static str],
}

const fn cause(
    class: &'static str,
    weight: f64,
    place: Where,
    says: &'static [&'static str],
    status: u16,
    shape: Shape,
) -> Cause {
    Cause {
        class,
        weight,
        change: "",
        place,
        says,
        status,
        shape,
        one_server: false,
        names: &[],
    }
}

const fn change(kind: &'static str, c: Cause) -> Cause {
    Cause { change: kind, ..c }
}

use Shape::{Dark, Slow, Step, Surge};
use Where::{App, Database, Edge, System};

/// All causes, weights as public post-mortems have them.
pub(super) const CAUSES: [Cause; 20] = [
    change(
        "deploy",
        cause(
            "bad_deploy",
            0.29,
            App,
            &[
                "unhandled exception: TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'",
                "unhandled exception: KeyError: 'customer_ref'",
                "java.lang.NullPointerException: Cannot invoke \"Cart.total()\" because \"cart\" is null",
                "AttributeError: module 'pricing' has no attribute 'round_half'",
            ],
            500,
            Step,
        ),
    ),
    change(
        "config",
        cause(
            "bad_config",
            0.12,
            App,
            &[
                "invalid configuration: missing key 'billing.url'",
                "configuration error: cannot parse 'timeout' in /etc/shop/app.yaml",
                "config: unknown option \"max_conn\"",
            ],
            500,
            Step,
        ),
    ),
    change(
        "flag",
        cause(
            "feature_flag",
            0.05,
            App,
            &["unhandled exception: ValueError: new_pricing returned a negative total"],
            500,
            Step,
        ),
    ),
    change(
        "migration",
        cause(
            "bad_migration",
            0.04,
            App,
            &[
                "psycopg2.errors.UndefinedColumn: column orders.note does not exist",
                "sqlalchemy.exc.ProgrammingError: relation \"order_items\" does not exist",
            ],
            500,
            Step,
        ),
    ),
    cause(
        "third_party_down",
        0.06,
        App,
        &[
            "payment provider api.payfast.example: charge failed: 503 Service Unavailable",
            "call to https://api.mapbox.example/geo failed: upstream service unavailable",
        ],
        502,
        Step,
    ),
    cause(
        "dependency_db_down",
        0.06,
        App,
        &[
            "psycopg2.OperationalError: connection to server at \"db-1\", port 5432 failed: Connection refused",
            "could not connect to database: FATAL: the database system is shutting down",
        ],
        500,
        Step,
    ),
    cause(
        "dependency_cache_down",
        0.03,
        App,
        &[
            "redis.exceptions.ConnectionError: Error 111 connecting to cache-1:6379. Connection refused.",
        ],
        500,
        Step,
    ),
    cause(
        "overload",
        0.08,
        Edge,
        &["limiting requests, excess: #.480 by zone \"perip\""],
        503,
        Surge,
    ),
    cause(
        "oom",
        0.03,
        System,
        &[
            "kernel: Out of memory: Killed process # (gunicorn) total-vm:2097152kB, anon-rss:1843200kB",
        ],
        502,
        Step,
    ),
    cause(
        "disk_full",
        0.03,
        App,
        &[
            "OSError: [Errno 28] No space left on device: '/srv/data/upload-#.bin'",
            "write failed: no space left on device",
        ],
        500,
        Step,
    ),
    cause(
        "db_pool_exhausted",
        0.04,
        App,
        &[
            "sqlalchemy.exc.TimeoutError: QueuePool limit of size 10 overflow 5 reached, connection timed out, timeout 5.00",
            "connection pool exhausted: 20 of 20 in use",
        ],
        500,
        Slow,
    ),
    cause(
        "db_lock",
        0.03,
        Database,
        &["process # still waiting for ShareLock on transaction # after 1000.105 ms"],
        504,
        Slow,
    ),
    cause(
        "bad_data",
        0.02,
        App,
        &["ValueError: could not parse record #: invalid literal for int(): 'N/A'"],
        500,
        Step,
    ),
    cause(
        "power_loss",
        0.02,
        System,
        &["upsmon[#]: UPS rack-2 on battery: utility power lost"],
        502,
        Dark,
    ),
    Cause {
        one_server: true,
        ..cause(
            "host_loss",
            0.03,
            System,
            &["kernel: mce: [Hardware Error]: Machine check events logged, CPU # bank 5"],
            502,
            Step,
        )
    },
    cause(
        "dns_failure",
        0.02,
        App,
        &[
            "getaddrinfo ENOTFOUND db.internal.example",
            "socket.gaierror: [Errno -3] Temporary failure in name resolution",
        ],
        500,
        Step,
    ),
    cause(
        "tls_expired",
        0.02,
        App,
        &["x509: certificate has expired or is not yet valid: current time is after notAfter"],
        502,
        Step,
    ),
    cause(
        "network_unreachable",
        0.03,
        App,
        &["connect EHOSTUNREACH 10.30.0.7:8443: no route to host"],
        504,
        Step,
    ),
    cause(
        "process_down",
        0.03,
        System,
        &["systemd[1]: shop.service: Main process exited, code=killed, status=11/SEGV"],
        502,
        Step,
    ),
    cause("unknown", 0.1, App, &[], 502, Step),
];
