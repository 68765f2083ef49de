//! What the words of lexicon.txt say, of what is done to programs and of what alerts are in: verbs with their forms, stages, nouns,
//! states. Finds a word in any of its forms.

use super::lists::packed;
use crate::record::MarkerKind;
use crate::table::named;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a verb does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// Words behind a verb that make one phrase with it.
pub(super) const PARTICLES: &str = "back out over down up on off in switch ut ud uit aus om neu tilbake tilbage tillbaka attende terug zurück gestartet";

/// The names of the bits in lexicon.txt, the lowest first.
const BITS: &str = "begin done fail program config flag leader follower production released alert fired acked okay help become \
    preposition article receive signal_stop signal_crash replica switched other serving schema state maintenance sudden";

type Senses = HashMap<u128, Sense, foldhash::fast::FixedState>;

static SENSES: LazyLock<Senses> = LazyLock::new(|| {
    let mut all = Senses::default();
    let rows = include_str!("lexicon.txt").lines();
    for (head, words) in rows.filter_map(|r| r.split_once(": ")) {
        for word in words.split(", ") {
            add(&mut all, head, word);
            add(&mut all, head, &without_accents(word));
        }
    }
    all
});

/// A word as it is written where accents are not to be had: `störung` as `stoerung`, `fermé` as `ferme`.
fn without_accents(word: &str) -> String {
    const PLAIN: [(&str, &str); 8] = [
        ("ä", "ae"),
        ("ö", "oe"),
        ("ü", "ue"),
        ("éèê", "e"),
        ("áãâ", "a"),
        ("óõô", "o"),
        ("íî", "i"),
        ("úû", "u"),
    ];
    let plain = |c: char| {
        PLAIN
            .iter()
            .find(|(of, _)| of.contains(c))
            .map(|x| x.1.to_owned())
    };
    word.chars()
        .map(|c| plain(c).unwrap_or_else(|| c.to_string()))
        .collect()
}

/// Adds a word of a row of lexicon.txt; of two verbs that it may be, the first counts.
fn add(all: &mut Senses, head: &'static str, word: &str) -> Option<()> {
    let mut be = |word: &str, verb: Option<(Verb, VerbForm)>, bits| {
        let sense = all.entry(packed(word.as_bytes())).or_default();
        sense.verb = sense.verb.or(verb);
        sense.is |= bits;
    };
    match head.split_once(' ') {
        Some(("is", bit)) => be(word, None, 1 << BITS.split(' ').position(|b| b == bit)?),
        Some((verb, form)) => be(word, Some((named(verb)?, named(form)?)), 0),
        None => {
            let verb = named(head)?;
            for (form, word) in forms(word) {
                be(&word, Some((verb, form)), 0);
            }
        }
    }
    Some(())
}

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

/// Whether a word says that something is done or how far it is, and so names nothing: `deploying`, `rolled`, `finished`.
pub(in crate::marker) fn is_participle(word: &[u8]) -> bool {
    let s = sense(packed(word));
    s.is & (BEGIN | DONE | FAIL) != 0
        || s.verb
            .is_some_and(|(_, f)| matches!(f, VerbForm::Ing | VerbForm::Ed))
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
        crate::tests::holds("verb and form", |word| {
            let sense = sense(packed(word.as_bytes())).verb;
            crate::tests::or_dash(sense.map(|(verb, form)| format!("{verb:?} {form:?}")))
        });
        // the last of the bits, so that one more or less of them shows
        assert_eq!(sense(packed(b"unexpectedly")).is, SUDDEN);
        let (mut all, rows) = (Senses::default(), include_str!("lexicon.txt").lines());
        for (head, word) in rows.filter_map(|r| r.split_once(": ")) {
            assert!(add(&mut all, head, word).is_some(), "{head}");
        }
        assert_eq!(sense(packed(b"lunch")), Sense::default());
        assert_eq!(sense(packed(&[b'x'; 40])), Sense::default());
    }
}
