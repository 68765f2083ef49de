//! Which format has an input that several can read: one that explains a tenth of the lines does not own the rest. The order of
//! the registry decides for a line alone; for a whole input it is held against what becomes of the other lines.

use super::Tried;
use coroner_lines::format::Framing;
use coroner_lines::record::{Body, Kind, Level, Message};

/// Lines of the first format that others are tried on.
const TRIED: usize = 64;

/// The format that goes before the one which takes most lines, where both take the same and it shows more: it reads the level
/// that the other leaves in the text, or explains the lines behind a record where the other loses most of the input.
pub(super) fn owner(all: &[Tried], hits: &[u64], unknown: u64, lines: &[&[u8]]) -> Option<usize> {
    let top = (0..all.len()).max_by_key(|i| (hits[*i], std::cmp::Reverse(*i)))?;
    let listed = |t: &Tried| matches!(t, Tried::Listed(f) if f.framing() != Framing::Stateful);
    let hit = usize::try_from(hits[top]).unwrap_or(usize::MAX);
    if hit == 0 || !listed(&all[top]) || matches!(all[top].kind(), Kind::Web | Kind::Pager) {
        return None;
    }
    let taken = lines.iter().filter(|l| all[top].parse(l).is_some());
    let taken: Vec<&[u8]> = taken.step_by(hit.div_ceil(TRIED)).copied().collect();
    let lost = all[top].framing() == Framing::Line && unknown as usize * 2 > lines.len();
    let first = tally(&all[top], &taken)?;
    if !lost && first.levels_left * 10 < taken.len() * 9 {
        return None;
    }
    (0..all.len()).find(|i| {
        let other = |f: &Tried| listed(f) && f.kind() == Kind::App;
        let reads_more = |t: &FormatTally| {
            t.messages * 10 >= taken.len() * 9
                && t.levels_left <= first.levels_left
                && (lost && all[*i].framing() == Framing::Head || t.levels_left * 10 <= taken.len())
        };
        *i != top && other(&all[*i]) && tally(&all[*i], &taken).as_ref().is_some_and(reads_more)
    })
}

/// What a format makes of lines.
struct FormatTally {
    messages: usize,
    /// Messages whose text begins with a level that was not read.
    levels_left: usize,
}

/// `None` where it makes anything but messages of them.
fn tally(format: &Tried, lines: &[&[u8]]) -> Option<FormatTally> {
    let mut tally = FormatTally {
        messages: 0,
        levels_left: 0,
    };
    for line in lines {
        match format.parse(line).map(|r| r.body) {
            Some(Body::Message(m)) => {
                tally.messages += 1;
                tally.levels_left += usize::from(leaves_level(&m));
            }
            Some(_) => return None,
            None => {}
        }
    }
    Some(tally)
}

/// Whether the first words of a text are a level in capitals.
fn leaves_level(m: &Message<'_>) -> bool {
    let words = m.text.split(|c| c.is_ascii_whitespace());
    let words = words.filter(|w| !w.is_empty()).take(3);
    words.map(<[u8]>::trim_ascii).any(|w| {
        let mark = |c: &u8| !c.is_ascii_alphanumeric();
        let from = w.iter().take_while(|c| mark(c)).count();
        let bare = &w[from..];
        let bare = &bare[..bare.len() - bare.iter().rev().take_while(|c| mark(c)).count()];
        bare.len() > 2
            && bare.iter().all(u8::is_ascii_uppercase)
            && Level::from_word(bare).is_some()
    })
}

#[cfg(test)]
mod tests {
    use crate::plan::{PlanConfig, Sampled, plan};

    fn first_format(text: &str) -> String {
        let sample = Sampled {
            name: "app.log".into(),
            pieces: vec![text.as_bytes().to_vec()],
            ..Sampled::default()
        };
        let plan = plan(&[sample], &PlanConfig::default()).unwrap();
        plan.inputs[0].formats[0].name().to_owned()
    }

    #[test]
    fn a_format_that_loses_the_traces_does_not_own_the_file() {
        let trace =
            "java.lang.IllegalStateException: x\n\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)\n";
        let line = |n: usize, level: &str| {
            format!(
                "2026-11-20T06:33:{:02},123+0000 {level} [main] a.B - failed\n{trace}",
                n % 60
            )
        };
        let log: String = (0..40).map(|n| line(n, "ERROR")).collect();
        assert_eq!(first_format(&log), "text with a time");
        // and where nothing is lost, the one that reads the level
        let log: String = (0..40)
            .map(|n| {
                line(n, "INFO")
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned()
                    + "\n"
            })
            .collect();
        assert_eq!(first_format(&log), "text with a time");
    }

    #[test]
    fn what_is_read_well_stays() {
        let line = |n: usize| {
            format!(
                "2026-11-20T06:23:{:02},000000+00:00 usb 1-1: new device\n",
                n % 60
            )
        };
        let log: String = (0..40).map(line).collect();
        assert_eq!(first_format(&log), "dmesg");
        let line = |n: usize| format!("[{:5}.000001] usb 1-1: new device\n", n);
        let log: String = (0..40).map(line).collect();
        assert_eq!(first_format(&log), "dmesg");
    }
}
