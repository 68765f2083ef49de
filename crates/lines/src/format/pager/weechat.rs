//! Logs of WeeChat: time, nick and words between tabs. They become what other chats write, `<nick> words`, which is read by who
//! speaks; who comes and goes says nothing.

use crate::record::{Body, Level, Message, Record};
use crate::time::stamp;

/// Longest nick, with the marks of its rank.
const NICK: usize = 40;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    // the time as its logger writes it: whole seconds, a blank between day and clock
    if line.get(4) != Some(&b'-') || line.get(10) != Some(&b' ') || line.get(19) != Some(&b'\t') {
        return None;
    }
    let (rest, at) = stamp::iso(line).ok()?;
    let rest = rest.strip_prefix(b"\t")?;
    let tab = memchr::memchr(b'\t', &rest[..rest.len().min(NICK)])?;
    let (nick, words) = (rest[..tab].trim_ascii(), &rest[tab + 1..]);
    let body = match nick {
        b"-->" | b"<--" | b"--" | b"=!=" | b"" => Body::Nothing,
        _ if !nick.iter().all(|c| is_of_nick(*c)) || Level::from_word(nick).is_some() => {
            return None;
        }
        _ => Body::Message(Message::new(
            Level::Info,
            [b"<", nick, b"> ", words].concat(),
        )),
    };
    Some(Record::new(Some(at), body))
}

/// Letters and marks of nicks (RFC 2812, 2.3.1), with those of ranks and of bridges.
fn is_of_nick(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c >= 0x80 || b"-_[]{}\\|^`@+~&%.".contains(&c)
}
