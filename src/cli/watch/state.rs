//! `--state`: what was read is kept in a file, so that a watch that is started again goes on. A part file like any other, with
//! what only a watch needs in its settings; written whole under another name and renamed, for its owner's eyes alone. Once it
//! is large, what is read since is appended to a file beside it, a part a line, until that is several times as large.

use crate::cli::diagnostics::{Complaint, shown};
use crate::cli::exit::Exit;
use crate::cli::file::is_ours;
use crate::cli::output::What;
use crate::cli::read::Request;
use crate::cli::watch::exec::All;
use coroner::program::source::{KeptFile, Ours};
use coroner::program::summary::{Part, Planned, RowDone};
use coroner::program::{PlannedFor, added};
use coroner::{Error, Parts, Result, Watch};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// It is written this often, so that no more than this is lost.
pub(super) const EVERY: Duration = Duration::from_secs(10);

/// A state smaller than this is written whole each time: that is less than 1 MB a minute.
const SMALL: u64 = 128 << 10;
/// What was appended may be so many times as large as what it was appended to.
const TIMES: u64 = 4;

/// What was read of files, with the name of its input.
pub(super) type Marks = Vec<(Option<String>, KeptFile)>;

/// The file.
pub(super) struct StateFile<'a> {
    path: PathBuf,
    asked: Request<'a>,
    saved: Option<Instant>,
    /// What was written whole last, if more may be appended.
    whole: Option<WholeState>,
    /// Held as long as this watch keeps its state there.
    held: Option<File>,
    /// What is written at the end, when all events are reported.
    last: Option<(Part, Value, Marks)>,
    /// What keeps events that must still arrive.
    exec: Option<Arc<All>>,
    /// Why it could not be written, the first time.
    pub failed: Option<Complaint>,
}

/// A state that was written whole: how many bytes, their checksum, and what was appended since.
struct WholeState {
    bytes: u64,
    crc32: u32,
    appended: u64,
    more: Option<File>,
}

impl<'a> StateFile<'a> {
    /// Nothing is read or written yet.
    pub fn new(path: &Path, asked: Request<'a>, exec: Option<Arc<All>>) -> StateFile<'a> {
        StateFile {
            path: path.to_owned(),
            asked,
            saved: None,
            whole: None,
            held: None,
            last: None,
            exec,
            failed: None,
        }
    }

    /// Takes the file for this watch alone, by a lock beside it that ends with the program.
    pub fn hold(&mut self) -> Result<()> {
        if std::fs::metadata(&self.path).is_ok_and(|m| !m.is_file()) {
            return Ok(());
        }
        let mut path = self.path.clone().into_os_string();
        path.push(".lock");
        let mut open = OpenOptions::new();
        let open = open.create(true).write(true).truncate(false).open(path);
        // where nothing can be written, that is said of the state
        let Ok(lock) = open else { return Ok(()) };
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => Err(Error::part(
                shown(&self.path),
                "is the state of another watch that runs",
                "end that one, or name another file",
            )),
            // where files cannot be locked nobody is kept away
            Err(TryLockError::Error(_)) => Ok(()),
            Ok(()) => {
                self.held = Some(lock);
                Ok(())
            }
        }
    }

    /// Where what was read since is appended.
    fn beside(&self) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(".more");
        path.into()
    }

    /// What was left: the part, the state of the engine, and how far files were read. `None` where there is none yet.
    pub fn load(&self) -> Result<Option<(Part, Value, Marks)>> {
        let at = shown(&self.path);
        if std::fs::metadata(&self.path).is_ok_and(|m| !m.is_file()) {
            // a device holds nothing that was left
            return Ok(None);
        }
        // what lies there is replaced as the state is written
        let beside = self.beside();
        if let Ok(Some(ours)) = is_ours(&beside)
            && ours != Some(Ours::Part)
        {
            let at = shown(&beside);
            return Err(refused(&at, "is no part of a watch's state"));
        }
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) if e.kind() == ErrorKind::InvalidData => String::new(),
            Err(e) => return Err(Error::open(&self.path)(e)),
        };
        let mut lines = text.lines();
        let line = lines.next();
        let line = line.ok_or_else(|| refused(&at, "is no state of a watch"))?;
        let mut kept = read(line, &at)?;
        if lines.next().is_some() {
            return Err(refused(&at, "holds more than one part"));
        }
        // a line that was cut off as it was written ends it, and so does what belongs to another state
        let crc32 = crc32fast::hash(text.as_bytes());
        let more = std::fs::read(self.beside()).unwrap_or_default();
        for line in String::from_utf8_lossy(&more).split_inclusive('\n') {
            let Ok((part, state, marks)) = read(line, &at) else {
                break;
            };
            if state["behind"] != crc32 {
                break;
            }
            let (part, state) = added((kept.0, &kept.1), (part, state))?;
            kept = (part, state, marks);
        }
        Ok(Some(kept))
    }

    /// Writes it, if that is due.
    pub fn keep(&mut self, watch: &mut Watch, marks: impl FnOnce(&Watch) -> Marks) {
        if self.saved.is_none_or(|t| t.elapsed() >= EVERY) {
            let marks = marks(watch);
            self.save(watch, marks, false);
        }
    }

    /// Writes it, or what was read since. Where that fails the watch goes on; it is reported.
    pub fn save(&mut self, watch: &mut Watch, marks: Marks, ended: bool) {
        self.saved = Some(Instant::now());
        let large = |w: &WholeState| w.bytes >= SMALL && w.appended < TIMES * w.bytes;
        let since = match self.whole.as_ref().is_some_and(large) && !ended {
            true => watch.state_since(),
            false => Ok(None),
        };
        let done = match since {
            Ok(Some((part, state))) => {
                let state = self.with_events(state);
                self.append(watch, (part, state, marks))
            }
            Ok(None) => match watch.state(ended) {
                Ok(Some((part, state))) => {
                    let state = self.with_events(state);
                    match ended {
                        true => {
                            self.last = Some((part, state, marks));
                            Ok(())
                        }
                        false => self.write(watch, (part, state, marks)),
                    }
                }
                Ok(None) => Ok(()),
                Err(e) => Err(e),
            },
            Err(e) => Err(e),
        };
        if done.is_err() {
            // what was to be written is in none: all of it must be written next
            self.whole = None;
        }
        self.note_failure(done);
    }

    /// With what events must still arrive, and who was told of which.
    fn with_events(&self, mut state: Value) -> Value {
        let left = self.exec.as_ref().map(|e| e.undelivered());
        state["undelivered"] = json!(left.unwrap_or_default());
        let told = self.exec.as_ref().map(|e| e.told());
        state["told"] = json!(told.unwrap_or_default());
        state
    }

    /// Writes what was read when all events are reported: the first one after a restart has the number behind theirs.
    pub fn end(&mut self, watch: &Watch) {
        if let Some((part, mut state, marks)) = self.last.take() {
            state["seq"] = watch.events_emitted().into();
            let done = self.write(watch, (part, state, marks));
            self.note_failure(done);
        }
    }

    fn write(&mut self, watch: &Watch, kept: (Part, Value, Marks)) -> Result<()> {
        let parts = self.parts(watch, kept)?;
        let (mut bytes, mut crc32) = (0, 0);
        let mut write = |to: &mut dyn Write| {
            (bytes, crc32) = parts.write(to)?;
            Ok(())
        };
        let outputs = self.asked.outputs;
        outputs.put_file(What::State, &self.path, &mut write)?;
        // what was appended to another one is in this one; where it stays, it is known not to belong to it
        let _ = std::fs::remove_file(self.beside());
        self.whole = Some(WholeState {
            bytes,
            crc32,
            appended: 0,
            more: None,
        });
        Ok(())
    }

    fn append(
        &mut self,
        watch: &Watch,
        (part, mut state, marks): (Part, Value, Marks),
    ) -> Result<()> {
        let Some(mut whole) = self.whole.take() else {
            return Ok(());
        };
        state["behind"] = whole.crc32.into();
        let text = self.parts(watch, (part, state, marks))?.text()?;
        let path = self.beside();
        let mut file = match whole.more.take() {
            Some(file) => file,
            None => self.asked.outputs.append(What::State, &path)?,
        };
        file.write_all(text.as_bytes())
            .map_err(Error::write(&path))?;
        whole.appended += text.len() as u64;
        whole.more = Some(file);
        self.whole = Some(whole);
        Ok(())
    }

    /// Reports the first failure.
    fn note_failure(&mut self, done: Result<()>) {
        if let Err(e) = done
            && self.failed.is_none()
        {
            let at = shown(&self.path);
            let c = Complaint::error(format!("cannot keep the state in {at}: {e}"), Exit::Io)
                .help("the watch goes on; if it is started again, it begins anew");
            c.print(false);
            self.failed = Some(c);
        }
    }

    fn parts(&self, watch: &Watch, (part, state, marks): (Part, Value, Marks)) -> Result<Parts> {
        let given = &self.asked.settled.settings;
        let mut settings = PlannedFor {
            infer: given.inference(&watch.plan_of_years(), Vec::new()),
            services: given.services(),
            number_lines: given.read.number_lines,
            redacted: false,
        }
        .value()?;
        if let Some(all) = settings.as_object_mut() {
            all.insert("watch".into(), state);
            all.insert("files".into(), json!(marks));
        }
        let mut crc = crc32fast::Hasher::new();
        for p in part.inputs.values() {
            crc.update(&p.coverage.crc32().to_le_bytes());
        }
        let done = RowDone {
            input: 0,
            off: 0,
            len: part.inputs.values().map(|p| p.accounting.bytes).sum(),
            crc32: crc.finalize(),
        };
        let planned = Planned {
            of: 1,
            rows: BTreeMap::from([(0, done)]),
            settings,
            part,
            sha256: BTreeMap::new(),
        };
        Ok(Parts::one(planned))
    }
}

fn refused(at: &str, why: &str) -> Error {
    Error::part(at, why, "move it away to begin anew, or name another file")
}

/// What a line of a state holds.
fn read(line: &str, at: &str) -> Result<(Part, Value, Marks)> {
    let parts = Parts::parse(line, at).map_err(|e| match e {
        Error::Part { why, .. } => refused(at, &why),
        e => e,
    })?;
    let mut all = parts.0.into_values();
    let (Some(planned), None) = (all.next(), all.next()) else {
        return Err(refused(at, "holds more than one part"));
    };
    let Some(watch) = planned.settings.get("watch") else {
        return Err(refused(at, "is a part, but no state of a watch"));
    };
    let marks = planned.settings.get("files").cloned().unwrap_or(json!([]));
    let marks = serde_json::from_value(marks).map_err(|e| refused(at, &e.to_string()))?;
    Ok((planned.part, watch.clone(), marks))
}
