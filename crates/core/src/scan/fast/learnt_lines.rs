//! Blocks of lines that look alike: each is tried against what lines before it have shown. Which of them have been
//! learnt depends on where a worker began, so nothing but speed may depend on it.

use crate::plan::{PlanInput, trim_line};
use crate::scan::fast::access_runs::RunState;
use crate::scan::lines::{NEAR, OpenRecord, Scanner};
use crate::summary::{LineAt, Pos};
use coroner_lines::fast::brief::{Brief, Line, PathSpan};
use coroner_lines::fast::template::{LineTemplate, Memo, Take};
use coroner_lines::fast::{Way, closes};
use coroner_lines::format::Framing;
use coroner_lines::record::{At, Level};
use coroner_lines::time::Stamp;
use coroner_lines::vector::soon;

/// Writers of one input that are remembered.
const WRITERS: usize = 8;

/// What lines have shown.
#[derive(Default)]
pub(super) struct Alike {
    /// The lines of each writer, and which format they are of.
    templates: Vec<(LineTemplate, usize)>,
    /// The writers, that of the last line first.
    order: [u8; WRITERS],
    /// Lines that were like none of them.
    misses: u64,
    memo: Memo,
}

impl Alike {
    /// Learns from a line that was like none: from the first ones, then from fewer and fewer.
    fn miss(&mut self, input: &PlanInput, ways: &[Option<Way>], line: &[u8]) {
        self.misses += 1;
        if (self.misses > 64 && !self.misses.is_multiple_of(64)) || self.templates.len() >= WRITERS
        {
            return;
        }
        if let Some((template, format)) = learn(input, ways, line) {
            let n = self.templates.len();
            self.order[n] = n as u8;
            self.templates.push((template.numbered(n), format));
        }
    }
}

/// What a line shows, if it is sure that no format that is asked earlier would take a line like it.
fn learn(input: &PlanInput, ways: &[Option<Way>], line: &[u8]) -> Option<(LineTemplate, usize)> {
    let first = *line.first()?;
    let n = input.formats.iter().position(|f| f.may_begin(first))?;
    match ways.get(n)? {
        Some(Way::Alike(learn)) => Some((learn(line)?, n)),
        _ => None,
    }
}

/// A line of a block, and its format.
struct Here<'b> {
    block: &'b [u8],
    start: usize,
    end: usize,
    format: usize,
}

/// Gives a line to the fold.
struct Give<'s, 'p, 'b> {
    scanner: &'s mut Scanner<'p>,
    state: &'s mut RunState<'b>,
    here: Here<'b>,
}

/// A usual message to which the lines that follow may belong. No more than what such messages state: it is written and read
/// back once per line.
pub(super) struct WaitingLine<'b> {
    line: (usize, usize),
    pos: Pos,
    stamp: Stamp,
    host: Option<&'b [u8]>,
    service: Option<&'b [u8]>,
    names: u32,
    said: (Level, &'b [u8], u16),
    format: usize,
}

impl<'b> WaitingLine<'b> {
    fn at(&self, block: &'b [u8]) -> LineAt<'b> {
        LineAt::new(block, self.line, self.pos)
    }

    #[inline(always)]
    fn brief(&self) -> Brief<'b, 'b> {
        Brief {
            stamp: self.stamp,
            stamped: At::End,
            host: self.host,
            service: self.service,
            version: None,
            names: self.names,
            request: None,
            path_at: PathSpan::Nowhere,
            said: Some(self.said),
        }
    }
}

impl<'b> Take<'b> for Give<'_, '_, 'b> {
    #[inline(always)]
    fn brief(self, brief: &Brief<'_, 'b>) {
        let format = self.here.format;
        let (framing, kind) = self.scanner.kinds[format];
        // a failed request to which lines may belong is rare
        if framing == Framing::Head
            && brief.request.is_some()
            && brief.said.is_some_and(|s| s.0 >= Level::Error)
        {
            return self.line(Line::Record(brief.record()));
        }
        let at = self.scanner.begin(&self.here, self.state);
        self.state.may_continue = framing == Framing::Head;
        let said = match (framing, brief.request, brief.said) {
            (Framing::Head, None, Some(said)) => said,
            _ => {
                if self.state.held.is_some() {
                    self.scanner.release(self.state, at.block);
                }
                return self.scanner.fold.brief(at, brief, format, kind);
            }
        };
        // where it lies: a copy would be waited for
        if let Some(held) = &self.state.held {
            let kind = self.scanner.kinds[held.format].1;
            let fold = &mut self.scanner.fold;
            fold.brief(held.at(at.block), &held.brief(), held.format, kind);
        }
        self.state.held = Some(WaitingLine {
            line: (at.start, at.end),
            pos: at.pos,
            stamp: brief.stamp,
            host: brief.host,
            service: brief.service,
            names: brief.names,
            said,
            format,
        });
    }

    #[inline(never)]
    fn line(self, line: Line<'_, 'b>) {
        match line {
            Line::Brief(b) => self.brief(&b),
            Line::Record(r) => {
                let format = self.here.format;
                let (framing, kind) = self.scanner.kinds[format];
                self.scanner.settle(self.state, self.here.block);
                let at = self.scanner.begin(&self.here, self.state);
                if framing == Framing::Head {
                    self.state.may_continue = true;
                    let outside = self.scanner.fold.meet(&r);
                    if !outside && OpenRecord::may_be(&r.body) {
                        self.state.open = Some(OpenRecord::of(at, r, format, kind));
                        return;
                    }
                }
                self.scanner.fold.record(at, &r, format, kind, None);
            }
        }
    }
}

/// Which of the marks is the next newline.
#[inline(always)]
fn newline(piece: &[u8], marks: &[u32]) -> Option<usize> {
    marks
        .iter()
        .position(|m| piece.get(*m as usize) == Some(&b'\n'))
}

impl Scanner<'_> {
    /// Folds a message to which no line belonged.
    #[cold]
    fn release<'b>(&mut self, state: &mut RunState<'b>, block: &'b [u8]) {
        if let Some(held) = state.held.take() {
            let kind = self.kinds[held.format].1;
            let rec = held.brief().record();
            self.fold
                .record(held.at(block), &rec, held.format, kind, None);
        }
    }

    /// What is held becomes a record like those of the general way, to which lines may be added.
    #[inline(always)]
    pub(super) fn settle<'b>(&mut self, state: &mut RunState<'b>, block: &'b [u8]) {
        if state.held.is_some() {
            self.settle_held(state, block);
        }
    }

    #[inline(never)]
    fn settle_held<'b>(&mut self, state: &mut RunState<'b>, block: &'b [u8]) {
        let Some(held) = state.held.take() else {
            return;
        };
        let rec = held.brief().record();
        let kind = self.kinds[held.format].1;
        let at = held.at(block);
        match self.fold.meet(&rec) {
            true => self.fold.record(at, &rec, held.format, kind, None),
            false => state.open = Some(OpenRecord::of(at, rec, held.format, kind)),
        }
    }

    /// Goes to a line.
    #[inline(always)]
    fn begin<'b>(&mut self, here: &Here<'b>, state: &mut RunState<'b>) -> LineAt<'b> {
        self.close(&mut state.open);
        state.may_continue = false;
        self.lines += 1;
        let pos = Pos {
            offset: self.end + here.start as u64,
            line: self.lines,
        };
        LineAt::new(here.block, (here.start, here.end), pos)
    }

    /// Reads the whole lines of a piece of the block, which begins at `base`; gives the bytes read.
    #[inline(always)]
    pub(super) fn alike<'b>(
        &mut self,
        block: &'b [u8],
        base: usize,
        piece: &'b [u8],
        marks: &[u32],
        state: &mut RunState<'b>,
    ) -> usize {
        let mut alike = std::mem::take(&mut self.fast.alike);
        let (mut from, mut k) = (0, 0);
        // the marks of an object without the quotes behind a backslash, where there are any
        let mut closing: Vec<u32> = Vec::new();
        loop {
            let here = marks.get(k..).unwrap_or_default();
            let tried = if closing.is_empty() { here } else { &closing };
            let found = self.templated(&mut alike, block, base, from, piece, tried, state);
            let n = match found.filter(|_| closing.is_empty()) {
                Some(n) => n,
                None => {
                    let Some(n) = newline(piece, here) else {
                        break;
                    };
                    let nl = here[n] as usize;
                    if found.is_none() && closing.is_empty() && piece[from] == b'{' {
                        let kept = here[..n].iter().filter(|q| closes(piece, **q));
                        closing.extend(kept.chain(&here[n..=n]));
                        if closing.len() <= n {
                            continue;
                        }
                    }
                    if found.is_none() {
                        self.other(block, base + from, base + nl, state);
                        alike.miss(self.input, &self.fast.ways, trim_line(&piece[from..nl]));
                    }
                    closing.clear();
                    n
                }
            };
            let next = here[n] as usize + 1;
            let long = next - from > 256;
            (from, k) = (next, k + n + 1);
            // while this piece is understood, the next one comes near
            soon(block, base + from + NEAR);
            if long {
                soon(block, base + from + NEAR + 256);
            }
        }
        self.fast.alike = alike;
        from
    }

    /// Reads a line of a piece if it is like others; gives the number of its quotes.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "one call per line")]
    fn templated<'b>(
        &mut self,
        alike: &mut Alike,
        block: &'b [u8],
        base: usize,
        from: usize,
        piece: &'b [u8],
        marks: &[u32],
        state: &mut RunState<'b>,
    ) -> Option<usize> {
        // a line that goes on behind the piece is none of these
        let after = block.get(base + from..)?;
        for i in 0..alike.templates.len().min(WRITERS) {
            let which = usize::from(alike.order[i]);
            let Some((t, format)) = alike.templates.get(which) else {
                continue;
            };
            let n = match t.quotes() {
                Some(n) => n,
                None if !t.may_begin(*after.first()?) => continue,
                None => newline(piece, marks)?,
            };
            let Some(nl) = marks.get(n).map(|m| *m as usize) else {
                continue;
            };
            if piece.get(nl) != Some(&b'\n') || nl - from > self.config.max_line {
                continue;
            }
            let quotes = (marks.get(..=n)?, from);
            let here = Here {
                block,
                start: base + from,
                end: base + nl,
                format: *format,
            };
            let give = Give {
                scanner: self,
                state,
                here,
            };
            let read = t.read(after, nl - from, quotes, &mut alike.memo, give);
            if read.is_some() {
                if i > 0 {
                    alike.order.swap(0, i);
                }
                return Some(n);
            }
        }
        if alike.templates.is_empty() || after.first() != Some(&b'{') {
            return None;
        }
        // none of them has this text between its values
        let n = newline(piece, marks)?;
        let nl = *marks.get(n)? as usize;
        let inside = |m: &u32| m.checked_sub(1).and_then(|m| piece.get(m as usize)) == Some(&b'\\');
        let escapes = memchr::memchr(b'\\', after.get(..nl - from)?).is_some();
        let long = nl - from > self.config.max_line;
        if long || escapes && marks.get(..n)?.iter().any(inside) {
            return None;
        }
        let here = |format: usize| Here {
            block,
            start: base + from,
            end: base + nl,
            format,
        };
        for i in 0..alike.templates.len().min(WRITERS) {
            let (t, format) = alike.templates.get(usize::from(alike.order[i]))?;
            let give = Give {
                scanner: self,
                state,
                here: here(*format),
            };
            let quotes = (marks.get(..=n)?, from);
            if t.read_by_keys(after, quotes, &mut alike.memo, give)
                .is_some()
            {
                return Some(n);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{Plan, PlanConfig, Sampled, plan};
    use crate::scan::{ScanConfig, Scanner};
    use crate::source::cut;
    use crate::summary::Part;
    use proptest::prelude::*;

    /// Lines that are alike, lines that belong to those before them, and lines that are neither.
    const LINES: &[&str] = &[
        "2026-11-20 06:37:04,491 INFO  [worker-3] shop.orders - order 17 sent to the warehouse",
        "2026-11-20 06:37:04,492 INFO  [worker-1] shop.orders - order 18 sent to the warehouse",
        "2026-11-20 06:37:05,001 WARN  [worker-3] shop.orders - slow query took 900 ms",
        "2026-11-20 06:37:05,002 ERROR [worker-1] shop.pay - payment failed",
        "2026-11-20 06:37:05,003 INFO  [worker-1] shop.web - GET /cart 200 4ms",
        "2026-11-20 06:37:06,004 INFO  [worker-1] shop.web - Deploying shop to 4.2.0",
        "java.net.ConnectException: Connection refused",
        "\tat shop.Main.run(Main.java:9)",
        "",
        "no time at all",
        r#"203.0.113.7:39426 [20/Nov/2026:06:37:04.536] www app/web01 0/0/0/3/3 200 1369 - - ---- 1/1/0/0/0 0/0 {4.1.0} "GET /cart?id=1 HTTP/1.1""#,
        r#"203.0.113.9:39427 [20/Nov/2026:06:37:05.636] www app/web02 0/0/0/3/900 503 1369 - - SC-- 1/1/0/0/0 0/0 {4.1.0} "GET /cart?id=2 HTTP/1.1""#,
        // written in some ten seconds and counted in the next ones, or the other way round
        r#"203.0.113.9:39428 [20/Nov/2026:06:37:09.236] www app/web02 0/0/0/3/900 503 1369 - - SC-- 1/1/0/0/0 0/0 {4.1.0} "GET /cart?id=2 HTTP/1.1""#,
        r#"203.0.113.8:39429 [20/Nov/2026:06:37:09.830] www app/web01 0/0/0/3/900 502 1369 - - SC-- 1/1/0/0/0 0/0 {4.2.0} "GET /cart?id=3 HTTP/1.1""#,
        r#"203.0.113.7:39430 [20/Nov/2026:06:36:59.999] www app/web01 0/0/0/3/23000 200 1369 - - ---- 1/1/0/0/0 0/0 {4.2.0} "GET /pay HTTP/1.1""#,
        r#"203.0.113.7:39431 [20/Nov/2026:06:37:25.001] www app/web03 0/0/0/3/3 499 0 - - CD-- 1/1/0/0/0 0/0 {4.2.0} "GET /pay HTTP/1.1""#,
        r#"{"time":"2026-11-20T06:37:19+00:00","host":"shop.example.net","request":"GET /a/1 HTTP/1.1","status":502,"request_time":0.5,"upstream_addr":"10.0.0.1:80","upstream_status":"502","request_id":"a1"}"#,
        r#"{"time":"2026-11-20T06:37:21+00:00","host":"shop.example.net","request":"GET /a/2 HTTP/1.1","status":200,"request_time":0.5,"upstream_addr":"10.0.0.2:80","upstream_status":"200","request_id":"a2"}"#,
        r#"http 2026-11-20T06:37:04.100000Z app/lb/5 192.0.2.10:2818 10.0.0.1:80 0.000 0.150 0.000 500 500 34 577 "GET https://shop.example.com:443/cart HTTP/1.1" "curl/7" - - arn:aws:targetgroup/shop/7 "Root=1-5" "shop.example.com" "-" 0 2026-11-20T06:37:04.950000Z "forward" "-" "-" "10.0.0.1:80" "500" "-" "-""#,
        r#"{"time":"2026-11-20T06:37:04.250Z","level":"info","service":"orders","msg":"request completed","path":"/a/1","status":200,"ms":182}"#,
        "ts=2026-11-20T06:37:05.250Z level=info service=orders msg=started user=u1",
        r#"{"time":"2026-11-20T06:37:21+00:00","host":"shop.example.net","request":"GET /a/2 HTTP/1.1","status":200,"request_time":0.5,"upstream_addr":"10.0.0.2:80","upstream_status":"200","http_user_agent":"a \"b\" c","request_id":"a2"}"#,
    ];

    fn planned(data: &[u8]) -> Plan {
        let sample = Sampled {
            name: "all.log".into(),
            pieces: vec![data.to_vec()],
            ..Sampled::default()
        };
        plan(&[sample], &PlanConfig::default()).unwrap()
    }

    /// The part of what is read in pieces of that size, each by one that has learnt nothing.
    fn read(plan: &Plan, data: &[u8], size: usize, plain: bool) -> Part {
        let config = ScanConfig {
            plain,
            ..ScanConfig::default()
        };
        let input = &plan.inputs[0];
        let pieces = cut(data, size, |l| !input.heads || input.begins(l));
        pieces.into_iter().fold(Part::default(), |part, r| {
            let mut s = Scanner::new(plan, 0, r.start as u64, config);
            s.block(&data[r]);
            part.merge(s.finish()).unwrap()
        })
    }

    proptest! {
        #[test]
        fn what_was_learnt_changes_nothing(
            first in 0..LINES.len(), near in 1usize..6,
            which in proptest::collection::vec((0usize..LINES.len(), 0u8..3, 0u8..10), 1..80),
        ) {
            let mut data = Vec::new();
            for (n, how, digit) in which {
                // most lines of a file are of few kinds
                let line = LINES[if how == 0 { n } else { (first + n % near) % LINES.len() }];
                let at = line.rfind(|c: char| c.is_ascii_digit());
                let mut line = line.as_bytes().to_vec();
                if let Some(at) = at {
                    line[at] = b'0' + digit;
                }
                data.extend_from_slice(&line);
                data.push(b'\n');
            }
            let plan = planned(&data);
            prop_assume!(!plan.inputs[0].whole);
            let whole = read(&plan, &data, usize::MAX / 2, false);
            prop_assert_eq!(&whole, &read(&plan, &data, usize::MAX / 2, true));
            prop_assert_eq!(&whole, &read(&plan, &data, 1, false));
            prop_assert_eq!(&whole, &read(&plan, &data, 700, false));
        }
    }
}
