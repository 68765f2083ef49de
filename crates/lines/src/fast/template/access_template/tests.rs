//! JSON access lines whose keys stand in any order.

use super::*;
use crate::fast::template::{
    LineTemplate,
    tests::{counted, piece},
};
use crate::record::Record;

const LINE: &str = r#"{"time":"2026-11-20T06:33:18+00:00","remote_addr":"203.0.113.7","host":"shop.example.net","method":"GET","uri":"/cart?id=1","status":200,"body_bytes_sent":1234,"request_time":0.002,"http_user_agent":"Mozilla/5.0","request_id":"8f4e2b7a9c1d0e3f8f4e2b7a9c1d0e3f"}"#;

/// What is read of the first line of a piece by its keys.
fn read_by_keys(t: &LineTemplate, line: &str) -> Option<String> {
    let p = piece(line);
    let marks = memchr::memchr_iter(b'"', line.as_bytes()).chain([line.len()]);
    let marks: Vec<u32> = marks.map(|m| m as u32 + 7).collect();
    let LineTemplate::Access(t) = t else { panic!() };
    let mut found = None;
    t.read_by_keys(&p, (&marks, 7), &mut Memo::default(), Keep(&mut found))?;
    found
}

struct Keep<'k>(&'k mut Option<String>);

impl<'a> Take<'a> for Keep<'_> {
    fn brief(self, brief: &Brief<'_, 'a>) {
        *self.0 = Some(counted(&brief.record()));
    }
    fn record(self, record: Record<'a>) {
        *self.0 = Some(counted(&record));
    }
}

#[test]
fn keys_in_any_order_and_not_all() {
    let t = JsonTemplate::learn(LINE.as_bytes())
        .map(LineTemplate::Access)
        .unwrap();
    let whole = LINE.trim_matches(['{', '}']);
    let pairs: Vec<&str> = whole.split(",\"").collect();
    let line = |all: &[&str]| {
        let all: Vec<String> = all
            .iter()
            .map(|p| format!("\"{}", p.trim_start_matches('"')))
            .collect();
        [
            format!("{{{}}}", all.join(",")),
            format!("{{ {}}}", all.join(", ")),
        ]
    };
    let mut n = 0;
    for missing in 0..pairs.len() {
        for turn in 0..pairs.len() {
            let mut all = pairs.clone();
            all.remove(missing);
            let at = turn % all.len();
            all.rotate_left(at);
            for line in line(&all) {
                let general = nginx_json::parse(line.as_bytes()).map(|r| counted(&r));
                let found = read_by_keys(&t, &line);
                n += u32::from(found.is_some());
                assert!(found.is_none() || found == general, "{line}");
            }
        }
    }
    // all but those without a time, a status or a path
    assert_eq!(n as usize, (pairs.len() - 3) * pairs.len() * 2);
    let twice = line(&[&pairs[..], &pairs[1..2]].concat());
    assert!(twice.iter().all(|l| read_by_keys(&t, l).is_none()));
}
