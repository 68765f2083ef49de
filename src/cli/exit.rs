//! Exit codes: what a caller that sees nothing else learns.

use coroner::Error;
use std::io::ErrorKind;
use std::process::ExitCode;

/// How a run ended, from best to worst: of several, the last counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Exit {
    /// 0: the job is done, incident or not; also when the reader of the output went away.
    #[default]
    Done,
    /// 1: done and found, where that was asked for.
    Found,
    /// 2: not done, or not all of it; trying again does not help.
    NotDone,
    /// 74: the system could not read or write (`EX_IOERR` of sysexits.h); trying again may help.
    Io,
    /// 130: interrupted.
    Interrupted,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Found => 1,
            Exit::NotDone => 2,
            Exit::Io => 74,
            Exit::Interrupted => 130,
        }
    }

    /// What an error that ends the job, or a part of it, means for the exit code.
    pub fn of(error: &Error) -> Exit {
        match error {
            Error::Read { source, .. } | Error::Write { source, .. } => match source.kind() {
                ErrorKind::NotFound
                | ErrorKind::PermissionDenied
                | ErrorKind::IsADirectory
                | ErrorKind::NotADirectory
                | ErrorKind::InvalidFilename
                | ErrorKind::ReadOnlyFilesystem => Exit::NotDone,
                _ => Exit::Io,
            },
            Error::Open { .. }
            | Error::NoLogs { .. }
            | Error::Usage { .. }
            | Error::Overlap { .. }
            | Error::InputChanged { .. }
            | Error::Part { .. }
            | Error::PlanMismatch { .. } => Exit::NotDone,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(e: Exit) -> ExitCode {
        ExitCode::from(e.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_counts() {
        assert_eq!(Exit::Io.max(Exit::NotDone).code(), 74);
        assert_eq!(Exit::NotDone.max(Exit::Found).code(), 2);
        assert_eq!(Exit::default().code(), 0);
    }
}
