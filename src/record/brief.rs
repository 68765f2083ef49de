//! A record of which nothing is kept but counts: nearly every line of an application and every access line. Borrowed from
//! what has been read; no parsing here.

use super::{At, Body, Level, Message, Record, Request};
use crate::time::Stamp;
use std::borrow::Cow;

/// A record that states no more than that a request was answered or that something usual was said.
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
    /// The version; none where there is a message.
    pub version: Option<&'a [u8]>,
    /// The request, without a message of its own.
    pub request: Option<&'f Request<'a>>,
    /// Where the path of the request is told.
    pub told: Told<'a>,
    /// Level, below [`Level::Warn`], and text of a message, without anything to decode; and the status that it names.
    pub said: Option<(Level, &'a [u8], u16)>,
}

/// Where the path of a request stands, in bytes that go on behind it: from the first index to the second.
#[derive(Clone, Copy, Debug, Default)]
pub enum Told<'a> {
    /// That is not known.
    #[default]
    Nowhere,
    /// In a request line, of which the method is too.
    Line(&'a [u8], usize, usize),
    /// Alone.
    Path(&'a [u8], usize, usize),
}

/// What a line holds.
#[derive(Clone, Debug)]
pub enum Line<'f, 'a> {
    /// Little.
    Brief(Brief<'f, 'a>),
    /// More.
    Record(Record<'a>),
}

impl<'a> Brief<'_, 'a> {
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
            scope: None,
            body,
        }
    }
}

impl<'a> Line<'_, 'a> {
    /// The record, at full length.
    pub fn record(self) -> Record<'a> {
        match self {
            Line::Brief(b) => b.record(),
            Line::Record(r) => r,
        }
    }
}
