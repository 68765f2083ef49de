//! Lines of syslog whose machine and tag were read before: the same bytes between the time and the number of the process. All else
//! goes the general way, in `syslog`, which gives the same.

use crate::fast::brief::{Brief, PathSpan};
use crate::fast::literal::TimeMemo;
use crate::fast::template::head_cache::KnownHead;
use crate::fast::template::{Memo, Take};
use crate::format::app::syslog::{depends_on_text, may_be_klog, parts, record, said_by_device};
use crate::format::app::text::stated_level;
use crate::record::{At, Level};
use crate::time::{Dated, Stamp, stamp};

/// Bytes of a time without a year, and where a fraction would begin.
const YEARLESS: usize = 15;
const BEHIND: usize = YEARLESS + 1;

/// The lines of one writer: bytes of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyslogTemplate {
    time: usize,
}

/// The last written times, without a year and with one.
#[derive(Clone, Debug, Default)]
pub(in crate::fast) struct SyslogTimes(TimeMemo<BEHIND>, TimeMemo);

/// A written time: `Nov 20 06:33:21`, `2026-11-20T06:33:21.123456+01:00`.
fn time(written: &[u8]) -> Option<Stamp> {
    let yearless = written.len() == YEARLESS;
    let (rest, s) = match yearless {
        true => stamp::syslog(written).ok()?,
        false => stamp::iso(written).ok()?,
    };
    let usual = match yearless {
        true => s.dated == Dated::NoYear && written[9] == b':' && written[12] == b':',
        false => s.offset_min.is_some() && written[10] == b'T',
    };
    (rest.is_empty() && usual).then_some(s)
}

impl SyslogTemplate {
    /// What a line shows of those like it.
    pub fn learn(line: &[u8]) -> Option<SyslogTemplate> {
        let yearless = line.first()?.is_ascii_uppercase().then_some(YEARLESS);
        let time = yearless.or_else(|| memchr::memchr(b' ', line))?;
        let template = SyslogTemplate { time };
        template.head(line).map(|_| template)
    }

    /// Whether a line that begins so may be one of them.
    #[inline(always)]
    pub fn may_begin(&self, first: u8) -> bool {
        match self.time {
            YEARLESS => first.is_ascii_uppercase(),
            _ => first.is_ascii_digit(),
        }
    }

    /// What stands between the time and the number of the process, or the colon where there is none.
    fn head(&self, line: &[u8]) -> Option<KnownHead> {
        let unread @ (stamp, level, host, tag, text) = parts(line)?;
        let (written, rest) = line.split_at_checked(self.time)?;
        let tag = tag.filter(|t| !depends_on_text(t))?;
        let behind = (tag.as_ptr() as usize).checked_sub(rest.as_ptr() as usize)? + tag.len();
        let (bytes, end) = rest.split_at_checked(behind + 1)?;
        // without a year in front of it nothing but the number of a process makes a word a tag for certain
        let numbered = bytes.ends_with(b"[");
        let own = stamp == Some(time(written)?) && (numbered || self.time == YEARLESS);
        let text = (end.len() - number(end, numbered)?) == text.len();
        let r = record(unread);
        let names = [host, r.service.as_deref()];
        let known = || KnownHead::new(((self.time, 0), false), bytes, (level, r.scope), names);
        (own && text && r.host.as_deref() == host)
            .then(known)
            .flatten()
    }

    /// As [`crate::fast::template::LineTemplate::read`].
    #[inline(always)]
    pub fn read<'a>(
        &self,
        after: &'a [u8],
        len: usize,
        memo: &mut Memo,
        take: impl Take<'a>,
    ) -> Option<()> {
        let line = after.get(..len)?;
        let rest = line.get(self.time..)?;
        if !self.may_begin(*line.first()?) || line.last() == Some(&b'\r') {
            return None;
        }
        let stamp = match self.time {
            YEARLESS => memo.syslog.0.time_by(after, 0, self.time, time)?,
            _ => memo.syslog.1.time_by(after, 0, self.time, time)?,
        };
        let behind = after.get(self.time..)?;
        let head = || self.head(line);
        let known =
            memo.heads
                .known((self.time, 0), behind, rest.len(), head, &mut memo.numbers)?;
        let end = rest.get(known.len..)?;
        let numbered = rest.get(known.len - 1) == Some(&b'[');
        let text = end
            .get(number(end, numbered)?..)
            .filter(|t| !t.is_empty())?;
        if may_be_klog(text) || said_by_device(text).is_some() {
            return None;
        }
        let part = |at: Option<(usize, usize)>| at.and_then(|(from, to)| rest.get(from..to));
        let level: Level = stated_level(text, Some(known.level));
        take.brief(&Brief {
            stamp,
            stamped: At::End,
            host: part(known.host),
            service: part(known.service),
            scope: known.scope,
            version: None,
            names: known.names,
            request: None,
            path_at: PathSpan::Nowhere,
            said: Some((level, text, 0)),
        });
        Some(())
    }
}

/// Bytes between a tag and its text: the number of the process behind its bracket, if it has one, and a blank.
#[inline(always)]
fn number(end: &[u8], numbered: bool) -> Option<usize> {
    let digits = end.iter().take_while(|c| c.is_ascii_digit()).count();
    match (numbered, end.get(digits..)?) {
        (true, [b']', b':', b' ', ..]) if (1..16).contains(&digits) => Some(digits + 3),
        (false, [b' ', ..]) if digits == 0 => Some(1),
        _ => None,
    }
}
