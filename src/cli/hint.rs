//! Guesses at what was meant: misspelt subcommands and templates, and files that are called like one.

use super::exit::Exit;
use crate::cli::diagnostics::{Complaint, shown};
use coroner::Error;
use coroner::program::report::TEMPLATES;
use coroner::program::table::words;
use coroner::program::text::nearest;
use std::path::Path;

/// Names of all subcommands, aliases too.
pub(super) const SUBCOMMANDS: &[&str] = &words::<17>(
    "analyse analyze demo init explain audit watch timeline formats template plan summarize merge report schema \
    completions man",
);

/// What to say of an operand that is not there. A bare word may be a misspelt subcommand.
pub(super) fn missing(operand: &Path, reason: &str) -> Complaint {
    let shown = shown(operand);
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
    match nearest(&shown, SUBCOMMANDS) {
        Some(name) => c.help(format!("did you mean `{name}`? For a file write ./{shown}")),
        None => c.help("name a log file, a folder of logs, or - for standard input"),
    }
}

/// What to say of a first operand that is no file and nearly a subcommand: nothing else is done then.
pub(super) fn misspelt(operand: &Path) -> Option<Complaint> {
    let word = operand.to_str().filter(|_| !operand.exists())?;
    let plain = word.bytes().all(|b| b.is_ascii_lowercase());
    nearest(word, SUBCOMMANDS).filter(|_| plain)?;
    Some(missing(operand, "no such file or folder"))
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

/// What to say of a name that no template has; `or` is what it may be beside one.
pub(super) fn no_template(what: String, why: &str, name: &str, or: &str) -> Error {
    let names: Vec<&str> = TEMPLATES.iter().map(|t| t.name).collect();
    let all = names.join(", ");
    let remedy = match nearest(name, &names) {
        Some(near) => format!("did you mean {near}? There are {all}"),
        None => format!("use one of {all}{or}"),
    };
    Error::usage(what, why, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

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
