//! The command line that makes a report again: the settings of the analysis, with the word LOGS for the operands.

use super::time;
use coroner_infer::model::{Sensitivity, Settings};

/// The command line that repeats the analysis, with the output option last.
pub fn line(s: &Settings, output: &str) -> String {
    let mut c = format!("coroner LOGS --tz {}", shell(&s.zone.to_string()));
    let mut option = |name: &str, value: &str| c.push_str(&format!(" {name} {}", shell(value)));
    for (glob, zone) in &s.assume_tz {
        option("--assume-tz", &format!("{glob}={zone}"));
    }
    for (glob, format) in &s.formats {
        option("--format", &format!("{glob}={format}"));
    }
    for glob in &s.edge {
        option("--edge", glob);
    }
    if let Some(y) = s.year {
        option("--year", &y.to_string());
    }
    for (name, t) in [("--since", s.since), ("--until", s.until)] {
        if let Some(t) = t {
            option(name, &time::rfc3339(t, s.zone));
        }
    }
    for (name, word) in [("--service", &s.about.service), ("--host", &s.about.host)] {
        if let Some(w) = word {
            option(name, w);
        }
    }
    if let Some(n) = s.about.incident {
        option("--incident", &n.to_string());
    }
    match s.sensitivity {
        Sensitivity::Low => option("--sensitivity", "low"),
        Sensitivity::Normal => {}
        Sensitivity::High => option("--sensitivity", "high"),
    }
    if s.baseline.is_some() {
        option("--baseline", "PART");
    }
    if let Some(slo) = s.slo {
        let p = format!("{:.4}", slo * 100.0);
        let p = p.trim_end_matches('0').trim_end_matches('.');
        option("--slo", &format!("{p}%"));
    }
    format!("{c} {output}")
}

/// A word for a POSIX shell, without control characters.
pub fn shell(s: &str) -> String {
    let clean: String = s.chars().filter(|c| !c.is_control()).collect();
    let plain = !clean.is_empty()
        && clean
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._/-+:%=,".contains(&b));
    if plain {
        clean
    } else {
        format!("'{}'", clean.replace('\'', "'\\''"))
    }
}
