//! What a statement of SQL that was run does to a schema, to rights and to users, and what a tool says that it did to a table or an
//! index; and which sessions it ends. Statements that read or fill tables change nothing here.

use super::clause::Word;
use super::lexicon::FAIL;
use super::lists::{packed, words};
use super::{Found, begins};
use crate::record::MarkerKind::{ConfigChange, MigrationFinish, MigrationStart, MitigationStart};

/// What a statement begins with that alters something.
const VERBS: &str = "create alter drop truncate rename";
/// What stands between the verb and the kind of object, and between that and its name.
const BETWEEN: &str =
    "or replace unique materialized bitmap global if not exists concurrently public set reset";

/// Whether a word is the kind of a thing of a schema.
fn of_schema(w: &Word<'_>) -> bool {
    w.any(words!(
        "table tables index indexes view column columns constraint sequence function procedure trigger package partition schema type keyspace"
    ))
}

/// What a clause says that was done to a schema, rights or users.
pub(super) fn find(c: &[Word<'_>]) -> Option<Found> {
    let each = |i| killed(c, i).or_else(|| statement(c, i).or_else(|| reported(c, i)));
    (0..c.len().min(8)).find_map(each)
}

/// A session or what it runs is ended by an order to the database: `KILL 375`, `KILL QUERY 375`, `SELECT pg_terminate_backend(4711)`.
fn killed(c: &[Word<'_>], i: usize) -> Option<Found> {
    let led = i == 0 || c[i - 1].tag || c[i - 1].any(words!("query execute"));
    let numbered = |n: usize| c.get(i + n).is_some_and(Word::is_number);
    let what = |w: &Word<'_>| w.any(words!("connection query hard soft"));
    let ordered = c[i].eq("kill") && c[i].capitals();
    let session = numbered(1) || c.get(i + 1).is_some_and(what) && numbered(2);
    let called = |w: &Word<'_>| w.text.starts_with(b"pg_terminate_backend");
    let by_call = c[i].eq("select") && c.get(i + 1).is_some_and(called);
    (led && (ordered && session || by_call)).then(|| Found::new(MitigationStart, c, i, i + 1, 80))
}

/// `ALTER TABLE orders ADD …`, as the first of what a line quotes.
fn statement(c: &[Word<'_>], i: usize) -> Option<Found> {
    // a label may stand at the verb itself
    let label = memchr::memrchr(b':', c[i].text).map_or(0, |n| n + 1);
    let verb = packed(&c[i].text[label..]);
    let grants = words!("grant revoke").contains(&verb) && c[i].capitals();
    // a setting of a server that runs: `SET GLOBAL long_query_time = 0.5`, `CONFIG SET maxmemory 512mb`
    let before = c[..i].last();
    let to_config = before.filter(|w| w.eq("config") && c[i].capitals() && w.capitals());
    let sets = || {
        let all = |w: &Word<'_>| w.any(words!("global persist"));
        words!("set").contains(&verb) && (to_config.is_some() || c.get(i + 1).is_some_and(all))
    };
    if !grants && !words!(VERBS).contains(&verb) && !sets() || c[i].tag {
        return None;
    }
    // what a server quotes of an error, or below one in capitals, did not succeed
    let refused = |w: &Word<'_>| {
        w.text.starts_with(b"STATEMENT") || w.any(words!("error fatal panic warning line"))
    };
    let led = |w: &Word<'_>| w.tag || to_config.is_some() || w.any(words!("query execute"));
    if !before.is_none_or(led)
        || c[..i].iter().any(refused)
        || c.iter().any(|w| w.is(FAIL) && !w.quoted)
    {
        return None;
    }
    let mut named = c[i + 1..].iter().filter(|w| !w.any(words!(BETWEEN)));
    let of = named.next()?;
    // in capitals it is no sentence; else its object must bear a name
    let sure = c[i].text[label..].iter().all(u8::is_ascii_uppercase)
        || named.next().is_some_and(Word::is_name);
    // what is made of what is read is a copy, and a partition behind the last is made each day
    let copies = || c.iter().any(|w| w.any(words!("select values")));
    // a statement whose time stands behind it has ended
    let timed = c[..i].iter().any(|w| w.eq("duration"));
    let kind = match () {
        () if grants || sets() || of.any(words!("user role login")) => ConfigChange,
        () if !of_schema(of) || copies() => return None,
        () if timed => MigrationFinish,
        () => MigrationStart,
    };
    sure.then(|| Found::new(kind, c, i, i + 1, 80))
}

/// What the first statement in a text makes, alters or drops, without its schema: the word behind the kind of object, or the
/// setting of a server, in small letters.
pub fn altered(text: &str) -> Option<String> {
    let is = |list: &str, w: &str| list.split(' ').any(|x| x.eq_ignore_ascii_case(w));
    // a label may stand at the verb itself
    let bare = |w: &str| is(VERBS, w.rsplit(':').next().unwrap_or(w));
    let mut behind = text.split([' ', '\t', '(', ';']).skip_while(|w| !bare(w));
    behind.next()?;
    let mut named = behind.filter(|w| !w.is_empty() && !is(BETWEEN, w));
    let name = match is("system session", named.next()?) {
        true => named.next()?.split('=').next()?,
        // an account stands in front of where it is from
        false => named.next()?.split('@').next()?.rsplit('.').next()?,
    };
    let name = name.trim_matches(['"', '`', '[', ']', '\'']);
    (name.len() > 1).then(|| name.to_ascii_lowercase())
}

/// `Index ix_stock dropped from table stock`, `Columns channel(varchar2) added to orders`.
fn reported(c: &[Word<'_>], i: usize) -> Option<Found> {
    let [of, name, behind @ ..] = &c[i..] else {
        return None;
    };
    let done = |w: &Word<'_>| w.any(words!("dropped created added altered renamed truncated"));
    let stated = of_schema(of)
        && !of.tag
        && begins(c, i)
        && (name.is_name() || name.capitals())
        && behind.iter().take(2).any(done);
    stated.then(|| Found::new(MigrationFinish, c, i, i + 2, 80))
}

#[cfg(test)]
mod tests {
    use super::altered;

    #[test]
    fn statements_name_what_they_alter() {
        crate::tests::holds("altered", |t| crate::tests::or_dash(altered(t)));
    }
}
