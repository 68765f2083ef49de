//! Names of archives, by which application servers call what they run.

/// Without the ending of an archive (`7.14.2.ear`).
pub(super) fn without_kind(name: &[u8]) -> &[u8] {
    const KINDS: [&[u8]; 11] = [
        b".ear", b".war", b".jar", b".zip", b".tgz", b".tar.gz", b".nupkg", b".rpm", b".deb",
        b".whl", b".gem",
    ];
    let kind = KINDS.iter().find_map(|k| name.strip_suffix(*k));
    kind.unwrap_or(name)
}

/// The name of what an archive holds, without its version (`shop` of `shop-4.2.0.ear`).
pub(super) fn of_archive(name: &[u8]) -> &[u8] {
    let inner = without_kind(name);
    if inner.len() == name.len() {
        return name;
    }
    let version = inner
        .windows(2)
        .position(|w| w[0] == b'-' && w[1].is_ascii_digit());
    &inner[..version.unwrap_or(inner.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_archive_holds() {
        for (name, of, version) in [
            ("shop-4.2.0.ear", "shop", "4.2.0"),
            ("shop.war", "shop", "shop"),
            ("shop-api-2.jar", "shop-api", "2"),
        ] {
            assert_eq!(of_archive(name.as_bytes()), of.as_bytes());
            assert!(without_kind(name.as_bytes()).ends_with(version.as_bytes()));
        }
        assert_eq!(of_archive(b"shop-4"), b"shop-4");
    }
}
