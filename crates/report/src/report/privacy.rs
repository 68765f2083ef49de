//! What a finished report shows of people, secrets and addresses: each text of it is made again as the user asked.
//! Done before any form is written, so that all forms show the same.

use coroner_infer::model::{Report, Shown};
use coroner_lines::text::{LogText, People, Policy};
use regex::Regex;

/// Applies what is to be shown, and writes it into the settings of the report. `extra` is taken out beside what always
/// is, where anything is.
pub fn apply(report: &mut Report, shown: Shown, extra: &[Regex]) {
    let people = match shown.names || shown.secrets {
        true => People::default(),
        false => people(report),
    };
    let policy = Policy {
        secrets: !shown.secrets,
        addresses: !shown.addresses,
        people,
        raw: shown.raw,
        extra: match shown.secrets {
            true => Vec::new(),
            false => extra.to_vec(),
        },
    };
    let mut redacted = 0;
    report.each_text(&mut |t| redacted += u64::from(t.settle(&policy)));
    // A citation must be one that can be opened: a word in a file's name is no person.
    let policy = Policy {
        people: policy.people.without_names(),
        ..policy
    };
    report.each_file_name(&mut |t| redacted += u64::from(t.settle_file(&policy)));
    report.settings.shown = Shown { redacted, ..shown };
}

/// Everybody whom the report names; what is called like a host, a service or a version is nobody.
fn people(report: &mut Report) -> People {
    let mut things: Vec<LogText> = Vec::new();
    let events = report.incidents.iter().flat_map(|i| &i.timeline);
    let events = events.chain(&report.timeline);
    let mut actors: Vec<LogText> = Vec::new();
    for e in events {
        actors.extend(e.actors.iter().cloned());
        let names = [&e.host, &e.service, &e.version, &e.upstream];
        things.extend(names.into_iter().flatten().cloned());
    }
    things.extend(report.incidents.iter().filter_map(|i| i.service.clone()));
    things.extend(report.inputs.iter().filter_map(|i| i.host.clone()));
    things.sort();
    things.dedup();
    let things: Vec<&str> = things.iter().map(LogText::for_json).collect();
    let mut people = People::default();
    actors.iter().for_each(|a| people.know(a, &things));
    report.each_text(&mut |t| people.meet(t, &things));
    people.settled()
}
