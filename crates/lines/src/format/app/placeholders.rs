//! Messages whose values stand beside them: `{"@mt":"Setting updated. Key:'{Key}'","Key":"x"}`, as message templates are logged
//! (messagetemplates.org). Says what the message reads with its values; which line is such a one is for those who ask.

use serde_json::{Map, Value};
use std::borrow::Cow;

/// Members under which values lie together.
const TOGETHER: [&str; 5] = ["Properties", "properties", "State", "state", "fields"];
/// Bytes of a value at most.
const LONGEST: usize = 200;

/// A message with its places filled in from the object that it stands in; as it is where it has none.
pub fn filled<'a>(text: &'a [u8], line: &[u8]) -> Cow<'a, [u8]> {
    let has_place = |text: &[u8]| place(text).is_some();
    let starts = memchr::memchr_iter(b'{', text).any(|at| has_place(&text[at..]));
    let object = || serde_json::from_slice::<Map<String, Value>>(line).ok();
    let Some(members) = starts.then(object).flatten() else {
        return Cow::Borrowed(text);
    };
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'{', rest) {
        out.extend_from_slice(&rest[..at]);
        let value = place(&rest[at..]).and_then(|(name, len)| Some((value(&members, name)?, len)));
        let len = match value {
            Some((value, len)) => {
                out.extend_from_slice(value.as_bytes());
                len
            }
            None => {
                out.push(b'{');
                1
            }
        };
        rest = &rest[at + len..];
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// The name of the place with which a text begins, and its length: `{Name}`, `{@Name}`, `{Elapsed:0.0}`, `{Count,6}`.
fn place(text: &[u8]) -> Option<(&str, usize)> {
    let inner = text.strip_prefix(b"{")?;
    let end = memchr::memchr(b'}', &inner[..inner.len().min(64)])?;
    let name = std::str::from_utf8(&inner[..end]).ok()?;
    let name = name.strip_prefix(['@', '$']).unwrap_or(name);
    let name = name.split([':', ',']).next()?;
    let sign = |c: char| c.is_alphanumeric() || c == '_';
    let named = name.starts_with(char::is_alphabetic) && name.chars().all(sign);
    named.then_some((name, end + 2))
}

/// The value of a name as it is printed, of one that is plain.
fn value(members: &Map<String, Value>, name: &str) -> Option<String> {
    let together = || {
        let of = |m: &&str| members.get(*m)?.as_object()?.get(name);
        TOGETHER.iter().find_map(of)
    };
    let said = match members.get(name).or_else(together)? {
        Value::String(s) => s.clone(),
        v @ (Value::Number(_) | Value::Bool(_)) => v.to_string(),
        _ => return None,
    };
    (said.len() <= LONGEST).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::holds;

    #[test]
    fn places_are_filled_from_the_members_beside_the_message() {
        let line =
            br#"{"@mt":"x","Key":"UseTokens","Count":3,"Properties":{"Label":"prod"},"List":[1]}"#;
        holds("message filled in", |t| {
            String::from_utf8_lossy(&filled(t.as_bytes(), line)).into_owned()
        });
        assert_eq!(filled(b"{Key}", b"no object"), &b"{Key}"[..]);
    }
}
