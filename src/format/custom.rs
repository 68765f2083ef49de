//! Formats given by the user: the compiler for nginx `log_format` strings. No reading of configuration files here.
//! A string becomes literals and variables; a literal ends the variable before it. Nothing is guessed about a line.

use super::Format;
use super::flat_json::string_end;
use super::leaf::Leaf;
use super::synonym::{Field, Taken, field};
use crate::record::{At, Kind, Record};
use crate::time::Stamp;
use crate::time::stamp::{clf, epoch, iso};
use memchr::memmem;

/// Most variables in one format.
const MAX: usize = 64;

/// What is wrong with a `log_format` string, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {why}")]
pub struct CompileError {
    /// Offset of the offending byte in the string as given.
    pub at: usize,
    /// What is wrong, and the remedy.
    pub why: String,
}

impl CompileError {
    /// Three lines: what is wrong, the line of the string it is about, and a caret under the place.
    pub fn render(&self, spec: &str) -> String {
        let at = (0..=self.at.min(spec.len()))
            .rev()
            .find(|&i| spec.is_char_boundary(i))
            .unwrap_or(0);
        let start = spec[..at].rfind('\n').map_or(0, |i| i + 1);
        let end = spec[at..].find('\n').map_or(spec.len(), |i| at + i);
        let pad: String = spec[start..at]
            .chars()
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        format!("{}\n  {}\n  {pad}^", self.why, &spec[start..end])
    }
}

/// How the value of a variable is told from what follows it.
#[derive(Clone, Copy)]
enum Shape {
    /// A time of fixed grammar.
    Time(for<'a> fn(&'a [u8]) -> Leaf<'a, Stamp>),
    /// Three digits.
    Status,
    /// Up to the closing quote.
    Quoted,
    /// One word.
    Word,
    /// One element per attempt, with `, ` or ` : ` between them.
    List,
    /// Anything, blanks too, up to the literal that lets the rest of the line match.
    Text,
}

/// A literal, and the variable after it; the last step has none.
struct Step {
    literal: Vec<u8>,
    var: Option<Var>,
}

struct Var {
    shape: Shape,
    field: Option<Field>,
}

/// A compiled `log_format`.
struct NginxFormat {
    name: String,
    about: String,
    sample: String,
    steps: Vec<Step>,
}

/// Compiles a `log_format` string: the bare string, or the whole directive with its name, `escape=` and quoted parts.
/// Unknown variables match and are not used. Two variables without anything between them are an error, and so is a format
/// without `$status`, since nothing could be counted.
pub fn compile_nginx(name: &str, spec: &str) -> Result<Box<dyn Format>, CompileError> {
    let (text, raw) = unwrap_directive(spec)?;
    let mut names = Vec::new();
    let steps = steps(&text, raw, &mut names)?;
    if !steps
        .iter()
        .flat_map(|s| &s.var)
        .any(|v| v.field == Some(Field::Status))
    {
        return Err(CompileError {
            at: spec.len(),
            why: "no $status in the format, so that requests cannot be counted; add it".into(),
        });
    }
    let mut sample = String::new();
    for (i, step) in steps.iter().enumerate() {
        sample.push_str(&String::from_utf8_lossy(&step.literal));
        if let Some(n) = names.get(i) {
            sample.push_str(example(n));
        }
    }
    Ok(Box::new(NginxFormat {
        name: name.to_owned(),
        about: format!("nginx log_format given by the user: {}", spec.trim()),
        sample,
        steps,
    }))
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
        return Err(CompileError {
            at: start,
            why: "a log_format directive without a quoted string; give the string".into(),
        });
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
                    return Err(CompileError {
                        at: open,
                        why: "this quote is never closed; close it".into(),
                    });
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

/// Splits into literals and variables, and decides the shape of each variable by its neighbours.
fn steps(
    text: &[(u8, usize)],
    raw: bool,
    names: &mut Vec<String>,
) -> Result<Vec<Step>, CompileError> {
    let mut steps: Vec<Step> = Vec::new();
    let mut literal = Vec::new();
    let mut i = 0;
    while let Some(&(c, at)) = text.get(i) {
        if c != b'$' {
            literal.push(c);
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
            return Err(CompileError {
                at,
                why: "a `$` that begins no variable; name one".into(),
            });
        }
        i += usize::from(braced);
        if names.len() == MAX {
            return Err(CompileError {
                at,
                why: format!("more than {MAX} variables; shorten the format"),
            });
        }
        let shape = shape(&name);
        if let (true, Some(Some(left))) = (literal.is_empty(), steps.last().map(|s| &s.var)) {
            let fixed = |s| matches!(s, Shape::Time(_) | Shape::Status);
            if !fixed(left.shape) || !fixed(shape) {
                return Err(CompileError {
                    at,
                    why: "two variables with nothing between them cannot be told apart; put a blank or a quote between".into(),
                });
            }
        }
        steps.push(Step {
            literal: std::mem::take(&mut literal),
            var: Some(Var {
                shape,
                field: meaning(&name),
            }),
        });
        names.push(name);
    }
    steps.push(Step { literal, var: None });
    settle_quotes(&mut steps, raw);
    Ok(steps)
}

/// A variable between double quotes ends at the closing one, except that unescaped values may hold quotes.
fn settle_quotes(steps: &mut [Step], raw: bool) {
    for k in 0..steps.len().saturating_sub(1) {
        let quoted = steps[k].literal.ends_with(b"\"") && steps[k + 1].literal.starts_with(b"\"");
        if let (true, Some(var)) = (quoted, &mut steps[k].var)
            && !matches!(var.shape, Shape::Time(_))
        {
            var.shape = if raw { Shape::Text } else { Shape::Quoted };
        }
    }
}

/// The grammar of an nginx variable. Unknown ones and headers may hold anything.
fn shape(name: &str) -> Shape {
    match name {
        "time_local" => Shape::Time(clf),
        "time_iso8601" => Shape::Time(iso),
        "msec" => Shape::Time(epoch),
        "status" => Shape::Status,
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
        | "service_name" => Shape::Word,
        "upstream_addr"
        | "upstream_status"
        | "proxy_add_x_forwarded_for"
        | "http_x_forwarded_for" => Shape::List,
        n if n.starts_with("upstream_")
            && (n.ends_with("_time")
                || n.ends_with("_length")
                || n.starts_with("upstream_bytes_")) =>
        {
            Shape::List
        }
        _ => Shape::Text,
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

impl NginxFormat {
    /// Matches the steps from `k` on against all of `rest`. `budget` bounds the places that are tried for free text.
    fn matches<'a>(
        &self,
        mut k: usize,
        mut rest: &'a [u8],
        values: &mut [&'a [u8]; MAX],
        budget: &mut u32,
    ) -> bool {
        while let Some(step) = self.steps.get(k) {
            let Some(after) = rest.strip_prefix(&step.literal[..]) else {
                return false;
            };
            let Some(var) = &step.var else {
                return after.is_empty();
            };
            let next = self.steps.get(k + 1).map_or(&[][..], |s| &s.literal);
            let end = match var.shape {
                Shape::Text if !next.is_empty() => {
                    for i in memmem::find_iter(after, next) {
                        if *budget == 0 {
                            return false;
                        }
                        *budget -= 1;
                        if self.matches(k + 1, &after[i..], values, budget) {
                            values[k] = &after[..i];
                            return true;
                        }
                    }
                    return false;
                }
                shape => match value_end(shape, after, next) {
                    Some(end) => end,
                    None => return false,
                },
            };
            values[k] = &after[..end];
            rest = &after[end..];
            k += 1;
        }
        false
    }
}

/// Where the value at the start of `b` ends; `next` is the literal that follows it.
fn value_end(shape: Shape, b: &[u8], next: &[u8]) -> Option<usize> {
    match shape {
        Shape::Time(leaf) => leaf(b).ok().map(|(rest, _)| b.len() - rest.len()),
        Shape::Status => b
            .get(..3)
            .filter(|s| s.iter().all(u8::is_ascii_digit))
            .map(|_| 3),
        Shape::Quoted => string_end(b, 0),
        Shape::Text => Some(b.len()),
        Shape::Word => {
            let end = if next.is_empty() {
                b.len()
            } else {
                memmem::find(b, next)?
            };
            (!b[..end].contains(&b' ')).then_some(end)
        }
        Shape::List => {
            let mut end = 0;
            loop {
                end += b[end..]
                    .iter()
                    .position(|c| matches!(c, b' ' | b',') || Some(c) == next.first())
                    .unwrap_or(b.len() - end);
                if b[end..].starts_with(b", ") {
                    end += 2;
                } else if b[end..].starts_with(b" : ") && next != b" : " {
                    end += 3;
                } else {
                    return Some(end);
                }
            }
        }
    }
}

impl Format for NginxFormat {
    fn name(&self) -> &str {
        &self.name
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        &self.about
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let mut values: [&[u8]; MAX] = [&[]; MAX];
        if !self.matches(0, line, &mut values, &mut 256) {
            return None;
        }
        let mut taken = Taken::default();
        for (step, value) in self.steps.iter().zip(values) {
            if let Some(f) = step.var.as_ref().and_then(|v| v.field) {
                taken.take_as(f, value);
            }
        }
        taken.has_status.then(|| taken.into_record(At::End))
    }
    fn sample(&self) -> &str {
        &self.sample
    }
}

#[cfg(test)]
mod tests;
