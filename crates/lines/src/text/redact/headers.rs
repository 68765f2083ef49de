//! What of a header goes: credentials behind their scheme, and where cookies end.

use super::pairs::{self, Pair};
use super::view::DecodedText;
use super::{keys, looks};
use std::ops::Range;

/// Schemes of the header that credentials follow.
const SCHEMES: &str = "bearer basic digest negotiate ntlm token apikey api-key key hmac oauth mac hawk ssws aws sharedkey \
    aws4-hmac-sha256 sharedaccesssignature splunk genietoken dpop";

/// Fields of credentials that say who asks for what, and how it is signed.
const FIELDS: &str = "realm username uri qop nc algorithm method timestamp version headers";

/// Where the cookies of a header or of a block end.
pub(super) fn jar_end(text: &str, p: &Pair) -> usize {
    let all = &text[p.value.start..];
    let block = all.starts_with(['{', '(']).then(|| all.find(['}', ')']));
    if p.quoted || block.is_some() {
        return block.flatten().map_or(p.value.end, |n| p.value.start + n);
    }
    let mut end = p.value.start;
    for part in all.split_inclusive(';') {
        let body = part.trim_start();
        match body.find([' ', '"', '\n']) {
            Some(n) => return end + part.len() - body.len() + n,
            None => end += part.len(),
        }
    }
    end
}

/// `Bearer x`, `Digest a="b", c="d"`: the scheme stays.
pub(super) fn credentials(view: &DecodedText, p: &Pair, out: &mut Vec<Range<usize>>) {
    let text = &view.text;
    let end = if p.quoted { p.value.end } else { text.len() };
    let all = text[p.value.start..end].trim_end();
    if all.starts_with("[]") {
        return;
    }
    let mut tokens = all.split(' ');
    let first = tokens.next().unwrap_or_default();
    let Some(second) = tokens.next() else {
        let v = text[p.value.clone()].trim_end_matches(['"', '\'']);
        let whole = looks::is_secret_like(v) && !looks::is_harmless(v);
        return out.extend(whole.then(|| p.value.clone()));
    };
    let known = keys::has(SCHEMES, &first.to_ascii_lowercase());
    if !(known || looks::is_secret_like(second)) {
        let whole = looks::is_secret_like(first);
        return out.extend(whole.then(|| p.value.clone()));
    }
    let from = p.value.start + first.len() + 1;
    let mut stop = from + second.len();
    // a list goes on behind its commas, and what it quotes to its end: `realm="Public API"`
    let goes_on = |stop: usize| {
        let quoted = text[from..stop].split("=\"").skip(1).last();
        text[..stop].ends_with(',') || quoted.is_some_and(|q| !q.contains('"'))
    };
    while goes_on(stop) && stop < end {
        let next = text[stop + 1..end].find(' ');
        stop = next.map_or(end, |n| stop + 1 + n);
    }
    let value = text[from..stop].trim_end_matches(['"', '\'', ')', ']', '}', ',', ';', '`']);
    if !looks::is_harmless(value) {
        out.extend(
            fields(value)
                .into_iter()
                .map(|r| from + r.start..from + r.end),
        );
    }
}

/// What of credentials goes: of a list of fields, `realm="x",nonce="y"`, the values that do not say who asks for what; else all.
fn fields(value: &str) -> Vec<Range<usize>> {
    let whole = std::iter::once(0..value.len());
    let sign = if value.contains(',') { ',' } else { ';' };
    let mut all = Vec::new();
    for part in value.split(sign) {
        let named = part.trim_start().split_once('=').filter(|(name, v)| {
            !name.is_empty() && !v.trim_matches('=').is_empty() && name.bytes().all(pairs::is_key)
        });
        let Some((name, v)) = named else {
            return whole.collect();
        };
        let stays = keys::parts(name)
            .last()
            .is_some_and(|p| keys::has(FIELDS, p));
        let v = v.trim_matches(['"', '\'', ' ']);
        let at = v.as_ptr() as usize - value.as_ptr() as usize;
        all.extend((!stays).then(|| at..at + v.len()));
    }
    match all.len() {
        0 => whole.collect(),
        _ => all,
    }
}
