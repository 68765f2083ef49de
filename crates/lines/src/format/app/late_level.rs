//! Levels that known writers put elsewhere than between the time and the text: behind a place in the code, as a number, as letters
//! with a priority. The text stays whole. Asked only where a line stated no level by its head.

use crate::format::app::head::{begins_sentence, bracket};
use crate::format::app::message::word;
use crate::format::leaf::find;
use crate::record::Level;
use crate::table::byte_words;
use memchr::{memchr, memmem};

/// Bytes within which such a level begins.
const REACH: usize = 160;

/// The level that a text states in a way of its writer's own.
pub(super) fn level_of(text: &[u8]) -> Option<Level> {
    let near = &text[..text.len().min(REACH)];
    match near.first()? {
        b'[' => in_bracket(near),
        b'<' => behind_thread(near),
        b'-' => arrow(near),
        b'0'..=b'9' => numbered(near).or_else(|| threaded(near)),
        c if c.is_ascii_alphabetic() || matches!(c, b'/' | b'.') => {
            let found = is_marked(near).then(|| behind_word(near)).flatten();
            found.or_else(|| threaded(near))
        }
        _ => None,
    }
}

/// A level as word in front of a colon.
fn labelling(w: &[u8]) -> Option<Level> {
    const WORDS: [&[u8]; 12] =
        byte_words("error err warning warn notice info debug fatal panic crit critical verbose");
    let w = w.strip_suffix(b":")?;
    let known = WORDS.iter().any(|x| x.eq_ignore_ascii_case(w));
    known.then(|| Level::from_word(w)).flatten()
}

fn digits(b: &[u8]) -> bool {
    !b.is_empty() && b.iter().all(u8::is_ascii_digit)
}

fn hex(b: &[u8]) -> bool {
    b.iter().all(u8::is_ascii_hexdigit)
}

/// `[worker-1] error: …`; `[E|app|5b1a2c3d] …` of Foreman; `[sssd[be[x]]] [connect] (0x0020): …` of SSSD.
fn in_bracket(text: &[u8]) -> Option<Level> {
    if let [b'[', letter, b'|', ..] = text {
        return Level::from_word(&[*letter]);
    }
    if let Some(at) = find(text, b"] (0x") {
        return sssd(&text[at + 5..]);
    }
    let (inner, rest) = bracket(text)?;
    let label = !inner.is_empty() && !inner.contains(&b' ');
    let (w, said) = word(rest.strip_prefix(b" ")?);
    labelling(w).filter(|_| label && !said.is_empty())
}

/// SSSD's bit masks: fatal, critical and serious failures, small ones, and all that is none.
fn sssd(b: &[u8]) -> Option<Level> {
    let mask = b.get(..4).filter(|m| hex(m))?;
    b[4..].starts_with(b"): ").then_some(())?;
    let bits = u16::from_str_radix(std::str::from_utf8(mask).ok()?, 16).ok()?;
    Some(match bits {
        0x0010 => Level::Fatal,
        0x0020 | 0x0040 => Level::Error,
        0x0080 => Level::Warn,
        0x0100 | 0x0200 => Level::Info,
        _ => Level::Debug,
    })
}

/// UniFi's `<launcher> ERROR system - …`.
fn behind_thread(text: &[u8]) -> Option<Level> {
    let end = memchr(b'>', &text[..text.len().min(40)])?;
    let (w, rest) = word(text[end + 1..].strip_prefix(b" ")?);
    let shouted = w.len() > 3 && w.iter().all(u8::is_ascii_uppercase) && !rest.is_empty();
    shouted.then(|| Level::from_word(w)).flatten()
}

/// ClamAV's `-> ERROR: …`.
fn arrow(text: &[u8]) -> Option<Level> {
    let (w, _) = word(text.strip_prefix(b"-> ")?);
    let shouted = w.iter().all(|c| c.is_ascii_uppercase() || *c == b':');
    labelling(w).filter(|_| shouted)
}

/// `99.33% [ERR] …` of FreeSWITCH, `0x7f8e12345700 [ERROR] …` of MariaDB, `0x1a2b   Error   0x0   …` of macOS,
/// `00000001 ServerImpl  E   WSVR0001E: …` of WebSphere.
fn numbered(text: &[u8]) -> Option<Level> {
    let (first, rest) = word(text);
    if let Some(n) = first.strip_suffix(b"%") {
        let share = n.iter().all(|c| c.is_ascii_digit() || *c == b'.');
        return bracket(rest).and_then(|(w, _)| Level::from_word(w).filter(|_| share));
    }
    if let Some(thread) = first.strip_prefix(b"0x") {
        if !hex(thread) || thread.is_empty() {
            return None;
        }
        if let Some((w, _)) = bracket(rest) {
            return Level::from_word(w);
        }
        let (kind, behind) = word(rest);
        return match kind {
            _ if !behind.starts_with(b"0x") => None,
            b"Error" | b"Fault" => Some(Level::Error),
            b"Debug" => Some(Level::Debug),
            b"Default" | b"Info" => Some(Level::Info),
            _ => None,
        };
    }
    if first.len() == 8 && hex(first) {
        // the name is padded to thirteen columns
        let (_, behind) = word(rest);
        let (letter, said) = word(behind);
        return match letter {
            _ if rest.len() - behind.len() < 14 || said.is_empty() => None,
            b"F" => Some(Level::Fatal),
            b"E" => Some(Level::Error),
            b"W" => Some(Level::Warn),
            b"A" | b"I" | b"C" | b"R" | b"O" | b"D" => Some(Level::Info),
            _ => None,
        };
    }
    None
}

/// Ceph's `7f8e12345700 -1 osd.3 …`: a thread and how detailed the line is, less than nought for failures. What it passes on
/// of the cluster has a level of its own.
fn threaded(text: &[u8]) -> Option<Level> {
    let (thread, rest) = word(text);
    if !(10..=16).contains(&thread.len()) || !hex(thread) {
        return None;
    }
    let (detail, said) = word(rest);
    if said.is_empty() {
        return None;
    }
    if said.starts_with(b"log_channel(") {
        let at = find(said, b" log [")?;
        return bracket(&said[at + 5..]).and_then(|(w, _)| Level::from_word(w));
    }
    match detail {
        b"-1" => Some(Level::Error),
        b"0" | b"1" => Some(Level::Info),
        n if digits(n) && n.len() <= 2 => Some(Level::Debug),
        _ => None,
    }
}

/// Whether a text has a mark of those that stand in each text of [`behind_word`]. Most texts have none, and in what begins as a
/// sentence only brackets are.
fn is_marked(text: &[u8]) -> bool {
    let sentence = begins_sentence(text);
    let mark = |c: &u8| match c {
        b'(' | b'[' => true,
        b')' | b':' | b',' | b'.' => !sentence,
        _ => false,
    };
    text.iter().fold(false, |any, c| any | mark(c))
}

/// Where the first word is of a shape that shows what comes next.
fn behind_word(text: &[u8]) -> Option<Level> {
    let (first, rest) = word(text);
    asterisk(first)
        .or_else(|| esx(first))
        .or_else(|| zoneminder(first))
        .or_else(|| topics(first))
        .or_else(|| vmkernel(first))
        .or_else(|| placed(first, rest))
        .or_else(|| daemon(first, rest))
        .or_else(|| lettered(first, rest))
        .or_else(|| sql_server(first, rest))
        .or_else(|| puppet(text))
        .or_else(|| ceph_cluster(text))
        .or_else(|| vmware(text))
}

/// Asterisk's `ERROR[1234][C-0000001]`.
fn asterisk(first: &[u8]) -> Option<Level> {
    let open = memchr(b'[', first)?;
    let (w, rest) = first.split_at(open);
    let (inner, _) = bracket(rest)?;
    let shouted = w.len() > 3 && w.iter().all(u8::is_ascii_uppercase);
    (shouted && digits(inner))
        .then(|| Level::from_word(w))
        .flatten()
}

/// ESXi's `Wa(180)`: two letters and the priority of syslog that they belong to.
fn esx(first: &[u8]) -> Option<Level> {
    const NAMES: [&[u8]; 8] = [b"Em", b"Al", b"Cr", b"Er", b"Wa", b"No", b"In", b"Db"];
    let (name, rest) = first.split_at_checked(2)?;
    let number = rest.strip_prefix(b"(")?.strip_suffix(b")")?;
    let severity = NAMES.iter().position(|n| *n == name)?;
    let priority: usize = std::str::from_utf8(number).ok()?.parse().ok()?;
    (priority % 8 == severity && priority < 192).then(|| Level::of_syslog(severity as u64))
}

/// VMkernel's `cpu3:33412)WARNING: …`.
fn vmkernel(first: &[u8]) -> Option<Level> {
    let rest = first.strip_prefix(b"cpu")?;
    let close = memchr(b')', rest)?;
    rest.first().filter(|c| c.is_ascii_digit())?;
    match &rest[close + 1..] {
        b"WARNING:" => Some(Level::Warn),
        b"ALERT:" => Some(Level::Fatal),
        _ => None,
    }
}

/// ZoneMinder's `web_php[123].ERR`.
fn zoneminder(first: &[u8]) -> Option<Level> {
    let at = find(first, b"].")?;
    match &first[at + 2..] {
        b"ERR" => Some(Level::Error),
        b"WAR" => Some(Level::Warn),
        b"INF" => Some(Level::Info),
        b"FAT" | b"PNC" => Some(Level::Fatal),
        [b'D', b'B', b'1'..=b'9'] => Some(Level::Debug),
        _ => None,
    }
}

/// The topics of RouterOS: `system,error,critical`.
fn topics(first: &[u8]) -> Option<Level> {
    const LEVELS: [&[u8]; 5] = byte_words("critical error warning info debug");
    memchr(b',', first)?;
    let mut level = None;
    for w in first.split(|c| *c == b',') {
        if w.len() < 2 || !w.iter().all(|c| c.is_ascii_lowercase() || *c == b'-') {
            return None;
        }
        level = level.max(Level::listed(w, &LEVELS));
    }
    level
}

/// Behind a place in the code: `MySQL_Session.cpp:123:handler(): [ERROR] …` (ProxySQL), `cmd/web.go:242:runWeb() [E] …` (Gitea).
fn placed(first: &[u8], rest: &[u8]) -> Option<Level> {
    let place = first.strip_suffix(b":").unwrap_or(first);
    let inner = place.strip_suffix(b"()")?;
    let lines = inner.split(|c| *c == b':').nth(1)?;
    bracket(rest).and_then(|(w, _)| Level::from_word(w).filter(|_| digits(lines)))
}

/// `imap-login: Error: …`, `imap(bob)<12><x>: Fatal: …` (Dovecot), `unbound[12:0] error: …`.
fn daemon(first: &[u8], rest: &[u8]) -> Option<Level> {
    let (w, said) = word(rest);
    let level = labelling(w).filter(|_| !said.is_empty())?;
    let name = first
        .iter()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'/' | b'.'))
        .count();
    let behind = &first[name..];
    let process = behind.starts_with(b"[") && behind.ends_with(b"]");
    let named = behind.ends_with(b":") && (behind.len() == 1 || matches!(behind[0], b'(' | b'<'));
    (name > 1 && (process || named)).then_some(level)
}

/// A letter alone: `W -        [conn1] …` (MongoDB), `E t0 lnav.cc:123 …`, `E main c.s.cc.Admin …`.
fn lettered(first: &[u8], rest: &[u8]) -> Option<Level> {
    let [letter @ (b'D' | b'I' | b'W' | b'E' | b'F')] = first else {
        return None;
    };
    let (second, behind) = word(rest);
    let (third, said) = word(behind);
    let mongo = second == b"-" && third.starts_with(b"[");
    let place = third.contains(&b'.') && third.iter().all(|c| c.is_ascii_graphic() && *c != b',');
    let inner = third[..third.len().saturating_sub(1)].contains(&b'.');
    let code = inner && place && second.iter().all(u8::is_ascii_alphanumeric) && !said.is_empty();
    (mongo || code)
        .then(|| Level::from_word(&[*letter]))
        .flatten()
}

/// SQL Server's `spid7s      Error: 823, Severity: 24, State: 2.`: from 17 on the server is to blame, from 20 on a task died.
fn sql_server(first: &[u8], rest: &[u8]) -> Option<Level> {
    first.first()?.is_ascii_alphabetic().then_some(())?;
    let at = find(rest.strip_prefix(b"Error: ")?, b", Severity: ")?;
    let severity = &rest[7 + at + 12..];
    let n = severity.iter().take_while(|c| c.is_ascii_digit()).count();
    match std::str::from_utf8(&severity[..n])
        .ok()?
        .parse::<u8>()
        .ok()?
    {
        0..=10 => Some(Level::Info),
        11..=16 => Some(Level::Warn),
        17..=19 => Some(Level::Error),
        20..=25 => Some(Level::Fatal),
        _ => None,
    }
}

/// Puppet's `Puppet (err): …`.
fn puppet(text: &[u8]) -> Option<Level> {
    let end = find(text, b"): ")?;
    let open = memmem::rfind(&text[..end], b" (")?;
    const LEVELS: [&[u8]; 8] = byte_words("emerg alert crit err warning notice info debug");
    Level::listed(&text[open + 2..end], &LEVELS)
}

/// The cluster's log of Ceph: `mon.a (mon.0) 123 : cluster [ERR] …`.
fn ceph_cluster(text: &[u8]) -> Option<Level> {
    let at = find(text, b" : cluster [")?;
    let (w, _) = bracket(&text[at + 11..])?;
    Level::from_word(w)
}

/// vSphere's `esx1 Hostd: error hostd[2099] [Originator@6876 …] …`.
fn vmware(text: &[u8]) -> Option<Level> {
    const LEVELS: [&[u8]; 5] = byte_words("panic error warning info verbose");
    let at = find(text, b" [Originator@")?;
    let mut words = text[..at].split(|c| *c == b' ');
    words.find_map(|w| match w {
        b"trivia" => Some(Level::Debug),
        w => Level::listed(w, &LEVELS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::FORMATS;
    use proptest::prelude::*;

    proptest! {
        /// What is not asked of a text would have said nothing.
        #[test]
        fn a_text_without_a_mark_states_no_level_behind_a_word(
            first in "[a-zA-Z]{2,9} [a-z][ -~]{0,40}",
            of in any::<prop::sample::Index>(),
            at in any::<prop::sample::Index>(),
        ) {
            let sample = FORMATS[of.index(FORMATS.len())].meta().sample;
            let behind = sample.get(at.index(sample.len().max(1))..).unwrap_or_default();
            let text = format!("{first} {behind}");
            if !is_marked(text.as_bytes()) {
                prop_assert_eq!(behind_word(text.as_bytes()), None);
            }
        }
    }
}
