//! `coroner template`: the layouts of postmortems that come with the program, as starting points for one's own.

use super::hint::no_template;
use super::output::write_stdout;
use clap::Subcommand;
use coroner::Result;
use coroner::program::report::{TEMPLATES, named};

/// What to do with templates.
#[derive(Subcommand, Debug)]
pub enum Templates {
    /// List the templates
    List,
    /// Print a template, to be changed and given to --template
    Show {
        /// Its name
        name: String,
    },
}

/// Lists the templates or prints one.
pub fn run(what: &Templates) -> Result<()> {
    let text = match what {
        Templates::List => TEMPLATES
            .iter()
            .map(|t| format!("{:<10} {}\n", t.name, t.about))
            .collect(),
        Templates::Show { name } => match named(name) {
            Some(t) => t.source.to_owned(),
            None => {
                let what = format!("template {}", super::escaped(name.as_bytes()));
                return Err(no_template(what, "there is none of that name", name, ""));
            }
        },
    };
    write_stdout(text.as_bytes())
}
