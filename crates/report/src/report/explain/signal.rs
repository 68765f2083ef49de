//! A contributing signal, by its number or class (`signal 1`, `slow_alert`).

use super::{Explained, Reported, Topic, members, nth, numbered, text};

/// The topic.
pub(super) struct Signal;

impl Topic for Signal {
    fn usage(&self) -> &'static str {
        "signal 1 or slow_alert"
    }
    fn about(&self) -> &'static str {
        "a contributing signal, by its number or class"
    }
    fn explain(&self, r: &Reported<'_>, what: &str) -> Option<Explained> {
        let list = &r.incident["signals"];
        let s = match numbered(what, "signal") {
            Some(n) => nth(list, n)?,
            None => members(list).find(|s| s["class"].as_str() == Some(what.trim()))?,
        };
        let class = text(&s["class"]);
        let title = format!("signal  {}", text(&s["text"]));
        let e = Explained::new(title, method(&class)).number("class", class);
        Some(e.cite(r.report, s))
    }
}

fn method(class: &str) -> &'static str {
    match class {
        "message_mix" => {
            "A G-test compares how often each service wrote each message in the hour before the incident and during it, \
             all its other messages as one more kind; the deviations are those of the chi-square distribution. It says \
             whose behaviour changed, which is often the service at fault and sometimes one that suffers from it."
        }
        "slow_alert" => {
            "The first alert is compared with the measured onset. Three minutes or more are told."
        }
        "errors_after_rollback" => {
            "The failing share in the ten minutes after the rollback was reported done. It is told where a tenth of the \
             requests or more kept failing and the recovery came ten minutes later or more."
        }
        "fast_rollout" => {
            "The time from the start of the suspected rollout to its end. Under three minutes no stage can have been \
             watched for long."
        }
        _ => {
            "A signal is a finding that made the incident longer or worse, whatever its cause. It is computed from the \
             rows and counts of the report."
        }
    }
}
