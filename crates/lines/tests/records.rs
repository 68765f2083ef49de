//! What each format makes of lines of its own and of others, by the tables of `tests/data/records`: one file for each file of a
//! grammar, a format's name and what its lines show behind `#`, a line behind `|`, what comes of it and of those right above behind `=`.
//! Lines below `in order` are those of one input, read by what keeps state; below `inside` of wrappers, which are taken off; below `own` of
//! the definition behind `&`; below `framed` each is a whole input, and what comes of it are the records of that frame and the lines on which
//! they begin. A new grammar needs no code here: its lines go into a
//! table; `COR_UPDATE=1` writes what comes of them, to be held against the line by whoever wrote it.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use chrono::DateTime;
use coroner_lines::format::custom::{Definition, Spec, compile};
use coroner_lines::format::envelope::{ENVELOPES, peel};
use coroner_lines::format::frame::{FRAMES, Units};
use coroner_lines::format::{FORMATS, Format};
use coroner_lines::record::{At, Body, Kind, Message, Notice, Record, Request};
use coroner_lines::time::{Dated, Precision, Stamp};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Bytes as tables hold them: a backslash, controls and what is no UTF-8 behind a backslash.
fn escaped(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '\t' => out.push_str("\\t"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                c if c.is_ascii_control() => write!(out, "\\x{:02x}", c as u32).unwrap(),
                c => out.push(c),
            }
        }
        for b in chunk.invalid() {
            write!(out, "\\x{b:02x}").unwrap();
        }
    }
    out
}

fn unescaped(text: &str) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some((before, behind)) = rest.split_once('\\') {
        out.extend(before.bytes());
        let mut taken = 1;
        match behind.as_bytes()[0] {
            b't' => out.push(b'\t'),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b'x' => {
                taken = 3;
                out.push(u8::from_str_radix(&behind[1..3], 16).unwrap());
            }
            c => out.push(c),
        }
        rest = &behind[taken..];
    }
    out.extend(rest.bytes());
    out
}

/// A stamp as written, with its offset, the digits that it has, and what of the date is open.
fn time(s: Stamp) -> String {
    let form = match (s.dated, s.precision) {
        (Dated::NoDate, _) => "%H:%M:%S%.6f",
        (_, Precision::Second) => "%Y-%m-%dT%H:%M:%S",
        (_, Precision::Milli) => "%Y-%m-%dT%H:%M:%S%.3f",
        (_, Precision::Micro) => "%Y-%m-%dT%H:%M:%S%.6f",
    };
    let wall = DateTime::from_timestamp_micros(s.wall_us)
        .unwrap()
        .format(form);
    let zone = match s.offset_min {
        None => String::new(),
        Some(0) => "Z".into(),
        Some(m) => format!(
            "{}{:02}:{:02}",
            if m < 0 { '-' } else { '+' },
            m.abs() / 60,
            m.abs() % 60
        ),
    };
    match s.dated {
        Dated::Full | Dated::NoDate => format!("{wall}{zone}"),
        open => format!("{wall}{zone} ({open:?})"),
    }
}

/// A record in words: each field that says something, by its name.
#[derive(Default)]
struct Words(String);

impl Words {
    fn word(&mut self, word: &str) {
        if !self.0.is_empty() && !self.0.ends_with(' ') {
            self.0.push(' ');
        }
        self.0.push_str(word);
    }
    fn flag(&mut self, name: &str, is: bool) {
        if is {
            self.word(name);
        }
    }
    fn text(&mut self, name: &str, value: &[u8]) {
        if !value.is_empty() {
            let plain = value.iter().all(|c| c.is_ascii_graphic() && *c != b'"');
            let quote = if plain { "" } else { "\"" };
            self.word(&format!("{name}={quote}{}{quote}", escaped(value)));
        }
    }
    fn maybe(&mut self, name: &str, value: Option<&[u8]>) {
        match value {
            Some(b"") => self.word(&format!("{name}=")),
            value => self.text(name, value.unwrap_or_default()),
        }
    }
    fn stamp(&mut self, name: &str, stamp: Option<Stamp>) {
        if let Some(s) = stamp {
            self.word(&format!("{name}{}", time(s)));
        }
    }
    fn request(&mut self, r: &Request<'_>) {
        self.word(&format!("request {}", r.status));
        self.text("method", r.method);
        self.text("path", r.path);
        self.flag(&format!("bytes={}", r.bytes), r.bytes != 0);
        self.flag(&format!("us={}", r.latency_us), r.latency_us != 0);
        self.text("client", r.client);
        self.text("agent", r.agent);
        self.text("upstream", r.upstream);
        self.text("upstream_status", r.upstream_status);
        self.text("id", r.id);
        self.flag("by_app", r.by_app);
        if let Some(m) = &r.message {
            self.word("with");
            self.message(m);
        }
    }
    fn message(&mut self, m: &Message<'_>) {
        self.word(&format!("{:?}", m.level).to_lowercase());
        self.maybe("error", m.error.as_deref());
        if let Some((client, line)) = m.request {
            self.text("client", client);
            self.text("request", line);
        }
        self.maybe("upstream", m.upstream);
        self.flag(&format!("status={}", m.status), m.status != 0);
        if let Some(kind) = m.states {
            self.word(&format!("states={}", kind.word()));
        }
        self.flag("chat", m.author.is_some());
        self.word(&format!("“{}”", escaped(&m.text)));
    }
    fn notice(&mut self, n: &Notice<'_>) {
        self.word(n.kind.word());
        self.stamp("at=", n.stamp);
        self.stamp("since=", n.since);
        self.maybe("group", n.group.as_deref());
        self.maybe("actor", n.actor.as_deref());
        self.maybe("service", n.service.as_deref());
        self.maybe("version", n.version.as_deref());
        if let Some(class) = n.class {
            self.word(&format!("class={}", class.word()));
        }
        self.flag("package", n.package);
        self.flag("more", n.more);
        self.flag(&format!("sure={}", n.confidence), n.confidence != 90);
        self.word(&format!("“{}”", escaped(&n.title)));
    }
    fn record(&mut self, r: &Record<'_>) {
        self.stamp("", r.stamp);
        self.flag("(start)", r.stamped == At::Start);
        self.flag("(read)", r.stamped == At::Read);
        self.maybe("host", r.host.as_deref());
        self.maybe("service", r.service.as_deref());
        self.maybe("version", r.version.as_deref());
        if let Some(kind) = r.scope {
            self.word(&format!("scope={}", kind.word()));
        }
        match &r.body {
            Body::Request(q) => self.request(q),
            Body::Message(m) => self.message(m),
            Body::Detail(m) => {
                self.word("detail");
                self.message(m);
            }
            Body::Notices(list) | Body::Header(list) => {
                self.flag("header", matches!(r.body, Body::Header(_)));
                self.flag("states nothing", list.is_empty());
                for n in list {
                    self.0.push_str("\n=   ");
                    self.notice(n);
                }
            }
            Body::Several(list) => {
                for r in list {
                    self.0.push_str("\n=   ");
                    self.record(r);
                }
            }
            Body::Nothing => self.word("nothing"),
        }
    }
}

fn shown(record: Option<Record<'_>>) -> String {
    let mut words = Words::default();
    match &record {
        Some(r) => words.record(r),
        None => words.word("none"),
    }
    format!("= {}", words.0.trim_end())
}

fn format(name: &str) -> &'static dyn Format {
    let found = FORMATS.iter().find(|f| f.name() == name);
    *found.ok_or(name).unwrap()
}

/// What says what comes of a line.
type Reading = Box<dyn FnMut(&[u8]) -> String>;

/// What a section has its lines read by.
fn reads(head: &str) -> Reading {
    match head.split_once(": ").unwrap().0 {
        "inside" => Box::new(|line| match peel(line) {
            None => "= none".into(),
            Some((by, p)) => {
                let mut words = Words::default();
                words.word(ENVELOPES[by].name);
                words.stamp("", p.outer.stamp);
                words.flag("(read)", p.outer.at == At::Read);
                words.maybe("host", p.outer.host.as_deref());
                words.maybe("service", p.outer.service.as_deref());
                if let Some(level) = p.outer.level {
                    words.word(&format!("{level:?}").to_lowercase());
                }
                words.word(&format!("“{}”", escaped(&p.text)));
                format!("= {}", words.0)
            }
        }),
        name if name.starts_with("framed ") => {
            let name = name.replace("framed ", "");
            Box::new(move |input| framed(&name, input))
        }
        name => match name.strip_suffix(", in order") {
            Some(name) => {
                let mut reader = format(name).reader().unwrap();
                Box::new(move |line| shown(reader.read(line)))
            }
            None if name == "own" => Box::new(|_| String::new()),
            None => {
                let f = format(name);
                Box::new(move |line| shown(f.parse(line)))
            }
        },
    }
}

/// The records that a frame makes of an input which comes in small stretches, and whether it claims that input.
fn framed(name: &str, input: &[u8]) -> String {
    let frame = FRAMES.iter().find(|f| f.name == name).unwrap();
    let (mut framer, mut units) = ((frame.start)(), Units::default());
    input.chunks(7).for_each(|c| framer.feed(c, &mut units));
    framer.finish(&mut units);
    let claimed = (frame.claims)(input);
    let mut out = format!("= {}claimed", if claimed { "" } else { "not " });
    for unit in &units.list {
        let text = &units.bytes[unit.text.clone()];
        write!(out, "\n=   {}: {}", unit.line, escaped(text)).unwrap();
        if let Some(read) = frame.format.map(|f| shown(f.parse(text))) {
            write!(out, "\n=     {}", &read[2..]).unwrap();
        }
    }
    out
}

/// What reads lines by a definition: perhaps what its records are, the kind of writer, and the string.
fn own(definition: &str) -> Reading {
    let text = String::from_utf8(unescaped(definition)).unwrap();
    let (first, rest) = text.split_once(' ').unwrap();
    let scope = Kind::ALL.iter().copied().find(|k| k.word() == first);
    let (kind, spec) = match scope {
        Some(_) => rest.split_once(' ').unwrap(),
        None => (first, rest),
    };
    let pair = |p: &str| p.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()));
    let spec = spec.to_owned();
    let spec = match kind {
        "nginx" => Spec::Nginx(spec),
        "apache" => Spec::Apache(spec),
        "haproxy" => Spec::Haproxy(spec),
        "logback" => Spec::Logback(spec),
        "json" => Spec::Json(spec.split(' ').filter_map(pair).collect()),
        _ => Spec::Regex(spec),
    };
    let mut definition = Definition::new("own", spec);
    definition.kind = scope;
    match compile(&definition) {
        Ok(f) => Box::new(move |line| shown(f.parse(line))),
        Err(e) => Box::new(move |_| format!("= {e}").replace('\n', " ")),
    }
}

/// A table with what comes of its lines now.
fn read(table: &str) -> String {
    let (mut out, mut open) = (String::new(), String::new());
    let mut reader: Reading = Box::new(|_| String::new());
    for line in table.lines() {
        if let Some(head) = line.strip_prefix("# ") {
            reader = reads(head);
        }
        if let Some(definition) = line.strip_prefix("& ") {
            reader = own(definition);
        }
        let Some(text) = line.strip_prefix("| ") else {
            if !line.starts_with('=') {
                writeln!(out, "{open}{line}").unwrap();
                open.clear();
            }
            continue;
        };
        let got = reader(&unescaped(text)) + "\n";
        // lines of which the same comes stand above it together
        match open == got {
            true => writeln!(out, "{line}").unwrap(),
            false => writeln!(out, "{open}{line}").unwrap(),
        }
        open = got;
    }
    out + &open
}

fn tables(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(tables(&path)),
            false => all.push(path),
        }
    }
    all.sort();
    all
}

#[test]
fn lines_are_read_as_the_tables_say() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/records");
    for path in tables(&dir) {
        let table = fs::read_to_string(&path).unwrap();
        let now = read(&table);
        if std::env::var_os("COR_UPDATE").is_some() {
            fs::write(&path, now).unwrap();
            continue;
        }
        for (n, (is, was)) in now.lines().zip(table.lines()).enumerate() {
            assert_eq!(is, was, "{}:{}", path.display(), n + 1);
        }
        assert_eq!(now.len(), table.len(), "{}", path.display());
    }
}
