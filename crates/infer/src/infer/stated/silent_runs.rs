//! Runs of a release tool that states none of its acts in words that are known. Its log is called after releasing, or is short and names one
//! thing with two versions, or a stretch of its lines names a version and who puts it there, what is done with it, or how it ended; each
//! stretch is a run. What a log says itself goes before;
//! the rows of other logs are not looked at.

use crate::infer::stated::StatedMarker;
use crate::infer::stated::arrows::turns_of;
use crate::infer::stated::job_logs::does;
use crate::infer::stated::kept_lines::{KeptLine, KeptLines};
use coroner_core::summary::InputPart;
use coroner_lines::marker::fields::{actor, is_common, is_counted, version};
use coroner_lines::marker::goes_to;
use coroner_lines::record::{Kind, MarkerKind as K};
use coroner_lines::text::environment::released_by;
use coroner_lines::text::words::holds_any;
use coroner_lines::time::MINUTE;
use std::collections::{BTreeMap, BTreeSet};

/// Time without a line after which another run begins.
const APART: i64 = 3 * MINUTE;
/// What goes on for longer is no run of a release, but a program that is called so.
const LONGEST: i64 = 45 * MINUTE;
/// What is said in the lines that name the version of who runs them.
const OF_TOOLS: &str = "runner | agent | server version | client version";
/// What a last line says of a run that is over, and of one that went wrong, in the languages of the grammar and some more.
const OVER: &str = "ok | end | ended | done | finished | complete | completed | success | succeeded | successful | successfully | rc=0 | everywhere | \
    fertig | beendet | erfolgreich | klaar | gereed | terminé | réussi | listo | completado | concluído | ferdig | klar | valmis | gotowe";
const WRONG: &str = "fail | failed | failure | error | errors | abort | aborted | cancelled | canceled | rc=1 | fehler | abgebrochen | mislukt";
/// What is said of what ran before.
const GONE: &str =
    "kill | killed | container die | died | stop | stopping | stopped | destroy | exited";
/// What a tool does with a version, and what it says where that is the one before.
const PUTS: &str = "install | deploy | deploying | deployment | release | releasing | rollout | rolling | push | pushing | publish | ship | upgrade | \
    activate | promote | installiere | ausrollen | einspielen | uitrol | déploiement | despliegue | implantação";
/// The same where the version is named in another line.
const RELEASES: &str = "deploy | deploying | deployed | deployment | releasing | rollout";
const BACK: &str = "back | backout | back-out | rollback | revert | reverting | restore | undo | zurück | zurueck | terug | tillbaka | tilbake | \
    retour | atrás";
/// Runs in a log of releases; what writes more often does so for another reason.
const MOST: usize = 24;
/// That nothing but where it stands says what it is.
const CONFIDENCE: u8 = 60;
/// Lines of a log that is not called after releasing, and of one that is.
const SHORT: u64 = 100;
const LONG: u64 = 5_000;

/// Adds the beginning of each run to the rows of an input, and its end where its last line says so, where they state no act of the job:
/// what migrates a schema may release nothing.
pub(in crate::infer) fn silent_runs(
    rows: &mut Vec<StatedMarker>,
    from: usize,
    input: u32,
    p: &InputPart,
    kept: &KeptLines<'_>,
) {
    let called = does(&p.meta.name).filter(|k| matches!(k, K::DeployStart | K::RollbackStart));
    let called = called.filter(|_| p.kind() == Kind::Deploy && kept.lines_of() <= LONG);
    let may_be = matches!(p.kind(), Kind::Deploy | Kind::App) && kept.lines_of() <= SHORT;
    if called.is_none() && !may_be {
        return;
    }
    let of_releases = p.kind() == Kind::Deploy || does(&p.meta.name).is_some();
    let lines = kept.all();
    let runs: Vec<&[KeptLine]> = lines.chunk_by(|a, b| b.at.since(a.at) <= APART).collect();
    let long = |r: &&[KeptLine]| r[r.len() - 1].at.since(r[0].at) > LONGEST;
    if runs.len() > MOST || runs.iter().any(long) {
        return;
    }
    let service = released_by(&p.meta.name).map(|n| n.as_bytes().to_vec());
    let host = p.meta.host.as_ref().map(|h| h.clone().into_bytes());
    // a tool whose words are known says of each run what it is
    let known = rows[from..].iter().any(|r| says_what_it_does(r.kind));
    let of_lines = |r: &[KeptLine]| r[0].line.byte != r[r.len() - 1].line.byte;
    let changing = match may_be {
        true => changing(lines.iter().map(|l| l.said.as_str())),
        false => BTreeSet::new(),
    };
    let mut ran: BTreeMap<&str, &[u8]> = BTreeMap::new();
    let owned = |t: &str| t.as_bytes().to_vec();
    for (n, run) in runs.into_iter().enumerate() {
        let row = |kind, l: &KeptLine, service, version| StatedMarker {
            time: Some(l.at),
            kind,
            text: format!("{} #{}", p.meta.name, n + 1).into_bytes(),
            host: host.clone(),
            service,
            version,
            ..StatedMarker::told(input, l.line.clone(), CONFIDENCE)
        };
        let turns = turns_of(run);
        let turn = turns.first().map(|t| (t.name, t.version));
        // of a run that states its acts what else goes to another version is a part of it
        let told = is_told(&rows[from..], run);
        for t in turns.into_iter().filter(|_| !told) {
            let named = t.name.map(owned).or_else(|| service.clone());
            rows.push(row(t.kind, t.line, named, Some(owned(t.version))));
        }
        if !of_lines(run) {
            continue;
        }
        let said = || run.iter().map(|l| l.said.as_str());
        // a runner may head each line of its with its name
        let of_tool = |t: &&str| holds_any(t.as_bytes(), OF_TOOLS);
        let headed = said().all(|t| of_tool(&t));
        // what is put an end to is what ran before
        let ends = |t: &&str| holds_any(t.as_bytes(), GONE);
        let all: Vec<&str> = said().filter(|t| headed || !of_tool(t)).collect();
        let live: Vec<&str> = all.iter().copied().filter(|t| !ends(t)).collect();
        if of_releases {
            tell_version(&mut rows[from..], run, &live);
        }
        let versions = || {
            said()
                .filter(|t| !ends(t))
                .filter_map(versioned)
                .filter(|x| changing.contains(x.0))
        };
        // a program that says its version among all else that it says is no release tool, nor is one that starts with what it ran
        let about = |name: &str| said().filter(|t| t.contains(name)).count() * 2 >= run.len();
        let changed = versions().next().filter(|x| about(x.0));
        let before = changed.and_then(|(name, v)| ran.get(name).copied().zip(Some(v)));
        let changed = changed.filter(|_| before.is_none_or(|(old, new)| old != new));
        ran.extend(versions());
        if called.is_none() && turn.is_none() && changed.is_none() && !puts_a_version(&all) {
            continue;
        }
        let (first, last) = (&run[0], &run[run.len() - 1]);
        let own = |r: &&mut StatedMarker| (first.line.byte..=last.line.byte).contains(&r.offset);
        let mut stated: Vec<&mut StatedMarker> = rows[from..].iter_mut().filter(own).collect();
        stated.retain(|r| says_what_it_does(r.kind));
        let is = |r: &StatedMarker, of: &[K]| of.contains(&r.kind);
        // what it does to something else is not the release
        if stated.iter().any(|r| !is(r, &BEGINS) && !is(r, &ENDS)) {
            continue;
        }
        if known && turn.is_none() && (stated.is_empty() || called.is_some()) {
            continue;
        }
        let back = match stated.first() {
            Some(r) => matches!(
                r.kind,
                K::RollbackStart | K::RollbackFinish | K::RollbackFail
            ),
            None => {
                let lower = |(old, new)| goes_to(old, new) == Some(K::RollbackFinish);
                called == Some(K::RollbackStart)
                    || before.is_some_and(lower)
                    || said().any(|t| holds_any(t.as_bytes(), BACK))
            }
        };
        let kinds = match back {
            true => [K::RollbackStart, K::RollbackFinish, K::RollbackFail],
            false => [K::DeployStart, K::DeployFinish, K::DeployFail],
        };
        // what names the new version again says that it is there
        let again = changed.is_some() && versioned(&last.said) == changed;
        let outcome = outcome(&last.said).or(again.then_some(true));
        // what it names first it begins with, where its last line says how that ended
        if let (Some(r), Some(_)) = (
            stated.first_mut().filter(|r| r.offset == first.line.byte),
            outcome,
        ) {
            r.kind = kinds[0];
        }
        let begun = stated.iter().any(|r| is(r, &BEGINS));
        let ended = stated.iter().any(|r| is(r, &ENDS));
        let mut named = [stem(&p.meta.name)].into_iter().chain(live);
        let turned = turn.map(|t| t.1.as_bytes());
        let version =
            turned.or_else(|| named.find_map(|t| released(t.as_bytes()).or(version(t.as_bytes()))));
        let own = turn.and_then(|t| t.0);
        let own = own.or_else(|| said().find_map(|t| named_with(t, version?)));
        let service = service.clone().or(own.map(owned));
        let begins = (!begun).then_some((kinds[0], first));
        let ends = outcome.filter(|_| !ended);
        let ends = ends.map(|well| (kinds[if well { 1 } else { 2 }], last));
        for (kind, l) in begins.into_iter().chain(ends) {
            rows.push(row(kind, l, service.clone(), version.map(<[u8]>::to_vec)));
        }
    }
}

/// Tells the rows of a run the one version that its lines name, and of what, where they name none themselves.
fn tell_version(rows: &mut [StatedMarker], run: &[KeptLine], said: &[&str]) {
    let lines = run[0].line.byte..=run[run.len() - 1].line.byte;
    let Some((version, service)) = only_version(said) else {
        return;
    };
    // of what else it names a version that is not
    let other = |r: &StatedMarker| match (&r.service, service) {
        (Some(of), Some(named)) => of != named.as_bytes(),
        _ => r.typed,
    };
    let own = |r: &&mut StatedMarker| {
        lines.contains(&r.offset) && r.version.is_none() && !r.is_said() && !other(r)
    };
    let of_release = |r: &&mut StatedMarker| BEGINS.contains(&r.kind) || ENDS.contains(&r.kind);
    for r in rows.iter_mut().filter(own).filter(of_release) {
        r.version = Some(version.to_vec());
        let named = || service.map(|name| name.as_bytes().to_vec());
        r.service = r.service.take().or_else(named);
    }
}

/// The only version that lines name, and of what; of two numbers only it may be that of anything.
fn only_version<'t>(said: &[&'t str]) -> Option<(&'t [u8], Option<&'t str>)> {
    let whole = |v: &&[u8]| is_counted(v) || v.iter().filter(|c| **c == b'.').count() > 1;
    let named = said.iter().filter_map(|t| released(t.as_bytes()));
    let named: BTreeSet<&[u8]> = named.filter(whole).collect();
    let version = named.first().filter(|_| named.len() == 1)?;
    Some((version, said.iter().find_map(|t| named_with(t, version))))
}

/// Whether a row states an act in the lines of a run already.
fn is_told(rows: &[StatedMarker], run: &[KeptLine]) -> bool {
    let lines = run[0].line.byte..=run[run.len() - 1].line.byte;
    let mut rows = rows.iter();
    rows.any(|r| lines.contains(&r.offset) && says_what_it_does(r.kind))
}

/// Whether the lines of a run name a version, and who puts it somewhere or what is done with it; and how that ended.
fn puts_a_version(run: &[&str]) -> bool {
    let said = || run.iter().map(|l| l.as_bytes());
    let puts = |t: &[u8]| actor(t).is_some() || holds_any(t, PUTS) || holds_any(t, BACK);
    let first = said().find(|t| released(t).is_some());
    let ended = run.last().is_some_and(|l| outcome(l).is_some());
    let ordered = |t: &[u8]| actor(t).is_some() && holds_any(t, PUTS);
    first.is_some_and(|t| match ended {
        true => puts(t) || said().any(|t| holds_any(t, RELEASES)),
        false => ordered(t),
    })
}

/// The version that a line names by its points or its letter: `4.18.2`, `r2209`; with which a program says which it is itself is none.
fn released(said: &[u8]) -> Option<&[u8]> {
    if says_its_own(said) {
        return None;
    }
    let pointed = version(said).filter(|v| v.contains(&b'.') || is_counted(v));
    pointed.or_else(|| {
        said.split(|c| matches!(c, b' ' | b':' | b','))
            .find(|w| is_counted(w))
    })
}

/// Whether a line is how a program says which one it is: `certbot version: 2.1.0`.
fn says_its_own(said: &[u8]) -> bool {
    let mut words = said.rsplit(|c| *c == b' ');
    let (Some(_), Some(word), Some(name)) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let word = word.strip_suffix(b":").unwrap_or(word);
    let alone = words.next().is_none();
    alone && word.eq_ignore_ascii_case(b"version") && !is_common(name)
}

/// A version that a line names, and what it is one of.
fn versioned(said: &str) -> Option<(&str, &[u8])> {
    let version = released(said.as_bytes())?;
    Some((named_with(said, version)?, version))
}

/// What goes from one version to another in the lines of a log.
fn changing<'t>(said: impl Iterator<Item = &'t str>) -> BTreeSet<&'t str> {
    let mut of: BTreeMap<&str, BTreeSet<&[u8]>> = BTreeMap::new();
    for (name, version) in said.filter_map(versioned) {
        of.entry(name).or_default().insert(version);
    }
    let goes = |all: &BTreeSet<&[u8]>| {
        let mut pairs = all.iter().zip(all.iter().skip(1));
        pairs.any(|(a, b)| goes_to(a, b).or(goes_to(b, a)).is_some())
    };
    of.retain(|_, versions| goes(versions));
    of.into_keys().collect()
}

/// What the last line of a run says of how it went.
fn outcome(said: &str) -> Option<bool> {
    let small = said.to_lowercase();
    match () {
        () if holds_any(small.as_bytes(), WRONG) => Some(false),
        () => holds_any(small.as_bytes(), OVER).then_some(true),
    }
}

/// The name with which a version stands: `lobbyd` of `lobbyd 1.31.0`, `wms-gate` of `wms-gate-3.8.1`.
fn named_with<'t>(said: &'t str, version: &[u8]) -> Option<&'t str> {
    let version = std::str::from_utf8(version).ok()?;
    let front = said[..said.find(version)?].trim_end_matches([' ', '-', '@', ':', '=', 'v', '_']);
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let word = front.rsplit(|c| !name(c)).next()?;
    // a variable says what of the release it is: `BRANCH=v2.31.0`
    let given =
        said[front.len()..].starts_with('=') && !word.contains(|c: char| c.is_ascii_lowercase());
    let is_name = !given && word.len() > 2 && word.contains(|c: char| c.is_ascii_alphabetic());
    let small = word.to_lowercase();
    let other = |list: &str| holds_any(small.as_bytes(), list);
    let other = is_common(small.as_bytes()) || ["active | auf", PUTS, BACK].into_iter().any(other);
    (is_name && !other).then_some(word)
}

/// The name of a file without its folder and what says how it is written: `release-2.42.0` of `ci/release-2.42.0.log.gz`.
fn stem(name: &str) -> &str {
    let mut file = name.rsplit('/').next().unwrap_or(name);
    while let Some((front, end)) = file.rsplit_once('.')
        && end.starts_with(|c: char| c.is_ascii_alphabetic())
    {
        file = front;
    }
    file
}

/// How a release or what takes it back begins and ends.
const BEGINS: [K; 2] = [K::DeployStart, K::RollbackStart];
const ENDS: [K; 4] = [
    K::DeployFinish,
    K::DeployFail,
    K::RollbackFinish,
    K::RollbackFail,
];

/// Whether a marker is an act of a job's own, and no mere sign of life of what it acts on.
fn says_what_it_does(kind: K) -> bool {
    !matches!(
        kind,
        K::Restart | K::ServiceStart | K::ServiceStop | K::HumanNote | K::Fault
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_name_is_found_in_any_text(front in ".{0,20}", behind in ".{0,20}") {
            for text in [format!("{front}1.2.3{behind}"), format!("{front} v318 → {behind}")] {
                let version = released(text.as_bytes()).unwrap_or(b"v318");
                prop_assert!(named_with(&text, version).is_none_or(|n| text.contains(n)));
            }
        }
    }

    /// What a run of lines is, which stand between bars: the version it puts somewhere with its name, and how that ended.
    fn run(lines: &str) -> String {
        let run: Vec<&str> = lines.split(" | ").collect();
        let told = puts_a_version(&run).then(|| {
            let named = run.iter().find_map(|t| Some((*t, released(t.as_bytes())?)));
            let (line, version) = named.expect("it names one");
            let back = run.iter().any(|t| holds_any(t.as_bytes(), BACK));
            let well = outcome(run[run.len() - 1]);
            format!(
                "{}{} {}{}",
                if back { "back to " } else { "" },
                or_dash(named_with(line, version)),
                String::from_utf8_lossy(version),
                if well == Some(true) { "" } else { ", failed" }
            )
        });
        or_dash(told)
    }

    #[test]
    fn a_run_puts_a_version_somewhere_and_says_how_it_ended() {
        holds("run of a release tool", run);
    }

    #[test]
    fn a_run_is_of_the_only_version_that_its_lines_name() {
        holds("version of a run", |lines| {
            let said: Vec<&str> = lines.split(" | ").collect();
            let told = |(v, of): (&[u8], Option<&str>)| {
                format!("{} {}", or_dash(of), String::from_utf8_lossy(v))
            };
            or_dash(only_version(&said).map(told))
        });
    }

    #[test]
    fn what_goes_from_one_version_to_another_is_known_by_its_name() {
        holds("versions in a log", |lines| {
            let names: Vec<&str> = changing(lines.split(" | ")).into_iter().collect();
            or_dash((!names.is_empty()).then(|| names.join(" ")))
        });
    }
}
