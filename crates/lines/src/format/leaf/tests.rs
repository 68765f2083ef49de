//! Leaves, by examples and by what they are made of.

use super::*;
use crate::tests::{holds, or_dash};
use proptest::prelude::*;
use std::borrow::Cow;

fn text(b: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(b)
}

#[test]
fn leaves_read_what_the_tables_say() {
    holds("quoted", |t| {
        let read = quoted(t.as_bytes()).ok();
        or_dash(read.map(|(rest, inner)| format!("{}|{}", text(inner), text(rest))))
    });
    holds("status", |t| or_dash(status(t.as_bytes())));
    holds("short number", |t| {
        or_dash(short_uint(t.as_bytes()).map(|(v, n)| format!("{v} {n}")))
    });
    for (topic, unit) in [
        ("seconds", Unit::Second),
        ("milliseconds", Unit::Milli),
        ("nanoseconds", Unit::Nano),
    ] {
        holds(topic, |t| or_dash(decimal_us(t.as_bytes(), unit)));
    }
    holds("value with a unit", |t| {
        or_dash(with_unit(t.as_bytes()).map(|(v, u)| format!("{} {u:?}", text(v))))
    });
    holds("address", |t| is_address(t.as_bytes()));
    holds("endpoint address", |t| is_endpoint(t.as_bytes()));
    holds("without a port", |t| {
        text(without_port(t.as_bytes())).into_owned()
    });
    holds("list of upstreams", |t| {
        list(t.as_bytes()).map(text).collect::<Vec<_>>().join("|")
    });
    holds("request line", |t| {
        let (method, path) = request_line(t.as_bytes());
        format!("{}|{}", text(method), text(path))
    });
}

proptest! {
    #[test]
    fn visible_bytes(b in proptest::collection::vec(prop_oneof![9 => b'!'..=b'~', 1 => any::<u8>(), 1 => proptest::sample::select(vec![b' ', 0x7f, 0x80, 0xff, 0])], 0..30)) {
        prop_assert_eq!(is_graphic(&b), b.iter().all(u8::is_ascii_graphic));
    }

    #[test]
    fn what_is_found_is_where_a_searcher_finds_it(line in "[ae\"Q=]{0,40}", wanted in "[ae\"Q=]{0,3}") {
        let place = memmem::find(line.as_bytes(), wanted.as_bytes());
        prop_assert_eq!(find(line.as_bytes(), wanted.as_bytes()), place);
    }

    #[test]
    fn short_numbers_agree(v in 0u64..10_000_000, tail in "[ -~]{8}") {
        let s = format!("{v} {tail}");
        prop_assert_eq!(short_uint(s.as_bytes()), Some((v, v.to_string().len())));
    }

    #[test]
    fn digits_at_the_end_are_reported(b in proptest::array::uniform8(prop_oneof![3 => b'0'..=b'9', 1 => any::<u8>()]), n in 1usize..9) {
        prop_assert_eq!(short_digits(&b, n), b[8 - n..].iter().all(u8::is_ascii_digit));
    }

    #[test]
    fn short_numbers_are_numbers(b in proptest::array::uniform8(any::<u8>())) {
        if let Some((v, n)) = short_uint(&b) {
            prop_assert_eq!(uint(&b[..n]), Some(v));
        }
    }
}
