//! Common log lines with more behind them: a tail of somebody's own (`rt=0.002 us="200"`), ingress-nginx, Traefik.
//! The prefix counts whatever the tail is; what the tail says goes through the synonym table.

use crate::format::leaf::{self, Unit, quoted};
use crate::format::request_fields::Taken;
use crate::format::web::clf::{Prefix, prefix, referer_agent};
use crate::format::{Format, grammar, pods};
use crate::record::{At, Body, Level, MarkerKind, Message, Record};
use memchr::memchr;
use std::borrow::Cow;
use std::sync::LazyLock;

/// The name of the format whose tails are of the user's own.
pub const OWN: &str = "access log with extra fields";

/// The same where the only number at the end of a line is known to be microseconds.
pub static OWN_MICROS: LazyLock<&dyn Format> = LazyLock::new(|| grammar(OWN, own_micros).listed());

fn own_micros(line: &[u8]) -> Option<Record<'_>> {
    let p = prefix(line)?;
    let lone = lone_number(p.rest);
    let mut r = own(p)?;
    if let (Body::Request(q), Some(us)) = (&mut r.body, lone)
        && q.latency_us < 0
    {
        q.latency_us = i64::try_from(us).unwrap_or(-1);
        // so writes Apache, whose stamp is when the request came in
        r.stamped = At::Start;
    }
    Some(r)
}

/// The only number at the end of a line of [`OWN`], whose unit the line does not show.
pub fn lone_end(line: &[u8]) -> Option<u64> {
    let p = prefix(line)?;
    let lone = lone_number(p.rest)?;
    match own(p)?.body {
        Body::Request(q) if q.latency_us < 0 => Some(lone),
        _ => None,
    }
}

/// The only whole number among the words behind the last quote of a tail: words beside it name who answered.
fn lone_number(tail: &[u8]) -> Option<u64> {
    let bare = match memchr::memrchr(b'"', tail) {
        Some(n) => &tail[n + 1..],
        None => tail,
    };
    let words = bare.split(|c| *c == b' ');
    let mut numbers = words.filter_map(leaf::uint);
    numbers.next().filter(|_| numbers.next().is_none())
}

/// `count "router" "url" Nms`, stamped when the request came in.
pub fn traefik(line: &[u8]) -> Option<Record<'_>> {
    let mut p = prefix(line)?;
    let (rest, agent) = referer_agent(p.rest).ok()?;
    let rest = rest.strip_prefix(b" ")?;
    let cut = memchr(b' ', rest)?;
    let count = leaf::uint(&rest[..cut])?;
    let (rest, router) = quoted(&rest[cut + 1..]).ok()?;
    let (rest, url) = quoted(rest.strip_prefix(b" ")?).ok()?;
    let (number, unit) = leaf::with_unit(rest.strip_prefix(b" ")?)?;
    let mut request = p.request();
    request.agent = agent;
    request.latency_us = leaf::decimal_us(number, unit)?;
    if url != b"-" {
        let called = url
            .strip_prefix(b"http://")
            .or(url.strip_prefix(b"https://"));
        let called = called.unwrap_or(url);
        request.upstream = &called[..memchr(b'/', called).unwrap_or(called.len())];
    }
    if count == 1 {
        request.message = Some(stated_twice());
    }
    if p.service.is_none() && router != b"-" {
        p.service = Some(pods::routed(router));
    }
    Some(Record {
        stamped: At::Start,
        ..p.record(request)
    })
}

/// `length time [upstream name] [alternative] addresses lengths times statuses id`: four lists of one length, with inner blanks.
pub fn ingress(line: &[u8]) -> Option<Record<'_>> {
    let mut p = prefix(line)?;
    let (rest, agent) = referer_agent(p.rest).ok()?;
    let rest = rest.strip_prefix(b" ")?;
    let open = memchr(b'[', rest)?;
    let mut numbers = rest[..open].split(|&c| c == b' ');
    leaf::uint(numbers.next()?)?;
    let latency = leaf::decimal_us(numbers.next()?, Unit::Second)?;
    if numbers.next() != Some(b"") || numbers.next().is_some() {
        return None;
    }
    let close = memchr(b']', rest)?;
    let name = rest.get(open + 1..close)?;
    let lists = rest[close..].strip_prefix(b"] [")?;
    let lists = lists[memchr(b']', lists)?..].strip_prefix(b"] ")?;
    let words = lists.split(|&c| c == b' ').count();
    // Each list has as many words as the others; the id is one more.
    let per = words / 4;
    if words != per * 4 + 1 || per == 0 {
        return None;
    }
    let mut ends = lists
        .iter()
        .enumerate()
        .filter_map(|(i, c)| (*c == b' ').then_some(i));
    let address_end = ends.nth(per - 1)?;
    let status_start = ends.nth(per * 2 - 1)? + 1;
    let id_start = ends.nth(per - 1)? + 1;
    let statuses = lists.get(status_start..id_start - 1)?;
    if !leaf::list(statuses).all(|s| leaf::status(s).is_some()) {
        return None;
    }
    let mut r = p.request();
    (r.agent, r.latency_us) = (agent, latency);
    // `-` stands for none in either: a client that left has an upstream and no status of it.
    for (slot, value) in [
        (&mut r.upstream, &lists[..address_end]),
        (&mut r.upstream_status, statuses),
    ] {
        if value != b"-" {
            *slot = value;
        }
    }
    r.id = &lists[id_start..];
    if p.service.is_none() && !name.is_empty() {
        // The last part of `namespace-service-port` is no name.
        let port = name
            .iter()
            .rposition(|&c| c == b'-')
            .filter(|&i| leaf::uint(&name[i + 1..]).is_some());
        p.service = Some(&name[..port.unwrap_or(name.len())]);
    }
    Some(p.record(r))
}

/// Any tail that is not empty: quoted fields by place, `key=value` by name, bare numbers by their look.
pub(in crate::format) fn own(p: Prefix<'_>) -> Option<Record<'_>> {
    let mut rest = p.rest;
    if rest.is_empty() {
        return None;
    }
    let mut taken = Taken::default();
    taken.request = p.request();
    taken.stamp = Some(p.stamp);
    taken.has_status = true;
    let (mut quotes, mut bare_time) = (0, None);
    loop {
        rest = rest.trim_ascii_start();
        let (next, word) = match rest.first() {
            None => break,
            Some(b'"') => match quoted(rest) {
                Ok((next, word)) => {
                    quotes += 1;
                    if quotes == 2 {
                        taken.request.agent = word;
                    }
                    (next, if quotes <= 2 { &word[..0] } else { word })
                }
                // Cut off inside the quotes.
                Err(_) => break,
            },
            Some(_) => {
                let n = rest
                    .iter()
                    .position(|c| matches!(c, b' ' | b'='))
                    .unwrap_or(rest.len());
                let word = &rest[..n];
                if rest.get(n) == Some(&b'=') {
                    let (next, value) = tail_value(&rest[n + 1..]);
                    taken.take(word, value);
                    rest = next;
                    continue;
                }
                (&rest[n..], word)
            }
        };
        if bare_time.is_none() {
            bare_time = seconds(word)
                .or_else(|| leaf::with_unit(word).and_then(|(n, u)| leaf::decimal_us(n, u)));
        }
        let port = leaf::without_port(word);
        if taken.request.upstream.is_empty() && port.len() < word.len() && leaf::is_address(port) {
            taken.request.upstream = word;
        }
        rest = next;
    }
    let mut stamped = At::End;
    if taken.request.latency_us < 0 {
        taken.request.latency_us = bare_time.unwrap_or(-1);
        if let Some(us) = micros_and_seconds(p.rest).filter(|_| bare_time.is_none()) {
            taken.request.latency_us = us;
            stamped = At::Start;
        }
    }
    let service = p.service;
    let mut record = taken.into_record(stamped);
    if let Some(s) = service {
        record.service = Some(Cow::Borrowed(s));
    }
    Some(record)
}

/// Apache's `%D %T`: microseconds and the same in whole seconds, side by side outside of quotes. A number alone does not show
/// its unit.
fn micros_and_seconds(tail: &[u8]) -> Option<i64> {
    let quotes = (memchr(b'"', tail), memchr::memrchr(b'"', tail));
    let (front, back) = match quotes {
        (Some(a), Some(b)) => (&tail[..a], &tail[b + 1..]),
        _ => (tail, &tail[..0]),
    };
    [front, back].into_iter().find_map(|part| {
        let mut before = None;
        for word in part.split(|&c| c == b' ') {
            let number = leaf::uint(word);
            if let (Some(us), Some(s)) = (before, number)
                && us / 1_000_000 == s
                && us > 0
            {
                return i64::try_from(us).ok();
            }
            before = number;
        }
        None
    })
}

/// The value after `key=`: quoted, or a word; a word that ends with a comma goes on, since it is a list.
fn tail_value(i: &[u8]) -> (&[u8], &[u8]) {
    if let Ok(x) = quoted(i) {
        return x;
    }
    let mut end = 0;
    loop {
        end += memchr(b' ', &i[end..]).unwrap_or(i.len() - end);
        let more =
            i[..end].ends_with(b",") || i[end..].starts_with(b" : ") || i[..end].ends_with(b" :");
        if !more || end >= i.len() {
            return (&i[end..], &i[..end]);
        }
        end += 1;
    }
}

/// A number with exactly three decimals: seconds, as nginx writes times.
fn seconds(word: &[u8]) -> Option<i64> {
    let dot = word.len().checked_sub(4)?;
    (word[dot] == b'.').then(|| leaf::decimal_us(word, Unit::Second))?
}

/// Traefik counts requests from its start: the first one shows that it started.
pub(in crate::format::web) fn stated_twice<'a>() -> Message<'a> {
    Message {
        states: Some(MarkerKind::Restart),
        ..Message::new(Level::Info, b"the count of requests begins anew")
    }
}
