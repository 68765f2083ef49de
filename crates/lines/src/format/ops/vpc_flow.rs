//! Flow logs of AWS VPCs: in the order that a first line names (versions 3 and later let it be chosen), or without one in the
//! default order `2 account interface source target port port protocol packets bytes start end ACCEPT OK`. A flow that was
//! refused is a warning.

use crate::format::leaf;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{Body, Level, Message, Record};
use crate::time::stamp;
use std::borrow::Cow;

/// Flow logs of VPCs.
pub struct VpcFlow;

impl Format for VpcFlow {
    fn meta(&self) -> Meta<'_> {
        Meta::system(
            "VPC flow log",
            "flow logs of AWS VPCs, in the order of their header or in the default one",
        )
        .stateful()
        .begins(b"2a-z", Signs::NONE)
        .sample("2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1773147840 1773147900 REJECT OK")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if header(line).is_some() {
            return Some(Record::new(None, Body::Nothing));
        }
        let mut columns = DEFAULT.iter().copied();
        line.strip_prefix(b"2 ")?;
        Flow::of(line, DEFAULT.len(), |_| columns.next())
            .filter(|f| f.interface.starts_with(b"eni-"))?
            .record()
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(VpcFlowReader::default()))
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FlowColumn {
    Interface,
    Source,
    Target,
    Port,
    Start,
    End,
    Action,
    Status,
    Other,
}

use FlowColumn::{Action, End, Interface, Other, Port, Source, Start, Status, Target};

/// The columns of version 2.
const DEFAULT: [FlowColumn; 14] = [
    Other, Other, Interface, Source, Target, Other, Port, Other, Other, Other, Start, End, Action,
    Status,
];

/// Columns at most.
const MOST: usize = 64;

/// What a field of a header names; `None` for words that name none.
fn column(name: &[u8]) -> Option<FlowColumn> {
    Some(match name {
        b"interface-id" => Interface,
        b"srcaddr" => Source,
        b"dstaddr" => Target,
        b"dstport" => Port,
        b"start" => Start,
        b"end" => End,
        b"action" => Action,
        b"log-status" => Status,
        b"version"
        | b"account-id"
        | b"srcport"
        | b"protocol"
        | b"packets"
        | b"bytes"
        | b"vpc-id"
        | b"subnet-id"
        | b"instance-id"
        | b"tcp-flags"
        | b"type"
        | b"pkt-srcaddr"
        | b"pkt-dstaddr"
        | b"region"
        | b"az-id"
        | b"sublocation-type"
        | b"sublocation-id"
        | b"pkt-src-aws-service"
        | b"pkt-dst-aws-service"
        | b"flow-direction"
        | b"traffic-path"
        | b"ecs-cluster-arn"
        | b"ecs-cluster-name"
        | b"ecs-container-instance-arn"
        | b"ecs-container-instance-id"
        | b"ecs-container-id"
        | b"ecs-second-container-id"
        | b"ecs-service-name"
        | b"ecs-task-definition-arn"
        | b"ecs-task-arn"
        | b"ecs-task-id"
        | b"reject-reason"
        | b"resource-id" => Other,
        _ => return None,
    })
}

/// The columns that a first line names: all its words are fields, and there is a time and an action among them.
fn header(line: &[u8]) -> Option<Vec<FlowColumn>> {
    // the cheap no
    line.split(|c| *c == b' ').next().and_then(column)?;
    let columns: Option<Vec<FlowColumn>> =
        line.split(|c| *c == b' ').take(MOST).map(column).collect();
    let columns = columns?;
    let has = |c: FlowColumn| columns.contains(&c);
    (columns.len() >= 4 && has(Action) && (has(Start) || has(End))).then_some(columns)
}

/// The lines of one input.
#[derive(Default)]
struct VpcFlowReader {
    columns: Vec<FlowColumn>,
}

impl Reader for VpcFlowReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some(columns) = header(line) {
            self.columns = columns;
            return Some(Record::new(None, Body::Nothing));
        }
        if self.columns.is_empty() {
            return VpcFlow.parse(line);
        }
        let at = |n: usize| self.columns.get(n).copied();
        Flow::of(line, self.columns.len(), at)?.record()
    }
}

/// One row.
#[derive(Default)]
struct Flow<'a> {
    interface: &'a [u8],
    source: &'a [u8],
    target: &'a [u8],
    port: &'a [u8],
    start: &'a [u8],
    end: &'a [u8],
    action: &'a [u8],
    status: &'a [u8],
}

impl<'a> Flow<'a> {
    /// Reads a row of `count` columns.
    fn of(
        line: &'a [u8],
        count: usize,
        mut at: impl FnMut(usize) -> Option<FlowColumn>,
    ) -> Option<Flow<'a>> {
        let mut f = Flow::default();
        let mut seen = 0;
        for (n, w) in line.split(|c| *c == b' ').take(MOST + 1).enumerate() {
            seen = n + 1;
            let place = match at(n).filter(|_| !w.is_empty())? {
                Interface => &mut f.interface,
                Source => &mut f.source,
                Target => &mut f.target,
                Port => &mut f.port,
                Start => &mut f.start,
                End => &mut f.end,
                Action => &mut f.action,
                Status => &mut f.status,
                Other => continue,
            };
            *place = w;
        }
        (seen == count).then_some(f)
    }

    fn record(self) -> Option<Record<'a>> {
        let time = if self.end.is_empty() {
            self.start
        } else {
            self.end
        };
        let stamp = stamp::whole(time).filter(|_| leaf::uint(time).is_some())?;
        let level = match self.action {
            b"ACCEPT" | b"-" => Level::Info,
            b"REJECT" => Level::Warn,
            _ => return None,
        };
        let port: &[u8] = if self.port.is_empty() { b"" } else { b":" };
        let text = match self.action {
            b"-" => self.status.to_vec(),
            action => [
                action,
                b" ",
                self.source,
                b" to ",
                self.target,
                port,
                self.port,
            ]
            .concat(),
        };
        let m = Message {
            text: Cow::Owned(text),
            ..Message::new(level, b"")
        };
        Some(Record {
            host: (!self.interface.is_empty()).then_some(Cow::Borrowed(self.interface)),
            ..Record::new(Some(stamp), Body::Message(m))
        })
    }
}
