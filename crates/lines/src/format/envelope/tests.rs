//! Wrappers taken off: each by its sample, several deep, torn, and lines that have none.

use super::*;
use crate::format::FORMATS;
use crate::record::Body;

fn inner(line: &str) -> (String, Outer<'_>) {
    let (_, p) = peel(line.as_bytes()).unwrap_or_else(|| panic!("{line}"));
    (String::from_utf8_lossy(&p.text).into_owned(), p.outer)
}

fn utc(s: &str) -> Option<i64> {
    Some(
        chrono::DateTime::parse_from_rfc3339(s)
            .unwrap()
            .timestamp_micros(),
    )
}

#[test]
fn each_wrapper_takes_its_sample_and_a_format_reads_what_is_inside() {
    for (i, e) in ENVELOPES.iter().enumerate() {
        let (by, p) = peel(e.sample().as_bytes()).unwrap();
        assert_eq!(by, i, "{}", e.name());
        assert!(p.outer.stamp.is_some() || ["docker compose", "grep"].contains(&e.name()));
        let read = FORMATS.iter().find_map(|f| f.parse(&p.text)).unwrap();
        assert!(
            matches!(read.body, Body::Request(_)) || p.text.starts_with(b"level=error"),
            "{}",
            e.name()
        );
    }
}

#[test]
fn four_deep() {
    let cri = r#"2026-03-10T13:05:01.5+00:00 stdout F {\"log\":\"level=error msg=x\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-10T13:05:01.25Z\"}"#;
    let line = format!(
        "[pod/web-7d-x/web] {{\"log\":\"{cri}\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-10T13:05:02Z\"}}"
    );
    let (text, outer) = inner(&line);
    assert_eq!(text, "level=error msg=x");
    assert_eq!(outer.host.as_deref(), Some(&b"web-7d-x"[..]));
    assert_eq!(
        outer.stamp.and_then(|s| s.instant()).map(|i| i.0),
        utc("2026-03-10T13:05:01.25Z")
    );
}

#[test]
fn the_wrapper_tells_the_zone_and_the_year_of_the_time_inside() {
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
fn what_logcli_prints() {
    let (text, outer) = inner(
        r#"2026-03-10T13:05:00Z {app="shop", pod="shop-7", level="error"} level=error msg=x"#,
    );
    assert_eq!(text, "level=error msg=x");
    assert_eq!(outer.service.as_deref(), Some(&b"shop"[..]));
    assert_eq!(outer.host.as_deref(), Some(&b"shop-7"[..]));
    for line in [
        r#"2026-03-10T13:05:00Z {app=shop} x"#,
        r#"2026-03-10T13:05:00Z {"app":"shop"} x"#,
        r#"2026-03-10T13:05:00 {app="shop"} x"#,
        r#"2026-03-10T13:05:00Z {app="shop" x"#,
    ] {
        assert!(loki::Loki.peel(line.as_bytes()).is_none(), "{line}");
    }
}

#[test]
fn what_the_wrappers_name() {
    let (text, outer) = inner(
        r#"{"__REALTIME_TIMESTAMP":"1773147900500000","_HOSTNAME":"web01","PRIORITY":"3","SYSLOG_IDENTIFIER":"shop","MESSAGE":[80,97,110,105,99,10]}"#,
    );
    assert_eq!(
        (text.as_str(), outer.level, outer.host.as_deref()),
        ("Panic", Some(Level::Error), Some(&b"web01"[..]))
    );
    let (text, outer) = inner("web-1     | plain words");
    assert_eq!(
        (text.as_str(), outer.service.as_deref()),
        ("plain words", Some(&b"web"[..]))
    );
    let (_, outer) = inner(
        r#"{"@value":["1773147901000000000","x"],"@in":{"stream":{"app":"shop","pod":"p1"}}}"#,
    );
    assert_eq!(
        (outer.service.as_deref(), outer.host.as_deref()),
        (Some(&b"shop"[..]), Some(&b"p1"[..]))
    );
    assert_eq!(
        outer.stamp.and_then(|s| s.instant()).map(|i| i.0),
        utc("2026-03-10T13:05:01Z")
    );
    let (text, _) =
        inner(r#"{"log":"part one ","stream":"stdout","time":"2026-03-10T13:05:02.000000001Z"}"#);
    assert_eq!(text, "part one ");
}

#[test]
fn objects_about_a_container_and_hits_with_a_level() {
    let (text, outer) = inner(
        r#"{"@timestamp":"2026-03-10T13:05:01.5Z","log":"only words\n","kubernetes":{"pod_name":"shop-1","container_name":"shop"},"stream":"stdout"}"#,
    );
    assert_eq!(text, "only words\n");
    assert_eq!((outer.inside, outer.at), (Inside::Bare, At::End));
    assert_eq!(
        (outer.host.as_deref(), outer.service.as_deref()),
        (Some(&b"shop-1"[..]), Some(&b"shop"[..]))
    );
    let source = r#"{"@timestamp":"2026-03-10T13:05:01Z","message":"x","log":{"level":"error"}}"#;
    let (text, _) = inner(&format!(
        r#"{{"_index":"logs","_id":"1","_source":{source}}}"#
    ));
    assert_eq!(text, source);
    // an event of a subscription has an id, a time and a message, and nothing else
    let row = r#"{"id":"1","timestamp":1773147901123,"message":"x""#;
    assert!(peel(format!("{row}}}").as_bytes()).is_some());
    assert!(peel(format!(r#"{row},"statusCode":500}}"#).as_bytes()).is_none());
}

#[test]
fn lines_of_applications_have_no_wrapper() {
    for line in [
        r#"{"@timestamp":"2026-03-10T13:05:03.000Z","@version":"1","message":"x","level":"INFO","logger_name":"a.B"}"#,
        r#"{"time":"2026-03-10T13:05:00Z","message":"x","level":"info"}"#,
        r#"{"timestamp":1773147901123,"message":"x","level":"info"}"#,
        "2026-03-10T13:05:01.123Z START RequestId: 8f5-1 Version: $LATEST",
        "Mar 10 13:00:00 web01 systemd[1]: Stopping shop.service - Shop web...",
        "Mar 10 13:40:00 web01 deploy: rollback to 4.1.0 started",
        "2026-03-10 13:05:00.123 INFO x",
        "a | b",
        "",
    ] {
        assert!(peel(line.as_bytes()).is_none(), "{line}");
    }
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
