//! The golden table of hostile lines, and values checked by hand.

use super::*;

const HOSTILE: &str = include_str!("../../../../tests/data/hostile.tsv");

/// `\xNN` and `\\` of the table's input column.
fn bytes_of(s: &str) -> Vec<u8> {
    let b = s.as_bytes();
    let mut out = Vec::new();
    let mut i = 0;
    while i < b.len() {
        match &b[i..] {
            [b'\\', b'x', hi, lo, ..] => {
                let hex = [*hi, *lo];
                out.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
                i += 4;
            }
            [b'\\', b'\\', ..] => {
                out.push(b'\\');
                i += 2;
            }
            _ => {
                out.push(b[i]);
                i += 1;
            }
        }
    }
    out
}

/// The table writes `<...>` for the middle of long texts.
fn fits(got: &str, want: &str) -> bool {
    match want.split_once("<...>") {
        Some((head, tail)) => got.starts_with(head) && got.ends_with(tail),
        None => got == want,
    }
}

#[test]
fn hostile_lines_print_as_agreed_in_every_sink() {
    let mut n = 0;
    for row in HOSTILE.lines().skip(1) {
        let f: Vec<&str> = row.split('\t').collect();
        let raw = match f[0] {
            "very-long" => vec![b'A'; 4000],
            "secret-cut" => [vec![b'x'; 500], b" token=abcdefghijklmnop".to_vec()].concat(),
            _ => bytes_of(f[1]),
        };
        let t = LogText::new(&raw);
        let got = [
            format!("| {}", t.for_terminal()),
            t.for_md_prose().replace('|', "\\|"),
            html(t.for_json()),
            csv(t.for_json()),
            serde_json::to_string(t.for_json()).unwrap(),
        ];
        for (got, want) in got.iter().zip(&f[2..]) {
            assert!(fits(got, want), "{}: got {got}, want {want}", f[0]);
        }
        n += 1;
    }
    assert_eq!(n, 50);
}

fn new(s: &str) -> String {
    LogText::new(s.as_bytes()).for_json().to_owned()
}

#[test]
fn machines_keep_their_addresses_and_people_do_not() {
    crate::tests::holds("addresses in a text", new);
    let name = LogText::name(b"203.0.113.7:80");
    assert_eq!(name.for_json(), "203.0.113.7:80");
}

/// Texts, and what of each must go, `-` for nothing.
const REDACTION: &str = include_str!("../../../../tests/data/redaction.tsv");

#[test]
fn what_must_go_goes_and_the_rest_stays() {
    let (mut go, mut stay) = (0, 0);
    for row in REDACTION.lines().skip(1) {
        let f: Vec<&str> = row.split('\t').collect();
        let mut people = People::default();
        let mut t = LogText::new(f[0].as_bytes());
        people.meet(&t, &[]);
        t.settle(&Policy {
            secrets: true,
            addresses: true,
            people: people.settled(),
            ..Policy::default()
        });
        let shown = t.for_json();
        if f[1] == "-" {
            assert_eq!(shown, f[0]);
            stay += 1;
        } else {
            assert!(f[0].contains(f[1]), "{row}");
            assert!(!shown.contains(f[1]), "{row}: {shown}");
            // nothing is taken twice, and what stands for it is no secret
            assert_eq!(new(&new(shown)), new(shown), "{row}");
            go += 1;
        }
    }
    assert!(go >= 150 && stay >= 150);
}

#[test]
fn code_spans_cannot_be_left() {
    for s in ["", " ", "`", "``", "a`", "`a", "a``b`c", "|", "\\|"] {
        let code = md_code(s);
        let fence = code.len() - code.trim_start_matches('`').len();
        let inside = &code[fence..code.len() - fence];
        assert!(!inside.contains(&"`".repeat(fence)), "{code}");
    }
}

#[test]
fn a_text_may_end_where_a_value_should_begin() {
    for text in [
        "login('a', '",
        "password=",
        "connect(\"db\",\"",
        "-u",
        "key <<\"",
        "token: [",
    ] {
        assert!(
            !LogText::new(text.as_bytes()).for_json().is_empty(),
            "{text}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_become_visible_and_bounded(raw in proptest::collection::vec(proptest::num::u8::ANY, 0..2000)) {
        let t = LogText::new(&raw);
        proptest::prop_assert!(t.for_json().chars().all(|c| !c.is_control()));
        proptest::prop_assert!(t.for_json().chars().count() <= CAP + 40);
    }
}
