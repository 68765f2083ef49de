//! How a job of a CI runner ends: GitHub Actions' `##[error]Process completed with exit code 1.`, Jenkins' `Finished: SUCCESS`,
//! GitLab's `Job succeeded`.
//! A job is a deploy only where its source has begun one, so that these are worth nothing alone.

use crate::format::app::message::plain;
use crate::format::line_features::Signs;
use crate::format::pager::value;
use crate::format::{Format, Meta};
use crate::record::{MarkerKind, Notice, Record};
use crate::time::stamp;

/// Ends of CI jobs.
pub struct CiJob;

impl Format for CiJob {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy(
            "CI job",
            "how jobs of GitHub Actions, GitLab and Jenkins end",
        )
        .begins(b"0-9[", Signs::TIMED)
        .begins(b"FJE\x1b", Signs::NONE)
        .sample("[2026-03-10T13:01:30.100Z] Finished: SUCCESS")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // the cheap no: it is a line of a few words
        if line.len() > 120 {
            return None;
        }
        let plain = plain(line);
        let (at, text) = match plain.first()? {
            b'F' | b'J' | b'E' => (None, &*plain),
            b'[' => {
                let (rest, at) = stamp::iso(&plain[1..]).ok()?;
                (Some(at), rest.strip_prefix(b"] ")?)
            }
            b'0'..=b'9' => {
                let (rest, at) = stamp::iso(&plain).ok()?;
                (Some(at), rest.trim_ascii_start())
            }
            _ => return None,
        };
        let kind = match text.strip_prefix(b"Finished: ") {
            Some(b"SUCCESS") => Some(MarkerKind::DeployFinish),
            Some(b"FAILURE") => Some(MarkerKind::DeployFail),
            Some(b"ABORTED" | b"UNSTABLE" | b"NOT_BUILT") => None,
            Some(_) => return None,
            None if text == b"Job succeeded" => Some(MarkerKind::DeployFinish),
            None if text.starts_with(b"ERROR: Job failed") => Some(MarkerKind::DeployFail),
            None => {
                let code = text
                    .strip_prefix(b"##[error]Process completed with exit code ")?
                    .strip_suffix(b".")?;
                (code != b"0").then_some(MarkerKind::DeployFail)
            }
        };
        let notice = kind.map(|k| {
            let mut n = Notice::new(k, text.to_vec());
            n.confidence = Notice::ALONE_NOTHING;
            n
        });
        Some(value::record(at, notice.into_iter().collect()))
    }
}
