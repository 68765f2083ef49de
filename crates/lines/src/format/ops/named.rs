//! The fields of an event by the words of their keys: of an object, of `key=value` pairs, of the row of a table. Keys are known
//! by their words, however these are joined (`Created At`, `created_at`, `createdAt`); what is a time is known by its value, and
//! by its key what begins or ends then.

mod objects;

pub(super) use objects::TURNED;

use super::roles::{TimeRole, Turn, when};
use crate::format::leaf::find;
use crate::format::pairs::pairs;
use crate::text::words::joined;
use crate::time::{DAY, Dated, SECOND, Stamp, stamp};

/// Words of keys under which numbers are times.
const TIMES: &str =
    "ts time timestamp t at on date datetime when clock epoch utc ms received changed";

/// Sides of a pair of keys: what was, and what is.
const WAS: &str = "old from before previous prev";
const IS: &str = "new to after current now";

/// Values that stand for none.
const NOTHING: [&str; 7] = ["-", "--", "null", "NULL", "None", "N/A", "\\N"];

/// The texts and numbers of a line by the words of their keys.
pub(super) struct NamedFields(Vec<Field>);

struct Field {
    /// Its words, joined by `_`.
    key: String,
    text: String,
    /// The time that the text is, and what one under such a key is of.
    at: Option<Stamp>,
    role: Option<TimeRole>,
}

impl Field {
    fn new(key: String, text: String) -> Field {
        Field {
            at: time(&key, &text),
            role: when(&key),
            key,
            text,
        }
    }

    fn has(&self, words: &str) -> bool {
        self.key.split('_').any(|w| is_in(words, w))
    }

    /// Whether its time is of what was done, not of what was planned.
    fn is_actual(&self) -> bool {
        self.has("work actual actually")
    }

    /// Whether its key says that a time stands under it.
    fn is_dated(&self) -> bool {
        let last = self.key.split('_').next_back();
        last.is_some_and(|w| is_in("at on time date utc ts timestamp", w))
    }

    fn is_of(&self, turn: Turn) -> bool {
        self.role == Some(TimeRole::Turn(turn))
    }
}

/// Whether a text under a key may be the time of the event itself: a number only as long as a count since 1970 under a key that
/// speaks of time, and nothing that is planned or ends one day.
pub(in crate::format) fn may_be_its_time(key: &[u8], text: &[u8]) -> bool {
    let number = |c: &u8| c.is_ascii_digit() || *c == b'.';
    let epoch = matches!(text.len(), 10 | 13 | 16 | 19) && text.starts_with(b"1");
    let counted = text.iter().all(number);
    if !stamp::may_begin(text) || counted && !epoch {
        return false;
    }
    let key = joined(&String::from_utf8_lossy(key));
    let speaks = || key.split('_').any(|w| is_in(TIMES, w));
    (!counted || speaks()) && when(&key).is_some()
}

/// The words of a list, by bytes: to search for each blank costs more than a word has.
fn listed(list: &str) -> impl Iterator<Item = &[u8]> {
    list.as_bytes().split(|c| *c == b' ')
}

/// Whether a list of words holds one.
pub(super) fn is_in(list: &str, word: &str) -> bool {
    let (list, word) = (list.as_bytes(), word.as_bytes());
    let mut from = 0;
    // a part of a longer word is passed over
    while let Some(at) = find(&list[from..], word).filter(|_| !word.is_empty()) {
        let (before, behind) = (&list[..from + at], &list[from + at + word.len()..]);
        let ends = |c: Option<&u8>| c.is_none_or(|c| *c == b' ');
        if ends(before.last()) && ends(behind.first()) {
            return true;
        }
        from += at + 1;
    }
    false
}

impl NamedFields {
    pub(super) fn of(line: &[u8]) -> Option<NamedFields> {
        let mut fields = NamedFields(Vec::new());
        if line.first() == Some(&b'{') {
            fields.object(&serde_json::from_slice(line).ok()?, objects::DEPTH);
            return Some(fields);
        }
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        let n = pairs(line, |k, v, _| fields.put(&text(k), text(v)))?;
        (n >= 3).then_some(fields)
    }

    fn push(&mut self, key: String, text: String) {
        self.0.push(Field::new(key, text));
    }

    fn put(&mut self, key: &str, text: String) {
        // parameters of a run are fields of their own
        let of_text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        if text.contains('=') && !text.starts_with('{') {
            let mut inner = Vec::new();
            let whole = pairs(text.as_bytes(), |k, v, _| {
                inner.push((of_text(k), of_text(v)))
            });
            if whole == Some(text.split_whitespace().count()) {
                self.push(joined(key), text);
                for (k, v) in inner {
                    self.push(joined(&k), v);
                }
                return;
            }
        }
        let text = if NOTHING.contains(&text.trim()) {
            String::new()
        } else {
            text
        };
        self.push(joined(key), text);
    }

    /// What stands under a key.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.first(key)
    }

    /// The first of several keys that holds something.
    pub(super) fn first(&self, keys: &str) -> Option<&str> {
        listed(keys).find_map(|k| {
            let is = |f: &&Field| f.key.as_bytes() == k && !f.text.is_empty();
            self.0.iter().find(is).map(|f| f.text.as_str())
        })
    }

    /// The same, else what stands under the first key that ends in one of them (`deploymentStatus`).
    pub(super) fn ending(&self, keys: &str) -> Option<&str> {
        let ends = |f: &&Field| {
            let last = f.key.rsplit('_').next();
            !f.text.is_empty() && last.is_some_and(|w| is_in(keys, w))
        };
        let all = || self.0.iter().find(ends).map(|f| f.text.as_str());
        self.first(keys).or_else(all)
    }

    /// Whether there is any of the keys, if only with nothing under it.
    pub(super) fn has(&self, keys: &str) -> bool {
        listed(keys).any(|k| self.0.iter().any(|f| f.key.as_bytes() == k))
    }

    /// What stands under the first key that has one of the words and holds something that is no time.
    pub(super) fn worded(&self, words: &str) -> Option<&str> {
        let mut all = self.0.iter().filter(|f| f.has(words) && f.at.is_none());
        all.find(|f| !f.text.is_empty()).map(|f| f.text.as_str())
    }

    /// The words of a key that says how far something is, without the last one that says so (`rollout_update` of `rolloutUpdateType`), and how
    /// far; `known` says whether a word is one of those.
    pub(super) fn stage_of(&self, known: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
        self.0.iter().find_map(|f| {
            let (what, last) = f.key.rsplit_once('_')?;
            let words = joined(&f.text);
            let all = !words.is_empty() && words.split('_').all(|w| known(w) || w == "in");
            (all && is_in("type status state phase", last)).then_some((what, f.text.as_str()))
        })
    }

    /// What something was and is, where two keys say so of one name: `rollout_from` and `rollout_to`, `v_old` and `v`.
    pub(super) fn turn(&self) -> Option<(&str, &str)> {
        self.0.iter().find_map(|f| {
            let (name, side) = f
                .key
                .rsplit_once('_')
                .filter(|(_, s)| is_in(WAS, s))
                .or_else(|| {
                    let (side, name) = f.key.split_once('_').filter(|(s, _)| is_in(WAS, s))?;
                    Some((name, side))
                })?;
            let now = listed(IS).find_map(|side| {
                let side = String::from_utf8_lossy(side);
                let (behind, before) = (format!("{name}_{side}"), format!("{side}_{name}"));
                self.first(&behind).or_else(|| self.first(&before))
            });
            let now = now.or_else(|| self.first(name).filter(|_| side != "from"))?;
            (!f.text.is_empty()).then_some((f.text.as_str(), now))
        })
    }

    /// All texts.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|f| f.text.as_str())
    }

    /// Whether any of the words stands in a key.
    pub(super) fn speaks(&self, words: &str) -> bool {
        self.0.iter().any(|f| f.has(words))
    }

    /// Every time, and what it is of.
    fn times(&self) -> impl Iterator<Item = (TimeRole, Stamp)> {
        self.0.iter().filter_map(|f| Some((f.role?, f.at?)))
    }

    /// The first time of those that are of one thing.
    pub(super) fn time(&self, of: TimeRole) -> Option<Stamp> {
        self.times().find(|(w, _)| *w == of).map(|(_, s)| s)
    }

    /// When something was deployed, where a key says so.
    pub(super) fn deployed(&self) -> Option<Stamp> {
        let mut done = self.0.iter().filter(|f| f.has("deployed"));
        // an entry of a list of releases: which, when it was made, and by whom
        let entry = self.has("release_name")
            && self.has("user author deployer")
            && !self.has("status state");
        let made = || self.0.iter().find(|f| f.is_of(Turn::Begun));
        done.find_map(|f| f.at)
            .or_else(|| made().filter(|_| entry)?.at)
    }

    /// When a run began: its start, else when it was made.
    pub(super) fn started(&self) -> Option<Stamp> {
        let begun = || self.0.iter().filter(|f| f.is_of(Turn::Begun));
        let starts = begun().filter(|f| f.has("start started begin began begun"));
        let mut all = starts
            .chain(begun())
            .filter_map(|f| Some((f.is_actual(), f.at?)));
        let first = all.next()?;
        let actual = all.find(|(actual, _)| *actual).filter(|_| !first.0);
        Some(actual.unwrap_or(first).1)
    }

    /// When a run ended.
    pub(super) fn ended(&self) -> Option<Stamp> {
        let ends = || self.0.iter().filter(|f| f.is_of(Turn::Ended));
        let mut all = ends().filter(|f| f.is_actual()).chain(ends());
        all.find_map(|f| f.at)
    }

    /// When it ended that counts its `duration` in the unit of its own time.
    pub(super) fn lasted(&self) -> Option<Stamp> {
        let mut own = self.0.iter().filter(|f| f.role == Some(TimeRole::Own));
        let own = own.find(|f| f.at.is_some())?;
        let unit = match own.text.len() {
            _ if !own.text.bytes().all(|c| c.is_ascii_digit()) => return None,
            10 => SECOND,
            13 => 1000,
            _ => return None,
        };
        let (begun, n) = (own.at?, self.first("duration")?.parse::<i32>().ok()?);
        (n > 0).then(|| Stamp {
            wall_us: begun.wall_us + i64::from(n) * unit,
            ..begun
        })
    }

    /// Whether it shows when work began, beside when it was planned to.
    pub(super) fn is_work(&self) -> bool {
        let mut actual = self.0.iter().filter(|f| f.at.is_some() && f.is_actual());
        actual.any(|f| matches!(f.role, Some(TimeRole::Turn(_))))
    }

    /// The time of the event: its own, else what comes next to it.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        const ORDER: [TimeRole; 6] = [
            TimeRole::Own,
            TimeRole::Changed,
            TimeRole::Updated,
            TimeRole::Turn(Turn::Begun),
            TimeRole::Turn(Turn::Ended),
            TimeRole::Turn(Turn::Acknowledged),
        ];
        let all: Vec<_> = self.times().collect();
        let mut found = ORDER.iter().filter_map(|w| all.iter().find(|t| t.0 == *w));
        found.next().map(|t| t.1)
    }

    /// Whether there is a place for the time of such a turn, and nothing in it.
    pub(super) fn is_without(&self, turn: Turn) -> bool {
        let dated = |f: &&Field| f.is_of(turn) && f.is_dated();
        let of = || self.0.iter().filter(dated);
        of().next().is_some() && of().all(|f| f.text.is_empty())
    }

    /// The clock that stands for a turn in a text (`Yes (ann, 08:35:20)`), behind the beginning.
    pub(super) fn clock(&self, turn: Turn, begun: Stamp) -> Option<Stamp> {
        let texts = self.0.iter().filter(|f| f.is_of(turn));
        let clock = |w: &str| match stamp::time_only(w.trim_end_matches([')', ',', ';']).as_bytes())
        {
            Ok((b"", s)) if w.len() >= 8 => Some(s.wall_us),
            _ => None,
        };
        let us = texts.flat_map(|f| f.text.split(' ')).find_map(clock)?;
        let ahead = (us - begun.wall_us).rem_euclid(DAY);
        Some(Stamp {
            wall_us: begun.wall_us + ahead,
            ..begun
        })
    }

    /// Whether there is a column for such a turn, if only with nothing in it.
    pub(super) fn states(&self, turn: Turn) -> bool {
        let may =
            |f: &Field| f.is_of(turn) && (f.at.is_some() || f.text.is_empty() && f.is_dated());
        self.0.iter().any(may)
    }
}

/// Whether an object has a time under any key.
pub(in crate::format) fn is_dated(object: &[u8]) -> bool {
    NamedFields::of(object).is_some_and(|f| f.times().next().is_some())
}

/// A time under a key. A number is one only where the key speaks of time, and what says `utc` is in it.
fn time(key: &str, value: &str) -> Option<Stamp> {
    let has = |list: &str| key.split('_').any(|w| is_in(list, w));
    let number = value.bytes().all(|c| c.is_ascii_digit() || c == b'.');
    if number && !has(TIMES) && key.split('_').all(|w| Turn::of(w).is_none()) {
        return None;
    }
    let mut s = stamp::whole(value.as_bytes())?;
    if s.dated == Dated::NoDate || s.wall_us < DAY {
        return None;
    }
    if s.offset_min.is_none() && has("utc gmt") {
        s.offset_min = Some(0);
    }
    Some(s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::holds;

    #[test]
    fn keys_by_their_words_and_times_by_their_values() {
        holds("role of a time", |key| {
            let line = serde_json::json!({ key: "2026-11-22T04:33:11Z" }).to_string();
            let read = NamedFields::of(line.as_bytes()).unwrap();
            format!("{:?}", read.times().map(|t| t.0).next())
        });
        holds("time under a key", |pair| {
            let (key, value) = pair.split_once('=').unwrap();
            time(&joined(key), value).is_some()
        });
        let utc = time("created_utc", "2026-11-22 04:33:11").unwrap();
        assert_eq!(utc.offset_min, Some(0));
    }
}
