//! Names where messages of many programs put them, and texts that hold none.

use super::*;
use proptest::prelude::*;

#[test]
fn names_stand_where_the_table_says() {
    for row in include_str!("../../../../../tests/data/names.tsv")
        .lines()
        .skip(1)
    {
        let cells: Vec<&str> = row.split('\t').collect();
        let text = cells[1];
        let found = match cells[0] {
            "provider" => provider(text),
            "target" => target(text).map(|t| format!("{t:?}")),
            "table" => table(text),
            "lock" => lock(text),
            "process" => process(text),
            "unit" => unit(text),
            "domain" => domain(text),
            "paths" => paths(text).next().map(str::to_owned),
            _ => unresolved(text),
        };
        assert_eq!(found.as_deref().unwrap_or("-"), cells[2], "{row}");
    }
}

#[test]
fn a_log_is_named_after_what_writes_it() {
    for (log, program) in [
        ("VPWEB01/ClaimsApi/claims-20260319.log", "Portal"),
        ("app-2/docker/ride-api-json.log", "pricing"),
    ] {
        assert!(is_log_of_another(log, program), "{log} {program}");
    }
    for (log, program) in [
        ("media-01/var/log/celery/render.log", "render"),
        ("web1/OrderHub/Logs/app.log", "OrderHub.Web"),
        ("web1/gunicorn-error.log", "portal"),
        ("app-2/production.log", "storefront"),
        ("shop/shop.log", ""),
    ] {
        assert!(!is_log_of_another(log, program), "{log} {program}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(text in ".{0,200}", tail in "[ -~é·]{0,40}") {
        for k in ["", "provider=", "Killed process ", "waiting for ", "server at ", "insert into ", ".service", "could not be resolved"] {
            for t in [format!("{text}{k}{tail}"), format!("{k}{text}")] {
                let long = [target(&t).map(|_| String::new()), provider(&t), table(&t), lock(&t), process(&t), unit(&t), paths(&t).last().map(str::to_owned), unresolved(&t), flag(&t)];
                for n in long.into_iter().flatten() {
                    prop_assert!(n.len() <= 200);
                }
            }
        }
    }
}

#[test]
fn a_number_with_its_unit_is_no_port() {
    let of = |t: &str| address(t).map(|a| a.0);
    assert_eq!(
        of("Expiring 1 record(s) for orders-0:10067 ms has passed"),
        None
    );
    assert_eq!(
        of("dial tcp orders-0:10067 refused").as_deref(),
        Some("orders-0")
    );
    // whom a server does not let in is not the server
    assert_eq!(
        of("Error 1129: Host '10.20.4.11' is blocked because of many connection errors"),
        None
    );
}

#[test]
fn a_flag_is_named_by_its_path() {
    for path in [
        r#"{"name":"One Click","resources":["proj/shop:env/production:flag/one-click"]}"#,
        "PUT /api/admin/projects/default/features/one-click/environments/production/on",
        "/kv/.appconfig.featureflag%2Fone-click?label=prod",
    ] {
        assert_eq!(flag_path(path).as_deref(), Some("one-click"), "{path}");
    }
    assert_eq!(flag_path("turned on the flag one-click"), None);
}

#[test]
fn a_thing_is_called_what_the_line_calls_it() {
    let go =
        "dial tcp: lookup pay.example on 10.0.0.53:53: read udp 10.0.0.7:41->10.0.0.53:53: refused";
    assert_eq!(resolver(go).as_deref(), Some("10.0.0.53"));
    let nginx = "recv() failed (111) while resolving, resolver: 10.0.0.2:53";
    assert_eq!(resolver(nginx).as_deref(), Some("10.0.0.2"));
    assert_eq!(resolver("at 12:05:53 lookup failed, retry 1:53"), None);
    let text = "FATAL: Too Many Clients already";
    assert_eq!(
        stands(text, &["pool", "too many clients"]),
        Some("Too Many Clients")
    );
    assert_eq!(
        identifier("Applying kb.0031_slug... OK").as_deref(),
        Some("kb.0031_slug")
    );
    assert_eq!(
        identifier("changed the targeting recs-model-b").as_deref(),
        Some("recs-model-b")
    );
    assert_eq!(identifier("it was turned off - for all"), None);
}
