//! Tests that are told in files: blocks that begin with `case` and what it is about, then facts, a line each, and behind `>` what comes
//! of them. Rows behind `|` are cases of their own, in which `{name}` in the lines above is what the row has in the column of that name,
//! and a column `>` holds one more thing that comes of it. A line of which a row makes `-` is none; `#` stands before remarks.

use std::str::FromStr;

/// A case, or one of the rows of a case.
pub(crate) struct Told<'t> {
    /// What it is about.
    pub title: &'t str,
    /// The cells of the row.
    pub row: &'t str,
    /// Its facts.
    pub facts: Vec<String>,
    /// What is wanted of them.
    pub wanted: Vec<String>,
}

/// The cases of a file.
pub(crate) fn cases(file: &str) -> Vec<Told<'_>> {
    let is_told = |b: &&str| {
        let is_case = b.starts_with("case ");
        assert!(is_case || b.starts_with('#'), "no case: {b}");
        is_case
    };
    let blocks = file.trim_end().split("\n\n");
    blocks.filter(is_told).flat_map(rows).collect()
}

fn rows(case: &str) -> impl Iterator<Item = Told<'_>> {
    let mut rows = case.lines().filter_map(|l| l.strip_prefix("| "));
    let names: Vec<&str> = rows.next().into_iter().flat_map(cells).collect();
    let mut rows: Vec<&str> = rows.collect();
    if rows.is_empty() {
        rows.push("");
    }
    rows.into_iter().map(move |row| told(case, &names, row))
}

fn told<'t>(case: &'t str, names: &[&str], row: &'t str) -> Told<'t> {
    let mut lines = case.lines();
    let title = lines.next().unwrap_or_default();
    let lines = lines.filter(|l| !l.starts_with(['|', '#']));
    let mut lines: Vec<String> = lines.map(str::to_owned).collect();
    let cells_of_row = cells(row).filter(|c| !c.is_empty()).count();
    assert!(
        cells_of_row <= names.len(),
        "{title}: cells without a name: {row}"
    );
    for (name, cell) in names.iter().zip(cells(row)) {
        if *name == ">" {
            lines.push(format!("> {cell}"));
            continue;
        }
        for line in &mut lines {
            *line = line.replace(&format!("{{{name}}}"), cell);
        }
    }
    lines.retain(|l| l != "-");
    let (wanted, facts): (Vec<_>, Vec<_>) = lines.into_iter().partition(|l| l.starts_with('>'));
    let wanted = wanted.iter().map(|l| l[1..].trim().to_owned()).collect();
    Told {
        title,
        row,
        facts,
        wanted,
    }
}

fn cells(row: &str) -> impl Iterator<Item = &str> {
    row.split(" | ")
}

/// What is left of a line that is read word by word.
pub(crate) struct Rest<'l>(pub &'l str);

impl<'l> Rest<'l> {
    /// The next word; nothing for `-`.
    pub fn word(&mut self) -> &'l str {
        let (word, rest) = self.0.split_once(' ').unwrap_or((self.0, ""));
        self.0 = rest;
        if word == "-" { "" } else { word }
    }

    pub fn number<T: FromStr>(&mut self) -> T {
        number(self.word())
    }

    /// What is one of a known list.
    pub fn known<T: Copy>(&mut self, all: &[T], called: impl Fn(T) -> &'static str) -> T {
        let word = self.word();
        let found = all.iter().find(|x| called(**x) == word);
        *found.unwrap_or_else(|| panic!("{word} is not known"))
    }
}

pub(crate) fn number<T: FromStr>(word: &str) -> T {
    let number = word.parse();
    number.unwrap_or_else(|_| panic!("{word:?} is no number"))
}
