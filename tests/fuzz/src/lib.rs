//! What each fuzz target does with its bytes, and what must hold. The targets themselves are one line each.
//! A target fails by a panic, by taking too long, or by one of the assertions here.

use coroner_core::plan::row::PlanRow;
use coroner_core::plan::{Plan, PlanConfig, Sampled, plan};
use coroner_core::scan::{ScanConfig, Scanner};
use coroner_core::source::{Limits, Ours, cut, files_of, looks_binary};
use coroner_core::summary::wire::file::Parts;
use coroner_infer::infer::{InferConfig, infer};
use coroner_lines::format::envelope::peel;
use coroner_lines::format::frame::{FRAMES, Frame, Units};
use coroner_lines::format::{FORMATS, Format, app::stack, custom, flat_json};
use coroner_lines::marker;
use coroner_lines::record::{Body, Kind};
use coroner_lines::text::{LogText, html};
use coroner_lines::time::{field, stamp};
use coroner_report::report::{Look, REPORTS};

fn is_pager(f: &dyn Format) -> bool {
    f.kind() == Kind::Pager
}

fn is_web(f: &dyn Format) -> bool {
    f.kind() == Kind::Web
}

fn parse(data: &[u8], of: impl Fn(&dyn Format) -> bool) {
    for line in data.split(|c| *c == b'\n') {
        for f in FORMATS.iter().filter(|f| of(**f)) {
            let head = f.is_head(line);
            if let Some(r) = f.parse(line) {
                assert!(head, "{}: a record is a head", f.name());
                if let Body::Request(q) = &r.body {
                    assert!(q.status < 1000);
                }
            }
        }
    }
}

/// Web formats, line by line.
pub fn web(data: &[u8]) {
    parse(data, is_web);
}

/// Application, operations and host formats, and stack traces.
pub fn app(data: &[u8]) {
    parse(data, |f| !is_web(f) && !is_pager(f));
    for line in data.split(|c| *c == b'\n') {
        let _ = (stack::continuation(line), stack::exception(line));
    }
    let _ = stack::decisive_line(data);
}

/// Wrappers line by line, and frames over the whole, in stretches of two sizes that must not differ.
pub fn wrapped(data: &[u8]) {
    for line in data.split(|c| *c == b'\n') {
        if let Some((_, p)) = peel(line) {
            assert!(p.text.len() <= line.len());
        }
    }
    let texts = |frame: &Frame, size: usize| {
        let (mut framer, mut units) = ((frame.start)(), Units::default());
        data.chunks(size).for_each(|c| framer.feed(c, &mut units));
        framer.finish(&mut units);
        (units.bytes, units.list)
    };
    for f in FRAMES.iter() {
        let _ = (f.claims)(data);
        assert_eq!(texts(f, 3), texts(f, 1 << 16), "{}", f.name);
    }
}

/// Pager formats.
pub fn pager(data: &[u8]) {
    parse(data, is_pager);
}

/// First line: a format string of any writer; the rest: lines of that log.
pub fn custom(data: &[u8]) {
    use custom::{Definition, Spec, compile, from_conf};
    let (spec, rest) = match data.iter().position(|c| *c == b'\n') {
        Some(n) => (&data[..n], &data[n + 1..]),
        None => (data, &b""[..]),
    };
    let Ok(text) = std::str::from_utf8(spec) else {
        return;
    };
    let spec = text.to_owned();
    let json = [("time".to_owned(), spec.clone())].into();
    for way in [
        Spec::Nginx(spec.clone()),
        Spec::Apache(spec.clone()),
        Spec::Haproxy(spec.clone()),
        Spec::Logback(spec.clone()),
        Spec::Regex(spec.clone()),
        Spec::Json(json),
    ] {
        match compile(&Definition::new("fuzz", way)) {
            Err(e) => assert!(e.at <= spec.len(), "{e}"),
            Ok(format) => {
                for line in rest.split(|c| *c == b'\n') {
                    let _ = (format.parse(line), format.values(line).len());
                }
            }
        }
    }
    let _ = std::str::from_utf8(data).map(from_conf);
}

/// What the beginning of a file says it is. Archives: whatever they hold, they end, and no file gives more than the limit.
pub fn archive(data: &[u8]) {
    let _ = (looks_binary(data), Ours::of(data));
    let limits = Limits {
        ratio: 50,
        ratio_from: 1 << 16,
        bytes: 1 << 20,
        members: 100,
    };
    let mut files = 0;
    let _ = files_of(&mut &data[..], limits, &mut |leaf| {
        files += 1;
        if let Ok(content) = leaf.content {
            let read = std::io::copy(content.stream, &mut std::io::sink());
            assert!(read.unwrap_or(0) <= (1 << 20) + (1 << 17));
        }
        std::ops::ControlFlow::Continue(())
    });
    assert!(files <= 100);
}

/// Stamps of every shape.
pub fn stamp(data: &[u8]) {
    for shape in [
        stamp::iso,
        stamp::clf,
        stamp::day_month,
        stamp::syslog,
        stamp::ctime,
        stamp::epoch,
        stamp::any_shape,
    ] {
        if let Ok((rest, s)) = shape(data) {
            assert!(data.ends_with(rest));
            let _ = s.instant();
        }
    }
    let _ = (stamp::whole(data), stamp::offset(data), stamp::month(data));
    // lines that teach where their time stands, and are read by it
    let lines: Vec<&[u8]> = data.split(|c| *c == b'\n').take(99).collect();
    if let Some(time) = field::learn(&lines, None) {
        for line in lines {
            let places = time.find(line).into_iter().flat_map(|f| f.places);
            places.for_each(|p| assert!(p.end <= line.len()));
        }
    }
}

/// Marker rules and the fields that go with a marker.
pub fn marker(data: &[u8]) {
    let mut hits = Vec::new();
    for kind in [
        Kind::Web,
        Kind::App,
        Kind::Pager,
        Kind::Deploy,
        Kind::System,
    ] {
        marker::find(data, kind, &mut hits);
    }
    use marker::fields;
    for f in [
        fields::version,
        fields::service,
        fields::actor,
        fields::incident,
    ] {
        let _ = f(data);
    }
}

/// The finder of fields in JSON lines.
pub fn flat_json(data: &[u8]) {
    let _ = flat_json::fields(data, |key, value| {
        let _ = flat_json::decode(key);
        if let Some(t) = value.text() {
            let _ = flat_json::decode(t);
        }
        true
    });
}

/// Text from logs to all sinks: no sink lets a control character through.
pub fn log_text(data: &[u8]) {
    let t = LogText::new(data);
    assert!(!t.for_terminal().contains('\u{1b}'));
    for s in [t.for_md_prose(), html(t.for_json())] {
        assert!(!s.contains('\u{1b}') && !s.contains('\0'));
    }
    assert!(!html(t.for_json()).contains('<'));
}

fn scan(plan: &Plan, data: &[u8], target: usize) -> coroner_core::summary::Part {
    let input = &plan.inputs[0];
    let target = if input.whole { usize::MAX / 2 } else { target };
    let pieces = cut(data, target, |d, at| !input.heads || input.begins_at(d, at));
    let mut whole = coroner_core::summary::Part::default();
    for r in pieces.into_iter().rev() {
        let mut s = Scanner::new(plan, 0, r.start as u64, ScanConfig::default());
        s.block(&data[r]);
        whole = whole.merge(s.finish()).expect("pieces do not overlap");
    }
    whole
}

fn planned(data: &[u8]) -> Option<Plan> {
    let sample = Sampled {
        name: "fuzz.log".into(),
        member: None,
        modified_us: None,
        pieces: vec![data.to_vec()],
    };
    plan(&[sample], &PlanConfig::default()).ok()
}

/// The report on half an hour of requests, all of which fail for ten minutes.
fn outage() -> coroner_infer::model::Report {
    let line = |s: u32| {
        let status = if (600..1200).contains(&s) { 502 } else { 200 };
        let (minute, second) = (s / 60, s % 60);
        format!(
            "203.0.113.9 - - [20/Nov/2026:06:{minute:02}:{second:02} +0000] \"GET / HTTP/1.1\" {status} 157 \"-\" \"curl/8\"\n"
        )
    };
    let log: String = (0..1800).map(line).collect();
    let plan = planned(log.as_bytes()).expect("the log is a log");
    infer(
        scan(&plan, log.as_bytes(), usize::MAX / 2),
        &InferConfig::default(),
    )
}

/// The whole job on one input: all reports, and the same part however the input is cut.
pub fn job(data: &[u8]) {
    let Some((&size, data)) = data.split_first() else {
        return;
    };
    let Some(plan) = planned(data) else {
        return;
    };
    let whole = scan(&plan, data, usize::MAX / 2);
    assert_eq!(whole, scan(&plan, data, usize::from(size) + 1));
    for p in whole.inputs.values() {
        let a = &p.accounting;
        assert_eq!(
            a.lines,
            a.parsed + a.continuation + a.unparsed + a.out_of_range
        );
    }
    let report = infer(&whole, &InferConfig::default());
    for form in REPORTS {
        let _ = form.render(&report, &Look::default());
    }
}

/// A part with any body and the checksum that fits it: refused, or reported; and a row of a plan.
pub fn parts(data: &[u8]) {
    let Ok(body) = std::str::from_utf8(data) else {
        return;
    };
    let _ = PlanRow::parse(body, "fuzz");
    let crc = crc32fast::hash(data);
    let line = format!("{{\"coroner_part\":2,\"crc32\":\"{crc:08x}\",\"body\":{body}}}");
    let Ok(parts) = Parts::parse(&line, "fuzz") else {
        return;
    };
    let text = parts.text().unwrap_or_default();
    assert_eq!(Parts::parse(&text, "again").ok().as_ref(), Some(&parts));
    for planned in parts.0.values() {
        let report = infer(&planned.part, &InferConfig::default());
        for form in REPORTS {
            form.render(&report, &Look::default());
        }
    }
}

/// A postmortem of any bytes: read, judged, and written in every form.
pub fn audit(data: &[u8]) {
    use coroner_report::audit::sink::{diff, github, json, sarif, text};
    use coroner_report::audit::{Document, judge};
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let doc = Document::read("fuzz.md", text);
    let judged = judge(&doc, None, &Default::default());
    for f in &judged.findings {
        assert!(f.main.place.line <= doc.lines.len());
    }
    let screen = text::to_string(&judged, "fuzz.md", &Look::default());
    assert!(!screen.contains('\u{1b}'));
    let notes = github::to_string(&judged, "fuzz.md");
    assert_eq!(notes.lines().count(), judged.findings.len());
    let _ = (
        json::to_value(&judged),
        sarif::to_value(&judged, "fuzz.md"),
        diff::to_string(&judged, "fuzz.md"),
    );
}

/// A template of any text, over a report that holds an incident: written, or refused with a reason, within its steps.
pub fn template(data: &[u8]) {
    use coroner_report::report::template::{Own, check, render};
    static REPORT: std::sync::LazyLock<coroner_infer::model::Report> =
        std::sync::LazyLock::new(outage);
    let Ok(source) = String::from_utf8(data.to_vec()) else {
        return;
    };
    let own = Own {
        name: "fuzz.md".into(),
        source,
        beside: Vec::new(),
        links: None,
    };
    let sound = check(&own).is_ok();
    assert!(
        sound || render(&REPORT, &own).is_err(),
        "what the check refuses is not written"
    );
}
