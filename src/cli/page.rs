//! Text for the screen: page by page where it is longer than that, else as it is.

use super::args::Screen;
use super::env::Env;
use super::output::write_stdout;
use coroner::Result;
use coroner::program::text::unmarked;
use std::io::Write;

/// How a text is shown: through a pager where it is longer than the screen, else as it is.
pub(super) struct Page {
    /// The pager's command, and the rows of the screen; none where there is no terminal or nobody wants a pager.
    pager: Option<(String, usize)>,
    /// The options of `less` where nobody sets them: colours, to go away where a page holds all, to leave what was read.
    less: Option<&'static str>,
}

impl Page {
    /// `wanted`: what the settings say. `$CORONER_PAGER`, else `$PAGER`, else less.
    pub fn new(screen: &Screen, wanted: bool, env: &Env) -> Page {
        let rows = env.rows.filter(|_| wanted && !screen.no_pager && !env.dumb);
        let named = env.pager.as_deref().unwrap_or("less");
        let named = Some(named).filter(|p| !matches!(p.trim(), "" | "cat"));
        Page {
            pager: named.map(str::to_owned).zip(rows),
            less: (!env.less).then_some("FRX"),
        }
    }

    /// Shows a text.
    pub fn show(&self, text: &str) -> Result<()> {
        let text = unmarked(text);
        let longer = self.pager.as_ref();
        let longer = longer.filter(|(_, rows)| text.lines().count() >= *rows);
        let mut words = longer.map_or("", |p| &p.0).split_whitespace();
        // A command with its options, as a shell would split it; what needs more of a shell is a script of its own.
        let pager = words.next().map(|program| {
            let mut command = std::process::Command::new(program);
            command
                .args(words)
                .envs(self.less.map(|options| ("LESS", options)))
                .stdin(std::process::Stdio::piped())
                .spawn()
        });
        let Some(Ok(mut pager)) = pager else {
            return write_stdout(text.as_bytes());
        };
        // Who quits early has seen enough.
        let _ = pager
            .stdin
            .take()
            .map(|mut to| to.write_all(text.as_bytes()));
        let _ = pager.wait();
        Ok(())
    }
}
