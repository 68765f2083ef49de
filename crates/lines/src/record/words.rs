//! The closed vocabularies: kinds of timeline rows and classes of causes, with the words that JSON and tables use.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $v:ident = $w:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $w)] $v),+ }
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$v),+];
            /// The word used in JSON, rule tables and documents.
            pub fn word(self) -> &'static str { match self { $($name::$v => $w),+ } }
            /// The value of a word.
            pub fn from_word(w: &str) -> Option<$name> { match w { $($w => Some($name::$v),)+ _ => None } }
        }
    };
}

words! {
    /// Kinds of timeline rows that a log line can state (first part) or that are measured (second part).
    MarkerKind {
        /// A release begins.
        DeployStart = "deploy_start",
        /// A release is done.
        DeployFinish = "deploy_finish",
        /// A release failed.
        DeployFail = "deploy_fail",
        /// A return to an earlier release begins.
        RollbackStart = "rollback_start",
        /// It is done.
        RollbackFinish = "rollback_finish",
        /// It failed.
        RollbackFail = "rollback_fail",
        /// A configuration was changed or reloaded.
        ConfigChange = "config_change",
        /// A flag was turned.
        FeatureFlag = "feature_flag",
        /// A schema or data migration begins.
        MigrationStart = "migration_start",
        /// It is done.
        MigrationFinish = "migration_finish",
        /// It is undone.
        MigrationRollback = "migration_rollback",
        /// More or fewer replicas.
        Scale = "scale",
        /// A standby took over.
        Failover = "failover",
        /// A service was restarted.
        Restart = "restart",
        /// A service came up.
        ServiceStart = "service_start",
        /// A service was stopped.
        ServiceStop = "service_stop",
        /// A process died.
        Crash = "crash",
        /// A backend was marked down.
        BackendDown = "backend_down",
        /// A backend was marked up.
        BackendUp = "backend_up",
        /// An alert fired.
        AlertFired = "alert_fired",
        /// Somebody took it.
        AlertAcknowledged = "alert_acknowledged",
        /// It went up a level.
        AlertEscalated = "alert_escalated",
        /// It is over.
        AlertResolved = "alert_resolved",
        /// A human action that is no rollback, restart or failover.
        MitigationStart = "mitigation_start",
        /// It is done.
        MitigationFinish = "mitigation_finish",
        /// Planned work begins.
        MaintenanceStart = "maintenance_start",
        /// Planned work ends.
        MaintenanceFinish = "maintenance_finish",
        /// Somebody says that it is over.
        RecoveryClaimed = "recovery_claimed",
        /// Something broke, with a cause class.
        Fault = "fault",
        /// Talk.
        HumanNote = "human_note",
        /// A person writes what was found.
        Finding = "finding",
        /// First 5xx of the logs.
        First5xx = "first_5xx",
        /// The incident begins.
        Onset = "onset",
        /// A message template never seen before.
        NewError = "new_error",
        /// The worst minute.
        Peak = "peak",
        /// Partly better.
        PartialRecovery = "partial_recovery",
        /// Worse again.
        Relapse = "relapse",
        /// The incident is over.
        Recovery = "recovery",
        /// Traffic fell.
        TrafficDrop = "traffic_drop",
        /// A source falls silent.
        SilenceStart = "silence_start",
        /// It speaks again.
        SilenceFinish = "silence_finish",
        /// A version appeared without a deploy log.
        VersionChange = "version_change",
        /// An upstream failed and no client saw it.
        MaskedFailover = "masked_failover",
        /// A clock jumped.
        ClockStep = "clock_step",
    }
}

words! {
    /// Classes of causes: their names and no more.
    CauseClass {
        /// A release.
        Deploy = "deploy",
        /// Configuration.
        Config = "config",
        /// A feature flag.
        FeatureFlag = "feature_flag",
        /// A migration.
        Migration = "migration",
        /// An outside service.
        ThirdParty = "third_party",
        /// The database.
        Database = "database",
        /// Cache or queue.
        Cache = "cache",
        /// More traffic than it can serve.
        Overload = "overload",
        /// Memory.
        Memory = "memory",
        /// Disk space.
        Disk = "disk",
        /// Pools, descriptors, workers used up.
        ConnectionPool = "connection_pool",
        /// Locks and slow queries.
        Lock = "lock",
        /// Bad records.
        BadData = "bad_data",
        /// Power.
        Power = "power",
        /// A machine.
        Host = "host",
        /// Name resolution.
        Dns = "dns",
        /// TLS certificates.
        Certificate = "certificate",
        /// Network paths.
        Unreachable = "unreachable",
        /// A process that died or hangs.
        Crash = "crash",
        /// Abuse.
        Attack = "attack",
        /// The logs do not say.
        Unknown = "unknown",
    }
}

impl MarkerKind {
    /// The kind of log that is there to report such rows, where one is.
    pub fn log(self) -> Option<super::Kind> {
        use MarkerKind::*;
        match self {
            AlertFired | AlertAcknowledged | AlertEscalated | AlertResolved => {
                Some(super::Kind::Pager)
            }
            DeployStart | DeployFinish | DeployFail | RollbackStart | RollbackFinish
            | RollbackFail => Some(super::Kind::Deploy),
            _ => None,
        }
    }

    /// Whether a log line can state it, rather than that it is measured over many.
    pub fn is_stated(self) -> bool {
        self < MarkerKind::First5xx
    }
}
