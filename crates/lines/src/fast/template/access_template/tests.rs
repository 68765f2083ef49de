//! JSON access lines that are learnt, and what is not.

use super::*;
use crate::fast::template::{
    LineTemplate,
    tests::{piece, read},
};
use crate::record::{Body, Record};
use proptest::prelude::*;

fn learn(line: &str) -> Option<LineTemplate> {
    JsonTemplate::learn(line.as_bytes()).map(LineTemplate::Access)
}

/// The record as far as it is counted.
fn counted(r: Record<'_>) -> String {
    let Body::Request(q) = &r.body else { panic!() };
    let q = Request {
        bytes: 0,
        ..q.clone()
    };
    format!(
        "{:?}",
        Record {
            body: Body::Request(q),
            ..r.clone()
        }
    )
}

const LINES: &[&str] = &[
    r#"{"time":"2026-11-20T06:33:18+00:00","remote_addr":"203.0.113.7","method":"GET","uri":"/cart?id=1","status":200,"bytes":1234,"request_time":0.002,"upstream_addr":"10.0.0.2:80","upstream_status":"200"}"#,
    r#"{"ts":1719497423.471,"client":"203.0.113.48","request":"GET /login?u=1 HTTP/1.1","status":"502","rt":"0.801","up":"-","host":"web","x":"y","id":"abc","ms":12}"#,
    r#"{"time":"2026-11-20T06:33:18+00:00","remote_addr":"203.0.113.7","host":"shop.example.net","method":"GET","uri":"/cart?id=1","status":200,"body_bytes_sent":1234,"request_time":0.002,"http_user_agent":"Mozilla/5.0","request_id":"8f4e2b7a9c1d0e3f8f4e2b7a9c1d0e3f"}"#,
    r#"{"time_local":"20/Nov/2026:06:33:18 +0000","msec":1795156398.502,"client":"::1","req":"GET / HTTP/1.1","status":304,"upstream_addr":"10.0.0.2:80, 10.0.0.3:80","upstream_status":"502, 200","ua":"x","version":"4.2.0"}"#,
    r#"{ "ms": 7, "request": "POST /a HTTP/1.1", "time": "20/Nov/2026:06:33:18 +0100", "status": 404 }"#,
];

#[test]
fn lines_like_the_one_that_was_learnt() {
    for line in LINES {
        let t = learn(line).unwrap();
        let p = piece(line);
        let found = read(&t, &p, &mut Memo::default()).unwrap();
        assert_eq!(
            counted(found),
            counted(NginxJson.parse(line.as_bytes()).unwrap())
        );
    }
    let t = learn(LINES[0]).unwrap();
    let other = LINES[0]
        .replace("200,", "503,")
        .replace("0.002", "12")
        .replace("GET", "");
    let p = piece(&other);
    let wanted = counted(NginxJson.parse(other.as_bytes()).unwrap());
    assert_eq!(counted(read(&t, &p, &mut Memo::default()).unwrap()), wanted);
    for (what, with) in [
        ("0.002", ""),
        ("0.002", "-"),
        ("0.002", "0.1, 0.2"),
        ("id=1", r"id=1\"),
        ("uri", "url"),
        ("}", ",\"a\":1}"),
        ("200,", "null,"),
    ] {
        assert!(
            read(
                &t,
                &piece(&LINES[0].replacen(what, with, 1)),
                &mut Memo::default()
            )
            .is_none(),
            "{with}"
        );
    }
}

#[test]
fn what_is_not_learnt() {
    for line in [
        r#"{"time":"2026-11-20T06:33:18Z","request":"GET / HTTP/1.1","status":200,"level":"info"}"#,
        r#"{"time":"2026-11-20T06:33:18Z","request":"GET / HTTP/1.1","status":200,"a":null}"#,
        r#"{"time":"2026-11-20T06:33:18Z","request":"GET / HTTP/1.1","status":200,"a":{"b":1}}"#,
        r#"{"time":"2026-11-20T06:33:18Z"}"#,
        "",
    ] {
        assert!(learn(line).is_none(), "{line}");
    }
}

/// What is read of the first line of a piece by its keys.
fn read_by_keys(t: &LineTemplate, line: &str) -> Option<String> {
    let p = piece(line);
    let marks = memchr::memchr_iter(b'"', line.as_bytes()).chain([line.len()]);
    let marks: Vec<u32> = marks.map(|m| m as u32 + 7).collect();
    let LineTemplate::Access(t) = t else { panic!() };
    let mut found = None;
    t.read_by_keys(&p, (&marks, 7), &mut Memo::default(), Keep(&mut found))?;
    found
}

struct Keep<'k>(&'k mut Option<String>);

impl<'a> Take<'a> for Keep<'_> {
    fn brief(self, brief: &Brief<'_, 'a>) {
        *self.0 = Some(counted(brief.record()));
    }
    fn line(self, line: Line<'_, 'a>) {
        *self.0 = Some(counted(line.record()));
    }
}

#[test]
fn keys_in_any_order_and_not_all() {
    let t = learn(LINES[2]).unwrap();
    let whole = LINES[2].trim_matches(['{', '}']);
    let pairs: Vec<&str> = whole.split(",\"").collect();
    let line = |all: &[&str]| {
        let all: Vec<String> = all
            .iter()
            .map(|p| format!("\"{}", p.trim_start_matches('"')))
            .collect();
        [
            format!("{{{}}}", all.join(",")),
            format!("{{ {}}}", all.join(", ")),
        ]
    };
    let mut n = 0;
    for missing in 0..pairs.len() {
        for turn in 0..pairs.len() {
            let mut all = pairs.clone();
            all.remove(missing);
            let at = turn % all.len();
            all.rotate_left(at);
            for line in line(&all) {
                let general = NginxJson.parse(line.as_bytes()).map(counted);
                let found = read_by_keys(&t, &line);
                n += u32::from(found.is_some());
                assert!(found.is_none() || found == general, "{line}");
            }
        }
    }
    // all but those without a time, a status or a path
    assert_eq!(n as usize, (pairs.len() - 3) * pairs.len() * 2);
    let twice = line(&[&pairs[..], &pairs[1..2]].concat());
    assert!(twice.iter().all(|l| read_by_keys(&t, l).is_none()));
}

proptest! {
    #[test]
    fn any_value_may_stand_anywhere(
        which in 0..LINES.len(), place in any::<prop::sample::Index>(),
        value in r#"|-|a|/|/x y|http://a/b|-1|1.5|12|599|600|000|GET|GET /|GET /a HTTP/1\.1|get|4\.2\.0|a:b|unix:a|10\.0\.0\.1, 10\.0\.0\.2|\x1b|[!-~]{33}|[0-9]{1,3}(\.[0-9]{1,3}){3}(:80)?|::1"#,
    ) {
        let s = LINES[which];
        let t = learn(s).unwrap();
        let mut memo = Memo::default();
        let _ = read(&t, &piece(s), &mut memo).unwrap();
        let LineTemplate::Access(inner) = &t else { panic!() };
        let (from, to) = memo.spans.place(place.index(inner.shape.whats().count()));
        let line = [&s[..from], &value, &s[to..]].concat();
        if let Some(r) = read(&t, &piece(&line), &mut memo) {
            let general = NginxJson.parse(line.as_bytes()).map(counted);
            prop_assert_eq!(Some(counted(r)), general, "{}", line);
        }
    }

    #[test]
    fn what_is_taken_is_what_the_general_way_reads(
        which in 0..LINES.len(), from in 0usize..220, cut in 0usize..6, put in r#"["\\{},:.0-9a -]{0,5}"#,
    ) {
        let s = LINES[which];
        let t = learn(s).unwrap();
        let from = from.min(s.len());
        let line = [&s[..from], &put, &s[(from + cut).min(s.len())..]].concat();
        let p = piece(&line);
        let general = || NginxJson.parse(line.as_bytes()).map(counted);
        if let Some(r) = read(&t, &p, &mut Memo::default()) {
            prop_assert_eq!(Some(counted(r)), general());
        }
        if let Some(r) = read_by_keys(&t, &line) {
            prop_assert_eq!(Some(r), general(), "{}", line);
        }
        let _ = learn(&line);
    }
}
