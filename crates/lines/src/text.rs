//! `LogText`: text that came from a log, cleaned, redacted and capped, which only sinks can write.
//! It has no `Display`; every way out escapes for its medium. Nothing here knows formats, records or reports.

mod clean;
pub mod environment;
mod example;
pub(crate) mod failed_status;
mod head;
pub mod likeness;
pub(crate) mod literals;
pub(crate) mod named;
mod nearest;
mod people;
mod redact;
mod request_report;
pub mod versions;
pub mod words;

pub use crate::text::policy::{Policy, base64};
pub use clean::clean as visible;
pub use failed_status::{is_failed_status, may_be_called, says_a_failed_call, statuses};
pub(crate) use head::is_process;
pub use head::without_head;
pub use nearest::nearest;
pub use people::{People, actor, is_nobody};
pub(crate) use redact::percent;
pub use request_report::only_reports_a_request;

use crate::text::policy::Made;
use std::borrow::Cow;
use std::sync::Arc;

/// Characters of one text that are kept; the rest is counted.
const CAP: usize = 512;

/// Text from a log: safe to keep, not safe to print as it is. What was read is kept beside what is shown, for a user who asks
/// for it ([`LogText::settle`]); no sink writes that. Equality and order are those of what is shown, which is made when it is
/// first asked for: most texts are weighed and never shown. Copies share it.
#[derive(Clone)]
pub struct LogText(Arc<Made>);

impl std::fmt::Debug for LogText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LogText").field(&self.shown()).finish()
    }
}

impl PartialEq for LogText {
    fn eq(&self, o: &Self) -> bool {
        Arc::ptr_eq(&self.0, &o.0) || !self.0.differs(&o.0) && self.shown() == o.shown()
    }
}

impl Eq for LogText {}

impl PartialOrd for LogText {
    fn partial_cmp(&self, o: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(o))
    }
}

impl Ord for LogText {
    fn cmp(&self, o: &Self) -> std::cmp::Ordering {
        self.shown().cmp(o.shown())
    }
}

impl std::hash::Hash for LogText {
    fn hash<H: std::hash::Hasher>(&self, h: &mut H) {
        self.shown().hash(h);
    }
}

impl LogText {
    /// Cleans (control, bidi and zero-width characters become visible escapes), redacts (secrets, e-mail, card
    /// numbers, public addresses cut to /24 or /48) and caps at 512 characters, in this order.
    pub fn new(raw: &[u8]) -> LogText {
        LogText::of(Made::read(raw, false))
    }

    /// A name from a log (host, service, version, upstream, endpoint, input). Like [`LogText::new`], but addresses
    /// stay whole, because they are what the machines are called; a client's address takes `new`.
    pub fn name(raw: &[u8]) -> LogText {
        LogText::of(Made::read(raw, true))
    }

    /// Whether these words, which are ours and nobody's data, are in it: seen in what was read first, since what is shown costs more.
    pub fn holds(&self, words: &str) -> bool {
        self.0.was_read_with(words.as_bytes()) && self.shown().contains(words)
    }

    /// For a terminal line that begins with other words: as kept, with the marks of build servers (`##[`, `##vso[`)
    /// broken, which act anywhere in a line.
    pub fn for_terminal(&self) -> Cow<'_, str> {
        match self.shown().contains("##") {
            true => unhashed(self.shown()).into(),
            false => self.shown().into(),
        }
    }

    /// For a JSON string (the writer escapes quotes).
    pub fn for_json(&self) -> &str {
        self.shown()
    }

    /// For Markdown outside tables, where `\|` would be shown as it is: a code span that the text cannot leave.
    pub fn for_md_prose(&self) -> String {
        md_code(self.shown())
    }

    /// Whether the text needs no quoting anywhere: `[A-Za-z0-9._/-]+`.
    pub fn is_plain(&self) -> bool {
        is_plain(self.shown())
    }
}

/// Lines for the screen, of whatever origin, that no build server takes for its commands: these begin with `::`, also behind
/// blanks, or have `##[` or `##vso[` anywhere.
pub fn unmarked(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##") {
        return text.into();
    }
    let lines = text.split_inclusive('\n').flat_map(|line| {
        let (blanks, rest) = line.split_at(line.len() - line.trim_start().len());
        match rest.strip_prefix("::") {
            Some(rest) => [blanks, "\\x3a:", rest],
            None => [blanks, rest, ""],
        }
    });
    unhashed(&lines.collect::<String>()).into()
}

fn unhashed(text: &str) -> String {
    let text = text.replace("##[", "\\x23#[");
    text.replace("##vso[", "\\x23#vso[")
}

/// Any text for HTML text and quoted attributes.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            c => out.push(c),
        }
    }
    out
}

/// Any cleaned text for a CSV or TSV field: always quoted, and never a formula.
pub fn csv(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let mark = if formula { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

/// Whether a cleaned text is harmless in every medium: `[A-Za-z0-9._/-]+`.
pub fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b))
}

/// A Markdown code span around a cleaned text: the fence is longer than any run of backticks inside (CommonMark 6.1),
/// and a space that is stripped again stands between fence and text where the text begins or ends with either. A table cell must still escape `|`.
pub fn md_code(text: &str) -> String {
    let text = if text.is_empty() { " " } else { text };
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with([' ', '`']) || text.ends_with([' ', '`']) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Cuts at [`CAP`] characters and says how many are missing. After redaction, so that no half of a secret is left.
fn capped(mut text: String) -> String {
    if text.len() <= CAP {
        return text;
    }
    if let Some((at, _)) = text.char_indices().nth(CAP) {
        let rest = text[at..].chars().count();
        text.truncate(at);
        text.push_str(&format!("… (+{rest} characters)"));
    }
    text
}

mod policy;
#[cfg(test)]
mod tests;
