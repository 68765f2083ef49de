//! How a remote call ended, in the statuses of HTTP: the codes of gRPC, by their words or numbers. Which fields hold them stands in
//! `keys`.

use crate::table::byte_words;

/// The codes in the order of their numbers.
const CODES: [&[u8]; 17] = byte_words(
    "ok canceled unknown invalidargument deadlineexceeded notfound alreadyexists permissiondenied resourceexhausted \
    failedprecondition aborted outofrange unimplemented internal unavailable dataloss unauthenticated",
);
/// What each is over HTTP (google/rpc/code.proto; a call that the caller gave up is 499 there as here).
const STATUSES: [u16; CODES.len()] = [
    200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
];

/// The status of a code: `DeadlineExceeded`, `DEADLINE_EXCEEDED` or `4`.
pub(super) fn status(code: &[u8]) -> Option<u16> {
    let number = match crate::format::leaf::uint(code) {
        Some(n) => usize::try_from(n).ok()?,
        None => {
            let letters = || code.iter().filter(|c| **c != b'_');
            let is = |w: &&[u8]| letters().map(u8::to_ascii_lowercase).eq(w.iter().copied());
            CODES.iter().position(is)?
        }
    };
    STATUSES.get(number).copied()
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
