//! Messages that say no more than that a request came to its end: what stands in an access log, in words. Why it failed is not in
//! them.

use crate::table::words;

/// What such a message is about; it names one of these.
const ABOUT: &[&str] = &[
    "request", "call", "rpc", "http", "https", "grpc", "get", "post", "put", "patch", "delete",
    "head", "options",
];
/// What it may say of it: that it ended, and the reason phrases that repeat a status.
const SAYS: &[&str] = &words::<40>(
    "completed complete finished handled processed served done succeeded failed errored error responded response \
    returned answered sent received ended status code with in of for to from the took after ms s sec seconds duration \
    internal server bad gateway service unavailable",
);

/// Whether a message or its template holds only words of requests, paths, numbers and masks: `HTTP GET /x responded 500 in 12 ms`,
/// `handled request`.
pub fn only_reports_a_request(text: &[u8]) -> bool {
    let is = |w: &[u8], list: &[&str]| list.iter().any(|x| x.as_bytes().eq_ignore_ascii_case(w));
    let value = |w: &[u8]| {
        w.iter().any(|c| b"/<0123456789".contains(c)) || !w.iter().any(u8::is_ascii_alphabetic)
    };
    // how it ended, whatever it is called: `failed with status code 502`
    let failing = |w: &[u8]| matches!(w, [b'4' | b'5', b'0'..=b'9', b'0'..=b'9']);
    let mut named = false;
    let (mut of_status, mut status) = (false, false);
    let words = text.split(|c| c.is_ascii_whitespace() || b"\"'()[]{},:;=".contains(c));
    words.filter(|w| !w.is_empty()).all(|w| {
        let about = is(w, ABOUT);
        named |= about;
        of_status |= is(w, &["status"]);
        status |= failing(w) || w == b"<*>";
        about || value(w) || is(w, SAYS)
    }) && (named || of_status && status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_reports_a_request() {
        crate::tests::holds("only reports a request", |t| {
            only_reports_a_request(t.as_bytes())
        });
    }
}
