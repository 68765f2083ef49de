//! What the first bytes of an input say it is: packed, an archive, another binary kind, or text.
//! Content only, never the name. Recognising log formats is not done here.

use std::fmt;

/// How the bytes of an input are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// Not at all.
    Plain,
    /// gzip (RFC 1952), one or more members.
    Gz,
    /// Zstandard (RFC 8878), one or more frames.
    Zst,
}

impl Codec {
    /// Number of leading bytes that decide.
    pub const NEEDS: usize = 4;

    /// The usual extension, for messages; nothing for plain bytes.
    pub fn word(self) -> &'static str {
        match self {
            Codec::Plain => "",
            Codec::Gz => "gz",
            Codec::Zst => "zst",
        }
    }

    /// Reads the magic number.
    pub fn of(head: &[u8]) -> Codec {
        match head {
            [0x1f, 0x8b, 0x08, ..] => Codec::Gz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Codec::Zst,
            // A skippable frame, which may open a Zstandard file.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Codec::Zst,
            _ => Codec::Plain,
        }
    }
}

/// Why an input is not text, and what to do about it where something can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binary {
    /// What it is (`ELF file`).
    pub what: &'static str,
    /// The next step.
    pub next: Option<&'static str>,
}

impl fmt::Display for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.next {
            Some(next) => write!(f, "{}, skipped; {next}", self.what),
            None => write!(f, "{}, skipped", self.what),
        }
    }
}

/// Magic number, its offset, what it is, the next step.
type Row = (&'static [u8], usize, &'static str, Option<&'static str>);

const MAGIC: &[Row] = &[
    (b"\x7fELF", 0, "ELF file", None),
    (b"MZ\x90\x00", 0, "Windows program", None),
    (b"\x89PNG\r\n\x1a\n", 0, "PNG image", None),
    (b"\xff\xd8\xff", 0, "JPEG image", None),
    (b"GIF8", 0, "GIF image", None),
    (b"%PDF-", 0, "PDF document", None),
    (b"\xca\xfe\xba\xbe", 0, "Java class or Mach-O file", None),
    (
        b"SQLite format 3\0",
        0,
        "SQLite database",
        Some("export its log table as text first"),
    ),
    (
        b"PK\x03\x04",
        0,
        "zip archive",
        Some("unpack it first: unzip"),
    ),
    (
        b"\xfd7zXZ\0",
        0,
        "xz archive",
        Some("unpack it first: xz -dk"),
    ),
    (
        b"BZh",
        0,
        "bzip2 archive",
        Some("unpack it first: bzip2 -dk"),
    ),
    (
        b"7z\xbc\xaf\x27\x1c",
        0,
        "7z archive",
        Some("unpack it first: 7z x"),
    ),
    (
        b"\x04\x22\x4d\x18",
        0,
        "lz4 archive",
        Some("unpack it first: lz4 -dk"),
    ),
    (
        b"ustar",
        257,
        "tar archive",
        Some("unpack it first: tar -xf"),
    ),
    (
        b"LPKSHHRH",
        0,
        "systemd journal",
        Some("export it first: journalctl -o json --file"),
    ),
    (
        b"ElfFile\0",
        0,
        "Windows event log",
        Some("export it as text first"),
    ),
    (b"PAR1", 0, "Parquet file", Some("export it as text first")),
    (b"\xd4\xc3\xb2\xa1", 0, "packet capture", None),
    (b"\x0a\x0d\x0d\x0a", 0, "packet capture", None),
];

const RECODE: Option<&str> = Some("convert it first: iconv -t UTF-8");

/// What the input is, if its head shows that it is no text that can be read; `None` for text, also with stray NUL
/// bytes or invalid UTF-8. `head` is unpacked; packed data in it means more nesting than is read.
pub fn looks_binary(head: &[u8]) -> Option<Binary> {
    let yes = |what, next| Some(Binary { what, next });
    for (magic, at, what, next) in MAGIC {
        let there = head.get(*at..).is_some_and(|h| h.starts_with(magic));
        // "BZh" may begin a line of text; the block magic may not.
        let sure = *magic != b"BZh" || head.get(4..10) == Some(b"\x31\x41\x59\x26\x53\x59");
        if there && sure {
            return yes(what, *next);
        }
    }
    match Codec::of(head) {
        Codec::Gz | Codec::Zst => {
            return yes("archive inside archives", Some("unpack it first"));
        }
        Codec::Plain => {}
    }
    if head.starts_with(b"\xff\xfe\0\0") || head.starts_with(b"\0\0\xfe\xff") {
        return yes("UTF-32 text", RECODE);
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") || is_wide(head) {
        return yes("UTF-16 text", RECODE);
    }
    controls(head).then_some(Binary {
        what: "binary file",
        next: None,
    })
}

/// UTF-16 without a byte order mark: nearly every second byte is NUL, always on the same side.
fn is_wide(head: &[u8]) -> bool {
    let pairs = head.len() / 2;
    if pairs < 8 {
        return false;
    }
    let side = |s: usize| head.chunks_exact(2).filter(|p| p[s] == 0).count();
    let (even, odd) = (side(0), side(1));
    let mostly = |n: usize| n * 10 >= pairs * 8;
    let hardly = |n: usize| n * 10 <= pairs;
    (mostly(even) && hardly(odd)) || (mostly(odd) && hardly(even))
}

/// Whether control characters that no log writes are frequent: more than one byte in ten. A run of eight or more NUL
/// bytes is one hole in a text (what a power loss leaves), not content; invalid UTF-8 is another encoding's letters.
fn controls(head: &[u8]) -> bool {
    const HOLE: usize = 8;
    let (mut bytes, mut strange, mut nuls) = (0usize, 0usize, 0usize);
    for &b in head.iter().chain(std::iter::once(&b'\n')) {
        if b == 0 {
            nuls += 1;
            continue;
        }
        if nuls < HOLE {
            strange += nuls;
            bytes += nuls;
        }
        nuls = 0;
        bytes += 1;
        strange += usize::from(matches!(b, 0x01..=0x06 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f));
    }
    strange * 10 > bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(head: &[u8]) -> Option<&'static str> {
        looks_binary(head).map(|b| b.what)
    }

    #[test]
    fn names_what_it_sees() {
        assert_eq!(what(b"\x7fELF\x02\x01\x01\0"), Some("ELF file"));
        assert_eq!(
            looks_binary(b"\xfd7zXZ\0\0\x04").map(|b| b.to_string()),
            Some("xz archive, skipped; unpack it first: xz -dk".into())
        );
        assert_eq!(what(b"BZh91AY&SY\x01\x02"), Some("bzip2 archive"));
        let mut tar = vec![b'a'; 600];
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(what(&tar), Some("tar archive"));
        assert_eq!(what(b"\xff\xfeh\0i\0"), Some("UTF-16 text"));
        assert_eq!(
            what(&b"h\0e\0l\0l\0o\0 \0t\0h\0e\0r\0e\0"[..]),
            Some("UTF-16 text")
        );
        assert_eq!(
            what(&[3, 0, 0, 0, 1, 0, 9, 0, 0, 0, 2, 2, 0, 5, 0, 0]),
            Some("binary file")
        );
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(what(b""), None);
        assert_eq!(what(b"BZh is how this line begins\n"), None);
        assert_eq!(what(b"GET /\xff\xfe caf\xe9 \x1b[31mred\x1b[0m\n"), None);
        assert_eq!(what(b"\xef\xbb\xbf2024-01-01 00:00:00 start\n"), None);
        let mut hole = b"Jan  1 00:00:01 web-1 kernel: up\n".to_vec();
        hole.extend([0; 4096]);
        hole.extend(b"Jan  1 00:09:01 web-1 kernel: up again\n");
        assert_eq!(what(&hole), None);
    }

    #[test]
    fn codecs() {
        assert_eq!(Codec::of(&[0x1f, 0x8b, 8, 0]), Codec::Gz);
        assert_eq!(Codec::of(&[0x28, 0xb5, 0x2f, 0xfd]), Codec::Zst);
        assert_eq!(Codec::of(&[0x51, 0x2a, 0x4d, 0x18]), Codec::Zst);
        assert_eq!(Codec::of(&[0x1f, 0x8b]), Codec::Plain);
    }
}
