//! How a message shows the command that somebody ran: sudo, fields, the histories of shells. What the command does is not decided
//! here.

use super::program;
use crate::table::{byte_words, words};
use memchr::memmem;

/// The command line that a message shows to have been run by a person: sudo's, that of a field behind one that names its user, or as
/// the history of a shell is sent to the log: as bash does it by itself (`HISTORY: PID=7 UID=1004 kubectl …`, `SYSLOG_HISTORY` of
/// its `config-top.h`), behind the terminal (`kim@pts/2 /srv: kubectl …`, `[pts/2] kubectl …`), or in front of its status (`helm rollback shop 3 [0]`, `[/srv] helm
/// rollback shop 3 [0]`).
pub fn typed(text: &[u8]) -> Option<&[u8]> {
    /// How far in front a terminal stands.
    const HEAD: usize = 96;
    if let Some((ran, line)) = sudo(text).or_else(|| of_field(text)) {
        return ran.then_some(line);
    }
    if let Some(fields) = text.strip_prefix(b"HISTORY: PID=") {
        return fields.splitn(3, |c| *c == b' ').nth(2);
    }
    // a word of its own with a number: no `/Scripts/site.js`
    let is_terminal = |at: &usize| {
        let before = at
            .checked_sub(1)
            .is_none_or(|b| !text[b].is_ascii_alphanumeric());
        before && text.get(at + 4).is_some_and(u8::is_ascii_digit)
    };
    let mut terminals = memmem::find_iter(&text[..text.len().min(HEAD)], b"pts/");
    let history = terminals.find(is_terminal).and_then(|at| {
        // in brackets by itself, or with the directory behind it
        let end = match text.starts_with(b"[pts/") {
            true => "] ",
            false => ": ",
        };
        let from = at + memmem::find(&text[at..], end.as_bytes())? + 2;
        Some(&text[from..])
    });
    // sentences begin with capitals
    let begins = |c: &u8| c.is_ascii_lowercase() || b"/.".contains(c);
    let ended = || {
        let line = text.strip_suffix(ENDED_WELL)?;
        let line = behind_folder(line).unwrap_or(line);
        line.first().is_some_and(begins).then_some(line)
    };
    history.or_else(ended)
}

/// What stands behind the folder that a shell is in: `[/srv/shop] helm list`, `[~] uptime`.
fn behind_folder(line: &[u8]) -> Option<&[u8]> {
    let inner = line.strip_prefix(b"[")?;
    let folder = inner.first().is_some_and(|c| b"/~".contains(c));
    let end = memmem::find(inner, b"] ").filter(|_| folder)?;
    Some(&inner[end + 2..])
}

/// The status of a command that ended well, as histories write it.
pub(in crate::marker) const ENDED_WELL: &[u8] = b" [0]";

/// Of a message of sudo, its tag cut or not, whether the command was run, and the command: `ops : TTY=pts/1 ; PWD=/srv ; USER=root ;
/// COMMAND=/usr/bin/find …`. Why it was not stands where the first field does else: `3 incorrect password attempts ; TTY=…`.
pub(super) fn sudo(text: &[u8]) -> Option<(bool, &[u8])> {
    const MARK: &[u8] = b" ; COMMAND=";
    let at = memmem::find(text, MARK)?;
    let head = &text[..at];
    let fields = memmem::find(head, b" : ").filter(|_| memmem::find(head, b"USER=").is_some())?;
    let first = head[fields + 3..].split(|c| *c == b';').next()?;
    Some((
        memchr::memchr(b'=', first).is_some(),
        &text[at + MARK.len()..],
    ))
}

/// Of a message that is fields but for one word, whether the command in the last of them went well, and the command, to its closing
/// quote or to the end; who ran it, one of the fields before says: `user=kim pwd=/srv cmd=nomad job restart shop`, `user=kim end
/// rc=1 cmd="heroku ps:restart web.1"`.
fn of_field(text: &[u8]) -> Option<(bool, &[u8])> {
    const KEYS: [&[u8]; 4] = [b" cmd=", b" command=", b" CMD=", b" COMMAND="];
    const WHO: [&str; 3] = words("user uid login");
    const OUTCOME: [&str; 4] = words("rc exit ret status");
    let found = |k: &&'static [u8]| Some((memmem::find(text, k)?, k.len()));
    let (at, key) = KEYS.iter().find_map(found)?;
    let (mut bare, mut who, mut ran) = (0, false, true);
    for word in text[..at].split(|c| *c == b' ').filter(|w| !w.is_empty()) {
        let Some(equals) = memchr::memchr(b'=', word) else {
            bare += 1;
            continue;
        };
        let (name, value) = (&word[..equals], &word[equals + 1..]);
        let failed = !value.is_empty() && value.iter().all(u8::is_ascii_digit) && value != b"0";
        let is = |list: &[&str]| list.iter().any(|k| name.eq_ignore_ascii_case(k.as_bytes()));
        who |= is(&WHO);
        ran &= !(failed && is(&OUTCOME));
    }
    let line = &text[at + key..];
    let line = match line.first().filter(|c| b"\"'".contains(c)) {
        Some(q) => line[1..].split(|c| c == q).next()?,
        None => line,
    };
    (who && bare < 2).then_some((ran, line))
}

/// The command that is run in a container: `kubectl exec mq-0 -c mq -- rabbitmqctl …`, `docker exec -it redis redis-cli …`.
pub(super) fn in_container<'w, 'a>(words: &'w [&'a [u8]]) -> Option<&'w [&'a [u8]]> {
    let exec = words
        .iter()
        .position(|w| *w == b"exec")
        .filter(|n| *n > 0)?;
    let inner = &words[exec + 1..];
    if let Some(at) = inner.iter().position(|w| *w == b"--") {
        return Some(&inner[at + 1..]);
    }
    const ENGINES: [&[u8]; 3] = byte_words("docker podman docker-compose");
    let engine = words[..exec].iter().any(|w| ENGINES.contains(&program(w)));
    let name = inner
        .iter()
        .position(|w| !w.starts_with(b"-"))
        .filter(|_| engine)?;
    Some(&inner[name + 1..])
}
