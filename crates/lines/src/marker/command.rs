//! Command lines: what a job or a shell shows that it runs, and `sudo` lines, often the only trace of what a person did by hand.
//! The command says what it was; no other text is read.

mod prompts;
mod removed;
mod scripts;
mod typed;

use super::Hit;
use super::grammar;
use super::grammar::lexicon::{is_settings_name, order};
use super::rules::Scopes;
use crate::record::{Kind, MarkerKind};
use crate::table::{byte_words, words as words_of};
use crate::text::environment::is_of_elsewhere;
use crate::text::words::split;
use memchr::memmem;
pub use prompts::behind_prompt;
pub(crate) use prompts::powershell;
use prompts::{cmdlet, prompt};
use removed::removes;
pub(super) use typed::ENDED_WELL;
use typed::in_container;
use typed::sudo;
pub use typed::typed;

/// Appends what a command line does that a message shows: a restart, start, stop or reload of a unit, a package change (confidence
/// 60), another act (a mitigation that is done at once: start and finish), else a note. Whether the message is such a one: what a
/// history holds that does nothing is none.
pub(super) fn find(text: &[u8], out: &mut Vec<Hit>) -> bool {
    let sudo = sudo(text).is_some();
    let Some(line) = typed(text) else {
        return sudo;
    };
    let mut push = |kind, confidence| {
        out.push(Hit {
            kind,
            class: None,
            confidence,
        });
    };
    let words = words(line);
    if is_step_of_a_tool(&words) || opens_a_shell(&words) {
        return true;
    }
    // which way an image goes that is put in place by hand is not decided here
    let packaged = |k: &MarkerKind| {
        let by_name =
            |w: &&[u8]| program(w).starts_with(b"apt") || scripts::named(program(w)).is_some();
        *k != MarkerKind::DeployStart || words.iter().any(by_name)
    };
    let known = act(&words).or_else(|| ordered(&words));
    let known = known.or_else(|| stated(line)).or_else(|| removes(&words));
    match known.filter(packaged).filter(|_| !is_of_elsewhere(&words)) {
        Some(MarkerKind::MitigationStart) => {
            push(MarkerKind::MitigationStart, 60);
            push(MarkerKind::MitigationFinish, 30);
        }
        Some(kind @ MarkerKind::DeployStart) => push(kind, 60),
        None if !sudo => return false,
        None => push(MarkerKind::HumanNote, 30),
        Some(kind) => push(kind, 90),
    }
    true
}

/// Whether a shell is begun, in which what is done is not shown here.
fn opens_a_shell(words: &[&[u8]]) -> bool {
    const SHELLS: [&[u8]; 8] = byte_words("bash sh zsh fish ksh su screen tmux");
    let options = |w: &&[u8]| w.starts_with(b"-") && *w != b"-c";
    match words {
        [shell, rest @ ..] => SHELLS.contains(&program(shell)) && rest.iter().all(options),
        [] => false,
    }
}

/// What a statement does that a client of a database is given: `psql -c "DROP INDEX ix_orders"`.
fn stated(line: &[u8]) -> Option<MarkerKind> {
    const GIVEN: [&str; 7] = words_of("-e -c -q -Q --execute --command --eval");
    // sudo writes a blank within an argument with a mark in front
    let line: Vec<u8> = line.iter().copied().filter(|c| *c != b'\\').collect();
    let behind = |flag: &&str| {
        let flag = format!(" {flag} ");
        Some(memmem::find(&line, flag.as_bytes())? + flag.len())
    };
    let from = GIVEN.iter().filter_map(behind).min()?;
    let quote = |c: &u8| c.is_ascii_whitespace() || b"\"'".contains(c);
    let start = from + line[from..].iter().position(|c| !quote(c))?;
    let mut kind = None;
    grammar::find(&line[start..], Scopes::of(Kind::App), |f| {
        use MarkerKind::{ConfigChange, MigrationFinish, MigrationStart};
        let changes = matches!(f.kind, ConfigChange | MigrationFinish | MigrationStart);
        kind = kind.or(changes.then_some(f.kind));
    });
    kind
}

/// Whether a shell is given a word to say that no one would type, by which a tool knows that its step has begun
/// (`sh -c 'echo DONE-qzjx… ; python3 …'`).
fn is_step_of_a_tool(words: &[&[u8]]) -> bool {
    let drawn = |w: &[u8]| {
        let at = memchr::memrchr(b'-', w).unwrap_or(0);
        let (front, end) = w.split_at(at);
        let shouted = !front.is_empty() && !front.iter().any(u8::is_ascii_lowercase);
        shouted && end.len() > 10 && end[1..].iter().all(u8::is_ascii_alphanumeric)
    };
    let shell = words.first().is_some_and(|w| program(w).ends_with(b"sh"));
    shell && words.windows(2).any(|w| w[0] == b"echo" && drawn(w[1]))
}

/// What a command line does that a job or a shell shows: behind its prompt, behind the word that it is run, or by itself.
pub(super) fn shown(text: &[u8]) -> Option<MarkerKind> {
    const RUNS: [&[u8]; 4] = [
        b"Running ",
        b"Executing ",
        b"executing command ",
        b"[command]",
    ];
    let text = behind_label(text.trim_ascii_start());
    if synced(text).is_some_and(is_settings_name) {
        return Some(MarkerKind::ConfigChange);
    }
    let run = RUNS.iter().find_map(|m| text.strip_prefix(*m));
    let step = text.strip_prefix(b"##[group]Run ").map(|t| (t, false));
    let typed = prompt(text).or(step);
    if let Some((line, true)) = typed {
        return typed_by_hand(line);
    }
    let line = typed.map(|t| t.0).or(run).unwrap_or(text);
    // by itself only what is known as a command of several words
    let first = line.split(u8::is_ascii_whitespace).next()?;
    let controls = CONTROLS.contains(&first);
    if typed.is_none() && run.is_none() && !controls {
        return None;
    }
    let words = words(line);
    // units that a job starts and stops while it puts a release live are steps of that
    let step = |k: &MarkerKind| {
        use MarkerKind::{Restart, ServiceStart, ServiceStop};
        let of_all = [&b" rollout restart"[..], b"systemctl reboot"];
        let whole = of_all.iter().any(|w| memmem::find(text, w).is_some());
        matches!(k, Restart | ServiceStart | ServiceStop) && !whole
    };
    let prose = || words.iter().any(|w| PROSE.contains(w));
    let any = || ordered(&words).filter(|_| typed.is_some() || controls && !prose());
    // what a job clears away is a step of it
    let clears = |k: &MarkerKind| *k == MarkerKind::MitigationStart;
    let known = act(&words).or_else(any).filter(|k| !(step(k) || clears(k)));
    known.filter(|_| !is_of_elsewhere(&words))
}

/// What stands behind the name of what a command is run for, and of the tool: `release shop: helm upgrade shop ./chart`.
fn behind_label(text: &[u8]) -> &[u8] {
    let blanks = |at: usize| memchr::memchr_iter(b' ', &text[..at]).count();
    let behind = memmem::find(text, b": ").filter(|at| blanks(*at) < 2);
    let behind = behind.map(|at| &text[at + 2..]);
    let controls =
        |t: &&[u8]| CONTROLS.contains(&t.split(|c| *c == b' ').next().unwrap_or_default());
    behind.filter(controls).unwrap_or(text)
}

/// What a command line does that a person typed: at a prompt, or as the history of a shell keeps it.
pub(crate) fn typed_by_hand(line: &[u8]) -> Option<MarkerKind> {
    let words = words(line);
    let tries = words.iter().any(|w| w.starts_with(b"--dry-run"));
    let known = || act(&words).or_else(|| ordered(&words));
    let removed = || removes(&words);
    let counts = !tries && !is_of_elsewhere(&words);
    counts.then(|| known().or_else(|| stated(line)).or_else(removed))?
}

/// Programs that are ordered what to do by their next words, and write them so nowhere else.
const CONTROLS: [&[u8]; 12] = byte_words(
    "ansible-playbook argocd flux kubectl oc helm docker podman nomad systemctl supervisorctl vault",
);

/// Words of sentences about commands.
const PROSE: [&[u8]; 6] = [b"of", b"is", b"the", b"for", b"was", b"has"];

/// The words of a command line, without quotes and brackets around them.
fn words(line: &[u8]) -> Vec<&[u8]> {
    let blank = |c: &u8| c.is_ascii_whitespace() || b"\"'[]\\".contains(c);
    let words = line.split(blank).filter(|w| !w.is_empty());
    words.take(64).collect()
}

/// The name of a program without its folder.
fn program<'a>(word: &&'a [u8]) -> &'a [u8] {
    word.rsplit(|&c| c == b'/').next().unwrap_or(word)
}

/// What the words of a command line do: program names without folders, and arguments that are no options.
fn act(words: &[&[u8]]) -> Option<MarkerKind> {
    use MarkerKind::*;
    let has = |any: &[&str]| words.iter().any(|w| any.iter().any(|a| w == &a.as_bytes()));
    words.iter().enumerate().find_map(|(n, word)| {
        let rest = words.get(n + 1..).unwrap_or(&[]);
        let plain = || rest.iter().copied().filter(|w| !w.starts_with(b"-"));
        let next = |n: usize| plain().nth(n).unwrap_or_default();
        let said = |verb: &str| plain().take(4).any(|w| w == verb.as_bytes());
        // an image with its tag, not the port of a registry
        let tagged = || plain().any(|w| program(&w).contains(&b':') && w.contains(&b'/'));
        match program(word) {
            b"systemctl" => unit_verb(next(0)),
            b"nginx" if has(&["reload"]) => Some(ConfigChange),
            b"nginx" if has(&["stop", "quit"]) => Some(ServiceStop),
            b"sysctl" if has(&["-w", "--write", "-p", "--system"]) => Some(ConfigChange),
            b"kubectl" | b"oc" if said("rollout") && said("undo") => Some(RollbackStart),
            b"kubectl" | b"oc" if said("rollout") && said("restart") => Some(Restart),
            b"kubectl" | b"oc" if said("set") && said("image") => Some(DeployStart),
            b"kubectl" | b"oc" if said("delete") && (said("pod") || said("pods")) => Some(Restart),
            b"helm" if said("upgrade") || said("install") => Some(DeployStart),
            b"docker" | b"podman" => match (next(0), next(1)) {
                (b"service", b"update") if has(&["--image"]) => Some(DeployStart),
                (b"run", _) if has(&["-d", "--detach"]) && tagged() => Some(DeployStart),
                _ => None,
            },
            b"ansible-playbook" if !has(&["-C", "--check"]) => {
                let versioned = |w: &&[u8]| {
                    let (key, value) = w.split_at(memchr::memchr(b'=', w).unwrap_or(0));
                    (key.ends_with(b"version") || key.ends_with(b"tag")) && value.len() > 1
                };
                rest.iter().any(versioned).then_some(DeployStart)
            }
            b"nomad" if next(0) == b"job" && next(1) == b"run" => Some(DeployStart),
            // only what names a version says what was released: the rest keeps a machine up to date
            b"apt" | b"apt-get" | b"aptitude" => (rest.contains(&&b"install"[..])
                && rest.iter().any(|w| memchr::memchr(b'=', w).is_some()))
            .then_some(DeployStart),
            b"find" if has(&["-delete"]) => Some(MitigationStart),
            b"rm" | b"truncate" | b"kill" | b"pkill" | b"killall" => Some(MitigationStart),
            // a packet filter that is asked what it holds does nothing
            b"iptables" | b"ip6tables" | b"nft" => {
                let looks =
                    rest.is_empty() || next(0) == b"list" || rest.iter().any(|w| lists_rules(w));
                (!looks).then_some(MitigationStart)
            }
            // `ldappasswd`, `ldapmodify`, `usermod`, and no `cat /etc/passwd`
            name if n == 0 && alters_by_name(name) => Some(ConfigChange),
            b"ip" if rest.first() == Some(&&b"route"[..]) => Some(MitigationStart),
            name if memmem::find(name, b"pg_terminate_backend").is_some() => Some(MitigationStart),
            _ => None,
        }
    })
}

/// Whether a program is called by what it does to what is kept, or to who may read it.
fn alters_by_name(name: &[u8]) -> bool {
    const ENDS: [&[u8]; 11] = byte_words(
        "passwd modify modrdn useradd usermod userdel chown chmod chgrp setfacl restorecon",
    );
    ENDS.iter().any(|e| name.ends_with(e))
}

/// Whether an option of iptables is one that shows rules, alone or among others: `-L`, `-nvL`, `--list-rules`.
fn lists_rules(option: &[u8]) -> bool {
    let short = option.strip_prefix(b"-").filter(|o| !o.starts_with(b"-"));
    short.is_some_and(|o| o.iter().any(|c| b"LS".contains(c))) || option.starts_with(b"--list")
}

/// Words of what only looks.
pub(crate) const LOOKS: &str = "status list ls show get describe check history plan diff logs log inspect ps test lint validate template help watch \
    exec explain top info version config-check configtest can-i";

/// What any program is ordered to by one of its first words (`kong reload`, `service web restart`, `zfs rollback`), and files
/// of settings that are edited or put in place. What looks, what keeps sources, and `systemctl`, whose verbs are known, do
/// nothing.
fn ordered(words: &[&[u8]]) -> Option<MarkerKind> {
    const READS: &str = "git svn hg grep egrep zgrep rg man less more cat tail head view echo printf watch which type help cd ls curl wget \
        ssh ps history apropos alias export for while if systemctl journalctl apt apt-get aptitude yum dnf npm yarn ansible-playbook";
    const ALTERS: &str = "create delete update modify put replace attach detach associate disassociate authorize revoke enable disable \
        remove add register deregister";
    let is = |list: &str, w: &[u8]| list.split(' ').any(|x| x.as_bytes() == w);
    if let Some(inner) = in_container(words) {
        return ordered(inner);
    }
    let leads = |w: &&&[u8]| is("sudo env nohup time exec", w) || w.contains(&b'=');
    let from = words.iter().take_while(leads).count();
    let end = words.iter().position(|w| is("| || && ; > >>", w));
    let [first, rest @ ..] = words.get(from..end.unwrap_or(words.len()))? else {
        return None;
    };
    let name = program(first);
    if is(READS, name)
        || rest
            .iter()
            .any(|w| w.starts_with(b"--dry-run") || is("--help -h", w))
    {
        return None;
    }
    // what is copied to the settings of a host: `rsync -av edge/ deploy@edge-01:/etc/traefik/`
    let sent = |w: &&[u8]| memmem::find(w, b":/etc/").is_some();
    if is("rsync scp", name) && rest.last().is_some_and(sent) {
        return Some(MarkerKind::ConfigChange);
    }
    let released = scripts::released(first, rest);
    if let Some(kind) = cmdlet(name).or(released) {
        return Some(kind);
    }
    let plain: Vec<&[u8]> = rest
        .iter()
        .copied()
        .filter(|w| !w.starts_with(b"-"))
        .collect();
    let edits = is("vi vim nano emacs sudoedit tee cp mv install ln", name)
        || name == b"sed" && rest.iter().any(|w| w.starts_with(b"-i"));
    if edits {
        let folder = |w: &[u8]| w.starts_with(b"/etc/") && w.ends_with(b"/");
        let settings = match plain.as_slice() {
            [.., put, to] if folder(to) => is_settings_name(put),
            [.., last] => is_settings_name(last) || last.starts_with(b"/etc/"),
            [] => false,
        };
        return settings.then_some(MarkerKind::ConfigChange);
    }
    // the interfaces of clouds are told what to do to what in one word: `replace-route`, `deleteNatGateway`
    let clouds = is("aws gcloud az oci aliyun doctl openstack", name);
    let alters = |w: &&&[u8]| {
        let parts = split(&String::from_utf8_lossy(w));
        // what the one who gives the order keeps of a cluster is no part of it
        parts.len() > 1 && is(ALTERS, parts[0].as_bytes()) && parts[1] != "kubeconfig"
    };
    if clouds && let Some(w) = plain.iter().take(3).find(|w| alters(w)) {
        // the same once more
        let again = rest.contains(&&b"--force-new-deployment"[..]);
        return Some(match w.ends_with(b"-deployment") {
            _ if again => MarkerKind::Restart,
            true => MarkerKind::DeployStart,
            false => MarkerKind::ConfigChange,
        });
    }
    // what a short option is given stands in front of the verb as well: `fab -r /srv/deploy/fabfile -H web-1,web-2 deploy`
    let given = |n: usize, w: &[u8]| {
        let option = n.checked_sub(1).map(|before| rest[before]);
        matches!(option, Some([b'-', o]) if o.is_ascii_alphabetic())
            && w.iter().any(|c| b"/,".contains(c))
    };
    let words = rest.iter().copied().enumerate();
    let verbs = words.filter(|(n, w)| !w.starts_with(b"-") && !given(*n, w));
    for (n, w) in verbs.take(3).take_while(|(_, w)| !w.contains(&b'/')) {
        // a verb stands last (`ps:restart`, `config:set`), or in front of what it is given (`deploy:tag=v4.18.0`, `deploy:shop`)
        let (task, last) = match w.iter().rposition(|c| *c == b':') {
            Some(at) => (Some(&w[..at]), &w[at + 1..]),
            None => (None, w),
        };
        let of = |word: &[u8]| {
            let parts = split(&String::from_utf8_lossy(word));
            let short = parts.len() < 3;
            let ends = [parts.last(), parts.first()];
            let mut ends = ends.into_iter().flatten().filter(|_| short);
            let operand = || rest[n + 1..].iter().any(|w| !w.starts_with(b"-"));
            let sets = ends.clone().any(|p| is("set put edit patch", p.as_bytes())) && operand();
            let kind = ends.find_map(|p| order(p.as_bytes()));
            let looks = parts.iter().any(|p| is(LOOKS, p.as_bytes()));
            (looks, kind.or(sets.then_some(MarkerKind::ConfigChange)))
        };
        let (looks, kind) = of(last);
        if looks {
            return None;
        }
        if let Some(kind) = kind.or_else(|| task.and_then(|t| of(t).1)) {
            return Some(kind);
        }
    }
    None
}

/// The file that rsync says that it put in place (`--itemize-changes`, rsync(1)): `<f.st...... redis/redis.conf`.
pub fn synced(text: &[u8]) -> Option<&[u8]> {
    let (marks, file) = text.trim_ascii_start().split_at_checked(12)?;
    let sign = |c: &u8| b".+?cstTpogubaxn".contains(c);
    let moved = matches!(marks, [b'<' | b'>', b'f', m @ .., b' '] if m.iter().all(sign));
    moved.then_some(file)
}

fn unit_verb(verb: &[u8]) -> Option<MarkerKind> {
    match verb {
        b"restart" | b"try-restart" | b"reload-or-restart" | b"reboot" => Some(MarkerKind::Restart),
        b"start" => Some(MarkerKind::ServiceStart),
        b"stop" => Some(MarkerKind::ServiceStop),
        b"reload" => Some(MarkerKind::ConfigChange),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash, tried};

    fn is_sudo(text: &[u8]) -> bool {
        sudo(text).is_some()
    }

    #[test]
    fn the_command_says_what_was_done() {
        for [command, want] in tried("command") {
            let text = format!("ops : TTY=pts/1 ; PWD=/srv ; USER=root ; COMMAND={command}");
            assert!(is_sudo(text.as_bytes()));
            let mut out = Vec::new();
            find(text.as_bytes(), &mut out);
            let kinds: Vec<&str> = out.iter().map(|h| h.kind.word()).collect();
            assert_eq!(kinds.join(" "), want.replace('-', ""), "{command}");
        }
    }

    #[test]
    fn what_is_shown_to_be_run() {
        holds("command shown", |t| {
            or_dash(shown(t.as_bytes()).map(MarkerKind::word))
        });
    }

    #[test]
    fn what_people_typed() {
        holds("command typed", |t| {
            or_dash(typed(t.as_bytes()).map(String::from_utf8_lossy))
        });
    }

    #[test]
    fn what_sudo_refuses_is_not_done() {
        for why in [
            "3 incorrect password attempts",
            "user NOT in sudoers",
            "command not allowed",
        ] {
            let text = format!(
                "ops : {why} ; TTY=pts/4 ; PWD=/srv ; USER=root ; COMMAND=/bin/systemctl restart shop"
            );
            let mut out = Vec::new();
            find(text.as_bytes(), &mut out);
            assert!(out.is_empty(), "{why}");
        }
    }

    #[test]
    fn other_messages_are_not_sudo() {
        assert!(!is_sudo(b"exec ; COMMAND=rm"));
        assert!(!is_sudo(
            b"pam_unix(sudo:session): session opened for user root"
        ));
    }
}
