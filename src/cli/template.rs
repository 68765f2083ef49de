//! `coroner template`: the layouts of postmortems that come with the program, as starting points for one's own.

use super::output::write_stdout;
use clap::Subcommand;
use coroner::program::report::{TEMPLATES, named};
use coroner::program::text::nearest;
use coroner::{Error, Result};

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
                return Err(unknown(what, "there is none of that name", name, ""));
            }
        },
    };
    write_stdout(text.as_bytes())
}

/// What to say of a name that no template has; `or` is what it may be beside one.
pub(super) fn unknown(what: String, why: &str, name: &str, or: &str) -> Error {
    let names: Vec<&str> = TEMPLATES.iter().map(|t| t.name).collect();
    let all = names.join(", ");
    let remedy = match nearest(name, &names) {
        Some(near) => format!("did you mean {near}? There are {all}"),
        None => format!("use one of {all}{or}"),
    };
    Error::usage(what, why, remedy)
}
