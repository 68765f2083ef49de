//! Who is named in lines, and who only looks it.

use super::*;
use crate::tests::{holds, or_dash, tried};
use proptest::prelude::*;

fn names(lines: &[&str]) -> Vec<String> {
    let mut p = People::default();
    for l in lines {
        p.meet(&LogText::new(l.as_bytes()), &["storefront"]);
    }
    p.names
}

proptest! {
    #[test]
    fn what_is_left_out_would_not_match(
        text in r#"([ "':=,{}]{0,2}(by|USER|user_name|on_call|oncall|login|Actor|acked_by|xby|name|sudo|sudo\[12\]|started by|Assigned To|session opened for user|accepted password for|ada|o'neill|Ada Lovelace|17|ſ)){0,7}[ :}"]{0,2}"#,
    ) {
        static ALL: LazyLock<Vec<Regex>> = LazyLock::new(|| SAID.iter().map(|s| Regex::new(&s.whole()).unwrap()).collect());
        for (said, regex) in SAID.iter().zip(&*ALL) {
            prop_assert!(said.regex(&text.to_lowercase()).is_some() || !regex.is_match(&text), "{} {}", said.pattern, text);
        }
    }
}

#[test]
fn who_acted_is_known_whatever_the_line_calls_it() {
    let mut p = People::default();
    for actor in [
        "ian",
        "Bo Li",
        "@kemi",
        "deploy@web-1",
        "ci-bot",
        "Storefront",
        "a@b.example",
        "SHOP\\k.nguyen",
    ] {
        p.know(&LogText::name(actor.as_bytes()), &["storefront"]);
    }
    // a domain is nobody
    p.meet(
        &LogText::new(br"reconfigured by user=SHOP\vera.lind at once"),
        &[],
    );
    assert_eq!(p.names, ["ian", "Bo Li", "kemi", "k.nguyen", "vera.lind"]);
    assert_eq!(p.mail, ["a@b.example"]);
}

#[test]
fn a_name_behind_an_escaped_end_of_line_is_masked_and_the_escape_stays() {
    let mut p = People::default();
    p.know(&LogText::name(b"Priya Nair"), &[]);
    let p = p.settled();
    assert_eq!(
        p.mask_names(r#"{"text":"Resolved\nPriya Nair, then Priya Nair"}"#.to_owned()),
        r#"{"text":"Resolved\n«user-1», then «user-1»"}"#
    );
    let stored = p.redacted(br#"{"text":"Resolved\nPriya Nair"}"#);
    let stored = String::from_utf8(stored).unwrap();
    assert!(
        stored.contains(r"Resolved\n«person-") && !stored.contains("Priya"),
        "{stored}"
    );
}

#[test]
fn who_signs_in_beside_a_password_is_a_program_unless_called_as_people_are() {
    holds("who signs in beside a password", |line| {
        or_dash(names(&[line]).first())
    });
}

#[test]
fn people_of_pages_notes_and_deeds() {
    for [line, want] in tried("person of a deed") {
        assert_eq!(actor(line.as_bytes()), Some(want.as_bytes()), "{line}");
        let database = line.contains("database");
        assert_eq!(names(&[&line]), [want][usize::from(database)..], "{line}");
    }
    for line in [
        "started a session that was closed by remote host",
        "NOTE that: x",
    ] {
        assert!(!names(&[line]).contains(&"remote".to_owned()), "{line}");
    }
}

#[test]
fn one_person_is_one_number_everywhere() {
    let mut p = People::default();
    let lines = [
        "x by=femi",
        "y by=amara mail b@c.example",
        "z by=femi mail B@c.example a@c.example",
    ];
    for l in lines {
        p.meet(&LogText::new(l.as_bytes()), &[]);
    }
    let p = p.settled();
    assert_eq!(
        p.mask_names("amara called femi, not amaranth".into()),
        "«user-2» called «user-1», not amaranth"
    );
    assert_eq!(
        p.mask_secrets("a@c.example b@c.example".into()),
        "«email-2» «email-1»"
    );
}

#[test]
fn an_account_is_nobody_within_the_name_of_a_thing() {
    let mut p = People::default();
    p.meet(&LogText::new(b"x by=claims y by=femi"), &[]);
    assert_eq!(
        p.settled()
            .mask_names("claims-portal.conf of claims, claims.example.org, femi-laptop".into()),
        "claims-portal.conf of «user-1», claims.example.org, «user-2»-laptop"
    );
    let mut p = People::default();
    p.meet(
        &LogText::new(b"x by=shop y by=femi"),
        &["shop-web-1.example.org", "femi-laptop"],
    );
    assert_eq!(p.names, ["femi"]);
}
