//! What is done as the failures end, and what it undoes. Which cause that speaks for is for the rules.

use crate::cause::case::Case;
use crate::cause::case::quoted;
use crate::cause::identifiers::{identifiers, known};
use crate::cause::names;
use crate::model::Event;
use coroner_lines::marker::altered;
use coroner_lines::record::MarkerKind;
use coroner_lines::time::{Instant, SECOND};
use std::collections::BTreeSet;

/// Weight in nats of an end that comes with the rollback or the next change back.
pub(super) const ENDED: f64 = 1.2;
/// The same where the very object of the change is named again, or the change itself ends: that this is done in the two minutes of
/// the end is a coincidence of one in some ten where it did not help.
pub(super) const UNDONE: f64 = 2.2;

/// What may end an incident because somebody did it.
pub(super) const ACTS: &[MarkerKind] = {
    use MarkerKind::*;
    &[
        DeployStart,
        DeployFinish,
        VersionChange,
        RollbackStart,
        RollbackFinish,
        ConfigChange,
        FeatureFlag,
        MigrationRollback,
        Scale,
        Failover,
        Restart,
        ServiceStart,
        MitigationStart,
        MitigationFinish,
    ]
};

/// How long before the end of the failures what ended them was done, at most.
const BEFORE_THE_END: i64 = 120 * SECOND;
/// The same where what is done is the change of something that was changed before the failures: it may take minutes to take effect.
const TAKES_EFFECT: i64 = 300 * SECOND;
/// The same of a statement, which may have to build an index first.
const BUILDS: i64 = 600 * SECOND;
/// How long after the end a line may report it: one that reports what is done, and one that says what is being done.
const REPORTED: i64 = 30 * SECOND;
const DONE: i64 = 2 * SECOND;

/// Whether an event is done as the failures end.
pub(super) fn is_at_the_end(case: &Case<'_>, e: &Event) -> bool {
    let at_the_end = |t: Instant| {
        let soon = t.0 >= case.end.0 - BEFORE_THE_END && t <= latest_end(case, e.kind);
        soon && t > case.onset_bounds().1
    };
    case.recovered && e.time.is_some_and(at_the_end)
}

/// Until when an event of a kind may be what ended the failures: what is begun after their end did not.
pub(super) fn latest_end(case: &Case<'_>, kind: MarkerKind) -> Instant {
    use MarkerKind::*;
    let begins = matches!(
        kind,
        DeployStart | RollbackStart | Restart | ServiceStop | Scale | MitigationStart
    );
    Instant(case.end.0 + if begins { DONE } else { REPORTED })
}

/// Seconds before the onset in which a command may have brought it about that another one undoes.
const COMMAND_S: i64 = 600;
/// The same of any command that does something: people try few in a minute.
pub(super) const AT_HAND_S: i64 = 120;

/// Whether a command only shows what there is.
pub(super) fn only_looks(command: &str) -> bool {
    const PROGRAMS: &str = "cat less more tail head grep zgrep diff cmp stat wc journalctl dmesg ls df du free top htop ps ss netstat uptime who w id view \
        ping dig host";
    const READ_ONLY: &str =
        "show explain status is-active is-enabled list get describe logs --version";
    let is = |of: &str, w: &str| of.split_whitespace().any(|x| x.eq_ignore_ascii_case(w));
    let mut words = command.split(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    let program = words.next().unwrap_or_default();
    is(PROGRAMS, program.rsplit('/').next().unwrap_or(program))
        || words.take(3).any(|w| is(READ_ONLY, w))
}

/// Whether a command is one with which people write files.
fn writes_files(command: &str) -> bool {
    const PROGRAMS: &str = "vi vim nvim nano emacs ed sed tee cp mv ln install rsync scp patch sudoedit touch chmod chown truncate";
    PROGRAMS.split(' ').any(|p| p == program(command))
}

/// The program that a command runs, without its folder.
fn program(command: &str) -> &str {
    let program = command.split_whitespace().next().unwrap_or_default();
    program.rsplit('/').next().unwrap_or(program)
}

/// Whether a command takes a file away, or makes it smaller.
pub(super) fn frees(command: &str) -> bool {
    const PROGRAMS: [&str; 6] = ["rm", "truncate", "unlink", "shred", "mv", "gzip"];
    PROGRAMS.contains(&program(command))
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

/// Whether an event that comes as the failures end undoes an earlier one: another command on the same host to the
/// same program or with the same file, or another change of the object, by its path or identifier, that the earlier one names.
pub(super) fn undoes(case: &Case<'_>, earlier: &Event, e: &Event) -> bool {
    let slowly = |e: &Event| {
        let statement = quoted(e).is_some_and(|t| altered(t).is_some());
        let most = if statement { BUILDS } else { TAKES_EFFECT };
        let long = |t: Instant| t > case.onset_bounds().1 && case.end.0 - t.0 <= most;
        case.recovered && e.time.is_some_and(|t| t <= case.end && long(t))
    };
    let commands = earlier.text.states_a_command();
    if !(is_at_the_end(case, e) || slowly(e) && !commands) || earlier.time >= e.time {
        return false;
    }
    let Some(a) = quoted(earlier) else {
        return false;
    };
    // an operation of a tool that is stopped or taken back by the name that it was begun with
    use MarkerKind::{ConfigChange, FeatureFlag, RollbackFinish, RollbackStart};
    if matches!(e.kind, RollbackStart | RollbackFinish) {
        let set = matches!(earlier.kind, ConfigChange | FeatureFlag);
        let names = [&e.service, &e.version].into_iter().flatten();
        let mut names = names.map(|n| n.for_json()).filter(|n| n.len() >= 4);
        return set && names.any(|n| a.split_whitespace().any(|w| w == n));
    }
    let Some(b) = quoted(e) else {
        return false;
    };
    // what a command made that sets nothing filled a disk until it was taken away
    if commands && !writes_files(a) && frees(b) {
        return false;
    }
    match (earlier.text.states_a_command(), e.text.states_a_command()) {
        (true, true) => {
            let program = |t: &'_ str| t.split_whitespace().next().map(str::to_owned);
            // what is done on a host at both ends of the failures is hardly by chance
            let within = |s| earlier.time.is_some_and(|t| case.near(t, s, 0));
            let again = within(COMMAND_S) && program(a) == program(b) && same_operand(a, b);
            // what a file says may take force long after
            let same_file = || files(a).any(|f| files(b).any(|g| f == g));
            let undone = within(AT_HAND_S) || again || writes_files(a) && same_file();
            let acts = a != b && !only_looks(b);
            acts && earlier.host == e.host && undone
        }
        (false, false) if earlier.kind == e.kind => {
            let same = |of: fn(&str) -> Option<String>| of(a).is_some_and(|x| of(b) == Some(x));
            match altered(a) {
                _ if is_switched(a, b) => true,
                Some(_) => a != b && same(altered),
                None => {
                    same(names::path) || same(names::identifier) || only_twice(case, earlier, e)
                }
            }
        }
        _ => is_at_the_end(case, e) && names_the_same(case, a, b),
    }
}

/// Whether an act of another kind is about what a change names: both bear a name that stands in no message before the failures.
fn names_the_same(case: &Case<'_>, change: &str, act: &str) -> bool {
    let of: BTreeSet<String> = identifiers(change).collect();
    let mut both = identifiers(act).filter(|n| of.contains(n)).peekable();
    if only_looks(act) || both.peek().is_none() {
        return false;
    }
    let known = known(case);
    both.any(|n| !known.contains(&n))
}

/// Whether two statements say the same but for who did it and for a switch that is the other way round: `ada turned on the flag X`,
/// `bob turned off the flag X`.
fn is_switched(a: &str, b: &str) -> bool {
    const WAYS: [(&str, &str); 7] = [
        ("on", "off"),
        ("enabled", "disabled"),
        ("enable", "disable"),
        ("true", "false"),
        ("added", "removed"),
        ("opened", "closed"),
        ("started", "stopped"),
    ];
    let turned = |x: &str, y: &str| WAYS.contains(&(x, y)) || WAYS.contains(&(y, x));
    let words = |t: &str| -> Vec<String> {
        let words = t.split_whitespace().rev();
        words.map(str::to_ascii_lowercase).collect()
    };
    let (a, b) = (words(a), words(b));
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (Some(x), Some(y)) = (a.get(same), b.get(same)) else {
        return false;
    };
    // in front stand a verb and a name
    let front = a.len().max(b.len()) - same - 1;
    same >= 3 && turned(x, y) && front <= 4
}

/// Whether two commands of a program are about the same thing: they share a word behind what is to be done, a setting whose value
/// may differ, or name nothing at all.
fn same_operand(a: &str, b: &str) -> bool {
    let operands = |t: &str| -> Vec<String> {
        let words = t.split_whitespace().skip(1).filter(|w| !w.starts_with('-'));
        let setting = |w: &str| w.split('=').next().unwrap_or(w).to_owned();
        words.map(setting).collect()
    };
    let (a, b) = (operands(a), operands(b));
    let verb = usize::from(a.len() > 1 && b.len() > 1);
    a.len().min(b.len()) < 2 && verb == 0 || a[verb..].iter().any(|w| b[verb..].contains(w))
}

/// Whether a change is that of an earlier one from what it came to, to what it was: the same words in another order (`'a' to 'b'`
/// and `'b' to 'a'`).
pub(super) fn turns_back(earlier: &Event, e: &Event) -> bool {
    let sorted = |t: &str| {
        let mut words: Vec<String> = t.split_whitespace().map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    let texts = quoted(earlier).zip(quoted(e));
    earlier.kind == e.kind
        && earlier.host == e.host
        && earlier.time < e.time
        && texts.is_some_and(|(a, b)| a != b && a.len() == b.len() && sorted(a) == sorted(b))
}

/// Whether a change is stated in the same words in one log right before the failures and as they end, by one instance or several,
/// and at no other time.
fn only_twice(case: &Case<'_>, earlier: &Event, e: &Event) -> bool {
    let log = |o: &Event| o.evidence.first().map(|v| v.input);
    let same = |o: &&Event| o.kind == e.kind && log(o) == log(e) && quoted(o) == quoted(e);
    let near = |(a, b): (Instant, Instant)| (a.0 - b.0).abs() <= INSTANCES;
    let at = |o: &Event, t: Option<Instant>| o.time.zip(t).is_some_and(near);
    let before = earlier.time.is_some_and(|t| case.near(t, COMMAND_S, 0));
    let mut all = case.events.iter().filter(same);
    before && same(&earlier) && all.all(|o| at(o, earlier.time) || at(o, e.time))
}

/// Instances of a service take up a change within so long of each other.
const INSTANCES: i64 = 60 * SECOND;

#[cfg(test)]
mod tests {
    use super::{is_switched, only_looks, same_operand};

    #[test]
    fn commands_of_one_program_are_about_one_thing_or_another() {
        for (a, b) in [
            ("systemctl stop nginx", "systemctl start nginx"),
            (
                "iptables -A INPUT -s 192.0.2.1 -j DROP",
                "iptables -D INPUT -s 192.0.2.1",
            ),
            ("sysctl -w vm.swappiness=10", "sysctl -w vm.swappiness=60"),
            ("setenforce 1", "setenforce 0"),
        ] {
            assert!(same_operand(a, b), "{a}, {b}");
        }
        assert!(!same_operand(
            "systemctl reload caddy",
            "systemctl reload php8.1-fpm"
        ));
        assert!(!same_operand("docker stop cache", "docker start web"));
    }

    #[test]
    fn a_switch_and_its_way_back_are_about_one_thing() {
        let on = "«user-1» turned on the flag PDP graph in `Production`";
        assert!(is_switched(
            on,
            "«user-2» turned off the flag PDP graph in `Production`"
        ));
        assert!(!is_switched(
            on,
            "«user-2» turned off the flag Pay in `Production`"
        ));
        assert!(!is_switched(
            on,
            "«user-2» turned on the flag PDP graph in `Production`"
        ));
    }

    #[test]
    fn what_only_shows_changes_nothing() {
        for looks in [
            "/usr/bin/tail -f /var/log/syslog",
            "systemctl status nginx",
            "mysql -e \"SHOW PROCESSLIST\"",
        ] {
            assert!(only_looks(looks), "{looks}");
        }
        for acts in [
            "vim /etc/nginx/nginx.conf",
            "rm -rf /srv/logs",
            "curl -X POST http://a/b",
            "mysqldump shop",
        ] {
            assert!(!only_looks(acts), "{acts}");
        }
    }
}
