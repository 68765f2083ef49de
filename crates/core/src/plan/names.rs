//! What the names of inputs show: clock domains of rotated siblings, and hosts. Content is not looked at here.

use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A date within a file's name, with the hour and minute that may follow it.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let date = r"(?:[._-]|(/|^))(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d(?:[-_.T]\d\d(?:[-_.]?\d\d){0,2})?([._-][^/]*)?$";
    Regex::new(date).ok()
});

/// The clock domain of a file: its name without rotation numbers, dates and packing suffixes, which siblings share.
pub(super) fn domain(name: &str) -> String {
    let name = numbered_away(name);
    match &*DATE {
        Some(date) => date.replace(name, "$1$2").into_owned(),
        None => name.to_owned(),
    }
}

/// A name without what rotation and packing put behind it.
fn numbered_away(name: &str) -> &str {
    let mut n = name;
    loop {
        let Some(at) = n.rfind(['.', '-']) else {
            return n;
        };
        let (stem, last) = (&n[..at], &n[at + 1..]);
        let packed = matches!(last, "gz" | "zst" | "xz" | "bz2");
        let number = !last.is_empty()
            && last.len() <= 8
            && last.bytes().all(|c| c.is_ascii_digit())
            && !stem.is_empty()
            && !stem.ends_with('/');
        // `app-1.log` is no rotation, nor is `app-1`: only what stands behind the last dot is, or a date
        let dotted = last_part(n).contains('.');
        if packed || number && (dotted || last.len() == 8) {
            n = stem;
        } else {
            return n;
        }
    }
}

/// Hosts known by names: the folder that varies between files of one base name (`web-1/app.log`, `web-2/app.log`; also above
/// others, as in `web-1/var/log/app.log`), for all that lies in it, or a first name part that differs only in its number
/// (`w1.json.log`, `w2.json.log`). Also a folder by whose name the lines of a file in it go: `says` shows that of a file by its
/// place among the names, and folders beside each other that are numbered as machines are.
pub(super) fn hosts(names: &[&str], says: impl Fn(usize, &str) -> bool) -> Vec<Option<String>> {
    let mut roots = host_folders(names);
    roots.extend(numbered_folders(names));
    for (i, n) in names.iter().enumerate() {
        let above = n.match_indices('/').map(|(at, _)| &n[..at]);
        let said = above.filter(|d| !roots.contains(d) && says(i, last_part(d)));
        roots.extend(said.collect::<Vec<_>>());
    }
    let mut by_part: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (part, shape) in names.iter().filter_map(|n| numbered(n)) {
        by_part.entry(shape).or_default().insert(part);
    }
    names
        .iter()
        .map(|n| {
            // a name that ends in a digit is more like a host's than one of a service; then the innermost
            let above = n.match_indices('/').map(|(at, _)| &n[..at]);
            let folder = above
                .filter(|d| roots.contains(*d))
                .map(last_part)
                .max_by_key(|part| part.ends_with(|c: char| c.is_ascii_digit()));
            folder.map(str::to_owned).or_else(|| {
                numbered(n)
                    .filter(|(_, shape)| by_part[shape].len() > 1)
                    .map(|(part, _)| part)
            })
        })
        .collect()
}

/// The innermost folder of a file by whose name its lines go.
pub(super) fn named_folder(name: &str, sample: &[u8]) -> Option<String> {
    let folders = name.rsplit('/').skip(1);
    let mut named = folders.filter(|f| name_host(sample, f));
    named.next().map(str::to_owned)
}

/// Whether most of the first lines of a sample name a host right behind their stamp, as those of a system log do.
fn name_host(sample: &[u8], host: &str) -> bool {
    const LINES: usize = 20;
    const WITHIN: usize = 64;
    let lines = sample.split(|c| *c == b'\n').filter(|l| !l.is_empty());
    let names = |l: &[u8]| {
        let mut words = l[..l.len().min(WITHIN)].split(|c| *c == b' ');
        words.any(|w| w == host.as_bytes())
    };
    let (named, all) = lines
        .take(LINES)
        .fold((0, 0), |(n, all), l| (n + usize::from(names(l)), all + 1));
    host.len() >= 3 && named * 2 > all
}

/// Folders that vary between paths which are the same otherwise, but for those of the system and its daemons.
fn host_folders<'n>(names: &[&'n str]) -> BTreeSet<&'n str> {
    // what stands around a folder, and the folders that stand there
    let mut around: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
    for n in names {
        let base = n.len() - last_part(n).len();
        let mut start = 0;
        for (end, _) in n.match_indices('/') {
            let rest = format!("{}{}", &n[end..base], domain(&n[base..]));
            around
                .entry((&n[..start], rest))
                .or_default()
                .insert(&n[..end]);
            start = end + 1;
        }
    }
    around
        .into_values()
        .filter(|folders| folders.len() > 1)
        .flatten()
        .filter(|f| !of_the_system(f))
        .filter(|f| !is_of_a_run(last_part(f)))
        .collect()
}

/// Folders beside each other of which three or more end in a number of few digits, as machines are called: `app01`, `db01`, `mq01`.
fn numbered_folders<'n>(names: &[&'n str]) -> BTreeSet<&'n str> {
    const FEWEST: usize = 3;
    let above = |n: &'n str| n.match_indices('/').map(move |(at, _)| &n[..at]);
    let is_numbered = |folder: &&str| {
        let name = last_part(folder).trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = last_part(folder).len() - name.len();
        let letters = name.bytes().filter(u8::is_ascii_alphabetic).count();
        (1..=4).contains(&digits) && letters > 1 && !of_the_system(folder)
    };
    let mut beside: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for folder in names.iter().flat_map(|n| above(n)).filter(is_numbered) {
        let parent = &folder[..folder.len() - last_part(folder).len()];
        beside.entry(parent).or_default().insert(folder);
    }
    let many = beside.into_values().filter(|f| f.len() >= FEWEST);
    many.flatten().collect()
}

/// Whether a folder is one of the system or of a daemon.
fn of_the_system(folder: &str) -> bool {
    const NAMES: &str = "var log logs nginx apache2 httpd haproxy caddy traefik mysql mariadb postgresql redis journal \
        containers pods";
    NAMES.split(' ').any(|n| n == last_part(folder))
}

/// Whether a folder is called by the number of a run, of which there are very many: `shop_13921846230`. A date is shorter, and so is the
/// number of a host.
fn is_of_a_run(folder: &str) -> bool {
    folder.bytes().rev().take_while(u8::is_ascii_digit).count() > 8
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `w1.json.log` → (`w1`, its name with `#` for the number).
fn numbered(name: &str) -> Option<(String, String)> {
    let (dir, file) = name.rsplit_once('/').unwrap_or(("", name));
    let end = file.find(['.', '-', '_'])?;
    let part = &file[..end];
    let digits = part.bytes().rev().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits == part.len() || digits > 4 {
        return None;
    }
    Some((
        part.to_owned(),
        format!("{dir}/{}#", &part[..part.len() - digits]),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn rotated_siblings_share_a_domain() {
        holds("domain of a name", domain);
    }

    #[test]
    fn a_folder_is_the_host_that_a_log_in_it_names() {
        let syslog = b"Aug 20 13:41:48 mq-1 backup[2]: a\nAug 20 13:41:49 mq-1 cron[3]: b\n";
        assert!(name_host(syslog, "mq-1"));
        assert!(!name_host(b"2026-08-20 mq-1\n2026-08-20 x\n", "mq-1"));
        let names = ["mq-1/rabbit.log", "mq-1/syslog", "edge/access.log"];
        let got = hosts(&names, |i, folder| i == 1 && folder == "mq-1");
        assert_eq!(
            got,
            [Some("mq-1".to_owned()), Some("mq-1".to_owned()), None]
        );
    }

    /// Siblings, folders of a bundle, services on hosts of which both vary, and two daemons of one machine, which are no machines.
    #[test]
    fn hosts_come_from_what_varies() {
        holds("hosts of inputs", |names| {
            let names: Vec<&str> = names.split(' ').collect();
            let got = hosts(&names, |_, _| false);
            let got = got.into_iter().map(or_dash);
            got.collect::<Vec<_>>().join(" ")
        });
    }
}
