//! What single values of a structured application line say: levels, names, versions, and texts that report no more than a
//! request. Which field a value comes from is known in `fields`.

use super::message::service_of_logger;
use crate::format::leaf;
use crate::record::Level;
use crate::table::words;

/// A level as word or number: pino's and bunyan's tens, and the digits of syslog.
#[inline(never)]
pub(crate) fn level(value: &[u8]) -> Option<Level> {
    let value = value.trim_ascii();
    if let Some(n) = leaf::uint(value) {
        return Some(match n {
            0..=2 => Level::Fatal,
            3 => Level::Error,
            4 => Level::Warn,
            5 | 6 => Level::Info,
            7 => Level::Debug,
            10..=19 => Level::Trace,
            20..=29 => Level::Debug,
            30..=39 => Level::Info,
            40..=49 => Level::Warn,
            50..=59 => Level::Error,
            60..=69 => Level::Fatal,
            _ => return None,
        });
    }
    Level::from_word(value)
}

/// A host, service or version: one word.
pub(super) fn token(value: &[u8]) -> bool {
    value.len() <= 128 && leaf::is_graphic(value) && !value.contains(&b'\\')
}

/// The service that a logger names.
pub(super) fn logged_by(logger: &[u8]) -> Option<&[u8]> {
    service_of_logger(logger).filter(|_| token(logger))
}

/// The same for all loggers but those of servers, which change what a line means: `None` for these.
pub(crate) fn service_of(logger: &[u8]) -> Option<Option<&[u8]>> {
    let named = || logged_by(logger).filter(|s| !s.is_empty() && *s != b"-");
    (!logger.starts_with(b"http.log.")).then(named)
}

/// The application of a deploy tool (`argocd/cart-prod`) as service: without project and production suffix.
pub(super) fn application(value: &[u8]) -> &[u8] {
    let name = memchr::memrchr(b'/', value).map_or(value, |i| &value[i + 1..]);
    name.strip_suffix(b"-prod")
        .or_else(|| name.strip_suffix(b"-production"))
        .unwrap_or(name)
}

/// The tag of an image (`registry.example.net:5000/shop:4.2.0` → `4.2.0`); empty when it has none.
pub(super) fn image_tag(value: &[u8]) -> &[u8] {
    let name = memchr::memrchr(b'/', value).map_or(value, |i| &value[i + 1..]);
    memchr::memchr2(b':', b'@', name).map_or(b"", |i| &name[i + 1..])
}

/// Headers of an answer by which applications show their version.
const VERSIONS: [&str; 8] =
    words("app-version version service-version build-version release app-release revision build");

/// The header of an answer by which an application shows its version (`X-App-Version`, `X-Release`).
pub(super) fn is_version_header(name: &[u8]) -> bool {
    let bare = match name {
        [b'x' | b'X', b'-', rest @ ..] => rest,
        _ => name,
    };
    VERSIONS
        .iter()
        .any(|n| bare.eq_ignore_ascii_case(n.as_bytes()))
}
