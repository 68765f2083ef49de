//! Renders a `Sentence` for each medium. The only place where its typed arguments become words,
//! so that every form says the same number; nothing here knows incidents or layouts.

use super::template::marks;
use super::time;
use coroner_infer::model::{Piece, Report, Sentence};
use coroner_lines::text::LogText;
use coroner_lines::time::Instant;
use coroner_lines::time::zone::Zone;
use std::borrow::Cow;

/// Where a sentence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// JSON strings: plain text, log text in “quotation marks”.
    Plain,
    /// A terminal: the same, with the marks of build servers broken.
    Terminal,
    /// For templates of Markdown and HTML: log text between the marks of `template`, which escapes when a value is written.
    Marked,
}

/// How times are written: the zone, and the day that needs no date.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// The report's zone.
    pub zone: Zone,
    /// An instant of the incident's day.
    pub day: Instant,
}

impl Clock {
    /// In the zone of a report.
    pub fn of(report: &Report, day: Instant) -> Clock {
        let zone = report.settings.zone;
        Clock { zone, day }
    }
}

/// A sentence as text.
pub fn render(s: &Sentence, medium: Medium, clock: Clock) -> String {
    let mut out = String::new();
    let day = |t: &Instant| time::date(*t, clock.zone);
    let another =
        |p: &Piece| matches!(p, Piece::Time(t) | Piece::Minute(t) if day(t) != day(&clock.day));
    // where one time needs its date, the others do
    let dated = s.0.iter().any(another);
    for p in &s.0 {
        out += &match p {
            Piece::Time(t) if dated => format!("{} {}", day(t), time::clock(*t, clock.zone)),
            Piece::Minute(t) if dated => format!("{} {}", day(t), time::minute(*t, clock.zone)),
            p => piece(p, medium, clock),
        };
    }
    out
}

fn piece(p: &Piece, medium: Medium, clock: Clock) -> String {
    match p {
        Piece::Words(w) => w.to_string(),
        Piece::Log(t) => quoted(t, medium),
        Piece::Name(t) | Piece::File(t) => name(t, medium),
        Piece::Time(t) => time::clock_on(*t, clock.day, clock.zone),
        Piece::Minute(t) => time::minute(*t, clock.zone),
        Piece::Span(us) => time::said_span(*us),
        Piece::Count(n) => count(*n),
        Piece::Share(x) => percent(*x),
    }
}

/// Log text, quoted.
pub fn quoted(t: &LogText, medium: Medium) -> String {
    let t = &told(t);
    match medium {
        Medium::Plain => format!("“{}”", t.for_json()),
        Medium::Terminal => format!("“{}”", t.for_terminal()),
        Medium::Marked => marks::log(t.for_json()),
    }
}

/// A text of a log, or what it says where it is a diff.
fn told(t: &LogText) -> Cow<'_, LogText> {
    match super::diff::in_words(t.for_json()) {
        Some(said) => Cow::Owned(LogText::new(said.as_bytes())),
        None => Cow::Borrowed(t),
    }
}

/// A name from a log: plain where it is harmless, else quoted or marked. As plain text an address or a unit name
/// (`10.0.0.5:8080`, `db@1`) is harmless too: one word of ASCII signs without quotation marks. The terminal shortens the id of
/// a commit.
pub fn name(t: &LogText, medium: Medium) -> String {
    let word = t.for_json();
    let signs = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
    // a thing and its host are two names, which no line quotes as one
    let one_word = word.split(" on ").flat_map(|w| w.split(" of ")).all(signs);
    let commit = word.len() == 40 && word.bytes().all(|b| b.is_ascii_hexdigit());
    match medium {
        // As git shortens a commit.
        Medium::Terminal if commit => word[..10].to_owned(),
        _ if t.is_plain() => word.to_owned(),
        Medium::Terminal if one_word => t.for_terminal().into_owned(),
        Medium::Plain if one_word => word.to_owned(),
        Medium::Marked => marks::name(word),
        medium => quoted(t, medium),
    }
}

/// Our own words in Markdown. They hold no log text, but a `<`, `*` or backtick of ours must not become markup. A `_`
/// within a word is none.
pub fn md_words(w: &str) -> String {
    let mut out = String::with_capacity(w.len());
    let mut chars = w.chars().peekable();
    let mut last = ' ';
    while let Some(c) = chars.next() {
        let within = last.is_alphanumeric() && chars.peek().is_some_and(|n| n.is_alphanumeric());
        match c {
            '<' => out.push_str("&lt;"),
            '_' if within => out.push(c),
            '`' | '*' | '_' | '[' | ']' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
        last = c;
    }
    out
}

/// The quotes of a list, each of which stands whole once: what quotes it again has its beginning.
#[derive(Debug, Default)]
pub struct Quotes(Vec<LogText>);

/// Characters of a quote by which it is known again.
pub const KNOWN_BY: usize = 32;

impl Quotes {
    /// A sentence of the list.
    pub fn once(&mut self, s: &Sentence) -> Sentence {
        let mut s = s.clone();
        for p in &mut s.0 {
            let Piece::Log(t) = p else { continue };
            match self.0.contains(t) {
                true => *t = beginning(t, KNOWN_BY),
                false => self.0.push(t.clone()),
            }
        }
        s
    }
}

/// The first characters of a text of a log, at most so many.
pub fn beginning(t: &LogText, columns: usize) -> LogText {
    let t = told(t);
    let all = t.for_json();
    match all.chars().count() > columns {
        true => {
            let kept: String = all.chars().take(columns.saturating_sub(1)).collect();
            LogText::new(format!("{}…", kept.trim_end()).as_bytes())
        }
        false => t.into_owned(),
    }
}

/// A sentence that goes on with `a, b, c and 4 more`, of which so many are named.
pub fn listed(s: Sentence, names: &[Piece], most: usize) -> Sentence {
    let shown = names.iter().take(most).enumerate();
    let s = shown.fold(s, |s, (n, name)| {
        s.w(if n > 0 { ", " } else { "" }).p(name.clone())
    });
    more(s, names.len(), most)
}

/// A sentence that ends with ` and 4 more` where more are there than are named.
pub fn more(s: Sentence, all: usize, named: usize) -> Sentence {
    match all.saturating_sub(named) {
        0 => s,
        n => s.w(" and ").p(Piece::Count(n as u64)).w(" more"),
    }
}

/// A count with its thing: `1 row`, `1,530 rows`.
pub fn counted(n: u64, thing: &str) -> String {
    let hisses = ["s", "x", "sh", "ch"].iter().any(|e| thing.ends_with(e));
    let plural = match n {
        1 => "",
        _ if hisses => "es",
        _ => "s",
    };
    format!("{} {thing}{plural}", count(n))
}

/// A count with separators: `153,243`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A score to two places: never written as certain (`1.00`) when it is below 1.
pub fn score(x: f64) -> String {
    format!("{:.2}", if x < 1.0 { x.min(0.99) } else { x })
}

/// A share as percent: `65.5 %`, `0.08 %` below one percent, `0 %`, `100 %`. Never rounded up to 100 or down to 0.
pub fn percent(x: f64) -> String {
    let p = x * 100.0;
    if p <= 0.0 {
        "0 %".to_owned()
    } else if p >= 100.0 {
        "100 %".to_owned()
    } else if p < 0.01 {
        "under 0.01 %".to_owned()
    } else if p < 0.995 {
        let s = format!("{p:.2}");
        format!("{} %", s.trim_end_matches('0'))
    } else if p > 99.9 {
        "over 99.9 %".to_owned()
    } else {
        format!("{} %", tenths(p))
    }
}

/// A number to one decimal, without one that is 0.
pub fn tenths(x: f64) -> String {
    let s = format!("{x:.1}");
    s.strip_suffix(".0").map(str::to_owned).unwrap_or(s)
}

/// A sum that stays at the largest count there is.
pub fn sum(counts: &[u64]) -> u64 {
    counts.iter().fold(0, |a, b| a.saturating_add(*b))
}

/// failed / requests; 0 where there were no requests.
pub fn share(failed: u64, requests: u64) -> f64 {
    match requests {
        0 => 0.0,
        n => failed as f64 / n as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_no_things() {
        assert_eq!(counted(1, "line"), "1 line");
        assert_eq!(counted(0, "line"), "0 lines");
        assert_eq!(counted(1530, "more row"), "1,530 more rows");
    }

    #[test]
    fn a_message_is_quoted_whole_once() {
        let clock = Clock {
            zone: Zone::Fixed(0),
            day: Instant(0),
        };
        let long = LogText::new(b"connect() to 10.0.0.7:8080 failed (113: No route to host)");
        let says = |word: &'static str| Sentence::words(word).log(&long);
        let mut quotes = Quotes::default();
        let mut said = |s: Sentence| render(&quotes.once(&s), Medium::Plain, clock);
        assert_eq!(
            said(says("First ")),
            "First “connect() to 10.0.0.7:8080 failed (113: No route to host)”"
        );
        assert_eq!(
            said(says("Again ")),
            "Again “connect() to 10.0.0.7:8080 fail…”"
        );
    }

    #[test]
    fn each_piece_in_each_medium() {
        let clock = Clock {
            zone: Zone::Fixed(60),
            day: Instant(1_682_942_704_000_000),
        };
        let s = Sentence::words("x_y ")
            .name(&LogText::name(b"web-1"))
            .w(" and ")
            .name(&LogText::name(b"a|b"))
            .w(" and ")
            .name(&LogText::name(b"GET /x"))
            .name(&LogText::name(b"{}"))
            .w(" say ")
            .log(&LogText::new(b"##[error] *boom*"))
            .w(" at ")
            .p(Piece::Time(Instant(1_682_942_704_000_000)))
            .w(" for ")
            .p(Piece::Span(292_000_000))
            .w(", ")
            .p(Piece::Count(1_234_567))
            .w(", ")
            .p(Piece::Share(0.6546));
        assert_eq!(
            render(&s, Medium::Plain, clock),
            "x_y web-1 and a|b and “GET /x”{} say “##[error] *boom*” at 13:05:04 for 4 min 52 s, 1,234,567, 65.5 %"
        );
        assert_eq!(
            render(&s, Medium::Terminal, clock),
            "x_y web-1 and a|b and “GET /x”{} say “\\x23#[error] *boom*” at 13:05:04 for 4 min 52 s, 1,234,567, 65.5 %"
        );
        assert_eq!(
            marks::markdown(&render(&s, Medium::Marked, clock)),
            "x_y web-1 and `a|b` and `GET /x` `{}` say `##[error] *boom*` at 13:05:04 for 4 min 52 s, 1,234,567, 65.5 %"
        );
    }

    #[test]
    fn where_one_time_needs_its_date_the_others_have_theirs() {
        let clock = Clock {
            zone: Zone::Fixed(0),
            day: Instant(1_682_942_704_000_000),
        };
        let night = |from: i64| {
            Sentence::words("from ")
                .p(Piece::Time(Instant(from * 1_000_000)))
                .w(" to ")
                .p(Piece::Time(Instant(1_682_900_000_000_000)))
        };
        let said = |s: &Sentence| render(s, Medium::Plain, clock);
        assert_eq!(
            said(&night(1_682_890_000)),
            "from 2023-04-30 21:26:40 to 2023-05-01 00:13:20"
        );
        assert_eq!(
            said(&night(1_682_899_000)),
            "from 2023-04-30 23:56:40 to 2023-05-01 00:13:20"
        );
        assert_eq!(said(&night(1_682_899_999)), "from 00:13:19 to 00:13:20");
    }

    #[test]
    fn percents_never_claim_all_or_none() {
        crate::tests::holds("percents of a share", |x| percent(x.parse().unwrap()));
    }
}
