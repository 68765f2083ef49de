//! Errors, warnings and notes on standard error: what, where, why, and what to do.
//! Whatever comes from outside (names, log text) goes through [`escaped`] first.

use crate::cli::exit::Exit;
use anstyle::{AnsiColor, Style};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use coroner::Error;
use coroner::program::source::Note;
use coroner::program::text::unmarked;
pub use coroner::program::text::visible as escaped;
use std::fmt::Write as _;
use std::io::Write as _;

/// A path as it is shown.
pub fn shown(path: impl AsRef<std::ffi::OsStr>) -> String {
    escaped(path.as_ref().as_encoded_bytes())
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ComplaintLevel {
    Error,
    Warning,
    Note,
}

/// Something to say to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    level: ComplaintLevel,
    what: String,
    lines: Vec<String>,
    help: Vec<String>,
    exit: Exit,
    /// Length of the name of the input that `what` begins with; 0 where it is about none.
    input: usize,
}

impl Complaint {
    fn new(level: ComplaintLevel, what: impl Into<String>, exit: Exit) -> Complaint {
        Complaint {
            level,
            what: what.into(),
            lines: Vec::new(),
            help: Vec::new(),
            exit,
            input: 0,
        }
    }

    /// Something was not done; `exit` is what that means for the exit code.
    pub fn error(what: impl Into<String>, exit: Exit) -> Complaint {
        Complaint::new(ComplaintLevel::Error, what, exit)
    }

    /// The job was done, but not on everything.
    pub fn warning(what: impl Into<String>) -> Complaint {
        Complaint::new(ComplaintLevel::Warning, what, Exit::Done)
    }

    /// The job was not done on everything: `strict` makes that too little.
    pub fn gap(what: impl Into<String>, strict: bool) -> Complaint {
        match strict {
            true => Complaint::error(what, Exit::NotDone),
            false => Complaint::warning(what),
        }
    }

    /// Worth knowing.
    pub fn note(what: impl Into<String>) -> Complaint {
        Complaint::new(ComplaintLevel::Note, what, Exit::Done)
    }

    /// What happened while the input `name` was read. The report covers what was read; `strict` makes that too little.
    pub fn of_note(name: &str, note: &Note, strict: bool) -> Complaint {
        let exit = match () {
            () if note.is_io() => Exit::Io,
            () if strict => Exit::NotDone,
            () => Exit::Done,
        };
        let help = match note {
            Note::ReadFailed { .. } => "try again, or copy the file first",
            Note::Changed { .. } => "read it again when it rests, or copy it first",
            Note::TooLarge { .. } => {
                "the report covers what was read; --max-ratio and --max-unpacked allow more, --strict refuses"
            }
            _ => "the report covers what was read and says so; --strict refuses",
        };
        let mut c = match exit == Exit::Done && !note.lost_bytes() {
            true => Complaint::warning(format!("{name} {note}")),
            false => Complaint::error(format!("{name} {note}"), exit),
        };
        c.input = name.len();
        c.help(help)
    }

    /// An option whose value cannot be used: the option, the value, why, and behind a semicolon what to write.
    pub fn of_value(e: &clap::Error) -> Option<Complaint> {
        let word = |kind| match e.get(kind) {
            Some(ContextValue::String(s)) => Some(s.as_str()),
            _ => None,
        };
        if e.kind() != ErrorKind::ValueValidation {
            return None;
        }
        let option = word(ContextKind::InvalidArg)?.split(' ').next()?;
        let value = word(ContextKind::InvalidValue)?;
        let said = std::error::Error::source(e)?.to_string();
        let (why, help) = parted(&said);
        let what = if why.starts_with('"') || why.starts_with(value) {
            format!("{option} {why}")
        } else if why.contains(&format!("\"{value}\"")) {
            why.to_owned()
        } else {
            format!("{option} \"{value}\": {why}")
        };
        let help = help.unwrap_or("coroner --help tells what it takes");
        Some(Complaint::error(what, Exit::NotDone).help(help))
    }

    /// Says why an input gives nothing: `NAME: WHY`.
    pub fn about(mut self, name: &str, why: &str) -> Complaint {
        self.what = format!("{name}: {why}");
        self.input = name.len();
        self
    }

    /// The input that it is about (empty: none) and what it says of it.
    pub fn input_and_reason(&self) -> (&str, &str) {
        let (name, rest) = self.what.split_at(self.input);
        (name, rest.strip_prefix(':').unwrap_or(rest).trim_start())
    }

    /// Adds a line of detail.
    pub fn line(mut self, line: impl Into<String>) -> Complaint {
        self.lines.push(line.into());
        self
    }

    /// Adds what to do next.
    pub fn help(mut self, help: impl Into<String>) -> Complaint {
        self.help.push(help.into());
        self
    }

    /// Adds what to do next, where there is anything.
    pub fn and_help(self, help: Option<&str>) -> Complaint {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// The exit code that the run has at least.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Whether it may be left out where the user wants quiet.
    pub fn is_error(&self) -> bool {
        self.level == ComplaintLevel::Error
    }

    /// The text, with a newline at the end. At most 40 lines of detail: one screen.
    pub fn render(&self, colour: bool) -> String {
        const MOST: usize = 40;
        let (word, style) = match self.level {
            ComplaintLevel::Error => ("error", AnsiColor::Red.on_default().bold()),
            ComplaintLevel::Warning => ("warning", AnsiColor::Yellow.on_default().bold()),
            ComplaintLevel::Note => ("note", AnsiColor::Cyan.on_default().bold()),
        };
        let plain = |s: Style| if colour { s } else { Style::new() };
        let (style, help) = (plain(style), plain(AnsiColor::Cyan.on_default()));
        let mut out = format!(
            "{style}{word}:{style:#} {}\n",
            escaped(self.what.as_bytes())
        );
        for line in self.lines.iter().take(MOST) {
            let _ = writeln!(out, "  {}", escaped(line.as_bytes()));
        }
        if self.lines.len() > MOST {
            let _ = writeln!(out, "  … {} more", self.lines.len() - MOST);
        }
        for h in &self.help {
            let _ = writeln!(out, "  {help}help:{help:#} {}", escaped(h.as_bytes()));
        }
        unmarked(&out).into_owned()
    }

    /// Writes it to standard error; if nobody listens there, so be it.
    pub fn print(&self, colour: bool) {
        let _ = std::io::stderr()
            .lock()
            .write_all(self.render(colour).as_bytes());
    }
}

/// A sentence without the remedy behind its last semicolon, and that.
pub fn parted(sentence: &str) -> (&str, Option<&str>) {
    match sentence.rsplit_once("; ") {
        Some((what, remedy)) => (what, Some(remedy)),
        None => (sentence, None),
    }
}

impl From<&Error> for Complaint {
    fn from(e: &Error) -> Complaint {
        let exit = Exit::of(e);
        match e {
            Error::Usage { what, why, remedy } => {
                let joint = if why.starts_with('(') { " " } else { ": " };
                Complaint::error(format!("{what}{joint}{why}"), exit).help(remedy)
            }
            Error::NoLogs { inputs, detail } => {
                let s = if *inputs == 1 { "" } else { "s" };
                let start = Complaint::error(format!("no log lines in {inputs} input{s}"), exit);
                detail
                    .lines()
                    .filter(|l| !l.is_empty())
                    .fold(start, Complaint::line)
                    .help("name a log file, a folder of logs, or - for standard input")
            }
            // Every other message is one sentence that ends with the remedy.
            _ => {
                let said = e.to_string();
                let (what, help) = parted(&said);
                Complaint::error(what, exit).and_help(help)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tests::{holds, or_dash};

    #[test]
    fn form() {
        let e = Error::usage("-o a.xls", "unknown", "write .md");
        let c = Complaint::from(&e);
        assert_eq!(
            c.render(false),
            "error: -o a.xls: unknown\n  help: write .md\n"
        );
        assert!(c.render(true).starts_with("\u{1b}["));
        let e = Error::NoLogs {
            inputs: 2,
            detail: "\na.gz  empty\nx.log  gone".into(),
        };
        assert!(
            Complaint::from(&e)
                .render(false)
                .starts_with("error: no log lines in 2 inputs\n  a.gz  empty\n  x.log  gone\n")
        );
    }

    #[test]
    fn a_wrong_value_is_reported_as_everything_else() {
        use clap::Parser;
        holds("complaint of a value", |args| {
            let args = ["coroner", "x"].into_iter().chain(args.split(' '));
            let e = crate::cli::Cli::try_parse_from(args).unwrap_err();
            or_dash(Complaint::of_value(&e).map(|c| c.render(false)))
        });
    }

    #[test]
    fn names_cannot_control_the_terminal() {
        assert_eq!(
            escaped(b"a\x1b[2J\n\xff\xc2\x9b\xe2\x80\xae.log \xc3\xa9"),
            "a\\x1b[2J\\n\\xff\\u{9b}\\u{202e}.log é"
        );
        let c = Complaint::warning("x\x1b]0;y\x07").render(false);
        assert!(!c.contains('\x1b') && !c.contains('\x07'));
    }

    #[test]
    fn notes_count_by_what_they_mean() {
        let exit = |n: &Note, strict| Complaint::of_note("a.gz", n, strict).exit();
        let early = Note::EndsEarly {
            unpacked: 12,
            packed: 9,
            members: 0,
        };
        assert_eq!(exit(&early, false), Exit::Done);
        assert_eq!(exit(&early, true), Exit::NotDone);
        let failed = Note::ReadFailed {
            byte: 1,
            reason: "bad sector".into(),
        };
        assert_eq!(exit(&failed, false), Exit::Io);
        assert_eq!(
            Complaint::of_note("a.gz", &early, false).render(false),
            "error: a.gz ends early (unexpected end after 12 bytes)\n  \
             help: the report covers what was read and says so; --strict refuses\n"
        );
    }

    #[test]
    fn one_screen_at_most() {
        let c = (0..500).fold(Complaint::note("n"), |c, i| c.line(format!("{i}")));
        assert_eq!(c.render(false).lines().count(), 42);
    }
}
