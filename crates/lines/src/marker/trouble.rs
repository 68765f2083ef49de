//! Words by which a line without a level (or of level INFO) is kept as a template all the same. No marker, and no judgement.

use regex::bytes::Regex;
use std::sync::LazyLock;

/// Trouble, a database that logs waits, who holds what is waited for, stops and recovery at level LOG, the statement that it names beside them, a machine
/// that starts cold, and who listens on which address.
pub(super) const PATTERN: &str = r"(?i-u)error|exception|fail|fatal|panic|refused|timed? ?out|unreachable|denied|no space|killed|oom-kill|segfault|corrupt|battery|overload|overheat|temperature|power|still waiting|acquired \w+lock|holding the lock|conflicting process|held by|blocked by|blocker|blocking_|deadlock|database system|shutdown request|aborting|terminating|exhausted|unavailable|too many|expired|longer than|degraded|suspended|predictive|unrecover|uncorrect|unretry|(?:to|is|link|went|neighbou?r|->) down\b|Linux version \d|listening (?:at|on)|^STATEMENT:";

static REGEX: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PATTERN).ok());

/// Whether a text has any of them.
pub(super) fn is_trouble(text: &[u8]) -> bool {
    REGEX.as_ref().is_some_and(|r| r.is_match(text))
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_of_trouble() {
        crate::tests::holds("trouble", |t| super::is_trouble(t.as_bytes()));
    }
}
