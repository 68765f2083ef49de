//! Tables that are data of the program: a row a line, cells between tabs, and lines with `#` in front that say what the rows are.

/// The rows of a table, each of `N` cells, of which those that are not there are empty.
pub fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let rows = table.lines().filter(|l| !l.starts_with('#'));
    rows.map(|row| {
        let mut cells = row.split('\t');
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    })
}
