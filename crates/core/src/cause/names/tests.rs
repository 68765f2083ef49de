//! Names where messages of many programs put them, and texts that hold none.

use super::*;
use proptest::prelude::*;

fn s(x: &str) -> Option<String> {
    Some(x.to_owned())
}

#[test]
fn names_stand_where_the_messages_put_them() {
    assert_eq!(
        provider("charge failed order=1 provider=flutterpay error=x"),
        s("flutterpay")
    );
    assert_eq!(
        provider("provider acme-id requires auth protocol v3"),
        s("acme-id")
    );
    assert_eq!(provider("payment provider failed"), None);
    assert_eq!(
        target("connection to server at \"10.20.0.30\", port 5432 failed: Connection refused"),
        Some(Target::Database("10.20.0.30".into()))
    );
    assert_eq!(
        target("Error 111 connecting to 10.20.0.40:6379. Connection refused."),
        Some(Target::Cache("10.20.0.40".into()))
    );
    assert_eq!(
        target("upstream timed out, upstream: \"http://10.20.0.11:8080/x\""),
        None
    );
    assert_eq!(
        target("POST https://api.flutterpay.com/charge: 503"),
        Some(Target::Named("api.flutterpay.com".into()))
    );
    let hint =
        "operation timed out (see https://docs.example.org/errors) for https://api.pay.example/v2";
    assert_eq!(target(hint), Some(Target::Named("api.pay.example".into())));
    assert_eq!(
        target("timed out, see https://docs.example.org/errors"),
        None
    );
    assert_eq!(target("File \"/srv/app.py\", app.py:113"), None);
    assert_eq!(
        table("insert into orders(item, qty) values(1,2)"),
        s("orders")
    );
    assert_eq!(table("update refunds set qty=0"), s("refunds"));
    assert_eq!(
        lock("process 1 still waiting for RowExclusiveLock on relation 16396 of database 16385"),
        s("RowExclusiveLock on relation 16396")
    );
    assert_eq!(
        process("Memory cgroup out of memory: Killed process 24296 (node) total-vm:1kB"),
        s("node")
    );
    assert_eq!(
        process("[ 3287.3] node invoked oom-killer: gfp_mask=0xcc0"),
        s("node")
    );
    assert_eq!(
        unit("postgresql@15-main.service: Main process exited"),
        s("postgresql@15-main")
    );
    assert_eq!(
        paths("unhandled error on POST /upload: No space left on device: '/srv/media/7'")
            .collect::<Vec<_>>(),
        ["/srv/media/7"]
    );
    assert_eq!(
        paths("DISK WARNING - free space: /srv/media/data 256 KiB (9%)").next(),
        Some("/srv/media/data")
    );
    assert_eq!(
        unresolved("getaddrinfo ENOTFOUND api.flutterpay.com"),
        s("api.flutterpay.com")
    );
    assert_eq!(
        unresolved("dial tcp: lookup pay.example.com: no such host"),
        s("pay.example.com")
    );
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
