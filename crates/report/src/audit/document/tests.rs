//! Tests of the reader of documents.

use super::*;

#[test]
fn headings_of_many_kinds() {
    crate::tests::holds("sections", |text| {
        let doc = Document::read("x", text);
        let own = doc.sections.iter().filter(|s| s.own);
        let own = own.map(|s| format!("{:?}:{}", s.kind, s.line + 1));
        own.collect::<Vec<_>>().join(" ")
    });
}

#[test]
fn a_section_inherits_what_it_is_in() {
    let doc = Document::read(
        "x",
        "# T\n## Timeline\n### 2018-03-26 10:34\nzero\n## Action items\n### Process\n- a\n",
    );
    assert_eq!(
        (doc.kind(3), doc.kind(6)),
        (SectionKind::Timeline, SectionKind::Actions)
    );
}

#[test]
fn cells_of_tables() {
    let of = |s: &str, f| {
        cells(s, f)
            .into_iter()
            .map(|r| s[r].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("| a | b c |", Form::Pipes), ["a", "b c"]);
    assert_eq!(of("a | b", Form::Pipes), ["a", "b"]);
    assert_eq!(
        of("13:00 PM\t\tUpgrade", Form::Tabs),
        ["13:00 PM", "Upgrade"]
    );
    assert_eq!(of("|    |", Form::Pipes), [""]);
    assert_eq!(of("| a \\| b | c |", Form::Pipes).len(), 2);
}
