//! Secrets by their keys: which values go, and what of a header.

use super::headers::{credentials, jar_end};
use super::keys::{self, Class};
use super::pairs::{self, Link, Pair, is_quote, pairs};
use super::values::{is_list_of_bytes, value};
use super::view::DecodedText;
use super::{chance, looks};
use std::ops::Range;

/// Keys that name another key, whose value the next pair gives: `{"name": "DB_PASSWORD", "value": "x"}`.
const NAMES: &str =
    "name k key field header variable env param parameter id property setting option target object";
const VALUES: &str = "value v val content data details default string stringvalue newvalue";
/// Attributes of a cookie that are no part of its value.
const ATTRIBUTES: &str =
    "path domain expires max-age samesite priority version comment httponly secure partitioned";
/// The places of secrets behind a key.
pub(super) fn given(view: &DecodedText) -> Vec<Range<usize>> {
    let text = &view.text;
    let mut out: Vec<Range<usize>> = Vec::new();
    let (mut named, mut label, mut jar) = (false, "", 0);
    for p in pairs(view, |key| may_hold(text, key)) {
        let (key, given) = (&text[p.key.clone()], &text[p.value.clone()]);
        if out.last().is_some_and(|done| done.end > p.value.start) {
            continue;
        }
        let set = matches!(p.link, Link::Given | Link::Colon);
        let small = key.to_ascii_lowercase();
        if set && p.value.start < jar {
            let rest = text.get(p.value.end..jar).unwrap_or_default();
            let more = rest.find([';', ',', ' ', '"', '\'']).unwrap_or(rest.len());
            // `locale=nl`, `currency=EUR`
            let short = given.len() < 6 && given.bytes().all(|b| b.is_ascii_alphabetic());
            let stays = keys::has(ATTRIBUTES, &small) || short || looks::is_harmless(given);
            out.extend((!stays).then(|| p.value.start..p.value.end + more));
            continue;
        }
        // also `ParameterKey=x,ParameterValue=y`
        let ends_in = |list: &str| {
            let parts = keys::parts(key);
            let last = parts.last().is_some_and(|p| keys::has(list, p));
            last && parts.iter().rev().skip(1).all(|p| keys::has(NAMES, p))
        };
        // `cs1Label=… cs1=…`
        let labelled = set && !label.is_empty() && key == label;
        let class = match set && named && ends_in(VALUES) || labelled {
            true => Some(Class::Secret),
            false if is_account(text, &p) => Some(Class::Secret),
            // `property bindPassword value="x"`
            false if set && ends_in(VALUES) && is_named_before(text, &p) => Some(Class::Secret),
            false if is_typed_code(text, &p) => Some(Class::Code),
            false => keys::class(key, &text[..p.key.start]),
        };
        if set {
            let of = |v: &str| keys::class(v, "").is_some_and(|c| c != Class::Vague);
            named = ends_in(NAMES) && of(given);
            let labels = key.strip_suffix("Label").filter(|_| of(given));
            label = labels.unwrap_or(if labelled { "" } else { label });
            // a field of a form, whose value stands below its name
            let below = p.value.end + 1;
            if named
                && p.quoted
                && small == "name"
                && text
                    .get(below..)
                    .is_some_and(|rest| rest.starts_with([' ', '\n']))
            {
                let next = value(view, below, 0).map(|(v, _)| v);
                let typed = |v: &Range<usize>| looks::is_made_up(&text[v.clone()]);
                out.extend(next.filter(typed));
            }
        }
        match class {
            Some(Class::Cookies) if set => {
                jar = jar_end(text, &p);
                let long = (p.quoted || p.link == Link::Given)
                    && given.len() >= 16
                    && !given.contains(' ')
                    && !looks::is_prose(given);
                let lone = !given.contains('=') && (looks::is_secret_like(given) || long);
                out.extend(lone.then_some(p.value));
            }
            Some(Class::Cookies) if looks::is_odd(given) => out.push(p.value),
            Some(Class::Credentials) if set => credentials(view, &p, &mut out),
            None if set && (is_held(text, &p) || is_of_home(text, &p)) => out.push(p.value),
            Some(_) if many(text, &p) > p.value.start => {
                out.push(p.value.start..many(text, &p));
            }
            Some(class) if goes(class, &p, text) => {
                // `OTP 915 027`
                let part = |v: &&str| v.len() == given.len() && v.len() == 3 && looks::is_number(v);
                let rest = text[p.value.end..].strip_prefix(' ').unwrap_or_default();
                let sign = |c: char| !c.is_ascii_digit() && c != ' ';
                let rest = rest.split(sign).next().unwrap_or_default().split(' ');
                let more = rest.take_while(part).filter(|_| part(&given));
                let more: usize = more.map(|v| v.len() + 1).sum();
                let whole = p.value.start..p.value.end + more;
                let mut end = whole.end + usize::from(p.quoted);
                out.push(whole);
                // the others of a list: `codes: 4f7k-9q2m, 8h3d-1p6s`
                let looks = shape(given);
                while key.ends_with('s') && !p.quoted {
                    let next = value(view, end + usize::from(text[end..].starts_with(',')), 0);
                    let Some((next, _)) =
                        next.filter(|n| !n.0.is_empty() && shape(&text[n.0.clone()]) == looks)
                    else {
                        break;
                    };
                    end = next.end;
                    out.push(next);
                }
                out.extend(becomes(view, end, p.quoted));
            }
            // `"hidden" -> "new"`
            Some(Class::Secret) if p.quoted => out.extend(becomes(view, p.value.end + 1, true)),
            _ => {}
        }
    }
    out
}

/// What a value becomes that ends at a place: `"old" -> "new"`.
fn becomes(view: &DecodedText, end: usize, quoted: bool) -> Option<Range<usize>> {
    let text = &view.text;
    let rest = text.get(end..).unwrap_or_default().trim_start();
    let mut signs = ["->", "=>", "TO "].iter();
    let next = signs.find_map(|sign| rest.strip_prefix(sign))?;
    let (at, in_quotes) = value(view, text.len() - next.len(), 0)?;
    let alike = in_quotes == quoted && (quoted || looks::is_mixed(&text[at.clone()]));
    (alike && !looks::is_harmless(&text[at.clone()])).then_some(at)
}

/// Whether one of the keys is that of a secret, and its value is one.
pub(super) fn gives_password(view: &DecodedText) -> bool {
    let text = &view.text;
    let secret = |key: Range<usize>| keys::class(&text[key.clone()], &text[..key.start]);
    let secret = |p: &Pair| secret(p.key.clone()) == Some(Class::Secret);
    let mut all = pairs(view, |key| may_hold(text, key)).into_iter();
    all.any(|p| secret(&p) && goes(Class::Secret, &p, text))
}

/// Whether a key names another key.
pub(super) fn is_name_of_key(key: &str) -> bool {
    keys::has("field property attribute column", &key.to_lowercase())
}

/// Whether a key is that of the value of a key that was named before.
pub(super) fn is_value(key: &str) -> bool {
    let key = key.to_lowercase();
    keys::has(VALUES, &key) || keys::has("from to old new fromstring tostring oldvalue", &key)
}

/// Where a key of many words ends that begins at the place of a value: twelve small ones of a wallet, sixteen octets, or nowhere.
fn many(text: &str, p: &Pair) -> usize {
    let from = p.value.start;
    let to = if p.quoted { p.value.end } else { text.len() };
    let word = |w: &&str| (3..=8).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_lowercase());
    let octet = |w: &&str| w.len() == 2 && looks::is_hex(w);
    let reach = |is: &dyn Fn(&&str) -> bool, least: usize| {
        let words = text[from..to].split(' ').take_while(is);
        let (n, len) = words.fold((0, 0), |(n, len), w| (n + 1, len + w.len() + 1));
        if n >= least { from + len - 1 } else { from }
    };
    reach(&word, 12).max(reach(&octet, 16))
}

/// Whether the word before a key names a secret.
fn is_named_before(text: &str, p: &Pair) -> bool {
    let before = text[..p.key.start].strip_suffix(' ');
    let word = before
        .and_then(|b| b.rsplit(' ').next())
        .unwrap_or_default();
    word.bytes().all(pairs::is_key) && keys::class(word, "") == Some(Class::Secret)
}

/// Whether a parameter is the second of an account: `u=name&p=…`.
fn is_account(text: &str, p: &Pair) -> bool {
    let before = text[..p.key.start].strip_suffix(['&', ' ']);
    let user = before.and_then(|b| b.rsplit(['?', '&', ' ']).next());
    let user = user.and_then(|u| u.split_once('=')).map_or("", |u| u.0);
    &text[p.key.clone()] == "p" && keys::has("u user username login", user)
}

/// Whether what is said behind a word may be its value.
fn may_hold(text: &str, key: &Range<usize>) -> bool {
    let word = &text[key.clone()];
    word == "p" || keys::has(TYPED, word) || keys::class(word, &text[..key.start]).is_some()
}

/// Words behind which the code stands that was typed.
const TYPED: &str = "code expected got entered given typed";
/// What codes are typed for, and sent by.
const MESSAGES: &str = "totp hotp otp mfa sms";

/// Whether a number is the code that a line about such codes says was typed: `verify_totp code=804113`.
fn is_typed_code(text: &str, p: &Pair) -> bool {
    let v = &text[p.value.clone()];
    let code = looks::is_number(v) && (6..=8).contains(&v.len());
    let sign = [' ', '.', ':', '(', '['];
    let before = text[..p.key.start].split(sign).rev().take(6);
    let mut words = before.chain(text[p.value.end..].split(sign).take(6));
    code && keys::has(TYPED, &text[p.key.clone()])
        && words.any(|w| {
            keys::class(w, "") == Some(Class::Code)
                || keys::parts(w).iter().any(|p| keys::has(MESSAGES, p))
        })
}

/// Whether a value that can only be a secret or an id stands in a block or list that is named for secrets:
/// `tokens { agent = "…" }`.
fn is_held(text: &str, p: &Pair) -> bool {
    let v = &text[p.value.clone()];
    let opaque = v.len() < 200
        && (looks::is_hex(v) && v.len() >= 32
            || looks::holds_uuid(v)
            || looks::is_odd(v)
            || looks::is_made_up(v));
    // `clientid` is whose they are
    let key = text[p.key.clone()].to_ascii_lowercase();
    let id = key.ends_with("id") || keys::is_about(&key);
    if !opaque || id || v.contains(' ') {
        return false;
    }
    let name = pairs::block(text, p.key.start);
    keys::has("authentication login credential", name)
        // an account and its password each
        || p.quoted && looks::is_made_up(v) && keys::parts(name).last().is_some_and(|w| w == "users")
        || keys::class(name, "") == Some(Class::Secret) && looks::is_hex(v)
        || name.ends_with('s')
            && matches!(
                keys::class(name, ""),
                Some(Class::Secret | Class::Named | Class::Likely)
            )
}

/// Whether a value is where somebody lives, in a block that is named for that: `"shipping_address": {"line1": "…"}`.
fn is_of_home(text: &str, p: &Pair) -> bool {
    keys::class(pairs::block(text, p.key.start), "") == Some(Class::Home)
        && super::person_rows::is_home(&text[p.value.clone()])
}

/// Whether the value of a pair is a secret.
fn goes(class: Class, p: &Pair, text: &str) -> bool {
    let v = text[p.value.clone()].trim_end_matches(['.', ':', ',', '#']);
    let v = v
        .strip_prefix('{')
        .filter(|v| looks::holds_uuid(v.trim_end_matches('}')))
        .unwrap_or(v);
    if looks::is_harmless(v) || is_ticket(v) {
        return false;
    }
    // what stands behind a word is no pair of its own
    let name = |n: &str| {
        let any = |f: fn(&u8) -> bool| n.bytes().any(|b| f(&b));
        // `AUTH0_DOMAIN=…`
        let digits = any(u8::is_ascii_digit) && any(u8::is_ascii_lowercase);
        let sign = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        !n.is_empty() && n.bytes().all(sign) && !digits
    };
    if p.link == Link::Colon
        && v.split_once('=')
            .is_some_and(|(n, of)| name(n) && !of.is_empty())
    {
        return false;
    }
    if p.link == Link::Beside && v.trim_end_matches('=').contains('=') {
        return false;
    }
    let key = &text[p.key.clone()];
    // `resource "random_password" "name"`: what a plan calls it
    if text[..p.key.start].ends_with("resource \"") {
        return false;
    }
    // certificates are known by the digest of their key
    let prose = p.link == Link::Colon && key.ends_with("key");
    if prose && looks::is_hex(v) && v.len() == 40 && text[..p.key.start].contains(" cert ") {
        return false;
    }
    let digits = v.bytes().filter(u8::is_ascii_digit).count();
    let typed = (3..=10).contains(&digits) && v.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let set = matches!(p.link, Link::Given | Link::Colon);
    let plain = looks::is_prose(v);
    let asked = text[..p.key.start].ends_with(['?', '&']);
    let of = text[..p.key.start].strip_suffix(' ');
    let of = of
        .and_then(|b| b.rsplit(' ').next())
        .map_or_else(String::new, str::to_lowercase);
    let one = !v.contains(' ') || key.ends_with("phrase");
    // `secret rotated to version7`
    if p.link == Link::Said && looks::is_identity_word(v) && !looks::is_made_up(v) {
        return false;
    }
    // the next name in a list of them
    if p.link == Link::Given
        && text[..p.value.start].ends_with(['"', '\''])
        && text[p.key.end..p.value.start].contains(',')
        && plain
        && keys::class(v, "").is_some()
    {
        return false;
    }
    // what is said of one in a sentence
    if v.split(' ').filter(|w| looks::is_prose(w)).count() > 4 && !key.ends_with("phrase") {
        return false;
    }
    match class {
        Class::Secret if is_list_of_bytes(v) => true,
        Class::Secret | Class::Named if looks::is_number(v) => {
            let code = key.ends_with("code") && digits <= 10;
            digits >= 4 && (p.link != Link::Beside || code)
        }
        Class::Secret | Class::Named if looks::is_measure(v) => false,
        Class::Named if set => !is_name(v) && (p.quoted || p.link == Link::Given || !plain),
        // `secret 5 …`
        Class::Named if p.link == Link::Said => !plain && !is_name(v),
        Class::Secret if p.link == Link::Given || p.quoted && p.link != Link::Beside => true,
        // `:password "x"`, `{password,<<"x">>}`
        Class::Secret if p.quoted && one && !keys::is_about(v) => true,
        Class::Secret if p.link == Link::Colon => match key {
            // the result of a test
            "PASS" => looks::is_made_up(v),
            _ => !plain || is_last(text, p.value.end) && !keys::is_deed(v),
        },
        Class::Secret if p.link == Link::Said => !plain && v.len() >= 4 && !v.contains('@'),
        Class::Secret => {
            let key = keys::parts(key).concat();
            let word = v.bytes().all(|b| b.is_ascii_alphanumeric());
            let mut made = ["token", "secret", "credential", "key"].iter();
            let made = made.any(|w| key.contains(w));
            let typed = p.quoted || !made || word && key.ends_with("key");
            let named = key == "token" && keys::has(keys::OPENS, &of);
            looks::is_odd(v) && (named || !looks::holds_uuid(v.trim_start_matches('{')))
                || typed && (looks::is_mixed(v) || looks::is_made_up(v))
        }
        Class::Named => {
            let with = keys::has("with shared", &of);
            looks::is_odd(v) || p.quoted && (looks::is_made_up(v) || with && looks::is_mixed(v))
        }
        // why something failed
        Class::Code if keys::has("failed: error: failure: failed error", &of) => false,
        Class::Code => {
            let marked = set || p.quoted || p.link == Link::Said;
            typed
                || looks::is_grouped(v)
                || marked && v.len() >= 32 && !v.contains(' ')
                || marked && digits > 0 && looks::is_secret_like(v)
                || (set || p.quoted) && looks::is_made_up(v)
        }
        Class::Likely if set || looks::is_object(v) => {
            !is_name(v)
                && !looks::is_object(v)
                && (looks::is_secret_like(v) || looks::is_made_up(v))
        }
        Class::Vague if set && asked => looks::is_secret_like(v),
        Class::Vague if set => {
            let of = keys::parts(key).pop().unwrap_or_default();
            // a setting that is a key: `agent.auto.register.key=…`
            let dotted = key.ends_with(".key") && !looks::is_identity_word(key);
            let thing = looks::is_identity_word(&of)
                || looks::is_hashed_name(v)
                || p.link == Link::Colon && looks::is_identity(text, p.key.start);
            looks::is_mixed_groups(v)
                || looks::is_odd(v)
                    && !v.contains([':', '/', ' '])
                    && !thing
                    && (!looks::holds_uuid(v) || p.link == Link::Given && dotted)
        }
        // `sid 'cc383ed1-…'`
        Class::Likely if p.quoted && looks::holds_uuid(v) => {
            let small = key.to_ascii_lowercase();
            small == "sid" || small.ends_with("-session")
        }
        Class::Likely => {
            let short = looks::is_hex(v) && v.len() < 24;
            let keyed = p.quoted && key.contains("hmac");
            let thing = || looks::holds_uuid(v) || looks::is_thing(text, p.value.start, v);
            looks::is_odd(v) && !short && (keyed || !thing())
        }
        // `routing_key …`: a name of two words is no key of a table's row, and what stands there is as long as a secret
        Class::Vague => {
            let long = if key.contains('_') { 32 } else { 12 };
            let mixed = key.contains('_') || looks::is_of_all_kinds(v);
            mixed && v.len() >= long && looks::is_odd(v) && !looks::is_thing(text, p.value.start, v)
        }
        Class::Scheme if p.link == Link::Beside => {
            v.len() >= 24 && !plain || v.len() >= 8 && (digits > 0 || v.ends_with('='))
        }
        Class::Home if set => super::person_rows::is_home(v),
        Class::Personal => digits >= 6 && digits * 2 >= v.len() || set && digits >= 4,
        _ => false,
    }
}

/// The number of a ticket: `QS-9917`.
fn is_ticket(v: &str) -> bool {
    v.split_once(['-', '#']).is_some_and(|(of, n)| {
        let letters = of.len() > 1 && of.bytes().all(|b| b.is_ascii_uppercase());
        letters && (1..7).contains(&n.len()) && looks::is_number(n)
    })
}

/// The name of a thing: small words and numbers that signs join.
pub(super) fn is_name(v: &str) -> bool {
    let joined = v.contains(['-', '/', '.', ':']);
    joined
        && !v.bytes().any(|b| b.is_ascii_uppercase())
        && chance::chance(v) == 0
        && v.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_./:".contains(&b))
}

/// Whether nothing follows in the same clause.
fn is_last(text: &str, end: usize) -> bool {
    let rest = text[end..].trim_start_matches(|c: char| is_quote(u8::try_from(c).unwrap_or(0)));
    let rest = rest.trim_end_matches(' ');
    rest.is_empty() || rest.starts_with(['\n', '\t', ',', ';', '}', ']', ')', '|'])
}

/// A text by its signs alone: which of them are letters or digits.
fn shape(v: &str) -> Vec<bool> {
    v.bytes().map(|b| b.is_ascii_alphanumeric()).collect()
}
