//! What people write while it lasts: whom they name, whom they rule out, and what they found that no suspect is.

use super::*;

fn score(r: &Ranking, class: CauseClass) -> f64 {
    suspect(r, class).map_or(0.0, |c| c.score)
}

const ERROR: &str = "frobnication of basket 17 gave up";

impl World {
    /// A message of a chat.
    fn writes(mut self, s: i64, text: &str) -> World {
        let n = self.remarks.len() as u64;
        let byte = 100 * n;
        let mut all = std::mem::take(&mut self.remarks);
        all.push(RemarkFact {
            time: at(s),
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
fn who_is_named_is_more_likely_and_who_is_ruled_out_less() {
    let of = |text: &str| score(&released().writes(600, text).rank(), CauseClass::Deploy);
    let nobody = of("looking");
    assert!(of("it is 2.0.7, the new basket code") > nobody);
    for denied in [
        "so not 2.0.7",
        "2.0.7 is gone and it goes on. it wasn't 2.0.7",
        "2.0.6 l\u{e4}uft wieder, also nicht 2.0.7",
    ] {
        assert!(of(denied) < nobody, "{denied}");
    }
    // who asks does not know
    assert_eq!(of("was it 2.0.7?"), nobody);
    // what is told of it is no denial
    for told in [
        "2.0.7 som ikke er ferdig",
        "it is 2.0.7 that did not come back",
    ] {
        assert!(of(told) > nobody, "{told}");
    }
}

#[test]
fn what_is_written_last_counts() {
    let w = released().writes(300, "2.0.7 must be it");
    let before = score(&w.rank(), CauseClass::Deploy);
    let w = w.writes(700, "no change with the old one, so not 2.0.7");
    assert!(score(&w.rank(), CauseClass::Deploy) < before);
}

#[test]
fn what_was_found_and_no_line_states_is_what_is_not_known() {
    let mut w = plain().says(0, 900, "web-1", "shop", ERROR);
    w.end = 1200;
    let w = w.writes(60, "checkout is down, anyone?");
    let found = "pid 20988 (batch_export) sits on orders_2026 since 14:02";
    let w = w
        .writes(900, found)
        .writes(1500, "I will write it up, see RUN-17 and db_notes.md");
    let r = w.rank();
    refuses(&r);
    leads(&r, CauseClass::Unknown);
    let named = r.causes[0].culprit.as_ref().map(|c| c.name.for_json());
    assert_eq!(named, Some(found), "{}", show(&r));
    let case = w.case();
    let findings = super::super::findings(&case);
    assert_eq!(findings[0].text.for_json(), found);
}

#[test]
fn who_reads_an_error_out_has_found_nothing() {
    let of = |said: &str| {
        let error = "basket_lines of shop_core: grp-17 gave up";
        let mut w = plain().says(0, 900, "web-1", "shop", error);
        w.end = 1200;
        show(&w.writes(900, said).rank())
    };
    let another = "The chat names something";
    let read_out = of("got it: 'basket_lines of shop_core: grp-17 gave up'");
    assert!(!read_out.contains(another), "{read_out}");
    let found = of("basket_lines of shop_core: grp-17 is held by export_job");
    assert!(found.contains(another), "{found}");
}

#[test]
fn what_is_established_by_the_logs_is_not_overturned() {
    let full = "write failed: No space left on device";
    let w = plain().says(0, 900, "web-1", "shop", full);
    let mut w = w.fault(-5, CauseClass::Disk, "web-1", "kernel", full);
    w.end = 1200;
    let r = w
        .writes(900, "queue_depth of mq-7 is at 31,000, see board_12")
        .rank();
    leads(&r, CauseClass::Disk);
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
fn who_puts_a_version_back_has_not_said_what_failed() {
    let said = "shop_api, pool_a and basket_x went out, putting 1.87.3 back";
    let named = |rolls: bool| {
        let mut w = plain().says(0, 900, "web-1", "shop", "frobnication of basket 17 gave up");
        w = w.event(300, MarkerKind::HumanNote, "", "", "1.87.3", said);
        w.events[0].evidence[0] = Evidence {
            byte: if rolls { 0 } else { 7 },
            ..line(99, 1, said)
        };
        let r = w.writes(300, said).rank();
        let unknown = r.causes.iter().find(|c| c.class == CauseClass::Unknown);
        format!("{:?}", unknown.map(|c| &c.culprit))
    };
    assert!(
        named(false).contains("putting 1.87.3 back"),
        "{}",
        named(false)
    );
    assert!(
        !named(true).contains("putting 1.87.3 back"),
        "{}",
        named(true)
    );
}
