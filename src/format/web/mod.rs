//! The formats of one kind, one file per grammar; see the registry in the parent module.

pub mod clf;
pub mod clf_tail;
pub mod ltsv;
pub mod nginx_error;
pub mod nginx_json;
