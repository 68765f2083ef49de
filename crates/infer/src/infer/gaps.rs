//! What the logs cannot show, named: trouble with inputs, assumed zones and years, clocks that disagree, missing sources.

use super::InferConfig;
use super::impact::addresses;
use crate::clock::{Fall, set_back};
use crate::detect::Detection;
use crate::infer::citing::cite;
use crate::infer::inputs::writes_zone;
use crate::infer::lanes::{Lane, View};
use crate::infer::list_limits::Limit;
use crate::infer::outlier_stamps::OutlierStamps;
use crate::model::{Event, Evidence, Gap, Piece, Sentence, ZoneSource};
use coroner_core::plan::YearBasis;
use coroner_core::summary::{Accounting, InputPart};
use coroner_lines::record::Kind;
use coroner_lines::text::LogText;
use coroner_lines::text::environment::names_a_release;
use coroner_lines::time::{Instant, MINUTE, SECOND};

fn name(n: &str) -> Piece {
    Piece::File(LogText::name(n.as_bytes()))
}

/// Lines of an input that are many: above them one may be a heading, and where most of them look like requests and are none to any
/// format it is said.
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
        let (lines, are) = match far.lines {
            1 => (" line of ", " is"),
            _ => (" lines of ", " are"),
        };
        let s = some(far.lines, lines, input, are)
            .w(" stamped more than 400 days away from the rest of the logs: left out");
        let first = view.cite(far.input, &far.first);
        out.push(Gap::shown("stray_stamps", s, vec![first]));
    }
    year(view, config, &mut out);
    let all: Vec<u32> = view.part.inputs.keys().copied().collect();
    if !all.is_empty() {
        let problem = |p: &String| Sentence::default().log(&LogText::new(p.as_bytes()));
        let problems = config.problems.iter().map(problem);
        out.extend(problems.map(|text| Gap::of("input", text, all.clone())));
        sources(view, stated, &all, &mut out);
    }
    out
}

/// So many of something of an input, and what they are.
fn some(n: u64, of: &'static str, p: &InputPart, are: &'static str) -> Sentence {
    let file = name(&p.meta.name);
    Sentence::default().p(Piece::Count(n)).w(of).p(file).w(are)
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
    let file = || Sentence::default().p(name(&p.meta.name));
    let lines = |rest| Sentence::words("lines of ").p(name(&p.meta.name)).w(rest);
    let whole = |kind, text| Gap::of(kind, text, vec![id]);
    out.extend(
        p.notes
            .iter()
            .map(|n| whole("input", file().w(" ").w(n.clone()))),
    );
    let doubts = p.meta.doubts.iter();
    out.extend(doubts.map(|d| whole("clock", file().w(" ").w(d.clone()))));
    // a heading above many lines is no gap; it is counted beside its input
    let examples = || a.examples.values();
    let heading = a.unparsed == 1 && a.parsed >= MANY && examples().all(|x| x.pos.line == 1);
    if a.unparsed > 0 && !heading {
        let s = not_understood(p);
        let s = match a.overlong {
            0 => s,
            n => s.w(" (").p(Piece::Count(n)).w(" of them too long)"),
        };
        let examples = examples().map(|x| cite(id, x));
        out.push(Gap::shown("unparsed", s, examples.collect()));
    } else if a.lines == 0 {
        out.push(whole("input", file().w(" holds no lines")));
    }
    let given = |m: &&crate::clock::Mapped| m.source == ZoneSource::Option;
    let clock = view.clocks.of(id).filter(|m| !writes_zone(p, m.zone));
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
        out.extend(first.map(|e| Gap::shown("zone", s, vec![e])));
    }
    let level = p.tracks().map(|(_, t)| t.activity.level()).max();
    if let Some(level) = level.filter(|level| *level > 0) {
        let text = lines(" come in very many different minutes: of each ")
            .p(Piece::Span(MINUTE << (3 * level)))
            .w(" only the first and the last is known, so short silences and joint moments may be missed");
        out.push(whole("input", text));
    }
    if p.tracks().any(|(_, t)| t.is_cut()) {
        let rest = " come in very many different hours: only the latest are listed, the earliest are only counted";
        out.push(whole("input", lines(rest)));
    }
    if a.untimed_requests > 0 {
        let are = " carry no time and are not counted";
        let text = some(a.untimed_requests, " requests of ", p, are);
        out.push(whole("untimed_requests", text));
    }
    if a.lines >= MANY && a.unread_requests * 2 > a.lines {
        let are = " look like requests and were not read as such: name their format with --format";
        let text = some(a.unread_requests, " lines of ", p, are);
        out.push(whole("unread_requests", text));
    }
    if p.markers_dropped() > 0 {
        let are = " were left out: too many";
        let text = some(p.markers_dropped(), " later markers of ", p, are);
        out.push(whole("marker", text));
    }
}

fn year(view: &View<'_>, config: &InferConfig, out: &mut Vec<Gap>) {
    let with = inputs(view, |a| a.yearless > 0);
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
    out.push(Gap::of("clock", Sentence::words(text), with));
}

/// The inputs of whose lines something holds.
fn inputs(view: &View<'_>, holds: impl Fn(&Accounting) -> bool) -> Vec<u32> {
    let with = view
        .part
        .inputs
        .iter()
        .filter(|(_, p)| holds(&p.accounting));
    with.map(|(id, _)| *id).collect()
}

/// The inputs that hold records of a pager.
pub(crate) fn pagers(view: &View<'_>) -> Vec<u32> {
    inputs(view, |a| a.kinds[Kind::Pager as usize] > 0)
}

/// Kinds of sources of which nothing was recognised, neither a record nor a row that such a log is there to report.
fn sources(view: &View<'_>, stated: &[Event], all: &[u32], out: &mut Vec<Gap>) {
    let all_of = || view.part.inputs.values().map(|p| &p.accounting);
    let has = |k: Kind| {
        let row = |e: &Event| e.kind.log() == Some(k);
        all_of().any(|a| a.kinds[k as usize] > 0) || stated.iter().any(row)
    };
    // requests that servers log are access logs, whatever else their input holds, read or not, with a time or without
    let asked = |a: &Accounting| {
        a.requests > a.requests_by_app || a.unread_requests > 0 || a.untimed_requests > 0
    };
    let asked = all_of().any(asked);
    let by_app = all_of().any(|a| a.requests_by_app > 0);
    for (kind, what) in [
        (Kind::Web, "access"),
        (Kind::App, "application"),
        (Kind::Pager, "pager"),
        (Kind::Deploy, "deploy"),
    ] {
        let known = has(kind) || (asked && kind == Kind::Web);
        let mut inputs = view.part.inputs.iter();
        let called = inputs.find(|(_, p)| kind == Kind::Deploy && names_a_release(&p.meta.name));
        if let Some((&input, p)) = called.filter(|_| !known) {
            let text = Sentence::words("no release was recognised in ");
            let text = text.name(&LogText::name(p.meta.name.as_bytes()));
            out.push(Gap::of("missing_source", text, vec![input]));
        } else if !known {
            let none = match by_app && kind == Kind::Web {
                true => " log was recognised; the requests are those that applications logged",
                false => " log was recognised",
            };
            let text = Sentence::words("no ").w(what).w(none);
            out.push(Gap::of("missing_source", text, all.to_vec()));
        }
    }
}

/// Gaps that the detector leaves, and clocks that disagree with the edge.
pub(crate) fn of_detection(view: &View<'_>, d: &Detection, out: &mut Vec<Gap>) {
    for r in &d.collection_gaps {
        let lines = super::lines::run_lines(view, r);
        if !lines.is_empty() {
            let (from, to) = r.moments();
            let s = Sentence::words("no request lines from ").p(Piece::Time(from));
            let s = s.w(" to ").p(Piece::Time(to));
            let text = match r.requests {
                0 => {
                    s.w(", and no other log shows whether it is an outage or a pause in collecting")
                }
                n => s
                    .w(", while the inputs behind log ")
                    .p(Piece::Count(n))
                    .w(" requests as ever: the lines were not collected, or a clock was set"),
            };
            out.push(Gap::shown("silence", text, lines));
        }
    }
    for r in &d.one_client {
        let lines = super::lines::run_lines(view, r);
        out.extend(one_client(view, r.moments(), r.failed, lines));
    }
    if let (true, true, Some((from, to))) =
        (d.one_client.is_empty(), d.incidents.is_empty(), view.span)
    {
        let to = Instant(to.0 + SECOND);
        let failed = view.failed(from, to);
        let most = view.by_client(from, to).into_iter().max().unwrap_or(0);
        if failed >= FEW && most * 10 > failed * 9 && view.separates_clients() {
            let mut lines = super::lines::failing_lines(view, from, to).unwrap_or_default();
            lines.extend(super::lines::last_failing(view, from, to).map(|x| x.1));
            lines.dedup();
            out.extend(one_client(view, (from, to), failed, lines));
        }
    }
    if d.no_clean_baseline {
        let edge: Vec<u32> = view.edge().map(|l| l.input).collect();
        if !edge.is_empty() {
            let text = "errors are high through most of the log, so the normal level is a guess";
            out.push(Gap::of("no_baseline", Sentence::words(text), edge));
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
    (from, to): (Instant, Instant),
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
    (!lines.is_empty()).then(|| Gap::shown("one_client", text, lines))
}

/// A clock that was set back where nothing shows which part of the times is right.
fn fall(view: &View<'_>, l: &Lane<'_>, f: Fall<'_>) -> Gap {
    let text = Sentence::default()
        .w("the times of ")
        .p(name(&l.part.meta.name))
        .w(" go back by at least ")
        .p(Piece::Span(f.least_us()))
        .w(" and go on from there: its clock was set, and no other log shows whether it was right before or after");
    let lines = [f.before, f.after].map(|line| view.cite(l.input, line));
    Gap::shown("clock", text, lines.to_vec())
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
            let way = match shift.ahead_us > 0 {
                true => " ahead of",
                false => " behind",
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
            out.push(Gap::shown("clock", s, vec![view.cite(l.input, first)]));
        }
    }
}
