//! What stands around lines, at little cost: the wrappers of container runtimes, whose lines all look alike; what a wrapper adds
//! to a brief record; and texts within one that are of no format. What a wrapper states is decided in `format::envelope`, with
//! which this agrees.

use crate::fast::brief::Brief;
use crate::fast::template::Take;
use crate::fast::template::text_template::give_text;
use crate::format::app::text::stated_level;
use crate::format::envelope::{ENVELOPES, Inside, Outer, placed, stream_of};
use crate::record::At;
use crate::time::{DAY, Dated, Precision, Stamp, stamp};
use crate::vector::{ByteWindow, WINDOW, digit_bytes, eight_digits};

/// Bytes of a time in front of the digits of its fraction: `2026-03-10T13:05:01.`.
const WHOLE: usize = 20;
/// Bytes in which a time ends.
const TIME: usize = WINDOW;

/// The longest escape: `\u003c`.
const ESCAPE: usize = 6;

/// The last second that was read, as it was written, and its stamp.
type LastSecond = Option<([u8; WHOLE], Stamp)>;

/// Takes wrappers of container runtimes off whole lines.
#[derive(Debug)]
pub struct Runtimes {
    second: LastSecond,
    /// Docker's and CRI's places among all wrappers.
    places: [usize; 2],
    /// The numbers of their streams, of standard output and error.
    streams: [[u64; 2]; 2],
}

impl Runtimes {
    /// For the lines of an input, if there is a faster way for them.
    pub fn new() -> Option<Runtimes> {
        let place = |name: &str| ENVELOPES.iter().position(|e| e.name == name);
        let streams = |a: &[u8], b: &[u8]| [stream_of(&[a]), stream_of(&[b])];
        let all = Runtimes {
            second: None,
            places: [place("docker json-file")?, place("CRI")?],
            streams: [
                streams(b"stdout", b"stderr"),
                streams(b"stdout ", b"stderr "),
            ],
        };
        cfg!(feature = "fast").then_some(all)
    }

    /// Takes the wrapper off a line of `len` bytes that is followed by whatever stands in `after`, and writes its text, of one line,
    /// behind `texts`: what [`peel`](crate::format::envelope::peel) takes off first, if it is one of these and nothing is cut.
    /// In any other case the texts may hold more than before.
    #[inline(always)]
    pub fn take_off<'a>(
        &mut self,
        after: &[u8],
        len: usize,
        texts: &mut Vec<u8>,
    ) -> Option<(usize, Outer<'a>)> {
        let (which, stamp, error) = match after.first()? {
            b'{' => {
                let (stamp, error) = self.docker(after, len, texts)?;
                (0, stamp, error)
            }
            _ => {
                let (stamp, error) = self.cri(after, len, texts)?;
                (1, stamp, error)
            }
        };
        let mut outer = Outer::new(Some(stamp), Inside::Bare);
        outer.stream = Some(self.streams[which][usize::from(error)]);
        Some((self.places[which], outer))
    }

    /// `TIME stdout F text`: its time, and whether it is of standard error.
    #[inline(always)]
    fn cri(&mut self, after: &[u8], len: usize, texts: &mut Vec<u8>) -> Option<(Stamp, bool)> {
        let (stamp, end) = time(&mut self.second, after)?;
        let behind: &[u8; 10] = after.get(end..)?.first_chunk()?;
        let error = match behind {
            b" stdout F " => false,
            b" stderr F " => true,
            _ => return None,
        };
        texts.extend_from_slice(after.get(end + behind.len()..len)?);
        Some((stamp, error))
    }

    /// `{"log":"text\n","stream":"stdout","time":"…"}`: the same.
    #[inline(always)]
    fn docker(&mut self, after: &[u8], len: usize, texts: &mut Vec<u8>) -> Option<(Stamp, bool)> {
        const STREAM: usize = br#"\n","stream":"stdout","time":""#.len();
        let text = after.get(..len)?.strip_prefix(br#"{"log":""#)?;
        let text = text.strip_suffix(br#""}"#)?;
        let quotes = ByteWindow(text.last_chunk()?).equal(b'"');
        let quote = text.len() - quotes.leading_zeros() as usize;
        let (text, behind) = text.split_at_checked(quote.checked_sub(STREAM)?)?;
        let error = match behind.first_chunk::<STREAM>()? {
            br#"\n","stream":"stdout","time":""# => false,
            br#"\n","stream":"stderr","time":""# => true,
            _ => return None,
        };
        let from = len - behind.len() + STREAM - 2;
        let (stamp, end) = time(&mut self.second, after.get(from..)?)?;
        (from + end + 2 == len).then_some(())?;
        unescape(after.get(8..)?, text.len(), texts)?;
        Some((stamp, error))
    }
}

/// A time in universal time with a fraction at the start of some bytes, and where it ends.
#[inline(always)]
fn time(second: &mut LastSecond, bytes: &[u8]) -> Option<(Stamp, usize)> {
    let bytes: &[u8; TIME] = bytes.first_chunk()?;
    let (whole, behind) = bytes.split_first_chunk::<WHOLE>()?;
    let stamp = match second {
        Some((written, stamp)) if written == whole => *stamp,
        _ => {
            let stamp = of_second(whole)?;
            *second = Some((*whole, stamp));
            stamp
        }
    };
    let (digits, n) = digit_bytes(behind.first_chunk()?);
    let more = usize::from(n == 8 && behind[8].is_ascii_digit());
    let end = WHOLE + n as usize + more;
    if n == 0 || bytes[end] != b'Z' {
        return None;
    }
    // six digits, zeros for those that are not there, behind two zeros
    let six = (digits & u64::MAX >> (64 - 8 * n.min(6))) << 16;
    let us = eight_digits(six);
    let precision = match n {
        ..=3 => Precision::Milli,
        _ => Precision::Micro,
    };
    let wall_us = stamp.wall_us + us as i64;
    Some((
        Stamp {
            wall_us,
            precision,
            ..stamp
        },
        end + 1,
    ))
}

/// The stamp of a written second and its point.
#[cold]
fn of_second(whole: &[u8; WHOLE]) -> Option<Stamp> {
    let mut text = *whole;
    let point = std::mem::replace(&mut text[WHOLE - 1], b'Z');
    let stamp = stamp::whole(&text).filter(|s| s.wall_us >= DAY && s.dated == Dated::Full)?;
    (point == b'.' && whole[10] == b'T' && stamp.offset_min == Some(0)).then_some(stamp)
}

/// Writes the first `len` bytes of a text of JSON without its escapes; `None` where it ends before, or has others than most
/// lines have.
#[inline(always)]
fn unescape(from: &[u8], len: usize, out: &mut Vec<u8>) -> Option<()> {
    let mut to = out.len();
    out.resize(to + len + WINDOW, 0);
    let mut at = 0;
    while at < len {
        let window: &[u8; WINDOW] = from.get(at..)?.first_chunk()?;
        *out.get_mut(to..)?.first_chunk_mut::<WINDOW>()? = *window;
        let w = ByteWindow(window);
        let n = ((w.equal(b'\\') | w.equal(b'"')).trailing_zeros() as usize).min(len - at);
        (at, to) = (at + n, to + n);
        // what is cut is looked at again in the next window
        if n == WINDOW || at >= len || n > 0 && n + ESCAPE > WINDOW {
            continue;
        }
        let (c, read) = match window.get(n..)? {
            [b'\\', c @ (b'"' | b'\\' | b'/'), ..] => (*c, 2),
            [b'\\', b't', ..] => (b'\t', 2),
            [b'\\', b'u', b'0', b'0', high @ b'2'..=b'7', low, ..] => {
                let low = char::from(*low).to_digit(16)?;
                ((high - b'0') << 4 | low as u8, ESCAPE)
            }
            _ => return None,
        };
        *out.get_mut(to)? = c;
        (at, to) = (at + read, to + 1);
    }
    out.truncate(to);
    (at == len).then_some(())
}

/// A brief record with what its wrapper knows and it does not, as [`Outer::dress`] gives it; `None` where that is more than
/// such records hold.
#[inline(always)]
pub fn dressed<'f, 'a>(b: &Brief<'f, 'a>, outer: &'a Outer<'a>) -> Option<Brief<'f, 'a>> {
    if outer.version.is_some() {
        return None;
    }
    let (stamp, stamped) = match placed(b.stamp, outer.stamp, outer.at) {
        Some(s) => (s, b.stamped),
        None => (
            outer.stamp?,
            if outer.at == At::Read {
                At::Read
            } else {
                b.stamped
            },
        ),
    };
    let host = b.host.or(outer.host.as_deref());
    let service = b.service.or(outer.service.as_deref());
    // a number is that of what the line itself names
    let own = host.is_some() == b.host.is_some() && service.is_some() == b.service.is_some();
    Some(Brief {
        stamp,
        stamped,
        host,
        service,
        names: if own { b.names } else { 0 },
        ..*b
    })
}

/// Gives a text that no format accepts and that continues nothing to `take`, as [`Outer::plain`] reads it but for what the
/// wrapper names; `None` where that is not known here.
#[inline]
pub fn plain<'a>(outer: &Outer<'_>, text: &'a [u8], take: impl Take<'a>) -> Option<()> {
    let stamp = outer.stamp?;
    if outer.inside != Inside::Bare || text.first().is_none_or(|c| *c == b'{') {
        return None;
    }
    let level = stated_level(text, outer.level);
    give_text(stamp, (None, None, 0), (level, text), take);
    Some(())
}

#[cfg(all(test, feature = "fast"))]
mod tests {
    use super::*;
    use crate::format::envelope::peel_to;
    use proptest::prelude::*;

    /// What is taken off a line, without what ends its text.
    fn quickly(r: &mut Runtimes, line: &[u8]) -> Option<(usize, String)> {
        let mut texts = b"before".to_vec();
        let after = [line, b"\n", &[b'x'; 64]].concat();
        let (e, outer) = r.take_off(&after, line.len(), &mut texts)?;
        let text = texts[6..].trim_ascii_end();
        Some((e, format!("{} {outer:?}", String::from_utf8_lossy(text))))
    }

    /// The same by the grammar of the wrapper.
    fn plainly(line: &[u8]) -> Option<(usize, String)> {
        let (e, p, _) = peel_to(line, |_| true)?;
        let text = p.text.trim_ascii_end();
        Some((
            e,
            format!("{} {:?}", String::from_utf8_lossy(text), p.outer),
        ))
    }

    #[test]
    fn usual_lines_are_taken_off() {
        let mut r = Runtimes::new().unwrap();
        for line in [
            "2026-03-10T13:05:01.123456789Z stdout F order 17 sent",
            "2026-03-10T13:05:01.1Z stderr F \tat shop.Main.run(Main.java:9)",
            r#"{"log":"order 17 sent\n","stream":"stdout","time":"2026-03-10T13:05:01.123456789Z"}"#,
            r#"{"log":"{\"level\":\"info\",\"msg\":\"a \\\"b\\\" \u003cinit\u003e\"}\n","stream":"stderr","time":"2026-03-10T13:05:02.12Z"}"#,
            r#"{"log":"\n","stream":"stdout","time":"2026-03-10T13:05:01.123456Z"}"#,
        ] {
            assert_eq!(quickly(&mut r, line.as_bytes()), plainly(line.as_bytes()));
            assert!(quickly(&mut r, line.as_bytes()).is_some(), "{line}");
        }
        // what goes on in the next line is left to who joins it
        for line in [
            "2026-03-10T13:05:01.123456789Z stdout P order",
            r#"{"log":"order","stream":"stdout","time":"2026-03-10T13:05:01.123456789Z"}"#,
            r#"{"log":"a\\n","stream":"stdout","time":"2026-03-10T13:05:01.123456789Z"}"#,
        ] {
            assert!(quickly(&mut r, line.as_bytes()).is_none(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_off_is_what_the_wrapper_takes_off(
            lines in proptest::collection::vec((
                "(2026-03-1[01]T13:05:0[12]|2026-02-30T25:61:00|1970-01-01T00:00:01|2026-03-10T23:59:60)[.,]?[0-9]{0,10}(Z|\\+00:00|)",
                "(stdout|stderr|stdin|)", "[FP](:x)?", r#"([ -~]|\\[n"\\/tru]|\\u00[0-9a-f]{2}|é){0,40}"#, "(\\\\n|\\\\r\\\\n| |)", any::<bool>(),
            ), 1..20),
        ) {
            let mut r = Runtimes::new().unwrap();
            for (time, stream, tags, text, end, docker) in lines {
                let line = match docker {
                    true => format!(r#"{{"log":"{text}{end}","stream":"{stream}","time":"{time}"}}"#),
                    false => format!("{time} {stream} {tags} {text}"),
                };
                if let Some(found) = quickly(&mut r, line.as_bytes()) {
                    prop_assert_eq!(Some(found), plainly(line.as_bytes()), "{}", line);
                }
            }
        }
    }
}
