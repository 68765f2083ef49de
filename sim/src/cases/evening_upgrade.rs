//! 7 August 2023: a release signs in to a partner with a newer protocol than the servers' agent speaks.
//! Capistrano, a Go service with logfmt, an edge log with upstream times, Opsgenie; servers are restarted one by one.

use super::bad_deploy;
use crate::clock::{Day, S, compact, plain};
use crate::ops::{Host, postgres};
use crate::out::{Case, Incident, Log, Mark, mark};
use crate::pager::{Alert, Step, opsgenie};
use crate::rng::Rng;
use crate::site::{Curve, DAY, Route, Site, app, file};
use crate::traffic::{Load, Server, State, impact, run};
use crate::voice::{go::Go, tell};
use crate::web::{Access, access_log, error_log};

const SEED: u64 = 0x2023_0807;
const HOSTS: [(&str, &str); 4] = [
    ("portal-1", "10.30.4.11:8080"),
    ("portal-2", "10.30.4.12:8080"),
    ("portal-3", "10.30.4.13:8080"),
    ("portal-4", "10.30.4.14:8080"),
];
const ABOUT: &str = "client portal";

static ROUTES: [Route; 12] = [
    app(130, "GET", "/dashboard", 1, 21_904, 200, 48),
    app(210, "GET", "/clients/#", 380, 7_412, 200, 21),
    app(120, "GET", "/clients/#/invoices", 380, 4_930, 200, 33),
    app(80, "GET", "/api/v2/rates/#", 90, 318, 200, 7),
    app(70, "POST", "/api/v2/transfers", 1, 244, 201, 96),
    app(60, "POST", "/api/v2/quotes", 1, 410, 201, 40),
    app(70, "GET", "/account/settings", 1, 3_377, 200, 15),
    app(50, "POST", "/login", 1, 74, 302, 44),
    app(
        60,
        "GET",
        "/messages?folder=inbox&page=#",
        9,
        6_180,
        200,
        27,
    ),
    file(22, "/assets/portal-5d41e0.css", 1, 48_201, 200),
    file(20, "/assets/portal-77aa31.js", 1, 301_554, 200),
    file(3, "/assets/fonts/inter-#.woff", 4, 153, 404),
];

static SITE: Site = Site {
    host: "portal.meridian.example",
    server: "portal.meridian.example",
    upstream: "portal_app",
    routes: &ROUTES,
    root: "/srv/portal/public",
    health: "/_health",
};

/// The case.
pub fn case() -> Case {
    let day = Day::new(2023, 8, 7, 60);
    let at = |h, m, s| day.at(h, m, s);
    let span = (at(7, 40, 0), at(11, 12, 0));
    let back = [
        at(10, 20, 25),
        at(10, 24, 31),
        at(10, 28, 22),
        at(10, 32, 27),
    ];
    let servers: Vec<Server> = HOSTS
        .iter()
        .zip(back)
        .enumerate()
        .map(|(i, ((name, addr), back))| {
            let down = at(10, 0, 3) + i as i64 * 300_000;
            let plan = vec![
                (down, State::Refused),
                (down + 1_400_000, State::Failing(981)),
                (back, State::Refused),
                (back + 2_600_000, State::Up),
            ];
            Server { name, addr, plan }
        })
        .collect();
    let spared = [(at(9, 57, 0), at(10, 38, 0))];
    let traffic = run(&Load {
        seed: SEED,
        span,
        site: &SITE,
        curve: Curve {
            base: 2900,
            hours: DAY,
            off: 60,
        },
        servers: &servers,
        visitors: 410,
        bad_luck: 90,
        spared: &spared,
        checker: "10.30.4.2",
    });
    let (failed, impact) = impact(&traffic.hits, (at(10, 0, 0), at(10, 33, 0)));
    let mut rng = Rng::new(SEED, 2);
    let mut logs = vec![
        access_log(
            "lb-1/portal.access.log.gz",
            &traffic.hits,
            Access::Timed,
            &servers,
            "portal_app",
            60,
        ),
        error_log(
            "lb-1/portal.error.log",
            &traffic.complaints,
            &traffic.hits,
            60,
            &mut rng,
        ),
        capistrano(&day, &mut rng),
        pages(&day),
    ];
    for (i, (name, _)) in HOSTS.iter().enumerate() {
        let host = Host { name, off: 60 };
        let (down, up) = (servers[i].plan[0].0, back[i]);
        let mut syslog = Log::new(format!("{name}/syslog"));
        host.background(&mut syslog, span, &mut rng);
        host.restart(&mut syslog, down, 1_400_000, "portal", ABOUT, true);
        let who = "chinedu : TTY=pts/2 ; PWD=/home/chinedu ; USER=root ; COMMAND=/usr/bin/systemctl restart portal";
        host.say(&mut syslog, up - 60_000, "sudo", who);
        host.restart(&mut syslog, up, 2_600_000, "portal", ABOUT, false);
        let voice = Go {
            off: 60,
            version: vec![(0, "7.3.1"), (down, "7.4.0"), (up, "7.3.1")],
            errors: &[
                "partnerlogin: handshake with id.partnerlogin.example: server speaks auth 1.1, provider requires >= 2.0: unsupported_protocol",
                "session: partnerlogin: handshake with id.partnerlogin.example: server speaks auth 1.1, provider requires >= 2.0: unsupported_protocol",
            ],
        };
        let mut log = Log::new(format!("{name}/portal.log.gz"));
        for t in [down + 1_400_000, up + 2_600_000] {
            log.line(
                t,
                voice.line(
                    t,
                    "info",
                    "portal starting",
                    &format!("host={name} pid={}", 3000 + rng.below(20_000)),
                ),
            );
            log.line(
                t + 80_000,
                voice.line(t + 80_000, "info", "listening", "addr=:8080"),
            );
        }
        tell(&mut log, &traffic.hits, i, &voice, 0, &mut rng);
        logs.extend([syslog, log]);
    }
    let mut db = Log::new("db-1/postgresql.log");
    postgres(&mut db, span, ("WAT", 60), "portal", &mut rng);
    logs.push(db);
    logs.push(jobs(&day));
    Case {
        name: "evening-upgrade",
        logs,
        incident: Some(Incident {
            told: bad_deploy(
                "7.4.0",
                "portal",
                &[
                    "7.4.0",
                    "partnerlogin",
                    "unsupported_protocol",
                    "20230807084502",
                ],
            ),
            failed,
            impact,
        }),
        tz: vec![
            (
                "lb-1/portal.access.log.gz, portal-*/portal.log.gz",
                "+01:00 in the line",
            ),
            (
                "lb-1/portal.error.log, */syslog, deploy",
                "local GMT+1, no zone",
            ),
            ("opsgenie", "epoch"),
            ("db-1", "named zone WAT"),
        ],
        offsets: vec![],
        title: "a release signs in to a third party with a protocol the servers do not support; rolled back, servers restarted one by one",
    }
}

/// Capistrano's log through a formatter that stamps every line (local time).
fn capistrano(day: &Day, rng: &mut Rng) -> Log {
    let mut log = Log::new("deploy/capistrano.log");
    let rule = "-".repeat(75);
    let (new, old) = (compact(day.at(9, 45, 2), 0), "20230724101533");
    let mut say = |t: i64, text: &str, m: Option<Mark>| {
        let line = format!("{} INFO {text}", plain(t, 60));
        match m {
            Some(m) => log.mark(t, line, m),
            None => log.line(t, line),
        }
    };
    let mut act = |say: &mut dyn FnMut(i64, &str, Option<Mark>),
                   t: i64,
                   ms: i64,
                   command: &str,
                   m: Option<Mark>| {
        for (i, (host, _)) in HOSTS.iter().enumerate() {
            let (id, t) = (rng.hex(8), t + i as i64 * 300_000);
            let m = if i + 1 == HOSTS.len() {
                m.clone()
            } else {
                None
            };
            say(
                t,
                &format!("[{id}] Running /usr/bin/env {command} as deploy@{host}"),
                m,
            );
            let ms = ms + rng.range(0, ms / 4);
            say(
                t + ms * 1000,
                &format!(
                    "[{id}] Finished in {}.{:03} seconds with exit status 0 (successful).",
                    ms / 1000,
                    ms % 1000
                ),
                None,
            );
        }
    };
    let start =
        |say: &mut dyn FnMut(i64, &str, Option<Mark>), t: i64, task: &str, m: Option<Mark>| {
            say(t, &rule, None);
            say(
                t,
                &format!("START {} +0100 cap production {task}", plain(t, 60)),
                m,
            );
            say(t, &rule, None);
        };
    let t = day.at(9, 45, 2);
    start(
        &mut say,
        t,
        "deploy",
        Some(mark("deploy_start").with("version", "7.4.0")),
    );
    act(
        &mut say,
        t + S,
        2_140,
        &format!("git archive 5be09d1 | /usr/bin/env tar -x -f - -C /srv/portal/releases/{new}"),
        None,
    );
    act(
        &mut say,
        day.at(9, 46, 10),
        341_000,
        "go build -o bin/portal ./cmd/portal",
        None,
    );
    act(
        &mut say,
        day.at(9, 53, 40),
        298_000,
        "npm run assets:precompile",
        None,
    );
    act(
        &mut say,
        day.at(9, 59, 52),
        100,
        &format!("ln -s /srv/portal/releases/{new} /srv/portal/current"),
        None,
    );
    act(
        &mut say,
        day.at(10, 0, 3),
        1_610,
        "sudo systemctl restart portal",
        None,
    );
    act(
        &mut say,
        day.at(10, 0, 8),
        90,
        &format!(
            "echo \"Branch main (at 5be09d1) deployed as release {new} by deploy\" >> /srv/portal/revisions.log"
        ),
        Some(mark("deploy_end").with("version", "7.4.0")),
    );
    let t = day.at(10, 15, 22);
    start(
        &mut say,
        t,
        "deploy:rollback",
        Some(mark("rollback_start").with("version", "7.3.1")),
    );
    act(
        &mut say,
        t + S,
        182_000,
        &format!("tar -xzf /srv/portal/archive/{old}.tar.gz -C /srv/portal/releases/{old}"),
        None,
    );
    act(
        &mut say,
        day.at(10, 20, 20),
        100,
        &format!("ln -s /srv/portal/releases/{old} /srv/portal/current"),
        None,
    );
    act(
        &mut say,
        day.at(10, 20, 23),
        90,
        &format!("echo \"deploy rolled back to release {old}\" >> /srv/portal/revisions.log"),
        Some(mark("rollback_end").with("version", "7.3.1")),
    );
    log
}

fn pages(day: &Day) -> Log {
    let mut log = Log::new("opsgenie/webhook-archive.jsonl");
    let since = day.at(10, 0, 19) + 512_000;
    let alert = Alert {
        number: 2271,
        title: "High 5xx ratio on portal",
        service: "portal",
        detail: "5xx ratio 61.3% over 1m",
        person: "chinedu",
        since,
    };
    opsgenie(&mut log, since, &alert, Step::Fired);
    opsgenie(&mut log, day.at(10, 10, 21) + 77_000, &alert, Step::Acked);
    opsgenie(&mut log, day.at(10, 38, 4), &alert, Step::Resolved);
    log
}

/// A host with its own small troubles, which have nothing to do with the portal.
fn jobs(day: &Day) -> Log {
    let host = Host {
        name: "jobs-1",
        off: 60,
    };
    let mut log = Log::new("jobs-1/jobs.log");
    host.say(
        &mut log,
        day.at(8, 10, 3),
        "export[4410]",
        "nightly export finished, 18231 rows in 141 s",
    );
    host.say(
        &mut log,
        day.at(9, 15, 7),
        "certcheck[5120]",
        "CN = old-intranet.meridian.example: certificate has expired",
    );
    host.say(&mut log, day.at(9, 52, 44), "export[6031]", "urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution> (http://reports.partner-x.invalid/export)");
    host.say(
        &mut log,
        day.at(10, 52, 44),
        "export[7002]",
        "partner-x export sent, 77 rows",
    );
    log
}
