//! Requests written in any order, layout and spelling give the same fields.

use super::{Columns, Layout, is_request, learn};
use crate::format::Format;
use crate::format::custom::{Definition, Spec, compile};
use crate::format::synonym::Field;
use crate::record::Body;
use proptest::prelude::*;

/// What a request was before it was written.
#[derive(Clone, Debug)]
struct Asked {
    at_us: i64,
    client: String,
    method: &'static str,
    path: String,
    status: u16,
    seconds: String,
}

/// Requests a second and more apart; what differs differs by number.
fn asked(n: usize, seed: usize) -> Asked {
    let k = n * 7 + seed;
    Asked {
        at_us: 1_795_156_398_000_000 + (n as i64) * 1_250_000,
        client: format!("192.0.{}.{}", k % 250, 1 + k % 200),
        method: ["GET", "POST", "GET", "PUT"][k % 4],
        path: ["/a", "/b/7?x=y", "/c-d", "/"][k / 4 % 4].to_owned(),
        status: [200, 200, 304, 502, 404][k % 5],
        seconds: format!("{}.{:03}", k % 3, k % 1000),
    }
}

fn stamp(us: i64, form: usize) -> String {
    let at = chrono::DateTime::from_timestamp_micros(us).unwrap();
    match form {
        0 => at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
        1 => format!("{}.{:03}", us / 1_000_000, us % 1_000_000 / 1000),
        2 => (us / 1000).to_string(),
        _ => at.format("%d/%b/%Y:%H:%M:%S.%3f +0000").to_string(),
    }
}

/// The cells of a request in some order, with others that mean nothing. Each has the key that it has in objects.
fn cells(q: &Asked, form: usize, whole: bool, order: &[usize]) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("moment", stamp(q.at_us, form)),
        ("who", q.client.clone()),
        ("outcome", q.status.to_string()),
        ("unused", "x9".to_owned()),
        ("duration", q.seconds.clone()),
        ("size", (q.at_us / 1_250_000 % 9000 + 1000).to_string()),
    ];
    match whole {
        true => all.push(("ask", format!("{} {} HTTP/1.1", q.method, q.path))),
        false => {
            all.push(("doing", q.method.to_owned()));
            all.push(("where", q.path.clone()));
        }
    }
    let mut by: Vec<_> = all.into_iter().zip(order.iter().copied()).collect();
    by.sort_by_key(|(_, at)| *at);
    by.into_iter().map(|(c, _)| c).collect()
}

fn written(layout: Layout, cells: &[(&str, String)]) -> String {
    let plain = |sign: &str| {
        let values = cells.iter().map(|(_, v)| v.as_str());
        values.collect::<Vec<_>>().join(sign)
    };
    match layout {
        Layout::Json => {
            let pairs = cells
                .iter()
                .map(|(k, v)| format!("\"o\": {{\"{k}\": \"{v}\"}}"));
            let pairs: Vec<String> = pairs
                .enumerate()
                .map(|(n, p)| p.replacen("\"o\"", &format!("\"o{n}\""), 1))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Layout::Tabs => plain("\t"),
        Layout::Bars => plain(" | "),
        Layout::Semicolons => plain("; "),
        Layout::Commas => plain(","),
        Layout::Blanks => {
            let word = |v: &String| match v.contains(' ') {
                true => format!("\"{v}\""),
                false => v.clone(),
            };
            let words = cells.iter().map(|(_, v)| word(v));
            words.collect::<Vec<_>>().join(" ")
        }
    }
}

fn format_of(c: &Columns) -> Box<dyn Format> {
    compile(&Definition::new("learnt", Spec::Columns(c.clone()))).unwrap()
}

fn learnt(lines: &[String]) -> Option<Columns> {
    let lines: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
    learn(&lines)
}

proptest! {
    #[test]
    fn the_same_fields_in_any_order(
        layout in prop::sample::select(vec![Layout::Json, Layout::Tabs, Layout::Bars, Layout::Semicolons, Layout::Commas, Layout::Blanks]),
        form in 0usize..4, whole in any::<bool>(), seed in 0usize..1000,
        order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let requests: Vec<Asked> = (0..40).map(|n| asked(n, seed)).collect();
        let lines: Vec<String> = requests.iter().map(|q| written(layout, &cells(q, form, whole, &order))).collect();
        prop_assert!(lines.iter().all(|l| is_request(l.as_bytes())), "{}", lines[0]);
        let columns = learnt(&lines);
        prop_assert!(columns.is_some(), "{}", lines[0]);
        let columns = columns.unwrap();
        let format = format_of(&columns);
        for (q, line) in requests.iter().zip(&lines) {
            let r = format.parse(line.as_bytes()).unwrap();
            let Body::Request(read) = &r.body else { panic!("{line}") };
            prop_assert_eq!(r.stamp.unwrap().wall_us, q.at_us / 1000 * 1000, "{}", line);
            prop_assert_eq!(
                (read.status, read.method, read.path, read.client),
                (q.status, q.method.as_bytes(), q.path.as_bytes(), q.client.as_bytes()), "{}", line
            );
            if layout == Layout::Json || read.latency_us >= 0 {
                prop_assert_eq!(read.latency_us, (q.seconds.parse::<f64>().unwrap() * 1e6).round() as i64, "{}", line);
            }
        }
    }
}

#[test]
fn objects_in_objects_by_their_usual_names() {
    let line = |n: usize| {
        format!(
            r#"{{"@timestamp":"2026-11-20T06:33:{:02}.5Z","destination":{{"ip":"192.0.2.1"}},"event":{{"duration":158957719}},"http":{{"request":{{"method":"GET"}},"response":{{"status_code":500}}}},"service":{{"name":"shop"}},"source":{{"ip":"198.51.100.{n}"}},"url":{{"path":"/a"}}}}"#,
            n
        )
    };
    let lines: Vec<String> = (0..20).map(line).collect();
    let format = format_of(&learnt(&lines).unwrap());
    let r = format.parse(lines[7].as_bytes()).unwrap();
    assert_eq!(r.service.as_deref(), Some(&b"shop"[..]));
    let Body::Request(q) = r.body else { panic!() };
    assert_eq!((q.status, q.method, q.path), (500, &b"GET"[..], &b"/a"[..]));
    assert_eq!((q.client, q.latency_us), (&b"198.51.100.7"[..], 158_957));
}

#[test]
fn a_key_that_grows_is_the_time_and_one_that_does_not_is_none() {
    let line = |n: usize| {
        let built = 1_795_000_000 + (n * 391_000) % 900_000;
        format!(
            r#"{{"built":{built},"t":{},"verb":"GET","p":"/a","st":200}}"#,
            1_795_156_398 + n
        )
    };
    let lines: Vec<String> = (0..30).map(line).collect();
    let columns = learnt(&lines).unwrap();
    let time = columns.columns.iter().find(|c| c.field == Field::Time);
    assert_eq!(time.map(|c| c.key.as_str()), Some("t"));
}

#[test]
fn messages_with_a_level_and_data_teach_nothing() {
    for line in [
        r#"2026-11-20T06:33:18Z DEBUG client: api:443 "GET /a HTTP/1.1" 200 None"#,
        "2026-11-20T06:33:18Z 10 20 GET 200 30",
        // a date and a clock apart are no time, and no lack of one
        "2026-11-20\t06:33:18Z\t192.0.2.7\tGET\t/a\t200",
        r#"2026-11-20T06:33:18Z 192.0.2.7 "GET /a HTTP/1.1" ok"#,
        r#"{"time":"2026-11-20T06:33:18Z","path":"/a","code":7}"#,
    ] {
        let lines: Vec<String> = (0..30)
            .map(|n| line.replace(":18Z", &format!(":{:02}Z", n)))
            .collect();
        assert_eq!(learnt(&lines), None, "{line}");
    }
}

#[test]
fn requests_without_a_time_are_requests() {
    let lines: Vec<String> = (0..30)
        .map(|n| format!(r#"{{"method":"GET","path":"/a","status":200,"n":{n}}}"#))
        .collect();
    let columns = learnt(&lines).unwrap();
    assert!(!columns.has(Field::Time));
    let r = format_of(&columns).parse(lines[0].as_bytes()).unwrap();
    assert!(r.stamp.is_none() && matches!(r.body, Body::Request(_)));
}

#[test]
fn parts_of_a_request_in_cells_of_their_own() {
    let bars =
        "10/Mar/2026:12:05:0N +0000|203.0.113.7|GET|/a|HTTP/1.1|503|1234|0.012|10.0.0.5:8080|503";
    let tabs =
        "2026-03-10T12:05:0NZ\t203.0.113.7\t\"GET /a HTTP/2.0\"\t503\t17\t0.012\t10.0.0.5:8080";
    for line in [bars, tabs] {
        let lines: Vec<String> = (0..8).map(|n| line.replace('N', &n.to_string())).collect();
        let format = format_of(&learnt(&lines).unwrap());
        let Body::Request(q) = format.parse(lines[3].as_bytes()).unwrap().body else {
            panic!()
        };
        assert_eq!(
            (q.status, q.latency_us, q.client),
            (503, 12_000, &b"203.0.113.7"[..]),
            "{line}"
        );
        assert_eq!(
            (q.path, q.upstream),
            (&b"/a"[..], &b"10.0.0.5:8080"[..]),
            "{line}"
        );
    }
}
