//! What is learnt of a line changes nothing but the time that reading takes: of every format that is learnt, what a template takes of
//! a line is what the format reads of it.

use super::*;
use crate::fast::way;
use crate::format::FORMATS;
use crate::record::Body;
use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::LazyLock;

/// Lines with their format, and whether they are learnt.
static LINES: LazyLock<Vec<(&str, &str, bool)>> = LazyLock::new(|| {
    let (mut all, mut format) = (Vec::new(), "");
    for line in include_str!("../../../../../tests/data/learnt_lines.txt")
        .lines()
        .skip(1)
    {
        match (line.strip_prefix("# "), line.strip_prefix("! ")) {
            (Some(name), _) => format = name,
            (_, Some(line)) => all.push((format, line, false)),
            _ if line.is_empty() => {}
            _ => all.push((format, line, true)),
        }
    }
    all
});

/// What is learnt of a line; nothing in a build that learns none.
fn learn(format: &str, line: &str) -> Option<LineTemplate> {
    match way(format) {
        Some(way) => way.learn(line.as_bytes()),
        _ if cfg!(feature = "fast") => panic!("{format} is not learnt"),
        _ => None,
    }
}

/// A record as far as it is counted.
pub(in crate::fast) fn counted(r: &Record<'_>) -> String {
    let mut r = r.clone();
    if let Body::Request(q) = &mut r.body {
        q.bytes = 0;
    }
    format!("{r:?}")
}

/// Objects whose keys may stand in any order, with the keys without which a line is none of the writer's.
const OBJECTS: [(&str, &str, &[&str]); 2] = [
    (
        "JSON access log",
        r#"{"time":"2026-11-20T06:33:18+00:00","remote_addr":"203.0.113.7","host":"shop.example.net","method":"GET","uri":"/cart?id=1","status":200,"body_bytes_sent":1234,"request_time":0.002,"http_user_agent":"Mozilla/5.0","request_id":"8f4e2b7a9c1d0e3f8f4e2b7a9c1d0e3f"}"#,
        &["time", "uri", "status"],
    ),
    (
        "JSON lines",
        r#"{"time":"2026-11-20T06:33:18.250Z","level":"info","service":"shop","basket":17,"msg":"basket kept","kept_ms":4,"user":"u7"}"#,
        &["time", "level", "service", "msg"],
    ),
];

#[test]
#[cfg(feature = "fast")]
fn keys_in_any_order_and_not_all() {
    for (format, whole, needed) in OBJECTS {
        let t = learn(format, whole).unwrap();
        let general = FORMATS.iter().find(|f| f.name() == format).unwrap();
        let pairs: Vec<&str> = whole.trim_matches(['{', '}']).split(",\"").collect();
        let pairs: Vec<&str> = pairs.iter().map(|p| p.trim_start_matches('"')).collect();
        let line = |all: &[&str]| {
            let all: Vec<String> = all.iter().map(|p| format!("\"{p}")).collect();
            [
                format!("{{{}}}", all.join(",")),
                format!("{{ {}}}", all.join(", ")),
            ]
        };
        for missing in 0..pairs.len() {
            for turn in 0..pairs.len() {
                let mut all = pairs.clone();
                let key = all.remove(missing).split('"').next().unwrap();
                let at = turn % all.len();
                all.rotate_left(at);
                for line in line(&all) {
                    let p = piece(&line);
                    let found = read(&t, &p, true, &mut Memo::default());
                    assert_eq!(found.is_none(), needed.contains(&key), "{line}");
                    if let Some(r) = found {
                        let general = general.parse(line.as_bytes());
                        assert_eq!(Some(counted(&r)), general.map(|r| counted(&r)), "{line}");
                    }
                }
            }
        }
        let twice = line(&[&pairs[..], &pairs[1..2]].concat());
        let read = |l: &String| read(&t, &piece(l), true, &mut Memo::default()).is_none();
        assert!(twice.iter().all(read));
    }
}

/// Checks a line against its format, and says whether the template takes it.
fn agree(t: &LineTemplate, format: &str, line: &str, memo: &mut Memo) -> bool {
    let line = line.replace('\n', " ");
    let general = FORMATS.iter().find(|f| f.name() == format).unwrap();
    let mut taken = false;
    for p in [piece(&line), [line.as_bytes(), b"\n"].concat()] {
        for by_keys in [false, true] {
            if let Some(r) = read(t, &p, by_keys, memo) {
                let general = general.parse(line.as_bytes());
                assert_eq!(Some(counted(&r)), general.map(|r| counted(&r)), "{line}");
                taken |= !by_keys;
            }
        }
    }
    taken
}

#[test]
fn lines_like_the_one_that_was_learnt() {
    for (format, line, learnt) in LINES.iter() {
        let t = learn(format, line);
        assert_eq!(t.is_some(), *learnt && cfg!(feature = "fast"), "{line}");
        let Some(t) = t else { continue };
        let mut memo = Memo::default();
        // other times, levels and numbers: what stands in a head may make it another
        for (from, to) in [
            ("", ""),
            (":04", ":05"),
            (".250", ".251"),
            (",491", ",492"),
            (".458", ".999"),
            ("info", "debug"),
            ("4.1.0", "4.1.1"),
            ("200", "503"),
            ("all good", PAIRS),
            ("cart of 7 kept", PAIRS),
        ] {
            let taken = agree(&t, format, &line.replace(from, to), &mut memo);
            let otherwise = ["] shop - ", "GET /", "[pid 7]"];
            let otherwise = otherwise.iter().any(|o| line.contains(o)) && t.quotes().is_none();
            assert!(taken || otherwise || !from.is_empty(), "{line} {to}");
        }
    }
}

/// Pairs that state a request, in a message that begins with a small letter.
const PAIRS: &str = "request handled method=GET path=/a status=503 dur_ms=4";

/// Parts of lines that change what they mean.
const PUT: &str = r#"["\\{}\[\]|/:.,=0-9a <>+-]{0,5}|-|\t|\x1b\[1m|é|http|info|INFO|WARN|ERROR|debug1|30|50|UTC| PM|: |- |a b|GET |POST /a HTTP/1\.1|request handled method=GET path=/a status=503 dur_ms=4|deployment |[a-zA-Z0-9]{1,4}|v?[0-9.]{3,7}|://| \+0100|targetgroup/|[0-9]{1,3}(\.[0-9]{1,3}){3}(:80)?|10\.0\.0\.1, 10\.0\.0\.2|unix:|::1|[!-~]{33}|[A-Z]{3,7} /[a-z]{0,5} [0-9]{3}|[ -~]{0,30}"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(600), ..ProptestConfig::default() })]

    #[test]
    #[cfg(feature = "fast")]
    fn what_is_taken_is_what_the_general_way_reads(
        which in any::<Index>(), before in any::<Index>(),
        changes in proptest::collection::vec((any::<Index>(), 0usize..9, any::<bool>(), PUT), 1..6),
    ) {
        let learnt: Vec<_> = LINES.iter().filter(|l| l.2).collect();
        let (format, s, _) = which.get(&learnt);
        let (other, line, _) = before.get(&learnt);
        let t = learn(format, s).unwrap();
        // what is remembered of one line must not show in the next
        let mut memo = Memo::default();
        agree(&learn(other, line).unwrap().numbered(1), other, line, &mut memo);
        agree(&t, format, s, &mut memo);
        let mut last = s.to_string();
        for (at, cut, whole, put) in &changes {
            // changes of a line as it was, and of what became of it; some bytes, or a value from mark to mark
            for line in [*s, &last.clone()] {
                let ends: Vec<usize> = line.char_indices().map(|c| c.0).chain([line.len()]).collect();
                let from = *at.get(&ends);
                let mark = |c: char| b" \",:=[]{}|".contains(&(c as u8));
                let to = match whole {
                    true => line[from..].find(mark).map_or(line.len(), |n| from + n),
                    false => ends[(at.index(ends.len()) + cut).min(ends.len() - 1)],
                };
                let line = [&line[..from], put, &line[to..]].concat();
                agree(&t, format, &line, &mut memo);
                let _ = learn(format, &line);
                last = line;
            }
        }
    }
}

/// More heads than are remembered.
#[test]
#[cfg(feature = "fast")]
fn many_heads() {
    let line =
        "2026-11-20 06:37:04,491 INFO  [worker-3] shop.orders - order 17 sent to the warehouse";
    let t = learn("text with a time", line).unwrap();
    let mut memo = Memo::default();
    for n in 0..3000 {
        let line = line.replace("worker-3", &format!("worker-{}", n % 700));
        agree(&t, "text with a time", &line, &mut memo);
    }
}

/// What a template makes of the first line of a piece.
pub(in crate::fast) fn read<'a>(
    t: &LineTemplate,
    piece: &'a [u8],
    by_keys: bool,
    memo: &mut Memo,
) -> Option<Record<'a>> {
    struct KeepRecord<'k, 'a>(&'k mut Option<Record<'a>>);
    impl<'a> Take<'a> for KeepRecord<'_, 'a> {
        fn brief(self, brief: &Brief<'_, 'a>) {
            *self.0 = Some(brief.record());
        }
        fn record(self, record: Record<'a>) {
            *self.0 = Some(record);
        }
    }
    let len = memchr::memchr(b'\n', piece)?;
    let marks = memchr::memchr_iter(b'"', &piece[..len]).chain([len]);
    let marks: Vec<u32> = marks.map(|m| m as u32 + 7).collect();
    if !by_keys && t.quotes().is_some_and(|n| marks.len() != n + 1) {
        return None;
    }
    let mut found = None;
    t.read(
        (piece, len),
        (&marks, 7),
        by_keys,
        memo,
        KeepRecord(&mut found),
    )?;
    found
}

/// Number and names of a line, as a template gives them.
type Named<'a> = (u32, [Option<&'a [u8]>; 4]);

struct Names<'k, 'a>(&'k mut Option<Named<'a>>);

impl<'a> Take<'a> for Names<'_, 'a> {
    fn brief(self, b: &Brief<'_, 'a>) {
        let upstream = b.request.map(|r| r.upstream).filter(|u| !u.is_empty());
        *self.0 = Some((b.names, [b.host, b.service, b.version, upstream]));
    }
    fn record(self, _: Record<'a>) {}
}

proptest! {
    /// Lines with the same number have the same names, whatever lies between them.
    #[test]
    fn numbers_show_names(
        lines in proptest::collection::vec((0usize..5, "[a-c,]{1,2}", "[a-c]{0,9}", 0usize..4, "[a-c]{1,3}"), 1..60),
    ) {
        let mut memo = Memo::default();
        let mut known: std::collections::BTreeMap<u32, Vec<Option<Vec<u8>>>> = Default::default();
        let line = |kind: usize, server: &str, host: &str, level: usize, service: &str| {
            let word = ["info", "debug", "WARN", "ERROR"][level];
            let v = if level == 3 { "4.1.0" } else { "4.2.0" };
            match kind {
                0 => format!("203.0.113.7:39426 [20/Nov/2026:06:33:18.536] www {service}/{server} 0/0/0/3/3 200 1369 - - ---- 1/1/0/0/0 0/0 {{{host}}} {{{v}}} \"GET /cart HTTP/1.1\""),
                1 => format!("{{\"time\":\"2026-11-20T06:33:18.250Z\",\"level\":\"{word}\",\"service\":\"{service}\",\"host\":\"h{host}\",\"msg\":\"all is well\"}}"),
                2 => format!("ts=2026-11-20T06:33:18.250Z level={word} service={service} host=h{host} msg=\"all is well\" user=u1"),
                3 => format!("2026-11-20 06:37:04,491 {word} [worker-{host}] {service}.{server} - order 17 sent"),
                _ => format!("{{\"time\":\"2026-11-20T06:33:18.250Z\",\"host\":\"{service}\",\"request\":\"GET /cart HTTP/1.1\",\"status\":200,\"upstream_addr\":\"10.0.0.{level}:80\"}}"),
            }
        };
        let learnt = [
            haproxy::learn(line(0, "a", "a", 0, "a").as_bytes()),
            AppTemplate::of_json(line(1, "a", "a", 0, "a").as_bytes()).map(LineTemplate::App),
            AppTemplate::of_logfmt(line(2, "a", "a", 0, "a").as_bytes()).map(LineTemplate::App),
            TextTemplate::learn(line(3, "a", "a", 0, "a").as_bytes()).map(LineTemplate::Text),
            JsonTemplate::learn(line(4, "a", "a", 0, "a").as_bytes()).map(LineTemplate::Access),
        ];
        let mut numbered = 0;
        for (kind, server, host, level, service) in &lines {
            let p = piece(&line(*kind, server, host, *level, service));
            let t = learnt[*kind].clone().unwrap().numbered(*kind);
            // where it was not read before, the second time shows what is remembered of the first
            for _ in 0..2 {
                let len = p.iter().position(|c| *c == b'\n').unwrap();
                let marks: Vec<u32> = memchr::memchr_iter(b'"', &p[..len]).chain([len]).map(|m| m as u32).collect();
                let mut found = None;
                if t.read((&p, len), (&marks, 0), false, &mut memo, Names(&mut found)).is_none() {
                    continue;
                }
                let Some((n @ 1.., names)) = found else { continue };
                numbered += 1;
                let names: Vec<_> = names.iter().map(|v| v.map(<[u8]>::to_vec)).collect();
                let before = known.entry(n).or_insert_with(|| names.clone());
                prop_assert_eq!(&*before, &names);
            }
        }
        let plain = lines.iter().filter(|l| l.0 != 3 && l.1 == "a" && !l.2.is_empty() && l.4.len() > 1);
        prop_assert!(numbered >= plain.count());
    }
}

/// A line in a piece that goes on behind it.
pub(in crate::fast) fn piece(line: &str) -> Vec<u8> {
    format!("{}\n{}", line.replace('\n', " "), "x".repeat(128)).into_bytes()
}
