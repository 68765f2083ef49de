//! How templates distinguish text from logs: between two characters that mean nothing anywhere (Unicode noncharacters) it stays
//! what it is through every filter, until it is written for Markdown or HTML. No template and no report is known here.

/// Begin and end of text from a log.
const LOG: (char, char) = ('\u{fdd0}', '\u{fdd1}');
/// Begin and end of a name from a log that is not harmless everywhere.
const NAME: (char, char) = ('\u{fdd4}', '\u{fdd5}');
/// Begin and end of words that carry the story.
const STRONG: (char, char) = ('\u{fdd2}', '\u{fdd3}');

fn is_mark(c: char) -> bool {
    ('\u{fdd0}'..='\u{fdef}').contains(&c)
}

/// Text from a log, marked. Marks within it are taken out, so that it cannot end itself.
pub fn log(text: &str) -> String {
    format!("{}{}{}", LOG.0, text.replace(is_mark, "\u{fffd}"), LOG.1)
}

/// The same of a name.
pub fn name(text: &str) -> String {
    format!("{}{}{}", NAME.0, text.replace(is_mark, "\u{fffd}"), NAME.1)
}

/// Our own words, marked as strong.
pub fn strong(text: &str) -> String {
    format!("{}{text}{}", STRONG.0, STRONG.1)
}

/// The text without its marks.
pub fn plain(text: &str) -> String {
    text.replace(is_mark, "")
}

/// A marked text as Markdown: own words escaped, log text as code spans that it cannot leave.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for part in parts(text) {
        match part {
            Part::Words(w) => {
                let escaped = crate::report::sentence::md_words(w);
                // In this order: the marks pass through the escaping.
                out.push_str(&escaped.replace([STRONG.0, STRONG.1], "**"));
            }
            Part::Log(t) | Part::Name(t) => {
                // Two code spans side by side would be one.
                if out.ends_with('`') {
                    out.push(' ');
                }
                out.push_str(&coroner_lines::text::md_code(&plain(t)));
            }
        }
    }
    out
}

/// A marked text as HTML: everything escaped, a text from a log in quotation marks, a name as code.
pub fn html(text: &str) -> String {
    if !text.contains(is_mark) {
        return coroner_lines::text::html(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for part in parts(text) {
        let escaped = |t| coroner_lines::text::html(&plain(t));
        match part {
            Part::Words(w) => {
                let escaped = coroner_lines::text::html(w);
                let opened = escaped.replace(STRONG.0, "<strong>");
                out.push_str(&opened.replace(STRONG.1, "</strong>"));
            }
            Part::Log(t) => {
                out.push_str(&format!("“<span class=\"lg\">{}</span>”", escaped(t)));
            }
            Part::Name(t) => out.push_str(&format!("<code>{}</code>", escaped(t))),
        }
    }
    out
}

/// A stretch of a marked text.
enum Part<'a> {
    Words(&'a str),
    Log(&'a str),
    Name(&'a str),
}

/// The stretches in order. What a filter cut a mark off counts as text from a log to the begin or end.
fn parts(text: &str) -> Vec<Part<'_>> {
    let ends = [LOG.1, NAME.1];
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find([LOG.0, NAME.0, LOG.1, NAME.1]) {
        let (before, marked) = rest.split_at(at);
        let mark = marked.chars().next().unwrap_or_default();
        let behind = &marked[mark.len_utf8()..];
        if ends.contains(&mark) {
            out.push(Part::Log(before));
            rest = behind;
            continue;
        }
        out.extend((!before.is_empty()).then_some(Part::Words(before)));
        let end = behind.find(ends).unwrap_or(behind.len());
        let inner = &behind[..end];
        out.push(match mark == LOG.0 {
            true => Part::Log(inner),
            false => Part::Name(inner),
        });
        rest = behind.get(end + LOG.1.len_utf8()..).unwrap_or_default();
    }
    out.extend((!rest.is_empty()).then_some(Part::Words(rest)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_text_is_code_and_words_are_escaped() {
        let t = format!("_a_b {}{} {}", log("x`|<b>"), log("y"), strong("12 of 13"));
        assert_eq!(markdown(&t), "\\_a_b ``x`|<b>`` `y` **12 of 13**");
        let code = "_a_b “<span class=\"lg\">x`|&lt;b&gt;</span>”";
        let rest = "“<span class=\"lg\">y</span>” <strong>12 of 13</strong>";
        assert_eq!(html(&t), format!("{code}{rest}"));
        assert_eq!(html(&name("\u{fdd5}<b>")), "<code>\u{fffd}&lt;b&gt;</code>");
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
