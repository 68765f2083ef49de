//! What the JSON access lines of one writer have in common: the same keys in the same order with the same punctuation. Such a
//! line is checked against that text and its values are cut out, without a walk and without a look-up of keys. Where keys are
//! missing or stand in another order, each is looked up. A line that is otherwise goes the general way, in `nginx_json`, which
//! gives the same for those that are not.

use crate::fast::brief::{Brief, Line, PathSpan};
use crate::fast::line_shape::{KeyTable, Learning, Shape, ValueEnd};
use crate::fast::literal::is_plain_number;
use crate::fast::template::{Memo, NO_VALUE, Take, only};
use crate::format::Format;
use crate::format::flat_json::{Value, fields};
use crate::format::leaf::{self, Unit};
use crate::format::request_fields::Taken;
use crate::format::synonym::{Field, field, speaks_of_a_request};
use crate::format::web::nginx_json::NginxJson;
use crate::record::{At, Request};

/// The lines of one writer.
#[derive(Clone, Debug)]
pub struct JsonTemplate {
    /// With what each value is counted for, if it is.
    shape: Shape<Option<Field>>,
    /// Whether a key shows that lines are about requests.
    has_request: bool,
    usual: Option<UsualValues>,
    /// Where its keys may stand in any order.
    by_keys: Option<ByKeys>,
}

/// What tells the values of a line by its keys. Values are given as bits.
#[derive(Clone, Debug)]
struct ByKeys {
    keys: KeyTable,
    /// Values that each line has.
    needed: u64,
    /// Values of which a line has one: their keys show that it is about a request.
    speaking: u64,
}

/// Which value means what, in lines that hold no more than usual ones do: no meaning twice, none that takes weighing.
#[derive(Clone, Copy, Debug)]
struct UsualValues {
    time: usize,
    status: usize,
    request: usize,
    method: usize,
    path: usize,
    client: usize,
    host: usize,
    latency: usize,
    unit: Option<Unit>,
    upstream: usize,
    upstream_status: usize,
    agent: usize,
    id: usize,
}

impl UsualValues {
    fn of(shape: &Shape<Option<Field>>) -> Option<UsualValues> {
        let mut u = UsualValues {
            time: NO_VALUE,
            status: NO_VALUE,
            request: NO_VALUE,
            method: NO_VALUE,
            path: NO_VALUE,
            client: NO_VALUE,
            host: NO_VALUE,
            latency: NO_VALUE,
            unit: None,
            upstream: NO_VALUE,
            upstream_status: NO_VALUE,
            agent: NO_VALUE,
            id: NO_VALUE,
        };
        for (n, field) in shape.whats().enumerate() {
            let Some(field) = *field else { continue };
            let first = match field {
                Field::Time => only(&mut u.time, n),
                Field::Status => only(&mut u.status, n),
                Field::Request => only(&mut u.request, n),
                Field::Method => only(&mut u.method, n),
                Field::Path => only(&mut u.path, n),
                Field::Client => only(&mut u.client, n),
                Field::Host => only(&mut u.host, n),
                Field::Latency(unit) => {
                    u.unit = unit;
                    only(&mut u.latency, n)
                }
                Field::Upstream => only(&mut u.upstream, n),
                Field::UpstreamStatus => only(&mut u.upstream_status, n),
                Field::Agent => only(&mut u.agent, n),
                Field::Id => only(&mut u.id, n),
                _ => false,
            };
            if !first {
                return None;
            }
        }
        let has = |n: usize| n != NO_VALUE;
        let whole = has(u.request) && !has(u.method) && !has(u.path);
        let parts = !has(u.request) && has(u.path);
        (has(u.time) && has(u.status) && (whole || parts)).then_some(u)
    }

    /// Gives a line that was cut as [`Taken`] would; `None` where its values are not usual.
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
            numbers,
            web,
            ..
        } = memo;
        let value = |n: usize| spans.near(after, n);
        let (from, to) = spans.place(self.time);
        let stamp = time.time(after, from, to)?;
        let mut r = Request {
            status: leaf::status(value(self.status)?.value)?,
            latency_us: -1,
            ..Request::default()
        };
        let some = |v: &'a [u8]| if v == b"-" { b"" } else { v };
        let told = match value(self.request) {
            Some(v) => {
                (r.method, r.path) = leaf::request_line(v.value);
                let (from, to) = spans.place(self.request);
                PathSpan::Line(after, from, to)
            }
            None => {
                r.method = some(value(self.method).map_or(&b""[..], |v| v.value));
                r.path = value(self.path)?.value;
                let (from, to) = spans.place(self.path);
                PathSpan::Path(after, from, to)
            }
        };
        if r.path.first() != Some(&b'/') {
            return None;
        }
        if let Some(v) = value(self.client) {
            if !v.is_usual_address() {
                return None;
            }
            r.client = v.value;
        }
        let (mut service, mut names, mut sum) = (None, [[0; 4]; 2], 0);
        if let Some(v) = value(self.host) {
            if !v.is_usual_host() {
                return None;
            }
            service = Some(v.value);
            (names[0], sum) = (v.words()?, v.sum());
        }
        if let Some(v) = value(self.latency) {
            r.latency_us = v.latency_us(self.unit).unwrap_or(-1);
        }
        if let Some(v) = value(self.upstream)
            && v.value != b"-"
        {
            if !v.is_usual_endpoint() {
                return None;
            }
            r.upstream = v.value;
            names[1] = v.words()?;
            sum = sum.rotate_left(19) ^ v.sum();
        }
        if let Some(v) = value(self.upstream_status)
            && v.value != b"-"
        {
            if v.value.len() != 3 || leaf::status(v.value).is_none() {
                return None;
            }
            r.upstream_status = v.value;
        }
        r.agent = some(value(self.agent).map_or(&b""[..], |v| v.value));
        if let Some(v) = value(self.id)
            && v.value != b"-"
        {
            if !v.is_usual_word() {
                return None;
            }
            r.id = v.value;
        }
        let [[a, b, c, d], [e, f, g, h]] = names;
        // no value holds a zero, so that the words tell its length
        let words = ([a, b, c, d, e, f, g, h], 0);
        let names = web.of(sum, words, numbers, || true);
        take.take()?.brief(&Brief {
            stamp,
            stamped: At::End,
            host: None,
            service,
            version: None,
            names,
            request: Some(&r),
            told,
            said: None,
        });
        Some(())
    }
}

/// What a value of that meaning is counted for.
fn counted(field: Option<Field>) -> Option<Field> {
    field.filter(|f| !matches!(f, Field::Bytes | Field::Message | Field::UpstreamTime))
}

impl JsonTemplate {
    /// What a line shows of those like it; `None` when it is no access line or holds more than strings and numbers.
    pub fn learn(line: &[u8]) -> Option<JsonTemplate> {
        NginxJson.parse(line)?;
        let mut l = Learning::of(line);
        let (mut keys, mut speaking) = (Vec::new(), 0u64);
        fields(line, |key, value| {
            let field = field(key);
            if field.is_some_and(|f| speaks_of_a_request(f, key)) {
                speaking |= 1u64.checked_shl(keys.len() as u32).unwrap_or(0);
            }
            keys.push(key);
            match value {
                _ if field == Some(Field::Level) => l.refuse(),
                Value::Str(v) => l.value(v, ValueEnd::Quote, counted(field)),
                Value::Num(v) if is_plain_number(v) => l.value(v, ValueEnd::Number, counted(field)),
                _ => l.refuse(),
            }
        })?;
        let shape = l.done()?;
        let usual = UsualValues::of(&shape);
        let by_keys = usual.and_then(|u| {
            let bit = |n: usize| 1u64.checked_shl(n as u32).unwrap_or(0);
            Some(ByKeys {
                keys: KeyTable::of(&keys)?,
                needed: bit(u.time) | bit(u.status) | bit(u.request) | bit(u.path),
                speaking,
            })
        });
        Some(JsonTemplate {
            usual,
            by_keys,
            shape,
            has_request: speaking != 0,
        })
    }

    /// Reads a line whose keys may stand in any order and of which some may be missing, as [`JsonTemplate::read`] does.
    #[inline(always)]
    pub fn read_by_keys<'a, T: Take<'a>>(
        &self,
        after: &'a [u8],
        marks: (&[u32], usize),
        memo: &mut Memo,
        take: T,
    ) -> Option<()> {
        let (usual, by) = (self.usual?, self.by_keys.as_ref()?);
        let seen = self
            .shape
            .cut_by_keys(&by.keys, after, marks, &mut memo.spans)?;
        let good = seen & by.needed == by.needed && seen & by.speaking != 0;
        good.then(|| usual.read(after, memo, &mut Some(take)))?
    }

    /// Quotes in a line.
    #[inline(always)]
    pub fn quotes(&self) -> usize {
        self.shape.quotes()
    }

    /// As [`crate::fast::template::LineTemplate::read`]. What is counted of the record is what [`NginxJson`] gives.
    #[inline(always)]
    pub fn read<'a, T: Take<'a>>(
        &self,
        after: &'a [u8],
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
        self.fields(after, memo, take?)
    }

    /// Gives a line that was cut, whatever its values are.
    #[inline(never)]
    fn fields<'a>(&self, after: &'a [u8], memo: &mut Memo, take: impl Take<'a>) -> Option<()> {
        let mut taken = Taken::default();
        taken.has_request = self.has_request;
        for (n, field) in self.shape.whats().enumerate() {
            let (from, to) = memo.spans.place(n);
            let value = after.get(from..to)?;
            match *field {
                None => {}
                Some(Field::Time) => taken.take_time(value, |_| memo.time.time(after, from, to)),
                Some(f) => taken.take_as(f, value),
            }
        }
        let good = taken.has_status && taken.has_request;
        let stamp = taken.stamp.filter(|_| good)?;
        take.line(Line::Brief(Brief {
            stamp,
            stamped: At::End,
            host: None,
            service: taken.service,
            version: taken.version,
            names: 0,
            request: Some(&taken.request),
            told: PathSpan::Nowhere,
            said: None,
        }));
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fast::template::{
        LineTemplate,
        tests::{piece, read},
    };
    use crate::record::{Body, Record};
    use proptest::prelude::*;

    fn learn(line: &str) -> Option<LineTemplate> {
        JsonTemplate::learn(line.as_bytes()).map(LineTemplate::Access)
    }

    /// The record as far as it is counted.
    fn counted(r: Record<'_>) -> String {
        let Body::Request(q) = &r.body else { panic!() };
        let q = Request {
            bytes: 0,
            ..q.clone()
        };
        format!(
            "{:?}",
            Record {
                body: Body::Request(q),
                ..r.clone()
            }
        )
    }

    const LINES: &[&str] = &[
        r#"{"time":"2026-11-20T06:33:18+00:00","remote_addr":"203.0.113.7","method":"GET","uri":"/cart?id=1","status":200,"bytes":1234,"request_time":0.002,"upstream_addr":"10.0.0.2:80","upstream_status":"200"}"#,
        r#"{"ts":1719497423.471,"client":"203.0.113.48","request":"GET /login?u=1 HTTP/1.1","status":"502","rt":"0.801","up":"-","host":"web","x":"y","id":"abc","ms":12}"#,
        r#"{"time":"2026-11-20T06:33:18+00:00","remote_addr":"203.0.113.7","host":"shop.example.net","method":"GET","uri":"/cart?id=1","status":200,"body_bytes_sent":1234,"request_time":0.002,"http_user_agent":"Mozilla/5.0","request_id":"8f4e2b7a9c1d0e3f8f4e2b7a9c1d0e3f"}"#,
        r#"{"time_local":"20/Nov/2026:06:33:18 +0000","msec":1795156398.502,"client":"::1","req":"GET / HTTP/1.1","status":304,"upstream_addr":"10.0.0.2:80, 10.0.0.3:80","upstream_status":"502, 200","ua":"x","version":"4.2.0"}"#,
        r#"{ "ms": 7, "request": "POST /a HTTP/1.1", "time": "20/Nov/2026:06:33:18 +0100", "status": 404 }"#,
    ];

    #[test]
    fn lines_like_the_one_that_was_learnt() {
        for line in LINES {
            let t = learn(line).unwrap();
            let p = piece(line);
            let found = read(&t, &p, &mut Memo::default()).unwrap();
            assert_eq!(
                counted(found),
                counted(NginxJson.parse(line.as_bytes()).unwrap())
            );
        }
        let t = learn(LINES[0]).unwrap();
        let other = LINES[0]
            .replace("200,", "503,")
            .replace("0.002", "12")
            .replace("GET", "");
        let p = piece(&other);
        let wanted = counted(NginxJson.parse(other.as_bytes()).unwrap());
        assert_eq!(counted(read(&t, &p, &mut Memo::default()).unwrap()), wanted);
        for (what, with) in [
            ("0.002", ""),
            ("0.002", "-"),
            ("0.002", "0.1, 0.2"),
            ("id=1", r"id=1\"),
            ("uri", "url"),
            ("}", ",\"a\":1}"),
            ("200,", "null,"),
        ] {
            assert!(
                read(
                    &t,
                    &piece(&LINES[0].replacen(what, with, 1)),
                    &mut Memo::default()
                )
                .is_none(),
                "{with}"
            );
        }
    }

    #[test]
    fn what_is_not_learnt() {
        for line in [
            r#"{"time":"2026-11-20T06:33:18Z","request":"GET / HTTP/1.1","status":200,"level":"info"}"#,
            r#"{"time":"2026-11-20T06:33:18Z","request":"GET / HTTP/1.1","status":200,"a":null}"#,
            r#"{"time":"2026-11-20T06:33:18Z","request":"GET / HTTP/1.1","status":200,"a":{"b":1}}"#,
            r#"{"time":"2026-11-20T06:33:18Z","request":"GET /\" HTTP/1.1","status":200}"#,
            r#"{"time":"2026-11-20T06:33:18Z"}"#,
            "",
        ] {
            assert!(learn(line).is_none(), "{line}");
        }
    }

    /// What is read of the first line of a piece by its keys.
    fn read_by_keys(t: &LineTemplate, line: &str) -> Option<String> {
        let p = piece(line);
        let marks = memchr::memchr_iter(b'"', line.as_bytes()).chain([line.len()]);
        let marks: Vec<u32> = marks.map(|m| m as u32 + 7).collect();
        let LineTemplate::Access(t) = t else { panic!() };
        let mut found = None;
        t.read_by_keys(&p, (&marks, 7), &mut Memo::default(), Keep(&mut found))?;
        found
    }

    struct Keep<'k>(&'k mut Option<String>);

    impl<'a> Take<'a> for Keep<'_> {
        fn brief(self, brief: &Brief<'_, 'a>) {
            *self.0 = Some(counted(brief.record()));
        }
        fn line(self, line: Line<'_, 'a>) {
            *self.0 = Some(counted(line.record()));
        }
    }

    #[test]
    fn keys_in_any_order_and_not_all() {
        let t = learn(LINES[2]).unwrap();
        let whole = LINES[2].trim_matches(['{', '}']);
        let pairs: Vec<&str> = whole.split(",\"").collect();
        let line = |all: &[&str]| {
            let all: Vec<String> = all
                .iter()
                .map(|p| format!("\"{}", p.trim_start_matches('"')))
                .collect();
            [
                format!("{{{}}}", all.join(",")),
                format!("{{ {}}}", all.join(", ")),
            ]
        };
        let mut n = 0;
        for missing in 0..pairs.len() {
            for turn in 0..pairs.len() {
                let mut all = pairs.clone();
                all.remove(missing);
                let at = turn % all.len();
                all.rotate_left(at);
                for line in line(&all) {
                    let general = NginxJson.parse(line.as_bytes()).map(counted);
                    let found = read_by_keys(&t, &line);
                    n += u32::from(found.is_some());
                    assert!(found.is_none() || found == general, "{line}");
                }
            }
        }
        // all but those without a time, a status or a path
        assert_eq!(n as usize, (pairs.len() - 3) * pairs.len() * 2);
        let twice = line(&[&pairs[..], &pairs[1..2]].concat());
        assert!(twice.iter().all(|l| read_by_keys(&t, l).is_none()));
    }

    proptest! {
        #[test]
        fn any_value_may_stand_anywhere(
            which in 0..LINES.len(), place in any::<prop::sample::Index>(),
            value in r#"|-|a|/|/x y|http://a/b|-1|1.5|12|599|600|000|GET|GET /|GET /a HTTP/1\.1|get|4\.2\.0|a:b|unix:a|10\.0\.0\.1, 10\.0\.0\.2|\x1b|[!-~]{33}|[0-9]{1,3}(\.[0-9]{1,3}){3}(:80)?|::1"#,
        ) {
            let s = LINES[which];
            let t = learn(s).unwrap();
            let mut memo = Memo::default();
            let _ = read(&t, &piece(s), &mut memo).unwrap();
            let LineTemplate::Access(inner) = &t else { panic!() };
            let (from, to) = memo.spans.place(place.index(inner.shape.whats().count()));
            let line = [&s[..from], &value, &s[to..]].concat();
            if let Some(r) = read(&t, &piece(&line), &mut memo) {
                let general = NginxJson.parse(line.as_bytes()).map(counted);
                prop_assert_eq!(Some(counted(r)), general, "{}", line);
            }
        }

        #[test]
        fn what_is_taken_is_what_the_general_way_reads(
            which in 0..LINES.len(), from in 0usize..220, cut in 0usize..6, put in r#"["\\{},:.0-9a -]{0,5}"#,
        ) {
            let s = LINES[which];
            let t = learn(s).unwrap();
            let from = from.min(s.len());
            let line = [&s[..from], &put, &s[(from + cut).min(s.len())..]].concat();
            let p = piece(&line);
            let general = || NginxJson.parse(line.as_bytes()).map(counted);
            if let Some(r) = read(&t, &p, &mut Memo::default()) {
                prop_assert_eq!(Some(counted(r)), general());
            }
            if let Some(r) = read_by_keys(&t, &line) {
                prop_assert_eq!(Some(r), general(), "{}", line);
            }
            let _ = learn(&line);
        }
    }
}
