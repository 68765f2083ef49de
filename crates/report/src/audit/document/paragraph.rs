//! Running text put together again from its lines, so that a sentence that goes on in the next line is one.
//! Every byte of it can be led back to its line.

use super::{Document, Form};
use crate::audit::finding::Place;
use coroner_lines::table::words;
use std::ops::Range;

/// A paragraph, an item of a list, or a row of a table that shows no events.
#[derive(Clone, Debug)]
pub struct Paragraph {
    /// The lines as they are seen, with a blank between.
    pub text: String,
    /// Where each line begins in the text.
    starts: Vec<(usize, usize)>,
}

/// Bytes of a paragraph; a longer one is two.
const MOST: usize = 16_384;

impl Paragraph {
    /// Its first line.
    pub fn line(&self) -> usize {
        self.starts.first().map_or(0, |s| s.1)
    }

    /// Where the line begins in the text that a byte is of.
    pub fn line_start(&self, at: usize) -> usize {
        let n = self.starts.partition_point(|s| s.0 <= at);
        self.starts[..n].last().map_or(0, |s| s.0)
    }

    /// The place of some bytes of the text; what reaches into a second line is cut at the end of the first.
    pub fn place(&self, at: Range<usize>) -> Place {
        let n = self.starts.partition_point(|s| s.0 <= at.start);
        let (from, line) = self.starts[..n].last().copied().unwrap_or((0, 0));
        let next = self.starts.get(n.max(1));
        let next = next.map_or(self.text.len(), |s| s.0.saturating_sub(1));
        let end = at.end.min(next).max(at.start);
        Place::new(line, at.start - from..end - from)
    }

    /// The sentence around a byte.
    pub fn sentence(&self, at: usize) -> Range<usize> {
        let mut from = 0;
        let text = &self.text;
        for (n, c) in text.char_indices() {
            let end = n + c.len_utf8();
            let ends = matches!(c, '.' | '!' | '?' | ';' | '|')
                && text[end..].starts_with(|c: char| c.is_whitespace())
                && !abbreviated(&text[from..n]);
            if !ends {
                continue;
            }
            if end > at {
                return from..end;
            }
            from = end;
        }
        from..text.len()
    }

    /// Every sentence.
    pub fn sentences(&self) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < self.text.len() {
            let s = self.sentence(at);
            at = self.text.ceil_char_boundary(s.end.max(at + 1));
            out.push(s);
        }
        out
    }
}

/// `approx.`, `a.m.`, `e.g.`, and what is a single letter.
fn abbreviated(before: &str) -> bool {
    let word = before
        .rsplit(|c: char| c.is_whitespace() || c == '(')
        .next()
        .unwrap_or("");
    const KNOWN: [&str; 12] = words("approx ca e.g i.e a.m p.m no vs etc min mins hrs");
    KNOWN.iter().any(|w| w.eq_ignore_ascii_case(word))
        || (word.len() == 1 && word.starts_with(|c: char| c.is_alphabetic()))
}

impl Document<'_> {
    /// The running text.
    pub fn paragraphs(&self) -> Vec<Paragraph> {
        let mut out: Vec<Paragraph> = Vec::new();
        let mut open = false;
        for i in 0..self.lines.len() {
            let form = self.lines[i].form;
            let seen = self.seen(i);
            let joins = open
                && matches!(form, Form::Text | Form::Quote)
                && i > 0
                && self.lines[i - 1].section == self.lines[i].section;
            let starts = matches!(
                form,
                Form::Text | Form::Item | Form::Quote | Form::Pipes | Form::Tabs
            );
            match out.last_mut() {
                Some(p) if joins && p.text.len() + seen.len() < MOST => {
                    p.text.push(' ');
                    p.starts.push((p.text.len(), i));
                    p.text.push_str(seen);
                }
                _ if starts => out.push(Paragraph {
                    text: seen.to_owned(),
                    starts: vec![(0, i)],
                }),
                _ => {}
            }
            open = matches!(form, Form::Text | Form::Item | Form::Quote);
        }
        out
    }
}
