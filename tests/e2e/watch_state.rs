//! Watches that end and are started again: they go on, and say what they may have missed.

use crate::common::Piped;
use crate::common::say;
use crate::running::{Running, nowhere};
use crate::watch::{minutes, of, outage, parsed};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A watch in a folder reads something to its end: what it shows. No number comes twice in that folder.
fn reads(dir: &Path, text: &str) -> Vec<Value> {
    let out = crate::common::coroner()
        .current_dir(dir)
        .args(["watch", "-", "--json", "--state", "s.cor", "-o", "r.json"])
        .write_stdin(text)
        .output()
        .unwrap();
    assert_eq!(
        out.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let file = dir.join("told");
    let before = fs::read(&file).unwrap_or_default();
    let all = [before, out.stdout.clone()].concat();
    fs::write(&file, &all).unwrap();
    let seq = |l: &[u8]| serde_json::from_slice::<Value>(l).unwrap()["seq"].as_u64();
    let lines = all.split(|c| *c == b'\n').filter(|l| !l.is_empty());
    let numbers: Vec<u64> = lines.filter_map(seq).collect();
    assert!(numbers.windows(2).all(|w| w[1] == w[0] + 1), "{numbers:?}");
    numbered(&out.stdout)
}

/// Events of which the first has any number.
fn numbered(lines: &[u8]) -> Vec<Value> {
    let first: Value =
        serde_json::from_slice(lines.split(|c| *c == b'\n').next().unwrap()).unwrap();
    let before = first["seq"].as_u64().unwrap() - 1;
    let text = String::from_utf8(lines.to_vec()).unwrap();
    let mut all = Vec::new();
    for line in text.lines() {
        let mut e: Value = serde_json::from_str(line).unwrap();
        e["seq"] = (e["seq"].as_u64().unwrap() - before).into();
        all.extend(format!("{e}\n").into_bytes());
    }
    parsed(&all)
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_run_in_three_pieces_is_one_run() {
    // the second begins in the incident; the first is too short to be planned by
    for log in [
        outage(),
        minutes(0, 2, 0) + &minutes(2, 10, 1) + &minutes(10, 22, 0),
    ] {
        let dir = nowhere();
        let lines: Vec<&str> = log.split_inclusive('\n').collect();
        let (a, b) = (lines.len() * 11 / 20, lines.len() * 3 / 4);
        let mut events = reads(dir.path(), &lines[..a].concat());
        events.extend(reads(dir.path(), &lines[a..b].concat()));
        events.extend(reads(dir.path(), &lines[b..].concat()));
        let got = fs::read_to_string(dir.path().join("r.json")).unwrap();
        fs::write(dir.path().join("all"), &log).unwrap();
        let whole = crate::common::coroner()
            .args(["-", "--as", "json"])
            .write_stdin(log.as_str())
            .output()
            .unwrap();
        assert!(got.as_bytes() == whole.stdout);
        assert!(of(&events, "gap").is_empty(), "{events:?}");
        // it is reported once, though it is seen three times
        assert_eq!(of(&events, "incident_suspected").len(), 1);
        assert_eq!(of(&events, "incident_open").len(), 1);
        let rows = of(&events, "marker");
        assert_eq!(
            rows.iter().filter(|r| r["kind"] == "first_5xx").count(),
            1,
            "{rows:?}"
        );
        let mode = fs::metadata(dir.path().join("s.cor"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let (code, out, err) = say(dir.path(), &["report", "s.cor", "--as", "json"]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("coroner.report"));
    }
}

#[test]
fn one_that_is_killed_goes_on_from_its_last_state_and_says_so() {
    let log = outage();
    let lines: Vec<&str> = log.split_inclusive('\n').collect();
    let half = lines.len() * 11 / 20;
    let mut w = Running::start(&["-", "--json", "--state", "s.cor"], nowhere());
    w.say(&lines[..half].concat());
    let state = w.path("s.cor");
    let saved = || -> u64 {
        let text = fs::read_to_string(&state).unwrap_or_default();
        let all: Value = serde_json::from_str(&text).unwrap_or_default();
        let feed = &all["body"][0]["settings"]["watch"]["feeds"][0];
        feed["lines"].as_u64().unwrap_or(0)
    };
    // the last line waits for the next one, beside the part
    w.until("a state with all of it", |_| saved() >= half as u64 - 1);
    w.child.kill().unwrap();
    w.child.wait().unwrap();
    let events = parsed(w.out().as_bytes());
    let dir = w.dir.path().to_owned();
    let again = reads(&dir, &lines[half..].concat());
    let gaps = of(&again, "gap");
    assert_eq!(
        (gaps.len(), &gaps[0]["kind"]),
        (1, &"restart".into()),
        "{gaps:?}"
    );
    assert_eq!(again.last().unwrap()["lines"], lines.len());
    let both = events.iter().chain(&again);
    assert_eq!(
        both.filter(|e| e["event"] == "incident_suspected").count(),
        1
    );
    let report = json(&dir.join("r.json"));
    assert_eq!(report["incidents"][0]["impact"]["failed"], 1200);
    let text = report["gaps"].to_string();
    assert!(text.contains("started again"), "{text}");
}

#[test]
fn files_lose_nothing_when_a_watch_is_killed_and_they_are_rotated_meanwhile() {
    let dir = nowhere();
    let (a, b) = (minutes(0, 35, 0), minutes(35, 60, 0));
    fs::write(dir.path().join("a.log"), &a).unwrap();
    let mut w = Running::start(&["a.log", "--json", "--state", "s.cor"], dir);
    let state = w.path("s.cor");
    w.until("a state", |_| state.exists());
    w.child.kill().unwrap();
    w.child.wait().unwrap();
    let path = w.dir.path().to_owned();
    fs::rename(path.join("a.log"), path.join("a.log.1")).unwrap();
    fs::write(path.join("a.log"), &b).unwrap();
    let kept = nowhere();
    for name in ["a.log", "a.log.1", "s.cor"] {
        fs::copy(path.join(name), kept.path().join(name)).unwrap();
    }
    let w = Running::start(&["a.log", "--json", "--state", "s.cor"], kept);
    w.until("a start", |w| w.out().contains("\"start\""));
    w.signal("TERM");
    w.until("its end", |w| w.out().contains("\"event\":\"end\""));
    let (code, out, err) = w.end();
    assert_eq!(code, Some(0), "{err}");
    let all = numbered(&out);
    assert_eq!(all.last().unwrap()["lines"], 7200);
    assert!(of(&all, "gap").is_empty(), "{all:?}");
}

#[test]
fn what_is_read_since_is_appended_to_a_large_state_and_a_cut_line_of_it_is_read_again() {
    let dir = nowhere();
    let logs = dir.path().join("logs");
    fs::create_dir(&logs).unwrap();
    let names = ["a.log", "b.log", "c.log", "d.log", "e.log", "f.log"];
    let (first, second) = (minutes(0, 29, 0), minutes(29, 60, 0));
    // each of its own, since what is alike is a copy
    let own = |name: &str, text: &str| text.replace("/cart/", &format!("/{}/", &name[..1]));
    for name in names {
        fs::write(logs.join(name), own(name, &first)).unwrap();
    }
    let w = Running::start(&["logs", "--json", "--state", "s.cor"], dir);
    let (state, more) = (w.path("s.cor"), w.path("s.cor.more"));
    let all_read = |text: &str| {
        let all: Value =
            serde_json::from_str(text.lines().last().unwrap_or("")).unwrap_or_default();
        let settings = &all["body"][0]["settings"];
        let lines = |f: &Value| f["lines"].as_u64().unwrap_or(0);
        let feeds = settings["watch"]["feeds"].as_array();
        feeds.map_or(0, |all| all.iter().map(lines).sum::<u64>())
    };
    let read = |path: &Path| all_read(&fs::read_to_string(path).unwrap_or_default());
    let of_each = first.lines().count() as u64 - 1;
    w.until("a state of all", |_| read(&state) >= 6 * of_each);
    let whole = fs::read(&state).unwrap();
    assert!(whole.len() > 128 << 10, "{}", whole.len());
    let path = w.dir.path().to_owned();
    for name in names {
        let open = fs::OpenOptions::new()
            .append(true)
            .open(path.join("logs").join(name));
        let text = own(name, &second);
        open.unwrap().write_all(text.as_bytes()).unwrap();
    }
    let of_each = of_each + second.lines().count() as u64;
    w.until("the rest beside it", |_| read(&more) >= 6 * of_each);
    assert_eq!(fs::read(&state).unwrap(), whole);
    let mut w = w;
    w.child.kill().unwrap();
    w.child.wait().unwrap();
    let appended = fs::read(&more).unwrap();
    assert!(appended.len() < whole.len(), "{}", appended.len());
    // as it was left, cut in its last line, and of another state
    let cut = appended[..appended.len() - 100].to_vec();
    for more in [&appended, &cut, &whole] {
        let kept = nowhere();
        fs::create_dir(kept.path().join("logs")).unwrap();
        for name in names {
            let name = Path::new("logs").join(name);
            fs::copy(path.join(&name), kept.path().join(&name)).unwrap();
        }
        fs::write(kept.path().join("s.cor"), &whole).unwrap();
        fs::write(kept.path().join("s.cor.more"), more).unwrap();
        let args = ["logs", "--json", "--state", "s.cor", "-o", "r.json"];
        let w = Running::start(&args, kept);
        w.until("a start", |w| w.out().contains("\"start\""));
        w.signal("TERM");
        w.until("its end", |w| w.out().contains("\"event\":\"end\""));
        let beside = w.path("s.cor.more");
        let report = w.path("r.json");
        w.until("its report", |_| report.exists());
        assert!(!beside.exists());
        let batch = crate::common::coroner()
            .current_dir(w.dir.path())
            .args(["logs", "-q", "-o", "b.json"])
            .output()
            .unwrap();
        assert_eq!(batch.status.code(), Some(0));
        assert!(fs::read(&report).unwrap() == fs::read(w.path("b.json")).unwrap());
        let (code, out, err) = w.end();
        assert_eq!(code, Some(0), "{err}");
        let all = numbered(&out);
        assert_eq!(all.last().unwrap()["lines"], 6 * 7200, "{err}");
    }
}

#[test]
fn a_state_that_is_damaged_or_none_is_refused_by_name() {
    let dir = nowhere();
    reads(dir.path(), &minutes(0, 3, 0));
    let good = fs::read_to_string(dir.path().join("s.cor")).unwrap();
    let watch = |text: &str| {
        fs::write(dir.path().join("s.cor"), text).unwrap();
        let out = crate::common::coroner()
            .current_dir(dir.path())
            .args(["watch", "-", "--state", "s.cor"])
            .write_stdin(minutes(3, 4, 0))
            .output()
            .unwrap();
        let err = String::from_utf8(out.stderr).unwrap();
        assert_eq!(
            fs::read_to_string(dir.path().join("s.cor")).unwrap(),
            text,
            "left alone"
        );
        (out.status.code(), err)
    };
    for bad in [
        String::new(),
        "not a state\n".to_owned(),
        good[..good.len() / 2].to_owned(),
        good.replacen("\"lines\":", "\"lines\": ", 1)
            .replacen("360", "361", 1),
        good.replacen("\"coroner_part\":2", "\"coroner_part\":9", 1),
    ] {
        let (code, err) = watch(&bad);
        assert_eq!(code, Some(2), "{err}");
        assert!(err.contains("s.cor"), "{err}");
    }
    // what stands where it is appended to is nobody's to remove
    let (notes, beside) = ("my notes\n", dir.path().join("s.cor.more"));
    fs::write(&beside, notes).unwrap();
    let (code, err) = watch(&good);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("s.cor.more"), "{err}");
    assert_eq!(fs::read_to_string(&beside).unwrap(), notes);
    fs::remove_file(&beside).unwrap();
    fs::write(dir.path().join("a.log"), minutes(0, 3, 0)).unwrap();
    assert_eq!(say(dir.path(), &["summarize", "a.log", "-o", "p.cor"]).0, 0);
    let part = fs::read_to_string(dir.path().join("p.cor")).unwrap();
    let (code, err) = watch(&part);
    assert_eq!(code, Some(2));
    assert!(err.contains("no state of a watch"), "{err}");
}

#[test]
fn a_state_is_of_one_watch_at_a_time() {
    let dir = nowhere();
    let path = dir.path().to_owned();
    let mut first = Running::start(&["-", "--json", "--state", "s.cor"], dir);
    first.say(&minutes(0, 3, 0));
    first.until("a start", |w| w.out().contains("\"start\""));
    let (code, _, said) = say(&path, &["watch", "-", "--state", "s.cor"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("s.cor") && said.contains("another watch"),
        "{said}"
    );
    assert_eq!(first.end().0, Some(0));
}

#[test]
fn a_state_that_cannot_be_written_is_an_error_but_no_end() {
    let dir = nowhere();
    let out = crate::common::coroner()
        .current_dir(dir.path())
        .args(["watch", "-", "--json", "--state", "/dev/full"])
        .write_stdin(outage())
        .output()
        .unwrap();
    let err = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(74), "{err}");
    assert!(err.contains("/dev/full"), "{err}");
    assert_eq!(parsed(&out.stdout).last().unwrap()["incidents"], 1);
}
