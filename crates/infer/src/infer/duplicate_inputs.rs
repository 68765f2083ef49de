//! Inputs that hold the same bytes: a log and its packed copy, a bundle that was collected twice. Each line counts once.
//! Looks at sums and lengths only, never at what lines say.

use coroner_core::summary::{InputPart, Part, Seldom};
use coroner_lines::sorting::SortList;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Records from which on two hosts cannot have written the same bytes by chance.
const MANY: u64 = 20;

/// The part in which of inputs with the same bytes only the first by name shows anything. The others stay listed, with a
/// note of what they are copies of.
pub(super) fn counted_once(mut part: Cow<'_, Part>) -> Cow<'_, Part> {
    let mut first: BTreeMap<(u64, u64, u32), Vec<u32>> = BTreeMap::new();
    let mut by_name: Vec<(&u32, &Box<InputPart>)> = part.inputs.iter().collect();
    by_name.sort_list_by_key(|(id, p)| (&p.meta.name, **id));
    let mut copies: Vec<(u32, String)> = Vec::new();
    for (id, p) in by_name {
        let a = &p.accounting;
        if a.records == 0 {
            continue;
        }
        let same = first
            .entry((a.bytes, a.lines, p.coverage.crc32()))
            .or_default();
        let mut of = same.iter().map(|o| &part.inputs[o]);
        match of.find(|o| is_copy(o, p)) {
            Some(o) => copies.push((*id, o.meta.name.clone())),
            None => same.push(*id),
        }
    }
    for (id, of) in copies {
        if let Some(p) = part.to_mut().inputs.get_mut(&id) {
            (p.utc, p.wall) = (Seldom::default(), Seldom::default());
            p.untimed.clear();
            let a = &mut p.accounting;
            (a.requests, a.requests_by_app, a.failed) = (0, 0, 0);
            p.notes
                .insert(format!("holds the same bytes as {of}: counted once"));
        }
    }
    part
}

/// Whether two inputs with the same bytes are one log. A few lines may be the same on two hosts.
fn is_copy(a: &InputPart, b: &InputPart) -> bool {
    let apart = matches!((&a.meta.host, &b.meta.host), (Some(x), Some(y)) if x != y);
    a.accounting.records >= MANY || !apart
}
