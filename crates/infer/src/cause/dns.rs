//! Name resolution fails, for the failing service itself.

use super::case::{Case, quoted};
use super::names;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::ends::{UNDONE, is_at_the_end};
use crate::cause::ledger::{Aspect, culprit, lines, named, stop_with};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Event, Group, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::text::words::holds_any;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Dns, Group::NETWORK, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    // what was edited before is edited again as the failures end
    let edited = best.and_then(|_| edited_twice(case));
    if let Some((what, e)) = edited {
        let again = Sentence::words("the second edit of ").name(&named(what));
        let text = stop_with(case, e.time, again);
        scale.add(Aspect::Reversal, UNDONE, text, lines(&e.evidence));
    }
    // whom the failing lookups ask, where a line of the incident shows it, else for what
    let asked = || {
        let failing = case.templates.iter().filter(|t| t.during > 0);
        failing.map(|t| t.example.text()).find_map(names::resolver)
    };
    let culprit = best.and_then(|s| {
        let resolver = names::resolver(s.text).or_else(asked);
        // what stands on each machine itself asks another one
        let resolver = resolver.filter(|r| !r.starts_with("127."));
        let name = || names::unresolved(s.text).or_else(|| names::domain(s.text));
        // who answers that it cannot find a name, works; it is the name that is at fault
        let name = match holds_any(s.text.as_bytes(), ANSWERS) {
            true => name().or(resolver),
            false => resolver.or_else(name),
        };
        culprit("dns", &name.or(edited.map(|x| x.0.to_owned()))?, None)
    });
    INFO.weighed(scale, culprit)
}

/// What people type to write a file.
const EDITORS: [&str; 7] = ["vi ", "vim ", "nano ", "emacs ", "sed ", "tee ", "cp "];

/// The file that somebody writes on a machine before the failures begin, and again as they end; and the second time.
fn edited_twice<'a>(case: &Case<'a>) -> Option<(&'a str, &'a Event)> {
    let typed = |e: &'a Event| quoted(e).filter(|_| e.text.states_a_command());
    let writes = |t: &&str| EDITORS.iter().any(|w| t.starts_with(w));
    let file = |e: &'a Event| typed(e).filter(writes)?.split(' ').next_back();
    let before = |e: &&Event| e.time.is_some_and(|t| case.near(t, 1800, 0));
    let first = || case.events.iter().filter(before);
    let again = case.events.iter().filter(|e| is_at_the_end(case, e));
    { again }.find_map(|e| {
        let what = file(e)?;
        let same = |o: &'a Event| o.host == e.host && file(o) == Some(what);
        first().any(same).then_some((what, e))
    })
}

/// How a name server says that it has no answer.
const ANSWERS: &str = "servfail | nxdomain | no such host | enotfound | no such domain";
