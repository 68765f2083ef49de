//! Wrappers taken off: each by its sample, and what it says of the time inside.

use super::*;
use crate::format::FORMATS;
use crate::record::Body;
use crate::tests::or_dash;
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
    for e in ENVELOPES.iter() {
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
fn the_wrapper_shows_the_zone_and_the_year_of_the_time_inside() {
    let at = |s: &str| stamp::whole(s.as_bytes());
    // of wrappers that are written with the line, and of a shipper that reads when it likes
    for (topic, when) in [
        ("time in a line", At::End),
        ("time in what is shipped", At::Read),
    ] {
        crate::tests::holds(topic, |t| {
            let (inner, outer) = t.split_once(" in ").unwrap();
            let placed = placed(at(inner).unwrap(), at(outer), when);
            or_dash(placed.map(|s| format!("{} {:?}", s.wall_us / 1_000_000, s.offset_min)))
        });
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
        which in 0..ENVELOPES.len(), front in "([A-Za-z]{1,5}:? [A-Za-z0-9]{1,4} |(ts|a)=[a-z0-9:/|@.-]{0,6}[ \\[]?|2026-03-10 13:05:01[.,0-9]{0,4} |10[.]0[.]0[.]7 - (- \\[)?|[0-9-]{4}-[0-9-]{2}[- ][0-9]{2}[ T|:]|\
            2026-03-10T13:05:01[.0-9]{0,4}(Z|[+]00:00)? {1,2}(INFO|WARN|ERROR|DEBUG) {1,2}((INFO |app|shop-1|[a-z:/]{1,6})([\\[]7[\\]])?:? )?){0,2}",
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
    crate::tests::holds("shows no wrapper", |line| shows_none(line.as_bytes()));
}

#[test]
fn what_fluent_bit_writes_without_escapes_ends_where_the_map_goes_on() {
    crate::tests::holds("text in Fluent Bit's wrapper", |line| {
        let inside = fluent::fluent_bit(line.as_bytes());
        or_dash(inside.map(|p| String::from_utf8_lossy(&p.text).into_owned()))
    });
}

#[test]
fn a_list_of_what_was_done_before_states_nothing_where_it_is_printed() {
    let row = b"212\tTue Mar 10 12:09:40 2026\tsuperseded\tshop-1.18.0\t4.70.3\tUpgrade complete";
    let printed = |at: &str| {
        let mut rec = crate::format::ops::helm::parse(row).unwrap();
        let stamp = crate::time::stamp::whole(at.as_bytes()).unwrap();
        let outer = Outer::new(Some(stamp), Inside::Bare);
        outer.dress(&mut rec);
        matches!(rec.body, crate::record::Body::Nothing)
    };
    assert!(printed("2026-03-18T14:15:32Z"));
    assert!(!printed("2026-03-10T12:09:41Z"));
}
