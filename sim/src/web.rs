//! Hits and complaints as the lines that nginx writes: combined and relatives, JSON, error log.

use crate::clock::{S, clf, iso, slashed};
use crate::out::Log;
use crate::rng::Rng;
use crate::traffic::{Complaint, Hit, Server};

/// A `log_format`.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// The stock format.
    Combined,
    /// The stock package's `main`: combined and the forwarded-for header.
    Main,
    /// Combined with `rt= ua= us= urt=` at the end.
    Timed,
    /// One JSON object per line, ISO stamp with offset.
    Json {
        /// With the request id.
        ids: bool,
    },
}

fn seconds(us: i64) -> String {
    format!("{}.{:03}", us / S, us % S / 1000)
}

fn attempts(hit: &Hit, f: impl Fn(&crate::traffic::Try) -> String) -> String {
    if hit.tries.is_empty() {
        return "-".into();
    }
    hit.tries.iter().map(f).collect::<Vec<_>>().join(", ")
}

fn status(s: u16) -> String {
    if s == 0 { "-".into() } else { s.to_string() }
}

/// One access line; `group` is the name printed when no server was left.
pub fn access(hit: &Hit, format: Access, servers: &[Server], group: &str, off: i64) -> String {
    let user = if hit.user % 11 == 3 && hit.path.starts_with("/admin") {
        format!("user{}", hit.user)
    } else {
        "-".into()
    };
    let bytes = hit.bytes;
    let head = format!(
        "{} - {user} [{}] \"{}\" {} {bytes} \"{}\" \"{}\"",
        hit.ip,
        clf(hit.end, off),
        hit.line(),
        hit.status,
        hit.referer,
        hit.agent
    );
    let total = seconds(hit.end - hit.start);
    let addr = attempts(hit, |t| {
        t.server
            .map_or(group.to_string(), |i| servers[i].addr.to_string())
    });
    let answers = attempts(hit, |t| status(t.status));
    let times = attempts(hit, |t| seconds(t.us));
    match format {
        Access::Combined => head,
        Access::Main if hit.user % 5 == 1 => {
            format!("{head} \"10.112.{}.{}\"", hit.user % 250, hit.user % 97)
        }
        Access::Main => format!("{head} \"-\""),
        Access::Timed => {
            format!("{head} rt={total} ua=\"{addr}\" us=\"{answers}\" urt=\"{times}\"")
        }
        Access::Json { ids } => {
            let agent = hit.agent.replace("\\x22", "\\\"");
            let id = if ids {
                format!(",\"request_id\":\"{}\"", hit.id)
            } else {
                String::new()
            };
            let line = hit.line().replace("\\x", "\\u00");
            format!(
                "{{\"time\":\"{}\",\"remote_addr\":\"{}\",\"request\":\"{line}\",\"status\":{},\"body_bytes_sent\":{bytes},\"request_time\":{total},\"upstream_addr\":\"{addr}\",\"upstream_status\":\"{answers}\",\"upstream_response_time\":\"{times}\",\"http_referer\":\"{}\",\"http_user_agent\":\"{agent}\"{id}}}",
                iso(hit.end, off),
                hit.ip,
                hit.status,
                hit.referer
            )
        }
    }
}

/// All hits as an access log.
pub fn access_log(
    path: &str,
    hits: &[Hit],
    format: Access,
    servers: &[Server],
    group: &str,
    off: i64,
) -> Log {
    let mut log = Log::new(path);
    for hit in hits {
        log.line(hit.end, access(hit, format, servers, group, off));
    }
    log
}

/// All complaints as an error log in local time, with a reload for log rotation and a few warnings between.
pub fn error_log(
    path: &str,
    complaints: &[Complaint],
    hits: &[Hit],
    off: i64,
    rng: &mut Rng,
) -> Log {
    let mut log = Log::new(path);
    let pid = 800 + rng.below(30_000);
    for c in complaints {
        let worker = pid + 1 + (c.t / S % 2) as u32;
        log.line(
            c.t,
            format!(
                "{} [{}] {worker}#{worker}: {}",
                slashed(c.t, off),
                c.level,
                c.text
            ),
        );
    }
    for hit in hits
        .iter()
        .filter(|h| h.method == "POST" && h.cid % 601 == 0)
    {
        let worker = pid + 1 + (hit.start / S % 2) as u32;
        let file = format!("/var/cache/nginx/client_temp/{:010}", hit.cid % 90_000);
        let what = format!(
            "*{} a client request body is buffered to a temporary file {file}",
            hit.cid
        );
        log.line(
            hit.start,
            format!(
                "{} [warn] {worker}#{worker}: {what}, client: {}, server: _, request: \"{}\"",
                slashed(hit.start, off),
                hit.ip,
                hit.line()
            ),
        );
    }
    log
}
