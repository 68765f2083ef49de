//! Plays and states, by their lines.

use super::super::tests::row;
use super::*;

fn rows_of(lines: &[(K, &str)]) -> Vec<(u64, K)> {
    let rows = played(lines);
    rows.iter().map(|r| (r.offset, r.kind)).collect()
}

fn played(lines: &[(K, &str)]) -> Vec<StatedMarker> {
    let mut rows = Vec::new();
    for (n, (kind, text)) in (1..).zip(lines) {
        let steps = *kind != K::DeployStart;
        rows.push(StatedMarker {
            text: (*text).into(),
            confidence: if steps { Notice::STEP } else { SURE },
            ..row(n as i64, 0, n, *kind, "")
        });
    }
    plays(&mut rows);
    rows
}

const PLAY: (K, &str) = (K::HumanNote, "PLAY [web] ***");
const CONFIG: (K, &str) = (K::HumanNote, "TASK [nginx : template nginx.conf] ***");
const RESTART: (K, &str) = (K::Restart, "RUNNING HANDLER [restart nginx] ***");
const CHANGED: (K, &str) = (K::ConfigChange, "changed: [web-1]");
const FAILED: (K, &str) = (K::ConfigChange, "fatal: [web-1]: FAILED!");

#[test]
fn a_task_is_known_by_what_it_changed() {
    let changes = [PLAY, CONFIG, CHANGED, CHANGED, RESTART, CHANGED];
    assert_eq!(rows_of(&changes), [(3, K::ConfigChange), (6, K::Restart)]);
    // it is of the host that was changed, where that is one
    let hosts = |lines: &[_]| played(lines)[0].host.clone();
    assert_eq!(hosts(&changes).as_deref(), Some(&b"web-1"[..]));
    let both = (K::ConfigChange, "changed: [web-2]");
    assert_eq!(hosts(&[PLAY, CONFIG, CHANGED, both]), None);
    // hosts that have their turn are one change, of none of them; another play is another
    let turns = [PLAY, CONFIG, CHANGED, PLAY, CONFIG, both];
    assert_eq!(rows_of(&turns), [(3, K::ConfigChange)]);
    assert_eq!(hosts(&turns), None);
    let other = (K::HumanNote, "PLAY [db] ***");
    let apart = [PLAY, CONFIG, CHANGED, other, CONFIG, both];
    assert_eq!(rows_of(&apart).len(), 2);
    assert_eq!(rows_of(&[PLAY, CONFIG, RESTART]), []);
    assert_eq!(rows_of(&[PLAY, RESTART, FAILED]), [(2, K::Restart)]);
    let tried = (K::HumanNote, "ansible-playbook site.yml --check");
    assert_eq!(rows_of(&[tried, PLAY, CONFIG, CHANGED]), []);
    // the tasks of a release are its steps
    let release = (K::DeployStart, "deploy of 4.2.0 started");
    let got = rows_of(&[release, PLAY, CONFIG, CHANGED, RESTART, CHANGED]);
    assert_eq!(got, [(1, K::DeployStart)]);
}

#[test]
fn the_first_change_of_a_job_is_called_what_its_commit_is_about() {
    let commit = (
        K::HumanNote,
        "HEAD is now at 4be91f2 consul: publish the database (#412)",
    );
    let later = (K::ConfigChange, "changed: [web-1]");
    let called = |lines: &[_]| -> Vec<String> {
        let text = |r: &StatedMarker| String::from_utf8_lossy(&r.text).into_owned();
        played(lines).iter().map(text).collect()
    };
    let about = "4be91f2 consul: publish the database (#412)";
    assert_eq!(called(&[commit, PLAY, CONFIG, CHANGED]), [about]);
    assert_eq!(called(&[commit, PLAY, CONFIG]), [""; 0]);
    let other = (K::HumanNote, "PLAY [db] ***");
    let both = called(&[commit, PLAY, CONFIG, CHANGED, other, CONFIG, later]);
    assert_eq!(both, [about, "TASK [nginx : template nginx.conf]"]);
}

#[test]
fn the_first_task_that_puts_a_release_in_place_is_its_begin() {
    let fetch = (K::HumanNote, "TASK [shop : fetch release archive] ***");
    let recap = (
        K::DeployFinish,
        "web-1 : ok=5 changed=3 unreachable=0 failed=0",
    );
    let rows = played(&[
        PLAY, fetch, CHANGED, CONFIG, CHANGED, RESTART, CHANGED, recap,
    ]);
    let kinds: Vec<K> = rows.iter().map(|r| r.kind).collect();
    assert_eq!(kinds, [K::DeployStart, K::DeployFinish]);
    // as its play begins
    assert_eq!(rows[0].offset, 1);
    assert_eq!(rows[0].service.as_deref(), Some(&b"shop"[..]));
}

#[test]
fn what_a_state_changed_is_named_by_it() {
    let state = "[salt.state :2228][INFO][90211] Running state [/etc/nftables.d/20-pg.nft] at time 09:31:17.812000";
    let changed = (K::ConfigChange, "File changed:");
    let rows = played(&[(K::HumanNote, state), changed]);
    assert_eq!(rows[0].text, b"Running state [/etc/nftables.d/20-pg.nft]");
    let settings = (K::ConfigChange, "{'net.core.somaxconn': '4096'}");
    assert_eq!(played(&[(K::HumanNote, state), settings]).len(), 1);
    assert!(played(&[settings]).is_empty(), "of any program");
    assert_eq!(rows[0].host, row(1, 0, 1, K::ConfigChange, "").host);
    assert_eq!(rows_of(&[(K::HumanNote, state)]), []);
}

#[test]
fn a_task_that_shows_both_versions_says_which_way_a_release_goes() {
    let shows = |text: &'static str| (K::HumanNote, text);
    let fetch = shows("TASK [release : fetch release archive] ***");
    let rows = played(&[
        PLAY,
        shows("\"msg\": \"current=4.18.2 target=4.18.1\""),
        fetch,
        CHANGED,
    ]);
    assert_eq!(rows[0].kind, K::RollbackStart);
    assert_eq!(rows[0].version.as_deref(), Some(&b"4.18.1"[..]));
    // a role that is called by what it does names no service
    assert_eq!(rows[0].service, None);
    let deploy = (K::DeployStart, "PLAY [Deploy checkout] ***");
    let to = shows("\"msg\": \"checkout 2.41.0 (current: 2.40.3)\"");
    let rows = played(&[deploy, to, CHANGED, deploy, to, CHANGED]);
    let kinds: Vec<K> = rows.iter().map(|r| r.kind).collect();
    assert_eq!(kinds, [K::DeployStart]);
    assert_eq!(rows[0].version.as_deref(), Some(&b"2.41.0"[..]));
}

#[test]
fn a_task_that_shows_its_changes_names_the_file() {
    let altered = (K::HumanNote, "--- before: /etc/nginx/nginx.conf");
    let rows = played(&[PLAY, CONFIG, altered, CHANGED]);
    let text = String::from_utf8_lossy(&rows[0].text).into_owned();
    assert_eq!(
        text,
        "TASK [nginx : template nginx.conf]: /etc/nginx/nginx.conf"
    );
    // what another task altered is not this one's
    let rows = played(&[PLAY, CONFIG, altered, RESTART, CHANGED]);
    assert_eq!(rows[0].text, b"RUNNING HANDLER [restart nginx]");
}

#[test]
fn a_play_that_is_called_after_its_role_releases_that() {
    let rows = played(&[
        (K::DeployStart, "PLAY [Deploy cart] ****"),
        (K::HumanNote, "TASK [common : Show release] ****"),
        (K::HumanNote, "TASK [cart : Show release] ****"),
        (K::HumanNote, "\"msg\": \"cart 2.31.0 (running 2.30.4)\""),
    ]);
    let said = |r: &StatedMarker| (r.service.clone(), r.version.clone());
    assert_eq!(
        said(&rows[0]),
        (Some(b"cart".to_vec()), Some(b"2.31.0".to_vec()))
    );
}
