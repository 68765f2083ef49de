//! What a command takes away, by the word for it. Other acts are not decided here.

use super::program;
use crate::record::MarkerKind;
use crate::text::words::split;

/// What a tool is told to take away: `rabbitmqctl delete_queue audit-copy`. Of sources and packages it is nothing.
pub(super) fn removes(words: &[&[u8]]) -> Option<MarkerKind> {
    let is = |list: &str, w: &str| list.split(' ').any(|x| x == w);
    let tool = words
        .iter()
        .position(|w| *w == b"--")
        .map_or(0, |at| at + 1);
    let [name, rest @ ..] = words.get(tool..)? else {
        return None;
    };
    let name = String::from_utf8_lossy(program(name));
    let plain = || rest.iter().filter(|w| !w.starts_with(b"-"));
    let verb = plain().take(2).position(|w| {
        let parts = split(&String::from_utf8_lossy(w));
        parts.len() < 3
            && parts
                .first()
                .is_some_and(|p| is("delete drop purge remove", p))
    });
    let others = "git svn hg npm yarn pip gem cargo apt apt-get yum dnf rpm dpkg snap brew echo docker podman";
    let given = verb.is_some_and(|n| plain().nth(n + 1).is_some());
    (given && !is(others, &name)).then_some(MarkerKind::MitigationStart)
}
