//! What every log format maps to: a stamped record that is a request, a message, or a pager or deploy notice.
//! Borrowed from the line wherever possible; plain data, no parsing and no judgement here.

mod words;

pub use words::{CauseClass, MarkerKind};

use crate::time::{Dated, Stamp};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Methods that nearly all requests have.
pub const METHODS: [&[u8]; 7] = [
    b"GET", b"POST", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"PATCH",
];

/// What most records of a format or an input are; also the scope in which marker rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Access and error logs of web servers and proxies.
    Web,
    /// Application and database logs.
    App,
    /// Pagers and alert senders.
    Pager,
    /// Deploy tools, CI, configuration management.
    Deploy,
    /// Init systems, kernels, power supplies.
    System,
}

impl CauseClass {
    /// As a reader sees it.
    pub fn in_words(self) -> String {
        match self {
            CauseClass::ConnectionPool => "pool or limit".to_owned(),
            other => other.word().replace('_', " "),
        }
    }
}

impl Kind {
    /// Every kind, in the order of its number.
    pub const ALL: [Kind; 5] = [
        Kind::Web,
        Kind::App,
        Kind::Pager,
        Kind::Deploy,
        Kind::System,
    ];

    /// The kind that most records have, given how many each has, by number; the first of those that are equal.
    pub fn of_most(records: &[u64; 5]) -> Option<Kind> {
        Self::ALL
            .into_iter()
            .zip(*records)
            .rev()
            .max_by_key(|(_, n)| *n)
            .filter(|(_, n)| *n > 0)
            .map(|(k, _)| k)
    }

    /// The word used in JSON, on the command line and in rule tables.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Web => "web",
            Kind::App => "app",
            Kind::Pager => "pager",
            Kind::Deploy => "deploy",
            Kind::System => "system",
        }
    }
}

/// Which moment of the event a stamp names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// When the request came in; its end is the stamp plus the latency.
    Start,
    /// When it was done (or, for messages, when it was said).
    End,
    /// When a shipper read the line.
    Read,
}

/// Severity, from every vocabulary mapped to six.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Finest.
    Trace,
    /// Debugging.
    Debug,
    /// Normal; also where a line states no level.
    Info,
    /// Something odd.
    Warn,
    /// Something failed.
    Error,
    /// The process or session ends.
    Fatal,
}

impl Level {
    /// The level of a syslog severity, 0–7.
    pub fn of_syslog(severity: u64) -> Level {
        match severity % 8 {
            0..=2 => Level::Fatal,
            3 => Level::Error,
            4 => Level::Warn,
            5 | 6 => Level::Info,
            _ => Level::Debug,
        }
    }

    /// Reads a level word of any vocabulary (`warning`, `ERR`, `crit`, `LOG`, `E`), any case; `None` when it is none.
    pub fn from_word(w: &[u8]) -> Option<Level> {
        if let [letter] = w {
            return match letter {
                b'T' => Some(Level::Trace),
                b'D' => Some(Level::Debug),
                b'I' => Some(Level::Info),
                b'W' => Some(Level::Warn),
                b'E' => Some(Level::Error),
                b'F' | b'C' => Some(Level::Fatal),
                _ => None,
            };
        }
        let mut lower = [0; LONGEST_LEVEL];
        let lower = lower.get_mut(..w.len())?;
        for (l, c) in lower.iter_mut().zip(w) {
            *l = c.to_ascii_lowercase();
        }
        match &*lower {
            b"info" | b"information" | b"inf" | b"notice" | b"note" | b"log" | b"informational"
            | b"statement" | b"detail" | b"hint" | b"context" => Some(Level::Info),
            b"warn" | b"warning" | b"wrn" => Some(Level::Warn),
            b"error" | b"err" | b"erro" | b"eror" | b"severe" | b"failure" | b"fail" => {
                Some(Level::Error)
            }
            b"fatal" | b"fata" | b"ftl" | b"crit" | b"critical" | b"panic" | b"emerg"
            | b"emergency" | b"alert" | b"dpanic" => Some(Level::Fatal),
            b"debug" | b"dbug" | b"debu" | b"dbg" | b"verbose" | b"vrb" | b"debug1" | b"debug2"
            | b"debug3" | b"debug4" | b"debug5" | b"fine" => Some(Level::Debug),
            b"trace" | b"trce" | b"finer" | b"finest" => Some(Level::Trace),
            _ => None,
        }
    }

    /// The level of a word where it is one of a list, as the writer of a format spells them.
    pub fn listed(w: &[u8], list: &[&[u8]]) -> Option<Level> {
        list.contains(&w).then(|| Level::from_word(w)).flatten()
    }
}

/// Bytes of `informational`.
const LONGEST_LEVEL: usize = 13;

/// One record of a log.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// When, as written; `None` for a line that carries no time.
    pub stamp: Option<Stamp>,
    /// Which moment the stamp names.
    pub stamped: At,
    /// The machine, where the line names it (syslog host, `hostname` field).
    pub host: Option<Cow<'a, [u8]>>,
    /// The service, where the line names it (unit, tag, logger root, virtual host).
    pub service: Option<Cow<'a, [u8]>>,
    /// Version, release or image that wrote the line, where the line names it.
    pub version: Option<Cow<'a, [u8]>>,
    /// The scope in which marker rules apply to this record; the input's own scope when `None`.
    pub scope: Option<Kind>,
    /// What the record says.
    pub body: Body<'a>,
}

impl<'a> Record<'a> {
    /// A record stamped at its end, with nothing but a body.
    pub fn new(stamp: Option<Stamp>, body: Body<'a>) -> Self {
        Record {
            stamp,
            stamped: At::End,
            host: None,
            service: None,
            version: None,
            scope: None,
            body,
        }
    }

    /// A record of a message that says no more than its level and text.
    pub fn said(stamp: Option<Stamp>, level: Level, text: impl Into<Cow<'a, [u8]>>) -> Self {
        Record::new(stamp, Body::Message(Message::new(level, text)))
    }

    /// Whether it states in typed form what was done, with the day, and before a moment at which that was printed.
    pub fn is_dated_act(&self, printed: Option<Stamp>) -> bool {
        let stated = matches!(&self.body, Body::Notices(all) if !all.is_empty());
        let full = self.stamp.filter(|s| s.dated == Dated::Full);
        stated
            && full
                .zip(printed)
                .is_some_and(|(own, at)| own.wall_us < at.wall_us)
    }

    /// The same in a scope of its own.
    pub fn in_scope(self, scope: Kind) -> Self {
        let scope = Some(scope);
        Record { scope, ..self }
    }

    /// The same from a host, where the line names it.
    pub fn at_host(self, host: Option<&'a [u8]>) -> Self {
        let host = host.map(Cow::Borrowed);
        Record { host, ..self }
    }

    /// The same of a service, where the line names it.
    pub fn of_service(self, service: Option<&'a [u8]>) -> Self {
        let service = service.map(Cow::Borrowed);
        Record { service, ..self }
    }
}

/// What a record says.
#[derive(Clone, Debug)]
pub enum Body<'a> {
    /// An HTTP request and its answer.
    Request(Request<'a>),
    /// Text with a level.
    Message(Message<'a>),
    /// Things that pagers or deploy tools state in typed form; more than one where a line holds several.
    Notices(Vec<Notice<'a>>),
    /// The records of a line that holds several; none of them holds several itself.
    Several(Vec<Record<'a>>),
    /// A header or decoration of the format that shows something all the same (its writer started anew): markers, but no
    /// record (counted as continuation).
    Header(Vec<Notice<'a>>),
    /// What a line adds to a record before it (the exception of a request that failed): a message, but no record of its own
    /// (counted as continuation).
    Detail(Message<'a>),
    /// A header or decoration of the format: understood, says nothing (counted as continuation).
    Nothing,
}

/// An HTTP request. Absent text fields are empty slices.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    /// Final status, 100–599; 0 when no answer was sent.
    pub status: u16,
    /// Request method; empty when the request line was not understood.
    pub method: &'a [u8],
    /// Path with query, as written.
    pub path: &'a [u8],
    /// Bytes sent.
    pub bytes: u64,
    /// Time the request took, in microseconds; negative when not known.
    pub latency_us: i64,
    /// Client address, without port.
    pub client: &'a [u8],
    /// User agent.
    pub agent: &'a [u8],
    /// Upstream address or list of them, as written (`a, b`); empty or `-` when none.
    pub upstream: &'a [u8],
    /// Upstream status or list of them, as written.
    pub upstream_status: &'a [u8],
    /// Request or trace id.
    pub id: &'a [u8],
    /// Written by the application itself (not by a proxy or web server): the request tier can only be inner.
    pub by_app: bool,
    /// Level and message of the line, when it has both a status and a message of its own.
    pub message: Option<Message<'a>>,
}

/// A line of text with a level.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// Severity; [`Level::Info`] where the line states none.
    pub level: Level,
    /// The message without stamp, level, logger and tag; decoded where the format escapes.
    pub text: Cow<'a, [u8]>,
    /// The exception or error field of a structured line (`err`, `exc_info`): its last decisive line.
    pub error: Option<Cow<'a, [u8]>>,
    /// Client address and request line of an nginx or Apache error line, for joins with access lines.
    pub request: Option<(&'a [u8], &'a [u8])>,
    /// Upstream named in an error line.
    pub upstream: Option<&'a [u8]>,
    /// HTTP status that the line names without being the line of a request; 0 when none.
    pub status: u16,
    /// What the line states by its form and not by its words (a level that only a dying process writes, a counter that
    /// begins anew). A fault is one of the configuration where the words name none: a level at which a web server does not
    /// start.
    pub states: Option<MarkerKind>,
    /// Who wrote it to others, where a person did: what it states is never more than weak. Empty where no name is known.
    pub author: Option<Box<Author>>,
}

/// A person who wrote something; behind a pointer, since few lines have one and records are moved.
#[derive(Clone, Debug, Default)]
pub struct Author {
    /// The name; empty where none is known.
    pub name: Vec<u8>,
}

impl Author {
    /// One of a name.
    pub fn of(name: &[u8]) -> Box<Author> {
        let name = name.to_vec();
        Box::new(Author { name })
    }
}

impl<'a> Message<'a> {
    /// A message of that text.
    pub fn new(level: Level, text: impl Into<Cow<'a, [u8]>>) -> Self {
        Message {
            level,
            text: text.into(),
            error: None,
            request: None,
            upstream: None,
            status: 0,
            states: None,
            author: None,
        }
    }
}

/// A typed statement of a pager or deploy tool.
#[derive(Clone, Debug)]
pub struct Notice<'a> {
    /// When, where it differs from the record's own stamp (an alert's `startsAt` in a webhook body).
    pub stamp: Option<Stamp>,
    /// Since when the condition holds, where the tool says it (an alert's `startsAt`, an incident's creation). Notices with
    /// the same group, kind and `since` are resends of one.
    pub since: Option<Stamp>,
    /// What it states.
    pub kind: MarkerKind,
    /// Alert name, title or message, in the tool's words.
    pub title: Cow<'a, [u8]>,
    /// What ties alert, acknowledgement and resolution together (incident number, fingerprint).
    pub group: Option<Cow<'a, [u8]>>,
    /// Who did it.
    pub actor: Option<Cow<'a, [u8]>>,
    /// Service it is about.
    pub service: Option<Cow<'a, [u8]>>,
    /// Version it is about.
    pub version: Option<Cow<'a, [u8]>>,
    /// Cause class of a fault.
    pub class: Option<CauseClass>,
    /// What a package manager did: of what it installs nothing is known to run.
    pub package: bool,
    /// More about the event of the notice before it: not counted as a record.
    pub more: bool,
    /// 0–100: how sure the parser is (generic forms are less so). A finish of at most [`Notice::ALONE_NOTHING`] counts only
    /// where its source has begun something.
    pub confidence: u8,
}

impl<'a> Notice<'a> {
    /// A notice with nothing but a kind and a title, at the time of its record, confidence 90.
    pub fn new(kind: MarkerKind, title: impl Into<Cow<'a, [u8]>>) -> Self {
        Notice {
            stamp: None,
            since: None,
            kind,
            title: title.into(),
            group: None,
            actor: None,
            service: None,
            version: None,
            class: None,
            package: false,
            more: false,
            confidence: 90,
        }
    }

    /// Confidence of a finish that says nothing where nothing has begun: a job that may be a deploy, a service that is steady.
    pub const ALONE_NOTHING: u8 = 50;
    /// Confidence of an act that no word of ours names: who writes many of them writes of users' work.
    pub const ANY_ACT: u8 = 65;
    /// Confidence of the heading of a task and of what became of it, which say something together.
    pub const STEP: u8 = 45;
}
