//! A name that stands in a change and in the errors that follow it, and in no message before nor in a change of something else, or
//! that of the host: it ties the two without any table of words. Which names are versions or services is for the other rules.

use crate::cause::case::excerpt;
use crate::cause::case::quoted;
use crate::cause::case::{Case, TemplateFact};
use crate::cause::change::Change;
use crate::cause::identifiers::{identifiers, known};
use crate::cause::ledger::{Aspect, Scale, quote};
use crate::cause::names;
use crate::cause::symptoms::ownership::{is_on, own_hosts};
use crate::model::{Cited, Sentence};
use coroner_lines::fault::Fault;
use coroner_lines::record::CauseClass;
use coroner_lines::text::LogText;
use coroner_lines::text::words::find;
use std::collections::BTreeSet;

/// What such a name weighs, in nats: two of some hundred identifiers would be the same by chance once in seven such pairs, since
/// systems name many things after few.
pub(in crate::cause) const WEIGHT: f64 = 2.0;

/// Whether a name is another one, or goes on behind it at a mark: `nf_conntrack_max` is of `nf_conntrack`.
fn is_of(longer: &str, name: &str) -> bool {
    let rest = longer.strip_prefix(name);
    rest.is_some_and(|r| r.is_empty() || r.starts_with(['_', '-']))
}

/// What it weighs, in nats, that the errors name the one host that was changed, which is none of those that fail.
const CALLED: f64 = 1.5;

/// Lays on the scale that the new errors name the only host that a change was made on.
fn lay_host(scale: &mut Scale, case: &Case<'_>, c: &Change<'_>) {
    let Some((host, others)) = c.hosts.split_first() else {
        return;
    };
    if others.iter().any(|h| h != host) || own_hosts(case).contains(&host.for_json()) {
        return;
    }
    let called =
        |t: &&TemplateFact| names::target(t.example.text()).is_some_and(|n| is_on(&n, host));
    let mut errors = case.templates.iter().filter(|t| is_new(case, t));
    if let Some(t) = errors.find(called) {
        let text = Sentence::words("The new errors name ").name(host);
        let text = text.w(", the host that was changed: ");
        let text = text.p(quote(t.example.text())).w(".");
        let cited = c.evidence().into_iter().chain(t.evidence.iter().cloned());
        let cited = Cited::Lines(cited.collect());
        scale.add(Aspect::Scope, CALLED, text, Some(cited));
    }
}

/// Whether a message is new and begins with the failures.
fn is_new(case: &Case<'_>, t: &TemplateFact) -> bool {
    t.brought() && begins(case, t)
}

/// Whether a message begins with the failures.
fn begins(case: &Case<'_>, t: &TemplateFact) -> bool {
    t.first_during.is_some_and(|f| case.near(f, 60, 300))
}

/// The class of limits that are reached.
const LIMIT: CauseClass = CauseClass::ConnectionPool;

/// Whether a text says that a value was raised: `pm.max_children: 32 -> 40`.
fn raises(text: &str, name: &str) -> bool {
    let Some(found) = find(text.as_bytes(), name, 0) else {
        return false;
    };
    let behind = text.get(found.end..).unwrap_or_default();
    let mut parts = behind.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    let mut numbers = parts
        .by_ref()
        .take(12)
        .filter_map(|p| p.parse::<f64>().ok());
    let turned = ["->", "=>", " to ", "→"].iter().any(|t| behind.contains(t));
    turned
        && numbers
            .next()
            .zip(numbers.next())
            .is_some_and(|(old, new)| new > old)
}

/// The name that a change and the new errors share, in small letters, and such an error.
fn shared<'a>(case: &'a Case<'_>, c: &Change<'_>) -> Option<(String, &'a TemplateFact)> {
    let said = c
        .events
        .iter()
        .flat_map(|e| [Some(excerpt(e)), quoted(e)])
        .flatten();
    let said = said.chain(c.object.as_deref());
    // that errors name the service which is released says that it fails, and not of what
    let own = [c.version, c.service].into_iter().flatten();
    let own: BTreeSet<String> = own.map(|v| v.for_json().to_ascii_lowercase()).collect();
    let named = said.flat_map(identifiers).filter(|n| !own.contains(n));
    let named: BTreeSet<String> = named.collect();
    // that a limit is reached is no fault of who raised it
    let texts = || c.events.iter().flat_map(|e| [Some(excerpt(e)), quoted(e)]);
    let reached = |t: &TemplateFact| t.example.fault().and_then(Fault::class) == Some(LIMIT);
    let raised = |n: &str| texts().flatten().any(|text| raises(text, n));
    let errors = case.templates.iter().filter(|t| is_new(case, t));
    let mut both = errors
        .flat_map(|t| identifiers(t.example.text()).map(move |n| (n, t)))
        .filter(|(n, _)| named.iter().any(|m| is_of(m, n) || is_of(n, m)))
        .filter(|(n, t)| !(reached(t) && raised(n)))
        .peekable();
    // what is named elsewhere is asked only where there is something to ask for
    both.peek()?;
    let elsewhere = known(case, case.onset);
    both.find(|(n, _)| !elsewhere.contains(n))
}

/// The name that new errors cannot resolve, where the change speaks of it, of its host or of a domain that it lies in, and such an error.
pub(in crate::cause) fn unresolved<'a>(
    case: &'a Case<'_>,
    c: &Change<'_>,
) -> Option<(String, &'a TemplateFact)> {
    let said = c.events.iter().flat_map(|e| [Some(excerpt(e)), quoted(e)]);
    let words = said.flatten().flat_map(|t| {
        let words = t.split(|c: char| !(c.is_ascii_alphanumeric() || ".-".contains(c)));
        words.map(|w| w.trim_matches(['.', '-']).to_ascii_lowercase())
    });
    let (domains, words): (BTreeSet<String>, BTreeSet<String>) =
        words.partition(|w| names::outside_name(w));
    let of = |t: &TemplateFact| t.example.fault().and_then(Fault::class) == Some(CauseClass::Dns);
    // whatever level they are of
    let mut errors = case
        .templates
        .iter()
        .filter(|t| t.new && begins(case, t) && of(t));
    errors.find_map(|t| {
        let text = t.example.text();
        let name = names::unresolved(text).or_else(|| names::domain(text))?;
        let small = name.to_ascii_lowercase();
        let lies_in = |d: &String| {
            let rest = small.strip_suffix(d.as_str());
            rest.is_some_and(|r| r.is_empty() || r.ends_with('.'))
        };
        // a word of a language would be no name of a host
        let host = small.split('.').next().unwrap_or_default();
        let called = words.contains(host) && identifiers(host).next().is_some();
        (called || domains.iter().any(lies_in)).then_some((name, t))
    })
}

/// Lays the names that a change and the new errors share on the scale.
pub(in crate::cause) fn lay(scale: &mut Scale, case: &Case<'_>, c: &Change<'_>) {
    lay_host(scale, case, c);
    let unresolved = unresolved(case, c).map(|n| (n, "whose host or domain"));
    let shared = || Some((shared(case, c)?, "which"));
    if let Some(((name, t), what)) = unresolved.or_else(shared) {
        let text = Sentence::words("The new errors name ")
            .name(&LogText::name(name.as_bytes()))
            .w(format!(", {what} the change names too: "))
            .p(quote(t.example.text()))
            .w(".");
        let cited = c.evidence().into_iter().chain(t.evidence.iter().cloned());
        scale.add(
            Aspect::Message,
            WEIGHT,
            text,
            Some(Cited::Lines(cited.collect())),
        );
    }
}
