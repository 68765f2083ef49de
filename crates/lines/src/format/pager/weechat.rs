//! Logs of WeeChat: time, nick and words between tabs. They become what other chats write, `<nick> words`, which is read by who
//! speaks; who comes and goes says nothing.

use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, Message, Record};
use crate::time::stamp;

/// Lines of WeeChat's logger.
pub struct WeeChat;

/// Longest nick, with the marks of its rank.
const NICK: usize = 40;

impl Format for WeeChat {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "WeeChat log",
            "what people and bots write in a channel, as WeeChat keeps it",
        )
        .begins(b"0-9", Signs::TAB)
        .sample("2026-03-10 13:05:00\tkim\trolling back to 4.1.9")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // the time as its logger writes it: whole seconds, a blank between day and clock
        if line.get(4) != Some(&b'-') || line.get(10) != Some(&b' ') || line.get(19) != Some(&b'\t')
        {
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
}

/// Letters and marks of nicks (RFC 2812, 2.3.1), with those of ranks and of bridges.
fn is_of_nick(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c >= 0x80 || b"-_[]{}\\|^`@+~&%.".contains(&c)
}
