//! An access line, word by word, as an nginx `log_format`: what each word is by its shape, its place and the key in front of it.
//! Words that show nothing become variables of no meaning; whether the whole fits is for who tries it on lines.

use super::guess::Guess;
use super::read::SampleLine;
use coroner::formats::{Definition, Spec};
use coroner::program::format::{Field, field, leaf};
use coroner::program::record::Kind;
use coroner::program::time::stamp;

/// Lines that are read word by word; the definition of one may be that of an odd one.
const TRIED: usize = 8;

/// Access lines, word by word, as nginx `log_format`s: what some lines of the input give, each once.
pub(super) fn by_words(lines: &[SampleLine], name: &str) -> Vec<Guess> {
    let lines: Vec<&[u8]> = lines
        .iter()
        .map(|l| &l.bytes[..])
        .filter(|l| {
            let clf = memchr::memchr(b'[', l).is_some_and(|i| stamp::clf(&l[i + 1..]).is_ok());
            clf || stamp::iso(l).is_ok()
        })
        .collect();
    // from the first to the last, evenly
    let step = lines.len().div_ceil(TRIED).max(1);
    let mut specs: Vec<String> = Vec::new();
    for spec in lines.iter().step_by(step).filter_map(|l| spec_of(l)) {
        if !specs.contains(&spec) {
            specs.push(spec);
        }
    }
    specs
        .into_iter()
        .map(|spec| Guess {
            toml: vec![
                format!("nginx = '''{spec}'''"),
                "# variables named x1, x2, … are not used; give them names of nginx where you know them".into(),
            ],
            definition: Definition {
                kind: Some(Kind::Web),
                ..Definition::new(name, Spec::Nginx(spec))
            },
            lines: 0,
        })
        .collect()
}

/// The format of one line, if it shows a time and a status.
fn spec_of(line: &[u8]) -> Option<String> {
    let mut w = Words::default();
    let mut rest = line;
    while !rest.is_empty() {
        rest = w.next(rest);
    }
    let timed = w.seen.iter().any(|s| s.starts_with("time_"));
    (timed && w.seen.contains(&"status")).then_some(w.out)
}

#[derive(Default)]
struct Words {
    out: String,
    seen: Vec<&'static str>,
    unknown: usize,
}

impl Words {
    fn name(&mut self, name: &'static str) {
        self.seen.push(name);
        self.out.push('$');
        self.out.push_str(name);
    }

    fn unknown(&mut self) {
        self.unknown += 1;
        self.out.push_str(&format!("$x{}", self.unknown));
    }

    fn has(&self, name: &str) -> bool {
        self.seen.contains(&name)
    }

    /// Takes one word, quoted string or bracket, and what separates it from the next.
    fn next<'a>(&mut self, b: &'a [u8]) -> &'a [u8] {
        if let Some(inner) = b.strip_prefix(b"[")
            && let Ok((rest, _)) = stamp::clf(inner)
            && rest.starts_with(b"]")
        {
            self.out.push('[');
            self.name("time_local");
            self.out.push(']');
            return &rest[1..];
        }
        if let Ok((rest, s)) = stamp::iso(b)
            && s.offset_min.is_some()
            && b.get(10) == Some(&b'T')
            && !self.has("time_local")
        {
            self.name("time_iso8601");
            return rest;
        }
        match b[0] {
            b'"' => {
                let Ok((rest, inner)) = leaf::quoted(b) else {
                    self.out.push('"');
                    return &b[1..];
                };
                self.out.push('"');
                self.word(inner, true);
                self.out.push('"');
                rest
            }
            c if c.is_ascii_alphanumeric() || matches!(c, b'-' | b'/' | b'.' | b'_') => {
                let end = b
                    .iter()
                    .position(|c| {
                        matches!(c, b' ' | b'"' | b'[' | b']' | b'\t' | b'|' | b';' | b'=')
                    })
                    .unwrap_or(b.len());
                let (mine, rest) = b.split_at(end);
                match rest.first() {
                    // a key in front of its value stays as it is
                    Some(b'=') => {
                        self.out.push_str(&String::from_utf8_lossy(mine));
                        self.out.push('=');
                        let rest = self.keyed(mine, &rest[1..]);
                        return rest;
                    }
                    _ => self.word(mine, false),
                }
                rest
            }
            c => {
                // a dollar sign cannot be written as a literal
                if c == b'$' {
                    self.unknown()
                } else {
                    self.out.push(char::from(c))
                }
                &b[1..]
            }
        }
    }

    /// The value behind `key=`.
    fn keyed<'a>(&mut self, key: &[u8], b: &'a [u8]) -> &'a [u8] {
        let quote = b.first() == Some(&b'"');
        let (value, rest) = match leaf::quoted(b) {
            Ok((rest, inner)) if quote => (inner, rest),
            _ => b.split_at(b.iter().position(|c| *c == b' ').unwrap_or(b.len())),
        };
        let name = match field(key) {
            Some(Field::Latency(_)) => "request_time",
            Some(Field::UpstreamTime) => "upstream_response_time",
            Some(Field::UpstreamStatus) => "upstream_status",
            Some(Field::Upstream | Field::Server) => "upstream_addr",
            Some(Field::Ua) if leaf::is_endpoint(value) => "upstream_addr",
            Some(Field::Id) => "request_id",
            Some(Field::Version | Field::Release) => "upstream_http_x_app_version",
            Some(Field::Status) => "status",
            Some(Field::Host) => "host",
            _ => "",
        };
        if quote {
            self.out.push('"');
        }
        match name {
            "" => self.unknown(),
            n if self.has(n) => self.unknown(),
            n => self.name(n),
        }
        if quote {
            self.out.push('"');
        }
        rest
    }

    fn word(&mut self, w: &[u8], quoted: bool) {
        let (method, path) = leaf::request_line(w);
        let digits = !w.is_empty() && w.iter().all(u8::is_ascii_digit);
        match () {
            () if quoted && !method.is_empty() && !path.is_empty() && !self.has("request") => {
                self.name("request")
            }
            () if leaf::is_address(w) && !self.has("remote_addr") => self.name("remote_addr"),
            () if digits
                && leaf::status(w).is_some_and(|s| s >= 100)
                && w.len() == 3
                && !self.has("status") =>
            {
                self.name("status")
            }
            () if digits && self.has("status") && !self.has("body_bytes_sent") => {
                self.name("body_bytes_sent")
            }
            () if leaf::is_endpoint(w)
                && w.contains(&b':')
                && self.has("status")
                && !self.has("upstream_addr") =>
            {
                self.name("upstream_addr")
            }
            () if is_seconds(w) && self.has("status") && !self.has("request_time") => {
                self.name("request_time")
            }
            () if is_seconds(w)
                && self.has("request_time")
                && !self.has("upstream_response_time") =>
            {
                self.name("upstream_response_time")
            }
            () if w == b"-"
                && self.has("remote_addr")
                && !self.has("remote_user")
                && !self.out.ends_with("$remote_addr ") =>
            {
                self.name("remote_user")
            }
            () if w == b"-" && self.out.ends_with("$remote_addr ") => self.out.push('-'),
            () if quoted
                && (w.starts_with(b"http") || w == b"-")
                && !self.has("http_referer")
                && self.has("status") =>
            {
                self.name("http_referer")
            }
            () if quoted && self.has("http_referer") && !self.has("http_user_agent") => {
                self.name("http_user_agent")
            }
            () => self.unknown(),
        }
    }
}

/// A number with three decimals, as nginx writes seconds.
fn is_seconds(w: &[u8]) -> bool {
    let Some(dot) = memchr::memchr(b'.', w) else {
        return false;
    };
    let digits = |b: &[u8]| !b.is_empty() && b.iter().all(u8::is_ascii_digit);
    digits(&w[..dot]) && digits(&w[dot + 1..]) && w.len() - dot == 4
}
