//! Lines of plain text whose head was read before: the same bytes between the time and the text. What a head shows depends on the
//! text behind it only where that goes on like a head, so that a text which begins as none does has it as it was. All
//! else goes the general way, in `text`, which gives the same.

use crate::fast::brief::{Brief, Line, PathSpan};
use crate::fast::template::{Memo, Take};
use crate::format::app::message;
use crate::format::app::text::{deploy_tool, stamped};
use crate::format::leaf;
use crate::record::{At, Body, Level, Message, Record};
use crate::time::Stamp;
use std::borrow::Cow;

/// Longest time.
const TIME: usize = 32;

/// The lines of one writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextTemplate {
    /// Bytes of the time, and whatever belongs to it.
    pub(in crate::fast) time: usize,
    /// The byte with which its lines begin; a zero for any digit.
    first: u8,
}

/// Whether a text begins with a plain word, perhaps with a colon, and another one behind a single blank.
fn is_plain(text: &[u8]) -> bool {
    let word = text.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let behind = text.get(word..).unwrap_or_default();
    let behind = behind.strip_prefix(b":").unwrap_or(behind);
    word > 1 && matches!(behind, [] | [b' ', b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9', ..])
}

/// Whether the head in front of a text ends there, since it stated a level: no word of a head is so written, or none goes on so.
fn ends_head(text: &[u8]) -> bool {
    let Some(first) = text.first() else {
        return false;
    };
    if !(first.is_ascii_alphabetic() || *first == b'_') {
        return !(first.is_ascii_digit() || b" \t\r\n\x0c\x1b[{<-|:".contains(first));
    }
    let ends = |c: &u8| matches!(c, b' ' | b'\t' | b'|' | 0x1b);
    let (word, behind) = text.split_at(text.iter().position(ends).unwrap_or(text.len()));
    let goes_on = word.ends_with(b":") && word.contains(&b'.') || text.starts_with(b"p=");
    let plain = |c: &u8| !b" \t\r\n\x0c\x1b-:".contains(c);
    !goes_on && (behind.is_empty() || behind[0] == b' ' && behind.get(1).is_some_and(plain))
}

/// A zero for any digit.
#[inline(always)]
fn zero(c: u8) -> u8 {
    if c.is_ascii_digit() { b'0' } else { c }
}

impl TextTemplate {
    /// What a line shows of those like it.
    pub fn learn(line: &[u8]) -> Option<TextTemplate> {
        let begun = stamped(line)?;
        let time = line.len() - begun.rest.len();
        // the offset of a place changes over the year
        let place = |w: &[u8]| w[1] == b'/' && w[0].is_ascii_lowercase();
        let usual = begun.level.is_none() && time <= TIME && !line[..time].windows(2).any(place);
        usual.then_some(TextTemplate {
            time,
            first: zero(*line.first()?),
        })
    }

    /// Whether a line that begins so may be one of them.
    #[inline(always)]
    pub fn may_begin(&self, first: u8) -> bool {
        zero(first) == self.first
    }

    /// As [`crate::fast::template::LineTemplate::read`]. The line is what [`crate::format::app::text::Text`] gives.
    #[inline(always)]
    pub fn read<'a>(
        &self,
        after: &'a [u8],
        len: usize,
        quotes: usize,
        memo: &mut Memo,
        take: impl Take<'a>,
    ) -> Option<()> {
        let line = after.get(..len)?;
        let rest = line.get(self.time..)?;
        if !self.may_begin(*line.first()?) || line.last() == Some(&b'\r') {
            return None;
        }
        let stamp = memo
            .written
            .time_by(after, 0, self.time, |t| time(t, rest))?;
        let behind = after.get(self.time..)?;
        let heads = &mut memo.heads;
        let at = match heads.find(*self, behind, rest.len()) {
            Some(at) => at,
            None => heads.learn(*self, after, line, &mut memo.numbers)?,
        };
        let known = heads.at(at)?;
        let text = rest.get(known.len..)?;
        let part = |at: Option<(usize, usize)>| at.and_then(|(from, to)| rest.get(from..to));
        let (level, host, service) = (known.level, part(known.host), part(known.service));
        let plain = is_plain(text);
        if !plain && !ends_head(text) {
            return None;
        }
        // what begins with a capital may report a request, as may a quoted text
        let said =
            plain && quotes == 0 && !text.first()?.is_ascii_uppercase() && !leaf::has_escape(text);
        if said {
            take.brief(&Brief {
                stamp,
                stamped: At::End,
                host,
                service,
                version: None,
                names: known.names,
                request: None,
                path_at: PathSpan::Nowhere,
                said: Some((level, text, 0)),
            });
            return Some(());
        }
        fully(stamp, (host, service), (level, text), take)
    }
}

/// Gives a line of which more than little may have to be kept.
#[inline(never)]
fn fully<'a>(
    stamp: Stamp,
    (host, service): (Option<&'a [u8]>, Option<&'a [u8]>),
    (level, text): (Level, &'a [u8]),
    take: impl Take<'a>,
) -> Option<()> {
    if deploy_tool(text) {
        return None;
    }
    match message::body(level, text) {
        Body::Message(Message {
            text: Cow::Borrowed(text),
            ..
        }) if level < Level::Warn => take.brief(&Brief {
            stamp,
            stamped: At::End,
            host,
            service,
            version: None,
            names: 0,
            request: None,
            path_at: PathSpan::Nowhere,
            said: Some((level, text, 0)),
        }),
        body => take.line(Line::Record(Record {
            host: host.map(Cow::Borrowed),
            service: service.map(Cow::Borrowed),
            ..Record::new(Some(stamp), body)
        })),
    }
    Some(())
}

/// What the general way says of a written time in front of the rest of a line.
fn time(written: &[u8], rest: &[u8]) -> Option<Stamp> {
    let line = [written, rest].concat();
    let begun = stamped(&line)?;
    (begun.level.is_none() && begun.rest.len() == rest.len()).then_some(begun.stamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fast::template::{
        LineTemplate,
        tests::{piece, read},
    };
    use crate::format::Format;
    use crate::format::app::head::head;
    use crate::format::app::text::Text;
    use proptest::prelude::*;

    const LINES: &[&str] = &[
        "2026-11-20 06:37:04,491 ERROR [shop.checkout] payment failed: timeout after 30 s",
        "2026-11-20 06:37:04,491 INFO  [worker-3] shop.orders - order 17 sent to the warehouse",
        "2026-03-10 13:00:02.123  INFO 1 --- [           main] com.acme.shop.ShopApplication            : Started in 3 seconds",
        "2026-03-10T13:05:00.001+00:00 WARN 1 --- [shop] [nio-8080-exec-1] [4bf92f35-00f0] o.a.c.c.C.[.[.[/].[dispatcher]    : Servlet threw",
        "2026-11-20 06:37:04,491 - shop.checkout - WARNING - retrying payment 1",
        "[2024-03-05 12:50:09 +0100] [32379] [INFO] Starting gunicorn 20.1.0",
        "[2026-11-20T06:37:04.817] [INFO] shop - connected to 10.0.0.1",
        "2026-11-20 06:37:04.520 | DEBUG    | __main__:<module>:23 - all good",
        "10 Mar 2026 13:05:01,200 FATAL [main] com.acme.Main: exiting now",
        "2024-07-02T15:21:18.064 media1 INFO media.web - served it",
        "2026-11-20 06:37:04.520 UTC INFO pay: took 3 s",
        "2026-11-20T06:37:04Z I | etcdserver: published it",
        "2026-11-20 06:37:04 INFO GET /cart 200 4ms",
        "2026-11-20 06:37:04 INFO Completed 500 Internal Server Error in 177ms",
        r#"2026-11-20 06:37:04 INFO got "GET / HTTP/1.1" 200 12"#,
        "2026-11-20 06:37:04 INFO [a:b] [pid 7] bad luck",
    ];

    /// Texts that go on like heads, or are none of the format.
    const OTHERWISE: &[&str] = &["] shop - ", "GET /", "[pid 7]"];

    fn learn(line: &str) -> Option<LineTemplate> {
        TextTemplate::learn(line.as_bytes()).map(LineTemplate::Text)
    }

    #[test]
    fn heads_that_were_read_before() {
        let mut left = Vec::new();
        for line in LINES {
            let t = learn(line).unwrap();
            let mut memo = Memo::default();
            for other in [
                line.to_string(),
                line.replace("37:04", "37:05"),
                line.replace(",491", ",492"),
            ] {
                let p = piece(&other);
                match read(&t, &p, &mut memo) {
                    Some(found) => {
                        let wanted = Text.parse(other.as_bytes());
                        assert_eq!(
                            format!("{:?}", Some(found)),
                            format!("{wanted:?}"),
                            "{other}"
                        );
                    }
                    None if OTHERWISE.iter().any(|o| other.contains(o)) => {}
                    None => left.push(other),
                }
            }
        }
        assert!(left.is_empty(), "{left:#?}");
        let t = learn(LINES[0]).unwrap();
        for line in [
            "\tat shop.Main.run(Main.java:9)",
            "java.net.ConnectException: Connection refused",
            "2026-11-20 06:37:04,491 ERROR [shop.checkout] shop.pay: timeout",
            "2026-11-20 06:37:04,491 ERROR [shop.checkout] [x] timeout",
            "2026-11-20 06:37:04,491 payment failed: timeout",
            "2026-11-20 06:37:04,491 ERROR [shop.checkout] payment failed\r",
            "2026-11-20 06:37:04,491 ERROR",
            "2026-13-20 06:37:04,491 ERROR [shop.checkout] payment failed",
            "",
        ] {
            assert!(
                read(&t, &piece(line), &mut Memo::default()).is_none(),
                "{line}"
            );
        }
    }

    #[test]
    fn many_heads() {
        let t = learn(LINES[1]).unwrap();
        let mut memo = Memo::default();
        for n in 0..3000 {
            let line = LINES[1].replace("worker-3", &format!("worker-{}", n % 700));
            let p = piece(&line);
            if let Some(found) = read(&t, &p, &mut memo) {
                let wanted = Text.parse(line.as_bytes());
                assert_eq!(format!("{:?}", Some(found)), format!("{wanted:?}"));
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_is_what_the_general_way_reads(
            which in 0..LINES.len(), before in 0..LINES.len(),
            changes in proptest::collection::vec((0usize..160, 0usize..9, r#"["\[\]{}<>|/:.,0-9a +-]{0,5}|\t|\x1b\[1m|INFO|ERROR|debug1|UTC| PM|: |- |a b|GET |deployment |[a-zA-Z0-9]{1,4}"#), 1..6),
        ) {
            let s = LINES[which];
            let t = learn(s).unwrap();
            // what is remembered of one line must not show in the next
            let mut memo = Memo::default();
            let _ = read(&learn(LINES[before]).unwrap(), &piece(LINES[before]), &mut memo);
            let _ = read(&t, &piece(s), &mut memo);
            let mut last = s.to_string();
            for (from, cut, put) in &changes {
                // changes of a line as it was, and of what became of it
                for line in [s, &last.clone()] {
                    let from = from % (line.len() + 1);
                    let line = [&line[..from], put, &line[(from + cut).min(line.len())..]].concat().replace('\n', " ");
                    for p in [piece(&line), [line.as_bytes(), b"\n"].concat()] {
                        if let Some(r) = read(&t, &p, &mut memo) {
                            let wanted = Text.parse(line.as_bytes());
                            prop_assert_eq!(format!("{:?}", Some(r)), format!("{wanted:?}"), "{}", line);
                        }
                    }
                    last = line;
                }
            }
        }

        /// Texts of all kinds behind heads that are known.
        #[test]
        fn any_text_may_follow(
            which in 0..LINES.len(),
            texts in proptest::collection::vec(r#"[a-zA-Z]{1,9}( |  |\t|: |=|/|\.)[a-zA-Z0-9:./\[\]<|-]{0,9}( [ -~]{0,20})?|[A-Z]{3,7} /[a-z]{0,5} [0-9]{3}|[ -~]{0,30}"#, 1..8),
        ) {
            let s = LINES[which];
            let t = learn(s).unwrap();
            let mut memo = Memo::default();
            let _ = read(&t, &piece(s), &mut memo);
            let h = head(stamped(s.as_bytes()).unwrap().rest);
            let before = s.len() - h.text.len();
            for text in &texts {
                let line = [&s[..before], text].concat();
                if let Some(r) = read(&t, &piece(&line), &mut memo) {
                    let wanted = Text.parse(line.as_bytes());
                    prop_assert_eq!(format!("{:?}", Some(r)), format!("{wanted:?}"), "{}", line);
                }
            }
        }
    }
}
