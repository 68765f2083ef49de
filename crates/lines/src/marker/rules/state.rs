//! Rules about what processes, backends and pagers say of their state, and about acts of people. Data only.

use super::{Rule, Says, Scopes};
use crate::record::MarkerKind;

pub(super) static RULES: &[Rule] = &[
    Rule {
        says: Says::Marker(MarkerKind::Restart),
        class: None,
        confidence: 90,
        scopes: Scopes::WEB
            .and(Scopes::APP)
            .and(Scopes::DEPLOY)
            .and(Scopes::SYSTEM)
            .and(Scopes::CHAT),
        pattern: r"\b(?:Scheduled restart job, restart counter is at \d+|(?:server|service|workers?|pods?|nodes?|instances?|app|application|nginx|database)s?\s+restart(?:ed|ing)?\b(?:\s+(?:initiated|started|completed|done))?|restart(?:ed|ing)\s+(?:the\s+)?(?:server|service|workers?|pods?|nodes?|app|application|nginx|database)|binary reloading uWSGI|RebootDBInstance|state=restarted\b|(?:deployment|statefulset|daemonset)s?\.apps/\S+ restarted$|service\[[^\]]+\] restarted\b|'[\w.@-]+' trying to restart$)",
        example: "nginx restarted, no errors after restart",
        not: "restarting from checkpoint 42",
    },
    Rule {
        says: Says::Marker(MarkerKind::Restart),
        class: None,
        confidence: 60,
        scopes: Scopes::DEPLOY,
        pattern: r"(?:RUNNING HANDLER|TASK) \[\s*restart(?:ing)?\b",
        example: "TASK [Restart app] *****",
        not: "TASK [Check whether a restart is needed]",
    },
    Rule {
        says: Says::Marker(MarkerKind::ServiceStart),
        class: None,
        confidence: 60,
        scopes: Scopes::WEB
            .and(Scopes::APP)
            .and(Scopes::DEPLOY)
            .and(Scopes::SYSTEM),
        pattern: r"(?:\bStarted \S+\.service\b|\bstart worker processes$|\bresuming normal operations|\bStarting gunicorn|\bfpm is running|\bStarting \w+Application (?:v\S+ )?using Java\b|^puma startup$|\bApplication started\. Press Ctrl|\bNow listening on:|\bUvicorn running on|\bspawned uWSGI worker|\bserving initial configuration|\bsupervisord started with pid|\bStarting development server at|\[\w+ Server \d+\], started\b|\bprocess up: PgBouncer|\bwaiting for connections on port \d|^Waiting for connections$|\bRunning on https?://|\bserver (?:is )?(?:now )?listening (?:on|at)\b|\bListening on (?:tcp|https?|unix)://|\bStarting listening for CQL clients|\bStarted @\d+ms|\b(?:WildFly|Quarkus|JBoss EAP)\b.{0,60}?\bstarted in \d)",
        example: "Started shop.service - shop application server.",
        not: "Starting apt-daily-upgrade.service - Daily apt upgrade and clean activities...",
    },
    // Elasticsearch says no more, its node in front; systemd of old names what a unit is, not the unit
    Rule {
        says: Says::Marker(MarkerKind::ServiceStart),
        class: None,
        confidence: 60,
        scopes: Scopes::APP.and(Scopes::SYSTEM),
        pattern: r"^(?:(?:\[[\w.-]{1,64}\] )?started|Started (?:The |A )?[^.]{0,48}\b(?:[Ss]erver|[Dd]aemon|[Pp]roxy|[Ee]ngine|[Aa]pplication)\.)$",
        example: "Started The nginx HTTP and reverse proxy server.",
        not: "Started Session 42 of user root.",
    },
    Rule {
        says: Says::Marker(MarkerKind::ServiceStop),
        class: None,
        confidence: 60,
        scopes: Scopes::WEB
            .and(Scopes::APP)
            .and(Scopes::DEPLOY)
            .and(Scopes::SYSTEM),
        pattern: r"(?:\bStopp(?:ing|ed) \S+\.service\b|\bsignal (?:3|15) \(SIG(?:QUIT|TERM)\) received|\bShutting down: Master|\bUser requested shutdown|\bgoodbye to uWSGI|\bNormal shutdown$|\bshutting down apps, then terminating|\[\w+ Server \d+\], shutting down\b|\bSuccessfully stopped RabbitMQ|\bgot SIG(?:TERM|INT), (?:fast|immediate|super fast|safe) exit)",
        example: "Stopping shop.service - shop application server...",
        not: "Stopped reading at byte 42",
    },
    Rule {
        says: Says::Marker(MarkerKind::Crash),
        class: None,
        confidence: 90,
        scopes: Scopes::WEB
            .and(Scopes::APP)
            .and(Scopes::DEPLOY)
            .and(Scopes::SYSTEM),
        pattern: r"\b(?:exited on signal \d+|was terminated by signal \d+|Main process exited, code=(?:exited|killed|dumped)|Failed with result \'|WORKER TIMEOUT|HARAKIRI ON WORKER|died, killed by signal|segfault at|Back-off restarting failed container|CrashLoopBackOff|exited: \S+ \(.*; not expected\)|entered FATAL state|State changed from \w+ to crashed|Segmentation fault|was sent SIG(?:KILL|ABRT|SEGV|BUS)|Terminating timed out worker|App \[[^\]]+\] exited with code \[[1-9]|Unit \S+ entered failed state|Start request repeated too quickly)",
        example: "worker process 812 exited on signal 9",
        not: "process 812 exited with code 0",
    },
    Rule {
        says: Says::Marker(MarkerKind::BackendDown),
        class: None,
        confidence: 90,
        scopes: Scopes::WEB.and(Scopes::SYSTEM),
        pattern: r"\b(?:Server \S+/\S+ is DOWN|backend \S+ has no server available|no live upstreams|upstream server temporarily disabled|failed_to_connect_to_backend)",
        example: "Server app/web-1 is DOWN, reason: Layer4 connection problem",
        not: "Server app/web-1 is UP, reason: Layer7 check passed",
    },
    Rule {
        says: Says::Marker(MarkerKind::BackendUp),
        class: None,
        confidence: 90,
        scopes: Scopes::WEB.and(Scopes::SYSTEM),
        pattern: r"\bServer \S+/\S+ is UP",
        example: "Server app/web-1 is UP, reason: Layer7 check passed",
        not: "Server app/web-1 is DOWN, reason: Layer4 timeout",
    },
    Rule {
        says: Says::Marker(MarkerKind::Failover),
        class: None,
        confidence: 90,
        scopes: Scopes::APP.and(Scopes::DEPLOY).and(Scopes::SYSTEM),
        pattern: r"(?:\bfailed over\b|\bMASTER MODE enabled|\bREPLICAOF \S+ enabled|\bnew leader elected|\+switch-master|\bFailoverDBCluster|\bstepping down|\bselected new timeline ID|\breceived promote request|\btransition to PRIMARY from\b)",
        example: "session 7 failed over to db-2",
        not: "failover tested, all replicas in sync",
    },
    Rule {
        says: Says::Marker(MarkerKind::Failover),
        class: None,
        confidence: 60,
        scopes: Scopes::APP.and(Scopes::DEPLOY).and(Scopes::SYSTEM),
        pattern: r"(?:\bbecame leader at term \d+|\belected-as-master\b|\bsuccessfully elected as the controller\b)",
        example: "8e9e05c52164694d became leader at term 3",
        not: "8e9e05c52164694d became follower at term 3",
    },
    Rule {
        says: Says::Marker(MarkerKind::Scale),
        class: None,
        confidence: 60,
        scopes: Scopes::DEPLOY.and(Scopes::APP).and(Scopes::SYSTEM),
        pattern: r"\b(?:Scaled (?:up|down) replica set|has started \d+ tasks|SuccessfulRescale|desired count|(?:deployment|statefulset)s?\.apps/\S+ scaled$|scal(?:ed|ing)\b.{0,40}?\b(?:from \d+ to \d+\b|to \d+ (?:replica|instance|pod|dyno|node|worker|task)s?\b)|Final scale-up plan|Successfully rescaled|(?:Launching a new|Terminating) EC2 instance: i-[0-9a-f]{8})",
        example: "Scaled up replica set web-7d4b9c to 3",
        not: "scaled image 640x480",
    },
    Rule {
        says: Says::Marker(MarkerKind::MitigationStart),
        class: None,
        confidence: 60,
        scopes: Scopes::DEPLOY.and(Scopes::SYSTEM).and(Scopes::CHAT),
        pattern: r"\b(?:backup (?:systems?|site|configuration)|restor(?:e|ing|ation) (?:of|from)|traffic (?:shift|drain))\b.{0,60}?\b(?:started|begins?|began|initiated)\b",
        example: "backup systems configuration started by esther",
        not: "(postgres) CMD (/usr/local/bin/backup.sh)",
    },
    Rule {
        says: Says::Marker(MarkerKind::MitigationStart),
        class: None,
        confidence: 60,
        scopes: Scopes::APP,
        pattern: r"\bterminating connection due to administrator command",
        example: "terminating connection due to administrator command",
        not: "terminating connection due to idle-session timeout",
    },
    // the end of an alert names what had begun, so that it is tried first
    Rule {
        says: Says::Marker(MarkerKind::AlertResolved),
        class: None,
        confidence: 90,
        scopes: Scopes::PAGER,
        pattern: r"(?:\[Recovered\]|\bRESOLVED\b|\bRECOVERY\b|\bMonitor is UP\b|(?-i:^[^A-Za-z]*(?:\[[^\]]{1,60}\][\s:]*)?(?:OK|UP|RECOVERED|CLEARED)[\s:#!-])|^\W*(?:resolved|recovered|cleared|up alert)(?: in [\w ]{1,30})?:|[\[(][^\w\])]*(?:up|ok|resolved|recovered|cleared)(?::\d+)?[^\w\])]*[\])]|(?-i:\b(?:CRIT|WARN|DOWN)\w* -> (?:OK|UP)\b|\bis (?:OK|UP)\b|\bUp(?: \(|$)))",
        example: "RESOLVED #909 auto-resolved after 675s",
        not: "ACK #909 by oyin via phone",
    },
    Rule {
        says: Says::Marker(MarkerKind::AlertFired),
        class: None,
        confidence: 90,
        scopes: Scopes::PAGER,
        pattern: r"(?:\bPAGE(?:D)? (?:#?\d+ )?(?:sent )?to\b|\balert(?:ed|s)? (?:fired|firing|triggered)|\bALERT #\d+|\[(?:FIRING|TRIGGERED)\b|^Triggered #\d|^#\d+ (?:triggered|fired|firing|opened)\b|\bpagers? alerted|\bMonitor is DOWN\b|(?-i:^[^A-Za-z]*(?:\[[^\]]{1,60}\][\s:]*)?(?:PROBLEM|ALARM|CRITICAL|DOWN|PAGE|FIRING|TRIGGERED)[\s:#!-])|^\W*(?:problem|alarm|triggered|firing|down alert):|[\[(][^\w\])]*(?:down|alerting|problem|firing|triggered)(?::\d+)?[^\w\])]*[\])]|(?-i:\b(?:OK|UP) -> (?:CRIT|WARN|DOWN)\w*|\bis (?:CRITICAL|DOWN)\b|\bDown(?: \(|$)))",
        example: "PAGE sent to alice (SMS): web 5xx > 5%",
        not: "NOTE alice: thinking about a rollback, restart did not help",
    },
    Rule {
        says: Says::Marker(MarkerKind::AlertAcknowledged),
        class: None,
        confidence: 90,
        scopes: Scopes::PAGER,
        pattern: r"\back(?:ed|nowledg(?:e|ed|ement|ment))?\b",
        example: "ACK #909 by oyin via phone",
        not: "RESOLVED #909 auto-resolved after 675s",
    },
    // what a person answers when paged, in the first words or as all there is to say
    Rule {
        says: Says::Marker(MarkerKind::AlertAcknowledged),
        class: None,
        confidence: 60,
        scopes: Scopes::CHAT.and(Scopes::PAGER),
        pattern: r"^\W*(?:ack(?:ed|nowledged)?\b|(?:i'?m )?on it[.!]*$|that'?s mine\b|i(?:'ll)? take (?:it|this)\b|taking (?:it|this)\b)",
        example: "ack, I take the shop alert",
        not: "nobody did ack it",
    },
    Rule {
        says: Says::Marker(MarkerKind::AlertEscalated),
        class: None,
        confidence: 90,
        scopes: Scopes::PAGER,
        pattern: r"\bescalat(?:ed|ion)\b",
        example: "ESCALATED to bob [#33]",
        not: "ACK by alice [#33]",
    },
    Rule {
        says: Says::Marker(MarkerKind::RecoveryClaimed),
        class: None,
        confidence: 60,
        scopes: Scopes::PAGER.and(Scopes::CHAT),
        pattern: r"\b(?:100% of traffic (?:is )?back|(?:all )?traffic (?:is )?(?:back|restored)|service (?:fully )?restored|fully recovered)",
        example: "100% of traffic back online",
        not: "50% of traffic is lost",
    },
];
