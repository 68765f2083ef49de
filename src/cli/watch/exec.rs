//! `--exec`: a command for each event, with the event on its standard input and nothing of it anywhere else, so that no text
//! of a log comes near a shell. Nothing here makes the engine wait.

use super::filter::Filter;
use crate::cli::diagnostics::Complaint;
use coroner::program::source::locked;
use serde_json::Value;
use std::collections::VecDeque;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Events that wait for the command before them to end; those that must arrive wait beside them.
const WAITING: usize = 256;
/// After this a command is ended; at the end of the watch what is left of it.
const LONGEST: Duration = Duration::from_secs(30);
/// After this what was asked to end is made to.
const ASKED: Duration = Duration::from_secs(2);
/// Between two tries of an event that must arrive, at first and at most.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// Events that must arrive: who is told of an incident must know its end.
const MUST: [&str; 3] = ["incident_open", "incident_close", "retraction"];

/// A command for events: one at a time, in their order.
pub(super) struct Exec {
    thread: Option<JoinHandle<()>>,
    all: Arc<All>,
}

/// What the thread shares.
pub(super) struct All {
    command: String,
    filter: Filter,
    waiting: Mutex<VecDeque<Value>>,
    /// Something waits, or the end is known.
    news: Condvar,
    /// When the last of them must have ended, once that is known.
    end: OnceLock<Instant>,
    /// Events that were not handed on, and commands that failed.
    missed: AtomicU64,
    color: bool,
}

impl Exec {
    /// Gets ready; nothing runs before the first event.
    pub fn new(command: &str, filter: Filter, color: bool) -> Exec {
        let all = Arc::new(All {
            command: command.to_owned(),
            filter,
            waiting: Mutex::default(),
            news: Condvar::new(),
            end: OnceLock::new(),
            missed: AtomicU64::new(0),
            color,
        });
        let working = all.clone();
        Exec {
            thread: Some(std::thread::spawn(move || working.work())),
            all,
        }
    }

    /// Runs it for an event, if it is for such.
    pub fn send(&mut self, event: &Value) {
        self.all.put(event);
    }

    /// What it shares: how many deliveries failed, and what must still arrive.
    pub fn shared(&self) -> Arc<All> {
        self.all.clone()
    }

    /// Waits for the commands that run or wait, [`LONGEST`] for all of them.
    pub fn end(self) {
        self.end_by(Instant::now() + LONGEST);
    }

    fn end_by(mut self, end: Instant) {
        // it was not set before
        let _ = self.all.end.set(end);
        self.all.news.notify_all();
        if let Some(t) = self.thread.take() {
            let _ = t.join();
        }
    }
}

fn must(event: &Value) -> bool {
    event["event"].as_str().is_some_and(|e| MUST.contains(&e))
}

impl All {
    fn queue(&self) -> MutexGuard<'_, VecDeque<Value>> {
        locked(&self.waiting)
    }

    fn put(&self, event: &Value) {
        if !self.filter.wants(event) {
            return;
        }
        let mut queue = self.queue();
        if queue.len() >= WAITING && !must(event) {
            drop(queue);
            return self.miss();
        }
        queue.push_back(event.clone());
        self.news.notify_all();
    }

    /// Incidents of which something was handed on, to be kept with the state.
    pub fn told(&self) -> Vec<String> {
        self.filter.told()
    }

    /// Goes on with them, and with what did not arrive.
    pub fn again(&self, told: &Value, events: &Value) {
        self.filter.go_on(told);
        self.queue()
            .extend(events.as_array().into_iter().flatten().cloned());
        self.news.notify_all();
    }

    /// Deliveries that failed, or were not even tried.
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    /// What must arrive and did not yet, to be kept with the state.
    pub fn undelivered(&self) -> Vec<Value> {
        self.queue().iter().filter(|e| must(e)).cloned().collect()
    }

    fn work(&self) {
        let mut pause = PAUSE.0;
        loop {
            let over = || self.end.get().is_some();
            let mut queue = self.queue();
            while queue.is_empty() && !over() {
                queue = self
                    .news
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            // it stays there until it arrived: what is killed meanwhile is reported again
            let Some(event) = queue.front().cloned() else {
                return;
            };
            drop(queue);
            if self.end.get().is_some_and(|end| Instant::now() >= *end) {
                self.queue().drain(..).for_each(|_| self.miss());
                return;
            }
            let done = self.run(format!("{event}\n").as_bytes());
            let again = done.is_err() && must(&event);
            if let Err(why) = done {
                self.missed.fetch_add(1, Ordering::Relaxed);
                let help = match again {
                    true => "it is tried again; --events keeps what happened in a file",
                    false => "it goes on; --events keeps what happened in a file",
                };
                Complaint::warning(format!("--exec: {why}"))
                    .help(help)
                    .print(self.color);
            }
            if !again || over() {
                self.queue().pop_front();
                pause = PAUSE.0;
                continue;
            }
            let queue = self.queue();
            let waited = self.news.wait_timeout_while(queue, pause, |_| !over());
            drop(waited);
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    fn miss(&self) {
        let missed = self.missed.fetch_add(1, Ordering::Relaxed) + 1;
        if missed.is_power_of_two() {
            Complaint::warning(format!(
                "--exec: events were not handed on ({missed} so far), since the commands before them take too long"
            ))
            .help("let the command put its work aside and end")
            .print(self.color);
        }
    }

    fn run(&self, line: &[u8]) -> Result<(), String> {
        let mut command = Command::new("sh");
        // what it starts is ended with it
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .args(["-c", &self.command])
            .stdin(Stdio::piped())
            // standard output is for events alone
            .stdout(Stdio::null())
            .spawn()
            .map_err(|e| format!("cannot run sh: {e}"))?;
        let begun = Instant::now();
        // a command that does not read must not keep this thread: an event is small, a pipe holds 64 KiB
        let writer = child.stdin.take().map(|mut to| {
            let line = line.to_vec();
            std::thread::spawn(move || {
                // who does not want to read it need not
                let _ = to.write_all(&line);
            })
        });
        let done = self.wait(&mut child, begun);
        if let Some(w) = writer.filter(|w| w.is_finished()) {
            let _ = w.join();
        }
        done
    }

    fn wait(&self, child: &mut Child, begun: Instant) -> Result<(), String> {
        loop {
            let own = begun + LONGEST;
            let until = self.end.get().map_or(own, |end| own.min(*end));
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(format!("the command ended with {status}")),
                Err(e) => return Err(format!("cannot wait for the command: {e}")),
                Ok(None) if Instant::now() >= until => {
                    kill(child);
                    let s = begun.elapsed().as_secs();
                    return Err(format!(
                        "the command, and what it started, was ended after {s} s"
                    ));
                }
                Ok(None) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

/// Ends a command and all that it started: asks first, and after [`ASKED`] does not ask any more.
fn kill(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
    let group = Pid::from_child(child);
    // what is gone cannot be ended
    let _ = kill_process_group(group, Signal::TERM);
    let asked = Instant::now();
    while asked.elapsed() < ASKED {
        // the group is there as long as one of it is not waited for
        let _ = child.try_wait();
        if test_kill_process_group(group).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = kill_process_group(group, Signal::KILL);
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn exec(command: &str, on: &[&str]) -> Exec {
        let on = on.iter().map(|o| (*o).to_owned()).collect();
        Exec::new(command, Filter::new(on, Vec::new(), 0), false)
    }

    #[test]
    fn the_event_is_on_standard_input_and_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        let (out, args) = (dir.path().join("out"), dir.path().join("args"));
        let command = format!(
            "cat >> {}; echo \"$#\" \"$@\" >> {}",
            out.display(),
            args.display()
        );
        let mut exec = exec(&command, &[]);
        let event = json!({"event": "gap", "text": "$(touch /tmp/x); `id` 'quoted' \\"});
        exec.send(&event);
        exec.send(&json!({"event": "heartbeat"}));
        exec.end();
        assert_eq!(std::fs::read_to_string(out).unwrap(), format!("{event}\n"));
        assert_eq!(std::fs::read_to_string(args).unwrap(), "0\n");
    }

    #[test]
    fn failures_are_reported_and_harm_nothing() {
        let run = |command, line: &[u8]| exec(command, &[]).all.run(line);
        assert!(run("exit 3", b"x\n").unwrap_err().contains("3"));
        assert_eq!(run("true", &vec![b'x'; 1 << 20]), Ok(()));
    }

    #[test]
    fn events_come_in_order_and_what_must_arrive_is_tried_again() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).display().to_string();
        // every first try fails
        let command = format!(
            "cat > {0}; if [ -e {1} ]; then cat {0} >> {2}; rm {1}; else touch {1}; exit 1; fi",
            at("event"),
            at("again"),
            at("out")
        );
        let mut exec = exec(&command, &["open", "close"]);
        for (n, word) in ["incident_open", "marker", "incident_close"]
            .iter()
            .enumerate()
        {
            exec.send(&json!({"event": word, "seq": n}));
        }
        let shared = exec.shared();
        while shared.missed() < 2 || !shared.undelivered().is_empty() {
            std::thread::sleep(Duration::from_millis(10));
        }
        exec.end();
        let out = std::fs::read_to_string(dir.path().join("out")).unwrap();
        let seq = |l: &str| serde_json::from_str::<Value>(l).unwrap()["seq"].as_u64();
        assert!(out.lines().map(seq).eq([Some(0), Some(2)]), "{out}");
    }

    #[test]
    fn the_end_is_one_for_all_and_leaves_nothing_running() {
        use rustix::process::{Pid, test_kill_process};
        let dir = tempfile::tempdir().unwrap();
        let started = dir.path().join("started");
        // one that asks for a minute, and does not want to end
        let command = format!(
            "trap '' TERM; sleep 60 & echo $! > {0}.new; mv {0}.new {0}; wait; sleep 60",
            started.display()
        );
        let mut exec = exec(&command, &[]);
        (0..9).for_each(|_| exec.send(&json!({"event": "gap"})));
        while !started.exists() {
            std::thread::sleep(Duration::from_millis(10));
        }
        let (all, begun) = (exec.all.clone(), Instant::now());
        exec.end_by(begun);
        assert!(begun.elapsed() < 2 * LONGEST);
        assert_eq!(all.missed(), 9);
        let pid: i32 = std::fs::read_to_string(started)
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let is_gone = || {
            let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
            test_kill_process(Pid::from_raw(pid).unwrap()).is_err()
                || status.is_ok_and(|s| s.contains(") Z "))
        };
        while !is_gone() {
            assert!(begun.elapsed() < 2 * LONGEST, "{pid} runs");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
