//! `docker compose logs`: `web-1  | text`, the names padded to one width, with or without `--timestamps`.

use super::{Envelope, Inside, Outer, Peeled};
use crate::time::stamp;
use std::borrow::Cow;

/// Lines of `docker compose logs`.
pub struct Compose;

/// Longest name before the bar.
const NAME: usize = 64;

impl Envelope for Compose {
    fn name(&self) -> &str {
        "docker compose"
    }
    fn about(&self) -> &str {
        "docker compose logs: container name, bar, text"
    }
    fn peel<'a>(&self, line: &'a [u8]) -> Option<Peeled<'a>> {
        if !line.first()?.is_ascii_alphanumeric() {
            return None;
        }
        let n = line
            .iter()
            .take(NAME)
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'))
            .count();
        let rest = &line[n..];
        let blanks = rest.iter().take(NAME).take_while(|c| **c == b' ').count();
        // a dash or underscore and the number of the replica end the name
        let name = &line[..n];
        let base = name.iter().rposition(|c| !c.is_ascii_digit())?;
        if blanks == 0 || base + 1 == n || !matches!(name[base], b'-' | b'_') {
            return None;
        }
        let rest = rest[blanks..].strip_prefix(b"|")?;
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let (text, at) = match stamp::iso(rest) {
            Ok((text, at)) if at.offset_min.is_some() && rest.get(10) == Some(&b'T') => {
                match text.strip_prefix(b" ") {
                    Some(t) => (t, Some(at)),
                    None => (rest, None),
                }
            }
            _ => (rest, None),
        };
        let mut outer = Outer::new(at, Inside::Bare);
        outer.host = Some(Cow::Borrowed(name));
        outer.service = Some(Cow::Borrowed(&name[..base]));
        Some(Peeled {
            text: Cow::Borrowed(text),
            outer,
        })
    }
    fn sample(&self) -> &str {
        "web-1  | 127.0.0.1 - - [10/Mar/2026:13:05:01 +0000] \"GET /cart HTTP/1.1\" 502 157"
    }
}
