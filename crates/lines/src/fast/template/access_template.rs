//! What the JSON access lines of one writer have in common: the same keys in the same order with the same punctuation. Such a
//! line is checked against that text and its values are cut out, without a walk and without a look-up of keys. Where keys are
//! missing or stand in another order, each is looked up. A line that is otherwise goes the general way, in `nginx_json`, which
//! gives the same for those that are not.

use crate::fast::brief::{Brief, Line, PathSpan};
use crate::fast::line_shape::{KeyTable, Learning, Shape, ValueEnd};
use crate::fast::literal::is_plain_number;
use crate::fast::template::{Memo, NO_VALUE, Take, only};
use crate::format::flat_json::{Value, fields};
use crate::format::leaf::{self, Unit};
use crate::format::request_fields::Taken;
use crate::format::synonym::{Field, field, speaks_of_a_request};
use crate::format::web::nginx_json;
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

/// What shows the values of a line by its keys. Values are given as bits.
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
        let path_at = match value(self.request) {
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
        // no value holds a zero, so that the words hold its length
        let words = ([a, b, c, d, e, f, g, h], 0);
        let names = web.of(sum, words, numbers, || true);
        take.take()?.brief(&Brief {
            stamp,
            stamped: At::End,
            host: None,
            service,
            scope: None,
            version: None,
            names,
            request: Some(&r),
            path_at,
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
        nginx_json::parse(line)?;
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

    /// As [`crate::fast::template::LineTemplate::read`]. What is counted of the record is what its grammar gives.
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
            scope: None,
            version: taken.version,
            names: 0,
            request: Some(&taken.request),
            path_at: PathSpan::Nowhere,
            said: None,
        }));
        Some(())
    }
}

#[cfg(test)]
mod tests;
