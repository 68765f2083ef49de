//! What an estimate of a zone is, the offsets that zones have, and where a log lies. What shows a zone is not known here.

use crate::model::ZoneSource;
use coroner_core::summary::InputPart;
use coroner_lines::sorting::SortList;

/// An estimate: minutes east, margin 0–1, why, and whether two matches that do not depend on each other say so (aligned) or it is
/// no more than the best guess (assumed).
pub(super) type Estimate = (i64, f64, &'static str, ZoneSource);

/// The best of scored offsets when it reaches `floor` and the next one stays below `ratio` of it; and how clearly, from 0 to 1.
pub(super) fn best_of(
    scored: impl Iterator<Item = (i64, f64)>,
    floor: f64,
    ratio: f64,
) -> Option<(i64, f64)> {
    let (best, next) = first_two(scored)?;
    (best.1 >= floor && next.1 <= ratio * best.1).then(|| (best.0, 1.0 - next.1 / best.1))
}

/// The two offsets with the highest scores.
pub(super) fn first_two(
    scored: impl Iterator<Item = (i64, f64)>,
) -> Option<((i64, f64), (i64, f64))> {
    let mut all: Vec<(i64, f64)> = scored.collect();
    all.sort_list_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    Some((*all.first()?, *all.get(1)?))
}

/// Smallest step between zones, in minutes.
pub(super) const GRID_MIN: i64 = 15;
/// West of UTC at most, in minutes.
const WEST: i64 = -12 * 60;
/// East of UTC at most, in minutes.
const EAST: i64 = 14 * 60;

/// Offsets of zones that are not whole hours, in minutes.
const ODD: [i64; 14] = [
    -570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 690, 765, 825,
];

/// The offsets that zones have.
pub(super) fn grid() -> impl Iterator<Item = i64> {
    quarters().filter(|m| is_zone(*m))
}

/// All offsets of quarters of an hour, whether or not zones have them.
pub(super) fn quarters() -> impl Iterator<Item = i64> {
    (WEST / GRID_MIN..=EAST / GRID_MIN).map(|g| g * GRID_MIN)
}

/// Whether a zone has that offset, in minutes.
pub(super) fn is_zone(minutes: i64) -> bool {
    (WEST..=EAST).contains(&minutes) && (minutes % 60 == 0 || ODD.contains(&minutes))
}

/// The host of an input: as the plan has it, else the folder.
pub(super) fn host(p: &InputPart) -> Option<String> {
    p.meta.host.clone().or_else(|| folder(&p.meta.name))
}

/// What a log may be known by as one of a host: the host's name, and the folder.
pub(crate) fn hosts(p: &InputPart) -> impl Iterator<Item = String> {
    p.meta.host.iter().cloned().chain(folder(&p.meta.name))
}

/// The folder that a log lies in.
pub(super) fn folder(name: &str) -> Option<String> {
    name.rsplit_once('/').map(|(d, _)| d.to_owned())
}
