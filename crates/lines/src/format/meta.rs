//! What a format says of itself: its name, what it is for, how its lines begin and what they show, and one of them.

use crate::format::line_features::Signs;
use crate::record::Kind;
use crate::table;

/// How the lines of a format make records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// One line, understood without any other.
    Line,
    /// A head line, and continuation lines up to the next head.
    Head,
    /// Lines that need earlier lines of the same input; see [`crate::format::Format::reader`]. Such inputs are read in one
    /// piece.
    Stateful,
}

/// Every byte, as a class of [`Meta::begins`].
pub const ANY: &[u8] = b"\0-\xff";
/// The bytes that a JSON object may begin with: its brace, or blanks in front of it.
pub const OBJECT: &[u8] = b"{ \t\n\r\x0c";
/// Every byte that no JSON object begins with.
pub const NO_OBJECT: &[u8] = b"\0-z|-\xff";

/// Classes of first bytes that a format can distinguish.
const CLASSES: usize = 3;

/// What a format says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Meta<'a> {
    /// The one name of the grammar, as reports print it (`nginx combined`, `JSON lines`).
    pub name: &'a str,
    /// What its records are.
    pub kind: Kind,
    /// One line for `coroner formats`.
    pub about: &'a str,
    /// How its lines make records.
    pub framing: Framing,
    /// One line of it.
    pub sample: &'a str,
    begins: [(&'a [u8], Signs); CLASSES],
}

impl<'a> Meta<'a> {
    /// A format of single lines that may begin with any byte.
    pub const fn new(kind: Kind, name: &'a str, about: &'a str) -> Self {
        Meta {
            name,
            kind,
            about,
            framing: Framing::Line,
            sample: "",
            begins: [(b"", Signs::NONE); CLASSES],
        }
    }

    /// What a block of a table of formats says: `format`, `kind`, `about`, `sample`, and `begins`, classes with what lines that
    /// begin so show (`\s` is a blank, `\t` a tab, `\e` an escape, `\0` zero, `\h` and `\l` the first and the last byte that is none of
    /// ASCII, `\b` the first of a byte-order mark; `any`,
    /// `object` and `no-object` are all bytes, those of an object and those of none). `heads` and `stacks` say how its lines make
    /// records.
    pub fn described(block: &'static str) -> Meta<'static> {
        let value = |key| table::value(block, key);
        let kind = Kind::ALL.into_iter().find(|k| k.word() == value("kind"));
        let kind = kind.unwrap_or(Kind::App);
        let mut meta = Meta::new(kind, value("format"), value("about")).sample(value("sample"));
        for of in value("begins").split(" | ").filter(|b| !b.is_empty()) {
            let (class, shown) = of.split_once(' ').unwrap_or((of, ""));
            let shown = shown.split(' ').filter_map(Signs::named);
            meta = meta.begins(
                self::class(class),
                shown.fold(Signs::NONE, |all, s| all | s),
            );
        }
        match (value("stacks"), value("heads")) {
            ("", "") => meta,
            ("", _) => meta.heads(),
            _ => meta.stateful(),
        }
    }

    /// A format of applications and databases.
    pub const fn app(name: &'a str, about: &'a str) -> Self {
        Meta::new(Kind::App, name, about)
    }

    /// Lines that are no head continue the record before them.
    pub const fn heads(mut self) -> Self {
        self.framing = Framing::Head;
        self
    }

    /// Lines need earlier lines of the same input.
    pub const fn stateful(mut self) -> Self {
        self.framing = Framing::Stateful;
        self
    }

    /// Lines may begin with these bytes, and all that do show these signs. A class is written as between the brackets of a
    /// pattern: `0-9A-F[`. Of several classes that hold a byte the first counts; without any, lines may begin with any byte.
    pub fn begins(mut self, class: &'a [u8], signs: Signs) -> Self {
        let free = self.begins.iter_mut().find(|(class, _)| class.is_empty());
        debug_assert!(free.is_some(), "{}: too many classes", self.name);
        if let Some(free) = free {
            *free = (class, signs);
        }
        self
    }

    /// One line of the format, for tests and `coroner formats`.
    pub const fn sample(mut self, line: &'a str) -> Self {
        self.sample = line;
        self
    }

    /// What every line shows that begins with that byte; `None` where none begins so.
    pub fn shows(&self, first: u8) -> Option<Signs> {
        if self.begins[0].0.is_empty() {
            return Some(Signs::NONE);
        }
        let holds = |(class, _): &&(&[u8], Signs)| holds(class, first);
        self.begins.iter().find(holds).map(|(_, signs)| *signs)
    }
}

/// A class as tables write it.
pub(in crate::format) fn class(written: &str) -> &'static [u8] {
    match written {
        "any" => return ANY,
        "object" => return OBJECT,
        "no-object" => return NO_OBJECT,
        _ => {}
    }
    let mut bytes = written.bytes();
    let byte = || match bytes.next()? {
        b'\\' => bytes.next().map(|c| match c {
            b's' => b' ',
            b't' => b'\t',
            b'e' => 0x1b,
            b'b' => 0xef,
            b'h' => 0x80,
            b'l' => 0xff,
            _ => 0,
        }),
        plain => Some(plain),
    };
    std::iter::from_fn(byte).collect::<Vec<u8>>().leak()
}

/// Whether a byte is one of a class.
pub(super) fn holds(class: &[u8], byte: u8) -> bool {
    match class {
        [from, b'-', to, rest @ ..] => (*from..=*to).contains(&byte) || holds(rest, byte),
        [one, rest @ ..] => *one == byte || holds(rest, byte),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_first_bytes() {
        let all = |class: &[u8]| (0..=255).filter(|b| holds(class, *b)).collect::<Vec<u8>>();
        assert_eq!(all(b"a-c[x-"), b"-[abcx");
        assert_eq!(all(b""), b"");
        assert_eq!(all(ANY).len(), 256);
        assert_eq!((all(OBJECT).len(), all(NO_OBJECT).len()), (6, 255));
        assert!(!holds(NO_OBJECT, b'{'));
    }

    #[test]
    fn the_first_class_that_holds_a_byte_counts() {
        let m = Meta::app("a", "b");
        assert_eq!(m.shows(b'x'), Some(Signs::NONE));
        let m = m.begins(b"0-9", Signs::TIMED).begins(ANY, Signs::COMMA);
        assert_eq!(m.shows(b'7'), Some(Signs::TIMED));
        assert_eq!(m.shows(b'x'), Some(Signs::COMMA));
        assert_eq!(
            Meta::app("a", "b").begins(b"q", Signs::TAB).shows(b'x'),
            None
        );
    }
}
