//! The engine on logs made here: what it reports depends on the lines, and not on how they came.

mod as_written;
mod paid;
mod rolled;
mod texts;

use super::Watch;
use crate::analysis::Settings;
use coroner_core::plan::{PlanConfig, Sampled, plan};
use coroner_core::scan::ScanConfig;
use coroner_core::scan::live::Sequel;
use coroner_core::source::{BlockConfig, Cutter, STREAM_HEAD};
use coroner_core::summary::Axis;
use coroner_infer::infer::infer;
use coroner_lines::time::{HOUR, Instant, SECOND};
use coroner_report::report::json;
use proptest::prelude::*;
use serde_json::Value;
use std::sync::OnceLock;

/// 2026-03-10 10:00 UTC.
const TEN: i64 = 1_773_136_800;

fn watch() -> Watch {
    watch_of(&["stdin"])
}

/// A watch of inputs that are called so.
fn watch_of(names: &[&str]) -> Watch {
    let mut w = Watch::new(Settings::default(), TEN * SECOND).unwrap();
    for name in names {
        w.add(name, None);
    }
    w.start();
    w
}

/// What is reported of bytes that come in pieces of these lengths, over and over; and the report.
fn events_of(bytes: &[u8], pieces: &[usize]) -> (Vec<Value>, String) {
    events_with_pause(bytes, pieces, 0)
}

/// The same with so many seconds between two pieces.
fn events_with_pause(bytes: &[u8], pieces: &[usize], pause: i64) -> (Vec<Value>, String) {
    let mut w = watch();
    let mut from = 0;
    let mut now = TEN;
    for n in pieces.iter().cycle() {
        let to = (from + n).min(bytes.len());
        w.push(0, &bytes[from..to]).unwrap();
        now += pause;
        w.tick(now * SECOND).unwrap();
        from = to;
        if from == bytes.len() {
            break;
        }
    }
    let report = w.end().unwrap().unwrap();
    (w.events(), json::to_string(&report))
}

fn line(n: i64, status: u16) -> String {
    let s = n / 2;
    format!(
        "198.51.100.{} - - [10/Mar/2026:{:02}:{:02}:{:02} +0000] \"GET /cart/{} HTTP/1.1\" {status} 512 \"-\" \"Mozilla/5.0\"\n",
        n % 200,
        10 + s / 3600,
        s / 60 % 60,
        s % 60,
        n % 7,
    )
}

/// Requests of an hour with an outage, and lines of a deploy between them, of which one has more lines.
fn mixed() -> Vec<u8> {
    let mut out = String::new();
    for n in 0..7200 {
        let down = (3600..4800).contains(&n);
        out += &line(n, if down && n % 3 > 0 { 503 } else { 200 });
        if n == 3590 {
            out +=
                "2026-03-10T10:29:55Z INFO deployctl: rollout start service=cart version=4.12.0\n";
        }
        if n == 3700 {
            out += "2026-03-10T10:30:50Z ERROR cart: cannot reach database\njava.net.ConnectException: refused\n\tat db.Pool.get(Pool.java:12)\n";
        }
    }
    out.into_bytes()
}

fn in_one_go(bytes: &[u8]) -> String {
    let mut head = bytes[..bytes.len().min(STREAM_HEAD)].to_vec();
    if let (STREAM_HEAD.., Some(last)) = (head.len(), memchr::memrchr(b'\n', &head)) {
        head.truncate(last + 1);
    }
    let sample = Sampled {
        name: "stdin".into(),
        pieces: vec![head],
        ..Sampled::default()
    };
    let config = PlanConfig {
        newest_file_us: Some(TEN * SECOND),
        ..PlanConfig::default()
    };
    let plan = plan(&[sample], &config).unwrap();
    let all = BlockConfig {
        target: usize::MAX,
        ..BlockConfig::default()
    };
    let mut cutter = Cutter::new(all);
    cutter.push(bytes);
    cutter.end();
    let block = cutter.next(None).unwrap();
    let (part, _) = Sequel::default().read((&plan, 0), ScanConfig::default(), &block, true);
    let settings = Settings::default();
    let mut report = infer(&part, &settings.inference(&plan, Vec::new()));
    settings.finish(&mut report).unwrap();
    json::to_string(&report)
}

/// Lines of a sample of each format.
fn samples() -> &'static [Vec<Vec<u8>>] {
    static ALL: OnceLock<Vec<Vec<Vec<u8>>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/formats");
        let mut all: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|f| f.unwrap().path())
            .collect();
        all.sort();
        let all = all.iter().filter_map(|f| std::fs::read(f).ok());
        let lines = |t: Vec<u8>| {
            t.split_inclusive(|c| *c == b'\n')
                .take(200)
                .map(<[u8]>::to_vec)
                .collect()
        };
        all.map(lines).filter(|l: &Vec<_>| !l.is_empty()).collect()
    })
}

/// A line with a flaw: bytes that went, came or are not UTF-8, or no end.
fn flawed(line: &[u8], (kind, at): (u8, usize)) -> Vec<u8> {
    let mut line = line.to_vec();
    let at = at % line.len();
    match kind {
        0 => drop(line.drain(at..(at + 9).min(line.len()))),
        1 => line.insert(at, 0xc3),
        2 => line.insert(at, b'\n'),
        3 => line.retain(|c| *c != b'\n'),
        4 => line[at] = 0,
        5 => line = line[at..].to_vec(),
        _ => {}
    }
    line
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn mixtures_with_flaws_end_as_they_do_in_one_go(
        few in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1..6usize, (0..12u8, 0..300usize)), 1..60),
        pieces in prop::collection::vec(1..6000usize, 1..4),
        pauses in any::<bool>(),
    ) {
        let all = samples();
        let mut log = Vec::new();
        for (file, from, n, flaw) in &picks {
            let lines = few[file.index(few.len())].get(all);
            let from = from.index(lines.len());
            let some = &lines[from..(from + n).min(lines.len())];
            log.extend(some.iter().take(n - 1).flatten());
            log.extend(flawed(&some[some.len() - 1], *flaw));
        }
        prop_assume!(!log.is_empty());
        let (_, report) = events_with_pause(&log, &pieces, if pauses { 3 } else { 0 });
        prop_assert!(report == in_one_go(&log), "{}", String::from_utf8_lossy(&log));
    }
}

#[test]
fn how_lines_come_changes_nothing() {
    let log = mixed();
    let events = alike(&log, &[&[701][..], &[1 << 10, 7, 90_000], &[64 << 10]]);
    assert!(events.iter().any(|e| e["event"] == "incident_open"));
}

/// The events of a log of which the same is reported whatever the pieces in which it comes.
fn alike(log: &[u8], ways: &[&[usize]]) -> Vec<Value> {
    let (events, report) = events_of(log, &[log.len()]);
    assert_eq!(report, in_one_go(log));
    for pieces in ways {
        let (others, again) = events_of(log, pieces);
        assert_eq!(events, others, "{pieces:?}");
        assert_eq!(report, again, "{pieces:?}");
    }
    events
}

#[test]
fn an_input_that_must_be_read_in_order_is_reported_alike() {
    // one file after the other, as tail -F shows them
    let mut log = String::new();
    for n in 0..3000 {
        if n % 500 == 0 {
            log += &format!("==> web-{}/access.log <==\n", n / 500 % 2);
        }
        log += &line(n, if n > 1500 { 502 } else { 200 });
    }
    alike(log.as_bytes(), &[&[333][..], &[10_000, 1]]);
}

#[test]
fn records_that_are_more_than_lines_come_in_pieces_too() {
    let mut log = String::new();
    for n in 0..2000 {
        log += &format!(
            "__REALTIME_TIMESTAMP={}\n_HOSTNAME=web-1\nPRIORITY=6\nMESSAGE=line {n}\n\n",
            (TEN + n) * SECOND
        );
    }
    let whole = in_one_go(log.as_bytes());
    for pieces in [&[log.len()][..], &[333], &[10_000, 1]] {
        assert_eq!(events_of(log.as_bytes(), pieces).1, whole, "{pieces:?}");
    }
}

#[test]
fn lines_that_are_hours_late_are_counted() {
    let mut w = watch();
    let mut log: String = (0..2000).map(|n| line(n, 200)).collect();
    let late: String = (0..10)
        .map(|n| line(n, 200).replace(":10:00:", ":03:00:"))
        .collect();
    log += &late;
    log += &line(2000, 200);
    w.push(0, log.as_bytes()).unwrap();
    w.end().unwrap();
    let all = w.events();
    assert_eq!(all.last().unwrap()["late"], 10);
    assert_eq!(all.last().unwrap()["lines"], 2011);
}

#[test]
fn a_clock_that_is_set_back_stops_nothing() {
    let mut w = watch_of(&["access.log"]);
    let mut beats = |from: i64| {
        for s in 0..70 {
            w.push(0, line((from + s) * 2, 200).as_bytes()).unwrap();
            w.tick((TEN + from + s) * SECOND).unwrap();
        }
        let all = w.events();
        all.iter().filter(|e| e["event"] == "heartbeat").count()
    };
    assert_eq!(beats(3600), 2);
    assert_eq!(beats(0), 1);
}

#[test]
fn clocks_that_jump_hide_no_outage() {
    // lines of other years and hours among the requests, and then a clock that is two hours behind
    let mut log = String::new();
    for n in 0..7200 {
        let down = (3600..4200).contains(&n) || n >= 6600;
        let text = line(n, if down { 502 } else { 200 });
        log += &match n {
            1000 => text.replace("/2026:", "/1970:"),
            2000 => text.replace("/2026:", "/2031:"),
            3000..3010 => text.replace("2026:10:", "2026:07:"),
            6000.. => text.replace("2026:10:", "2026:08:"),
            _ => text,
        };
    }
    let (events, report) = events_of(log.as_bytes(), &[4000]);
    assert_eq!(report, in_one_go(log.as_bytes()));
    let of = |word: &str| -> Vec<String> {
        let all = events.iter().filter(|e| e["event"] == word);
        all.map(|e| e["onset"].as_str().unwrap()[11..16].to_owned())
            .collect()
    };
    assert_eq!(of("incident_suspected")[0], "10:30", "{events:?}");
    assert_eq!(of("incident_open")[0], "10:30", "{events:?}");
}

#[test]
fn the_only_line_of_an_input_shows_its_zone_however_long_it_waits_for_the_next() {
    for east in [-9, 0, 5] {
        let mut w = watch_of(&["access.log", "deploy.log"]);
        for s in 0..2400 {
            for n in s * 2..s * 2 + 2 {
                let status = if (1500..1800).contains(&s) { 502 } else { 200 };
                w.push(0, line(n, status).as_bytes()).unwrap();
            }
            if s == 640 {
                // the head of a record that may have more lines
                let text = format!(
                    "2026-03-10 {:02}:10:40,123 INFO deployctl: rollout start service=cart version=4.12.0\n",
                    10 + east
                );
                w.push(1, text.as_bytes()).unwrap();
            }
            w.tick((TEN + s) * SECOND + SECOND / 10).unwrap();
        }
        let all = w.events();
        let row = all.iter().find(|e| e["kind"] == "deploy_start").unwrap();
        assert_eq!(row["time"], "2026-03-10T10:10:40.123+00:00", "{row}");
        assert!(all.iter().all(|e| e["event"] != "correction"), "{all:?}");
        let updates = all.iter().filter(|e| e["event"] == "incident_update");
        let said: Vec<_> = updates.map(|e| e["text"].as_str().unwrap()).collect();
        // it failed until 10:30
        let failing = |text: &str| text.starts_with("still failing: 241 of 241 requests failed");
        let recovers = |text: &str| text.starts_with("recovering, as usual since 10:30:00: 600 ");
        assert!(
            failing(said[0]) && recovers(said[said.len() - 1]),
            "{said:?}"
        );
    }
}

#[test]
fn an_input_that_begins_later_leaves_the_clocks_of_the_others_as_they_are() {
    let mut w = watch_of(&["a.log", "access.log", "z.log"]);
    let shown = |w: &Watch| w.written(w.id(2), Axis::Wall, Instant(TEN * SECOND)) - TEN * SECOND;
    for s in 0..900 {
        let (h, m, sec) = (15 + s / 3600, s / 60 % 60, s % 60);
        let text = format!("2026-03-10 {h}:{m:02}:{sec:02},123 INFO shop: all is well\n");
        w.push(1, line(s * 2, 200).as_bytes()).unwrap();
        w.push(2, text.as_bytes()).unwrap();
        w.tick((TEN + s) * SECOND + SECOND / 10).unwrap();
    }
    assert_eq!(shown(&w), 5 * HOUR);
    w.push(0, line(1800, 200).as_bytes()).unwrap();
    w.push(1, line(1801, 200).as_bytes()).unwrap();
    w.plan_all().unwrap();
    assert_eq!((w.id(2), shown(&w)), (2, 5 * HOUR));
}

#[test]
fn each_minute_on_the_wall_it_says_that_it_is_alive() {
    let mut w = watch();
    for s in 0..185 {
        for n in s * 2..s * 2 + 2 {
            w.push(0, line(n, if n % 10 == 0 { 502 } else { 200 }).as_bytes())
                .unwrap();
        }
        w.tick((TEN + s + 3) * SECOND).unwrap();
    }
    // nothing comes any more
    w.tick((TEN + 245) * SECOND).unwrap();
    let all: Vec<Value> = w
        .events()
        .into_iter()
        .filter(|e| e["event"] == "heartbeat")
        .collect();
    assert_eq!(all.len(), 4, "{all:?}");
    let beat = &all[2];
    // a line was written two seconds before the tick that it came with
    assert!((2..=3).contains(&beat["lag_s"].as_i64().unwrap()), "{beat}");
    assert_eq!(beat["unparsed"], 0, "{beat}");
    let requests = beat["requests"].as_u64().unwrap();
    assert!((100..=125).contains(&requests), "{beat}");
    assert!(beat["failed"].as_u64().unwrap() >= 10, "{beat}");
    let lines = |e: &Value| e["lines"].as_u64().unwrap();
    assert!(lines(&all[0]) < lines(&all[1]) && lines(&all[2]) <= lines(&all[3]));
}

/// The gaps and the last event of a log of requests in some wrapper, of which some fail for two minutes.
fn wrapped_by(wrap: impl Fn(i64, &str) -> String) -> (Vec<Value>, Vec<Value>) {
    let mut w = watch();
    let mut all = Vec::new();
    for s in 0..600 {
        w.tick((TEN + s) * SECOND).unwrap();
        for n in s * 2..s * 2 + 2 {
            let status = if (600..840).contains(&n) { 502 } else { 200 };
            let line = line(n, status);
            let text = wrap(n, line.trim_end());
            w.push(0, format!("{text}\n").as_bytes()).unwrap();
        }
        all.extend(w.events());
    }
    w.end().unwrap();
    all.extend(w.events());
    let (gaps, all) = all.into_iter().partition(|e| e["event"] == "gap");
    (gaps, all)
}

/// Minutes and seconds of a line.
fn past_ten(n: i64) -> String {
    format!("{:02}:{:02}", n / 120, n / 2 % 60)
}

#[test]
fn requests_are_found_in_the_wrappers_of_shippers() {
    type Wrap = fn(i64, &str) -> String;
    let wrappers: [Wrap; 5] = [
        |n, l| serde_json::json!({"date": TEN as f64 + n as f64 / 2.0, "log": l}).to_string(),
        |_, l| serde_json::json!({"log": l}).to_string(),
        |n, l| serde_json::json!({"raw": l, "timestamp": (TEN + n / 2) as f64}).to_string(),
        |n, l| format!("<190>Mar 10 10:{} vm vm nginx: {l}", past_ten(n)),
        |n, l| format!("2026-03-10T10:{}+00:00 vm vm nginx: {l}", past_ten(n)),
    ];
    for (n, wrap) in wrappers.into_iter().enumerate() {
        let (gaps, all) = wrapped_by(wrap);
        assert!(gaps.is_empty(), "{n}: {gaps:?}");
        let opened = all.iter().filter(|e| e["event"] == "incident_open");
        assert_eq!(opened.count(), 1, "{n}: {all:?}");
    }
}

#[test]
fn an_input_that_ought_to_have_requests_and_gives_none_is_not_understood() {
    let (gaps, _) = wrapped_by(|_, l| serde_json::json!(["nginx", l]).to_string());
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0]["kind"], "not_understood");
    let text = |gaps: &[Value]| gaps[0]["text"].as_str().unwrap().to_owned();
    let all = "64 of 64 lines of stdin speak of requests";
    assert!(text(&gaps).contains(all), "{gaps:?}");
    // nothing of them is known at all
    let (gaps, _) = wrapped_by(|n, _| format!("~{n}~"));
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(text(&gaps).contains("are not understood"));
    // an error log speaks of requests and has none
    let (gaps, _) = wrapped_by(|n, _| {
        let time = past_ten(n);
        format!(
            "2026/03/10 10:{time} [error] 7#7: *1 open() \"/x\" failed (2: No such file), status: 404, request: \"GET /x HTTP/1.1\""
        )
    });
    assert!(gaps.is_empty(), "{gaps:?}");
}

#[test]
fn a_line_with_fewer_quotes_than_others_ends_where_it_ends() {
    let alb = "http 2026-03-10T13:05:04.000000Z app/shop/50dc6c495c0c9188 192.0.2.11:2821 - -1 -1 -1 400 - 0 272 \
        \"- http://www.example.com:80- -\" \"-\" - - - \"-\" \"-\" \"-\" - 2026-03-10T13:05:04.000000Z \"-\" \"-\" \"-\" \"-\"";
    let whole = format!("{alb} \"-\" \"-\" \"-\" TID_1234abcd5678ef90\n");
    // as many marks as in a whole line: two quotes fewer, two lines more
    let cut =
        format!("{alb} \"-\" \"-\" TID_1234abcd5678ef90\nProxy a stopped.\nProxy b stopped.\n");
    let log = [whole.repeat(4), cut, whole].concat();
    let (_, report) = events_of(log.as_bytes(), &[log.len()]);
    assert_eq!(report, in_one_go(log.as_bytes()));
    assert!(report.contains("\"lines\": 8"), "{report}");
}
