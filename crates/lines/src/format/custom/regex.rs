//! Formats that are a regular expression with named groups. The names are those of the shared table and some of ours.

use super::{CompileError, MAX, Made, Matcher, wrong};
use regex::bytes::Regex;

pub(super) fn compile(pattern: &str) -> Result<Made, CompileError> {
    if let Err(e) = regex_syntax::ParserBuilder::new()
        .utf8(false)
        .build()
        .parse(pattern)
    {
        return Err(located(&e, pattern));
    }
    let regex = regex::bytes::RegexBuilder::new(pattern)
        .size_limit(4 << 20)
        .build()
        .map_err(|e| CompileError::new(0, format!("{e}; write it plainer")))?;
    let named: Vec<(usize, String)> = regex
        .capture_names()
        .enumerate()
        .filter_map(|(i, n)| Some((i, n?.to_owned())))
        .collect();
    if named.is_empty() {
        return wrong(
            0,
            "no named groups; write (?P<time>…), (?P<message>…) and so on",
        );
    }
    if named.len() > MAX {
        return wrong(0, format!("more than {MAX} groups; shorten the pattern"));
    }
    let (groups, names): (Vec<usize>, Vec<String>) = named.into_iter().unzip();
    let about = format!("pattern given by the user: {pattern}");
    let names = names.into_iter().map(|n| (n, None)).collect();
    let matcher = Matcher::Regex(Box::new(regex), groups);
    Ok(Made {
        status_word: "group named status",
        end: pattern.len(),
        ..Made::new(about, names, matcher)
    })
}

/// Where a pattern is wrong, in the words of its parser.
fn located(e: &regex_syntax::Error, pattern: &str) -> CompileError {
    let (at, why) = match e {
        regex_syntax::Error::Parse(e) => (e.span().start.offset, e.kind().to_string()),
        regex_syntax::Error::Translate(e) => (e.span().start.offset, e.kind().to_string()),
        other => (0, other.to_string()),
    };
    CompileError::new(
        at.min(pattern.len()),
        format!("{why}; patterns are those of the regex crate, without look-around"),
    )
}

pub(super) fn matches<'a>(
    regex: &Regex,
    groups: &[usize],
    line: &'a [u8],
    values: &mut [&'a [u8]; MAX],
) -> bool {
    let Some(found) = regex.captures(line) else {
        return false;
    };
    for (value, group) in values.iter_mut().zip(groups) {
        *value = found.get(*group).map_or(&[][..], |m| m.as_bytes());
    }
    true
}
