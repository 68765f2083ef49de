//! What people write of what they do: that they do it now, and what they restart. What programs write is not judged here.

use super::Found;
use super::clause::Word;
use super::lexicon::{ARTICLE, Verb, VerbForm};
use super::lifecycle::is_program;
use super::lists::{packed, words};
use crate::record::MarkerKind::Restart;

/// Whether a message is of another time than that at which it was written, too.
pub(in crate::marker) fn of_another_time(text: &[u8]) -> bool {
    const TIMES: &str = "ago yesterday earlier lunch morning afternoon evening night tonight tomorrow later last week monday tuesday \
        wednesday thursday friday saturday sunday";
    let mut all = text.split(|c| !c.is_ascii_alphabetic());
    all.any(|w| words!(TIMES).contains(&packed(w)))
}

/// What people write that they restart: nothing but they and the word stands in front of a name (`ok, restarting web-1 now`).
pub(super) fn restart(c: &[Word<'_>]) -> Option<Found> {
    const WHO: &str = "ok okay so i i'm im we we're just now am are have also and going to will";
    let done = [VerbForm::Ing, VerbForm::Ed];
    let i = c.iter().position(|w| w.verb() == Some(Verb::Restart))?;
    let stated = c[i].form().is_some_and(|f| done.contains(&f));
    let before = c[..i].iter().all(|w| w.tag || w.any(words!(WHO)));
    let mut behind = c[i + 1..].iter().filter(|w| !w.is(ARTICLE));
    let what = behind.next();
    // `slapd on ldap01`
    let there = behind.next().is_some_and(|w| w.any(words!("on at")))
        && behind.next().is_some_and(Word::is_name);
    let named = what.is_some_and(|w| w.is_name() || is_program(w) || there);
    (stated && before && named).then(|| Found::new(Restart, c, i, i, 60))
}
