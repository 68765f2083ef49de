//! A configuration of a service, proxy or network: a reload or change marker seconds before the onset,
//! requests sent to an upstream that was never used before, messages that refuse a file.

mod refused;

use super::case::{Case, Dim, DimShare};
use super::change::credential::{self, TiedBy};
use super::change::{self, Change, What};
use super::deploy::NO_MECHANISM;
use super::rule_verdict::UNNAMED;
use super::{names, subjects};
use crate::cause::case::excerpt;
use crate::cause::case::quoted;
use crate::cause::change::chosen;
use crate::cause::change::hosts::{UNCHANGED_FAIL, failing_hosts};
use crate::cause::change::timing::by_time_alone;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::commands::files;
use crate::cause::ends::{set_again, undoes};
use crate::cause::expected_effects::AT_ONCE_S;
use crate::cause::failure_shape;
use crate::cause::ledger::{Aspect, Scale, culprit, lines, onset_lines, quote, shortened};
use crate::cause::rule_verdict::{LEAST, Weighed};
use crate::cause::symptoms::ownership::{akin, file};
use crate::cause::symptoms::{COVERS, Sign, coverage};
use crate::model::{Culprit, Event, Group, Sentence};
use coroner_lines::format::ops::is_change_number;
use coroner_lines::record::{CauseClass, MarkerKind};
use refused::{account, account_of_line, ended_with, first_refused, program_and_object, put_right};
use std::collections::BTreeSet;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Config, Group::CHANGE, weigh));

/// What it weighs, in nats, that the errors are those of programs on other hosts: what is set in front of a service may make it fail,
/// and seldom does.
const ELSEWHERE: f64 = -1.5;

/// Longest words of a call that are a name; bytes.
const CALL: usize = 64;
/// Calls of one change that are named.
const CALLS: usize = 3;

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let mut all = change::changes(case);
    // what was refused before is refused for another reason
    let denied = account(case, signs);
    let since = denied.as_ref().and_then(|a| first_refused(case, a));
    all.retain(|c| since.is_none_or(|t| t > c.start));
    // a file lies on the host on which it is refused
    let mut own = signs.iter().filter(|s| s.is(INFO.class));
    if let Some(host) = own.find_map(|s| file(s.text).and(s.host)) {
        all.retain(|c| c.hosts.is_empty() || c.hosts.contains(&host));
    }
    let reversal = chosen::Reversal {
        begins: "the configuration change",
        noun: "configuration change",
        back: MarkerKind::ConfigChange,
        later: "a later configuration change",
    };
    let (mut scale, c) = chosen::laid(case, &all, What::Config, &reversal);
    let (bad, _) = failing_hosts(case, signs);
    // where a command is typed is not what it changes, and with what is undone others may have failed that depend on it
    let undone = scale.goes_with_acts();
    // a machine on the way to others is none of those that fail
    let between = signs
        .iter()
        .any(|s| s.info.group == Group::NETWORK && s.strength >= LEAST);
    // nor is a database, whose clients do
    let asked = |c: &&Change<'_>| c.hosts.iter().any(|h| case.is_of_database(Some(h), None));
    let at_hand = |c: &&Change<'_>| !(c.hosts.is_empty() || undone || between || asked(c));
    let elsewhere = |c: &&Change<'_>| at_hand(c) && c.command().is_none();
    if let Some(c) = c.filter(elsewhere).filter(|_| !bad.is_empty())
        && !c.hosts.iter().any(|h| bad.contains(&h.for_json()))
    {
        let text = Sentence::words(UNCHANGED_FAIL);
        scale.add(Aspect::Scope, ELSEWHERE, text, lines(&c.evidence()));
    }
    let address = new_upstream(case);
    if let (Some(d), Some(c)) = (address, c) {
        let text = Sentence::words("Requests go to ")
            .name(&d.name)
            .w(", which was never used before the change, and fail.");
        scale.add(
            Aspect::Scope,
            2.5,
            text,
            lines(&c.evidence()).or_else(|| onset_lines(case)),
        );
    }
    // what ends the failures may be said of the fault alone, and not of this change
    let tied = scale.speaks_for(Aspect::Scope) || scale.goes_with_acts();
    let heard = |scale: &mut Scale| {
        let of = |s: &Sign<'_>| s.is(INFO.class);
        failure_shape::messages(scale, case, signs, (INFO.class, &of), INFO.weights)
    };
    let refused = heard(&mut scale);
    if refused.is_some() && c.is_none() {
        // who refuses need not be where changes are logged
        scale.forget(Aspect::Timing);
    }
    let of_kin = refused.is_none()
        && change::otherwise::of_its_kind(&mut scale, case, (c, &all), signs, 0.8);
    // what a program says again and again that it was refused is what has to be put right, where no change came at once before
    let at_once = c.is_some_and(|c| c.lag_s(case) <= AT_ONCE_S);
    let covers = |s: &Sign<'_>| coverage(case, signs, |x| x.fault == s.fault) >= COVERS;
    // another change than that is of the very account
    let of_account = |s: &Sign<'_>| {
        let account = account(case, signs);
        let tied = account.and_then(|a| credential::of(case, &all, Some(&a), s.text));
        tied.is_some_and(|(o, tie)| tie == TiedBy::Name && c.is_some_and(|c| c.id != o.id))
    };
    let said = refused.filter(|s| (!at_once || of_account(s)) && covers(s));
    let said = said.filter(|s| address.is_none() && file(s.text).is_none());
    // the change that turned what is refused, and whether nothing else names it
    let (mut turned, mut unnamed, mut until) = (None, false, None::<String>);
    let (named, c) = match said.filter(|_| !tied) {
        Some(s) => {
            // nothing but time lays it to the change
            scale = Scale::default();
            heard(&mut scale);
            let account = account(case, signs).or_else(|| account_of_line(case, signs, &all));
            let tied = credential::of(case, &all, account.as_deref(), s.text);
            if let Some((c, tie)) = tied {
                credential::lay(&mut scale, case, c, (tie, account.as_deref()));
            }
            turned = tied.map(|(c, _)| c);
            // what was changed names it where the account does not
            let account = account.filter(|_| tied.is_none_or(|(_, tie)| tie != TiedBy::Only));
            let nobody = account.is_none() && turned.is_none();
            let ended = nobody.then(|| ended_with(case)).flatten();
            let account = account.or(ended);
            unnamed = account.is_none();
            let named = match (account, turned) {
                (Some(a), _) => culprit("object", &a, None),
                (None, Some(c)) => culprit(
                    "object",
                    &shortened(credential::called(c, None), CALL),
                    None,
                ),
                _ => {
                    let act = put_right(case, s);
                    until = act.map(program_and_object);
                    // a statement is of what it is about
                    let table = act.and_then(names::table);
                    match table.as_ref().or(until.as_ref()) {
                        Some(act) => culprit("object", act, None),
                        None => culprit("message", &shortened(s.said.trim(), CALL), None),
                    }
                }
            };
            (named, None)
        }
        None => (name(case, c, address, (refused, denied.as_deref())), c),
    };
    failure_shape::ramp(&mut scale, case, -0.5);
    // that something is changed as they end is time once more, where it is not known to be the same
    let alone = !(scale.speaks_for(Aspect::Scope)
        || scale.speaks_for(Aspect::Message)
        || scale.speaks_for(Aspect::Named)
        || scale.goes_with_acts());
    let by_time = by_time_alone(case, c, &scale);
    let message = named.as_ref().filter(|n| n.kind == "message");
    let message = message.map(|n| quote(n.name.for_json()));
    let until = until.as_deref().map(quote);
    let account = named.as_ref().filter(|n| n.kind == "object" && c.is_none());
    let account = account.map(|n| n.name.clone());
    let mut w = INFO.weighed_by(scale, named, refused);
    let precise = refused.and_then(|s| INFO.precise(s.text));
    let refusal = precise
        .filter(|f| f.dated)
        .map_or("A configuration or a credential that is refused (", |f| {
            f.titled[0]
        });
    let refusal = || Sentence::words(refusal);
    if let Some(act) = until {
        w.title = Sentence::words("A refusal that ends with ").p(act);
        w.cap = Some(UNNAMED);
    } else if let Some(message) = message {
        w.title = refusal().p(message).w(")");
        w.cap = Some(UNNAMED);
    } else if let Some(account) = account {
        let words = match unnamed || turned.is_some() {
            true => Sentence::words("The change of a credential ("),
            false => refusal(),
        };
        w.title = words.name(&account).w(")");
        w.cap = Some(UNNAMED).filter(|_| unnamed || turned.is_none());
    } else if let (None, Some(_), Some(what)) = (c, refused, &w.culprit)
        && what.kind == "file"
        && precise.is_none()
    {
        w.title = refusal().name(&what.name).w(")");
    } else if let Some(command) = c.and_then(|c| c.command()) {
        w.title = Sentence::words("The command ").p(quote(command));
        w.cap = Some(NO_MECHANISM);
    } else if let Some(who) = w
        .culprit
        .as_ref()
        .filter(|n| denied.as_deref() == Some(n.name.for_json()))
        && c.is_some_and(credential::is_one)
    {
        w.title = Sentence::words("The change of the credential of ").name(&who.name);
    } else if let Some(s) = c.and_then(|c| c.service) {
        let package = c.is_some_and(|c| c.events.iter().any(|e| e.package));
        // of which no more is known than that
        let reloads = |c: &Change<'_>| c.events.iter().all(|e| e.text.states_a_reload());
        w.title = Sentence::words(match package {
            true => "The package change of ",
            false if c.is_some_and(reloads) => "The reload of ",
            false => "The configuration change of ",
        })
        .name(s);
        if let Some(what) = w.culprit.as_ref().filter(|n| n.kind != "service") {
            let said = refused.is_some_and(|s| s.text.contains(what.name.for_json()));
            let (before, behind) = match what.kind {
                "upstream" => (" (now sends to ", ")"),
                _ if said => (" (", " refused)"),
                _ => (" (", ")"),
            };
            w.title = w.title.w(before).name(&what.name).w(behind);
        }
    }
    if alone {
        w.cap = Some(by_time);
    } else if of_kin {
        w.hold(UNNAMED);
    }
    w.stated = c.is_none() && refused.is_some_and(covers);
    w.change = c
        .or(turned)
        .map(|c| c.row_of(w.culprit.as_ref()).to_owned());
    w
}

/// Seconds before the onset in which instances that are released get addresses of their own.
const INSTANCES_S: i64 = 900;

/// An upstream address that no request went to before, and that fails where none of those from before does: else it is that of an
/// instance that was started meanwhile and fails as the others do. So is one that appears as instances are released.
fn new_upstream<'a>(case: &'a Case<'a>) -> Option<&'a DimShare> {
    let fails = |d: &&DimShare| d.during.0 >= 5 && d.during.1 * 2 >= d.during.0;
    let failing = || {
        let all = case.shares.iter().filter(|d| d.dim == Dim::Upstream);
        all.filter(fails)
    };
    let instances = case.events.iter().any(|e| {
        use MarkerKind::{DeployFinish, DeployStart, Scale};
        let starts = matches!(e.kind, DeployStart | DeployFinish | Scale);
        let services = e.service.as_ref().zip(case.service);
        let own = services.is_none_or(|(a, b)| akin(a.for_json(), b.for_json()));
        starts && own && e.time.is_some_and(|t| case.near(t, INSTANCES_S, 0))
    });
    failing()
        .filter(|_| !instances && failing().all(|d| d.before.0 == 0))
        .max_by(|a, b| a.during.1.cmp(&b.during.1).then(b.name.cmp(&a.name)))
}

/// Whether a file is called as configurations are.
fn is_configuration(file: &str) -> bool {
    const SUFFIXES: &str =
        "cfg cnf conf env hcl ini j2 json lua properties rules tf toml vcl xml yaml yml";
    let suffix = file.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    SUFFIXES.split(' ').any(|s| s == suffix)
}

/// The resource of a cluster that an applied manifest set, by kind and name: `networkpolicy/shop` of `networkpolicy.networking.k8s.io/shop
/// configured`.
fn applied(said: &str) -> Option<String> {
    let mut words = said.split([' ', '\'']).skip_while(|w| !w.contains('/'));
    let (kind, name) = words.next()?.split_once('/')?;
    let kind = kind.split('.').next().unwrap_or(kind);
    let set = words.any(|w| matches!(w, "configured" | "created" | "pruned"));
    set.then(|| format!("{kind}/{name}"))
}

/// A call without what is the same in all names of a cloud's resources: partition, service, region, account and type.
fn without_account(call: &str) -> String {
    let word = |w: &str| match w.strip_prefix("arn:") {
        Some(rest) => {
            let resource = rest.splitn(5, ':').last().unwrap_or(rest);
            resource
                .split_once(':')
                .map_or(resource, |(_, id)| id)
                .to_owned()
        }
        None => w.to_owned(),
    };
    call.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// What to name: the new upstream, the file in the message or the marker, else the service that was reloaded.
fn name(
    case: &Case<'_>,
    c: Option<&Change<'_>>,
    address: Option<&DimShare>,
    (refused, denied): (Option<&Sign<'_>>, Option<&str>),
) -> Option<Culprit> {
    if let (Some(d), Some(_)) = (address, c) {
        return culprit("upstream", d.name.for_json(), c.and_then(|c| c.service));
    }
    // who is refused, where what was changed, or what put it right, names it
    let names_it = |a: &&str| {
        let of = |e: &Event| quoted(e).is_some_and(|said| said.contains(a));
        let right = |o: &&Event| case.events.iter().any(|e| of(e) && undoes(case, o, e));
        c.is_some_and(|c| credential::called(c, Some(a)).contains(a) || c.events.iter().any(right))
    };
    if let Some(account) = denied.filter(names_it) {
        return culprit("object", account, None);
    }
    if let Some(command) = c.and_then(|c| c.command()) {
        return culprit("object", &shortened(command, CALL), None);
    }
    if let Some(p) = refused.and_then(|s| file(s.text)) {
        return culprit("file", &p, case.service);
    }
    let c = c?;
    if let Some((name, _)) = change::shared_name::unresolved(case, c) {
        return culprit("object", &name, c.service);
    }
    if let Some(setting) = c.events.iter().find_map(|e| set_again(case, e)) {
        return culprit("object", &setting, c.service);
    }
    // the file or the object that was changed, or the call that did so: that which was put right, where one was
    let back = change::reversal::taken_back(case, c);
    // that something is read again says not what it reads
    let acts = match back.filter(|e| !e.text.states_a_reload()) {
        Some(back) => vec![back],
        None => c.events.clone(),
    };
    let quotes = acts.iter().copied().filter_map(quoted);
    if let Some(resource) = quotes.clone().find_map(subjects::resource) {
        let kind = if resource.starts_with('/') {
            "file"
        } else {
            "object"
        };
        return culprit(kind, resource, case.service);
    }
    if let Some(object) = quotes.clone().find_map(applied) {
        return culprit("object", &object, c.service.or(case.service));
    }
    // what a register calls it
    let numbered = |e: &&&Event| {
        let number = e.group.as_ref().map(|g| g.for_json().as_bytes());
        number.is_some_and(is_change_number)
    };
    if let Some(said) = acts.iter().find(numbered).and_then(|e| quoted(e)) {
        return culprit("object", &shortened(said, CALL), c.service.or(case.service));
    }
    if let Some(path) = quotes.clone().find_map(names::path) {
        // of the calls the one that names it, where it is no file
        let calls = quotes.clone().filter(|_| !path.starts_with('/'));
        let call = calls
            .flat_map(|t| t.split("; "))
            .find(|t| t.contains(&path) && t.len() <= CALL);
        let set = quotes.clone().find_map(|t| subjects::setting(t, &path));
        let named = set.as_deref().or(call).unwrap_or(&path);
        return culprit("file", named, case.service);
    }
    if let Some(file) = quotes.clone().flat_map(files).find(|f| is_configuration(f)) {
        return culprit("file", file, case.service);
    }
    let objects = acts.iter().filter(|e| e.group.is_some());
    // one word is what is done, and not to what
    let says = |e: &Event| Some(without_account(quoted(e)?)).filter(|t| t.trim().contains(' '));
    let each = objects.filter_map(|e| says(e));
    let calls: BTreeSet<String> = each
        .flat_map(|t| t.split("; ").map(str::to_owned).collect::<Vec<_>>())
        .filter(|t| t.len() <= CALL)
        .collect();
    if !calls.is_empty() {
        // what one hand does within seconds is one change
        let calls: Vec<String> = calls.into_iter().take(CALLS).collect();
        return culprit("object", &calls.join(", "), case.service);
    }
    // a statement says more than who ran it
    if c.is_statement() {
        return None;
    }
    // what was done names more than what it caused: the service that reads it again
    let done = c.events.first().filter(|e| e.service.is_none());
    let done = done.filter(|_| c.service.is_some());
    if let Some(said) = done.and_then(|e| says(e)) {
        return culprit("object", &shortened(&said, CALL), c.service);
    }
    if let Some(s) = c.service {
        return culprit("service", s.for_json(), Some(s));
    }
    let said = c.events.iter().map(|e| excerpt(e)).collect::<Vec<_>>();
    // A SIGHUP line of the proxy itself names no service; its words are its own.
    let proxy = ["nginx", "haproxy", "apache", "envoy", "traefik"];
    let unit = said.iter().find_map(|t| {
        names::unit(t).or_else(|| {
            proxy
                .iter()
                .find(|p| t.to_ascii_lowercase().contains(**p))
                .map(|p| (*p).to_owned())
        })
    });
    match (unit, c.hosts.first()) {
        (Some(u), _) => culprit("service", &u, None),
        // what a sentence says is more than where it was said
        (None, Some(h)) => match c.events.iter().find_map(|e| says(e)) {
            Some(said) => culprit("object", &shortened(&said, CALL), case.service),
            None => culprit("host", h.for_json(), None),
        },
        (None, None) => {
            let any = || c.events.iter().find_map(|e| quoted(e)).map(str::to_owned);
            let said = c.events.iter().find_map(|e| says(e));
            let said = said.or_else(|| any().filter(|_| case.service.is_none()));
            said.and_then(|said| culprit("object", &shortened(&said, CALL), case.service))
                .or_else(|| {
                    case.service
                        .and_then(|s| culprit("service", s.for_json(), case.service))
                })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn what_was_applied_is_the_resource_before_its_state() {
        holds("applied resource", |t| or_dash(applied(t)));
    }
}
