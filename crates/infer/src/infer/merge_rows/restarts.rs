//! The stop with which a restart begins is part of it, and none of its own: a log of the program says it, another one who ordered it.

use super::joined::absorb;
use crate::infer::stated::StatedMarker;
use coroner_lines::marker::typed;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::text::words::split;
use coroner_lines::time::{Instant, SECOND};

/// How long after the order a program may stop, and how much earlier its own clock may say so.
const AFTER: i64 = 15 * SECOND;
const BEFORE: i64 = 2 * SECOND;

/// Makes each stop that an ordered restart brings about a line of that restart; the rows are in the order of their times.
pub(super) fn stops_of_restarts(rows: &mut Vec<StatedMarker>) {
    let ordered = |r: &StatedMarker| r.kind == K::Restart && typed(&r.text).is_some();
    let orders = (0..rows.len()).filter(|n| ordered(&rows[*n]));
    let orders: Vec<(Instant, usize)> = orders.filter_map(|n| Some((rows[n].time?, n))).collect();
    for n in 0..rows.len() {
        let stop = &rows[n];
        let Some(at) = stop.time.filter(|_| stop.kind == K::ServiceStop) else {
            continue;
        };
        let near = &orders[orders.partition_point(|o| o.0.0 < at.0 - AFTER)..];
        let mut near = near.iter().take_while(|o| o.0.0 <= at.0 + BEFORE);
        let Some((_, of)) = near.find(|o| brings_about(&rows[o.1], stop)) else {
            continue;
        };
        let mut stop = rows[n].clone();
        absorb(&mut rows[*of], &mut stop);
        rows[n].evidence.clear();
    }
    rows.retain(|r| !r.evidence.is_empty());
}

/// Whether a program that stops is the one that the order names, or one without a name on the host of the order.
fn brings_about(order: &StatedMarker, stop: &StatedMarker) -> bool {
    let here = order.host.is_some() && order.host == stop.host;
    let said = String::from_utf8_lossy(&stop.text);
    let named = stop.service.clone().or_else(|| {
        let (speaker, _) = said.split_once(": ").filter(|(w, _)| !w.contains(' '))?;
        Some(speaker.as_bytes().to_vec())
    });
    let ordered = split(&String::from_utf8_lossy(&order.text));
    let by_name = |name: &Vec<u8>| {
        let name = String::from_utf8_lossy(name);
        order.service.as_deref() == Some(name.as_bytes()) || ordered.contains(&name.to_lowercase())
    };
    named.as_ref().map_or(here, by_name)
}
