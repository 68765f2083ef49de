//! Nothing that a line holds makes a parser panic: every format, reader, wrapper and frame meets lines of every sample, whole
//! and changed, in each other's company. A format that is registered is tried here with no test of its own.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use coroner_lines::format::FORMATS;
use coroner_lines::format::envelope::{ENVELOPES, peel};
use coroner_lines::format::frame::{FRAMES, Units};
use coroner_lines::marker;
use coroner_lines::record::{Body, Kind, Record};
use proptest::prelude::*;
use proptest::sample::Index;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// Lines of one case.
const LINES: usize = 6;

/// Texts of consecutive lines: samples of all that is registered, and the files that tests read.
static TEXTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let formats = FORMATS.iter().map(|f| f.sample());
    let wrappers = ENVELOPES.iter().map(|e| e.sample);
    let frames = FRAMES.iter().map(|f| f.sample);
    let own = formats.chain(wrappers).chain(frames);
    let mut all: Vec<Vec<u8>> = own.map(|s| s.as_bytes().to_vec()).collect();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
    for dir in [data.join("formats"), data] {
        let files = fs::read_dir(dir).unwrap().map(|f| f.unwrap().path());
        let mut files: Vec<_> = files.filter(|p| p.is_file()).collect();
        files.sort();
        all.extend(files.iter().map(|p| fs::read(p).unwrap()));
    }
    all
});

/// Some lines of a text, from any of them on.
fn lines(text: &[u8], from: Index) -> Vec<u8> {
    let all: Vec<&[u8]> = text.split_inclusive(|c| *c == b'\n').collect();
    let from = from.index(all.len() + 1).min(all.len() - 1);
    all[from..(from + LINES).min(all.len())].concat()
}

fn any_lines() -> impl Strategy<Value = Vec<u8>> {
    (any::<Index>(), any::<Index>())
        .prop_map(|(text, from)| lines(text.get::<Vec<u8>>(&TEXTS), from))
}

/// One change to a text.
#[derive(Clone, Debug)]
enum Change {
    Set(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Cut(Index),
    Repeat(Index, usize),
    Swap(Index, Index),
}

/// What numbers, times, quotes and encodings break at.
const PIECES: [&[u8]; 33] = [
    b"\"",
    b"\\",
    b"\\u",
    b"\\x2",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"=",
    b" ",
    b"- ",
    b"\t",
    b"99999999999999999999",
    b"-1",
    b"1e400",
    b"\xff\xfe",
    b"\0",
    b"\xf0\x9f",
    "é".as_bytes(),
    b"0001-01-01T00:00:00Z",
    b"9999-12-31T23:59:60Z",
    b"Feb 30 24:00:00",
    b"+99:99",
    b"null",
    b"'",
    "11 févr. 2026".as_bytes(),
    b"Tue Nov  3 2026 ",
    b"0x7f8e12345700 ",
    b"-> E (x) ",
    b"Caused by: a.B: ",
    b"deploy to 4.1 failed",
];

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..6),
        proptest::sample::select(&PIECES[..]).prop_map(<[u8]>::to_vec),
    ];
    let at = any::<Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(i, b)| Change::Set(i, b)),
        (at(), piece).prop_map(|(i, p)| Change::Insert(i, p)),
        (at(), 1usize..20).prop_map(|(i, n)| Change::Remove(i, n)),
        at().prop_map(Change::Cut),
        (at(), 1usize..40).prop_map(|(i, n)| Change::Repeat(i, n)),
        (at(), at()).prop_map(|(i, j)| Change::Swap(i, j)),
    ]
}

fn apply(text: &mut Vec<u8>, change: &Change) {
    let n = text.len();
    if n == 0 {
        return;
    }
    match change {
        Change::Set(i, b) => text[i.index(n)] = *b,
        Change::Insert(i, p) => {
            let i = i.index(n);
            text.splice(i..i, p.iter().copied());
        }
        Change::Remove(i, k) => {
            let i = i.index(n);
            text.drain(i..(i + k).min(n));
        }
        Change::Cut(i) => text.truncate(i.index(n)),
        Change::Repeat(i, k) => {
            let i = i.index(n);
            let piece = text[i..(i + k).min(n)].to_vec();
            text.splice(i..i, piece.repeat(8));
        }
        Change::Swap(i, j) => text.swap(i.index(n), j.index(n)),
    }
}

/// What is asked of the text of a record, in every scope.
fn ask(r: &Record<'_>) {
    let Body::Message(m) = &r.body else { return };
    let mut hits = Vec::new();
    for kind in Kind::ALL {
        marker::find(&m.text, kind, &mut hits);
    }
    marker::find_in_chat(&m.text, &mut hits);
    let _ = marker::fields::version(&m.text);
    let _ = marker::fields::service(&m.text);
    let _ = marker::fields::actor(&m.text);
    let _ = marker::fields::incident(&m.text);
}

/// Every format, reader and wrapper reads the lines of a text.
fn read_lines(text: &[u8]) {
    let mut readers: Vec<_> = FORMATS.iter().filter_map(|f| f.reader()).collect();
    for line in text.split(|c| *c == b'\n') {
        let peeled = peel(line).map(|(_, p)| p);
        for f in FORMATS.iter() {
            let head = f.is_head(line);
            if let Some(r) = f.parse(line) {
                assert!(head, "{}", f.name());
                ask(&r);
            }
            if let Some(p) = &peeled
                && let Some(mut r) = f.parse(&p.text)
            {
                p.outer.dress(&mut r);
            }
        }
        for r in &mut readers {
            r.read(line).iter().for_each(ask);
        }
    }
}

/// Every frame takes a text, in two stretches.
fn frame(text: &[u8], cut: Index) {
    let cut = cut.index(text.len() + 1);
    for f in FRAMES.iter() {
        (f.claims)(text);
        let (mut framer, mut units) = ((f.start)(), Units::default());
        framer.feed(&text[..cut], &mut units);
        framer.feed(&text[cut..], &mut units);
        framer.finish(&mut units);
        for u in &units.list {
            let unit = &units.bytes[u.text.clone()];
            let own = f.format.into_iter();
            own.chain(FORMATS.iter().copied())
                .for_each(|f| f.parse(unit).iter().for_each(ask));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1500), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_lines_panic_nowhere(
        mut text in any_lines(), changes in proptest::collection::vec(change(), 0..8), cut in any::<Index>(),
    ) {
        changes.iter().for_each(|c| apply(&mut text, c));
        read_lines(&text);
        frame(&text, cut);
    }

    #[test]
    fn halves_of_different_texts_panic_nowhere(a in any_lines(), b in any_lines(), i in any::<Index>(), j in any::<Index>()) {
        let text = [&a[..i.index(a.len())], &b[j.index(b.len())..]].concat();
        read_lines(&text);
        frame(&text, i);
    }

    #[test]
    fn any_bytes_panic_nowhere(begin in any_lines(), at in any::<Index>(), bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read_lines(&bytes);
        frame(&bytes, at);
        // behind what a line begins with, where less is looked at again
        let text = [&begin[..at.index(begin.len()).min(40)], &bytes].concat();
        read_lines(&text);
        frame(&text, at);
    }
}
