//! Text in columns: display width, wrapping, padding, and the ASCII spelling of our own signs.
//! Nothing here knows what is printed.

use coroner_lines::text::unmarked;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns a text takes.
pub fn width(s: &str) -> usize {
    s.width()
}

/// Our signs in ASCII; anything else outside ASCII becomes `?`.
pub fn to_ascii(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for c in s.replace("≈ ", "~").chars() {
        match c {
            '→' => out.push_str("->"),
            '±' => out.push_str("+/-"),
            '…' => out.push_str("..."),
            '≥' => out.push_str(">="),
            '≤' => out.push_str("<="),
            '−' | '–' | '—' | '·' => out.push('-'),
            '“' | '”' | '«' | '»' => out.push('"'),
            '’' | '‘' => out.push('\''),
            '×' => out.push('x'),
            '≈' => out.push('~'),
            c if c.is_ascii() => out.push(c),
            _ => out.push('?'),
        }
    }
    out
}

/// Breaks text at spaces into lines of at most `columns`; a longer word is broken hard, a number stays with its unit.
/// The parts of `tail` (citations) are never cut: one goes to its own line where it does not fit, whatever its length.
/// No line begins with `::`, which build servers take for a command.
pub fn wrap(text: &str, tail: &[String], columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in &words(text) {
        for piece in pieces(word, columns) {
            add(&mut lines, &mut used, &piece, columns);
        }
    }
    // Together where a line holds them all.
    let whole = [tail.join(" ")];
    let tail = match width(&whole[0]) <= columns {
        true => &whole,
        false => tail,
    };
    for part in tail.iter().filter(|t| !t.is_empty()) {
        add(&mut lines, &mut used, part, columns);
    }
    lines
}

/// The words of a text; `37 min` and `≈ 8,400` are one.
fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let unit = matches!(
            word.trim_end_matches([',', '.', ';', ':', ')', ']']),
            "%" | "s" | "min" | "h" | "d"
        );
        match out.last_mut() {
            Some(last)
                if (unit && last.ends_with(|c: char| c.is_ascii_digit()))
                    || matches!(last.as_str(), "≈" | "±" | "~" | "+/-") =>
            {
                last.push(' ');
                last.push_str(word);
            }
            _ => out.push(word.to_owned()),
        }
        // `29 min 57 s` is one length
        if let [.., larger, smaller] = &mut out[..]
            && unit
            && [" d", " h", " min"].iter().any(|u| larger.ends_with(u))
        {
            larger.push(' ');
            larger.push_str(smaller);
            out.pop();
        }
    }
    out
}

/// Adds a piece to the last line, or to a new one where it does not fit.
fn add(lines: &mut Vec<String>, used: &mut usize, piece: &str, columns: usize) {
    let w = width(piece);
    if *used > 0 && *used + 1 + w > columns {
        lines.push(String::new());
        *used = 0;
    }
    let Some(line) = lines.last_mut() else { return };
    if *used > 0 {
        line.push(' ');
        *used += 1;
    }
    let shown = match *used {
        0 => unmarked(piece),
        _ => piece.into(),
    };
    line.push_str(&shown);
    *used += w + shown.len() - piece.len();
}

/// A word in pieces of at most `columns`.
fn pieces(word: &str, columns: usize) -> Vec<String> {
    if width(word) <= columns {
        return vec![word.to_owned()];
    }
    let mut out = vec![String::new()];
    let mut used = 0;
    for c in word.chars() {
        let w = c.width().unwrap_or(0);
        if used + w > columns && used > 0 {
            out.push(String::new());
            used = 0;
        }
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
        used += w;
    }
    out
}

/// Text behind `first`, in lines of so many columns at most; those that follow are set in as far.
pub fn hanging(first: &str, text: &str, columns: usize) -> String {
    let under = " ".repeat(width(first));
    let lines = wrap(text, &[], columns).into_iter().enumerate();
    let lines = lines.map(|(n, l)| format!("{}{l}", if n == 0 { first } else { &under }));
    lines.map(|l| format!("{}\n", l.trim_end())).collect()
}

/// Padded on the right to `columns`.
pub fn left(s: &str, columns: usize) -> String {
    format!("{s}{}", " ".repeat(columns.saturating_sub(width(s))))
}

/// Padded on the left to `columns`.
pub fn right(s: &str, columns: usize) -> String {
    format!("{}{s}", " ".repeat(columns.saturating_sub(width(s))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_as_the_table_says() {
        for [width, text, cited, want] in crate::tests::tried("wrapped") {
            let cited: Vec<String> = Some(cited).filter(|c| c != "-").into_iter().collect();
            let lines = wrap(&text, &cited, width.parse().unwrap());
            assert_eq!(lines.join("|"), want, "{text}");
        }
    }

    #[test]
    fn ascii_only() {
        assert_eq!(
            to_ascii("a → b ± 6 s ≈ 8 − “x” é"),
            "a -> b +/- 6 s ~8 - \"x\" ?"
        );
    }
}
