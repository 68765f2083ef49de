//! The same requests in several logs are counted once: at the edge, or inside where no edge log was given.

use crate::common::{folder, list, path_str, report_on};
use serde_json::{Value, json};

/// Seconds of the made logs; of these, the failing ones.
const LENGTH: u32 = 3_000;
const FAILING: std::ops::Range<u32> = 1_200..1_500;

/// Two requests a second, each seen by the edge, by the proxy in front of the applications' access log, and by one of
/// two applications. All of the failing stretch answer 500.
struct Logs {
    edge: String,
    gunicorn: String,
    apps: [String; 2],
}

fn logs() -> Logs {
    let mut l = Logs {
        edge: String::new(),
        gunicorn: String::new(),
        apps: [String::new(), String::new()],
    };
    for n in 0..2 * LENGTH {
        let s = n / 2;
        let clock = format!("{:02}:{:02}:{:02}", 9 + s / 3_600, s / 60 % 60, s % 60);
        let status = if FAILING.contains(&s) { 500 } else { 200 };
        let client = format!("198.51.{}.{}", n % 90, 1 + n % 250);
        let path = ["/cart", "/", "/item/17", "/search"][n as usize / 3 % 4];
        let tail = "HTTP/1.1\"";
        l.edge += &format!(
            "{client} - - [07/May/2024:{clock} +0000] \"GET {path} {tail} {status} 512 \"-\" \"Mozilla/5.0\"\n"
        );
        l.gunicorn += &format!(
            "10.0.0.{} - - [07/May/2024:{clock} +0000] \"GET {path} {tail} {status} 512 \"-\" \"Mozilla/5.0\"\n",
            4 + n % 2
        );
        let app = json!({
            "time": format!("2024-05-07T{clock}.{}00Z", n % 2), "level": "info", "service": "shop",
            "msg": "request completed", "method": "GET", "path": path, "status": status, "duration_ms": 12,
        });
        // the second application gets every fourth request
        l.apps[usize::from(n % 4 == 3)] += &format!("{app}\n");
    }
    l
}

fn run(names: &[&str], options: &[&str]) -> Value {
    let l = logs();
    let all = [
        ("edge/access.log", l.edge.as_str()),
        ("app-1/app.jsonl", &l.apps[0]),
        ("app-2/app.jsonl", &l.apps[1]),
        ("app-1/gunicorn.log", &l.gunicorn),
    ];
    let some: Vec<_> = all.into_iter().filter(|(n, _)| names.contains(n)).collect();
    assert_eq!(some.len(), names.len());
    let dir = folder(&some);
    let mut args = vec![path_str(dir.path())];
    args.extend(options);
    report_on(&args)
}

/// Requests and failures of the one incident.
fn counted(report: &Value) -> (u64, u64) {
    let incidents = list(&report["incidents"]);
    assert_eq!(incidents.len(), 1);
    let impact = &incidents[0]["impact"];
    (
        impact["requests"].as_u64().unwrap(),
        impact["failed"].as_u64().unwrap(),
    )
}

fn tiers(report: &Value) -> Vec<(&str, Option<&str>)> {
    let inputs = list(&report["inputs"]).iter();
    inputs
        .map(|i| (i["name"].as_str().unwrap(), i["tier"].as_str()))
        .collect()
}

const EDGE: &str = "edge/access.log";
const APPS: [&str; 2] = ["app-1/app.jsonl", "app-2/app.jsonl"];
/// 300 s with two requests a second, all failed.
const TRUE: (u64, u64) = (600, 600);

#[test]
fn an_edge_log_and_two_application_logs_give_the_edges_totals() {
    assert_eq!(counted(&run(&[EDGE], &[])), TRUE);
    let all = run(&[EDGE, APPS[0], APPS[1]], &[]);
    assert_eq!(counted(&all), TRUE);
    assert_eq!(
        tiers(&all),
        [
            (APPS[0], Some("inner")),
            (APPS[1], Some("inner")),
            (EDGE, Some("edge"))
        ]
    );
    let seen: Vec<u64> = list(&all["inputs"])
        .iter()
        .map(|i| i["requests"].as_u64().unwrap())
        .collect();
    assert_eq!(seen, [4_500, 1_500, 6_000]);
}

#[test]
fn application_logs_alone_are_counted_together() {
    let inner = run(&APPS, &[]);
    assert_eq!(counted(&inner), TRUE);
    assert_eq!(
        tiers(&inner),
        [(APPS[0], Some("edge")), (APPS[1], Some("edge"))]
    );
}

#[test]
fn an_access_log_whose_clients_are_proxies_is_inner() {
    let both = run(&[EDGE, "app-1/gunicorn.log"], &[]);
    assert_eq!(counted(&both), TRUE);
    assert_eq!(
        tiers(&both),
        [("app-1/gunicorn.log", Some("inner")), (EDGE, Some("edge"))]
    );
    let alone = run(&["app-1/gunicorn.log"], &[]);
    assert_eq!(counted(&alone), TRUE);
    assert_eq!(tiers(&alone), [("app-1/gunicorn.log", Some("edge"))]);
}

#[test]
fn what_the_user_names_is_the_edge() {
    let all = [EDGE, APPS[0], APPS[1]];
    let first = run(&all, &["--edge", "app-1/*"]);
    // three of four requests reach the first application
    assert_eq!(counted(&first), (450, 450));
    assert_eq!(
        tiers(&first),
        [
            (APPS[0], Some("edge")),
            (APPS[1], Some("inner")),
            (EDGE, Some("inner"))
        ]
    );
    assert_eq!(first["run"]["settings"]["edge"], json!(["app-1/*"]));
    assert_eq!(counted(&run(&all, &["--edge", "app.jsonl"])), TRUE);
}

#[test]
fn what_a_proxy_sent_to_a_host_counts_once_though_both_log_the_clients() {
    let (mut proxy, mut app) = (String::new(), String::new());
    for n in 0..2 * LENGTH {
        let s = n / 2;
        let clock = format!("{:02}:{:02}:{:02}", 9 + s / 3_600, s / 60 % 60, s % 60);
        let status = if FAILING.contains(&s) { 500 } else { 200 };
        let client = format!("198.51.{}.{}", n % 90, 1 + n % 250);
        proxy += &format!(
            "May  7 {clock} lb-1 haproxy[7]: {client}:4711 [07/May/2024:{clock}.000] fe be_shop/app-1 0/0/1/10/11 {status} 512 - - ---- 1/1/0/0/0 0/0 \"GET /cart HTTP/1.1\"\n"
        );
        app += &format!(
            "{client} - - [07/May/2024:{clock} +0000] \"GET /cart HTTP/1.1\" {status} 512 \"-\" \"Mozilla/5.0\"\n"
        );
        // what watches the application asks it directly
        if n % 2 == 0 {
            app += &format!(
                "10.0.0.9 - - [07/May/2024:{clock} +0000] \"GET /health HTTP/1.1\" 200 2 \"-\" \"probe/1\"\n"
            );
        }
    }
    let dir = folder(&[("lb-1/haproxy.log", &proxy), ("app-1/access.log", &app)]);
    let r = report_on(&[path_str(dir.path()), "--tz=UTC"]);
    assert_eq!(counted(&r), (600, 600));
    assert_eq!(
        tiers(&r),
        [
            ("app-1/access.log", Some("inner")),
            ("lb-1/haproxy.log", Some("edge"))
        ]
    );
}

#[test]
fn what_a_router_and_an_application_log_in_one_file_is_counted_once() {
    let drain = |router: bool| {
        let mut log = String::new();
        for n in 0..LENGTH {
            let at = format!("2024-03-12T12:{:02}:{:02}", n / 60, n % 60);
            let status = if FAILING.contains(&n) { 500 } else { 200 };
            if router {
                log += &format!(
                    "{at}.020000+00:00 heroku[router]: at=info method=GET path=\"/cart\" host=shop.example request_id=r{n} fwd=\"192.0.2.{}\" dyno=web.1 connect=0ms service=12ms status={status} bytes=5 protocol=https\n",
                    n % 200
                );
            }
            let app = json!({"level": "info", "msg": "request completed", "method": "GET", "path": "/cart", "status": status, "duration_ms": 12});
            log += &format!("{at}.010000+00:00 app[web.1]: {app}\n");
        }
        let dir = folder(&[("drain.log", log.as_str())]);
        report_on(&[path_str(dir.path())])
    };
    // alone, what the application logs is all there is
    for router in [true, false] {
        let report = drain(router);
        assert_eq!(counted(&report), (300, 300), "{router}");
        assert_eq!(report["inputs"][0]["requests"], LENGTH, "{router}");
    }
}

#[test]
fn what_fails_now_and_then_right_before_is_no_onset() {
    let (mut access, mut app) = (String::new(), String::new());
    for n in 0..LENGTH {
        let clock = format!("{:02}:{:02}:{:02}", 9 + n / 3_600, n / 60 % 60, n % 60);
        let stray = n == FAILING.start - 14;
        let fails = FAILING.contains(&n) && n % 10 == 0;
        let (path, status) = match (stray, fails) {
            (true, _) => ("/profile", 500),
            (_, true) => ("/pay", 500),
            _ => ("/cart", 200),
        };
        access += &format!(
            "198.51.{}.7 - - [07/May/2024:{clock} +0000] \"GET {path} HTTP/1.1\" {status} 512 \"-\" \"Mozilla/5.0\"\n",
            n % 90
        );
        if stray {
            app += &format!("2024-05-07T{clock}.100Z ERROR [shop] room A2 was not found\n");
        } else if fails {
            app += &format!(
                "2024-05-07T{clock}.100Z ERROR [shop] payment refused by the ledger: closed period\n"
            );
        } else if n % 20 == 0 {
            app += &format!("2024-05-07T{clock}.100Z INFO [shop] cart saved\n");
        }
    }
    let want = format!(
        "2024-05-07T09:{:02}:{:02}+00:00",
        FAILING.start / 60,
        FAILING.start % 60
    );
    // by what the failing requests say, and by what they ask for
    let (access, app) = (("access.log", &*access), ("app.log", &*app));
    for files in [&[access, app][..], &[access]] {
        let dir = folder(files);
        let r = report_on(&[path_str(dir.path()), "--tz=UTC"]);
        assert_eq!(r["incidents"][0]["onset"], want, "{}", files.len());
    }
}

/// Two access logs that neither ids nor hosts tie: of the same requests, or of two that share a load.
fn two_logs(same: bool) -> [String; 2] {
    let mut logs = [String::new(), String::new()];
    let mut drawn = 7_u64;
    let mut draw = |of: u64| {
        drawn = drawn
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (drawn >> 33) % of
    };
    for s in 0..5_000 {
        let clock = format!("{:02}:{:02}:{:02}", 9 + s / 3_600, s / 60 % 60, s % 60);
        for _ in 0..draw(4) {
            let status = if (4_000..4_300).contains(&s) {
                500
            } else {
                200
            };
            let client = format!("198.51.{}.{}", draw(90), 1 + draw(250));
            let path = ["/cart", "/search", "/products/7"][draw(3) as usize];
            let line = format!(
                "{client} - - [07/May/2024:{clock} +0000] \"GET {path} HTTP/1.1\" {status} 512 \"-\" \"Mozilla/5.0\"\n"
            );
            match same {
                true => logs.iter_mut().for_each(|l| *l += &line),
                false => logs[draw(2) as usize] += &line,
            }
        }
        // what only the outer one is asked for
        if same && s % 9 == 0 {
            logs[0] += &format!(
                "198.51.7.{} - - [07/May/2024:{clock} +0000] \"GET /static/a.css HTTP/1.1\" 200 512 \"-\" \"Mozilla/5.0\"\n",
                1 + s % 250
            );
        }
    }
    logs
}

/// The same with clients that all come back at once, twenty minutes past each hour.
fn with_bursts(log: &str) -> String {
    let (mut out, mut before) = (String::new(), "");
    for line in log.lines() {
        let minute = &line[line.find('[').unwrap()..][..18];
        let comes_back = minute != before && minute.ends_with(":20");
        let n = if comes_back { 300 } else { 1 };
        out += &format!("{line}\n").repeat(n);
        before = minute;
    }
    out
}

#[test]
fn what_two_logs_show_at_the_same_times_counts_once_and_a_shared_load_twice() {
    let plain = str::to_owned as fn(&str) -> String;
    for (same, inner, shaped) in [
        (true, "inner", plain),
        (true, "inner", with_bursts),
        (false, "edge", plain),
        (false, "edge", with_bursts),
    ] {
        let [outer, other] = two_logs(same).map(|log| shaped(&log));
        let dir = folder(&[("lb/access.log", &outer), ("web/site.log", &other)]);
        let r = report_on(&[path_str(dir.path())]);
        let want = [
            ("lb/access.log", Some("edge")),
            ("web/site.log", Some(inner)),
        ];
        assert_eq!(tiers(&r), want, "{same}");
    }
}

#[test]
fn what_two_servers_in_front_share_among_two_behind_counts_once() {
    let [all, _] = two_logs(true);
    let mut drawn = 11_u64;
    let mut draw = || {
        drawn = drawn
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (drawn >> 33) as usize % 2
    };
    let [mut front, mut behind] = [(); 2].map(|()| [String::new(), String::new()]);
    for line in all.lines() {
        front[draw()] += &format!("{line}\n");
        // those behind answer what is of the program only
        if !line.contains("/static/") {
            behind[draw()] += &format!("{line}\n");
        }
    }
    let dir = folder(&[
        ("app-1/site.log", &behind[0]),
        ("app-2/site.log", &behind[1]),
        ("lb-1/access.log", &front[0]),
        ("lb-2/access.log", &front[1]),
    ]);
    let r = report_on(&[path_str(dir.path())]);
    let tiers: Vec<_> = tiers(&r).into_iter().map(|t| t.1).collect();
    let (inner, edge) = (Some("inner"), Some("edge"));
    assert_eq!(tiers, [inner, inner, edge, edge]);
}

/// A line of an access log as HAProxy writes it, which bears no zone.
fn by_haproxy(line: &str) -> String {
    let part = |from: &str, to: &str| -> &str {
        let rest = &line[line.find(from).unwrap() + from.len()..];
        &rest[..rest.find(to).unwrap()]
    };
    let (client, time) = (&line[..line.find(' ').unwrap()], part("[", " +0000]"));
    let (request, status) = (part("\"", "\""), part("HTTP/1.1\" ", " "));
    let clock = &time[12..];
    format!(
        "May  7 {clock} lb haproxy[7]: {client}:4711 [{time}.100] fe be/site 0/0/0/1/1 {status} 512 - - ---- 1/1/0/0/0 0/0 \"{request}\"\n"
    )
}

#[test]
fn what_two_logs_show_counts_once_though_only_one_of_them_bears_a_zone() {
    for (same, inner) in [(true, "inner"), (false, "edge")] {
        let [outer, other] = two_logs(same);
        let outer: String = outer.lines().map(by_haproxy).collect();
        let other = other.replace("+0000", "+0200");
        let dir = folder(&[("lb/haproxy.log", &outer), ("web/site.log", &other)]);
        let r = report_on(&[path_str(dir.path())]);
        let want = [
            ("lb/haproxy.log", Some("edge")),
            ("web/site.log", Some(inner)),
        ];
        assert_eq!(tiers(&r), want, "{same}");
    }
}

#[test]
fn what_is_a_small_part_of_what_another_log_shows_counts_once_too() {
    let [site, other] = two_logs(false);
    let other = other.replace("\"GET /", "\"GET /kiosk/v1/");
    let some = |from: usize| other.lines().skip(from).step_by(5);
    let inside: String = some(0).map(|l| l.to_owned() + "\n").collect();
    // the same requests, or as many others
    for (from, inner) in [(0, "inner"), (2, "edge")] {
        let mut all: Vec<&str> = site.lines().chain(some(from)).collect();
        all.sort_by_key(|l| &l[l.find('[').unwrap()..]);
        let outer: String = all.iter().map(|l| format!("{l}\n")).collect();
        let dir = folder(&[("lb/access.log", &outer), ("kiosk1/site.log", &inside)]);
        let r = report_on(&[path_str(dir.path())]);
        let want = [
            ("kiosk1/site.log", Some(inner)),
            ("lb/access.log", Some("edge")),
        ];
        assert_eq!(tiers(&r), want, "{from}");
    }
}
