//! How a run went: an exit code and what to say on standard error.

use super::exit::Exit;
use super::stages::Stages;
use crate::cli::diagnostics::Complaint;
use coroner::Error;

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

/// Why a job ends before it is done: what is to be said of it; nothing where the outcome says it already.
#[derive(Debug)]
pub(super) struct Stopped(pub Option<Complaint>);

impl From<Complaint> for Stopped {
    fn from(c: Complaint) -> Stopped {
        Stopped(Some(c))
    }
}

impl From<Error> for Stopped {
    fn from(e: Error) -> Stopped {
        Complaint::from(&e).into()
    }
}

/// What a job comes to, if it is done.
pub(super) type Done<T> = Result<T, Stopped>;
