//! Pointing at what is wrong in a file that the user wrote: the line, and a caret under the place.

use crate::cli::diagnostics::{Complaint, escaped, parted, shown};
use crate::cli::exit::Exit;
use std::path::Path;

/// A file and its text.
#[derive(Clone, Copy)]
pub struct FileText<'a> {
    pub path: &'a Path,
    pub text: &'a str,
}

/// What is wrong at byte `at` of a file, with its line and a caret; `why` ends with the remedy behind a semicolon.
pub fn pointed(what: &str, place: FileText, at: usize, why: &str) -> Complaint {
    let text = place.text;
    let at = (0..=at.min(text.len()))
        .rev()
        .find(|i| text.is_char_boundary(*i))
        .unwrap_or(0);
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
    let number = text[..at].matches('\n').count() + 1;
    // cleaned first, so that the caret stands under what is shown
    let line = escaped(text[start..end].trim_end().as_bytes());
    let before = escaped(&text.as_bytes()[start..at]).chars().count();
    let margin = " ".repeat(number.to_string().len());
    let (why, help) = parted(why);
    let shown = shown(place.path);
    Complaint::error(what, Exit::NotDone)
        .line(format!("{margin} ┌ {shown}:{number}"))
        .line(format!("{number} │ {line}"))
        .line(format!("{margin} │ {}^ {why}", " ".repeat(before)))
        .and_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_place() {
        let text = "[[format]]\n\tname = \"a\"\nnginx = '$a$b'\n";
        let place = FileText {
            path: Path::new("coroner.toml"),
            text,
        };
        let at = text.find("$b").unwrap();
        let c = pointed(
            "a format is wrong",
            place,
            at,
            "no blank between; put one there",
        );
        assert_eq!(
            c.render(false),
            "error: a format is wrong\n    ┌ coroner.toml:3\n  3 │ nginx = '$a$b'\n    │            ^ no blank between\n  help: put one there\n"
        );
        // anywhere, whatever the offset
        for at in 0..text.len() + 3 {
            let _ = pointed("x", place, at, "y");
        }
    }
}
