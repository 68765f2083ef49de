//! `--exec`: a command for each event, with the event on its standard input and nothing of it anywhere else, so that no text
//! of a log comes near a shell. Nothing here makes the engine wait.

use crate::cli::diagnostics::Complaint;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Commands that run at the same time.
const AT_ONCE: usize = 4;
/// Events that wait for one of them to end.
const WAITING: usize = 256;
/// After this a command is ended; at the end of the watch all of them together.
const LONGEST: Duration = Duration::from_secs(30);
/// After this what was asked to end is made to.
const ASKED: Duration = Duration::from_secs(2);

/// A command for events.
pub(super) struct Exec {
    queue: Option<SyncSender<Vec<u8>>>,
    threads: Vec<JoinHandle<()>>,
    all: Arc<All>,
}

/// What the threads share.
struct All {
    command: String,
    events: Mutex<Receiver<Vec<u8>>>,
    /// When the last of them must have ended, once that is known.
    end: OnceLock<Instant>,
    /// Events that found no command.
    missed: AtomicU64,
    color: bool,
}

impl Exec {
    /// Gets ready; nothing runs before the first event.
    pub fn new(command: &str, color: bool) -> Exec {
        let (queue, events) = sync_channel(WAITING);
        let all = Arc::new(All {
            command: command.to_owned(),
            events: Mutex::new(events),
            end: OnceLock::new(),
            missed: AtomicU64::new(0),
            color,
        });
        let work = |_| {
            let all = all.clone();
            std::thread::spawn(move || all.work())
        };
        Exec {
            queue: Some(queue),
            threads: (0..AT_ONCE).map(work).collect(),
            all,
        }
    }

    /// Runs it for an event.
    pub fn tell(&mut self, line: &[u8]) {
        let queue = self.queue.as_ref();
        if queue.is_some_and(|q| q.try_send(line.to_vec()).is_err()) {
            self.all.miss();
        }
    }

    /// Waits for the commands that run or wait, [`LONGEST`] for all of them.
    pub fn end(self) {
        self.end_by(Instant::now() + LONGEST);
    }

    fn end_by(mut self, end: Instant) {
        // it was not set before
        let _ = self.all.end.set(end);
        self.queue = None;
        for t in self.threads {
            let _ = t.join();
        }
    }
}

impl All {
    fn work(&self) {
        loop {
            let next = self
                .events
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv();
            let Ok(line) = next else { return };
            if self.end.get().is_some_and(|end| Instant::now() >= *end) {
                self.miss();
            } else if let Err(why) = self.run(&line) {
                Complaint::warning(format!("--exec: {why}"))
                    .help("it goes on; --events keeps what happened in a file")
                    .print(self.color);
            }
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
        #[cfg(unix)]
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
#[cfg(unix)]
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

#[cfg(not(unix))]
fn kill(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_is_on_standard_input_and_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        let (out, args) = (dir.path().join("out"), dir.path().join("args"));
        let command = format!(
            "cat >> {}; echo \"$#\" \"$@\" >> {}",
            out.display(),
            args.display()
        );
        let mut exec = Exec::new(&command, false);
        let event = b"{\"text\":\"$(touch /tmp/x); `id` 'quoted' \\\\\"}\n";
        exec.tell(event);
        exec.end();
        assert_eq!(std::fs::read(out).unwrap(), event);
        assert_eq!(std::fs::read_to_string(args).unwrap(), "0\n");
    }

    #[test]
    fn failures_are_told_and_harm_nothing() {
        let run = |command, line: &[u8]| Exec::new(command, false).all.run(line);
        assert!(run("exit 3", b"x\n").unwrap_err().contains("3"));
        assert_eq!(run("true", &vec![b'x'; 1 << 20]), Ok(()));
    }

    #[cfg(unix)]
    #[test]
    fn the_end_is_one_for_all_and_leaves_nothing_running() {
        use rustix::process::{Pid, test_kill_process};
        let dir = tempfile::tempdir().unwrap();
        // one that asks for a minute, and does not want to end
        let command = format!(
            "trap '' TERM; sleep 60 & echo $! > {0}/$$.new; mv {0}/$$.new {0}/$$; wait; sleep 60",
            dir.path().display()
        );
        let started = || -> Vec<i32> {
            let all = std::fs::read_dir(dir.path()).unwrap();
            let all = all.filter_map(|f| std::fs::read_to_string(f.unwrap().path()).ok());
            all.filter_map(|text| text.trim().parse().ok()).collect()
        };
        let mut exec = Exec::new(&command, false);
        (0..9).for_each(|_| exec.tell(b"{}\n"));
        while started().len() < AT_ONCE {
            std::thread::sleep(Duration::from_millis(10));
        }
        let (all, begun) = (exec.all.clone(), Instant::now());
        exec.end_by(begun);
        assert!(begun.elapsed() < 2 * LONGEST);
        assert_eq!(all.missed.load(Ordering::Relaxed), 9 - AT_ONCE as u64);
        for pid in started() {
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
}
