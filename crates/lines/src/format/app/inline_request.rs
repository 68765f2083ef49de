//! Answers stated in a message whose words are a framework's own: Rails' `Completed 500 Internal Server Error in 177ms`, Phoenix'
//! `Sent 500 in 77ms`, `Request finished …` of ASP.NET, `HTTP GET /x responded 500 in 12.3 ms` of Serilog, Gitea's router,
//! Rocket behind the name of a route, CouchDB.

use crate::format::app::message::{duration, stated_request, status, word};
use crate::format::leaf;
use crate::format::leaf::find;
use crate::record::Request;

/// The request whose answer a text states; without method and path where the text does not repeat them.
pub(super) fn answered(text: &[u8]) -> Option<Request<'_>> {
    let text = behind_tags(text);
    match text.first()? {
        b'C' => completed(text),
        b'S' => sent(text),
        b'R' => finished(text),
        b'H' => responded(text),
        b'.' | b'r' => routed(text),
        b'(' => by_route(text),
        b'n' | b'c' => by_node(text),
        _ => None,
    }
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

fn request<'a>(code: u16, latency_us: i64) -> Request<'a> {
    Request {
        status: code,
        latency_us,
        by_app: true,
        ..Request::default()
    }
}

/// `Completed 500 Internal Server Error in 177ms (…)`.
fn completed(text: &[u8]) -> Option<Request<'_>> {
    let (code, rest) = word(text.strip_prefix(b"Completed ")?);
    let code = status(code)?;
    // the reason in words, which begin with a capital
    let at = find(&rest[..rest.len().min(48)], b" in ")?;
    let reason = rest[..at].first()?.is_ascii_uppercase();
    let (us, _) = duration(&rest[at + 4..])?;
    reason.then(|| request(code, us))
}

/// `Sent 500 in 77ms`.
fn sent(text: &[u8]) -> Option<Request<'_>> {
    let (code, rest) = word(text.strip_prefix(b"Sent ")?);
    let took = rest.strip_prefix(b"in ")?.trim_ascii_end();
    let (us, n) = duration(took)?;
    (n == took.len())
        .then(|| Some(request(status(code)?, us)))
        .flatten()
}

/// `Request finished HTTP/1.1 GET http://host/a - - - 500 0 - 12.3ms`: the status is the last that stands behind a hyphen. Before
/// .NET 5: `Request finished in 12.3ms 500 text/html`.
fn finished(text: &[u8]) -> Option<Request<'_>> {
    let rest = text.strip_prefix(b"Request finished ")?;
    if let Some(rest) = rest.strip_prefix(b"in ") {
        let (us, n) = duration(rest)?;
        let (code, _) = word(rest[n..].trim_ascii_start());
        return Some(request(status(code)?, us));
    }
    let (method, rest) = word(rest.strip_prefix(b"HTTP/").map(|r| word(r).1)?);
    let (url, rest) = word(rest);
    let words: Vec<&[u8]> = rest.split(|c| *c == b' ').collect();
    let behind = |w: &&[&[u8]]| w[0] == b"-" && status(w[1]).is_some();
    let code = words.windows(2).rfind(behind)?[1];
    let took = words.last().and_then(|w| duration(w));
    let host = find(url, b"://").map_or(url, |n| &url[n + 3..]);
    let path = memchr::memchr(b'/', host).map_or(&b"/"[..], |n| &host[n..]);
    Some(Request {
        method,
        path,
        ..request(status(code)?, took.map_or(-1, |t| t.0))
    })
}

/// `HTTP GET /x responded 500 in 12.3456 ms`.
fn responded(text: &[u8]) -> Option<Request<'_>> {
    let (method, rest) = word(text.strip_prefix(b"HTTP ")?);
    let (path, rest) = word(rest);
    let (code, rest) = word(rest.strip_prefix(b"responded ")?);
    let (us, _) = duration(rest.strip_prefix(b"in ")?)?;
    Some(Request {
        method,
        path,
        ..request(status(code)?, us)
    })
}

/// Gitea's `router: completed GET /x for 10.0.0.9:0, 500 Internal Server Error in 12.3ms @ repo/view.go:1(repo.Home)`, perhaps
/// behind the place in the code.
fn routed(text: &[u8]) -> Option<Request<'_>> {
    let text = match text.strip_prefix(b"...") {
        Some(_) => {
            let (place, rest) = word(text);
            place.ends_with(b"()").then_some(())?;
            behind_tags(rest)
        }
        None => text,
    };
    let (method, rest) = word(text.strip_prefix(b"router: completed ")?);
    let (path, rest) = word(rest);
    let (client, rest) = word(rest.strip_prefix(b"for ")?);
    let (code, rest) = word(rest);
    let at = find(&rest[..rest.len().min(64)], b"in ")?;
    let (us, _) = duration(&rest[at + 3..])?;
    let asked = path.starts_with(b"/") && method.iter().all(u8::is_ascii_uppercase);
    asked.then_some(Request {
        method,
        path,
        client: leaf::without_port(client.strip_suffix(b",")?),
        ..request(status(code)?, us)
    })
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

/// CouchDB's `nonode@nohost <0.123.0> 5b1a2c localhost:5984 10.0.0.9 bob GET /db 500 ok 12`: the last is in milliseconds.
fn by_node(text: &[u8]) -> Option<Request<'_>> {
    let (node, rest) = word(text);
    let (process, rest) = word(rest);
    (node.contains(&b'@') && process.starts_with(b"<") && process.ends_with(b">")).then_some(())?;
    let (_id, rest) = word(rest);
    let (_host, rest) = word(rest);
    let (client, rest) = word(rest);
    let (_user, rest) = word(rest);
    let (method, rest) = word(rest);
    let (path, rest) = word(rest);
    let (code, rest) = word(rest);
    let (_how, took) = word(rest);
    let ms = i64::try_from(leaf::uint(took.trim_ascii_end())?).ok()?;
    let asked = path.starts_with(b"/") && method.iter().all(u8::is_ascii_uppercase);
    (asked && leaf::is_address(client)).then_some(Request {
        method,
        path,
        client,
        ..request(status(code)?, ms.checked_mul(1_000)?)
    })
}
