//! `--exec`: a command for each event, with the event on its standard input and nothing of it anywhere else, so that no text
//! of a log comes near a shell. Nothing here makes the engine wait.

use crate::cli::complain::Complaint;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Commands that run at the same time.
const AT_ONCE: usize = 4;
/// Events that wait for one of them to end.
const WAITING: usize = 256;
/// After this a command is ended.
const LONGEST: Duration = Duration::from_secs(30);

/// A command for events.
pub(super) struct Exec {
    queue: Option<SyncSender<Vec<u8>>>,
    threads: Vec<JoinHandle<()>>,
    /// Events that found no place to wait.
    missed: u64,
    color: bool,
}

impl Exec {
    /// Gets ready; nothing runs before the first event.
    pub fn new(command: &str, color: bool) -> Exec {
        let (queue, events) = sync_channel(WAITING);
        let events = Arc::new(Mutex::new(events));
        let threads = (0..AT_ONCE).map(|_| {
            let (command, events) = (command.to_owned(), events.clone());
            std::thread::spawn(move || work(&command, &events, color))
        });
        Exec {
            queue: Some(queue),
            threads: threads.collect(),
            missed: 0,
            color,
        }
    }

    /// Runs it for an event.
    pub fn tell(&mut self, line: &[u8]) {
        let queue = self.queue.as_ref();
        if queue.is_none_or(|q| q.try_send(line.to_vec()).is_ok()) {
            return;
        }
        self.missed += 1;
        if self.missed.is_power_of_two() {
            Complaint::warning(format!(
                "--exec: {} events were not handed on, since the commands before them take too long",
                self.missed
            ))
            .help("let the command put its work aside and end")
            .print(self.color);
        }
    }

    /// Waits for the commands that run or wait.
    pub fn end(mut self) {
        self.queue = None;
        for t in self.threads {
            let _ = t.join();
        }
    }
}

fn work(command: &str, events: &Mutex<Receiver<Vec<u8>>>, color: bool) {
    loop {
        let next = events.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(line) = next else { return };
        if let Err(why) = run(command, &line) {
            Complaint::warning(format!("--exec: {why}"))
                .help("it goes on; --events keeps what happened in a file")
                .print(color);
        }
    }
}

fn run(command: &str, line: &[u8]) -> Result<(), String> {
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::piped())
        // standard output is for events alone
        .stdout(Stdio::null())
        .spawn()
        .map_err(|e| format!("cannot run sh: {e}"))?;
    let until = Instant::now() + LONGEST;
    // a command that does not read must not keep this thread: an event is small, a pipe holds 64 KiB
    let writer = child.stdin.take().map(|mut to| {
        let line = line.to_vec();
        std::thread::spawn(move || {
            // who does not want to read it need not
            let _ = to.write_all(&line);
        })
    });
    let done = wait(&mut child, until);
    if let Some(w) = writer.filter(|w| w.is_finished()) {
        let _ = w.join();
    }
    done
}

fn wait(child: &mut Child, until: Instant) -> Result<(), String> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("the command ended with {status}")),
            Err(e) => return Err(format!("cannot wait for the command: {e}")),
            Ok(None) if Instant::now() >= until => {
                let _ = child.kill();
                let _ = child.wait();
                return Err("the command was ended after 30 s".into());
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
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
        assert!(run("exit 3", b"x\n").unwrap_err().contains("3"));
        assert_eq!(run("true", &vec![b'x'; 1 << 20]), Ok(()));
        let mut child = Command::new("sh").args(["-c", "sleep 60"]).spawn().unwrap();
        let late = wait(&mut child, Instant::now());
        assert!(late.unwrap_err().contains("30 s"));
    }
}
