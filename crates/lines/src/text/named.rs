//! Who is named in a text, by what names look like: a given name beside another one, as words or as an account, an account of a
//! domain, and what stands behind the word for a user. What words say of people stands in `people.txt`.

use super::people::is_nobody;
use super::redact;
use std::cmp::Ordering;

/// Given names that are no words, products or places, in small letters of ASCII as people write them there; one a line, sorted.
const GIVEN: &str = include_str!("given_names.txt");
/// Families' names of five letters and more that make no word with a letter before or behind them; as above.
const FAMILIES: &str = include_str!("family_names.txt");
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
        let first = self.text.split('-').next().unwrap_or_default();
        self.is_capital()
            && (is_given(first) || first != self.text && is_given(&self.text.replace('-', "")))
    }

    /// Whether the word may be a family's name beside a given one.
    fn is_family(&self, given: NameWord<'_>) -> bool {
        self.is_capital()
            && self.text.chars().count() > 1
            && self.is_shouted() == given.is_shouted()
            && !self.is_spelt()
            && !is_nobody(self.text)
    }

    /// Whether it is said letter by letter, as what stands for several words is: three capitals and more without a vowel.
    fn is_spelt(&self) -> bool {
        let vowel = |c: char| !c.is_ascii() || "AEIOUY".contains(c);
        self.is_shouted() && self.text.len() > 2 && !self.text.contains(vowel)
    }
}

/// Whether a word is a given name.
pub(crate) fn is_given(word: &str) -> bool {
    holds(GIVEN, &redact::plain(word))
}

/// Whether a sorted list of one word a line holds a word.
fn holds(list: &str, word: &str) -> bool {
    let (mut from, mut to) = (0, list.len());
    while from < to {
        let start = list[..from + (to - from) / 2]
            .rfind('\n')
            .map_or(0, |n| n + 1)
            .max(from);
        let end = list[start..].find('\n').map_or(list.len(), |n| start + n);
        match list[start..end].cmp(word) {
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
    let joined_to = |n: usize| n < words.len() && between(n - 1, n) == ". ";
    let mut out = Vec::new();
    let mut done = 0;
    for n in 0..words.len() {
        let given = words[n];
        let initial = given.is_capital() && given.text.chars().count() == 1;
        let family = |w: &NameWord<'_>| w.is_capital() && is_family(&redact::plain(w.text));
        let initial = initial && joined_to(n + 1) && family(&words[n + 1]);
        // a name beside it is seen sooner than whether this is one
        let mut near = [n.wrapping_sub(1), n + 1]
            .into_iter()
            .filter_map(|m| words.get(m));
        let name = |w: &NameWord<'_>| w.is_capital() || redact::has(PARTICLES, w.text);
        let beside = given.is_capital() && near.any(name);
        if n < done || !(initial || beside && given.is_given()) {
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
        let goes_on = text[words[end].end()..].starts_with(['(', '=', '\\', '_', '.'])
            && !text[words[end].end()..].starts_with(". ");
        let begins = text[..words[start].at].ends_with(['/', '.', '\\', '_', '$']);
        if start < end && !goes_on && !begins {
            out.push(part);
            done = end + 1;
        }
    }
    out
}

/// Accounts made of a person's names: `anna.lindqvist`, `zbigniew_kania`; in a line about logging in a given name, too: `[zdenek]`.
pub(super) fn accounts(text: &str) -> impl Iterator<Item = &str> {
    let sign = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_');
    let runs = text
        .split(move |c| !sign(c))
        .map(|r| r.trim_matches(['.', '_']));
    let logs_in = move || {
        let parts = redact::parts(text);
        let about = |w: &String| redact::has("login logon auth user authentication", w);
        parts.iter().any(about)
    };
    runs.filter(move |run| {
        if run.len() < 5 || run.bytes().any(|b| b.is_ascii_digit()) {
            return false;
        }
        let at = run.as_ptr() as usize - text.as_ptr() as usize;
        let (before, behind) = (&text[..at], &text[at + run.len()..]);
        const OPENS: [char; 4] = ['[', '<', '"', '\''];
        const CLOSES: [char; 4] = [']', '>', '"', '\''];
        let marked = before.ends_with(OPENS) && behind.starts_with(CLOSES);
        marked && is_given(run) && logs_in()
            || may_be_account(before, run, behind) && is_account(run)
    })
}

/// Whether an account may stand between two stretches of a text, by the signs around it.
fn may_be_account(before: &str, run: &str, behind: &str) -> bool {
    // a word of a sentence may look like a letter and a family's name, but not a cell of a row
    const CELL: [char; 10] = ['"', '\'', '=', '|', ',', ';', ':', '<', '[', '('];
    const END: [char; 8] = ['"', '\'', '|', ',', ';', '>', ']', ')'];
    let cell = || before.trim_end().ends_with(CELL) && behind.trim_start().starts_with(END);
    // `Job 428811/MROSSI/QPADEV`
    let shouted = before.ends_with('/') && !run.contains(char::is_lowercase);
    let joined = run.contains(['.', '_']);
    // what stands behind the word for a thing is what it is called: `queue edi.inbound`
    const THINGS: &str = "queue topic exchange stream table index bucket channel";
    let word = before.trim_end().rsplit(' ').next().unwrap_or_default();
    if joined && redact::has(THINGS, &word.to_lowercase()) {
        return false;
    }
    if before.ends_with(['@', '.', '-', '$'])
        || before.ends_with('/') && !shouted
        || !(joined || shouted || before.is_empty() || before.ends_with(CELL) || cell())
    {
        return false;
    }
    let mail = behind.strip_prefix('@').is_some_and(|host| {
        let sign = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
        host.split(|c: char| !sign(c))
            .next()
            .is_some_and(|h| h.contains('.'))
    });
    let goes_on = behind.starts_with(['/', '(', '-', ':', '=']) && !behind.starts_with(": ");
    !mail && (shouted || !goes_on)
}

/// Whether a word is an account made of a person's names: `anna.lindqvist`, `c.aldridge` where the family's name is a known one,
/// `jbrandt`, `MUELLERK`.
fn is_account(word: &str) -> bool {
    let parts: Vec<&str> = word.split(['.', '_']).collect();
    let all = |is: &dyn Fn(&str) -> bool| parts.iter().all(|p| !p.is_empty() && is(p));
    let small = |p: &str| p.chars().all(char::is_lowercase);
    let shouted = |p: &str| p.chars().all(char::is_uppercase);
    let named = |p: &str| {
        p.starts_with(char::is_uppercase) && small(&p[p.chars().next().map_or(0, char::len_utf8)..])
    };
    if !(all(&small) || all(&shouted) || parts.len() > 1 && all(&named)) {
        return false;
    }
    match parts[..] {
        [one] => {
            let one = redact::plain(one);
            one.len() > 5
                && one.is_ascii()
                && !is_family(&one)
                && (is_family(&one[1..]) || is_family(&one[..one.len() - 1]))
        }
        [first, .., last] if parts.len() < 4 => {
            let other = |p: &&str| redact::has(NO_ACCOUNT, &p.to_lowercase()) || is_nobody(p);
            let initial = |a: &str, b: &str| a.chars().count() < 3 && is_family(&redact::plain(b));
            let initial = initial(first, last) || initial(last, first);
            // constants and channels are written so, too: `ADA_EVENTS_OUT`, `MONGODB_URI`
            let family = |w: &str| is_family(&redact::plain(w));
            let both = is_given(first) && family(last) || family(first) && is_given(last);
            let shout = all(&shouted) && word.contains('_');
            let constant = shout && (parts.len() > 2 || !is_given(first));
            let named = is_given(first) || is_given(last) || initial;
            (both || !constant) && named && !parts.iter().any(other)
        }
        _ => false,
    }
}

/// Whether a word is a family's name that is no word.
pub(super) fn is_family(word: &str) -> bool {
    holds(FAMILIES, word)
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

/// Whose folder a path leads through, where it is called as people are: `/home/annika.sjoberg/models`, `C:\Users\GonzalezM`.
pub(super) fn in_homes(text: &str) -> impl Iterator<Item = &str> {
    let homes = ["/home/", "/Users/", "\\Users\\"].into_iter();
    let behind = homes.flat_map(|h| text.match_indices(h).map(|(at, h)| &text[at + h.len()..]));
    let names = behind.map(|rest| {
        let rest = rest.trim_start_matches('\\');
        let other = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        &rest[..rest.find(other).unwrap_or(rest.len())]
    });
    names.filter(|n| {
        let word = |w: &str| w.len() > 1 && w.chars().all(char::is_alphabetic);
        let both = n.split_once('.').is_some_and(|(a, b)| word(a) && word(b));
        both || is_personal(n) || is_personal(&n.to_ascii_lowercase())
    })
}

/// Accounts of a domain: `CORP\rlefebvre`.
pub(super) fn in_domains(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('\\').filter_map(|(at, _)| {
        let domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
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
        let initial = account.get(1..2) == Some(".");
        let escape = deep == 0
            && !(initial || is_account(account))
            && (account.starts_with(['n', 't'])
                || account.starts_with('u') && hex(4)
                || account.starts_with('x') && hex(2));
        // `Mosaic\StoreFailed`: a class in its namespace, where `CORP\JohnSmith` is somebody
        let hump = |c: char| c.is_ascii_uppercase();
        let second = account.get(1..).and_then(|a| a.find(hump)).map(|at| at + 1);
        let class = name.contains(|c: char| c.is_ascii_lowercase())
            && account.chars().all(char::is_alphabetic)
            && account.starts_with(hump)
            && second
                .is_some_and(|at| at > 2 && account.len() - at > 2 && !is_given(&account[..at]));
        let whole = !class
            && !rest[len..].starts_with(['\\', '$', '(', '/'])
            && account.starts_with(|c: char| c.is_alphabetic());
        (starts
            && whole
            && deep < 2
            && !escape
            && account.len() > 2
            && (2..=40).contains(&name.len())
            && (name.contains(|c: char| c.is_ascii_uppercase())
                || account.contains('.') && is_personal(account))
            && !redact::has(NO_DOMAIN, name)
            && !account
                .rsplit_once('.')
                .is_some_and(|(_, kind)| redact::has(NO_ACCOUNT, kind)))
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
        let more = [" name", " profile", " account"].iter();
        let rest = more.fold(rest, |rest, w| rest.strip_prefix(w).unwrap_or(rest));
        let value = rest.trim_start_matches([' ', '=', ':']);
        let gap = rest.len() - value.len();
        let call = gap == 0 && value.starts_with('(') && !word.is_shouted();
        let quoted = (!call).then(|| between_marks(value)).flatten();
        let bare = &value[..value.find(|c| !is_sign(c)).unwrap_or(value.len())];
        let name = quoted.unwrap_or(bare).trim_end_matches(['.', '-', '_']);
        let of = n.checked_sub(1).map_or("", |b| words[b].text);
        let said = redact::has(WHOSE, &of.to_lowercase()) && !is_word(name);
        let begins = name.starts_with(char::is_alphabetic) && name.len() > 2;
        let apart = gap < 5 && (gap > 0 || quoted.is_some());
        let behind = &value[bare.len()..];
        let called = quoted.is_none()
            && behind.starts_with(['(', '=', '/', '\\'])
            && !behind.starts_with("(uid=");
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
        "\"\"", "''", "``", "[]", "<>", "()", "「」", "‘’", "“”", "„“", "»«", "«»",
    ];
    let close = marks.iter().find(|m| m.starts_with(open))?.chars().nth(1)?;
    let inner = text[open.len_utf8()..].trim_start();
    let mut near = inner.char_indices().take(MARKED);
    let end = near.find(|(_, c)| *c == close || *c == '@')?.0;
    let name = inner[..end].trim_end();
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
    use crate::tests::holds;

    #[test]
    fn every_given_name_is_found_and_nothing_between_them() {
        assert!(GIVEN.lines().is_sorted() && GIVEN.lines().count() > 10_000);
        let wrong =
            |n: &&str| !is_given(n) || is_given(&format!("{n}zz")) || redact::plain(n) != **n;
        assert_eq!(GIVEN.lines().find(wrong), None);
        assert!(!is_given("") && !is_given("aaa") && !is_given("zzz"));
        assert!(FAMILIES.lines().is_sorted() && FAMILIES.lines().all(is_family));
    }

    #[test]
    fn names_and_what_only_looks_like_them() {
        holds("full names", |t| full(t).join("; "));
        holds("accounts", |t| accounts(t).collect::<Vec<_>>().join(", "));
        holds("users of domains", |t| {
            in_domains(t).collect::<Vec<_>>().join(", ")
        });
        holds("users", |t| users(t).join(", "));
    }
}
