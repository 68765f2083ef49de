//! Formats with a grammar of their own: what each says of itself stands in `grammars.txt`, what reads its lines in its file.

use super::{Format, Meta, Reader};
use crate::record::Record;
use crate::table;
use std::sync::LazyLock;

/// What reads a line, as [`Format::parse`] does.
pub(super) type Parse = for<'a> fn(&'a [u8]) -> Option<Record<'a>>;

/// A format whose lines a function reads.
pub(super) struct Grammar {
    pub(super) meta: Meta<'static>,
    parse: Parse,
    /// Where not all lines that begin a record are read without those before them.
    is_head: Option<fn(&[u8]) -> bool>,
    reader: Option<fn() -> Box<dyn Reader>>,
}

/// What is described, in the order of `grammars.txt`.
static DESCRIBED: LazyLock<Vec<Meta<'static>>> = LazyLock::new(|| {
    let blocks = table::blocks(include_str!("grammars.txt"));
    blocks.map(Meta::described).collect()
});

impl Grammar {
    /// The format of that name.
    fn of(name: &'static str, parse: Parse) -> Grammar {
        let described = DESCRIBED.iter().find(|m| m.name == name);
        Grammar {
            meta: *described.unwrap_or(&Meta::app(name, "")),
            parse,
            is_head: None,
            reader: None,
        }
    }

    /// The same, of which a reader keeps what earlier lines say.
    pub(super) fn stateful(
        name: &'static str,
        parse: Parse,
        reader: fn() -> Box<dyn Reader>,
    ) -> Grammar {
        let of = Grammar::of(name, parse);
        Grammar {
            meta: of.meta.stateful(),
            reader: Some(reader),
            ..of
        }
    }

    /// The same, of which a line begins a record where this says so.
    pub(super) fn headed_by(self, is_head: fn(&[u8]) -> bool) -> Grammar {
        let is_head = Some(is_head);
        Grammar { is_head, ..self }
    }

    /// As it is asked where no table holds it.
    pub(super) fn listed(self) -> &'static dyn Format {
        Box::leak(Box::new(self))
    }
}

/// The format of that name, of which each line is read by itself.
pub(super) fn grammar(name: &'static str, parse: Parse) -> Grammar {
    Grammar::of(name, parse)
}

/// A reader at the begin of an input.
pub(super) fn begun<R: Reader + Default + 'static>() -> Box<dyn Reader> {
    Box::new(R::default())
}

impl Format for Grammar {
    fn meta(&self) -> Meta<'_> {
        self.meta
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        (self.parse)(line)
    }
    fn is_head(&self, line: &[u8]) -> bool {
        match self.is_head {
            Some(is_head) => is_head(line),
            None => self.parse(line).is_some(),
        }
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        self.reader.map(|begin| begin())
    }
}
