//! Lock contention, deadlocks, slow statements: waits that begin before or with the failures and end with them.

use super::case::{Case, TemplateFact};
use super::database::by_server;
use super::names;
use crate::cause::case::quoted;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::commands::ends_process;
use crate::cause::ends::{UNDONE, is_at_the_end};
use crate::cause::failure_shape;
use crate::cause::ledger::{Aspect, culprit, lines, quote};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Culprit, Event, Group, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;
use coroner_lines::time::{Instant, SECOND};

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Lock, Group::DATA, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    // Fewer lines than failures here: one held lock stops many requests; repetition takes the place of coverage.
    let (mut scale, best) = INFO.heard(case, signs);
    failure_shape::latency(&mut scale, case, 0.9, 0.9);
    if let Some(s) = best
        && s.count >= 5
        && s.strength >= 0.75
        && !scale.speaks_for(Aspect::Coverage)
    {
        let text = Sentence::words(format!(
            "{} lines report waiting statements during the incident.",
            s.count
        ));
        scale.add(Aspect::Coverage, 1.6, text, lines(s.evidence));
    }
    let named = best.and_then(|s| name(case, s, signs));
    let said = |id: &str, e: &Event| {
        let stop = case.end_near(e.time).1;
        let text = Sentence::words(format!(
            "The failures {stop} around the time {id}{} is ended: ",
            whose(id)
        ));
        text.p(quote(quoted(e).unwrap_or_default())).w(".")
    };
    // who waited goes on as the one who held is gone; a schema change that is ended itself held it
    let waited = || !migrating(case).0 || migrating(case).1;
    if let Some((id, e)) = killed(case).filter(|_| best.is_some() && waited()) {
        let text = said(&id, e);
        scale.add(Aspect::Reversal, UNDONE, text, lines(&e.evidence));
    }
    // what waited for it need not say for what
    let of_database = |e: &Event| quoted(e).is_some_and(|t| holds_any(t.as_bytes(), CLIENTS));
    // where the server says what it lacks, that is what the session took
    let lacks = |s: &Sign<'_>| s.info.plain && s.info.waits == 0 && by_server(case, s);
    let unsaid = best.is_none() && !signs.iter().any(lacks);
    let unsaid = killed(case).filter(|(_, e)| unsaid && of_database(e));
    let named = named.or_else(|| {
        let (id, e) = unsaid?;
        let text = said(&id, e);
        scale.add(Aspect::Reversal, UNDONE, text, lines(&e.evidence));
        scale.forget(Aspect::Absence);
        culprit("lock", &id, case.service)
    });
    let held = named.as_ref().and_then(|n| {
        let (table, holder) = n.name.for_json().split_once(HELD_BY)?;
        let name = |t: &str| LogText::name(t.as_bytes());
        let title = Sentence::words("Lock contention on ").name(&name(table));
        Some(title.w(HELD_BY).name(&name(holder)))
    });
    let mut w = INFO.weighed(scale, named);
    w.title = held.unwrap_or(w.title);
    w
}

/// Whose it is that somebody ended: a process is its own.
pub(super) fn whose(ended: &str) -> &'static str {
    match ended.starts_with("session") {
        true => " of the database",
        false => "",
    }
}

/// What stands between a table and who locks it.
const HELD_BY: &str = ", held by ";

/// How a command shows that it is given to a database: processes are killed by their numbers, too.
const CLIENTS: &str = "mysql | mysqladmin | mariadb | psql | pg_terminate_backend | pg_cancel_backend | sqlcmd | sqlplus | mongosh | \
    alter system kill";

/// What a session says that somebody ends.
const ENDED: &str = "terminating connection due to administrator command";

/// Whether something happens as the failures end, if only for now.
fn at_the_end(case: &Case<'_>, t: Instant) -> bool {
    t > case.onset && case.ends().any(|end| (t.0 - end.0).abs() <= 60 * SECOND)
}

/// Whether a schema change was under way as the failures began, and whether one ends as they end.
fn migrating(case: &Case<'_>) -> (bool, bool) {
    use MarkerKind::{MigrationFinish, MigrationStart};
    let mut begun = case.timed(&[MigrationStart]);
    let under_way = begun.any(|(_, t)| t <= case.onset && case.near(t, 600, 0));
    let mut ended = case.timed(&[MigrationFinish]);
    let ends = ended.any(|(e, _)| is_at_the_end(case, e));
    (under_way, ends)
}

/// The session that held up a schema change: as it is ended the change goes on, and the failures end.
pub(super) fn held_up<'a>(case: &'a Case<'a>) -> Option<(String, &'a Event)> {
    killed(case).filter(|_| migrating(case) == (true, true))
}

/// The session that is ended as the failures end and that another line says to hold what is waited for, on whichever server.
fn ended(case: &Case<'_>) -> Option<String> {
    let is = |t: &&TemplateFact| {
        let ends = t.first_during.is_some_and(|t| at_the_end(case, t));
        ends && t.example.holds(ENDED)
    };
    let lines = case.templates.iter().filter(is).flat_map(|t| &t.evidence);
    let lines: Vec<&str> = lines
        .filter_map(|e| Some(e.excerpt.as_ref()?.for_json()))
        .collect();
    let during = case.templates.iter().filter(|t| t.during > 0);
    let mut holders = during.filter_map(|t| holding_session(t.example.text()));
    holders.find_map(|id| {
        let said = |l: &&str| Some(l.split_once(&format!("[{id}]"))?.1.to_owned());
        let rest = lines.iter().find_map(said)?;
        // whose it is stands between its number and the level: `[1297] jobs@shop(backfill) FATAL`
        let whose = rest
            .split_once(" FATAL")
            .map(|w| w.0.trim().trim_end_matches(':'));
        Some(match whose.filter(|w| w.contains('@') && w.len() <= 64) {
            Some(whose) => format!("{id} of {whose}"),
            None => id,
        })
    })
}

/// What to name: the session that holds the lock, the table of a statement, else the lock itself.
fn name(case: &Case<'_>, s: &Sign<'_>, signs: &[Sign<'_>]) -> Option<Culprit> {
    let service = s.service.or(case.service);
    let of = |f: fn(&str) -> Option<String>| {
        let mut of_class = signs.iter().filter(|x| x.is(INFO.class));
        of_class.find_map(|x| f(x.text))
    };
    let table = of(names::table);
    if let Some(who) = holder(case, s) {
        let name = match table {
            Some(t) => format!("{t}{HELD_BY}{who}"),
            None => who,
        };
        return culprit("lock", &name, service);
    }
    if let Some(t) = table {
        return culprit("table", &t, service);
    }
    culprit("lock", names::stands(s.text, &["deadlock"])?, service)
}

/// The session that holds what others wait for, as most lines beside the waits name it.
pub(super) fn holder(case: &Case<'_>, s: &Sign<'_>) -> Option<String> {
    let during = case.templates.iter().filter(|t| {
        let beside = t.host.as_ref() == s.host || t.service.as_ref() == s.service;
        beside && t.during > 0
    });
    let said = ended(case).or_else(|| most_said(during, holding_session));
    said.map(|id| format!("session {id}"))
        .or_else(|| Some(killed(case)?.0))
}

/// The name that most lines of some messages bear, of equals the first in order.
fn most_said<'t>(
    messages: impl Iterator<Item = &'t TemplateFact>,
    name: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let named = messages.filter_map(|t| Some((t.during, name(t.example.text())?)));
    let most = named.max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
    most.map(|x| x.1)
}

/// The session that somebody ended as the failures end: `mysqladmin kill 88213`, `SELECT pg_terminate_backend(20987)`; or the process: `kill
/// 8295`.
fn killed<'a>(case: &'a Case<'a>) -> Option<(String, &'a Event)> {
    let session = |e: &'a Event| {
        let (id, process) = ends_number(quoted(e)?)?;
        let what = if process { "process" } else { "session" };
        Some((format!("{what} {id}"), e))
    };
    let ends = case.events.iter().filter(|e| is_at_the_end(case, e));
    ends.rev().find_map(session)
}

/// The number of the session or process that a command or statement ends, and whether it is a process's.
pub(crate) fn ends_number(text: &str) -> Option<(&str, bool)> {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.find(|w| w.eq_ignore_ascii_case("kill") || w.eq_ignore_ascii_case("terminate"))?;
    let is_number = |w: &&str| w.len() > 1 && w.bytes().all(|b| b.is_ascii_digit());
    let id = words.take(4).find(is_number)?;
    Some((id, ends_process(text) == Some(id)))
}

/// The session that a line says to hold what is waited for: `Process holding the lock: 20987`, `blocking_session_id=71`, `held by
/// connection 48213`. Between the word and the number stands nothing but what sessions are called, and no unit behind it.
fn holding_session(text: &str) -> Option<String> {
    const BETWEEN: &str = "the lock locks by is process pid session spid sid connection thread transaction trx backend id";
    const UNITS: &str = "s sec second seconds ms min minute minutes rows row of times locks";
    let is = |of: &str, w: &str| of.split(' ').any(|x| x.eq_ignore_ascii_case(w));
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let words: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
    let holds = |n: usize, w: &str| match w.to_ascii_lowercase().as_str() {
        "holding" | "holds" | "holder" | "blocking" | "blocker" | "conflicting" => true,
        "held" | "blocked" => words.get(n + 1) == Some(&"by"),
        _ => false,
    };
    let mut after = (0..words.len()).filter(|n| holds(*n, words[*n]));
    after.find_map(|n| {
        let rest = &words[n + 1..];
        let between = rest.iter().take_while(|w| is(BETWEEN, w)).count();
        let id = rest.get(between).filter(|_| (1..=4).contains(&between))?;
        let number = (2..=10).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
        let counted = rest.get(between + 1).is_some_and(|w| is(UNITS, w));
        (number && !counted).then(|| (*id).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn sessions_are_read_from_what_databases_say() {
        holds("session that holds a lock", |t| or_dash(holding_session(t)));
    }
}
