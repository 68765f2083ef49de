//! The onset from near: five minutes before it to ten after, a lane for each host and input that has a row there, and behind
//! the rows of a host how many of its requests failed, in steps of ten seconds. Cause and effect are often seconds apart.

use super::draw::{LEFT, RIGHT, Scale, n};
use super::{IncidentPart, escape};
use crate::report::sentence::{Medium, name, render};
use crate::report::{cite, time};
use coroner_infer::model::{Event, Lane};
use coroner_lines::text::LogText;

/// Lanes at most.
const LANES: usize = 12;
/// From one lane to the next; the lane itself is as high as one of the strip.
const STEP: f64 = 44.0;
/// Where a lane's name stands above it.
const NAME: f64 = 12.0;

impl IncidentPart<'_> {
    pub(super) fn zoom(&self) -> String {
        let Some(s) = self.i.near.as_ref().filter(|s| !s.requests.is_empty()) else {
            return String::new();
        };
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
        let (t, d) = (self.id("z-t"), self.id("z-d"));
        let mut svg = format!(
            "<svg class=\"chart zoom\" viewBox=\"0 0 1080 {}\" preserveAspectRatio=\"none\" role=\"group\" aria-labelledby=\"{t} {d}\"><title id=\"{t}\">Around the onset, {} to {}</title><desc id=\"{d}\">Rows of the timeline by host or input.</desc>",
            n(floor + 26.0),
            time::clock(scale.start, zone),
            time::clock(scale.end(), zone),
        );
        let onset = n(scale.x(self.i.onset));
        for (k, (label, lane, _)) in lanes.iter().enumerate() {
            let y = STEP * k as f64 + NAME + 4.0;
            match lane {
                Some(lane) => svg.push_str(&self.lane(lane, "", s, scale, y)),
                None => svg.push_str(&format!(
                    "<rect class=\"hbg\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"26\" rx=\"3\"/>",
                    n(LEFT),
                    n(y),
                    n(RIGHT - LEFT)
                )),
            }
            svg.push_str(&format!(
                "<text class=\"ax ln\" x=\"{}\" y=\"{}\">{}</text>",
                n(LEFT),
                n(y - 4.0),
                escape(label)
            ));
        }
        svg.push_str(&format!(
            "<path class=\"mk m-onset\" d=\"M{onset} 4V{}\"/>",
            n(floor)
        ));
        for (k, (_, _, rows)) in lanes.iter().enumerate() {
            let y = STEP * k as f64 + NAME + 17.0;
            // those with a letter in front
            let (lettered, plain): (Vec<&Event>, Vec<&Event>) =
                rows.iter().copied().partition(|e| e.letter.is_some());
            plain
                .iter()
                .for_each(|e| svg.push_str(&self.dot(e, scale, y)));
            lettered
                .iter()
                .for_each(|e| svg.push_str(&self.dot(e, scale, y)));
        }
        svg.push_str(&scale.clock(zone, floor + 18.0, None));
        let more = match left_out {
            0 => String::new(),
            k => format!(" {k} more have a row in this time."),
        };
        format!(
            "<figure><div class=\"scroll\" role=\"group\" aria-label=\"Around the onset\" tabindex=\"0\">{svg}</svg></div><figcaption>Around the onset: rows by host or input, the failed share behind them in steps of {} s.{more}</figcaption></figure>",
            s.bucket_s
        )
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
    fn dot(&self, e: &Event, scale: Scale, y: f64) -> String {
        let Some(t) = e.time else {
            return String::new();
        };
        let at = time::clock(t, self.report.settings.zone);
        let (x, y) = (scale.x(t), y);
        let class = cite::family(e.kind);
        // without markup: it stands in an attribute
        let text = render(&e.text, Medium::Plain, self.clock());
        let said = escape(&format!("{at} {text}"));
        match e.letter {
            Some(letter) => format!(
                "<a href=\"#{}\" aria-label=\"Timeline row {letter}: {said}\"><circle class=\"bd m-{class}\" cx=\"{x}\" cy=\"{}\" r=\"9\"/><text class=\"bdl\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{letter}</text></a>",
                self.id(&e.id),
                n(y),
                n(y + 4.0),
                x = n(x),
            ),
            None => format!(
                "<circle class=\"bd m-{class}\" cx=\"{}\" cy=\"{}\" r=\"5\"><title>{said}</title></circle>",
                n(x),
                n(y),
            ),
        }
    }
}
