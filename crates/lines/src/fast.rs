//! What makes reading fast and decides nothing: lines that are read by what lines before them have shown, and bytes that are
//! looked at many at a time. What is read of a line is what its format reads of it, which tests hold against each other.
//!
//! The rule: deleting this folder and its feature, `fast`, leaves a right program. So formats know nothing of what is here, and
//! whoever reads lines asks [`way`] once per input; without the feature no format has one.

pub mod access;
mod blanks;
pub mod brief;
pub mod clf;
pub mod le_words;
pub mod line_shape;
pub mod literal;
pub mod template;
pub mod value;
pub mod wrapper;

use clf::Layout;
use template::LineTemplate;
use template::access_template::JsonTemplate;
use template::app_template::AppTemplate;
use template::syslog_template::SyslogTemplate;
use template::text_template::TextTemplate;

/// Whether a quote closes or opens something: it stands behind no backslash, or behind two.
#[inline(always)]
pub fn closes(line: &[u8], quote: u32) -> bool {
    let before = line.get(..quote as usize).unwrap_or_default();
    before.last() != Some(&b'\\')
        || before.iter().rev().take_while(|c| **c == b'\\').count() % 2 == 0
}

/// How lines of a format are read at less cost than by its grammar; what is read of them is the same.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// By their quotes: access lines of the common log family.
    Access(Layout),
    /// Lines of few writers, those of one all alike: what a line shows of those like it.
    Alike(fn(&[u8]) -> Option<LineTemplate>),
}

impl Way {
    /// What a line of the format shows of those like it.
    pub fn learn(&self, line: &[u8]) -> Option<LineTemplate> {
        match self {
            Way::Access(layout) => clf::learn(*layout, line),
            Way::Alike(learn) => learn(line),
        }
    }
}

const fn plain(quotes: usize, site: bool, tail: bool) -> Way {
    Way::Access(Layout { quotes, site, tail })
}

/// The ways, by the names of formats of the registry.
static WAYS: &[(&str, Way)] = &[
    ("nginx combined", plain(6, false, false)),
    ("nginx main", plain(8, false, false)),
    ("common log", plain(2, false, false)),
    ("vhost combined", plain(6, true, false)),
    ("vhost common log", plain(2, true, false)),
    ("access log with extra fields", plain(6, false, true)),
    (
        "JSON access log",
        Way::Alike(|l| JsonTemplate::learn(l).map(LineTemplate::Access)),
    ),
    ("HAProxy", Way::Alike(template::haproxy::learn)),
    ("AWS ALB", Way::Alike(template::aws_alb::learn)),
    (
        "JSON lines",
        Way::Alike(|l| AppTemplate::of_json(l).map(LineTemplate::App)),
    ),
    (
        "logfmt",
        Way::Alike(|l| AppTemplate::of_logfmt(l).map(LineTemplate::App)),
    ),
    (
        "syslog",
        Way::Alike(|l| SyslogTemplate::learn(l).map(LineTemplate::Syslog)),
    ),
    (
        "text with a time",
        Way::Alike(|l| TextTemplate::learn(l).map(LineTemplate::Text)),
    ),
];

/// The way of the format of the registry that has this name.
pub fn way(name: &str) -> Option<Way> {
    let known = if cfg!(feature = "fast") { WAYS } else { &[] };
    known.iter().find(|(n, _)| *n == name).map(|(_, way)| *way)
}

#[cfg(test)]
mod tests {
    use super::WAYS;
    use crate::format::FORMATS;

    #[test]
    fn each_way_is_that_of_a_format() {
        for (n, (name, _)) in WAYS.iter().enumerate() {
            assert_eq!(
                FORMATS.iter().filter(|f| f.name() == *name).count(),
                1,
                "{name}"
            );
            assert!(WAYS[..n].iter().all(|w| w.0 != *name), "{name}");
        }
    }
}
