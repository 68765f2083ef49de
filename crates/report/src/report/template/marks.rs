//! How templates distinguish text from logs: between two characters that mean nothing anywhere (Unicode noncharacters) it stays
//! what it is through every filter, until it is written as a code span.

/// Begin and end of text from a log.
const LOG: (char, char) = ('\u{fdd0}', '\u{fdd1}');
/// Begin and end of words that carry the story.
const STRONG: (char, char) = ('\u{fdd2}', '\u{fdd3}');

fn is_mark(c: char) -> bool {
    ('\u{fdd0}'..='\u{fdef}').contains(&c)
}

/// Text from a log, marked. Marks within it are taken out, so that it cannot end itself.
pub fn log(text: &str) -> String {
    format!("{}{}{}", LOG.0, text.replace(is_mark, "\u{fffd}"), LOG.1)
}

/// Our own words, marked as strong.
pub fn strong(text: &str) -> String {
    format!("{}{text}{}", STRONG.0, STRONG.1)
}

/// The text without its marks.
pub fn plain(text: &str) -> String {
    text.replace(is_mark, "")
}

/// A marked text as Markdown: own words escaped, log text as code spans that it cannot leave. A mark that was cut off by a
/// filter counts as text from a log to the end.
pub fn markdown(text: &str) -> String {
    if !text.contains(is_mark) {
        return crate::report::sentence::md_words(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    // A filter may have cut off the begin.
    let end = rest.find(LOG.1);
    if let Some(end) = end.filter(|e| rest.find(LOG.0).is_none_or(|b| b > *e)) {
        code(&rest[..end], &mut out);
        rest = &rest[end + LOG.1.len_utf8()..];
    }
    while let Some(begin) = rest.find(LOG.0) {
        words(&rest[..begin], &mut out);
        let inner = &rest[begin + LOG.0.len_utf8()..];
        let end = inner.find(LOG.1).unwrap_or(inner.len());
        code(&inner[..end], &mut out);
        rest = inner.get(end + LOG.1.len_utf8()..).unwrap_or_default();
    }
    words(rest, &mut out);
    out
}

fn words(text: &str, out: &mut String) {
    let escaped = crate::report::sentence::md_words(&text.replace([LOG.0, LOG.1], ""));
    // In this order: the marks pass through the escaping.
    out.push_str(&escaped.replace([STRONG.0, STRONG.1], "**"));
}

fn code(text: &str, out: &mut String) {
    // Two code spans side by side would be one.
    if out.ends_with('`') {
        out.push(' ');
    }
    out.push_str(&coroner_lines::text::md_code(&plain(text)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_text_is_code_and_words_are_escaped() {
        let t = format!("_a_b {}{} {}", log("x`|<b>"), log("y"), strong("12 of 13"));
        assert_eq!(markdown(&t), "\\_a_b ``x`|<b>`` `y` **12 of 13**");
        assert_eq!(plain(&t), "_a_b x`|<b>y 12 of 13");
    }

    #[test]
    fn marks_in_log_text_do_not_end_it() {
        let evil = log("x\u{fdd1}<script>\u{fdd0}");
        assert_eq!(markdown(&evil), "`x\u{fffd}<script>\u{fffd}`");
    }

    #[test]
    fn what_a_filter_cuts_stays_code() {
        let t = log("<script>");
        let first: String = t.chars().take(4).collect();
        let last: String = t.chars().skip(3).collect();
        assert_eq!(markdown(&first), "`<sc`");
        assert_eq!(markdown(&last), "`cript>`");
        assert_eq!(
            markdown(&format!("{last} *x* {first}")),
            "`cript>` \\*x\\* `<sc`"
        );
    }
}
