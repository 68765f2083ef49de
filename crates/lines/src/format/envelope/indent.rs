//! Lines that a tool sets in by a few blanks, as consoles of frameworks list what they ran. Only what begins with a whole date and
//! a clock behind them is a line of its own: anything else that is set in goes on with the line before.

use super::{Inside, Outer, Peeled};
use crate::time::{Dated, stamp};

/// Blanks that are taken off at most.
const WIDEST: usize = 4;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let blanks = line.iter().take_while(|c| **c == b' ').count();
    let text = line
        .get(blanks..)
        .filter(|_| (1..=WIDEST).contains(&blanks))?;
    let (rest, at) = stamp::iso(text).ok()?;
    let whole = at.dated == Dated::Full && rest.first() == Some(&b' ');
    whole.then(|| Outer::new(Some(at), Inside::Whole).around_text(text))
}
