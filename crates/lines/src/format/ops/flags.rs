//! Audit entries of feature flags: LaunchDarkly, Flagsmith. Only flags of production count, not members or projects.

use super::environment::may_be_production;
use crate::format::line_features::Signs;
use crate::format::pager::value::{self, Needles, finders, first_text, text, time};
use crate::format::{Format, Meta, OBJECT};
use crate::record::{MarkerKind, Notice, Record};
use serde_json::Value;

static LAUNCHDARKLY: Needles = Needles::new(|| finders(&["\"titleVerb\"", "\"date\"", "\"kind\""]));
static FLAGSMITH: Needles =
    Needles::new(|| finders(&["\"created_date\"", "\"log\"", "\"related_object_type\""]));

/// Audit logs of feature flags.
pub struct FeatureFlags;

impl Format for FeatureFlags {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy("feature flag audit", "audit entries of LaunchDarkly and Flagsmith")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"_id":"5f0","date":1773147900000,"kind":"flag","name":"new-auth","accesses":[{"action":"updateOn","resource":"proj/shop:env/production:flag/new-auth"}],"titleVerb":"turned on the flag","title":"Alice turned on the flag new-auth in production"}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let ld = LAUNCHDARKLY.all(line);
        if !ld && !FLAGSMITH.all(line) {
            return None;
        }
        let v: Value = serde_json::from_slice(line).ok()?;
        if ld {
            let stamp = time(&v, "date")?;
            let resource = v
                .get("accesses")
                .and_then(|a| a.get(0))
                .and_then(|a| text(a, &["resource"]))
                .unwrap_or_default();
            let is_flag = v.get("kind")?.as_str()? == "flag";
            let environment = part(&resource, "env/").unwrap_or_default();
            let name = first_text(&v, &["name"]).unwrap_or_default();
            let title = first_text(&v, &["title"]).unwrap_or_else(|| {
                format!(
                    "{} {name}",
                    first_text(&v, &["titleVerb"]).unwrap_or_default()
                )
            });
            let actor = text(&v, &["member", "email"]);
            let on = is_flag && may_be_production(environment);
            let service = part(&resource, "proj/")
                .filter(|p| *p != "default")
                .map(str::to_owned);
            return Some(record(stamp, on.then_some((title, name, actor, service))));
        }
        let stamp = time(&v, "created_date")?;
        let said = first_text(&v, &["log"])?;
        let environment = text(&v, &["environment", "name"]).unwrap_or_default();
        let on = said.to_ascii_lowercase().contains("feature") && may_be_production(&environment);
        let name = said.rsplit(": ").next().unwrap_or(&said).to_owned();
        Some(record(
            stamp,
            on.then(|| (said, name, text(&v, &["author", "email"]), None)),
        ))
    }
}

/// `env/production` of a resource.
fn part<'s>(resource: &'s str, key: &str) -> Option<&'s str> {
    resource.split([':', ';']).find_map(|p| p.strip_prefix(key))
}

type FlagChange = (String, String, Option<String>, Option<String>);

fn record<'a>(stamp: crate::time::Stamp, said: Option<FlagChange>) -> Record<'a> {
    let notice = said.map(|(title, name, actor, service)| {
        let mut n = Notice::new(MarkerKind::FeatureFlag, title.into_bytes());
        n.group = value::owned(Some(name));
        n.actor = value::owned(actor);
        n.service = value::owned(service);
        n.confidence = 95;
        n
    });
    value::record(Some(stamp), notice.into_iter().collect())
}
