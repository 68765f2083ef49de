//! `coroner completions` and `coroner man`: what a shell and a reader of manuals need, made from the definition of the
//! command line.

use super::output::write_stdout;
use clap::{Command, ValueEnum};
use clap_complete::{Shell, generate};
use clap_complete_nushell::Nushell;
use coroner::{Error, Result};

/// Shells that are completed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum For {
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// elvish
    Elvish,
    /// PowerShell
    Powershell,
    /// nushell
    Nushell,
}

/// Prints the completions of a shell.
pub fn completions(shell: For, mut command: Command) -> Result<()> {
    let mut out = Vec::new();
    let mut of = |shell| generate(shell, &mut command, "coroner", &mut out);
    match shell {
        For::Bash => of(Shell::Bash),
        For::Zsh => of(Shell::Zsh),
        For::Fish => of(Shell::Fish),
        For::Elvish => of(Shell::Elvish),
        For::Powershell => of(Shell::PowerShell),
        For::Nushell => generate(Nushell, &mut command, "coroner", &mut out),
    }
    write_stdout(&out)
}

/// Prints the manual page, with a section for each subcommand.
pub fn man(command: &Command) -> Result<()> {
    let mut out = Vec::new();
    let page = clap_mangen::Man::new(command.clone());
    let write = |out: &mut Vec<u8>| -> std::io::Result<()> {
        page.render(out)?;
        for sub in command.get_subcommands().filter(|c| !c.is_hide_set()) {
            let name = format!("COMMAND {}", sub.get_name());
            out.extend_from_slice(format!(".SH \"{}\"\n", name.to_uppercase()).as_bytes());
            let sub = sub.clone().disable_help_flag(true);
            let page = clap_mangen::Man::new(sub);
            page.render_synopsis_section(out)?;
            page.render_description_section(out)?;
            page.render_options_section(out)?;
        }
        Ok(())
    };
    write(&mut out).map_err(Error::write("standard output"))?;
    write_stdout(&out)
}
