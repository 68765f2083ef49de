//! Which scope the messages of an input have, decided from what its lines say. Names of files only break ties: a deploy tool's
//! log may have any name, and a file named after one may hold anything.

use super::Hit;
use super::gate::find;
use crate::record::{Kind, MarkerKind, Notice};
use crate::table::words;
use crate::text::words::AnyText;
use std::sync::LazyLock;

/// What marks deploy tools and the runners that echo them; init systems, kernels and power supplies, by tag and message; and
/// pagers that stand in syslog or mixed files: signatures between semicolons, of which blanks are a part.
static SIGNATURES: LazyLock<[AnyText; 3]> = LazyLock::new(|| {
    [
        // deploy tools, and what echoes them
        " cap production ; cap staging ; deploy:;deployment.apps/;rollout to finish;successfully rolled out;kubectl ;helm upgrade;\
        helm rollback;helm install;Happy Helming;PLAY [;PLAY RECAP;TASK [;RUNNING HANDLER [;changed: [;ok: [; n=ansible | ;\
        ##[group];##[endgroup];##[error];[Pipeline];Initiated automated sync;Initiated rollback;initiated sync to;\
        Sync operation to;sync status: ;reason=Operation;as release ;rolled back to release ;terraform ;Apply complete!;\
        ansible-playbook;Running /usr/bin/env ;deploy.sh;rollback.sh",
        // init systems, kernels and power supplies
        " systemd[; kernel: ; systemd: ; sudo: ; sudo[; CRON[; cron[; sshd[; upsmon[; apcupsd[; dockerd[; containerd[; kubelet[; \
        systemd-; init: ; smartd[",
        // pagers
        " pager: ; pager[; PAGE sent to ; PAGED ; ACK by ",
    ]
    .map(|list| AnyText::of(list.split(';')))
});

/// Whether the messages of a line speak of a deploy, a rollback or another act on a release.
fn speaks_of_a_change(line: &[u8], hits: &mut Vec<Hit>) -> bool {
    hits.clear();
    find(line, Kind::Deploy, hits);
    // what alone states nothing does not speak of one either
    hits.iter().any(|h| {
        use MarkerKind::*;
        h.confidence != Notice::ALONE_NOTHING
            && matches!(
                h.kind,
                DeployStart
                    | DeployFinish
                    | DeployFail
                    | RollbackStart
                    | RollbackFinish
                    | RollbackFail
                    | FeatureFlag
                    | MitigationStart
            )
    })
}

/// The scope of an input's messages.
///
/// `name` is its path, `sample` some of its lines (raw), `most` the kind that the formats give most of them, where any format
/// reads them. Web and pager formats are sure of themselves. Of the rest, an input is a deploy log when at least a fifth of
/// its lines bear a deploy tool's signature or speak of releases (one in thirty when its name says so too), a system log when at
/// least half its lines come from init systems and kernels, else what its formats say, else an application log.
pub fn scope_of(name: &str, sample: &[&[u8]], most: Option<Kind>) -> Kind {
    if let Some(kind @ (Kind::Web | Kind::Pager)) = most {
        return kind;
    }
    let lines: Vec<&[u8]> = sample
        .iter()
        .copied()
        .map(<[u8]>::trim_ascii_end)
        .filter(|l| !l.is_empty())
        .collect();
    let [deploy, init, pager] = &*SIGNATURES;
    let (mut signed, mut system, mut spoken, mut paged) = (0, 0, 0, 0);
    let mut hits = Vec::new();
    for l in &lines {
        let (by_tool, by_system) = (deploy.is_in(l), init.is_in(l));
        let speaks = !by_system && (by_tool || speaks_of_a_change(l, &mut hits));
        signed += usize::from(by_tool);
        system += usize::from(by_system);
        spoken += usize::from(speaks);
        paged += usize::from(pager.is_in(l));
    }
    let share = |n: usize, parts: usize| n > 0 && n * parts >= lines.len();
    if share(paged, 2) {
        return Kind::Pager;
    }
    if system < spoken.max(1)
        && (share(spoken, 5) || (share(signed.max(spoken), 30) && names_a_deploy(name)))
    {
        return Kind::Deploy;
    }
    if share(system, 2) {
        return Kind::System;
    }
    match most {
        Some(kind) => kind,
        None if names_a_system(name) && share(system, 10) => Kind::System,
        None => Kind::App,
    }
}

/// The words of a path, split at everything that is no letter.
fn any_word(name: &str, wanted: &[&str]) -> bool {
    name.split(|c: char| !c.is_ascii_alphabetic())
        .any(|w| wanted.iter().any(|x| w.eq_ignore_ascii_case(x)))
}

/// Names of deploy tools and of what they do, as folders and files have them.
const TOOLS: [&str; 22] = words(
    "deploy deploys deployment cd ci rollout release releases helm argocd argo flux jenkins \
    ansible capistrano github gitlab actions pipeline ops terraform spinnaker",
);

fn names_a_deploy(name: &str) -> bool {
    any_word(name, &TOOLS)
}

fn names_a_system(name: &str) -> bool {
    any_word(
        name,
        &[
            "syslog", "messages", "kern", "journal", "dmesg", "ups", "upsd",
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, text: &str, most: Option<Kind>) -> Kind {
        let lines: Vec<&[u8]> = text.lines().map(str::as_bytes).collect();
        scope_of(name, &lines, most)
    }

    #[test]
    fn deploy_tools_are_known_by_what_they_write() {
        for text in [
            "  INFO ----------\n  INFO START 2024-03-05 13:03:15 +0100 cap production deploy\n  INFO [01b8d526] Running /usr/bin/env git archive as deploy@web-1",
            "Branch main (at e8f5160) deployed as release 20240305120315 by deploy\ndeploy rolled back to release 20240305115005",
            "2024-06-18T07:48:14Z deployment.apps/orders image updated\n2024-06-18T07:48:32Z Waiting for deployment \"orders\" rollout to finish: 1 out of 2",
            "2023-11-14T13:30:14.8569018Z ##[group]Run ./scripts/x production 5.1.1\n2023-11-14T13:30:14Z env:\n2023-11-14T13:30:14Z Deploying billing 5.1.1 to production\n2023-11-14T13:30:22Z [app01] healthy",
            "time=\"2024-01-22T08:39:20Z\" level=info msg=\"Initiated automated sync to 'ef9d'\" application=a/cart-prod\ntime=\"2024-01-22T08:39:20Z\" level=info msg=\"image changed\"",
            "2024-08-19 09:23:15,695 INFO Deploying api to 7.4.0 by ci-bot\n2024-08-19 09:23:15,696 INFO   api-1: restarting\n2024-08-19 09:23:18,686 INFO   api-1: ok, health 200\n2024-08-19 09:23:26,692 INFO Deploy of api 7.4.0 finished",
            "time=2024-05-21T12:14:14Z level=info msg=\"helm upgrade --install release=crm revision=77\"\ntime=2024-05-21T12:14:14Z level=info msg=\"pod crm-41674 Terminating\" node=n1",
            "[2024-01-30T05:16:21.670Z] [Pipeline] stage\n[2024-01-30T05:16:32.502Z] changed: [quay1]",
            "2024-06-18 08:06:14,045 p=41022 u=ops n=ansible | PLAY [lb] *****\n2024-06-18 08:06:14,055 p=41022 u=ops n=ansible | changed: [lb-1]",
            "2023-03-06 04:42:47 restore: backup systems configuration started by esther\n2023-03-06 04:46:47 restore: site configuration rolled back to snapshot 2023-03-05_2300",
        ] {
            assert_eq!(
                of("x/unnamed.log", text, Some(Kind::App)),
                Kind::Deploy,
                "{text}"
            );
        }
    }

    #[test]
    fn others_stay_what_they_are() {
        let app = "2026-03-10 13:05:00 INFO order 7 paid\n2026-03-10 13:05:01 INFO order 8 paid\n"
            .repeat(6);
        assert_eq!(of("ci/deploy.log", &app, Some(Kind::App)), Kind::App);
        let one = format!("{app}2026-03-10 13:05:02 INFO deploy of 4.2.0 started\n");
        assert_eq!(of("shop.log", &one, Some(Kind::App)), Kind::App);
        // where its name says so too, one line is enough in thirty
        assert_eq!(of("ci/deploy.log", &one, Some(Kind::App)), Kind::Deploy);
        let more = format!("{}{one}", app.repeat(2));
        assert_eq!(of("ci/deploy.log", &more, Some(Kind::App)), Kind::App);
        let sys = "Jan 22 08:39:20 cart-a systemd[1]: Stopping cart.service - cart application server...\nJan 22 08:39:21 cart-a systemd[1]: Started cart.service - cart application server.";
        assert_eq!(of("node.syslog", sys, Some(Kind::System)), Kind::System);
        assert_eq!(of("x.log", sys, None), Kind::System);
        let ups = "Mar  6 04:29:16 upsmon[812]: UPS rack-b@localhost on battery";
        assert_eq!(of("ups/upsd.log", ups, None), Kind::System);
        let jobs = "Feb 27 11:15:19 util-1 thumbs[14893]: thumbnailer ended with signal 9\nFeb 27 11:17:13 util-1 backup[18017]: offsite copy failed, will try again tomorrow";
        assert_eq!(of("jobs.log", jobs, Some(Kind::App)), Kind::App);
        let jobs = "2025-03-11T15:55:22Z pid=2 tid=ohj class=RollupJob elapsed=0.16 INFO: done\n"
            .repeat(4);
        assert_eq!(of("worker.log", &jobs, Some(Kind::App)), Kind::App);
        let pager = "2024-09-30 21:49:59 pager: ALERT #909 [P1] tickets: Probe failing";
        assert_eq!(of("x", pager, None), Kind::Pager);
        assert_eq!(
            of("deploy/x", "GET /deploy 200", Some(Kind::Web)),
            Kind::Web
        );
        assert_eq!(of("", "", None), Kind::App);
    }
}
