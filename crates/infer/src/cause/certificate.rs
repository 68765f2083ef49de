//! A TLS certificate that is expired or not accepted, on the way of the failing requests.

use super::case::{Case, Dim, DimShare, TemplateFact, quoted};
use super::ends::is_at_the_end;
use super::names;
use crate::cause::alerts::alerted;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::commands::named_files;
use crate::cause::ledger::culprit;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Event, Group, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Certificate, Group::NETWORK, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    alerted(&mut scale, case, "a certificate", "certificate | cert");
    // who reports it may know it by another name than who meets it
    let others = signs.iter().filter(|s| s.is(INFO.class));
    let all = || best.into_iter().chain(others.clone());
    let (meant, by) = (all().find_map(whose), all().find_map(shown));
    // who makes it anew as the failures end calls it by its name, and not by an address
    let called = |n: &String| !n.starts_with(|c: char| c.is_ascii_digit());
    let meant = match meant {
        Some(name) if called(&name) => Some(name),
        address => refused(case).or_else(|| renewed(case)).or(address),
    };
    let named = match (meant, by) {
        (Some(meant), Some(by)) if !meant.contains(&by) => Some(format!("{meant} on {by}")),
        (meant, by) => meant.or(by),
    };
    let named = best.and_then(|_| named.or_else(|| failing_upstream(case)));
    let named = named.and_then(|n| culprit("certificate", &n, case.service));
    let list = best.and_then(|_| expired_list(case));
    // who knows that it has expired says more than who does not accept it
    let dated = |s: &&Sign<'_>| INFO.precise(s.text).is_some_and(|f| f.dated);
    let told = best.map(|s| all().find(dated).unwrap_or(s));
    let mut w = INFO.weighed_by(scale, named, told);
    if let Some(list) = list {
        w.culprit = culprit("certificate", &list, None);
        let name = LogText::name(list.as_bytes());
        w.title = Sentence::words("An expired revocation list (")
            .name(&name)
            .w(")");
    }
    w
}

/// Whose certificate the lines that began with the failures call by the name in it.
fn refused(case: &Case<'_>) -> Option<String> {
    let new = case.templates.iter().filter(|t| t.new && t.during > 0);
    new.map(|t| t.example.text()).find_map(names::subject)
}

/// The name for which a certificate is made as the failures end, else its file: `step ca certificate db.example db.crt db.key`.
fn renewed(case: &Case<'_>) -> Option<String> {
    let made = |e: &&Event| {
        let about = "certificate | certificates | cert | certs | certbot | acme";
        let text = quoted(e).unwrap_or_default();
        is_at_the_end(case, e) && e.text.states_a_command() && holds_any(text.as_bytes(), about)
    };
    let mut made = case.events.iter().filter(made);
    let is_file = |w: &&str| {
        [".pem", ".crt", ".cer", ".p12"]
            .iter()
            .any(|f| w.ends_with(f))
    };
    made.find_map(|e| {
        let mut words = quoted(e)?.split_whitespace();
        let file = words.clone().find(is_file);
        words
            .find(|w| names::is_domain(w) && !is_file(w))
            .or(file)
            .map(str::to_owned)
    })
}

/// The revocation list that has run out, by its file where a message names it (OpenSSL, `X509_V_ERR_CRL_HAS_EXPIRED`): the peer then says
/// that the certificate has.
fn expired_list(case: &Case<'_>) -> Option<String> {
    let said = |t: &&TemplateFact| {
        t.during > 0 && holds_any(t.example.text().as_bytes(), "crl has expired")
    };
    let mut all = case.templates.iter().filter(said).peekable();
    all.peek()?;
    let file = all.find_map(|t| named_files(t.example.text()).find(|f| f.ends_with(".crl")));
    Some(file.unwrap_or("CRL").to_owned())
}

/// Whose certificate a message means.
fn whose(s: &Sign<'_>) -> Option<String> {
    use names::Target::{Cache, Client, Database, Named};
    // an address that stands with the peer's verdict is the peer's: for whom something is asked for need not be who is asked
    let address = || names::address(s.text).map(|a| a.0).filter(|_| !is_alert(s));
    let called = || match names::target(s.text) {
        Some(Named(n) | Client(n) | Database(n) | Cache(n)) if !is_alert(s) => Some(n),
        _ => None,
    };
    let host = address().filter(|a| names::outside_name(a));
    let provider = || names::provider(s.text);
    let found = host.or_else(provider).or_else(called);
    found.or_else(address)
}

/// Whether it is what a peer says of the certificate that it was shown: TLS sends that as an alert (RFC 8446, 6.2).
fn is_alert(s: &Sign<'_>) -> bool {
    holds_any(
        s.text.as_bytes(),
        "alert certificate | alert bad certificate | alert unknown ca | fatal alert: certificate_expired | fatal alert: certificate_unknown | fatal alert: bad_certificate | remote error: tls",
    )
}

/// Who showed a certificate to a peer that did not accept it.
fn shown(s: &Sign<'_>) -> Option<String> {
    let by = s.host.or(s.service).filter(|_| is_alert(s))?;
    Some(by.for_json().to_owned())
}

/// The only server behind the edge that failing requests went to.
fn failing_upstream(case: &Case<'_>) -> Option<String> {
    let fails = |d: &&DimShare| d.dim == Dim::Upstream && d.during.1 > 0;
    let mut failing = case.shares.iter().filter(fails);
    let one = failing.next().filter(|_| failing.next().is_none())?;
    Some(one.name.for_json().to_owned())
}
