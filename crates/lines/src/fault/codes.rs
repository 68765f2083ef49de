//! Numbers that databases and systems give to their errors: the same in every language of their messages, and fixed by their
//! documents. A table and its reader; what a class means to a cause is not decided here.

use super::Fault;
use crate::record::CauseClass::{self, *};

/// Whose numbers they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// `ORA-00257`: Oracle Database Error Messages.
    Oracle,
    /// `SQLSTATE 53300`: ISO 9075 with the classes of PostgreSQL's appendix A.
    SqlState,
    /// `ERROR 1205 (HY000)`, `SQLSTATE[HY000] [2002]`, `(1040, "…")`: MySQL 8.4 Error Message Reference, MariaDB's alike.
    MySql,
    /// `Msg 9002, Level 17`, `Error: 9002, Severity: 17`, `Error Number:18456`: SQL Server, `sys.messages`.
    SqlServer,
    /// `0x80070070`: HRESULT values of [MS-ERREF].
    Windows,
}
use Family::*;

/// Codes of one family that speak for one class. What every cause brings about (a statement that was cancelled, a connection
/// that was lost while it ran) is not among them.
const CODES: &[(Family, CauseClass, &str)] = &[
    (
        Oracle,
        Disk,
        "00257 01536 01652 01653 01654 01688 16038 19502 19809 19815 27072 30036",
    ),
    (Oracle, Config, "01005 01017 12154 28000 28001"),
    (
        Oracle,
        Database,
        "01033 01034 01089 01090 12505 12514 12528 12541",
    ),
    (Oracle, Lock, "00054 00060 04021"),
    (
        Oracle,
        ConnectionPool,
        "00018 00020 02391 12516 12519 12520",
    ),
    (Oracle, Memory, "04030 04031"),
    (Oracle, Migration, "00904 00942 01502 04063 06508"),
    (SqlState, Disk, "53100 58030"),
    (SqlState, Memory, "53200"),
    (SqlState, ConnectionPool, "53300"),
    (
        SqlState,
        Database,
        "08001 08004 2200H 57P01 57P02 57P03 25006",
    ),
    (SqlState, Lock, "40001 40P01 55P03"),
    (SqlState, Config, "28000 28P01"),
    (SqlState, Migration, "42703 42P01 42883 42S02 42S22"),
    (MySql, ConnectionPool, "1040 1203 1226"),
    (MySql, Config, "1044 1045 1698"),
    (MySql, Lock, "1205 1213"),
    (MySql, Disk, "1021 1026 1114"),
    (MySql, Database, "1290 1467 1792 1836 2002 2003"),
    (MySql, Memory, "1041"),
    (MySql, Migration, "1054 1136 1146"),
    (SqlServer, Disk, "1101 1105 5149 9002"),
    (SqlServer, Config, "4060 18456"),
    (SqlServer, Lock, "1205 1222"),
    (SqlServer, Memory, "701 802"),
    (SqlServer, Migration, "207 208"),
    (Windows, Disk, "0x80070070"),
    (Windows, Memory, "0x8007000e"),
    (Windows, Certificate, "0x80090328 0x800b0101"),
    (Windows, Dns, "0x80072ee7"),
];

/// What the first known code in a message states.
pub fn coded(text: &str) -> Option<Fault> {
    let digit = |c: char| c.is_ascii_digit();
    text.contains(digit).then_some(())?;
    let readers = [oracle, mysql, sql_state, sql_server, windows];
    readers.iter().find_map(|read| read(text))
}

fn of(family: Family, code: &str) -> Option<Fault> {
    let row = CODES.iter().find(|(f, _, codes)| {
        *f == family && codes.split(' ').any(|c| c.eq_ignore_ascii_case(code))
    });
    row.map(|(_, class, _)| Fault::of(*class))
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
    behind(text, "ORA-").find_map(|rest| of(Oracle, first(rest)))
}

fn sql_state(text: &str) -> Option<Fault> {
    ["SQLSTATE", "SqlState", "sqlState", "SQL state"]
        .iter()
        .find_map(|word| behind(text, word).find_map(|rest| of(SqlState, first(rest))))
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
        .find_map(|rest| of(MySql, first(rest)))
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
        .find_map(|rest| of(SqlServer, first(rest)))
}

fn windows(text: &str) -> Option<Fault> {
    text.match_indices("0x80")
        .find_map(|(at, _)| of(Windows, text.get(at..at + 10)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_code_stands_once_in_its_family() {
        let all = CODES
            .iter()
            .flat_map(|(f, _, codes)| codes.split(' ').map(move |c| (f, c)));
        let mut seen = Vec::new();
        for (family, code) in all {
            assert!(!seen.contains(&(family, code)), "{family:?} {code}");
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
