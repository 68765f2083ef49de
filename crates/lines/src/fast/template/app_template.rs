//! What the structured lines of one application have in common: the same keys in the same order with the same text between
//! the values. Such a line is checked against that text and its values are cut out, without a walk and without a look-up of
//! keys. A line that is otherwise goes the general way, in `json` and `logfmt`, which gives the same for those that are not.

use crate::fast::line_shape::{Learning, Shape, ValueEnd};
use crate::fast::literal::is_plain_number;
use crate::fast::template::common_fields::{SpanLookup, UsualValues};
use crate::fast::template::name_span::NameRun;
use crate::fast::template::{Memo, Take};
use crate::format::app::fields::Fields;
use crate::format::app::keys::{Meaning, meaning, meaning_within};
use crate::format::app::{json, logfmt};
use crate::format::flat_json::{Value, fields};
use crate::format::pairs::pairs;
use std::borrow::Cow;

/// The lines of one writer.
#[derive(Clone, Debug)]
pub struct AppTemplate {
    shape: Shape<Meaning>,
    /// Pairs of a line of logfmt.
    pairs: Option<usize>,
    usual: Option<UsualValues>,
    /// Where level, service and host stand in usual lines, if together.
    run: Option<NameRun>,
    /// Distinguishes it from the other templates of an input.
    pub(in crate::fast) number: u32,
}

impl AppTemplate {
    /// What a line of JSON shows of those like it; `None` where a list in it means something, or quotes stand within its texts.
    pub fn of_json(line: &[u8]) -> Option<AppTemplate> {
        json::parse(line)?;
        let (mut l, mut keys) = (Learning::of(line), Vec::new());
        learn_object(&mut l, line, Some((b"", json::DEPTH)), &mut keys)?;
        let mut t = AppTemplate::of(l, None)?;
        if let Some(needed) = t.usual.as_ref().and_then(|u| u.in_any_order(&t.shape)) {
            let _ = t.shape.learn_keys(&keys, needed, needed);
        }
        Some(t)
    }

    /// The same for a line of logfmt.
    pub fn of_logfmt(line: &[u8]) -> Option<AppTemplate> {
        logfmt::parse(line)?;
        let mut l = Learning::of(line);
        let pairs = pairs(line, |key, value, pair| {
            let ends = match pair.get(key.len() + 1) {
                Some(b'"') => ValueEnd::Quote,
                _ => ValueEnd::Blank,
            };
            l.value(value, ends, meaning(key));
        })?;
        AppTemplate::of(l, Some(pairs))
    }

    fn of(l: Learning<'_, Meaning>, pairs: Option<usize>) -> Option<AppTemplate> {
        let shape = l.done()?;
        let usual = UsualValues::of(&shape, pairs);
        Some(AppTemplate {
            run: usual.as_ref().and_then(|_| NameRun::of(&shape)),
            usual,
            shape,
            number: 0,
            pairs,
        })
    }

    /// Quotes in a line.
    #[inline(always)]
    pub fn quotes(&self) -> usize {
        self.shape.quotes()
    }

    /// As [`crate::fast::template::LineTemplate::read`]. The line is what [`json`] or [`logfmt`] gives.
    #[inline(always)]
    pub fn read<'a, T: Take<'a>>(
        &self,
        (after, len): (&'a [u8], usize),
        marks: (&[u32], usize),
        by_keys: bool,
        memo: &mut Memo,
        take: T,
    ) -> Option<()> {
        let stretch = match by_keys {
            true => {
                self.shape.cut_by_keys(after, marks, &mut memo.spans)?;
                SpanLookup::None
            }
            false => self.cut(after, marks, memo)?,
        };
        let mut take = Some(take);
        if let Some(u) = &self.usual
            && u.read(after, &stretch, memo, &mut take).is_some()
        {
            return Some(());
        }
        if by_keys {
            return None;
        }
        if let (SpanLookup::Known(at, place), Some(run)) = (&stretch, &self.run)
            && let Some(span) = memo.stretches.at(*place)
        {
            for ((from, to), n) in span.spans.iter().zip(run.values.clone()) {
                memo.spans.set(n, (at + from, at + to));
            }
        }
        self.fields(after, len, memo, take?)
    }

    /// Finds the values of a line, but for those of a stretch that was read before.
    #[inline(always)]
    fn cut(&self, after: &[u8], marks: (&[u32], usize), memo: &mut Memo) -> Option<SpanLookup<'_>> {
        let spans = &mut memo.spans;
        let Some(run) = &self.run else {
            self.shape.cut(after, marks, spans)?;
            return Some(SpanLookup::None);
        };
        let (shape, next, all) = (&self.shape, run.values.end, self.shape.whats().len());
        let at = shape.cut_some(0..run.values.start, (after, 0), marks, spans)?;
        let opened = shape.opened(next, marks)?;
        let of = (self.number, run);
        let here = (at, opened);
        // the bytes are the same as those of a line that was cut, so that the next value begins behind them
        let (end, stretch) = match memo.stretches.find(of, after, here) {
            Some(place) => {
                let stretch = SpanLookup::Known(at, place);
                let at = shape.cut_opened(next, (after, opened), marks, spans)?;
                let at = shape.cut_some(next + 1..all, (after, at), marks, spans)?;
                (at, stretch)
            }
            None => {
                let at = shape.cut_some(run.values.start..all, (after, at), marks, spans)?;
                let same = spans.place(next).0 == opened;
                (
                    at,
                    if same {
                        SpanLookup::New(of, here)
                    } else {
                        SpanLookup::None
                    },
                )
            }
        };
        shape.ends((after, end), marks)?;
        Some(stretch)
    }

    /// Gives a line that was cut, whatever its values are.
    #[inline(never)]
    fn fields<'a>(
        &self,
        after: &'a [u8],
        len: usize,
        memo: &mut Memo,
        take: impl Take<'a>,
    ) -> Option<()> {
        let mut fields = Fields::default();
        for (n, m) in self.shape.whats().enumerate() {
            let (from, to) = memo.spans.place(n);
            let value = after.get(from..to)?;
            match *m {
                Meaning::Nothing => {}
                Meaning::Time => fields.time_by(value, |_| memo.time.time(after, from, to)),
                m => {
                    fields.take_as(m, value);
                }
            }
        }
        let line = after.get(..len)?;
        let is_line = match self.pairs {
            Some(n) => logfmt::is_line(&fields, line, n) && fields.has_text(false),
            None => json::is_line(&fields, line),
        };
        is_line.then(|| take.record(fields.into_record(|| Cow::Borrowed(b""))))
    }
}

/// Learns the values of an object by the name under which it stands and how far those in it are looked into, or of one that is not.
fn learn_object<'l>(
    l: &mut Learning<'l, Meaning>,
    object: &'l [u8],
    within: Option<(&[u8], u8)>,
    keys: &mut Vec<&'l [u8]>,
) -> Option<()> {
    fields(object, |key, value| {
        keys.push(key);
        let means = match within {
            None => Meaning::Nothing,
            Some((b"", _)) => meaning(key),
            Some((parent, _)) => meaning_within(parent, key),
        };
        let is_top = within.is_some_and(|w| w.0.is_empty());
        match value {
            Value::Str(v) => l.value(v, ValueEnd::Quote, means),
            Value::Num(v) if is_plain_number(v) => l.value(v, ValueEnd::Number, means),
            // nobody takes them: the same in all lines, or another writer
            Value::Bool(_) | Value::Null | Value::Empty => true,
            Value::Array(_) if is_top || means == Meaning::Nothing => true,
            Value::Object(o) if !json::is_of_parts(key) => {
                let inner = within.and_then(|(parent, depth)| json::inner(parent, key, depth));
                learn_object(l, o, inner, keys).is_some() || l.refuse()
            }
            Value::Num(_) | Value::Bare(_) | Value::Object(_) | Value::Array(_) => l.refuse(),
        }
    })
}
