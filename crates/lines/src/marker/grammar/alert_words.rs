//! What a single word, a sign or a key says of an alert, and whether a clause names one. What clauses say of it stands in `states`.

use super::clause::Word;
use super::lexicon::{ACKED, ALERT, BEGIN, DONE, FIRED, OKAY, sense};
use super::lists::{packed, words};
use crate::record::MarkerKind::{self, *};

/// Signs of trouble and of its end, as words.
pub(super) const RED: [&[u8]; 6] = [
    "\u{1f7e0}".as_bytes(),
    "\u{1f7e1}".as_bytes(),
    "\u{1f7e8}".as_bytes(),
    "\u{1f534}".as_bytes(),
    "\u{1f6a8}".as_bytes(),
    "\u{1f7e5}".as_bytes(),
];
pub(super) const GREEN: [&[u8]; 2] = ["\u{1f7e2}".as_bytes(), "\u{1f7e9}".as_bytes()];

/// The state that a whole text names, whose words they are: of a bracket or a value.
pub(super) fn named(text: &[u8]) -> Option<MarkerKind> {
    let letters = |c: &u8| c.is_ascii_alphabetic();
    let start = text.iter().position(letters)?;
    let end = text[start..]
        .iter()
        .position(|c| !letters(c))
        .map_or(text.len(), |n| start + n);
    let rest = text[end..].iter().all(|c| !letters(c));
    let sense = sense(packed(&text[start..end]));
    let w = |bits| sense.is & bits != 0;
    match () {
        () if !rest => None,
        () if w(ACKED) => Some(AlertAcknowledged),
        () if w(OKAY) => Some(AlertResolved),
        () if w(FIRED | ALERT) => Some(AlertFired),
        () => None,
    }
}

/// What a text of two words says became of an alert or an incident: `Incident started`.
pub(super) fn became(text: &[u8]) -> Option<MarkerKind> {
    let mut words = text.split(|c| *c == b' ').map(|w| sense(packed(w)));
    let [of, turn] = [words.next()?, words.next()?];
    let alone = words.next().is_none() && of.is & ALERT != 0;
    match () {
        () if !alone => None,
        () if turn.is & BEGIN != 0 => Some(AlertFired),
        () if turn.is & ACKED != 0 => Some(AlertAcknowledged),
        () => (turn.is & (OKAY | DONE) != 0).then_some(AlertResolved),
    }
}

/// What the value of a key says that only alerts have.
pub(super) fn under_key(text: &[u8]) -> Option<MarkerKind> {
    const BEGUN: &str = "pending new create created initiated activated severe degraded unhealthy";
    let name = packed(text);
    match () {
        () if words!(BEGUN).contains(&name) => Some(AlertFired),
        () if text.eq_ignore_ascii_case(b"accepted") => Some(AlertAcknowledged),
        () if words!("passing healthy").contains(&name) => Some(AlertResolved),
        () => named(text),
    }
}

/// Whether a key is that of an alert.
pub(super) fn is_alert_key(k: &[u8]) -> bool {
    let holds = |w: &str| {
        k.windows(w.len())
            .any(|x| x.eq_ignore_ascii_case(w.as_bytes()))
    };
    if !["alert", "alarm", "incident"].iter().any(|w| holds(w)) {
        return false;
    }
    let words = crate::text::words::split(&String::from_utf8_lossy(k));
    words
        .iter()
        .any(|w| matches!(w.as_str(), "alert" | "alarm" | "alertname" | "incident"))
}

/// Whether a clause names an alert.
pub(super) fn is_about_alerts(c: &[Word<'_>]) -> bool {
    c.iter().any(|w| {
        w.is(ALERT) && !w.any(words!("page issue problem"))
            || w.key.is_some_and(is_alert_key)
            || w.key.is_some() && is_alert_key(w.text)
    })
}
