//! Kinds of days: incidents of one shape each, and quiet days with a trap. What a second is like is told by the kind alone.

use super::requests::{Now, write};
use super::{Dice, T0, Truth, World};
use std::fmt::Write;

/// A kind of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No requests at all while the application lives.
    Outage,
    /// All requests fail.
    Full,
    /// All fail, and clients come back for more.
    Retries,
    /// Fails in bursts of 70 s every 150 s.
    Flapping,
    /// Fails for most of the log.
    Majority,
    /// 25 to 60 % fail.
    Partial,
    /// 5 to 25 % fail.
    Weak,
    /// One route fails.
    Endpoint,
    /// One server fails.
    Server,
    /// The share rises over the whole incident.
    Ramp,
    /// Slow answers, no failures.
    Latency,
    /// 60 to 90 % of the requests vanish.
    Drop,
    /// Two routes, one after the other, overlapping.
    Overlap,
    /// Nothing.
    Quiet,
    /// Many clients ask for what is not there.
    Missing,
    /// 18 s of a release.
    DeployBlip,
    /// Four times the traffic.
    Batch,
    /// Twelve to one between day and night.
    Diurnal,
    /// All fail for 20 s.
    Blip,
    /// One client that always fails.
    Poller,
    /// One client that makes 500s for a quarter of an hour.
    Scanner,
    /// Background whose minutes differ by up to 20 times.
    Clumpy,
}

/// All kinds with their names; the quiet ones have no incident in them.
pub const KINDS: [(Kind, &str); 22] = [
    (Kind::Outage, "no lines"),
    (Kind::Full, "all fail"),
    (Kind::Retries, "retry storm"),
    (Kind::Flapping, "flapping"),
    (Kind::Majority, "most of the log"),
    (Kind::Partial, "25-60 % fail"),
    (Kind::Weak, "5-25 % fail"),
    (Kind::Endpoint, "one endpoint"),
    (Kind::Server, "one server"),
    (Kind::Ramp, "ramp"),
    (Kind::Latency, "latency only"),
    (Kind::Drop, "traffic drop"),
    (Kind::Overlap, "two endpoints"),
    (Kind::Quiet, "quiet"),
    (Kind::Missing, "quiet: 4xx burst"),
    (Kind::DeployBlip, "quiet: deploy blip"),
    (Kind::Batch, "quiet: batch"),
    (Kind::Diurnal, "quiet: diurnal"),
    (Kind::Blip, "quiet: 20 s blip"),
    (Kind::Poller, "quiet: broken poller"),
    (Kind::Scanner, "quiet: scanner"),
    (Kind::Clumpy, "quiet: clumpy"),
];

/// Most lines of a day, and the shortest day in seconds.
const LINES: f64 = 200_000.0;
const SHORTEST: f64 = 2400.0;

/// A day of a kind. Rates are even in the logarithm from 0.05 to 2,000 requests a second, thinned to what the bound on
/// lines lets 40 minutes hold.
pub fn detection(kind: Kind, name: &'static str, seed: u64) -> World {
    let mut dice = Dice::new(seed, kind as u64 + 1);
    let rate = dice.log(0.05, 2000.0).min(LINES / SHORTEST * 0.6);
    let day = (LINES / rate).clamp(SHORTEST, 86_400.0) as i64;
    let background = if dice.yes(0.2) {
        0.0
    } else {
        dice.log(1e-4, 0.02)
    };
    let long = dice.between(300.0, 3600.0).min(day as f64 * 0.25) as i64;
    let (mut a, mut b) = (T0 + (dice.between(0.25, 0.65) * day as f64) as i64, 0);
    if kind == Kind::Majority {
        a = T0 + day / 5;
        b = a + day * 6 / 10;
    }
    b = b.max(a + long);
    let share = match kind {
        Kind::Partial | Kind::Server => dice.between(0.25, 0.6),
        Kind::Weak => dice.between(0.05, 0.25).max(background + 0.05),
        Kind::Drop => dice.between(0.1, 0.4),
        _ => dice.between(0.6, 0.98),
    };
    let route = 1 + dice.below(4);
    let now = |t: i64| second(kind, t, (a, b), share, route, rate);
    let clumps: Vec<f64> = (0..day / 60 + 1)
        .map(|_| if dice.yes(0.05) { 5.0 } else { 1.0 })
        .collect();
    let clumpy = |t: i64| {
        let (mut x, inside) = now(t);
        if kind == Kind::Clumpy {
            x.fails = background.max(0.002) * clumps[((t - T0) / 60) as usize];
        }
        (x, inside)
    };
    let w = write(&mut dice, (T0, T0 + day), rate, background, clumpy);
    let truth = truth(kind, &w, (a, b)).map(|failing| Truth {
        failing,
        class: "",
        culprit: Vec::new(),
        decoys: Vec::new(),
        holds: super::Holds::Nothing,
    });
    let mut beats = String::new();
    for t in (T0..T0 + day).step_by(45) {
        let _ = writeln!(
            beats,
            "{} INFO scheduler: queue checked, {} waiting",
            super::utc(t),
            dice.below(9)
        );
    }
    World {
        name: format!("{}-{seed}", format!("{kind:?}").to_lowercase()),
        kind: name,
        rate,
        truth,
        span: day,
        files: vec![
            ("edge/access.log".into(), w.text),
            ("app-1/worker.log".into(), beats),
        ],
    }
}

/// What a second of a kind is like, and whether the incident is in it.
fn second(
    kind: Kind,
    t: i64,
    (a, b): (i64, i64),
    share: f64,
    route: usize,
    rate: f64,
) -> (Now, bool) {
    let inside = (a..b).contains(&t);
    let quiet = Now::default();
    let failing = Now {
        fails: share,
        ..Now::default()
    };
    match kind {
        Kind::Poller => (
            Now {
                scan: 0.01 * rate,
                scan_fails: true,
                ..quiet
            },
            false,
        ),
        Kind::Diurnal => {
            let day = (t - T0) as f64 / 86_400.0;
            let load = 1.0 - 0.85 * (std::f64::consts::TAU * day).cos();
            (Now { load, ..quiet }, false)
        }
        Kind::Blip if (a..a + 20).contains(&t) => (failing, false),
        Kind::DeployBlip if (a..a + 18).contains(&t) => (
            Now {
                fails: 0.4,
                ..quiet
            },
            false,
        ),
        _ if !inside => (quiet, false),
        Kind::Outage => (Now { load: 0.0, ..quiet }, true),
        Kind::Full | Kind::Majority | Kind::Partial | Kind::Weak => (failing, true),
        Kind::Retries => (
            Now {
                load: 2.5,
                status: 503,
                ..failing
            },
            true,
        ),
        Kind::Flapping => (
            if (t - a) % 150 < 70 { failing } else { quiet },
            (t - a) % 150 < 70,
        ),
        Kind::Endpoint => (
            Now {
                route: Some(route),
                ..failing
            },
            true,
        ),
        Kind::Server => (
            Now {
                server: Some(route % 3),
                status: 502,
                ..failing
            },
            true,
        ),
        Kind::Ramp => {
            let x = (t - a) as f64 / (b - a) as f64;
            (
                Now {
                    fails: share * x,
                    ..quiet
                },
                true,
            )
        }
        Kind::Latency => (
            Now {
                slow: share * 0.6,
                ..quiet
            },
            true,
        ),
        Kind::Drop => (
            Now {
                load: share,
                ..quiet
            },
            true,
        ),
        Kind::Overlap => {
            let half = (b - a) / 2;
            let first = t < a + half + half / 2;
            let r = if first && (t < a + half || t % 2 == 0) {
                route
            } else {
                route % 4 + 1
            };
            (
                Now {
                    route: Some(r),
                    ..failing
                },
                true,
            )
        }
        Kind::Missing => (
            Now {
                missing: 3.0 * rate,
                ..quiet
            },
            false,
        ),
        Kind::Batch => (Now { load: 4.0, ..quiet }, false),
        Kind::Scanner => (
            Now {
                scan: (2.0 * rate).min(5.0),
                scan_fails: true,
                ..quiet
            },
            false,
        ),
        _ => (quiet, false),
    }
}

/// First and last failing, slow or missing second as written.
fn truth(kind: Kind, w: &super::requests::Written, (a, b): (i64, i64)) -> Option<(i64, i64)> {
    match kind {
        Kind::Outage => {
            let before = w.lines.iter().rfind(|t| **t < a).map(|t| t + 1)?;
            let after = w.lines.iter().find(|t| **t >= b).copied()?;
            Some((before, after))
        }
        Kind::Drop => Some((a, b)),
        Kind::Latency => Some((*w.slow.first()?, *w.slow.last()? + 1)),
        _ => Some((w.bad.first()?.0, w.bad.last()?.0 + 1)),
    }
}
