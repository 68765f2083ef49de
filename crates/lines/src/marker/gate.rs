//! Which rules hold for one message: prefilter, patterns, then vetoes in their windows. No pairing and no order of messages.

use super::armed::{ARMED, Armed};
use super::command;
use super::grammar::{self, Found};
use super::object::directed;
use super::prefilter::{CALLED, GRAMMAR, NUMBERED, Prefilter, Set, TROUBLE, TYPED, VERSION};
use super::rules::{Scopes, rules};
use super::talk::talk;
use super::trouble;
use super::vetoed::is_taken_back;
use super::{Hit, SAID};
use crate::record::{Kind, MarkerKind};
use crate::text::likeness::holds_mixed;
use crate::text::says_a_failed_call;
use std::sync::LazyLock;

/// Bytes of a message that are looked at: statements stand at its beginning, and vetoes are looked for around every match.
pub(super) const LOOKED_AT: usize = 4096;
static PREFILTERS: LazyLock<Vec<Prefilter>> = LazyLock::new(|| Prefilter::each(rules()));

/// Appends the markers that a message states, in the scope of its record. Of the rules about deploys and rollbacks only the
/// first that holds counts; of every other kind and class one hit is given. `sudo … COMMAND=` messages are read as commands.
pub fn find(text: &[u8], scope: Kind, out: &mut Vec<Hit>) {
    signs(text, scope).find(text, out);
}

/// What a message may state, by one pass over it.
#[derive(Clone, Copy, Debug)]
pub struct Signs {
    scope: Kind,
    set: Set,
    /// Whether the message was looked at to its end.
    whole: bool,
    /// Whether words stand in it that may state something, be it taken back or not.
    hints: bool,
}

/// What a message may state in the scope of its record.
pub fn signs(text: &[u8], scope: Kind) -> Signs {
    let looked_at = &text[..text.len().min(LOOKED_AT)];
    let talk = talk(looked_at);
    let (scopes, said) = talk.unwrap_or((Scopes::of(scope), looked_at));
    Signs {
        scope,
        set: candidates(said, scopes),
        whole: looked_at.len() == text.len(),
        hints: talk.is_some(),
    }
}

impl Signs {
    /// Appends the markers that the message states; as [`find`].
    #[inline]
    pub fn find(&mut self, text: &[u8], out: &mut Vec<Hit>) {
        if self.set & !(TROUBLE | VERSION | CALLED) != 0 {
            let text = &text[..text.len().min(LOOKED_AT)];
            self.hints |= find_signed(text, self.scope, self.set, out);
        }
    }

    /// Whether the message has words of trouble, or tells of a call that failed.
    pub fn is_trouble(self, text: &[u8]) -> bool {
        let may = |of: Set| !self.whole || self.set & of != 0;
        may(TROUBLE) && trouble::is_trouble(text) || may(CALLED) && says_a_failed_call(text)
    }

    /// Whether the message may name a version.
    pub fn may_name_version(self) -> bool {
        !self.whole || self.set & VERSION != 0
    }
    /// Whether a word stands in the message by which something is done to programs.
    pub fn speaks_of_an_act(self) -> bool {
        self.set & GRAMMAR != 0
    }
    /// Where the message states nothing: whether none does that has the same key ([`likeness`](crate::text::likeness)), for which
    /// [`is_read`] was asked about ids.
    pub fn is_blind(self, key: &[u8]) -> bool {
        if holds_mixed(key) {
            // what people write begins with who they are, which is no id
            let silent = self.set == 0 && self.whole && !self.hints;
            return silent && !key.contains(&b'<') && !key.starts_with(b"Event(");
        }
        let numbered = self.set & (TYPED | NUMBERED) != 0
            || self.set & GRAMMAR != 0 && grammar::is_numbered(key)
            // what a controller says of a step counts replicas
            || key.starts_with(b"Event(");
        let many = self.whole && !self.hints && !numbered;
        many && !armed(self.set).any(|a| a.may_hold(key))
    }
}

/// Whether a word, an id, may hold a part of what any rule looks for.
pub fn is_read(id: &[u8]) -> bool {
    static PARTS: LazyLock<Prefilter> = LazyLock::new(|| Prefilter::of_words(&PREFILTERS));
    PARTS.shares(id)
}

/// Whether words stand there that may state something.
fn find_signed(text: &[u8], scope: Kind, set: Set, out: &mut Vec<Hit>) -> bool {
    if super::vetoed::is_title_of_a_commit(text) {
        return false;
    }
    let commands = matches!(scope, Kind::System | Kind::App | Kind::Deploy);
    if let Some((scopes, said)) = talk(text) {
        match scopes == Scopes::CHAT {
            true => find_in_chat(said, out),
            false => _ = try_rules(said, scopes, set, out),
        }
        return true;
    }
    let shown = commands && (set & TYPED != 0 || text.ends_with(command::ENDED_WELL));
    shown && command::find(text, out) || try_rules(text, Scopes::of(scope), set, out)
}

/// The same for what people write to each other; a statement of a person is never more than weak (at most [`SAID`]).
pub fn find_in_chat(text: &[u8], out: &mut Vec<Hit>) {
    let from = out.len();
    let text = &text[..text.len().min(LOOKED_AT)];
    try_rules(text, Scopes::CHAT, candidates(text, Scopes::CHAT), out);
    // who tells of another time takes the alert now: `on it. we shipped 3.41.0 ten minutes ago`
    if out.len() > from && grammar::spoken::of_another_time(text) {
        let told = out.split_off(from);
        let now = |h: &Hit| h.kind == MarkerKind::AlertAcknowledged;
        out.extend(told.into_iter().filter(now));
    }
    for h in &mut out[from..] {
        h.confidence = h.confidence.min(SAID);
    }
}

fn candidates(text: &[u8], scope: Scopes) -> Set {
    PREFILTERS
        .get(scope.index())
        .map_or(0, |p| p.candidates(text))
}

/// False only where [`find`] gives no fault for the message of an application.
pub fn may_state_fault(text: &[u8]) -> bool {
    static FAULTS: LazyLock<Set> = LazyLock::new(|| {
        let faults = rules().enumerate();
        let faults = faults.filter(|(_, r)| r.kind == MarkerKind::Fault);
        faults.fold(0, |set, (n, _)| set | 1 << n)
    });
    let looked_at = &text[..text.len().min(LOOKED_AT)];
    candidates(looked_at, Scopes::APP) & *FAULTS != 0
}

/// The rules of a set, in their order.
fn armed(mut set: Set) -> impl Iterator<Item = &'static Armed> {
    set &= !(TYPED | TROUBLE | VERSION | GRAMMAR | NUMBERED | CALLED);
    std::iter::from_fn(move || {
        if set == 0 {
            return None;
        }
        let n = set.trailing_zeros() as usize;
        set &= set - 1;
        ARMED.get(n)
    })
}

/// Whether rules hold or words of the grammar stand there, be they taken back or not.
fn try_rules(text: &[u8], scopes: Scopes, set: Set, out: &mut Vec<Hit>) -> bool {
    let from = out.len();
    for a in armed(set) {
        let kind = a.rule.kind;
        let family = family(kind);
        // one line states one state of an alert: what only names it states none beside another
        let named = kind == MarkerKind::AlertFired && a.rule.confidence < 90;
        let known = |h: &Hit| self::family(h.kind) == family || named && is_of_an_alert(h.kind);
        if out[from..].iter().any(known) {
            continue;
        }
        if a.states(text, kind) {
            out.push(Hit {
                kind: directed(text, kind),
                class: a.rule.class,
                confidence: a.rule.confidence,
            });
        }
    }
    let mut spoken = false;
    if set & (GRAMMAR | NUMBERED) != 0 {
        grammar::find(text, scopes, |f| {
            spoken = true;
            by_grammar(text, f, from, out);
        });
    }
    spoken || out.len() > from
}

/// Appends what the grammar found, where no rule found the same and no veto takes it back.
fn by_grammar(text: &[u8], f: Found, from: usize, out: &mut Vec<Hit>) {
    use MarkerKind::*;
    // where a release failed and is taken back, this is the act
    // but not where one of several fields states it, too
    let described = memchr::memmem::find(&text[..f.at.start], b"=\"").is_some();
    if matches!(f.kind, RollbackStart | RollbackFinish)
        && !described
        && let Some(failed) = out[from..].iter_mut().find(|h| h.kind == DeployFail)
        && !is_taken_back(text, f.kind, &f.at)
    {
        failed.kind = f.kind;
        return;
    }
    // a program that calls its own fault an alarm notifies nobody
    if f.kind == AlertFired && out[from..].iter().any(|h| h.kind == Fault) {
        return;
    }
    if is_of_an_alert(f.kind)
        && let Some(named) = out[from..]
            .iter_mut()
            .find(|h| h.kind == MarkerKind::AlertFired)
        && named.confidence < 90
    {
        named.kind = f.kind;
        return;
    }
    // how far an act is stands in its verb: `Finished deploy to production` is no order, though it has the words of one
    if let Some(weaker) = out[from..].iter_mut().find(|h| {
        family(h.kind) == family(f.kind)
            && family(f.kind) == MarkerKind::DeployStart
            && h.confidence < f.confidence
    }) && !is_taken_back(text, f.kind, &f.at)
    {
        weaker.kind = directed(text, f.kind);
        return;
    }
    let life = |k| matches!(k, Crash | Restart | ServiceStart | ServiceStop);
    // a program that reads its settings again may call it a restart, and what a part of a machine does as it fails was set by nobody
    let read = |h: &Hit| {
        let both = (h.kind, f.kind);
        both == (ConfigChange, Restart) || both == (Fault, ConfigChange)
    };
    let known =
        |h: &Hit| family(h.kind) == family(f.kind) || life(h.kind) && life(f.kind) || read(h);
    if out[from..].iter().any(known) || is_taken_back(text, f.kind, &f.at) {
        return;
    }
    out.push(Hit {
        kind: directed(text, f.kind),
        class: None,
        confidence: f.confidence,
    });
}

fn is_of_an_alert(kind: MarkerKind) -> bool {
    use MarkerKind::*;
    matches!(
        kind,
        AlertFired | AlertAcknowledged | AlertEscalated | AlertResolved
    )
}

/// Deploys and rollbacks are one family, and so are the two ends of an alert: their words stand in each other's messages. Of faults
/// a line states the one that the vocabulary has first.
fn family(kind: MarkerKind) -> MarkerKind {
    use MarkerKind::*;
    match kind {
        DeployFinish | DeployFail | RollbackStart | RollbackFinish | RollbackFail => DeployStart,
        AlertResolved => AlertFired,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn find_in(text: &[u8], scope: Scopes, out: &mut Vec<Hit>) {
        let text = &text[..text.len().min(LOOKED_AT)];
        try_rules(text, scope, candidates(text, scope), out);
    }

    fn words(text: &str, scope: Scopes) -> Vec<String> {
        let mut out = Vec::new();
        find_in(text.as_bytes(), scope, &mut out);
        out.iter()
            .map(|h| match h.class {
                Some(c) => format!("{}:{}", h.kind.word(), c.word()),
                None => h.kind.word().to_string(),
            })
            .collect()
    }

    /// The table holds message parts: lines that look like markers or are markers, and why.
    #[test]
    fn false_friends() {
        let table = include_str!("../../../../tests/data/false_friends.tsv");
        let mut lines = 0;
        for row in table.lines().skip(1) {
            let f: Vec<&str> = row.split('\t').collect();
            let (must, message, why) = (f[0], f[2], f[3]);
            lines += 1;
            let mut got: Vec<String> = f[1]
                .split(',')
                .map(Scopes::named)
                .flat_map(|s| words(message, s))
                .filter(|k| !k.starts_with("service_") && k != "human_note")
                .collect();
            got.sort();
            got.dedup();
            if must == "none" {
                assert!(got.is_empty(), "{message}: {got:?} ({why})");
            } else if let Some(alone) = must.strip_prefix("only ") {
                assert_eq!(got, [alone], "{message} ({why})");
            } else {
                assert!(
                    got.iter().any(|k| k == must),
                    "{message}: {got:?}, not {must}"
                );
            }
        }
        assert!(lines >= 70, "{lines}");
    }

    #[test]
    fn each_rule_finds_its_example_and_leaves_its_false_friend() {
        for a in ARMED.iter() {
            let r = a.rule;
            let found = a.found(r.example.as_bytes()).next();
            assert!(found.is_some(), "{}", r.example);
            for s in Scopes::EACH.into_iter().filter(|s| r.scopes.meets(*s)) {
                let said = |t: &str| {
                    let mut out = Vec::new();
                    find_in(t.as_bytes(), s, &mut out);
                    out.iter().any(|h| h.kind == r.kind && h.class == r.class)
                };
                assert!(said(r.example), "{}", r.example);
                assert!(!said(r.not), "{:?} must not be said of {}", r.kind, r.not);
            }
        }
    }

    #[test]
    fn patterns_compile() {
        assert!(ARMED.iter().all(|a| a.regex().is_some()));
        assert!(ARMED.len() < 122, "a set holds 122 rules and six marks");
    }

    #[test]
    fn a_later_match_counts_when_a_veto_takes_the_earlier_one() {
        assert_eq!(
            words("server restart is not needed; nginx restarted", Scopes::APP),
            ["restart"]
        );
        assert_eq!(
            words("staging: deploy of 4.3.0 started", Scopes::DEPLOY),
            [""; 0]
        );
        assert_eq!(
            words(
                "deploy of 4.3.0 started - staging was skipped",
                Scopes::DEPLOY
            ),
            ["deploy_start"]
        );
    }

    #[test]
    fn a_fault_that_a_program_calls_an_alarm_is_no_alert() {
        let text = "memory resource limit alarm set on node 'mq-b'.";
        assert_eq!(words(text, Scopes::APP), ["fault:memory"]);
        let text = "temperature sensor alarm raised on rack 7";
        assert_eq!(words(text, Scopes::APP), ["alert_fired"]);
    }

    #[test]
    fn what_people_write_is_weak() {
        let mut out = Vec::new();
        find_in_chat(b"it did not recover, rolling back to 4.1.0", &mut out);
        let of = |h: &Hit| (h.kind, h.confidence);
        assert_eq!(of(&out[0]), (MarkerKind::RollbackStart, SAID));
    }

    #[test]
    fn sudo_is_read_as_a_command_and_not_as_text() {
        let mut out = Vec::new();
        find(
            b"ops : TTY=pts/1 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/echo nginx restarted",
            Kind::System,
            &mut out,
        );
        assert_eq!(out.len(), 1);
        assert_eq!(out[0].kind, MarkerKind::HumanNote);
    }

    #[test]
    fn what_the_grammar_reads_is_a_candidate() {
        let rows = include_str!("../../../../tests/data/grammar.tsv").lines();
        let stated = rows.filter_map(|row| row.split_once('\t').filter(|r| r.0 != "-"));
        let passed = |text: &str| candidates(text.as_bytes(), Scopes::APP) & (GRAMMAR | NUMBERED);
        let left: Vec<&str> = stated.map(|r| r.1).filter(|t| passed(t) == 0).collect();
        assert!(left.is_empty(), "{}", left.join("\n"));
    }

    #[test]
    fn a_long_message_is_read_at_its_beginning_only() {
        let mut text = b"deploy of 4.3.0 started ".repeat(50_000);
        let mut out = Vec::new();
        find(&text, Kind::Deploy, &mut out);
        assert_eq!(out.len(), 1);
        text.splice(0..0, std::iter::repeat_n(b'x', LOOKED_AT));
        out.clear();
        find(&text, Kind::Deploy, &mut out);
        assert!(out.is_empty());
    }

    proptest! {
        /// The prefilter may never change an answer.
        #[test]
        fn the_prefilter_changes_nothing(words in proptest::collection::vec(prop_oneof![
            Just("deploy"), Just("rollback"), Just("to 4.1.0"), Just("started"), Just("finished"), Just("not"),
            Just("restarted"), Just("nginx"), Just("RESOLVED"), Just("ack"), Just("server"), Just("No space left on device"),
            Just("release"), Just("failed"), Just(";"), Just("failed over"), Just("IERR"),
        ], 0..8)) {
            let text = words.join(" ");
            for a in ARMED.iter().filter(|a| a.found(text.as_bytes()).next().is_some()) {
                for s in Scopes::EACH.into_iter().filter(|s| a.rule.scopes.meets(*s)) {
                    prop_assert!(armed(candidates(text.as_bytes(), s)).any(|c| std::ptr::eq(c.rule, a.rule)), "{} {}", text, a.rule.pattern);
                }
            }
        }
    }

    proptest! {
        /// Who says that no fault is stated is right.
        #[test]
        fn no_fault_where_none_may_be(words in proptest::collection::vec(prop_oneof![
            Just("No space left"), Just("on device"), Just("IERR"), Just("Out of memory: Killed process 7"), Just("EDAC MC0: 1 CE"), Just("EMFILE"),
            Just("deadlock detected"), Just("restarted"), Just("no"), Just("sudo: a : USER=root ; COMMAND=x"), Just("too many open files"), Just("-"),
        ], 0..5), glue in "[ .:]{1,2}") {
            let text = words.join(&glue);
            let mut out = Vec::new();
            find(text.as_bytes(), Kind::App, &mut out);
            prop_assert!(may_state_fault(text.as_bytes()) || out.iter().all(|h| h.kind != MarkerKind::Fault));
        }
    }
}
