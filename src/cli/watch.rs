//! `coroner watch`: streams and files to the engine, its events to whoever wants them, and the report at the end.

mod exec;
mod files;
mod filter;
mod listen;
mod metrics;
mod options;
mod queue;
mod rows;
mod sinks;
mod state;

use listen::Connections;
use metrics::Alive;
pub use options::Watching;

use super::args::Reading;
use super::env::Env;
use super::exit::Exit;
use super::outcome::{Done, Outcome};
use super::output::What;
use super::page::Page;
use super::read::{self, Care, Request};
use super::{analyse, interrupt};
use crate::cli::diagnostics::Complaint;
use crate::cli::watch::queue::{FromStream, Inbox, Unpacked};
use crate::cli::watch::sinks::EventSinks;
use coroner::forms::Look;
use coroner::program::source::walk;
use coroner::settings::{Encoding, When, Zone};
use coroner::{Error, Report, Result, Watch};
use files::FollowedFiles;
use state::StateFile;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long nothing is done where nothing comes.
const WAIT: Duration = Duration::from_millis(100);
/// How long nothing is done where files have nothing new.
const LOOK: Duration = Duration::from_millis(20);
/// How long is waited for what was written before the end was asked for.
const GRACE: Duration = Duration::from_millis(200);
/// The status line is drawn this often.
const SHOW: Duration = Duration::from_millis(500);
/// The first report so far is written after this at the earliest.
const FIRST: Duration = Duration::from_secs(1);
/// Reported where a watch goes on that did not end by itself.
const LOST: &str = "the watch was ended from outside and started again: lines of the last 10 s before that may be missing";
/// Dropped lines and closed connections are reported this often.
const REPORT_MISSED: Duration = Duration::from_secs(10);

/// Does the job.
pub fn run(args: &Watching, env: &Env, outcome: &mut Outcome) -> Done<()> {
    let outputs = args.files.outputs(None)?.shown_as(&args.presentation);
    let outputs = outputs.and(What::Events, args.events.as_ref());
    let outputs = outputs.and(What::State, args.state.as_ref());
    let outputs = outputs.and(What::Metrics, args.metrics.as_ref());
    possible(&args.reading)?;
    let said = (&args.reading, &args.presentation, &args.screen);
    let mut settled = read::settled(said, args.files.template.as_deref(), env, outcome)?;
    let zone = settled.settings.zone.unwrap_or(Zone::UTC);
    if args.from_end || args.lines.is_some() {
        settled.settings.since = When::parse("1s ago").ok();
    }
    for w in [&mut settled.settings.since, &mut settled.settings.until] {
        *w = w.take().map(|w| w.counted(env.instant(), zone, true));
    }
    let (template, files) = args.files.template(settled.template.as_deref())?;
    let outputs = outputs.reading(files);
    let asked = Request::of(said, &settled, &outputs);
    let found = walk(&args.reading.logs).found;
    outputs.prepare(&found, &settled.files)?;
    let mut sinks = EventSinks::new(args, &outputs, env)?;
    let look = Look {
        read: None,
        ..analyse::look(&args.screen, env)
    };
    // beside the files where a part is closed
    let interim = |report: &Report, name: Option<&str>| {
        let to = name.map_or_else(|| outputs.files(), |n| outputs.named(n));
        analyse::show(report, (&to, &template), None, &look)
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(settled.settings.threads);
    let report = match pool.use_current_thread().build() {
        Ok(pool) => pool.install(|| watched(args, asked, (&mut sinks, &interim), outcome)),
        Err(_) => watched(args, asked, (&mut sinks, &interim), outcome),
    }?;
    let page = sinks.page();
    if let Some(c) = sinks.end() {
        outcome.add(c);
    }
    let Some(report) = report else {
        outcome.add(Complaint::warning("no line came, so there is no report"));
        return Ok(());
    };
    let care = Care {
        verbose: 0,
        ..asked.care()
    };
    read::look_over(&report, care, outcome);
    // what was reported before stands on the screen already
    let page = page.then(|| Page::new(&args.screen, false, env));
    analyse::show(&report, (&outputs, &template), page.as_ref(), &look)?;
    Ok(())
}

/// Refuses what only bytes that are all there can give.
fn possible(reading: &Reading) -> Result<()> {
    let refused = |what: &str, why: &str, remedy: &str| Err(Error::usage(what, why, remedy));
    if reading.sha256 {
        let why = "logs that go on have no checksum yet";
        return refused(
            "--sha256 with watch",
            why,
            "ask coroner for it when they rest",
        );
    }
    if !matches!(reading.encoding, Encoding::Auto | Encoding::Utf8) {
        let why = "logs that go on are taken as they come, in UTF-8";
        let remedy = "turn them into it in the pipe: iconv -f UTF-16 -t UTF-8 | coroner watch -";
        return refused("--encoding with watch", why, remedy);
    }
    Ok(())
}

/// Watches until the end.
fn watched(
    args: &Watching,
    asked: Request<'_>,
    (sinks, interim): (
        &mut EventSinks,
        &impl Fn(&Report, Option<&str>) -> Result<()>,
    ),
    outcome: &mut Outcome,
) -> Result<Option<Report>> {
    let inbox = Inbox::new(args.overload, args.reading.max_line);
    interrupt::gracefully();
    let mut watch = Watch::new(asked.settled.settings.clone(), now())?;
    watch.maintain(args.maintenance.clone());
    watch.roll(args.roll);
    let state = args.state.as_deref();
    let mut state = state.map(|p| StateFile::new(p, asked, sinks.exec()));
    let left = match &mut state {
        Some(s) => {
            s.hold()?;
            s.load()?
        }
        None => None,
    };
    let (mut marks, mut lost) = (None, false);
    if let Some((part, value, read)) = left {
        lost = !watch.restore(part, &value)?;
        sinks.again(&value);
        marks = Some(read);
    }
    let mut streams = 0;
    if args.reading.logs.iter().any(|l| l == Path::new("-"))
        || args.reading.logs.is_empty() && args.listen.is_empty()
    {
        let entry = inbox.entry(named(&mut watch, "stdin"));
        std::thread::spawn(move || entry.read(Unpacked::new(std::io::stdin().lock())));
        streams += 1;
    }
    let (mut files, pipes) = FollowedFiles::new(asked, &mut watch, &inbox, outcome, marks)?;
    streams += pipes;
    let (mut sockets, connections) = (Vec::new(), Connections::default());
    for at in &args.listen {
        let verbose = args.screen.verbose > 0;
        sockets.push(listen::start(
            at,
            (&mut watch, &inbox),
            &connections,
            verbose,
        )?);
    }
    watch.start();
    if lost && (streams > 0 || !sockets.is_empty()) {
        // files are read again from where they were left
        watch.gap("restart", LOST);
        watch.problem(LOST);
    }
    let mut goes_on = sinks.send(&watch.events())?;
    let mut missed = Missed::default();
    let mut alive = Alive::new(args.metrics.as_deref(), asked.outputs);
    let exec = sinks.exec();
    let mut shown = UNIX_EPOCH;
    let mut so_far = SoFar::begin();
    while goes_on && !interrupt::wants_end() && (streams > 0 || !sockets.is_empty() || files.any())
    {
        let wait = match (files.read(&mut watch, outcome)?, files.any()) {
            (true, _) => Duration::ZERO,
            (false, true) => LOOK,
            (false, false) => WAIT,
        };
        match inbox.next(wait) {
            Some(FromStream::Bytes(f, bytes)) => {
                watch.push(f, &bytes)?;
                inbox.give_back(bytes);
            }
            Some(FromStream::End(error)) => {
                streams -= 1;
                if let Some(e) = error {
                    failed(&e, outcome, &mut watch);
                }
            }
            None => {}
        }
        let asked_for = interrupt::wants_report();
        if asked_for {
            watch.ask();
        }
        watch.tick(now())?;
        alive.beat(&watch, now(), exec.as_ref().map_or(0, |e| e.missed()));
        missed.report(&mut watch, (&inbox, &connections), REPORT_MISSED);
        let events = watch.events();
        so_far.wanted |= events.iter().any(|e| e["event"] == "incident_close");
        goes_on = sinks.send(&events)?;
        if so_far.is_due(asked_for) && asked.outputs.kinds().next().is_some() {
            let begun = Instant::now();
            if let Some(Err(e)) = watch.report()?.map(|r| interim(r, None)) {
                Complaint::warning(format!("the report so far: {e}")).print(false);
            }
            so_far.written(begun);
        }
        closed(&mut watch, interim);
        if let Some(s) = &mut state {
            s.keep(&mut watch, |w| files.marks(w));
        }
        if shown.elapsed().is_ok_and(|t| t >= SHOW) {
            sinks.status(&rows::standing(&watch.standing()));
            shown = SystemTime::now();
        }
    }
    alive.stops();
    // what was written before the end was asked for
    files.end(outcome);
    while files.read(&mut watch, outcome)? {
        sinks.send(&watch.events())?;
        closed(&mut watch, interim);
    }
    connections.end();
    while let Some(said) = inbox.next(GRACE) {
        if let FromStream::Bytes(f, bytes) = said {
            watch.push(f, &bytes)?;
        }
    }
    if let Some(s) = &mut state {
        let marks = files.marks(&watch);
        s.save(&mut watch, marks, true);
    }
    files.rest(&mut watch)?;
    missed.report(&mut watch, (&inbox, &connections), Duration::ZERO);
    drop(sockets);
    closed(&mut watch, interim);
    let report = watch.end()?;
    sinks.send(&watch.events())?;
    if let Some(mut s) = state {
        s.end(&watch);
        s.failed.into_iter().for_each(|c| outcome.add(c));
    }
    Ok(report)
}

/// The report so far: written when an incident is over, but as often only as it costs a tenth of the time.
struct SoFar {
    wanted: bool,
    not_before: Option<Instant>,
}

impl SoFar {
    /// Nothing to write yet, and for a second: so long the first one has to be paid for.
    fn begin() -> SoFar {
        SoFar {
            wanted: false,
            not_before: Instant::now().checked_add(FIRST),
        }
    }

    /// Whether it is written now; where it is asked for, at once.
    fn is_due(&self, asked_for: bool) -> bool {
        let paid = || self.not_before.is_none_or(|t| Instant::now() >= t);
        asked_for || self.wanted && paid()
    }

    fn written(&mut self, begun: Instant) {
        let pause = begun.elapsed().saturating_mul(10);
        (self.wanted, self.not_before) = (false, Instant::now().checked_add(pause));
    }
}

/// What did not come because there was too much.
#[derive(Default)]
struct Missed {
    dropped: u64,
    reported: Option<Instant>,
}

impl Missed {
    /// Reports it, if that was not done shortly before.
    fn report(
        &mut self,
        watch: &mut Watch,
        (inbox, connections): (&Inbox, &Connections),
        pause: Duration,
    ) {
        if self.reported.is_some_and(|t| t.elapsed() < pause) {
            return;
        }
        let dropped = inbox.dropped() - self.dropped;
        if dropped > 0 {
            watch.dropped(dropped);
            self.dropped += dropped;
        }
        let closed = connections.closed();
        if closed > 0 {
            let text = format!(
                "{closed} connections that said nothing for long were closed, to let others in: what they had still to say is missing"
            );
            Complaint::warning(text.as_str()).print(false);
            watch.gap("input", &text);
        }
        if dropped + closed > 0 {
            self.reported = Some(Instant::now());
        }
    }
}

/// Writes the reports of parts that were closed.
fn closed(watch: &mut Watch, write: &impl Fn(&Report, Option<&str>) -> Result<()>) {
    for (name, report) in watch.rolled() {
        if let Err(e) = write(&report, Some(&name)) {
            Complaint::warning(format!("the report of {name}: {e}")).print(false);
        }
    }
}

/// The number of an input: that which it had when the watch ended before, or a new one.
fn named(watch: &mut Watch, name: &str) -> usize {
    let known = watch.named(name);
    known.unwrap_or_else(|| watch.add(name, None))
}

/// A stream that cannot be read any more.
fn failed(e: &std::io::Error, outcome: &mut Outcome, watch: &mut Watch) {
    if e.kind() == std::io::ErrorKind::Unsupported {
        watch.gap("input", &format!("stdin was not read: {e}"));
        let c = Complaint::error(format!("stdin: {e}"), Exit::NotDone);
        outcome.add(c.help("unpack it in the pipe, zcat access.log.gz | coroner watch -, or read it with coroner -"));
        return;
    }
    watch.gap("input", &format!("stdin could not be read to its end: {e}"));
    outcome.add(Complaint::error(
        format!("stdin could not be read to its end: {e}"),
        Exit::Io,
    ));
}

/// The clock on the wall, microseconds UTC.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX))
}
