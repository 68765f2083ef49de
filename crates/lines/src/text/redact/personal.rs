//! People's data by its form: e-mail addresses, payment cards, bank accounts, telephone numbers, numbers of authorities.

use super::view::DecodedText;
use super::{keys, looks};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Last parts of things with an `@` that are no e-mail addresses: systemd instances and names of files.
const NO_MAIL: &str = "service socket timer target mount slice scope device swap path png jpg jpeg gif svg webp js css log txt gz json conf nupkg journal";
/// Accounts under which machines are reached: `deploy@web-01.prod.example` is no mailbox.
const ACCOUNTS: &str = include_str!("words/machine_accounts.txt");
/// Commands whose operands are accounts on machines.
const REMOTE: &str = "ssh scp sftp rsync mosh autossh ssh-copy-id sshfs";
/// Words before a telephone number.
const CALLS: &str = include_str!("words/calls.txt");
/// Words of lines about calls and short messages, in which what stands behind those of the second list is a number that is called.
const TELEPHONY: &str = "sms whats whatsapp sip pjsip iax dial pbx smpp cdr asterisk kannel twilio voip msisdn callerid";
const ENDS: &str = "from to src dst source dest destination addr";
/// Words before the number of a citizen.
const CITIZEN: &str = include_str!("words/citizen.txt");

/// The e-mail addresses of a text, as places and in small letters.
pub(super) fn mail(view: &DecodedText) -> Vec<(Range<usize>, String)> {
    let text = &view.text;
    let mut out: Vec<(Range<usize>, String)> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let local = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
        let from = text[..at].rfind(|c| !local(c)).map_or(0, |n| {
            n + text[n..].chars().next().map_or(1, char::len_utf8)
        });
        let from =
            from + (text[from..at].len() - text[from..at].trim_start_matches(['.', '%']).len());
        let host = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
        let end = text[at + 1..]
            .find(|c| !host(c))
            .map_or(text.len(), |n| at + 1 + n);
        let end = at + 1 + text[at + 1..end].trim_end_matches(['.', '-']).len();
        let domain = &text[at + 1..end.max(at + 1)];
        let Some((labels, top)) = domain.rsplit_once('.') else {
            continue;
        };
        let whole = !labels.is_empty() && domain.split('.').all(|l| !l.is_empty());
        let named = top.chars().count() >= 2 && top.chars().all(char::is_alphabetic)
            || top.starts_with("xn--");
        let small = text[from..end].to_lowercase();
        let taken = out.last().is_some_and(|l| l.0.end > from);
        if from < at
            && whole
            && named
            && !taken
            // a package, its version and a hash
            && !text[..from].ends_with('@')
            && !keys::has(NO_MAIL, &top.to_ascii_lowercase())
            && !is_remote(text, from, at, end)
        {
            out.push((from..end, small));
        }
    }
    out
}

/// Whether a name and a host are an account on a machine: behind a command that goes there, before a path there, or an
/// account of machines at a host with a number.
fn is_remote(text: &str, from: usize, at: usize, end: usize) -> bool {
    let mut before = text[..from]
        .rsplit([' ', '\'', '"'])
        .filter(|w| !w.is_empty());
    let goes = before
        .by_ref()
        .take(6)
        .any(|w| keys::has(REMOTE, w.rsplit('/').next().unwrap_or_default()));
    let path = text[end..].starts_with(':')
        && text[end + 1..].starts_with(|c: char| c == '/' || c == '~' || c.is_ascii_alphabetic());
    let account = keys::has(ACCOUNTS, &text[from..at].to_ascii_lowercase());
    let host = text[at + 1..end].split('.').next().unwrap_or_default();
    let machine = host.ends_with(|c: char| c.is_ascii_digit());
    // the node of a cluster, by its program and its host (Erlang)
    let called = text[..from].trim_end_matches([' ', '\'', '"', ':', '=']);
    let called = called.rsplit(|c: char| !c.is_ascii_alphabetic()).next();
    let node = called.is_some_and(|w| ["node", "nodes"].iter().any(|n| w.eq_ignore_ascii_case(n)));
    goes || node
        || text[end..].starts_with("'s password")
        || &text[from..at] == "git"
        // `Message-ID: <…>`
        || text[..from].trim_end_matches([' ', '<', ':', '=']).to_ascii_lowercase().ends_with("message-id")
        // made by chance: the id of a message
        || looks::is_random(&text[from..at])
        // `host/web-1@REALM`
        || text[..from].ends_with('/') && !text[at..end].contains(|c: char| c.is_lowercase())
        // names of algorithms, which the protocol of ssh completes with their maker's domain (RFC 4251, 6)
        || ["openssh.com", "libssh.org"].contains(&&text[at + 1..end])
        // accounts of services
        || text[..end].ends_with(".gserviceaccount.com")
        || account && (path || machine)
        // the account of an address, where a path of such addresses is no mail
        || text[..from].ends_with("://") && !text[end..].starts_with('@')
}

/// Places of numbers that belong to a person, and what stands for each.
pub(super) fn numbers(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut out = Vec::new();
    let b = text.as_bytes();
    let mut at = 0;
    // without a digit only passports and places are written, behind one of these
    if !b.iter().any(|c| c.is_ascii_digit() || b"$/<".contains(c)) {
        return out;
    }
    let calls = keys::parts(text).iter().any(|w| keys::has(TELEPHONY, w));
    while at < b.len() {
        let begins = at == 0 || !b[at - 1].is_ascii_alphanumeric() || b[..at].ends_with(b"%B");
        let starts = at == 0
            || calls && b[at..].starts_with(b"00") && b.get(at + 2).is_some_and(|b| *b > b'0')
            || begins
                && !(matches!(b[at - 1], b'.' | b'-' | b'_' | b'/') && b[at] != b'+'
                    || b[at - 1] == b':'
                        && at > 1
                        && !(b[at - 2].is_ascii_alphabetic() || b[at - 2] >= 0x80));
        let found = match begins {
            true => iban(text, at).or_else(|| form(text, at)),
            false => None,
        };
        let found = found.or_else(|| digits(text, at, calls).filter(|_| starts));
        match found {
            Some((len, label)) => {
                out.push((at..at + len, label));
                at += len;
            }
            None => at += 1,
        }
    }
    positions(text, &mut out);
    out
}

/// Where somebody is: a latitude beside a longitude, and what receivers of satellites say (NMEA 0183).
static POSITIONS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let degrees = r#"["']?\s*[=:]\s*["']?(-?[0-9]{1,3}\.[0-9]{3,})"#;
    let pair = format!(
        r#"(?i)\blat(?:itude)?{degrees}["']?[\s,;&|]{{1,3}}["']?(?:lon|lng|long|longitude){degrees}"#
    );
    let bare = r"[\[(](-?[0-9]{1,2}\.[0-9]{4,}, ?-?[0-9]{1,3}\.[0-9]{4,})[\])]";
    Regex::new(&format!(
        r"{pair}|(\$G[A-Z]{{4}},[0-9A-Z.,*+-]{{16,}})|{bare}"
    ))
    .ok()
});

/// Words of lines about places, where two numbers in brackets are one.
const PLACES: &str = "geo geocode geofence gps coordinate coordinates coords location position point latlng delivery pickup courier";

fn positions(text: &str, out: &mut Vec<(Range<usize>, &'static str)>) {
    let about = || keys::parts(text).iter().any(|w| keys::has(PLACES, w));
    for found in POSITIONS.iter().flat_map(|r| r.captures_iter(text)) {
        if found.get(4).is_some() && !about() {
            continue;
        }
        for place in found.iter().skip(1).flatten().map(|m| m.range()) {
            out.retain(|(r, _)| r.end <= place.start || r.start >= place.end);
            out.push((place, "position"));
        }
    }
    out.sort_by_key(|(r, _)| r.start);
}

/// An international bank account number: its country, and check digits that fit (ISO 13616, mod 97).
fn iban(text: &str, at: usize) -> Option<(usize, &'static str)> {
    let b = &text.as_bytes()[at..];
    let head = b.get(..4)?;
    if !(head[..2].iter().all(u8::is_ascii_uppercase) && head[2..].iter().all(u8::is_ascii_digit)) {
        return None;
    }
    let own = |n: usize| b[n].is_ascii_uppercase() || b[n].is_ascii_digit();
    let mut ends = Vec::new();
    let mut signs: Vec<u8> = Vec::new();
    for n in 0..b.len() {
        let blank = matches!(b[n], b' ' | b'-') && signs.len().is_multiple_of(4);
        match (own(n), blank) {
            (true, _) => signs.push(b[n]),
            (_, true) => continue,
            _ => break,
        }
        let last = b.get(n + 1).is_none_or(|c| !c.is_ascii_alphanumeric());
        if last && (15..=34).contains(&signs.len()) {
            ends.push((n + 1, signs.len()));
        }
    }
    let fits = |len: usize| {
        let moved = signs[4..len].iter().chain(&signs[..4]);
        let rest = moved.fold(0u32, |sum, c| match c {
            b'0'..=b'9' => (sum * 10 + u32::from(c - b'0')) % 97,
            c => (sum * 100 + u32::from(c - b'A') + 10) % 97,
        });
        rest == 1
    };
    let end = ends.into_iter().rev().find(|(_, len)| fits(*len));
    end.map(|(n, _)| (n, "iban"))
}

/// Numbers of authorities that nothing else looks like: Italy's codice fiscale, France's NIR, Mexico's CURP, Brazil's CPF, passports as
/// airlines pass them on and as they are read by machines.
static FORMS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let fiscal = "[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]";
    let others = r"[A-Z]{4}[0-9]{6}[A-Z]{7}[0-9]|[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}";
    // the second line that machines read: number, country, day of birth, sex, day of expiry (ICAO 9303, 4)
    let second = "[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{7}[FMX<][0-9]{7}[A-Z0-9<]{14,16}";
    let passport = format!("P/[A-Z]{{3}}/[A-Z0-9]{{6,9}}|P<[A-Z]{{3}}[A-Z<]{{20,}}|{second}");
    let finnish = "[0-3][0-9][01][0-9]{3}[-+A][0-9]{3}[A-FHJ-NPR-Y]";
    let french = "[12] [0-9]{2} [01][0-9] [0-9]{2} [0-9]{3} [0-9]{3} [0-9]{2}";
    let form = format!("^({fiscal}|{finnish}|{french}|{others}|{passport})(?:[^A-Za-z0-9]|$)");
    Regex::new(&form).ok()
});

fn form(text: &str, at: usize) -> Option<(usize, &'static str)> {
    let rest = text.get(at..at + 90).or(text.get(at..))?;
    let may = rest.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
    let found = |r: &Regex| Some(r.captures(rest)?.get(1)?.len());
    let len = FORMS.as_ref().filter(|_| may).and_then(found);
    Some((len.or_else(|| lettered(text, at))?, "citizen-number"))
}

/// Signs that a number has at most, blanks among them.
const NUMBER: usize = 48;
/// The same of one with letters.
const LETTERED: usize = 24;

/// A number with letters behind the word for one: `NINO QQ 12 34 56 C`.
fn lettered(text: &str, at: usize) -> Option<usize> {
    let own = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase() || b" -.".contains(b);
    let rest = text.get(at..)?;
    let len = rest.bytes().take(LETTERED).take_while(own).count();
    let all = rest[..len].trim_end_matches([' ', '-', '.']);
    let digits = all.bytes().filter(u8::is_ascii_digit).count();
    let letters = all.bytes().filter(u8::is_ascii_uppercase).count();
    let ends = !rest[all.len()..].starts_with(|c: char| c.is_alphanumeric() || "_/:".contains(c));
    let fits = ends && (4..=18).contains(&digits) && (1..=6).contains(&letters);
    (fits && looks::follows(text, at, CITIZEN, 2)).then_some(all.len())
}

/// A card, a telephone number or that of a citizen.
fn digits(text: &str, at: usize, calls: bool) -> Option<(usize, &'static str)> {
    let b = &text.as_bytes()[at..];
    if !(b[0].is_ascii_digit() || matches!(b[0], b'+' | b'(')) {
        return None;
    }
    let own = |b: &&u8| b.is_ascii_digit() || b"+-. ()/".contains(b);
    let run = b.iter().take(NUMBER).take_while(own).count();
    let run = text[at..at + run].find(" - ").unwrap_or(run);
    let all = text[at..at + run].trim_end_matches(|c: char| !c.is_ascii_digit());
    let open = b
        .get(all.len())
        .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'%'))
        || b[all.len()..].starts_with(b":") && b.get(all.len() + 1).is_some_and(|b| *b > b' ');
    let count = all.bytes().filter(u8::is_ascii_digit).count();
    // what a magnetic stripe says behind it
    let stripe = b.get(all.len()).is_some_and(|c| b"D=^".contains(c)) && b.len() > all.len() + 8;
    // a number of 64 bits
    let id = count > 16 && looks::is_identity(text, at);
    if let Some(len) = card(all).filter(|len| !id && (*len < all.len() || !open || stripe)) {
        // what follows on a stripe, up to its end
        let rest = &text[at + len..];
        let own = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase() || b"=^/ ".contains(b);
        let more = rest.bytes().take_while(own).count();
        // a blank within is a name's, and none stands before the next pair
        let field = rest[..more]
            .find(' ')
            .filter(|n| rest[*n..more].contains('='));
        let more = field.unwrap_or(more);
        return Some((len + if stripe { more } else { 0 }, "card"));
    }
    if open || count < 7 {
        return None;
    }
    let shape = groups(all);
    // `282-62-6009`, which nothing else is written as
    let social = shape == [3, 2, 4]
        && all.matches('-').count() == 2
        && all.len() == 11
        && !matches!(b[0], b'9' | b'0');
    let named = || keys::parts(text).iter().any(|w| keys::has(CITIZEN, w));
    let citizen = social
        || shape == [4; 3] && all.contains(' ') && named()
        || shape == [15] && is_french(all)
        || (shape == [3, 2, 4] || count >= 7 && shape.len() < 8)
            && looks::follows(text, at, CITIZEN, 2);
    let abroad = all.starts_with('+')
        && all[1..].starts_with(|c: char| matches!(c, '(' | '1'..='9'))
        && (10..=15).contains(&count)
        && !all.contains('/');
    let time = b[0] == b'1' && matches!(count, 10 | 13);
    // with the number of a region in brackets, or a mobile's as in Japan and Korea
    let region = all.find('(').is_some_and(|n| b[n + 1] > b'1')
        && (shape.ends_with(&[3, 3, 4]) || shape.ends_with(&[3, 3, 2, 2]));
    let plain = !all.contains(' ') && !all.contains('.');
    let german = matches!(shape[..], [3..=5, 6..=8]) && b[0] == b'0' && b[1] > b'0' && !plain;
    let grouped = german
        || plain
            && (shape == [3, 3, 4] && b[0] != b'0'
                || shape == [3, 4, 4] && b[0] == b'0' && b[2] == b'0')
        || shape == [4, 3, 3] && b[0] == b'0' && b[1] != b'0' && all.contains(' ');
    // as France writes them, and a mobile's in China
    let pairs = shape == [2; 5] && b[0] == b'0' && b[1] != b'0';
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let chinese = shape == [11] && b[0] == b'1' && b[1] > b'2' && text.contains(han);
    let dialled = calls
        && shape.len() == 1
        && (10..=15).contains(&count)
        && (all.starts_with("00") && b[2] > b'0' || !time && looks::follows(text, at, ENDS, 1));
    // `2/14/2025`
    let day = shape.len() > 3 && all.starts_with("20") && shape.starts_with(&[4, 2, 2])
        || all.contains('/') && matches!(shape[..], [1..=2, 1..=2, 4] | [4, 1..=2, 1..=2]);
    let called = (7..=15).contains(&count)
        && !day
        && (shape.len() == 1 && calls && !time || shape.iter().all(|n| *n <= 11))
        && shape.len() <= 6
        && looks::follows(text, at, CALLS, 3)
        && !all.contains(". ");
    match (
        citizen,
        abroad || region || grouped || pairs || chinese || dialled || called,
    ) {
        (true, _) => Some((all.len(), "citizen-number")),
        (_, true) => Some((all.len(), "phone")),
        _ => None,
    }
}

/// A number of France's insured in one: sex, year, month, and check digits that fit.
fn is_french(all: &str) -> bool {
    let of = |r: Range<usize>| all.get(r).and_then(|d| d.parse::<u64>().ok());
    let (month, number, check) = (of(3..5), of(0..13), of(13..15));
    let fits = number.zip(check).is_some_and(|(n, c)| c + n % 97 == 97);
    all.starts_with(['1', '2']) && fits && month.is_some_and(|m| (1..=12).contains(&m))
}

fn groups(all: &str) -> Vec<usize> {
    let groups = all.split(|c: char| !c.is_ascii_digit());
    groups.map(str::len).filter(|n| *n > 0).collect()
}

/// How far a card number reaches that begins a text: grouped as cards are, or in one.
fn card(all: &str) -> Option<usize> {
    const GROUPS: [&[usize]; 3] = [&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4]];
    let first = all.find(|c: char| !c.is_ascii_digit()).unwrap_or(all.len());
    if (13..=19).contains(&first) {
        return is_card(&all[..first]).then_some(first);
    }
    GROUPS.iter().find_map(|sizes| {
        let len = sizes.iter().sum::<usize>() + sizes.len() - 1;
        let part = all.get(..len)?;
        let sign = part.find([' ', '-']).map(|n| &part[n..=n])?;
        let whole = !all[len..].starts_with(|c: char| c.is_ascii_digit());
        let split = part.split(sign).map(str::len).eq(sizes.iter().copied());
        (split && whole && is_card(part)).then_some(len)
    })
}

/// A payment card number: a known first digit for its length (which keeps epoch times out) and a valid Luhn sum.
fn is_card(s: &str) -> bool {
    let d: Vec<u32> = s.chars().filter_map(|c| c.to_digit(10)).collect();
    let known = matches!(
        (d.first(), d.get(1), d.len()),
        (Some(4), _, 13 | 16 | 19)
            | (Some(5), Some(1..=5), 16)
            | (Some(2), Some(2..=7), 16)
            | (Some(3), Some(4 | 7), 15)
            | (Some(3), Some(0 | 6 | 8), 14)
            | (Some(3), Some(5), 16)
            | (Some(6), _, 16..=19)
    );
    let sum: u32 = d
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &x)| match (i % 2, x) {
            (0, x) => x,
            (_, x) if x > 4 => 2 * x - 9,
            (_, x) => 2 * x,
        })
        .sum();
    known && sum.is_multiple_of(10)
}
