//! Reads lines in a made format: the matcher's values to a record. How a definition becomes a matcher is decided elsewhere;
//! nothing is guessed about a line.

use super::time::TimeFormat;
use super::{MAX, Markers, Matcher, Slot, columns, json, regex, steps};
use crate::format::app::message::service_of_logger;
use crate::format::leaf::find;
use crate::format::request_fields::Taken;
use crate::format::synonym::{self, Field};
use crate::format::{Format, Meta};
use crate::record::{At, Body, Kind, Level, Message, Notice, Record};
use crate::time::zone::Zone;
use crate::time::{Instant, Stamp};
use std::borrow::Cow;

/// A made format.
pub(super) struct Custom {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) sample: String,
    pub(super) kind: Kind,
    pub(super) names: Vec<(String, Slot)>,
    pub(super) matcher: Matcher,
    pub(super) time: Option<TimeFormat>,
    pub(super) tz: Option<Zone>,
    pub(super) stamped: At,
    pub(super) markers: Option<(usize, Markers)>,
    /// Whether lines that are of no format may belong to the line before.
    pub(super) continued: bool,
    /// Whether lines may begin with the head of a syslog line.
    pub(super) behind_syslog: bool,
    /// Whether it was learnt from lines: then it takes requests alone.
    pub(super) learnt: bool,
}

type Values<'a> = [&'a [u8]; MAX];

impl Custom {
    fn values<'a>(&self, line: &'a [u8]) -> Option<Values<'a>> {
        let mut values: Values<'a> = [&[]; MAX];
        let found = match &self.matcher {
            Matcher::Steps(steps) => steps::matches(steps, line, &mut values),
            Matcher::Regex(r, groups) => regex::matches(r, groups, line, &mut values),
            Matcher::Json(paths) => json::matches(paths, line, &mut values),
            Matcher::Columns(c) => columns::matches(c, line, &mut values),
        };
        found.then_some(values)
    }

    /// The stamp of a written time.
    fn stamp(&self, value: &[u8]) -> Option<Stamp> {
        let stamp = match &self.time {
            Some(t) => t.whole(value)?,
            None => synonym::time(value)?,
        };
        Some(self.in_zone(stamp))
    }

    /// Whether what was found in a line makes it one of this format.
    fn takes(&self, r: &Record<'_>) -> bool {
        let object = matches!(self.matcher, Matcher::Json(_));
        if !self.learnt {
            return !object || r.stamp.is_some();
        }
        let timed = self.names.iter().any(|(_, s)| *s == Slot::Time);
        let asked = match &r.body {
            Body::Request(q) => !object || !q.path.is_empty(),
            _ => false,
        };
        asked && r.stamp.is_some() == timed
    }

    fn in_zone(&self, stamp: Stamp) -> Stamp {
        match (stamp.offset_min, self.tz) {
            (None, Some(zone)) if stamp.dated.is_whole() => {
                let at = zone.instant_of(stamp.wall_us, false);
                let offset_min = i16::try_from(zone.offset_at(Instant(at.0))).ok();
                Stamp {
                    offset_min,
                    ..stamp
                }
            }
            _ => stamp,
        }
    }

    fn record<'a>(&self, line: &'a [u8], values: &Values<'a>) -> Record<'a> {
        let mut taken = Taken::default();
        let mut said = OtherFields::default();
        let mut stamp = None;
        for ((_, slot), value) in self.names.iter().zip(values).filter(|(_, v)| !v.is_empty()) {
            match slot {
                Slot::Time => stamp = stamp.or_else(|| self.stamp(value)),
                Slot::Field(Field::Level) => {
                    said.level = said.level.or_else(|| level(value.trim_ascii()));
                }
                Slot::Field(Field::Message) => said.text = said.text.or(Some(value)),
                Slot::Field(f) => taken.take_as(*f, value),
                Slot::Machine => said.machine = said.machine.or(Some(value)),
                Slot::Logger => said.logger = service_of_logger(value),
                Slot::Actor => said.actor = Some(value),
                Slot::Error => said.error = Some(value),
                Slot::Unused => {}
            }
        }
        let stamp = stamp.or_else(|| taken.stamp.map(|s| self.in_zone(s)));
        let mut rec = self.body(line, values, taken, said);
        rec.stamp = stamp;
        rec.host = said.machine.filter(|m| *m != b"-").map(Cow::Borrowed);
        rec.scope =
            matches!(self.kind, Kind::Deploy | Kind::Pager | Kind::System).then_some(self.kind);
        rec
    }

    fn body<'a>(
        &self,
        line: &'a [u8],
        values: &Values<'a>,
        mut taken: Taken<'a>,
        said: OtherFields<'a>,
    ) -> Record<'a> {
        let service = taken.service.or(said.logger);
        let message = said.message(line);
        let stated = self.markers.as_ref().and_then(|(i, m)| {
            let value = std::str::from_utf8(values[*i].trim_ascii()).ok()?;
            m.kinds.get(value)
        });
        let body = match stated {
            Some(kind) => Body::Notices(vec![Notice {
                actor: said.actor.map(Cow::Borrowed),
                service: service.map(Cow::Borrowed),
                version: taken.version.map(Cow::Borrowed),
                ..Notice::new(*kind, said.text.unwrap_or(line))
            }]),
            None if taken.has_status => {
                taken.request.by_app = self.kind != Kind::Web;
                taken.request.message =
                    (said.text.is_some() || said.level.is_some()).then_some(message);
                Body::Request(taken.request)
            }
            None => Body::Message(message),
        };
        Record {
            stamped: self.stamped,
            service: service.map(Cow::Borrowed),
            version: taken.version.map(Cow::Borrowed),
            ..Record::new(None, body)
        }
    }
}

/// The level of a word, or of a severity as syslog counts them.
fn level(word: &[u8]) -> Option<Level> {
    match word {
        [digit @ b'0'..=b'7'] => Some(Level::of_syslog(u64::from(digit - b'0'))),
        word => Level::from_word(word),
    }
}

/// What a line says beside the fields of a request.
#[derive(Clone, Copy, Default)]
struct OtherFields<'a> {
    level: Option<Level>,
    text: Option<&'a [u8]>,
    machine: Option<&'a [u8]>,
    logger: Option<&'a [u8]>,
    actor: Option<&'a [u8]>,
    error: Option<&'a [u8]>,
}

impl<'a> OtherFields<'a> {
    fn message(&self, line: &'a [u8]) -> Message<'a> {
        Message {
            error: self.error.map(Cow::Borrowed),
            ..Message::new(self.level.unwrap_or(Level::Info), self.text.unwrap_or(line))
        }
    }
}

impl Format for Custom {
    fn meta(&self) -> Meta<'_> {
        let meta = Meta::new(self.kind, &self.name, &self.about).sample(&self.sample);
        if self.continued { meta.heads() } else { meta }
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let found = self.values(line).map(|v| self.record(line, &v));
        if found.is_some() || !self.behind_syslog {
            return found.filter(|r| self.takes(r));
        }
        // behind `Nov 20 06:33:21 lb haproxy[950]: `
        let near = &line[..line.len().min(160)];
        let at = find(near, b"]: ")? + 3;
        let inner = &line[at..];
        self.values(inner).map(|v| self.record(inner, &v))
    }
    fn values<'a>(&self, line: &'a [u8]) -> Vec<(String, Cow<'a, [u8]>)> {
        let found = Custom::values(self, line).into_iter().flatten();
        let named = self.names.iter().zip(found);
        named
            .map(|((n, _), v)| (n.clone(), Cow::Borrowed(v)))
            .collect()
    }
}
