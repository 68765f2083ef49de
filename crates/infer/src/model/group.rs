//! Groups of classes of causes: what is reported before the class, and what is asked when such a cause is known.

/// A group of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name in every form.
    pub word: &'static str,
    /// The same in a sentence, with its article.
    pub called: &'static str,
    /// What to ask so that it does not happen again.
    pub question: &'static str,
}

const RETURN: &str = "What would bring this process back by itself?";

const fn group(word: &'static str, called: &'static str, question: &'static str) -> Group {
    Group {
        word,
        called,
        question,
    }
}

impl Group {
    /// Releases, configuration, flags, migrations.
    pub const CHANGE: Group = group(
        "change",
        "a change",
        "How can such a change be caught before it reaches all of production: a test with the dependency, a canary, a stop at the first failing host?",
    );
    /// What the service calls.
    pub const DEPENDENCY: Group = group(
        "dependency",
        "a dependency",
        "What should happen when this dependency fails: a timeout, a fallback, a contract test?",
    );
    /// More traffic than can be served.
    pub const CAPACITY: Group = group(
        "capacity",
        "capacity",
        "Are limits, load shedding and headroom where they should be?",
    );
    /// What is used up.
    pub const RESOURCE: Group = group(
        "resource",
        "a resource that ran out",
        "What warns before this resource runs out, and what caps its use?",
    );
    /// Records, and who holds them.
    pub const DATA: Group = group(
        "data",
        "data",
        "Can this work run so that it does not block requests, or be undone quickly?",
    );
    /// Machines and their power.
    pub const HARDWARE: Group = group(
        "hardware",
        "hardware",
        "Is there redundancy for this, and when was the restore last rehearsed?",
    );
    /// The way between machines.
    pub const NETWORK: Group = group(
        "network",
        "the network",
        "What would have shown this before it failed (expiry alert, probe, second path)?",
    );
    /// A process.
    pub const PROCESS: Group = group("process", "a process", RETURN);
    /// Abuse.
    pub const SECURITY: Group = group("security", "an attack", RETURN);
    /// The logs do not say.
    pub const UNKNOWN: Group = group("unknown", "unknown", RETURN);
}
