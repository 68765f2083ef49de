//! Application lines of plain text: a stamp, a head (process, thread, host, level, logger in any order), a message.
//! One generic grammar for Python, Java, Go, Ruby, PHP, CI runners and deploy tools; any line with a stamp and a text is understood.

use super::elsewhere;
use super::head::{Head, bracket, head};
use super::message;
use super::text_template::TextTemplate;
use crate::format::signs::Signs;
use crate::format::template::Template;
use crate::format::web::clf_plain::Plain;
use crate::format::{Format, Framing};
use crate::record::{At, Body, Kind, Level, Record};
use crate::time::stamp::{self, Leaf};
use crate::time::zone::{self, Zone};
use crate::time::{Dated, MINUTE, Stamp};
use memchr::memmem;
use std::borrow::Cow;

/// The generic text format.
pub struct Text;

/// A stamp at the start of a line, but for the year-less one of syslog, which has its own format.
fn written_time(b: &[u8]) -> Leaf<'_, Stamp> {
    match b.first() {
        Some(b'0'..=b'9') if !stamp::may_begin(b) => Err(nom::Err::Error(())),
        Some(b'0'..=b'9') => stamp::half_day(
            stamp::iso(b)
                .or_else(|_| stamp::clf(b))
                .or_else(|_| stamp::day_month(b))
                .or_else(|_| stamp::epoch(b))
                .or_else(|_| rare(b)),
        ),
        Some(b'A' | b'D' | b'F' | b'J' | b'M'..=b'O' | b'S' | b'T' | b'W') => stamp::ctime(b)
            .or_else(|_| stamp::named(b))
            .or_else(|_| stamp::weekday(b))
            .or_else(|_| stamp::long_weekday(b)),
        Some(b'@') => stamp::tai64n(b),
        _ => Err(nom::Err::Error(())),
    }
}

#[cold]
fn rare(b: &[u8]) -> Leaf<'_, Stamp> {
    stamp::numeric(b)
        .or_else(|_| stamp::iso_loose(b))
        .or_else(|_| stamp::compact(b))
        .or_else(|_| stamp::named(b))
        .or_else(|_| stamp::abroad(b))
        .or_else(|_| stamp::year_first(b))
        .or_else(|_| stamp::day_of_year(b))
        .or_else(|_| stamp::time_only(b))
}

/// `CET Nov 20 06:33:18` in a bracket, as Monit writes it.
#[cold]
fn zone_first(b: &[u8]) -> Leaf<'_, Stamp> {
    let miss = nom::Err::Error(());
    let (offset_min, n) = zone::abbreviation(b).ok_or(miss)?;
    let rest = b[n..].strip_prefix(b" ").filter(|_| n > 1);
    let (rest, s) = stamp::syslog(rest.ok_or(nom::Err::Error(()))?)?;
    Ok((rest, Stamp { offset_min, ..s }))
}

/// `Mar 10 13:05:00` alone in a bracket, as Asterisk writes it.
#[cold]
fn yearless(b: &[u8]) -> Leaf<'_, Stamp> {
    let (rest, s) = stamp::syslog(b)?;
    match rest.first() {
        Some(b']') if s.dated == Dated::NoYear => Ok((rest, s)),
        _ => Err(nom::Err::Error(())),
    }
}

/// What stands before the head of a line.
pub(super) struct Begun<'a> {
    pub(super) stamp: Stamp,
    /// Level and logger, where they share the bracket of the time.
    pub(super) level: Option<Level>,
    logger: Option<&'a [u8]>,
    pub(super) rest: &'a [u8],
}

impl<'a> Begun<'a> {
    fn new(stamp: Stamp, rest: &'a [u8]) -> Self {
        Begun {
            stamp,
            level: None,
            logger: None,
            rest,
        }
    }
}

/// A stamp with its zone, in brackets or bare, at the start of a line; and what follows it.
pub(super) fn stamped(b: &[u8]) -> Option<Begun<'_>> {
    if b.first() == Some(&b'[') {
        let (rest, s) = written_time(&b[1..])
            .or_else(|_| zone_first(&b[1..]))
            .or_else(|_| yearless(&b[1..]))
            .ok()?;
        let close = memchr::memchr(b']', &rest[..rest.len().min(96)])?;
        let inner = rest[..close].trim_ascii();
        if inner.contains(&b'/')
            && let Some(offset_min) = offset_of_place(s, inner)
        {
            return Some(Begun::new(Stamp { offset_min, ..s }, &rest[close + 1..]));
        }
        let (s, zone) = with_zone(s, inner);
        let begun = Begun::new(s, &rest[close + 1..]);
        if zone > 0 || close == 0 {
            return Some(begun);
        }
        let shared = level_inside(&rest[..close]);
        if shared.is_none() && close > 40 {
            return None;
        }
        let (level, logger) = shared.unzip();
        return Some(Begun {
            level,
            logger: logger.flatten(),
            ..begun
        });
    }
    let (rest, s) = written_time(b).ok()?;
    let ends = matches!(
        rest.first(),
        None | Some(b' ' | b'\t' | b'|' | b':' | b',' | b';')
    );
    if !ends {
        return None;
    }
    let rest = rest
        .strip_prefix(b":")
        .or_else(|| rest.strip_prefix(b","))
        .or_else(|| rest.strip_prefix(b";"))
        .unwrap_or(rest);
    let blank = usize::from(rest.first() == Some(&b' '));
    let (s, n) = with_zone(s, &rest[blank..]);
    let rest = if n > 0 { &rest[blank + n..] } else { rest };
    Some(Begun::new(s, rest))
}

/// The offset at a time whose zone is named after a place, as PHP writes it (`Europe/Berlin`); none in an hour that the clock
/// there shows twice. `None` where it names no zone.
#[cold]
fn offset_of_place(s: Stamp, name: &[u8]) -> Option<Option<i16>> {
    if s.offset_min.is_some() || s.dated != Dated::Full || !name.first()?.is_ascii_uppercase() {
        return None;
    }
    let zone = Zone::parse(std::str::from_utf8(name).ok()?).ok()?;
    let offset = |second| (s.wall_us - zone.instant_of(s.wall_us, second).0) / MINUTE;
    let (first, second) = (offset(false), offset(true));
    Some(i16::try_from(first).ok().filter(|_| first == second))
}

/// Level and logger behind the time in its bracket: `[… INFO  shop::server]` of env_logger, `[…: ERROR/ForkPoolWorker-3]` of
/// Celery, `[08:01:04 WRN]` of Serilog.
fn level_inside(b: &[u8]) -> Option<(Level, Option<&[u8]>)> {
    let b = b.trim_ascii();
    let b = b.strip_prefix(b":").unwrap_or(b).trim_ascii_start();
    let end = b.iter().position(|c| matches!(c, b' ' | b'/' | b'\t'));
    let (word, rest) = b.split_at(end.unwrap_or(b.len()));
    let shouted = word.len() > 2 && word.iter().all(u8::is_ascii_uppercase);
    let level = Level::from_word(word).filter(|_| shouted)?;
    let logger = rest.strip_prefix(b" ").map(<[u8]>::trim_ascii_start);
    Some((level, logger.filter(|l| !l.is_empty())))
}

/// The stamp with the zone abbreviation at the start of `b`, and the abbreviation's length (0 when there is none).
pub(super) fn with_zone(s: Stamp, b: &[u8]) -> (Stamp, usize) {
    match zone::abbreviation(b) {
        Some((o, n)) if s.offset_min.is_none() && (n > 1 || b.len() == 1) => {
            (Stamp { offset_min: o, ..s }, n)
        }
        _ => (s, 0),
    }
}

/// A level in front of the stamp: `ERROR 2026-…`, `[INFO] 2026-…`, Ruby's `I, [2026-… #4242]  INFO -- : …`.
fn leading_level(b: &[u8]) -> Option<(Level, &[u8])> {
    if let Some((inner, rest)) = bracket(b) {
        return Some((Level::from_word(inner)?, rest.trim_ascii_start()));
    }
    if !b.first()?.is_ascii_uppercase() {
        return None;
    }
    let (w, rest) = message::word(b);
    if let Some(x) = w.strip_suffix(b",").filter(|x| x.len() == 1) {
        let l = Level::from_word(x)?;
        return rest.starts_with(b"[").then_some((l, rest));
    }
    let w = w.strip_suffix(b":").unwrap_or(w);
    if w.len() < 3 || !w.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    Some((Level::from_word(w)?, rest))
}

/// Lines of other grammars that begin with a stamp too: nginx and Apache error lines, and access lines.
pub(super) fn foreign(h: &Head<'_>, after_stamp: &[u8]) -> bool {
    if h.bracketed {
        let (w, _) = message::word(h.text);
        let mut ids = w.strip_suffix(b":").unwrap_or(b"").split(|c| *c == b'#');
        let number =
            |b: Option<&[u8]>| b.is_some_and(|b| !b.is_empty() && b.iter().all(u8::is_ascii_digit));
        if number(ids.next()) && number(ids.next()) {
            return true;
        }
    }
    if let Some((module, rest)) = bracket(after_stamp.trim_ascii_start())
        && module.contains(&b':')
        && rest.starts_with(b" [pid ")
    {
        return true;
    }
    h.level.is_none()
        && (message::quoted_request(h.text).is_some_and(|_| !by_chi(h.text))
            || message::unquoted_access(h.text)
            || memmem::find(h.text, b"\"- - - \"").is_some())
}

/// Whether a text is of chi's logger (Go): `[host/id] "GET /x HTTP/1.1" from 10.0.0.9:51234 - 500 12B in 1ms`.
fn by_chi(text: &[u8]) -> bool {
    memmem::find(text, b"\" from ").is_some()
}

/// The level that labels of known writers tell; the label stays in the text.
fn labelled(text: &[u8]) -> Option<Level> {
    const LABELS: &[(&[u8], Level)] = &[
        (b"##[error]", Level::Error),
        (b"##[warning]", Level::Warn),
        (b"##[debug]", Level::Debug),
        (b"PHP Fatal error:", Level::Fatal),
        (b"PHP Parse error:", Level::Error),
        (b"PHP Warning:", Level::Warn),
        (b"panic: ", Level::Fatal),
    ];
    if !matches!(text.first(), Some(b'#' | b'P' | b'p')) {
        return None;
    }
    LABELS
        .iter()
        .find(|(l, _)| text.starts_with(l))
        .map(|(_, level)| *level)
}

/// Whether a text is one that only deploy tools and their runners write.
pub(super) fn deploy_tool(t: &[u8]) -> bool {
    match t.first() {
        Some(b'#') => t.starts_with(b"##["),
        Some(b'[') => t.starts_with(b"[Pipeline]"),
        Some(b'+') => t.starts_with(b"+ "),
        Some(b'd') => {
            t.starts_with(b"deployment.apps/")
                || (t.starts_with(b"deployment \"") && memmem::find(t, b"rolled out").is_some())
        }
        Some(b'W') => t.starts_with(b"Waiting for deployment \""),
        _ => false,
    }
}

impl Format for Text {
    fn name(&self) -> &str {
        "time level message"
    }
    fn kind(&self) -> Kind {
        Kind::App
    }
    fn about(&self) -> &str {
        "plain text with a time in front: Python, Java, Go, Ruby, gunicorn, CI runners, deploy tools"
    }
    fn framing(&self) -> Framing {
        Framing::Head
    }
    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_digit() || first.is_ascii_uppercase() || matches!(first, b'[' | b'@' | 0xef)
    }
    fn plain(&self) -> Option<Plain> {
        Some(Plain::Alike)
    }
    fn learn(&self, line: &[u8]) -> Option<Template> {
        TextTemplate::learn(line).map(Template::Text)
    }
    fn sample(&self) -> &str {
        "2026-11-20 06:37:04,491 ERROR [shop.checkout] payment failed: timeout after 30 s"
    }

    fn shows(&self, first: u8) -> Signs {
        match first {
            b'0'..=b'9' | b'@' => Signs::TIMED,
            0xef => Signs::NONE,
            _ => Signs::DIGIT,
        }
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let (lead, begun) = match stamped(line) {
            Some(x) => (x.level, x),
            None => {
                let (level, rest) = leading_level(line)?;
                (Some(level), stamped(rest)?)
            }
        };
        let mut h = match begun.level {
            // the head was in the bracket
            level @ Some(_) => Head {
                level,
                logger: begun.logger,
                text: begun.rest.trim_ascii_start(),
                ..Head::default()
            },
            None => head(begun.rest),
        };
        if foreign(&h, begun.rest) {
            return None;
        }
        h.level = h.level.or_else(|| labelled(h.text));
        let level = h.level.or(lead).or_else(|| elsewhere::level_of(h.text));
        let body = if h.text.is_empty() && level.is_none() {
            Body::Nothing
        } else {
            message::body(level.unwrap_or(Level::Info), h.text)
        };
        Some(Record {
            stamp: Some(begun.stamp),
            stamped: At::End,
            host: h.host.map(Cow::Borrowed),
            service: h
                .logger
                .and_then(message::service_of_logger)
                .map(Cow::Borrowed),
            version: None,
            scope: h
                .scope
                .or_else(|| deploy_tool(h.text).then_some(Kind::Deploy)),
            body,
        })
    }

    fn is_head(&self, line: &[u8]) -> bool {
        self.parse(line).is_some()
    }
}

#[cfg(test)]
mod tests {
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
        let actions = "\u{feff}2026-03-10T13:00:00.2234567Z \u{1b}[36;1m./deploy.sh production 4.2.0\u{1b}[0m";
        assert_eq!(read(actions).unwrap().3, "./deploy.sh production 4.2.0");
        let jenkins = "[2026-03-10T13:00:01.000Z] [Pipeline] { (Deploy to production)";
        assert_eq!(
            read(jenkins).unwrap().3,
            "[Pipeline] { (Deploy to production)"
        );
        assert_eq!(scope(jenkins), Some(Kind::Deploy));
        let ansible =
            "2024-06-18 08:06:14,045 p=41022 u=ops n=ansible | fatal: [lb-1]: FAILED! => {}";
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
}
