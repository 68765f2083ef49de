//! Bytes to visible text: invalid UTF-8, control, bidi and zero-width characters become escapes that can be read.
//! No judgement about content here; that is `redact`.

use std::fmt::Write;

/// Cleans bytes: tab → space, newline → `\n`, carriage return → `\r`, other control bytes and invalid UTF-8 → `\xNN`,
/// characters that are invisible or reorder text → `\u{…}`.
pub fn clean(raw: &[u8]) -> String {
    let mut out = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        let valid = chunk.valid();
        if valid.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            out.push_str(valid);
        } else {
            valid.chars().for_each(|c| push(&mut out, c));
        }
        for b in chunk.invalid() {
            escape(&mut out, format_args!("\\x{b:02x}"));
        }
    }
    out
}

fn push(out: &mut String, c: char) {
    match c {
        '\t' => out.push(' '),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\0'..='\x1f' | '\x7f' => escape(out, format_args!("\\x{:02x}", u32::from(c))),
        c if hidden(c) => escape(out, format_args!("\\u{{{:x}}}", u32::from(c))),
        c => out.push(c),
    }
}

fn escape(out: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(what);
}

/// C1 controls, bidi controls, zero-width and other default-ignorable characters, line separators, tag characters,
/// variation selectors beyond the emoji one, and interlinear annotation marks.
fn hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}
