//! What a playbook or a state changed. A task is announced by its heading and changed something where a line says so of a host: that line is the
//! event, named by the heading. What is only tried out, or was as it should be, is none; the tasks of a release are its steps, of
//! which only those that failed are reported.

use super::joined::item;
use super::{absorb, drop_marked, gap};
use crate::infer::stated::StatedMarker;
use coroner_lines::record::{MarkerKind as K, Notice};
use coroner_lines::sorting::SortList;
use coroner_lines::text::environment::released_by;
use coroner_lines::time::{MINUTE, SECOND};

/// How sure one is of what a task did.
const SURE: u8 = 80;

/// What stands before the file of which a task shows how it alters it.
const ALTERED: &[u8] = b"--- before: ";

/// How Git says which commit a job has checked out, and what that is about.
const COMMIT: &[u8] = b"HEAD is now at ";

/// What starts a play.
const COMMAND: &[u8] = b"ansible-playbook ";

/// How Salt announces what it sees to.
const STATE: &[u8] = b"Running state [";

/// What is known of a play at one of its lines, as places of rows.
#[derive(Default)]
struct Play {
    input: Option<u32>,
    /// The deploy or rollback that is open, which no recap ended.
    release: Option<usize>,
    tried_out: bool,
    /// The commit that was checked out and has changed nothing yet.
    commit: Option<usize>,
    opened: Option<usize>,
    heading: Option<usize>,
    /// The line that names the file which the task under the heading alters.
    altered: Option<usize>,
    /// The heading that a row cites last.
    cited: Option<usize>,
    /// The row of the last change that was reported.
    last_change: Option<usize>,
    /// The recap that goes on, and whether it is that of a release.
    recap: Vec<usize>,
    of_release: bool,
    changed: bool,
}

/// Turns the steps of plays into what they changed, and recaps into what became of a release.
pub(super) fn plays(rows: &mut Vec<StatedMarker>) {
    let is_step = |r: &StatedMarker| r.confidence == Notice::STEP && !r.typed;
    if !rows.iter().any(|r| is_step(r) || is_recap(r)) {
        return;
    }
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_list_by_key(|i| (rows[*i].input, rows[*i].offset, rows[*i].time));
    let mut gone = vec![false; rows.len()];
    let mut play = Play::default();
    for i in order {
        if play.input != Some(rows[i].input) {
            play.ended(rows, &mut gone);
            play = Play {
                input: Some(rows[i].input),
                ..Play::default()
            };
        }
        let near = |l: &usize| gap(&rows[*l], &rows[i]).is_none_or(|g| g.abs() <= 5 * SECOND);
        if is_recap(&rows[i]) {
            if !play.recap.last().is_some_and(near) {
                play.ended(rows, &mut gone);
                play.of_release = play.release.take().is_some();
            }
            play.recap.push(i);
        } else if is_step(&rows[i]) || is_item(&rows[i]) {
            play.ended(rows, &mut gone);
            gone[i] = true;
            if let Some(stays) = play.step(rows, i) {
                gone[stays] = false;
            }
        } else if rows[i].text.starts_with(b"changed: [") {
            (play.changed, gone[i]) = (true, play.tried_out);
        } else if rows[i].kind == K::ConfigChange {
            play.called(rows, i);
        } else if matches!(rows[i].kind, K::DeployStart | K::RollbackStart) {
            if holds(&rows[i], b"[CHECK MODE]") {
                (play.tried_out, gone[i]) = (true, true);
                continue;
            }
            // the hosts of one run that follow each other are under the same heading again
            match play.release {
                Some(o) if rows[o].text == rows[i].text => gone[i] = true,
                // the command and the play that it starts are one act
                Some(o) if near(&o) && holds(&rows[o], COMMAND) && holds(&rows[i], b"PLAY [") => {
                    let mut command = rows[o].clone();
                    let version = command.version.take().or(rows[i].version.take());
                    (rows[i].version, gone[o]) = (version, true);
                    absorb(&mut rows[i], &mut command);
                    play.release = Some(i);
                }
                _ => play.release = Some(i),
            }
        }
    }
    play.ended(rows, &mut gone);
    drop_marked(rows, &gone);
}

/// Whether a line says which of the things of a task was changed, whatever it names.
fn is_item(r: &StatedMarker) -> bool {
    r.kind == K::ConfigChange && item(&r.text).is_some()
}

/// What a play counts per host when it ends.
fn is_recap(r: &StatedMarker) -> bool {
    matches!(r.kind, K::DeployFinish | K::DeployFail) && holds(r, b" unreachable=")
}

fn holds(r: &StatedMarker, words: &[u8]) -> bool {
    memchr::memmem::find(&r.text, words).is_some()
}

/// The host that an outcome is of: `changed: [web-1]`, or who acted for it: `changed: [web-1 -> db-1] => (item=x)`. Who runs the
/// play has no name.
fn changed_on(outcome: &[u8]) -> Option<&[u8]> {
    let from = memchr::memmem::find(outcome, b": [")? + 3;
    let named = &outcome[from..from + memchr::memchr(b']', &outcome[from..])?];
    let host = match memchr::memmem::find(named, b" -> ") {
        Some(at) => &named[at + 4..],
        None => named,
    };
    let host = host.split(|c| b" (".contains(c)).next()?;
    (host != b"localhost" && host != b"127.0.0.1").then_some(host)
}

/// Whether a task is one of those by which a release is put in place: `TASK [shop : fetch release archive]`.
fn releases(heading: &[u8]) -> bool {
    let letter = |b: &u8| !b.is_ascii_alphabetic();
    heading.split(letter).any(|w| {
        ["release", "releases", "artifact", "artefact"]
            .iter()
            .any(|r| w.eq_ignore_ascii_case(r.as_bytes()))
    })
}

/// Whether a line says of a host what became of a task.
fn outcome(text: &[u8]) -> bool {
    [&b"changed: ["[..], b"fatal: ["]
        .iter()
        .any(|w| text.starts_with(w))
}

/// A heading without the sign that fills its line, or what stands around it.
fn heading(text: &[u8]) -> &[u8] {
    if let Some(at) = memchr::memmem::find(text, STATE) {
        let end = memchr::memchr(b']', &text[at..]).map_or(text.len(), |n| at + n + 1);
        return &text[at..end];
    }
    let end = text.iter().rposition(|c| !b"* ".contains(c));
    &text[..end.map_or(0, |e| e + 1)]
}

/// The role that a task belongs to, which is named after what it installs, unless after that it does.
fn role(heading: &[u8]) -> Option<&[u8]> {
    let name = &heading[memchr::memchr(b'[', heading)? + 1..];
    let role = &name[..memchr::memmem::find(name, b" : ")?];
    (!role.is_empty() && !role.contains(&b' ') && !releases(role)).then_some(role)
}

/// What a play is called: `release quotes` of `PLAY [release quotes]`.
fn name_of(play: &[u8]) -> Option<&str> {
    let from = memchr::memmem::find(play, b"PLAY [")? + 6;
    let end = memchr::memchr(b']', &play[from..])?;
    std::str::from_utf8(&play[from..from + end]).ok()
}

impl Play {
    /// Takes a heading or an outcome; the row that stays: what changed, or the heading of what failed.
    fn step(&mut self, rows: &mut [StatedMarker], i: usize) -> Option<usize> {
        let r = &rows[i];
        if r.text.starts_with(COMMIT) {
            self.commit = Some(i);
            return None;
        }
        if holds(r, b"PLAY [") {
            // the next host of those that have their turn, one after the other
            let again = self.opened.is_some_and(|o| rows[o].text == r.text);
            self.last_change = self.last_change.filter(|_| again);
            (self.opened, self.heading) = (Some(i), None);
            self.altered = None;
            self.tried_out |= holds(r, b"CHECK MODE");
            return None;
        }
        if holds(r, ALTERED) {
            self.altered = Some(i);
            return None;
        }
        if [&b"TASK ["[..], b"HANDLER [", STATE]
            .iter()
            .any(|h| holds(r, h))
        {
            self.altered = None;
            // one line may be several rows, of which the note says least
            let other = |h: &usize| rows[*h].offset == r.offset && r.kind == K::HumanNote;
            self.heading = self.heading.filter(other).or(Some(i));
            self.tried_out |= holds(r, b"CHECK MODE");
            self.name(rows, i);
            return None;
        }
        if r.kind != K::ConfigChange {
            self.tried_out = true;
            return None;
        }
        // what a state changed, which any program may print
        let of_state = |h: usize| holds(&rows[h], STATE);
        if r.text.starts_with(b"{") && !self.heading.is_some_and(of_state) {
            return None;
        }
        let begins = self.heading_releases(rows);
        let said = self
            .heading
            .map(|h| if begins { K::DeployStart } else { rows[h].kind });
        let kind = said.filter(|k| *k != K::HumanNote);
        let failed = r.text.starts_with(b"fatal");
        let is_step = if failed {
            kind.is_none()
        } else {
            self.release.is_some()
        };
        if self.tried_out || is_step || holds(r, b"\"checkmode\": true") {
            return None;
        }
        if let Some(h) = self.heading.filter(|_| failed) {
            rows[h].confidence = SURE;
            rows[h].evidence.extend(rows[i].evidence.clone());
            return Some(h);
        }
        self.changed = true;
        let kind = kind.unwrap_or(K::ConfigChange);
        let goes_on = |t: &usize| {
            rows[*t].kind == kind && gap(&rows[*t], r).is_none_or(|g| g.abs() <= MINUTE)
        };
        if let Some(t) = self.last_change.filter(goes_on) {
            let mut more = rows[i].clone();
            let on = rows[t]
                .host
                .take()
                .filter(|h| Some(&h[..]) == changed_on(&more.text));
            if self.cited != self.heading
                && let Some(h) = self.heading
            {
                more.evidence.extend(rows[h].evidence.clone());
                let file = self.altered.take().map(|a| &rows[a].text[ALTERED.len()..]);
                if let Some(file) = file.filter(|f| f.contains(&b' ')) {
                    more.text = file.to_vec();
                } else if item(&more.text).is_none() {
                    more.text = heading(&rows[h].text).to_vec();
                }
            }
            self.cited = self.heading;
            absorb(&mut rows[t], &mut more);
            rows[t].host = on;
            return None;
        }
        if matches!(kind, K::DeployStart | K::RollbackStart) {
            self.release = Some(i);
        }
        // a release begins as its play does
        if begins && let (Some(o), Some(h)) = (self.opened, self.heading) {
            let (heading, change) = (rows[h].clone(), rows[i].evidence.clone());
            let r = &mut rows[o];
            (r.kind, r.confidence) = (kind, SURE);
            r.service = r
                .service
                .take()
                .or(heading.service)
                .or_else(|| role(&heading.text).map(<[u8]>::to_vec));
            r.version = r.version.take().or(heading.version);
            r.evidence
                .extend(heading.evidence.into_iter().chain(change));
            (self.last_change, self.cited, self.release) = (Some(o), self.heading, Some(o));
            return Some(o);
        }
        (self.last_change, self.cited) = (Some(i), self.heading);
        let named = [self.heading, self.opened].map(|n| n.map(|n| rows[n].clone()));
        let altered = self.altered.take().map(|a| rows[a].clone());
        let r = &mut rows[i];
        let item = item(&r.text).map(<[u8]>::to_vec);
        (r.kind, r.confidence) = (kind, SURE);
        // the host that was changed, and not the one where the play ran
        if outcome(&r.text) {
            r.host = changed_on(&r.text).map(<[u8]>::to_vec);
        }
        for n in named.into_iter().flatten().rev() {
            r.text = heading(&n.text).to_vec();
            r.service = n.service.or(r.service.take());
            r.version = n.version.or(r.version.take());
            r.evidence.extend(n.evidence);
        }
        if let Some(file) = altered {
            let name = &file.text[ALTERED.len().min(file.text.len())..];
            // what its diff shows says more than the task does
            match name.contains(&b' ') {
                true => r.text.clear(),
                false => r.text.extend(b": "),
            }
            r.text.extend(name);
            r.evidence.extend(file.evidence);
        } else if let Some(item) = item {
            r.text.extend(b": ");
            r.text.extend(item);
        }
        self.called(rows, i);
        Some(i)
    }

    /// Calls the first change of a job what the commit is about that it has checked out, where its own line names the step alone.
    fn called(&mut self, rows: &mut [StatedMarker], i: usize) {
        let step = [&b"TASK ["[..], b"HANDLER [", b"##[group]Run "];
        let named = !step.iter().any(|s| holds(&rows[i], s));
        let Some(commit) = self.commit.take().filter(|_| !named) else {
            return;
        };
        let commit = rows[commit].clone();
        rows[i].text = commit.text[COMMIT.len()..].to_vec();
        rows[i].evidence.extend(commit.evidence);
    }

    /// Gives the open release what its play is called after, or the role that a task is of (`PLAY [Deploy cart]`, `TASK [cart : …]`), and
    /// the version that a task names first.
    fn name(&self, rows: &mut [StatedMarker], task: usize) {
        let Some(o) = self.release else {
            return;
        };
        let role = role(heading(&rows[task].text)).map(<[u8]>::to_vec);
        let called = |r: &Vec<u8>| memchr::memmem::find(&rows[o].text, r).is_some();
        let of_play = || Some(released_by(name_of(&rows[o].text)?)?.as_bytes().to_vec());
        let named = role.filter(called).or_else(of_play);
        let version = rows[task].version.clone();
        let r = &mut rows[o];
        r.service = r.service.take().or(named);
        r.version = r.version.take().or(version);
    }

    /// Whether the task under the heading puts a release in place.
    fn heading_releases(&self, rows: &[StatedMarker]) -> bool {
        self.heading
            .is_some_and(|h| rows[h].kind == K::HumanNote && releases(&rows[h].text))
    }

    /// The recap is complete: of a release it says how that ended, where a host that failed speaks for all; of what reported its
    /// changes itself it says nothing more.
    fn ended(&mut self, rows: &mut [StatedMarker], gone: &mut [bool]) {
        if self.recap.is_empty() {
            return;
        }
        let failed = self.recap.iter().any(|i| rows[*i].kind == K::DeployFail);
        for i in std::mem::take(&mut self.recap) {
            gone[i] = match self.of_release {
                true => failed && rows[i].kind == K::DeployFinish,
                false => self.changed || self.tried_out || holds(&rows[i], b"changed=0"),
            };
            if !self.of_release {
                // what a play changed that is no release is how a host is set up
                rows[i].kind = K::ConfigChange;
            }
        }
        *self = Play {
            input: self.input,
            release: self.release,
            ..Play::default()
        };
    }
}
