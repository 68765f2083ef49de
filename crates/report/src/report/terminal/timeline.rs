//! The timeline on the screen: one paragraph per row, its lines at the end; rows that the story does not need are counted.

use super::{Ink, NARROW, ROWS, ScreenView, TEXT_AT};
use crate::report::sentence::{Clock, KNOWN_BY, Medium, beginning, render};
use crate::report::wrap::{left, right, width};
use crate::report::{cite, rows, time};
use coroner_infer::model::{Basis, Claim, Event, Incident, Piece, Sentence};
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::time::MINUTE;

impl ScreenView<'_> {
    pub(super) fn timeline(&mut self, i: &Incident, clock: Clock) {
        let claims: Vec<Claim> = i.causes.iter().flat_map(|c| self.weightiest(c)).collect();
        let (lines, folded) = match self.look.all {
            true => (rows::of(i), Vec::new()),
            false => rows::folded(i, &claims, ROWS),
        };
        let untimed = |l: &rows::RowLine<'_>| l.lead.time.is_none();
        let zone = time::zone_label(i.onset, clock.zone);
        let mut legend =
            format!("{zone} · T = onset · ~ measured, the rest straight from the logs");
        for (mark, means) in [('>', " · > later"), ('<', " · < earlier")] {
            if lines.iter().any(|l| mark_of(l.lead) == mark) {
                legend.push_str(means);
            }
        }
        let legend = self.set(&legend);
        self.title("TIMELINE", &legend);
        let mut day = time::date(i.onset, clock.zone);
        let apart = lines
            .iter()
            .position(|l| untimed(l) && l.lead.place.is_none());
        for (n, l) in lines.iter().enumerate() {
            if Some(n) == apart {
                self.faint("  ", "without a time");
            }
            let e = l.lead;
            let known = e.time.or(e.after).or(e.before).unwrap_or(i.onset);
            let today = time::date(known, clock.zone);
            if today != day {
                let date = time::long_date(known, clock.zone);
                self.faint("  ", &date);
                day = today;
            }
            self.timeline_row(l, i, clock);
        }
        if !folded.is_empty() {
            let counted = self.set(&format!("not shown (-v): {}", rows::counts(&folded, i)));
            self.faint("  ", &counted);
        }
        self.phases(i);
        self.line("");
    }

    fn timeline_row(&mut self, l: &rows::RowLine<'_>, i: &Incident, clock: Clock) {
        let e = l.lead;
        let at = match e.time.or(e.after).or(e.before) {
            Some(t) if e.is_by_minute() => time::minute(t, clock.zone),
            Some(t) => time::clock(t, clock.zone),
            None => "?".to_owned(),
        };
        let distance = match (e.time, e.interval.filter(|_| e.is_by_minute())) {
            (_, Some((from, _))) => about(from.since(i.onset)),
            (Some(t), None) => time::offset_from_t(t.since(i.onset)),
            (None, None) => String::new(),
        };
        let distance = self.set(&distance);
        let mark = mark_of(e);
        let ink = Ink::Row(l.kind());
        let letter = e.letter.unwrap_or(' ');
        let evidence = l.evidence();
        let narrow = self.columns() < NARROW;
        let first = match narrow {
            true => {
                let when = format!("{letter}{mark}{at} {distance}");
                let painted = self.paint(&when, ink);
                self.line(&painted);
                "  ".to_owned()
            }
            false => format!("{letter}{mark}{} {} ", left(&at, 8), right(&distance, 7)),
        };
        let first = left(&first, if narrow { 2 } else { TEXT_AT });
        let room = self.columns().saturating_sub(width(&first));
        let text = match self.look.all {
            true => self.text(&l.text(), clock),
            false => self.set(&brief(&again(l, i), (3 * room - room / 2, KNOWN_BY), clock)),
        };
        let citation = self.set(&cite::fitting(self.report, &evidence, room / 2));
        if self.wide() && width(&text) + 2 + width(&citation) <= room {
            let gap = " ".repeat(room - width(&text) - width(&citation));
            let painted = (self.paint(&first, ink), self.paint(&citation, Ink::Faint));
            self.line(&format!("{}{text}{gap}{}", painted.0, painted.1));
        } else {
            self.paragraph((&first, ink), (&text, Ink::Plain), &[citation]);
        }
    }
}

/// Whole minutes between the onset and the middle of the minute that begins then.
fn about(from: i64) -> String {
    match (from + MINUTE).div_euclid(MINUTE) * MINUTE {
        0 => String::new(),
        whole => time::offset_from_t(whole)
            .trim_end_matches("00s")
            .to_owned(),
    }
}

/// What a line says; of an acknowledgement or an end, which of the lettered alerts it is of.
fn again(l: &rows::RowLine<'_>, i: &Incident) -> Sentence {
    let word = match l.lead.kind {
        MarkerKind::AlertAcknowledged => "Acknowledged: alert ",
        MarkerKind::AlertResolved => "Resolved: alert ",
        _ => return l.text(),
    };
    let fired = |e: &&Event| e.kind == MarkerKind::AlertFired && e.group == l.lead.group;
    let letter = i.timeline.iter().filter(fired).find_map(|e| e.letter);
    match letter.filter(|_| l.lead.group.is_some() && l.rows.len() == 1) {
        Some(letter) => Sentence::words(format!("{word}{letter}")),
        None => l.text(),
    }
}

/// A sentence in about so many columns: its longest quotes are cut, to that many characters at least, nothing else.
pub(super) fn brief(s: &Sentence, (columns, least): (usize, usize), clock: Clock) -> String {
    let mut s = s.clone();
    let mut said = render(&s, Medium::Terminal, clock);
    while width(&said) > columns {
        let quoted = s.0.iter_mut().filter_map(|p| match p {
            Piece::Log(t) if t.for_json().chars().count() > least => Some(t),
            _ => None,
        });
        let Some(longest) = quoted.max_by_key(|t| t.for_json().len()) else {
            break;
        };
        let all = longest.for_json().chars().count();
        let keep = least.max(all.saturating_sub(width(&said) - columns + 1)) - 1;
        // of one that is cut already, the end says why: it is most of it. Who writes may leave words out, too
        let text = longest.for_json();
        let cut = text.rsplit_once(" … ").map(|x| x.1);
        let end = cut.or_else(|| text.strip_prefix("… "));
        let end = end.filter(|end| end.chars().count() * 2 > all);
        *longest = match end.and_then(|end| last_words(end, keep - 2)) {
            Some(end) => LogText::new(format!("… {end}").as_bytes()),
            None => beginning(longest, keep + 1),
        };
        said = render(&s, Medium::Terminal, clock);
    }
    said
}

/// The last words of a text that fit so many characters.
fn last_words(text: &str, most: usize) -> Option<&str> {
    let begins = text.match_indices(' ').map(|(at, _)| &text[at + 1..]);
    let fits = |end: &&str| end.chars().count() <= most;
    std::iter::once(text).chain(begins).find(fits)
}

/// What stands before the time of a row: how it is known, or, of one that has no time of its own, on which side of the time shown it
/// lies.
fn mark_of(e: &Event) -> char {
    match (e.time, e.after, e.basis) {
        (None, Some(_), _) => '>',
        (None, None, _) if e.before.is_some() => '<',
        (_, _, Basis::Measured) => '~',
        (_, _, Basis::Assumed) => '?',
        _ => ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_lines::time::Instant;
    use coroner_lines::time::zone::Zone;

    #[test]
    fn what_is_known_to_the_minute_is_that_far_from_the_onset() {
        let minute = |from: i64| about(from * 1_000_000);
        assert_eq!(minute(-43), "");
        assert_eq!(minute(148), "+3m", "its middle is 2 min 58 s behind");
        assert_eq!(minute(-150), "−2m");
        assert_eq!(minute(3_910), "+1h06m");
    }

    #[test]
    fn a_quote_that_was_cut_in_front_keeps_its_end() {
        let of = |text: &str, columns| {
            let said = Sentence::words("said ").p(Piece::Log(LogText::new(text.as_bytes())));
            let (zone, day) = (Zone::Fixed(0), Instant(0));
            brief(&said, (columns, 12), Clock { zone, day })
        };
        let cut = "Unhandled … (0x80004005): ORA-28000: The account is locked.";
        assert_eq!(of(cut, 44), "said “… ORA-28000: The account is locked.”");
        assert_eq!(of(cut, 24), "said “… is locked.”");
        // a word that does not fit is cut where it is, and it ends
        assert_eq!(
            of("x … aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 20),
            "said “x … aaaaaaa…”"
        );
    }
}
