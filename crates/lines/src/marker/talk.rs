//! What people, and what pages them, write to each other in lines that begin with who wrote them. The lines of chats that are
//! objects show that by their keys.

use super::rules::Scopes;
use crate::record::{Author, Kind, Level, Message, Record};
use crate::table::{byte_words, words};

/// What one wrote to others, and how it is read: what pages people writes where they talk, too.
pub(super) fn talk(text: &[u8]) -> Option<(Scopes, &[u8])> {
    let (nick, said) = chat(text)?;
    match is_pager(&String::from_utf8_lossy(nick)) || is_state(said) {
        true => Some((Scopes::PAGER, said)),
        false => Some((Scopes::CHAT, said)),
    }
}

/// Who wrote a message to others, and what, where that was a person.
pub fn remark<'a>(r: &Record<'_>, m: &'a Message<'_>) -> Option<(&'a [u8], &'a [u8])> {
    let (author, said) = match &m.author {
        Some(author) => return Some((&author.name, &m.text)),
        // a program names an account or a part of itself so, too; its lines say where they come from, or how grave they are
        None if r.host.is_some() || r.service.is_some() || m.level != Level::Info => return None,
        None => chat(&m.text)?,
    };
    is_person(author, said).then_some((author, said))
}

/// Who wrote a text to others, and what, as clients of IRC and the like keep it: a nick between angle brackets, a blank, and
/// words; a time may stand before it.
fn chat(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let clock = |c: &u8| c.is_ascii_digit() || b":[]-. ".contains(c);
    let start = text.iter().take_while(|c| clock(c)).count();
    let rest = text[start..].strip_prefix(b"<")?;
    let nick = |c: &u8| c.is_ascii_alphanumeric() || b"-_.[]{}\\|^`@+~&% ".contains(c);
    let end = rest.iter().take_while(|c| nick(c)).count();
    let said = rest[end..].strip_prefix(b"> ")?;
    let who = &rest[..end];
    // a process of Erlang and a class stand between such brackets, too: `<0.488.0> disk alarm set`, `<Shop.Web.Basket> saved`
    let named = who.iter().any(u8::is_ascii_alphabetic);
    let dots = who.iter().filter(|c| **c == b'.').count();
    let class = dots > 1 || dots == 1 && who.iter().any(u8::is_ascii_uppercase);
    // nor are fields in brackets, one behind the other: `<Health> <web-1> <main>`
    let fields = said.starts_with(b"<");
    (named && !class && !fields && end <= 32).then_some((who, said))
}

/// Whether a text begins as bots write it and people do not: a state in capitals and a number, a number and what became of it, or a
/// state in brackets, behind the name of what has it or not (`ALARM #412 web-1: …`, `#412 acknowledged by kim`, `[shop] [Down] …`).
pub fn is_state(said: &[u8]) -> bool {
    const STATES: [&[u8]; 13] = byte_words(
        "ALARM ALERT PROBLEM CRITICAL FIRING DOWN OK RESOLVED RECOVERED TRIGGERED ALERTING RECOVERY ACKNOWLEDGEMENT",
    );
    // people put these in brackets, too, but not in capitals
    const LOUD: [&[u8]; 5] = byte_words("OK ALERT ALARM WARNING ACTIVE");
    const NOUNS: [&[u8]; 3] = [b"Incident", b"Alert", b"Alarm"];
    const TURNS: [&[u8]; 4] = [b"triggered", b"fired", b"acknowledged", b"resolved"];
    let number = |w: &[u8]| {
        w.strip_prefix(b"#")
            .is_some_and(|n| n.first().is_some_and(u8::is_ascii_digit))
    };
    let in_brackets = |group: &[u8]| {
        let mut words = group.split(|c| !c.is_ascii_alphabetic());
        words.any(|w| {
            let is = |s: &&[u8]| s.eq_ignore_ascii_case(w) && !LOUD.contains(s);
            LOUD.contains(&w) || w.eq_ignore_ascii_case(b"up") || STATES.iter().any(is)
        })
    };
    if leading_brackets(said).any(in_brackets) {
        return true;
    }
    let mut words = said.split(|c| *c == b' ');
    let (Some(first), Some(second)) = (words.next(), words.next()) else {
        return false;
    };
    let tag = |w: &[u8], of: &[&[u8]]| {
        let word = w.strip_suffix(b":");
        word.is_some_and(|w| of.iter().any(|s| s.eq_ignore_ascii_case(w)))
    };
    let turned = |w: &[u8]| {
        tag(
            w,
            &[b"firing", b"fired", b"triggered", b"resolved", b"recovered"],
        )
    };
    // a sign that is no letter, and the state: `✔ RESOLVED shop`, `🔥 HighErrors firing: …`
    let sign = !first.iter().any(u8::is_ascii_alphanumeric) && !first.is_ascii();
    if sign && (STATES.contains(&second) || said.split(|c| *c == b' ').any(turned)) {
        return true;
    }
    // in bold: `*TROUBLE* api.shop.example`
    let bold = first.strip_prefix(b"*").and_then(|w| w.strip_suffix(b"*"));
    if bold.is_some_and(|w| w.len() > 1 && w.iter().all(u8::is_ascii_uppercase)) {
        return true;
    }
    // what it is of stands right behind it: `ALERT[lobby_5xx] 14.9 %`
    let held = memchr::memchr(b'[', first).map(|at| &first[..at]);
    let state = STATES.contains(&held.unwrap_or(first));
    // Nagios and its kin name what it is of next
    let object = matches!(second, b"Host" | b"Service" | b"HOST" | b"SERVICE");
    let dashed = second == b"-" && first != b"OK";
    // `Incident open: 5xx ratio`
    let of_noun =
        || NOUNS.contains(&first) && tag(second, &[b"open", b"opened", b"closed", b"resolved"]);
    state && (number(second) || object || dashed || held.is_some())
        || first
            .strip_suffix(b":")
            .is_some_and(|w| STATES.contains(&w))
        || tag(first, &[b"fired", b"triggered", b"recovered"])
        || of_noun()
        || number(first) && TURNS.contains(&second)
}

/// What stands in the brackets that a text begins with, one behind the other.
fn leading_brackets(mut said: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let inner = said.strip_prefix(b"[")?;
        let end = memchr::memchr(b']', inner)?;
        said = inner[end + 1..].trim_ascii_start();
        Some(&inner[..end])
    })
}

/// Whether who wrote something is a person, by the name and by how it begins: what pages people may post as a user does.
pub fn is_person(author: &[u8], said: &[u8]) -> bool {
    let name = String::from_utf8_lossy(author);
    !(is_pager(&name) || is_bot(&name) || is_state(said))
}

/// In which scope something is read that was posted where people talk, and who wrote it, where that was a person.
pub fn posted(name: &[u8], said: &[u8], by_bot: bool) -> (Kind, Option<Box<Author>>) {
    let pages = is_pager(&String::from_utf8_lossy(name)) || is_state(said);
    let scope = match by_bot && !pages {
        true => Kind::Deploy,
        false => Kind::Pager,
    };
    let person = !by_bot && is_person(name, said);
    (scope, person.then(|| Author::of(name)))
}

/// Whether a name is that of a program that takes part: one of its words says so.
pub(crate) fn is_bot(name: &str) -> bool {
    const WORDS: [&str; 11] =
        words("bot webhook hook app alerts notifier jenkins gitlab github deploy deployer");
    let name = name.to_ascii_lowercase();
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|w| WORDS.contains(&w) || w.len() > 3 && w.ends_with("bot"))
}

/// Whether a name is that of something that pages people.
pub fn is_pager(name: &str) -> bool {
    const WORDS: [&str; 20] = words(
        "alert alarm uptime kuma pager prometheus grafana opsgenie nagios icinga datadog zabbix oncall on-call monitor sentry pingdom \
        prtg checkmk victorops",
    );
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|w| name.contains(w))
}

#[cfg(test)]
mod tests {
    use super::super::gate::find;
    use super::*;
    use crate::record::Kind;

    fn states(text: &str, kind: Kind) -> bool {
        let mut out = Vec::new();
        find(text.as_bytes(), kind, &mut out);
        !out.is_empty()
    }

    #[test]
    fn what_a_person_writes_has_a_speaker() {
        for text in [
            "09:31 <mweiss> journal on ord1: x509 certificate has expired",
            "<@kim> rolling back to 2.13.4",
            "<j.doe> rolling back to 2.13.4",
            "[2026-03-10 14:02:11] <lee_> restarting web-1",
        ] {
            assert!(chat(text.as_bytes()).is_some(), "{text}");
        }
        let said = "x509: certificate has expired";
        assert!(states(said, Kind::App));
        assert!(!states(&format!("09:31 <kim> {said}"), Kind::App));
        for text in [
            "<13>Mar 10 14:02:11 web-1 shop: started",
            "09:31 restarting <shop> now",
            "<html><body>502</body></html>",
            "<> empty",
            "<0.488.0> disk resource limit alarm set on node rabbit@mq1.",
            "<Shop.Clients.StockClient> Retry 1 after 200 ms: returned 500",
            "<com.acme.pay> gateway answers again",
        ] {
            assert!(chat(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn people_say_what_they_do_and_not_what_was_done_at_another_time() {
        let stated = |said: &str| states(&format!("09:31 <kim> {said}"), Kind::App);
        for said in [
            "restarting web-1",
            "ok, restarted web-1 now",
            "restarting slapd on ldap01",
            "rolling shop back to 4.1.6",
            "started minutes after 4.18.2, quiet at first. rolling back to be sure",
            "ok, rolled back",
            "ruller tilbake til 4.1.6",
            "Rullar attende til 3.17.4",
            "ich roll zurück auf 5.2.0",
            "ik rol terug naar r14",
            "startar om web-1",
            "riavvio web-1",
        ] {
            assert!(stated(said), "{said}");
        }
        for said in [
            "we shipped shop 4.2.0 at lunch, could be that",
            "did restarting web-1 help?",
            "I restarted my laptop",
            "restarting my review on monday",
            "rolled shop back to 4.1.6 yesterday",
            "should we be rolling back?",
            "rolling back the transaction did not help",
            "we restarted node-3 twice last week",
            "[ok] merging now",
            "OK - going to lunch",
            "UP: need a review of this",
        ] {
            assert!(!stated(said), "{said}");
        }
    }

    #[test]
    fn what_pages_people_is_no_person() {
        assert!(states("<oncall-bot> PAGE #611 disk 81% -> @kim", Kind::App));
        assert!(states(
            "<vakt> ALARM #412 web-1: 5xx 13 of 123 in 3 min",
            Kind::App
        ));
        assert!(states(
            "<uptime> [Shop home] [Down] Request failed with status code 502",
            Kind::App
        ));
        assert!(is_state(b"[FIRING:1] HighErrors shop") && !is_state(b"[shop] deploy is up"));
        assert!(states("<kim> !ack 611", Kind::App));
        assert!(!states(
            "<kim> PAGE #611 is the one of yesterday",
            Kind::App
        ));
        assert!(!states(
            "<oncall-bot> #612 not acknowledged after 60s",
            Kind::App
        ));
    }
}
