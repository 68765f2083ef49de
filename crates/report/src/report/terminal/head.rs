//! The head of an incident, six lines on a screen of the usual width: what, when, how bad, since what, whether it is over, what
//! to do next. Each says no more than the rows, counts and causes below it.

use super::{Ink, ScreenView};
use crate::report::sentence::{Clock, count, percent, score, share};
use crate::report::wrap::{left, width};
use crate::report::{edges, facts, rows, time};
use coroner_infer::model::*;
use coroner_lines::record::MarkerKind;
use coroner_lines::time::{Instant, SECOND};

impl ScreenView<'_> {
    pub(super) fn head(&mut self, i: &Incident, n: usize, clock: Clock) {
        let word = match self.report.incidents.len() {
            1 => "INCIDENT".to_owned(),
            all => format!("INCIDENT {n} of {all}"),
        };
        let title = self.text(&i.title, clock);
        self.answer((&word, Ink::Alarm), (&title, Ink::Bold));
        for (label, said) in self.answers(i, n, clock) {
            self.answer((label, Ink::Bold), (&said, Ink::Plain));
        }
        self.line("");
    }

    /// What stands under the headline, each with its label: when, how bad, since what, whether it is over, what next.
    pub(super) fn answers(
        &self,
        i: &Incident,
        n: usize,
        clock: Clock,
    ) -> [(&'static str, String); 5] {
        let day = time::long_date(i.onset, clock.zone);
        let when = [true, false]
            .map(|exact| self.set(&format!("{day}, {}", edges::ends(i, clock.zone, exact))));
        let harm = [2, 1, 0].map(|long| self.set(&self.harm_in(i, long)));
        let suspect = [true, false].map(|whole| self.set(&self.suspect(i, clock, whole)));
        let next = [true, false].map(|whole| self.set(&self.act(i, n, clock, whole)));
        [
            ("", self.fitting(when)),
            ("", self.fitting(harm)),
            ("SUSPECT", self.fitting(suspect)),
            ("AT END", self.set(&self.at_end(i, clock))),
            ("NEXT", self.fitting(next)),
        ]
    }

    /// A line of the head: a label, and what answers it.
    pub(super) fn answer(&mut self, (label, ink): (&str, Ink), text: (&str, Ink)) {
        match self.tight() {
            true => {
                if !label.is_empty() {
                    let painted = self.paint(label, ink);
                    self.line(&painted);
                }
                self.paragraph(("  ", Ink::Plain), text, &[]);
            }
            false => {
                let label = left(label, width(super::UNDER).max(width(label) + 2));
                self.paragraph((&label, ink), text, &[]);
            }
        }
    }

    /// The longest words that fit a line under the headline.
    fn fitting<const N: usize>(&self, words: [String; N]) -> String {
        let room = self.columns().saturating_sub(width(self.under()));
        let fits = words.iter().find(|w| width(w) <= room);
        fits.or(words.last()).cloned().unwrap_or_default()
    }

    /// The first of the causes, how sure it is, and the row that it begins with.
    fn suspect(&self, i: &Incident, clock: Clock, whole: bool) -> String {
        let Some(c) = i.causes.first() else {
            return "none".to_owned();
        };
        let title = self.text(&c.title.small(), clock);
        let score = score(c.score);
        let said = match (i.cause_verdict, c.group == Group::UNKNOWN) {
            (CauseVerdict::Established, _) => format!("{title} ({score})"),
            (CauseVerdict::Suspected, _) => format!("probably {title} ({score})"),
            (_, true) => "none: no recognised line says why".to_owned(),
            _ if whole => format!("not established; lead: {title} ({score})"),
            _ => format!("not established; lead: {title}"),
        };
        let row = rows::begins_with(i, c);
        let row = row.and_then(|e| Some((e.letter, e.time?)));
        match row.filter(|_| whole && c.group != Group::UNKNOWN) {
            Some((letter, t)) => {
                let at = time::clock_on(t, clock.day, clock.zone);
                let letter = letter.map_or_else(String::new, |l| format!("{l} "));
                format!("{said} · {letter}{at}")
            }
            None => said,
        }
    }

    /// Whether it is over at the end of the logs.
    fn at_end(&self, i: &Incident, clock: Clock) -> String {
        let held = time::span(i.held_us.unwrap_or(0));
        let at = |t: Instant| time::clock_on(t, clock.day, clock.zone);
        match (i.state, i.recovery) {
            (State::Recovered, Some(t)) => format!("over since {}, calm for {held}", at(t)),
            (State::RecoveredUnconfirmed, Some(t)) => format!(
                "over since {}, calm for {held}; 10 min are needed to be sure",
                at(t)
            ),
            _ => {
                let Some((_, end)) = self.report.totals.span else {
                    return "not over when the logs end".to_owned();
                };
                let until = match goes_on(i) {
                    true => format!("still failing at {}, when the logs end", at(end)),
                    false => format!("no end in the logs, which stop at {}", at(end)),
                };
                let since = |t| time::minute(t, clock.zone);
                match last_minutes(i) {
                    Some((t, 0, _)) => format!("{until}: no request since {}", since(t)),
                    Some((t, n, f)) => {
                        format!("{until}: {} since {}", percent(share(f, n)), since(t))
                    }
                    None => until,
                }
            }
        }
    }

    /// What to do: something against the outage only where its cause is established, no row undoes it, and it goes on.
    fn act(&self, i: &Incident, n: usize, clock: Clock, whole: bool) -> String {
        let which = match self.report.incidents.len() {
            1 => String::new(),
            _ => format!(" --incident {n}"),
        };
        let look = format!("coroner explain 1 LOGS{which}");
        let Some(c) = i.causes.first() else {
            return "coroner timeline LOGS".to_owned();
        };
        let established = i.cause_verdict == CauseVerdict::Established;
        let undone = (i.timeline.iter()).any(|e| undoes(e.kind) && e.time >= Some(i.onset));
        let may = established && !undone && goes_on(i) && c.group == Group::CHANGE;
        let act = match c.culprit.as_ref().map(|x| (x.kind, &x.name)) {
            _ if !may => None,
            // a schema is not taken back at a word
            Some(("migration", _)) => None,
            Some(("version", v)) => Some(Sentence::words("roll back ").name(v)),
            _ => Some({
                let mut s = Sentence::words("undo ");
                s.0.extend(c.title.small().0);
                s
            }),
        };
        let act = act.map(|s| self.text(&s, clock));
        let confirm = c.settle.as_ref().filter(|_| !established && whole);
        match (act, confirm) {
            (Some(act), _) => format!("{act}: no row shows that it was done · {look}"),
            (_, Some(s)) => format!("to confirm: {}", self.text(&s.small(), clock)),
            _ => format!("{look} · coroner LOGS --html report.html"),
        }
    }

    /// The impact in one line.
    fn harm_in(&self, i: &Incident, long: u8) -> String {
        let m = &i.impact;
        let mut parts = Vec::new();
        parts.push(match m.requests.zip(m.failed) {
            Some((n, 0)) => {
                let logged = match n {
                    0 => "no request logged".to_owned(),
                    n => format!("{} requests logged, none failed", count(n)),
                };
                return match long {
                    0 if m.expected_requests.is_none() => logged,
                    _ => format!("{logged}{}", facts::unseen(m)),
                };
            }
            Some((n, f)) => {
                let of = match long {
                    0 => String::new(),
                    1 => " requests".to_owned(),
                    _ => format!(" of {} requests", count(n)),
                };
                let all = percent(share(f, n));
                let shares = match facts::own_share(i) {
                    Some((s, own)) => {
                        let own = format!("{} of {}'s", percent(own), s.for_terminal());
                        match long {
                            0 => own,
                            _ => format!("{all} of all, {own}"),
                        }
                    }
                    None => all,
                };
                format!("{}{of} failed ({shares})", count(f))
            }
            None => "no requests were read for it".to_owned(),
        });
        if let Some(n) = facts::refused(m) {
            parts.push(format!("{} more refused (429)", count(n)));
        }
        if let Some(n) = m.addresses_hit {
            parts.push(format!(
                "{} {}",
                facts::addresses(n, m.addresses_error).0,
                if n == 1 { "address" } else { "addresses" }
            ));
        }
        // of all requests: beside the share of a service's own it takes words
        let brief = long == 0 && facts::own_share(i).is_some();
        if let Some((_, n, f)) = m.peak.filter(|_| !brief) {
            parts.push(format!("worst minute {}", percent(share(f, n))));
        }
        if let (Some((used, objective)), true) = (m.error_budget, self.wide()) {
            let o = format!("{:.3}", objective * 100.0);
            let o = o.trim_end_matches('0').trim_end_matches('.');
            parts.push(format!("{used:.1} × error budget ({o} %, 30 d)"));
        }
        parts.join(" · ")
    }
}

/// A row that takes a change back.
fn undoes(kind: MarkerKind) -> bool {
    use MarkerKind::*;
    matches!(
        kind,
        RollbackStart | RollbackFinish | MigrationRollback | ConfigChange | FeatureFlag
    )
}

/// Requests and failures in the last two buckets of the series, and from when on: the very last may hold few seconds.
fn last_minutes(i: &Incident) -> Option<(Instant, u64, u64)> {
    if !matches!(
        facts::onset_kind(i),
        Some("error" | "silence" | "traffic_drop") | None
    ) {
        return None;
    }
    let s = i.series.as_ref()?;
    let from = s.requests.len().checked_sub(2)?;
    let since = s.start.0 + from as i64 * i64::from(s.bucket_s) * SECOND;
    let sum = |v: &[u64]| v.iter().skip(from).fold(0u64, |a, b| a.saturating_add(*b));
    Some((Instant(since), sum(&s.requests), sum(&s.failed)))
}

/// Whether requests still fail when the logs end, half as many of them as over the whole incident at least, or stay away.
fn goes_on(i: &Incident) -> bool {
    let whole = i.impact.requests.zip(i.impact.failed);
    let whole = whole.map_or(0.0, |(n, f)| share(f, n));
    i.recovery.is_none()
        && last_minutes(i).is_some_and(|(_, n, f)| n == 0 || 2.0 * share(f, n) >= whole)
}
