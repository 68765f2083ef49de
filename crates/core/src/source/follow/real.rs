//! The files of this machine.

use super::disk::{Disk, Handle, Id, Stat, read_full};
use crate::source::Codec;
use crate::source::file_at::FileAt;
use crate::source::layers::peel;
use crate::source::note::Notes;
use crate::source::unpack::Limits;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// Files as the system has them.
#[derive(Clone, Copy, Debug)]
pub struct RealFiles;

impl Disk for RealFiles {
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        Ok(stat_of(&std::fs::metadata(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Handle>> {
        Ok(Box::new(File::open(path)?))
    }
}

impl Handle for File {
    fn stat(&self) -> io::Result<Stat> {
        Ok(stat_of(&self.metadata()?))
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, into, at)
    }

    fn unpacked(&self) -> io::Result<Option<Box<dyn Read + Send>>> {
        let mut head = [0; Codec::NEEDS];
        let n = read_full(self, &mut head, 0)?;
        if Codec::of(&head[..n]) == Codec::Plain {
            return Ok(None);
        }
        // it does not move where others read it
        let own = FileAt {
            file: Arc::new(self.try_clone()?),
            at: 0,
            meter: Arc::default(),
        };
        Ok(Some(Box::new(
            peel(own, Limits::default(), &Notes::default())?.stream,
        )))
    }
}

fn stat_of(meta: &Metadata) -> Stat {
    let modified = meta.modified().ok();
    let modified = modified.and_then(|t| t.duration_since(UNIX_EPOCH).ok());
    let (id, named) = place(meta);
    Stat {
        id,
        len: meta.len(),
        modified: modified.map_or(0, |d| d.as_nanos() as i128),
        named,
    }
}

fn place(meta: &Metadata) -> (Id, bool) {
    use std::os::unix::fs::MetadataExt;
    ((meta.dev(), meta.ino()), meta.nlink() > 0)
}
