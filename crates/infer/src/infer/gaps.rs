//! What the logs cannot show, named: trouble with inputs, assumed zones and years, clocks that disagree, missing sources.

use super::InferConfig;
use super::impact::addresses;
use crate::clock::{Fall, set_back};
use crate::detect::Detection;
use crate::infer::citing::cite;
use crate::infer::inputs::writes_zones;
use crate::infer::lanes::{Lane, View};
use crate::infer::list_limits::Limit;
use crate::infer::outlier_stamps::OutlierStamps;
use crate::model::{Cited, Event, Evidence, Gap, Piece, Sentence, ZoneSource};
use coroner_core::plan::YearBasis;
use coroner_core::summary::{Accounting, InputPart};
use coroner_lines::record::Kind;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};

fn name(n: &str) -> Piece {
    Piece::File(LogText::name(n.as_bytes()))
}

/// Lines of an input from which it is said that most of them look like requests and are none to any format.
const MANY: u64 = 50;

/// Gaps that depend on inputs alone.
pub(crate) fn of_inputs(
    view: &View<'_>,
    outliers: &[OutlierStamps],
    stated: &[Event],
    config: &InferConfig,
    limit: &mut Limit,
) -> Vec<Gap> {
    let mut out = Vec::new();
    for (id, p) in &view.part.inputs {
        let before = out.len();
        of_input(view, *id, p, &mut out);
        limit.cut(&mut out, before);
    }
    for far in outliers {
        let Some(input) = view.part.inputs.get(&far.input) else {
            continue;
        };
        let s = Sentence::default()
            .p(Piece::Count(far.lines))
            .w(if far.lines == 1 {
                " line of "
            } else {
                " lines of "
            })
            .p(name(&input.meta.name))
            .w(if far.lines == 1 { " is" } else { " are" })
            .w(" stamped more than 400 days away from the rest of the logs: left out");
        out.push(Gap {
            kind: "stray_stamps",
            text: s,
            cited: Cited::Lines(vec![view.cite(far.input, &far.first)]),
        });
    }
    year(view, config, &mut out);
    for p in &config.problems {
        let all: Vec<u32> = view.part.inputs.keys().copied().collect();
        if !all.is_empty() {
            out.push(Gap {
                kind: "input",
                text: Sentence::default().p(Piece::Log(LogText::new(p.as_bytes()))),
                cited: Cited::Absent(all),
            });
        }
    }
    sources(view, stated, &mut out);
    out
}

/// How much of an input was not understood. A record of which nothing was may be many lines.
fn not_understood(p: &InputPart) -> Sentence {
    let a = &p.accounting;
    let last = a.examples.values().next().map(|x| x.pos.line);
    let (all, some) = (Piece::Count(a.lines), Piece::Count(a.unparsed));
    let (what, end) = match (a.parsed, a.unparsed) {
        (0, _) if a.lines > 1 => (Sentence::words("none of the ").p(all).w(" lines"), " was"),
        (_, 1) if last == Some(a.lines) => (Sentence::words("the last line"), " was not"),
        (_, 1) => (Sentence::words("1 of ").p(all).w(" lines"), " was not"),
        _ => (
            Sentence::default().p(some).w(" of ").p(all).w(" lines"),
            " were not",
        ),
    };
    what.w(" of ").p(name(&p.meta.name)).w(end).w(" understood")
}

/// What one input leaves open.
fn of_input(view: &View<'_>, id: u32, p: &InputPart, out: &mut Vec<Gap>) {
    let a = &p.accounting;
    for n in &p.notes {
        out.push(Gap {
            kind: "input",
            text: Sentence::default()
                .p(name(&p.meta.name))
                .w(" ")
                .w(n.clone()),
            cited: Cited::Absent(vec![id]),
        });
    }
    for d in &p.meta.doubts {
        out.push(Gap {
            kind: "clock",
            text: Sentence::default()
                .p(name(&p.meta.name))
                .w(" ")
                .w(d.clone()),
            cited: Cited::Absent(vec![id]),
        });
    }
    if a.unparsed > 0 {
        let s = not_understood(p);
        let s = match a.overlong {
            0 => s,
            n => s.w(" (").p(Piece::Count(n)).w(" of them too long)"),
        };
        out.push(Gap {
            kind: "unparsed",
            text: s,
            cited: Cited::Lines(a.examples.values().map(|x| cite(id, x)).collect()),
        });
    } else if a.lines == 0 {
        out.push(Gap {
            kind: "input",
            text: Sentence::default()
                .p(name(&p.meta.name))
                .w(" holds no lines"),
            cited: Cited::Absent(vec![id]),
        });
    }
    let given = |m: &&crate::clock::Mapped| m.source == ZoneSource::Option;
    let clock = view.clocks.of(id).filter(|_| !writes_zones(p));
    if let Some(m) = clock.filter(|m| !given(m)) {
        let first = p.wall.edges().next().map(|x| view.cite(id, x));
        let s = Sentence::default()
            .w("the zone of ")
            .p(name(&p.meta.name))
            .w(" was not found in its lines; ");
        let s = match m.source {
            ZoneSource::Assumed => s.w(format!(
                "{} is assumed: {} (say it with --assume-tz)",
                m.zone, m.basis
            )),
            _ => s.w(format!("{} by {}", m.zone, m.basis)),
        };
        if let Some(e) = first {
            out.push(Gap {
                kind: "zone",
                text: s,
                cited: Cited::Lines(vec![e]),
            });
        }
    }
    let level = p.tracks().map(|(_, t)| t.activity.level()).max();
    if let Some(level) = level.filter(|level| *level > 0) {
        out.push(Gap {
            kind: "input",
            text: Sentence::words("lines of ")
                .p(name(&p.meta.name))
                .w(" come in very many different minutes: of each ")
                .p(Piece::Span(MINUTE << (3 * level)))
                .w(" only the first and the last is known, so short silences and joint moments may be missed"),
            cited: Cited::Absent(vec![id]),
        });
    }
    if p.tracks().any(|(_, t)| t.is_cut()) {
        out.push(Gap {
            kind: "input",
            text: Sentence::words("lines of ")
                .p(name(&p.meta.name))
                .w(" come in very many different hours: only the latest are listed, the earliest are only counted"),
            cited: Cited::Absent(vec![id]),
        });
    }
    if a.untimed_requests > 0 {
        out.push(Gap {
            kind: "untimed_requests",
            text: Sentence::default()
                .p(Piece::Count(a.untimed_requests))
                .w(" requests of ")
                .p(name(&p.meta.name))
                .w(" carry no time and are not counted"),
            cited: Cited::Absent(vec![id]),
        });
    }
    if a.lines >= MANY && a.unread_requests * 2 > a.lines {
        out.push(Gap {
            kind: "unread_requests",
            text: Sentence::default()
                .p(Piece::Count(a.unread_requests))
                .w(" lines of ")
                .p(name(&p.meta.name))
                .w(" look like requests and were not read as such: name their format with --format"),
            cited: Cited::Absent(vec![id]),
        });
    }
    if p.markers_dropped() > 0 {
        let s = Sentence::default()
            .p(Piece::Count(p.markers_dropped()))
            .w(" later markers of ")
            .p(name(&p.meta.name))
            .w(" were left out: too many");
        out.push(Gap {
            kind: "marker",
            text: s,
            cited: Cited::Absent(vec![id]),
        });
    }
}

fn year(view: &View<'_>, config: &InferConfig, out: &mut Vec<Gap>) {
    let with: Vec<u32> = view
        .part
        .inputs
        .iter()
        .filter(|(_, p)| p.accounting.yearless > 0)
        .map(|(i, _)| *i)
        .collect();
    let Some((basis, year)) = config.year_basis.filter(|_| !with.is_empty()) else {
        return;
    };
    let text = match basis {
        YearBasis::Lines | YearBasis::Given => return,
        YearBasis::FileTime => format!(
            "no line of any input carries a year; {year} is assumed from the newest file time (say it with --year)"
        ),
        YearBasis::Nothing => {
            "no line of any input carries a year, and nothing tells it (say it with --year)"
                .to_owned()
        }
    };
    out.push(Gap {
        kind: "clock",
        text: Sentence::words(text),
        cited: Cited::Absent(with),
    });
}

/// The inputs that hold records of a pager.
pub(crate) fn pagers(view: &View<'_>) -> Vec<u32> {
    let inputs = view.part.inputs.iter();
    let with = inputs.filter(|(_, p)| p.accounting.kinds[Kind::Pager as usize] > 0);
    with.map(|(id, _)| *id).collect()
}

/// Kinds of sources of which nothing was recognised, neither a record nor a row that such a log is there to report.
fn sources(view: &View<'_>, stated: &[Event], out: &mut Vec<Gap>) {
    let all: Vec<u32> = view.part.inputs.keys().copied().collect();
    if all.is_empty() {
        return;
    }
    let has = |k: Kind| {
        view.part
            .inputs
            .values()
            .any(|p| p.accounting.kinds[k as usize] > 0)
            || stated.iter().any(|e| e.kind.log() == Some(k))
    };
    // requests that servers log are access logs, whatever else their input holds, read or not, with a time or without
    let asked = |a: &Accounting| {
        a.requests > a.requests_by_app || a.unread_requests > 0 || a.untimed_requests > 0
    };
    let all_of = || view.part.inputs.values().map(|p| &p.accounting);
    let asked = all_of().any(asked);
    let by_app = all_of().any(|a| a.requests_by_app > 0);
    for (kind, what) in [
        (Kind::Web, "access"),
        (Kind::App, "application"),
        (Kind::Pager, "pager"),
        (Kind::Deploy, "deploy"),
    ] {
        let known = has(kind) || (asked && kind == Kind::Web);
        if !known {
            out.push(Gap {
                kind: "missing_source",
                text: Sentence::words("no ")
                    .w(what)
                    .w(match by_app && kind == Kind::Web {
                        true => {
                            " log was recognised; the requests are those that applications logged"
                        }
                        false => " log was recognised",
                    }),
                cited: Cited::Absent(all.clone()),
            });
        }
    }
}

/// Gaps that the detector leaves, and clocks that disagree with the edge.
pub(crate) fn of_detection(view: &View<'_>, d: &Detection, out: &mut Vec<Gap>) {
    for r in &d.collection_gaps {
        let lines = super::lines::run_lines(view, r);
        if !lines.is_empty() {
            let s = Sentence::default()
                .w("no request lines from ")
                .p(Piece::Time(Instant::from_second(r.start)))
                .w(" to ")
                .p(Piece::Time(Instant::from_second(r.end)));
            let text = match r.requests {
                0 => {
                    s.w(", and no other log shows whether it is an outage or a pause in collecting")
                }
                n => s
                    .w(", while the inputs behind log ")
                    .p(Piece::Count(n))
                    .w(" requests as ever: the lines were not collected, or a clock was set"),
            };
            out.push(Gap {
                kind: "silence",
                text,
                cited: Cited::Lines(lines),
            });
        }
    }
    for r in &d.one_client {
        let (from, to) = (Instant::from_second(r.start), Instant::from_second(r.end));
        out.extend(one_client(
            view,
            from,
            to,
            r.failed,
            super::lines::run_lines(view, r),
        ));
    }
    if let (true, true, Some((from, to))) =
        (d.one_client.is_empty(), d.incidents.is_empty(), view.span)
    {
        let to = Instant(to.0 + SECOND);
        let failed = view.requests(from, to).1;
        let most = view.by_client(from, to).into_iter().max().unwrap_or(0);
        if failed >= FEW && most * 10 > failed * 9 && view.separates_clients() {
            let mut lines = super::lines::failing_lines(view, from, to).unwrap_or_default();
            lines.extend(super::lines::last_failing(view, from, to).map(|x| x.1));
            lines.dedup();
            out.extend(one_client(view, from, to, failed, lines));
        }
    }
    if d.no_clean_baseline {
        let edge: Vec<u32> = view.edge().map(|l| l.input).collect();
        if !edge.is_empty() {
            out.push(Gap {
                kind: "no_baseline",
                text: Sentence::words(
                    "errors are high through most of the log, so the normal level is a guess",
                ),
                cited: Cited::Absent(edge),
            });
        }
    }
    skews(view, out);
}

/// Failed requests below which their share of one client says nothing.
const FEW: u64 = 20;

/// That one client made the failures of a stretch. Where there are others, clients are counted by a part of their hash: what is
/// counted with one is the most that it can have sent.
fn one_client(
    view: &View<'_>,
    from: Instant,
    to: Instant,
    failed: u64,
    lines: Vec<Evidence>,
) -> Option<Gap> {
    let most = view.by_client(from, to).into_iter().max().unwrap_or(0);
    let text = match addresses(view, from, to) {
        (1, _) if most >= failed => Sentence::words("one address sent all "),
        _ => Sentence::words("one address sent up to ")
            .p(Piece::Count(most.min(failed)))
            .w(" of the "),
    };
    let text = text
        .p(Piece::Count(failed))
        .w(" failed requests from ")
        .p(Piece::Time(from))
        .w(" to ")
        .p(Piece::Time(to));
    (!lines.is_empty()).then_some(Gap {
        kind: "one_client",
        text,
        cited: Cited::Lines(lines),
    })
}

/// A clock that was set back where nothing shows which part of the times is right.
fn fall(view: &View<'_>, l: &Lane<'_>, f: Fall<'_>) -> Gap {
    let text = Sentence::default()
        .w("the times of ")
        .p(name(&l.part.meta.name))
        .w(" go back by at least ")
        .p(Piece::Span(f.least_us()))
        .w(" and go on from there: its clock was set, and no other log shows whether it was right before or after");
    Gap {
        kind: "clock",
        text,
        cited: Cited::Lines(vec![
            view.cite(l.input, f.before),
            view.cite(l.input, f.after),
        ]),
    }
}

/// Inputs whose clocks run ahead or behind, with their first line.
fn skews(view: &View<'_>, out: &mut Vec<Gap>) {
    for l in &view.lanes {
        let Some(first) = l.track.edges().next() else {
            continue;
        };
        let pieces = view.clocks.shifts_of(l.input);
        if pieces.is_empty() {
            out.extend(set_back(l.track).map(|f| fall(view, l, f)));
        }
        for (i, shift) in pieces.iter().enumerate().filter(|p| p.1.ahead_us != 0) {
            let way = if shift.ahead_us > 0 {
                " ahead of"
            } else {
                " behind"
            };
            let mut s = Sentence::default()
                .w("the clock of ")
                .p(name(&l.part.meta.name))
                .w(" runs ")
                .p(Piece::Span(shift.ahead_us.abs()))
                .w(format!("{way} the edge's"));
            if i > 0 {
                s = s.w(" from ").p(Piece::Time(Instant(shift.from))).w(" on");
            }
            if let Some(next) = pieces.get(i + 1) {
                s = s.w(" until it shows ").p(Piece::Time(Instant(next.from)));
            }
            let s = s.w(format!("; corrected (known from {})", shift.basis));
            out.push(Gap {
                kind: "clock",
                text: s,
                cited: Cited::Lines(vec![view.cite(l.input, first)]),
            });
        }
    }
}
