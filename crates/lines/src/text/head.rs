//! What stands in front of a message where one log carries the lines of another: stamps, levels, threads, loggers. What is quoted
//! goes without it, for it says nothing of what happened and takes the room of what does.

use super::LogText;

/// Words of levels.
const LEVELS: &str = "trace debug info notice log warn warning error err severe fatal critical crit panic vrb dbg inf wrn ftl";

/// Words that may stand in front of a level and are names: a program, a region.
const NAMES: usize = 2;

impl LogText {
    /// This message without the heads in front of it.
    pub fn without_head(&self) -> LogText {
        let said = without_head(self.shown());
        match said.len() == self.shown().len() {
            true => self.clone(),
            false => LogText::made(said.to_owned()),
        }
    }

    /// What a line says: its message without heads, of an object the one that it holds.
    pub fn said(&self) -> LogText {
        match message_of(self.shown()) {
            Some(said) => LogText::made(without_head(&said).to_owned()),
            None => self.without_head(),
        }
    }
}

/// Keys of an object under which a shipper or a logger puts the message, and under which it says more.
const MESSAGES: [&str; 4] = ["message", "msg", "log", "text"];
const MORE: [&str; 4] = ["error", "err", "exception", "exc_info"];

/// The message that an object holds, where that is all it says.
fn message_of(line: &str) -> Option<String> {
    let line = line.starts_with('{').then_some(line)?;
    let object: serde_json::Value = serde_json::from_str(line).ok()?;
    let more = MORE.iter().any(|k| object.get(k).is_some());
    let said = MESSAGES.iter().find_map(|k| object.get(k)?.as_str())?;
    let said = said.trim();
    (!more && !said.is_empty()).then(|| said.to_owned())
}

/// A process of Erlang: `<0.223.0>`.
pub(crate) fn is_process(token: &str) -> bool {
    let id = token.strip_prefix('<').and_then(|t| t.strip_suffix('>'));
    id.is_some_and(|id| {
        let mut numbers = id.split('.');
        let number = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
        numbers.clone().count() == 3 && numbers.all(number)
    })
}

/// A message without the heads in front of it. A head ends with a level that is set off (`[info]`, `LOG:`), with a stamp, with the
/// name of a class or a place in the code that something sets off; what is no name by its shape belongs to the message.
pub fn without_head(text: &str) -> &str {
    let mut said = text.trim_start();
    let (mut rest, mut names, mut before) = (said, 0, "");
    while names <= NAMES {
        let (token, after, mark) = token(rest);
        if after.is_empty() {
            break;
        }
        let set_off = mark.is_some();
        // behind the time or the level, what stands between bars is a host, a thread, a code
        let begun = said.len() < text.trim_start().len();
        let cell = begun && mark == Some('|') && !token.chars().all(char::is_alphabetic);
        let group = token.starts_with(['[', '(']);
        let first = names == 0;
        let ends = is_level(token, first)
            || cell
            || begun && is_process(token)
            || is_request_id(token)
            || first
                && (is_stamp(token)
                    || is_stamp(before) && is_zone(token)
                    || is_class(before) && group
                    || is_name_with_dots(before) && is_place(token)
                    || is_class(token) && set_off);
        match ends {
            true => (said, names) = (after, 0),
            false if group || is_name_with_dots(token) || is_month(token) || is_digits(token) => {}
            false if token == "---" => {}
            false if is_request_id(self::token(after).0) => {}
            // who speaks, and what a field holds, is of the message
            false if token.ends_with(':') || token.contains('=') => break,
            false => names += usize::from(!set_off),
        }
        (before, rest) = (token, after);
    }
    said
}

/// An id in brackets, as loggers put that of a request: `[c34b58062c88]`.
fn is_request_id(token: &str) -> bool {
    let id = token.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    id.is_some_and(|id| {
        let figures = id.bytes().filter(u8::is_ascii_digit).count();
        let hex = |b: u8| b.is_ascii_hexdigit() || b == b'-';
        (8..=40).contains(&id.len()) && (2..id.len()).contains(&figures) && id.bytes().all(hex)
    })
}

/// The first word or bracket, what follows it, and the bar, dash or colon that sets it off from that.
fn token(text: &str) -> (&str, &str, Option<char>) {
    let mut depth = 0;
    let end = text.find(|c: char| {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            _ => {}
        }
        depth <= 0 && (c.is_whitespace() || c == '|')
    });
    let (token, rest) = text.split_at(end.unwrap_or(text.len()));
    let rest = rest.trim_start();
    let bar = rest.strip_prefix('|');
    let behind = bar.or_else(|| rest.strip_prefix("- ").or_else(|| rest.strip_prefix(": ")));
    let mark = behind.and_then(|_| rest.chars().next());
    (token, behind.unwrap_or(rest).trim_start(), mark)
}

/// `[info]`, `WARN:`, and at the very beginning a bare `WARN`.
fn is_level(token: &str, first: bool) -> bool {
    let inner = token.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let inner = inner.map(str::trim);
    let label = token.strip_suffix(':');
    let caps = |w: &str| w.len() > 2 && w.bytes().all(|c| c.is_ascii_uppercase());
    let word = inner.or(label.filter(|w| caps(w)));
    let bare = || ["DEBUG", "INFO", "WARN", "WARNING", "ERROR"].contains(&token);
    word.is_some_and(|w| LEVELS.split(' ').any(|l| l.eq_ignore_ascii_case(w))) || first && bare()
}

fn is_digits(token: &str) -> bool {
    token.bytes().all(|c| c.is_ascii_digit())
}

/// A time of day, or a date that begins with its year, in brackets or not.
fn is_stamp(token: &str) -> bool {
    let token = token
        .strip_prefix('[')
        .map_or(token, |t| t.trim_end_matches(']'));
    let of = |c: u8| c.is_ascii_digit() || b":.,-+TZ/ ".contains(&c);
    let parts = |sign| token.split(sign).filter(|p| !p.is_empty()).count() > 2;
    let digit = token.starts_with(|c: char| c.is_ascii_digit());
    digit && token.bytes().all(of) && (parts(':') || token.get(4..5) == Some("-") && parts('-'))
}

fn is_zone(token: &str) -> bool {
    let name = token.strip_suffix(':').unwrap_or(token);
    let of = |c: u8| c.is_ascii_digit() || c == b':';
    let offset = token.strip_prefix(['+', '-']).map(str::as_bytes);
    (2..=5).contains(&name.len()) && name.bytes().all(|c| c.is_ascii_uppercase())
        || offset.is_some_and(|t| (4..=5).contains(&t.len()) && t.iter().all(|c| of(*c)))
}

fn is_month(token: &str) -> bool {
    const MONTHS: &str = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
    token.len() == 3 && MONTHS.split(' ').any(|m| m == token)
}

fn is_name_with_dots(token: &str) -> bool {
    let parts = token.split('.');
    let name = |p: &str| !p.is_empty() && !p.contains(['/', ':', '@', '=', '[', '(']);
    parts.clone().count() > 1 && parts.clone().all(name)
}

/// `com.shop.Cart`: the last part of its name begins with a capital.
fn is_class(token: &str) -> bool {
    let last = token.rsplit('.').next().unwrap_or_default();
    is_name_with_dots(token) && last.starts_with(char::is_uppercase)
}

/// `log.log_response:241`.
fn is_place(token: &str) -> bool {
    let place = token.rsplit_once(':');
    place.is_some_and(|(name, line)| is_name_with_dots(name) && is_digits(line))
}

#[cfg(test)]
mod tests {
    use super::LogText;

    #[test]
    fn a_message_is_quoted_without_its_heads_and_whole() {
        let rows = include_str!("../../../../tests/data/heads.tsv").lines();
        for row in rows.skip(1) {
            let (line, said) = row.split_once('\t').unwrap();
            assert_eq!(super::without_head(line), said);
        }
    }

    #[test]
    fn an_object_says_its_message() {
        for (line, said) in [
            (
                r#"{"pod":"shop-1","log":"2026-03-10 13:05:00,129 INFO [shop.pay] rates are \"old\""}"#,
                "[shop.pay] rates are \"old\"",
            ),
            (
                r#"{"msg":"call failed","err":"refused"}"#,
                r#"{"msg":"call failed","err":"refused"}"#,
            ),
            (r#"{"n":4}"#, r#"{"n":4}"#),
        ] {
            assert_eq!(LogText::made(line.to_owned()).said().shown(), said);
        }
    }
}
