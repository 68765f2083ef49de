//! Reads lines in a made format: the matcher's values to a record. How a definition becomes a matcher is decided elsewhere;
//! nothing is guessed about a line.

use super::time::TimeFormat;
use super::{MAX, Markers, Matcher, Slot, columns, json, regex, steps};
use crate::format::app::message::service_of_logger;
use crate::format::leaf::find;
use crate::format::request_fields::Taken;
use crate::format::synonym::{self, Field};
use crate::format::{Format, Meta};
use crate::record::{At, Body, Kind, Level, MarkerKind, Message, Notice, Record};
use crate::time::zone::Zone;
use crate::time::{Instant, Stamp};
use std::borrow::Cow;

/// What every line of a format says, whatever its fields hold.
#[derive(Clone, Default)]
pub(in crate::format) struct Always {
    /// Whether lines without a status are its too.
    pub(in crate::format) any_line: bool,
    /// Whether a line is another's of which the time is none.
    pub(in crate::format) timed: bool,
    /// What it is but for its fields.
    pub(in crate::format) says: Says,
    /// Whether requests are logged by the application that answers them.
    pub(in crate::format) by_app: bool,
    /// Level of a line that states none.
    pub(in crate::format) level: Option<Level>,
    /// What words of levels mean, where it has its own.
    pub(in crate::format) levels: Vec<(&'static str, Level)>,
    /// What its message states.
    pub(in crate::format) states: Option<MarkerKind>,
    /// The marker that it is, and how sure that is where it is not as usual.
    pub(in crate::format) marker: Option<MarkerKind>,
    pub(in crate::format) sure: Option<u8>,
    /// What a line without a text is called, and what a marker is about.
    pub(in crate::format) title: Option<&'static str>,
    pub(in crate::format) group: Option<&'static str>,
    /// Who writes it.
    pub(in crate::format) service: Option<&'static str>,
}

/// What a line is but for its fields.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::format) enum Says {
    /// What its fields make it.
    #[default]
    Fields,
    /// A record in which nothing is stated.
    Silent,
    /// No record.
    Nothing,
    /// A marker above the records that it is about.
    Header,
}

/// A made format.
pub(in crate::format) struct Custom {
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
    pub(super) always: Always,
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

    /// The level of a word, or of a severity as syslog counts them.
    fn level(&self, word: &[u8]) -> Option<Level> {
        let mut own = self.always.levels.iter();
        let own = own.find(|(w, _)| w.as_bytes() == word);
        match word {
            _ if own.is_some() => own.map(|(_, l)| *l),
            [digit @ b'0'..=b'7'] => Some(Level::of_syslog(u64::from(digit - b'0'))),
            word => Level::from_word(word),
        }
    }

    fn in_zone(&self, stamp: Stamp) -> Stamp {
        match (stamp.offset_min, self.tz) {
            (None, Some(zone)) if stamp.dated.is_whole() => {
                let at = zone.instant_of(stamp.wall_us, false);
                let offset_min = i16::try_from(zone.offset_at(Instant(at.0))).ok();
                stamp.at_offset(offset_min)
            }
            _ => stamp,
        }
    }

    fn record<'a>(&self, line: &'a [u8], values: &Values<'a>) -> Option<Record<'a>> {
        let mut taken = Taken::default();
        let mut said = OtherFields::default();
        let mut stamp = None;
        for ((_, slot), value) in self.names.iter().zip(values).filter(|(_, v)| !v.is_empty()) {
            match slot {
                Slot::Time => {
                    stamp = stamp.or_else(|| self.stamp(value));
                    if stamp.is_none() && self.always.timed {
                        return None;
                    }
                }
                Slot::Field(Field::Level) => {
                    said.level = said.level.or_else(|| self.level(value.trim_ascii()));
                }
                Slot::Field(Field::Message) => said.text = said.text.or(Some(value)),
                Slot::Field(f) => taken.take_as(*f, value),
                Slot::Machine => said.machine = said.machine.or(Some(value)),
                Slot::Logger => said.logger = service_of_logger(value),
                Slot::Actor => said.actor = Some(value),
                Slot::Group => said.group = Some(value),
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
        Some(rec)
    }

    fn body<'a>(
        &self,
        line: &'a [u8],
        values: &Values<'a>,
        mut taken: Taken<'a>,
        mut said: OtherFields<'a>,
    ) -> Record<'a> {
        let always = &self.always;
        said.text = said.text.or(always.title.map(str::as_bytes));
        said.group = said.group.or(always.group.map(str::as_bytes));
        let own = always.service.map(str::as_bytes);
        let service = taken.service.or(said.logger).or(own);
        let message = Message {
            states: always.states,
            ..said.message(line, always.level)
        };
        let stated = self.markers.as_ref().and_then(|(i, m)| {
            let value = std::str::from_utf8(values[*i].trim_ascii()).ok()?;
            m.kinds.get(value).copied()
        });
        let notice = |kind| {
            let n = Notice::new(kind, said.text.unwrap_or(line));
            vec![Notice {
                actor: said.actor.map(Cow::Borrowed),
                group: said.group.map(Cow::Borrowed),
                service: service.map(Cow::Borrowed),
                version: taken.version.map(Cow::Borrowed),
                confidence: always.sure.unwrap_or(n.confidence),
                ..n
            }]
        };
        let body = match (always.says, stated.or(always.marker)) {
            (Says::Nothing, _) => Body::Nothing,
            (Says::Silent, _) => Body::Notices(Vec::new()),
            (Says::Header, kind) => Body::Header(kind.map(notice).unwrap_or_default()),
            (Says::Fields, Some(kind)) => Body::Notices(notice(kind)),
            (Says::Fields, None) if taken.has_status => {
                taken.request.by_app = self.kind != Kind::Web || always.by_app;
                taken.request.message =
                    (said.text.is_some() || said.level.is_some()).then_some(message);
                Body::Request(taken.request)
            }
            (Says::Fields, None) => Body::Message(message),
        };
        // a marker has its own
        let own = !matches!(body, Body::Notices(_) | Body::Header(_));
        Record {
            stamped: self.stamped,
            service: service.filter(|_| own).map(Cow::Borrowed),
            version: taken.version.filter(|_| own).map(Cow::Borrowed),
            ..Record::new(None, body)
        }
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
    group: Option<&'a [u8]>,
    error: Option<&'a [u8]>,
}

impl<'a> OtherFields<'a> {
    fn message(&self, line: &'a [u8], usual: Option<Level>) -> Message<'a> {
        let level = self.level.or(usual).unwrap_or(Level::Info);
        Message {
            error: self.error.map(Cow::Borrowed),
            ..Message::new(level, self.text.unwrap_or(line))
        }
    }
}

impl Format for Custom {
    fn meta(&self) -> Meta<'_> {
        let meta = Meta::new(self.kind, &self.name, &self.about).sample(&self.sample);
        if self.continued { meta.heads() } else { meta }
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let found = self.values(line).and_then(|v| self.record(line, &v));
        if found.is_some() || !self.behind_syslog {
            return found.filter(|r| self.takes(r));
        }
        // behind `Nov 20 06:33:21 lb haproxy[950]: `
        let near = &line[..line.len().min(160)];
        let at = find(near, b"]: ")? + 3;
        let inner = &line[at..];
        self.values(inner).and_then(|v| self.record(inner, &v))
    }
    fn values<'a>(&self, line: &'a [u8]) -> Vec<(String, Cow<'a, [u8]>)> {
        let found = Custom::values(self, line).into_iter().flatten();
        let named = self.names.iter().zip(found);
        named
            .map(|((n, _), v)| (n.clone(), Cow::Borrowed(v)))
            .collect()
    }
}
