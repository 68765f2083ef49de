//! apt's history (one object per run, as a listing gives it) and dnf's log: packages that changed. A run with a downgrade is
//! a rollback; one with an `Error:` failed.

use super::acts::{Act, Stage};
use crate::format::flat_json::{decode, each};
use crate::format::pager::value;
use crate::record::{MarkerKind, Notice, Record};
use crate::time::{Stamp, stamp};

/// Reads one line.
pub fn history(line: &[u8]) -> Option<Record<'_>> {
    if line.first() != Some(&b'{') {
        return None;
    }
    let (mut start, mut end, mut command, mut by) = (None, None, String::new(), None);
    let (mut back, mut failed, mut changed) = (false, false, Vec::new());
    each(line, |key, v| {
        let v = v.text().map(decode).unwrap_or_default();
        let v = String::from_utf8_lossy(&v);
        match key {
            b"Start-Date" => start = date(&v),
            b"End-Date" => end = date(&v),
            b"Commandline" => command = v.into_owned(),
            b"Requested-By" => by = v.split(' ').next().map(|n| n.as_bytes().to_vec()),
            b"Error" => failed = true,
            b"Upgrade" | b"Install" | b"Downgrade" | b"Reinstall" => {
                back |= key == b"Downgrade";
                changed.extend(packages(&v));
            }
            b"Remove" | b"Purge" => {
                changed.extend(packages(&v).map(|p| Package { version: None, ..p }));
            }
            _ => {}
        }
    })?;
    let start = start?;
    let last = if failed { Stage::Failed } else { Stage::Done };
    let kinds = [Stage::Begun, last].map(|stage| Act::of_release(back).at(stage));
    let single = (changed.len() == 1).then(|| &changed[0]);
    let names: Vec<&str> = changed.iter().take(5).map(|p| &*p.name).collect();
    let title = format!("package {} ({command})", names.join(", "));
    let notices = kinds
        .into_iter()
        .zip([Some(start), end])
        .filter(|(_, at)| at.is_some() && !changed.is_empty())
        .map(|(kind, at)| {
            let mut n = Notice::new(kind, title.clone().into_bytes());
            n.stamp = at;
            n.package = true;
            n.group = Some(names.join(" ").into_bytes().into());
            n.service = single.map(|p| p.name.clone().into_bytes().into());
            n.version = single
                .and_then(|p| p.version.clone())
                .map(|v| v.into_bytes().into());
            n.actor = by.clone().map(Into::into);
            n
        })
        .collect();
    Some(value::event(Some(start), notices))
}

/// `2026-03-10  13:40:00`.
fn date(text: &str) -> Option<Stamp> {
    let (day, time) = text.trim().split_once(' ')?;
    stamp::whole(format!("{day} {}", time.trim()).as_bytes())
}

struct Package {
    name: String,
    version: Option<String>,
}

/// `a:amd64 (1, 2), b:amd64 (1, automatic)`: names and new versions.
fn packages(list: &str) -> impl Iterator<Item = Package> {
    list.split("), ").filter_map(|p| {
        let (name, versions) = p.split_once(" (")?;
        let version = versions
            .trim_end_matches(')')
            .split(", ")
            .filter(|v| *v != "automatic")
            .last();
        Some(Package {
            name: name.split(':').next().unwrap_or(name).to_string(),
            version: version.map(str::to_string),
        })
    })
}

/// Reads one line.
pub fn dnf(line: &[u8]) -> Option<Record<'_>> {
    if let Some(record) = pacman(line).or_else(|| yum(line)) {
        return Some(record);
    }
    let (rest, at) = stamp::iso(line).ok()?;
    let rest = rest
        .strip_prefix(b" SUBDEBUG ")
        .or_else(|| rest.strip_prefix(b" INFO "))?;
    let colon = rest.iter().take(16).position(|c| *c == b':')?;
    let package = rest[colon + 1..].trim_ascii();
    let kind = match &rest[..colon] {
        b"Upgrade" | b"Install" | b"Installed" => MarkerKind::DeployStart,
        b"Downgrade" => MarkerKind::RollbackStart,
        b"Upgraded" | b"Downgraded" | b"Erase" | b"Obsoleting" | b"Reinstall" | b"Reinstalled"
        | b"Erased" => {
            return Some(value::record(Some(at), Vec::new()));
        }
        _ => return None,
    };
    Some(value::record(Some(at), vec![rpm(kind, package)?]))
}

/// A line of yum's own log, `May 21 22:00:46 Updated: glibc-2.17-326.el7_9.3.x86_64`; what is taken away states nothing.
fn yum(line: &[u8]) -> Option<Record<'_>> {
    let (rest, at) = stamp::syslog(line).ok()?;
    let rest = rest.trim_ascii_start();
    let gone = rest.starts_with(b"Erased: ") && !rest[8..].contains(&b' ');
    let notice = by_syslog(b"yum", rest);
    (gone || notice.is_some()).then(|| value::record(Some(at), notice.into_iter().collect()))
}

/// A line of pacman's log: `[2024-08-05T21:31:45+0200] [ALPM] upgraded nginx (1.26.1-2 -> 1.26.1-3)`.
fn pacman(line: &[u8]) -> Option<Record<'_>> {
    let (rest, at) = stamp::iso(line.strip_prefix(b"[")?).ok()?;
    let by = |name: &[u8]| {
        rest.strip_prefix(b"] [")?
            .strip_prefix(name)?
            .strip_prefix(b"] ")
    };
    let Some(said) = by(b"ALPM") else {
        let other = by(b"PACMAN").or_else(|| by(b"ALPM-SCRIPTLET"));
        return other.map(|_| value::record(Some(at), Vec::new()));
    };
    let mut words = said.split(|b| *b == b' ');
    let kind = match words.next()? {
        b"upgraded" | b"installed" => Some(MarkerKind::DeployFinish),
        b"downgraded" => Some(MarkerKind::RollbackFinish),
        _ => None,
    };
    let named = kind.zip(words.next()).zip(said.strip_suffix(b")"));
    let notice = named.map(|((kind, name), _)| {
        let version = words.next_back().and_then(|v| v.strip_suffix(b")"));
        let version = version.map(|v| v.strip_prefix(b"(").unwrap_or(v));
        of_package(kind, name, name, version)
    });
    Some(value::record(Some(at), notice.into_iter().collect()))
}

/// What a tool says through syslog of packages: dnf and yum `Upgraded: expat-2.5.0-1.el8_10.x86_64`, `Updated: …`, `Installed: …`,
/// unattended-upgrades `Packages that will be upgraded: curl tzdata`.
pub fn by_syslog<'a>(tool: &[u8], text: &'a [u8]) -> Option<Notice<'a>> {
    use MarkerKind::{DeployFinish, DeployStart};
    let behind = |said: &[&str]| said.iter().find_map(|s| text.strip_prefix(s.as_bytes()));
    match tool {
        b"dnf" | b"yum" => {
            let package = behind(&["Upgraded: ", "Updated: ", "Installed: "])?;
            rpm(DeployFinish, package.trim_ascii())
        }
        b"unattended-upgrade" | b"unattended-upgrades" => {
            let begun = behind(&["Packages that will be upgraded: "]);
            let done = || behind(&["Packages that were upgraded: "]);
            let (kind, names) = match begun {
                Some(names) => (DeployStart, names),
                None => (DeployFinish, done()?),
            };
            let names = names.trim_ascii();
            (!names.is_empty()).then(|| of_package(kind, names, names, None))
        }
        _ => None,
    }
}

/// A package by its name, version, release and architecture: `shop-4.1.0-1.el9.x86_64`, where the name ends where a digit begins a
/// part.
fn rpm(kind: MarkerKind, package: &[u8]) -> Option<Notice<'_>> {
    if package.is_empty() || package.contains(&b' ') {
        return None;
    }
    let cut = package
        .windows(2)
        .position(|w| w[0] == b'-' && w[1].is_ascii_digit());
    let (name, version) = cut.map_or((package, None), |n| {
        (&package[..n], Some(&package[n + 1..]))
    });
    Some(of_package(kind, package, name, version))
}

fn of_package<'a>(
    kind: MarkerKind,
    package: &[u8],
    name: &'a [u8],
    version: Option<&'a [u8]>,
) -> Notice<'a> {
    let mut n = Notice::new(kind, [b"package ", package].concat());
    n.package = true;
    n.group = Some(name.into());
    n.service = Some(name.into());
    n.version = version.map(Into::into);
    n
}
