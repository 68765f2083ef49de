//! Whose a line is, where logs of different kinds call one service by different names, and what a line or two are worth.

use super::*;
use crate::cause::symptoms::ownership::same_service;

#[test]
fn one_service_has_many_spellings() {
    let same = [
        ("settlement-api", "payments-settlement-api"),
        ("settlement-api", "settlement_api.web"),
        ("SettlementApi", "settlement-api"),
        ("payments-settlement-api-8080", "settlement-api"),
        ("shop-production", "shop"),
        ("payment-service", "payment"),
        ("prod", "prod"),
        ("shop", "SHOP.service"),
    ];
    let others = [
        ("shop", "shop-worker"),
        ("shop-db", "shop"),
        ("payments-api", "api"),
        ("admin-shop", "shop"),
        ("prod", "staging"),
        ("10.0.0.1", "10.0.0.2"),
    ];
    for (a, b) in same {
        assert!(same_service(a, b) && same_service(b, a), "{a} {b}");
    }
    for (a, b) in others {
        assert!(!same_service(a, b) && !same_service(b, a), "{a} {b}");
    }
}

const POOL: &str = "FATAL: sorry, too many clients already";

/// The lines of a pool that is used up, in the log of a service.
fn full(failing: &str, log: &str) -> Ranking {
    let w = World::new(failing).source(Kind::App, "pod-1", log);
    w.says(0, 60, "pod-1", log, POOL).rank()
}

#[test]
fn lines_of_another_service_are_none_of_the_failing_one() {
    let speaks = |r: &Ranking| {
        let of = |c: &&crate::model::Cause| c.class == CauseClass::ConnectionPool;
        r.causes
            .iter()
            .filter(of)
            .any(|c| c.pro.iter().any(|p| p.weight >= 0.5))
    };
    assert!(speaks(&full("shop", "market-shop-api")));
    let both = World::new("shop")
        .apps(&["web-1"])
        .source(Kind::App, "pod-1", "mailer")
        .says(0, 60, "pod-1", "mailer", POOL);
    assert!(!speaks(&both.rank()));
}

#[test]
fn a_process_that_ends_where_no_line_has_a_time_ended_after_the_line_before() {
    let killed = "Terminating due to java.lang.OutOfMemoryError: Java heap space";
    let mut w = plain().fault(5, CauseClass::Memory, "web-1", "shop", killed);
    let e = w.events.last_mut().unwrap();
    (e.time, e.after) = (None, e.time);
    names(&w.rank(), CauseClass::Memory, "web-1");
}

#[test]
fn a_line_or_two_beside_a_thousand_failures_are_a_guess() {
    let texts = [
        (
            CauseClass::Certificate,
            "x509: certificate has expired or is not yet valid",
        ),
        (CauseClass::Disk, "write failed: No space left on device"),
        (CauseClass::Dns, "lookup db.shop.example: no such host"),
    ];
    for (class, text) in texts {
        let of = |lines: u64| {
            let w = World::new("").source(Kind::App, "web-1", "");
            let r = w.says(-3, lines, "", "", text).rank();
            let c = r.causes.iter().find(|c| c.class == class);
            c.map_or(0.0, |c| c.score)
        };
        assert!(
            of(2) < 0.5 && of(900) > 0.5,
            "{text}: {} {}",
            of(2),
            of(900)
        );
    }
}

#[test]
fn one_refusal_beside_a_thousand_failures_is_a_guess() {
    let refused = "Login failed for user 'scan_svc'. Reason: no such login.";
    refuses(&plain().says(-3, 2, "", "", refused).rank());
    let many = plain().says(-3, 900, "web-1", "shop", refused).rank();
    leads(&many, CauseClass::Config);
}

#[test]
fn one_deadlock_is_one_request() {
    let deadlock = "ORA-00060: deadlock detected while waiting for resource";
    let score = |times: i64| {
        let lock = |w: World, n| w.fault(n, CauseClass::Lock, "web-1", "shop", deadlock);
        let r = (0..times).fold(plain(), lock).rank();
        let of = r.causes.iter().find(|c| c.class == CauseClass::Lock);
        of.map_or(0.0, |c| c.score)
    };
    assert!(score(1) < score(3));
}

#[test]
fn calls_for_a_connection_that_nobody_answers_name_whom_they_cannot_reach() {
    let ranked = |text: &str| {
        let w = World::new("playback").apps(&["play-1"]);
        w.says(-1, 900, "play-1", "playback", text).rank()
    };
    let r = ranked(
        "check failed: Post \"http://entitlements.east.internal:8080/v2\": dial tcp 10.40.8.20:8080: i/o timeout",
    );
    names(&r, CauseClass::Unreachable, "entitlements.east.internal");
    // whom clients cannot reach may be at a stand, and there
    assert!(r.causes[0].score < 0.8, "{}", r.causes[0].score);
    // one that took the call and is slow can be reached
    let r = ranked(
        "upstream timed out (110: Connection timed out) while reading response header from upstream, upstream: \
         \"http://10.40.8.20:8080/\"",
    );
    assert!(r.causes[0].class != CauseClass::Unreachable);
}

#[test]
fn a_credential_that_is_refused_is_not_laid_to_a_reload_of_ten_minutes_before() {
    let expired = "Unhandled exception: ORA-28001: the password has expired";
    let r = World::new("portal")
        .apps(&["app-1"])
        .event(
            -615,
            MarkerKind::ConfigChange,
            "lb-1",
            "haproxy",
            "",
            "reload",
        )
        .says(-1, 900, "app-1", "portal", expired)
        .rank();
    names(&r, CauseClass::Config, "ORA-28001");
    assert!(r.change.is_none());
}

#[test]
fn a_refusal_without_a_name_is_laid_to_the_only_change_of_a_credential() {
    let with = |changed: &[&str], refused: &str| {
        let w = World::new("orders").apps(&["app-1"]);
        let w = changed.iter().zip([-1800, -900]).fold(w, |w, (c, s)| {
            w.event(s, MarkerKind::ConfigChange, "ci-1", "", "", c)
        });
        w.says(-1, 900, "app-1", "orders", refused).rank()
    };
    let locked = "ORA-28000: The account is locked.";
    let r = with(&["db-password-rotation"], locked);
    names(&r, CauseClass::Config, "db-password-rotation");
    assert!(r.change.is_some() && show(&r).contains("A credential was changed"));
    // whose it is, no line says
    assert!(r.causes[0].score < 0.8, "{}", show(&r));
    // which of two it was no line says, nor whether what is refused is one
    for r in [
        with(&["db-password-rotation", "mq-password-rotation"], locked),
        with(
            &["db-password-rotation"],
            "ImproperlyConfigured: SECRET_KEY must not be empty",
        ),
    ] {
        assert!(r.change.is_none() || !show(&r).contains("A credential was changed"));
    }
}

#[test]
fn a_credential_that_is_refused_is_laid_to_its_change_however_long_before() {
    let refused = "FATAL: password authentication failed for user \"orders_app\"";
    let with = |changed: &str| {
        let w = World::new("orders").apps(&["app-1"]);
        let w = w.event(-1190, MarkerKind::ConfigChange, "vault-1", "", "", changed);
        w.says(-1, 900, "app-1", "orders", refused).rank()
    };
    let r = with("rotate database/rotate-role/orders-app");
    names(&r, CauseClass::Config, "orders_app");
    assert!(r.change.is_some());
    for other in [
        "rotate database/rotate-role/catalog-app",
        "reload orders app",
    ] {
        let r = with(other);
        names(&r, CauseClass::Config, "orders_app");
        assert!(r.change.is_none(), "{other}");
    }
    // of two credentials in one minute it may be either
    let both = |names: [&str; 2]| {
        let w = World::new("orders").apps(&["app-1"]);
        let changed = names.iter().zip([-1000, -970]).fold(w, |w, (name, s)| {
            let said = format!("secretsmanager RotateSecret {name}");
            w.event(s, MarkerKind::ConfigChange, "ci-1", "", "", &said)
        });
        let said = "ORA-28000: The account is locked.";
        changed.says(-1, 900, "app-1", "orders", said).rank()
    };
    assert!(
        both(["prod/orders/db-main1", "prod/orders/db-main1"])
            .change
            .is_some()
    );
    assert!(
        both(["prod/orders/db-main1", "prod/search/es-main7"])
            .change
            .is_none()
    );
    // named by a word of it, where no other credential was changed
    let r = with("secretsmanager RotateSecret prod/orders/postgres");
    names(&r, CauseClass::Config, "RotateSecret");
    assert!(
        r.change.is_some() && r.causes[0].score < 0.8,
        "{}",
        show(&r)
    );
}

#[test]
fn a_store_that_is_out_of_memory_is_no_program_of_the_service() {
    let full = "RedisClient::CommandError: OOM command not allowed when used memory > 'maxmemory'.";
    let w = World::new("shop").apps(&["web-1", "web-2"]);
    let w = w.says(0, 500, "web-1", "shop", full);
    let r = w.says(0, 480, "web-2", "shop", full).rank();
    names(&r, CauseClass::Memory, "redis");
    assert!(!show(&r).contains("web-1"), "{}", show(&r));
    // told of on both hosts
    assert!(show(&r).contains("980"), "{}", show(&r));
}

#[test]
fn what_comes_and_goes_with_the_failures_and_is_said_often_is_theirs() {
    let said =
        "Listener failed: Cannot deserialize value of type `BigDecimal` from String \"1.204,50\"";
    let of = |lines: u64| {
        let w = World::new("backoffice").apps(&["web-1"]);
        let w = w.source(Kind::App, "ledger-1", "ledger");
        let r = w.says(-20, lines, "ledger-1", "ledger", said).rank();
        let of = r.causes.iter().find(|c| c.class == CauseClass::BadData);
        of.map_or(0.0, |c| c.score)
    };
    assert!(of(200) > 0.5 && of(60) < 0.3, "{} {}", of(200), of(60));
}

#[test]
fn a_fault_that_begins_long_before_the_failures_and_ends_with_them_is_theirs() {
    let said = "failed to pull image: failed to authorize: 401 Unauthorized";
    let of = |start: i64| {
        let w = World::new("backoffice").apps(&["web-1"]);
        let w = w.source(Kind::App, "node-1", "kubelet");
        let r = w.message(start, 1, 4, 40, "node-1", "kubelet", said).rank();
        let of = r.causes.iter().find(|c| c.class == CauseClass::Config);
        of.map_or(0.0, |c| c.score)
    };
    assert!(of(-120) > 2.0 * of(-30), "{} {}", of(-120), of(-30));
}

#[test]
fn the_same_said_on_each_host_of_another_service_counts_as_a_whole_and_names_it() {
    let said = "Error handler threw an exception: java.lang.NumberFormatException: Character , is no digit";
    let hosts = ["ledger-1", "ledger-2", "ledger-3", "ledger-4"];
    let of = |hosts: &[&str], start: i64| {
        let mut w = World::new("backoffice").apps(&["web-1"]);
        for host in hosts {
            w = w.source(Kind::App, host, "ledger");
            w = w.says(start, 50, host, "ledger", said);
        }
        let r = w.rank();
        let of = r.causes.iter().find(|c| c.class == CauseClass::BadData);
        let named = of.and_then(|c| c.culprit.as_ref().map(|c| c.name.for_json().to_owned()));
        (of.map_or(0.0, |c| c.score), named.unwrap_or_default())
    };
    let (score, named) = of(&hosts, -20);
    assert!(score > 0.4 && named == "ledger", "{score} {named}");
    // one host alone says it for a handful of the failures
    assert!(of(&hosts[..1], -20).0 < 0.3);
}

#[test]
fn a_setting_is_nobody_whom_a_call_was_meant_for() {
    let said = "consumer poll timeout has expired: the time between calls was longer than max.poll.interval.ms";
    assert_eq!(crate::cause::names::address(said), None);
}

#[test]
fn what_is_refused_is_stated_whether_a_change_shows_or_not() {
    let license = "security_exception: current license is non-compliant for [security]";
    let r = World::new("search")
        .apps(&["web-1"])
        .says(-1, 900, "web-1", "search", license)
        .rank();
    names(&r, CauseClass::Config, "license");
    let title = format!("{:?}", r.causes[0].title);
    assert!(title.contains("credential that is refused"), "{title}");
    assert!(
        (0.5..0.8).contains(&r.causes[0].score),
        "{}",
        r.causes[0].score
    );
}

#[test]
fn whom_the_errors_call_in_vain_is_named_though_its_log_is_not_there() {
    let ranked = |text: &str| {
        let w = World::new("shop").apps(&["web-1"]);
        w.says(-1, 900, "web-1", "shop", text).rank()
    };
    let r = ranked(
        "HTTPError: 503 Server Error: Service Unavailable for url: http://inventory.internal:8080/stock/7",
    );
    assert_eq!(r.causes[0].class, CauseClass::Unknown);
    let culprit = r.causes[0]
        .culprit
        .as_ref()
        .map(|c| c.name.for_json().to_owned());
    assert_eq!(culprit.as_deref(), Some("inventory.internal"));
    // where nothing listens, that is what failed, as far as clients can say
    let r = ranked("connect ECONNREFUSED 10.3.4.6:8080");
    names(&r, CauseClass::Crash, "10.3.4.6");
    assert!(
        (0.5..0.65).contains(&r.causes[0].score),
        "{}",
        r.causes[0].score
    );
}

#[test]
fn a_breaker_stands_for_the_calls_that_it_spares() {
    let shop = |called: &str| {
        let failed = format!(
            "quote failed: 503 Service Unavailable on POST request for \"https://{called}/rates\": upstream connect error"
        );
        World::new("shop")
            .apps(&["web-1"])
            .source(Kind::App, "web-2", "rates")
            .statuses(&[(200, 400), (503, 1000)])
            .says(1, 150, "web-2", "rates", &failed)
            .says(
                20,
                700,
                "web-2",
                "rates",
                "quote failed: CircuitBreaker 'rates' is OPEN and does not permit further calls",
            )
    };
    let r = shop("api.parcels.example").rank();
    names(&r, CauseClass::ThirdParty, "api.parcels.example");
    // what the site calls of its own is no provider, though a breaker guards it
    let mut w = shop("prices.shop.example");
    w = w.source(Kind::Web, "prices.shop.example", "");
    assert_ne!(w.rank().causes[0].class, CauseClass::ThirdParty);
    // alone it says of nobody that he failed
    let mut w = shop("api.parcels.example");
    w.templates.remove(0);
    assert_ne!(w.rank().causes[0].class, CauseClass::ThirdParty);
}

#[test]
fn a_limit_that_is_met_at_a_provider_is_the_providers() {
    let lines = |called: &str| {
        let asked = format!("POST https://{called}/v1/tokens: 429, retrying in 10.0s (1/2)");
        World::new("web")
            .apps(&["web-1"])
            .statuses(&[(200, 3000), (500, 700)])
            .says(1, 380, "web-1", "web", &asked)
            .says(
                2,
                700,
                "web-1",
                "web",
                "Faraday::TooManyRequestsError (the server responded with status 429):",
            )
    };
    let r = lines("api.clips.example").rank();
    names(&r, CauseClass::ThirdParty, "api.clips.example");
    // what the site calls of its own has no limits of a provider
    let w = lines("tokens.shop.example").source(Kind::Web, "tokens.shop.example", "");
    assert_ne!(w.rank().causes[0].class, CauseClass::ThirdParty);
}

#[test]
fn services_are_akin_by_their_own_words() {
    use crate::cause::symptoms::ownership::akin;
    for (a, b, want) in [
        ("client-portal", "portal.web", true),
        ("shop", "Shop", true),
        ("newsletter", "catalog", false),
        ("web-api", "catalog", true),
        ("shop-api", "billing-api", false),
        ("shop-pricing", "shop-checkout", false),
        ("shop_pricing", "pricing", true),
        ("cart-canary", "cart-primary", true),
    ] {
        assert_eq!(akin(a, b), want, "{a} {b}");
    }
}

#[test]
fn a_refusal_that_names_a_file_of_rules_is_laid_to_the_change_of_that_file_however_long_before() {
    let whom = "for host \"10.0.0.7\", user \"orders\", database \"orders\"";
    for refused in ["no pg_hba.conf entry", "pg_hba.conf rejects connection"] {
        let with = |changed: &str| {
            let w = World::new("orders").apps(&["app-1"]);
            let w = w.event(-1650, MarkerKind::ConfigChange, "db-1", "", "", changed);
            let refused = format!("{refused} {whom}");
            w.says(-1, 900, "db-1", "postgres", &refused).rank()
        };
        for changed in ["TASK [postgresql : rules]: ", ""] {
            let r = with(&format!(
                "{changed}/etc/postgresql/13/main/pg_hba.conf changed"
            ));
            names(&r, CauseClass::Config, "pg_hba.conf");
            assert!(
                r.change.is_some() && r.causes[0].score >= 0.8,
                "{}",
                show(&r)
            );
        }
        let r = with("TASK [postgresql : settings]: /etc/postgresql/13/main/postgresql.conf");
        assert!(r.change.is_none(), "{}", show(&r));
    }
}
