//! What a message states, by a grammar of few words instead of phrases of single programs: a verb in one of its forms, how far it
//! is, and what it is done to, within one clause. One list of words takes all of it back: what is needed, possible, denied,
//! asked, planned or tried out is not done.

mod acts;
mod alert_words;
mod clause;
mod event;
mod leaders;
pub(super) mod lexicon;
mod lifecycle;
mod lists;
mod orders;
mod ready;
mod settings;
pub(super) mod spoken;
mod stages;
mod statements;
mod states;
mod turns;
mod updates;

use super::foreign;
use super::rules::Scopes;
use crate::record::MarkerKind;
use crate::text::likeness::longest;
use clause::Word;
pub(crate) use event::event;
use lists::words;
use regex::bytes::Regex;
pub use statements::altered;
pub use states::state_of;
use std::ops::Range;
use std::sync::LazyLock;
pub use turns::{goes_to, is_of_parts};

/// What every message holds that may state something by the grammar.
pub(super) const PATTERN: &str = concat!(
    "deploy|releas|roll(?:ing|ed|s)?[ -]?(?:back|out)|putting |put back|revert|revers|downgrad|upgrad|ship(?:s? |ped|ping)|migrat",
    "|chang|updat|modif|alter |setting|adjust|edit(?:ed|ing)|overrid|render|wrote|written|replac|reload|reconfigur|re-reading|rereading|enabl|disabl|toggl|turned o|switched o",
    "|replicas|rais(?:e|ing)|lower|increas|decreas|reduc|bump|power(?:ed|ing)? o|scal(?:e|ing)|resiz|fail(?:s|ed|ing)?[ -]?over|takeover|t(?:ook|aken|aking) over|promot|demot|becam|becom|elected|assum|enter(?:ing|ed)|transition",
    "|re-?start|reboot|respawn|reinitial|bounced|started|starting|startup|initiali[sz]ation|launch|boot(?:ed|ing)|stopp(?:ed|ing)|asked to stop|terminat",
    "|shut(?:ting)?[ -]?down|going down|sigterm|sigint|sigquit|sigwinch|interrupt|crash|panic|died|fell over|sigsegv|sigabrt|sigbus|sigill|sigkill",
    "|segmentation|fatal error|core dumped|ready|online|maintenance|downtime",
    "|taken by|got signal|on signal |signal: term| prev=| was=|config set |reread|in use|configured|configuration |listening|pre-?deploy|post-?deploy|back (?:on|to) ",
    "|publish|restored|variable|monitor #|page #|running |now (?:active|primary|leader|master)| (?:->|=>|→) ",
    // as `turns::BEFORE` has them
    "| rev=| \\((?:was|previous|before|formerly|bisher|vorher|zuvor|avant|antes|anterior|tidigare|tidligere|now|current|jetzt|aktuell)[: ]| \\(nu:",
    "|off->on|on->off|state=on|state=off|(?:down|up) \\||🔴|🟢|🚨|🟡|🟠",
    "|acked|acknowledg|firing|alert|alarm|problem|incident|recover|resolved|cleared|triggered|activated|notif|(?:goes|went) (?:up|down)|[+$] \\./",
    "|executed (?:the )?'|logged command| by user |(?:ing|ed) traffic|config applied|=off in |=on in |docker |podman |kubectl |vault kv |ansible-playbook|~[$#] |\\][$#] |(?:critical|down|ok): |flipped |nomad job|process is (?:not )?running|(?:check|connection) succeeded|' failed| limit \\[|resource limit",
    "|(?:create|drop|truncate|rename) (?:or replace |unique |materialized )?(?:table|index|view|function|procedure|trigger|sequence|package|schema|type|user|role|login|keyspace)",
    "|kill |_backend|grant (?:all|select|insert|update|delete|usage|execute|connect|create)|revoke |dropped|columns ",
    "|ausroll|ausger|auslief|ausgelief|rück|rueck|déplo|despli|desplegad|implanta|neustart|neugest|redémarr|reinici|reiníci|störung|STÖRUNG|stoerung|entwarnung|behoben|gelöst|geloest|quittiert|bestätigt|bestaetigt|übern|uebern|eröffnet|eroeffnet|geschlossen|geschrieben|acquitt|reconoc|reconhec|résol|RÉSOL|resuelt|resolvid|rétabli|incidencia",
    "|ruller |rullar |rullet |rullat |rol (?:uit|terug)|roll(?:e|en)? (?:aus|zur)|terugge|uitgerold|wycof|wdro|startar om|starter om|genstart|herstart|omstart|starte(?:n)? neu|riavvi|rilascia|restartuj|neu gestartet",
    "|command '|feature flag|switched |moved to|(?:sensor|monitor|check|probe) \"|alerttype|toggle_|termination signal|\\.\\.\\.\\.\\. |\\+\\+\\+\\+\\+ ",
);
/// The same for what depends on numbers.
pub(super) const NUMBERED: &str = "exit(?:ed|s)? ";

/// Keys of texts in which the grammar looks at more of a number than that it is one: signals, codes and ports, what was done
/// to none, `v7`, `r7`, `P1`, `SEV1`, days, the values of flags, what a shell says at the end.
static NUMBERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = r"(?i-u)signal|code|status|listening|running|for 0|\b[vrps]0|sev0|0[^ -]*-[^ -]*-|(?:flag|feature|toggle)[^ ]*=| \[0\]$";
    Regex::new(words).ok()
});

/// Whether texts of one key may mean different things to the grammar for the numbers and ids in them: because of their words, or since
/// their words or quotes may be longer than it looks at.
pub(super) fn is_numbered(key: &[u8]) -> bool {
    let quoted = |n: usize| {
        let close = match key[n] {
            b'[' => b']',
            b'(' => b')',
            c if b"\"'`".contains(&c) => c,
            _ => return 0,
        };
        let behind = &key[n + 1..];
        memchr::memchr(close, behind).map_or(0, |end| longest(&behind[..end]))
    };
    let sign = |c: &u8| !(c.is_ascii_alphanumeric() || *c >= 0x80 || b"/_-.@:+#$%&~\\".contains(c));
    let plain = |w: &[u8]| w.iter().any(u8::is_ascii_alphabetic) && !w.contains(&b'/');
    let named = |w: &[u8]| longest(w) >= clause::NAME && plain(w);
    NUMBERS.as_ref().is_none_or(|r| r.is_match(key))
        || key.split(sign).any(named)
        || (0..key.len()).any(|n| quoted(n) >= clause::QUOTED)
}

/// How far an act is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Begun,
    Done,
    Failed,
}

impl Progress {
    fn of(self, begun: MarkerKind, done: MarkerKind, failed: MarkerKind) -> MarkerKind {
        match self {
            Progress::Begun => begun,
            Progress::Done => done,
            Progress::Failed => failed,
        }
    }
}

/// What a clause states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: MarkerKind,
    /// Where the words stand that say so.
    pub(super) at: Range<usize>,
    /// 0–100.
    pub(super) confidence: u8,
}

impl Found {
    fn new(kind: MarkerKind, c: &[Word<'_>], i: usize, j: usize, confidence: u8) -> Found {
        Found {
            kind,
            at: c[i.min(j)].at..c[i.max(j)].end,
            confidence,
        }
    }
}

/// Words that take back what a clause says behind them.
const BEFORE: &str = "already nothing not no never none nobody without if unless until whether when would should could may might must shall will can cannot can't won't \
    didn't don't doesn't isn't wasn't need needs needed want wants please consider considering plan plans planning expected should've \
    would've try trying tries about before avoid prevent allow allows allowed how why who upcoming test testing tested dry dry-run waiting wait next last \
    no-op noop awaiting proposed nicht kein keine não pas geplant skipping skipped ignoring ignored unable cannot pending requires require required recommended \
    syncing reconciling polling probably perhaps maybe";
/// Words that take back what stands in front of them.
const BEHIND: &str = "required needed necessary recommended advised suggested possible allowed supported permitted pending planned requires needs cannot can't \
    paused skipped ignored awaiting nothing unchanged drill tested tomorrow tonight soon will later history report policy button hint rule rules test template";

/// Whether the words around a place in a clause say that nothing was done.
fn negated(c: &[Word<'_>], i: usize) -> bool {
    let said = |w: &Word<'_>, list: &[u128]| !w.quoted && !w.tag && w.any(list);
    // of tests and of statements to a database nothing is reported
    let test = |w: &Word<'_>| w.tag && memchr::memmem::find(w.text, b"_test.").is_some();
    let sql = c
        .iter()
        .any(|w| w.capitals() && w.any(words!("select from where into values savepoint")));
    // what stands in front of a colon is said of something else
    let from = c[..i].iter().rposition(|w| w.tag).unwrap_or_default();
    // what was done to none
    let none = c[i..].windows(2).any(|w| w[0].eq("for") && w[1].eq("0"));
    sql || none
        || c[..i].iter().any(test)
        || c[from..i].iter().any(|w| said(w, words!(BEFORE)))
        || c[i + 1..].iter().take(4).any(|w| said(w, words!(BEHIND)))
}

/// Whether nothing stands in front of a place in a clause but who speaks, and how loud.
fn begins(c: &[Word<'_>], i: usize) -> bool {
    let speaks = |w: &Word<'_>| w.tag || w.bracketed || w.any(words!("info notice"));
    i == 0 || c[i - 1].tag || c[..i].iter().all(speaks)
}

/// Words of a head that says who speaks.
const HEAD: usize = 4;

/// The length of a head that says who speaks with what: `ship 2.7 mkessler@build1: `.
fn head(text: &[u8]) -> usize {
    let mut end = 0;
    for word in text.split_inclusive(|b| *b == b' ').take(HEAD) {
        end += word.len();
        if word.ends_with(b": ") && word[1..].contains(&b'@') {
            return end;
        }
        if word.ends_with(b": ") {
            break;
        }
    }
    0
}

/// What the clauses of a message state in the scopes of its record; each is given once, and of a program's life only the first.
pub(super) fn find(text: &[u8], scopes: Scopes, mut give: impl FnMut(Found)) {
    let spoken = scopes.meets(Scopes::CHAT);
    let served = scopes.meets(Scopes::WEB);
    let paged = scopes.meets(Scopes::PAGER);
    use MarkerKind::{AlertAcknowledged, AlertResolved};
    let (mut first, mut lived, mut alerts, mut answered) = (true, false, false, false);
    let head = head(text);
    let text = &text[head..];
    let mut give = |f: Found| {
        give(Found {
            at: f.at.start + head..f.at.end + head,
            ..f
        });
    };
    clause::each(text, |c| {
        let named = || event::named(c, first).filter(|_| !spoken);
        let command = || acts::command(text, c).filter(|_| first);
        let turned = || turns::find(text, alerts, c).filter(|_| !served && !spoken);
        // a row of a list of sessions shows what is run each time that it is asked for
        let ran = || statements::find(c).filter(|_| !served && !spoken && !text.starts_with(b"|"));
        let act = command().or_else(named).or_else(ran);
        let act = act
            .or_else(|| acts::find(text, c))
            .or_else(|| orders::find(c));
        let settings = |f: &Found| f.kind == MarkerKind::ConfigChange;
        let mut words = 0..0;
        if let Some(f) = act.filter(|f| !served || settings(f)) {
            lived |= settings(&f);
            words = f.at.clone();
            give(f);
        }
        // `Starting: Deploy shop 4.1.0`: no word states two acts
        let life = || match spoken {
            true => spoken::act(c),
            false => lifecycle::find(c, scopes.meets(Scopes::SYSTEM)),
        };
        if !lived
            && !alerts
            && let Some(f) = life()
            && !words.contains(&f.at.start)
        {
            lived = true;
            give(f);
        }
        if !served
            && !spoken
            && let Some(f) = turned().or_else(|| states::find(text, first, alerts, paged, c))
            // that an alert was taken or is over says in front what it was
            && !(answered && f.kind == MarkerKind::AlertFired)
        {
            answered |= matches!(f.kind, AlertAcknowledged | AlertResolved);
            give(f);
        }
        alerts |= alert_words::is_about_alerts(c);
        first = false;
        false
    });
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(text: &str) -> String {
        let mut all = Vec::new();
        find(text.as_bytes(), Scopes::APP, |f| all.push(f.kind.word()));
        all.dedup();
        all.join(" ")
    }

    #[test]
    fn what_messages_state() {
        let mut wrong = Vec::new();
        for row in include_str!("../../../../tests/data/grammar.tsv").lines() {
            let (want, text) = row.split_once('\t').unwrap_or_default();
            let got = kinds(text);
            if got != want.trim_end_matches('-') {
                wrong.push(format!("{text}: {got}, not {want}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn alerts_and_what_people_write_are_read_as_such() {
        let tables = [
            ("alert of a thing", Scopes::PAGER),
            ("what people write", Scopes::CHAT),
        ];
        for (table, scopes) in tables {
            crate::tests::holds(table, |text| {
                let mut got = "";
                find(text.as_bytes(), scopes, |f| got = f.kind.word());
                got
            });
        }
    }

    /// The words and signs of every row of the table.
    pub(in crate::marker) fn pieces() -> Vec<&'static str> {
        let rows = include_str!("../../../../tests/data/grammar.tsv").lines();
        let sign = |c: char| !c.is_alphanumeric();
        let mut all: Vec<_> = rows.flat_map(|row| row.split_inclusive(sign)).collect();
        all.extend(["=", "\"", "'", "[", "]", "(", "{\"", "\":", "<", " "]);
        all
    }

    fn is_read_to_its_end(text: &str) {
        for scopes in [Scopes::APP, Scopes::WEB, Scopes::CHAT, Scopes::SYSTEM] {
            find(text.as_bytes(), scopes, |f| {
                assert!(f.at.start <= f.at.end && f.at.end <= text.len());
            });
        }
        event(text);
    }

    #[test]
    fn what_nothing_stands_in_front_of_is_read() {
        for text in [
            "flag shop_x state: enabling it",
            "feature shop_x note: toggling it now",
        ] {
            is_read_to_its_end(text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn any_order_of_known_words_is_read_to_its_end(
            words in proptest::collection::vec(proptest::sample::select(pieces()), 1..24),
        ) {
            is_read_to_its_end(&words.concat());
        }
    }
}
