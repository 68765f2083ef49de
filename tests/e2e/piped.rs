//! Programs that read what a test gives them through a pipe.

use std::io::Write;
use std::process::Command;

/// What a program reads from its standard input.
pub trait Piped {
    /// Writes all of `bytes` into a pipe that the program reads, and closes it.
    fn write_stdin(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self;
}

impl Piped for Command {
    fn write_stdin(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let bytes = bytes.as_ref().to_vec();
        // a program may end before it has read all
        std::thread::spawn(move || {
            let _ = writer.write_all(&bytes);
        });
        self.stdin(reader)
    }
}
