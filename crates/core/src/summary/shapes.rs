//! Messages that neither complain nor state anything, by their words: how often each was written, and where it was first. What
//! the tool makes nothing of is what a reader looks at, if it is rare. Bounded as all maps of names are; judges no message.

use super::change::LineChange;
use crate::summary::citable::CitableLine;
use crate::summary::mask::mask;
use crate::summary::{Coarse, Empty, Joined, Leveled, Pos};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::sync::LazyLock;

/// FirstWords by which messages are distinguished at each level; behind the last one none are kept: a log that has so many says
/// something new all the time.
const TOKENS: [usize; 3] = [12, 8, 5];

/// Bytes of a message that are looked at.
const LONGEST: usize = 1024;

/// Bytes of a line that are kept.
const LINE: usize = 300;

/// The first words of a message, masked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FirstWords(#[serde(with = "super::wire::bytes")] Box<[u8]>);

impl FirstWords {
    /// As text.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for FirstWords {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl Coarse for FirstWords {
    const LAST: u8 = TOKENS.len() as u8;
    const MOST: usize = 1000;

    fn at(self, level: u8) -> Option<Self> {
        match level {
            0 => Some(self),
            _ => {
                let mut out = Vec::new();
                mask(&self.0, *TOKENS.get(usize::from(level))?, &mut out);
                Some(FirstWords(out.into()))
            }
        }
    }
}

/// How often a message was written, and its first lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageShape {
    /// Lines.
    pub count: u64,
    /// All of them in the order of time, up to [`MessageShape::FEW`]; of more the first.
    pub lines: Vec<CitableLine>,
}

impl MessageShape {
    /// Lines up to which all of them are kept.
    pub const FEW: u64 = 3;

    /// So many lines behind the first.
    pub(super) fn more(count: u64) -> Self {
        MessageShape {
            count,
            lines: Vec::new(),
        }
    }

    /// One line.
    pub(super) fn one(us: i64, pos: Pos, line: &[u8], again: bool) -> Self {
        let line = &line[..line.len().min(LINE)];
        MessageShape {
            count: 1,
            lines: vec![CitableLine::new(us, pos, line, again)],
        }
    }

    /// The time behind which a line changes nothing but the count.
    pub(super) fn counts_behind(&self) -> i64 {
        match self.lines.first() {
            Some(first) if self.count > Self::FEW => first.us,
            _ => i64::MAX,
        }
    }

    /// Keeps the lines at times that `holds` names; whether any are known.
    pub(super) fn keep(&mut self, holds: &dyn Fn(i64) -> bool) -> bool {
        self.lines.retain(|l| holds(l.us));
        if self.count <= Self::FEW {
            self.count = self.lines.len() as u64;
        }
        !self.lines.is_empty()
    }
}

impl Joined for MessageShape {
    fn join(&mut self, o: MessageShape) {
        self.count = self.count.saturating_add(o.count);
        if self.count <= Self::FEW {
            self.lines.reserve_exact(o.lines.len());
            self.lines.extend(o.lines);
            self.lines.sort_by_key(CitableLine::order);
            return;
        }
        // nearly all that is joined is frequent: it needs no room for more than the first line
        let all = self.lines.drain(..).chain(o.lines);
        let first = all.min_by_key(CitableLine::order);
        self.lines.extend(first);
        self.lines.shrink_to(1);
    }
}

/// Messages of one track.
pub type Shapes = Leveled<FirstWords, MessageShape>;

impl Empty for Shapes {
    fn empty() -> &'static Shapes {
        static EMPTY: LazyLock<Shapes> = LazyLock::new(Shapes::default);
        &EMPTY
    }
}

impl Shapes {
    /// Whether nothing was counted.
    pub(super) fn is_none(&self) -> bool {
        self == Shapes::empty()
    }

    /// Counts lines of a message, of which `line` is the first, at `us`; gives the time behind which others of the same words
    /// change nothing but the count. `masked` is for what is written meanwhile.
    pub(super) fn see(
        &mut self,
        message: &[u8],
        us: i64,
        line: impl FnOnce() -> MessageShape,
        masked: &mut [Vec<u8>; 2],
    ) -> i64 {
        let Some(tokens) = TOKENS.get(usize::from(self.level())) else {
            return i64::MIN;
        };
        let [all, coarse] = masked;
        mask(&message[..message.len().min(LONGEST)], TOKENS[0], all);
        let words = match self.level() {
            0 => all,
            _ => {
                mask(all, *tokens, coarse);
                coarse
            }
        };
        let Some(known) = self.held(words.as_slice(), &mut (0, 0)) else {
            self.add(FirstWords(words.as_slice().into()), line());
            return i64::MAX;
        };
        let behind = known.counts_behind();
        if us > behind {
            known.count = known.count.saturating_add(1);
            return behind;
        }
        known.join(line());
        known.counts_behind()
    }

    /// Goes through every line that is kept, and the words by which they are known.
    pub(super) fn change(&mut self, c: &mut LineChange<'_>) {
        if let LineChange::Texts(f) = c {
            *self = std::mem::take(self).map_keys(|words| {
                let mut text = words.0.into_vec();
                f(&mut text);
                FirstWords(text.into())
            });
        }
        let lines = self.values_mut().flat_map(|x| &mut x.lines);
        lines.for_each(|l| c.line(l));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Lines of messages, each by its words and the second in which it was written.
    fn of(lines: &[(String, i64)], first: usize) -> Shapes {
        let mut out = Default::default();
        let mut shapes = Leveled::new(12);
        for (n, (text, us)) in lines.iter().enumerate() {
            let offset = (first + n) as u64;
            let pos = Pos {
                offset,
                line: offset + 1,
            };
            let line = || MessageShape::one(*us, pos, text.as_bytes(), false);
            shapes.see(text.as_bytes(), *us, line, &mut out);
        }
        shapes
    }

    #[test]
    fn of_few_lines_all_are_kept_and_of_more_the_first() {
        let lines = [30, 10, 20, 40].map(|us| (format!("cache {us} warm"), us));
        let times = |s: &Shapes| {
            let s = s.values().next().unwrap();
            (s.count, s.lines.iter().map(|l| l.us).collect::<Vec<_>>())
        };
        assert_eq!(times(&of(&lines[..3], 0)), (3, vec![10, 20, 30]));
        assert_eq!(times(&of(&lines, 0)), (4, vec![10]));
    }

    #[test]
    fn a_log_that_says_something_new_all_the_time_is_kept_nothing_of() {
        let lines: Vec<_> = (b'a'..=b'z')
            .map(|c| (format!("{} came", char::from(c)), 0))
            .collect();
        assert!(!of(&lines[..12], 0).is_empty());
        let all = of(&lines, 0);
        assert!(all.is_empty() && !all.is_none());
    }

    proptest! {
        #[test]
        fn merging_in_any_order_gives_the_same(
            lines in proptest::collection::vec(("[ab] ?[0-9]{0,2}( [cd]){0,3}( x){0,9} [e-h]", 0i64..50), 0..60),
            cut in any::<prop::sample::Index>(),
        ) {
            let at = cut.index(lines.len() + 1);
            let (a, b) = lines.split_at(at);
            let (mut left, mut right) = (of(a, 0), of(b, at));
            left.merge(of(b, at));
            right.merge(of(a, 0));
            prop_assert_eq!(&left, &of(&lines, 0));
            prop_assert_eq!(&right, &left);
        }

        #[test]
        fn coarser_words_follow_from_finer_ones(text in "([a-c]{1,3}|[0-9]{1,3}|=|/a/b){0,40}") {
            let mut all = Vec::new();
            mask(text.as_bytes(), TOKENS[0], &mut all);
            let all = FirstWords(all.into());
            for (a, b) in [(1, 2), (1, 1), (2, 2)] {
                let fine = all.clone().at(a).and_then(|w| w.at(b));
                prop_assert_eq!(fine, all.clone().at(b));
            }
        }
    }
}
