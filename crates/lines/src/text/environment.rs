//! Which environments count: a deploy to staging is no event of production. Words only; no parsing of lines here.

use crate::table::words;

/// Words of environments, namespaces and jobs that are not production.
const OTHERS: [&str; 24] = words(
    "homolog recette staging stage stg dev development develop test tests testing qa uat preview previews sandbox review local demo \
    preprod nonprod integration ephemeral pages",
);

/// Whether an environment, namespace or job name may be production: none of its words says otherwise.
pub fn may_be_production(name: &str) -> bool {
    !has_one_of(name, &OTHERS)
}

/// Whether a text is the name of another environment, and nothing else.
pub fn is_another(text: &str) -> bool {
    is_one_of(&OTHERS, text.trim()) || is_one_of(&["int", "perf"], text.trim())
}

/// Words of these that name no product, wherever they stand in a name; and those that do so at its end.
const ANYWHERE: [&str; 6] = words("staging stg uat preprod nonprod homolog");
const LAST: [&str; 3] = words("stage qa dev");

/// Whether a service or a host is called after another environment: `payments-stage`, `uat.ledger`. Other words name products as well
/// (`test-runner`, `review-board`), and behind a dot one of a domain.
pub fn is_elsewhere(name: &str) -> bool {
    let sign = |c: char| !c.is_ascii_alphanumeric();
    let ends = [name.split(sign).next(), name.rsplit(sign).next()];
    let last = name.rsplit_once(['-', '_']).map(|(_, last)| last);
    name.contains(sign)
        && (ends.into_iter().flatten().any(|w| is_one_of(&ANYWHERE, w))
            || last.is_some_and(|w| is_one_of(&LAST, w)))
}

/// Whether an argument of a command names another environment: `-i inventories/stage`, `cap staging deploy`, `-n web-stg`.
pub fn is_of_elsewhere(command: &[&[u8]]) -> bool {
    command.iter().skip(1).any(|w| {
        let value = w.rsplit(|c| *c == b'=').next().unwrap_or(w);
        let last = value.rsplit(|c| *c == b'/').next().unwrap_or(value);
        let last = String::from_utf8_lossy(last);
        let whole = is_one_of(&ANYWHERE, &last) || is_one_of(&LAST, &last);
        // a folder of a machine may be called so as well
        !value.starts_with(b"/") && !last.contains(':') && (whole || is_elsewhere(&last))
    })
}

/// Words of jobs that release something, and of those that take it back.
const RELEASES: [&str; 11] =
    words("deploy deploys deployment release rollout rollback promote ship publish cd capistrano");

/// Words beside them that name a tool, a place or a file, and nothing that is released.
const NO_NAME: [&str; 49] = words(
    "jenkins gitlab github gha actions ci job jobs build builds pipeline pipelines workflow run runs console consoletext log logs txt out json gz prod \
    production live main master all canary blue green stable ansible capistrano cap fabric octopus azure devops argocd helm script scripts sh history auto to the",
);

fn is_one_of(list: &[&str], word: &str) -> bool {
    list.iter().any(|o| word.eq_ignore_ascii_case(o))
}

/// Whether one of the words of a name is in a list.
fn has_one_of(name: &str, list: &[&str]) -> bool {
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|w| is_one_of(list, w))
}

/// Whether a job or pipeline is named after releasing something.
pub fn names_a_release(name: &str) -> bool {
    has_one_of(name, &RELEASES)
}

/// What a job is named to release: `order-api` of `jenkins/deploy-order-api-812.txt`, `portal` of `portal-deploy/412.log`.
pub fn released_by(name: &str) -> Option<&str> {
    name.split('/').find_map(|part| {
        let words: Vec<&str> = part.split(['-', '_', '.', ':', ' ']).collect();
        let verb = words.iter().position(|w| is_one_of(&RELEASES, w))?;
        let named = |w: &&&str| {
            w.starts_with(|c: char| c.is_ascii_alphabetic())
                && !is_one_of(&NO_NAME, w)
                && may_be_production(w)
        };
        let before = words[..verb].iter().rev().take_while(named).count();
        let behind = words[verb + 1..].iter().take_while(named).count();
        let name = match before {
            0 => &words[verb + 1..][..behind],
            n => &words[verb - n..verb],
        };
        let (first, last) = (name.first()?, name.last()?);
        let start = first.as_ptr() as usize - part.as_ptr() as usize;
        part.get(start..last.as_ptr() as usize + last.len() - part.as_ptr() as usize)
    })
}

/// Whether it is named after starting something again.
pub fn names_a_restart(name: &str) -> bool {
    has_one_of(name, &["restart", "reboot"])
}

/// Whether it is named after setting something: what is applied, a credential that is rotated, a configuration that is pushed. What
/// a configuration is besides (its tests, its build) sets nothing.
pub fn names_a_setting(name: &str) -> bool {
    const SETS: [&str; 4] = words("apply rotate rotation rotations");
    const SETTINGS: [&str; 4] = words("config configs configuration settings");
    const GIVES: [&str; 5] = words("push sync update reload change");
    has_one_of(name, &SETS) || has_one_of(name, &SETTINGS) && has_one_of(name, &GIVES)
}

/// Whether it is named after taking one back.
pub fn names_a_rollback(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["rollback", "roll-back", "roll back", "revert", "undo"]
        .iter()
        .any(|w| name.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn names() {
        holds("may be production", may_be_production);
        holds("is elsewhere", is_elsewhere);
        holds("names a release", names_a_release);
        holds("names a rollback", names_a_rollback);
        holds("released by", |job| or_dash(released_by(job)));
    }
}
