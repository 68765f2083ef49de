//! Hosts and ports that messages name, and what sets a host's name apart from a file, a package or a version.

use super::word_after;
use coroner_lines::fault::is_broken;
use coroner_lines::format::leaf::find;
use coroner_lines::table::words;
use coroner_lines::text::words::{SearchedText, is_unit};

/// An address that a message names: host and port, `10.20.0.30` and `5432` of
/// `connection to server at "10.20.0.30", port 5432 failed`, of `10.20.0.40:6379`, or of a URL.
pub(in crate::cause) fn address(text: &str) -> Option<(String, Option<u32>)> {
    if let Some(h) = word_after(
        text,
        &["server at ", "lookup ", "resolve host ", "resolve "],
    ) {
        let port = word_after(text, &["port "]).and_then(|p| p.parse().ok());
        if h.contains('.') || port.is_some() {
            return Some((h, port));
        }
    }
    // the host of which a server says that it lets it not in is who asked
    let refuses = [
        "is blocked because",
        "is not allowed to connect",
        "pg_hba.conf",
    ];
    let refuses = refuses.iter().any(|w| text.contains(w));
    let mut before = "";
    let tokens: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || "\"'()[]<>,;=|{}".contains(c))
        .filter(|w| !w.is_empty())
        .take(64)
        // who asked, or where to read more, is not whom the call was meant for
        .filter(|w| {
            let before = std::mem::replace(&mut before, w);
            let more = ["see", "at:"]
                .iter()
                .any(|w| before.eq_ignore_ascii_case(w));
            let asked = refuses && before.eq_ignore_ascii_case("host");
            before != "client" && !more && !asked
        })
        .collect();
    let domain = || {
        let mut key = "";
        let names = tokens.iter().map(|w| w.trim_matches(['.', ':']));
        let names = names.filter(|w| !w.is_empty());
        // the host that was asked for is not whom a call was meant for
        let mut called = names.filter(|w| !ASKED.contains(&std::mem::replace(&mut key, w)));
        called.find(|w| w.len() <= 80 && is_domain(w))
    };
    // `Expiring 1 record(s) for orders-0:10067 ms`: a number with its unit is no port
    let behind = tokens.iter().skip(1).chain([&""]);
    let mut ends = tokens.iter().zip(behind);
    let called = ends.find_map(|(w, next)| host_port(w).filter(|_| !is_unit(next.as_bytes())));
    // who writes number and name of one place says whom it means by the name
    let called = called.map(|(host, port)| {
        let place = |(name, of): &(String, Option<u32>)| *of == port && !is_ipv4(name);
        let number = port.is_some() && is_ipv4(&host);
        let mut named = tokens.iter().filter_map(|w| host_port(w)).filter(place);
        named.next().filter(|_| number).unwrap_or((host, port))
    });
    // a bare name is whom a call was meant for where the message says that one had no answer
    let unanswered = || is_broken(&SearchedText::of(text.as_bytes()));
    called.or_else(|| Some((domain().filter(|_| unanswered())?.to_owned(), None)))
}

/// Host and port of one token; a token without a port counts only when it is a URL or an IPv4 address.
fn host_port(token: &str) -> Option<(String, Option<u32>)> {
    // most words are none
    if !token.contains(['.', ':']) {
        return None;
    }
    // of two ends the second is the one that was called
    let token = token.rsplit_once("->").map_or(token, |(_, called)| called);
    let (rest, url) = match find(token.as_bytes(), b"://") {
        Some(at) if at > 0 => (&token[at + 3..], true),
        _ => (token, false),
    };
    let rest = rest.split('/').next()?.trim_end_matches(['.', ':']);
    let rest = rest
        .rsplit_once('@')
        .filter(|_| url)
        .map_or(rest, |(_, r)| r);
    let (host, port) = match rest.rsplit_once(':') {
        Some((h, p)) => (h, Some(p.parse::<u32>().ok().filter(|p| *p <= 65_535)?)),
        None => (rest, None),
    };
    let legal = !host.is_empty()
        && host.len() <= 80
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-' || b == b'_');
    let ip = is_ipv4(host);
    let dotted = host.contains('.') && host.bytes().any(|b| b.is_ascii_alphabetic());
    let served = port.is_some_and(|p| p >= 80) && named_host(host);
    let known = legal && (ip || url && dotted || served);
    known.then(|| (host.to_owned(), port))
}

/// Keys of the host for which a request was meant.
const ASKED: [&str; 8] = words("host Host vhost server server_name authority referer Referer");

/// Ends of domains of more than two letters that programs call; those of two letters are countries'.
const DOMAINS: [&str; 10] = [
    "com", "net", "org", "dev", "app", "cloud", "local", "internal", "example", "test",
];

/// Whether a name without a port is one of a host: of three labels or more in small letters, ends as domains do, and is no package
/// (which begins with what domains end with) and no file.
pub(in crate::cause) fn is_domain(name: &str) -> bool {
    // settings end in units, too: `max.poll.interval.ms`
    let country = |l: &str| l.len() == 2 && l.bytes().all(|b| b.is_ascii_lowercase()) && l != "ms";
    let ends = |l: &str| country(l) || DOMAINS.contains(&l);
    let small = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    let mut labels = name.split('.');
    let first = labels.clone().next().unwrap_or_default();
    name.bytes().all(small)
        && !ends(first)
        && labels.clone().count() >= 3
        && labels.all(|l| !l.is_empty())
        && name.rsplit('.').next().is_some_and(ends)
        && !is_source(name)
}

/// A token before a port that may be a host: begins with a letter and is no source file (`app.py:113`).
fn named_host(host: &str) -> bool {
    host.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && host.len() >= 2
        && !is_source(host)
}

/// Whether a name is that of a file of source code.
pub(in crate::cause) fn is_source(name: &str) -> bool {
    let end = [
        ".py", ".js", ".go", ".rb", ".rs", ".java", ".ts", ".c", ".php", ".cs", ".cc", ".cpp",
        ".kt", ".erl", ".ex", ".exs", ".scala", ".lua", ".pm",
    ];
    end.iter().any(|e| name.ends_with(e))
}

/// Four decimal numbers up to 255.
pub(super) fn is_ipv4(s: &str) -> bool {
    let mut n = 0;
    s.split('.').all(|p| {
        n += 1;
        p.len() <= 3 && p.parse::<u16>().is_ok_and(|v| v <= 255)
    }) && n == 4
}
