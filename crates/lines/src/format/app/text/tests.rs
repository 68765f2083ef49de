//! Lines of plain text, and what is read from them.

use super::*;

/// Level, host, service, text of a line; `None` where it is not understood.
fn read(line: &str) -> Option<(Level, String, String, String)> {
    let r = Text.parse(line.as_bytes())?;
    let t = |c: &Option<Cow<'_, [u8]>>| {
        c.as_ref()
            .map_or(String::new(), |b| String::from_utf8_lossy(b).into_owned())
    };
    let m = match &r.body {
        Body::Message(m) => m.clone(),
        Body::Request(q) => q.message.clone()?,
        _ => {
            return Some((
                Level::Info,
                String::new(),
                String::new(),
                "(nothing)".into(),
            ));
        }
    };
    let text = String::from_utf8_lossy(&m.text).into_owned();
    Some((m.level, t(&r.host), t(&r.service), text))
}

#[test]
fn heads_of_many_writers() {
    use Level::*;
    for (line, level, host, service, text) in [
        (
            "2024-03-05 12:50:13,500 INFO [shop.web] shop starting version=v3",
            Info,
            "",
            "shop",
            "shop starting version=v3",
        ),
        (
            "2023-11-14 13:20:10,286 [32531] INFO     billing.web: billing starting",
            Info,
            "",
            "billing",
            "billing starting",
        ),
        (
            "2024-07-02T15:21:18.064 media1 ERROR media.web - unhandled error on POST /upload",
            Error,
            "media1",
            "media",
            "unhandled error on POST /upload",
        ),
        (
            "2026-11-20 06:37:04,491 - shop.checkout - WARNING - retrying payment 1",
            Warn,
            "",
            "shop",
            "retrying payment 1",
        ),
        (
            "[2024-03-05 12:50:09 +0100] [32379] [INFO] Starting gunicorn 20.1.0",
            Info,
            "",
            "",
            "Starting gunicorn 20.1.0",
        ),
        (
            "[2026-11-20T06:37:04.817] [ERROR] shop - failed to connect",
            Error,
            "",
            "shop",
            "shop - failed to connect",
        ),
        (
            "2026-11-20 06:37:04.520 | ERROR    | __main__:<module>:23 - bad",
            Error,
            "",
            "",
            "bad",
        ),
        (
            "2026-03-10 13:00:02.123  INFO 1 --- [           main] com.acme.shop.ShopApplication            : Started",
            Info,
            "",
            "",
            "Started",
        ),
        (
            "2026-03-10T13:05:00.001+00:00 ERROR 1 --- [shop] [nio-8080-exec-1] [4bf92f35-00f0] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : Servlet threw",
            Error,
            "",
            "",
            "Servlet threw",
        ),
        (
            "2026-03-10 13:05:00,123 [http-8080-1] ERROR com.acme.Pay - failed",
            Error,
            "",
            "",
            "failed",
        ),
        (
            "10 Mar 2026 13:05:01,200 FATAL [main] com.acme.Main: exiting",
            Fatal,
            "",
            "",
            "exiting",
        ),
        (
            "2026-11-20 06:40:44,698 INFO success: shop entered RUNNING state",
            Info,
            "",
            "",
            "success: shop entered RUNNING state",
        ),
        (
            "2024-08-19 09:23:15,695 INFO Deploying api to 7.4.0 by ci-bot",
            Info,
            "",
            "",
            "Deploying api to 7.4.0 by ci-bot",
        ),
        (
            "2024-08-19 09:23:15,696 INFO   api-1: restarting",
            Info,
            "",
            "",
            "api-1: restarting",
        ),
        (
            "2026-03-10T13:01:30.0000000Z deploy finished: shop 4.2.0",
            Info,
            "",
            "",
            "deploy finished: shop 4.2.0",
        ),
        (
            "2024-04-11 01:53:30 pager: ALERT #3624 [P1] portal",
            Info,
            "",
            "",
            "pager: ALERT #3624 [P1] portal",
        ),
        (
            "[CET Apr 11 01:53:30] error    : 'shop' process is not running",
            Error,
            "",
            "",
            "'shop' process is not running",
        ),
        (
            "2024 Apr 11 01:53:30 ERROR: disk full",
            Error,
            "",
            "",
            "disk full",
        ),
        (
            "2024-04-11 01:53:30 ERROR: disk full",
            Error,
            "",
            "",
            "disk full",
        ),
        (
            "2024-04-11 01:53:30 error reading /etc/x",
            Error,
            "",
            "",
            "error reading /etc/x",
        ),
        (
            "2026/03/10 13:05:00.123456 http: proxy error: dial tcp",
            Info,
            "",
            "",
            "http: proxy error: dial tcp",
        ),
        (
            "I, [2026-03-10T13:05:00.123456 #4242]  INFO -- : [f3a1] Started",
            Info,
            "",
            "",
            "Started",
        ),
        (
            "[10-Mar-2026 13:05:00] WARNING: [pool www] server reached pm.max_children",
            Warn,
            "",
            "",
            "[pool www] server reached pm.max_children",
        ),
        (
            "2026-03-10T13:05:00.000001Z 12 [ERROR] [MY-012592] [InnoDB] Operating system error",
            Error,
            "",
            "",
            "[InnoDB] Operating system error",
        ),
        (
            "2026-11-20  6:37:47 0 [Note] InnoDB: Using io_uring",
            Info,
            "",
            "",
            "InnoDB: Using io_uring",
        ),
        (
            "[2026-03-10T13:05:00,123][WARN ][o.e.c.r.Foo] [node-1] low disk",
            Warn,
            "",
            "",
            "low disk",
        ),
        (
            "2026-03-10T13:05:00.123Z\tinfo\tshop/main.go:21\tserver started",
            Info,
            "",
            "",
            "server started",
        ),
        ("ERROR 2026-03-10 13:05:00 boom", Error, "", "", "boom"),
        (
            "[2026-03-10T13:05:00Z ERROR shop::pay] failed to charge",
            Error,
            "",
            "shop",
            "failed to charge",
        ),
        (
            "[2026-03-10 13:05:00,123: ERROR/ForkPoolWorker-3] Task pay[9c1d] raised unexpected: ValueError('x')",
            Error,
            "",
            "",
            "Task pay[9c1d] raised unexpected: ValueError('x')",
        ),
        ("[13:05:00 WRN] slow", Warn, "", "", "slow"),
        (
            "2026-03-10T13:05:00Z E! [outputs.influxdb] post failed",
            Error,
            "",
            "",
            "post failed",
        ),
        (
            "2026.03.10 13:05:00.123456 [ 12 ] {abc} <Error> executeQuery: Code: 241",
            Error,
            "",
            "",
            "executeQuery: Code: 241",
        ),
        (
            "2026-03-10 13:05:00,123+0000 http-nio-8080-exec-1 ERROR admin failed",
            Error,
            "",
            "",
            "admin failed",
        ),
        (
            "[2026-03-10T13:05:00.123+0000] {taskinstance.py:1937} ERROR - Task failed",
            Error,
            "",
            "",
            "Task failed",
        ),
        (
            "2026-03-10T13:05:00.123Z pid=7 tid=abc class=PayJob jid=123 elapsed=1.0 WARN: slow",
            Warn,
            "",
            "",
            "slow",
        ),
        (
            "13:05:00.300 request_id=abc [error] GenServer Shop.Pay terminating",
            Error,
            "",
            "",
            "GenServer Shop.Pay terminating",
        ),
        (
            "2026-03-10 13:05:00.123456 W | etcdserver: request took too long (1.2s)",
            Warn,
            "",
            "",
            "etcdserver: request took too long (1.2s)",
        ),
        (
            "2026-03-10T13:05:00.123Z fail: Shop.Pay[0] failed to pay",
            Error,
            "",
            "",
            "Shop.Pay[0] failed to pay",
        ),
        (
            "10-Mar-2026 13:05:00.123 query-errors: error: client 10.0.0.9: query failed",
            Error,
            "",
            "",
            "client 10.0.0.9: query failed",
        ),
        (
            "2026-03-10T13:05:00.223Z\t8f507cfc-01d2-4697-b07a-ac58fc914c95\tERROR\tInvoke Error",
            Error,
            "",
            "",
            "Invoke Error",
        ),
        (
            "2026-03-10T13:05:00.223Z\tundefined\tERROR\tUncaught Exception",
            Error,
            "",
            "",
            "Uncaught Exception",
        ),
    ] {
        assert_eq!(
            read(line),
            Some((level, host.into(), service.into(), text.into())),
            "{line}"
        );
    }
}

#[test]
fn runners_and_deploy_tools() {
    let scope = |l: &str| Text.parse(l.as_bytes()).unwrap().scope;
    let actions =
        "\u{feff}2026-03-10T13:00:00.2234567Z \u{1b}[36;1m./deploy.sh production 4.2.0\u{1b}[0m";
    assert_eq!(read(actions).unwrap().3, "./deploy.sh production 4.2.0");
    let jenkins = "[2026-03-10T13:00:01.000Z] [Pipeline] { (Deploy to production)";
    assert_eq!(
        read(jenkins).unwrap().3,
        "[Pipeline] { (Deploy to production)"
    );
    assert_eq!(scope(jenkins), Some(Kind::Deploy));
    let ansible = "2024-06-18 08:06:14,045 p=41022 u=ops n=ansible | fatal: [lb-1]: FAILED! => {}";
    assert_eq!(
        read(ansible).unwrap(),
        (
            Level::Error,
            String::new(),
            String::new(),
            "fatal: [lb-1]: FAILED! => {}".into()
        )
    );
    assert_eq!(scope(ansible), Some(Kind::Deploy));
    assert_eq!(
        scope("2024-06-18T07:48:14Z deployment.apps/orders image updated"),
        Some(Kind::Deploy)
    );
    assert_eq!(
        read("2026-03-10T13:01:31.0000000Z ##[error]Process completed with exit code 1.")
            .unwrap()
            .0,
        Level::Error
    );
}

#[test]
fn requests_told_by_the_application() {
    let r = Text
        .parse(b"2024-03-05 12:50:17,763 INFO [shop.web] POST /login 500 2ms")
        .unwrap();
    let Body::Request(q) = r.body else { panic!() };
    assert_eq!(
        (q.status, q.method, q.path, q.latency_us, q.by_app),
        (500, &b"POST"[..], &b"/login"[..], 2_000, true)
    );
    assert_eq!(&*q.message.unwrap().text, b"POST /login 500 2ms");
    assert_eq!(r.service.as_deref(), Some(&b"shop"[..]));
}

#[test]
fn zones() {
    let at = |l: &str| Text.parse(l.as_bytes()).unwrap().stamp.unwrap().offset_min;
    assert_eq!(at("[2024-03-05 12:50:09 +0100] [1] [INFO] x"), Some(60));
    assert_eq!(at("2024-03-05 12:50:03.985 WAT x"), Some(60));
    assert_eq!(
        at("[10-Mar-2026 13:05:02 UTC] PHP Fatal error:  x"),
        Some(0)
    );
    assert_eq!(at("2024-03-05 12:50:03 x"), None);
    assert_eq!(
        at("[10-Mar-2026 13:05:02 Europe/Berlin] PHP Notice:  x"),
        Some(60)
    );
    assert_eq!(
        at("[10-Jul-2026 13:05:02 Europe/Berlin] PHP Notice:  x"),
        Some(120)
    );
    assert_eq!(
        at("[10-Mar-2026 13:05:02 America/Argentina/Buenos_Aires] x"),
        Some(-180)
    );
    // 02:30 came twice on that day
    assert_eq!(at("[25-Oct-2026 02:30:00 Europe/Berlin] x"), None);
    assert_eq!(at("[10-Mar-2026 13:05:02 Nowhere/Town] x"), None);
}

#[test]
fn other_grammars_are_left_alone() {
    for l in [
        "2024/03/05 13:03:16 [error] 32383#32383: *1 connect() failed",
        "[Fri Nov 20 06:32:09.090177 2026] [proxy:error] [pid 1:tid 2] AH01114: x",
        "2026-03-10T12:59:58.945958Z lb 192.0.2.1:1 10.0.0.1:80 0.1 0.1 0.1 200 200 0 2 \"GET http://a:80/ HTTP/1.1\" \"curl\" - -",
        "[2026-03-10T12:59:58.120Z] \"GET /cart HTTP/1.1\" 200 - 0 12 30 29 \"-\"",
        "127.0.0.1 - - [10/Mar/2026:13:05:01 +0000] \"GET /cart HTTP/1.1\" 502 157",
        "2026-03-10 12:59:58 10.0.0.5 GET /cart id=1 443 - 192.0.2.1 curl/8 - 200 0 0 15",
        "2026-03-10T12:59:58.945958Z lb 192.0.2.1:1 - -1 -1 -1 408 - 0 0 \"- - - \" \"-\" - -",
        "Mar 10 13:40:00 web01 deploy: rollback to 4.1.0 started",
        "Traceback (most recent call last):",
        "  INFO START 2024-03-05 13:03:15 +0100 cap production deploy",
        "KeyError: 'k'",
        "2026-03-10",
        "",
    ] {
        assert_eq!(read(l), None, "{l}");
    }
}
