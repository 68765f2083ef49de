//! What is reported where requests show nothing, where rows stand, and who is not named: from logs to every form.

use crate::common::{
    FOLDERS, coroner, files, folder, list, path_str, repo, report, report_on, say, unpacked,
};
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;

/// People whom the logs of a folder name, found without the program: pagers, deploy tools, sudo.
fn people(of: &str) -> BTreeSet<String> {
    let named = Regex::new(
        r#"(?:paged=|\bby=|ACK #\d+ by |sudo: +|"type": ?"user_reference",[^{}]*"summary": ?")([a-z]{3,})\b"#,
    )
    .unwrap();
    let machines = ["root", "deploy", "cron", "jenkins", "pam_unix"];
    let mut all = BTreeSet::new();
    for path in files(&repo(of)) {
        let bytes = unpacked(&path);
        let text = String::from_utf8_lossy(&bytes);
        all.extend(named.captures_iter(&text).map(|c| c[1].to_owned()));
    }
    all.retain(|name| !machines.contains(&name.as_str()));
    all
}

fn named_in(text: &str, people: &BTreeSet<String>) -> Vec<String> {
    let stands = |name: &&String| Regex::new(&format!(r"\b{name}\b")).unwrap().is_match(text);
    people.iter().filter(stands).cloned().collect()
}

#[test]
fn no_actor_of_a_sample_is_named() {
    let mut met = 0;
    for of in FOLDERS {
        let people = people(of);
        met += people.len();
        let found = named_in(&report(of).to_string(), &people);
        assert!(found.is_empty(), "{of}: {found:?}");
    }
    assert!(met >= 5, "{met}");
}

#[test]
fn no_actor_is_named_in_any_form() {
    let logs = repo("sample-logs/auth-upgrade");
    let people = people("sample-logs/auth-upgrade");
    let out = tempfile::tempdir().unwrap();
    let [md, html, csv] = ["r.md", "r.html", "r.csv"].map(|f| out.path().join(f));
    for template in [
        "default",
        "google",
        "pagerduty",
        "atlassian",
        "gitlab",
        "seed",
    ] {
        let mut c = coroner();
        c.args([path_str(&logs), "--template", template, "--force"]);
        c.args(["--md", path_str(&md)]);
        if template == "default" {
            c.args(["--html", path_str(&html), "--csv", path_str(&csv)]);
        }
        let screen = c.output().unwrap().stdout;
        let mut all = String::from_utf8(screen).unwrap();
        for f in [&md, &html, &csv].into_iter().filter(|f| f.exists()) {
            all.push_str(&fs::read_to_string(f).unwrap());
        }
        assert_eq!(named_in(&all, &people), [""; 0], "{template}");
    }
    let (_, why, _) = say(&logs, &["explain", "C", "."]);
    assert_eq!(named_in(&why, &people), [""; 0], "{why}");
}

#[test]
fn a_cited_file_keeps_its_name_whoever_acts() {
    let dir = folder(&[
        (
            "marta/worker.log",
            "2026-02-03T04:05:06Z ERROR out of reach\n2026-02-03T04:05:09Z ERROR No space left on device\n",
        ),
        (
            "host/auth.log",
            "Feb  3 04:00:00 h1 sudo:    marta : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/systemctl restart worker\n",
        ),
    ]);
    let all = report_on(&["--year", "2026", path_str(dir.path())]);
    let names: Vec<_> = list(&all["inputs"])
        .iter()
        .map(|i| i["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["host/auth.log", "marta/worker.log"]);
    assert!(all.to_string().contains("«user-1» : TTY"), "{all}");
}

#[test]
fn a_flag_that_an_access_log_shows_as_written_makes_a_row() {
    let line = |n: u32, what: &str| {
        format!(
            "10.0.0.7 - - [05/Mar/2024:13:00:{:02} +0000] \"{what} HTTP/1.1\" 200 17 \"-\" \"x\"\n",
            n % 60
        )
    };
    let mut text: String = (0..60).map(|n| line(n, "GET /products/7")).collect();
    text += &line(59, "PATCH /admin/flags/new_price");
    let logs = folder(&[("access.log", &text)]);
    let report = report_on(&[path_str(logs.path())]);
    let rows = list(&report["timeline"]);
    let row = rows.iter().find(|r| r["kind"] == "feature_flag");
    let row = row.unwrap_or_else(|| panic!("{rows:#?}"));
    assert!(row["text"].to_string().contains("new_price"), "{row}");
    assert_eq!(row["evidence"][0]["line"], 61, "{row}");
}

#[test]
fn a_server_that_refuses_its_configuration_makes_a_row() {
    let dir = folder(&[
        (
            "nginx.log",
            "2025/10/31 10:36:29 [emerg] 8#8: unknown \"release_id\" variable\n",
        ),
        (
            "apache.log",
            "[Fri Oct 31 10:36:40.000001 2025] [core:emerg] [pid 9:tid 9] AH00020: Configuration Failed, exiting\n",
        ),
        (
            "dns.log",
            "2025/10/31 10:36:50 [emerg] 8#8: host not found in upstream \"app:80\" in /etc/nginx/nginx.conf:20\n",
        ),
    ]);
    let all = report_on(&[path_str(dir.path())]);
    let rows: Vec<&str> = list(&all["timeline"])
        .iter()
        .map(|e| e["text"].as_str().unwrap())
        .collect();
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(
        rows[0].starts_with("Fault (config)") && rows[1].starts_with("Fault (config)"),
        "{rows:?}"
    );
    // what the words say is more than the level
    assert!(rows[2].starts_with("Fault (dns)"), "{rows:?}");
    let (_, screen, _) = say(dir.path(), &["."]);
    assert!(
        screen.contains("WHAT THE LOGS STATE") && screen.contains("release_id"),
        "{screen}"
    );
}

/// A log of an init system in which a unit does what `life` writes for each time (seconds of the day).
fn syslog(life: impl Fn(i64) -> Vec<(i64, &'static str)>, times: &[i64]) -> String {
    let mut lines: Vec<(i64, &str)> = vec![(0, "cron[1]: started"), (40_000, "cron[1]: goes on")];
    lines.extend(times.iter().flat_map(|t| life(*t)));
    lines.sort_by_key(|l| l.0);
    let at = |s: i64| format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
    let line = |(s, text): &(i64, &str)| format!("Nov 20 {} h1 {text}\n", at(*s));
    lines.iter().map(line).collect()
}

fn verdict_of(text: &str) -> serde_json::Value {
    let dir = folder(&[("syslog", text)]);
    report_on(&["--year", "2026", path_str(dir.path())])
}

#[test]
fn a_service_that_falls_again_and_again_is_an_incident_without_requests() {
    let crash = |t| {
        vec![
            (
                t,
                "systemd[1]: api.service: Main process exited, code=exited, status=1/FAILURE",
            ),
            (
                t,
                "systemd[1]: api.service: Failed with result 'exit-code'.",
            ),
            (t + 3, "systemd[1]: Started api.service - the api."),
        ]
    };
    let all = verdict_of(&syslog(crash, &[7200, 7231, 7290, 7402, 7465]));
    let [i] = list(&all["incidents"]) else {
        panic!("{all}")
    };
    assert_eq!(i["components"][0]["kind"], "restart_loop");
    assert_eq!(i["components"][0]["key"], "api");
    assert_eq!(i["impact"]["requests"], serde_json::Value::Null);
    assert!(i["onset"].as_str().unwrap().contains("T02:00:00"));
    assert!(i["recovery"].as_str().unwrap().contains("T02:04:2"), "{i}");
    assert_eq!(i["causes"][0]["class"], "crash");
    let title = i["title"].as_str().unwrap();
    assert!(title.starts_with("api: restart loop"), "{title}");

    // it is up after the last fall until somebody stops it for good: that is no recovery
    let stopped = |t| match t {
        7600 => vec![
            (
                t,
                "sudo[9]: kim : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/systemctl stop api",
            ),
            (t + 1, "systemd[1]: Stopping api.service - the api..."),
            (t + 9, "systemd[1]: Stopped api.service - the api."),
        ],
        _ => crash(t),
    };
    let all = verdict_of(&syslog(stopped, &[7200, 7231, 7290, 7402, 7465, 7600]));
    let i = &all["incidents"][0];
    assert_eq!(i["recovery"], serde_json::Value::Null);
    assert_eq!(i["state"], "truncated");
}

#[test]
fn a_server_that_aborts_again_and_again_needs_no_line_that_it_is_up() {
    let minute = |n: u64| {
        let at = |m: u64, s: u64| format!("2023-04-05T{:02}:{:02}:{s:02}.123456Z", m / 60, m % 60);
        format!(
            "{} 0 [ERROR] [MY-010119] [Server] Aborting\n{} 0 [System] [MY-010910] [Server] /usr/sbin/mysqld: Shutdown complete (mysqld 8.0.28)\n",
            at(n, n * 7 % 50),
            at(n, n * 7 % 50 + 1),
        )
    };
    let log: String = [60, 64, 69, 73, 79].map(minute).concat();
    let calm = "2023-04-05T00:10:00.1Z 0 [System] [MY-010116] [Server] /usr/sbin/mysqld: ready for connections.\n";
    let dir = folder(&[("node1.log", &format!("{calm}{log}"))]);
    let all = report_on(&[path_str(dir.path())]);
    let [i] = list(&all["incidents"]) else {
        panic!("{all}")
    };
    assert_eq!(i["components"][0]["kind"], "restart_loop");
    // nothing shows that it is up after the last time
    assert_eq!(
        (&i["state"], &i["recovery"]),
        (&"truncated".into(), &serde_json::Value::Null)
    );
}

#[test]
fn what_is_started_and_ended_by_design_is_no_loop() {
    let stopped = |t| {
        vec![
            (t, "systemd[1]: Stopping logger.service - logger..."),
            (t, "systemd[1]: logger.service: Deactivated successfully."),
            (t, "systemd[1]: Stopped logger.service - logger."),
            (t + 1, "systemd[1]: Started logger.service - logger."),
        ]
    };
    let job = |t| {
        vec![
            (t, "systemd[1]: Starting report.service - report..."),
            (
                t + 2,
                "systemd[1]: report.service: Main process exited, code=exited, status=1/FAILURE",
            ),
            (
                t + 2,
                "systemd[1]: report.service: Failed with result 'exit-code'.",
            ),
        ]
    };
    let crash = |t| {
        vec![
            (
                t,
                "systemd[1]: api.service: Main process exited, code=exited, status=1/FAILURE",
            ),
            (t + 3, "systemd[1]: Started api.service - the api."),
        ]
    };
    let asked = |t| {
        let sudo =
            "sudo:    amara : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/systemctl restart api";
        let mut life = vec![(t - 1, sudo)];
        life.extend(crash(t));
        life
    };
    for (what, text) in [
        (
            "restarted by hand",
            syslog(asked, &[7200, 7300, 7400, 7500]),
        ),
        (
            "rotated by the hour",
            syslog(stopped, &[3600, 7200, 10_800, 14_400]),
        ),
        (
            "stopped in a row, without an error",
            syslog(stopped, &[7200, 7260, 7330, 7400]),
        ),
        (
            "a job that a timer starts",
            syslog(job, &[7200, 7500, 7800, 8100, 8400]),
        ),
        ("two crashes", syslog(crash, &[7200, 7300])),
        (
            "a crash now and then",
            syslog(crash, &[3600, 9000, 20_000, 33_000]),
        ),
    ] {
        assert_eq!(verdict_of(&text)["verdict"], "insufficient", "{what}");
    }
}

#[test]
fn rows_of_one_incident_are_not_reported_with_the_next() {
    let all = report("tests/data/drills/two-incidents");
    let [one, two] = list(&all["incidents"]) else {
        panic!("{all}")
    };
    let acts = ["alert_fired", "alert_acknowledged", "alert_resolved"];
    let of = |i: &serde_json::Value| -> BTreeSet<String> {
        let rows = list(&i["timeline"]).iter();
        let rows = rows.filter(|e| acts.contains(&e["kind"].as_str().unwrap()));
        rows.map(|e| e["time"].as_str().unwrap().to_owned())
            .collect()
    };
    let (a, b) = (of(one), of(two));
    assert!(!a.is_empty() && !b.is_empty());
    assert!(a.is_disjoint(&b), "{a:?} {b:?}");
    assert!(
        a.iter()
            .all(|t| t.as_str() < two["onset"].as_str().unwrap()),
        "{a:?}"
    );
}

#[test]
fn a_finish_without_a_time_stands_behind_its_start() {
    let all = report("tests/data/drills/auth-upgrade");
    let rows = list(&all["incidents"][0]["timeline"]);
    let at = |kind: &str| rows.iter().position(|e| e["kind"] == kind);
    let finish = &rows[at("rollback_finish").unwrap()];
    assert_eq!(finish["time"], serde_json::Value::Null);
    assert!(at("rollback_start") < at("rollback_finish"));
    assert_eq!(finish["after"], rows[at("rollback_start").unwrap()]["time"]);
}

#[test]
fn a_fault_that_settings_name_has_not_happened_and_one_that_recurs_has() {
    let faults = |name: &str, text: &str| {
        let logs = folder(&[
            (name, text),
            ("app.log", "2026-03-10 14:00:00 INFO shop: ready\n"),
        ]);
        let r = report_on(&[path_str(logs.path())]);
        let rows = list(&r["timeline"]).iter();
        rows.filter(|e| e["kind"] == "fault").count()
    };
    let settings = "# ensure that nothing is done on battery\n[ -x /usr/bin/x ] || exit 0\n";
    assert_eq!(faults("apt-compat", settings), 0);
    let client = "x: Failed to resolve 'shop.internal' ([Errno -2] Name or service not known)\n";
    assert!(faults("client.out", &client.repeat(40)) > 0);
}

#[test]
fn the_log_of_a_job_that_takes_back_begins_what_it_says_it_has_done() {
    let job = "2024-11-14T11:33:22.0000007Z Current runner version: '2.320.0'\n\
        2024-11-14T11:33:23.0000007Z ##[group]Run ./scripts/ecs-rollback.sh order-service\n\
        2024-11-14T11:37:58.0000001Z rollback finished\n\
        2024-11-14T11:37:58.8000006Z Cleaning up orphan processes\n";
    let logs = folder(&[("118_rollback_order-service.txt", job)]);
    let r = report_on(&[path_str(logs.path())]);
    let rows = list(&r["timeline"]).iter();
    let rows: Vec<_> = rows
        .map(|e| (e["kind"].as_str(), e["service"].as_str()))
        .collect();
    let of = |kind| (Some(kind), Some("order-service"));
    assert_eq!(rows, [of("rollback_start"), of("rollback_finish")]);
}

#[test]
fn each_stretch_in_the_log_of_an_unknown_release_tool_is_a_run_of_it() {
    let run = |t: &str, version: &str| {
        format!(
            "[2025-02-19T08:{t}:51.901Z] Started by user kim, parameters: VERSION={version}\n\
             [2025-02-19T08:{t}:52.902Z] [Pipeline] Start of Pipeline\n\
             [2025-02-19T08:{t}:58.425Z] tt-1: timetable answers /ping\n\
             [2025-02-19T08:{t}:59.427Z] [Pipeline] End of Pipeline\n"
        )
    };
    let log = run("31", "4.7.0") + &run("37", "4.6.2");
    let logs = folder(&[("jenkins-timetable-deploy.txt", &log)]);
    let r = report_on(&[path_str(logs.path())]);
    let rows: Vec<String> = list(&r["timeline"])
        .iter()
        .map(|e| {
            let of = |key: &str| e[key].as_str().unwrap_or_default();
            let time = &of("time")[11..19];
            format!("{time} {} {} {}", of("kind"), of("service"), of("version"))
        })
        .collect();
    let want = [
        "08:31:51 deploy_start timetable 4.7.0",
        "08:31:59 deploy_finish timetable 4.7.0",
        "08:37:51 rollback_start timetable 4.6.2",
        "08:37:59 rollback_finish timetable 4.6.2",
    ];
    assert_eq!(rows, want);
}

/// Planned work on the machine that fails is no incident, and told; work on another machine hides none.
#[test]
fn planned_work_hides_no_failure_of_another_machine() {
    let line = |m: u32, s: u32| {
        let status = if (20..30).contains(&m) { 502 } else { 200 };
        format!(
            "198.51.100.{s} - - [10/Mar/2026:14:{m:02}:{s:02} +0000] \"GET /cart HTTP/1.1\" {status} 12 \"-\" \"x\"\n"
        )
    };
    let access: String = (0..50)
        .flat_map(|m| (0..60).map(move |s| line(m, s)))
        .collect();
    let planned = |host: &str| {
        // 14:15 to 14:45
        let begins = format!(
            "[1773152100] HOST DOWNTIME ALERT: {host};STARTED; Host has entered a period of scheduled downtime\n"
        );
        let ends = format!(
            "[1773153900] HOST DOWNTIME ALERT: {host};STOPPED; Host has exited from a period of scheduled downtime\n"
        );
        let logs = folder(&[
            ("web01/access.log", &access),
            ("btch02/cron.log", "2026-03-10T14:00:00Z btch02 cron: run\n"),
            ("mon01/nagios.log", &(begins + &ends)),
        ]);
        say(logs.path(), &[".", "--no-pager"]).1
    };
    let elsewhere = planned("btch02");
    assert!(elsewhere.starts_with("INCIDENT"), "{elsewhere}");
    let here = planned("web01");
    assert!(here.starts_with("No incident found"), "{here}");
    let words: Vec<&str> = here.split_whitespace().collect();
    let told = "From 14:20 to 14:30 600 of 600 requests failed inside stated maintenance.";
    assert!(words.join(" ").contains(told), "{here}");
}

#[test]
fn errors_of_a_log_alone_are_listed_by_how_many_there_are() {
    let line = |n: usize| {
        let said = match n % 5 {
            0 => format!("payment {} was refused by the bank", n * 37),
            1 | 2 => format!("mail {} could not be sent", n * 41),
            _ => format!("stock of item {} is negative", n * 43),
        };
        let (m, s) = (n * 7 / 60, n * 7 % 60);
        format!("{said} at=2026-02-03T04:{m:02}:{s:02}Z level=ERROR\n")
    };
    let log: String = (0..200).map(line).collect();
    let dir = folder(&[("jobs.log", &log)]);
    let (_, screen, _) = say(dir.path(), &["."]);
    let at = |word: &str| {
        screen
            .find(word)
            .unwrap_or_else(|| panic!("{word} in {screen}"))
    };
    assert!(at("ERRORS LOGGED") < at("(80 lines)"), "{screen}");
    assert!(at("(80 lines)") < at("(40 lines)"), "{screen}");
    assert!(!screen.contains("may not be new"), "{screen}");
    let out = tempfile::tempdir().unwrap();
    let html = out.path().join("r.html");
    say(dir.path(), &[".", "--html", path_str(&html)]);
    let page = fs::read_to_string(&html).unwrap();
    let body = page.split("<body").nth(1).unwrap();
    assert_eq!(body.matches("Not enough data to say").count(), 1);
    assert!(
        body.contains("Errors logged") && body.contains("No requests in"),
        "{body}"
    );
}

#[test]
fn what_a_task_shows_does_not_take_back_what_its_play_changes() {
    let line = |clock: &str, said: &str| {
        format!("2026-02-26 {clock},120 p=20911 u=ansible n=ansible | {said}\n")
    };
    let changed = |shown: &str| {
        let log = [
            ("03:30:01", "ansible-playbook -i inventories/prod site.yml"),
            ("03:30:04", "PLAY [web] *************"),
            ("03:30:09", "TASK [show what runs] *************"),
            ("03:30:10", "ok: [web-1] => {"),
            ("03:30:10", shown),
            (
                "03:31:22",
                "TASK [nginx : template nginx.conf] *************",
            ),
            ("03:31:40", "changed: [web-1]"),
        ];
        let log: String = log.iter().map(|(t, said)| line(t, said)).collect();
        let logs = folder(&[("ansible.log", &log)]);
        let r = report_on(&[path_str(logs.path())]);
        let rows = list(&r["timeline"]).iter();
        rows.filter(|e| e["kind"] == "config_change").count()
    };
    for shown in ["{}", "\"msg\": \"nginx currently running, current=4.18.2\""] {
        assert_eq!(changed(shown), 1, "{shown}");
    }
}
