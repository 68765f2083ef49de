//! The vocabulary: one [`Rule`] per thing that a message may state, and the vetoes that take it back. Data and types only.
//! Patterns are case-insensitive, without Unicode classes and without look-around; they see message parts, never whole lines.

mod change;
mod fault;
mod state;

use crate::record::{CauseClass, Kind, MarkerKind};

/// A set of scopes. A rule runs on a message when their sets meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// No scope.
    pub const NONE: Scopes = Scopes(0);
    /// Error and lifecycle lines of web servers and proxies.
    pub const WEB: Scopes = Scopes(1);
    /// Application and database messages.
    pub const APP: Scopes = Scopes(2);
    /// Plain-text pager lines.
    pub const PAGER: Scopes = Scopes(4);
    /// Lines of deploy tools, CI and configuration management.
    pub const DEPLOY: Scopes = Scopes(8);
    /// Init systems, kernels, power supplies.
    pub const SYSTEM: Scopes = Scopes(16);
    /// What people write to each other.
    pub const CHAT: Scopes = Scopes(32);
    /// Every single scope, in the order of [`Scopes::index`].
    pub const EACH: [Scopes; 6] = [
        Self::WEB,
        Self::APP,
        Self::PAGER,
        Self::DEPLOY,
        Self::SYSTEM,
        Self::CHAT,
    ];

    /// Both sets.
    pub const fn and(self, other: Scopes) -> Scopes {
        Scopes(self.0 | other.0)
    }
    /// Whether the sets have a scope in common.
    pub const fn meets(self, other: Scopes) -> bool {
        self.0 & other.0 != 0
    }
    /// Number of the lowest scope of the set, 0–5.
    pub const fn index(self) -> usize {
        self.0.trailing_zeros() as usize
    }
    /// The scope that messages of a record kind have.
    pub const fn of(kind: Kind) -> Scopes {
        match kind {
            Kind::Web => Self::WEB,
            Kind::App => Self::APP,
            Kind::Pager => Self::PAGER,
            Kind::Deploy => Self::DEPLOY,
            Kind::System => Self::SYSTEM,
        }
    }
}

/// What a rule says when it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// A marker.
    Marker(MarkerKind),
    /// No marker: a message of the family "connection refused", which causes weigh as evidence.
    Refused,
}

/// One thing that a message may state.
#[derive(Debug)]
pub struct Rule {
    /// What it states.
    pub says: Says,
    /// Cause class of a fault.
    pub class: Option<CauseClass>,
    /// 0–100.
    pub confidence: u8,
    /// Where the rule may be applied.
    pub scopes: Scopes,
    /// Regular expression on the message.
    pub pattern: &'static str,
    /// A message that it must find.
    pub example: &'static str,
    /// A message that looks alike and of which it must say nothing.
    pub not: &'static str,
}

/// How far a veto reaches from a rule's match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VetoReach {
    /// It must overlap the match itself.
    Match,
    /// It must touch the clause of the match.
    Clause,
    /// The same, but a clause does not end at `: `, so that an environment name in front of a colon counts.
    Tagged,
    /// Anywhere in the message.
    Message,
}

/// What takes a marker back.
#[derive(Debug)]
pub struct Veto {
    /// Regular expression on the message.
    pub pattern: &'static str,
    /// Kinds that it removes.
    pub removes: &'static [MarkerKind],
    /// How far it reaches.
    pub window: VetoReach,
    /// In words.
    pub why: &'static str,
}

/// Every rule, in the order in which they are tried.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [change::RULES, state::RULES, fault::RULES.as_slice()]
        .into_iter()
        .flatten()
}

use MarkerKind::{
    AlertAcknowledged, AlertFired, AlertResolved, ConfigChange, Crash, DeployFail, DeployFinish,
    DeployStart, Failover, FeatureFlag, MaintenanceFinish, MaintenanceStart, MigrationFinish,
    MigrationRollback, MigrationStart, MitigationStart, Restart, RollbackFail, RollbackFinish,
    RollbackStart, Scale,
};

/// What is done to a system.
const ACTS: &[MarkerKind] = &[
    DeployStart,
    DeployFinish,
    DeployFail,
    RollbackStart,
    RollbackFinish,
    RollbackFail,
    MigrationStart,
    MigrationFinish,
    MigrationRollback,
    Restart,
    ConfigChange,
    FeatureFlag,
    Failover,
    Scale,
    MaintenanceStart,
    MaintenanceFinish,
    MitigationStart,
];

const ROLLBACKS: &[MarkerKind] = &[RollbackStart, RollbackFinish, RollbackFail];

/// Words of acts, as they begin.
macro_rules! act {
    () => {
        r"\b(?:roll(?:ed|ing)?[ -]?back|re(?:start|boot|load)|deploy|upgrad|revert|fail(?:ed|ing)?[ -]?over|maintenance)"
    };
}

/// Every veto. Need and possibility are the first two: what is wanted, allowed, asked, denied or foreseen was not done.
pub static VETOES: &[Veto] = &[
    Veto {
        pattern: r"\b(?:not|no|never|nobody|without|until|unless)\b[^,;:!?]{0,20}?\back(?:ed|nowledg\w*)?\b",
        removes: &[AlertAcknowledged],
        window: VetoReach::Match,
        why: "what waits to be acknowledged is not",
    },
    Veto {
        pattern: r"^(?:re|aw|sv|antw|fwd?|wg):\s",
        removes: &[AlertFired, AlertResolved],
        window: VetoReach::Message,
        why: "an answer to an alert, or one that is passed on, repeats its subject",
    },
    Veto {
        pattern: concat!(
            r"\b(?:will|would|should|shall|could|might|may|can|cannot|can\'t|won\'t|must|not|no|never|if|unless|before|until|when|without|please|upcoming",
            r"|to be|plan(?:ned|ning)? to|consider(?:ing)?|think(?:ing)? (?:about|of)|discuss(?:ing)?|(?:need|want|try|remember|ready|about|how|going|able|recommended) to",
            r"|trying to|(?:need|require|recommend)(?:s|ed|ing)?|whether)\b[^,;!?]{0,40}?",
            act!(),
            r"[^,;:!?]{0,60}",
        ),
        removes: ACTS,
        window: VetoReach::Match,
        why: "needed, possible, asked for or denied: becomes human_note",
    },
    Veto {
        pattern: concat!(
            act!(),
            r"[^,;:!?(]{0,20}?\b(?:(?:is |are |was |be |being )?(?:required|needed|necessary|recommended|advised|suggested|desired|possible|allowed|supported|permitted|pending|due (?:for|on|at|in)|scheduled (?:for|at|in|to)|planned)",
            r"|requires?|needs?|cannot|can\'t|not (?:possible|allowed|needed|required|supported)|is (?:not|paused|disabled)|tested|drill|did(?: not|n\'t) help|tomorrow|tonight|soon|will)\b",
        ),
        removes: ACTS,
        window: VetoReach::Match,
        why: "needed, possible or rehearsed, said behind the noun",
    },
    Veto {
        pattern: concat!(act!(), r"[^.]{0,40}\?"),
        removes: ACTS,
        window: VetoReach::Match,
        why: "question: becomes human_note",
    },
    Veto {
        pattern: r"(?:transaction[s]?\b.{0,40}\broll(?:ed|ing)?[ -]?back|roll(?:ed|ing)?[ -]?back.{0,30}\btransaction|\brollback of (?:payment|order|the transaction)|\brolled back in \d|\bautomatic rollback of)",
        removes: ROLLBACKS,
        window: VetoReach::Clause,
        why: "database transaction",
    },
    Veto {
        pattern: r"(?:^\s*(?:begin|rollback|commit)\s*;|\bsavepoint\b|\brollback(?:-only| segments?\b|\(\)))",
        removes: ROLLBACKS,
        window: VetoReach::Message,
        why: "SQL text, InnoDB rollback segments",
    },
    Veto {
        pattern: r"(?:\bstaging\b|\btest(?:ing|s)? (?:deploy|rollback)|\b(?:dev|test|qa)(?:elopment)? environment\b)",
        removes: ACTS,
        window: VetoReach::Tagged,
        why: "other environment (a user may ask for it)",
    },
    Veto {
        pattern: r"(?:--dry-run|\bdry[- ]run\b|\bexpr=)",
        removes: &[
            DeployStart,
            DeployFinish,
            DeployFail,
            RollbackStart,
            RollbackFinish,
            MigrationStart,
            MigrationFinish,
            Restart,
            ConfigChange,
            FeatureFlag,
            Failover,
            Scale,
            Crash,
        ],
        window: VetoReach::Message,
        why: "tried out, or a condition that is written down",
    },
    Veto {
        pattern: r"(?:\bsignal 15\b|\bstatus=15\b|\(SIG(?:TERM|INT|HUP|QUIT)\))",
        removes: &[Crash],
        window: VetoReach::Message,
        why: "it ended because it was told to",
    },
    Veto {
        pattern: r"\b(?:success|succeeded)\b",
        removes: &[DeployStart, RollbackStart],
        window: VetoReach::Tagged,
        why: "what succeeded does not begin",
    },
    Veto {
        pattern: r"\b(?:Replaced by|Skipp(?:ing|ed)(?:[^=\w]|$)|no[- ]op\b)",
        removes: ACTS,
        window: VetoReach::Clause,
        why: "nothing was done",
    },
];
