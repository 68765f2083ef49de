//! Secrets by their keys: which values go, and what of a header.

use super::keys::{self, Class};
use super::looks;
use super::pairs::{Link, Pair, is_quote, pairs};
use super::view::View;
use std::ops::Range;

/// Keys that name another key, whose value the next pair gives: `{"name": "DB_PASSWORD", "value": "x"}`.
const NAMES: &str = "name key field header variable env param parameter id property setting option";
const VALUES: &str = "value val content data default stringvalue newvalue";
/// Attributes of a cookie that are no part of its value.
const ATTRIBUTES: &str = "path domain expires max-age samesite priority version comment";
/// Schemes of the header that credentials follow.
const SCHEMES: &str = "bearer basic digest negotiate ntlm token apikey api-key key hmac oauth mac hawk ssws aws sharedkey \
    aws4-hmac-sha256 sharedaccesssignature splunk genietoken dpop";

/// The places of secrets that a key tells of.
pub(super) fn given(view: &View) -> Vec<Range<usize>> {
    let text = &view.text;
    let mut out: Vec<Range<usize>> = Vec::new();
    let (mut named, mut jar) = (false, 0);
    for p in pairs(view) {
        let (key, value) = (&text[p.key.clone()], &text[p.value.clone()]);
        if out.last().is_some_and(|done| done.end > p.value.start) {
            continue;
        }
        let set = matches!(p.link, Link::Given | Link::Colon);
        let small = key.to_ascii_lowercase();
        let class = match set && (p.value.start < jar || named && keys::has(VALUES, &small)) {
            true => Some(Class::Secret),
            false => keys::class(key, &text[..p.key.start]),
        };
        if set {
            let of = |v: &str| keys::class(v, "").is_some_and(|c| c != Class::Vague);
            named = keys::has(NAMES, &small) && of(value);
        }
        match class {
            Some(Class::Cookies) if set && value.starts_with(['{', '(']) => {
                let end = text[p.value.start..].find(['}', ')']);
                jar = end.map_or(text.len(), |n| p.value.start + n);
            }
            Some(Class::Cookies) if set => cookies(view, &p, &mut out),
            Some(Class::Credentials) if set => credentials(view, &p, &mut out),
            Some(class) if goes(class, &p, text) => out.push(p.value),
            _ => {}
        }
    }
    out
}

/// Whether the value of a pair is a secret.
fn goes(class: Class, p: &Pair, text: &str) -> bool {
    let v = text[p.value.clone()].trim_end_matches(['.', ':', ',']);
    if looks::is_nothing(v) || looks::is_reference(v) {
        return false;
    }
    let digits = v.bytes().filter(u8::is_ascii_digit).count();
    let letters = v.bytes().filter(u8::is_ascii_alphabetic).count();
    let typed = (4..=10).contains(&digits) && v.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let set = matches!(p.link, Link::Given | Link::Colon);
    let plain = looks::is_prose(v);
    let asked = text[..p.key.start].ends_with(['?', '&']);
    match class {
        Class::Secret | Class::Named if looks::is_number(v) => {
            digits >= 4 && p.link != Link::Beside
        }
        Class::Secret | Class::Named if looks::is_measure(v) => false,
        Class::Named if set => !is_name(v) && (p.quoted || p.link == Link::Given || !plain),
        Class::Secret if p.link == Link::Given || p.quoted && p.link != Link::Beside => true,
        Class::Secret if p.link == Link::Colon => {
            !plain || is_last(text, p.value.end) && !keys::is_deed(v)
        }
        Class::Secret if p.link == Link::Said => !plain && v.len() >= 4 && !v.contains('@'),
        Class::Secret => {
            let word = keys::parts(&text[p.key.clone()]).concat();
            let mixed = letters > 0 && digits > 0 && v.len() >= 6 && !looks::is_identity_word(v);
            // a command of a protocol: "PASS x"
            let quoted = |at: &str| at.starts_with(['"', '\'']);
            let command = &text[p.key.clone()] == "PASS"
                && text[..p.key.start].ends_with(['"', '\''])
                && quoted(&text[p.value.end..]);
            command
                || looks::is_odd(v)
                || word.starts_with("passw") && mixed
                || p.quoted && looks::is_telling(v)
        }
        Class::Named => looks::is_odd(v),
        Class::Code => {
            typed && (set || p.link == Link::Said || digits == v.len())
                || digits > 0 && looks::is_telling(v)
        }
        Class::Likely if set => looks::is_telling(v),
        Class::Vague if set && asked => looks::is_telling(v),
        Class::Vague if set => looks::is_odd(v) && !v.contains([':', '/', ' ']),
        Class::Likely => looks::is_odd(v),
        Class::Scheme if p.link == Link::Beside => {
            v.len() >= 24 && !plain || v.len() >= 8 && (digits > 0 || v.contains('='))
        }
        Class::Personal => set && digits >= 4,
        _ => false,
    }
}

/// The name of a thing: small words and numbers that signs join.
fn is_name(v: &str) -> bool {
    let joined = v.contains(['-', '/', '.']);
    joined
        && !v.bytes().any(|b| b.is_ascii_uppercase())
        && looks::chance(v) == 0
        && v.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
}

/// Whether nothing follows in the same clause.
fn is_last(text: &str, end: usize) -> bool {
    let rest = text[end..].trim_start_matches(|c: char| is_quote(u8::try_from(c).unwrap_or(0)));
    let rest = rest.trim_end_matches(' ');
    rest.is_empty() || rest.starts_with(['\n', '\t', ',', ';', '}', ']', ')', '|'])
}

/// `a=b; c=d` of a cookie header: the names stay.
fn cookies(view: &View, p: &Pair, out: &mut Vec<Range<usize>>) {
    let text = &view.text;
    let end = match p.quoted {
        true => p.value.end,
        false => text.len(),
    };
    let mut from = p.value.start;
    while from < end {
        let rest = &text[from..end];
        let rest_end = rest.find([';', '"', '\n']).map_or(end, |n| from + n);
        let Some(eq) = text[from..rest_end].find('=').filter(|n| *n > 0) else {
            let word = text[from..rest_end].split(' ').next().unwrap_or_default();
            if from == p.value.start && looks::is_telling(word) {
                out.push(from..from + word.len());
            }
            if keys::has("httponly secure partitioned", &word.to_ascii_lowercase())
                && text[rest_end..end].starts_with(';')
            {
                from = rest_end + 1;
                from += text[from..end].len() - text[from..end].trim_start().len();
                continue;
            }
            return;
        };
        let name = text[from..from + eq].trim();
        if name.contains(' ') {
            return;
        }
        let start = from + eq + 1;
        let more = text[rest_end..].starts_with(';');
        let blank = text[start..rest_end]
            .find(' ')
            .filter(|_| !p.quoted && !more);
        let stop = blank.map_or(rest_end, |n| start + n);
        let value = &text[start..stop];
        if !keys::has(ATTRIBUTES, &name.to_ascii_lowercase())
            && !looks::is_nothing(value)
            && !looks::is_reference(value)
        {
            out.push(start..stop);
        }
        if !more {
            return;
        }
        from = rest_end + 1;
        from += text[from..end].len() - text[from..end].trim_start().len();
    }
}

/// `Bearer x`, `Digest a="b", c="d"`: the scheme stays.
fn credentials(view: &View, p: &Pair, out: &mut Vec<Range<usize>>) {
    let text = &view.text;
    let end = if p.quoted { p.value.end } else { text.len() };
    let all = text[p.value.start..end].trim_end();
    let mut tokens = all.split(' ');
    let first = tokens.next().unwrap_or_default();
    let Some(second) = tokens.next() else {
        let v = text[p.value.clone()].trim_end_matches(['"', '\'']);
        let whole = looks::is_telling(v) && !looks::is_reference(v);
        return out.extend(whole.then(|| p.value.clone()));
    };
    let known = keys::has(SCHEMES, &first.to_ascii_lowercase());
    if !(known || looks::is_telling(second)) {
        let whole = looks::is_telling(first);
        return out.extend(whole.then(|| p.value.clone()));
    }
    let from = p.value.start + first.len() + 1;
    let mut stop = from + second.len();
    // a list goes on behind its commas
    while text[..stop].ends_with(',') && stop < end {
        let next = text[stop + 1..end].find(' ');
        stop = next.map_or(end, |n| stop + 1 + n);
    }
    let value = text[from..stop].trim_end_matches(['"', '\'', ')', ']', '}', ',', ';', '`']);
    if !looks::is_nothing(value) && !looks::is_reference(value) {
        out.push(from..from + value.len());
    }
}
