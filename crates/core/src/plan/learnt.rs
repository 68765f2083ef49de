//! The format that an input's own lines teach, where they look like requests and no format reads them as such.

use super::Tried;
use coroner_lines::format::UNEXPLAINED;
use coroner_lines::format::columns::{Layout, learn};
use coroner_lines::format::custom::{Definition, Spec, compile};
use coroner_lines::format::synonym::Field;
use coroner_lines::record::{Body, Kind};
use std::sync::Arc;

/// The format of plain text with a time somewhere in its lines, where no format explains the input: where at most a tenth of its
/// lines is read, and most of those that are not indented hold a time.
pub(super) fn unexplained(lines: &[&[u8]], unknown: u64) -> Option<Tried> {
    if (lines.len() as u64 - unknown) * 10 > lines.len() as u64 {
        return None;
    }
    let heads = lines.iter().filter(|l| !l.trim_ascii().is_empty());
    let heads = heads.filter(|l| !l.starts_with(b" ") && !l.starts_with(b"\t"));
    let (mut all, mut dated) = (0, 0);
    for line in heads {
        all += 1;
        dated += usize::from(UNEXPLAINED.parse(line).is_some());
    }
    (dated > 1 && dated * 5 >= all * 4).then_some(Tried::Listed(*UNEXPLAINED))
}

/// The format of the requests among sampled texts that are not read, where their columns show it. Requests without any time
/// are taken from no input that is mostly something else: there they belong to the lines around them.
pub(super) fn learnt(unread: &[&[u8]], texts: usize) -> Option<Tried> {
    if unread.len() * 10 < texts {
        return None;
    }
    let columns = learn(unread)?;
    if !columns.has(Field::Time) && unread.len() * 2 < texts {
        return None;
    }
    let (kind, name) = match (columns.has(Field::Level), columns.layout) {
        (true, _) => (Kind::App, "JSON access log"),
        (false, Layout::Json) => (Kind::Web, "JSON access log"),
        (false, _) => (Kind::Web, "access log in own order"),
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
