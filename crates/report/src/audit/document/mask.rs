//! What a reader of the rendered document does not see: comments, addresses of links and pictures, tags, code blocks,
//! front matter. It is blanked, byte for byte, so that places stay what they are.

use coroner_lines::table::byte_words;
use std::ops::Range;

/// A text with blanks for what is not seen.
pub struct Mask<'t> {
    text: &'t str,
    out: Vec<u8>,
    /// Bytes of each HTML comment, with its marks.
    pub comments: Vec<Range<usize>>,
    /// Bytes of blocks of code and of front matter.
    pub code: Vec<Range<usize>>,
}

/// Blanks what is not seen.
pub fn mask(text: &str) -> Mask<'_> {
    let mut m = Mask {
        text,
        out: text.as_bytes().to_vec(),
        comments: Vec::new(),
        code: Vec::new(),
    };
    if text.starts_with('\u{feff}') {
        m.blank(0, 3);
    }
    m.blocks();
    m.comments();
    m.inline();
    m
}

impl Mask<'_> {
    /// The text as it is seen, of the same length: only whole characters were blanked.
    pub fn seen(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    fn blank(&mut self, from: usize, to: usize) {
        for b in &mut self.out[from..to] {
            if !matches!(*b, b'\n' | b'\r') {
                *b = b' ';
            }
        }
    }

    /// Front matter and fences, which go by whole lines.
    fn blocks(&mut self) {
        let mut at = 0;
        let mut fence: Option<(char, usize, usize)> = None;
        let mut front: Option<&str> = None;
        let mut comment = false;
        for (n, line) in self.text.split_inclusive('\n').enumerate() {
            let (start, end) = (at, at + line.len());
            at = end;
            let t = line.trim_start_matches('\u{feff}').trim();
            if n == 0
                && matches!(t, "---" | "+++")
                && self.text[end..].lines().take(200).any(|l| l.trim() == t)
            {
                front = Some(if t == "---" { "---" } else { "+++" });
                self.hide(start, end);
                continue;
            }
            if let Some(mark) = front {
                self.hide(start, end);
                if t == mark {
                    front = None;
                }
                continue;
            }
            let t = t.trim_start_matches(['>', ' ']);
            match fence {
                Some((c, n, from)) => {
                    let run = t.chars().take_while(|x| *x == c).count();
                    if run >= n && t.chars().all(|x| x == c) {
                        self.hide(from, end);
                        fence = None;
                    }
                }
                None if !comment => {
                    let c = t.chars().next().unwrap_or(' ');
                    let run = t.chars().take_while(|x| *x == c).count();
                    if matches!(c, '`' | '~') && run >= 3 && !t[run..].contains('`') {
                        fence = Some((c, run, start));
                    }
                }
                None => {}
            }
            if fence.is_none() {
                comment = match line.rfind("<!--") {
                    Some(open) => !line[open..].contains("-->"),
                    None => comment && !line.contains("-->"),
                };
            }
        }
        // a fence that is never closed reaches to the end
        if let Some((_, _, from)) = fence {
            self.hide(from, self.text.len());
        }
    }

    fn hide(&mut self, from: usize, to: usize) {
        self.blank(from, to);
        match self.code.last_mut() {
            Some(last) if last.end == from => last.end = to,
            _ => self.code.push(from..to),
        }
    }

    fn comments(&mut self) {
        let mut at = 0;
        while let Some(n) = find(&self.out, b"<!--", at) {
            let end = match find(&self.out, b"-->", n + 4) {
                Some(e) => e + 3,
                // one that is never closed hides its line only
                None => self.text[n..].find('\n').map_or(self.text.len(), |e| n + e),
            };
            self.blank(n, end);
            self.comments.push(n..end);
            at = end;
        }
    }

    fn inline(&mut self) {
        let mut i = 0;
        while i < self.out.len() {
            i += match self.out[i] {
                b'!' if self.out.get(i + 1) == Some(&b'[') => self.picture(i),
                b']' if matches!(self.out.get(i + 1), Some(b'(')) => self.target(i + 1),
                b'<' => self.tag(i),
                b'h' | b'H' if self.is_url(i) => self.url(i),
                b'*' | b'`' => self.emphasis(i, 1),
                b'_' if self.out.get(i + 1) == Some(&b'_') => self.emphasis(i, 2),
                b'~' if self.out.get(i + 1) == Some(&b'~') => self.emphasis(i, 2),
                b'\\' if self.out.get(i + 1).is_some_and(u8::is_ascii_punctuation) => {
                    self.emphasis(i, 1)
                }
                0xc2 if self.out.get(i + 1) == Some(&0xa0) => self.emphasis(i, 2),
                0xe2 if self.is_thin(i) => self.emphasis(i, 3),
                b'&' if self.out[i..].starts_with(b"&nbsp;") => self.emphasis(i, 6),
                _ => 1,
            };
        }
    }

    fn emphasis(&mut self, i: usize, n: usize) -> usize {
        self.blank(i, i + n);
        n
    }

    /// Thin and zero-width blanks.
    fn is_thin(&self, i: usize) -> bool {
        let rest = self.out.get(i..i + 3);
        matches!(
            rest,
            Some([0xe2, 0x80, 0x80..=0x8b | 0xaf]) | Some([0xe2, 0x81, 0xa0])
        )
    }

    /// `![alt](address)`, whole.
    fn picture(&mut self, i: usize) -> usize {
        let Some(close) = within(&self.out, i + 2, b']', 4096) else {
            return 2;
        };
        let mut end = close + 1;
        if matches!(self.out.get(end), Some(b'(')) {
            end = within(&self.out, end, b')', 4096).map_or(end, |e| e + 1);
        }
        self.blank(i, end);
        end - i
    }

    /// `(address)` behind the text of a link.
    fn target(&mut self, i: usize) -> usize {
        const ADDRESSES: [&[u8]; 7] = byte_words("http # / mailto ./ ../ <");
        let inner = &self.out[i + 1..(i + 4096).min(self.out.len())];
        let looks = ADDRESSES.iter().any(|p| inner.starts_with(p));
        match within(&self.out, i, b')', 4096) {
            Some(e) if looks || !self.out[i..e].contains(&b' ') => {
                self.blank(i, e + 1);
                e + 2 - i
            }
            _ => 1,
        }
    }

    /// `<img …>`, `<td>`, `<https://…>`.
    fn tag(&mut self, i: usize) -> usize {
        let next = self.out.get(i + 1);
        let begins = next.is_some_and(|b| b.is_ascii_alphabetic() || *b == b'/');
        match begins
            .then(|| within_any(&self.out, i, b'>', 4096))
            .flatten()
        {
            Some(e) => {
                self.blank(i, e + 1);
                e + 1 - i
            }
            None => 1,
        }
    }

    fn is_url(&self, i: usize) -> bool {
        let rest = &self.out[i..(i + 8).min(self.out.len())];
        let before = i.checked_sub(1).map(|n| self.out[n]);
        before.is_none_or(|b| !b.is_ascii_alphanumeric())
            && (rest.starts_with(b"http://") || rest.starts_with(b"https://"))
    }

    fn url(&mut self, i: usize) -> usize {
        let end = self.out[i..]
            .iter()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'|' | b'"' | b')'));
        let end = end.map_or(self.out.len(), |n| i + n);
        self.blank(i, end);
        end - i
    }
}

fn find(all: &[u8], what: &[u8], from: usize) -> Option<usize> {
    memchr::memmem::find(all.get(from..)?, what).map(|n| from + n)
}

/// The next `end` on the same line, near.
fn within(all: &[u8], from: usize, end: u8, most: usize) -> Option<usize> {
    let part = all.get(from..(from + most).min(all.len()))?;
    let n = part.iter().position(|b| *b == end || *b == b'\n')?;
    (part[n] == end).then_some(from + n)
}

/// The next `end`, near, also on a later line, with no blank line between.
fn within_any(all: &[u8], from: usize, end: u8, most: usize) -> Option<usize> {
    let part = all.get(from..(from + most).min(all.len()))?;
    let n = part.iter().position(|b| *b == end)?;
    (memchr::memmem::find(&part[..n], b"\n\n").is_none() && !part[1..n].contains(&b'<'))
        .then_some(from + n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_blank() {
        crate::tests::holds("seen of a document", |text| {
            let m = mask(text);
            assert_eq!(m.seen().len(), text.len());
            m.seen().split_whitespace().collect::<Vec<_>>().join(" ")
        });
    }
}
