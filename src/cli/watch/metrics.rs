//! How a watch stands, for machines: `--metrics`, a file as node_exporter's textfile collector takes it, and what systemd is notified of.

use crate::cli::diagnostics::Complaint;
use crate::cli::output::{Output, Outputs, Target, What};
use coroner::Watch;
use coroner::program::{InputStanding, Standing};
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
        incident,
        suspicion,
        ..
    } = watch.standing();
    let inputs = watch.inputs();
    let sum = |f: fn(&InputStanding) -> u64| inputs.iter().map(f).sum::<u64>();
    let mut out = String::new();
    let mut one = |name: &str, kind: &str, help: &str, values: &[(String, f64)]| {
        let _ = writeln!(
            out,
            "# HELP coroner_{name} {help}\n# TYPE coroner_{name} {kind}"
        );
        for (labels, value) in values {
            let _ = writeln!(out, "coroner_{name}{labels} {value}");
        }
    };
    let plain = |v: u64| [(String::new(), v as f64)];
    one("lines_total", "counter", "Lines read.", &plain(lines));
    one(
        "lines_not_understood_total",
        "counter",
        "Lines not understood.",
        &plain(sum(|i| i.unparsed)),
    );
    one(
        "requests_per_minute",
        "gauge",
        "Requests of the last minute of the logs.",
        &plain(requests),
    );
    one(
        "requests_failed_per_minute",
        "gauge",
        "Failed ones of them.",
        &plain(bad),
    );
    one(
        "incident_open",
        "gauge",
        "Whether an incident goes on.",
        &plain(incident.into()),
    );
    one(
        "incident_suspected",
        "gauge",
        "Whether one is suspected.",
        &plain(suspicion.into()),
    );
    one(
        "deliveries_failed_total",
        "counter",
        "Runs of --exec that failed, and events not handed on.",
        &plain(failed),
    );
    one(
        "resident_memory_bytes",
        "gauge",
        "Memory in use.",
        &plain(memory()),
    );
    one(
        "last_seen_seconds",
        "gauge",
        "When this was written.",
        &plain((wall_us / 1_000_000) as u64),
    );
    let by = |f: &dyn Fn(&InputStanding) -> Option<f64>| -> Vec<(String, f64)> {
        let labelled = inputs.iter().filter_map(|i| Some((label(&i.name), f(i)?)));
        labelled.collect()
    };
    one(
        "input_lines_total",
        "counter",
        "Lines of an input.",
        &by(&|i| Some(i.lines as f64)),
    );
    one(
        "input_not_understood_total",
        "counter",
        "Of these, not understood.",
        &by(&|i| Some(i.unparsed as f64)),
    );
    let heard = |i: &InputStanding| Some((i.heard_us? / 1_000_000) as f64);
    one(
        "input_last_line_seconds",
        "gauge",
        "When something came of an input.",
        &by(&heard),
    );
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
    systemd: Option<PathBuf>,
    beaten: Option<Instant>,
    failed: bool,
}

impl<'a> Alive<'a> {
    /// Nothing is reported yet.
    pub fn new(path: Option<&Path>, outputs: &'a Outputs) -> Alive<'a> {
        Alive {
            outputs,
            path: path.map(Path::to_owned),
            systemd: std::env::var_os("NOTIFY_SOCKET").map(PathBuf::from),
            beaten: None,
            failed: false,
        }
    }

    /// Reports it, if that is due.
    pub fn beat(&mut self, watch: &Watch, wall_us: i64, failed: u64) {
        if self.beaten.is_some_and(|t| t.elapsed() < EVERY) {
            return;
        }
        let first = self.beaten.replace(Instant::now()).is_none();
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
        self.notify(if first {
            "READY=1\nWATCHDOG=1"
        } else {
            "WATCHDOG=1"
        });
    }

    /// Says something to systemd, if it listens.
    #[cfg(unix)]
    fn notify(&self, text: &str) {
        let Some(path) = &self.systemd else { return };
        if let Ok(socket) = std::os::unix::net::UnixDatagram::unbound() {
            // who does not listen any more need not be notified
            let _ = socket.send_to(text.as_bytes(), path);
        }
    }

    #[cfg(not(unix))]
    fn notify(&self, _: &str) {}
}
