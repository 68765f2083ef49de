//! Of what a message says something: what is full, and which setting was set. Plain text search, no judgement.

use coroner_lines::table::phrases;

/// The name of a setting whose value is said beside it, as members of an object in any order and in either quotes:
/// `{"key": "banner", "old": 0, "new": 1}`.
/// Or of what was changed, from what to what: `"Changes": "Pool:Size [Production]: 20 -> 2"`.
pub(super) fn member(text: &str) -> Option<&str> {
    let said = |n: &&str| (2..=80).contains(&n.len());
    let set = || {
        value_of("value new new_value newValue", text)?;
        value_of("name key setting flag parameter", text)
    };
    let turned = || {
        let (name, values) =
            value_of("changes Changes change Change diff", text)?.split_once(": ")?;
        let end = text.find(values)? + values.len();
        let name = name.split(" [").next()?;
        let whole = values.contains(" -> ") || text.get(end..)?.contains(" -> ");
        (whole && !name.contains(' ')).then_some(name)
    };
    set().or_else(turned).filter(said)
}

/// The value of the first of several keys that an object has.
fn value_of<'t>(keys: &str, text: &'t str) -> Option<&'t str> {
    keys.split(' ').find_map(|key| {
        ['\'', '"'].into_iter().find_map(|q| {
            let at = text.find(&format!("{q}{key}{q}"))? + key.len() + 2;
            let value = text.get(at..)?.trim_start().strip_prefix(':')?;
            let value = value.trim_start().trim_start_matches(q);
            value.get(..value.find([q, ',', '}'])?)
        })
    })
}

/// What a task says that it changed, behind its heading: a file, an item, or the name that one bears
/// (`TASK [mq : policies]: {'name': 'audit', 'priority': 10}`).
fn of_task(said: &str) -> Option<&str> {
    let (heading, what) = said.split_once("]: ")?;
    let heads = ["TASK [", "HANDLER ["]
        .iter()
        .any(|h| heading.starts_with(h));
    let named = match what.starts_with('{') {
        true => value_of("name key path dest", what),
        false => Some(what),
    };
    named.filter(|n| heads && (2..=80).contains(&n.len()) && !n.contains(' '))
}

/// The resource that a tool says that it changed: by the task that did, by its address (`aws_security_group.rds: Modifications complete`) or by its type and
/// title (`/Stage[main]/Shop::Firewall/Firewall[110 app tier]/source`).
pub(super) fn resource(said: &str) -> Option<&str> {
    if let Some(what) = of_task(said) {
        return Some(what);
    }
    if let Some((_, staged)) = said.split_once("/Stage[") {
        let (_, path) = staged.split_once("]/")?;
        // the innermost one, before what of it was changed
        let path = path.split(") ").next()?;
        let end = path.rfind("]/")? + 1;
        let kind_before = |at: usize| {
            let kind = path.get(..at)?.rsplit('/').next()?;
            let word = |c: char| c.is_alphanumeric() || c == ':' || c == '_';
            (kind.starts_with(char::is_uppercase) && kind.chars().all(word)).then_some(kind)
        };
        let mut opens = path.get(..end)?.match_indices('[').rev();
        let (kind, open) = opens.find_map(|(at, _)| Some((kind_before(at)?, at)))?;
        let (start, title) = (open - kind.len(), path.get(open + 1..end)?);
        // files are called by their paths
        let file = title.strip_suffix(']').filter(|t| t.starts_with('/'));
        return file.or_else(|| path.get(start..end));
    }
    // a file, and what a diff of it shows
    if let Some((file, diff)) = said.split_once(' ')
        && file.starts_with('/')
        && diff.starts_with(['-', '+'])
    {
        return Some(file);
    }
    let (name, _) = said.split_once(": ")?;
    let address = name.contains('.') && (name.contains('_') || name.matches('.').count() > 1);
    (address && !name.contains([' ', '/']) && name.len() <= 64).then_some(name)
}

/// What a message says to be full or used up: `transaction log for database 'shop'` of `The transaction log for database 'shop' is
/// full due to …`; where it says no more than a code, that and what it is called.
pub(super) fn full(text: &str) -> Option<String> {
    const FULL: [&str; 6] = phrases(
        " is full| is exhausted| is 100| limit exceeded| is out of space| has no free space",
    );
    let said = FULL.iter().find_map(|f| text.find(f)).and_then(|at| {
        let before = text.get(..at)?;
        let clause = before
            .rsplit([':', '(', '|', ';', '\u{201c}'])
            .next()?
            .trim();
        let words = clause
            .split(' ')
            .skip_while(|w| ["The", "the", "A", "a"].contains(w));
        let words: Vec<&str> = words.collect();
        (1..=8).contains(&words.len()).then(|| words.join(" "))
    });
    let code = || {
        let at = text.find("ORA-")?;
        let end = text
            .get(at..)?
            .find(['.', ')', '\n'])
            .unwrap_or(text.len() - at);
        text.get(at..at + end).map(str::to_owned)
    };
    let named = |w: &String| (4..=80).contains(&w.len());
    said.filter(named).or_else(code).filter(named)
}

/// What has no number left, as its database names it: the table whose key a duplicate is of (`Duplicate entry '7' for key
/// 'orders.PRIMARY'`), a sequence (`nextval: reached maximum value of sequence "order_id"`, `sequence SHOP.SEQ_NO.NEXTVAL exceeds
/// MAXVALUE`).
pub(super) fn numbered(text: &str) -> Option<&str> {
    let table = || text.split_once(" for key '")?.1.split_once('.');
    let sequence = || {
        let (_, name) = text.split_once("sequence ")?;
        let name = name.split([' ', ',', ')']).next()?;
        Some((name.trim_end_matches(".NEXTVAL"), ""))
    };
    let (name, _) = table().or_else(sequence)?;
    let name = name.trim_matches(['"', '\'']);
    (!name.is_empty() && !name.contains('\'')).then_some(name)
}

/// Whom a certificate is for: its common name, as tools of X.509 write the subject (`CN=db1.shop.example`, `CN = *.shop.example`); the
/// issuer's, where a message names it, comes behind it.
pub(super) fn common_name(text: &str) -> Option<&str> {
    let at = text.find("CN=").map(|n| n + 3);
    let at = at.or_else(|| text.find("CN = ").map(|n| n + 5))?;
    let rest = text.get(at..)?;
    let end = rest.find([',', '/', ' ', ')', ']', '"', '\'', '\n']);
    let name = rest.get(..end.unwrap_or(rest.len()))?;
    // an authority is called by words
    let is_host = name.contains('.') && (4..=80).contains(&name.len());
    is_host.then_some(name)
}

/// The one setting of a file that a change turned, and the file: `TTL in /srv/shop.env` of `/srv/shop.env -TTL=900 +TTL=15m`, as a diff
/// shows it.
pub(super) fn setting(text: &str, file: &str) -> Option<String> {
    let (_, turned) = text.split_once(file)?;
    let (old, new) = turned.strip_prefix(" -")?.split_once(" +")?;
    let key = |t: &str| Some(t.split_once(['=', ':'])?.0.trim().to_owned());
    let (key, again) = (key(old)?, key(new)?);
    let word = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let named = key.len() > 1 && key.chars().all(word);
    (named && key == again).then(|| format!("{key} in {file}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn subjects_are_named_where_lines_name_them() {
        holds("subject of a certificate", |t| or_dash(common_name(t)));
        holds("resource", |t| or_dash(resource(t)));
        holds("numbered", |t| or_dash(numbered(t)));
        holds("member that names a setting", |t| or_dash(member(t)));
        holds("what is full", |t| or_dash(full(t)));
        holds("setting of a file", |t| {
            or_dash(setting(t, "/srv/shop.env"))
        });
    }
}
