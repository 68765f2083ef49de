//! Lines read by what others have shown, against the same lines read by their formats.

use crate::plan::{Plan, PlanConfig, Sampled, plan};
use crate::scan::{ScanConfig, Scanner};
use crate::source::cut;
use crate::summary::Part;
use proptest::prelude::*;

/// Lines that are alike, lines that belong to those before them, and lines that are neither.
const LINES: &[&str] = &[
    "2026-11-20 06:37:04,491 INFO  [worker-3] shop.orders - order 17 sent to the warehouse",
    "2026-11-20 06:37:04,492 INFO  [worker-1] shop.orders - order 18 sent to the warehouse",
    "2026-11-20 06:37:05,001 WARN  [worker-3] shop.orders - slow query took 900 ms",
    "2026-11-20 06:37:05,002 ERROR [worker-1] shop.pay - payment failed",
    "2026-11-20 06:37:05,003 INFO  [worker-1] shop.web - GET /cart 200 4ms",
    "2026-11-20 06:37:06,004 INFO  [worker-1] shop.web - Deploying shop to 4.2.0",
    "java.net.ConnectException: Connection refused",
    "\tat shop.Main.run(Main.java:9)",
    "",
    "no time at all",
    r#"203.0.113.7:39426 [20/Nov/2026:06:37:04.536] www app/web01 0/0/0/3/3 200 1369 - - ---- 1/1/0/0/0 0/0 {4.1.0} "GET /cart?id=1 HTTP/1.1""#,
    r#"203.0.113.9:39427 [20/Nov/2026:06:37:05.636] www app/web02 0/0/0/3/900 503 1369 - - SC-- 1/1/0/0/0 0/0 {4.1.0} "GET /cart?id=2 HTTP/1.1""#,
    // written in some ten seconds and counted in the next ones, or the other way round
    r#"203.0.113.9:39428 [20/Nov/2026:06:37:09.236] www app/web02 0/0/0/3/900 503 1369 - - SC-- 1/1/0/0/0 0/0 {4.1.0} "GET /cart?id=2 HTTP/1.1""#,
    r#"203.0.113.8:39429 [20/Nov/2026:06:37:09.830] www app/web01 0/0/0/3/900 502 1369 - - SC-- 1/1/0/0/0 0/0 {4.2.0} "GET /cart?id=3 HTTP/1.1""#,
    r#"203.0.113.7:39430 [20/Nov/2026:06:36:59.999] www app/web01 0/0/0/3/23000 200 1369 - - ---- 1/1/0/0/0 0/0 {4.2.0} "GET /pay HTTP/1.1""#,
    r#"203.0.113.7:39431 [20/Nov/2026:06:37:25.001] www app/web03 0/0/0/3/3 499 0 - - CD-- 1/1/0/0/0 0/0 {4.2.0} "GET /pay HTTP/1.1""#,
    r#"{"time":"2026-11-20T06:37:19+00:00","host":"shop.example.net","request":"GET /a/1 HTTP/1.1","status":502,"request_time":0.5,"upstream_addr":"10.0.0.1:80","upstream_status":"502","request_id":"a1"}"#,
    r#"{"time":"2026-11-20T06:37:21+00:00","host":"shop.example.net","request":"GET /a/2 HTTP/1.1","status":200,"request_time":0.5,"upstream_addr":"10.0.0.2:80","upstream_status":"200","request_id":"a2"}"#,
    r#"http 2026-11-20T06:37:04.100000Z app/lb/5 192.0.2.10:2818 10.0.0.1:80 0.000 0.150 0.000 500 500 34 577 "GET https://shop.example.com:443/cart HTTP/1.1" "curl/7" - - arn:aws:targetgroup/shop/7 "Root=1-5" "shop.example.com" "-" 0 2026-11-20T06:37:04.950000Z "forward" "-" "-" "10.0.0.1:80" "500" "-" "-""#,
    r#"{"time":"2026-11-20T06:37:04.250Z","level":"info","service":"orders","msg":"request completed","path":"/a/1","status":200,"ms":182}"#,
    "ts=2026-11-20T06:37:05.250Z level=info service=orders msg=started user=u1",
    r#"{"time":"2026-11-20T06:37:21+00:00","host":"shop.example.net","request":"GET /a/2 HTTP/1.1","status":200,"request_time":0.5,"upstream_addr":"10.0.0.2:80","upstream_status":"200","http_user_agent":"a \"b\" c","request_id":"a2"}"#,
];

fn planned(data: &[u8]) -> Plan {
    let sample = Sampled {
        name: "all.log".into(),
        pieces: vec![data.to_vec()],
        ..Sampled::default()
    };
    plan(&[sample], &PlanConfig::default()).unwrap()
}

/// The part of what is read in pieces of that size, each by one that has learnt nothing.
fn read(plan: &Plan, data: &[u8], size: usize, plain: bool) -> Part {
    let config = ScanConfig {
        plain,
        ..ScanConfig::default()
    };
    let input = &plan.inputs[0];
    let pieces = cut(data, size, |l| !input.heads || input.begins(l));
    pieces.into_iter().fold(Part::default(), |part, r| {
        let mut s = Scanner::new(plan, 0, r.start as u64, config);
        s.block(&data[r]);
        part.merge(s.finish()).unwrap()
    })
}

/// Texts that wrappers hold beside [`LINES`].
const TEXTS: &[&str] = &[
    "order 17 was sent",
    "listening on port 8080",
    "Connection refused by peer",
    "level is WARN now",
    "ERROR could not connect to db: timeout",
    "GET /cart 500 in 4 ms",
    "Deploying shop to 4.2.0",
    "rollback of shop to 4.1.9 finished",
    "a \"quoted\" text with \\ and <init> and a\ttab",
    "\u{1b}[31mred\u{1b}[0m text",
    "Traceback (most recent call last):",
    "  File \"a.py\", line 1",
    "Caused by: java.io.IOException: Broken pipe",
    "KeyError: 'k'",
    "{\"message\":\"no time\",\"n\":1}",
    "2026-11-20 06:37:04.250 INFO [main] shop - two\nlines",
    "api-1  | 2026-11-20 06:37:04.250 INFO [main] shop - deeper",
    "",
];

/// A line in a wrapper of that number; several numbers have the usual one.
fn wrapped(line: &str, how: u8, ms: u16, error: bool) -> String {
    let stream = if error { "stderr" } else { "stdout" };
    let time = format!("2026-11-20T06:37:{:02}.{ms:03}", ms % 7);
    let json = |end: &str| {
        let text = format!("{line}{end}")
            .replace('\\', "\\\\")
            .replace('"', "\\\"");
        let text = text
            .replace('\n', "\\n")
            .replace('\t', "\\t")
            .replace('<', "\\u003c");
        let text = text.replace('\u{1b}', "\\u001b");
        format!(
            r#"{{"log":"{text}","stream":"{stream}","time":"{time}000{}Z"}}"#,
            ms % 1000 + 1
        )
    };
    let line = line.replace('\n', " ");
    match how {
        0..4 => format!("{time}456789Z {stream} F {line}"),
        4..8 => json("\n"),
        8 => format!("{time}456789Z {stream} P {line}"),
        9 => json(""),
        10 => format!("[pod/shop-7d4b9c5f6-x2x9z/shop] {line}"),
        11 => format!("{time}+01:00 {stream} F {line}"),
        12 => format!("<134>1 {time}Z web-1 shop 17 - - {line}"),
        13 => format!(
            r#"{{"@timestamp":"{time}Z","agent":{{"type":"filebeat"}},"message":"{}"}}"#,
            line.replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace(['\t', '\u{1b}'], " ")
        ),
        _ => line,
    }
}

/// The part of what one scanner reads in pieces of that size.
fn read_on(plan: &Plan, data: &[u8], size: usize, plain: bool) -> Part {
    let config = ScanConfig {
        plain,
        ..ScanConfig::default()
    };
    let mut s = Scanner::new(plan, 0, 0, config);
    for r in cut(data, size, |l| plan.inputs[0].begins(l)) {
        s.block(&data[r]);
    }
    s.finish()
}

proptest! {
    #[test]
    fn what_was_learnt_changes_nothing(
        first in 0..LINES.len(), near in 1usize..6,
        which in proptest::collection::vec((0usize..LINES.len(), 0u8..3, 0u8..10), 1..80),
    ) {
        let mut data = Vec::new();
        for (n, how, digit) in which {
            // most lines of a file are of few kinds
            let line = LINES[if how == 0 { n } else { (first + n % near) % LINES.len() }];
            let at = line.rfind(|c: char| c.is_ascii_digit());
            let mut line = line.as_bytes().to_vec();
            if let Some(at) = at {
                line[at] = b'0' + digit;
            }
            data.extend_from_slice(&line);
            data.push(b'\n');
        }
        let plan = planned(&data);
        prop_assume!(!plan.inputs[0].whole);
        let whole = read(&plan, &data, usize::MAX / 2, false);
        prop_assert_eq!(&whole, &read(&plan, &data, usize::MAX / 2, true));
        prop_assert_eq!(&whole, &read(&plan, &data, 1, false));
        prop_assert_eq!(&whole, &read(&plan, &data, 700, false));
    }

    /// The same of lines in wrappers, whole and cut, of texts of several formats and of none.
    #[test]
    fn what_was_learnt_of_wrapped_lines_changes_nothing(
        first in 0..LINES.len() + TEXTS.len(), near in 1usize..6, usual in 0u8..8,
        which in proptest::collection::vec((0usize..LINES.len() + TEXTS.len(), 0u8..4, 0u8..16, 0u16..1000, any::<bool>()), 1..80),
    ) {
        let text = |n: usize| LINES.iter().chain(TEXTS).nth(n % (LINES.len() + TEXTS.len())).copied().unwrap_or_default();
        let mut data = String::new();
        for (n, seldom, how, ms, error) in which {
            let line = text(if seldom == 0 { n } else { first + n % near });
            let line = match line.rfind(|c: char| c.is_ascii_digit()) {
                Some(at) => format!("{}{}{}", &line[..at], ms % 10, &line[at + 1..]),
                None => line.to_owned(),
            };
            data.push_str(&wrapped(&line, if seldom < 2 { how } else { usual }, ms, error && seldom < 2));
            data.push('\n');
        }
        let data = data.as_bytes();
        let plan = planned(data);
        let whole = read_on(&plan, data, usize::MAX / 2, false);
        prop_assert_eq!(&whole, &read_on(&plan, data, usize::MAX / 2, true));
        prop_assert_eq!(read_on(&plan, data, 700, false), read_on(&plan, data, 700, true));
        // what is joined may begin where it is cut
        if !plan.inputs[0].whole {
            prop_assert_eq!(&whole, &read(&plan, data, 700, false));
        }
    }
}
