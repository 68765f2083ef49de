//! Message templates: messages of level ≥ WARN (or with error words) with their variable tokens masked, and when they occur.
//! Bounded by level: with too many templates all of them keep fewer tokens.

use super::change::LineChange;
use super::listed::{HashedKey, Listed};
use super::mask::cut;
use super::{ByStep, CountByStep, Joined, Pos, Seen, hash64, step_list, touching};
use coroner_lines::record::Level;
use coroner_lines::time::MINUTE;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What distinguishes one template from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TemplateKey {
    /// Host of the lines, where they name one.
    #[serde(with = "super::wire::bytes::maybe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Box<[u8]>>,
    /// Service of the lines, where they name one.
    #[serde(with = "super::wire::bytes::maybe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Box<[u8]>>,
    /// Severity.
    pub level: Level,
    /// Masked text.
    #[serde(with = "super::wire::bytes")]
    pub text: Box<[u8]>,
}

/// When a template occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateUse {
    /// Lines.
    pub count: u64,
    /// Its first line.
    pub first: Seen,
    /// Message text of the first line, with its error field; at most 512 bytes.
    #[serde(with = "super::wire::bytes")]
    pub example: Vec<u8>,
    /// The last line, at most [`SHORT`] bytes of it, where there is another one than the first: most are written once.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "last")]
    later: Option<Box<Seen>>,
    /// Minute number → lines.
    pub minutes: CountByStep,
    /// Ten-minute number → first line in it, cut short; those of the first line of all have no other.
    pub tens: ByStep<Seen>,
}

/// Bytes that are kept of the first line of ten minutes, and of the last of all.
const SHORT: usize = 300;

/// Keeps the earlier of two lines.
fn earlier(kept: &mut Seen, other: Seen) {
    *kept = std::mem::take(kept).earlier(other);
}

/// The beginning of a message, of which the example of a template is made.
fn start(message: &[u8]) -> &[u8] {
    &message[..message.len().min(512)]
}

/// The ten minutes of a moment.
fn ten(us: i64) -> i64 {
    us.div_euclid(10 * MINUTE)
}

impl TemplateUse {
    /// The last line.
    pub fn last(&self) -> &Seen {
        self.later.as_deref().unwrap_or(&self.first)
    }

    /// Makes a line the last one, where it is another one than the first.
    pub(super) fn set_last(&mut self, mut last: Seen) {
        last.raw.truncate(SHORT);
        self.later = (last.order() > self.first.order()).then(|| Box::new(last));
    }

    /// Keeps a line that turned out not to be the first: it may be that of its ten minutes.
    fn keep_later(&mut self, mut late: Seen) {
        if ten(late.us) != ten(self.first.us) {
            late.raw.truncate(SHORT);
            self.tens.put(ten(late.us), late, earlier);
        }
    }

    /// The first line that is kept in `[from, to)` microseconds on the track's axis.
    pub fn first_in(&self, from: i64, to: i64) -> Option<&Seen> {
        let tens = self.tens.range(touching(10 * MINUTE, from, to));
        let mut kept = std::iter::once(&self.first).chain(tens.map(|x| x.1));
        kept.find(|s| (from..to).contains(&s.us))
    }

    /// The last line that is kept in such a stretch: that of all, or one no more than ten minutes before the last one in it.
    pub fn last_in(&self, from: i64, to: i64) -> Option<&Seen> {
        let tens = self.tens.range(touching(10 * MINUTE, from, to));
        let tens = tens.map(|x| x.1).rev();
        let mut kept = std::iter::once(self.last())
            .chain(tens)
            .chain([&self.first]);
        kept.find(|s| (from..to).contains(&s.us))
    }
}

impl TemplateKey {
    fn parts(&self) -> TemplateParts<'_> {
        TemplateParts {
            host: self.host.as_deref(),
            service: self.service.as_deref(),
            level: self.level,
            text: &self.text,
        }
    }
}

/// The same, borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateParts<'a> {
    /// Host of the line.
    pub host: Option<&'a [u8]>,
    /// Service of the line.
    pub service: Option<&'a [u8]>,
    /// Severity.
    pub level: Level,
    /// Masked text.
    pub text: &'a [u8],
}

impl TemplateParts<'_> {
    fn hash(&self) -> u64 {
        let of = |v: Option<&[u8]>, seed| v.map_or(seed, |v| hash64(v, seed));
        let named = of(self.service, of(self.host, self.level as u64));
        hash64(self.text, named)
    }

    fn key(&self) -> TemplateKey {
        TemplateKey {
            host: self.host.map(Into::into),
            service: self.service.map(Into::into),
            level: self.level,
            text: self.text.into(),
        }
    }
}

/// All templates of one track.
pub type Templates = Listed<TemplateKey, TemplateUse>;

impl Default for Templates {
    fn default() -> Self {
        Templates::new(2000)
    }
}

/// Tokens kept at each level; the next level keeps a hash bucket only, the ones behind it not even host and service.
const TOKENS: [usize; 4] = [24, 12, 8, 6];
/// From here on hosts are not distinguished.
const NO_HOST: u8 = 5;
/// From here on services are not distinguished: the last level.
const NO_SERVICE: u8 = 6;

/// A masked text as a level keeps it.
fn text_at(level: u8, text: &[u8]) -> Cow<'_, [u8]> {
    match TOKENS.get(usize::from(level)) {
        _ if level == 0 || super::bucket::is_bucket(text) => Cow::Borrowed(text),
        Some(n) => cut(text, *n),
        // six tokens are what every finer level still has
        None => Cow::Owned(super::bucket::bucket(&cut(text, TOKENS[3])).to_vec()),
    }
}

impl HashedKey for TemplateKey {
    const LAST: u8 = NO_SERVICE;

    fn hash(&self) -> u64 {
        self.parts().hash()
    }

    fn coarse(self, level: u8) -> Self {
        if level == 0 {
            return self;
        }
        TemplateKey {
            host: self.host.filter(|_| level < NO_HOST),
            service: self.service.filter(|_| level < NO_SERVICE),
            text: match text_at(level, &self.text) {
                Cow::Borrowed(_) => self.text,
                Cow::Owned(cut) => cut.into(),
            },
            level: self.level,
        }
    }
}

impl Joined for TemplateUse {
    fn join(&mut self, t: TemplateUse) {
        self.count += t.count;
        let last = t.last().clone().later(self.last().clone());
        let mut late = t.first;
        if late.order() < self.first.order() {
            std::mem::swap(&mut self.first, &mut late);
            self.example = t.example;
        }
        self.set_last(last);
        self.minutes.sum(t.minutes);
        self.tens.merge(t.tens, earlier);
        self.keep_later(late);
        step_list::bound(&mut self.tens);
    }
}

impl Templates {
    /// Counts one message. The text of its key is masked with 24 tokens.
    pub fn add(
        &mut self,
        key: TemplateParts<'_>,
        message: &[u8],
        (us, pos, line): (i64, Pos, &[u8]),
    ) {
        let text = text_at(self.level, key.text);
        let key = TemplateParts {
            host: key.host.filter(|_| self.level < NO_HOST),
            service: key.service.filter(|_| self.level < NO_SERVICE),
            text: &text,
            ..key
        };
        let place = match self.place(|| key.hash(), |k| k.parts() == key) {
            Some(i) => i,
            None => {
                let none = TemplateUse {
                    count: 0,
                    first: Seen::new(us, pos, line),
                    example: start(message).to_vec(),
                    later: None,
                    minutes: CountByStep::default(),
                    tens: ByStep::default(),
                };
                self.push(key.key(), none)
            }
        };
        let (_, t) = &mut self.list[place];
        t.count += 1;
        if (us, pos.offset) > t.last().order() {
            let short = &line[..line.len().min(SHORT)];
            t.later.get_or_insert_default().set(us, pos, short);
        }
        t.minutes.count(us.div_euclid(MINUTE), 1);
        if (us, pos.offset) < t.first.order() {
            let late = std::mem::replace(&mut t.first, Seen::new(us, pos, line));
            if t.later.is_none() {
                t.set_last(late.clone());
            }
            t.keep_later(late);
            t.example = start(message).to_vec();
        } else if ten(us) != ten(t.first.us) {
            let short = &line[..line.len().min(SHORT)];
            let kept = t.tens.at_or(ten(us), || Seen::new(us, pos, short));
            if (us, pos.offset) < kept.order() {
                kept.set(us, pos, short);
            }
        }
        step_list::bound(&mut t.tens);
        self.bound();
    }

    /// Keeps the templates that `keep` names, which may change them.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&mut TemplateUse) -> bool) {
        for (k, mut t) in self.take() {
            if keep(&mut t) {
                self.put(k, t);
            }
        }
    }

    /// Whether the earliest lines of one may have been left out of its minutes.
    pub(super) fn is_full(&self) -> bool {
        self.list.iter().any(|(_, t)| t.minutes.is_full())
    }

    /// Templates by key.
    pub fn iter(&self) -> impl Iterator<Item = (&TemplateKey, &TemplateUse)> {
        self.sorted().into_iter()
    }

    /// Goes through every line and text that is kept, the texts that distinguish templates among them.
    pub(super) fn change(&mut self, c: &mut LineChange<'_>) {
        if matches!(c, LineChange::Places(_)) {
            return self.list.iter_mut().for_each(|(_, t)| t.change(c));
        }
        for (mut k, mut t) in self.take() {
            t.change(c);
            let mut text = std::mem::take(&mut k.text).into_vec();
            c.text(&mut text);
            k.text = text.into();
            self.put(k, t);
        }
    }
}

impl TemplateUse {
    fn change(&mut self, c: &mut LineChange<'_>) {
        c.seen(&mut self.first);
        self.later.iter_mut().for_each(|s| c.seen(s));
        c.text(&mut self.example);
        self.tens.values_mut().for_each(|s| c.seen(s));
    }
}

#[cfg(test)]
mod tests;
