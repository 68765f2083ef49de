//! The fields of a JSON object: what stands in the objects inside it, and the steps of a history that it holds. What a key means
//! is not known here.

use super::super::acts::turn_of;
use super::super::alerts::turn_of_alert;
use super::super::roles::{TimeRole, Turn};
use super::{NamedFields, is_in};
use crate::text::words::joined;
use serde_json::Value;

/// How deep objects in objects are looked into.
pub(super) const DEPTH: usize = 3;

/// Objects that are the event itself, or what it is about: their keys count as keys of the line.
const INNER: &str = "event alert incident data essentials change_details payload body detail attributes monitor log_entry alert_group workflow_run";

/// Keys under which an object says what it is called.
const NAMES: &str = "name summary username login email title display_name";

/// Keys of what something was, and is: an object under one is a value, and what it holds is of nothing else.
const SIDES: &str = "from to old new before after previous current old_value new_value previous_value current_value \
    old_state new_state";

/// Keys of what a thing was, and of what it is, where each is an object with all that the thing has.
const WHOLES: [(&str, &str); 6] = [
    ("pre_data", "data"),
    ("old", "new"),
    ("pre", "post"),
    ("before", "after"),
    ("previous", "current"),
    ("previous_version", "current_version"),
];

/// The key under which stands what such a pair says to have turned.
pub(in crate::format::ops) const TURNED: &str = "turned_from_to";

/// Keys of what became of something, step by step, if it be one step.
const HISTORIES: &str = "logs history activities comments notes";

/// Keys under which a step of a history says what it is.
const STEPS: &str = "name state status type event action transition phase to";

impl NamedFields {
    /// Adds the members of an object, and what stands in the objects inside it.
    pub(super) fn object(&mut self, v: &Value, depth: usize) {
        let Some(o) = v.as_object() else { return };
        // some name the object inside after what has happened
        let named = o.get("event_type").and_then(Value::as_str);
        let mut inside: Vec<(&str, Value, usize)> = Vec::new();
        let mut given = Vec::new();
        for (k, v) in o {
            let before = given.len();
            settings(v, depth, &mut given);
            match v {
                _ if given.len() > before => {}
                // a document in a text is as deep as one of its own
                Value::String(s) if s.starts_with('{') => match serde_json::from_str(s) {
                    Ok(v @ Value::Object(_)) => inside.push((k, v, DEPTH + 1)),
                    _ => self.put(k, s.clone()),
                },
                Value::String(s) => self.put(k, s.clone()),
                Value::Number(n) => self.put(k, n.to_string()),
                Value::Bool(b) => self.put(k, b.to_string()),
                Value::Object(_) => self.one(k, v, depth, &mut inside),
                Value::Array(a) if a.len() == 1 && a[0].is_object() && !is_in(HISTORIES, k) => {
                    self.one(k, &a[0], depth, &mut inside);
                }
                Value::Array(steps) if steps.iter().all(Value::is_object) => {
                    self.put(k, String::new());
                    for of in steps.iter().map(members) {
                        self.step(turn_of_key(k).or_else(|| turn_of_step(&of)), &of);
                    }
                }
                // the key alone says what the object is about
                _ => self.put(k, String::new()),
            }
        }
        for (k, v, depth) in inside.iter().filter(|(.., depth)| *depth > 0) {
            let key = joined(k);
            let inner = is_in(INNER, &key) || named == Some(*k);
            let is_named = |o: &serde_json::Map<String, Value>| o.keys().any(|k| is_in(NAMES, k));
            if is_in(SIDES, &key) && !v.as_object().is_some_and(is_named) {
                self.push(key, v.to_string());
                continue;
            }
            self.inside(key, inner, v, *depth);
        }
        let under = |of: &str| o.iter().find(|(k, _)| joined(k) == of).map(|(_, v)| v);
        let whole = |(old, new): &(&str, &str)| Some((under(old)?, under(new)?));
        let mut turns = Vec::new();
        if let Some((old, new)) = WHOLES.iter().find_map(whole) {
            turned(old, new, DEPTH, &mut turns);
        }
        if let [_] | [_, _] = turns.as_slice() {
            self.push(TURNED.to_owned(), turns.join(", "));
        }
        // behind all others, which they must not speak for
        for (k, v) in given {
            self.put(k, v.to_owned());
        }
    }

    /// An object under a key: the turn that the key is called after, else one that is looked into later.
    fn one<'v>(
        &mut self,
        key: &'v str,
        v: &Value,
        depth: usize,
        inside: &mut Vec<(&'v str, Value, usize)>,
    ) {
        let turn = turn_of_key(key);
        if turn.is_none() || !self.step(turn, &members(v)) {
            inside.push((key, v.clone(), depth));
        }
    }

    /// A step of a history (`{"name": "acknowledged", "at": "…", "by": "ann"}`, or `{"at": "…"}` under `acknowledgements`): as
    /// if its time stood under a key of its own. Whether it is one: a turn is known, and it has a time.
    fn step(&mut self, turn: Option<Turn>, of: &NamedFields) -> bool {
        let mut own = of.0.iter().filter(|f| f.role == Some(TimeRole::Own));
        let at = own.find(|f| f.at.is_some());
        let (Some(turn), Some(at)) = (turn, at) else {
            return false;
        };
        let key = match turn {
            Turn::Begun => "triggered",
            Turn::Acknowledged => "acknowledged",
            Turn::Escalated => "escalated",
            Turn::Ended => "resolved",
            Turn::Noted => return false,
        };
        self.push(format!("{key}_at"), at.text.clone());
        if let Some(by) = of.first("by user actor author acknowledger resolver") {
            self.push(format!("{key}_by"), by.to_owned());
        }
        true
    }

    /// An object in the line: its name stands for it, and what else it holds is known by its own keys.
    fn inside(&mut self, key: String, inner: bool, v: &Value, depth: usize) {
        let own = NamedFields(std::mem::take(&mut self.0));
        self.object(v, depth - 1);
        let of_it = std::mem::replace(&mut self.0, own.0);
        let name = of_it
            .iter()
            .find(|f| is_in(NAMES, &f.key) && !f.text.is_empty());
        self.push(key.clone(), name.map_or(String::new(), |f| f.text.clone()));
        for f in of_it {
            match f.key.as_str() {
                "id" | "number" => {
                    self.push(format!("{key}_{}", f.key), f.text.clone());
                    self.0.extend(inner.then_some(f));
                }
                k if !inner && is_in(NAMES, k) => {}
                _ => self.0.push(f),
            }
        }
    }
}

/// The names and values of a list that gives each as an object (`[{"name": "VERSION", "value": "4.18.1"}]`: the parameters of a
/// run, an environment, labels), in lists of lists too.
fn settings<'v>(v: &'v Value, depth: usize, given: &mut Vec<(&'v str, &'v str)>) {
    let Value::Array(all) = v else { return };
    for o in all.iter().filter_map(Value::as_object) {
        let of = |keys: [&str; 2]| keys.iter().find_map(|k| o.get(*k)?.as_str());
        match (of(["name", "key"]), of(["value", "Value"])) {
            (Some(k), Some(v)) => given.push((k, v)),
            _ if depth > 0 => o.values().for_each(|v| settings(v, depth - 1, given)),
            _ => {}
        }
    }
}

/// What plain values of an object are not as they were: `rollout from 10 to 100`.
fn turned(old: &Value, new: &Value, depth: usize, all: &mut Vec<String>) {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return;
    };
    for (k, now) in new {
        let Some(was) = old.get(k).filter(|was| *was != now) else {
            continue;
        };
        let plain = |v: &Value| match v {
            Value::String(s) => s.clone(),
            v => v.to_string(),
        };
        let turn = turn_of(&plain(was), &plain(now));
        all.extend(turn.map(|turn| format!("{k} {turn}")));
        if depth > 0 {
            turned(was, now, depth - 1, all);
        }
    }
}

/// The turn that a key of an object or of a list of them is called after (`acknowledgements`).
fn turn_of_key(key: &str) -> Option<Turn> {
    let key = joined(key);
    Turn::of(key.strip_suffix('s').unwrap_or(&key))
}

/// The members of an object, none of another one's inside it.
fn members(v: &Value) -> NamedFields {
    let mut of = NamedFields(Vec::new());
    of.object(v, 1);
    of
}

/// The turn that a step of a history names.
fn turn_of_step(of: &NamedFields) -> Option<Turn> {
    STEPS.split(' ').find_map(|k| turn_of_alert(of.text(k)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_under_the_name_of_a_turn_is_that_turn() {
        for under in [
            r#"[{"at":"2026-11-22T04:33:11Z","acknowledger":{"name":"ann"}}]"#,
            r#"{"time":"2026-11-22T04:33:11Z","by":"ann"}"#,
        ] {
            let line = format!(r#"{{"title":"5xx","acknowledgements":{under}}}"#);
            let f = NamedFields::of(line.as_bytes()).unwrap();
            let turn = TimeRole::Turn(Turn::Acknowledged);
            assert!(f.time(turn).is_some(), "{under}");
            assert_eq!(f.text("acknowledged_by"), Some("ann"), "{under}");
        }
    }

    #[test]
    fn what_a_thing_was_and_is_says_what_turned() {
        for (line, want) in [
            (
                r#"{"data":{"parameters":{"rollout":"100","by":"id"}},"preData":{"parameters":{"rollout":"10","by":"id"}}}"#,
                Some("rollout from 10 to 100"),
            ),
            (
                r#"{"before":{"on":false,"token":"hunter1"},"after":{"on":true,"token":"hunter2"}}"#,
                Some("on from false to true"),
            ),
            (r#"{"before":{"on":true},"after":{"on":true}}"#, None),
            (r#"{"data":{"rollout":"100"}}"#, None),
        ] {
            let f = NamedFields::of(line.as_bytes()).unwrap();
            assert_eq!(f.text(TURNED), want, "{line}");
        }
    }

    #[test]
    fn objects_go_by_their_names() {
        let line = br#"{"event":{"type":"acknowledge","time":"2026-11-22T04:33:11Z"},"user":{"username":"ann"},"alert_group":{"id":"I1","title":"5xx"},"params":"version=1.2 hosts=a"}"#;
        let f = NamedFields::of(line).unwrap();
        for (key, want) in [
            ("type", "acknowledge"),
            ("user", "ann"),
            ("alert_group_id", "I1"),
            ("title", "5xx"),
            ("version", "1.2"),
        ] {
            assert_eq!(f.text(key), Some(want), "{key}");
        }
    }
}
