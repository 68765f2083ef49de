//! Links of citations: the address at which a line of an input can be opened, made from a pattern of the user's. The name of
//! an input comes from an archive: every byte of it that could end the address, or the link around it, is percent-encoded.

/// An address with `{file}` and `{line}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkBase(String);

impl LinkBase {
    /// Reads `https://…/{file}#L{line}`; without `{file}` the address is that of a folder.
    pub fn parse(text: &str) -> Result<LinkBase, String> {
        let web = text.starts_with("https://") || text.starts_with("http://");
        let plain = |c: char| c.is_ascii_graphic() && !"<>()[]\"'`|\\".contains(c);
        if !web || !text.chars().all(plain) {
            return Err("not an address that begins with https:// and holds no blanks, quotes or brackets; write 'https://logs.example/{file}#L{line}'".into());
        }
        Ok(LinkBase(match text.contains("{file}") {
            true => text.to_owned(),
            false => format!("{}/{{file}}#L{{line}}", text.trim_end_matches('/')),
        }))
    }

    /// The address of a line; of the file where lines were not counted.
    pub(super) fn of(&self, file: &str, line: Option<u64>) -> String {
        let line = line.map_or_else(String::new, |n| n.to_string());
        // The line first: a name may hold braces only encoded.
        self.0
            .replace("{line}", &line)
            .replace("{file}", &encoded(file))
    }
}

/// A path as a part of an address (RFC 3986): separators stay, what is not unreserved is escaped.
pub fn encoded(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    let one = |b: u8| match plain(b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    path.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_within_the_address() {
        let base = LinkBase::parse("https://git.example/logs/").unwrap();
        assert_eq!(
            base.of("web 1/a) [x](javascript:{line}.log", Some(7)),
            "https://git.example/logs/web%201/a%29%20%5Bx%5D%28javascript%3A%7Bline%7D.log#L7"
        );
        let base = LinkBase::parse("https://git.example/{file}?from={line}").unwrap();
        assert_eq!(base.of("a.log", None), "https://git.example/a.log?from=");
        for bad in [
            "javascript:alert(1)",
            "https://a b",
            "https://a)b",
            "ftp://a",
            "",
        ] {
            assert!(LinkBase::parse(bad).is_err(), "{bad}");
        }
    }
}
