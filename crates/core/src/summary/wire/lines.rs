//! Lines that may be cited and where they lie, and the stretches of an input that are covered.

use super::bytes::{Read, WireText};
use super::unheard;
use crate::summary::clock_jumps::{Ends, Steps};
use crate::summary::{
    Activity, CitableLine, Coverage, FailedSeconds, FirstLast, Pos, Seen, Stretch,
};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// Time, byte, line, lines after it, text.
type SeenRow<T> = (i64, u64, u64, u32, T);

impl Serialize for Seen {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Pos { offset, line } = self.pos;
        let row: SeenRow<_> = (self.us, offset, line, self.more, WireText(&self.raw));
        row.serialize(to)
    }
}

impl<'d> Deserialize<'d> for Seen {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let (us, offset, line, more, Read(raw)) = SeenRow::deserialize(from)?;
        if raw.len() > Seen::KEEP {
            return Err(unheard("the length of a line"));
        }
        Ok(Seen::new(us, Pos { offset, line }, &raw).with_more(more))
    }
}

/// Time, byte, line, text.
type KeptRow<T> = (i64, u64, u64, T);

impl Serialize for CitableLine {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let raw = written(self)?;
        let row: KeptRow<_> = (self.us, self.pos.offset, self.pos.line, WireText(raw));
        row.serialize(to)
    }
}

/// The bytes of a line that is to be written down.
fn written<E: serde::ser::Error>(line: &CitableLine) -> Result<&[u8], E> {
    let lost = || E::custom("a line is known by its place alone; read with all lines kept");
    line.here().ok_or_else(lost)
}

impl<'d> Deserialize<'d> for CitableLine {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let (us, offset, line, Read(raw)) = KeptRow::deserialize(from)?;
        Ok(CitableLine::new(us, Pos { offset, line }, &raw, false))
    }
}

/// A line as it stands in the row of a minute: as one that is kept whole, behind which nothing is known.
struct OfMinute<L>(L);

impl Serialize for OfMinute<&CitableLine> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let CitableLine { us, pos, .. } = self.0;
        let row: SeenRow<_> = (*us, pos.offset, pos.line, 0, WireText(written(self.0)?));
        row.serialize(to)
    }
}

impl<'d> Deserialize<'d> for OfMinute<CitableLine> {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let Seen { us, pos, raw, .. } = Seen::deserialize(from)?;
        Ok(OfMinute(CitableLine::new(us, pos, &raw, false)))
    }
}

/// A minute as it is written.
#[derive(Serialize, Deserialize)]
struct ActivityRow<L> {
    n: u32,
    errors: u32,
    first: L,
    /// Where it is another line.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    last: Option<L>,
}

impl Serialize for Activity {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let row = ActivityRow {
            n: self.n,
            errors: self.errors,
            first: OfMinute(&self.lines.first),
            last: self.lines.other.as_ref().map(OfMinute),
        };
        row.serialize(to)
    }
}

impl<'d> Deserialize<'d> for Activity {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let row = ActivityRow::<OfMinute<_>>::deserialize(from)?;
        Ok(Activity {
            n: row.n,
            errors: row.errors,
            lines: FirstLast::new(row.first.0, row.last.map(|l| l.0)),
        })
    }
}

/// Second, requests, first line of the step that begins with it, last line if it is another one.
type FailedRow<T> = (i64, u32, Option<T>, Option<T>);

impl Serialize for FailedSeconds {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.rows().map(|(second, n, lines)| {
            let (first, other) = lines.map(|l| (l.first, l.other)).unzip();
            let row: FailedRow<CitableLine> = (second, n, first, other.flatten());
            row
        }))
    }
}

impl<'d> Deserialize<'d> for FailedSeconds {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let mut all = FailedSeconds::default();
        for (second, n, first, last) in Vec::<FailedRow<CitableLine>>::deserialize(from)? {
            all.add(second, n, first.map(|first| FirstLast::new(first, last)));
        }
        Ok(all)
    }
}

/// First byte, the byte behind it, lines, those before it, CRC-32, first and last zone-less line.
type StretchRow = (u64, u64, u64, u64, u32, Edge, Edge);
/// Byte and wall time of a line without a zone.
type Edge = Option<(u64, i64)>;

impl Serialize for Coverage {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.stretches().map(|(start, s, ends)| {
            let (lines, before) = (s.lines, s.before);
            let row: StretchRow = (start, s.end, lines, before, s.crc32, ends.first, ends.last);
            row
        }))
    }
}

impl<'d> Deserialize<'d> for Coverage {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let mut all = Coverage::default();
        let mut behind = 0;
        for (start, end, lines, before, crc32, first, last) in Vec::<StretchRow>::deserialize(from)?
        {
            if start < behind || end < start {
                return Err(D::Error::custom("covered stretches lie in each other"));
            }
            behind = end;
            let ends = Ends { first, last };
            let stretch = Stretch {
                end,
                lines,
                before,
                crc32,
            };
            // neighbours are joined; nothing else can come of stretches in order
            all.union(Coverage::one(start, stretch, ends), &mut Steps::default());
        }
        Ok(all)
    }
}

impl Serialize for Steps {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(&self.0)
    }
}

impl<'d> Deserialize<'d> for Steps {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let all: BTreeMap<u64, (i64, i64)> = Vec::deserialize(from)?.into_iter().collect();
        let mut steps = Steps::default();
        steps.merge(Steps(all));
        Ok(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_written_with_its_lines_or_not_at_all() {
        for text in [
            r#"{"n":2,"errors":1,"first":[5,7,1,0,"a"],"last":[6,9,2,0,"b"]}"#,
            r#"{"n":1,"errors":0,"first":[5,7,1,0,"a"]}"#,
        ] {
            let minute: Activity = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&minute).unwrap(), text);
        }
        let pos = Pos { offset: 7, line: 1 };
        let there = Activity {
            n: 1,
            errors: 0,
            lines: FirstLast::new(CitableLine::new(5, pos, b"a", true), None),
        };
        assert!(serde_json::to_string(&there).is_err());
    }
}
