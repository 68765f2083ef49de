//! How a remote call ended, in the statuses of HTTP: the codes of gRPC, by their words or numbers. Which fields hold them stands in
//! `keys`.

/// The codes in the order of their numbers, and what each is over HTTP (google/rpc/code.proto; a call that the caller gave up is
/// 499 there as here).
const CODES: [(&[u8], u16); 17] = [
    (b"ok", 200),
    (b"canceled", 499),
    (b"unknown", 500),
    (b"invalidargument", 400),
    (b"deadlineexceeded", 504),
    (b"notfound", 404),
    (b"alreadyexists", 409),
    (b"permissiondenied", 403),
    (b"resourceexhausted", 429),
    (b"failedprecondition", 400),
    (b"aborted", 409),
    (b"outofrange", 400),
    (b"unimplemented", 501),
    (b"internal", 500),
    (b"unavailable", 503),
    (b"dataloss", 500),
    (b"unauthenticated", 401),
];

/// The status of a code: `DeadlineExceeded`, `DEADLINE_EXCEEDED` or `4`.
pub(super) fn status(code: &[u8]) -> Option<u16> {
    if let Some(n) = crate::format::leaf::uint(code) {
        return CODES.get(usize::try_from(n).ok()?).map(|c| c.1);
    }
    let letters = || {
        code.iter()
            .filter(|c| **c != b'_')
            .map(u8::to_ascii_lowercase)
    };
    let found = CODES
        .iter()
        .find(|(word, _)| letters().eq(word.iter().copied()));
    found.map(|c| c.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn codes_by_their_words_and_numbers() {
        holds("status of a remote call", |code| {
            or_dash(status(code.as_bytes()))
        });
    }
}
