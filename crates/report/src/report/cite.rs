//! Citations: `file:line`, in the words of each medium. Nothing here decides what is cited.

use super::sentence::{Medium, name};
use super::wrap::width;
use coroner_infer::model::{Cited, Evidence, Report};
use coroner_lines::text::{LogText, unmarked};
use std::borrow::Borrow;

/// The name of an input as text that needs escaping still; `input N` for an index out of range.
fn input_name(report: &Report, input: u32) -> LogText {
    report.inputs.get(input as usize).map_or_else(
        || LogText::name(format!("input {input}").as_bytes()),
        |i| i.name.clone(),
    )
}

/// `deploy.log:1182`, `deploy.log:1183-1199`, or `deploy.log@byte 90311` where lines were not counted. Not escaped for Markdown.
pub fn line(report: &Report, e: &Evidence, medium: Medium) -> String {
    let n = input_name(report, e.input);
    let n = match medium {
        // a citation may begin a line
        Medium::Terminal => unmarked(&n.for_terminal()).into_owned(),
        _ => n.for_json().to_owned(),
    };
    match (e.line, e.end_line) {
        (0, _) => format!("{n}@byte {}", e.byte),
        (a, Some(b)) if b > a => format!("{n}:{a}-{b}"),
        (a, _) => format!("{n}:{a}"),
    }
}

/// The first line of a list, which says what is said, as the one citation of a row.
pub fn first(report: &Report, list: &[Evidence], medium: Medium) -> Option<String> {
    list.first().map(|e| line(report, e, medium))
}

/// ` and 4 more`, or nothing.
pub fn and_more(n: u64) -> String {
    match n {
        0 => String::new(),
        n => format!(" and {n} more"),
    }
}

/// The lines behind so many of a list, where it is longer: of an act with many only some are listed, and the last stands for the rest; the
/// first line of a message stands for all that its log has.
pub fn behind<E: Borrow<Evidence>>(list: &[E], shown: usize) -> u64 {
    let all: u64 = list.iter().map(|e| e.borrow().count.unwrap_or(1)).sum();
    match list.len() > shown {
        true => all.saturating_sub(shown as u64),
        false => 0,
    }
}

/// ` +4`, or nothing.
fn further(n: u64) -> String {
    match n {
        0 => String::new(),
        n => format!(" +{n}"),
    }
}

/// Whole citations of a row in the order given: as many as fit in `columns`, at least one, and how many more lines there are.
pub fn fitting(report: &Report, list: &[&Evidence], columns: usize) -> String {
    let all: Vec<String> = list
        .iter()
        .map(|e| line(report, e, Medium::Terminal))
        .collect();
    let some = |n: usize| format!("{}{}", all[..n].join(", "), further(behind(list, n)));
    (1..=all.len())
        .rev()
        .map(some)
        .find(|s| width(s) <= columns)
        .unwrap_or_else(|| some(all.len().min(1)))
}

/// Citation of a claim on the screen, in parts that are not to be cut: `[deploy.log:1182]`, or `[searched: a,` `b]`.
pub fn screen(report: &Report, c: &Cited) -> Vec<String> {
    match c {
        Cited::Lines(l) => {
            let first = first(report, l, Medium::Terminal).unwrap_or_default();
            vec![format!("[{first}{}]", further(behind(l, 1)))]
        }
        Cited::Absent(i) if i.len() == report.inputs.len() && i.len() > 3 => {
            vec![format!("[searched: all {} inputs]", i.len())]
        }
        Cited::Absent(i) => {
            let part = |(n, input): (usize, &u32)| {
                let open = if n == 0 { "[searched: " } else { "" };
                let close = if n + 1 == i.len() { "]" } else { "," };
                let name = name(&input_name(report, *input), Medium::Terminal);
                format!("{open}{name}{close}")
            };
            i.iter().enumerate().map(part).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_all_that_was_logged_less_the_lines_shown() {
        let of = |count| Evidence {
            input: 0,
            line: 1,
            end_line: None,
            byte: 0,
            excerpt: None,
            count,
        };
        // a message of two logs, 434 and 456 times
        let message = [of(Some(434)), of(Some(456))];
        assert_eq!((behind(&message, 1), behind(&message, 2)), (889, 0));
        // an act of five lines, of which the last stands for three
        let act = [of(None), of(None), of(Some(3))];
        assert_eq!((behind(&act, 1), behind(&act, 2)), (4, 3));
    }
}
