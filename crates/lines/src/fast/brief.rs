//! A record of which nothing is kept but counts: nearly every line of an application and every access line. Borrowed from
//! what has been read; no parsing here.

use crate::record::{At, Body, Kind, Level, Message, Record, Request};
use crate::time::Stamp;
use std::borrow::Cow;

/// A record that states no more than that a request was answered or that something was said.
#[derive(Clone, Copy, Debug)]
pub struct Brief<'f, 'a> {
    /// When.
    pub stamp: Stamp,
    /// Which moment that is.
    pub stamped: At,
    /// The machine.
    pub host: Option<&'a [u8]>,
    /// The service.
    pub service: Option<&'a [u8]>,
    /// The scope, where the line names one.
    pub scope: Option<Kind>,
    /// The version; none where there is a message.
    pub version: Option<&'a [u8]>,
    /// The number of a line's names: all lines of the input with that number have the same host, service, version and upstream,
    /// which is a single one. 0 where nothing is known of them.
    pub names: u32,
    /// The request, without a message of its own.
    pub request: Option<&'f Request<'a>>,
    /// Where the path of the request is stated.
    pub path_at: PathSpan<'a>,
    /// Level and text of a message, without anything to decode and without an error beside it; and the status that it names.
    pub said: Option<(Level, &'a [u8], u16)>,
}

/// Where the path of a request stands, in bytes that go on behind it: from the first index to the second.
#[derive(Clone, Copy, Debug, Default)]
pub enum PathSpan<'a> {
    /// That is not known.
    #[default]
    Nowhere,
    /// In a request line, of which the method is too.
    Line(&'a [u8], usize, usize),
    /// Alone.
    Path(&'a [u8], usize, usize),
}

impl<'a> Brief<'_, 'a> {
    /// The same, with the request beside it, to be given away: what is lent to a function that is not inlined lies in memory
    /// for good, where it is written in parts and waited for. Then it is written only where it is given away.
    #[inline(always)]
    pub fn apart(&self) -> (Brief<'a, 'a>, Option<Request<'a>>) {
        let request = self.request.map(|r| Request {
            message: None,
            ..*r
        });
        let brief = Brief {
            stamp: self.stamp,
            stamped: self.stamped,
            host: self.host,
            service: self.service,
            scope: self.scope,
            version: self.version,
            names: self.names,
            request: None,
            path_at: self.path_at,
            said: self.said,
        };
        (brief, request)
    }

    /// What [`Brief::apart`] took apart, at full length.
    pub fn joined((brief, request): (Brief<'_, 'a>, Option<Request<'a>>)) -> Record<'a> {
        Brief {
            request: request.as_ref(),
            ..brief
        }
        .record()
    }

    /// The message, if there is one.
    pub fn message(&self) -> Option<Message<'a>> {
        self.said.map(|(level, text, status)| Message {
            status,
            ..Message::new(level, text)
        })
    }

    /// The same at full length.
    pub fn record(&self) -> Record<'a> {
        let message = self.message();
        let body = match (self.request, message) {
            (Some(r), message) => Body::Request(Request {
                message,
                ..r.clone()
            }),
            (None, Some(m)) => Body::Message(m),
            (None, None) => Body::Nothing,
        };
        Record {
            stamp: Some(self.stamp),
            stamped: self.stamped,
            host: self.host.map(Cow::Borrowed),
            service: self.service.map(Cow::Borrowed),
            version: self.version.map(Cow::Borrowed),
            scope: self.scope,
            body,
        }
    }
}
