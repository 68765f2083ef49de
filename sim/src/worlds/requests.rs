//! Requests second by second, written as access lines of an edge before three servers.

use super::Dice;
use crate::clock::{S, clf};
use std::fmt::Write;

/// Paths and their weights.
pub(super) const ROUTES: [(&str, f64); 6] = [
    ("/", 30.0),
    ("/products/{}", 28.0),
    ("/search?q={}", 18.0),
    ("/cart", 12.0),
    ("/checkout", 8.0),
    ("/account/{}", 4.0),
];
/// The servers behind the edge.
pub(super) const SERVERS: [&str; 3] = ["10.20.0.11:8080", "10.20.0.12:8080", "10.20.0.13:8080"];

/// What a second is like; the default is a quiet one.
#[derive(Clone, Debug)]
pub(super) struct Now {
    /// Requests per second over the mean.
    pub load: f64,
    /// Share of requests that fail.
    pub fails: f64,
    /// Only this route fails.
    pub route: Option<usize>,
    /// Only this server fails.
    pub server: Option<usize>,
    /// Status of failures.
    pub status: u16,
    /// Share of requests that are slow.
    pub slow: f64,
    /// Requests of one scanner per second, all of them 4xx, or with `scan_fails` 5xx.
    pub scan: f64,
    /// Whether the scanner's requests fail with 500.
    pub scan_fails: bool,
    /// Requests of many clients per second that end in 404.
    pub missing: f64,
}

impl Default for Now {
    fn default() -> Self {
        Now {
            load: 1.0,
            fails: 0.0,
            route: None,
            server: None,
            status: 500,
            slow: 0.0,
            scan: 0.0,
            scan_fails: false,
            missing: 0.0,
        }
    }
}

/// What was written.
pub(super) struct Written {
    pub text: String,
    /// Seconds with failures that the incident made, requests in them, failures in them.
    pub bad: Vec<(i64, u32)>,
    /// Seconds with slow requests that the incident made.
    pub slow: Vec<i64>,
    /// Seconds with any line.
    pub lines: Vec<i64>,
}

/// Writes `[from, to)`. `background` is the usual share of failures; `now` tells what each second is like, and whether it
/// belongs to the incident.
pub(super) fn write(
    dice: &mut Dice,
    (from, to): (i64, i64),
    rate: f64,
    background: f64,
    now: impl Fn(i64) -> (Now, bool),
) -> Written {
    let mut w = Written {
        text: String::new(),
        bad: Vec::new(),
        slow: Vec::new(),
        lines: Vec::new(),
    };
    let people = (rate * 40.0).clamp(25.0, 4000.0) as usize;
    let mut noise = 1.0;
    for t in from..to {
        if t % 60 == 0 {
            noise = dice.gamma6();
        }
        let (x, inside) = now(t);
        let hour = (t - super::T0) as f64 / 86_400.0;
        let tide = 1.0 - 0.4 * (std::f64::consts::TAU * hour).cos();
        let mut failed = 0;
        let n = dice.poisson(rate * tide * x.load);
        for _ in 0..n {
            let route = dice.weighed(&ROUTES.map(|r| r.1));
            let server = dice.below(SERVERS.len());
            let hit = x.route.is_none_or(|r| r == route) && x.server.is_none_or(|s| s == server);
            let fails = hit && dice.yes(x.fails);
            let status = if fails {
                x.status
            } else if dice.yes(background * noise) {
                500
            } else if dice.yes(0.03) {
                404
            } else {
                200
            };
            failed += u32::from(fails);
            let slow = dice.yes(x.slow);
            let ms = if slow {
                dice.between(3000.0, 9000.0)
            } else {
                12.0 + dice.exp(40.0)
            };
            if slow {
                w.slow.push(t);
            }
            let client = dice.below(people);
            line(
                &mut w.text,
                t,
                client,
                route,
                server,
                status,
                ms,
                dice.below(900),
            );
        }
        for _ in 0..dice.poisson(x.scan) {
            let status = if x.scan_fails { 500 } else { 404 };
            line(
                &mut w.text,
                t,
                65_000,
                2,
                dice.below(3),
                status,
                5.0,
                dice.below(900),
            );
        }
        for _ in 0..dice.poisson(x.missing) {
            let client = dice.below(people);
            line(
                &mut w.text,
                t,
                client,
                1,
                dice.below(3),
                404,
                5.0,
                dice.below(900),
            );
        }
        if n > 0 {
            w.lines.push(t);
        }
        if inside && failed > 0 {
            w.bad.push((t, failed));
        }
    }
    w
}

#[expect(clippy::too_many_arguments, reason = "one line has so many parts")]
fn line(
    out: &mut String,
    t: i64,
    client: usize,
    route: usize,
    server: usize,
    status: u16,
    ms: f64,
    id: usize,
) {
    let path = ROUTES[route].0.replacen("{}", &id.to_string(), 1);
    let method = if route >= 3 { "POST" } else { "GET" };
    let s = ms / 1000.0;
    let _ = writeln!(
        out,
        "198.{}.{}.{} - - [{}] \"{method} {path} HTTP/1.1\" {status} {} \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Firefox/119.0\" rt={s:.3} ua=\"{}\" us=\"{status}\" urt=\"{s:.3}\"",
        18 + client / 62_500,
        client / 250 % 250,
        1 + client % 250,
        clf(t * S, 0),
        200 + id,
        SERVERS[server],
    );
}
