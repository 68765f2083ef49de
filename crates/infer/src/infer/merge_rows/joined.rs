//! What a row takes over from another line of its act: lines, names, and the calls of one hand. Which lines are of one act is not
//! decided here.

use super::alike::resource;
use super::figures::without_figures;
use super::releases::is_reload;
use super::{Named, agree};
use crate::infer::stated::StatedMarker;
use crate::model::Evidence;
use coroner_lines::record::MarkerKind as K;

/// With which words Ansible heads a task.
const TASK: &[u8] = b"TASK [";

/// Whether a text is that of a task: its heading, or the file that it changed and what a diff shows of it.
fn is_task(text: &[u8]) -> bool {
    let diff = |text: &[u8]| {
        let end = memchr::memchr(b' ', text).unwrap_or(text.len());
        matches!(text.get(end + 1), Some(b'-' | b'+'))
    };
    text.starts_with(TASK) || text.first() == Some(&b'/') && diff(text)
}

/// Calls of one tool that a row quotes.
const QUOTED: usize = 3;

/// Makes a row one with another one, whose lines and names go over to it.
pub(super) fn absorb(a: &mut StatedMarker, b: &mut StatedMarker) {
    // what one hand changes within seconds may be several things
    let other = item(&b.text);
    let items = other.is_some() && (item(&a.text).is_some() || a.text.starts_with(TASK));
    let tasks = is_task(&b.text) && is_task(&a.text);
    let statements = a.kind == K::MigrationStart && a.is_statement() && b.is_statement();
    let named = |r: &[u8]| memchr::memmem::find(&a.text, r).is_some();
    let resources = resource(&a.text).and(resource(&b.text));
    let resources = resources.is_some_and(|r| !named(r));
    let several =
        a.typed && b.typed && a.group != b.group || items || tasks || statements || resources;
    let turns = matches!(a.kind, K::Restart | K::ServiceStart | K::ServiceStop);
    if turns && a.input == b.input && without_figures(&a.text) == without_figures(&b.text) {
        a.alike += b.alike;
    }
    let calls = (a.kind == K::ConfigChange || statements) && a.input == b.input && several;
    let quoted = memchr::memmem::find_iter(&a.text, b"; ").count() + 1;
    let more = other.filter(|_| items).unwrap_or(&b.text);
    let known = memchr::memmem::find(&a.text, more).is_some();
    if calls && quoted < QUOTED && !known {
        a.text.extend_from_slice(b"; ");
        a.text.extend_from_slice(more);
    }
    a.last = a.last.max(b.last).max(b.time).max(a.time);
    a.confidence = a.confidence.max(b.confidence);
    a.version = a.version.take().or_else(|| b.version.take());
    a.service = a.service.take().or_else(|| b.service.take());
    // what a tool changed is not on the one host that logs its part of it
    let of_tool = a.kind == K::ConfigChange && a.input != b.input;
    a.host = a.host.take().or_else(|| b.host.take().filter(|_| !of_tool));
    a.actors.append(&mut b.actors);
    // cite a few lines of an act, count the rest
    if a.evidence.len() < 6 {
        a.evidence.append(&mut b.evidence);
    } else if let Some(e) = a.evidence.last_mut() {
        if a.time.is_none()
            && let Some(last) = b.evidence.last()
        {
            // without times the last line says how far it came
            *e = Evidence {
                count: e.count,
                ..last.clone()
            };
        }
        e.count = Some(e.count.unwrap_or(1) + b.evidence.len() as u64);
    }
}

/// The item of a loop that a task of Ansible changed: `{'name': 'vm.swappiness'}` of `changed: [web-1] => (item={'name': …})`.
pub(super) fn item(text: &[u8]) -> Option<&[u8]> {
    const ITEM: &[u8] = b"] => (item=";
    let from = memchr::memmem::find(text, ITEM)? + ITEM.len();
    let item = text[from..].strip_suffix(b")").unwrap_or(&text[from..]);
    (text.starts_with(b"changed: [") && !item.is_empty()).then_some(item)
}

/// Gives an end, which often does not say of what, the names that its beginning said.
pub(super) fn take_names(r: &mut StatedMarker, begun: Option<&Named>) {
    let names_none = r.service.is_none() && (!r.typed || r.group.is_some());
    if let Some((service, version)) = begun.filter(|b| names_none && agree(&r.version, &b.1)) {
        r.service.clone_from(service);
        r.version = r.version.take().or_else(|| version.clone());
    }
}

/// Whether a line shows what is done beside a release: a reload, a file that is rendered for it, the nth of so many steps (`[2/5]
/// Updated the configuration of …`), the call by which a cluster is given another program to run.
pub(super) fn is_step_of_one(text: &[u8]) -> bool {
    let rendered = memchr::memmem::find(text, b" rendered ").is_some();
    let kinds: [&[u8]; 3] = [b"deployments", b"statefulsets", b"daemonsets"];
    let patched = text.strip_prefix(b"patch ");
    let called = patched.is_some_and(|t| kinds.iter().any(|k| t.starts_with(k)));
    // GitHub heads each step of a job
    if rendered || called || is_reload(text) || text.starts_with(b"##[group]") {
        return true;
    }
    let inner = text.split(|c| *c == b'[').skip(1);
    let mut inner = inner.filter_map(|part| part.split(|c| *c == b']').next());
    let digit_or = |c: &u8| c.is_ascii_digit() || *c == b'/';
    inner.any(|part| part.contains(&b'/') && part.len() > 2 && part.iter().all(digit_or))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::merge_rows::tests::row;

    #[test]
    fn each_item_of_a_loop_is_named() {
        let of = |o: u64, item: &str| StatedMarker {
            text: format!("changed: [web-1] => (item={item})").into(),
            ..row(o as i64, 0, o, K::ConfigChange, "")
        };
        let mut first = of(1, "vm.swappiness");
        absorb(&mut first, &mut of(2, "vm.overcommit_memory"));
        absorb(&mut first, &mut of(3, "vm.swappiness"));
        let want = "changed: [web-1] => (item=vm.swappiness); vm.overcommit_memory";
        assert_eq!(String::from_utf8_lossy(&first.text), want);
    }

    #[test]
    fn each_resource_of_a_run_is_named_once() {
        let of = |o: u64, text: &str| StatedMarker {
            text: text.into(),
            ..row(o as i64, 0, o, K::ConfigChange, "")
        };
        let mut first = of(1, "azurerm_nsg.bastion: Modifying...");
        absorb(
            &mut first,
            &mut of(2, "azurerm_nsg.bastion: Modifications complete after 2s"),
        );
        absorb(&mut first, &mut of(3, "azurerm_dns.pg: Destroying..."));
        absorb(
            &mut first,
            &mut of(4, "azurerm_dns.pg: Destruction complete after 2s"),
        );
        let want = "azurerm_nsg.bastion: Modifying...; azurerm_dns.pg: Destroying...";
        assert_eq!(String::from_utf8_lossy(&first.text), want);
    }

    #[test]
    fn the_heading_of_a_step_is_a_part_of_the_release() {
        assert!(is_step_of_one(
            b"##[group]Run aws ecs update-service --service shop"
        ));
        assert!(is_step_of_one(b"[2/5] Updated the configuration of shop"));
        assert!(is_step_of_one(b"patch statefulsets prod/shop"));
        assert!(!is_step_of_one(b"patch configmaps prod/shop"));
        assert!(!is_step_of_one(b"aws ecs update-service --service shop"));
    }
}
