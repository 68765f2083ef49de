//! Cases about changes: which one is named, which is not, and what a rollback proves.

use super::*;
use MarkerKind as M;

#[test]
fn nearness_in_time_alone_stays_under_half() {
    for lag in [-5, -60, -600] {
        let r = plain()
            .release(lag - 20, lag, "shop", "2.0")
            .statuses(&[(502, 500)])
            .says(0, 500, "edge-1", "", REFUSED)
            .rank();
        refuses(&r);
        let deploy = r.causes.iter().find(|c| c.class == CauseClass::Deploy);
        assert!(deploy.is_some_and(|c| c.score < 0.5), "{}", show(&r));
        assert_eq!(
            deploy
                .and_then(|c| c.culprit.as_ref())
                .map(|c| c.name.for_json()),
            Some("2.0"),
            "it stays a lead"
        );
    }
}

#[test]
fn of_two_releases_the_one_before_requests_grew_slow_is_named() {
    let rank = |slow| {
        let w = plain()
            .release(-900, -890, "shop", "2.0")
            .release(-300, -290, "shop", "2.1")
            .says(0, 900, "web-1", "shop.web", "KeyError: 'x'");
        World { latency: slow, ..w }.rank()
    };
    names(&rank(None), CauseClass::Deploy, "2.1");
    names(&rank(Some(600.0)), CauseClass::Deploy, "2.0");
}

#[test]
fn a_change_after_the_onset_is_never_the_cause() {
    let r = plain()
        .release(30, 60, "shop", "2.0")
        .says(0, 900, "web-1", "shop.web", "KeyError: 'x'")
        .rank();
    for c in &r.causes {
        assert!(
            c.culprit
                .as_ref()
                .is_none_or(|k| k.name.for_json() != "2.0"),
            "{}",
            show(&r)
        );
    }
}

#[test]
fn a_release_that_is_reported_done_at_once_after_the_onset_was_under_way() {
    let done = |s| {
        plain()
            .event(s, M::DeployFinish, "", "shop", "2.0", "deployed")
            .says(0, 900, "web-1", "shop.web", "KeyError: 'x'")
            .rank()
    };
    names(&done(58), CauseClass::Deploy, "2.0");
    let late = done(300);
    let named = |c: &crate::model::Cause| {
        let name = c.culprit.as_ref().map(|k| k.name.for_json());
        name == Some("2.0")
    };
    assert!(!late.causes.iter().any(named), "{}", show(&late));
    // what comes after the onset lies nearer to it than no change before
    let r = plain()
        .event(-1200, M::ConfigChange, "web-1", "shop", "", "reloaded")
        .event(58, M::DeployFinish, "", "shop", "2.0", "deployed")
        .says(0, 900, "web-1", "shop.web", "KeyError: 'x'")
        .rank();
    assert!(!show(&r).contains("came later"), "{}", show(&r));
}

#[test]
fn a_rollback_without_a_change_proves_nothing() {
    refuses(
        &plain()
            .rollback(200, 300, "shop", "1.9")
            .says(0, 900, "edge-1", "", REFUSED)
            .rank(),
    );
    refuses(&World::new("shop").rollback(200, 300, "shop", "1.9").rank());
}

#[test]
fn recovery_before_the_rollback_counts_against_it() {
    let base = || plain().release(-300, -280, "shop", "2.0");
    let helped = base().rollback(380, 400, "shop", "1.9").rank();
    let late = base().rollback(500, 520, "shop", "1.9").rank();
    let weight = |r: &Ranking| {
        r.causes
            .iter()
            .find(|c| c.class == CauseClass::Deploy)
            .map_or(0.0, |c| {
                c.pro.iter().chain(&c.con).map(|x| x.weight).sum::<f64>()
            })
    };
    assert!(
        weight(&helped) > weight(&late) + 1.5,
        "{}\n{}",
        show(&helped),
        show(&late)
    );
}

#[test]
fn of_two_releases_the_one_whose_version_fails() {
    let r = plain()
        .release(-400, -380, "shop", "2.0")
        .release(-60, -40, "shop", "2.0-theme")
        .share(Dim::Version, "2.0", (0, 0), (500, 450))
        .share(Dim::Version, "2.0-theme", (0, 0), (500, 2))
        .share(Dim::Version, "1.9", (3000, 3), (500, 1))
        .says(
            0,
            450,
            "web-1",
            "shop.web",
            "TypeError: x is not a function",
        )
        .rank();
    names(&r, CauseClass::Deploy, "2.0");
    assert_eq!(
        r.causes[0].culprit.as_ref().map(|c| c.name.for_json()),
        Some("2.0")
    );
}

#[test]
fn a_version_that_fails_like_all_others_is_not_convicted() {
    let r = plain()
        .release(-60, -40, "shop", "2.0")
        .share(Dim::Version, "2.0", (0, 0), (500, 300))
        .share(Dim::Version, "1.9", (3000, 3), (500, 300))
        .says(0, 600, "edge-1", "", REFUSED)
        .rank();
    refuses(&r);
}

#[test]
fn a_release_of_another_service_loses_weight() {
    let own = plain()
        .release(-300, -280, "shop", "2.0")
        .says(0, 900, "web-1", "shop", "KeyError: 'x'")
        .rank();
    let other = plain()
        .release(-300, -280, "mail", "2.0")
        .says(0, 900, "web-1", "shop", "KeyError: 'x'")
        .rank();
    names(&own, CauseClass::Deploy, "2.0");
    refuses(&other);
}

#[test]
fn a_flag_beats_an_older_release() {
    let r = plain()
        .release(-900, -880, "shop", "2.0")
        .event(
            -6,
            M::FeatureFlag,
            "",
            "shop",
            "",
            "flag new_pricing enabled for 100% by ci",
        )
        .event(
            410,
            M::FeatureFlag,
            "",
            "shop",
            "",
            "flag new_pricing disabled by ops",
        )
        .says(0, 900, "web-1", "shop", "KeyError: 'NG'")
        .rank();
    names(&r, CauseClass::FeatureFlag, "new_pricing");
    refuses(
        &plain()
            .event(
                -6,
                M::FeatureFlag,
                "",
                "shop",
                "",
                "flag blue_button enabled",
            )
            .rank(),
    );
}

#[test]
fn a_migration_with_statements_that_no_longer_fit() {
    let r = plain()
        .event(
            -20,
            M::MigrationStart,
            "",
            "shop",
            "",
            "Running upgrade 3ab1 -> 20240501_drop_price",
        )
        .event(-10, M::MigrationFinish, "", "shop", "", "migration done")
        .says(
            0,
            900,
            "web-1",
            "shop",
            "psycopg2.errors.UndefinedColumn: column \"price\" does not exist",
        )
        .rank();
    names(&r, CauseClass::Migration, "20240501_drop_price");
    let r = plain()
        .release(-20, -10, "shop", "2.0")
        .says(0, 900, "web-1", "shop", "KeyError: 'x'")
        .rank();
    names(&r, CauseClass::Deploy, "2.0");
}

#[test]
fn of_several_changes_of_a_kind_every_sentence_is_of_one() {
    let flag = |w: World, s, text| w.event(s, M::FeatureFlag, "", "shop", "", text);
    let w = flag(plain(), -1500, "changed the targeting of flag recs");
    let w = flag(w, -8, "turned on the flag tax_engine");
    let w = flag(w, 100, "turned on the flag dark_footer");
    let w = flag(w, 405, "turned off the flag tax_engine");
    let r = w.says(0, 900, "web-1", "shop", "KeyError: 'x'").rank();
    names(&r, CauseClass::FeatureFlag, "tax_engine");
    let shown = show(&r);
    assert!(
        shown.contains("Span(8000000), Words(\" after the flag"),
        "{shown}"
    );
    assert!(shown.contains("a later change of the same flag"), "{shown}");
    // the last flag that was turned is another one: nothing was put back
    let w = flag(plain(), -8, "turned on the flag tax_engine");
    let w = flag(w, 405, "turned on the flag dark_footer");
    assert!(!show(&w.rank()).contains("the same flag"));

    let step = |w: World, s, text| w.event(s, M::MigrationStart, "", "", "", text);
    let w = step(plain(), -26, "Applying kb.0031_article_slug... OK");
    let w = step(w, -16, "Applying tickets.0087_bigint...");
    let lock = "OperationalError: canceling statement due to lock timeout";
    let r = w.says(0, 900, "web-1", "shop", lock).rank();
    names(&r, CauseClass::Migration, "tickets.0087_bigint");
    assert!(show(&r).contains("Span(16000000), Words(\" after the migr"));
}

#[test]
fn config_names_the_file_that_is_refused() {
    let r = plain()
        .event(
            -2,
            M::ConfigChange,
            "edge-1",
            "nginx",
            "",
            "Reloading nginx.service",
        )
        .says(
            -1,
            4,
            "edge-1",
            "",
            "[emerg] host not found in upstream \"backendd\" in /etc/nginx/conf.d/shop.conf:12",
        )
        .rank();
    names(&r, CauseClass::Config, "/etc/nginx/conf.d/shop.conf");
    refuses(
        &plain()
            .event(
                -2,
                M::ConfigChange,
                "edge-1",
                "nginx",
                "",
                "Reloading nginx.service",
            )
            .rank(),
    );
}

#[test]
fn an_old_change_is_listed_low() {
    let mut w = plain().release(-3 * 86_400, -3 * 86_400 + 60, "shop", "2.0");
    w.start = -5 * 86_400;
    refuses(&w.rank());
}

#[test]
fn a_rollback_that_is_done_long_before_the_end_ended_nothing() {
    let release = || plain().release(-50, -20, "shop", "2.0");
    // the failures end 420 s after the onset
    let r = release().rollback(380, 400, "shop", "1.9").rank();
    let top = &r.causes[0];
    assert_eq!(top.class, CauseClass::Deploy, "{}", show(&r));
    assert!((0.5..0.75).contains(&top.score), "{}", show(&r));
    refuses(&release().rollback(250, 270, "shop", "1.9").rank());
}

#[test]
fn a_change_in_the_onsets_own_second_is_not_after_it() {
    // the edge stamps whole seconds, the change log thousandths: the last second of the interval counts to its end
    let changed = |ms: i64| {
        let mut w = plain()
            .event(
                1,
                MarkerKind::ConfigChange,
                "edge-1",
                "",
                "",
                "nginx: reloaded",
            )
            .share(Dim::Upstream, "10.20.0.99:80", (0, 0), (900, 900));
        w.events[0].time = Some(coroner_lines::time::Instant(at(1).0 + ms * 1000));
        w.rank()
    };
    for ms in [200, 999] {
        let r = changed(ms);
        leads(&r, CauseClass::Config);
        assert!(!show(&r).contains("There is no log that would show a configuration change"));
    }
    let late = changed(1000);
    assert_ne!(late.causes[0].class, CauseClass::Config, "{}", show(&late));
    // nor is it denied that such lines are there
    assert!(
        !show(&late).contains("There is no log that would show a configuration change"),
        "{}",
        show(&late)
    );
}

#[test]
fn an_instance_that_is_started_meanwhile_is_no_new_target() {
    let says = |usual: (u64, u64)| {
        let w = plain()
            .event(
                -60,
                MarkerKind::ConfigChange,
                "edge-1",
                "",
                "",
                "rules applied",
            )
            .share(Dim::Upstream, "10.20.0.7:80", (900, 0), usual)
            .share(Dim::Upstream, "10.20.0.99:80", (0, 0), (900, 900));
        show(&w.rank()).contains("10.20.0.99")
    };
    assert!(says((40, 0)));
    // the address that was there before fails as well
    assert!(!says((300, 290)));
}

/// Two releases before the onset, of which the newer one fails.
fn two_releases() -> World {
    plain()
        .release(-255, -250, "shop", "8.10.10")
        .release(-93, -85, "shop", "8.10.11")
        .says(1, 900, "web-1", "shop", "KeyError: 'total'")
}

#[test]
fn the_version_that_was_put_back_is_never_the_culprit() {
    let r = two_releases().rollback(415, 418, "shop", "8.10.10").rank();
    names(&r, CauseClass::Deploy, "8.10.11");
    // the only release that is listed, and what the service went back to
    let one = plain()
        .release(-255, -250, "shop", "8.10.10")
        .event(
            415,
            MarkerKind::RollbackFinish,
            "",
            "shop",
            "8.10.10",
            "shop: rolled back to v8.10.10",
        )
        .says(1, 900, "web-1", "shop", "KeyError: 'total'")
        .rank();
    assert!(!show(&one).contains("8.10.10"), "{}", show(&one));
    // a rollback may be named after what it leaves
    let left = plain()
        .release(-255, -250, "shop", "8.10.10")
        .event(
            415,
            MarkerKind::RollbackFinish,
            "",
            "shop",
            "8.10.10",
            "shop: rolled back 8.10.10",
        )
        .says(1, 900, "web-1", "shop", "KeyError: 'total'")
        .rank();
    names(&left, CauseClass::Deploy, "8.10.10");
}

#[test]
fn of_releases_only_one_that_ran_at_the_onset_is_convicted() {
    let r = two_releases().rank();
    assert!(!show(&r).contains("8.10.10"), "{}", show(&r));
    // the newer one failed before it ran
    let failed = plain()
        .release(-255, -250, "shop", "8.10.10")
        .event(
            -93,
            MarkerKind::DeployStart,
            "",
            "shop",
            "8.10.11",
            "deploy 8.10.11",
        )
        .event(-60, MarkerKind::DeployFail, "", "shop", "", "deploy failed")
        .says(1, 900, "web-1", "shop", "KeyError: 'total'")
        .rank();
    assert!(!show(&failed).contains("8.10.11"), "{}", show(&failed));
    names(&failed, CauseClass::Deploy, "8.10.10");
    // beside a canary the version before it goes on
    let canary = two_releases()
        .share(Dim::Version, "8.10.10", (900, 0), (600, 590))
        .share(Dim::Version, "8.10.11", (90, 0), (300, 0))
        .rank();
    names(&canary, CauseClass::Deploy, "8.10.10");
}

/// Each is held against every row: a log of ten thousand releases must not take a hundred million looks.
#[test]
fn of_many_changes_the_latest_are_weighed_and_all_are_counted() {
    let mut w = plain();
    for n in 0..300 {
        // of services of their own, so that none takes another's place
        let of = format!("of{n}");
        w = w.event(-90_000 + n * 300, M::DeployFinish, "", &of, "2.0", "x");
    }
    let case = w.case();
    let all = change::changes(&case);
    assert_eq!(all.len(), 64);
    assert!(all.iter().all(|c| c.others == 299));
    let latest = all.first().and_then(|c| c.service).map(|s| s.for_json());
    assert_eq!(latest, Some("of299"));
}
