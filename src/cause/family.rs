//! Message families: which cause class the words of an error message point to, if any.
//! A keyword table over the text, the first row that holds wins; specific rows stand before general ones.

use super::names;
use crate::record::CauseClass;

/// What kind of trouble a message states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// An exception of the program itself.
    Code,
    /// The program does not fit what it talks to (protocol, version, unsupported method).
    Incompatible,
    /// A configuration that is refused or points nowhere.
    Config,
    /// A named outside service fails.
    ThirdParty,
    /// The database server says that it stops, died or recovers.
    DatabaseDown,
    /// A client names the database that it cannot use.
    Database,
    /// Cache or queue.
    Cache,
    /// SQL that does not fit the schema.
    Schema,
    /// Locks, deadlocks, cancelled statements.
    Lock,
    /// Pools, descriptors, workers used up.
    Pool,
    /// Out of memory.
    Memory,
    /// No space, read-only file system, failing disk.
    Disk,
    /// Name resolution.
    Dns,
    /// TLS certificate.
    Certificate,
    /// No route, network down.
    Unreachable,
    /// Limits hit, shedding.
    Overload,
    /// Power lost, UPS.
    Power,
    /// Hardware errors of a machine, and its cold start.
    Hardware,
    /// A process ended, was killed, hangs.
    Crash,
    /// Bad records.
    Data,
    /// Abuse.
    Security,
    /// Refused, reset, timed out, 502: an effect of almost every cause.
    Symptom,
}

impl Family {
    /// The class that the family speaks for; `None` for symptoms, which speak for none.
    pub fn class(self) -> Option<CauseClass> {
        use Family::*;
        Some(match self {
            Code | Incompatible => CauseClass::Deploy,
            Config => CauseClass::Config,
            ThirdParty => CauseClass::ThirdParty,
            DatabaseDown | Database => CauseClass::Database,
            Cache => CauseClass::Cache,
            Schema => CauseClass::Migration,
            Lock => CauseClass::Lock,
            Pool => CauseClass::ConnectionPool,
            Memory => CauseClass::Memory,
            Disk => CauseClass::Disk,
            Dns => CauseClass::Dns,
            Certificate => CauseClass::Certificate,
            Unreachable => CauseClass::Unreachable,
            Overload => CauseClass::Overload,
            Power => CauseClass::Power,
            Hardware => CauseClass::Host,
            Crash => CauseClass::Crash,
            Data => CauseClass::BadData,
            Security => CauseClass::Attack,
            Symptom => return None,
        })
    }

    /// The family of a stated fault of a class.
    pub fn of_class(class: CauseClass) -> Option<Family> {
        use CauseClass as C;
        Some(match class {
            C::Deploy => Family::Code,
            C::Config => Family::Config,
            C::Migration => Family::Schema,
            C::ThirdParty => Family::ThirdParty,
            C::Database => Family::DatabaseDown,
            C::Cache => Family::Cache,
            C::Overload => Family::Overload,
            C::Memory => Family::Memory,
            C::Disk => Family::Disk,
            C::ConnectionPool => Family::Pool,
            C::Lock => Family::Lock,
            C::BadData => Family::Data,
            C::Power => Family::Power,
            C::Host => Family::Hardware,
            C::Dns => Family::Dns,
            C::Certificate => Family::Certificate,
            C::Unreachable => Family::Unreachable,
            C::Crash => Family::Crash,
            C::Attack => Family::Security,
            C::FeatureFlag | C::Unknown => return None,
        })
    }
}

/// Words of each family, lower case. Rows are tried from the top.
const WORDS: &[(Family, &[&str])] = &[
    (
        Family::Power,
        &[
            "on battery",
            "power failure",
            "ups batteries",
            "battery is low",
            "battery low",
            "ac lost",
            "power supply failure",
            "power lost",
            "power outage",
            "power overload",
            "power-fail shutdown",
        ],
    ),
    (
        Family::Hardware,
        &[
            "[hardware error]",
            "machine check",
            "edac ",
            "emask 0x",
            "temperature above threshold",
            "critical temperature",
            "netdev watchdog",
            "i/o error, dev ",
            "buffer i/o error",
            "uncorrectable",
            "] linux version ",
            "kernel: linux version ",
        ],
    ),
    (
        Family::Disk,
        &[
            "no space left on device",
            "enospc",
            "read-only file system",
            "disk is full",
            "disk full",
            "flood stage disk watermark",
            "disk quota exceeded",
            "ext4-fs error",
            "error number 28",
            "could not extend file",
            "disk critical",
            "disk warning",
        ],
    ),
    (
        Family::Cache,
        &[
            "oom command not allowed",
            "misconf redis",
            "redis is loading",
            "redisconnection",
            "redis.exceptions",
            "clusterdown",
            "connection to redis",
            "connecting to redis",
            "redis connection",
            "ready to accept connections tcp but redis",
            "user requested shutdown",
            "memcache",
            "rabbitmq",
            "amqp",
            "kafka",
        ],
    ),
    (
        Family::Memory,
        &[
            "out of memory",
            "outofmemory",
            "oom-kill",
            "oomkill",
            "oom killer",
            "cannot allocate memory",
            "memoryerror",
            "java heap space",
            "gc overhead limit",
            "heap limit allocation failed",
            "'oom-kill'",
        ],
    ),
    (
        Family::Dns,
        &[
            "name resolution",
            "nameresolution",
            "failed to resolve",
            "no such host",
            "enotfound",
            "eai_again",
            "unknownhostexception",
            "could not be resolved",
            "could not resolve",
            "servfail",
            "nxdomain",
            "name or service not known",
            "getaddrinfo",
            "nodename nor servname",
        ],
    ),
    (
        Family::Certificate,
        &[
            "certificate has expired",
            "certificate verify failed",
            "certificate_verify_failed",
            "certificate is not yet valid",
            "certificate expired",
            "certificate_expired",
            "x509:",
            "pkix path",
            "unable to get local issuer certificate",
            "self-signed certificate",
            "self signed certificate",
            "ssl_do_handshake() failed",
            "cert_has_expired",
        ],
    ),
    (
        Family::Unreachable,
        &[
            "no route to host",
            "network is unreachable",
            "host is unreachable",
            "ehostunreach",
            "enetunreach",
            "destination host unreachable",
            "network unreachable",
            "network is down",
        ],
    ),
    (
        Family::Lock,
        &[
            "deadlock",
            "lock wait timeout",
            "still waiting for",
            "lock timeout",
            "locknotavailable",
            "could not obtain lock",
            "database is locked",
            "canceling statement due to",
            "querycanceled",
            "statement timeout",
        ],
    ),
    (
        Family::Pool,
        &[
            "pool exhausted",
            "poolerror",
            "pool timeout",
            "queuepool limit",
            "connection pool",
            "too many clients",
            "too many connections",
            "remaining connection slots",
            "connection is not available, request timed out",
            "max number of clients reached",
            "too many open files",
            "emfile",
            "max_children",
            "maxrequestworkers",
            "worker_connections are not enough",
            "acquiring a connection",
            "acquire connection",
            "no free connection",
            "pool is full",
            "no available connection",
            "connections exhausted",
            "waiting for connection from pool",
        ],
    ),
    (
        Family::Schema,
        &[
            "undefinedcolumn",
            "undefinedtable",
            "no such column",
            "no such table",
            "unknown column",
            "doesn't exist in table",
            "missing column",
            "notnullviolation",
            "pending migration",
            "migration failed",
        ],
    ),
    (
        Family::Incompatible,
        &[
            "unsupported",
            "not supported",
            "incompatible",
            "this server supports",
            "requires auth protocol",
            "protocol version",
            "protocol mismatch",
            "unknown protocol",
            "requires version",
            "deprecated and removed",
        ],
    ),
    (
        Family::DatabaseDown,
        &[
            "unexpected postmaster exit",
            "database system was shut down",
            "database system was interrupted",
            "not properly shut down",
            "database system is shutting down",
            "database system is starting up",
            "fast shutdown request",
            "immediate shutdown request",
            "smart shutdown request",
            "aborting any active transactions",
            "terminating connection because of crash",
            "innodb: starting crash recovery",
            "mysqld: normal shutdown",
            "mysqld: shutdown complete",
            "stepping down from primary",
        ],
    ),
    (
        Family::Database,
        &[
            "unable to connect to database",
            "unable to connect to the database",
            "could not connect to database",
            "can't connect to mysql",
            "lost connection to mysql",
            "communications link failure",
            "could not connect to server",
            "mongonetworkerror",
            "mongoserverselection",
            "serverselectiontimeout",
            "ora-12541",
            "ora-03113",
        ],
    ),
    (
        Family::Overload,
        &[
            "limiting requests",
            "limiting connections",
            "too many requests",
            "rate limit",
            "ratelimit",
            "load shed",
            "shedding",
            "overloaded",
            "queue is full",
            "queue full",
            "server too busy",
            "listen queue",
            "backlog full",
            "circuit breaker is open",
        ],
    ),
    (
        Family::Security,
        &[
            "sql injection",
            "modsecurity",
            "brute force",
            "syn flooding",
            "possible attack",
            "access forbidden by rule",
        ],
    ),
    (
        Family::Config,
        &[
            "[emerg]",
            "configuration file",
            "invalid configuration",
            "config error",
            "invalid config",
            "bad configuration",
            "unknown option",
            "unrecognized option",
            "unknown setting",
            "missing configuration",
            "configuration error",
            "unknown directive",
            "host not found in upstream",
            "test failed",
            "missing required setting",
            "invalid value for",
            "environment variable",
            "improperlyconfigured",
            "no resolver defined",
        ],
    ),
    (
        Family::Crash,
        &[
            "main process exited",
            "failed with result",
            "exited on signal",
            "terminated by signal",
            "segfault",
            "segmentation fault",
            "core dumped",
            "worker timeout",
            "harakiri",
            "crashloopbackoff",
            "back-off restarting",
            "entered fatal state",
            "not expected)",
            "panic: ",
            "panicked at",
        ],
    ),
];

/// Words of a program error; tried after everything that names another family.
const CODE: &[&str] = &[
    "traceback",
    "keyerror",
    "typeerror",
    "attributeerror",
    "nameerror",
    "indexerror",
    "valueerror",
    "importerror",
    "modulenotfounderror",
    "syntaxerror",
    "referenceerror",
    "rangeerror",
    "zerodivisionerror",
    "assertionerror",
    "notimplementederror",
    "recursionerror",
    "unboundlocalerror",
    "nullpointerexception",
    "nullreferenceexception",
    "classnotfoundexception",
    "nosuchmethoderror",
    "noclassdeffounderror",
    "illegalargumentexception",
    "illegalstateexception",
    "classcastexception",
    "stackoverflowerror",
    "undefined method",
    "cannot read propert",
    "is not a function",
    "is not defined",
    "undefined local variable",
    "nil pointer dereference",
    "invalid memory address",
    "index out of range",
    "templatesyntaxerror",
    "templatedoesnotexist",
    "fatal error: uncaught",
    "call to undefined",
    "nomethoderror",
    "runtimeerror",
];

/// Words of bad records.
const DATA: &[&str] = &[
    "jsondecodeerror",
    "unicodedecodeerror",
    "invalid json",
    "malformed",
    "corrupt",
    "integrityerror",
    "uniqueviolation",
    "duplicate key",
    "poison message",
    "checksum mismatch",
    "unexpected token",
    "parse error",
    "could not parse record",
    "cannot parse record",
    "failed to parse record",
    "invalid literal for",
    "bad record",
    "invalid record",
    "deserializ",
    "undecodable",
];

/// Words of symptoms.
const SYMPTOM: &[&str] = &[
    "connection refused",
    "econnrefused",
    "connection reset",
    "econnreset",
    "timed out",
    "timeout",
    "etimedout",
    "deadline exceeded",
    "bad gateway",
    "no live upstreams",
    "prematurely closed",
    "temporarily disabled",
    "broken pipe",
    "service unavailable",
    "connection aborted",
    "closed the connection",
    "gateway time-out",
    "unexpected eof",
    "no server is available",
];

/// The family of a message; `None` when its words say nothing about a cause.
pub fn family(text: &str) -> Option<Family> {
    let t = text.to_ascii_lowercase();
    let any = |words: &[&str]| words.iter().any(|w| t.contains(w));
    // The sentence of an end (`on line power`, `Mains returned`) is no fault.
    if any(&["on line power", "mains returned"]) {
        return None;
    }
    // A table or column that is not there; a missing database, role or password is the client's own affair.
    if t.contains("does not exist") && any(&["column", "relation \"", "table"]) {
        return Some(Family::Schema);
    }
    for (f, words) in WORDS {
        if any(words) {
            return Some(*f);
        }
    }
    match names::target(text) {
        Some(names::Target::Database(_)) if any(SYMPTOM) || t.contains("failed") => {
            return Some(Family::Database);
        }
        Some(names::Target::Cache(_)) if any(SYMPTOM) || t.contains("failed") => {
            return Some(Family::Cache);
        }
        Some(names::Target::Named(_)) if any(SYMPTOM) || outside_failed(&t) => {
            return Some(Family::ThirdParty);
        }
        _ => {}
    }
    if t.contains("operationalerror") || t.contains("server has gone away") {
        return Some(Family::Database);
    }
    if any(DATA) {
        return Some(Family::Data);
    }
    if any(CODE) {
        return Some(Family::Code);
    }
    if any(SYMPTOM) {
        return Some(Family::Symptom);
    }
    None
}

/// Whether a message (lower case) says that a call to somebody else failed.
fn outside_failed(t: &str) -> bool {
    [
        "failed",
        "error",
        "503",
        "502",
        "504",
        "500",
        "429",
        "declined",
        "unavailable",
        "rejected",
    ]
    .iter()
    .any(|w| t.contains(w))
}

#[cfg(test)]
mod tests {
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
}
