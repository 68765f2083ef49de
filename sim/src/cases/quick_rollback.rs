//! 13 May 2023: a booking service is released with a sign-on library that its agent does not support.
//! GitHub Actions, Java with stack traces, JSON access log, Alertmanager; over in ten minutes.

use super::bad_deploy;
use crate::clock::{Day, S, zulu7};
use crate::ops::{Host, postgres};
use crate::out::{Case, Incident, Log, Mark, mark};
use crate::pager::{Alert, Step, alertmanager};
use crate::rng::Rng;
use crate::site::{Curve, DAY, Route, Site, app, file};
use crate::traffic::{Load, Server, State, impact, run};
use crate::voice::{java::Java, tell};
use crate::web::{Access, access_log, error_log};

const SEED: u64 = 0x2023_0513;
const HOSTS: [(&str, &str); 2] = [("app-a", "10.44.0.21:8080"), ("app-b", "10.44.0.22:8080")];

static ROUTES: [Route; 11] = [
    app(180, "GET", "/", 1, 11_204, 200, 19),
    app(
        240,
        "GET",
        "/trips?from=#&to=14&date=2023-06-02",
        60,
        8_860,
        200,
        64,
    ),
    app(130, "GET", "/trips/#/seats", 700, 2_940, 200, 28),
    app(70, "POST", "/bookings", 1, 512, 201, 140),
    app(60, "GET", "/bookings/#", 900, 2_210, 200, 22),
    app(40, "POST", "/session", 1, 96, 201, 38),
    app(40, "GET", "/account", 1, 1_870, 200, 14),
    app(30, "POST", "/bookings/#/pay", 900, 188, 200, 210),
    file(18, "/static/app.c0ffee.css", 1, 22_140, 200),
    file(16, "/static/app.1b2c3d.js", 1, 140_112, 200),
    file(2, "/static/maps/region-#.svg", 8, 153, 404),
];

static SITE: Site = Site {
    host: "book.quaylines.example",
    server: "book.quaylines.example",
    upstream: "booking",
    routes: &ROUTES,
    root: "/var/www/booking",
    health: "/actuator/health",
};

static FRAMES: [&str; 6] = [
    "com.quay.booking.auth.SesameAgent.exchange(SesameAgent.java:141)",
    "com.quay.booking.auth.SesameAgent.principal(SesameAgent.java:88)",
    "com.quay.booking.auth.SessionFilter.doFilterInternal(SessionFilter.java:52)",
    "org.springframework.web.filter.OncePerRequestFilter.doFilter(OncePerRequestFilter.java:116)",
    "org.apache.catalina.core.ApplicationFilterChain.internalDoFilter(ApplicationFilterChain.java:178)",
    "java.base/java.lang.Thread.run(Thread.java:833)",
];

/// The case.
pub fn case() -> Case {
    let day = Day::new(2023, 5, 13, 60);
    let at = |h, m, s| day.at(h, m, s);
    let span = (at(11, 48, 0), at(14, 52, 0));
    let back = [at(14, 8, 26), at(14, 10, 28)];
    let servers: Vec<Server> = HOSTS
        .iter()
        .zip(back)
        .enumerate()
        .map(|(i, ((name, addr), back))| {
            let down = at(14, 0, 4) + i as i64 * 500_000;
            let plan = vec![
                (down, State::Refused),
                (down + 7 * S, State::Failing(985)),
                (back, State::Refused),
                (back + 8 * S, State::Up),
            ];
            Server { name, addr, plan }
        })
        .collect();
    let spared = [(at(13, 57, 0), at(14, 16, 0))];
    let traffic = run(&Load {
        seed: SEED,
        span,
        site: &SITE,
        curve: Curve {
            base: 3600,
            hours: DAY,
            off: 60,
        },
        servers: &servers,
        visitors: 540,
        bad_luck: 100,
        spared: &spared,
        checker: "10.44.0.3",
    });
    let (failed, impact) = impact(&traffic.hits, (at(14, 0, 0), at(14, 11, 0)));
    let mut rng = Rng::new(SEED, 2);
    let mut logs = vec![
        access_log(
            "rp/access.json.gz",
            &traffic.hits,
            Access::Json { ids: false },
            &servers,
            "booking",
            60,
        ),
        error_log(
            "rp/error.log",
            &traffic.complaints,
            &traffic.hits,
            60,
            &mut rng,
        ),
        workflow("actions/release-2.9.0.txt", &day, true),
        workflow("actions/revert-2.8.1.txt", &day, false),
        pages(&day),
    ];
    for (i, (name, _)) in HOSTS.iter().enumerate() {
        let host = Host { name, off: 60 };
        let (down, up) = (servers[i].plan[0].0, back[i]);
        let mut syslog = Log::new(format!("{name}/syslog"));
        host.background(&mut syslog, span, &mut rng);
        host.restart(
            &mut syslog,
            down,
            1_200_000,
            "booking",
            "booking service",
            true,
        );
        host.restart(
            &mut syslog,
            up,
            1_100_000,
            "booking",
            "booking service",
            false,
        );
        let voice = Java {
            off: 60,
            frames: &FRAMES,
            thrown: "com.quay.booking.auth.UnsupportedAuthException: sesame-oidc 4 needs signed assertions, agent 2.8 on this host cannot sign",
            caused_by: "com.sesame.oidc.ProtocolException: unsupported assertion format 'none', expected 'ES256' (agent protocol 1)",
        };
        let mut log = Log::new(format!("{name}/booking.log.gz"));
        for (t, version) in [(down + S, "2.9.0"), (up + S, "2.8.1")] {
            let end = t - S;
            log.line(
                end,
                voice.line(
                    end,
                    "INFO",
                    "SpringApplicationShutdownHook",
                    "o.s.b.w.e.tomcat.GracefulShutdown",
                    "Commencing graceful shutdown. Waiting for active requests to complete",
                ),
            );
            log.line(t, voice.line(t, "INFO", "main", "c.quay.booking.BookingApplication", &format!("Starting BookingApplication v{version} using Java 17.0.6 on {name} with PID {}", 4000 + rng.below(9000))));
            let ready = t + 5_900_000;
            log.line(
                ready,
                voice.line(
                    ready,
                    "INFO",
                    "main",
                    "c.quay.booking.BookingApplication",
                    "Started BookingApplication in 5.871 seconds (process running for 6.402)",
                ),
            );
        }
        tell(&mut log, &traffic.hits, i, &voice, 0, &mut rng);
        logs.extend([syslog, log]);
    }
    let mut db = Log::new("sql-1/postgresql-14-main.log");
    postgres(&mut db, span, ("UTC", 0), "booking", &mut rng);
    logs.push(db);
    Case {
        name: "quick-rollback",
        logs,
        incident: Some(Incident {
            told: bad_deploy(
                "2.9.0",
                "booking",
                &["2.9.0", "sesame-oidc", "UnsupportedAuthException"],
            ),
            failed,
            impact,
        }),
        tz: vec![
            ("rp/access.json.gz", "+01:00 in the line"),
            ("rp/error.log, app-*/*", "local GMT+1, no zone"),
            ("actions, alertmanager", "UTC (Z)"),
            ("sql-1", "UTC"),
        ],
        offsets: vec![],
        title: "a release needs a sign-on feature that the servers lack; reverted within ten minutes",
    }
}

fn workflow(path: &str, day: &Day, forward: bool) -> Log {
    let mut log = Log::new(path);
    let mut n = 0;
    let mut say = |t: i64, text: &str, m: Option<Mark>| {
        n += 731;
        let line = format!("{} {text}", zulu7(t + n));
        match m {
            Some(m) => log.mark(t + n, line, m),
            None => log.line(t + n, line),
        }
    };
    let (t, script, version) = if forward {
        (day.at(13, 55, 2), "deploy", "2.9.0")
    } else {
        (day.at(14, 6, 23), "rollback", "2.8.1")
    };
    say(t - 9 * S, "Current runner version: '2.304.0'", None);
    say(t - 9 * S, "##[group]Runner Image", None);
    say(t - 9 * S, "Image: ubuntu-22.04", None);
    say(t - 9 * S, "##[endgroup]", None);
    say(
        t,
        &format!("##[group]Run ./scripts/{script}.sh production {version}"),
        None,
    );
    say(
        t,
        &format!("\u{1b}[36;1m./scripts/{script}.sh production {version}\u{1b}[0m"),
        None,
    );
    say(t, "shell: /usr/bin/bash -e {0}", None);
    say(t, "env:", None);
    say(t, "  DEPLOY_ENV: production", None);
    say(t, "##[endgroup]", None);
    if forward {
        say(
            t,
            "Deploying booking 2.9.0 to production",
            Some(mark("deploy_start").with("version", "2.9.0")),
        );
        say(
            t + 3 * S,
            "[app-a] pulling booking-2.9.0.jar (84.1 MB)",
            None,
        );
        say(
            t + 141 * S,
            "[app-b] pulling booking-2.9.0.jar (84.1 MB)",
            None,
        );
        say(t + 282 * S, "warming config cache", None);
        say(day.at(14, 0, 4), "[app-a] restarting service", None);
        say(day.at(14, 0, 4), "[app-b] restarting service", None);
        say(day.at(14, 0, 13), "[app-a] healthy", None);
        say(day.at(14, 0, 14), "[app-b] healthy", None);
        say(
            day.at(14, 0, 15),
            "Deployment of booking 2.9.0 succeeded",
            Some(mark("deploy_end").with("version", "2.9.0")),
        );
    } else {
        say(
            t,
            "Reverting booking to 2.8.1",
            Some(mark("rollback_start").with("version", "2.8.1")),
        );
        say(
            t + 2 * S,
            "[app-a] pulling booking-2.8.1.jar (83.7 MB)",
            None,
        );
        say(
            t + 61 * S,
            "[app-b] pulling booking-2.8.1.jar (83.7 MB)",
            None,
        );
        say(
            day.at(14, 8, 25),
            "Revert to 2.8.1 complete",
            Some(mark("rollback_end").with("version", "2.8.1")),
        );
        say(
            day.at(14, 8, 26),
            "##[group]Run ./scripts/cycle.sh production",
            None,
        );
        say(day.at(14, 8, 26), "##[endgroup]", None);
        say(day.at(14, 8, 26), "[app-a] restarting service", None);
        say(
            day.at(14, 8, 36),
            "[app-a] healthy, waiting 110 s for sessions to drain from app-b",
            None,
        );
        say(day.at(14, 10, 28), "[app-b] restarting service", None);
        say(day.at(14, 10, 38), "[app-b] healthy", None);
    }
    say(
        day.at(14, if forward { 0 } else { 10 }, 50),
        "Cleaning up orphan processes",
        None,
    );
    log
}

fn pages(day: &Day) -> Log {
    let mut log = Log::new("alertmanager/webhooks.jsonl");
    let since = day.at(14, 0, 17) + 342_000;
    let alert = Alert {
        number: 8812,
        title: "HighErrorRate",
        service: "booking",
        detail: "5xx ratio 88.0%",
        person: "febechi",
        since,
    };
    alertmanager(&mut log, day.at(14, 0, 21) + 346_000, &alert, Step::Fired);
    alertmanager(&mut log, day.at(14, 5, 22), &alert, Step::Acked);
    alertmanager(
        &mut log,
        day.at(14, 15, 20) + 351_000,
        &alert,
        Step::Resolved,
    );
    log
}
