//! Templates: what is counted, kept and merged.

use super::super::mask::mask;
use super::*;
use crate::tests::{holds, tried};
use proptest::prelude::*;

fn masked(s: &str) -> String {
    let mut out = Vec::new();
    mask(s.as_bytes(), 24, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn variable_tokens_are_masked_and_stay_so() {
    holds("masked", masked);
    for [s] in tried("mask") {
        let m = masked(&s);
        assert_eq!(masked(&m), m, "{s}");
    }
}

#[test]
fn hosts_without_end_stay_bounded() {
    let mut t = Templates::new(300);
    for i in 0..5000u32 {
        let name = Some(format!("host-{i}").into_bytes().into());
        let text = format!("(bucket {i} failed").into_bytes();
        let key = TemplateKey {
            host: name.clone(),
            service: name,
            level: Level::Error,
            text: text.clone().into(),
        };
        t.add(key.parts(), &text, (0, Pos::default(), b""));
    }
    assert!(t.iter().count() <= 64);
    assert_eq!(t.iter().map(|(_, x)| x.count).sum::<u64>(), 5000);
}

proptest! {
    #[test]
    fn masking_less_of_what_was_masked_is_masking_less(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "a", "b7", "<*>", "<P>", "/a/b/c", "...", " ", "  ", "\t", "=", ":", "<", ">", "*", "12", "w/x",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "(bucket 11)", "status", "503",
        ]), 0..60), a in 0u8..4, b in 0u8..4,
    ) {
        let (a, b) = (a.min(b), a.max(b));
        let text = words.concat();
        let mut whole = Vec::new();
        mask(text.as_bytes(), 24, &mut whole);
        let (fine, coarse) = (text_at(a, &whole), text_at(b, &whole));
        prop_assert_eq!(text_at(b, &fine), coarse);
        prop_assert_eq!(text_at(4, &fine), text_at(4, &whole));
    }

    #[test]
    fn any_order_of_merging_gives_the_same(v in proptest::collection::vec((0u8..30, 0u8..4, 0i64..5000), 0..150), cut in 0usize..150) {
        let cut = cut.min(v.len());
        let build = |v: &[(u8, u8, i64)], base: usize| {
            let mut t = Templates::new(12);
            for (i, (a, b, us)) in v.iter().enumerate() {
                let text: Vec<u8> = (0..20).map(|n| format!("w{} ", char::from(b'a' + if n < 5 { *b } else { a % (n + 3) }))).collect::<String>().into_bytes();
                let key = TemplateKey { host: None, service: None, level: Level::Error, text: text.clone().into() };
                t.add(key.parts(), &text, (*us * 1_000_000, Pos { offset: (base + i) as u64, line: 1 }, &text));
            }
            t
        };
        let whole = build(&v, 0);
        let (mut a, b) = (build(&v[..cut], 0), build(&v[cut..], cut));
        let mut c = b.clone();
        c.merge(a.clone());
        a.merge(b);
        prop_assert_eq!(&a, &whole);
        prop_assert_eq!(&c, &whole);
    }
}
