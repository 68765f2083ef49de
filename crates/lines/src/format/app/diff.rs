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
    if let Some(told) = in_place(text, line) {
        *text = Cow::Owned(told);
    } else if line.len() <= LINE && text.len() + line.len() < WHOLE {
        *text = Cow::Owned([text, &b" "[..], line].concat());
    }
    true
}

/// The message with a line that is put in behind the one whose place it takes, where both begin alike; of what they share in their
/// middle nothing is told.
fn in_place(text: &[u8], line: &[u8]) -> Option<Vec<u8>> {
    let now = line.strip_prefix(b"+")?;
    let same = |at: usize| {
        let both = text[at..].iter().zip(now);
        both.take_while(|(a, b)| a == b).count()
    };
    let starts = memchr::memmem::find_iter(text, b" -").map(|at| at + 2);
    let (same, at) = starts.map(|at| (same(at), at)).max_by_key(|s| s.0)?;
    if same * 2 < now.len() {
        return None;
    }
    let end = [&b" -"[..], b" +"].map(|sign| memchr::memmem::find(&text[at..], sign));
    let end = end
        .into_iter()
        .flatten()
        .min()
        .map_or(text.len(), |n| at + n);
    let was = &text[at..end];
    let same = same.min(was.len());
    let shared = was[..same].iter().rposition(|c| b" =:".contains(c))? + 1;
    let words: Vec<&[u8]> = was[..shared].trim_ascii().split(|c| *c == b' ').collect();
    let head = match words.as_slice() {
        [a, b, _, _, .., last] => [*a, b" ", b, " … ".as_bytes(), last, b" "].concat(),
        _ => was[..shared].to_vec(),
    };
    let (old, new) = (&was[shared..], &now[shared..]);
    let rest = &text[end..];
    let told = [&text[..at], &head, old, b" +", &head, new, rest].concat();
    (told.len() < WHOLE).then_some(told)
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
        for line in [
            "-    server app-1 10.2.0.1:80 check inter 3s rise 2 maxconn 48",
            "-    server app-2 10.2.0.2:80 check inter 3s rise 2 maxconn 48",
            "+    server app-1 10.2.0.1:80 check inter 3s rise 2 maxconn 2",
            "+    server app-2 10.2.0.2:80 check inter 3s rise 2 maxconn 2",
        ] {
            assert!(adds(&mut r, line.as_bytes()));
        }
        let Body::Message(m) = &r.body else {
            unreachable!()
        };
        let want = "server app-1 … maxconn 48 +server app-1 … maxconn 2 -server app-2 … maxconn 48";
        assert!(String::from_utf8_lossy(&m.text).contains(want));
        let mut other = Record::said(None, Level::Info, Cow::Borrowed(&b"copied"[..]));
        assert!(!adds(&mut other, b"-mode = require"));
    }
}
