//! The progress line on standard error: bytes of the known total, speed, inputs, time left.
//! It only watches the meter that the library counts on; the work does not know that it is watched.

use super::env::Env;
use super::value::Choice;
use coroner::settings::Meter;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Shorter jobs show nothing.
const AFTER: Duration = Duration::from_millis(500);
/// At most ten updates a second.
const EVERY: Duration = Duration::from_millis(100);
/// Where there is no screen, a line now and then.
const EVERY_LINE: Duration = Duration::from_secs(5);

/// A progress line that goes away when this is dropped.
pub struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    /// Shows how far `meter` is on the way to `bytes` in `inputs` inputs (0 bytes: unknown), where `choice` and the
    /// surroundings want that.
    pub fn start(
        choice: Choice,
        env: &Env,
        meter: Arc<Meter>,
        bytes: u64,
        inputs: u64,
    ) -> Progress {
        let screen = env.stderr_is_terminal && !env.dumb;
        let wanted = match choice {
            Choice::Auto => screen,
            Choice::Always => true,
            Choice::Never => false,
        };
        if !wanted {
            return Progress(None);
        }
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || match screen {
            true => draw(&stopped, &meter, bytes, inputs),
            false => print_lines(&stopped, &meter, bytes, inputs),
        });
        Progress(Some((stop, thread)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.0.take() {
            drop(stop);
            // A panic over there has been reported; the line is all that is lost.
            let _ = thread.join();
        }
    }
}

/// Waits; true when the work is done.
fn over(stopped: &Receiver<()>, wait: Duration) -> bool {
    !matches!(stopped.recv_timeout(wait), Err(RecvTimeoutError::Timeout))
}

fn draw(stopped: &Receiver<()>, meter: &Meter, bytes: u64, inputs: u64) {
    if over(stopped, AFTER) {
        return;
    }
    let target = ProgressDrawTarget::stderr_with_hz(10);
    let bar = ProgressBar::with_draw_target((bytes > 0).then_some(bytes), target);
    let form = match bytes {
        0 => "reading {bytes} · {bytes_per_sec} · {msg}",
        _ => "reading {bytes} of {total_bytes} · {bytes_per_sec} · {msg} · {eta} left",
    };
    if let Ok(style) = ProgressStyle::with_template(form) {
        bar.set_style(style);
    }
    bar.set_message(format!("{inputs} inputs"));
    loop {
        bar.set_position(meter.bytes.load(Ordering::Relaxed));
        if over(stopped, EVERY) {
            break bar.finish_and_clear();
        }
    }
}

fn print_lines(stopped: &Receiver<()>, meter: &Meter, bytes: u64, inputs: u64) {
    while !over(stopped, EVERY_LINE) {
        let read = meter.bytes.load(Ordering::Relaxed);
        let of = match bytes {
            0 => String::new(),
            n => format!(" of {n}"),
        };
        let _ = writeln!(
            std::io::stderr().lock(),
            "reading: {read}{of} bytes of {inputs} inputs"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn it_ends_with_the_work() {
        let env = Env {
            stderr_is_terminal: false,
            ..Env::of_process()
        };
        let start = Instant::now();
        for choice in [Choice::Auto, Choice::Always, Choice::Never] {
            let p = Progress::start(choice, &env, Arc::default(), 10, 1);
            assert_eq!(p.0.is_some(), choice == Choice::Always);
        }
        assert!(
            start.elapsed() < EVERY_LINE,
            "nobody waits for the next line"
        );
    }
}
