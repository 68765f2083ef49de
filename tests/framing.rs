//! How lines make records, for each kind of framing: which lines count, and that nothing depends on where an input is cut. And what
//! must not be lost: a marker's line in the file of another format, and a line four wrappers deep.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use coroner_core::plan::{Plan, PlanConfig, Sampled, plan};
use coroner_core::scan::{ScanConfig, Scanner};
use coroner_core::source::cut;
use coroner_core::summary::Part;
use coroner_infer::infer::{InferConfig, infer};
use coroner_lines::format::frame::FRAMES;
use coroner_lines::format::{FORMATS, Format, Framing};
use coroner_lines::record::MarkerKind;
use coroner_report::report::{Look, REPORTS};
use serde_json::Value;

fn planned(data: &[u8]) -> Plan {
    let sample = Sampled {
        name: "some.log".into(),
        member: None,
        modified_us: Some(1_773_190_800_000_000),
        pieces: vec![data.to_vec()],
    };
    plan(&[sample], &PlanConfig::default()).unwrap()
}

/// The part of an input that is read in blocks which end at these places.
fn part(plan: &Plan, data: &[u8], ends: &[usize]) -> Part {
    let mut s = Scanner::new(plan, 0, 0, ScanConfig::default());
    let mut from = 0;
    for end in ends.iter().copied().chain([data.len()]) {
        s.block(&data[from..end]);
        from = end;
    }
    s.finish()
}

/// Lines that begin a record, belong to one, and are not understood.
fn counts(data: &str) -> (u64, u64, u64) {
    let plan = planned(data.as_bytes());
    let part = part(&plan, data.as_bytes(), &[]);
    let a = &part.inputs[&0].accounting;
    assert_eq!(
        a.lines,
        a.parsed + a.continuation + a.unparsed + a.out_of_range
    );
    (a.parsed, a.continuation, a.unparsed)
}

fn formats(framing: Framing) -> impl Iterator<Item = &'static &'static dyn Format> {
    FORMATS.iter().filter(move |f| f.framing() == framing)
}

/// Ends of all lines.
fn ends(data: &[u8]) -> Vec<usize> {
    memchr::memchr_iter(b'\n', data).map(|n| n + 1).collect()
}

#[test]
fn a_line_is_a_record_whatever_stands_around_it() {
    let foreign = "~~~ nobody's ~~~";
    for f in formats(Framing::Line) {
        if f.sample().contains('\n') || f.parse(f.sample().as_bytes()).is_none() {
            continue;
        }
        let alone = counts(&format!("{}\n", f.sample()));
        let data = format!("{foreign}\n{0}\n{foreign}\n{0}\n", f.sample());
        assert_eq!(alone.0 + alone.1, 1, "{}", f.name());
        // in the log of a deploy tool a line without a time is a step
        let steps = 2 * u64::from(planned(data.as_bytes()).inputs[0].untimed);
        assert_eq!(
            counts(&data),
            (2 * alone.0 + steps, 2 * alone.1, 2 - steps),
            "{}: what stands around it is no part of it",
            f.name()
        );
    }
}

#[test]
fn a_head_has_the_lines_of_its_stack_and_no_other() {
    let stack = "java.io.IOException: no\n\tat com.acme.Pay.run(Pay.java:1)\n\nCaused by: java.net.ConnectException: refused\n\t... 12 more\n";
    let other =
        "203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"curl\"\n";
    for f in formats(Framing::Head) {
        let head = f.sample();
        let got = counts(&format!("{head}\n{stack}{head}\n{other}{head}\n"));
        assert_eq!(got, (4, 5, 0), "{}", f.name());
    }
}

/// As Nomad shows how far a deployment is: the time within the output, and below it, as far in, what was so then.
#[test]
fn a_time_alone_within_the_output_of_a_tool_dates_what_stands_as_far_in_below_it() {
    let head = "==> 2026-03-10T13:05:00Z: Monitoring deployment \"ee564492\"\n";
    let block = "    2026-03-10T13:05:50Z\n    ID          = ee564492\n    Description = Deployment completed successfully\n";
    let deeper = "      and what continues it\n";
    let data = [head, head, head, block, deeper, head].concat();
    // four heads and two lines of the block; the time states nothing, and what stands further in is of the line above it
    assert_eq!(counts(&data), (6, 2, 0));
    let part = part(&planned(data.as_bytes()), data.as_bytes(), &[]);
    let rows: Vec<_> = part.inputs[&0]
        .tracks()
        .flat_map(|(_, t)| t.markers.iter())
        .collect();
    let clock = |us: i64| us.rem_euclid(3_600_000_000) / 1_000_000;
    let said: Vec<_> = rows.iter().map(|m| (m.kind, clock(m.seen.us))).collect();
    assert_eq!(said, [(MarkerKind::DeployFinish, 350)]);
}

/// What stands below other records is theirs, however far in it stands, and whichever way those are read.
#[test]
fn a_time_alone_dates_nothing_behind_its_block() {
    let head =
        |n: u32| format!("2026-03-10 13:05:{n:02},000 INFO  [shop.worker] order {n} was sent\n");
    let block = "    2026-03-10T13:04:00Z\n    Description = Deployment is running\n";
    let more = "    Description = Deployment completed successfully\n";
    let heads: String = (0..40).map(head).collect();
    let data = [&heads, block, &heads, more, &heads, "\n", block, "\n", more].concat();
    let plan = planned(data.as_bytes());
    for plain in [false, true] {
        let mut s = Scanner::new(
            &plan,
            0,
            0,
            ScanConfig {
                plain,
                ..ScanConfig::default()
            },
        );
        s.block(data.as_bytes());
        let part = s.finish();
        let rows: Vec<_> = part.inputs[&0]
            .tracks()
            .flat_map(|(_, t)| &t.markers)
            .collect();
        assert_eq!(rows.len(), 0, "{plain} {rows:?}");
    }
}

#[test]
fn a_time_in_front_makes_no_head_of_a_line_that_no_format_reads() {
    // found by the fuzz target `job`: the second line looks like a row of W3C columns that no header names
    let data =
        b"2026-03-10T13:05:00.001+00:00 ERROR no\n2026-03-10 13:05:00.9\x0c0  WARN 1 --- x\n";
    let plan = planned(data);
    let input = &plan.inputs[0];
    let pieces = cut(data, 1, |d, at| input.begins_at(d, at));
    assert_eq!(pieces.len(), 1);
    assert_eq!(counts(std::str::from_utf8(data).unwrap()), (1, 0, 1));
}

#[test]
fn what_begins_like_a_record_and_is_not_understood_is_no_part_of_another() {
    for (name, data, want) in [
        (
            "a clock that is none",
            "20171223-22:15:29:606|Step|1|a\n20171223-22:75:0:1|Step|1|b\n20171223-22:16:9:15|Step|1|c\n",
            (2, 0, 1),
        ),
        (
            "a day that is none, and its stack",
            "2026-03-10 13:05:00,001 ERROR [a] no\n2026-03-32 13:05:01,002 ERROR [a] lost\njava.io.IOException: x\n\tat a.B.c(B.java:1)\n2026-03-10 13:05:02,003 INFO [a] on\n",
            (2, 2, 1),
        ),
        (
            "a level in front",
            "ERROR 2026-03-10 13:05:00,001 [a] no\nWARN 2026-03-10 13:65:00,002 [a] lost\nERROR in line 3\nERROR 2026-03-10 13:05:02,003 [a] no\n",
            (2, 1, 1),
        ),
        (
            "dates inside of texts",
            "2026-03-10 13:05:00,001 ERROR [a] no\ninsert into t values (\n'2026-03-10 13:05:00', 3)\nwhere at > '2026-03-32 13:05:00'\n2026-03-10 is the day\nCaused by: a.B: 2026-03-10 13:05:00 was\n{\"at\": \"2026-03-10T13:05:00Z\"}x\n 2026-03-10 13:05:00 in a text\n7 rows\n2026-03-10 13:05:02,003 INFO [a] on\n",
            (2, 8, 0),
        ),
    ] {
        assert_eq!(counts(data), want, "{name}");
        let plan = planned(data.as_bytes());
        let whole = part(&plan, data.as_bytes(), &[]);
        let pieces = cut(data.as_bytes(), 1, |d, at| plan.inputs[0].begins_at(d, at));
        assert!(pieces.len() > 1, "{name}");
        let ends: Vec<usize> = pieces.iter().map(|p| p.end).collect();
        let fed = part(&plan, data.as_bytes(), &ends[..ends.len() - 1]);
        assert_eq!(fed, whole, "{name}");
    }
}

#[test]
fn what_stands_below_a_message_is_more_of_it_and_torn_lines_are_damage() {
    let journal = "Mar 10 13:05:00 web-1 kernel[1]: dumped core\n";
    let stack =
        "                Stack trace of thread 7:\n                #0 0x7f2c n/a (a.so + 0x1)\n";
    let docker = r#"{"log":"ERROR no\n","stream":"stderr","time":"2026-03-10T13:05:00Z"}"#;
    let cloud = "2026-03-10T13:05:00.1+00:00 app/shop/91486db000cf [2026-03-10 13:05:00,100] ERROR shop no\n";
    let access =
        "10.0.0.7 - - [20/Nov/2026:06:33:18 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"curl\"\n";
    for (name, data, want) in [
        ("a journal", format!("{journal}{stack}{journal}"), (2, 2, 0)),
        (
            "a text within a wrapper",
            format!("{cloud}LINE 1: select\n\nThe above was the cause of:\n{cloud}"),
            (2, 3, 0),
        ),
        (
            "an object that is torn",
            format!("{docker}\n{}\n{docker}\n", &docker[..20]),
            (2, 0, 1),
        ),
        ("requests", format!("{access} torn\n{access}"), (2, 0, 1)),
    ] {
        assert_eq!(counts(&data), want, "{name}");
    }
}

#[test]
fn what_needs_earlier_lines_is_read_in_one_piece_and_may_be_fed_in_any() {
    for f in formats(Framing::Stateful) {
        let data = format!("{0}\n{0}\n", f.sample());
        assert!(planned(data.as_bytes()).inputs[0].whole, "{}", f.name());
    }
    for (name, data, want) in [
        (
            "columns that change in the middle",
            "#Fields: date time cs-uri-stem sc-status\n2026-03-10 13:05:00 /a 500\n#Fields: sc-status date time cs-uri-stem\n503 2026-03-10 13:05:01 /a\n",
            (2, 2, 0),
        ),
        (
            "a slow query in the second of the one before",
            "# Time: 2026-03-10T13:05:00.000000Z\n# User@Host: a[a] @ [10.0.0.1]\n# Query_time: 3.1  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 1\nSET timestamp=1773147900;\nselect 1;\n# User@Host: a[a] @ [10.0.0.1]\n# Query_time: 4.1  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 1\nSET timestamp=1773147900;\nselect 2;\n",
            (2, 7, 0),
        ),
        (
            "slow queries of a server that sets no timestamps",
            "# Time: 260310 13:05:00\n# User@Host: a[a] @ [10.0.0.1]\n# Query_time: 3  Lock_time: 0  Rows_sent: 1  Rows_examined: 1\nuse shop;\nselect 1\nfrom t;\n# User@Host: a[a] @ [10.0.0.1]\n# Query_time: 4  Lock_time: 0  Rows_sent: 1  Rows_examined: 1\nselect 2;\n",
            (2, 7, 0),
        ),
        (
            "time and text on two lines",
            "Mar 10, 2026 1:05:00 PM com.acme.Pay run\nSEVERE: no\njava.io.IOException: x\n\tat a.B.c(B.java:1)\nMar 10, 2026 1:05:01 PM com.acme.Pay run\nINFO: yes\n",
            (2, 4, 0),
        ),
        (
            "level and text on two lines",
            "fail: Shop.Pay[0]\n      no answer\ninfo: Shop.Pay[1]\n      done\n",
            (2, 2, 0),
        ),
        (
            "a text below a time",
            "Tue Mar 10 13:05:00 2026\nORA-00600: internal error\nTue Mar 10 13:05:01 2026\nthread advanced\n",
            (2, 2, 0),
        ),
    ] {
        assert_eq!(counts(data), want, "{name}");
        let plan = planned(data.as_bytes());
        assert!(plan.inputs[0].whole, "{name}");
        let whole = part(&plan, data.as_bytes(), &[]);
        for end in ends(data.as_bytes()) {
            let fed = part(&plan, data.as_bytes(), &[end]);
            assert_eq!(fed, whole, "{name} at {end}");
        }
    }
}

#[test]
fn a_document_may_be_fed_in_stretches_of_any_size() {
    for f in FRAMES.iter() {
        let data = f.sample.as_bytes();
        let plan = planned(data);
        let name = plan.inputs[0].frame.map(|f| f.name);
        assert_eq!(name, Some(f.name));
        let whole = part(&plan, data, &[]);
        assert!(whole.inputs[&0].accounting.parsed > 0, "{}", f.name);
        assert_eq!(whole.inputs[&0].accounting.unparsed, 0, "{}", f.name);
        for size in [1, 7, 64] {
            let cuts: Vec<usize> = (1..data.len()).step_by(size).collect();
            assert_eq!(part(&plan, data, &cuts), whole, "{} by {size}", f.name);
        }
    }
}

/// The rows of the report on one input: kind and line.
fn rows(data: &str) -> Vec<(String, u64)> {
    let plan = planned(data.as_bytes());
    let report = infer(part(&plan, data.as_bytes(), &[]), &InferConfig::default());
    let json = REPORTS
        .iter()
        .find(|r| r.name == "json")
        .unwrap()
        .render(&report, &Look::default());
    let json: Value = serde_json::from_str(&json).unwrap();
    let mut rows = Vec::new();
    for r in json["timeline"].as_array().unwrap() {
        let kind = r["kind"].as_str().unwrap().to_owned();
        for e in r["evidence"].as_array().unwrap() {
            rows.push((kind.clone(), e["line"].as_u64().unwrap()));
        }
    }
    rows
}

#[test]
fn a_marker_in_the_file_of_another_format_keeps_its_line() {
    let hosts = [
        (
            "access lines",
            r#"203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/8.5""#,
        ),
        (
            "JSON",
            r#"{"level":"error","time":"2026-11-20T06:33:18Z","msg":"no answer"}"#,
        ),
        (
            "a stack",
            "2026-11-20 06:33:18,123 ERROR [shop.pay] no\njava.io.IOException: x\n\tat a.B.c(B.java:1)",
        ),
        (
            "a statement over lines",
            "2026-11-20 06:33:18.123 UTC [77] ERROR:  no\n\tselect 1",
        ),
        (
            "HAProxy",
            r#"Nov 20 06:33:18 lb1 haproxy[532]: 127.0.0.1:39426 [20/Nov/2026:06:33:18.536] www app/web01 0/0/0/0/0 200 1369 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1""#,
        ),
        (
            "lines in wrappers",
            r#"{"log":"2026-11-20 06:33:18 INFO ok\n","stream":"stdout","time":"2026-11-20T06:33:18.1Z"}"#,
        ),
        ("lines that nobody knows", "~~~ nobody's ~~~"),
    ];
    let markers = [
        "2026-11-20T06:33:44.000001+00:00 web01 deploy[812]: rollback of shop to 4.1.0 started",
        "2026-11-20T06:33:44Z deployment.apps/shop rolled back",
        "ts=2026-11-20T06:33:44Z level=info app=shop msg=\"rolling back shop to 4.1.0\"",
        r#"{"level":"info","time":"2026-11-20T06:33:44Z","msg":"rolling back shop to 4.1.0"}"#,
        "2026-11-20 06:33:44,100 INFO rolling back shop to 4.1.0",
    ];
    for (name, host) in hosts {
        let around = format!("{host}\n").repeat(3);
        let line = around.lines().count() as u64 + 1;
        for marker in markers {
            let got = rows(&format!("{around}{marker}\n{around}"));
            let want = ("rollback_start".to_owned(), line);
            let applies = !marker.contains("deployment.apps") || name != "HAProxy";
            assert!(
                !applies || got.contains(&want),
                "{marker} among {name}: {got:?}"
            );
        }
    }
}

#[test]
fn a_line_four_wrappers_deep_counts() {
    let text =
        r#"level=error method=GET path=/pay status=503 duration=12ms msg="no answer" host=shop-1"#;
    let json = |v: &str| serde_json::to_string(v).unwrap();
    let shipped = format!(
        r#"{{"@timestamp":"2026-03-10T13:05:03Z","message":{},"log":{{"file":{{"path":"/a"}}}},"host":{{"name":"node-9"}}}}"#,
        json(text)
    );
    let cri = format!("2026-03-10T13:05:02.5+00:00 stdout F {shipped}");
    let docker = format!(
        r#"{{"log":{},"stream":"stdout","time":"2026-03-10T13:05:02.7Z"}}"#,
        json(&format!("{cri}\n"))
    );
    let prefixed = format!("[pod/web-7d-x/web] {docker}");
    for (deep, line) in [(1, shipped), (2, cri), (3, docker), (4, prefixed)] {
        let data = format!("{line}\n");
        let plan = planned(data.as_bytes());
        let part = part(&plan, data.as_bytes(), &[]);
        let input = &part.inputs[&0];
        assert_eq!(
            (input.accounting.parsed, input.accounting.unparsed),
            (1, 0),
            "{deep}"
        );
        let report = infer(&part, &InferConfig::default());
        assert_eq!(report.inputs[0].failed, 1, "{deep} deep: {line}");
    }
}
