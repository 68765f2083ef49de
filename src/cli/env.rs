//! What the process shows about its surroundings, read once; everything below gets it as values.

use coroner::program::time::Instant;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::SystemTime;

/// Surroundings of a run.
#[derive(Clone, Debug)]
pub struct Env {
    /// When the run began.
    pub now: SystemTime,
    /// Whether a person types at standard input.
    pub stdin_is_terminal: bool,
    /// Whether standard output is a screen.
    pub stdout_is_terminal: bool,
    /// Whether standard error is a screen.
    pub stderr_is_terminal: bool,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set and neither empty nor `0`.
    pub force_color: bool,
    /// `TERM` or `COLORTERM` reports 256 colours or more.
    pub many_colors: bool,
    /// `TERM=dumb`.
    pub dumb: bool,
    /// Columns of the screen, where known (`COLUMNS`, else the terminal).
    pub columns: Option<usize>,
    /// Whether the locale writes UTF-8 (`LC_ALL`, else `LC_CTYPE`, else `LANG`; none set: yes).
    pub utf8: bool,
    /// `CORONER_CONFIG`: the file of settings.
    pub config: Option<PathBuf>,
    /// The folder for files that are gone with the process (`TMPDIR`, else the system's).
    pub spool: PathBuf,
    /// `CORONER_THREADS`: threads, where it holds a number from 1 to 1024.
    pub threads: Option<usize>,
    /// Rows of the screen, where standard output is one and they are known.
    pub rows: Option<usize>,
    /// `LESS` is set: its reader's own options for that pager.
    pub less: bool,
    /// `CORONER_PAGER`, else `PAGER`: the command that shows text page by page; an empty one means none.
    pub pager: Option<String>,
}

impl Env {
    /// Reads the surroundings of this process.
    pub fn of_process() -> Env {
        let set = |name: &str| {
            std::env::var_os(name)
                .filter(|v| !v.is_empty())
                .map(|v| v.to_string_lossy().into_owned())
        };
        let locale = set("LC_ALL")
            .or_else(|| set("LC_CTYPE"))
            .or_else(|| set("LANG"));
        let stdout_is_terminal = std::io::stdout().is_terminal();
        let screen = || terminal_size::terminal_size().map(|(w, _)| usize::from(w.0));
        Env {
            now: SystemTime::now(),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal,
            stderr_is_terminal: std::io::stderr().is_terminal(),
            no_color: set("NO_COLOR").is_some(),
            force_color: set("CLICOLOR_FORCE").is_some_and(|v| v != "0"),
            many_colors: set("COLORTERM").is_some()
                || set("TERM").is_some_and(|v| v.contains("256")),
            dumb: set("TERM").is_some_and(|v| v == "dumb"),
            columns: stdout_is_terminal
                .then(|| set("COLUMNS").and_then(|v| v.parse().ok()).or_else(screen))
                .flatten(),
            utf8: locale.is_none_or(|l| is_utf8(&l)),
            config: std::env::var_os("CORONER_CONFIG")
                .filter(|v| !v.is_empty())
                .map(PathBuf::from),
            spool: std::env::temp_dir(),
            threads: set("CORONER_THREADS")
                .and_then(|v| v.parse().ok())
                .filter(|n| (1..=1024).contains(n)),
            rows: terminal_size::terminal_size()
                .filter(|_| stdout_is_terminal)
                .map(|(_, h)| usize::from(h.0)),
            less: set("LESS").is_some(),
            pager: std::env::var_os("CORONER_PAGER")
                .map(|v| v.to_string_lossy().into_owned())
                .or_else(|| set("PAGER")),
        }
    }
}

impl Env {
    /// When the run began, in microseconds since 1970.
    pub fn instant(&self) -> Instant {
        let since = self.now.duration_since(SystemTime::UNIX_EPOCH);
        Instant(since.map_or(0, |d| d.as_micros() as i64))
    }
}

fn is_utf8(locale: &str) -> bool {
    let l = locale.to_ascii_lowercase();
    l.contains("utf-8") || l.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales() {
        assert!(is_utf8("en_US.UTF-8") && is_utf8("C.utf8"));
        assert!(!is_utf8("C") && !is_utf8("de_DE.ISO-8859-1"));
    }
}
