//! Reading one open file from several places at once: each reader has a position of its own, and none moves another's.
//! Which bytes mean what is not known here.

use super::note::Meter;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

/// A file that several readers read, each at its own position.
#[derive(Clone, Debug)]
pub(super) struct FileAt {
    pub(super) file: Arc<File>,
    pub(super) at: u64,
    pub(super) meter: Arc<Meter>,
}

impl Read for FileAt {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = std::os::unix::fs::FileExt::read_at(&*self.file, into, self.at)?;
        self.at += n as u64;
        self.meter.add(n as u64);
        Ok(n)
    }
}

impl Seek for FileAt {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        // A cursor over nothing knows the arithmetic of positions, except that of the end.
        let to = match to {
            SeekFrom::End(n) => {
                let end = self.file.metadata()?.len();
                SeekFrom::Start(end.checked_add_signed(n).ok_or_else(before_start)?)
            }
            other => other,
        };
        let mut cursor = Cursor::new([0u8; 0]);
        cursor.set_position(self.at);
        self.at = cursor.seek(to)?;
        Ok(self.at)
    }
}

fn before_start() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "a position before the start")
}
