//! The document against the logs: rows, lengths, claims and causes that the logs show otherwise.

use crate::audit::case::Case;
use crate::audit::document::{Paragraph, SectionKind};
use crate::audit::finding::{Finding, Place, Severity, count, quote, said};
use crate::audit::logs::{Beside, LocatedRow, coverage, wide};
use crate::audit::patterns::Pattern;
use crate::audit::story::TimedRow;
use crate::audit::words::{Family, family};
use crate::report::sentence::{Clock, Medium, render};
use crate::report::time;
use coroner_infer::cause::info;
use coroner_infer::model::{Cause, CauseVerdict, Event, Incident};
use coroner_lines::fault::called;
use coroner_lines::record::{CauseClass, Kind, MarkerKind as M};
use coroner_lines::sorting::SortList;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Instant, SECOND};

/// The zone that times of the logs are reported in: the document's, so that both can be compared.
fn zone(case: &Case) -> Zone {
    let own = case.zones.main.as_ref().map(|z| z.0);
    own.or_else(|| case.logs.map(|r| r.settings.zone))
        .unwrap_or(Zone::UTC)
}

/// An instant of the logs as the document would write it.
fn clock(case: &Case, t: Instant) -> String {
    time::clock(t, zone(case))
}

/// The shared offset of the rows, in seconds, if there is one.
fn shared(b: &Beside) -> Option<(i64, usize)> {
    let offs: Vec<i64> = b.rows.iter().filter_map(LocatedRow::off).collect();
    let quarter = |s: i64| {
        let q = (s as f64 / 900.0).round() as i64;
        (q != 0 && (s - q * 900).abs() <= 150 && q.abs() <= 4 * 26).then_some(q)
    };
    let all: Vec<i64> = offs.iter().filter_map(|s| quarter(*s)).collect();
    let most = all
        .iter()
        .max_by_key(|q| (all.iter().filter(|x| x == q).count(), -q.abs()))?;
    let n = all.iter().filter(|x| *x == most).count();
    let near = offs.iter().filter(|s| s.abs() <= 300).count();
    (n >= 3 && n * 2 > offs.len() && n > near).then_some((most * 900, n))
}

pub(super) fn zone_offset(case: &Case) -> Option<Finding> {
    let b = Beside::of(case)?;
    let (secs, n) = shared(&b)?;
    let is_off = |h: &&LocatedRow| h.off().is_some_and(|o| (o - secs).abs() <= 150);
    let off: Vec<&LocatedRow> = b.rows.iter().filter(is_off).collect();
    let first = off.first()?;
    let now = i64::from(zone(case).offset_at(first.at));
    let right = Zone::Fixed(i16::try_from(now + secs / 60).ok()?);
    let help = format!("the times fit UTC{}", time::offset(first.at, right));
    let message = format!(
        "{} are {} {} than in the logs: the zone of the document is another",
        count(n, "row"),
        said(secs.abs()),
        if secs > 0 { "later" } else { "earlier" }
    );
    let named = case.zones.main.as_ref();
    let place = named.map_or_else(|| first.row.row.time(), |z| z.1.clone());
    let f = Finding::at(place, message).help(help);
    Some(off.iter().take(8).fold(f, |f, h| {
        let there = h.found.map_or(String::new(), |(t, _)| {
            format!("{} in the logs", clock(case, t))
        });
        f.also(h.row.row.time(), there)
    }))
}

/// What a row may be off by, in seconds.
fn slack(h: &LocatedRow, wide: i64) -> i64 {
    60.max(h.row.tolerance()) + wide.min(300)
}

pub(super) fn time_differs(case: &Case) -> Vec<Finding> {
    let Some(b) = Beside::of(case) else {
        return Vec::new();
    };
    if shared(&b).is_some() {
        return Vec::new();
    }
    let mut out = Vec::new();
    let told =
        |h: &&LocatedRow| h.covered && !matches!(h.family, Family::Mitigation | Family::Fault);
    for h in b.rows.iter().filter(told) {
        let (Some(off), Some((t, wide))) = (h.off(), h.found) else {
            continue;
        };
        // something of the kind, hours away, is another event
        let other = off.abs() > 6 * 3600 && !matches!(h.family, Family::Onset | Family::Recovery);
        let slack = slack(h, wide);
        if off.abs() <= slack || other {
            continue;
        }
        let message = format!(
            "{} is at {} here and at {} in the logs, {} {}",
            quote(&h.row.row.text),
            h.row.clock(),
            clock(case, t),
            said(off.abs()),
            if off > 0 { "earlier" } else { "later" }
        );
        let there = format!("{} in the logs", clock(case, t));
        let f = Finding::at(h.row.row.time(), message).label(there);
        out.push(match off.abs() <= slack + 300 {
            true => f.as_bad_as(Severity::Warning),
            false => f,
        });
    }
    out
}

/// Whether the logs would show an event of a family.
fn would_show(b: &Beside, f: Family) -> bool {
    let has = |k: Kind| b.report.inputs.iter().any(|i| i.kind == Some(k));
    match f {
        Family::Alert | Family::Acknowledgement => has(Kind::Pager),
        Family::Change | Family::Rollback => {
            has(Kind::Deploy) || b.events().any(|e| family(e.kind) == Family::Change)
        }
        _ => false,
    }
}

pub(super) fn no_such_event(case: &Case) -> Vec<Finding> {
    let Some(b) = Beside::of(case) else {
        return Vec::new();
    };
    let whole = shared(&b).is_none();
    let gone = |h: &&LocatedRow| {
        let far = h.off().is_none_or(|o| o.abs() > 6 * 3600);
        h.covered && far && whole && would_show(&b, h.family) && !h.row.row.cites
    };
    let made = |h: &LocatedRow| {
        let message = format!("{}: the logs hold no such event", h.row.named());
        Finding::at(h.row.row.place(), message)
    };
    b.rows.iter().filter(gone).map(made).collect()
}

pub(super) fn unlisted(case: &Case) -> Vec<Finding> {
    let Some(b) = Beside::of(case) else {
        return Vec::new();
    };
    let Some(i) = b.incident.filter(|_| !case.story.rows.is_empty()) else {
        return Vec::new();
    };
    let of_family = |(f, what)| {
        let stated = case.rows_of(f).next().is_some() || case.mentions_of(f).next().is_some();
        let here = |e: &&Event| family(e.kind) == f && e.time.is_some_and(|t| t >= i.onset);
        let event = i.timeline.iter().find(here).filter(|_| !stated)?;
        Some(listed(case, event, what))
    };
    let families = [
        (Family::Rollback, "a rollback"),
        (Family::Restart, "a restart"),
    ];
    let mut out: Vec<Finding> = families.into_iter().filter_map(of_family).collect();
    let says = |p: &Paragraph| p.text.to_ascii_lowercase().contains("relapse");
    let stated =
        case.story.rows.iter().any(|t| t.kind() == M::Relapse) || case.paragraphs.iter().any(says);
    let relapse = i.timeline.iter().find(|e| e.kind == M::Relapse);
    let relapse = relapse.filter(|_| !stated);
    out.extend(relapse.map(|e| listed(case, e, "a relapse")));
    out
}

fn listed(case: &Case, e: &Event, what: &str) -> Finding {
    let zone = zone(case);
    let (at, words) = match e.time {
        Some(day) => {
            let words = render(&e.text, Medium::Plain, Clock { zone, day });
            (time::clock(day, zone), words)
        }
        None => ("an unknown time".to_owned(), String::new()),
    };
    let before = |t: &&TimedRow| e.time.is_some() && at >= t.clock();
    let row = case.story.rows.iter().rfind(before);
    let place = row.map_or_else(|| case.summary(), |t| t.row.place());
    let words = quote(&words);
    let message = format!("the logs show {what} at {at} that no row tells: {words}");
    Finding::at(place, message)
}

pub(super) fn reach(case: &Case) -> Option<Finding> {
    let b = Beside::of(case)?;
    let (from, to) = case.logs.and_then(coverage)?;
    // another zone is reported by itself
    if shared(&b).is_some() {
        return None;
    }
    let out: Vec<&LocatedRow> = b.rows.iter().filter(|h| !h.covered).collect();
    let first = out.first()?;
    let z = zone(case);
    let far = (first.at.0 - from.0).abs().min((first.at.0 - to.0).abs()) / SECOND;
    let [from, to] = [from, to].map(|t| format!("{} {}", time::date(t, z), time::clock(t, z)));
    let message = format!(
        "the logs ({from} to {to}) do not reach {}, the nearest {} away",
        count(out.len(), "row"),
        said(far)
    );
    let f = Finding::at(first.row.row.time(), message);
    Some(f.also_at(out.iter().skip(1).map(|h| h.row.row.time())))
}

fn incident<'c>(case: &'c Case<'c>) -> Option<&'c Incident> {
    let b = Beside::of(case)?;
    let i = b.incident?;
    // a document about another day is reported by logs.coverage
    let covered = b.rows.iter().any(|h| h.covered);
    // one of several incidents has its own length and share
    (covered && case.story.incidents <= 1).then_some(i)
}

pub(super) fn duration(case: &Case) -> Option<Finding> {
    let (i, recovery) = incident(case).and_then(|i| Some((i, i.recovery?)))?;
    let measured = recovery.since(i.onset) / SECOND;
    let slack = 120 + 2 * (wide(i.onset_interval) + wide(i.recovery_interval)).min(600);
    let all: Vec<_> = case.stated.iter().collect();
    if all.is_empty() || all.iter().any(|s| s.length.fits(measured, slack)) {
        return None;
    }
    let s = all[0];
    let message = format!(
        "stated {}, measured {}: 5xx from {} to {}",
        quote(case.doc.at(&s.place)),
        said(measured),
        clock(case, i.onset),
        clock(case, recovery)
    );
    Some(Finding::at(s.phrase.clone(), message))
}

static SHARE: Pattern = Pattern::of("share");
static WORST: Pattern = Pattern::of("worst minute");
/// Words of a share that a part of the incident had, after a step that did not help.
static STILL: Pattern = Pattern::of("still failing");

pub(super) fn impact(case: &Case) -> Option<Finding> {
    let i = incident(case)?;
    let requests = i.impact.requests.filter(|r| *r > 0)?;
    let failed = i.impact.failed?;
    let percent = |f: u64, r: u64| f as f64 / r as f64 * 100.0;
    let share = percent(failed, requests);
    let peak = i.impact.peak.filter(|p| p.1 > 0);
    let peak = peak.map_or(share, |(_, r, f)| percent(f, r));
    for p in &case.paragraphs {
        if !case.doc.kind(p.line()).is_headline() {
            continue;
        }
        for c in SHARE.captures_iter(&p.text) {
            let (Some(whole), Ok(said)) = (c.get(0), c[1].parse::<f64>()) else {
                continue;
            };
            let sentence = &p.text[p.sentence(whole.start())];
            if sentence.to_ascii_lowercase().contains("not a 100") || STILL.is_match(whole.as_str())
            {
                continue;
            }
            let worst = WORST.is_match(sentence);
            let fits = match said >= 99.0 {
                true => share >= 99.0 || worst && peak >= 99.0,
                false => said >= share - 5.0 && said <= peak.max(share) + 5.0,
            };
            if !fits {
                let message = format!(
                    "{} is claimed, and {share:.1} % of the requests failed by the logs ({failed} of {requests}; worst minute {peak:.1} %)",
                    quote(whole.as_str())
                );
                return Some(Finding::at(p.place(whole.range()), message));
            }
        }
    }
    None
}

static STATUS: Pattern = Pattern::of("status named");

pub(super) fn status(case: &Case) -> Option<Finding> {
    let i = incident(case)?;
    let total: u64 = i.impact.by_status.iter().map(|r| r.failed).sum();
    if total < 20 {
        return None;
    }
    let mut named: Vec<(String, Place)> = Vec::new();
    for p in &case.paragraphs {
        let kind = case.doc.kind(p.line());
        if kind.is_beside() || kind == SectionKind::Lessons {
            continue;
        }
        for c in STATUS.captures_iter(&p.text) {
            if let Some(m) = c.get(1).or_else(|| c.get(2)) {
                named.push((m.as_str().to_owned(), p.place(m.range())));
            }
        }
    }
    let counted = |code: &str| -> u64 {
        let rows = i.impact.by_status.iter();
        let of_code = rows.filter(|r| r.name.for_json() == code);
        of_code.map(|r| r.failed).sum()
    };
    if named.iter().any(|n| counted(&n.0) * 20 >= total) {
        return None;
    }
    let (code, place) = named.first().cloned()?;
    let mut rows: Vec<_> = i.impact.by_status.iter().filter(|r| r.failed > 0).collect();
    rows.sort_list_by_key(|r| std::cmp::Reverse(r.failed));
    let top: Vec<String> = rows
        .iter()
        .take(3)
        .map(|r| format!("{} ({} of {total})", r.name.for_json(), r.failed))
        .collect();
    let message = format!(
        "status {code} is named, and {} of the {total} failed requests have it; the logs have {}",
        counted(&code),
        top.join(", ")
    );
    Some(Finding::at(place, message))
}

pub(super) fn cause(case: &Case) -> Option<Finding> {
    let i = incident(case)?;
    let top = i
        .causes
        .first()
        .filter(|_| i.cause_verdict != CauseVerdict::NotEstablished)?;
    let causes = case.paragraphs_of(SectionKind::Cause);
    let said = causes.flat_map(|p| called(&p.text).into_iter().map(|(c, at)| (c, p.place(at))));
    let said: Vec<(CauseClass, Place)> = said.collect();
    let (first, place) = said.first().cloned()?;
    let suspected = |x: &Cause, c| x.score >= 0.2 && x.group == info(c).group;
    if said
        .iter()
        .any(|(c, _)| i.causes.iter().any(|x| suspected(x, *c)))
    {
        return None;
    }
    let word = |c| info(c).word();
    let message = format!(
        "the document names {} ({}), the logs suspect {} ({:.2})",
        quote(case.doc.at(&place)),
        word(first),
        word(top.class),
        top.score
    );
    Some(Finding::at(place, message))
}
