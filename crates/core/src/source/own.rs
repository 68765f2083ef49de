//! What this program itself writes, known by how it begins: reports in every form, lists of rows, plans, parts, events and
//! audits. The marks stand here and nowhere else; a test of the command line holds every form that is written to them.

use coroner_lines::table::words;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n, take_while1};
use nom::character::complete::{char, digit1, space1};
use nom::combinator::{opt, recognize};
use nom::error::Error;
use nom::sequence::terminated;
use nom::{IResult, Parser};
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Names of the columns of a list of rows, in order: the head of a CSV, the members of a JSON line.
pub const COLUMNS: [&str; 9] = [
    "time", "incident", "offset_s", "kind", "basis", "host", "service", "text", "evidence",
];

/// The same for Timesketch, whose importer wants the first four.
pub const TIMESKETCH: [&str; 10] =
    words("message timestamp datetime timestamp_desc incident kind basis host service evidence");

/// The head of the same list as a table of Markdown.
pub const TABLE: &str = "| time | T | event | basis | evidence |";

/// How the comment begins that closes a postmortem and holds its digest.
pub const DIGEST: &str = "<!-- coroner digest ";

/// How figures for machines begin.
const METRICS: &str = "# HELP coroner_";

/// Bytes at either end of a text in which a mark is looked for.
const NEAR: usize = 4 << 10;

/// A kind of file that this program writes. Such a file shows what was made of logs, so it is no log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ours {
    /// A report, or a list of its rows.
    Report,
    /// A postmortem, which a person finishes.
    Postmortem,
    /// What an audit of a postmortem found.
    Audit,
    /// Events of a watch.
    Events,
    /// Rows of a plan.
    Plan,
    /// A part.
    Part,
    /// Figures of a watch for machines.
    Metrics,
}

impl fmt::Display for Ours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ours::Report => "report",
            Ours::Postmortem => "postmortem",
            Ours::Audit => "audit",
            Ours::Events => "events",
            Ours::Plan => "plan",
            Ours::Part => "part",
            Ours::Metrics => "metrics",
        })
    }
}

impl Ours {
    /// What a file is.
    pub fn of_file(path: &Path) -> io::Result<Option<Ours>> {
        let mut file = File::open(path)?;
        let mut ends = Vec::with_capacity(2 * NEAR);
        (&mut file).take(NEAR as u64).read_to_end(&mut ends)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(size.saturating_sub(NEAR as u64)))?;
        file.take(NEAR as u64).read_to_end(&mut ends)?;
        Ok(Ours::of(&ends))
    }

    /// What a text is, if this program wrote it. `head` is its beginning, or all of it.
    pub fn of(head: &[u8]) -> Option<Ours> {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let start = &head[..head.len().min(NEAR)];
        match start.first()? {
            b'{' => of_json(start),
            b'<' if start.starts_with(b"<!doctype html>") => {
                holds(start, b"content=\"coroner ").then_some(Ours::Report)
            }
            _ => of_text(head, start),
        }
    }
}

/// JSON, whichever way it is spaced.
fn of_json(start: &[u8]) -> Option<Ours> {
    let dense: Vec<u8> = start
        .iter()
        .copied()
        .filter(|c| !c.is_ascii_whitespace())
        .collect();
    let begins = |with: &[u8]| dense.starts_with(with);
    let row = || {
        let mut after = 0;
        COLUMNS[..4].iter().all(|c| {
            let key = format!("\"{c}\":");
            let at = memchr::memmem::find(&dense[after..], key.as_bytes());
            after += at.unwrap_or_default();
            at.is_some()
        })
    };
    let annotation = || {
        let line = dense.split(|c| *c == b'}').next().unwrap_or_default();
        let number = line.get(8).is_some_and(u8::is_ascii_digit);
        number && holds(line, br#","tags":["coroner","#) && holds(line, br#"],"text":""#)
    };
    if begins(br#"{"schema":"coroner.audit""#) {
        Some(Ours::Audit)
    } else if begins(br#"{"schema":"coroner."#) {
        Some(Ours::Report)
    } else if begins(br#"{"coroner_part":"#) {
        Some(Ours::Part)
    } else if begins(br#"{"coroner_row":"#) {
        Some(Ours::Plan)
    } else if begins(br#"{"v":1,"seq":"#) && holds(&dense, br#","event":""#) {
        Some(Ours::Events)
    } else if begins(br#"{"$schema":"#) && holds(&dense, br#""driver":{"name":"coroner""#) {
        Some(Ours::Audit)
    } else {
        let listed = begins(br#"{"time":"#) && (row() || annotation());
        let message = begins(br#"{"blocks":[{"type":"header","block_id":"coroner-"#);
        (listed || message).then_some(Ours::Report)
    }
}

fn of_text(head: &[u8], start: &[u8]) -> Option<Ours> {
    let mut lines = start.split(|c| *c == b'\n').map(<[u8]>::trim_ascii_end);
    let first = lines.next()?;
    let end = &head[head.len().saturating_sub(NEAR)..];
    let marked =
        begins_line(start, b"<!-- Made by coroner ") || begins_line(end, DIGEST.as_bytes());
    let listed = first == TABLE.as_bytes()
        || names_columns(first, &COLUMNS)
        || names_columns(first, &TIMESKETCH)
        || is_row(first) && lines.next().is_some_and(is_citation);
    if marked {
        return Some(Ours::Postmortem);
    }
    if first.starts_with(METRICS.as_bytes()) {
        return Some(Ours::Metrics);
    }
    if is_screen(start, end) || listed {
        return Some(Ours::Report);
    }
    finding(first).is_ok().then_some(Ours::Audit)
}

/// Whether the names between whatever separates them are those of the columns.
fn names_columns(line: &[u8], columns: &[&str]) -> bool {
    let names = line.split(|c| !c.is_ascii_lowercase() && *c != b'_');
    names
        .filter(|n| !n.is_empty())
        .eq(columns.iter().map(|c| c.as_bytes()))
}

/// Whether it is the screen view: the head of an incident, or the verdict that there is none and, at the end, what was read.
fn is_screen(start: &[u8], end: &[u8]) -> bool {
    let begins = |with: &str| begins_line(start, with.as_bytes());
    let quiet = || begins("No incident") || begins("Not enough data to say: ");
    let mut lines = end.split(|c| *c == b'\n');
    ["INCIDENT", "SUSPECT", "AT END"].into_iter().all(begins)
        || quiet() && lines.any(|l| read_line(l).is_ok())
}

/// `READ      10 files, 74,579 lines, 21.4 MB`.
fn read_line(line: &[u8]) -> IResult<&[u8], &[u8]> {
    let number = |i| take_while1(|c: u8| c.is_ascii_digit() || c == b',')(i);
    let files = (digit1, tag(" file"), opt(tag("s")), tag(", "));
    let lines = (number, tag(" line"), opt(tag("s")), tag(", "));
    recognize((tag("READ"), space1, files, lines)).parse(line)
}

/// A row as the list on the screen has it: `2023-05-13 13:55:02 change     Deploy of …`.
fn is_row(line: &[u8]) -> bool {
    fn digits<'a>(n: usize, then: &'static str) -> impl Parser<&'a [u8], Error = Error<&'a [u8]>> {
        let all = take_while_m_n(n, n, |c: u8| c.is_ascii_digit());
        terminated(all, tag(then))
    }
    let date = (digits(4, "-"), digits(2, "-"), digits(2, " "));
    let clock = (digits(2, ":"), digits(2, ":"), digits(2, " "));
    let word = take_while1(|c: u8| c.is_ascii_alphanumeric() || c == b'_');
    let mut columns = (date, clock, word, tag("  "));
    columns.parse(line).is_ok_and(|(rest, _)| !rest.is_empty())
}

/// The line below it: far in, and nothing but a place.
fn is_citation(line: &[u8]) -> bool {
    let text = line.trim_ascii_start();
    let place = |t: &[u8]| {
        t.rsplit(|c| *c == b':')
            .next()
            .is_some_and(|n| n.first().is_some_and(u8::is_ascii_digit))
    };
    line.len() - text.len() >= 20 && memchr::memchr(b':', text).is_some() && place(text)
}

/// The first line of an audit: `warning[duration.missing] …`.
fn finding(line: &[u8]) -> IResult<&[u8], &[u8]> {
    let level = alt((tag("error"), tag("warning"), tag("note")));
    let word = |i| take_while1(|c: u8| c.is_ascii_lowercase() || c == b'-')(i);
    recognize((level, tag("["), word, tag("."), word, tag("]"), char(' '))).parse(line)
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

fn begins_line(text: &[u8], with: &[u8]) -> bool {
    memchr::memmem::find_iter(text, with).any(|at| at == 0 || text[at - 1] == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_logs_hold_is_not_ours() {
        for [log] in crate::tests::tried("no output of ours") {
            assert_eq!(Ours::of(log.as_bytes()), None, "{log}");
        }
    }

    #[test]
    fn a_postmortem_that_a_person_finished_is_ours_by_its_last_line() {
        let text = format!(
            "# What happened\n\n{}\n{DIGEST}0 0: x -->\n",
            "word ".repeat(4000)
        );
        assert_eq!(Ours::of(text.as_bytes()), Some(Ours::Postmortem));
    }
}
