//! A file as the system knows it: which one it is whatever it is called, who may read it, and how it is written whole or not at
//! all. What may be written where is for `output.rs`.

use super::interrupt::Temporary;
use coroner::Error;
use coroner::program::source::follow::folder;
use coroner::program::source::{Ours, stdout_was_closed};
use std::fs::{File, Metadata};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

/// A file, whatever it is called: device and inode where it is there, else the place where it will be. Nothing for what is no
/// regular file, such as a pipe or a device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Id {
    There(u64, u64),
    Place(PathBuf),
}

impl Id {
    /// That of a path.
    pub(super) fn of(path: &Path) -> Option<Id> {
        match std::fs::metadata(path) {
            Ok(m) => Id::of_metadata(&m),
            Err(_) => {
                let folder = folder(path).canonicalize().ok()?;
                Some(Id::Place(folder.join(path.file_name()?)))
            }
        }
    }

    fn of_metadata(m: &Metadata) -> Option<Id> {
        use std::os::unix::fs::MetadataExt;
        m.is_file().then(|| Id::There(m.dev(), m.ino()))
    }

    /// The file that a standard stream is.
    pub(super) fn of_stream(stream: impl std::os::fd::AsFd) -> Option<Id> {
        let file = File::from(stream.as_fd().try_clone_to_owned().ok()?);
        Id::of_metadata(&file.metadata().ok()?)
    }
}

/// `pm-NAME.md` of `pm.md`.
pub(super) fn beside(path: &Path, name: &str) -> PathBuf {
    let mut file = path.file_stem().unwrap_or_default().to_owned();
    file.push(format!("-{name}"));
    if let Some(extension) = path.extension() {
        file.push(".");
        file.push(extension);
    }
    path.with_file_name(file)
}

/// A missing folder is reported before the logs are read, not after.
pub(super) fn check_folder(path: &Path) -> Result<(), Error> {
    let source = match std::fs::metadata(folder(path)) {
        Ok(m) if !m.is_dir() => io::ErrorKind::NotADirectory.into(),
        Err(e) => e,
        Ok(_) if path.is_dir() => io::ErrorKind::IsADirectory.into(),
        Ok(_) => return Ok(()),
    };
    Err(Error::write(path)(source))
}

/// What of ours a file holds. Nothing where there is none, or nothing in it.
pub(super) fn is_ours(path: &Path) -> io::Result<Option<Option<Ours>>> {
    match std::fs::metadata(path) {
        Ok(m) if m.is_file() && m.len() > 0 => Ours::of_file(path).map(Some),
        _ => Ok(None),
    }
}

/// Opens a file to append to it.
pub(super) fn append(path: &Path, private: bool) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true);
    let old = std::fs::metadata(path).ok();
    open_with(options, path, mode(old.as_ref(), private))
}

/// The rights of a file that is written, where they are not the usual ones of a new file: as they were, those of its owner
/// alone for what is private.
fn mode(old: Option<&Metadata>, private: bool) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    match (old.map(|m| m.permissions().mode()), private) {
        (old, true) => Some(old.unwrap_or(0o600) & 0o600),
        (old, false) => old.map(|m| m & 0o7777),
    }
}

/// Opens a regular file with these rights, new or not.
fn open_with(
    mut options: std::fs::OpenOptions,
    path: &Path,
    mode: Option<u32>,
) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    if mode.is_some() {
        options.mode(0o600);
    }
    let file = options.open(path)?;
    match mode {
        Some(mode) if file.metadata()?.is_file() => {
            file.set_permissions(std::fs::Permissions::from_mode(mode))?;
        }
        _ => {}
    }
    Ok(file)
}

/// Standard output, which says where nothing can be written to it; that of the runtime takes what is written and loses it.
pub(super) fn stdout() -> io::Result<File> {
    if stdout_was_closed() {
        return Err(io::Error::other("it is closed"));
    }
    let own = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?;
    Ok(File::from(own))
}

/// Writes a line whole or not at all: of one that fits on the disk in part nothing stays.
pub(super) fn write_line(mut file: &File, line: &[u8]) -> io::Result<()> {
    let before = file.metadata()?;
    let done = file.write_all(line);
    if done.is_err() && before.is_file() {
        file.set_len(before.len())?;
        file.seek(io::SeekFrom::End(0))?;
    }
    done
}

/// What writes to a file that is open.
pub(super) type Writes<'w> = &'w mut dyn FnMut(&mut dyn Write) -> io::Result<()>;

/// Writes by large pieces, and gives back what was written to.
pub(super) fn written<W: Write>(out: W, write: Writes<'_>) -> io::Result<W> {
    let mut out = BufWriter::new(out);
    write(&mut out)?;
    out.flush()?;
    out.into_inner().map_err(|e| e.into_error())
}

/// Writes pieces one after the other.
pub(super) fn in_turn<P: AsRef<[u8]>>(
    pieces: impl IntoIterator<Item = P>,
) -> impl FnMut(&mut dyn Write) -> io::Result<()> {
    let mut pieces = pieces.into_iter();
    move |out| pieces.try_for_each(|p| out.write_all(p.as_ref()))
}

/// Writes a file whole or not at all. Links are followed; what is no regular file (a pipe, `/dev/full`) is written to
/// as it is.
pub(super) fn write_file(path: &Path, write: Writes<'_>, private: bool) -> io::Result<()> {
    let old = std::fs::metadata(path).ok();
    if old.as_ref().is_some_and(|m| !m.is_file()) {
        let out = File::options().write(true).open(path)?;
        return written(out, write).map(drop);
    }
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mode = mode(old.as_ref(), private);
    let mut n = 0;
    let (held, out) = loop {
        // short, whatever the file is called: there is a longest name
        let name = format!(".coroner.{}.{n}.tmp", std::process::id());
        let temporary = path.with_file_name(name);
        let mut options = File::options();
        options.write(true).create_new(true);
        match open_with(options, &temporary, mode) {
            // left by a process that was killed
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && n < 99 => n += 1,
            out => {
                let out = out?;
                break (Temporary::new(&temporary), out);
            }
        }
    };
    let out = written(out, write)?;
    // Some file systems show only here that the disk is full.
    out.sync_all()?;
    drop(out);
    held.rename(path)
}
