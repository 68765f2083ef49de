//! Lines of each vendor, and lines of others.

use super::vendors::*;
use super::*;

mod cloudflare {
    use super::*;

    fn read(line: &str) -> (Request<'_>, i64) {
        let r = CLOUDFLARE
            .parse(line.as_bytes())
            .unwrap_or_else(|| panic!("{line}"));
        assert_eq!(r.stamped, At::Start);
        match r.body {
            Body::Request(q) => (q, r.stamp.unwrap().instant().unwrap().0),
            b => panic!("{b:?}"),
        }
    }

    #[test]
    fn three_encodings_of_time() {
        let line = |start: &str, end: &str| {
            format!(
                r#"{{"EdgeEndTimestamp":{end},"EdgeResponseStatus":502,"EdgeStartTimestamp":{start},"OriginResponseStatus":502}}"#
            )
        };
        // 2026-03-10T13:05:01Z
        let want = 1_773_147_901_000_000;
        for (start, end) in [
            ("\"2026-03-10T13:05:01Z\"", "\"2026-03-10T13:05:02Z\""),
            ("1773147901", "1773147902"),
            ("1773147901000000000", "1773147902000000000"),
        ] {
            let l = line(start, end);
            let (q, at) = read(&l);
            assert_eq!((at, q.latency_us), (want, 1_000_000), "{l}");
            assert_eq!(q.upstream_status, b"502");
        }
    }

    #[test]
    fn codes_of_its_own_and_an_origin_that_was_not_asked() {
        let (q, _) = read(CLOUDFLARE.sample());
        assert_eq!((q.status, q.upstream_status), (521, &b""[..]));
        assert_eq!((q.path, q.id), (&b"/cart"[..], &b"3a6050bcbe121a88"[..]));
        assert_eq!(
            q.message.unwrap().text.as_ref(),
            b"521: the origin refused the connection"
        );
        for l in [
            r#"{"EdgeResponseStatus":502}"#,
            r#"{"EdgeStartTimestamp":1773147901}"#,
            "{}",
            "",
        ] {
            assert!(CLOUDFLARE.parse(l.as_bytes()).is_none(), "{l}");
        }
    }
}

mod traefik {
    use super::*;
    use crate::record::MarkerKind;

    #[test]
    fn nanoseconds_and_an_origin_that_was_not_reached() {
        let r = TRAEFIK.parse(TRAEFIK.sample().as_bytes()).unwrap();
        assert_eq!(
            (r.stamped, r.service.as_deref()),
            (At::Start, Some(&b"shop-svc"[..]))
        );
        // 2026-03-10T13:05:00.000431Z
        assert_eq!(r.stamp.unwrap().instant().unwrap().0, 1_773_147_900_000_431);
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.latency_us, q.bytes), (502, 1_500, 11));
        assert_eq!((q.path, q.upstream_status), (&b"/cart"[..], &b""[..]));
        assert!(q.message.is_none());
    }

    #[test]
    fn the_first_request_of_a_process() {
        let line = br#"{"DownstreamStatus":200,"RequestCount":1,"time":"2026-03-10T13:05:00Z"}"#;
        let r = TRAEFIK.parse(line).unwrap();
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!(q.message.unwrap().states, Some(MarkerKind::Restart));
        assert_eq!(r.stamped, At::End);
        for l in [
            r#"{"DownstreamStatus":200}"#,
            r#"{"time":"2026-03-10T13:05:00Z","status":200}"#,
            "",
        ] {
            assert!(TRAEFIK.parse(l.as_bytes()).is_none(), "{l}");
        }
    }
}

mod envoy {
    use super::*;

    #[test]
    fn a_line_of_istio() {
        let r = ENVOY.parse(ENVOY.sample().as_bytes()).unwrap();
        assert_eq!(
            (r.service.as_deref(), r.stamped),
            (Some(&b"shop"[..]), At::Start)
        );
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.bytes, q.latency_us), (503, 91, 1_002_000));
        assert_eq!(
            (q.method, q.path, q.upstream),
            (&b"POST"[..], &b"/pay"[..], &b"10.0.2.2:80"[..])
        );
        assert_eq!(
            &*q.message.unwrap().text,
            b"UF: upstream connection failure"
        );
        let well = br#"{"timestamp":"2026-03-10T13:05:01Z","response_code":"0","response_flags":"-","path":"/a"}"#;
        let Body::Request(q) = ENVOY.parse(well).unwrap().body else {
            panic!()
        };
        assert!(q.status == 0 && q.message.is_none());
        for other in [
            r#"{"response_flags":"UF","response_code":503}"#,
            r#"{"response_flags":"UF","start_time":"2026-03-10T13:05:01Z"}"#,
            r#"{"start_time":"2026-03-10T13:05:01Z","response_code":503}"#,
            "",
        ] {
            assert!(ENVOY.parse(other.as_bytes()).is_none(), "{other}");
        }
    }
}

mod gcp {
    use super::*;

    #[test]
    fn a_load_balancer_and_a_revision() {
        let r = GOOGLE.parse(GOOGLE.sample().as_bytes()).unwrap();
        assert_eq!(r.service.as_deref(), Some(&b"shop"[..]));
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.bytes, q.latency_us), (502, 447, 2_000));
        assert_eq!((q.path, q.client), (&b"/cart"[..], &b"192.0.2.10"[..]));
        assert_eq!(
            q.message.unwrap().text.as_ref(),
            b"failed to connect to backend"
        );
        let run = br#"{"httpRequest":{"requestMethod":"GET","requestUrl":"/","status":200,"latency":"1.5s"},"resource":{"type":"cloud_run_revision","labels":{"service_name":"shop","revision_name":"shop-00042"}},"timestamp":"2026-03-10T13:05:00Z"}"#;
        let r = GOOGLE.parse(run).unwrap();
        assert_eq!(r.version.as_deref(), Some(&b"shop-00042"[..]));
    }

    #[test]
    fn what_belongs_to_others() {
        for l in [
            r#"{"httpRequest":{"status":502},"message":"failed","resource":{},"timestamp":"2026-03-10T13:05:00Z"}"#,
            r#"{"httpRequest":{"status":502},"timestamp":"2026-03-10T13:05:00Z"}"#,
            r#"{"httpRequest":{},"resource":{},"timestamp":"2026-03-10T13:05:00Z"}"#,
            "{",
            "",
        ] {
            assert!(GOOGLE.parse(l.as_bytes()).is_none(), "{l}");
        }
    }
}

mod azure {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> Option<(u16, i64, String)> {
        match AZURE.parse(line.as_bytes())?.body {
            Body::Request(q) => Some((
                q.status,
                q.latency_us,
                String::from_utf8_lossy(q.path).into_owned(),
            )),
            _ => None,
        }
    }

    #[test]
    fn gateways_and_app_service() {
        assert_eq!(read(AZURE.sample()), Some((502, 120_000, "/cart".into())));
        let front = r#"{"time":"2026-03-10T13:05:00.1Z","category":"FrontDoorAccessLog","properties":{"trackingReference":"x","httpMethod":"GET","requestUri":"https://shop.example.com:443/a?b=1","httpStatusCode":"503","timeTaken":"0.05","clientIp":"192.0.2.1","errorInfo":"OriginTimeout"}}"#;
        assert_eq!(read(front), Some((503, 50_000, "/a?b=1".into())));
        let app = r#"{"time":"2026-03-10T13:05:00.1Z","category":"AppServiceHTTPLogs","properties":{"CsMethod":"GET","CsUriStem":"/x","ScStatus":500,"TimeTaken":31}}"#;
        assert_eq!(read(app), Some((500, 31_000, "/x".into())));
        let text = r#"{"time":"2026-03-10T13:05:00.1Z","properties":"{\"CsMethod\":\"GET\",\"CsUriStem\":\"/x\",\"TimeTaken\":31,\"ScStatus\":\"502\"}","category":"AppServiceHTTPLogs"}"#;
        assert_eq!(read(text), Some((502, 31_000, "/x".into())));
        let row = r#"{"TimeGenerated":"2026-03-10T13:05:00.1Z","Type":"AppServiceHTTPLogs","CsMethod":"GET","CsUriStem":"/x","TimeTaken":31,"ScStatus":502}"#;
        assert_eq!(read(row), Some((502, 31_000, "/x".into())));
        for other in [
            r#"{"time":"2026-03-10T13:05:00Z","category":"Administrative","properties":{"httpStatus":500}}"#,
            r#"{"category":"FrontDoorAccessLog","properties":{"httpStatus":500}}"#,
            r#"{"time":"2026-03-10T13:05:00Z","properties":{"httpStatus":500}}"#,
            "{",
            "",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_string_panics(s in r#"\{?(\\"|[a-z:,{}1]){0,40}"#) {
            escaped(s.as_bytes(), |_, _| {});
        }
    }
}

mod gateway {
    use super::*;

    fn read(line: &str) -> Option<(Request<'_>, String)> {
        let r = GATEWAY.parse(line.as_bytes())?;
        assert_eq!(r.stamp.unwrap().wall_us, 1_773_147_900_123_000);
        let service = String::from_utf8_lossy(&r.service.unwrap_or_default()).into_owned();
        match r.body {
            Body::Request(q) => Some((q, service)),
            _ => None,
        }
    }

    #[test]
    fn gateways() {
        for (line, service, us) in [
            (GATEWAY.sample(), "shop", 515_000),
            (
                r#"{"response":{"status":503,"headers":{},"size":118},"server":{"hostname":"h","version":"3.2.0"},"service_id":"shop","request":{"querystring":{},"size":88,"uri":"/pay","url":"http://127.0.0.1:9080/pay","method":"GET"},"upstream":"127.0.0.1:1980","apisix_latency":3,"latency":100.5,"client_ip":"203.0.113.9","start_time":1773147900123,"route_id":"1"}"#,
                "shop",
                100_500,
            ),
            (
                r#"{"version":"2","cp":"1","reqId":"1239f220","reqTimeSec":"1773147900.123","bytes":"4995","cliIP":"203.0.113.9","statusCode":"503","reqHost":"shop","reqMethod":"GET","reqPath":"/pay","turnAroundTimeMSec":"11"}"#,
                "shop",
                11_000,
            ),
        ] {
            let (q, s) = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (q.status, q.latency_us, s.as_str()),
                (503, us, service),
                "{line}"
            );
            assert_eq!(
                (q.method, q.path, q.client),
                (&b"GET"[..], &b"/pay"[..], &b"203.0.113.9"[..]),
                "{line}"
            );
        }
        for other in [
            r#"{"response":{"status":503},"request":{"method":"GET"},"time":1773147900123}"#,
            r#"{"started_at":1773147900123,"status":"done"}"#,
            "{}",
            "",
        ] {
            assert!(read(other).is_none(), "{other}");
        }
    }
}

mod suricata {
    use super::*;
    use crate::time::stamp;

    #[test]
    fn requests_and_other_events() {
        let r = SURICATA.parse(SURICATA.sample().as_bytes()).unwrap();
        assert_eq!(r.stamp, stamp::whole(b"2026-03-10T13:05:00.123456+01:00"));
        assert_eq!(r.service.as_deref(), Some(&b"shop.example.com"[..]));
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.bytes), (502, 157));
        assert_eq!((q.method, q.path), (&b"GET"[..], &b"/cart"[..]));
        for other in [
            r#"{"timestamp":"2026-03-10T13:05:00.123456+0100","event_type":"alert","http":{"http_method":"GET","status":502}}"#,
            r#"{"timestamp":"2026-03-10T13:05:00.123456+0100","event_type":"http","http":{}}"#,
            r#"{"event_type":"http","http":{"http_method":"GET"}}"#,
            "{",
            "",
        ] {
            assert!(SURICATA.parse(other.as_bytes()).is_none(), "{other}");
        }
    }
}
