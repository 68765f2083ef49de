//! What alerts are in, by words of state that alternate: at the beginning, in brackets, in a column, behind a key, or behind the
//! alert that they are said of.

use super::alert_words::{GREEN, RED, became, is_about_alerts, is_alert_key, named, under_key};
use super::clause::Word;
use super::lexicon::{ACKED, ALERT, ARTICLE, Bits, FIRED, HELP, OKAY, PREPOSITION, STATE, sense};
use super::lists::{packed, words};
use super::{Found, begins, negated};
use crate::record::MarkerKind::{self, *};
use crate::text::words::is_coined;

/// States that only alerts have when they stand in capitals where a message begins.
const STRONG: &str = "problem recovery recovered resolved firing triggered alarm acknowledgement acknowledged acked cleared page alert \
    störung stoerung entwarnung behoben quittiert alarme alerte résolu résolue alarma alerta resuelto resuelta resolvido resolvida";

/// What has numbers as alerts have, and is triggered by people.
const RUNS: &str = "build builds deploy deployment job pipeline release run workflow";

fn turn(w: &Word<'_>) -> Option<MarkerKind> {
    match () {
        () if w.eq("page") && w.capitals() => Some(AlertFired),
        () if RED.contains(&w.text) => Some(AlertFired),
        () if GREEN.contains(&w.text) => Some(AlertResolved),
        () => of_bits(w.sense.is),
    }
}

/// What the senses of a word say of an alert.
fn of_bits(is: Bits) -> Option<MarkerKind> {
    let states = [
        (ACKED, AlertAcknowledged),
        (OKAY, AlertResolved),
        (FIRED, AlertFired),
    ];
    states
        .into_iter()
        .find(|(bit, _)| is & bit != 0)
        .map(|x| x.1)
}

/// What a word says of an alert where it stands alone, as in the cell of a table: that it fired, that somebody takes it, that it is over.
pub fn state_of(word: &str) -> Option<MarkerKind> {
    of_bits(sense(packed(word.as_bytes())).is)
}

/// What a message says of an alert.
pub(super) fn find(
    text: &[u8],
    first: bool,
    alerts: bool,
    paged: bool,
    c: &[Word<'_>],
) -> Option<Found> {
    let found = |(i, kind)| (!negated(c, i)).then(|| Found::new(kind, c, i, i, 80));
    // in bold: `*TROUBLE* api.shop.example`
    let bold = first && paged && text.starts_with(b"*") && c[0].capitals();
    if let Some(kind) = turn(&c[0]).filter(|_| bold) {
        return found((0, kind));
    }
    let column = || columns(text).filter(|_| first);
    if (first || c[0].bracketed)
        && let Some(f) = column().or_else(|| brackets(c))
    {
        return found(f);
    }
    if let Some((i, kind)) = checked(c).or_else(|| notice(paged, c)) {
        return Some(Found::new(kind, c, i, i, 80));
    }
    leading(text, c)
        .or_else(|| moved(c))
        .or_else(|| keyed(text, c, alerts))
        .or_else(|| labelled(c))
        .or_else(|| said(text, c))
        .and_then(found)
}

type StatedState = Option<(usize, MarkerKind)>;

/// `SERVICE NOTIFICATION: ops;web;HTTP;CRITICAL;mail`: one column is a state.
fn columns(text: &[u8]) -> StatedState {
    let head = &text[..memchr::memchr(b';', text)?];
    let tag = head.rsplit(|c| *c == b':').nth(1)?.trim_ascii();
    let ends = |w: &[u8]| tag.ends_with(w);
    if !(ends(b"NOTIFICATION") || ends(b"ALERT")) {
        return None;
    }
    let mut fields = text.split(|c| *c == b';').skip(1);
    let state = |f: &[u8]| {
        let word = f.split(|c| *c == b' ').next().unwrap_or_default();
        let capitals = word.len() > 1 && word.iter().all(u8::is_ascii_uppercase);
        named(word).filter(|_| capitals)
    };
    Some((0, fields.find_map(state)?))
}

/// `[FIRING:1]`, `[RESOLVED]`, `[🔴 Down]` among the first words.
fn brackets(c: &[Word<'_>]) -> StatedState {
    let mut near = c.iter().enumerate().take(5).filter(|(_, w)| w.bracketed);
    near.find_map(|(n, w)| {
        let sign = w.text.iter().any(|b| *b >= 0x80);
        let counted = w.text.contains(&b':');
        let loud = w
            .text
            .iter()
            .filter(|b| b.is_ascii_alphabetic())
            .all(u8::is_ascii_uppercase);
        let strong = STRONG.split(' ').any(|s| {
            w.text
                .get(..s.len())
                .is_some_and(|t| t.eq_ignore_ascii_case(s.as_bytes()))
        });
        let state = || (sign || strong && (loud || counted || n == 0)).then(|| named(w.text))?;
        Some((n, state().or_else(|| became(w.text))?))
    })
}

/// A state in capitals with which a message, or what is said behind a tag, begins.
fn leading(text: &[u8], c: &[Word<'_>]) -> StatedState {
    // a column by itself, or a coloured sign, is a state, too
    let column = text
        .get(c[0].end..)
        .is_some_and(|t| t.trim_ascii_start().starts_with(b"|"))
        && c.len() == 1;
    if column && c[0].capitals() && c[0].any(words!("up down ok critical warning")) {
        return Some((0, turn(&c[0])?));
    }
    let last = c.len() - 1;
    if last > 2 && c[last].capitals() && c[last].any(words!("recovered resolved")) {
        return Some((last, AlertResolved));
    }
    let coloured = |w: &Word<'_>| RED.contains(&w.text) || GREEN.contains(&w.text);
    // an alert has a number, and then its state: `#8841 CRITICAL: …`
    let numbered = c[0].text.starts_with(b"#") && c[0].is_number();
    let shouted = |w: &Word<'_>| w.any(words!("critical warning down ok")) && w.tag && numbered;
    let strong =
        |w: &Word<'_>| w.capitals() && (w.any(words!(STRONG)) || shouted(w)) || coloured(w);
    let tag = c
        .iter()
        .take(8)
        .rposition(|w| w.tag && !strong(w))
        .map(|n| n + 1);
    let begins = |from: usize| {
        Some(
            from + c[from..]
                .iter()
                .position(|w| !(w.bracketed || w.is_number()))?,
        )
    };
    let said = |at: &usize| {
        let next = c.get(at + 1);
        let by = |n: &Word<'_>| n.eq("by") && c[*at].is(ACKED);
        strong(&c[*at]) && (c[*at].tag || next.is_none_or(|n| by(n) || !n.is(PREPOSITION | HELP)))
    };
    // a state beside the alert that it is of: `OPEN ERROR Problem P-7: shop`
    let of_alert = |at: &usize| {
        let mut near = c[at + 1..].iter().take(3);
        c[*at].capitals() && c[*at].is(FIRED | OKAY) && near.any(|w| w.is(ALERT))
    };
    let at = begins(0)
        .filter(|at| said(at) || of_alert(at))
        .or_else(|| tag.and_then(begins).filter(said))?;
    Some((at, turn(&c[at])?))
}

/// A state that is told beside the one before it: `Environment health has transitioned from Ok to Severe`.
fn moved(c: &[Word<'_>]) -> StatedState {
    let states =
        |w: &[Word<'_>]| w[0].eq("from") && w[2].eq("to") && under_key(w[1].text).is_some();
    let at = c.windows(4).position(states)?;
    let of = c[..at].iter().any(|w| w.is(ALERT) || w.eq("health"));
    Some((at + 3, under_key(c[at + 3].text).filter(|_| of)?))
}

/// What is stated of a thing where only alerts are reported: that it begins with, or what the thing is or goes (`Down: shop`,
/// `New incident: shop`, `shop is not responding`, `db-1 goes up`, `gw-3 is reporting again`).
fn notice(paged: bool, c: &[Word<'_>]) -> StatedState {
    const WELL: &str =
        "back healthy reachable online reporting reported responding working available again alive";
    const ILL: &str = "unreachable unavailable offline unhealthy dead degraded unresponsive stale silent missing timeouts";
    let go = |w: &Word<'_>| w.any(words!("goes went"));
    // who takes a page answers in a word
    if paged && c.len() < 3 && c[0].is(ACKED) {
        return Some((0, AlertAcknowledged));
    }
    if !paged && !c.iter().any(go) {
        return None;
    }
    // what else is active is so in small letters
    if paged && c[0].bracketed && c[0].capitals() && c[0].eq("active") {
        return Some((0, AlertFired));
    }
    let sign = |w: &Word<'_>| !w.text.iter().any(u8::is_ascii_alphanumeric);
    let head = c
        .iter()
        .position(|w| !(w.bracketed || w.is(ARTICLE) || sign(w) && !w.text.is_ascii()))?;
    let goes = |i: usize| i > 1 && go(&c[i - 1]) && c.len() == i + 1 && begins(c, i - 2);
    if paged && c[head].is(ALERT) && c[head].tag {
        let new = head > 0 && c[head - 1].eq("new") || c[head].any(words!("incident outage"));
        return new.then_some((head, AlertFired));
    }
    // `Fired: high 5xx`, `Incident open: high 5xx`, `HighErrors firing: …`
    let named = c[head].is(ALERT) || is_coined(c[head].text);
    let noun = usize::from(named && c.get(head + 1).is_some_and(|w| w.tag));
    let state = head + noun;
    let turned = |w: &Word<'_>| w.tag && !w.quoted && !w.eq("warning");
    if paged && turned(&c[state]) && turn(&c[state]).is_some() {
        return Some((state, turn(&c[state])?));
    }
    let said = |w: &Word<'_>| {
        w.is(HELP) || w.any(words!("goes went going not longer again back isn't hasn't"))
    };
    let (i, well) = (head + 1..c.len()).find_map(|i| {
        let w = &c[i];
        let well = w.any(words!(WELL)) || w.is(OKAY) && !w.any(words!("reset close resolve clear"));
        let ill = w.any(words!(ILL)) || w.any(words!("down failing critical firing"));
        let asks = c[..i]
            .iter()
            .any(|w| w.any(words!("report summary digest what which when if")));
        let led = !asks && !w.quoted && w.key.is_none() && said(&c[i - 1]) && (well || ill);
        let whole = c.get(i + 1).is_none_or(|n| !n.is(ARTICLE) && !n.eq("to"));
        (led && whole && (paged || goes(i))).then_some((i, well))
    })?;
    let not = c[..i]
        .iter()
        .any(|w| w.any(words!("not longer never no isn't hasn't")));
    Some((
        i,
        if well != not {
            AlertResolved
        } else {
            AlertFired
        },
    ))
}

/// What a monitor found of a thing that it names first, in quotes: a test of it failed or succeeded, it runs or does not
/// (`'sphinx' failed protocol test`, `'data' space usage check succeeded`, `'cron' process is not running`).
fn checked(c: &[Word<'_>]) -> StatedState {
    if !c[0].quoted || c[0].key.is_some() || c[0].text.contains(&b' ') {
        return None;
    }
    let find = |is: fn(&Word<'_>) -> bool| c.iter().position(|w| is(w) && !w.quoted);
    let process = find(|w| w.eq("process"));
    let runs = find(|w| w.eq("running")).filter(|i| process.is_some_and(|p| p < *i));
    let tested = find(|w| w.any(words!("test check connection limit")));
    match (runs, tested.and(find(|w| w.any(words!("failed matches"))))) {
        (Some(i), _) if c[i - 1].eq("not") => Some((0, AlertFired)),
        (Some(i), _) if c[i - 1].eq("is") => Some((0, AlertResolved)),
        (_, Some(_)) => Some((0, AlertFired)),
        _ => tested
            .and(find(|w| w.eq("succeeded")))
            .map(|_| (0, AlertResolved)),
    }
}

/// `alert=KongHigh5xx[3f2a77b][active]`, `alert_group=I7 acknowledged by kim`: a state in brackets behind the name of an alert, or who
/// took it.
fn labelled(c: &[Word<'_>]) -> StatedState {
    let taken = |w: &[Word<'_>]| {
        w[0].key.is_some_and(is_alert_key) && w[1].is(ACKED) && w[1].key.is_none() && w[2].eq("by")
    };
    if let Some(i) = c.windows(3).position(taken) {
        return Some((i + 1, AlertAcknowledged));
    }
    let alert = |w: &Word<'_>| w.key.is_some_and(|k| k.eq_ignore_ascii_case(b"alert"));
    let i = c.iter().position(alert)?;
    let mut behind = (i + 1..c.len().min(i + 3)).take_while(|j| c[*j].bracketed);
    behind.find_map(|j| match () {
        () if c[j].any(words!("active firing")) => Some((j, AlertFired)),
        () if c[j].any(words!("resolved")) => Some((j, AlertResolved)),
        () => None,
    })
}

/// `status [CRITICAL]`, `status WARNING`, `action=triggered` beside an alert.
fn keyed(text: &[u8], c: &[Word<'_>], alerts: bool) -> StatedState {
    let states = |k: &[u8]| {
        crate::text::words::split(&String::from_utf8_lossy(k))
            .iter()
            .any(|w| sense(packed(w.as_bytes())).is & STATE != 0)
    };
    // what watches, and the state of what it watches: `Sensor "Ping" on "gw-1" Status: Down (Acknowledged)`
    let watch = |n: &usize| {
        c[*n].any(words!("sensor monitor check probe")) && c.get(n + 1).is_some_and(|w| w.quoted)
    };
    if (0..c.len()).take(4).any(|n| watch(&n))
        && let Some(i) = (1..c.len()).find(|i| c[i - 1].eq("status") && c[i - 1].tag)
    {
        // what is still well is no alert
        let behind = text[c[i].end..].trim_ascii_start();
        let (note, was) = (behind.starts_with(b"(Ack"), behind.starts_with(b"(was"));
        return match named(c[i].text)? {
            _ if note => Some((i, AlertAcknowledged)),
            AlertResolved if !was => None,
            kind => Some((i, kind)),
        };
    }
    let labelled_state = c
        .iter()
        .any(|w| w.any(words!("notify notification notifying")) && !w.quoted);
    let i = c.iter().enumerate().position(|(n, w)| {
        let loud = || w.bracketed || w.capitals();
        let behind = n > 0 && c[n - 1].is(STATE) && c[n - 1].key.is_none();
        let is = labelled_state && n > 0 && c[n - 1].eq("is") && w.capitals();
        (behind && loud() || is) && named(w.text).is_some()
            || behind && c[n - 1].tag && under_key(w.text).is_some()
            || w.key
                .is_some_and(|k| under_key(w.text).is_some() && states(k))
            || w.any(words!("up down")) && w.key.is_some_and(is_alert_key)
    })?;
    // some states only alerts have, whatever stands around them
    let sure = c[i].any(words!("activated firing alerting triggered"))
        || c[i].is(ACKED) && c[i].capitals();
    let by = |w: &Word<'_>| {
        let acked = |k: &[u8]| k.len() > 12 && k[..12].eq_ignore_ascii_case(b"acknowledged");
        w.key.is_some_and(acked) && !w.text.is_empty() && !w.any(words!("null none"))
    };
    if !(alerts || sure || labelled_state || is_about_alerts(c)) {
        return None;
    }
    match c.iter().position(by) {
        Some(j) => Some((j, AlertAcknowledged)),
        None => Some((i, under_key(c[i].text)?)),
    }
}

/// How bad it is (`SEV1`, `P2`).
fn severity(w: &Word<'_>) -> bool {
    let (name, digits) = w.text.split_at(w.text.len().saturating_sub(1));
    digits.iter().all(u8::is_ascii_digit) && [&b"SEV"[..], b"P", b"S"].contains(&name)
}

/// A state that is said of an alert, by its noun or its number: `#5512 was ACKED by kim`, `memory alarm cleared`.
fn said(text: &[u8], c: &[Word<'_>]) -> StatedState {
    // the number of a run says who triggered it
    let runs = || c.iter().any(|w| w.any(words!(RUNS)));
    let number = |w: &Word<'_>| w.text.starts_with(b"#") && w.is_number() && !runs();
    let tagged = || {
        let whole = &text[..c[0].at];
        let numbered = |w: &[u8]| w[0] == b'#' && w[1].is_ascii_digit();
        let run = |w: &[u8]| words!(RUNS).contains(&packed(w));
        let of_run = || whole.split(|c| !c.is_ascii_alphanumeric()).any(run);
        memchr::memmem::find(whole, b"lert]").is_some()
            || whole.windows(2).any(numbered) && !of_run()
    };
    let of_alerts = |w: &Word<'_>| {
        w.is(ALERT) && !w.eq("page") && w.key.is_none() && !w.quoted
            || number(w)
            || w.bracketed && w.text.ends_with(b"Alert")
    };
    let alert = c.iter().position(of_alerts);
    let named = |w: &Word<'_>| {
        w.is(FIRED | ACKED | OKAY | HELP | PREPOSITION | ALERT)
            || w.is_name()
            || w.is_number()
            || w.any(words!(
                "event raised created declared initiated taken accepted claimed set failing reset"
            ))
    };
    let spoken = c.iter().take(8).rposition(|w| w.tag).map_or(0, |n| n + 1);
    let head = |a: &usize| number(&c[*a]) || c[*a].bracketed || c.get(a + 1).is_none_or(named);
    // of the alarm of another thing, and of so many alerts, no alert is reported
    let led = |w: &Word<'_>| {
        let sent = w.tag || w.is_name() && w.key.is_none();
        sent || severity(w) || w.bracketed || w.is(ARTICLE) || number(w) || turn(w).is_some()
    };
    // who did it to which alert: `Kim acknowledged the page`
    let done = |j: &usize| {
        c[*j].any(words!("acknowledged acked resolved closed taken took")) && !c[*j].capitals()
    };
    let object = |j: &usize| {
        let mut of = c[j + 1..].iter().filter(|w| !w.is(ARTICLE));
        match c[*j].any(words!("taken took")) {
            true => of.take(4).any(|w| w.any(words!("alarm alert page"))),
            false => of.next().is_some_and(|w| w.is(ALERT)),
        }
    };
    if let Some(j) = (1..c.len().min(5)).filter(done).find(object) {
        return Some((j, turn(&c[j]).unwrap_or(AlertAcknowledged)));
    }
    // the alarm of a thing: `memory resource limit alarm cleared on node b`
    let plain = |w: &Word<'_>| w.sense.verb.is_none() && w.key.is_none() && !w.quoted;
    if let Some(a) = alert.filter(|a| {
        c[*a].any(words!("alarm alert")) && (1..6).contains(a) && c[..*a].iter().all(plain)
    }) && let Some(j) = (a + 1..c.len()).find(|j| !c[*j].is(HELP))
        && c[j].any(words!("set raised went sounded cleared resolved reset"))
        && c.get(j + 1)
            .is_none_or(|n| n.any(words!("on for in at of by off")))
    {
        let fired = c[j].any(words!("set raised went sounded"));
        return Some((j, if fired { AlertFired } else { AlertResolved }));
    }
    // the number behind it, where one of its words is another: `alert group #5107`
    let alert = (0..c.len())
        .find(|a| of_alerts(&c[*a]) && head(a))
        .or(alert);
    let Some(a) =
        alert.filter(|a| head(a) && (number(&c[*a]) || c[spoken.min(*a)..*a].iter().all(led)))
    else {
        // what is said first is said of the alert above it
        let w = spoken + c[spoken..].iter().position(|w| !w.bracketed)?;
        let by = c.get(w + 1).is_some_and(|n| n.eq("by"));
        // `Acknowledgement set for checkable 'web02!disk'`
        let set = || {
            c[w + 1..]
                .first()
                .is_some_and(|n| n.any(words!("set added received")))
        };
        let noun = c[w].any(words!("acknowledgement acknowledgment"));
        let begins = c[w].is(ACKED) && by || noun && set() || tagged();
        return begins.then(|| Some((w, turn(&c[w])?)))?;
    };
    let taken = |j: &usize| {
        c[*j].any(words!("taken accepted claimed"))
            && c.get(j + 1).is_some_and(|n| n.any(words!("by to")))
    };
    // what starts by its number alone is a process: `server #0 started [main process]`
    let named = c.iter().any(|w| w.is(ALERT));
    let begun = |j: &usize| {
        let begins = c[*j].any(words!("created declared initiated sent"));
        let titled = c[a + 1..*j].iter().all(|w| w.quoted);
        titled && (begins || named && c[*j].eq("started"))
    };
    if let Some(j) = (a + 1..c.len().min(a + 4)).find(taken) {
        return Some((j, AlertAcknowledged));
    }
    if let Some(j) = (a + 1..c.len()).take(3).find(begun) {
        return Some((j, AlertFired));
    }
    let state = |j: &usize| turn(&c[*j]).is_some() && !c[*j].quoted && *j != a && !c[*j].is(ALERT);
    let short = |w: &Word<'_>| {
        w.any(words!(
            "up ok down open close clear fire normal warning critical"
        ))
    };
    let mut behind = (a + 1..c.len().min(a + 9))
        .filter(state)
        .filter(|j| !short(&c[*j]) || c[*j].capitals());
    if let Some(j) = behind.next() {
        let done = c[j].text.len() > 2 && !c[j].any(words!("trigger resolve acknowledge"));
        return done.then(|| Some((j, turn(&c[j])?)))?;
    }
    let before = a.checked_sub(1).filter(|b| {
        c[*b].capitals() && state(b) || c[*b].is(ARTICLE) && *b > 0 && state(&(b - 1))
    })?;
    Some((before, turn(&c[before])?))
}
