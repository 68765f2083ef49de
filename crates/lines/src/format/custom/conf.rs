//! Format strings straight from the configuration of their writer: nginx, Apache, HAProxy, logback, log4j and Spring.
//! Works on the text of the file; nothing is included from elsewhere and nothing is run.

use super::{Definition, Spec};
use regex::Regex;
use std::sync::LazyLock;

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
    directives(text, &mut all);
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

/// Strings of nginx and Apache as their directives write them: the whole, the name, in nginx between blanks, in Apache behind the quotes.
static DIRECTIVES: LazyLock<Option<[Regex; 2]>> = LazyLock::new(|| {
    Some([
        // may go over several lines
        Regex::new(
            r#"(?m)^[ \t]*(log_format\s+(\S+)(?:\s+|'(?:[^'\\]|(?s:\\.))*'|"(?:[^"\\]|(?s:\\.))*"|[^\s'";])*(?:;|\z))"#,
        )
        .ok()?,
        Regex::new(r#"(?mi)^[ \t]*(LogFormat\s(?:[^\n\\]|\\\r?\n|\\.)*)"#).ok()?,
    ])
});

/// Patterns of loggers, as elements, attributes and settings hold them.
static PATTERNS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let named = r"conversionpattern|logging\.pattern\.(?:console|file)|layout\.pattern";
    let element = r#"<pattern>([^<]*)<| (?:pattern|value)="([^"]*)""#;
    let setting =
        format!(r"^[ \t]*(?:[^#<=:\s][^=:\n]*?)?(?:{named})[ \t]*[=:][ \t]*(.*?)[ \t\r]*$");
    Regex::new(&format!("(?mi){element}|{setting}")).ok()
});

fn found(all: &mut Vec<FromConf>, name: &str, spec: Spec, at: usize) {
    all.push(FromConf {
        definition: Definition::new(name, spec),
        at,
    });
}

/// `log_format name [escape=…] '…' '…';`, `LogFormat "…" name`, which may go on behind a backslash.
fn directives(text: &str, all: &mut Vec<FromConf>) {
    let Some([nginx, apache]) = &*DIRECTIVES else {
        return;
    };
    for c in nginx.captures_iter(text) {
        let (whole, name) = (c.get(1), c.get(2));
        if let (Some(whole), Some(name)) = (whole, name) {
            let spec = Spec::Nginx(whole.as_str().to_owned());
            found(all, name.as_str(), spec, whole.start());
        }
    }
    for whole in apache.captures_iter(text).filter_map(|c| c.get(1)) {
        let directive = whole.as_str().replace("\\\r\n", " ").replace("\\\n", " ");
        let name = directive.rsplit(['"', '\'']).next().unwrap_or_default();
        let name = match name.trim() {
            "" => "Apache LogFormat",
            name => name,
        };
        let spec = Spec::Apache(directive.trim().to_owned());
        found(all, name, spec, whole.start());
    }
}

/// `log-format "…"`, named after the section it stands in.
fn haproxy(text: &str, all: &mut Vec<FromConf>) {
    let (mut section, mut start) = ("HAProxy log-format", 0);
    for line in text.split_inclusive('\n') {
        match line.split_whitespace().next() {
            Some("frontend" | "listen" | "backend" | "defaults") => section = line.trim(),
            Some("log-format") => {
                found(all, section, Spec::Haproxy(line.trim().to_owned()), start);
            }
            _ => {}
        }
        start += line.len();
    }
}

/// `<pattern>…</pattern>`, `pattern="…"`, `appender.layout.ConversionPattern=…`, `logging.pattern.console=…`.
fn logback(text: &str, all: &mut Vec<FromConf>) {
    let captures = PATTERNS.iter().flat_map(|r| r.captures_iter(text));
    for raw in captures.filter_map(|c| c.iter().skip(1).flatten().next()) {
        let marks = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&amp;", "&"),
        ];
        let plain = |s: String, (from, to): (&str, &str)| s.replace(from, to);
        let text = marks.into_iter().fold(raw.as_str().to_owned(), plain);
        // in XML a break of the line is a blank
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text.trim_matches(['"', '\'']);
        if ["%m", "%msg", "%message"].iter().any(|m| text.contains(m)) {
            found(
                all,
                "logging pattern",
                Spec::Logback(text.to_owned()),
                raw.start(),
            );
        }
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
