//! The head of an incident, six lines on a screen of the usual width: what, when, how bad, since what, whether it is over, what
//! to do next. Each says no more than the rows, counts and causes below it.

use super::timeline::brief;
use super::{Ink, ScreenView};
use crate::report::sentence::{Clock, count, percent, score, share, sum};
use crate::report::wrap::{left, width};
use crate::report::{edges, facts, harm, rows, time};
use coroner_infer::model::*;
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// Lines of a head.
const HEAD: usize = 6;
/// Fewest characters of a message that are quoted in it.
const QUOTE: usize = 12;

impl ScreenView<'_> {
    pub(super) fn head(&mut self, i: &Incident, n: usize, clock: Clock) {
        let word = match self.report.incidents.len() {
            1 => "INCIDENT".to_owned(),
            all => format!("INCIDENT {n} of {all}"),
        };
        let mut title = self.text(&i.title, clock);
        // whether it goes on and since what is said below as well
        let room = self.columns().saturating_sub(width(&word) + 2);
        if let Some(short) = title.strip_suffix(GOES_ON).filter(|_| width(&title) > room) {
            title = short.to_owned();
        }
        if width(&title) > room {
            title = self.text(&without_cause(&i.title), clock);
        }
        let from = self.out.len();
        self.answer((&word, Ink::Alarm), (&title, Ink::Bold));
        for (label, said) in self.answers(i, n, clock) {
            // a hint that stands beside the causes as well is not worth a line more
            let full = self.out[from..].lines().count() >= HEAD;
            if !(full && said.starts_with("coroner ")) {
                self.answer((label, Ink::Bold), (&said, Ink::Plain));
            }
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
        let when =
            [true, false].map(|exact| format!("{day}, {}", edges::ends(i, clock.zone, exact)));
        let harm = [3, 2, 1, 0].map(|long| self.harm_in(i, long));
        let suspect = [2, 1, 0].map(|long| self.suspect(i, clock, long));
        [
            ("", self.fitting(&when)),
            ("", self.fitting(&harm)),
            ("SUSPECT", self.fitting(&suspect)),
            ("AT END", self.fitting(&self.at_end(i, clock))),
            ("NEXT", self.fitting(&self.next(i, n, clock))),
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
    fn fitting(&self, words: &[String]) -> String {
        let room = self.columns().saturating_sub(width(self.under()));
        let mut words: Vec<String> = words.iter().map(|w| self.set(w)).collect();
        let fits = words.iter().position(|w| width(w) <= room);
        words.swap_remove(fits.unwrap_or(words.len() - 1))
    }

    /// The first of the causes, how sure it is, and the row that it begins with, in more words and in fewer.
    fn suspect(&self, i: &Incident, clock: Clock, long: u8) -> String {
        let Some(c) = i.causes.first() else {
            return "none".to_owned();
        };
        let score = format!(" ({})", score(c.score));
        let said = |title: &str| match (i.cause_verdict, c.group == Group::UNKNOWN) {
            (CauseVerdict::Established, _) => format!("{title}{score}"),
            (CauseVerdict::Suspected, _) => format!("probably {title}{score}"),
            (_, true) if c.culprit.is_some() => format!("unknown; {title}"),
            (_, true) => "unknown: no recognised log line explains it".to_owned(),
            _ => format!("unclear; maybe {title}{score}"),
        };
        let room = match long {
            0 => (self.columns()).saturating_sub(width(self.under()) + width(&said(""))),
            _ => usize::MAX,
        };
        let said = said(&brief(&c.title.small(), (room, QUOTE), clock));
        let row = rows::begins_with(i, c);
        let row = row.and_then(|e| Some((e.letter, e.time?)));
        match row.filter(|_| long == 2 && c.group != Group::UNKNOWN) {
            Some((letter, t)) => {
                let at = time::clock_on(t, clock.day, clock.zone);
                let letter = letter.map_or_else(String::new, |l| format!("{l} "));
                format!("{said} · {letter}{at}")
            }
            None => said,
        }
    }

    /// Whether it is over at the end of the logs, in more words and in fewer.
    fn at_end(&self, i: &Incident, clock: Clock) -> Vec<String> {
        let held = time::said_span(i.held_us.unwrap_or(0));
        let at = |t: Instant| time::clock_on(t, clock.day, clock.zone);
        if let Some(t) = i.recovery {
            let over = format!("over since {}, calm for {held}", at(t));
            let doubt = match i.state {
                State::RecoveredUnconfirmed => " (10 min would confirm it)",
                _ => "",
            };
            return vec![format!("{over}{doubt}"), over];
        }
        // the last line of any log: that of the last request says nothing where none come
        let ends = self.report.inputs.iter().filter_map(|x| Some(x.span?.1));
        let until = match ends.max() {
            Some(end) => format!("when the logs end ({})", at(end)),
            None => "when the logs end".to_owned(),
        };
        match last_minutes(i).filter(|_| goes_on(i)) {
            Some((_, 0, _)) => vec![format!("still no requests {until}")],
            Some((t, n, f)) => {
                let share = percent(share(f, n));
                let since = time::minute(t, clock.zone);
                vec![
                    format!("still failing {until}: {share} of requests since {since}"),
                    format!("still failing {until}: {share} since {since}"),
                    format!("still failing: {share} since {since}"),
                ]
            }
            None => vec![format!("not known to be over {until}")],
        }
    }

    /// What to do, in more words and in fewer: something against the outage only where its cause is established, no row undoes it,
    /// and it goes on.
    fn next(&self, i: &Incident, n: usize, clock: Clock) -> Vec<String> {
        let look = self.explain(n);
        let Some(c) = i.causes.first() else {
            return vec!["coroner timeline LOGS".to_owned()];
        };
        let established = i.cause_verdict == CauseVerdict::Established;
        let open = goes_on(i) && !undone(i, c);
        let act = remedy(c).filter(|_| established && open);
        let settle = c.settle.as_ref().filter(|_| !established || open);
        let found = self.found(i, clock).filter(|_| !established);
        match (act, settle) {
            (None, _) if found.is_some() => found.into_iter().chain([look]).collect(),
            (Some(act), _) => {
                let act = self.text(&act, clock);
                let note = match c.group == Group::CHANGE {
                    true => format!("{act} (not seen undone in the logs)"),
                    false => act.clone(),
                };
                vec![format!("{note} · {look}"), note, act]
            }
            (None, Some(s)) => {
                let said = format!("to confirm: {}", self.text(&s.small(), clock));
                vec![said.trim_end_matches('.').to_owned(), look]
            }
            (None, None) => vec![format!("{look} · coroner LOGS --html report.html"), look],
        }
    }

    /// What people wrote that they found, of several the last before it was over, where the title of the first cause does not quote it.
    fn found(&self, i: &Incident, clock: Clock) -> Option<String> {
        let rows = i.timeline.iter();
        let rows = rows.filter(|e| e.kind == MarkerKind::Finding);
        let found = rows.filter_map(|e| Some((e.time?, e.quoted()?)));
        // who writes later has looked into more, and behind the end tells what was done
        let during = |t: &Instant| i.recovery.is_none_or(|r| *t <= r);
        let (at, said) = found.max_by_key(|(t, _)| (during(t), *t))?;
        let quoted = i.causes.first().is_some_and(|c| {
            let logs = c.title.0.iter().filter_map(|p| match p {
                Piece::Log(text) => Some(text.for_json().trim_end_matches('…')),
                _ => None,
            });
            logs.into_iter().any(|text| said.contains(text))
        });
        let at = time::clock_on(at, clock.day, clock.zone);
        let see = Sentence::words(format!("see the note at {at}: "));
        let see = see.p(Piece::Log(LogText::new(said.as_bytes())));
        let room = self.columns().saturating_sub(width(self.under()));
        (!quoted).then(|| brief(&see, (room, QUOTE), clock))
    }

    /// The impact in one line, in more words and in fewer.
    fn harm_in(&self, i: &Incident, long: u8) -> String {
        let m = &i.impact;
        let mut parts = Vec::new();
        parts.push(match m.requests.zip(m.failed) {
            Some((n, 0)) => {
                let logged = match n {
                    0 => "no requests logged".to_owned(),
                    n => format!("{} requests logged, none failed", count(n)),
                };
                return match long {
                    0 if m.expected_requests.is_none() => logged,
                    _ => format!("{logged}{}", harm::unseen(m)),
                };
            }
            Some((n, f)) => {
                let of = match long {
                    0 | 1 => String::new(),
                    2 => " requests".to_owned(),
                    _ => format!(" of {} requests", count(n)),
                };
                let all = percent(share(f, n));
                let shares = match facts::own_share(i) {
                    Some((s, own)) => {
                        let own = format!("{} of {}'s", percent(own), s.for_terminal());
                        match long {
                            0 | 1 => own,
                            _ => format!("{all} of all, {own}"),
                        }
                    }
                    None => all,
                };
                format!("{}{of} failed ({shares})", count(f))
            }
            None => "no requests with a time in these logs".to_owned(),
        });
        // what nobody can do says more than how many asked, and when
        let fail = facts::what_fails(i).filter(|_| long > 0);
        let room = |least: u8| fail.is_none() || long > least;
        if let Some((r, others, all)) = fail {
            let others = match others {
                0 => String::new(),
                // several may be called by what they begin with
                n => format!(" and {n} more"),
            };
            parts.push(format!(
                "{}{others}: {}",
                r.name.for_terminal(),
                percent(all)
            ));
        }
        if let Some(n) = harm::refused(m) {
            parts.push(format!("{} more refused (429)", count(n)));
        }
        for r in &m.risen {
            let status = r.status.for_terminal();
            parts.push(format!("{} more answered {status}", count(r.during)));
        }
        if let Some(n) = harm::abandoned(m) {
            parts.push(format!("{} more abandoned by clients", count(n)));
        }
        if let Some(n) = m.addresses_hit.filter(|_| long > 0 && room(1)) {
            let shown = facts::addresses(n, m.addresses_error).0;
            let plural = if n == 1 { "" } else { "s" };
            parts.push(format!("{shown} client IP{plural}"));
        }
        // of all requests: beside the share of a service's own it takes words
        let brief = long < 2 && facts::own_share(i).is_some();
        if let Some((_, n, f)) = m.peak.filter(|_| !brief && room(2)) {
            parts.push(format!("worst minute {}", percent(share(f, n))));
        }
        if let (Some((used, objective)), true) = (m.error_budget, self.wide()) {
            let objective = facts::percent_of_objective(objective);
            parts.push(format!("{used:.1} × error budget ({objective}, 30 d)"));
        }
        parts.join(" · ")
    }
}

/// A title that ends where it names the cause.
fn without_cause(title: &Sentence) -> Sentence {
    let cause =
        |p: &Piece| matches!(p, Piece::Words(w) if w.starts_with(" after ") || w.starts_with(", "));
    let whole = title.0.iter().position(cause).unwrap_or(title.0.len());
    Sentence(title.0[..whole].to_vec())
}

/// What is done against a cause that goes on.
fn remedy(c: &Cause) -> Option<Sentence> {
    let [before, behind] = c.remedy;
    let named = c.culprit.as_ref();
    let version = named.filter(|x| x.kind == "version");
    let mut s = Sentence::words(before);
    match named.filter(|_| !before.is_empty())? {
        x if c.group != Group::CHANGE || version.is_some() => s = s.name(&x.name),
        _ => s.0.extend(c.title.small().0),
    }
    Some(s.w(behind))
}

/// Whether a row takes a change back: one that follows its own, of which several logs tell.
fn undone(i: &Incident, c: &Cause) -> bool {
    use MarkerKind::*;
    let own = rows::begins_with(i, c).and_then(|e| e.time);
    let from = own.map_or(i.onset, |t| i.onset.max(Instant(t.0 + MINUTE)));
    let back = |k| {
        matches!(
            k,
            RollbackStart | RollbackFinish | MigrationRollback | ConfigChange | FeatureFlag
        )
    };
    (i.timeline.iter()).any(|e| back(e.kind) && e.time > Some(from))
}

/// Requests and failures in the last two minutes of the series, and from when on: the very last may hold few seconds.
fn last_minutes(i: &Incident) -> Option<(Instant, u64, u64)> {
    if !matches!(
        facts::onset_kind(i),
        Some("error" | "silence" | "traffic_drop") | None
    ) {
        return None;
    }
    let s = i.series.as_ref()?;
    let minute = (60 / s.bucket_s.max(1)).max(1) as usize;
    let from = (s.requests.len().div_ceil(minute)).checked_sub(2)? * minute;
    let since = s.start.0 + from as i64 * i64::from(s.bucket_s) * SECOND;
    let since_then = |v: &[u64]| sum(v.get(from..).unwrap_or_default());
    let (all, failed) = (since_then(&s.requests), since_then(&s.failed));
    Some((Instant(since), all, failed))
}

/// Whether requests still fail when the logs end, half as many of them as over the whole incident at least, or stay away.
fn goes_on(i: &Incident) -> bool {
    let whole = i.impact.requests.zip(i.impact.failed);
    let whole = whole.map_or(0.0, |(n, f)| share(f, n));
    i.recovery.is_none()
        && last_minutes(i).is_some_and(|(_, n, f)| n == 0 || 2.0 * share(f, n) >= whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_infer::model::{BreakdownRow, fixture};

    #[test]
    fn what_fails_is_what_did_not_fail_before_while_most_others_do_well() {
        let mut i = fixture::report().incidents.remove(0);
        let row = |(name, requests, failed): (&str, u64, u64)| BreakdownRow {
            name: LogText::name(name.as_bytes()),
            requests,
            failed,
        };
        let rows = [("POST /labels", 100, 99), ("POST /hooks", 25, 25)];
        i.impact.by_endpoint = rows.map(row).into();
        (i.impact.requests, i.impact.failed) = (Some(225), Some(124));
        let said = |i: &Incident| {
            let (first, more, part) = facts::what_fails(i)?;
            Some((
                first.name.for_json().to_owned(),
                more,
                (part * 100.0).round(),
            ))
        };
        let labels = |more, part| Some(("POST /labels".to_owned(), more, part));
        assert_eq!(said(&i), labels(1, 99.0));
        i.impact.as_before = vec![LogText::name(b"POST /hooks")];
        assert_eq!(said(&i), labels(0, 99.0));
        // where most others fail too it is everything
        i.impact.failed = Some(200);
        assert_eq!(said(&i), None);
    }
}
