//! The message that a masked one stands for: masks filled from a line that carries it.
//! Works on cleaned and redacted text only; what the line does not show stays open.

use super::LogText;

/// What stands for a variable token in a masked message.
const MASK: &str = "<*>";
/// Longest stretch that fills one mask, in bytes.
const LONGEST: usize = 200;
/// Shortest end of a message's first part that is looked for in a line, in bytes.
const LEAST: usize = 10;

impl LogText {
    /// This masked message with its masks filled from `line`, as far as the line goes; an open mask becomes `…`.
    pub fn example(&self, line: &LogText) -> LogText {
        let mut parts = self.shown().split(MASK);
        let head = parts.next().unwrap_or_default();
        let mut out = head.to_owned();
        // What of the line is left; `None` from the first part on that it does not hold.
        let mut rest = match head {
            "" => before(line.shown(), parts.clone()),
            head => after(line.shown(), head),
        };
        for part in parts {
            let filled = rest.and_then(|r| fill(r, part));
            match filled {
                Some((value, after)) => {
                    out.push_str(value);
                    rest = after;
                }
                None => {
                    out.push('…');
                    rest = None;
                }
            }
            out.push_str(part);
        }
        LogText::made(super::capped(out))
    }
}

/// What of a line follows `head`, or the longest end of it that begins with a word and is long enough to be no accident:
/// a message that was put together from several fields stands nowhere as a whole.
fn after<'a>(line: &'a str, head: &str) -> Option<&'a str> {
    let words = head.match_indices(' ').map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(words)
        .map(|at| &head[at..])
        .take_while(|end| end.len() >= LEAST || end.len() == head.len())
        .filter(|end| !end.is_empty())
        .find_map(|end| Some(&line[line.find(end)? + end.len()..]))
}

/// Where the words begin in a line that a message begins with, all of them masked: as many in front of its first part that is long
/// enough to be found.
fn before<'a>(line: &'a str, parts: std::str::Split<'_, &str>) -> Option<&'a str> {
    let (mut masks, mut from) = (0, None);
    for part in parts {
        masks += 1;
        if part.len() >= LEAST {
            from = line.find(part);
            break;
        }
    }
    let blanks = line[..from?].rmatch_indices(' ').map(|(at, _)| at + 1);
    line.get(blanks.chain([0]).nth(masks - 1)?..)
}

/// What fills a mask before `part`, and what of the line follows `part`.
fn fill<'a>(line: &'a str, part: &str) -> Option<(&'a str, Option<&'a str>)> {
    let found = line.find(part).filter(|at| *at <= LONGEST && *at > 0);
    if let (false, Some(at)) = (part.is_empty(), found) {
        return Some((&line[..at], Some(&line[at + part.len()..])));
    }
    // The message ends here, or goes on in a line of its own: the mask stood for one token.
    let end = line
        .find(|c: char| c.is_whitespace() || matches!(c, '"' | ',' | ';' | ')'))
        .unwrap_or(line.len());
    // what of the part stands at the token's end is not said twice
    let twice = part.char_indices().map(|(at, c)| at + c.len_utf8());
    let twice = twice.filter(|n| line[..end].ends_with(&part[..*n])).max();
    let end = end - twice.unwrap_or(0);
    (end > 0 && end <= LONGEST).then(|| (&line[..end], None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_filled_from_the_line_and_what_it_does_not_show_stays_open() {
        for [mask, line, want] in crate::tests::tried("filled mask") {
            let (mask, line) = (LogText::new(mask.as_bytes()), LogText::new(line.as_bytes()));
            assert_eq!(mask.example(&line).for_json(), want);
        }
    }
}
