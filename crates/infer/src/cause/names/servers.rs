//! What servers of the kinds that others depend on are called.

use coroner_lines::table::words;
use coroner_lines::text::words;

/// Databases.
pub(in crate::cause) const DATABASES: [&str; 10] =
    words("postgres mysql mariadb mongo cockroach cassandra oracle mssql sqlserver etcd");

/// Whether a host is called as those are on which databases run: `db1`, `pg-2`, `prod-db-01`, `mysql.eu.example`.
pub(in crate::cause) fn is_database_host(host: &str) -> bool {
    let name = host.split('.').next().unwrap_or(host);
    let mut words = name.split(['-', '_']);
    words.any(|w| {
        let word = w.trim_end_matches(|c: char| c.is_ascii_digit());
        let word = word.to_ascii_lowercase();
        ["db", "pg", "sql"].contains(&&*word) || DATABASES.contains(&&*word)
    })
}

/// Caches and queues.
pub(in crate::cause) const CACHES: [&str; 9] =
    words("redis memcached memcache rabbitmq kafka valkey nats activemq amqp");

/// Names of one kind of server: clients call it by its protocol.
const OF_ONE_KIND: [[&str; 2]; 2] = [["mysql", "mariadb"], ["postgres", "pgsql"]];

/// What stands beside a server and is none.
const BESIDE: &str = "exporter | operator | backup";

/// Whether a message names the kind of server that a service is by its name (`session-redis-0` of a `RedisCommandTimeoutException`).
pub(in crate::cause) fn is_of_kind(text: &str, service: &str) -> bool {
    let stands = |t: &str, kind: &str| words::find(t.as_bytes(), kind, 0).is_some();
    // a server's process is called so with a d behind
    let service = service.strip_suffix('d').unwrap_or(service);
    if words::holds_any(service.as_bytes(), BESIDE) {
        return false;
    }
    let mut kinds = DATABASES.iter().chain(&CACHES);
    kinds.any(|kind| {
        let same = OF_ONE_KIND.iter().find(|names| names.contains(kind));
        let named = |t: &str| match same {
            Some(names) => names.iter().any(|n| stands(t, n)),
            None => stands(t, kind),
        };
        named(service) && named(text)
    })
}

/// Whether a service is called as those are on which others depend: a database, a cache, a queue, or a pool in front of one.
pub(in crate::cause) fn is_depended_on(service: &str) -> bool {
    let name = service.strip_suffix('d').unwrap_or(service);
    is_of_kind(name, name) || name.ends_with("bouncer")
}
