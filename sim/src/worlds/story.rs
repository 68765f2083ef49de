//! Worlds with a cause: what changed, what broke, what the logs said of it, how it ended, and which logs are missing.

use super::requests::{Now, SERVERS, write};
use super::tables::{CAUSES, Cause, Shape, Where};
use super::{Dice, Holds, T0, Truth, World, utc};
use crate::clock::{S, slashed};

/// Seconds of a world.
const SPAN: i64 = 4 * 3600;
/// Chance that a source was not collected, and that a marker was not written.
const NO_SOURCE: f64 = 0.25;
const NO_MARKER: f64 = 0.13;
/// In a misspecified world, the chance that messages are drawn for another cause.
const MISSPECIFIED: f64 = 0.35;

/// The logs of a world: lines with their seconds, sorted when written.
#[derive(Default)]
struct Log(Vec<(i64, String)>);

impl Log {
    fn add(&mut self, t: i64, text: String) {
        self.0.push((t, text));
    }

    fn text(mut self) -> String {
        self.0.sort_by_key(|l| l.0);
        self.0.into_iter().map(|l| l.1 + "\n").collect()
    }
}

/// All logs beside the access log.
#[derive(Default)]
struct Logs {
    app: [Log; 3],
    deploy: Log,
    pager: Log,
    system: Log,
    database: Log,
    edge: Log,
}

/// Draws a world; with `misspecified` the tables of messages are drawn anew.
pub fn cause(seed: u64, misspecified: bool) -> World {
    let mut d = Dice::new(seed, 77 + u64::from(misspecified));
    let c = &CAUSES[d.weighed(&CAUSES.map(|c| c.weight))];
    let rate = d.log(0.7, 4.0);
    let onset = T0 + (d.between(0.35, 0.6) * SPAN as f64) as i64;
    let long = d.between(420.0, 2700.0) as i64;
    let end = onset + long;
    let background = d.log(2e-4, 4e-3);
    let share = d.between(0.3, 0.95);
    let server = (c.one_server || (c.change == "deploy" && d.yes(0.3))).then(|| d.below(3));
    let mut logs = Logs::default();
    let version = format!("{}.{}.{}", 2 + d.below(7), d.below(20), d.below(9));
    let (decoys, marked) = changes(&mut d, &mut logs, c, (onset, end), &version);
    let said = messages(&mut d, &mut logs, c, (onset, end), server, misspecified);
    pages(&mut d, &mut logs, (onset, end));
    beats(&mut d, &mut logs, c, (onset, end));
    let now = |t: i64| second(c, t, (onset, end), share, server);
    let w = write(&mut d, (T0, T0 + SPAN), rate, background, now);
    let kept = keep(&mut d, c, said, marked);
    let failing = match c.shape {
        Shape::Dark => {
            let before = w.lines.iter().rfind(|t| **t < onset).map(|t| t + 1);
            let after = w.lines.iter().find(|t| **t >= end).copied();
            before.zip(after)
        }
        _ => w
            .bad
            .first()
            .map(|x| x.0)
            .zip(w.bad.last().map(|x| x.0 + 1)),
    };
    let truth = failing.map(|failing| Truth {
        failing,
        class: c.class,
        culprit: if c.change == "deploy" {
            vec![version, "shop".into()]
        } else {
            c.names.iter().map(|n| (*n).to_owned()).collect()
        },
        decoys,
        holds: kept.holds,
    });
    World {
        name: format!("{}-{seed}", if misspecified { "other" } else { "cause" }),
        kind: "cause",
        rate,
        truth,
        span: SPAN,
        files: files(logs, w.text, &kept),
    }
}

/// What a second is like.
fn second(c: &Cause, t: i64, (a, b): (i64, i64), share: f64, server: Option<usize>) -> (Now, bool) {
    let quiet = Now::default();
    let lead = (a - 300..a).contains(&t);
    if lead && c.shape == Shape::Slow {
        return (Now { slow: 0.5, ..quiet }, false);
    }
    if c.shape == Shape::Surge && (a - 120..b).contains(&t) {
        let fails = if t < a { 0.0 } else { share };
        let now = Now {
            load: 3.0,
            fails,
            status: c.status,
            ..quiet
        };
        return (now, t >= a);
    }
    if !(a..b).contains(&t) {
        return (quiet, false);
    }
    if c.shape == Shape::Dark {
        return (Now { load: 0.0, ..quiet }, true);
    }
    let now = Now {
        fails: if server.is_some() { 0.97 } else { share },
        server,
        status: c.status,
        slow: if c.shape == Shape::Slow { 0.4 } else { 0.0 },
        ..quiet
    };
    (now, true)
}

/// The change that did it, the rollback that ended it, and changes that had nothing to do with it. The innocent versions, and
/// whether a line tells of the guilty one.
fn changes(
    d: &mut Dice,
    logs: &mut Logs,
    c: &Cause,
    (onset, end): (i64, i64),
    version: &str,
) -> (Vec<String>, bool) {
    let mut innocent = Vec::new();
    let mean = d_hours(d);
    let mut t = T0 as f64 + d.exp(mean);
    while t < (T0 + SPAN) as f64 {
        let at = t as i64;
        if at < onset - 900 || at > end + 900 || c.change.is_empty() {
            let v = format!("1.{}.{}", d.below(90), d.below(9));
            release(d, &mut logs.deploy, at, &v, "deploy", "finished");
            innocent.push(v);
            // a team that does not know better takes the last release back
            if at < onset && onset - at < 3600 && c.change.is_empty() && d.yes(0.5) {
                let back = onset + ((end - onset) as f64 * d.between(0.3, 0.95)) as i64;
                release(
                    d,
                    &mut logs.deploy,
                    back,
                    "previous",
                    "rollback",
                    "finished",
                );
            }
        }
        t += d.exp(mean).max(600.0);
    }
    let lag = if d.yes(0.6) {
        d.exp(60.0)
    } else {
        d.exp(600.0)
    };
    let at = onset - 12 - lag.min(7200.0) as i64;
    if d.yes(NO_MARKER) || at < T0 {
        return (innocent, false);
    }
    let stamp = utc(at);
    match c.change {
        "deploy" => {
            release(d, &mut logs.deploy, at, version, "deploy", "finished");
            if d.yes(0.7) {
                release(
                    d,
                    &mut logs.deploy,
                    end - 30,
                    "previous",
                    "rollback",
                    "finished",
                );
            }
        }
        "config" => logs.edge.add(
            at,
            format!(
                "{} [notice] 71#71: signal 1 (SIGHUP) received from {}, reconfiguring",
                slashed(at * S, 0),
                800 + d.below(9000)
            ),
        ),
        "flag" => logs.deploy.add(
            at,
            format!("{stamp} INFO flags: ana turned on the flag new_pricing in production"),
        ),
        "migration" => logs.deploy.add(
            at,
            format!(
                "{stamp} INFO alembic.runtime.migration: Running upgrade {:x} -> {:x}, order note",
                90_000 + d.below(9000),
                900_000 + d.below(90_000)
            ),
        ),
        _ => {}
    }
    (innocent, true)
}

/// Mean hours between changes of a team, in seconds.
fn d_hours(d: &mut Dice) -> f64 {
    d.log(1.0, 36.0) * 3600.0
}

fn release(d: &mut Dice, log: &mut Log, t: i64, version: &str, what: &str, done: &str) {
    log.add(
        t,
        format!("{} INFO deployer: {what} of shop {version} started", utc(t)),
    );
    if !d.yes(NO_MARKER) {
        let to = t + d.between(8.0, 25.0) as i64;
        log.add(
            to,
            format!("{} INFO deployer: {what} of shop {version} {done}", utc(to)),
        );
    }
}

/// Messages of the cause, and symptoms beside them; which log holds what tells it, and whether that is the truth.
fn messages(
    d: &mut Dice,
    logs: &mut Logs,
    c: &Cause,
    (onset, end): (i64, i64),
    server: Option<usize>,
    misspecified: bool,
) -> Option<(Where, bool)> {
    let from = if misspecified && d.yes(MISSPECIFIED) {
        &CAUSES[d.below(CAUSES.len() - 1)]
    } else {
        c
    };
    let texts = if from.says.is_empty() {
        c.says
    } else {
        from.says
    };
    let told = (!texts.is_empty()).then(|| texts[d.below(texts.len())]);
    for (host, log) in logs.app.iter_mut().enumerate() {
        // what every service says now and then
        let mut t = T0 + d.exp(400.0) as i64;
        while t < T0 + SPAN {
            if !(c.shape == Shape::Dark && (onset..end).contains(&t)) {
                let id = d.below(9000);
                log.add(t, app(t, host, "WARN", &format!("slow query took {id} ms")));
                if d.yes(0.3) {
                    log.add(
                        t,
                        app(t, host, "ERROR", &format!("mail to customer {id} bounced")),
                    );
                }
            }
            t += 1 + d.exp(400.0) as i64;
        }
    }
    if c.shape != Shape::Dark {
        symptoms(d, logs, (onset, end));
    }
    let text = told?;
    let every = match from.place {
        Where::System => (end - onset) as f64 / 3.0,
        _ => 2.5,
    };
    let mut t = match c.shape {
        Shape::Dark => onset - 20 - d.exp(60.0) as i64,
        _ => onset + d.below(4) as i64,
    };
    while t < end {
        let text = text.replace('#', &d.below(30_000).to_string());
        let host = server.unwrap_or_else(|| d.below(3));
        match from.place {
            Where::App => logs.app[host].add(t, app(t, host, "ERROR", &text)),
            Where::Database => logs.database.add(t, format!("{}.105 UTC [{}] LOG:  {text}", utc(t).replace('T', " ").replace('Z', ""), 700 + d.below(90))),
            Where::System => logs.system.add(t, format!("{} web-{} {text}", utc(t), host + 1)),
            Where::Edge => logs.edge.add(t, format!("{} [error] 71#71: *{} {text}, client: 198.18.0.{}, server: shop.example, request: \"GET / HTTP/1.1\"", slashed(t * S, 0), d.below(90_000), d.below(250))),
        }
        if c.shape == Shape::Dark {
            break;
        }
        t += 1 + d.exp(every) as i64;
    }
    Some((from.place, std::ptr::eq(from, c)))
}

/// What follows from any failure: it names nothing.
fn symptoms(d: &mut Dice, logs: &mut Logs, (onset, end): (i64, i64)) {
    let mut t = onset + d.exp(10.0) as i64;
    while t < end {
        let s = SERVERS[d.below(3)];
        logs.edge.add(t, format!("{} [error] 71#71: *{} upstream timed out (110: Connection timed out) while reading response header from upstream, client: 198.18.0.{}, server: shop.example, request: \"GET / HTTP/1.1\", upstream: \"http://{s}/\", host: \"shop.example\"", slashed(t * S, 0), d.below(90_000), d.below(250)));
        t += 1 + d.exp(20.0) as i64;
    }
}

fn app(t: i64, host: usize, level: &str, text: &str) -> String {
    format!("{} {level} [shop] web-{}: {text}", utc(t), host + 1)
}

fn pages(d: &mut Dice, logs: &mut Logs, (onset, end): (i64, i64)) {
    let number = 100 + d.below(900);
    let at = onset + 20 + d.exp(120.0) as i64;
    let ack = at + d.exp(120.0) as i64;
    if at < end && !d.yes(NO_MARKER) {
        logs.pager.add(
            at,
            format!(
                "{} pager: ALERT #{number} [P1] shop: high 5xx ratio paged=lee",
                utc(at)
            ),
        );
        if !d.yes(NO_MARKER) {
            logs.pager
                .add(ack, format!("{} pager: ACK #{number} by lee", utc(ack)));
        }
    }
}

/// What logs say when nothing happens.
fn beats(d: &mut Dice, logs: &mut Logs, c: &Cause, (onset, end): (i64, i64)) {
    for t in (T0..T0 + SPAN).step_by(30) {
        if c.shape == Shape::Dark && (onset..end).contains(&t) {
            continue;
        }
        let host = (t / 30 % 3) as usize;
        logs.app[host].add(
            t,
            app(
                t,
                host,
                "INFO",
                &format!("queue checked, {} waiting", d.below(9)),
            ),
        );
        if t % 300 == 0 {
            logs.system.add(
                t,
                format!(
                    "{} web-1 CRON[{}]: (root) CMD (test -x /usr/sbin/anacron)",
                    utc(t),
                    900 + d.below(9000)
                ),
            );
            logs.database.add(
                t,
                format!(
                    "{}.254 UTC [732] LOG:  checkpoint starting: time",
                    utc(t).replace('T', " ").replace('Z', "")
                ),
            );
        }
    }
}

/// Which sources were collected, and whether what they hold tells the cause.
struct Kept {
    app: bool,
    deploy: bool,
    pager: bool,
    system: bool,
    edge: bool,
    holds: Holds,
}

fn keep(d: &mut Dice, c: &Cause, told: Option<(Where, bool)>, marked: bool) -> Kept {
    let mut k = Kept {
        app: !d.yes(NO_SOURCE),
        deploy: !d.yes(NO_SOURCE),
        pager: !d.yes(NO_SOURCE),
        system: !d.yes(NO_SOURCE),
        edge: !d.yes(NO_SOURCE),
        holds: Holds::Nothing,
    };
    let kept = |place: Where| match place {
        Where::App => k.app,
        Where::Database | Where::System => k.system,
        Where::Edge => k.edge,
    };
    let heard = told.filter(|(place, _)| kept(*place)).map(|(_, own)| own);
    let changed = marked
        && match c.change {
            "" => false,
            "config" => k.edge,
            _ => k.deploy,
        };
    // more requests, one server, silence of all: the requests show as much
    let shown = matches!(c.shape, Shape::Surge | Shape::Dark) || c.one_server;
    k.holds = match heard {
        Some(false) => Holds::Lies,
        Some(true) if changed || c.change.is_empty() => Holds::All,
        Some(true) => Holds::Half,
        None if changed || shown => Holds::Half,
        None => Holds::Nothing,
    };
    k
}

fn files(logs: Logs, access: String, k: &Kept) -> Vec<(String, String)> {
    let mut out = vec![("edge/access.log".to_owned(), access)];
    if k.app {
        for (i, l) in logs.app.into_iter().enumerate() {
            out.push((format!("web-{}/shop.log", i + 1), l.text()));
        }
    }
    if k.deploy {
        out.push(("deploy/deploy.log".into(), logs.deploy.text()));
    }
    if k.pager {
        out.push(("pager/pager.log".into(), logs.pager.text()));
    }
    if k.system {
        out.push(("web-1/syslog".into(), logs.system.text()));
        out.push(("db-1/postgresql.log".into(), logs.database.text()));
    }
    if k.edge {
        out.push(("edge/error.log".into(), logs.edge.text()));
    }
    out
}
