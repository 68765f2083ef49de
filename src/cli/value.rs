//! Values of options: what a person may write for each, and what it means.
//! Each parser's error says what is wrong and what to write instead.

use super::env::Env;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use coroner::forms::{FORMS, Form, HTML, JSON, MARKDOWN, TEXT};
use coroner::settings::{Encoding, For, MmapMode, Sensitivity, Zone};
use std::fmt;
use std::path::Path;

/// Whether to do something that depends on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Choice {
    /// Where it makes sense.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// Not at all.
    Never,
}

impl Choice {
    /// Whether to write colours to a stream (<https://no-color.org>, <https://bixense.com/clicolors>).
    pub fn on(self, env: &Env, is_terminal: bool) -> bool {
        match self {
            Choice::Always => true,
            Choice::Never => false,
            Choice::Auto => !env.no_color && (env.force_color || (is_terminal && !env.dumb)),
        }
    }
}

/// A value that is written as one of a few words.
pub trait Word: Copy + PartialEq + Send + Sync + 'static {
    /// Each word and what it means, in the order of the help.
    const WORDS: &'static [(&'static str, Self)];

    /// The value of a word, in any case of its letters.
    fn of(word: &str) -> Option<Self> {
        let mut words = Self::WORDS.iter();
        Some(words.find(|(w, _)| w.eq_ignore_ascii_case(word))?.1)
    }

    /// How it is written.
    fn word(self) -> &'static str {
        let mut words = Self::WORDS.iter();
        words.find(|(_, v)| *v == self).map_or("", |(w, _)| w)
    }
}

/// Reads one of the words of `T`; clap lists them, and suggests one where another was meant.
pub(super) fn word<T: Word>() -> impl TypedValueParser<Value = T> {
    let words = T::WORDS.iter().map(|(w, _)| *w);
    PossibleValuesParser::new(words).try_map(|w| T::of(&w).ok_or("no such word"))
}

/// The words of enums.
macro_rules! words {
    ($($of:ident: $($word:literal $value:ident),+;)+) => {$(
        impl Word for $of {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, $of::$value)),+];
        }
    )+};
}

words! {
    Choice: "auto" Auto, "always" Always, "never" Never;
    MmapMode: "auto" Auto, "always" Always, "never" Never;
    Encoding: "auto" Auto, "utf-8" Utf8, "utf-16le" Utf16Le, "utf-16be" Utf16Be, "latin1" Latin1;
    Sensitivity: "low" Low, "normal" Normal, "high" High;
}

/// What an output holds: a form of the report.
#[derive(Clone, Copy)]
pub struct OutputKind(pub &'static Form);

impl OutputKind {
    /// The screen view.
    pub const TEXT: OutputKind = OutputKind(&TEXT);
    /// The postmortem skeleton.
    pub const MARKDOWN: OutputKind = OutputKind(&MARKDOWN);
    /// The report to read in a browser.
    pub const HTML: OutputKind = OutputKind(&HTML);
    /// The report as JSON.
    pub const JSON: OutputKind = OutputKind(&JSON);

    /// From the extension of a file name.
    pub fn of_path(path: &Path) -> Option<OutputKind> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        let extension = match extension.as_str() {
            "markdown" => "md",
            "htm" => "html",
            other => other,
        };
        let mut forms = FORMS.iter();
        let form = forms.find(|f| f.extension == Some(extension))?;
        Some(OutputKind(form))
    }
}

impl PartialEq for OutputKind {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for OutputKind {}

impl fmt::Debug for OutputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

/// Reads the name of one of these forms; clap lists them with what they are.
pub(super) fn form(forms: &'static [&'static Form]) -> impl TypedValueParser<Value = OutputKind> {
    let words = forms
        .iter()
        .map(|f| PossibleValue::new(f.name).help(f.about));
    PossibleValuesParser::new(words).try_map(|w| {
        let form = forms.iter().find(|f| f.name == w);
        form.map(|f| OutputKind(f)).ok_or("no such form")
    })
}

/// Reads `[GLOB=]ZONE`.
pub(super) fn zone_for(s: &str) -> Result<For<Zone>, String> {
    let (glob, zone) = match s.rsplit_once('=') {
        Some((glob, zone)) => (Some(glob_of(glob)?), zone),
        None => (None, s),
    };
    only(glob, Zone::parse(zone)?)
}

/// Reads `[GLOB=]YEAR`.
pub(super) fn year_for(s: &str) -> Result<For<i64>, String> {
    let (glob, year) = match s.rsplit_once('=') {
        Some((glob, year)) => (Some(glob_of(glob)?), year),
        None => (None, s),
    };
    match year.trim().parse() {
        Ok(year @ 1970..=9999) => only(glob, year),
        _ => Err("not a year from 1970 to 9999; write 2026 or 'old/*=2024'".into()),
    }
}

/// Reads `[GLOB=]FORMAT`. A `log_format` string may hold `=` itself (`rt=$request_time`), so that before a format
/// string only a word that could be a file's name (it holds `*`, `?`, `[`, `{`, `.` or `/`) is taken as the pattern.
pub(super) fn format_for(s: &str) -> Result<For<String>, String> {
    let is_glob = |front: &str, format: &str| {
        !front.contains(['$', '%', '(', '"', ' ', '\t'])
            && (!format.contains(['$', '%', '(']) || front.contains(['*', '?', '[', '{', '.', '/']))
    };
    let (glob, format) = match s.split_once('=') {
        Some((front, format)) if is_glob(front, format) => (Some(glob_of(front)?), format),
        _ => (None, s),
    };
    match format.trim().is_empty() {
        true => Err("no format; write a name, or a log_format string in single quotes".into()),
        false => only(glob, format.to_owned()),
    }
}

/// A setting for the inputs whose name matches.
fn only<T>(glob: Option<String>, value: T) -> Result<For<T>, String> {
    For::new(glob.as_deref(), value).map_err(|e| e.to_string())
}

/// Reads a name pattern.
pub(super) fn glob_of(s: &str) -> Result<String, String> {
    match globset::Glob::new(s) {
        Ok(_) if !s.is_empty() => Ok(s.to_owned()),
        Ok(_) => Err("an empty pattern matches no name; write * for all".into()),
        Err(e) => Err(format!("{}; write a pattern like 'web-*/*.log'", e.kind())),
    }
}

/// Reads the name of a service.
pub(super) fn service(s: &str) -> Result<String, String> {
    let clean = s.trim();
    match clean.is_empty() || clean.chars().any(char::is_control) {
        true => Err("no name of a service; write it as the report does".into()),
        false => Ok(clean.to_owned()),
    }
}

/// Reads a share of one, as `99.9%`, `99.9` or `0.999`.
fn of_one(s: &str) -> Option<f64> {
    let (number, percent) = match s.trim().strip_suffix('%') {
        Some(n) => (n, true),
        None => (s.trim(), false),
    };
    let n: f64 = number.trim().parse().ok()?;
    Some(if percent || n >= 1.0 { n / 100.0 } else { n })
}

/// Reads a service objective: `99.9%`, `99.9` or `0.999`; between 0 and 1, both excluded.
pub(super) fn objective(s: &str) -> Result<f64, String> {
    // The same number for every way to write it.
    let share = of_one(s).map(|n| (n * 1e9).round() / 1e9);
    share
        .filter(|n| *n > 0.0 && *n < 1.0)
        .ok_or_else(|| "not an objective; write 99.9%".to_owned())
}

/// Reads a share: `5%`, `5` (percent) or `0.05`; from 0 to 1.
pub(super) fn share(s: &str) -> Result<f64, String> {
    of_one(s)
        .filter(|n| (0.0..=1.0).contains(n))
        .ok_or_else(|| "not a share; write 5%".to_owned())
}

/// Reads a number of bytes as [`bytes`] does.
pub(super) fn size(s: &str) -> Result<u64, String> {
    bytes(s).map(|n| n as u64)
}

/// Reads a number of bytes: `4096`, `64KiB`, `1M` (binary units; `kB` and `MB` are decimal); at least 1.
pub(super) fn bytes(s: &str) -> Result<usize, String> {
    let wrong = || "not a number of bytes; write 1MiB".to_owned();
    let s = s.trim();
    let digits = s.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = s.split_at(digits);
    let unit: usize = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    let number: usize = number.parse().map_err(|_| wrong())?;
    number
        .checked_mul(unit)
        .filter(|&n| n > 0)
        .ok_or_else(wrong)
}

/// Reads `--max-line`: at least 1 KiB, so that what is kept of a line can be recognised.
pub(super) fn max_line(s: &str) -> Result<usize, String> {
    bytes(s).and_then(|n| match n {
        1024.. => Ok(n),
        _ => Err("too short to recognise a line; write at least 1KiB".into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tests::{holds, or_dash};

    fn globbed<T: std::fmt::Display>(read: Result<For<T>, String>) -> String {
        or_dash(read.ok().map(|f| format!("{:?} {}", f.pattern, f.value)))
    }

    #[test]
    fn values_are_read_as_the_tables_say() {
        holds("value of --format", |s| globbed(format_for(s)));
        holds("value of --assume-tz", |s| globbed(zone_for(s)));
        holds("number of bytes", |s| or_dash(bytes(s).ok()));
        holds("objective", |s| or_dash(objective(s).ok()));
        assert!(max_line("1000").is_err());
    }

    #[test]
    fn colour() {
        let env = |no_color, force_color| Env {
            now: std::time::SystemTime::UNIX_EPOCH,
            stdin_is_terminal: false,
            stdout_is_terminal: false,
            stderr_is_terminal: false,
            no_color,
            force_color,
            many_colors: false,
            dumb: false,
            columns: None,
            utf8: true,
            config: None,
            spool: std::env::temp_dir(),
            threads: None,
            rows: None,
            less: false,
            pager: None,
        };
        assert!(Choice::Auto.on(&env(false, false), true));
        assert!(!Choice::Auto.on(&env(false, false), false));
        assert!(Choice::Auto.on(&env(false, true), false));
        assert!(!Choice::Auto.on(&env(true, true), true));
        assert!(Choice::Always.on(&env(true, false), false));
    }
}
