//! The names that structured application logs (JSON, logfmt) give to message, level, time, error, logger, host and version.
//! Names of request fields are the shared table's; no values here.

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

/// What the name of a part of a request means.
pub(super) fn part(key: &[u8]) -> Option<RequestPart> {
    match KEYS.get(key) {
        Some(Meaning::Part(part)) => Some(*part),
        _ => synonym::field(key).map(RequestPart::Of),
    }
}
