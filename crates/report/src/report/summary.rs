//! What happened in four sentences, each clause with a marker or a count behind it; a clause whose marker is absent is
//! left out. The words only: how they are marked up is the forms' business.

mod steps;

use self::steps::then;
use super::act_within::within;
use super::{facts, harm, kinds, sentence};
use coroner_infer::cause::quote;
use coroner_infer::model::*;
use coroner_lines::text::LogText;
use coroner_lines::time::SECOND;

/// A part of the summary.
pub enum SummaryPart<'a> {
    /// Plain words.
    Text(Sentence),
    /// Words that carry the story.
    Strong(Sentence),
    /// That no cause is established.
    Refusal(Sentence),
    /// What the clause before rests on.
    Cite(&'a [Evidence]),
}

/// The summary of an incident, in order; parts follow each other without further punctuation.
pub fn of(i: &Incident) -> Vec<SummaryPart<'_>> {
    let mut out = Vec::new();
    onset(i, &mut out);
    out.push(SummaryPart::Text(steps::answers(i)));
    verdict(i, &mut out);
    out
}

fn onset<'a>(i: &'a Incident, out: &mut Vec<SummaryPart<'a>>) {
    let (symptom, joint) = kinds::symptom(i);
    // some programs stamp a request when it comes, others when it is answered: it is the request that begins to fail then
    let (symptom, joint, began) = match facts::onset_kind(i) {
        Some("silence") => ("Requests", "to", " stopped at "),
        _ if symptom == "5xx responses" => ("Requests", "to", " began to fail (5xx) at "),
        _ => (symptom, joint, " began at "),
    };
    let mut s = Sentence::words(symptom);
    let said = match symptom {
        "Slow responses" | "Requests" => facts::asked(i),
        _ => i.service.as_ref(),
    };
    if let Some(name) = said {
        s = s.w(format!(" {joint} ")).name(name);
    }
    s = s.w(began).p(Piece::Time(i.onset));
    match facts::change(i) {
        Some((e, lead)) => {
            out.push(SummaryPart::Text(s.w(", ")));
            let s = match lead < SECOND {
                true => Sentence::words("within a second of "),
                false => Sentence::default().p(Piece::Span(lead)).w(" after "),
            };
            out.push(SummaryPart::Strong(then(s, within(e))));
            out.push(SummaryPart::Cite(&e.evidence));
            out.push(SummaryPart::Text(Sentence::words(".")));
        }
        None => out.push(SummaryPart::Text(s.w("."))),
    }
    if let Some((n, 0)) = i.impact.requests.zip(i.impact.failed) {
        let logged = match n {
            0 => Sentence::words(" No requests were logged in that time"),
            _ => Sentence::words(" None of the ")
                .p(Piece::Count(n))
                .w(" requests logged failed"),
        };
        let unseen = harm::unseen(&i.impact);
        out.push(SummaryPart::Text(logged.w(format!("{unseen}."))));
    } else if let Some((n, f)) = i.impact.requests.zip(i.impact.failed) {
        out.push(SummaryPart::Text(Sentence::words(" ")));
        let s = Sentence::default()
            .p(Piece::Count(f))
            .w(" of ")
            .p(Piece::Count(n));
        let share = Piece::Share(sentence::share(f, n));
        let s = s.w(" requests failed (").p(share);
        let s = match (facts::own_share(i), facts::what_fails(i)) {
            (Some((name, own)), _) => {
                let own = s.w(near(own)).p(Piece::Share(own)).w(" of requests to ");
                own.p(Piece::Name(name.clone()))
            }
            (None, Some((row, others, part))) => {
                let s = s.w(near(part)).p(Piece::Share(part)).w(" of ");
                let s = s.p(Piece::Name(row.name.clone()));
                match others {
                    0 => s,
                    n => s.w(format!(
                        " and {}",
                        sentence::counted(n as u64, "other endpoint")
                    )),
                }
            }
            (None, None) => s,
        };
        out.push(SummaryPart::Strong(s.w(")")));
        let mut more = Sentence::default();
        for (n, words) in [
            (harm::refused(&i.impact), " more were refused (429)"),
            (
                harm::abandoned(&i.impact),
                " more were abandoned by their clients",
            ),
        ] {
            if let Some(n) = n {
                more = more.w("; ").p(Piece::Count(n)).w(words);
            }
        }
        for r in &i.impact.risen {
            more = more.w("; ").p(Piece::Count(r.during));
            more = more.w(format!(" more were answered {}, ", r.status.for_json()));
            more = match r.before {
                0 => more.w("none"),
                n => more.p(Piece::Count(n)),
            };
            more = more.w(" in the hour before");
        }
        if let Some(calm) = harm::pauses(i) {
            more = more.w("; for ").p(Piece::Span(calm));
            more = more.w(" in between, no more than usual did");
        }
        out.push(SummaryPart::Text(more.w(".")));
        if let Some(t) = harm::one_to_one(i) {
            let s = Sentence::words(" Logged with them (").p(Piece::Count(t.count));
            let s = s.w(" lines): ").p(quote(first_said(t).for_json()));
            out.push(SummaryPart::Text(s));
            out.push(SummaryPart::Cite(&t.evidence));
            out.push(SummaryPart::Text(Sentence::words(".")));
        }
    }
}

/// What the first line of a kind of message says.
fn first_said(t: &NewTemplate) -> LogText {
    let line = t.evidence.first().and_then(|e| e.excerpt.as_ref());
    line.map_or_else(|| t.text.clone(), |l| t.text.example(l))
}

/// How far the cause is known; the group before the class.
fn verdict<'a>(i: &'a Incident, out: &mut Vec<SummaryPart<'a>>) {
    let known = i.cause_verdict != CauseVerdict::NotEstablished;
    out.push(SummaryPart::Text(Sentence::words(" ")));
    if let Some(top) = i.causes.first().filter(|_| known) {
        // the group is named where it is surer by a tenth than what is named of it
        let surer = top.group_score - top.score >= 0.1;
        let (group, score) = (sentence::score(top.group_score), sentence::score(top.score));
        let mut s = Sentence::words("Suspected cause: ");
        if surer {
            s = s.w(format!("{} ({group}), most likely ", top.group.called));
        }
        out.push(SummaryPart::Text(s));
        out.push(SummaryPart::Strong(top.title.small()));
        out.push(SummaryPart::Text(Sentence::words(format!(" ({score})."))));
        return;
    }
    let refusal = Sentence::words("No cause is established.");
    out.push(SummaryPart::Refusal(refusal));
    let mut s = Sentence::default();
    for (n, m) in i.missing.iter().enumerate() {
        let before = if n == 0 { " Not recognised: " } else { "; " };
        s = then(s.w(before), unended(&m.text).small());
    }
    if !i.missing.is_empty() {
        s = s.w(".");
    }
    if let Some(settle) = i.causes.first().and_then(|c| c.settle.as_ref()) {
        s = then(s.w(" To confirm: "), settle.small());
    }
    out.push(SummaryPart::Text(s));
}

/// A sentence without the full stop at its end.
fn unended(s: &Sentence) -> Sentence {
    let mut s = s.clone();
    if let Some(Piece::Words(w)) = s.0.last_mut() {
        *w = w.trim_end_matches('.').to_owned().into();
    }
    s
}

/// A title within a sentence: `The upgrade of …` → `the upgrade of …`.
pub fn small_words(s: &str) -> String {
    match s.split_once(' ') {
        Some((article @ ("The" | "A" | "An"), rest)) => {
            format!("{} {rest}", article.to_lowercase())
        }
        _ => s.to_owned(),
    }
}

/// In front of a share that is as round as the steps that it is counted by; some are given as less or more than a number anyway.
fn near(share: f64) -> &'static str {
    match sentence::percent(share).starts_with(|c: char| c.is_ascii_digit()) {
        true => "; about ",
        false => "; ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::markdown;
    use coroner_infer::model::fixture;
    use coroner_lines::record::MarkerKind;
    use coroner_lines::text::LogText;
    use coroner_lines::time::{Instant, SECOND};

    /// The summary of the example as Markdown has it.
    pub(super) fn summary_with(change: impl FnOnce(&mut Incident)) -> String {
        let mut r = fixture::report();
        change(&mut r.incidents[0]);
        markdown::to_string(&r)
    }

    #[test]
    fn a_status_that_comes_with_the_failures_is_told_beside_them() {
        let risen = |before| {
            let status = LogText::name(b"404");
            summary_with(|i| {
                i.impact.risen = vec![Risen {
                    status,
                    during: 472,
                    before,
                }]
            })
        };
        assert!(risen(18).contains("; 472 more were answered 404, 18 in the hour before"));
        assert!(risen(0).contains("; 472 more were answered 404, none in the hour before"));
    }

    #[test]
    fn a_message_of_which_there_are_as_many_as_failures_is_told_with_its_line() {
        let logged = |share: f64| {
            summary_with(|i| {
                let t = &mut i.new_templates[0];
                t.count = (i.impact.failed.unwrap() as f64 * share) as u64;
                t.text = LogText::new(b"no seats left");
                t.evidence.truncate(1);
                t.evidence[0].excerpt = None;
                i.new_templates.truncate(1);
            })
        };
        assert!(logged(0.95).contains(" lines): `no seats left` (`"));
        assert!(
            !logged(0.85).contains(" lines): `no seats left`"),
            "too few"
        );
        assert!(
            !logged(1.15).contains(" lines): `no seats left`"),
            "too many"
        );
    }

    #[test]
    fn of_an_outage_in_waves_the_calm_between_them_is_told() {
        let waves = summary_with(|i| {
            for (kind, at) in [
                (MarkerKind::PartialRecovery, 60),
                (MarkerKind::Relapse, 660),
            ] {
                let mut e = i.timeline[0].clone();
                (e.kind, e.time) = (kind, Some(Instant(i.onset.0 + at * SECOND)));
                i.timeline.push(e);
            }
        });
        assert!(
            waves.contains("; for 10 min in between, no more than usual did"),
            "{waves}"
        );
        assert!(
            waves.contains(", with 10 min of calm in between, "),
            "{waves}"
        );
    }

    #[test]
    fn behind_a_colon_words_begin_small_and_names_do_not() {
        for (text, want) in [
            ("The list of releases", "the list of releases"),
            ("A log", "a log"),
            ("PostgreSQL's own log", "PostgreSQL's own log"),
            ("TLS handshakes", "TLS handshakes"),
            ("no log", "no log"),
            ("", ""),
        ] {
            assert_eq!(Sentence::words(text).small(), Sentence::words(want));
        }
    }
}
