//! How a run went: an exit code and what to say on standard error.

use super::exit::Exit;
use super::stages::Stages;
use crate::cli::diagnostics::Complaint;

/// How a run went.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The exit code.
    pub exit: Exit,
    /// What to say on standard error, in this order.
    pub complaints: Vec<Complaint>,
    /// How long what was done took.
    pub stages: Stages,
}

impl Outcome {
    pub(super) fn add(&mut self, c: Complaint) {
        self.exit = self.exit.max(c.exit());
        self.complaints.push(c);
    }
}
