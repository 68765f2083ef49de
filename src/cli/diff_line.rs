//! Where a line that was not understood first differs from one of the same input that was: piece by piece, by what the pieces
//! are and not by what they say. For people who look for the damage; nothing is read or judged by it.

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PieceKind {
    Number,
    Quoted,
    Bracketed,
    Braced,
    Word,
    Sign(char),
}

impl PieceKind {
    fn name(self) -> String {
        match self {
            PieceKind::Number => "a number".into(),
            PieceKind::Quoted => "text in quotes".into(),
            PieceKind::Bracketed => "[…]".into(),
            PieceKind::Braced => "{…}".into(),
            PieceKind::Word => "a word".into(),
            PieceKind::Sign(c) => format!("“{c}”"),
        }
    }

    /// A placeholder stands where a value is missing; names hold digits: both are as good as the other.
    fn fits(self, other: PieceKind) -> bool {
        let value = |k| {
            matches!(
                k,
                PieceKind::Number | PieceKind::Word | PieceKind::Sign('-')
            )
        };
        self == other || (value(self) && value(other))
    }
}

/// A difference: where it begins in the line (characters), how long it is, and what it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub at: usize,
    pub length: usize,
    pub what: String,
}

/// Where `missed` leaves the shape of `read`; `None` where they have too little in common to say, or nothing apart.
pub(super) fn unlike(read: &str, missed: &str) -> Option<Difference> {
    let (a, b) = (pieces(read), pieces(missed));
    let same = common(&a, &b);
    // words fit words in any two sentences
    let shape = a[..same].iter().zip(&b);
    let sure = shape.filter(|(x, y)| x.kind == y.kind && x.kind != PieceKind::Word);
    if same < 3 || sure.count() < 2 {
        return None;
    }
    let (want, found) = (a.get(same), b.get(same));
    let end = missed.chars().count();
    let what = match (want, found) {
        (None, None) => return None,
        (Some(w), None) => format!("{} expected here, found the end of the line", w.kind.name()),
        (None, Some(_)) => "the end of the line expected here".to_owned(),
        (Some(w), Some(f)) => format!("{} expected here, found {}", w.kind.name(), f.kind.name()),
    };
    Some(Difference {
        at: found.map_or(end + 1, |f| f.at),
        length: found.map_or(1, |f| f.length.max(1)),
        what,
    })
}

/// How many pieces two lines have in common from their beginning.
pub(super) fn alike(a: &str, b: &str) -> usize {
    common(&pieces(a), &pieces(b))
}

fn common(a: &[LinePiece], b: &[LinePiece]) -> usize {
    let pairs = a.iter().zip(b);
    pairs.take_while(|(x, y)| x.kind.fits(y.kind)).count()
}

struct LinePiece {
    at: usize,
    length: usize,
    kind: PieceKind,
}

/// The pieces of a line: what stands between blanks, quotes and brackets. A quote or bracket that is not closed goes to the
/// end, as a sign of itself.
fn pieces(line: &str) -> Vec<LinePiece> {
    let chars: Vec<char> = line.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        let closed = |close: char| {
            let rest = chars[at + 1..].iter();
            let mut escaped = false;
            rest.take_while(|x| {
                let end = **x == close && !escaped;
                escaped = **x == '\\' && !escaped;
                !end
            })
            .count()
                + 2
        };
        let group = match c {
            '"' => Some((closed('"'), PieceKind::Quoted)),
            '[' => Some((closed(']'), PieceKind::Bracketed)),
            '{' => Some((closed('}'), PieceKind::Braced)),
            _ => None,
        };
        let (length, kind) = match group {
            Some((n, kind)) if at + n <= chars.len() => (n, kind),
            Some(_) => (chars.len() - at, PieceKind::Sign(c)),
            None => {
                let run = |x: &&char| !x.is_whitespace() && !matches!(x, '"' | '[' | '{');
                let n = chars[at..].iter().take_while(run).count();
                (n, of_run(&chars[at..at + n]))
            }
        };
        out.push(LinePiece { at, length, kind });
        at += length.max(1);
    }
    out
}

fn of_run(run: &[char]) -> PieceKind {
    match run {
        [c] if !c.is_alphanumeric() => PieceKind::Sign(*c),
        _ if run.iter().any(char::is_ascii_digit) && !run.iter().any(|c| c.is_alphabetic()) => {
            PieceKind::Number
        }
        _ => PieceKind::Word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tests::{holds, or_dash};

    const READ: &str =
        r#"10.0.0.4 - - [01/May/2023:13:00:00 +0100] "GET / HTTP/1.1" 200 123 "-" "curl""#;

    /// Lines that end early, that never close a quote, that have a piece of another kind, or nothing in common; values and
    /// placeholders are as good as each other.
    #[test]
    fn the_first_difference_is_marked() {
        holds("difference of a line", |missed| {
            or_dash(unlike(READ, missed).map(|d| format!("{} {} {}", d.at, d.length, d.what)))
        });
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let missed = r#"é ö ü [x] "ä" 200"#;
        let d = unlike(r#"a b c [x] "y" 200 "z""#, missed).expect("a difference");
        assert_eq!(d.at, missed.chars().count() + 1);
    }
}
