//! 1 May 2023: a release needs a newer authentication protocol than the servers speak.
//! All servers fail at once; the rollback changes files but not running processes, so that the restart an hour later ends it.

use super::bad_deploy;
use crate::clock::{Day, M, S, offset, plain};
use crate::ops::{Host, gunicorn, postgres};
use crate::out::{Case, Incident, Log, mark};
use crate::pager::{Alert, Step, pagerduty};
use crate::rng::Rng;
use crate::site::{Curve, DAY, Route, Site, app, file};
use crate::traffic::{Load, Server, State, impact, run};
use crate::voice::{python::Python, tell};
use crate::web::{Access, access_log, error_log};

const SEED: u64 = 0x2023_0501;
const HOSTS: [(&str, &str); 3] = [
    ("web-01", "10.20.1.11:8000"),
    ("web-02", "10.20.1.12:8000"),
    ("web-03", "10.20.1.13:8000"),
];
const ABOUT: &str = "storefront application server";

static ROUTES: [Route; 14] = [
    app(150, "GET", "/", 1, 18_420, 200, 24),
    app(260, "GET", "/products/#", 420, 9_870, 200, 18),
    app(
        110,
        "GET",
        "/search?q=item%20#&page=1",
        260,
        12_040,
        200,
        41,
    ),
    app(70, "GET", "/categories/#", 24, 14_310, 200, 22),
    app(60, "POST", "/cart", 1, 212, 200, 12),
    app(45, "GET", "/cart", 1, 3_120, 200, 14),
    app(24, "POST", "/checkout", 1, 388, 302, 120),
    app(40, "POST", "/login", 1, 92, 302, 31),
    app(60, "GET", "/account/orders", 1, 5_230, 200, 19),
    app(50, "GET", "/api/v1/stock/#", 420, 184, 200, 6),
    file(16, "/static/css/site.4f1c09.css", 1, 31_877, 200),
    file(14, "/static/js/bundle.9be21a.js", 1, 184_233, 200),
    file(14, "/static/img/p/#.webp", 300, 22_114, 200),
    file(4, "/static/img/banner-easter-#.png", 6, 153, 404),
];

static SITE: Site = Site {
    host: "www.storefront.example",
    server: "www.storefront.example",
    upstream: "storefront",
    routes: &ROUTES,
    root: "/srv/storefront/public",
    health: "/healthz",
};

static FRAMES: [(&str, u32, &str, &str); 5] = [
    (
        "/usr/lib/python3/dist-packages/flask/app.py",
        1820,
        "full_dispatch_request",
        "rv = self.dispatch_request()",
    ),
    (
        "storefront/web.py",
        64,
        "dispatch",
        "session = auth.session_for(request)",
    ),
    (
        "storefront/auth.py",
        112,
        "session_for",
        "return self.provider.introspect(token)",
    ),
    (
        "storefront/providers/keystone.py",
        58,
        "introspect",
        "self._negotiate(conn)",
    ),
    (
        "storefront/providers/keystone.py",
        31,
        "_negotiate",
        "raise UnsupportedAuthError(self.name, need, conn.protocol)",
    ),
];

const OLD: &str = "20230418091207";
const NEW: &str = "20230501120002";

/// The case.
pub fn case() -> Case {
    let day = Day::new(2023, 5, 1, 60);
    let at = |h, m, s| day.at(h, m, s);
    let span = (at(10, 58, 0), at(15, 38, 0));
    let back = [at(14, 30, 19), at(14, 45, 2), at(15, 0, 25)];
    let servers: Vec<Server> = HOSTS
        .iter()
        .zip(back)
        .enumerate()
        .map(|(i, ((name, addr), back))| {
            let down = at(13, 5, 3) + i as i64 * 400_000;
            let sick = [
                (at(14, 0, 50), 860),
                (at(14, 1, 40), 740),
                (at(14, 2, 30), 660),
                (at(14, 3, 10), 625),
            ];
            let mut plan = vec![
                (down, State::Refused),
                (down + 2_300_000, State::Failing(974)),
            ];
            plan.extend(sick.map(|(t, share)| (t, State::Failing(share))));
            plan.extend([(back, State::Refused), (back + 4 * S, State::Up)]);
            Server { name, addr, plan }
        })
        .collect();
    let spared = [(at(13, 2, 0), at(15, 6, 0))];
    let traffic = run(&Load {
        seed: SEED,
        span,
        site: &SITE,
        curve: Curve {
            base: 2750,
            hours: DAY,
            off: 60,
        },
        servers: &servers,
        visitors: 620,
        bad_luck: 110,
        spared: &spared,
        checker: "10.20.1.5",
    });
    let (failed, impact) = impact(&traffic.hits, (at(13, 5, 0), at(15, 1, 0)));
    let mut rng = Rng::new(SEED, 2);
    let mut logs = vec![
        access_log(
            "edge-01/access.log.gz",
            &traffic.hits,
            Access::Combined,
            &servers,
            "storefront",
            60,
        ),
        error_log(
            "edge-01/error.log",
            &traffic.complaints,
            &traffic.hits,
            60,
            &mut rng,
        ),
        deploy(&day, &mut rng),
        pages(&day),
    ];
    for (i, (name, addr)) in HOSTS.iter().enumerate() {
        let host = Host { name, off: 60 };
        let (down, up) = (servers[i].plan[0].0, back[i]);
        let mut syslog = Log::new(format!("{name}/syslog"));
        host.background(&mut syslog, span, &mut rng);
        host.restart(
            &mut syslog,
            down,
            2 * S + 300_000,
            "storefront",
            ABOUT,
            true,
        );
        host.say(&mut syslog, up - S / 10, "sudo", "   amara : TTY=pts/0 ; PWD=/home/amara ; USER=root ; COMMAND=/usr/bin/systemctl restart storefront");
        host.restart(&mut syslog, up, 3 * S, "storefront", ABOUT, false);
        let mut master = Log::new(format!("{name}/gunicorn.log"));
        let mut pid = 7_412 + 100 * i as u32;
        let boots = [down, up];
        gunicorn(&mut master, boots[0], 2 * S, 60, addr, &mut pid, 3);
        for (n, t) in [at(14, 0, 49), at(14, 1, 39), at(14, 2, 29)]
            .into_iter()
            .enumerate()
        {
            let w = pid + 1 + n as u32 % 3;
            master.line(
                t,
                format!(
                    "[{} {}] [{w}] [INFO] Autorestarting worker after current request.",
                    plain(t, 60),
                    offset(60)
                ),
            );
            master.line(
                t + S,
                format!(
                    "[{} {}] [{}] [INFO] Booting worker with pid: {}",
                    plain(t + S, 60),
                    offset(60),
                    w + 410,
                    w + 410
                ),
            );
        }
        gunicorn(&mut master, boots[1], 3 * S, 60, addr, &mut pid, 3);
        let voice = Python {
            app: "storefront",
            off: 60,
            frames: &FRAMES,
            release: vec![(0, OLD.into()), (down, NEW.into()), (up, OLD.into())],
            raised: &[
                "storefront.auth.UnsupportedAuthError: provider keystone-id requires auth protocol v3, this server supports v2",
            ],
        };
        let mut log = Log::new(format!("{name}/storefront.log.gz"));
        for (t, version, release) in [
            (down + 2_300_000, "4.12.0", NEW),
            (up + 3 * S, "4.11.2", OLD),
        ] {
            log.line(
                t,
                voice.line(
                    t,
                    "INFO",
                    "web",
                    &format!("storefront starting version={version} release={release} host={name}"),
                ),
            );
            log.line(
                t + S / 4,
                voice.line(t + S / 4, "INFO", "db", "connection pool ready size=10"),
            );
        }
        tell(&mut log, &traffic.hits, i, &voice, 0, &mut rng);
        logs.extend([syslog, master, log]);
    }
    let mut db = Log::new("db-01/postgresql-15-main.log");
    postgres(&mut db, span, ("WAT", 60), "storefront", &mut rng);
    logs.push(db);
    Case {
        name: "upgrade-outage",
        logs,
        incident: Some(Incident {
            told: bad_deploy(
                "4.12.0",
                "storefront",
                &["4.12.0", "keystone-id", "UnsupportedAuthError", NEW],
            ),
            failed,
            impact,
        }),
        tz: vec![
            (
                "edge-01/access.log.gz, web-*/gunicorn.log, deploy",
                "+0100 in the line",
            ),
            (
                "edge-01/error.log, web-*/storefront.log.gz, web-*/syslog",
                "local GMT+1, no zone",
            ),
            ("pagerduty", "UTC (Z)"),
            ("db-01", "named zone WAT"),
        ],
        offsets: vec![],
        title: "a release needs a newer authentication protocol than the servers support; files are rolled back, processes restarted an hour later",
    }
}

fn deploy(day: &Day, rng: &mut Rng) -> Log {
    let at = |h, m, s| day.at(h, m, s);
    let mut log = Log::new("deploy/deployctl.log");
    let stamp = |t: i64, level: &str, text: &str| {
        format!("{} {} {level} deployctl: {text}", plain(t, 60), offset(60))
    };
    let t = at(13, 0, 2);
    log.mark(
        t,
        stamp(
            t,
            "INFO",
            "deploying storefront 4.12.0 to production (current 4.11.2) by=amara ref=9c41e07",
        ),
        mark("deploy_start").with("version", "4.12.0"),
    );
    let steps = [
        (t + S, "fetch storefront-4.12.0.tar.gz (61.4 MB) sha256 ok"),
        (t + 48 * S, "unpack releases/20230501120002"),
        (
            t + 71 * S,
            "pip install -r requirements.txt: keystone-client 2.7.0 -> 3.0.1",
        ),
        (t + 214 * S, "collectstatic: 412 files, 9 changed"),
        (at(13, 4, 58), "current -> releases/20230501120002"),
        (at(13, 5, 3), "systemctl restart storefront"),
    ];
    for (when, text) in steps {
        for (i, (host, _)) in HOSTS.iter().enumerate() {
            let when = when + i as i64 * 400_000 + rng.range(0, 90_000);
            log.line(when, stamp(when, "INFO", &format!("[{host}] {text}")));
        }
    }
    let t = at(13, 5, 11);
    log.line(
        t - S,
        stamp(
            t - S,
            "INFO",
            "GET /healthz: web-01 200, web-02 200, web-03 200",
        ),
    );
    log.mark(
        t,
        stamp(
            t,
            "INFO",
            "deployment of storefront 4.12.0 finished, 3/3 hosts, 309 s",
        ),
        mark("deploy_end").with("version", "4.12.0"),
    );
    let t = at(13, 40, 14);
    log.mark(
        t,
        stamp(
            t,
            "INFO",
            "rolling back storefront to 4.11.2 on production by=amara",
        ),
        mark("rollback_start").with("version", "4.11.2"),
    );
    log.line(
        t + S,
        stamp(
            t + S,
            "WARN",
            "releases/20230418091207 was pruned on 3 hosts, storefront-4.11.2.tar.gz not in cache",
        ),
    );
    log.line(
        t + 3 * S,
        stamp(
            t + 3 * S,
            "INFO",
            "fetch storefront-4.11.2.tar.gz from archive (58.9 MB)",
        ),
    );
    log.line(
        t + 6 * M,
        stamp(
            t + 6 * M,
            "WARN",
            "fetch storefront-4.11.2.tar.gz: read timeout at 41 %, attempt 2",
        ),
    );
    for (i, (host, _)) in HOSTS.iter().enumerate() {
        let n = i as i64 * S;
        for (t, text) in [
            (at(13, 53, 41), "unpack releases/20230418091207"),
            (
                at(13, 55, 2),
                "pip install -r requirements.txt: keystone-client 3.0.1 -> 2.7.0",
            ),
            (at(14, 0, 12), "current -> releases/20230418091207"),
        ] {
            log.line(t + n, stamp(t + n, "INFO", &format!("[{host}] {text}")));
        }
    }
    let t = at(14, 0, 17);
    log.mark(
        t,
        stamp(t, "INFO", "rollback to 4.11.2 complete, 3/3 hosts, 1203 s"),
        mark("rollback_end").with("version", "4.11.2"),
    );
    log
}

fn pages(day: &Day) -> Log {
    let mut log = Log::new("pagerduty/webhooks.jsonl");
    let fired = day.at(13, 10, 7);
    let alert = Alert {
        number: 4127,
        title: "High 5xx ratio on storefront",
        service: "storefront",
        detail: "5xx ratio 90.8% over 5m",
        person: "amara",
        since: fired,
    };
    pagerduty(&mut log, fired + 241_000, &alert, Step::Fired);
    pagerduty(&mut log, day.at(13, 15, 11) + 88_000, &alert, Step::Acked);
    pagerduty(&mut log, day.at(15, 5, 40), &alert, Step::Resolved);
    log
}
