//! `--since` and `--until`: from what a person wrote to a window on the clock of every input.
//! Where that hangs on the logs (their zone, their end, clocks without a zone) these are looked at first, in a run of its own.

use super::job::Job;
use coroner::clock::Clocks;
use coroner::error::{Error, Result};
use coroner::infer;
use coroner::plan::{Plan, PlanConfig, Windows};
use coroner::summary::{Axis, Part};
use coroner::time::{HOUR, Instant, Window};
use std::collections::BTreeMap;

use super::when::{Frame, When};

/// What is asked for.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// In UTC.
    pub window: Window,
    /// On the clock of each input, by name.
    pub windows: BTreeMap<String, Windows>,
    /// The clocks, where they had to be known first.
    pub clocks: Option<Clocks>,
}

/// No zone is further from UTC than this, and a day that begins there is not over elsewhere.
const SLACK: i64 = 26 * HOUR;

/// Settles the window. Reads the logs once for that if it must; streams can only be read once.
pub(super) fn scope(job: &Job<'_>, settings: &PlanConfig) -> Result<Scope> {
    let (since, until) = (&job.asked.reading.since, &job.asked.reading.until);
    if since.is_none() && until.is_none() {
        return Ok(Scope::default());
    }
    let tz = job.settled.tz;
    let plain = |w: &Option<When>| match w {
        Some(w) => w.absolute(tz).map(Some),
        None => Some(None),
    };
    let told = plain(since).zip(plain(until));
    // what is read elsewhere cannot be looked at here first
    let streams = !job.here || job.inputs.iter().any(|i| !i.found.regular);
    if let Some((a, b)) = told {
        let window = checked(a, b, job)?;
        let plan = job.plan(settings)?;
        if !job.here && plan.zoneless {
            return Err(Error::Usage {
                what: "--since and --until of logs that are read elsewhere".into(),
                why: "some lines have no zone, and their clocks are known only when all is read"
                    .into(),
                remedy: "say their zone with --assume-tz, or leave --since and --until out".into(),
            });
        }
        if streams || !plan.zoneless {
            let all = Windows {
                utc: window,
                wall: window.widened(SLACK),
            };
            return Ok(Scope {
                window,
                windows: named(&plan, |_| all),
                clocks: None,
            });
        }
        let wide = window.widened(SLACK);
        let settings = PlanConfig {
            windows: named(&plan, |_| Windows {
                utc: wide,
                wall: wide.widened(SLACK),
            }),
            ..settings.clone()
        };
        return on_clocks(job, &settings, |_, _| Ok(window));
    }
    if streams {
        return Err(Error::Usage {
            what: match job.here {
                true => "--since and --until with a stream".into(),
                false => "--since and --until of logs that are read elsewhere".into(),
            },
            why: match job.here {
                true => "this time hangs on the zone or the end of logs that can be read only once",
                false => "this time hangs on the zone or the end of the logs, which only their readers know",
            }
            .into(),
            remedy: match job.here {
                true => "write it with its date and zone, 2023-05-01T12:30:00Z, or save the stream to a file",
                false => "write it with its date and zone, 2023-05-01T12:30:00Z",
            }
            .into(),
        });
    }
    on_clocks(job, settings, |part, clocks| {
        let (start, end) = ends(part, clocks);
        let zone = infer::zone(part, &job.judgement(&job.plan(settings)?));
        let frame = Frame { zone, start, end };
        let a = since.as_ref().map(|w| w.within(frame, None));
        let b = until.as_ref().map(|w| w.within(frame, a));
        checked(a, b, job)
    })
}

/// Looks at the logs, then puts the window on the clock of each input.
fn on_clocks(
    job: &Job<'_>,
    settings: &PlanConfig,
    window: impl FnOnce(&Part, &Clocks) -> Result<Window>,
) -> Result<Scope> {
    let plan = job.plan(settings)?;
    let part = job.read(&plan)?.part;
    let part = infer::in_bulk(&part);
    let clocks = infer::clocks(&part, &job.judgement(&plan));
    let window = window(&part, &clocks)?;
    let on = |input: u32, axis| {
        let end = |us: i64| match us {
            i64::MIN | i64::MAX => us,
            us => clocks.written(input, axis, Instant(us)),
        };
        Window {
            since: end(window.since),
            until: end(window.until),
        }
    };
    Ok(Scope {
        window,
        windows: named(&plan, |input| Windows {
            utc: on(input, Axis::Utc),
            wall: on(input, Axis::Wall),
        }),
        clocks: Some(clocks),
    })
}

fn named(plan: &Plan, windows: impl Fn(u32) -> Windows) -> BTreeMap<String, Windows> {
    let names = plan.inputs.iter().map(|i| i.meta.name.clone());
    names.zip(0..).map(|(n, i)| (n, windows(i))).collect()
}

/// The first and the last instant of the logs; 1970 where no line has a time.
fn ends(part: &Part, clocks: &Clocks) -> (Instant, Instant) {
    let tracks = part
        .inputs
        .iter()
        .flat_map(|(id, p)| p.tracks().map(move |t| (*id, t)));
    let spans = tracks.filter_map(|(id, (axis, t))| {
        let (a, b) = t.span?;
        Some((clocks.instant(id, axis, a), clocks.instant(id, axis, b)))
    });
    spans
        .reduce(|x, y| (x.0.min(y.0), x.1.max(y.1)))
        .unwrap_or_default()
}

fn checked(since: Option<Instant>, until: Option<Instant>, job: &Job<'_>) -> Result<Window> {
    let window = Window {
        since: since.map_or(i64::MIN, |t| t.0),
        until: until.map_or(i64::MAX, |t| t.0),
    };
    if window.since < window.until {
        return Ok(window);
    }
    let written = |w: &Option<When>| w.as_ref().map_or(String::new(), ToString::to_string);
    let (a, b) = (&job.asked.reading.since, &job.asked.reading.until);
    Err(Error::Usage {
        what: format!("--since {} --until {}", written(a), written(b)),
        why: "nothing lies between these".into(),
        remedy: "swap them, or write both with their date and zone".into(),
    })
}
