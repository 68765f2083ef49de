//! What people write of what they do: that they do it now, what they restart and that they roll back. What programs write is not judged here.

use super::Found;
use super::acts::is_other;
use super::clause::Word;
use super::lexicon::{ARTICLE, Verb, VerbForm};
use super::lifecycle::is_program;
use super::lists::{packed, words};
use crate::record::MarkerKind::{Restart, RollbackFinish, RollbackStart};

/// Whether a message is of another time than that at which it was written, too.
pub(in crate::marker) fn of_another_time(text: &[u8]) -> bool {
    const TIMES: &str = "ago yesterday earlier lunch morning afternoon evening night tonight tomorrow later last week monday tuesday \
        wednesday thursday friday saturday sunday";
    let mut all = text.split(|c| !c.is_ascii_alphabetic());
    all.any(|w| words!(TIMES).contains(&packed(w)))
}

/// What stands in front of what people write that they do: they, and words that say nothing of it.
const WHO: &str = "ok okay so i i'm im we we're just now am are have also and going to will ich wir jetzt dann jeg jag eg vi no nå nu så ik we nou";

/// What people write that they do: they restart something that they name (`ok, restarting web-1 now`), or roll back, which need not be said of
/// what (`rolling back to be sure`).
pub(super) fn act(c: &[Word<'_>]) -> Option<Found> {
    let i = c
        .iter()
        .position(|w| matches!(w.verb(), Some(Verb::Restart | Verb::Rollback)))?;
    let form = c[i].form()?;
    // `ok i roll back shop`
    let says = || i > 0 && c[i - 1].any(words!("i we ich wir jeg jag eg vi ik"));
    let stated = matches!(form, VerbForm::Ing | VerbForm::Ed) || says();
    let before = c[..i].iter().all(|w| w.tag || w.any(words!(WHO)));
    if c[i].verb() == Some(Verb::Rollback) {
        let kind = match form {
            VerbForm::Ed => RollbackFinish,
            _ => RollbackStart,
        };
        return (stated && before && !is_other(c, i)).then(|| Found::new(kind, c, i, i, 60));
    }
    let mut behind = c[i + 1..].iter().filter(|w| !w.is(ARTICLE));
    let what = behind.next();
    // `slapd on ldap01`
    let there = behind.next().is_some_and(|w| w.any(words!("on at")))
        && behind.next().is_some_and(Word::is_name);
    let named = what.is_some_and(|w| w.is_name() || is_program(w) || there);
    (stated && before && named).then(|| Found::new(Restart, c, i, i, 60))
}
