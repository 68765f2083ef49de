//! Rules about acts that change what runs: rollbacks, deploys, migrations, configuration. Data only.
//! Of the rules about deploys and rollbacks only the first that holds for a message counts, so their order matters:
//! finishes are tested before starts.

use super::{Rule, Says, Scopes};
use crate::record::{MarkerKind, Notice};

pub(super) static RULES: &[Rule] = &[
    Rule {
        says: Says::Marker(MarkerKind::RollbackFinish),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY
            .and(Scopes::SYSTEM)
            .and(Scopes::CHAT)
            .and(Scopes::APP),
        pattern: r"\b(?:rollback\b.{0,60}?\b(?:finished|complete[d]?|done|succeeded|successful)|rollback (?:was|is) a success|revert(?:ed)? to v?\S*\d\S* (?:complete[d]?|finished|done|succeeded)|successful(?:ly)?\s+(?:roll(?:ed\s+)?back|reverted)|(?:has been |was )?rolled back (?:[\w.-]+ )?to (?:release|revision|version|snapshot|backup|v)?\s*\S*\d)",
        example: "Rollback of api 7.3.0 finished",
        not: "rollback of payment transaction done in 3ms",
    },
    Rule {
        says: Says::Marker(MarkerKind::RollbackFinish),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY,
        pattern: r"(?:\brolled back to release \d{14}|\bRollbackSucceeded\b|(?:^|\t)Rollback to \d+\s*$|^\[Pipeline\] // stage\b.*\broll-?back\b|^##\[section\]Finishing: .*\broll-?back\b)",
        example: "alice rolled back to release 20260309091500",
        not: "Rollback to 1 requested twice",
    },
    Rule {
        says: Says::Marker(MarkerKind::RollbackFail),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY.and(Scopes::SYSTEM).and(Scopes::CHAT),
        pattern: r#"\b(?:RollbackFailed|rollback.{0,40}?\b(?:failed|aborted)\b|Rollback "[^"]+" failed)"#,
        example: "Rollback \"shop\" failed: timed out waiting for the condition",
        not: "rollback of the transaction failed",
    },
    Rule {
        says: Says::Marker(MarkerKind::RollbackStart),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY
            .and(Scopes::SYSTEM)
            .and(Scopes::CHAT)
            .and(Scopes::APP),
        pattern: r"\b(?:roll(?:ing)?[ -]?back|revert(?:ing)?|downgrad(?:e|ing))\b.{0,60}?\b(?:to\s+(?:v(?:ersion)?\s*)?[0-9a-f.]{3,}|release|deploy(?:ment)?|revision|version|image|production|prod)\b(?:.{0,40}?\b(?:start(?:ed|ing)?|begin(?:s|ning)?|began|initiat(?:ed|ion)|now|requested)\b)?",
        example: "Rolling back api to 7.3.0 by ci-bot",
        not: "if it gets worse we roll back to 4.1.0",
    },
    Rule {
        says: Says::Marker(MarkerKind::RollbackStart),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY
            .and(Scopes::SYSTEM)
            .and(Scopes::CHAT)
            .and(Scopes::APP),
        pattern: r"(?:\brollback\b.{0,40}?\b(?:started|begin(?:s|ning)?|began|initiated|initiation|triggered|in progress)\b|\b(?:starting|beginning|initiating) (?:a |an |the )?(?:automatic |emergency )?rollback (?:of|to|for)\b|\binitiated (?:automated )?rollback to\b)",
        example: "Rollback initiation begins",
        not: "rollback cannot be initiated when auto-sync is enabled",
    },
    Rule {
        says: Says::Marker(MarkerKind::RollbackStart),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY.and(Scopes::APP),
        pattern: r"(?:\bcap \S+ deploy:rollback\b|\bdeployments?\.apps/\S+ rolled back\b|(?:^|[$+] )helm rollback\b|\bRolloutAborted\b|\brolling back to deployment ecs-svc/\d+|\bRollout aborted update to revision \d|\brunning \'rollback\' action)",
        example: "deployment.apps/shop rolled back",
        not: "deployment.apps/shop image updated",
    },
    Rule {
        says: Says::Marker(MarkerKind::DeployFinish),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY
            .and(Scopes::SYSTEM)
            .and(Scopes::CHAT)
            .and(Scopes::APP),
        pattern: r"\b(?:(?:deploy(?:ment|ed)?|rollout|upgrade|release (?:of )?(?:\S+ )?[\w.-]*\d[\w.-]*)\b.{0,60}?\b(?:finished|complete[d]?|succeeded|successful(?:ly)?|done)\b|successfully (?:deployed|rolled out|upgraded)|(?:was|has been|is now|\S*\d\S*) deployed to (?:production|prod|live)\b|deployed as release \d{14}|RolloutCompleted|UpgradeSucceeded|InstallSucceeded|Upgrade complete|Install complete|Sync operation to \S+ succeeded|deployed \\?\x22[^\x22]+\.[ejw]ar\\?\x22|v?\d[\w.-]* is (?:now )?live\b)",
        example: "Deployment of billing 5.1.1 succeeded",
        not: "release lock on row 7 done",
    },
    Rule {
        says: Says::Marker(MarkerKind::DeployFinish),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY.and(Scopes::APP),
        pattern: r#"(?:\brelease \\?"[^"\\]+\\?" has been (?:upgraded|installed)|^\[Pipeline\] // stage\b.*\b(?:deploy|release|rollout)\b|^##\[section\]Finishing: .*\b(?:deploy|release|rollout))"#,
        example: "Release \"crm\" has been upgraded. Happy Helming!",
        not: "[Pipeline] // stage Test",
    },
    // alone it says that something is well again; where a release is under way, that this is
    Rule {
        says: Says::Marker(MarkerKind::DeployFinish),
        class: None,
        confidence: Notice::ALONE_NOTHING,
        scopes: Scopes::DEPLOY.and(Scopes::APP),
        pattern: r"\bhealth status: Progressing -> Healthy\b",
        example: "Updated health status: Progressing -> Healthy",
        not: "Updated health status: Healthy -> Progressing",
    },
    Rule {
        says: Says::Marker(MarkerKind::DeployFail),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY,
        pattern: r"^(?:\S+\s+: )?ok=\d+\s+changed=\d+\s+(?:unreachable=[1-9]|unreachable=0\s+failed=[1-9])",
        example: "web-1  : ok=2    changed=2    unreachable=0    failed=1    skipped=0",
        not: "web-1  : ok=2    changed=2    unreachable=0    failed=0    skipped=1",
    },
    Rule {
        says: Says::Marker(MarkerKind::DeployFinish),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY,
        pattern: r"^(?:\S+\s+: )?ok=\d+\s+changed=\d+\s+unreachable=0\s+failed=0\b",
        example: "web-1  : ok=6    changed=3    unreachable=0    failed=0    skipped=0",
        not: "TASK [check : ok=1 changed=0 unreachable=0 failed=0] ****",
    },
    Rule {
        says: Says::Marker(MarkerKind::DeployFail),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY.and(Scopes::SYSTEM).and(Scopes::CHAT),
        pattern: r"\b(?:(?:deploy(?:ment)?|release|rollout|upgrade)\b.{0,60}?\b(?:failed|failure|aborted|timed out)\b|UpgradeFailed|InstallFailed|ProgressDeadlineExceeded|Sync operation to \S+ failed|SERVICE_DEPLOYMENT_FAILED)",
        example: "deployment of shop 4.2.0 failed: image not found",
        not: "current transaction is aborted, commands ignored until end of transaction block",
    },
    Rule {
        says: Says::Marker(MarkerKind::DeployStart),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY
            .and(Scopes::SYSTEM)
            .and(Scopes::CHAT)
            .and(Scopes::APP),
        pattern: r"\b(?:(?:deploy(?:ment|ing)?|releas(?:e|ing)|rollout|upgrade(?:s)?(?: implementation)?)\b.{0,60}?\b(?:start(?:ed|ing|s)?|begin(?:s|ning)?|began|initiated|triggered|in progress)|started? (?:a )?(?:deploy(?:ment)?|rollout|release) of|(?:starting|beginning|initiating) (?:a |the )?(?:new |production |canary )?(?:deploy(?:ment)?|rollout) (?:of|to|for)\b|(?:deploying|rolling out|upgrading)\s+\S+\s+(?:to|from|(?:release |version |build )?v?\d)|initiated (?:automated |partial )?sync to\b|SERVICE_DEPLOYMENT_IN_PROGRESS)",
        example: "Deploying billing 5.1.1 to production",
        not: "please upgrade to version 4",
    },
    Rule {
        says: Says::Marker(MarkerKind::DeployStart),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY.and(Scopes::APP),
        pattern: r"(?:\bcap \S+ deploy\s*$|\bdeployments?\.apps/\S+ image updated\b|\bkubectl (?:-\S+ \S+ )*set image \S+|\$ docker service update .*--image \S+|(?:^|[$+] )helm (?:upgrade|install)\b|\bRollout updated to revision \d|\brunning \'(?:upgrade|install)\' action)",
        example: "kubectl -n shop set image deployment/orders app=registry.example/orders:2.15.0",
        not: "START 2026-03-10 14:00:00 +0100 cap staging deploy",
    },
    Rule {
        says: Says::Marker(MarkerKind::DeployStart),
        class: None,
        confidence: 60,
        scopes: Scopes::DEPLOY,
        pattern: r"^(?:deployment|statefulset|daemonset)s?\.apps/\S+ configured$",
        example: "deployment.apps/orders configured",
        not: "deployment.apps/orders unchanged",
    },
    // by form: a version and the one before it, whatever the tool calls what it does; which is higher says which way it goes
    Rule {
        says: Says::Marker(MarkerKind::DeployStart),
        class: None,
        confidence: 60,
        scopes: Scopes::DEPLOY,
        pattern: r"\b(?:v\d+\.|\d+\.\d+\.)\d+[\w+-]*,?(?: \(was| \((?:back )?from| \(over| \(replac(?:es|ing)| \(instead of| \(prev(?:ious(?:ly)?)?| \(old)[: ] ?(?:\S*/)?v?\d+\.\d|^[a-z][\w-]* v?\d+\.\d\S* to (?:production|prod|live)\b\W+(?:start(?:ed|ing)|begins|begun)\b",
        example: "ship shop 4.2.0 (was 4.1.9)",
        not: "latency 4.2 (was 4.1)%",
    },
    // the same in short: what is put in place of what
    Rule {
        says: Says::Marker(MarkerKind::DeployStart),
        class: None,
        confidence: 60,
        scopes: Scopes::DEPLOY.and(Scopes::APP),
        pattern: r"^\W*(?:[\w.@-]+ {1,2}){1,4}(?:v\d+\.|\d+\.\d+\.)\d+[\w.+-]*(?: -> | => )(?:v\d+\.|\d+\.\d+\.)\d+[\w.+-]*(?: [\w.-]+){0,3}$",
        example: "ann ships shop 4.1.9 -> 4.2.0 web1",
        not: "10.0.0.5 -> 10.0.0.9",
    },
    // alone it may be the end of anything
    Rule {
        says: Says::Marker(MarkerKind::DeployFinish),
        class: None,
        confidence: Notice::ALONE_NOTHING,
        scopes: Scopes::DEPLOY,
        pattern: r"^(?:done|finished|completed?|success(?:fully)?)\b:? .{0,60}?\b(?:v\d+\.|\d+\.\d+\.)\d+|^[a-z][\w-]* v?\d+\.\d\S* to (?:production|prod|live)\b\W+(?:done|finished|completed?|live)\b",
        example: "done shop 4.2.0 on web1 web2",
        not: "done in 4 s",
    },
    Rule {
        says: Says::Marker(MarkerKind::RollbackStart),
        class: None,
        confidence: 60,
        scopes: Scopes::DEPLOY,
        pattern: r"(?:PLAY \[[^\]]*roll[ -]?back|(?:^|[/ ])roll-?back(?:\.\w+)?\s+(?:.*\bprod(?:uction)?\b|--?[a-z]\w*[ =])|^[$+] (?:\S*/)?roll-?back(?:\.\w+)?\s+(?:[\w.-]+[ @:=])?v?\d+\.\d|\{ \([^)]*roll[ -]?back)",
        example: "PLAY [rollback shop] *****",
        not: "TASK [Check whether a rollback is needed]",
    },
    Rule {
        says: Says::Marker(MarkerKind::DeployStart),
        class: None,
        confidence: 60,
        scopes: Scopes::DEPLOY,
        pattern: r"(?:PLAY \[[^\]]*(?:deploy|release|upgrade)|(?:^|[/ ])deploy(?:\.\w+|-\w+)?\s+(?:.*\bprod(?:uction)?\b|--?[a-z]\w*[ =])|^[$+] (?:\S*/)?deploy(?:\.\w+)?\s+(?:[\w.-]+[ @:=])?v?\d+\.\d|\{ \([^)]*deploy)",
        example: "[Pipeline] { (Deploy freight 0.18.1)",
        not: "[Pipeline] { (Test)",
    },
    Rule {
        says: Says::Marker(MarkerKind::MigrationRollback),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY.and(Scopes::APP),
        pattern: r"(?:\bRunning downgrade\s+\S+\s+->|== \d{14} \w+: revert(?:ing|ed))",
        example: "Running downgrade ae1027a6acf -> 1975ea83b712, add total",
        not: "Running upgrade 1975ea83b712 -> ae1027a6acf, add total",
    },
    Rule {
        says: Says::Marker(MarkerKind::MigrationStart),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY.and(Scopes::APP),
        pattern: r"(?:\bRunning upgrade\s+\S*\s*->|\bMigrating schema\b|== \d{14} \w+: migrating|\bRunning Changeset: \S+|\bApplying \w+\.\d{4}_\w+|== Running \d{14} \S+ forward|\bExecuting [\w ]{0,40}script '[^']+\.sql')",
        example: "Running upgrade 1975ea83b712 -> ae1027a6acf, add total",
        not: "migrating volume vol-7 to host b",
    },
    Rule {
        says: Says::Marker(MarkerKind::MigrationFinish),
        class: None,
        confidence: 90,
        scopes: Scopes::DEPLOY.and(Scopes::APP),
        pattern: r"(?:Successfully applied \d+ migrations?|== \d{14} \w+: migrated|== Migrated \d{14} |\bChangeSet \S+ ran successfully)",
        example: "Successfully applied 1 migration to schema \"public\"",
        not: "Successfully validated 7 migrations",
    },
    Rule {
        says: Says::Marker(MarkerKind::MigrationStart),
        class: None,
        confidence: 60,
        scopes: Scopes::DEPLOY,
        pattern: r"TASK \[[^\]]*\bmigrate\b",
        example: "TASK [shop : php artisan migrate --force] *****",
        not: "TASK [shop : check migrations] *****",
    },
    Rule {
        says: Says::Marker(MarkerKind::ConfigChange),
        class: None,
        confidence: 80,
        scopes: Scopes::DEPLOY,
        pattern: r"\b[Cc]onfig(?:uration)? (?:(?:change|update) )?(?:applied|deployed|pushed|rolled out) (?:to|on|for)\b",
        example: "config change applied to shop: revision r512",
        not: "config applied: nothing changed",
    },
    Rule {
        says: Says::Marker(MarkerKind::ConfigChange),
        class: None,
        confidence: 90,
        scopes: Scopes::WEB
            .and(Scopes::APP)
            .and(Scopes::DEPLOY)
            .and(Scopes::SYSTEM),
        pattern: r#"(?:\bsignal 1 \(SIGHUP\) received|\breceived SIGHUP, reloading configuration|\bHandling signal: hup|\bReload(?:ing|ed| failed for) \S+\.service|\bparameter "\w+" changed to|\bCompleted loading of configuration file|^load complete$|\.\.\.gracefully killing workers\.\.\.|\bgot SIGHUP,? re-?reading config|\b(?:re-?loading|reloaded) (?:the )?configuration(?: files?)?\b)"#,
        example: "signal 1 (SIGHUP) received from 812, reconfiguring",
        not: "signal 10 (SIGUSR1) received, reopening logs",
    },
    Rule {
        says: Says::Marker(MarkerKind::ConfigChange),
        class: None,
        confidence: 80,
        scopes: Scopes::DEPLOY.and(Scopes::SYSTEM),
        pattern: r"(?:(?-i:/(?:[A-RT-Z]|S[a-df-z])[\w:]*)\[[^\]]+\]/\w+\)? (?:\w+ changed '|defined )|\b(?:template|cookbook_file|file)\[[^\]]+\] updated file contents|^(?:configmap|secret|ingress\.networking\.k8s\.io|virtualservice\.\S+|destinationrule\.\S+)/\S+ configured$)",
        example: "configmap/shop configured",
        not: "(/Stage[main]/Shop/Service[shop]/ensure) ensure changed 'stopped' to 'running'",
    },
    Rule {
        says: Says::Marker(MarkerKind::ConfigChange),
        class: None,
        confidence: 80,
        scopes: Scopes::APP.and(Scopes::SYSTEM).and(Scopes::DEPLOY),
        pattern: r"(?:\b(?:settings|keys|properties|parameters) changed: \[?[\w.-]+|\bmethod=\x22?(?:PUT|PATCH|DELETE)\x22? (?:url|uri|path)=\x22?(?:/[\w.-]+)*/(?:kv|configs?)/[\w.,-]+)",
        example: "Refresh keys changed: [clients.stock.read-timeout-ms]",
        not: "Refresh keys changed: []",
    },
    Rule {
        says: Says::Marker(MarkerKind::ConfigChange),
        class: None,
        confidence: 60,
        scopes: Scopes::DEPLOY,
        pattern: r"(?:RUNNING HANDLER|TASK) \[[^\]]*\breload\b",
        example: "RUNNING HANDLER [reload nginx] *****",
        not: "TASK [template nginx upstreams] *****",
    },
];
