//! The pans on which a rule lays its claims: one claim per kind of evidence, so that correlated evidence does not add twice.
//! Also the small builders of citations and culprits that all rules share.

use crate::cause::case::Case;
use crate::cause::case::excerpt;
use crate::cause::ends::UNDONE;
use crate::cause::fault::fault;
use crate::cause::names;
use crate::cause::rule_verdict::Weighed;
use crate::model::{
    CULPRIT_KINDS, Cited, Claim, Culprit, Denial, Event, Evidence, Piece, Sentence,
};
use coroner_lines::fault::Fault;
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::text::{LogText, without_head};
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// Kinds of evidence. Within a class only the heaviest claim of a kind counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aspect {
    /// How near a change lies.
    Timing,
    /// Another change lies nearer.
    Rival,
    /// Which hosts, versions, upstreams, endpoints fail.
    Scope,
    /// What ended it.
    Reversal,
    /// What brought it back.
    Again,
    /// What the new messages say.
    Message,
    /// How many of the failures the messages account for.
    Coverage,
    /// Messages that come and go with the failures.
    Span,
    /// The component's own log says that it went down.
    Stated,
    /// Messages that are not there.
    Absence,
    /// What the new messages are about instead.
    Another,
    /// How traffic and latency moved.
    Shape,
    /// Lines that stop.
    Gap,
    /// Mix of status codes.
    Status,
    /// An alert that names it.
    Alert,
    /// Who looks into it names it, or rules it out.
    Named,
}

/// Collects the claims of one rule.
#[derive(Default)]
pub(super) struct Scale {
    entries: Vec<(Aspect, Claim)>,
}

impl Scale {
    /// Lays a claim on the scale; a claim of the same kind and sign stays only if it is heavier.
    /// A claim without anything to cite is dropped: nothing may be said without evidence; nor is one that weighs nothing.
    pub(super) fn add(
        &mut self,
        aspect: Aspect,
        weight: f64,
        text: Sentence,
        cited: Option<Cited>,
    ) {
        self.lay(aspect, weight, text, cited, None);
    }

    /// Takes away what was laid on it of one aspect, where something else has answered it.
    pub(super) fn forget(&mut self, aspect: Aspect) {
        self.entries.retain(|(a, _)| *a != aspect);
    }

    /// The same for a sentence that something is not in the inputs that were searched; nothing is said where it is there.
    pub(super) fn deny(
        &mut self,
        case: &Case<'_>,
        (aspect, weight): (Aspect, f64),
        text: &str,
        searched: Vec<u32>,
        denies: Denial,
    ) {
        let rows = case.events.iter().filter_map(|e| {
            let at = e.time.or(e.after)?;
            Some(((e.kind, e.class), at, &e.evidence))
        });
        let new = case.templates.iter().filter(|t| t.brought());
        let messages = new.map(|t| {
            let class = t.example.fault().and_then(Fault::class);
            let at = t.first_during.unwrap_or(t.first);
            ((MarkerKind::NewError, class), at, &t.evidence)
        });
        let refutes = |(what, at, lines): ((MarkerKind, _), _, &Vec<Evidence>)| {
            denies.refuted_by(&searched, what, at, lines)
        };
        if searched.is_empty() || rows.chain(messages).any(refutes) {
            return;
        }
        let cited = Some(Cited::Absent(searched));
        let text = Sentence::words(text.to_owned());
        self.lay(aspect, weight, text, cited, Some(denies));
    }

    fn lay(
        &mut self,
        aspect: Aspect,
        weight: f64,
        text: Sentence,
        cited: Option<Cited>,
        denies: Option<Denial>,
    ) {
        let Some(cited) = cited else { return };
        if weight == 0.0 {
            return;
        }
        let claim = Claim {
            text,
            weight,
            cited,
            denies,
        };
        match self.entries.iter_mut().find(|(a, _)| *a == aspect) {
            Some((_, old)) if old.weight.abs() >= weight.abs() => {}
            Some((_, old)) => *old = claim,
            None => self.entries.push((aspect, claim)),
        }
    }

    /// Whether the failures end as it is undone, or come back as it is done again.
    pub(super) fn goes_with_acts(&self) -> bool {
        self.weight(Aspect::Reversal) >= UNDONE || self.speaks_for(Aspect::Again)
    }

    /// What a kind of evidence weighs, in nats; 0 where there is none.
    pub(super) fn weight(&self, aspect: Aspect) -> f64 {
        let of = self.entries.iter().find(|(a, _)| *a == aspect);
        of.map_or(0.0, |(_, c)| c.weight)
    }

    /// Whether a kind of evidence speaks for the cause.
    pub(super) fn speaks_for(&self, aspect: Aspect) -> bool {
        self.weight(aspect) > 0.0
    }

    /// The sum of the weights, in nats.
    pub(super) fn sum(&self) -> f64 {
        self.entries.iter().map(|(_, c)| c.weight).sum()
    }

    /// The finished weighing, heaviest claims first.
    pub(super) fn weighed(
        self,
        title: Sentence,
        culprit: Option<Culprit>,
        settle: Sentence,
    ) -> Weighed {
        let mut claims: Vec<Claim> = self.entries.into_iter().map(|(_, c)| c).collect();
        claims.sort_list_by(|a, b| b.weight.total_cmp(&a.weight));
        Weighed {
            title,
            claims,
            culprit,
            settle: Some(settle),
            remedy: ["", ""],
            question: "",
            change: None,
            cap: None,
            stated: false,
            brought_by: None,
            doubted: false,
        }
    }
}

/// Cites lines, at most four of them; `None` when there are none.
pub(super) fn lines(evidence: &[Evidence]) -> Option<Cited> {
    (!evidence.is_empty()).then(|| Cited::Lines(evidence.iter().take(4).cloned().collect()))
}

/// That anything states a fault, or says what was never said before, from a minute before the onset to the end.
pub(super) fn new_meanwhile(case: &Case<'_>) -> Denial {
    use MarkerKind::*;
    let (from, to) = case.onset_bounds();
    Denial {
        kinds: &[Fault, Crash, ServiceStop, NewError],
        classes: Vec::new(),
        from: Instant(from.0 - MINUTE),
        to: Instant(to.0 + MINUTE).max(case.end),
    }
}

/// A message, quoted so that a claim can be read by itself.
pub fn quote(text: &str) -> Piece {
    Piece::Log(LogText::new(shortened(text, QUOTED).as_bytes()))
}

/// What a person wrote, from its beginning on: cut in the middle it would say something else.
pub(super) fn quote_from(text: &str) -> Piece {
    let text = without_head(text);
    let end = text.char_indices().nth(QUOTED).map(|c| c.0);
    let cut = end.map(|end| text[..end].rfind(' ').unwrap_or(end));
    let said = cut.map_or_else(|| text.to_owned(), |end| format!("{}…", &text[..end]));
    Piece::Log(LogText::new(said.as_bytes()))
}

/// A message in so many letters, without what stands in front of it. Where that is too much, the ends of its long numbers go first;
/// the words that state its fault stay, and those with which it begins.
pub(super) fn shortened(text: &str, letters: usize) -> String {
    let text = without_head(text);
    let is_short = |text: &str| text.chars().nth(letters).is_none();
    if is_short(text) {
        return text.to_owned();
    }
    let text = &abbreviated(text);
    let at = |n: usize| text.char_indices().nth(n).map_or(text.len(), |c| c.0);
    if is_short(text) {
        return text.clone();
    }
    let (whole, start) = (fault(text), &text[..at(letters)]);
    if fault(start) == whole {
        return format!("{}…", start.trim_end());
    }
    // from where its words begin at the latest, and what follows them as far as there is room
    let begins = text.rmatch_indices(' ').map(|(at, _)| at + 1);
    let states = |at: &usize| whole.is_some() && fault(&text[*at..]) == whole;
    let end = begins.filter(|at| *at > letters / 4).find(states);
    let room = |from: usize| text[from..].char_indices().nth(letters * 3 / 4);
    let end = end.and_then(|from| room(from).map(|c| from + c.0));
    let end = end.map_or(text.len(), |end| text[..end].rfind(' ').unwrap_or(end));
    let head = &text[..at(letters / 4)];
    let tail = text[..end].char_indices().rev().nth(letters * 3 / 4);
    let tail = &text[tail.map_or(0, |c| c.0)..end];
    // whole words
    let head = head.rfind(' ').map_or(head, |end| &head[..end]);
    let tail = tail.split_once(' ').map_or(tail, |t| t.1);
    let more = if end < text.len() { "…" } else { "" };
    format!("{} … {}{more}", head.trim_end(), tail.trim_end())
}

/// A text in which of the numbers that say no more than which one it was, in hex digits or decimal ones, the beginning stands.
fn abbreviated(text: &str) -> String {
    let outside = |c: char| !c.is_alphanumeric() && c != '-';
    let digit = |c: char| c.is_ascii_hexdigit() || c == '-';
    let short = |word: &str| {
        let number = word.chars().all(digit) && word.contains(|c: char| c.is_ascii_digit());
        match word.get(..LONG_NUMBER / 2) {
            Some(start) if number && word.len() > LONG_NUMBER => format!("{start}…"),
            _ => word.to_owned(),
        }
    };
    let words = text.split_inclusive(outside).map(|w| {
        let end = w.trim_end_matches(outside).len();
        short(&w[..end]) + &w[end..]
    });
    words.collect()
}

/// Digits of a number from which nobody reads it to its end.
const LONG_NUMBER: usize = 16;

/// Letters of a message that a claim quotes.
const QUOTED: usize = 100;

/// The first failing lines of the incident.
pub(super) fn onset_lines(case: &Case<'_>) -> Option<Cited> {
    lines(case.first_failing)
}

/// A name of our own making or cut out of a message.
pub(super) fn named(name: &str) -> LogText {
    LogText::new(name.as_bytes())
}

/// A culprit of one of the kinds that reports know.
pub(super) fn culprit(
    kind: &'static str,
    name: &str,
    service: Option<&LogText>,
) -> Option<Culprit> {
    debug_assert!(CULPRIT_KINDS.contains(&kind), "{kind}");
    (!name.is_empty()).then(|| Culprit {
        kind,
        name: named(name),
        service: service.cloned(),
    })
}

/// `words` followed by ` on HOST` where the host is known.
pub(super) fn on_host(s: Sentence, host: Option<&LogText>) -> Sentence {
    match host {
        Some(h) => s.w(" on ").name(h),
        None => s,
    }
}

/// That the failures end with something; what lies in its own second is told as that, which is all that most stamps show.
pub(super) fn ends_with(case: &Case<'_>, at: Option<Instant>, what: &str) -> Sentence {
    stop_with(case, at, Sentence::words(what.to_owned()))
}

/// In front of a span since a moment: what is known to the minute alone may have been later in it.
pub(super) fn at_most(case: &Case<'_>, at: Option<Instant>) -> &'static str {
    let mut then = case.events.iter().filter(|e| e.time == at && at.is_some());
    match then.any(|e| e.is_by_minute()) {
        true => "at most ",
        false => "",
    }
}

/// The same of what is quoted or named.
pub(super) fn stop_with(case: &Case<'_>, at: Option<Instant>, what: Sentence) -> Sentence {
    // what is done as they pause is told of the pause
    let (end, stop) = case.end_near(at);
    let after = at.map_or(0, |t| end.since(t));
    let last = match stop {
        "stop" => "The last failure is ",
        _ => "The last failure before a pause is ",
    };
    let stop = format!("The failures {stop} ");
    let mut s = match after {
        SECOND.. => {
            let stop = Sentence::words(stop).w(at_most(case, at));
            stop.p(span(after)).w(" after ")
        }
        _ if -after < SECOND => Sentence::words(stop).w("in the same second as "),
        // what is done is often written down when it is done, and a request when it came in
        _ => Sentence::words(last).p(span(-after)).w(" before "),
    };
    s.0.extend(what.0);
    s.w(".")
}

/// That what a row is of did something at the onset: its service, or the unit in its line, on its host.
pub(super) fn at_onset(case: &Case<'_>, e: &Event, nobody: &'static str, did: &str) -> Sentence {
    let unit = || names::unit(excerpt(e)).map(|u| named(&u));
    let s = match e.service.clone().or_else(unit) {
        Some(name) => Sentence::default().name(&name),
        None => Sentence::words(nobody),
    };
    let s = on_host(s, e.host.as_ref());
    let after = e.time.map_or(0, |t| t.since(case.onset));
    match after.abs() <= 5 * SECOND {
        true => s.w(format!("{did} at the onset.")),
        false => s.w(format!("{did} ")).p(span(after.abs())).w(match after {
            0.. => " after the onset.",
            _ => " before the onset.",
        }),
    }
}

/// A span of time as a piece.
pub(super) fn span(us: i64) -> Piece {
    Piece::Span(us.max(0))
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_quote_keeps_the_words_that_state_the_fault() {
        let far = "app[6e] yul [info] LOG C-0x55: shop/shop_app@127.0.0.1:35386 closing because: server login has been failing, \
            cached error: password authentication failed for user shop_app (server_login_retry) (age=0s)";
        let said = shortened(far, 100);
        assert!(
            said.starts_with("LOG C-0x55: … ")
                && said.contains(" authentication failed for user shop_app"),
            "{said}"
        );
        let near =
            "no space left on device while the page of a reader was written, and many words more";
        assert_eq!(
            shortened(near, 40),
            "no space left on device while the page o…"
        );
        let locked = "Unhandled exception for /portal/payment: Oracle.ManagedDataAccess.Client.OracleException \
            (0x80004005): ORA-28000: The account is locked.";
        let said = shortened(locked, 64);
        assert!(
            said.ends_with("ORA-28000: The account is locked."),
            "{said}"
        );
        let long = "the client secret of app '3e0d5a1c-77f2-4b8e-9c1d-5a0f3f1b2d90' is expired";
        let said = shortened(long, 56);
        assert_eq!(said, "the client secret of app '3e0d5a1c…' is expired");
        assert_eq!(shortened("no space left", 40), "no space left");
        // letters, not bytes
        assert_eq!(shortened("äöüäöüäöü", 4), "äöüä…");
    }
}
