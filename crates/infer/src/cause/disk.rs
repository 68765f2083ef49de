//! Disk full, read-only or failing, where the failing service writes.

use super::case::Case;
use super::database::by_server;
use super::names;
use crate::cause::alerts::alerted;
use crate::cause::case::{excerpt, quoted};
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::commands::ended;
use crate::cause::ends::taken_away;
use crate::cause::ledger::culprit;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::cause::symptoms::ownership::file;
use crate::model::{Event, Group, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::text::LogText;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Disk, Group::RESOURCE, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    const ABOUT: &str = "disk | disks | free space | filesystem | inode | inodes | volume";
    let alert = alerted(&mut scale, case, "disk space", ABOUT);
    let of_class = || signs.iter().filter(|s| s.is(INFO.class));
    // what is named, and whose line names it: an alert and a command are told by other hosts than that of the disk
    let alerted = alert.and_then(|e| Some((file(excerpt(e))?, None)));
    let of = |s: &Sign<'_>| s.host.map(|h| h.for_json().to_owned());
    // what a program is told by its database is the database's to say, on whose host it is
    let servers = || of_class().filter(|s| by_server(case, s));
    let named = || {
        let mut first = servers().chain(of_class());
        first.find_map(|s| Some((data_path(s.text)?, of(s))))
    };
    // what was taken away filled it; what could not be written is only whom that hit
    let gone = of_class().find_map(|s| Some((taken_away(case, (s.host, s.text))?, of(s))));
    let freed = gone
        .as_ref()
        .map(|((name, _), host)| ((*name).to_owned(), host.clone()));
    // a row of the same fault at the onset may name the disk, whoever else's words lead
    let rows = || {
        let stated = |e: &&Event| {
            e.class == Some(INFO.class) && e.time.is_some_and(|t| case.near(t, 60, 60))
        };
        let mut rows = case.events.iter().filter(stated);
        rows.find_map(|e| Some((data_path(excerpt(e))?, None)))
    };
    let found = freed.or(alerted).or_else(named).or_else(rows);
    let named = best.and_then(|s| {
        let (name, host) = found.or_else(|| Some((of(s)?, None)))?;
        let name = match host {
            Some(h) => format!("{name} on {h}"),
            None => name,
        };
        culprit("disk", &name, s.service.filter(|_| s.own).or(case.service))
    });
    let mut w = INFO.weighed_by(scale, named, best);
    if let Some(((file, e), host)) = gone.filter(|_| best.is_some()) {
        // it may have made room for what filled it
        let title = Sentence::words("Disk full");
        let title = match host {
            Some(h) => title.w(" on ").name(&LogText::name(h.as_bytes())),
            None => title,
        };
        let file = LogText::name(file.as_bytes());
        let how = match quoted(e).and_then(ended) {
            Some(_) => " was stopped",
            None => " was removed",
        };
        w.title = title.w(" until ").name(&file).w(how);
    }
    w
}

/// A path in an error that is data, not source code. Of a file with a number of its own it is the folder, in which the next one fails
/// as well.
fn data_path(text: &str) -> Option<String> {
    // a program names a file of its own as it stands in the folder that it runs in
    let own = || names::path(text).filter(|p| p.contains(['.', '_']));
    let path = file(text)
        .or_else(own)
        .filter(|p| !names::is_source(p) && !p.contains("/releases/") && !p.contains("/usr/lib"))?;
    let numbered = |leaf: &str| leaf.bytes().filter(u8::is_ascii_digit).count() >= NUMBERED;
    Some(match path.rsplit_once('/') {
        Some((folder, leaf)) if numbered(leaf) && !matches!(folder, "" | ".") => folder.to_owned(),
        _ => path,
    })
}

/// Digits from which a file's name is one of many.
const NUMBERED: usize = 5;
