//! Who is named in a text, by what names look like: a given name beside another one, as words or as an account, an account of a
//! domain, and what stands behind the word for a user. What words say of people stands in `people.tsv`.

use super::people::is_nobody;
use super::redact;
use std::cmp::Ordering;

/// Given names that are no words, products or places, in small letters of ASCII as people write them there; one a line, sorted.
const GIVEN: &str = include_str!("given_names.txt");
/// Words that belong to the name behind them.
const PARTICLES: &str =
    "van von zu de der den di da do dos du del della la le bin ibn al el ter ten af e y";
/// What an account in two parts ends with that is a file or a host.
const NO_ACCOUNT: &str = "com net org io dev de fr uk eu local internal lan localhost example test corp home js ts py rb go rs php \
    db ui vm log txt md json yaml yml xml html css conf cfg service png jpg svg pdf csv sh";
/// What stands before a backslash and is no domain of people.
const NO_DOMAIN: &str = "AUTHORITY SERVICE APPPOOL HKLM HKCU HKCR HKU BUILTIN MACHINE";
/// Words before that for a user, behind which a name follows without any sign.
const WHOSE: &str = "durch for of by as from to invalid unknown illegal para do pour l de du für von des voor van för av for til af dla przez per di da для от від";

/// A word of letters.
#[derive(Clone, Copy)]
struct NameWord<'t> {
    at: usize,
    text: &'t str,
}

impl NameWord<'_> {
    fn end(&self) -> usize {
        self.at + self.text.len()
    }

    fn is_capital(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    fn is_shouted(&self) -> bool {
        self.text.len() > 1 && !self.text.contains(char::is_lowercase)
    }

    /// Whether the word is a given name, or begins with one: `Jean-Baptiste`.
    fn is_given(&self) -> bool {
        self.is_capital() && self.text.split('-').next().is_some_and(is_given)
    }

    /// Whether the word may be a family's name beside a given one.
    fn is_family(&self, given: NameWord<'_>) -> bool {
        self.is_capital()
            && self.text.chars().count() > 1
            && self.is_shouted() == given.is_shouted()
            && !is_nobody(self.text)
    }
}

fn is_given(word: &str) -> bool {
    let word = redact::plain(word);
    let (mut from, mut to) = (0, GIVEN.len());
    while from < to {
        let start = GIVEN[..from + (to - from) / 2]
            .rfind('\n')
            .map_or(0, |n| n + 1)
            .max(from);
        let end = GIVEN[start..].find('\n').map_or(GIVEN.len(), |n| start + n);
        match GIVEN[start..end].cmp(&word) {
            Ordering::Less => from = (end + 1).min(to),
            Ordering::Equal => return true,
            Ordering::Greater => to = start,
        }
    }
    false
}

/// Words of a text, with the signs that names have within.
fn words(text: &str) -> Vec<NameWord<'_>> {
    let letter = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’' | '-');
    let runs = text.split(|c| !letter(c));
    runs.map(|w| w.trim_matches(['\'', '’', '-']))
        .filter(|w| !w.is_empty())
        .map(|w| NameWord {
            at: w.as_ptr() as usize - text.as_ptr() as usize,
            text: w,
        })
        .collect()
}

/// Names in two words and more, of which one is a given name: `Clara Monteverde`, `Szabó Gergely`, `Yılmaz, Deniz`.
pub(super) fn full(text: &str) -> Vec<&str> {
    let words = words(text);
    let between = |a: usize, b: usize| &text[words[a].end()..words[b].at];
    let joined = |a: usize, b: usize| {
        matches!(between(a, b), " " | "+")
            || between(a, b) == "_" && !words[a].is_shouted()
            || words[a].text.chars().count() == 1 && between(a, b) == ". "
    };
    let mut out = Vec::new();
    let mut done = 0;
    for n in 0..words.len() {
        let given = words[n];
        if n < done || !given.is_given() {
            continue;
        }
        let (mut start, mut end) = (n, n);
        let mut next = n + 1;
        while next < words.len() && next < n + 5 && joined(next - 1, next) {
            let word = words[next];
            if word.is_family(given) {
                end = next;
            } else if !(redact::has(PARTICLES, word.text)
                || word.is_capital() && word.text.chars().count() == 1)
            {
                break;
            }
            next += 1;
        }
        let before = n
            .checked_sub(1)
            .filter(|b| *b >= done && words[*b].is_family(given));
        if let Some(b) = before
            && end == n
            && (joined(b, n) || between(b, n) == ", ")
        {
            start = b;
        }
        let part = &text[words[start].at..words[end].end()];
        let goes_on = text[words[end].end()..].starts_with(['(', '=', '/', '\\', '_', '.'])
            && !text[words[end].end()..].starts_with(". ");
        let begins = text[..words[start].at].ends_with(['/', '.', '\\', '_', '$']);
        if start < end && !goes_on && !begins {
            out.push(part);
            done = end + 1;
        }
    }
    out
}

/// Accounts made of a person's names: `anna.lindqvist`, `zbigniew_kania`.
pub(super) fn accounts(text: &str) -> impl Iterator<Item = &str> {
    let sign = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_');
    let runs = text
        .split(move |c| !sign(c))
        .map(|r| r.trim_matches(['.', '_']));
    runs.filter(|run| is_account(run)).filter(move |run| {
        let at = run.as_ptr() as usize - text.as_ptr() as usize;
        let (before, behind) = (&text[..at], &text[at + run.len()..]);
        let mail = behind.strip_prefix('@').is_some_and(|host| {
            let host = host
                .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '.'))
                .next();
            host.is_some_and(|h| h.contains('.'))
        });
        !mail
            && !before.ends_with(['/', '@', '.', '-', '$'])
            && !behind.starts_with(['/', '(', '-', ':', '='])
            || behind.starts_with(": ")
    })
}

/// Whether a word is an account made of a given name and another one.
fn is_account(word: &str) -> bool {
    let parts: Vec<&str> = word.split(['.', '_']).collect();
    let name = |p: &&str| p.len() > 1 && p.chars().all(char::is_lowercase);
    (2..=3).contains(&parts.len())
        && parts.iter().all(name)
        && !parts
            .iter()
            .any(|p| redact::has(NO_ACCOUNT, p) || is_nobody(p))
        && [parts.first(), parts.last()]
            .into_iter()
            .flatten()
            .any(|p| is_given(p))
}

/// Whether a name looks like a person's, whatever it stands behind: `c.aldridge`, a given name, or one beside another.
pub(super) fn is_personal(name: &str) -> bool {
    let initial = |a: &str, b: &str| a.chars().count() == 1 && b.chars().count() > 2;
    let parts: Vec<&str> = name.split('.').collect();
    let letters = name.chars().all(|c| c.is_alphabetic() || c == '.');
    letters && matches!(parts[..], [a, b] if initial(a, b) || initial(b, a))
        || is_given(name)
        || is_account(name)
        || !full(name).is_empty()
}

/// Accounts of a domain: `CORP\rlefebvre`.
pub(super) fn in_domains(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('\\').filter_map(|(at, _)| {
        let domain =
            |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
        let before = &text[..at];
        let name = &before[before.trim_end_matches(domain).len()..];
        let starts = !before[..before.len() - name.len()]
            .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '\\' | '/' | '_' | '%'));
        let rest = text[at + 1..].trim_start_matches('\\');
        let deep = text.len() - at - 1 - rest.len();
        let len = rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')))
            .unwrap_or(rest.len());
        let account = rest[..len].trim_end_matches('.');
        // `ERROR\ncaused by`: a sign that is written out
        let hex = |n: usize| {
            account
                .get(1..=n)
                .is_some_and(|h| h.bytes().all(|b| b.is_ascii_hexdigit()))
        };
        let escape = deep == 0
            && (account.starts_with(['n', 't'])
                || account.starts_with('u') && hex(4)
                || account.starts_with('x') && hex(2));
        let whole = !rest[len..].starts_with(['\\', '$', '(', '/'])
            && account.starts_with(|c: char| c.is_alphabetic());
        (starts
            && whole
            && deep < 2
            && !escape
            && account.len() > 2
            && (2..=40).contains(&name.len())
            && name.contains(|c: char| c.is_ascii_uppercase())
            && !redact::has(NO_DOMAIN, name))
        .then_some(account)
    })
}

/// What stands behind the word for a user where nothing but a name can: `of user mhuber.`, `user [hkowalski]`, `user 'n.stein'`.
pub(super) fn users(text: &str) -> Vec<&str> {
    let words = words(text);
    let mut out = Vec::new();
    for (n, word) in words.iter().enumerate() {
        let Some(user) = redact::user(word.text) else {
            continue;
        };
        let rest = &text[word.end()..];
        let rest = rest.strip_prefix(" name").unwrap_or(rest);
        let value = rest.trim_start_matches([' ', '=', ':']);
        let gap = rest.len() - value.len();
        let call = gap == 0 && value.starts_with('(');
        let quoted = (!call).then(|| between_marks(value)).flatten();
        let bare = &value[..value.find(|c| !is_sign(c)).unwrap_or(value.len())];
        let name = quoted.unwrap_or(bare).trim_end_matches(['.', '-', '_']);
        let of = n.checked_sub(1).map_or("", |b| words[b].text);
        let said = redact::has(WHOSE, &of.to_lowercase()) && !is_word(name);
        let begins = name.starts_with(char::is_alphabetic) && name.len() > 2;
        let apart = gap < 5 && (gap > 0 || quoted.is_some());
        let called = quoted.is_none() && value[bare.len()..].starts_with(['(', '=', '/', '\\']);
        let marked = user && quoted.is_some() && !is_word(name);
        // `user BRANDTMA`, and scripts without capitals
        let alone = user
            && name.len() > 5
            && name.bytes().all(|b| b.is_ascii_uppercase())
            && !is_word(name);
        let foreign = name.chars().all(|c| c.is_alphabetic() && c > '\u{3000}');
        if begins && apart && !called && (marked || said || alone || foreign || is_personal(name)) {
            out.push(name);
        }
    }
    out
}

/// Whether a sign may stand in an account.
fn is_sign(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-')
}

/// Signs that a name between marks has at most.
const MARKED: usize = 40;

/// What stands between marks at the beginning of a text: an account, or the words of a name.
fn between_marks(text: &str) -> Option<&str> {
    let open = text.chars().next()?;
    let marks = [
        "\"\"", "''", "``", "[]", "<>", "()", "「」", "‘’", "“”", "„“", "»«",
    ];
    let close = marks.iter().find(|m| m.starts_with(open))?.chars().nth(1)?;
    let inner = &text[open.len_utf8()..];
    let name = &inner[..inner.find([close, '@']).filter(|n| *n <= MARKED)?];
    let account = name.chars().all(is_sign);
    let words = name.split(' ').all(|w| !w.starts_with(char::is_lowercase));
    (account || words && name.chars().all(|c| is_sign(c) || c == ' ')).then_some(name)
}

/// Whether what stands behind a user is what is said of one.
fn is_word(name: &str) -> bool {
    let small = name.to_lowercase();
    is_nobody(name)
        || redact::is_said(&small)
        || small.ends_with("ing")
        || small.ends_with("ed")
        || small.ends_with("tion")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_given_name_is_found_and_nothing_between_them() {
        assert!(GIVEN.lines().is_sorted() && GIVEN.lines().count() > 10_000);
        let wrong =
            |n: &&str| !is_given(n) || is_given(&format!("{n}zz")) || redact::plain(n) != **n;
        assert_eq!(GIVEN.lines().find(wrong), None);
        assert!(!is_given("") && !is_given("aaa") && !is_given("zzz"));
    }

    #[test]
    fn names_and_what_only_looks_like_them() {
        for (text, want) in [
            ("paged Sanne Hoekstra, no answer", vec!["Sanne Hoekstra"]),
            ("Ирина Кузнецова вошла", vec!["Ирина Кузнецова"]),
            ("Szabó Gergely bejelentkezése", vec!["Szabó Gergely"]),
            ("cell;Yılmaz, Deniz;ok", vec!["Yılmaz, Deniz"]),
            (
                "Jean-Baptiste van den Berg wrote",
                vec!["Jean-Baptiste van den Berg"],
            ),
            ("Starting MariaDB Server, Maria::Error, Peter (1)", vec![]),
            ("Spring Boot, Load Balancer, Marta Server", vec![]),
        ] {
            assert_eq!(full(text), want, "{text}");
        }
        let found = |text: &'static str| accounts(text).collect::<Vec<_>>();
        assert_eq!(
            found("user=anna.lindqvist, from anna.example.com/x"),
            ["anna.lindqvist"]
        );
        assert_eq!(found("com.anna.lindqvist.Main app.main anna.js"), [""; 0]);
        let found = |text: &'static str| in_domains(text).collect::<Vec<_>>();
        assert_eq!(
            found(r"443 CORP\rlefebvre C:\dir HKLM\Software\x ERROR\nat x NT AUTHORITY\SYSTEM"),
            ["rlefebvre"]
        );
        assert_eq!(
            users("for user mhuber. user [hkowalski] -> x, user not found, of user input"),
            ["mhuber", "hkowalski"]
        );
    }
}
