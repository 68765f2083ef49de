//! Headers that `tail -f` and `head` write between the lines of several files: `==> /var/log/x.log <==`. They end what was open
//! and are no records.

use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Record};

/// Headers of `tail` over several files.
pub struct TailHeader;

impl Format for TailHeader {
    fn meta(&self) -> Meta<'_> {
        Meta::app("tail header", "headers of tail over several files")
            .begins(b"=", Signs::NONE)
            .sample("==> /var/log/nginx/access.log <==")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let name = line.strip_prefix(b"==> ")?.strip_suffix(b" <==")?;
        (!name.is_empty()).then(|| Record::new(None, Body::Nothing))
    }
}
