//! Headers that `tail -f` and `head` write between the lines of several files: `==> /var/log/x.log <==`. They end what was open
//! and are no records.

use crate::record::{Body, Record};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let name = line.strip_prefix(b"==> ")?.strip_suffix(b" <==")?;
    (!name.is_empty()).then(|| Record::new(None, Body::Nothing))
}
