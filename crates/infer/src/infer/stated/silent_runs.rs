//! Runs of a release tool that states none of its acts in words that are known: its log is called after releasing, and each stretch
//! of lines in it is one. What a log says itself goes before; the rows of other logs are not looked at.

use crate::infer::lanes::View;
use crate::infer::stated::StatedMarker;
use crate::infer::stated::job_logs::does;
use crate::model::Evidence;
use coroner_core::summary::{CitableLine, InputPart};
use coroner_lines::marker::fields::version;
use coroner_lines::record::{Kind, MarkerKind as K};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::text::environment::released_by;
use coroner_lines::text::words::holds_any;
use coroner_lines::time::{Instant, MINUTE};

/// Time without a line after which another run begins.
const APART: i64 = 3 * MINUTE;
/// What goes on for longer is no run of a release, but a program that is called so.
const LONGEST: i64 = 45 * MINUTE;
/// What is said in the lines that name the version of who runs them.
const OF_TOOLS: &str = "runner | agent | server version | client version";
/// What a last line says of a run that is over, and of one that went wrong.
const OVER: &str = "end | ended | done | finished | complete | completed | success | succeeded | successful | successfully";
const WRONG: &str =
    "fail | failed | failure | error | errors | abort | aborted | cancelled | canceled";
/// Runs in a log of releases; what writes more often does so for another reason.
const MOST: usize = 24;

/// The time of a line, and where it stands.
type StampedLine = (Instant, Evidence);

/// Adds the beginning of each run to the rows of an input, and its end where its last line says so, where they state no act of the job:
/// what migrates a schema may release nothing.
pub(in crate::infer) fn silent_runs(
    rows: &mut Vec<StatedMarker>,
    from: usize,
    input: u32,
    p: &InputPart,
    view: &View<'_>,
) {
    let kind = does(&p.meta.name).filter(|k| matches!(k, K::DeployStart | K::RollbackStart));
    let Some(kind) = kind.filter(|_| p.kind() == Kind::Deploy) else {
        return;
    };
    if rows[from..].iter().any(|r| says_what_it_does(r.kind)) {
        return;
    }
    let mut lines: Vec<StampedLine> = Vec::new();
    for (axis, track) in p.tracks() {
        let at = |l: &CitableLine| {
            (
                view.clocks.at(input, axis, l.us, l.pos.offset),
                view.cite(input, l),
            )
        };
        lines.extend(track.edges().map(at));
    }
    lines.sort_list_by(|a, b| (a.0, a.1.byte).cmp(&(b.0, b.1.byte)));
    let runs: Vec<&[StampedLine]> = lines.chunk_by(|a, b| b.0.since(a.0) <= APART).collect();
    let long = |r: &&[StampedLine]| r[r.len() - 1].0.since(r[0].0) > LONGEST;
    if runs.len() > MOST || runs.iter().any(long) {
        return;
    }
    let service = released_by(&p.meta.name).map(|n| n.as_bytes().to_vec());
    let finish = match kind {
        K::RollbackStart => K::RollbackFinish,
        _ => K::DeployFinish,
    };
    let of_lines = |r: &&[StampedLine]| r[0].1.byte != r[r.len() - 1].1.byte;
    for (n, run) in runs.into_iter().filter(of_lines).enumerate() {
        let texts = run.iter().filter_map(|l| l.1.excerpt.as_ref());
        let texts = texts
            .map(LogText::for_json)
            .filter(|t| !holds_any(t.as_bytes(), OF_TOOLS));
        let mut called = [stem(&p.meta.name)].into_iter().chain(texts);
        let version = called.find_map(|t| version(t.as_bytes()));
        let host = p.meta.host.as_ref().map(|h| h.clone().into_bytes());
        let (first, last) = (&run[0], &run[run.len() - 1]);
        let said = last
            .1
            .excerpt
            .as_ref()
            .map_or("", LogText::for_json)
            .as_bytes();
        let over = holds_any(said, OVER) && !holds_any(said, WRONG);
        let ends = over.then_some((finish, last));
        for (kind, (time, line)) in [(kind, first)].into_iter().chain(ends) {
            rows.push(StatedMarker {
                time: Some(*time),
                after: None,
                before: None,
                place: None,
                input,
                log: input,
                offset: line.byte,
                kind,
                class: None,
                confidence: 60,
                text: format!("{} #{}", p.meta.name, n + 1).into_bytes(),
                group: None,
                actors: Vec::new(),
                host: host.clone(),
                service: service.clone(),
                version: version.map(<[u8]>::to_vec),
                typed: false,
                package: false,
                evidence: vec![line.clone()],
                last: None,
                by_minute: false,
                alike: 1,
            });
        }
    }
}

/// The name of a file without its folder and what says how it is written: `release-2.42.0` of `ci/release-2.42.0.log.gz`.
fn stem(name: &str) -> &str {
    let mut file = name.rsplit('/').next().unwrap_or(name);
    while let Some((front, end)) = file.rsplit_once('.')
        && end.starts_with(|c: char| c.is_ascii_alphabetic())
    {
        file = front;
    }
    file
}

/// Whether a marker is an act of a job's own, and no mere sign of life of what it acts on.
fn says_what_it_does(kind: K) -> bool {
    !matches!(
        kind,
        K::Restart | K::ServiceStart | K::ServiceStop | K::HumanNote | K::Fault
    )
}
