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
    /// xz, one or more streams.
    Xz,
    /// bzip2, one or more streams.
    Bz2,
}

impl Codec {
    /// Number of leading bytes that decide.
    pub const NEEDS: usize = 10;

    /// Reads the magic number.
    pub fn of(head: &[u8]) -> Codec {
        match head {
            [0x1f, 0x8b, 0x08, ..] => Codec::Gz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Codec::Zst,
            // A skippable frame, which may open a Zstandard file.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Codec::Zst,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Codec::Xz,
            // "BZh" may begin a line of text; the magic of a block, or of the end of an empty stream, may not.
            [b'B', b'Z', b'h', b'1'..=b'9', magic @ ..]
                if magic.starts_with(b"1AY&SY")
                    || magic.starts_with(b"\x17\x72\x45\x38\x50\x90") =>
            {
                Codec::Bz2
            }
            _ => Codec::Plain,
        }
    }
}

/// What holds members, each a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// tar, of any dialect.
    Tar,
    /// zip.
    Zip,
}

impl Container {
    /// Reads the first 512 bytes. A tar header of old has no magic number, but a sum of its bytes.
    pub fn of(head: &[u8]) -> Option<Container> {
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Container::Zip),
            _ => is_tar_header(head.get(..512)?).then_some(Container::Tar),
        }
    }
}

/// Whether the sum that a tar header carries is that of its bytes.
fn is_tar_header(block: &[u8]) -> bool {
    const SUM: std::ops::Range<usize> = 148..156;
    let written = block[SUM]
        .iter()
        .skip_while(|c| **c == b' ')
        .take_while(|c| (b'0'..=b'7').contains(c))
        .fold(0u32, |n, c| {
            n.wrapping_mul(8).wrapping_add(u32::from(c - b'0'))
        });
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(i, c)| if SUM.contains(&i) { 32 } else { u32::from(*c) })
        .sum();
    block[0] != 0 && written == sum
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

/// How other kinds of files begin; what each is, and behind a semicolon the next step.
const MAGIC: [(&[u8], &str); 15] = [
    (b"\x7fELF", "ELF file"),
    (b"MZ\x90\x00", "Windows program"),
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"%PDF-", "PDF document"),
    (b"\xca\xfe\xba\xbe", "Java class or Mach-O file"),
    (
        b"SQLite format 3\0",
        "SQLite database; export its log table as text first",
    ),
    (b"7z\xbc\xaf\x27\x1c", "7z archive; unpack it first: 7z x"),
    (b"\x04\x22\x4d\x18", "lz4 archive; unpack it first: lz4 -dk"),
    (
        b"LPKSHHRH",
        "systemd journal; export it first: journalctl -o json --file",
    ),
    (b"ElfFile\0", "Windows event log; export it as text first"),
    (b"PAR1", "Parquet file; export it as text first"),
    (b"\xd4\xc3\xb2\xa1", "packet capture"),
    (b"\x0a\x0d\x0d\x0a", "packet capture"),
];

const RECODE: Option<&str> = Some("convert it first: iconv -t UTF-8");

/// What the input is, if its head shows that it is no text that can be read; `None` for text, also with stray NUL
/// bytes or invalid UTF-8. `head` is unpacked; packed data in it means more nesting than is read.
pub fn looks_binary(head: &[u8]) -> Option<Binary> {
    let yes = |what, next| Some(Binary { what, next });
    if let Some((_, of)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        let (what, next) = of.split_once("; ").unzip();
        return yes(what.unwrap_or(of), next);
    }
    if Codec::of(head) != Codec::Plain {
        return yes("archive inside archives", Some("unpack it first"));
    }
    // Met only where no more nesting is read, or in a stream, whose end cannot be read first and its start again.
    const SAVE: Option<&str> = Some("save it to a file of its own, or unpack it first");
    match Container::of(head) {
        Some(Container::Tar) => return yes("tar archive in a pipe or an archive", SAVE),
        Some(Container::Zip) => return yes("zip archive in a pipe or an archive", SAVE),
        None => {}
    }
    if head.starts_with(b"\xff\xfe\0\0") || head.starts_with(b"\0\0\xfe\xff") {
        return yes("UTF-32 text", RECODE);
    }
    controls(head).then_some(Binary {
        what: "binary file",
        next: None,
    })
}

/// Whether control characters that no log writes are frequent: more than one byte in ten, or one in twenty-five where they
/// are of many kinds, since what separates fields is of one. A run of eight or more NUL
/// bytes is one hole in a text (what a power loss leaves), not content; invalid UTF-8 is another encoding's letters.
fn controls(head: &[u8]) -> bool {
    const HOLE: usize = 8;
    const KINDS: u32 = 8;
    let mut kinds = 0u32;
    let (mut bytes, mut odd, mut nuls) = (0usize, 0usize, 0usize);
    for &b in head.iter().chain(std::iter::once(&b'\n')) {
        if b == 0 {
            nuls += 1;
            continue;
        }
        if nuls < HOLE {
            odd += nuls;
            bytes += nuls;
        }
        nuls = 0;
        bytes += 1;
        if matches!(b, 0x01..=0x06 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f) {
            odd += 1;
            kinds |= 1 << (b & 0x1f);
        }
    }
    odd * 10 > bytes || odd * 25 > bytes && kinds.count_ones() >= KINDS
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
            looks_binary(b"7z\xbc\xaf\x27\x1c\0\x04").map(|b| b.to_string()),
            Some("7z archive, skipped; unpack it first: 7z x".into())
        );
        assert_eq!(what(b"BZh91AY&SY\x01\x02"), Some("archive inside archives"));
        assert_eq!(what(b"\xff\xfe\0\0h\0\0\0"), Some("UTF-32 text"));
        assert_eq!(
            what(&[3, 0, 0, 0, 1, 0, 9, 0, 0, 0, 2, 2, 0, 5, 0, 0]),
            Some("binary file")
        );
    }

    #[test]
    fn bytes_without_a_pattern_are_no_text() {
        // a generator of numbers, since packed or encrypted bytes have every value equally often
        let mut x = 1u64;
        let mut next = || {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (x >> 33) as u8
        };
        let head: Vec<u8> = (0..65_536).map(|_| next()).collect();
        assert_eq!(what(&head), Some("binary file"));
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(what(b""), None);
        assert_eq!(what(b"BZh is how this line begins\n"), None);
        assert_eq!(what(b"GET /\xff\xfe caf\xe9 \x1b[31mred\x1b[0m\n"), None);
        assert_eq!(what(b"\xef\xbb\xbf2024-01-01 00:00:00 start\n"), None);
        let fix =
            b"8=FIX.4.2\x019=178\x0135=8\x0149=PHLX\x0156=PERS\x0152=20071123-05:30:00.000\x01\n";
        assert_eq!(what(fix), None, "one kind of separator");
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
        assert_eq!(Codec::of(b"\xfd7zXZ\0\0\x04"), Codec::Xz);
        assert_eq!(Codec::of(b"BZh91AY&SY\x01"), Codec::Bz2);
        assert_eq!(Codec::of(b"BZh is how this line begins"), Codec::Plain);
    }

    #[test]
    fn containers() {
        let mut header = tar::Header::new_gnu();
        header.set_path("a.log").unwrap();
        header.set_size(4);
        header.set_cksum();
        assert_eq!(Container::of(header.as_bytes()), Some(Container::Tar));
        let mut old = *header.as_bytes();
        old[257..265].fill(0);
        old[148..156].fill(b' ');
        let sum: u32 = old.iter().map(|c| u32::from(*c)).sum::<u32>()
            - old[148..156].iter().map(|c| u32::from(*c)).sum::<u32>()
            + 8 * 32;
        old[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
        assert_eq!(Container::of(&old), Some(Container::Tar), "without a magic");
        assert_eq!(Container::of(&[b'a'; 600]), None);
        assert_eq!(Container::of(&[0; 600]), None);
        assert_eq!(Container::of(b"PK\x03\x04"), Some(Container::Zip));
    }
}
