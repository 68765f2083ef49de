//! Archives that come through a pipe, kept in a file without a name while they are read: what is in them is looked at twice,
//! and the directory of a zip stands at its end. Nobody else can open the file, and it is gone with the process.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Names that are tried before giving up.
const TRIES: u32 = 64;

/// Writes all of a stream into a file of its own in a folder: the file, and its bytes. More than `most` bytes are an error.
pub(super) fn spool(from: &mut dyn Read, folder: &Path, most: u64) -> io::Result<(File, u64)> {
    let mut file = nameless(folder)?;
    let size = io::copy(&mut from.take(most.saturating_add(1)), &mut file)?;
    if size > most {
        let why = format!(
            "an archive of more than {most} bytes through a pipe; save it and name the file"
        );
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    }
    file.flush()?;
    Ok((file, size))
}

/// A new file that only this process can reach.
fn nameless(folder: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for n in 0..TRIES {
        let path = folder.join(format!(".coroner-{}-{n}", std::process::id()));
        match options.open(&path) {
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, SeekFrom};

    #[test]
    fn what_is_kept_has_no_name_and_an_end() {
        let dir = tempfile::tempdir().unwrap();
        let (mut file, size) = spool(&mut &b"twelve bytes"[..], dir.path(), 12).unwrap();
        assert_eq!(
            (size, std::fs::read_dir(dir.path()).unwrap().count()),
            (12, 0)
        );
        file.seek(SeekFrom::Start(0)).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "twelve bytes");
        let e = spool(&mut &b"twelve bytes"[..], dir.path(), 11).unwrap_err();
        assert!(e.to_string().contains("more than 11 bytes"), "{e}");
        assert!(spool(&mut &b""[..], &dir.path().join("none"), 1).is_err());
    }
}
