//! Wrappers taken off: each by its sample, and what it says of the time inside.

use super::*;
use crate::format::FORMATS;
use crate::record::Body;
use proptest::prelude::*;

#[test]
fn each_wrapper_takes_its_sample_and_a_format_reads_what_is_inside() {
    for (i, e) in ENVELOPES.iter().enumerate() {
        let (by, p) = peel(e.sample.as_bytes()).unwrap();
        assert_eq!(by, i, "{}", e.name);
        assert!(p.outer.stamp.is_some() || ["docker compose", "grep"].contains(&e.name));
        let read = FORMATS.iter().find_map(|f| f.parse(&p.text)).unwrap();
        assert!(
            matches!(read.body, Body::Request(_) | Body::Notices(_))
                || memchr::memmem::find(&p.text, b"level=error").is_some(),
            "{}",
            e.name
        );
    }
}

#[test]
fn no_wrapper_takes_what_begins_as_none_of_its_lines() {
    for e in ENVELOPES {
        assert!(holds(e.begins, e.sample.as_bytes()[0]), "{}", e.name);
        for first in (0..=255).filter(|b| !holds(e.begins, *b)) {
            for rest in ENVELOPES.iter().flat_map(|e| [e.sample, &e.sample[1..]]) {
                let line = [&[first], rest.as_bytes()].concat();
                assert!((e.peel)(&line).is_none(), "{}: {first}, {rest}", e.name);
            }
        }
    }
}

#[test]
fn a_time_before_a_level_is_the_programs_own() {
    for (line, text) in [
        (
            "[pod/claims-5b7/claims] 2024-10-02T08:43:42.920Z ERROR 1 --- [nio-6] o.h.Helper : no connection",
            "2024-10-02T08:43:42.920Z ERROR 1 --- [nio-6] o.h.Helper : no connection",
        ),
        (
            "[pod/claims-5b7/claims] 2024-10-02T08:43:42.920Z [main] WARN c.f.Svc - slow",
            "2024-10-02T08:43:42.920Z [main] WARN c.f.Svc - slow",
        ),
        (
            "[pod/claims-5b7/claims] 2024-10-02T08:43:42.920Z 10.0.0.7 - - x",
            "10.0.0.7 - - x",
        ),
    ] {
        let (_, p) = peel(line.as_bytes()).unwrap();
        assert_eq!(p.text, text.as_bytes());
    }
}

#[test]
fn a_drain_of_heroku_shows_the_dyno_and_its_interface_speaks_of_all() {
    let of = |line: &str| {
        let (_, p) = peel(line.as_bytes()).unwrap();
        let name = |n: Option<Cow<'_, [u8]>>| n.map(|n| String::from_utf8_lossy(&n).into_owned());
        let text = String::from_utf8_lossy(&p.text).into_owned();
        (text, name(p.outer.service), name(p.outer.host))
    };
    let head = "1 2026-03-10T13:05:01.123456+00:00 host";
    assert_eq!(
        of(&format!("<190>{head} app web.2 - level=error msg=x")),
        (
            "level=error msg=x".into(),
            Some("web".into()),
            Some("web.2".into())
        )
    );
    assert_eq!(
        of(&format!(
            "<133>{head} app api - Rollback to v41 by user a@b"
        )),
        ("Rollback to v41 by user a@b".into(), None, None)
    );
    // the structured data stands there: any other sender
    assert!(peel(format!("<133>{head} app web.2 - - x").as_bytes()).is_none());
}

#[test]
fn a_tail_of_streams_shows_whose_each_line_is() {
    let line = b"2024-05-22T18:25:11.689899+00:00 game/app/99d038c38156ef722ad01c8a3d7bd2cf {\"@m\":\"x\"}";
    let (_, p) = peel(line).unwrap();
    assert_eq!(p.text, &b"{\"@m\":\"x\"}"[..]);
    assert_eq!(
        p.outer.host.as_deref(),
        Some(&b"game/app/99d038c38156ef722ad01c8a3d7bd2cf"[..])
    );
    // a path is no stream
    assert!(peel(b"2024-05-22T18:25:11Z GET /v1/users/7 200").is_none());
    assert!(peel(b"2024-05-22T18").is_none());
}

#[test]
fn the_wrapper_shows_the_zone_and_the_year_of_the_time_inside() {
    let at = |s: &str| stamp::whole(s.as_bytes());
    let out = at("2026-03-10T13:05:01.2Z");
    let zone = |inner: &str, at_: At| placed(at(inner).unwrap(), out, at_).map(|s| s.offset_min);
    assert_eq!(zone("2026-03-10 14:05:01", At::End), Some(Some(60)));
    assert_eq!(zone("2026-03-10 18:50:00", At::End), Some(Some(345)));
    assert_eq!(zone("2026-03-10 13:05:01", At::End), Some(Some(0)));
    // not written at the same moment: the wrapper's time counts
    assert_eq!(zone("2026-03-10 14:12:01", At::End), None);
    // a shipper reads when it likes
    assert_eq!(zone("2026-03-10 14:05:01", At::Read), Some(None));
    assert_eq!(zone("2026-03-10T14:05:01+02:00", At::End), Some(Some(120)));
    let yearless = placed(
        at("Dec 31 23:59:58").unwrap(),
        at("2026-01-01T00:00:01Z"),
        At::Read,
    )
    .unwrap();
    assert_eq!(
        yearless.wall_us,
        at("2025-12-31T23:59:58Z").unwrap().wall_us
    );
}

#[test]
fn a_megabyte_of_one_byte_takes_no_time() {
    for byte in 0..=255u8 {
        let line = vec![byte; 1 << 20];
        let _ = peel(&line);
        for start in [
            &b"{\"log\":\""[..],
            b"[0] a: [",
            b"[pod/",
            b"<1>Nov 20 06:33:18 h t: ",
            b"{\"@timestamp\":\"log\":",
        ] {
            let mut l = start.to_vec();
            l.extend_from_slice(&line[..1 << 16]);
            let _ = peel(&l);
        }
    }
}

#[test]
fn an_object_without_the_keys_of_a_wrapper_is_in_none_that_has_some() {
    let formats = crate::format::FORMATS.iter().map(|f| f.meta().sample);
    let wrapped = ENVELOPES.iter().map(|e| e.sample);
    let mut objects = 0;
    for line in formats.chain(wrapped).filter(|l| l.starts_with('{')) {
        objects += 1;
        for e in ENVELOPES.iter().filter(|e| !e.keys.is_empty()) {
            let held = e.keys.iter().any(|k| line.contains(k));
            assert!(held || (e.peel)(line.as_bytes()).is_none(), "{line}");
        }
    }
    assert!(objects > 30, "{objects}");
}

#[test]
fn a_text_that_states_its_level_is_of_that_level_in_every_wrapper() {
    let texts = [
        ("ERROR could not connect to db: timeout", Level::Error),
        ("error: something bad happened", Level::Error),
        ("[ERROR] payment failed", Level::Error),
        ("WARN pool is near its limit", Level::Warn),
        ("FATAL out of handles", Level::Fatal),
        ("panic: runtime error: index out of range", Level::Fatal),
        ("listening on :8080, errors go to stderr", Level::Info),
        ("errors: 0, warnings: 0", Level::Info),
    ];
    let wrapped: [fn(&str) -> String; 4] = [
        |t| format!("2026-11-20T06:37:04.123456789Z stderr F {t}"),
        |t| {
            format!(
                "{{\"log\":\"{t}\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-20T06:37:04.12Z\"}}"
            )
        },
        |t| format!("api-1  | {t}"),
        |t| format!("[pod/api-6c9f8d7b5-x2x9z/api] {t}"),
    ];
    for (text, level) in texts {
        for line in wrapped.map(|w| w(text)) {
            let (_, peeled) = peel(line.as_bytes()).expect("a wrapper");
            let rec = peeled.outer.plain(&peeled.text).expect("a record");
            let Body::Message(m) = rec.body else {
                panic!("{line}")
            };
            assert_eq!(m.level, level, "{line}");
        }
    }
}

proptest! {
    /// What a look takes for a line in no wrapper is in none, whatever stands in it.
    #[test]
    fn what_shows_no_wrapper_has_none(
        which in 0..ENVELOPES.len(), front in "([A-Za-z]{1,5}:? [A-Za-z0-9]{1,4} |2026-03-10 13:05:01[.,0-9]{0,4} |[0-9-]{4}-[0-9-]{2}[- ][0-9]{2}[ T|:]){0,2}",
        cut in 0usize..60, end in "[}|\\]: a]{0,2}",
    ) {
        let sample = ENVELOPES[which].sample;
        for line in [format!("{front}{sample}{end}"), format!("{front}{}{end}", &sample[cut.min(sample.len())..])] {
            let line = line.as_bytes();
            let by = ENVELOPES.iter().find(|e| shows_none(line) && (e.peel)(line).is_some());
            prop_assert!(by.is_none(), "{}: {}", by.map_or("", |e| e.name), String::from_utf8_lossy(line));
        }
    }
}

#[test]
fn a_look_shows_that_usual_texts_are_in_no_wrapper() {
    for (line, shown) in [
        ("2026-03-10 13:05:01.123 INFO started", true),
        ("order 17 sent", false),
        ("order was sent", true),
        ("Connection refused by 10.0.0.7", true),
        ("Mon Mar 10", false),
        ("2026-03-10T13:05:01Z stdout F x", false),
        ("2026-03-10 13:05:01 +0000 nginx: {\"log\":\"x\"}", false),
        ("", false),
    ] {
        assert_eq!(shows_none(line.as_bytes()), shown, "{line}");
    }
}
