//! How a job of a CI runner ends: GitHub Actions' `##[error]Process completed with exit code 1.`, Jenkins' `Finished: SUCCESS`.
//! A job is a deploy only where its source has begun one, so that these are worth nothing alone.

use crate::format::line_features::Signs;
use crate::format::pager::value;
use crate::format::{Format, Meta};
use crate::record::{MarkerKind, Notice, Record};
use crate::time::stamp;

/// Ends of CI jobs.
pub struct CiJob;

impl Format for CiJob {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy("CI job", "how jobs of GitHub Actions and Jenkins end")
            .begins(b"0-9[", Signs::TIMED)
            .begins(b"F", Signs::NONE)
            .sample("[2026-03-10T13:01:30.100Z] Finished: SUCCESS")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // the cheap no: both end in a few words
        if !matches!(line.last(), Some(b'.' | b'S' | b'E' | b'D')) {
            return None;
        }
        let (at, text) = match line.first()? {
            b'F' => (None, line),
            b'[' => {
                let (rest, at) = stamp::iso(&line[1..]).ok()?;
                (Some(at), rest.strip_prefix(b"] ")?)
            }
            b'0'..=b'9' => {
                let (rest, at) = stamp::iso(line).ok()?;
                (Some(at), rest.trim_ascii_start())
            }
            _ => return None,
        };
        let kind = match text.strip_prefix(b"Finished: ") {
            Some(b"SUCCESS") => Some(MarkerKind::DeployFinish),
            Some(b"FAILURE") => Some(MarkerKind::DeployFail),
            Some(b"ABORTED" | b"UNSTABLE" | b"NOT_BUILT") => None,
            Some(_) => return None,
            None => {
                let code = text
                    .strip_prefix(b"##[error]Process completed with exit code ")?
                    .strip_suffix(b".")?;
                (code != b"0").then_some(MarkerKind::DeployFail)
            }
        };
        let notice = kind.map(|k| {
            let mut n = Notice::new(k, text);
            n.confidence = Notice::ALONE_NOTHING;
            n
        });
        Some(value::record(at, notice.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Body;

    #[test]
    fn ends() {
        let kind = |l: &str| match CiJob.parse(l.as_bytes())?.body {
            Body::Notices(n) => Some(n.first().map_or("", |n| n.kind.word())),
            _ => None,
        };
        assert_eq!(kind(CiJob.sample()), Some("deploy_finish"));
        assert_eq!(kind("Finished: FAILURE"), Some("deploy_fail"));
        assert_eq!(kind("Finished: UNSTABLE"), Some(""));
        assert_eq!(
            kind("2026-03-10T13:01:31.0000000Z ##[error]Process completed with exit code 1."),
            Some("deploy_fail")
        );
        assert_eq!(
            kind("2026-03-10T13:01:31.0000000Z deploy finished: shop 4.2.0."),
            None
        );
        assert_eq!(kind("Finished: the soup."), None);
    }
}
