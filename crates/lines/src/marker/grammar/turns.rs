//! What changes from one state into another, whatever is said around it: health, who leads, switches, versions (`from OK to ALARM`,
//! `Standby -> Active`, `block_new OFF -> ON`, `shop 4.1.0 -> 4.2.0`).

use super::alert_words::is_about_alerts;
use super::clause::Word;
use super::lexicon::{BEGIN, DONE, FOLLOWER, LEADER, PRODUCTION, STATE, SWITCHED, Verb, sense};
use super::lists::{packed, words};
use super::{Found, negated};
use crate::record::MarkerKind::{self, *};
use crate::text::versions::compare_versions;
use std::cmp::Ordering;
use std::net::Ipv4Addr;

const WELL: &str =
    "ok okay up normal clear cleared green healthy resolved recovered closed passing good fine";
const ILL: &str = "critical crit warning warn down alarm alert alerting firing triggered problem open opened unhealthy failing red yellow \
    orange unavailable degraded major minor";
/// States that other things than alerts have, too.
const COMMON: &str = "open opened closed up down";

/// What clusters call their health by, which goes up and down.
const COLOURS: &str = "green yellow red";

/// The turn that a clause states.
pub(super) fn find(text: &[u8], alerts: bool, c: &[Word<'_>]) -> Option<Found> {
    if let Some(found) = was(text, c) {
        return Some(found);
    }
    let Some((i, j)) = pair(text, c) else {
        return shown(c);
    };
    let kind = health(alerts, c, i, j)
        .or_else(|| part(c, i, j))
        .or_else(|| switch(c, i, j))
        .or_else(|| version(text, c, i, j))
        .or_else(|| put(c, i, j).then_some(DeployStart))
        .or_else(|| set(c, i, j))?;
    (!negated(c, i)).then(|| Found::new(kind, c, i, j, 80))
}

/// A switch that is shown as it stands now, and who set it so: `event double-xp-weekend state=ON by=kim`.
fn shown(c: &[Word<'_>]) -> Option<Found> {
    let state = |w: &Word<'_>| {
        w.key
            .is_some_and(|k| words!("state status enabled value").contains(&packed(k)))
    };
    let i = c.iter().position(|w| state(w) && w.is(SWITCHED))?;
    let by = |w: &Word<'_>| w.key.is_some_and(|k| packed(k) == packed(b"by"));
    let named = i > 0 && c[..i].iter().any(Word::is_name);
    let found = || Found::new(FeatureFlag, c, i, i, 60);
    (named && c.iter().any(by) && !negated(c, i)).then(found)
}

/// What somebody who is named turns from one value to another: a switch or a share is a flag's, a number a setting's.
fn set(c: &[Word<'_>], i: usize, j: usize) -> Option<MarkerKind> {
    let digits = |t: &[u8]| !t.is_empty() && t.iter().all(u8::is_ascii_digit);
    let number = |w: &Word<'_>| digits(w.text);
    let share = |w: &Word<'_>| w.text.strip_suffix(b"%").is_some_and(digits);
    let switch = |w: &Word<'_>| w.is(SWITCHED) || share(w);
    let (a, b) = (&c[i], &c[j]);
    let other = a.text != b.text && is_done_by(c);
    match () {
        // another machine is asked by what a file or somebody says; of packets it is a way
        () if a.text != b.text && is_address(a.text) && is_address(b.text) => {
            let file = c[..i].iter().any(|w| w.text.starts_with(b"/"));
            (file || is_done_by(c)).then_some(ConfigChange)
        }
        () if other && switch(a) && switch(b) => Some(FeatureFlag),
        () => (other && number(a) && number(b)).then_some(ConfigChange),
    }
}

/// Whether a text is the address of a machine of one's own, which has as many points as some versions.
fn is_address(text: &[u8]) -> bool {
    let address = std::str::from_utf8(text).ok();
    let address = address.and_then(|t| t.parse::<Ipv4Addr>().ok());
    address.is_some_and(|a| a.is_private())
}

/// Whether a version is put somewhere: to production, or where a name and a version are all that stands in front, to a host.
fn put(c: &[Word<'_>], i: usize, j: usize) -> bool {
    let host = || i == 1 && c.len() == 3 && c[j].is_name() && !c[j].is_version() && !c[0].tag;
    c[i].is_version() && (c[j].is(PRODUCTION) || host())
}

/// A program or a host runs another version than before: it is named in front, and both versions are written alike. What stands in
/// brackets or behind a sign (`lodash (4.17.20 => 4.17.21)`, `tag = "1.2" -> "1.3"`) is of a package or of a plan.
fn version(text: &[u8], c: &[Word<'_>], i: usize, j: usize) -> Option<MarkerKind> {
    let quoted = c[i].quoted || c[j].quoted;
    (!quoted).then(|| taken(text, c, i, c[i].text, c[j].text))?
}

/// What it is that the version at a place, or the one before it, gives way to the other: said by itself, it is over; where somebody
/// is named who does it, a tool reports it, and it has begun unless a word in front says that it is done.
fn taken(text: &[u8], c: &[Word<'_>], i: usize, old: &[u8], new: &[u8]) -> Option<MarkerKind> {
    let over = goes_to(old, new)?;
    let begun = c[..i].iter().any(|w| w.is(BEGIN));
    if is_named(text, c, i) && !begun {
        return Some(over);
    }
    let done = c[..i].iter().any(|w| w.is(DONE)) && !begun;
    let part = c[..i].iter().any(|w| w.any(words!(PARTS)));
    (i > 0 && !part && is_done_by(c)).then_some(match over {
        over if done => over,
        RollbackFinish => RollbackStart,
        _ => DeployStart,
    })
}

/// Whether a clause names who does what it states.
fn is_done_by(c: &[Word<'_>]) -> bool {
    let key = |w: &Word<'_>| w.key.is_some_and(|k| words!(WHO).contains(&packed(k)));
    let said = |w: &[Word<'_>]| w[0].any(words!(WHO)) && w[1].key.is_none();
    c.iter().any(key) || c.windows(2).any(said)
}

/// Words in front of what a program is built of.
const PARTS: &str = "bump bumps bumped bumping dependency dependencies package packages library libraries pip npm yarn gem";
/// Whether a text is of what a program is built of: `pip install: keystone 2.7.0 -> 3.0.1`.
pub fn is_of_parts(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|w| words!(PARTS).contains(&packed(w.as_bytes())))
}

/// Words in front of who does something.
const WHO: &str = "by operator user actor who author requester door von par por av af";

/// Whether the version at a place stands behind a name, and that behind no words: a verb says by itself how far it is, and what is
/// installed on the way (`pip install: keystone 2.7.0 -> 3.0.1`) is a part.
fn is_named(text: &[u8], c: &[Word<'_>], i: usize) -> bool {
    let Some(named) = c[..i].iter().rposition(|w| !w.eq("now")) else {
        return false;
    };
    // whether capital or not, but for what is shouted
    let word = |w: &[u8]| {
        let letters = w.first().is_some_and(u8::is_ascii_alphabetic);
        letters && w[1..].iter().all(u8::is_ascii_lowercase)
    };
    let mut front = text
        .get(..c[named].at)
        .unwrap_or_default()
        .split(|b| *b == b' ');
    if front.any(word) || c[..i].iter().any(|w| w.verb().is_some() && !w.bracketed) {
        return false;
    }
    let between = text.get(c[named].end..c[named + 1].at).unwrap_or_default();
    let bare = between.iter().all(|b| matches!(b, b' ' | b':'));
    bare && !c[named].quoted && !c[named].is_version()
}

/// What it is that one version runs after another one that is written alike.
pub fn goes_to(old: &[u8], new: &[u8]) -> Option<MarkerKind> {
    let letters = |v: &[u8]| v.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let [front, other] = [old, new].map(|v| &v[..letters(v)]);
    let numbers = [old, new].map(|v| &v[letters(v)..]);
    let plain = |v: &[u8]| v.iter().all(|c| c.is_ascii_digit() || *c == b'.');
    let points = numbers.map(|v| memchr::memchr_iter(b'.', v).count());
    let addresses = is_address(old) && is_address(new);
    let alike =
        !addresses && front == other && numbers.into_iter().all(plain) && points[0] == points[1];
    let release = front.len() == 1 || front.is_empty() && points[0] > 1;
    match compare_versions(numbers[0], numbers[1]) {
        Ordering::Less if alike && release => Some(DeployFinish),
        Ordering::Greater if alike && release => Some(RollbackFinish),
        _ => None,
    }
}

/// Where a version stands and, in brackets or under a key, the one before it: `shop 4.18.2 (was 4.18.1)`, `ship shop@4.18.2 prev=4.18.1`.
fn was(text: &[u8], c: &[Word<'_>]) -> Option<Found> {
    let keyed = |w: &&Word<'_>| w.key.is_some_and(|k| words!(KEYS).contains(&packed(k)));
    let (i, old) = match before(text) {
        Some((at, old)) => (c.iter().position(|w| w.end == at)?, old),
        None => {
            let old = c.iter().find(keyed)?.text;
            (c.iter().position(Word::is_version)?, old)
        }
    };
    let new = c[i].text.rsplit(|b| *b == b'@').next()?;
    let kind = taken(text, c, i, old, new).filter(|_| !negated(c, i))?;
    Some(Found::new(kind, c, i, i, 80))
}

/// Words of what something was before, or is as the line is written, in the languages of the lexicon and some more.
const BEFORE: &str = "was previously previous before formerly now current currently bisher vorher zuvor jetzt aktuell avant antes anterior tidigare \
    tidligere nu";
/// Keys of the same.
pub(super) const KEYS: &str = "prev previous was old from before";

/// What stands in brackets as what was before (`(was 4.18.1)`, `(bisher online)`), and the end of what stands in front of them.
pub(super) fn before(text: &[u8]) -> Option<(usize, &[u8])> {
    memchr::memmem::find_iter(text, b" (").find_map(|at| {
        let inner = &text[at + 2..];
        let inner = &inner[..memchr::memchr(b')', inner)?];
        let blank = memchr::memchr(b' ', inner)?;
        let word = inner[..blank].strip_suffix(b":").unwrap_or(&inner[..blank]);
        let is = BEFORE.split(' ').any(|w| w.as_bytes() == word);
        is.then(|| (at, inner[blank..].trim_ascii()))
    })
}

/// Where the words stand between which something changed.
fn pair(text: &[u8], c: &[Word<'_>]) -> Option<(usize, usize)> {
    const ARROWS: [&str; 4] = ["\u{2192}", "\u{2794}", "\u{279c}", "\u{21d2}"];
    (0..c.len()).find_map(|i| {
        let next = c.get(i + 1)?;
        if ARROWS.iter().any(|a| next.eq(a)) || next.eq("to") && i > 0 && c[i - 1].eq("from") {
            return c.get(i + 2).map(|_| (i, i + 2));
        }
        let between = text.get(c[i].end..next.at).unwrap_or_default();
        let arrow = [&b"->"[..], b"=>"]
            .iter()
            .any(|a| memchr::memmem::find(between, a).is_some());
        arrow.then_some((i, i + 1))
    })
}

/// Whether the first word within a text is of a list.
fn first_is(w: &Word<'_>, list: &[u128]) -> bool {
    first_word(w).is_some_and(|t| list.contains(&packed(t)))
}

fn first_word<'t>(w: &Word<'t>) -> Option<&'t [u8]> {
    w.text
        .split(|b| !b.is_ascii_alphabetic())
        .find(|t| !t.is_empty())
}

fn health(alerts: bool, c: &[Word<'_>], i: usize, j: usize) -> Option<MarkerKind> {
    let of = |w: &Word<'_>| match () {
        () if first_is(w, words!(WELL)) => Some(true),
        () if first_is(w, words!(ILL)) => Some(false),
        () => None,
    };
    let (old, new) = (of(&c[i])?, of(&c[j])?);
    // `[incident 902] normal -> critical`
    let label = |w: &Word<'_>| match w.bracketed {
        true => first_is(w, words!("alert alarm incident")),
        false => w.any(words!("alert alarm")),
    };
    let about = alerts || is_about_alerts(c) || c[..i].iter().any(label);
    let common = [i, j].iter().any(|n| first_is(&c[*n], words!(COLOURS)))
        || [i, j].iter().all(|n| first_is(&c[*n], words!(COMMON)));
    // what a controller says of the health of its objects is no alert
    let status = c[..i].iter().any(|w| w.eq("status")) && !c[..i].iter().any(|w| w.eq("health"));
    let stated = c[i].capitals() && c[j].capitals() || status;
    match (about || stated && !common, old, new) {
        (true, true, false) => Some(AlertFired),
        (true, false, true) => Some(AlertResolved),
        _ => None,
    }
}

/// Who leads follows now, or the other way round.
fn part(c: &[Word<'_>], i: usize, j: usize) -> Option<MarkerKind> {
    let bits = |w: &Word<'_>| first_word(w).map_or(0, |t| sense(packed(t)).is);
    let has = |w: &Word<'_>, b| bits(w) & b != 0;
    let takes_over = |w: &Word<'_>| {
        let mut words = w.text.split(|b| !b.is_ascii_alphabetic());
        words.any(|t| sense(packed(t)).verb.is_some_and(|v| v.0 == Verb::Failover))
    };
    let (a, b) = (&c[i], &c[j]);
    let turned = has(a, FOLLOWER) && has(b, LEADER)
        || has(a, LEADER) && has(b, FOLLOWER)
        || has(a, FOLLOWER | LEADER) && takes_over(b);
    turned.then_some(Failover)
}

/// A name that was on and is off, or the other way round.
fn switch(c: &[Word<'_>], i: usize, j: usize) -> Option<MarkerKind> {
    let opposite = c[i].is(SWITCHED) && c[j].is(SWITCHED) && c[i].name != c[j].name;
    let named = i > 0 && c[i - 1].is_name() && !c[..i].iter().any(|w| w.is(STATE));
    (opposite && named).then_some(FeatureFlag)
}
