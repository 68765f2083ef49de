//! Tests of the reader of documents.

use super::*;

fn kinds(text: &str) -> Vec<(SectionKind, usize)> {
    let doc = Document::read("x", text);
    let own = doc.sections.iter().filter(|s| s.own);
    own.map(|s| (s.kind, s.line + 1)).collect()
}

#[test]
fn headings_of_many_kinds() {
    let md = "# T\n\nintro\n\n## Issue Summary\na\n\n### 13:35 fix it\nb\n\n## Root cause\n";
    assert_eq!(
        kinds(md),
        [(SectionKind::Summary, 5), (SectionKind::Cause, 11)]
    );
    let plain =
        "Outage\n\nIssue Summary\n\nx\nTimeline (all time in GMT + 1)\ny\nRoot Cause: (RC)\n";
    assert_eq!(
        kinds(plain),
        [
            (SectionKind::Summary, 3),
            (SectionKind::Timeline, 6),
            (SectionKind::Cause, 8)
        ]
    );
    let under = "T\n===\n\nTimeline\n--------\nx\n";
    assert_eq!(kinds(under), [(SectionKind::Timeline, 4)]);
    let label = "# T\n**Summary:** x at 10:00\n\n**Timeline:**\n\n- y\n";
    assert_eq!(
        kinds(label),
        [(SectionKind::Summary, 2), (SectionKind::Timeline, 4)]
    );
    assert_eq!(
        kinds("# Summary Report\nx\n# Root cause\n"),
        [(SectionKind::Summary, 1), (SectionKind::Cause, 3)]
    );
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

#[test]
fn odd_documents_are_read() {
    for text in [
        "",
        "\n",
        "\u{feff}",
        "# ",
        "|",
        "\r\n\r\n",
        "```",
        "<!--",
        "---\n---\n",
        "|\n|-|\n",
        "\t\t\n-\n=\n",
    ] {
        let doc = Document::read("x", text);
        assert!(!doc.sections.is_empty(), "{text:?}");
    }
}
