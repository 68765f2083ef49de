//! Inputs as the report lists them: what was read, on which clock, and what became of the lines.

use crate::clock::Clocks;
use crate::infer::citing::{cite, cite_again};
use crate::model::{ClockPiece, Evidence, Input, InputZone, Tier, ZoneSource};
use coroner_core::source::Again;
use coroner_core::summary::{InputPart, Part};
use coroner_lines::record::Kind;
use coroner_lines::text::LogText;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Instant, MINUTE};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Lines that are looked at for those that were understood.
const UNDERSTOOD: usize = 8;

/// The first lines that were understood, of different minutes; none where all lines were.
fn understood(id: u32, p: &InputPart, again: &Again) -> Vec<Evidence> {
    if p.accounting.unparsed == 0 {
        return Vec::new();
    }
    let minutes = p.tracks().flat_map(|(_, t)| &t.activity);
    minutes
        .take(UNDERSTOOD)
        .map(|(_, a)| cite_again(Some(again), id, &a.lines.first))
        .collect()
}

/// The one local offset that inputs write, else UTC. Stamps in UTC say nothing about a place.
pub(crate) fn common_zone(part: &Part) -> Zone {
    let mut local: BTreeSet<i16> = BTreeSet::new();
    for p in part.inputs.values() {
        let a = &p.accounting;
        let written = a.offsets.iter().filter(|(_, n)| n.lines * 20 >= a.records);
        local.extend(written.map(|(o, _)| *o));
        if let Some(Zone::Fixed(o)) = p.meta.zone {
            local.insert(o);
        }
    }
    local.remove(&0);
    match local.len() {
        1 => local.first().map_or(Zone::UTC, |o| Zone::Fixed(*o)),
        _ => Zone::UTC,
    }
}

/// All inputs, in order. Nothing is asked of a part that was given for good any more: what was read of each input goes as soon
/// as it is listed, since of many small ones the list is as large as a good part of it.
pub(crate) fn inputs(
    part: Cow<'_, Part>,
    clocks: &Clocks,
    tiers: &BTreeMap<u32, Tier>,
    again: &Again,
) -> Vec<Input> {
    let list = |id: u32, p: &InputPart| input((clocks, tiers.get(&id).copied()), id, p, again);
    let mut all = Vec::new();
    let mut put = |id: u32, p: &InputPart| {
        // grows by little: while it does, what is not listed yet is still there
        if all.len() == all.capacity() {
            all.reserve_exact(all.len() / 8 + 1);
        }
        all.push(list(id, p));
    };
    match part {
        Cow::Borrowed(part) => part.inputs.iter().for_each(|(id, p)| put(*id, p)),
        Cow::Owned(part) => part.inputs.into_iter().for_each(|(id, p)| put(id, &p)),
    }
    all
}

fn input((clocks, tier): (&Clocks, Option<Tier>), id: u32, p: &InputPart, again: &Again) -> Input {
    let a = &p.accounting;
    let spans = p.tracks().filter_map(|(axis, t)| {
        let at = |us| clocks.instant(id, axis, us);
        t.span.map(|(x, y)| (at(x), at(y)))
    });
    let span = spans.reduce(|x, y| (x.0.min(y.0), x.1.max(y.1)));
    let kind = Kind::of_most(&a.kinds);
    let of_kind = kind.map_or(0, |k| a.kinds[k as usize]);
    let name = LogText::name(p.meta.name.as_bytes());
    let others = a.kinds.iter().sum::<u64>() - of_kind;
    Input {
        member: p.meta.member.as_ref().map(|m| LogText::name(m.as_bytes())),
        domain: match p.meta.domain == p.meta.name {
            true => name.clone(),
            false => LogText::name(p.meta.domain.as_bytes()),
        },
        name,
        host: p.meta.host.as_ref().map(|h| LogText::name(h.as_bytes())),
        tier,
        format: a.format(),
        kind,
        mixed: others * 10 > of_kind,
        bytes: a.bytes,
        lines: a.lines,
        parsed: a.parsed,
        continuation: a.continuation,
        unparsed: a.unparsed,
        out_of_range: a.out_of_range,
        examples: a.examples.values().map(|s| cite(id, s)).collect(),
        understood: understood(id, p, again),
        span,
        crc32: p.coverage.crc32(),
        sha256: None,
        zone: zone(clocks, id, p),
        clock: clocks
            .shifts_of(id)
            .iter()
            .map(|s| ClockPiece {
                from: (s.from != i64::MIN).then_some(Instant(s.from)),
                add_us: -s.ahead_us,
                margin_us: Some(s.margin_us),
                basis: s.basis.into(),
            })
            .chain(changes(clocks, id))
            .collect(),
        records: a.records,
        requests: a.requests,
        failed: a.failed,
    }
}

/// Changes of the offset of zone-less lines, held against the zone that is named for them.
fn changes(clocks: &Clocks, id: u32) -> Vec<ClockPiece> {
    let Some(m) = clocks.of(id) else {
        return Vec::new();
    };
    let mut before = m.base_min;
    let pieces = m.changes.iter().map(|c| {
        let (was, is) = (offset(before), offset(c.offset_min));
        let piece = ClockPiece {
            from: Some(Instant(c.from_wall - before * MINUTE)),
            add_us: (m.base_min - c.offset_min) * MINUTE,
            margin_us: None,
            basis: format!("its clock goes from {was} to {is}"),
        };
        before = c.offset_min;
        piece
    });
    // a named zone has its changes in it
    match m.zone {
        Zone::Fixed(_) => pieces.collect(),
        Zone::Named(_) => Vec::new(),
    }
}

fn offset(minutes: i64) -> Zone {
    Zone::Fixed(i16::try_from(minutes).unwrap_or_default())
}

/// Whether nearly all records of an input write the zone that the few others are taken to be in.
pub(super) fn writes_zone(p: &InputPart, zone: Zone) -> bool {
    let a = &p.accounting;
    let Zone::Fixed(offset) = zone else {
        return false;
    };
    let written = a.offsets.get(&offset).map_or(0, |o| o.lines);
    written > 0 && written.saturating_mul(10) >= a.records.saturating_mul(9)
}

/// The zone of the zone-less stamps where there are more than a few, else the one that most lines write.
fn zone(clocks: &Clocks, id: u32, p: &InputPart) -> InputZone {
    let is = |zone: Zone, source, margin| InputZone {
        offset: zone.to_string(),
        source,
        margin,
    };
    if let Some(z) = p.meta.zone {
        return match p.meta.zone_written {
            true => is(z, ZoneSource::Line, None),
            false => is(z, ZoneSource::Option, None),
        };
    }
    if let Some(m) = clocks.of(id).filter(|m| !writes_zone(p, m.zone)) {
        let margin = m.margin.map(|x| (x * 100.0).round() / 100.0);
        return is(m.zone, m.source, margin);
    }
    let offsets = p.accounting.offsets.iter();
    let by_count: BTreeMap<u64, i16> = offsets.map(|(o, w)| (w.lines, *o)).collect();
    match by_count.last_key_value() {
        Some((_, o)) => is(Zone::Fixed(*o), ZoneSource::Line, None),
        None => InputZone {
            offset: "+00:00".into(),
            source: ZoneSource::Assumed,
            margin: None,
        },
    }
}
