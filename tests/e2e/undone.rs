//! A change that is undone shortly before the last request fails: how long it took, and what is not said of another's release.

use crate::common::{folder, path_str, report_on, say};

/// An hour of four requests a second. Ten minutes long one in twelve fails, until 17 s after the flag is set back; a release of the
/// same service went out in 28 s shortly before and is none of it.
fn logs() -> [(&'static str, String); 4] {
    let (mut access, mut app) = (String::new(), String::new());
    for n in 0..14_400 {
        let (m, s) = (n / 4 / 60, n / 4 % 60);
        let failed = (4_800..7_200).contains(&n) && n % 12 == 0;
        let status = if failed { 502 } else { 200 };
        access += &format!(
            "10.0.{}.{} - - [10/Mar/2026:10:{m:02}:{s:02} +0000] \"GET /a HTTP/1.1\" {status} 5 \"-\" \"c\"\n",
            n % 7,
            n % 200
        );
        let mut says = |level: &str, text: &str| {
            app += &format!(
                "{{\"time\":\"2026-03-10T10:{m:02}:{s:02}.000Z\",\"level\":\"{level}\",\"service\":\"shop\",\"msg\":\"{text}\"}}\n"
            );
        };
        if n % 4 == 0 {
            says("info", "basket priced");
        }
        if failed {
            says("error", "step address has no form");
        }
    }
    let releases = "2026-03-10T10:18:30Z deployer: Deploying shop 4.2.0 to prod\n2026-03-10T10:18:58Z deployer: Deployment of shop 4.2.0 finished\n";
    let flag = |time: &str, what: &str| {
        format!(
            "{{\"time\":\"2026-03-10T10:{time}Z\",\"type\":\"feature-environment-{what}\",\"featureName\":\"one-page-checkout\",\"environment\":\"production\"}}\n"
        )
    };
    [
        ("edge/access.log", access),
        ("app/shop.jsonl", app),
        ("ops/deploy.log", releases.to_owned()),
        (
            "ops/flags.jsonl",
            flag("19:59.800", "enabled") + &flag("29:40.100", "disabled"),
        ),
    ]
}

#[test]
fn what_a_minute_later_is_over_was_mitigated_by_it() {
    let logs = logs();
    let dir = folder(&logs.each_ref().map(|(name, text)| (*name, &text[..])));
    let report = report_on(&[path_str(dir.path())]);
    let incident = &report["incidents"][0];
    assert_eq!(incident["causes"][0]["class"], "feature_flag");
    // 10:20:00 to 10:29:40, though no more than one request in twelve ever failed
    assert_eq!(incident["durations"]["mitigate_s"], 580);
    // the pace of a release that is not the suspect explains nothing
    assert!(!incident["signals"].to_string().contains("fast_rollout"));
    let (_, screen, _) = say(dir.path(), &["."]);
    let time = "9m57s: onset to flag change 9m40s · mitigate 17s";
    assert!(screen.contains(time), "{screen}");
}
