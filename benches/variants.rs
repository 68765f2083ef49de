//! The same few fields of five kinds of line, read in three ways: by hand, with nom's combinators, with `regex` captures. What
//! a line tells here: where its time ends, its status or the first byte of its level, and how long its text is.
#![allow(
    dead_code,
    reason = "shared with nothing, and each kind uses its own part"
)]

use memchr::{memchr, memmem};
use nom::bytes::complete::{tag, take, take_till1, take_until, take_while1};
use nom::character::complete::space1;
use nom::{IResult, Parser};
use regex::bytes::{CaptureLocations, Regex};

/// Time as written, status or level, text.
pub type Told<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// One kind of line, and how it is read.
pub struct Variant {
    /// Name of the bench group.
    pub group: &'static str,
    /// By hand: the least that anybody would write.
    pub hand: for<'a> fn(&'a [u8]) -> Option<Told<'a>>,
    /// With combinators.
    pub nom: for<'a> fn(&'a [u8]) -> Option<Told<'a>>,
    /// The pattern that people write, with the fields as its captures of those numbers.
    pub pattern: &'static str,
    /// Which captures are the fields.
    pub captures: [usize; 3],
}

type Leaf<'a> = IResult<&'a [u8], Told<'a>, ()>;

fn whole(found: Leaf<'_>) -> Option<Told<'_>> {
    found.ok().map(|(_, told)| told)
}

/// What stands from the end of `a` to the start of `b`.
fn between<'l>(line: &'l [u8], a: &[u8], b: u8) -> Option<&'l [u8]> {
    let rest = &line[memmem::find(line, a)? + a.len()..];
    Some(&rest[..memchr(b, rest)?])
}

fn digits(b: &[u8]) -> IResult<&[u8], &[u8], ()> {
    take_while1(|c: u8| c.is_ascii_digit()).parse(b)
}

fn combined_by_hand(l: &[u8]) -> Option<Told<'_>> {
    let open = memchr(b'[', l)?;
    let time = l.get(open + 1..open + 27)?;
    let quote = open + 29;
    let close = quote + 1 + memchr(b'"', l.get(quote + 1..)?)?;
    Some((time, l.get(close + 2..close + 5)?, &l[quote + 1..close]))
}

fn combined_by_nom(l: &[u8]) -> Option<Told<'_>> {
    fn line(l: &[u8]) -> Leaf<'_> {
        let (l, _) = (take_until("["), tag("[")).parse(l)?;
        let (l, (time, _, request, _, status)) = (
            take(26usize),
            tag("] \""),
            take_until("\""),
            tag("\" "),
            take(3usize),
        )
            .parse(l)?;
        Ok((l, (time, status, request)))
    }
    whole(line(l))
}

fn json_by_hand(l: &[u8]) -> Option<Told<'_>> {
    let time = between(l, br#""time":""#, b'"')?;
    let request = between(l, br#""request":""#, b'"')?;
    let status = between(l, br#""status":"#, b',')?;
    Some((time, status, request))
}

fn json_by_nom(l: &[u8]) -> Option<Told<'_>> {
    fn line(l: &[u8]) -> Leaf<'_> {
        let (l, (_, time)) = (tag(r#"{"time":""#), take_until("\"")).parse(l)?;
        let (l, (_, _, request)) = (
            take_until(r#""request":""#),
            tag(r#""request":""#),
            take_until("\""),
        )
            .parse(l)?;
        let (l, (_, status)) = (tag(r#"","status":"#), digits).parse(l)?;
        Ok((l, (time, status, request)))
    }
    whole(line(l))
}

fn logfmt_by_hand(l: &[u8]) -> Option<Told<'_>> {
    let time = between(l, b"ts=", b' ')?;
    let level = between(l, b" level=", b' ')?;
    let text = between(l, b" msg=\"", b'"')?;
    Some((time, level, text))
}

fn logfmt_by_nom(l: &[u8]) -> Option<Told<'_>> {
    fn line(l: &[u8]) -> Leaf<'_> {
        let (l, (_, time)) = (tag("ts="), take_until(" ")).parse(l)?;
        let (l, (_, level)) = (tag(" level="), take_until(" ")).parse(l)?;
        let (l, (_, _, text)) =
            (take_until(" msg=\""), tag(" msg=\""), take_until("\"")).parse(l)?;
        Ok((l, (time, level, text)))
    }
    whole(line(l))
}

fn text_by_hand(l: &[u8]) -> Option<Told<'_>> {
    let time = l
        .get(..23)
        .filter(|t| t[4] == b'-' && t[13] == b':' && t[19] == b',')?;
    let rest = l[23..].trim_ascii_start();
    let level = &rest[..memchr(b' ', rest)?];
    let text = memmem::find(rest, b" - ")?;
    Some((time, level, &rest[text + 3..]))
}

fn text_by_nom(l: &[u8]) -> Option<Told<'_>> {
    fn line(l: &[u8]) -> Leaf<'_> {
        let (l, (time, _)) = (take(23usize), space1).parse(l)?;
        let (text, (level, _, _)) =
            (take_till1(|c| c == b' '), take_until(" - "), tag(" - ")).parse(l)?;
        Ok((&text[text.len()..], (time, level, text)))
    }
    whole(line(l))
}

fn syslog_by_hand(l: &[u8]) -> Option<Told<'_>> {
    let time = l.get(..15).filter(|t| t[3] == b' ' && t[9] == b':')?;
    let rest = l.get(16..)?;
    let host = memchr(b' ', rest)?;
    let colon = host + memmem::find(&rest[host..], b": ")?;
    let text = &rest[colon + 2..];
    Some((time, &text[..memchr(b' ', text)?], text))
}

fn syslog_by_nom(l: &[u8]) -> Option<Told<'_>> {
    fn line(l: &[u8]) -> Leaf<'_> {
        let (l, (time, _, _, _)) = (take(15usize), tag(" "), take_until(" "), tag(" ")).parse(l)?;
        let (text, (_, _)) = (take_until(": "), tag(": ")).parse(l)?;
        let (_, level) = take_until(" ").parse(text)?;
        Ok((&l[l.len()..], (time, level, text)))
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
        group: "app: logfmt",
        hand: logfmt_by_hand,
        nom: logfmt_by_nom,
        pattern: r#"ts=(\S+) level=(\S+).*msg="([^"]*)".*status=(\d+)"#,
        captures: [1, 2, 3],
    },
    Variant {
        group: "app: time level message",
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
    ) -> Option<Told<'l>> {
        r.captures_read(at, l)?;
        let [a, b, c] = self
            .captures
            .map(|n| at.get(n).map(|(from, to)| &l[from..to]));
        Some((a?, b?, c?))
    }
}

/// A number that hangs on what a line told.
pub fn sum(told: Option<Told<'_>>) -> u64 {
    told.map_or(0, |(time, word, text)| {
        let last = time.last().copied().unwrap_or_default();
        let first = word.first().copied().unwrap_or_default();
        1 + u64::from(last) + (u64::from(first) << 8) + ((text.len() as u64) << 16)
    })
}
