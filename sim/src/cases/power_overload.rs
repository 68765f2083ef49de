//! 6 March 2023: the servers' UPS is overloaded for half an hour and gives up; the edge, in another rack, stays.
//! Nothing was released. Backup configuration, a snapshot, power back, and a database that replays its log.

use crate::clock::{Day, M, S, millis, plain, syslog};
use crate::ops::{Host, gunicorn, postgres};
use crate::out::{Case, Incident, Log, mark};
use crate::rng::Rng;
use crate::site::{Curve, DAY, Route, Site, app, file};
use crate::traffic::{Load, Server, State, impact, run};
use crate::voice::{python::Python, tell};
use crate::web::{Access, access_log, error_log};
use serde_json::json;

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
        gunicorn(&mut master, span.0 - 61 * M, 0, 0, addr, &mut pid, 2);
        pid = 0;
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

fn booted(host: &Host, log: &mut Log, boot: i64) {
    let t = boot - 9 * S;
    host.say(log, t, "kernel", "[    0.000000] Linux version 5.10.0-21-amd64 (debian-kernel@lists.debian.org) (gcc-10 (Debian 10.2.1-6) 10.2.1 20210110) #1 SMP Debian 5.10.162-1 (2023-01-21)");
    host.say(log, t, "kernel", "[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz-5.10.0-21-amd64 root=/dev/mapper/vg0-root ro quiet");
    host.say(
        log,
        t + S,
        "kernel",
        "[    3.114210] EXT4-fs (dm-0): recovery complete",
    );
    host.say(
        log,
        t + S,
        "kernel",
        "[    3.120077] EXT4-fs (dm-0): mounted filesystem with ordered data mode. Opts: (null)",
    );
    host.say(log, t + 2 * S, "systemd-journald[240]", "File /var/log/journal/6d1c/system.journal corrupted or uncleanly shut down, renaming and replacing.");
}

fn ups(day: &Day) -> Log {
    let host = Host {
        name: "mon-1",
        off: 0,
    };
    let mut log = Log::new("mon-1/ups.log");
    let tag = "upsmon[812]";
    host.say(
        &mut log,
        day.at(3, 2, 11),
        "upsd[790]",
        "Connected to UPS [rack-b]: usbhid-ups-rack-b",
    );
    let t = day.at(4, 34, 2);
    let line = format!(
        "{} mon-1 {tag}: UPS rack-b@localhost on battery",
        syslog(t, 0)
    );
    log.mark(t, line, mark("infra_alarm").with("optional", true));
    host.say(
        &mut log,
        t,
        tag,
        "UPS rack-b@localhost load 118% of nominal (overload)",
    );
    for (m, load, charge) in [
        (38, 118, 91),
        (43, 121, 74),
        (48, 119, 52),
        (53, 120, 31),
        (58, 119, 12),
    ] {
        host.say(
            &mut log,
            day.at(4, m, 30),
            "upslog[815]",
            &format!("rack-b@localhost OB OVER load={load}% battery.charge={charge}%"),
        );
    }
    host.say(
        &mut log,
        day.at(4, 57, 12),
        tag,
        "UPS rack-b@localhost battery is low",
    );
    host.say(
        &mut log,
        day.at(5, 0, 2),
        tag,
        "Communications with UPS rack-b@localhost lost",
    );
    host.say(
        &mut log,
        day.at(5, 5, 2),
        tag,
        "UPS rack-b@localhost is unavailable",
    );
    host.say(
        &mut log,
        day.at(7, 41, 40),
        tag,
        "Communications with UPS rack-b@localhost established",
    );
    host.say(
        &mut log,
        day.at(7, 41, 40),
        tag,
        "UPS rack-b@localhost on line power",
    );
    log
}

fn nagios(day: &Day) -> Log {
    let mut log = Log::new("mon-1/nagios.log");
    let say = |t: i64, text: &str| format!("[{}] {text}", t / S);
    let at = |h, m, s| day.at(h, m, s);
    log.line(at(2, 28, 0), say(at(2, 28, 0), "CURRENT SERVICE STATE: www;HTTP;OK;HARD;1;HTTP OK: HTTP/1.1 200 OK - 16504 bytes in 0.031 second response time"));
    let down = "HTTP CRITICAL: HTTP/1.1 502 Bad Gateway - 323 bytes in 3.021 second response time";
    for (n, t) in [at(5, 0, 38), at(5, 1, 22)].into_iter().enumerate() {
        log.line(
            t,
            say(
                t,
                &format!("SERVICE ALERT: www;HTTP;CRITICAL;SOFT;{};{down}", n + 1),
            ),
        );
    }
    let t = at(5, 2, 6);
    log.mark(
        t,
        say(
            t,
            &format!("SERVICE ALERT: www;HTTP;CRITICAL;HARD;3;{down}"),
        ),
        mark("alert").with("note", "www HTTP"),
    );
    log.line(
        t,
        say(
            t,
            &format!("SERVICE NOTIFICATION: esther;www;HTTP;CRITICAL;notify-service-by-sms;{down}"),
        ),
    );
    for host in ["srv-a", "srv-b", "srv-db"] {
        log.line(
            t + 31 * S,
            say(
                t + 31 * S,
                &format!("HOST ALERT: {host};DOWN;HARD;3;CRITICAL - Host Unreachable (10.20.0.1)"),
            ),
        );
    }
    let t = at(5, 10, 9);
    log.mark(t, say(t, "EXTERNAL COMMAND: ACKNOWLEDGE_SVC_PROBLEM;www;HTTP;2;1;0;esther;on my way to the server room"), mark("ack").with("note", "www HTTP"));
    for host in ["srv-a", "srv-b", "srv-db"] {
        log.line(
            at(8, 3, 5),
            say(
                at(8, 3, 5),
                &format!("HOST ALERT: {host};UP;HARD;1;PING OK - Packet loss = 0%, RTA = 0.41 ms"),
            ),
        );
    }
    let t = at(8, 21, 22);
    log.mark(t, say(t, "SERVICE ALERT: www;HTTP;OK;HARD;3;HTTP OK: HTTP/1.1 200 OK - 16498 bytes in 0.044 second response time"), mark("resolved").with("note", "www HTTP"));
    log.line(t, say(t, "SERVICE NOTIFICATION: esther;www;HTTP;OK;notify-service-by-sms;HTTP OK: HTTP/1.1 200 OK - 16498 bytes in 0.044 second response time"));
    log
}

fn restore(day: &Day) -> Log {
    let mut log = Log::new("ops/restore.log");
    let say = |t: i64, text: &str| format!("{} restore: {text}", plain(t, 0));
    let at = |h, m, s| day.at(h, m, s);
    log.mark(
        at(6, 15, 11),
        say(
            at(6, 15, 11),
            "backup systems configuration started by esther",
        ),
        mark("mitigation_start"),
    );
    log.line(
        at(6, 17, 40),
        say(
            at(6, 17, 40),
            "volume group vg-site: 3 volumes, last good snapshot 2023-03-05_2300",
        ),
    );
    for (h, m, done) in [(6, 40, 18), (7, 2, 44), (7, 24, 71), (7, 43, 96)] {
        log.line(
            at(h, m, 5),
            say(
                at(h, m, 5),
                &format!("copy vg-site/root from backup-2: {done} %"),
            ),
        );
    }
    log.mark(
        at(7, 50, 13),
        say(
            at(7, 50, 13),
            "site configuration rolled back to snapshot 2023-03-05_2300",
        ),
        mark("rollback_end"),
    );
    log.mark(
        at(8, 0, 15),
        say(
            at(8, 0, 15),
            "server restart initiated: srv-db srv-a srv-b (chassis power on)",
        ),
        mark("restart"),
    );
    log
}

fn database(day: &Day, before: (i64, i64), after: (i64, i64), rng: &mut Rng) -> [Log; 2] {
    let host = Host {
        name: "srv-db",
        off: 0,
    };
    let mut sys = Log::new("srv-db/syslog");
    host.background(&mut sys, before, rng);
    host.say(
        &mut sys,
        day.at(4, 34, 4),
        "ipmievd",
        "Power Supply sensor PS2 Status - Power Supply AC lost Asserted",
    );
    let boot = day.at(8, 2, 0);
    booted(&host, &mut sys, boot);
    let started = format!(
        "{} srv-db systemd[1]: Started postgresql@15-main.service - PostgreSQL Cluster 15-main.",
        syslog(boot + 21 * S, 0)
    );
    sys.mark(
        boot + 21 * S,
        started,
        mark("restart").with("host", "srv-db"),
    );
    host.background(&mut sys, after, rng);
    let mut pg = Log::new("srv-db/postgresql.log");
    postgres(&mut pg, before, ("UTC", 0), "site", rng);
    let mut say = |t: i64, pid: u32, text: &str| {
        pg.line(t, format!("{} UTC [{pid}] {text}", millis(t, 0, '.')))
    };
    let t = boot + 19 * S;
    say(
        t,
        649,
        "LOG:  starting PostgreSQL 15.2 (Debian 15.2-1.pgdg110+1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 10.2.1-6) 10.2.1 20210110, 64-bit",
    );
    say(
        t + 1_000,
        649,
        "LOG:  listening on IPv4 address \"10.20.0.30\", port 5432",
    );
    say(
        t + 90_000,
        653,
        "LOG:  database system was interrupted; last known up at 2023-03-06 04:58:42 UTC",
    );
    say(
        t + S,
        653,
        "LOG:  database system was not properly shut down; automatic recovery in progress",
    );
    say(t + S + 4_000, 653, "LOG:  redo starts at 2F/19BB0D8");
    let mut u = t + 26 * S;
    while u < day.at(8, 20, 14) {
        say(
            u,
            700 + rng.below(9000),
            "app@site FATAL:  the database system is starting up",
        );
        u += rng.range(300, 4_000) * 1000;
    }
    let end = day.at(8, 20, 16);
    say(
        end,
        653,
        "LOG:  redo done at 2F/C81CBEA0 system usage: CPU: user: 204.31 s, system: 61.02 s, elapsed: 1075.80 s",
    );
    say(
        end + 400_000,
        651,
        "LOG:  checkpoint starting: end-of-recovery immediate wait",
    );
    say(
        end + 800_000,
        649,
        "LOG:  database system is ready to accept connections",
    );
    postgres(&mut pg, after, ("UTC", 0), "site", rng);
    [sys, pg]
}
