//! Stack traces: which lines continue a record, and which line of a stack shows the error.
//! Decided from the line alone; what record a line is attached to is the scanner's affair.

use crate::format::flat_json::decode;
use crate::format::leaf::find;
use crate::table::{byte_phrases, byte_words};
use std::borrow::Cow;

/// Why a line looks like the continuation of the record before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Continuation {
    /// Nothing on it.
    Blank,
    /// Begins with a blank or a tab (frames, SQL, wrapped text).
    Indented,
    /// A line that begins a stack or a part of it (`Traceback`, `goroutine 1 [running]:`, `During handling of …`).
    Opening,
    /// An unindented frame (`at f (x.js:1)`, `File "x.py", line 1`, `#0 {main}`, `main.main()`).
    Frame,
    /// The cause of the exception above (`Caused by:`, `Suppressed:`).
    Cause,
    /// A line of closing brackets or an ellipsis.
    Closing,
    /// An unindented exception head (`KeyError: 'k'`); see [`exception`].
    Exception,
}

/// Beginnings of unindented lines that belong to a stack.
const OPENINGS: &[&[u8]] = &byte_phrases::<13>(
    "Traceback (most recent call last)|During handling of the above exception|\
    The above exception was the direct cause|goroutine |Stack trace:|stack backtrace:|Stacktrace:|  + Exception Group|\
    [signal |Call Trace:|created by |note: run with `RUST_BACKTRACE|--- End of ",
);

/// Beginnings of unindented frames.
const FRAMES: &[&[u8]] = &[b"at ", b"File \"", b"> File \"", b"from /", b"runtime."];

/// Beginnings of the causes of exceptions.
const CAUSED: &[&[u8]] = &[b"Caused by:", b"Suppressed:"];

/// Bytes with which one of these begins.
static BEGUN: [bool; 256] = {
    let mut begun = [false; 256];
    let all = [OPENINGS, FRAMES, CAUSED];
    let (mut of, mut n) = (0, 0);
    while of < all.len() {
        while n < all[of].len() {
            begun[all[of][n][0] as usize] = true;
            n += 1;
        }
        (of, n) = (of + 1, 0);
    }
    begun
};

/// Whether a line looks like the continuation of the record before it, by itself.
pub fn continuation(line: &[u8]) -> Option<Continuation> {
    let first = match line.first() {
        None => return Some(Continuation::Blank),
        Some(c) => *c,
    };
    match first {
        b' ' | b'\t' if line.trim_ascii().is_empty() => Some(Continuation::Blank),
        b' ' | b'\t' => Some(Continuation::Indented),
        b'}' | b')' | b']' => line
            .iter()
            .all(|c| matches!(c, b'}' | b')' | b']' | b',' | b';' | b' '))
            .then_some(Continuation::Closing),
        b'.' => line.starts_with(b"...").then_some(Continuation::Closing),
        b'#' => numbered_frame(line).then_some(Continuation::Frame),
        c if !BEGUN[usize::from(c)] && !go_frame(line) => {
            exception(line).map(|_| Continuation::Exception)
        }
        _ if begins_as_one_of(CAUSED, line) => Some(Continuation::Cause),
        _ if begins_as_one_of(OPENINGS, line) => Some(Continuation::Opening),
        _ if begins_as_one_of(FRAMES, line) || go_frame(line) => Some(Continuation::Frame),
        _ => exception(line).map(|_| Continuation::Exception),
    }
}

/// Whether a line, which is not empty, begins as one of some texts; most differ in the first byte.
fn begins_as_one_of(all: &[&[u8]], line: &[u8]) -> bool {
    all.iter().any(|o| o[0] == line[0] && line.starts_with(o))
}

/// `#0 /srv/x.php(3): f()`, `#1 {main}`, `#2  0x00007f in g ()`.
fn numbered_frame(line: &[u8]) -> bool {
    let n = line[1..].iter().take_while(|c| c.is_ascii_digit()).count();
    (1..=3).contains(&n) && line.get(n + 1) == Some(&b' ')
}

/// `main.main()`, `net/http.(*conn).serve(0xc0001, {0x1})`: a function of a package and its arguments, no blank before them.
fn go_frame(line: &[u8]) -> bool {
    let Some(open) = memchr::memchr2(b'(', b' ', line).filter(|&i| line[i] == b'(') else {
        return false;
    };
    open > 0
        && line.ends_with(b")")
        && line.contains(&b'.')
        && line[0].is_ascii_lowercase()
        && line[..open]
            .iter()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'/' | b'_' | b'-' | b'*'))
}

/// What stands before the exception that caused the one above it: Java, Ruby and Elixir; .NET; Node.
const CAUSES: &[&[u8]] = &[b"Caused by: ", b"---> ", b"[cause]: "];

/// Endings of exception names that make an undotted word an exception.
const SUFFIXES: &[&[u8]] = &byte_words::<16>(
    "Error Exception Interrupt Timeout Failure Fault Exit Iteration Refused NotFound DoesNotExist Exceeded Rejected \
    Aborted ErrorGroup ExceptionGroup",
);

/// The exception that a line heads or names as cause: `auth.UnsupportedAuthError: provider …`, `KeyError: 'k'`,
/// `Caused by: java.net.ConnectException: Connection refused`, `panic: runtime error: …`. `None` for indented lines, but for an
/// indented cause (`Caused by:`, `--->`, `[cause]:`) or banner (`** (KeyError) …`).
pub fn exception(line: &[u8]) -> Option<&[u8]> {
    let t = line.trim_ascii();
    if CAUSES.iter().any(|c| t.starts_with(c)) {
        return cause(t);
    }
    // Elixir's banner of an exception, however deep: `** (Mint.TransportError) non-existing domain`
    if let Some(banner) = t.strip_prefix(b"** ")
        && matches!(banner, [b'(', c, ..] if c.is_ascii_uppercase())
    {
        return Some(banner);
    }
    if line.first().is_none_or(|c| matches!(c, b' ' | b'\t')) {
        return None;
    }
    if let Some(rest) = t.strip_prefix(b"Exception in thread \"") {
        let at = memchr::memchr(b'"', rest)?;
        return Some(rest[at + 1..].trim_ascii_start());
    }
    if t.starts_with(b"panic: ")
        || t.starts_with(b"fatal error: ")
        || (t.starts_with(b"thread '") && find(t, b"' panicked at").is_some())
    {
        return Some(t);
    }
    let u = t.strip_prefix(b"Uncaught ").unwrap_or(t);
    named(u).then_some(t)
}

/// Whether a text begins with the name of an exception, followed by its message or by nothing.
fn named(t: &[u8]) -> bool {
    let n = t
        .iter()
        .take(160)
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'$' | b':' | b'\\'))
        .count();
    let name = t[..n].strip_suffix(b":").unwrap_or(&t[..n]);
    // a number of the error may stand behind the name: `SqlException (0x80131904): …`, `PDOException (2002): …`
    let after = behind_number(&t[name.len()..]);
    let ends = after.is_empty()
        || after.starts_with(b": ")
        || after == b":"
        || (after.starts_with(b" [") && after.ends_with(b"{"));
    // a module may be one's own: `_pickle.UnpicklingError`
    let begins = |c: &u8| c.is_ascii_alphabetic() || *c == b'_';
    if !name.first().is_some_and(begins) || !ends {
        return false;
    }
    let last = name
        .rsplit(|c| matches!(c, b'.' | b':' | b'$' | b'\\'))
        .next()
        .unwrap_or(name);
    let camel =
        last.first().is_some_and(u8::is_ascii_uppercase) && last.iter().any(u8::is_ascii_lowercase);
    let dotted = last.len() < name.len();
    camel
        && (SUFFIXES.iter().any(|s| last.ends_with(s))
            || (dotted && after.starts_with(b": ") && name.iter().any(u8::is_ascii_lowercase)))
}

/// Without a number in parentheses at the start.
fn behind_number(after: &[u8]) -> &[u8] {
    let number = after.strip_prefix(b" (").and_then(|rest| {
        let end = rest.iter().take(24).position(|c| *c == b')')?;
        let digits = rest[..end].iter().any(u8::is_ascii_digit);
        digits.then_some(&rest[end + 1..])
    });
    number.unwrap_or(after)
}

/// What stands above the frames of Python, whose error stands below them.
const TRACEBACK: &[u8] = b"Traceback (most recent call last)";

/// Whether a line begins a traceback of Python.
pub fn opens_a_traceback(line: &[u8]) -> bool {
    line.starts_with(TRACEBACK)
}

/// The line of a whole stack that states the error: for Python the last that names an exception, or the last that is not empty,
/// elsewhere the last cause that says something or else the first.
pub fn decisive_line(stack: &[u8]) -> &[u8] {
    let mut lines = stack
        .split(|c| *c == b'\n')
        .map(|l| l.trim_ascii())
        .filter(|l| !l.is_empty());
    if find(stack, TRACEBACK).is_some() {
        // where to read more may stand below
        let names = |l: &&[u8]| exception(l).is_some();
        let last = lines.clone().rfind(names);
        return last.or_else(|| lines.next_back()).unwrap_or(b"");
    }
    let first = lines.next().unwrap_or(b"");
    lines.filter_map(cause).next_back().unwrap_or(first)
}

/// The same of a text of JSON, in which no escapes are resolved but those of the line that is given.
pub(crate) fn decisive_of_raw(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', raw).is_none() {
        return Cow::Borrowed(decisive_line(raw));
    }
    let Some(lines) = raw_lines(raw) else {
        return Cow::Owned(decisive_line(&decode(raw)).to_vec());
    };
    let mut back = lines.iter().rev();
    let found = if find(raw, TRACEBACK).is_some() {
        let named = back.map(|l| text(l)).find(|l| exception(l).is_some());
        named.or_else(|| lines.last().map(|l| text(l)))
    } else {
        let below = lines.len().saturating_sub(1);
        let may = |l: &&&[u8]| CAUSES.iter().any(|c| c[0] == l[0]);
        let caused = back.by_ref().take(below).filter(may);
        let mut caused = caused.filter_map(|l| Some(Cow::Owned(cause(&text(l))?.to_vec())));
        caused.next().or_else(|| lines.first().map(|l| text(l)))
    };
    found.unwrap_or_default()
}

/// A line of a raw text as it reads, without blanks around it.
fn text(line: &[u8]) -> Cow<'_, [u8]> {
    match decode(line) {
        Cow::Borrowed(_) => Cow::Borrowed(line.trim_ascii()),
        Cow::Owned(o) => Cow::Owned(o.trim_ascii().to_vec()),
    }
}

/// The lines of a text of JSON without blanks in front, but for empty ones; `None` where an escape may be any sign.
fn raw_lines(raw: &[u8]) -> Option<Vec<&[u8]>> {
    let (mut lines, mut from, mut at) = (Vec::new(), 0, 0);
    loop {
        let sign = memchr::memchr2(b'\\', b'\n', raw.get(at..).unwrap_or_default());
        let sign = sign.map_or(raw.len(), |n| at + n);
        at = match raw.get(sign..raw.len().min(sign + 4)).unwrap_or_default() {
            [] | [b'\n', ..] => sign + 1,
            [b'\\', b'n', ..] => sign + 2,
            [b'\\', b'x', ..] | [b'\\', b'u', b'0', b'0'] => return None,
            [_, b'\n', ..] => {
                at = sign + 1;
                continue;
            }
            _ => {
                at = sign + 2;
                continue;
            }
        };
        let mut line = raw[from..sign].trim_ascii_start();
        while let [b'\\', b't' | b'r' | b'f', rest @ ..] = line {
            line = rest.trim_ascii_start();
        }
        lines.extend((!line.is_empty()).then_some(line));
        if sign == raw.len() {
            return Some(lines);
        }
        from = at;
    }
}

/// The exception that a line names as the cause of the one above it, but for those of .NET in which the system's number of an error is
/// put into words: what they were the cause of says more.
fn cause(line: &[u8]) -> Option<&[u8]> {
    const OF_SYSTEM: [&[u8]; 3] = [
        b"Win32Exception",
        b"Sockets.SocketException",
        b"Unknown error",
    ];
    let inner = CAUSES.iter().find_map(|c| line.strip_prefix(*c))?;
    let inner = inner.trim_ascii_start();
    let head = &inner[..inner.len().min(96)];
    let of_system = OF_SYSTEM.iter().any(|s| find(head, s).is_some());
    (!of_system).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};
    use proptest::prelude::*;

    #[test]
    fn lines_of_stacks_continue() {
        holds("line of a stack", |line| {
            or_dash(continuation(line.as_bytes()).map(|c| format!("{c:?}")))
        });
    }

    #[test]
    fn exception_heads() {
        holds("exception", |line| {
            or_dash(exception(line.as_bytes()).map(String::from_utf8_lossy))
        });
    }

    proptest! {
        #[test]
        fn the_decisive_line_of_a_raw_text(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                "\\n", "\\n", "\\r", "\\t", "\\", "n", "\n", " ", "Caused by: ", "---> ", "a.bError: c", "KeyError: 'k'", "[cause]: ", "x",
                "Traceback (most recent call last)", "\\u00e9", "\\u003e", "\\u2019", "\\x0a", "\\\"", "/f", "** (KeyError) no", "SocketException",
            ]), 0..16),
        ) {
            let raw = parts.concat();
            let raw = raw.as_bytes();
            let decoded = decode(raw);
            prop_assert_eq!(&decisive_of_raw(raw)[..], decisive_line(&decoded));
        }
    }

    #[test]
    fn the_decisive_line() {
        holds("decisive line", |t| {
            String::from_utf8_lossy(decisive_line(t.as_bytes())).into_owned()
        });
    }
}
