//! Rows of the timeline as the screen and Markdown list them: rows that say the same thing of one host, or within a few
//! seconds of several, share a line that cites all of them. The JSON keeps every row apart; a row with a letter always
//! leads its line. What a shared line says is in `rows/words.rs`.

#[cfg(test)]
mod tests;
mod words;

use crate::report::{facts, kinds};
use coroner_infer::model::{
    Basis, Cause, CauseVerdict, Cited, Claim, Event, Evidence, Incident, Piece, Sentence,
};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};
pub use words::counts;

/// What is reported of several hosts or alerts with one time happens within this.
const TOGETHER: i64 = 10 * SECOND;
/// Longest pause between two rows of a line about one host.
const PAUSE: i64 = 2 * MINUTE;
/// Longest stretch of a line.
const STRETCH: i64 = 10 * MINUTE;
/// So far before a lettered row may lie what it takes into its line.
const BEFORE: i64 = 10 * SECOND;
/// Share of words that two messages have in common when they say the same.
const ALIKE: f64 = 0.6;

/// A line: one row, or several that say the same.
pub struct RowLine<'a> {
    /// The row whose time, letter, kind and basis the line shows.
    pub lead: &'a Event,
    /// Every row of the line by time, the lead among them.
    pub rows: Vec<&'a Event>,
    /// The alert of the line was resolved: what fires then is a new page.
    resolved: bool,
}

impl<'a> RowLine<'a> {
    fn of(e: &'a Event) -> Self {
        RowLine {
            lead: e,
            rows: vec![e],
            resolved: false,
        }
    }

    /// How many events it tells of: what a restart stops and starts is no restart more.
    pub fn events(&self) -> usize {
        let of_kind = self.rows.iter().filter(|e| e.kind == self.kind());
        of_kind.count().max(1)
    }

    /// What the line says.
    pub fn text(&self) -> Sentence {
        words::of(self)
    }

    /// The kind of what it says.
    pub fn kind(&self) -> K {
        words::kind(self)
    }

    /// What all its rows rest on, without repeats: first one line of each host, then the rest.
    pub fn evidence(&self) -> Vec<&'a Evidence> {
        let mut first: Vec<&Evidence> = Vec::new();
        let mut rest: Vec<&Evidence> = Vec::new();
        let mut hosts: Vec<Option<&LogText>> = Vec::new();
        let lead = std::iter::once(self.lead);
        for e in lead.chain(self.rows.iter().copied()) {
            let new = !hosts.contains(&e.host.as_ref());
            hosts.push(e.host.as_ref());
            for (n, x) in e.evidence.iter().enumerate() {
                if first.iter().chain(&rest).any(|y| same_place(x, y)) {
                    continue;
                }
                match new && n == 0 {
                    true => first.push(x),
                    false => rest.push(x),
                }
            }
        }
        first.extend(rest);
        first
    }

    fn last(&self) -> Option<Instant> {
        self.rows.iter().filter_map(|e| e.time).max()
    }

    /// Whether a later row belongs to this line.
    fn takes(&self, e: &Event) -> bool {
        let (Some(t), Some(start), Some(last)) = (e.time, self.lead.time, self.last()) else {
            return false;
        };
        if e.letter.is_some() && (self.lead.letter.is_some() || t.0 - start.0 > BEFORE) {
            return false;
        }
        if reminder(self.lead, e) {
            return !self.resolved;
        }
        let alert = matches!(e.kind, K::AlertFired | K::AlertResolved);
        let one = !alert && self.rows.iter().any(|r| r.host == e.host);
        let near = match one {
            true => t.0 - last.0 <= PAUSE && t.0 - start.0 <= STRETCH,
            false => t.0 - start.0 <= TOGETHER,
        };
        near && (self.same_fact(e) || self.same_kind(e) || self.life(e))
    }

    /// Two rows about one log line or moment: a message that is also a sign, an action and its end.
    fn same_fact(&self, e: &Event) -> bool {
        use K::{BackendDown, Crash, Fault, MitigationFinish, MitigationStart, NewError};
        let twin = |a: K, b: K| match (a, b) {
            (NewError, k) | (k, NewError) => {
                matches!(k, NewError | BackendDown | Crash | Fault | MitigationStart)
            }
            both => [both, (b, a)].contains(&(MitigationStart, MitigationFinish)),
        };
        let mut rows = self.rows.iter();
        rows.any(|r| twin(r.kind, e.kind) && e.evidence.iter().any(|x| cites(r, x)))
    }

    /// The same sentence of another host, or a message much like it.
    fn same_kind(&self, e: &Event) -> bool {
        let l = self.lead;
        if l.kind != e.kind || l.class != e.class || l.host.is_some() != e.host.is_some() {
            return false;
        }
        match e.kind {
            // two providers report two
            K::AlertResolved => {
                matches!((l.evidence.first(), e.evidence.first()), (Some(a), Some(b)) if a.input == b.input)
            }
            K::AlertFired => l.letter.is_none() && e.letter.is_none(),
            K::Fault | K::Crash | K::BackendDown | K::BackendUp | K::NewError => {
                (&l.service, &l.upstream) == (&e.service, &e.upstream) && alike(&l.text, &e.text)
            }
            K::Restart => words::agree(l, e) && alike(&l.text, &e.text),
            // an autoscaler goes in steps
            K::Scale => l.host == e.host && l.service.is_some() && l.service == e.service,
            // what one run of a package manager does
            K::DeployStart | K::DeployFinish if l.package && e.package => l.host == e.host,
            // Rows that the story depends on: only word for word, of another host.
            _ => e.host.is_some() && words::without_host(l) == words::without_host(e),
        }
    }

    /// Stops, starts and restarts of one service.
    fn life(&self, e: &Event) -> bool {
        if !is_life(self.lead.kind) || !is_life(e.kind) {
            return false;
        }
        // A restart on another host, and whatever somebody asks for, is a step of its own.
        let asked =
            e.kind == K::Restart && self.lead.kind == K::Restart || e.text.states_a_command();
        let known = |r: &&&Event| r.service.is_some() && e.service.is_some();
        let here = |r: &&Event| r.host == e.host || r.host.is_none() || e.host.is_none();
        !asked
            && match self.rows.iter().find(known) {
                Some(r) => {
                    words::agree(r, e)
                        && (self.lead.kind != K::Restart || self.rows.iter().any(here))
                }
                None => self.rows.iter().any(here),
            }
    }
}

fn is_life(k: K) -> bool {
    matches!(k, K::Restart | K::ServiceStart | K::ServiceStop)
}

/// A further message of an alert that has fired already.
fn reminder(lead: &Event, e: &Event) -> bool {
    let same = lead.group.is_some() && lead.group == e.group || lead.text == e.text;
    lead.kind == K::AlertFired && e.kind == K::AlertFired && e.letter.is_none() && same
}

fn same_place(a: &Evidence, b: &Evidence) -> bool {
    (a.input, a.line, a.byte) == (b.input, b.line, b.byte)
}

/// Whether a row rests on a line.
fn cites(e: &Event, line: &Evidence) -> bool {
    e.evidence.iter().any(|x| same_place(x, line))
}

/// A row after which a stop or start belongs to a new step of the story.
fn is_step(k: K) -> bool {
    matches!(
        k,
        K::DeployStart | K::RollbackStart | K::MigrationStart | K::MigrationRollback | K::Failover
    )
}

/// The lines of an incident's timeline, in the order of their leads.
pub fn of(i: &Incident) -> Vec<RowLine<'_>> {
    joined(&i.timeline)
}

/// The lines of any rows.
pub fn joined(rows: &[Event]) -> Vec<RowLine<'_>> {
    let mut lines: Vec<RowLine<'_>> = Vec::new();
    let mut open = 0;
    for e in rows {
        if is_step(e.kind) && !e.package {
            // What begins in the same moment belongs to the step.
            let now = |l: &RowLine<'_>| matches!((l.lead.time, e.time), (Some(a), Some(b)) if b.0 - a.0 <= SECOND);
            let before = lines.iter().rev().take_while(|l| now(l)).count();
            open = lines.len() - before;
        }
        if e.kind == K::AlertResolved {
            let alert = |l: &&mut RowLine<'_>| match (&l.lead.group, &e.group) {
                (Some(a), Some(b)) => a == b,
                _ => true,
            };
            let alerts = lines.iter_mut().filter(alert);
            alerts.for_each(|l| l.resolved = true);
        }
        let from = if e.kind == K::AlertFired { 0 } else { open };
        let here = |l: &RowLine<'_>| e.host.is_some() && l.rows.iter().any(|r| r.host == e.host);
        // Of two lines that could take a row, the one that knows its host, then the later one.
        let taking = lines[from..].iter_mut().filter(|l| l.takes(e));
        let found = taking.max_by_key(|l| here(l));
        match found {
            Some(l) => {
                l.rows.push(e);
                // What a line states says more than that its message is new.
                let says_more = l.lead.kind == K::NewError && e.kind != K::NewError;
                if e.letter.is_some() || (says_more && l.lead.letter.is_none()) {
                    l.lead = e;
                }
            }
            None => lines.push(RowLine::of(e)),
        }
    }
    lines.sort_list_by_key(|l| rows.iter().position(|e| std::ptr::eq(e, l.lead)));
    lines
}

/// The lines that a form of limited length shows, in order, and how many rows it leaves out. Lines with a letter come
/// first, then the others from the earliest on.
pub fn shown(i: &Incident, limit: usize) -> (Vec<RowLine<'_>>, usize) {
    let (lines, more) = limited(of(i), limit, |_| 0);
    (lines, more.iter().map(|l| l.rows.len()).sum())
}

/// Lines with a letter, and as many of the others as make up a limit, the least `far` first; and those that are left.
fn limited<'a>(
    all: Vec<RowLine<'a>>,
    limit: usize,
    far: impl Fn(&RowLine<'_>) -> i64,
) -> (Vec<RowLine<'a>>, Vec<RowLine<'a>>) {
    let others = all.iter().filter(|l| l.lead.letter.is_none());
    let mut others: Vec<i64> = others.map(&far).collect();
    let mut room = limit.saturating_sub(all.len() - others.len());
    others.sort_unstable();
    let reach = others.get(room).copied().unwrap_or(i64::MAX);
    all.into_iter().partition(|l| {
        let stays = l.lead.letter.is_some() || room > 0 && far(l) <= reach;
        room = room.saturating_sub(usize::from(stays && l.lead.letter.is_none()));
        stays
    })
}

/// The row that a cause begins with: the change that the ranking names, else the first that a line states and one of its claims
/// rests on, or that states its kind of fault. What was measured is what came of it.
pub fn begins_with<'a>(i: &'a Incident, c: &Cause) -> Option<&'a Event> {
    let first = i.causes.first().is_some_and(|x| std::ptr::eq(x, c));
    let around = |us| Some(Instant(i.onset.0 + us));
    // an alert tells what it saw of it
    let own = |e: &&Event| e.basis == Basis::Stated && e.kind != K::AlertFired;
    let early = |e: &&Event| own(e) && e.time <= around(MINUTE);
    // what follows from it is of another kind
    let alike = |e: &&Event| e.class.is_none_or(|class| class == c.class);
    let stated = || i.timeline.iter().filter(early).filter(alike);
    facts::change(i)
        .filter(|_| first)
        .map(|x| x.0)
        .or_else(|| stated().find(|e| rests_on(e, &c.pro)))
        .or_else(|| stated().find(|e| e.class == Some(c.class) && e.time >= around(-MINUTE)))
}

/// How long before the onset the suspected change was made, in microseconds. Of leads that are no finding nothing is said.
pub fn lead(i: &Incident) -> Option<i64> {
    let found = i.cause_verdict != CauseVerdict::NotEstablished && !i.causes.is_empty();
    i.durations.lead.filter(|_| found)
}

/// Whether one of the claims rests on a line of a row.
fn rests_on(e: &Event, claims: &[Claim]) -> bool {
    let cited = claims.iter().filter_map(|x| match &x.cited {
        Cited::Lines(l) => Some(l),
        Cited::Absent(_) => None,
    });
    cited.flatten().any(|l| cites(e, l))
}

/// The row of the new message that half of the failing requests say, or more.
fn said_by_most(i: &Incident) -> Option<&Event> {
    let failed = i.impact.failed.filter(|n| *n > 0)?;
    let said = i.new_templates.iter().find(|t| t.count * 2 >= failed)?;
    let first = said.evidence.first()?;
    let of = |e: &&Event| e.kind == K::NewError && cites(e, first);
    i.timeline.iter().find(of)
}

/// The lines of a short timeline, and those that it folds. A line stays that has a letter, is a change, an action or an edge of the
/// incident, a restart in it, a command with which it ends, a fault of what fails within a minute of the onset or of the host that is
/// the first suspect, that one of `claims` rests on, or that most failing requests say, an alert that was open when it began; of more than `limit` those without a letter go, the furthest from the incident first.
pub fn folded<'a>(
    i: &'a Incident,
    claims: &[Claim],
    limit: usize,
) -> (Vec<RowLine<'a>>, Vec<RowLine<'a>>) {
    let at_onset = |e: &Event| {
        e.time.is_some_and(|t| (t.0 - i.onset.0).abs() <= MINUTE)
            && matches!(
                e.kind,
                K::Fault | K::Crash | K::ServiceStop | K::Restart | K::VersionChange
            )
            && is_here(i, e)
    };
    let end = |k: K| matches!(k, K::DeployFinish | K::MigrationFinish);
    let suspect = i.causes.first().and_then(|c| c.culprit.as_ref());
    let host = suspect.filter(|n| n.kind == "host").map(|n| &n.name);
    // a job that is suspected has a start; that of what fails is no step of the story by itself
    let job = |s: &LogText| {
        suspect.is_some_and(|n| n.name.for_json().split(' ').any(|w| w == s.for_json()))
    };
    let of_suspect = |e: &Event| match e.kind {
        K::ServiceStart => e.service != i.service && e.service.as_ref().is_some_and(job),
        K::Fault | K::Crash | K::NewError | K::Restart => host.is_some() && e.host.as_ref() == host,
        _ => e.text.states_a_command() && host.is_some() && e.host.as_ref() == host,
    };
    let restarted = |e: &Event| {
        let during = |t: Instant| t >= i.onset && i.recovery.is_none_or(|r| t <= r);
        e.kind == K::Restart && e.time.is_some_and(during)
    };
    // what is typed as the failures end may have ended them
    let at_the_end = |e: &Event| {
        let since = |r: Instant| e.time.map(|t| t.0 - r.0);
        let lag = i.recovery.and_then(since);
        e.text.states_a_command() && lag.is_some_and(|l| (-2 * MINUTE..=MINUTE / 2).contains(&l))
    };
    let most = said_by_most(i);
    let stays = |l: &RowLine<'_>| {
        l.lead.letter.is_some()
            || most.is_some_and(|e| std::ptr::eq(e, l.lead))
            || l.rows.iter().any(|e| kinds::stays(e.kind))
            || at_onset(l.lead)
            || at_the_end(l.lead)
            || of_suspect(l.lead)
            || restarted(l.lead)
            || was_open(i, l.lead)
            || !end(l.lead.kind) && l.rows.iter().any(|e| rests_on(e, claims))
    };
    let (all, mut folded): (Vec<_>, Vec<_>) = of(i).into_iter().partition(stays);
    // first what happens while requests fail, then what lies nearest to it
    let far = |l: &RowLine<'_>| {
        let end = i.recovery.unwrap_or(Instant(i64::MAX));
        let t = l.lead.time.unwrap_or(i.onset);
        (i.onset.0 - t.0).max(t.0.saturating_sub(end.0)).max(0)
    };
    let (shown, more) = limited(all, limit, far);
    folded.extend(more);
    (shown, folded)
}

/// Whether a row is an alert that fired before the incident and was open when that began.
fn was_open(i: &Incident, e: &Event) -> bool {
    let same = |r: &Event| r.group.is_some() && r.group == e.group || alike(&r.text, &e.text);
    let before = |t: Option<Instant>| t.is_some_and(|t| t < i.onset);
    let closes = |r: &&Event| r.kind == K::AlertResolved && r.time > e.time && before(r.time);
    e.kind == K::AlertFired && before(e.time) && !i.timeline.iter().filter(closes).any(same)
}

/// Whether a row may be of what fails: of its hosts or its service, or of none that is known.
pub fn is_here(i: &Incident, e: &Event) -> bool {
    let Some(host) = &e.host else { return true };
    let own = |x: &Event| {
        let service = x.service.is_some() && (x.letter.is_some() || x.service == i.service);
        x.letter.is_some() && x.host.as_ref() == Some(host)
            || service && (x.host.as_ref() == Some(host) || x.service == e.service)
    };
    let mut hosts = i.impact.by_host.iter();
    hosts.any(|r| r.failed > 0 && r.name == *host) || i.timeline.iter().any(own)
}

/// Whether the quoted messages of two sentences say the same but for names and numbers.
pub(super) fn alike(a: &Sentence, b: &Sentence) -> bool {
    let quoted = |s: &Sentence| -> Vec<String> {
        s.0.iter()
            .filter_map(|p| match p {
                Piece::Log(t) => Some(t.for_json()),
                _ => None,
            })
            .flat_map(|t| t.split(|c: char| !c.is_alphanumeric()))
            .filter(|w| !w.is_empty() && !w.bytes().all(|b| b.is_ascii_digit()))
            .map(str::to_lowercase)
            .collect()
    };
    let (x, mut y) = (quoted(a), quoted(b));
    let all = x.len() + y.len();
    let mut common = 0;
    for w in &x {
        if let Some(at) = y.iter().position(|v| v == w) {
            y.swap_remove(at);
            common += 2;
        }
    }
    all == 0 || common as f64 >= ALIKE * all as f64
}
