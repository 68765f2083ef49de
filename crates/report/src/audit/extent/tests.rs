//! Tests of when an outage began and ended, by documents that say it in many ways.

use crate::audit::tests::audited;
use crate::audit::{Document, judge};
use coroner_lines::time::{civil_from_days, days_from_civil};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Start, end and what was found of a document.
fn judged(text: &str) -> (Option<String>, Option<String>, Vec<String>) {
    let doc = Document::read("x", text);
    let j = judge(&doc, None, &BTreeSet::new());
    let found = j.findings.iter().map(|f| f.id.to_owned()).collect();
    (j.start, j.end, found)
}

#[test]
fn the_surest_evidence_shows_it() {
    for (text, want) in audited("extent") {
        let text = text.replace("\\n", "\n");
        let (s, e, found) = judged(&format!("# Report\n\n## Summary\n\n{text}\n"));
        let shown = |at: Option<String>| at.unwrap_or_else(|| "-".into());
        assert_eq!(format!("{} {}", shown(s), shown(e)), want, "{text}");
        assert!(!found.contains(&"agree.date".to_owned()), "{text}");
    }
}

#[test]
fn what_may_say_how_long_it_was_is_not_missing() {
    crate::tests::holds("says how long it was", |text| {
        let (_, _, found) = judged(&format!("# Report\n\n## Summary\n\n{text}\n"));
        !found.contains(&"duration.missing".to_owned())
    });
}

#[test]
fn a_sentence_of_two_days_does_not_contradict_itself() {
    let (_, _, found) = judged(
        "# Report\n\n## Summary\n\nOn 3 Sep 2021, at 21:40 UTC, an outage began; it was over, as far as we know, on 4 Sep 2021. \
         The outage of 3 Sep 2021 hit the shop, and until 4 Sep 2021 errors occurred.\n",
    );
    assert!(!found.contains(&"agree.date".to_owned()), "{found:?}");
    let (_, _, found) = judged(
        "# Report\n\n## Summary\n\nAn outage occurred on 3 Sep 2021 at 21:40 UTC.\n\n## Impact\n\nThe outage occurred on 5 Sep 2021.\n",
    );
    assert!(found.contains(&"agree.date".to_owned()), "{found:?}");
}

/// How a span is written.
#[derive(Clone, Copy, Debug)]
struct Style {
    date: usize,
    twelve: bool,
    /// Where date and zone stand around the clock.
    order: usize,
    zone: usize,
    /// The zone stands at the end only.
    late: bool,
    /// Both ends have dates, or one before or behind the span.
    dates: usize,
    words: usize,
    about: bool,
}

const ZONES: [(&str, i64); 5] = [
    ("UTC", 0),
    ("EAT", 180),
    ("GMT + 1", 60),
    ("PST", -480),
    ("West Africa Time", 60),
];
const WORDS: [(&str, &str, &str); 6] = [
    ("Between ", " and ", ", customers had difficulties."),
    ("From ", " to ", " the shop was down."),
    ("from ", " until ", ", errors were served."),
    ("Incident window: ", " - ", ""),
    ("Duration: ", " – ", ""),
    ("Logins failed from ", " through ", "."),
];

impl Style {
    fn date(&self, day: i64) -> String {
        let (y, m, d) = civil_from_days(day);
        let name = coroner_lines::time::MONTHS[m as usize - 1];
        match self.date {
            0 => format!("{d} {} {y}", &name[..3]),
            1 => format!("{name} {d}, {y}"),
            2 => format!("{y:04}-{m:02}-{d:02}"),
            _ => format!("{d}th of {name} {y}").replace("1th", "1st"),
        }
    }

    fn clock(&self, minute: i64) -> String {
        let (h, m) = (minute / 60 % 24, minute % 60);
        let about = if self.about { "approximately " } else { "" };
        match self.twelve {
            true => {
                let half = if h < 12 { "AM" } else { "PM" };
                format!("{about}{}:{m:02} {half}", (h + 11) % 12 + 1)
            }
            false => format!("{about}{h:02}:{m:02}"),
        }
    }

    fn end(&self, minute: i64, dated: bool, zoned: bool) -> String {
        let clock = self.clock(minute);
        let zone = if zoned { ZONES[self.zone].0 } else { "" };
        let day = self.date(minute.div_euclid(1440));
        let text = match (dated, self.order) {
            (false, _) => format!("{clock} {zone}"),
            (true, 0) => format!("{day} {clock} {zone}"),
            (true, 1) => format!("{clock} {zone} on {day}"),
            (true, 2) => format!("{clock} on {day} {zone}"),
            (true, 3) => format!("{day}, at {clock} {zone}"),
            (true, _) => format!("{clock}, {day} ({zone})"),
        };
        text.replace("()", "").replace("  ", " ").trim().to_owned()
    }

    fn span(&self, a: i64, b: i64) -> String {
        let (head, join, tail) = WORDS[self.words];
        let same = a.div_euclid(1440) == b.div_euclid(1440);
        let (x, y) = match self.dates {
            // one date behind
            1 if same => (self.end(a, false, !self.late), self.end(b, true, true)),
            // one before
            2 if b - a < 1440 && self.words != 3 => {
                let on = format!("On {}, ", self.date(a.div_euclid(1440)));
                let (x, y) = (self.end(a, false, !self.late), self.end(b, false, true));
                let next = if same { "" } else { " the next day" };
                return format!("{on}{}{x}{join}{y}{next}{tail}", head.to_lowercase());
            }
            _ => (self.end(a, true, !self.late), self.end(b, true, true)),
        };
        format!("{head}{x}{join}{y}{tail}")
    }
}

proptest! {
    #[test]
    fn a_span_is_read_in_whatever_order_it_is_written(
        from in 0i64..15 * 365 * 1440,
        minutes in prop_oneof![5i64..600, 5i64..1439, 1441i64..4 * 1440],
        (date, twelve, order, zone, late) in (0usize..4, any::<bool>(), 0usize..5, 0usize..5, any::<bool>()),
        (dates, words, about) in (0usize..3, 0usize..6, any::<bool>()),
    ) {
        let style = Style { date, twelve, order, zone, late, dates, words, about };
        // "GMT + 1" and a number behind it are one
        prop_assume!(!(zone == 2 && matches!(order, 2)));
        let a = days_from_civil(2015, 1, 1) * 1440 + from;
        let b = a + minutes;
        let text = style.span(a, b);
        let minute = |m: i64| {
            let off = ZONES[zone].1;
            let sign = if off < 0 { '-' } else { '+' };
            format!(
                "{}T{:02}:{:02}:00{sign}{:02}:{:02}",
                super::super::date::iso(m.div_euclid(1440)), m / 60 % 24, m % 60, off.abs() / 60, off.abs() % 60
            )
        };
        let (start, end, found) = judged(&format!("# Report\n\n## Summary\n\n{text}\n"));
        prop_assert_eq!((start, end), (Some(minute(a)), Some(minute(b))), "{}", text);
        prop_assert!(!found.iter().any(|f| f == "agree.date" || f == "duration.missing"), "{}: {:?}", text, found);
    }
}
