//! Who is named in texts from logs, and what stands for them: «user-1», «email-1», numbered by first appearance, so that
//! one person is the same in every form of a report. Accounts of machines are no people.

use super::clean::clean;
use super::literals::small_literals_of;
use super::{LogText, named, redact};
use memchr::memmem;
use regex::{Captures, Regex};
use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::sync::{LazyLock, OnceLock};

/// The people of a report.
#[derive(Clone, Debug, Default)]
pub struct People {
    names: Vec<String>,
    mail: Vec<String>,
    /// Texts that were met: a report says the same at many places.
    met: BTreeSet<String>,
    finder: Option<Regex>,
}

/// A way in which logs name a person. Patterns cost more to make than to use: one is made when a text may match it.
struct NamePattern {
    /// Without one of these, in small letters, no text of ASCII matches.
    needs: OnceLock<Option<Vec<Vec<u8>>>>,
    /// `NAME` stands for the name that is sought, `FULL` for one of several words, `ROLE` for what
    /// people are called by.
    pattern: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl NamePattern {
    /// The pattern, if the text, which is `small` in small letters, may match it.
    fn regex(&self, small: &str) -> Option<&Regex> {
        let needs = self.needs.get_or_init(|| {
            let names = ["NAME", "ROLE", "FULL", "WORD"].into_iter();
            let any = names.fold(self.pattern.to_owned(), |p, name| p.replace(name, "."));
            small_literals_of(&written_out(&any))
        });
        let held = |n: &Vec<u8>| memmem::find(small.as_bytes(), n).is_some();
        if small.is_ascii() && needs.as_ref().is_some_and(|n| !n.iter().any(held)) {
            return None;
        }
        let made = || Regex::new(&self.whole()).ok();
        self.regex.get_or_init(made).as_ref()
    }

    fn whole(&self) -> String {
        let roles = redact::roles().collect::<Vec<_>>().join("|");
        let named = self
            .pattern
            .replace("NAME", "(FULL|WORD)")
            .replace("ROLE", &roles);
        written_out(&named.replace("FULL", FULL).replace("WORD", WORD))
    }
}

/// A pattern with short classes in place of those of Unicode, of which thirty in a row take a second to make: letters are
/// those of ASCII and what lies in the blocks of letters.
fn written_out(pattern: &str) -> String {
    const LETTERS: &str = r"\u{C0}-\u{1FFF}\u{2C00}-\u{2DFF}\u{3005}-\u{D7FF}\u{F900}-\u{FDFF}";
    pattern
        .replace(r"\p{Lu}", &format!("[A-Z{LETTERS}]"))
        .replace(r"\p{L}", &format!("[A-Za-z{LETTERS}]"))
        .replace(r"\d", "[0-9]")
        .replace(r"\w", "[0-9A-Za-z_]")
}

/// A first and a last name, or more.
const FULL: &str = r"\p{Lu}[\p{L}.'-]{1,30}(?: [A-Z]\.?)?(?:[ +](?:(?:van|von|zu|de|der|den|di|da|do|dos|du|del|della|la|le|bin|ibn|al|el|ter|ten|af)[ +]){0,3}\p{Lu}[\p{L}'-]{1,20}){1,2}";
const WORD: &str = r"\p{L}[\p{L}.'-]{2,30}";

/// Where logs name a person: objects of pagers, sudo and login lines, what somebody did and who was notified, keys; who acted
/// before what else names somebody.
static SAID: LazyLock<Vec<NamePattern>> = LazyLock::new(|| {
    let rows = include_str!("people.txt").lines();
    let rows = rows.filter(|r| !r.starts_with("# "));
    let row = |r| NamePattern {
        pattern: r,
        needs: OnceLock::new(),
        regex: OnceLock::new(),
    };
    rows.map(row).collect()
});

/// The name that begins a text.
static BEGINS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // what an address holds is written in percents
    let escaped = |p: &str| {
        p.replace(r"[\p{L}.'-]", r"(?:[\p{L}.'-]|%[0-9A-F]{2})")
            .replace("[ +]", "(?:[ +]|%20)")
    };
    let (full, word) = (escaped(FULL), escaped(WORD));
    let whole = format!(
        r#"^({full}|(?:(?:van|von|de|der|den|di|da|del|la|le|bin|al|el|ter)[ +]){{0,2}}{word}[0-9_]{{0,4}})(?:["',;&<>\s)\]}}\\]|$)"#
    );
    Regex::new(&written_out(&whole)).ok()
});

/// Names behind keys whose value is a person.
fn keyed(text: &str) -> impl Iterator<Item = &str> {
    let places = match text.contains(['=', ':', ' ']) {
        true => redact::persons(text),
        false => Vec::new(),
    };
    places.into_iter().filter_map(|(at, full)| {
        let value = text.get(at)?.trim_start_matches('(');
        let value = match value.split_once('\\') {
            Some((domain, account)) if is_domain(domain) => account.trim_start_matches('\\'),
            _ => value,
        };
        let name = BEGINS.as_ref()?.captures(value)?.get(1)?;
        Some(name.as_str())
            .filter(|n| !full || n.contains([' ', '+']) || !n.contains(|c| c < '\u{3000}'))
    })
}

/// Whether what stands before a backslash is the domain of an account, as Windows writes it: `SHOP\k.nguyen`.
fn is_domain(text: &str) -> bool {
    let sign = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
    (2..=15).contains(&text.len()) && text.bytes().all(sign)
}

/// The names that a text states, of who acted, was notified or is called a person's, accounts of machines among them; who acted
/// first.
fn stated(text: &str) -> impl Iterator<Item = &str> {
    let small = text.to_lowercase();
    let all = SAID.iter().filter_map(move |said| said.regex(&small));
    let once = || std::iter::once(text);
    all.flat_map(|r| r.captures_iter(text))
        .filter_map(|c| Some(c.get(1)?.as_str()))
        .chain(once().flat_map(keyed))
        .filter(|name| !is_of_database(text, name))
        .chain(once().flat_map(named::full))
        .map(trimmed)
}

/// Whether a text names somebody.
pub(super) fn names_somebody(text: &str) -> bool {
    stated(text).next().is_some()
}

/// Those, and all that only look like a person's.
fn said(text: &str) -> impl Iterator<Item = &str> {
    let once = || std::iter::once(text);
    let users = once().flat_map(named::users);
    stated(text)
        .chain(users.filter(|name| !is_of_database(text, name)))
        .chain(once().flat_map(named::accounts))
        .chain(once().flat_map(named::in_domains))
        .chain(once().flat_map(named::in_homes))
        .chain(once().flat_map(redact::names_in_rows))
        .map(trimmed)
}

fn trimmed(name: &str) -> &str {
    name.trim_end_matches(['.', '-', '\'', ',', '!'])
}

/// Whether a name in a text is the account of a program at a database, `'app'@'host'` and as Postgres refuses one, or the domain
/// of an account. One called as a person is a person's.
fn is_of_database(text: &str, name: &str) -> bool {
    let at = name.as_ptr() as usize - text.as_ptr() as usize;
    let behind = &text[at + name.len()..];
    let refused = text[..at].ends_with("authentication failed for user \"");
    let domain = behind.starts_with('\\') && is_domain(name);
    domain || (refused || behind.starts_with("'@")) && !named::is_personal(name)
}

/// Who did what a message states, or was notified of it, where it names a person or an account.
pub fn actor(text: &[u8]) -> Option<&[u8]> {
    let readable = match std::str::from_utf8(text) {
        Ok(all) => all,
        Err(e) => std::str::from_utf8(&text[..e.valid_up_to()]).ok()?,
    };
    let name = stated(readable).next()?;
    Some(name.as_bytes())
}

/// Accounts and words that stand where a name could.
static NOBODY: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let words = include_str!("redact/words/nobody.txt").split_ascii_whitespace();
    words.collect()
});

/// Whether a name is nobody's: an account of a machine, or a word.
pub fn is_nobody(name: &str) -> bool {
    let small = name.to_ascii_lowercase();
    let known = |w: &str| NOBODY.contains(w);
    // `erp_app`, `svc-scan`
    let signs = [' ', '_', '-'];
    let account = known(&small)
        || small.contains("admin")
        || small.contains(signs) && small.split(signs).any(known);
    let deed = small == name
        && (name.len() > 5 && name.ends_with("ing")
            || name.len() > 4 && name.ends_with("ed") && !named::is_given(name));
    // `usage-rater`: people join their names otherwise
    let named = |p: &str| named::is_personal(p) || named::is_family(p);
    let joined = small == name && name.contains('-') && !name.split('-').any(named);
    account || deed || joined || small.contains("bot")
}

/// Whether a name is as people call themselves: `lilou76`.
fn is_nickname(name: &str) -> bool {
    let word = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (2..5).contains(&(name.len() - word.len())) && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// Whether a name that was found in a text is one there: what is some account's may be a part of what a thing is called, as
/// `claims` of `claims-portal.conf`.
fn stands_alone(text: &str, c: &Captures<'_>) -> bool {
    let at = c.get(0).map_or(0..0, |m| m.range());
    let behind = &text[at.end..];
    // `shop.example.org`
    let label = behind
        .strip_prefix('.')
        .is_some_and(|b| b.starts_with(|c: char| c.is_ascii_lowercase()));
    let joined = text[..at.start].ends_with(['-', '_', '.'])
        || behind.starts_with(['-', '_'])
        || behind.starts_with("::")
        || label;
    !joined || named::is_personal(behind_escape(&c[0]).1)
}

/// The escaped end of a line that stands before a name in a string of JSON, if one does, and the name.
fn behind_escape(found: &str) -> (&str, &str) {
    match found.as_bytes() {
        [b'\\', b'n' | b'r' | b't', ..] => found.split_at(2),
        _ => ("", found),
    }
}

impl People {
    /// Takes in the people that a text names; a name that is one of `things` (hosts, services, versions), or
    /// a part of one, is none.
    pub fn meet(&mut self, t: &LogText, things: &[&str]) {
        let text = t.cleaned();
        if !self.met.insert(text.clone()) {
            return;
        }
        for m in redact::mail_addresses(&text) {
            redact::number(&mut self.mail, &m);
        }
        // who logs in to a database is a program, and so is whose password stands beside the name but in a form that somebody
        // filled in; unless called as a person is, or as people call themselves
        let database = || {
            ["db=", "db: ", "database", "role \""]
                .iter()
                .any(|w| text.contains(w))
        };
        let program =
            LazyCell::new(|| database() || !text.contains('&') && redact::gives_password(&text));
        let words = |name: &str| name.contains(|c: char| c == ' ' || !c.is_ascii());
        let person = |name: &&str| {
            let own = words(name) || is_nickname(name) || named::is_personal(name);
            name.len() >= 3 && (own || !*program)
        };
        for name in said(&text).filter(person) {
            self.add(name, things);
        }
    }

    /// Takes in somebody who is known as one from elsewhere: who acted, as a line or its format names them.
    pub fn know(&mut self, name: &LogText, things: &[&str]) {
        let name = name.cleaned();
        match redact::mail_addresses(&name).is_empty() {
            true => self.add(
                name.trim_start_matches('@')
                    .split('@')
                    .next()
                    .unwrap_or_default(),
                things,
            ),
            false => self.meet(&LogText::new(name.as_bytes()), things),
        }
    }

    fn add(&mut self, name: &str, things: &[&str]) {
        let name = name.rsplit('\\').next().unwrap_or(name);
        // a program may sign in by the name of what it serves: `shop` of `shop-1.example.org`
        let part = |t: &str| {
            let mut parts = t.split(['.', '-', '_']);
            parts.any(|p| p.eq_ignore_ascii_case(name)) && !named::is_personal(name)
        };
        let thing = things
            .iter()
            .any(|t| t.eq_ignore_ascii_case(name) || part(t));
        let known = self.names.iter().any(|n| n == name);
        if name.len() >= 2 && !is_nobody(name) && !thing && !known {
            self.names.push(name.to_owned());
        }
    }

    /// To be called when everybody is known.
    pub fn settled(mut self) -> People {
        self.met.clear();
        let mut all: Vec<String> = self.names.iter().map(|n| regex::escape(n)).collect();
        // The longest first: "Ada Lovelace" before "Ada".
        all.sort_by_key(|n| std::cmp::Reverse(n.len()));
        self.finder = match all.is_empty() {
            true => None,
            false => Regex::new(&format!(r"(?:\b|\\[nrt])(?:{})\b", all.join("|"))).ok(),
        };
        self
    }

    /// The same, for texts in which a word is nobody's name: only mail addresses are replaced.
    pub fn without_names(self) -> People {
        People {
            names: Vec::new(),
            finder: None,
            ..self
        }
    }

    /// A text of a log cleaned and redacted for good, names of people too: each becomes the same token wherever it is read,
    /// so that one person stays one when texts of several readers meet.
    pub fn redacted(&self, raw: &[u8]) -> Vec<u8> {
        let text = redact::all(clean(raw));
        let Some(finder) = &self.finder else {
            return text.into_bytes();
        };
        let with = |c: &Captures<'_>| match (stands_alone(&text, c), behind_escape(&c[0])) {
            (true, (escape, name)) => {
                format!("{escape}«person-{:08x}»", crc32fast::hash(name.as_bytes()))
            }
            (false, _) => c[0].to_owned(),
        };
        finder.replace_all(&text, with).into_owned().into_bytes()
    }

    pub(super) fn mask_names(&self, text: String) -> String {
        let Some(finder) = &self.finder else {
            return text;
        };
        let with = |c: &Captures<'_>| {
            if !stands_alone(&text, c) {
                return c[0].to_owned();
            }
            let (escape, name) = behind_escape(&c[0]);
            let n = self.names.iter().position(|n| n == name);
            format!("{escape}«user-{}»", n.unwrap_or_default() + 1)
        };
        match finder.replace_all(&text, with) {
            Cow::Owned(t) => t,
            Cow::Borrowed(_) => text,
        }
    }

    /// Takes secrets out; e-mail addresses have the numbers that they have here.
    pub(super) fn mask_secrets(&self, text: String) -> String {
        let mut seen = self.mail.clone();
        redact::secrets_with(text, |mail| redact::number(&mut seen, mail))
    }
}

#[cfg(test)]
mod tests;
