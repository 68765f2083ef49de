//! Big seeded log files for benchmarks: realistic lengths and dirt, one incident, no meaning beyond that.
//! Written straight into byte buffers, since a slow generator would be the benchmark.

use crate::clock::{Day, S, clf, iso, zulu};
use crate::rng::Rng;
use std::io::{self, Write};

/// The kinds of files.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// nginx combined, about 207 bytes a line.
    Combined,
    /// nginx JSON, about 475 bytes a line.
    Json,
    /// logfmt and JSON lines of one application, about 210 bytes a line.
    App,
}

impl Kind {
    /// The kind with this name.
    pub fn named(name: &str) -> Option<Kind> {
        match name {
            "combined" => Some(Kind::Combined),
            "json" => Some(Kind::Json),
            "app" => Some(Kind::App),
            _ => None,
        }
    }

    fn line_bytes(self) -> u64 {
        match self {
            Kind::Combined => 207,
            Kind::Json => 475,
            Kind::App => 210,
        }
    }
}

const PER_SECOND: u64 = 60;
const PATHS: [&str; 10] = [
    "/",
    "/products/",
    "/search?q=blue+shoes&page=",
    "/api/v2/orders/",
    "/static/js/app.9f3b2c.js?v=",
    "/images/p/640/",
    "/cart?step=",
    "/account/orders?page=",
    "/api/v1/stock?sku=",
    "/blog/how-to-choose-a-tent-for-four/",
];
const AGENTS: [&str; 6] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0",
    "okhttp/4.12.0",
    "Mozilla/5.0 (compatible; \\x22bot\\x22; +http://bots.example/info)",
    "python-requests/2.31.0",
];

/// What is the same for all lines of a file, and the stamp of the current second.
struct Writer {
    rng: Rng,
    kind: Kind,
    second: i64,
    stamp: String,
    incident: (i64, i64),
}

/// Writes at least `bytes` bytes of `kind`: 60 lines a second from 2024-03-05 00:00 (+0100) on.
/// The incident begins at 60 % of the time and lasts twenty minutes, in short files a tenth of the time.
pub fn write(kind: Kind, bytes: u64, out: &mut impl Write) -> io::Result<()> {
    let start = Day::new(2024, 3, 5, 60).at(0, 0, 0);
    let seconds = (bytes / kind.line_bytes() / PER_SECOND).max(1) as i64;
    let onset = start + seconds * 6 / 10 * S;
    let length = (20 * 60).min(seconds / 10) * S;
    let mut w = Writer {
        rng: Rng::new(0xC0, kind as u64),
        kind,
        second: i64::MIN,
        stamp: String::new(),
        incident: (onset, onset + length),
    };
    filled(bytes, out, |buffer, n| {
        let t = start + (n * 1_000_000 / PER_SECOND) as i64;
        w.line(buffer, t, n)
    })
}

/// Writes lines, each by its number, until there are so many bytes.
pub(crate) fn filled(
    bytes: u64,
    out: &mut impl Write,
    mut line: impl FnMut(&mut Vec<u8>, u64) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(1 << 20);
    let (mut written, mut n) = (0u64, 0u64);
    while written + (buffer.len() as u64) < bytes {
        line(&mut buffer, n)?;
        n += 1;
        if buffer.len() > (1 << 20) - 8192 {
            out.write_all(&buffer)?;
            written += buffer.len() as u64;
            buffer.clear();
        }
    }
    out.write_all(&buffer)
}

impl Writer {
    fn line(&mut self, b: &mut Vec<u8>, t: i64, n: u64) -> io::Result<()> {
        // One line in a hundred is stamped up to three seconds early: long requests and several workers.
        let t = if self.rng.chance(1, 100) {
            t - self.rng.range(1, 3) * S
        } else {
            t
        };
        let fresh = t.div_euclid(S) != self.second;
        if fresh {
            self.second = t.div_euclid(S);
            self.stamp = match self.kind {
                Kind::Combined => clf(t, 60),
                Kind::Json => iso(t, 60),
                Kind::App => zulu(t - t.rem_euclid(S))[..19].to_string(),
            };
        }
        let ill = t >= self.incident.0 && t < self.incident.1;
        let status: u16 = match self.rng.below(1000) {
            d if ill && d < 800 => 502,
            0 => 500,
            1..=25 => 404,
            26..=60 => 304,
            61 => 499,
            62..=90 => 302,
            _ => 200,
        };
        match self.kind {
            Kind::Combined => self.combined(b, status),
            Kind::Json => self.json(b, status, n),
            Kind::App => self.app(b, status, n, t),
        }
    }

    fn path(&mut self, b: &mut Vec<u8>) -> io::Result<()> {
        let id = self.rng.below(90_000);
        match self.rng.below(4000) {
            0 => b.write_all(b"\\x16\\x03\\x01\\x00\\xEE\\x01\\x00"),
            1 => {
                write!(b, "GET /login?next=")?;
                (0..60 + id % 300).try_for_each(|_| b.write_all(b"%2Faccount"))?;
                b.write_all(b" HTTP/1.1")
            }
            _ => {
                let path = PATHS[(id % 10) as usize];
                let method = if id.is_multiple_of(7) { "POST" } else { "GET" };
                write!(
                    b,
                    "{method} {path}{id} HTTP/{}",
                    if id.is_multiple_of(3) { "2.0" } else { "1.1" }
                )
            }
        }
    }

    fn combined(&mut self, b: &mut Vec<u8>, status: u16) -> io::Result<()> {
        let (x, bytes) = (self.rng.bits(), self.rng.below(48_000));
        write!(
            b,
            "{}.{}.{}.{} - - [{}] \"",
            11 + x % 180,
            x >> 8 & 255,
            x >> 16 & 255,
            x >> 24 & 255,
            self.stamp
        )?;
        self.path(b)?;
        let referer = if x & 1 << 40 == 0 {
            "-"
        } else {
            "https://www.example.org/products/all"
        };
        writeln!(
            b,
            "\" {status} {bytes} \"{referer}\" \"{}\"",
            AGENTS[[0, 1, 0, 1, 2, 0, 1, 0, 1, 3, 0, 1, 4, 3, 1, 5][(x >> 44 & 15) as usize]]
        )
    }

    fn json(&mut self, b: &mut Vec<u8>, status: u16, n: u64) -> io::Result<()> {
        let (x, y, bytes) = (self.rng.bits(), self.rng.bits(), self.rng.below(48_000));
        write!(
            b,
            "{{\"time\":\"{}\",\"remote_addr\":\"{}.{}.{}.{}\",\"request\":\"",
            self.stamp,
            11 + x % 180,
            x >> 8 & 255,
            x >> 16 & 255,
            x >> 24 & 255
        )?;
        let from = b.len();
        self.path(b)?;
        while let Some(i) = b[from..].windows(2).position(|w| w == b"\\x") {
            b.splice(from + i..from + i + 2, *b"\\u00");
        }
        let agent = AGENTS[(n % 3 + x % 3 / 2 * 3) as usize % 4];
        writeln!(
            b,
            "\",\"status\":{status},\"body_bytes_sent\":{bytes},\"request_time\":0.{:03},\"upstream_addr\":\"10.0.{}.{}:8080\",\"upstream_status\":\"{status}\",\"upstream_response_time\":\"0.{:03}\",\"http_referer\":\"https://www.example.org/products/all\",\"http_user_agent\":\"{agent}\",\"request_id\":\"{x:016x}{y:016x}\"}}",
            y % 1000,
            y >> 10 & 3,
            y >> 12 & 15,
            y % 1000
        )
    }

    fn app(&mut self, b: &mut Vec<u8>, status: u16, n: u64, t: i64) -> io::Result<()> {
        let (x, ms) = (self.rng.bits(), t.rem_euclid(S) / 1000);
        let (level, msg) = match status {
            502 => (
                "error",
                "upstream call failed: dial tcp 10.0.3.7:5432: connect: connection refused",
            ),
            500 => ("error", "unhandled: index out of range [4] with length 4"),
            499 => ("warn", "client went away before the answer was written"),
            _ => ("info", "request completed within budget, answer sent"),
        };
        let path = PATHS[(x % 10) as usize];
        if n.is_multiple_of(3) {
            writeln!(
                b,
                "{{\"time\":\"{}.{ms:03}Z\",\"level\":\"{level}\",\"service\":\"orders\",\"host\":\"app-{}\",\"msg\":\"{msg}\",\"path\":\"{path}{}\",\"status\":{status},\"ms\":{},\"trace_id\":\"{x:016x}\"}}",
                self.stamp,
                x >> 8 & 7,
                x >> 12 & 0xffff,
                x >> 28 & 255
            )
        } else {
            writeln!(
                b,
                "ts={}.{ms:03}Z level={level} service=orders host=app-{} msg=\"{msg}\" path=\"{path}{}\" status={status} ms={} trace_id={x:016x} user=u{}",
                self.stamp,
                x >> 8 & 7,
                x >> 12 & 0xffff,
                x >> 28 & 255,
                x >> 36 & 0xffff
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(kind: Kind, bytes: u64) -> Vec<u8> {
        let mut out = Vec::new();
        write(kind, bytes, &mut out).expect("memory");
        out
    }

    #[test]
    fn lines_have_the_promised_length_and_files_repeat() {
        for kind in [Kind::Combined, Kind::Json, Kind::App] {
            let file = made(kind, 2_000_000);
            assert!(file.len() >= 2_000_000 && file.ends_with(b"\n"));
            let lines = file.iter().filter(|b| **b == b'\n').count() as u64;
            let mean = file.len() as u64 / lines;
            assert!(
                mean.abs_diff(kind.line_bytes()) <= kind.line_bytes() / 20,
                "{kind:?}: {mean}"
            );
            assert_eq!(file, made(kind, 2_000_000));
        }
    }

    #[test]
    fn json_lines_are_json() {
        for kind in [Kind::Json, Kind::App] {
            for line in made(kind, 3_000_000)
                .split(|b| *b == b'\n')
                .filter(|l| l.starts_with(b"{"))
            {
                serde_json::from_slice::<serde_json::Value>(line).expect("valid");
            }
        }
    }
}
