//! The rows: one static for each format, its forms below it.

use super::{ROW, Row, Webhook};
use crate::format::line_features::Signs;
use crate::format::{Meta, OBJECT};
use crate::record::MarkerKind::*;
use crate::table::words;

const fn webhook(meta: fn() -> Meta<'static>, rows: &'static [Row]) -> Webhook {
    Webhook { meta, rows }
}

/// Sentry's issue webhooks: evidence of an error that is new, reported long after by somebody else's rules, and no page.
pub static SENTRY: Webhook = webhook(
    || {
        Meta::pager("Sentry issue", "Sentry issue webhooks")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"action":"created","data":{"issue":{"lastSeen":"2026-03-10T13:05:00.903736Z","title":"AuthError: unsupported grant","shortId":"SHOP-2","firstSeen":"2026-03-10T13:05:00.903736Z","level":"error"}}}"#)
    },
    &[Row {
        holds: &[&["\"firstSeen\"", "\"shortId\"", "\"issue\""]],
        times: &["{data.issue.firstSeen}", "{issue.firstSeen}"],
        ..ROW
    }],
);

/// Alarms of CloudWatch: the event of EventBridge, and the body that SNS sends, often as text in its `Message`.
pub static CLOUDWATCH_ALARM: Webhook = webhook(
    || {
        Meta::pager("CloudWatch alarm", "CloudWatch alarms through SNS or EventBridge")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"AlarmName":"web-5xx","NewStateValue":"ALARM","OldStateValue":"OK","StateChangeTime":"2026-11-20T06:35:05.342+0000","NewStateReason":"Threshold Crossed"}"#)
    },
    &[
        Row {
            holds: &[&["CloudWatch Alarm State Change"]],
            times: &["{time}"],
            state: &["{detail.state.value}"],
            kinds: &[("ALARM", AlertFired), ("OK", AlertResolved)],
            title: &["{detail.alarmName}"],
            group: &["{detail.alarmName}"],
            sure: 95,
            ..ROW
        },
        Row {
            holds: &[&["AlarmName", "NewStateValue"]],
            times: &["{StateChangeTime}"],
            state: &["{NewStateValue}"],
            kinds: &[("ALARM", AlertFired), ("OK", AlertResolved)],
            title: &["{AlarmName}"],
            group: &["{AlarmName}"],
            sure: 95,
            ..ROW
        },
    ],
);

/// What is sent to PagerDuty's Events API v2, as senders log it. The time is the sender's note of when, or the payload's own.
pub static PAGERDUTY_EVENTS: Webhook = webhook(
    || {
        Meta::pager(
            "PagerDuty events",
            "what is sent to PagerDuty's Events API v2, one JSON object per line",
        )
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"ts":"2026-03-10T13:07:10Z","routing_key":"R0","event_action":"trigger","dedup_key":"web-5xx","payload":{"summary":"web 5xx > 5%","source":"prometheus","severity":"critical"}}"#)
    },
    &[Row {
        holds: &[&["\"event_action\"", "\"payload\""]],
        times: &words::<6>(
            "{received_at} {ts} {timestamp} {time} {@timestamp} {payload.timestamp}",
        ),
        state: &["{event_action}"],
        kinds: &[
            ("trigger", AlertFired),
            ("acknowledge", AlertAcknowledged),
            ("resolve", AlertResolved),
        ],
        silent: Some(&[]),
        title: &["{payload.summary}", "{dedup_key}", "{routing_key}"],
        group: &["{dedup_key}", "{routing_key}"],
        service: &["{payload.component}", "{payload.source}"],
        bare: true,
        ..ROW
    }],
);

/// Updates of a status page: what a person announced to the public, at the time that the page shows, which its author may set back.
pub static STATUS_PAGE: Webhook = webhook(
    || {
        Meta::pager("status page", "updates of a status page's incidents")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"status":"resolved","body":"All traffic is back.","created_at":"2026-03-10T14:00:00.000Z","display_at":"2026-03-10T14:00:00.000Z","@in":{"id":"z3","name":"Elevated errors"}}"#)
    },
    &[Row {
        holds: &[&["\"body\"", "\"status\"", "_at\""]],
        needs: &["{body}"],
        times: &["{display_at}", "{created_at}"],
        state: &["{status}"],
        kinds: &[
            ("investigating", HumanNote),
            ("identified", HumanNote),
            ("monitoring", HumanNote),
            ("postmortem", HumanNote),
            ("verifying", HumanNote),
            ("resolved", RecoveryClaimed),
            ("in_progress", MaintenanceStart),
            ("completed", MaintenanceFinish),
        ],
        silent: Some(&["scheduled"]),
        title: &["{@in.name}: {body}", "{body}"],
        group: &["{@in.id}", "{incident_id}"],
        sure: 60,
        ..ROW
    }],
);

/// Alerts of Splunk On-Call (VictorOps), Zabbix (a user's template with its macros, and its export of events, where 1 is a problem
/// and 0 its end, which names the problem's event) and Uptime Kuma. What other pagers and bots send is read as any event.
pub static JSON_ALERT: Webhook = webhook(
    || {
        Meta::pager(
            "JSON alert",
            "alerts of Zabbix, Splunk On-Call and Uptime Kuma, one JSON object per line",
        )
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"event_id":"12","severity":"High","status":"PROBLEM","trigger":"web 5xx","hostname":"web1","clock":1773147900}"#)
    },
    &[
        Row {
            holds: &[&["\"trigger"]],
            needs: &["{severity}", "{trigger_severity}", "{nseverity}"],
            times: &["{clock}", "{timestamp}", "{time}"],
            state: &["{status}", "{trigger_status}"],
            kinds: &[
                ("PROBLEM", AlertFired),
                ("RESOLVED", AlertResolved),
                ("OK", AlertResolved),
            ],
            silent: Some(&[]),
            title: &["{trigger}", "{trigger_name}"],
            group: &["{event_id}", "{eventid}"],
            sure: 80,
            ..ROW
        },
        Row {
            holds: &[&["\"heartbeat\"", "\"monitor\""]],
            times: &["{heartbeat.time}"],
            state: &["{heartbeat.status}"],
            kinds: &[("0", AlertFired), ("1", AlertResolved)],
            silent: Some(&[]),
            title: &["{monitor.name}"],
            group: &["{monitor.id}"],
            sure: 80,
            ..ROW
        },
        Row {
            holds: &[&["\"message_type\"", "\"entity_id\""]],
            times: &["{timestamp}", "{state_start_time}"],
            state: &["{message_type}"],
            kinds: &[
                ("CRITICAL", AlertFired),
                ("WARNING", AlertFired),
                ("ACKNOWLEDGEMENT", AlertAcknowledged),
                ("RECOVERY", AlertResolved),
                ("INFO", HumanNote),
            ],
            title: &["{entity_display_name}", "{state_message}", "{entity_id}"],
            group: &["{entity_id}"],
            actor: &["{ack_author}"],
            since: &["{state_start_time}"],
            ..ROW
        },
        Row {
            holds: &[&["\"eventid\"", "\"p_eventid\""]],
            times: &["{clock}.{ns^9}", "{clock}"],
            state: &["{value}"],
            kinds: &[("0", AlertResolved)],
            silent: Some(&[]),
            title: &["{name?}"],
            group: &["{p_eventid}"],
            ..ROW
        },
        Row {
            holds: &[&["\"eventid\"", "\"clock\""]],
            times: &["{clock}.{ns^9}", "{clock}"],
            state: &["{value}"],
            kinds: &[("1", AlertFired)],
            title: &["{name?}"],
            group: &["{eventid}"],
            ..ROW
        },
    ],
);

/// GitLab's deployments, as hooks send them and as the interface lists them.
pub static GITLAB: Webhook = webhook(
    || {
        Meta::deploy("GitLab deployment", "GitLab deployment hooks and lists of deployments")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"object_kind":"deployment","status":"running","status_changed_at":"2026-03-10 15:00:00 +0200","deployment_id":15,"environment":"production","short_sha":"279484c0","ref":"v4.2.0","project":{"path_with_namespace":"acme/shop"},"user":{"username":"alice"}}"#)
    },
    &[Row {
        holds: &[
            &["\"object_kind\"", "\"deployment\"", "\"status_changed_at\""],
            &["\"iid\"", "\"environment\"", "\"deployable\"", "\"status\""],
        ],
        times: &["{status_changed_at}", "{updated_at}", "{created_at}"],
        state: &["{status}"],
        kinds: &[
            ("running", DeployStart),
            ("success", DeployFinish),
            ("failed", DeployFail),
        ],
        live: &["{environment}", "{environment.name}"],
        title: &[
            "{=service} {=version?} {environment}",
            "{=service} {=version?} {environment.name?}",
            "deployment {=version?} {environment}",
            "deployment {=version?} {environment.name?}",
        ],
        group: &[
            "{project.path_with_namespace?}/{environment}",
            "{project.path_with_namespace?}/{environment.name?}",
        ],
        service: &["{project.path_with_namespace>/}"],
        version: &["{ref~}", "{short_sha}", "{sha:8}"],
        actor: &["{user.username}"],
        sure: 95,
        ..ROW
    }],
);

/// Spinnaker's Echo webhooks. A stage that rolls back makes a pipeline a rollback.
pub static SPINNAKER: Webhook = webhook(
    || {
        Meta::deploy(
            "Spinnaker pipeline",
            "Spinnaker webhooks: pipelines that start, complete or fail",
        )
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"details":{"source":"orca","type":"orca:pipeline:starting","created":"1773147600000","application":"shop"},"content":{"execution":{"name":"Deploy shop","stages":[]}}}"#)
    },
    &[Row {
        holds: &[&["\"orca:pipeline:", "\"details\""]],
        times: &["{details.created}"],
        state: &["{details.type}"],
        kinds: &[
            ("orca:pipeline:starting", DeployStart),
            ("orca:pipeline:complete", DeployFinish),
            ("orca:pipeline:failed", DeployFail),
        ],
        live: &["{content.execution.name}"],
        back: &["{content.execution.name?} {content.execution.stages.*.type?}"],
        title: &["{=service?} {content.execution.name?}"],
        group: &["{=service?}/{content.execution.name?}"],
        service: &["{details.application}", "{content.execution.application}"],
        sure: 85,
        ..ROW
    }],
);

/// Terraform's machine-readable output: what an apply changed. A plan changes nothing, nor does reading a data source.
pub static TERRAFORM: Webhook = webhook(
    || {
        Meta::deploy("Terraform JSON", "terraform apply -json")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"@level":"info","@message":"aws_ecs_service.web: Modifying...","@timestamp":"2026-03-10T13:00:00.123456+01:00","type":"apply_start","hook":{"resource":{"addr":"aws_ecs_service.web","resource_name":"web"},"action":"update"}}"#)
    },
    &[Row {
        holds: &[&["\"@timestamp\"", "\"@message\"", "\"type\""]],
        needs: &["{@message}"],
        times: &["{@timestamp}"],
        state: &[
            "{type} {hook.action}",
            "{type} {changes.operation}",
            "{type}",
        ],
        kinds: &[
            ("apply_start", ConfigChange),
            ("apply_start create", ConfigChange),
            ("apply_start update", ConfigChange),
            ("apply_start replace", ConfigChange),
            ("apply_start delete", ConfigChange),
            ("apply_complete", ConfigChange),
            ("apply_complete create", ConfigChange),
            ("apply_complete update", ConfigChange),
            ("apply_complete replace", ConfigChange),
            ("apply_complete delete", ConfigChange),
            ("change_summary apply", ConfigChange),
            ("change_summary destroy", ConfigChange),
        ],
        title: &["{@message}"],
        group: &["{hook.resource.addr}"],
        service: &["{hook.resource.resource_name}"],
        ..ROW
    }],
);

/// Audit entries of feature flags. Only flags of production count, not members or projects.
pub static FEATURE_FLAGS: Webhook = webhook(
    || {
        Meta::deploy("feature flag audit", "audit entries of LaunchDarkly and Flagsmith")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"_id":"5f0","date":1773147900000,"kind":"flag","name":"new-auth","accesses":[{"action":"updateOn","resource":"proj/shop:env/production:flag/new-auth"}],"titleVerb":"turned on the flag","title":"Alice turned on the flag new-auth in production"}"#)
    },
    &[
        Row {
            holds: &[&["\"titleVerb\"", "\"date\"", "\"kind\""]],
            times: &["{date}"],
            state: &["{kind}"],
            kinds: &[("flag", FeatureFlag)],
            live: &["{accesses.0.resource/env}"],
            title: &["{title}", "{titleVerb?} {name?}"],
            group: &["{name}"],
            service: &["{accesses.0.resource/proj}"],
            actor: &["{member.email}"],
            sure: 95,
            ..ROW
        },
        Row {
            holds: &[&["\"created_date\"", "\"log\"", "\"related_object_type\""]],
            times: &["{created_date}"],
            state: &["{log}"],
            kinds: &[("*feature", FeatureFlag)],
            live: &["{environment.name}"],
            title: &["{log}"],
            group: &["{log>: }"],
            actor: &["{author.email}"],
            sure: 95,
            ..ROW
        },
    ],
);
