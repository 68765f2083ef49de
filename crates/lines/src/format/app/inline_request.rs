//! Answers stated in a message whose words are a framework's own: Rails, Phoenix, ASP.NET, Serilog, Gitea's router, CouchDB, and
//! Rocket's behind the name of a route.

use crate::format::app::message::{duration, stated_request, status};
use crate::format::leaf;
use crate::format::leaf::find;
use crate::record::Request;
use crate::table::rows;
use crate::text::literals::{held, parsed};
use regex::bytes::Regex;
use std::sync::{LazyLock, OnceLock};

/// A way to say it: how such messages begin, its pattern, and that made when one does, with the texts of which each holds one.
struct AnswerPattern {
    begins: Vec<&'static [u8]>,
    pattern: &'static str,
    made: OnceLock<Option<(Regex, Vec<Vec<u8>>)>>,
}

static WAYS: LazyLock<Vec<AnswerPattern>> = LazyLock::new(|| {
    let rows = rows(include_str!("answers.tsv"));
    rows.map(|[begins, pattern]| AnswerPattern {
        begins: begins.split('|').map(str::as_bytes).collect(),
        pattern,
        made: OnceLock::new(),
    })
    .collect()
});

/// Bytes with which messages of one of them begin.
static FIRST: LazyLock<[bool; 256]> = LazyLock::new(|| {
    let mut first = [false; 256];
    let begins = WAYS.iter().flat_map(|way| &way.begins);
    begins.for_each(|b| first[usize::from(b[0])] = true);
    first
});

impl AnswerPattern {
    fn find<'a>(&self, text: &'a [u8]) -> Option<Request<'a>> {
        let begins = |b: &&&[u8]| b.first() == text.first() && text.starts_with(b);
        self.begins.iter().find(begins)?;
        let made = self.made.get_or_init(|| {
            let holds = held(&parsed(self.pattern)?)?;
            let regex = Regex::new(&format!("(?s-u)^{}", self.pattern)).ok()?;
            Some((regex, holds))
        });
        let (regex, holds) = made.as_ref()?;
        holds.iter().find(|h| find(text, h).is_some())?;
        stated(regex, text)
    }
}

/// The request whose answer a text states; without method and path where the text does not repeat them.
pub(in crate::format) fn answered(text: &[u8]) -> Option<Request<'_>> {
    let text = behind_tags(text);
    let first = *text.first()?;
    if first == b'(' {
        return by_route(text);
    }
    // most texts begin as none of them does
    let ways = FIRST[usize::from(first)].then(|| WAYS.iter());
    ways?.find_map(|way| way.find(text))
}

/// The request that a pattern finds in a text.
fn stated<'a>(way: &Regex, text: &'a [u8]) -> Option<Request<'a>> {
    let found = way.captures(text)?;
    let value = |name| found.name(name).map(|m| m.as_bytes());
    let latency_us = match (value("took"), value("ms")) {
        (Some(took), _) => duration(took)?.0,
        (_, Some(ms)) => i64::try_from(leaf::uint(ms)?).ok()?.checked_mul(1_000)?,
        _ => value("last").and_then(duration).map_or(-1, |t| t.0),
    };
    let client = leaf::without_port(value("client").unwrap_or_default());
    let path = value("path").or_else(|| value("method").map(|_| &b"/"[..]));
    (client.is_empty() || leaf::is_address(client)).then_some(Request {
        method: value("method").unwrap_or_default(),
        path: path.unwrap_or_default(),
        client,
        status: status(value("status")?)?,
        latency_us,
        by_app: true,
        ..Request::default()
    })
}

/// What stands behind the tags in brackets with which Rails' logger begins its messages.
fn behind_tags(mut text: &[u8]) -> &[u8] {
    while text.first() == Some(&b'[') {
        let Some(n) = memchr::memchr(b']', &text[..text.len().min(64)]) else {
            break;
        };
        text = text[n + 1..].trim_ascii_start();
    }
    text
}

/// Rocket's `(login) POST /identity => 400 Bad Request`.
fn by_route(text: &[u8]) -> Option<Request<'_>> {
    let close = memchr::memchr(b')', &text[..text.len().min(64)])?;
    let rest = text[close + 1..].strip_prefix(b" ")?;
    let name = text[1..close].iter();
    let named = name.clone().len() > 0 && name.clone().all(|c| c.is_ascii_graphic());
    find(rest, b" => ")?;
    stated_request(rest).filter(|_| named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_reads_its_example() {
        for [_, pattern, example] in rows(include_str!("answers.tsv")) {
            let found = answered(example.as_bytes()).map(|r| r.status);
            assert_eq!(found, Some(500), "{pattern}");
        }
    }
}
