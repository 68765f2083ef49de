//! The formats of one kind, one file per grammar; see the registry in the parent module.

pub mod clf;
pub mod clf_tail;
