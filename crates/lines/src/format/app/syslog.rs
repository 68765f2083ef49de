//! Syslog in its three spellings: RFC 3164 (with or without priority), RFC 5424, and lines with an ISO stamp (rsyslog's
//! FileFormat, `journalctl -o short-iso`). The text is what follows the tag; what an application embeds stays a message.

use crate::format::Format;
use crate::format::line_features::Signs;
use crate::record::{At, Body, Kind, Level, Message, Record};
use crate::time::zone::abbreviation;
use crate::time::{Precision, Stamp, stamp};
use memchr::memchr;
use std::borrow::Cow;

/// The syslog format.
pub struct Syslog;

/// Longest tag of the table.
const LONGEST: usize = 16;

/// The scope of a tag. Tags of the system itself name no service; systemd's lines name a unit instead.
fn scope(tag: &[u8]) -> Kind {
    let mut lower = [0; LONGEST];
    let short = lower.get_mut(..tag.len());
    let lower = short.map_or(&[][..], |l| {
        l.copy_from_slice(tag);
        l.make_ascii_lowercase();
        l
    });
    match lower {
        b"kernel" | b"systemd" | b"sudo" | b"su" | b"cron" | b"crond" | b"anacron" | b"atd"
        | b"sshd" | b"init" | b"upsmon" | b"upsd" | b"apcupsd" | b"nut" | b"smartd" | b"mcelog"
        | b"rasdaemon" | b"ntpd" | b"chronyd" | b"networkmanager" | b"dhclient" | b"rsyslogd"
        | b"syslog-ng" | b"logrotate" | b"auditd" | b"audit" | b"dbus-daemon" | b"polkitd"
        | b"shutdown" | b"reboot" | b"watchdog" | b"thermald" | b"ipmievd" | b"multipathd"
        | b"keepalived" | b"earlyoom" | b"udevd" | b"login" | b"acpid" | b"irqbalance" => {
            Kind::System
        }
        // web servers and proxies
        b"nginx" | b"haproxy" | b"apache2" | b"httpd" | b"caddy" | b"traefik" | b"envoy"
        | b"varnishd" | b"squid" => Kind::Web,
        b"deploy" | b"deployer" | b"deployment" | b"ansible" | b"ansible-playbook" | b"puppet"
        | b"puppet-agent" | b"chef" | b"chef-client" | b"salt-minion" | b"cap" | b"capistrano"
        | b"jenkins" | b"argocd" | b"flux" | b"helm" | b"spinnaker" | b"rollout" | b"release"
        | b"ci" | b"cd" => Kind::Deploy,
        b"pager" | b"pagerduty" | b"alertmanager" | b"opsgenie" | b"oncall" | b"nagios"
        | b"icinga2" => Kind::Pager,
        _ if tag.starts_with(b"systemd-") => Kind::System,
        _ if tag.starts_with(b"ansible-") || tag.starts_with(b"deploy-") => Kind::Deploy,
        _ => Kind::App,
    }
}

/// A priority in angle brackets, as severity, with the rest. An octet count of TCP framing before it is passed over.
fn priority(b: &[u8]) -> Option<(Level, &[u8])> {
    let n = b.iter().take(6).take_while(|c| c.is_ascii_digit()).count();
    let b = if n > 0 { b[n..].strip_prefix(b" ")? } else { b };
    let inner = b.strip_prefix(b"<")?;
    let end = memchr(b'>', &inner[..inner.len().min(4)])?;
    if end == 0 || !inner[..end].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let pri = inner[..end]
        .iter()
        .fold(0u32, |a, c| a * 10 + u32::from(c - b'0'));
    let level = match pri % 8 {
        0..=2 => Level::Fatal,
        3 => Level::Error,
        4 => Level::Warn,
        5 | 6 => Level::Info,
        _ => Level::Debug,
    };
    (pri < 192).then_some((level, &inner[end + 1..]))
}

/// The word up to the next blank, and the rest without one blank.
fn field(b: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b' ', b) {
        Some(i) => (&b[..i], &b[i + 1..]),
        None => (b, b""),
    }
}

/// A tag at the start: its name, whether a process number follows it, and the text after its colon.
fn tag(b: &[u8]) -> Option<(&[u8], bool, &[u8])> {
    let n = b
        .iter()
        .take(64)
        .take_while(|c| {
            c.is_ascii_alphanumeric()
                || matches!(
                    c,
                    b'-' | b'_' | b'.' | b'/' | b'@' | b'(' | b')' | b'+' | b'\\'
                )
        })
        .count();
    if n == 0 {
        return None;
    }
    let mut rest = &b[n..];
    let mut pid = false;
    if let Some(inner) = rest.strip_prefix(b"[") {
        let end = memchr(b']', &inner[..inner.len().min(24)])?;
        pid = end > 0 && inner[..end].iter().all(u8::is_ascii_digit);
        rest = &inner[end + 1..];
    }
    let rest = rest.strip_prefix(b":")?;
    if !(rest.is_empty() || rest.starts_with(b" ") || pid) {
        return None;
    }
    Some((&b[..n], pid, rest.strip_prefix(b" ").unwrap_or(rest)))
}

/// A host name, address, or `source@host` chain of syslog-ng (its last part).
fn host(b: &[u8]) -> Option<&[u8]> {
    let last = b.rsplit(|c| matches!(c, b'@')).next().unwrap_or(b);
    let good = !last.is_empty()
        && last.len() <= 255
        && last
            .iter()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.' | b':'))
        && !last.ends_with(b":");
    good.then_some(last)
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

/// The record of a tagged text.
fn record<'a>(
    stamp: Option<Stamp>,
    level: Level,
    host: Option<&'a [u8]>,
    tag: Option<&'a [u8]>,
    text: &'a [u8],
) -> Record<'a> {
    let mut r = Record {
        stamp,
        stamped: At::End,
        host: host.map(Cow::Borrowed),
        service: None,
        version: None,
        scope: None,
        body: Body::Nothing,
    };
    let mut m = Message::new(level, text);
    let bare = text.strip_prefix(b": ").unwrap_or(text);
    if let Some(level) = facility_level(bare) {
        (m.level, m.text) = (level, Cow::Borrowed(bare));
    }
    if let Some(tag) = tag {
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
                let name = tag.rsplit(|c| *c == b'/').next().unwrap_or(tag);
                r.service = Some(Cow::Borrowed(name));
            }
            _ => {}
        }
    }
    r.body = Body::Message(m);
    r
}

/// The record of what a program told the journal under its name.
pub fn tagged<'a>(
    stamp: Option<Stamp>,
    level: Level,
    tag: Option<&'a [u8]>,
    text: &'a [u8],
) -> Record<'a> {
    record(stamp, level, None, tag, text)
}

/// RFC 3164 after its priority: no year, no zone; host and tag may be missing.
fn rfc3164(b: &[u8], level: Level) -> Option<Record<'_>> {
    let (rest, stamp) = stamp::syslog(b).or_else(|_| stamp::yearless(b)).ok()?;
    let rest = rest
        .strip_prefix(b" ")
        .or_else(|| rest.strip_prefix(b": "))?;
    if let Some((t, _, text)) = tag(rest) {
        return Some(record(Some(stamp), level, None, Some(t), text));
    }
    let (first, after) = field(rest);
    let after = after.trim_ascii_start();
    if let Some(h) = host(first) {
        if let Some((t, _, text)) = tag(after) {
            return Some(record(Some(stamp), level, Some(h), Some(t), text));
        }
        // F5 writes the level in front of the program
        let (word, behind) = field(after);
        if let (Some(l), Some((t, true, text))) = (word_of_syslog(word), tag(behind)) {
            return Some(record(Some(stamp), l, Some(h), Some(t), text));
        }
        if h.iter()
            .any(|c| c.is_ascii_digit() || matches!(c, b'-' | b'.'))
            && !after.is_empty()
        {
            return Some(record(Some(stamp), level, Some(h), None, after));
        }
    }
    Some(record(Some(stamp), level, None, None, rest))
}

/// The level that one of syslog's own words names.
fn word_of_syslog(w: &[u8]) -> Option<Level> {
    const WORDS: [&[u8]; 8] = [
        b"emerg", b"alert", b"crit", b"err", b"warning", b"notice", b"info", b"debug",
    ];
    let n = WORDS.iter().position(|x| *x == w)?;
    Some(Level::of_syslog(n as u64))
}

/// The structured data of RFC 5424 at the start: what follows it.
fn after_structured(b: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = b.strip_prefix(b"-") {
        return Some(rest);
    }
    let mut b = b;
    while b.first() == Some(&b'[') {
        let (mut i, mut quoted) = (1, false);
        loop {
            match b.get(i)? {
                b'\\' if quoted => i += 1,
                b'"' => quoted = !quoted,
                b']' if !quoted => break,
                _ => {}
            }
            i += 1;
        }
        b = &b[i + 1..];
    }
    (b.is_empty() || b.starts_with(b" ")).then_some(b)
}

/// RFC 5424 after its priority and version.
fn rfc5424(b: &[u8], level: Level) -> Option<Record<'_>> {
    let (time, rest) = field(b);
    let stamp = match time {
        b"-" => None,
        _ => Some(stamp::whole(time)?),
    };
    let (h, rest) = field(rest);
    let (app, rest) = field(rest);
    let (_procid, rest) = field(rest);
    let (_msgid, rest) = field(rest);
    let text = after_structured(rest)?;
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let named = |b: &'_ [u8]| b != b"-" && !b.is_empty();
    let host_name = if named(h) { host(h) } else { None };
    let tag_name = if named(app) { Some(app) } else { None };
    Some(record(stamp, level, host_name, tag_name, text))
}

/// An ISO stamp, a host, and a tag. Without a process number the tag must be one of the system, or the stamp must be written as
/// rsyslog does (numeric offset) behind a host that looks like one: `…Z deploy finished: shop` is text.
fn iso_stamped(b: &[u8]) -> Option<Record<'_>> {
    if !matches!(b.get(10), Some(b'T')) {
        return None;
    }
    let (rest, stamp) = stamp::iso(b).ok()?;
    stamp.offset_min?;
    let numeric = b[..b.len() - rest.len()].last() != Some(&b'Z');
    let (first, after) = field(rest.strip_prefix(b" ")?);
    let h = host(first)?;
    let (t, pid, text) = tag(after)?;
    let machine = h
        .iter()
        .any(|c| c.is_ascii_digit() || matches!(c, b'-' | b'.'));
    let micro = stamp.precision == Precision::Micro;
    let sure =
        pid || (numeric && (machine || micro)) || (scope(t) == Kind::System && t != b"reboot");
    sure.then(|| record(Some(stamp), Level::Info, Some(h), Some(t), text))
}

/// A time, a host and a tag: behind a priority with an ISO stamp (Fastly, rsyslog to a collector), or as `journalctl` writes them
/// with a whole date (`-o short-full`) or an epoch (`-o short-unix`); these always have a process number.
fn stamped_host<'a>(
    (rest, stamp): (&'a [u8], Stamp),
    level: Level,
    pid: bool,
) -> Option<Record<'a>> {
    let mut rest = rest.strip_prefix(b" ")?;
    let mut stamp = stamp;
    if let (None, Some((offset_min, n))) = (stamp.offset_min, abbreviation(rest)) {
        stamp.offset_min = offset_min;
        rest = rest[n..].strip_prefix(b" ")?;
    }
    let (first, after) = field(rest);
    let h = host(first)?;
    let (t, has_pid, text) = tag(after)?;
    (has_pid || !pid || t == b"kernel").then(|| record(Some(stamp), level, Some(h), Some(t), text))
}

impl Format for Syslog {
    fn name(&self) -> &str {
        "syslog"
    }
    fn kind(&self) -> Kind {
        Kind::System
    }
    fn about(&self) -> &str {
        "syslog files and wire lines: RFC 3164, RFC 5424, ISO-stamped (rsyslog, journalctl)"
    }
    fn sample(&self) -> &str {
        "Nov 20 06:33:21 web-1 systemd[1]: Started shop.service - shop application server."
    }

    fn shows(&self, first: u8) -> Signs {
        match first {
            b'<' => Signs::NONE,
            b'0'..=b'9' => Signs::NO_CLIENT,
            _ => Signs::TIMED,
        }
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let first = *line.first()?;
        if first == b'<' || (first.is_ascii_digit() && line.get(4) != Some(&b'-')) {
            if line.get(10) == Some(&b'.') {
                return stamped_host(stamp::epoch(line).ok()?, Level::Info, true);
            }
            let (level, rest) = priority(line)?;
            return match rest.strip_prefix(b"1 ") {
                Some(r) => rfc5424(r, level),
                None => rfc3164(rest, level)
                    .or_else(|| stamped_host(stamp::iso(rest).ok()?, level, false)),
            };
        }
        if first.is_ascii_digit() {
            return iso_stamped(line);
        }
        let weekday = || stamped_host(stamp::weekday(line).ok()?, Level::Info, true);
        rfc3164(line, Level::Info).or_else(weekday)
    }
}

#[cfg(test)]
mod tests;
