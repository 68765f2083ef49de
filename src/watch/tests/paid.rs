//! What is reported where inferences cost more than may be spent on them.

use super::*;

/// Requests each five seconds, of which all fail in the first ten minutes of each second hour.
fn of_many_outages(hours: i64) -> Vec<u8> {
    let mut out = String::new();
    for s in (0..hours * 3600).step_by(5) {
        let fails = s >= 7200 && s % 7200 < 600;
        out += &format!(
            "198.51.100.{} - - [{:02}/Mar/2026:{:02}:{:02}:{:02} +0000] \"GET /cart HTTP/1.1\" {} 512 \"-\" \"-\"\n",
            s % 200,
            10 + s / 86_400,
            s / 3600 % 24,
            s / 60 % 60,
            s % 60,
            if fails { 502 } else { 200 },
        );
    }
    out.into_bytes()
}

#[test]
fn what_cannot_be_paid_for_is_opened_and_closed_by_its_requests_and_in_time() {
    let log = of_many_outages(96);
    let (events, _) = events_of(&log, &[10_000]);
    let of = |kind: &str| -> Vec<&Value> { events.iter().filter(|e| e["event"] == kind).collect() };
    let (opened, closed) = (of("incident_open"), of("incident_close"));
    assert_eq!(
        (opened.len(), closed.len(), of("retraction").len()),
        (47, 47, 0)
    );
    let seconds = |v: &Value| {
        let written = v.as_str().unwrap();
        let of = |at: usize| -> i64 { written[at..at + 2].parse().unwrap() };
        ((of(8) * 24 + of(11)) * 60 + of(14)) * 60 + of(17)
    };
    for (o, c) in opened.iter().zip(&closed) {
        assert_eq!(o["incident"], c["incident"]);
        let age = seconds(&o["seen_at"]) - seconds(&o["onset"]);
        assert!((60..=125).contains(&age), "{o}");
        assert_eq!(c["failed"], 120, "{c}");
        assert_eq!(c["state"], "recovered");
        let held = c["recovery_held_s"].as_i64().unwrap();
        assert!((600..=660).contains(&held), "{c}");
    }
    let unjudged = |all: &[&Value]| all.iter().filter(|e| e["suspects"].is_null()).count();
    let (opened, closed) = (unjudged(&opened), unjudged(&closed));
    assert!(
        opened > 10 && opened < 45 && closed > 20,
        "{opened} {closed}"
    );
}
