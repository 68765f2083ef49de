//! Structured lines of an application that hold no more than usual ones do: which value means what, and the values as they
//! usually are. All else is for `fields`.

use crate::fast::brief::{Brief, PathSpan};
use crate::fast::line_shape::{Shape, Spans};
use crate::fast::template::name_span::{NameRun, SpanValues as Read};
use crate::fast::template::{Memo, Nth, Take};
use crate::fast::value::Near;
use crate::format::app::keys::{Meaning, RequestPart};
use crate::format::app::message::any_request;
use crate::format::app::values;
use crate::format::leaf::{self, Unit};
use crate::format::synonym::Field;
use crate::record::{At, Level, Request};
use crate::text::only_reports_a_request;
use crate::time::Precision;

/// Which value means what, in lines that hold no more than usual ones do: nothing that takes weighing. Parts of a request are
/// known only where a status is.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::fast) struct UsualValues {
    time: Nth,
    /// Whether there are others, which count where this one is not exact.
    times: bool,
    level: Nth,
    text: Nth,
    service: Nth,
    logger: Nth,
    /// Whether the service goes before what the logger names.
    service_first: bool,
    host: Nth,
    id: Nth,
    method: Nth,
    path: Nth,
    status: Nth,
    client: Nth,
    agent: Nth,
    latency: Nth,
    unit: Option<Unit>,
    /// Parts of a request of which a later one has the meaning, too, and counts where they are none.
    firm: u64,
    /// The same of service and host.
    named: u64,
}

impl UsualValues {
    pub(in crate::fast) fn of(shape: &Shape<Meaning>, pairs: Option<usize>) -> Option<UsualValues> {
        let mut u = UsualValues::default();
        // how sure the names of text, service and host are
        let (mut text, mut service, mut host) = (u8::MAX, u8::MAX, u8::MAX);
        let named = &mut u.named;
        let is_status = |m: &Meaning| {
            use RequestPart::{Of, RpcCode};
            matches!(m, Meaning::Part(RpcCode | Of(Field::Status)))
        };
        let has_status = shape.whats().any(is_status);
        for (n, m) in shape.whats().enumerate() {
            let firm = &mut u.firm;
            let usual = match *m {
                Meaning::Nothing | Meaning::Called | Meaning::Site => true,
                Meaning::Time => {
                    u.times |= !u.time.only(n);
                    true
                }
                Meaning::Level => {
                    u.level.only(n);
                    true
                }
                Meaning::Text(rank) => surest((&mut u.text, &mut text), (n, rank), &mut 0),
                Meaning::Service(rank) => surest((&mut u.service, &mut service), (n, rank), named),
                Meaning::Logger => u.logger.only(n),
                Meaning::Host(rank) => surest((&mut u.host, &mut host), (n, rank), named),
                Meaning::Trace | Meaning::Part(_) if !has_status => true,
                Meaning::Trace => u.id.first(n, firm),
                Meaning::Part(RequestPart::Milli) => {
                    u.unit = Some(Unit::Milli);
                    u.latency.only(n)
                }
                Meaning::Part(RequestPart::Of(field)) => match field {
                    Field::Id => u.id.first(n, firm),
                    Field::Method => u.method.first(n, firm),
                    Field::Path => u.path.first(n, firm),
                    Field::Status => u.status.first(n, firm),
                    Field::Client => u.client.first(n, firm),
                    Field::Agent => u.agent.first(n, firm),
                    Field::Latency(unit) => {
                        u.unit = unit;
                        u.latency.only(n)
                    }
                    Field::Request => false,
                    // those are no parts of it, and bytes are not counted
                    _ => true,
                },
                _ => false,
            };
            if !usual {
                return None;
            }
        }
        u.service_first = service < 1;
        let line = u.time.is_there() && u.text.is_there() && (u.level.is_there() || text < 2);
        (line && pairs.is_none_or(|n| n >= 2)).then_some(u)
    }

    /// The values that each line must have for those of others to show what they mean whatever their order: none of which the first
    /// counts, and all of which something is read. As bits; `None` where there are several of a meaning.
    pub(in crate::fast) fn in_any_order(&self, shape: &Shape<Meaning>) -> Option<u64> {
        use Meaning::{Called, Nothing, Part, Site};
        let mut read = Vec::new();
        for (n, m) in shape
            .whats()
            .enumerate()
            .filter(|x| !matches!(x.1, Nothing | Called | Site))
        {
            let kind = std::mem::discriminant(m);
            // parts of which there are several are firm
            if !matches!(m, Part(_)) && read.iter().any(|(_, k)| *k == kind) {
                return None;
            }
            read.push((n, kind));
        }
        let needed = read.iter().fold(0, |all, (n, _)| all | Nth(*n).bit());
        (self.firm | self.named == 0).then_some(needed)
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
            stretches,
            numbers,
            reports,
            ..
        } = memo;
        let values = Values(spans, after);
        let (from, to) = spans.place(self.time.0);
        let stamp = time.time(after, from, to)?;
        let text = values.of(self.text).filter(|t| !t.is_escaped())?;
        if self.times && (stamp.offset_min.is_none() || stamp.precision == Precision::Second) {
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
                let (level, service, host) = self.names(after, spans)?;
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
        let mut path_at = PathSpan::Nowhere;
        let mut is_request = false;
        if self.status.is_there() {
            values.are_there(self.firm)?;
            let text_of = |n: Nth| values.of(n).map(|v| v.value).unwrap_or_default();
            request.status = leaf::status(values.of(self.status)?.value)?;
            request.id = text_of(self.id);
            request.agent = text_of(self.agent);
            request.method = text_of(self.method);
            if let Some(v) = values.of(self.client) {
                if !v.is_usual_address() && !leaf::is_address(v.value) {
                    return None;
                }
                request.client = v.value;
            }
            if let Some(v) = values.of(self.latency) {
                request.latency_us = v.latency_us(self.unit).unwrap_or(-1);
            }
            let (from, to) = spans.place(self.path.0);
            // without a path, the text says whether it is one
            let good = match after.get(from..to)? {
                [] => text.value.first() != Some(&b'/'),
                path => path.first() == Some(&b'/'),
            };
            if !good || !request.method.iter().all(u8::is_ascii_uppercase) {
                return None;
            }
            request.path = after.get(from..to)?;
            is_request = to > from || request.latency_us >= 0 && only_reports(reports, text);
            path_at = PathSpan::Path(after, from, to);
        }
        if !is_request && any_request(text.value).is_some() {
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
    ) -> Option<(Level, Option<&'a [u8]>, Option<&'a [u8]>)> {
        let values = Values(spans, after);
        values.are_there(self.named)?;
        let level = match spans.near(after, self.level.0) {
            Some(v) => values::level(v.value)?,
            None => Level::Info,
        };
        let service = match values.of(self.service) {
            Some(v) if v.is_usual_name() => Some(v.value),
            None => None,
            Some(_) => return None,
        };
        let service = match values.of(self.logger) {
            None => service,
            Some(v) => match values::service_of(v.value)? {
                Some(_) if service.is_some() && self.service_first => service,
                named => named.or(service),
            },
        };
        let host = match values.of(self.host) {
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

/// The surest of the values of a meaning, with how sure its name is; of such `several` there must be one.
fn surest((slot, known): (&mut Nth, &mut u8), (n, rank): (usize, u8), several: &mut u64) -> bool {
    let before = *slot;
    if rank < *known {
        (*slot, *known) = (Nth(n), rank);
    }
    if before.is_there() {
        *several |= slot.bit();
    }
    true
}

/// The values of a line that was cut. No closure gives them: it would be compiled apart, without the vectors that its caller may use.
#[derive(Clone, Copy)]
pub(super) struct Values<'s, 'a>(pub(super) &'s Spans, pub(super) &'a [u8]);

impl<'a> Values<'_, 'a> {
    /// The value that has a meaning, if it is one: neither nothing nor a dash.
    #[inline(always)]
    pub(super) fn of(self, n: Nth) -> Option<Near<'a>> {
        let v = self.0.near(self.1, n.0)?;
        if matches!(v.value, b"" | b"-") {
            None
        } else {
            Some(v)
        }
    }

    /// Whether all of these values are there.
    #[inline(always)]
    pub(super) fn are_there(self, firm: u64) -> Option<()> {
        let mut left = firm;
        while left != 0 {
            self.of(Nth(left.trailing_zeros() as usize))?;
            left &= left - 1;
        }
        Some(())
    }
}

/// Whether a text says no more than that a request was answered; most say what the last one did.
#[inline(always)]
fn only_reports(last: &mut ([u64; 4], bool), text: Near<'_>) -> bool {
    match text.words() {
        Some(words) if words == last.0 => last.1,
        words => {
            let answer = only_reports_a_request(text.value);
            *last = (words.unwrap_or_default(), answer);
            answer
        }
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
