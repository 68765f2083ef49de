//! Big seeded files of lines that nearly match a format and repeat in nothing: what no reader can learn from.
//! Every word and number of a line is by chance; only the seconds go on.

use crate::bulk::filled;
use crate::clock::{Day, S, clf};
use crate::rng::Rng;
use std::io::{self, Write};

/// What is wrong with the lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Access lines whose time has no closing bracket.
    Bracket,
    /// Access lines whose status is no number.
    Status,
    /// Access lines with 49 texts in quotes, and one quote more.
    Quotes,
    /// Sentences without a time.
    Prose,
}

impl Kind {
    /// The kind with this name.
    pub fn named(name: &str) -> Option<Kind> {
        match name {
            "torn-bracket" => Some(Kind::Bracket),
            "torn-status" => Some(Kind::Status),
            "torn-quotes" => Some(Kind::Quotes),
            "prose" => Some(Kind::Prose),
            _ => None,
        }
    }
}

/// Writes at least `bytes` bytes of `kind`, 60 lines a second from 2024-03-05 00:00 (+0100) on.
pub fn write(kind: Kind, bytes: u64, out: &mut impl Write) -> io::Result<()> {
    let mut rng = Rng::new(0x70, kind as u64);
    let start = Day::new(2024, 3, 5, 60).at(0, 0, 0);
    filled(bytes, out, |buffer, n| {
        line(kind, &mut rng, start + (n / 60) as i64 * S, buffer)
    })
}

fn line(kind: Kind, rng: &mut Rng, t: i64, b: &mut Vec<u8>) -> io::Result<()> {
    if kind == Kind::Prose {
        for n in 0..rng.range(6, 16) {
            b.write_all(if n == 0 { b"" } else { b" " })?;
            match rng.below(9) {
                0 => write!(b, "{}", rng.below(100_000))?,
                _ => b.write_all(word(rng).as_bytes())?,
            }
        }
        return b.write_all(b".\n");
    }
    let x = rng.bits();
    let address = [11 + x % 180, x >> 8 & 255, x >> 16 & 255, x >> 24 & 255];
    let [a, bb, c, d] = address;
    write!(b, "{a}.{bb}.{c}.{d} - - [{}", clf(t, 60))?;
    if kind != Kind::Bracket {
        b.write_all(b"]")?;
    }
    if kind == Kind::Quotes {
        for _ in 0..49 {
            write!(b, " \"{}\"", rng.below(1000))?;
        }
        return b.write_all(b" \"\n");
    }
    write!(b, " \"GET /{}/{} HTTP/1.1\" ", word(rng), rng.below(90_000))?;
    match kind {
        Kind::Status => write!(b, "{}x{}", 2 + x % 3, x >> 32 & 7)?,
        _ => write!(b, "{}", 200 + x % 300)?,
    }
    let bytes = rng.below(48_000);
    let (first, second) = (word(rng), word(rng));
    writeln!(
        b,
        " {bytes} \"-\" \"Mozilla/5.0 ({first}; {second} {}) {}/{}.{}\"",
        rng.below(100),
        word(rng),
        rng.below(200),
        rng.below(100)
    )
}

/// Three to ten letters.
fn word(rng: &mut Rng) -> String {
    let n = rng.range(3, 10);
    (0..n)
        .map(|_| char::from(b'a' + rng.below(26) as u8))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_line_comes_twice_and_files_repeat() {
        for kind in ["torn-bracket", "torn-status", "torn-quotes", "prose"] {
            let kind = Kind::named(kind).expect("a kind");
            let made = || {
                let mut out = Vec::new();
                write(kind, 300_000, &mut out).expect("memory");
                out
            };
            let file = made();
            assert!(file == made() && file.len() >= 300_000 && file.ends_with(b"\n"));
            let lines: Vec<&[u8]> = file.split(|b| *b == b'\n').collect();
            let different: BTreeSet<_> = lines.iter().collect();
            assert_eq!(lines.len(), different.len(), "{kind:?}");
        }
    }
}
