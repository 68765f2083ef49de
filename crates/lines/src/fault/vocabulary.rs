//! The vocabulary of faults. Each phrase stands here once; who reads it is the affair of the column that it stands in.

use super::{Entry, Fault, Sense};
use crate::record::CauseClass as C;
use crate::record::Kind::{self, App, Deploy, System, Web};

/// A row without phrases, for the columns that a row leaves out.
const NONE: Entry = Entry {
    fault: Fault::SYMPTOM,
    outright: "",
    logs: &[],
    confidence: 90,
    words: "",
    beside: &[],
    called: "",
    example: "",
    not: "",
};

/// Programs and what stands before them.
const SERVED: &[Kind] = &[Web, App];
/// The machine, and who speaks for it.
const MACHINE: &[Kind] = &[Deploy, App, System];
/// Programs and the machine.
const ANY: &[Kind] = &[Web, App, Deploy, System];

/// The rows in the order in which they are tried: those that are plain, and those that are asked for where nothing else
/// names what broke.
pub static VOCABULARY: [&[Entry]; 2] = [PLAIN, REST];

const PLAIN: &[Entry] = &[
    Entry {
        // whose pool it is says less than that it is used up
        fault: Fault::of(C::ConnectionPool),
        words: "pool | pooled",
        beside: &[
            "exhausted | timeout | timed out | is empty | is full | limit .. reached | all .. in use | \
            obtain a connection | no available",
        ],
        example: "PoolError: connection pool exhausted",
        not: "the pool has 12 connections",
        ..NONE
    },
    Entry {
        // A server that refuses its configuration names in the same line what is wrong with it.
        fault: Fault::of(C::Config),
        words: "[emerg]",
        example: "[emerg] host not found in upstream \"shop\" in /etc/nginx/nginx.conf:7",
        not: "[warn] conflicting server name",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Attack),
        words: "sql injection | syn flooding | possible attack | access forbidden by rule | security attack | \
            break-in attempt | modsecurity .. denied | brute force attack | brute force attempt",
        called: "ddos | denial of service | attack | attacks | attacker | attackers | attacked",
        example: "TCP: request_sock_TCP: Possible SYN flooding on port 443",
        not: "the user was denied",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Power),
        outright: "power failure | on battery | ups batteries | ac lost | power overload | power supply .. lost | \
            power supply .. failure | power supply .. off/down | power unit .. lost | power unit .. failure | \
            power unit .. off/down",
        logs: MACHINE,
        words: "battery is low | battery low | power lost | lost power | power outage | power fail shutdown | \
            battery .. exhausted",
        called: "power .. overload | power .. overloaded | power .. fail | power .. failed | power .. failure | \
            power .. failures | power .. outage | power .. outages | power .. loss | power .. surge | power .. cut | \
            power .. system | power .. systems | power .. supply | power .. supplies | power .. grid | ups | generator | \
            generators",
        example: "UPS rack-b@localhost on battery",
        not: "UPS rack-b@localhost on line power",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Disk),
        outright: "no space left on device | enospc | flood stage disk watermark | disk is full | ext4-fs error | \
            i/o error, dev | error number 28 | disk resource limit alarm set | remounting filesystem read-only | \
            read-only file system",
        logs: ANY,
        words: "read only filesystem | disk full | \
            not enough space on the disk | disk space .. exhausted | out of disk space | insufficient disk space | \
            disk quota exceeded | could not extend file | disk space is insufficient | flood stage watermark",
        called: "disk space | no space left | out of disk | disk usage",
        example: "write() \"/var/log/app.log\" failed (28: No space left on device)",
        not: "41 GB of space left",
        ..NONE
    },
    Entry {
        // what a server keeps files in, and that there is no room in it, in whatever words
        fault: Fault::of(C::Disk),
        words: "tablespace | filegroup | transaction log | archive log | archived log | redo log | recovery area | recovery files | \
            recovery file dest size | data volume | disk volume | filesystem | file system",
        beside: &[
            "is full | limit exceeded | limit reached | is exhausted | out of space | no space | not enough space | \
            insufficient space | unable to extend | cannot extend | 100% used | 100.00% used | 0 remaining | 0 bytes remaining",
        ],
        example: "The transaction log for database 'shop' is full due to 'LOG_BACKUP'.",
        not: "the transaction log was backed up",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Host),
        outright: "[hardware error] | machine check events | machine check exception | edac .. ce | edac .. ue | \
            temperature above threshold | emask | netdev watchdog | ierr",
        logs: MACHINE,
        words: "critical temperature | uncorrectable | uncorrected error | linux version | unrecovered read error | \
            disk failure | medium error",
        called: "hardware | faulty disk | faulty drive | faulty server | faulty host | faulty memory | faulty switch | \
            faulty router | faulty rack | failed disk | failed drive | failed server | failed host | failed memory | \
            failed switch | failed router | failed rack | broken disk | broken drive | broken server | broken host | \
            broken memory | broken switch | broken router | broken rack | disk failed | disk failures | drive failed | \
            drive failure | drive failures | rack failed | rack failure | memory module failed | memory module failure",
        example: "mce: [Hardware Error]: Machine check events logged",
        not: "mce: CPU supports 20 MCE banks",
        ..NONE
    },
    Entry {
        // a part of a machine, and that it wears out or answers no more, in whatever words
        fault: Fault::of(C::Host),
        words: "disk | disks | ssd | nvme | raid | vdev | zpool | lun | scsi | i/o | multipath | dimm | memory module",
        beside: &[
            "predictive failure | uncorrectable | unrecoverable | unrecovered | unretryable | retries exhausted | \
            taking longer than | taken longer than | degraded | i/o failure | hard error | bad sector | bad sectors | \
            bad block | bad blocks | faulted | failed, disabling | not responding | timeout, aborting | timeout, reset",
        ],
        example: "Predictive failure reported for Disk 4 in Backplane 1 of RAID Controller in Slot 3.",
        not: "disk 4 of 8 checked, no errors",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Cache),
        words: "oom command not allowed | misconf redis | redis is loading | redisconnection | clusterdown | \
            connection to redis | connecting to redis | redis connection error | redis connection lost | \
            no brokers available | broker not available | masterdown",
        example: "CLUSTERDOWN The cluster is down",
        not: "KeyError: 'com.shop.kafka.Consumer'",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Memory),
        outright: "out of memory: killed process | oom-kill: | invoked oom-killer | oom killed | out of memory error | \
            heap out of memory | out of memory exception | by the oom killer | cannot allocate memory | \
            memory resource limit alarm set | memory quota exceeded | memory quota vastly exceeded",
        logs: ANY,
        words: "out of memory | unable to allocate memory | failed to allocate memory | enomem | bad_alloc | memoryerror | \
            allowed memory size .. exhausted | memory limit exceeded | java heap space | gc overhead limit | \
            heap limit allocation failed | to reclaim memory",
        called: "memory leak | memory leaks | out of memory | oom | memory exhaustion | memory exhausted",
        example: "Out of memory: Killed process 1234 (java) total-vm:4194304kB",
        not: "memory usage is at 70%",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Dns),
        outright: "no such host | failure in name resolution | name resolution error | name or service not known | \
            enotfound | eai_again | unknown host exception | host not found in upstream | \
            could not be resolved .. host not found | could not be resolved .. timed out | servfail | nxdomain | \
            could not resolve host | could not translate host name | name does not resolve",
        logs: SERVED,
        words: "resolve host | resolve hostname | resolve address | dns resolution failed | dns lookup failed | \
            name not resolved | no address associated with hostname | nodename nor servname | dial tcp: lookup | \
            server misbehaving | name resolution failed | name resolution failure | getaddrinfo failed | getaddrinfo: | \
            non-existing domain",
        called: "dns | name resolution",
        example: "dial tcp: lookup auth.example.net: no such host",
        not: "ModuleNotFoundError: No module named 'billing.client'",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Certificate),
        outright: "certificate has expired | certificate expired | certificate verify failed | pkix path | \
            certificate is not yet valid",
        logs: SERVED,
        words: "certificate is expired | cert has expired | expired certificate | failed to verify certificate | \
            unable to verify the first certificate | certificate not yet valid | \
            certificate signed by unknown authority | certificate is valid for .. not | \
            unable to get local issuer certificate | certificate revoked | certificate has been revoked | \
            ssl handshaking to upstream | certificate is invalid | invalid certificate | failed to renew certificate | \
            unable to obtain .. certificate | could not obtain .. certificate | error .. self signed certificate | \
            self signed certificate in certificate chain",
        called: "certificate | certificates | tls .. expired | tls .. expires | tls .. expiry",
        example: "SSL_do_handshake() failed (certificate has expired)",
        not: "certificate will expire in 20 days",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Unreachable),
        words: "no route to host | network is unreachable | network unreachable | network is down | host is unreachable | \
            host unreachable | host is down | ehostunreach | enetunreach",
        called: "network outage | network partition | network failure | network failures | network issue | \
            network issues | routing error | routing errors | routing issue | routing issues | firewall | firewalls",
        example: "connect: no route to host",
        not: "the route was added",
        ..NONE
    },
    Entry {
        // a way that goes down, as who forwards says it in whatever words
        fault: Fault::of(C::Unreachable),
        words: "interface | link | line protocol | neighbor | neighbour | nbr | adjacency | bgp | ospf | tunnel | uplink | \
            port-channel | carrier | reachability | next hop | nexthop",
        beside: &[
            "state to down | link is down | link down | neighbor down | neighbour down | went down | full to down | \
            up to down | up -> down | is now down | dead timer expired | hold timer expired | lost carrier | carrier lost | \
            adjacency lost",
        ],
        example: "Line protocol on Interface GigabitEthernet0/1/5, changed state to down",
        not: "Interface GigabitEthernet0/1/5, changed state to up",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Lock),
        outright: "deadlock detected | deadlock found | due to deadlock | lock wait timeout | due to lock timeout | \
            database is locked",
        logs: &[App],
        confidence: 60,
        words: "deadlock victim | deadlock loser | deadlocked | still waiting for .. lock | lock timeout | \
            lock not available | obtain lock | cannot acquire lock | failed to acquire lock | due to statement timeout | \
            execution timeout expired | lck_m_s | lck_m_u | lck_m_x | lck_m_is | lck_m_ix | lck_m_sch_s | lck_m_sch_m | \
            querycanceled | could not get lock | acquire database lock | error acquiring the .. lock | \
            can't acquire .. lock",
        called: "deadlock | deadlocks | lock contention | lock wait | lock waits | slow query | slow queries",
        example: "ERROR:  deadlock detected",
        not: "lock acquired after 3 ms",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::ConnectionPool),
        outright: "too many clients already | remaining connection slots | too many connections | \
            connection is not available, request timed out | queuepool limit | max_children | maxrequestworkers | \
            reached maxclients | too many open files | emfile | could not obtain a connection from the pool | \
            timeout acquiring a connection | prior to obtaining a connection from the pool | \
            timeout waiting for idle object | max number of clients reached | query_wait_timeout | \
            worker_connections are not enough",
        logs: SERVED,
        words: "too many clients | acquiring a connection | acquire connection | acquire a connection | \
            no free connection | no free connections | no available connection | no available connections | \
            connections exhausted | connection not available | no more connections",
        called: "connection pool | connection pools | pool exhaustion | pool exhausted | pool is exhausted | \
            file descriptor | file descriptors",
        example: "FATAL:  sorry, too many clients already",
        not: "12 clients connected",
        ..NONE
    },
    Entry {
        // what the kernel keeps of connections and neighbours: without room there packets are dropped
        fault: Fault::of(C::Unreachable),
        outright: "table full, dropping | neighbour table overflow | neighbor table overflow",
        logs: MACHINE,
        example: "nf_conntrack: nf_conntrack: table full, dropping packet",
        not: "nf_conntrack version 0.5.0 (65536 buckets, 262144 max)",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::ConnectionPool),
        outright: "possible memory pressure on tcp | too many orphaned sockets",
        logs: MACHINE,
        example: "TCP: too many orphaned sockets",
        not: "TCP: cubic registered",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Migration),
        words: "column .. does not exist | relation .. does not exist | table .. does not exist | table .. doesn't exist | \
            undefined column | undefined table | no such column | no such table | unknown column | column not found | \
            table or view not found | invalid column name | invalid object name | missing column | \
            has no column named | notnullviolation | violates not-null constraint | pending migration | \
            pending migrations | migration failed",
        called: "migration | migrations",
        example: "psycopg2.errors.UndefinedColumn: column \"price\" does not exist",
        not: "database \"reporting_old\" does not exist",
        ..NONE
    },
    Entry {
        // A program error that ends a goroutine is one of the program first.
        fault: Fault::of(C::Deploy),
        words: "panic: runtime error | panic serving",
        called: "upgrade | upgrades | upgraded | upgrading | deploy | deploys | deployed | deploying | deployment | \
            deployments | release | released | new version | new build | new code | code change | software bug | bug | \
            push to production | pushed to production | pushing to production | push to live | pushed to live",
        example: "http: panic serving 10.0.0.7:4711: runtime error",
        not: "do not panic",
        ..NONE
    },
    Entry {
        fault: Fault::MISFIT,
        words: "unsupported | not supported | no longer supported | incompatible | version mismatch | protocol mismatch | \
            unknown protocol",
        example: "UnsupportedAuthError: the method is unsupported",
        not: "415 unsupported media type",
        ..NONE
    },
    Entry {
        fault: Fault {
            class: C::Database,
            sense: Sense::ByServer,
        },
        words: "unexpected postmaster exit | database system was shut down | database system was interrupted | \
            not properly shut down | database system is shutting down | database system is starting up | \
            fast shutdown request | immediate shutdown request | smart shutdown request | \
            aborting any active transactions | terminating connection because of crash | \
            innodb: starting crash recovery | mysqld: normal shutdown | mysqld: shutdown complete | \
            stepping down from primary",
        example: "LOG:  received fast shutdown request",
        not: "LOG:  checkpoint starting: time",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Database),
        words: "connect to database | connect to the database | connection to the database failed | \
            can't connect to mysql | lost connection to mysql | communications link failure | \
            could not connect to server | mongonetworkerror | server selection timeout | server selection error | \
            ora-12541 | ora-03113 | server has gone away | server closed the connection unexpectedly | \
            a network-related or instance-specific error",
        called: "database .. fail | database .. failed | database .. fails | database .. failure | database .. failures | \
            database .. down | database .. crash | database .. crashed | database .. corruption | database .. corrupted | \
            database .. overload | database .. overloaded | database .. unavailable | failed database | crashed database",
        example: "Error=Unable to connect to Database DSN=user@tcp(items-db:3306)/items",
        not: "connected to the database",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Overload),
        words: "limiting requests | limiting connections | too many requests | rate limit exceeded | rate limit reached | \
            rate limited | throttled | load shed | overloaded | queue is full | queue full | server too busy | \
            backlog full | circuit breaker is open | rejected execution | resource exhausted | throughput exceeded | \
            throttlingexception | shedding load | shedding requests | listen queue .. full",
        called: "traffic spike | traffic spikes | traffic surge | traffic increase | spike in traffic | spike in requests | \
            spike in users | spike of traffic | spike of requests | surge in traffic | surge in requests | \
            surge in users | surge of traffic | surge of requests | surge of users | overload by | overloaded by | \
            load spike | load spikes | capacity",
        example: "limiting requests, excess: 20.5 by zone \"api\"",
        not: "the queue has 3 messages",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Config),
        words: "configuration file .. test failed | configuration test failed | config test failed | \
            invalid configuration | invalid config | configuration error | config error | bad configuration | \
            missing configuration | missing required setting | unknown option | unrecognized option | unknown setting | \
            unknown directive | no resolver defined | environment variable .. not set | missing environment variable | \
            missing required environment variable | improperlyconfigured | unknown keyword | \
            unrecognized configuration | unknown configuration | config file error | error in configuration | \
            bad unit file setting | login failed for user | password authentication failed | access denied for user | \
            is not authorized to perform | wrongpass | invalid api key | invalid client secret | bad credentials",
        called: "misconfiguration | misconfigurations | misconfigured | misconfig | mis-configuration | mis-configured | \
            config change | config changes | config error | config errors | config push | config update | \
            config mistake | configuration change | configuration changes | configuration errors | \
            configuration push | configuration update | configuration mistake | wrong config | wrong configuration | \
            wrong setting | wrong settings | bad config | bad setting | bad settings | incorrect config | \
            incorrect configuration | incorrect setting | incorrect settings | faulty config | faulty configuration | \
            faulty setting | invalid setting | invalid settings",
        example: "improperlyconfigured: the SECRET_KEY setting must not be empty",
        not: "configuration loaded",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Crash),
        words: "main process exited | failed with result | exited on signal | terminated by signal | killed by signal | \
            segfault | segmentation fault | core dumped | crash loop back off | back-off restarting | \
            entered fatal state | panic: | panicked at | sigsegv | sigabrt | was sent sigkill | \
            worker timeout (pid | harakiri on worker | a fatal error has been detected | exited .. not expected",
        example: "shop.service: Main process exited, code=killed, status=11/SEGV",
        not: "process started",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::FeatureFlag),
        called: "feature flag | feature flags",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::ThirdParty),
        called: "third party | third parties | 3rd party | 3 rd party | vendor | upstream provider | external service | \
            external provider | external api",
        ..NONE
    },
];

/// Tried where no row before them holds and no name of what failed shows more.
const REST: &[Entry] = &[
    Entry {
        fault: Fault::of(C::Database),
        words: "operationalerror",
        example: "sqlalchemy.exc.OperationalError: (1213, 'x')",
        not: "operational again",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Database),
        words: "postgres | postgresql | mysql | mariadb | mongo | mongodb | cassandra | database",
        beside: &[REFUSED, BROKEN],
        example: "postgres: connection reset by peer",
        not: "postgres started",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Cache),
        words: "redis | valkey | memcache | memcached | rabbitmq | amqp | kafka | broker",
        beside: &[REFUSED, BROKEN],
        example: "Error 111 from redis: Connection refused.",
        not: "redis is up",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::BadData),
        words: "invalid json | malformed record | malformed message | malformed json | is corrupted | integrityerror | \
            unique violation | duplicate key | duplicate entry | poison message | checksum mismatch | \
            unexpected token .. json | parse record | parse message | invalid literal for | bad record | invalid record | \
            undecodable | numberformatexception | invalid input syntax | missing field | malformed csv | decodeerror | \
            is corrupt | could not deserialize | cannot deserialize | failed to deserialize | error deserializing | \
            deserialization error | deserialization failed | deserializationexception | serializationexception",
        example: "ValueError: invalid literal for int() with base 10: 'x'",
        not: "12 records read",
        ..NONE
    },
    Entry {
        fault: Fault::of(C::Deploy),
        words: "traceback | templatedoesnotexist | undefined method | undefined function | undefined variable | \
            undefined property | undefined index | undefined array key | undefined local variable | \
            cannot read property | cannot read properties | is not a function | is not defined | cannot find module | \
            no module named | object reference not set | nil pointer dereference | invalid memory address | \
            index out of range | fatal error: uncaught | call to undefined | symbol lookup error | undefined symbol | \
            required a bean",
        example: "TypeError: Cannot read properties of undefined (reading 'id')",
        not: "the index was read",
        ..NONE
    },
    Entry {
        fault: Fault::SYMPTOM,
        outright: REFUSED,
        logs: SERVED,
        confidence: 60,
        words: BROKEN,
        example: "connect() failed (111: Connection refused) while connecting to upstream",
        not: "the connection was opened",
        ..NONE
    },
];

/// What a client meets where nothing listens.
const REFUSED: &str = "111: connection refused | econnrefused | connect: connection refused | \
    connection refused: ah00957 | java.net.connectexception";

/// What else a client meets where something else broke.
const BROKEN: &str = "connection refused | connection reset | econnreset | timed out | etimedout | \
    deadline exceeded | bad gateway | no live upstreams | prematurely closed | temporarily disabled | \
    broken pipe | service unavailable | connection aborted | connection closed | closed the connection | \
    gateway time-out | unexpected eof | no server is available | timeout exceeded | timeout of .. exceeded | \
    timeout expired | timeouterror | timeoutexception | timeout: | i/o timeout | timeout after | \
    timeout waiting | connection timeout | connect timeout | read timeout | error .. timeout | gateway timeout | \
    could not connect | failed to connect | unable to connect | cannot connect | can't connect | \
    not possible to connect | failed to make connection | connection .. lost | upstream connect error | \
    no server available | actively refused | did not properly respond | systemexit | keyboardinterrupt | \
    interruptedexception | operationcanceledexception | taskcanceledexception | threadabortexception | context canceled | worker timeout";
