//! The onset from near: five minutes before it to ten after, a lane for each host and input that has a row there, and behind
//! the rows of a host how many of its requests failed, in steps of ten seconds. Cause and effect are often seconds apart.

use super::draw::{LEFT, RIGHT, Scale, badge, n, open, rect, words};
use super::{IncidentPart, escape};
use crate::report::sentence::{Clock, Medium, name, render};
use crate::report::{edges, kinds, time};
use coroner_infer::model::{Event, Lane, Series};
use coroner_lines::text::LogText;
use minijinja::context;
use minijinja::value::Value;

/// Lanes at most.
const LANES: usize = 12;
/// From one lane to the next; the lane itself is as high as one of the strip.
const STEP: f64 = 44.0;
/// Where a lane's name stands above it.
const NAME: f64 = 12.0;

impl IncidentPart<'_> {
    /// The picture with the seconds of its steps and how many lanes are left out; nothing without requests.
    pub(super) fn zoom(&self) -> Option<Value> {
        let some = |s: &&Series| !s.requests.is_empty();
        self.i.series.as_ref().filter(some)?;
        let s = self.i.near.as_ref().filter(some)?;
        let scale = Scale::of(s);
        let zone = self.report.settings.zone;
        let all = Lane {
            name: LogText::name(b"all requests"),
            requests: s.requests.clone(),
            failed: s.failed.clone(),
        };
        let mut lanes: Vec<(String, Option<&Lane>, Vec<&Event>)> =
            vec![("all requests".to_owned(), Some(&all), Vec::new())];
        for lane in &s.by_host {
            lanes.push((name(&lane.name, Medium::Plain), Some(lane), Vec::new()));
        }
        let near = (self.i.timeline.iter()).filter(|e| e.time.is_some_and(|t| scale.holds(t)));
        for e in near {
            let place = self.place(e);
            match lanes.iter_mut().find(|l| l.0 == place) {
                Some(lane) => lane.2.push(e),
                None => lanes.push((place, None, vec![e])),
            }
        }
        // hosts without a row show least
        while let (true, Some(k)) = (
            lanes.len() > LANES,
            lanes.iter().skip(1).rposition(|l| l.2.is_empty()),
        ) {
            lanes.remove(k + 1);
        }
        let left_out = lanes.len().saturating_sub(LANES);
        lanes.truncate(LANES);
        let floor = STEP * lanes.len() as f64 + 4.0;
        let [from, to] = [scale.start, scale.end()].map(|t| time::clock(t, zone));
        let mut svg = open(
            ("chart zoom", "group"),
            floor + 26.0,
            [self.id("z-t"), self.id("z-d")],
            [
                &format!("Around the onset, {from} to {to}"),
                "Rows of the timeline by host or input.",
            ],
        );
        for (k, (label, lane, _)) in lanes.iter().enumerate() {
            let y = STEP * k as f64 + NAME + 4.0;
            svg += &match lane {
                Some(lane) => self.lane(lane, "", s, scale, y),
                None => rect("hbg", [LEFT, y, RIGHT - LEFT, 26.0], 3),
            };
            svg += &words("ax ln", LEFT, y - 4.0, false, label);
        }
        let (onset, bottom) = (n(scale.x(self.i.onset)), n(floor));
        svg += &format!("<path class=\"mk m-onset\" d=\"M{onset} 4V{bottom}\"/>");
        for (k, (_, _, rows)) in lanes.iter().enumerate() {
            let y = STEP * k as f64 + NAME + 17.0;
            // those with a letter in front
            let (lettered, plain): (Vec<&Event>, Vec<&Event>) =
                rows.iter().copied().partition(|e| e.letter.is_some());
            let all = plain.into_iter().chain(lettered);
            svg.extend(all.filter_map(|e| self.dot(e, scale, y)));
        }
        svg += &scale.clock(zone, floor + 18.0, None);
        let svg = Value::from_safe_string(svg + "</svg>");
        Some(context! { svg, step => s.bucket_s, more => left_out })
    }

    /// The host of a row, else the input that it stands in.
    fn place(&self, e: &Event) -> String {
        let first = e.evidence.iter().min_by_key(|x| (x.input, x.line, x.byte));
        let input = first.and_then(|x| self.report.inputs.get(x.input as usize));
        match (&e.host, input) {
            (Some(host), _) => name(host, Medium::Plain),
            (None, Some(input)) => name(&input.name, Medium::Plain),
            (None, None) => "elsewhere".to_owned(),
        }
    }

    /// A row: its letter leads to it, and what it says shows under the pointer.
    fn dot(&self, e: &Event, scale: Scale, y: f64) -> Option<String> {
        let t = e.time?;
        let (x, class) = (scale.x(t), kinds::family(e.kind));
        // without markup: it stands in an attribute
        let text = render(&e.text, Medium::Plain, Clock::of(self.report, self.i.onset));
        let at = edges::when(e, |t| time::clock(t, self.report.settings.zone));
        let said = format!("{at} {text}");
        Some(match e.letter {
            Some(letter) => badge(&self.id(&e.id), letter, class, x, y, &said),
            None => format!(
                "<circle class=\"bd m-{class}\" cx=\"{}\" cy=\"{}\" r=\"5\"><title>{}</title></circle>",
                n(x),
                n(y),
                escape(&said)
            ),
        })
    }
}
