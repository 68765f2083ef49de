//! Deploys and operations: package managers, deploy tools, clouds, one file per grammar.
//! Typed statements become notices, on which no text rules run; what needs the order of lines is decided when all are known.

mod acts;
mod alerts;
pub mod applied;
pub mod apt;
pub mod auditd;
mod audited;
pub mod cloud_audit;
pub mod cloudtrail;
pub mod docker_events;
pub mod dpkg;
pub mod ecs;
pub mod events;
pub mod helm;
pub mod kubernetes;
pub mod kubernetes_audit;
pub mod kubernetes_table;
mod launched;
mod named;
mod notices;
mod roles;
mod runs;
mod spans;
mod told;
pub use told::is_change_number;

pub(in crate::format) use named::{is_dated, may_be_its_time};
pub(in crate::format) use told::IN_A_PAGE;
