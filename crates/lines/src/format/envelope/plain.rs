//! What most wrappers are: each says only in what it is another.

use super::Envelope;

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
}
