//! What stands between the stamp and the text of an application line: process, thread, host, level, logger, in any order.
//! Reads words by their shape only; stamps and the text itself belong to the formats.

mod lead_ins;

use super::message::colour;
use crate::format::leaf::find;
use crate::record::{Kind, Level};
use crate::table::words;
use lead_ins::{
    angled, angled_level, ansible, in_braces, module_and_thread, number, pairs, request_id,
};
use memchr::memchr;

/// What a head shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head<'a> {
    /// Severity, where a level word was found.
    pub(crate) level: Option<Level>,
    /// The level stood in brackets (`[error]`).
    pub(crate) bracketed: bool,
    /// Machine.
    pub(crate) host: Option<&'a [u8]>,
    /// Logger, as written.
    pub(crate) logger: Option<&'a [u8]>,
    /// Scope, where the head is that of a deploy tool.
    pub(crate) scope: Option<Kind>,
    /// The rest: the message.
    pub(crate) text: &'a [u8],
    /// It is all there is, and begins as sentences do.
    pub(crate) sentence: bool,
}

/// What a word says about the level, and whether the word is more than a label and stays in the text.
struct LevelWord {
    level: Level,
    keep: bool,
}

/// Level words that people also begin sentences with: they stay in the text unless they are bracketed.
const ORDINARY: &[&str] =
    &words::<10>("LOG NOTE ALERT FAIL FAILURE STATEMENT DETAIL HINT CONTEXT PANIC");

fn is_ordinary(w: &[u8]) -> bool {
    let mut words = ORDINARY.iter();
    words.any(|o| o.as_bytes().eq_ignore_ascii_case(w))
}

/// Reads a bare word as level. `label` says that what follows sets it off (a colon, a tab, or a run of blanks).
fn level_word(w: &[u8], label: bool) -> Option<LevelWord> {
    if w.len() < 3 || w.len() > 13 {
        return None;
    }
    let level = Level::from_word(w)?;
    let caps = w.iter().all(|c| !c.is_ascii_lowercase());
    let lower = w.iter().all(|c| !c.is_ascii_uppercase());
    if is_ordinary(w) {
        return (caps && label).then_some(LevelWord { level, keep: true });
    }
    let plain = matches!(
        level,
        Level::Info | Level::Debug | Level::Trace | Level::Warn
    );
    match (caps, lower) {
        (true, _) => Some(LevelWord { level, keep: false }),
        (_, true) if label || plain => Some(LevelWord { level, keep: false }),
        (_, true) => Some(LevelWord { level, keep: true }),
        _ => label.then_some(LevelWord { level, keep: true }),
    }
}

/// Without blanks and colours in front.
fn skip(mut b: &[u8]) -> &[u8] {
    loop {
        b = b.trim_ascii_start();
        match colour(b) {
            0 => return b,
            n => b = &b[n..],
        }
    }
}

/// The content of a bracket at the start, and what follows it.
pub(super) fn bracket(b: &[u8]) -> Option<(&[u8], &[u8])> {
    if b.first() != Some(&b'[') {
        return None;
    }
    let end = memchr(b']', &b[..b.len().min(96)])?;
    Some((b[1..end].trim_ascii(), &b[end + 1..]))
}

/// The next word, ended by a blank, a tab, a bar or a colour.
fn token(b: &[u8]) -> (&[u8], &[u8]) {
    let n = b
        .iter()
        .position(|c| matches!(c, b' ' | b'\t' | b'|' | 0x1b))
        .unwrap_or(b.len());
    (&b[..n], &b[n..])
}

fn identifier(b: &[u8]) -> bool {
    b.first()
        .is_some_and(|c| c.is_ascii_alphabetic() || *c == b'_')
        && b.iter().all(|c| {
            c.is_ascii_alphanumeric()
                || matches!(
                    c,
                    b'.' | b'_' | b'-' | b'$' | b'/' | b':' | b'<' | b'>' | b'#' | b'[' | b']'
                )
        })
}

/// `shop.web`, `com.acme.Pay`: parts joined by dots, no file name.
fn dotted(b: &[u8]) -> bool {
    const FILES: &[&[u8]] = &[
        b"py", b"go", b"js", b"ts", b"rb", b"rs", b"java", b"c", b"sh", b"service",
    ];
    let mut parts = b.split(|c| *c == b'.');
    let last = parts.next_back().unwrap_or(b"");
    identifier(b)
        && last.len() < b.len()
        && !last.is_empty()
        && !last.contains(&b':')
        && !FILES.contains(&last)
        && parts.all(|p| !p.is_empty())
}

/// Whether a level comes next, perhaps after more brackets or a separator.
pub(in crate::format) fn level_next(b: &[u8]) -> bool {
    let mut b = skip(b);
    for _ in 0..3 {
        if let Some((inner, after)) = bracket(b) {
            if Level::from_word(inner).is_some() {
                return true;
            }
            b = skip(after);
        } else if let Some(r) = separator(b) {
            b = skip(r);
        } else {
            break;
        }
    }
    if angled_level(b).is_some() {
        return true;
    }
    let (w, after) = token(b);
    let bare = w.strip_suffix(b":").unwrap_or(w);
    level_word(bare, label(w, after)).is_some_and(|l| !l.keep)
        && bare.iter().all(|c| !c.is_ascii_lowercase())
}

/// Whether a level in small letters and a colon come next: `general: info: …` of BIND.
fn low_level_next(b: &[u8]) -> bool {
    let (w, _) = token(skip(b));
    let word = w.strip_suffix(b":").unwrap_or_default();
    word.iter().all(u8::is_ascii_lowercase) && level_word(word, true).is_some_and(|l| !l.keep)
}

/// Whether what follows a word sets it off from the text.
fn label(w: &[u8], after: &[u8]) -> bool {
    w.ends_with(b":") || matches!(after.first(), Some(b'\t' | b'|')) || after.starts_with(b"  ")
}

/// A separator of head parts at the start: what follows it.
fn separator(b: &[u8]) -> Option<&[u8]> {
    let mut all = [&b"- "[..], b"| ", b"--- ", b"-- ", b": ", b"\t", b"|"].into_iter();
    all.find_map(|s| b.strip_prefix(s))
}

/// Whether a text begins as sentences do and no head does: a word of letters that is no level, a blank, and a small letter.
pub(super) fn begins_sentence(b: &[u8]) -> bool {
    let letters = b.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let (word, behind) = b.split_at(letters);
    letters > 1 && matches!(behind, [b' ', b'a'..=b'z', ..]) && Level::from_word(word).is_none()
}

/// Reads the head at the start of what follows a stamp.
pub(crate) fn head(b: &[u8]) -> Head<'_> {
    let text = skip(b);
    match begins_sentence(text) {
        true => Head {
            text,
            sentence: true,
            ..Head::default()
        },
        false => parts(text),
    }
}

/// Reads the parts of a head one after the other.
fn parts(mut b: &[u8]) -> Head<'_> {
    let mut h = Head::default();
    // whether bars set its parts apart
    let mut barred = false;
    for _ in 0..10 {
        if let Some(rest) = barred.then(|| cell(&mut h, b)).flatten() {
            b = skip(rest);
            continue;
        }
        barred |= b.first() == Some(&b'|');
        let next = match b.first() {
            Some(b'[') => in_brackets(&mut h, b),
            Some(b'{') => in_braces(&h, b),
            Some(b'<') => angled(&mut h, b),
            Some(b'0'..=b'9') => number(b).or_else(|| request_id(b)),
            Some(b'-' | b'|' | b':' | b'\t') => separator(b),
            Some(b'p') if b.starts_with(b"p=") => {
                let Some(rest) = ansible(b) else { break };
                h.scope = Some(Kind::Deploy);
                h.text = rest.trim_ascii_start();
                if h.text.starts_with(b"fatal:") || h.text.starts_with(b"failed:") {
                    h.level = Some(Level::Error);
                }
                return h;
            }
            Some(c) if c.is_ascii_alphabetic() || *c == b'_' => {
                module_and_thread(b).or_else(|| bare(&mut h, b))
            }
            _ => None,
        };
        match next {
            Some(rest) => b = skip(rest),
            None => break,
        }
    }
    h.text = b;
    h
}

/// A part between bars behind the level: a host, a thread, a code, `key=value`. One word is a part, a word of letters alone only where
/// another part follows. `None` when the text begins here.
fn cell<'a>(h: &mut Head<'a>, b: &'a [u8]) -> Option<&'a [u8]> {
    fn one_word(b: &[u8]) -> Option<(&[u8], &[u8])> {
        let (w, after) = token(b);
        let rest = after.trim_ascii_start().strip_prefix(b"| ")?;
        (!w.is_empty() && w.len() <= 64).then_some((w, rest))
    }
    h.level?;
    let (w, rest) = one_word(b)?;
    let value = !w.iter().all(u8::is_ascii_alphabetic);
    let part = value || one_word(skip(rest)).is_some();
    if part && h.logger.is_none() && dotted(w) && !is_thread(w) {
        h.logger = Some(w);
    }
    part.then_some(rest)
}

/// A bracket: level, process, thread or logger. `None` when it belongs to the text.
fn in_brackets<'a>(h: &mut Head<'a>, b: &'a [u8]) -> Option<&'a [u8]> {
    let (inner, after) = bracket(b)?;
    let end = skip(after);
    let after = end.strip_prefix(b": ").unwrap_or(after);
    let bare = plain_inner(inner);
    let named = dotted(bare) && !is_thread(bare);
    if h.level.is_none()
        && let Some(l) = Level::from_word(bare)
    {
        (h.level, h.bracketed) = (Some(l), true);
        return Some(after);
    }
    let digits = bare.strip_prefix(b"#").unwrap_or(bare);
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        return Some(after);
    }
    if h.level.is_none() {
        if bare == b"System" && after.starts_with(b" [MY-") {
            h.level = Some(Level::Info);
            return Some(after);
        }
        return level_next(after).then(|| {
            if h.logger.is_none() && named {
                h.logger = Some(bare);
            }
            after
        });
    }
    if bare.is_empty() {
        return Some(after);
    }
    if h.logger.is_none() && named {
        h.logger = Some(bare);
        return Some(after);
    }
    let thread = bare == b"main"
        || (bare.iter().any(u8::is_ascii_digit) && !bare.iter().any(|c| matches!(c, b' ' | b'=')));
    let head_goes_on = end.starts_with(b"[") || {
        let (w, r) = token(end);
        dotted(w.strip_suffix(b":").unwrap_or(w))
            && (w.ends_with(b":")
                || r.trim_ascii_start().starts_with(b": ")
                || r.starts_with(b" - "))
    };
    (thread || (head_goes_on && identifier(bare))).then_some(after)
}

/// A bracket's content without colours around it.
fn plain_inner(inner: &[u8]) -> &[u8] {
    let b = skip(inner);
    let (w, rest) = token(b);
    if rest.first() == Some(&0x1b) && skip(rest).is_empty() {
        w
    } else {
        b
    }
}

/// A bare word: level, host or logger. `None` when the text begins here.
fn bare<'a>(h: &mut Head<'a>, b: &'a [u8]) -> Option<&'a [u8]> {
    let (w, after) = token(b);
    let name = w.strip_suffix(b":").unwrap_or(w);
    if h.level.is_none() {
        // Nest: `LOG [NestFactory] …`
        let set_off = label(w, after) || (w == b"LOG" && after.starts_with(b" ["));
        if let Some(l) = level_word(name, set_off) {
            h.level = Some(l.level);
            return (!l.keep).then_some(after);
        }
        // Telegraf: `E! [outputs.influxdb] …`
        if let [letter, b'!'] = w {
            h.level = Level::from_word(&[*letter]);
            return h.level.map(|_| after);
        }
        // .NET: `fail: Shop.Pay[0] …`
        if w == b"fail:" {
            h.level = Some(Level::Error);
            return Some(after);
        }
        if w.ends_with(b":") && identifier(name) && low_level_next(after) {
            return Some(after);
        }
        if let Some(rest) = request_id(b).or_else(|| pairs(b)) {
            return Some(rest);
        }
        // Mongo before 4.4: `I NETWORK  [conn] …`.
        if let ([_], Some(l)) = (w, Level::from_word(w)) {
            let (next, _) = token(after.trim_ascii_start());
            if next.len() > 2 && next.iter().all(u8::is_ascii_uppercase) {
                h.level = Some(l);
                return Some(after);
            }
            // GlusterFS: `E [MSGID: 114058] …`
            if next.starts_with(b"[") {
                h.level = Some(l);
                return None;
            }
            // etcd before 3.4: `W | etcdserver: …`
            if let Some(rest) = after.strip_prefix(b" | ") {
                h.level = Some(l);
                return Some(rest);
            }
        }
        if let Some(l) = joined_level(name) {
            h.level = Some(l);
            return w.ends_with(b":").then_some(after).filter(|_| dotted(name));
        }
        if identifier(name) && w.len() <= 64 && level_next(after) {
            // a program and its process: `geod[21571] WARN …`
            let inner = name.strip_suffix(b"]").unwrap_or_default();
            let program = memchr::memchr(b'[', inner).map(|at| &inner[..at]);
            let sign = || w.ends_with(b":") || separator(skip(after)).is_some();
            if program.is_some() || dotted(name) || sign() {
                h.logger = h.logger.or(program).or(Some(name));
            } else if h.host.is_none() && !is_thread(name) {
                h.host = Some(name);
            }
            return Some(after);
        }
        return None;
    }
    if h.logger.is_some() || !identifier(name) {
        // Spring's shortened loggers (`o.a.c.c.C.[.[.[/].[dispatcher]    : `) may hold anything but a blank.
        return spring(h, w, after);
    }
    let rest = after.trim_ascii_start();
    if w.ends_with(b":") {
        return dotted(name).then(|| {
            h.logger = Some(name);
            after
        });
    }
    if let Some(r) = rest.strip_prefix(b"- ") {
        h.logger = Some(name);
        let single = !name.contains(&b'.') && !name.contains(&b':');
        return (!single).then_some(r);
    }
    // zap's console: fields between tabs, the logger and the caller before the message.
    if after.starts_with(b"\t") && (dotted(name) || name.contains(&b':')) {
        if dotted(name) {
            h.logger = Some(name);
        }
        return Some(&after[1..]);
    }
    spring(h, w, after)
}

/// Whether a name is that of a thread and no host: `http-nio-8080-exec-1`, `pool-2-thread-1`.
fn is_thread(name: &[u8]) -> bool {
    const SIGNS: [&[u8]; 4] = [b"exec-", b"hread", b"pool-", b"-nio-"];
    name == b"main" || SIGNS.iter().any(|s| find(name, s).is_some())
}

/// The level in a word of parts: `production.ERROR` of Monolog, `critical/ApiListener` of Icinga, `host/ERROR/locust`.
fn joined_level(w: &[u8]) -> Option<Level> {
    let mark = *w.iter().find(|c| matches!(c, b'.' | b'/'))?;
    let mut parts = w.split(|c| *c == mark).enumerate();
    parts.find_map(|(n, p)| {
        let caps = p.iter().all(u8::is_ascii_uppercase);
        let first = mark == b'/' && n == 0 && p.iter().all(u8::is_ascii_lowercase);
        let is_label = p.len() > 3 && (caps || first) && !is_ordinary(p);
        is_label.then(|| Level::from_word(p)).flatten()
    })
}

fn spring<'a>(h: &mut Head<'a>, w: &'a [u8], after: &'a [u8]) -> Option<&'a [u8]> {
    let r = after.trim_ascii_start().strip_prefix(b": ")?;
    if h.logger.is_some() || !w.contains(&b'.') {
        return None;
    }
    h.logger = Some(w);
    Some(r)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What is not looked at of a sentence shows nothing.
        #[test]
        fn a_sentence_has_no_head(text in "([a-zA-Z]{2,9}|error|WARN|undefined|LOG|p) [a-z][ -~\\t]{0,40}") {
            let text = text.as_bytes();
            if begins_sentence(text) {
                let h = parts(text);
                prop_assert_eq!((h.level, h.host, h.logger, h.text), (None, None, None, text));
            }
        }
    }
}
