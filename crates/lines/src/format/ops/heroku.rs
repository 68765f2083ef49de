//! Releases as Heroku's log shows them: `app[api]: Deploy 1a2b3c4 by user`, `Release v42 created by user`, `Rollback to v41 by user`;
//! also where a shipper keeps time and program in columns of its own.

use crate::format::line_features::Signs;
use crate::format::pager::value;
use crate::format::{Format, Meta};
use crate::record::{MarkerKind, Notice, Record};
use crate::time::stamp;

/// Releases in a Heroku log.
pub struct HerokuApi;

impl Format for HerokuApi {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy(
            "Heroku release",
            "releases, rollbacks and configuration in a Heroku log (app[api])",
        )
        .begins(b"0-9", Signs::TIMED)
        .begins(b"ADRS", Signs::NONE)
        .sample(
            "2026-03-10T13:40:00.123456+00:00 app[api]: Rollback to v41 by user alice@example.com",
        )
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (text, at) = match line.first()?.is_ascii_digit() {
            true if line.get(10) == Some(&b'T') => {
                let (rest, at) = stamp::iso(line).ok()?;
                (rest.strip_prefix(b" app[api]: ")?, Some(at))
            }
            true => return None,
            false => (line, None),
        };
        let (said, by) = match memchr::memmem::rfind(text, b" by user ") {
            Some(n) => (&text[..n], Some(&text[n + 9..])),
            None if at.is_none() => return None,
            None => (text, None),
        };
        let last = said.rsplit(|c| *c == b' ').next().unwrap_or(said);
        let (kind, version) = if said.starts_with(b"Rollback to ") {
            (MarkerKind::RollbackStart, Some(last))
        } else if said.starts_with(b"Deploy ") && said.split(|c| *c == b' ').count() == 2 {
            (MarkerKind::DeployStart, Some(last))
        } else if said.starts_with(b"Release v") {
            let v = said.split(|c| *c == b' ').nth(1);
            (MarkerKind::DeployFinish, v)
        } else if said.starts_with(b"Set ")
            || said.starts_with(b"Remove ")
            || said.starts_with(b"Attach ")
            || said.starts_with(b"Detach ")
        {
            (MarkerKind::ConfigChange, None)
        } else if said.starts_with(b"Scaled to ") {
            (MarkerKind::Scale, None)
        } else if at.is_none() {
            return None;
        } else {
            return Some(value::record(at, Vec::new()));
        };
        let mut n = Notice::new(kind, text);
        n.version = version.map(Into::into);
        n.actor = by.map(Into::into);
        if matches!(kind, MarkerKind::DeployFinish) {
            // a change of configuration makes a release too
            n.confidence = Notice::ALONE_NOTHING;
        }
        Some(value::record(at, vec![n]))
    }
}
