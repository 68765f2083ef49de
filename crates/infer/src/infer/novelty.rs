//! Which message templates are one and the same but for a name: collapsed when the report is made, from the set alone, so
//! that neither order nor merging matters. Judges no message.

use coroner_lines::hash::hash64;
use coroner_lines::sorting::SortList;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Variants of one position from which it is a name and no word.
const VARIANTS: usize = 8;
/// Templates beyond which nothing is collapsed: they are bounded per input, and the work with them.
const MOST: usize = 20_000;
/// What stands for a variable token.
const MASK: &[u8] = b"<*>";
/// An id in front of a message.
const ID: &[u8] = b"[<*>] ";

/// Template → the template it is a variant of (itself, where of none).
pub(super) fn collapse<'a>(texts: impl Iterator<Item = &'a [u8]>) -> BTreeMap<&'a [u8], Vec<u8>> {
    let mut out: BTreeMap<&[u8], Vec<u8>> = texts.map(|t| (t, t.to_vec())).collect();
    if out.len() > MOST {
        return out;
    }
    for _ in 0..2 {
        let now: BTreeSet<Vec<u8>> = out.values().cloned().collect();
        let to = round(&now);
        if to.is_empty() {
            break;
        }
        for v in out.values_mut() {
            if let Some(x) = to.get(v) {
                v.clone_from(x);
            }
        }
    }
    // an id in brackets is left out where it shows to be one, by a digit; those beside it that have none stay in front
    let known: BTreeSet<Vec<u8>> = out.values().cloned().collect();
    for v in out.values_mut() {
        if let Some(rest) = v.strip_prefix(ID).filter(|rest| known.contains(*rest)) {
            *v = rest.to_vec();
        }
    }
    out
}

/// Whether the masked form is a template itself, the masked form, and its variants.
type Group<'a> = (bool, Vec<u8>, Vec<&'a Vec<u8>>);

/// One round: where another template has a mask in one position, or many differ in one position only, it is masked.
fn round(texts: &BTreeSet<Vec<u8>>) -> BTreeMap<Vec<u8>, Vec<u8>> {
    // nearly all masked forms are of one template alone: those that are not have a hash in common, of all that may count
    let own: HashSet<u64> = texts.iter().map(|t| hash64(t, 0)).collect();
    let mut masked = Vec::new();
    let mut hash_of = |t: &[u8], (a, b): (usize, usize)| {
        masked.clear();
        [&t[..a], MASK, &t[b..]]
            .iter()
            .for_each(|p| masked.extend_from_slice(p));
        hash64(&masked, 0)
    };
    let mut forms = Vec::new();
    let mut same: HashMap<u64, usize> = HashMap::new();
    for t in texts {
        for (a, b) in places(t) {
            let hash = hash_of(t, (a, b));
            *same.entry(hash).or_insert(0) += 1;
            forms.push((t, a, b, hash));
        }
    }
    forms.retain(|(.., h)| own.contains(h) || same.get(h).is_some_and(|n| *n >= VARIANTS));
    let mut groups: BTreeMap<Vec<u8>, Vec<&Vec<u8>>> = BTreeMap::new();
    for (t, a, b, _) in forms {
        let masked = [&t[..a], MASK, &t[b..]].concat();
        groups.entry(masked).or_default().push(t);
    }
    let mut large: Vec<Group<'_>> = groups
        .into_iter()
        .map(|(m, v)| (texts.contains(&m), m, v))
        .filter(|(is, _, v)| *is || v.len() >= VARIANTS)
        .collect();
    large.sort_list_by(|a, b| {
        (b.0, b.2.len())
            .cmp(&(a.0, a.2.len()))
            .then_with(|| a.1.cmp(&b.1))
    });
    let mut out = BTreeMap::new();
    for (_, masked, variants) in large {
        for v in variants {
            out.entry(v.clone()).or_insert_with(|| masked.clone());
        }
    }
    out
}

/// Where a name may stand in a template: at any of its words, but for the one that is all that it says (`label_wait_timeout`).
fn places(t: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let says = |(a, b): &(usize, usize)| t[*a..*b].iter().any(u8::is_ascii_alphabetic);
    let alone = words(t).filter(says).nth(1).is_none();
    words(t).filter(move |at| &t[at.0..at.1] != MASK && !(alone && says(at)))
}

/// Where the words of a template stand: what is between blanks and punctuation that templates keep.
fn words(t: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < t.len() && !t[at..].starts_with(MASK) && is_break(t[at]) {
            at += 1;
        }
        let rest = t.get(at..).filter(|r| !r.is_empty())?;
        let long = match rest.starts_with(MASK) {
            true => MASK.len(),
            false => rest.iter().position(|c| is_break(*c)).unwrap_or(rest.len()),
        };
        let word = (at, at + long);
        at += long;
        Some(word)
    })
}

fn is_break(c: u8) -> bool {
    c == b' ' || b"=:,()[]{}\"'|;<>".contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_of_one_word_is_none_of_another() {
        let all = of(&[
            "<*>",
            "label_wait_timeout",
            "access",
            "error: <*>",
            "error: stop",
        ]);
        assert_eq!(all[&b"label_wait_timeout"[..]], b"label_wait_timeout");
        assert_eq!(all[&b"error: stop"[..]], b"error: <*>");
    }

    fn of<'a>(texts: &[&'a str]) -> BTreeMap<&'a [u8], Vec<u8>> {
        collapse(texts.iter().map(|t| t.as_bytes()))
    }

    #[test]
    fn a_name_without_a_digit_joins_those_that_have_one() {
        let all = of(&[
            "login failed, id: <*>",
            "login failed, id: qxz",
            "logout failed, id: qxz",
        ]);
        assert_eq!(all[&b"login failed, id: qxz"[..]], b"login failed, id: <*>");
        assert_eq!(
            all[&b"logout failed, id: qxz"[..]],
            b"logout failed, id: qxz"
        );
    }

    #[test]
    fn an_id_in_brackets_without_a_digit_changes_no_message() {
        let ids = [
            "qxzWv", "PmVrt", "kLLsw", "vRtQs", "mmXyz", "zzTop", "wWwQq", "yhNgt",
        ];
        let texts: Vec<String> = ids
            .iter()
            .map(|id| format!("[{id}] login failed"))
            .collect();
        let texts = texts.iter().map(String::as_str).chain(["login failed"]);
        let all = of(&texts.collect::<Vec<_>>());
        assert!(all.values().all(|v| v == b"login failed"));
        assert!(
            of(&["[<*>] login failed"])
                .values()
                .all(|v| v == b"[<*>] login failed")
        );
    }

    #[test]
    fn many_variants_of_one_place_are_one_message_and_few_are_not() {
        let names = ["ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal"];
        let texts: Vec<String> = names.iter().map(|n| format!("no such user {n}")).collect();
        let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert!(of(&refs).values().all(|v| v == b"no such user <*>"));
        assert!(of(&refs[..7]).iter().all(|(k, v)| k == v));
    }

    /// The same without a look at hashes: all groups are made.
    fn plainly(texts: &BTreeSet<Vec<u8>>) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut groups: BTreeMap<Vec<u8>, Vec<&Vec<u8>>> = BTreeMap::new();
        for t in texts {
            for (a, b) in places(t) {
                let masked = [&t[..a], MASK, &t[b..]].concat();
                groups.entry(masked).or_default().push(t);
            }
        }
        let mut large: Vec<_> = groups.into_iter().collect();
        large.retain(|(m, v)| texts.contains(m) || v.len() >= VARIANTS);
        large.sort_by_key(|(m, v)| (std::cmp::Reverse((texts.contains(m), v.len())), m.clone()));
        let mut out = BTreeMap::new();
        for (masked, variants) in large {
            for v in variants {
                out.entry(v.clone()).or_insert_with(|| masked.clone());
            }
        }
        out
    }

    proptest! {
        #[test]
        fn hashes_change_no_round(texts in proptest::collection::btree_set("(a|b|<\\*>|[c-p])( |=)(a|<\\*>|[c-p])( |: )(b|<\\*>)", 0..60)) {
            let texts: BTreeSet<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
            prop_assert_eq!(round(&texts), plainly(&texts));
        }
    }
}
