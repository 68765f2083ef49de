//! Memory used up: the kernel or the runtime ends a process of the failing service, not just any process.

use super::CauseRule;
use super::case::Case;
use super::family::Family;
use super::names;
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Aspect, Scale, culprit, lines, new_meanwhile, on_host};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Denial, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::text::LogText;

/// The cause.
pub(super) struct Memory;

impl CauseRule for Memory {
    fn class(&self) -> CauseClass {
        CauseClass::Memory
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let mut scale = Scale::default();
        let best = failure_shape::messages(
            &mut scale,
            case,
            signs,
            &[Family::Memory],
            Weights {
                message: 2.3,
                covers: 2.2,
                missing: 0.0,
            },
        );
        if let Some(s) = best.filter(|s| s.own) {
            // The same weight as a failing set that is exactly the changed set: the process that died is the one that fails.
            let text = on_host(
                Sentence::words("The process that was ended belongs to the failing service"),
                s.host,
            )
            .w(".");
            scale.add(Aspect::Scope, 2.5 * s.strength, text, lines(s.evidence));
        } else if let Some(s) = best.filter(|s| names::process(s.text).is_some_and(|p| serves(&p)))
        {
            let text = on_host(
                Sentence::words("The process that was ended is one that runs applications"),
                s.host,
            )
            .w(", and no other service is known there.");
            scale.add(Aspect::Scope, 1.6 * s.strength, text, lines(s.evidence));
        } else if best.is_none() && case.sources.iter().any(|s| s.kernel) {
            let text = "Kernel logs were read, and no end of a process for lack of memory was recognised in them.";
            let denies = Denial {
                classes: vec![CauseClass::Memory],
                to: case.end,
                ..new_meanwhile(case)
            };
            let kernel = case.inputs(|s| s.kernel);
            scale.deny(case, (Aspect::Absence, -1.0), text, kernel, denies);
        }
        if best.is_some() {
            failure_shape::latency(&mut scale, case, 0.6, 0.9);
        }
        let process = signs
            .iter()
            .filter(|s| s.family == Family::Memory)
            .find_map(|s| names::process(s.text));
        let named = best.and_then(|s| {
            let host = s.host.map(LogText::for_json);
            let who = match (process, host) {
                (Some(p), Some(h)) => format!("{p} on {h}"),
                (p, h) => p.or_else(|| h.map(str::to_owned))?,
            };
            culprit("memory", &who, s.service.filter(|_| s.own).or(case.service))
        });
        let title = match &named {
            Some(n) => Sentence::words("Memory used up: ").name(&n.name),
            None => Sentence::words("Memory used up"),
        };
        let mut w = scale.weighed(
            title,
            named,
            Sentence::words("Memory use of the process from its start to its end."),
        );
        w.change = None;
        w
    }
}

/// Whether a process is of a kind that runs applications.
fn serves(process: &str) -> bool {
    const SERVERS: [&str; 14] = [
        "gunicorn", "uwsgi", "uvicorn", "puma", "unicorn", "node", "java", "python", "ruby", "php",
        "dotnet", "beam", "celery", "sidekiq",
    ];
    let p = process.to_ascii_lowercase();
    SERVERS.iter().any(|s| p.starts_with(s))
}
