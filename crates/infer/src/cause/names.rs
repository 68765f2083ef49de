//! Names in messages: providers, addresses, tables, locks, mount points, processes.
//! Plain text search, no judgement; never panics, whatever the text. Results are trimmed and at most 80 bytes long.

mod address;
mod providers;
pub(in crate::cause) mod servers;
pub(super) mod tags;

pub(in crate::cause) use address::{address, is_domain, is_source};

use address::is_ipv4;
use coroner_lines::format::leaf::find;
use coroner_lines::record::METHODS;
use coroner_lines::text::{may_be_called, says_a_failed_call, words};

/// Whom a failing call was meant for, as the message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A database server, by address or host name.
    Database(String),
    /// A cache or queue, by address or host name.
    Cache(String),
    /// Somebody else who is named.
    Named(String),
    /// The provider after whom the library is named that made the call.
    Client(String),
}

/// Default ports of database servers.
const DATABASE_PORTS: &[u32] = &[5432, 3306, 1433, 1521, 27017, 5433, 6432, 9042];
/// Default ports of caches and queues.
const CACHE_PORTS: &[u32] = &[6379, 11211, 5672, 9092, 26379, 4222, 61616];
/// Keys and words that stand before the name of an outside service.
const KEYS: &[&str] = &[
    "provider=",
    "provider ",
    "gateway=",
    "partner=",
    "partner ",
    "vendor=",
    "third_party=",
    "dependency=",
    "peer.service=",
    "remote=",
    "idp=",
    "psp=",
];
/// Words that follow such a key without being a name.
const NOT_NAMES: &str = "error failed is returned timed timeout unavailable not response request requires the a an and for \
    null none unknown localhost did down has was";

/// The words of a line: what stands before the fields with which proxies end an error (client, server, request, upstream, host,
/// referrer). Those are of the request and say nothing of the fault.
pub(super) fn said(text: &str) -> &str {
    let tail = [", client: ", ", referer: ", ", referrer: "];
    let ends = tail.map(|k| find(text.as_bytes(), k.as_bytes()));
    let end = ends.into_iter().flatten().min();
    end.and_then(|at| text.get(..at)).unwrap_or(text)
}

/// Whom a message about a failing call names.
pub(super) fn target(text: &str) -> Option<Target> {
    if let Some(p) = provider(text) {
        return Some(Target::Named(p));
    }
    if let Some(h) = quoted_host(text).filter(|h| outside_name(h) && !is_ipv4(h)) {
        return Some(Target::Named(h));
    }
    if let Some(tag) = tags::called_by_tag(text) {
        return Some(Target::Named(tag.to_owned()));
    }
    let Some((host, port)) = address(text) else {
        return providers::provider_of_client(text).map(|p| Target::Client(p.to_owned()));
    };
    let lower = text.to_ascii_lowercase();
    match port {
        Some(p) if DATABASE_PORTS.contains(&p) => Some(Target::Database(host)),
        Some(p) if CACHE_PORTS.contains(&p) => Some(Target::Cache(host)),
        _ if lower.contains("postgres") || lower.contains("mysql") || lower.contains("mongo") => {
            Some(Target::Database(host))
        }
        _ if lower.contains("redis") => Some(Target::Cache(host)),
        _ if host.starts_with("127.") || host == "localhost" => None,
        _ if outside_name(&host) => Some(Target::Named(host)),
        _ => None,
    }
}

/// A host name with a dot and a letter, that is no file and no package: `api.flutterpay.com`.
pub(super) fn outside_name(host: &str) -> bool {
    host.contains('.') && host.bytes().any(|b| b.is_ascii_alphabetic())
}

/// The name of an outside service that stands behind a key that names one: `provider=flutterpay`.
pub(super) fn provider(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let may = |k: &&&str| find(lower.as_bytes(), k.as_bytes()).is_some();
    KEYS.iter().filter(may).find_map(|k| {
        lower.match_indices(k).find_map(|(at, _)| {
            let before = lower.as_bytes().get(at.wrapping_sub(1)).copied();
            if before.is_some_and(|b| b.is_ascii_alphanumeric()) {
                return None;
            }
            let w = word(text.get(at + k.len()..)?)?;
            let plain = w.to_ascii_lowercase();
            let is_name = w.len() >= 2
                && !NOT_NAMES.split(' ').any(|n| n == plain)
                && w.bytes().any(|b| b.is_ascii_alphabetic());
            is_name.then_some(w)
        })
    })
}

/// The first word of a text: letters, digits and `._-/@`, quotes and brackets stripped.
fn word(text: &str) -> Option<String> {
    let t = text.trim_start_matches(['"', '\'', '`', '(', '[', '<', ' ']);
    let end = t
        .find(|c: char| !(c.is_ascii_alphanumeric() || "._-/@".contains(c)))
        .unwrap_or(t.len());
    let w = t.get(..end)?.trim_end_matches(['.', '-', '/']);
    (!w.is_empty() && w.len() <= 80).then(|| w.to_owned())
}

/// The word that follows the first of several phrases (any case).
fn word_after(text: &str, phrases: &[&str]) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    phrases.iter().find_map(|p| {
        let at = find(lower.as_bytes(), p.as_bytes())?;
        word(text.get(at + p.len()..)?)
    })
}

/// The account that a message says is refused: `uid=svc-portal,ou=services`, `for user "app"`.
pub(super) fn account(text: &str) -> Option<String> {
    let keys = [
        "uid=",
        "for user ",
        "for account ",
        "user=",
        "principalname\":\"",
    ];
    word_after(text, &keys)
}

/// For whom a certificate is that a message is about, by the name in it: `Rejected at depth=0: CN=portal.lan, O=Shop`.
pub(super) fn subject(text: &str) -> Option<String> {
    let about = words::holds_any(text.as_bytes(), "certificate | cert | certs | subject");
    let issuer = text
        .to_ascii_lowercase()
        .find("issuer")
        .unwrap_or(text.len());
    let name = word_after(text.get(..issuer)?, &["cn=", "cn = "]);
    name.filter(|_| about)
}

/// The host that could not be resolved.
pub(super) fn unresolved(text: &str) -> Option<String> {
    word_after(
        text,
        &[
            "enotfound ",
            "eai_again ",
            "lookup ",
            "resolve host ",
            "unknownhostexception: ",
            "could not resolve ",
            "servfail) for ",
            "nxdomain) for ",
        ],
    )
    // a question to a name server says which kind it asks for: `shop.lan/IN/A`
    .and_then(|w| Some(w.split('/').next()?.to_owned()))
    .filter(|w| w.contains('.') || w.contains('-'))
    .or_else(|| {
        let at = text.find(" could not be resolved")?;
        let before = text.get(..at)?.rsplit([' ', '"']).next()?;
        word(before)
    })
    .or_else(|| quoted_host(text))
    // who asks, or is asked, may stand there by its number
    .or_else(|| {
        address(text)
            .map(|a| a.0)
            .filter(|a| a.parse::<std::net::IpAddr>().is_err())
    })
    .or_else(|| provider(text))
}

/// The interface of a device that a message is about: letters, then the number of its place.
pub(super) fn interface(text: &str) -> Option<String> {
    let is_placed = |w: &String| {
        w.starts_with(|c: char| c.is_ascii_alphabetic())
            && w.ends_with(|c: char| c.is_ascii_digit())
    };
    word_after(text, &["interface ", "port "]).filter(is_placed)
}

/// The first name of three labels or more, as only hosts have them: what is written in capitals, or with underscores, is code.
pub(super) fn domain(text: &str) -> Option<String> {
    let label = |l: &str| {
        !l.is_empty()
            && l.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
    let mut names = words.map(|w| w.trim_end_matches('.'));
    let name = names.find(|w| {
        let top = w.rsplit('.').next().unwrap_or_default();
        w.len() <= 80
            && w.split('.').count() > 2
            && w.split('.').all(label)
            && top.bytes().all(|b| b.is_ascii_lowercase())
    });
    name.map(str::to_owned)
}

/// The server that a lookup asks: what is called at the port of name servers.
pub(super) fn resolver(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || ".-:".contains(c)));
    let (host, _) = words.find_map(|w| {
        let at = w.trim_end_matches([':', '.']).rsplit_once(':')?;
        (at.1 == "53" && at.0.contains('.')).then_some(at)
    })?;
    word(host.rsplit(':').next()?)
}

/// `HTTPSConnectionPool(host='api.x.com', port=443)`; a member of that name where the object tells how a call ended, or that it did
/// beside a name that no machine bears, since others name the machine that writes.
fn quoted_host(text: &str) -> Option<String> {
    word_after(text, &["host='", "host=\"", "host="]).or_else(|| {
        let member = word_after(text, &["\"host\":\"", "\"host\": \""])?;
        let told = text.contains("\"error\":") || text.contains("\"exception\":");
        let failed = told && may_be_called(member.as_bytes());
        (failed || says_a_failed_call(text.as_bytes())).then_some(member)
    })
}

/// The table of an SQL statement that changes it, or of an error about one.
pub(crate) fn table(text: &str) -> Option<String> {
    let skip = ["only", "table", "if", "exists", "select", "the", "into"];
    let w = word_after(
        text,
        &[
            "insert into ",
            "delete from ",
            "lock table ",
            "alter table ",
            " on table ",
            "relation \"",
            "for table ",
        ],
    )
    .or_else(|| {
        word_after(text, &["update "]).filter(|_| text.to_ascii_lowercase().contains(" set "))
    })?;
    (!skip.contains(&w.to_ascii_lowercase().as_str())).then_some(w)
}

/// The process that the kernel killed, or that ended: `node` of `Killed process 24296 (node)` or `task=node,`.
pub(super) fn process(text: &str) -> Option<String> {
    if let Some((_, killed)) = text.split_once("Killed process ") {
        return word(killed.split_once('(')?.1);
    }
    if let Some(w) = word_after(text, &["task="]) {
        return Some(w);
    }
    let (who, _) = text.split_once(" invoked oom-killer")?;
    let who = who.rsplit([':', ']']).next()?.trim();
    // a thread may be called by several words
    word(who).filter(|_| !who.contains(' '))
}

/// The unit that a systemd line is about: `nginx` of `nginx.service: Main process exited`.
pub(super) fn unit(text: &str) -> Option<String> {
    let before = text.get(..text.find(".service")?)?;
    let w = before
        .rsplit(|c: char| !(c.is_ascii_alphanumeric() || "._-@".contains(c)))
        .next()?;
    (!w.is_empty() && w.len() <= 80).then(|| w.to_owned())
}

/// The paths that a text names, one after the other: mount points, files and devices; what stands behind a method or is called
/// a URI was asked for and is none.
pub(super) fn paths(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || "\"'()[]<>,;=|{}:".contains(c);
    let (mut asked, mut open, mut goes_on) = (false, false, false);
    // what stands around a placeholder, `/returns/{id}/label`, is a route and no path
    let words = text.split_inclusive(ends).map(move |piece| {
        let opens = piece.ends_with(['{', '<']);
        let closes = open && piece.ends_with(['}', '>']);
        open = opens || open && !closes && !piece.ends_with(char::is_whitespace);
        let behind = std::mem::replace(&mut goes_on, closes);
        (piece.trim_end_matches(ends), behind || opens)
    });
    words
        .filter(|(w, _)| !w.is_empty())
        .filter(move |(w, route)| {
            let asks = METHODS.contains(&w.as_bytes()) || of_requests(w);
            let page = std::mem::replace(&mut asked, asks);
            !page
                && !route
                && w.len() >= 2
                && w.len() <= 80
                && w.starts_with('/')
                && !w.starts_with("//")
                && w.bytes().any(|b| b.is_ascii_alphanumeric())
        })
        .map(|(w, _)| w)
}

/// Whether a word says that what stands behind it was asked for: `URI /invoices/17`.
fn of_requests(word: &str) -> bool {
    ["uri", "url", "endpoint", "route"]
        .iter()
        .any(|w| word.eq_ignore_ascii_case(w))
}

/// The first of some phrases that stands in a text, as it stands there.
pub(super) fn stands<'t>(text: &'t str, phrases: &[&str]) -> Option<&'t str> {
    let mut all = phrases.iter();
    text.get(all.find_map(|p| words::find(text.as_bytes(), p, 0))?)
}

/// The cache or database that answered a client that its memory is used up: by its address, or by the words with which such
/// servers refuse to take more.
pub(super) fn full_store(text: &str) -> Option<String> {
    const REFUSES: &str = "command not allowed | used memory | maxmemory | memory limit";
    let answers = words::holds_any(text.as_bytes(), REFUSES);
    // an address without a port may be whose request it was
    let served = |name: &str| name.parse::<std::net::IpAddr>().is_err();
    match target(text).filter(|_| answers) {
        Some(Target::Cache(name) | Target::Database(name)) if served(&name) => Some(name),
        _ if answers => stands(text, &servers::CACHES)
            // words of its own
            .or(stands(text, &["oom command not allowed"]).map(|_| "redis"))
            .map(str::to_lowercase),
        _ => refused_by(text).map(str::to_owned),
    }
}

/// The server whose client raises an exception for its memory: `redis.exceptions.OutOfMemoryError`.
fn refused_by(text: &str) -> Option<&'static str> {
    let mut raised = text.split([' ', '(', '"']);
    let raised = raised.find(|w| w.contains("OutOfMemory"))?;
    let words = words::split(raised);
    let all = servers::CACHES.iter().chain(&servers::DATABASES);
    all.copied().find(|s| words.iter().any(|w| w == s))
}

/// Single words of six letters and more that a message quotes: what it names so is something.
pub(super) fn quoted_words(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(['\'', '"', '`']).enumerate();
    let inside = parts.filter(|(n, _)| n % 2 == 1).map(|x| x.1);
    let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
    inside.filter(move |w| w.len() >= 6 && w.bytes().all(plain))
}

/// The last word that can be nothing but a name: with an underscore or a long number, or with a hyphen between letters; what an object
/// calls its members is none.
pub(super) fn identifier(text: &str) -> Option<String> {
    let hyphen = |w: &str| {
        let letter = |p: &str| p.bytes().any(|b| b.is_ascii_alphabetic());
        w.contains('-') && w.split('-').all(|p| !p.is_empty()) && w.split('-').any(letter)
    };
    // `RemoveTaxRateFromInvoices`
    let humps = |w: &str| {
        let pairs = w.as_bytes().windows(2);
        pairs
            .filter(|p| p[0].is_ascii_lowercase() && p[1].is_ascii_uppercase())
            .count()
    };
    let apart = |c: char| c.is_whitespace() || ",;\"'()=".contains(c);
    let keys: Vec<&str> = text.split("\":").collect();
    let (last, keys) = keys.split_last()?;
    let values = keys
        .iter()
        .filter_map(|part| Some(part.rsplit_once('"')?.0));
    values
        .chain([*last])
        .flat_map(|part| part.split(apart))
        .map(bare)
        .filter(|w| (4..=80).contains(&w.len()))
        // what a switch calls its message is no thing, nor is who did it
        .filter(|w| !w.starts_with('%') && !w.contains('«'))
        // a time is no name, nor is how long something took
        .filter(|w| {
            let number = w.starts_with(|c: char| c.is_ascii_digit());
            !number || w.contains('_') || !w.contains([':', '.', '/'])
        })
        .rfind(|w| {
            w.contains('_')
                || hyphen(w)
                || humps(w) > 1
                // a date is no name either
                || !w.contains('-') && w.bytes().filter(u8::is_ascii_digit).count() >= 4
        })
        .map(str::to_owned)
}

/// The first word that is a path: of a file, or of an object in a tree of such (`NetworkPolicy/shop/deny`). No address of a page.
pub(super) fn path(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || ",;\"'()=“”".contains(c))
        .map(bare)
        .filter(|w| (4..=80).contains(&w.len()) && !w.contains("://"))
        // where in its code a program says something: `server/watcher.go:227`
        .filter(|w| !w.rsplit_once(':').is_some_and(|(file, _)| is_source(file)))
        .find(|w| {
            let named = |p: &str| p.bytes().any(|b| b.is_ascii_alphabetic());
            let mut parts = w.split('/').skip(1).peekable();
            let first = parts.peek().copied();
            // a folder within may be called by a version: `/etc/php/8.2/fpm/pool.d/shop.conf`
            let of_root = w.starts_with('/') && first.is_some_and(named);
            match of_root {
                true => parts.last().is_some_and(named),
                false => first.is_some() && parts.all(named),
            }
        })
        .map(str::to_owned)
}

/// A word without the brackets and marks around it; of a resource of a tool, `/Stage[main]/Db/File[/etc/mysql/shop.cnf]/content`, the
/// path within.
fn bare(word: &str) -> &str {
    let inner = word.rfind("[/").and_then(|at| word.get(at + 1..));
    let inner = inner.and_then(|rest| rest.split_once(']'));
    let word = inner.map_or(word, |(path, _)| path);
    word.trim_start_matches('[')
        .trim_end_matches(['.', ':', ']'])
}

#[cfg(test)]
mod tests;
