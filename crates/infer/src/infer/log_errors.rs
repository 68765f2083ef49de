//! The error channel: messages of level ERROR that are new or far more than usual, where no request series covers a service
//! and time. Which lanes it looks at, and what it counts; the cutting is the detector's.

use super::{named, novelty};
use crate::detect::{ErrorMinutes, Run, error_runs};
use crate::infer::baseline::Earlier;
use crate::infer::citing::{cite, cite_many};
use crate::infer::lanes::{Lane, View, by_app};
use crate::infer::measured_rows::measured;
use crate::model::{Event, Evidence, Gap, Piece, Sensitivity, Sentence, Tier};
use coroner_core::summary::{Seen, TemplateKey, TemplateUse};
use coroner_lines::record::{Kind, Level, MarkerKind};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::BTreeMap;

/// Log before a message that must be there to call it new, in microseconds.
const BASELINE: i64 = 10 * MINUTE;
/// Messages listed per report, new ones and ones that no past knows of.
const LISTED: usize = 12;
/// Requests from which a series shows how a service does.
const COVERS: u64 = 100;
/// Runs of one source beyond which they are how it is, and by how much one must be larger than the median of them to be
/// more than that.
const RECURRING: usize = 2;
const FAR_LARGER: u64 = 10;
/// How many times its usual rate a message must reach to count.
const TIMES: u32 = 3;

/// A template of a lane.
type TemplateLine<'a> = (&'a Lane<'a>, &'a TemplateKey, &'a TemplateUse);

/// The error messages of one service in one log, whatever files it was rotated into.
struct Source<'a> {
    service: Option<&'a [u8]>,
    templates: Vec<TemplateLine<'a>>,
    /// First and last time of the log.
    span: (Instant, Instant),
}

/// Services with error messages that no request series covers.
fn sources<'a>(view: &'a View<'_>) -> Vec<Source<'a>> {
    let times = |l: &Lane<'_>| (l.utc(l.body.0), l.utc(l.body.1));
    let of_web = |l: &&Lane<'_>| !by_app(l) && l.track.requests.n.holds(COVERS);
    let web: Vec<(Instant, Instant)> = view.edge().filter(of_web).map(times).collect();
    let mut spans: BTreeMap<&str, (Instant, Instant)> = BTreeMap::new();
    let mut all = Vec::new();
    for l in &view.lanes {
        let a = &l.part.accounting;
        // the errors of a web server whose requests are not in the logs
        let server = l.part.kind() == Kind::Web && l.track.requests.n.is_empty();
        let app = server || l.part.kind() == Kind::App;
        let mut formats = a.formats.keys().map(|f| f.to_ascii_lowercase());
        let database = formats.any(|f| f.contains("postgres"));
        // request lines that never report a failure do not report failures
        let own = || {
            !l.track.requests.failed.is_empty()
                && view.tiers.get(&l.input) == Some(&Tier::Edge)
                && l.track.requests.n.holds(COVERS)
        };
        let (a, b) = times(l);
        let covered = web.iter().any(|(x, y)| *x <= b && a <= *y);
        if !app || database || covered || own() {
            continue;
        }
        let span = spans.entry(l.log()).or_insert((a, b));
        *span = (span.0.min(a), span.1.max(b));
        let errors = l.track.templates.iter();
        let counts = |t: &TemplateUse| {
            if server {
                fails_behind(t)
            } else {
                !names_client(t)
            }
        };
        let errors = errors.filter(|(k, t)| is_error(k, t) && counts(t));
        all.extend(errors.map(|(k, t)| (l, k, t)));
    }
    let of = |x: &TemplateLine<'a>| (x.0.log(), x.1.service.as_deref());
    all.sort_list_by_key(of);
    all.chunk_by(|a, b| of(a) == of(b))
        .map(|templates| Source {
            service: of(&templates[0]).1,
            templates: templates.to_vec(),
            span: spans[of(&templates[0]).0],
        })
        .collect()
}

/// Runs of the error channel.
pub(crate) fn runs(view: &View<'_>, s: Sensitivity) -> Vec<Run> {
    let mut out = Vec::new();
    for src in sources(view) {
        let (a, b) = src.span;
        let (from, to) = (a.0.div_euclid(MINUTE), b.0.div_euclid(MINUTE) + 1);
        if to - from < 12 || to - from > 2_000_000 {
            continue;
        }
        let mut messages: BTreeMap<&TemplateKey, Vec<(i64, u32)>> = BTreeMap::new();
        for (l, k, t) in &src.templates {
            let minute = |m: i64| l.utc(m.saturating_mul(MINUTE)).0.div_euclid(MINUTE);
            let counts = t.minutes.counts().map(|(m, n)| (minute(m), n));
            messages.entry(k).or_default().extend(counts);
        }
        let mut minutes: BTreeMap<i64, u32> = BTreeMap::new();
        for counts in messages.into_values() {
            let usual = usual(counts.iter().map(|x| x.1), to - from);
            let unusual = |x: &&(i64, u32)| x.1 > usual.saturating_mul(TIMES);
            for (m, n) in counts.iter().filter(unusual) {
                let c = minutes.entry(*m).or_default();
                *c = c.saturating_add(n.saturating_sub(usual));
            }
        }
        let bad = ErrorMinutes {
            from,
            to,
            unusual: minutes,
        };
        for mut r in sticking_out(error_runs(&bad, s)) {
            if r.start < a.second() + BASELINE / SECOND {
                continue;
            }
            refine(&src, &mut r);
            out.push(r);
        }
    }
    out.sort_list_by_key(|r| (r.start, r.end));
    out
}

/// Runs that are no recurring noise: where a source has many of them, the few that are far larger than the others.
fn sticking_out(runs: Vec<Run>) -> Vec<Run> {
    if runs.len() <= RECURRING {
        return runs;
    }
    let mut sizes: Vec<u64> = runs.iter().map(|r| r.failed).collect();
    sizes.sort_unstable();
    let usual = sizes[sizes.len() / 2];
    runs.into_iter()
        .filter(|r| r.failed >= FAR_LARGER * usual)
        .collect()
}

/// The median count of so many minutes: what a message does all the time.
fn usual(counts: impl Iterator<Item = u32>, minutes: i64) -> u32 {
    let all = minutes.max(1) as usize;
    let mut v: Vec<u32> = counts.collect();
    v.sort_unstable();
    // minutes without a line are the first in order
    let middle = (all / 2).checked_sub(all.saturating_sub(v.len()));
    middle.and_then(|i| v.get(i)).copied().unwrap_or(0)
}

/// Moves the start from its minute to the first line in it that is kept, and the end to the last second that is known. Lines are
/// weighed by minutes, so that a few of the run may lie in the minute before or after.
fn refine(src: &Source<'_>, r: &mut Run) {
    let second = |l: &Lane<'_>, us: i64| l.utc(us).second();
    let on = |l: &Lane<'_>, s: i64| l.on_axis(Instant::from_second(s));
    let first = src.templates.iter().filter_map(|(l, _, t)| {
        let seen = t.first_in(on(l, r.start), on(l, r.start + 60))?;
        Some(second(l, seen.us))
    });
    if let Some(s) = first.min() {
        r.start = s;
    }
    r.start_interval = (r.start - 60, r.start);
    let last = src.templates.iter().map(|(l, _, t)| second(l, t.last().us));
    if let Some(s) = last.filter(|s| (r.end - 60..r.end).contains(s)).max() {
        r.end = s + 1;
    }
    r.end_interval = (r.end, r.end_interval.1.max(r.end + 60));
}

/// The first error line of a run.
pub(crate) fn lines(view: &View<'_>, r: &Run) -> Vec<Evidence> {
    let (from, to) = r.moments();
    let sources = sources(view);
    let all = sources.iter().flat_map(|src| &src.templates);
    let found = all.filter_map(|(l, _, t)| {
        let (a, b) = (l.on_axis(from), l.on_axis(to));
        let s = t.first_in(a, b)?;
        // a message that goes on as ever is not what begins here
        Some((!sticks_out(t, l.body, (a, b)), l.utc(s.us), l.input, s))
    });
    let first = found.min_by_key(|x| (x.0, x.1, x.2, x.3.pos.offset));
    first.map(|(_, _, i, s)| cite(i, s)).into_iter().collect()
}

/// The last error line of a run that is kept.
pub(crate) fn last_line(view: &View<'_>, r: &Run) -> Option<Evidence> {
    let (from, to) = r.moments();
    let sources = sources(view);
    let all = sources.iter().flat_map(|src| &src.templates);
    let last = all.filter_map(|(l, _, t)| {
        let s = t.last_in(l.on_axis(from), l.on_axis(to))?;
        Some((l.utc(s.us), l.input, s))
    });
    let (_, input, s) = last.max_by_key(|x| (x.0, x.1, x.2.pos.offset))?;
    Some(cite(input, s))
}

/// Whether a message comes far more often than usual in some minute of a stretch; all in microseconds on the track's axis.
fn sticks_out(t: &TemplateUse, body: (i64, i64), (a, b): (i64, i64)) -> bool {
    let (from, to) = (body.0.div_euclid(MINUTE), body.1.div_euclid(MINUTE) + 1);
    let counts = t.minutes.counts().map(|x| x.1);
    let most = usual(counts, to - from).saturating_mul(TIMES);
    let first = a.div_euclid(MINUTE);
    let minutes = first..b.div_euclid(MINUTE).max(first) + 1;
    t.minutes.range(minutes).any(|(_, n)| n > most)
}

/// A message as it is listed: all variants of one template of a source.
struct ListedMessage<'a> {
    lane: &'a Lane<'a>,
    service: Option<LogText>,
    text: Vec<u8>,
    first: &'a Seen,
    count: u64,
    /// How long after the beginning of its log, in microseconds.
    late: i64,
    new: bool,
}

/// The messages of a source, variants together.
fn messages_of<'a>(s: &Source<'a>, earlier: Option<&Earlier>) -> Vec<ListedMessage<'a>> {
    let groups = novelty::collapse(s.templates.iter().map(|x| &x.1.text[..]));
    let mut by: BTreeMap<&[u8], (&Lane<'_>, &Seen, u64)> = BTreeMap::new();
    for (l, k, t) in &s.templates {
        let e = by.entry(&groups[&k.text[..]]).or_insert((l, &t.first, 0));
        e.2 += t.count;
        let at = |l: &Lane<'_>, s: &Seen| (l.utc(s.us), l.input, s.order());
        if at(l, &t.first) < at(e.0, e.1) {
            (e.0, e.1) = (l, &t.first);
        }
    }
    by.into_iter()
        // what was written when nothing was wrong is neither new nor unknown
        .filter(|(text, _)| !earlier.is_some_and(|e| e.knows(text)))
        .map(|(text, (lane, first, count))| {
            let late = lane.utc(first.us).0 - s.span.0.0;
            ListedMessage {
                lane,
                service: named(s.service),
                text: text.to_vec(),
                first,
                count,
                late,
                new: earlier.is_some() || late >= BASELINE,
            }
        })
        .collect()
}

/// Error messages that no request series explains: new ones become rows, those without a past gaps. Messages that begin
/// inside `taken` stretches belong to incidents.
pub(crate) fn listed(
    view: &View<'_>,
    taken: &[(Instant, Instant)],
    gaps: &mut Vec<Gap>,
) -> Vec<Event> {
    // what comes late shows more than what was there from the beginning, and few lines more than many
    let late = |x: &ListedMessage<'_>| x.late.div_euclid(30 * SECOND).min(20);
    let order = |a: &ListedMessage<'_>, b: &ListedMessage<'_>| {
        (b.new, late(b), a.count)
            .cmp(&(a.new, late(a), b.count))
            .then_with(|| (a.lane.input, &a.text).cmp(&(b.lane.input, &b.text)))
    };
    let sources = sources(view);
    // the same message of several services is one, and the name of the service often begins it
    fn bare<'x>(x: &'x ListedMessage<'_>) -> &'x [u8] {
        let own = x.service.as_ref().map_or("", |s| s.for_json()).as_bytes();
        x.text.strip_prefix(own).unwrap_or(&x.text)
    }
    // no more are held than are listed: a message that comes again in a better place finds its way by itself
    let mut all: Vec<ListedMessage<'_>> = Vec::with_capacity(LISTED + 1);
    for x in sources.iter().flat_map(|s| messages_of(s, view.earlier)) {
        let at = x.lane.utc(x.first.us);
        if bare(&x).trim_ascii().is_empty() || taken.iter().any(|(a, b)| *a <= at && at <= *b) {
            continue;
        }
        match all.iter_mut().find(|known| bare(known) == bare(&x)) {
            Some(known) if order(known, &x).is_le() => continue,
            Some(known) => *known = x,
            None => all.push(x),
        }
        all.sort_list_by(order);
        all.truncate(LISTED);
    }
    gaps.extend(all.iter().filter(|x| !x.new).map(gap));
    all.iter().filter(|x| x.new).map(row).collect()
}

/// The first line of a message, and the message with its masks filled from it.
fn first_line(x: &ListedMessage<'_>) -> (Evidence, LogText) {
    let line = cite_many(x.lane.input, x.first, x.count);
    let text = LogText::new(&x.text);
    let said = line.excerpt.as_ref().map(|l| text.example(l));
    (line, said.unwrap_or(text))
}

/// A message that its log did not hold for some time.
pub(super) fn new_error(none_for: Option<i64>, said: LogText) -> Sentence {
    let s = match none_for {
        Some(us) => Sentence::words("New error, not seen in the preceding ")
            .p(Piece::Span(us))
            .w(" of its logs: "),
        None => Sentence::words("New error: "),
    };
    s.p(Piece::Log(said.without_head()))
}

fn row(x: &ListedMessage<'_>) -> Event {
    let (line, said) = first_line(x);
    const METHOD: &str = "message template without a line before, although its source had been logging for ten minutes";
    let text = new_error((x.late >= BASELINE).then_some(x.late), said);
    let at = x.lane.utc(x.first.us);
    Event {
        service: x.service.clone(),
        ..measured(MarkerKind::NewError, at, text, vec![line], METHOD)
    }
}

fn gap(x: &ListedMessage<'_>) -> Gap {
    let (line, said) = first_line(x);
    let text = Sentence::words("errors that may not be new (too little log before them to tell)");
    let text = match &x.service {
        Some(s) => text.w(", of ").name(s),
        None => text,
    };
    let (from, lines) = (Piece::Time(x.lane.utc(x.first.us)), Piece::Count(x.count));
    let text = text.w(", from ").p(from).w(", ").p(lines);
    let text = text.w(if x.count == 1 { " line: " } else { " lines: " });
    Gap::shown("no_baseline", text.log(&said), vec![line])
}

/// Whether a message is an error: by its level, or because the text of a wrapped line states one.
fn is_error(k: &TemplateKey, t: &TemplateUse) -> bool {
    let states = |w: &[u8]| memchr::memmem::find(&t.example, w).is_some();
    k.level >= Level::Error
        || k.level < Level::Warn
            && (states(b" ERROR ") || states(b"[ERROR]") || states(b"level=error"))
}

/// Whether a line of a web server tells of whom it forwards requests to: nobody but they can have failed it.
fn fails_behind(t: &TemplateUse) -> bool {
    let names: [&[u8]; 3] = [b"upstream", b"backend", b"attempt to connect"];
    names
        .iter()
        .any(|n| memchr::memmem::find(&t.example, n).is_some())
}

/// Whether a line names a client as web servers do: who sent it has an access log, or should have.
fn names_client(t: &TemplateUse) -> bool {
    memchr::memmem::find(&t.example, b"[client ").is_some()
}
