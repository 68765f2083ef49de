//! What the names of inputs tell: clock domains of rotated siblings, and hosts. Content is not looked at here.

use std::collections::{BTreeMap, BTreeSet};

/// The clock domain of a file: its name without rotation numbers, dates and packing suffixes, which siblings share.
pub(super) fn domain(name: &str) -> String {
    let mut n = name;
    loop {
        let Some((stem, last)) = n.rsplit_once(['.', '-']) else {
            return n.to_owned();
        };
        let packed = matches!(last, "gz" | "zst" | "xz" | "bz2");
        let number = !last.is_empty()
            && last.len() <= 8
            && last.bytes().all(|c| c.is_ascii_digit())
            && !stem.is_empty()
            && !stem.ends_with('/');
        // `app-1.log` is no rotation: only what stands behind the last extension is
        if packed
            || (number
                && stem
                    .rsplit('/')
                    .next()
                    .is_some_and(|s| s.contains('.') || last.len() == 8))
        {
            n = stem;
        } else {
            return n.to_owned();
        }
    }
}

/// Hosts told by names: the folder that varies between files of one base name (`web-1/app.log`, `web-2/app.log`), or a
/// first name part that differs only in its number (`w1.json.log`, `w2.json.log`).
pub(super) fn hosts(names: &[&str]) -> Vec<Option<String>> {
    let base = |n: &str| domain(n).rsplit('/').next().unwrap_or_default().to_owned();
    let folder = |n: &str| n.rsplit_once('/').map(|(d, _)| d.to_owned());
    let mut by_base: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut by_part: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for n in names {
        if let Some(d) = folder(n) {
            by_base.entry(base(n)).or_default().insert(d);
        }
        if let Some((part, shape)) = numbered(n) {
            by_part.entry(shape).or_default().insert(part);
        }
    }
    let folders: BTreeSet<&String> = by_base.values().filter(|d| d.len() > 1).flatten().collect();
    names
        .iter()
        .map(|n| {
            let d = folder(n);
            if let Some(d) = d.filter(|d| folders.contains(d)) {
                return d.rsplit('/').next().map(str::to_owned);
            }
            numbered(n)
                .filter(|(_, shape)| by_part[shape].len() > 1)
                .map(|(part, _)| part)
        })
        .collect()
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

    #[test]
    fn rotated_siblings_share_a_domain() {
        for (name, want) in [
            ("rp/access.log", "rp/access.log"),
            ("rp/access.log.1", "rp/access.log"),
            ("rp/access.log.2.gz", "rp/access.log"),
            ("a/app.log-20240305.gz", "a/app.log"),
            ("postgresql-15-main.log", "postgresql-15-main.log"),
            ("app-1.log", "app-1.log"),
            ("deploy-4412.txt", "deploy-4412.txt"),
        ] {
            assert_eq!(domain(name), want, "{name}");
        }
    }

    #[test]
    fn hosts_come_from_what_varies_between_siblings() {
        let got = hosts(&[
            "edge-1/access.log.gz",
            "web-1/shop.log.gz",
            "web-2/shop.log.gz",
            "web-2/syslog",
            "w1.json.log",
            "w2.json.log",
            "db.log",
        ]);
        let want = [
            None,
            Some("web-1"),
            Some("web-2"),
            Some("web-2"),
            Some("w1"),
            Some("w2"),
            None,
        ];
        assert_eq!(got.iter().map(Option::as_deref).collect::<Vec<_>>(), want);
    }
}
