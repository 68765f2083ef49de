//! A plan of inputs at hand as rows: what is cut into splits and what is read whole, and how each file is known again.
//! Lines are not read here; what rows mean is `plan::row`.

use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::plan::row::{self, PlanRow, RowInput, RowReading, TAG, seal, tag};
use crate::scan::window;
use crate::source::{Content, Input, OpenConfig, Place};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

/// How rows are made.
#[derive(Clone, Debug)]
pub struct RowConfig {
    /// Bytes of a split; `None`: files are not split.
    pub split: Option<u64>,
    /// Whether files are looked into for the stretch of time that is asked for: what lies well outside is only counted, or,
    /// where lines are not numbered, left out.
    pub probe: bool,
    /// Whether lines are numbered.
    pub number_lines: bool,
    /// How bytes are read.
    pub reading: RowReading,
    /// What the report is to be made with.
    pub settings: serde_json::Value,
}

/// Bytes of a split where nobody says: 256 MiB, and more where that would make more than 20,000 of them.
pub fn usual_split(total: u64) -> u64 {
    (256 << 20).max(total / 20_000)
}

/// The rows of a plan of these inputs (`inputs[i]` is input `i` of the plan), by their order.
pub fn rows(
    plan: &Plan,
    inputs: &[Input],
    open: &OpenConfig,
    config: &RowConfig,
) -> Result<Vec<PlanRow>> {
    let mut all: Vec<PlanRow> = Vec::new();
    let mut last: Option<&Path> = None;
    for (id, input) in inputs.iter().enumerate() {
        let place = match &input.found.place {
            Place::Path(p) if input.archive().is_some() => Some(p.as_path()),
            _ => None,
        };
        // files of one archive are one row
        if let (Some(_), true, Some(row)) = (place, place == last, all.last_mut()) {
            row.inputs.push(RowInput::of(id as u32, &plan.inputs[id]));
            continue;
        }
        last = place;
        let file = match &input.found.place {
            Place::Path(path) if input.found.regular => Some(about(path, open)?),
            _ => None,
        };
        let mut row_input = RowInput::of(id as u32, &plan.inputs[id]);
        let uri = match &input.found.place {
            Place::Stdin => "-".to_owned(),
            Place::Path(path) => absolute(path)?,
        };
        let whole = &plan.inputs[id];
        let split = config.split.is_some()
            && input.found.regular
            && place.is_none()
            && !whole.whole
            && whole.frame.is_none()
            && lies_plain(input, open)?;
        let (size, tag) = match file {
            Some(f) if split => {
                Arc::make_mut(&mut row_input.meta)
                    .doubts
                    .extend(f.left_out());
                (f.whole, f.tag)
            }
            Some(f) => (f.whole, f.tag),
            None => (0, tag(b"")),
        };
        let bare = PlanRow {
            coroner_row: row::VERSION,
            coroner: env!("CARGO_PKG_VERSION").into(),
            plan: String::new(),
            row: 0,
            of: 0,
            uri,
            name: input.archive().unwrap_or(&input.found.name).to_owned(),
            size,
            tag,
            off: 0,
            len: size,
            split,
            pass: false,
            inputs: vec![row_input],
            reading: config.reading,
            year_reference: plan.year_reference,
            year_basis: plan.year_basis,
            rules: (*plan.rules).clone(),
            settings: config.settings.clone(),
        };
        match config.split {
            Some(each) if split => {
                let outside = match (config.probe, &input.found.place) {
                    (true, Place::Path(path)) => window::outside(whole, path, size),
                    _ => Vec::new(),
                };
                let mut bare = bare;
                if !config.number_lines && !outside.is_empty() {
                    let doubts = bare.inputs.iter_mut().map(|i| Arc::make_mut(&mut i.meta));
                    doubts.for_each(|m| m.doubts.push(NOT_READ.into()));
                }
                let cut = cut(size, each).map(|(off, len)| PlanRow {
                    off,
                    len,
                    pass: outside.iter().any(|r| r.start <= off && off + len <= r.end),
                    ..bare.clone()
                });
                all.extend(cut.filter(|r| config.number_lines || !r.pass));
            }
            _ => all.push(bare),
        }
    }
    seal(all)
}

/// What is reported of an input of which rows are left out.
const NOT_READ: &str =
    "was read in part only: its other lines lie outside the stretch of time, and are not counted";

/// Splits of a file: first byte and bytes. A rest shorter than half a split goes to the split before it.
fn cut(size: u64, each: u64) -> impl Iterator<Item = (u64, u64)> {
    let each = each.max(1);
    let rest = size % each;
    let n = size / each + u64::from(rest * 2 >= each && rest > 0);
    let n = n.max(1);
    (0..n).map(move |i| {
        let off = i * each;
        let end = if i + 1 == n { size } else { off + each };
        (off, end - off)
    })
}

/// What is known of a file before it is read.
struct FileFacts {
    /// Its bytes.
    size: u64,
    /// Those up to the last newline, where it is being written, so that the last line may not be whole yet.
    whole: u64,
    tag: String,
}

impl FileFacts {
    /// What is not planned, as a sentence without its subject.
    fn left_out(&self) -> Option<String> {
        let n = self.size - self.whole;
        (n > 0).then(|| {
            format!(
                "was being written when it was planned; its last {n} bytes, which end without a newline, are left out"
            )
        })
    }
}

fn about(path: &Path, open: &OpenConfig) -> Result<FileFacts> {
    let failed = Error::open(path);
    let mut file = File::open(path).map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    let size = meta.len();
    let mut whole = size;
    let still = |t: std::time::SystemTime| {
        let since = open.now.duration_since(t).unwrap_or_default();
        since >= std::time::Duration::from_secs(GROWING_S)
    };
    if !meta.modified().is_ok_and(still) {
        whole = whole_lines(&mut file, size).map_err(failed)?;
    }
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    file.take((TAG as u64).min(whole))
        .read_to_end(&mut head)
        .map_err(failed)?;
    let tag = tag(&head);
    Ok(FileFacts { size, whole, tag })
}

/// Seconds for which a file must have been left alone to be taken for finished.
const GROWING_S: u64 = 60;

/// Bytes up to the last newline, if one is near the end; else all.
fn whole_lines(file: &mut File, size: u64) -> io::Result<u64> {
    const NEAR: u64 = 64 << 10;
    let from = size.saturating_sub(NEAR);
    file.seek(SeekFrom::Start(from))?;
    let mut end = Vec::new();
    Read::by_ref(file).take(size - from).read_to_end(&mut end)?;
    Ok(memchr::memrchr(b'\n', &end).map_or(size, |i| from + i as u64 + 1))
}

/// Whether what lies in the file are the bytes of the input: not packed, no other encoding.
fn lies_plain(input: &Input, open: &OpenConfig) -> Result<bool> {
    let opened = input.open(open)?;
    Ok(opened.file.is_some() || matches!(opened.content, Content::Mapped(_)))
}

/// A path that leads to the file from everywhere on this machine, as text.
fn absolute(path: &Path) -> Result<String> {
    let full = path.canonicalize().map_err(Error::open(path))?;
    full.to_str().map(str::to_owned).ok_or_else(|| {
        Error::usage(
            format!("the plan of {}", full.display()),
            "its path is not UTF-8, and a plan is text",
            "rename it, or summarize the logs without a plan",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_rest_goes_to_the_split_before_it() {
        let of = |size, each| cut(size, each).collect::<Vec<_>>();
        assert_eq!(of(0, 10), [(0, 0)]);
        assert_eq!(of(10, 10), [(0, 10)]);
        assert_eq!(of(14, 10), [(0, 14)]);
        assert_eq!(of(15, 10), [(0, 10), (10, 5)]);
        assert_eq!(of(34, 10), [(0, 10), (10, 10), (20, 14)]);
        assert_eq!(of(4, 10), [(0, 4)]);
    }
}
