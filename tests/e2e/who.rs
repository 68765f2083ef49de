//! Who failed and who is named: one client among many, names that only a pager knows, hosts in the fields of a proxy's error lines,
//! units that only start and stop.

use crate::common::{folder, list, path_str, report_on};
use serde_json::Value;
use std::fmt::Write;

fn read(files: &[(&str, &str)]) -> Value {
    let dir = folder(files);
    report_on(&[path_str(dir.path())])
}

/// Seconds of a log as `HH:MM:SS` from ten o'clock on.
fn clock(s: u32) -> String {
    format!("{:02}:{:02}:{:02}", 10 + s / 3600, s / 60 % 60, s % 60)
}

/// Half an hour of four requests a second from one address; `status` by second and request.
fn one_address(status: impl Fn(u32, u32) -> u16) -> String {
    (0..7200u32)
        .map(|i| {
            let (s, n) = (i / 4, i % 4);
            let status = status(s, n);
            format!("198.51.100.7 - - [01/May/2023:{} +0000] \"GET /p{i} HTTP/1.1\" {status} 5 \"-\" \"x\"\n", clock(s))
        })
        .collect()
}

fn one_client(r: &Value) -> Vec<&str> {
    let gaps = list(&r["gaps"]).iter();
    gaps.filter(|g| g["kind"] == "one_client")
        .filter_map(|g| g["text"].as_str())
        .collect()
}

#[test]
fn a_scan_by_one_address_is_no_outage_and_what_fails_behind_a_proxy_is() {
    let failing = |s: u32| (600..900).contains(&s);
    // three of four pages are not there, and for five minutes one of four breaks the program
    let scan = one_address(|s, n| match n {
        0 if failing(s) => 500,
        0 => 200,
        _ => 404,
    });
    let r = read(&[("access.log", &scan)]);
    assert_eq!(r["verdict"], "none", "{r:#}");
    assert_eq!(list(&r["incidents"]).len(), 0);
    let said = one_client(&r);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].starts_with("one address sent all 300 failed requests"),
        "{said:?}"
    );
    // a proxy in front of everybody: they get what they ask for until it fails
    let proxied = one_address(|s, n| if n == 0 && failing(s) { 500 } else { 200 });
    let r = read(&[("access.log", &proxied)]);
    assert_eq!(list(&r["incidents"]).len(), 1, "{r:#}");
    assert!(one_client(&r).is_empty());
}

/// Access and error log of a site: 40 minutes, all requests of five of them fail, one line in the error log for each.
fn site(error: impl Fn(u32) -> String) -> (String, String) {
    let (mut access, mut errors) = (String::new(), String::new());
    for i in 0..4800u32 {
        let s = i / 2;
        let status = if (1200..1500).contains(&s) { 502 } else { 200 };
        let client = 1 + i % 200;
        let at = clock(s);
        writeln!(access, "192.0.2.{client} - - [01/May/2023:{at} +0000] \"GET /cart HTTP/1.1\" {status} 5 \"http://www.books.example/\" \"x\"").unwrap();
        if status == 502 {
            writeln!(errors, "2023/05/01 {at} [error] 9#9: *{i} {}, client: 192.0.2.{client}, server: books.example, request: \"GET /cart HTTP/1.1\", upstream: \"https://10.9.0.5:8443/cart\", host: \"books.example\", referrer: \"http://www.books.example/\"", error(i)).unwrap();
        }
    }
    (access, errors)
}

/// A page about a service by this name, as the incident begins.
fn page(service: &str) -> String {
    format!(
        "{{\"event\":{{\"id\":\"1\",\"event_type\":\"incident.triggered\",\"resource_type\":\"incident\",\"occurred_at\":\"2023-05-01T10:21:00Z\",\"data\":{{\"id\":\"Q1\",\"type\":\"incident\",\"number\":1,\"status\":\"triggered\",\"title\":\"success rate below objective\",\"service\":{{\"id\":\"P1\",\"summary\":\"{service}\",\"type\":\"service_reference\"}},\"urgency\":\"high\"}}}}}}\n"
    )
}

#[test]
fn a_proxys_error_line_is_its_requests_own_and_its_fields_are_no_words() {
    let (access, errors) = site(|_| {
        "upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream".to_owned()
    });
    let app = "2023-05-01T10:00:00Z INFO [ledger] listening on 10.9.0.5:8443\n";
    let r = read(&[
        ("edge/access.log", &access),
        ("edge/error.log", &errors),
        ("ledger/app.log", app),
        ("pager.jsonl", &page("ledger")),
    ]);
    let i = &r["incidents"][0];
    // a pager's name that another log knows as well
    assert_eq!(i["service"], "ledger", "{i:#}");
    assert_eq!(i["causes"][0]["class"], "certificate", "{:#}", i["causes"]);
    let named = i["causes"][0]["culprit"]["name"].as_str();
    assert!(
        !named.is_some_and(|n| n.contains("books.example")),
        "{named:?}"
    );
    // words that name nobody: the page that a visitor came from is no provider
    let (access, errors) = site(|_| "upstream prematurely closed connection".to_owned());
    let r = read(&[("edge/access.log", &access), ("edge/error.log", &errors)]);
    for c in list(&r["incidents"][0]["causes"]) {
        let named = format!("{} {}", c["title"], c["culprit"]);
        assert!(!named.contains("books.example"), "{named}");
    }
}

#[test]
fn a_pagers_name_and_a_unit_that_stops_are_not_the_failing_service() {
    let (access, _) = site(|_| String::new());
    let units = "May  1 10:20:00 ns1 systemd[1]: Stopped resolved.service - resolver.\nMay  1 10:24:58 ns1 systemd[1]: Started resolved.service - resolver.\n";
    let r = read(&[
        ("edge/access.log", &access),
        ("ns1/messages", units),
        ("pager.jsonl", &page("umbrella")),
    ]);
    let i = &r["incidents"][0];
    assert_eq!(i["service"], Value::Null, "{i:#}");
    // request lines of an application name it
    let mut app = String::new();
    for s in 0..2400u32 {
        let status = if (1200..1500).contains(&s) { 500 } else { 200 };
        writeln!(app, "{{\"time\":\"2023-05-01T{}.5Z\",\"level\":\"info\",\"service\":\"books\",\"message\":\"request completed\",\"method\":\"GET\",\"path\":\"/cart\",\"status\":{status},\"ms\":6}}", clock(s)).unwrap();
    }
    let r = read(&[
        ("edge/access.log", &access),
        ("app.log", &app),
        ("ns1/messages", units),
        ("pager.jsonl", &page("umbrella")),
    ]);
    assert_eq!(
        r["incidents"][0]["service"], "books",
        "{:#}",
        r["incidents"][0]
    );
}

/// Two requests a second of which every fiftieth fails for reasons of its own; after forty minutes a canary fails every fortieth for
/// five, and then two of three fail for twenty. The application has a line for each.
#[test]
fn the_onset_is_the_first_failure_with_the_message_that_accounts_for_them() {
    let (mut access, mut app) = (String::new(), String::new());
    let (canary, all, over) = (2400, 2700, 3900);
    for i in 0..2 * 4800u32 {
        let s = i / 2;
        let fails = match s {
            _ if (canary..all).contains(&s) => i % 40 == 0,
            _ if (all..over).contains(&s) => i % 3 != 0,
            _ => false,
        };
        let other = i % 50 == 25;
        let status = if fails || other { 500 } else { 200 };
        let at = clock(s);
        let from = format!("203.0.113.{}", i % 200);
        writeln!(access, "{from} - - [01/May/2023:{at} +0000] \"GET /cart/{i} HTTP/1.1\" {status} 7 \"-\" \"curl/8\"").unwrap();
        if fails {
            writeln!(
                app,
                "2023-05-01T{at}Z ERROR shop: basket {i} cannot be totalled"
            )
            .unwrap();
        } else if other {
            writeln!(app, "2023-05-01T{at}Z ERROR shop: gateway of {i} is away").unwrap();
        }
    }
    let onset = |r: &Value| r["incidents"][0]["onset"].as_str().unwrap()[11..19].to_owned();
    let both = read(&[("access.log", &access), ("app.log", &app)]);
    assert_eq!(onset(&both), clock(canary));
    // the counts alone date the change of the share, minutes later
    let counts = read(&[("access.log", &access)]);
    assert!(onset(&counts) > clock(canary + 120), "{}", onset(&counts));
}

/// Whose requests fail, where the application in front answers for itself and the one behind it writes no requests.
#[test]
fn an_ingress_names_the_application_that_fails_most() {
    let (mut edge, mut front, mut behind) = (String::new(), String::new(), String::new());
    for i in 0..7200u32 {
        let (s, n) = (i / 4, i % 4);
        let fails = (600..900).contains(&s);
        let (app, broken) = match n {
            0 | 1 => ("checkout-api", fails),
            _ => ("web-bff", fails && i % 8 == 2),
        };
        let status = if broken { 500 } else { 200 };
        let at = clock(s);
        let _ = writeln!(
            edge,
            "198.51.100.{} - - [01/May/2023:{at} +0000] \"GET /{app}/x HTTP/2.0\" {status} 10 \"-\" \"x\" 385 0.044 [shop-{app}-3000] [] 10.20.2.117:3000 10 0.044 {status} {i:032x}",
            1 + i % 90
        );
        let head = format!("{{\"time\":\"2023-05-01T{at}.{n}00Z\",\"level\":\"info\"");
        let _ = match app {
            "web-bff" => writeln!(
                front,
                "{head},\"service\":\"web-bff\",\"msg\":\"request completed\",\"method\":\"GET\",\"path\":\"/x\",\"status\":{status},\"duration_ms\":12}}"
            ),
            _ => writeln!(
                behind,
                "{head},\"service\":\"checkout-api\",\"msg\":\"basket priced\"}}"
            ),
        };
    }
    let r = read(&[
        ("ingress/access.log", &edge),
        ("web-bff/app.jsonl", &front),
        ("shop_checkout-api-6c5b9f8d7c-x745h_app.log", &behind),
    ]);
    let incidents = list(&r["incidents"]);
    assert_eq!(incidents.len(), 1, "{r:#}");
    assert_eq!(incidents[0]["service"], "checkout-api");
}
