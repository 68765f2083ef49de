//! A human document as lines that know what they are and sections that know what they are for.
//! Places are lines and bytes of the document as it was given. Nothing here knows times or events.

mod mask;
mod paragraph;
pub mod section;

pub use paragraph::Paragraph;
pub use section::{Section, SectionKind};

use super::finding::Place;
use std::ops::Range;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Nothing to be seen.
    Blank,
    /// A heading.
    Heading,
    /// A row of a table with pipes.
    Pipes,
    /// The rule under a table's head.
    Rule,
    /// Cells between tabs.
    Tabs,
    /// An item of a list.
    Item,
    /// A quotation.
    Quote,
    /// Code.
    Code,
    /// A line of text.
    Text,
}

/// A line.
#[derive(Clone, Debug)]
pub struct DocumentLine<'t> {
    /// As it was written, without its end.
    pub raw: &'t str,
    /// Bytes of the document.
    pub at: Range<usize>,
    /// What it is.
    pub form: Form,
    /// Index of its section.
    pub section: usize,
}

/// A document.
#[derive(Debug)]
pub struct Document<'t> {
    /// What it is called.
    pub name: String,
    /// The whole text.
    pub text: &'t str,
    seen: String,
    /// Lines.
    pub lines: Vec<DocumentLine<'t>>,
    /// Sections, in order; the first stands before any heading.
    pub sections: Vec<Section>,
    /// Bytes of the comments.
    pub comments: Vec<Range<usize>>,
}

/// Lines that are looked at; a postmortem has fewer.
pub const MOST_LINES: usize = 200_000;

impl<'t> Document<'t> {
    /// Reads a document.
    pub fn read(name: &str, text: &'t str) -> Document<'t> {
        let masked = mask::mask(text);
        let mut doc = Document {
            name: name.to_owned(),
            text,
            seen: masked.seen(),
            lines: Vec::new(),
            sections: Vec::new(),
            comments: masked.comments,
        };
        let mut at = 0;
        for piece in text.split_inclusive('\n').take(MOST_LINES) {
            let raw = piece.trim_end_matches(['\n', '\r']);
            doc.lines.push(DocumentLine {
                raw,
                at: at..at + raw.len(),
                form: Form::Text,
                section: 0,
            });
            at += piece.len();
        }
        doc.forms(&masked.code);
        doc.cut();
        doc
    }

    /// A line as it is seen, of the same length as it was written.
    pub fn seen(&self, line: usize) -> &str {
        let at = self.lines.get(line).map_or(0..0, |l| l.at.clone());
        self.seen.get(at).unwrap_or("")
    }

    /// The kind of the section that a line is in.
    pub fn kind(&self, line: usize) -> SectionKind {
        let section = self.lines.get(line).map_or(0, |l| l.section);
        self.sections
            .get(section)
            .map_or(SectionKind::Intro, |s| s.kind)
    }

    /// Whether a line is a row of a table.
    pub fn is_table(&self, line: usize) -> bool {
        let form = self.lines.get(line).map(|l| l.form);
        matches!(form, Some(Form::Pipes | Form::Tabs))
    }

    /// The first section of a kind by its own name.
    pub fn section(&self, kind: SectionKind) -> Option<&Section> {
        self.sections.iter().find(|s| s.kind == kind && s.own)
    }

    /// The place of what a line shows, blanks at its ends left out.
    pub fn whole(&self, line: usize) -> Place {
        let raw = self.lines.get(line).map_or("", |l| l.raw);
        Place::new(line, trimmed(raw, 0..raw.len()))
    }

    /// What a place says, as it was written.
    pub fn at(&self, place: &Place) -> &str {
        let raw = self.lines.get(place.line).map_or("", |l| l.raw);
        raw.get(place.at.clone()).unwrap_or("")
    }

    /// The line of a byte of the document.
    pub fn line_of(&self, byte: usize) -> usize {
        self.lines
            .partition_point(|l| l.at.start <= byte)
            .saturating_sub(1)
    }

    fn forms(&mut self, code: &[Range<usize>]) {
        for line in &mut self.lines {
            let next = code.partition_point(|c| c.end <= line.at.start);
            let in_code = code.get(next).is_some_and(|c| c.start <= line.at.start);
            line.form = match in_code {
                true => Form::Code,
                // the star of a list is blanked as a mark of emphasis is
                false if line.raw.trim_start().starts_with("* ") => Form::Item,
                false => form(self.seen.get(line.at.clone()).unwrap_or("")),
            };
        }
        for i in 0..self.lines.len() {
            if self.lines[i].form == Form::Rule {
                let head = i > 0 && self.lines[i - 1].raw.contains('|');
                self.lines[i].form = match head {
                    true => {
                        self.lines[i - 1].form = Form::Pipes;
                        self.pipes_from(i + 1);
                        Form::Rule
                    }
                    false if self.lines[i].raw.trim_start().starts_with('|') => Form::Pipes,
                    false => Form::Blank,
                };
            }
        }
    }

    /// Rows without outer pipes under a rule.
    fn pipes_from(&mut self, from: usize) {
        for line in self.lines[from..].iter_mut() {
            if !line.raw.contains('|') || matches!(line.form, Form::Blank | Form::Code | Form::Rule)
            {
                break;
            }
            line.form = Form::Pipes;
        }
    }

    /// Finds the headings and cuts the document into sections.
    fn cut(&mut self) {
        self.sections.push(Section {
            kind: SectionKind::Intro,
            own: false,
            level: 0,
            line: 0,
            title: String::new(),
            parent: None,
        });
        for i in 0..self.lines.len() {
            if let Some((level, title)) = self.heading(i) {
                self.open(i, level, title);
            }
            self.lines[i].section = self.sections.len() - 1;
        }
    }

    fn open(&mut self, line: usize, level: usize, title: String) {
        let parent = self.sections.iter().rposition(|s| s.level < level);
        // a time begins a row, whatever the words behind it are
        let timed = title
            .trim_start_matches(['[', '~', ' '])
            .starts_with(|c: char| c.is_ascii_digit())
            && (title.contains(':') || title.contains("am") || title.contains("pm"));
        // the first heading is the title, unless it says what follows
        let first = self.sections.len() == 1 && level <= 1;
        let own = match timed || first && !section::is_plain_heading(&title) {
            true => None,
            false => section::kind_of(&title),
        };
        let inherited = parent.map_or(SectionKind::Intro, |p| self.sections[p].kind);
        let inherited = match inherited {
            SectionKind::Intro if !first && level > 1 && !timed => SectionKind::Other,
            k => k,
        };
        self.sections.push(Section {
            kind: own.unwrap_or(inherited),
            own: own.is_some(),
            level,
            line,
            title,
            parent,
        });
    }

    /// Level and words of the heading that a line is.
    fn heading(&mut self, i: usize) -> Option<(usize, String)> {
        let form = self.lines[i].form;
        let seen = self.seen(i).to_owned();
        let t = seen.trim();
        if form == Form::Heading {
            let level = t.chars().take_while(|c| *c == '#').count();
            return Some((level, t.trim_matches('#').trim().to_owned()));
        }
        if !matches!(form, Form::Text) || t.is_empty() {
            return None;
        }
        // underlined
        let under = self.lines.get(i + 1).map_or("", |l| l.raw.trim());
        let before = i == 0 || self.lines[i - 1].form != Form::Text;
        let line_of = |c: char| under.len() >= 3 && under.chars().all(|x| x == c);
        if before && (line_of('=') || line_of('-')) {
            self.lines[i + 1].form = Form::Blank;
            let level = if line_of('=') { 1 } else { 2 };
            return Some((level, t.to_owned()));
        }
        let raw = self.lines[i].raw.trim();
        let bold = raw.starts_with("**") && raw.trim_end_matches(':').ends_with("**");
        let level = self.plain_level();
        if bold
            && section::kind_of(t).is_some()
            && t.len() <= 60
            && !t.starts_with(|c: char| c.is_ascii_digit())
        {
            return Some((level, t.trim_end_matches(':').to_owned()));
        }
        if section::is_plain_heading(t) {
            return Some((level, t.to_owned()));
        }
        section::label_of(t).map(|l| (level, l.to_owned()))
    }

    /// Headings without marks stand below the last one with marks, beside each other.
    fn plain_level(&self) -> usize {
        let marked = |s: &&Section| s.level > 0 && self.lines[s.line].form == Form::Heading;
        let last = self.sections.iter().rfind(marked);
        last.map_or(2, |s| (s.level + 1).min(7))
    }
}

/// What a line is by its own marks.
fn form(seen: &str) -> Form {
    let t = seen.trim();
    if t.is_empty() {
        return Form::Blank;
    }
    let hashes = t.chars().take_while(|c| *c == '#').count();
    if (1..=6).contains(&hashes) && t[hashes..].starts_with([' ', '\t']) && t.len() > hashes + 1 {
        return Form::Heading;
    }
    if t.len() >= 3
        && t.contains('-')
        && t.chars()
            .all(|c| matches!(c, '|' | '-' | ':' | ' ' | '+' | '\t'))
    {
        return Form::Rule;
    }
    if t.starts_with('|') {
        return Form::Pipes;
    }
    if t.starts_with('>') {
        return Form::Quote;
    }
    if seen.trim_end().contains('\t') && !seen.starts_with('\t') {
        return Form::Tabs;
    }
    if bullet(seen) > 0 {
        Form::Item
    } else {
        Form::Text
    }
}

/// Bytes of the mark of a list's item, with the blanks and the box around it; 0 where there is none. A `*` is blanked
/// already, so a line that begins with blanks is asked for its raw text by the caller.
pub fn bullet(line: &str) -> usize {
    let lead = line.len() - line.trim_start().len();
    let t = &line[lead..];
    let digits = t.bytes().take_while(u8::is_ascii_digit).count();
    let mark = match t.chars().next() {
        Some(c @ ('-' | '+' | '•' | '*' | '–' | '◦' | '▪'))
            if t[c.len_utf8()..].starts_with([' ', '\t']) =>
        {
            c.len_utf8()
        }
        _ if (1..=2).contains(&digits)
            && t[digits..].starts_with(['.', ')'])
            && t[digits + 1..].starts_with(' ') =>
        {
            digits + 1
        }
        _ => return 0,
    };
    let rest = &t[mark..];
    let mut n = lead + mark + (rest.len() - rest.trim_start().len());
    for mark in ["[ ]", "[x]", "[X]", "[]"] {
        if line[n..].starts_with(mark) {
            n += mark.len();
            n += line[n..].len() - line[n..].trim_start().len();
        }
    }
    n
}

/// Some bytes of a text without the blanks at their ends.
pub fn trimmed(text: &str, at: Range<usize>) -> Range<usize> {
    let s = &text[at.clone()];
    let start = at.start + s.len() - s.trim_start().len();
    start..(at.start + s.trim_end().len()).max(start)
}

/// How many letters a text has.
pub fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// The cells of a row: bytes of the line, blanks at their ends left out.
pub fn cells(seen: &str, form: Form) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    if form == Form::Tabs {
        for piece in seen.split('\t') {
            let r = from..from + piece.len();
            from = r.end + 1;
            if !piece.trim().is_empty() {
                out.push(trimmed(seen, r));
            }
        }
        return out;
    }
    let bytes = seen.as_bytes();
    let lead = seen.len() - seen.trim_start().len();
    if bytes.get(lead) == Some(&b'|') {
        from = lead + 1;
    }
    let first = from;
    for i in first..bytes.len() {
        if bytes[i] == b'|' && (i == 0 || bytes[i - 1] != b'\\') {
            out.push(trimmed(seen, from..i));
            from = i + 1;
        }
    }
    if !seen[from.min(seen.len())..].trim().is_empty() {
        out.push(trimmed(seen, from..seen.len()));
    }
    out
}

#[cfg(test)]
mod tests;
