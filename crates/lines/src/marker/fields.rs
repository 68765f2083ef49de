//! What a marker's message is about: version, service, person, host, incident number. Pure functions of one message; each
//! answers only where the message says it in so many words, since a wrong name in a timeline is worse than none.

use super::archive::{of_archive, without_kind};
use super::grammar::lexicon::is_participle;
use crate::table::rows;
use crate::text::likeness::HASH;
use regex::bytes::{Regex, RegexBuilder};
use std::sync::LazyLock;

/// Bytes of a message that are looked at.
const LOOKED_AT: usize = 4096;

/// Patterns of fields.tsv in the order in which they are asked; the first group of the first that holds is the answer.
struct Ask(Vec<Regex>);

impl Ask {
    fn of_field(name: &str) -> Ask {
        let rows = rows(include_str!("fields.tsv")).filter(|[field, _]| *field == name);
        let build = |[_, pattern]: [&str; 2]| {
            let mut builder = RegexBuilder::new(pattern);
            builder.case_insensitive(true).unicode(false).build().ok()
        };
        Ask(rows.filter_map(build).collect())
    }
    fn of<'t>(&self, text: &'t [u8], wanted: impl Fn(&[u8]) -> bool) -> Option<&'t [u8]> {
        let text = &text[..text.len().min(LOOKED_AT)];
        self.0.iter().find_map(|r| {
            r.captures_iter(text)
                .take(4)
                .filter_map(|c| c.get(1))
                // what a value follows is a key
                .filter(|m| text.get(m.end()) != Some(&b'='))
                .filter(|m| !is_rest(&text[..m.start()]) && !is_of_a_form(&text[..m.start()]))
                .filter(|m| !is_measure(&text[..m.start()], m.as_bytes(), &text[m.end()..]))
                .map(|m| trimmed(m.as_bytes()))
                .find(|m| wanted(m))
        })
    }
}

/// Whether what follows is the rest of a word with points: `S2025.6.3`, `jdk17.0.2`.
fn is_rest(before: &[u8]) -> bool {
    matches!(before, [.., c, b'.'] if c.is_ascii_alphanumeric())
}

/// Whether what follows is the version of the form in which something is written (`"eventVersion":"1.09"`, `api_version: 2.1`).
fn is_of_a_form(before: &[u8]) -> bool {
    const FORMS: &str = "event api schema spec message payload protocol format envelope";
    let sign = |c: &u8| !c.is_ascii_alphanumeric();
    let end = before.iter().rposition(|c| !sign(c)).map_or(0, |n| n + 1);
    let head = before[end.saturating_sub(32)..end].to_ascii_lowercase();
    let of = head.strip_suffix(b"version").unwrap_or_default();
    // the end of a name in front of it is none: `shipment-api version=2.31.0`
    let begins = |c: &u8| c.is_ascii_whitespace() || b"\"'{(".contains(c);
    let word = match of.trim_ascii_end() {
        apart if apart.len() < of.len() => apart.rsplit(begins).next(),
        joined => joined
            .strip_suffix(b"_")
            .or(joined.strip_suffix(b"-"))
            .or(Some(joined))
            .and_then(|w| w.rsplit(sign).next()),
    };
    let word = word.unwrap_or_default();
    FORMS.split(' ').any(|f| f.as_bytes() == word)
}

/// Whether a number is one of something, or the seconds of a clock: `89.5%`, `17:41:24.418`, `14.882 seconds`, `0.3s`,
/// `running for 15.9`.
fn is_measure(before: &[u8], word: &[u8], then: &[u8]) -> bool {
    // `17:41:24.418`, and the seconds that a Go program has run, `m=+301.1`
    let in_clock = matches!(before, [.., b'0'..=b'9', b':'] | [.., b'+']);
    if is_duration(word) || in_clock {
        return true;
    }
    // the pattern may have taken the unit with the number
    let digits = |c: &&u8| c.is_ascii_digit() || **c == b'.';
    let number = word.iter().take_while(digits).count();
    let glued = &word[number..];
    let lasting = [&b" for "[..], b" in ", b" after "]
        .iter()
        .any(|w| before.ends_with(w));
    if lasting && glued.is_empty() && memchr::memchr_iter(b'.', word).count() < 2 {
        return true;
    }
    let unit = match glued {
        [] => {
            let then = then.strip_prefix(b" ").unwrap_or(then);
            let end = then.iter().position(|c| !c.is_ascii_alphabetic());
            match then.first() {
                Some(b'%') => &then[..1],
                _ => &then[..end.unwrap_or(then.len())],
            }
        }
        glued => glued,
    };
    number > 0 && crate::text::words::is_unit(unit)
}

/// Without the punctuation of the sentence around a word.
fn trimmed(word: &[u8]) -> &[u8] {
    // what a package is built for is no part of its version
    const BUILT_FOR: [&[u8]; 5] = [b".x86_64", b".aarch64", b".noarch", b".amd64", b".arm64"];
    let word = BUILT_FOR
        .iter()
        .find_map(|a| word.strip_suffix(*a))
        .unwrap_or(word);
    let end = word
        .iter()
        .rposition(|c| !b".,;:!?'\")]".contains(c))
        .map_or(0, |n| n + 1);
    &word[..end]
}

static VERSION: LazyLock<Ask> = LazyLock::new(|| Ask::of_field("version"));

/// The version, release or image tag that a message names, as written (`4.2.0`, `v3.9.0`, `20240305120315`).
pub fn version(text: &[u8]) -> Option<&[u8]> {
    let text = without_uptime(text);
    // that of who writes stands in front of every line: `[rollout 2.7] shop 4.18.2`
    let said = text
        .strip_prefix(b"[")
        .and_then(|t| Some(&t[memchr::memchr(b']', t)? + 1..]));
    said.and_then(version_in).or_else(|| version_in(text))
}

fn version_in(text: &[u8]) -> Option<&[u8]> {
    let is_other = |v: &[u8]| is_zero(v) || is_address(v) || is_epoch(v);
    let found = VERSION.of(text, |v| v.iter().any(u8::is_ascii_digit) && !is_other(v));
    found.map(without_kind)
}

/// Whether a version is nothing but zeros: that is of a form (`"version":0.0`).
pub(crate) fn is_zero(version: &[u8]) -> bool {
    version.iter().all(|c| b"0.".contains(c))
}

/// A text without the seconds since the start that a kernel writes in front of it, `[58297.102838]`.
fn without_uptime(text: &[u8]) -> &[u8] {
    let behind = || {
        let inner = text.strip_prefix(b"[")?;
        let end = memchr::memchr(b']', &inner[..inner.len().min(24)])?;
        let stamp = inner[..end].trim_ascii_start();
        let (seconds, fraction) = stamp.split_at_checked(stamp.len().checked_sub(7)?)?;
        let digits = |b: &[u8]| b.iter().all(u8::is_ascii_digit);
        let stamp = fraction.first() == Some(&b'.') && digits(&fraction[1..]) && digits(seconds);
        stamp.then_some(&inner[end + 1..])
    };
    behind().unwrap_or(text)
}

/// Seconds since 1970 with their fraction, as chats number what is written, are none.
fn is_epoch(v: &[u8]) -> bool {
    let digits = |b: &[u8]| b.iter().all(u8::is_ascii_digit);
    matches!(v, [b'1', s @ ..] if s.get(9) == Some(&b'.') && digits(&s[..9]) && digits(&s[10..]))
}

/// Four dotted numbers below 256 are an address, not a version.
pub(crate) fn is_address(v: &[u8]) -> bool {
    let byte = |p: &[u8]| std::str::from_utf8(p).is_ok_and(|p| p.parse::<u8>().is_ok());
    v.iter().filter(|&&c| c == b'.').count() == 3 && v.split(|c| *c == b'.').all(byte)
}

/// Numbers with units of time one behind another (`5m0s`, `0.456s`).
fn is_duration(word: &[u8]) -> bool {
    let unit = |p: &[u8]| matches!(p, b"." | b"h" | b"m" | b"s" | b"ms" | b"us");
    let mut parts = word.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
    word.last().is_some_and(u8::is_ascii_alphabetic)
        && parts.next().is_some_and(|p| p[0].is_ascii_digit())
        && parts.all(|p| p[0].is_ascii_digit() || unit(p))
}

static SERVICE: LazyLock<Ask> = LazyLock::new(|| Ask::of_field("service"));

/// The bare name of the service that a message is about (`deployment.apps/orders` gives `orders`).
pub fn service(text: &[u8]) -> Option<&[u8]> {
    // a version is no service, nor is the number of a release
    let released = |w: &[u8]| is_counted(w) || version(w).is_some_and(|v| v.len() == w.len());
    let named = |w: &[u8]| !w.is_empty() && !is_common(w) && !is_hash(w);
    let found = SERVICE.of(text, |w| named(w) && !released(w));
    found.map(of_archive).map(of_job).map(unversioned)
}

/// A name without the version behind it: `booking` of `"booking 2026.8.5"`.
fn unversioned(name: &[u8]) -> &[u8] {
    let end = memchr::memrchr(b' ', name).unwrap_or(name.len());
    match name.get(end + 1..) {
        Some([c, ..]) if c.is_ascii_digit() => &name[..end],
        _ => name,
    }
}

/// Whether a word is a release by its number alone: `r8821`, `v213`, `b412`.
pub fn is_counted(word: &[u8]) -> bool {
    matches!(word, [b'r' | b'v' | b'b' | b'R' | b'V' | b'B', n @ ..] if !n.is_empty() && n.iter().all(u8::is_ascii_digit))
}

/// The service that a job or a playbook is called after, beside what it does with it: `deploy-pricing` releases `pricing`.
fn of_job(name: &[u8]) -> &[u8] {
    const ACTS: [&[u8]; 4] = [b"deploy", b"release", b"rollout", b"rollback"];
    let bare = ACTS.iter().find_map(|act| {
        let rest = name.strip_prefix(*act)?;
        rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b"_"))
    });
    bare.filter(|rest| rest.len() > 2 && rest[0].is_ascii_alphabetic())
        .unwrap_or(name)
}

/// Whether a word is a commit or what a tool calls one of its runs: 7 to 40 hexadecimal digits, among them two figures and a letter.
pub fn is_hash(word: &[u8]) -> bool {
    let figures = word.iter().filter(|c| c.is_ascii_digit()).count();
    HASH.contains(&word.len())
        && word.iter().all(u8::is_ascii_hexdigit)
        && (2..word.len()).contains(&figures)
}

static NUMBERED: LazyLock<Ask> = LazyLock::new(|| Ask::of_field("numbered"));

/// Whether a message reports a deploy by its number (`deployment 5512: checks finished`).
pub fn is_numbered(text: &[u8]) -> bool {
    NUMBERED.of(text, |w| !w.is_empty()).is_some()
}

/// Whether a program is called by what it does to others, or sets up others, so that what it says of a change is not about itself.
pub fn is_tool(name: &[u8]) -> bool {
    const WORDS: &str = "deploy deployer release releaser rollback rollout upgrade puppet puppet-agent chef-client salt-minion cfengine";
    WORDS
        .split(' ')
        .any(|w| w.as_bytes().eq_ignore_ascii_case(name))
}

/// Words that stand where a service's name may stand and are none.
pub fn is_common(word: &[u8]) -> bool {
    const WORDS: &str = "the a an all to from of in on by for and as at with via after took step wave phase attempt snapshot backup new version release server service services servers worker workers \
        pod pods node nodes app application production prod payment transaction it this previous passed requested now \
        instance database system site deploy rollback rollout upgrade ship main module modules environment package \
        packages tag branch commit revision build artifact artefact image container containers function stack uat qa staging \
        stage prd job jobs task pipeline workflow message";
    let is = |w: &str| w.as_bytes().eq_ignore_ascii_case(word);
    WORDS.split(' ').any(is) || is_participle(word)
}

/// Who did it, or for a page who was notified, where the message names a person or an account.
pub fn actor(text: &[u8]) -> Option<&[u8]> {
    crate::text::actor(&text[..text.len().min(LOOKED_AT)])
}

static INCIDENT: LazyLock<Ask> = LazyLock::new(|| Ask::of_field("incident"));

/// The incident or alert number (`#909`, `incident=7976`) that ties a page, its acknowledgement and its end together.
pub fn incident(text: &[u8]) -> Option<&[u8]> {
    INCIDENT.of(text, |w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_where_the_table_says() {
        for row in include_str!("../../../../tests/data/fields.tsv")
            .lines()
            .skip(1)
        {
            let cells: Vec<&str> = row.split('\t').collect();
            let text = cells[1].as_bytes();
            let found = match cells[0] {
                "version" => version(text),
                "service" => service(text),
                "actor" => actor(text),
                _ => incident(text),
            };
            assert_eq!(found.unwrap_or(b"-"), cells[2].as_bytes(), "{row}");
        }
    }

    #[test]
    fn a_deploy_may_be_known_by_its_number() {
        crate::tests::holds("numbered deploy", |t| is_numbered(t.as_bytes()));
        assert!(is_tool(b"deploy") && !is_tool(b"reporter"));
    }

    #[test]
    fn every_pattern_compiles() {
        for (ask, n) in [(&VERSION, 16), (&SERVICE, 32), (&INCIDENT, 2)] {
            assert_eq!(ask.0.len(), n);
        }
    }
}
