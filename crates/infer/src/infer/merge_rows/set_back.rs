//! Which changes another one sets back. What is done about it is not known here.

use crate::infer::stated::StatedMarker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::text::words::sets_back;
use std::collections::{BTreeMap, BTreeSet};

/// The changes that name an old and a new value and that another one sets back, before or after it, by where their lines stand.
pub(super) fn settings_set_back(rows: &[StatedMarker]) -> BTreeSet<(u32, u64)> {
    let mut by_words: BTreeMap<Vec<&str>, Vec<(&StatedMarker, &str)>> = BTreeMap::new();
    for r in rows.iter().filter(|r| r.kind == K::ConfigChange) {
        let Ok(text) = std::str::from_utf8(&r.text) else {
            continue;
        };
        let mut words: Vec<&str> = text.split_whitespace().collect();
        words.sort_unstable();
        by_words.entry(words).or_default().push((r, text));
    }
    let all = by_words.into_values().filter(|same| same.len() > 1);
    all.flat_map(|same| {
        let back = |t: &str| same.iter().any(|(_, o)| sets_back(t, o));
        let of = same.iter().filter(|(_, t)| back(t));
        of.map(|(r, _)| (r.input, r.offset)).collect::<Vec<_>>()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::merge_rows::acts;
    use crate::infer::merge_rows::tests::row;

    #[test]
    fn of_what_one_run_changes_each_that_is_set_back_is_an_act_of_its_own() {
        let changed = |s, n, text: &str| StatedMarker {
            text: text.into(),
            host: Some(b"db1".to_vec()),
            ..row(s, 0, n, K::ConfigChange, "")
        };
        let got = acts(vec![
            changed(0, 1, "logging.conf changed 'a' to 'b'"),
            changed(
                1,
                2,
                "Firewall[110]/source changed '10.0.0.0/23' to '10.0.0.0/24'",
            ),
            changed(2, 3, "motd changed 'x' to 'y'"),
            changed(
                900,
                4,
                "Firewall[110]/source changed '10.0.0.0/24' to '10.0.0.0/23'",
            ),
        ]);
        let lines: Vec<Vec<u64>> = got
            .iter()
            .map(|r| r.evidence.iter().map(|e| e.line).collect())
            .collect();
        assert_eq!(lines, [vec![1, 3], vec![2], vec![4]]);
    }
}
