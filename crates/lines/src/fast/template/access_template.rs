//! What the JSON access lines of one writer have in common: the same keys in the same order with the same punctuation. Such a
//! line is checked against that text and its values are cut out, without a walk and without a look-up of keys. Where keys are
//! missing or stand in another order, each is looked up. A line that is otherwise goes the general way, in `nginx_json`, which
//! gives the same for those that are not.

use crate::fast::brief::{Brief, PathSpan};
use crate::fast::line_shape::{Learning, Shape, ValueEnd};
use crate::fast::literal::is_plain_number;
use crate::fast::template::common_fields::Values;
use crate::fast::template::{Memo, Nth, Take};
use crate::format::flat_json::{Value, fields};
use crate::format::leaf::{self, Unit};
use crate::format::request_fields::is_upstream;
use crate::format::synonym::{Field, field, speaks_of_a_request};
use crate::format::web::nginx_json;
use crate::record::{At, Request};
use crate::time::Precision;

/// The lines of one writer.
#[derive(Clone, Debug)]
pub struct JsonTemplate {
    /// With what each value means, if it is known.
    shape: Shape<Option<Field>>,
    usual: UsualValues,
}

/// Which value means what, in lines that hold no more than usual ones do: nothing that takes weighing but a second time.
#[derive(Clone, Copy, Debug, Default)]
struct UsualValues {
    time: Nth,
    finer: Nth,
    status: Nth,
    request: Nth,
    method: Nth,
    path: Nth,
    client: Nth,
    host: Nth,
    version: Nth,
    latency: Nth,
    unit: Option<Unit>,
    upstream: Nth,
    upstream_status: Nth,
    agent: Nth,
    /// Whether an agent may be the upstream, where it reads as one.
    ua: bool,
    id: Nth,
    /// Values of which a later one has the meaning, too, and counts where they are none.
    firm: u64,
}

impl UsualValues {
    fn of(shape: &Shape<Option<Field>>) -> Option<UsualValues> {
        let mut u = UsualValues::default();
        for (n, field) in shape.whats().enumerate() {
            let Some(field) = *field else { continue };
            let firm = &mut u.firm;
            let usual = match field {
                Field::Time => u.time.only(n) || u.finer.only(n),
                Field::Status => u.status.only(n),
                Field::Request => u.request.only(n),
                Field::Method => u.method.first(n, firm),
                Field::Path => u.path.first(n, firm),
                Field::Client => u.client.first(n, firm),
                Field::Host | Field::Service => u.host.first(n, firm),
                Field::Version => u.version.only(n),
                Field::Latency(unit) => {
                    u.unit = unit;
                    u.latency.only(n)
                }
                Field::Upstream => u.upstream.first(n, firm),
                Field::UpstreamStatus => u.upstream_status.first(n, firm),
                Field::Agent | Field::Ua => {
                    u.ua |= field == Field::Ua;
                    u.agent.first(n, firm)
                }
                Field::Id => u.id.first(n, firm),
                Field::Bytes | Field::Message | Field::UpstreamTime => true,
                _ => false,
            };
            if !usual {
                return None;
            }
        }
        let request = u.request.min(u.path);
        [u.time, u.status, request]
            .iter()
            .all(|s| s.is_there())
            .then_some(u)
    }

    /// Gives a line that was cut as `request_fields` would; `None` where its values are not usual.
    #[inline(always)]
    fn read<'a, T: Take<'a>>(&self, after: &'a [u8], memo: &mut Memo, take: T) -> Option<()> {
        let Memo {
            time,
            spans,
            numbers,
            web,
            ..
        } = memo;
        let values = Values(spans, after);
        values.are_there(self.firm)?;
        let (from, to) = spans.place(self.time.0);
        let mut stamp = time.time(after, from, to)?;
        if self.finer.is_there() && stamp.precision == Precision::Second {
            let (from, to) = spans.place(self.finer.0);
            let other = time
                .time(after, from, to)
                .filter(|s| s.precision != Precision::Second);
            stamp = other.filter(|s| s.offset_min.is_some()).unwrap_or(stamp);
        }
        let mut r = Request {
            status: leaf::status(values.of(self.status)?.value)?,
            latency_us: -1,
            ..Request::default()
        };
        // of a line and a path the first one counts
        let whole = self.request < self.path;
        let line = values.of(self.request).map(|v| leaf::request_line(v.value));
        let (method, path) = line.unwrap_or_default();
        r.method = match values.of(self.method) {
            Some(v) if method.is_empty() || v.value == method => v.value,
            Some(_) => return None,
            None => method,
        };
        r.path = if whole {
            path
        } else {
            values.of(self.path)?.value
        };
        if r.path.first() != Some(&b'/') {
            return None;
        }
        let (from, to) = spans.place(self.request.min(self.path).0);
        let path_at = match whole {
            true => PathSpan::Line(after, from, to),
            false => PathSpan::Path(after, from, to),
        };
        if let Some(v) = values.of(self.client) {
            if !v.is_usual_address() && !leaf::is_address(v.value) {
                return None;
            }
            r.client = v.value;
        }
        let (mut service, mut names, mut sum) = (None, [[0; 4]; 2], 0);
        if let Some(v) = values.of(self.host) {
            service = match v.is_usual_host() {
                true => Some(v.value),
                false => Some(v.site().filter(|s| s.iter().any(u8::is_ascii_lowercase))?),
            };
            (names[0], sum) = (v.words()?, v.sum());
        }
        if let Some(v) = values.of(self.latency) {
            r.latency_us = v.latency_us(self.unit).unwrap_or(-1);
        }
        if let Some(v) = values.of(self.upstream) {
            if !v.is_usual_endpoint() {
                return None;
            }
            r.upstream = v.value;
            names[1] = v.words()?;
            sum = sum.rotate_left(19) ^ v.sum();
        }
        if let Some(v) = values.of(self.upstream_status) {
            if v.value.len() != 3 || leaf::status(v.value).is_none() {
                return None;
            }
            r.upstream_status = v.value;
        }
        r.agent = values.of(self.agent).map(|v| v.value).unwrap_or_default();
        if self.ua && is_upstream(r.agent) {
            return None;
        }
        if let Some(v) = values.of(self.id) {
            let n = v.value.len();
            if !(v.is_usual_word() || (2..=128).contains(&n) && leaf::is_graphic(v.value)) {
                return None;
            }
            r.id = v.value;
        }
        let version = match values.of(self.version) {
            Some(v) if !v.is_usual_word() => return None,
            v => v.map(|v| v.value),
        };
        let [[a, b, c, d], [e, f, g, h]] = names;
        // no value holds a zero, so that the words hold its length
        let words = ([a, b, c, d, e, f, g, h], 0);
        let names = match version {
            None => web.of(sum, words, numbers, || true),
            Some(_) => 0,
        };
        take.brief(&Brief {
            stamp,
            stamped: At::End,
            host: None,
            service,
            scope: None,
            version,
            names,
            request: Some(&r),
            path_at,
            said: None,
        });
        Some(())
    }
}

impl JsonTemplate {
    /// What a line shows of those like it; `None` when it is no access line or holds more than strings and numbers.
    pub fn learn(line: &[u8]) -> Option<JsonTemplate> {
        nginx_json::parse(line)?;
        let mut l = Learning::of(line);
        let (mut keys, mut speaking) = (Vec::new(), 0u64);
        fields(line, |key, value| {
            let field = field(key);
            if field.is_some_and(|f| speaks_of_a_request(f, key)) {
                speaking |= Nth(keys.len()).bit();
            }
            keys.push(key);
            match value {
                _ if field == Some(Field::Level) => l.refuse(),
                Value::Str(v) => l.value(v, ValueEnd::Quote, field),
                Value::Num(v) if is_plain_number(v) => l.value(v, ValueEnd::Number, field),
                _ => l.refuse(),
            }
        })?;
        let mut shape = l.done()?;
        let u = UsualValues::of(&shape)?;
        // of values of which the first counts the order matters
        if u.firm == 0 && !u.finer.min(u.request.max(u.path)).is_there() {
            let needed = u.time.bit() | u.status.bit() | u.request.min(u.path).bit();
            let _ = shape.learn_keys(&keys, needed, speaking);
        }
        Some(JsonTemplate { usual: u, shape })
    }

    /// Quotes in a line.
    #[inline(always)]
    pub fn quotes(&self) -> usize {
        self.shape.quotes()
    }

    /// As [`crate::fast::template::LineTemplate::read`]. What is counted of the record is what its grammar gives.
    #[inline(always)]
    pub fn read<'a, T: Take<'a>>(
        &self,
        after: &'a [u8],
        marks: (&[u32], usize),
        by_keys: bool,
        memo: &mut Memo,
        take: T,
    ) -> Option<()> {
        match by_keys {
            true => self.shape.cut_by_keys(after, marks, &mut memo.spans)?,
            false => self.shape.cut(after, marks, &mut memo.spans)?,
        }
        self.usual.read(after, memo, take)
    }
}
