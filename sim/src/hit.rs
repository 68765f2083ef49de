//! Servers with their fate, and requests as they ended: the plain data between plan, traffic and logs.
//! Nothing here draws a number or writes a line.

use crate::site::{Curve, Site};

/// How a server behaves from some instant on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum State {
    /// Answers.
    Up,
    /// Answers this many of 1000 requests with 500; the health check still passes.
    Failing(u32),
    /// Nobody listens on the port.
    Refused,
    /// The machine is gone: connects time out, later there is no route.
    Dark,
}

/// A server and its fate: states with the instants from which they hold (sorted).
#[derive(Clone, Debug)]
pub struct Server {
    /// Host name.
    pub name: &'static str,
    /// Address and port.
    pub addr: &'static str,
    /// Fate.
    pub plan: Vec<(i64, State)>,
}

impl Server {
    /// Since when it is in which state at `t`.
    pub fn state(&self, t: i64) -> (i64, State) {
        self.plan
            .iter()
            .rev()
            .find(|(from, _)| *from <= t)
            .copied()
            .unwrap_or((0, State::Up))
    }
}

/// One attempt of the edge to reach a server.
#[derive(Clone, Debug)]
pub struct Try {
    /// Index of the server; None when no server was left to try.
    pub server: Option<usize>,
    /// Status that the edge noted for it.
    pub status: u16,
    /// Microseconds.
    pub us: i64,
}

/// One request as it ended.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Start, microseconds UTC.
    pub start: i64,
    /// End, microseconds UTC; access lines are stamped with it.
    pub end: i64,
    /// Client address.
    pub ip: String,
    /// Account number (0: none).
    pub user: u32,
    /// Method; empty for raw request lines.
    pub method: &'static str,
    /// Path with query.
    pub path: String,
    /// Final status.
    pub status: u16,
    /// Body bytes.
    pub bytes: u32,
    /// Referrer or `-`.
    pub referer: String,
    /// Agent as escaped by the access log.
    pub agent: &'static str,
    /// Attempts, in order; empty when the edge answered by itself.
    pub tries: Vec<Try>,
    /// Connection number.
    pub cid: u64,
    /// The failure comes from the planned fault, not from ordinary bad luck.
    pub planned: bool,
    /// Request id, 32 digits by repetition of 16.
    pub id: String,
}

impl Hit {
    /// The request line as logged.
    pub fn line(&self) -> String {
        if self.method.is_empty() {
            self.path.clone()
        } else {
            format!("{} {} HTTP/1.1", self.method, self.path)
        }
    }

    /// The server that answered, if one did.
    pub fn answered(&self) -> Option<usize> {
        self.tries
            .last()
            .filter(|t| !matches!(t.status, 502 | 504))
            .and_then(|t| t.server)
    }
}

/// A line of the edge's error log, without stamp and process.
#[derive(Clone, Debug)]
pub struct Complaint {
    /// When, microseconds UTC.
    pub t: i64,
    /// `error`, `warn`.
    pub level: &'static str,
    /// Text after `pid#tid: `.
    pub text: String,
}

/// What to simulate.
pub struct Load<'a> {
    /// Seed of the case.
    pub seed: u64,
    /// First and last instant.
    pub span: (i64, i64),
    /// The site.
    pub site: &'a Site,
    /// Requests per second.
    pub curve: Curve,
    /// The servers.
    pub servers: &'a [Server],
    /// Number of visitors.
    pub visitors: u32,
    /// Ordinary failures per 100,000 application requests.
    pub bad_luck: u32,
    /// Windows without ordinary failures (so that edges are exact).
    pub spared: &'a [(i64, i64)],
    /// Address of the health checker.
    pub checker: &'static str,
}

/// The result, sorted by end.
pub struct Traffic {
    /// All requests.
    pub hits: Vec<Hit>,
    /// All complaints.
    pub complaints: Vec<Complaint>,
}

/// First and last end of planned failures in `window`, with the counts between them.
pub fn impact(hits: &[Hit], window: (i64, i64)) -> ((i64, i64), serde_json::Value) {
    let failed: Vec<&Hit> = hits
        .iter()
        .filter(|h| h.planned && h.status >= 500 && h.end >= window.0 && h.end <= window.1)
        .collect();
    let (Some(first), Some(last)) = (failed.first(), failed.last()) else {
        return ((0, 0), serde_json::Value::Null);
    };
    let between = hits
        .iter()
        .filter(|h| h.end >= first.end && h.end <= last.end);
    let (mut all, mut bad) = (0u64, 0u64);
    let mut statuses = std::collections::BTreeMap::<String, u64>::new();
    for h in between {
        all += 1;
        if h.status >= 500 {
            bad += 1;
            *statuses.entry(h.status.to_string()).or_default() += 1;
        }
    }
    let share = (bad * 1000 / all.max(1)) as f64 / 1000.0;
    (
        (first.end, last.end),
        serde_json::json!({"failed": bad, "requests": all, "share": share, "statuses": statuses}),
    )
}
