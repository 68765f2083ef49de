//! `LogText`: text that came from a log, cleaned, redacted and capped, which only sinks can write.
//! It has no `Display`; every way out escapes for its medium. Nothing here knows formats, records or reports.

mod clean;
mod example;
mod redact;

use std::borrow::Cow;

/// Characters of one text that are kept; the rest is counted.
const CAP: usize = 512;

/// Text from a log: safe to keep, not safe to print as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogText(String);

impl LogText {
    /// Cleans (control, bidi and zero-width characters become visible escapes), redacts (secrets, e-mail, card
    /// numbers, public addresses cut to /24 or /48) and caps at 512 characters, in this order.
    pub fn new(raw: &[u8]) -> LogText {
        LogText(capped(redact::all(clean::clean(raw))))
    }

    /// A name from a log (host, service, version, upstream, endpoint, input). Like [`LogText::new`], but addresses
    /// stay whole, because they are what the machines are called; a client's address takes `new`.
    pub fn name(raw: &[u8]) -> LogText {
        LogText(capped(redact::secrets(clean::clean(raw))))
    }

    /// For a terminal line that begins with other words: as kept, with the marks of build servers (`##[`, `##vso[`)
    /// broken, which act anywhere in a line.
    pub fn for_terminal(&self) -> Cow<'_, str> {
        if self.0.contains("##") {
            Cow::Owned(
                self.0
                    .replace("##[", "\\x23#[")
                    .replace("##vso[", "\\x23#vso["),
            )
        } else {
            Cow::Borrowed(&self.0)
        }
    }

    /// For a JSON string (the writer escapes quotes).
    pub fn for_json(&self) -> &str {
        &self.0
    }

    /// For Markdown: a code span that the text cannot leave, `|` escaped so that it may stand in a table cell.
    pub fn for_md_code(&self) -> String {
        md_code(&self.0).replace('|', "\\|")
    }

    /// For Markdown outside tables, where `\|` would be shown as it is: a code span that the text cannot leave.
    pub fn for_md_prose(&self) -> String {
        md_code(&self.0)
    }

    /// For HTML text and quoted attributes.
    pub fn for_html(&self) -> String {
        let mut out = String::with_capacity(self.0.len() + 16);
        for c in self.0.chars() {
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

    /// For a CSV or TSV field: always quoted, and never a formula.
    pub fn for_csv(&self) -> String {
        let formula = self
            .0
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
        format!(
            "\"{}{}\"",
            if formula { "'" } else { "" },
            self.0.replace('"', "\"\"")
        )
    }

    /// Whether the text needs no quoting anywhere: `[A-Za-z0-9._/-]+`.
    pub fn is_plain(&self) -> bool {
        is_plain(&self.0)
    }
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

#[cfg(test)]
mod tests;
