//! Redis and its kin (Valkey, KeyDB): `pid:role day month year time level text`.
//! One character shows the level; the role is not kept.

use crate::format::leaf::{
    Leaf, Parser, alt, blank, bracketed, delimited, digit1, one_of, preceded, rest, space0, tag,
    take, take_till, value,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp::{day_month, epoch, iso, syslog};
use std::borrow::Cow;

/// The log of Redis.
pub struct Redis;

impl Format for Redis {
    fn meta(&self) -> Meta<'_> {
        Meta::app("Redis", "Redis server log")
            .begins(b"0-9[", Signs::COLON | Signs::NO_CLIENT)
            .sample("4474:M 20 Nov 2026 06:34:55.443 * Connecting to MASTER 127.0.0.1:18380")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let role = (digit1, tag(":"), one_of("MSCX"), tag(" "));
        let line_of_a_role = preceded(role, (alt((day_month, iso)), said));
        let (_, (stamp, (level, text))) = alt((line_of_a_role, in_a_signal, before_3))
            .parse(line)
            .ok()?;
        let mut r = Record::new(Some(stamp), Body::Message(Message::new(level, text)));
        r.service = Some(Cow::Borrowed(b"redis"));
        Some(r)
    }
}

type LeveledText<'a> = (Level, &'a [u8]);

/// ` * text` behind a time.
fn said(i: &[u8]) -> Leaf<'_, LeveledText<'_>> {
    let mark = alt((
        value(Level::Debug, one_of(".-")),
        value(Level::Info, tag("*")),
        value(Level::Warn, tag("#")),
    ));
    (blank(mark), preceded(space0, rest)).parse(i)
}

/// `123:signal-handler (1795156399) text`: no role, no level, an epoch.
fn in_a_signal(i: &[u8]) -> Leaf<'_, (Stamp, LeveledText<'_>)> {
    let time = delimited(tag(":signal-handler ("), epoch, tag(") "));
    (preceded(digit1, time), rest.map(|text| (Level::Warn, text))).parse(i)
}

/// `[123] 20 Nov 06:33:18.123 * text`, as Redis wrote it before 3.0: no role and no year.
fn before_3(i: &[u8]) -> Leaf<'_, (Stamp, LeveledText<'_>)> {
    let clock = take_till(|c| c == b' ');
    // the day and the month change places for others
    let time = (take(2usize), tag(" "), take(3usize), tag(" "), clock);
    let time = time.map_opt(|(day, _, month, _, clock): (&[u8], _, &[u8], _, &[u8])| {
        let written = [month, b" ", day, b" ", clock].concat();
        let (left, s) = syslog(&written).ok()?;
        left.is_empty().then_some(s)
    });
    preceded((bracketed(digit1), tag(" ")), (time, said)).parse(i)
}
