//! Stated markers as timeline rows: what each says in words. Log text only as typed pieces.

use crate::infer::merge_rows::{LOOP, is_reload, subject};
use crate::infer::stated::StatedMarker;
use crate::infer::stated::proxy_reloads::is_failed_reload;
use crate::model::{Basis, Event, Evidence, Piece, Sentence};
use coroner_lines::format::flat_json::{Value, decode, fields};
use coroner_lines::marker::{is_state, synced, typed};
use coroner_lines::record::{MarkerKind as K, Notice};
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;
use coroner_lines::time::{MINUTE, SECOND};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The rows of acts, in their order. What an act holds goes over to its row or goes: a log of releases has very many of both.
pub(crate) fn rows(acts: Vec<StatedMarker>) -> Vec<Event> {
    let mut names = Names::default();
    acts.into_iter().map(|r| row(r, &mut names)).collect()
}

/// Names that many rows have in common, of which each is kept once.
#[derive(Default)]
struct Names(BTreeMap<Vec<u8>, LogText>);

impl Names {
    /// Names that are remembered.
    const MOST: usize = 256;

    fn of(&mut self, name: &Option<Vec<u8>>) -> Option<LogText> {
        let name = name.as_ref()?;
        if let Some(known) = self.0.get(name) {
            return Some(known.clone());
        }
        let made = LogText::name(name);
        if self.0.len() < Self::MOST {
            self.0.insert(name.clone(), made.clone());
        }
        Some(made)
    }
}

/// An act with its names as the row has them, which its words have too.
struct Act<'r> {
    r: &'r StatedMarker,
    host: Option<LogText>,
    service: Option<LogText>,
    version: Option<LogText>,
}

/// The row of a marker. Its id is given when the timeline is complete.
fn row(mut r: StatedMarker, names: &mut Names) -> Event {
    let act = Act {
        host: names.of(&r.host),
        service: names.of(&r.service),
        version: r.version.as_deref().map(LogText::name),
        r: &r,
    };
    let mut text = words(&act);
    text.0.shrink_to_fit();
    let Act {
        host,
        service,
        version,
        ..
    } = act;
    Event {
        id: String::new(),
        letter: None,
        time: r.time,
        after: r.after,
        before: r.before,
        place: r.place,
        interval: r.time.zip(r.latest().filter(|_| r.by_minute)),
        kind: r.kind,
        text,
        basis: Basis::Stated,
        confidence: r.confidence,
        evidence: sorted(std::mem::take(&mut r.evidence)),
        class: r.class,
        host,
        service,
        version,
        upstream: match r.kind {
            K::BackendDown | K::BackendUp => subject(&r).map(LogText::name),
            _ => None,
        },
        group: r
            .group
            .as_deref()
            .map(LogText::name)
            .or_else(|| number(&r.text)),
        actors: r.actors.iter().map(|a| LogText::name(a)).collect(),
        package: r.package,
        method: None,
    }
}

/// The lines of a marker: first its own, whose time and words the row has, the others in order.
fn sorted(mut e: Vec<Evidence>) -> Vec<Evidence> {
    let own = e.first().map(|e| (e.input, e.line));
    e.sort();
    e.dedup_by(|b, a| a.input == b.input && a.line == b.line);
    if let Some(n) = e.iter().position(|e| Some((e.input, e.line)) == own) {
        e[..=n].rotate_right(1);
    }
    e.shrink_to_fit();
    e
}

/// `#3624` in the text of a pager line: what ties an acknowledgement to its alert.
fn number(text: &[u8]) -> Option<LogText> {
    let at = memchr::memchr(b'#', text)?;
    let n = text[at + 1..]
        .iter()
        .take_while(|c| c.is_ascii_digit())
        .count();
    (n > 0).then(|| LogText::name(&text[at..at + 1 + n]))
}

/// `Deploy of shop 4.12.0` with what is known. What a package manager did is no more than that it did it.
fn act(what: &'static str, link: &'static str, a: &Act<'_>) -> Sentence {
    let of_pods = a.r.typed && a.r.version.as_deref().is_some_and(is_template_hash);
    let mut s = Sentence::words(match a.r.package {
        true => "Package change",
        // pods are replaced for a restart, too
        false if of_pods && what == "Deploy" => "Rollout",
        false => what,
    });
    if let Some(x) = &a.service {
        s = s.w(" of ").name(x);
    }
    if let Some(v) = &a.version {
        s = s.w(match a.service.is_some() || link == " to " {
            true => link,
            false => " of ",
        });
        // a count of releases is no name of itself
        let counted = v.for_json().bytes().all(|b| b.is_ascii_digit());
        s = s.w(if counted { "release " } else { "" }).name(v);
    }
    s
}

/// Whether a version is what Kubernetes calls a set of pods by, in letters that spell no word: it says that they are new, and not
/// what runs in them. Source: `k8s.io/apimachinery/pkg/util/rand`.
fn is_template_hash(version: &[u8]) -> bool {
    let safe = b"bcdfghjklmnpqrstvwxz2456789";
    (8..=10).contains(&version.len()) && version.iter().all(|c| safe.contains(c))
}

fn at_host(s: Sentence, a: &Act<'_>) -> Sentence {
    match &a.host {
        Some(h) => s.w(" on ").name(h),
        None => s,
    }
}

fn quoted(s: Sentence, r: &StatedMarker) -> Sentence {
    if r.text.is_empty() {
        return s;
    }
    let said = object_in_words(command(&r.text));
    let line = LogText::new(match r.kind {
        K::AlertFired | K::AlertAcknowledged | K::AlertResolved => without_state(&said),
        _ => &said,
    });
    s.w(": ").p(Piece::Log(match r.is_said() {
        true => line,
        false => line.without_head(),
    }))
}

/// What an alert is about, without its state in brackets: the row says what became of it, of which the title need not have heard.
fn without_state(mut title: &[u8]) -> &[u8] {
    while let Some(end) = title
        .strip_prefix(b"[")
        .and_then(|t| memchr::memchr(b']', t))
    {
        let (state, about) = title.split_at(end + 2);
        let about = about.trim_ascii_start();
        if about.is_empty() || !is_state(state) {
            break;
        }
        title = about;
    }
    title
}

/// Of a line that shows a command the command alone, without the folder of its program, and of one of rsync's the file; the line that
/// is cited has the rest.
fn command(text: &[u8]) -> &[u8] {
    if let Some(file) = synced(text) {
        return file;
    }
    let Some(command) = typed(text) else {
        return text;
    };
    let word = memchr::memchr(b' ', command).unwrap_or(command.len());
    let folder = memchr::memrchr(b'/', &command[..word]).map_or(0, |at| at + 1);
    &command[folder..]
}

/// Of an object that was logged whole its title and its sentence, by their keys, else the longest text of three words; the line
/// that is cited has the rest.
fn object_in_words(text: &[u8]) -> Cow<'_, [u8]> {
    let (mut title, mut sentence, mut longest) = (None, None, None::<Cow<'_, [u8]>>);
    let _ = fields(text, |key, v| {
        let key = key.to_ascii_lowercase();
        let ends = |words: &[&[u8]]| words.iter().any(|w| key.ends_with(w));
        // what is called so is no person
        let of_a_watch = || {
            [
                &b"alarm"[..],
                b"alert",
                b"monitor",
                b"check",
                b"rule",
                b"incident",
            ]
        };
        let named = key.ends_with(b"name") && of_a_watch().iter().any(|w| key.starts_with(w));
        if let Value::Str(s) = v {
            let s = decode(s);
            match () {
                () if named || ends(&[b"title", b"subject"]) => title = title.take().or(Some(s)),
                () if ends(&[b"summary", b"message", b"description", b"reason"]) => {
                    sentence = sentence.take().or(Some(s));
                }
                () if key.ends_with(b"agent") || s.split(|b| *b == b' ').count() < 3 => {}
                () if longest.as_ref().is_none_or(|l| l.len() < s.len()) => longest = Some(s),
                () => {}
            }
        }
        true
    });
    match (title, sentence) {
        (Some(t), Some(s)) => Cow::Owned([&t[..], b": ", &s[..]].concat()),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => longest.unwrap_or(Cow::Borrowed(text)),
    }
}

/// How many lines there are in all logs that are cited, and until when they go on where it is one.
fn counted(s: Sentence, r: &StatedMarker) -> Sentence {
    tallied(s, r, |_| true, 2)
}

/// Until when statements or tasks went on that a row quotes one after the other.
fn through(s: Sentence, r: &StatedMarker) -> Sentence {
    let steps = r.is_statement() || r.text.starts_with(b"TASK [");
    let several = steps && memchr::memmem::find(&r.text, b"; ").is_some();
    match (r.time, r.last.filter(|_| several)) {
        (Some(from), Some(to)) if to.0 - from.0 >= SECOND => s.w(", until ").p(Piece::Time(to)),
        _ => s,
    }
}

/// How often a program was started or stopped, where that is a loop.
fn repeated(s: Sentence, r: &StatedMarker) -> Sentence {
    // another log shows the same in its own words
    tallied(s, r, |e| e.input == r.input, LOOP as u64)
}

/// How many lines a row is of, from `least` on. Only those that say the same are as many times that it came about.
fn tallied(
    s: Sentence,
    r: &StatedMarker,
    which: impl Fn(&Evidence) -> bool,
    least: u64,
) -> Sentence {
    let cited = r.evidence.iter().filter(|e| which(e));
    let lines: u64 = cited.map(|e| e.count.unwrap_or(1)).sum();
    if lines < least {
        return s;
    }
    let alone = r.evidence.iter().all(|e| e.input == r.input);
    let s = s.w(" (").p(Piece::Count(lines)).w(match r.alike == lines {
        true => " times",
        false => " lines of this kind",
    });
    match (r.time, r.last.filter(|_| alone)) {
        (Some(from), Some(to)) if to.0 - from.0 > MINUTE => {
            s.w(" until ").p(Piece::Time(to)).w(")")
        }
        _ => s.w(")"),
    }
}

fn words(a: &Act<'_>) -> Sentence {
    let r = a.r;
    let subject = |verb: &'static str, nobody: &'static str| match &a.service {
        Some(x) => at_host(Sentence::default().name(x).w(verb), a),
        None => quoted(at_host(Sentence::words(nobody), a), r),
    };
    // what somebody asked for: whether it came about, other lines state
    if typed(&r.text).is_some() {
        return quoted(at_host(Sentence::words("Command"), a), r);
    }
    if r.is_chat() && !matches!(r.kind, K::RecoveryClaimed | K::AlertAcknowledged) {
        return quoted(Sentence::words("Note"), r);
    }
    match r.kind {
        K::DeployStart => act("Deploy", " ", a).w(" begins"),
        K::DeployFinish => act("Deploy", " ", a).w(" reported done"),
        K::DeployFail => act("Deploy", " ", a).w(" reported failed"),
        K::RollbackStart => act("Rollback", " to ", a).w(" begins"),
        K::RollbackFinish => act("Rollback", " to ", a).w(" reported done"),
        K::RollbackFail => act("Rollback", " to ", a).w(" reported failed"),
        K::ConfigChange => {
            let what = match is_failed_reload(&r.text) {
                true => "Reload failed",
                false if is_reload(&r.text) => "Reload",
                false if r.confidence == Notice::ANY_ACT => "Change",
                false => "Configuration changed",
            };
            through(quoted(at_host(Sentence::words(what), a), r), r)
        }
        K::FeatureFlag => quoted(Sentence::words("Feature flag changed"), r),
        // a statement is what it does, whoever sends it
        K::MigrationStart if r.is_statement() => {
            through(quoted(at_host(Sentence::words("Schema changed"), a), r), r)
        }
        K::MigrationStart => quoted(Sentence::words("Migration begins"), r),
        K::MigrationFinish => quoted(Sentence::words("Migration ended"), r),
        K::MigrationRollback => quoted(Sentence::words("Migration undone"), r),
        K::Scale if is_volume(&r.text) => quoted(Sentence::words("Size changed"), r),
        K::Scale => {
            let of = r.service.as_deref().filter(|_| r.group.is_some());
            let words = match of {
                Some(name) => Sentence::words("Replicas of ").name(&LogText::name(name)),
                None => Sentence::words("Replicas"),
            };
            quoted(words.w(" changed"), r)
        }
        K::Failover => quoted(at_host(Sentence::words("Failover"), a), r),
        K::Restart => {
            let what = match r.is_boot() {
                true => "Boot",
                false => "Restart",
            };
            repeated(quoted(at_host(Sentence::words(what), a), r), r)
        }
        K::ServiceStart => repeated(subject(" starts", "A service starts"), r),
        K::ServiceStop => repeated(subject(" stops", "A service stops"), r),
        K::Crash => {
            // a unit fails when its start is refused, too
            let what = match memchr::memmem::find(&r.text, b"Failed with result").is_some() {
                true => "Service failed",
                false => "Crash",
            };
            counted(quoted(at_host(Sentence::words(what), a), r), r)
        }
        K::BackendDown => counted(quoted(Sentence::words("Marked down"), r), r),
        K::BackendUp => quoted(Sentence::words("Marked up"), r),
        // whether somebody is paged for it is the pager's to decide
        K::AlertFired => quoted(Sentence::words("Alert"), r),
        K::AlertAcknowledged => quoted(Sentence::words("Alert acknowledged"), r),
        K::AlertEscalated => quoted(Sentence::words("Alert escalated"), r),
        K::AlertResolved => quoted(Sentence::words("Alert resolved"), r),
        K::MitigationStart => quoted(Sentence::words("Action"), r),
        K::MitigationFinish => quoted(Sentence::words("Action done"), r),
        K::MaintenanceStart => quoted(Sentence::words("Maintenance begins"), r),
        K::MaintenanceFinish => quoted(Sentence::words("Maintenance ends"), r),
        K::RecoveryClaimed => quoted(Sentence::words("Reported resolved"), r),
        K::Fault => {
            let class = r.class.map_or_else(String::new, |c| c.in_words());
            let what = Sentence::words(format!("Fault ({class})"));
            // it may be another machine's, which a client of it reports
            let logged = match r.host {
                Some(_) => what.w(" logged"),
                None => what,
            };
            counted(quoted(at_host(logged, a), r), r)
        }
        K::HumanNote => quoted(Sentence::words("Note"), r),
        _ => quoted(Sentence::words(r.kind.word().replace('_', " ")), r),
    }
}

/// Whether what is made larger holds data and runs nothing.
fn is_volume(text: &[u8]) -> bool {
    holds_any(text, "pvc | volume | disk | storage | filesystem")
}

#[cfg(test)]
mod tests {
    use super::object_in_words;
    use crate::infer::merge_rows::tests::row;
    use crate::model::Piece;
    use coroner_lines::record::MarkerKind as K;
    use coroner_lines::time::Instant;

    #[test]
    fn statements_one_after_the_other_are_told_until_the_last() {
        let told = |text: &str, last: i64| {
            let mut r = row(0, 0, 0, K::MigrationStart, "");
            (r.text, r.last) = (text.into(), Some(Instant::from_second(last)));
            let rows = super::rows(vec![r]);
            let mut pieces = rows.iter().flat_map(|e| &e.text.0);
            pieces.any(|p| *p == Piece::Time(Instant::from_second(last)))
        };
        let two =
            "statement: ALTER TABLE a ADD b text; statement: ALTER TABLE a ALTER b SET NOT NULL";
        assert!(told(two, 3) && !told(two, 0) && !told("statement: ALTER TABLE a ADD b text", 3));
    }

    #[test]
    fn of_an_object_title_and_sentence_are_quoted() {
        crate::tests::holds("object in words", |t| {
            String::from_utf8_lossy(&object_in_words(t.as_bytes())).into_owned()
        });
    }
}
