//! How far an act is, by the words around its verb. Which acts there are is for `acts` and its kin.

use super::Progress;
use super::clause::Word;
use super::lexicon::{ARTICLE, BEGIN, DONE, FAIL, HELP, PREPOSITION, PRODUCTION, VerbForm};
use super::lists::words;
use crate::record::MarkerKind;

/// What a clause states to be done, and where the word stands that says so.
pub(super) type StatedAct = Option<(MarkerKind, usize)>;

/// How far the act of a verb is, by its stage words or its form; and where the stage word stands.
pub(super) fn stage(c: &[Word<'_>], i: usize) -> (Option<Progress>, usize) {
    let form = c[i].form();
    let of = |w: &Word<'_>| {
        let bit = |b, s| w.is(b).then_some(s);
        bit(FAIL, Progress::Failed)
            .or(bit(DONE, Progress::Done))
            .or(bit(BEGIN, Progress::Begun))
    };
    // an adjective describes the noun behind it
    let describes_next = |j: usize| {
        c.get(j + 1).is_none_or(|n| {
            c[j].tag
                || n.is(PREPOSITION | HELP | ARTICLE | BEGIN | DONE)
                || n.key.is_some()
                || n.is_name()
                || n.is_number()
        })
    };
    // why it was done did not become of it
    let reason = |j: &usize| c[*j].eq("due");
    let behind = (i + 1..c.len().min(i + 9)).take_while(|j| !reason(j));
    let behind = behind.filter(|j| !c[*j].quoted && describes_next(*j));
    let mut behind = behind.filter_map(|j| Some((of(&c[j])?, j)));
    let participle = matches!(form, Some(VerbForm::Ing | VerbForm::Ed));
    if let Some((s, j)) = behind.find(|(s, _)| !participle || *s == Progress::Failed) {
        return (Some(s), j);
    }
    if i > 1 && c[i - 1].eq("to") && c[i - 2].is(FAIL) {
        return (Some(Progress::Failed), i);
    }
    if participle {
        let being = i > 0 && c[i - 1].eq("being");
        // `kim has finished deploying main to production`
        let ends = |w: &Word<'_>| w.any(words!("finished finishes completed done")) && !w.tag;
        return match form {
            Some(VerbForm::Ing) if i > 0 && ends(&c[i - 1]) => (Some(Progress::Done), i),
            Some(VerbForm::Ed) if !being => (Some(Progress::Done), i),
            _ => (Some(Progress::Begun), i),
        };
    }
    // `PLAY [Deploy shop]`: a play is announced as it begins
    if i > 0 && c[i - 1].eq("play") && c[i].bracketed {
        return (Some(Progress::Begun), i);
    }
    // an act in front of another noun is what that is called by
    let named = c.get(i + 1).is_some_and(|n| {
        let plain = n.verb().is_none() && n.sense.is == 0 && n.key.is_none();
        plain && !n.is_name() && !n.is_number() && !n.is_version()
    });
    let released = c.iter().any(|w| w.is_version() || w.is(PRODUCTION));
    if named && !released {
        return (None, i);
    }
    let mut others = 0;
    for j in (i.saturating_sub(4)..i).rev() {
        // `ok i roll back shop`: what is said before who does it states nothing of it
        if c[j].any(words!("i we you he she they")) {
            break;
        }
        if c[j].tag || c[j].quoted {
            // `Starting: Deploy orders 4.12.0`, but a level states nothing of what follows it
            let states = c[j].tag && !c[j].any(words!("error"));
            return (of(&c[j]).filter(|_| states), j);
        }
        let task = c[j].any(words!("running executing"))
            && !c[i].any(words!("upgrade downgrade"))
            && c[j + 1..i]
                .iter()
                .all(|w| w.is(ARTICLE) || w.any(words!("task job step")));
        let runs = task.then_some(Progress::Begun);
        if let Some(s) = of(&c[j]).or(runs) {
            return (Some(s), j);
        }
        others += usize::from(!c[j].is(ARTICLE) && !c[j].eq("of"));
        if others > 1 || c[j].is(PREPOSITION) && !c[j].eq("of") {
            break;
        }
    }
    (None, i)
}
