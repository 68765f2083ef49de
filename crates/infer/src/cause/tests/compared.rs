//! Cases that rows of a file do not tell: what is held against another case, and facts that only the code can make.

use super::*;
use crate::cause::symptoms::ownership::{akin, same_service};
use crate::tests::tried;
use MarkerKind as M;

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

#[test]
fn a_change_is_called_by_its_object() {
    let act = "iam PutRolePolicy web-task docs";
    let mut w = quoting(plain(), -14, M::ConfigChange, [""; 2], "Changed: ", act);
    w.events[0].group = Some(txt("web-task"));
    w.events[0].service = Some(txt("web"));
    let w = quoting(w, 419, M::ConfigChange, [""; 2], "Changed: ", act);
    let r = w.rank();
    let named = r.causes[0]
        .culprit
        .as_ref()
        .map(|c| (c.kind, c.name.for_json()));
    assert_eq!(named, Some(("object", act)), "{}", show(&r));
}

#[test]
fn the_edges_line_is_of_the_requests_that_it_counts() {
    let said = "upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream";
    let of = |during: u64| {
        let mut w = World::new("ledger").says(0, during, "", "books.example", said);
        w.templates[0].kind = Kind::Web;
        w.sources[0].host = None;
        w.rank()
    };
    names(&of(1000), CauseClass::Certificate, "");
    // a handful of lines beside a thousand failures may be of other requests
    let few = of(20);
    assert!(
        few.causes[0].score < of(1000).causes[0].score,
        "{}",
        show(&few)
    );
    // where an application says it, the name is that of a service: a few lines are that service's affair, but a line for each
    // failed request is about those, whoever is named in it
    let other = |during| {
        World::new("ledger")
            .says(0, during, "", "books", said)
            .rank()
    };
    assert_ne!(other(20).causes[0].class, CauseClass::Certificate);
    names(&other(1000), CauseClass::Certificate, "");
}

#[test]
fn the_same_case_gives_the_same_ranking() {
    let w = plain().noise(-30).release(-60, -40, "shop", "2.0").says(
        0,
        900,
        "web-1",
        "shop",
        "KeyError: 'x'",
    );
    assert_eq!(show(&w.rank()), show(&w.rank()));
}

#[test]
fn one_service_has_many_spellings() {
    for [a, b, want] in tried("same service") {
        let both = [same_service(&a, &b), same_service(&b, &a)];
        assert_eq!(both.map(|x| x.to_string()), [&want[..]; 2], "{a} {b}");
    }
    for [a, b, want] in tried("akin") {
        assert_eq!(akin(&a, &b).to_string(), want, "{a} {b}");
    }
}

#[test]
fn every_class_has_one_rule() {
    for c in CauseClass::ALL {
        let of_it = crate::cause::CAUSES.iter().filter(|i| i.class == *c);
        assert_eq!(of_it.count(), 1, "{}", c.word());
    }
}

#[test]
fn an_empty_case_is_refused_without_harm() {
    let mut w = World::new("");
    w.sources.clear();
    w.first.clear();
    w.statuses.clear();
    refuses(&w.rank());
    assert_eq!(fault(""), None);
}
