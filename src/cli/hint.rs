//! Guesses at what was meant: misspelt subcommands, and files that are called like one.

use super::exit::Exit;
use crate::cli::diagnostics::{Complaint, escaped};
use std::path::Path;

/// Names of all subcommands, aliases too.
pub(super) const SUBCOMMANDS: &[&str] = &[
    "analyse",
    "analyze",
    "demo",
    "init",
    "explain",
    "audit",
    "watch",
    "timeline",
    "formats",
    "template",
    "plan",
    "summarize",
    "merge",
    "report",
    "schema",
    "completions",
    "man",
];

/// What to say of an operand that is not there. A bare word may be a misspelt subcommand.
pub(super) fn missing(operand: &Path, reason: &str) -> Complaint {
    let shown = escaped(operand.as_os_str().as_encoded_bytes());
    let word = shown.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !word {
        return Complaint::error(format!("cannot open {shown}: {reason}"), Exit::NotDone)
            .help("check the path and its permissions");
    }
    let c = Complaint::error(
        format!("unknown subcommand or file \"{shown}\""),
        Exit::NotDone,
    );
    if SUBCOMMANDS.contains(&shown.as_str()) {
        return c.help(format!("a subcommand comes first: coroner {shown} …"));
    }
    let near = SUBCOMMANDS.iter().map(|k| (distance(k, &shown), k)).min();
    match near {
        Some((d, name)) if d <= 2 && d * 2 < shown.len() => {
            c.help(format!("did you mean `{name}`? For a file write ./{shown}"))
        }
        _ => c.help("name a log file, a folder of logs, or - for standard input"),
    }
}

/// A word to who has a file that is called like the subcommand that ran.
pub(super) fn file_like_subcommand(name: &str) -> Option<Complaint> {
    Path::new(name).exists().then(|| {
        Complaint::note(format!(
            "\"{name}\" is taken as the subcommand, and there is a file of that name"
        ))
        .help(format!("for the file write ./{name}"))
    })
}

/// Of some words the one that was probably meant.
pub(super) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let near = known.iter().map(|k| (distance(k, word), *k)).min();
    near.filter(|(d, k)| *d <= 2 && d * 2 < k.len().max(word.len()))
        .map(|n| n.1)
}

/// Edit distance (insert, delete, replace, swap neighbours; optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("analyse", "analyse"), 0);
        assert_eq!(distance("analyse", "anaylse"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn a_near_miss_is_guessed() {
        let say = |s: &str| missing(Path::new(s), "no such file or folder").render(false);
        assert!(say("anaylse").contains("did you mean `analyse`? For a file write ./anaylse"));
        assert!(say("webapp").starts_with("error: unknown subcommand or file \"webapp\"\n"));
        assert!(!say("webapp").contains("did you mean"));
        assert!(say("a.log").starts_with("error: cannot open a.log: no such file or folder\n"));
        assert!(say("analyse").contains("comes first"));
    }
}
