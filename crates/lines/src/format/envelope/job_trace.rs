//! Logs of the jobs of CI servers with times. GitLab's (`FF_TIMESTAMPS`) are `TIME 00O text`: the number of the stream in two digits,
//! whether it is the output or the errors, and a sign where the text goes on from the line above, which is read as a line of its
//! own. GitHub's, as `gh run view --log` prints them, are `JOB⇥STEP⇥TIME text`.

use super::{Inside, Outer, Peeled};
use crate::format::leaf::{Parser, blank, one_of, take_while_m_n};
use crate::time::Stamp;
use crate::time::stamp::iso;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let (text, at) = gitlab(line).or_else(|| github(line))?;
    at.offset_min?;
    Some(Outer::new(Some(at), Inside::Bare).around_text(text))
}

/// A time of seven digits behind two columns, which only .NET writes.
fn github(line: &[u8]) -> Option<(&[u8], Stamp)> {
    /// Bytes of the name of a job and of a step at most.
    const NAME: usize = 128;
    // nearly all lines have no tab so near to their beginning
    let behind_tab = |b: &'_ [u8]| memchr::memchr(b'\t', &b[..b.len().min(NAME)]).map(|n| n + 1);
    let step = &line[behind_tab(line)?..];
    let rest = &step[behind_tab(step).filter(|n| *n > 1)?..];
    (rest.get(19) == Some(&b'.') && rest.get(27) == Some(&b'Z')).then_some(())?;
    let (text, at) = iso(rest).ok()?;
    Some((text.strip_prefix(b" ").unwrap_or(text), at))
}

fn gitlab(line: &[u8]) -> Option<(&[u8], Stamp)> {
    line.get(10).filter(|c| **c == b'T')?;
    let stream = (
        take_while_m_n(2, 2, |c: u8| c.is_ascii_hexdigit()),
        one_of("OE"),
        one_of(" +"),
    );
    let (text, (at, _)) = (iso, blank(stream)).parse(line).ok()?;
    Some((text, at))
}
