//! Gaps as the screen and Markdown list them: what concerns many inputs in the same way takes one line that names or
//! counts them. The JSON keeps every gap apart.

use super::sentence::listed;
use coroner_infer::model::{Cited, Evidence, Gap, Input, Piece, Report, Sentence, ZoneSource};
use std::collections::BTreeMap;

/// Inputs that a line names; the others are counted.
const NAMED: usize = 3;

/// A line of the list.
pub struct GapLine {
    /// What it says.
    pub text: Sentence,
    /// What it rests on.
    pub cited: Cited,
}

/// The gaps of a report: those that change what can be believed first, zones that were found by alignment last.
pub fn lines(report: &Report) -> Vec<GapLine> {
    let mut alike: Vec<Vec<&Gap>> = Vec::new();
    let (mut assumed, mut aligned) = (Vec::new(), Vec::new());
    let errors = |g: &&Gap| super::no_incident::is_error(report, g);
    for g in report.gaps.iter().filter(|g| !errors(g)) {
        match zone_of(report, g) {
            Some((ZoneSource::Assumed, e)) => assumed.push(e),
            Some((ZoneSource::Aligned, e)) => aligned.push(e),
            _ => match alike.iter_mut().find(|l| differ(l[0], g).is_some()) {
                Some(l) => l.push(g),
                None => alike.push(vec![g]),
            },
        }
    }
    let mut out: Vec<GapLine> = alike.iter().map(|l| together(l)).collect();
    out.extend(assumed_zones(report, &assumed));
    // where every input has the same zone, those that were found only agree
    let mut zones: Vec<&str> = timed(report).map(|i| i.zone.offset.as_str()).collect();
    zones.dedup();
    let known =
        timed(report).any(|i| matches!(i.zone.source, ZoneSource::Line | ZoneSource::Option));
    if zones.len() > 1 || !known {
        out.extend(aligned_zones(report, &aligned));
    }
    out
}

/// Where two gaps say the same of two inputs, or of two kinds of logs that were looked for in the same inputs: the piece that
/// names them.
fn differ(a: &Gap, b: &Gap) -> Option<usize> {
    let (x, y) = (&a.text.0, &b.text.0);
    if a.kind != b.kind || x.len() != y.len() {
        return None;
    }
    let mut apart = (0..x.len()).filter(|n| x[*n] != y[*n]);
    let at = apart.next().filter(|_| apart.next().is_none())?;
    let alike = match (&a.cited, &b.cited, &x[at], &y[at]) {
        (Cited::Lines(_), Cited::Lines(_), Piece::File(_), Piece::File(_)) => true,
        (Cited::Absent(i), Cited::Absent(k), Piece::Words(_), Piece::Words(_)) => i == k,
        _ => false,
    };
    alike.then_some(at)
}

/// One line for gaps that say the same of several inputs.
fn together(l: &[&Gap]) -> GapLine {
    let mut text = l[0].text.clone();
    if let Some(at) = l.get(1).and_then(|g| differ(l[0], g)) {
        let names: Vec<Piece> = l.iter().map(|g| g.text.0[at].clone()).collect();
        let listed = match names[0] {
            Piece::Words(_) => either(&names),
            // a count is that of each of them
            _ => {
                let counts = l[0].text.0.iter().any(|p| matches!(p, Piece::Count(_)));
                let each = Sentence::words(if counts { "each of " } else { "" });
                listed(each, &names, NAMED)
            }
        };
        text.0.splice(at..=at, listed.0);
    }
    let lines = l.iter().filter_map(|g| match &g.cited {
        Cited::Lines(e) => Some(e.iter()),
        Cited::Absent(_) => None,
    });
    let all: Vec<&Evidence> = lines.flatten().collect();
    GapLine {
        text,
        cited: match all.is_empty() {
            true => l[0].cited.clone(),
            false => cited(&all),
        },
    }
}

/// `a, b or c`.
fn either(names: &[Piece]) -> Sentence {
    let mut s = Sentence::default();
    for (n, name) in names.iter().enumerate() {
        s = match n {
            0 => s,
            n if n + 1 == names.len() => s.w(" or "),
            _ => s.w(", "),
        };
        s = s.p(name.clone());
    }
    s
}

/// The inputs that hold times.
fn timed(report: &Report) -> impl Iterator<Item = &Input> {
    report.inputs.iter().filter(|i| i.span.is_some())
}

/// For a gap about the zone of one input: where the zone comes from, and the line cited.
fn zone_of<'a>(report: &Report, g: &'a Gap) -> Option<(ZoneSource, &'a Evidence)> {
    let Cited::Lines(l) = &g.cited else {
        return None;
    };
    let e = l.first().filter(|_| g.kind == "zone" && l.len() == 1)?;
    Some((report.inputs.get(e.input as usize)?.zone.source, e))
}

/// The inputs of each offset.
fn by_offset<'a>(
    report: &'a Report,
    list: &[&'a Evidence],
) -> BTreeMap<&'a str, Vec<&'a Evidence>> {
    let mut out: BTreeMap<&str, Vec<&Evidence>> = BTreeMap::new();
    for e in list {
        if let Some(i) = report.inputs.get(e.input as usize) {
            out.entry(i.zone.offset.as_str()).or_default().push(e);
        }
    }
    for l in out.values_mut() {
        l.sort();
    }
    out
}

/// Each assumed zone with the inputs it is assumed for, by name: only a person can judge whether it is right.
fn assumed_zones(report: &Report, list: &[&Evidence]) -> Vec<GapLine> {
    let line = |(offset, l): (&str, Vec<&Evidence>)| {
        let inputs = l.iter().filter_map(|e| report.inputs.get(e.input as usize));
        let names: Vec<Piece> = inputs.map(|i| Piece::Name(i.name.clone())).collect();
        let s = listed(Sentence::words("the times of "), &names, NAMED);
        GapLine {
            text: s.w(format!(
                " have no clear time zone; taken as {} (change with --assume-tz)",
                zone(offset)
            )),
            cited: cited(&l),
        }
    };
    by_offset(report, list).into_iter().map(line).collect()
}

/// One line for all zones that the other inputs show, where they are not the same: that the logs agree is no gap.
fn aligned_zones(report: &Report, list: &[&Evidence]) -> Option<GapLine> {
    let by_offset = by_offset(report, list);
    if by_offset.len() < 2 {
        return None;
    }
    let mut s = Sentence::words("the time zones of ")
        .p(Piece::Count(list.len() as u64))
        .w(" files were worked out by matching them with the others: ");
    for (n, (offset, l)) in by_offset.iter().enumerate() {
        s = s
            .w(if n > 0 { ", " } else { "" })
            .w(zone(offset).to_owned());
        s = s.w(" (").p(Piece::Count(l.len() as u64)).w(")");
    }
    let all: Vec<&Evidence> = by_offset.into_values().flatten().collect();
    Some(GapLine {
        text: s,
        cited: cited(&all),
    })
}

/// The zone of an offset: UTC by its name.
pub fn zone(offset: &str) -> &str {
    match offset {
        "+00:00" => "UTC",
        o => o,
    }
}

fn cited(l: &[&Evidence]) -> Cited {
    let mut all: Vec<Evidence> = l.iter().map(|e| (*e).clone()).collect();
    all.sort();
    Cited::Lines(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sentence::{Clock, Medium, render};
    use coroner_infer::model::fixture;
    use coroner_lines::time::Instant;

    fn zone_gap(input: u32) -> Gap {
        let e = Evidence {
            input,
            line: 1,
            end_line: None,
            byte: 0,
            excerpt: None,
            count: None,
        };
        Gap {
            kind: "zone",
            text: Sentence::words("lines of it carry no zone"),
            cited: Cited::Lines(vec![e]),
        }
    }

    #[test]
    fn kinds_of_logs_that_no_input_is_take_one_line() {
        let mut r = fixture::report();
        let missing = |what: &'static str, inputs: &[u32]| Gap {
            kind: "missing_source",
            text: Sentence::words("no ").w(what).w(" log was recognised"),
            cited: Cited::Absent(inputs.to_vec()),
        };
        r.gaps = vec![
            missing("access", &[0, 1]),
            missing("pager", &[0, 1]),
            missing("deploy", &[0, 1]),
            missing("application", &[1]),
        ];
        let clock = Clock::of(&r, Instant(0));
        let all = lines(&r);
        let said: Vec<String> = (all.iter())
            .map(|l| render(&l.text, Medium::Plain, clock))
            .collect();
        assert_eq!(
            said,
            [
                "no access, pager or deploy log was recognised",
                "no application log was recognised"
            ]
        );
        assert!(matches!(&all[0].cited, Cited::Absent(i) if i.len() == 2));
    }

    #[test]
    fn zones_take_one_line_for_each_way_of_knowing() {
        let mut r = fixture::report();
        let before = lines(&r).len();
        for (n, (offset, source)) in [
            ("+01:00", ZoneSource::Aligned),
            ("+00:00", ZoneSource::Assumed),
            ("+01:00", ZoneSource::Aligned),
            ("-05:00", ZoneSource::Aligned),
        ]
        .into_iter()
        .enumerate()
        {
            r.inputs[n].zone.offset = offset.to_owned();
            r.inputs[n].zone.source = source;
            r.gaps.insert(0, zone_gap(n as u32));
        }
        let all = lines(&r);
        assert_eq!(all.len(), before + 2);
        let clock = Clock::of(&r, Instant(0));
        let said = |l: &GapLine| render(&l.text, Medium::Plain, clock);
        let name = r.inputs[1].name.for_json();
        assert_eq!(
            said(&all[before]),
            format!(
                "the times of {name} have no clear time zone; taken as UTC (change with --assume-tz)"
            )
        );
        assert_eq!(
            said(&all[before + 1]),
            "the time zones of 3 files were worked out by matching them with the others: +01:00 (2), -05:00 (1)"
        );
        let Cited::Lines(l) = &all[before + 1].cited else {
            panic!("no lines")
        };
        assert_eq!(l.iter().map(|e| e.input).collect::<Vec<_>>(), [0, 2, 3]);
        // all inputs in one zone, which some of them write themselves
        r.inputs
            .iter_mut()
            .for_each(|i| i.zone.offset = "+01:00".to_owned());
        let agree = lines(&r);
        assert!(!agree.iter().any(|l| said(l).contains("worked out")));
    }
}
