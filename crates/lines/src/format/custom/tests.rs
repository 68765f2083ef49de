//! Tests of the compiler: known formats round trip, and errors point at their place.

use super::*;

use crate::record::{Body, Request};
use proptest::prelude::*;
use std::borrow::Cow;

const COMBINED: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#;
const MAIN: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for""#;
const VHOST: &str = r#"$host:$server_port $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#;
const INGRESS: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"#;
const JSON: &str = r#"{"time":"$time_iso8601","addr":"$remote_addr","request":"$request","status":$status,"bytes":$body_bytes_sent,"rt":$request_time,"up":"$upstream_addr","us":"$upstream_status","urt":$upstream_response_time,"v":"$upstream_http_x_app_version"}"#;

fn compile_nginx(name: &str, spec: &str) -> Result<Box<dyn Format>, CompileError> {
    compile(&Definition::new(name, Spec::Nginx(spec.to_owned())))
}

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
fn errors_point_at_the_place() {
    let text = "$status\n$a$b";
    let e = compile_nginx("x", text).err().unwrap().render(text);
    assert!(e.ends_with("\n  $a$b\n    ^"), "{e}");
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
}

fn made(def: Definition) -> Box<dyn Format> {
    compile(&def).unwrap_or_else(|e| panic!("{e}"))
}

fn spec(s: Spec) -> Definition {
    Definition::new("own", s)
}

#[test]
fn patterns_with_names() {
    let def = Definition {
        kind: Some(Kind::Deploy),
        time_format: Some("%Y-%m-%dT%H:%M:%S%z".into()),
        markers: Some(Markers {
            field: "verb".into(),
            kinds: BTreeMap::from([
                ("SHIP".into(), MarkerKind::DeployFinish),
                ("UNSHIP".into(), MarkerKind::RollbackStart),
            ]),
        }),
        ..spec(Spec::Regex(
            r"^(?P<time>\S+) (?P<actor>\w+) (?P<verb>\w+) (?P<service>\S+)@(?P<version>\S+)$"
                .into(),
        ))
    };
    let f = made(def);
    let rec = f
        .parse(b"2026-11-20T06:33:18+0100 jo SHIP shop@4.2.0")
        .unwrap();
    assert_eq!(
        rec.stamp.unwrap().instant().unwrap().second(),
        1_795_152_798
    );
    let Body::Notices(n) = rec.body else {
        panic!("no notice")
    };
    assert_eq!(n[0].kind, MarkerKind::DeployFinish);
    let text = |v: &Option<Cow<'_, [u8]>>| v.as_deref().map(<[u8]>::to_vec);
    assert_eq!(text(&n[0].service), Some(b"shop".to_vec()));
    assert_eq!(
        (text(&n[0].version), text(&n[0].actor)),
        (Some(b"4.2.0".to_vec()), Some(b"jo".to_vec()))
    );
    // another verb is a message of the deploy tool
    let other = f
        .parse(b"2026-11-20T06:33:18+0100 jo LOOK shop@4.2.0")
        .unwrap();
    assert!(matches!(other.body, Body::Message(_)) && other.scope == Some(Kind::Deploy));
    let web = Definition {
        kind: Some(Kind::Web),
        units: BTreeMap::from([("took".into(), Unit::Milli)]),
        tz: Some(Zone::Named(chrono_tz::Europe::Paris)),
        ..spec(Spec::Regex(
            r"^(?<time>\S+ \S+) (?<status>\d+) (?<took>\d+)$".into(),
        ))
    };
    let f = made(web);
    let r = request(&*f, "2026-07-20 06:33:18 503 12").unwrap();
    assert_eq!((r.status, r.latency_us), (503, 12_000));
    assert_eq!(
        f.parse(b"2026-07-20 06:33:18 503 12")
            .unwrap()
            .stamp
            .unwrap()
            .offset_min,
        Some(120)
    );
}

proptest! {
    /// Whatever is written and whatever the line: an answer, at once.
    #[test]
    fn any_definition_ends(
        text in "(%[a-zA-Z]|%\\{[a-zA-Z%:]{0,6}\\}[a-z]|\\$[a-z_]{1,12}|[\\[\\](){}<>\"' \\\\:?*+.-]|[a-z0-9]|é){0,24}",
        line in "[a-z0-9 :/\\[\\]\"{}.,+-]{0,80}",
    ) {
        for s in [
            Spec::Nginx(text.clone()), Spec::Apache(text.clone()), Spec::Haproxy(text.clone()), Spec::Logback(text.clone()),
            Spec::Regex(text.clone()), Spec::Json(BTreeMap::from([("time".into(), text.clone()), ("status".into(), "a.b".into())])),
        ] {
            let _ = Spec::guess(&text);
            match compile(&spec(s)) {
                Ok(f) => { let _ = (f.parse(line.as_bytes()), f.values(line.as_bytes()), f.sample().len()); }
                Err(e) => prop_assert!(e.at <= text.len(), "{}", e),
            }
        }
    }
}
