//! What servers of the kinds that others depend on are called.

use coroner_lines::table::words;

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
