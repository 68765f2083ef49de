//! Names where messages of many programs put them, and texts that hold none.

use super::*;
use crate::tests::{holds, or_dash};
use proptest::prelude::*;

#[test]
fn names_stand_where_the_table_says() {
    for row in include_str!("../../../../../tests/data/names.tsv")
        .lines()
        .skip(1)
    {
        let cells: Vec<&str> = row.split('\t').collect();
        let text = cells[1];
        let found = match cells[0] {
            "provider" => provider(text),
            "target" => target(text).map(|t| format!("{t:?}")),
            "table" => table(text),
            "process" => process(text),
            "unit" => unit(text),
            "domain" => domain(text),
            "subject" => subject(text),
            "interface" => interface(text),
            "paths" => paths(text).next().map(str::to_owned),
            _ => unresolved(text),
        };
        assert_eq!(found.as_deref().unwrap_or("-"), cells[2], "{row}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(text in ".{0,200}", tail in "[ -~é·]{0,40}") {
        for k in ["", "provider=", "Killed process ", "waiting for ", "server at ", "insert into ", ".service", "could not be resolved"] {
            for t in [format!("{text}{k}{tail}"), format!("{k}{text}")] {
                let long = [target(&t).map(|_| String::new()), provider(&t), table(&t), process(&t), unit(&t), paths(&t).last().map(str::to_owned), unresolved(&t)];
                for n in long.into_iter().flatten() {
                    prop_assert!(n.len() <= 200);
                }
            }
        }
    }
}

#[test]
fn a_thing_is_called_what_the_line_calls_it() {
    holds("address of whom was called", |t| {
        or_dash(address(t).map(|a| a.0))
    });
    holds("resolver", |t| or_dash(resolver(t)));
    holds("identifier of an act", |t| or_dash(identifier(t)));
    let text = "FATAL: Too Many Clients already";
    let said = stands(text, &["pool", "too many clients"]);
    assert_eq!(said, Some("Too Many Clients"));
}
