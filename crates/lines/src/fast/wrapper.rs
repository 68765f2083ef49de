//! What stands around lines, at little cost: what a wrapper adds to a brief record, and texts within one that are of no
//! format. What a wrapper states is decided in `format::envelope`, with which this agrees.

use crate::fast::brief::{Brief, PathSpan};
use crate::fast::template::Take;
use crate::fast::template::text_template::{gives_said, said_or_more};
use crate::format::app::text::stated_level;
use crate::format::envelope::{Inside, Outer, placed};
use crate::record::At;

/// A brief record with what its wrapper knows and it does not, as [`Outer::dress`] gives it; `None` where that is more than
/// such records hold.
#[inline(always)]
pub fn dressed<'f, 'a>(b: &Brief<'f, 'a>, outer: &'a Outer<'a>) -> Option<Brief<'f, 'a>> {
    if outer.version.is_some() {
        return None;
    }
    let (stamp, stamped) = match placed(b.stamp, outer.stamp, outer.at) {
        Some(s) => (s, b.stamped),
        None => (outer.stamp?, if outer.at == At::Read { At::Read } else { b.stamped }),
    };
    let host = b.host.or(outer.host.as_deref());
    let service = b.service.or(outer.service.as_deref());
    // a number is that of what the line itself names
    let own = host.is_some() == b.host.is_some() && service.is_some() == b.service.is_some();
    Some(Brief {
        stamp,
        stamped,
        host,
        service,
        names: if own { b.names } else { 0 },
        ..*b
    })
}

/// Gives a text that no format accepts and that continues nothing to `take`, as [`Outer::plain`] reads it but for what the
/// wrapper names; `None` where that is not known here.
#[inline]
pub fn plain<'a>(outer: &Outer<'_>, text: &'a [u8], take: impl Take<'a>) -> Option<()> {
    let stamp = outer.stamp?;
    if outer.inside != Inside::Bare || text.first().is_none_or(|c| *c == b'{') {
        return None;
    }
    let level = stated_level(text, outer.level);
    if gives_said(text, || memchr::memchr(b'"', text).is_some()) {
        take.brief(&Brief {
            stamp,
            stamped: At::End,
            host: None,
            service: None,
            version: None,
            names: 0,
            request: None,
            path_at: PathSpan::Nowhere,
            said: Some((level, text, 0)),
        });
    } else {
        said_or_more(stamp, (None, None), (level, text), take);
    }
    Some(())
}
