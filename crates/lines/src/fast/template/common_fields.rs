//! Structured lines of an application that hold no more than usual ones do: which value means what, and the values as they
//! usually are. All else is for `fields`.

use crate::fast::brief::{Brief, PathSpan};
use crate::fast::line_shape::{Shape, Spans};
use crate::fast::template::name_span::{NameRun, SpanValues as Read};
use crate::fast::template::{Memo, NO_VALUE, Take, only};
use crate::fast::value::Near;
use crate::format::app::keys::{Meaning, RequestPart};
use crate::format::app::message::any_request;
use crate::format::app::values;
use crate::format::leaf::{self, Unit};
use crate::format::synonym::Field;
use crate::record::{At, Level, Request};

/// Which value means what, in lines that hold no more than usual ones do: no meaning twice, none that takes weighing.
#[derive(Clone, Copy, Debug)]
pub(in crate::fast) struct UsualValues {
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

impl UsualValues {
    pub(in crate::fast) fn of(shape: &Shape<Meaning>, pairs: Option<usize>) -> Option<UsualValues> {
        let mut u = UsualValues {
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
                Meaning::Trace | Meaning::Part(RequestPart::Of(Field::Id)) => only(&mut u.id, n),
                Meaning::Part(RequestPart::Of(Field::Method)) => only(&mut u.method, n),
                Meaning::Part(RequestPart::Of(Field::Path)) => only(&mut u.path, n),
                Meaning::Part(RequestPart::Of(Field::Status)) => only(&mut u.status, n),
                Meaning::Part(RequestPart::Of(Field::Client)) => only(&mut u.client, n),
                Meaning::Part(RequestPart::Of(Field::Agent)) => only(&mut u.agent, n),
                Meaning::Part(RequestPart::Of(Field::Bytes)) => only(&mut u.bytes, n),
                Meaning::Part(RequestPart::Milli) => {
                    u.unit = Some(Unit::Milli);
                    only(&mut u.latency, n)
                }
                Meaning::Part(RequestPart::Of(Field::Latency(unit))) => {
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
    pub(in crate::fast) fn read<'a, T: Take<'a>>(
        &self,
        after: &'a [u8],
        stretch: &SpanLookup<'_>,
        memo: &mut Memo,
        take: &mut Option<T>,
    ) -> Option<()> {
        let Memo {
            time,
            spans,
            level,
            name,
            stretches,
            numbers,
            ..
        } = memo;
        let value = |n: usize| spans.near(after, n);
        let (from, to) = spans.place(self.time);
        let stamp = time.time(after, from, to)?;
        let text = value(self.text)?;
        if text.value.is_empty() || text.value == b"-" || text.is_escaped() {
            return None;
        }
        let (level, service, host, names) = match stretch {
            SpanLookup::Known(at, place) => {
                let read = stretches.at(*place)?;
                let part = |p: Option<(usize, usize)>| {
                    p.and_then(|(from, to)| after.get(at + from..at + to))
                };
                (read.level, part(read.service), part(read.host), read.names)
            }
            _ => {
                let (level, service, host) = self.names(after, spans, level, name)?;
                if let SpanLookup::New(of, at) = *stretch {
                    let read = self.in_span(of.1, at.0, spans, (level, service, host), after)?;
                    stretches.learn(of, after, at, read, numbers);
                }
                (level, service, host, 0)
            }
        };
        let mut request = Request {
            latency_us: -1,
            by_app: true,
            ..Request::default()
        };
        let text_of = |n: usize| value(n).map_or(&b""[..], |v| v.value);
        let some = |v: &'a [u8]| if v == b"-" { b"" } else { v };
        request.id = some(text_of(self.id));
        request.agent = some(text_of(self.agent));
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
        let mut path_at = PathSpan::Nowhere;
        let is_request = self.status != NO_VALUE;
        if is_request {
            let path = value(self.path)?;
            request.status = leaf::status(value(self.status)?.value)?;
            if path.value.first() != Some(&b'/') {
                return None;
            }
            request.path = path.value;
            let (from, to) = spans.place(self.path);
            path_at = PathSpan::Path(after, from, to);
        } else if any_request(text.value).is_some() {
            return None;
        }
        take.take()?.brief(&Brief {
            stamp,
            stamped: At::End,
            host,
            service,
            scope: None,
            version: None,
            names,
            request: is_request.then_some(&request),
            path_at,
            said: Some((level, text.value, request.status)),
        });
        Some(())
    }
}

impl UsualValues {
    /// Level, service and host of a line.
    #[inline(always)]
    #[expect(clippy::type_complexity, reason = "no more than three values")]
    fn names<'a>(
        &self,
        after: &'a [u8],
        spans: &Spans,
        level: &mut (u128, usize, Option<Level>),
        name: &mut (u128, usize),
    ) -> Option<(Level, Option<&'a [u8]>, Option<&'a [u8]>)> {
        let value = |n: usize| spans.near(after, n);
        let level = match value(self.level) {
            Some(v) => known_level(level, v)?,
            None => Level::Info,
        };
        let service = match value(self.service) {
            Some(v) if is_known_name(name, v) => Some(v.value),
            None => None,
            Some(_) => return None,
        };
        let service = match value(self.logger) {
            None => service,
            Some(v) => match values::service_of(v.value)? {
                Some(_) if service.is_some() && self.service_first => service,
                named => named.or(service),
            },
        };
        let host = match value(self.host) {
            Some(v) if v.is_usual_word() => Some(v.value),
            None => None,
            Some(_) => return None,
        };
        Some((level, service, host))
    }

    /// The same as it lies in the stretch that begins there.
    #[inline(never)]
    fn in_span(
        &self,
        run: &NameRun,
        start: usize,
        spans: &Spans,
        (level, service, host): (Level, Option<&[u8]>, Option<&[u8]>),
        after: &[u8],
    ) -> Option<Read> {
        let place = |part: Option<&[u8]>| {
            part.map(|p| {
                let from = (p.as_ptr() as usize).wrapping_sub(after.as_ptr() as usize);
                let from = from.wrapping_sub(start);
                (from, from.wrapping_add(p.len()))
            })
        };
        let mut all = [(0, 0); 4];
        for (s, n) in all.iter_mut().zip(run.values.clone()) {
            let (from, to) = spans.place(n);
            *s = (from.checked_sub(start)?, to.checked_sub(start)?);
        }
        Some(Read {
            level,
            service: place(service),
            host: place(host),
            names: 0,
            spans: all,
        })
    }
}

/// What is known of the stretch that shows level, service and host.
#[derive(Clone, Copy)]
pub(in crate::fast) enum SpanLookup<'m> {
    /// There is none.
    None,
    /// It begins there, and what it shows is remembered at that place.
    Known(usize, usize),
    /// It is one of that writer and stands there, and was not read lately.
    New((u32, &'m NameRun), (usize, usize)),
}

/// The level that a value writes; most write what the last one wrote.
#[inline(always)]
fn known_level(last: &mut (u128, usize, Option<Level>), v: Near<'_>) -> Option<Level> {
    match v.short() {
        Some(word) if word == last.0 && v.value.len() == last.1 => last.2,
        word => {
            let level = values::level(v.value);
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
