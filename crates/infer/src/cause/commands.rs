//! What a command that somebody typed does, by its words: whether it only looks, which files and names it is about, whether another one
//! sets the same otherwise. When it was typed, and what that means for a cause, is for others.

use coroner_lines::text::words::split;

/// Whether a command only shows what there is.
pub(crate) fn only_looks(command: &str) -> bool {
    const PROGRAMS: &str = "cat less more tail head grep zgrep diff cmp stat wc journalctl dmesg ls df du free top htop ps ss netstat uptime who w id view \
        ping dig host";
    const READ_ONLY: &str =
        "show explain status is-active is-enabled list get describe logs --version";
    // a server that is asked whether its settings are right loads none
    const SERVERS: &str = "nginx haproxy httpd apachectl apache2ctl sshd php-fpm visudo caddy named-checkconf promtool";
    const TRIED: &str = "-t -c configtest validate check";
    let is = |of: &str, w: &str| of.split_whitespace().any(|x| x.eq_ignore_ascii_case(w));
    let mut words = command.split(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    let program = words.next().unwrap_or_default();
    let program = program.rsplit('/').next().unwrap_or(program);
    let tries = is(SERVERS, program) && words.clone().any(|w| is(TRIED, w));
    tries || is(PROGRAMS, program) || words.take(3).any(|w| is(READ_ONLY, w))
}

/// Whether a command is one with which people write files.
pub(super) fn writes_files(command: &str) -> bool {
    const PROGRAMS: &str = "vi vim nvim nano emacs ed sed tee cp mv ln install rsync scp patch sudoedit touch chmod chown truncate";
    PROGRAMS.split(' ').any(|p| p == program(command))
}

/// The program that a command runs, without its folder.
pub(super) fn program(command: &str) -> &str {
    let program = command.split_whitespace().next().unwrap_or_default();
    program.rsplit('/').next().unwrap_or(program)
}

/// Whether a command takes a file away, or makes it smaller.
pub(super) fn frees(command: &str) -> bool {
    const PROGRAMS: [&str; 6] = ["rm", "truncate", "unlink", "shred", "mv", "gzip"];
    PROGRAMS.contains(&program(command))
}

/// The number of the process that a command of the system puts an end to: `kill -9 8295`.
pub(crate) fn ends_process(command: &str) -> Option<&str> {
    let mut words = command.split_whitespace().skip(1);
    let kills = program(command) == "kill";
    let is_number = |w: &&str| w.len() > 1 && w.bytes().all(|b| b.is_ascii_digit());
    words.find(is_number).filter(|_| kills)
}

/// What a command puts an end to: the process or unit that it names. A number names none, nor whose processes they are.
pub(super) fn ended(command: &str) -> Option<&str> {
    let mut words = command.split_whitespace();
    let program = words.next()?.rsplit('/').next()?;
    let mut operands = words.filter(|w| !w.starts_with('-'));
    let named = match program {
        "pkill" | "killall" if !command.contains(" -u") => operands.next(),
        "systemctl" | "docker" | "podman" | "supervisorctl" => {
            operands
                .next()
                .filter(|act| ["stop", "kill"].contains(act))?;
            operands.next()
        }
        "service" => {
            let name = operands.next();
            operands.next().filter(|act| *act == "stop")?;
            name
        }
        _ => None,
    }?;
    named.contains(|c: char| c.is_alphabetic()).then_some(named)
}

/// What a command takes away or puts an end to, by name.
pub(super) fn takes_away(command: &str) -> Option<&str> {
    match frees(command) {
        true => files(command).next().or_else(|| folder(command)),
        false => ended(command).or_else(|| removed(command)),
    }
}

/// The folder that a command names first: `rm -rf /srv/backup/2026-02-17_1300`.
fn folder(command: &str) -> Option<&str> {
    let mut operands = command.split_whitespace().skip(1);
    operands.find(|w| w.starts_with('/') && w.len() > 1)
}

/// What a command removes behind a word for that: `rabbitmqctl delete_queue audit-copy`, `psql -c "SELECT
/// pg_drop_replication_slot('audit')"`. A pod that is deleted is started anew.
fn removed(command: &str) -> Option<&str> {
    const VERBS: &str =
        "delete del unlink drop remove purge clear flush evict cancel kill terminate destroy rm";
    const KINDS: &str = "queue job cronjob slot stream topic consumer index table key task container concurrently if exists";
    let is = |of: &str, w: &str| of.split(' ').any(|x| x.eq_ignore_ascii_case(w));
    let blank = |c: char| c.is_whitespace() || "\"'(),;=".contains(c);
    let mut words = command.split(blank).skip(1).filter(|w| !w.is_empty());
    let verb = words.find(|w| split(w).iter().any(|part| is(VERBS, part)))?;
    // who writes statements in capitals writes names otherwise
    let capitals = |w: &str| w.bytes().all(|b| b.is_ascii_uppercase());
    let keyword = |w: &str| capitals(verb) && capitals(w);
    let name = words.find(|w| !is(KINDS, w) && !keyword(w) && !w.starts_with('-'))?;
    // what a pattern begins with: `catalog/prices/*`
    let letters = |part: &&str| part.contains(|c: char| c.is_alphabetic());
    let name = name.rsplit('/').find(letters).unwrap_or(name);
    let pods = is("pod pods po", name) || name.len() < 4;
    (!pods && name.contains(|c: char| c.is_alphabetic())).then_some(name)
}

/// The files that a command names, each by its last name: where they lie is said by where it was typed. A unit is none.
pub(super) fn files(command: &str) -> impl Iterator<Item = &str> {
    let (_, arguments) = command.split_once(BETWEEN).unwrap_or_default();
    named_files(arguments)
}

/// What stands between the words of a command or a sentence.
const BETWEEN: fn(char) -> bool = |c| c.is_whitespace() || "\"'=[]():".contains(c);

/// The files that any text names, likewise.
pub(super) fn named_files(text: &str) -> impl Iterator<Item = &str> {
    const UNITS: [&str; 5] = ["service", "socket", "timer", "target", "mount"];
    let words = text.split(BETWEEN).filter(|w| !w.starts_with('-'));
    let names = words.filter_map(|w| w.rsplit('/').next());
    names.filter(|n| {
        let suffix = n.rsplit_once('.').map_or("", |(_, suffix)| suffix);
        let letter = suffix.starts_with(|c: char| c.is_ascii_alphabetic());
        letter && suffix.len() <= 8 && !UNITS.contains(&suffix)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn what_commands_look_at_and_take_away() {
        holds("taken away", |t| or_dash(takes_away(t)));
        holds("only looks", only_looks);
    }
}
