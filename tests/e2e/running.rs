//! Watches that run while a test writes what they read, and what they say meanwhile.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Nothing that is waited for takes this long.
const DEADLINE: Duration = Duration::from_secs(120);

/// A watch that runs.
pub struct Running {
    pub child: Child,
    pub dir: tempfile::TempDir,
}

impl Running {
    pub fn start(args: &[&str], dir: tempfile::TempDir) -> Running {
        let program = env!("CARGO_BIN_EXE_coroner");
        let out = fs::File::create(dir.path().join("out")).unwrap();
        let err = fs::File::create(dir.path().join("err")).unwrap();
        let child = Command::new(program)
            .current_dir(dir.path())
            .arg("watch")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(err)
            .spawn()
            .unwrap();
        Running { child, dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn say(&mut self, text: &str) {
        let to = self.child.stdin.as_mut().unwrap();
        to.write_all(text.as_bytes()).unwrap();
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits until something holds.
    pub fn until(&self, what: &str, holds: impl Fn(&Running) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            let printed = || fs::read_to_string(self.path("err")).unwrap();
            assert!(
                begun.elapsed() < DEADLINE,
                "{what}: {} {}",
                self.out(),
                printed()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn out(&self) -> String {
        fs::read_to_string(self.path("out")).unwrap()
    }

    /// Waits for its end, and gives the folder for the next one.
    pub fn leave(mut self) -> tempfile::TempDir {
        self.child.wait().unwrap();
        std::mem::replace(&mut self.dir, nowhere())
    }

    /// Waits for its end: exit code, standard output, standard error.
    pub fn end(mut self) -> (Option<i32>, Vec<u8>, String) {
        drop(self.child.stdin.take());
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < DEADLINE);
            std::thread::sleep(Duration::from_millis(20));
        };
        let err = fs::read_to_string(self.path("err")).unwrap();
        (status.code(), fs::read(self.path("out")).unwrap(), err)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended is not there any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn nowhere() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}
