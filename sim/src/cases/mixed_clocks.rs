//! 12 November 2024: a database runs out of disk. Its story is told in four zones, and one server's clock is 90 s fast.
//! Edge in Berlin (+0100), database in Kolkata (+05:30), pager in New York (-0500), applications in UTC.

use crate::clock::{Day, S, iso_us, millis};
use crate::ops::postgres;
use crate::out::{Case, Incident, Log, Mark, mark};
use crate::pager::{Alert, Step, text};
use crate::rng::Rng;
use crate::site::{Curve, DAY, Route, Site, app, file};
use crate::traffic::{Hit, Load, Server, State, impact, run};
use crate::voice::{node::Node, tell};
use crate::web::{Access, access_log, error_log};
use serde_json::json;

const SEED: u64 = 0x2024_1112;
const HOSTS: [(&str, &str, i64); 2] = [
    ("api-1", "10.40.0.21:3000", 0),
    ("api-2", "10.40.0.22:3000", 90),
];

static ROUTES: [Route; 9] = [
    app(210, "GET", "/v1/shipments/#", 800, 1_904, 200, 17),
    app(
        160,
        "GET",
        "/v1/shipments?status=open&page=#",
        40,
        9_210,
        200,
        44,
    ),
    app(120, "POST", "/v1/shipments", 1, 322, 201, 60),
    app(110, "POST", "/v1/scans", 1, 88, 201, 21),
    app(80, "GET", "/v1/tracking/#", 900, 1_210, 200, 12),
    app(40, "POST", "/v1/login", 1, 412, 200, 48),
    app(50, "GET", "/v1/depots/#", 60, 764, 200, 9),
    file(14, "/console/app.3e1.js", 1, 98_441, 200),
    file(4, "/console/icons/#.svg", 12, 153, 404),
];

static SITE: Site = Site {
    host: "api.parcelry.example",
    server: "api.parcelry.example",
    upstream: "api",
    routes: &ROUTES,
    root: "/srv/www",
    health: "/v1/health",
};

static ERRORS: [(&str, &str, &str); 2] = [
    (
        "Error",
        "connect ECONNREFUSED 10.40.0.30:5432",
        "\\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)\\n    at async Pool.connect (/app/node_modules/pg-pool/index.js:45:11)",
    ),
    (
        "Error",
        "connect ECONNREFUSED 10.40.0.30:5432",
        "\\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)\\n    at async withTransaction (/app/lib/db.js:19:18)",
    ),
];

/// The case.
pub fn case() -> Case {
    let day = Day::new(2024, 11, 12, 0);
    let at = |h, m, s| day.at(h, m, s);
    let span = (at(12, 6, 0), at(15, 10, 0));
    let servers: Vec<Server> = HOSTS
        .iter()
        .map(|(name, addr, _)| Server {
            name,
            addr,
            plan: vec![
                (at(14, 12, 5), State::Failing(968)),
                (at(14, 32, 9), State::Up),
            ],
        })
        .collect();
    let spared = [(at(14, 8, 0), at(14, 38, 0))];
    let traffic = run(&Load {
        seed: SEED,
        span,
        site: &SITE,
        curve: Curve {
            base: 2600,
            hours: DAY,
            off: 60,
        },
        servers: &servers,
        visitors: 300,
        bad_luck: 100,
        spared: &spared,
        checker: "10.40.0.9",
    });
    let (failed, impact) = impact(&traffic.hits, (at(14, 12, 0), at(14, 33, 0)));
    let mut rng = Rng::new(SEED, 2);
    let mut logs = vec![
        access_log(
            "edge-ber/access.json.gz",
            &traffic.hits,
            Access::Json { ids: true },
            &servers,
            "api",
            60,
        ),
        error_log(
            "edge-ber/error.log",
            &traffic.complaints,
            &traffic.hits,
            60,
            &mut rng,
        ),
        pages(&day),
    ];
    for (i, (name, _, fast)) in HOSTS.iter().enumerate() {
        let voice = Node {
            service: "api",
            host: name,
            ids: true,
            msg: "request errored",
            version: vec![(0, "12.3.1")],
            errors: &ERRORS,
        };
        let mut log = Log::new(format!("{name}/api.log.gz"));
        early(&mut log, &voice, &traffic.hits, &day, fast * S, i);
        tell(&mut log, &traffic.hits, i, &voice, fast * S, &mut rng);
        logs.push(log);
    }
    logs.extend(database(&day, span, &mut rng));
    Case {
        name: "mixed-clocks",
        logs,
        incident: Some(Incident {
            told: json!({
                "cause_class": "disk_full", "cause_accept": ["disk_full", "dependency_db_down"],
                "culprit": {"host": "db-blr", "any_of": ["disk", "No space left", "pg_wal", "/var/lib/postgresql", "db-blr"]},
                "mitigation_kind": "cleanup", "rollback_effective": null, "cause_evident": true, "decoys": [],
            }),
            failed,
            impact,
        }),
        tz: vec![
            ("edge-ber/access.json.gz", "+01:00 in the line"),
            ("edge-ber/error.log", "local CET, no zone"),
            (
                "api-1/api.log.gz, api-2/api.log.gz, db-blr/postgresql.log",
                "UTC",
            ),
            ("db-blr/syslog", "+05:30 in the line"),
            ("pager/pages.log", "-0500 in the line"),
        ],
        offsets: vec![("api-2", 90)],
        title: "a database runs out of disk; files in four zones, one application host 90 s ahead",
    }
}

/// Warnings of slow writes in the minutes before, which the application survives.
fn early(log: &mut Log, voice: &Node, hits: &[Hit], day: &Day, ahead: i64, index: usize) {
    let window = day.at(14, 9, 0)..day.at(14, 12, 5);
    for hit in hits.iter().filter(|h| {
        h.answered() == Some(index)
            && window.contains(&h.end)
            && h.method == "POST"
            && h.cid % 5 == 0
    }) {
        let t = hit.end - 3_000;
        log.line(
            t,
            voice.line(
                t + ahead,
                "warn",
                "slow query",
                &format!(
                    ",\"ms\":{},\"statement\":\"insert into scans\"",
                    900 + hit.cid % 1400
                ),
            ),
        );
    }
}

fn pages(day: &Day) -> Log {
    let mut log = Log::new("pager/pages.log");
    let since = day.at(14, 13, 8);
    let alert = Alert {
        number: 5520,
        title: "High 5xx ratio on api",
        service: "api",
        detail: "5xx ratio 47.2%",
        person: "marta",
        since,
    };
    text(&mut log, since, &alert, Step::Fired, -300, true);
    text(
        &mut log,
        day.at(14, 17, 31),
        &alert,
        Step::Acked,
        -300,
        true,
    );
    text(
        &mut log,
        day.at(14, 37, 42),
        &alert,
        Step::Resolved,
        -300,
        true,
    );
    log
}

fn database(day: &Day, span: (i64, i64), rng: &mut Rng) -> [Log; 2] {
    let at = |h, m, s| day.at(h, m, s);
    let mut sys = Log::new("db-blr/syslog");
    let mut say = |t: i64, tag: &str, text: &str, m: Option<Mark>| {
        let line = format!("{} db-blr {tag}: {text}", iso_us(t, 330));
        match m {
            Some(m) => sys.mark(t, line, m),
            None => sys.line(t, line),
        }
    };
    let mut t = span.0 + 61 * S;
    while t < span.1 {
        say(
            t + rng.range(0, 900_000),
            &format!("CRON[{}]", 4_000 + rng.below(20_000)),
            "(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)",
            None,
        );
        t += 600 * S;
    }
    say(
        at(13, 30, 1) + 92_110,
        "CRON[9120]",
        "(postgres) CMD (pg_dump -Fc parcelry -f /var/lib/postgresql/dumps/parcelry-$(date +%F).dump)",
        None,
    );
    say(
        at(14, 12, 4) + 870_210,
        "systemd[1]",
        "postgresql@15-main.service: Main process exited, code=exited, status=1/FAILURE",
        None,
    );
    say(
        at(14, 12, 4) + 871_002,
        "systemd[1]",
        "postgresql@15-main.service: Failed with result 'exit-code'.",
        None,
    );
    say(
        at(14, 21, 40) + 11_812,
        "sshd[11820]",
        "Accepted publickey for marta from 10.40.9.7 port 50122 ssh2: ED25519 SHA256:q1mVx0",
        None,
    );
    say(
        at(14, 22, 2) + 640_113,
        "sudo",
        "   marta : TTY=pts/1 ; PWD=/home/marta ; USER=root ; COMMAND=/usr/bin/df -h /var/lib/postgresql",
        None,
    );
    say(
        at(14, 31, 20) + 204_500,
        "sudo",
        "   marta : TTY=pts/1 ; PWD=/home/marta ; USER=root ; COMMAND=/usr/bin/find /var/lib/postgresql/dumps -name *.dump -mtime +2 -delete",
        Some(mark("mitigation_start")),
    );
    say(
        at(14, 32, 1) + 730_019,
        "sudo",
        "   marta : TTY=pts/1 ; PWD=/home/marta ; USER=root ; COMMAND=/usr/bin/systemctl restart postgresql@15-main",
        None,
    );
    say(
        at(14, 32, 1) + 802_441,
        "systemd[1]",
        "Starting postgresql@15-main.service - PostgreSQL Cluster 15-main...",
        None,
    );
    say(
        at(14, 32, 8) + 410_772,
        "systemd[1]",
        "Started postgresql@15-main.service - PostgreSQL Cluster 15-main.",
        Some(mark("restart").with("host", "db-blr")),
    );
    let mut pg = Log::new("db-blr/postgresql.log");
    postgres(&mut pg, (span.0, at(14, 5, 0)), ("UTC", 0), "parcelry", rng);
    let mut log = |t: i64, pid: u32, text: &str| {
        pg.line(t, format!("{} UTC [{pid}] {text}", millis(t, 0, '.')))
    };
    let t = at(14, 12, 3);
    log(
        t + 118_000,
        20_411,
        "app@parcelry ERROR:  could not extend file \"base/16385/24601.2\": wrote only 4096 of 8192 bytes at block 281344: No space left on device",
    );
    log(
        t + 118_000,
        20_411,
        "app@parcelry HINT:  Check free disk space.",
    );
    log(
        t + 118_000,
        20_411,
        "app@parcelry STATEMENT:  INSERT INTO scans (shipment_id, depot, at) VALUES ($1, $2, now())",
    );
    log(
        t + 902_000,
        20_388,
        "app@parcelry PANIC:  could not write to file \"pg_wal/xlogtemp.20388\": No space left on device",
    );
    log(
        t + 1_204_000,
        701,
        "LOG:  server process (PID 20388) was terminated by signal 6: Aborted",
    );
    log(
        t + 1_204_000,
        701,
        "LOG:  terminating any other active server processes",
    );
    log(
        t + 1_318_000,
        701,
        "LOG:  all server processes terminated; reinitializing",
    );
    log(
        t + 1_390_000,
        20_520,
        "LOG:  database system was interrupted; last known up at 2024-11-12 14:06:47 UTC",
    );
    log(
        t + 1_540_000,
        20_520,
        "LOG:  database system was not properly shut down; automatic recovery in progress",
    );
    log(
        t + 1_622_000,
        20_520,
        "FATAL:  could not write to file \"pg_wal/xlogtemp.20520\": No space left on device",
    );
    log(
        t + 1_640_000,
        701,
        "LOG:  startup process (PID 20520) exited with exit code 1",
    );
    log(
        t + 1_640_000,
        701,
        "LOG:  aborting startup due to startup process failure",
    );
    log(t + 1_702_000, 701, "LOG:  database system is shut down");
    let u = at(14, 32, 2);
    log(
        u + 41_000,
        22_004,
        "LOG:  starting PostgreSQL 15.8 (Debian 15.8-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit",
    );
    log(
        u + 42_000,
        22_004,
        "LOG:  listening on IPv4 address \"0.0.0.0\", port 5432",
    );
    log(
        u + 130_000,
        22_008,
        "LOG:  database system was interrupted while in recovery at 2024-11-12 14:12:04 UTC",
    );
    log(u + 590_000, 22_008, "LOG:  redo starts at 5A/7C0028D0");
    log(
        u + 5_902_000,
        22_008,
        "LOG:  redo done at 5A/91FFFF38 system usage: CPU: user: 2.21 s, system: 0.94 s, elapsed: 5.31 s",
    );
    log(
        u + 6_380_000,
        22_004,
        "LOG:  database system is ready to accept connections",
    );
    postgres(
        &mut pg,
        (at(14, 36, 0), span.1),
        ("UTC", 0),
        "parcelry",
        rng,
    );
    [sys, pg]
}
