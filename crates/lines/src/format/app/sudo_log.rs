//! The log file of sudo itself (`Defaults logfile`): syslog's time, perhaps with a year, no host and no tag: `Mar 10 13:05:00 : ops :
//! TTY=… ; PWD=… ; USER=root ; COMMAND=…`. SudoReader are wrapped, so that the command may stand in the next one.

use crate::format::leaf::find;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp;
use std::borrow::Cow;

/// sudo's own log file.
pub struct SudoLog;

impl Format for SudoLog {
    fn meta(&self) -> Meta<'_> {
        Meta::system("sudo log", "the log file of sudo: who ran which command")
            .stateful()
            .begins(b"A-Z", Signs::TIMED | Signs::EQUALS | Signs::CLOCK)
            .sample("Mar 10 13:05:00 : ops : TTY=pts/0 ; PWD=/home/ops ; USER=root ; COMMAND=/usr/bin/systemctl restart nginx")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (stamp, text) = begun(line)?;
        Some(told(stamp, text))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(SudoReader::default()))
    }
}

/// The time, and `ops : TTY=…` behind it.
fn begun(line: &[u8]) -> Option<(Stamp, &[u8])> {
    line.first().filter(|c| c.is_ascii_uppercase())?;
    let (mut rest, mut stamp) = stamp::syslog(line).ok()?;
    if let [b' ', b'1'..=b'2', b'0'..=b'9', _, _, b' ', ..] = rest {
        // what `ctime` writes, but for the name of the day
        let n = line.len() - rest.len() + 5;
        let dated = [b"Xxx ", &line[..n]].concat();
        let (left, with_year) = stamp::ctime(&dated).ok()?;
        left.is_empty().then_some(())?;
        (rest, stamp) = (&line[n..], with_year);
    }
    let text = rest.strip_prefix(b" : ")?;
    let n = find(&text[..text.len().min(64)], b" : ")?;
    let named = !text[..n].is_empty() && !text[..n].contains(&b' ');
    let behind = &text[n + 3..];
    let known = [&b"TTY="[..], b"HOST=", b"PWD=", b"USER="];
    let own = known.iter().any(|k| behind.starts_with(k))
        || find(behind, b" ; ").is_some() && behind.contains(&b'=');
    (named && own).then_some((stamp, text))
}

/// The record of a whole entry, as syslog's lines of sudo make it.
fn told(stamp: Stamp, text: &[u8]) -> Record<'_> {
    if find(text, b"COMMAND=").is_none() {
        return Record::new(Some(stamp), Body::Nothing);
    }
    let mut m = Message::new(Level::Info, b"");
    m.text = Cow::Owned([b"sudo: ", text].concat());
    let mut r = Record::new(Some(stamp), Body::Message(m));
    r.scope = Some(Kind::System);
    r
}

/// Longest entry that is put together again, in bytes.
const LONGEST: usize = 1024;

/// The lines of one input.
#[derive(Default)]
struct SudoReader {
    /// An entry whose command is still to come.
    open: Option<(Stamp, Vec<u8>)>,
    /// The line before was of an entry.
    inside: bool,
}

impl Reader for SudoReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some((stamp, text)) = begun(line) {
            let r = told(stamp, text);
            self.inside = true;
            self.open = matches!(r.body, Body::Nothing)
                .then(|| (stamp, text[..text.len().min(LONGEST)].to_vec()));
            return Some(r);
        }
        let more = line.strip_prefix(b"    ").filter(|_| self.inside);
        let Some(more) = more else {
            (self.open, self.inside) = (None, false);
            return None;
        };
        let Some((stamp, mut text)) = self.open.take() else {
            return Some(Record::new(None, Body::Nothing));
        };
        text.push(b' ');
        text.extend_from_slice(&more[..more.len().min(LONGEST)]);
        if find(&text, b"COMMAND=").is_none() {
            text.truncate(LONGEST);
            self.open = Some((stamp, text));
            return Some(Record::new(None, Body::Nothing));
        }
        let r = told(stamp, &text);
        let Body::Message(m) = r.body else {
            return None;
        };
        let m = Message {
            text: Cow::Owned(m.text.into_owned()),
            ..Message::new(Level::Info, b"")
        };
        Some(Record {
            scope: r.scope,
            ..Record::new(r.stamp, Body::Message(m))
        })
    }
}
