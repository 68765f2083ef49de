//! Lines of both kinds of syslog, and what is read from them.

use super::*;
use crate::time::Dated;

fn read(line: &str) -> Option<(String, String, Option<Kind>, String)> {
    let r = Syslog.parse(line.as_bytes())?;
    let t = |c: &Option<Cow<'_, [u8]>>| {
        c.as_ref()
            .map_or(String::new(), |b| String::from_utf8_lossy(b).into_owned())
    };
    let Body::Message(m) = &r.body else {
        return None;
    };
    let text = String::from_utf8_lossy(&m.text).into_owned();
    Some((t(&r.host), t(&r.service), r.scope, text))
}

#[test]
fn levels_in_front_of_the_program() {
    let line =
        "Mar 10 13:05:00 bigip err tmm[123]: 01010028:3: No members available for pool /Common/p";
    let r = Syslog.parse(line.as_bytes()).unwrap();
    let Body::Message(m) = &r.body else { panic!() };
    assert_eq!(
        (m.level, r.host.as_deref()),
        (Level::Error, Some(&b"bigip"[..]))
    );
    assert_eq!(r.service.as_deref(), Some(&b"tmm"[..]));
    assert!(m.text.starts_with(b"01010028:3: No members"));
}

#[test]
fn spellings() {
    use Kind::*;
    for (line, host, service, scope, text) in [
        (
            "Mar  5 13:03:23 web-1 systemd[1]: Started shop.service - shop application server.",
            "web-1",
            "shop",
            Some(System),
            "Started shop.service - shop application server.",
        ),
        (
            "Mar 10 13:05:00 web01 systemd[1]: shop.service: Failed with result 'exit-code'.",
            "web01",
            "shop",
            Some(System),
            "shop.service: Failed with result 'exit-code'.",
        ),
        (
            "Mar  6 04:29:16 upsmon[812]: UPS rack-b@localhost on battery",
            "",
            "",
            Some(System),
            "UPS rack-b@localhost on battery",
        ),
        (
            "Nov 14 13:38:20 jobs01 kernel: [ 3832.351195] python3 invoked oom-killer: gfp_mask=0xcc0",
            "jobs01",
            "",
            Some(System),
            "python3 invoked oom-killer: gfp_mask=0xcc0",
        ),
        (
            "Sep 30 21:49:27 www-1 sudo:    kunle : TTY=pts/0 ; COMMAND=/usr/bin/apt-get -y upgrade",
            "www-1",
            "",
            Some(System),
            "sudo: kunle : TTY=pts/0 ; COMMAND=/usr/bin/apt-get -y upgrade",
        ),
        (
            "Mar 10 13:40:00 web01 deploy: rollback to 4.1.0 started",
            "web01",
            "deploy",
            Some(Deploy),
            "rollback to 4.1.0 started",
        ),
        (
            "Mar 10 13:05:02 s_src@web01 shop[12]: old form",
            "web01",
            "shop",
            Some(App),
            "old form",
        ),
        (
            "<129>Nov 20 06:33:17 lb1 haproxy[532]: Server none/web10 is DOWN",
            "lb1",
            "haproxy",
            Some(Web),
            "Server none/web10 is DOWN",
        ),
        (
            "<13>1 2026-11-20T06:33:21+00:00 web01 deploy - - -  rollback to 4.1.0 started",
            "web01",
            "deploy",
            Some(Deploy),
            "rollback to 4.1.0 started",
        ),
        (
            "83 <34>1 - - su 7 ID47 [a@1 x=\"]\\\"\"][b] \u{feff}hello",
            "",
            "",
            Some(System),
            "hello",
        ),
        (
            "2024-06-18T07:48:14.057087+00:00 ord-a systemd[1]: Stopping orders.service - x...",
            "ord-a",
            "orders",
            Some(System),
            "Stopping orders.service - x...",
        ),
        (
            "2026-11-20T06:33:44+00:00 web01 deploy: rollback to 4.1.0 started",
            "web01",
            "deploy",
            Some(Deploy),
            "rollback to 4.1.0 started",
        ),
        (
            "Mar 10 13:40:00 web01 last message repeated 2 times",
            "web01",
            "",
            None,
            "last message repeated 2 times",
        ),
    ] {
        assert_eq!(
            read(line),
            Some((host.into(), service.into(), scope, text.into())),
            "{line}"
        );
    }
}

#[test]
fn a_host_without_zone_is_wall_time_and_without_year_stays_so() {
    let s = Syslog
        .parse(b"Mar  5 13:03:23 web-1 cron[1]: x")
        .unwrap()
        .stamp
        .unwrap();
    assert_eq!((s.offset_min, s.dated), (None, Dated::NoYear));
}

#[test]
fn severities() {
    let level = |l: &str| match Syslog.parse(l.as_bytes()).unwrap().body {
        Body::Message(m) => m.level,
        _ => panic!(),
    };
    assert_eq!(
        level("<129>Nov 20 06:33:17 lb1 haproxy[5]: x"),
        Level::Fatal
    );
    assert_eq!(level("<11>Nov 20 06:33:17 lb1 a: x"), Level::Error);
    assert_eq!(level("<190>Nov 20 06:33:17 lb1 a: x"), Level::Info);
}

#[test]
fn what_is_no_syslog() {
    for l in [
        "2026-03-10T13:01:30.0000000Z deploy finished: shop 4.2.0",
        "2024-07-02T15:10:09.585 media1 INFO media.web - media starting",
        "2024-06-18T07:48:14Z deployment.apps/orders image updated",
        "<nil> x",
        "March was long",
        "12345",
        "",
    ] {
        assert_eq!(read(l), None, "{l}");
    }
}
