//! Tests of the compiler: known formats round trip, and errors point at their place.

use super::*;
use crate::record::{Body, Request};
use proptest::prelude::*;

const COMBINED: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#;
const MAIN: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for""#;
const VHOST: &str = r#"$host:$server_port $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#;
const INGRESS: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"#;
const JSON: &str = r#"{"time":"$time_iso8601","addr":"$remote_addr","request":"$request","status":$status,"bytes":$body_bytes_sent,"rt":$request_time,"up":"$upstream_addr","us":"$upstream_status","urt":$upstream_response_time,"v":"$upstream_http_x_app_version"}"#;

fn request<'a>(f: &dyn Format, line: &'a str) -> Option<Request<'a>> {
    match f.parse(line.as_bytes())?.body {
        Body::Request(r) => Some(r),
        _ => None,
    }
}

#[test]
fn known_formats_read_their_sample() {
    for spec in [COMBINED, MAIN, VHOST, INGRESS, JSON] {
        let f = compile_nginx("x", spec).unwrap();
        let r = f
            .parse(f.sample().as_bytes())
            .unwrap_or_else(|| panic!("{}", f.sample()));
        assert_eq!(r.stamp.unwrap().wall_us, 1_795_156_398_000_000);
        assert_eq!(request(&*f, f.sample()).unwrap().status, 200);
    }
}

#[test]
fn whole_directives() {
    let spec = "log_format  edge escape=json '$time_iso8601 \"$request\" '\n    '$status ${request_time}s';";
    let f = compile_nginx("edge", spec).unwrap();
    let r = request(
        &*f,
        r#"2026-11-20T06:33:18+00:00 "GET /\"a HTTP/1.1" 502 0.250s"#,
    )
    .unwrap();
    assert_eq!(
        (r.status, r.latency_us, r.path),
        (502, 250_000, &br#"/\"a"#[..])
    );
}

#[test]
fn text_with_blanks_and_lists() {
    let f = compile_nginx(
        "x",
        "$remote_user $http_x_tenant $status $upstream_addr $upstream_status",
    )
    .unwrap();
    let line = "jo doe acme corp 200 502 10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80 502, 500 : 200";
    let r = request(&*f, line).unwrap();
    assert_eq!((r.status, r.upstream_status), (502, &b"502, 500 : 200"[..]));
    assert!(request(&*f, "a b 20 x y").is_none());
}

#[test]
fn errors_point_at_the_place() {
    let at = |spec: &str| compile_nginx("x", spec).err().map(|e| e.at);
    assert_eq!(at("$status $remote_addr$request"), Some(20));
    assert_eq!(at("$status $"), Some(8));
    assert_eq!(at("${status"), Some(0));
    assert_eq!(at("$remote_addr"), Some(12));
    assert_eq!(at("log_format a '$status"), Some(13));
    assert_eq!(at("'$status' x"), Some(10));
    assert_eq!(at("$time_iso8601$status"), None);
    let e = compile_nginx("x", "$status\n$a$b").err().unwrap();
    assert!(
        e.render("$status\n$a$b").ends_with("\n  $a$b\n    ^"),
        "{}",
        e.render("$status\n$a$b")
    );
}

#[test]
fn hostile_lines_end_soon() {
    let f = compile_nginx("x", "$a $b $c $d $e $f $status").unwrap();
    let line = "x ".repeat(20_000);
    assert!(f.parse(line.as_bytes()).is_none());
}

proptest! {
    /// A record written by a spec comes back from it.
    #[test]
    fn round_trip(
        which in 0usize..5,
        user in "(-|[a-z]{1,5}( [a-z]{1,5})?)",
        path in "/[a-z0-9/?=&%]{0,12}",
        agent in "(-|[A-Za-z0-9/;(). ]{1,20})",
        status in 200u16..600,
        bytes in 0u64..1_000_000,
        ms in 0i64..100_000,
        tries in proptest::collection::vec((1u8..9, 200u16..600), 1..4),
        group in any::<bool>(),
    ) {
        let join = if group { " : " } else { ", " };
        let addrs = tries.iter().map(|t| format!("10.0.0.{}:80", t.0)).collect::<Vec<_>>().join(join);
        let statuses = tries.iter().map(|t| t.1.to_string()).collect::<Vec<_>>().join(join);
        let times = tries.iter().map(|_| "0.001".to_owned()).collect::<Vec<_>>().join(join);
        let mut line = [COMBINED, MAIN, VHOST, INGRESS, JSON][which].to_owned();
        let f = compile_nginx("x", &line).unwrap();
        for (var, value) in [
            ("$upstream_http_x_app_version", "4.2.0"),
            ("$upstream_response_length", &times),
            ("$upstream_response_time", &times),
            ("$upstream_status", &statuses),
            ("$upstream_addr", &addrs),
            ("$proxy_upstream_name", "shop-web-80"),
            ("$proxy_alternative_upstream_name", ""),
            ("$req_id", "0123abcd"),
            ("$time_local", "20/Nov/2026:06:33:18 +0000"),
            ("$time_iso8601", "2026-11-20T06:33:18+00:00"),
            ("$request_length", "77"),
            ("$request_time", &format!("{}.{:03}", ms / 1000, ms % 1000)),
            ("$remote_addr", "203.0.113.7"),
            ("$remote_user", &user),
            ("$server_port", "443"),
            ("$body_bytes_sent", &bytes.to_string()),
            ("$http_referer", "-"),
            ("$http_user_agent", &agent),
            ("$http_x_forwarded_for", "198.51.100.1, 10.0.0.1"),
            ("$host", "shop.example.com"),
            ("$status", &status.to_string()),
            ("$request", &format!("GET {path} HTTP/1.1")),
        ] {
            line = line.replace(var, value);
        }
        let r = request(&*f, &line).unwrap();
        prop_assert_eq!((r.status, r.bytes, r.method, r.path), (status, bytes, &b"GET"[..], path.as_bytes()));
        prop_assert_eq!(r.client, b"203.0.113.7");
        if which == 3 || which == 4 {
            prop_assert_eq!(r.latency_us, ms * 1000);
            prop_assert_eq!((r.upstream, r.upstream_status), (addrs.as_bytes(), statuses.as_bytes()));
        }
    }

    #[test]
    fn never_panics(spec in "[$a-z{}'\" ;\\\\]{0,30}", line in proptest::collection::vec(any::<u8>(), 0..60)) {
        match compile_nginx("x", &format!("$status {spec}")) {
            Ok(f) => { let _ = f.parse(&line); }
            Err(e) => { let _ = e.render(&spec); }
        }
        let _ = compile_nginx("x", &spec);
        let f = compile_nginx("x", INGRESS).unwrap();
        let _ = f.parse(&line);
    }
}
