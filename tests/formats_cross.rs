//! Every sample through every format: the right grammar must win.
//! Whoever adds a format adds its sample file to `tests/data/formats_of.tsv`; the names are those of the grammar.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use coroner_lines::format::envelope::{ENVELOPES, peel};
use coroner_lines::format::frame::{FRAMES, Units};
use coroner_lines::format::{FORMATS, Format, Framing};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Files under `tests/data` and the formats of their records, from `formats_of.tsv`: of each line as it stands (`lines`), or of
/// what is inside of files whose records are wrapped, more than lines, or of several formats (`inside`; `text`: of none).
fn samples(reads: &str) -> Vec<(String, String)> {
    let table = fs::read_to_string(data().join("formats_of.tsv")).unwrap();
    let rows = table.lines().skip(1).map(|l| {
        let cells: Vec<&str> = l.split('\t').collect();
        (
            cells[1].to_owned(),
            (cells[0].to_owned(), cells[2].to_owned()),
        )
    });
    rows.filter(|r| r.0 == reads).map(|r| r.1).collect()
}

/// The texts of a file's records: out of their frame and their wrappers.
fn texts(file: &str) -> Vec<(Vec<u8>, Option<&'static dyn Format>)> {
    let bytes = fs::read(data().join(file)).unwrap();
    let Some(frame) = FRAMES.iter().find(|f| (f.claims)(&bytes)) else {
        return lines(file).into_iter().map(|l| (l, None)).collect();
    };
    let (mut framer, mut units) = ((frame.start)(), Units::default());
    framer.feed(&bytes, &mut units);
    framer.finish(&mut units);
    units
        .list
        .iter()
        .map(|u| (units.bytes[u.text.clone()].to_vec(), frame.format))
        .collect()
}

#[test]
fn the_right_grammar_wins_inside_frames_and_wrappers() {
    let mut wrong = Vec::new();
    for (file, formats) in &samples("inside") {
        let mut names = BTreeSet::new();
        for (text, own) in texts(file) {
            let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
            let inner = peel(text).map(|(_, p)| p.text.into_owned());
            let own = own.filter(|f| f.parse(text).is_some()).map(|f| f.name());
            let name = own
                .or_else(|| winner(inner.as_deref().unwrap_or(text)))
                .unwrap_or("text");
            names.insert(name);
        }
        let got = names.into_iter().collect::<Vec<_>>().join(" + ");
        if got != *formats {
            wrong.push(format!("{file}: {got} instead of {formats}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn lines(file: &str) -> Vec<Vec<u8>> {
    let bytes = fs::read(data().join(file)).unwrap();
    bytes
        .split(|c| *c == b'\n')
        .map(|l| l.strip_suffix(b"\r").unwrap_or(l).to_vec())
        .filter(|l| !l.is_empty())
        .collect()
}

fn winner(line: &[u8]) -> Option<&'static str> {
    FORMATS
        .iter()
        .find(|f| f.parse(line).is_some())
        .map(|f| f.name())
}

/// Lines by the format that wins them, as an input that is read from its first line on.
fn won(file: &str) -> BTreeMap<&'static str, usize> {
    let lines = lines(file);
    let stateful = |l: &Vec<u8>| {
        let first = FORMATS.iter().find(|f| f.parse(l).is_some());
        first.is_some_and(|f| f.framing() == Framing::Stateful)
    };
    let whole = lines.iter().any(stateful);
    let mut readers: Vec<_> = FORMATS
        .iter()
        .map(|f| f.reader().filter(|_| whole))
        .collect();
    let mut by = BTreeMap::new();
    for l in &lines {
        let found = FORMATS.iter().zip(&mut readers).find_map(|(f, reader)| {
            let is_its = match reader {
                Some(r) => r.read(l).is_some(),
                None => f.parse(l).is_some(),
            };
            is_its.then_some(f)
        });
        if let Some(f) = found {
            *by.entry(f.name()).or_default() += 1;
        }
    }
    by
}

#[test]
fn the_right_grammar_wins_every_record_of_its_samples() {
    let mut wrong = Vec::new();
    for (file, format) in &samples("lines") {
        let by = won(file);
        if by.len() != 1 || !by.contains_key(format.as_str()) {
            wrong.push(format!("{file}: {by:?} instead of {format}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_sample_file_is_in_the_table() {
    let here: BTreeSet<String> = fs::read_dir(data().join("formats"))
        .unwrap()
        .map(|e| format!("formats/{}", e.unwrap().file_name().to_string_lossy()))
        .collect();
    let both = samples("lines").into_iter().chain(samples("inside"));
    let known: BTreeSet<String> = both.map(|s| s.0).collect();
    assert_eq!(here.difference(&known).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_format_wins_its_own_example_and_has_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for f in FORMATS.iter() {
        assert!(names.insert(f.name()), "{} twice", f.name());
        let line = f.sample().lines().next().unwrap().as_bytes();
        assert_eq!(winner(line), Some(f.name()), "{}", f.sample());
    }
}

#[test]
fn a_record_is_a_head_in_every_format() {
    for (file, _) in &samples("lines") {
        for line in lines(file) {
            for f in FORMATS.iter().filter(|f| f.parse(&line).is_some()) {
                assert!(f.is_head(&line), "{}: {file}", f.name());
            }
        }
    }
}

/// What looks at each byte of a megabyte once takes some milliseconds, on the busiest machine less than this; its square
/// would take minutes.
const TOO_LONG: std::time::Duration = std::time::Duration::from_secs(30);

#[test]
fn a_line_of_a_megabyte_of_one_byte_takes_no_longer_than_its_length() {
    use std::time::Instant;
    const LONG: usize = 1 << 20;
    let begin: Vec<&[u8]> = FORMATS
        .iter()
        .map(|f| f.sample().as_bytes())
        .map(|s| &s[..s.len() / 2])
        .chain([&b""[..]])
        .collect();
    for byte in b" \t[]{}()\"'\\=:,|/-.%#0aA\x1b" {
        // one beginning for each byte and format would take minutes; each byte meets each beginning once
        for (i, b) in begin.iter().enumerate() {
            let mut line = b.to_vec();
            line.resize(LONG, *byte);
            let f = FORMATS[i % FORMATS.len()];
            let t = Instant::now();
            let _ = (f.parse(&line), f.is_head(&line));
            if let Some(mut r) = f.reader() {
                let _ = (r.read(f.sample().as_bytes()), r.read(&line));
            }
            let took = t.elapsed();
            assert!(took < TOO_LONG, "{} {byte} {took:?}", f.name());
        }
        let line = vec![*byte; LONG];
        for f in FORMATS.iter() {
            let t = Instant::now();
            let _ = f.parse(&line);
            assert!(t.elapsed() < TOO_LONG, "{} {byte}", f.name());
        }
    }
}

#[test]
fn a_wrapper_of_a_megabyte_takes_no_longer_than_its_length() {
    use std::time::Instant;
    const LONG: usize = 1 << 20;
    for e in ENVELOPES.iter() {
        let sample = e.sample.as_bytes();
        for byte in b" \t[]{}()\"'\\=:,|/-.%#0aA\x1b\xff" {
            // nothing of it, the half of it, all of it: then a megabyte of one byte
            for begin in [0, sample.len() / 2, sample.len()] {
                let mut line = sample[..begin].to_vec();
                line.resize(LONG, *byte);
                let t = Instant::now();
                let _ = ((e.peel)(&line), peel(&line));
                let took = t.elapsed();
                assert!(took < TOO_LONG, "{} {byte} {took:?}", e.name);
            }
        }
    }
}
