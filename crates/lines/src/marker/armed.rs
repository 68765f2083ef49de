//! Rules with their patterns, which are compiled when they are first asked for.

use super::rules::{Rule, rules};
use super::vetoed::is_taken_back;
use crate::fault::is_innocent;
use crate::record::MarkerKind;
use crate::text::literals::{loosened, parsed};
use crate::text::words::{SearchedText, are_words, is_supposed};
use regex::bytes::{Regex, RegexBuilder};
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

/// Matches of one rule that are tried when vetoes take the earlier ones back.
const TRIES: usize = 16;

/// A rule and its pattern.
pub(super) struct Armed {
    pub(super) rule: &'static Rule,
    regex: OnceLock<Option<Regex>>,
    /// What it finds in the keys of texts.
    loose: OnceLock<Option<Regex>>,
}

/// All rules, by their numbers.
pub(super) static ARMED: LazyLock<Vec<Armed>> = LazyLock::new(|| {
    rules()
        .map(|rule| Armed {
            rule,
            regex: OnceLock::new(),
            loose: OnceLock::new(),
        })
        .collect()
});

/// A pattern of the vocabulary.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .unicode(false)
        .build()
        .ok()
}

impl Armed {
    pub(super) fn regex(&self) -> Option<&Regex> {
        self.regex
            .get_or_init(|| compile(self.rule.pattern))
            .as_ref()
    }
    /// Whether it may hold for a text of a key.
    pub(super) fn may_hold(&self, key: &[u8]) -> bool {
        let loose = || compile(&loosened(&parsed(self.rule.pattern)?).to_string());
        let loose = self.loose.get_or_init(loose);
        loose.as_ref().is_none_or(|r| r.is_match(key))
    }
    /// Whether a text states it: no word takes back what stands there.
    pub(super) fn states(&self, text: &[u8], kind: MarkerKind) -> bool {
        self.found(text).any(|m| {
            let fault = kind == MarkerKind::Fault;
            let supposed =
                fault && (is_supposed(text, m.start) || is_innocent(&SearchedText::of(text)));
            !(supposed || is_taken_back(text, kind, &m))
        })
    }
    /// Where words stand that the pattern describes.
    pub(super) fn found(&self, text: &[u8]) -> impl Iterator<Item = Range<usize>> {
        let all = self.regex().map(|r| r.find_iter(text).take(TRIES));
        let all = all.into_iter().flatten().map(|m| m.range());
        all.filter(|m| are_words(text, m))
    }
}
