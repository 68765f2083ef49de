//! What the README and the book show people to type, typed. Every line must do what it says, in the order given.

use crate::common::{folder, repo};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The commands of the README's section, and of the blocks of the book that are marked for it, without their comments.
fn commands() -> Vec<String> {
    let text = |path: &str| fs::read_to_string(repo(path)).unwrap();
    let readme = text("README.md");
    let (_, section) = readme.split_once("## Three commands\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut blocks: Vec<String> = section
        .split("```sh\n")
        .skip(1)
        .map(str::to_owned)
        .collect();
    for page in ["quick-start", "sharing"] {
        let text = text(&format!("docs/src/{page}.md"));
        let marked = text.split("<!-- commands -->\n```sh\n").skip(1);
        blocks.extend(marked.map(str::to_owned));
    }
    let code = |l: &str| l.split("  #").next().unwrap_or(l).trim().to_owned();
    let lines = blocks
        .iter()
        .flat_map(|b| b.split("```").next().unwrap_or_default().lines());
    let mut all: Vec<String> = Vec::new();
    for command in lines.map(code).filter(|l| !l.is_empty()) {
        // what the README and the book both show is typed once
        if !all.contains(&command) {
            all.push(command);
        }
    }
    all
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let into = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &into),
            false => drop(fs::copy(&path, &into).unwrap()),
        }
    }
}

fn packed(path: &Path, text: &[u8]) {
    let file = fs::File::create(path).unwrap();
    let mut e = flate2::write::GzEncoder::new(file, flate2::Compression::default());
    std::io::Write::write_all(&mut e, text).unwrap();
    e.finish().unwrap();
}

/// An hour of the year after, of which ten minutes fail: the second incident that one of the commands asks for.
fn later() -> String {
    let line = |s: usize| {
        let status = if (1800..2400).contains(&s) { 502 } else { 200 };
        let client = s % 97;
        let time = format!("{:02}:{:02}", s / 60, s % 60);
        format!(
            "10.0.1.{client} - - [01/May/2024:13:{time} +0100] \"GET / HTTP/1.1\" {status} 12 \"-\" \"c\"\n"
        )
    };
    (0..3600).map(line).collect()
}

/// A folder in which all files that the commands name are.
fn desk() -> tempfile::TempDir {
    let access =
        "10.0.0.1 - - [01/May/2023:13:00:00 +0100] \"GET / HTTP/1.1\" 200 12 \"-\" \"c\"\n";
    let dir = folder(&[
        (
            "app.jsonl",
            "{\"ts\":\"2023-05-01T13:00:01+01:00\",\"level\":\"info\",\"msg\":\"started\"}\n",
        ),
        (
            "odd.log",
            "2023-05-01 13:00:00 | INFO | something\nnothing of the kind\n",
        ),
        ("pager.json", "[]\n"),
    ]);
    for name in ["lb.log.gz", "web.log.gz"] {
        packed(&dir.path().join(name), access.as_bytes());
    }
    let sample = repo("sample-logs/upgrade-outage");
    copy(&sample, &dir.path().join("logs"));
    fs::write(dir.path().join("logs/later.log"), later()).unwrap();
    dir
}

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let dir = desk();
    let program = Path::new(env!("CARGO_BIN_EXE_coroner"));
    let mut path = vec![program.parent().unwrap().to_path_buf()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let all = commands();
    assert!(all.len() >= 18, "{all:?}");
    for command in &all {
        let out = Command::new("sh")
            .args(["-c", command])
            .current_dir(dir.path())
            .env("PATH", std::env::join_paths(&path).unwrap())
            .env_remove("CORONER_CONFIG")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{command}: {said}");
        let file = |word: &&str| {
            [".md", ".json", ".html", ".j2", ".cor", ".plan"]
                .iter()
                .any(|e| word.ends_with(e))
        };
        let written: Vec<&str> = command
            .split(' ')
            .filter(|w| file(w) && !w.contains('*'))
            .collect();
        for name in &written {
            let length = fs::metadata(dir.path().join(name)).map_or(0, |m| m.len());
            assert!(length > 0, "{command}: {name} is not there");
        }
        assert!(
            !out.stdout.is_empty() || !written.is_empty() || command.contains(" -o "),
            "{command}: said nothing"
        );
    }
}
