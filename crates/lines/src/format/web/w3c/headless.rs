//! W3C lines without their `#Fields:` header, as a cut or filtered file leaves them: in the columns that IIS and CloudFront write
//! unless stated otherwise. Their number and the shapes of several columns must fit, else they are left alone.

use super::{W3cColumn, W3cRow, column};
use crate::format::leaf;
use crate::record::Record;
use std::sync::LazyLock;

/// The default of IIS 7 and later.
static IIS: LazyLock<Vec<Option<usize>>> = LazyLock::new(|| {
    columns(
        b"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status \
        sc-substatus sc-win32-status time-taken",
    )
});

/// The first columns of CloudFront's standard log; later versions added more at the end.
static CLOUDFRONT: LazyLock<Vec<Option<usize>>> = LazyLock::new(|| {
    columns(
        b"date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) \
        cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken",
    )
});

fn columns(names: &[u8]) -> Vec<Option<usize>> {
    names.split(|c| *c == b' ').map(column).collect()
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    // the cheap no: a date, one gap, a clock
    let gap = *line.get(10)?;
    if line[4] != b'-' || !line[0].is_ascii_digit() || line.get(13) != Some(&b':') {
        return None;
    }
    let columns: &[Option<usize>] = match gap {
        b' ' => &IIS,
        b'\t' => &CLOUDFRONT,
        _ => return None,
    };
    let (row, seen) = W3cRow::of_line(line, gap, columns, gap == b'\t')?;
    let method = row.of(W3cColumn::Method);
    let (date, time) = (row.of(W3cColumn::Date), row.of(W3cColumn::Time));
    let fits = seen >= columns.len()
        && row.status().is_some()
        && leaf::is_address(row.of(W3cColumn::Client))
        && row.of(W3cColumn::Path).first() == Some(&b'/')
        && row.taken_us().is_some()
        && method.len() >= 3
        && method.iter().all(u8::is_ascii_uppercase);
    let whole = fits && date.len() == 10 && time.len() == 8;
    let stamp = row.stamp(None).filter(|_| whole)?;
    Some(row.into_record(stamp))
}
