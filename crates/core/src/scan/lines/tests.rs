//! What lines below a record add to it, by the record alone. How lines are cut and which format takes them is tested elsewhere.

use super::*;

/// What a record takes for its exception from the lines below it.
fn below<'b>(lines: &[&'b str]) -> Option<&'b str> {
    let at = LineAt::new(b"", (0, 0), Pos { offset: 0, line: 1 });
    let rec = Record::new(None, Body::Nothing);
    let mut open = OpenRecord::of(at, rec, 0, Kind::App);
    lines.iter().for_each(|l| open.continues(l.as_bytes()));
    open.exception.and_then(|e| std::str::from_utf8(e).ok())
}

#[test]
fn the_exception_of_a_traceback_that_is_set_in_stands_as_far_in_as_it() {
    let head = "    Traceback (most recent call last):";
    let (frame, error) = ("      File \"a.py\", line 7", "redis.ResponseError: OOM");
    let set_in = format!("    {error}");
    assert_eq!(below(&[head, frame, &set_in]), Some(error));
    // what stands further in is quoted code
    let quoted = format!("        {error}");
    assert_eq!(below(&[head, frame, &quoted]), None);
    assert_eq!(below(&[&set_in]), None);
    assert_eq!(below(&[head.trim_start(), frame, error]), Some(error));
}
