//! What a watch reports does not depend on the zone of clocks that show none.

use crate::as_written::{Recorded, different};
use std::path::Path;

/// A drill is watched as it is, and with the clocks of what shows no zone set so many minutes east of UTC.
fn changes_nothing(drill: &str, zone: i64) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/drills");
    let folder = folder.join(drill);
    let here = Recorded::of(&folder, None).watched();
    let open = |e: &(i64, serde_json::Value)| e.1["event"] == "incident_open";
    assert!(here.iter().any(open), "{here:?}");
    let there = Recorded::of(&folder, Some(zone)).watched();
    let other = different(&here, &there);
    assert!(other.is_empty(), "{drill} {zone}: {other:#?}");
}

#[test]
fn the_zone_of_what_shows_none_changes_nothing_of_a_drill() {
    changes_nothing("auth-upgrade", -11 * 60);
}

#[test]
fn nor_of_one_that_lies_far_east() {
    changes_nothing("pool-leak", 12 * 60 + 45);
}
