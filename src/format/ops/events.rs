//! Events of releases, configurations and flags that somebody's own tool writes: a JSON object or `key=value` pairs whose event
//! or action is an act, with a time and with the name or version of what it was done to. All words of the act must be known
//! (`deploy_requested` and `order.released` are none), and a line that tells of a request is one of a web server.

use super::environment::may_be_production;
use crate::format::Format;
use crate::format::app::logfmt::pairs;
use crate::format::pager::value;
use crate::format::signs::Signs;
use crate::record::{Kind, MarkerKind, Notice, Record};
use crate::text::words::split;
use crate::time::{DAY, Stamp, stamp};
use memchr::memmem;
use serde_json::Value;

/// Events of deploy tools that have no format of their own.
pub struct ChangeEvents;

const TIMES: &str = "ts time timestamp @timestamp t at date datetime occurred_at event_time created_at updated_at started_at \
    finished_at";
/// Keys under which the act stands.
const ACTS: &str =
    "event action type event_type eventtype event_name kind operation activity msg message";
const STATES: &str = "status state phase result outcome conclusion";
const OBJECTS: &str = "service app application service_name app_name component project deployment workload repo repository chart name";
const VERSIONS: &str = "to_version new_version target_version version tag image_tag release sha git_sha commit_sha commit revision \
    build to";
const ENVIRONMENTS: &str = "environment env stage target_env namespace";
const ACTORS: &str = "actor user by author deployer deployed_by triggered_by initiated_by changed_by updated_by username";
const FLAGS: &str = "flag flag_key flag_name feature_flag featureflag toggle";
const SETTINGS: &str = "key setting parameter file path config";
/// Keys of requests.
const REQUESTS: &str = "method url uri status_code user_agent";

impl Format for ChangeEvents {
    fn name(&self) -> &str {
        "change events"
    }
    fn kind(&self) -> Kind {
        Kind::Deploy
    }
    fn about(&self) -> &str {
        "events of releases, configurations and flags as own tools write them, JSON or key=value, one per line"
    }
    fn shows(&self, first: u8) -> Signs {
        if first == b'{' {
            Signs::BRACE
        } else {
            Signs::EQUALS
        }
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'{' || first.is_ascii_lowercase() || first == b'@'
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !line.first().is_some_and(|c| self.may_begin(*c)) {
            return None;
        }
        let line = line.trim_ascii_end();
        const SPEAKS: &str = "eploy ollout ollback olled oll_back elease onfig lag oggle";
        if !SPEAKS
            .split(' ')
            .any(|w| memmem::find(line, w.as_bytes()).is_some())
        {
            return None;
        }
        let fields = Fields::of(line)?;
        let stamp = TIMES.split(' ').find_map(|k| fields.time(k))?;
        let notice = fields.change()?;
        Some(value::record(Some(stamp), notice.into_iter().collect()))
    }
    fn sample(&self) -> &str {
        r#"{"ts":"2026-11-20T06:33:21Z","event":"deploy_started","service":"shop","version":"4.2.0"}"#
    }
}

/// The texts and numbers of a line by key, in small letters; of objects in it `service.name` counts as `service`.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn of(line: &[u8]) -> Option<Fields> {
        let mut fields = Fields(Vec::new());
        if line.first() == Some(&b'{') {
            fields.add("", &serde_json::from_slice(line).ok()?);
        } else {
            let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
            let n = pairs(line, |k, v, _| {
                fields.0.push((text(k).to_ascii_lowercase(), text(v)))
            })?;
            if n < 3 {
                return None;
            }
        }
        Some(fields)
    }

    fn add(&mut self, key: &str, value: &Value) {
        let text = match value {
            Value::String(s) if !s.is_empty() => s.clone(),
            Value::Number(n) => n.to_string(),
            Value::Object(o) if key.is_empty() => {
                return o
                    .iter()
                    .for_each(|(k, v)| self.add(&k.to_ascii_lowercase(), v));
            }
            // an object in the line: its name stands for it, and what else it holds is told as if by the line
            Value::Object(o) => {
                for (k, v) in o.iter().filter(|(_, v)| !v.is_object()) {
                    self.add(if k == "name" { key } else { k }, v);
                }
                return;
            }
            _ => return,
        };
        self.0.push((key.to_owned(), text));
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    fn first(&self, keys: &str) -> Option<&str> {
        keys.split(' ').find_map(|k| self.text(k))
    }

    fn time(&self, key: &str) -> Option<Stamp> {
        stamp::whole(self.text(key)?.as_bytes()).filter(|s| s.wall_us >= DAY)
    }

    /// The change that the line states; `Some(None)` where it is one that does not count: not begun, or not of production.
    fn change<'a>(&self) -> Option<Option<Notice<'a>>> {
        if REQUESTS.split(' ').any(|k| self.text(k).is_some()) {
            return None;
        }
        let (said, act, rest) = ACTS.split(' ').find_map(|k| {
            let said = self.text(k).filter(|s| s.len() <= 48)?;
            let (act, rest) = Act::of(said, self.first(FLAGS).is_some())?;
            Some((said, act, rest))
        })?;
        let state = self.first(STATES);
        let object = match act {
            Act::Flag => self.first(FLAGS),
            Act::Config => self.first(OBJECTS).or_else(|| self.first(SETTINGS)),
            _ => self.first(OBJECTS),
        };
        let version = self
            .first(VERSIONS)
            .map(str::to_owned)
            .or_else(|| tag(self.text("image")?));
        let told = object.is_some() || version.is_some();
        let named = match act {
            Act::Release => version.is_some(),
            Act::Rollback => version.is_some() || told && (state.is_some() || !rest.is_empty()),
            _ => told,
        };
        if !named {
            return None;
        }
        let kind = act.kind(&rest, state).filter(|_| {
            let environment = self.first(ENVIRONMENTS).unwrap_or_default();
            may_be_production(environment)
        });
        Some(kind.map(|kind| {
            let parts = [Some(said), state, object, version.as_deref()];
            let title: Vec<&str> = parts.into_iter().flatten().collect();
            let mut n = Notice::new(kind, title.join(" ").into_bytes());
            n.service = value::owned(self.first(OBJECTS).map(str::to_owned));
            n.version = value::owned(version.clone());
            n.actor = value::owned(self.first(ACTORS).map(str::to_owned));
            n.confidence = 80;
            n
        }))
    }
}

/// The tag of an image.
fn tag(image: &str) -> Option<String> {
    let (_, tag) = image.rsplit_once(':')?;
    (!tag.contains('/')).then(|| tag.to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Deploy,
    Release,
    Rollback,
    Config,
    Flag,
}

/// How far an act is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Begun,
    Done,
    Failed,
}

impl Act {
    /// The act that an event's or action's words name, and those of its words that tell how far it is; `None` where one of
    /// them is not known.
    fn of(said: &str, has_flag: bool) -> Option<(Act, Vec<String>)> {
        let mut words = split(said);
        let mut act = None;
        words.retain(|w| {
            let found = match w.as_str() {
                "deploy" | "deploys" | "deployment" | "deploying" | "rollout" => Act::Deploy,
                "deployed" => Act::Deploy,
                "release" => Act::Release,
                "rollback" | "revert" | "reverted" | "rolledback" => Act::Rollback,
                "config" | "configuration" | "settings" => Act::Config,
                "flag" | "toggle" | "toggled" => Act::Flag,
                _ => return true,
            };
            act = Some(act.map_or(found, |a: Act| if a == Act::Rollback { a } else { found }));
            matches!(
                w.as_str(),
                "deployed" | "reverted" | "rolledback" | "toggled"
            )
        });
        if let Some(at) = words.iter().position(|w| w.starts_with("roll"))
            && words.get(at + 1).is_some_and(|w| w == "back")
        {
            let done = words[at] == "rolled";
            words.drain(at..at + 2);
            words.extend(done.then(|| "rolledback".to_owned()));
            act = Some(Act::Rollback);
        }
        let act = if has_flag && act.is_none() {
            Act::Flag
        } else {
            act?
        };
        words.retain(|w| !is_neutral(w));
        let known = words.iter().all(|w| match act {
            Act::Config | Act::Flag => is_turned(w),
            _ => stage(w).is_some() || w == "in",
        });
        known.then_some((act, words))
    }

    fn kind(self, words: &[String], state: Option<&str>) -> Option<MarkerKind> {
        use MarkerKind::*;
        match self {
            Act::Config => return (!words.is_empty()).then_some(ConfigChange),
            Act::Flag => return (!words.is_empty()).then_some(FeatureFlag),
            _ => {}
        }
        let stated: Vec<String> = state.map(split).unwrap_or_default();
        let told = words
            .iter()
            .chain(&stated)
            .filter_map(|w| stage(w))
            .next_back();
        // a state that is not known is one before the beginning: queued, approved, waiting
        let stage = match (told, stated.is_empty()) {
            (Some(s), _) => s,
            (None, true) => Stage::Begun,
            (None, false) => return None,
        };
        Some(match (self, stage) {
            (Act::Rollback, Stage::Begun) => RollbackStart,
            (Act::Rollback, Stage::Done) => RollbackFinish,
            (Act::Rollback, Stage::Failed) => RollbackFail,
            (_, Stage::Begun) => DeployStart,
            (_, Stage::Done) => DeployFinish,
            (_, Stage::Failed) => DeployFail,
        })
    }
}

/// Words beside an act that change nothing.
fn is_neutral(word: &str) -> bool {
    matches!(
        word,
        "app"
            | "application"
            | "service"
            | "event"
            | "production"
            | "prod"
            | "status"
            | "pipeline"
            | "job"
            | "feature"
            | "audit"
    )
}

/// Words of a change of a configuration or a flag.
fn is_turned(word: &str) -> bool {
    matches!(
        word,
        "update"
            | "updated"
            | "change"
            | "changed"
            | "modified"
            | "applied"
            | "pushed"
            | "set"
            | "enable"
            | "enabled"
            | "disable"
            | "disabled"
            | "on"
            | "off"
            | "turn"
            | "turned"
            | "toggled"
    )
}

fn stage(word: &str) -> Option<Stage> {
    Some(match word {
        "start" | "started" | "starting" | "begin" | "began" | "begun" | "initiated"
        | "triggered" | "progress" | "progressing" | "running" => Stage::Begun,
        "finish" | "finished" | "complete" | "completed" | "success" | "succeeded"
        | "successful" | "done" | "ok" | "deployed" | "ended" | "end" | "active" | "live"
        | "reverted" | "rolledback" => Stage::Done,
        "fail" | "failed" | "failure" | "error" | "errored" | "aborted" | "canceled"
        | "cancelled" => Stage::Failed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Body;
    use proptest::prelude::*;

    fn text(b: Option<&[u8]>) -> String {
        String::from_utf8_lossy(b.unwrap_or(b"-")).into_owned()
    }

    /// Kind, service and version of the one notice; `None`: not a line of this format; an empty kind: nothing happened.
    fn seen(line: &str) -> Option<(&'static str, String, String)> {
        let r = ChangeEvents.parse(line.as_bytes())?;
        let Body::Notices(n) = r.body else { panic!() };
        Some(n.first().map_or(("", "-".into(), "-".into()), |n| {
            (
                n.kind.word(),
                text(n.service.as_deref()),
                text(n.version.as_deref()),
            )
        }))
    }

    #[test]
    fn plain_events_of_changes() {
        const T: &str = "2026-11-20T06:33:21Z";
        for (line, want) in [
            (
                r#"{"ts":"T","event":"deploy_started","service":"shop","version":"4.2.0"}"#,
                ("deploy_start", "shop", "4.2.0"),
            ),
            (
                r#"{"timestamp":"T","action":"deploy","app":"shop","version":"4.2.0","status":"success"}"#,
                ("deploy_finish", "shop", "4.2.0"),
            ),
            (
                r#"{"type":"deployment","application":"shop","sha":"8f3a1c2","state":"failure","time":"T"}"#,
                ("deploy_fail", "shop", "8f3a1c2"),
            ),
            (
                r#"{"time":"T","event":"rollback_started","service":"shop"}"#,
                ("rollback_start", "shop", "-"),
            ),
            (
                r#"{"time":"T","event":"app.rolledBack","service":{"name":"shop"},"to":"4.1.0"}"#,
                ("rollback_finish", "shop", "4.1.0"),
            ),
            (
                r#"{"at":1732084401,"event":"ReleaseDeployed","service":"shop","image":"r.io/shop:4.2.0"}"#,
                ("deploy_finish", "shop", "4.2.0"),
            ),
            (
                "ts=T event=deploy_start service=shop version=4.2.0",
                ("deploy_start", "shop", "4.2.0"),
            ),
            (
                r#"time=T level=info msg="deployment finished" app=shop tag=v7"#,
                ("deploy_finish", "shop", "v7"),
            ),
            (
                r#"{"ts":"T","action":"config.updated","service":"shop","user":"ann"}"#,
                ("config_change", "shop", "-"),
            ),
            (
                r#"{"ts":"T","kind":"flag","action":"updateOn","flag":"new_price","env":"production"}"#,
                ("feature_flag", "-", "-"),
            ),
            (
                r#"{"ts":"T","event":"deploy_started","service":"shop","env":"staging"}"#,
                ("", "-", "-"),
            ),
            (
                r#"{"ts":"T","event":"deployment","service":"shop","status":"queued"}"#,
                ("", "-", "-"),
            ),
        ] {
            let line = line.replace('T', T);
            let (kind, service, version) = want;
            assert_eq!(
                seen(&line),
                Some((kind, service.into(), version.into())),
                "{line}"
            );
        }
    }

    #[test]
    fn other_events_are_left_alone() {
        for line in [
            r#"{"ts":"2026-11-20T06:33:21Z","event":"deploy_requested","service":"shop","version":"4.2.0"}"#,
            r#"{"ts":"2026-11-20T06:33:21Z","event":"order.released","service":"shop","version":"1"}"#,
            r#"{"ts":"2026-11-20T06:33:21Z","event":"release","service":"locks"}"#,
            r#"{"ts":"2026-11-20T06:33:21Z","event":"rollback","service":"orders"}"#,
            r#"{"ts":"2026-11-20T06:33:21Z","event":"transaction.rollback","service":"orders","status":"done"}"#,
            r#"{"ts":"2026-11-20T06:33:21Z","method":"POST","path":"/deploy","action":"deploy","service":"shop","status":200}"#,
            r#"{"ts":"2026-11-20T06:33:21Z","level":"info","msg":"config loaded","service":"shop"}"#,
            r#"{"ts":"2026-11-20T06:33:21Z","flag":"new_price","event":"evaluated","service":"shop"}"#,
            r#"{"event":"deploy_started","service":"shop"}"#,
            r#"{"ts":"2026-11-20T06:33:21Z","event":"deploy_started"}"#,
            "time=2026-11-20T06:33:21Z msg=\"deploy key rejected\" service=shop version=2",
        ] {
            assert_eq!(seen(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(b in proptest::collection::vec(any::<u8>(), 0..80)) {
            for head in [&b"{\"event\":\"deploy\",\"ts\":"[..], b"event=deploy ts="] {
                let _ = ChangeEvents.parse(&[head, &b, b"}"].concat());
            }
        }
    }
}
