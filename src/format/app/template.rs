//! What the structured lines of one application have in common: the same keys in the same order with the same text between
//! the values. Such a line is checked against that text and its values are cut out, without a walk and without a look-up of
//! keys. A line that is otherwise goes the general way, in `json` and `logfmt`, which gives the same for those that are not.

use super::fields::{self, Fields};
use super::meaning::{Meaning, Part, meaning};
use super::{json, logfmt};
use crate::format::Format;
use crate::format::between::is_plain_number;
use crate::format::flat_json::{Value, fields};
use crate::format::leaf::{self, Unit};
use crate::format::near::Near;
use crate::format::shape::{Ends, Learning, Shape};
use crate::format::synonym::Field;
use crate::format::template::{Memo, NO_VALUE, Take, only};
use crate::record::{At, Brief, Level, Request, Told};

/// The lines of one writer.
#[derive(Clone, Debug)]
pub struct AppTemplate {
    shape: Shape<Meaning>,
    /// Pairs of a line of logfmt.
    pairs: Option<usize>,
    usual: Option<Usual>,
}

/// Which value means what, in lines that hold no more than usual ones do: no meaning twice, none that takes weighing.
#[derive(Clone, Copy, Debug)]
struct Usual {
    time: usize,
    level: usize,
    text: usize,
    service: usize,
    logger: usize,
    /// Whether the service goes before what the logger names.
    service_first: bool,
    host: usize,
    id: usize,
    method: usize,
    path: usize,
    status: usize,
    client: usize,
    agent: usize,
    bytes: usize,
    latency: usize,
    unit: Option<Unit>,
}

impl Usual {
    fn of(shape: &Shape<Meaning>, pairs: Option<usize>) -> Option<Usual> {
        let mut u = Usual {
            time: NO_VALUE,
            level: NO_VALUE,
            text: NO_VALUE,
            service: NO_VALUE,
            logger: NO_VALUE,
            service_first: true,
            host: NO_VALUE,
            id: NO_VALUE,
            method: NO_VALUE,
            path: NO_VALUE,
            status: NO_VALUE,
            client: NO_VALUE,
            agent: NO_VALUE,
            bytes: NO_VALUE,
            latency: NO_VALUE,
            unit: None,
        };
        let mut sure = false;
        for (n, m) in shape.whats().enumerate() {
            let first = match *m {
                Meaning::Nothing => true,
                Meaning::Time => only(&mut u.time, n),
                Meaning::Level => only(&mut u.level, n),
                Meaning::Text(rank) => {
                    sure = rank < 2;
                    only(&mut u.text, n)
                }
                Meaning::Service(rank) => {
                    u.service_first = rank < 1;
                    only(&mut u.service, n)
                }
                Meaning::Logger => only(&mut u.logger, n),
                Meaning::Host(_) => only(&mut u.host, n),
                Meaning::Trace | Meaning::Part(Part::Of(Field::Id)) => only(&mut u.id, n),
                Meaning::Part(Part::Of(Field::Method)) => only(&mut u.method, n),
                Meaning::Part(Part::Of(Field::Path)) => only(&mut u.path, n),
                Meaning::Part(Part::Of(Field::Status)) => only(&mut u.status, n),
                Meaning::Part(Part::Of(Field::Client)) => only(&mut u.client, n),
                Meaning::Part(Part::Of(Field::Agent)) => only(&mut u.agent, n),
                Meaning::Part(Part::Of(Field::Bytes)) => only(&mut u.bytes, n),
                Meaning::Part(Part::Milli) => {
                    u.unit = Some(Unit::Milli);
                    only(&mut u.latency, n)
                }
                Meaning::Part(Part::Of(Field::Latency(unit))) => {
                    u.unit = unit;
                    only(&mut u.latency, n)
                }
                _ => false,
            };
            if !first {
                return None;
            }
        }
        let has = |n: usize| n != NO_VALUE;
        // what is a line in any case, and a request in any case or in none
        let line = has(u.time) && has(u.text) && (has(u.level) || sure);
        let known = line && has(u.status) == has(u.path) && pairs.is_none_or(|n| n >= 2);
        known.then_some(u)
    }

    /// Gives a line that was cut as [`Fields`] would; `None` where its values are not usual.
    #[inline(always)]
    fn read<'a, T: Take<'a>>(
        &self,
        after: &'a [u8],
        memo: &mut Memo,
        take: &mut Option<T>,
    ) -> Option<()> {
        let Memo {
            time,
            spans,
            level,
            name,
            ..
        } = memo;
        let value = |n: usize| spans.near(after, n);
        let (from, to) = spans.place(self.time);
        let stamp = time.time(after, from, to)?;
        let level = match value(self.level) {
            Some(v) => known_level(level, v)?,
            None => Level::Info,
        };
        let text = value(self.text)?;
        if level >= Level::Warn || text.value.is_empty() || text.value == b"-" || text.is_escaped()
        {
            return None;
        }
        let service = match value(self.service) {
            Some(v) if is_known_name(name, v) => Some(v.value),
            None => None,
            Some(_) => return None,
        };
        let service = match value(self.logger) {
            None => service,
            Some(v) => match fields::service_of(v.value)? {
                Some(_) if service.is_some() && self.service_first => service,
                named => named.or(service),
            },
        };
        let host = match value(self.host) {
            Some(v) if v.is_usual_word() => Some(v.value),
            None => None,
            Some(_) => return None,
        };
        let mut request = Request {
            latency_us: -1,
            by_app: true,
            ..Request::default()
        };
        let told = |n: usize| value(n).map_or(&b""[..], |v| v.value);
        let some = |v: &'a [u8]| if v == b"-" { b"" } else { v };
        request.id = some(told(self.id));
        request.agent = some(told(self.agent));
        if let Some(v) = value(self.client) {
            if !v.is_usual_address() {
                return None;
            }
            request.client = v.value;
        }
        if let Some(v) = value(self.bytes) {
            request.bytes = leaf::uint(v.value).unwrap_or(0);
        }
        if let Some(v) = value(self.latency) {
            request.latency_us = v.latency_us(self.unit).unwrap_or(-1);
        }
        if let Some(v) = value(self.method) {
            if !v.value.iter().all(u8::is_ascii_uppercase) {
                return None;
            }
            request.method = v.value;
        }
        let mut told = Told::Nowhere;
        let is_request = self.status != NO_VALUE;
        if is_request {
            let path = value(self.path)?;
            request.status = leaf::status(value(self.status)?.value)?;
            if path.value.first() != Some(&b'/') {
                return None;
            }
            request.path = path.value;
            let (from, to) = spans.place(self.path);
            told = Told::Path(after, from, to);
        } else if text.value[0].is_ascii_uppercase() {
            // what begins with a method may tell of a request
            return None;
        }
        take.take()?.brief(&Brief {
            stamp,
            stamped: At::End,
            host,
            service,
            version: None,
            request: is_request.then_some(&request),
            told,
            said: Some((level, text.value, request.status)),
        });
        Some(())
    }
}

/// The level that a value writes; most write what the last one wrote.
#[inline(always)]
fn known_level(last: &mut (u128, usize, Option<Level>), v: Near<'_>) -> Option<Level> {
    match v.short() {
        Some(word) if word == last.0 && v.value.len() == last.1 => last.2,
        word => {
            let level = fields::level(v.value);
            if let Some(word) = word {
                *last = (word, v.value.len(), level);
            }
            level
        }
    }
}

/// Whether a value is a usual name; most are the last one.
#[inline(always)]
fn is_known_name(last: &mut (u128, usize), v: Near<'_>) -> bool {
    let short = v.short();
    if short == Some(last.0) && v.value.len() == last.1 && last.1 > 0 {
        return true;
    }
    let usual = v.is_usual_name();
    if let (Some(word), true) = (short, usual) {
        *last = (word, v.value.len());
    }
    usual
}

impl AppTemplate {
    /// What a line of JSON shows of those like it; `None` where it holds objects, lists, or quotes within its texts.
    pub fn of_json(line: &[u8]) -> Option<AppTemplate> {
        json::Json.parse(line)?;
        let mut l = Learning::of(line);
        fields(line, |key, value| match value {
            Value::Str(v) => l.value(v, Ends::Quote, meaning(key)),
            Value::Num(v) if is_plain_number(v) => l.value(v, Ends::Number, meaning(key)),
            // nobody takes them: the same in all lines, or another writer
            Value::Bool(_) | Value::Null | Value::Empty => true,
            Value::Num(_) | Value::Bare(_) | Value::Object(_) | Value::Array(_) => l.refuse(),
        })?;
        AppTemplate::of(l, None)
    }

    /// The same for a line of logfmt.
    pub fn of_logfmt(line: &[u8]) -> Option<AppTemplate> {
        logfmt::Logfmt.parse(line)?;
        let mut l = Learning::of(line);
        let pairs = logfmt::pairs(line, |key, value, pair| {
            let ends = match pair.get(key.len() + 1) {
                Some(b'"') => Ends::Quote,
                _ => Ends::Blank,
            };
            l.value(value, ends, meaning(key));
        })?;
        AppTemplate::of(l, Some(pairs))
    }

    fn of(l: Learning<'_, Meaning>, pairs: Option<usize>) -> Option<AppTemplate> {
        let shape = l.done()?;
        Some(AppTemplate {
            usual: Usual::of(&shape, pairs),
            shape,
            pairs,
        })
    }

    /// Quotes in a line.
    #[inline(always)]
    pub fn quotes(&self) -> usize {
        self.shape.quotes()
    }

    /// As [`crate::format::template::Template::read`]. The line is what [`json::Json`] or [`logfmt::Logfmt`] gives.
    #[inline(always)]
    pub fn read<'a, T: Take<'a>>(
        &self,
        after: &'a [u8],
        len: usize,
        marks: (&[u32], usize),
        memo: &mut Memo,
        take: T,
    ) -> Option<()> {
        self.shape.cut(after, marks, &mut memo.spans)?;
        let mut take = Some(take);
        if let Some(u) = &self.usual
            && u.read(after, memo, &mut take).is_some()
        {
            return Some(());
        }
        self.fields(after, len, memo, take?)
    }

    /// Gives a line that was cut, whatever its values are.
    #[inline(never)]
    fn fields<'a>(
        &self,
        after: &'a [u8],
        len: usize,
        memo: &mut Memo,
        take: impl Take<'a>,
    ) -> Option<()> {
        let mut fields = Fields::default();
        for (n, m) in self.shape.whats().enumerate() {
            let (from, to) = memo.spans.place(n);
            let value = after.get(from..to)?;
            match *m {
                Meaning::Nothing => {}
                Meaning::Time => fields.time_by(value, |_| memo.time.time(after, from, to)),
                m => {
                    fields.take_as(m, value);
                }
            }
        }
        let line = after.get(..len)?;
        let is_line = match self.pairs {
            Some(n) => logfmt::is_line(&fields, line, n) && fields.has_text(false),
            None => json::is_line(&fields, line),
        };
        is_line.then(|| fields.tell(|line| take.line(line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::template::{
        Template,
        tests::{piece, read},
    };
    use proptest::prelude::*;

    const LINES: &[&str] = &[
        r#"{"time":"2026-11-20T06:33:18.250Z","level":"info","service":"orders","host":"app-4","msg":"request completed","path":"/a/1","status":200,"ms":182,"trace_id":"b788842b"}"#,
        r#"{"timestamp": "2026-11-20 06:33:18,250", "level": "INFO", "logger": "shop.web", "ok": true, "message": "cart of 7 kept", "n": 12 }"#,
        r#"{"level":30,"time":1795156624724,"pid":1,"hostname":"web01","msg":"GET /a 200 4ms"}"#,
        r#"{"ts":"2026-11-20T06:33:18Z","lvl":"warn","msg":"slow","err":"timeout after 3 s","status":504,"method":"GET","url":"/b?c=1","duration_ms":12.5}"#,
        r#"ts=2026-11-20T06:33:18.250Z level=info service=orders host=app-4 msg="request completed" path="/a/1" status=200 ms=182 trace_id=b788842b user=u1"#,
        r#"time="2026-11-20T06:33:18+01:00" level=error msg="no way" err="PoolError: none left" host=a"#,
        r#"level=info ts=2026-11-20T06:33:18.25Z caller=main.go:3 msg=started version=1.2.3 release=7"#,
        r#"{"time":"2026-11-20T06:33:18.250Z","level":"info","logger":"shop.web","service":"shop","msg":"served","method":"GET","path":"/a?b=1","status":200,"bytes":17,"client_ip":"203.0.113.7","user_agent":"curl/8.5","request_id":"8601b555","duration":0.25,"cached":true}"#,
        r#"{"ts":"2026-11-20T06:33:18Z","lvl":"DEBUG","logger":"http.log.access","tag":"edge","text":"x","msg":"tick"}"#,
        r#"{"t":"2026-11-20T06:33:18Z","level":"notice","event":"woken up","app":"cron","host":"a1","elapsed":"12ms","trace_id":""}"#,
        r#"at=info method=GET path=/a host=shop.example.net request_id=8601b555 fwd="203.0.113.7" status=200 bytes=13 ts=2026-11-20T06:33:18Z msg="ab c""#,
    ];

    fn learn(line: &str) -> Option<Template> {
        let line = line.as_bytes();
        let learnt = AppTemplate::of_json(line).or_else(|| AppTemplate::of_logfmt(line));
        learnt.map(Template::App)
    }

    fn generally(t: &Template, line: &str) -> String {
        let line = line.replace('\n', " ");
        let Template::App(t) = t else { panic!() };
        let found = match t.pairs {
            Some(_) => logfmt::Logfmt.parse(line.as_bytes()),
            None => json::Json.parse(line.as_bytes()),
        };
        format!("{found:?}")
    }

    #[test]
    fn lines_like_the_one_that_was_learnt() {
        for line in LINES {
            let t = learn(line).unwrap();
            let mut memo = Memo::default();
            for other in [
                line.to_string(),
                line.replace("2026", "2027").replace("info", "debug"),
                line.replace(".250", ".251"),
                line.replace("/a", "").replace("200", "503"),
            ] {
                let p = piece(&other);
                let found = read(&t, &p, &mut memo);
                assert!(found.is_some(), "{other}");
                assert_eq!(format!("{found:?}"), generally(&t, &other), "{other}");
            }
        }
    }

    #[test]
    fn what_is_not_learnt() {
        for line in [
            r#"{"time":"2026-11-20T06:33:18Z","level":"info","msg":"a","o":{"b":1}}"#,
            r#"{"time":"2026-11-20T06:33:18Z","level":"info","msg":"a","l":[1]}"#,
            r#"{"time":"2026-11-20T06:33:18Z","level":"info","msg":"a \"b\""}"#,
            r#"{"time":"2026-11-20T06:33:18Z","level":"info","msg":"a","n":-1}"#,
            r#"ts=2026-11-20T06:33:18Z level=info msg="a \"b\"""#,
            r#"{"a":1}"#,
            "a line",
            "",
        ] {
            assert!(learn(line).is_none(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_is_what_the_general_way_reads(
            which in 0..LINES.len(),
            changes in proptest::collection::vec((0usize..320, 0usize..6, r#"["\\{},:=.0-9a -]{0,5}|\t|\x1b\[1m|é|http|WARN|-"#), 1..5),
        ) {
            let s = LINES[which];
            let t = learn(s).unwrap();
            // what is remembered of one line must not show in the next
            let mut memo = Memo::default();
            let _ = read(&t, &piece(s), &mut memo);
            for (from, cut, put) in &changes {
                let from = from % (s.len() + 1);
                let line = [&s[..from], put, &s[(from + cut).min(s.len())..]].concat();
                for p in [piece(&line), [line.replace('\n', " ").as_bytes(), b"\n"].concat()] {
                    if let Some(r) = read(&t, &p, &mut memo) {
                        prop_assert_eq!(format!("{:?}", Some(r)), generally(&t, &line), "{}", line);
                    }
                }
                let _ = learn(&line);
            }
        }

        #[test]
        fn any_value_may_stand_anywhere(
            which in 0..LINES.len(), place in any::<prop::sample::Index>(),
            value in r#"|-|a|/|/x y|http://a/b|-1|1.5|12|599|600|000|GET|get|info|WARN|30|50|shop\.web|a:b|a\[1\]|\x1b|[!-~]{33}|[0-9]{1,3}(\.[0-9]{1,3}){3}(:80)?|unix:|::1"#,
        ) {
            let s = LINES[which];
            let t = learn(s).unwrap();
            let mut memo = Memo::default();
            let _ = read(&t, &piece(s), &mut memo).unwrap();
            let Template::App(inner) = &t else { panic!() };
            let (from, to) = memo.spans.place(place.index(inner.shape.whats().count()));
            let line = [&s[..from], &value, &s[to..]].concat();
            if let Some(r) = read(&t, &piece(&line), &mut memo) {
                prop_assert_eq!(format!("{:?}", Some(r)), generally(&t, &line), "{}", line);
            }
        }
    }
}
