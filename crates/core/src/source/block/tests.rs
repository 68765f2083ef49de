//! Blocks of whole lines, of long ones, of broken streams.
//! The same bytes in any cut must give the same lines.

use super::*;
use proptest::prelude::*;
use std::io::{self, Cursor};

fn blocks(content: &[u8], config: BlockConfig, head: Option<HeadTest<'static>>) -> Vec<Block> {
    let from = Box::new(Cursor::new(content.to_vec()));
    Blocks::new(from, config, head, Notes::default()).collect()
}

fn config(target: usize, max_line: usize) -> BlockConfig {
    BlockConfig { target, max_line }
}

fn indented(line: &[u8]) -> bool {
    line.starts_with(b" ")
}

#[test]
fn blocks_are_whole_lines() {
    let all = blocks(b"a\nbb\r\n\nlast", config(2, 100), None);
    let bytes: Vec<_> = all.iter().map(|b| &b.bytes[..]).collect();
    assert_eq!(bytes.concat(), b"a\nbb\r\n\nlast");
    assert!(blocks(b"", config(2, 100), None).is_empty());
}

#[test]
fn a_long_line_is_kept_in_part_and_counted_whole() {
    let content = [&b"one\n"[..], &[b'x'; 5000], b"\ntwo\n"].concat();
    let all = blocks(&content, config(64, 10), None);
    let bytes: Vec<u8> = all.iter().flat_map(|b| b.bytes.clone()).collect();
    assert_eq!(bytes, b"one\nxxxxxxxxxx\ntwo\n");
    let cut = all.iter().find(|b| !b.cuts.is_empty()).unwrap();
    assert_eq!(cut.cuts.len(), 1);
    assert_eq!(cut.cuts[0].dropped, 4990);
    assert!(cut.is_cut(cut.cuts[0].at));
    let two = all.last().unwrap();
    let at = two.bytes.len() - 4;
    assert_eq!(two.offset_of(at), 4 + 5001);
}

#[test]
fn a_line_of_100_mb_needs_little_memory() {
    let size = 100 << 20;
    let from = Box::new(io::repeat(b'x').take(size).chain(&b"\nend"[..]));
    let mut all = Blocks::new(from, BlockConfig::default(), None, Notes::default());
    let (mut length, mut lines) = (0, Vec::new());
    let mut most = 0;
    while let Some(b) = all.next() {
        most = most.max(all.cutter.capacity()).max(b.bytes.capacity());
        length += b.length();
        lines.extend(b.bytes.split(|&c| c == b'\n').map(<[u8]>::len));
    }
    assert_eq!(length, size + 4);
    assert_eq!(lines, [1 << 20, 3]);
    assert!(most < 3 << 20, "{most}");
}

#[test]
fn blocks_begin_at_heads() {
    let content = b"h1\n c\n c\nh2\nh3\n c\n";
    let all = blocks(
        content,
        config(1, 100),
        Some(Box::new(|d, at| !indented(&d[at..]))),
    );
    for b in all {
        assert!(b.bytes.starts_with(b"h"));
    }
}

#[test]
fn a_read_error_keeps_what_was_read() {
    struct Bad;
    impl Read for Bad {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("bad sector"))
        }
    }
    let notes = Notes::default();
    let from = Box::new(Cursor::new(b"one\ntwo\nth".to_vec()).chain(Bad));
    let all: Vec<_> = Blocks::new(from, BlockConfig::default(), None, notes.clone()).collect();
    assert_eq!(all[0].bytes, b"one\ntwo\nth");
    let reason = "bad sector".to_owned();
    assert_eq!(notes.all(), [Note::ReadFailed { byte: 10, reason }]);
}

/// Content with many line ends, some heads, some long lines.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => proptest::collection::vec(any::<u8>(), 0..20),
        4 => Just(b"\n".to_vec()),
        2 => Just(b"\n continued".to_vec()),
        1 => (1usize..3000).prop_map(|n| vec![b'y'; n]),
    ];
    proptest::collection::vec(piece, 0..80).prop_map(|v| v.concat())
}

proptest! {
    #[test]
    fn nothing_is_lost_between_blocks(
        content in content(), target in 1usize..3000, heads in any::<bool>(),
    ) {
        let head = heads.then(|| Box::new(|d: &[u8], at| !indented(&d[at..])) as HeadTest);
        let all = blocks(&content, config(target, 1 << 20), head);
        let (mut joined, mut crc) = (Vec::<u8>::new(), crc32fast::Hasher::new());
        for b in &all {
            prop_assert_eq!(b.offset, joined.len() as u64);
            prop_assert!(b.cuts.is_empty());
            if heads && b.offset > 0 {
                prop_assert!(!indented(&b.bytes));
            }
            joined.extend(&b.bytes);
            prop_assert!(b.bytes.ends_with(b"\n") || joined.len() == content.len());
            crc.combine(&b.crc32());
        }
        prop_assert_eq!(crc.finalize(), crc32fast::hash(&content));
        prop_assert_eq!(joined, content);
    }

    #[test]
    fn long_lines_are_cut_alike_at_any_block_size(
        content in content(), target in 1usize..3000, max_line in 1usize..600,
    ) {
        let all = blocks(&content, config(target, max_line), None);
        // The same, by the definition: the first bytes of each line.
        let expected: Vec<Vec<u8>> = content
            .split(|&c| c == b'\n')
            .map(|l| l[..l.len().min(max_line)].to_vec())
            .collect();
        let bytes: Vec<u8> = all.iter().flat_map(|b| b.bytes.clone()).collect();
        prop_assert_eq!(bytes, expected.join(&b'\n'));
        let mut crc = crc32fast::Hasher::new();
        let mut offset = 0;
        for b in &all {
            prop_assert_eq!(b.offset, offset);
            offset += b.length();
            crc.combine(&b.crc32());
            // Every line begins where the content has it.
            for (i, _) in b.bytes.iter().enumerate().filter(|&(i, _)| i == 0 || b.bytes[i - 1] == b'\n') {
                let at = b.offset_of(i) as usize;
                prop_assert!(at == 0 || content[at - 1] == b'\n');
                prop_assert_eq!(content[at], b.bytes[i]);
            }
            for c in &b.cuts {
                let before = b.bytes[..c.at].iter().rev().take_while(|&&x| x != b'\n').count();
                prop_assert_eq!(before, max_line);
            }
        }
        prop_assert_eq!(offset, content.len() as u64);
        prop_assert_eq!(crc.finalize(), crc32fast::hash(&content));
    }
}
