//! AWS Classic Load Balancer: `time elb client:port backend:port times statuses bytes "request" …`. The time is that of the request.
//! Sessions of plain TCP have no statuses; they are read as requests without an answer only where a request line is there.

use super::aws_alb::{path_of, total};
use crate::format::leaf::{self, Parser, blank, number, opt, quoted, unless_dash, word};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{At, Body, Level, Message, Record, Request};
use crate::time::stamp::iso;
use std::borrow::Cow;

/// Access log of a Classic Load Balancer.
pub struct AwsElb;

impl Format for AwsElb {
    fn meta(&self) -> Meta<'_> {
        Meta::web("AWS ELB classic", "access log of an AWS Classic Load Balancer")
            .begins(b"0-9", Signs::TIMED | Signs::QUOTE)
            .sample(r#"2026-03-10T13:05:00.945958Z shop-elb 192.0.2.10:2818 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        line.get(10).filter(|c| **c == b'T')?;
        let (rest, stamp) = iso(line).ok()?;
        let (
            _,
            (
                elb,
                client,
                backend,
                times,
                (status, backend_status),
                (_received, sent),
                request,
                agent,
            ),
        ) = (
            blank(word),
            blank(word),
            blank(word),
            (blank(word), blank(word), blank(word)),
            (blank(word), blank(word)),
            (blank(word), blank(number)),
            blank(quoted),
            opt(blank(quoted)),
        )
            .parse(rest)
            .ok()?;
        let address = leaf::without_port(client);
        if address.len() == client.len() || !leaf::is_address(address) {
            return None;
        }
        let service = Some(Cow::Borrowed(elb));
        let (method, url) = leaf::request_line(request);
        if status == b"-" && method.is_empty() {
            let m = Message::new(Level::Debug, rest);
            return Some(Record {
                service,
                stamped: At::Start,
                ..Record::new(Some(stamp), Body::Message(m))
            });
        }
        let r = Request {
            status: leaf::status(status)?,
            method,
            path: path_of(url),
            bytes: sent,
            latency_us: total(&[times.0, times.1, times.2]),
            client: address,
            agent: agent.unwrap_or_default(),
            upstream: unless_dash(backend),
            upstream_status: match backend_status {
                b"0" => b"",
                s => unless_dash(s),
            },
            ..Request::default()
        };
        Some(Record {
            service,
            stamped: At::Start,
            ..Record::new(Some(stamp), Body::Request(r))
        })
    }
}
