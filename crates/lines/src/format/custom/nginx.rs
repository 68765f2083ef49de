//! The compiler for nginx `log_format` strings: the bare string, or the whole directive with its name, `escape=` and quotes.
//! Unknown variables match and are not used.

use super::steps::{Builder, ValueShape};
use super::{CompileError, Definition, Made, Slot, Spec, compile};
use crate::format::Format;
use crate::format::synonym::{Field, field};
use crate::record::At;
use crate::time::stamp::{clf, epoch, iso};

/// Compiles a `log_format` string. Two variables without anything between them are an error, and so is a format without
/// `$status`, since nothing could be counted.
pub fn compile_nginx(name: &str, spec: &str) -> Result<Box<dyn Format>, CompileError> {
    compile(&Definition::new(name, Spec::Nginx(spec.to_owned())))
}

pub(super) fn steps_of(spec: &str) -> Result<Made, CompileError> {
    let (text, raw) = unwrap_directive(spec)?;
    let mut b = Builder::default();
    let mut i = 0;
    while let Some(&(c, at)) = text.get(i) {
        if c != b'$' {
            b.literal.push(c);
            i += 1;
            continue;
        }
        let braced = text.get(i + 1).is_some_and(|t| t.0 == b'{');
        let from = i + 1 + usize::from(braced);
        let name: String = text[from..]
            .iter()
            .map(|t| char::from(t.0))
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        i = from + name.len();
        let closed = !braced || text.get(i).is_some_and(|t| t.0 == b'}');
        if name.is_empty() || !closed {
            return Err(CompileError::new(
                at,
                "a `$` that begins no variable; name one",
            ));
        }
        i += usize::from(braced);
        let (shape, slot) = (shape(&name), meaning(&name).map_or(Slot::Unused, slot));
        let example = example(&name);
        b.variable(name, Some(slot), shape, example)
            .map_err(|why| CompileError::new(at, why))?;
    }
    b.settle_quotes(raw);
    let (matcher, names, sample) = b.finish();
    Ok(Made {
        about: format!("nginx log_format given by the user: {}", spec.trim()),
        sample,
        names,
        matcher,
        stamped: At::End,
        continued: false,
        needs_status: true,
        status_word: "$status",
        end: spec.len(),
    })
}

fn slot(f: Field) -> Slot {
    match f {
        Field::Time => Slot::Time,
        f => Slot::Field(f),
    }
}

/// The characters of the format with their offsets, and whether values are written without escapes.
/// A directive (`log_format name escape=json '…' '…';`) is reduced to what its quotes hold.
fn unwrap_directive(spec: &str) -> Result<(Vec<(u8, usize)>, bool), CompileError> {
    let b = spec.as_bytes();
    let start = b.iter().position(|c| !c.is_ascii_whitespace()).unwrap_or(0);
    let directive = spec[start..].starts_with("log_format");
    if !directive && b.get(start) != Some(&b'\'') {
        let end = spec.trim_end().len();
        return Ok(((start..end).map(|i| (b[i], i)).collect(), false));
    }
    let first = memchr::memchr2(b'\'', b'"', &b[start..]).map(|i| start + i);
    let Some(mut at) = first else {
        return Err(CompileError::new(
            start,
            "a log_format directive without a quoted string; give the string",
        ));
    };
    let raw = spec[start..at].contains("escape=none");
    let mut text = Vec::new();
    loop {
        let quote = b[at];
        let open = at;
        at += 1;
        loop {
            match b.get(at) {
                None => {
                    return Err(CompileError::new(
                        open,
                        "this quote is never closed; close it",
                    ));
                }
                Some(&c) if c == quote => break,
                Some(b'\\')
                    if b.get(at + 1)
                        .is_some_and(|c| matches!(c, b'\\' | b'"' | b'\'')) =>
                {
                    text.push((b[at + 1], at));
                    at += 1;
                }
                Some(&c) => text.push((c, at)),
            }
            at += 1;
        }
        at += 1;
        at += b[at..]
            .iter()
            .take_while(|c| c.is_ascii_whitespace())
            .count();
        match b.get(at) {
            Some(b'\'' | b'"') => {}
            None | Some(b';') => return Ok((text, raw)),
            Some(_) => {
                return Err(CompileError {
                    at,
                    why: "expected another quoted string or the end of the directive; remove this"
                        .into(),
                });
            }
        }
    }
}

/// The grammar of an nginx variable. Unknown ones and headers may hold anything.
fn shape(name: &str) -> ValueShape {
    match name {
        "time_local" => ValueShape::Time(clf),
        "time_iso8601" => ValueShape::Time(iso),
        "msec" => ValueShape::Time(epoch),
        "status" => ValueShape::Status,
        "remote_addr"
        | "remote_port"
        | "realip_remote_addr"
        | "body_bytes_sent"
        | "bytes_sent"
        | "request_time"
        | "request_length"
        | "request_id"
        | "request_method"
        | "request_uri"
        | "connection"
        | "connection_requests"
        | "connection_time"
        | "pipe"
        | "server_addr"
        | "server_port"
        | "server_name"
        | "scheme"
        | "server_protocol"
        | "hostname"
        | "pid"
        | "nginx_version"
        | "https"
        | "ssl_protocol"
        | "ssl_cipher"
        | "upstream_cache_status"
        | "proxy_upstream_name"
        | "proxy_alternative_upstream_name"
        | "req_id"
        | "gzip_ratio"
        | "tcpinfo_rtt"
        | "namespace"
        | "ingress_name"
        | "service_name" => ValueShape::Word,
        "upstream_addr"
        | "upstream_status"
        | "proxy_add_x_forwarded_for"
        | "http_x_forwarded_for" => ValueShape::List,
        n if n.starts_with("upstream_")
            && (n.ends_with("_time")
                || n.ends_with("_length")
                || n.starts_with("upstream_bytes_")) =>
        {
            ValueShape::List
        }
        _ => ValueShape::Text,
    }
}

/// What a variable means. Headers go by the name behind their prefix (`$upstream_http_x_app_version` is a version).
fn meaning(name: &str) -> Option<Field> {
    match name {
        // What the browser came from, how the connection was: no fields of ours, whatever the table says.
        "http_x_forwarded_for"
        | "proxy_add_x_forwarded_for"
        | "nginx_version"
        | "pipe"
        | "hostname" => return None,
        "proxy_upstream_name" | "service_name" => return Some(Field::Service),
        "document_uri" => return Some(Field::Path),
        _ => {}
    }
    if let Some(f) = field(name.as_bytes()) {
        return Some(f);
    }
    let header = ["upstream_http_", "sent_http_", "http_"]
        .iter()
        .find_map(|p| name.strip_prefix(p))?;
    let bare = header.strip_prefix("x_").unwrap_or(header);
    match field(bare.as_bytes()) {
        Some(f @ (Field::Version | Field::Release | Field::Id)) => Some(f),
        _ if bare.ends_with("version") => Some(Field::Version),
        _ => None,
    }
}

/// A value for the sample line.
fn example(name: &str) -> &'static str {
    match name {
        "time_local" => "20/Nov/2026:06:33:18 +0000",
        "time_iso8601" => "2026-11-20T06:33:18+00:00",
        "msec" => "1795156398.502",
        "status" | "upstream_status" => "200",
        "remote_addr" => "203.0.113.7",
        "request" => "GET /cart HTTP/1.1",
        "request_method" => "GET",
        "request_uri" | "uri" => "/cart",
        "host" | "http_host" | "server_name" => "shop.example.com",
        "upstream_addr" => "10.0.0.2:80",
        "body_bytes_sent" | "bytes_sent" | "request_length" => "1234",
        n if n.ends_with("_time") => "0.002",
        _ => "-",
    }
}
