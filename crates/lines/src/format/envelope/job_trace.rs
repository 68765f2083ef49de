//! Logs of GitLab's jobs with times (`FF_TIMESTAMPS`): `TIME 00O text`: the number of the stream in two digits, whether it is the output
//! or the errors, and a sign where the text goes on from the line above, which is read as a line of its own.

use super::{Envelope, Inside, Outer, Peeled};
use crate::format::leaf::{Parser, blank, one_of, take_while_m_n};
use crate::time::stamp::iso;
use std::borrow::Cow;

/// Lines of a job's log.
pub static JOB_TRACE: Envelope = Envelope {
    name: "GitLab job log",
    about: "logs of GitLab's jobs with times: time, stream, text",
    sample: "2026-03-10T13:05:01.123456Z 01O level=error msg=\"x\" status=500",
    cuts_lines: false,
    of_whole_files: false,
    begins: b"0-9",
    keys: &[],
    peel,
};

fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    line.get(10).filter(|c| **c == b'T')?;
    let stream = (
        take_while_m_n(2, 2, |c: u8| c.is_ascii_hexdigit()),
        one_of("OE"),
        one_of(" +"),
    );
    let (text, (at, _)) = (iso, blank(stream)).parse(line).ok()?;
    at.offset_min?;
    Some(Peeled {
        text: Cow::Borrowed(text),
        outer: Outer::new(Some(at), Inside::Bare),
    })
}
