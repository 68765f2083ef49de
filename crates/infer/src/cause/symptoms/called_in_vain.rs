//! Services that call something in vain: how many lines in all, in whatever words, and those of a breaker that spares further calls
//! with them. Whose fault it is, other rules decide.

use crate::cause::case::{Case, TemplateFact};
use crate::cause::class_info::ClassInfo;
use crate::cause::find;
use crate::cause::names;
use crate::cause::symptoms::stated;
use crate::model::Group;
use coroner_lines::fault::Fault;
use coroner_lines::record::{CauseClass, Kind};
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;
use std::collections::BTreeMap;

/// Lines of each service that state a fault of what it calls, since the failures began.
pub(super) struct CalledInVain<'a>(BTreeMap<(Option<&'a str>, Fault), u64>);

impl<'a> CalledInVain<'a> {
    pub(super) fn of(case: &'a Case<'_>, known: &[&'static ClassInfo]) -> CalledInVain<'a> {
        let new = || {
            let all = case.templates.iter();
            let all = all.filter(|t| t.new && t.kind == Kind::App);
            all.filter_map(|t| Some((t, stated(case, t)?)))
        };
        let mut lines = BTreeMap::new();
        for (t, fault) in new() {
            let group = find(known, fault.class()).group;
            if fault.class().is_some() && [Group::DEPENDENCY, Group::NETWORK].contains(&group) {
                *lines.entry((service(t), fault)).or_default() += t.during;
            }
        }
        let mut all = CalledInVain(lines);
        let of_breakers =
            new().filter(|(t, f)| *f == Fault::SYMPTOM && is_of_breaker(t.example.text()));
        let spared: Vec<_> = of_breakers
            .filter_map(|(t, _)| Some(((service(t), all.most(t)?), t.during)))
            .collect();
        for (key, during) in spared {
            *all.0.entry(key).or_default() += during;
        }
        all
    }

    /// What a message that states a fault means: what a breaker spares is the call that fails, and a limit that a program meets where
    /// it calls a provider is the provider's.
    pub(super) fn meant(&self, t: &TemplateFact, fault: Fault) -> Fault {
        let most = self.most(t);
        let meant = match fault.class() {
            None => most.filter(|_| is_of_breaker(names::said(t.example.text()))),
            Some(CauseClass::Overload) if t.kind == Kind::App => {
                most.filter(|f| f.is_of(CauseClass::ThirdParty))
            }
            Some(_) => None,
        };
        meant.unwrap_or(fault)
    }

    /// The fault that the service of a message states most often of what it calls.
    fn most(&self, t: &TemplateFact) -> Option<Fault> {
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
fn is_of_breaker(text: &str) -> bool {
    const BREAKER: &str =
        "circuit | breaker | circuitbreaker | brokencircuitexception | callnotpermittedexception";
    holds_any(text.as_bytes(), BREAKER)
}
