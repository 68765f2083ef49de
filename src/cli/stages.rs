//! How long each stage of a run took, for `-vv` and the head line of a screen. Only reported, never part of a report.

use std::time::{Duration, Instant};

/// A clock that is read between stages.
#[derive(Debug)]
pub struct Stages {
    begun: Instant,
    last: Instant,
    done: Vec<(&'static str, Duration)>,
}

impl Default for Stages {
    fn default() -> Self {
        let now = Instant::now();
        Stages {
            begun: now,
            last: now,
            done: Vec::new(),
        }
    }
}

impl Stages {
    /// What ran since the last call was this stage; of one that comes twice the times are added.
    pub(super) fn done(&mut self, stage: &'static str) {
        let now = Instant::now();
        let took = now - self.last;
        self.last = now;
        match self.done.iter_mut().find(|(s, _)| *s == stage) {
            Some((_, t)) => *t += took,
            None => self.done.push((stage, took)),
        }
    }

    /// Time since the beginning.
    pub(super) fn so_far(&self) -> Duration {
        self.begun.elapsed()
    }

    /// A line per stage, and the sum.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |name: &str, t: Duration| format!("{name:<8} {:>8.3} s", t.as_secs_f64());
        let mut out: Vec<String> = self.done.iter().map(|(n, t)| line(n, *t)).collect();
        out.push(line("all", self.last - self.begun));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_add_up_to_all() {
        let mut s = Stages::default();
        for stage in ["plan", "read", "plan"] {
            std::thread::sleep(Duration::from_millis(2));
            s.done(stage);
        }
        let names: Vec<&str> = s.done.iter().map(|d| d.0).collect();
        assert_eq!(names, ["plan", "read"]);
        assert_eq!(
            s.done.iter().map(|d| d.1).sum::<Duration>(),
            s.last - s.begun
        );
        assert!(s.done[0].1 >= Duration::from_millis(4));
        let lines = s.lines();
        assert!(lines.len() == 3 && lines[2].starts_with("all ") && lines[0].ends_with(" s"));
    }
}
