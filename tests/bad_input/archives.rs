//! Archives: files in tar and zip, packed or not, are inputs of their own; what is cut, hostile or too much is reported.

use super::{LINE, folder, gaps, report, run};
use crate::piped::Piped;
use std::io::{Read, Write};

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(1_714_568_400);
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn gz(data: &[u8]) -> Vec<u8> {
    let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    e.write_all(data).unwrap();
    e.finish().unwrap()
}

fn xz(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    liblzma::read::XzEncoder::new(data, 1)
        .read_to_end(&mut out)
        .unwrap();
    out
}

fn bz2(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    bzip2::read::BzEncoder::new(data, bzip2::Compression::fast())
        .read_to_end(&mut out)
        .unwrap();
    out
}

/// `n` lines, one a second, from minute `from` on.
fn lines(from: u64, n: u64) -> Vec<u8> {
    (0..n)
        .flat_map(|i| {
            let (m, s) = (from + i / 60, i % 60);
            let id = i.wrapping_mul(6_364_136_223_846_793_005) >> 20;
            format!(
                "2024-05-01T{:02}:{:02}:{s:02}Z INFO api request {id:x} done\n",
                10 + m / 60,
                m % 60
            )
            .into_bytes()
        })
        .collect()
}

fn names(report: &serde_json::Value) -> Vec<(String, Option<String>, u64)> {
    let inputs = report["inputs"].as_array().unwrap();
    inputs
        .iter()
        .map(|i| {
            (
                i["name"].as_str().unwrap().to_owned(),
                i["member"].as_str().map(str::to_owned),
                i["lines"].as_u64().unwrap(),
            )
        })
        .collect()
}

#[test]
fn archives_through_a_pipe_are_those_of_files() {
    let (a, b) = (lines(0, 300), lines(5, 400));
    let files: &[(&str, &[u8])] = &[("web-1/app.log", &a), ("web-2/app.log.gz", &gz(&b))];
    let tar = tar_of(files);
    for bytes in [tar.clone(), gz(&tar), zip_of(files)] {
        let (code, value, err) = piped(&bytes);
        assert_eq!((code, err.as_str()), (0, ""));
        let member = |m: &str, n| (format!("stdin/{m}"), Some(m.to_owned()), n);
        assert_eq!(
            names(&value),
            [
                member("web-1/app.log", 300),
                member("web-2/app.log.gz", 400)
            ]
        );
    }
    // what is cut is reported, and what came before it is read
    let (code, value, err) = piped(&tar[..tar.len() / 2]);
    assert_eq!(names(&value)[0].1.as_deref(), Some("web-1/app.log"));
    assert!(
        code == 0 && err.contains("stdin ends early"),
        "{code} {err}"
    );
}

/// Exit code, report and errors of a run over standard input.
fn piped(bytes: &[u8]) -> (i32, serde_json::Value, String) {
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_coroner"))
        .args(["-", "-q", "--json", "-"])
        .write_stdin(bytes)
        .output()
        .unwrap();
    let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
    let report = serde_json::from_slice(&out.stdout).unwrap();
    (out.status.code().unwrap(), report, text(&out.stderr))
}

#[test]
fn every_way_to_pack_gives_the_same_members() {
    let (a, b) = (lines(0, 300), lines(5, 400));
    // the younger file has the lower number, and one of them is packed itself
    let files: &[(&str, &[u8])] = &[
        ("./web-1/app.log.2.gz", &gz(&a)),
        ("web-1/app.log.1", &b),
        ("web-1/empty/", b""),
    ];
    let plain = &files[..2];
    let tar = tar_of(plain);
    for (name, bytes) in [
        ("logs.tar", tar.clone()),
        ("logs.tar.gz", gz(&tar)),
        ("logs.tgz", gz(&tar)),
        ("logs.tar.zst", zstd::encode_all(&tar[..], 3).unwrap()),
        ("logs.tar.xz", xz(&tar)),
        ("logs.tar.bz2", bz2(&tar)),
        ("logs.zip", zip_of(plain)),
        ("no-extension", gz(&tar)),
    ] {
        let dir = folder(&[(name, &bytes)]);
        let (code, value, err) = report(dir.path(), &[name]);
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        let member = |m: &str| (format!("{name}/{m}"), Some(m.to_owned()));
        let (one, two) = (member("web-1/app.log.1"), member("web-1/app.log.2.gz"));
        assert_eq!(
            names(&value),
            [(one.0, one.1, 400), (two.0, two.1, 300)],
            "{name}"
        );
        let inputs = value["inputs"].as_array().unwrap();
        assert_eq!(inputs[0]["domain"], inputs[1]["domain"], "rotated siblings");
        assert_eq!(inputs[1]["first"], "2024-05-01T10:00:00+00:00");
        assert_eq!(inputs[0]["crc32"], format!("{:08x}", crc32fast::hash(&b)));
    }
}

#[test]
fn threads_do_not_change_what_an_archive_gives() {
    let parts: Vec<(String, Vec<u8>)> = (0..9)
        .map(|i| (format!("h{i}/app.log"), lines(i * 10, 500)))
        .collect();
    let files: Vec<(&str, &[u8])> = parts.iter().map(|(n, b)| (&n[..], &b[..])).collect();
    let tar = tar_of(&files);
    for bytes in [tar.clone(), gz(&tar), zip_of(&files)] {
        let dir = folder(&[("logs", &bytes)]);
        let one = report(dir.path(), &["logs", "-j1"]);
        for args in [&["logs", "-j4"][..], &["logs", "-j2", "--block", "4KiB"]] {
            assert_eq!(report(dir.path(), args), one);
        }
    }
}

#[test]
fn an_archive_in_an_archive_is_opened_once() {
    let text = lines(0, 50);
    let inner = gz(&tar_of(&[("app.log", &text)]));
    let inner_zip = zip_of(&[("app.log", &text)]);
    let deep = tar_of(&[
        ("x/inner.tar.gz", &inner),
        ("y/inner.zip", &inner_zip),
        ("z.log", &text),
    ]);
    for outer in [
        gz(&deep),
        zip_of(&[
            ("x/inner.tar.gz", &inner),
            ("y/inner.zip", &inner_zip),
            ("z.log", &text),
        ]),
    ] {
        let dir = folder(&[("logs", &outer)]);
        let (code, value, err) = report(dir.path(), &["logs"]);
        assert_eq!((code, err.as_str()), (0, ""));
        let all: Vec<String> = names(&value).into_iter().map(|n| n.0).collect();
        assert_eq!(
            all,
            [
                "logs/x/inner.tar.gz/app.log",
                "logs/y/inner.zip/app.log",
                "logs/z.log"
            ]
        );
    }
    let deeper = tar_of(&[("deep.tar", &deep), ("z.log", &text)]);
    let dir = folder(&[("logs", &deeper)]);
    let (code, value, err) = report(dir.path(), &["logs"]);
    assert_eq!(code, 0);
    assert_eq!(names(&value).len(), 2, "z.log of both");
    assert!(err.contains("save it to a file of its own"), "{err}");
}

#[test]
fn a_cut_archive_is_used_as_far_as_it_goes() {
    let parts: Vec<(String, Vec<u8>)> = (0..15)
        .map(|i| (format!("h{i:02}/app.log"), lines(i * 10, 2000)))
        .collect();
    let files: Vec<(&str, &[u8])> = parts.iter().map(|(n, b)| (&n[..], &b[..])).collect();
    let tar = tar_of(&files);
    let packed = gz(&tar);
    let zip = zip_of(&files);
    for (name, bytes, cut) in [
        ("logs.tar", &tar, tar.len() * 29 / 30),
        ("logs.tar.gz", &packed, packed.len() * 29 / 30),
        ("logs.zip", &zip, zip.len() * 28 / 30),
    ] {
        let dir = folder(&[(name, &bytes[..cut])]);
        let (code, value, err) = report(dir.path(), &[name]);
        assert_eq!(code, 0, "{err}");
        let read = names(&value);
        assert!(read.len() >= 14, "{name}: {read:?}");
        assert!(read[..14].iter().all(|n| n.2 == 2000), "{name}: {read:?}");
        let says = "14 of at least 15 members were read";
        assert!(
            err.contains(&format!("error: {name} ends early (unexpected end after ")),
            "{err}"
        );
        assert!(err.contains(says), "{err}");
        assert!(
            gaps(&value).iter().any(|g| g.contains(says)),
            "{:?}",
            gaps(&value)
        );
        assert_eq!(report(dir.path(), &[name, "--strict"]).0, 2);
    }
}

#[test]
fn names_of_members_are_text_and_no_paths() {
    let text = lines(0, 3);
    let dir = folder(&[("victim.log", LINE.as_bytes())]);
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["../victim.log", "/etc/passwd", "a\x1b[2Jb.log"] {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(text.len() as u64);
        header.set_cksum();
        tar.append(&header, &text[..]).unwrap();
    }
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    tar.append_link(&mut link, "link.log", "/etc/passwd")
        .unwrap();
    std::fs::write(dir.path().join("logs.tar"), tar.into_inner().unwrap()).unwrap();
    let (code, out, err) = run(dir.path(), &["logs.tar", "-v"]);
    assert_eq!(code, 0, "{err}");
    assert!(!out.contains('\x1b') && !err.contains('\x1b'));
    let (_, value, _) = report(dir.path(), &["logs.tar"]);
    let read = names(&value);
    assert_eq!(read.len(), 3, "{read:?}");
    assert!(
        read.iter().any(|n| n.0 == "logs.tar/etc/passwd"),
        "{read:?}"
    );
    assert_eq!(
        std::fs::read_to_string(dir.path().join("victim.log")).unwrap(),
        LINE
    );
}

#[test]
fn archives_that_unpack_without_end_stop() {
    let line = [&[b'x'; 4095][..], b"\n"].concat();
    let bomb = line.repeat(20_000);
    let files: &[(&str, &[u8])] = &[("a.log", LINE.as_bytes()), ("bomb.log", &bomb)];
    let tar = tar_of(files);
    for (name, bytes) in [("bomb.tar.gz", gz(&tar)), ("bomb.zip", zip_of(files))] {
        let dir = folder(&[(name, &bytes)]);
        let (code, value, err) = report(dir.path(), &[name]);
        assert_eq!(code, 0, "{err}");
        assert!(err.contains("unpacks to too much"), "{name}: {err}");
        assert_eq!(names(&value)[0].2, 1, "{name}");
        assert_eq!(report(dir.path(), &[name, "--strict"]).0, 2);
        // whoever knows better may say so
        let (_, value, err) = report(dir.path(), &[name, "--max-ratio", "5000"]);
        assert_eq!(names(&value)[1].2, 20_000, "{name}: {err}");
    }
    let small = tar_of(&[("a.log", &lines(0, 500)), ("b.log", &lines(0, 500))]);
    let dir = folder(&[("logs.tar", &small)]);
    let (_, _, err) = report(dir.path(), &["logs.tar", "--max-unpacked", "10KiB"]);
    assert!(err.contains("unpacks to too much"), "{err}");
}

#[test]
fn what_describes_a_member_is_bounded() {
    // a member whose long name says that it is 100 MB long
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_path("././@LongLink").unwrap();
    header.set_size(100 << 20);
    header.set_cksum();
    tar.append(&header, std::io::repeat(b'a').take(100 << 20))
        .unwrap();
    let bytes = gz(&tar.into_inner().unwrap());
    let dir = folder(&[("logs.tar.gz", &bytes), ("b.log", LINE.as_bytes())]);
    let (_, value, err) = report(dir.path(), &["logs.tar.gz", "b.log"]);
    assert_eq!(names(&value).len(), 1);
    assert!(err.contains("logs.tar.gz"), "{err}");
}

#[test]
fn what_cannot_be_read_is_named() {
    let dir = folder(&[
        ("nothing.tar", &tar_of(&[])),
        ("empty.zip", &zip_of(&[])),
        ("b.log", LINE.as_bytes()),
        (
            "noise.zip",
            b"PK\x03\x04 this is no archive at all, but it begins like one",
        ),
    ]);
    let (code, value, err) = report(dir.path(), &["."]);
    assert_eq!(names(&value).len(), 1, "{err}");
    assert_eq!(code, 0, "{err}");
    assert!(
        err.contains("empty.zip") && err.contains("noise.zip"),
        "{err}"
    );
}

#[test]
fn globs_choose_members() {
    let text = lines(0, 3);
    let tar = tar_of(&[
        ("web/a.log", &text),
        ("db/b.log", &text),
        ("web/c.txt", &text),
    ]);
    let dir = folder(&[("logs.tar", &tar), ("b.log", LINE.as_bytes())]);
    let all = |args: &[&str]| -> Vec<String> {
        let (_, value, _) = report(dir.path(), &[&["."], args].concat());
        names(&value).into_iter().map(|n| n.0).collect()
    };
    assert_eq!(all(&["--include", "*.txt"]), ["logs.tar/web/c.txt"]);
    assert_eq!(
        all(&["--include", "**/web/*", "--exclude", "*.txt"]),
        ["logs.tar/web/a.log"]
    );
    assert_eq!(all(&["--exclude", "logs.tar/**"]), ["b.log"]);
}

#[test]
fn an_archive_of_which_no_file_is_admitted_says_why() {
    let zip = zip_of(&[("a.log", LINE.repeat(100).as_bytes()), ("b.log", b"")]);
    let dir = folder(&[("bomb.zip", &zip), ("a.log", LINE.as_bytes())]);
    let args = ["bomb.zip", "--max-unpacked", "1k"];
    let (code, _, err) = run(dir.path(), &args);
    assert_eq!(code, 2, "{err}");
    assert!(
        err.contains("bomb.zip unpacks to too much (3.8 kB from "),
        "{err}"
    );
    let (_, _, err) = run(dir.path(), &[&args[..], &["a.log"]].concat());
    assert!(err.contains("--max-unpacked allow more"), "{err}");
}
