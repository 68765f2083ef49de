//! Whether a line speaks of a request at all, however it is wrapped: for who doubts that an input is read as what it is.

use super::learn::known_status;
use crate::format::leaf::find;
use crate::record::METHODS;

/// Whether a method, a path or a URL, and a status stand in a line as words of their own.
pub fn mentions_request(line: &[u8]) -> bool {
    if !METHODS.iter().any(|m| find(line, m).is_some()) {
        return false;
    }
    let apart = |c: &u8| c.is_ascii_whitespace() || b"\"'`,;:|=()[]{}<>\\".contains(c);
    let (mut method, mut status) = (false, false);
    for word in line.split(apart) {
        method |= METHODS.contains(&word);
        status |= word.len() == 3 && known_status(word);
    }
    // a path begins a word; that of a URL follows its host
    let path = memchr::memchr_iter(b'/', line).any(|at| {
        let before = at.checked_sub(1).map(|b| line[b]);
        before.is_none_or(|c| apart(&c) && c != b'<')
    });
    method && status && path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_seen_in_any_wrapper_and_an_error_is_none() {
        let requests: [&[u8]; 4] = [
            br#"{"line":"10.0.1.1 - - [10/Mar/2026:10:00:00 +0000] \"GET /cart HTTP/1.1\" 200 512"}"#,
            br#"<190>Mar 10 10:00:00 a b c: d: 10.0.1.1 "POST https://shop/cart HTTP/1.1" 502 0"#,
            br#"{"m":"GET","p":"/cart","s":503}"#,
            b"took 12 ms|PUT|/cart|201",
        ];
        for line in requests {
            assert!(mentions_request(line), "{}", String::from_utf8_lossy(line));
        }
        let others: [&[u8]; 4] = [
            br#"connect() failed (111: refused), client: 198.51.100.7, request: "GET /cart HTTP/1.1""#,
            b"GET ready for 200 more",
            b"cron: /usr/bin/job ended with 200",
            b"TARGET /x 200",
        ];
        for line in others {
            assert!(!mentions_request(line), "{}", String::from_utf8_lossy(line));
        }
    }
}
