//! Takes secrets and personal data out of cleaned text. Six ways find them, each general: what a key says of its value
//! ([`given`]), where something stands ([`places`], [`operands`]), the form of a known kind or mere chance ([`kinds`]), how people make passwords up ([`typed`]), and what forms of people's
//! data are checked by ([`personal`], [`person_rows`], [`addresses`]). All of them read the text as its readers decode it ([`view`]).

mod addresses;
mod calls;
mod chance;
mod given;
mod headers;
mod keys;
mod kinds;
mod looks;
mod operands;
mod pairs;
mod person_rows;
mod personal;
mod places;
mod typed;
mod values;
mod view;

pub(super) use addresses::addresses;
pub(super) use keys::{has, parts, plain, roles, user};
pub(super) use looks::is_said;
pub(crate) use view::percent;

use std::ops::Range;
use view::DecodedText;

/// What is taken out of a text, and what stands there instead.
struct Redaction {
    at: Range<usize>,
    with: With,
}

enum With {
    Sign(&'static str),
    /// The address, in small letters.
    Mail(String),
}

/// Everything: [`secrets`], then addresses cut.
pub(super) fn all(text: String) -> String {
    addresses(secrets(text))
}

/// Secrets, e-mail addresses and card numbers; e-mail addresses are numbered by first appearance in the text.
pub(super) fn secrets(text: String) -> String {
    let mut seen = Vec::new();
    secrets_with(text, |mail| number(&mut seen, mail))
}

/// The number of an address among those seen so far.
pub(super) fn number(seen: &mut Vec<String>, mail: &str) -> usize {
    let known = seen.iter().position(|s| s == mail);
    known.unwrap_or_else(|| {
        seen.push(mail.to_owned());
        seen.len() - 1
    }) + 1
}

/// The same with numbers of e-mail addresses from elsewhere.
pub(super) fn secrets_with(text: String, mut number: impl FnMut(&str) -> usize) -> String {
    let cuts = cuts(&text);
    if cuts.is_empty() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for cut in cuts {
        out.push_str(&text[done..cut.at.start]);
        match cut.with {
            With::Sign(sign) => out.extend(["«", sign, "»"]),
            With::Mail(mail) => out.push_str(&format!("«email-{}»", number(&mail))),
        }
        done = cut.at.end;
    }
    out + &text[done..]
}

/// The e-mail addresses of a text that are no part of a secret, in order and small letters.
pub(super) fn mail_addresses(text: &str) -> Vec<String> {
    if !text.contains(['@', '%', '&', '\\']) {
        return Vec::new();
    }
    let mail = |c: Redaction| match c.with {
        With::Mail(mail) => Some(mail),
        With::Sign(_) => None,
    };
    cuts(text).into_iter().filter_map(mail).collect()
}

/// The places in a text where a key says that a person is named, to the closing quotation mark or the end of the text, and whether
/// only a first and a last name is one.
pub(super) fn persons(text: &str) -> Vec<(Range<usize>, bool)> {
    let (view, whole) = (DecodedText::of(text), text.len());
    let text = &view.text;
    let set = |p: &pairs::Pair| match p.link {
        pairs::Link::Given => true,
        pairs::Link::Colon => p.quoted || !says(text, p),
        _ => false,
    };
    // `"field": "assignee", "to": "…"`: the key of what is told is a value itself
    let mut of = "";
    let person = |p: pairs::Pair| {
        let (key, block) = (&text[p.key.clone()], pairs::block(text, p.key.start));
        let mut at = view.original(&p.value);
        at.end = if p.quoted { at.end } else { whole };
        if given::is_value(key) && !of.is_empty() {
            return keys::person(of, "", "").map(|full| (at, full));
        }
        if given::is_name_of_key(key) {
            of = &text[p.value.clone()];
        }
        let full = keys::person(key, block, &text[..p.key.start])?;
        Some((at, full))
    };
    let all = pairs::pairs(&view, |_| false).into_iter().filter(set);
    all.filter_map(person).collect()
}

/// Whether a key is a program before what it says: `2026-03-10T10:19:30Z deployer: Deploying shop`.
fn says(text: &str, p: &pairs::Pair) -> bool {
    let dated = |w: &str| w.contains(|c: char| c.is_ascii_digit());
    let first = text[p.value.start..].split_whitespace().next();
    let sentence = |w: &str| {
        let behind = text[p.value.start + w.len()..].trim_start();
        w.starts_with(char::is_uppercase)
            && w.chars().all(char::is_alphabetic)
            && behind.starts_with(char::is_lowercase)
            && !super::named::is_personal(w)
            && !super::named::is_family(w)
    };
    text[..p.key.start].split_whitespace().all(dated) && first.is_some_and(sentence)
}

/// Whether a text gives a password.
pub(super) fn gives_password(text: &str) -> bool {
    given::gives_password(&DecodedText::of(text))
}

/// The names that stand in a row beside other data of a person.
pub(super) fn names_in_rows(text: &str) -> Vec<&str> {
    // no shorter number is data of a person
    let may = text.contains('@') || text.bytes().filter(u8::is_ascii_digit).count() > 6;
    if !may || !text.contains([',', ';', '|', '\t', '/', '(', ')']) {
        return Vec::new();
    }
    let view = DecodedText::of(text);
    let mail = personal::mail(&view).into_iter();
    let mail: Vec<_> = mail.map(|(at, m)| (view.original(&at), m)).collect();
    person_rows::names(text, &of_people(text, &personal::numbers(text), &mail))
}

/// Label of an e-mail address beside which other data of people stands.
const MAIL: &str = "email";

/// What the numbers and mail addresses of a text and what stands beside them say of people.
fn of_people(
    text: &str,
    numbers: &[person_rows::PersonalPlace],
    mail: &[(Range<usize>, String)],
) -> Vec<person_rows::PersonalPlace> {
    let mail = mail.iter().map(|(at, _)| (at.clone(), MAIL));
    let mut all: Vec<_> = numbers.iter().cloned().chain(mail).collect();
    let named = || !all.is_empty() || super::people::names_somebody(text);
    let rows = person_rows::homes_and_days(text, &all, named);
    all.extend(rows);
    all
}

/// Whether a text is a name in small letters, perhaps with a small number: most names are, and no secret is.
fn is_small_name(text: &str) -> bool {
    let name = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let fits = |b: u8| b.is_ascii_lowercase() || b == b'-';
    name.len() <= 24 && text.len() - name.len() <= 4 && name.bytes().all(fits)
}

/// All that is to go from a text, in order, nothing twice.
fn cuts(text: &str) -> Vec<Redaction> {
    match is_small_name(text) {
        true => Vec::new(),
        false => found(text),
    }
}

fn found(text: &str) -> Vec<Redaction> {
    let view = DecodedText::of(text);
    let known = kinds::known(&view.text).into_iter();
    let secrets = given::given(&view)
        .into_iter()
        .chain(places::placed(&view.text))
        .chain(calls::called(&view.text))
        .chain(operands::operands(&view.text));
    let (numbers, mail) = (personal::numbers(&view.text), personal::mail(&view));
    let people = of_people(&view.text, &numbers, &mail).into_iter();
    let people = people.filter(|(_, label)| *label != MAIL);
    let sign = |with| move |at| (at, With::Sign(with));
    let found = known
        .map(|(at, label)| (at, With::Sign(label)))
        .chain(secrets.map(sign("secret")))
        .chain(mail.into_iter().map(|(at, mail)| (at, With::Mail(mail))))
        .chain(people.map(|(at, label)| (at, With::Sign(label))))
        .chain(kinds::listed(&view.text).into_iter().map(sign("secret")))
        .chain(typed::typed(&view.text).into_iter().map(sign("secret")))
        .chain(kinds::encoded(&view.text).into_iter().map(sign("secret")))
        .chain(kinds::chance(&view.text).into_iter().map(sign("secret")));
    let mut out: Vec<Redaction> = Vec::new();
    for (at, with) in found {
        let at = view.original(&at);
        if at.is_empty() || text[at.clone()].contains('«') {
            continue;
        }
        add(&mut out, Redaction { at, with });
    }
    out.sort_by_key(|c| c.at.start);
    out
}

/// Takes a cut in. Of two that overlap one is left that takes both out: the earlier one's, but for one that it lies within.
fn add(all: &mut Vec<Redaction>, mut cut: Redaction) {
    let overlaps = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
    if all
        .iter()
        .any(|c| c.at.start <= cut.at.start && cut.at.end <= c.at.end)
    {
        return;
    }
    let at = cut.at.clone();
    // what a secret and a host look like together is no mailbox
    if matches!(cut.with, With::Mail(_)) && all.iter().any(|c| overlaps(&c.at, &at)) {
        return;
    }
    for c in all.extract_if(.., |c| overlaps(&c.at, &at)) {
        let within = cut.at.start <= c.at.start && c.at.end <= cut.at.end;
        cut.at = cut.at.start.min(c.at.start)..cut.at.end.max(c.at.end);
        if !within {
            cut.with = c.with;
        }
    }
    all.push(cut);
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// What is not looked at holds nothing.
        #[test]
        fn small_names_hold_no_secret(
            name in "[a-z]{0,9}(-[a-z]{0,9}){0,3}|[a-f]{8,24}|(sk|key|dapi|pat|rk|ssh|jwt|token|password|pin|iban|de)-?[a-z]{0,14}|(abandon|zoo|able-?|[a-z]{3}-?){1,6}",
            number in "[0-9]{0,4}",
        ) {
            let text = name + &number;
            proptest::prop_assert!(!is_small_name(&text) || found(&text).is_empty(), "{}", text);
        }
    }
}
