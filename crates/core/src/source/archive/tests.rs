//! Archives in memory: members, limits, names, and damage of any kind.

use super::*;
use proptest::prelude::*;
use std::io::Write;

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Names and contents of all files, and the notes.
fn walk(bytes: &[u8], limits: Limits) -> (Vec<(String, Vec<u8>)>, Vec<Note>) {
    let mut all = Vec::new();
    let notes = files_of(&mut &bytes[..], limits, &mut |leaf| {
        let mut text = Vec::new();
        if let Ok(content) = leaf.content {
            // a member that is damaged in the middle gives what came before
            let _ = content.stream.read_to_end(&mut text);
        }
        all.push((leaf.name, text));
        ControlFlow::Continue(())
    });
    (all, notes.unwrap_or_default())
}

#[test]
fn only_so_many_members_are_read() {
    let names: Vec<String> = (0..20).map(|i| format!("{i:02}.log")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"x\n"[..])).collect();
    let limits = Limits {
        members: 7,
        ..Limits::default()
    };
    for bytes in [tar_of(&files), zip_of(&files)] {
        let (all, notes) = walk(&bytes, limits);
        assert_eq!(all.len(), 7);
        assert_eq!(notes, [Note::TooMany { members: 7 }]);
        assert_eq!(
            notes[0].to_string(),
            "holds more than 7 members; the rest was left out"
        );
    }
}

#[test]
fn names_have_no_root() {
    assert_eq!(member_name("", b"/etc//passwd"), "etc/passwd");
    assert_eq!(member_name("in.tar", b"./a/./b\xff"), "in.tar/a/b\\xff");
}

proptest! {
    /// Whatever is damaged or cut: an end, and no byte that was not in a file.
    #[test]
    fn damage_ends(
        zip in any::<bool>(), at in any::<prop::sample::Index>(), bytes in proptest::collection::vec(any::<u8>(), 0..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let text = b"2024-05-01T13:00:00Z INFO api started\n".repeat(30);
        let files: &[(&str, &[u8])] = &[("a/one.log", &text), ("b/two.log", &text), ("c/three.log", b"")];
        let mut packed = if zip { zip_of(files) } else { tar_of(files) };
        let at = at.index(packed.len());
        for (to, from) in packed[at..].iter_mut().zip(&bytes) {
            *to = *from;
        }
        packed.truncate(cut.index(packed.len()) + 1);
        let (all, _) = walk(&packed, Limits::default());
        prop_assert!(all.len() <= 64);
    }

    #[test]
    fn any_bytes_end(front in 0usize..4, bytes in proptest::collection::vec(any::<u8>(), 0..700)) {
        let magic: &[u8] = [&b""[..], b"PK\x03\x04", b"\x1f\x8b\x08", b"\xfd7zXZ\0"][front];
        let _ = walk(&[magic, &bytes].concat(), Limits::default());
    }
}
