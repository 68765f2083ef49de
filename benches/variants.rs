//! The same few fields of six kinds of line, read in three ways: by hand, with nom's combinators, with `regex` captures. Hand
//! and nom take the same steps, so that what differs is the combinators. What a line tells here: where its time ends, its status
//! or the first byte of its level, and how long its text is.
#![allow(
    dead_code,
    reason = "shared with nothing, and each kind uses its own part"
)]

use memchr::memchr;
use nom::bytes::complete::{take, take_while1};
use nom::character::complete::space0;
use nom::combinator::verify;
use nom::{IResult, Parser};
use regex::bytes::{CaptureLocations, Regex};

/// Time as written, status or level, text.
pub type Cut<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// One kind of line, and how it is read.
pub struct Variant {
    /// Name of the bench group.
    pub group: &'static str,
    /// By hand: the least that anybody would write.
    pub hand: for<'a> fn(&'a [u8]) -> Option<Cut<'a>>,
    /// With combinators.
    pub nom: for<'a> fn(&'a [u8]) -> Option<Cut<'a>>,
    /// The pattern that people write, with the fields as its captures of those numbers.
    pub pattern: &'static str,
    /// Which captures are the fields.
    pub captures: [usize; 3],
}

type Leaf<'a> = IResult<&'a [u8], Cut<'a>, ()>;

fn whole(found: Leaf<'_>) -> Option<Cut<'_>> {
    found.ok().map(|(_, cut)| cut)
}

/// Up to a byte, which is left: the leaf that both ways of cutting a line have in common.
fn until(byte: u8) -> impl Fn(&[u8]) -> IResult<&[u8], &[u8], ()> {
    move |l| match memchr(byte, l) {
        Some(n) => Ok((&l[n..], &l[..n])),
        None => Err(nom::Err::Error(())),
    }
}

/// A text that is there: nom's own `tag` compares byte by byte, which is half of the time of lines with long keys.
fn tag(text: &'static str) -> impl Fn(&[u8]) -> IResult<&[u8], &[u8], ()> {
    move |l| match l.strip_prefix(text.as_bytes()) {
        Some(rest) => Ok((rest, &l[..text.len()])),
        None => Err(nom::Err::Error(())),
    }
}

/// The same by hand: what stands in front of a byte, and what from there on.
fn cut(l: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    l.split_at_checked(memchr(byte, l)?)
}

fn combined_by_hand(l: &[u8]) -> Option<Cut<'_>> {
    let (_, l) = cut(l, b'[')?;
    let (time, l) = l.get(1..)?.split_at_checked(26)?;
    let (request, l) = cut(l.strip_prefix(b"] \"")?, b'"')?;
    Some((time, l.strip_prefix(b"\" ")?.get(..3)?, request))
}

fn combined_by_nom(l: &[u8]) -> Option<Cut<'_>> {
    fn line(l: &[u8]) -> Leaf<'_> {
        let (l, (_, _, time, _)) = (until(b'['), tag("["), take(26usize), tag("] \"")).parse(l)?;
        let (l, (request, _, status)) = (until(b'"'), tag("\" "), take(3usize)).parse(l)?;
        Ok((l, (time, status, request)))
    }
    whole(line(l))
}

fn json_by_hand(l: &[u8]) -> Option<Cut<'_>> {
    let (time, l) = cut(l.strip_prefix(br#"{"time":""#)?, b'"')?;
    let (_, l) = cut(l.strip_prefix(br#"","remote_addr":""#)?, b'"')?;
    let (request, l) = cut(l.strip_prefix(br#"","request":""#)?, b'"')?;
    let l = l.strip_prefix(br#"","status":"#)?;
    let n = l.iter().take_while(|c| c.is_ascii_digit()).count();
    Some((time, l.get(..n).filter(|s| !s.is_empty())?, request))
}

fn digits(b: &[u8]) -> IResult<&[u8], &[u8], ()> {
    take_while1(|c: u8| c.is_ascii_digit()).parse(b)
}

fn json_by_nom(l: &[u8]) -> Option<Cut<'_>> {
    fn line(l: &[u8]) -> Leaf<'_> {
        let (l, (_, time)) = (tag(r#"{"time":""#), until(b'"')).parse(l)?;
        let (l, (_, _)) = (tag(r#"","remote_addr":""#), until(b'"')).parse(l)?;
        let (l, (_, request)) = (tag(r#"","request":""#), until(b'"')).parse(l)?;
        let (l, (_, status)) = (tag(r#"","status":"#), digits).parse(l)?;
        Ok((l, (time, status, request)))
    }
    whole(line(l))
}

fn logfmt_by_hand(l: &[u8]) -> Option<Cut<'_>> {
    let (time, l) = cut(l.strip_prefix(b"ts=")?, b' ')?;
    let (level, l) = cut(l.strip_prefix(b" level=")?, b' ')?;
    let (before, l) = cut(l, b'"')?;
    let (text, _) = cut(l.get(1..)?, b'"')?;
    before.ends_with(b" msg=").then_some((time, level, text))
}

fn logfmt_by_nom(l: &[u8]) -> Option<Cut<'_>> {
    fn line(l: &[u8]) -> Leaf<'_> {
        let (l, (_, time)) = (tag("ts="), until(b' ')).parse(l)?;
        let (l, (_, level)) = (tag(" level="), until(b' ')).parse(l)?;
        let message = |b: &&[u8]| b.ends_with(b" msg=");
        let (l, (_, _, text)) = (verify(until(b'"'), message), tag("\""), until(b'"')).parse(l)?;
        Ok((l, (time, level, text)))
    }
    whole(line(l))
}

fn text_by_hand(l: &[u8]) -> Option<Cut<'_>> {
    let (time, l) = l.split_at_checked(23)?;
    let (level, l) = cut(l.trim_ascii_start(), b' ')?;
    let (_, l) = cut(l.trim_ascii_start().strip_prefix(b"[")?, b']')?;
    let (_, l) = cut(l.strip_prefix(b"] ")?, b' ')?;
    let dated = time[4] == b'-' && time[13] == b':' && time[19] == b',';
    Some((time, level, l.strip_prefix(b" - ").filter(|_| dated)?))
}

fn text_by_nom(l: &[u8]) -> Option<Cut<'_>> {
    fn line(l: &[u8]) -> Leaf<'_> {
        let dated = |t: &&[u8]| t[4] == b'-' && t[13] == b':' && t[19] == b',';
        let (l, (time, _)) = (verify(take(23usize), dated), space0).parse(l)?;
        let (l, (level, _, _)) = (until(b' '), space0, tag("[")).parse(l)?;
        let (text, (_, _, _, _)) = (until(b']'), tag("] "), until(b' '), tag(" - ")).parse(l)?;
        Ok((&text[text.len()..], (time, level, text)))
    }
    whole(line(l))
}

fn syslog_by_hand(l: &[u8]) -> Option<Cut<'_>> {
    let (time, l) = l.split_at_checked(15)?;
    let (_, l) = cut(l.strip_prefix(b" ")?, b' ')?;
    let (_, l) = cut(l, b':')?;
    let text = l.strip_prefix(b": ")?;
    let dated = time[3] == b' ' && time[9] == b':';
    Some((time, cut(text, b' ').filter(|_| dated)?.0, text))
}

fn syslog_by_nom(l: &[u8]) -> Option<Cut<'_>> {
    fn line(l: &[u8]) -> Leaf<'_> {
        let dated = |t: &&[u8]| t[3] == b' ' && t[9] == b':';
        let (l, (time, _, _)) = (verify(take(15usize), dated), tag(" "), until(b' ')).parse(l)?;
        let (text, (_, _)) = (until(b':'), tag(": ")).parse(l)?;
        let (_, level) = until(b' ').parse(text)?;
        Ok((&text[text.len()..], (time, level, text)))
    }
    whole(line(l))
}

fn haproxy_by_hand(l: &[u8]) -> Option<Cut<'_>> {
    let (_, l) = cut(l, b'[')?;
    let (time, l) = cut(l.get(1..)?, b']')?;
    let (_, l) = cut(l.strip_prefix(b"] ")?, b' ')?;
    let (_, l) = cut(l.get(1..)?, b' ')?;
    let (_, l) = cut(l.get(1..)?, b' ')?;
    let (status, l) = cut(l.get(1..)?, b' ')?;
    let (_, l) = cut(l, b'"')?;
    Some((time, status, cut(l.get(1..)?, b'"')?.0))
}

fn haproxy_by_nom(l: &[u8]) -> Option<Cut<'_>> {
    fn line(l: &[u8]) -> Leaf<'_> {
        let field = || (until(b' '), tag(" "));
        let (l, (_, _, time, _)) = (until(b'['), tag("["), until(b']'), tag("] ")).parse(l)?;
        let (l, (_, _, _, status)) = (field(), field(), field(), until(b' ')).parse(l)?;
        let (l, (_, _, request)) = (until(b'"'), tag("\""), until(b'"')).parse(l)?;
        Ok((l, (time, status, request)))
    }
    whole(line(l))
}

/// Every kind that is read in three ways.
pub const VARIANTS: &[Variant] = &[
    Variant {
        group: "web: nginx combined",
        hand: combined_by_hand,
        nom: combined_by_nom,
        pattern: r#"^(\S+) \S+ \S+ \[([^\]]+)\] "([^"]*)" (\d{3}) (\d+|-) "([^"]*)" "([^"]*)"$"#,
        captures: [2, 4, 3],
    },
    Variant {
        group: "web: JSON access",
        hand: json_by_hand,
        nom: json_by_nom,
        pattern: r#""time":"([^"]*)".*"request":"([^"]*)","status":(\d{3})"#,
        captures: [1, 3, 2],
    },
    Variant {
        group: "web: HAProxy",
        hand: haproxy_by_hand,
        nom: haproxy_by_nom,
        pattern: r#"\[([^\]]+)\] \S+ \S+ \S+ (\d+) .*"([^"]*)"$"#,
        captures: [1, 2, 3],
    },
    Variant {
        group: "app: logfmt",
        hand: logfmt_by_hand,
        nom: logfmt_by_nom,
        pattern: r#"ts=(\S+) level=(\S+).*msg="([^"]*)".*status=(\d+)"#,
        captures: [1, 2, 3],
    },
    Variant {
        group: "app: text with a time",
        hand: text_by_hand,
        nom: text_by_nom,
        pattern: r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) +(\w+) +\[([^\]]+)\] (\S+) - (.*)$",
        captures: [1, 2, 5],
    },
    Variant {
        group: "app: syslog",
        hand: syslog_by_hand,
        nom: syslog_by_nom,
        pattern: r"^(\w{3} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([^\[:]+)(?:\[(\d+)\])?: ((\S+) .*)$",
        captures: [1, 6, 5],
    },
];

impl Variant {
    /// The fields by `regex`.
    pub fn by_regex<'l>(
        &self,
        r: &Regex,
        at: &mut CaptureLocations,
        l: &'l [u8],
    ) -> Option<Cut<'l>> {
        r.captures_read(at, l)?;
        let [a, b, c] = self
            .captures
            .map(|n| at.get(n).map(|(from, to)| &l[from..to]));
        Some((a?, b?, c?))
    }
}

/// A number that depends on what a line told.
pub fn sum(cut: Option<Cut<'_>>) -> u64 {
    cut.map_or(0, |(time, word, text)| {
        let last = time.last().copied().unwrap_or_default();
        let first = word.first().copied().unwrap_or_default();
        1 + u64::from(last) + (u64::from(first) << 8) + ((text.len() as u64) << 16)
    })
}
