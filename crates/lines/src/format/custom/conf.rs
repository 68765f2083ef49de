//! Format strings straight from the configuration of their writer: nginx, Apache, HAProxy, logback, log4j and Spring.
//! Works on the text of the file; nothing is included from elsewhere and nothing is run.

use super::{Definition, Spec};

/// A format found in a configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct FromConf {
    /// The format.
    pub definition: Definition,
    /// Byte offset of its string in the file.
    pub at: usize,
}

/// All format strings of a configuration, the longest first: of two that fit a line, the one that says more wins.
pub fn from_conf(text: &str) -> Vec<FromConf> {
    let mut all = Vec::new();
    if text.contains("log_format") {
        nginx(text, &mut all);
    }
    apache(text, &mut all);
    haproxy(text, &mut all);
    logback(text, &mut all);
    let parts = |f: &FromConf| match &f.definition.spec {
        Spec::Nginx(s) => s.matches('$').count(),
        Spec::Apache(s) | Spec::Haproxy(s) | Spec::Logback(s) => s.matches('%').count(),
        _ => 0,
    };
    all.sort_by_key(|f| (std::cmp::Reverse(parts(f)), f.at));
    all.dedup_by(|a, b| a.definition.spec == b.definition.spec);
    all
}

fn found(all: &mut Vec<FromConf>, name: &str, spec: Spec, at: usize) {
    all.push(FromConf {
        definition: Definition::new(name, spec),
        at,
    });
}

/// Lines with the byte offset of each; comments (`#` first) left out.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(move |l| {
            let start = at;
            at += l.len();
            (start, l)
        })
        .filter(|(_, l)| !l.trim_start().starts_with('#'))
}

/// `log_format name [escape=…] '…' '…';`, which may go over several lines.
fn nginx(text: &str, all: &mut Vec<FromConf>) {
    for (start, line) in lines(text) {
        let at = start + line.len() - line.trim_start().len();
        let Some(rest) = text[at..].strip_prefix("log_format") else {
            continue;
        };
        if !rest.starts_with(char::is_whitespace) {
            continue;
        }
        let name = rest.split_whitespace().next().unwrap_or("nginx log_format");
        let end = directive_end(rest.as_bytes());
        let spec = &text[at..at + "log_format".len() + end];
        found(all, name, Spec::Nginx(spec.to_owned()), at);
    }
}

/// Where a directive of nginx ends: behind its `;` outside of quotes.
fn directive_end(b: &[u8]) -> usize {
    let (mut quote, mut escaped) = (None, false);
    for (i, &c) in b.iter().enumerate() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(q), c) if q == c => quote = None,
            (None, b'\'' | b'"') => quote = Some(c),
            (None, b';') => return i + 1,
            _ => {}
        }
    }
    b.len()
}

/// `LogFormat "…" nickname`; a backslash at the end of a line goes on in the next.
fn apache(text: &str, all: &mut Vec<FromConf>) {
    let mut skip_to = 0;
    for (start, line) in lines(text) {
        let words = line.trim_start();
        let is = words
            .get(..9)
            .is_some_and(|w| w.eq_ignore_ascii_case("LogFormat"));
        if start < skip_to || !is || !words[9..].starts_with(char::is_whitespace) {
            continue;
        }
        let mut end = start + line.len();
        while text[..end].trim_end_matches(['\r', '\n']).ends_with('\\') && end < text.len() {
            end += text[end..].find('\n').map_or(text.len() - end, |n| n + 1);
        }
        skip_to = end;
        let directive = text[start..end].replace("\\\r\n", " ").replace("\\\n", " ");
        let name = directive
            .rsplit(['"', '\''])
            .next()
            .unwrap_or_default()
            .trim();
        let name = if name.is_empty() {
            "Apache LogFormat"
        } else {
            name
        };
        found(all, name, Spec::Apache(directive.trim().to_owned()), start);
    }
}

/// `log-format …` in a section of HAProxy's; the section names it.
fn haproxy(text: &str, all: &mut Vec<FromConf>) {
    let mut section = "HAProxy log-format".to_owned();
    for (start, line) in lines(text) {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("frontend" | "listen" | "backend" | "defaults") => {
                section = line.trim().to_owned();
            }
            Some("log-format") => {
                found(all, &section, Spec::Haproxy(line.trim().to_owned()), start);
            }
            _ => {}
        }
    }
}

/// `<pattern>…</pattern>`, `pattern="…"` of XML, and the keys of property and YAML files.
fn logback(text: &str, all: &mut Vec<FromConf>) {
    let mut from = 0;
    while let Some(i) = text[from..].to_ascii_lowercase().find("<pattern>") {
        let at = from + i + "<pattern>".len();
        let Some(n) = text[at..].find('<') else {
            return;
        };
        xml(&text[at..at + n], at, all);
        from = at + n;
    }
    for attribute in [" pattern=\"", " value=\""] {
        let mut from = 0;
        while let Some(i) = text[from..].find(attribute) {
            let at = from + i + attribute.len();
            let Some(n) = text[at..].find('"') else {
                return;
            };
            xml(&text[at..at + n], at, all);
            from = at + n;
        }
    }
    for (start, line) in lines(text) {
        let Some(split) = line.find(['=', ':']) else {
            continue;
        };
        let key = line[..split].trim().to_ascii_lowercase();
        let named = [
            "conversionpattern",
            "logging.pattern.console",
            "logging.pattern.file",
            "layout.pattern",
        ];
        if named.iter().any(|n| key.ends_with(n)) && !key.starts_with('<') {
            let value = &line[split + 1..];
            let at = start + split + 1 + value.len() - value.trim_start().len();
            let value = value.trim().trim_matches(['"', '\'']);
            pattern(value, at, all);
        }
    }
}

fn xml(raw: &str, at: usize, all: &mut Vec<FromConf>) {
    let text = raw
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
    // in XML a break of the line is a blank
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    pattern(&text, at, all);
}

fn pattern(text: &str, at: usize, all: &mut Vec<FromConf>) {
    if ["%m", "%msg", "%message"].iter().any(|m| text.contains(m)) {
        found(all, "logging pattern", Spec::Logback(text.to_owned()), at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::custom::compile;
    use proptest::prelude::*;

    fn one(text: &str) -> Definition {
        let all = from_conf(text);
        assert_eq!(all.len(), 1, "{all:?}");
        all[0].definition.clone()
    }

    #[test]
    fn strings_of_every_writer_are_found() {
        let nginx = "http {\n  # log_format old '$status';\n  log_format  edge escape=json '$remote_addr [$time_local] \"$request\" '\n     '$status ; $request_time';\n  access_log /var/log/a.log edge;\n}\n";
        let d = one(nginx);
        assert_eq!(d.name, "edge");
        let f = compile(&d).unwrap();
        let line = br#"203.0.113.7 [20/Nov/2026:06:33:18 +0000] "GET / HTTP/1.1" 502 ; 0.1"#;
        assert!(f.parse(line).is_some());

        let apache = "<IfModule log_config_module>\nLogFormat \"%h %l %u %t \\\"%r\\\" %>s %b \\\n %D\" timed\nCustomLog logs/a.log timed\n</IfModule>\n";
        let d = one(apache);
        assert_eq!(d.name, "timed");
        let line =
            br#"203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] "GET / HTTP/1.1" 502 12   1500"#;
        assert!(compile(&d).unwrap().parse(line).is_some());

        let haproxy = "defaults\n  mode http\nfrontend www\n  log-format \"%ci:%cp [%tr] %ft %b/%s %Ta %ST %B %{+Q}r\"\n";
        assert_eq!(one(haproxy).name, "frontend www");

        for text in [
            "<configuration><appender><encoder><pattern>%d{HH:mm:ss.SSS} [%thread] %-5level %logger{36} -%kvp- %msg%n</pattern></encoder></appender></configuration>",
            "<Console name=\"Console\"><PatternLayout pattern=\"%d{HH:mm:ss.SSS} [%t] %-5level %logger{36} - %msg%n\"/></Console>",
            "log4j.appender.A1.layout.ConversionPattern=%d [%t] %-5p %c - %m%n\n",
            "logging.pattern.console=%d{yyyy-MM-dd HH:mm:ss} %-5level %msg%n\n",
        ] {
            assert!(compile(&one(text)).is_ok(), "{text}");
        }
        assert!(from_conf("nothing here\n").is_empty());
    }

    proptest! {
        #[test]
        fn any_file_ends(text in "(log_format|LogFormat|log-format|<pattern>|[a-z%$\"'; \\n\\\\{}<>=]|é){0,40}") {
            for f in from_conf(&text) {
                let _ = compile(&f.definition);
            }
        }
    }
}
