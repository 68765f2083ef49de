//! A row of a plan: some bytes of one input, or all files of one archive, and all that a worker must know to read them.
//! Rows are JSON, one a line, each whole in itself, so that any engine can hand them out. Nothing is read here.

use super::tried::Recipe;
use super::{Beginnings, InputMeta, Plan, PlanInput, YearBasis};
use crate::error::{Error, Result};
use crate::source::Encoding;
use coroner_lines::format::frame::FRAMES;
use coroner_lines::hash::hash64;
use coroner_lines::marker::own::OwnRule;
use coroner_lines::time::Calendar;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Version of the form of rows. Readers refuse others.
pub const VERSION: u32 = 1;

/// How the bytes of an input are read, the same for all workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowReading {
    /// Longer lines are counted, not read; bytes.
    pub max_line: usize,
    /// How bytes are text.
    pub encoding: Encoding,
    /// Most unpacked bytes per packed byte.
    pub max_ratio: u64,
    /// Most bytes that an input may unpack to.
    pub max_unpacked: u64,
}

/// An input as a row states it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowInput {
    /// Its number in the plan.
    pub id: u32,
    /// What goes into the part.
    pub meta: Arc<InputMeta>,
    recipe: Recipe,
    calendar: Calendar,
    untimed: bool,
    heads: bool,
    #[serde(default, skip_serializing_if = "Beginnings::is_empty")]
    beginnings: Beginnings,
    stateful: bool,
    whole: bool,
    dirty: bool,
    frame: Option<String>,
    wrapped: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unread: bool,
}

/// One row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanRow {
    /// [`VERSION`].
    pub coroner_row: u32,
    /// Version of the program that made the plan: another one may read lines otherwise.
    pub coroner: String,
    /// Identity of the plan, 16 hexadecimal digits.
    pub plan: String,
    /// Number of the row, from 0.
    pub row: u32,
    /// Rows of the plan.
    pub of: u32,
    /// Where the bytes are; only how to read them, so it may be changed to what a worker can open.
    pub uri: String,
    /// Name of the file, or of the archive, in citations.
    pub name: String,
    /// Bytes of the file that are part of the plan.
    pub size: u64,
    /// What shows whether the file is still the same: the CRC-32 of its first bytes, [`TAG`] of them at most.
    pub tag: String,
    /// First byte of the split.
    pub off: u64,
    /// Bytes of the split. It owns the records that begin in it.
    pub len: u64,
    /// Whether other rows hold other bytes of the same file.
    pub split: bool,
    /// Whether all of its lines lie outside the stretch of time that is asked for, so that they are only counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pass: bool,
    /// The input, or all files of the archive that are inputs.
    pub inputs: Vec<RowInput>,
    /// How bytes are read.
    pub reading: RowReading,
    /// Wall time in microseconds that year-less stamps are not later than (plus a day).
    pub year_reference: i64,
    /// How that is known.
    pub year_basis: YearBasis,
    /// Marker rules of the user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<OwnRule>,
    /// What the report is to be made with, kept for who makes it.
    pub settings: serde_json::Value,
}

/// First bytes of a file that its tag depends on.
pub const TAG: usize = 4096;

/// The tag of a file that begins with these bytes; of more than [`TAG`] only the first count.
pub fn tag(head: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(&head[..head.len().min(TAG)]))
}

impl RowInput {
    /// What a plan says of an input.
    pub fn of(id: u32, input: &PlanInput) -> RowInput {
        RowInput {
            id,
            meta: input.meta.clone(),
            recipe: input.recipe.clone(),
            calendar: input.calendar,
            untimed: input.untimed,
            heads: input.heads,
            beginnings: input.beginnings.clone(),
            stateful: input.stateful,
            whole: input.whole,
            dirty: input.dirty,
            frame: input.frame.map(|f| f.name.to_owned()),
            wrapped: input.wrapped,
            unread: input.unread,
        }
    }

    /// The input as it was planned; why not, where this program does not know how it is read.
    pub fn planned(&self) -> std::result::Result<PlanInput, String> {
        let frame = match &self.frame {
            None => None,
            Some(name) => Some(
                FRAMES
                    .iter()
                    .find(|f| f.name == name)
                    .ok_or_else(|| format!("there is no frame {name}"))?,
            ),
        };
        Ok(PlanInput {
            meta: self.meta.clone(),
            formats: self.recipe.formats(frame)?.into(),
            recipe: self.recipe.clone(),
            calendar: self.calendar,
            untimed: self.untimed,
            heads: self.heads,
            beginnings: self.beginnings.clone(),
            stateful: self.stateful,
            whole: self.whole,
            dirty: self.dirty,
            frame,
            wrapped: self.wrapped,
            unread: self.unread,
        })
    }
}

impl PlanRow {
    /// Reads a row; `at` says where it stands.
    pub fn parse(text: &str, at: &str) -> Result<PlanRow> {
        let refused = |why: String| {
            Error::usage(
                at.to_owned(),
                why,
                "make the plan with `coroner plan`, with the program that reads it",
            )
        };
        let row: PlanRow =
            serde_json::from_str(text).map_err(|e| refused(format!("is no row of a plan: {e}")))?;
        if row.coroner_row != VERSION || row.coroner != env!("CARGO_PKG_VERSION") {
            return Err(refused(format!(
                "is of a plan of coroner {}, this is {}",
                row.coroner,
                env!("CARGO_PKG_VERSION")
            )));
        }
        let fits = row.inputs.len() == 1 || !row.split;
        let inside = row
            .off
            .checked_add(row.len)
            .is_some_and(|end| end <= row.size);
        if !fits || row.inputs.is_empty() || (row.split && !inside) || row.row >= row.of {
            return Err(refused("contradicts itself".into()));
        }
        Ok(row)
    }

    /// The row as a line of text, without its end.
    pub fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| {
            Error::usage(
                format!("the plan of {}", self.name),
                e.to_string(),
                "summarize the logs without a plan",
            )
        })
    }

    /// The plan of the inputs of this row alone, which are numbered from 0.
    pub fn planned(&self) -> Result<Plan> {
        let inputs: std::result::Result<Vec<_>, _> =
            self.inputs.iter().map(RowInput::planned).collect();
        Ok(Plan {
            inputs: inputs.map_err(|why| {
                Error::usage(
                    format!("row {} of the plan", self.row),
                    why,
                    "make the plan with the program that reads it",
                )
            })?,
            year_reference: self.year_reference,
            year_basis: self.year_basis,
            yearless: false,
            zoneless: false,
            rules: Arc::new(self.rules.clone()),
            digest: self.id(),
        })
    }

    /// The identity of the plan as a number.
    pub fn id(&self) -> u64 {
        u64::from_str_radix(&self.plan, 16).unwrap_or_default()
    }
}

/// Numbers rows and gives them the identity of their plan, which depends on all that they say but where the bytes lie.
pub fn seal(mut rows: Vec<PlanRow>) -> Result<Vec<PlanRow>> {
    let of = rows.len() as u32;
    for (row, i) in rows.iter_mut().zip(0..) {
        (row.row, row.of, row.plan) = (i, of, String::new());
    }
    let mut id = 0;
    for row in &rows {
        let bare = PlanRow {
            uri: String::new(),
            ..row.clone()
        };
        id = hash64(bare.text()?.as_bytes(), id);
    }
    for row in &mut rows {
        row.plan = format!("{id:016x}");
    }
    Ok(rows)
}
