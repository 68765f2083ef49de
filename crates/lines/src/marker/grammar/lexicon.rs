//! The words of what is done to programs and of what alerts are in: verbs with their forms, stages, nouns, states. Data, and the
//! table that finds a word in any of its forms.

use super::lists::packed;
use crate::record::MarkerKind;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a verb does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Deploy,
    /// Like a deploy, but of anything: what it is done to must bear a number.
    Upgrade,
    Rollback,
    Migrate,
    Change,
    Write,
    Reload,
    Turn,
    Scale,
    Failover,
    Promote,
    Restart,
    Start,
    Stop,
    Crash,
}

/// The form of a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VerbForm {
    /// As it stands in a command.
    Base,
    Ing,
    Ed,
    /// The act, as a noun.
    Noun,
}

/// What a word may be beside a verb: bits of [`Sense::is`].
pub(super) type Bits = u32;
pub(super) const BEGIN: Bits = 1;
pub(super) const DONE: Bits = 1 << 1;
pub(super) const FAIL: Bits = 1 << 2;
/// Something that runs by itself.
pub(super) const PROGRAM: Bits = 1 << 3;
pub(super) const CONFIG: Bits = 1 << 4;
pub(super) const FLAG: Bits = 1 << 5;
/// The part of the one that leads, and of those that follow.
pub(super) const LEADER: Bits = 1 << 6;
pub(super) const FOLLOWER: Bits = 1 << 7;
pub(super) const PRODUCTION: Bits = 1 << 8;
/// What is released.
pub(super) const RELEASED: Bits = 1 << 9;
pub(super) const ALERT: Bits = 1 << 10;
pub(super) const FIRED: Bits = 1 << 11;
pub(super) const ACKED: Bits = 1 << 12;
pub(super) const OKAY: Bits = 1 << 13;
/// Forms of `be` and `have`, and adverbs between them and the verb.
pub(super) const HELP: Bits = 1 << 14;
/// Comes into a part or a state.
pub(super) const BECOME: Bits = 1 << 15;
pub(super) const PREPOSITION: Bits = 1 << 16;
pub(super) const ARTICLE: Bits = 1 << 17;
pub(super) const RECEIVE: Bits = 1 << 18;
pub(super) const SIGNAL_STOP: Bits = 1 << 19;
pub(super) const SIGNAL_CRASH: Bits = 1 << 20;
/// What a service is made of: pods, replicas, nodes.
pub(super) const REPLICA: Bits = 1 << 21;
/// State of a switch.
pub(super) const SWITCHED: Bits = 1 << 22;
/// Another thing of the same verbs: of locks, transactions, threads no act is reported.
pub(super) const OTHER: Bits = 1 << 23;
/// State in which programs serve.
pub(super) const SERVING: Bits = 1 << 24;
pub(super) const SCHEMA: Bits = 1 << 25;
/// What is under a key of this name is a state.
pub(super) const STATE: Bits = 1 << 26;
pub(super) const MAINTENANCE: Bits = 1 << 27;
/// That an end was not foreseen.
pub(super) const SUDDEN: Bits = 1 << 28;

/// What a word says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sense {
    pub(super) verb: Option<(Verb, VerbForm)>,
    pub(super) is: Bits,
}

/// Verbs that make their forms by rule.
const REGULAR: &[(Verb, &str)] = &[
    (Verb::Deploy, "deploy, redeploy, release, ship"),
    (Verb::Upgrade, "upgrade"),
    (Verb::Rollback, "rollback, revert, downgrade, reverse"),
    (Verb::Migrate, "migrate"),
    (
        Verb::Change,
        "change, update, modify, alter, adjust, edit, override, raise, lower, increase, decrease, reduce, bump",
    ),
    (Verb::Write, "render, replace, publish, restore"),
    (Verb::Reload, "reload, reconfigure, re-read"),
    (Verb::Turn, "enable, disable, toggle, activate, deactivate"),
    (
        Verb::Scale,
        "scale, rescale, autoscale, resize, upscale, downscale",
    ),
    (Verb::Failover, "failover"),
    (Verb::Promote, "promote, demote"),
    (
        Verb::Restart,
        "restart, reboot, respawn, reinitialize, bounce, relaunch",
    ),
    (Verb::Start, "start, boot, launch"),
    (Verb::Stop, "stop, terminate, halt, shutdown"),
    (Verb::Crash, "crash, panic, die"),
];

/// Forms that no rule makes.
const IRREGULAR: &[(Verb, VerbForm, &str)] = &[
    (
        Verb::Deploy,
        VerbForm::Noun,
        "deployment, deployments, rollout, redeployment",
    ),
    (Verb::Deploy, VerbForm::Base, "roll out, rolls out"),
    (Verb::Deploy, VerbForm::Ing, "rolling out"),
    (Verb::Deploy, VerbForm::Ed, "rolled out"),
    (
        Verb::Rollback,
        VerbForm::Base,
        "roll back, rolls back, put back",
    ),
    (Verb::Rollback, VerbForm::Ing, "rolling back, putting back"),
    (Verb::Rollback, VerbForm::Ed, "rolled back"),
    (Verb::Migrate, VerbForm::Noun, "migration, migrations"),
    (Verb::Change, VerbForm::Base, "set, sets, put"),
    (Verb::Change, VerbForm::Ing, "setting"),
    (Verb::Write, VerbForm::Ing, "writing"),
    (
        Verb::Write,
        VerbForm::Ed,
        "wrote, written, rewritten, overwrote",
    ),
    (Verb::Reload, VerbForm::Ing, "re reading, rereading"),
    (Verb::Reload, VerbForm::Ed, "reread, re read"),
    (
        Verb::Turn,
        VerbForm::Base,
        "turn on, turn off, switch on, switch off",
    ),
    (
        Verb::Turn,
        VerbForm::Ing,
        "turning on, turning off, switching on, switching off",
    ),
    (
        Verb::Turn,
        VerbForm::Ed,
        "turned on, turned off, switched on, switched off",
    ),
    (
        Verb::Scale,
        VerbForm::Base,
        "scale up, scale down, scale out, scale in",
    ),
    (
        Verb::Scale,
        VerbForm::Ing,
        "scaling up, scaling down, scaling out, scaling in",
    ),
    (
        Verb::Scale,
        VerbForm::Ed,
        "scaled up, scaled down, scaled out, scaled in",
    ),
    (
        Verb::Failover,
        VerbForm::Base,
        "fail over, fails over, take over, takes over",
    ),
    (Verb::Failover, VerbForm::Ing, "failing over, taking over"),
    (
        Verb::Failover,
        VerbForm::Ed,
        "failed over, took over, taken over",
    ),
    (Verb::Failover, VerbForm::Noun, "switchover, takeover"),
    (Verb::Promote, VerbForm::Noun, "promotion"),
    (Verb::Start, VerbForm::Base, "start up, starts up"),
    (Verb::Start, VerbForm::Ing, "starting up, booting up"),
    (Verb::Start, VerbForm::Ed, "started up, booted up"),
    (
        Verb::Start,
        VerbForm::Noun,
        "startup, initialization, initialisation, bootstrap",
    ),
    (Verb::Turn, VerbForm::Ed, "flipped"),
    (Verb::Stop, VerbForm::Base, "shut down, power off"),
    (
        Verb::Stop,
        VerbForm::Ing,
        "shutting down, going down, powering off",
    ),
    (Verb::Stop, VerbForm::Ed, "shut down, powered off"),
    (Verb::Start, VerbForm::Base, "power on"),
    (Verb::Start, VerbForm::Ing, "powering on"),
    (Verb::Start, VerbForm::Ed, "powered on"),
    (Verb::Crash, VerbForm::Ing, "dying"),
    (Verb::Crash, VerbForm::Ed, "died, fell over"),
];

/// Words that are no verbs of these, or say more beside it.
const BITS: &[(Bits, &str)] = &[
    (
        BEGIN,
        "start, starts, started, starting, begin, begins, began, begun, beginning, initiate, initiates, initiated, initiating, trigger, \
        triggered, triggering, progress, launched, commencing, commenced",
    ),
    (
        DONE,
        "finish, finishes, finished, finishing, complete, completes, completed, succeed, succeeds, succeeded, success, successful, \
        successfully, done, ended, ends, over, ok, live",
    ),
    (
        FAIL,
        "fail, fails, failed, failing, failure, abort, aborted, aborting, errored, unsuccessful, cancelled, canceled, unable",
    ),
    (
        PROGRAM,
        "server, service, daemon, application, app, instance, master, broker, database, proxy, system, program, child, computer, machine, vm, \
        node, host, agent, gateway, cluster, unit, supervisor, controller, engine, daemonset, dyno, site, backend",
    ),
    (
        CONFIG,
        "config, configs, configuration, configurations, setting, settings, parameter, parameters, option, options, property, properties, \
        variable, variables, limit, limits, policy, var, vars, param, params",
    ),
    (
        FLAG,
        "flag, flags, toggle, feature, kill switch, killswitch, experiment",
    ),
    (LEADER, "primary, master, leader, active, writer"),
    (FOLLOWER, "backup, standby, secondary, replica, slave"),
    (PRODUCTION, "production, prod, live"),
    (
        RELEASED,
        "app, application, archive, artifact, build, chart, image, module, package, release, revision, service, site, stack, version, website, api, \
        server, worker, workers, services, manifest, commit, branch, container, function",
    ),
    (
        ALERT,
        "alert, alarm, incident, monitor, problem, issue, page",
    ),
    (
        FIRED,
        "firing, fired, fire, triggered, trigger, critical, alerting, raised, alarm, problem, down, warning, opened, open, paged, failing",
    ),
    (
        ACKED,
        "acknowledged, acked, acknowledgement, acknowledgment, acknowledge, ack",
    ),
    (
        OKAY,
        "resolved, resolve, recovered, recovery, cleared, clear, ok, up, closed, close, normal, reset",
    ),
    (
        HELP,
        "is, are, was, were, has, have, had, been, be, being, now, currently, successfully, it, its, all, fully, gracefully, cleanly",
    ),
    (
        BECOME,
        "became, become, becomes, becoming, elected, assuming, assumed, entering, entered, enters, transition, transitioned, \
        transitioning, switched, switching, now, roles, role, acquired",
    ),
    (
        PREPOSITION,
        "to, of, for, on, in, at, with, by, from, into, due, as, via, onto, through, using, against, within, during, before, until",
    ),
    (
        ARTICLE,
        "a, an, the, this, our, new, automatic, automated, production, graceful, rolling, controlled, full, partial, canary, emergency, \
        unattended, scheduled, forced, immediate, fast, manual, clean, smart",
    ),
    (
        RECEIVE,
        "received, receiving, receive, caught, catching, got, processing, handling, requested",
    ),
    (
        SIGNAL_STOP,
        "sigterm, sigint, sigquit, sigwinch, terminated, interrupt",
    ),
    (
        SIGNAL_CRASH,
        "sigsegv, sigabrt, sigbus, sigill, sigfpe, sigkill, segfault",
    ),
    (
        REPLICA,
        "replica, replicas, instance, instances, node, nodes, pod, pods, worker, workers, dyno, dynos, size, capacity, count, task, tasks, \
        container, containers, group, pool, concurrency",
    ),
    (SWITCHED, "on, off, true, false, enabled, disabled"),
    (
        OTHER,
        "lock, locks, transaction, savepoint, thread, threads, connection, connections, session, query, cursor, partition, partitions, \
        segment, segments, buffer, lease, semaphore, socket, memory, job, jobs, test, tests, consumer, election, checkpoint, statement, \
        request, rule, rules, hook, docs, button, stage, snapshot, snapshots, dump, mail, mails, email, emails, previous, old, former",
    ),
    (SERVING, "ready, online, up, running, serving"),
    (
        SCHEMA,
        "schema, schemas, database, table, tables, changeset, changesets, migration, migrations",
    ),
    (STATE, "status, state, phase, transition, action, condition"),
    (MAINTENANCE, "maintenance, downtime"),
    (SUDDEN, "unexpectedly, abnormally, prematurely"),
];

/// Words behind a verb that make one phrase with it.
pub(super) const PARTICLES: &str = "back out over down up on off in switch";

static SENSES: LazyLock<HashMap<u128, Sense, foldhash::fast::FixedState>> = LazyLock::new(|| {
    let mut all: HashMap<u128, Sense, _> = HashMap::default();
    let mut verb = |word: &str, verb, form| {
        all.entry(packed(word.as_bytes()))
            .or_default()
            .verb
            .get_or_insert((verb, form));
    };
    for (v, form, words) in IRREGULAR {
        words.split(", ").for_each(|w| verb(w, *v, *form));
    }
    for (v, words) in REGULAR {
        for w in words.split(", ") {
            for (form, word) in forms(w) {
                verb(&word, *v, form);
            }
        }
    }
    for (bits, words) in BITS {
        for w in words.split(", ").map(str::trim) {
            all.entry(packed(w.as_bytes())).or_default().is |= bits;
        }
    }
    all
});

/// What a program does that is ordered to by a word.
pub(crate) fn order(word: &[u8]) -> Option<MarkerKind> {
    let (verb, form) = sense(packed(word)).verb?;
    let kind = match verb {
        Verb::Deploy => MarkerKind::DeployStart,
        Verb::Rollback => MarkerKind::RollbackStart,
        Verb::Migrate => MarkerKind::MigrationStart,
        Verb::Scale => MarkerKind::Scale,
        Verb::Failover => MarkerKind::Failover,
        Verb::Restart => MarkerKind::Restart,
        Verb::Reload => MarkerKind::ConfigChange,
        Verb::Start => MarkerKind::ServiceStart,
        Verb::Stop => MarkerKind::ServiceStop,
        _ => return None,
    };
    (form == VerbForm::Base && !word.ends_with(b"s")).then_some(kind)
}

/// Whether the name of a file ends as those of settings do.
pub(in crate::marker) fn is_settings_name(name: &[u8]) -> bool {
    const ENDS: &str =
        ".conf .config .cfg .cnf .ini .yml .yaml .toml .properties .json .hcl .env .xml";
    ENDS.split(' ').any(|e| name.ends_with(e.as_bytes()))
}

/// The forms of a verb, by rule.
fn forms(base: &str) -> [(VerbForm, String); 4] {
    let stem = base.strip_suffix('e').unwrap_or(base);
    let doubled = ["p", "t"].into_iter().find(|c| {
        let short = ["ship", "stop", "revert"];
        base.ends_with(*c) && short[..2].contains(&base)
    });
    let root = format!("{stem}{}", doubled.unwrap_or_default());
    let y = base
        .strip_suffix('y')
        .filter(|r| !r.ends_with(['a', 'e', 'i', 'o', 'u']));
    let ed = y.map_or(format!("{root}ed"), |r| format!("{r}ied"));
    let s = match y {
        Some(r) => format!("{r}ies"),
        None if base.ends_with("sh") => format!("{base}es"),
        None => format!("{base}s"),
    };
    [
        (VerbForm::Base, base.to_owned()),
        (VerbForm::Base, s),
        (VerbForm::Ing, format!("{root}ing")),
        (VerbForm::Ed, ed),
    ]
}

/// What a word says; hyphens are blanks.
pub(super) fn sense(name: u128) -> Sense {
    let find = |name| SENSES.get(&name).copied();
    let spaced = || {
        let letters = name.to_le_bytes();
        let spaced = letters.map(|c| if c == b'-' { b' ' } else { c });
        // most words bear no hyphen, and were looked for
        (spaced != letters).then(|| find(u128::from_le_bytes(spaced)))?
    };
    find(name).or_else(spaced).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_their_forms() {
        for (word, verb, form) in [
            ("Deploying", Verb::Deploy, VerbForm::Ing),
            ("shipped", Verb::Deploy, VerbForm::Ed),
            ("stopping", Verb::Stop, VerbForm::Ing),
            ("modified", Verb::Change, VerbForm::Ed),
            ("MIGRATING", Verb::Migrate, VerbForm::Ing),
            ("roll-back", Verb::Rollback, VerbForm::Base),
            ("Scale-up", Verb::Scale, VerbForm::Base),
            ("rolled back", Verb::Rollback, VerbForm::Ed),
            ("died", Verb::Crash, VerbForm::Ed),
            ("crashes", Verb::Crash, VerbForm::Base),
        ] {
            assert_eq!(
                sense(packed(word.as_bytes())).verb,
                Some((verb, form)),
                "{word}"
            );
        }
        assert_eq!(sense(packed(b"lunch")), Sense::default());
        assert_eq!(sense(packed(&[b'x'; 40])), Sense::default());
    }
}
