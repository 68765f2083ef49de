//! 6 March 2023: the servers' UPS is overloaded for half an hour and gives up; the edge, in another rack, stays.
//! Nothing was released. Backup configuration, a snapshot, power back, and a database that replays its log.

use crate::clock::{Day, S, syslog};
use crate::ops::{Host, gunicorn};
use crate::out::{Case, Incident, Log, mark};
use crate::rng::Rng;
use crate::site::{Curve, DAY, Route, Site, app, file};
use crate::traffic::{Load, Server, State, impact, run};
use crate::voice::{python::Python, tell};
use crate::web::{Access, access_log, error_log};
use serde_json::json;

mod machines;

use machines::{booted, database, nagios, restore, ups};

const SEED: u64 = 0x2023_0306;
const HOSTS: [(&str, &str); 2] = [("srv-a", "10.20.0.11:8080"), ("srv-b", "10.20.0.12:8080")];

static ROUTES: [Route; 11] = [
    app(190, "GET", "/", 1, 16_208, 200, 26),
    app(240, "GET", "/listings/#", 520, 8_411, 200, 20),
    app(120, "GET", "/search?city=#&sort=price", 80, 13_777, 200, 55),
    app(60, "POST", "/favourites", 1, 51, 200, 10),
    app(50, "GET", "/account/messages", 1, 4_100, 200, 18),
    app(36, "POST", "/login", 1, 88, 302, 36),
    app(30, "POST", "/listings/#/contact", 520, 140, 200, 44),
    app(24, "POST", "/checkout", 1, 301, 302, 130),
    file(14, "/static/site.19ce.css", 1, 30_112, 200),
    file(12, "/static/site.77d0.js", 1, 122_090, 200),
    file(2, "/static/flags/#.png", 9, 153, 404),
];

static SITE: Site = Site {
    host: "www.homesite.example",
    server: "www.homesite.example",
    upstream: "site",
    routes: &ROUTES,
    root: "/srv/www",
    health: "/healthz",
};

static FRAMES: [(&str, u32, &str, &str); 4] = [
    (
        "/usr/lib/python3/dist-packages/flask/app.py",
        1820,
        "full_dispatch_request",
        "rv = self.dispatch_request()",
    ),
    ("app.py", 88, "dispatch", "return view(**args)"),
    ("db.py", 23, "connection", "return pool.getconn()"),
    (
        "/usr/lib/python3/dist-packages/psycopg2/__init__.py",
        122,
        "connect",
        "conn = _connect(dsn, connection_factory=connection_factory, **kwasync)",
    ),
];

/// The case.
pub fn case() -> Case {
    let day = Day::new(2023, 3, 6, 0);
    let at = |h, m, s| day.at(h, m, s);
    let span = (at(2, 28, 0), at(9, 2, 0));
    let servers: Vec<Server> = HOSTS
        .iter()
        .enumerate()
        .map(|(i, (name, addr))| {
            let i = i as i64;
            let (dark, boot) = (at(5, 0, 2) + i * 300_000, at(8, 2, 4) + i * 3 * S);
            let plan = vec![
                (dark, State::Dark),
                (boot, State::Refused),
                (boot + 41 * S, State::Failing(985)),
                (at(8, 20, 17), State::Up),
            ];
            Server { name, addr, plan }
        })
        .collect();
    let spared = [(at(4, 55, 0), at(8, 26, 0))];
    let traffic = run(&Load {
        seed: SEED,
        span,
        site: &SITE,
        curve: Curve {
            base: 1900,
            hours: DAY,
            off: 330,
        },
        servers: &servers,
        visitors: 520,
        bad_luck: 105,
        spared: &spared,
        checker: "10.20.9.5",
    });
    let (failed, impact) = impact(&traffic.hits, (at(5, 0, 0), at(8, 21, 0)));
    let mut rng = Rng::new(SEED, 2);
    let (before, after) = ((span.0, at(5, 0, 0)), (at(8, 21, 0), span.1));
    let mut logs = vec![
        access_log(
            "edge-1/access.log.gz",
            &traffic.hits,
            Access::Combined,
            &servers,
            "site",
            0,
        ),
        error_log(
            "edge-1/error.log.gz",
            &traffic.complaints,
            &traffic.hits,
            0,
            &mut rng,
        ),
        ups(&day),
        nagios(&day),
        restore(&day),
    ];
    for (i, (name, addr)) in HOSTS.iter().enumerate() {
        let host = Host { name, off: 0 };
        let mut sys = Log::new(format!("{name}/syslog"));
        host.background(&mut sys, before, &mut rng);
        host.say(
            &mut sys,
            at(4, 34, 3),
            "ipmievd",
            "Power Supply sensor PS1 Status - Power Supply AC lost Asserted",
        );
        host.say(
            &mut sys,
            at(4, 34, 3),
            "ipmievd",
            "Power Unit sensor Pwr Unit Redund - Redundancy Lost Asserted",
        );
        let boot = servers[i].plan[1].0;
        booted(&host, &mut sys, boot);
        let started = format!(
            "{} {name} systemd[1]: Started site.service - site application server.",
            syslog(boot + 38 * S, 0)
        );
        sys.mark(boot + 38 * S, started, mark("restart").with("host", *name));
        host.background(&mut sys, after, &mut rng);
        let mut master = Log::new(format!("{name}/gunicorn.log"));
        let mut pid = 0;
        gunicorn(&mut master, boot + 39 * S, 0, 0, addr, &mut pid, 2);
        let voice = Python {
            app: "site",
            off: 0,
            frames: &FRAMES,
            release: vec![(0, "20230221-1".into())],
            raised: &[
                "psycopg2.OperationalError: connection to server at \"10.20.0.30\", port 5432 failed: FATAL:  the database system is starting up\n",
            ],
        };
        let mut log = Log::new(format!("{name}/app.log.gz"));
        let t = boot + 40 * S;
        log.line(
            t,
            voice.line(
                t,
                "INFO",
                "web",
                &format!("site starting version=1.9 release=20230221-1 host={name}"),
            ),
        );
        tell(&mut log, &traffic.hits, i, &voice, 0, &mut rng);
        logs.extend([sys, master, log]);
    }
    logs.extend(database(&day, before, after, &mut rng));
    Case {
        name: "power-overload",
        logs,
        incident: Some(Incident {
            told: json!({
                "cause_class": "power_loss", "cause_accept": ["power_loss", "hardware_failure", "host_loss", "infra_outage"],
                "culprit": {"host": "rack-b", "any_of": ["power", "ups", "rack-b", "hardware", "battery"]},
                "mitigation_kind": "restore_from_backup", "rollback_effective": null, "cause_evident": true,
                "decoys": [{"cause_class": "bad_deploy", "any_of": []}], "fault_started_utc": "2023-03-06T04:34:02Z",
            }),
            failed,
            impact,
        }),
        tz: vec![("*", "UTC (GMT+0)"), ("nagios", "epoch")],
        offsets: vec![],
        title: "an overloaded UPS gives up and takes all servers but the edge; restored from a snapshot, staged restart, no release",
    }
}
