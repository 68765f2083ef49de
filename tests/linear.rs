//! A long line costs what its bytes cost, whatever it is made of: half a megabyte of one repeated byte or mark, alone and behind the
//! beginning of a line of each format and wrapper. Quadratic work on that takes minutes, linear work milliseconds; the limit
//! lies far from both, and is of processor time, so that a busy machine changes nothing. Names without end take no more room
//! than many.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use coroner_core::plan::{Plan, PlanConfig, Sampled, plan};
use coroner_core::scan::{ScanConfig, Scanner};
use coroner_lines::format::envelope::ENVELOPES;
use coroner_lines::format::{FORMATS, Framing};
use std::time::{Duration, Instant};

/// Bytes of a line: half of the most that is read of one.
const LONG: usize = 1 << 19;

/// Processor time that one line may take.
const LIMIT: Duration = Duration::from_millis(1500);

/// What lines are filled with besides single bytes: what opens and closes, keys and values, times, escapes.
const MARKS: &[&str] = &[
    "a ",
    " a",
    "a=",
    "a=1 ",
    "a=\"b\" ",
    "a:",
    "a: ",
    ": ",
    "a,",
    ", ",
    "\"a\",",
    "\"\"",
    "\\\"",
    "\" \"",
    "[a] ",
    "[ ",
    "] ",
    "[1] ",
    "{\"a\":",
    "{\"a\":1},",
    "\"a\":1,",
    "[[",
    "(a",
    "(a) ",
    "<a>",
    "a|",
    "| ",
    "a;",
    "1:",
    "12:",
    "1.",
    "1,",
    "1 ",
    "\u{1b}[0m",
    "\u{1b}[",
    "é",
    "\r",
    "\t\t",
    " \t",
    "- ",
    " - ",
    "] \"",
    "%d",
    "/a",
    "&a=",
    "2026-03-10 13:05:00 ",
    "[10/Mar/2026:13:05:00 +0000] ",
    "Mar 10 13:05:00 ",
    " at ",
    " in ",
    "\\n",
    "\\u0041",
    "#",
    "=>",
    "{\"a\"=>",
    "}\n".trim_ascii_end(),
    "Caused by: ",
    "Error: ",
];

/// Everything that a line is filled with.
fn fills() -> Vec<Vec<u8>> {
    let bytes = (b' '..=b'~').chain([0, b'\t', 0x1b, 0xe2, 0xff]);
    let bytes = bytes.map(|c| vec![c]);
    bytes
        .chain(MARKS.iter().map(|m| m.as_bytes().to_vec()))
        .collect()
}

fn long(head: &[u8], fill: &[u8]) -> Vec<u8> {
    let times = (LONG - head.len()) / fill.len();
    [head, &fill.repeat(times)].concat()
}

/// Processor time of this thread.
fn spent() -> Duration {
    static BEGUN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let known = std::fs::read_to_string("/proc/thread-self/schedstat");
    let ns = known.ok().and_then(|s| s.split(' ').next()?.parse().ok());
    ns.map_or_else(|| BEGUN.elapsed(), Duration::from_nanos)
}

/// The cases whose work took longer than the limit, by their words.
fn slow(cases: &[(String, Vec<u8>)], work: impl Fn(&[u8]) + Sync) -> Vec<String> {
    let one = |(name, line): &(String, Vec<u8>)| {
        let before = spent();
        work(line);
        let took = spent().saturating_sub(before);
        (took > LIMIT).then(|| format!("{name}: {took:?}"))
    };
    std::thread::scope(|s| {
        let half = cases.len().div_ceil(2).max(1);
        let parts = cases
            .chunks(half)
            .map(|part| s.spawn(|| part.iter().filter_map(one).collect::<Vec<_>>()));
        let parts: Vec<_> = parts.collect();
        parts.into_iter().flat_map(|p| p.join().unwrap()).collect()
    })
}

fn named(what: &str, head: &[u8], fill: &[u8]) -> (String, Vec<u8>) {
    let name = format!(
        "{what}: {:?} and {:?}",
        String::from_utf8_lossy(head),
        String::from_utf8_lossy(fill)
    );
    (name, long(head, fill))
}

/// The beginning of a sample.
fn head(sample: &str) -> &[u8] {
    let line = sample.lines().next().unwrap_or_default().as_bytes();
    &line[..line.len().min(40)]
}

/// Every format on every line of nothing but one fill, and on those behind its own beginning.
fn formats() -> Vec<String> {
    let mut wrong = Vec::new();
    for fill in fills() {
        let cases = [named("", b"", &fill)];
        wrong.extend(slow(&cases, |line| {
            for f in FORMATS.iter() {
                assert!(
                    f.parse(line).is_none_or(|_| f.may_begin(line[0])),
                    "{}",
                    f.name()
                );
            }
        }));
    }
    let fills = fills();
    // letters and digits are alike behind a head
    let alike =
        |f: &&Vec<u8>| f.len() == 1 && f[0].is_ascii_alphanumeric() && !b"aA0".contains(&f[0]);
    for f in FORMATS.iter() {
        let some = fills.iter().filter(|f| !alike(f));
        let one = |fill: &Vec<u8>| named(f.name(), head(f.sample()), fill);
        let cases: Vec<_> = some.map(one).collect();
        wrong.extend(slow(&cases, |line| {
            let _ = f.parse(line);
            if f.framing() == Framing::Stateful
                && let Some(mut reader) = f.reader()
            {
                let _ = reader.read(line);
            }
        }));
    }
    wrong
}

fn wrappers() -> Vec<String> {
    let mut wrong = Vec::new();
    for e in ENVELOPES.iter() {
        for head in [head(e.sample), b""] {
            let cases: Vec<_> = fills()
                .iter()
                .map(|fill| named(e.name, head, fill))
                .collect();
            wrong.extend(slow(&cases, |line| {
                let _ = (e.peel)(line);
            }));
        }
    }
    wrong
}

fn planned(data: &[u8]) -> Plan {
    let sample = Sampled {
        name: "some.log".into(),
        pieces: vec![data[..data.len().min(64 << 10)].to_vec()],
        ..Sampled::default()
    };
    plan(&[sample], &PlanConfig::default()).unwrap()
}

/// The whole way of such lines behind lines of each format, to what is kept of them.
fn scanned() -> Vec<String> {
    let mut wrong = Vec::new();
    let fills = fills();
    for (n, f) in FORMATS.iter().enumerate() {
        let sample = format!("{}\n", f.sample()).repeat(9);
        let plan = planned(sample.as_bytes());
        // each format with other fills: the way behind it is the same for many
        let some = (0..4).map(|k| &fills[(n * 7 + k * 37) % fills.len()]);
        let one = |fill: &Vec<u8>| named(f.name(), head(f.sample()), fill);
        let cases: Vec<_> = some.map(one).collect();
        wrong.extend(slow(&cases, |line| {
            let data = [sample.as_bytes(), line, b"\n", sample.as_bytes()].concat();
            let mut s = Scanner::new(&plan, 0, 0, ScanConfig::default());
            match plan.inputs[0].frame {
                Some(_) => s.stretch(&data),
                None => s.block(&data),
            }
            s.finish();
        }));
    }
    wrong
}

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} lines: {wrong:#?}", wrong.len());
}

#[test]
fn formats_read_long_lines_in_linear_time() {
    none(formats());
}

#[test]
fn wrappers_read_long_lines_in_linear_time() {
    none(wrappers());
}

#[test]
fn long_lines_are_scanned_in_linear_time() {
    none(scanned());
}

/// A word of letters, which no mask makes one of another.
fn word(n: u32) -> String {
    let letter = |k: u32| char::from(b'a' + (n / 26u32.pow(k) % 26) as u8);
    (0..4).map(letter).collect()
}

#[test]
fn names_without_end_are_bounded() {
    const LINES: u32 = 20_000;
    let clock = |n: u32| format!("{:02}:{:02}:{:02}", n / 3600, n / 60 % 60, n % 60);
    let access = |n: u32| {
        let (word, at) = (word(n), clock(n));
        format!(
            "10.{}.{}.1 - - [05/Mar/2024:{at} +0000] \"GET /{word}/list HTTP/1.1\" 502 7 \"-\" \"curl/8\"\n",
            n / 256,
            n % 256
        )
    };
    let app = |n: u32| {
        let (word, at) = (word(n), clock(n));
        format!(
            "{{\"time\":\"2024-03-05T{at}Z\",\"level\":\"error\",\"service\":\"{word}\",\"host\":\"h-{word}\",\"version\":\"1.{n}.0\",\"msg\":\"{word} failed\"}}\n"
        )
    };
    let lines: [&dyn Fn(u32) -> String; 2] = [&access, &app];
    for line in lines {
        let data: String = (0..LINES).map(line).collect();
        let plan = planned(data.as_bytes());
        let mut s = Scanner::new(&plan, 0, 0, ScanConfig::default());
        s.block(data.as_bytes());
        let part = s.finish();
        let input = &part.inputs[&0];
        assert_eq!(input.accounting.parsed, u64::from(LINES));
        let t = &input.utc;
        for names in [
            &t.by_endpoint,
            &t.by_host,
            &t.by_service,
            &t.by_version,
            &t.said,
        ] {
            assert!(names.sorted().len() <= 256);
        }
        let templates = t.templates.iter();
        assert!(templates.count() <= 2000 && t.versions.iter().count() <= 2000);
        assert!(t.requests.clients.iter().count() <= 64);
    }
}
