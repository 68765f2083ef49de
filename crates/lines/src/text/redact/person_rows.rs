//! Rows about a person: postal addresses by their form, days of birth by a word or by data of a person that stand beside them, when a
//! card beside them expires, and names in the cell before or behind such data.

use super::looks;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Words before a day of birth.
const BORN: &str = "born birth birthdate birthday dob bday ne nee nato nata nacido nacida geboren geb geborene fodt fodd syntynyt urodzony urodzona narozen geburtstag";
/// Nobody who has an account is younger: a later day alone is that of something else.
const YOUNGEST: u16 = 2012;

/// A house and its street, in either order, and a town with its code: `9 Tannery Row, Hexham NE46 3PQ`, `Birkenallee 14b, 24105 Kiel`.
static HOME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"[A-Z\u{C0}-\u{24F}][A-Za-z\u{C0}-\u{24F}'.-]*";
    let word = r"[A-Za-z0-9\u{C0}-\u{24F}'.-]";
    let code = r"(?:[A-Z]{1,2}-)?[0-9]{4,5}(?:-[0-9]{3,4})?|[0-9]{2}-[0-9]{3}|[0-9]{3} [0-9]{2}|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}|[0-9]{4} ?[A-Z]{2}|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]";
    let house_first = format!(
        r"[0-9]{{1,5}}[A-Za-z]?,? (?:[a-z\u{{E0}}-\u{{FF}}.]+ ){{0,3}}{name}(?: {word}+){{0,3}}"
    );
    let house_last =
        format!(r"{name}(?: {word}+){{0,4}},? [0-9]{{1,4}} ?[A-Za-z]?(?:/[0-9]{{1,4}})?");
    let flat = r"(?:[,;/] ?[A-Za-z0-9\u{C0}-\u{24F} #.°-]{1,16})?";
    let town = name.replace(".-]", "-]");
    let town_last = format!(r"(?:{code}) {town}(?:[ -]{town}){{0,2}}");
    let code_last = format!(r"{town}(?:[ -]{town}){{0,2}}[,^]{{0,2}} ?(?:{code})");
    let all = format!(
        r"(?-u:\b)(?:{house_first}|{house_last}){flat} ?[,;/^]{{1,2}} ?(?:{town_last}|{code_last})(?-u:\b)"
    );
    Regex::new(&all).ok()
});

/// A day and nothing else, with its year first or last, or the month of a card.
static DAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?-u:\b)(?:((?:19|20)[0-9]{2})[-./][01]?[0-9][-./][0-3]?[0-9]|[0-3]?[0-9][-./][0-3]?[0-9][-./]((?:19|20)[0-9]{2})|((?:19|20)[0-9]{2})(?:0[1-9]|1[0-2])[0-3][0-9]|(0[1-9]|1[0-2])/[0-9]{2})(?-u:\b)").ok()
});

/// A place, and what of people stands there.
pub(super) type PersonalPlace = (Range<usize>, &'static str);

/// The places of addresses and days, beside what else of people was found, by its label, and whether anybody is named.
pub(super) fn homes_and_days(
    text: &str,
    beside: &[PersonalPlace],
    named: impl Fn() -> bool,
) -> Vec<PersonalPlace> {
    let mut out = Vec::new();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits < 4 {
        return out;
    }
    let homes = HOME
        .iter()
        .filter(|_| digits > 4 && text.contains([',', ';', '/', '^']));
    out.extend(
        homes
            .flat_map(|r| r.find_iter(text))
            .map(|m| (m.range(), "address")),
    );
    let card = beside.iter().any(|(_, label)| *label == "card");
    for c in DAY.iter().flat_map(|r| r.captures_iter(text)) {
        let Some(whole) = c.get(0) else { continue };
        let joins = |c: char| c.is_alphanumeric() || "-/:.+_".contains(c);
        let (before, after) = (&text[..whole.start()], &text[whole.end()..]);
        if before.ends_with(|c| c != ':' && joins(c)) || after.starts_with(|c| c != '.' && joins(c))
        {
            continue;
        }
        let year = c
            .get(1)
            .or(c.get(2))
            .or(c.get(3))
            .and_then(|y| y.as_str().parse::<u16>().ok());
        let time = after.starts_with(' ') && after[1..].starts_with(|c: char| c.is_ascii_digit());
        let goes = match year {
            Some(year) => {
                let born = || looks::follows(text, whole.start(), BORN, 2);
                !time && (born() || year <= YOUNGEST && named())
            }
            None => card,
        };
        if goes {
            out.push((
                whole.range(),
                if year.is_some() { "birthday" } else { "card" },
            ));
        }
    }
    out
}

/// The names that end the cell before such data, or are the cell behind it: `row 41: Ada Obi;1991-02-17;…`.
pub(super) fn names<'t>(text: &'t str, data: &[PersonalPlace]) -> Vec<&'t str> {
    const CELLS: [char; 6] = [';', '|', ',', '\t', '/', '('];
    let cell = |c: char| CELLS.contains(&c);
    let sign = |c: char| cell(c) || [')', '"', '\'', ' ', '<', '>'].contains(&c);
    let name = |w: &str| {
        let mut letters = w.chars();
        letters.next().is_some_and(char::is_uppercase)
            && w.chars().count() > 1
            && letters.all(|c| c.is_alphabetic() || c == '-' || c == '\'')
            && w.contains(char::is_lowercase)
    };
    let mut out = Vec::new();
    for (at, _) in data {
        let before = text[..at.start].trim_end_matches(['"', '\'', ' ']);
        if let Some(before) = before.strip_suffix(cell) {
            let before = before.trim_end_matches(sign);
            let words = before.rsplit(' ').take(3).take_while(|w| name(w));
            let (n, len) = words.fold((0, 0), |(n, len), w| (n + 1, len + w.len() + 1));
            out.extend((n > 1).then(|| &before[before.len() + 1 - len..]));
        }
        let behind = text[at.end..].trim_start_matches(['"', '\'', ' ']);
        if let Some(behind) = behind.strip_prefix(cell) {
            let behind = behind.trim_start_matches(sign);
            let whole = &behind[..behind.find(|c| cell(c) || c == '"').unwrap_or(behind.len())];
            let whole = whole.trim_end_matches(['"', '\'', ' ', '.']);
            let words = whole.split(' ').count();
            out.extend(((2..4).contains(&words) && whole.split(' ').all(name)).then_some(whole));
        }
    }
    out
}

/// Whether a text is where somebody lives: a street and a number, or the code of a town.
pub(super) fn is_home(v: &str) -> bool {
    let any = |f: fn(char) -> bool| v.chars().any(f);
    let digits = v.bytes().filter(u8::is_ascii_digit).count();
    let words = v.split([' ', '+']).filter(|w| !w.is_empty()).count();
    // of letters that have no capitals
    let han = v.chars().filter(|c| *c >= '\u{3000}').count() > 3;
    let street = digits > 0 && (words > 1 && any(char::is_uppercase) || han);
    let code = v.len() < 10 && digits > 2 && !v.contains(['.', ':']);
    (street || code) && !v.contains("://") && !v.contains('=')
}
