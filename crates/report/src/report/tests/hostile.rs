//! The worked example with a text of somebody's choice wherever one from a log can stand. No form is tried here.

use coroner_infer::model::{Report, Sentence, fixture};
use coroner_lines::text::LogText;

/// The example with a hostile text wherever one from a log can stand.
pub fn hostile() -> Report {
    saying("x`|</code><script>\x1b[31m\n# h ##[error] [a](b) _i_")
}

/// The example with a text wherever one from a log can stand.
pub fn saying(evil: &str) -> Report {
    let evil = LogText::name(evil.as_bytes());
    let says = || Sentence::words("row ").name(&evil).log(&evil);
    let mut r = fixture::report();
    for i in &mut r.inputs {
        i.name = evil.clone();
    }
    for g in &mut r.gaps {
        g.text = says();
    }
    for s in &mut r.blips {
        s.text = says();
    }
    let i = &mut r.incidents[0];
    i.id = format!("2023-05-01T1305-{}", evil.for_json());
    i.title = Sentence::default().name(&evil).w(" fails: ").log(&evil);
    i.service = Some(evil.clone());
    for e in &mut i.timeline {
        e.text = says();
        for x in &mut e.evidence {
            x.excerpt = Some(evil.clone());
        }
    }
    let m = &mut i.impact;
    let tables = [
        &mut m.by_endpoint,
        &mut m.by_host,
        &mut m.by_service,
        &mut m.by_version,
        &mut m.by_upstream,
        &mut m.by_status,
    ];
    for row in tables.into_iter().flatten() {
        row.name = evil.clone();
    }
    for s in i.series.iter_mut().chain(&mut i.near) {
        let lanes = s.by_host.iter_mut().chain(&mut s.by_endpoint);
        for l in lanes.chain(&mut s.by_upstream) {
            l.name = evil.clone();
        }
    }
    for c in &mut i.causes {
        c.title = Sentence::default().name(&evil);
        c.settle = Some(says());
        for x in c.pro.iter_mut().chain(&mut c.con) {
            x.text = says();
        }
    }
    for s in &mut i.signals {
        s.text = says();
    }
    for u in &mut i.unexplained {
        for x in &mut u.evidence {
            x.excerpt = Some(evil.clone());
        }
    }
    for p in &mut i.prompts {
        p.text = says();
    }
    r
}
