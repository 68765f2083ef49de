//! What a controller applied to a cluster, where its log says it object by object: a release that set no program is a change of the
//! configuration. What each line states is not decided here.

use super::joined::absorb;
use super::{drop_marked, is_release};
use crate::infer::stated::StatedMarker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::MINUTE;
use std::collections::BTreeMap;

/// How long a controller may take from the first object to the end that it reports.
const RUN: i64 = 5 * MINUTE;

/// A release of which its own log says what objects it applied, none of which runs a program, is a change of these: a controller
/// brings a configuration into line. So is the end of one whose beginning no line states.
pub(super) fn of_objects(rows: &mut Vec<StatedMarker>) {
    struct Open {
        start: usize,
        set: Option<usize>,
    }
    let mut open: BTreeMap<u32, Open> = BTreeMap::new();
    let mut loose: BTreeMap<u32, usize> = BTreeMap::new();
    let mut changes: Vec<(usize, usize, usize)> = Vec::new();
    for i in 0..rows.len() {
        let (r, now) = (&rows[i], open.get_mut(&rows[i].input));
        match (r.kind, now) {
            (K::DeployStart, _) if runs_a_program(&r.text) => {
                open.remove(&r.input);
                loose.remove(&r.input);
            }
            (K::DeployStart, now) if r.service.is_some() => {
                let again = now.is_some_and(|o| rows[o.start].service == r.service);
                if !again {
                    open.insert(
                        r.input,
                        Open {
                            start: i,
                            set: None,
                        },
                    );
                }
            }
            (K::ConfigChange, Some(o)) if is_applied(&r.text) => o.set = o.set.or(Some(i)),
            (K::ConfigChange, None) if is_applied(&r.text) => {
                loose.entry(r.input).or_insert(i);
            }
            (K::DeployFinish, None) if r.service.is_some() => {
                let set = loose.remove(&r.input);
                let within = |set: &usize| r.order().0.0 - rows[*set].order().0.0 <= RUN;
                changes.extend(set.filter(within).map(|set| (set, set, i)));
            }
            (K::DeployFinish, Some(o))
                if r.service.is_none() || r.service == rows[o.start].service =>
            {
                changes.extend(o.set.map(|set| (o.start, set, i)));
                open.remove(&r.input);
            }
            _ => {}
        }
    }
    let mut gone = vec![false; rows.len()];
    let at = |r: &StatedMarker| r.order().0;
    for (start, set, end) in &changes {
        let service = rows[*start].service.clone();
        let before = rows.partition_point(|r| at(r) < at(&rows[*start]));
        let within = before..rows.partition_point(|r| at(r) <= at(&rows[*end]));
        for i in within {
            let part = i == *start || i == *end || rows[i].service == service;
            if part && is_release(rows[i].kind) {
                gone[i] = true;
                let mut release = rows[i].clone();
                absorb(&mut rows[*set], &mut release);
            }
        }
    }
    for (start, set, _) in changes {
        rows[set].time = rows[start].time;
    }
    drop_marked(rows, &gone);
}

/// Whether a line says of an object of a cluster what became of it: `networkpolicy.networking.k8s.io/egress created`, or where only
/// the fields around it name it, `status: 'Pruned', … message: 'pruned'`.
fn is_applied(text: &[u8]) -> bool {
    const STATES: [&[u8]; 4] = [b" configured", b" created", b" pruned", b"message: 'pruned"];
    let said = text.strip_suffix(b"'").unwrap_or(text);
    let state = STATES.iter().find(|s| said.ends_with(s));
    state.is_some_and(|s| s.contains(&b'\'') || said.contains(&b'/'))
}

/// Whether the object that was applied runs something.
fn runs_a_program(text: &[u8]) -> bool {
    is_applied(text) && memchr::memmem::find(text, b".apps/").is_some()
}
