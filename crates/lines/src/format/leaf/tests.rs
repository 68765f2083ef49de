//! Leaves, by examples and by what they are made of.

use super::*;
use proptest::prelude::*;

#[test]
fn quotes_and_escapes() {
    assert_eq!(
        quoted(br#""a \"b\" c" d"#),
        Ok((&b" d"[..], &br#"a \"b\" c"#[..]))
    );
    assert_eq!(quoted(br#""\\" d"#), Ok((&b" d"[..], &br"\\"[..])));
    assert_eq!(quoted(br#""" d"#), Ok((&b" d"[..], &b""[..])));
    assert!(quoted(b"\"open").is_err() && quoted(b"x").is_err() && quoted(b"").is_err());
}

#[test]
fn statuses() {
    assert_eq!(status(b"499"), Some(499));
    assert_eq!((status(b"000"), status(b"-")), (Some(0), Some(0)));
    for s in ["600", "099", "20", "2000", "2x0", ""] {
        assert_eq!(status(s.as_bytes()), None, "{s}");
    }
}

#[test]
fn short_numbers() {
    assert_eq!(short_uint(b"1234 \"-\" "), Some((1234, 4)));
    assert_eq!(short_uint(b"0 \"-\" xxx"), Some((0, 1)));
    assert_eq!(short_uint(b"9876543 "), Some((9_876_543, 7)));
    for s in ["12345678 ", " 1234567", "12x4 5678", "-  12345", "12 "] {
        assert_eq!(short_uint(s.as_bytes()), None, "{s}");
    }
}

#[test]
fn durations() {
    assert_eq!(decimal_us(b"0.002", Unit::Second), Some(2_000));
    assert_eq!(decimal_us(b"12", Unit::Milli), Some(12_000));
    assert_eq!(decimal_us(b"1.5", Unit::Milli), Some(1_500));
    assert_eq!(decimal_us(b"1234567", Unit::Nano), Some(1_234));
    for s in ["-", "-1", "", "1e3", "1.2.3", "999999999999999999"] {
        assert_eq!(decimal_us(s.as_bytes(), Unit::Second), None, "{s}");
    }
    assert_eq!(
        with_unit("12 µs".as_bytes()),
        Some((&b"12"[..], Unit::Micro))
    );
    assert_eq!(with_unit(b"ms"), None);
}

#[test]
fn addresses() {
    for a in [
        "127.0.0.1",
        "::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "unix:",
    ] {
        assert!(is_address(a.as_bytes()), "{a}");
    }
    for a in [
        "-",
        "web01",
        "10.0.0.1:80",
        "1.2",
        "shop.example.com",
        "12:30",
    ] {
        assert!(!is_address(a.as_bytes()), "{a}");
    }
    assert_eq!(without_port(b"10.0.0.1:80"), b"10.0.0.1");
    assert_eq!(without_port(b"[::1]:80"), b"::1");
    assert_eq!(without_port(b"::1"), b"::1");
    for e in [
        "10.0.0.1:80",
        "[::1]:80",
        "app:9000",
        "unix:/run/a.sock",
        "http://a:1/x",
    ] {
        assert!(is_endpoint(e.as_bytes()), "{e}");
    }
    for e in [
        "-",
        "curl/8.5",
        "Mozilla/5.0 (X11; rv:109.0)",
        "shop",
        "a:b",
    ] {
        assert!(!is_endpoint(e.as_bytes()), "{e}");
    }
    let l: Vec<_> = list(b"a:1, b:2 : c:3").collect();
    assert_eq!(l, [b"a:1", b"b:2", b"c:3"]);
}

#[test]
fn request_lines() {
    let r = |s: &'static str| request_line(s.as_bytes());
    assert_eq!(r("GET /a?b=1 HTTP/1.1"), (&b"GET"[..], &b"/a?b=1"[..]));
    assert_eq!(r("GET /a"), (&b"GET"[..], &b"/a"[..]));
    assert_eq!(r("GET /a b HTTP/2"), (&b"GET"[..], &b"/a b"[..]));
    for s in ["", "-", r"\x16\x03\x01", "  ", "- - -"] {
        assert_eq!(r(s), (&b""[..], &b""[..]), "{s}");
    }
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
