//! Paths and pipes to bytes: which inputs there are, what packs them, and how they are read without surprises.
//! Knows nothing of formats, stamps or reports. `map.rs` holds unsafe code, for mapping alone.
//!
//! The way through: [`walk`] expands operands to [`Found`]s, [`gather`] makes an [`Input`] of each, or of each file of an
//! archive, with a [`Sample`] for the plan; then an input gives its [`Content`], which is cut into line-aligned pieces by
//! [`cut`] (mapped) or [`Blocks`] (streams), and files of archives are read together.

mod archive;
mod block;
mod encoding;
mod file_at;
pub mod follow;
mod gather;
mod inflate;
mod input;
mod layers;
mod limits;
mod line_blocks;
mod magic;
mod map;
mod members;
mod name;
mod note;
pub mod own;
mod ranges;
mod reread;
mod sample;
mod spool;
mod unpack;
mod walk;

pub use crate::source::line_blocks::{Cutter, IsHead};
pub use crate::source::ranges::{HeadTest, cut};
pub use crate::source::reread::Again;
pub use archive::{ArchiveFile, LeafContent, files_of};
pub use block::{Block, BlockConfig, Blocks, CutLine, FAR};
pub use encoding::Encoding;
pub use gather::{Gathered, gather};
pub use input::{Content, Input, OpenConfig, Opened};
pub use magic::{Binary, Codec, Container, looks_binary};
pub use map::{Mapped, MmapMode, outlive_cut_files, stdout_was_closed};
pub use note::{Meter, Note, Notes, locked};
pub use own::Ours;
pub use sample::{SPOT, STREAM_HEAD, Sample, Spot};
pub use unpack::{Limits, Unpack};
pub use walk::{Found, Place, Problem, ProblemKind, Walk, walk, walk_from};
