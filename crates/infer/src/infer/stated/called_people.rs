//! Who is called by an alert and takes it, by the lines of both, so that their names are hidden. What is a turn of an alert is for
//! `alert_cycles`.

use super::alert_cycles::is_a_turn;
use super::alert_subjects::is_a_state;
use coroner_lines::marker::fields;
use coroner_lines::text::is_nobody;

/// Who is called and takes it: what the line of the call says to whom it goes, and the names that both lines have.
pub(super) fn people(id: &[u8], called: &[u8], taken: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(called);
    let named = |w: &&str| w.chars().count() > 2 && w.chars().all(char::is_alphabetic);
    let listed = |w: &&str| {
        let small = w.to_lowercase();
        let of_it = memchr::memmem::find(id, w.as_bytes()).is_some();
        of_it || is_a_turn(&small) || is_a_state(&small) || is_nobody(&small)
    };
    let parts = |t: &str| -> Vec<String> {
        let apart = |c: char| !(c.is_alphanumeric() || c == '-' || c == '_');
        let words: Vec<&str> = t.split(apart).filter(|w| !w.is_empty()).collect();
        // the first word is what the tool calls itself, or the act, and one before the id is its kind
        let each = words.iter().enumerate().skip(1);
        let kind = |n: usize| words.get(n + 1).is_some_and(|w| w.as_bytes() == id);
        let capital = |w: &str| {
            w.chars().skip(1).all(char::is_lowercase) && !w.starts_with(char::is_lowercase)
        };
        let each = each.filter(|(n, w)| named(w) && capital(w) && !kind(*n) && !listed(w));
        each.map(|(_, w)| (*w).to_owned()).collect()
    };
    let both = parts(&String::from_utf8_lossy(taken));
    let mut all: Vec<String> = parts(&text)
        .into_iter()
        .filter(|w| both.contains(w))
        .collect();
    let mut words = text.split_whitespace().peekable();
    while let Some(w) = words.next() {
        let to = if w == "->" {
            words.peek().copied()
        } else {
            w.strip_prefix('@')
        };
        all.extend(to.filter(named).map(str::to_owned));
    }
    let stated = fields::actor(called).map(<[u8]>::to_vec);
    all.into_iter()
        .map(String::into_bytes)
        .chain(stated)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_called_and_takes_it_is_somebody() {
        let named = |called: &str, taken: &str| {
            let all = people(b"5512", called.as_bytes(), taken.as_bytes());
            let mut all: Vec<String> = all
                .into_iter()
                .map(|n| String::from_utf8(n).unwrap())
                .collect();
            all.sort_unstable();
            all.dedup();
            all.join(" ")
        };
        let pushed = "notified | R-318 | Whitcombe by push and phone call";
        let took = "took it | R-318 | Whitcombe answered the call, pressed 4";
        assert_eq!(named(pushed, took), "Whitcombe");
        let beep = "beep #5512 -> andras (sms+voice): edge answers 5xx";
        assert_eq!(named(beep, "beep #5512 taken"), "andras");
        let posted = "waiter: #ops: @rhea W-88 \"menus\" fails from sgp";
        assert_eq!(named(posted, "waiter: W-88 is yours"), "rhea");
        // the kind of the id is nobody, and no state of a cell is
        let sms = "gateway SMS an Nr 402, Vorgang 5512";
        assert_eq!(named(sms, "gateway Antwort: Vorgang 5512 uebernommen"), "");
        assert_eq!(named("api;Down;502", "api;Down (Acknowledged);kim"), "");
    }
}
