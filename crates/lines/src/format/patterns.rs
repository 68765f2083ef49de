//! Formats that are no grammar but patterns, in the language in which users define theirs (`custom`): `patterns.txt` says what a
//! format is called, how its lines begin, and what lines of each pattern say. For writers of which one line is one record, away from
//! the logs that are read by the gigabyte.

mod outline;

use super::custom::{Always, Custom, Definition, Markers, Says, Spec, made};
use super::web::trouble::WithTrouble;
use super::{Format, Meta, Reader, named};
use crate::record::{At, Body, Level, MarkerKind, Record};
use crate::table;
use crate::time::Dated;
use crate::time::stamp::any_shape;
use outline::Outline;
use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

/// A format that patterns describe; what their groups mean stands in the shared table of names.
pub struct Pattern {
    pub(super) meta: Meta<'static>,
    /// Whether its server prints the stacks of requests between their lines.
    stacks: bool,
    rows: Vec<Row>,
}

/// Lines of one pattern.
struct Row {
    /// What it is made of, when a line is first asked about: most archives hold lines of few formats.
    definition: Definition,
    always: Always,
    outline: OnceLock<Outline>,
    made: OnceLock<Option<Custom>>,
    /// Whether a time without a zone is UTC.
    utc: bool,
}

/// Every format that is described, in the order of `patterns.txt`: its line `format`, and below it a block for each pattern.
pub(super) static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let mut all: Vec<Pattern> = Vec::new();
    let mut head = "";
    for block in table::blocks(include_str!("patterns.txt")) {
        let meta = Meta::described(block);
        if !meta.name.is_empty() {
            head = block;
            let stacks = !table::value(block, "stacks").is_empty();
            let rows = Vec::new();
            all.push(Pattern { meta, stacks, rows });
        } else if let (Some(last), Some(row)) = (all.last_mut(), row(head, block)) {
            last.rows.push(row);
        }
    }
    all
});

/// What a block says that stands below the head of its format; `None` for one that says nothing.
fn row(head: &'static str, block: &'static str) -> Option<Row> {
    let value = |key| Some(table::value(block, key)).filter(|v| !v.is_empty());
    let either = |key| value(key).or(Some(table::value(head, key)).filter(|v| !v.is_empty()));
    let list = |key| value(key).into_iter().flat_map(|v: &str| v.split(" | "));
    let pair = |of: &'static str| of.rsplit_once(' ');
    let level = |word: &'static str| Level::from_word(word.as_bytes());
    let kinds = list("kinds").filter_map(|of| {
        let (state, kind) = pair(of)?;
        Some((state.to_owned(), MarkerKind::from_word(kind)?))
    });
    let kinds: std::collections::BTreeMap<_, _> = kinds.collect();
    let mut pattern = [table::value(head, "head"), value("pattern")?].concat();
    if !pattern.contains("(?<") {
        pattern = format!("(?<line>{pattern})");
    }
    let pattern = format!("(?s-u)^{pattern}");
    let definition = Definition {
        kind: Some(Meta::described(head).kind),
        stamped: either("at").map(|_| At::Start),
        time_format: either("time").map(str::to_owned),
        markers: (!kinds.is_empty()).then(|| Markers {
            field: "state".to_owned(),
            kinds,
        }),
        ..Definition::new("", Spec::Regex(pattern))
    };
    let always = Always {
        any_line: true,
        timed: true,
        by_app: either("by_app").is_some(),
        says: match value("says") {
            Some("nothing") => Says::Nothing,
            Some("no marker") => Says::Silent,
            Some("above") => Says::Header,
            _ => Says::Fields,
        },
        level: value("level").and_then(level),
        levels: list("levels")
            .filter_map(|of| pair(of).and_then(|(word, l)| Some((word, level(l)?))))
            .collect(),
        states: value("states").and_then(MarkerKind::from_word),
        marker: value("marker").and_then(MarkerKind::from_word),
        sure: value("sure").and_then(|n| n.parse().ok()),
        title: value("title"),
        group: value("group"),
        service: either("service"),
    };
    Some(Row {
        definition,
        always,
        outline: OnceLock::new(),
        made: OnceLock::new(),
        utc: either("utc").is_some(),
    })
}

impl Row {
    fn made(&self) -> Option<&Custom> {
        let made = || made(&self.definition, self.always.clone()).ok();
        self.made.get_or_init(made).as_ref()
    }

    /// Whether a line may be its, at a look.
    fn may_take(&self, line: &[u8]) -> bool {
        let outline = || match &self.definition.spec {
            Spec::Regex(pattern) => Outline::of(pattern),
            _ => Outline::default(),
        };
        self.outline.get_or_init(outline).fits(line)
    }

    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let mut record = self.made()?.parse(line)?;
        if let (true, Some(s)) = (self.utc, record.stamp) {
            let offset_min = s.offset_min.or(Some(0));
            record.stamp = Some(s.at_offset(offset_min));
        }
        // whoever configured the writer may have put a time in front
        if let (None, Body::Message(m)) = (record.stamp, &mut record.body)
            && let Cow::Borrowed(text) = m.text
            && let Ok((rest, stamp)) = any_shape(text)
            && let (Dated::Full, Some(said)) = (stamp.dated, rest.strip_prefix(b" "))
        {
            record.stamp = Some(stamp);
            m.text = Cow::Borrowed(said.trim_ascii_start());
        }
        if let Body::Request(r) = &mut record.body {
            // what is said of a request is why it failed
            r.message = r.message.take().filter(|_| r.status >= 500);
            if let Some(m) = &mut r.message {
                m.level = Level::Error;
            }
        }
        Some(record)
    }
}

impl Format for Pattern {
    fn meta(&self) -> Meta<'_> {
        self.meta
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let asked = self.rows.iter().filter(|row| row.may_take(line));
        let mut asked = asked.peekable();
        asked.peek()?;
        line.first().filter(|c| self.may_begin(**c))?;
        asked.find_map(|row| row.parse(line))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        let of = named(&PATTERNS, self.meta.name)?;
        let reader = WithTrouble::new(|line: &[u8]| of.parse(line));
        self.stacks.then(|| Box::new(reader) as Box<dyn Reader>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pattern_can_be_made() {
        for p in PATTERNS.iter() {
            assert!(!p.rows.is_empty(), "{}", p.meta.name);
            for row in &p.rows {
                assert!(row.made().is_some(), "{}", p.meta.name);
            }
        }
    }
}
