//! Headers that `tail -f` and `head` write between the lines of several files: `==> /var/log/x.log <==`. They end what was open
//! and are no records.

use crate::format::Format;
use crate::record::{Body, Kind, Record};

/// Headers of `tail` over several files.
pub struct TailHeader;

impl Format for TailHeader {
    fn name(&self) -> &str {
        "tail header"
    }
    fn kind(&self) -> Kind {
        Kind::App
    }
    fn about(&self) -> &str {
        "headers of tail over several files"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'='
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let name = line.strip_prefix(b"==> ")?.strip_suffix(b" <==")?;
        (!name.is_empty()).then(|| Record::new(None, Body::Nothing))
    }
    fn sample(&self) -> &str {
        "==> /var/log/nginx/access.log <=="
    }
}
