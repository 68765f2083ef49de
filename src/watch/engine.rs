//! The engine: inputs, their plan, what was read, and what was reported. Bytes and the time on the wall are given to it;
//! events are taken out of it.

use super::event::Events;
use super::feed::Feed;
use super::stretches::LookedAt;
use crate::analysis::{Settings, in_any_zone};
use crate::watch::incident_states::{ReportedIncident, Source};
use coroner_core::error::Result;
use coroner_core::plan::{Plan, Windows};
use coroner_core::source::STREAM_HEAD;
use coroner_core::summary::Part;
use coroner_infer::clock::Clocks;
use coroner_infer::infer::{Earlier, InferConfig, infer};
use coroner_infer::model::Report;
use coroner_lines::time::{HOUR, Instant, SECOND, Window};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// After a longer step of the clock on the wall the watch itself did not run.
const STOOD: i64 = 10 * SECOND;

/// Logs that go on. Bytes and the time on the wall are given to it, events (JSON, as `coroner watch --json` writes them) are
/// taken out of it.
///
/// ```
/// use coroner::{Watch, settings::Settings};
///
/// let mut w = Watch::new(Settings::default(), 1_773_136_800_000_000)?;
/// let web = w.add("web-1/access.log", None);
/// w.start();
/// for second in 0..60 {
///     let time = format!("10/Mar/2026:10:00:{second:02} +0000");
///     let line = format!("198.51.100.7 - - [{time}] \"GET /cart HTTP/1.1\" 200 512 \"-\" \"-\"\n");
///     w.push(web, line.as_bytes())?;
///     w.tick(1_773_136_800_000_000 + second * 1_000_000)?;
/// }
/// let report = w.end()?.unwrap();
/// assert_eq!(report.totals.requests, 60);
/// assert_eq!(w.events().last().unwrap()["event"], "end");
/// # Ok::<(), coroner::Error>(())
/// ```
pub struct Watch {
    pub(super) settings: Settings,
    /// The stretch of time that is asked for, and that of every input.
    window: Window,
    pub(super) windows: Windows,
    /// The newest time of a file, or of the wall: the year of lines without one.
    pub(super) newest_file_us: Option<i64>,
    pub(super) earlier: Option<Arc<Earlier>>,
    /// The same with what was left behind.
    pub(super) known_before: Option<Arc<Earlier>>,
    /// How far the logs had come when something was.
    pub(super) left_at: Instant,
    /// What the report covers less for, beside dropped lines.
    problems: Vec<String>,
    pub(super) feeds: Vec<Feed>,
    pub(super) plan: Option<Plan>,
    /// Feeds by their number in the plan.
    pub(super) order: Vec<usize>,
    pub(super) events: Events,
    pub(super) clocks: Option<Clocks>,
    /// How far the logs have come.
    pub(super) now: Instant,
    /// The clock on the wall, and how far the logs had come when a line came last.
    pub(super) wall_us: i64,
    /// When it reported last that it is alive.
    pub(super) beat_us: i64,
    pub(super) heard: Instant,
    /// An input is known whose lines state their zone.
    pub(super) zoned: bool,
    /// An input has requests that no application wrote itself.
    pub(super) web: bool,
    /// Lines come as they are written.
    pub(super) live: bool,
    /// What was there before is read: it is reported at once, when all of it is.
    pub(super) catches_up: bool,
    /// What is reported at present was over before the watch began.
    pub(super) past: bool,
    /// What was reported is kept, for a watch that goes on with it.
    pub(super) kept: bool,
    /// Markers were read since the last inference.
    pub(super) news: bool,
    /// How far the logs had come when a change was read last.
    pub(super) changed: Instant,
    /// Bytes came since then.
    pub(super) stale: bool,
    pub(super) last: Option<Instant>,
    /// Somebody asked for an inference.
    pub(super) asked: bool,
    /// The same of an incident: where that costs little, one is made.
    pub(super) wanted: bool,
    pub(super) account: crate::watch::account::Account,
    pub(super) reported: Vec<ReportedIncident>,
    /// All of these before this one are over.
    pub(super) over: usize,
    /// What fails now.
    pub(super) failing: BTreeSet<Source>,
    pub(super) reported_rows:
        BTreeMap<crate::watch::row_diff::RowKey, crate::watch::row_diff::AnnouncedRow>,
    /// Inputs of which more is there than was pushed.
    pub(super) backlog: BTreeSet<usize>,
    /// Lines that were dropped before they came here.
    pub(super) shed: u64,
    pub(super) rolling: crate::watch::roll_over::Rolling,
    /// The newest report.
    pub(super) report: Option<Report>,
}

impl Watch {
    /// Nothing to watch yet. `wall_us` is the time now, microseconds UTC.
    ///
    /// # Errors
    /// Where `since` or `until` depend on logs that are still to come, or the baseline cannot be read.
    pub fn new(mut settings: Settings, wall_us: i64) -> Result<Watch> {
        settings.read.scan.again = false;
        let window = settings.window()?;
        Ok(Watch {
            window,
            windows: in_any_zone(window),
            newest_file_us: Some(wall_us),
            earlier: settings.usual()?,
            known_before: None,
            left_at: Instant(i64::MIN),
            problems: Vec::new(),
            settings,
            feeds: Vec::new(),
            plan: None,
            order: Vec::new(),
            events: Events::default(),
            clocks: None,
            now: Instant(i64::MIN),
            wall_us,
            beat_us: wall_us,
            heard: Instant(i64::MIN),
            zoned: false,
            web: false,
            live: false,
            catches_up: false,
            past: false,
            kept: false,
            news: false,
            changed: Instant(i64::MIN),
            stale: false,
            asked: false,
            last: None,
            wanted: false,
            account: crate::watch::account::Account::new(wall_us),
            reported: Vec::new(),
            over: 0,
            failing: BTreeSet::new(),
            reported_rows: BTreeMap::new(),
            backlog: BTreeSet::new(),
            shed: 0,
            rolling: Default::default(),
            report: None,
        })
    }

    /// Adds an input and gives its number; `modified_us` is the last change of a file.
    pub fn add(&mut self, name: &str, modified_us: Option<i64>) -> usize {
        let max_line = self.settings.read.scan.max_line;
        let feed = Feed::new(name.to_owned(), modified_us, max_line);
        self.feeds.push(feed);
        self.feeds.len() - 1
    }

    /// Says that the inputs are there that were to be there from the start.
    pub fn start(&mut self) {
        let names: Vec<&str> = self.feeds.iter().map(|f| f.name.as_str()).collect();
        let empty = self.no_plan();
        let config = InferConfig {
            year_basis: None,
            ..self.inference(&empty)
        };
        let zone = config.zone;
        let settings = infer(Part::default(), &config).settings;
        self.events.start(&names, &settings, zone.is_some());
        self.catches_up = !self.backlog.is_empty();
        if self.catches_up {
            self.leave_reported(self.seen());
        }
    }

    /// Says that an input came later.
    pub fn joined(&mut self, f: usize) {
        let name = self.feeds[f].name.clone();
        self.events.input(f, &name, self.seen());
    }

    /// The next bytes of an input.
    pub fn push(&mut self, f: usize, mut bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.stale = true;
        let feed = &mut self.feeds[f];
        if feed.lines > 0 {
            feed.paused_us = (self.wall_us - feed.heard_us).clamp(0, HOUR);
        }
        feed.heard_us = self.wall_us;
        while !self.feeds[f].state.is_settled() && !bytes.is_empty() {
            let feed = &mut self.feeds[f];
            let next = feed.stage(self.catches_up);
            let take = bytes.len().min(next.saturating_sub(feed.head.len()));
            let (now, rest) = bytes.split_at(take);
            feed.head.extend_from_slice(now);
            if feed.planned.is_some() {
                feed.cutter.push(now);
            }
            bytes = rest;
            if feed.head.len() >= next {
                self.replan(&[f], false)?;
                if next == STREAM_HEAD {
                    self.settled(f);
                }
            }
            self.drain(f, false)?;
        }
        while !bytes.is_empty() {
            let soon = self.going().next().is_some() || self.can_pay();
            let piece = self.feeds[f].piece(soon).unwrap_or(bytes.len());
            let (now, rest) = bytes.split_at(piece.min(bytes.len()));
            self.feeds[f].cutter.push(now);
            self.drain(f, false)?;
            bytes = rest;
        }
        Ok(())
    }

    /// The input that has a name, if there is one.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.feeds.iter().position(|f| f.name == name)
    }

    /// The name of an input.
    pub fn name(&self, f: usize) -> &str {
        &self.feeds[f].name
    }

    /// The report on what an inference looks at.
    pub(super) fn inferred(&mut self, plan: &Plan, look: LookedAt) -> Result<Report> {
        let mut part = self.part(plan, look)?;
        let tracks = part.inputs.values().flat_map(|p| p.tracks());
        let kinds = tracks.map(|(_, t)| (t.templates.iter().count() + t.shapes.len()) as u64);
        self.account.kinds = kinds.sum();
        let report = self.report_on(&mut part, plan, look);
        for (id, p) in part.inputs {
            let feed = &mut self.feeds[self.order[id as usize]];
            if feed.behind.is_empty() {
                feed.part = Some(*p);
            }
        }
        report
    }

    /// What is looked at, taken from the inputs where nothing is left behind.
    pub(super) fn part(&mut self, plan: &Plan, look: LookedAt) -> Result<Part> {
        let mut inputs = Vec::new();
        for (n, f) in self.order.iter().enumerate() {
            let looked_at = self.feeds[*f].looked_at(look)?;
            let empty = || coroner_core::summary::InputPart::new(plan.inputs[n].meta.clone());
            inputs.push((n as u32, looked_at.unwrap_or_else(empty)));
        }
        Ok(Part::of(plan.digest, inputs))
    }

    /// The report on a part; the last one is that of the batch run, where none went before it.
    pub(super) fn report_on(
        &mut self,
        part: &mut Part,
        plan: &Plan,
        look: LookedAt,
    ) -> Result<Report> {
        let mut config = self.inference(plan);
        if look == LookedAt::Recent {
            config.brief = self.leaves_behind();
            config.earlier = self.known_before.clone().or(config.earlier);
        }
        let clocks = match look == LookedAt::Last && self.rolling.now.before == 0 {
            true => coroner_infer::infer::clocks(part, &config),
            false => {
                self.set_clocks(part, &config);
                self.clocks.clone().unwrap_or_default()
            }
        };
        let config = InferConfig {
            clocks: Some(clocks),
            ..config
        };
        let mut report = infer(&*part, &config);
        if !self.settings.read.number_lines {
            report.each_evidence(&mut |e| (e.line, e.end_line) = (0, None));
        }
        report.settings.services = self.settings.services();
        if config.brief {
            self.without_unsaid(&mut report);
        }
        self.settings.finish(&mut report)?;
        Ok(report)
    }

    pub(super) fn inference(&self, plan: &Plan) -> InferConfig {
        let mut problems = self.problems.clone();
        if self.shed > 0 {
            problems.push(format!(
                "{} lines were dropped before they were read, since they came too fast",
                self.shed
            ));
        }
        InferConfig {
            window: self.window,
            earlier: self.earlier.clone(),
            ..self.settings.inference(plan, problems)
        }
    }

    /// Says in the report what it covers less for.
    pub fn problem(&mut self, text: &str) {
        self.problems.push(text.to_owned());
    }

    /// What the clock on the wall shows. Where no line comes for long, the time of the logs goes on with it.
    pub fn tick(&mut self, wall_us: i64) -> Result<()> {
        let step = wall_us - self.wall_us;
        self.wall_us = wall_us;
        if !(0..=STOOD).contains(&step) {
            // the machine slept, or its clock was set, and not the inputs were silent
            for feed in &mut self.feeds {
                feed.heard_us = feed.heard_us.saturating_add(step - SECOND);
            }
            self.beat_us = self.beat_us.min(wall_us);
        }
        self.follow_calendar();
        self.live = self.comes_live();
        self.account.goes_on(wall_us, self.live);
        self.beat();
        self.plan_waiting()?;
        self.see_waiting();
        if self.catches_up && self.backlog.is_empty() {
            self.caught_up()?;
        }
        let heard = self.feeds.iter().map(|f| f.heard_us).max();
        self.idle(heard.map_or(0, |h| self.wall_us.saturating_sub(h)))
    }

    /// Counts lines that were dropped before they came here.
    pub fn dropped(&mut self, lines: u64) {
        self.shed += lines;
        let seen = self.seen();
        let text = format!(
            "{} lines dropped: they came faster than they were read",
            self.shed
        );
        self.events.gap("shed", &text, seen, seen);
    }

    /// Says what the logs cannot show because of what happened on the way here.
    pub fn gap(&mut self, kind: &str, text: &str) {
        let seen = self.seen();
        self.events.gap(kind, text, seen, seen);
    }

    /// Asks for an inference at once.
    pub fn ask(&mut self) {
        self.asked = true;
    }

    /// How far the logs have come, if they have begun.
    pub fn seen(&self) -> Option<Instant> {
        (self.now.0 != i64::MIN).then_some(self.now)
    }

    /// How far the lines of an input have come: whoever has several to read takes the one that is behind.
    pub fn reached(&self, f: usize) -> Option<Instant> {
        let id = self.id(f);
        self.feeds[f].reached(self.clocks.as_ref(), id)
    }

    /// Says whether more of an input is there than was pushed: then the logs have come only so far as it has.
    pub fn behind(&mut self, f: usize, more: bool) {
        match more {
            true => self.backlog.insert(f),
            false => self.backlog.remove(&f),
        };
    }

    /// The events since this was last asked.
    pub fn events(&mut self) -> Vec<Value> {
        self.events.take()
    }

    /// Nothing more comes: the last inference, and the events of the end. `None` where no line ever came.
    pub fn end(&mut self) -> Result<Option<Report>> {
        self.backlog.clear();
        self.past = self.catches_up;
        let open =
            |f: &usize| !self.feeds[*f].state.is_settled() && !self.feeds[*f].head.is_empty();
        let open: Vec<usize> = (0..self.feeds.len()).filter(open).collect();
        if !open.is_empty() {
            self.replan(&open, true)?;
        }
        for f in 0..self.feeds.len() {
            self.drain(f, true)?;
        }
        let Some(plan) = self.plan.take() else {
            self.events.end(0, 0, (0, 0), 0, None);
            return Ok(None);
        };
        self.not_understood();
        let report = self.inferred(&plan, LookedAt::Last)?;
        self.emit_new(&report, true);
        let lines = report.inputs.iter().map(|i| i.lines).sum();
        let unparsed = report.inputs.iter().map(|i| i.unparsed).sum();
        let late = self.feeds.iter().map(|f| f.late).sum();
        let incidents = report.incidents.len() as u64;
        let seen = report.totals.span.and_then(|_| self.seen());
        self.events
            .end(lines, unparsed, (late, self.shed), incidents, seen);
        self.plan = Some(plan);
        Ok(Some(report))
    }

    /// The number of the last event that was reported.
    pub fn events_emitted(&self) -> u64 {
        self.events.seq()
    }

    /// The newest report, on all that was read.
    ///
    /// # Errors
    /// Where what was read cannot be put together.
    pub fn report(&mut self) -> Result<Option<&Report>> {
        if self.leaves_behind() {
            let report = self.with_plan(|w, plan| w.inferred(plan, LookedAt::All))?;
            self.report = report.or(self.report.take());
        }
        Ok(self.report.as_ref())
    }
}
