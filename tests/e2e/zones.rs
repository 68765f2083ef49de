//! What a watch reports does not depend on the zone of clocks that show none.

use crate::as_written::{Recorded, different};
use std::path::Path;

#[test]
fn the_zone_of_what_shows_none_changes_nothing_of_a_drill() {
    let cases: [(&str, &[i64]); 2] = [
        ("auth-upgrade", &[-11 * 60, 345, 13 * 60]),
        ("pool-leak", &[9 * 60]),
    ];
    for (drill, zones) in cases {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/drills");
        let folder = folder.join(drill);
        let here = Recorded::of(&folder, None).watched();
        let open = |e: &(i64, serde_json::Value)| e.1["event"] == "incident_open";
        assert!(here.iter().any(open), "{here:?}");
        for &zone in zones {
            let there = Recorded::of(&folder, Some(zone)).watched();
            let other = different(&here, &there);
            assert!(other.is_empty(), "{drill} {zone}: {other:#?}");
        }
    }
}
