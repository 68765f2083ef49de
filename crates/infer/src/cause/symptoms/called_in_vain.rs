//! Services that call something in vain: how many lines in all, in whatever words, and those of a breaker that spares further calls
//! with them. Whose fault it is, other rules decide.

use crate::cause::case::{Case, TemplateFact};
use crate::cause::class_info::ClassInfo;
use crate::cause::find;
use crate::model::Group;
use coroner_lines::fault::Fault;
use coroner_lines::record::Kind;
use coroner_lines::text::LogText;
use std::collections::BTreeMap;

/// Lines of each service that state a fault of what it calls, since the failures began.
pub(super) struct CalledInVain<'a>(BTreeMap<(Option<&'a str>, Fault), u64>);

impl<'a> CalledInVain<'a> {
    pub(super) fn of(case: &'a Case<'_>, known: &[&'static ClassInfo]) -> CalledInVain<'a> {
        let mut lines = BTreeMap::new();
        for t in case
            .templates
            .iter()
            .filter(|t| t.new && t.kind == Kind::App)
        {
            let called = |f: &Fault| {
                let group = find(known, f.class()).group;
                f.class().is_some() && [Group::DEPENDENCY, Group::NETWORK].contains(&group)
            };
            if let Some(f) = t.example.fault().filter(called) {
                *lines.entry((service(t), f)).or_default() += t.during;
            }
        }
        let mut all = CalledInVain(lines);
        let of_breakers = case.templates.iter().filter(|t| {
            t.new && t.example.fault() == Some(Fault::SYMPTOM) && is_of_breaker(t.example.text())
        });
        let spared: Vec<_> = of_breakers
            .filter_map(|t| Some(((service(t), all.most(t)?), t.during)))
            .collect();
        for (key, during) in spared {
            *all.0.entry(key).or_default() += during;
        }
        all
    }

    /// The fault that the service of a message states most often of what it calls.
    pub(super) fn most(&self, t: &TemplateFact) -> Option<Fault> {
        let own = self.0.iter().filter(|((s, _), _)| *s == service(t));
        own.max_by_key(|(_, lines)| **lines).map(|((_, f), _)| *f)
    }

    /// The lines of the service of a message that state a fault.
    pub(super) fn lines(&self, t: &TemplateFact, fault: Fault) -> u64 {
        self.0.get(&(service(t), fault)).copied().unwrap_or(0)
    }
}

fn service(t: &TemplateFact) -> Option<&str> {
    t.service.as_ref().map(LogText::for_json)
}

/// Whether a message is that of a breaker, which lets no call through where too many failed.
pub(super) fn is_of_breaker(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["circuit", "breaker", "callnotpermitted"]
        .iter()
        .any(|w| text.contains(w))
}
