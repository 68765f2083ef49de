//! What a marker's message is about: version, service, person, host, incident number. Pure functions of one message; each
//! answers only where the message says it in so many words, since a wrong name in a timeline is worse than none.

use super::archive::{of_archive, without_kind};
use regex::bytes::{Regex, RegexBuilder};
use std::sync::LazyLock;

/// Bytes of a message that are looked at.
const LOOKED_AT: usize = 4096;

/// Patterns in the order in which they are asked; the first group of the first that holds is the answer.
struct Ask(Vec<Regex>);

impl Ask {
    fn new(patterns: &[&str]) -> Ask {
        Ask(patterns
            .iter()
            .filter_map(|p| {
                RegexBuilder::new(p)
                    .case_insensitive(true)
                    .unicode(false)
                    .build()
                    .ok()
            })
            .collect())
    }
    fn of<'t>(&self, text: &'t [u8], wanted: impl Fn(&[u8]) -> bool) -> Option<&'t [u8]> {
        let text = &text[..text.len().min(LOOKED_AT)];
        self.0.iter().find_map(|r| {
            r.captures_iter(text)
                .take(4)
                .filter_map(|c| c.get(1))
                .filter(|m| !is_measure(&text[..m.start()], m.as_bytes(), &text[m.end()..]))
                .map(|m| trimmed(m.as_bytes()))
                .find(|m| wanted(m))
        })
    }
}

/// Whether a number is one of something, or the seconds of a clock: `89.5%`, `17:41:24.418`, `14.882 seconds`, `0.3s`,
/// `running for 15.9`.
fn is_measure(before: &[u8], word: &[u8], then: &[u8]) -> bool {
    let in_clock = matches!(before, [.., b'0'..=b'9', b':']);
    if is_duration(word) || in_clock {
        return true;
    }
    // the pattern may have taken the unit with the number
    let digits = |c: &&u8| c.is_ascii_digit() || **c == b'.';
    let number = word.iter().take_while(digits).count();
    let glued = &word[number..];
    let lasting = [&b" for "[..], b" in ", b" after "]
        .iter()
        .any(|w| before.ends_with(w));
    if lasting && glued.is_empty() && memchr::memchr_iter(b'.', word).count() < 2 {
        return true;
    }
    let unit = match glued {
        [] => {
            let then = then.strip_prefix(b" ").unwrap_or(then);
            let end = then.iter().position(|c| !c.is_ascii_alphabetic());
            match then.first() {
                Some(b'%') => &then[..1],
                _ => &then[..end.unwrap_or(then.len())],
            }
        }
        glued => glued,
    };
    number > 0 && crate::text::words::is_unit(unit)
}

/// Without the punctuation of the sentence around a word.
fn trimmed(word: &[u8]) -> &[u8] {
    let end = word
        .iter()
        .rposition(|c| !b".,;:!?'\")]".contains(c))
        .map_or(0, |n| n + 1);
    &word[..end]
}

static VERSION: LazyLock<Ask> = LazyLock::new(|| {
    Ask::new(&[
        // an image tag or a set image command; digests and moving tags are left to `wanted`
        r"(?:image=|image |set image .*?=|from=|=)[\w.-]+(?::\d+)?(?:/[\w./-]+)?:(v?\d[\w.+-]*)\b",
        r"\bchart=[a-z][\w-]*?-(v?\d[\w.+-]*)",
        r"\b(?:app_?version|version|tag)[=: ]\s*[`'\x22]?(v?\d[\w.+~-]*)",
        r"\brelease (\d{14})\b",
        // what an arrow leads to
        r"\d+\.\S* *(?:->|=>|\xE2\x86\x92) *[`'\x22]?(v?\d[\w.+~-]*)",
        r"\b(?:snapshot|backup) (\d[\w.:-]*)",
        r"\b(?:roll(?:ed|ing)?[ -]?back|revert(?:ed|ing)?|downgrad(?:e|ed|ing)|deploy(?:ed|ing|ment)?|upgrad(?:e|ed|ing)|release)\b.{0,60}?\b(?:to|of|version) [`'\x22]?(v?\d[\w.+~-]*)",
        r"\b(v?\d+\.\d+(?:\.\d+)?(?:[-+~.][0-9a-z][\w.+~-]*)?)\b",
        r"\b(?:sync|rollback|operation) to '?([0-9a-f]{7,40})\b",
    ])
});

/// The version, release or image tag that a message names, as written (`4.2.0`, `v3.9.0`, `20240305120315`).
pub fn version(text: &[u8]) -> Option<&[u8]> {
    let found = VERSION.of(text, |v| v.iter().any(u8::is_ascii_digit) && !is_address(v));
    found.map(without_kind)
}

/// Four dotted numbers below 256 are an address, not a version.
fn is_address(v: &[u8]) -> bool {
    let byte = |p: &[u8]| std::str::from_utf8(p).is_ok_and(|p| p.parse::<u8>().is_ok());
    v.iter().filter(|&&c| c == b'.').count() == 3 && v.split(|c| *c == b'.').all(byte)
}

/// Numbers with units of time one behind another (`5m0s`).
fn is_duration(word: &[u8]) -> bool {
    let unit = |p: &[u8]| matches!(p, b"h" | b"m" | b"s" | b"ms" | b"us");
    let mut parts = word.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
    word.last().is_some_and(u8::is_ascii_alphabetic)
        && parts.next().is_some_and(|p| p[0].is_ascii_digit())
        && parts.all(|p| p[0].is_ascii_digit() || unit(p))
}

static SERVICE: LazyLock<Ask> = LazyLock::new(|| {
    Ask::new(&[
        r"\bdeployments?(?:\.apps)?/([\w.-]+)",
        r"\bdeploy(?:ment|ed) \\?\x22([^\x22\\]+)\\?\x22",
        r"\brelease \\?\x22([^\x22\\]+)\\?\x22 has been",
        r"\b(?:release|service|app|job|job_id)=([a-z][\w.-]*)",
        r"\bhelm (?:upgrade|install|rollback)(?: -\S+)* ([a-z][\w.-]*)(?: |$)",
        r"\bapplication=(?:[\w.-]+/)?([\w.-]+)",
        r"\b(?:Start|Stopp|Reload|Restart)(?:ed|ing) ([\w@.-]+?)\.service\b",
        r"^([\w@.-]+?)\.service: ",
        r"\bALERT #\d+ (?:\[[^\]]*\] )?([\w.-]+): ",
        r"\b(?:deploying|upgrading|rolling out|releasing|restarting|rolling back|reverting) ([a-z][\w.-]*) (?:release |version )?(?:to|from|v?\d)",
        r"\b(?:deploy|deployment|rollback|upgrade|release|rollout) (?:#?\d+ )?of \\?\x22?([a-z][\w.-]*)\b",
        r"\(deploy ([a-z][\w.-]*) v?\d",
        r"^(?:[\w-]+: )?(?:deploy|rollback|upgrade|release|rollout) ([a-z][\w.-]*) v?\d[\w.+~-]* ",
        r"\bdeploy(?:ed|ment)? (?:finished|started|complete|completed|succeeded|failed): ([a-z][\w.-]*) v?\d",
        r"\bServer ([\w.-]+)/\S+ is (?:UP|DOWN)",
        r"\bPLAY \[([a-z][\w.-]*)\]",
        r"\bon ([a-z][\w.-]*) \[#",
        r"^(?:[\w-]+: )?([a-z][\w.-]*) v?\d+\.\d[\w.+-]* (?:was |has been )?(?:deployed|released|rolled out)\b",
        r"\b(?:failing|failed|failure|down|unhealthy|errors?|ratio|rate|latency) (?:for|on) ([a-z][\w.-]*)$",
        r"/([a-z][\w.-]*)/releases/\d{14}\b",
        r"^([a-z][\w.-]*) restart(?:ed|ing)?\b",
        r"\brestart(?:ed|ing)? (?:the )?([a-z][\w.-]*)",
        r"^'([\w.@-]+)' trying to restart$",
        // in front of a version that is put somewhere, or in place of another one
        r"\b([a-z][\w-]*) v?\d+\.\d[\w.+-]* (?:\((?:was|from|back|over|replac|instead|prev|old)|on [a-z]|to prod|to live|->|=>)",
    ])
});

/// The bare name of the service that a message is about (`deployment.apps/orders` gives `orders`).
pub fn service(text: &[u8]) -> Option<&[u8]> {
    let found = SERVICE.of(text, |w| !w.is_empty() && !is_common(w));
    found.map(of_archive)
}

static NUMBERED: LazyLock<Ask> =
    LazyLock::new(|| Ask::new(&[r"\b(?:deploy|deployment|release|rollout) #?(\d+)(?:[ :,]|$)"]));

/// Whether a message tells of a deploy by its number (`deployment 5512: checks finished`).
pub fn is_numbered(text: &[u8]) -> bool {
    NUMBERED.of(text, |w| !w.is_empty()).is_some()
}

/// Whether a program is called by what it does to others, so that what it says of a release is not about itself.
pub fn is_tool_of_releases(name: &[u8]) -> bool {
    const WORDS: &str = "deploy deployer release releaser rollback rollout upgrade";
    WORDS
        .split(' ')
        .any(|w| w.as_bytes().eq_ignore_ascii_case(name))
}

/// Words that stand where a service's name may stand and are none.
fn is_common(word: &[u8]) -> bool {
    const WORDS: &str = "the a an all to from of in on by for and new version release server service services servers worker workers \
        pod pods node nodes app application production prod payment transaction it this previous initiated started \
        completed complete done finished requested now instance database";
    WORDS
        .split(' ')
        .any(|w| w.as_bytes().eq_ignore_ascii_case(word))
}

/// Who did it, or for a page who was told, where the message names a person or an account.
pub fn actor(text: &[u8]) -> Option<&[u8]> {
    crate::text::actor(&text[..text.len().min(LOOKED_AT)])
}

static HOST: LazyLock<Ask> = LazyLock::new(|| {
    Ask::new(&[
        r"\b(?:host|node|hostname|instance)=([a-z0-9][\w.-]*)",
        r"\b(?:changed|ok|fatal|unreachable): \[([\w.-]+)\]",
        r"^\s*\[([a-z][\w-]*\d[\w-]*)\] ",
        r"\bas \w+@([\w.-]+)",
        r"^\s*([a-z][\w-]*-\d+): ",
        r"\b(?:on|to) (?:host |node |replica )([a-z][\w.-]*)",
        r"\bUPS ([\w.-]+@[\w.-]+)",
        r"\bServer \S+/([\w.-]+) is (?:UP|DOWN)",
    ])
});

/// The host that a message names.
pub fn host(text: &[u8]) -> Option<&[u8]> {
    HOST.of(text, |w| !w.is_empty() && !is_common(w))
}

static INCIDENT: LazyLock<Ask> = LazyLock::new(|| {
    Ask::new(&[
        r"(?:^|[\s\[(])#(\d{1,12})\b",
        r"\bincident[ =:]#?([\w-]*\d[\w-]*)",
    ])
});

/// The incident or alert number (`#909`, `incident=7976`) that ties a page, its acknowledgement and its end together.
pub fn incident(text: &[u8]) -> Option<&[u8]> {
    INCIDENT.of(text, |w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Field = for<'t> fn(&'t [u8]) -> Option<&'t [u8]>;
    fn check(field: Field, table: &[(&str, &str)]) {
        for (text, want) in table {
            let got = field(text.as_bytes()).map_or("-".into(), String::from_utf8_lossy);
            assert_eq!(got, *want, "{text}");
        }
    }

    #[test]
    fn versions() {
        check(
            version,
            &[
                ("Deploying billing 5.1.1 to production", "5.1.1"),
                (
                    "Starting deployment of \"shop-4.2.0.ear\" (runtime-name: \"shop.ear\")",
                    "4.2.0",
                ),
                ("portal: High 5xx ratio on portal (5xx ratio 89.5%)", "-"),
                (
                    "Deploying Storefront release 2024.9.11.2 to Production",
                    "2024.9.11.2",
                ),
                ("Deploying to 10.9.11.2", "-"),
                ("running 'upgrade' action with timeout of 5m0s", "-"),
                ("Deploying api to 7.4.0 by ci-bot", "7.4.0"),
                ("deploy: rollback to v3.9.0 started", "v3.9.0"),
                (
                    "+ kubectl -n prod set image deployment/orders app=registry.example.net/orders:2.15.0",
                    "2.15.0",
                ),
                (
                    "image changed container=app image=registry.example.net:5000/cart:1.32.0",
                    "1.32.0",
                ),
                (
                    "+ kubectl set image deployment/catalog app=registry/catalog:12.1.0-rc1",
                    "12.1.0-rc1",
                ),
                (
                    "Branch main (at e8f5160) deployed as release 20240305120315 by deploy",
                    "20240305120315",
                ),
                (
                    "helm upgrade --install release=tutor revision=78 chart=tutor-3.5.0",
                    "3.5.0",
                ),
                // a revision counts what an orchestrator was told, and is no version of what runs
                (
                    "Release \"crm\" has been upgraded. Happy Helming! revision=77",
                    "-",
                ),
                ("Rollout updated to revision 2", "-"),
                (
                    "17:41:24.418 [info] == Running 20250507193012 Repo.Index.change/0 forward",
                    "-",
                ),
                ("[Pipeline] { (Deploy freight 0.18.1)", "0.18.1"),
                ("upgrade booking:amd64 2.0.7-1 2.1.0-1", "2.0.7-1"),
                (
                    "Initiated automated sync to 'ef9d9724b97a1be35882ee1e4b1a76317206aa0f'",
                    "ef9d9724b97a1be35882ee1e4b1a76317206aa0f",
                ),
                ("Revert to 4.1.0 complete.", "4.1.0"),
                ("rollback search 5.7.0 -> 5.6.8 begin", "5.6.8"),
                ("rolled back from 5.7.0 to 5.6.8", "5.6.8"),
                ("upgrade web v4.1 → v4.2 done", "v4.2"),
                ("Server upgrade from '50700' to '80028' started.", "80028"),
                (
                    "site configuration rolled back to snapshot 2023-03-05_2300",
                    "2023-03-05_2300",
                ),
                ("deployment.apps/shop rolled back", "-"),
                (
                    "Started OrdersApplication in 14.882 seconds (process running for 15.9)",
                    "-",
                ),
                ("deploy of shop done in 3.5s", "-"),
                ("connect to 10.0.0.12 failed", "-"),
                ("nginx restarted, no errors after restart", "-"),
            ],
        );
    }

    #[test]
    fn counts_behind_an_arrow_are_no_versions() {
        assert_eq!(version(b"rollout of shop, replicas 3 -> 2"), None);
        assert_eq!(version(b"shop 3.1 -> 4"), Some(&b"4"[..]));
        assert!(is_tool_of_releases(b"deploy") && !is_tool_of_releases(b"reporter"));
    }

    #[test]
    fn a_deploy_may_be_told_by_its_number() {
        assert!(is_numbered(b"deployment 5512: checks finished"));
        assert!(is_numbered(b"deploy #17 started"));
        assert!(!is_numbered(b"deploy 4.2.0 started"));
        assert!(!is_numbered(b"deployment of billing 5.1.1 succeeded"));
    }

    #[test]
    fn services() {
        check(
            service,
            &[
                ("deployment.apps/orders image updated", "orders"),
                (
                    "Starting deployment of \"shop-4.2.0.ear\" (runtime-name: \"shop.ear\")",
                    "shop",
                ),
                ("Deployed \"shop-4.2.0.war\"", "shop"),
                ("High 5xx ratio on freight", "freight"),
                ("Probe failing for freight", "freight"),
                ("errors on the", "-"),
                ("deploy: letters 9.9.9 deployed successfully", "letters"),
                (
                    "tar -x -f - -C /srv/billing/releases/20240305120315 as deploy@b-1",
                    "billing",
                ),
                ("deployment \"orders\" successfully rolled out", "orders"),
                ("Deploying api to 7.4.0 by ci-bot", "api"),
                ("Deployment of billing 5.1.1 succeeded", "billing"),
                ("deployment 5512 of \"billing\" finished", "billing"),
                ("Reverting billing to 5.1.0", "billing"),
                (
                    "helm rollback release=tutor revision=79 chart=tutor-3.4.0",
                    "tutor",
                ),
                ("Release \"crm\" has been upgraded. Happy Helming!", "crm"),
                ("Stopping shop.service - shop application server...", "shop"),
                (
                    "postgresql@15-main.service: Failed with result 'signal'.",
                    "postgresql@15-main",
                ),
                (
                    "ALERT #3624 [P1] portal: Probe failing for portal",
                    "portal",
                ),
                ("Rollback of api 7.3.0 finished", "api"),
                ("rollback search 5.7.0 -> 5.6.8 begin", "search"),
                ("release web 12.0.3 done", "web"),
                ("ship ann shop 4.2.0 (was 4.1.9)", "shop"),
                ("done shop 4.2.0 on web1 web2", "shop"),
                (
                    "$ helm upgrade --install basket ./charts/basket --set image.tag=8.1",
                    "basket",
                ),
                ("$ helm rollback basket 41 --wait", "basket"),
                ("[Pipeline] { (Deploy freight 0.18.1)", "freight"),
                ("nginx restarted, no errors after restart", "nginx"),
                ("Server restart initiated", "-"),
                ("rollback of payment transaction done", "-"),
                ("rollback to 4.1.0 started", "-"),
            ],
        );
    }

    #[test]
    fn people_hosts_and_numbers() {
        check(
            actor,
            &[
                ("Deploying api to 7.4.0 by ci-bot", "ci-bot"),
                ("backup systems configuration started by esther", "esther"),
                ("deploy rolled back to release 20240305115005", "deploy"),
                ("ACK #909 by oyin via phone", "oyin"),
                ("ACK by alice [#33]", "alice"),
                ("PAGE sent to alice (SMS): web 5xx > 5%", "alice"),
                (
                    "ops : TTY=pts/1 ; PWD=/srv ; USER=root ; COMMAND=/bin/rm x",
                    "ops",
                ),
                ("server process was terminated by signal 9", "-"),
                ("nginx restarted", "-"),
            ],
        );
        check(
            host,
            &[
                ("changed: [lb-1]", "lb-1"),
                ("[app01] restarting service", "app01"),
                ("  api-1: restarting", "api-1"),
                ("pod crm-41674 Terminating node=n1", "n1"),
                (
                    "Running /usr/bin/env sudo systemctl restart shop as deploy@web-1",
                    "web-1",
                ),
                ("failing over to replica db-2", "db-2"),
                ("rollback to 4.1.0 started", "-"),
            ],
        );
        check(
            incident,
            &[
                ("ACK #909 by oyin via phone", "909"),
                ("PAGE sent to alice (SMS): web 5xx > 5% on shop [#33]", "33"),
                ("incident=7976 acknowledged", "7976"),
                ("build#812", "-"),
            ],
        );
    }

    #[test]
    fn every_pattern_compiles() {
        for (ask, n) in [(&VERSION, 9), (&SERVICE, 24), (&HOST, 8), (&INCIDENT, 2)] {
            assert_eq!(ask.0.len(), n);
        }
    }
}
