//! How a watch stands, for machines: `--metrics`, a file as node_exporter's textfile collector takes it, and what systemd is notified of.

use crate::cli::diagnostics::Complaint;
use crate::cli::output::{Output, Outputs, Target, What};
use coroner::Watch;
use coroner::program::{InputStanding, Standing, table};
use std::ffi::OsString;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// They are reported this often.
const EVERY: Duration = Duration::from_secs(10);

/// The figures, in the text format of Prometheus.
fn text(watch: &Watch, wall_us: i64, failed: u64) -> String {
    let Standing {
        lines,
        requests,
        failed: bad,
        suspicion,
        open,
        total,
        lag_us,
        ..
    } = watch.standing();
    let inputs = watch.inputs();
    let sum = |f: fn(&InputStanding) -> u64| inputs.iter().map(f).sum::<u64>();
    let plain = |v: u64| vec![(String::new(), v as f64)];
    let lag = lag_us.map(|l| (String::new(), l as f64 / 1e6));
    let by = |f: &dyn Fn(&InputStanding) -> Option<f64>| -> Vec<(String, f64)> {
        let labelled = inputs.iter().filter_map(|i| Some((label(&i.name), f(i)?)));
        labelled.collect()
    };
    let heard = |i: &InputStanding| Some((i.heard_us? / 1_000_000) as f64);
    let figures = [
        ("lines_total", plain(lines)),
        ("lines_not_understood_total", plain(sum(|i| i.unparsed))),
        ("requests_per_minute", plain(requests)),
        ("requests_failed_per_minute", plain(bad)),
        ("requests_total", plain(total.0)),
        ("requests_failed_total", plain(total.1)),
        ("incidents_open", plain(open)),
        ("lag_seconds", Vec::from_iter(lag)),
        ("incident_suspected", plain(suspicion.into())),
        ("deliveries_failed_total", plain(failed)),
        ("resident_memory_bytes", plain(memory())),
        ("last_seen_seconds", plain((wall_us / 1_000_000) as u64)),
        ("input_lines_total", by(&|i| Some(i.lines as f64))),
        (
            "input_not_understood_total",
            by(&|i| Some(i.unparsed as f64)),
        ),
        ("input_last_line_seconds", by(&heard)),
    ];
    let mut out = String::new();
    for [name, kind, help] in table::rows(include_str!("metrics.tsv")) {
        let _ = writeln!(
            out,
            "# HELP coroner_{name} {help}\n# TYPE coroner_{name} {kind}"
        );
        let values = figures.iter().filter(|f| f.0 == name).flat_map(|f| &f.1);
        for (labels, value) in values {
            let _ = writeln!(out, "coroner_{name}{labels} {value}");
        }
    }
    out
}

fn label(name: &str) -> String {
    let name = name
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    format!("{{input=\"{name}\"}}")
}

/// Resident bytes, where the system shows them.
fn memory() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    let kib = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// Who is notified that a watch is alive.
pub(super) struct Alive<'a> {
    outputs: &'a Outputs,
    path: Option<PathBuf>,
    /// The socket of systemd, where it started this.
    systemd: Option<OsString>,
    /// It is told this often that the watch is alive.
    watchdog: Duration,
    beaten: Option<Instant>,
    barked: Option<Instant>,
    failed: bool,
}

impl<'a> Alive<'a> {
    /// Nothing is reported yet.
    pub fn new(path: Option<&Path>, outputs: &'a Outputs) -> Alive<'a> {
        Alive {
            outputs,
            path: path.map(Path::to_owned),
            systemd: std::env::var_os("NOTIFY_SOCKET"),
            watchdog: watchdog(std::env::var("WATCHDOG_USEC").ok().as_deref()),
            beaten: None,
            barked: None,
            failed: false,
        }
    }

    /// Reports it, if that is due.
    pub fn beat(&mut self, watch: &Watch, wall_us: i64, failed: u64) {
        if self.barked.is_none_or(|t| t.elapsed() >= self.watchdog) {
            let first = self.barked.replace(Instant::now()).is_none();
            self.notify(if first {
                "READY=1\nWATCHDOG=1"
            } else {
                "WATCHDOG=1"
            });
        }
        if self.beaten.is_some_and(|t| t.elapsed() < EVERY) {
            return;
        }
        self.beaten = Some(Instant::now());
        if let Some(path) = &self.path {
            let output = Output {
                what: What::Metrics,
                target: Target::File(path.clone()),
            };
            let done = self.outputs.put(&output, [text(watch, wall_us, failed)]);
            if let Err(e) = done
                && !std::mem::replace(&mut self.failed, true)
            {
                Complaint::warning(format!("--metrics: {e}")).print(false);
            }
        }
    }

    /// Reports that the watch is about to end, which may take as long as its last commands.
    pub fn stops(&self) {
        self.notify("STOPPING=1");
    }

    /// Says something to systemd, if it listens.
    fn notify(&self, text: &str) {
        let Some(path) = &self.systemd else { return };
        if let (Ok(socket), Some(to)) = (std::os::unix::net::UnixDatagram::unbound(), address(path))
        {
            // who does not listen any more need not be notified
            let _ = socket.send_to_addr(text.as_bytes(), &to);
        }
    }
}

/// How often systemd is to hear of the watch: twice in the time after which it would be taken for dead.
fn watchdog(usec: Option<&str>) -> Duration {
    let given = usec.and_then(|u| u.parse().ok()).filter(|u| *u > 0);
    given.map_or(EVERY, |u| (Duration::from_micros(u) / 2).min(EVERY))
}

/// Where systemd listens: a path, or behind `@` a name that is in no file system.
fn address(name: &std::ffi::OsStr) -> Option<std::os::unix::net::SocketAddr> {
    use std::os::unix::net::SocketAddr;
    #[cfg(target_os = "linux")]
    if let Some(name) = name.as_encoded_bytes().strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt;
        return SocketAddr::from_abstract_name(name).ok();
    }
    SocketAddr::from_pathname(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner::settings::Settings;
    use std::collections::BTreeSet;

    /// What the text format of Prometheus asks for: a sample is a name that was announced, labels, a number.
    fn check(text: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut announced = String::new();
        assert!(text.ends_with('\n'));
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                announced = help.split(' ').next().unwrap().to_owned();
                assert!(names.insert(announced.clone()), "{line}: twice");
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert_eq!(name, announced);
                assert!(["counter", "gauge"].contains(&kind), "{line}");
                assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            } else {
                let rest = line.strip_prefix(announced.as_str()).unwrap();
                let value = match rest.strip_prefix("{input=\"") {
                    Some(rest) => rest.split_once("\"} ").unwrap().1,
                    None => rest.strip_prefix(' ').unwrap(),
                };
                assert!(value.parse::<f64>().unwrap().is_finite(), "{line}");
            }
        }
        let name = |n: &String| n.bytes().all(|c| c.is_ascii_lowercase() || c == b'_');
        assert!(names.iter().all(name), "{names:?}");
        names
    }

    #[test]
    fn figures_are_in_the_text_format_of_prometheus() {
        let wall = 1_773_136_800_000_000;
        let mut w = Watch::new(Settings::default(), wall).unwrap();
        let f = w.add("a \"b\" \\ c\nd", None);
        w.start();
        check(&text(&w, wall, 0));
        for s in 0..60 {
            let status = if s < 6 { 502 } else { 200 };
            let line = format!(
                "198.51.100.7 - - [10/Mar/2026:10:00:{s:02} +0000] \"GET / HTTP/1.1\" {status} 1\n"
            );
            w.push(f, line.as_bytes()).unwrap();
            w.tick(wall + s * 1_000_000).unwrap();
        }
        w.push(
            f,
            b"198.51.100.7 - - [10/Mar/2026:10:01:00 +0000] \"GET / HTTP/1.1\" 200 1\n",
        )
        .unwrap();
        w.tick(wall + 65_000_000).unwrap();
        w.tick(wall + 70_000_000).unwrap();
        let text = text(&w, wall + 70_000_000, 3);
        let names = check(&text);
        for wanted in [
            "requests_total",
            "requests_failed_total",
            "incidents_open",
            "lag_seconds",
        ] {
            assert!(names.contains(&format!("coroner_{wanted}")), "{wanted}");
        }
        let has = |line: &str| assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        has("coroner_deliveries_failed_total 3");
        has("coroner_requests_failed_total 6");
        has("coroner_incidents_open 0");
        assert!(
            text.contains("{input=\"a \\\"b\\\" \\\\ c\\nd\"}"),
            "{text}"
        );
    }

    #[test]
    fn systemd_hears_of_it_twice_in_its_time() {
        let s = Duration::from_secs;
        assert_eq!(watchdog(Some("30000000")), EVERY);
        assert_eq!(watchdog(Some("4000000")), s(2));
        for nothing in [None, Some(""), Some("0"), Some("x")] {
            assert_eq!(watchdog(nothing), EVERY);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn systemd_is_notified_by_a_path_and_by_a_name_without_one() {
        use std::os::linux::net::SocketAddrExt;
        use std::os::unix::net::{SocketAddr, UnixDatagram};
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let name = format!("@coroner-test-{}", std::process::id());
        let free = SocketAddr::from_abstract_name(&name.as_bytes()[1..]).unwrap();
        let sockets = [
            (UnixDatagram::bind(&path).unwrap(), path.into_os_string()),
            (UnixDatagram::bind_addr(&free).unwrap(), name.into()),
        ];
        let outputs = Outputs::default();
        let w = Watch::new(Settings::default(), 1).unwrap();
        for (socket, at) in sockets {
            let mut alive = Alive::new(None, &outputs);
            (alive.systemd, alive.watchdog) = (Some(at), Duration::ZERO);
            (0..2).for_each(|_| alive.beat(&w, 1, 0));
            alive.stops();
            for wanted in ["READY=1\nWATCHDOG=1", "WATCHDOG=1", "STOPPING=1"] {
                let mut got = [0; 64];
                let n = socket.recv(&mut got).unwrap();
                assert_eq!(std::str::from_utf8(&got[..n]).unwrap(), wanted);
            }
        }
    }
}
