//! What people write while it lasts: how far it says what was found (see `remarks.txt` of the cases, too).

use super::*;

const ERROR: &str = "frobnication of basket 17 gave up";

impl World {
    /// A message of a chat.
    pub(super) fn writes(mut self, s: i64, text: &str) -> World {
        let n = self.remarks.len() as u64;
        let byte = 100 * n;
        let mut all = std::mem::take(&mut self.remarks);
        all.push(RemarkFact {
            time: at(s),
            by_minute: false,
            text: txt(text),
            author: txt("kim"),
            evidence: Evidence {
                byte,
                ..line(99, n + 1, text)
            },
            names: Default::default(),
            ties: Default::default(),
            tells: false,
            worth: 0,
        });
        self.remarks = super::super::read(&self.case(), all);
        self
    }
}

/// A release shortly before errors that say nothing.
fn released() -> World {
    let mut w = plain().release(-40, -20, "shop", "2.0.7");
    w.end = 1200;
    w.says(0, 900, "web-1", "shop", ERROR)
}

#[test]
fn what_was_found_is_listed() {
    let found = "pid 20988 (batch_export) sits on orders_2026 since 14:02";
    let w = released().writes(60, "checkout is down, anyone?");
    let w = w.writes(900, found);
    let case = w.case();
    assert_eq!(super::super::findings(&case)[0].text.for_json(), found);
}

#[test]
fn who_asks_or_offers_has_found_nothing() {
    let worth = |text: &str| released().writes(600, text).remarks[0].worth;
    assert!(worth("db1 is quiet, pool_a holds 12 of 200") > 0);
    assert_eq!(
        worth("db1 is quiet, pool_a holds 12 of 200. shall I pull it?"),
        0
    );
    assert!(worth("no, fk from pool_a") < worth("fk from pool_a"));
}

#[test]
fn the_name_that_people_come_to_stands_out() {
    let w = released().writes(60, "checkout is down, anyone?");
    let w = w.writes(200, "that must be 2.0.7, it went out just before");
    let w = w.writes(900, "pid 20988 (batch_export) sits on orders");
    let w = w.writes(1100, "killed batch_export, looks better");
    let all = crate::cause::likely::likely(&w.case());
    assert_eq!(all[0].name, "batch_export");
    let whole: f64 = all.iter().map(|l| l.share).sum();
    assert!((whole - 1.0).abs() < 1e-9);
    // the release is a suspect all the same, and none that is sure
    let ranking = w.rank();
    let release = ranking
        .causes
        .iter()
        .find(|c| c.class == CauseClass::Deploy);
    assert!(release.is_some_and(|c| c.score < 0.8), "{release:?}");
}
