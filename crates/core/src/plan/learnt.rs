//! The format that an input's own lines teach, where they look like requests and no format reads them as such.

use super::Tried;
use super::sniff::Sniffed;
use coroner_lines::format::columns::{self, Layout};
use coroner_lines::format::custom::{Definition, Spec, compile};
use coroner_lines::format::synonym::Field;
use coroner_lines::record::{Body, Kind};
use coroner_lines::time::Instant;
use coroner_lines::time::field::learn;
use std::sync::Arc;

/// The format of text or objects whose time stands in a field of their lines, where the formats date less than a sixth of the lines
/// (what is below a record may hold times, too) and such a field is in more than twice as many. What is read by the last resort alone is `guessed`.
pub(super) fn timed(
    lines: &[&[u8]],
    found: &Sniffed,
    guessed: u64,
    newest: Option<Instant>,
) -> Option<Tried> {
    let unread = found.unknown + found.undated + guessed;
    let read = (lines.len() as u64).saturating_sub(unread);
    if read * 6 > lines.len() as u64 {
        return None;
    }
    let field = learn(lines, newest)?;
    let spec = match found.undated * 2 > lines.len() as u64 {
        true => Spec::TimeOfObjects(field),
        false => Spec::Time(field),
    };
    let definition = Definition::new(spec.word(), spec);
    let format = compile(&definition).ok()?;
    let dated = lines.iter().filter(|l| format.parse(l).is_some()).count() as u64;
    (dated > 1.max(read * 2).max(guessed))
        .then(|| Tried::Made(Arc::from(format), Arc::new(definition)))
}

/// The format of the requests among sampled texts that are not read, where their columns show it. Requests without any time
/// are taken from no input that is mostly something else: there they belong to the lines around them.
pub(super) fn learnt(unread: &[&[u8]], texts: usize) -> Option<Tried> {
    if unread.len() * 10 < texts {
        return None;
    }
    let columns = columns::learn(unread)?;
    if !columns.has(Field::Time) && unread.len() * 2 < texts {
        return None;
    }
    let (kind, name) = match (columns.has(Field::Level), columns.layout) {
        (true, _) => (Kind::App, "JSON access log"),
        (false, Layout::Json) => (Kind::Web, "JSON access log"),
        (false, _) => (Kind::Web, "custom access log"),
    };
    let definition = Definition {
        kind: Some(kind),
        ..Definition::new(name, Spec::Columns(columns))
    };
    let format = compile(&definition).ok()?;
    let request = |l: &&&[u8]| {
        let read = format.parse(l);
        read.is_some_and(|r| matches!(r.body, Body::Request(_)))
    };
    let read = unread.iter().filter(request).count();
    (read * 5 >= unread.len() * 4).then(|| Tried::Made(Arc::from(format), Arc::new(definition)))
}
