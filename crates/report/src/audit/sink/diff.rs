//! Mechanical remedies as a unified diff that `patch -p0` and `git apply -p0` take. The document itself is never touched.

use crate::audit::finding::Fix;
use crate::audit::judged::Judged;
use coroner_lines::sorting::SortList;
use similar::TextDiff;

/// The diff; empty where no finding has a mechanical remedy. Of remedies for one place the first, which is the worst, counts.
pub fn to_string(j: &Judged, path: &str) -> String {
    let mut fixes: Vec<&Fix> = Vec::new();
    for f in &j.findings {
        // all places of a finding, or none of them
        let taken = |x: &Fix| fixes.iter().any(|o| overlaps(o, x));
        if !f.fixes.iter().any(taken) {
            fixes.extend(&f.fixes);
        }
    }
    fixes.sort_list_by_key(|f| f.place.key());
    if fixes.is_empty() {
        return String::new();
    }
    let text = j.doc.text;
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for f in fixes {
        let Some(line) = j.doc.lines.get(f.place.line) else {
            continue;
        };
        let [from, to] = [f.place.at.start, f.place.at.end].map(|n| line.at.start + n);
        let (Some(before), true) = (text.get(at..from), to <= line.at.end) else {
            continue;
        };
        out.push_str(before);
        out.push_str(&f.with);
        at = to;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    let name = path.replace(char::is_control, "?");
    TextDiff::from_lines(text, &out)
        .unified_diff()
        .context_radius(3)
        .header(&name, &name)
        .to_string()
}

fn overlaps(a: &Fix, b: &Fix) -> bool {
    a.place.line == b.place.line
        && a.place.at.start < b.place.at.end
        && b.place.at.start < a.place.at.end
}
