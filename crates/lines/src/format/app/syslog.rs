//! Syslog in its three spellings: RFC 3164 (with or without priority), RFC 5424, and lines with an ISO stamp (rsyslog's
//! FileFormat, `journalctl -o short-iso`). The text is what follows the tag; what an application embeds stays a message.

use crate::format::app::klog;
use crate::format::app::text::stated_level;
use crate::format::leaf::{
    Leaf, Parser, alt, before_near, blank, cell, consumed, delimited, eof, many0_count,
    multispace0, opt, peek, preceded, quoted, recognize, tag, take_while_m_n, take_while1,
    terminated, uint, unless_dash, value, verify,
};
use crate::format::ops::apt;
use crate::format::pager::value as pager_value;
use crate::record::{Body, Kind, Level, Message, Record};
use crate::table::{Meanings, byte_words, meanings};
use crate::time::zone::abbreviation;
use crate::time::{Precision, Stamp, stamp};
use memchr::memchr;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Longest tag of the table.
const LONGEST: usize = 16;

/// The scopes of the tags that are known.
static TAGS: LazyLock<Meanings<Kind>> = LazyLock::new(|| meanings(include_str!("tags.tsv")));

/// The scope of a tag. Tags of the system itself name no service; systemd's lines name a unit instead.
fn scope(tag: &[u8]) -> Kind {
    let mut lower = [0; LONGEST];
    let short = lower.get_mut(..tag.len());
    let lower = short.map_or(&[][..], |l| {
        l.copy_from_slice(tag);
        l.make_ascii_lowercase();
        l
    });
    let begins = |front: &[u8]| tag.starts_with(front);
    match TAGS.get(lower) {
        Some(kind) => *kind,
        None if begins(b"systemd-") => Kind::System,
        None if begins(b"ansible-") || begins(b"deploy-") => Kind::Deploy,
        None => Kind::App,
    }
}

/// A priority in angle brackets, as severity. An octet count of TCP framing before it is passed over.
fn priority(i: &[u8]) -> Leaf<'_, Level> {
    let digits = |most| take_while_m_n(1, most, |c: u8| c.is_ascii_digit());
    let number = delimited(tag("<"), digits(3).map_opt(uint), tag(">"));
    preceded(opt((digits(6), tag(" "))), number)
        .map_opt(|n| (n < 192).then(|| Level::of_syslog(n % 8)))
        .parse(i)
}

/// A field that may say `-` for nothing.
fn field(i: &[u8]) -> Leaf<'_, Option<&[u8]>> {
    cell(b' ')
        .map(|w| Some(unless_dash(w)).filter(|w| !w.is_empty()))
        .parse(i)
}

/// A tag at the start, up to the colon behind it: its name, and whether a process number follows the name.
fn program(i: &[u8]) -> Leaf<'_, (&[u8], bool)> {
    let fits = |c: u8| c.is_ascii_alphanumeric() || b"-_./@()+\\".contains(&c);
    let process = preceded(tag("["), before_near(b']', 24))
        .map(|p| !p.is_empty() && p.iter().all(u8::is_ascii_digit));
    let name = (take_while_m_n(1, 64, fits), opt(process));
    let (text, (name, numbered)) = terminated(name, tag(":")).parse(i)?;
    let numbered = numbered == Some(true);
    match text.first() {
        Some(b' ') => Ok((&text[1..], (name, numbered))),
        Some(_) if !numbered => Err(nom::Err::Error(())),
        _ => Ok((text, (name, numbered))),
    }
}

/// A host name, address, or `source@host` chain of syslog-ng (its last part).
fn host(b: &[u8]) -> Option<&[u8]> {
    let last = b.rsplit(|c| *c == b'@').next().unwrap_or(b);
    let fits = |c: &u8| c.is_ascii_alphanumeric() || b"-_.:".contains(c);
    let good = (1..=255).contains(&last.len()) && last.iter().all(fits) && !last.ends_with(b":");
    good.then_some(last)
}

/// Whether a host looks like a machine's, and not like a word of a sentence.
fn is_machine(host: &[u8]) -> bool {
    let marked = |c: &u8| c.is_ascii_digit() || matches!(c, b'-' | b'.');
    host.iter().any(marked)
}

/// The unit that a systemd line names: `Started site.service - …`, `shop.service: Failed …`; without its suffix.
fn unit(text: &[u8]) -> Option<&[u8]> {
    text.split(|c| *c == b' ').take(8).find_map(|w| {
        let w = w
            .strip_suffix(b":")
            .or_else(|| w.strip_suffix(b"."))
            .unwrap_or(w);
        let w = w.strip_suffix(b"...").unwrap_or(w);
        w.strip_suffix(b".service").filter(|u| !u.is_empty())
    })
}

/// The text of a kernel line without its uptime: `[ 3832.351195] `, with a caller id `[    T1]` if it has one.
fn after_uptime(text: &[u8]) -> &[u8] {
    let Some(inner) = text.strip_prefix(b"[") else {
        return text;
    };
    let Some(end) = memchr(b']', &inner[..inner.len().min(24)]) else {
        return text;
    };
    let t = inner[..end].trim_ascii();
    if t.is_empty() || !t.iter().all(|c| c.is_ascii_digit() || *c == b'.') {
        return text;
    }
    let rest = &inner[end + 1..];
    rest.strip_prefix(b" ").unwrap_or(rest)
}

/// The level that network gear writes into its messages: `%ASA-4-106023: …`, `%LINK-3-UPDOWN: …`.
fn facility_level(text: &[u8]) -> Option<Level> {
    let rest = text.strip_prefix(b"%")?;
    let colon = memchr(b':', &rest[..rest.len().min(64)])?;
    let mut parts = rest[..colon].split(|c| *c == b'-');
    let facility = parts.next()?;
    let digit = parts.find(|p| matches!(p, [b'0'..=b'7']))?;
    let named = !facility.is_empty()
        && facility
            .iter()
            .all(|c| c.is_ascii_uppercase() || *c == b'_');
    (named && parts.next().is_some()).then(|| Level::of_syslog(u64::from(digit[0] - b'0')))
}

/// The message of network gear, behind a clock of its own where it has one, and its level.
pub(crate) fn said_by_device(text: &[u8]) -> Option<(Level, &[u8])> {
    const CLOCK: usize = 48;
    let at = memchr(b'%', &text[..text.len().min(CLOCK)])?;
    let (before, said) = text.split_at(at);
    let first = before.is_empty() || before.ends_with(b": ");
    first.then_some((facility_level(said)?, said))
}

/// A line that was cut and whose text is not read yet: its time, level, host, tag and text.
pub(crate) type UnreadLine<'a> = (
    Option<Stamp>,
    Level,
    Option<&'a [u8]>,
    Option<&'a [u8]>,
    &'a [u8],
);

/// Whether a text begins as one does that has a head of klog, which is no part of the message.
pub(crate) fn may_be_klog(text: &[u8]) -> bool {
    matches!(text, [b'E' | b'F' | b'I' | b'W', b'0'..=b'9', ..])
}

/// Whether it is said by the text what is made of it behind that tag.
pub(crate) fn depends_on_text(tag: &[u8]) -> bool {
    const TOOLS: [&[u8]; 7] =
        byte_words("systemd kernel sudo dnf yum unattended-upgrade unattended-upgrades");
    TOOLS.contains(&tag)
}

/// The record of a tagged text.
pub(crate) fn record<'a>((stamp, level, host, tag, text): UnreadLine<'a>) -> Record<'a> {
    if let Some(n) = tag.and_then(|tool| apt::by_syslog(tool, text)) {
        return pager_value::record(stamp, vec![n]).at_host(host);
    }
    let mut r = Record::new(stamp, Body::Nothing).at_host(host);
    let mut m = Message::new(stated_level(text, Some(level)), text);
    let device = said_by_device(text);
    if let Some((level, said)) = device {
        (m.level, m.text) = (level, Cow::Borrowed(said));
        r.scope = Some(Kind::System);
    }
    // `kubelet[812]: I1016 13:21:18.938977 812 kubelet.go:2447] text`
    if may_be_klog(text)
        && let Some((level, _, said)) = klog::entry(text)
    {
        (m.level, m.text) = (level, Cow::Borrowed(said));
    }
    // what stands where a tag would is the number of its message
    if let Some(tag) = tag.filter(|_| device.is_none()) {
        let s = scope(tag);
        r.scope = Some(s);
        match tag {
            b"systemd" => r.service = unit(text).map(Cow::Borrowed),
            b"kernel" => m.text = Cow::Borrowed(after_uptime(text)),
            b"sudo" => {
                let mut t = b"sudo: ".to_vec();
                t.extend_from_slice(text.trim_ascii_start());
                m.text = Cow::Owned(t);
            }
            _ if s != Kind::System => {
                // `postfix/smtpd`, and no number of an instance: `cart/014c9c02`
                let digits = |p: &&[u8]| p.iter().any(u8::is_ascii_digit);
                let number = |p: &&[u8]| p.len() >= 8 && p.iter().all(u8::is_ascii_hexdigit);
                let mut parts = tag.rsplit(|c| *c == b'/');
                let name = parts.find(|p| !(number(p) && digits(p)));
                r.service = Some(Cow::Borrowed(name.unwrap_or(tag)));
            }
            _ => {}
        }
    }
    r.body = Body::Message(m);
    r
}

/// The record of what a program wrote to the journal under its name.
pub fn tagged<'a>(
    stamp: Option<Stamp>,
    level: Level,
    tag: Option<&'a [u8]>,
    text: &'a [u8],
) -> Record<'a> {
    record((stamp, level, None, tag, text))
}

/// RFC 3164 after its priority: no year, no zone; host and tag may be missing.
fn rfc3164(b: &[u8], level: Level) -> Option<UnreadLine<'_>> {
    let time = alt((stamp::syslog, stamp::yearless));
    let (rest, stamp) = terminated(time, alt((tag(" "), tag(": ")))).parse(b).ok()?;
    let at = Some(stamp);
    if let Ok((text, (t, _))) = program(rest) {
        return Some((at, level, None, Some(t), text));
    }
    let host = terminated(cell(b' ').map_opt(host), multispace0).parse(rest);
    if let Ok((after, h)) = host {
        let after = not_twice(h, after);
        if let Ok((text, (t, _))) = program(after) {
            return Some((at, level, Some(h), Some(t), text));
        }
        // F5 writes the level in front of the program
        let numbered = verify(program, |(_, numbered): &(&[u8], bool)| *numbered);
        let levelled = (cell(b' ').map_opt(word_of_syslog), numbered).parse(after);
        if let Ok((text, (level, (t, _)))) = levelled {
            return Some((at, level, Some(h), Some(t), text));
        }
        if is_machine(h) && !after.is_empty() {
            return Some((at, level, Some(h), None, after));
        }
    }
    Some((at, level, None, None, rest))
}

/// What stands behind a host, without that host once more: a relay writes its own in front of the one that the sender wrote.
fn not_twice<'a>(host: &[u8], rest: &'a [u8]) -> &'a [u8] {
    let again = rest.strip_prefix(host).and_then(|r| r.strip_prefix(b" "));
    again.unwrap_or(rest)
}

/// The level that one of syslog's own words names.
fn word_of_syslog(w: &[u8]) -> Option<Level> {
    const WORDS: [&[u8]; 8] = [
        b"emerg", b"alert", b"crit", b"err", b"warning", b"notice", b"info", b"debug",
    ];
    let n = WORDS.iter().position(|x| *x == w)?;
    Some(Level::of_syslog(n as u64))
}

/// The structured data of RFC 5424: `-`, or elements in brackets.
fn structured(i: &[u8]) -> Leaf<'_, ()> {
    let elements = terminated(many0_count(element), peek(alt((tag(" "), eof))));
    alt((value((), tag("-")), value((), elements))).parse(i)
}

/// `[id key="value"]`, in which quoted brackets do not close.
fn element(i: &[u8]) -> Leaf<'_, &[u8]> {
    let bare = take_while1(|c| !matches!(c, b'"' | b']'));
    recognize((tag("["), many0_count(alt((quoted, bare))), tag("]"))).parse(i)
}

/// RFC 5424 after its priority and version: `TIME HOST APP PROCID MSGID STRUCTURED TEXT`.
fn rfc5424(b: &[u8], level: Level) -> Option<UnreadLine<'_>> {
    let time = cell(b' ').map_opt(|w| match w {
        b"-" => Some(None),
        _ => stamp::whole(w).map(Some),
    });
    let (text, (stamp, machine, app, _procid, _msgid, _)) =
        (time, field, field, field, field, structured)
            .parse(b)
            .ok()?;
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    Some((stamp, level, machine.and_then(host), app, text))
}

/// An ISO stamp, a host, and a tag. Without a process number the tag must be one of the system, or the stamp must be written as
/// rsyslog does (numeric offset) behind a host that looks like one: `…Z deploy finished: shop` is text.
fn iso_stamped(b: &[u8]) -> Option<UnreadLine<'_>> {
    b.get(10).filter(|c| **c == b'T')?;
    let host = cell(b' ').map_opt(host);
    let (rest, ((written, stamp), h)) = (consumed(stamp::iso), blank(host)).parse(b).ok()?;
    let (text, (t, numbered)) = program(not_twice(h, rest)).ok()?;
    stamp.offset_min?;
    let numeric = written.last() != Some(&b'Z');
    let sure = numbered
        || (numeric && (is_machine(h) || stamp.precision == Precision::Micro))
        || (scope(t) == Kind::System && t != b"reboot");
    sure.then_some((Some(stamp), Level::Info, Some(h), Some(t), text))
}

/// A time, a host and a tag: behind a priority with an ISO stamp (Fastly, rsyslog to a collector), or as `journalctl` writes them
/// with a whole date (`-o short-full`) or an epoch (`-o short-unix`); these always have a process number.
fn stamped_host<'a>(
    (rest, stamp): (&'a [u8], Stamp),
    level: Level,
    pid: bool,
) -> Option<UnreadLine<'a>> {
    let mut rest = rest.strip_prefix(b" ")?;
    let mut stamp = stamp;
    if let (None, Some((offset_min, n))) = (stamp.offset_min, abbreviation(rest)) {
        stamp.offset_min = offset_min;
        rest = rest[n..].strip_prefix(b" ")?;
    }
    let (rest, h) = cell(b' ').map_opt(host).parse(rest).ok()?;
    let (text, (t, numbered)) = program(not_twice(h, rest)).ok()?;
    (numbered || !pid || t == b"kernel").then_some((Some(stamp), level, Some(h), Some(t), text))
}

/// What `journalctl` writes between the lines: `-- Boot 1f2e3d4c --`, `-- Journal begins at …, ends at …. --`.
fn between(line: &[u8]) -> Option<Record<'_>> {
    let own = line.strip_prefix(b"-- ")?.strip_suffix(b" --")?;
    let begins = [
        &b"Boot "[..],
        b"Reboot",
        b"Journal begins",
        b"Logs begin",
        b"No entries",
    ];
    let known = begins.iter().any(|b| own.starts_with(b));
    known.then(|| Record::new(None, Body::Header(Vec::new())))
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    match line.first() {
        Some(b'-') => between(line),
        _ => parts(line).map(record),
    }
}

/// Cuts one line.
pub(crate) fn parts(line: &[u8]) -> Option<UnreadLine<'_>> {
    let first = *line.first()?;
    if first == b'<' || (first.is_ascii_digit() && line.get(4) != Some(&b'-')) {
        if line.get(10) == Some(&b'.') {
            return stamped_host(stamp::epoch(line).ok()?, Level::Info, true);
        }
        let (rest, level) = priority(line).ok()?;
        return match rest.strip_prefix(b"1 ") {
            Some(r) => rfc5424(r, level),
            None => {
                rfc3164(rest, level).or_else(|| stamped_host(stamp::iso(rest).ok()?, level, false))
            }
        };
    }
    if first.is_ascii_digit() {
        return iso_stamped(line);
    }
    let weekday = || stamped_host(stamp::weekday(line).ok()?, Level::Info, true);
    rfc3164(line, Level::Info).or_else(weekday)
}
