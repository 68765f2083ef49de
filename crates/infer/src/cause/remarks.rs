//! What people wrote during the incident: which suspects they name and which they rule out, and what of it names things that the
//! logs show. No word says what a cause is: a remark is tied to a suspect by names that stand in both.

use crate::cause::case::{Case, RemarkFact, excerpt, quoted};
use crate::cause::change::reversal::in_vain;
use crate::cause::change::{self, Change};
use crate::cause::class_info::ClassInfo;
use crate::cause::fault::fault;
use crate::cause::identifiers::known;
use crate::cause::ledger::{Aspect, Scale, lines, quote, quote_from};
use crate::cause::rule_verdict::Weighed;
use crate::model::{Event, Evidence, Sentence};
use coroner_lines::fault::Fault;
use coroner_lines::marker;
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::sorting::SortList;
use coroner_lines::table::words;
use coroner_lines::text::LogText;
use std::collections::BTreeSet;

/// What it weighs, in nats, that who looks into the outage names a suspect: people name two or three before they name the right one.
const NAMED: f64 = 2.0;
/// The same where it is ruled out: by whom that is written has looked.
const DENIED: f64 = -1.5;

/// What it weighs for what is not known that who looks into it found something, and it is none of the suspects.
const ANOTHER: f64 = 4.0;

/// Words that deny, in the languages in which most write.
const DENIES: [&str; 34] = words(
    "not no nothing never without nor neither unrelated innocent nicht kein keine keinen nichts ikke ingen inget inte inga niet geen \
    niets pas aucun aucune jamais non nessun ningún ninguna nada nie ei eikä",
);

/// Words by which something goes on all the same, or is as it was: whether what is named beside them is ruled out by that, they do not
/// say (“still 500s with 4.2.0”, “it still has the old password of shop_app”).
const GOES_ON: [&str; 11] =
    words("same still unverändert fortfarande stadig samme nog toujours sigue nadal edelleen");

/// Letters from which a word may be a name.
const SHORT: usize = 3;

/// The names in a text, in small letters: words that have a digit, a mark or a capital within them, and the parts of
/// paths and addresses that are such words themselves. A word of a language is none, nor is what stands for a person.
pub(super) fn names(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let outside = |c: char| c.is_whitespace() || "\"'`()[]{}<>,;=|*?!\\“”".contains(c);
    for word in text.split(outside).filter(|w| !w.contains('«')) {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if is_name(word) {
            out.extend(interface(word));
            out.insert(word.to_lowercase());
        }
        let mark = |c: char| "/:@#".contains(c);
        if word.contains(mark) {
            let parts = word.split(mark).map(|p| p.trim_matches('.'));
            out.extend(parts.filter(|p| is_name(p)).map(str::to_lowercase));
        }
    }
    out
}

/// The names in some texts, without what structured lines call their members.
pub(crate) fn names_in<'t>(texts: impl IntoIterator<Item = &'t str>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for text in texts {
        let mut parts = text.split('"').peekable();
        while let Some(part) = parts.next() {
            let key = parts.peek().is_some_and(|next| next.starts_with(':'));
            if !key {
                out.append(&mut names(part));
            }
        }
    }
    out
}

/// An interface of a switch in short, as everybody but the switch calls it: `te1/1/2` of `TenGigabitEthernet1/1/2`, `po12` of
/// `Port-Channel12`.
fn interface(word: &str) -> Option<String> {
    let at = word.find(|c: char| c.is_ascii_digit())?;
    let (kind, place) = word.split_at(at);
    let placed = place.chars().all(|c| c.is_ascii_digit() || c == '/');
    let letters = kind.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    let of_many = place.contains('/') || kind.contains('-') && !kind.ends_with('-');
    (placed && letters && of_many).then_some(())?;
    Some(format!("{}{place}", kind.get(..2)?.to_lowercase()))
}

/// Whether a word is a name and none of a language: `db2`, `pg_wal`, `ReminderChannel`, `api.example.com`, `VACUUM`.
fn is_name(word: &str) -> bool {
    let n = word.chars().count();
    let inner = || word.chars().skip(1);
    let digit = word.contains(|c: char| c.is_ascii_digit());
    let marked = inner().any(|c| "_-./:".contains(c));
    // three letters are a word of the trade: `OOM`, `TTL`
    let camel = n > 3 && inner().any(char::is_uppercase);
    // a time or a small number is no name
    let counted = word
        .chars()
        .all(|c| c.is_ascii_digit() || ".:,%".contains(c));
    n >= SHORT && (digit || marked || camel) && !(counted && n < 5)
}

/// Words that say how little something is, behind its name and what joins them.
const LITTLE: [&str; 7] = words("only merely nur bloß seulement solo bara");
const JOINS: [&str; 12] = words("is was are were ist war sind est était es era är");

/// Words behind which something is told of what was named before: “an ALTER that is not back yet” denies no ALTER.
const TELLS_OF: [&str; 12] = words("that which who whose som der die das que qui dat où");

/// Whether a text denies what it names, or says that something goes on all the same.
pub(super) fn denies(text: &str, named: &BTreeSet<String>) -> bool {
    rules_out(text, named, &DENIES) || rules_out(text, named, &GOES_ON)
}

/// Whether one of some words stands in the clause of a name, or the name is said to be little.
fn rules_out(text: &str, named: &BTreeSet<String>, words: &[&str]) -> bool {
    let text = &unquoted(text);
    let parts = sentences(text).flat_map(|s| s.split([';', ',', '(', ')']));
    let mut about = parts.filter(|s| names(s).iter().any(|n| named.contains(n)));
    about.any(|clause| {
        let all: Vec<String> = clause.split_whitespace().map(str::to_lowercase).collect();
        let sign = |c: char| !c.is_alphanumeric() && !"'’".contains(c);
        let denies = |w: &String| {
            let mut parts = w.split(sign);
            parts.any(|w| words.contains(&w) || w.ends_with("n't") || w.ends_with("n’t"))
        };
        let is_named = |w: &str| names(w).iter().any(|n| named.contains(n));
        let name = clause.split_whitespace().position(is_named);
        // who says how little it is does not blame it: `4.2.0 is only texts`
        let is_one = |n: usize, of: &[&str]| all.get(n).is_some_and(|w| of.contains(&w.as_str()));
        let little = |n: usize| is_one(n + 1, &JOINS) && is_one(n + 2, &LITTLE);
        if name.is_some_and(little) {
            return true;
        }
        // `nothing but` states what follows
        let but = |no: usize| all.get(no + 1).is_some_and(|w| w == "but");
        let found = all.iter().position(denies).filter(|no| !but(*no));
        found.is_some_and(|no| {
            let between = name.filter(|n| *n < no).map(|n| &all[n + 1..no]);
            !between.is_some_and(|b| b.iter().any(|w| TELLS_OF.contains(&w.as_str())))
        })
    })
}

/// A text without what it quotes of others, of logs or of screens: what these deny is not denied by who quotes them.
fn unquoted(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, within)) = rest.split_once('"') {
        let Some((_, after)) = within.split_once('"') else {
            break;
        };
        out.push_str(before);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What people wrote since the onset, the latest first.
pub(super) fn since<'c>(case: &'c Case<'_>) -> impl Iterator<Item = &'c RemarkFact> {
    let during = |r: &&RemarkFact| r.time >= case.onset;
    case.remarks.iter().rev().filter(during)
}

/// The latest remark that names something, and whether it denies it; of those that do not, the one that says most. Who asks does not
/// know, and who reports an act has only tried.
fn latest<'c>(case: &'c Case<'_>, named: &BTreeSet<String>) -> Option<(&'c RemarkFact, bool)> {
    if named.is_empty() {
        return None;
    }
    let denied = |r: &RemarkFact| rules_out(r.text.for_json(), named, &DENIES);
    let says = |r: &&RemarkFact| {
        let text = r.text.for_json();
        let tells = r.tells && tells_of(text, named);
        let open = tells || denies(text, named);
        !r.ties.is_disjoint(named) && !asks(text, named) && (!open || denied(r))
    };
    let mut all = since(case).filter(says);
    let last = all.next()?;
    if denied(last) {
        return Some((last, true));
    }
    // who names it afterwards says what was done about it
    let says = |r: &RemarkFact| (r.time <= case.end, r.worth);
    let rest = all.filter(|r| !denied(r));
    let most = rest.fold(last, |a, r| if says(r) > says(a) { r } else { a });
    Some((most, false))
}

/// Whether a sentence of a text that names something states what is done, but that it was released.
fn tells_of(text: &str, named: &BTreeSet<String>) -> bool {
    let mut about = sentences(text).filter(|s| names(s).iter().any(|n| named.contains(n)));
    let mut acts = Vec::new();
    about.any(|s| {
        marker::find_in_chat(s.as_bytes(), &mut acts);
        let released = [MarkerKind::DeployStart, MarkerKind::DeployFinish];
        acts.iter().any(|h| !released.contains(&h.kind))
    })
}

/// Whether a text asks about what it names, there or at its end.
fn asks(text: &str, named: &BTreeSet<String>) -> bool {
    let mut sentences = sentences(text);
    text.trim_end().ends_with('?')
        || sentences.any(|s| s.ends_with('?') && names(s).iter().any(|n| named.contains(n)))
}

/// The sentences of a text, each with its mark.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.match_indices(['.', '!', '?']);
    let open = |rest: &str| rest.is_empty() || rest.starts_with(char::is_whitespace);
    let ends = ends.filter(move |(at, _)| open(&text[at + 1..]));
    let ends = ends.map(|(at, _)| at + 1).chain([text.len()]);
    let mut from = 0;
    ends.map(move |end| text[std::mem::replace(&mut from, end)..end].trim())
}

/// Where a line lies.
fn place(v: &Evidence) -> (u32, u64) {
    (v.input, v.byte)
}

/// Reads what people wrote: the names in each remark, which of them tie it to something, whether it tells of an act, and its worth.
pub fn read(case: &Case<'_>, mut remarks: Vec<RemarkFact>) -> Vec<RemarkFact> {
    if remarks.is_empty() {
        return remarks;
    }
    let rows = case.events.iter();
    let rows = rows.filter(|e| e.kind != MarkerKind::HumanNote);
    let told: BTreeSet<_> = rows.flat_map(|e| &e.evidence).map(place).collect();
    let common = everywhere(case);
    for r in &mut remarks {
        r.names = names(r.text.for_json());
        r.ties = &r.names - &common;
        r.tells = told.contains(&place(&r.evidence));
    }
    let shown = shown(case, &remarks);
    for r in remarks.iter_mut().filter(|r| r.time >= case.onset) {
        r.worth = worth(case, r, &shown);
    }
    for c in change::changes(case) {
        let (named, guess) = (names_of_change(case, &c), guessed(case, &c));
        let wrong = |r: &&mut RemarkFact| guess(r) && !r.ties.is_disjoint(&named);
        remarks.iter_mut().filter(wrong).for_each(|r| r.worth = 0);
    }
    remarks
}

/// The claim that a remark makes of a suspect, in the sentence that names it.
fn claim((r, denied): (&RemarkFact, bool), named: &BTreeSet<String>) -> (f64, Sentence) {
    let text = r.text.for_json();
    let names_it = |s: &&str| names(s).iter().any(|n| named.contains(n));
    let by_name = sentences(text).find(names_it);
    let states = |s: &&str| fault(s).and_then(Fault::class).is_some();
    let (weight, what) = match (denied, by_name) {
        (true, _) => (DENIED, "A note rules it out: "),
        (false, Some(_)) => (NAMED, "A note names it: "),
        (false, None) => (NAMED, "A note reports such a fault: "),
    };
    let said = by_name.or_else(|| sentences(text).find(states));
    let said = quote_from(said.unwrap_or(text));
    (weight, Sentence::words(what).p(said).w("."))
}

/// Lays on the scale of a change what is written of it. What its line calls what everything here is called does not name it.
pub(super) fn lay(scale: &mut Scale, case: &Case<'_>, c: &Change<'_>) {
    if case.remarks.is_empty() {
        return;
    }
    let (named, guess) = (names_of_change(case, c), guessed(case, c));
    if let Some(found) = latest(case, &named).filter(|(r, denied)| *denied || !guess(r)) {
        let (weight, text) = claim(found, &named);
        let cited = lines(std::slice::from_ref(&found.0.evidence));
        scale.add(Aspect::Named, weight, text, cited);
    }
}

/// The names by which people may speak of a change.
fn names_of_change(case: &Case<'_>, c: &Change<'_>) -> BTreeSet<String> {
    let mut named: BTreeSet<String> = c.events.iter().flat_map(|e| names_of(e)).collect();
    named.extend(c.object.iter().flat_map(|o| names(o)));
    // who names the machine that it was made on names no change
    let hosts = case.sources.iter().filter_map(|s| s.host.as_ref());
    let hosts = hosts.chain(c.hosts.iter().copied());
    let folders = case.sources.iter().flat_map(|s| {
        let (folder, _) = s.name.for_json().rsplit_once('/').unwrap_or_default();
        folder.split('/')
    });
    for at in hosts.map(LogText::for_json).chain(folders) {
        named.remove(&at.to_lowercase());
    }
    named
}

/// Which remarks were written before a change was undone in vain: who blames it in them has guessed.
fn guessed(case: &Case<'_>, c: &Change<'_>) -> impl Fn(&RemarkFact) -> bool {
    let undone = in_vain(case, c);
    move |r| undone.is_some_and(|t| r.time <= t)
}

/// The names by which people may speak of a row.
fn names_of(e: &Event) -> BTreeSet<String> {
    let texts = [quoted(e).unwrap_or_default(), excerpt(e)];
    let mut all: BTreeSet<String> = texts.iter().flat_map(|t| names(t)).collect();
    let whole = [&e.version, &e.group].into_iter().flatten();
    all.extend(whole.map(|v| v.for_json().trim_start_matches('v').to_lowercase()));
    all.extend(e.actors.iter().map(|a| a.for_json().to_lowercase()));
    all
}

/// What names nothing in particular: hosts, services, and all that messages before the failures name.
pub(super) fn everywhere(case: &Case<'_>) -> BTreeSet<String> {
    let mut all = known(case, case.onset);
    let old = case.templates.iter().filter(|t| !t.new);
    all.extend(old.flat_map(|t| names(t.example.text())));
    all
}

/// Says of what is not known that somebody found out, where what was found is no suspect here. Who names nothing but what new errors
/// name has read them out.
pub(super) fn found_another(weighed: &mut [(&ClassInfo, Weighed)], case: &Case<'_>) {
    let found = found(case, SURELY);
    let Some(r) = found.first() else { return };
    if r.ties.is_subset(&in_new_errors(case)) {
        return;
    }
    let suspected = weighed.iter().any(|(c, w)| {
        let id = w.change.as_ref();
        let row = id.and_then(|id| case.events.iter().find(|e| e.id == *id));
        let mut named = row.map(names_of).unwrap_or_default();
        named.extend(w.culprit.iter().flat_map(|n| names(n.name.for_json())));
        let states = |r: &&RemarkFact| fault(r.text.for_json()).is_some_and(|f| f.is_of(c.class));
        let is = found.iter().any(states) || matches!(latest(case, &named), Some((_, false)));
        c.class != CauseClass::Unknown && is
    });
    let mut rest = weighed.iter_mut();
    let rest = rest.find(|(c, _)| c.class == CauseClass::Unknown);
    if let (false, Some((_, w))) = (suspected, rest) {
        let text = Sentence::words("A note names something that was not recognised as a suspect: ");
        let text = text.p(quote(r.text.for_json())).w(".");
        w.claim(ANOTHER, text, lines(std::slice::from_ref(&r.evidence)));
    }
}

/// Letters of a remark that say what was found.
pub(super) const FOUND: usize = 160;

/// Adds to the faults what is written of them: a remark that names what failed, or states such a fault.
pub(super) fn weigh(weighed: &mut [(&ClassInfo, Weighed)], case: &Case<'_>) {
    if case.remarks.is_empty() {
        return;
    }
    let faults = |c: &ClassInfo| !c.is_change() && c.class != CauseClass::Unknown;
    for (c, w) in weighed.iter_mut().filter(|(c, _)| faults(c)) {
        let spoken = w.claims.iter().any(|x| x.weight > 0.0);
        let Some(culprit) = w.culprit.as_ref().filter(|_| spoken) else {
            continue;
        };
        let named = names(culprit.name.for_json());
        let states =
            |r: &&RemarkFact| fault(r.text.for_json()).is_some_and(|f: Fault| f.is_of(c.class));
        let stated = || since(case).find(states).map(|r| (r, false));
        let Some(found) = latest(case, &named).or_else(stated) else {
            continue;
        };
        let (weight, text) = claim(found, &named);
        w.claim(weight, text, lines(std::slice::from_ref(&found.0.evidence)));
    }
}

/// Remarks that a report shows of one incident.
const SHOWN: usize = 3;
/// From this worth on a remark says what was found, and not only what is seen.
const FINDS: usize = 4;
/// From this worth on it says so for sure.
const SURELY: usize = 6;

/// What people found, the strongest first, of equals the latest.
pub fn findings<'c>(case: &'c Case<'_>) -> Vec<&'c RemarkFact> {
    let mut all = found(case, FINDS);
    all.truncate(SHOWN);
    all
}

fn found<'c>(case: &'c Case<'_>, least: usize) -> Vec<&'c RemarkFact> {
    let mut found: Vec<_> = since(case).filter(|r| r.worth >= least).collect();
    found.sort_list_by(|a, b| b.worth.cmp(&a.worth).then(b.time.cmp(&a.time)));
    found
}

/// What the logs show of an incident by its names: those of new errors, of acts before it, and of what people wrote before it.
fn shown(case: &Case<'_>, remarks: &[RemarkFact]) -> BTreeSet<String> {
    let told = remarks.iter().filter(|r| r.tells);
    let told: BTreeSet<_> = told.map(|r| place(&r.evidence)).collect();
    let is_told = |e: &&Event| e.evidence.iter().any(|v| told.contains(&place(v)));
    let before = |e: &&Event| e.time.is_some_and(|t| t <= case.onset_bounds().1);
    let done = case.events.iter().filter(before).filter(|e| !is_told(e));
    let announced = remarks.iter().filter(|r| r.time < case.onset);
    let announced = announced.flat_map(|r| r.names.iter().cloned());
    let mut all = in_new_errors(case);
    all.extend(done.flat_map(names_of).chain(announced));
    all
}

/// The names in errors that the incident brought.
fn in_new_errors(case: &Case<'_>) -> BTreeSet<String> {
    let errors = case.templates.iter().filter(|t| t.brought());
    errors.flat_map(|t| names(t.example.text())).collect()
}

/// What a remark is worth: the names in it, those twice that the logs show of this incident or that people wrote shortly before it, a
/// fault that it states, and how late it was written: what is found is found shortly before the end, and afterwards people write
/// what they will do. What asks or reports an act finds nothing, what denies less.
fn worth(case: &Case<'_>, r: &RemarkFact, shown: &BTreeSet<String>) -> usize {
    let text = r.text.for_json();
    let both = r.ties.intersection(shown).count().min(3);
    let broke = fault(text).and_then(Fault::class).is_some();
    let said = r.names.len().min(4) + 2 * both + 2 * usize::from(broke);
    if said == 0 || asks(text, &r.names) || r.tells {
        return 0;
    }
    let part = r.time.seconds_since(case.onset) / case.end.seconds_since(case.onset).max(1.0);
    let (late, after) = match part > 1.0 {
        true => (0, 2),
        false => ((3.0 * part) as usize, 0),
    };
    let denied = denies(text, &r.names) || answers_no(text);
    (said + late).saturating_sub(after + 2 * usize::from(denied))
}

/// Whether a text answers with a no, whatever it says then of what it names.
fn answers_no(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let word = first.trim_end_matches([',', '.', '!']);
    word != first && DENIES.contains(&&*word.to_lowercase())
}
