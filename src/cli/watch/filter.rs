//! Which events a command is run for. Who was told of an incident is told of its end.

use coroner::program::source::locked;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Mutex;

/// Events for those only who ask for them.
const ASKED_FOR: [&str; 1] = ["heartbeat"];

/// Which events it is run for.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// Kinds of events; empty: all that are not asked for.
    on: Vec<String>,
    /// Services of incidents; empty: all.
    services: Vec<String>,
    /// Percent of requests that must fail.
    share: u8,
    /// Incidents of which something was handed on.
    told: Mutex<BTreeSet<String>>,
}

impl Filter {
    /// Nothing was handed on yet.
    pub fn new(on: Vec<String>, services: Vec<String>, share: u8) -> Filter {
        Filter {
            on,
            services,
            share,
            told: Mutex::default(),
        }
    }

    /// Whether it is for such events.
    fn is_on(&self, word: &str) -> bool {
        let named = |o: &String| word == o || word.strip_prefix("incident_") == Some(o);
        match self.on.is_empty() {
            true => !ASKED_FOR.contains(&word),
            false => self.on.iter().any(named),
        }
    }

    /// Whether an event is of a service, and as bad, as is asked for.
    fn fits(&self, event: &Value) -> bool {
        let service = event["service"].as_str();
        let of = |s: &str| self.services.iter().any(|a| a == s);
        let share = event["share"].as_f64().unwrap_or(0.0) * 100.0;
        (self.services.is_empty() || service.is_some_and(of)) && share >= f64::from(self.share)
    }

    /// Whether an event is handed on. Who was told of an incident is told of its end, whatever it is by then and whenever that
    /// is; who was not, is not.
    pub fn wants(&self, event: &Value) -> bool {
        let word = event["event"].as_str().unwrap_or_default();
        if !self.is_on(word) {
            return false;
        }
        let quiet = event["maintenance"] == true;
        let Some(id) = event["incident"].as_str().filter(|_| word != "marker") else {
            let other = event["service"].is_string() && !self.services.is_empty();
            let of = |s: &String| event["service"] == s.as_str();
            return !quiet && (!other || self.services.iter().any(of));
        };
        let mut told = locked(&self.told);
        if matches!(word, "incident_close" | "retraction") {
            let heard = ["incident_suspected", "incident_open", "incident_update"];
            // where only ends are asked for, all of them are
            return told.remove(id)
                || !heard.iter().any(|w| self.is_on(w)) && !quiet && self.fits(event);
        }
        let wants = !quiet && (told.contains(id) || word != "correction" && self.fits(event));
        if wants {
            told.insert(id.to_owned());
        }
        wants
    }

    /// Incidents of which something was handed on.
    pub fn told(&self) -> Vec<String> {
        locked(&self.told).iter().cloned().collect()
    }

    /// Goes on with them.
    pub fn go_on(&self, told: &Value) {
        let ids = told
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        locked(&self.told).extend(ids.map(str::to_owned));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn who_is_told_of_an_incident_is_told_of_its_end_and_nobody_else() {
        let all = Filter::new(Vec::new(), vec!["cart".into()], 10);
        let wants = |event: &str, id: &str, more: Value| {
            let mut e = json!({"event": event, "incident": id});
            e.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            all.wants(&e)
        };
        let cart = |share: f64| json!({"service": "cart", "share": share});
        assert!(
            !wants("incident_suspected", "a", json!({"share": 0.5})),
            "of no service yet"
        );
        assert!(!wants("incident_open", "a", cart(0.05)));
        assert!(!wants("correction", "a", json!({})));
        assert!(wants("incident_update", "a", cart(0.2)), "worse by now");
        assert!(wants("incident_update", "a", cart(0.01)));
        assert_eq!(all.told(), ["a"]);
        assert!(wants("incident_close", "a", json!({"maintenance": true})));
        assert!(!wants("incident_close", "a", json!({})), "once");
        let search = json!({"service": "search", "share": 1.0});
        assert!(!wants("incident_open", "b", search));
        assert!(!wants("incident_close", "b", cart(0.9)), "nobody was told");
        let quiet = json!({"service": "cart", "share": 0.9, "maintenance": true});
        assert!(!wants("incident_open", "c", quiet));
        assert!(
            wants("incident_update", "c", cart(0.9)),
            "when the window is over"
        );
        let wants = |e: Value| all.wants(&e);
        assert!(wants(json!({"event": "gap"})));
        assert!(!wants(json!({"event": "gap", "maintenance": true})));
        assert!(!wants(json!({"event": "marker", "service": "search"})));
    }
}
