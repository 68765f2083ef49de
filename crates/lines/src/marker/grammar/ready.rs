//! That a program answers from now on: it listens on an address, serves, is ready. What else becomes of it is its life's to say.

use super::begins;
use super::clause::Word;
use super::lexicon::{BECOME, SERVING};
use super::lifecycle::{of_program, subject};
use super::lists::words;
use crate::record::MarkerKind::{self, *};

/// What listens from now on: `shop-web listening`, `api listening on :3000`, `Running shop.Endpoint at 0.0.0.0:4000`.
pub(super) fn listening(c: &[Word<'_>], i: usize) -> Option<MarkerKind> {
    let runs = c[i].eq("running") && (begins(c, i) || of_program(c, i));
    if !(c[i].eq("listening") || runs) || c[i].tag {
        return None;
    }
    // with where in fields beside: `shop-web listening`
    let alone = !runs && i == 1 && c.len() == 2 && c[0].is_name() && !c[0].quoted;
    let behind = &c[i + 1..c.len().min(i + 8)];
    let at = behind.iter().position(|w| w.any(words!("on at")));
    let at = at.or(alone.then_some(0))?;
    let number = |b: &[u8]| (2..6).contains(&b.len()) && b.iter().all(u8::is_ascii_digit);
    let port = |w: &Word<'_>| {
        let parts = || w.text.split(|b| *b == b':');
        parts().next_back().is_some_and(number)
            && (parts().count() == 2 || w.text.starts_with(b":"))
    };
    let address = |j: usize| {
        let w = &behind[j];
        let bare = j == at + 1 || behind[j - 1].bracketed || behind[j - 1].eq("port");
        port(w) || w.text.starts_with(b"http") || number(w.text) && bare && !runs
    };
    let known = (runs || at == 0) && (at + 1..behind.len().min(at + 4)).any(address);
    let known = (known || alone) && !c.iter().any(|w| w.any(words!("socket peer already")));
    known.then_some(ServiceStart)
}

/// What is ready, online or running now and had to come to it.
pub(super) fn serving(c: &[Word<'_>], i: usize) -> Option<MarkerKind> {
    let entered = c[i].is(BECOME) && c[i].any(words!("entering entered"));
    if entered {
        let near = &c[i + 1..c.len().min(i + 4)];
        let state = near.iter().any(|w| w.eq("state"));
        let of = |word: &str| near.iter().any(|w| w.eq(word)) && state;
        return match (of("running"), of("stopped"), of("fatal")) {
            (true, ..) => Some(ServiceStart),
            (_, true, _) => Some(ServiceStop),
            (_, _, true) => Some(Crash),
            _ => None,
        };
    }
    if !c[i].is(SERVING) || c[i].tag {
        return None;
    }
    let behind: Vec<_> = c[i + 1..].iter().take(7).collect();
    let served = behind
        .iter()
        .any(|w| w.any(words!("connections requests traffic clients queries")));
    let led = behind.first().is_some_and(|w| w.any(words!("to for")));
    let ready = c[i].eq("ready") && (led && served || behind.is_empty() && of_program(c, i));
    // a program by its name: a backend that is online is one that can be reached
    let named = || subject(c, i).is_some_and(|w| w.bracketed || w.is_name());
    let online = c[i].eq("online") && behind.is_empty() && of_program(c, i) && named();
    (ready || online).then_some(ServiceStart)
}
