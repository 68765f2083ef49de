//! Encodings and dirt: UTF-16, byte order marks, carriage returns, colours, zero bytes after a loss of power, torn lines.

use super::{folder, lines, report};

const TEXT: &str =
    "2024-05-01T13:00:00Z ERROR api payment failed\n2024-05-01T13:00:01Z INFO api caf\u{e9} open\n";

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let units = text.encode_utf16();
    units
        .flat_map(|u| {
            if little {
                u.to_le_bytes()
            } else {
                u.to_be_bytes()
            }
        })
        .collect()
}

#[test]
fn every_encoding_gives_the_same_lines() {
    let crlf = TEXT.replace('\n', "\r\n");
    let latin: Vec<u8> = TEXT.chars().map(|c| c as u32 as u8).collect();
    let marked = |s: &str| format!("\u{feff}{s}");
    for (bytes, option) in [
        (TEXT.as_bytes().to_vec(), "auto"),
        (crlf.clone().into_bytes(), "auto"),
        (marked(TEXT).into_bytes(), "auto"),
        (utf16(&marked(&crlf), true), "auto"),
        (utf16(&marked(TEXT), false), "auto"),
        (utf16(&crlf, true), "auto"),
        (utf16(TEXT, false), "utf-16be"),
        (latin, "latin1"),
    ] {
        let dir = folder(&[("a.log", &bytes)]);
        for mmap in ["always", "never"] {
            let args = ["a.log", "--encoding", option, "--mmap", mmap];
            let (code, value, err) = report(dir.path(), &args);
            assert_eq!((code, err.as_str()), (0, ""), "{option}");
            assert_eq!(lines(&value), (2, 2, 0, 0), "{option}: {value}");
            assert_eq!(value["inputs"][0]["first"], "2024-05-01T13:00:00+00:00");
        }
    }
}

#[test]
fn utf16_in_a_packed_file_too() {
    let packed = zstd::encode_all(&utf16(&format!("\u{feff}{TEXT}"), true)[..], 1).unwrap();
    let dir = folder(&[("a.log.zst", &packed)]);
    let (_, value, _) = report(dir.path(), &["a.log.zst"]);
    assert_eq!(lines(&value), (2, 2, 0, 0));
}

#[test]
fn colours_do_not_hide_what_a_line_says() {
    let line = |s: u32, level: &str| {
        format!(
            "\x1b[90m2024-05-01T13:00:{s:02}Z\x1b[0m \x1b[1;31m{level}\x1b[0m \x1b[36mapi\x1b[0m payment \x1b[1mfailed\x1b[0m\n"
        )
    };
    let text: String = (0..20).map(|s| line(s, "ERROR")).collect();
    let access = "\x1b[0m203.0.113.7 - - [01/May/2024:13:00:30 +0000] \"GET / HTTP/1.1\" \x1b[31m502\x1b[0m 12 \"-\" \"x\"\x1b[0m\n";
    let dir = folder(&[("a.log", (text + access).as_bytes())]);
    for mmap in ["always", "never"] {
        let (_, value, err) = report(dir.path(), &["a.log", "--mmap", mmap]);
        assert_eq!(lines(&value), (21, 21, 0, 0), "{err}");
        assert_eq!(value["inputs"][0]["failed"], 1, "{value}");
    }
}

#[test]
fn a_line_torn_by_a_loss_of_power_does_not_take_the_next_with_it() {
    let zeros = "\0".repeat(5000);
    let text = format!(
        "2024-05-01T13:00:00Z INFO api one\n2024-05-01T13:00:01Z INFO api tw{zeros}2024-05-01T13:20:00Z INFO api up again\n\
         {zeros}2024-05-01T13:20:01Z INFO api two\n203.0.113.7 - - [01/May/2024:13:20:3{zeros}203.0.113.7 - - [01/May/2024:13:30:00 +0000] \"GET / HTTP/1.1\" 502 1\n"
    );
    let dir = folder(&[("a.log", text.as_bytes())]);
    for mmap in ["always", "never"] {
        let (_, value, err) = report(dir.path(), &["a.log", "--mmap", mmap]);
        let input = &value["inputs"][0];
        assert_eq!(input["last"], "2024-05-01T13:30:00+00:00", "{err}");
        assert_eq!(input["failed"], 1);
        // every line of the file is counted once
        assert_eq!(lines(&value).0, 4);
    }
}
