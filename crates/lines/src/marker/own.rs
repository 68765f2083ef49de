//! Marker rules of the user: a pattern, what it states, and where it may be applied. Beside the vocabulary, without its vetoes:
//! who writes a rule means it.

use crate::record::{Kind, MarkerKind};
use regex::bytes::{Captures, Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// One rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "WrittenRule", into = "WrittenRule")]
pub struct OwnRule {
    /// What it states.
    pub kind: MarkerKind,
    /// Kinds of records whose messages are looked at; empty: all.
    pub scopes: Vec<Kind>,
    regex: Regex,
}

/// A rule as it is written down.
#[derive(Serialize, Deserialize)]
struct WrittenRule {
    marker: MarkerKind,
    regex: String,
    kinds: Vec<Kind>,
}

impl TryFrom<WrittenRule> for OwnRule {
    type Error = String;

    fn try_from(w: WrittenRule) -> Result<OwnRule, String> {
        OwnRule::new(w.marker, &w.regex, w.kinds)
    }
}

impl From<OwnRule> for WrittenRule {
    fn from(r: OwnRule) -> WrittenRule {
        WrittenRule {
            marker: r.kind,
            regex: r.regex.as_str().to_owned(),
            kinds: r.scopes,
        }
    }
}

impl OwnRule {
    /// Makes a rule; groups named `service`, `version`, `host` and `actor` show what it is about. The error is a sentence.
    pub fn new(kind: MarkerKind, pattern: &str, scopes: Vec<Kind>) -> Result<OwnRule, String> {
        let regex = RegexBuilder::new(pattern)
            .size_limit(4 << 20)
            .build()
            .map_err(|e| e.to_string())?;
        Ok(OwnRule {
            kind,
            scopes,
            regex,
        })
    }

    /// What the rule finds in a message of a scope.
    pub fn find<'t>(&self, text: &'t [u8], scope: Kind) -> Option<OwnMatch<'t>> {
        if !self.scopes.is_empty() && !self.scopes.contains(&scope) {
            return None;
        }
        self.regex.captures(text).map(|groups| OwnMatch {
            kind: self.kind,
            groups,
        })
    }
}

/// What a rule has found.
#[derive(Debug)]
pub struct OwnMatch<'t> {
    /// What is stated.
    pub kind: MarkerKind,
    groups: Captures<'t>,
}

impl<'t> OwnMatch<'t> {
    /// The text of a named group.
    pub fn group(&self, name: &str) -> Option<&'t [u8]> {
        self.groups
            .name(name)
            .map(|m| m.as_bytes())
            .filter(|b| !b.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_finds_what_it_says_where_it_may() {
        let r = OwnRule::new(
            MarkerKind::DeployStart,
            r"^Ship it: (?P<service>\S+)",
            vec![Kind::App],
        )
        .unwrap();
        let found = r.find(b"Ship it: shop now", Kind::App).unwrap();
        assert_eq!(
            (found.kind, found.group("service")),
            (MarkerKind::DeployStart, Some(&b"shop"[..]))
        );
        assert_eq!(found.group("version"), None);
        assert!(r.find(b"Ship it: shop", Kind::System).is_none());
        assert!(r.find(b"they ship it", Kind::App).is_none());
        assert!(OwnRule::new(MarkerKind::Scale, "(", Vec::new()).is_err());
    }
}
