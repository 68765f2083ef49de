//! Messages that state nothing. Those that do not complain either are counted by their words; most are known texts, of which
//! nothing is kept but their number until it is asked for.

use super::{InputPart, MessageAt, Scratch, Track, template};
use crate::summary::Axis;
use crate::summary::fast::silent_messages::{Heard, Known};
use crate::summary::shapes::MessageShape;
use coroner_lines::marker::{self, Signs};
use coroner_lines::record::{Kind, Level};

impl Scratch {
    /// Counts a text without level, error or version beside it that was found to state nothing.
    #[inline(always)]
    pub(in crate::summary) fn heard(
        &mut self,
        text: &[u8],
        scope: Kind,
        (axis, us): (Axis, i64),
    ) -> Heard {
        self.quiet[axis as usize].count(text, scope, us)
    }

    /// Adds to the hits what a text states that stands beside a message or below it; most are known to state nothing.
    pub(in crate::summary) fn find_beside(&mut self, text: &[u8], scope: Kind) {
        if self.beside.find(text, scope).is_some() {
            return;
        }
        let before = self.hits.len();
        let mut signs = marker::signs(text, scope);
        signs.find(text, &mut self.hits);
        if self.hits.len() == before {
            let others = self.beside.key().filter(|k| *k != text);
            let blind = others.is_some_and(|k| signs.is_blind(k));
            self.beside.learn(text, scope, (blind, false, false));
        }
    }

    /// Adds what was counted of known texts to the track of an axis. They stay known for the next one.
    pub(in crate::summary) fn flush(&mut self, part: &mut InputPart, axis: Axis) {
        let mut all = std::mem::take(&mut self.quiet[axis as usize].known);
        for known in &mut all {
            if known.n > 0 {
                self.count_known(part.track_mut(axis), known);
            }
            known.begin_anew();
        }
        self.quiet[axis as usize].known = all;
    }

    fn count_known(&mut self, t: &mut Track, known: &Known) {
        if known.scope.is_some() {
            let lines = || MessageShape::more(known.n);
            // joined, whatever its time: it is more than one line
            t.shapes.see(&known.text, i64::MIN, lines, &mut self.shaped);
        }
    }
}

/// Counts a message whose text is known; whether it is.
pub(super) fn is_known(t: &mut Track, scratch: &mut Scratch, s: &MessageAt<'_>) -> bool {
    let (text, complains) = (&s.message.text, s.message.level >= Level::Warn);
    let quiet = &mut scratch.quiet[s.axis as usize];
    let heard = s
        .heard
        .unwrap_or_else(|| match complains || s.error().is_some() {
            true => quiet.find(text, s.scope).map_or(Heard::New, Heard::Known),
            false => quiet.count(text, s.scope, s.us),
        });
    if let Some(e) = s.error() {
        // of a text that speaks of an act all else that stands in the line is looked at
        let alone = matches!(heard, Heard::Known(at) if !quiet.speaks_of_an_act(at));
        if !alone || scratch.beside.find(e, s.scope).is_none() {
            return false;
        }
    }
    let quiet = &scratch.quiet[s.axis as usize];
    match heard {
        Heard::Known(at) if complains || quiet.is_trouble(at) => template(t, scratch, s),
        Heard::Known(at) => {
            let behind = shape(t, scratch, s);
            scratch.quiet[s.axis as usize].counts_behind(at, behind);
        }
        Heard::Counted => {}
        Heard::New => return false,
    }
    true
}

/// Remembers the text of a message that states nothing, whether it has words of trouble, and behind which time others like it
/// need but be counted.
pub(super) fn learn(
    t: &mut Track,
    scratch: &mut Scratch,
    s: &MessageAt<'_>,
    signs: Signs,
    (is_trouble, behind): (bool, i64),
) {
    let quiet = &mut scratch.quiet[s.axis as usize];
    let acts = signs.speaks_of_an_act();
    // the text may be known, and its error be new; one that speaks of an act is not all that is read of such a line
    if s.error().is_some() && (acts || quiet.find(&s.message.text, s.scope).is_some()) {
        return;
    }
    // a text that is its own key is one of a kind, or known as it stands
    let others = quiet.key().filter(|k| *k != &s.message.text[..]);
    let blind = scratch.own.is_empty() && others.is_some_and(|k| signs.is_blind(k));
    if let Some((at, before)) = quiet.learn(&s.message.text, s.scope, (blind, is_trouble, acts)) {
        quiet.counts_behind(at, behind);
        if let Some(before) = before {
            scratch.count_known(t, &before);
        }
    }
}

/// Counts a message that neither complains nor states anything; gives the time behind which others like it need but be
/// counted.
pub(super) fn shape(t: &mut Track, scratch: &mut Scratch, s: &MessageAt<'_>) -> i64 {
    let again = scratch.again && s.at.lead == 0;
    let line = || MessageShape::one(s.us, s.at.pos, s.at.bytes(), again);
    let masked = &mut scratch.shaped;
    t.shapes.see(&s.message.text, s.us, line, masked)
}

#[cfg(test)]
mod tests {
    use crate::summary::fast::fold_brief::tests::fold;
    use crate::summary::shapes::{MessageShape, Shapes};
    use crate::summary::{Axis, InputPart, LineAt, Pos, Stretch};
    use coroner_lines::record::{Body, Kind, Level, Message, Record};
    use coroner_lines::time::{Precision, SECOND, Stamp};
    use proptest::prelude::*;

    /// Which seconds of four are those of a fault, whose lines are not counted by their words.
    const FAULT: i64 = 1;

    /// A line: its text, when it was written, and whether it says in which zone.
    type TimedText = (String, i64, bool);

    fn part_of(lines: &[TimedText], from: usize) -> InputPart {
        let mut fold = fold();
        let block: Vec<u8> = lines.iter().flat_map(|l| l.0.bytes()).collect();
        let mut at = 0;
        for (n, (text, second, zone)) in lines.iter().enumerate() {
            let offset = (from + at) as u64;
            let pos = Pos {
                offset,
                line: n as u64 + 1,
            };
            let line = LineAt::new(&block, (at, at + text.len()), pos);
            let stamp = Stamp {
                offset_min: zone.then_some(0),
                ..Stamp::utc(second * SECOND, Precision::Second)
            };
            let mut said = Message::new(Level::Info, text.as_bytes());
            // some say what went wrong, and some of these a fault
            said.error = match second % 4 {
                0 => Some(format!("row {second} is missing").into_bytes().into()),
                FAULT => Some(b"no space left on device"[..].into()),
                _ => None,
            };
            let rec = Record::new(Some(stamp), Body::Message(said));
            fold.record(line, &rec, 0, Kind::App, None);
            at += text.len();
        }
        fold.flush(&block);
        let end = (from + at) as u64;
        let lines = lines.len() as u64;
        let whole = Stretch {
            end,
            lines,
            before: 0,
            crc32: 0,
        };
        fold.finish(from as u64, whole, &["any".to_string()])
    }

    /// The same without a memory of texts.
    fn counted_one_by_one(lines: &[TimedText], axis: Axis) -> Shapes {
        let mut shapes = Shapes::default();
        let (mut at, mut out) = (0, Default::default());
        for (n, (text, second, zone)) in lines.iter().enumerate() {
            let pos = Pos {
                offset: at as u64,
                line: n as u64 + 1,
            };
            at += text.len();
            if *zone == (axis == Axis::Utc) && second % 4 != FAULT {
                let us = second * SECOND;
                let line = || MessageShape::one(us, pos, text.as_bytes(), false);
                shapes.see(text.as_bytes(), us, line, &mut out);
            }
        }
        shapes
    }

    /// Enough texts that some of them take the place of others in what is remembered.
    fn lines() -> impl Strategy<Value = Vec<TimedText>> {
        let often = "(order|basket|parcel) [0-9]{1,3} (sent|kept)( to [a-c]{1,2})?";
        let seldom = "[a-z]{3} [a-z]{3} said|call to [ab] status=(200|503) [0-9]";
        let text = prop_oneof![6 => often, 4 => seldom];
        proptest::collection::vec((text, 0i64..90, any::<bool>()), 1..400)
    }

    proptest! {
        #[test]
        fn a_memory_of_texts_changes_no_count(lines in lines(), cut in any::<prop::sample::Index>()) {
            let whole = part_of(&lines, 0);
            for axis in [Axis::Utc, Axis::Wall] {
                prop_assert_eq!(&*whole.track(axis).shapes, &counted_one_by_one(&lines, axis));
            }
            let (a, b) = lines.split_at(cut.index(lines.len() + 1));
            let from = a.iter().map(|l| l.0.len()).sum();
            let joined = part_of(b, from).merge(part_of(a, 0)).unwrap();
            prop_assert_eq!(joined.utc, whole.utc);
            prop_assert_eq!(joined.wall, whole.wall);
        }
    }
}
