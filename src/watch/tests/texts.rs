//! Whether what events say is true when it is said, and whether it is said once.

use super::as_written::{Script, clock, events_live, incidents, requests};
use super::line;
use serde_json::Value;

/// The texts of events of a kind, with the second in which each was said.
fn texts<'e>(all: &'e [(i64, Value)], event: &str) -> Vec<(i64, &'e str)> {
    let of_kind = all.iter().filter(|(_, e)| e["event"] == event);
    of_kind
        .map(|(s, e)| (*s, e["text"].as_str().unwrap_or_default()))
        .collect()
}

#[test]
fn a_silence_is_reported_while_it_lasts_and_not_when_lines_come_again() {
    // whether others speak meanwhile, or all stops
    for others in [2600, 0] {
        let mut script = Script::new();
        requests(&mut script, 0, 900, |_| false);
        requests(&mut script, 1310, 2600, |_| false);
        for s in (0..others).step_by(10) {
            let text = format!("{}Z INFO cron: job {s} is done\n", clock(s));
            script.entry(s).or_default().push((1, text));
        }
        let all = events_live(&["access.log", "cron.log"], &script, 2600, &[]);
        let said = texts(&all, "incident_update");
        let during = said.iter().filter(|t| t.0 < 1310).count();
        assert_eq!(during, 2, "at 2 and 5 minutes: {said:?}");
        for (s, text) in &said {
            let goes_on = text.starts_with("still going on: access.log silent since 10:15:00");
            assert_eq!(goes_on, *s < 1310, "{s}: {text}");
            let since = text.split("as usual since ").nth(1);
            assert!(since.is_none_or(|t| t >= "10:21:50"), "{s}: {text}");
        }
        let ten = said.iter().filter(|t| (1500..1515).contains(&t.0)).count();
        assert_eq!(ten, 1, "at 10 minutes: {said:?}");
        let closed = texts(&all, "incident_close");
        assert!(closed[0].1.contains("; access.log silent"), "{closed:?}");
    }
}

#[test]
fn what_is_slow_is_called_that_and_is_over_ten_minutes_after_it_was() {
    let mut script = Script::new();
    for n in 0..12_000 {
        let took = if (7200..8640).contains(&n) { 9.5 } else { 0.05 };
        let text = format!(
            "{} {:.3}\n",
            line(n, 200).trim_end(),
            took + (n % 10) as f64 / 200.0
        );
        script.entry(n / 2).or_default().push((0, text));
    }
    let all = events_live(&["access.log"], &script, 6000, &[]);
    let opened = texts(&all, "incident_open");
    assert!(
        opened[0].1.starts_with("slow responses since 11:00:0"),
        "{opened:?}"
    );
    for (s, text) in texts(&all, "incident_update") {
        assert_eq!(
            text.starts_with("still going on: slow"),
            s < 4390,
            "{s}: {text}"
        );
    }
    let closed = texts(&all, "incident_close");
    assert!((4910..=5010).contains(&closed[0].0), "{closed:?}");
}

#[test]
fn a_tally_that_runs_on_and_an_onset_that_wavers_are_not_corrected() {
    let mut script = Script::new();
    // from 11:00 on more and more fail
    let fails = |n: i64| n >= 7200 && n % 100 < ((n - 7200) / 24).min(80);
    requests(&mut script, 0, 5400, fails);
    for n in (7200..10_800).filter(|n| fails(*n)) {
        let text = format!(
            "{}Z ERROR shop: cannot connect to db-1:5432: connection refused\n",
            clock(n / 2)
        );
        script.entry(n / 2).or_default().push((1, text));
    }
    let all = events_live(&["access.log", "shop.log"], &script, 5400, &[]);
    let corrected: Vec<&Value> = all
        .iter()
        .map(|(_, e)| e)
        .filter(|e| e["event"] == "correction")
        .collect();
    let tallies = corrected.iter().filter(|e| e["text"].is_string());
    assert_eq!(tallies.count(), 0, "{corrected:?}");
    assert!(corrected.len() <= 1, "{corrected:?}");
    // and what was said is not said again at once
    let said = texts(&all, "incident_update");
    assert!(said.windows(2).all(|w| w[1].0 - w[0].0 >= 20), "{said:?}");
}

#[test]
fn requests_without_a_time_are_not_understood() {
    let mut script = Script::new();
    for n in 0..240 {
        let text = format!(
            "198.51.100.{} \"GET /cart HTTP/1.1\" 200 512 \"-\" \"Mozilla/5.0\"\n",
            n % 200
        );
        script.entry(n / 2).or_default().push((0, text));
    }
    let all = events_live(&["access.log"], &script, 120, &[]);
    let gaps = texts(&all, "gap");
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(gaps[0].1.contains("requests without a time"), "{gaps:?}");
}

#[test]
fn what_two_inputs_show_within_a_minute_is_one_suspicion_and_none_is_left() {
    let mut script = Script::new();
    for n in 0..4800 {
        let fails = |from: i64| (from..4200).contains(&n);
        // an API that calls another one, which stays away sooner
        for (f, from) in [(0, 3600), (1, 3640)] {
            let text = line(n, if fails(from) { 502 } else { 200 });
            script.entry(n / 2).or_default().push((f, text));
        }
    }
    let all = events_live(&["a/access.log", "b/access.log"], &script, 2400, &[]);
    let words: Vec<String> = incidents(&all).into_iter().map(|t| t.0).collect();
    let wanted = ["incident_suspected", "incident_open"];
    assert_eq!(words[..2], wanted, "{words:?}");
    let ids = all.iter().filter_map(|(_, e)| e["incident"].as_str());
    assert_eq!(
        ids.collect::<std::collections::BTreeSet<_>>().len(),
        1,
        "{all:?}"
    );
}

/// Three of four requests are refused for twelve minutes.
#[test]
fn everybody_who_is_refused_is_told_of_within_minutes() {
    let mut script = Script::new();
    for n in 0..12_000 {
        let refused = (4800..6240).contains(&n) && n % 4 > 0;
        let text = line(n, if refused { 401 } else { 200 });
        script.entry(n / 2).or_default().push((0, text));
    }
    let all = events_live(&["access.log"], &script, 6000, &[]);
    let events: Vec<(String, i64)> = incidents(&all);
    assert_eq!(events.len(), 3, "{events:?}");
    let suspected = all.iter().find(|e| e.1["event"] == "incident_suspected");
    let (s, suspected) = suspected.unwrap();
    assert!((2400..2440).contains(s), "{events:?}");
    assert_eq!(suspected["kind"], "refused");
    for event in ["incident_suspected", "incident_open", "incident_close"] {
        let said = texts(&all, event);
        assert!(said[0].1.contains(" were refused ("), "{said:?}");
    }
    assert!((2400..2640).contains(&events[1].1), "{events:?}");
}

#[test]
fn a_fall_of_the_traffic_is_told_while_it_lasts() {
    let mut script = Script::new();
    for n in 0..14_000 {
        let falls = (7200..9600).contains(&n) && n % 10 > 0;
        if !falls {
            script.entry(n / 2).or_default().push((0, line(n, 200)));
        }
    }
    let all = events_live(&["access.log"], &script, 7000, &[]);
    let events = incidents(&all);
    assert_eq!(events.len(), 3, "{events:?}");
    assert!((3700..3800).contains(&events[0].1), "{events:?}");
    assert!((3890..3960).contains(&events[1].1), "{events:?}");
    let opened = texts(&all, "incident_open");
    let said = "90 % fewer requests than usual since 11:00:00";
    assert!(opened[0].1.starts_with(said), "{opened:?}");
}
