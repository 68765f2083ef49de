//! JSON lines with level names and an `err` object, as Node services with pino-like loggers write them.

use super::{Voice, took_ms};
use crate::clock::zulu;
use crate::rng::Rng;
use crate::traffic::Hit;

/// A Node service.
pub struct Node {
    /// Service name.
    pub service: &'static str,
    /// Host name.
    pub host: &'static str,
    /// Versions by the instant from which they run.
    pub version: Vec<(i64, &'static str)>,
    /// Errors of the planned fault: type, message, stack (already escaped); one is drawn.
    pub errors: &'static [(&'static str, &'static str, &'static str)],
    /// Print request ids.
    pub ids: bool,
    /// Message of the line that carries the error.
    pub msg: &'static str,
}

impl Node {
    /// One line; `rest` is JSON members with a leading comma, or empty.
    pub fn line(&self, t: i64, level: &str, msg: &str, rest: &str) -> String {
        let version = self
            .version
            .iter()
            .rev()
            .find(|(from, _)| *from <= t)
            .map_or("0.0.0", |(_, v)| v);
        format!(
            "{{\"level\":\"{level}\",\"time\":\"{}\",\"service\":\"{}\",\"hostname\":\"{}\",\"version\":\"{version}\"{rest},\"msg\":\"{msg}\"}}",
            zulu(t),
            self.service,
            self.host
        )
    }

    fn request(&self, hit: &Hit) -> String {
        let path = hit.path.split('?').next().unwrap_or("/");
        let id = if self.ids {
            format!(",\"reqId\":\"{}\"", hit.id)
        } else {
            String::new()
        };
        format!(
            "{id},\"method\":\"{}\",\"path\":\"{path}\",\"status\":{},\"ms\":{}",
            hit.method,
            hit.status,
            took_ms(hit)
        )
    }
}

impl Voice for Node {
    fn fine(&self, t: i64, hit: &Hit, rng: &mut Rng) -> Option<String> {
        if hit.path.contains("login") && hit.status >= 400 {
            return Some(self.line(
                t,
                "warn",
                "login rejected",
                &format!(",\"user\":\"u{}\"", hit.user),
            ));
        }
        (hit.method == "POST" || rng.chance(1, 3))
            .then(|| self.line(t, "info", "request completed", &self.request(hit)))
    }

    fn fault(&self, t: i64, hit: &Hit, rng: &mut Rng) -> String {
        let (kind, message, stack) = rng.pick(self.errors);
        let err = format!(
            "{},\"err\":{{\"type\":\"{kind}\",\"message\":\"{message}\",\"stack\":\"{kind}: {message}{stack}\"}}",
            self.request(hit)
        );
        self.line(t, "error", self.msg, &err)
    }

    fn oops(&self, t: i64, hit: &Hit, _: &mut Rng) -> String {
        let err = ",\"err\":{\"type\":\"TypeError\",\"message\":\"Cannot read properties of undefined (reading 'rate')\",\"stack\":\"TypeError: Cannot read properties of undefined (reading 'rate')\\n    at quote (/app/lib/quote.js:52:27)\"}";
        self.line(
            t,
            "error",
            "request errored",
            &format!("{}{err}", self.request(hit)),
        )
    }
}
