//! 16 January 2024: servers are upgraded at a quarter to ten and work until the partner's hourly keys change at ten.
//! Ansible, a Node service with JSON lines, `main` access format, a plain text pager.

use super::bad_deploy;
use crate::clock::{Day, M, S, millis};
use crate::ops::{Host, postgres};
use crate::out::{Case, Incident, Log, Mark, mark};
use crate::pager::{Alert, Step, text};
use crate::rng::Rng;
use crate::site::{Curve, DAY, Route, Site, app, file};
use crate::traffic::{Load, Server, State, impact, run};
use crate::voice::{node::Node, tell};
use crate::web::{Access, access_log, error_log};

const SEED: u64 = 0x2024_0116;
const HOSTS: [(&str, &str); 3] = [
    ("srv1", "10.8.3.11:3000"),
    ("srv2", "10.8.3.12:3000"),
    ("srv3", "10.8.3.13:3000"),
];

static ROUTES: [Route; 11] = [
    app(150, "GET", "/", 1, 9_944, 200, 16),
    app(230, "GET", "/courses/#", 240, 11_870, 200, 23),
    app(160, "GET", "/courses/#/lessons/4", 240, 15_204, 200, 30),
    app(90, "GET", "/api/progress?course=#", 240, 402, 200, 8),
    app(110, "POST", "/api/progress", 1, 61, 201, 17),
    app(50, "POST", "/api/login", 1, 130, 200, 52),
    app(60, "GET", "/account", 1, 2_404, 200, 12),
    app(30, "POST", "/api/quiz/#/answers", 240, 220, 201, 35),
    file(17, "/static/main.8d1f.css", 1, 27_654, 200),
    file(15, "/static/main.43ab.js", 1, 220_431, 200),
    file(3, "/static/badges/#.svg", 12, 153, 404),
];

static SITE: Site = Site {
    host: "learn.casual.example",
    server: "learn.casual.example",
    upstream: "learn",
    routes: &ROUTES,
    root: "/srv/learn/static",
    health: "/healthz",
};

static ERRORS: [(&str, &str, &str); 2] = [
    (
        "UnsupportedAuthError",
        "gatepass: keyset 2024-01-16T09 is signed with scheme gp3, runtime on this host supports gp1, gp2",
        "\\n    at Verifier.load (/srv/learn/node_modules/gatepass/lib/verifier.js:88:13)\\n    at async session (/srv/learn/lib/session.js:41:20)\\n    at async /srv/learn/lib/app.js:63:5",
    ),
    (
        "SessionError",
        "cannot begin transaction: session user is not authenticated (gatepass: scheme gp3 not supported)",
        "\\n    at Db.begin (/srv/learn/lib/db.js:27:11)\\n    at async handler (/srv/learn/lib/routes.js:112:14)",
    ),
];

/// The case.
pub fn case() -> Case {
    let day = Day::new(2024, 1, 16, 60);
    let at = |h, m, s| day.at(h, m, s);
    let span = (at(7, 42, 0), at(10, 56, 0));
    let upgraded = [at(9, 46, 12), at(9, 46, 51), at(9, 47, 30)];
    let servers: Vec<Server> = HOSTS
        .iter()
        .zip(upgraded)
        .enumerate()
        .map(|(i, ((name, addr), up))| {
            let i = i as i64;
            let keys = at(10, 0, 3) + i * 350_000;
            let plan = vec![
                (up, State::Refused),
                (up + 3 * S, State::Up),
                (keys, State::Failing(976)),
                (at(10, 20, 24) + i * 200_000, State::Refused),
                (at(10, 22, 19) + i * 900_000, State::Up),
            ];
            Server { name, addr, plan }
        })
        .collect();
    let spared = [(at(9, 57, 0), at(10, 28, 0))];
    let traffic = run(&Load {
        seed: SEED,
        span,
        site: &SITE,
        curve: Curve {
            base: 3100,
            hours: DAY,
            off: 60,
        },
        servers: &servers,
        visitors: 460,
        bad_luck: 95,
        spared: &spared,
        checker: "10.8.3.2",
    });
    let (failed, impact) = impact(&traffic.hits, (at(10, 0, 0), at(10, 23, 0)));
    let mut rng = Rng::new(SEED, 2);
    let mut logs = vec![
        access_log(
            "gw/access.log.gz",
            &traffic.hits,
            Access::Main,
            &servers,
            "learn",
            60,
        ),
        error_log(
            "gw/error.log.gz",
            &traffic.complaints,
            &traffic.hits,
            60,
            &mut rng,
        ),
        ansible(&day, &upgraded),
        pages(&day),
    ];
    for (i, (name, _)) in HOSTS.iter().enumerate() {
        let host = Host { name, off: 60 };
        let mut syslog = Log::new(format!("{name}/syslog"));
        host.background(&mut syslog, span, &mut rng);
        let (up, down) = (servers[i].plan[1].0, servers[i].plan[3].0);
        host.restart(&mut syslog, upgraded[i], 2 * S, "learn", "learn web", true);
        host.restart(&mut syslog, down, 1_100_000, "learn", "learn web", false);
        let back = servers[i].plan[4].0;
        let voice = Node {
            service: "learn",
            host: name,
            ids: false,
            msg: "request errored",
            errors: &ERRORS,
            version: vec![(0, "6.1.4"), (up - S, "6.2.0"), (down, "6.1.4")],
        };
        let mut log = Log::new(format!("{name}/learn.json.gz"));
        for (t, ready) in [(upgraded[i] + 2 * S, up), (down + 1_100_000, back)] {
            log.line(
                t - 2 * S,
                voice.line(t - 2 * S, "info", "SIGTERM received, closing server", ""),
            );
            log.line(
                t,
                voice.line(t, "info", "starting", ",\"node\":\"v18.16.1\",\"pid\":9127"),
            );
            log.line(
                ready - 120_000,
                voice.line(ready - 120_000, "info", "listening", ",\"port\":3000"),
            );
        }
        for n in 1..10 {
            let t = down + 2 * S + n * 11 * S;
            if t < back {
                log.line(
                    t,
                    voice.line(
                        t,
                        "info",
                        "warming course cache",
                        &format!(",\"done\":{},\"of\":240", n * 24),
                    ),
                );
            }
        }
        for h in [8, 9, 10] {
            let t = at(h, 0, 1) + i as i64 * 210_000;
            if h < 10 {
                log.line(
                    t,
                    voice.line(
                        t,
                        "info",
                        "gatepass keyset refreshed",
                        &format!(",\"keyset\":\"2024-01-16T{:02}\",\"scheme\":\"gp2\"", h - 1),
                    ),
                );
            }
        }
        tell(&mut log, &traffic.hits, i, &voice, 0, &mut rng);
        logs.extend([syslog, log]);
    }
    let mut db = Log::new("pg/postgresql.log");
    postgres(&mut db, span, ("CET", 60), "learn", &mut rng);
    logs.push(db);
    Case {
        name: "auth-upgrade",
        logs,
        incident: Some(Incident {
            told: bad_deploy(
                "6.2.0",
                "learn",
                &["6.2.0", "gatepass", "UnsupportedAuthError"],
            ),
            failed,
            impact,
        }),
        tz: vec![
            ("gw/access.log.gz", "+0100 in the line"),
            (
                "gw/error.log.gz, */syslog, ansible, oncall",
                "local GMT+1, no zone",
            ),
            ("srv*/learn.json.gz", "UTC (Z)"),
            ("pg", "named zone CET"),
        ],
        offsets: vec![],
        title: "an upgrade works until a third party's keys change at the full hour; the servers do not support the new scheme",
    }
}

fn ansible(day: &Day, upgraded: &[i64; 3]) -> Log {
    let mut log = Log::new("ansible/ansible.log");
    let mut pid = 21_108;
    let mut say = |t: i64, text: &str, m: Option<Mark>| {
        let line = format!(
            "{} p={pid} u=ops n=ansible | {text}",
            millis(t + 118_000, 60, ',')
        );
        match m {
            Some(m) => log.mark(t + 118_000, line, m),
            None => log.line(t + 118_000, line),
        }
        if text.starts_with("srv3   ") {
            pid += 1_477;
        }
    };
    let stars = "*".repeat(28);
    let t = day.at(9, 45, 2);
    say(
        t,
        &format!("PLAY [Deploy learn 6.2.0 to production] {stars}"),
        Some(mark("deploy_start").with("version", "6.2.0")),
    );
    say(t + S, &format!("TASK [Gathering Facts] {stars}"), None);
    for (i, (host, _)) in HOSTS.iter().enumerate() {
        say(
            t + 3 * S + i as i64 * 90_000,
            &format!("ok: [{host}]"),
            None,
        );
    }
    say(
        t + 4 * S,
        &format!("TASK [learn : unpack release 6.2.0] {stars}"),
        None,
    );
    for (i, (host, _)) in HOSTS.iter().enumerate() {
        say(
            t + 31 * S + i as i64 * 2 * S,
            &format!("changed: [{host}]"),
            None,
        );
    }
    say(
        t + 37 * S,
        &format!("TASK [learn : npm ci --omit=dev] {stars}"),
        None,
    );
    for (i, (host, _)) in HOSTS.iter().enumerate() {
        say(
            t + 66 * S + i as i64 * S,
            &format!("changed: [{host}]"),
            None,
        );
        say(
            upgraded[i],
            &format!("RUNNING HANDLER [learn : restart learn] {stars}"),
            None,
        );
        say(upgraded[i] + 3 * S, &format!("changed: [{host}]"), None);
    }
    let recap = |say: &mut dyn FnMut(i64, &str, Option<Mark>), t: i64, m: Mark| {
        say(t, &format!("PLAY RECAP {stars}"), Some(m));
        for (host, _) in HOSTS {
            say(
                t,
                &format!(
                    "{host}                       : ok=6    changed=3    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0"
                ),
                None,
            );
        }
    };
    recap(
        &mut say,
        day.at(9, 47, 36),
        mark("deploy_end").with("version", "6.2.0"),
    );
    let t = day.at(10, 15, 22);
    say(
        t,
        &format!("PLAY [Rollback learn to release 6.1.4 on production] {stars}"),
        Some(mark("rollback_start").with("version", "6.1.4")),
    );
    say(
        t + S,
        &format!("TASK [learn : unpack release 6.1.4] {stars}"),
        None,
    );
    for (i, (host, _)) in HOSTS.iter().enumerate() {
        say(
            t + 47 * S + i as i64 * S,
            &format!("changed: [{host}]"),
            None,
        );
    }
    say(
        t + M,
        &format!("TASK [learn : npm ci --omit=dev] {stars}"),
        None,
    );
    for (i, (host, _)) in HOSTS.iter().enumerate() {
        say(
            t + 4 * M + 50 * S + i as i64 * S,
            &format!("changed: [{host}]"),
            None,
        );
    }
    say(
        day.at(10, 20, 24),
        &format!("RUNNING HANDLER [learn : restart learn] {stars}"),
        None,
    );
    for (i, (host, _)) in HOSTS.iter().enumerate() {
        say(
            day.at(10, 20, 25) + i as i64 * 200_000,
            &format!("changed: [{host}]"),
            None,
        );
    }
    recap(
        &mut say,
        day.at(10, 20, 26),
        mark("rollback_end").with("version", "6.1.4"),
    );
    log
}

fn pages(day: &Day) -> Log {
    let mut log = Log::new("oncall/pager.log");
    let since = day.at(10, 0, 20);
    let alert = Alert {
        number: 1618,
        title: "High 5xx ratio on learn",
        service: "learn",
        detail: "5xx ratio 41.7%",
        person: "ian",
        since,
    };
    text(&mut log, since, &alert, Step::Fired, 60, false);
    text(&mut log, day.at(10, 10, 21), &alert, Step::Acked, 60, false);
    text(
        &mut log,
        day.at(10, 27, 50),
        &alert,
        Step::Resolved,
        60,
        false,
    );
    log
}
