//! What a server prints between its access lines: the stack of a request that failed, before or behind that request's line.
//! Kept until the line of a failed request takes it. Which lines are a stack is known to `app::stack`.

use crate::format::Reader;
use crate::format::app::stack::{self, Continuation};
use crate::record::{Body, Level, Message, Record};

/// Longest exception that is kept, in bytes.
const KEPT: usize = 300;

/// A stack that is being read, and its decisive line.
#[derive(Clone, Debug, Default)]
pub(super) struct Trouble {
    open: bool,
    decisive: Vec<u8>,
}

impl Trouble {
    /// Takes a line if it belongs to a stack.
    pub(super) fn takes(&mut self, line: &[u8]) -> bool {
        let Some(c) = stack::continuation(line) else {
            self.open = false;
            return false;
        };
        self.open |= c == Continuation::Opening;
        if !self.open {
            return false;
        }
        if let Some(e) = stack::exception(line) {
            self.decisive = e[..e.len().min(KEPT)].to_vec();
            // what is not indented ends a stack of Python
            self.open = c != Continuation::Exception;
        }
        true
    }

    /// The exception, for the request of this status; it is forgotten.
    pub(super) fn of_request<'a>(&mut self, status: u16) -> Option<Message<'a>> {
        self.open = false;
        let decisive = std::mem::take(&mut self.decisive);
        if decisive.is_empty() || status < 500 {
            return None;
        }
        Some(Message::new(Level::Error, decisive))
    }
}

/// Reads the lines of a server that prints such stacks: each line by its format, a stack to the request that it is of.
#[derive(Clone)]
pub(in crate::format) struct WithTrouble<P> {
    parse: P,
    /// Whether lines of the server have been seen: only then is a stack its own.
    own: bool,
    trouble: Trouble,
}

impl<P: Fn(&[u8]) -> Option<Record<'_>>> WithTrouble<P> {
    pub(in crate::format) fn new(parse: P) -> Self {
        WithTrouble {
            parse,
            own: false,
            trouble: Trouble::default(),
        }
    }
}

impl<P: Fn(&[u8]) -> Option<Record<'_>> + Send + Clone + 'static> Reader for WithTrouble<P> {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        let Some(mut record) = (self.parse)(line) else {
            return (self.own && self.trouble.takes(line))
                .then(|| Record::new(None, Body::Nothing));
        };
        self.own = true;
        if let Body::Request(r) = &mut record.body {
            r.message = self.trouble.of_request(r.status);
        }
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_taken_whole_and_reported_once() {
        let mut t = Trouble::default();
        assert!(!t.takes(b"  indented without a head") && !t.takes(b"KeyError: 'k'"));
        for l in [
            "Traceback (most recent call last):",
            "  File \"wsgi.py\", line 4, in app",
            "RuntimeError: checkout failed",
        ] {
            assert!(t.takes(l.as_bytes()), "{l}");
        }
        assert!(!t.takes(b"  more") && !t.takes(b"plain"));
        let m = t.of_request(500).unwrap();
        assert_eq!(m.text.as_ref(), b"RuntimeError: checkout failed");
        assert!(t.of_request(500).is_none());
    }

    #[test]
    fn an_answer_that_did_not_fail_forgets_it() {
        let mut t = Trouble::default();
        assert!(t.takes(b"Traceback (most recent call last):") && t.takes(b"KeyError: 'k'"));
        assert!(t.of_request(200).is_none() && t.of_request(500).is_none());
    }
}
