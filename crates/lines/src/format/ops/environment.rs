//! Which environments count: a deploy to staging is no event of production. Words only; no parsing of lines here.

use crate::table::words;

/// Words of environments, namespaces and jobs that are not production.
const OTHERS: [&str; 22] = words(
    "staging stage stg dev development develop test tests testing qa uat preview previews sandbox review local demo \
    preprod nonprod integration ephemeral pages",
);

/// Whether an environment, namespace or job name may be production: none of its words says otherwise.
pub fn may_be_production(name: &str) -> bool {
    !name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|w| OTHERS.iter().any(|o| w.eq_ignore_ascii_case(o)))
}

/// Whether a job or pipeline is named after releasing something.
pub fn names_a_release(name: &str) -> bool {
    const WORDS: [&str; 10] =
        words("deploy deploys deployment release rollout rollback promote ship publish cd");
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|w| WORDS.iter().any(|o| w.eq_ignore_ascii_case(o)))
}

/// Whether it is named after starting something again.
pub fn names_a_restart(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| {
        ["restart", "reboot"]
            .iter()
            .any(|o| w.eq_ignore_ascii_case(o))
    })
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

    #[test]
    fn names() {
        assert!(
            may_be_production("production")
                && may_be_production("eu-west-1")
                && may_be_production("")
        );
        assert!(
            !may_be_production("Staging")
                && !may_be_production("shop/qa-2")
                && may_be_production("quality")
        );
        assert!(
            names_a_release("Deploy to production")
                && !names_a_release("unit tests")
                && !names_a_release("shipping")
        );
        assert!(names_a_rollback("Rollback prod") && !names_a_rollback("deploy"));
    }
}
