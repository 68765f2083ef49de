//! Packed files that are cut or damaged: what could be read is used, and the report and standard error say so.

use super::{LINE, folder, gaps, lines, report, run};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

fn gz(data: &[u8]) -> Vec<u8> {
    let mut e = GzEncoder::new(Vec::new(), Compression::default());
    e.write_all(data).unwrap();
    e.finish().unwrap()
}

fn zst(data: &[u8]) -> Vec<u8> {
    zstd::encode_all(data, 3).unwrap()
}

/// 20,000 lines that pack neither too well nor too badly.
fn log() -> Vec<u8> {
    (0..20_000u64)
        .flat_map(|i| {
            format!(
                "2024-05-01T13:{:02}:{:02}Z INFO api request {} took {} ms\n",
                i / 360 % 60,
                i / 6 % 60,
                i * 7919 % 100_003,
                i * i % 977
            )
            .into_bytes()
        })
        .collect()
}

#[test]
fn whole_packed_files_give_what_the_plain_one_gives() {
    let data = log();
    let dir = folder(&[("a.gz", &gz(&data)), ("a.zst", &zst(&data)), ("a", &data)]);
    for name in ["a.gz", "a.zst", "a"] {
        let (code, value, err) = report(dir.path(), &[name]);
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        assert_eq!(lines(&value), (20_000, 20_000, 0, 0));
    }
}

#[test]
fn a_cut_packed_file_is_used_as_far_as_it_goes() {
    for (name, packed) in [("a.log.gz", gz(&log())), ("a.log.zst", zst(&log()))] {
        // zst is packed in blocks of 128 kB: so much may be missing before the cut
        let dir = folder(&[(name, &packed[..packed.len() * 3 / 4])]);
        let (code, value, err) = report(dir.path(), &[name]);
        assert_eq!(code, 0, "{err}");
        let (all, ..) = lines(&value);
        assert!((5_000..20_000).contains(&all), "{name}: {all}");
        assert!(err.contains(&format!("error: {name} ends early")), "{err}");
        assert!(
            err.contains("help: the report covers what was read"),
            "{err}"
        );
        assert!(gaps(&value).iter().any(|g| g.contains("ends early")));
        let (code, again, _) = report(dir.path(), &[name, "--strict"]);
        assert_eq!(
            (code, again),
            (2, value),
            "strict refuses, after the report"
        );
    }
}

#[test]
fn a_damaged_packed_file_is_used_up_to_the_damage() {
    let mut packed = gz(&log());
    let middle = packed.len() / 2;
    packed[middle..middle + 64].fill(0xff);
    let dir = folder(&[("a.log.gz", &packed), ("b.log", LINE.as_bytes())]);
    let (code, value, err) = report(dir.path(), &["a.log.gz", "b.log"]);
    assert_eq!(code, 0, "{err}");
    assert!(lines(&value).0 > 1000);
    assert!(err.contains("error: a.log.gz is damaged near"), "{err}");
    assert!(gaps(&value).iter().any(|g| g.contains("is damaged near")));
    assert_eq!(value["inputs"].as_array().unwrap().len(), 2);
}

#[test]
fn packed_files_without_text_are_named() {
    let gz_head = &gz(&log())[..12];
    // a frame of zstd (RFC 8878): a window of 2 GB, one raw block of a line, the last
    let n = (LINE.len() << 3 | 1) as u32;
    let head = b"\x28\xb5\x2f\xfd\x00\xa8";
    let wide = [&head[..], &n.to_le_bytes()[..3], LINE.as_bytes()].concat();
    for (bytes, says) in [
        (gz(b""), "empty after unpacking"),
        (gz(b"\x7fELF\x02\x01\x01\0\0\0"), "ELF"),
        (gz_head.to_vec(), "ends early"),
        (
            b"\x1f\x8b\x08\x00garbage garbage garbage".to_vec(),
            "is damaged",
        ),
        (b"\x28\xb5\x2f\xfd garbage".to_vec(), "is damaged"),
        (
            wide,
            "takes more memory to unpack than it is given; unpack it first",
        ),
    ] {
        let dir = folder(&[("a.gz", &bytes)]);
        let (code, _, err) = run(dir.path(), &["a.gz"]);
        assert!(matches!(code, 0 | 2), "{err}");
        assert!(err.contains("a.gz") && err.contains(says), "{says}: {err}");
    }
}

#[test]
fn a_small_file_that_unpacks_without_end_stops() {
    let line = LINE.repeat(4096);
    let mut e = GzEncoder::new(Vec::new(), Compression::best());
    // 62 MB that pack to next to nothing
    (0..400).for_each(|_| e.write_all(line.as_bytes()).unwrap());
    let packed = e.finish().unwrap();
    let dir = folder(&[("bomb.gz", &packed)]);
    let (code, value, err) = report(dir.path(), &["bomb.gz"]);
    assert_eq!(code, 0, "{err}");
    let all = lines(&value).0;
    let whole = 400 * 4096;
    assert!(all == whole || err.contains("unpacks to too much"), "{err}");
}
