//! Headings and the sections under them, and what a section is by its name.
//! Names are many: Google's, PagerDuty's, Atlassian's, GitLab's templates and what people make of them.

use crate::audit::patterns::{Pattern, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// What a section is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SectionKind {
    /// Before the first heading, or under the title.
    Intro,
    /// What happened, in short.
    Summary,
    /// Who was hit, and how hard.
    Impact,
    /// Rows.
    Timeline,
    /// Why.
    Cause,
    /// How it was noticed.
    Detection,
    /// How it was ended.
    Resolution,
    /// What is to be done.
    Actions,
    /// What went well and what did not.
    Lessons,
    /// Figures.
    Figures,
    /// Chat logs, people, glossaries.
    Appendix,
    /// Something else.
    Other,
}

impl SectionKind {
    /// Whether the incident is reported in short there.
    pub fn is_headline(self) -> bool {
        use SectionKind::{Figures, Impact, Intro, Summary};
        matches!(self, Intro | Summary | Impact | Figures)
    }

    /// Whether the incident is narrated there, in sentences.
    pub fn narrates(self) -> bool {
        use SectionKind::{Lessons, Other, Timeline};
        !self.is_beside() && !matches!(self, Timeline | Lessons | Other)
    }

    /// Whether something else than what happened stands there: what is to be done, what others said.
    pub fn is_beside(self) -> bool {
        matches!(self, SectionKind::Actions | SectionKind::Appendix)
    }
}

/// A section.
#[derive(Clone, Debug)]
pub struct Section {
    /// What it is for, by its name or that of the section that it is in.
    pub kind: SectionKind,
    /// Whether its own name says so.
    pub own: bool,
    /// 1–6; 0 before the first heading.
    pub level: usize,
    /// Its heading's line.
    pub line: usize,
    /// The heading as it is seen.
    pub title: String,
    /// The section that it is in.
    pub parent: Option<usize>,
}

static NAMES: LazyLock<Vec<(SectionKind, Regex)>> = LazyLock::new(|| {
    [
        (SectionKind::Timeline, r"\btime ?-?lines?\b|\bchronolog|\bsequence of events|\border of events|\bcourse of events|\b(incident|event) log\b"),
        (SectionKind::Actions, r"\bprevent|\bcorrective|\baction(able)?s?( items?| plan| points?)?\b|\bfollow[- ]?ups?\b|\bnext steps?|\bremediation|\bimprovements?\b|\brecommend|\baddressing\b|\bto-?dos?\b|\bwhat (are|will) we (do|going)|\bwhat we('| a)re doing|\bmoving forward|\bgoing forward|\bfuture\b|\bhow (do|can|will) we prevent|\bimprove\b"),
        (SectionKind::Lessons, r"\blesson|\bwent (well|wrong|right)|\bgo(es|ne)? (well|wrong|so well)|\blucky\b|\blearn|\btake-?aways?\b|\bretrospective|\bwhat was hard|\bdifficult"),
        (SectionKind::Cause, r"\bcauses?\b|\bcontributing\b|\btriggers?\b|\bfaults?\b|\bwhy\b|\banalysis\b|\bdiagnosis\b|\btechnical detail|\bexplanation\b|\blead-?up\b|\bwhys\b"),
        (SectionKind::Detection, r"\bdetect|\bnoticed\b|\bdiscovery\b"),
        (SectionKind::Impact, r"\bimpact|\beffects?\b|\bscope\b|\baffected\b|\bdamages?\b"),
        (SectionKind::Resolution, r"\bresol|\brecover|\bmitigat|\bresponse\b|\bfix(es|ed)?\b"),
        (SectionKind::Summary, r"\bsummary\b|\boverview\b|\bsynopsis\b|\babstract\b|\btl;?dr\b|\bat a glance\b|\bwhat happened\b|\bbackground\b|\bdescription\b|^details$|^issue$|^incident$"),
        (SectionKind::Figures, r"\bstat(s|istics)\b|\bdurations?\b|\bmetrics\b|\bkey (information|figures|data|facts)\b"),
        (SectionKind::Appendix, r"\bappendi|\bapendix\b|\bchat\b|\blogs\b|\breferences?\b|\bglossary\b|\battendees\b|\bresponders\b|\bparticipants\b|\bsupporting\b|\bopen questions\b|\blinks\b|\bgaps\b"),
    ]
    .into_iter()
    .map(|(k, p)| (k, pattern(&format!("(?i){p}"))))
    .collect()
});

/// What a heading's words say.
pub fn kind_of(title: &str) -> Option<SectionKind> {
    let words = title.split(['(', '[']).next().unwrap_or_default();
    NAMES
        .iter()
        .find(|(_, r)| r.is_match(words))
        .map(|(k, _)| *k)
}

static PLAIN: Pattern = Pattern::of("plain heading");

/// Whether a line that is no heading by its marks is one by its words: `Issue Summary`, `Root Cause: (RC)`.
pub fn is_plain_heading(seen: &str) -> bool {
    let t = seen.trim();
    t.len() <= 90 && t.starts_with(char::is_alphanumeric) && PLAIN.is_match(t)
}

static LABEL: Pattern = Pattern::of("label of a section");

/// A label that opens a section on its own line: `**Summary:** text`. The bytes of the label.
pub fn label_of(seen: &str) -> Option<&str> {
    LABEL
        .is_match(seen)
        .then(|| seen.split(':').next().unwrap_or_default().trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::audited;

    #[test]
    fn names() {
        for (title, want) in audited("section") {
            let kind = kind_of(title).map_or("-".into(), |k| format!("{k:?}"));
            assert_eq!(kind, want, "{title}");
        }
        crate::tests::holds("plain heading", is_plain_heading);
    }
}
