//! Packed streams: whole, cut, damaged, and without end.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

fn gz(data: &[u8]) -> Vec<u8> {
    let mut e = GzEncoder::new(Vec::new(), Compression::default());
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

fn lines(n: usize) -> Vec<u8> {
    (0..n)
        .flat_map(|i| format!("line {i} {}\n", i * 7919 % 1013).into_bytes())
        .collect()
}

fn unpack(packed: &[u8], limits: Limits) -> (Vec<u8>, Vec<Note>) {
    let notes = Notes::default();
    let mut out = Vec::new();
    Unpack::new(packed, limits, notes.clone())
        .read_to_end(&mut out)
        .unwrap();
    (out, notes.all())
}

/// The same with the usual limits.
fn whole(packed: &[u8]) -> (Vec<u8>, Vec<Note>) {
    unpack(packed, Limits::default())
}

#[test]
fn members_and_frames_are_one_stream() {
    let data = lines(20_000);
    let (a, b) = data.split_at(77_777);
    let packed = [gz(a), gz(b)].concat();
    assert_eq!(whole(&packed), (data.clone(), vec![]));
    let frames = [
        zstd::encode_all(a, 3).unwrap(),
        b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec(),
        zstd::encode_all(b, 3).unwrap(),
    ]
    .concat();
    assert_eq!(whole(&frames), (data.clone(), vec![]));
    for pack in [xz, bz2] {
        let packed = [pack(a), pack(b)].concat();
        assert_eq!(whole(&packed), (data.clone(), vec![]));
    }
}

#[test]
fn a_truncated_stream_gives_what_it_has() {
    let data = lines(50_000);
    let zst = zstd::encode_all(&data[..], 3).unwrap();
    for packed in [gz(&data), zst, xz(&data), bz2(&data)] {
        let half = packed.len() / 2;
        let (out, notes) = whole(&packed[..half]);
        assert!(!out.is_empty() && data.starts_with(&out));
        let [
            Note::EndsEarly {
                unpacked, packed, ..
            },
        ] = notes[..]
        else {
            panic!("{notes:?}")
        };
        assert_eq!((unpacked, packed), (out.len() as u64, half as u64));
    }
    // Cut in the header and in the trailer.
    let packed = gz(b"one\n");
    assert_eq!(whole(&packed[..6]).0, b"");
    let (out, notes) = whole(&packed[..packed.len() - 3]);
    assert_eq!(out, b"one\n");
    assert!(matches!(notes[..], [Note::EndsEarly { members: 0, .. }]));
}

#[test]
fn a_gzip_header_may_hold_more_than_its_magic() {
    let write = |mut e: GzEncoder<Vec<u8>>| {
        e.write_all(b"one\n").unwrap();
        e.finish().unwrap()
    };
    let full = flate2::GzBuilder::new()
        .filename("a.log")
        .comment("of the night")
        .extra(vec![7; 300])
        .write(Vec::new(), Compression::fast());
    let full = write(full);
    let two = [full.clone(), full.clone()].concat();
    assert_eq!(whole(&two), (b"one\none\n".to_vec(), vec![]));
    // cut in it
    for n in [5, 11, 200, 315, 325] {
        let (out, notes) = whole(&full[..n]);
        assert!(out.is_empty() && matches!(notes[..], [Note::EndsEarly { .. }]));
    }
    // a flag that says nothing, a name without an end, a sum and a length that are not those of the bytes
    let mut flagged = full.clone();
    flagged[3] |= 0x80;
    let endless = [&b"\x1f\x8b\x08\x08\0\0\0\0\0\0"[..], &[b'x'; 2 * CHUNK]].concat();
    let at = |back: usize| {
        let mut bytes = full.clone();
        let i = bytes.len() - back;
        bytes[i] ^= 1;
        bytes
    };
    for packed in [flagged, endless, at(8), at(4)] {
        let notes = whole(&packed).1;
        assert!(matches!(notes[..], [Note::Damaged { .. }]), "{notes:?}");
    }
}

#[test]
fn damage_is_named_and_padding_is_not() {
    let mut packed = gz(&lines(50_000));
    let middle = packed.len() / 2;
    packed[middle..middle + 64].fill(0xff);
    let (out, notes) = whole(&packed);
    assert!(!out.is_empty());
    assert!(matches!(notes[..], [Note::Damaged { .. }]), "{notes:?}");

    let mut padded = gz(b"one\n");
    padded.extend([0; 512]);
    assert_eq!(whole(&padded), (b"one\n".to_vec(), vec![]));
    let at = gz(b"one\n").len() as u64;
    let junk = [gz(b"one\n"), b"junk".to_vec()].concat();
    assert_eq!(
        whole(&junk),
        (b"one\n".to_vec(), vec![Note::Trailing { packed: at }])
    );
}

#[test]
fn bombs_stop() {
    let zeros = vec![0; 8 << 20];
    let limits = Limits {
        ratio_from: 1 << 20,
        ..Limits::default()
    };
    let (out, notes) = unpack(&gz(&zeros), limits);
    assert!(out.len() <= (1 << 20) + CHUNK);
    assert!(matches!(notes[..], [Note::TooLarge { .. }]));
    let cap = Limits {
        bytes: 100_000,
        ..Limits::default()
    };
    let (out, notes) = unpack(&gz(&lines(50_000)), cap);
    assert!(out.len() <= 100_000 + CHUNK);
    assert_eq!(notes.len(), 1);
}

#[test]
fn damaged_bytes_do_not_depend_on_how_they_are_read() {
    let mut packed = gz(&lines(50_000));
    let middle = packed.len() / 3;
    packed[middle] ^= 0x55;
    let few = Limits {
        bytes: 300_000,
        ..Limits::default()
    };
    for (packed, limits) in [
        (&packed, Limits::default()),
        (&packed, few),
        (&gz(&lines(50_000)), few),
        (&zstd::encode_all(&lines(50_000)[..], 3).unwrap(), few),
    ] {
        let whole = unpack(packed, limits);
        // less than a chunk, a chunk, more, and both in turn
        for sizes in [[777, 777], [64 << 10; 2], [200_000; 2], [777, 70_000]] {
            let notes = Notes::default();
            let mut reader = Unpack::new(&packed[..], limits, notes.clone());
            let (mut out, mut room) = (Vec::new(), vec![0; 200_000]);
            for size in sizes.into_iter().cycle() {
                match reader.read(&mut room[..size]).unwrap() {
                    0 => break,
                    n => out.extend(&room[..n]),
                }
            }
            assert_eq!((out, notes.all()), whole, "{sizes:?}");
        }
    }
}

use proptest::prelude::*;

proptest! {
    #[test]
    fn any_damage_ends_with_at_most_one_note(
        n in 1usize..400, at in any::<prop::sample::Index>(), bytes in proptest::collection::vec(any::<u8>(), 0..40),
        zst in any::<bool>(), cut in any::<prop::sample::Index>(),
    ) {
        let data = lines(n);
        let mut packed = if zst { zstd::encode_all(&data[..], 1)? } else { gz(&data) };
        let at = at.index(packed.len());
        for (to, from) in packed[at..].iter_mut().zip(&bytes) {
            *to = *from;
        }
        packed.truncate(cut.index(packed.len()) + 1);
        let (out, notes) = whole(&packed);
        prop_assert!(notes.len() <= 1);
        // Only a stream that is whole may pass without a word; gz has a checksum.
        prop_assert!(zst || !notes.is_empty() || out == data || out.is_empty());
    }
}
