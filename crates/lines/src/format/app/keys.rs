//! The names that structured application logs (JSON, logfmt) give to message, level, time, error, logger, host and version.
//! Names of request fields are the shared table's; no values here.

use super::values::is_version_header;
use crate::format::synonym::{self, Field};
use crate::table::{Meanings, meanings};
use serde::Deserialize;
use std::sync::LazyLock;

/// What the name of a field at the top of a line means. The number is how sure the name is (smaller is surer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Meaning {
    /// The message.
    Text(u8),
    /// Text that may be the message, or the whole line as written for people.
    Loose,
    Time,
    Level,
    /// PostgreSQL's level, by which its writer is known.
    PostgresLevel,
    /// A level of one letter, as MongoDB writes it; other things are named so too.
    ShortLevel,
    Logger,
    Service(u8),
    /// An application of a deploy tool.
    Application,
    Host(u8),
    Version(u8),
    /// An image, whose tag is a version.
    Image,
    Error(u8),
    /// Where a call went that failed.
    Called,
    /// The site of a request that a server answered.
    Site,
    /// Id of a trace.
    Trace,
    /// A part of a request.
    Part(RequestPart),
    Nothing,
}

/// What the name of a part of a request means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RequestPart {
    /// A latency whose name implies milliseconds although no unit is written.
    Milli,
    /// The method of a remote call.
    RpcMethod,
    /// How a remote call ended: a code of gRPC.
    RpcCode,
    /// On which side of a call the line was written.
    Side,
    /// As in the shared table.
    Of(Field),
}

/// The keys that are known, as `keys.tsv` lists them.
static KEYS: LazyLock<Meanings<Meaning>> = LazyLock::new(|| meanings(include_str!("keys.tsv")));

/// What a name at the top of a line means.
pub(crate) fn meaning(key: &[u8]) -> Meaning {
    let field = || synonym::field(key).map(|f| Meaning::Part(RequestPart::Of(f)));
    let known = KEYS.get(key).copied().or_else(field);
    known.unwrap_or(Meaning::Nothing)
}

/// What a name means that stands in an object of that name, which is looked into.
pub(crate) fn meaning_within(parent: &[u8], key: &[u8]) -> Meaning {
    match (parent, key) {
        (b"err" | b"error" | b"exception", _) => match key {
            b"stack" | b"stack_trace" | b"stacktrace" | b"traceback" => Meaning::Error(1),
            b"message" | b"msg" | b"value" => Meaning::Error(3),
            b"type" | b"code" | b"name" => Meaning::Error(6),
            _ => Meaning::Nothing,
        },
        // where a client's error holds its call
        (b"config", b"baseURL" | b"url") => Meaning::Called,
        (b"host", b"name" | b"hostname") => Meaning::Host(0),
        (b"kubernetes", b"pod_name") => Meaning::Host(2),
        (b"service" | b"serviceContext", b"name" | b"service") => Meaning::Service(0),
        (b"service" | b"serviceContext", b"version") => Meaning::Version(0),
        (b"log", b"level") | (b"level", b"name" | b"levelStr") => Meaning::Level,
        (b"log", b"logger") => Meaning::Logger,
        (b"trace", b"id") => Meaning::Trace,
        (b"t", b"$date") | (b"time", b"timestamp") => Meaning::Time,
        (b"request", b"host") => Meaning::Site,
        (b"attr", b"message") => Meaning::Error(2),
        // tracing of Rust
        (b"fields", b"message") => Meaning::Text(1),
        (b"fields", b"error" | b"err") => Meaning::Error(2),
        (b"res" | b"response" | b"req" | b"request" | b"http" | b"httpRequest" | b"fields", _) => {
            part(key).map_or(Meaning::Nothing, Meaning::Part)
        }
        (b"resp_headers" | b"response_headers", _) if is_version_header(key) => Meaning::Version(1),
        _ => Meaning::Nothing,
    }
}

/// What the name of a part of a request means.
fn part(key: &[u8]) -> Option<RequestPart> {
    match KEYS.get(key) {
        Some(Meaning::Part(part)) => Some(*part),
        _ => synonym::field(key).map(RequestPart::Of),
    }
}
