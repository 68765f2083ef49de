//! What the status of a request says of how it went. Which requests are counted is not decided here.

/// Whether the server failed.
#[inline(always)]
pub(crate) fn is_failed(status: u16) -> bool {
    (500..600).contains(&status)
}

/// Whether the client is at fault.
#[inline(always)]
pub(crate) fn is_client_fault(status: u16) -> bool {
    (400..500).contains(&status) && !is_given_up(status)
}

/// Whether the client or the proxy gave up without an answer.
#[inline(always)]
pub(super) fn is_given_up(status: u16) -> bool {
    matches!(status, 0 | 444 | 460 | 499)
}
