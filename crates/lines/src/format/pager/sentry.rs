//! Sentry's issue webhooks: evidence of an error that is new, told long after by somebody else's rules, and no page.

use super::value::{self, Needles, Opened, finders, time};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, OBJECT};
use crate::record::Record;

static NEEDLES: Needles = Needles::new(|| finders(&["\"firstSeen\"", "\"shortId\"", "\"issue\""]));

/// Sentry issue webhooks, one per line.
pub struct Sentry;

impl Format for Sentry {
    fn meta(&self) -> Meta<'_> {
        Meta::pager("Sentry issue", "Sentry issue webhooks")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"action":"created","data":{"issue":{"lastSeen":"2026-03-10T13:05:00.903736Z","title":"AuthError: unsupported grant","shortId":"SHOP-2","firstSeen":"2026-03-10T13:05:00.903736Z","level":"error"}}}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !NEEDLES.all(line) {
            return None;
        }
        let Opened { received, body } = value::open(line)?;
        let issue = value::at(&body, &["data", "issue"]).or_else(|| body.get("issue"))?;
        let stamp = time(issue, "firstSeen").or(received)?;
        Some(value::record(Some(stamp), Vec::new()))
    }
}
