//! `sudo` lines: often the only trace of what a person did by hand. The command says what it was; no other text is read.

use super::Hit;
use crate::record::MarkerKind;
use memchr::memmem;

/// Whether a message is sudo's: `ops : TTY=pts/1 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/find …`, its tag cut or not.
pub(super) fn is_sudo(text: &[u8]) -> bool {
    memmem::find(text, b" ; COMMAND=").is_some_and(|at| {
        memmem::find(&text[..at], b" : ").is_some() && memmem::find(&text[..at], b"USER=").is_some()
    })
}

/// Appends what the command does: a restart, start, stop or reload of a unit, a package change (confidence 60), another act
/// (a mitigation that is done at once: start and finish), else a note.
pub(super) fn find(text: &[u8], out: &mut Vec<Hit>) {
    let Some(at) = memmem::find(text, b"COMMAND=") else {
        return;
    };
    let mut push = |kind, confidence| {
        out.push(Hit {
            kind,
            class: None,
            confidence,
        });
    };
    match act(&text[at + 8..]) {
        MarkerKind::MitigationStart => {
            push(MarkerKind::MitigationStart, 60);
            push(MarkerKind::MitigationFinish, 30);
        }
        kind @ MarkerKind::DeployStart => push(kind, 60),
        kind @ MarkerKind::HumanNote => push(kind, 30),
        kind => push(kind, 90),
    }
}

/// The words of a command line that say what it does: program names without folders, and arguments that are no options.
fn act(command: &[u8]) -> MarkerKind {
    let words: Vec<&[u8]> = command
        .split(u8::is_ascii_whitespace)
        .filter(|w| !w.is_empty())
        .take(64)
        .collect();
    let has = |any: &[&str]| words.iter().any(|w| any.iter().any(|a| w == &a.as_bytes()));
    for (n, word) in words.iter().enumerate() {
        let program = word.rsplit(|&c| c == b'/').next().unwrap_or(word);
        let rest = words.get(n + 1..).unwrap_or(&[]);
        let kind = match program {
            b"systemctl" => unit_verb(rest.iter().find(|w| !w.starts_with(b"-"))),
            b"service" => unit_verb(rest.get(1)),
            b"nginx" if has(&["reload"]) => Some(MarkerKind::ConfigChange),
            b"nginx" if has(&["stop", "quit"]) => Some(MarkerKind::ServiceStop),
            b"sysctl" if has(&["-w", "--write", "-p", "--system"]) => {
                Some(MarkerKind::ConfigChange)
            }
            // only what names a version says what was released: the rest keeps a machine up to date
            b"apt" | b"apt-get" | b"aptitude" => (rest.contains(&&b"install"[..])
                && rest.iter().any(|w| memchr::memchr(b'=', w).is_some()))
            .then_some(MarkerKind::DeployStart),
            b"find" if has(&["-delete"]) => Some(MarkerKind::MitigationStart),
            b"rm" | b"truncate" | b"kill" | b"pkill" | b"killall" | b"iptables" | b"nft" => {
                Some(MarkerKind::MitigationStart)
            }
            b"ip" if rest.first() == Some(&&b"route"[..]) => Some(MarkerKind::MitigationStart),
            _ if memmem::find(program, b"pg_terminate_backend").is_some() => {
                Some(MarkerKind::MitigationStart)
            }
            _ => None,
        };
        if let Some(kind) = kind {
            return kind;
        }
    }
    MarkerKind::HumanNote
}

fn unit_verb(verb: Option<&&[u8]>) -> Option<MarkerKind> {
    match *verb? {
        b"restart" | b"try-restart" | b"reload-or-restart" => Some(MarkerKind::Restart),
        b"start" => Some(MarkerKind::ServiceStart),
        b"stop" => Some(MarkerKind::ServiceStop),
        b"reload" => Some(MarkerKind::ConfigChange),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MarkerKind::*;

    fn kinds(command: &str) -> Vec<MarkerKind> {
        let text = format!("ops : TTY=pts/1 ; PWD=/srv ; USER=root ; COMMAND={command}");
        assert!(is_sudo(text.as_bytes()));
        let mut out = Vec::new();
        find(text.as_bytes(), &mut out);
        out.iter().map(|h| h.kind).collect()
    }

    #[test]
    fn the_command_says_what_was_done() {
        assert_eq!(kinds("/usr/bin/systemctl restart shop"), [Restart]);
        assert_eq!(
            kinds("/usr/bin/systemctl --no-block start nginx"),
            [ServiceStart]
        );
        assert_eq!(kinds("/usr/sbin/service nginx reload"), [ConfigChange]);
        assert_eq!(kinds("/usr/bin/systemctl stop nginx"), [ServiceStop]);
        assert_eq!(kinds("/usr/sbin/nginx -s reload"), [ConfigChange]);
        assert_eq!(kinds("/usr/bin/apt-get -y upgrade"), [HumanNote]);
        assert_eq!(kinds("/usr/bin/dpkg -l"), [HumanNote]);
        assert_eq!(
            kinds("/usr/sbin/sysctl -w vm.swappiness=10"),
            [ConfigChange]
        );
        assert_eq!(kinds("/usr/sbin/sysctl vm.swappiness"), [HumanNote]);
        assert_eq!(
            kinds("/usr/bin/apt-get install shop=4.2.0-1"),
            [DeployStart]
        );
        assert_eq!(
            kinds("/usr/bin/find /srv/media/data -name up-*.bin -mmin +10 -delete"),
            [MitigationStart, MitigationFinish]
        );
        assert_eq!(kinds("/usr/bin/find /srv -name up-*.bin"), [HumanNote]);
        assert_eq!(
            kinds("/bin/rm -rf /var/tmp/x"),
            [MitigationStart, MitigationFinish]
        );
        assert_eq!(kinds("/usr/bin/tail -f /var/log/syslog"), [HumanNote]);
    }

    #[test]
    fn other_messages_are_not_sudo() {
        assert!(!is_sudo(b"exec ; COMMAND=rm"));
        assert!(!is_sudo(
            b"pam_unix(sudo:session): session opened for user root"
        ));
    }
}
