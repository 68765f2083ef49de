//! `since` and `until`: from what a person wrote to a window on the clock of every input.
//! Where that depends on the logs (their zone, their end, clocks without a zone) these are looked at first, in a run of its own.

use super::logs::Logs;
use super::settings::Settings;
use super::when::{LogSpan, When};
use coroner_core::error::{Error, Result};
use coroner_core::plan::{Plan, PlanConfig, Windows};
use coroner_core::summary::{Axis, Part};
use coroner_infer::clock::Clocks;
use coroner_infer::infer;
use coroner_lines::time::{HOUR, Instant, Window};
use coroner_report::report::time::{clock, date};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A plan of the stretch of time that is asked for.
pub struct Scoped {
    /// How each input is read.
    pub plan: Plan,
    /// The stretch, in UTC.
    pub window: Window,
    /// The clocks, where they had to be known first.
    pub(super) clocks: Option<Clocks>,
}

/// What is asked for.
#[derive(Default)]
pub(super) struct Scope {
    window: Window,
    /// On the clock of each input, by name.
    windows: BTreeMap<String, Windows>,
    clocks: Option<Clocks>,
}

/// No zone is further from UTC than this, and a day that begins there is not over elsewhere.
const SLACK: i64 = 26 * HOUR;

/// What is asked for, and how it is planned.
pub(super) fn scope(logs: &Logs) -> Result<(PlanConfig, Scope)> {
    let mut config = logs.plan_config();
    let mut scope = asked(logs, &config)?;
    config.windows = std::mem::take(&mut scope.windows);
    Ok((config, scope))
}

impl Scope {
    /// A plan of it.
    pub(super) fn with(self, plan: Plan) -> Scoped {
        Scoped {
            plan,
            window: self.window,
            clocks: self.clocks,
        }
    }
}

impl Settings {
    /// The stretch of time that is asked for of logs that are still to come.
    #[doc(hidden)]
    pub fn window(&self) -> Result<Window> {
        let end = |w: &Option<When>, open: i64| match w {
            None => Ok(open),
            Some(w) => w.absolute(self.zone).map(|t| t.0).ok_or_else(|| {
                Error::usage(
                    "--since and --until with watch",
                    "this time depends on the zone or the end of logs that are still to come",
                    "write it with its date and zone, 2023-05-01T12:30:00Z",
                )
            }),
        };
        Ok(Window {
            since: end(&self.since, i64::MIN)?,
            until: end(&self.until, i64::MAX)?,
        })
    }
}

/// Both clocks of an input for a window in UTC, wide enough for every zone.
pub(crate) fn in_any_zone(window: Window) -> Windows {
    match window == Window::ALL {
        true => Windows::default(),
        false => Windows {
            utc: window,
            wall: window.widened(SLACK),
        },
    }
}

/// Settles the window. Reads the logs once for that if it must; streams can only be read once.
fn asked(logs: &Logs, settings: &PlanConfig) -> Result<Scope> {
    let (since, until) = (&logs.settings.since, &logs.settings.until);
    if since.is_none() && until.is_none() {
        return Ok(Scope::default());
    }
    let tz = logs.settings.zone;
    let plain = |w: &Option<When>| match w {
        Some(w) => w.absolute(tz).map(Some),
        None => Some(None),
    };
    let absolute = plain(since).zip(plain(until));
    // what is read elsewhere cannot be looked at here first
    let streams = !logs.here || logs.inputs.iter().any(|i| !i.found.regular);
    if let Some((a, b)) = absolute {
        let window = checked(a, b, logs)?;
        let plan = logs.plan_with(settings);
        if !logs.here && plan.zoneless {
            return Err(Error::usage(
                "--since and --until of logs that are read elsewhere",
                "some lines have no zone, and their clocks are known only when all is read",
                "say their zone with --assume-tz, or leave --since and --until out",
            ));
        }
        if streams || !plan.zoneless {
            let all = in_any_zone(window);
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
        return on_clocks(logs, &settings, |_, _| Ok(window));
    }
    if streams {
        let (what, why, remedy) = match logs.here {
            true => (
                "--since and --until with a stream",
                "this time depends on the zone or the end of logs that can be read only once",
                "write it with its date and zone, 2023-05-01T12:30:00Z, or save the stream to a file",
            ),
            false => (
                "--since and --until of logs that are read elsewhere",
                "this time depends on the zone or the end of the logs, which only their readers know",
                "write it with its date and zone, 2023-05-01T12:30:00Z",
            ),
        };
        return Err(Error::usage(what, why, remedy));
    }
    on_clocks(logs, settings, |part, clocks| {
        let (start, end) = ends(part, clocks);
        let zone = infer::zone(part, &logs.inference(&logs.plan_with(settings)));
        let frame = LogSpan { zone, start, end };
        let a = since.as_ref().map(|w| w.within(frame, None));
        let b = until.as_ref().map(|w| w.within(frame, a));
        checked(a, b, logs)
    })
}

/// Looks at the logs, then puts the window on the clock of each input.
fn on_clocks(
    logs: &Logs,
    settings: &PlanConfig,
    window: impl FnOnce(&Part, &Clocks) -> Result<Window>,
) -> Result<Scope> {
    let plan = logs.plan_with(settings);
    let part = logs.scan(&plan)?.part;
    let part = infer::in_bulk(&part);
    let clocks = infer::clocks(&part, &logs.inference(&plan));
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

/// Where the logs lie, as the error of a stretch of time in which no line of them does; nothing where some line does, or no line
/// was left out for its time.
pub(super) fn empty(logs: &Logs, scoped: &Scoped, read: &Part) -> Result<()> {
    let inputs = || read.inputs.values();
    let lies_in = inputs().any(|p| p.tracks().any(|(_, t)| t.span.is_some()));
    let left_out = inputs().any(|p| p.accounting.out_of_range > 0);
    if lies_in || !left_out {
        return Ok(());
    }
    let mut plan = scoped.plan.clone();
    plan.inputs
        .iter_mut()
        .for_each(|i| Arc::make_mut(&mut i.meta).windows = Windows::default());
    // what can be read once only shows no more
    let again = logs.here && logs.inputs.iter().all(|i| i.found.regular);
    let lie = again.then(|| logs.scan(&plan).ok()).flatten().map(|all| {
        let part = infer::in_bulk(&all.part);
        let config = logs.inference(&plan);
        let (a, b) = ends(&part, &infer::clocks(&part, &config));
        let zone = infer::zone(&part, &config);
        let [a, b] = [a, b].map(|t| format!("{} {}", date(t, zone), clock(t, zone)));
        format!("; these logs run from {a} to {b}")
    });
    let asked = |option: &str, w: &Option<When>| w.as_ref().map(|w| format!("--{option} {w}"));
    let (since, until) = (&logs.settings.since, &logs.settings.until);
    let asked = [asked("since", since), asked("until", until)];
    Err(Error::usage(
        asked.into_iter().flatten().collect::<Vec<_>>().join(" "),
        format!("no line lies there{}", lie.unwrap_or_default()),
        "name a time within them; 2h and -2h count back from their end",
    ))
}

fn checked(since: Option<Instant>, until: Option<Instant>, logs: &Logs) -> Result<Window> {
    let window = Window {
        since: since.map_or(i64::MIN, |t| t.0),
        until: until.map_or(i64::MAX, |t| t.0),
    };
    if window.since < window.until {
        return Ok(window);
    }
    let written = |w: &Option<When>| w.as_ref().map_or(String::new(), ToString::to_string);
    let (a, b) = (&logs.settings.since, &logs.settings.until);
    Err(Error::usage(
        format!("--since {} --until {}", written(a), written(b)),
        "nothing lies between these",
        "swap them, or write both with their date and zone",
    ))
}
