//! What most wrappers are: each says only in what it is another.

use super::Envelope;
use crate::format::leaf::find;

impl Envelope {
    /// One that cuts no lines, may be around single lines, and of which no keys are said.
    pub(super) const PLAIN: Envelope = Envelope {
        name: "",
        about: "",
        sample: "",
        cuts_lines: false,
        of_whole_files: false,
        begins: b"",
        keys: &[],
        peel: |_| None,
    };

    /// Whether a line begins as an object does, and holds one of the keys of these.
    pub(super) fn has_a_key(&self, line: &[u8]) -> bool {
        let mut keys = self.keys.iter();
        line.first() == Some(&b'{') && keys.any(|k| find(line, k.as_bytes()).is_some())
    }
}
