//! Python's logging module: `2023-05-01 13:05:04,118 ERROR [shop.web] text`, tracebacks below.

use super::{Voice, took_ms};
use crate::clock::millis;
use crate::rng::Rng;
use crate::traffic::Hit;

/// A Flask-like application.
pub struct Python {
    /// Logger root.
    pub app: &'static str,
    /// Minutes east of UTC of its local stamps.
    pub off: i64,
    /// Releases by the instant from which their code runs: folder name.
    pub release: Vec<(i64, String)>,
    /// Frames below the handler: file, line, function, code; the deepest last.
    pub frames: &'static [(&'static str, u32, &'static str, &'static str)],
    /// The exceptions that end the traceback; one is drawn.
    pub raised: &'static [&'static str],
}

impl Python {
    fn release(&self, t: i64) -> &str {
        self.release
            .iter()
            .rev()
            .find(|(from, _)| *from <= t)
            .map_or("current", |(_, r)| r.as_str())
    }

    /// One line of this application.
    pub fn line(&self, t: i64, level: &str, part: &str, text: &str) -> String {
        format!(
            "{} {level} [{}.{part}] {text}",
            millis(t, self.off, ','),
            self.app
        )
    }

    fn traceback(
        &self,
        t: i64,
        hit: &Hit,
        frames: &[(&str, u32, &str, &str)],
        last: &str,
    ) -> String {
        let path = hit.path.split('?').next().unwrap_or("/");
        let mut text = self.line(
            t,
            "ERROR",
            "web",
            &format!("unhandled error on {} {path}", hit.method),
        );
        text.push_str("\nTraceback (most recent call last):");
        let root = format!("/srv/{}/releases/{}", self.app, self.release(t));
        for (file, line, function, code) in frames {
            let file = if file.starts_with('/') {
                (*file).to_string()
            } else {
                format!("{root}/{file}")
            };
            text.push_str(&format!(
                "\n  File \"{file}\", line {line}, in {function}\n    {code}"
            ));
        }
        text + "\n" + last
    }
}

impl Voice for Python {
    fn fine(&self, t: i64, hit: &Hit, rng: &mut Rng) -> Option<String> {
        let path = hit.path.split('?').next().unwrap_or("/");
        if path.contains("login") && hit.status < 400 {
            return Some(self.line(
                t,
                "INFO",
                "auth",
                &format!("login ok user=u{} method=password", hit.user),
            ));
        }
        if path.contains("login") {
            return Some(self.line(
                t,
                "WARNING",
                "auth",
                &format!("login failed user=u{} reason=bad_password", hit.user),
            ));
        }
        if path.starts_with("/checkout") {
            return Some(self.line(
                t,
                "INFO",
                "payments",
                &format!(
                    "charge ok order={} amount={}.{:02}",
                    hit.cid % 100_000,
                    4 + rng.below(190),
                    rng.below(100)
                ),
            ));
        }
        if hit.method == "POST" || rng.chance(1, 4) {
            return Some(self.line(
                t,
                "INFO",
                "web",
                &format!("{} {path} {} {}ms", hit.method, hit.status, took_ms(hit)),
            ));
        }
        None
    }

    fn fault(&self, t: i64, hit: &Hit, rng: &mut Rng) -> String {
        let last = *rng.pick(self.raised);
        self.traceback(t, hit, self.frames, last)
    }

    fn oops(&self, t: i64, hit: &Hit, rng: &mut Rng) -> String {
        if hit.status != 500 {
            return self.line(
                t,
                "ERROR",
                "web",
                &format!(
                    "worker gave up on {} {} after {}ms",
                    hit.method,
                    hit.path,
                    took_ms(hit)
                ),
            );
        }
        let frames: &[_] = &[
            ("app.py", 88, "dispatch", "return view(**args)"),
            ("catalog.py", 41, "price", "return table[currency]"),
        ];
        self.traceback(
            t,
            hit,
            frames,
            if rng.chance(1, 2) {
                "KeyError: 'GHS'"
            } else {
                "KeyError: None"
            },
        )
    }
}
