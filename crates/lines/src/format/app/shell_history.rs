//! Histories of shells with times: `#1773147900` above its command (bash, and tcsh with a `+`), `: 1773147900:0;command` (zsh). What a
//! person typed is read as `sudo` is where it is a command that acts on services or packages, and says nothing else.

use crate::format::leaf;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::{Precision, SECOND, Stamp};
use std::borrow::Cow;

/// Histories of shells.
pub struct ShellHistory;

impl Format for ShellHistory {
    fn meta(&self) -> Meta<'_> {
        Meta::system(
            "shell history",
            "histories of bash, zsh and tcsh with times: which commands a person gave",
        )
        .stateful()
        .begins(b"#:", Signs::NONE)
        .sample(": 1773147900:0;systemctl restart nginx")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        match above(line) {
            Some(stamp) => Some(Record::new(Some(stamp), Body::Nothing)),
            None => {
                let (stamp, command) = zsh(line)?;
                Some(given(stamp, command))
            }
        }
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(ShellHistoryReader::default()))
    }
}

/// Ten digits as seconds since 1970.
fn seconds(b: &[u8]) -> Option<Stamp> {
    let n = leaf::uint(b).filter(|_| b.len() == 10)?;
    let s = i64::try_from(n).ok()?;
    (s >= 1_000_000_000).then(|| Stamp::utc(s * SECOND, Precision::Second))
}

/// `#1773147900`, alone on its line.
fn above(line: &[u8]) -> Option<Stamp> {
    let b = line.strip_prefix(b"#")?;
    seconds(b.strip_prefix(b"+").unwrap_or(b))
}

/// `: 1773147900:12;command`.
fn zsh(line: &[u8]) -> Option<(Stamp, &[u8])> {
    let (time, rest) = line.strip_prefix(b": ")?.split_at_checked(10)?;
    let rest = rest.strip_prefix(b":")?;
    let n = rest
        .iter()
        .take(9)
        .take_while(|c| c.is_ascii_digit())
        .count();
    let command = rest[n..].strip_prefix(b";").filter(|_| n > 0)?;
    Some((seconds(time)?, command))
}

/// Programs that act on services, packages or processes.
const ACTING: [&[u8]; 17] = [
    b"systemctl",
    b"service",
    b"nginx",
    b"apt",
    b"apt-get",
    b"aptitude",
    b"dpkg",
    b"yum",
    b"dnf",
    b"kill",
    b"pkill",
    b"killall",
    b"iptables",
    b"nft",
    b"truncate",
    b"sudo",
    b"rm",
];

/// Longest command that is read.
const LONGEST: usize = 1024;

/// The record of a command.
fn given(stamp: Stamp, command: &[u8]) -> Record<'_> {
    let command = command.trim_ascii();
    let command = &command[..command.len().min(LONGEST)];
    let first = command.split(|c| *c == b' ').next().unwrap_or_default();
    let program = first.rsplit(|c| *c == b'/').next().unwrap_or(first);
    if !ACTING.contains(&program) {
        return Record::new(Some(stamp), Body::Nothing);
    }
    let mut m = Message::new(Level::Info, b"");
    m.text = Cow::Owned([b"sudo: shell : USER=unknown ; COMMAND=", command].concat());
    let mut r = Record::new(Some(stamp), Body::Message(m));
    r.scope = Some(Kind::System);
    r
}

/// The lines of one input.
#[derive(Default)]
struct ShellHistoryReader {
    /// The time above the next command.
    above: Option<Stamp>,
    /// The command goes on in the next line.
    goes_on: bool,
}

impl Reader for ShellHistoryReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some(stamp) = above(line) {
            (self.above, self.goes_on) = (Some(stamp), false);
            return Some(Record::new(Some(stamp), Body::Nothing));
        }
        let before = std::mem::replace(&mut self.goes_on, line.ends_with(b"\\"));
        if let Some((stamp, command)) = zsh(line) {
            self.above = None;
            return Some(given(stamp, command));
        }
        if let Some(stamp) = self.above.take() {
            return Some(given(stamp, line));
        }
        let more = before.then(|| Record::new(None, Body::Nothing));
        self.goes_on &= more.is_some();
        more
    }
}
