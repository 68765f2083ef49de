//! Where events go: standard output, a file, a command. Each event is one write, whole and at once.

use crate::cli::analyse::look;
use crate::cli::diagnostics::{Complaint, shown};
use crate::cli::env::Env;
use crate::cli::exit::Exit;
use crate::cli::file::write_line;
use crate::cli::output::{Outputs, What, line_to_stdout};
use crate::cli::watch::Watching;
use crate::cli::watch::exec::{All, Exec};
use crate::cli::watch::filter::Filter;
use crate::cli::watch::rows::rows;
use coroner::Result;
use serde_json::Value;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// What is on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stdout {
    Json,
    Rows,
    Nothing,
    /// Nobody reads it any more.
    Closed,
}

/// All places that events go to.
pub(super) struct EventSinks {
    stdout: Stdout,
    width: usize,
    events: Option<(PathBuf, File)>,
    exec: Option<Exec>,
    /// A status line is on the screen.
    status: bool,
    screen: bool,
    /// What could not be written, reported at the end too.
    failed: Option<Complaint>,
    color: bool,
}

impl EventSinks {
    /// Opens them; where standard output is for a report, it is for that alone.
    pub fn new(args: &Watching, outputs: &Outputs, env: &Env) -> Result<EventSinks> {
        let color = args.screen.color.on(env, env.stderr_is_terminal);
        let events = match &args.events {
            Some(path) => Some((path.clone(), outputs.append(What::Events, path)?)),
            None => None,
        };
        Ok(EventSinks {
            stdout: match () {
                () if args.json => Stdout::Json,
                () if outputs.takes_stdout() || args.screen.quiet => Stdout::Nothing,
                () => Stdout::Rows,
            },
            width: look(&args.screen, env).width,
            events,
            exec: args.exec.as_deref().map(|c| {
                let (on, of) = (args.exec_on.clone(), args.exec_service.clone());
                Exec::new(c, Filter::new(on, of, args.exec_min_share), color)
            }),
            status: false,
            screen: env.stderr_is_terminal && !env.dumb && !args.json && !args.screen.quiet,
            failed: None,
            color,
        })
    }

    /// Reports events. `false` when nobody listens any more.
    pub fn send(&mut self, events: &[Value]) -> Result<bool> {
        if !events.is_empty() {
            self.clear();
        }
        for e in events {
            let line = format!("{e}\n").into_bytes();
            let listened = match self.stdout {
                Stdout::Json => line_to_stdout(&line)?,
                Stdout::Rows => line_to_stdout(rows(e, self.width).as_bytes())?,
                Stdout::Nothing | Stdout::Closed => true,
            };
            if !listened {
                self.stdout = Stdout::Closed;
            }
            self.append(&line);
            // what is over long since is no news, and that the watch ends is no end of an incident
            let ends = e["event"] == "incident_close" && e["state"] == "truncated";
            let news = e["backfill"] != true && !ends;
            if let Some(exec) = self.exec.as_mut().filter(|_| news) {
                exec.send(e);
            }
        }
        Ok(self.stdout != Stdout::Closed || self.events.is_some() || self.exec.is_some())
    }

    /// What the command for events shares, if there is one.
    pub fn exec(&self) -> Option<Arc<All>> {
        self.exec.as_ref().map(Exec::shared)
    }

    /// Hands on what did not arrive before the watch was started again.
    pub fn again(&self, state: &Value) {
        if let Some(x) = &self.exec {
            x.shared().again(&state["told"], &state["undelivered"]);
        }
    }

    /// Whether the report may follow on standard output.
    pub fn page(&self) -> bool {
        self.stdout == Stdout::Rows
    }

    fn append(&mut self, line: &[u8]) {
        let Some((path, file)) = &mut self.events else {
            return;
        };
        let Err(e) = write_line(file, line) else {
            return;
        };
        if self.failed.is_none() {
            let shown = shown(path);
            let c = Complaint::error(format!("cannot write events to {shown}: {e}"), Exit::Io)
                .help("the watch goes on; make room, or name another file");
            c.print(self.color);
            self.failed = Some(c);
        }
    }

    /// Shows how it stands, where there is a screen.
    pub fn status(&mut self, text: &str) {
        if !self.screen {
            return;
        }
        let text: String = text.chars().take(self.width.saturating_sub(1)).collect();
        // A screen that is gone needs no status.
        let _ = write!(std::io::stderr(), "\r\x1b[K{text}");
        self.status = true;
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.status) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }

    /// Waits for what still runs; gives what went wrong.
    pub fn end(mut self) -> Option<Complaint> {
        self.clear();
        if let Some(exec) = self.exec.take() {
            exec.end();
        }
        self.failed
    }
}
