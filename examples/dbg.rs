use coroner::{infer::*, plan::*, scan::*, source::*};
use std::{sync::Arc, time::SystemTime};
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let w = walk(&args);
    let inputs: Vec<Input> = w.found.into_iter().map(Input::new).collect();
    let open = OpenConfig { mmap: MmapMode::Always, now: SystemTime::now(), limits: Limits::default(), meter: Arc::default() };
    let samples: Vec<Sampled> = inputs.iter().map(|i| { let s = i.sample(&open).unwrap(); Sampled { name: i.found.name.clone(), pieces: s.spots.into_iter().map(|s| s.bytes).collect() } }).collect();
    let p = plan(&samples, &PlanConfig::default()).unwrap();
    let t = std::time::Instant::now();
    let s = summarize(&p, &inputs, &ReadConfig { open, block: 4 << 20, scan: ScanConfig::default() }).unwrap();
    eprintln!("scan {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let r = infer(&s.part, &InferConfig::default());
    eprintln!("infer {:?}", t.elapsed());
    println!("verdict {:?} zone {}", r.verdict, r.settings.zone);
    for i in &r.inputs { println!("  {:40} {:30} {:?} {:?} lines {} parsed {} cont {} unp {} req {} fail {} zone {:?} scope {:?}", i.name.for_json(), i.format, i.tier, i.kind, i.lines, i.parsed, i.continuation, i.unparsed, i.requests, i.failed, (&i.zone.offset, i.zone.source), i.host.as_ref().map(|h| h.for_json().to_owned())); }
    let tm = |t: coroner::time::Instant| { chrono::DateTime::from_timestamp_micros(t.0).unwrap().format("%H:%M:%S%.3f").to_string() };
    let st = |s: &coroner::model::Sentence| s.0.iter().map(|p| format!("{}", match p { coroner::model::Piece::Words(w) => w.clone(), coroner::model::Piece::Log(l) | coroner::model::Piece::Name(l) => l.for_json().chars().take(110).collect(), x => format!("{x:?}") })).collect::<String>();
    for i in &r.incidents {
        println!("INCIDENT {} {} onset {} recovery {:?} {:?} dur {:?}", i.id, st(&i.title), tm(i.onset), i.recovery.map(tm), i.state, i.durations);
        for e in &i.timeline { println!("    {} {} {:?} {} {:?}", e.letter.unwrap_or(' '), e.time.map(tm).unwrap_or_else(|| format!("{:?}..{:?}", e.after.map(tm), e.before.map(tm))), e.kind, st(&e.text), e.evidence.iter().map(|x| format!("{}:{}", r.inputs[x.input as usize].name.for_json(), x.line)).take(4).collect::<Vec<_>>()); }
        println!("  {:?} {:?} addresses {:?}", i.impact.requests, i.impact.failed, i.impact.addresses_hit);
        for c in &i.causes { println!("  cause {:?} {:.2} {} culprit {:?}", c.class, c.score, st(&c.title), c.culprit.as_ref().map(|x| (x.kind, x.name.for_json().to_owned()))); for x in c.pro.iter().chain(&c.con) { println!("      {:+.1} {}", x.weight, st(&x.text)); } }
        for t in &i.new_templates { println!("  new {} {} {}", t.count, tm(t.first), t.text.for_json()); }
        for p in &i.phases { println!("  phase {} {}", p.phase, p.us / 1_000_000); }
    }
    for b in &r.blips { println!("blip {} {:?}", tm(b.start), b.failed); }
    for g in &r.gaps { println!("gap {} {}", g.kind, st(&g.text)); }
}
