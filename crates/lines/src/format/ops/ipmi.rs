//! `ipmitool sel list`: `  1a | 11/20/2026 | 04:34:02 | Power Supply #0x62 | Power Supply AC lost | Asserted`. Month first, in the
//! clock of the board, which is often wrong; an unset clock says `Pre-Init`.

use crate::format::leaf;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp::iso;

/// System event log of a BMC.
pub struct Ipmi;

impl Format for Ipmi {
    fn meta(&self) -> Meta<'_> {
        Meta::system(
            "IPMI event log",
            "events of a machine's board: ipmitool sel list, sel elist",
        )
        .begins(b" 0-9a-f", Signs::BAR)
        .sample(
            "  1a | 11/20/2026 | 04:34:02 | Power Supply #0x62 | Power Supply AC lost | Asserted",
        )
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !matches!(line.first()?, b' ' | b'0'..=b'9' | b'a'..=b'f') {
            return None;
        }
        // the cheap no: the number is short, whatever blanks stand around it
        let blank = |c: &&u8| c.is_ascii_whitespace();
        let lead = line.iter().take_while(blank).count();
        let digits = line[lead..].iter().take_while(|c| c.is_ascii_hexdigit());
        let behind = line[lead + digits.count()..].iter().find(|c| !blank(c));
        if behind != Some(&b'|') {
            return None;
        }
        let mut parts = line.splitn(4, |&c| c == b'|');
        let (number, date) = (parts.next()?.trim_ascii(), parts.next()?.trim_ascii());
        let (clock, text) = (parts.next()?.trim_ascii(), parts.next()?.trim_ascii());
        if number.is_empty() || number.len() > 8 || !number.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let stamp = match date {
            b"Pre-Init" => None,
            _ => Some(stamp(date, clock)?),
        };
        // `Sensor | Event | Asserted`
        let deasserted = text.ends_with(b"Deasserted");
        let level = if deasserted { Level::Info } else { Level::Warn };
        let text = if deasserted {
            // the trouble that it names is over
            text.rsplit(|&c| c == b'|').next()?.trim_ascii()
        } else {
            text
        };
        let mut r = Record::new(stamp, Body::Message(Message::new(level, text)));
        r.scope = Some(Kind::System);
        Some(r)
    }
}

/// `mm/dd/yyyy` (or `yy`) and `hh:mm:ss`, perhaps with a zone behind.
fn stamp(date: &[u8], clock: &[u8]) -> Option<Stamp> {
    let mut d = date.split(|&c| c == b'/');
    let (month, day, year) = (d.next()?, d.next()?, d.next()?);
    if month.len() != 2 || day.len() != 2 || d.next().is_some() {
        return None;
    }
    let mut b = *b"2000-mm-ddThh:mm:ss";
    match year.len() {
        4 => b[..4].copy_from_slice(year),
        2 => b[2..4].copy_from_slice(year),
        _ => return None,
    }
    leaf::uint(&b[..4])?;
    b[5..7].copy_from_slice(month);
    b[8..10].copy_from_slice(day);
    b[11..].copy_from_slice(clock.get(..8)?);
    let (rest, s) = iso(&b).ok()?;
    rest.is_empty().then_some(s)
}
