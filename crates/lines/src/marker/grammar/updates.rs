//! A program that is updated, which is a release of it: by its image, or where an update of it is said to begin or to be done. What is updated
//! beside programs is for `settings`.

use super::Progress;
use super::clause::Word;
use super::lexicon::VerbForm;
use super::lists::{packed, words};
use super::stages::{StatedAct, stage};
use crate::record::MarkerKind::{DeployFail, DeployFinish, DeployStart};

/// The release that an update states: `service update shop_redis image=redis:7.2.7`, `update of service shop_web started`.
pub(super) fn updated(c: &[Word<'_>], i: usize) -> StatedAct {
    let front = c[i].text.get(..5);
    if !front.is_some_and(|f| f.eq_ignore_ascii_case(b"updat")) {
        return None;
    }
    let key = |w: &Word<'_>, keys: &[u128]| w.key.is_some_and(|k| keys.contains(&packed(k)));
    let kind = |w: &Word<'_>| w.key.is_none() && w.any(words!("service app application"));
    let named = c[i + 1..]
        .windows(2)
        .take(3)
        .any(|w| kind(&w[0]) && (w[1].is_name() || w[1].quoted));
    let keyed = c.iter().any(|w| key(w, words!("service app application")));
    let image = |w: &Word<'_>| key(w, words!("image")) && w.text.contains(&b':');
    let image = c.iter().any(image);
    if !(named || keyed || image && i > 0 && kind(&c[i - 1])) {
        return None;
    }
    let (stage, to) = stage(c, i);
    let noun = matches!(c[i].form()?, VerbForm::Base | VerbForm::Noun);
    let stage = match stage {
        Some(stage) if noun || image => stage,
        None if image => Progress::Begun,
        _ => return None,
    };
    Some((stage.of(DeployStart, DeployFinish, DeployFail), to))
}
