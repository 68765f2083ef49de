//! What a key says of its value, by the words of its name: `DB_PASSWORD` is a secret, `password_min_length` a measure,
//! `secretName` a reference. A name is its words, cut at signs and capitals; nobody has to list names.

use crate::text::words;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What the value of a key is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Class {
    /// A secret, whatever it looks like.
    Secret,
    /// The name of a secret in a store, or a secret: `secret: db-credentials`.
    Named,
    /// A number to be typed, or a secret.
    Code,
    /// A secret if it looks like one; the word means other things too.
    Likely,
    /// The same of a word that mostly means other things.
    Vague,
    /// Cookies with their names.
    Cookies,
    /// A scheme and its credentials.
    Credentials,
    /// A scheme, which credentials may follow.
    Scheme,
    /// What a person is known by to authorities and telephone companies.
    Personal,
}

/// Words that are a secret wherever a word of a name ends with them: `password`, `rootpassword`.
const SECRET: &str = "password passwd passwort passphrase passcode passwrd pwd secret token apikey authkey accesskey \
    secretkey privatekey sharedkey credential credentials mnemonic pw pass passe kennwort senha wachtwoord contrase \
    passord losenord adgangskode salasana haslo heslo jelszo lozinka parola sifre authtok";
/// Words that end so and are none.
const OTHERS: &str = "bypass compass encompass overpass surpass trespass underpass";
/// Words that are a secret on their own only.
const ALONE: &str = "passwords psw psk jwt bearer creds identified \
    verifier assertion kek dek pat requirepass masterauth";
const CODES: &str = "otp totp hotp pin tan mfa passkey cvv cvc csc";
const LIKELY: &str = "sess signature sig salt hmac nonce seed pepper tokens secrets webhook crumb";
/// Words that a name ends with whose value is a session; so is `sid`, on its own only.
const SESSIONS: [&str; 8] = [
    "sessid",
    "sessionid",
    "auth",
    "session",
    "csrf",
    "xsrf",
    "csrftoken",
    "xsrftoken",
];
/// What makes a key one that opens something.
const OPENS: &str = "access secret api private signing sign encryption decryption encrypt master shared auth app account \
    client license deploy service storage subscription webhook hmac aes crypto cipher session recovery backup \
    server admin root data signature authorization integration ingest write read live test functions sas consumer user \
    isakmp ike ipsec ospf eigrp vrrp hsrp wep wpa";
/// What makes a code one that is to be typed by one person.
const TYPED: &str = "your use enter anmelde verification verify login security otp auth authentication access confirmation recovery backup mfa 2fa \
    time sms pin in pairing activation invite reset factor device unlock";
/// Words before that of a secret by which a key holds none: measures, questions, what is known to all, places in a list.
const ABOUT: &str = "max min maximum minimum count num total avg mean per has is needs use public primary foreign partition \
    row unique duplicate sort cache object idempotency dedup next page continuation sync cursor unexpected lookup \
    exit status error response country";
/// Words that say little on their own.
pub(super) const LITTLE: &str =
    "key code keys codes id no nr name token number string header headers";
/// Words behind it: measures, references, places, kinds and states.
const ABOUT_IT: &str = "max min count counts num total size len length limit limits quota rate ratio expires expiry exp ttl \
    age time timeout timestamp date interval delay lifetime period window at since until hours minutes seconds sec secs ms \
    days bytes bits id ids name names path file filename dir directory folder location url uri endpoint host port address \
    type kind class version policy policies rule rules required require enabled enable disabled disable valid invalid \
    validity hint status state format algorithm alg algo method methods scheme service store storage index used usage \
    remaining attempts attempt retries retry failures failed error errors changed ref reference arn role field column mode \
    strength scope scopes cache pool bucket budget cost latency step phase level log module plugin backend realm domain \
    group env var variable label title message description reason result response request missing per hits misses \
    challenge source stdin prompt command";
/// What a person is known by.
const PERSONAL: &str = "ssn nino dob birth birthdate birthday passport iban msisdn phone telephone mobile taxid nationalid \
    phonenumber cellphone fax nin cpf pesel bsn aadhaar curp";

/// Whose value is a person, at the end of a name; so is that of any name that ends with `by`.
const PERSONS: &str = "by user username login actor author assignee operator deployer responder engineer oncall paged \
    approver reviewer committer requester reporter initiator submitter employee patient surname firstname lastname fullname \
    realname";
/// Whose value is a person if it is a first and a last name: firms and programs are called so too.
const ROLES: &str = "customer contact member recipient sender payer payee beneficiary holder cardholder billing shipping \
    applicant subscriber passenger guest client agent acknowledger cc from to for";
/// Whose name is a person's.
const NAMED: &str = "first last full given family middle real maiden";

/// Whether the value of a key is a person, by the key's name, the block that it stands in and what stands before it; and
/// whether only a first and a last name is one.
pub(super) fn person(name: &str, block: &str, before: &str) -> Option<bool> {
    let mut parts = words(name, before);
    if parts.len() == 1 {
        parts.splice(..0, self::parts(block));
    }
    let (last, rest) = parts.split_last()?;
    let of = rest.last().map_or("", String::as_str);
    let called = has("name summary", last) || last == "display";
    // `imap-login:` is a program, `FN:` a line of a contact
    if name == "FN"
        || has(PERSONS, last) && !(last == "login" && name.contains('-'))
        || last == "name" && has(NAMED, of)
        || called && has(PERSONS, of)
        || last == "call" && of == "on"
    {
        return Some(false);
    }
    let role = has(ROLES, last) && last.len() > 4 || called && has(ROLES, of);
    role.then_some(true)
}

pub(super) fn has(list: &str, word: &str) -> bool {
    let list = list.as_bytes();
    let blank = |b: Option<&u8>| b.is_none_or(|b| b.is_ascii_whitespace());
    let whole =
        |at: usize| blank(at.checked_sub(1).map(|n| &list[n])) && blank(list.get(at + word.len()));
    let one = !word.is_empty() && !word.contains(' ');
    one && memchr::memmem::find_iter(list, word).any(whole)
}

/// Whether a word behind that of a secret says that the value is none: `token label`.
pub(super) fn is_about(word: &str) -> bool {
    has(ABOUT_IT, word)
}

/// The words of a name, without numbers at their ends.
pub(super) fn parts(name: &str) -> Vec<String> {
    let mut all = words::split(name);
    for p in &mut all {
        let stem = p.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        p.truncate(if stem > 1 { stem } else { p.len() });
    }
    all
}

/// What words say that mean one thing wherever they stand.
static WORDS: LazyLock<HashMap<&str, Class>> = LazyLock::new(|| {
    let of = |(list, class): (&'static str, Class)| {
        list.split_ascii_whitespace().map(move |w| (w, class))
    };
    let lists = [
        (LIKELY, Class::Likely),
        (PERSONAL, Class::Personal),
        (CODES, Class::Code),
        (ALONE, Class::Secret),
    ];
    lists.into_iter().flat_map(of).collect()
});
/// Words that are a secret wherever a word of a name ends with them, by their last signs.
static ENDS: LazyLock<Vec<&str>> = LazyLock::new(|| SECRET.split_ascii_whitespace().collect());

fn is_secret(part: &str) -> bool {
    let ends = part.len() > 1 && ENDS.iter().any(|w| part.ends_with(w));
    ends && !has(OTHERS, part) && !part.starts_with("lib")
        || WORDS.get(part) == Some(&Class::Secret)
}

/// Whether the value of a name that ends with a word is a session.
pub(super) fn is_session(word: &str) -> bool {
    word == "sid" || SESSIONS.iter().any(|s| word.ends_with(s))
}

/// Whether a word behind that of a secret names who deals with it or what was done: `token_refresher`, `password_changed`.
pub(super) fn is_deed(part: &str) -> bool {
    let plain = !is_secret(part) && part.len() > 4;
    plain
        && ["er", "or", "ing", "ed", "tion", "ment"]
            .iter()
            .any(|e| part.ends_with(e))
}

/// The words of a name, and the one before it where it says little: "API key", "customer name".
fn words(name: &str, before: &str) -> Vec<String> {
    let mut parts = parts(name);
    let lone = parts.len() == 1 && has(LITTLE, &parts[0]);
    let word = before.trim_end_matches(' ').rsplit(' ').next();
    let plain = |w: &&str| w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if let Some(word) = word.filter(plain).filter(|_| lone) {
        parts.splice(..0, words::split(word));
    }
    parts
}

/// What the value of a key is, by the key's name and what stands before it in the text.
pub(super) fn class(name: &str, before: &str) -> Option<Class> {
    let parts = words(name, before);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let all = (0..parts.len()).filter_map(|n| Some((n, of_part(&parts, n, parts[n])?)));
    // the last that is a secret before anything else, and of others the first
    let order = |(n, c): &(usize, Class)| match c {
        Class::Secret => (0, parts.len() - n),
        _ => (1, *n),
    };
    let (at, found) = all.min_by_key(order)?;
    let about = parts.iter().enumerate().any(|(n, p)| {
        let held = *p == "id" && n == at + 1 && has("session sess secret cookie", parts[at]);
        n < at && has(ABOUT, p) || n > at && !held && (has(ABOUT_IT, p) || is_deed(p))
    });
    (!about || found == Class::Personal).then_some(found)
}

/// What a word of a name says of the value.
fn of_part(parts: &[&str], n: usize, p: &str) -> Option<Class> {
    let before = n.checked_sub(1).map_or("", |n| parts[n]);
    let after = parts.get(n + 1).copied().unwrap_or_default();
    let lone = parts.len() == 1;
    Some(match p {
        "authorization" => Class::Credentials,
        "cookie" | "cookies" | "setcookie" => Class::Cookies,
        "bearer" | "basic" | "negotiate" | "ntlm" if lone => Class::Scheme,
        "token" if has(CODES, before) || before == "2fa" => Class::Code,
        "secret" | "credential" | "credentials" if lone => Class::Named,
        "key" | "keys" if has(OPENS, before) || after == "base" => Class::Secret,
        "key" | "keys" => Class::Vague,
        "code" | "codes" if has(TYPED, before) => Class::Code,
        "code" | "ticket" if lone => Class::Vague,
        "tax" | "national" | "social" if matches!(after, "id" | "security" | "insurance") => {
            Class::Personal
        }
        _ if is_secret(p) => Class::Secret,
        _ if WORDS.contains_key(p) => *WORDS.get(p)?,
        _ if p.strip_suffix("code").is_some_and(|of| has(TYPED, of)) => Class::Code,
        _ if is_session(p) => Class::Likely,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_hold() {
        for (names, want) in [
            (
                "password DB_PASSWORD dbPassword AWS_SECRET_ACCESS_KEY secretAccessKey secret_key SECRET_KEY_BASE API_TOKEN_V2 \
                 client-secret user[password] spring.datasource.password X-Api-Key token2 rootpassword pass apikey accessToken \
                 --password signing_key hmac-key password_hash",
                Some(Class::Secret),
            ),
            (
                "PHPSESSID session session_id sig X-Amz-Signature",
                Some(Class::Likely),
            ),
            ("otp pin login_code", Some(Class::Code)),
            ("Cookie Set-Cookie", Some(Class::Cookies)),
            ("key code", Some(Class::Vague)),
            (
                "password_min_length max_tokens token_count passwordExpired secretName token_type public_key cache_key exit_code \
                 password_file token_refresher session_timeout keyboard passing compass author status access_key_id user id",
                None,
            ),
        ] {
            for name in names.split_ascii_whitespace() {
                assert_eq!(class(name, ""), want, "{name}");
            }
        }
        assert_eq!(class("key", "the API "), Some(Class::Secret));
        assert_eq!(class("code", "the exit "), None);
    }
}
