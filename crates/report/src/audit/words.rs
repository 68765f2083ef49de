//! What the words of a person say happened: kinds of rows and of sentences.
//! One table, read from the top: a recovery that mentions the rollback is a recovery. Log lines have their own rules in
//! `marker`; people write other words.

use super::length::pattern;
use coroner_lines::record::MarkerKind as M;
use regex::Regex;
use std::sync::LazyLock;

struct Rule {
    kind: M,
    says: Regex,
    veto: Option<Regex>,
}

const TABLE: &[(M, &str, &str)] = &[
    // words of plans, wishes and questions are no events
    (
        M::RollbackFail,
        r"\b(fail\w*|unsuccessful|abort\w*|broken|attempted)\b.{0,30}\b(roll(ed|ing)?[- ]?back|revert\w*|rollback)|\b(roll[- ]?back|revert|rollback)\b.{0,40}\b(fail(s|ed|ure)?|unsuccessful|aborted|did ?n[o']t (work|help)|block(ed|s))\b",
        "",
    ),
    (
        M::PartialRecovery,
        r"\b(partial(ly)?|some|most|gradual(ly)?)\b.{0,30}\b(recover\w*|restor\w*|back (up|online))|\b(begin|began|begins|start|starts|started)\b.{0,12}\b(to )?(recover\w*|improve|stabili[sz]e|level off)|\b(errors?|failures?|latency|5xx)\b.{0,30}\b(drop|decreas|declin|subsid)\w*",
        r"\b(fully|completely|100 ?%)\b",
    ),
    (
        M::Recovery,
        r"\b100 ?% of (the |our |all )?(traffic|service|requests|users|functionality)?.{0,12}\b(back|restored|online|served|recovered)|\ball (the )?(traffic|services?|systems?|requests|functionality).{0,20}\b(back|restored|online|recovered|operational|healthy|normal)|\b(outage|incident|downtime|disruption|degradation|impact|issue)\b.{0,12}\b(end(s|ed)?|over|resolved|closed|concluded|fixed)\b|\bend of (the )?(outage|incident|downtime|impact)|\b(services?|site|website|systems?|servers?|api|app(lication)?s?|traffic|functionality|operations?|cluster|hub|platform|everything|database|performance|availability|launch(es| success)?)\b.{0,30}\b(fully |completely )?(restored|recovered|back to normal|back online|back up|back to 100|operational|normal|is up|are up|was up|healthy|available|returned to normal|functional|resumed?|stable)\b|\b(back|return(s|ed|ing)?|restored) to (normal|healthy|stable|full)|\bfull(y)? (recovery|recovered|restored|service)|\brecovery (is )?(confirmed|complete\w*)|\b(error rates?|errors|5xx( share)?|latency|requests)\b.{0,20}\b(back to|return\w* to|at) (normal|baseline|usual)|\bresolved\b|\bbringing the outage to an end|\bback online\b|\bback to normal\b",
        r"\b(until|unless|before|if|not|hopefully|to be|will be|should be|expected|trying to|in order to|almost|un-?resolved|start\w* (the )?investigat|partial\w*|some (services?|users?)|alert\w* (is |was )?resolved)\b",
    ),
    (
        M::Relapse,
        r"\b(relapse|recurr\w*|re-?occur\w*|second (wave|outage)|errors? (return\w*|come back|again)|down again|fail(s|ing|ed)? again|remain\w* elevated)\b",
        "",
    ),
    (
        M::Restart,
        r"\b(re-?start|re-?boot|power[- ]cycl|bounc)(s|e[ds]?|ed|ing)?\b|\brolling restart",
        r"\b(roll(ed|ing)?[- ]?back begin|outage begins|no restart)\b",
    ),
    (
        M::AlertAcknowledged,
        r"\backnowledg\w*|\back(s|ed|'d)?\b|\brecognition\b|\bon-?call (engineer|team|crew|staff|person)?s?\b.{0,20}\b(respond\w*|join\w*|pick\w* up|took|takes|begin\w*|start\w*|looks?)\b|\b(picked|picks) up the (page|alert|incident)",
        "",
    ),
    (
        M::AlertResolved,
        r"\balerts?\b.{0,20}\b(resolv|clear)\w*",
        "",
    ),
    (M::AlertEscalated, r"\bescalat\w*", ""),
    (
        M::AlertFired,
        r"\bpage(d|s|rs?)?\b(?: ?:|.{0,25}\b(alert|inform|notif|trigger|fired?|went|goes|on-?call|sent|call)\w*)|\b(alerts?|alarms?|pagers?|monitoring|nagios|prometheus|pagerduty|datadog|cloudwatch|opsgenie|sentry|new ?relic|grafana|uptime check|health ?checks?)\b.{0,40}\b(fire[ds]?|firing|trigger\w*|alert\w*|detect\w*|page[ds]?|notif\w*|went off|goes off|raised|rais(es|ing)|received|sent|inform\w*|fails?|report\w*|notic\w*|show\w*|pick\w*)\b|\b(got|were|was|is|are|gets) (paged|alerted)|\balerted\b|\bfirst (alert|page)|\b(on-?call|engineers?|team) (was |were |is |gets? |got )?(paged|alerted|notified)|^page\b|^alert\b",
        "",
    ),
    (
        M::RollbackFinish,
        r"\b(successful|completed?|complete|finished|done|performed|executed)\b.{0,25}\b(roll(ed|ing)?[- ]?back|rollback|revert\w*)|\b(roll[- ]?back|rollback|revert|reversion)\b.{0,45}\b(complete[ds]?|completion|success\w*|finish\w*|done|deployed|performed|applied|merged|live|ends?|ended|effective)\b|\brolled (it |the \w+ |everything )?back\b|\brolls back\b|\breverted\b",
        r"\b(begin|start|initiat|attempt|decid|propos|prepar|plan|pending|until)\w*",
    ),
    (
        M::RollbackStart,
        r"\broll(ing|s)?[- ]?back\w*|\broll(ed|ing) back|\brevert\w*|\breversion\b|\brollback\b",
        "",
    ),
    (
        M::Fault,
        r"\bpower\b.{0,15}\b(overload|fail|outage|loss|lost|surge|cut|trip)\w*|\b(hardware|disk|drive|memory|ram|cooling|fan|psu|ups|switch|router|raid|ssd)\b.{0,15}\b(fail|fault|malfunction|die[ds]?|broke|overheat)\w*|\b(disk|volume|partition|filesystem)\b.{0,15}\b(full|fill)|\bno space left|\bout of (memory|disk)|\boom\b|\bcertificates?\b.{0,20}\bexpir\w*|\bkernel panic|\bfib(er|re) cut|\bfire\b.{0,15}\b(in|at) the",
        "",
    ),
    (
        M::Onset,
        r"\b(outage|downtime|incident|disruption|degradation|impact|errors?|failures?|problems?|issues?|symptoms?|slowness|5\d\ds?|5xx( errors?)?|latency|time-?outs?|unavailability)\b.{0,25}\b(begin|began|begins|beginning|start|starts|started|starting|spike|spikes|spiked|surge[ds]?|increas\w+|rise|rises|rose|climb\w*|appear\w*|occur\w*|onset)\b|\b(start|beginning|onset|begin) of (the )?(\w+ )?(outage|downtime|incident|disruption|impact|degradation|errors?|failures?)|\b(begin|began|begins|start|starts|started)\b.{0,12}\b(fail\w*|returning|to fail|to return|experienc\w*|seeing|serving|throwing|erroring|timing out|crash\w*)|\b(is|are|was|were|went|goes|go|hard|come|came|site|servers?|service|website) down\b|\b(becomes?|became|becoming|is|was|were|are) (un(available|reachable|responsive|usable)|inaccessible)|\b(drops?|dropped|reaches|falls|fell) to (zero|0)\b|\b(first|initial) (5xx|500|errors?|failures?|failed requests?)|\bstop(s|ped)? (responding|serving|working|functioning|successfully|answering)|\b(crash(es|ed|ing)?)\b.{0,30}\b(loop|server|service|pods?)|\b(users|customers|clients) (begin|began|start|started|are|were) .{0,20}\b(unable|fail|errors?|experienc\w*|affected)|\bgoes offline|\bwent offline",
        r"\b(alert|alarm|monitor|page[dr]?|notic|investigat|report|detect|inform|learn)\w*|\bpower outage",
    ),
    (
        M::Failover,
        r"\bfail(ed|s|ing)?[- ]?over\w*|\bstandby\b.{0,20}\b(promot|took|takes)\w*|\bpromoted? (the )?(replica|standby|secondary)",
        "",
    ),
    (
        M::MitigationStart,
        r"\bbackup (systems?|servers?|plan|power|generator)\b|\bmitigation\b.{0,25}\b(begin|start|initiat|appl)\w*|\bwork-?around\b|\b(traffic|requests|load) (is |was |were )?(shifted|re-?routed|diverted|drained|throttled|blocked|redirected)|\b(throttl|re-?rout|drain|shed|divert)(ing|ed|s)?\b.{0,25}\b(traffic|connections?|requests|load|writes|nodes?)|\bblocked?\b.{0,20}\b(ips?|addresses|clients?|traffic|bots?)",
        r"\bmitigated\b",
    ),
    (
        M::MitigationFinish,
        r"\bmitigated\b|\bmitigation\b.{0,25}\b(complet|finish|done|success|effective)\w*|\b(hot-?fix|fix|patch|work-?around)\b.{0,20}\b(is |was )?(deployed|applied|released|rolled out|in place|merged|pushed|live)\b|\b(appl|deploy|releas|push)(ied|ed|y|ies|es)\b.{0,20}\b(hot-?fix|fix|patch)\b",
        "",
    ),
    (
        M::FeatureFlag,
        r"\b(feature )?flags?\b.{0,25}\b(turned|enabled?|disabled?|toggled?|flipped|switched|on|off)\b|\b(enabl|disabl|toggl|flip)\w* .{0,25}\b(feature )?flag",
        "",
    ),
    (
        M::MigrationFinish,
        r"\bmigrations?\b.{0,25}\b(complete[ds]?|finish\w*|done|applied|succe\w*|ran)\b",
        "",
    ),
    (
        M::MigrationStart,
        r"\b(schema|data|database|db) (migration|change)|\bmigrations?\b",
        r"\bnot caused",
    ),
    (
        M::MaintenanceStart,
        r"\bmaintenance\b.{0,40}\b(begin|start|initiat)\w*|\b(begin|start)\w* .{0,20}\bmaintenance",
        "",
    ),
    (
        M::MaintenanceFinish,
        r"\bmaintenance\b.{0,40}\b(complete|finish|end|done)\w*",
        "",
    ),
    (
        M::DeployFail,
        r"\b(deploy\w*|release|roll-?out|upgrade|build|pipeline)\b.{0,25}\b(fail\w*|abort\w*|unsuccessful|time[sd]? out)",
        "",
    ),
    (
        M::ConfigChange,
        r"\b(config(uration)?s?|settings?|dns records?|firewall rules?|routing|terraform|load ?balancers?|rate limit\w*|time-?outs?|network|acl|policy|rules?|parameters?)\b.{0,40}\b(chang\w*|updat\w*|push\w*|deploy\w*|appl(y|ied|ies)|modif\w*|reload\w*|rolled out|reduc\w*|edit\w*|merged?|enabled)\b|\b(chang|updat|push|deploy|appl|modif|reduc|merg)\w*\b.{0,30}\b(config(uration)?s?|settings?|dns|firewall|rate limit\w*|terraform)\b|\bchange (request )?(is |was )?(appl|implement|push|deploy|made|begin|merge)\w*|\brenamed\b",
        "",
    ),
    (
        M::DeployFinish,
        r"\b(deploy(ment)?s?|release|roll-?out|upgrades?|push|build|update|new (version|build|code)|version [\w.]+)\b.{0,40}\b(complete[ds]?|completion|finish\w*|done|live|succe\w*|in production|ends?|ended|reported done)\b|\b(complete|finish)\w*\b.{0,20}\b(deploy\w*|release|roll-?out|upgrade)|\b(have|has|had|been|was|were|is|are) (merged and )?(deployed|released|upgraded|rolled out|shipped|pushed)\b|\bmerged \+ deployed",
        r"\b(begin|start|initiat)\w*",
    ),
    (
        M::DeployStart,
        r"\b(re-?)?deploy(s|ed|ing|ment|ments)?\b|\bupgrad(e|es|ed|ing)\b|\brelease(s|d)?\b|\breleasing\b|\broll(ed|s|ing)?[- ]?outs?\b|\b(push(ed|es|ing)?)\b.{0,25}\b(code|change|build|version|production|prod|live|update|commit|config\w*|begin\w*|start\w*)\b|\bpush begins|\bcode push|\bnew (version|build|release)\b|\bship(s|ped|ping)?\b|\bimplementation of (the )?(upgrades?|changes?|updates?)|\b(updates?|patch(es|ing)?|changes?)\b.{0,25}\b(begin|start|initiat|implement|install|appl|roll)\w*|\b(install|implement)(s|ed|ing|ation)?\b.{0,25}\b(updates?|patch|version|changes?|upgrades?)|\bmerg(e[sd]?|ing)\b.{0,25}\b(pr|pull request|change|branch)\b",
        "",
    ),
    (
        M::Scale,
        r"\bscal(e|ed|es|ing)\b.{0,20}\b(up|out|down|to|in)\b|\b(added|adding|add|more|additional) (nodes?|servers?|replicas?|instances?|capacity|pods?)\b",
        "",
    ),
    (
        M::ServiceStop,
        r"\b(shut(ting)? down|stopped|taken offline)\b",
        "",
    ),
];

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    TABLE
        .iter()
        .map(|(kind, says, veto)| Rule {
            kind: *kind,
            says: pattern(&format!("(?i){says}")),
            veto: (!veto.is_empty()).then(|| pattern(&format!("(?i){veto}"))),
        })
        .collect()
});

/// Characters of a text that are looked at: an event says what it is at once.
const HEAD: usize = 220;

/// The kinds of events that a text reports, the most specific first; `human_note` where it reports none.
pub fn kinds(text: &str) -> Vec<M> {
    let cut = text.char_indices().nth(HEAD).map_or(text.len(), |(n, _)| n);
    let head = &text[..cut];
    // the first sentence says it; what follows is detail
    let first = sentence(head);
    let found = all(first);
    let found = if found.is_empty() { all(head) } else { found };
    if found.is_empty() {
        vec![M::HumanNote]
    } else {
        found
    }
}

fn all(text: &str) -> Vec<M> {
    let hit =
        |r: &&Rule| r.says.is_match(text) && !r.veto.as_ref().is_some_and(|v| v.is_match(text));
    let mut out: Vec<M> = Vec::new();
    for r in RULES.iter().filter(hit) {
        // one event of a kind of thing
        let same = out.iter().any(|k| family(*k) == family(r.kind));
        if !same {
            out.push(r.kind);
        }
    }
    // what recovers in part has not recovered
    if out.contains(&M::PartialRecovery) {
        out.retain(|k| family(*k) != Family::Recovery);
    }
    // a rollback of an upgrade is no upgrade; a recovery says what else it mentions by the way
    if out.iter().any(|k| family(*k) == Family::Rollback) {
        out.retain(|k| !matches!(family(*k), Family::Change));
    }
    out
}

/// What kinds belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A release, a setting, a flag, a migration.
    Change,
    /// A return to an earlier release.
    Rollback,
    /// A page.
    Alert,
    /// Who took it.
    Acknowledgement,
    /// The start.
    Onset,
    /// The end.
    Recovery,
    /// A restart.
    Restart,
    /// Another action against the incident.
    Mitigation,
    /// Something broke.
    Fault,
    /// Anything else.
    Other,
}

/// The family of a kind.
pub fn family(kind: M) -> Family {
    match kind {
        M::DeployStart
        | M::DeployFinish
        | M::DeployFail
        | M::ConfigChange
        | M::FeatureFlag
        | M::MigrationStart
        | M::MigrationFinish
        | M::MaintenanceStart
        | M::VersionChange => Family::Change,
        M::RollbackStart | M::RollbackFinish | M::RollbackFail | M::MigrationRollback => {
            Family::Rollback
        }
        M::AlertFired => Family::Alert,
        M::AlertAcknowledged => Family::Acknowledgement,
        M::Onset | M::First5xx => Family::Onset,
        M::Recovery | M::RecoveryClaimed => Family::Recovery,
        M::Restart => Family::Restart,
        M::MitigationStart | M::MitigationFinish | M::Failover | M::Scale => Family::Mitigation,
        M::Fault => Family::Fault,
        _ => Family::Other,
    }
}

/// The first sentence of a text.
pub fn sentence(text: &str) -> &str {
    let mut from = 0;
    while let Some(n) = text[from..].find(['.', '!', '?', ';']) {
        let end = from + n + 1;
        let before = text[..end - 1]
            .rsplit(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or("");
        if end > 12 && before.len() > 2 && text[end..].starts_with(|c: char| c.is_whitespace()) {
            return &text[..end];
        }
        from = end;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::audited;

    #[test]
    fn rows_of_people() {
        for (text, kind) in audited("row") {
            assert_eq!(
                format!("{:?}", kinds(text)[0]),
                kind,
                "{text}: {:?}",
                kinds(text)
            );
        }
    }
}
