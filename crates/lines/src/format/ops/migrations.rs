//! What migration tools print: Rails and Django, which write no times. The number of a Rails migration is when it was written, not
//! when it ran; the steps have an order only.

use crate::format::leaf::find;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, MarkerKind, Notice, Record};

/// Output of `rails db:migrate` and `manage.py migrate`.
pub struct Migrations;

impl Format for Migrations {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy(
            "migration output",
            "output of Rails and Django migrations, which has no times",
        )
        .begins(b"\t\n\x0c\r =NOR-", Signs::NONE)
        .sample("== 20260310130000 AddTotalToOrders: migrating =================================")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let notices = rails(line).or_else(|| django(line))?;
        Some(Record::new(None, Body::Notices(notices)))
    }
}

fn of<'a>(kind: MarkerKind, title: &'a [u8], group: &'a [u8]) -> Vec<Notice<'a>> {
    let mut n = Notice::new(kind, title);
    n.group = Some(group.into());
    vec![n]
}

/// `== NUMBER Name: migrating ===`, and the steps between (`-- add_column(…)`, `   -> 0.0123s`).
fn rails(line: &[u8]) -> Option<Vec<Notice<'_>>> {
    if let Some(step) = line.strip_prefix(b"-- ") {
        let n = step
            .iter()
            .take_while(|c| c.is_ascii_lowercase() || **c == b'_')
            .count();
        return (n > 2 && step.get(n) == Some(&b'(')).then(Vec::new);
    }
    if let Some(took) = line.strip_prefix(b"   -> ") {
        let number = took
            .strip_suffix(b"s")
            .or_else(|| took.strip_suffix(b" rows"))?;
        return number
            .iter()
            .all(|c| c.is_ascii_digit() || *c == b'.')
            .then(Vec::new);
    }
    let rest = line.strip_prefix(b"== ")?;
    let n = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let text = rest.get(n..)?.strip_prefix(b" ")?;
    let colon = find(text, b": ")?;
    let (name, verb) = (&text[..colon], &text[colon + 2..]);
    let end = find(verb, b" =").unwrap_or(verb.len());
    let title = &text[..colon + 2 + end];
    if !(12..=14).contains(&n) && n > 5 {
        return None;
    }
    let kind = if verb.starts_with(b"migrating") {
        MarkerKind::MigrationStart
    } else if verb.starts_with(b"migrated") {
        MarkerKind::MigrationFinish
    } else if verb.starts_with(b"revert") {
        MarkerKind::MigrationRollback
    } else {
        return None;
    };
    Some(of(kind, title, name))
}

/// `Running migrations:` and `  Applying app.0001_x... OK`.
fn django(line: &[u8]) -> Option<Vec<Notice<'_>>> {
    let t = line.trim_ascii();
    match t {
        b"Running migrations:" => return Some(of(MarkerKind::MigrationStart, t, b"django")),
        b"Operations to perform:" | b"No migrations to apply." => return Some(Vec::new()),
        _ => {}
    }
    let indented = line.starts_with(b"  ");
    if !indented {
        return None;
    }
    if t.starts_with(b"Apply all migrations: ")
        || t.starts_with(b"Target specific migration: ")
        || t.starts_with(b"Unapply all migrations: ")
    {
        return Some(Vec::new());
    }
    let (kind, rest) = match t.strip_prefix(b"Applying ") {
        Some(r) => (MarkerKind::MigrationFinish, r),
        None => (
            MarkerKind::MigrationRollback,
            t.strip_prefix(b"Unapplying ")?,
        ),
    };
    let dots = find(rest, b"...")?;
    if rest[..dots].contains(&b' ') || !rest[..dots].contains(&b'.') {
        return None;
    }
    // without its OK it was begun and not ended
    match rest[dots + 3..].trim_ascii() {
        b"OK" | b"FAKED" => Some(of(kind, t, b"django")),
        _ => Some(of(MarkerKind::MigrationStart, t, b"django")),
    }
}
