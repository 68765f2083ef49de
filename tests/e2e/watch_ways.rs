//! The ways into a watch and out of it: signals, pipes that close, sockets, commands, files that cannot be written.

use crate::common::Piped;
use crate::running::{Running, nowhere};
use crate::watch::{fed, minutes, of, outage, parsed};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};

/// The last line that another watch left.
const EARLIER: &str = "{\"v\":1,\"seq\":9,\"event\":\"end\"}\n";

/// An incident that is reported while the pipe stays open.
fn incident_is_reported(args: &[&str]) -> Running {
    let mut w = Running::start(args, nowhere());
    w.say(&minutes(0, 30, 0));
    w.say(&minutes(30, 32, 1));
    w.until("an incident", |w| w.out().contains("incident_open"));
    w
}

#[test]
fn a_signal_ends_it_with_the_last_events_and_the_files() {
    for signal in ["TERM", "INT"] {
        let w = incident_is_reported(&["-", "--json", "-o", "r.json"]);
        w.signal(signal);
        w.until("its end", |w| w.out().contains("\"event\":\"end\""));
        let report = w.path("r.json");
        w.until("its report", |_| report.exists());
        let (code, out, err) = w.end();
        assert_eq!(code, Some(0), "{signal}: {err}");
        assert_eq!(err, "");
        let all = parsed(&out);
        assert_eq!(of(&all, "incident_close")[0]["state"], "truncated");
    }
}

#[test]
fn that_the_watch_ends_is_no_end_of_an_incident_for_whoever_is_paged() {
    let w = incident_is_reported(&["-", "--json", "--exec", "cat >> got"]);
    let told = |path: &Path| fs::read_to_string(path.join("got")).unwrap_or_default();
    w.until("a page", |w| told(w.dir.path()).contains("incident_open"));
    w.signal("TERM");
    let dir = w.leave();
    assert!(!told(dir.path()).contains("incident_close"));
}

#[test]
fn it_is_asked_by_a_signal() {
    let mut w = Running::start(&["-", "--json"], nowhere());
    // ten minutes in which one request fails: no inference is due, but the row is there
    w.say(&minutes(0, 9, 601));
    w.until("a beginning", |w| w.out().contains("start"));
    w.say(&minutes(9, 10, 0));
    let all = |w: &Running| parsed(w.out().as_bytes());
    w.until("a row", |w| {
        w.signal("USR1");
        all(w).iter().any(|e| e["kind"] == "first_5xx")
    });
    assert_eq!(w.end().0, Some(0));
}

#[test]
fn who_reads_one_line_gets_it_and_nothing_breaks() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_coroner"))
        .args(["watch", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    assert!(
        first.starts_with("{\"v\":1,\"seq\":1,\"event\":\"start\""),
        "{first}"
    );
    drop(out);
    let mut to = child.stdin.take().unwrap();
    // it may be gone before all of this is written
    let _ = to.write_all(outage().as_bytes());
    drop(to);
    let out = child.wait_with_output().unwrap();
    let err = String::from_utf8(out.stderr).unwrap();
    assert_eq!((out.status.code(), err.as_str()), (Some(0), ""));
}

#[test]
fn events_go_to_a_file_and_to_a_command() {
    let dir = nowhere();
    fs::write(dir.path().join("events"), EARLIER).unwrap();
    let args = [
        "-",
        "--json",
        "--events",
        "events",
        "--exec",
        "cat >> \"$$.told\"",
    ];
    let mut w = Running::start(&args, dir);
    w.say(&outage());
    let path = w.dir.path().to_owned();
    drop(w.child.stdin.take());
    w.until("its end", |w| w.out().contains("\"event\":\"end\""));
    let done = || -> Vec<String> {
        let all = fs::read_dir(&path).unwrap().map(|e| e.unwrap().path());
        let done = all.filter(|p| p.extension().is_some_and(|e| e == "told"));
        done.map(|p| fs::read_to_string(p).unwrap()).collect()
    };
    let all = w.out();
    w.until("all commands", |_| done().concat().len() == all.len());
    let file = fs::read_to_string(path.join("events")).unwrap();
    assert_eq!(file, format!("{EARLIER}{all}"));
    let mut by_command = done()
        .concat()
        .lines()
        .map(String::from)
        .collect::<Vec<_>>();
    let mut by_stdout: Vec<String> = all.lines().map(String::from).collect();
    by_command.sort();
    by_stdout.sort();
    assert_eq!(by_command, by_stdout);
    assert_eq!(w.end().0, Some(0));
}

#[test]
fn a_command_that_fails_is_reported_and_harms_nothing() {
    let log = outage();
    let (code, out, err) = fed(
        &["watch", "-", "--json", "--exec", "exit 7"],
        log.as_bytes(),
    );
    assert_eq!(code, 0);
    assert!(
        err.contains("--exec: the command ended with exit status: 7"),
        "{err}"
    );
    assert_eq!(parsed(&out).last().unwrap()["incidents"], 1);
}

#[test]
fn events_on_a_full_disk_are_an_error_but_no_end() {
    let log = outage();
    let args = ["watch", "-", "--json", "--events", "/dev/full"];
    let (code, out, err) = fed(&args, log.as_bytes());
    assert_eq!(code, 74, "{err}");
    assert!(err.contains("cannot write events to /dev/full"), "{err}");
    assert_eq!(parsed(&out).last().unwrap()["event"], "end");
    let (code, _, err) = fed(&["watch", "-", "--events", "/no/such/folder/e"], b"");
    assert_eq!(code, 2, "{err}");
}

#[test]
fn nothing_at_all_is_no_error() {
    let (code, out, err) = fed(&["watch", "-", "--json"], b"");
    assert_eq!(code, 0);
    assert!(err.contains("no line came"), "{err}");
    let all = parsed(&out);
    assert_eq!((all.len(), &all[1]["lines"]), (2, &0.into()));
}

#[test]
fn lines_come_through_a_socket_from_several_writers() {
    let dir = nowhere();
    let path = dir.path().join("in.sock");
    // one that nobody listens at any more
    drop(UnixListener::bind(&path).unwrap());
    let log = outage();
    let w = Running::start(&["--listen", "unix:in.sock", "--json", "-o", "r.json"], dir);
    let connected = || UnixStream::connect(&path);
    w.until("a socket", |_| connected().is_ok());
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let (mut one, mut two) = (connected().unwrap(), connected().unwrap());
    // cut anywhere, and the second begins in the middle of a line of the first
    let bytes = log.as_bytes();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|c| *c == b'\n').collect();
    for (n, line) in lines.iter().enumerate() {
        let (a, b) = line.split_at(line.len() / 2);
        let to = if n % 2 == 0 { &mut one } else { &mut two };
        to.write_all(a).unwrap();
        to.write_all(b).unwrap();
    }
    drop((one, two));
    w.until("the incident", |w| w.out().contains("incident_open"));
    w.signal("TERM");
    w.until("its end", |w| w.out().contains("\"event\":\"end\""));
    let (code, out, err) = w.end();
    assert_eq!(code, Some(0), "{err}");
    let all = parsed(&out);
    let end = all.last().unwrap();
    assert_eq!(
        (&end["lines"], &end["unparsed"]),
        (&lines.len().into(), &0.into())
    );
    assert!(!path.exists(), "the socket goes away");
}

#[test]
fn a_socket_that_is_in_use_and_a_file_in_its_place_are_left_alone() {
    let dir = nowhere();
    let path = dir.path().join("in.sock");
    let _other = UnixListener::bind(&path).unwrap();
    let at = format!("unix:{}", path.display());
    let (code, _, err) = fed(&["watch", "--listen", &at], b"");
    assert_eq!(code, 2, "{err}");
    assert!(UnixStream::connect(&path).is_ok());
    let file = dir.path().join("file");
    fs::write(&file, "mine").unwrap();
    let at = format!("unix:{}", file.display());
    assert_eq!(fed(&["watch", "--listen", &at], b"").0, 2);
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

#[test]
fn lines_come_through_a_port() {
    let dir = nowhere();
    let w = Running::start(&["--listen", "127.0.0.1:0", "--json", "-v"], dir);
    let address = |w: &Running| -> Option<String> {
        let said = fs::read_to_string(w.path("err")).unwrap();
        let at = said.lines().find_map(|l| l.split("listening at ").nth(1))?;
        Some(at.to_owned())
    };
    w.until("an address", |w| address(w).is_some());
    let mut to = TcpStream::connect(address(&w).unwrap()).unwrap();
    to.write_all(outage().as_bytes()).unwrap();
    drop(to);
    w.until("the incident", |w| w.out().contains("incident_open"));
    w.signal("TERM");
    w.until("its end", |w| w.out().contains("\"event\":\"end\""));
    assert_eq!(w.end().0, Some(0));
}

#[test]
fn idle_connections_shut_nobody_out_and_what_they_said_counts() {
    let w = Running::start(&["--listen", "127.0.0.1:0", "--json"], nowhere());
    let at = |w: &Running| -> Option<String> {
        let said = fs::read_to_string(w.path("err")).unwrap();
        Some(
            said.split_once("listening at ")?
                .1
                .lines()
                .next()?
                .to_owned(),
        )
    };
    w.until("its port", |w| at(w).is_some());
    let address = at(&w).unwrap();
    let say = |text: &str| {
        let mut to = TcpStream::connect(&address).unwrap();
        to.write_all(text.as_bytes()).unwrap();
        to
    };
    // a thousand, of which some go away again
    let all = (0..1000).map(|n| (n, say(&format!("half of line {n}"))));
    let idle: Vec<TcpStream> = all.filter(|c| c.0 % 3 > 0).map(|c| c.1).collect();
    drop(say(&outage()));
    w.until("the incident", |w| w.out().contains("incident_open"));
    w.signal("TERM");
    w.until("its end", |w| w.out().contains("\"event\":\"end\""));
    let (code, out, err) = w.end();
    assert_eq!(code, Some(0), "{err}");
    let all = parsed(&out);
    assert_eq!(all.last().unwrap()["lines"], 7200 + 1000);
    drop(idle);
    let gap = of(&all, "gap");
    let done = |e: &&serde_json::Value| e["text"].as_str().unwrap().contains("were closed");
    assert!(gap.into_iter().any(|e| done(&e)), "{err}");
}

#[test]
fn an_address_that_others_reach_is_warned_of() {
    let w = Running::start(&["--listen", "0.0.0.0:0", "--json"], nowhere());
    w.until("a start", |w| w.out().contains("\"start\""));
    w.signal("TERM");
    let (_, _, err) = w.end();
    assert!(err.contains("nobody is asked who it is"), "{err}");
}

#[test]
fn what_is_packed_is_refused_with_the_way_out() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(minutes(0, 2, 0).as_bytes()).unwrap();
    let out = crate::common::coroner()
        .args(["watch", "-", "--json"])
        .write_stdin(packed.finish().unwrap())
        .output()
        .unwrap();
    let err = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2), "{err}");
    assert!(
        err.contains("stdin: it is packed") && err.contains("zcat"),
        "{err}"
    );
    let last = parsed(&out.stdout).pop().unwrap();
    assert_eq!(last["event"], "end");
}

#[test]
fn what_only_finished_bytes_can_give_is_refused() {
    for (args, way_out) in [
        (&["watch", "-", "--sha256"][..], "when they rest"),
        (&["watch", "-", "--encoding", "utf-16le"], "iconv"),
    ] {
        let (code, _, err) = fed(args, b"");
        assert!(code == 2 && err.contains(way_out), "{err}");
    }
    assert_eq!(fed(&["watch", "-", "--encoding", "utf-8"], b"").0, 0);
}
