//! Reports on logs that are odd as a whole: very many incidents, next to nothing, very many hosts, names that want to
//! write to the screen; and templates of the user's that fail. Every form is made, bounded, and says what it leaves out.

use super::{LINE, folder, report, run};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn access(second: usize, client: usize, status: u32) -> String {
    let (d, h, m, s) = (
        second / 86_400 + 4,
        second / 3600 % 24,
        second / 60 % 60,
        second % 60,
    );
    format!(
        "203.0.113.{} - - [{d:02}/Mar/2024:{h:02}:{m:02}:{s:02} +0000] \"GET / HTTP/1.1\" {status} 9 \"-\" \"m\"\n",
        client % 200
    )
}

/// Every form of one run, written to files: JSON, Markdown, HTML, rows, screen.
fn forms(dir: &Path, args: &[&str]) -> [String; 5] {
    let out = tempfile::tempdir().unwrap();
    let path = |name: &str| out.path().join(name).to_str().unwrap().to_owned();
    let files = ["r.json", "r.md", "r.html", "r.csv"].map(path);
    let words = files.iter().flat_map(|f| ["-o", f.as_str()]);
    let words: Vec<&str> = words.chain(args.iter().copied()).collect();
    let (code, screen, err) = run(dir, &words);
    assert_eq!(code, 0, "{err}");
    let [json, md, html, csv] = files.map(|f| fs::read_to_string(f).unwrap());
    [json, md, html, csv, screen]
}

#[test]
fn fifty_incidents_have_an_index_and_a_section_each_in_every_form() {
    // two requests a second; each hour ten minutes fail
    let mut log = String::new();
    for s in (0..50 * 3600).step_by(2) {
        let status = if (1800..2400).contains(&(s % 3600)) {
            502
        } else {
            200
        };
        log.push_str(&access(s, s, status));
    }
    let dir = folder(&[("a.log", log.as_bytes())]);
    let [json, md, html, _, screen] = forms(dir.path(), &["a.log"]);
    let v: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(v["incidents"].as_array().unwrap().len(), 50);
    assert!(html.contains("<h1 id=\"incidents\">50 incidents</h1>"));
    for n in 1..=50 {
        let article = format!("<article class=\"one\" id=\"i{n}\"");
        assert!(
            html.contains(&format!("href=\"#i{n}\"")) && html.contains(&article),
            "{n}"
        );
        assert!(screen.contains(&format!("INCIDENT {n} of 50")), "{n}");
    }
    assert_eq!(md.matches("## Timeline").count(), 50);
    assert!(html.len() < 2_000_000, "{}", html.len());
    // one of them, as it can be sent
    let [_, _, html, _, screen] = forms(dir.path(), &["a.log", "--incident", "17"]);
    assert!(screen.contains("INCIDENT  5xx") && !screen.contains(" of 50"));
    assert!(html.len() < 300_000, "{}", html.len());
}

#[test]
fn one_request_is_too_little_and_said_in_every_form() {
    for status in [200, 502] {
        let dir = folder(&[("a.log", access(0, 1, status).as_bytes())]);
        let [json, md, html, csv, screen] = forms(dir.path(), &["a.log"]);
        assert!(json.contains("\"verdict\": \"insufficient\""));
        assert!(
            screen.contains("Not enough data to say: 1 request in"),
            "{screen}"
        );
        // under its heading, which says no more than that
        let heading = "# Not enough data to say\n";
        assert!(
            md.starts_with(heading) && md.contains("\n1 request in"),
            "{md}"
        );
        let heading = "<h1>Not enough data to say</h1><p class=\"lead\">1 request in";
        assert!(html.replace('\n', "").contains(heading), "{html}");
        assert_eq!(csv.lines().count(), 1 + usize::from(status == 502));
    }
}

#[test]
fn without_a_pager_or_deploy_log_nothing_is_made_up() {
    let log: String = (0..3600)
        .map(|s| access(s, s, if (1200..1800).contains(&s) { 502 } else { 200 }))
        .collect();
    let dir = folder(&[("a.log", log.as_bytes())]);
    let (_, v, _) = report(dir.path(), &["a.log"]);
    let i = &v["incidents"][0];
    for d in [
        "detect_s",
        "acknowledge_s",
        "decide_s",
        "rollback_s",
        "after_rollback_s",
        "lead_s",
    ] {
        assert!(i["durations"][d].is_null(), "{d}");
    }
    assert_eq!(i["durations"]["recover_s"], 599);
    assert_eq!(i["phases"].as_array().unwrap().len(), 1);
    let [_, md, html, _, screen] = forms(dir.path(), &["a.log"]);
    for text in [&md, &html, &screen] {
        assert!(text.contains("no application, pager or deploy log was recognised"));
        assert!(!text.contains("NaN") && !text.contains("null"));
    }
    assert!(md.contains("not recognised in the logs"));
}

#[test]
fn ten_thousand_hosts_are_counted_and_a_bounded_number_is_shown() {
    let mut log = String::new();
    for s in 0..3600u32 {
        for k in 0..5u32 {
            let host = (s * 5 + k) % 10_000;
            let status = if (1200..1800).contains(&s) && host % 3 == 0 {
                500
            } else {
                200
            };
            write!(
                log,
                "Mar  4 08:{:02}:{:02} web-{host}.rack{} nginx: {}",
                s / 60,
                s % 60,
                host % 40,
                access(8 * 3600 + s as usize, host as usize, status)
            )
            .unwrap();
        }
    }
    let dir = folder(&[("syslog", log.as_bytes())]);
    let begun = std::time::Instant::now();
    let [json, md, html, csv, screen] = forms(dir.path(), &["syslog"]);
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    let v: serde_json::Value = serde_json::from_str(&json).unwrap();
    let hosts = v["incidents"][0]["impact"]["by_host"].as_array().unwrap();
    assert!((2..=30).contains(&hosts.len()), "{}", hosts.len());
    assert!(json.len() < 2_000_000, "{}", json.len());
    assert!(html.len() < 600_000, "{}", html.len());
    assert!(screen.lines().count() < 200 && md.len() < 100_000 && csv.len() < 500_000);
}

#[test]
fn names_that_control_or_turn_text_are_shown_as_what_they_are() {
    let evil = "w\u{1b}]0;x\u{7}\u{202e}gol.\u{200b}1";
    let json = serde_json::to_string(evil).unwrap();
    let mut log = String::new();
    for s in 0..3600 {
        let status = if (1200..1800).contains(&s) { 500 } else { 200 };
        writeln!(
            log,
            "{{\"time\":\"2024-03-04T08:{:02}:{:02}Z\",\"hostname\":{json},\"service\":\"\u{5e9}\u{5dc}\u{5d5}\u{5dd}\u{202e}\",\"method\":\"GET\",\"path\":\"/x\",\"status\":{status}}}",
            s / 60,
            s % 60
        )
        .unwrap();
    }
    let name = format!("{}.jsonl", evil.replace('/', "_"));
    let dir = folder(&[(name.as_str(), log.as_bytes())]);
    let all = forms(dir.path(), &[".", "--show-names", "--template", "google"]);
    for text in &all {
        let bad = |c: char| {
            (c.is_control() && c != '\n')
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || ('\u{200b}'..='\u{200f}').contains(&c)
        };
        assert_eq!(text.find(bad), None);
        assert!(text.contains("u{202e}"), "it is shown as what it is");
    }
}

/// Every line that the program writes for people, in whatever way it is asked.
fn text_of(dir: &Path, logs: &str) -> String {
    let asked: [&[&str]; 9] = [
        &["-v", "--width", "60"],
        &["--as", "md", "-v"],
        &["--as", "md", "--template", "google"],
        &["timeline"],
        &["timeline", "--as", "md"],
        &["explain", "A"],
        &["explain", "verdict"],
        &["audit", "--", "pm.md"],
        &["formats", "--try"],
    ];
    let mut all = String::new();
    for args in asked {
        let (_, out, err) = run(dir, &[args, &[logs]].concat());
        all += &format!("{args:?}\n{out}{err}");
    }
    all
}

#[test]
fn names_are_no_commands_to_a_build_server() {
    let name = "::error::x";
    let mut log = String::new();
    for s in 0..3600 {
        let status = if (1200..1800).contains(&s) { 500 } else { 200 };
        writeln!(
            log,
            "{{\"time\":\"2024-03-04T08:{:02}:{:02}Z\",\"level\":\"{}\",\"message\":\"::error::m ##[error]m\",\"hostname\":\"{name}\",\"service\":\"{name}\",\"version\":\"{name}\",\"upstream\":\"{name}\",\"method\":\"GET\",\"path\":\"{name}\",\"status\":{status}}}",
            s / 60,
            s % 60,
            if status == 500 { "ERROR" } else { "INFO" }
        )
        .unwrap();
    }
    log += "::error::nothing that is understood\n";
    let dir = folder(&[
        (&format!("logs/{name}"), log.as_bytes()),
        (&format!("logs/{name}.bin"), b"\x7fELF\x02\x01"),
        (&format!("logs/{name}.empty"), b""),
        (
            "pm.md",
            format!("# ::error::x\n\nStart: 08:20\n\n::error::y at {name}, 08:00\n").as_bytes(),
        ),
    ]);
    for logs in ["logs".to_owned(), format!("logs/{name}")] {
        let text = text_of(dir.path(), &logs);
        assert!(text.contains("\\x3a:error::x"), "the name is told: {text}");
        for l in text.lines() {
            let command = l.trim_start().starts_with("::") || l.contains("##[");
            assert!(!command, "{l}\n{text}");
        }
    }
}

#[test]
fn a_template_that_fails_is_reported_with_its_line_and_writes_nothing() {
    let dir = folder(&[("a.log", LINE.as_bytes()), ("outside.j2", b"no")]);
    let file = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    fs::create_dir(dir.path().join("t")).unwrap();
    for (text, says) in [
        ("# x\n{{ no_such_name }}\n", ":2: "),
        (
            "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
            "ran out of fuel",
        ),
        ("{% for a in [1] %}", ":1: syntax error"),
        (
            "{% include \"../outside.j2\" %}",
            "only files of the template's own folder",
        ),
        ("{{ verdict|no_such_filter }}", "no_such_filter"),
        ("{{ 1 / 0 }}", ":1: invalid"),
        (
            "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}",
            "recursion limit",
        ),
    ] {
        file("t/t.md.j2", text);
        let (code, out, err) = run(
            dir.path(),
            &["a.log", "--md", "pm.md", "--template", "t/t.md.j2"],
        );
        assert_eq!((code, out.as_str()), (2, ""), "{text}: {err}");
        assert!(
            err.starts_with("error: ") && err.contains(says),
            "{text}: {err}"
        );
        assert!(err.contains("help: "), "{text}: {err}");
        assert!(!dir.path().join("pm.md").exists(), "{text}");
    }
}
