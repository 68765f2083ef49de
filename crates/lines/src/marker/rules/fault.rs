//! Rules about things that broke, each with its cause class, and message families that are evidence but no marker. Data only.

use super::{Rule, Says, Scopes};
use crate::record::{CauseClass, MarkerKind};

pub(super) static RULES: &[Rule] = &[
    Rule {
        says: Says::Marker(MarkerKind::Fault),
        class: Some(CauseClass::Memory),
        confidence: 90,
        scopes: Scopes::WEB
            .and(Scopes::APP)
            .and(Scopes::DEPLOY)
            .and(Scopes::SYSTEM),
        pattern: r"(?:Out of memory: Killed process|oom-kill:constraint|invoked oom-killer|OOMKilled|java\.lang\.OutOfMemoryError|JavaScript heap out of memory|OutOfMemoryError: Container killed|System\.OutOfMemoryException|killed by the OOM killer|Cannot allocate memory|memory resource limit alarm set|Memory quota (?:vastly )?exceeded)",
        example: "Out of memory: Killed process 1234 (java) total-vm:4194304kB",
        not: "memory usage is at 70%",
    },
    Rule {
        says: Says::Marker(MarkerKind::Fault),
        class: Some(CauseClass::Disk),
        confidence: 90,
        scopes: Scopes::WEB
            .and(Scopes::APP)
            .and(Scopes::DEPLOY)
            .and(Scopes::SYSTEM),
        pattern: r"(?:No space left on device|ENOSPC|flood stage disk watermark|Disk is full|EXT4-fs error|I/O error, dev \w+|Operating system error number 28\b|disk resource limit alarm set|Remounting filesystem read-only|Read-only file system)",
        example: "write() \"/var/log/app.log\" failed (28: No space left on device)",
        not: "41 GB of space left",
    },
    Rule {
        says: Says::Marker(MarkerKind::Fault),
        class: Some(CauseClass::Certificate),
        confidence: 90,
        scopes: Scopes::WEB.and(Scopes::APP),
        pattern: r"(?:certificate (?:has )?expired|CERTIFICATE_VERIFY_FAILED|PKIX path (?:building|validation) failed|certificate is not yet valid)",
        example: "SSL_do_handshake() failed (certificate has expired)",
        not: "certificate will expire in 20 days",
    },
    Rule {
        says: Says::Marker(MarkerKind::Fault),
        class: Some(CauseClass::Dns),
        confidence: 90,
        scopes: Scopes::WEB.and(Scopes::APP),
        pattern: r"(?:no such host|Temporary failure in name resolution|NameResolutionError|Name or service not known|ENOTFOUND|EAI_AGAIN|UnknownHostException|host not found in upstream|could not be resolved|SERVFAIL|NXDOMAIN|could not resolve host|could not translate host name|Name does not resolve)",
        example: "dial tcp: lookup auth.example.net: no such host",
        not: "lookup auth.example.net took 3 ms",
    },
    Rule {
        says: Says::Marker(MarkerKind::Fault),
        class: Some(CauseClass::ConnectionPool),
        confidence: 90,
        scopes: Scopes::WEB.and(Scopes::APP),
        pattern: r"(?:too many clients already|remaining connection slots are reserved|Too many connections|Connection is not available, request timed out|QueuePool limit|pm\.max_children|MaxRequestWorkers|reached MaxClients|Too many open files|EMFILE|could not obtain a connection from the pool|Timeout acquiring a connection|prior to obtaining a connection from the pool|Timeout waiting for idle object|ERR max number of clients reached|query_wait_timeout|worker_connections are not enough)",
        example: "FATAL:  sorry, too many clients already",
        not: "12 clients connected",
    },
    Rule {
        says: Says::Marker(MarkerKind::Fault),
        class: Some(CauseClass::Power),
        confidence: 90,
        scopes: Scopes::DEPLOY.and(Scopes::APP).and(Scopes::SYSTEM),
        pattern: r"(?:Power failure|\bon battery\b|UPS batteries|AC lost|Power (?:Supply|Unit) .*(?:lost|failure|off/down)|power overload|Mains returned)",
        example: "UPS rack-b@localhost on battery",
        not: "UPS rack-b@localhost on line power",
    },
    Rule {
        says: Says::Marker(MarkerKind::Fault),
        class: Some(CauseClass::Host),
        confidence: 90,
        scopes: Scopes::DEPLOY.and(Scopes::APP).and(Scopes::SYSTEM),
        pattern: r"(?:\[Hardware Error\]|Machine check|EDAC .*(?:CE|UE)\b|temperature above threshold|Emask 0x|NETDEV WATCHDOG|\bIERR\b)",
        example: "mce: [Hardware Error]: Machine check events logged",
        not: "mce: CPU supports 20 MCE banks",
    },
    Rule {
        says: Says::Marker(MarkerKind::Fault),
        class: Some(CauseClass::Lock),
        confidence: 60,
        scopes: Scopes::APP,
        pattern: r"(?:deadlock detected|Deadlock found|due to Deadlock|Lock wait timeout exceeded|due to lock timeout|database is locked)",
        example: "ERROR:  deadlock detected",
        not: "lock acquired after 3 ms",
    },
    Rule {
        says: Says::Refused,
        class: None,
        confidence: 60,
        scopes: Scopes::WEB.and(Scopes::APP),
        pattern: r"(?:\b111: Connection refused|ECONNREFUSED|connect: connection refused|Connection refused: AH00957|java\.net\.ConnectException)",
        example: "connect() failed (111: Connection refused) while connecting to upstream",
        not: "connection reset by peer",
    },
];
