//! Of what a message says something: what is full, and which setting was set. Plain text search, no judgement.

/// The resource that a tool says that it changed: by its address (`aws_security_group.rds: Modifications complete`) or by its type and
/// title (`/Stage[main]/Shop::Firewall/Firewall[110 app tier]/source`).
pub(super) fn resource(said: &str) -> Option<&str> {
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

/// What has no number left, as its database names it, or that database: the table whose key a duplicate is of (`Duplicate entry '7' for key
/// 'orders.PRIMARY'`), a sequence (`nextval: reached maximum value of sequence "order_id"`, `sequence SHOP.SEQ_NO.NEXTVAL exceeds
/// MAXVALUE`).
pub(super) fn numbered(text: &str) -> Option<&str> {
    let table = || text.split_once(" for key '")?.1.split_once('.');
    let sequence = || {
        let (_, name) = text.split_once("sequence ")?;
        let name = name.split([' ', ',', ')']).next()?;
        Some((name.trim_end_matches(".NEXTVAL"), ""))
    };
    // its transaction ids: `to avoid wraparound data loss in database "shop"`
    let database = || Some((text.split_once(" data loss in database ")?.1, ""));
    let (name, _) = table().or_else(sequence).or_else(database)?;
    let name = name.trim_matches(['"', '\'']);
    (!name.is_empty() && !name.contains('\'')).then_some(name)
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
        holds("resource", |t| or_dash(resource(t)));
        holds("numbered", |t| or_dash(numbered(t)));
        holds("setting of a file", |t| {
            or_dash(setting(t, "/srv/shop.env"))
        });
    }
}
