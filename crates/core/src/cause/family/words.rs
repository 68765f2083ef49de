//! The words of the message families: one table, and the lists of those that are asked last. How a phrase is found stands in
//! [`coroner_lines::text::words`]. A phrase that an innocent message may hold does not belong here.

use super::Family;

/// Phrases of each family, in small letters, a bar between them. Rows are tried from the top.
pub(super) const WORDS: &[(Family, &str)] = &[
    // A server that refuses its configuration names in the same line what is wrong with it.
    (Family::Config, "[emerg]"),
    (
        Family::Security,
        "sql injection | syn flooding | possible attack | access forbidden by rule | security attack | \
         break-in attempt | modsecurity .. denied | brute force attack | brute force attempt",
    ),
    (
        Family::Power,
        "on battery | power failure | ups batteries | battery is low | battery low | ac lost | power supply failure | \
         power lost | lost power | power outage | power overload | power fail shutdown | battery .. exhausted",
    ),
    (
        Family::Disk,
        "no space left on device | enospc | read only file system | read only filesystem | filesystem read only | \
         disk is full | disk full | file system is full | filesystem is full | not enough space on the disk | \
         disk space .. exhausted | out of disk space | insufficient disk space | disk quota exceeded | ext4 fs error | \
         error number 28 | could not extend file | i/o error, dev | buffer i/o error | disk space is insufficient | \
         flood stage watermark | flood stage disk watermark",
    ),
    (
        Family::Hardware,
        "[hardware error] | emask | temperature above threshold | critical temperature | netdev watchdog | \
         uncorrectable | uncorrected error | linux version | machine check events | machine check exception | \
         unrecovered read error | disk failure | medium error",
    ),
    (
        Family::Cache,
        "oom command not allowed | misconf redis | redis is loading | redisconnection | clusterdown | \
         connection to redis | connecting to redis | redis connection error | redis connection lost | \
         user requested shutdown | no brokers available | broker not available | masterdown",
    ),
    (
        Family::Memory,
        "out of memory | oom killed | oomkilled | cannot allocate memory | unable to allocate memory | \
         failed to allocate memory | enomem | bad_alloc | memoryerror | allowed memory size .. exhausted | \
         memory limit exceeded | java heap space | gc overhead limit | heap limit allocation failed | oom-kill: | \
         invoked oom-killer | by the oom killer | memory resource limit alarm | to reclaim memory",
    ),
    (
        Family::Dns,
        "no such host | enotfound | eai_again | resolve host | resolve hostname | resolve address | \
         dns resolution failed | dns lookup failed | host name .. to address | name does not resolve | \
         name not resolved | servfail | nxdomain | name or service not known | no address associated with hostname | \
         nodename nor servname | dial tcp: lookup | server misbehaving | failure in name resolution | \
         nameresolutionerror | name resolution failed | name resolution failure | unknownhostexception | \
         host not found in upstream | getaddrinfo failed | getaddrinfo:",
    ),
    (
        Family::Certificate,
        "certificate has expired | certificate expired | certificate is expired | cert has expired | \
         expired certificate | certificate verify failed | failed to verify certificate | \
         unable to verify the first certificate | certificate is not yet valid | certificate not yet valid | \
         certificate signed by unknown authority | certificate is valid for .. not | pkix path | \
         unable to get local issuer certificate | certificate revoked | certificate has been revoked | \
         ssl handshaking to upstream | certificate is invalid | invalid certificate | failed to renew certificate | \
         unable to obtain .. certificate | could not obtain .. certificate | error .. self signed certificate | \
         self signed certificate in certificate chain",
    ),
    (
        Family::Unreachable,
        "no route to host | network is unreachable | network unreachable | network is down | host is unreachable | \
         host unreachable | host is down | ehostunreach | enetunreach",
    ),
    (
        Family::Lock,
        "deadlock detected | deadlock found | deadlock victim | deadlock loser | due to deadlock | deadlocked | \
         lock wait timeout | still waiting for .. lock | lock timeout | lock not available | obtain lock | \
         cannot acquire lock | failed to acquire lock | database is locked | due to statement timeout | \
         querycanceled | could not get lock | acquire database lock | error acquiring the .. lock | \
         can't acquire .. lock",
    ),
    (
        Family::Pool,
        "too many clients | too many connections | remaining connection slots | max number of clients reached | \
         too many open files | emfile | max_children | maxrequestworkers | worker_connections are not enough | \
         acquiring a connection | acquire connection | acquire a connection | timeout waiting for idle object | \
         no free connection | no free connections | no available connection | no available connections | \
         connections exhausted | connection not available | no more connections",
    ),
    (
        Family::Schema,
        "column .. does not exist | relation .. does not exist | table .. does not exist | table .. doesn't exist | \
         undefined column | undefined table | no such column | no such table | unknown column | column not found | \
         table or view not found | table or view does not exist | invalid column name | invalid object name | \
         missing column | has no column named | notnullviolation | violates not-null constraint | pending migration | \
         pending migrations | migration failed",
    ),
    (
        Family::Incompatible,
        "unsupported | not supported | no longer supported | incompatible | version mismatch | protocol mismatch | \
         unknown protocol",
    ),
    (
        Family::DatabaseDown,
        "unexpected postmaster exit | database system was shut down | database system was interrupted | \
         not properly shut down | database system is shutting down | database system is starting up | \
         fast shutdown request | immediate shutdown request | smart shutdown request | \
         aborting any active transactions | terminating connection because of crash | \
         innodb: starting crash recovery | mysqld: normal shutdown | mysqld: shutdown complete | \
         stepping down from primary",
    ),
    (
        Family::Database,
        "connect to database | connect to the database | connection to the database failed | can't connect to mysql | \
         lost connection to mysql | communications link failure | could not connect to server | mongonetworkerror | \
         server selection timeout | server selection error | ora-12541 | ora-03113 | server has gone away | \
         server closed the connection unexpectedly | a network-related or instance-specific error",
    ),
    (
        Family::Overload,
        "limiting requests | limiting connections | too many requests | rate limit exceeded | rate limit reached | \
         rate limited | throttled | load shed | overloaded | queue is full | queue full | server too busy | \
         backlog full | circuit breaker is open | rejected execution | resource exhausted | throughput exceeded | \
         throttlingexception | shedding load | shedding requests | listen queue .. full",
    ),
    (
        Family::Config,
        "configuration file .. test failed | configuration test failed | config test failed | invalid configuration | \
         invalid config | configuration error | config error | bad configuration | missing configuration | \
         missing required setting | unknown option | unrecognized option | unknown setting | unknown directive | \
         no resolver defined | environment variable .. not set | missing environment variable | \
         missing required environment variable | improperlyconfigured | unknown keyword | unrecognized configuration | \
         unknown configuration | config file error | error in configuration | bad unit file setting",
    ),
    // A program error that ends a goroutine is one of the program first.
    (Family::Code, "panic: runtime error | panic serving"),
    (
        Family::Crash,
        "main process exited | failed with result | exited on signal | terminated by signal | killed by signal | \
         segfault | segmentation fault | core dumped | crash loop back off | back-off restarting | \
         entered fatal state | exited .. not expected | panic: | panicked at | sigsegv | sigabrt | was sent sigkill | \
         worker timeout (pid | harakiri on worker | a fatal error has been detected",
    ),
];

/// What an error is called that a program raises against itself, without the `Error` or `Exception` behind it.
pub(super) const ERRORS: &str = "argument | arithmetic | assertion | attribute | classcast | classnotfound | concurrentmodification | \
    illegalargument | illegalstate | import | index | indexoutofbounds | indexoutofrange | invalidcast | \
    invalidoperation | key | keynotfound | lazyinitialization | modulenotfound | name | noclassdeffound | \
    nomethod | nosuchelement | nosuchfield | nosuchmethod | notimplemented | nullpointer | nullreference | \
    range | recursion | reference | runtime | stackoverflow | syntax | templatesyntax | type | unboundlocal | \
    value | zerodivision";

/// Phrases of a program error; tried after everything that names another family.
pub(super) const CODE: &str = "traceback | templatedoesnotexist | undefined method | undefined function | undefined variable | \
    undefined property | undefined index | undefined array key | undefined local variable | \
    cannot read property | cannot read properties | is not a function | is not defined | cannot find module | \
    no module named | object reference not set | nil pointer dereference | invalid memory address | \
    index out of range | fatal error: uncaught | call to undefined | symbol lookup error | undefined symbol | \
    required a bean";

/// Phrases of bad records.
pub(super) const DATA: &str = "invalid json | malformed record | malformed message | malformed json | is corrupted | integrityerror | \
    unique violation | duplicate key | duplicate entry | poison message | checksum mismatch | \
    unexpected token .. json | parse record | parse message | invalid literal for | bad record | invalid record | \
    undecodable | numberformatexception | invalid input syntax | missing field | malformed csv | decodeerror | \
    is corrupt | could not deserialize | cannot deserialize | failed to deserialize | error deserializing | \
    deserialization error | deserialization failed | deserializationexception | serializationexception";

/// What databases are called.
pub(super) const DATABASES: &str =
    "postgres | postgresql | mysql | mariadb | mongo | mongodb | cassandra | database";

/// What caches and queues are called.
pub(super) const CACHES: &str =
    "redis | valkey | memcache | memcached | rabbitmq | amqp | kafka | broker";

/// Phrases of symptoms.
pub(super) const SYMPTOM: &str = "connection refused | econnrefused | connection reset | econnreset | timed out | etimedout | \
    deadline exceeded | bad gateway | no live upstreams | prematurely closed | temporarily disabled | \
    broken pipe | service unavailable | connection aborted | connection closed | closed the connection | \
    gateway time-out | unexpected eof | no server is available | timeout exceeded | timeout of .. exceeded | \
    timeout expired | timeouterror | timeoutexception | timeout: | i/o timeout | timeout after | \
    timeout waiting | connection timeout | connect timeout | read timeout | error .. timeout | gateway timeout | \
    could not connect | failed to connect | unable to connect | cannot connect | can't connect | \
    not possible to connect | failed to make connection | connection .. lost | upstream connect error | \
    no server available | actively refused";
