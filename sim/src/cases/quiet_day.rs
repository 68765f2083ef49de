//! 17 April 2024: a day on which nothing happens. A few failures that come to nothing, a small release at lunch time,
//! a scanner at night, a disk that fills slowly on a host nobody asks.

use crate::clock::{Day, S, offset, plain};
use crate::ops::{Host, postgres};
use crate::out::{Case, Log, mark};
use crate::rng::Rng;
use crate::site::{Curve, Route, Site, app, file};
use crate::traffic::{Hit, Load, Server, State, run};
use crate::voice::{python::Python, tell};
use crate::web::{Access, access_log, error_log};

const SEED: u64 = 0x2024_0417;
const HOSTS: [(&str, &str); 2] = [("node-1", "10.60.0.11:8000"), ("node-2", "10.60.0.12:8000")];
const HOURS: [u32; 24] = [
    30, 24, 20, 18, 20, 26, 40, 62, 84, 96, 100, 102, 104, 100, 98, 96, 98, 104, 110, 112, 108, 92,
    68, 46,
];

static ROUTES: [Route; 10] = [
    app(200, "GET", "/", 1, 10_420, 200, 15),
    app(300, "GET", "/recipes/#", 640, 12_300, 200, 19),
    app(110, "GET", "/search?q=soup%20#", 90, 8_020, 200, 37),
    app(60, "POST", "/recipes/#/rating", 640, 40, 200, 12),
    app(40, "POST", "/login", 1, 90, 302, 33),
    app(50, "GET", "/account/lists", 1, 3_300, 200, 16),
    app(30, "POST", "/lists", 1, 120, 200, 18),
    file(40, "/static/kitchen.20ab.css", 1, 24_002, 200),
    file(70, "/static/photos/#.webp", 640, 38_412, 200),
    file(5, "/static/photos/old/#.jpg", 30, 153, 404),
];

static SITE: Site = Site {
    host: "kitchen.example",
    server: "kitchen.example",
    upstream: "kitchen",
    routes: &ROUTES,
    root: "/srv/kitchen/public",
    health: "/healthz",
};

/// The case.
pub fn case() -> Case {
    let day = Day::new(2024, 4, 17, 120);
    let at = |h, m, s| day.at(h, m, s);
    let span = (at(0, 0, 0), at(24, 0, 0));
    let servers: Vec<Server> = HOSTS
        .iter()
        .enumerate()
        .map(|(i, (name, addr))| {
            let t = at(12, 41, 9) + i as i64 * 38 * S;
            Server {
                name,
                addr,
                plan: vec![(t, State::Refused), (t + 3 * S, State::Up)],
            }
        })
        .collect();
    let mut traffic = run(&Load {
        seed: SEED,
        span,
        site: &SITE,
        curve: Curve {
            base: 1150,
            hours: HOURS,
            off: 120,
        },
        servers: &servers,
        visitors: 700,
        bad_luck: 105,
        spared: &[],
        checker: "10.60.0.3",
    });
    let mut rng = Rng::new(SEED, 2);
    scanner(&mut traffic.hits, &day, &mut rng);
    let mut logs = vec![
        access_log(
            "www/access.log.gz",
            &traffic.hits,
            Access::Combined,
            &servers,
            "kitchen",
            120,
        ),
        error_log(
            "www/error.log.gz",
            &traffic.complaints,
            &traffic.hits,
            120,
            &mut rng,
        ),
        deploy(&day),
        alerts(&day),
    ];
    for (i, (name, _)) in HOSTS.iter().enumerate() {
        let host = Host { name, off: 120 };
        let down = servers[i].plan[0].0;
        let mut syslog = Log::new(format!("{name}/syslog"));
        host.background(&mut syslog, span, &mut rng);
        host.restart(&mut syslog, down, 2 * S, "kitchen", "kitchen web", true);
        let voice = Python {
            app: "kitchen",
            off: 120,
            frames: &[],
            release: vec![
                (0, "20240402101500".into()),
                (down, "20240417104012".into()),
            ],
            raised: &["RuntimeError"],
        };
        let mut log = Log::new(format!("{name}/kitchen.log.gz"));
        let t = down + 2_800_000;
        log.line(
            t,
            voice.line(
                t,
                "INFO",
                "web",
                &format!("kitchen starting version=3.18.1 release=20240417104012 host={name}"),
            ),
        );
        tell(&mut log, &traffic.hits, i, &voice, 0, &mut rng);
        logs.extend([syslog, log]);
    }
    let mut db = Log::new("db/postgresql.log.gz");
    postgres(&mut db, span, ("CEST", 120), "kitchen", &mut rng);
    logs.push(db);
    Case {
        name: "quiet-day",
        logs,
        incident: None,
        tz: vec![
            ("www/access.log.gz, deploy", "+0200 in the line"),
            ("www/error.log.gz, node-*/*, alerts", "local CEST, no zone"),
            ("db", "named zone CEST"),
        ],
        offsets: vec![],
        title: "QUIET: single failures, a good rolling release, a night-time scanner and an unrelated low-priority alert",
    }
}

/// Ten minutes of one scanner: hundreds of paths that do not exist.
fn scanner(hits: &mut Vec<Hit>, day: &Day, rng: &mut Rng) {
    let words = [
        "admin",
        "backup",
        "old",
        "test",
        "shop",
        "api",
        "db",
        "wp-content",
        "uploads",
        "config",
    ];
    let ends = [".zip", ".sql", "/", ".bak", ".php", ".tar.gz"];
    let mut t = day.at(3, 12, 4);
    while t < day.at(3, 22, 0) {
        let path = format!(
            "/{}/{}{}",
            rng.pick(&words),
            rng.pick(&words),
            rng.pick(&ends)
        );
        hits.push(Hit {
            start: t - 900, end: t, ip: "192.0.2.66".into(), user: 0, method: "GET", path, status: 404, bytes: 153, referer: "-".into(),
            agent: "Mozilla/5.0 (compatible; Nuclei - Open-source project (github.com/projectdiscovery/nuclei))",
            tries: Vec::new(), cid: 900_001, planned: false, id: String::new(),
        });
        t += rng.range(300, 1_900) * 1000;
    }
    hits.sort_by_key(|h| h.end);
}

fn deploy(day: &Day) -> Log {
    let mut log = Log::new("deploy/deploy.log");
    let say = |t: i64, text: &str| format!("{} {} {text}", plain(t, 120), offset(120));
    let at = |h, m, s| day.at(h, m, s);
    log.mark(
        at(12, 40, 12),
        say(
            at(12, 40, 12),
            "deploying kitchen 3.18.1 to production (from 3.18.0) by=lena",
        ),
        mark("deploy_start").with("version", "3.18.1"),
    );
    log.line(
        at(12, 40, 31),
        say(
            at(12, 40, 31),
            "unpack releases/20240417104012 on node-1, node-2",
        ),
    );
    log.line(
        at(12, 41, 9),
        say(at(12, 41, 9), "node-1: systemctl restart kitchen"),
    );
    log.line(
        at(12, 41, 47),
        say(at(12, 41, 47), "node-2: systemctl restart kitchen"),
    );
    log.mark(
        at(12, 41, 58),
        say(
            at(12, 41, 58),
            "deployment of kitchen 3.18.1 finished, 2/2 hosts, 106 s",
        ),
        mark("deploy_end").with("version", "3.18.1"),
    );
    log
}

fn alerts(day: &Day) -> Log {
    let mut log = Log::new("alerts/pager.log");
    let say = |t: i64, text: &str| format!("{} pager: {text}", plain(t, 120));
    let (a, b) = (day.at(16, 5, 33), day.at(17, 40, 3));
    log.mark(
        a,
        say(
            a,
            "ALERT #311 [P3] jobs: Disk usage 81% on jobs-1:/var (threshold 80%) paged=lena",
        ),
        mark("alert")
            .with("note", "Disk usage on jobs-1")
            .with("optional", true),
    );
    log.mark(
        b,
        say(b, "RESOLVED #311 auto-resolved after 5670s"),
        mark("resolved")
            .with("note", "Disk usage on jobs-1")
            .with("optional", true),
    );
    log
}
