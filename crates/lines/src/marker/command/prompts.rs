//! Prompts of shells, and what PowerShell's own commands do, whose names say it.

use super::order;
use crate::record::MarkerKind;
use memchr::memmem;

/// What stands behind the prompt of a shell, whatever a CI trace or a person's shell puts in front of it: `$ helm …`, `+ ./push.sh`,
/// `01O $ helm …`, `kim@web-1:~$ helm …`, `[root@db-1 ~]# helm …`.
pub fn behind_prompt(text: &[u8]) -> Option<&[u8]> {
    prompt(text).map(|p| p.0)
}

/// What stands behind the prompt of PowerShell: `PS C:\Users\kim> Restart-Service shop`.
pub(crate) fn powershell(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"PS ")?;
    let end = memmem::find(rest, b"> ").filter(|n| rest[..*n].contains(&b':'))?;
    Some(&rest[end + 2..])
}

/// The same, and whether the prompt says who is logged in.
pub(super) fn prompt(text: &[u8]) -> Option<(&[u8], bool)> {
    const LONGEST: usize = 48;
    if let Some(line) = powershell(text) {
        return Some((line, true));
    }
    let head = &text[..text.len().min(LONGEST)];
    let at =
        memchr::memchr3_iter(b'$', b'+', b'#', head).find(|n| text.get(n + 1) == Some(&b' '))?;
    let before = text[..at].trim_ascii_end();
    // `kim$ wp plugin update shop`, and nothing that is counted in dollars
    let name = |c: &u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"_-".contains(c);
    let user =
        before.len() > 1 && before.len() == at && text[at] == b'$' && before.iter().all(name);
    let login = user
        || before.contains(&b'@')
            && before
                .last()
                .is_some_and(|c| b"~]/:".contains(c) || c.is_ascii_alphanumeric());
    let stream = before.len() < 5
        && before
            .iter()
            .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    (login || stream && text[at] != b'#').then(|| (&text[at + 2..], login))
}

/// What a command of PowerShell does, by its verb: `Restart-Service`, `Resize-Partition`.
pub(super) fn cmdlet(name: &[u8]) -> Option<MarkerKind> {
    const ALTERS: &str = "set new add remove enable disable resize import clear";
    let (verb, noun) = name.split_at(memchr::memchr(b'-', name)?);
    let cased = verb.first().is_some_and(u8::is_ascii_uppercase)
        && noun.get(1).is_some_and(u8::is_ascii_uppercase);
    let verb = verb.to_ascii_lowercase();
    let alters = ALTERS.split(' ').any(|v| v.as_bytes() == verb);
    let kind = order(&verb).or(alters.then_some(MarkerKind::ConfigChange));
    kind.filter(|_| cased)
}
