//! logfmt, as Go services write it: `ts=… level=error msg="…" method=GET path=/ …`.

use super::{Voice, took_ms};
use crate::clock::iso_us;
use crate::rng::Rng;
use crate::traffic::Hit;

/// A Go service.
pub struct Go {
    /// Minutes east of UTC; the offset is written.
    pub off: i64,
    /// Versions by the instant from which they run.
    pub version: Vec<(i64, &'static str)>,
    /// Errors of the planned fault; one is drawn.
    pub errors: &'static [&'static str],
}

impl Go {
    /// One line; `rest` is `key=value` text.
    pub fn line(&self, t: i64, level: &str, msg: &str, rest: &str) -> String {
        let version = self
            .version
            .iter()
            .rev()
            .find(|(from, _)| *from <= t)
            .map_or("?", |(_, v)| v);
        format!(
            "ts={} level={level} msg=\"{msg}\" {rest} version={version}",
            iso_us(t, self.off)
        )
    }

    fn request(&self, hit: &Hit) -> String {
        let path = hit.path.split('?').next().unwrap_or("/");
        format!(
            "method={} path={path} status={} duration_ms={}",
            hit.method,
            hit.status,
            took_ms(hit)
        )
    }
}

impl Voice for Go {
    fn fine(&self, t: i64, hit: &Hit, rng: &mut Rng) -> Option<String> {
        if hit.path.contains("login") {
            let (level, msg) = if hit.status < 400 {
                ("info", "session opened")
            } else {
                ("warn", "session refused: wrong password")
            };
            return Some(self.line(t, level, msg, &format!("user=u{}", hit.user)));
        }
        (hit.method == "POST" || rng.chance(1, 3))
            .then(|| self.line(t, "info", "request", &self.request(hit)))
    }

    fn fault(&self, t: i64, hit: &Hit, rng: &mut Rng) -> String {
        let rest = format!("{} err=\"{}\"", self.request(hit), rng.pick(self.errors));
        self.line(t, "error", "request failed", &rest)
    }

    fn oops(&self, t: i64, hit: &Hit, _: &mut Rng) -> String {
        self.line(t, "error", "request failed", &format!("{} err=\"render invoice: template: row.html:14: nil pointer evaluating *Order.Rate\"", self.request(hit)))
    }
}
