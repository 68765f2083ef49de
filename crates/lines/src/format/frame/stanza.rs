//! apt's history: stanzas of `Key: value` lines between blank lines. A stanza becomes one text, its lines joined by tabs.

use super::{ByLine, Frame, LONGEST, LineJoiner, Units};

/// Stanzas that begin with `Start-Date:`.
pub static STANZA: Frame = Frame {
    name: "stanzas",
    about: "stanzas of `Key: value` lines between blank lines, as apt's history.log",
    sample: "\nStart-Date: 2026-03-10  13:00:00\nCommandline: apt-get install shop\nInstall: shop:amd64 (4.2.0)\nEnd-Date: 2026-03-10  13:00:04\n",
    claims,
    start: || Box::new(ByLine::<OpenStanza>::default()),
    format: None,
};

fn claims(head: &[u8]) -> bool {
    head.trim_ascii_start().starts_with(b"Start-Date: ")
}

#[derive(Debug, Default)]
struct OpenStanza {
    text: Vec<u8>,
    at: (u64, u64),
    last: u64,
}

impl LineJoiner for OpenStanza {
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units) {
        let line = line.trim_ascii_end();
        if line.is_empty() || line.starts_with(b"Start-Date: ") {
            self.end(out);
        }
        if line.is_empty() || self.text.len() + line.len() >= LONGEST {
            return;
        }
        if self.text.is_empty() {
            self.at = (offset, number);
        } else {
            self.text.push(b'\t');
        }
        self.text.extend_from_slice(line);
        self.last = number;
    }

    fn end(&mut self, out: &mut Units) {
        if !self.text.is_empty() {
            out.add(self.at.0, (self.at.1, self.last), &[&self.text]);
            self.text.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::framed;
    use super::*;

    #[test]
    fn a_stanza_is_one_text() {
        let got = framed(
            &STANZA,
            b"\nStart-Date: a\nUpgrade: b\nEnd-Date: c\n\nStart-Date: d\r\nEnd-Date: e",
            3,
        );
        assert_eq!(
            got,
            [
                (b"Start-Date: a\tUpgrade: b\tEnd-Date: c".to_vec(), 1, 2),
                (b"Start-Date: d\tEnd-Date: e".to_vec(), 39, 6)
            ]
        );
    }
}
