//! Part files: one line of JSON a part, with the rows of the plan that it covers, the settings it was planned with and a
//! checksum; and which of them fit together. How a part itself is written is described beside.

use super::bytes::{Digits, Hash};
use super::sound::sound;
use crate::error::{Error, Result};
use crate::summary::{InputPart, Part};
use crc32fast::Hasher;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

/// Version of the form of parts. Readers refuse others.
pub const VERSION: u32 = 2;

/// What is known of one row of a plan that a part covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowDone {
    /// Its first input.
    pub input: u32,
    /// First byte of its split.
    pub off: u64,
    /// Bytes of its split.
    pub len: u64,
    /// CRC-32 over what it owns of its inputs.
    pub crc32: u32,
}

/// What some rows of one plan come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// Rows of the plan.
    pub of: u32,
    /// Those that are covered, by number.
    pub rows: BTreeMap<u32, RowDone>,
    /// What the report is to be made with, as the plan says.
    pub settings: serde_json::Value,
    /// The part.
    pub part: Part,
    /// SHA-256 of unpacked bytes by input, where asked for.
    pub sha256: BTreeMap<u32, [u8; 32]>,
}

/// Parts of any number of plans.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts(pub BTreeMap<u64, Planned>);

impl Parts {
    /// One part.
    pub fn one(planned: Planned) -> Parts {
        Parts(BTreeMap::from([(planned.part.plan, planned)]))
    }

    /// Joins two: the same rows count once, however often they come. Commutative and associative wherever it succeeds.
    ///
    /// # Errors
    /// [`Error::InputChanged`] where one row gave different bytes, [`Error::Overlap`] where both cover a row and neither covers
    /// all rows of the other.
    pub fn merge(mut self, other: Parts) -> Result<Parts> {
        for (id, theirs) in other.0 {
            let merged = match self.0.remove(&id) {
                None => theirs,
                Some(mine) => mine.merge(theirs)?,
            };
            self.0.insert(id, merged);
        }
        Ok(self)
    }

    /// The line of text that holds all this, with its newline.
    ///
    /// # Errors
    /// [`Error::Part`] where a line is known by its place alone, since its text was not asked for.
    pub fn text(&self) -> Result<String> {
        let failed = |why: &dyn std::fmt::Display| {
            Error::part(
                "the part",
                format!("cannot be written: {why}"),
                "summarize the logs again",
            )
        };
        let mut text = Vec::new();
        self.write(&mut text).map_err(|e| failed(&e))?;
        String::from_utf8(text).map_err(|e| failed(&e))
    }

    /// Writes that line without holding it; gives its length and its checksum.
    ///
    /// # Errors
    /// As above, and where nothing can be written.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<(u64, u32)> {
        let body: Vec<Body<_, _>> = self.0.iter().map(|(id, p)| Body::of(*id, p)).collect();
        // the checksum stands before what it is of
        let mut sink = io::sink();
        let mut summed = BufWriter::new(Summed::new(&mut sink));
        serde_json::to_writer(&mut summed, &body)?;
        let crc = summed.into_inner()?.crc.finalize();
        let mut line = Summed::new(to);
        write!(
            line,
            "{{\"coroner_part\":{VERSION},\"crc32\":\"{crc:08x}\",\"body\":"
        )?;
        let mut pieces = BufWriter::new(line);
        serde_json::to_writer(&mut pieces, &body)?;
        pieces.write_all(b"}\n")?;
        let line = pieces.into_inner()?;
        Ok((line.bytes, line.crc.finalize()))
    }

    /// Reads one line of a part file; `at` says where it stands.
    ///
    /// # Errors
    /// [`Error::Part`] where it is no part, of another version, or damaged.
    pub fn parse(line: &str, at: &str) -> Result<Parts> {
        let refused = |why: String, remedy: &str| Error::Part {
            at: at.to_owned(),
            why,
            remedy: remedy.to_owned(),
        };
        let damaged = |e: serde_json::Error| {
            let why = format!("is no part, or is cut short: {e}");
            refused(why, "make it again with `coroner summarize`")
        };
        let version: Version = serde_json::from_str(line).map_err(damaged)?;
        if version.coroner_part != VERSION {
            let why = format!(
                "is of version {} of the form of parts, this program reads version {VERSION}",
                version.coroner_part
            );
            return Err(refused(why, "read it with the program that made it"));
        }
        let file: File<'_> = serde_json::from_str(line).map_err(damaged)?;
        let body = file.body.get();
        if format!("{:08x}", crc32fast::hash(body.as_bytes())) != file.crc32 {
            let why = "does not fit its checksum".to_owned();
            return Err(refused(why, "make it again with `coroner summarize`"));
        }
        let plans: Vec<Body<serde_json::Value, Box<InputPart>>> =
            serde_json::from_str(body).map_err(damaged)?;
        let mut all = Parts::default();
        for p in plans {
            let (id, planned) = p.planned();
            if let Some(input) = planned.part.inputs.values().find(|i| !sound(i)) {
                let why = format!("holds numbers that no log gives, of {}", input.meta.name);
                return Err(refused(why, "make it again with `coroner summarize`"));
            }
            all.0.insert(id, planned);
        }
        Ok(all)
    }
}

impl Planned {
    fn merge(mut self, other: Planned) -> Result<Planned> {
        for (row, theirs) in &other.rows {
            if let Some(mine) = self.rows.get(row)
                && mine != theirs
            {
                return Err(Error::InputChanged {
                    input: self.name(mine.input),
                    from: mine.off,
                    to: mine.off + mine.len,
                    how: "two parts of it were made of different bytes".into(),
                });
            }
        }
        let shared = other.rows.keys().find(|r| self.rows.contains_key(r));
        match shared {
            _ if other.rows.keys().all(|r| self.rows.contains_key(r)) => Ok(self),
            _ if self.rows.keys().all(|r| other.rows.contains_key(r)) => Ok(other),
            Some(row) => Err(Error::Overlap {
                input: self.name(other.rows[row].input),
                byte: other.rows[row].off,
            }),
            None if self.settings != other.settings || self.of != other.of => Err(Error::Part {
                at: format!("a part of plan {:016x}", self.part.plan),
                why: "has other settings than another one of the same plan".into(),
                remedy: "summarize all rows of one plan".into(),
            }),
            None => {
                self.part = self.part.merge(other.part)?;
                self.rows.extend(other.rows);
                self.sha256.extend(other.sha256);
                Ok(self)
            }
        }
    }

    fn name(&self, input: u32) -> String {
        let input = self.part.inputs.get(&input);
        input.map_or_else(|| "an input".to_owned(), |p| p.meta.name.clone())
    }

    /// Rows that are missing.
    pub fn missing(&self) -> u32 {
        self.of.saturating_sub(self.rows.len() as u32)
    }
}

/// Counts and sums what is written.
struct Summed<'w> {
    to: &'w mut dyn Write,
    crc: Hasher,
    bytes: u64,
}

impl<'w> Summed<'w> {
    fn new(to: &'w mut dyn Write) -> Summed<'w> {
        Summed {
            to,
            crc: Hasher::new(),
            bytes: 0,
        }
    }
}

impl Write for Summed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.to.write(bytes)?;
        self.crc.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The first thing that is looked at.
#[derive(Deserialize)]
struct Version {
    coroner_part: u32,
}

#[derive(Deserialize)]
struct File<'t> {
    crc32: String,
    #[serde(borrow)]
    body: &'t RawValue,
}

/// Row, and what is known of it.
type RowCells = (u32, u32, u64, u64, u32);

/// What stands behind the checksum, of borrowed settings and inputs where it is written, and of own ones where it is read.
#[derive(Serialize, Deserialize)]
struct Body<S, I> {
    plan: Hash,
    of: u32,
    rows: Vec<RowCells>,
    settings: S,
    inputs: Vec<(u32, I)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sha256: Vec<(u32, Digits)>,
}

impl<'p> Body<&'p serde_json::Value, &'p InputPart> {
    fn of(id: u64, p: &'p Planned) -> Self {
        Body {
            plan: Hash(id),
            of: p.of,
            rows: p
                .rows
                .iter()
                .map(|(n, r)| (*n, r.input, r.off, r.len, r.crc32))
                .collect(),
            settings: &p.settings,
            inputs: p.part.inputs.iter().map(|(id, p)| (*id, &**p)).collect(),
            sha256: p
                .sha256
                .iter()
                .map(|(i, s)| (*i, Digits(s.to_vec())))
                .collect(),
        }
    }
}

impl Body<serde_json::Value, Box<InputPart>> {
    fn planned(self) -> (u64, Planned) {
        let rows = self.rows.into_iter().map(|(n, input, off, len, crc32)| {
            let done = RowDone {
                input,
                off,
                len,
                crc32,
            };
            (n, done)
        });
        let sha256 = self.sha256.into_iter();
        let planned = Planned {
            of: self.of,
            rows: rows.collect(),
            settings: self.settings,
            part: Part {
                plan: self.plan.0,
                inputs: self.inputs.into_iter().collect(),
            },
            sha256: sha256
                .filter_map(|(i, s)| Some((i, s.0.try_into().ok()?)))
                .collect(),
        };
        (self.plan.0, planned)
    }
}
