//! Archives to the files in them, one after the other in bounded memory: tar and zip, packed or not, one inside another once.
//! Names of members are text for people; nothing here ever opens or makes a path of one.

use super::encoding::Encoding;
use super::inflate::Inflate;
use super::layers::peel;
use super::magic::{Codec, Container};
use super::name::member_name;
use super::note::{Note, Notes};
use super::unpack::Limits;
use crate::source::limits::{Count, Guard, GuardState, Metered};
use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use zip::{CompressionMethod, ZipArchive};

/// One file of an archive.
pub struct ArchiveFile<'r> {
    /// Its number among the files that are read in one go.
    pub number: u64,
    /// Its path in the archive, with `/` between components; members of an archive inside have its name in front.
    pub name: String,
    /// Last change, where the archive shows it as an instant.
    pub modified: Option<SystemTime>,
    /// Its bytes, or why they cannot be read.
    pub content: Result<LeafContent<'r>, String>,
}

/// The bytes of a file of an archive.
pub struct LeafContent<'r> {
    /// Unpacked, in UTF-8 where the encoding is known.
    pub stream: &'r mut dyn Read,
    /// How the member itself is packed.
    pub codecs: Vec<Codec>,
    /// What happens while it is read; complete at its end.
    pub notes: Notes,
}

/// What is done with each file; `Break` ends the walk.
pub(super) type Each<'e> = &'e mut dyn FnMut(ArchiveFile<'_>) -> ControlFlow<()>;

/// Archives inside archives that are opened.
const NESTED: usize = 1;

/// Bytes that what describes one member of a tar archive may take (long names, extended headers).
const DESCRIPTION: u64 = 1 << 20;

/// A zip archive inside another archive is read into memory, since its directory is at its end; larger ones are not.
const INNER_ZIP: u64 = 64 << 20;

/// A walk over the files of an archive.
pub(super) struct ArchiveWalk<'e> {
    pub(super) limits: Limits,
    pub(super) encoding: Encoding,
    /// What happens to the archive itself.
    pub(super) notes: Notes,
    pub(super) each: Each<'e>,
    /// Files so far.
    pub(super) leaves: u64,
    /// Files that were read to their end.
    pub(super) whole: u64,
    /// Bytes of all files so far.
    pub(super) bytes: Rc<Cell<u64>>,
}

/// What an archive says of a member.
#[derive(Clone, Debug)]
pub(super) struct MemberFacts {
    pub(super) name: String,
    pub(super) modified: Option<SystemTime>,
}

impl MemberFacts {
    /// A member of which only the name is reported.
    fn of(name: String) -> MemberFacts {
        MemberFacts {
            name,
            modified: None,
        }
    }

    /// What a tar archive says of one.
    pub(super) fn of_tar<R: Read>(front: &str, entry: &tar::Entry<'_, R>) -> MemberFacts {
        let seconds = entry.header().mtime().ok().filter(|s| *s > 0);
        let since = seconds.map(Duration::from_secs);
        MemberFacts {
            name: member_name(front, &entry.path_bytes()),
            modified: since.and_then(|s| SystemTime::UNIX_EPOCH.checked_add(s)),
        }
    }
}

impl<'e> ArchiveWalk<'e> {
    /// A walk that begins.
    pub(super) fn new(
        (limits, encoding): (Limits, Encoding),
        notes: &Notes,
        each: Each<'e>,
    ) -> ArchiveWalk<'e> {
        ArchiveWalk {
            limits,
            encoding,
            notes: notes.clone(),
            each,
            leaves: 0,
            whole: 0,
            bytes: Rc::default(),
        }
    }

    /// One member: a file, or an archive inside. `depth` counts the archives around it.
    pub(super) fn member(
        &mut self,
        about: MemberFacts,
        raw: &mut dyn Read,
        depth: usize,
    ) -> ControlFlow<()> {
        let notes = Notes::default();
        let peeled = match peel(raw, self.limits, &notes) {
            Ok(p) => p,
            Err(e) => return self.unreadable(about, e.to_string()),
        };
        if let Some(kind) = Container::of(&peeled.head).filter(|_| depth <= NESTED) {
            let mut stream = peeled.stream;
            return self.archive(kind, &about.name, &mut stream, &notes, depth + 1);
        }
        let codecs = peeled.codecs.clone();
        let mut stream = Metered {
            inner: peeled.text(self.encoding),
            bytes: self.bytes.clone(),
            most: self.limits.bytes,
            notes: notes.clone(),
        };
        self.leaf(
            about,
            Ok(LeafContent {
                stream: &mut stream,
                codecs,
                notes,
            }),
        )
    }

    pub(super) fn unreadable(&mut self, about: MemberFacts, why: String) -> ControlFlow<()> {
        self.leaf(about, Err(why))
    }

    fn leaf(
        &mut self,
        about: MemberFacts,
        content: Result<LeafContent<'_>, String>,
    ) -> ControlFlow<()> {
        if self.leaves >= self.limits.members {
            self.notes.add(Note::TooMany {
                members: self.leaves,
            });
            return ControlFlow::Break(());
        }
        let number = self.leaves;
        self.leaves += 1;
        (self.each)(ArchiveFile {
            number,
            name: about.name,
            modified: about.modified,
            content,
        })?;
        match self.bytes.get() > self.limits.bytes {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    /// All members of an archive in a stream. `outer` shows what happened while it was unpacked.
    pub(super) fn archive(
        &mut self,
        kind: Container,
        name: &str,
        stream: &mut dyn Read,
        outer: &Notes,
        depth: usize,
    ) -> ControlFlow<()> {
        let done = match kind {
            Container::Tar => self.tar(name, stream, depth),
            Container::Zip => self.inner_zip(name, stream, depth),
        };
        let flow = done.clone().map_continue(drop);
        // What unpacking says is nearer to the truth than what the archive makes of it.
        let notes = outer.all();
        let trouble = match notes.is_empty() {
            true => done.continue_value().flatten().into_iter().collect(),
            false => notes,
        };
        for note in trouble {
            self.notes.add(note.with_members(self.whole));
        }
        flow
    }

    fn tar(
        &mut self,
        front: &str,
        stream: &mut dyn Read,
        depth: usize,
    ) -> ControlFlow<(), Option<Note>> {
        let state = Rc::new(GuardState::default());
        let mut archive = tar::Archive::new(Guard {
            inner: stream,
            state: state.clone(),
        });
        let entries = match archive.entries() {
            Ok(e) => e,
            Err(e) => return ControlFlow::Continue(Some(state.trouble(&e))),
        };
        let mut entries = entries.into_iter();
        loop {
            state.left.set(DESCRIPTION);
            let entry = match entries.next() {
                None => return ControlFlow::Continue(None),
                Some(Err(e)) => return ControlFlow::Continue(Some(state.trouble(&e))),
                Some(Ok(entry)) => entry,
            };
            state.left.set(u64::MAX);
            let kind = entry.header().entry_type();
            let about = MemberFacts::of_tar(front, &entry);
            let size = entry.size();
            let read = Rc::new(Cell::new(0));
            let mut data = Count {
                inner: entry,
                read: read.clone(),
            };
            match kind {
                k if k.is_file() || k.is_contiguous() => self.member(about, &mut data, depth)?,
                k if k.is_gnu_sparse() => {
                    self.unreadable(about, "a file with holes; unpack it first".into())?;
                    continue;
                }
                _ => {}
            }
            match io::copy(&mut data, &mut io::sink()) {
                Err(e) => return ControlFlow::Continue(Some(state.trouble(&e))),
                Ok(_) if read.get() < size => {
                    return ControlFlow::Continue(Some(state.ends_early()));
                }
                Ok(_) => self.whole += u64::from(kind.is_file()),
            }
        }
    }

    fn inner_zip(
        &mut self,
        front: &str,
        stream: &mut dyn Read,
        depth: usize,
    ) -> ControlFlow<(), Option<Note>> {
        let mut bytes = Vec::new();
        let why = match stream.take(INNER_ZIP + 1).read_to_end(&mut bytes) {
            Err(e) => Some(e.to_string()),
            Ok(n) => (n as u64 > INNER_ZIP).then(|| {
                "a zip archive of more than 64 MiB inside an archive; unpack it first".to_owned()
            }),
        };
        if let Some(why) = why {
            self.unreadable(MemberFacts::of(front.to_owned()), why)?;
            return ControlFlow::Continue(None);
        }
        match open_zip(Cursor::new(&bytes[..]), bytes.len() as u64, &self.limits) {
            Err(_) => self.cut_zip(front, &mut &bytes[..], depth),
            Ok((mut zip, admitted)) => {
                for i in 0..admitted {
                    self.zip_member(front, &mut zip, i, depth)?;
                }
                ControlFlow::Continue(left_out(&zip, admitted, &self.limits))
            }
        }
    }

    /// A member of a zip archive that can be read at any position.
    pub(super) fn zip_member<R: Read + Seek>(
        &mut self,
        front: &str,
        zip: &mut ZipArchive<R>,
        index: usize,
        depth: usize,
    ) -> ControlFlow<()> {
        let (name, deflated) = match zip.by_index_raw(index) {
            Ok(raw) if !raw.is_file() => return ControlFlow::Continue(()),
            Ok(raw) => (
                member_name(front, raw.name_raw()),
                (!raw.encrypted() && raw.compression() == CompressionMethod::Deflated)
                    .then(|| (raw.crc32(), raw.size())),
            ),
            Err(e) => {
                let name = member_name(front, format!("member {}", index + 1).as_bytes());
                return self.unreadable(MemberFacts::of(name), e.to_string());
            }
        };
        let file = match deflated {
            Some(_) => zip.by_index_raw(index),
            None => zip.by_index(index),
        };
        // What says that it is small and is not would get around the sum of sizes.
        let flow = match (file, deflated) {
            (Err(e), _) => self.unreadable(MemberFacts::of(name), format!("{e}; unpack it first")),
            (Ok(file), Some((crc, size))) => {
                let mut data = Inflate::new(BufReader::new(file), Some(crc)).take(size);
                self.member(MemberFacts::of(name), &mut data, depth)
            }
            (Ok(file), None) => {
                let size = file.size();
                self.member(MemberFacts::of(name), &mut file.take(size), depth)
            }
        };
        self.whole += 1;
        flow
    }

    /// A zip archive without its end, and so without its directory: from the headers in front of the members.
    pub(super) fn cut_zip(
        &mut self,
        front: &str,
        stream: &mut dyn Read,
        depth: usize,
    ) -> ControlFlow<(), Option<Note>> {
        let read = Rc::new(Cell::new(0));
        let mut stream = Count {
            inner: stream,
            read: read.clone(),
        };
        let early = || {
            Some(Note::EndsEarly {
                unpacked: read.get(),
                packed: read.get(),
                members: 0,
            })
        };
        loop {
            let mut file = match zip::read::read_zipfile_from_stream(&mut stream) {
                Ok(Some(file)) => file,
                // The directory is there, and what is behind it is not.
                Ok(None) | Err(zip::result::ZipError::Io(_)) => {
                    return ControlFlow::Continue(early());
                }
                Err(e) => {
                    let note = Note::Damaged {
                        unpacked: read.get(),
                        packed: read.get(),
                        reason: e.to_string(),
                    };
                    return ControlFlow::Continue(Some(note));
                }
            };
            if file.is_file() {
                let about = MemberFacts::of(member_name(front, file.name_raw()));
                self.member(about, &mut file, depth)?;
            }
            match io::copy(&mut file, &mut io::sink()) {
                Ok(_) => self.whole += 1,
                Err(_) => return ControlFlow::Continue(early()),
            }
        }
    }
}

/// Walks over all files of an archive in a stream, whatever it is packed with; what happened to the archive. A stream that is
/// none has no files. Zip archives are read into memory here, so larger ones are not.
pub fn files_of(
    stream: &mut dyn Read,
    limits: Limits,
    each: &mut dyn FnMut(ArchiveFile<'_>) -> ControlFlow<()>,
) -> io::Result<Vec<Note>> {
    let (outer, notes) = (Notes::default(), Notes::default());
    let peeled = peel(stream, limits, &outer)?;
    let Some(kind) = Container::of(&peeled.head) else {
        return Ok(outer.all());
    };
    let mut files = ArchiveWalk::new((limits, Encoding::Auto), &notes, each);
    let mut stream = peeled.stream;
    let _ = files.archive(kind, "", &mut stream, &outer, 1);
    Ok(notes.all())
}

/// Opens a zip archive, and says how many of its members may be read: a function of what its directory says, so that the
/// same ones are read in any order. The error is a sentence.
pub(super) fn open_zip<R: Read + Seek>(
    from: R,
    size: u64,
    limits: &Limits,
) -> Result<(ZipArchive<R>, usize), String> {
    let zip = ZipArchive::new(from).map_err(|e| e.to_string())?;
    let most = usize::try_from(limits.members).unwrap_or(usize::MAX);
    let mut sum = 0u64;
    for i in 0..zip.len().min(most) {
        sum = sum.saturating_add(zip.by_index_data(i).map_or(0, |f| f.size()));
        let dense = sum > limits.ratio_from && sum / size.max(1) >= limits.ratio.max(1);
        if dense || sum > limits.bytes {
            return Ok((zip, i));
        }
    }
    let admitted = zip.len().min(most);
    Ok((zip, admitted))
}

/// What to say of the members of a zip archive that are not read.
pub(super) fn left_out<R: Read + Seek>(
    zip: &ZipArchive<R>,
    admitted: usize,
    limits: &Limits,
) -> Option<Note> {
    if admitted == zip.len() {
        return None;
    }
    let sum = |n: usize, of: &dyn Fn(zip::read::ZipFileEntry<'_>) -> u64| -> u64 {
        (0..n)
            .filter_map(|i| zip.by_index_data(i).ok().map(of))
            .fold(0, u64::saturating_add)
    };
    if admitted as u64 >= limits.members {
        return Some(Note::TooMany {
            members: admitted as u64,
        });
    }
    Some(Note::TooLarge {
        unpacked: sum(admitted + 1, &|f| f.size()),
        packed: sum(admitted + 1, &|f| f.compressed_size()),
    })
}

#[cfg(test)]
mod tests;
