//! Logs with a `#Fields:` header: columns that change, starts anew, files that follow each other, other writers.
//! Times are checked by hand.

use super::*;

fn all<'a>(lines: &[&'a str]) -> Vec<Option<Record<'a>>> {
    let mut r = W3cReader::default();
    lines.iter().map(|l| r.read(l.as_bytes())).collect()
}

fn request<'r, 'a>(r: &'r Option<Record<'a>>) -> &'r Request<'a> {
    match &r.as_ref().unwrap().body {
        Body::Request(q) => q,
        b => panic!("{b:?}"),
    }
}

#[test]
fn columns_that_change_and_a_new_start() {
    let got = all(&[
        "#Software: Microsoft Internet Information Services 10.0",
        "#Date: 2026-03-10 12:59:58",
        "#Fields: date time s-ip cs-method cs-uri-stem c-ip sc-status sc-substatus sc-win32-status time-taken",
        "2026-03-10 13:05:00 10.0.0.5 GET /cart 192.0.2.10 500 19 1236 15",
        "#Date: 2026-03-10 13:50:02",
        "#Fields: date time s-computername cs-method cs-uri-stem sc-status time-taken",
        "2026-03-10 13:50:02 WEB1 GET /cart 200 900",
        "cut off",
    ]);
    let q = request(&got[3]);
    assert_eq!((q.status, q.latency_us), (500, 15_000));
    assert_eq!((q.client, q.path), (&b"192.0.2.10"[..], &b"/cart"[..]));
    let m = q.message.as_ref().unwrap();
    assert_eq!(m.text.as_ref(), b"HTTP 500.19 win32 status 1236");
    let restart = got[4].as_ref().unwrap();
    assert!(matches!(&restart.body, Body::Header(n) if n[0].kind == MarkerKind::Restart));
    // 2026-03-10T13:50:02Z
    assert_eq!(
        restart.stamp.unwrap().instant().unwrap().second(),
        1_773_150_602
    );
    let q = request(&got[6]);
    assert_eq!((q.status, q.latency_us), (200, 900_000));
    let host = got[6].as_ref().unwrap().host.as_deref();
    assert_eq!(host, Some(&b"WEB1"[..]));
    assert!(got[7].is_none());
}

#[test]
fn files_that_follow_each_other_are_no_restart() {
    let got = all(&[
        "#Fields: date time sc-status",
        "2026-03-10 23:59:58 200",
        "#Date: 2026-03-11 00:17:00",
        "2026-03-11 00:17:00 200",
        "#Date: 2026-03-11 01:00:00",
        "2026-03-11 01:00:00 200",
        "#Date: 2026-03-11 01:30:00",
    ]);
    let is_restart = |r: &Option<Record<'_>>| matches!(r.as_ref().unwrap().body, Body::Header(_));
    assert_eq!(
        got.iter().map(is_restart).collect::<Vec<_>>(),
        [false, false, false, false, false, false, true]
    );
}

#[test]
fn cloudfront_and_http_sys() {
    let got = all(&[
        "#Version: 1.0",
        "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status x-edge-request-id x-host-header time-taken",
        "2026-03-10\t13:05:01\tLAX1\t23\t192.0.2.2\tGET\td1.cloudfront.net\t/cart\t000\tabc==\twww.example.com\t3.000",
        "#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename",
        "2026-03-10 13:05:02 192.0.2.2 1 10.0.0.1 80 HTTP/1.1 GET /x 503 1 AppOffline Pool1",
        "2026-03-10 13:05:03 192.0.2.2 1 10.0.0.1 80 - - - - - Timer_ConnectionIdle -",
    ]);
    let q = request(&got[2]);
    assert_eq!((q.status, q.latency_us, q.bytes), (0, 3_000_000, 23));
    let r = got[2].as_ref().unwrap();
    assert_eq!(r.service.as_deref(), Some(&b"www.example.com"[..]));
    assert_eq!(r.stamp.unwrap().offset_min, Some(0));
    assert_eq!(
        request(&got[4]).message.as_ref().unwrap().text.as_ref(),
        b"AppOffline"
    );
    assert!(matches!(&got[5].as_ref().unwrap().body, Body::Message(_)));
}

#[test]
fn nothing_without_a_header() {
    assert!(all(&["2026-03-10 13:05:00 GET /"])[0].is_none());
    assert!(W3c.parse(b"# Fields of wheat").is_none() && W3c.parse(b"").is_none());
    assert!(W3c.is_head(b"2026-03-10\t13:05:00\tx") && !W3c.is_head(b"GET /"));
}
