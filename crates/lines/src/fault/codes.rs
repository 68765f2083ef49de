//! Numbers that databases and systems give to their errors: the same in every language of their messages, and fixed by their
//! documents. A table and its reader; what a class means to a cause is not decided here.

use super::Fault;
use crate::record::CauseClass;
use crate::table;
use std::sync::LazyLock;

/// What the first known code in a message states.
pub fn coded(text: &str) -> Option<Fault> {
    let digit = |c: char| c.is_ascii_digit();
    text.contains(digit).then_some(())?;
    let readers = [oracle, mysql, sql_state, sql_server, windows];
    readers.iter().find_map(|read| read(text))
}

/// Families of codes, the class of each row, and its codes.
static CODES: LazyLock<Vec<[&str; 3]>> =
    LazyLock::new(|| table::rows(include_str!("codes.tsv")).collect());

fn of(family: &str, code: &str) -> Option<Fault> {
    let row = CODES.iter().find(|[f, _, codes]| {
        *f == family && codes.split(' ').any(|c| c.eq_ignore_ascii_case(code))
    });
    row.and_then(|[_, class, _]| CauseClass::from_word(class).map(Fault::of))
}

/// What stands behind each place of a word.
fn behind<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(word)
        .filter_map(move |(at, _)| text.get(at + word.len()..))
}

/// The first word of letters and digits, behind signs and blanks.
fn first(text: &str) -> &str {
    let text = text.trim_start_matches([' ', ':', '=', '[', '(', '"', '\'']);
    let end = text.find(|c: char| !c.is_ascii_alphanumeric());
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

fn oracle(text: &str) -> Option<Fault> {
    behind(text, "ORA-").find_map(|rest| of("oracle", first(rest)))
}

fn sql_state(text: &str) -> Option<Fault> {
    ["SQLSTATE", "SqlState", "sqlState", "SQL state"]
        .iter()
        .find_map(|word| behind(text, word).find_map(|rest| of("sqlstate", first(rest))))
}

fn mysql(text: &str) -> Option<Fault> {
    let driver = behind(text, "SQLSTATE[").filter_map(|rest| rest.get(5..)?.strip_prefix("] ["));
    let shell = ["ERROR ", "Error "].into_iter().flat_map(|word| {
        behind(text, word).filter(|rest| {
            let behind = rest.get(first(rest).len()..).unwrap_or_default();
            behind.starts_with(" (") || behind.starts_with(": ")
        })
    });
    let tuple = behind(text, "(").filter(|rest| {
        let behind = rest.get(first(rest).len()..).unwrap_or_default();
        behind.starts_with(", '") || behind.starts_with(", \"")
    });
    let pdo = behind(text, "General error: ");
    driver
        .chain(shell)
        .chain(tuple)
        .chain(pdo)
        .find_map(|rest| of("mysql", first(rest)))
}

fn sql_server(text: &str) -> Option<Fault> {
    let code_behind = |word: &'static str, then: &'static str| {
        behind(text, word).filter(move |rest| {
            let rest = rest.trim_start();
            rest.get(first(rest).len()..)
                .is_some_and(|r| r.starts_with(then))
        })
    };
    code_behind("Msg ", ", Level")
        .chain(code_behind("Error: ", ", Severity"))
        .chain(behind(text, "Error Number:"))
        .find_map(|rest| of("sqlserver", first(rest)))
}

fn windows(text: &str) -> Option<Fault> {
    text.match_indices("0x80")
        .find_map(|(at, _)| of("windows", text.get(at..at + 10)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_code_stands_once_in_its_family() {
        let all = CODES
            .iter()
            .flat_map(|[f, _, codes]| codes.split(' ').map(move |c| (f, c)));
        for [family, class, _] in CODES.iter() {
            let known = ["oracle", "sqlstate", "mysql", "sqlserver", "windows"].contains(family);
            assert!(
                known && CauseClass::from_word(class).is_some(),
                "{family} {class}"
            );
        }
        let mut seen = Vec::new();
        for (family, code) in all {
            assert!(!seen.contains(&(family, code)), "{family} {code}");
            seen.push((family, code));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(
            words in proptest::collection::vec(
                proptest::sample::select(vec!["ORA-", "SQLSTATE", "[", "] [", "Error ", "ERROR", "0x80", "é", "Msg ", "(", ", '", "1040", "9002", " ", ": "]),
                0..12,
            ),
        ) {
            coded(&words.concat());
        }
    }
}
