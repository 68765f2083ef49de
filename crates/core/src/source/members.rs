//! Files of archives as inputs: each gets its sample in one pass, and is read again in another, in parallel where the archive
//! can be read at any position. What an archive looks like inside is `archive.rs`.

use super::archive::{ArchiveFile, ArchiveWalk, MemberFacts, left_out, open_zip};
use super::file_at::FileAt;
use super::gather::Gathered;
use super::input::{Input, OpenConfig, RawBytes};
use super::layers::{HEAD, peel, take};
use super::magic::Container;
use super::note::{Note, Notes};
use super::sample::{STREAM_HEAD, Sample};
use super::spool::spool;
use super::walk::{Found, Place};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use zip::ZipArchive;

/// Where a file of an archive lies: in which of the pieces that can be read on their own, and as which file of it.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) archive: Arc<Archive>,
    pub(super) unit: usize,
    pub(super) leaf: u64,
}

/// A member of a tar archive that is not packed.
#[derive(Debug)]
struct TarMember {
    about: MemberFacts,
    at: u64,
    size: u64,
}

#[derive(Debug)]
enum Way {
    /// From its first byte to its last.
    Stream,
    /// Member by member; as many of them as the limits allow.
    Zip(ZipArchive<FileAt>, usize),
    /// The same.
    Tar(Vec<TarMember>),
}

/// An archive with members.
#[derive(Debug)]
pub(super) struct Archive {
    found: Found,
    file: Arc<File>,
    size: u64,
    way: Way,
}

/// Bytes of the sample of a file in an archive: the more files, the less of each, so that all samples stay bounded.
fn sample_size(number: u64) -> usize {
    match number {
        0..256 => STREAM_HEAD,
        256..2048 => STREAM_HEAD / 4,
        2048..16_384 => STREAM_HEAD / 16,
        _ => STREAM_HEAD / 128,
    }
}

impl Archive {
    /// Opens a file if it is an archive with members.
    pub(super) fn open(found: &Found, config: &OpenConfig) -> Result<Option<Archive>> {
        let Place::Path(path) = &found.place else {
            return Ok(None);
        };
        if !found.regular {
            return Ok(None);
        }
        let failed = Error::open(path);
        let mut file = File::open(path).map_err(failed)?;
        let meta = file.metadata().map_err(failed)?;
        if !meta.is_file() {
            return Ok(None);
        }
        let head = take(&mut file, HEAD).map_err(failed)?;
        Archive::of_file(found, file, meta.len(), &head, config).map_err(failed)
    }

    /// An archive that comes through a pipe, without its outer packing.
    pub(super) fn of_pipe(
        found: &Found,
        mut bytes: Box<dyn Read + Send>,
        config: &OpenConfig,
    ) -> Result<Archive> {
        let failed = Error::open(&found.name);
        let (file, size) =
            spool(&mut *bytes, &config.spool, config.limits.bytes).map_err(failed)?;
        let mut start = FileAt {
            file: Arc::new(file.try_clone().map_err(failed)?),
            at: 0,
            meter: Arc::default(),
        };
        let head = take(&mut start, HEAD).map_err(failed)?;
        let found = Found {
            size,
            regular: true,
            ..found.clone()
        };
        let archive = Archive::of_file(&found, file, size, &head, config).map_err(failed)?;
        archive.ok_or_else(|| failed(io::Error::other("no archive")))
    }

    /// An archive of these bytes, if they are one.
    fn of_file(
        found: &Found,
        file: File,
        size: u64,
        head: &[u8],
        config: &OpenConfig,
    ) -> io::Result<Option<Archive>> {
        let file = Arc::new(file);
        let at = || FileAt {
            file: file.clone(),
            at: 0,
            meter: config.meter.clone(),
        };
        let way = match Container::of(head) {
            Some(Container::Zip) => match open_zip(at(), size, &config.limits) {
                Ok((zip, admitted)) => Way::Zip(zip, admitted),
                Err(_) => Way::Stream,
            },
            Some(Container::Tar) => stretches(at(), size).map_or(Way::Stream, Way::Tar),
            None => {
                let peeled = peel(at(), config.limits, &Notes::default())?;
                if peeled.codecs.is_empty() || Container::of(&peeled.head).is_none() {
                    return Ok(None);
                }
                Way::Stream
            }
        };
        Ok(Some(Archive {
            found: found.clone(),
            file,
            size,
            way,
        }))
    }

    /// Pieces that can be read on their own.
    fn units(&self) -> usize {
        match &self.way {
            Way::Stream => 1,
            Way::Zip(_, admitted) => *admitted,
            Way::Tar(all) => all.len(),
        }
    }

    /// The sample of every file.
    pub(super) fn survey<T>(
        self: &Arc<Self>,
        config: &OpenConfig,
        wanted: &dyn Fn(&str) -> bool,
        make: &mut dyn FnMut(&Found, Result<Sample>) -> T,
        all: &mut Gathered<T>,
    ) {
        let (mut count, mut size) = (0u64, self.size);
        let mut archive_notes = Vec::new();
        for unit in 0..self.units() {
            let notes = self.read(unit, config, &mut |leaf| {
                if count >= config.limits.members {
                    return ControlFlow::Break(());
                }
                count += 1;
                let name = format!("{}/{}", self.found.name, leaf.name);
                if !wanted(&name) {
                    return ControlFlow::Continue(());
                }
                let sample = match leaf.content {
                    Err(why) => Err(self.no_content(&leaf.name, why)),
                    Ok(content) => {
                        let most = sample_size(count - 1);
                        take(&mut *content.stream, most)
                            .map(|head| {
                                let whole = head.len() < most;
                                Sample::of_head(head, whole, content.codecs).noted(&content.notes)
                            })
                            .map_err(|e| self.no_content(&leaf.name, e.to_string()))
                    }
                };
                let found = Found {
                    name,
                    member: Some(leaf.name),
                    // all of the archive is read with its first file
                    size: std::mem::take(&mut size),
                    modified: leaf.modified.or(self.found.modified),
                    operand: false,
                    ..self.found.clone()
                };
                let spot = Spot {
                    archive: self.clone(),
                    unit,
                    leaf: leaf.number,
                };
                all.add(Input::of_archive(found, spot), sample, make);
                ControlFlow::Continue(())
            });
            archive_notes.extend(notes);
        }
        if let Way::Zip(zip, 0) = &self.way {
            archive_notes.extend(left_out(zip, 0, &config.limits));
        }
        if count == 0 {
            match archive_notes.is_empty() {
                true => {
                    let none = self.no_content("", "an archive that holds no files".into());
                    all.add(Input::new(self.found.clone()), Err(none), make);
                }
                false => {
                    let named = archive_notes.into_iter().map(|n| (self.found.clone(), n));
                    all.archives.extend(named);
                }
            }
        }
    }

    fn no_content(&self, member: &str, why: String) -> Error {
        let mut path = std::path::PathBuf::from(&self.found.name);
        if !member.is_empty() {
            path.push(member);
        }
        Error::open(&path)(io::Error::other(why))
    }

    /// Reads one unit, file by file; what happened to the archive itself.
    fn read(&self, unit: usize, config: &OpenConfig, each: super::archive::Each<'_>) -> Vec<Note> {
        let notes = Notes::default();
        let mut files = ArchiveWalk::new((config.limits, config.encoding), &notes, each);
        let from = |at| FileAt {
            file: self.file.clone(),
            at,
            meter: config.meter.clone(),
        };
        match &self.way {
            Way::Stream => {
                let outer = Notes::default();
                let raw = RawBytes::of_archive(from(0), self.size, &self.file, &notes);
                match peel(raw, config.limits, &outer) {
                    Err(e) => notes.add(Note::ReadFailed {
                        byte: 0,
                        reason: e.to_string(),
                    }),
                    Ok(peeled) => {
                        let mut stream = peeled.stream;
                        match Container::of(&peeled.head) {
                            Some(Container::Zip) if peeled.codecs.is_empty() => {
                                let note = files.cut_zip("", &mut stream, 1).continue_value();
                                let whole = files.whole;
                                note.into_iter()
                                    .flatten()
                                    .for_each(|n| notes.add(n.with_members(whole)));
                            }
                            Some(kind) => {
                                let _ = files.archive(kind, "", &mut stream, &outer, 1);
                            }
                            None => {}
                        }
                    }
                }
            }
            Way::Zip(zip, admitted) => {
                let mut zip = zip.clone();
                let _ = files.zip_member("", &mut zip, unit, 1);
                if unit + 1 == *admitted {
                    left_out(&zip, *admitted, &config.limits)
                        .into_iter()
                        .for_each(|n| notes.add(n));
                }
            }
            Way::Tar(all) => {
                if let Some(s) = all.get(unit) {
                    let mut data = from(s.at).take(s.size);
                    let _ = files.member(s.about.clone(), &mut data, 1);
                }
            }
        }
        if let Ok(now) = self.file.metadata()
            && now.len() != self.size
            && !matches!(self.way, Way::Stream)
        {
            notes.add(Note::Changed {
                before: self.size,
                after: now.len(),
            });
        }
        notes.all()
    }
}

/// Where the members of a plain tar archive lie; nothing where it is cut or has members that take a second look, so that
/// it is read from its first byte to its last.
fn stretches(from: FileAt, size: u64) -> Option<Vec<TarMember>> {
    /// Members that are looked up; an archive of more is read as a stream, which counts them.
    const MOST: usize = 100_000;
    let mut archive = tar::Archive::new(from);
    let mut all = Vec::new();
    for entry in archive.entries_with_seek().ok()? {
        let entry = entry.ok()?;
        let kind = entry.header().entry_type();
        let end = entry.raw_file_position().checked_add(entry.size())?;
        if kind.is_gnu_sparse() || end > size || all.len() == MOST {
            return None;
        }
        if kind.is_file() || kind.is_contiguous() {
            all.push(TarMember {
                about: MemberFacts::of_tar("", &entry),
                at: entry.raw_file_position(),
                size: entry.size(),
            });
        }
    }
    Some(all)
}

impl Input {
    /// What it has in common with the inputs that are read together with it: the others of its archive, or of its piece
    /// of the archive. `None` for an input that is read on its own.
    pub fn together(&self) -> Option<(usize, usize)> {
        let spot = self.spot.as_ref()?;
        Some((Arc::as_ptr(&spot.archive) as usize, spot.unit))
    }

    /// Its number among the files that are read together.
    pub fn leaf(&self) -> Option<u64> {
        self.spot.as_ref().map(|s| s.leaf)
    }

    /// The name of its archive.
    pub fn archive(&self) -> Option<&str> {
        self.spot.as_ref().map(|s| s.archive.found.name.as_str())
    }

    /// Reads all files that are read together with this one, in order; returns what happened to the archive itself.
    pub fn read_together(
        &self,
        config: &OpenConfig,
        each: &mut dyn FnMut(ArchiveFile<'_>) -> ControlFlow<()>,
    ) -> Vec<Note> {
        match &self.spot {
            Some(spot) => spot.archive.read(spot.unit, config, each),
            None => Vec::new(),
        }
    }
}
