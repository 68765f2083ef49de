//! Raw traces of GitLab's runner: `section_start:EPOCH:name` and `section_end:EPOCH:name`, a carriage return, then what the
//! section shows. Other lines of a trace carry no time unless the runner was told to write one.

use crate::format::Format;
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::stamp;
use std::borrow::Cow;

/// Sections of a GitLab job.
pub struct GitLabJob;

impl Format for GitLabJob {
    fn name(&self) -> &str {
        "GitLab job"
    }
    fn kind(&self) -> Kind {
        Kind::Deploy
    }
    fn about(&self) -> &str {
        "sections in the trace of a GitLab runner"
    }
    fn sample(&self) -> &str {
        "section_start:1773147900:step_script\r\u{1b}[0KExecuting \"step_script\" stage of the job script"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b's'
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let rest = line.strip_prefix(b"section_")?;
        let (starts, rest) = match rest.strip_prefix(b"start:") {
            Some(r) => (true, r),
            None => (false, rest.strip_prefix(b"end:")?),
        };
        let (rest, stamp) = stamp::epoch(rest).ok()?;
        let rest = rest.strip_prefix(b":")?;
        let name = rest
            .iter()
            .position(|c| matches!(c, b'\r' | b'[' | 0x1b))
            .unwrap_or(rest.len());
        let shown = memchr::memchr(b'\r', rest).map_or(&rest[name..], |n| &rest[n + 1..]);
        // the escape may have been taken out already, its letter left
        let shown = crate::format::app::message::plain(shown);
        let text = match shown.trim_ascii() {
            b"" if starts => &rest[..name],
            t => t,
        };
        let body = match text {
            b"" => Body::Nothing,
            _ => Body::Message(Message {
                text: Cow::Owned(text.to_vec()),
                ..Message::new(Level::Info, b"")
            }),
        };
        Some(Record::new(Some(stamp), body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sections() {
        let text = |l: &str| {
            let r = GitLabJob.parse(l.as_bytes())?;
            assert_eq!(r.stamp, stamp::whole(b"1773147900"));
            match r.body {
                Body::Message(m) => Some(String::from_utf8_lossy(&m.text).into_owned()),
                _ => Some(String::new()),
            }
        };
        assert_eq!(
            text(GitLabJob.sample()).unwrap(),
            "Executing \"step_script\" stage of the job script"
        );
        assert_eq!(
            text("section_start:1773147900:deploy[collapsed=true]\r").unwrap(),
            "deploy"
        );
        assert_eq!(
            text("section_end:1773147900:deploy\r\u{1b}[0K").unwrap(),
            ""
        );
        assert_eq!(text("section_start:12:deploy"), None);
        assert_eq!(text("section_starts"), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(s in "section_(start|end):[0-9]{9,11}:?[\r\x1b\\[K0a-z]{0,12}") {
            let _ = GitLabJob.parse(s.as_bytes());
        }
    }
}
