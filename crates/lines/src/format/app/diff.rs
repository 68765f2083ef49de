//! Diffs that a tool of configuration prints below the name of a file that it changes: which of their lines add to the message, and
//! how. What was changed by whom is not decided here.

use crate::record::{Body, Message, Record};
use std::borrow::Cow;

/// How such a message begins.
const HEADING: &[u8] = b"--- before: ";

/// Bytes of a line that is taken at most, and of the message with all of them.
const LINE: usize = 120;
const WHOLE: usize = 400;

/// Adds a line that a diff takes away or puts in to the message above that names the file; whether it is one.
pub fn adds<'a>(above: &mut Record<'a>, line: &[u8]) -> bool {
    let Body::Message(Message { text, .. }) = &mut above.body else {
        return false;
    };
    let altered = matches!(line, [b'-' | b'+', rest @ ..] if !rest.trim_ascii().is_empty());
    if !altered || !text.starts_with(HEADING) || line.starts_with(b"+++ ") {
        return false;
    }
    let line = line.trim_ascii_end();
    if line.len() <= LINE && text.len() + line.len() < WHOLE {
        *text = Cow::Owned([text, &b" "[..], line].concat());
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Level;

    #[test]
    fn what_a_diff_changes_stands_behind_the_file() {
        let mut r = Record::said(
            None,
            Level::Info,
            Cow::Borrowed(&b"--- before: /etc/x.ini"[..]),
        );
        for (line, adds_it) in [
            ("+++ after: /tmp/x.ini.j2", false),
            ("@@ -38,7 +38,8 @@", false),
            (" timeout = 600", false),
            ("-mode = require", true),
            ("+mode = verify-full", true),
            ("+", false),
        ] {
            assert_eq!(adds(&mut r, line.as_bytes()), adds_it, "{line}");
        }
        let Body::Message(m) = &r.body else {
            unreachable!()
        };
        let want = "--- before: /etc/x.ini -mode = require +mode = verify-full";
        assert_eq!(String::from_utf8_lossy(&m.text), want);
        let mut other = Record::said(None, Level::Info, Cow::Borrowed(&b"copied"[..]));
        assert!(!adds(&mut other, b"-mode = require"));
    }
}
