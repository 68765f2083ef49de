//! logfmt: `key=value` pairs, values quoted where they hold blanks (go-kit, logrus, slog, structlog, Heroku, Argo CD).
//! A line is logfmt only when it begins with a key and has two pairs at least: text with an `a=b` in it is text.

use super::fields::Fields;
use crate::format::flat_json::decode;
use crate::format::leaf;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::Record;
use std::borrow::Cow;

/// The logfmt format.
pub struct Logfmt;

/// Whether a byte may stand in a key.
fn is_key(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-' | b'@' | b'/')
}

/// A key at the start, with its length; `None` when no `=` follows it.
fn key(b: &[u8]) -> Option<&[u8]> {
    let n = b.iter().take(64).position(|c| !is_key(*c))?;
    (n > 0 && b[n] == b'=').then_some(&b[..n])
}

/// Calls `f` with each pair, raw values without their quotes, until it returns false. The number of pairs; `None` when a word
/// that is no pair and no bare key stands in the line, or when a quote does not close.
pub(crate) fn pairs<'a>(
    line: &'a [u8],
    mut f: impl FnMut(&'a [u8], &'a [u8], &'a [u8]),
) -> Option<usize> {
    let (mut b, mut n, mut bare) = (line, 0usize, 0usize);
    while !b.is_empty() {
        let Some(k) = key(b) else {
            // A bare key means true; a line of many words is text.
            let end = memchr::memchr(b' ', b).unwrap_or(b.len());
            bare += 1;
            if n == 0 || bare > n {
                return None;
            }
            b = b[end..].trim_ascii_start();
            continue;
        };
        let rest = &b[k.len() + 1..];
        let (value, after) = if rest.first() == Some(&b'"') {
            let (after, v) = leaf::quoted(rest).ok()?;
            (v, after)
        } else {
            let end = memchr::memchr2(b' ', b'\t', rest).unwrap_or(rest.len());
            (&rest[..end], &rest[end..])
        };
        n += 1;
        f(k, value, &b[..b.len() - after.len()]);
        b = after.trim_ascii_start();
    }
    Some(n)
}

/// Whether the fields of that many pairs make a line.
#[inline]
pub(crate) fn is_line(f: &Fields<'_>, line: &[u8], pairs: usize) -> bool {
    // Go kit's writers begin with the time, and the rest is whatever was worth telling
    let timed_first = || matches!(key(line), Some(b"ts" | b"time" | b"t" | b"timestamp"));
    let enough = (f.has_time() && (f.has_level() || f.has_text(true) || f.is_request()))
        || (f.has_level() && f.has_text(false))
        || (pairs >= 3 && f.has_time() && timed_first());
    pairs >= 2 && enough
}

impl Format for Logfmt {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "logfmt",
            "key=value pairs (go-kit, logrus, slog, structlog, Argo CD, Prometheus)",
        )
        .begins(b".-9@A-Z_a-z-", Signs::EQUALS)
        .sample(r#"ts=2026-11-20T06:33:21.123Z level=error logger=shop.web host=web-1 msg="payment failed" err="PoolError: exhausted""#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        key(line)?;
        let mut f = Fields::default();
        let n = pairs(line, |k, v, _| {
            f.take(b"", k, v);
        })?;
        if !is_line(&f, line, n) {
            return None;
        }
        Some(f.into_record(|| remaining(line)))
    }
}

/// The pairs of a line that has no message: all but time, level and caller, so that like lines read alike.
fn remaining(line: &[u8]) -> Cow<'static, [u8]> {
    let mut out = Vec::with_capacity(line.len());
    let _ = pairs(line, |k, v, pair| {
        if !matches!(
            k,
            b"ts"
                | b"time"
                | b"t"
                | b"timestamp"
                | b"level"
                | b"lvl"
                | b"severity"
                | b"caller"
                | b"host"
                | b"logger"
        ) {
            if !out.is_empty() {
                out.push(b' ');
            }
            match decode(v) {
                Cow::Borrowed(_) => out.extend_from_slice(pair),
                Cow::Owned(o) => {
                    out.extend_from_slice(k);
                    out.push(b'=');
                    out.extend_from_slice(&o);
                }
            }
        }
    });
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Body, Level};

    fn message(line: &str) -> Option<(Level, String, String)> {
        let r = Logfmt.parse(line.as_bytes())?;
        let m = match r.body {
            Body::Message(m) => m,
            Body::Request(q) => q.message?,
            _ => return None,
        };
        let t = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        Some((
            m.level,
            t(&m.text),
            m.error.map_or(String::new(), |e| t(&e)),
        ))
    }

    #[test]
    fn writers() {
        use Level::*;
        for (line, level, text, error) in [
            (
                r#"ts=2024-01-22T08:30:17.010Z level=info logger=cart.web host=cart-7f9c-a msg="cart starting version=1.31.4" version=1.31.4"#,
                Info,
                "cart starting version=1.31.4",
                "",
            ),
            (
                r#"ts=2026-03-10T15:05:00Z caller=logging.go:85 method=Health result=2 took=3.1ms"#,
                Info,
                "method=Health result=2 took=3.1ms",
                "",
            ),
            (
                r#"ts=2026-03-10T15:05:00Z caller=main.go:108 Error="no database" DSN=db:3306"#,
                Error,
                "Error=\"no database\" DSN=db:3306",
                "no database",
            ),
            (
                r#"ts=2026-03-10T15:05:00Z caller=server.go:110 err=null took=2ms"#,
                Info,
                "err=null took=2ms",
                "",
            ),
            (
                r#"time="2026-03-10T15:05:00+02:00" level=error msg="request \"x\" failed" elapsed=12.3ms"#,
                Error,
                "request \"x\" failed",
                "",
            ),
            (
                r#"time="2026-03-10T13:05:01Z" level=fatal msg=dead"#,
                Fatal,
                "dead",
                "",
            ),
            (
                r#"order=7 name="a b" event="order placed" level=info timestamp=2026-11-20T06:37:04.498829Z"#,
                Info,
                "order placed",
                "",
            ),
            (
                r#"ts=2026-11-20T06:51:07.926Z caller=main.go:396 level=debug externalURL=http://web01:18493"#,
                Debug,
                "externalURL=http://web01:18493",
                "",
            ),
            (
                r#"ts=2024-01-22T08:51:19Z level=error msg="no" err="PoolError: connection pool exhausted""#,
                Error,
                "no",
                "PoolError: connection pool exhausted",
            ),
        ] {
            assert_eq!(
                message(line),
                Some((level, text.into(), error.into())),
                "{line}"
            );
            assert!(Logfmt.parse(line.as_bytes()).unwrap().stamp.is_some());
        }
    }

    #[test]
    fn who_and_what() {
        let r = Logfmt
            .parse(br#"ts=2024-01-22T08:51:19.490Z level=error logger=cart.web host=cart-a msg="unhandled error on GET /p" method=GET path=/p status=500 version=1.2"#)
            .unwrap();
        assert_eq!(r.host.as_deref(), Some(&b"cart-a"[..]));
        assert_eq!(r.service.as_deref(), Some(&b"cart"[..]));
        assert_eq!(r.version.as_deref(), Some(&b"1.2"[..]));
        let argo = Logfmt
            .parse(br#"time="2024-01-22T08:39:20Z" level=info msg="image changed" application=argocd/cart-prod container=app image=registry.example.net/cart:1.32.0"#)
            .unwrap();
        assert_eq!(argo.service.as_deref(), Some(&b"cart"[..]));
        assert_eq!(argo.version.as_deref(), Some(&b"1.32.0"[..]));
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.path, q.by_app), (500, &b"/p"[..], true));
    }

    #[test]
    fn text_with_pairs_is_no_logfmt() {
        for l in [
            "login ok user=u55 method=password",
            "msg=one",
            "a=b then some more words follow here",
            "LS_COLORS=x level=info",
            "level=info msg=\"never closed",
            "type=EXECVE msg=audit(1773148800.000:500): argc=3",
            "=",
            "",
        ] {
            assert_eq!(message(l), None, "{l}");
        }
    }
}
