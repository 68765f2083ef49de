//! Prompts of shells and of databases' clients, and what PowerShell's own commands do, whose names say it.

use super::{CONTROLS, order};
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
    if let Some(line) = powershell(text)
        .or_else(|| statement(text))
        .or_else(|| of_account(text))
    {
        return Some((line, true));
    }
    let head = &text[..text.len().min(LONGEST)];
    let at =
        memchr::memchr3_iter(b'$', b'+', b'#', head).find(|n| text.get(n + 1) == Some(&b' '))?;
    let before = text[..at].trim_ascii_end();
    // `kim$ wp plugin update shop`, `hist kim: web1$ nginx -t`, and nothing that is counted in dollars
    let name = |c: &u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"_-".contains(c);
    let (told, last) = before.split_at(last_word(before));
    let told = told.trim_ascii_end();
    let user = last.len() > 1
        && before.len() == at
        && text[at] == b'$'
        && last.iter().all(name)
        && (told.is_empty() || told.ends_with(b":"));
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

/// What stands behind the account that a record of sessions names, where it is a tool that is ordered what to do: `k.berg kubectl scale …`,
/// `kim@corp argocd …`.
fn of_account(text: &[u8]) -> Option<&[u8]> {
    let (account, line) = text.split_at(memchr::memchr(b' ', text)?);
    let line = line.trim_ascii_start();
    let tool = line.split(u8::is_ascii_whitespace).next()?;
    let plain = |c: &u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"._-@".contains(c);
    // a word of a sentence has no point within, nor has a number a letter
    let joined = account.iter().any(|c| b".@".contains(c));
    let named = account.first().is_some_and(u8::is_ascii_lowercase);
    (joined && named && account.iter().all(plain) && CONTROLS.contains(&tool)).then_some(line)
}

/// How far in front a prompt stands.
const LONGEST: usize = 64;

/// Where the last word of a text begins.
fn last_word(text: &[u8]) -> usize {
    text.iter()
        .rposition(u8::is_ascii_whitespace)
        .map_or(0, |at| at + 1)
}

/// What stands behind the prompt of a client of a database, whatever is in front of it: `MariaDB [shop]> kill 17;`, `mysql> …`,
/// `shop=# ALTER …`, `10.0.0.7:6379> config set …`.
fn statement(text: &[u8]) -> Option<&[u8]> {
    let head = &text[..text.len().min(LONGEST)];
    let ends = |at: &usize| text.get(at + 1) == Some(&b' ');
    let at = memchr::memchr2_iter(b'>', b'#', head).find(ends)?;
    let before = &text[..at];
    let last = &before[last_word(before)..];
    let digits = |b: &[u8]| !b.is_empty() && b.iter().all(u8::is_ascii_digit);
    let names = |b: &[u8]| b.last().is_some_and(u8::is_ascii_alphanumeric);
    let port =
        || memchr::memrchr(b':', last).is_some_and(|n| names(&last[..n]) && digits(&last[n + 1..]));
    let opens = |what: &[u8]| memmem::find(before, what).is_some();
    let is_prompt = match text[at] {
        b'#' => last.strip_suffix(b"=").is_some_and(names),
        _ => {
            last.strip_suffix(b"=").is_some_and(names)
                || [&b"mysql"[..], b"mariadb", b"mongosh", b"sqlite"].contains(&last)
                || last.ends_with(b"]") && (opens(b"MariaDB [") || opens(b"MySQL ["))
                || port()
        }
    };
    let line = text[at + 2..].trim_ascii();
    (is_prompt && line.first().is_some_and(u8::is_ascii_alphabetic)).then_some(line)
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
